"""How far a sync is and what it did: as data, and as lines to read.

It does not know how a sync works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Skipped

SHOWN = 10


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What a sync did not look into: `files` of other kinds with their `endings` (".doc"; "" for none), and `links`:
    folders behind symbolic links, by path."""

    files: int = 0
    endings: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did: paths relative to the indexed folder, by what happened to them.

    `reread` files are as they were, but this version of the program reads them anew.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    embedded: int = 0
    documents: int = 0
    passages: int = 0
    reread: tuple[str, ...] = ()
    passed_over: PassedOver = PassedOver()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: `done` of `total` files; the last one carries the report."""

    step: str
    done: int
    total: int
    report: Report | None = None


def report_text(report: Report, folder: Path) -> str:
    """What the sync did, by kind of change; skipped files each with the reason."""
    return "\n".join(_lines(report, folder))


def _lines(report: Report, folder: Path) -> Iterator[str]:
    for label, names in (("added", report.added), ("changed", report.changed), ("removed", report.removed)):
        yield from _names(label, names)
    yield from _names("moved", tuple(f"{old} → {new}" for old, new in report.moved))
    if report.reread:
        yield f"read anew by this version: {len(report.reread)}"
    if report.unchanged:
        yield f"unchanged: {len(report.unchanged)}"
    yield from _passed_over(report.passed_over)
    if report.skipped:
        yield f"skipped: {len(report.skipped)}"
        yield from (f"  {skipped.reason}" for skipped in report.skipped)
    held = f"{counted(report.documents, 'document')}, {counted(report.passages, 'passage')}"
    yield f"{folder}: {held}, {counted(report.embedded, 'text')} embedded now"


def _passed_over(passed: PassedOver) -> Iterator[str]:
    if passed.files:
        endings = [ending or "no ending" for ending in passed.endings]
        kinds = "another kind" if passed.files == 1 else "other kinds"
        yield f"passed over: {counted(passed.files, 'file')} of {kinds} ({_some(endings)})"
    if passed.links:
        links = "a link" if len(passed.links) == 1 else "links"
        yield f"passed over: {counted(len(passed.links), 'folder')} behind {links} ({_some(passed.links)})"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def counted(number: int, thing: str) -> str:
    """The number with the word: "1 document", "2 documents"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _names(label: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"{label}: {len(names)}"
        yield from (f"  {name}" for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"  … and {len(names) - SHOWN} more"
