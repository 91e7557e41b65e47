"""Introductions: sentences that end with a colon and announce somebody's words in the paragraph that follows.

It does not know what follows.
"""

from __future__ import annotations

import re

from index.reading.antecedents import Paragraph, Voice
from index.reading.attributing import OWN_WORDS, first_subject, introduced_by_verb, to_voice
from index.reading.foreign_speech import foreign_introduction
from index.reading.reporting import (
    FINITE,
    NEGATION,
    PARTICIPLE,
    Subject,
    subject_after,
    subject_before,
)
from index.reading.speakers import NAME, trimmed_name

HERE_IS = re.compile(
    rf"\b(?:[Hh]ere is|[Hh]ere['’]s|[Tt]his is|[Hh]ere are) (?:what )?(?:[a-z][\w-]* ){{0,2}}({NAME})"
    r"(?: (?:in|on|at|from|writing|says?|said|wrote|writes|told|replied|sent)\b.{0,120}|, .{0,120})"
)
RECEIVED_FROM = re.compile(
    r"\b(?:got|received|had|have|has|came)(?: (?:this|that|the following|an? (?:reply|answer)|back))+ from (?=[\w])"
)
ANNOUNCING = re.compile(
    rf"(?<![\w'’-])(?:{FINITE}|{PARTICIPLE}|say|write|reads?|quot(?:es|ed|ing)|cit(?:es|ed|ing)"
    r"|went on|goes on|continue[sd]|puts? it)(?![\w'’-])"
)
HEARERS = rf"(?: (?:(?:the |its |his |her |their )?(?:[a-z]+ ){{0,2}}[a-z]+|(?:the |The )?{NAME}))?"
TAIL = re.compile(
    r"(?: (?:that|this|the following|as follows|in part|back|also|simply|only|again|now|today|yesterday|publicly"
    r"|there)\b){0,4}"
    r"(?: (?:in|on|at|to|of|during|after|via|by|through|from|about|with|last|earlier|this|under)\b[^;:!?]{1,120})?,?"
)
TOLD = re.compile(rf"{HEARERS}(?:,? (?:that|this|on \w+day|in [^;:!?]{{1,60}}))?")
CITED = re.compile(rf" (?:the |The )?{NAME}(?:['’]s \w+)?")
LISTING = re.compile(
    r"\b(?:includ\w+|such as|example|examples"
    r"|following (?!statement|letter|e-?mail|words|message|reply|response|note)\w+s|things|steps|reasons|questions"
    r"|options|features|points|ways|kinds|types|rules|items|issues|problems|facts|figures|numbers|results|lists?|listed|two|three|four"
    r"|five|six|seven|several|as seen|see)\b[^,]*$",
    re.IGNORECASE,
)
WRITING = (
    r"(?:quot(?:e|ation)s?|statements?|words|comments?|letters?|e-?mails?|mails?|notes?|messages?|memos?|memorand(?:um|a)"
    r"|repl(?:y|ies)|responses?|answers?|passages?|excerpts?|paragraphs?|remarks?|press releases?|tweets?|clauses?"
    r"|announcements?|notices?|posts?|bulletins?|transcripts?)"
)
FROM = re.compile(rf"\b{WRITING} (?:from|by|of) (?=[\w])")
FULL_TEXT = re.compile(
    rf"\b(?:full|following|entire|whole|complete|said|this|here is (?:the|his|her|its|their)|the text of the)\s"
    rf"(?:[a-z]+ ){{0,2}}(?P<role>{WRITING})(?: (?:in full|below|today|yesterday))?,?$",
    re.IGNORECASE,
)
OURSELVES = re.compile(r"(?:^|[ ,])(?:I|we|We|you|You|let me|let us)(?: \w+ly| also| have| had| just)? ?$")
SAYING_AT_END = re.compile(
    r"\b(?:said|says|say|wrote|writes|saying|writing|replied|responded|added|adding|concluding|explained)(?: that)?$"
)
FOREIGN = re.compile(r"\b(?:heißt es|hieß es|steht|schreibt er|schreibt sie|on (?:y )?lit|se lee)\b[^.!?]{0,60}$")
LONGEST_LEAD = 500  # characters


