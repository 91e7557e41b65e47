"""Which sentences of a source a claim rests on, as the product finds them, measured against what annotators marked.

It does not know whether the claim is supported.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from eval import metrics
from index.document import Document, Passage
from index.embed import Embedder
from rag.quote import Span
from rag.write import Context, aligner

SHOWN = 5
"""Pointers that recall looks at."""


def pointers_of(claim: str, sentences: Sequence[str], embedder: Embedder) -> tuple[int, ...]:
    """The positions in `sentences` that the product would cite for a claim that came without footnotes, best first.

    That is at most one today: rag.write.aligner names the sentence that says it, or none.
    """
    text = "\n".join(sentences)
    document = Document("source", "source", None, None, None, None, text)
    passage = Passage("source", "source", 0, len(text), "body")
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(passage, document, start, start + len(sentence)))
        start += len(sentence) + 1
    number = aligner(Context(tuple(spans), ""), embedder)(claim)
    return () if number is None else (number - 1,)


def best_set_recall(pointers: Sequence[int], sets: Sequence[Collection[int]], k: int = SHOWN) -> float | None:
    """Recall@k of the set of evidence that the first `k` pointers cover best; 0..1, higher is better.

    None without sets, or where one is empty: an annotator found nothing to point to. Source: the README of the
    benchmark; the best of several annotations as in Kamoi et al., "WiCE: Real-World Entailment for Claims in
    Wikipedia" (2023).
    """
    if not sets or not all(sets):
        return None
    return max(metrics.found_share(pointers, wanted, k) or 0.0 for wanted in sets)


def closest_set_f1(cited: Collection[int], sets: Sequence[Collection[int]]) -> float | None:
    """F1 of the cited sentences against the set of evidence that they come closest to; 0..1, higher is better.

    0 when nothing is cited; None as for best_set_recall. Source: as for best_set_recall.
    """
    if not sets or not all(sets):
        return None
    return max(2 * len(set(cited) & set(wanted)) / (len(set(cited)) + len(set(wanted))) for wanted in sets)
