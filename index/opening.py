"""An index folder becomes an Index that questions can be put to: opened, checked, kept up to date.

It stands between the folder's two halves (catalog and vectors) and everybody who reads; it never writes.
It does not know what is searched for.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import FORMAT_VERSION, Catalog, Skipped
from index.document import Document
from index.embed import Embedder, Vectors, load_embedder
from index.errors import IndexMismatch, IndexMissing, UsageError
from index.split import SPLITTER_VERSION
from index.store import PASSAGES, SENTENCES, VectorStore

LOCK_NAME = "lock"


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """What an index is built with; another model, splitter or format makes another index."""

    format: str
    model: str
    model_sha256: str
    dimension: str
    splitter: str
    word_pieces: str

    @classmethod
    def of(cls, embedder: Embedder, word_pieces: int) -> IndexSettings:
        return cls(
            *(str(FORMAT_VERSION), embedder.name, embedder.sha256, str(embedder.dimension)),
            *(str(SPLITTER_VERSION), str(word_pieces)),
        )

    def as_rows(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in self.__slots__}


LABELS = {
    "format": "index format",
    "model": "embedding model",
    "model_sha256": "embedding model's weights",
    "dimension": "embedding dimension",
    "splitter": "splitter version",
    "word_pieces": "passage length",
}


def check_settings(recorded: Mapping[str, str], wanted: IndexSettings, folder: Path) -> None:
    """Raise IndexMismatch when the index was built otherwise, with the command that mends it."""
    for name, value in wanted.as_rows().items():
        if recorded.get(name) != value:
            raise IndexMismatch(
                f"The index in {folder} was built with another {LABELS[name]} ({recorded.get(name)}, now {value}); "
                f"build it anew with: rag index --rebuild --index {folder}"
            )


class Index:
    """An open index; safe to use from several threads. It notices by itself when another process changed it."""

    def __init__(self, folder: Path, embedder: Embedder, settings: IndexSettings) -> None:
        self.folder = folder
        self.embedder = embedder
        self.catalog = Catalog(folder)
        self.vectors = VectorStore(folder)
        self._settings = settings
        self._documents: dict[str, Document] = {}
        self._generation = -1
        self._lock = threading.RLock()

    @property
    def unfinished(self) -> bool:
        """Whether a sync is running or was cut off: the index may lack documents and vectors that it will have."""
        with self.catalog.reading():
            return self.catalog.settings().get("unfinished") == "1"

    def refresh(self) -> None:
        """Open Chroma anew and forget cached documents when the catalog has moved on.

        Raises IndexMismatch when it was built anew by another model or splitter, or its vectors are damaged.
        """
        with self._lock, self.catalog.reading():
            generation = self.catalog.generation()
            if generation > self._generation:  # below it: a state that this thread began to read before others did
                check_settings(self.catalog.settings(), self._settings, self.folder)
                self._open_vectors(generation)
                self._documents.clear()
                self._generation = generation

    def _open_vectors(self, generation: int) -> None:
        """Open Chroma; while a sync is at work (or was cut off) it may lack vectors, even all."""
        try:
            self.vectors.open()
            if self.vectors.counts() != self.catalog.counts():
                raise IndexMismatch(
                    f"The vectors in {self.vectors.folder} are not those of the catalog; "
                    f"mend them with: rag index --index {self.folder}"
                )
        except IndexMismatch:
            if not self._changes(generation):
                self.vectors.close()
                raise

    def _changes(self, generation: int) -> bool:
        """Whether a sync is at work, was cut off, or ended since this generation: by what the catalog says now."""
        now = Catalog(self.folder)  # its own connection: this thread's may be reading an older state
        try:
            with now.reading():
                return now.settings().get("unfinished") == "1" or now.generation() != generation
        finally:
            now.close()

    def documents(self) -> tuple[Document, ...]:
        """All documents, ordered by path."""
        with self.catalog.reading():
            self.refresh()
            found = [self.document(identity) for identity in self.catalog.document_ids()]
        return tuple(document for document in found if document is not None)

    def document(self, document_id: str) -> Document | None:
        """The document of that id; None when the index has none."""
        with self._lock, self.catalog.reading():
            if document_id in self._documents:
                return self._documents[document_id]
            document = self.catalog.document(document_id)
            if document is not None and self.catalog.generation() == self._generation:
                self._documents[document_id] = document
            return document

    def skipped(self) -> tuple[Skipped, ...]:
        """Files that could not be read, with the reasons."""
        with self.catalog.reading():
            return self.catalog.skipped()

    def search_passages(
        self, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the passages nearest to `vector`, best first, with cosine similarity; see `VectorStore.search`."""
        return self._search(PASSAGES, vector, limit, document_ids)

    def search_sentences(
        self, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the passages that hold the `limit` sentences nearest to `vector`, best first, with the best cosine."""
        found = self._search(SENTENCES, vector, limit, document_ids)
        best: dict[str, float] = {}
        for identity, cosine in found:
            best.setdefault(identity.rsplit(":", 1)[0], cosine)
        return list(best.items())

    def _search(
        self, collection: str, vector: Vectors, limit: int, document_ids: Sequence[str] | None
    ) -> list[tuple[str, float]]:
        """What is found, once more after opening Chroma anew when it fails; nothing while a sync replaces it."""
        with self._lock:
            try:
                return self.vectors.search(collection, vector, limit, document_ids)
            except IndexMismatch:
                with self.catalog.reading():
                    self._open_vectors(self._generation)
            try:
                return self.vectors.search(collection, vector, limit, document_ids)
            except IndexMismatch:
                if self._changes(self._generation):
                    return []
                raise

    def passage_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The passages' vectors by id, float32, shape (d,), unit length."""
        with self.catalog.reading():
            return self.catalog.vectors_of_passages(ids)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self.vectors.close()
            self.catalog.close()


def check_folder(folder: Path) -> None:
    """Raise UsageError when what is named as the index's folder is a file or may not be opened."""
    if os.path.isdir(folder):
        if not os.access(folder, os.R_OK | os.X_OK):
            raise UsageError(
                f"The folder {folder} can't be opened (permission denied); allow reading it, or name another."
            )
    elif os.path.exists(folder):
        raise UsageError(f"{folder} is a file, so it can't hold an index; name a folder, as in: --index .rag")


def open_index(folder: Path | str = ".rag", *, embedder: Embedder | None = None, word_pieces: int = 128) -> Index:
    """The index in `folder`, ready for questions. Nothing is written, and nothing made that is not there.

    Raises IndexMissing when there is none, IndexMismatch when another model or splitter built it or when it is
    damaged, UsageError when `folder` is a file, ModelUnavailable when the embedding model can't be loaded.
    """
    folder = Path(folder)
    check_folder(folder)
    catalog = Catalog(folder)
    if not catalog.path.is_file():
        raise _missing(folder)
    with catalog.reading():
        if not catalog.exists():
            raise _missing(folder)
        recorded = catalog.settings()
    catalog.close()
    embedder = embedder or load_embedder()
    settings = IndexSettings.of(embedder, min(word_pieces, embedder.max_word_pieces))
    check_settings(recorded, settings, folder)
    index = Index(folder, embedder, settings)
    try:
        index.refresh()
    except BaseException:
        index.close()
        raise
    return index


def _missing(folder: Path) -> IndexMissing:
    return IndexMissing(f"There is no index in {folder}; make one with: rag index PATH --index {folder}")
