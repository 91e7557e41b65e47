"""A question becomes a checked answer: the whole story on one screen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.embed import load_embedder
from index.errors import ModelUnavailable, UsageError
from index.opening import Index, open_index
from index.read import storable
from rag.answer_type import fit
from rag.check import Verdict, check_sentence
from rag.collection import collection_answer
from rag.conflict_notes import in_order, numbers_of, with_notes
from rag.conflicts import counter_evidence, find_conflicts
from rag.decide import SURE, reason_for
from rag.followup import History
from rag.footnotes import Citation, Sentence, bind_footnotes, text_of
from rag.lacking import announced_only, giving, lacking, masked_there
from rag.masked import closest_mask, explain_announced, explain_mask, explain_masked_there, masked_note
from rag.models import ChatModel, model_from_settings
from rag.pick import choose
from rag.quote import NOT_EVIDENCE, Span, Statement, write_quotes
from rag.retrieve import Found, Hit
from rag.search import QUOTES, Search, look_up
from rag.settings import Settings, load_settings
from rag.sides import by_sides
from rag.tokens import CountTokens, token_counter
from rag.write import aligner, bind, build_context, evidence_of, messages_for, says_no_answer, write

__all__ = ["LONGEST_QUESTION", "QUOTES", "Answer", "Citation", "Sentence", "answer", "answer_stream", "default_index"]

LONGEST_QUESTION = 10_000  # characters
CATALOG = "catalog"
WITHOUT_MODEL = "Without it, answers are made of quotes."
VERBATIM = Verdict("verbatim", "copied from the document")
CLOSEST = "These are the closest statements found; they may not be the answer."
LACKING = "The documents don't say, as far as could be found: the closest passages give {}."
REASONS = {
    "not_in_corpus": "The documents don't clearly say, as far as could be found; these passages come closest.",
    "furniture_only": "Only a menu, a list or a teaser beside the articles mentions this; the articles don't say.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of an answer so far; `complete` says whether anything is still to come.

    `text` holds the sentences with their footnote marks ("… [1]"). `confidence` in 0..1: higher means
    more likely that the documents answer. `conflicts` are groups of citation numbers that disagree.
    `removed` counts sentences that failed the check. `tokens` counts the language model's usage.
    `reason`, when `status` is "abstained", is not_in_corpus, masked or furniture_only; the closest
    passages are then the first of `hits`, and `citations` is empty. `notice` is one sentence for the
    reader about how the answer came about (a failing endpoint, a cut question), else "".
    """

    question: str
    search_query: str
    filters: Mapping[str, tuple[str, ...]]
    text: str
    status: str
    reason: str | None
    confidence: float
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    conflicts: tuple[tuple[int, ...], ...]
    removed: int
    model: str
    tokens: Mapping[str, int]
    seconds: float
    complete: bool
    notice: str = ""

    @property
    def closest(self) -> tuple[Hit, ...]:
        """The hits to show beside an abstention, best first: masked text and menus only when they are the reason."""
        wanted = {"masked": "masked", "furniture_only": "furniture"}.get(self.reason or "")
        named = [hit for hit in self.hits if hit.passage.kind == wanted]
        readable = [hit for hit in self.hits if hit.passage.kind not in NOT_EVIDENCE]
        return (*named[:1], *readable)

    def to_dict(self) -> dict[str, Any]:
        """The answer as JSON-ready data, in the form that `rag ask --json` prints."""
        return {
            "question": self.question,
            "search_query": self.search_query,
            "filters": {name: list(values) for name, values in self.filters.items()},
            "text": self.text,
            "status": self.status,
            "reason": self.reason,
            "confidence": round(self.confidence, 4),
            "sentences": [
                {"text": s.text, "citations": list(s.citations), "verdict": s.verdict, "why": s.why}
                for s in self.sentences
            ],
            "citations": [citation.to_dict() for citation in self.citations],
            "hits": [
                {
                    "document": hit.document.path,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": round(hit.score, 6),
                    "kind": hit.passage.kind,
                    "speaker": hit.passage.speaker,
                }
                for hit in self.hits
            ],
            "conflicts": [list(group) for group in self.conflicts],
            "removed": self.removed,
            "model": self.model,
            "tokens": dict(self.tokens),
            "seconds": round(self.seconds, 4),
            "notice": self.notice,
        }


def answer(
    question: str,
    *,
    index: Index | None = None,
    history: History = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    model: ChatModel | None = None,
    settings: Settings | None = None,
) -> Answer:
    """The finished answer to `question` from the documents of `index` (default: the one the settings name).

    `history` is the conversation before, a sequence of {"role", "content"}. `filters` limits the search:
    "document" (paths), "kind", "speaker", "date"; without any, what the question itself says counts.
    `model` writes the answer; None is the settings' model, and without one the answer is made of quotes. An
    abstention is an answer too.
    Raises UsageError for an empty or endless question or an unknown filter, IndexMissing, IndexMismatch.
    """
    growing = answer_stream(question, index=index, history=history, filters=filters, model=model, settings=settings)
    return deque(growing, maxlen=1).pop()


