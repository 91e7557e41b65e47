"""A question becomes hits: lexical and vector search, fused, freed of near-duplicates, packed into a budget.

It does not know what the hits are used for, nor whether they answer the question.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rapidfuzz import fuzz

from index.document import Document, Passage
from index.errors import UsageError
from index.opening import Index
from index.split import leaves_of
from rag.reader import reader_of
from rag.reread import reread
from rag.scope import in_dates, names_any
from rag.settings import Settings
from rag.weigh import Candidate, Query, quoted_phrases, weigh_sentences
from rag.words import content_words, words_of

RANK_CONSTANT = 60
NEAR_DUPLICATE = 92.0  # rapidfuzz ratio, 0..100
SIFTED_DEPTH = 20
MOST_QUERY_WORDS = 64
FILTERS = ("document", "kind", "speaker", "date")
INTERVAL = re.compile(r"[0-9-]*\.\.[0-9-]*")

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, the document it stands in, and its score (higher is better).

    `best` is where its best sentence stands in the document, if that is known.
    """

    passage: Passage
    document: Document
    score: float
    best: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """The passage's characters."""
        return self.document.text[self.passage.start : self.passage.end]

    def excerpt(self, width: int) -> str:
        """The passage from its best sentence on, on one line, up to `width` characters; dots stand for what is not
        shown."""
        start = self.best[0] if self.best else self.passage.start
        words = " ".join(self.document.text[start : self.passage.end].split())
        shown = textwrap.shorten(words, width, placeholder=" …")
        shown = words[:width] if shown == "…" else shown  # one word longer than all that may be shown
        return shown if start == self.passage.start else f"… {shown}"


@dataclass(frozen=True, slots=True)
class Found:
    """Hits in rank order that do not overlap, and every sentence of the passages looked at, best first.

    Of a question in several `parts`, the first candidates are the best of each.
    """

    hits: tuple[Hit, ...]
    candidates: tuple[Candidate, ...]
    parts: int = 1


def retrieve(query: Query, index: Index, filters: Filters, settings: Settings, guessed: bool = False) -> Found:
    """Hits of at most `settings.hits_word_pieces` word pieces together, ranked by their best sentence.

    BM25 over passages, vectors over passages and vectors over sentences are fused (reciprocal rank fusion; Cormack,
    Clarke and Büttcher 2009); the best of them are weighed sentence by sentence and ranked anew; the sentences of the
    best of these once more as they are read.
    `guessed` filters let through what a narrator tells of a wanted speaker, too.
    Raises UsageError for a filter that does not exist.
    """
    allowed = _allowed_documents(index, filters)
    if allowed is not None and not allowed:
        return Found((), ())
    index.refresh()
    # Kinds and speakers are sifted out of what was found, so more has to be found.
    depth = settings.candidates * (SIFTED_DEPTH if {"kind", "speaker", "date"} & set(filters) else 1)
    lexical = search_words(query.text, index, depth, allowed)
    quoted = [search_phrase(phrase, index, depth, allowed) for phrase in quoted_phrases(query.text)]
    by_sentence = index.search_sentences(query.vector, depth, allowed)
    by_passage = index.search_passages(query.vector, depth, allowed)
    fused = fuse([identity for identity, _ in ranking] for ranking in (lexical, by_sentence, by_passage, *quoted))
    rows = index.catalog.passages(list(fused))
    # what Chroma still holds of a changed document is not in the catalog any more
    found = ((passage, index.document(passage.document_id)) for passage in _rows_in(fused, rows))
    owned = ((passage, document) for passage, document in found if document is not None)
    known = list(islice((pair for pair in owned if _passes(*pair, filters, guessed)), settings.candidates))
    candidates = [c for c in weigh_sentences(query, known, index) if _fits(c, filters, guessed)]
    best: dict[str, Candidate] = {}
    for candidate in candidates:
        best.setdefault(candidate.passage.id, candidate)
    hits = sorted((_hit(*pair, best.get(pair[0].id)) for pair in known), key=lambda hit: -hit.score)
    kept = pack(((hit, rows[hit.passage.id][1]) for hit in without_near_duplicates(hits)), settings.hits_word_pieces)
    shown = {hit.passage.id for hit in kept}
    candidates = [candidate for candidate in candidates if candidate.passage.id in shown]
    if reader := reader_of(index.embedder):  # tells sentences apart; passages it ranks no better
        candidates = reread(query.text, candidates, reader)
    return Found(tuple(kept), tuple(candidates))


