"""Questions that ask for more than one voice: what two people say, where reports differ, what the documents say of it.

It does not know what the voices say, nor whether they disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence

from rag.quote import NOT_EVIDENCE
from rag.weigh import Candidate
from rag.words import content_words

OTHER_BEHIND = 0.25  # how far in score another voice's best sentence may be behind the best of all
_PEOPLE = (
    r"(?:people|commenters?|readers?|posters?|speakers?|users?|sides?|parties|experts?|critics?|witnesses|members)"
)
_TEXTS = r"(?:documents?|pages?|sources?|texts?|files?|articles?|reports?|papers?|accounts?)"
_WORDS = r"(?:views?|opinions?|totals?|numbers?|figures?|dates?|accounts?|versions?|answers?)"
DIFFER = re.compile(
    r"\b(?:differ(?:s|ed|ing|ently)?|disagree(?:s|d|ing|ment)?|contrast(?:s|ed|ing)?|compar(?:e|es|ed|ing|ison)"
    r"|versus|vs|contradict(?:s|ed|ing|ion|ory)?|opposing|conflicting|at odds|on the other hand|both sides|two sides"
    r"|(?:which|who|whose) (?:one |side |version |account )?is (?:right|correct|wrong)|does each|do they each"
    rf"|different (?:\w+ )?{_WORDS}|two (?:different )?(?:{_PEOPLE}|{_WORDS})"
    rf"|set .{{1,60}} against|(?:{_TEXTS}|{_PEOPLE}|they)(?: \w+){{0,2}} agree(?:s|d)?"
    r"|(?:the|what) (?:answer|reply|response|rebuttal)s? (?:\w+ ){0,2}(?:got|given|received|met))\b",
    re.IGNORECASE,
)
SEVERAL = re.compile(
    rf"\bwhat (?:do|does|did) (?:(?:the|these|those|our|all|my|your) )*(?:{_TEXTS}|{_PEOPLE}) (?:\w+ )?"
    r"(?:say|tell|think|write|report)"
    rf"|\bin (?:these|the|those|all) {_TEXTS}\b|\bacross (?:(?:the|these|all) )*{_TEXTS}\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z\"“])")
ABOUT_TEXTS = re.compile(
    rf"{_PEOPLE}|{_TEXTS}|{_WORDS}|reply|replies|responses?|see|seen|give|given|gives|got|says?|said|it|which|right"
    r"|correct|two|both|agree|agrees|agreed|all|really"
)


def by_sides(question: str, candidates: Sequence[Candidate]) -> tuple[list[Candidate], int]:
    """The candidates with the best of another voice, or of another document, as the second, and for how many voices
    the question asks; 1, and the candidates as they were, where it asks for no more."""
    side = _side_of(question)
    usable = [c for c in candidates if c.kind not in NOT_EVIDENCE]
    if side is None or not usable:
        return list(candidates), 1
    first = usable[0]
    other = next((c for c in usable if side(c) != side(first) and c.score >= first.score - OTHER_BEHIND), None)
    if other is None:
        return list(candidates), 1
    return [first, other, *(c for c in candidates if c is not first and c is not other)], 2


def without_remark(question: str) -> str:
    """The question without a sentence that only tells that accounts differ, or asks whether, where another one asks."""
    sentences = SENTENCE_END.split(question.strip())
    kept = [sentence for sentence in sentences if not _is_remark(sentence)]
    return " ".join(kept) if any(sentence.endswith("?") for sentence in kept) else question


def _is_remark(sentence: str) -> bool:
    words = [word for word in content_words(DIFFER.sub(" ", sentence)) if not ABOUT_TEXTS.fullmatch(word)]
    return DIFFER.search(sentence) is not None and not words


def _side_of(question: str) -> Callable[[Candidate], Hashable] | None:
    if DIFFER.search(question):
        return _voice
    return _document if SEVERAL.search(question) else None


def _document(candidate: Candidate) -> Hashable:
    return candidate.document.id


def _voice(candidate: Candidate) -> Hashable:
    voice = candidate.voice
    if voice.speaker:
        return voice.speaker
    return (candidate.document.id, candidate.passage.id if voice.in_thread else "")
