"""A document becomes the few of its own sentences that stand for it.

It does not know a question, and it writes no word: what it picks is copied by whoever quotes it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy

from index.document import Document, Passage
from index.embed import Vectors
from index.lookups import passages_of
from index.opening import Index
from index.split import paragraphs_of
from index.voices import Voice, Voices
from rag.quote import NOT_EVIDENCE, Span

BESIDE_THE_POINT = NOT_EVIDENCE | {"caption", "table", "list_item"}
SHORTEST, LONGEST = 6, 45  # words of a sentence
TITLE_SHARE = 0.4  # of what a sentence weighs, by its likeness to the title
LEAD_WEIGHT, VARIETY_WEIGHT = 0.3, 0.3
LEANING_WEIGHT, QUOTED_WEIGHT, INNER_WEIGHT = 0.6, 0.9, 0.85  # an inner sentence does not open its paragraph
FULL_LENGTH = 14  # words; shorter sentences say less
NEARLY_BEST = 0.75  # of the best weight, below which a sentence does not fill up a summary
LEANING = re.compile(
    r"[\"“]?(?:he|she|they|it|this|that|these|those|but|and|or|so|however|also|such|here|there|then|instead|moreover|"
    r"his|her|their|its|in fact|for example|yes|no|if)\b",
    re.IGNORECASE,
)
LITTLE = 30  # words; an article of fewer is the head of its thread
MOST_SENTENCES = 4_000


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that may be quoted, with the vector of its words, float32, shape (d,), unit length."""

    passage: Passage
    start: int
    end: int
    voice: Voice
    words: int
    vector: Vectors


def summarise(document: Document, index: Index, most: int, most_words: int) -> list[Span]:
    """Up to `most` sentences that stand for the document, in its order, of at most `most_words` words together.

    Central ones: near to the mean of all sentence vectors (degree centrality without a threshold, Erkan and Radev
    2004) and to the title, early, complete in themselves, and unlike those chosen before (maximal marginal relevance,
    Carbonell and Goldstein 1998). Comments count only where there is hardly anything else.
    """
    sentences, title = _evidence(document, index)
    if not sentences:
        return []
    vectors = numpy.stack([sentence.vector for sentence in sentences])
    weights = _weights(document, sentences, vectors, title)
    likeness = numpy.zeros(len(sentences), dtype=numpy.float32)
    chosen: list[int] = []
    left = most_words
    while len(chosen) < most:
        worth = weights - VARIETY_WEIGHT * likeness
        waiting = [n for n in range(len(sentences)) if n not in chosen]
        fitting = [n for n in waiting if sentences[n].words <= left or not chosen]
        best = max(fitting, key=lambda n: worth[n], default=None)
        if best is None or (chosen and worth[best] < NEARLY_BEST * max(worth[n] for n in waiting)):
            break
        chosen.append(best)
        left -= sentences[best].words
        likeness = numpy.maximum(likeness, vectors @ vectors[best])
    return [Span(s.passage, document, s.start, s.end) for s in (sentences[n] for n in sorted(chosen))]


def opening(document: Document, index: Index) -> Span | None:
    """The first sentence of the document that says by itself what it is about; None when nothing of it is readable."""
    sentences, _ = _evidence(document, index)
    whole = [s for s in sentences if not LEANING.match(document.text[s.start : s.end])]
    first = next(iter(whole or sentences), None)
    return Span(first.passage, document, first.start, first.end) if first else None


def masked_percent(document: Document) -> int:
    """How much of the document's words can't be read because they are masked, 0..100; comments and menus aside."""
    read = {"masked": 0, "readable": 0}
    for block in paragraphs_of(document):
        if block.kind not in ("comment", "furniture", "byline", "title"):
            name = "masked" if block.kind == "masked" else "readable"
            read[name] += len(document.text[block.start : block.end].split())
    return round(100 * read["masked"] / max(1, sum(read.values())))


def _weights(document: Document, sentences: Sequence[_Sentence], vectors: Vectors, title: Vectors | None) -> Vectors:
    centrality = _scaled(vectors @ vectors.mean(axis=0))
    named = centrality if title is None else _scaled(vectors @ title)
    lead = LEAD_WEIGHT / (1.0 + numpy.arange(len(sentences)))
    weights = (1 - TITLE_SHARE) * centrality + TITLE_SHARE * named + lead
    starts = [block.start for block in paragraphs_of(document)]
    for number, sentence in enumerate(sentences):
        weights[number] *= min(1.0, sentence.words / FULL_LENGTH)
        before = document.text[starts[max(0, bisect_right(starts, sentence.start) - 1)] : sentence.start]
        if before.strip():
            weights[number] *= INNER_WEIGHT
        if LEANING.match(document.text[sentence.start : sentence.end]):
            weights[number] *= LEANING_WEIGHT
        if sentence.voice.quoted or sentence.voice.reported:
            weights[number] *= QUOTED_WEIGHT
    return numpy.asarray(weights, dtype=numpy.float32)


def _scaled(values: Vectors) -> Vectors:
    return values / max(float(values.max()), 1e-6)


def _evidence(document: Document, index: Index) -> tuple[list[_Sentence], Vectors | None]:
    """The readable sentences in document order, and the title's vector; comments where the article says little."""
    with index.catalog.reading():
        passages = passages_of(document.id, index.catalog)
        stored = index.catalog.sentence_vectors([passage.id for passage in passages])
    voices = Voices(document)
    sentences = [
        _Sentence(passage, s.start, s.end, voices.at(s.start, s.end), _words(document, s.start, s.end), s.vector)
        for passage in passages
        for s in stored[passage.id]
    ]
    kept = [s for s in sentences if s.voice.kind not in BESIDE_THE_POINT and _is_whole(document, s)]
    article = [s for s in kept if not s.voice.in_thread]
    enough = sum(s.words for s in article) >= LITTLE
    thread = [] if enough else [s for s in kept if s.voice.in_thread]
    title = next((s.vector for s in sentences if s.voice.kind == "title"), None)
    return (article + thread or [s for s in sentences if s.voice.kind == "list_item"])[:MOST_SENTENCES], title


def _words(document: Document, start: int, end: int) -> int:
    return len(document.text[start:end].split())


def _is_whole(document: Document, sentence: _Sentence) -> bool:
    """Whether it reads as a sentence that says something: no label, no question, no announcement of what follows."""
    text = document.text[sentence.start : sentence.end].rstrip("\"'”’)]*_ ")
    return SHORTEST <= sentence.words <= LONGEST and text.endswith((".", "!", "…"))


def passage_at(passages: Sequence[Passage], place: int) -> Passage | None:
    """That of the passages, ordered by start, which holds the character at `place`, or the last before it."""
    at = bisect_right([passage.start for passage in passages], place) - 1
    return passages[max(0, at)] if passages else None
