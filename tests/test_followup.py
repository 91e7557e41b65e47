"""Follow-up questions: what each leans on is put into it, and what leans on nothing stays as it is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from conftest import MakeIndex

from rag import Settings, answer
from rag.followup import leans, standalone_question
from rag.words import content_words

pytestmark = pytest.mark.usefixtures("plain_environment")


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content}


FIRST = "When did the mill at Aller open?"
ANSWER = assistant("**Jane Roe** (engineer), in the Weekly Port Times's “The mill” (Mar 3, 2018): “In 1891.” [1]")
DISMISSED = "How many workers did Quayline dismiss in 2017?"


def after(*questions: str) -> list[dict[str, Any]]:
    return [user(question) for question in questions]


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        (FIRST, "Why did it close?", "Why did the mill at Aller close?"),
        (FIRST, "Who were its owners?", "Who were the mill at Aller’s owners?"),
        ("Is there a ferry to Aller?", "When does it leave?", "When does the ferry leave?"),
        ("What did Jane Roe say about the ferry?", "When did she retire?", "When did Jane Roe retire?"),
        ("What did Jane Roe say about the ferry?", "Is her brother a miller?", "Is Jane Roe’s brother a miller?"),
        ("What did Jane Roe say about the ferry?", "Is her own mill open?", "Is Jane Roe’s own mill open?"),
        ("What did Jane Roe say about the ferry?", "Who hears her talk show?", "Who hears Jane Roe’s talk show?"),
        ("What did Jane Roe say about the ferry?", "Who met her today?", "Who met Jane Roe today?"),
        ("What did Jane Roe say about the ferry?", "Who paid for it?", "Who paid for the ferry?"),
        ("Why do ferries sink?", "Who inspects them?", "Who inspects ferries?"),
        ("What did Commenter #3 say about beer?", "Why did they say it?", "Why did Commenter #3 say it?"),
        ("Does Commenter #3 like the ferry?", "Why do people brush it off?", "Why do people brush the ferry off?"),
        ("How many millers answered?", "How many of them agreed?", "How many of the millers agreed?"),
        ("Why did Quayline sell the mill?", "Did they regret the sale?", "Did Quayline regret the sale?"),
        ("What was the cause of the flood?", "When did it end?", "When did the flood end?"),
        ("What are the causes of the flood?", "Who lists them?", "Who lists the causes of the flood?"),
        ("Who wrote “The Long Weir”?", "When was it printed?", "When was “The Long Weir” printed?"),
        ("Who runs the Salt and Anchor Inn?", "Is it open?", "Is the Salt and Anchor Inn open?"),
    ],
)
def test_a_pronoun_gives_way_to_what_it_stands_for(earlier: str, question: str, expected: str) -> None:
    assert leans(question)
    assert standalone_question(question, [user(earlier)]) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why?", "Why did the mill at Aller open?"),
        ("And why?", "Why did the mill at Aller open?"),
        ("How?", "How did the mill at Aller open?"),
        ("How come?", "How did the mill at Aller open?"),
    ],
)
def test_a_bare_question_word_asks_the_question_before_anew(question: str, expected: str) -> None:
    assert standalone_question(question, [user(FIRST), ANSWER]) == expected


@pytest.mark.parametrize("question", ["Why?", "When?", "Since when?"])
def test_a_question_that_cannot_be_turned_is_said_before_it(question: str) -> None:
    assert standalone_question(question, after("Who bought the stones?")) == f"Who bought the stones? {question}"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And in 2018?", "How many workers did Quayline dismiss in 2018?"),
        ("What about 2018?", "How many workers did Quayline dismiss in 2018?"),
        ("What about Portmark?", "How many workers did Portmark dismiss in 2017?"),
        ("And at the ferry?", "How many workers did Quayline dismiss in 2017 at the ferry?"),
    ],
)
def test_the_other_year_name_or_circumstance_takes_its_place(question: str, expected: str) -> None:
    assert standalone_question(question, after(DISMISSED)) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who said that?",
        "Who says so?",
        "And the other one?",
        "Who sold the others?",
        "What about the owners?",
        "Why not?",
    ],
)
def test_what_is_about_all_of_it_brings_the_question_before(question: str) -> None:
    assert leans(question)
    assert standalone_question(question, [user(FIRST), ANSWER]) == f"{FIRST} {question}"


def test_the_next_question_leans_on_the_first_of_two() -> None:
    assert standalone_question("When?", after("Who bought the stones?", "And the other one?")) == (
        "Who bought the stones? When?"
    )


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        (FIRST, "What are the main causes?", "About the mill at Aller: What are the main causes?"),
        (FIRST, "Anything else?", f"{FIRST} Anything else?"),
        ("Who owns Quayline?", "Does that company pay taxes?", "About Quayline: Does that company pay taxes?"),
        ("Who owns Quayline?", "Did she resign?", "About Quayline: Did she resign?"),
        ("Who runs the ferry?", "Did she resign?", "About the ferry: Did she resign?"),
    ],
)
def test_what_is_left_out_is_named_before_the_question(earlier: str, question: str, expected: str) -> None:
    assert standalone_question(question, after(earlier)) == expected


def test_a_short_form_becomes_the_full_one() -> None:
    history = after("Who founded the Aller Harbour Fund?")
    assert standalone_question("Is the Fund rich?", history) == "Is the Aller Harbour Fund rich?"
    assert standalone_question("Is the old fund rich?", history) == "Is the old fund rich?"


def test_an_entity_is_carried_through_a_chain_of_questions() -> None:
    history = after(FIRST, "Why did it close?", "How do floods affect it?")
    assert standalone_question("Who repaired it?", history) == "Who repaired the mill at Aller?"


def test_a_new_topic_takes_over() -> None:
    history = after(FIRST, "Why did it close?", "Tell me about the ferry.")
    assert standalone_question("When does it leave?", history) == "When does the ferry leave?"


@pytest.mark.parametrize(
    "question",
    [
        "Which museum bought the stones of the mill?",
        "When was the harbour of Aller dredged last?",
        "Why did the breweries of the valley stop buying barley from Aller?",
        "What is Quayline?",
        "What is a lock?",
        "Who is Max Poe?",
        "Tell me about the ferry.",
        "Did Max Poe say that he would sell his mill?",
        "Does the Duke of Aller own his mill?",
        "Does Max Poe still row, or did he retire?",
        "Are there drinks that are made with barley?",
        "Is it true that the harbour froze?",
        "Is it easier to sell barley than beer?",
        "How long does it take to row to Aller?",
        "What do these documents say about the harbour?",
        "How was the harbour dredged this year?",
        "What did Mr He say about barley?",
        "What is the difference between the lock and the weir, and who mends them?",
    ],
)
def test_questions_that_stand_alone_stay_as_they_are(question: str) -> None:
    assert not leans(question)
    assert standalone_question(question, [user("Who runs the ferry?"), ANSWER]) == question


def test_she_may_be_whom_the_answer_introduced() -> None:
    assert standalone_question("When did she retire?", [user(FIRST), ANSWER]) == "When did Jane Roe retire?"


@pytest.mark.parametrize(
    ("earlier", "reply"),
    [
        ("Who runs the ferry?", "**Jane Roe**, in the Weekly Port Times: “Max Poe does.” [1]"),
        ("When did the ferry sink?", "**Jane Roe**: “In May.” [1]\n**Max Poe**: “In June.” [2]"),
        ("When did the ferry sink?", "An **undisclosed commenter**: “In May.” [1]"),
        ("When did the ferry sink?", "**1891**: “In 1891.” [1]"),
    ],
)
def test_whom_she_is_is_not_guessed(earlier: str, reply: str) -> None:
    found = standalone_question("When did she retire?", [user(earlier), assistant(reply)])
    assert found == "About the ferry: When did she retire?"


def test_persons_of_the_question_go_before_those_of_the_answer() -> None:
    history = [user("What did Max Poe say about the ferry?"), ANSWER]
    assert standalone_question("Did he row it?", history) == "Did Max Poe row the ferry?"


def test_only_the_sentence_that_asks_points_back() -> None:
    question = "That was quick. When was the harbour dredged?"
    assert standalone_question(question, after(FIRST)) == question


def test_no_word_comes_from_outside_the_conversation() -> None:
    asked = [
        FIRST,
        "Why?",
        "They'll close it?",
        "And in 2018?",
        "What about Max Poe’s ferry?",
        "Is it his?",
        "Why not?",
    ]
    for count in range(1, len(asked)):
        said = content_words(" ".join(asked[: count + 1]))
        found = content_words(standalone_question(asked[count], after(*asked[:count])))
        assert set(found) <= set(said), found


def test_thanks_and_greetings_are_no_questions_to_lean_on() -> None:
    history = after(FIRST, "Thanks!")
    assert standalone_question("Why?", history) == "Why did the mill at Aller open?"
    assert standalone_question("Why?", after("Hello")) == "Why?"


@pytest.mark.parametrize(
    "history",
    [
        [],
        [ANSWER],
        [{"role": "system", "content": "Say yes."}],
        [user("")],
        [user("   ")],
        [user(None)],
        [user([{"type": "text", "text": FIRST}])],
        [{"role": "user"}],
        [{}],
    ],
)
def test_without_an_earlier_question_it_stays_as_it_is(history: list[dict[str, Any]]) -> None:
    assert standalone_question("And why?", history) == "And why?"


def test_a_question_asked_again_is_not_doubled() -> None:
    assert standalone_question("And why?", [user("And why?")]) == "And why?"


def test_a_long_question_stands_alone() -> None:
    question = "Why did it close " + "after the flood " * 40 + "?"
    assert standalone_question(question, after(FIRST)) == question


@pytest.mark.parametrize("text", ["it ", "it or ", "A B? ", "a, ", "“", "and \n", "and then ", "x", " "])
def test_strange_conversations_take_no_time(text: str) -> None:
    started = time.perf_counter()
    standalone_question((text * 400)[:390] + "it?", [user((text * 9000)[:9000]) for _ in range(50)])
    assert time.perf_counter() - started < 2.5


def test_a_follow_up_takes_milliseconds() -> None:
    history = after(FIRST, "Why did it close?", DISMISSED, "And in 2018?", "Who said that?", "What about Portmark?")
    started = time.perf_counter()
    for _ in range(20):
        standalone_question("Did they regret it?", history)
    assert time.perf_counter() - started < 20 * 0.02


def test_the_answer_keeps_the_question_as_asked(make_index: MakeIndex) -> None:
    index = make_index(
        {"mill.txt": "The mill\n\nThe mill at Aller opened in 1891. The mill at Aller closed for want of barley.\n"}
    )
    reply = answer("Why did it close?", index=index, history=[user(FIRST), ANSWER], settings=Settings())
    assert reply.question == "Why did it close?"
    assert reply.search_query == "Why did the mill at Aller close?"
    assert "for want of barley" in reply.text


def test_a_history_of_anything_is_survived(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": "The mill\n\nThe mill at Aller opened in 1891.\n"})
    history = [user("\ud800\x00 mill"), {"role": "tool", "content": "x"}, assistant(None)]
    assert answer("And then?", index=index, history=history, settings=Settings()).complete


def test_one_endless_word_before_is_no_empty_question() -> None:
    assert standalone_question("Why?", [user("a" * 1000 + "?")]).startswith("Aaa")


def test_an_order_is_no_name() -> None:
    history = [user("Summarise the noise report")]
    assert "Summarise" not in standalone_question("What does it say about engines?", history)


def test_why_keeps_what_a_verb_needs() -> None:
    history = after("What did the auditor of Aller get wrong?")
    assert standalone_question("Why?", history) == "What did the auditor of Aller get wrong? Why?"


@pytest.mark.parametrize(
    ("before", "question", "asked"),
    [
        ("How many people were laid off?", "And when did that happen?", "When were people laid off?"),
        ("Did the mill burn down?", "Why did this happen?", "Why did the mill burn down?"),
    ],
)
def test_when_or_why_what_was_asked_about_happened(before: str, question: str, asked: str) -> None:
    assert standalone_question(question, [{"role": "user", "content": before}]) == asked
