"""Reads a PDF: the text of its pages with paragraphs whole, running headers marked as furniture, and its properties.

It does not know columns, tables or reading order beyond what the file itself gives, and it does no OCR.
"""

from __future__ import annotations

import io
import itertools
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from index.document import Block
from index.read import Reading, stated_author, stated_title, storable, unreadable

logger = logging.getLogger(__name__)

DAMAGE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, ArithmeticError)  # by broken objects
EDGE_LINES = 2  # a running header or footer is looked for in this many lines at each end of a page
GAP = 1.35  # a step to the next line that is larger than this many usual steps ends a paragraph
WIDE = 2.6  # and so does one larger than this many times the letters' size (double spacing is about 2.4)
FULL = 0.7  # a line that has less than this part of the page's usual width ends early
BULLET = re.compile(r"(?:[•●▪◦‣–—*-]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+\S")
PAGE_NUMBER = re.compile(r"\W*(?:(?:page|seite)\s+)?\d{1,4}(?:\s*(?:/|of|von)\s*\d{1,4})?\W*", re.I)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its text, its height on the page and its letters' size (points; 0.0 where unknown)."""

    text: str
    height: float
    size: float


def read_pdf(path: Path, data: bytes) -> Reading:
    """The Reading of a PDF. Pages are joined by an empty line; its blocks are the running headers and footers only.

    Raises `UnreadableDocument` when it is damaged, protected by a password or has no text on any page.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns about every small flaw of a file
    protected = unreadable(path, "is password-protected", "save a copy without the password")
    damaged = unreadable(path, "is damaged or not a PDF", "open it in a viewer and save it again")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise protected
        pages = [_page_lines(reader, number, path.name) for number in range(len(reader.pages))]
    except (
        FileNotDecryptedError,
        DependencyError,
        NotImplementedError,
    ) as error:  # AES needs a package we don't install
        raise protected from error
    except (LimitReachedError, RecursionError, MemoryError) as error:
        reason = f"is too large or too deeply nested ({str(error)[:120]})"
        raise unreadable(path, reason, "split it into smaller files") from error
    except (PyPdfError, *DAMAGE) as error:
        raise damaged from error
    if all(lines is None for lines in pages):
        raise damaged
    if not any(pages):
        raise unreadable(path, "has no text layer (a scan?)", "run OCR on it first")

    text, starts, blocks = "", [], []
    readable = [lines or [] for lines in pages]
    running = _running_lines(readable)
    for number, lines in enumerate(readable):
        text += "\n\n" if number else ""
        starts.append(len(text))
        edges = [position in running[number] for position in range(len(lines))]
        page = ""
        for content, is_furniture in _paragraphs(lines, edges):
            page += "\n\n" if page else ""
            if is_furniture:
                start = len(text) + len(page)
                blocks.append(Block("furniture", start, start + len(content)))
            page += content
        text += page
    # When the file was made, or the paper scanned, is not when its words were published.
    title, author = stated_title(_property(reader, "title")), stated_author(_property(reader, "author"))
    return Reading(text, title, author, page_starts=tuple(starts), blocks=tuple(blocks))


def _page_lines(reader: PdfReader, number: int, name: str) -> list[Line] | None:
    """The lines of one page; None when the page is damaged: the others are kept."""
    try:
        return _rows(_lines(reader.pages[number]))
    except (FileNotDecryptedError, LimitReachedError):
        raise
    except (PyPdfError, NotImplementedError, *DAMAGE) as error:
        logger.warning("%s: page %d is damaged and is left out (%s)", name, number + 1, error)
        return None


def _lines(page: PageObject) -> Iterator[Line]:
    """The page's lines in the file's own order, with their place, which pypdf tells only while it extracts."""
    chunks: list[tuple[str, float, float]] = []

    def visit(text: str, ctm: list[float], matrix: list[float], font: Any, size: float) -> None:
        height = ctm[5] + matrix[5] * ctm[3] + matrix[4] * ctm[1]
        chunks.append((text, height, abs(size * matrix[3] * ctm[3])))

    whole = page.extract_text(visitor_text=visit)
    if "".join(chunk[0] for chunk in chunks) != whole:
        chunks = [(whole, 0.0, 0.0)]
    pieces: list[str] = []
    place = (0.0, 0.0)
    for text, height, size in [*chunks, ("\n", 0.0, 0.0)]:
        for position, piece in enumerate(text.split("\n")):
            if position:
                if line := " ".join(storable("".join(pieces)).split()):
                    yield Line(line, *place)
                pieces = []
            if piece.strip() and not "".join(pieces).strip():
                place = (height, size)
            pieces.append(piece)


def _rows(lines: Iterator[Line]) -> list[Line]:
    """The lines, those at one height joined by a space: the cells of a table's row, the parts of a header."""
    rows: list[Line] = []
    for line in lines:
        if rows and line.height and abs(rows[-1].height - line.height) < 1:
            rows[-1] = replace(rows[-1], text=f"{rows[-1].text} {line.text}")
        else:
            rows.append(line)
    return rows


