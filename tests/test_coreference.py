"""Noun phrases of questions, and what pronouns may stand for."""

from __future__ import annotations

import pytest

from rag.coreference import antecedent, mentions


def texts(question: str) -> list[str]:
    return [mention.text for mention in mentions(question)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Did the mill close?", ["the mill"]),
        ("Is the ferry safe?", ["the ferry"]),
        ("How dangerous is the weir?", ["the weir"]),
        ("Who built the weir?", ["the weir"]),
        ("Which brewery bought barley?", ["the brewery", "barley"]),
        ("When did the mill at Aller open?", ["the mill at Aller", "Aller"]),
        ("Why did Jane Roe leave the Weekly Port Times?", ["Jane Roe", "the Weekly Port Times"]),
        ("Who visited the Salt and Anchor Inn in May 2018?", ["the Salt and Anchor Inn", "May 2018"]),
        ("Who wrote “The Long Weir”?", ["“The Long Weir”"]),
        ("What is the US Harbour Fund?", ["the US Harbour Fund"]),
        ("Did J. Roe row?", ["J. Roe"]),
        ("What can I do?", []),
        ("", []),
    ],
)
def test_noun_phrases_come_without_verbs_and_question_words(question: str, expected: list[str]) -> None:
    assert texts(question) == expected


def test_what_a_question_introduces_comes_first() -> None:
    assert texts("Near Aller, what is the lock?")[0] == "the lock"


def test_an_owner_is_a_noun_phrase_too() -> None:
    assert texts("Is Jane Roe's deputy old?") == ["Jane Roe's deputy", "Jane Roe"]


@pytest.mark.parametrize(
    ("pronoun", "question", "expected"),
    [
        ("she", "What did Jane Roe say about the ferry?", "Jane Roe"),
        ("it", "What did the engineer say about the ferry?", "the ferry"),
        ("he", "What did the engineer say about the ferry?", "the engineer"),
        ("they", "Did the ferry kill seals?", "seals"),
        ("it", "Did the ferry kill seals?", "the ferry"),
        ("they", "Did the company sell the ferry?", "the company"),
        ("he", "When did the mill close?", None),
        ("she", "Who lives in Aller?", None),
        ("they", "When did the mill close?", None),
        ("it", "Why do ferries sink?", None),
    ],
)
def test_a_pronoun_agrees_with_what_it_stands_for(pronoun: str, question: str, expected: str | None) -> None:
    found = antecedent(pronoun, [mentions(question)])
    assert (found and found.text) == expected


def test_the_latest_question_is_looked_at_first() -> None:
    said = [mentions("Who runs the ferry?"), mentions("Who runs the mill?")]
    found = antecedent("it", said)
    assert found is not None
    assert found.text == "the ferry"


def test_a_pronoun_does_not_stand_for_what_its_own_question_names() -> None:
    said = [mentions("Who runs the ferry?"), mentions("Who runs the mill?")]
    found = antecedent("it", said, own=frozenset({"ferri"}))
    assert found is not None
    assert found.text == "the mill"
