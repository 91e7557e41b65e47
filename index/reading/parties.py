"""Who takes part in an interview or a transcript: full names for labels, offices for those that only have one.

It does not know what a turn says, nor who "Q" and "A" are where the text doesn't say it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.reading.bylines import title_case
from index.reading.speakers import NAME_RE, TITLES, UPPER, is_person, trimmed_name, without_honorific

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
RANKS = frozenset(
    "hon under deputy vice assistant acting chief senior lord prime first congressman congresswoman".split()
)
TITLE_WORDS = TITLES | OFFICES | RANKS
CAPITALS = re.compile(rf"(?<![\w.'’-])[{UPPER}][\w.'’-]{{0,25}}(?:[^\S\n][{UPPER}][\w.'’-]{{0,25}})+(?![\w'’-])")
MOST_GIVEN = 3  # words before a surname that belong to it
NICKNAME = re.compile(r"\s[“\"‘'](?P<nick>[^\s“”\"‘’]{2,20})[”\"’'](?=\s)")
LONGEST_FRONT = 40_000
MOST_PLACES = 2000


@dataclass(frozen=True, slots=True)
class Party:
    """A voice of an interview as the text names it; `asks`: it puts the questions."""

    name: str | None
    role: str | None
    asks: bool = False


class People:
    """The full names of people, to be asked for many labels: each look-up takes the names that share a word with it."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.casefold(): name for name in reversed([*names])}
        self._by_part: dict[str, list[str]] = defaultdict(list)
        self._by_initials: dict[str, list[str]] = defaultdict(list)
        for name in reversed(self._names.values()):
            parts = [part.casefold().strip(".") for part in name.split()]
            for part in dict.fromkeys(parts):
                self._by_part[part].append(name)
            self._by_initials["".join(part[0] for part in parts if part)].append(name)

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._names

    def fuller(self, label: str) -> str | None:
        """The one full name with this surname, first name or these initials; None where there are several."""
        words = [word.casefold().strip(".") for word in label.split()]
        letters = label.replace(".", "")
        initials = letters.casefold() if letters.isupper() and len(letters) > 1 else ""
        first, whose = None, None
        for name in (
            *min((self._by_part.get(word, []) for word in words), key=len),
            *self._by_initials.get(initials, ()),
        ):
            parts = [part.casefold().strip(".") for part in name.split()]
            longer = len(parts) > len(words) and all(word in parts for word in words)
            if longer or initials == "".join(part[0] for part in parts if part):
                if whose not in (None, _surname_and_initial(name)):
                    return None
                first, whose = first or name, _surname_and_initial(name)
        return first


def people_in(words: str) -> list[str]:
    """The full names of people in `words`, each once."""
    found: dict[str, str] = {}
    plain = NICKNAME.sub("", words[:LONGEST_FRONT])
    for match in NAME_RE.finditer(plain):
        name = trimmed_name(match.group())
        name = without_titles(name) if name else None
        if name and len(name.split()) > 1 and (is_person(name) or name.isupper()):
            shown = title_case(name)
            if shown.casefold() not in found or not name.isupper():
                found[shown.casefold()] = shown
    return list(found.values())


def without_titles(name: str) -> str:
    """ "Senator Jane Roe" is "Jane Roe", "Deputy Minister Roe" is "Roe"; a title with nothing behind it stays."""
    words = without_honorific(name).split()
    while len(words) > 1 and words[0].casefold().strip(".") in TITLE_WORDS:
        words = words[1:]
    return " ".join(words)


def office_alone(label: str) -> str | None:
    """The office that a label is, without any name: "The CHAIRMAN" is the chairman."""
    words = label.casefold().removeprefix("the ").split()
    return " ".join(words) if words and words[-1] in OFFICES and len(words) <= 3 else None