def _running_lines(pages: list[list[Line]]) -> list[set[int]]:
    """Per page, the positions of its running headers and footers: page numbers, and lines that most pages repeat.

    Lines are compared with their digits masked; "most" is 60 % of the pages with text, and at least two.
    """
    edges = [sorted({*range(len(page))[:EDGE_LINES], *range(len(page))[-EDGE_LINES:]}) for page in pages]
    seen = Counter(line for page, edge in zip(pages, edges, strict=True) for line in {_masked(page[i]) for i in edge})
    needed = max(2, 0.6 * sum(bool(page) for page in pages))
    numbers = [
        {i for i in edge if PAGE_NUMBER.fullmatch(page[i].text)} for page, edge in zip(pages, edges, strict=True)
    ]
    are_numbered = sum(map(bool, numbers)) >= 2
    return [
        {i for i in edge if seen[_masked(page[i])] >= needed or (are_numbered and i in number and len(page) > 1)}
        for page, edge, number in zip(pages, edges, numbers, strict=True)
    ]


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


def _paragraphs(lines: list[Line], is_running: list[bool]) -> Iterator[tuple[str, bool]]:
    """(text, is it furniture) of each paragraph of a page; lines of one paragraph are joined where layout broke them.

    A new paragraph begins at a gap, at a change of letter size, at a bullet, and after a line that ends early unless
    the next goes on in lower case. A line that ends in a hyphen is joined without a space; the hyphen stays.
    """
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if a.height - b.height > 1 and not _is_wide(a, b)]
    steps = [a.height - b.height for a, b in pairs]
    usual_step = median(steps) if steps else 0.0
    widths = sorted(len(line.text) for line in lines)
    usual_width = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    paragraph = ""
    for position, line in enumerate(lines):
        if position and is_running[position - 1] == is_running[position] and not is_running[position]:
            separator = _separator(lines[position - 1], line, usual_step, usual_width)
        else:
            separator = "\n\n"
        if separator == "\n\n":
            if paragraph:
                yield paragraph, is_running[position - 1]
            paragraph = line.text
        else:
            paragraph += separator + line.text
    if paragraph:
        yield paragraph, is_running[-1]


def _is_wide(line: Line, following: Line) -> bool:
    return bool(line.size) and line.height - following.height > WIDE * line.size


def _separator(line: Line, following: Line, usual_step: float, usual_width: int) -> str:
    goes_on = following.text[:1].islower()
    if line.size and following.size and not 0.9 < following.size / line.size < 1.12:
        return "\n\n"
    step = line.height - following.height
    if _is_wide(line, following) or (usual_step and step > GAP * usual_step) or step < -1:  # a gap or another column
        return " " if step < -1 and goes_on else "\n\n"
    if BULLET.match(following.text):
        return "\n"
    if goes_on:
        return "" if re.search(r"[a-zA-Z]-$", line.text) else " "
    if len(line.text) < FULL * usual_width:
        return "\n\n" if re.search(r"[.!?:;][\"'”’)\]]*$", line.text) else "\n"
    return " "


def _property(reader: PdfReader, name: str) -> object:
    try:
        return getattr(reader.metadata, name, None)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.debug("the PDF's %s can't be read: %s", name, error)
        return None
