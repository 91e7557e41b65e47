"""What is looked for: the parts of a question, its filters and their lifting, names that no document mentions."""

from __future__ import annotations

import pytest
from conftest import MakeIndex

from index.errors import UsageError
from index.opening import Index
from rag import Settings, answer
from rag.parts import parts_of

pytestmark = pytest.mark.usefixtures("plain_environment")

DOCUMENTS = {
    "mill.txt": "The mill on the Aller\n\nBy Jane Roe\n\nMarch 3, 2018\n\n"
    "The mill on the Aller opened in 1891. It was sold to the brewery in 1920 for nine thousand pounds.\n\n"
    "The brewery closed it in 1950, and a second brewery took the wheel.\n",
    "ferry.txt": "The ferry\n\nThe ferry crosses the Aller twice a day. Ann Poe runs it with her two sons.\n",
}


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(DOCUMENTS)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "When did the mill open, and who runs the ferry?",
            ["When did the mill open", "who runs the ferry?"],
        ),
        (
            "Who runs the ferry? How often does the ferry cross?",
            ["Who runs the ferry?", "How often does the ferry cross?"],
        ),
        ("Who built the mill and why was the ferry sold?", ["Who built the mill", "why was the ferry sold?"]),
        (
            "Who owns the mill, who built it, and is it safe?",
            ["Who owns the mill", "who built the mill", "is the mill safe?"],
        ),
    ],
)
def test_a_question_of_two_parts(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "When did the mill open?",
        "Is the ferry run by Ann and Jane?",
        "the mill and who",
        "What did Roe say about the mill and the ferry?",
        "and and and what",
        "Which wheels were taken down and have not been put back?",
        "What was sold and was later burnt?",
        "What did the miller, who wrote the letter, say about barley?",
        "What is known about when and where it sank?",
        "What do Jane Roe and Who Weekly say?",
        "Who wrote the story “What we do, who we are and why we sail”?",
        "",
    ],
)
def test_a_question_in_one_piece(question: str) -> None:
    assert parts_of(question) == [question]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "In the letter on the mill, what is sold and what stays the same?",
            ["In the letter on the mill, what is sold", "In the letter on the mill, what stays the same?"],
        ),
        (
            "What tools and what training does Jane Roe recommend?",
            ["What tools does Jane Roe recommend", "what training does Jane Roe recommend"],
        ),
        (
            "How many people work at the mill, and how many at the ferry?",
            ["How many people work at the mill", "How many people work at the ferry?"],
        ),
        (
            "Who runs the mill and who in the later letter?",
            ["Who runs the mill", "Who runs the mill in the later letter?"],
        ),
    ],
)
def test_parts_that_share_words(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


def test_a_later_part_stands_alone() -> None:
    first, second = parts_of("Who built the mill on the Aller, and when was it sold?")
    assert first == "Who built the mill on the Aller"
    assert "mill" in second


def test_each_part_is_answered(index: Index) -> None:
    reply = answer("When did the mill open, and who runs the ferry?", index=index, settings=Settings())
    assert {c.document.path for c in reply.citations} == {"mill.txt", "ferry.txt"}
    assert reply.complete


def test_names_that_no_document_mentions_are_named(index: Index) -> None:
    reply = answer("When did the mill in Portmark open?", index=index, settings=Settings())
    told = f"{reply.notice} {reply.text}"
    assert "The documents never mention “Portmark”." in told


@pytest.mark.parametrize("question", ["When did the mill on the Aller open?", "What did Jane Roe write of the mill?"])
def test_names_that_stand_there_are_not(index: Index, question: str) -> None:
    reply = answer(question, index=index, settings=Settings())
    assert "never mention" not in f"{reply.notice} {reply.text}"


def test_filters_given_are_the_only_ones(index: Index) -> None:
    reply = answer("Who runs the ferry?", index=index, filters={"date": ["2018-01..2018-12"]}, settings=Settings())
    assert reply.filters == {"date": ("2018-01..2018-12",)}
    assert {hit.document.path for hit in reply.hits} == {"mill.txt"}


def test_beside_chosen_documents_the_questions_own_filters_count(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.search.scope_of", lambda question, index: {"date": ("2018-01..2018-12",)})
    chosen = {"document": ["mill.txt", "ferry.txt"]}
    reply = answer("When did the mill on the Aller open?", index=index, filters=chosen, settings=Settings())
    assert reply.filters == {"document": ("mill.txt", "ferry.txt"), "date": ("2018-01..2018-12",)}
    lifted = {**chosen, "date": [".."]}
    reply = answer("When did the mill on the Aller open?", index=index, filters=lifted, settings=Settings())
    assert reply.filters == {"document": ("mill.txt", "ferry.txt")}


def test_a_greeting_is_one_beside_chosen_documents(index: Index) -> None:
    reply = answer("hello", index=index, filters={"document": ["mill.txt"]}, settings=Settings())
    assert (reply.status, reply.model) == ("answered", "catalog")


@pytest.mark.parametrize("interval", ["2018", "March", ""])
def test_a_date_that_is_no_interval(index: Index, interval: str) -> None:
    with pytest.raises(UsageError, match=r"write an interval, as in 2017-11\.\.2018-02"):
        answer("Who runs the ferry?", index=index, filters={"date": [interval]}, settings=Settings())
