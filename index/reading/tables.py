"""Which lines of a paragraph are a table: pipes, tabs, commas, columns of spaces, rows that end in figures.

It does not know what a table is about, nor what surrounds the paragraph.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

SIGNS = "-*+•·◦▪–●‣∙○■□➢✓✔►"
BULLET = re.compile(
    rf"[^\S\n]*(?:[{SIGNS}]|\d{{1,3}}[.)]|\((?!c\)[^\S\n]+\d{{4}})(?:\d{{1,3}}|[A-Za-z]|[ivx]{{1,5}})\)"
    r"|(?:[A-Za-z]|[ivx]{1,5})\))[^\S\n]+(?!\*+[.,;:]?(?:\s|$))(?=\S)"
)
TABLE_CAPTION = re.compile(
    r"\s*(?:Table|TABLE|Tab\.)[^\S\n]+(?:\d{1,3}(?:\.\d{1,3})?[a-z]?|[IVX]{1,5}|[A-Z])(?:[^\S\n]*[.:–—-][^\S\n]*\S.{0,240})?$"
)
SECTION_NUMBER = re.compile(r"\s*(?:§+[^\S\n]*\d|\d{1,2}(?:\.\d{1,2})+\.?[^\S\n]+[A-Z])")
SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
SENTENCE_INSIDE = re.compile(r"[a-z]{3,}\.[\"'”’)]*\s+[A-Z]")
PIPE_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?)?\s*$")
RULE = re.compile(r"\s*(?:[-=_+*~.·|][-=_+*~.·|\s]*)?$")
GAP = re.compile(r"(?<=\S)(?:(?<![.!?:]) {2,}| {3,}|(?: ?\.){4,} ?)(?=\S)")
QUOTED = re.compile(r'"[^"\n]*"')
GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
FIGURE = re.compile(r"(?![#(])\S*\d\S*$")
DATED = re.compile(
    r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?,?\s+\d",
    re.I,
)
SMALL_WORDS = frozenset(
    "a an and are by for from in is of on the to was were with".split()
)  # in captions and sentences
LONGEST_ROW = 2_000  # characters; a longer line is no row by its columns or its commas
WIDEST_COLUMNS = 400
ROW_WORDS = 40


class Line(NamedTuple):
    """A line that is not blank: its place in the text, its characters, its indent, whether a blank line is above."""

    start: int
    end: int
    text: str
    indent: int
    gap: bool


Run = tuple[int, int]


def table_runs(lines: Sequence[Line]) -> list[Run]:
    """Ranges of `lines` (a paragraph) that are tables, header rows included; ordered, not overlapping."""
    if len(lines) < 2:
        return []
    runs: list[Run] = []
    taken = 0
    for start, end in sorted(run for find in (_piped, _tabbed, _delimited, _columns, _figures) for run in find(lines)):
        if start >= taken:
            runs.append((start, end))
            taken = end
    return runs


def is_prose(words: str) -> bool:
    """Whether a line reads as sentences and not as a row, a heading or a caption."""
    count = len(words.split())
    return (count >= 8 and bool(SENTENCE_END.search(words))) or (count >= 12 and bool(SENTENCE_INSIDE.search(words)))


def rows_below_caption(lines: Sequence[Line], first: int) -> int:
    """Where the rows end that begin at `first`, under the caption of a table: nothing else may mark their cells.

    Rows go on over a blank line if what follows has figures and is not the heading of a paragraph. `first`: no rows.
    """
    end = first
    while end < len(lines) and (end == first or _resumes(lines, end)):
        rows = end
        while rows < len(lines) and (rows == end or not lines[rows].gap) and _could_be_row(lines[rows].text):
            rows += 1
        if end == first and (rows - end < 2 or _is_wrapped(lines[end:rows])):
            return first
        end = rows
        if rows < len(lines) and not lines[rows].gap:
            break
    return end


def _is_wrapped(lines: Sequence[Line]) -> bool:
    """Whether lines go on from one another as the lines of a paragraph do: most begin in lower case."""
    return sum(line.text.lstrip()[:1].islower() for line in lines[1:]) * 2 > len(lines)


def _resumes(lines: Sequence[Line], start: int) -> bool:
    """Whether rows go on in the paragraph at `start`: its figures show it, or, of a lone line, those below it."""
    words = lines[start].text
    if not _could_be_row(words):
        return False
    below = lines[start + 1] if start + 1 < len(lines) else None
    if below is not None and not below.gap:
        return _has_figures(words)
    if below is None or is_prose(below.text):
        return False
    return _has_figures(words) or (_could_be_row(below.text) and _has_figures(below.text))


def _has_figures(words: str) -> bool:
    return len(words.split()) >= 4 and any(character.isdigit() for character in words)


def _could_be_row(words: str) -> bool:
    if len(words) > WIDEST_COLUMNS or len(words.split()) > ROW_WORDS or is_prose(words):
        return False
    starts = (BULLET, SECTION_NUMBER, TABLE_CAPTION)
    return not words.lstrip().startswith(("#", ">", "|", "```")) and not any(start.match(words) for start in starts)


def _neighbours(lines: Sequence[Line], fits: Callable[[Line], bool]) -> Iterator[Run]:
    """Maximal ranges of adjacent lines that all fit."""
    start: int | None = None
    for number, line in enumerate(lines):
        if fits(line):
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None
    if start is not None:
        yield start, len(lines)


def _piped(lines: Sequence[Line]) -> Iterator[Run]:
    """Rows between pipes, at least two; without outer pipes three, or two with three cells, all of one length."""
    for start, end in _neighbours(lines, lambda line: "|" in line.text and bool(_cells(line.text))):
        rows = [line.text for line in lines[start:end]]
        if len(rows) < 2:
            continue
        framed = sum(_framed(row) for row in rows)
        cells = {_cells(row) for row in rows}
        if framed >= 2 or any(map(PIPE_RULE.match, rows)) or (len(cells) == 1 and (len(rows) >= 3 or cells.pop() >= 3)):
            yield start, end


def _framed(row: str) -> bool:
    row = row.strip()
    return len(row) > 1 and row[0] == row[-1] == "|"


def _cells(row: str) -> int:
    """How many cells pipes make of a line; 0 where they make none."""
    if PIPE_RULE.match(row) or _framed(row):
        return row.strip().strip("|").count("|") + 1
    return row.count(" | ") + 1 if " | " in row else 0


def _tabbed(lines: Sequence[Line]) -> Iterator[Run]:
    for start, end in _neighbours(lines, _has_tabs):
        if end - start >= 2:
            yield start, end


def _has_tabs(line: Line) -> bool:
    words = line.text.strip()
    if "\t" not in words:
        return False
    label = words[: words.index("\t")]
    return words.count("\t") > 1 or not (BULLET.match(words) or label.endswith(":"))


def _delimited(lines: Sequence[Line]) -> Iterator[Run]:
    """At least three lines with as many commas (or semicolons) that no space follows."""
    for mark in ",;":
        if sum(mark in line.text for line in lines) < 3:
            continue
        counts = [_marks(line.text, mark) for line in lines]
        start = 0
        for number in range(1, len(lines) + 1):
            if number == len(lines) or counts[number] != counts[start]:
                if counts[start] and number - start >= (3 if counts[start] > 1 else 4):
                    yield start, number
                start = number


def _marks(words: str, mark: str) -> int:
    if mark not in words or len(words) > LONGEST_ROW or BULLET.match(words):
        return 0
    words = QUOTED.sub('"', words.strip()) if '"' in words else words.strip()
    words = GROUPED.sub("", words)
    tight = words.count(mark) - words.count(mark + " ")
    return tight if tight > words.count(mark + " ") and words.strip(mark).count(mark) else 0


def _columns(lines: Sequence[Line]) -> Iterator[Run]:
    """Rows whose cells stand under one another: gaps of spaces that run down through the lines."""
    if sum("  " in line.text.strip() or "...." in line.text for line in lines) < 2:
        return
    shown = [line.text.expandtabs(8) if len(line.text) <= WIDEST_COLUMNS else "" for line in lines]
    gaps = [_gaps(row) for row in shown]
    start: int | None = None
    last = 0
    for number in range(len(lines) + 1):
        if number < len(lines) and gaps[number]:
            start = number if start is None else start
            last = number
        elif start is not None and (number == len(lines) or not _bridges(shown, gaps, number, last)):
            rivers = _rivers([(shown[n], gaps[n]) for n in range(start, last + 1) if gaps[n]])
            rows = sum(bool(gaps[n]) for n in range(start, last + 1))
            if len(rivers) >= 2 or (rivers and rows >= 3):
                yield start, _with_wrapped_cells(shown, last + 1, min(rivers))
            start = None


def _gaps(row: str) -> list[tuple[int, int]]:
    """Spans of the white space between a line's cells, in columns."""
    if "  " not in row and "...." not in row:
        return []
    bullet = BULLET.match(row)
    after = bullet.end() if bullet else 0
    return [match.span() for match in GAP.finditer(row) if match.end() > after]


