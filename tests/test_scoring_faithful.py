"""Lies that the other measures take for answers, each told by hand; and that the honest answer is spared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mill import BREAD, FLOOD, MILL, OPENED, OPENING, PRAISE, TEXT, abstained, answered, cite, place

from eval.cases import Case
from eval.figures import ANSWERS
from eval.gate import check_gates
from eval.locate import locate
from eval.runs import Item, Run, RunFile, read_run
from eval.score import FAITHFUL, Located, score
from index.errors import RunUnreadable
from rag.answering import Answer

HONEST = answered(
    PRAISE,
    cite(1, BREAD, speaker="Ada Quill", via=("Aller Post",), date="1899-05-03"),
    says=[(f"Ada Quill, in “The Mill” (Lower Dale Times, May 3, 1899): “{BREAD}”", "verbatim")],
)


def measured(case: Case, answer: Answer) -> dict[str, float | None]:
    found = locate(case, {MILL.path: TEXT})
    assert isinstance(found, Located)
    return dict(score(found, answer, [5 for _ in answer.hits], {MILL.path: TEXT}, 1.0, {MILL.path: MILL}).measures)


def told(text: str, verdict: str = "supported") -> Answer:
    sentences = (replace(HONEST.sentences[0], text=text, verdict=verdict),)
    return replace(HONEST, sentences=sentences, text=f"{text} [1]")


def below_one(answer: Answer, case: Case = PRAISE) -> set[str]:
    measures = measured(case, answer)
    return {
        name for name in (*FAITHFUL, "citation_data", "cited", "numbers_grounded") if measures[name] not in (1, None)
    }


def test_the_honest_answer_is_spared() -> None:
    assert below_one(HONEST) == set()
    assert below_one(answered(PRAISE, cite(1, BREAD))) == set()


@pytest.mark.parametrize(
    ("text", "verdict", "names"),
    [
        (f"Ada Quill: “{BREAD}”, and was paid to say so", "verbatim", {"introduced_plainly"}),
        (f"Bo Marsh: “{BREAD}”", "verbatim", {"introduced_plainly", "names_grounded"}),
        (f"Ada Quill: “{BREAD}” “We lied.”", "verbatim", {"quotations_held", "introduced_plainly"}),
        ("Ada Quill says “everybody bakes like the mill did”.", "supported", {"quotations_held"}),
        ("The bread was praised by Bo Marsh.", "supported", {"names_grounded"}),
        ("Half of them bake like the mill did.", "supported", {"numbers_grounded"}),
        ("The mill b\u0430kes like nobody did.", "supported", {"undisguised"}),
        ("The mill bakes like nobody did [104].", "supported", {"cited"}),
    ],
)
def test_a_lie_beside_a_true_citation(text: str, verdict: str, names: set[str]) -> None:
    assert below_one(told(text, verdict)) == names


def test_a_denial_that_the_document_does_not_make() -> None:
    answer = answered(OPENING, cite(1, OPENED), says=[("The mill never opened in 1891.", "supported")])
    assert below_one(answer, OPENING) == {"negations_grounded"}


def test_an_answer_that_says_nothing_is_not_cited() -> None:
    assert measured(PRAISE, replace(HONEST, text="", sentences=(), citations=()))["cited"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "A memo"},
        {"publisher": "Aller Post"},
        {"author": "Bo Marsh"},
        {"published": "1999"},
        {"path": "b.txt"},
    ],
)
def test_a_footnote_that_says_something_else_of_its_document(changes: dict[str, Any]) -> None:
    citation = replace(HONEST.citations[0], document=replace(MILL, **changes))
    assert measured(PRAISE, replace(HONEST, citations=(citation,)))["citation_data"] == 0


@pytest.mark.parametrize("changes", [{"page": 7}, {"speaker": "Bo Marsh"}, {"via": ("Marsh News",)}])
def test_a_footnote_that_says_what_its_document_does_not(changes: dict[str, Any]) -> None:
    citation = replace(HONEST.citations[0], **changes)
    assert measured(PRAISE, replace(HONEST, citations=(citation,)))["citation_data"] == 0


def test_a_quote_cut_in_a_word() -> None:
    start, end = place(FLOOD)
    cut = replace(cite(1, FLOOD), start=start + 1, quote=TEXT[start + 1 : end])
    assert measured(PRAISE, answered(PRAISE, cut))["uncut"] == 0


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", 1),
        ("The documents don't say, as far as could be found.", 1),
        ("The documents don't say, but it was 412.", 0),
        ("The documents don't say, but Bo Marsh did.", 0),
        ("The documents don't say, but “we were paid”.", 0),
    ],
)
def test_a_refusal_that_tells_a_story(text: str, plain: float) -> None:
    for status in ("abstained", "hedged"):
        refusal = replace(abstained(PRAISE), text=text, status=status)
        assert measured(PRAISE, refusal)["refusal_plain"] == plain
    assert measured(PRAISE, replace(refusal, citations=HONEST.citations))["refusal_plain"] == 0


def test_every_one_of_them_is_a_figure() -> None:
    assert {*FAITHFUL, "citation_data"} <= {figure.name for figure in ANSWERS}


def test_a_run_that_holds_a_question_twice_is_no_run(tmp_path: Path) -> None:
    file = RunFile(tmp_path / "run.jsonl", {"format": 1, "kind": "answers", "set": "a", "questions": 1, "model": "b"})
    file.append(Item("M1", "list", {"answered": 1.0}))
    assert len(read_run(file.path).items) == 1
    file.append(Item("M1", "list", {"answered": 1.0}))
    with pytest.raises(RunUnreadable, match="not a run"):
        read_run(file.path)


@pytest.mark.parametrize("value", [60.0, -1.0, float("nan")])
def test_one_answer_does_not_make_up_for_sixty(tmp_path: Path, value: float) -> None:
    gates = tmp_path / "gates.toml"
    gates.write_text('[a]\nset = "a.jsonl"\nall_key_facts = 0.5\n', encoding="utf-8")
    items = (Item("M1", "list", {"all_key_facts": value}), Item("M2", "list", {"all_key_facts": 0.0}))
    with pytest.raises(RunUnreadable, match="no share"):
        check_gates(Run({"kind": "answers", "set": "a.jsonl", "questions": 2}, items), gates)
