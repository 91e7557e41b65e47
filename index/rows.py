"""What the catalog's tables hold, as data, and how a document's passages become rows.

It does not know SQL, nor when a document is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from index.document import Block, Document, Passage
from index.embed import Embedder, Vectors
from index.split import leaves_of, paragraphs_of, sentences_of

CONTEXT_CHARACTERS = 300


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


def passage_rows(
    document: Document, passages: Sequence[Passage], embedder: Embedder
) -> tuple[list[PassageRow], dict[str, str]]:
    """The passages with their sizes, headings and sentences, and every text to embed by its vector's key."""
    texts: dict[str, str] = {}
    rows: list[PassageRow] = []
    paragraphs = paragraphs_of(document)
    sizes = embedder.word_pieces([document.text[p.start : p.end] for p in passages])
    headings = _headings_above(document, paragraphs, passages)
    voices = _voices_within(leaves_of(document), passages)
    sentences = _sentences_within([span for block in paragraphs for span in sentences_of(document, block)], passages)
    for passage, size, heading, names, spans in zip(passages, sizes, headings, voices, sentences, strict=True):
        whole = _key(embedder, texts, document.text[passage.start : passage.end])
        parts = tuple((start, end, _key(embedder, texts, document.text[start:end])) for start, end in spans)
        context = dict.fromkeys(part for part in (*heading, *names) if part)
        rows.append(PassageRow(passage, size, whole, "\n".join(context), parts))
    return rows, texts


def _sentences_within(spans: Sequence[tuple[int, int]], passages: Sequence[Passage]) -> Iterator[list[tuple[int, int]]]:
    """For each passage the parts of sentences that lie in it; both are in document order, so one reading will do."""
    first = 0
    for passage in passages:
        while first < len(spans) and spans[first][1] <= passage.start:
            first += 1
        within: list[tuple[int, int]] = []
        for start, end in islice(spans, first, None):
            if start >= passage.end:
                break
            within.append((max(start, passage.start), min(end, passage.end)))
        yield within


def _voices_within(leaves: Sequence[Block], passages: Sequence[Passage]) -> Iterator[list[str]]:
    """For each passage whom its text names as speaking in it: speakers, roles, whom it came through, hints.

    They are for the full-text search; a hint is never shown as a speaker.
    """
    spoken = [leaf for leaf in leaves if leaf.speaker or leaf.role or leaf.via or leaf.hint]
    first = 0
    for passage in passages:
        while first < len(spoken) and spoken[first].end <= passage.start:
            first += 1
        names: list[str] = []
        for leaf in islice(spoken, first, None):
            if leaf.start >= passage.end:
                break
            names += [name[:CONTEXT_CHARACTERS] for name in (leaf.speaker, leaf.role, *leaf.via, leaf.hint) if name]
        yield names


def _key(embedder: Embedder, texts: dict[str, str], text: str) -> str:
    plain = " ".join(text.split())
    key = hashlib.sha256(f"{embedder.sha256}:{plain}".encode()).hexdigest()
    texts[key] = plain
    return key


def _headings_above(document: Document, blocks: Sequence[Block], passages: Sequence[Passage]) -> Iterator[list[str]]:
    """What a reader knows before reading each passage: the title, the speaker, the section, the question it answers."""
    nearest: dict[str, Block] = {}
    number = 0
    for passage in passages:
        while number < len(blocks) and blocks[number].start <= passage.start:
            nearest[blocks[number].kind] = blocks[number]
            number += 1
        context = [document.title or "", passage.speaker or ""]
        for kind in ("heading", "question") if passage.kind == "interview_answer" else ("heading",):
            if kind in nearest and passage.kind != "comment":
                text = document.text[nearest[kind].start : nearest[kind].end].strip()
                context.append(text[:CONTEXT_CHARACTERS])
        yield context
