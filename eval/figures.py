"""Which figures a run of each kind has: a name, the measures it is made of, how they are put together, which way is up.

It does not know where the measures come from, nor how a figure is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from eval import metrics
from eval.metrics.statistics import Rows, Statistic
from eval.runs import Item


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a run: `statistic` over the questions that have every one of `measures`.

    `better` is "higher", "lower" or "" (neither); `unit` is "share" (0..1), "words", "seconds" or "number".
    `label` is for people; `measures` name columns of the rows that `statistic` gets, in that order.
    `headline` figures make the scorecard of the report.
    """

    name: str
    label: str
    measures: tuple[str, ...]
    statistic: Statistic
    better: str = "higher"
    unit: str = "share"
    headline: bool = False

    def rows(self, items: Sequence[Item]) -> Rows:
        """The measures of the items that have them all, shape (n, columns)."""
        values = [[_value(item, name) for name in self.measures] for item in items]
        kept = [row for row in values if None not in row]
        return numpy.array(kept, dtype=float).reshape(len(kept), len(self.measures))

    def of(self, items: Sequence[Item]) -> metrics.Interval:
        """The figure over the items, with its interval."""
        return metrics.interval(self.rows(items), self.statistic)

    def value(self, items: Sequence[Item]) -> float | None:
        """The figure alone, without the cost of an interval."""
        rows = self.rows(items)
        return self.statistic(rows) if len(rows) else None


def _value(item: Item, name: str) -> float | None:
    return item.seconds if name == "seconds" else item.measures.get(name)


def mean(rows: Rows) -> float | None:
    return float(rows[:, 0].mean()) if len(rows) else None


def median(rows: Rows) -> float | None:
    return metrics.percentile(rows[:, 0].tolist(), 0.5)


def percentile_95(rows: Rows) -> float | None:
    return metrics.percentile(rows[:, 0].tolist(), 0.95)


def balanced_accuracy(rows: Rows) -> float | None:
    """Of (truth, decision)."""
    return metrics.balanced_accuracy(rows[:, 0].astype(bool).tolist(), rows[:, 1].astype(bool).tolist())


def auroc(rows: Rows) -> float | None:
    """Of (truth, score)."""
    truth = rows[:, 0].astype(bool)
    return metrics.auroc(rows[truth, 1], rows[~truth, 1])


def brier(rows: Rows) -> float | None:
    """Of (truth, score)."""
    return metrics.brier(rows[:, 0].astype(bool).tolist(), rows[:, 1].tolist())


def best_balanced_accuracy(rows: Rows) -> float | None:
    """Of (truth, score)."""
    return metrics.best_balanced_accuracy(rows[:, 0].astype(bool).tolist(), rows[:, 1].tolist())


def share(name: str, label: str, *, better: str = "higher", headline: bool = False) -> Figure:
    """The figure that is the mean of the measure of the same name."""
    return Figure(name, label, (name,), mean, better=better, headline=headline)


ANSWERS = (
    share("all_key_facts", "All key facts said", headline=True),
    share("fact_recall", "Key facts said"),
    share("evidence_recall@500", "Evidence found in 500 word pieces"),
    share("evidence_recall@1000", "Evidence found in 1,000 word pieces", headline=True),
    Figure(
        "misleading_recall@1000",
        "Text found that seems to answer, of unanswerable questions",
        ("misleading_recall@1000",),
        mean,
        better="",
    ),
    share("ndcg@10", "nDCG@10 of the passages"),
    share("mrr@10", "Reciprocal rank of the first right passage"),
    share("hit@1", "First passage is right"),
    share("hit@5", "A right one among five passages"),
    share("citation_precision", "Citations that rest on evidence", headline=True),
    share("citation_recall", "Evidence that is cited"),
    share("citation_focus", "Characters cited that are evidence"),
    share("citation_coverage", "Characters of the evidence that are cited"),
    share("citation_exactness", "Quotes that the documents hold", headline=True),
    share("citation_data", "Footnotes whose title, publisher, day and page are the document's"),
    share("verbatim", "Sentences that quote letter by letter"),
    share("cited", "Sentences with a citation"),
    share("numbers_grounded", "Sentences whose numbers are in what they cite"),
    share("quotations_held", "Sentences whose quotation marks hold a source's words", headline=True),
    share("introduced_plainly", "Quotations without a claim beside them"),
    share("names_grounded", "Sentences whose names are in what they cite"),
    share("negations_grounded", "Sentences that deny only what a source denies"),
    share("uncut", "Quotes that leave out no turn of their sentence"),
    share("undisguised", "Answers without hidden or disguised letters"),
    share("refusal_plain", "Refusals that tell nothing"),
    share("words_grounded", "Own words that are in what they cite"),
    share("attribution_right", "Speaker right", headline=True),
    share("attribution_wrong", "Speaker wrong", better="lower", headline=True),
    share("attribution_missing", "Speaker missing", better="lower"),
    share("via_right", "Carrier of a quotation named"),
    share("date_right", "Date right"),
    share("answered_answerable", "Answerable questions answered", headline=True),
    share("abstained_unanswerable", "Unanswerable questions refused", headline=True),
    Figure("balanced_accuracy", "Balanced accuracy of refusing", ("answerable", "answered"), balanced_accuracy),
    Figure("confidence_auroc", "Confidence: AUROC", ("answerable", "confidence"), auroc, headline=True),
    Figure(
        "confidence_brier",
        "Confidence: Brier score",
        ("answerable", "confidence"),
        brier,
        better="lower",
        unit="number",
    ),
    share("reason_right", "Reason of a refusal right"),
    share("forbidden", "Answers that say what is wrong", better="lower", headline=True),
    share("outdated", "Answers that rest on what was withdrawn", better="lower"),
    share("unreadable_cited", "Masked text or page furniture cited", better="lower"),
    share("fallback", "Answers in quotes because the language model failed", better="lower"),
    Figure("words_p50", "Words of an answer, median", ("words",), median, better="lower", unit="words"),
    Figure("seconds_p50", "Seconds, median", ("seconds",), median, better="lower", unit="seconds"),
    Figure("seconds_p95", "Seconds, 95th percentile", ("seconds",), percentile_95, better="lower", unit="seconds"),
)
"""The figures of a run over a question set (kind "answers"); score.py says what each measure is."""
