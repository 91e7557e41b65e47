"""Who takes part in an interview or a transcript: full names for labels, offices for those that only have one.

It does not know what a turn says, nor who "Q" and "A" are where the text doesn't say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.reading.speakers import NAME_RE, TITLES, UPPER, is_person, trimmed_name, without_honorific

TITLE_WORDS = TITLES | frozenset("hon senator chairman chairwoman chair congressman congresswoman herr frau".split())
CREDIT = re.compile(
    r"(?:Interview(?:ed)?(?:\sand\s\w+)?(?:\sconducted)?(?:\sby\b:?|\svon\b:?|:)|Interviewer:"
    r"|(?:Questions|Q&A|Moderated)(?:\sby\b:?|:)|Moderator:|Entretien par|Propos recueillis par|Entrevista de)\s+"
    r"(?P<name>[^\n|,;·•*_]{3,60})",
    re.IGNORECASE,
)
PERSON_LINE = re.compile(r"^[*_#\s]{0,5}(?P<name>[^\n,:|]{3,60}),\s+(?P<role>[^\n.:]{3,100}?)[*_\s]{0,4}$", re.M)
GUEST = re.compile(
    r"\b(?:[Ii]nterview (?:with|mit)|Q\s?&\s?A with|(?:talk|speak|spoke)(?:s|ed|ing)? (?:to|with)|sat down with"
    r"|Gespräch mit|[Ee]ntretien avec|[Ee]ntrevista (?:a|con))\s+"
)
ROLE = re.compile(r"[*_]{0,3},\s*([^\n.]{3,80}?)[*_]{0,3}$", re.M)
WORD = re.compile(r"\w+")
ANONYMOUS = frozenset("q a question answer frage antwort".split())
OFFICES = frozenset(
    "interviewer interviewee moderator host reporter journalist editor narrator presenter chairman chairwoman "
    "chairperson chair president speaker minister secretary witness judge court clerk counsel mayor commissioner "
    "director operator audience questioner attorney prosecutor foreperson juror guest".split()
)
RANKS = frozenset("under deputy vice assistant acting chief senior lord prime first".split())
NICKNAME = re.compile(r"\s[“\"‘'](?P<nick>[^\s“”\"‘’]{2,20})[”\"’'](?=\s)")
LONGEST_FRONT = 40_000
MOST_PLACES = 2000


@dataclass(frozen=True, slots=True)
class Party:
    """A voice of an interview as the text names it; `asks`: it puts the questions."""

    name: str | None
    role: str | None
    asks: bool = False


def people_in(words: str) -> list[str]:
    """The full names of people in `words`, each once."""
    found: dict[str, str] = {}
    plain = NICKNAME.sub("", words[:LONGEST_FRONT])
    for match in NAME_RE.finditer(plain):
        name = trimmed_name(match.group())
        name = without_titles(name) if name else None
        if name and len(name.split()) > 1 and (is_person(name) or name.isupper()):
            shown = capitalised(name)
            if shown.casefold() not in found or not name.isupper():
                found[shown.casefold()] = shown
    return list(found.values())


def capitalised(name: str) -> str:
    """ "JANE ROE" and "Mr. ROE" in ordinary letters; a lone word stays as it is written."""
    words = name.split()
    if len(words) < 2:
        return name
    return " ".join(re.sub(r"\w+", _capital, word) if word.isupper() and len(word) > 1 else word for word in words)


def _capital(match: re.Match[str]) -> str:
    word = match.group()
    if word.startswith("MC") and len(word) > 3:
        return "Mc" + word[2:].capitalize()
    return word.capitalize()


def without_titles(name: str) -> str:
    """ "Senator Jane Roe" is "Jane Roe"; a title with nothing behind it stays."""
    words = without_honorific(name).split()
    while len(words) > 1 and words[0].casefold().strip(".") in TITLE_WORDS:
        words = words[1:]
    return " ".join(words)


def without_office(name: str) -> str:
    """ "Deputy Minister Roe" is "Roe": what the surname's holder is."""
    words = name.split()
    while len(words) > 1 and words[0].casefold() in OFFICES | RANKS:
        words = words[1:]
    return " ".join(words)


def office_of(label: str) -> str | None:
    """The office that a label is, without any name: "The CHAIRMAN" is the chairman."""
    words = label.casefold().removeprefix("the ").split()
    return " ".join(words) if words and words[-1] in OFFICES and len(words) <= 3 else None


def named_party(text: str, label: str, people: Sequence[str]) -> Party:
    """Who a label means, its name as the text writes it and the role that stands behind the name on a line."""
    if label.casefold() in ANONYMOUS:
        return Party(None, None)
    if office := office_of(label):
        return Party(holder_of(text, office, people), office)
    plain = without_office(without_titles(label))
    name = None
    if len(plain.split()) == 1:  # a name of two words is whole: a longer one is a headline that begins with it
        name = fuller(plain, people) or (full_form(text, plain) if _is_surname(label, plain) else None)
    if name is None and len(plain.split()) == 1 and plain != label:
        return Party(capitalised(label), None)
    written, role = _as_written(text, name or plain)
    return Party(written, role)


def _is_surname(label: str, plain: str) -> bool:
    return len(plain.split()) == 1 and len(plain) > 2 and (plain != label or label.isupper())


