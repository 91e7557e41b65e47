"""A conversation as text for the browser to keep, and back: across a reload, never across a change of the documents.

Nothing that comes back is trusted: it is validated, quotes and attributions are looked up in the index anew, and the
page renders it like any answer, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.document import Document, Passage
from index.opening import Index
from index.voices import voice_at
from rag.answering import LONGEST_QUESTION, Answer, Citation, Sentence
from rag.footnotes import cite
from rag.quote import Span
from rag.retrieve import Hit
from ui.conversation import Conversation, Turn, names_of
from ui.render import CLOSEST_SHOWN

MOST_TURNS = 20
MOST_CHARACTERS = 300_000  # of the text that is kept; browsers keep some millions
LOST = "Some of its footnotes led to documents that are no longer in the index."

Text = Annotated[str, Field(max_length=50_000)]
Words = Annotated[str, Field(max_length=500)]


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeptSpan(_Kept):
    """Characters of a document, by its id; `kind` is that of the passage, `best` where its best sentence stands."""

    document: Words
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    number: int = 0
    kind: Words = "body"
    best: tuple[int, int] | None = None


class KeptSentence(_Kept):
    text: Text
    citations: tuple[int, ...]
    verdict: Literal["verbatim", "supported", "partial", "unsupported", "misattributed", ""]
    why: Words


class KeptTurn(_Kept):
    """A question with its answer; quotes and speakers are not kept, as the documents have them."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    search_query: Annotated[str, Field(max_length=2 * LONGEST_QUESTION)]
    asked_with: dict[Words, tuple[Words, ...]] | None
    filters: dict[Words, tuple[Words, ...]]
    text: Text
    status: Literal["answered", "abstained"]
    reason: Words | None
    sentences: tuple[KeptSentence, ...]
    citations: tuple[KeptSpan, ...]
    closest: tuple[KeptSpan, ...]
    conflicts: tuple[tuple[int, ...], ...]
    removed: int
    model: Words
    seconds: float
    notice: Annotated[str, Field(max_length=2_000)]
    rated: Literal["up", "down", ""]


class KeptQuestion(_Kept):
    """A question whose answer was stopped."""

    question: Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]
    asked_with: dict[Words, tuple[Words, ...]] | None
    stopped: Literal[True] = True


class KeptConversation(_Kept):
    turns: Annotated[tuple[KeptTurn | KeptQuestion, ...], Field(max_length=MOST_TURNS)]


def kept(conversation: Conversation) -> str:
    """The last turns, answered or stopped, as JSON of at most MOST_CHARACTERS characters; "" without any."""
    turns = [_kept(turn) for turn in conversation.turns if turn.answer or turn.stopped][-MOST_TURNS:]
    while turns:
        text = KeptConversation(turns=tuple(turns)).model_dump_json()
        if len(text) <= MOST_CHARACTERS:
            return text
        turns = turns[1:]
    return ""


def _kept(turn: Turn) -> KeptTurn | KeptQuestion:
    answer = turn.answer
    if answer is None:
        return KeptQuestion.model_construct(question=turn.question, asked_with=turn.filters)
    return KeptTurn.model_construct(
        question=turn.question,
        search_query=answer.search_query,
        asked_with=turn.filters,
        filters=dict(answer.filters),
        text=answer.text,
        status=answer.status,
        reason=answer.reason,
        sentences=tuple(
            KeptSentence.model_construct(text=s.text, citations=s.citations, verdict=s.verdict, why=s.why)
            for s in answer.sentences
        ),
        citations=tuple(
            KeptSpan(document=c.document.id, start=c.start, end=c.end, number=c.number) for c in answer.citations
        ),
        closest=tuple(_kept_hit(hit) for hit in answer.closest[:CLOSEST_SHOWN] if answer.status == "abstained"),
        conflicts=answer.conflicts,
        removed=answer.removed,
        model=answer.model,
        seconds=answer.seconds,
        notice=answer.notice,
        rated=turn.rated,
    )


def _kept_hit(hit: Hit) -> KeptSpan:
    passage = hit.passage
    return KeptSpan(document=hit.document.id, start=passage.start, end=passage.end, kind=passage.kind, best=hit.best)


def recalled(text: str, index: Index, host: str) -> Conversation:
    """The conversation that `kept` made the text of; an empty one where the text is anything else."""
    if len(text) > MOST_CHARACTERS:
        return Conversation()
    try:
        turns = KeptConversation.model_validate_json(text).turns
    except ValidationError:
        return Conversation()
    conversation = Conversation()
    for turn in turns:
        names = names_of(turn.asked_with, index.documents()) if turn.asked_with else {}
        conversation = conversation.asking(turn.question, turn.asked_with).named(names)
        if isinstance(turn, KeptQuestion):
            conversation = conversation.stopped()
            continue
        conversation = conversation.answered(_answer(turn, index), host)
        if turn.rated:
            conversation = conversation.rating(len(conversation.turns) - 1, turn.rated, host)
    return conversation


def _answer(turn: KeptTurn, index: Index) -> Answer:
    cited = [(span.number, *found) for span in turn.citations if (found := _found(span, index))]
    citations = tuple(
        cite(number, Span(passage, source, passage.start, passage.end)) for number, passage, source in cited
    )
    closest = [Hit(*found, 0.0, _best(span)) for span in turn.closest if (found := _found(span, index))]
    lost = len(citations) < len(turn.citations) or len(closest) < len(turn.closest)
    known = {citation.number: citation for citation in citations}
    return Answer(
        question=turn.question,
        search_query=turn.search_query,
        filters=turn.filters,
        text=turn.text,
        status=turn.status,
        reason=turn.reason,
        confidence=0.0,
        sentences=tuple(_sentence(sentence, known) for sentence in turn.sentences),
        citations=citations,
        hits=tuple(closest),
        conflicts=tuple(group for group in turn.conflicts if all(number in known for number in group)),
        removed=turn.removed,
        model=turn.model,
        tokens={},
        seconds=turn.seconds,
        complete=True,
        notice=" ".join(part for part in (turn.notice, LOST if lost else "") if part),
    )


def _found(span: KeptSpan, index: Index) -> tuple[Passage, Document] | None:
    """The span as a passage of its document; None where the index has no such characters any more."""
    document = index.document(span.document)
    if document is None or not span.start < span.end <= len(document.text):
        return None
    speaker = voice_at(document, span.start, span.end).speaker
    return Passage("recalled", document.id, span.start, span.end, span.kind, speaker), document


def _best(span: KeptSpan) -> tuple[int, int] | None:
    return span.best if span.best and span.start <= span.best[0] < span.end else None


def _sentence(sentence: KeptSentence, citations: Mapping[int, Citation]) -> Sentence:
    """The sentence with those of its footnotes that still lead somewhere; only then its verdict counts."""
    numbers = tuple(number for number in sentence.citations if number in citations)
    quotes = [" ".join(citations[number].quote.split()) for number in numbers]
    holds = sentence.verdict != "verbatim" or _quotes_any(sentence.text, quotes)
    return Sentence(sentence.text, numbers, sentence.verdict if numbers and holds else "", sentence.why)


def _quotes_any(text: str, quotes: Sequence[str]) -> bool:
    words = " ".join(text.split())
    return any(quote in words for quote in quotes)
