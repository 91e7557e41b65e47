"""The figures that the product promises on real documents, with the real model; skipped where those are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eval.cases import DEFAULT_SET, load_set
from eval.figures import ANSWERS
from eval.locate import texts_of_folder
from eval.problems import problems_of
from eval.run import measure
from eval.runs import Run
from rag.settings import Settings

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
QUESTIONS, CORPUS = SHARED / "seeds" / "dev_questions.jsonl", SHARED / "seeds" / "corpus"
OWN_QUESTIONS = DEFAULT_SET.with_name("seeds.jsonl")
FIGURES = {figure.name: figure for figure in ANSWERS}


@pytest.fixture(scope="module")
def corpus() -> Path:
    if not CORPUS.exists():
        pytest.skip(f"no real documents in {SHARED / 'seeds'}; name their folder with FOOTNOTE_SHARED")
    return CORPUS


@pytest.fixture(scope="module")
def run(corpus: Path) -> Run:
    if not QUESTIONS.exists():
        pytest.skip(f"no questions in {SHARED / 'seeds'}; name the folder above it with FOOTNOTE_SHARED")
    return measure(QUESTIONS, Settings(), corpus)


def figure_of(run: Run, name: str) -> float:
    value = FIGURES[name].value(run.asked)
    assert value is not None
    return value


def test_nothing_is_left_out(run: Run) -> None:
    assert not run.left_out


def test_every_quote_is_the_documents_own_characters(run: Run) -> None:
    assert figure_of(run, "citation_exactness") == 1.0


def test_evidence_is_found_within_a_thousand_word_pieces(run: Run) -> None:
    assert figure_of(run, "evidence_recall@1000") >= 0.80


def test_answers_hold_the_facts_and_stay_short(run: Run) -> None:
    assert figure_of(run, "all_key_facts") >= 0.45
    assert figure_of(run, "words_p50") <= 90


def test_nothing_forbidden_is_said(run: Run) -> None:
    assert figure_of(run, "forbidden") == 0


def test_our_own_questions_about_them_have_no_problem(corpus: Path, tmp_path: Path) -> None:
    problems = problems_of(load_set(OWN_QUESTIONS), texts_of_folder([corpus], tmp_path))
    assert [problem for problem in problems if not problem.remark] == []


def test_our_own_questions_do_not_copy_the_documents() -> None:
    assert [case.id for case in load_set(OWN_QUESTIONS) if any(piece.quote for piece in case.evidence)] == []
