"""How far a sync is and what it did: as data, and as lines to read.

It does not know how a sync works.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.catalog import Skipped

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did: paths relative to the indexed folder, by what happened to them."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    embedded: int = 0
    documents: int = 0
    passages: int = 0


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
    if report.unchanged:
        yield f"unchanged: {len(report.unchanged)}"
    if report.skipped:
        yield f"skipped: {len(report.skipped)}"
        yield from (f"  {skipped.reason}" for skipped in report.skipped)
    yield f"{folder}: {report.documents} documents, {report.passages} passages, {report.embedded} texts embedded now"


def _names(label: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"{label}: {len(names)}"
        yield from (f"  {name}" for name in names[:SHOWN])
    if len(names) > SHOWN:
        yield f"  … and {len(names) - SHOWN} more"
