"""The built-in writer: an answer made of the sources' own sentences, grouped by source and introduced.

It also measures how likely it is that the hits answer at all. It writes no word of its own but the
introductions, which hold only what the documents' data say.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from index.document import Document, Passage
from index.split import paragraphs_of, sentences_of
from index.voices import Voice, voice_at
from rag.introduce import introduce
from rag.weigh import Candidate

NOT_EVIDENCE = frozenset({"furniture", "masked", "title", "byline", "heading", "question"})
PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
NEUTRAL = frozenset({"title", "byline", "heading", "question"})
CONFIDENCE_SLOPE, CONFIDENCE_INTERCEPT = 9.40, -5.21  # `python -m eval.calibrate` fits them
KEEP_WITHIN = 0.7  # of the best score; sentences below it are not quoted
MOST_WORDS = 75  # words of quotation in an answer
WHOLLY_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")
SHORT_SENTENCE = 4  # words; shorter ones say nothing alone
SHORT_LINE = 8  # words; a line up to this length that no full stop ends is a label
CLOSE = {"furniture": 0.5, "masked": 0.3}  # share of the question's words, from which text is close to it
ABOUT, CLEARLY = 0.5, 0.1  # share of the question's words; advantage in score or in that share
SAME_STATEMENT = 80.0  # rapidfuzz ratio, 0..100


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document, offsets in its characters; `passage` is where it was found, and says who speaks."""

    passage: Passage
    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The span's characters."""
        return self.document.text[self.start : self.end]

    @property
    def voice(self) -> Voice:
        """Who speaks in it."""
        return voice_at(self.document, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a writer hands over: text, and the spans of the documents that it rests on."""

    text: str
    spans: tuple[Span, ...]


def confidence(candidates: Sequence[Candidate], unusable: frozenset[str] = NOT_EVIDENCE) -> float:
    """How likely the documents answer, 0..1: a logistic model of the best evidence's score, fitted on public sets."""
    best = max((c.score for c in candidates if c.kind not in unusable), default=None)
    if best is None:
        return 0.0
    return 1.0 / (1.0 + math.exp(-(CONFIDENCE_SLOPE * best + CONFIDENCE_INTERCEPT)))


def reason_for(candidates: Sequence[Candidate]) -> str:
    """Why there is no answer: the closest text is masked, is furniture, or nothing says it.

    Text with few of the question's words is close to nothing.
    """
    closest = next(
        (c.kind for c in candidates if c.kind not in NEUTRAL and c.words > 0 and c.words >= CLOSE.get(c.kind, 0)), ""
    )
    return {"masked": "masked", "furniture": "furniture_only"}.get(closest, "not_in_corpus")


def outdone(candidates: Sequence[Candidate], unusable: frozenset[str] = NOT_EVIDENCE) -> str | None:
    """Why the best evidence is not what the question is about: text that can't be used is clearly closer to it.

    "furniture_only": a line beside the articles has most of the question's words and a better score. "masked": the
    visible words of a masked section hold more of the question than the best evidence does.
    """
    best = max((c for c in candidates if c.kind not in unusable), key=lambda c: c.score, default=None)
    score, words = (best.score, best.words) if best else (0.0, 0.0)
    for candidate in candidates:
        if candidate.kind not in unusable or candidate.words < ABOUT:
            continue
        if candidate.kind == "furniture" and candidate.score >= score + CLEARLY:
            return "furniture_only"
        if candidate.kind == "masked" and candidate.words >= words + CLEARLY:
            return "masked"
    return None


def choose(candidates: Sequence[Candidate], most: int, unusable: frozenset[str] = NOT_EVIDENCE) -> list[Span]:
    """The best evidence: at most `most` spans that differ, near the best in score, within a length to read.

    A span is a sentence; an item of a short list brings the list and the line that introduces it.
    Text of an `unusable` kind is no evidence.
    """
    chosen: list[Span] = []
    best, words = 0.0, 0
    for candidate in candidates:
        if candidate.kind in unusable or (chosen and candidate.score < KEEP_WITHIN * best):
            continue
        span = whole_list(candidate)
        if span is None:
            if is_fragment(candidate):
                continue
            span = Span(candidate.passage, candidate.document, candidate.start, candidate.end)
        length = len(span.text.split())
        if chosen and words + length > MOST_WORDS:
            continue
        if any(_says_the_same(span, other) for other in chosen):
            continue
        chosen.append(span)
        best, words = best or candidate.score, words + length
        if len(chosen) == most:
            break
    return chosen


def is_fragment(candidate: Candidate) -> bool:
    """Whether the text says nothing by itself: a few words, or a short line that no stop ends, such as a label."""
    count = len(candidate.text.split())
    stopped = candidate.text.rstrip("\"'”’)]").endswith((".", "!", "?", "…", ":", ";"))
    return count < SHORT_SENTENCE or (count <= SHORT_LINE and not stopped and candidate.kind != "table")


def whole_list(candidate: Candidate) -> Span | None:
    """The list around a list item, or after a line that announces one, with that line if it is short enough.

    None without a list of at least two items, or when the items alone are too long.
    """
    leaves = paragraphs_of(candidate.document)
    at = bisect_right([block.start for block in leaves], candidate.start) - 1
    announcing_line = leaves[at].kind != "list_item" and _announces(candidate.document, candidate.end)
    first = last = min(at + announcing_line, len(leaves) - 1)
    while first and leaves[first - 1].kind == leaves[first].kind == "list_item":
        first -= 1
    while last + 1 < len(leaves) and leaves[last + 1].kind == leaves[last].kind == "list_item":
        last += 1
    if last == first or leaves[first].kind != "list_item":
        return None
    starts = [leaves[first].start]
    readable = (
        first and leaves[first - 1].kind not in NOT_EVIDENCE and leaves[first - 1].speaker == leaves[first].speaker
    )
    if readable and _announces(candidate.document, leaves[first].start):
        announcing = list(sentences_of(candidate.document, leaves[first - 1]))
        starts = [announcing[-1][0], *starts] if announcing else starts
    for start in starts:
        text = candidate.document.text[start : leaves[last].end]
        if len(text.split()) <= MOST_WORDS:
            start += len(text) - len(text.lstrip())
            return Span(candidate.passage, candidate.document, start, start + len(text.strip()))
    return None


def _announces(document: Document, end: int) -> bool:
    """Whether the text up to `end` closes with a colon."""
    return document.text[max(0, end - 20) : end].rstrip().endswith(":")


def _says_the_same(one: Span, other: Span) -> bool:
    """Whether one span is nearly the other, or is held in it."""
    short, long = sorted((" ".join(span.text.casefold().split()) for span in (one, other)), key=len)
    return short in long or fuzz.ratio(short, long) >= SAME_STATEMENT


def write_quotes(chosen: Sequence[Span]) -> list[Statement]:
    """Statements grouped by who says it where, the group with the best span first; neighbours become one quote."""
    groups: dict[tuple[str, str], list[Span]] = {}
    for span in chosen:
        groups.setdefault((span.passage.document_id, introduce(span.document, span.voice)), []).append(span)
    statements = []
    named: set[str] = set()
    for group in groups.values():
        spans, document = join_neighbours(sorted(group, key=lambda s: s.start)), group[0].document
        introduction = introduce(document, group[0].voice, count=len(spans), again=document.id in named)
        named.add(document.id)
        for number, span in enumerate(spans):
            quotation = in_marks(" ".join(span.text.split()))
            statements.append(Statement(f"{introduction}: {quotation}" if number == 0 else quotation, (span,)))
    return statements


def in_marks(text: str) -> str:
    """The text in quotation marks; as it is when it is one quotation in marks already."""
    return text if WHOLLY_QUOTED.fullmatch(text) else f"“{text}”"


def join_neighbours(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in the order given; one right after another of the same paragraph and voice is joined to it."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.passage.id == span.passage.id
            and before.end <= span.start
            and PARAGRAPH_BREAK.sub("¶", span.document.text[before.end : span.start]).strip() == ""
            and before.voice == span.voice
        ):
            joined[-1] = Span(span.passage, span.document, before.start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
