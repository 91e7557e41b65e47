"""What all benchmarks of questions share: a question is asked, ranked and measured, and becomes an Item.

Every question goes through `rag.answering.answer`, so what is measured is what is shipped. It does not know
which measures a benchmark asks for, nor on which of its questions.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval import metrics
from eval.benchmarks.documents import Corpus, Evidence, Question, identity_of
from eval.figures import (
    Figure,
    auroc,
    balanced_accuracy,
    best_balanced_accuracy,
    mean,
    median,
    percentile_95,
)
from eval.metrics import Span
from eval.runs import Item
from rag.answering import QUOTES, Answer, answer
from rag.followup import History
from rag.retrieve import Filters, Hit, retrieve
from rag.settings import Settings
from rag.weigh import Query

DEEP = 1_000_000  # word pieces of hits that a ranking is made of: all that were looked at
RANKED = 10
EXPECTED = 200  # characters of a reference answer that an item keeps

Measures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Part:
    """Questions of a benchmark that make figures of their own: measures get ":name" behind them; "" is the whole."""

    name: str = ""
    label: str = ""

    def of(self, measure: str) -> str:
        """The measure's name in this part."""
        return f"{measure}:{self.name}" if self.name else measure

    def named(self, measures: Mapping[str, float | None]) -> Measures:
        """The measures under their names in this part."""
        return {self.of(name): value for name, value in measures.items()}

    def share(self, name: str, label: str, *, better: str = "higher", headline: bool = False) -> Figure:
        """The mean of a measure over this part."""
        return Figure(self.of(name), self._labelled(label), (self.of(name),), mean, better=better, headline=headline)

    def abstention(self, headline: bool = False) -> tuple[Figure, ...]:
        """The figures of answering or not, over the questions of this part that have a truth."""
        truth = self.of("answerable")
        return (
            self.share("answered_answerable", "Answerable questions answered"),
            self.share("abstained_unanswerable", "Unanswerable questions refused"),
            Figure(
                name=self.of("balanced_accuracy"),
                label=self._labelled("Balanced accuracy of refusing"),
                measures=(truth, "answered"),
                statistic=balanced_accuracy,
                headline=headline,
            ),
            Figure(
                name=self.of("confidence_auroc"),
                label=self._labelled("Confidence: AUROC"),
                measures=(truth, "confidence"),
                statistic=auroc,
                headline=headline,
            ),
            Figure(
                name=self.of("best_balanced_accuracy"),
                label=self._labelled("Balanced accuracy at the best threshold for these questions"),
                measures=(truth, "confidence"),
                statistic=best_balanced_accuracy,
            ),
        )

    def _labelled(self, label: str) -> str:
        return f"{label} ({self.label})" if self.label else label


WHOLE = Part()

SPEED = (
    Figure("seconds_p50", "Seconds, median", ("seconds", "answered"), median, better="lower", unit="seconds"),
    Figure("seconds_p95", "Seconds, 95th percentile", ("seconds", "answered"), percentile_95, "lower", "seconds"),
)
"""Of the items that were asked ("answered" is there to leave out those that were not)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what came of it: the answer, the seconds it took, and hits far beyond those of the answer."""

    answer: Answer
    seconds: float
    hits: tuple[Hit, ...]

    @property
    def answered(self) -> bool:
        return self.answer.status == "answered"

    @property
    def text(self) -> str:
        """What the reader reads, without footnote marks; "" for an abstention."""
        return metrics.without_marks(self.answer.text) if self.answered else ""

    @property
    def claim(self) -> str:
        """What is compared with reference answers, word by word; "" for an abstention.

        Of an answer in quotes that is the quotes, joined by a space: the introductions ("In … (date):") belong to
        the text, but no reference answer has any. Of a language model's answer it is the text.
        """
        if self.answered and self.answer.model == QUOTES:
            return " ".join(citation.quote for citation in self.answer.citations)
        return self.text

    @property
    def cited(self) -> list[Span]:
        return [(citation.document.path, citation.start, citation.end) for citation in self.answer.citations]

    @property
    def ranking(self) -> tuple[str, ...]:
        """The paths of the documents, in the order of their first hits."""
        return tuple(dict.fromkeys(hit.document.path for hit in self.hits))