def _bridges(shown: Sequence[str], gaps: Sequence[object], number: int, last: int) -> bool:
    """Whether a line of one cell, or a rule, stands between rows (one or two of them at a time)."""
    row = shown[number]
    if number - last > 2 or not (RULE.match(row) or len(row) <= 60) or is_prose(row) or BULLET.match(row):
        return False
    return any(gaps[number + 1 : number + 3])


def _with_wrapped_cells(shown: Sequence[str], end: int, column: int) -> int:
    """The rows' end moved over lines that go on in a later column, and over a closing rule."""
    while end < len(shown) and shown[end].strip():
        indent = len(shown[end]) - len(shown[end].lstrip())
        if not (RULE.match(shown[end]) or indent >= column > 2):
            break
        end += 1
    return end


def _rivers(rows: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> list[int]:
    """Columns at which white space, two characters wide, runs through the rows: gaps in half of them, text in few."""
    if len(rows) < 2:
        return []
    gaps: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for row, spans in rows:
        for start, end in spans:
            gaps.update(range(start, end))
        filled.update(place for place, character in enumerate(row) if not character.isspace() and not _in(place, spans))
    few = 0.2 * len(rows) if len(rows) >= 5 else 0
    needed = max(2, len(rows) / 2)
    open_places = sorted(place for place, count in gaps.items() if count >= needed and filled[place] <= few)
    wide = [place for place, following in itertools.pairwise(open_places) if following == place + 1]
    return [place for number, place in enumerate(wide) if not number or wide[number - 1] != place - 1]


def _in(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _figures(lines: Sequence[Line]) -> Iterator[Run]:
    """At least three rows of words and then figures, with the line of column names above them."""
    if len(lines) < 3:
        return
    counts = [_trailing_figures(line.text) for line in lines]
    start: int | None = None
    for number in range(len(lines) + 1):
        if number < len(lines) and counts[number]:
            start = number if start is None else start
            continue
        if start is not None and number - start >= 3 and _alike(lines[start:number], counts[start:number]):
            yield start - _names_columns(lines, start, counts[start]), number
        start = None


def _trailing_figures(words: str) -> int:
    """How many figures end a line that begins with words; 0 for sentences, dates, items and counts in brackets."""
    if len(words) > WIDEST_COLUMNS or (not words[-1:].isalnum() and words[-1:] not in "%)"):
        return 0
    tokens = words.split()
    if len(tokens) > 12 or DATED.search(words) or BULLET.match(words) or SENTENCE_INSIDE.search(words):
        return 0
    figures = 0
    while figures < len(tokens) and FIGURE.match(tokens[-1 - figures]):
        figures += 1
    lead = tokens[: len(tokens) - figures]
    return figures if lead and not lead[-1].endswith((":", ",")) and any(map(str.isalpha, lead[0])) else 0


def _alike(rows: Sequence[Line], counts: Sequence[int]) -> bool:
    """Whether most rows have as many figures, and their words differ (not Chapter 1, Chapter 2, Chapter 3)."""
    usual = Counter(counts).most_common(1)[0][1]
    first_words = {row.text.split()[0] for row in rows}
    return usual >= 0.6 * len(rows) and len(first_words) > len(rows) / 2


def _names_columns(lines: Sequence[Line], start: int, figures: int) -> bool:
    """Whether the line above rows of figures names their columns: short, without figures, one word or more for each."""
    if not start:
        return False
    words = lines[start - 1].text
    plain = not any(character.isdigit() for character in words) and not words.rstrip().endswith((*".!?:,;", "…"))
    plain = plain and not SMALL_WORDS & set(words.split())
    return plain and figures < len(words.split()) <= 12 and not BULLET.match(words)
