"""What stands above an article, and its author's note below it: title, author, publication and date.

It does not know what the article says.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from index.document import Block
from index.reading.bylines import LONGEST_BYLINE, Byline, is_name, read_byline, title_case
from index.reading.credits import Credits, read_credits
from index.reading.dates import find_date
from index.reading.fields import read_fields
from index.reading.layout import plain_of, text_of
from index.reading.publication import find_publisher
from index.reading.titles import could_be_title, find_title, is_paragraph

SEARCHED = 700  # blocks
FOLLOWING = 40  # blocks below a title in which the only date is the article's
COULD_SAY = re.compile(r"\d|\b(?:by|von|par|por|di|door|av|przez|day|ago)\b|:|[日일]", re.IGNORECASE)
TITLE_WORDS = 25
DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z .'’-]{2,30}(?:,\s[A-Z][\w. ]{1,20})?,?"
    r"|[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2}(?:,\s[A-Z][\w.]{1,20})?,)\s"
    r"(?:\([^)\n]{2,30}\)\s)?(?P<date>[^\n–—]{0,30})[–—-]"
)
DANGLING = re.compile(r"(?:\b(?:a|an|the|of|and|or|for|to|with|in|on|at|by|from|as|und|der|die|de|la)|[:,–—-])$")
OFFICE = re.compile(r"(?:Office|Department|Ministry|Bureau|Committee|Board|Agency|Court|House) of\b")
LETTERHEAD = re.compile(  # a body's name alone: "ALLER DISTRICT COUNCIL", "Roe & Ash plc"
    r"(?:[A-ZÀ-Þ&][\w&'’.-]*,? |(?:of|and|for|the) ){0,6}"
    r"(?i:PLC|Ltd|Limited|Inc|LLC|LLP|GmbH|AG|Corporation|Corp|Company|Council|Committee|Commission|Department|Ministry"
    r"|University|Institute|Agency|Authority|Association|Foundation|Board|Court|Parliament|Senate|Hospital|Bank|Group"
    r"|Office|Society|Union)\.?"
)
CODE = re.compile(r"[{}<>=;\\|]|-\*-|^\S+\(|^(?:import|from|#!|//|/\*)\b")
NOTE = r"[\s*_—–-]{0,6}%s(?:\s(?:is|was|writes|reports|covers|can be reached|contributes|lives)\b|,\s(?:is|who)\b)"
NOTE_WORDS, NOTE_BLOCKS = 60, 60


@dataclass(frozen=True, slots=True)
class Front:
    """What the lines above the article say (None: they don't), and all blocks, those lines marked."""

    title: str | None
    author: str | None
    publisher: str | None
    published: str | None
    blocks: list[Block]


def read_front(text: str, blocks: list[Block]) -> Front:
    """Title, author, publication and date from the lines above the article, and the blocks with those lines marked."""
    blocks = [
        part for n, block in enumerate(blocks) for part in (_lines_apart(text, block) if n < SEARCHED else [block])
    ]
    marked = list(blocks)
    fields, head = read_fields(text, blocks)
    for number in head:
        marked[number] = replace(blocks[number], kind="byline")
    reads = dict(_bylines(text, marked))
    known = any(block.kind == "title" for block in blocks[:SEARCHED])
    titled = [] if "title" in fields and not known else _found_title(text, marked, {*head, *reads})
    titled = titled if known else _below_letterhead(text, marked, titled)
    credits = read_credits(text, marked, titled) if titled else Credits({}, [], None)
    lines, beside = credits.lines, [number for number in credits.beside if number not in head]
    lines = {number: line for number, line in lines.items() if number not in head}
    for number in [*lines, *beside]:
        marked[number] = replace(marked[number], kind="byline")
    credited = next((line.author for _, line in sorted(lines.items()) if line.author), credits.author)
    author = fields.get("author") or credited or fields.get("prepared")
    parts = sorted(lines.values(), key=lambda line: line.changed)
    published = fields.get("published") or next((line.date for line in parts if line.date), None)
    published = published or _only_date(reads, titled)
    published = published or _dateline(text, blocks, max([*lines, *head, *titled], default=-1))
    mast = _mark_above(text, marked, titled, [*lines, *head])
    title = _joined(text, blocks, titled) or fields.get("title")
    named = fields.get("publisher") or next((line.publisher for line in parts if line.publisher), None)
    if author and author.isupper():
        author = title_case(author)
    _mark_notes(text, marked, author, max([*lines, *head, *titled], default=-1))
    publisher = fields.get("publisher") or find_publisher(text, blocks, author, named, mast)
    return Front(title, author, publisher, published, _with_title(marked, titled))


def _lines_apart(text: str, block: Block) -> list[Block]:
    """The lines of a short paragraph one by one, if one of them is a byline."""
    words = text_of(text, block)
    if block.kind != "body" or len(words) > 500 or "\n" not in words:
        return [block]
    lines = [
        replace(block, start=block.start + m.start(), end=block.start + m.end())
        for m in re.finditer(r"\S[^\n]*", words)
    ]
    if len(lines) > 6 or not any(read_byline(text_of(text, line)) for line in lines):
        return [block]
    return lines


def _found_title(text: str, blocks: Sequence[Block], bylines: Collection[int]) -> list[int]:
    """The blocks of the headline: what the format calls so, else the line that stands out, else the first line."""
    known = next((n for n, block in enumerate(blocks[:SEARCHED]) if block.kind == "title"), None)
    if known is not None:
        return [known]
    found = find_title(text, blocks, bylines)
    if found is None:
        return [0] if _opens(text, blocks) else []
    return _whole_title(text, blocks, found, bylines)


def _below_letterhead(text: str, blocks: Sequence[Block], titled: list[int]) -> list[int]:
    """The first of the few lines below a body's name that is none itself: what the paper is; else the title found."""
    if len(titled) != 1 or not LETTERHEAD.fullmatch(plain_of(text, blocks[titled[0]])[:LONGEST_BYLINE]):
        return titled
    for number in range(titled[0] + 1, min(titled[0] + 4, len(blocks))):
        block, words = blocks[number], plain_of(text, blocks[number])[: 2 * LONGEST_BYLINE]
        if LETTERHEAD.fullmatch(words):
            continue
        fits = block.kind in ("body", "heading") and 3 <= len(words.split()) <= TITLE_WORDS
        return [number] if fits and not words.endswith((":", ";")) and words.count(". ") == 0 else titled
    return titled


def _bylines(text: str, blocks: Sequence[Block]) -> Iterator[tuple[int, Byline]]:
    """The blocks of the text's top that read as bylines or dates, wherever they stand, and what they say."""
    for number, block in enumerate(blocks[:SEARCHED]):
        short = block.end - block.start <= LONGEST_BYLINE and block.kind in ("body", "heading", "list_item")
        if short and COULD_SAY.search(words := text_of(text, block)) and (line := read_byline(words)):
            yield number, line


def _only_date(reads: dict[int, Byline], titled: Sequence[int]) -> str | None:
    """The date of the dated lines that follow a title at some distance, where all of them have the same."""
    if not titled:
        return None
    last = max(titled)
    dates = {line.date for number, line in reads.items() if last < number <= last + FOLLOWING and line.date}
    return dates.pop() if len(dates) == 1 else None


def _opens(text: str, blocks: Sequence[Block]) -> bool:
    """Whether the first line is a heading or a word that stands alone above prose."""
    first, words = blocks[0], plain_of(text, blocks[0])[: 2 * LONGEST_BYLINE]
    if first.kind == "heading":
        marked = text[first.start : first.start + 2] == "# "
        return bool(re.search(r"[^\W\d_]{2}", words)) and (marked or not CODE.search(words))
    if len(blocks) < 2 or not could_be_title(first, words) or words.endswith("."):
        return False
    gap = text.count("\n", first.end, blocks[1].start) > 1
    below = plain_of(text, blocks[1])
    prose = is_paragraph(text, blocks[1]) or (below.endswith((".", "!", "?")) and len(below) > 2 * len(words))
    return gap and words[0].isupper() and prose


def _whole_title(text: str, blocks: Sequence[Block], number: int, beside: Collection[int]) -> list[int]:
    """A title that goes on in the line below or began in the line above: a dangling word, a small letter."""
    places = [number]
    while (
        places[0]
        and places[0] - 1 not in beside
        and len(places) < 4
        and _go_together(text, blocks[places[0] - 1], blocks[places[0]])
    ):
        places.insert(0, places[0] - 1)
    while (
        places[-1] + 1 < len(blocks) - 1
        and places[-1] + 1 not in beside
        and len(places) < 4
        and _go_together(text, blocks[places[-1]], blocks[places[-1] + 1])
    ):
        places.append(places[-1] + 1)
    return places


def _go_together(text: str, above: Block, below: Block) -> bool:
    if above.kind not in ("body", "heading") or below.kind not in ("body", "heading"):
        return False
    first, second = plain_of(text, above)[:400], plain_of(text, below)[:400]
    short = 2 <= len(first.split()) <= TITLE_WORDS and len(second.split()) <= 12 and not second.endswith((".", ":"))
    return short and (second[:1].islower() or DANGLING.search(first) is not None)


def _joined(text: str, blocks: Sequence[Block], places: Sequence[int]) -> str | None:
    return " ".join(plain_of(text, blocks[place]) for place in places) or None


def _with_title(blocks: list[Block], places: Sequence[int]) -> list[Block]:
    """The blocks, those of the title as one."""
    if not places:
        return blocks
    whole = replace(blocks[places[0]], kind="title", end=blocks[places[-1]].end)
    return [*blocks[: places[0]], whole, *blocks[places[-1] + 1 :]]


def _mark_above(text: str, marked: list[Block], titled: Sequence[int], beside: Sequence[int]) -> str | None:
    """Mark the few short lines above a title with a byline: mastheads, sections, offices. Returns the masthead."""
    if not titled or not beside:
        return None
    mast = None
    for number in range(min(titled) - 1, max(-1, min(titled) - 4), -1):
        block, words = marked[number], plain_of(text, marked[number])[:200]
        if block.kind == "byline":
            continue
        if block.kind not in ("body", "heading") or len(words.split()) > 8 or words.endswith((".", "!", "?", ":")):
            break
        office = OFFICE.match(words)
        marked[number] = replace(block, kind="byline" if office else "furniture")
        mast = mast if office or number > 1 else title_case(words)
    return mast


def _mark_notes(text: str, marked: list[Block], author: str | None, front: int) -> None:
    """Mark what says below the article who its author is, and his signature with the line under it."""
    if not author or not is_name(author):
        return
    note = re.compile(NOTE % re.escape(author))
    for number in range(max(front + 2, len(marked) - NOTE_BLOCKS), len(marked)):
        block = marked[number]
        if block.kind != "body" or block.end - block.start > 600:
            continue
        words = text_of(text, block)
        signed = plain_of(text, block).strip("–—- ") == author
        if (note.match(words) and len(words.split()) <= NOTE_WORDS) or signed:
            marked[number] = replace(block, kind="byline")
        below = number + 1
        role = signed and below == len(marked) - 1 and text.count("\n", block.end, marked[below].start) == 1
        if role and len(text_of(text, marked[below]).split()) <= 8:
            marked[below] = replace(marked[below], kind="byline")


def _dateline(text: str, blocks: Sequence[Block], front: int) -> str | None:
    """The date in the dateline of the first paragraph ("PORT BRILL, 3 May 2018 —")."""
    for block in blocks[front + 1 : front + 4]:
        if block.kind == "body" and (match := DATELINE.match(text[block.start : min(block.end, block.start + 120)])):
            return find_date(match["date"])
    return None
