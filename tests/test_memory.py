"""A conversation that the browser kept: back as it was, and nothing of it believed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from conftest import MakeIndex
from pages import HOSTILE, Page

from index.opening import Index
from rag.answering import Answer, answer
from rag.settings import Settings
from ui import memory
from ui.conversation import Conversation

POND = "The mill pond was drained in 1988 by the parish council."
SETTINGS = Settings(abstain_below=0.0)


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index({"pond.txt": POND, "inn.txt": "The inn was painted blue in 1990 by its owner."})


def said(index: Index, *questions: str, settings: Settings = SETTINGS) -> Conversation:
    conversation = Conversation()
    for question in questions:
        reply = answer(question, index=index, settings=settings)
        conversation = conversation.asking(question).answered(reply, "")
    return conversation


def changed(kept: str, **changes: Any) -> str:
    turn = json.loads(kept)["turns"][0]
    return json.dumps({"turns": [{**turn, **changes}]})


def test_it_comes_back_as_it_was(index: Index) -> None:
    before = said(index, "When was the mill pond drained?", "Who painted the inn?")
    after = memory.recalled(memory.kept(before), index, "")
    assert after.shown() == before.shown()
    assert after.history() == before.history()
    assert memory.kept(after) == memory.kept(before)


def test_an_abstention_comes_back_with_its_passages(index: Index) -> None:
    before = said(index, "Who sang in Vienna?", settings=Settings(abstain_below=1.0))
    assert "passage" in before.turns[0].html
    assert memory.recalled(memory.kept(before), index, "").shown() == before.shown()


def test_a_judgement_comes_back_too(index: Index) -> None:
    before = said(index, "When was the mill pond drained?").rating(0, "down", "")
    assert 'class="thumb down" data-rate="down" aria-label="Bad answer" aria-pressed="true"' in (
        memory.recalled(memory.kept(before), index, "").turns[0].html
    )


def test_a_question_that_was_stopped_comes_back_as_that(index: Index) -> None:
    before = said(index, "When was the mill pond drained?").asking("Who?", {"document": ("inn.txt",)}).stopped()
    after = memory.recalled(memory.kept(before), index, "")
    assert after.shown() == before.shown()
    assert after.turns[1].filters == {"document": ("inn.txt",)}
    assert "Stopped." in after.turns[1].html


def test_what_was_not_answered_is_not_kept(index: Index) -> None:
    assert memory.kept(Conversation().asking("Who?")) == ""
    assert memory.kept(Conversation()) == ""


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", '{"turns": 1}', '{"turns": [{}]}', "{", HOSTILE, '{"turns": [], "more": 1}', "x" * 400_000],
)
def test_anything_else_is_an_empty_conversation(index: Index, text: str) -> None:
    assert memory.recalled(text, index, "") == Conversation()


def test_quotes_come_from_the_documents_and_nowhere_else(index: Index) -> None:
    kept = memory.kept(said(index, "When was the mill pond drained?"))
    forged = [{"text": "“The pond was sold for a song.”", "citations": [1], "verdict": "verbatim", "why": ""}]
    turn = memory.recalled(changed(kept, sentences=forged), index, "").turns[0]
    page = Page(turn.html)
    assert page.with_class("verdict") == [], "what the document does not say is not called verbatim"
    assert POND in page.text("note"), "the footnote has the document's words"


@pytest.mark.parametrize(("start", "end"), [(0, 10_000), (9, 9), (12, 3)])
def test_a_span_outside_its_document_is_dropped(index: Index, start: int, end: int) -> None:
    kept = memory.kept(said(index, "When was the mill pond drained?"))
    span = {**json.loads(kept)["turns"][0]["citations"][0], "start": start, "end": end}
    turn = memory.recalled(changed(kept, citations=[span]), index, "").turns[0]
    assert "footnote" not in {name for _, at in Page(turn.html).elements for name in at.get("class", "").split()}
    assert memory.LOST in turn.html


def test_a_document_that_is_gone_is_said(index: Index, make_index: MakeIndex) -> None:
    kept = memory.kept(said(index, "When was the mill pond drained?"))
    turn = memory.recalled(kept, make_index({"other.txt": "Nothing of it."}), "").turns[0]
    assert memory.LOST in turn.html
    assert "1988" in turn.html


def test_markup_stays_text(index: Index) -> None:
    kept = memory.kept(said(index, "When was the mill pond drained?"))
    words = dict.fromkeys(("question", "search_query", "text", "model", "notice", "reason"), HOSTILE)
    sentence = {"text": HOSTILE, "citations": [], "verdict": "", "why": HOSTILE}
    forged = changed(kept, **words, sentences=[sentence], filters={HOSTILE: [HOSTILE]}, citations=[])
    for _, html in memory.recalled(forged, index, HOSTILE).shown():
        for tag, attributes in Page(html).elements:
            assert tag not in {"script", "img", "iframe", "style", "link", "a"}
            assert not [name for name in attributes if name.startswith("on") or name in {"src", "href", "style"}]


def test_a_long_conversation_loses_its_beginning(index: Index) -> None:
    turn = said(index, "When was the mill pond drained?").turns[0]
    many = Conversation(tuple(replace(turn, question=f"Question {n}?") for n in range(50)))
    turns = json.loads(memory.kept(many))["turns"]
    assert [kept["question"] for kept in turns] == [f"Question {n}?" for n in range(30, 50)]
    long: Answer = replace(turn.answer, text="x" * 40_000)  # type: ignore[type-var]
    text = memory.kept(Conversation(tuple(replace(turn, answer=long) for _ in range(20))))
    assert 0 < len(text) <= memory.MOST_CHARACTERS
