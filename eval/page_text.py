"""Texts and numbers of a run become pieces of HTML; all that a run says is escaped here.

It does not know what the page looks like, nor what the figures mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import pairwise
from typing import Literal

from eval.figures import Figure
from eval.metrics import Interval

NOTHING = "–"
SPACE = "\N{NO-BREAK SPACE}"
FIRST_SPACE, LAST_SPACE = re.compile(r"\s+"), re.compile(r"\s+\S*\Z")
WORD = 40  # characters that a word may have, at the edge of a text
UNSHOWABLE = re.compile("[\0\ud800-\udfff]")  # HTML has no NUL, UTF-8 no halves of surrogate pairs
DECIMALS = ("auroc", "balanced_accuracy", "ndcg", "mrr", "f1", "rouge", "iou")
"""Shares that are never called a percentage: a figure with one of these in its name is shown as 0.49."""

MarkKind = Literal["expected", "label", "outdated", "tempting", "given"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters [start, end) of a document that are marked as `kind` and called `name` ("A" or "1")."""

    start: int
    end: int
    kind: MarkKind
    name: str


def text_html(value: object) -> str:
    """Anything as HTML that a browser turns back into the same characters (NUL and lone surrogates become U+FFFD)."""
    return UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", escape(str(value)).replace("\r", "&#13;"))


def apart_html(value: object) -> str:
    """A text within a line of ours: its direction of writing can't reorder our words."""
    return f"<bdi>{text_html(value)}</bdi>"


def joined_html(parts: Iterable[str], between: str = " · ") -> str:
    """Those of the pieces of HTML that are not empty, in one line."""
    return between.join(part for part in parts if part)


def marked_html(text: str, start: int, marks: Sequence[Mark]) -> str:
    """`text`, which stands at `start` of its document, with the marks that have a character in it.

    Marks may overlap each other and the edges. No characters are added: the names of the marks are in
    `data-open`, where one begins, and `data-close`, where a citation ends, for the style sheet to show.
    """
    within = [(max(mark.start - start, 0), min(mark.end - start, len(text)), mark) for mark in marks]
    within = [placed for placed in within if placed[0] < placed[1]]
    edges = sorted({0, len(text), *(edge for left, right, _ in within for edge in (left, right))})
    return "".join(_piece(text, left, right, within) for left, right in pairwise(edges))


def whole_words(text: str, start: int, marks: Sequence[Mark], *, ends: bool) -> tuple[str, int]:
    """`text`, which stands at `start` of its document, without the pieces of words at its edges; and where it starts.

    It `ends` where its document does, or may be cut there. Nothing that is marked is cut, nor more than a word's
    length: some languages have no spaces.
    """
    first = min((mark.start - start for mark in marks if mark.end > start), default=len(text))
    last = max((mark.end - start for mark in marks if mark.start < start + len(text)), default=0)
    begin, end = 0, len(text)
    if start and (found := FIRST_SPACE.search(text, 0, WORD)) and found.end() <= first:
        begin = found.end()
    if not ends and (found := LAST_SPACE.search(text, max(begin, end - WORD))) and found.start() >= last:
        end = found.start()
    return text[begin:end], start + begin


def _piece(text: str, left: int, right: int, marks: Sequence[tuple[int, int, Mark]]) -> str:
    covering = [placed for placed in marks if placed[0] <= left and right <= placed[1]]
    inner = text_html(text[left:right])
    if not covering:
        return inner
    kinds = " ".join(sorted({mark.kind for _, _, mark in covering}))
    opened = [f"[{mark.name}" if mark.kind == "given" else mark.name for first, _, mark in covering if first == left]
    closed = [mark for _, last, mark in covering if last == right and mark.kind == "given"]
    opens = f' data-open="{text_html(" ".join(opened))}"' if opened else ""
    closes = f' data-close="{"]" * len(closed)}"' if closed else ""
    return f'<mark class="{kinds}"{opens}{closes}>{inner}</mark>'


def figure_words(figure: Figure, value: float | None) -> str:
    """A figure's value in its unit, as words; a dash where it is undefined."""
    if value is None:
        return NOTHING
    if figure.unit == "share" and not any(name in figure.name for name in DECIMALS):
        return percentage(value)
    if figure.unit == "seconds":
        return f"{value:.3g}{SPACE}s"
    return f"{value:.0f}" if figure.unit == "words" else f"{value:.2f}"


def percentage(share: float) -> str:
    """A share as a whole percentage; with decimals where it would seem to be nothing or everything and is not."""
    for digits in (0, 1, 2):
        words = f"{share * 100:.{digits}f}"
        if share in (0, 1) or float(words) not in (0, 100):
            return f"{words}{SPACE}%"
    return f"{'over 99.99' if share > 0.5 else 'under 0.01'}{SPACE}%"


def range_words(figure: Figure, interval: Interval) -> str:
    """The interval's two ends in words, "" where there is none."""
    if interval.low is None or interval.high is None:
        return ""
    low, high = figure_words(figure, interval.low), figure_words(figure, interval.high)
    unit = f"{SPACE}{low.split(SPACE)[-1]}" if SPACE in low and low.split(SPACE)[-1] == high.split(SPACE)[-1] else ""
    return f"{low.removesuffix(unit)} to {high}"


def counted(count: int, thing: str) -> str:
    """ "1 question", "2,000 questions"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def plain(name: str) -> str:
    """A name with underscores, as words."""
    return name.replace("_", " ")


def day(iso: object) -> str:
    """An ISO 8601 time as "22 November 2026"; what is none stays as it is."""
    try:
        time = datetime.fromisoformat(str(iso).replace("Z", "+00:00"))
    except ValueError:
        return str(iso)
    return f"{time.day} {time:%B %Y}"
