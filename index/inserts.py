"""What several of the catalog's transactions share: the schema's statements, rows that go in and rows that go.

It does not know when a document is stored; it runs within the transaction of who calls it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from index.document import Block, Document
from index.rows import File, PassageRow

SCHEMA = Path(__file__).with_name("schema.sql")


def insert_files(connection: sqlite3.Connection, files: Iterable[File]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
        [(f.path, f.document_id, f.reason, f.size, f.modified_ns, f.changed_ns) for f in files],
    )


def statements() -> list[str]:
    return [statement for statement in SCHEMA.read_text(encoding="utf-8").split(";\n") if statement.strip()]


def insert_blocks(connection: sqlite3.Connection, document: Document) -> None:
    connection.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [block_row(document.id, number, block) for number, block in enumerate(document.blocks)],
    )


def block_row(document_id: str, number: int, block: Block) -> tuple[object, ...]:
    return (
        *(document_id, number, block.kind, block.start, block.end, block.speaker, block.role),
        *(json.dumps(block.via), block.date, block.parent, block.hint),
    )


def block_of(row: Sequence[Any]) -> Block:
    kind, start, end, speaker, role, via, date, parent, hint = row
    return Block(kind, start, end, speaker, role, tuple(json.loads(via)), date, parent, hint)


def insert_passage(connection: sqlite3.Connection, document: Document, row: PassageRow) -> None:
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


def delete_orphans(connection: sqlite3.Connection) -> None:
    orphans = "SELECT id FROM documents WHERE id NOT IN (SELECT document_id FROM files WHERE document_id IS NOT NULL)"
    delete_passages(connection, orphans)
    connection.execute(f"DELETE FROM documents WHERE id IN ({orphans})")


def delete_passages(connection: sqlite3.Connection, documents: str, values: Sequence[str] = ()) -> None:
    """Delete the passages of the `documents` that a query gives, with what the full-text index holds of them."""
    numbers = f"SELECT number FROM passages WHERE document_id IN ({documents})"
    connection.execute(f"DELETE FROM passages_text WHERE rowid IN ({numbers})", values)
    connection.execute(f"DELETE FROM passages WHERE document_id IN ({documents})", values)