def named_parties(text: str, labels: Iterable[str], people: People, front: str | None = None) -> dict[str, Party]:
    """Who each label means: its name as the text writes it, and the role that stands behind the name on a line.

    The text is read once for all labels together. Who holds an office that speaks is told before the first turn
    (`front`; default: anywhere): "Jane Roe, the president of the union" within a turn is another president.
    """
    labels = dict.fromkeys(labels)
    found = {label: Party(None, None) for label in labels if label.casefold() in ANONYMOUS}
    offices = {label: office for label in labels if label not in found and (office := office_alone(label))}
    told = text if front is None else front
    words = {office.split()[-1] for office in offices.values()}
    holders = {word: holder_of(text if word == "witness" else told, word, people) for word in words}
    found |= {label: Party(holders[office.split()[-1]], office) for label, office in offices.items()}
    plain = {label: without_titles(label) for label in labels if label not in found}
    # a name of two words is whole: a longer one is a headline that begins with it
    full = {label: people.fuller(name) for label, name in plain.items() if " " not in name}
    unknown = {plain[label] for label, name in full.items() if name is None and _is_surname(label, plain[label])}
    forms = full_forms(text, unknown)
    names: dict[str, str] = {}
    for label, name in plain.items():
        fuller = full.get(label) or forms.get(name)
        if fuller is None and " " not in name and name != label:
            found[label] = Party(shown_name(label), None)
        else:
            names[label] = fuller or name
    written = _as_written(text, names.values())
    return found | {label: Party(*written[name]) for label, name in names.items()}


def shown_name(label: str) -> str:
    """ "JANE ROE" and "MR. ROE" in ordinary letters; a lone word stays as it is written."""
    name = without_titles(label)
    titles = [word.capitalize() if word.isupper() else word for word in label.removesuffix(name).split()]
    return " ".join([*titles, title_case(name) if " " in label else name])


def _is_surname(label: str, plain: str) -> bool:
    return len(plain) > 2 and (plain != label or label.isupper())


def _as_written(text: str, names: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Each name as the text writes it outside of capitals, and the role behind it on a line that it begins."""
    wanted = {name.lower(): name for name in names}
    lengths: dict[str, set[tuple[int, int]]] = defaultdict(set)  # by first word: where it stands in a name, the length
    for name in wanted:
        if first := WORD.search(name):
            lengths[first.group()].add((first.start(), len(name)))
    found: dict[str, str | None] = {name: None if name.isupper() else name for name in wanted.values()}
    roles: dict[str, str] = {}
    places: Counter[str] = Counter()
    for match in WORD.finditer(text):
        for before, length in lengths.get(match.group().lower(), ()):
            start, end = match.start() - before, match.start() - before + length
            known = wanted.get(text[max(0, start) : end].lower())
            if known is None or text[end : end + 1].isalnum() or places[known] > MOST_PLACES:
                continue
            places[known] += 1
            written = text[start:end]
            capital = all(word[0].isupper() for word in (written, written.split()[-1]))  # "HE" is not the word "he"
            if found[known] is None and capital and not written.isupper():
                found[known] = written
            begins = start == 0 or text[start - 1] in "\n*_#" or text[max(0, start - 2) : start] == "# "
            if known not in roles and begins and (stated := ROLE.match(text, end)):
                roles[known] = stated.group(1).strip()
    return {name: (shown or shown_name(name), roles.get(name)) for name, shown in found.items()}


def _surname_and_initial(name: str) -> tuple[str, str]:
    return name.split()[-1].casefold(), name[0].casefold()


def full_forms(text: str, surnames: Collection[str]) -> dict[str, str]:
    """By surname the one full name with it that stands in the text; none of a surname that has none or several."""
    forms = {form: name for name in surnames for form in (name.capitalize(), name.title(), name.upper())}
    found: dict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for run in CAPITALS.finditer(text) if forms else ():
        words = run.group().split()
        for place in range(1, len(words)):
            surname = forms.get(words[place].rstrip("."))
            if surname is None:
                continue
            given = _after_small_words(words[max(0, place - MOST_GIVEN) : place])
            if given:
                shown = title_case(" ".join([*given, words[place].rstrip(".")]))
                if is_person(shown):
                    found[surname].setdefault(_surname_and_initial(shown), shown)
    return {surname: next(iter(names.values())) for surname, names in found.items() if len(names) == 1}


def _after_small_words(words: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for word in words:
        plain = word.casefold().strip(".")
        kept = [] if plain in _not_names() or (word.endswith(".") and len(plain) > 2) else [*kept, word]
    while kept and kept[0].casefold().strip(".") in TITLE_WORDS:
        kept = kept[1:]
    return kept


@cache
def _not_names() -> frozenset[str]:
    return frozenset(
        "of by the statement testimony prepared remarks member ranking to and from with for in on at as is was thank "
        "you yes no but so if when then also dear hello hi good morning our your my this that mr mrs ms".split()
    )


def holder_of(text: str, office: str, people: People) -> str | None:
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
            shown = title_case(" ".join(words))
            if len(words) > 1 and is_person(shown):
                found.setdefault(shown.casefold(), shown)
    if len(found) != 1:
        return None
    (holder,) = found.values()
    return people.fuller(holder) or holder


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
