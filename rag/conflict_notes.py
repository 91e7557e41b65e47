"""Disagreements made visible in an answer of quotes: both sides next to each other, a note before the first.

It does not know how a disagreement is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.conflicts import Conflict
from rag.footnotes import Citation
from rag.quote import Span, Statement


def in_order(spans: Sequence[Span], conflicts: Sequence[Conflict]) -> list[Span]:
    """The spans with the members of each conflict side by side, the later one later."""
    order = list(range(len(spans)))
    for conflict in conflicts:
        at = min(order.index(member) for member in conflict.members)
        before = [member for member in order[:at] if member not in conflict.members]
        after = [member for member in order[at:] if member not in conflict.members]
        order = [*before, *conflict.members, *after]
    return [spans[place] for place in order]


def with_notes(
    statements: Sequence[Statement], spans: Sequence[Span], conflicts: Sequence[Conflict]
) -> list[Statement]:
    """The statements, each conflict's note before the first that takes part; a statement has one note at most."""
    noted = list(statements)
    for conflict in sorted(conflicts, key=lambda c: c.about != "update"):
        members = [spans[member] for member in conflict.members]
        for place, statement in enumerate(statements):
            if any(_holds(held, member) for held in statement.spans for member in members):
                if noted[place] is statement:
                    noted[place] = replace(statement, text=f"{conflict.note} {statement.text}")
                break
    return noted


def numbers_of(
    conflicts: Sequence[Conflict], spans: Sequence[Span], citations: Sequence[Citation]
) -> tuple[tuple[int, ...], ...]:
    """The citation numbers of each conflict; none for one of which only one side is cited yet."""
    groups = []
    for conflict in conflicts:
        members = [spans[member] for member in conflict.members]
        numbers = dict.fromkeys(c.number for member in members for c in citations if _holds(c, member))
        if len(numbers) > 1:
            groups.append(tuple(numbers))
    return tuple(groups)


def _holds(outer: Span | Citation, inner: Span) -> bool:
    same = outer.document.id == inner.document.id
    return same and outer.start <= inner.start and inner.end <= outer.end
