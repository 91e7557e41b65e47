"""The label that begins a turn of a conversation: "NAME: …", "Mr. ROE. …", "Q. …", "NAME [00:12:31]".

It does not know who is meant by a label, nor which labels are voices at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.document import Block
from index.reading.speakers import UPPER

TITLE = (
    r"(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Hon|Sen|Rep|Gov|Gen|Adm|Col|Capt|Lt|Sgt|Rev|Herr|Frau|Senator|Representative"
    r"|Congressman|Congresswoman|Governor|Mayor|Secretary|Minister|Judge|Justice|Chairman|Chairwoman|Chair|President"
    r"|Professor|Doctor|Commissioner|Councillor|Councilor|Councilmember|Director|Lord|Lady|Sir|Dame|General|Admiral)"
)
WORD = rf"[{UPPER}][\w.'’-]{{0,30}}"
NAME = rf"{WORD}(?:[^\S\n]{{1,2}}(?:de |van |von |der |of |the |[“\"][^\s“”\"]{{1,20}}[”\"] )?{WORD}){{0,4}}"
CLOCK = r"[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?[\])]?"
CAPITALS = rf"(?:Mc|Mac|De|Van|O['’])?[{UPPER}][{UPPER}'’-]{{1,30}}"
LABEL = re.compile(
    rf"[^\S\n]*[*_]{{0,3}}(?:{CLOCK}[^\S\n]{{1,3}}(?:[-–—][^\S\n])?)?[*_]{{0,3}}(?P<label>{NAME})"
    rf"(?:[^\S\n]?\((?P<role>[^()\n\d][^()\n]{{1,79}})\)|,[^\S\n](?P<office>[^\n:.?!]{{2,60}}?))?"
    rf"(?:[^\S\n]{{1,3}}{CLOCK})?[*_]{{0,3}}[^\S\n]?"
    r"(?:(?P<colon>:)|(?P<dash>[^\S\n][—–]))[*_]{0,3}[^\S\n]{1,3}(?=\S)"
)
STOP = re.compile(
    rf"[^\S\n]*(?P<label>(?:(?:The|THE)[^\S\n])?(?:(?i:{TITLE})\.?[^\S\n]{{1,2}}){{0,2}}{CAPITALS}(?:[^\S\n]{CAPITALS}){{0,3}})"
    r"(?:[^\S\n](?:of|from)[^\S\n](?P<role>[A-Z][\w ]{2,30}))?\.(?:--|[—–])?[^\S\n]{1,3}(?=\S)"
)
ASKED = re.compile(r"(?:[^\S\n]*\d{1,2}[^\S\n]{1,8})?[^\S\n]*(?P<label>[QA])(?:[.:)]\s{1,4}|[^\S\n]{2,10})(?=\S)")
CLOCKED = re.compile(
    rf"[^\S\n]*(?:(?P<label>{NAME})[:,]?[^\S\n]{{1,3}}{CLOCK}|{CLOCK}[^\S\n]{{1,3}}(?:[-–—][^\S\n])?(?P<after>{NAME}))"
    r":?[^\S\n]*(?=\n|\Z)"
)
ALONE = re.compile(
    rf"[^\S\n]*[*_]{{0,3}}(?P<label>{NAME})(?:[^\S\n]?\((?P<role>[^()\n]{{2,60}})\))?:?[*_]{{0,3}}:?[^\S\n]*(?=\n|\Z)"
)
STAGE = re.compile(r"[^\S\n]*[\[(][^\[\]\n]{2,120}[\])]\.?[^\S\n]*(?=\n|\Z)")
LINE_OF_LABEL = re.compile(r"[^\S\n]{0,80}[*_\[(\d" + UPPER + r"][^\n]*")
LONGEST = 260  # characters of a line that can hold a label
TURN_KINDS = frozenset(("body", "heading", "list_item"))
COLON, DASH, FULL_STOP, CLOCK_LINE, LINE, LETTER = "colon", "dash", "stop", "clock", "line", "letter"


@dataclass(frozen=True, slots=True)
class Label:
    """The name that begins a turn at `start`, the role beside it, its form, and where what is said begins."""

    name: str
    start: int
    end: int
    form: str
    role: str | None = None

    @property
    def alone(self) -> bool:
        """Whether the label has a line of its own."""
        return self.form in (LINE, CLOCK_LINE)


def labels_in(text: str, block: Block) -> Iterator[Label]:
    """Every label that may begin a turn in a block, of all forms that its line allows."""
    if block.kind not in TURN_KINDS:
        return
    for start in _line_starts(text, block):
        line = LINE_OF_LABEL.match(text, start, block.end)
        if line is None:
            continue
        end = min(line.end(), line.start() + LONGEST)
        if match := LABEL.match(text, line.start(), end):
            role = match["role"] or match["office"]
            form = COLON if match["colon"] else DASH
            yield Label(match["label"], line.start(), match.end(), form, role.strip() if role else None)
        elif match := ASKED.match(text, line.start(), end):
            yield Label(match["label"], line.start(), match.end(), LETTER)
        elif match := STOP.match(text, line.start(), end):
            yield Label(match["label"], line.start(), match.end(), FULL_STOP, match["role"])
        elif line.end() - line.start() > 100:
            continue
        elif match := CLOCKED.match(text, line.start(), line.end()):
            yield Label(match["label"] or match["after"], line.start(), match.end(), CLOCK_LINE)
        elif match := ALONE.match(text, line.start(), line.end()):
            yield Label(match["label"], line.start(), match.end(), LINE, match["role"])


def label_length(text: str, start: int, end: int) -> int:
    """Length of the label at the start of a turn, 0 without one: it says who speaks and is no part of what is said."""
    end = min(end, start + LONGEST)
    for pattern in (LABEL, ASKED, STOP, CLOCKED):
        if match := pattern.match(text, start, end):
            return match.end() - start
    return 0


def cut_at(text: str, blocks: Sequence[Block], places: Sequence[int]) -> list[Block]:
    """The same blocks, cut before each of the places and around stage directions on lines of their own."""
    result: list[Block] = []
    wanted = set(places)
    for block in blocks:
        starts = sorted(
            {block.start, *(place for place in _line_starts(text, block) if place in wanted)}
            | set(_stage_cuts(text, block, wanted))
        )
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else block.end
            said = text[start:end]
            if said.strip():
                first = start + len(said) - len(said.lstrip()) if start > block.start else start
                result.append(replace(block, start=first, end=start + len(said.rstrip())))
    return result


def _line_starts(text: str, block: Block) -> Iterator[int]:
    yield block.start
    place = text.find("\n", block.start, block.end)
    while place >= 0:
        yield place + 1
        place = text.find("\n", place + 1, block.end)


def _stage_cuts(text: str, block: Block, wanted: set[int]) -> Iterator[int]:
    if not wanted or block.kind not in TURN_KINDS:
        return
    for start in _line_starts(text, block):
        if match := STAGE.match(text, start, block.end):
            yield start
            if match.end() + 1 < block.end:
                yield match.end() + 1


def is_stage_direction(said: str) -> bool:
    """Whether a paragraph only says what happens: "[Laughter.]"."""
    return len(said) <= LONGEST and bool(re.fullmatch(r"\s*[\[(][^\[\]]{2,200}[\])]\.?\s*", said))