def ask(
    question: str,
    corpus: Corpus,
    settings: Settings,
    *,
    history: History = (),
    filters: Filters | None = None,
    ranked: bool = True,
) -> Asked:
    """Put the question to the index. Where the ranking counts (`ranked`), search once more with room for all hits."""
    started = time.perf_counter()
    given = answer(question, index=corpus.index, history=history, filters=filters, settings=settings)
    seconds = time.perf_counter() - started
    hits = _all_hits(given, corpus, filters or {}, settings) if ranked else given.hits
    return Asked(given, seconds, hits)


def _all_hits(given: Answer, corpus: Corpus, filters: Filters, settings: Settings) -> tuple[Hit, ...]:
    index = corpus.index
    query = Query(given.search_query, index.embedder.encode([given.search_query])[0])
    with index.catalog.reading():
        return retrieve(query, index, filters, settings.model_copy(update={"hits_word_pieces": DEEP})).hits


def item(identity: str, question: Question, asked: Asked, corpus: Corpus, measures: Mapping[str, float | None]) -> Item:
    """The item of a question that was asked: its measures, with the decision and the confidence, and its detail."""
    decided = {"answered": float(asked.answered), "confidence": asked.answer.confidence}
    return Item(identity, question.type, {**decided, **measures}, asked.seconds, _detail(question, asked))


def _detail(question: Question, asked: Asked) -> dict[str, Any]:
    given = asked.answer
    history = {"history": [dict(turn) for turn in question.history]} if question.history else {}
    return {
        "question": given.question,
        **history,
        "search_query": given.search_query,
        "status": given.status,
        "reason": given.reason,
        "text": given.text,
        "expected": [answer[:EXPECTED] for answer in question.answers],
        "citations": [
            {"document": identity_of(document), "start": start, "end": end} for document, start, end in asked.cited
        ],
        "ranking": [identity_of(path) for path in asked.ranking[:RANKED]],
    }


def document_measures(asked: Asked, relevant: Collection[str]) -> Measures:
    """How well documents are ranked, against the paths of the relevant ones; nothing when there are none.

    A document stands where its first passage stands. Names: document_hit@k, document_recall@k,
    document_ndcg@10, document_mrr@10, all_evidence@k.
    """
    if not relevant:
        return {}
    ranking = asked.ranking
    relevance, missed = [path in relevant for path in ranking], len(set(relevant) - set(ranking))
    return {
        **{f"document_hit@{k}": number(metrics.hit(relevance, missed, k)) for k in (1, 4, 5, 10)},
        **{f"document_recall@{k}": metrics.found_share(ranking, relevant, k) for k in (5, 10)},
        **{f"all_evidence@{k}": number(metrics.all_found(ranking, relevant, k)) for k in (5, 10)},
        "document_ndcg@10": metrics.ndcg(relevance, missed),
        "document_mrr@10": metrics.reciprocal_rank(relevance, missed),
    }


def passage_measures(asked: Asked, corpus: Corpus, evidence: Sequence[Evidence], answers: Sequence[str]) -> Measures:
    """quote_in_top@k and answer_in_top@k of the passages; nothing without a quote."""
    quotes = [piece for piece in evidence if piece.quote]
    if not quotes:
        return {}
    places = [span for piece in quotes for span in corpus.spans(piece)]
    quoted = quote_rank(asked.hits, [piece.quote for piece in quotes], places)
    said = next((rank for rank, hit in enumerate(asked.hits, 1) if metrics.contains(hit.text, answers)), None)
    within = {f"quote_in_top@{k}": float(quoted is not None and quoted <= k) for k in (1, 3, 5, 10)}
    holds = {f"answer_in_top@{k}": float(said is not None and said <= k) for k in (1, 3, 5, 10)} if answers else {}
    return {**within, **holds}


