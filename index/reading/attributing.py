"""Whose words a quotation in marks is, from the clause beside it: its tag, what introduces it, what went before.

It does not know what a block is: it sees one paragraph, and what is remembered of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.reading.antecedents import Paragraph, Voice, institution, meant, only_paper
from index.reading.foreign_speech import foreign_introduction, foreign_tag
from index.reading.quotation_marks import Marked, inside
from index.reading.reporting import (
    FINITE_VERB,
    HEADS,
    PARTICIPLES,
    TAG_VERB,
    VERB,
    Subject,
    hearer,
    role_of,
    subject_after,
    subject_before,
)
from index.reading.speakers import ABBREVIATED, NAME, NAME_RE, Names, trimmed_name

BOUNDARY = re.compile(r"[.!?…][\"”’')\]]* +(?=(?:``|[\"“„«‘'(\[])?[A-ZÀ-Þ0-9])")
NO_BOUNDARY = re.compile(
    rf"(?:{ABBREVIATED}|\b[A-Z]\.|\b(?:No|Inc|Corp|Co|Ltd|vs|etc|pp?|vol|ch|art|e\.g|i\.e|[ap]\.m"
    r"|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\.)$"
)
OWN_WORDS = re.compile(
    rf"(?P<owner>{NAME}(?=['’]s? )|\b[Hh]is(?= )|\b[Hh]er(?= ))(?:['’]s?)? (?:[a-z]+ ){{0,3}}"
    r"(?:words?|dictum|motto|phrase|line|comment|statement|reply|response|answer|remark|warning|message"
    r"|report|letter|e-?mail|note|slogan|advice|tweet|quip|saying|verdict)(?: (?:was|is|were))?:? ?$"
)
TITLE_BEFORE = re.compile(
    r"\b(?:entitled|titled|headlined|headline|article|story|editorial|column|essay|op-ed|book|film|song|chapter|episode)"
    r"[,:]? ?$"
)
LABELLED = re.compile(r"\b(?:label\w*|call\w*|dismiss\w*|describ\w*|brand\w*) (?:the|this|that|its) \w+ ?$")
BEFORE_SUBJECT = re.compile(
    r"(?:[A-Z]\w*,? ?|on [\w ,]{3,24} |[^\"“]{1,160}, |(?:\w+ ){0,3}(?:did|does|do|has|have|had|as) )?(?:the |The )?",
    re.IGNORECASE,
)
APPEARED = re.compile(
    rf",? ?(?:,? which )?(?:appeared|ran|was published|published|was printed)?(?: \w+day)? ?(?:in|by|on)"
    rf" (?:the |The )?({NAME})"
)
PAPER_TITLE = re.compile(
    rf"(?:the |The |^)({NAME})(?:['’]s)? (?:[a-z]+ ){{0,2}}(?:article|story|headline|editorial|report"
    r"|piece)\b"
)
QUOTED = re.compile(r"\b(?:quot(?:ed|es|ing)|cit(?:ed|es|ing)) (?=[\w])")
AS_SAYING = re.compile(r" (?:as saying|as having said|saying|who (?:said|says)|on)\b")
LINKING = re.compile(
    r"[ ,;]*(?:(?:and|or|but|then|to|of|the|a|as|is|was|were|being|about|with|from|for|in|on)\b[ ,]*){0,4}$"
)
COORDINATED = re.compile(r"(?:\b(?:and|but|or|then)|,)$")
ROLE_BETWEEN = re.compile(rf"(?:(?:[\w'’-]+|and) ){{0,9}}{HEADS}")
ADDRESSED = re.compile(r"(?:^|\s)@([^@:,]{2,60}?)(?: says| said| wrote| writes| schrieb| schreibt)?[:,]? ?$")
SOURCE = re.compile(rf" ?[—–―] ?({NAME})(?:, [^.!?]{{3,90}})?\.?")
PASSIVE = re.compile(r"\b(?:was|were|been|is|are|being)(?: \w+ly)?$")
THAT_CLAUSE = re.compile(r"\b(?:says?|said|told|stated|claims?|claimed)\b[^.;:“\"]{0,40}\bthat\b")
OUTRIGHT = frozenset("said says told tells wrote writes asked asks replied warned called calls answered".split())
FAR = 32  # words between a verb and the marks that it may still introduce
LONGEST_LEAD = 600  # characters of a sentence before the marks
TAG_WINDOW = 280  # characters


def to_voice(paragraph: Paragraph, subject: Subject | None, place: int, via: tuple[str, ...] = ()) -> Voice | None:
    """The voice that a subject stands for, pronouns resolved, the role remembered from where it was first given."""
    if subject is None:
        return None
    name, role = subject.name, subject.role
    if subject.pronoun:
        name = meant(paragraph, subject.pronoun, place)
    if name is None and role in ("newspaper", "paper", "magazine", "weekly", "daily"):
        name = only_paper(paragraph, place)
        role = None if name else role
    if name is None and role and not subject.pronoun:
        name = institution(paragraph, role, place)
        role = None if name else role
    if name and role:
        paragraph.roles.setdefault(name, role)
    if name and role is None:
        role = paragraph.roles.get(name)
    return Voice(name, role, tuple(carrier for carrier in via if carrier != name))


def sentence_start(text: str, start: int, end: int) -> int:
    """Where the sentence begins that holds the place before `end`; `start` at the earliest."""
    begin = start
    for match in BOUNDARY.finditer(text, start, end + 2):
        if match.end() <= end and not NO_BOUNDARY.search(text, max(0, match.start() - 6), match.start() + 1):
            begin = match.end()
    return begin


def voice_of_marked(paragraph: Paragraph, number: int) -> tuple[Voice | None, bool]:
    """The voice of the marked stretch with this number, None where it can't be told; and whether a tag follows it."""
    text, mark = paragraph.text, paragraph.marks[number]
    tag = _tag_after(paragraph, number) or foreign_tag(paragraph, mark, _limit(paragraph, number))
    if tag:
        return tag, True
    earliest = paragraph.marks[number - 1].end if number else 0
    if number and paragraph.tagged[number - 1] and _one_tag_apart(text, earliest, mark.start):
        return paragraph.voices[number - 1], False
    begin = sentence_start(text, max(earliest, mark.start - LONGEST_LEAD), mark.start)
    if number and begin == earliest and not paragraph.tagged[number - 1]:
        between = text[earliest : mark.start]
        if len(between) < 40 and LINKING.fullmatch(between):
            return paragraph.voices[number - 1], False  # two stretches of one clause
        begin = sentence_start(text, max(0, earliest - LONGEST_LEAD), earliest)
    return _introduced(paragraph, begin, mark) or foreign_introduction(paragraph, begin, mark.start), False


