"""Two runs become what changed between them: every figure with its paired interval, then question by question.

It does not know how a run was made, which of the two is the one to keep, or where they are stored.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eval import metrics
from eval.figures import Figure
from eval.kinds import figures_of
from eval.runs import TIMES, Item, Run, without_times
from index.errors import UsageError
from index.report import counted

Word = Literal["better", "worse", "changed", "no clear change", "too few questions"]
Pairs = Sequence[tuple[Item, Item]]

FEWEST = 6
"""Questions that it takes to tell: five that all changed the same way still happen by chance in 1 of 16 cases (a
two-sided sign test), however narrow the bootstrap interval of five equal differences is."""

TYPE_FIGURES = {"answers": ("all_key_facts", "abstained_unanswerable", "attribution_right", "citation_precision")}
FIRST_FIGURES = 3  # of the other kinds, shown per type
EXPECTED = ("question", "history", "answerable", "expected_reason", "key_facts")
"""What must be equal in both runs' details for a question to be the same one, scored in the same way."""

SAID_OTHERWISE = (*TIMES, "format", "kind", "set_sha256", "questions")
MOVED = {
    "citation_exactness": ("every quote is in its document now", "a quote is not in its document now"),
    "via_right": ("carrier of the quotation now named", "carrier of the quotation no longer named"),
    "date_right": ("date now right", "date now wrong"),
    "reason_right": ("reason of the refusal now right", "reason of the refusal now wrong"),
    "outdated": ("now rests on what was withdrawn", "no longer rests on what was withdrawn"),
    "unreadable_cited": ("now cites what can't be read", "no longer cites what can't be read"),
    "numbers_grounded": ("more of its numbers are in what it cites", "fewer of its numbers are in what it cites"),
    "cited": ("more sentences have a citation", "fewer sentences have a citation"),
    "evidence_recall@1000": ("more of the evidence is found", "less of the evidence is found"),
}
"""A measure's words for people, when it rises and when it falls."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure over the questions that both runs measured; `difference` is after minus before, in the figure's unit."""

    figure: Figure
    before: float | None
    after: float | None
    difference: metrics.Interval

    @property
    def word(self) -> Word:
        """Which way it went, if the 95 % interval of the difference does not contain 0 and FEWEST questions tell."""
        low, high = self.difference.low, self.difference.high
        if low is None or high is None or low <= 0 <= high:
            return "no clear change"
        if self.difference.n < FEWEST:
            return "too few questions"
        if not self.figure.better:
            return "changed"
        return "better" if (low > 0) == (self.figure.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class TypeChange:
    """The figures of the `n` questions of one type."""

    type: str
    n: int
    figures: tuple[FigureChange, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that changed in an answer; `effect` is 1 for the better, -1 for the worse, 0 for neither."""

    words: str
    effect: int = 0


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """What changed in the answer to one question."""

    id: str
    type: str
    question: str
    remarks: tuple[Remark, ...]

    @property
    def effect(self) -> int:
        """-1 when anything got worse, whatever else got better: that is to be looked at first."""
        effects = [remark.effect for remark in self.remarks]
        return -1 if -1 in effects else max(effects)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in the headers that is not the same; a dotted name leads into a part of the header."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of a kind. `equal` says that nothing but times differs.

    `one_set` says that both were asked the same question set, to the letter. `shared` counts the questions
    compared, `only_before` and `only_after` those asked in one run, `otherwise` those that are asked or scored
    in another way in each. `questions` are those that changed, worst first.
    """

    equal: bool
    one_set: bool
    shared: int
    only_before: int
    only_after: int
    otherwise: int
    made: tuple[Difference, ...]
    figures: tuple[FigureChange, ...]
    types: tuple[TypeChange, ...]
    questions: tuple[QuestionChange, ...]

    @property
    def unchanged(self) -> int:
        """How many of the shared questions have the same answer, as far as it is measured."""
        return self.shared - len(self.questions)


def compare(before: Run, after: Run) -> Comparison:
    """What changed, over the questions that both runs asked and score in the same way.

    Raises UsageError for runs of different kinds, and for runs without a common question.
    """
    if before.kind != after.kind:
        raise UsageError(
            f'A run of the kind "{before.kind}" can\'t be compared with one of the kind "{after.kind}". '
            "Name two runs of the same kind."
        )
    figures = figures_of(after)
    earlier, later = ({item.id: item for item in run.asked} for run in (before, after))
    common = [(earlier[name], item) for name, item in later.items() if name in earlier]
    pairs = [(old, new) for old, new in common if _expected(old) == _expected(new)]
    if not pairs:
        raise UsageError("The two runs have no question in common. Name two runs over the same question set.")
    changes = [_question(old, new, figures) for old, new in pairs]
    return Comparison(
        equal=_plain(without_times(before)) == _plain(without_times(after)),
        one_set=before.header.get("set_sha256") == after.header.get("set_sha256"),
        shared=len(pairs),
        only_before=len(earlier) - len(common),
        only_after=len(later) - len(common),
        otherwise=len(common) - len(pairs),
        made=tuple(_made(before.header, after.header)),
        figures=tuple(_figure(figure, pairs) for figure in figures),
        types=tuple(_types(pairs, _figures_per_type(after.kind, figures))),
        questions=tuple(sorted((change for change in changes if change.remarks), key=_worst_first)),
    )


def _expected(item: Item) -> Any:
    return _plain([item.detail.get(name) for name in EXPECTED])


def _plain(value: Any) -> Any:
    """As it would be read from a file: a run that was just made holds tuples where a stored one holds lists."""
    return json.loads(json.dumps(value))


def _figure(figure: Figure, pairs: Pairs) -> FigureChange:
    measured = [pair for pair in pairs if all(len(figure.rows([item])) for item in pair)]
    before, after = (figure.rows([pair[side] for pair in measured]) for side in (0, 1))
    values = [figure.statistic(rows) if len(rows) else None for rows in (before, after)]
    if None not in values and numpy.array_equal(before, after):
        difference = metrics.Interval(0.0, 0.0, 0.0, len(before))  # as the bootstrap would find, a thousand times
    else:
        difference = metrics.paired_interval(before, after, figure.statistic)
    return FigureChange(figure, values[0], values[1], difference)


def _types(pairs: Pairs, figures: Sequence[Figure]) -> Iterator[TypeChange]:
    for name in dict.fromkeys(after.type for _, after in pairs):
        chosen = [pair for pair in pairs if pair[1].type == name]
        changes = (_figure(figure, chosen) for figure in figures)
        yield TypeChange(name, len(chosen), tuple(change for change in changes if change.difference.n))


def _figures_per_type(kind: str, figures: Sequence[Figure]) -> list[Figure]:
    names = TYPE_FIGURES.get(kind, tuple(figure.name for figure in figures[:FIRST_FIGURES]))
    return [figure for figure in figures if figure.name in names]


def _made(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    earlier, later = dict(_entries(before)), dict(_entries(after))
    for name in dict.fromkeys([*earlier, *later]):
        values = earlier.get(name, "not set"), later.get(name, "not set")
        if values[0] != values[1]:
            yield Difference(name, *values)


def _entries(header: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    for name, value in header.items():
        if not inside and name in SAID_OTHERWISE:
            continue
        if isinstance(value, Mapping) and value:
            yield from _entries(value, f"{inside}{name}.")
        else:
            yield f"{inside}{name}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _worst_first(change: QuestionChange) -> tuple[int, int]:
    return change.effect, sum(remark.effect for remark in change.remarks)


def _question(before: Item, after: Item, figures: Sequence[Figure]) -> QuestionChange:
    remarks = [*_decision(before, after), *_phrases(before, after), *_citations(before, after)]
    moved = [(figure.name, remark) for figure, remark in _moved(before, after, figures)]
    remarks += [remark for name, remark in moved if name in MOVED]
    if not remarks and before.detail.get("text") != after.detail.get("text"):
        remarks = [Remark("answer reworded")]
    remarks = remarks or [remark for _, remark in moved]  # bare measures, where nothing better can be said
    if not remarks and _plain(before.detail.get("citations")) != _plain(after.detail.get("citations")):
        remarks = [Remark("the same answer has other footnotes")]
    return QuestionChange(after.id, after.type, str(after.detail.get("question") or ""), tuple(remarks))


def _decision(before: Item, after: Item) -> Iterator[Remark]:
    if before.detail.get("status") == after.detail.get("status"):
        return
    answered = after.detail.get("status") == "answered"
    answerable = after.detail.get("answerable")
    effect = 0 if answerable is None else 1 if answered == answerable else -1
    yield Remark("now answered (was refused)" if answered else "now refused (was answered)", effect)


def _phrases(before: Item, after: Item) -> Iterator[Remark]:
    """Key facts that are said now or no longer, then what must not be said."""
    if after.detail.get("answerable"):
        lacked, lacks = (_list(item, "missing") for item in (before, after))
        yield from (Remark(f"no longer says {_quoted(fact)}", -1) for fact in lacks if fact not in lacked)
        yield from (Remark(f"now says {_quoted(fact)}", 1) for fact in lacked if fact not in lacks)
    said, says = (_list(item, "forbidden") for item in (before, after))
    yield from (Remark(f"now says what is wrong: {_quoted(phrase)}", -1) for phrase in says if phrase not in said)
    yield from (Remark(f"no longer says what is wrong: {_quoted(phrase)}", 1) for phrase in said if phrase not in says)


def _list(item: Item, name: str) -> Sequence[str]:
    found: Sequence[str] = item.detail.get(name) or ()
    return found


def _quoted(fact: str) -> str:
    """A fact that may be said either way ("a|b") shows both."""
    return "“" + "” or “".join(fact.split("|")) + "”"


def _citations(before: Item, after: Item) -> Iterator[Remark]:
    voices = ("wrong", "missing", "right")  # from worst to best
    was, now = (
        next((name for name in voices if item.measures.get(f"attribution_{name}")), None) for item in (before, after)
    )
    if was and now and was != now:
        yield Remark(f"speaker now {now} (was {was})", 1 if voices.index(now) > voices.index(was) else -1)
    was_cited, cited = (item.measures.get("citation_recall") for item in (before, after))  # None of a refusal
    if was_cited is not None and cited is not None and was_cited != cited:
        words = "cites evidence no more" if not cited else "cites less of the evidence"
        words = words if cited < was_cited else "cites more of the evidence" if was_cited else "cites evidence now"
        yield Remark(words, 1 if cited > was_cited else -1)


def _moved(before: Item, after: Item, figures: Iterable[Figure]) -> Iterator[tuple[Figure, Remark]]:
    """The single measures that both items have and that differ, in words for people where there are any."""
    for figure in figures:
        was, now = (item.measures.get(figure.measures[0]) for item in (before, after))
        if was is None or now is None or was == now or len(figure.measures) > 1 or figure.unit == "words":
            continue
        effect = 0 if not figure.better else 1 if (now > was) == (figure.better == "higher") else -1
        rose, fell = MOVED.get(figure.name, (f"{figure.label}: {now:.3f}, was {was:.3f}",) * 2)
        yield figure, Remark(rose if now > was else fell, effect)


GROUPS = ((-1, "Got worse"), (0, "Changed, neither better nor worse"), (1, "Got better"))
LEGEND = (
    "Difference: after minus before, over the n questions that both runs measured, and the 95 % interval of it (paired "
    f"bootstrap over questions). No clear change: 0 lies in it. Fewer than {FEWEST} questions can't tell."
)


def to_markdown(comparison: Comparison) -> str:
    """The whole comparison; the same on a terminal, in a pipe and in a Markdown file."""
    if comparison.equal:
        return "Nothing changed apart from times.\n"
    parts = [
        f"# What changed: {counted(comparison.shared, 'question')} asked in both runs",
        *_sharing(comparison),
        *_made_differently(comparison),
        _table([("", change) for change in comparison.figures if change.difference.n]),
        LEGEND,
        *_by_type(comparison),
        *_by_question(comparison),
        f"Unchanged: {counted(comparison.unchanged, 'question')}.",
    ]
    return "\n\n".join(parts) + "\n"


def _sharing(comparison: Comparison) -> Iterator[str]:
    if not comparison.one_set:
        yield "The two question sets are not the same; compared is what they share."
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
