"""The lines that say whose comment follows: stacked ("Jane Roe" above a date), or one line ("janeroe • 2 days ago").

It does not know where a thread begins or ends, nor what a comment says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.dates import DATE, find_date, only_date

VOTES = re.compile(
    r"[\s▲△⬆👍]{0,4}(?:\(?[+-]?\d{1,6}\)?(?:\s*(?:likes?|votes?|upvotes?|points?|replies|reply))?"
    r"|(?:Reply|Like|Share|Report|Quote|Flag|Permalink|Upvote|Downvote|Agree|Disagree|Recommend|Reply to this comment)"
    r"(?:\s*\(?\d{0,6}\)?(?:\s*[•·|›↓-]\s*|\s{1,3})(?:Reply|Like|Share|Report|Quote|Flag|Permalink|Up|Down)){0,6}"
    r"(?:\s*\(\d{1,6}\))?)\s*[›]?",
    re.IGNORECASE,
)
BUTTON = re.compile(
    r"(?:reply|like|share|report|quote|flag|permalink|helpful|upvote|downvote|edit|follow|respond|recommend"
    r"|antworten|melden|teilen|zitieren|gefällt mir|hilfreich|répondre|signaler|partager|citer|j['’]aime|utile"
    r"|responder|denunciar|reportar|compartir|compartilhar|me gusta|curtir|citar|útil|rispondi|segnala|condividi"
    r"|mi piace|beantwoorden|rapporteren|delen|reageer|svara|svar|odpowiedz|zgłoś|yanıtla|ответить|report abuse"
    r"|report this(?: comment| post| review)?|add a comment|improve this (?:answer|question)|reply with quote"
    r"|log in to reply|view (?:public )?profile)"
    r"\b[\s(\d)·•|›:]*",
    re.IGNORECASE,
)
UNITS = r"(?:s|sec|second|m|min|minute|h|hr|hour|d|day|w|wk|week|mo|month|y|yr|year)s?\.?"
AGO = rf"(?:(?:about|over|almost)\s)?(?:\d{{1,4}}|an?|one)\s?{UNITS}\sago"
RELATIVE = re.compile(
    rf"[•·\s]{{0,3}}(?:Posted\s|Edited\s)?(?:{AGO}|\d{{1,3}}(?:h|d|w|mo|y|yr)|yesterday|just now)"
    r"(?:\s*[•·(]\s*edited.{0,30})?\s*",
    re.IGNORECASE,
)
WHO = r"(?P<who>[^\s:|•·»<>\[\]()\"“][^\n:|•·»<>\[\]()\"“]{0,58}?)"
HANDLE = r"(?P<who>[\w@/.~-]{2,40})"
SAYS = re.compile(
    rf"{WHO}\s+(?:says?|said|wrote|writes|commented|replied|responded)(?:\s(?:on|at))?"
    r"(?:\s*:?|:?\s+(?P<when>[^\n]{4,60}?)(?:\s(?:said|says))?:?)$"
)
BY = re.compile(
    rf"(?:Re:.{{0,80}}?\s)?(?:(?:post(?:ed)?|submitted|written|comment(?:ed)?|reply)\s{{0,2}})?by:?\s+{WHO}"
    r"\s*(?:[»|,•·(–—-]|\bon\b|\bat\b)\s*(?P<when>[^\n]{4,60})$",
    re.IGNORECASE,
)
SEPARATED = re.compile(
    rf"(?:#?\d{{1,5}}[.):]?\s+)?{WHO}\s*(?:[|•·,(]|\s[–—→-]\s|\s{{2,}}|\bon\b)\s*(?P<when>[^\n]{{2,60}})$"
)
SINCE = re.compile(
    rf"[▲▼\s]{{0,4}}{HANDLE}\s+(?P<when>{AGO}|on [A-Z][a-z]{{2,8}} \d{{1,2}}, \d{{4}})"
    r"(?P<tail>\s*[|\[][^\n]{0,120})?$"
)
POINTS = re.compile(
    rf"(?:\[[–+−-]\]\s*)?{HANDLE}(?:\s?\[[A-Z, ]{{1,8}}\])?"
    rf"\s+(?:[+-]?\d{{1,6}} points?|\[score hidden\])(?:\s+(?P<when>{AGO}))?(?:\s.{{0,60}})?$"
)
INITIALS = re.compile(r"[A-Z]{1,3}")
NAME = re.compile(r"[A-Z][\w.'’-]*(?:\s+(?:[A-Z#(][\w.'’#)-]*|\d+|of|de|van|von|the|der|da|di|la|le))*")
NOBODY = re.compile(
    r"\[?(?:anonymous|anon|guest|unknown|deleted|removed|name withheld|anonymous coward)\]?", re.IGNORECASE
)
NO_NAME = frozenset(
    "i we you he she they it the a an in on at since from updated published posted edited last this that there as by "
    "and but no yes if when after before until january february march april may june july august september october "
    "november december monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun date dated sent created modified joined commented added written submitted reviewed answered asked replied "
    "am le el den".split()
)
PROSE_END = (".", "!", "?", "…", '."', ".”", ".’", "!”", "?”", ".)")
LONGEST_HEADER = 160  # characters of a header in one line
HEADER_LINES = 6
NAME_WORDS = 6
BADGE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The lines above a comment: who wrote it (None where they don't say), when, how many blocks they are."""

    writer: str | None
    date: str | None
    length: int


