"""Who wrote each of the posts of a thread: the part of their headers that varies and looks like a name.

It does not know where the posts are, nor who anybody is: where the pattern breaks, a writer is None.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.reading.comment_headers import AGO, INITIALS, NO_NAME, UNITS, looks_like_name
from index.reading.dates import DATE

ALIKE = 0.8  # share of the posts whose header must have a name in the same place
RELATIVE = rf"\b{AGO}\b|\b(?:vor|hace|il y a|há)\s(?:\w{{1,4}}\s)?\w{{3,10}}|\b\d{{1,3}}\s?{UNITS}(?=$|[\s|·•,])"
WHEN = re.compile(
    rf"{RELATIVE}|\b(?:yesterday|today|just now|gestern|heute|hier|ayer|ieri|ontem)\b|(?<!\d)[0-2]?\d[:.h][0-5]\d\b",
    re.IGNORECASE,
)
VERB = re.compile(
    r"\s(?:says?|said|wrote|writes|commented|replied|asked|answered|schrieb|schreibt|sagt|meint|dit|a dit|a écrit|dice"
    r"|dijo|escribió|scrive|ha scritto|disse|escreveu|zegt|schreef|säger|pisze|diyor)"
    r"(?:\s(?:on|at|am|le|el)\b[^\n]*)?\s*:?$",
    re.IGNORECASE,
)
BY = re.compile(
    r"^(?:[#\d.\s]{0,8})(?:(?:re:.{0,60}?\s)?(?:posted|submitted|written|post|reply|review|reviewed|comment|answer|answered|asked"
    r"|geschrieben|verfasst|publié|écrit|escrito|publicado|scritto)\s)?(?:by|von|par|por|da|di|door|av|autor|author|from"
    r"|user|username|member|nutzer|auteur)\b\s*:?\s+",
    re.IGNORECASE,
)
AFTER = re.compile(r"\s(?:by|von|par|por|da|door|av)\s(?P<who>[^\n]{2,40})$", re.IGNORECASE)
BADGE = re.compile(r"(?<=\w)\s?\[[A-Z]{1,3}\]")  # "janeroe[S]": who began the thread
FUSED = re.compile(r"(?:permalink|embed|save|parent|report|reply|share|hide|context|edit|delete|quote|like|flag){2,12}")
EDGE = " \t,;:|·•»«>()[]–—-*#▲▼↑"
PLACE = re.compile(r"\s[|·•»]\s|\s{2,}|\t")
COUNT = re.compile(
    r"(?<!#)\b[+-]?\d[\d.,]*\s?(?:points?|pts|votes?|likes?|reputation|karma|posts?|beiträge)?\b.*$", re.IGNORECASE
)
CAPITAL = re.compile(r"(?:[^\W\d_a-z]|Mc|Mac|O['’]|d['’]|[#(])")
DEGREES = re.compile(r"(?:[,\s]{1,3}(?:[A-Z][A-Za-z.]{0,2}[A-Z.]{0,3}|[JS]r\.?)){1,8}")
LINKING = frozenset("of de van von the der da di la le du del al bin ibn y e zu den ter ten".split())
HANDLE = re.compile(r"@?(?=\w*[\d_]|[a-z@])[\w.@~-]{3,30}$")


@dataclass(frozen=True, slots=True)
class Writers:
    """The writer of each post; whether names were found; whether they are handles; whether a title stands above."""

    names: tuple[str | None, ...]
    found: bool = False
    handles: bool = False
    titled: bool = False


def find_writers(headers: Sequence[Sequence[str]], anchors: Sequence[int]) -> Writers:
    """The writers that headers (their lines from the top) name; `anchors`: which line of each is the dated one."""
    best: tuple[tuple[float, ...], tuple[str | None, ...], int] | None = None
    first = -max(anchors, default=0)
    last = max((len(h) - a for h, a in zip(headers, anchors, strict=True)), default=0)
    for offset in range(first, min(last, 8)):
        lines = [h[a + offset] if 0 <= a + offset < len(h) else None for h, a in zip(headers, anchors, strict=True)]
        names, sure = _names_in(lines)
        named = [name for name in names if name]
        if len(named) < ALIKE * len(headers) or not named:
            continue
        if sum(bool(INITIALS.fullmatch(name)) for name in named) > 0.5 * len(named):
            continue
        distinct = len(set(named))
        if distinct < 2 and len(headers) > 2 and not sure:
            continue
        score = (sure, min(1.0, distinct / max(2.0, 0.25 * len(named))), -offset)
        if best is None or score > best[0]:
            best = score, names, offset
    if best is None:
        return Writers(tuple(None for _ in headers))
    _, names, offset = best
    handles = sum(bool(name and HANDLE.match(name)) for name in names) >= 0.25 * len(names)
    return Writers(names, True, handles, _titled(headers, anchors, offset))


def _titled(headers: Sequence[Sequence[str]], anchors: Sequence[int], offset: int) -> bool:
    """Whether a line of several words that is another in each post stands above the writers, as headlines do."""
    above = [
        h[n]
        for h, a in zip(headers, anchors, strict=True)
        for n in range(min(len(h), max(0, a + offset)))
        if len(h[n].split()) >= 3
    ]
    return len(set(above)) >= ALIKE * len(headers)


def _names_in(lines: Sequence[str | None]) -> tuple[tuple[str | None, ...], bool]:
    """The name in each line, once what the lines share and the date are taken away; whether a word says it is one."""
    parts = [_candidate(line) if line is not None and len(line) <= 160 else ("", False) for line in lines]
    words = [part.split() for part, _ in parts]
    sure = sum(by for _, by in parts) >= ALIKE * len(parts)
    words = _without_shared(words)
    names = tuple(_name(those) for those in words)
    return names, sure


def _candidate(line: str) -> tuple[str, bool]:
    rest, by = BY.subn("", BADGE.sub("", line), count=1)
    if match := VERB.search(rest):
        return rest[: match.start()].strip(EDGE), True
    if not by and (last := AFTER.search(rest)) and DATE.search(rest[: last.start()]):
        return last["who"].strip(EDGE), True
    cut = min((m.start() for m in (DATE.search(rest), WHEN.search(rest)) if m), default=len(rest))
    rest = rest[:cut].strip(EDGE)
    rest = re.sub(
        r"\s+(?:on|at|am|le|el|il|em|op|den|posted|commented|replied|answered)$", "", rest, flags=re.IGNORECASE
    )
    rest = next((part for part in PLACE.split(rest) if any(c.isalpha() for c in part)), "")
    return re.sub(r"^#?\d{1,5}[.):]?\s+", "", rest).strip(EDGE), bool(by)


def _without_shared(words: Sequence[list[str]]) -> list[list[str]]:
    """The words of each line without those that nearly all begin or end with."""
    rest = [list(those) for those in words]
    for end in (0, -1):
        for _ in range(6):
            filled = [those for those in rest if len(those) > 1]
            if len(filled) < max(2.0, ALIKE * len(rest)):
                break
            word, times = Counter(those[end].casefold() for those in filled).most_common(1)[0]
            if times < ALIKE * len(rest) or len({tuple(those) for those in filled}) < 2:
                break
            for those in filled:
                if those[end].casefold() == word:
                    those.pop(end)
    return rest


def _name(words: list[str]) -> str | None:
    half = len(words) // 2
    if half and len(words) == 2 * half and words[:half] == words[half:]:
        words = words[:half]
    if words and words[-1].isupper() and len(words) > 2 and len(words[-1]) > 3:
        words = words[:-1]
    name = COUNT.sub("", " ".join(words)).strip(EDGE) if len(words) > 1 else " ".join(words).strip(EDGE)
    name, _, letters = name.partition(",")
    if letters and not DEGREES.fullmatch(letters):
        return None
    parts = name.split()
    if not 1 <= len(parts) <= 4 or not 2 <= len(name) <= 40 or name.endswith(("!", "?", "…", ":", '"')):
        return None
    if parts[0].casefold() in NO_NAME or not any(c.isalpha() for c in name):
        return None
    if len(parts) == 1:
        return name if looks_like_name(name) and not FUSED.fullmatch(name) else None
    capitals = all(CAPITAL.match(part) or part in LINKING or part[0].isdigit() for part in parts)
    return name if capitals and (not name.endswith(".") or len(parts[-1]) <= 3) else None
