"""Lines that several documents of an index share: the newsletter box, the menu, the copyright line of a site.

Decided in three steps: each document gives a sketch of its lines (`sketch_of`), all sketches together say which
lines are repeated (`repeated_lines`), and a document with its repeated lines says which of them are furniture
(`mark_repeated`). It does not know where sketches are kept, nor how a document was read.

A line is repeated when at least three documents hold it, near-duplicates (most of the text the same) counted as one.
The number does not grow with the index: three pages of a site among a thousand other documents carry its menu all
the same, and a document that comes later can't make a line's mark go away. Repetition alone makes no furniture,
because reports share headings, laws share clauses and follow-up stories share background: see `_furniture_of_run`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy
from numpy.typing import NDArray

from index.document import Block, Document

DOCUMENTS = 3
MAX_CHARACTERS = 400
MAX_CALL_WORDS = 40
MAX_LABEL_WORDS = 6
MAX_SHORT_WORDS = 20
MENU_LINES = 3
MARGIN_LINES = 2
MARKABLE_KINDS = frozenset({"body", "heading", "list_item", "caption"})
COUNTED_KINDS = MARKABLE_KINDS | {"furniture"}
LINE = numpy.dtype([("line", "<i8"), ("size", "<i4"), ("counts", "?")])
CALL = re.compile(
    r"©|\b(?:subscri(?:be|bers?|ptions?)|unsubscribe|sign(?:ed)? (?:up|in)|log(?:ged)? ?(?:in|out)|newsletters?|inbox"
    r"|register (?:now|here|today|for free)|free trial|for free|read (?:more|next|on|also)|click here|learn more"
    r"|see (?:all|more)|view all|share (?:this|on|via)|follow us|contact us|advertise(?:ments?)?|sponsored"
    r"|(?:privacy|cookie) (?:policy|notice|settings)|cookies|terms (?:of (?:use|service)|and conditions)"
    r"|all rights reserved|copyright|become a (?:member|supporter)|support(?:ing)? (?:us|our)|donate"
    r"|download (?:the|our) app|get (?:access|the app|started)|your (?:e-?mail|inbox|account|friends)"
    r"|related (?:articles|stories|posts)|most (?:read|popular)|back to (?:top|home)|skip to|site ?map"
    r"|leave a comment|add to (?:cart|basket))\b",
    re.IGNORECASE,
)
ORDINAL = re.compile(r"\s*\(?\d{1,3}[.)]\s")
BYLINE = re.compile(r"by\s", re.IGNORECASE)
MARKUP = " \t#>*•·◦▪+-–—_|"
SENTENCE_END = (".", "!", "?", ":", ";", ",", "…")

Sketch = NDArray[Any]  # of LINE: a document's different lines, by hash
Hashes = NDArray[numpy.int64]


class Sort(Enum):
    """How a block counts in a run of repeated lines."""

    OWN = "own text"
    FURNITURE = "furniture already"
    CALL = "a call to subscribe, to log in, to read on; a copyright line"
    LABEL = "a few words without a full stop, as in a menu"
    SHORT = "a short sentence"
    PROSE = "a longer text"


@dataclass(frozen=True, slots=True)
class Line:
    """A block that is nobody's child, as it takes part in the decision."""

    number: int
    block: Block
    plain: str
    sort: Sort


def plain_line(text: str) -> str:
    """The words of a block as they are compared: one space between words, no case, no list or heading marks."""
    return " ".join(text.split()).strip(MARKUP).casefold()


def sketch_of(document: Document) -> Sketch:
    """Each different block of the document: its hash, its characters outside of furniture, whether it can be repeated.

    Comments, tables, quotations and long paragraphs are there only to tell whether two documents are the same.
    """
    sizes: dict[int, int] = {}
    counts: dict[int, bool] = {}
    for block in _whole(document):
        plain = plain_line(document.text[block.start : block.end])
        if plain:
            line = _hash(plain)
            sizes[line] = sizes.get(line, 0) + (0 if block.kind == "furniture" else len(plain))
            counts[line] = counts.get(line, False) or _can_repeat(block, plain)
    rows = [(line, min(size, 2**31 - 1), counts[line]) for line, size in sizes.items()]
    return numpy.array(rows, dtype=LINE)


def repeated_lines(sketches: Mapping[str, Sketch]) -> dict[str, Hashes]:
    """By document the lines of it that are repeated, as sorted hashes; the order of documents is of no account."""
    ids = sorted(sketches)
    lengths = [len(sketches[identity]) for identity in ids]
    if sum(lengths) == 0:
        return {identity: numpy.empty(0, numpy.int64) for identity in ids}
    rows = numpy.concatenate([sketches[identity] for identity in ids])
    owners = numpy.repeat(numpy.arange(len(ids)), lengths)
    groups = _near_duplicates(rows, owners, len(ids))
    counted, counted_owners = rows["line"][rows["counts"]], owners[rows["counts"]]
    order = numpy.lexsort((groups[counted_owners], counted))
    lines, members = counted[order], groups[counted_owners][order]
    first = numpy.ones(len(lines), dtype=bool)
    first[1:] = (lines[1:] != lines[:-1]) | (members[1:] != members[:-1])
    different, numbers = numpy.unique(lines[first], return_counts=True)
    repeated = different[numbers >= DOCUMENTS]
    kept = rows["counts"] & numpy.isin(rows["line"], repeated)
    bounds = numpy.searchsorted(owners[kept], numpy.arange(len(ids) + 1))
    found = rows["line"][kept]
    return {identity: numpy.sort(found[bounds[n] : bounds[n + 1]]) for n, identity in enumerate(ids)}


