"""Whose words a citation says they are, against whose they are: right, wrong or missing.

It judges by the citation's data alone (speaker, via, date, the document's author and publisher), never by prose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from unicodedata import combining, normalize

if TYPE_CHECKING:  # it brings chromadb along, which reading a run need not wait for
    from index.document import Document
    from rag.answering import Citation

Attribution = Literal["right", "wrong", "missing"]
UNNAMED = (
    r"(?:un(?:named|labelled|identified|attributed|known)|anonymous|nobody|addressed as"
    r"|undisclosed(?!(?:\s+[\w-]+){0,3}\s+#))\b"
)
NOBODY = re.compile(rf"\b{UNNAMED}", re.IGNORECASE)
NOBODY_ASIDE = re.compile(rf"[(,]\s*(?:(?:an?|the)\s+)?{UNNAMED}", re.IGNORECASE)
ASIDE = re.compile(r"\([^)]*\)")
SEVERAL = re.compile(r";|\bvs\.?\s")
LIST = re.compile(r"\s*[;,/]\s*|\s+(?:and|&|vs\.?)\s+")
WORD = re.compile(r"#?\w+")
NAME_WORD = re.compile(r"[\w#.'’&-]+")
PARTICLES = frozenset(
    "al and bin da das de del della den der di dos du el for ibn la le of ten ter the van von y zu".split()
)
BESIDE_NAMES = frozenset("the of and for from in by at mr mrs ms mx dr prof professor sir".split())
"""Words that two names may share without being one person's."""


@dataclass(frozen=True, slots=True)
class Said:
    """Whose words a stretch of text is: by any of `speakers`; () is the document's own narration, or nobody named.

    Among several, "" stands for nobody.
    `via` names who carries the quotation, `date` (ISO 8601) when it was said, "" where the text gives none; both
    are None where the set does not say.
    """

    speakers: tuple[str, ...]
    via: tuple[str, ...] | None = None
    date: str | None = None


def attribute(citation: Citation, expected: Said) -> Attribution:
    """Whether the citation names the speaker.

    "right": it names one of the expected speakers (or, where the words are the document's own, its author or
    publisher is the one expected), or it names nobody where nobody is named. "missing": it names nobody where
    somebody is named. "wrong": it names somebody else, or somebody where nobody is named; a list of names is
    wrong when one of them is. Part of a name is enough ("You" for "Rowena You"); a numbered one ("Dealer #4")
    must be whole.
    """
    if citation.speaker and citation.speaker.strip():
        named = [name for name in LIST.split(citation.speaker) if _words(name)] or [citation.speaker]
        return "right" if all(_among(name, expected.speakers) for name in named) else "wrong"
    if not expected.speakers:
        return "right"
    owners = [owner for owner in (citation.document.author, citation.document.publisher) if owner]
    told = any(_among(owner, expected.speakers) for owner in owners)
    return "right" if told or "" in expected.speakers else "missing"


def via_named(citation: Citation, expected: Said) -> bool | None:
    """Whether the citation names every carrier of a quotation (its document counts as one) and invents none.

    None when there is none to name, or when the set does not say.
    """
    if expected.via is None:
        return None
    owners = [owner for owner in (citation.document.publisher, citation.document.author) if owner]
    invented = any(not _among(name, (*expected.via, *owners)) for name in citation.via if name)
    if not expected.via:
        return False if invented else None
    return not invented and all(_among(wanted, (*citation.via, *owners)) for wanted in expected.via)


def date_given(citation: Citation, expected: Said) -> bool | None:
    """Whether the citation's date is the one expected, as far as both are precise; None where the set does not say.

    Where the text gives no date ("" in the set), the citation may give none either.
    """
    if expected.date is None:
        return None
    if not expected.date:
        return not citation.date
    given, wanted = ((date or "").partition("T")[0].split("-") for date in (citation.date, expected.date))
    return bool(given[0]) and all(one == other for one, other in zip(given, wanted, strict=False))


def data_right(citation: Citation, document: Document) -> bool:
    """Whether what a footnote says of its document is what the document says: title, author, publisher, day, page.

    A page may be left out. Whoever it names as the speaker, or as a carrier, must be named by the document too,
    in its text or data, with a word of the name at least; whether he said it is for `attribute`.
    """
    given, known = citation.document, document
    same = all(getattr(given, name) == getattr(known, name) for name in ("title", "author", "publisher", "published"))
    paged = citation.page is None or citation.page == known.page_at(citation.start)
    held = _words(" ".join(text for text in (known.text, known.title, known.author, known.publisher) if text))
    named = [words for name in (citation.speaker, *citation.via) if name and (words := _words(name))]
    return same and paged and all(words & held for words in named)


def expected_speakers(description: str | None) -> tuple[str, ...] | None:
    """The names in a set's free text on whose words the evidence is; () for nobody named; None when it can't be told.

    "Rowena You (President), in the interview" names Rowena You; "unnamed commenter" names nobody, but
    "Rowena You, quoted by an unnamed commenter" names her; "the message pasted by a reader" can't be told.
    Several, separated by ";", "vs" or "and", are alternatives.
    """
    if not description or not description.strip():
        return None
    names: list[str] = []
    nobody = False
    for part in SEVERAL.split(description):
        head = ASIDE.sub(" ", part).partition(",")[0].strip()
        if NOBODY.search(head) or NOBODY_ASIDE.search(part):
            nobody = True
        elif _is_name(head):
            names += [name for name in re.split(r"\s+and\s+", head) if name]
        else:
            return None
    return (*names, "") if names and nobody else tuple(names)


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one's: the words of one are all among the other's, an initial for a word too.

    Titles, accents and case make no difference; numbers must be the same, and with "#" so must every word. A
    name of capitals may be the initials of the other ("WPT", "the Weekly Port Times").
    """
    if one in _initials(other) or other in _initials(one):
        return True
    first, second = _words(one), _words(other)
    if any(word.startswith("#") for word in first | second) or not first or not second:
        return bool(first) and first == second
    if {word for word in first if word.isdigit()} != {word for word in second if word.isdigit()}:
        return False
    shared = any(len(word) > 1 for word in first & second)
    return first == second or (shared and (_within(first, second) or _within(second, first)))


def worst(outcomes: Sequence[Attribution]) -> Attribution | None:
    """The worst of several: wrong before missing before right; None of none."""
    return next((outcome for outcome in ("wrong", "missing", "right") if outcome in outcomes), None)


def _among(name: str, names: Sequence[str]) -> bool:
    return any(same_name(name, other) for other in names)


def _initials(name: str) -> tuple[str, ...]:
    words = [word for word in name.split() if word[:1].isupper() and word != "The"]
    return ("".join(word[0] for word in words),) if len(words) > 1 else ()


def _within(fewer: frozenset[str], more: frozenset[str]) -> bool:
    return all(any(_alike(word, other) for other in more) for word in fewer)


def _alike(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _is_name(head: str) -> bool:
    words = head.split()
    named = [word for word in words if word not in PARTICLES]
    return bool(named) and all(NAME_WORD.fullmatch(word) and not _starts_lower(word) for word in named)


def _starts_lower(word: str) -> bool:
    return word.lstrip("#.'’&-")[:1].islower()


def _words(name: str) -> frozenset[str]:
    plain = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return frozenset(WORD.findall(plain.casefold())) - BESIDE_NAMES
