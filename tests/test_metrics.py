"""The measures, against examples worked out by hand, at their edges, and within their ranges."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics
from index.document import Document
from rag.answering import Citation


def cite(text: str, start: int, end: int, quote: str) -> Citation:
    document = Document("d", "a.txt", None, None, None, None, text)
    return Citation(1, document, start, end, quote)


# --- evidence recall -------------------------------------------------------------------------------------------


def test_evidence_recall_counts_characters_inside_the_hits() -> None:
    evidence = [("a.txt", 10, 30), ("b.txt", 0, 20)]  # 40 characters
    hits = [("a.txt", 20, 50, 5), ("b.txt", 5, 10, 5)]  # 10 of the first, 5 of the second
    assert metrics.evidence_recall(evidence, hits, budget=10) == 15 / 40


def test_evidence_recall_stops_at_the_first_hit_that_exceeds_the_budget() -> None:
    evidence = [("a.txt", 0, 10), ("a.txt", 100, 110), ("a.txt", 200, 210)]
    hits = [("a.txt", 0, 10, 4), ("a.txt", 100, 110, 7), ("a.txt", 200, 210, 1)]
    assert metrics.evidence_recall(evidence, hits, budget=10) == pytest.approx(1 / 3)
    assert metrics.evidence_recall(evidence, hits, budget=11) == pytest.approx(2 / 3)
    assert metrics.evidence_recall(evidence, hits, budget=12) == 1


def test_evidence_recall_counts_overlapping_spans_and_hits_once() -> None:
    evidence = [("a.txt", 0, 10), ("a.txt", 5, 20)]
    hits = [("a.txt", 0, 10, 1), ("a.txt", 5, 10, 1)]
    assert metrics.evidence_recall(evidence, hits, budget=2) == 0.5


@pytest.mark.parametrize(
    ("evidence", "hits", "expected"),
    [
        ([], [], None),
        ([], [("a.txt", 0, 5, 1)], None),
        ([("a.txt", 0, 5)], [], 0),
        ([("a.txt", 0, 5)], [("b.txt", 0, 5, 1)], 0),
        ([("a.txt", 0, 5)], [("a.txt", 5, 9, 1)], 0),
    ],
)
def test_evidence_recall_at_its_edges(
    evidence: list[metrics.Span], hits: list[metrics.RankedHit], expected: float | None
) -> None:
    assert metrics.evidence_recall(evidence, hits, budget=100) == expected


# --- key facts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("He came from IBM.", "ibm", True),
        ("an unnamed commenter", "poster|comment", True),
        ("hide your strength,\n bide\u00a0your  time", "bide your time", True),
        ("It\u2019s a \u201crefutation\u201d", 'it\'s a "refutation"', True),
        ("It's", "It\u2019s", True),
        ("is now increasing", "increas", True),
        ("1,300 pages", "300", False),
        ("3000 pages", "300", False),
        ("300,000 pages", "300", False),
        ("a 300-page guide, 300.", "300", True),
        ("north of $200K", "200K|$200", True),
        ("80+ manufacturers", "80+", True),
        ("a.b", "a+b", False),
        ("", "IBM", False),
    ],
)
def test_said(text: str, fact: str, expected: bool) -> None:
    assert metrics.said(text, fact) is expected


def test_key_facts_count_within_the_first_words_only() -> None:
    text = "Alpha [1] beta. [2, 3] Gamma delta"
    facts = ("alpha", "gamma", "delta")
    assert metrics.missing_facts(text, facts, words=3) == ("delta",)
    assert metrics.all_key_facts(text, facts, words=3) is False
    assert metrics.fact_recall(text, facts, words=3) == pytest.approx(2 / 3)
    assert metrics.all_key_facts(text, facts, words=4) is True
    assert metrics.fact_recall(text, facts, words=4) == 1


def test_the_limit_is_120_words_without_the_marks() -> None:
    text = "word [1] " * 119 + "IBM"
    assert metrics.all_key_facts(text, ["IBM"]) is True
    assert metrics.all_key_facts("word " + text, ["IBM"]) is False


def test_a_fact_may_stretch_over_a_footnote_mark() -> None:
    assert metrics.all_key_facts("42 [1] million", ["42 million"]) is True


def test_without_key_facts_there_is_nothing_to_measure() -> None:
    assert metrics.all_key_facts("text", []) is None
    assert metrics.fact_recall("text", []) is None


def test_an_empty_text_says_nothing() -> None:
    assert metrics.all_key_facts("", ["IBM"]) is False
    assert metrics.fact_recall("", ["IBM"]) == 0


def test_forbidden_phrases_count_anywhere_in_the_text() -> None:
    text = "word " * 300 + "It was \u2018Integrator #2\u2019."
    assert metrics.forbidden_said(text, ("Integrator #2", "Kabul")) == ("Integrator #2",)
    assert metrics.forbidden_said("Integrator #25", ("Integrator #2",)) == ()
    assert metrics.forbidden_said("", ("Kabul",)) == ()


# --- citations -------------------------------------------------------------------------------------------------


def test_citation_precision_is_the_share_that_overlaps_evidence() -> None:
    evidence = [("a.txt", 10, 20)]
    citations = [("a.txt", 0, 11), ("a.txt", 19, 30), ("a.txt", 20, 30), ("b.txt", 10, 20)]
    assert metrics.citation_precision(citations, evidence) == 0.5
    assert metrics.citation_precision([], evidence) is None
    assert metrics.citation_precision(citations, []) is None


def test_citation_exactness() -> None:
    exact, moved = cite("one two", 4, 7, "two"), cite("one two", 3, 6, "two")
    assert metrics.citation_exactness([exact]) == 1
    assert metrics.citation_exactness([exact, moved]) == 0.5
    assert metrics.citation_exactness([]) is None


@pytest.mark.parametrize(
    "citation", [cite("one two", -3, 7, "two"), cite("one", 3, 3, ""), cite("one two", 4, 99, "two ")]
)
def test_an_impossible_span_is_not_exact(citation: Citation) -> None:
    assert metrics.citation_exactness([citation]) == 0


# --- abstention and confidence ---------------------------------------------------------------------------------


def test_abstention_counts_and_balanced_accuracy() -> None:
    outcomes = [(True, True)] * 3 + [(True, False)] + [(False, True)] + [(False, False)]
    counts = metrics.abstention(outcomes)
    assert counts == metrics.Abstention(3, 1, 1, 1)
    assert counts.balanced_accuracy == (3 / 4 + 1 / 2) / 2


@pytest.mark.parametrize("outcomes", [[], [(True, True)], [(False, False), (False, True)]])
def test_balanced_accuracy_needs_both_kinds(outcomes: list[tuple[bool, bool]]) -> None:
    assert metrics.abstention(outcomes).balanced_accuracy is None


def test_auroc_with_ties_counted_half() -> None:
    # Pairs: 0.9 beats 0.5 and 0.1; 0.5 ties 0.5 and beats 0.1.
    assert metrics.auroc([0.9, 0.5], [0.5, 0.1]) == 3.5 / 4
    assert metrics.auroc([0.5], [0.5]) == 0.5
    assert metrics.auroc([0.1], [0.9]) == 0
    assert metrics.auroc([], [0.9]) is None
    assert metrics.auroc([0.9], []) is None


# --- numbers ---------------------------------------------------------------------------------------------------


def test_percentile_is_the_nearest_rank() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert metrics.percentile(values, 0.5) == 3
    assert metrics.percentile(values, 0.95) == 5
    assert metrics.percentile([1.0, 2.0], 0.5) == 1
    assert metrics.percentile([7.0], 0.95) == 7
    assert metrics.percentile([1.0, 2.0], 0) == 1
    assert metrics.percentile([], 0.5) is None


def test_mean() -> None:
    assert metrics.mean([True, False]) == 0.5
    assert metrics.mean([]) is None


def test_word_count_leaves_the_marks_out() -> None:
    assert metrics.word_count("Two words. [1][2] In [2017] more. [3, 4]") == 5
    assert metrics.word_count(" ") == 0


# --- properties ------------------------------------------------------------------------------------------------

offsets = st.integers(0, 60)
spans = st.builds(
    lambda document, start, length: (document, start, start + length),
    st.sampled_from(["a.txt", "b.txt"]),
    offsets,
    st.integers(1, 30),
)
ranked_hits = st.builds(lambda span, pieces: (*span, pieces), spans, st.integers(0, 20))
shares = st.floats(0, 1)
untimed = settings(deadline=None)  # a busy machine is no failure


@untimed
@given(st.lists(spans, min_size=1), st.lists(ranked_hits), st.integers(0, 100), st.integers(0, 100))
def test_evidence_recall_is_a_share_that_grows_with_the_budget(
    evidence: list[metrics.Span], hits: list[metrics.RankedHit], budget: int, more: int
) -> None:
    recall = metrics.evidence_recall(evidence, hits, budget)
    recall_with_more = metrics.evidence_recall(evidence, hits, budget + more)
    assert recall is not None
    assert recall_with_more is not None
    assert 0 <= recall <= recall_with_more <= 1


@untimed
@given(st.lists(spans, min_size=1))
def test_hits_that_are_the_evidence_have_full_recall_and_precision(evidence: list[metrics.Span]) -> None:
    assert metrics.evidence_recall(evidence, [(*span, 0) for span in evidence], budget=0) == 1
    assert metrics.citation_precision(evidence, evidence) == 1


@untimed
@given(st.lists(spans, min_size=1), st.lists(spans, min_size=1))
def test_citation_precision_is_a_share(citations: list[metrics.Span], evidence: list[metrics.Span]) -> None:
    precision = metrics.citation_precision(citations, evidence)
    assert precision is not None
    assert 0 <= precision <= 1


@untimed
@given(st.text(), st.lists(st.text(min_size=1).filter(lambda fact: fact.replace("|", "").strip()), min_size=1))
def test_fact_recall_is_a_share_and_full_exactly_when_all_are_said(text: str, facts: list[str]) -> None:
    recall = metrics.fact_recall(text, facts)
    assert recall is not None
    assert 0 <= recall <= 1
    assert (recall == 1) == metrics.all_key_facts(text, facts)


@untimed
@given(st.lists(shares, min_size=1), st.lists(shares, min_size=1))
def test_auroc_is_a_share_and_its_mirror_the_rest(high: list[float], low: list[float]) -> None:
    forwards, backwards = metrics.auroc(high, low), metrics.auroc(low, high)
    assert forwards is not None
    assert backwards is not None
    assert 0 <= forwards <= 1
    assert forwards + backwards == pytest.approx(1)


@untimed
@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_abstention_counts_every_question_once(outcomes: list[tuple[bool, bool]]) -> None:
    counts = metrics.abstention(outcomes)
    total = counts.answerable_answered + counts.answerable_abstained
    assert total + counts.unanswerable_answered + counts.unanswerable_abstained == len(outcomes)
    assert counts.balanced_accuracy is None or 0 <= counts.balanced_accuracy <= 1


@untimed
@given(st.lists(st.floats(0, 1e6), min_size=1), shares)
def test_percentile_is_one_of_the_values(values: list[float], share: float) -> None:
    assert metrics.percentile(values, share) in values