@dataclass(frozen=True, slots=True)
class LineHeader:
    """A header in one line. `sure`: its form is that of a comment's header and nothing else's."""

    form: str
    writer: str
    date: str | None
    sure: bool


def is_votes(line: str) -> bool:
    """Whether a line only counts votes or offers to answer: it stands below a comment."""
    return len(line) <= LONGEST_HEADER and bool(VOTES.fullmatch(line) or BUTTON.fullmatch(line))


def is_initials(line: str) -> bool:
    """Whether a line is only a few capitals, as they stand in the place of a writer's picture."""
    return bool(INITIALS.fullmatch(line))


def is_date(line: str) -> bool:
    """Whether a line is only a date, or how long ago it was."""
    if len(line) > LONGEST_HEADER or not any(c.isdigit() for c in line):
        return line.lower() in ("yesterday", "just now")
    return bool(RELATIVE.fullmatch(line)) or (only_date(line) and _name_and_date(line) is None)


def looks_like_name(words: str) -> bool:
    """Whether a few words can be a person's name or handle."""
    parts = words.split()
    if not 1 <= len(parts) <= NAME_WORDS or (words.endswith(PROSE_END) and not INITIALS.fullmatch(parts[-1][:-1])):
        return False
    if parts[0].lower().strip(",") in NO_NAME or not any(c.isalpha() for c in words):
        return False
    return len(parts) == 1 or bool(NAME.fullmatch(words))


def line_header(line: str, below: str = "") -> LineHeader | None:
    """The header that a line is by itself; `below` is the line under it, which may hold the date."""
    if len(line) > LONGEST_HEADER or not (any(c.isdigit() for c in line) or line.endswith((":", "says", "said"))):
        return None
    if match := POINTS.match(line):
        return _found("points", match, None, sure=True)
    if match := SINCE.match(line):
        return _found("since", match, match["when"], sure=bool(match["tail"]))
    if match := BY.match(line):
        return _found("by", match, match["when"], sure="»" in line)
    if match := SAYS.match(line):
        when = match["when"]
        if when:
            return _found("says", match, when, sure=is_date(_first_part(when)))
        return _found("says", match, None, sure=False) if not is_date(below) else _found("says", match, None, sure=True)
    if (match := SEPARATED.match(line)) and (
        header := _found("separated", match, match["when"], line.startswith("u/"))
    ):
        return header
    plain = _name_and_date(line)
    return LineHeader("plain", *plain, sure=False) if plain else None


def _name_and_date(line: str) -> tuple[str, str | None] | None:
    """The parts of "Jane Roe May 3, 2019 - 4:12 pm"."""
    match = DATE.search(line)
    if match is None or not match.start():
        return None
    who, when = line[: match.start()].strip(" ,-–—|•·("), line[match.start() :]
    return (who, find_date(when)) if NAME.fullmatch(who) and looks_like_name(who) and only_date(when) else None


