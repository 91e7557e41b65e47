"""A predictable embedder and a scripted language model, in place of what is slow or foreign.

They do not know what is tested with them.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import numpy

from index.embed import Vectors
from index.errors import ModelUnavailable
from rag.words import stems, words_of

WORD_PIECE = re.compile(r"\w+|[^\w\s]")


def axis_of(stem: str, dimension: int = 64) -> int:
    """The dimension that a stem is counted in: the same in every process and on every machine."""
    return int.from_bytes(hashlib.sha256(stem.encode()).digest()[:4], "big") % dimension


class FakeEmbedder:
    """A text's vector counts the stems of its words (stop words only when there is nothing else), one axis per
    stem by its hash, scaled to unit length; so the cosine of two texts is their share of common stems.

    `calls` and `texts` record what was encoded; `seconds` is slept in every call of `encode`.
    """

    def __init__(
        self,
        name: str = "fake",
        sha256: str = "fake-1",
        dimension: int = 64,
        max_word_pieces: int = 254,
        seconds: float = 0.0,
    ) -> None:
        self.name = name
        self.sha256 = sha256
        self.dimension = dimension
        self.max_word_pieces = max_word_pieces
        self.seconds = seconds
        self.calls = 0
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `index.embed.Embedder.encode`."""
        self.calls += 1
        self.texts.extend(texts)
        time.sleep(self.seconds)
        vectors = numpy.zeros((len(texts), self.dimension), dtype=numpy.float32)
        for vector, text in zip(vectors, texts, strict=True):
            for stem in stems(text) or words_of(text) or [text]:
                vector[axis_of(stem, self.dimension)] += 1.0
            vector /= numpy.linalg.norm(vector)
        return vectors

    def word_pieces(self, texts: Sequence[str]) -> list[int]:
        """See `index.embed.Embedder.word_pieces`: words and punctuation marks."""
        return [len(WORD_PIECE.findall(text)) for text in texts]


class ScriptedModel:
    """A `rag.models.ChatModel` that says `pieces`, one `stream` after the other when there are several `replies`.

    `error` is raised as ModelUnavailable after the pieces; before piece number `stall_at` (from 0) it waits until
    `go_on` is set or `stall_seconds` have passed. `messages` and `max_tokens` record every call.
    """

    def __init__(
        self,
        *replies: Sequence[str] | str,
        name: str = "scripted",
        error: str | None = None,
        stall_at: int | None = None,
        stall_seconds: float = 60.0,
        usage: Mapping[str, int] | None = None,
    ) -> None:
        self.name = name
        self.replies: list[Sequence[str]] = [[reply] if isinstance(reply, str) else reply for reply in replies]
        self.error = error
        self.stall_at = stall_at
        self.stall_seconds = stall_seconds
        self.go_on = threading.Event()
        self.messages: list[list[Mapping[str, str]]] = []
        self.max_tokens: list[int] = []
        self.closed = 0
        self._usage = dict(usage or {})

    def stream(self, messages: Sequence[Mapping[str, str]], max_tokens: int) -> Iterator[str]:
        """See `rag.models.ChatModel.stream`; the last reply is said again when there are no more."""
        number = len(self.messages)
        self.messages.append([dict(message) for message in messages])
        self.max_tokens.append(max_tokens)
        pieces = self.replies[min(number, len(self.replies) - 1)] if self.replies else []
        try:
            for place, piece in enumerate(pieces):
                if place == self.stall_at:
                    self.go_on.wait(self.stall_seconds)
                yield piece
            if self.error is not None:
                raise ModelUnavailable(self.error)
        finally:
            self.closed += 1

    def usage(self) -> Mapping[str, int]:
        """See `rag.models.ChatModel.usage`."""
        return dict(self._usage)
