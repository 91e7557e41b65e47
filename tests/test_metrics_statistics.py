"""Means, percentiles, intervals and rank correlation: definitions, ranges, and whether intervals keep their word."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics
from eval.metrics.statistics import Rows

untimed = settings(deadline=None, max_examples=60)  # a busy machine is no failure
ROUNDS = 60  # a tenth of the usual is enough for properties that hold of any number
numbers = st.floats(-1e6, 1e6)
columns = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=20)


def column(values: list[float]) -> Rows:
    return numpy.array(values, dtype=float).reshape(-1, 1)


def mean(rows: Rows) -> float | None:
    return float(rows[:, 0].mean())


def mean_of_the_marked(rows: Rows) -> float | None:
    """Undefined where no row is marked."""
    kept = rows[rows[:, 0] > 0, 1]
    return float(kept.mean()) if len(kept) else None


# --- mean, percentile ------------------------------------------------------------------------------------------


def test_mean_by_hand() -> None:
    assert metrics.mean([True, False]) == 0.5
    assert metrics.mean(value for value in (1.0, 2.0, 6.0)) == 3
    assert metrics.mean([]) is None


@untimed
@given(st.lists(numbers, min_size=1))
def test_mean_is_within_the_values_in_any_order(values: list[float]) -> None:
    average = metrics.mean(values)
    assert average is not None
    assert min(values) <= average <= max(values)
    assert metrics.mean(sorted(values)) == average
    assert average == pytest.approx(float(sum(map(Fraction, values)) / len(values)))


@untimed
@given(numbers, st.integers(1, 50))
def test_the_mean_of_equals_is_one_of_them(value: float, count: int) -> None:
    assert metrics.mean([value] * count) == value


def test_percentile_is_the_nearest_rank() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert metrics.percentile(values, 0.5) == 3
    assert metrics.percentile(values, 0.95) == 5
    assert metrics.percentile([1.0, 2.0], 0.5) == 1
    assert metrics.percentile([7.0], 0.95) == 7
    assert metrics.percentile([1.0, 2.0], 0) == 1
    assert metrics.percentile([1.0, 2.0], 1) == 2
    assert metrics.percentile([], 0.5) is None


@pytest.mark.parametrize("percent", range(1, 101))
def test_percentile_of_a_hundred_is_the_value_of_that_rank(percent: int) -> None:
    assert metrics.percentile(list(range(1, 101)), percent / 100) == percent  # 0.07 * 100 is above 7 in floats


@untimed
@given(st.lists(st.integers(0, 9), min_size=1), st.integers(0, 100), st.integers(0, 100))
def test_percentile_against_its_definition(values: list[int], percent: int, more: int) -> None:
    found = metrics.percentile(values, percent / 100)
    enough = [v for v in values if Fraction(sum(x <= v for x in values), len(values)) >= Fraction(percent, 100)]
    assert found == min(enough)
    assert metrics.percentile(values[::-1], percent / 100) == found
    higher = metrics.percentile(values, min(100, percent + more) / 100)
    assert higher is not None
    assert found <= higher


# --- intervals -------------------------------------------------------------------------------------------------


def test_without_questions_there_is_no_figure() -> None:
    nothing = numpy.empty((0, 1))
    assert metrics.interval(nothing, mean) == metrics.Interval(None, None, None, 0)
    assert metrics.paired_interval(nothing, nothing, mean) == metrics.Interval(None, None, None, 0)


def test_questions_that_all_come_to_the_same_have_an_interval_without_width() -> None:
    """A known limit of the bootstrap: it can't draw what it has not seen. `n` says how little that may be worth."""
    assert metrics.interval(column([0.25]), mean) == metrics.Interval(0.25, 0.25, 0.25, 1)
    assert metrics.interval(column([1.0] * 5), mean) == metrics.Interval(1, 1, 1, 5)


def test_an_undefined_statistic_has_no_value() -> None:
    rows = numpy.array([[0.0, 1.0], [0.0, 0.0]])
    assert metrics.interval(rows, mean_of_the_marked, ROUNDS) == metrics.Interval(None, None, None, 2)
    marked = numpy.array([[1.0, 1.0], [1.0, 0.0]])
    for other in (rows, marked):
        found = metrics.paired_interval(rows, other, mean_of_the_marked, ROUNDS)
        assert found == metrics.Interval(None, None, None, 2)
        assert found == metrics.paired_interval(other, rows, mean_of_the_marked, ROUNDS)


def test_a_class_that_many_rounds_do_not_draw_is_too_small_for_an_interval() -> None:
    rows = numpy.array([[1.0, 0.75], [0.0, 0.0], [0.0, 0.0]])  # three rounds in ten draw no marked row
    assert metrics.interval(rows, mean_of_the_marked, ROUNDS) == metrics.Interval(0.75, None, None, 3)
    rows = numpy.array([[1.0, 0.75]] * 8 + [[0.0, 0.0]] * 8)  # one in 65,000
    assert metrics.interval(rows, mean_of_the_marked, ROUNDS) == metrics.Interval(0.75, 0.75, 0.75, 16)


def test_paired_rows_are_about_the_same_questions() -> None:
    with pytest.raises(ValueError, match=r"\(2, 1\), \(3, 1\)"):
        metrics.paired_interval(column([0, 1]), column([0, 1, 1]), mean)


