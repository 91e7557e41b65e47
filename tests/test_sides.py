"""Questions that ask for more than one voice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from rag.sides import by_sides, without_remark
from rag.weigh import Candidate


@dataclass(frozen=True)
class _Document:
    id: str


@dataclass(frozen=True)
class _Voice:
    speaker: str | None
    in_thread: bool = False


@dataclass(frozen=True)
class _Candidate:
    document: _Document
    voice: _Voice
    score: float
    kind: str = "body"
    passage: Any = None


def candidates(*rows: tuple[str, str | None, float, str]) -> list[Candidate]:
    made = [_Candidate(_Document(document), _Voice(speaker), score, kind) for document, speaker, score, kind in rows]
    return cast(list[Candidate], made)


ONE_VOICE_FIRST = candidates(
    ("a", "Roe", 0.8, "body"), ("a", "Roe", 0.7, "body"), ("a", "Ash", 0.65, "furniture"), ("b", "Ash", 0.6, "body")
)


@pytest.mark.parametrize(
    "question",
    [
        "Is the mill sound? The two accounts differ.",
        "Compare what Roe and Ash say of the mill.",
        "Roe and Ash both owned it. What reason does each give?",
        "Was it sold or given away? Which is right?",
        "Contrast Roe's view with the answer she got.",
        "When was it sold? Do all sources agree?",
    ],
)
def test_another_voice_comes_second_where_two_are_asked_for(question: str) -> None:
    ordered, voices = by_sides(question, ONE_VOICE_FIRST)
    assert voices == 2
    assert ordered == [ONE_VOICE_FIRST[0], ONE_VOICE_FIRST[3], ONE_VOICE_FIRST[1], ONE_VOICE_FIRST[2]]


@pytest.mark.parametrize(
    "question", ["What do the documents say about the mill?", "What does Roe say of it across the documents?"]
)
def test_another_document_comes_second_where_all_are_asked(question: str) -> None:
    ordered, voices = by_sides(question, ONE_VOICE_FIRST)
    assert (voices, ordered[1].document.id) == (2, "b")


def test_other_questions_leave_the_order_as_it_is() -> None:
    assert by_sides("Who sold the mill?", ONE_VOICE_FIRST) == (ONE_VOICE_FIRST, 1)


def test_a_voice_far_behind_is_none() -> None:
    far = candidates(("a", "Roe", 0.8, "body"), ("b", "Ash", 0.5, "body"))
    assert by_sides("Do they differ?", far) == (far, 1)
    assert by_sides("Do they differ?", []) == ([], 1)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Is the mill sound? The commenters differ.", "Is the mill sound?"),
        ("When did it burn? I have seen two dates.", "When did it burn?"),
        ("Is it sound? Contrast Roe's view with the answer she got.", None),
        ("The two reports differ.", None),
        ("Is it sound? Which is right?", "Is it sound?"),
        ("When did it burn? Do the sources agree?", "When did it burn?"),
        ("Do the sources agree?", None),
    ],
)
def test_a_remark_that_accounts_differ_is_not_searched_for(question: str, searched: str | None) -> None:
    assert without_remark(question) == (searched or question)
