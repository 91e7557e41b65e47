"""The figures that the product promises on real documents, with the real model; skipped where those are not."""

import os
from pathlib import Path

import pytest

from eval.report import Summary
from eval.run import measure
from rag.settings import Settings

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
QUESTIONS, CORPUS = SHARED / "seeds" / "dev_questions.jsonl", SHARED / "seeds" / "corpus"


@pytest.fixture(scope="module")
def summary() -> Summary:
    if not QUESTIONS.exists():
        pytest.skip(f"no real documents in {SHARED / 'seeds'}; name their folder with FOOTNOTE_SHARED")
    return measure(QUESTIONS, Settings(), CORPUS)


def test_nothing_is_left_out(summary: Summary) -> None:
    assert not summary.left_out


def test_every_quote_is_the_documents_own_characters(summary: Summary) -> None:
    assert summary.all.citation_exactness.value == 1.0


def test_evidence_is_found_within_a_thousand_word_pieces(summary: Summary) -> None:
    assert summary.all.evidence_recall.value is not None
    assert summary.all.evidence_recall.value >= 0.80


def test_answers_hold_the_facts_and_stay_short(summary: Summary) -> None:
    assert summary.all.all_key_facts.value is not None
    assert summary.all.all_key_facts.value >= 0.45
    assert summary.all.words_p50 is not None
    assert summary.all.words_p50 <= 90


def test_nothing_forbidden_is_said(summary: Summary) -> None:
    assert not summary.all.forbidden.value
