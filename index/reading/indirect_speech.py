"""Indirect speech: whole sentences that somebody is said to have said, without quotation marks.

It does not know of crowds that a sentence begins with ("Residents said"): these sentences stay the text's own.
"""

from __future__ import annotations

import re

import nupunkt

from index.reading.antecedents import Paragraph, Voice
from index.reading.attributing import to_voice
from index.reading.quotation_marks import inside
from index.reading.reporting import DOCUMENT, INDIRECT, INDIRECT_VERB, Subject, hearer, subject_after, subject_before

TELLING = r"(?!told|tells)"  # whom somebody tells something stands behind the verb, not who speaks
ACCORDING = re.compile(
    rf",? according to (?=\w)|, {TELLING}(?:{INDIRECT}|estimates|estimated|believes) (?=the |an? |[A-Z])"
)
ACCORDING_FIRST = re.compile(r"According to (?P<source>[\w'’. -]{2,70}), ")
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
JOINING = re.compile(r" (?:of|for|at|from|with|in|by|on|to) ")
CONDITION = re.compile(r"(?:If|Unless|Whether|Had|Should|Were|When|While|Although|Though|Because)\b")


def indirect_stretches(paragraph: Paragraph) -> list[tuple[int, int, Voice]]:
    """The sentences that report somebody's words: start and end in the paragraph's text, and the voice.

    Of a speaker without a name the voice is the role alone, as the text gives it: "a mill spokesman".
    """
    text = paragraph.text
    if not INDIRECT_VERB.search(text) and not ACCORDING.search(text) and "According to " not in text:
        return []
    found: list[tuple[int, int, Voice]] = []
    last: tuple[int, Voice] | None = None
    for start, end in nupunkt.sent_spans(text):
        end -= len(text[start:end]) - len(text[start:end].rstrip())
        start += len(text[start:end]) - len(text[start:end].lstrip())
        voice = _reported(paragraph, start, end, last[1] if last and last[0] == start else None)
        if voice:
            found.append((start, end, voice))
        follows = len(text) - len(text[end:].lstrip())
        last = (follows, voice) if voice else None
    return found


def _reported(paragraph: Paragraph, start: int, end: int, before: Voice | None) -> Voice | None:
    text, names = paragraph.text, paragraph.names
    sentence = text[start:end]
    if len(sentence) > 800 or sentence.endswith("?") or CONDITION.match(sentence):
        return None
    told = _according(paragraph, start, sentence)
    if told:
        return _voice(paragraph, told, start)
    for verb in INDIRECT_VERB.finditer(text, start, end):
        if inside(paragraph.marks, verb.start()):
            continue
        subject = subject_before(text, verb.start(), names, start)
        if subject is None:
            return None
        leads, ends = _leads(text, start, subject.start), _ends_clause(verb, text, subject.start)
        if not (ends or (leads and _says(verb, text, end))):
            return None
        if (subject.pronoun or "").lower() in ("he", "she"):
            goes_on = before and (ends or subject.start == start) and not _others(paragraph, start, end, before)
            return before if goes_on else None
        heard = None if ends else hearer(text, verb.group(), verb.end(), names)
        return _voice(paragraph, subject, start, (heard,) if heard else ())
    return None


def _according(paragraph: Paragraph, start: int, sentence: str) -> Subject | None:
    """The source in "According to Jane Roe, the mill was closed" and "The mill was closed, according to Jane Roe" or
    ", said Jane Roe"."""
    text, names = paragraph.text, paragraph.names
    for match in ACCORDING.finditer(sentence):
        if _closes_sentence(sentence[match.end() :]) and not inside(paragraph.marks, start + match.start()):
            return subject_after(text, start + match.end(), names)
    first = ACCORDING_FIRST.match(sentence)
    if first is None or TURNS.search(sentence):
        return None
    source = subject_after(text, start + first.start("source"), names)
    whole = source and any(first["source"].endswith(said.split()[-1]) for said in (source.name, source.role) if said)
    return source if whole else None


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


def _ends_clause(verb: re.Match[str], text: str, subject: int) -> bool:
    """Whether the words reported stand before the verb: "The mill, Roe says, was closed"."""
    follows = text[verb.end() : verb.end() + 1]
    return verb.group() in FREE and follows in (",", ".") and text[:subject].rstrip().endswith(",")


def _closes_sentence(rest: str) -> bool:
    """Whether nothing but the source and its apposition follows "according to"."""
    return len(rest.split()) <= 16 and not re.search(r"\b(?:and|or|but|is|was|are|were|has|had|have)\b|[;:]", rest)


def _voice(paragraph: Paragraph, subject: Subject | None, start: int, via: tuple[str, ...] = ()) -> Voice | None:
    """The voice of a subject with a name or a role; None of a pronoun, and of a paper that is told from."""
    if subject is None or not (subject.name or subject.role) or (not subject.name and _is_document(subject.role)):
        return None
    return to_voice(paragraph, subject, start, via)


def _is_document(role: str | None) -> bool:
    head = JOINING.split(role or "", maxsplit=1)[0].split()
    return bool(head) and head[-1].lower().rstrip("s") in DOCUMENT


def _others(paragraph: Paragraph, start: int, end: int, voice: Voice) -> bool:
    return any(start <= place < end and name != voice.speaker for place, name, _ in paragraph.people())
