"""A sentence's words and marks, and the days that it names, as precise as it names them.

It does not know what happened on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

TOKEN = re.compile(
    r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)|(?P<clock>\b\d{1,2}:\d{2}\b)|(?P<decade>\b\d{4}s\b)"
    r"|(?P<code>\b[^\W\d_]+-?\d[\w.]*|[#§]\s?\d+)|(?P<ordinal>\b\d+(?:st|nd|rd|th)\b)"
    r"|(?P<number>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)*)|(?P<sign>[$£€%])"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)?)|(?P<mark>[.,;:!?()|–—-])"
)
MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|"
        "october oct|november nov|december dec".split("|"),
        start=1,
    )
    for name in names.split()
}
SIGNS = {"$": "dollar", "£": "pound", "€": "euro", "%": "percent"}
DENIED_AFTER = re.compile(
    r"^(?:\w+\s+){0,4}?(?:is|are|was|were)\s+(?:\w+\s+)?(?:wrong|incorrect|mistaken|too high|too low|false|an? error)\b"
)
DENIED_BEFORE = re.compile(r"\b(?:not|n['’]t|never|instead of|rather than)(?: (?:about|just|in|on|the))?\s*$")
YEARS_BEFORE = frozenset("in since by of from until till during early late mid between and to after before".split())


class Token(NamedTuple):
    """A word, number or mark, lower-case, with its place in the text."""

    kind: str
    text: str
    start: int
    capital: bool

    @property
    def month(self) -> bool:
        """Whether it names a month; "may" does only with a capital."""
        return self.text in MONTHS and self.capital


@dataclass(frozen=True, slots=True)
class Day:
    """A date as precise as the sentence has it; None for what it leaves out. `span`: its last year, for a decade."""

    year: int | None
    month: int | None
    day: int | None
    span: int
    denied: bool
    place: int

    def meets(self, other: Day) -> bool:
        """Whether both can be the same day."""
        if self.year is not None and other.year is not None:
            if self.year > other.year + other.span or other.year > self.year + self.span:
                return False
            if self.span or other.span:
                return True
        pairs = ((self.month, other.month), (self.day, other.day))
        return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


def read_tokens(text: str) -> tuple[Token, ...]:
    """The text's words, numbers and marks."""
    return tuple(
        Token(match.lastgroup or "", match[0].casefold(), match.start(), match[0][0].isupper())
        for match in TOKEN.finditer(text)
    )


def days_in(tokens: tuple[Token, ...]) -> tuple[Day, ...]:
    """The dates in order: "6 March 2018", "March 6", "September 2021", "1891", "the 1890s", "2018-03-06"."""
    days: list[Day] = []
    taken: set[int] = set()
    for at, token in enumerate(tokens):
        if token.kind == "iso":
            year, month, day = (int(part) for part in token.text.split("-"))
            days.append(Day(year, month, day, 0, is_denied(tokens, at, at), at))
        elif token.month:
            first = last = at
            day_number = None
            if at and (number := _day_number(tokens[at - 1])) is not None:
                day_number, first = number, at - 1
            elif at > 1 and tokens[at - 1].text == "of" and (number := _day_number(tokens[at - 2])) is not None:
                day_number, first = number, at - 2
            elif at + 1 < len(tokens) and (number := _day_number(tokens[at + 1])) is not None:
                day_number, last = number, at + 1
            ahead = last + 1
            while ahead < len(tokens) and tokens[ahead].text in (",", "of"):
                ahead += 1
            year_number = None
            if ahead < len(tokens) and is_year(tokens[ahead]):
                year_number, last = int(tokens[ahead].text), ahead
            if token.text == "may" and day_number is None and year_number is None and first == 0:
                continue
            days.append(Day(year_number, MONTHS[token.text], day_number, 0, is_denied(tokens, first, last), first))
            taken.update(range(first, last + 1))
        elif token.kind == "decade":
            days.append(Day(int(token.text[:4]), None, None, 9, False, at))
    for at, token in enumerate(tokens):
        if at not in taken and is_year(token) and _reads_as_year(tokens, at):
            days.append(Day(int(token.text), None, None, 0, is_denied(tokens, at, at), at))
    return tuple(sorted(days, key=lambda day: day.place))


def _day_number(token: Token) -> int | None:
    if token.kind == "ordinal" or (token.kind == "number" and token.text.isdecimal()):
        number = int(re.sub(r"\D", "", token.text))
        return number if 1 <= number <= 31 else None
    return None


def is_year(token: Token) -> bool:
    return (
        token.kind == "number" and len(token.text) == 4 and token.text.isdecimal() and 1500 <= int(token.text) <= 2100
    )


def _reads_as_year(tokens: tuple[Token, ...], at: int) -> bool:
    before = tokens[at - 1].text if at else ""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if before in SIGNS or (after is not None and after.text in SIGNS):
        return False
    return before in YEARS_BEFORE or before in (",", "(", "not") or after is None or after.kind == "mark"


def day_places(tokens: tuple[Token, ...]) -> set[int]:
    places: set[int] = set()
    for at, token in enumerate(tokens):
        if token.month:
            places.update(
                near for near in (at - 1, at + 1) if 0 <= near < len(tokens) and _day_number(tokens[near]) is not None
            )
        if is_year(token) and _reads_as_year(tokens, at):
            places.add(at)
    return places


def words_in(tokens: tuple[Token, ...], first: int, last: int) -> list[str]:
    return [token.text for token in tokens[max(0, first) : last]]


def is_denied(tokens: tuple[Token, ...], first: int, last: int) -> bool:
    before = " ".join(words_in(tokens, first - 3, first))
    return bool(DENIED_BEFORE.search(before) or DENIED_AFTER.match(" ".join(words_in(tokens, last + 1, last + 7))))
