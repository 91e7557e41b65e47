"""Whether the documents answer, as a probability, and the reason when they don't.

It also tells which names of the question the documents never mention. It does not know what would be quoted, nor how
an abstention is worded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from index.lookups import has_beginning
from index.opening import Index
from rag.directory import directory_of
from rag.quote import NOT_EVIDENCE
from rag.weigh import Candidate
from rag.words import content_words, stem

UNREAD = (3.16, 0.0, -1.16)  # slopes of the evidence and of the reading, intercept: `python -m eval.calibrate`
READ = (2.41, 0.193, -0.76)
SURE = 0.7  # confidence; below it, what is quoted is only the closest that was found
NEUTRAL = frozenset({"title", "byline", "heading", "question"})
CLOSE = {"furniture": 0.5, "masked": 0.3}  # share of the question's words, from which text is close to it
NAMES = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w’'-]*(?: [A-Z][\w’'-]*)*|\b[A-Z]{2,}\b")
MOST_NAMES = 3
SHORTEST_ROOT, LONGEST_ENDING = 4, 3  # letters: what two forms of a name share, and in what they differ
MUCH_OF_IT = 0.15  # share of a question's words
ABOUT, CLEARLY = 0.5, 0.1  # share of the question's words; advantage in evidence or in that share


def confidence(candidates: Sequence[Candidate], unusable: frozenset[str] = NOT_EVIDENCE) -> float:
    """How likely the documents answer, 0..1: a logistic model, fitted on public sets, of the best evidence and, where
    passages were read, of the best reading."""
    usable = [c for c in candidates if c.kind not in unusable]
    if not usable:
        return 0.0
    evidence = strongest(usable, unusable)
    reading = max((c.reading for c in usable if c.reading is not None), default=None)
    slope, reading_slope, intercept = UNREAD if reading is None else READ
    return 1.0 / (1.0 + math.exp(-(slope * evidence + reading_slope * (reading or 0.0) + intercept)))


def strongest(candidates: Sequence[Candidate], unusable: frozenset[str] = NOT_EVIDENCE) -> float:
    """The best evidence's score; 0 without any."""
    return max((c.evidence for c in candidates if c.kind not in unusable), default=0.0)


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
    best = max((c for c in candidates if c.kind not in unusable), key=lambda c: c.evidence, default=None)
    score, words = (best.evidence, best.words) if best else (0.0, 0.0)
    for candidate in candidates:
        if candidate.kind not in unusable or candidate.words < ABOUT:
            continue
        if candidate.kind == "furniture" and candidate.evidence >= score + CLEARLY:
            return "furniture_only"
        if candidate.kind == "masked" and candidate.words >= words + CLEARLY:
            return "masked"
    return None


def never_mentioned(question: str, index: Index) -> tuple[str, ...]:
    """The names in the question (words with a capital that it does not begin with) of which no document has a word,
    nor another form of it, as in "Nepal" for "Nepalese"."""
    names = {match.group(): content_words(match.group()) for match in NAMES.finditer(question.strip())}
    words = [word for found in names.values() for word in found]
    if not words:
        return ()
    counts, _ = index.catalog.document_frequencies(list(dict.fromkeys(words)))
    absent = [name for name, found in names.items() if found and not any(counts[word] for word in found)]
    if not absent:
        return ()
    called = {root for card in directory_of(index).cards for root in card.stems | card.publisher}
    absent = [name for name in absent if not called & {stem(word) for word in names[name]}]
    return tuple(name for name in absent if not _has_other_form(name, index))[:MOST_NAMES]


def _has_other_form(name: str, index: Index) -> bool:
    return not name.isupper() and any(
        has_beginning(word[: max(SHORTEST_ROOT, len(word) - LONGEST_ENDING)], index.catalog)
        for word in content_words(name)
    )


def is_about(question: str, names: Sequence[str]) -> bool:
    """Whether the names make up much of what the question asks about: without them there is no answer."""
    asked = content_words(question)
    held = {word for name in names for word in content_words(name)}
    return bool(held) and sum(word in held for word in asked) >= MUCH_OF_IT * len(asked)
