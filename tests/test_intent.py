"""Greetings and questions about the collection are answered from the catalog; everything else is a question."""

from pathlib import Path

import pytest
from fakes import FakeEmbedder

from index.document import Document
from index.opening import Index, open_index
from index.sync import sync
from rag.answering import answer
from rag.intent import asks_beside, collection_answer, describe
from rag.settings import Settings


@pytest.fixture
def index(tmp_path: Path) -> Index:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(
        "# The mill pond\n\nBy Ann Loft, May 3, 2019\n\nThe pond was drained in 1988.\n"
    )
    (tmp_path / "docs" / "b.txt").write_text("No title here, only a sentence about herons that goes on for a while.")
    embedder = FakeEmbedder()
    *_, _ = sync([tmp_path / "docs"], tmp_path / "index", embedder)
    return open_index(tmp_path / "index", embedder=embedder)


@pytest.mark.parametrize(
    "said", ["hi", "Hello!", "good morning", "What’s in here?", "which documents do you have", "help"]
)
def test_the_collection_is_described(said: str, index: Index) -> None:
    told = collection_answer(said, index)
    assert told is not None
    assert "2 documents" in told
    assert "The mill pond" in told
    assert "b.txt" in told


@pytest.mark.parametrize(
    "asked",
    [
        "hi, when was the pond drained?",
        "What is this pond?",
        "who are you quoting on herons?",
        "help with the pond",
        "hello kitty",
    ],
)
def test_a_question_stays_a_question(asked: str, index: Index) -> None:
    assert collection_answer(asked, index) is None


def test_thanks_are_answered_without_a_search(index: Index) -> None:
    reply = answer("Thank you!", index=index, settings=Settings())
    assert reply.status == "answered"
    assert reply.model == "catalog"
    assert reply.complete
    assert reply.hits == reply.citations == ()


def test_many_documents_are_counted_not_listed() -> None:
    documents = tuple(Document(str(n), f"{n}.txt", f"Title {n}", None, None, None, "") for n in range(40))
    told = describe(documents)
    assert "40 documents" in told
    assert "and 35 more" in told


def test_an_empty_collection_says_so() -> None:
    assert "no documents" in describe(())


@pytest.mark.parametrize(
    "asked",
    [
        "Which other articles are listed under the story?",
        "How long is the guide among the related reports?",
        "What does the newsletter box promise?",
        "Which most-read stories are shown?",
        "What is in the menu of the page?",
        "Which event is advertised below the interview?",
    ],
)
def test_a_question_about_what_stands_beside_the_articles(asked: str) -> None:
    assert asks_beside(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "What did the miller say about the flood?",
        "Which other dams were closed?",
        "Who reported the leak?",
        "And then?",
    ],
)
def test_a_question_about_what_the_articles_say(asked: str) -> None:
    assert not asks_beside(asked)
