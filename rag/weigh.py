"""The sentences of found passages, weighed: what ranking, picking and confidence all rest on.

It does not know which sentences will be quoted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.document import Document, Passage
from index.embed import Vectors
from index.opening import Index
from index.voices import Voice, Voices
from rag.answer_type import expects, fit
from rag.words import content_words, stem, stems, words_of

SENTENCE_WEIGHT, PASSAGE_WEIGHT, WORDS_WEIGHT = 0.35, 0.25, 0.40
FIT_WEIGHT = 0.04  # for a sentence that holds a number, date, name or reason when that is asked for; against it if not
COUNT_WEIGHT = 0.1  # the same, where something is to be counted
READING_WEIGHT, PASSAGE_READING_WEIGHT = 0.03, 0.01  # of the reader's log-odds: within a passage, of its best sentence
BEHIND_WEIGHT = 0.3  # of how far a document's best evidence is behind that of the best document
SAYS_WEIGHT = 0.35  # for a sentence that holds the words that the question quotes
FEW_WORDS, FEW_WORDS_DISCOUNT = 6, 0.1  # a few words, such as a heading, share much with a question and say little
ASKING_DISCOUNT = 0.8  # a sentence that asks resembles the question, but seldom answers it
QUOTED = re.compile(r"[“\"«][^“”\"«»]{4,200}[”\"»]|(?<!\w)[‘'][^‘’']{4,200}[’'](?!\w)")
FEWEST_QUOTED = 3  # words; one or two may be a name
CONTEXT_DISCOUNT = 0.5  # a query word in the passage but not in the sentence counts for this much


@dataclass(frozen=True, slots=True)
class Query:
    """A search query with its vector, float32, shape (d,), unit length."""

    text: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage with what speaks for it: cosines -1..1, shares of the query's words 0..1.

    `voice` is the sentence's own: a passage of body text may hold a heading, or a quotation. `fit` is 1 if it holds
    what the question asks for in form, -1 if not, 0 if any form will do; more of either for what is to be counted.
    `behind` is how far the document's best evidence is behind the best of all, 0 or more. `reading`: the reader's
    log-odds that it answers, None if it did not read it; `passage_reading`: the highest of its passage. `says`: it
    holds words that the question quotes.
    """

    passage: Passage
    document: Document
    start: int
    end: int
    voice: Voice
    cosine: float
    passage_cosine: float
    words: float
    passage_words: float
    fit: float = 0.0
    behind: float = 0.0
    reading: float | None = None
    passage_reading: float = 0.0
    says: bool = False

    @property
    def evidence(self) -> float:
        """How close the sentence is to the question: a weighted sum, fitted on public question sets
        (docs/architecture.md)."""
        close = (
            SENTENCE_WEIGHT * self.cosine
            + PASSAGE_WEIGHT * self.passage_cosine
            + WORDS_WEIGHT * (self.words + CONTEXT_DISCOUNT * (self.passage_words - self.words))
        )
        asks = not self.says and self.text.rstrip("\"'”’)").endswith("?")
        return close * (ASKING_DISCOUNT if asks else 1.0) + (SAYS_WEIGHT if self.says else 0.0)

    @property
    def score(self) -> float:
        """Higher is better: the evidence, with what else speaks for the sentence."""
        short = FEW_WORDS_DISCOUNT if len(self.text.split()) < FEW_WORDS else 0.0
        within = 0.0 if self.reading is None else self.reading - self.passage_reading
        read = READING_WEIGHT * within + PASSAGE_READING_WEIGHT * self.passage_reading
        return self.evidence + FIT_WEIGHT * self.fit + read - BEHIND_WEIGHT * self.behind - short

    @property
    def kind(self) -> str:
        """The kind of text that the sentence is."""
        return self.voice.kind

    @property
    def text(self) -> str:
        """The sentence's characters."""
        return self.document.text[self.start : self.end]


def weigh_sentences(query: Query, passages: Sequence[tuple[Passage, Document]], index: Index) -> list[Candidate]:
    """Every sentence of the passages, best first: vector and word evidence of the sentence and of its passage."""
    ids = [passage.id for passage, _ in passages]
    sentences, vectors = index.catalog.sentence_vectors(ids), index.passage_vectors(ids)
    weights, form = word_weights(query.text, index), expects(query.text)
    phrases = [" ".join(words_of(phrase)) for phrase in quoted_phrases(query.text)]
    counted = COUNT_WEIGHT / FIT_WEIGHT if form and form.counts else 1.0
    candidates, known = [], dict[str, Voices]()
    for passage, document in passages:
        if passage.id not in vectors:  # it went while the question was being asked
            continue
        voices = known.setdefault(document.id, Voices(document))
        around = {*stems(document.text[passage.start : passage.end]), *stems(document.title or "")}
        for sentence in sentences[passage.id]:
            voice = voices.at(sentence.start, sentence.end)
            speaker = set(stems(voice.speaker or ""))  # who speaks is part of what every sentence says
            readable = document.text[sentence.start : sentence.end]
            if voice.kind == "masked":  # single words are left of a sentence; together they tell what it is about
                readable = voices.masked_section(sentence.start)
            said = {*stems(readable), *speaker}
            candidates.append(
                Candidate(
                    passage,
                    document,
                    sentence.start,
                    sentence.end,
                    voice,
                    float(query.vector @ sentence.vector),
                    float(query.vector @ vectors[passage.id]),
                    covered(weights, said),
                    covered(weights, said | around),
                    counted * fit(query.text, document.text[sentence.start : sentence.end]),
                    says=any(phrase in " ".join(words_of(readable)) for phrase in phrases),
                )
            )
    return ranked(_by_document(candidates))


def quoted_phrases(question: str) -> list[str]:
    """What stands in quotation marks in a question, where it is long enough to be somebody's words and is no name or
    title, whose words begin with capitals."""
    found = [match.group().strip("\"“”«»‘’' ") for match in QUOTED.finditer(question)]
    return [phrase for phrase in found if len(words_of(phrase)) >= FEWEST_QUOTED and not _is_title(phrase)]


def _is_title(phrase: str) -> bool:
    words: list[str] = re.findall(r"[^\W\d_][\w'’-]*", phrase)[1:]
    return 2 * sum(word[0].isupper() for word in words) >= len(words)


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, best first; ties by their place."""
    return sorted(candidates, key=lambda c: (-c.score, c.document.path, c.start))


def _by_document(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates, each with how far its document is behind the one with the best evidence."""
    best: dict[str, float] = {}
    for candidate in candidates:
        identity = candidate.document.id
        best[identity] = max(best.get(identity, 0.0), candidate.evidence)
    highest = max(best.values(), default=0.0)
    for candidate in candidates:
        yield replace(candidate, behind=highest - best[candidate.document.id])


def word_weights(text: str, index: Index) -> dict[str, float]:
    """The query's stems with their inverse document frequencies, ln(1 + (N - n + 0.5) / (n + 0.5)), over passages
    (Robertson and Zaragoza 2009, in the form that is never negative)."""
    by_stem = {stem(word): word for word in content_words(text) or words_of(text)}
    counts, total = index.catalog.document_frequencies(list(by_stem.values()))
    return {root: math.log(1 + (total - counts[word] + 0.5) / (counts[word] + 0.5)) for root, word in by_stem.items()}


def covered(weights: dict[str, float], said: set[str]) -> float:
    """Share of the query's word weight that is in `said`, 0..1; 0 for a query without words."""
    total = sum(weights.values())
    return sum(weight for root, weight in weights.items() if root in said) / total if total else 0.0
