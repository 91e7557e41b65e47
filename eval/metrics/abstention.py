"""Measures over decisions and scores: who answered, who abstained, and what a confidence is worth.

It does not know what was asked or checked: a "yes" may be an answerable question or a supported sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy


@dataclass(frozen=True, slots=True)
class Abstention:
    """How many questions were answered or abstained from, by whether the documents answer them."""

    answerable_answered: int
    answerable_abstained: int
    unanswerable_answered: int
    unanswerable_abstained: int

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of two shares: answerable questions answered, unanswerable ones abstained from.

        0..1, higher is better, 0.5 for always doing the same; None unless there are questions of both kinds.
        Source: Brodersen et al., "The Balanced Accuracy and Its Posterior Distribution" (2010).
        """
        answerable = self.answerable_answered + self.answerable_abstained
        unanswerable = self.unanswerable_answered + self.unanswerable_abstained
        if not answerable or not unanswerable:
            return None
        return (self.answerable_answered / answerable + self.unanswerable_abstained / unanswerable) / 2


def abstention(outcomes: Iterable[tuple[bool, bool]]) -> Abstention:
    """The counts over (is the question answerable, was it answered) of every question."""
    counted = list(outcomes)
    return Abstention(
        answerable_answered=counted.count((True, True)),
        answerable_abstained=counted.count((True, False)),
        unanswerable_answered=counted.count((False, True)),
        unanswerable_abstained=counted.count((False, False)),
    )


def balanced_accuracy(truth: Sequence[bool], decisions: Sequence[bool]) -> float | None:
    """As Abstention.balanced_accuracy, for any yes-or-no decision against the truth."""
    return abstention(zip(map(bool, truth), map(bool, decisions), strict=True)).balanced_accuracy


def best_balanced_accuracy(truth: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The balanced accuracy at the threshold that suits these scores best: an upper bound, not a result.

    "yes" is a score at or above the threshold. None unless both truths occur.
    """
    wanted, values = numpy.asarray(truth, dtype=bool), numpy.asarray(scores, dtype=float)
    if wanted.all() or not wanted.any():
        return None
    yes, no, thresholds = numpy.sort(values[wanted]), numpy.sort(values[~wanted]), numpy.unique(values)
    kept = 1 - numpy.searchsorted(yes, thresholds, side="left") / len(yes)
    refused = numpy.searchsorted(no, thresholds, side="left") / len(no)
    return float(((kept + refused) / 2).max())


def auroc(yes: Sequence[float], no: Sequence[float]) -> float | None:
    """The chance that an answerable question ("yes") got a higher score than an unanswerable one; ties count half.

    0..1, higher is better, 0.5 for a score that tells nothing; None unless there are both.
    Source: Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve" (1982): Mann-Whitney's U.
    """
    if not len(yes) or not len(no):
        return None
    below = numpy.sort(numpy.asarray(no, dtype=float))
    wins = numpy.searchsorted(below, yes, side="left") + numpy.searchsorted(below, yes, side="right")
    return float(wins.sum() / 2 / (len(yes) * len(no)))


def brier(truth: Sequence[bool], scores: Sequence[float]) -> float | None:
    """The mean square of how far a confidence is from what was so (1 or 0): 0..1, lower is better; None of none.

    auroc looks at the order alone: 0.99 and 0.999 tell the two apart, and tell a reader that both are sure. Always
    saying 0.5 comes to 0.25. Source: Brier, "Verification of Forecasts Expressed in Terms of Probability" (1950),
    for two outcomes.
    """
    squares = [(score - bool(true)) ** 2 for true, score in zip(truth, scores, strict=True)]
    return sum(squares) / len(squares) if squares else None


def precision_recall_f1(truth: Sequence[bool], decisions: Sequence[bool]) -> tuple[float, float, float] | None:
    """Precision, recall and F1 of the "yes" decisions; 0 where nothing was decided so; None without a true "yes"."""
    pairs = [(bool(true), bool(decided)) for true, decided in zip(truth, decisions, strict=True)]
    right, decided, wanted = pairs.count((True, True)), sum(d for _, d in pairs), sum(t for t, _ in pairs)
    if not wanted:
        return None
    return right / decided if decided else 0.0, right / wanted, 2 * right / (decided + wanted)


@dataclass(frozen=True, slots=True)
class Point:
    """One threshold: answering only where the confidence reaches it covers this share, of which this share is wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(outcomes: Sequence[tuple[float, bool]], asked: int) -> list[Point]:
    """The risk-coverage curve over (confidence, was the answer right) of every question answered, of `asked` in all.

    Points in order of falling thresholds; coverage and risk 0..1, lower risk is better. Equal confidences are
    one point. Source: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification" (2010).
    """
    ordered = sorted(outcomes, key=lambda outcome: -outcome[0])
    points, wrong = [], 0
    for count, (confidence, right) in enumerate(ordered, start=1):
        wrong += not right
        if count == len(ordered) or ordered[count][0] != confidence:
            points.append(Point(confidence, count / asked, wrong / count))
    return points
