"""A run's figures are held against the marks of gates.toml: which are reached and which are missed.

It does not know what a mark should be, nor how the run was made. Whatever keeps a mark from being checked (a
figure that does not exist or that no question has, a set without a section) is an error: a gate never passes unasked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from eval.figures import Figure
from eval.kinds import figures_of
from eval.runs import Run
from index.errors import BelowGate, RunUnreadable, UsageError
from index.report import counted

GATES = Path(__file__).parent / "gates.toml"
OURS = "eval/gates.toml"  # as people know it, wherever it is installed
TOLERANCE = 1e-9  # a value at its mark passes, however the mean was rounded
LEFT_OUT = "left_out"
BARE = re.compile(r"^\s*([\w-]+@\d+)\s*=", re.MULTILINE)  # TOML wants quotation marks around such a name

Section = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure held against its mark: `value` over `n` questions, of one `type` or (None) of all.

    `least` says whether the mark is the lowest value that passes, or else the highest. `value` is None, and the mark
    missed, when no question of the type was asked.
    """

    figure: str
    type: str | None
    value: float | None
    mark: float
    least: bool
    n: int

    @property
    def passed(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.mark - TOLERANCE if self.least else self.value <= self.mark + TOLERANCE

    @property
    def where(self) -> str:
        return self.figure if self.type is None else f"{self.figure} of {self.type}"

    @property
    def wanted(self) -> str:
        return f"{'at least' if self.least else 'at most'} {self.mark:g}"

    @property
    def found(self) -> str:
        """The value as people read it, or why there is none."""
        return "no question of this type was asked;" if self.value is None else f"{self.value:.4f} "


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a run came to: `marks` in the order of the file `gates`; the run holds `held` of the set's `questions`."""

    set: str
    gates: str
    marks: tuple[Mark, ...]
    held: int
    questions: int
    left_out: int

    @property
    def missed(self) -> tuple[Mark, ...]:
        """The marks that were not reached."""
        return tuple(mark for mark in self.marks if not mark.passed)

    @property
    def complete(self) -> bool:
        """Whether the run holds every question of its set, be it as left out."""
        return self.held >= self.questions

    @property
    def passed(self) -> bool:
        return self.complete and not self.missed


def check_gates(run: Run, gates: Path | None = None) -> GateReport:
    """Holds a run against the section of `gates` (default: the one of this package) for its question set.

    Raises UsageError when the file can't be used, has no section for the set, or names a figure that the run has no
    question for; RunUnreadable when the run does not say what it was to ask.
    """
    path, shown = (GATES, OURS) if gates is None else (gates, str(gates))
    name, questions = run.header.get("set"), run.header.get("questions")
    if not isinstance(name, str) or not isinstance(questions, int):
        raise RunUnreadable("The run does not say which set it was to ask, or how much of it. Make it anew: rag eval")
    section = _section(_read(path, shown), name, shown)
    marks = tuple(_marks(run, section, shown))
    return GateReport(name, shown, marks, len(run.items), questions, len(run.left_out))


def require(report: GateReport) -> None:
    """Raises BelowGate unless the run passed; what it missed is for to_text to say."""
    if report.passed:
        return
    short = [f"{len(report.missed)} of {counted(len(report.marks), 'mark')} missed"] if report.missed else []
    if not report.complete:
        short.insert(0, "it is not whole")
    raise BelowGate(
        f"The run on {report.set} does not pass {report.gates}: {', '.join(short)}. "
        "See what changed with: rag eval compare BEFORE AFTER"
    )


def to_text(report: GateReport) -> str:
    """One line per mark, those that were missed first; then the verdict."""
    marks = sorted(report.marks, key=lambda mark: mark.passed)
    width = max((len(mark.where) for mark in marks), default=0)
    lines = [
        f"{'passed' if mark.passed else 'MISSED'}  {mark.where:<{width}}  {mark.found} {mark.wanted} (n {mark.n})"
        for mark in marks
    ]
    if not report.complete:
        lines.insert(0, f"MISSED  only {report.held} of {counted(report.questions, 'question')} were run")
    if report.left_out:
        lines.append(f"{counted(report.left_out, 'question')} left out of the figures, not asked")
    reached = len(report.marks) - len(report.missed)
    verdict = f"{report.set} passes: " if report.passed else ""  # require says that it does not
    lines.append(f"{verdict}{reached} of {counted(len(report.marks), 'mark')} reached")
    return "\n".join(lines)


def _read(path: Path, shown: str) -> Section:
    # Not two import statements: the type checker looks at one Python and is run on several.
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        text = path.read_text(encoding="utf-8-sig")
        document: Section = toml.loads(text)
        return document
    except OSError as error:
        raise UsageError(
            f"Can't read the marks in {shown}: {error.strerror}. Name a TOML file with --gates."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{shown} can't be read as TOML: it is not UTF-8. Save it as UTF-8.") from error
    except ValueError as error:
        bare = BARE.search(text)
        hint = f'Write "{bare[1]}" with its quotation marks' if bare else "Mend that line"
        raise UsageError(f"{shown} can't be read as TOML: {error}. {hint} and run again.") from error


def _section(document: Section, name: str, gates: str) -> Section:
    sections = {}
    for title, section in document.items():
        if not isinstance(section, Mapping):
            raise UsageError(f'{gates}: "{title}" stands above every section. Put it under a line such as [sample].')
        if not isinstance(section.get("set"), str):
            raise UsageError(f'{gates}: "{title}" names no set. Write under [{title}] a line such as: set = "{name}"')
        if section["set"] == name:
            sections[title] = section
    if not sections:
        raise UsageError(f'{gates} has no section for the set {name}. Write one, with: set = "{name}"')
    if len(sections) > 1:
        titles = ", ".join(f"[{title}]" for title in sections)
        raise UsageError(f"{gates} has {len(sections)} sections for the set {name}: {titles}. Delete all but one.")
    return next(iter(sections.values()))


def _marks(run: Run, section: Section, gates: str) -> Iterator[Mark]:
    types = section.get("types", {})
    if not isinstance(types, Mapping) or not all(isinstance(group, Mapping) for group in types.values()):
        raise UsageError(f'{gates}: "types" holds a table for each type. Write [NAME.types.TYPE] above its marks.')
    overall = {name: mark for name, mark in section.items() if name not in ("set", "types")}
    groups: dict[str | None, Section] = {None: overall, **types}
    for type_name, marks in groups.items():
        if not marks and (type_name is not None or not types):
            where = section["set"] if type_name is None else f"the type {type_name}"
            raise UsageError(f"{gates} sets no mark for {where}. Write one, such as: citation_exactness = 1.0")
        # Missing documents must not shrink a set unseen: without a mark of its own no question may be left out.
        unasked = {LEFT_OUT: 0} if type_name is None and run.left_out else {}
        for name, mark in {**unasked, **marks}.items():
            if name == LEFT_OUT and type_name is None:
                most = _number(name, mark, gates)
                yield Mark(name, None, float(len(run.left_out)), most, least=False, n=len(run.items))
            else:
                yield _held(run, _figure(run, name, gates), type_name, mark, gates)


def _held(run: Run, figure: Figure, type_name: str | None, mark: object, gates: str) -> Mark:
    items = [item for item in run.asked if type_name in (None, item.type)]
    rows = figure.rows(items)
    value, count = figure.value(items), len(rows)
    if figure.unit == "share" and any(not -TOLERANCE <= number <= 1 + TOLERANCE for number in rows.flat):  # or nan
        raise RunUnreadable(f"The run holds a {figure.name} that is no share of 0 to 1. Make it anew: rag eval")
    least = figure.better == "higher"
    where = figure.name if type_name is None else f"{figure.name} of the type {type_name}"
    if value is None and (items or type_name is None):
        raise UsageError(
            f"{gates} sets a mark for {where}, but it can't be told from this run ({counted(count, 'question')}). "
            "Run a set that measures it, or take the mark out."
        )
    number = _number(where, mark, gates)
    if figure.unit == "share" and not 0 <= number <= 1:
        raise UsageError(f"{gates}: the mark of {where} is {number:g}; a share lies between 0 and 1. Mend it.")
    return Mark(figure.name, type_name, value, number, least, count)


def _figure(run: Run, name: str, gates: str) -> Figure:
    known = {figure.name: figure for figure in figures_of(run) if figure.better}
    if name not in known:
        raise UsageError(
            f'{gates} sets a mark for "{name}", which is no figure of a run of the kind "{run.kind}". '
            f"Take one of: {', '.join(known)}"
        )
    return known[name]


def _number(where: str, mark: object, gates: str) -> float:
    if isinstance(mark, bool) or not isinstance(mark, int | float) or not abs(mark) <= sys.float_info.max:  # or nan
        raise UsageError(f"{gates}: the mark of {where} is {mark!r}, not a number. Mend it and run again.")
    return float(mark)
