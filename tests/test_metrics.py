"""Spans, rankings and decisions: the measures against hand-made examples, their definitions, and their ranges."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics
from index.document import Document
from rag.answering import Citation

untimed = settings(deadline=None, max_examples=60)  # a busy machine is no failure
spans = st.builds(
    lambda document, start, length: (document, start, start + length),
    st.sampled_from(["a.txt", "b.txt"]),
    st.integers(0, 60),
    st.integers(0, 30),
)
filled = spans.filter(lambda span: span[1] < span[2])
ranked_hits = st.builds(lambda span, pieces: (*span, pieces), spans, st.integers(0, 20))
relevances = st.lists(st.booleans(), max_size=15)


def cite(start: int, end: int, quote: str, path: str = "a.txt") -> Citation:
    return Citation(1, Document("d", path, None, None, None, None, "what the index held"), start, end, quote)


def characters(*given: metrics.Span) -> set[tuple[str, int]]:
    return {(document, offset) for document, start, end in given for offset in range(start, end)}


# --- spans -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("a.txt", 0, 5), ("a.txt", 4, 9), True),
        (("a.txt", 0, 5), ("a.txt", 5, 9), False),
        (("a.txt", 0, 5), ("b.txt", 0, 5), False),
        (("a.txt", 3, 3), ("a.txt", 0, 9), False),  # an empty span shares no character
        (("a.txt", 8, 2), ("a.txt", 0, 9), False),
    ],
)
def test_overlap(one: metrics.Span, other: metrics.Span, expected: bool) -> None:
    assert metrics.overlap(one, other) is expected
    assert metrics.touches(one, [("c.txt", 0, 9), other]) is expected
    assert metrics.touches(one, []) is False


@untimed
@given(spans, spans)
def test_overlap_is_sharing_a_character_and_has_no_direction(one: metrics.Span, other: metrics.Span) -> None:
    assert metrics.overlap(one, other) == bool(characters(one) & characters(other)) == metrics.overlap(other, one)


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


def test_a_hit_as_long_as_a_document_finds_nothing_within_a_budget() -> None:
    assert metrics.evidence_recall([("a.txt", 10, 30)], [("a.txt", 0, 99999, 20000)], budget=1000) == 0


@pytest.mark.parametrize(
    ("evidence", "hits", "expected"),
    [
        ([], [], None),
        ([], [("a.txt", 0, 5, 1)], None),
        ([("a.txt", 4, 4)], [("a.txt", 0, 5, 1)], None),
        ([("a.txt", 0, 5)], [], 0),
        ([("a.txt", 0, 5)], [("b.txt", 0, 5, 1)], 0),
        ([("a.txt", 0, 5)], [("a.txt", 5, 9, 1)], 0),
        ([("a.txt", 0, 10), ("a.txt", 5, 20)], [("a.txt", 0, 10, 1), ("a.txt", 5, 10, 1)], 0.5),  # each counts once
    ],
)
def test_evidence_recall_at_its_edges(
    evidence: list[metrics.Span], hits: list[metrics.RankedHit], expected: float | None
) -> None:
    assert metrics.evidence_recall(evidence, hits, budget=100) == expected


@untimed
@given(st.lists(filled, min_size=1), st.lists(ranked_hits), st.integers(0, 100), st.integers(0, 100))
def test_evidence_recall_is_a_share_that_grows_with_the_budget(
    evidence: list[metrics.Span], hits: list[metrics.RankedHit], budget: int, more: int
) -> None:
    recall = metrics.evidence_recall(evidence, hits, budget)
    recall_with_more = metrics.evidence_recall(evidence, hits, budget + more)
    assert recall is not None
    assert recall_with_more is not None
    assert 0 <= recall <= recall_with_more <= 1


@untimed
@given(st.lists(filled, min_size=1), st.lists(ranked_hits))
def test_evidence_recall_does_not_depend_on_the_order_of_the_evidence(
    evidence: list[metrics.Span], hits: list[metrics.RankedHit]
) -> None:
    assert metrics.evidence_recall(evidence, hits, 40) == metrics.evidence_recall(evidence[::-1], hits, 40)


def test_characters_found() -> None:
    found = metrics.characters_found([("a.txt", 0, 10)], [("a.txt", 5, 25), ("a.txt", 5, 25)])
    assert found == (5 / 10, 5 / 20, 5 / 25)
    assert metrics.characters_found([("a.txt", 0, 10)], []) == (0, 0, 0)
    assert metrics.characters_found([], [("a.txt", 0, 10)]) is None


@untimed
@given(st.lists(filled, min_size=1), st.lists(filled, min_size=1))
def test_characters_found_trade_places_when_the_sides_do(one: list[metrics.Span], other: list[metrics.Span]) -> None:
    there, back = metrics.characters_found(one, other), metrics.characters_found(other, one)
    assert there is not None
    assert back is not None
    assert (there[0], there[1], there[2]) == (back[1], back[0], back[2])
    assert 0 <= there[2] <= min(there[:2]) <= 1  # the union is no smaller than either side
    assert metrics.characters_found(one, one) == (1, 1, 1)


def test_a_hit_is_relevant_where_it_shows_evidence_first() -> None:
    evidence = [("a.txt", 0, 10), ("a.txt", 20, 30), ("b.txt", 0, 10)]
    hits = [("c.txt", 0, 99), ("a.txt", 5, 25), ("a.txt", 0, 10), ("a.txt", 28, 40)]
    assert metrics.relevance_of_hits(evidence, hits) == ([False, True, False, False], 1)
    assert metrics.relevance_of_hits(evidence * 2, hits) == ([False, True, False, False], 1)
    assert metrics.relevance_of_hits([], hits) == ([False] * 4, 0)
    assert metrics.relevance_of_hits(evidence, []) == ([], 3)


@untimed
@given(st.lists(filled), st.lists(spans))
def test_every_span_is_shown_or_missed(evidence: list[metrics.Span], hits: list[metrics.Span]) -> None:
    relevance, missed = metrics.relevance_of_hits(evidence, hits)
    distinct = set(evidence)
    assert missed == sum(not metrics.touches(span, hits) for span in distinct)
    assert sum(relevance) <= len(distinct) - missed
    assert any(relevance) == (missed < len(distinct))


# --- citations -------------------------------------------------------------------------------------------------

EVIDENCE = [("a.txt", 100, 120)]
WHOLE_DOCUMENT = [("a.txt", 0, 1000)]
ONE_LETTER = [("a.txt", 110, 111)]


def test_citation_precision_is_the_share_that_overlaps_evidence() -> None:
    evidence = [("a.txt", 10, 20)]
    citations = [("a.txt", 0, 11), ("a.txt", 19, 30), ("a.txt", 20, 30), ("b.txt", 10, 20)]
    assert metrics.citation_precision(citations, evidence) == 0.5
    assert metrics.citation_precision([], evidence) is None
    assert metrics.citation_precision(citations, []) is None


def test_citation_recall_is_the_share_of_the_evidence_that_is_touched() -> None:
    evidence = [("a.txt", 10, 20), ("a.txt", 30, 40), ("b.txt", 10, 20), ("b.txt", 50, 60)]
    assert metrics.citation_recall([("a.txt", 19, 31)], evidence) == 0.5
    assert metrics.citation_recall([], evidence) == 0
    assert metrics.citation_recall([("a.txt", 0, 9)], []) is None


def test_citing_a_whole_document_is_caught_by_focus_alone() -> None:
    assert metrics.citation_precision(WHOLE_DOCUMENT, EVIDENCE) == 1
    assert metrics.citation_recall(WHOLE_DOCUMENT, EVIDENCE) == 1
    assert metrics.citation_coverage(WHOLE_DOCUMENT, EVIDENCE) == 1
    assert metrics.citation_focus(WHOLE_DOCUMENT, EVIDENCE) == 20 / 1000


def test_citing_a_single_letter_is_caught_by_coverage_alone() -> None:
    assert metrics.citation_precision(ONE_LETTER, EVIDENCE) == 1
    assert metrics.citation_recall(ONE_LETTER, EVIDENCE) == 1
    assert metrics.citation_focus(ONE_LETTER, EVIDENCE) == 1
    assert metrics.citation_coverage(ONE_LETTER, EVIDENCE) == 1 / 20


def test_citing_what_is_right_again_and_again_hides_nothing_from_focus() -> None:
    padded = [*EVIDENCE * 9, ("b.txt", 0, 20)]
    assert metrics.citation_precision(padded, EVIDENCE) == 0.5
    assert metrics.citation_focus(padded, EVIDENCE) == 0.5


def test_focus_and_coverage_at_their_edges() -> None:
    assert metrics.citation_focus([], EVIDENCE) is None
    assert metrics.citation_focus(ONE_LETTER, []) is None
    assert metrics.citation_focus([("a.txt", 110, 110)], EVIDENCE) == 0
    assert metrics.citation_coverage([], EVIDENCE) == 0
    assert metrics.citation_coverage(ONE_LETTER, []) is None


@untimed
@given(st.lists(filled, min_size=1), st.lists(filled, min_size=1))
def test_citation_measures_against_their_definitions(cited: list[metrics.Span], evidence: list[metrics.Span]) -> None:
    letters, wanted = characters(*cited), characters(*evidence)
    distinct = set(cited)
    precision = sum(bool(characters(span) & wanted) for span in distinct) / len(distinct)
    assert metrics.citation_precision(cited, evidence) == precision
    right = sum(bool(characters(span) & wanted) for span in cited)
    assert metrics.citation_recall(evidence, cited) == right / len(cited)  # the same question the other way round
    assert metrics.citation_focus(cited, evidence) == len(letters & wanted) / len(letters)
    assert metrics.citation_coverage(cited, evidence) == len(letters & wanted) / len(wanted)
    assert metrics.citation_precision(cited[::-1], evidence[::-1]) == precision
    assert (metrics.citation_precision(cited, evidence) == 0) == (metrics.citation_focus(cited, evidence) == 0)


def test_citation_exactness_reads_the_documents_anew() -> None:
    now = {"a.txt": "one two"}
    exact, moved = cite(4, 7, "two"), cite(3, 6, "two")
    assert metrics.citation_exactness([exact], now) == 1
    assert metrics.citation_exactness([cite(0, 7, "one two")], now) == 1
    assert metrics.citation_exactness([exact, moved], now) == 0.5
    assert metrics.citation_exactness([], now) is None
    assert metrics.citation_exactness([exact], {"a.txt": "zero one two"}) == 0  # a line was added since
    assert metrics.citation_exactness([exact], {"b.txt": "one two"}) == 0


@pytest.mark.parametrize(
    "citation",
    [cite(-3, 7, "two"), cite(3, 3, ""), cite(4, 99, "two"), cite(5, 4, ""), cite(0, 3, "One"), cite(0, 3, "one ")],
)
def test_an_impossible_or_altered_quote_is_not_exact(citation: Citation) -> None:
    assert metrics.citation_exactness([citation], {"a.txt": "one two"}) == 0


# --- rankings --------------------------------------------------------------------------------------------------


def test_ndcg_by_hand() -> None:
    # Relevant at ranks 2 and 4, one missed: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/log2 4).
    expected = (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3) + 1 / 2)
    assert metrics.ndcg([False, True, False, True], missed=1) == pytest.approx(expected)
    assert metrics.ndcg([True, False, True], k=1) == 1
    assert metrics.ndcg([False] * 10 + [True]) == 0  # the eleventh
    assert metrics.ndcg([], missed=2) == 0
    assert metrics.ndcg([False, False]) is None


def test_reciprocal_rank_and_hit_by_hand() -> None:
    assert metrics.reciprocal_rank([False, False, True, True]) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank([False, True], k=1) == 0
    assert metrics.reciprocal_rank([False] * 10 + [True]) == 0
    assert metrics.reciprocal_rank([False], missed=1) == 0
    assert metrics.reciprocal_rank([False]) is None
    assert metrics.hit([False, True], k=1) is False
    assert metrics.hit([False, True], k=2) is True
    assert metrics.hit([False] * 10 + [True]) is False
    assert metrics.hit([], missed=1) is False
    assert metrics.hit([]) is None


def test_found_share_and_all_found_by_hand() -> None:
    ranking = ["a", "b", "c", "d"]
    assert metrics.found_share(ranking, {"b", "d", "x"}, 3) == pytest.approx(1 / 3)
    assert metrics.found_share([], {"b"}, 3) == 0
    assert metrics.found_share(ranking, [], 3) is None
    assert metrics.all_found(ranking, ["b", "d", "d"], 4) is True
    assert metrics.all_found(ranking, ["b", "d"], 3) is False
    assert metrics.all_found(ranking, [], 3) is None


@untimed
@given(relevances, st.integers(0, 5), st.integers(1, 12))
def test_rankings_agree_on_what_is_found(relevance: list[bool], missed: int, k: int) -> None:
    gain, first = metrics.ndcg(relevance, missed, k), metrics.reciprocal_rank(relevance, missed, k)
    hit = metrics.hit(relevance, missed, k)
    if gain is None or first is None or hit is None:
        assert (gain, first, hit) == (None, None, None)
        assert not any(relevance)
        assert not missed
        return
    assert 0 <= gain <= 1 + 1e-12
    assert hit == any(relevance[:k]) == (first > 0) == (gain > 0)
    best = metrics.ndcg(sorted(relevance, reverse=True), 0, k)
    assert best is None or best == pytest.approx(1)


@untimed
@given(relevances.filter(lambda relevance: any(relevance[1:])), st.integers(0, 5), st.data())
def test_moving_a_relevant_item_up_never_harms(relevance: list[bool], missed: int, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from([place for place, right in enumerate(relevance) if right and place]))
    better = [*relevance[: place - 1], True, relevance[place - 1], *relevance[place + 1 :]]
    assert (metrics.ndcg(better, missed) or 0) >= (metrics.ndcg(relevance, missed) or 0) - 1e-12
    assert (metrics.reciprocal_rank(better, missed) or 0) >= (metrics.reciprocal_rank(relevance, missed) or 0)


@untimed
@given(st.lists(st.integers(0, 12), unique=True), st.sets(st.integers(0, 12), min_size=1), st.integers(1, 12))
def test_found_share_grows_with_depth_to_all_found(ranking: list[int], relevant: set[int], k: int) -> None:
    share, deeper = metrics.found_share(ranking, relevant, k), metrics.found_share(ranking, relevant, k + 1)
    assert share is not None
    assert deeper is not None
    assert 0 <= share <= deeper <= 1
    assert metrics.all_found(ranking, relevant, k) == (share == 1)