def _hit(passage: Passage, document: Document, best: Candidate | None) -> Hit:
    return Hit(passage, document, best.score, (best.start, best.end)) if best else Hit(passage, document, 0.0)


def search_words(
    text: str, index: Index, limit: int, document_ids: Sequence[str] | None = None
) -> list[tuple[str, float]]:
    """Passages by BM25 over the words of `text` that say something (all of its words when none does)."""
    words = list(dict.fromkeys(content_words(text) or words_of(text)))[:MOST_QUERY_WORDS]
    if not words:
        return []
    expression = " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
    return index.catalog.search_text(expression, limit, document_ids)


def search_phrase(
    phrase: str, index: Index, limit: int, document_ids: Sequence[str] | None = None
) -> list[tuple[str, float]]:
    """Passages that hold these very words in this order, whatever stands between them."""
    words = words_of(phrase)[:MOST_QUERY_WORDS]
    return index.catalog.search_text(f'"{" ".join(words)}"', limit, document_ids) if words else []


def fuse(rankings: Iterable[Sequence[str]]) -> dict[str, float]:
    """Reciprocal rank fusion: the sum of 1 / (60 + rank) over the rankings, best first, ties by id."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, identity in enumerate(ranking, start=1):
            scores[identity] = scores.get(identity, 0.0) + 1.0 / (RANK_CONSTANT + rank)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def without_near_duplicates(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those that say nearly the same, letter by letter, as a better one.

    Words that one comment repeats of another, or an article of a letter, go where they stand in their place too.
    """
    kept: list[Hit] = []
    for hit in hits:
        if not any(fuzz.ratio(hit.text, other.text, score_cutoff=NEAR_DUPLICATE) for other in kept):
            kept.append(hit)
    if all(hit.passage.kind != "quotation" for hit in kept):
        return kept
    others = [_plain(hit.text) for hit in kept if hit.passage.kind != "quotation"]
    return [hit for hit in kept if hit.passage.kind != "quotation" or not _stands_in(hit, others)]


def _stands_in(hit: Hit, others: Sequence[str]) -> bool:
    words = _plain(hit.text)
    return any(words in other for other in others)


def _plain(text: str) -> str:
    return " ".join(words_of(text))


def pack(hits: Iterable[tuple[Hit, int]], budget: int) -> list[Hit]:
    """The best hits whose sizes (word pieces) fit into the budget; one that does not fit is passed over."""
    kept: list[Hit] = []
    for hit, size in hits:
        if size <= budget:
            budget -= size
            kept.append(hit)
    return kept


def _allowed_documents(index: Index, filters: Filters) -> list[str] | None:
    for name in filters:
        if name not in FILTERS:
            raise UsageError(f"There is no filter {name!r}; use one of {', '.join(FILTERS)}.")
    for interval in filters.get("date", ()):
        if not INTERVAL.fullmatch(interval):
            raise UsageError(f"The filter date can't be {interval!r}; write an interval, as in 2017-11..2018-02.")
    if "document" not in filters:
        return None
    return [document.id for document in index.documents() if document.path in filters["document"]]


def _rows_in(order: Iterable[str], rows: Mapping[str, tuple[Passage, int]]) -> Iterator[Passage]:
    return (rows[identity][0] for identity in order if identity in rows)


def _passes(passage: Passage, document: Document, filters: Filters, guessed: bool) -> bool:
    """Whether a passage is of a kind and time that is wanted, and holds words of a speaker that is wanted."""
    if "kind" in filters and passage.kind not in filters["kind"]:
        return False
    if not _dated(passage.date or document.published, filters):
        return False
    if "speaker" not in filters:
        return True
    if guessed and names_any(document.text[passage.start : passage.end], filters["speaker"]):
        return True
    return any(
        leaf.speaker in filters["speaker"]
        and leaf.kind != "byline"
        and leaf.start < passage.end
        and passage.start < leaf.end
        for leaf in leaves_of(document)
    )


def _fits(candidate: Candidate, filters: Filters, guessed: bool) -> bool:
    if not _dated(candidate.voice.date or candidate.document.published, filters):
        return False
    if "speaker" not in filters or candidate.voice.speaker in filters["speaker"]:
        return True
    return guessed and names_any(candidate.text, filters["speaker"])


def _dated(day: str | None, filters: Filters) -> bool:
    return "date" not in filters or any(in_dates(day, interval) for interval in filters["date"])
