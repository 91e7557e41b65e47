"""Quotation marks: where in a text a stretch in marks begins and ends, whatever marks the writer uses.

It does not know whose words stand between them: feet, inches, decades and apostrophes are all that it tells apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

PAIRS = {"“": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "「": "」", "‘": "’", '"': '"', "'": "'"}
MARKS = re.compile("[“”„«»‹›「」‘’\"']")
INCHES = re.compile(r"(?:\d['’′]\s?\d{1,2}|\d)$")
MEASURED = re.compile(r"\s?(?:x|by|tall|wide|long|high|deep|thick|pipes?|screens?|monitors?|discs?|boards?)\b")
ELISION = re.compile(r"(?:\d{2}s?\b|(?:tis|twas|em|til|cause|n|bout|round)\b)", re.IGNORECASE)
LONGEST = 6000  # characters between two marks


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch in quotation marks: `text[start:end]` with its marks; not `closed`: it runs to the end of the text."""

    start: int
    end: int
    closed: bool = True


def in_marks(text: str) -> list[Marked]:
    """The outermost stretches of flat text in quotation marks, in order, not overlapping.

    Marks that have no partner mark nothing, but for one that opens the text or follows a colon or a comma: such a
    quotation goes on elsewhere.
    """
    if "``" in text and "```" not in text:
        text = text.replace("``", "“\0").replace("''", "\0”")
    places = [match.start() for match in MARKS.finditer(text)]
    if not places:
        return []
    closing = _Closing(text, places)
    found: list[Marked] = []
    position = 0
    for place in places:
        mark = text[place]
        if (
            place < position
            or mark not in PAIRS
            or (mark in "'‘’" and _in_word(text, place))
            or not _opens(text, place)
        ):
            continue
        end = _partner(text, place, closing[mark])
        if end is None and mark == "“":
            end = _partner(text, place, closing['"'])  # opened by one kind, closed by the other
        if end is not None:
            found.append(Marked(place, end + 1))
            position = end + 1
        elif mark in '“„«"' and text[max(0, place - 3) : place].rstrip()[-1:] in ("", ":", ","):
            found.append(Marked(place, len(text.rstrip()), closed=False))
            break
    return found


class _Closing(dict[str, list[int]]):
    """Where marks may close, by the mark that opens; found when first asked for."""

    def __init__(self, text: str, places: Sequence[int]) -> None:
        super().__init__()
        self._text, self._places = text, places

    def __missing__(self, mark: str) -> list[int]:
        text, ends = self._text, PAIRS[mark]
        self[mark] = [place for place in self._places if text[place] in ends and _closes(text, place)]
        return self[mark]


def _in_word(text: str, place: int) -> bool:
    """Whether a mark is an apostrophe between letters."""
    return text[place - 1 : place].isalnum() and text[place + 1 : place + 2].isalnum()


def _opens(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if mark == "’" or not after or after.isspace():
        return mark in "«„" and bool(after)  # French marks keep a blank inside
    if mark in "'‘":
        if ELISION.match(text, place + 1):
            return False
        return not before or not (before.isalnum() or before in ".,!?;’'”")
    if mark == '"':
        return not before or not (before.isalnum() or before in ".,!?;%°")
    if mark in "“„«":
        return not before or not before.isalnum()
    if mark == "»":
        return not before or before.isspace()
    return True


def _closes(text: str, place: int) -> bool:
    mark, before, after = text[place], text[place - 1 : place], text[place + 1 : place + 2]
    if mark in "”»«›」":
        return True
    if mark == "“":
        return not after or not after.isalnum()
    if not before or (before.isspace() and mark in "’'") or after.isalnum():
        return False
    if mark == '"':
        measured = INCHES.search(text[max(0, place - 6) : place])
        return not (
            measured and ("'" in measured.group() or "’" in measured.group() or MEASURED.match(text, place + 1))
        )
    return True


def _partner(text: str, place: int, closing: Sequence[int]) -> int | None:
    """Where the stretch that opens at `place` ends; single marks skip what may be the apostrophe of a plural."""
    number = bisect_left(closing, place + 2)
    if number == len(closing) or closing[number] - place > LONGEST:
        return None
    if text[place] not in "'‘":
        again = text.find(text[place], place + 1, closing[number]) if text[place] in '“„"' else -1
        return None if again > 0 and _opens(text, again) and not _closes(text, again) else closing[number]
    for end in closing[number : number + 8]:
        if end - place > LONGEST or (
            text[place] == "‘" and "‘" in text[place + 1 : end] and text[end - 1] not in ".,!?…"
        ):
            break
        if not (text[end - 1] == "s" and re.match(r" [a-z]", text[end + 1 : end + 3])):
            return end
    return closing[number]


def inside(marks: Sequence[Marked], place: int) -> bool:
    """Whether a place lies in one of the marked stretches."""
    number = bisect_right(marks, place, key=lambda mark: mark.start)
    return number > 0 and place < marks[number - 1].end