def _as_written(text: str, label: str) -> tuple[str, str | None]:
    name = None if label.isupper() else label
    role = None
    for place, found in enumerate(_places(text, label)):
        if place > MOST_PLACES:
            break
        written = text[found : found + len(label)]
        capital = all(word[0].isupper() for word in (written, written.split()[-1]))  # "HE" is not the word "he"
        if name is None and capital and not written.isupper():
            name = written
        begins = found == 0 or text[found - 1] in "\n*_#" or text[max(0, found - 2) : found] == "# "
        if role is None and begins and (stated := ROLE.match(text, found + len(label))):
            role = stated.group(1).strip()
    return name or (capitalised(label) if " " in label else label), role


def _places(text: str, words: str) -> Iterable[int]:
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
    return (match.start() for match in pattern.finditer(text))


def fuller(label: str, people: Sequence[str]) -> str | None:
    """The one full name in `people` with this surname, first name or these initials; None where there are several."""
    words = [word.casefold().strip(".") for word in label.split()]
    found = []
    for name in people:
        parts = [part.casefold().strip(".") for part in name.split()]
        initials = "".join(part[0] for part in parts if part)
        longer = len(parts) > len(words) and all(word in parts for word in words)
        letters = label.replace(".", "")
        if longer or (letters.isupper() and len(letters) > 1 and letters.casefold() == initials):
            found.append(name)
    if len({_surname_and_initial(name) for name in found}) == 1:
        return found[0]
    return None


def _surname_and_initial(name: str) -> tuple[str, str]:
    return name.split()[-1].casefold(), name[0].casefold()


def full_form(text: str, surname: str) -> str | None:
    """The one full name with this surname that stands in the text; None where it has none or several."""
    word = rf"[{UPPER}][\w.'’-]{{0,25}}"
    found: dict[tuple[str, str], str] = {}
    for form in {surname.capitalize(), surname.title(), surname.upper()}:
        pattern = re.compile(rf"(?<![\w.'’-])((?:{word}[^\S\n]){{1,3}}{re.escape(form)})(?![\w'’-])")
        for match in pattern.finditer(text):
            words = without_titles(match.group(1)).split()
            words = _after_small_words(words)
            if len(words) > 1 and is_person(shown := capitalised(" ".join(words))):
                found.setdefault(_surname_and_initial(shown), shown)
    return next(iter(found.values())) if len(found) == 1 else None


def _after_small_words(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        plain = word.casefold().strip(".")
        kept = [] if plain in _not_names() or (word.endswith(".") and len(plain) > 2) else [*kept, word]
    while len(kept) > 1 and kept[0].casefold().strip(".") in TITLE_WORDS:
        kept = kept[1:]
    return kept


@cache
def _not_names() -> frozenset[str]:
    return frozenset(
        "of by the statement testimony prepared remarks member ranking to and from with for in on at as is was thank "
        "you yes no but so if when then also dear hello hi good morning our your my this that mr mrs ms".split()
    )


def holder_of(text: str, office: str, people: Sequence[str]) -> str | None:
    """The one person whom the text says to hold an office ("Jane Roe (chair of the board)"); None where it doesn't."""
    word = re.escape(office.split()[-1])
    name = rf"(?P<name>(?:[{UPPER}][\w.'’-]{{0,25}}[^\S\n]){{1,4}}[{UPPER}][\w'’-]{{1,25}})"
    patterns: tuple[str, ...] = (
        rf"{name}\s?\((?:the\s)?(?:[\w-]+\s){{0,2}}{word}\b",
        rf"{name},\s(?:the\s)?(?:[\w-]+\s){{0,2}}{word}\b(?:\s(?:of|and)\b|[,.)\n]|\spresid)",
        rf"(?<!\w)(?:{word}|{word.capitalize()}|{word.upper()})(?::\s|[^\S\n]){name}",
    )
    if office == "witness":
        patterns = (rf"{name},?\s(?:[\w,-]+\s){{0,6}}?called as a witness\b",)
    found: dict[str, str] = {}
    for pattern in patterns:
        for match in re.finditer(pattern, text):
            words = _after_small_words(match["name"].split())
            shown = capitalised(" ".join(words))
            if len(words) > 1 and is_person(shown):
                found.setdefault(shown.casefold(), shown)
    return fuller(next(iter(found.values())), people) or next(iter(found.values())) if len(found) == 1 else None


def credited(words: str, answering: set[str]) -> str | None:
    """The interviewer that a line of credit names; not one who answers."""
    names = set()
    for match in CREDIT.finditer(words[:LONGEST_FRONT]):
        line_start = words.rfind("\n", 0, match.start()) + 1
        name = trimmed_name(match["name"].strip(" *_"))
        if words[line_start : match.start()].strip(" *_#|•·–—(") or not name or not is_person(name):
            continue
        if not answering & set(WORD.findall(name.lower())):
            names.add(name)
    return names.pop() if len(names) == 1 else None


def guests(front: str) -> dict[str, str | None]:
    """Who the text above the first turn says is interviewed, with roles."""
    found: dict[str, str | None] = {}
    for match in PERSON_LINE.finditer(front[:LONGEST_FRONT]):
        name = match["name"].strip()
        if name == trimmed_name(name) and is_person(name) and not re.search(r"\d{4}", match["role"]):
            found[name] = match["role"].strip()
    for match in GUEST.finditer(front[:LONGEST_FRONT]):
        if following := NAME_RE.match(front, match.end()):
            name = trimmed_name(following.group())
            name = without_titles(name) if name else None
            if name and len(name.split()) > 1 and is_person(name):
                found.setdefault(name, None)
    return found
