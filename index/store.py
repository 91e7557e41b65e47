"""Vectors of passages and of their sentences in Chroma: written by one process, searched by many.

The only file that imports chromadb.

It holds nothing that the catalog could not give back: ids and vectors, and the document of each.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

import numpy
from chromadb.api import ServerAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings as ChromaSettings
from chromadb.config import System
from chromadb.errors import ChromaError

from index.embed import Vectors
from index.errors import IndexMismatch

PASSAGES, SENTENCES = "passages", "sentences"
FOLDER_NAME, DATABASE_NAME = "chroma", "chroma.sqlite3"
CONFIGURATION: Any = {"hnsw": {"space": "ip", "ef_construction": 100, "ef_search": 300, "max_neighbors": 32}}
FAULTS = (ChromaError, OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError)  # of a damaged folder

logging.getLogger("chromadb").setLevel(logging.ERROR)


class VectorStore:
    """Two Chroma collections in a folder; distances are inner products of unit vectors.

    What Chroma raises is raised as IndexMismatch. Use one store from one thread at a time; there may be
    several stores on a folder, in one process as in many.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER_NAME
        self._system: System | None = None
        self._api: Any = None
        self._collections: dict[str, Any] = {}

    def open(self) -> None:
        """Open the collections as they are on disk now. Makes none: raises IndexMismatch when one is missing."""
        self.close()
        with self._in_words():
            if not (self.folder / DATABASE_NAME).is_file():
                raise FileNotFoundError("there are none")
            self._start("validate")
            for name in (PASSAGES, SENTENCES):
                self._take(name, self._api.get_collection(name))

    def open_or_rebuild(self) -> bool:
        """Open for writing; a folder that Chroma can't open is emptied. Returns whether all vectors are missing."""
        try:
            self._open_or_make()
            return False
        except IndexMismatch:
            self.close()
            if self.folder.is_file():
                self.folder.unlink()
            shutil.rmtree(self.folder, ignore_errors=True)
            self._open_or_make()
            return True

    def empty(self) -> None:
        """Forget all vectors, so that those of another length may come; the store stays open for writing."""
        self.open_or_rebuild()
        with self._in_words():
            for name in (PASSAGES, SENTENCES):
                self._api.delete_collection(name)
        self._open_or_make()

    def close(self) -> None:
        """Let go of the files."""
        system, self._system, self._api, self._collections = self._system, None, None, {}
        if system is not None:
            system.stop()

    def _open_or_make(self) -> None:
        self.close()
        with self._in_words():
            self._start("apply")
            for name in (PASSAGES, SENTENCES):
                self._take(name, self._api.get_or_create_collection(name, configuration=CONFIGURATION))

    def _start(self, migrations: Literal["validate", "apply"]) -> None:
        # A system of our own: chromadb.PersistentClient shares one among all clients of a folder, which sees nothing
        # that another process wrote after its first query, and which the first client to close stops for all.
        settings = ChromaSettings(
            anonymized_telemetry=False,
            allow_reset=False,
            is_persistent=True,
            persist_directory=str(self.folder),
            migrations=migrations,
        )
        system = System(settings)
        self._api = system.instance(ServerAPI)  # type: ignore[type-abstract]
        system.start()
        self._system = system

    def _take(self, name: str, model: Any) -> None:
        collection = Collection(client=self._api, model=model, embedding_function=None)
        collection.get(limit=1, include=["embeddings"])  # reads the files, so that lost or damaged ones are noticed
        self._collections[name] = collection

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            raise IndexMismatch(
                f"The vectors in {self.folder} can't be used ({' '.join(str(error).split())[:200]}); "
                f"mend them with: rag index --index {self.folder.parent}"
            ) from error

    def _collection(self, name: str) -> Any:
        if name not in self._collections:
            raise RuntimeError("they are not open")
        return self._collections[name]

    def counts(self) -> tuple[int, int]:
        """How many vectors of passages and of sentences there are."""
        with self._in_words():
            return self._collection(PASSAGES).count(), self._collection(SENTENCES).count()

    def ids(self, collection: str) -> set[str]:
        """The ids of all vectors."""
        with self._in_words():
            return set(self._collection(collection).get(include=[])["ids"])

    def add(self, collection: str, ids: Sequence[str], vectors: Vectors, document_ids: Sequence[str]) -> None:
        """Add vectors, float32, shape (n, d), unit length; an id that is there already is overwritten."""
        with self._in_words():
            size = self._api.get_max_batch_size()
            for start in range(0, len(ids), size):
                part = slice(start, start + size)
                self._collection(collection).upsert(
                    ids=list(ids[part]),
                    embeddings=numpy.asarray(vectors[part], dtype=numpy.float32),
                    metadatas=[{"document_id": document_id} for document_id in document_ids[part]],
                )

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        with self._in_words():
            size = self._api.get_max_batch_size()
            for start in range(0, len(ids), size):
                self._collection(collection).delete(ids=list(ids[start : start + size]))

    def search(
        self, collection: str, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids nearest to `vector` (float32, shape (d,), unit length), best first, with cosine similarity (-1..1)."""
        with self._in_words():
            count = self._collection(collection).count()
            if not count or (document_ids is not None and not document_ids):
                return []
            where = {"document_id": {"$in": list(document_ids)}} if document_ids is not None else None
            found = self._collection(collection).query(
                query_embeddings=vector[None, :], n_results=min(limit, count), where=where, include=["distances"]
            )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(
            ((identity, 1.0 - distance) for identity, distance in pairs), key=lambda pair: (-pair[1], pair[0])
        )

    def vectors(self, collection: str, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Stored vectors by id, float32, shape (d,)."""
        with self._in_words():
            found = self._collection(collection).get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], numpy.asarray(found["embeddings"], dtype=numpy.float32), strict=True))