def _limit(paragraph: Paragraph, number: int) -> int:
    """How far the clause after a marked stretch may reach."""
    mark, marks = paragraph.marks[number], paragraph.marks
    limit = marks[number + 1].start if number + 1 < len(marks) else len(paragraph.text)
    return min(limit, mark.end + TAG_WINDOW)


def _one_tag_apart(text: str, start: int, end: int) -> bool:
    """Whether nothing but one tag stands between two stretches in marks: '"A," says Roe. "B."'."""
    between = text[start:end].strip()
    if not between.endswith((".", ",", ":", ";", "!", "?")) or sentence_start(text, start, end - 1) != start:
        return False
    return between.endswith((".", "!", "?")) or len(VERB.findall(between)) <= 1


def _tag_after(paragraph: Paragraph, number: int) -> Voice | None:
    """The voice in '…," said Jane Roe' and '…," Jane Roe told us', if the clause after the marks is such a tag."""
    text, mark = paragraph.text, paragraph.marks[number]
    limit = _limit(paragraph, number)
    said = text[mark.start + 1 : mark.end - 1].rstrip("’' ")
    follows = text[mark.end : limit]
    place = mark.end + len(follows) - len(follows.lstrip(" ,–—-"))
    if (source := SOURCE.fullmatch(follows.rstrip())) and (name := trimmed_name(source.group(1))):
        return Voice(paragraph.names.best(name))
    if said.endswith(".") and not follows.startswith(","):
        return None
    if not said.endswith((",", "?", "!", "–", "—", "-", "…")) and TITLE_BEFORE.search(
        text[max(0, mark.start - 20) : mark.start]
    ):
        return None
    if match := re.compile(r"(?:as )?according to ").match(text, place):
        return to_voice(paragraph, subject_after(text, match.end(), paragraph.names), mark.start)
    if match := TAG_VERB.match(text, place):
        return to_voice(paragraph, subject_after(text, match.end(), paragraph.names), mark.start)
    for verb in FINITE_VERB.finditer(text, place, limit):
        subject = subject_before(text, verb.start(), paragraph.names, place)
        if subject is None:
            return None
        between = text[place : subject.start].strip()
        if between.lower() not in ("", "as", "the"):
            if not ROLE_BETWEEN.fullmatch(between) or not subject.name:
                return None
            subject = replace(subject, role=role_of(between))
        heard = hearer(text, verb.group(), verb.end(), paragraph.names)
        return to_voice(paragraph, subject, mark.start, (heard,) if heard else ())
    return None


def _introduced(paragraph: Paragraph, begin: int, mark: Marked) -> Voice | None:
    """The voice that the words before the marks name, in the same sentence."""
    text, names = paragraph.text, paragraph.names
    lead = text[begin : mark.start]
    if not lead.strip(" ,:;(-–—"):
        return None
    if (called := ADDRESSED.search(lead)) and called.group(1) in names.speaking:
        return Voice(called.group(1))
    if TITLE_BEFORE.search(lead) and not LABELLED.search(lead):
        return _publication(paragraph, begin, mark)
    if found := OWN_WORDS.search(lead[-160:]):
        owner = found.group("owner")
        if owner.lower() in ("his", "her"):
            return to_voice(paragraph, Subject(pronoun=owner), mark.start)
        name = trimmed_name(owner)
        return to_voice(paragraph, Subject(names.best(name)), mark.start) if name else None
    if found := re.compile(r".*\b(?:[Aa]ccording to|[Ii]n the words of) (?=(?:[^\s\"”’]+ ){0,8}$)", re.S).match(
        lead[-120:]
    ):
        place = mark.start - min(len(lead), 120) + found.end()
        return to_voice(paragraph, subject_after(text, place, names), mark.start)
    return introduced_by_verb(paragraph, begin, mark.start)


