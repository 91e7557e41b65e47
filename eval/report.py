"""Results become figures per type and in all, each with its n: a Markdown table for people, JSON for programs.

It does not know the index or how an answer was made.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from eval import metrics
from eval.score import EVIDENCE_BUDGET, SMALL_BUDGET, LeftOut, Result
from index.errors import UsageError

WORST_SHOWN = 10
LEFT_OUT_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean over the `n` questions that the measure applies to; `value` is None when there is none."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of the `n` questions of one type, or of several; each value as metrics.py says.

    `forbidden` is the share of answers that say a phrase they must not (0..1, lower is better); `words` are
    those of the questions answered.
    `confidence_auroc` compares every answerable question with every unanswerable one. Seconds are medians
    (p50) and 95th percentiles of the time that the caller waited.
    """

    name: str
    n: int
    evidence_recall_small: Mean
    evidence_recall: Mean
    all_key_facts: Mean
    fact_recall: Mean
    citation_precision: Mean
    citation_exactness: Mean
    forbidden: Mean
    answered: Mean
    words_p50: float | None
    words: Mean
    abstention: metrics.Abstention
    balanced_accuracy: float | None
    confidence_auroc: float | None
    seconds_p50: float | None
    seconds_p95: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole run: `groups` are one per type, in the set's order, then answerable, unanswerable and all.

    `set` is the set's path as it was given, `models` what wrote the answers, `budgets` of evidence in word pieces.
    """

    set: str
    models: tuple[str, ...]
    budgets: tuple[int, int]
    groups: tuple[Group, ...]
    left_out: tuple[LeftOut, ...]
    results: tuple[Result, ...]

    @property
    def all(self) -> Group:
        return self.groups[-1]


def summarise(set_name: str, outcomes: Sequence[Result | LeftOut]) -> Summary:
    """The figures of a run, whichever order its outcomes came in."""
    results = tuple(outcome for outcome in outcomes if isinstance(outcome, Result))
    types = dict.fromkeys(result.type for result in results)
    return Summary(
        set=set_name,
        models=tuple(dict.fromkeys(result.model for result in results)),
        budgets=(SMALL_BUDGET, EVIDENCE_BUDGET),
        groups=(
            *(_group(name, [result for result in results if result.type == name]) for name in types),
            _group("answerable", [result for result in results if result.answerable]),
            _group("unanswerable", [result for result in results if not result.answerable]),
            _group("all", results),
        ),
        left_out=tuple(outcome for outcome in outcomes if isinstance(outcome, LeftOut)),
        results=results,
    )


def _group(name: str, results: Sequence[Result]) -> Group:
    abstention = metrics.abstention((result.answerable, result.answered) for result in results)
    seconds = [result.seconds for result in results]
    return Group(
        name=name,
        n=len(results),
        evidence_recall_small=_mean(result.evidence_recall_small for result in results),
        evidence_recall=_mean(result.evidence_recall for result in results),
        all_key_facts=_mean(result.all_key_facts for result in results),
        fact_recall=_mean(result.fact_recall for result in results),
        citation_precision=_mean(result.citation_precision for result in results),
        citation_exactness=_mean(result.citation_exactness for result in results),
        forbidden=_mean(None if result.forbidden is None else bool(result.forbidden) for result in results),
        answered=_mean(result.answered for result in results),
        words_p50=metrics.percentile([result.words for result in results if result.answered], 0.5),
        words=_mean(result.words for result in results if result.answered),
        abstention=abstention,
        balanced_accuracy=abstention.balanced_accuracy,
        confidence_auroc=metrics.auroc(
            [result.confidence for result in results if result.answerable],
            [result.confidence for result in results if not result.answerable],
        ),
        seconds_p50=metrics.percentile(seconds, 0.5),
        seconds_p95=metrics.percentile(seconds, 0.95),
    )


def _mean(values: Iterable[float | None]) -> Mean:
    measured = [value for value in values if value is not None]
    return Mean(metrics.mean(measured), len(measured))


def worst_first(results: Sequence[Result]) -> list[tuple[Result, str]]:
    """The results that something is wrong with, the worst first, each with what is wrong in a few words.

    In this order: a quote that is not in its document, an answer where the documents have none, a phrase that
    must not be said, an abstention where they do answer, missing key facts (the fewest said first).
    """
    faulty = [(*fault, result) for result in results if (fault := _fault(result))]
    faulty.sort(key=lambda entry: entry[0])
    return [(result, words) for _, words, result in faulty]


def _fault(result: Result) -> tuple[tuple[int, float, float], str] | None:
    # How bad it is (rank, then facts said, then evidence found; lower is worse), and in words.
    said, found = result.fact_recall or 0.0, result.evidence_recall or 0.0
    if result.citation_exactness is not None and result.citation_exactness < 1:
        return (0, said, found), "a quote is not in its document at the place cited"
    if result.answered and not result.answerable:
        return (1, -result.confidence, found), f"answered with confidence {result.confidence:.2f}; should abstain"
    if result.forbidden:
        return (2, said, found), f"says {_quoted(result.forbidden)}"
    if result.answerable and not result.answered:
        return (3, said, found), f"abstained ({result.reason or 'no reason'}); {_evidence_found(result)}"
    if result.missing:
        return (4, said, found), f"does not say {_quoted(result.missing)}; {_evidence_found(result)}"
    return None


def _quoted(phrases: Sequence[str]) -> str:
    return ", ".join(f'"{phrase}"' for phrase in phrases)


def _evidence_found(result: Result) -> str:
    recall = result.evidence_recall
    return "no evidence to find" if recall is None else f"{recall:.0%} of the evidence found"


def to_markdown(summary: Summary) -> str:
    """The whole report; the same on a terminal, in a pipe and in a Markdown file."""
    parts = [
        f"# {summary.set}: {summary.all.n} questions, asked of {', '.join(summary.models)}",
        _table(summary.groups),
        (
            "Means, with the number of questions each is over in brackets. r@n: share of evidence in the hits of "
            "the first n word pieces. All facts, facts: said in the first "
            f"{metrics.KEY_FACT_WORDS} words. "
            "Cited: citations that overlap evidence. Forbidden: answers that say what they must not (lower is better)."
        ),
        _abstention_line(summary.all),
        f"Quotes exact: {_cell(summary.all.citation_exactness, 4)} of the answers with citations.",
    ]
    if worst := worst_first(summary.results):
        shown = [f"- {result.id} ({result.type}) {result.question}: {words}" for result, words in worst[:WORST_SHOWN]]
        parts.append("\n".join([f"Worst answers first ({len(shown)} of {len(worst)} with a fault):", "", *shown]))
    if summary.left_out:
        left_out = [f"- {case.id}: {case.why}" for case in summary.left_out[:LEFT_OUT_SHOWN]]
        heading = f"Left out, because the index can't show their evidence ({len(summary.left_out)} questions):"
        parts.append("\n".join([heading, "", *left_out, *(["- …"] if len(summary.left_out) > LEFT_OUT_SHOWN else [])]))
    return "\n\n".join(parts) + "\n"


COLUMNS = tuple("n|r@500|r@1000|all facts|facts|cited|forbidden|answered|words p50|s p50|s p95".split("|"))


def _table(groups: Sequence[Group]) -> str:
    table = Table(box=box.MARKDOWN)
    table.add_column("type", no_wrap=True)
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        cells = [
            group.name.replace("|", "/"),
            str(group.n),
            *(_cell(mean) for mean in (group.evidence_recall_small, group.evidence_recall)),
            *(_cell(mean) for mean in (group.all_key_facts, group.fact_recall)),
            *(_cell(mean) for mean in (group.citation_precision, group.forbidden, group.answered)),
            "-" if group.words_p50 is None else f"{group.words_p50:.0f}",
            _number(group.seconds_p50),
            _number(group.seconds_p95),
        ]
        table.add_row(*(Text(cell) for cell in cells))
    # A fixed width: in a pipe rich would fold the columns to 80.
    page = Console(file=io.StringIO(), width=1000, color_system=None)
    with page.capture() as capture:
        page.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines() if line.strip())


def _abstention_line(group: Group) -> str:
    counts = group.abstention
    answerable = counts.answerable_answered + counts.answerable_abstained
    unanswerable = counts.unanswerable_answered + counts.unanswerable_abstained
    return (
        f"Abstention: {counts.answerable_abstained} of {answerable} answerable and "
        f"{counts.unanswerable_abstained} of {unanswerable} unanswerable questions; balanced accuracy "
        f"{_number(group.balanced_accuracy)} (n {group.n}), AUROC of the confidence "
        f"{_number(group.confidence_auroc)} ({answerable} x {unanswerable} pairs)."
    )


def _cell(mean: Mean, digits: int = 2) -> str:
    return "-" if mean.value is None else f"{mean.value:.{digits}f} ({mean.n})"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def follow(outcomes: Iterable[Result | LeftOut], total: int) -> Iterator[Result | LeftOut]:
    """Passes the outcomes on and, where standard error is a terminal, shows how many of `total` are there."""
    console = Console(stderr=True)
    yield from track(outcomes, "Asking", total=total, console=console, transient=True, disable=not console.is_terminal)


def check_writable(out: Path) -> None:
    """Raises UsageError when a report can't be written to `out`: better before a long run than after it."""
    if out.is_dir():
        raise UsageError(f"Can't write the report to {out}: it is a folder. Name a file, such as {out / 'eval.json'}.")
    if not out.parent.is_dir():
        raise UsageError(f"Can't write the report to {out}: there is no folder {out.parent}. Make it first.")


def write_json(summary: Summary, out: Path) -> None:
    """Writes every figure and every result to `out` (UTF-8 JSON, the keys as the dataclasses name them)."""
    out.write_text(json.dumps(asdict(summary), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
