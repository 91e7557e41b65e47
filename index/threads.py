"""Threads of reader comments: where they begin, and who the layout says wrote which.

It does not know who a writer answers, nor whom a comment without a header is by: that stays nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.dates import find_date, only_date
from index.document import Block

COMMENTS_HEADING = re.compile(
    r"\s*#*\s*(?:\d+\s+)?(?:Reader(?:s'|s)?\s+)?(?:Comments?|Replies|Responses|Discussion)"
    r"(?:\s*\(\d+\)(?:\s*(?:\||\s{2}|sort|newest|oldest|best|top)[^\n]*)?)?\s*:?\s*$",
    re.IGNORECASE,
)
VOTES = re.compile(r"\(?[+-]?\d+\)?(?:\s*(?:likes?|votes?|points?|replies))?")
INITIALS = re.compile(r"[A-Z]{1,3}")
NAME = re.compile(r"[A-Z][\w.'’-]*(?:\s+(?:[A-Z#(][\w.'’#)-]*|\d+|of|de|van|von|the))*")
PROSE_END = (".", "!", "?", "…", '."', ".”", ".’", "!”", "?”", ".)")
LONGEST_HEADING = 200  # characters; longer is no heading, and white space without end is slow to match
HEADER_LINES = 6
NAME_WORDS = 6
BADGE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The lines above a comment: who wrote it (None where they don't say), when, how many blocks they are."""

    writer: str | None
    date: str | None
    length: int


def opens_comments(line: str) -> bool:
    """Whether a line is the heading of a comment section, such as "Comments (12)"."""
    return len(line) <= LONGEST_HEADING and bool(COMMENTS_HEADING.match(line))


def read_comments(text: str, blocks: list[Block]) -> list[Block]:
    """What follows the heading of a comment section, as comments with the writers and dates of their headers.

    A vote count ends a comment: what comes after it without a header is by nobody that the text names.
    """
    lines = [text[block.start : block.end].strip() for block in blocks]
    start = next((n for n, b in enumerate(blocks) if b.kind != "furniture" and opens_comments(lines[n])), None)
    if start is None:
        return blocks
    result = [*blocks[:start], replace(blocks[start], kind="heading")]
    badges = _badges(lines)
    writer: str | None = None
    date: str | None = None
    number = start + 1
    while number < len(blocks):
        header = _header(text, blocks, lines, number, badges, fresh=number == start + 1)
        if header:
            writer, date = header.writer, header.date
            result += [replace(block, kind="byline") for block in blocks[number : number + header.length]]
            number += header.length
            continue
        votes = VOTES.fullmatch(lines[number])
        if votes:
            writer = date = None
        if votes or blocks[number].kind == "furniture":
            result.append(replace(blocks[number], kind="furniture"))
        else:
            result.append(replace(blocks[number], kind="comment", speaker=writer, date=date))
        number += 1
    return result


def _header(
    text: str, blocks: Sequence[Block], lines: Sequence[str], number: int, badges: frozenset[str], fresh: bool
) -> Header | None:
    """The header that begins here: short lines without a gap, of which one is only a date.

    Where a comment may begin (after the heading, a blank line, votes) the writer is the first line that is not only
    initials. In the middle of lines only the one right above the date can be the writer, if it looks like a name.
    """
    if VOTES.fullmatch(lines[number]):
        return None
    dated = next((n for n in range(1, HEADER_LINES) if _date_after(text, blocks, lines, number, n)), None)
    if dated is None:
        return None
    above = lines[number : number + dated]
    if any(len(line.split()) > NAME_WORDS or line.endswith(PROSE_END) or only_date(line) for line in above):
        return None
    begins = fresh or _gap(text, blocks, number) > 1 or bool(VOTES.fullmatch(lines[number - 1]))
    if not begins and dated > 1:
        return None
    writer: str | None = next((line for line in above if not INITIALS.fullmatch(line)), above[0])
    if not begins and not NAME.fullmatch(writer or ""):
        writer = None
    below = number + dated + 1
    badge = below < len(blocks) and lines[below] in badges and _gap(text, blocks, below) == 1
    return Header(writer, find_date(lines[number + dated]), dated + 1 + badge)


def _date_after(text: str, blocks: Sequence[Block], lines: Sequence[str], number: int, steps: int) -> bool:
    """Whether the line `steps` below is only a date, with no blank line on the way."""
    if number + steps >= len(blocks) or not only_date(lines[number + steps]):
        return False
    return all(_gap(text, blocks, n) == 1 for n in range(number + 1, number + steps + 1))


def _gap(text: str, blocks: Sequence[Block], number: int) -> int:
    """How many lines end between a block and the one before it; a blank line makes it more than one."""
    return text[blocks[number - 1].end : blocks[number].start].count("\n") if number else 2


def _badges(lines: Sequence[str]) -> frozenset[str]:
    """Words right under comments' dates, above the comment's longer lines: a rank, an employer.

    They recur in the thread, or each of their words has a capital.
    """
    found = Counter(
        line
        for n, line in enumerate(lines[:-1])
        if n and only_date(lines[n - 1]) and len(line.split()) <= BADGE_WORDS < len(lines[n + 1].split())
        and not line.endswith(PROSE_END)
    )  # fmt: skip
    return frozenset(line for line, count in found.items() if count > 1 or all(w[0].isupper() for w in line.split()))
