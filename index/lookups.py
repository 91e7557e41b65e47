"""What the catalog tells of speakers, documents and words when a question is read: reads that only answering needs.

It does not know what a question is, nor what is made of the rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from index.catalog import Catalog
from index.document import Passage


class Utterance(NamedTuple):
    """That somebody says something of a kind in a document on a day; `via` are those who carry the words."""

    speaker: str
    kind: str
    via: tuple[str, ...]
    document_id: str
    date: str | None


class Entry(NamedTuple):
    """What the catalog says of a document, without its text."""

    document_id: str
    path: str
    title: str | None
    author: str | None
    publisher: str | None
    published: str | None


def utterances(catalog: Catalog) -> list[Utterance]:
    """Who speaks where, each once; bylines and an interviewer's questions aside."""
    rows = catalog.connection.execute(
        "SELECT speaker, kind, via, document_id, IFNULL(b.date, published) FROM blocks b"
        " JOIN documents d ON d.id = document_id WHERE speaker IS NOT NULL AND kind NOT IN ('byline', 'question')"
        " GROUP BY 1, 2, 3, 4, 5"
    )
    return [Utterance(row[0], row[1], tuple(json.loads(row[2])), row[3], row[4]) for row in rows]


def entries(catalog: Catalog) -> list[Entry]:
    """The documents that a file names, by path."""
    rows = catalog.connection.execute(
        "SELECT d.id, MIN(path), title, author, publisher, published FROM documents d"
        " JOIN files f ON f.document_id = d.id GROUP BY d.id ORDER BY 2"
    )
    return [Entry(*row) for row in rows]


def passage_kinds(catalog: Catalog) -> frozenset[str]:
    """The kinds of text that there are passages of."""
    return frozenset(row[0] for row in catalog.connection.execute("SELECT DISTINCT kind FROM passages"))


def passages_of(document_id: str, catalog: Catalog) -> list[Passage]:
    """The document's passages in its order."""
    rows = catalog.connection.execute("SELECT id FROM passages WHERE document_id = ? ORDER BY start", (document_id,))
    ids = [row[0] for row in rows]
    found = catalog.passages(ids)
    return [found[identity][0] for identity in ids]


def passages_with(query: str, catalog: Catalog, most: int) -> tuple[dict[str, int], bool]:
    """By document id: in how many passages the text, without its headings, matches the FTS5 `query`.

    At most `most` passages are counted; the second value says whether these were all.
    """
    rows = catalog.connection.execute(
        "SELECT p.document_id FROM passages_text t JOIN passages p ON p.number = t.rowid"
        " WHERE passages_text MATCH ? LIMIT ?",
        (f"text : ({query})", most + 1),
    ).fetchall()
    return Counter(row[0] for row in rows[:most]), len(rows) <= most


def has_words(words: str, catalog: Catalog) -> bool:
    """Whether a passage has the word, or the words in this order, in any of their forms."""
    query = "SELECT 1 FROM passages_text WHERE passages_text MATCH ? LIMIT 1"
    return catalog.connection.execute(query, (_quoted(words),)).fetchone() is not None


def has_beginning(letters: str, catalog: Catalog) -> bool:
    """Whether a passage has a word that begins with the letters."""
    query = "SELECT 1 FROM passages_text WHERE passages_text MATCH ? LIMIT 1"
    return catalog.connection.execute(query, (f"{_quoted(letters)}*",)).fetchone() is not None


def stem_counts(catalog: Catalog, least: int) -> Iterator[tuple[str, int]]:
    """The stems of the full text that stand in at least `least` passages, each with how many these are."""
    connection = catalog.connection
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.stems USING fts5vocab(main, passages_text, row)")
    yield from connection.execute("SELECT term, doc FROM temp.stems WHERE doc >= ?", (least,))


def texts_with_stem(stem: str, catalog: Catalog, most: int) -> list[str]:
    """The text and headings of up to `most` passages that hold the stem."""
    connection = catalog.connection
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.places USING fts5vocab(main, passages_text, instance)")
    rows = connection.execute(
        "SELECT text, heading FROM passages_text WHERE rowid IN (SELECT doc FROM temp.places WHERE term = ? LIMIT ?)",
        (stem, most),
    )
    return [f"{text} {heading}" for text, heading in rows]


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
