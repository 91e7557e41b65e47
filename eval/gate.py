"""A run's figures are held against the marks of gates.toml: which are reached and which are missed.

It does not know what a mark should be, nor how the run was made. Whatever keeps a mark from being checked (a
figure that does not exist or that no question has, a set without a section) is an error: a gate never passes unasked.
"""

from __future__ import annotations

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
TOLERANCE = 1e-9  # a value at its mark passes, however the mean was rounded
LEFT_OUT = "left_out"

Section = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure held against its mark: `value` over `n` questions, of one `type` or (None) of all.

    `least` says whether the mark is the lowest value that passes, or else the highest.
    """

    figure: str
    type: str | None
    value: float
    mark: float
    least: bool
    n: int

    @property
    def passed(self) -> bool:
        return self.value >= self.mark - TOLERANCE if self.least else self.value <= self.mark + TOLERANCE

    @property
    def where(self) -> str:
        return self.figure if self.type is None else f"{self.figure} of {self.type}"

    @property
    def wanted(self) -> str:
        return f"{'at least' if self.least else 'at most'} {self.mark:g}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """What a run came to: `marks` in the order of the file `gates`; the run holds `held` of the set's `questions`."""

    set: str
    gates: Path
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

    Raises UsageError when the file can't be used, has no section for the set, or names a figure or a type that
    the run has no question for; RunUnreadable when the run does not say what it was to ask.
    """
    path = GATES if gates is None else gates
    name, questions = run.header.get("set"), run.header.get("questions")
    if not isinstance(name, str) or not isinstance(questions, int):
        raise RunUnreadable("The run does not say which set it was to ask, or how much of it. Make it anew: rag eval")
    section = _section(_read(path), name, path)
    marks = tuple(_marks(run, section, path))
    return GateReport(name, path, marks, len(run.items), questions, len(run.left_out))


def require(report: GateReport) -> None:
    """Raises BelowGate, with one sentence that names whatever fell short, unless the run passed."""
    if report.passed:
        return
    short = [f"{mark.where} is {mark.value:.4g}, not {mark.wanted}" for mark in report.missed]
    if not report.complete:
        short.insert(0, f"only {report.held} of {counted(report.questions, 'question')} were run")
    raise BelowGate(
        f"The run on {report.set} does not pass {report.gates}: {'; '.join(short)}. "
        "See what changed with: rag eval compare BEFORE AFTER"
    )


def to_text(report: GateReport) -> str:
    """One line per mark, those that were missed first; then the verdict."""
    marks = sorted(report.marks, key=lambda mark: mark.passed)
    width = max((len(mark.where) for mark in marks), default=0)
    lines = [
        f"{'passed' if mark.passed else 'MISSED'}  {mark.where:<{width}}  {mark.value:.4f}  {mark.wanted} (n {mark.n})"
        for mark in marks
    ]
    if not report.complete:
        lines.insert(0, f"MISSED  only {report.held} of {counted(report.questions, 'question')} were run")
    if report.left_out:
        lines.append(f"{counted(report.left_out, 'question')} left out of the figures, not asked")
    reached = len(report.marks) - len(report.missed)
    verdict = "passes" if report.passed else "DOES NOT PASS"
    lines.append(f"{report.set} {verdict}: {reached} of {counted(len(report.marks), 'mark')} reached")
    return "\n".join(lines)


def _read(path: Path) -> Section:
    # Not two import statements: the type checker looks at one Python and is run on several.
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        document: Section = toml.loads(path.read_text(encoding="utf-8"))
        return document
    except OSError as error:
        raise UsageError(f"Can't read the marks in {path}: {error.strerror}. Name a TOML file with --gates.") from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise UsageError(f"{path} can't be read as TOML: {error}. Mend that line and run again.") from error


def _section(document: Section, name: str, path: Path) -> Section:
    sections = []
    for title, section in document.items():
        if not isinstance(section, Mapping) or not isinstance(section.get("set"), str):
            raise UsageError(f'{path}: "{title}" names no set. Write under [{title}] a line such as: set = "{name}"')
        if section["set"] == name:
            sections.append(section)
    if len(sections) != 1:
        found = "no section" if not sections else f"{len(sections)} sections"
        raise UsageError(f'{path} has {found} for the set {name}. Write one, with: set = "{name}"')
    return sections[0]


def _marks(run: Run, section: Section, path: Path) -> Iterator[Mark]:
    types = section.get("types", {})
    if not isinstance(types, Mapping) or not all(isinstance(group, Mapping) for group in types.values()):
        raise UsageError(f'{path}: "types" holds a table for each type. Write [NAME.types.TYPE] above its marks.')
    overall = {name: mark for name, mark in section.items() if name not in ("set", "types")}
    groups: dict[str | None, Section] = {None: overall, **types}
    for type_name, marks in groups.items():
        if not marks and (type_name is not None or not types):
            where = section["set"] if type_name is None else f"the type {type_name}"
            raise UsageError(f"{path} sets no mark for {where}. Write one, such as: citation_exactness = 1.0")
        for name, mark in marks.items():
            if name == LEFT_OUT and type_name is None:
                most = _number(name, mark, path)
                yield Mark(name, None, float(len(run.left_out)), most, least=False, n=len(run.items))
            else:
                yield _held(run, _figure(run, name, path), type_name, mark, path)


def _held(run: Run, figure: Figure, type_name: str | None, mark: object, path: Path) -> Mark:
    items = [item for item in run.asked if type_name in (None, item.type)]
    value, count = figure.value(items), len(figure.rows(items))
    least = figure.better == "higher"
    where = figure.name if type_name is None else f"{figure.name} of the type {type_name}"
    if value is None:
        raise UsageError(
            f"{path} sets a mark for {where}, but it can't be told from this run ({counted(count, 'question')}). "
            "Run a set that measures it, or take the mark out."
        )
    number = _number(where, mark, path)
    if figure.unit == "share" and not 0 <= number <= 1:
        raise UsageError(f"{path}: the mark of {where} is {number:g}; a share lies between 0 and 1. Mend it.")
    return Mark(figure.name, type_name, value, number, least, count)


def _figure(run: Run, name: str, path: Path) -> Figure:
    known = {figure.name: figure for figure in figures_of(run) if figure.better}
    if name not in known:
        raise UsageError(
            f'{path} sets a mark for "{name}", which is no figure of a run of the kind "{run.kind}". '
            f"Take one of: {', '.join(known)}"
        )
    return known[name]


def _number(where: str, mark: object, path: Path) -> float:
    if isinstance(mark, bool) or not isinstance(mark, int | float) or not abs(mark) <= sys.float_info.max:  # or nan
        raise UsageError(f"{path}: the mark of {where} is {mark!r}, not a number. Mend it and run again.")
    return float(mark)
