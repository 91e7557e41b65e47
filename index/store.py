"""Vectors of passages and of their sentences in Chroma: written by one process, searched by many.

The only file that imports chromadb.

It holds nothing that the catalog could not give back: ids and vectors, and the document of each.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")

import chromadb
import chromadb.api.shared_system_client
import numpy
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from index.embed import Vectors

PASSAGES, SENTENCES = "passages", "sentences"
FOLDER_NAME = "chroma"
CONFIGURATION: Any = {"hnsw": {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}

logging.getLogger("chromadb").setLevel(logging.ERROR)


class VectorStore:
    """Two Chroma collections in a folder; distances are inner products of unit vectors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER_NAME
        self._client: Any = None
        self._collections: dict[str, Any] = {}

    def open(self) -> None:
        """Open the collections as they are on disk now, making those that are not there."""
        self.close()
        # A client sees nothing that another process wrote after its first query; a new one does,
        # unless Chroma hands out the old one from its cache.
        chromadb.api.shared_system_client.SharedSystemClient.clear_system_cache()
        self._client = chromadb.PersistentClient(
            str(self.folder), settings=ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        )
        for name in (PASSAGES, SENTENCES):
            self._collections[name] = self._client.get_or_create_collection(
                name, embedding_function=None, configuration=CONFIGURATION
            )

    def close(self) -> None:
        """Let go of the files."""
        if self._client is not None:
            self._client.close()
        self._client = None
        self._collections = {}

    def open_or_rebuild(self) -> bool:
        """Open; a folder that Chroma can't open is emptied. Returns whether it was: then all vectors are missing."""
        try:
            self.open()
            for collection in self._collections.values():
                collection.count()
            return False
        except (ChromaError, OSError, ValueError, RuntimeError, KeyError):
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.open()
            return True

    def empty(self) -> None:
        """Forget all vectors and close."""
        self.open_or_rebuild()
        for name in (PASSAGES, SENTENCES):
            self._client.delete_collection(name)
        self.close()

    def counts(self) -> tuple[int, int]:
        """How many vectors of passages and of sentences there are."""
        return self._collections[PASSAGES].count(), self._collections[SENTENCES].count()

    def ids(self, collection: str) -> set[str]:
        """The ids of all vectors."""
        return set(self._collections[collection].get(include=[])["ids"])

    def add(self, collection: str, ids: Sequence[str], vectors: Vectors, document_ids: Sequence[str]) -> None:
        """Add vectors, float32, shape (n, d), unit length; an id that is there already is overwritten."""
        size = self._client.get_max_batch_size()
        for start in range(0, len(ids), size):
            part = slice(start, start + size)
            self._collections[collection].upsert(
                ids=list(ids[part]),
                embeddings=numpy.asarray(vectors[part], dtype=numpy.float32),
                metadatas=[{"document_id": document_id} for document_id in document_ids[part]],
            )

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        size = self._client.get_max_batch_size()
        for start in range(0, len(ids), size):
            self._collections[collection].delete(ids=list(ids[start : start + size]))

    def search(
        self, collection: str, vector: Vectors, limit: int, document_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Ids nearest to `vector` (float32, shape (d,), unit length), best first, with cosine similarity (-1..1)."""
        count = self._collections[collection].count()
        if not count or (document_ids is not None and not document_ids):
            return []
        where = {"document_id": {"$in": list(document_ids)}} if document_ids is not None else None
        found = self._collections[collection].query(
            query_embeddings=vector[None, :], n_results=min(limit, count), where=where, include=["distances"]
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(
            ((identity, 1.0 - distance) for identity, distance in pairs), key=lambda pair: (-pair[1], pair[0])
        )

    def vectors(self, collection: str, ids: Sequence[str]) -> Mapping[str, Vectors]:
        """Stored vectors by id, float32, shape (d,)."""
        found = self._collections[collection].get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], numpy.asarray(found["embeddings"], dtype=numpy.float32), strict=True))
