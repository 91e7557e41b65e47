"""What changed between two runs, for people: Markdown, the same on a terminal, in a pipe and in a file.

It does not know how two runs are compared.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval.compare import FEWEST, Comparison, FigureChange, QuestionChange
from index.report import counted

GROUPS = ((-1, "Got worse"), (0, "Changed, neither better nor worse"), (1, "Got better"))
LEGEND = (
    "Difference: after minus before, over the n questions that both runs measured, and the 95 % interval of it (paired "
    f"bootstrap over questions). No clear change: 0 lies in it. Fewer than {FEWEST} questions can't tell."
)


def to_markdown(comparison: Comparison) -> str:
    """The whole comparison: first what differs in how the runs were made, then figures, types and questions."""
    if comparison.equal:
        return "Nothing changed apart from times.\n"
    parts = [
        f"# What changed: {counted(comparison.shared, 'question')} asked in both runs",
        *_sharing(comparison),
        *_made_differently(comparison),
        *_figures(comparison),
        *_by_type(comparison),
        *_by_question(comparison),
        f"Unchanged: {counted(comparison.unchanged, 'question')}.",
    ]
    return "\n\n".join(parts) + "\n"


def _sharing(comparison: Comparison) -> Iterator[str]:
    if not comparison.one_set:
        yield "The question set is not the same in both runs (set_sha256); compared is what they share."
    if comparison.only_before or comparison.only_after:
        yield (
            f"Asked in one run alone, and counted nowhere here: {counted(comparison.only_before, 'question')} of the "
            f"run before, {comparison.only_after} of the run after."
        )
    if comparison.otherwise:
        yield (
            "Asked or scored in another way in each run, and counted nowhere here: "
            f"{counted(comparison.otherwise, 'question')} of the same id."
        )


def _made_differently(comparison: Comparison) -> Iterator[str]:
    if comparison.made:
        lines = [f"- {change.name}: {_line(change.after)} (was {_line(change.before)})" for change in comparison.made]
        yield "\n".join(["What differs in how they were made:", "", *lines])


def _figures(comparison: Comparison) -> Iterator[str]:
    measured = [change for change in comparison.figures if change.difference.n]
    moved = sorted((change for change in measured if change.word != "the same"), key=_clear_first)
    if moved:
        yield _table([("", change) for change in moved])
        yield LEGEND
    same = [f"{c.figure.label} ({_number(c.after, c.figure.unit)})" for c in measured if c.word == "the same"]
    if same:
        yield f"The same in both: {'; '.join(same)}."
    partial = [_alone_line(change) for change in comparison.figures if _otherwise_alone(change)]
    if partial:
        yield "\n".join(["Measured for more questions in a run by itself than in both:", "", *partial])


def _clear_first(change: FigureChange) -> int:
    unclear = ("too few questions", "no clear change")
    return unclear.index(change.word) + 1 if change.word in unclear else 0


def _otherwise_alone(change: FigureChange) -> bool:
    """Whether a run by itself is seen to have another value than the table's."""
    shown = [_number(value, change.figure.unit) for value in (change.before, change.after)]
    return change.partial and shown != [_number(value, change.figure.unit) for value, _ in change.alone]


def _alone_line(change: FigureChange) -> str:
    (was, was_count), (now, now_count) = change.alone
    unit = change.figure.unit
    return (
        f"- {change.figure.label}: {_number(was, unit)} before (n {was_count}), "
        f"{_number(now, unit)} after (n {now_count}), compared over {change.difference.n}"
    )


def _by_type(comparison: Comparison) -> Iterator[str]:
    rows = [(group.type, change) for group in comparison.types for change in group.figures]
    moved = [(name, change) for name, change in rows if change.difference.value]
    if moved:
        yield "Types of questions in which one of their main figures moved:"
        yield _table(moved)
    elif rows:
        yield "In no type of questions did one of their main figures move."


def _by_question(comparison: Comparison) -> Iterator[str]:
    for effect, heading in GROUPS:
        changes = [change for change in comparison.questions if change.effect == effect]
        if changes:
            yield "\n".join([f"{heading} ({len(changes)}):", "", *map(_question_line, changes)])


def _question_line(change: QuestionChange) -> str:
    remarks = "; ".join(_line(remark.words) for remark in change.remarks)
    return f"- {_line(change.id)} ({_line(change.type)}) {_line(change.question)}".rstrip() + f": {remarks}"


def _table(rows: Sequence[tuple[str, FigureChange]]) -> str:
    typed = any(name for name, _ in rows)
    table = Table(box=box.MARKDOWN)
    for name in ("type", "figure") if typed else ("figure",):
        table.add_column(name, no_wrap=True)
    for name in ("before", "after", "difference", "95 % interval", "n"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("change", no_wrap=True)
    for name, change in rows:
        cells = [*([name] if typed else []), change.figure.label, *_cells(change), change.word]
        table.add_row(*(Text(_line(cell).replace("|", "/")) for cell in cells))
    # A fixed width: in a pipe rich would fold the columns to 80.
    page = Console(file=io.StringIO(), width=1000, color_system=None)
    with page.capture() as capture:
        page.print(table)
    return "\n".join(line.rstrip() for line in capture.get().splitlines() if line.strip())


def _cells(change: FigureChange) -> list[str]:
    difference, unit = change.difference, change.figure.unit
    low, high = _number(difference.low, unit, "+"), _number(difference.high, unit, "+")
    values = [_number(change.before, unit), _number(change.after, unit), _number(difference.value, unit, "+")]
    return [*values, "-" if low == "-" else f"{low} to {high}", str(difference.n)]


def _number(value: float | None, unit: str, sign: str = "") -> str:
    if value is None:
        return "-"
    shown = f"{value:{sign}.{0 if unit == 'words' else 3}f}"
    return shown if shown.strip("+-0.") else shown.lstrip("+-")  # no sign before nothing


def _line(text: str) -> str:
    """On one line, without characters that could rewrite a screen."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