def _found(form: str, match: re.Match[str], when: str | None, sure: bool) -> LineHeader | None:
    who = match["who"].strip(" ,")
    if when is not None and not is_date(_first_part(when)):
        return None
    if not (looks_like_name(who) or (form != "separated" and len(who.split()) <= 2)):
        return None
    if who.split()[0].lower() in NO_NAME:
        return None
    return LineHeader(form, who, find_date(when) if when else None, sure)


def _first_part(when: str) -> str:
    """The date of "May 3, 2019 | Reply | Share"."""
    return re.split(r"\s*[|•·\[]\s*", when.strip(" •·|()"), maxsplit=1)[0].strip(" ()")


def named(writer: str | None) -> str | None:
    """A header's writer; None where it is a word for nobody ("Anonymous")."""
    return None if writer is None or NOBODY.fullmatch(writer) else writer


def gap(text: str, blocks: Sequence[Block], number: int) -> int:
    """How many lines end between a block and the one before it; a blank line makes it more than one."""
    return text[blocks[number - 1].end : blocks[number].start].count("\n") if number else 2


def stacked_header(
    text: str, blocks: Sequence[Block], lines: Sequence[str], number: int, badges: frozenset[str], begins: bool
) -> Header | None:
    """The header that begins here: short lines without a gap, of which one is only a date.

    Where a comment may begin (`begins`: after the heading, a blank line, votes) the writer is the first line that is
    not only initials. In the middle of lines only the one right above the date can be the writer, if it looks like a
    name, or the one below its own initials.
    """
    if is_votes(lines[number]):
        return None
    dated = next((n for n in range(1, HEADER_LINES) if _date_after(text, blocks, lines, number, n)), None)
    if dated is None:
        return None
    above = lines[number : number + dated]
    if any(len(line.split()) > NAME_WORDS or line.endswith(PROSE_END) or is_date(line) for line in above):
        return None
    begins = begins or (dated > 1 and _are_initials(above[0], above[1]))
    if not begins and dated > 1:
        return None
    writer: str | None = next(
        (line for line in above if not INITIALS.fullmatch(line) and any(map(str.isalpha, line))), above[0]
    )
    if not begins and not NAME.fullmatch(writer or ""):
        writer = None
    below = number + dated + 1
    badge = below < len(blocks) and lines[below] in badges and gap(text, blocks, below) == 1
    return Header(named(writer), find_date(lines[number + dated]), dated + 1 + badge)


def spaced_header(text: str, blocks: Sequence[Block], lines: Sequence[str], number: int) -> Header | None:
    """A name and a date with a blank line between them, perhaps below the name's initials."""
    first = number
    if number + 2 < len(blocks) and _are_initials(lines[number], lines[number + 1]):
        number += 1
    if number + 1 >= len(blocks) or not is_date(lines[number + 1]) or is_date(lines[number]):
        return None
    if gap(text, blocks, number + 1) > 2 or not looks_like_name(lines[number]) or is_votes(lines[number]):
        return None
    return Header(named(lines[number]), find_date(lines[number + 1]), number + 2 - first)


def _are_initials(initials: str, name: str) -> bool:
    letters = "".join(word[0] for word in name.split() if word[0].isupper())
    return bool(INITIALS.fullmatch(initials)) and letters.startswith(initials)


def _date_after(text: str, blocks: Sequence[Block], lines: Sequence[str], number: int, steps: int) -> bool:
    """Whether the line `steps` below is only a date, with no blank line on the way."""
    if number + steps >= len(blocks) or not is_date(lines[number + steps]):
        return False
    return all(gap(text, blocks, n) == 1 for n in range(number + 1, number + steps + 1))


def badges_of(lines: Sequence[str]) -> frozenset[str]:
    """Words right under comments' dates, above the comment's longer lines: a rank, an employer.

    They recur in the thread, or each of their words has a capital.
    """
    found = Counter(
        line
        for n, line in enumerate(lines[:-1])
        if n and len(line.split()) <= BADGE_WORDS < len(lines[n + 1].split()) and is_date(lines[n - 1])
        and not line.endswith(PROSE_END)
    )  # fmt: skip
    return frozenset(line for line, count in found.items() if count > 1 or all(w[0].isupper() for w in line.split()))
