"""The truth about an index: SQLite with documents, blocks, passages, sentences, full text and cached vectors.

It does not know how texts are embedded or how vectors are searched.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy

from index.database import Database, is_damage
from index.document import Block, Document, Passage
from index.embed import Vectors
from index.inserts import (
    block_of,
    block_row,
    delete_orphans,
    delete_passages,
    insert_blocks,
    insert_files,
    insert_passage,
    statements,
)
from index.rows import File, PassageRow, SentenceVector, Skipped, VectorKey

__all__ = ["Catalog", "File", "PassageRow", "SentenceVector", "Skipped", "VectorKey"]

FORMAT_VERSION = 1
FILE_NAME = "catalog.sqlite"
BATCH = 500  # SQLite's default limit on variables in a statement is 999

TABLES = ("lines", "sentences", "passages", "passages_text", "blocks", "files", "documents", "settings", "vectors")


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
            for statement in statements():
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
            insert_files(connection, files)
            delete_orphans(connection)

    def note_files(self, files: Iterable[File]) -> None:
        """Record files in the midst of a sync: no document goes, because a file not yet noted may hold it."""
        with self.transaction() as connection:
            insert_files(connection, files)

    def has_document(self, document_id: str) -> bool:
        return self.connection.execute("SELECT 1 FROM documents WHERE id = ?", (document_id,)).fetchone() is not None

    def put_reading(self, document: Document, sketch: bytes) -> None:
        """Add a document with its blocks and the `sketch` of its lines, in one transaction.

        Nobody sees it before `put_passages` gives it passages and a file.
        """
        with self.transaction() as connection:
            connection.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(document.id, document.title, document.author, document.publisher, document.published),
                    *(document.text, json.dumps(document.page_starts), document.sha256),
                ),
            )
            insert_blocks(connection, document)
            connection.execute("INSERT INTO lines VALUES (?, ?, NULL, '[]')", (document.id, sketch))

    def put_passages(
        self,
        document: Document,
        as_read: Sequence[Block],
        passages: Sequence[PassageRow],
        repeated: bytes,
        files: Iterable[File],
    ) -> None:
        """Give a stored document passages and sentences in place of those it had, and files, in one transaction.

        Its blocks become those of `document`: `as_read`, marked by the lines that are `repeated`. How they were read is
        remembered. What the files held before stays until `put_files`.
        """
        changed = [(number, block) for number, block in enumerate(as_read) if block != document.blocks[number]]
        rows = json.dumps([block_row(document.id, number, block)[1:] for number, block in changed])
        with self.transaction() as connection:
            if changed or self._changed_blocks(document.id):
                connection.execute("DELETE FROM blocks WHERE document_id = ?", (document.id,))
                insert_blocks(connection, document)
            connection.execute(
                "UPDATE lines SET repeated = ?, as_read = ? WHERE document_id = ?", (repeated, rows, document.id)
            )
            delete_passages(connection, "SELECT ?", [document.id])
            for row in passages:
                insert_passage(connection, document, row)
            insert_files(connection, files)

    def as_read(self, document_id: str) -> Document | None:
        """The document with its blocks as they were before repeated lines became furniture, whether a file names it."""
        document = self._document(document_id)
        if document is None:
            return None
        blocks = list(document.blocks)
        for number, *values in self._changed_blocks(document_id):
            blocks[number] = block_of(values)
        return replace(document, blocks=tuple(blocks))

    def _changed_blocks(self, document_id: str) -> list[Any]:
        row = self.connection.execute("SELECT as_read FROM lines WHERE document_id = ?", (document_id,)).fetchone()
        return json.loads(row[0]) if row else []

    def add_missing_tables(self) -> None:
        """Make the tables that an index of an earlier version lacks."""
        with self.transaction() as connection:
            for statement in statements():
                if "CREATE TABLE IF NOT EXISTS" in statement:
                    connection.execute(statement)

    def sketches(self) -> dict[str, tuple[bytes, bytes | None]]:
        """By document id: the sketch of its lines, and those that were repeated when its passages were made."""
        rows = self.connection.execute("SELECT document_id, sketch, repeated FROM lines")
        return {row[0]: (row[1], row[2]) for row in rows}

    def put_sketch(self, document_id: str, sketch: bytes) -> None:
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO lines VALUES (?, ?, NULL, '[]')", (document_id, sketch))

    def content_of(self, document_id: str) -> str | None:
        """The SHA-256 of the file that the document was read from; None when there is no such document."""
        row = self.connection.execute("SELECT sha256 FROM documents WHERE id = ?", (document_id,)).fetchone()
        return None if row is None else row[0]

    def name_of(self, document_id: str) -> str | None:
        """The name of the first file that holds the document; None when no file does."""
        row = self.connection.execute("SELECT MIN(path) FROM files WHERE document_id = ?", (document_id,)).fetchone()
        return None if row[0] is None else str(row[0])

    def document_ids(self) -> list[str]:
        """Ids of all documents, ordered by the path that names them."""
        rows = self.connection.execute(
            "SELECT document_id FROM files WHERE document_id IS NOT NULL GROUP BY document_id ORDER BY MIN(path)"
        )
        return [row[0] for row in rows]

    def document(self, document_id: str) -> Document | None:
        """The document with its blocks; None when there is none of that id, or no file holds it."""
        document = self._document(document_id)
        return document if document is not None and document.path else None

    def _document(self, document_id: str) -> Document | None:
        row = self.connection.execute(
            "SELECT d.id, (SELECT MIN(path) FROM files WHERE document_id = d.id), title, author, publisher, published,"
            " text, page_starts, sha256 FROM documents d WHERE id = ?",
            (document_id,),
        ).fetchone()
        if row is None:
            return None
        identity, path, title, author, publisher, published, text, page_starts, sha256 = row
        blocks, starts = self._blocks(document_id), tuple(json.loads(page_starts))
        return Document(identity, path or "", title, author, publisher, published, text, blocks, starts, sha256)

    def _blocks(self, document_id: str) -> tuple[Block, ...]:
        rows = self.connection.execute(
            'SELECT kind, start, "end", speaker, role, via, date, parent, hint FROM blocks'
            " WHERE document_id = ? ORDER BY number",
            (document_id,),
        )
        return tuple(map(block_of, rows))

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
