"""The measures, as pure functions over spans, texts and numbers; None stands for "nothing to measure here".

They do not know cases, answers of whole sets or how a mean is shown; spans are half-open, in characters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering import Citation

Span = tuple[str, int, int]
"""A document's path, start, end."""

RankedHit = tuple[str, int, int, int]
"""A document's path, start, end, and the number of word pieces of the text between them."""

KEY_FACT_WORDS = 120
"""A key fact counts when it is said within the first so many words of an answer."""

FOOTNOTE_MARK = re.compile(r"\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]")
PLAIN_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f", "''''" + '""""')


def evidence_recall(evidence: Sequence[Span], hits: Sequence[RankedHit], budget: int) -> float | None:
    """The share of the evidence's characters that stand in the hits a reader of `budget` word pieces gets to.

    0..1, higher is better; None without evidence. Hits are taken in rank order until the next one would
    exceed the budget; that one and all after it are left out whole, even where a later one would fit.
    Source: token-wise recall of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval"
    (Chroma, 2024), over characters, with a budget in place of a number of chunks.
    """
    wanted = {(document, offset) for document, start, end in evidence for offset in range(start, end)}
    if not wanted:
        return None
    kept: list[Span] = []
    for document, start, end, word_pieces in hits:
        budget -= word_pieces
        if budget < 0:
            break
        kept.append((document, start, end))
    found = sum(
        any(document == place and start <= offset < end for place, start, end in kept) for document, offset in wanted
    )
    return found / len(wanted)


def said(text: str, fact: str) -> bool:
    """Whether `text` holds one of the alternatives of `fact` ("a|b").

    Case, the kind of white space and curly or straight quotes make no difference. A part of a word counts
    ("increas" is said by "increasing"), a part of a number does not ("300" is not said by "1,300" or "3000").
    """
    text = _plain(text)
    return any(re.search(_whole_numbers(_plain(alternative)), text) for alternative in fact.split("|"))


def missing_facts(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> tuple[str, ...]:
    """The key facts that the first `words` words of `text`, footnote marks removed, do not say; in their order."""
    opening = " ".join(without_marks(text).split()[:words])
    return tuple(fact for fact in key_facts if not said(opening, fact))


def all_key_facts(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> bool | None:
    """Whether the first `words` words of an answer say every key fact; True is better; None without key facts.

    Source: the strict form of nugget recall (Voorhees, "Overview of the TREC 2003 Question Answering
    Track"), each nugget a literal phrase; the limit on words keeps a long answer from winning by its length.
    """
    return not missing_facts(text, key_facts, words) if key_facts else None


def fact_recall(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> float | None:
    """The share of the key facts that the first `words` words say: 0..1, higher is better; None without key facts.

    Source: nugget recall, as for all_key_facts.
    """
    return 1 - len(missing_facts(text, key_facts, words)) / len(key_facts) if key_facts else None


def forbidden_said(text: str, must_not: Sequence[str]) -> tuple[str, ...]:
    """The phrases of `must_not` that `text`, at any length, says; empty is best. Matched as key facts are."""
    return tuple(phrase for phrase in must_not if said(without_marks(text), phrase))


def citation_precision(citations: Sequence[Span], evidence: Sequence[Span]) -> float | None:
    """The share of the citations that overlap the evidence by a character or more, labels included.

    0..1, higher is better; None without citations or without evidence. Source: citation precision of Gao et
    al., "Enabling Large Language Models to Generate Text with Citations" (2023), with marked spans for their
    entailment model: right passages that nobody marked count against it.
    """
    if not citations or not evidence:
        return None
    return sum(any(_overlap(citation, span) for span in evidence) for citation in citations) / len(citations)


def citation_exactness(citations: Sequence[Citation]) -> float | None:
    """The share of the citations whose quote is `document.text[start:end]`, at least one character long.

    0..1; anything but 1 breaks the first promise of the project. None without citations.
    """
    if not citations:
        return None
    exact = sum(
        0 <= citation.start < citation.end and citation.document.text[citation.start : citation.end] == citation.quote
        for citation in citations
    )
    return exact / len(citations)


@dataclass(frozen=True, slots=True)
class Abstention:
    """How many questions were answered or abstained from, by whether the documents answer them."""

    answerable_answered: int
    answerable_abstained: int
    unanswerable_answered: int
    unanswerable_abstained: int

    @property
    def balanced_accuracy(self) -> float | None:
        """The mean of two shares: answerable questions answered, unanswerable ones abstained from.

        0..1, higher is better, 0.5 for always doing the same; None unless there are questions of both kinds.
        Source: Brodersen et al., "The Balanced Accuracy and Its Posterior Distribution" (2010).
        """
        answerable = self.answerable_answered + self.answerable_abstained
        unanswerable = self.unanswerable_answered + self.unanswerable_abstained
        if not answerable or not unanswerable:
            return None
        return (self.answerable_answered / answerable + self.unanswerable_abstained / unanswerable) / 2


def abstention(outcomes: Iterable[tuple[bool, bool]]) -> Abstention:
    """The counts over (is the question answerable, was it answered) of every question."""
    counted = list(outcomes)
    return Abstention(
        answerable_answered=counted.count((True, True)),
        answerable_abstained=counted.count((True, False)),
        unanswerable_answered=counted.count((False, True)),
        unanswerable_abstained=counted.count((False, False)),
    )


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The chance that an answerable question got a higher confidence than an unanswerable one; ties count half.

    0..1, higher is better, 0.5 for a confidence that tells nothing; None unless there are both.
    Source: Hanley and McNeil, "The Meaning and Use of the Area under a ROC Curve" (1982): Mann-Whitney's U.
    """
    if not answerable or not unanswerable:
        return None
    wins = sum((high > low) + (high == low) / 2 for high in answerable for low in unanswerable)
    return wins / (len(answerable) * len(unanswerable))


def mean(values: Iterable[float]) -> float | None:
    """The arithmetic mean, within the values' own range; None without values."""
    counted = list(values)
    return math.fsum(counted) / len(counted) if counted else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of the values that `share` (0..1) of them do not exceed; None without values.

    In the values' own unit; lower is better for seconds. Source: the nearest rank, definition 1 of Hyndman
    and Fan, "Sample Quantiles in Statistical Packages" (1996): always a value that was measured.
    """
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def word_count(text: str) -> int:
    """The number of words, split at white space, footnote marks removed; 0 or more, shorter reads faster."""
    return len(without_marks(text).split())


def without_marks(text: str) -> str:
    """The text without its footnote marks ("[1]", "[2, 3]"); years and other long numbers in brackets stay."""
    return FOOTNOTE_MARK.sub("", text)


def _plain(text: str) -> str:
    return " ".join(text.translate(PLAIN_QUOTES).casefold().split())


def _whole_numbers(phrase: str) -> str:
    """A pattern for `phrase` that does not start or end in the middle of a number."""
    before = r"(?<!\d)(?<!\d,)" if phrase[:1].isdigit() else ""
    after = r"(?!,?\d)" if phrase[-1:].isdigit() else ""
    return before + re.escape(phrase) + after


def _overlap(one: Span, other: Span) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]
