"""A sentence and the spans it cites become a verdict.

A plain check by words: what a sentence claims in numbers, names and content words must stand in what it
cites. It does not understand meaning: a negation or a swapped role passes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nupunkt import sent_spans

from rag.words import WORD, content_words, stem, words_of

SUPPORTED = 0.8  # share of the sentence's content words that the cited spans hold
PARTIAL = 0.5
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
SMALL_NUMBERS = {w: str(n) for n, w in enumerate("two three four five six seven eight nine ten".split(), start=2)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`name` is verbatim, supported, partial or unsupported; `why` says what was compared."""

    name: str
    why: str


def check_sentence(sentence: str, evidence: str) -> Verdict:
    """Compare a sentence with the text of the spans it cites, together with who is named as their speaker."""
    if _bare(sentence) in {_bare(line[start:end]) for line in evidence.splitlines() for start, end in sent_spans(line)}:
        return Verdict("verbatim", "the sentence stands word for word in the source")
    strange = sorted(_numbers(sentence) - _numbers(evidence))
    if strange:
        return Verdict("unsupported", f"not in the cited text: {', '.join(strange)}")
    names = sorted(_names(sentence) - {_plain(word) for word in WORD.findall(evidence)})
    said = {stem(word) for word in content_words(sentence)}
    known = {stem(word) for word in content_words(evidence)}
    share = len(said & known) / len(said) if said else 0.0
    counted = f"{len(said & known)} of {len(said)} content words stand in the cited text"
    if share < PARTIAL:
        return Verdict("unsupported", counted)
    if names:
        return Verdict("partial", f"{counted}; not in it: {', '.join(names)}")
    return Verdict("supported" if share >= SUPPORTED else "partial", counted)


def _bare(sentence: str) -> str:
    """A sentence for comparison letter by letter: a part of one is not the same, it may leave out a "not"."""
    return " ".join(sentence.split()).strip(" .!?\"“”'‘’").casefold()


def _numbers(text: str) -> set[str]:
    digits = {number.replace(",", "").lstrip("0") or "0" for number in NUMBER.findall(text)}
    return digits | {SMALL_NUMBERS[word] for word in words_of(text) if word in SMALL_NUMBERS}


def _names(sentence: str) -> set[str]:
    """Capitalised words that do not begin the sentence, lower-case."""
    return {_plain(word) for word in WORD.findall(sentence)[1:] if word[:1].isupper()}


def _plain(word: str) -> str:
    return word.casefold().removesuffix("'s").removesuffix("’s")
