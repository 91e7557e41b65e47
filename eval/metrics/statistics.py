"""Numbers become a figure with its interval: means, percentiles, the bootstrap, rank correlation.

It does not know what the numbers measure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

Rows = NDArray[numpy.float64]
"""One row per question, one column per measure that the statistic needs; shape (n, columns)."""

Statistic = Callable[[Rows], float | None]
ROUNDS = 1000
LOW, HIGH = 2.5, 97.5  # percentiles: an interval of 95 %


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure over `n` questions and the range in which 95 % of resampled sets put it; None where undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def interval(rows: Rows, statistic: Statistic, rounds: int = ROUNDS) -> Interval:
    """The statistic of the rows with its 95 % percentile bootstrap interval over questions, the same every time.

    Rows that are all equal have an interval without width, however few they are: read it together with n.
    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    count = len(rows)
    if not count:
        return Interval(None, None, None, 0)
    low, high = _range([statistic(rows[chosen]) for chosen in _resamples(count, rounds)])
    return Interval(statistic(rows), low, high, count)


def paired_interval(one: Rows, other: Rows, statistic: Statistic, rounds: int = ROUNDS) -> Interval:
    """statistic(other) - statistic(one) over the same questions in the same order, with its bootstrap interval.

    Every round draws the same questions for both, so that hard questions cancel out. Shapes must be equal.
    Source: Efron and Tibshirani (1993); for systems on one test set, Koehn, "Statistical Significance Tests
    for Machine Translation Evaluation" (2004).
    """
    if one.shape != other.shape:
        raise ValueError(f"paired rows differ in shape: {one.shape}, {other.shape}")
    count = len(one)
    if not count:
        return Interval(None, None, None, 0)
    drawn = [_difference(statistic(one[chosen]), statistic(other[chosen])) for chosen in _resamples(count, rounds)]
    low, high = _range(drawn)
    return Interval(_difference(statistic(one), statistic(other)), low, high, count)


def _resamples(count: int, rounds: int) -> Iterable[NDArray[numpy.int64]]:
    generator = numpy.random.default_rng(0)
    return (generator.integers(count, size=count) for _ in range(rounds))


def _range(values: Sequence[float | None]) -> tuple[float | None, float | None]:
    """No bounds where more than one resample in a hundred has no figure: one of two classes is too small to tell."""
    defined = [value for value in values if value is not None]
    if not defined or len(defined) < 0.99 * len(values):
        return None, None
    bounds: Rows = numpy.percentile(numpy.array(defined, dtype=numpy.float64), numpy.array([LOW, HIGH]))
    return float(bounds[0]), float(bounds[1])


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else other - one


def mean(values: Iterable[float]) -> float | None:
    """The arithmetic mean, within the values' own range; None without values."""
    counted = list(values)
    if not counted:
        return None
    # The division rounds: the mean of five equal values may come out beside them.
    return min(max(math.fsum(counted) / len(counted), min(counted)), max(counted))


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of the values that `share` (0..1) of them do not exceed; None without values.

    In the values' own unit; lower is better for seconds. Source: the nearest rank, definition 1 of Hyndman
    and Fan, "Sample Quantiles in Statistical Packages" (1996): always a value that was measured.
    """
    count = len(values)
    # Not ceil(share * count): 0.07 * 100 comes to a little more than 7 in floating point.
    return next((value for rank, value in enumerate(sorted(values), start=1) if rank / count >= share), None)


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Rank correlation, -1..1, ties share their mean rank; None when either side never changes.

    Raises ValueError when the sides differ in length. Source: Spearman, "The Proof and Measurement of
    Association between Two Things" (1904).
    """
    if len(one) != len(other):
        raise ValueError(f"ranked values differ in number: {len(one)} and {len(other)}")
    if not len(one):
        return None
    first, second = _ranks(one), _ranks(other)
    first, second = first - first.mean(), second - second.mean()
    spread = float(numpy.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / spread if spread else None


def _ranks(values: Sequence[float]) -> Rows:
    _, places, counts = numpy.unique(numpy.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    return numpy.asarray(numpy.cumsum(counts) - (counts - 1) / 2, dtype=numpy.float64)[places]
