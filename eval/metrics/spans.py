"""Measures over spans: what was found, what was cited, and whether a quote is what it says it is.

Spans are half-open, in characters. It does not know what the spans say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it brings chromadb along, which reading a run need not wait for
    from rag.answering import Citation

Span = tuple[str, int, int]
"""A document's path, start, end."""

RankedHit = tuple[str, int, int, int]
"""A document's path, start, end, and the number of word pieces of the text between them."""


def evidence_recall(evidence: Sequence[Span], hits: Sequence[RankedHit], budget: int) -> float | None:
    """The share of the evidence's characters that stand in the hits a reader of `budget` word pieces gets to.

    0..1, higher is better; None without evidence. Hits are taken in rank order until the next one would
    exceed the budget; that one and all after it are left out whole, even where a later one would fit.
    Source: token-wise recall of Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval"
    (Chroma, 2024), over characters, with a budget in place of a number of chunks.
    """
    kept: list[Span] = []
    for document, start, end, word_pieces in hits:
        budget -= word_pieces
        if budget < 0:
            break
        kept.append((document, start, end))
    wanted = _characters(evidence)
    return len(wanted & _characters(kept)) / len(wanted) if wanted else None


def characters_found(evidence: Sequence[Span], given: Sequence[Span]) -> tuple[float, float, float] | None:
    """Recall, precision and intersection over union of the characters of `given` against those of `evidence`.

    Each 0..1, higher is better; None without evidence; precision 0 when nothing is given.
    Source: Smith and Troynikov (Chroma, 2024), as for evidence_recall: characters in place of tokens.
    """
    wanted, found = _characters(evidence), _characters(given)
    if not wanted:
        return None
    both = len(wanted & found)
    return both / len(wanted), both / len(found) if found else 0.0, both / len(wanted | found)


def relevance_of_hits(evidence: Sequence[Span], hits: Sequence[Span]) -> tuple[list[bool], int]:
    """For each hit whether it shows evidence that no better hit showed, and how many spans no hit shows.

    A span is shown by the first hit that overlaps it; so two hits that share a sentence count once.
    """
    left = list(dict.fromkeys(evidence))
    relevance = []
    for hit in hits:
        shown = [span for span in left if overlap(hit, span)]
        relevance.append(bool(shown))
        left = [span for span in left if span not in shown]
    return relevance, len(left)


def citation_precision(citations: Sequence[Span], evidence: Sequence[Span]) -> float | None:
    """The share of the citations that overlap the evidence by a character or more, labels included.

    A span that is cited twice counts once. 0..1, higher is better; None without citations or without evidence.
    Source: citation precision of Gao et al., "Enabling Large Language Models to Generate Text with Citations"
    (2023), with marked spans for their entailment model: right passages that nobody marked count against it.
    """
    if not citations or not evidence:
        return None
    distinct = set(citations)
    return sum(touches(citation, evidence) for citation in distinct) / len(distinct)


def citation_recall(citations: Sequence[Span], evidence: Sequence[Span]) -> float | None:
    """The share of the evidence's spans that a citation overlaps by a character or more.

    0..1, higher is better; None without evidence. Source: citation recall of Gao et al. (2023), with marked
    spans for the statements that need support.
    """
    return sum(touches(span, citations) for span in evidence) / len(evidence) if evidence else None


def citation_focus(citations: Sequence[Span], evidence: Sequence[Span]) -> float | None:
    """The share of the cited characters that are evidence; each character counts once, however often it is cited.

    0..1, higher is better; None without citations or without evidence. citation_precision counts a citation of
    a whole document as right; here it costs what it has too much. Source: precision of Smith and Troynikov
    (Chroma, 2024), as for characters_found.
    """
    scores = characters_found(evidence, citations) if citations else None
    return scores[1] if scores else None


def citation_coverage(citations: Sequence[Span], evidence: Sequence[Span]) -> float | None:
    """The share of the evidence's characters that a citation covers, the counterpart of citation_focus.

    0..1, higher is better; None without evidence. citation_recall counts a citation of a single letter as
    right. Source: recall of Smith and Troynikov (Chroma, 2024), as for characters_found.
    """
    scores = characters_found(evidence, citations)
    return scores[0] if scores else None


def citation_exactness(citations: Sequence[Citation], texts: Mapping[str, str]) -> float | None:
    """The share of the citations whose quote is `text[start:end]` of the document as it is now.

    `texts` holds, by path, the documents read anew for this measure: an answer from an index that has gone
    stale quotes what no document says any more. 0..1; anything but 1 breaks the first promise of the project.
    None without citations.
    """
    if not citations:
        return None
    exact = 0
    for citation in citations:
        text = texts.get(citation.document.path, "")
        inside = 0 <= citation.start < citation.end <= len(text)  # a slice alone forgives an end beyond the end
        exact += inside and text[citation.start : citation.end] == citation.quote
    return exact / len(citations)


def touches(span: Span, others: Sequence[Span]) -> bool:
    """Whether `span` overlaps one of `others` by a character or more."""
    return any(overlap(span, other) for other in others)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans of the same document share a character; an empty span shares none."""
    return one[0] == other[0] and max(one[1], other[1]) < min(one[2], other[2])


def _characters(spans: Sequence[Span]) -> set[tuple[str, int]]:
    return {(document, offset) for document, start, end in spans for offset in range(start, end)}
