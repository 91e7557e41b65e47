"""The time that words of a question name, as an interval of ISO dates: "2017-11..2018-03", "..2016", "2018-05..".

It does not know what is of that time.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from index.reading.dates import DAY, MONTH, YEAR, find_date

NTH = rf"{DAY}(?:st|nd|rd|th)?"
ON = (
    rf"(?:{MONTH}\s+{NTH},?\s+{YEAR}|{NTH}\s+(?:of\s+)?{MONTH},?\s+{YEAR}|{YEAR}-\d\d-\d\d"
    rf"|{MONTH},?\s+(?:of\s+)?{YEAR}|{YEAR})"
)
SPAN = re.compile(rf"(?:between|from)\s+({ON})\s+(?:and|to|until|till)\s+({ON})", re.IGNORECASE)
SIDE = re.compile(
    rf"(in|on|of|from|during|dated|since|after|before|until|till|by)\s+(?:the year\s+)?({ON})", re.IGNORECASE
)
PERIOD = rf"(?P<period>{re.sub(r'[(](?![?])', '(?:', f'{SPAN.pattern}|{SIDE.pattern}')})(?!\s*-|\w)"
"""A pattern of the words that `interval_of` takes, to be put into others; its one group is "period"."""


def in_dates(day: str | None, interval: str) -> bool:
    """Whether an ISO date ("2017-11-13", "2017-11", "2017") may lie in an interval ("2017-11..2018-03", "..2016").

    Both ends belong to it; a date that is less precise than they are counts when it may lie within. None never does.
    """
    if not day:
        return False
    first, _, last = interval.partition("..")
    day = day.split("T")[0]
    return (not first or _filled(day, "-12-31") >= _filled(first, "-01-01")) and (
        not last or _filled(day, "-01-01") <= _filled(last, "-12-31")
    )


def _filled(day: str, rest: str) -> str:
    """A year or a month with the `rest` of the day that it begins or ends with."""
    return day + rest[len(day) - 4 :] if len(day) in (4, 7) else day


def interval_of(words: str) -> str | None:
    """The interval that words such as "in May 2018", "before 2016", "from 2016 to 2018" mean; None where it is none."""
    if between := SPAN.fullmatch(words):
        first, last = _iso(between[1]), _iso(between[2])
        return f"{first}..{last}" if first and last and _filled(first, "-01-01") <= _filled(last, "-12-31") else None
    side = SIDE.fullmatch(words)
    on = _iso(side[2]) if side else None
    if side is None or on is None:
        return None
    word = side[1].casefold()
    if word in ("before", "until", "till", "by"):
        return f"..{_beside(on, -1) if word == 'before' else on}"
    if word in ("since", "after"):
        return f"{_beside(on, 1) if word == 'after' else on}.."
    return f"{on}..{on}"


def _iso(words: str) -> str | None:
    return words if re.fullmatch(YEAR, words) else find_date(re.sub(r"\bof\s+", "", words))


def _beside(iso: str, step: int) -> str:
    """The year, month or day after (1) or before (-1) one."""
    if len(iso) == 4:
        return f"{int(iso) + step}"
    if len(iso) == 7:
        months = int(iso[:4]) * 12 + int(iso[5:]) - 1 + step
        return f"{months // 12}-{months % 12 + 1:02d}"
    return (date.fromisoformat(iso) + timedelta(days=step)).isoformat()
