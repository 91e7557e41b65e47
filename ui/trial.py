"""Reads files that strangers gave once in a process of its own, which may hang or break without harm to the chat.

It does not know what becomes of them: it tells how long a document is, or why it can't be read.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from index.document import Document
from index.errors import UnreadableDocument
from index.read import read_file
from index.split import split_document
from index.structure import read_structure

WORD_PIECES = 128  # of a passage; it only has to be about right
START_SECONDS = 60.0  # to start the process, on top of the time for its first file


@dataclass(frozen=True, slots=True)
class Length:
    """How long a document is; `pages` is 0 where its format has none."""

    pages: int
    characters: int


class Trial:
    """A context in which files are read one after the other, each within `seconds` and `memory` bytes (on Linux)."""

    def __init__(self, seconds: float, memory: int, read: Callable[[Path], Length] | None = None) -> None:
        self._seconds = seconds
        self._memory = memory
        self._read = read or length_of
        self._process: multiprocessing.process.BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Trial:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()

    def length(self, path: Path) -> Length:
        """How long the document in the file is. Raises UnreadableDocument, one sentence with the next step."""
        connection = self._started()
        too_much = UnreadableDocument(
            f"{path.name} takes more than {self._seconds:.0f} seconds to read; split it into smaller files."
        )
        try:
            connection.send(path)
            if not connection.poll(self._seconds):
                self._stop()
                raise too_much
            answer: Length | str = connection.recv()
        except (EOFError, OSError) as error:  # the process was ended: by the system, for its memory
            self._stop()
            raise UnreadableDocument(
                f"{path.name} can't be read: it breaks its reader; open it in its own program and save it again."
            ) from error
        if isinstance(answer, str):
            raise UnreadableDocument(answer)
        return answer

    def _started(self) -> Connection:
        if self._connection is None:
            context = multiprocessing.get_context("spawn")
            self._connection, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs, self._memory, self._read), daemon=True)
            self._process.start()
            theirs.close()
            with contextlib.suppress(EOFError, OSError):  # said by whoever sends it a file
                if self._connection.poll(START_SECONDS):
                    self._connection.recv()
        return self._connection

    def _stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._connection = self._process = None


def length_of(path: Path) -> Length:
    """How long the document in a file is, once all has been done with it that its text can make slow.

    That is what the index will do: reading, and splitting into sentences. Raises UnreadableDocument.
    """
    reading = read_file(path)
    blocks = read_structure(reading.text, reading.blocks).blocks
    document = Document("", path.name, None, None, None, None, reading.text, blocks, reading.page_starts)
    split_document(document, _word_pieces, WORD_PIECES, WORD_PIECES)
    return Length(len(reading.page_starts), len(reading.text))


def _word_pieces(texts: Sequence[str]) -> list[int]:
    """About as many as a model would count, which need not be loaded for it."""
    return [len(text) // 4 + 1 for text in texts]


def _serve(connection: Connection, memory: int, read: Callable[[Path], Length]) -> None:
    """The process: for each path that comes, its length or the reason why it can't be read."""
    _limit_memory(memory)
    connection.send("ready")
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            path: Path = connection.recv()
            try:
                answer: Length | str = read(path)
            except UnreadableDocument as error:
                answer = str(error)
            except MemoryError:
                answer = f"{path.name} needs more memory than there is; split it into smaller files."
            except Exception as error:
                reason = f"{type(error).__name__}: {str(error)[:200]}"
                answer = f"{path.name} can't be read ({reason}); open it in its own program and save it again."
            connection.send(answer)


def _limit_memory(memory: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ImportError, ValueError, OSError):
        return  # not on this system: the limits on sizes must do