@untimed
@given(columns)
def test_an_interval_is_the_same_every_time_and_holds_the_mean(values: list[float]) -> None:
    found = metrics.interval(column(values), mean, 200)
    assert found == metrics.interval(column(values), mean, 200)
    assert found.value == pytest.approx(sum(values) / len(values))
    assert found.n == len(values)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert min(values) - 1e-12 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= max(values) + 1e-12


@untimed
@given(columns)
def test_equal_rows_do_not_differ(values: list[float]) -> None:
    assert metrics.paired_interval(column(values), column(values), mean, ROUNDS) == metrics.Interval(
        0, 0, 0, len(values)
    )


@untimed
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=1))
def test_swapping_the_sides_turns_the_difference_round(pairs: list[tuple[float, float]]) -> None:
    one, other = column([first for first, _ in pairs]), column([second for _, second in pairs])
    there, back = metrics.paired_interval(one, other, mean, ROUNDS), metrics.paired_interval(other, one, mean, ROUNDS)
    assert there.value is not None
    assert back.value == -there.value
    assert back.low is not None
    assert back.high is not None
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


def test_pairing_cancels_what_makes_questions_hard() -> None:
    hard = numpy.random.default_rng(1).random(100)
    better = column(list(hard + 0.01))
    paired = metrics.paired_interval(column(list(hard)), better, mean, ROUNDS)
    assert (paired.low, paired.high) == pytest.approx((0.01, 0.01))
    alone = metrics.interval(better, mean, ROUNDS)
    assert alone.low is not None
    assert alone.low < hard.mean()  # the same improvement, lost among the questions


def test_more_questions_make_a_narrower_interval() -> None:
    few, many = (metrics.interval(column([0.0, 1.0] * times), mean, 300) for times in (10, 160))
    assert few.high is not None
    assert few.low is not None
    assert many.high is not None
    assert many.low is not None
    assert many.high - many.low == pytest.approx((few.high - few.low) / 4, rel=0.25)  # sixteen times as many


@pytest.mark.parametrize("chance", [0.2, 0.5, 0.8])
def test_intervals_hold_the_truth_as_often_as_they_say(chance: float) -> None:
    """95 % is what they say; of 200 simulated sets of 200 questions, 88 to 99 % is what chance allows."""
    generator = numpy.random.default_rng(20)
    held = 0
    for _ in range(200):
        found = metrics.interval((generator.random((200, 1)) < chance).astype(float), mean, rounds=200)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= chance <= found.high
    assert 0.88 <= held / 200 <= 0.99


def test_a_difference_that_is_not_there_is_seldom_found() -> None:
    """Two equal systems on the same 200 questions: 0 is outside the interval about one time in twenty."""
    generator = numpy.random.default_rng(21)
    found = 0
    for _ in range(200):
        one, other = ((generator.random((200, 1)) < 0.6).astype(float) for _ in range(2))
        difference = metrics.paired_interval(one, other, mean, rounds=200)
        assert difference.low is not None
        assert difference.high is not None
        found += not difference.low <= 0 <= difference.high
    assert 0.01 <= found / 200 <= 0.12


# --- rank correlation ------------------------------------------------------------------------------------------


def test_spearman_by_hand() -> None:
    assert metrics.spearman([1, 2, 3], [10, 20, 90]) == pytest.approx(1)
    assert metrics.spearman([1, 2, 3], [9, 5, 1]) == pytest.approx(-1)
    # Without ties 1 - 6 * sum of d² / (n (n² - 1)): ranks 1 2 3 4 against 2 1 4 3, so 1 - 6 * 4 / 60.
    assert metrics.spearman([1, 2, 3, 4], [2, 1, 4, 3]) == pytest.approx(0.6)
    # Ties share a rank: 1, 2.5, 2.5 against 1, 2, 3 correlate as sqrt(3) / 2.
    assert metrics.spearman([0, 5, 5], [1, 2, 3]) == pytest.approx(3**0.5 / 2)


def test_spearman_at_its_edges() -> None:
    assert metrics.spearman([], []) is None
    assert metrics.spearman([1], [2]) is None
    assert metrics.spearman([1, 1, 1], [1, 2, 3]) is None
    with pytest.raises(ValueError, match="2 and 3"):
        metrics.spearman([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="3 and 1"):
        metrics.spearman([1, 2, 3], [1])


@untimed
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1))
def test_spearman_knows_order_alone(pairs: list[tuple[int, int]]) -> None:
    one, other = [first for first, _ in pairs], [second for _, second in pairs]
    found = metrics.spearman(one, other)
    if found is None:
        assert min(len(set(one)), len(set(other))) == 1
        return
    assert -1 - 1e-12 <= found <= 1 + 1e-12
    assert metrics.spearman(other, one) == pytest.approx(found)
    assert metrics.spearman(one[::-1], other[::-1]) == pytest.approx(found)
    assert metrics.spearman([value**3 for value in one], other) == pytest.approx(found)
    assert metrics.spearman([-value for value in one], other) == pytest.approx(-found)
    assert metrics.spearman(one, one) == pytest.approx(1)
