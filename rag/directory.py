"""Who speaks in the documents of an index, and what these are called; read once for each state of the index.

It does not know what a question asks for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.catalog import Catalog
from index.lookups import Entry, entries, passage_kinds, utterances
from index.opening import Index
from index.reading.speakers import JOINING, OFFICE, ORGANISATION, core, is_person
from rag.words import stem, stems, words_of

TOKEN = re.compile(r"#?\w+(?:[-.]\w+)*")


@dataclass(frozen=True, slots=True)
class Card:
    """What a document is called by: the stems of its title, author and file name, and of its publisher."""

    document_id: str
    path: str
    stems: frozenset[str]
    publisher: frozenset[str]
    published: str | None
    interviewed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Directory:
    """Who speaks in an index and what its documents are called.

    People stand under the last word of their names, other commenters under the first, in small letters.
    `heard` holds the dates of what each speaker says. `carriers` are papers and organisations that speak or pass on.
    """

    generation: int
    people: Mapping[str, tuple[str, ...]]
    handles: Mapping[str, tuple[str, ...]]
    heard: Mapping[str, frozenset[str | None]]
    authors: frozenset[tuple[str, ...]]
    carriers: frozenset[str]
    kinds: frozenset[str]
    cards: tuple[Card, ...]


_directories: WeakKeyDictionary[Index, Directory] = WeakKeyDictionary()
_lock = threading.Lock()


def directory_of(index: Index) -> Directory:
    """The index's directory as it is now; read once for each state of the index."""
    with _lock, index.catalog.reading():
        generation = index.catalog.generation()
        known = _directories.get(index)
        if known is None or known.generation != generation:
            known = _read(index.catalog, generation)
            _directories[index] = known
        return known


def _read(catalog: Catalog, generation: int) -> Directory:
    said = utterances(catalog)
    names = {one.speaker for one in said}
    commenting = {one.speaker for one in said if one.kind == "comment"}
    carriers = {plain(name) for one in said for name in one.via} | {plain(n) for n in names if not _is_someone(n)}
    interviewed: dict[str, set[str]] = {}
    heard: dict[str, set[str | None]] = {}
    for one in said:
        heard.setdefault(one.speaker, set()).add(one.date)
        if one.kind == "interview_answer":
            interviewed.setdefault(one.document_id, set()).update(words_of(one.speaker))
    documents = entries(catalog)
    return Directory(
        generation,
        _by_word((name for name in names if _is_someone(name)), -1),
        _by_word((name for name in commenting if not _is_someone(name)), 0),
        {name: frozenset(days) for name, days in heard.items()},
        frozenset(key_of(entry.author) for entry in documents if entry.author),
        frozenset(carriers - {""}),
        passage_kinds(catalog),
        tuple(_card(entry, frozenset(interviewed.get(entry.document_id, ()))) for entry in documents),
    )


def _by_word(names: Iterable[str], place: int) -> dict[str, tuple[str, ...]]:
    """The names by one word of each, in small letters: the first (0) or the last (-1) without titles."""
    found: dict[str, set[str]] = {}
    for name in names:
        words = TOKEN.findall(" ".join(core(name)) if place else name)
        if words:
            found.setdefault(words[place].casefold(), set()).add(name)
    return {word: tuple(sorted(called)) for word, called in found.items()}


def _card(entry: Entry, interviewed: frozenset[str]) -> Card:
    file_name = re.sub(r"[\W_]+", " ", entry.path.rsplit(".", 1)[0])
    return Card(
        document_id=entry.document_id,
        path=entry.path,
        stems=frozenset(stems(f"{entry.title or ''} {entry.author or ''} {file_name}")),
        publisher=frozenset(map(stem, words_of(entry.publisher or ""))),
        published=entry.published,
        interviewed=interviewed,
    )


def _is_someone(name: str) -> bool:
    """Whether a name is a person's: not an office's ("Prime Minister") or an institution's ("Court of Auditors")."""
    words = core(name)
    if not words or JOINING & {word.casefold() for word in words} or OFFICE.fullmatch(words[-1]):
        return False
    return is_person(name) and words[0].casefold() not in ORGANISATION


def key_of(name: str) -> tuple[str, ...]:
    """A name as names are compared: its words without titles, in small letters."""
    return tuple(word.casefold().strip(".") for word in core(name))


def plain(name: str) -> str:
    return " ".join(words_of(name)).removeprefix("the ")