def introduced_by_verb(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """The voice of the last verb of saying in `text[begin:end]`, and the paper that carries it."""
    text, names = paragraph.text, paragraph.names
    if quoted := _quoted(paragraph, begin, end):
        return quoted
    verbs = [verb for verb in VERB.finditer(text, begin, end) if not inside(paragraph.marks, verb.start())]
    if not verbs or len(text[verbs[-1].end() : end].split()) > FAR:
        return None
    if passive := re.compile(r" by ").match(text, verbs[-1].end()):
        return to_voice(paragraph, subject_after(text, passive.end(), names), begin)
    for number in range(len(verbs) - 1, -1, -1):
        verb = verbs[number]
        left = text[begin : verb.start()].rstrip()
        if PASSIVE.search(left):
            return Voice()
        if number and verb.group() == "wrote" and text.startswith(" it ", verb.end()):
            continue
        if number and verb.group() not in OUTRIGHT and THAT_CLAUSE.search(left):
            continue
        subject = subject_before(text, verb.start(), names, begin)
        if subject is None and verb.group() in PARTICIPLES:
            subject = first_subject(text, begin, verb.start(), names)
        if subject is None and COORDINATED.search(left):
            continue
        heard = hearer(text, verb.group(), verb.end(), names) if number == len(verbs) - 1 else None
        carrier = (
            _carrier(text, begin, verbs[:number], names) if subject and (subject.name or subject.pronoun) else None
        )
        via = tuple(dict.fromkeys(name for name in (heard, carrier) if name))
        return to_voice(paragraph, subject, subject.start if subject else begin, via)
    return None


def _quoted(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """ "The WPT quotes the mayor as saying": the mayor, through the paper."""
    text, names = paragraph.text, paragraph.names
    found = next(reversed([*QUOTED.finditer(text, begin, end)]), None)
    if found is None or not (
        AS_SAYING.search(text, found.end(), end) or text[found.end() : end].rstrip().endswith(":")
    ):
        return None
    subject = subject_after(text, found.end(), names)
    if subject is None:
        return None
    quoting = subject_before(text, found.start(), names, begin) or first_subject(text, begin, found.start(), names)
    carrier = to_voice(paragraph, quoting, begin)
    if quoting and quoting.pronoun in ("it", "It"):
        carrier = Voice(only_paper(paragraph, begin))
    via = (carrier.speaker,) if carrier and carrier.speaker and not names.is_own(carrier.speaker) else ()
    return to_voice(paragraph, replace(subject, pronoun=None), begin, via)


def first_subject(text: str, begin: int, end: int, names: Names) -> Subject | None:
    """The name or pronoun that a sentence begins with: the subject of a participle later on; None of any other."""
    if pronoun := re.compile(r"(He|She|They|It|We|I) ").match(text, begin):
        return Subject(pronoun=pronoun.group(1), start=begin)
    for match in NAME_RE.finditer(text, begin, end):
        name = trimmed_name(match.group())
        if name is None or text[match.end() : match.end() + 2] in ("'s", "’s"):
            continue
        place = match.start() + match.group().find(name.split()[0].rstrip(","))
        if re.search(
            r"\b(?:in|at|on|of|for|from|to|by|with|and|or|about|than) (?:the |The )?$",
            text[max(begin, place - 12) : place],
        ):
            continue
        if not BEFORE_SUBJECT.fullmatch(text[begin:place]):
            return None
        follows = text[match.end() : match.end() + 1]
        if follows not in (" ", ",") or not names.is_name(name, begins_sentence=place == begin):
            continue
        return Subject(names.best(name), start=place)
    return None


def _carrier(text: str, begin: int, verbs: Sequence[re.Match[str]], names: Names) -> str | None:
    """The paper that an earlier verb of the sentence says reported it."""
    for verb in verbs:
        subject = subject_before(text, verb.start(), names, begin) or first_subject(text, begin, verb.start(), names)
        if subject and subject.name and names.carries(subject.name) and not names.is_own(subject.name):
            return subject.name
    return None


def _publication(paragraph: Paragraph, begin: int, mark: Marked) -> Voice | None:
    """The paper that a title in marks is from, if the sentence names it."""
    text, names = paragraph.text, paragraph.names
    found = APPEARED.match(text, mark.end) or PAPER_TITLE.search(text[begin : mark.start])
    name = trimmed_name(found.group(1)) if found else None
    return Voice(names.best(name)) if name and names.carries(names.best(name)) else None
