"""The truth about an index: SQLite with documents, blocks, passages, sentences, full text and cached vectors.

It does not know how texts are embedded or how vectors are searched.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from index.database import Database, is_damage
from index.document import Block, Document, Passage
from index.embed import Vectors

FORMAT_VERSION = 1
FILE_NAME = "catalog.sqlite"
BATCH = 500  # SQLite's default limit on variables in a statement is 999

SCHEMA = Path(__file__).with_name("schema.sql")
TABLES = ("sentences", "passages", "passages_text", "blocks", "files", "documents", "settings", "vectors")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was seen: what it became (`document_id`), or the `reason` why it could not be read."""

    path: str
    document_id: str | None
    reason: str | None
    size: int
    modified_ns: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage with what only the index needs: its size, its sentences, the keys of their vectors."""

    passage: Passage
    word_pieces: int
    vector: str
    heading: str
    sentences: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class VectorKey:
    """Which document a vector belongs to, and under which key it is cached."""

    document_id: str
    vector: str


@dataclass(frozen=True, slots=True)
class SentenceVector:
    """A sentence of a passage: offsets in the document and its vector, float32, shape (d,), unit length."""

    start: int
    end: int
    vector: Vectors


class Catalog(Database):
    """The tables in `catalog.sqlite`; every change is a transaction of its own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE_NAME)

    # ---- settings ----

    def exists(self) -> bool:
        """Whether the file holds a finished schema."""
        if not self.path.is_file():
            return False
        return self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone() is not None

    def create(self, settings: Mapping[str, str]) -> None:
        """Start anew, in one transaction: empty tables, and the settings that later opens are compared with.

        A damaged file is deleted first. The generation goes on from where it was, so that readers notice. Until a
        sync has emptied the vectors and ended, the settings say so: "vectors" is "stale", "unfinished" is "1".
        """
        self.path.touch()
        try:
            self._create(settings)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self.delete()
            self.path.touch()
            self._create(settings)

    def _create(self, settings: Mapping[str, str]) -> None:
        self.connection.execute("PRAGMA journal_mode = WAL")
        # A new file takes the time, so that its numbers are above those of a file that was deleted.
        generation = self.generation() + 1 if self.exists() else time.time_ns() // 1_000_000
        with self.transaction() as connection:
            for table in TABLES:
                connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in SCHEMA.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    connection.execute(statement)
            rows = {"generation": str(generation), "unfinished": "1", "vectors": "stale", **settings}
            connection.executemany("INSERT INTO settings VALUES (?, ?)", rows.items())

    def settings(self) -> dict[str, str]:
        return dict(self.connection.execute("SELECT name, value FROM settings").fetchall())

    def put_setting(self, name: str, value: str) -> None:
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def generation(self) -> int:
        """Grows with every change; a reader that sees another number opens its vectors anew."""
        row = self.connection.execute("SELECT value FROM settings WHERE name = 'generation'").fetchone()
        return int(row[0]) if row else 0

    def finish(self, reader: str, changed: bool) -> None:
        """A sync has ended: record the `reader` that read every file; readers look anew when something `changed`."""
        with self.transaction() as connection:
            rows = {"unfinished": "0", "reader": reader}
            connection.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", rows.items())
            if changed:
                connection.execute("UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'")

    # ---- files and documents ----

    def files(self) -> dict[str, File]:
        rows = self.connection.execute(
            "SELECT path, document_id, reason, size, modified_ns, changed_ns FROM files ORDER BY path"
        )
        return {row[0]: File(*row) for row in rows}

    def put_files(self, files: Iterable[File], removed: Iterable[str] = ()) -> None:
        """At the end of a sync, record files and forget others; documents that no file holds any more go with them."""
        with self.transaction() as connection:
            connection.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in removed])
            _insert_files(connection, files)
            _delete_orphans(connection)

    def note_files(self, files: Iterable[File]) -> None:
        """Record files in the midst of a sync: no document goes, because a file not yet noted may hold it."""
        with self.transaction() as connection:
            _insert_files(connection, files)

    def has_document(self, document_id: str) -> bool:
        return self.connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None

    def put_document(self, document: Document, passages: Sequence[PassageRow], file: File) -> None:
        """Add a document with its blocks, passages and sentences, and the file that holds it, in one transaction.

        What the file held before stays until `put_files`.
        """
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(document.id, document.title, document.author, document.publisher, document.published),
                    *(document.text, json.dumps(document.page_starts), document.sha256),
                ),
            )
            connection.executemany(
                "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [_block_row(document.id, number, block) for number, block in enumerate(document.blocks)],
            )
            for row in passages:
                _insert_passage(connection, document, row)
            _insert_files(connection, [file])

    def content_of(self, document_id: str) -> str | None:
        """The SHA-256 of the file that the document was read from; None when there is no such document."""
        row = self.connection.execute("SELECT sha256 FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else row[0]

    def document_ids(self) -> list[str]:
        """Ids of all documents, ordered by the path that names them."""
        rows = self.connection.execute(
            "SELECT document_id FROM files WHERE document_id IS NOT NULL GROUP BY document_id ORDER BY MIN(path)"
        )
        return [row[0] for row in rows]

    def document(self, document_id: str) -> Document | None:
        """The document with its blocks; None when there is none of that id."""
        row = self.connection.execute(
            "SELECT d.id, (SELECT MIN(path) FROM files WHERE document_id = d.id), title, author, publisher, published,"
            " text, page_starts, sha256 FROM documents d WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None or row[1] is None:
            return None
        blocks = self.connection.execute(
            'SELECT kind, start, "end", speaker, role, via, date, parent, hint FROM blocks'
            " WHERE document_id = ? ORDER BY number",
            (document_id,),
        ).fetchall()
        identity, path, title, author, publisher, published, text, page_starts, sha256 = row
        starts = tuple(json.loads(page_starts))
        return Document(
            identity, path, title, author, publisher, published, text, tuple(map(_block, blocks)), starts, sha256
        )

    def skipped(self) -> tuple[Skipped, ...]:
        """Files that could not be read, by path."""
        rows = self.connection.execute("SELECT path, reason FROM files WHERE reason IS NOT NULL ORDER BY path")
        return tuple(Skipped(*row) for row in rows)

    # ---- passages ----

    def counts(self) -> tuple[int, int]:
        """How many passages and how many sentences (by id) there are: as many as there must be vectors of each."""
        return self.count("passages"), self.count("(SELECT DISTINCT passage_number, start FROM sentences)")

    def count(self, table: str) -> int:
        return int(self.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])

    def passage_keys(self) -> dict[str, VectorKey]:
        """By passage id: its document and the key of its vector."""
        rows = self.connection.execute("SELECT id, document_id, vector FROM passages")
        return {row[0]: VectorKey(row[1], row[2]) for row in rows}

    def sentence_keys(self) -> dict[str, VectorKey]:
        """By sentence id (its passage's id, a colon, its start): its document and the key of its vector."""
        rows = self.connection.execute(
            "SELECT p.id || ':' || s.start, p.document_id, s.vector FROM sentences s"
            " JOIN passages p ON p.number = s.passage_number"
        )
        return {row[0]: VectorKey(row[1], row[2]) for row in rows}

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, int]]:
        """Those of `ids` that exist, each with its size in word pieces."""
        found: dict[str, tuple[Passage, int]] = {}
        for batch in _batches(ids):
            rows = self.connection.execute(
                'SELECT id, document_id, start, "end", kind, speaker, date, page, word_pieces FROM passages'
                f" WHERE id IN ({_marks(batch)})",
                batch,
            )
            found.update({row[0]: (Passage(*row[:8]), row[8]) for row in rows})
        return found

    def search_text(self, query: str, limit: int, document_ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Ids of the passages that match the FTS5 `query`, best first, with BM25 as a score (higher is better)."""
        where, values = "", list[str]()
        if document_ids is not None:
            where, values = f" AND p.document_id IN ({_marks(document_ids)})", list(document_ids)
        rows = self.connection.execute(
            "SELECT p.id, -bm25(passages_text, 1.0, 0.5) AS score"
            " FROM passages_text t JOIN passages p ON p.number = t.rowid"
            f" WHERE passages_text MATCH ?{where} ORDER BY score DESC, p.id LIMIT ?",
            (query, *values, limit),
        )
        return [(row[0], row[1]) for row in rows]

    def sentence_vectors(self, passage_ids: Sequence[str]) -> dict[str, list[SentenceVector]]:
        """The sentences of each passage in document order, with their vectors."""
        found: dict[str, list[SentenceVector]] = {identity: [] for identity in passage_ids}
        for batch in _batches(passage_ids):
            rows = self.connection.execute(
                'SELECT p.id, s.start, s."end", v.vector'
                " FROM sentences s JOIN passages p ON p.number = s.passage_number"
                f" JOIN vectors v ON v.key = s.vector WHERE p.id IN ({_marks(batch)}) ORDER BY p.id, s.start",
                batch,
            )
            for identity, start, end, vector in rows:
                found[identity].append(SentenceVector(start, end, _vector(vector)))
        return found

    def vectors_of_passages(self, passage_ids: Sequence[str]) -> dict[str, Vectors]:
        """The cached vector of each passage by id, float32, shape (d,), unit length."""
        found: dict[str, Vectors] = {}
        for batch in _batches(passage_ids):
            rows = self.connection.execute(
                "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.key = p.vector"
                f" WHERE p.id IN ({_marks(batch)})",
                batch,
            )
            found.update({identity: _vector(vector) for identity, vector in rows})
        return found

    def document_frequencies(self, words: Sequence[str]) -> tuple[dict[str, int], int]:
        """In how many passages each word occurs (stemmed as the full-text index does), and how many there are."""
        counts = {}
        for word in words:
            quoted = '"' + word.replace('"', '""') + '"'
            row = self.connection.execute(
                "SELECT COUNT(*) FROM passages_text WHERE passages_text MATCH ?", (quoted,)
            ).fetchone()
            counts[word] = row[0]
        return counts, self.count("passages")

    # ---- cached vectors ----

    def missing_vectors(self, keys: Iterable[str]) -> set[str]:
        """Those of `keys` that have no cached vector yet."""
        wanted = list(dict.fromkeys(keys))
        known: set[str] = set()
        for batch in _batches(wanted):
            rows = self.connection.execute(f"SELECT key FROM vectors WHERE key IN ({_marks(batch)})", batch)
            known.update(row[0] for row in rows)
        return set(wanted) - known

    def put_vectors(self, keys: Sequence[str], vectors: Vectors) -> None:
        with self.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                [(key, vector.astype("<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)],
            )

    def vectors(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """Cached vectors by key, float32, shape (d,), unit length."""
        found: dict[str, Vectors] = {}
        for batch in _batches(list(dict.fromkeys(keys))):
            rows = self.connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({_marks(batch)})", batch)
            found.update({key: _vector(vector) for key, vector in rows})
        return found

    def drop_unused_vectors(self) -> None:
        """Forget the vectors of texts that no passage or sentence has any more."""
        with self.transaction() as connection:
            connection.execute(
                "DELETE FROM vectors WHERE key NOT IN (SELECT vector FROM passages UNION SELECT vector FROM sentences)"
            )


def _vector(blob: bytes) -> Vectors:
    return numpy.frombuffer(blob, dtype="<f4")


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _insert_files(connection: sqlite3.Connection, files: Iterable[File]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
        [(f.path, f.document_id, f.reason, f.size, f.modified_ns, f.changed_ns) for f in files],
    )


def _block_row(document_id: str, number: int, block: Block) -> tuple[object, ...]:
    return (
        *(document_id, number, block.kind, block.start, block.end, block.speaker, block.role),
        *(json.dumps(block.via), block.date, block.parent, block.hint),
    )


def _block(row: tuple[Any, ...]) -> Block:
    kind, start, end, speaker, role, via, date, parent, hint = row
    return Block(kind, start, end, speaker, role, tuple(json.loads(via)), date, parent, hint)


def _insert_passage(connection: sqlite3.Connection, document: Document, row: PassageRow) -> None:
    passage = row.passage
    cursor = connection.execute(
        'INSERT INTO passages (id, document_id, start, "end", kind, speaker, date, page, word_pieces, vector)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(passage.id, passage.document_id, passage.start, passage.end, passage.kind),
            *(passage.speaker, passage.date, passage.page, row.word_pieces, row.vector),
        ),
    )
    number = cursor.lastrowid
    connection.execute(
        "INSERT INTO passages_text (rowid, text, heading) VALUES (?, ?, ?)",
        (number, document.text[passage.start : passage.end], row.heading),
    )
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?, ?)", [(number, start, end, key) for start, end, key in row.sentences]
    )


def _delete_orphans(connection: sqlite3.Connection) -> None:
    orphans = "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM files WHERE document_id IS NOT NULL)"
    connection.execute(
        f"DELETE FROM passages_text WHERE rowid IN (SELECT number FROM passages WHERE document_id IN ({orphans}))"
    )
    connection.execute(f"DELETE FROM documents WHERE id IN ({orphans})")
