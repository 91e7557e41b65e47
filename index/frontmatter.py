"""What stands above an article: its title, author, publication and date.

It does not know what the article says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.dates import DATE, find_date, only_date
from index.document import Block
from index.layout import plain_of, text_of


@dataclass(frozen=True, slots=True)
class Front:
    """What the lines above the article say (None: they don't), and all blocks, those lines marked."""

    title: str | None
    author: str | None
    publisher: str | None
    published: str | None
    blocks: list[Block]


BYLINE = re.compile(r"^\s*(?:By\s+(?P<author>[A-Z][^\n,|•·]{1,60}?)\s*(?:[,|•·\n]|$)|(?:Published|Posted|Updated)\b)")


def read_front(text: str, blocks: list[Block]) -> Front:
    """Title, author and date from the lines above the article, and the blocks with those lines marked."""
    for number, block in enumerate(blocks[:120]):
        words = text[block.start : block.end].strip()
        byline = BYLINE.match(words) if len(words) <= 160 else None
        if not byline and not (len(words) <= 60 and (DATE.search if number <= 4 else DATE.match)(words)):
            continue
        first = number
        while first and _could_be_role(text, blocks[first - 1 : first + 1]):
            first -= 1
        title_at = next((n for n in range(first - 1, max(-1, first - 4), -1) if _could_be_title(text, blocks[n])), None)
        if first < number and _title_in_same_paragraph(text, blocks[first], byline, title_at):
            title_at = first if number - first <= 3 else number - 1
        if title_at is None and number > 3:
            break
        marked = list(blocks)
        below = number + 1 < len(blocks) and only_date(text_of(text, blocks[number + 1]).strip())
        for n in range(first if title_at is None else title_at, number + 1 + below):
            marked[n] = replace(marked[n], kind="title" if n == title_at else "byline")
        author = byline.group("author") if byline else None
        published = find_date(words) or _date_nearby(text, blocks[: number + 4])
        title = plain_of(text, blocks[title_at]) if title_at is not None else None
        return Front(title, author, None, published, marked)
    if blocks[0].kind in ("heading", "title") or (_could_be_title(text, blocks[0]) and len(blocks) > 1):
        following = text_of(text, blocks[1]) if len(blocks) > 1 else ""
        if blocks[0].kind in ("heading", "title") or len(following) > 2 * (blocks[0].end - blocks[0].start):
            return Front(plain_of(text, blocks[0]), None, None, None, [replace(blocks[0], kind="title"), *blocks[1:]])
    return Front(None, None, None, None, blocks)


def _date_nearby(text: str, blocks: Sequence[Block]) -> str | None:
    """The date of a short line among these: above a title, under a byline."""
    lines = (text_of(text, block) for block in blocks)
    return next((date for line in lines if len(line) <= 80 and (date := find_date(line))), None)


def _could_be_title(text: str, block: Block) -> bool:
    words = plain_of(text, block)
    return (
        block.kind in ("body", "heading", "title")
        and 2 <= len(words.split()) <= 25
        and not words.endswith((".", ":", ","))
    )


def _title_in_same_paragraph(text: str, top: Block, byline: re.Match[str] | None, title_above: int | None) -> bool:
    """Whether the paragraph of a byline begins with the title: a role stands above a date, never above "By …"."""
    by = bool(byline and byline.group("author"))
    return _could_be_title(text, top) and (by or (title_above is None and "," not in text_of(text, top)))


def _could_be_role(text: str, pair: Sequence[Block]) -> bool:
    """Whether the line above a date line belongs to it: "Name, role", in the same paragraph."""
    above, below = pair
    return text.count("\n", above.end, below.start) < 2 and 1 < len(text_of(text, above).split()) <= 12
