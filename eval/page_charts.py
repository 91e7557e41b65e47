"""Figures become inline SVG: bars with their intervals, and the curve of risk against coverage.

Positions are percentages, so that a chart is as wide as its place and its letters keep their size. It does
not know where the numbers come from.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics import Interval, Point
from eval.page_text import percentage, text_html

TICKS = (0, 0.25, 0.5, 0.75, 1)


def bar_html(interval: Interval, words: str, *, neutral: bool = False) -> str:
    """A bar from 0 to the value (0..1) with its interval as whiskers; `words` are for who can't see it.

    A `neutral` bar has no colour: more of what it measures is neither better nor worse.
    """
    if interval.value is None:
        return f'<svg class="bar" role="img" aria-label="{text_html(words)}">{_TRACK}</svg>'
    bar = f'<rect class="{"value neutral" if neutral else "value"}" y="4" height="10" width="{_at(interval.value)}"/>'
    return f'<svg class="bar" role="img" aria-label="{text_html(words)}">{_TRACK}{bar}{_whiskers(interval, 9)}</svg>'


def scale_html(interval: Interval, words: str) -> str:
    """A thin scale from 0 to 1 with the value as a dot and its interval as a line."""
    if interval.value is None:
        return ""
    dot = f'<circle class="dot" cx="{_at(interval.value)}" cy="8" r="4.5"/>'
    line = '<line class="track" x1="0" x2="100%" y1="8" y2="8"/>'
    return f'<svg class="scale" role="img" aria-label="{text_html(words)}">{line}{_whiskers(interval, 8)}{dot}</svg>'


_TRACK = '<line class="track" x1="0" x2="100%" y1="17.5" y2="17.5"/>'


def _whiskers(interval: Interval, middle: int) -> str:
    if interval.low is None or interval.high is None:
        return ""
    low, high = _at(interval.low), _at(interval.high)
    ends = "".join(
        f'<line class="whisker" x1="{x}" x2="{x}" y1="{middle - 4}" y2="{middle + 4}"/>' for x in (low, high)
    )
    return f'<line class="whisker" x1="{low}" x2="{high}" y1="{middle}" y2="{middle}"/>{ends}'


def curve_html(points: Sequence[Point]) -> str:
    """Risk against coverage; the last point, where everything was answered that was, is marked."""
    if not points:
        return ""
    last = points[-1]
    words = f"Of all questions {percentage(last.coverage)} were answered, {percentage(last.risk)} of those wrongly."
    return (
        f'<figure class="curve"><p class="axis">Share of the answers that are wrong or incomplete</p>'
        f'<div class="plot"><svg role="img" aria-label="{text_html(words)}">{_grid()}{_line(points)}{_here(last)}</svg>'
        '</div><p class="axis across">Share of all questions that are answered</p></figure>'
    )


def _grid() -> str:
    lines = []
    for tick in TICKS:
        anchor = "start" if tick == 0 else "end" if tick == 1 else "middle"
        lines.append(f'<line class="grid" x1="0" x2="100%" y1="{_at(1 - tick)}" y2="{_at(1 - tick)}"/>')
        lines.append(
            f'<text class="tick" x="-8" y="{_at(1 - tick)}" dy="4" text-anchor="end">{percentage(tick)}</text>'
        )
        lines.append(
            f'<text class="tick" x="{_at(tick)}" y="100%" dy="20" text-anchor="{anchor}">{percentage(tick)}</text>'
        )
    return "".join(lines)


def _line(points: Sequence[Point]) -> str:
    """Straight from point to point; a percentage can't be a coordinate of a path, so its own plane is stretched."""
    corners = [f"{point.coverage * 100:.2f} {(1 - point.risk) * 100:.2f}" for point in points]
    path = f'<path class="line" d="M{" L".join(corners)}" vector-effect="non-scaling-stroke"/>'
    return f'<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">{path}</svg>'


def _here(point: Point) -> str:
    x, y = _at(point.coverage), _at(1 - point.risk)
    words = [f"as run: {percentage(point.coverage)} answered", f"{percentage(point.risk)} wrong or incomplete"]
    # In the corner that the curve, which ends at this point, is least likely to cross; two lines fit on a phone.
    corner, offsets = ("100%", (-30, -11)) if point.risk > 0.5 else ("0", (19, 38))
    left = point.coverage > 0.5
    place = f'class="here" x="{x}" y="{corner}" dx="{-10 if left else 10}" text-anchor="{"end" if left else "start"}"'
    lines = (f'<text {place} dy="{dy}">{text_html(line)}</text>' for dy, line in zip(offsets, words, strict=True))
    return (
        f'<line class="drop" x1="{x}" x2="{x}" y1="0" y2="100%"/><circle class="dot" cx="{x}" cy="{y}" r="6"/>'
        f"{''.join(lines)}"
    )


def surer_half(points: Sequence[Point]) -> Point | None:
    """The first point that covers half of the answers or more; None where that is all of them."""
    if not points:
        return None
    middle = next(point for point in points if point.coverage >= points[-1].coverage / 2)
    return None if middle == points[-1] else middle


def _at(share: float) -> str:
    return f"{min(max(share, 0), 1) * 100:.2f}%"
