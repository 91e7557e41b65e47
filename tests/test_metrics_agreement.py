"""The measures against the definitions that came with the benchmarks, on random data; skipped where those are not."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
DEFINITIONS = SHARED / "benchmarks" / "metrics.py"

untimed = settings(deadline=None, max_examples=80)  # a busy machine is no failure
vocabulary = "a an the ferry Ferry, quay! quay 7 1,200 l'été Ærø the-end (sluice) — U.S. _x_ 港口 THE".split()
made_texts = st.lists(st.sampled_from(vocabulary), max_size=14).map(" ".join)
texts = made_texts | st.text(max_size=25)
references = st.lists(texts, min_size=1, max_size=4)
scores = st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.3000001, 0.9]) | st.floats(0, 1), min_size=1, max_size=25)
decided = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1)  # (decision, truth), as theirs has it


@pytest.fixture(scope="module")
def theirs() -> ModuleType:
    if not DEFINITIONS.exists():
        pytest.skip(f"no definitions to compare with in {DEFINITIONS}; name their folder with FOOTNOTE_SHARED")
    spec = importlib.util.spec_from_file_location("benchmark_definitions", DEFINITIONS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@untimed
@given(text=texts, answers=references)
def test_reference_answers(theirs: ModuleType, text: str, answers: list[str]) -> None:
    assert metrics.exact_match(text, answers) == theirs.em(text, answers)
    assert metrics.token_f1(text, answers) == pytest.approx(theirs.f1(text, answers))
    assert metrics.contains(text, answers) == theirs.contains(text, answers)


@untimed
@given(text=texts, reference=texts)
def test_rouge_l_and_word_f1(theirs: ModuleType, text: str, reference: str) -> None:
    assert metrics.rouge_l(text, reference) == pytest.approx(theirs.rouge_l(text, reference))
    assert metrics.word_f1(text, reference) == pytest.approx(theirs.word_f1(text, reference))


@untimed
@given(
    ranking=st.lists(st.integers(0, 20), unique=True, max_size=15),
    relevant=st.sets(st.integers(0, 25), min_size=1),
    k=st.integers(1, 12),
)
def test_ndcg(theirs: ModuleType, ranking: list[int], relevant: set[int], k: int) -> None:
    relevance, missed = [item in relevant for item in ranking], len(relevant - set(ranking))
    assert metrics.ndcg(relevance, missed, k) == pytest.approx(theirs.ndcg(ranking, relevant, k))


@untimed
@given(high=scores, low=scores)
def test_auroc(theirs: ModuleType, high: list[float], low: list[float]) -> None:
    assert metrics.auroc(high, low) == pytest.approx(theirs.auroc(high, low))


@untimed
@given(pairs=decided)
def test_decisions(theirs: ModuleType, pairs: list[tuple[bool, bool]]) -> None:
    """Where one kind of truth is missing theirs divides by nothing, or says 0; ours says that there is no figure."""
    truth, decisions = [true for _, true in pairs], [decision for decision, _ in pairs]
    ours = metrics.balanced_accuracy(truth, decisions)
    if len(set(truth)) == 2:
        assert ours == pytest.approx(theirs.balanced_accuracy(pairs))
    else:
        assert ours is None
    found = metrics.precision_recall_f1(truth, decisions)
    if any(truth):
        assert found == pytest.approx(theirs.prf(pairs))
    else:
        assert found is None
        assert theirs.prf(pairs) == (0, 0, 0)


@untimed
@given(pages=st.lists(st.tuples(made_texts, made_texts), min_size=1, max_size=6))
def test_extraction(theirs: ModuleType, pages: list[tuple[str, str]]) -> None:
    """The pages are (reference, extracted); the F1 is that of the two means."""
    scored = [metrics.shingle_scores(text, reference) for reference, text in pages]
    precision = metrics.mean(share for share, _ in scored if share is not None)
    recall = metrics.mean(share for _, share in scored if share is not None)
    if not precision or not recall:  # theirs divides by nothing here
        return
    f1 = 2 * precision * recall / (precision + recall)
    assert (precision, recall, f1) == pytest.approx(theirs.extraction_scores(pages))
