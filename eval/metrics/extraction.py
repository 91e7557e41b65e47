"""Measures of a web page's article against the text that people took out of it.

It does not know how either was extracted.
"""

from __future__ import annotations

import re
from collections import Counter

WORD = re.compile(r"\w+")
SHINGLE = 4  # words


def shingle_scores(text: str, reference: str) -> tuple[float | None, float | None]:
    """Precision and recall of the runs of four words (as bags) of one page; 0..1, higher is better.

    None where there is nothing to divide by. The benchmark's F1 is that of the two means over pages.
    Source: github.com/scrapinghub/article-extraction-benchmark (Zyte, 2020).
    """
    given, wanted = _shingles(text), _shingles(reference)
    both = sum((given & wanted).values())
    return (
        both / sum(given.values()) if given else None,
        both / sum(wanted.values()) if wanted else None,
    )


def word_f1(text: str, reference: str) -> float:
    """F1 of the words (as bags) of a page's extracted text; 0..1, higher is better.

    Source: github.com/Murrough-Foley/web-content-extraction-benchmark (2026).
    """
    given, wanted = Counter(WORD.findall(text.lower())), Counter(WORD.findall(reference.lower()))
    if not wanted:
        return 0.0 if given else 1.0
    return 2 * sum((given & wanted).values()) / (sum(given.values()) + sum(wanted.values()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1)))
