"""One SQLite file: a connection per thread, transactions, one snapshot for several reads, errors as sentences.

It stands apart from the catalog so that the tables know nothing of threads, locks and damaged files.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import IndexBusy, IndexMismatch, RagError

BUSY_SECONDS = 30.0


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file is not a database or not a whole one (and not that it is locked or full)."""
    return type(error) is sqlite3.DatabaseError or str(error).startswith("no such ")


def in_words(error: sqlite3.Error, folder: Path) -> RagError:
    """An error of SQLite as one sentence with the next step."""
    if is_damage(error):
        return IndexMismatch(
            f"The index in {folder} is damaged ({error}); build it anew with: rag index --rebuild --index {folder}"
        )
    if "locked" in str(error):
        return IndexBusy(f"Another process has kept the index in {folder} locked; try again when it has ended.")
    return IndexMismatch(
        f"The index in {folder} can't be used ({error}); check the disk's free space and the folder's permissions, "
        f"then run: rag index --index {folder}"
    )


@contextmanager
def clear_errors(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises within into IndexMismatch (damaged, no space, no permission) or IndexBusy (locked)."""
    try:
        yield
    except sqlite3.Error as error:
        raise in_words(error, folder) from error


class Database:
    """A SQLite file; every thread has a connection of its own. Nothing is made by opening it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection; opened at its first use, and anew when another file has taken the path."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None and (connection.in_transaction or self._local.file == self._file()):
            return connection
        self.close()
        self._local.file = self._file()
        uri = f"{self.path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        self._local.connection = connection
        return connection

    def _file(self) -> tuple[int, int]:
        try:
            status = os.stat(self.path)
        except OSError:
            return -1, -1
        return status.st_dev, status.st_ino

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def delete(self) -> None:
        """Remove the file and its log."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; takes the write lock at once."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that this thread reads within is one state of the file, whatever others write; may be nested.

        Leave it on the thread that entered it, and soon: the log grows meanwhile.
        Raises IndexMismatch when the file is damaged, IndexBusy when it stays locked.
        """
        with clear_errors(self.path.parent):
            connection = self.connection
            if connection.in_transaction:
                yield
                return
            connection.execute("BEGIN")
            try:
                yield
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
