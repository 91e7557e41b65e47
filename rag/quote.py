"""The built-in writer: an answer made of the sources' own sentences, grouped by source and introduced.

It also measures how likely it is that the hits answer at all. It writes no word of its own but the
introductions, which hold only what the documents' data say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from index.document import Document, Passage
from rag.weigh import Candidate

NOT_EVIDENCE = frozenset({"furniture", "masked", "title", "byline", "heading", "question"})
NEUTRAL = frozenset({"title", "byline", "heading", "question"})
COEFFICIENTS = (4.0, 2.0, 2.0, 2.0, 1.0)  # of `evidence_features`; docs/architecture.md says how they were fitted
INTERCEPT = -4.0
KEEP_WITHIN = 0.8  # of the best score; sentences below it are not quoted
MOST_WORDS = 80  # words of quotation in an answer
SHORT_SENTENCE = 4  # words; shorter ones say nothing alone
SAME_STATEMENT = 80.0  # rapidfuzz ratio, 0..100


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document, within a passage; offsets in the document's characters."""

    passage: Passage
    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The span's characters."""
        return self.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a writer hands over: text, and the spans of the documents that it rests on."""

    text: str
    spans: tuple[Span, ...]


def confidence(candidates: Sequence[Candidate]) -> float:
    """How likely the documents answer, 0..1: a logistic model over the best evidence, fitted outside this corpus."""
    evidence = [c for c in candidates if c.passage.kind not in NOT_EVIDENCE]
    if not evidence:
        return 0.0
    features = evidence_features(evidence)
    logit = INTERCEPT + sum(weight * value for weight, value in zip(COEFFICIENTS, features, strict=True))
    return 1.0 / (1.0 + math.exp(-logit))


def evidence_features(evidence: Sequence[Candidate]) -> tuple[float, ...]:
    """What `confidence` looks at: the best sentence's cosine and word cover, its passage's cosine and word cover."""
    best = evidence[0]
    return (
        max(c.cosine for c in evidence),
        max(c.passage_cosine for c in evidence),
        best.words,
        best.passage_words,
        max(c.passage_words for c in evidence),
    )


def reason_for(candidates: Sequence[Candidate]) -> str:
    """Why there is no answer: the closest text is masked, is furniture, or nothing says it."""
    closest = next((c.passage.kind for c in candidates if c.passage.kind not in NEUTRAL), "")
    return {"masked": "masked", "furniture": "furniture_only"}.get(closest, "not_in_corpus")


def choose(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best evidence: at most `most` sentences that differ, near the best in score, within a length to read."""
    chosen: list[Candidate] = []
    words = 0
    for candidate in candidates:
        length = len(candidate.text.split())
        if candidate.passage.kind in NOT_EVIDENCE or length < SHORT_SENTENCE:
            continue
        if chosen and (candidate.score < KEEP_WITHIN * chosen[0].score or words + length > MOST_WORDS):
            continue
        if any(_says_the_same(candidate.text, other.text) for other in chosen):
            continue
        chosen.append(candidate)
        words += length
        if len(chosen) == most:
            break
    return chosen


def _says_the_same(one: str, other: str) -> bool:
    """Whether one sentence is nearly the other, or is held in it."""
    short, long = sorted((" ".join(one.casefold().split()), " ".join(other.casefold().split())), key=len)
    return short in long or fuzz.ratio(short, long) >= SAME_STATEMENT


def write_quotes(chosen: Sequence[Candidate]) -> list[Statement]:
    """Statements grouped by who says it where, the group with the best sentence first; neighbours become one quote."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in chosen:
        passage = candidate.passage
        key = (passage.document_id, _voice(passage), passage.speaker or "", passage.date or "")
        groups.setdefault(key, []).append(candidate)
    statements = []
    for group in groups.values():
        introduction = introduce(group[0].document, group[0].passage)
        spans = [Span(c.passage, c.document, c.start, c.end) for c in sorted(group, key=lambda c: c.start)]
        for number, span in enumerate(join_neighbours(spans)):
            quotation = f"“{' '.join(span.text.split())}”"
            statements.append(Statement(f"{introduction}: {quotation}" if number == 0 else quotation, (span,)))
    return statements


def join_neighbours(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in the order given; one right after another of its passage is joined to it."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.passage.id == span.passage.id
            and before.end <= span.start
            and not span.document.text[before.end : span.start].strip()
        ):
            joined[-1] = Span(span.passage, span.document, before.start, span.end)
        else:
            joined.append(span)
    return tuple(joined)


def _voice(passage: Passage) -> str:
    return passage.kind if passage.kind in ("comment", "interview_answer", "update") else "text"


def introduce(document: Document, passage: Passage) -> str:
    """Who says it, where and when, as far as the document's data go; what they don't say is left out."""
    where = f"“{document.name}”" if document.title else document.path
    if passage.kind == "comment":
        speaker = passage.speaker or "An undisclosed commenter"
        return f"{speaker}, commenting under {where}{_when(passage.date or document.published)}"
    if passage.speaker:
        role = next((b.role for b in document.blocks if b.speaker == passage.speaker and b.role), None)
        return f"{passage.speaker}{f' ({role})' if role else ''}, in {where}{_when(passage.date or document.published)}"
    source = ", ".join(part for part in (document.author and f"by {document.author}", document.publisher) if part)
    kind = "An update in " if passage.kind == "update" else ""
    return f"{kind}{where}{_when(document.published, source)}"


def _when(published: str | None, before: str = "") -> str:
    parts = [part for part in (before, readable_date(published)) if part]
    return f" ({', '.join(parts)})" if parts else ""


def readable_date(iso: str | None) -> str:
    """ "2018-09-18" as "Sep 18, 2018", "2018-09" as "Sep 2018", anything else as it is."""
    if not iso:
        return ""
    parts = iso.split("T")[0].split("-")
    try:
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        moment = date(year, month, day)
    except ValueError:
        return iso
    return [f"{year}", f"{moment:%b} {year}", f"{moment:%b} {day}, {year}"][min(len(parts), 3) - 1]
