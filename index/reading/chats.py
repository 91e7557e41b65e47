"""Chat logs and mails that answer mails: whose each line is.

It does not know who "me" is, nor the time zone of a log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.document import Block
from index.reading.comment_headers import LONGEST_HEADER, NAME_WORDS
from index.reading.dates import find_date

WROTE = re.compile(
    r"(?P<when>On\s[^\n]{0,80}?)?(?P<who>[^\W\d_][^\n<>@:,\d]{1,60}?)\s*(?:<[^<>\n]{3,80}>\s*)?"
    r"\s(?:wrote|writes|said)(?:\s[^\n:]{1,40})?:$"
)
CLOCK = re.compile(
    r"[\s,]{0,3}(?:at\s|um\s)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?\s?(?:[AaPp]\.?[Mm]\.?)?(?:\s(?:[+-]\d{4}|UTC|GMT))?[\s,]{0,3}"
)
CHAT = re.compile(
    r"\[?(?:(?P<date>\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d)[,\sT]{1,3})?"
    r"(?P<clock>[\[(]?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?[\])]?\s?[-–]?\s?)?"
    r"(?:<[@+%&~ ]?(?P<nick>[\w\[\]\\`^{}|.-]{1,40})>"
    r"|(?P<who>[^\W\d_][\w .'’-]{0,39})(?:\s?\([^()\n]{1,30}\))?:)\s+(?=\S)"
)
CHAT_ASIDE = re.compile(r"[\[(<*]|-!-|--|\d{1,4}[:./-]\d")
LOG_LEVEL = re.compile(r"(?:info|warn|warning|error|debug|fatal|trace|notice|critical|verbose|severe)$", re.IGNORECASE)
CHAT_LINES = 4


def read_mails(text: str, blocks: Sequence[Block]) -> list[Block]:
    """ "On 3 May 2019, Jane Roe wrote:" above lines that begin with ">": those are hers."""
    result: list[Block] = []
    blocks = list(blocks)
    for number, block in enumerate(blocks):
        following = blocks[number + 1] if number + 1 < len(blocks) else None
        result.append(block)
        if (
            following is None
            or following.kind != "quotation"
            or block.kind not in ("body", "heading", "comment", "list_item", "byline")
        ):
            continue
        if not text.startswith(">", following.start) or not text[block.start : block.end].rstrip().endswith(":"):
            continue
        start, who, date = _wrote(text, block)
        if who is None:
            continue
        if start > block.start:
            result[-1] = replace(block, end=start)
            result.append(block)
        result[-1] = replace(block, kind="byline", start=start, speaker=who, date=date)
        blocks[number + 1] = replace(following, speaker=who, date=date)
    return result


def _wrote(text: str, block: Block) -> tuple[int, str | None, str | None]:
    """(where the last line or two begin, who wrote, when) of a paragraph that ends by "On …, Jane Roe wrote:"."""
    tail = text[max(block.start, block.end - 2 * LONGEST_HEADER) : block.end].rstrip()
    lines = tail.splitlines()
    for count in (1, 2):
        line = " ".join(" ".join(lines[-count:]).split())
        if count > len(lines) or (count == 2 and not line.startswith("On ")):
            continue
        rest, date = line, None
        if line.startswith("On ") and (date := find_date(line)):
            year = line.find(date[:4])
            rest = line[year + 4 :] if year >= 0 else line
            if clock := CLOCK.match(rest):
                rest = rest[clock.end() :]
            rest = rest.lstrip(" ,")
        match = WROTE.fullmatch(rest)
        if match and len(match["who"].split()) <= NAME_WORDS and not match["when"]:
            start = block.end - len(tail) + sum(len(part) for part in tail.splitlines(keepends=True)[:-count])
            return start, match["who"].strip(), date
    return block.start, None, None


def read_chat(text: str, blocks: Sequence[Block]) -> list[Block]:
    """A chat log's lines as comments; nothing where fewer than half the lines or fewer than two voices recur."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"\S[^\n]*", text)]
    spoken = {
        n: match for n, (start, _) in enumerate(lines) if (match := CHAT.match(text, start)) and _is_spoken(match)
    }
    voices = Counter(_voice(match) for match in spoken.values())
    recurring = [voice for voice, times in voices.items() if times > 1]
    if len(spoken) < CHAT_LINES or len(spoken) * 2 < len(lines) or len(recurring) < 2:
        return []
    if "</" in text or any(LOG_LEVEL.match(voice) for voice in recurring):
        return []
    order = _date_order([match["date"] for match in spoken.values() if match["date"]])
    first = lines[min(spoken)][0]
    result = [
        replace(b, end=min(b.end, first))
        for b in blocks
        if b.start < first and text[b.start : min(b.end, first)].strip()
    ]
    for number in range(min(spoken), len(lines)):
        start, end = lines[number]
        if match := spoken.get(number):
            result.append(Block("comment", start, end, speaker=_voice(match), date=_chat_date(match["date"], order)))
        elif CHAT_ASIDE.match(text, start):
            result.append(Block("comment", start, end))
        else:
            result[-1] = replace(result[-1], end=end)
    return result


def header_length(text: str, start: int, end: int) -> int:
    """Length of "[3/5/2019, 10:12] Jane Roe: " at the start of a chat's line; 0 where it has none."""
    match = CHAT.match(text, start, end)
    return match.end() - start if match and _is_spoken(match) else 0


def _is_spoken(match: re.Match[str]) -> bool:
    """Whether a line of a log says who speaks: "<jane>", or a name after a time in brackets or with a date."""
    clock = match["clock"] or ""
    return bool(match["nick"]) or bool(clock and (match["date"] or match.group().startswith("[")))


def _voice(match: re.Match[str]) -> str:
    return str(match["nick"] or match["who"]).strip()


def _date_order(dates: Sequence[str]) -> str:
    """ "dmy" or "mdy", as the dates of a log show by a number above 12 or by dots; "" where they don't."""
    pairs = [tuple(int(part) for part in re.split(r"[./-]", date)[:2]) for date in dates]
    if any("." in date for date in dates) or any(first > 12 for first, _ in pairs if first < 32):
        return "dmy"
    return "mdy" if any(second > 12 for _, second in pairs) else ""


def _chat_date(date: str | None, order: str) -> str | None:
    if date is None:
        return None
    if len(date.split("-")[0]) == 4:
        return find_date(date)
    one, two, year = re.split(r"[./-]", date)
    day, month = (one, two) if order == "dmy" else (two, one)
    return find_date(f"{int(year) + 2000 if len(year) == 2 else year}-{int(month):02}-{int(day):02}") if order else None