def quote_rank(hits: Sequence[Hit], quotes: Sequence[str], places: Sequence[Span]) -> int | None:
    """How many of the best passages it takes to show a whole quote; None when all of them don't.

    A passage shows a quote that it contains, white space aside, whichever document it stands in. A quote that
    goes over the edge of a passage can stand in none: it is shown when passages that are all among those
    looked at cover its place in the evidence document.
    """
    plain = [" ".join(quote.split()) for quote in quotes]
    left: dict[Span, set[int]] = {}
    for rank, hit in enumerate(hits, start=1):
        text = " ".join(hit.text.split())
        if any(quote in text for quote in plain):
            return rank
        for place in (place for place in places if place[0] == hit.document.path):
            uncovered = left.setdefault(place, _letters(place, hit.document.text))
            uncovered.difference_update(range(hit.passage.start, hit.passage.end))
            if not uncovered:
                return rank
    return None


def _letters(place: Span, text: str) -> set[int]:
    """The offsets of the place's characters that are not white space: that may lie between two passages."""
    return {offset for offset in range(place[1], place[2]) if not text[offset : offset + 1].isspace()}


def answer_measures(asked: Asked, answers: Sequence[str]) -> Measures:
    """The answer's claim against the reference answers; nothing without any.

    exact_match, token_f1 and contains as in SQuAD, rouge_l to the best reference, all 0 for an abstention;
    contains_when_answered, words, and length_ratio (words of the claim per word of the best reference) if answered.
    """
    if not answers:
        return {}
    claim = asked.claim
    best = max(answers, key=lambda reference: metrics.rouge_l(claim, reference))
    measures: Measures = {
        "exact_match": number(metrics.exact_match(claim, answers)),
        "token_f1": metrics.token_f1(claim, answers),
        "contains": number(metrics.contains(claim, answers)),
        "rouge_l": metrics.rouge_l(claim, best),
    }
    if asked.answered:
        length = metrics.word_count(best)
        measures["contains_when_answered"] = measures["contains"]
        measures["words"] = float(metrics.word_count(asked.text))
        measures["length_ratio"] = metrics.word_count(claim) / length if length else None
    return measures


def citation_measures(asked: Asked, corpus: Corpus, evidence: Sequence[Evidence]) -> Measures:
    """What is cited against the evidence.

    cites_evidence_document, cites_evidence_quote: whether one of an answer's citations stands in an evidence
    document, overlaps an evidence quote. document_precision, quote_precision: the share of its citations that do;
    quote_recall: the share of the quotes that a citation overlaps, 0 for an abstention (as for the words of answers).
    """
    places = [spans for piece in evidence if (spans := corpus.spans(piece))]
    every = [span for spans in places for span in spans]
    paths = corpus.paths_of([piece.document for piece in evidence])
    cited = asked.cited
    inside = [span[0] in paths for span in cited]
    on_quote = [metrics.touches(span, every) for span in cited]
    measures: Measures = {}
    if places:
        measures["quote_recall"] = metrics.mean(any(metrics.touches(s, cited) for s in spans) for spans in places)
    if asked.answered and paths:
        measures |= {"cites_evidence_document": float(any(inside)), "document_precision": metrics.mean(inside)}
    if asked.answered and places:
        measures |= {"cites_evidence_quote": float(any(on_quote)), "quote_precision": metrics.mean(on_quote)}
    return measures


def abstention_measures(asked: Asked, answerable: bool) -> Measures:
    """The truth of one question, and whether it was answered as an answerable one, refused as an unanswerable one."""
    name, right = (
        ("answered_answerable", asked.answered) if answerable else ("abstained_unanswerable", not asked.answered)
    )
    return {"answerable": float(answerable), name: float(right)}


def number(value: bool | float | None) -> float | None:
    """A measure as a run keeps it: a yes is 1.0."""
    return None if value is None else float(value)
