"""Whom a pronoun or "the company" means in a paragraph, from those named and heard before it.

It does not know the verbs of saying: it is told where a subject stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.reading.quotation_marks import Marked, inside
from index.reading.speakers import HONORIFICS, NAME_RE, Names, is_paper, is_person, trimmed_name

NO_PERSON = re.compile(r"\b(?:in|at|near|from|the|The|of) $")
SOMEBODY = re.compile(
    r"\b(?:an?|another|one)(?: [a-z-]+){0,3} (?:\w*(?:man|woman)|lad|boy|girl|person|officer|official|clerk|neighbou?r"
    r"|driver|nurse|doctor|teacher|student|resident|colleague|friend|guard|stranger|caller|reporter|worker|soldier)\b"
    r"(?! (?:of|at|for|with|from|in) (?:the )?[A-Z])"
)
BODY_NOUN = (
    r"(?:company|firm|contractor|manufacturer|maker|airline|bank|retailer|supplier|carrier|operator|developer|publisher"
    r"|insurer|start-?up|corporation|charity|trust|club|university|college|school|hospital|council|agency|union|group"
    r"|organi[sz]ation|institute|association|society|ministry|department|authority|board|commission|committee)"
)
BODY = re.compile(rf"(?:[a-z]+ )?{BODY_NOUN}")
CALLED_BEFORE = re.compile(
    rf"\b(?:[Tt]he|[Ii]ts|[Tt]heir|[Aa]n?) (?:[a-z-]+ ){{0,3}}{BODY_NOUN},? (?:called |named )?$"
)
CALLED_AFTER = re.compile(
    rf", (?:the|an?|its|their) (?:[\w-]+ ){{0,4}}{BODY_NOUN}"
    r"(?=[,.;:)]|$| (?:of|in|at|for|that|which|behind|based|from)\b)"  # not "Brill, the company said"
)
BODIES = frozenset(
    "inc ltd llc plc gmbh ag corp corporation company co limited group bank airlines airways university college council"
    " trust association institute foundation society union ministry authority agency commission holdings".split()
)
MOST_PEOPLE = 20  # nearest before a pronoun


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose words: the name, the role as the text gives it, and who carries them, nearest to the speaker first."""

    speaker: str | None = None
    role: str | None = None
    via: tuple[str, ...] = ()


@dataclass(slots=True)
class Paragraph:
    """One paragraph as flat text, and what it says about who speaks; filled from its beginning to its end."""

    text: str
    names: Names
    own: str | None = None  # who says "I" here
    before: Paragraph | None = None
    marks: Sequence[Marked] = ()
    voices: list[Voice] = field(default_factory=list)  # of the marked stretches so far
    tagged: list[bool] = field(default_factory=list)  # a tag follows that stretch
    roles: dict[str, str] = field(default_factory=dict)
    reported: Sequence[tuple[int, int, Voice]] = ()  # sentences of indirect speech
    dialogue: bool = False  # people talk by turns in this text
    closing: Voice | None = None  # whose words or tag the paragraph ends with
    _people: list[tuple[int, str, str]] | None = None

    def people(self) -> list[tuple[int, str, str]]:
        """The persons named outside the marks: place, name, title."""
        if self._people is None:
            self._people = [*_people(self)]
        return self._people

    def heard(self, place: int) -> list[str]:
        """The persons who have spoken before `place`, in marks or in indirect speech."""
        marked = [voice for mark, voice in zip(self.marks, self.voices, strict=False) if mark.end <= place]
        said = [voice for _, end, voice in self.reported if end <= place]
        return [voice.speaker for voice in (*marked, *said) if voice.speaker and is_person(voice.speaker)]

    def last_speaker(self) -> str | None:
        """The only person who spoke here or, where nobody did, the only person named."""
        spoken = set(self.heard(len(self.text)))
        named = {name for _, name, _ in self.people()}
        if spoken:
            return spoken.pop() if len(spoken) == 1 else None
        return named.pop() if len(named) == 1 else None


