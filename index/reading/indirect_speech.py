"""Indirect speech: whole sentences that a named speaker is said to have said, without quotation marks.

It does not know of sentences whose speaker is only a role or a crowd: they stay the text's own.
"""

from __future__ import annotations

import re

import nupunkt

from index.reading.antecedents import Paragraph, Voice
from index.reading.attributing import inside, to_voice
from index.reading.reporting import INDIRECT_VERB, Subject, hearer, subject_after, subject_before

ACCORDING = re.compile(r",? according to (?=[\w])")
FREE = frozenset("says said told tells".split())
NOT_REPORTED = re.compile(
    r"[ ,]*(?:nothing|little|goodbye|hello|so\b|no word|yes\b|no\b|in (?:a|an|the) \w+ (?:that|which)|what\b|how\b"
    r"|why\b|to\b)"
)
THAT = re.compile(r"(?: (?:on \w+day|in \w+|last \w+|this \w+|to \w+|also|again))? that\b")
HEARD = re.compile(r" (?:me|us|reporters|journalists|dealers|investors|the \w+|this \w+|a \w+|[A-Z]\w*)\b")
OPENING = re.compile(
    r"(?:(?:But|And|Still|However|Meanwhile|Later|Earlier|Yesterday|Today),? ?|(?:[A-Z]\w*)(?: [\w.]+){0,6}, )?"
)
TURNS = re.compile(r"\b(?:but|although|though|whereas) (?:the |an? |this |that |it |they )?[A-Z]")
CONDITION = re.compile(r"(?:If|Unless|Whether|Had|Should|Were|When|While|Although|Though|Because)\b")


def indirect_stretches(paragraph: Paragraph) -> list[tuple[int, int, Voice]]:
    """The sentences that report a named speaker's words: start and end in the paragraph's text, and the voice."""
    text = paragraph.text
    if not INDIRECT_VERB.search(text) and not ACCORDING.search(text):
        return []
    found: list[tuple[int, int, Voice]] = []
    last: tuple[int, Voice] | None = None
    for start, end in nupunkt.sent_spans(text):
        end -= len(text[start:end]) - len(text[start:end].rstrip())
        start += len(text[start:end]) - len(text[start:end].lstrip())
        voice = _reported(paragraph, start, end, last[1] if last and last[0] == start else None)
        if voice and voice.speaker:
            found.append((start, end, voice))
        follows = len(text) - len(text[end:].lstrip())
        last = (follows, voice) if voice and voice.speaker else None
    return found


def _reported(paragraph: Paragraph, start: int, end: int, before: Voice | None) -> Voice | None:
    text, names = paragraph.text, paragraph.names
    sentence = text[start:end]
    if len(sentence) > 800 or sentence.endswith("?") or CONDITION.match(sentence):
        return None
    for match in ACCORDING.finditer(sentence):
        if _closes_sentence(sentence[match.end() :]) and not inside(paragraph.marks, start + match.start()):
            return _named(paragraph, subject_after(text, start + match.end(), names), start)
    for verb in INDIRECT_VERB.finditer(text, start, end):
        if inside(paragraph.marks, verb.start()):
            continue
        subject = subject_before(text, verb.start(), names, start)
        if subject is None:
            return None
        if subject.pronoun in ("He", "She") and subject.start == start and before and _says(verb, text, end):
            return before if not _others(paragraph, start, end, before) else None
        if not subject.name:
            return None
        heard = hearer(text, verb.group(), verb.end(), names)
        if _leads(text, start, subject.start) and _says(verb, text, end):
            return _named(paragraph, subject, start, (heard,) if heard else ())
        if (
            verb.group() in FREE
            and text[verb.end() : verb.end() + 1] in (",", ".")
            and text[: subject.start].rstrip().endswith(",")
        ):
            return _named(paragraph, subject, start)
        return None
    return None


def _leads(text: str, start: int, subject: int) -> bool:
    lead = text[start:subject].removesuffix("The ").removesuffix("the ")
    return not lead or (len(lead) < 60 and OPENING.fullmatch(lead) is not None)


def _says(verb: re.Match[str], text: str, end: int) -> bool:
    """Whether a clause that is reported follows the verb."""
    said = text[verb.end() : end]
    if len(said.split()) < 3 or NOT_REPORTED.match(said) or said[:1] in ",:" or TURNS.search(said):
        return False
    if verb.group() in ("told", "tells"):
        return HEARD.match(said) is not None and len(said.split()) > 4
    return verb.group() in FREE or THAT.match(said) is not None


def _closes_sentence(rest: str) -> bool:
    """Whether nothing but the source and its apposition follows "according to"."""
    return len(rest.split()) <= 16 and not re.search(r"\b(?:and|or|but|is|was|are|were|has|had|have)\b|[;:]", rest)


def _named(paragraph: Paragraph, subject: Subject | None, start: int, via: tuple[str, ...] = ()) -> Voice | None:
    return to_voice(paragraph, subject, start, via) if subject and subject.name else None


def _others(paragraph: Paragraph, start: int, end: int, voice: Voice) -> bool:
    return any(start <= place < end and name != voice.speaker for place, name, _ in paragraph.people())