def answer_stream(
    question: str,
    *,
    index: Index | None = None,
    history: History = (),
    filters: Mapping[str, Sequence[str]] | None = None,
    model: ChatModel | None = None,
    settings: Settings | None = None,
) -> Iterator[Answer]:
    """Growing complete answers, the last one `complete`; arguments and errors as for `answer`."""
    started = time.perf_counter()
    settings = settings or load_settings()
    question, history = _checked(question), _turns(history)
    model = model or model_from_settings(settings)
    index = index or default_index(settings)
    told = _of_collection(question, index, history, filters)
    if told is not None:
        sentences, citations = bind_footnotes([] if isinstance(told, str) else [(s, VERBATIM) for s in told])
        text = told if isinstance(told, str) else text_of(sentences)
        catalog = Search(question, question, {}, Found((), ()), 1.0, started, CATALOG)
        yield _snapshot(catalog, text=text, sentences=sentences, citations=citations, complete=True)
        return
    search = look_up(question, index, history, filters, settings, started)
    if model is not None:
        search = replace(search, model=model.name)
    yield _snapshot(search)
    if model is None or not search.found.hits:
        yield from _answer_in_quotes(search, index, settings)
    else:
        yield from _answer_with_model(search, index, history, model, settings)


def _of_collection(
    question: str, index: Index, history: History, filters: Mapping[str, Sequence[str]] | None
) -> str | tuple[Statement, ...] | None:
    """What the catalog answers, unless there are filters; beside chosen documents, what it says of these alone."""
    if filters and filters.keys() != {"document"}:
        return None
    told = collection_answer(question, index, history)
    spans = [] if told is None or isinstance(told, str) else [span for said in told for span in said.spans]
    return told if not filters or all(span.document.path in filters["document"] for span in spans) else None


def default_index(settings: Settings) -> Index:
    """The index that the settings name, opened once per process."""
    return _opened(settings.index_dir.resolve(), settings.embedding_model, settings.passage_word_pieces)


@lru_cache(maxsize=4)
def _opened(folder: Path, embedding_model: str | None, word_pieces: int) -> Index:
    return open_index(folder, embedder=load_embedder(embedding_model), word_pieces=word_pieces)


def _checked(question: str) -> str:
    question = storable(question).strip()
    if not question:
        raise UsageError('The question is empty; ask something, as in: rag ask "What do the documents say about …?"')
    if len(question) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(question):,} characters; ask in at most {LONGEST_QUESTION:,} "
            "and put long texts among the documents instead."
        )
    return question


def _turns(history: History) -> History:
    for turn in history:
        if not isinstance(turn, Mapping):
            raise UsageError(f'A turn of the history is {{"role": …, "content": …}}, and not {turn!r:.80}.')
    return history


def _snapshot(search: Search, **changes: Any) -> Answer:
    base = Answer(
        question=search.question,
        search_query=search.search_query,
        filters=search.filters,
        text="",
        status="answered",
        reason=None,
        confidence=search.confidence,
        sentences=(),
        citations=(),
        hits=search.found.hits,
        conflicts=(),
        removed=0,
        model=search.model,
        tokens={},
        seconds=time.perf_counter() - search.started,
        complete=False,
        notice=search.notice,
    )
    return replace(base, **changes)


def _answer_in_quotes(
    search: Search, index: Index, settings: Settings, notice: str = "", removed: int = 0
) -> Iterator[Answer]:
    search = replace(search, model=QUOTES)
    found = search.found
    candidates, voices = by_sides(search.search_query, found.candidates)
    chosen = choose(candidates, settings.answer_sentences, search.unusable, max(found.parts, voices))
    chosen = giving(search.search_query, chosen) if max(found.parts, voices) == 1 else chosen
    unsure = search.confidence < settings.abstain_below
    told = None if search.outdone else _not_told(search, chosen, unsure)
    if not chosen or told or unsure or search.outdone:
        yield _abstained(search, index, told, notice=_joined(notice, search.notice), removed=removed)
        return
    formless = all(fit(search.search_query, span.text) < 0 for span in chosen)  # no reason where one is asked for
    doubt = CLOSEST if search.confidence < SURE or formless else ""
    notice = _joined(notice, search.notice, absence(search.absent), doubt, masked_note(chosen))
    spans = [*chosen, *counter_evidence(search.search_query, chosen, search.found.candidates)]
    conflicts = find_conflicts(search.search_query, spans)
    statements = with_notes(write_quotes(in_order(spans, conflicts)), spans, conflicts)
    for count in range(1, len(statements) + 1):
        sentences, citations = bind_footnotes([(s, VERBATIM) for s in statements[:count]])
        yield _snapshot(
            search,
            text=text_of(sentences),
            sentences=sentences,
            citations=citations,
            conflicts=numbers_of(conflicts, spans, citations),
            notice=notice,
            removed=removed,
            complete=count == len(statements),
        )