def _people(paragraph: Paragraph) -> list[tuple[int, str, str]]:
    found = []
    text, marks, number = paragraph.text, paragraph.marks, 0
    for match in NAME_RE.finditer(text):
        while number < len(marks) and marks[number].end <= match.start():
            number += 1
        inside = number < len(marks) and marks[number].start <= match.start()
        after = text[match.end() : match.end() + 2]
        name = trimmed_name(match.group())
        if inside or name is None or after in ("'s", "’s"):
            continue
        place = match.start() + match.group().find(name.split()[0].rstrip(","))
        if NO_PERSON.search(text, max(0, place - 6), place):
            continue
        fullest = paragraph.names.best(name)
        if paragraph.names.is_thing(fullest):
            continue
        person = is_person(fullest) or (fullest in paragraph.names.last_names)
        if person and paragraph.names.is_name(name, begins_sentence=place == 0):
            title = name.split()[0].strip(".").lower()
            found.append((place, fullest, title if title in HONORIFICS else ""))
    return found


def meant(paragraph: Paragraph, pronoun: str, place: int) -> str | None:
    """The person that "he" or "she" at `place` means, if only one can be meant; "I" is whoever the paragraph is by."""
    pronoun = pronoun.lower()
    if pronoun in ("i", "my"):
        return paragraph.own
    if pronoun not in ("he", "she", "his", "her"):
        return None
    wrong = ("mrs", "ms", "miss") if pronoun in ("he", "his") else ("mr", "sir")
    nearest = paragraph.people()[: bisect_left(paragraph.people(), place, key=lambda person: person[0])][-MOST_PEOPLE:]
    people = [(at, name) for at, name, title in nearest if title not in wrong]
    named = {name for _, name in people}
    if _role_between(paragraph, people[-1][0] if people else 0, place):
        return None
    if len(named) == 1:
        return named.pop() if not _earlier(paragraph, pronoun, people[0][0]) else None
    if not named:
        return paragraph.before.last_speaker() if paragraph.before else None
    for mark, voice in zip(paragraph.marks[len(paragraph.voices) - 1 :: -1], reversed(paragraph.voices), strict=False):
        if voice.speaker:
            later = any(at > mark.end and name != voice.speaker for at, name in people)
            return voice.speaker if voice.speaker in named and not later else None
    heard = set(paragraph.heard(place))
    return heard.pop() if len(heard) == 1 and heard <= named else None


def _role_between(paragraph: Paragraph, start: int, end: int) -> bool:
    """Whether somebody without a name comes in between a name and a pronoun: "a lad from the office"."""
    return any(not inside(paragraph.marks, match.start()) for match in SOMEBODY.finditer(paragraph.text, start, end))


def _earlier(paragraph: Paragraph, pronoun: str, place: int) -> bool:
    """Whether the same pronoun stands before the only name: it means somebody else then."""
    if pronoun not in ("he", "she"):
        return False
    found = re.compile(rf"\b(?:{pronoun}|{pronoun.title()})\b").finditer(paragraph.text, 0, place)
    return any(not inside(paragraph.marks, match.start()) for match in found)


def institution(paragraph: Paragraph, role: str, place: int) -> str | None:
    """The body that "the company" means: the only one that this paragraph, or the one before, calls so or names."""
    kind = BODY.fullmatch(role)
    if kind is None:
        return None
    for text in (paragraph.text[:place], paragraph.before.text if paragraph.before else ""):
        found = {paragraph.names.best(name) for match in NAME_RE.finditer(text) if (name := _body(text, match))}
        if found:
            name = found.pop()
            return None if found or paragraph.names.is_own(name) else name
    return None


def _body(text: str, match: re.Match[str]) -> str | None:
    """The name of a body: by its last word, or by what stands in apposition to it."""
    name = trimmed_name(match.group())
    if name is None:
        return None
    before, after = text[max(0, match.start() - 40) : match.start()], text[match.end() : match.end() + 60]
    called = CALLED_BEFORE.search(before) or CALLED_AFTER.match(after)
    typical = " " in name and name.split()[-1].lower().strip(".") in BODIES
    return name if called or typical else None


def only_paper(paragraph: Paragraph, place: int) -> str | None:
    """The paper that "the newspaper" means: the only one named here or, if there is none, in the paragraph before."""
    for text in (paragraph.text[:place], paragraph.before.text if paragraph.before else ""):
        found = (trimmed_name(match.group()) for match in NAME_RE.finditer(text))
        papers = {best for name in found if name and is_paper(best := paragraph.names.best(name))}
        papers = {paper for paper in papers if not paragraph.names.is_own(paper)}
        if papers:
            return papers.pop() if len(papers) == 1 else None
    return None
