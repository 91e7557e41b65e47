"""The words of a question that name documents or people become those of the catalog.

Capitals, missing words and small misspellings are forgiven; what could be anything names nothing. It does not know
what is asked about them.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from index.document import Document
from index.split import paragraphs_of
from rag.followup import History
from rag.introduce import TITLE_WORDS
from rag.words import content_words, stem, words_of

ONE = (
    r"(?:documents?|docs?|files?|sources?|articles?|texts?|papers?|reports?|story|stories|pieces?|interviews?|"
    r"(?:blog )?posts?|pages?|pdfs?|reviews?|briefings?|memos?|transcripts?|threads?|discussions?|press releases?|"
    r"analysis|analyses|notes?|q&a|corrections?|letters?|editorials?|columns?|essays?|studies|study|statements?|speech|"
    r"bulletins?|guides?|manuals?|minutes|hearings?|e-?mails?|polic(?:y|ies)|chats?)"
)
MANY = (
    r"(?:documents|docs|files|sources|articles|texts|papers|reports|stories|materials?|pdfs|pages|contents?|corpus|"
    r"collection|folder|library|database|archive|data ?sets?|data|knowledge base|info(?:rmation)?|stuff|things)"
)
THESE = (
    r"(?:(?:all )?(?:of )?(?:these|those|the|your|my|our|this|that)"
    r"(?: (?:uploaded|loaded|indexed|available|given|whole|entire|other))? |all |every )?"
)
WHOLE = re.compile(
    rf"{THESE}{MANY}|(?:each|every)(?: one)?(?: (?:{ONE}|of (?:them|{THESE}{MANY})))?|"
    r"(?:all of )?(?:these|those|they|them|here)|everything|all|both"
)
ANY = r"(?:documents?|docs?|files?|sources?|articles?|texts?|papers?|story|stories|pieces?|posts?|pages?|pdfs?)"
COUNTED = rf"(?:{ANY}|reports?)"  # what all of them may be called; "the first letter" need not be the first document
POINTING = re.compile(
    rf"(?:this|that|it|(?:this|that) (?:same |one )?{ONE}|(?:the|your|my) (?:same |only )?{ANY}|that one)"
)
PLURAL = re.compile(rf"(?:{THESE}(?:\w+s|corpus|data|stuff|collection|folder|library|archive)|these|those|they|them)")
NUMBERS = {w: n for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)}
PLACED = re.compile(
    rf"(?:the )?(?:(?P<word>{'|'.join(NUMBERS)}|last)|(?P<digits>\d{{1,4}})(?:st|nd|rd|th))(?: {COUNTED}| one)"
    rf"|(?:the )?(?:{COUNTED} )?(?:number |no\.? ?|#)?(?P<number>\d{{1,3}})"
)
BY_AGE = re.compile(
    rf"(?:the |your )?(?P<age>newest|latest|most recent|oldest|earliest)(?: (?:published|dated))?(?: {COUNTED}| one)"
)
QUOTED = re.compile(r"[\"“”]|\B'|'\B")
NOUN, ANYTHING = re.compile(rf"\b{ONE}\b"), re.compile(ANY)
FILLER = frozenset(
    "one called titled named entitled headlined regarding concerning dated published written named full whole entire "
    "original long short new old latest newest oldest earliest article's".split()
)
SAME_WORD = 82.0  # rapidfuzz ratio, 0..100
SAME_TITLE = 90.0
FORGIVING_FROM = 4  # words; of so many, one may be missing
MOST_LISTED = 5
TITLE_SHARE = 0.6  # of a title's words, from which a description without "article" names it


@dataclass(frozen=True, slots=True)
class Named:
    """The documents that words name, and how: "all", "place", "pointing", "title", "words", or "" for none.

    `is_said`: the words call it a document, an article or the like, so that nothing else is meant.
    """

    documents: tuple[Document, ...] = ()
    how: str = ""
    is_said: bool = False


def documents_named(about: str, documents: Sequence[Document], history: History = ()) -> Named:
    """The documents that the words name; several when they fit several; none when they name none."""
    plain = " ".join(about.casefold().strip(" .,:;!?").split())
    bare = QUOTED.sub("", plain)
    is_said = bool(NOUN.search(bare)) or bare != plain
    if not bare or WHOLE.fullmatch(bare):
        return Named(tuple(documents), "all", is_said)
    placed = _by_place(bare, documents)
    if placed is not None:
        return Named(placed, "place", True)
    if POINTING.fullmatch(bare) and len(documents) == 1:
        return Named(tuple(documents), "pointing", is_said)
    titled = tuple(document for document in documents if _is_title(bare, document))
    if titled:
        return Named(titled, "title", is_said)
    listed = _listed(bare, documents, history)
    if listed:
        return Named(listed, "all", is_said)
    described = _described(bare, documents)
    if POINTING.fullmatch(bare) and len(described) != 1:
        return Named(last_named(history, documents) or described, "pointing", is_said)
    if described:
        return Named(described, "words", is_said)
    return Named()


def _listed(plain: str, documents: Sequence[Document], history: History) -> tuple[Document, ...]:
    """The documents of "the review and the letter", when each part names one."""
    parts = [part for part in re.split(r",? and |, ", plain) if part]
    if not 1 < len(parts) <= MOST_LISTED:
        return ()
    if not all(NOUN.search(part) for part in parts):
        return ()
    named = [documents_named(part, documents, history).documents for part in parts]
    found = tuple(dict.fromkeys(document for fitting in named for document in fitting))
    return found if all(named) and len(found) <= MOST_LISTED else ()


def is_one(about: str) -> bool:
    """Whether the words speak of one document, whichever it is: "the second article", "this report"."""
    plain = QUOTED.sub("", " ".join(about.casefold().split()))
    return bool(POINTING.fullmatch(plain)) and not PLURAL.fullmatch(plain)


def last_named(history: History, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The document that the conversation named last; none when it named none."""
    for turn in reversed(list(history)[-6:]):
        said = " ".join(str(turn.get("content", "")).split())
        places = {d: max(said.rfind(name) for name in _names(d)) for d in documents}
        best = max(documents, key=lambda d: places[d], default=None)
        if best is not None and places[best] >= 0:
            return (best,)
    return ()


