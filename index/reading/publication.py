"""The publication that a text says it is from, by signs that any page may have: logo, copyright, newsletter, credits.

It does not know any publication's name, and without agreeing signs or a strong one it names none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from index.document import Block
from index.reading.bylines import PUBLICATION
from index.reading.dates import DATE
from index.reading.layout import text_of

NAME = (
    r"(?:[Tt]he\s)?(?P<name>(?!\d{1,2}(?:st|nd|rd|th)\b)[A-Z0-9][\w.'’&-]*"
    r"(?:\s(?:[A-Z0-9&][\w.'’&-]*|of|and|the|for|on|in)){0,5})"
)
LOGO = re.compile(rf"(?:image:?\s|\[)?{NAME}\s(?:[Ll]ogo|LOGO)\]?")
STRONG = (
    re.compile(rf"\b(?:[Ff]irst|[Oo]riginally)\s(?:published|appeared|posted)\s(?:in|by)\s{NAME}"),
    re.compile(rf"^{NAME}\sis\s(?:published|a publication|printed)\s(?:by|of)\b"),
)
COPYRIGHT = re.compile(
    r"(?:©|\([cC]\)|[Cc]opyright)\s?(?:[Cc]opyright\s)?(?:©\s?)?(?:\d{4}(?:\s?[-–]\s?\d{4})?,?\s)?"
    rf"(?:by\s)?{NAME}"
)
PIECE = r"(?:article|report|story|interview|review|piece|post|essay|column|feature|analysis|series|guide)"
OWN = (
    re.compile(rf"\b(?:[Jj]oin|[Ss]ubscribe to|[Ss]ign up (?:for|to)|[Gg]et)\s(?:our\s)?{NAME}\s[Nn]ewsletter"),
    re.compile(rf"\b[Tt]his {PIECE} (?:is|was) (?:a )?part of {NAME}['’]s?(?!\w)"),
)
EDITOR = (
    r"\s(?:is|was)\s(?:the|an?)\s(?:[\w-]+\s){0,4}?(?:editor|reporter|writer|correspondent|columnist|contributor|critic)"
    r"\s(?:of|for|at|with|to)\s"
)
SIGN = re.compile(r"©|\([cC]\) |[Cc]opyright|ewsletter|[Pp]ublished|appeared|posted|publication|printed|part of")
COMPANY = re.compile(
    r"[,\s]+(?:Inc|LLC|Ltd|Limited|Corp|Corporation|Co|Company|GmbH|AG|SA|PLC|plc|Group|Holdings)\b\.?$", re.IGNORECASE
)
PARENT = re.compile(r"\b(?:Media|Publishing|Communications|Publications|Group|Holdings|Company|Enterprises)\b")
LINE = 300  # characters; what names a publication in passing stands in a longer paragraph
TOP = 8  # blocks
ENOUGH = 2.0
OFTEN = 3  # blocks


def find_publisher(
    text: str, blocks: Sequence[Block], author: str | None, byline: str | None, mast: str | None
) -> str | None:
    """The publication of a text: `byline` is the one in its byline, `mast` the line right above its title or date.

    A parent company counts only where nothing else is named.
    """
    votes: dict[str, float] = defaultdict(float)
    seen: set[tuple[re.Pattern[str], str]] = set()
    wrote = re.compile(re.escape(author) + EDITOR + NAME) if author else None
    for number, block in enumerate(blocks):
        if block.end - block.start > 4 * LINE:
            continue
        line = " ".join(text_of(text, block).strip(" \n*_").split())
        if number < TOP and len(line) <= 60 and (logo := LOGO.fullmatch(line)):
            votes[logo["name"]] += ENOUGH
        if wrote and (found := wrote.search(line)):
            votes[_clean(found["name"])] += ENOUGH
        if len(line) <= LINE and SIGN.search(line):
            for patterns, weight in ((STRONG, ENOUGH), ((COPYRIGHT, *OWN), 1.0)):
                for pattern in patterns:
                    found = pattern.search(line)
                    name = _clean(found["name"]) if found else ""
                    if name and not DATE.match(name) and (pattern, name) not in seen:
                        seen.add((pattern, name))  # a footer on each page is one sign
                        votes[name] += weight
    for name in {name for pattern, name in seen if pattern in OWN}:
        votes[name] += 1.0 if _often_named(text, blocks, name) else 0.0
    if byline:
        votes[byline] += ENOUGH
    if mast and not LOGO.fullmatch(mast):
        votes[mast] += ENOUGH if PUBLICATION.search(mast) else 1.0
    return _winner(votes)


def _often_named(text: str, blocks: Sequence[Block], name: str) -> bool:
    """Whether a name stands in several blocks: a page that calls on readers by its own name has it elsewhere too."""
    written = re.compile(rf"(?<![\w'’-]){re.escape(name)}(?!\w)")
    return sum(written.search(text, block.start, block.end) is not None for block in blocks) > OFTEN


def _winner(votes: dict[str, float]) -> str | None:
    """The name that most signs agree on, written as it most often is; a company's name counts for its publication."""
    known = {_key(name): name for name in sorted(votes, key=lambda name: (votes[name], not name.isupper()))}
    total: dict[str, float] = defaultdict(float)
    for name, weight in votes.items():
        if len(_key(name)) > 1:
            total[_key(name)] += weight
    ranked = sorted(total, key=lambda key: (PARENT.search(known[key]) is None, total[key]), reverse=True)
    best = next((key for key in ranked if total[key] >= ENOUGH), None)
    if best is None:
        return None
    if len([key for key in ranked if total[key] == total[best] and not PARENT.search(known[key])]) > 1:
        return None
    written = [name for name in votes if _key(name) == best]
    return min(written, key=lambda name: (name.isupper() and " " in name, COMPANY.search(name) is not None, len(name)))


def _clean(name: str) -> str:
    name = re.split(r"\.\s|\sAll\s[Rr]ights", f"{name} ", maxsplit=1)[0].strip(" .,")
    return re.sub(r"(?:\s(?:and|of|the|for|on|in|\d{4}|All|Image))+$", "", re.sub(r"['’]s$", "", name))


def _key(name: str) -> str:
    return re.sub(r"\W+", " ", re.sub(r"^the\s", "", COMPANY.sub("", name), flags=re.IGNORECASE)).strip().casefold()