def _near_duplicates(rows: Sketch, owners: NDArray[Any], documents: int) -> NDArray[Any]:
    """A group's number for each document; documents that share more than half of the longer one's text are a group.

    Each document is compared with the first that holds a line of it, so the cost grows with the lines, not with pairs.
    """
    order = numpy.lexsort((owners, rows["line"]))
    lines, members, sizes = rows["line"][order], owners[order], rows["size"][order].astype(numpy.int64)
    begins = numpy.ones(len(lines), dtype=bool)
    begins[1:] = lines[1:] != lines[:-1]
    firsts = members[begins][numpy.cumsum(begins) - 1]
    pairs, places = numpy.unique((firsts * documents + members)[~begins], return_inverse=True)
    shared = numpy.bincount(places, weights=sizes[~begins], minlength=len(pairs))
    totals = numpy.bincount(owners, weights=rows["size"].astype(numpy.int64), minlength=documents)
    left, right = pairs // documents, pairs % documents
    alike = 2 * shared > numpy.maximum(totals[left], totals[right])
    parents = list(range(documents))
    for one, other in zip(left[alike].tolist(), right[alike].tolist(), strict=True):
        parents[_root(parents, other)] = _root(parents, one)
    return numpy.array([_root(parents, number) for number in range(documents)])


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def mark_repeated(document: Document, repeated: Hashes) -> Document:
    """The document with those of its `repeated` lines as furniture that are a site's and not the text's own.

    A document most of whose text is repeated keeps everything: it is a form or a copy, and these are its contents.
    """
    if not len(repeated):
        return document
    lines = _lines(document, frozenset(repeated.tolist()))
    own = sum(len(line.plain) for line in lines if line.sort is Sort.OWN)
    again = sum(len(line.plain) for line in lines if line.sort not in (Sort.OWN, Sort.FURNITURE))
    if again > own:
        return document
    blocks = list(document.blocks)
    for start, end in _runs(lines):
        for place in _furniture_of_run(lines, start, end):
            block = lines[place].block
            blocks[lines[place].number] = Block("furniture", block.start, block.end)
    return replace(document, blocks=tuple(blocks))


def _lines(document: Document, repeated: Collection[int]) -> list[Line]:
    parents = {block.parent for block in document.blocks}
    named = {plain_line(name) for name in (document.title, document.author) if name}
    lines: list[Line] = []
    for number, block in enumerate(document.blocks):
        if block.parent is None:
            text = document.text[block.start : block.end]
            plain = plain_line(text)
            own = number in parents or plain in named or block.speaker is not None
            sort = Sort.OWN if own else _sort(block, text, plain, repeated)
            lines.append(Line(number, block, plain, sort))
    return lines


def _sort(block: Block, text: str, plain: str, repeated: Collection[int]) -> Sort:
    if block.kind == "furniture":
        return Sort.FURNITURE
    if block.kind not in MARKABLE_KINDS or not _can_repeat(block, plain) or _hash(plain) not in repeated:
        return Sort.OWN
    words = len(plain.split())
    if words <= MAX_CALL_WORDS and CALL.search(plain):
        return Sort.CALL
    if ORDINAL.match(text) or BYLINE.match(plain) or ":" in plain:
        return Sort.OWN
    if words <= MAX_LABEL_WORDS and not plain.endswith(SENTENCE_END) and not any(c.isdigit() for c in plain):
        return Sort.LABEL
    return Sort.SHORT if words <= MAX_SHORT_WORDS else Sort.PROSE


def _runs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Stretches of lines that are repeated or furniture, without a heading at the end: it belongs to what follows."""
    start = 0
    for place in range(len(lines) + 1):
        if place == len(lines) or lines[place].sort is Sort.OWN:
            end = place
            leads = place < len(lines) and lines[place].block.kind != "title"
            while leads and end > start and _is_heading(lines[end - 1]):
                end -= 1
            if end > start:
                yield start, end
            start = place + 1


def _is_heading(line: Line) -> bool:
    return line.block.kind == "heading" and line.sort is not Sort.CALL


def _furniture_of_run(lines: Sequence[Line], start: int, end: int) -> Iterator[int]:
    """Which lines of a run are furniture.

    Beside a call or other furniture: what is short, and longer texts with such lines (or the document's edge) on both
    sides. Elsewhere: a menu of at least three labels, or of two before or after all text of the document's own. Whole
    sentences without a call stay: clauses of a law, the background of a story, what a form says in each of its copies.
    """
    sure = [place for place in range(start, end) if lines[place].sort in (Sort.CALL, Sort.FURNITURE)]
    if sure:
        for place in range(start, end):
            enclosed = (start == 0 or sure[0] < place) and (end == len(lines) or place < sure[-1])
            if lines[place].sort is not Sort.FURNITURE and (lines[place].sort is not Sort.PROSE or enclosed):
                yield place
        return
    needed = MARGIN_LINES if start == 0 or end == len(lines) else MENU_LINES
    menu: list[int] = []
    for place in range(start, end + 1):
        if place < end and lines[place].sort is Sort.LABEL:
            menu.append(place)
            continue
        if len(menu) >= needed:
            yield from menu
        menu = []


def _whole(document: Document) -> Iterator[Block]:
    yield from (block for block in document.blocks if block.parent is None)


def _can_repeat(block: Block, plain: str) -> bool:
    """Whether a line can be a site's: of a kind that is counted, and neither a mere word nor a long paragraph."""
    if block.kind not in COUNTED_KINDS or len(plain) > MAX_CHARACTERS:
        return False
    return len(plain.split(maxsplit=1)) > 1 or bool(CALL.search(plain))


def _hash(plain: str) -> int:
    digest = hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
