"""What stands above an article, and its author's note below it: title, author, publication and date.

It does not know what the article says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.document import Block
from index.reading.bylines import Byline, is_name, named_with_role, person, read_byline, title_case
from index.reading.dates import find_date, only_date
from index.reading.layout import plain_of, text_of
from index.reading.publication import find_publisher

SEARCHED = 120  # blocks
PROSE_WORDS, PROSE_AT_MOST = 30, 3  # paragraphs of prose above a byline
TITLE_WORDS = 25
TITLE_ABOVE = 4  # blocks between a title and its byline
FEED = 3  # lines with dates that make a page a feed or a thread
FIELD = re.compile(
    r"[\s>*_|#+-]{0,8}(?P<label>[A-Za-z][A-Za-z ]{1,18}?)[*_]{0,2}\s?[:|=]\s?[*_]{0,2}\s?(?P<value>\S[^\n]*)"
)
FIELDS = {
    "title": ("title", "subject", "re", "betreff", "titre", "headline"),
    "author": ("author", "authors", "by", "written by", "from", "reporter", "autor", "auteur", "interviewer", "byline"),
    "prepared": ("prepared by", "compiled by", "issued by"),
    "published": (
        "date",
        "published",
        "published on",
        "publication date",
        "issued",
        "datum",
        "fecha",
        "sent",
        "posted",
    ),
    "publisher": ("publication", "publisher", "newspaper", "magazine", "journal", "site", "source"),
    "other": (
        "to",
        "cc",
        "status",
        "approved by",
        "version",
        "reference",
        "tags",
        "slug",
        "layout",
        "categories",
        "ref",
    ),
}
FIELD_OF = {label: field for field, labels in FIELDS.items() for label in labels}
DATELINE = re.compile(
    r"\s*(?:[A-Z][A-Z .'’-]{2,30}(?:,\s[A-Z][\w. ]{1,20})?,?"
    r"|[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2}(?:,\s[A-Z][\w.]{1,20})?,)\s"
    r"(?:\([^)\n]{2,30}\)\s)?(?P<date>[^\n–—]{0,30})[–—-]"
)
DANGLING = re.compile(r"(?:\b(?:a|an|the|of|and|or|for|to|with|in|on|at|by|from|as|und|der|die|de|la)|[:,–—-])$")
OFFICE = re.compile(r"(?:Office|Department|Ministry|Bureau|Committee|Board|Agency|Court|House) of\b")
GREETING = re.compile(r"(?:hi|hello|dear|hey|home|menu|search|log ?in|skip|share|advertisement)\b", re.IGNORECASE)
SKIPPED = re.compile(r"skip to\b|jump to\b|\d+ min(?:ute)?s?\b|(?:read|reading) time\b|advertisement\b", re.IGNORECASE)
HANDLED = re.compile(r"[/@_\d]")
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
    fields, head = _fields(text, blocks)
    for number in head:
        marked[number] = replace(blocks[number], kind="byline")
    lines = {} if fields.get("published") and fields.get("author") else _byline_lines(text, marked)
    anchor = _anchor(lines, head)
    titled = _title(text, marked, anchor, [*lines, *head])
    alone = [n for n, line in lines.items() if line.credited and line.author and " " not in line.author]
    if alone and not any(line.dated for line in lines.values()) and not HANDLED.search(lines[alone[0]].author or ""):
        lines = {}  # "By Region" in a menu
        titled = _title(text, marked, head[0] if head else None, head)
    if lines and not titled and not any(line.credited for line in lines.values()):
        lines = {}
        titled = _title(text, marked, head[0] if head else None, head)
    beside = _role_line(text, blocks, lines, titled)
    for number in [*lines, *beside]:
        marked[number] = replace(marked[number], kind="byline")
    author = fields.get("author") or _author(text, blocks, lines, titled) or fields.get("prepared")
    parts = sorted(lines.values(), key=lambda line: line.changed)
    published = fields.get("published") or next((line.date for line in parts if line.date), None)
    published = published or _dateline(text, blocks, max([*lines, *head, *titled], default=-1))
    mast = _mark_above(text, marked, titled, [*lines, *head])
    title = _joined(text, blocks, titled) or fields.get("title")
    named = fields.get("publisher") or next((line.publisher for line in parts if line.publisher), None)
    if author and author.isupper():
        author = title_case(author)
    _mark_notes(text, marked, author, max([*lines, *head, *titled], default=-1))
    publisher = fields.get("publisher") or find_publisher(text, blocks, author, named, mast)
    return Front(title, author, publisher, published, _with_title(marked, titled))


def _fields(text: str, blocks: Sequence[Block]) -> tuple[dict[str, str], list[int]]:
    """What labelled lines at the top say (Author, Date, From, Subject), and the blocks that are such lines."""
    found: dict[str, str] = {}
    places: list[int] = []
    for number, block in enumerate(blocks[:14]):
        if block.kind == "furniture" or block.end - block.start > 2000:
            continue
        rows = [row for row in text_of(text, block).split("\n") if re.search(r"\w", row)]
        matches = [match for row in rows if (match := FIELD.match(row))]
        labels = [FIELD_OF.get(match["label"].strip().lower()) for match in matches]
        matter = block.kind == "byline" and text_of(text, block).lstrip("\ufeff")[:3] in ("---", "+++")
        if not (matter or (labels and (all(labels) or block.kind == "table") and len(matches) == len(rows))):
            if places or number > 5:
                break
            continue
        places.append(number)
        for match, label in zip(matches, labels, strict=True):
            value = match["value"].strip(" |*_\"'").strip()
            if label and value and label not in found:
                found[label] = value
    if len(found) < 2 or not found.keys() & {"author", "published", "prepared"}:
        return {}, []
    return _read_fields(found), places


def _read_fields(found: dict[str, str]) -> dict[str, str]:
    read: dict[str, str] = {label: found[label] for label in ("title", "publisher") if label in found}
    for label in ("author", "prepared"):
        name = re.split(r"[,;<(|]", found.get(label, ""))[0].strip(" \"'[]*_")
        if name and is_name(name):
            read[label] = person(name)
    dates = [find_date(found[label]) for label in ("published", "prepared", "author") if label in found]
    if date := next((date for date in dates if date), None):
        read["published"] = date
    return read


def _byline_lines(text: str, blocks: Sequence[Block]) -> dict[int, Byline]:
    """The lines that say by whom and when: the first with a credit and those around it, else the first with a date."""
    read: dict[int, Byline] = {}
    prose = 0
    for number, block in enumerate(blocks[:SEARCHED]):
        if block.kind not in ("body", "heading", "byline", "list_item"):
            continue
        words = text_of(text, block)
        line = read_byline(words)
        if line and not (block.kind == "list_item" and not line.credited):
            read[number] = line
            if line.credited:
                break
        prose += len(words[:400].split()) >= PROSE_WORDS
        if prose >= PROSE_AT_MOST or (prose and read):
            break
    first = next((n for n, line in read.items() if line.credited), None)
    if first is None:
        first = min(read, default=None)
        if first is None or _is_feed(text, blocks, first):
            return {}
    lines = {first: read.get(first) or Byline()}
    lines |= {n: line for n, line in read.items() if first - TITLE_ABOVE <= n < first and line.dated}
    for number in range(first + 1, min(first + 4, len(blocks))):
        below = read_byline(text_of(text, blocks[number])) if blocks[number].kind in ("body", "heading") else None
        if below is None or (below.credited and lines[first].credited and lines[first].author):
            break
        lines[number] = below
    return lines


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


def _anchor(lines: dict[int, Byline], head: Sequence[int]) -> int | None:
    """The line that the title is looked for above: a credit rather than a date."""
    credited = next((number for number in sorted(lines) if lines[number].credited), None)
    return credited if credited is not None else min([*lines, *head], default=None)


def _role_line(text: str, blocks: Sequence[Block], lines: dict[int, Byline], titled: Sequence[int]) -> list[int]:
    """The line of a person and a role between the title and the date."""
    above = min(lines, default=0) - 1
    between = titled and max(titled) < above and blocks[above].kind in ("body", "heading")
    return [above] if between and named_with_role(plain_of(text, blocks[above])) else []


def _is_feed(text: str, blocks: Sequence[Block], first: int) -> bool:
    """Whether lines with dates recur, as in a log, a chat or a thread: then the first dates only its own entry."""
    following = (text_of(text, block) for block in blocks[first + 1 : first + 40] if block.end - block.start <= 80)
    return sum(only_date(line) or bool(read_byline(line)) for line in following) >= FEED


def _author(text: str, blocks: Sequence[Block], lines: dict[int, Byline], titled: Sequence[int]) -> str | None:
    """Who a credit names, else the name beside the date or on a line of its own above it, below the title."""
    credits = (line.author for _, line in sorted(lines.items()) if line.author)
    named = next(credits, None)
    if named or not lines or any(line.credited for line in lines.values()) or not titled:
        return named
    above = min(lines) - 1
    if above <= max(titled) or blocks[above].kind not in ("body", "heading"):
        return None
    name = plain_of(text, blocks[above]).strip(" ,")
    name = named_with_role(name) or name
    title = (_joined(text, blocks, titled) or "").lower()
    speaks = re.search(rf"^\W*{re.escape(name)}\W*:", text[:100_000], re.IGNORECASE | re.MULTILINE)
    return (
        person(name)
        if 2 <= len(name.split()) <= 4 and is_name(name) and name.lower() not in title and not speaks
        else None
    )


def _title(text: str, blocks: Sequence[Block], anchor: int | None, beside: Sequence[int]) -> list[int]:
    """The blocks of the headline: what the format calls so, else above the byline or below a date, else the first."""
    known = next((n for n, block in enumerate(blocks[:SEARCHED]) if block.kind == "title"), None)
    if known is not None:
        return [known]
    if anchor is not None:
        above = range(anchor - 1, max(-1, anchor - TITLE_ABOVE - 1), -1)
        found = next((n for n in above if n not in beside and _could_be_title(text, blocks[n])), None)
        first = next((n for n in above if blocks[n].kind == "heading" and n not in beside), None)
        chosen = first if first is not None and text_of(text, blocks[first]).startswith("# ") else found
        if chosen is not None and chosen == anchor - 1 and _is_person(plain_of(text, blocks[chosen])):
            higher = next(
                (n for n in range(chosen - 1, max(-1, chosen - 3), -1) if _could_be_title(text, blocks[n])), None
            )
            chosen = higher if higher is not None else chosen
        if chosen is None:
            below = range(anchor + 1, min(anchor + 4, len(blocks) - 1))
            chosen = next((n for n in below if n not in beside and _stands_out(text, blocks, n)), None)
        return [] if chosen is None else _whole_title(text, blocks, chosen, beside)
    first = next(
        (n for n, block in enumerate(blocks[:SEARCHED]) if block.kind not in ("furniture", "byline", "caption")), None
    )
    if first is None or first > 60:
        return []
    heading = blocks[first].kind == "heading" and re.search(r"[^\W\d_]{2}", text_of(text, blocks[first]))
    if heading and not CODE.search(plain_of(text, blocks[first])):
        return [first]
    return _whole_title(text, blocks, first, beside) if _stands_out(text, blocks, first) else []


def _is_person(words: str) -> bool:
    return named_with_role(words) is not None or (is_name(words) and len(words.split()) <= 4)


def _stands_out(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether a line stands above text that is more than twice as long; a single word needs a blank line and prose."""
    if number + 1 >= len(blocks) or not _could_be_title(text, blocks[number], least=1):
        return False
    words, following = plain_of(text, blocks[number]), text_of(text, blocks[number + 1])
    if len(words.split()) == 1:
        gap = text.count("\n", blocks[number].end, blocks[number + 1].start) > 1
        return gap and words[0].isupper() and not GREETING.match(words) and len(following.split()) >= 8
    return blocks[number].kind == "heading" or len(following) > 2 * len(words)


def _could_be_title(text: str, block: Block, least: int = 2) -> bool:
    if block.end - block.start > 400:
        return False
    words = plain_of(text, block)
    return (
        block.kind in ("body", "heading", "title")
        and least <= len(words.split()) <= TITLE_WORDS
        and not words.endswith((".", ":", ",", ";"))
        and re.search(r"[^\W\d_]{2}", words) is not None
        and not CODE.search(words)
        and not SKIPPED.match(words)
    )


def _whole_title(text: str, blocks: Sequence[Block], number: int, beside: Sequence[int]) -> list[int]:
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
