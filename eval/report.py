"""A run becomes Markdown for a terminal: figures with their intervals, a table per type, the worst answers first.

It does not know the index or how an answer was made; page.py makes the page for a browser.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval import metrics
from eval.faults import worst_first
from eval.figures import Figure
from eval.kinds import figures_of
from eval.page_text import counted
from eval.page_verdict import notices
from eval.runs import Item, Run

WORST_SHOWN = 10
LEFT_OUT_SHOWN = 5
PER_TYPE = (
    *("evidence_recall@500", "evidence_recall@1000", "all_key_facts", "citation_precision", "attribution_right"),
    *("attribution_wrong", "answered_answerable", "abstained_unanswerable", "forbidden", "words_p50"),
)
SHORT = dict(
    zip(
        PER_TYPE,
        ("r@500", "r@1000", "all facts", "cited", "speaker", "wrong", "answered", "refused", "forbidden", "words"),
        strict=True,
    )
)


def to_markdown(run: Run) -> str:
    """The whole report; the same on a terminal, in a pipe and in a Markdown file."""
    parts = [
        f"# {run.header['set']}: {counted(len(run.asked), 'question')}, asked of {run.header['model']}",
        *(f"**{told}**" for told in notices(run)),
        _figures_table(run),
        "In brackets: the 95 % bootstrap interval over questions; n: the questions that a figure is over.",
    ]
    if run.kind == "answers":
        parts += [_types_table(run), *_worst(run.asked)]
    if run.left_out:
        shown = [f"- {item.id}: {item.left_out}" for item in run.left_out[:LEFT_OUT_SHOWN]]
        heading = (
            f"Left out, because the documents don't show their evidence ({counted(len(run.left_out), 'question')}):"
        )
        parts.append("\n".join([heading, "", *shown, *(["- …"] if len(run.left_out) > LEFT_OUT_SHOWN else [])]))
    return "\n\n".join(parts) + "\n"


def shown_value(figure: Figure, value: float | None) -> str:
    """A figure's value as people read it: words whole, shares with two digits (four where 0 or 1 would be a lie)."""
    if value is None:
        return "-"
    if figure.unit == "words":
        return f"{value:.0f}"
    text = f"{value:.2f}"
    rounded_away = figure.unit == "share" and 0 < value < 1 and text in ("0.00", "1.00")
    return f"{value:.4f}" if rounded_away else text if figure.unit == "share" else f"{value:.3f}"


def shown_interval(figure: Figure, interval: metrics.Interval) -> str:
    """ "0.55 (0.38–0.71)", or "-" where there is nothing to measure."""
    if interval.value is None:
        return "-"
    value = shown_value(figure, interval.value)
    if interval.low is None or interval.high is None:
        return value
    return f"{value} ({shown_value(figure, interval.low)}–{shown_value(figure, interval.high)})"


def _figures_table(run: Run) -> str:
    rows = []
    for figure in figures_of(run):
        interval = figure.of(run.asked)
        if interval.n:
            worse = " (lower is better)" if figure.better == "lower" else ""
            rows.append((f"{figure.label}{worse}", shown_interval(figure, interval), str(interval.n)))
    return table(("figure", "value", "n"), rows)


def _types_table(run: Run) -> str:
    figures = {figure.name: figure for figure in figures_of(run)}
    names = dict.fromkeys(item.type for item in run.asked)
    groups: list[tuple[str, list[Item]]] = [(name, [i for i in run.asked if i.type == name]) for name in names]
    groups.append(("answerable", [item for item in run.asked if item.measures.get("answerable")]))
    groups.append(("unanswerable", [item for item in run.asked if not item.measures.get("answerable")]))
    groups.append(("all", list(run.asked)))
    rows = [
        (name, str(len(items)), *(shown_value(figures[f], figures[f].value(items)) for f in PER_TYPE))
        for name, items in groups
        if items
    ]
    return table(("type", "n", *SHORT.values()), rows)


def _worst(items: Sequence[Item]) -> list[str]:
    worst = worst_first(items)
    if not worst:
        return []
    shown = [f"- {item.id} ({item.type}) {item.detail['question']}: {words}" for item, words in worst[:WORST_SHOWN]]
    return ["\n".join([f"Worst answers first ({len(shown)} of {len(worst)} with a fault):", "", *shown])]


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right, whatever its cells hold."""
    drawn = Table(box=box.MARKDOWN)
    for number, name in enumerate(columns):
        drawn.add_column(name, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        drawn.add_row(*(Text(cell.replace("|", "/").replace("\n", " ")) for cell in row))
    # A fixed width: in a pipe rich would fold the columns to 80.
    page = Console(file=io.StringIO(), width=1000, color_system=None)
    with page.capture() as capture:
        page.print(drawn)
    return "\n".join(line.rstrip() for line in capture.get().splitlines() if line.strip())
