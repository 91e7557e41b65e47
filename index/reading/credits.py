"""The lines around a title that say by whom and when: bylines, lone names, roles, dates told from today.

It does not know which line is the title, only where the one that was found stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.bylines import (
    CHANGED,
    INSIDE_CREDIT,
    NOBODY,
    ROLE,
    SMALL,
    TO_COME,
    Byline,
    credits_picture,
    is_name,
    named_with_role,
    person,
    read_byline,
    title_case,
)
from index.reading.dates import DATE, find_date
from index.reading.layout import plain_of, text_of
from index.reading.titles import could_be_title, is_paragraph

BELOW, ABOVE = 16, 3  # blocks around a title
LONGEST, LOOSE_WORDS = 200, 14
LABEL = re.compile(r"(?:written |posted |published )?(?:by|von|par|por|author|autor)\s?:?", re.IGNORECASE)
HANDLED = re.compile(r"@[\w.]{2,30}(?:\s@[\w.]{2,30})?|[\w.+-]{1,40}@[\w.-]{3,40}")
SKIPPED_PARTS = re.compile(r"\W*|[\d.,]+[KM]?|\d+ comments?", re.IGNORECASE)
EDITED = re.compile(r"(?:last )?edited\b", re.IGNORECASE)  # above a name: who edited it


@dataclass(frozen=True, slots=True)
class Credits:
    """Bylines by their block, further blocks that belong to them, and who a lone name says the author is."""

    lines: dict[int, Byline]
    beside: list[int]
    author: str | None


def read_credits(text: str, blocks: Sequence[Block], titled: Sequence[int]) -> Credits:
    """What stands between a title and its first paragraph, or right above the title."""
    lines: dict[int, Byline] = {}
    names: list[int] = []
    others: list[int] = []
    first, last = min(titled), max(titled)
    for number in range(last + 1, min(last + 1 + BELOW, len(blocks))):
        block = blocks[number]
        if is_paragraph(text, block) and not read_byline(text_of(text, block)):
            break
        line = _line(text, block)
        if line:
            lines[number] = line
        elif _names_person(text, blocks, number, titled):
            names.append(number)
        elif block.kind in ("body", "heading", "list_item", "caption") and _belongs(plain_of(text, block)[:LONGEST]):
            others.append(number)
    lines = _one_credit(lines)
    if not any(line.dated for line in lines.values()):
        lines = _above(text, blocks, first) | lines
    lines = {number: line for number, line in lines.items() if not _is_one_word(line)}
    author = _lone_author(text, blocks, lines, names, titled)
    beside = [number for number in names if _is_beside(number, lines)] if author else []
    near = {*lines, *beside}
    for number in others:
        if near & {number - 1, number - 2, number + 1}:
            beside.append(number)
            near.add(number)
    return Credits(lines, beside, author)


def _line(text: str, block: Block) -> Byline | None:
    """A byline as it is, or a short line with a date or a credit in it: below a title that is enough."""
    if block.kind not in ("body", "heading", "byline", "list_item", "caption") or block.end - block.start > LONGEST:
        return None
    raw = text_of(text, block)
    line = read_byline(re.sub(r"^\s*[-*•]\s", "", raw))
    if line or block.kind == "caption":
        return line if line and line.credited else None if block.kind == "caption" else line
    words = plain_of(text, block)
    date = DATE.search(words)
    if date and TO_COME.search(words[: date.start()]):
        return None
    if date is None or CHANGED.match(words) or len(words.split()) > LOOSE_WORDS or words.endswith(("?", "!", ".")):
        return None
    if date.start() > 25 and date.end() < len(words) - 25:
        return None
    inside = INSIDE_CREDIT.search(words)
    name = inside[1].strip() if inside else ""
    credited = bool(name) and is_name(name) and name.lower() not in NOBODY
    return Byline(person(name) if credited else None, None, find_date(words), credited, True)


def _is_one_word(line: Byline) -> bool:
    """Whether a credit names a single word without a date ("By Region" in a menu), and no handle."""
    name = line.author or "x x"
    return not line.dated and " " not in name and not re.search(r"[/@_\d]", name)


def _one_credit(lines: dict[int, Byline]) -> dict[int, Byline]:
    """The lines down to the second one that names another author: that is another article's."""
    kept: dict[int, Byline] = {}
    for number, line in sorted(lines.items()):
        author = next((other.author for other in kept.values() if other.author), None)
        if author and line.author and line.author != author:
            break
        kept[number] = line
    return kept


def _above(text: str, blocks: Sequence[Block], first: int) -> dict[int, Byline]:
    """The byline right above a title that has none below; that of a line above it would be another article's."""
    for number in range(first - 1, max(-1, first - 1 - ABOVE), -1):
        line = read_byline(text_of(text, blocks[number])) if blocks[number].kind in ("body", "heading") else None
        if line:
            higher = blocks[number - 1] if number else None
            if higher and _is_heading_like(text, higher):
                return {}
            return {number: line}
        if blocks[number].kind not in ("furniture", "list_item") and len(plain_of(text, blocks[number]).split()) > 4:
            break
    return {}


def _is_heading_like(text: str, block: Block) -> bool:
    return len(text_of(text, block).split()) > 4 and could_be_title(block, plain_of(text, block))


def _names_person(text: str, blocks: Sequence[Block], number: int, titled: Sequence[int]) -> bool:
    block = blocks[number]
    if block.kind not in ("body", "heading", "list_item") or block.end - block.start > 80:
        return False
    name = _name(plain_of(text, block))
    title = " ".join(plain_of(text, blocks[place]) for place in titled).lower()
    return name is not None and name.lower() not in title


def _name(words: str) -> str | None:
    """The person whom a line of its own names, with or without a role."""
    words = words.strip(" ,-–—")
    found = named_with_role(words)
    if found is None and 2 <= len(words.split()) <= 4 and is_name(words) and not ROLE.search(words):
        found = words
    return found


def _is_beside(number: int, lines: dict[int, Byline]) -> bool:
    return number + 1 in lines or number - 1 in lines or (number + 2 in lines and number + 1 not in lines)


def _lone_author(
    text: str, blocks: Sequence[Block], lines: dict[int, Byline], names: Sequence[int], titled: Sequence[int]
) -> str | None:
    """A name on a line of its own right beside the date, or below the word "By"; not that of who is interviewed."""
    if any(line.author for line in lines.values()):
        return None
    for number in names:
        above = plain_of(text, blocks[number - 1])[:LONGEST] if number else ""
        labelled = LABEL.fullmatch(above) is not None
        right_below = number == max(titled) + 1 or number - 1 in lines or number + 1 in lines
        if EDITED.match(above) or not (labelled or (right_below and _is_beside(number, lines))):
            continue
        name = _name(plain_of(text, blocks[number])) or ""
        speaks = re.search(rf"^\W*{re.escape(name)}\W*:", text[:100_000], re.IGNORECASE | re.MULTILINE)
        return None if speaks else title_case(name)
    return None


def _belongs(words: str) -> bool:
    """Whether a line beside a byline is a part of it: a role, an address, who took the pictures, a reading time."""
    count = len(words.split())
    if not words or count > 10 or SKIPPED_PARTS.fullmatch(words):
        return False
    return bool(
        HANDLED.fullmatch(words)
        or credits_picture(words)
        or SMALL.fullmatch(words)
        or LABEL.fullmatch(words)
        or (count <= 8 and ROLE.search(words) and not words.endswith((".", "!", "?")))
    )