def absence(names: Sequence[str]) -> str:
    """What to say of names that no document mentions; "" without any."""
    return f"The documents never mention {' or '.join(f'“{name}”' for name in names)}." if names else ""


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _not_told(search: Search, chosen: Sequence[Span], unsure: bool) -> tuple[str, str] | None:
    """The reason and the words of an abstention where what would be quoted plainly doesn't tell what is asked.

    Only what is about the question announces what is asked.
    """
    announced = None if unsure else announced_only(search.search_query, chosen)
    if announced:
        return "masked", explain_announced(announced)
    hidden = masked_there(search.search_query, chosen) if search.found.parts == 1 else None
    if hidden:
        return "masked", explain_masked_there(hidden)
    lack = lacking(search.search_query, chosen) if chosen and search.found.parts == 1 else ""
    return ("not_in_corpus", LACKING.format(lack)) if lack else None


def _abstained(search: Search, index: Index, told: tuple[str, str] | None = None, **changes: Any) -> Answer:
    reason, text = told or (search.outdone or reason_for(search.found.candidates), "")
    hits = search.found.hits
    if reason == "masked" and not told:
        with index.catalog.reading():
            mask = explain_mask(closest_mask(search.found.candidates), index)
        text, hits = mask.text, mask.before(hits)
    text = text or _joined(absence(search.absent), REASONS[reason])
    return _snapshot(search, text=text, status="abstained", reason=reason, hits=hits, complete=True, **changes)


def _answer_with_model(
    search: Search, index: Index, history: History, model: ChatModel, settings: Settings
) -> Iterator[Answer]:
    count = token_counter(index.embedder)
    context = build_context(search.found.candidates, search.found.hits, count, settings.context_tokens, search.unusable)
    if not context.sources or search.outdone:
        yield from _answer_in_quotes(search, index, settings)
        return
    messages = messages_for(search.question, history, context)
    align = aligner(context, index.embedder)
    kept: list[tuple[Statement, Verdict]] = []
    removed, checked, refused = 0, 0, False
    try:
        for finished in write(model, messages, settings.answer_tokens):
            refused = any(says_no_answer(sentence) for sentence in finished)
            if refused:
                break
            for sentence in finished[checked:]:
                statement = bind(sentence, context, align)
                verdict = check_sentence(statement.text, evidence_of(statement)) if statement else None
                if statement is None or verdict is None or verdict.name == "unsupported":
                    removed += 1
                elif all(statement.text != other.text for other, _ in kept):
                    kept.append((statement, verdict))
            checked = len(finished)
            sentences, citations = bind_footnotes(kept)
            yield _snapshot(search, text=text_of(sentences), sentences=sentences, citations=citations, removed=removed)
    except ModelUnavailable as error:
        yield from _answer_in_quotes(search, index, settings, notice=f"{error} {WITHOUT_MODEL}")
        return
    if refused and not kept:
        usage = _usage(model, messages, "", count)
        yield _abstained(search, index, removed=removed, tokens=usage)
    else:
        yield from _finished(search, index, model, messages, count, kept, removed, settings)


def _finished(
    search: Search,
    index: Index,
    model: ChatModel,
    messages: Sequence[Mapping[str, str]],
    count: CountTokens,
    kept: Sequence[tuple[Statement, Verdict]],
    removed: int,
    settings: Settings,
) -> Iterator[Answer]:
    sentences, citations = bind_footnotes(kept)
    text = text_of(sentences)
    usage = _usage(model, messages, text, count)
    if sentences:
        yield _snapshot(
            search, text=text, sentences=sentences, citations=citations, removed=removed, tokens=usage, complete=True
        )
        return
    wrote = "wrote nothing that could be tied to the documents." if removed else "wrote no answer."
    notice = f"The language model {wrote} {WITHOUT_MODEL}"
    for part in _answer_in_quotes(search, index, settings, notice=notice, removed=removed):
        yield replace(part, tokens=usage)


def _usage(model: ChatModel, messages: Sequence[Mapping[str, str]], text: str, count: CountTokens) -> dict[str, int]:
    counted = {"prompt": sum(count(message["content"]) for message in messages), "completion": count(text)}
    return dict(model.usage()) or counted
