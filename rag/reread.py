"""The best passages read again with the question in mind, and the sentences ranked by that, too.

It does not know how passages are found, nor what becomes of the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.reader import Reader
from rag.weigh import Candidate, ranked

PASSAGES_READ = 5
LOWEST, HIGHEST = -6.0, 4.0  # log-odds; beyond these they say no more


def reread(question: str, candidates: Sequence[Candidate], reader: Reader) -> list[Candidate]:
    """The candidates ranked anew, best first: those of the best passages as the reader reads them.

    A passage that it did not read is taken to answer no better than the worst that it did. A question longer than those
    that it learned from is left as it is.
    """
    passages: dict[str, list[int]] = {}
    for number, candidate in enumerate(candidates):
        passages.setdefault(candidate.passage.id, []).append(number)
    read = [sorted(group, key=lambda number: candidates[number].start) for group in passages.values()][:PASSAGES_READ]
    if not read or reader.is_long(question):
        return list(candidates)
    readings = reader.read(question, [[candidates[number].text for number in group] for group in read])
    seen: dict[int, Candidate] = {}
    for group, reading in zip(read, readings, strict=True):
        odds = [min(max(float(value), LOWEST), HIGHEST) for value in reading.sentences]
        for number, value in zip(group, odds, strict=True):
            seen[number] = replace(candidates[number], reading=value, passage_reading=max(odds))
    least = min(candidate.passage_reading for candidate in seen.values())
    return ranked(seen.get(n) or replace(candidate, passage_reading=least) for n, candidate in enumerate(candidates))
