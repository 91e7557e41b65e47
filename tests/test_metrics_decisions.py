"""Decisions and confidences: the measures against hand-made examples, their definitions, and their ranges."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics

untimed = settings(deadline=None, max_examples=60)  # a busy machine is no failure
scores = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1)  # few values: ties are common
outcomes = st.lists(st.tuples(st.booleans(), st.booleans()))
scored = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.9])))


def test_abstention_counts_and_balanced_accuracy() -> None:
    asked = [(True, True)] * 3 + [(True, False)] + [(False, True)] + [(False, False)]
    counts = metrics.abstention(asked)
    assert counts == metrics.Abstention(3, 1, 1, 1)
    assert counts.balanced_accuracy == (3 / 4 + 1 / 2) / 2
    assert metrics.balanced_accuracy([True] * 4 + [False] * 2, [True, True, True, False, True, False]) == 0.625


@pytest.mark.parametrize("asked", [[], [(True, True)], [(False, False), (False, True)]])
def test_balanced_accuracy_needs_both_kinds(asked: list[tuple[bool, bool]]) -> None:
    assert metrics.abstention(asked).balanced_accuracy is None


def test_a_decision_for_every_truth() -> None:
    with pytest.raises(ValueError, match="zip"):
        metrics.balanced_accuracy([True, False], [True])
    with pytest.raises(ValueError, match="zip"):
        metrics.precision_recall_f1([True], [True, False])


@untimed
@given(outcomes)
def test_abstention_counts_every_question_once_and_in_any_order(asked: list[tuple[bool, bool]]) -> None:
    counts = metrics.abstention(asked)
    total = counts.answerable_answered + counts.answerable_abstained
    assert total + counts.unanswerable_answered + counts.unanswerable_abstained == len(asked)
    assert metrics.abstention(asked[::-1]) == counts
    assert counts.balanced_accuracy is None or 0 <= counts.balanced_accuracy <= 1


@untimed
@given(st.lists(st.booleans()))
def test_deciding_always_the_same_is_worth_one_half(truth: list[bool]) -> None:
    constants = {metrics.balanced_accuracy(truth, [decision] * len(truth)) for decision in (True, False)}
    assert constants == ({0.5} if len(set(truth)) == 2 else {None})


@untimed
@given(outcomes)
def test_deciding_the_opposite_mirrors_balanced_accuracy(asked: list[tuple[bool, bool]]) -> None:
    one = metrics.abstention(asked).balanced_accuracy
    other = metrics.abstention((truth, not decided) for truth, decided in asked).balanced_accuracy
    assert (one is None) == (other is None)
    assert one is None or other is None or one + other == pytest.approx(1)


def test_best_balanced_accuracy_by_hand() -> None:
    # "yes" from 0.6 on: both true ones are kept, two of three false ones refused.
    assert metrics.best_balanced_accuracy([True, False, True, False, False], [0.9, 0.7, 0.6, 0.5, 0.1]) == (
        pytest.approx((1 + 2 / 3) / 2)
    )
    assert metrics.best_balanced_accuracy([True, False], [0.5, 0.5]) == 0.5
    assert metrics.best_balanced_accuracy([True, False], [0.1, 0.9]) == 0.5  # turned round is not allowed
    assert metrics.best_balanced_accuracy([], []) is None
    assert metrics.best_balanced_accuracy([True], [0.5]) is None
    assert metrics.best_balanced_accuracy([False], [0.5]) is None


@untimed
@given(scored)
def test_best_balanced_accuracy_is_that_of_some_threshold(pairs: list[tuple[bool, float]]) -> None:
    truth, values = [true for true, _ in pairs], [value for _, value in pairs]
    best = metrics.best_balanced_accuracy(truth, values)
    tried = [metrics.balanced_accuracy(truth, [value >= bar for value in values]) for bar in {*values, 2.0}]
    reached = [value for value in tried if value is not None]
    assert best == (pytest.approx(max(reached)) if reached else None)
    assert best is None or 0.5 <= best <= 1


def test_auroc_with_ties_counted_half() -> None:
    # Pairs: 0.9 beats 0.5 and 0.1; 0.5 ties 0.5 and beats 0.1.
    assert metrics.auroc([0.9, 0.5], [0.5, 0.1]) == 3.5 / 4
    assert metrics.auroc([0.5], [0.5]) == 0.5
    assert metrics.auroc([0.1], [0.9]) == 0
    assert metrics.auroc([], [0.9]) is None
    assert metrics.auroc([0.9], []) is None


@untimed
@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_order(high: list[float], low: list[float]) -> None:
    wins = sum((one > other) + (one == other) / 2 for one in high for other in low)
    assert metrics.auroc(high, low) == pytest.approx(wins / len(high) / len(low))


@untimed
@given(scores, scores)
def test_auroc_knows_order_alone(high: list[float], low: list[float]) -> None:
    forwards, backwards = metrics.auroc(high, low), metrics.auroc(low, high)
    assert forwards is not None
    assert backwards is not None
    assert forwards + backwards == pytest.approx(1)
    assert metrics.auroc(high[::-1], low[::-1]) == forwards
    assert metrics.auroc([7 * value - 3 for value in high], [7 * value - 3 for value in low]) == forwards


def test_precision_recall_f1_by_hand() -> None:
    truth, decided = [True, True, True, False, False], [True, False, True, True, False]
    assert metrics.precision_recall_f1(truth, decided) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert metrics.precision_recall_f1([True, False], [False, False]) == (0, 0, 0)
    assert metrics.precision_recall_f1([True], [True]) == (1, 1, 1)
    assert metrics.precision_recall_f1([False], [True]) is None
    assert metrics.precision_recall_f1([], []) is None


@untimed
@given(outcomes.filter(lambda asked: any(true for true, _ in asked)))
def test_f1_is_the_harmonic_mean(asked: list[tuple[bool, bool]]) -> None:
    truth, decided = [true for true, _ in asked], [decision for _, decision in asked]
    found = metrics.precision_recall_f1(truth, decided)
    assert found is not None
    precision, recall, f1 = found
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall) if precision + recall else 0)
    if any(decided):
        assert metrics.precision_recall_f1(decided, truth) == pytest.approx((recall, precision, f1))


def test_risk_coverage_by_hand() -> None:
    answered = [(0.2, False), (0.9, True), (0.5, False), (0.5, True)]
    assert [(p.threshold, p.coverage, p.risk) for p in metrics.risk_coverage(answered, asked=5)] == [
        (0.9, 1 / 5, 0),
        (0.5, 3 / 5, 1 / 3),  # both of them or neither
        (0.2, 4 / 5, 2 / 4),
    ]
    assert metrics.risk_coverage([], asked=3) == []
    assert metrics.risk_coverage([(0.3, True)], asked=1) == [metrics.Point(0.3, 1, 0)]


@untimed
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), min_size=1), st.integers(0, 5))
def test_risk_coverage_is_what_every_threshold_does(answered: list[tuple[float, bool]], abstained: int) -> None:
    asked = len(answered) + abstained
    points = metrics.risk_coverage(answered, asked)
    assert [point.threshold for point in points] == sorted({value for value, _ in answered}, reverse=True)
    for point in points:
        kept = [right for value, right in answered if value >= point.threshold]
        assert point.coverage == len(kept) / asked
        assert point.risk == kept.count(False) / len(kept)
    assert metrics.risk_coverage(answered[::-1], asked) == points
