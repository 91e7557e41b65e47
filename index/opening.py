"""An index folder becomes an Index that questions can be put to: opened, checked, kept up to date.

It stands between the folder's two halves (catalog and vectors) and everybody who reads; it never writes.
It does not know what is searched for.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.catalog import FILE_NAME, FORMAT_VERSION, Catalog, Skipped
from index.document import Document
from index.embed import Embedder, Vectors, load_embedder
from index.errors import IndexMismatch, IndexMissing
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

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.folder = folder
        self.embedder = embedder
        self.catalog = Catalog(folder)
        self.vectors = VectorStore(folder)
        self._documents: dict[str, Document] = {}
        self._generation = -1
        self._lock = threading.RLock()

    def refresh(self) -> None:
        """Open Chroma anew and forget cached documents when the catalog has moved on."""
        with self._lock:
            generation = self.catalog.generation()
            if generation != self._generation:
                self.vectors.open()
                self._documents.clear()
                self._generation = generation

    def documents(self) -> tuple[Document, ...]:
        """All documents, ordered by path."""
        self.refresh()
        found = (self.document(identity) for identity in self.catalog.document_ids())
        return tuple(document for document in found if document is not None)

    def document(self, document_id: str) -> Document | None:
        """The document of that id; None when the index has none."""
        with self._lock:
            if document_id not in self._documents:
                document = self.catalog.document(document_id)
                if document is None:
                    return None
                self._documents[document_id] = document
            return self._documents[document_id]

    def skipped(self) -> tuple[Skipped, ...]:
        """Files that could not be read, with the reasons."""
        return self.catalog.skipped()

    def search_passages(
        self, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the passages nearest to `vector`, best first, with cosine similarity; see `VectorStore.search`."""
        with self._lock:
            return self.vectors.search(PASSAGES, vector, limit, document_ids)

    def search_sentences(
        self, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids of the passages that hold the `limit` sentences nearest to `vector`, best first, with the best cosine."""
        with self._lock:
            found = self.vectors.search(SENTENCES, vector, limit, document_ids)
        best: dict[str, float] = {}
        for identity, cosine in found:
            best.setdefault(identity.rsplit(":", 1)[0], cosine)
        return list(best.items())

    def passage_vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The passages' vectors by id, float32, shape (d,), unit length."""
        return self.catalog.vectors_of_passages(ids)

    def close(self) -> None:
        """Let go of the files."""
        self.vectors.close()
        self.catalog.close()


def open_index(folder: Path | str = ".rag", *, embedder: Embedder | None = None, word_pieces: int = 128) -> Index:
    """The index in `folder`, ready for questions.

    Raises IndexMissing when there is none, IndexMismatch when another model or splitter built it,
    ModelUnavailable when the embedding model can't be loaded.
    """
    folder = Path(folder)
    catalog = Catalog(folder)
    if not (folder / FILE_NAME).is_file() or not catalog.exists():
        raise IndexMissing(f"There is no index in {folder}; make one with: rag index PATH --index {folder}")
    embedder = embedder or load_embedder()
    check_settings(catalog.settings(), IndexSettings.of(embedder, min(word_pieces, embedder.max_word_pieces)), folder)
    index = Index(folder, embedder)
    index.refresh()
    return index
