"""Which sentences are quoted: the best ones, each statement once, lists whole, with what a pronoun stands for.

It does not know how they will be introduced, nor whether there should be an answer at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from rapidfuzz import fuzz

from index.document import Document
from index.split import paragraphs_of, sentences_of
from index.voices import voice_at
from rag.introduce import introduce
from rag.quote import NOT_EVIDENCE, Span
from rag.weigh import Candidate

KEEP_BEHIND = 0.08  # a sentence whose score is further behind the best one's is not quoted
MOST_WORDS = 100  # words of an answer, introductions included
SHORT_SENTENCE = 4  # words; shorter ones say nothing alone
SHORT_LINE = 8  # words; a line up to this length that no full stop ends is a label
SAME_STATEMENT = 80.0  # rapidfuzz ratio, 0..100
POINTING = re.compile(  # a sentence that begins by pointing back at what the one before it says
    r"[\"“‘'(]?(?:(?:And|But|So|Then|Yet|Instead|However|Still|Also|Moreover|Therefore|Thus|Later|Since then),? )?"
    r"(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Tt]his|[Tt]hat|[Tt]hese|[Tt]hose|[Ss]uch"
    r"|[Tt]he (?:latter|former|same))\b"
    r"|[\"“‘'(]?(?:However|But|Yet|Instead|Therefore|Thus|Moreover|Nevertheless|Nonetheless|Otherwise|Similarly|Still"
    r"|Consequently|Also|Even so|That said|In addition|As a result|On the other hand|By contrast"
    r"|For example|For instance)\b,? "
)
CONTEXT_WORDS, MORE_CONTEXT_WORDS = 60, 40  # of the first quotation, of others, with the sentences that follow
NEXT_PARAGRAPHS = 2  # in which what a colon announces may begin
BETWEEN = frozenset({"caption", "furniture"})  # that may stand between a colon and what it announces
LONGEST_WITH_ANTECEDENT = 45  # words of a sentence together with the one before it
LONGEST_ANNOUNCED = 70  # words of a sentence that ends in a colon together with the one after it


def choose(
    candidates: Sequence[Candidate], most: int, unusable: frozenset[str] = NOT_EVIDENCE, parts: int = 1
) -> list[Span]:
    """The best evidence among ranked candidates: at most `most` spans that differ, near the best in score, within a
    length to read.

    A span is a sentence; an item of a short list brings the list and the line that introduces it.
    Text of an `unusable` kind is no evidence. The first for each of a question's `parts` need not be near the best.
    """
    chosen: list[Span] = []
    introduced: set[str] = set()
    best, words = 0.0, 0
    for candidate in candidates:
        if candidate.kind in unusable or (len(chosen) >= parts and candidate.score < best - KEEP_BEHIND):
            continue
        spans = _quotable(candidate, chosen)
        if not spans or any(_overlap(spans[0], other) or _says_the_same(spans[0], other) for other in chosen):
            continue
        introduction = introduce(spans[0].document, spans[0].voice)
        length = len(spans[0].text.split()) + (0 if introduction in introduced else len(introduction.split()))
        if chosen and words + length > MOST_WORDS:
            continue
        best = best if chosen else candidate.score
        more = [span for span in spans[1:] if not any(_overlap(span, other) for other in chosen)]
        chosen += [spans[0], *more]
        introduced.add(introduction)
        words += length + sum(len(span.text.split()) for span in more)
        if len(chosen) >= most:
            break
    return chosen[:most]


def _quotable(candidate: Candidate, chosen: Sequence[Span]) -> list[Span]:
    """What to quote for a candidate: its list, or the sentence with what belongs to it, and then what somebody else
    says in the words that it announces; nothing of what can't stand alone."""
    whole = whole_list(candidate)
    if whole or is_fragment(candidate):
        return [whole] if whole else []
    span = Span(candidate.passage, candidate.document, candidate.start, candidate.end)
    announced = announced_by(span)
    if announced and announced.voice == span.voice:
        span, announced = Span(span.passage, span.document, span.start, announced.end), None
    limit = MORE_CONTEXT_WORDS if chosen else CONTEXT_WORDS
    for wider in (with_antecedent(span), with_context(with_antecedent(span), limit)):
        span = span if any(_overlap(wider, other) for other in chosen) else wider
    return [span, announced] if announced else [span]


def with_context(span: Span, limit: int) -> Span:
    """The span with the sentences after it in its paragraph by the same speaker, up to `limit` words: an answer often
    goes on there."""
    paragraphs = paragraphs_of(span.document)
    at = bisect_right([block.start for block in paragraphs], span.start) - 1
    voice, words = span.voice, len(span.text.split())
    for start, end in sentences_of(span.document, paragraphs[at]):
        if start < span.end:
            continue
        words += len(span.document.text[start:end].split())
        following = voice_at(span.document, start, end)
        same = (following.kind, following.speaker, following.role) == (voice.kind, voice.speaker, voice.role)
        if words > limit or not same:
            break
        span = Span(span.passage, span.document, span.start, end)
    return span


def with_antecedent(span: Span) -> Span:
    """The span with the sentence before it, if it begins by pointing back and both are short and by one speaker."""
    if not POINTING.match(span.text):
        return span
    paragraphs = paragraphs_of(span.document)
    at = bisect_right([block.start for block in paragraphs], span.start) - 1
    before = [place for place in sentences_of(span.document, paragraphs[at]) if place[1] <= span.start]
    if not before or before[-1][0] < span.passage.start:
        return span
    wider = Span(span.passage, span.document, before[-1][0], span.end)
    same = voice_at(span.document, *before[-1]) == span.voice
    return wider if same and len(wider.text.split()) <= LONGEST_WITH_ANTECEDENT else span


def announced_by(span: Span) -> Span | None:
    """The sentence after one that ends in a colon, captions and furniture left out; None where it can't be read, or
    where the two are long."""
    if not _announces(span.document, span.end):
        return None
    paragraphs = paragraphs_of(span.document)
    at = max(0, bisect_right([block.start for block in paragraphs], span.end) - 1)
    for block in paragraphs[at : at + 1 + NEXT_PARAGRAPHS]:
        places = [place for place in sentences_of(span.document, block) if place[0] >= span.end]
        if block.kind in BETWEEN or not places:
            continue
        after = Span(span.passage, span.document, *places[0])
        readable = block.kind not in NOT_EVIDENCE and len(f"{span.text} {after.text}".split()) <= LONGEST_ANNOUNCED
        return after if readable else None
    return None


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


def _overlap(one: Span, other: Span) -> bool:
    return one.document.id == other.document.id and one.start < other.end and other.start < one.end


def _says_the_same(one: Span, other: Span) -> bool:
    """Whether one span is nearly the other, or is held in it."""
    short, long = sorted((" ".join(span.text.casefold().split()) for span in (one, other)), key=len)
    return short in long or fuzz.ratio(short, long) >= SAME_STATEMENT
