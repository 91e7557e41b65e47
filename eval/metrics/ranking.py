"""Measures over a ranking with marked items: nDCG, reciprocal rank, hit, recall. Higher is better, all 0..1.

It does not know what the items are; a ranking holds each of them once, the best first.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import log2


def ndcg(relevance: Sequence[bool], missed: int = 0, k: int = 10) -> float | None:
    """Normalised discounted cumulative gain of the first `k`, binary; None when nothing is relevant.

    `relevance` says of each ranked item whether it is relevant, `missed` counts relevant items that are not in
    the ranking. DCG = sum of 1 / log2(rank + 1) over relevant items, divided by that of a perfect ranking.
    Source: Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques" (2002).
    """
    relevant = sum(relevance) + missed
    if not relevant:
        return None
    gained = sum(1 / log2(rank + 1) for rank, is_relevant in enumerate(relevance[:k], start=1) if is_relevant)
    return gained / sum(1 / log2(rank + 1) for rank in range(1, min(k, relevant) + 1))


def reciprocal_rank(relevance: Sequence[bool], missed: int = 0, k: int = 10) -> float | None:
    """1 / rank of the first relevant item within the first `k`, else 0; its mean is MRR. None as for ndcg.

    Source: Voorhees, "The TREC-8 Question Answering Track Report" (1999).
    """
    if not (any(relevance) or missed):
        return None
    return next((1 / rank for rank, is_relevant in enumerate(relevance[:k], start=1) if is_relevant), 0.0)


def hit(relevance: Sequence[bool], missed: int = 0, k: int = 10) -> bool | None:
    """Whether one of the first `k` is relevant (hit@k, success@k); None as for ndcg."""
    return any(relevance[:k]) if any(relevance) or missed else None


def found_share(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float | None:
    """Recall@k: the share of the relevant items among the first `k` of the ranking; None when none is relevant."""
    wanted = set(relevant)
    return len(wanted & set(ranking[:k])) / len(wanted) if wanted else None


def all_found(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> bool | None:
    """Whether every relevant item is among the first `k` of the ranking; None when none is relevant.

    Source: "all-evidence", after Hits of Tang and Yang, "MultiHop-RAG" (2024), in its strict form.
    """
    return set(relevant) <= set(ranking[:k]) if relevant else None
