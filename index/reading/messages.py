"""Threads of mails in one text: each message by its "From:" lines, answered ones behind ">" or below a rule.

It does not know what a message says. A single mail is a document by its sender, and is read as any other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.dates import find_date

LINE = re.compile(r"(?P<quoted>(?:[^\S\n]*>)*)[^\S\n]*(?P<words>[^\n]*)(?:\n|\Z)")
FIELD = re.compile(
    r"[*_]{0,2}(?P<label>From|Sent|Date|To|Cc|Bcc|Subject|Reply-To|Importance|Attachments?|Von|Gesendet|An|Betreff|De|Envoyé|À"
    r"|Objet)[*_]{0,2}[^\S\n]?:[*_]{0,2}[^\S\n]*(?P<value>.*)",
    re.IGNORECASE,
)
FROM, WHEN = ("from", "von", "de"), ("sent", "date", "gesendet", "envoyé")
BESIDE = ("to", "subject", "an", "betreff", "à", "objet", *WHEN)
RULE = re.compile(
    r"[-_=*>\s]*(?:(?:Original|Forwarded|Ursprüngliche|Weitergeleitete)[^\S\n](?:Message|Nachricht|mail)"
    r"|Begin forwarded message|Message d['’]origine)?:?[-_=*\s]*",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"\s*[<\[(](?:mailto:)?[^<>\[\]()\s]+@[^<>\[\]()\s]+[>\])]")
FEWEST, MOST_FIELDS = 2, 8
SIGNATURE_LINES, SIGNATURE_LENGTH = 5, 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line: how deep it is quoted, its words without the marks of that, and where they stand."""

    depth: int
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """The fields above a message: lines `first` to `last` (not included), how deep, who sent it and when."""

    first: int
    last: int
    depth: int
    sender: str
    date: str | None


def read_messages(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The messages as comments by their senders, the fields as bylines; nothing where there are fewer than two."""
    lines = list(_lines(text))
    heads = list(_heads(lines))
    if len(heads) < FEWEST or not _begins(lines, heads[0]):
        return []
    found = [block for block in blocks if block.end <= lines[heads[0].first].start]
    owners: dict[int, Head] = {}
    for number, head in enumerate(heads):
        owners = {depth: owner for depth, owner in owners.items() if depth < head.depth} | {head.depth: head}
        span = lines[head.first : head.last]
        found.append(Block("byline", span[0].start, span[-1].end, speaker=head.sender, date=head.date))
        until = heads[number + 1].first if number + 1 < len(heads) else len(lines)
        while until > head.last and _is_rule(lines[until - 1]):
            until -= 1
        for paragraph in _paragraphs(lines[head.last : until]):
            found.append(_block(paragraph, owners))
    return found


def _lines(text: str) -> Iterator[Line]:
    for match in LINE.finditer(text):
        if match.group():
            words = match["words"].rstrip()
            start = match.start("words")
            yield Line(match["quoted"].count(">"), words, start, start + len(words))


def _heads(lines: Sequence[Line]) -> Iterator[Head]:
    number = 0
    while number < len(lines):
        fields, last = _fields(lines, number)
        labels = {label for label, _ in fields}
        if fields and fields[0][0] in FROM and labels & set(BESIDE):
            sender = ADDRESS.sub("", fields[0][1]).strip(" \"'\t") or fields[0][1].strip(" <>")
            when = next((value for label, value in fields if label in WHEN), "")
            yield Head(number, last, lines[number].depth, sender, find_date(when))
            number = last
        else:
            number += 1


def _fields(lines: Sequence[Line], first: int) -> tuple[list[tuple[str, str]], int]:
    """The labelled lines from here on at one depth, and where they end."""
    found: list[tuple[str, str]] = []
    number = first
    while number < min(len(lines), first + MOST_FIELDS) and lines[number].depth == lines[first].depth:
        match = FIELD.fullmatch(lines[number].words)
        if match is None or not match["value"].strip():
            break
        found.append((match["label"].casefold(), match["value"]))
        number += 1
    return found, number


def _begins(lines: Sequence[Line], head: Head) -> bool:
    """Whether a thread begins with it: little stands above the first message."""
    return sum(bool(line.words) for line in lines[: head.first]) <= MOST_FIELDS


def _is_rule(line: Line) -> bool:
    return RULE.fullmatch(line.words) is not None


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines at one depth without an empty one between."""
    run: list[Line] = []
    for line in lines:
        if run and (not line.words or line.depth != run[-1].depth):
            yield run
            run = []
        if line.words:
            run.append(line)
    if run:
        yield run


def _block(paragraph: Sequence[Line], owners: dict[int, Head]) -> Block:
    start, end = paragraph[0].start, paragraph[-1].end
    owner = owners.get(paragraph[0].depth)
    if owner is None:  # quoted from a mail that is not here
        carrier = owners[max((depth for depth in owners if depth < paragraph[0].depth), default=max(owners))]
        return Block("quotation", start, end, via=(carrier.sender,))
    kind = "byline" if _is_signature(paragraph, owner.sender) else "comment"
    return Block(kind, start, end, speaker=owner.sender, date=owner.date)


def _is_signature(paragraph: Sequence[Line], sender: str) -> bool:
    """Whether the lines are the sender's name, or its letters, with what stands below a name."""
    first = paragraph[0].words.strip(" ,.-–—").casefold()
    names = sender.casefold().split()
    letters = "".join(name[0] for name in names if name)
    short = len(paragraph) <= SIGNATURE_LINES and all(len(line.words) <= SIGNATURE_LENGTH for line in paragraph)
    return short and bool(first) and first in (sender.casefold(), *names, letters, *letters)


def is_message_head(words: str) -> bool:
    """Whether the words are the fields above a message."""
    first = words.strip().splitlines()[:1]
    match = FIELD.match(first[0]) if first else None
    return match is not None and match["label"].casefold() in FROM