def _names(document: Document) -> tuple[str, ...]:
    title = " ".join(" ".join((document.title or "").split()).split()[:TITLE_WORDS])
    return (title, document.path) if title else (document.path,)


def _by_place(plain: str, documents: Sequence[Document]) -> tuple[Document, ...] | None:
    """The document at a place of the list, or the newest or oldest; None when the words say no such thing."""
    placed, aged = PLACED.fullmatch(plain), BY_AGE.fullmatch(plain)
    if aged:
        return by_age(documents, newest=aged["age"] not in ("oldest", "earliest"))
    if not placed or not documents:
        return None
    word = placed["word"]
    place = len(documents) if word == "last" else NUMBERS.get(word or "", 0)
    place = place or int(placed["digits"] or placed["number"])
    return tuple(documents[place - 1 : place]) if place else None


def by_age(documents: Iterable[Document], newest: bool) -> tuple[Document, ...]:
    """The documents of the latest or of the earliest day; none when no document has a date."""
    dated = [document for document in documents if document.published]
    days = [document.published or "" for document in dated]
    return tuple(d for d in dated if d.published == (max(days) if newest else min(days)))


def _is_title(plain: str, document: Document) -> bool:
    said = " ".join(words_of(re.sub(r"^the ", "", plain)))
    names = [words_of(document.title or ""), words_of(_spaced(document.path)), words_of(document.publisher or "")]
    return (
        any(name and fuzz.ratio(said, " ".join(name).removeprefix("the ")) >= SAME_TITLE for name in names)
        or plain == document.path
    )


def _described(plain: str, documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents that hold all words of a description ("the mill article") in title, file name, publisher, author.

    Of at least four words one may be missing. Anything is an article, but only what calls itself a letter is one. A
    description without such a noun must be most of a title.
    """
    nouns = {stem(word) for match in NOUN.finditer(plain) for word in words_of(match.group())}
    wanted = [w for w in content_words(plain) if w not in FILLER and not ANYTHING.fullmatch(w)]
    scores: dict[Document, float] = {}
    for document in documents:
        title, said = words_of(document.title or ""), catalog_words(document)
        found = [word for word in wanted if any(alike(word, other) for other in said)]
        missing = [word for word in wanted if word not in found]
        if not found or len(missing) > (len(wanted) >= FORGIVING_FROM) or any(stem(word) in nouns for word in missing):
            continue
        in_title = sum(any(alike(word, other) for other in title) for word in found)
        if nouns or in_title >= max(2, TITLE_SHARE * len(set(content_words(document.title or "")))):
            scores[document] = len(found) + 0.3 * in_title / len(found)
    best = max(scores.values(), default=0.0)
    return tuple(document for document, score in scores.items() if score > best - 1e-6)


@lru_cache(maxsize=20_000)
def catalog_words(document: Document) -> tuple[str, ...]:
    """The words of what the catalog says of a document, and of what kind of text it is."""
    said = " ".join(
        part or ""
        for part in (document.title, _spaced(document.path), document.publisher, document.author, _day(document))
    )
    kinds = {block.kind for block in paragraphs_of(document)}
    answering = {block.speaker or "" for block in paragraphs_of(document) if block.kind == "interview_answer"}
    is_interview = f" interview q a {' '.join(sorted(answering))}" if answering else ""
    is_thread = " thread discussion" if "comment" in kinds else ""
    return tuple(dict.fromkeys(words_of(said + is_interview + is_thread)))


def _day(document: Document) -> str:
    """The document's day in words, as "5 May 2023"; "" where it isn't known to the day."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T.*)?", document.published or "")
    return f"{int(found[3])} {month_name[int(found[2])]} {found[1]}" if found else ""


def _spaced(path: str) -> str:
    """A file's path as words: "Board_11July2023" is "Board 11 July 2023"."""
    return re.sub(r"[_\-/.]+|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=[A-Z\d])", " ", path)


def alike(one: str, other: str) -> bool:
    """Whether two words are the same but for their endings or a slip; numbers must be the same."""
    if one == other:
        return True
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < 4:
        return False
    return stem(one) == stem(other) or fuzz.ratio(one, other) >= SAME_WORD


def people_named(said: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that hold all words of `said`; a name said in full is nobody else's."""
    wanted = [word for word in words_of(said) if word not in ("the", "mr", "mrs", "ms", "dr", "a", "an")]
    if not wanted:
        return ()
    fitting = [name for name in dict.fromkeys(names) if _fits(wanted, words_of(name))]
    full = [name for name in fitting if len([w for w in words_of(name) if w != "the"]) == len(wanted)]
    return tuple(full or fitting)


def _fits(wanted: Sequence[str], name: Sequence[str]) -> bool:
    return all(any(alike(word, other) for other in name) for word in wanted)
