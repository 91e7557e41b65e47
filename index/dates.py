"""Calendar dates as people write them in bylines and comments, found and resolved.

It does not know what a date belongs to.
"""

from __future__ import annotations

import re

from dateutil import parser as date_parser

MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b(?:{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}}"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}|{MONTH}\s+\d{{4}})\b"
)


def find_date(text: str) -> str | None:
    """The first calendar date in `text` as ISO 8601 ("2018-09-18", or "2018-09" without a day); None without one."""
    match = DATE.search(text)
    if not match:
        return None
    found = match.group()
    try:
        date = date_parser.parse(found.replace("Sept.", "Sep"), default=date_parser.parse("2000-01-01"))
    except (ValueError, OverflowError):
        return None
    has_day = len(re.findall(r"\d+", found)) > 1
    return f"{date:%Y-%m-%d}" if has_day else f"{date:%Y-%m}"


def only_date(line: str) -> bool:
    """Whether a line holds a date and hardly anything else."""
    match = DATE.search(line)
    return match is not None and len(line) - len(match.group()) <= 12