def announced(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """Whose words the sentence `text[begin:end]` announces; Voice() if it does not say; None if it announces none.

    `end` is the place of the colon.
    """
    text = paragraph.text
    lead = text[max(begin, end - LONGEST_LEAD) : end].rstrip()
    begin, end = end - len(text[max(begin, end - LONGEST_LEAD) : end]), max(begin, end - LONGEST_LEAD) + len(lead)
    if text[end:].strip() == ";":
        full = FULL_TEXT.search(lead)
        return Voice(role=full.group("role")) if full else None
    if LISTING.search(lead):
        return None
    if source := _from_source(paragraph, begin, end) or _here_is(paragraph, lead):
        return source
    voice = _by_verb(paragraph, begin, end) or _by_noun(paragraph, begin, end)
    return voice or foreign_introduction(paragraph, begin, end + 1) or (Voice() if FOREIGN.search(lead) else None)


def _from_source(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """ "The WPT carries a quote from the mayor, who … saying that": the mayor, through the paper."""
    text, names = paragraph.text, paragraph.names
    found = next(reversed([*FROM.finditer(text, begin, end), *RECEIVED_FROM.finditer(text, begin, end)]), None)
    if found is None:
        return None
    subject = subject_after(text[:end], found.end(), names)
    sending = first_subject(text, begin, found.start(), names)
    carrier = sending.name if sending and sending.name and names.carries(sending.name) else None
    via = (carrier,) if carrier and not names.is_own(carrier) else ()
    if subject is None or not (subject.name or subject.role):
        return Voice(via=via) if via else None
    return to_voice(paragraph, subject, end, via)


def _here_is(paragraph: Paragraph, lead: str) -> Voice | None:
    """ "Here is Jane Roe in The Ferry, p. 4"."""
    found = HERE_IS.search(lead)
    name = trimmed_name(found.group(1)) if found else None
    return Voice(paragraph.names.best(name)) if name else None


def _by_verb(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    text, names = paragraph.text, paragraph.names
    verbs = [*ANNOUNCING.finditer(text, begin, end)]
    if not verbs:
        return None
    quoting = next((verb for verb in verbs if verb.group().startswith("quot")), None)
    if quoting and (voice := introduced_by_verb(paragraph, begin, end)) and (voice.role or voice.speaker):
        return voice
    verb = verbs[-1]
    tail = text[verb.end() : end]
    if not _fits(verb.group(), tail):
        return None
    left = text[begin : verb.start()].rstrip()
    if OURSELVES.search(f" {left}") or NEGATION.search(left):
        return None
    voice = introduced_by_verb(paragraph, begin, end) or _cited(paragraph, begin, verb)
    if voice is None and (SAYING_AT_END.search(text[begin:end]) or verb.group() in ("saying", "writing")):
        return Voice()
    if voice and voice.speaker and names.is_own(voice.speaker):
        return None
    return voice


def _fits(verb: str, tail: str) -> bool:
    if verb in ("told", "tells", "asked", "asks"):
        return TOLD.fullmatch(tail) is not None
    if verb.startswith(("quot", "cit")):
        return CITED.fullmatch(tail) is not None
    return TAIL.fullmatch(tail) is not None


def _cited(paragraph: Paragraph, begin: int, verb: re.Match[str]) -> Voice | None:
    """The subject of a participle at the end of the sentence: "The WPT followed the money, citing Jane Roe"."""
    text, names = paragraph.text, paragraph.names
    subject = subject_before(text, verb.start(), names, begin) or first_subject(text, begin, verb.start(), names)
    return to_voice(paragraph, subject, verb.start())


def _by_noun(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """ "Jane Roe's statement", "Here is the full letter"."""
    lead = paragraph.text[begin:end]
    if found := OWN_WORDS.search(lead[-160:]):
        owner = found.group("owner")
        if owner.lower() in ("his", "her"):
            return to_voice(paragraph, Subject(pronoun=owner), end)
        name = trimmed_name(owner)
        return Voice(paragraph.names.best(name)) if name else None
    full = FULL_TEXT.search(lead)
    return Voice(role=full.group("role")) if full else None
