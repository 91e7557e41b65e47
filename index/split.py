"""A document becomes passages, split on its structure; passages become sentences.

It does not know how passages are embedded, stored or found.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import nupunkt

from index.document import Block, Document, Passage
from index.reading.chats import header_length
from index.reading.turns import label_length

SPLITTER_VERSION = 2
FLOWING_KINDS = frozenset({"title", "byline", "heading", "body", "quotation", "list_item", "table", "caption"})
LEADING_KINDS = frozenset({"title", "byline", "heading", "question"})  # they belong to what follows them
TURN_KINDS = frozenset({"question", "interview_answer"})
CUT_NAME = re.compile(r"[“‘\"'(\[](?:Mr|Mrs|Ms|Mx|Dr|Prof|St|Sen|Rep|Gov|Gen|Lt|Col|Sgt|Capt|Rev|Hon)\.\s*$")
LINE_KINDS = frozenset({"list_item", "title", "heading", "byline"})  # each is one sentence as it stands


_Voice = tuple[str, str | None, str | None, tuple[str, ...]]


class CountWordPieces(Protocol):
    def __call__(self, texts: Sequence[str], /) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest thing that is kept together: a sentence (offsets in characters, size in word pieces)."""

    start: int
    end: int
    size: int
    block: int


def split_document(document: Document, count: CountWordPieces, target: int, limit: int) -> tuple[Passage, ...]:
    """Passages of about `target` word pieces, never above `limit`, in document order, without overlap.

    A passage holds whole paragraphs of one speaker where they fit, else whole sentences; only a sentence
    above `limit` is cut, at white space. Headings stay with what follows them.
    """
    leaves = paragraphs_of(document)
    spans = [(sentence, number) for number, block in enumerate(leaves) for sentence in sentences_of(document, block)]
    sizes = count([document.text[start:end] for (start, end), _ in spans])
    units: list[Unit] = []
    for ((start, end), number), size in zip(spans, sizes, strict=True):
        if size <= limit:
            units.append(Unit(start, end, size, number))
        else:
            units.extend(Unit(a, b, n, number) for a, b, n in _cut(document.text, start, end, count, limit))
    groups = [group for run in _runs(units, leaves) for group in _pack(run, leaves, target, limit)]
    return tuple(_passage(document, leaves, group) for group in _fitting(document.text, groups, count, limit))


def leaves_of(document: Document) -> tuple[Block, ...]:
    """The blocks that are nobody's parent, in order: who speaks where; one body block for a document without blocks."""
    parents = {block.parent for block in document.blocks}
    leaves = tuple(block for number, block in enumerate(document.blocks) if number not in parents)
    return leaves or (Block("body", 0, len(document.text)),)


def paragraphs_of(document: Document) -> tuple[Block, ...]:
    """The blocks without a parent, in order: whole paragraphs, items and lines, quotations inside of them or not."""
    whole = tuple(block for block in document.blocks if block.parent is None)
    return whole or (Block("body", 0, len(document.text)),)


def sentences_of(document: Document, block: Block) -> Iterator[tuple[int, int]]:
    """Offsets of the block's sentences in the document's text, without surrounding white space."""
    block = replace(block, start=block.start + _label_length(document, block))
    text = document.text[block.start : block.end]
    if block.kind in LINE_KINDS:
        spans: list[tuple[int, int]] = [(0, len(text))]
    elif block.kind == "table":
        spans = list(_lines(text))
    else:
        spans = list(_whole_names(text, nupunkt.sent_spans(text)))
    for start, end in spans:
        sentence = text[start:end]
        stripped = sentence.strip()
        if any(character.isalnum() or character == "*" for character in stripped):
            begin = block.start + start + len(sentence) - len(sentence.lstrip())
            yield begin, begin + len(stripped)


def _whole_names(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The sentences, those joined that are cut between a title and its name behind an opening mark: “Mr. Roe”."""
    waiting: int | None = None
    end = 0
    for begin, end in spans:
        start = begin if waiting is None else waiting
        waiting = start if CUT_NAME.search(text[start:end]) else None
        if waiting is None:
            yield start, end
    if waiting is not None:
        yield waiting, end


def _label_length(document: Document, block: Block) -> int:
    """Length of "NAME: " at the start of an interview's turn or a chat's line: it says who speaks and is not part of
    what is said."""
    if block.kind == "comment":
        return header_length(document.text, block.start, block.end)
    return label_length(document.text, block.start, block.end) if block.kind in TURN_KINDS else 0


def _lines(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for line in text.splitlines(keepends=True):
        yield position, position + len(line)
        position += len(line)


def _cut(text: str, start: int, end: int, count: CountWordPieces, limit: int) -> Iterator[tuple[int, int, int]]:
    """Pieces (start, end, size) of an oversized sentence: halved at white space until each fits."""
    (size,) = count([text[start:end]])
    if size <= limit or end - start < 2:
        yield start, end, size
        return
    middle = (start + end) // 2
    spaces = [place for place in range(start + 1, end) if text[place].isspace()]
    if spaces:
        middle = min(spaces, key=lambda place: abs(place - middle))
    left, right = text[start:middle].rstrip(), text[middle:end].lstrip()
    yield from _cut(text, start, start + len(left), count, limit)
    yield from _cut(text, end - len(right), end, count, limit)


def _runs(units: Sequence[Unit], leaves: Sequence[Block]) -> Iterator[list[Unit]]:
    """Stretches that may share a passage: the same voice, and the same kind of text around it."""
    run: list[Unit] = []
    voices = _voices(units, leaves)
    for number, unit in enumerate(units):
        if run and voices[number - 1] != voices[number]:
            yield run
            run = []
        run.append(unit)
    if run:
        yield run


def _voices(units: Sequence[Unit], leaves: Sequence[Block]) -> list[_Voice]:
    """The voice of each unit; a heading goes with the update that it stands above."""
    voices = [_voice(leaves[unit.block]) for unit in units]
    for number in range(len(units) - 2, -1, -1):
        if leaves[units[number].block].kind == "heading" and voices[number + 1][0] == "update":
            voices[number] = voices[number + 1]
    return voices


def _voice(block: Block) -> _Voice:
    kind = "flow" if block.kind in FLOWING_KINDS else block.kind
    return kind, block.speaker, block.date, block.via


def _pack(run: Sequence[Unit], leaves: Sequence[Block], target: int, limit: int) -> Iterator[list[Unit]]:
    """Fill passages paragraph by paragraph; a paragraph above `target` is filled evenly by sentences."""
    group: list[Unit] = []
    for paragraph in _paragraphs(run, leaves, target):
        size = sum(unit.size for unit in paragraph)
        if group and sum(unit.size for unit in group) + size > target:
            ready, group = _without_trailing_headings(group, leaves)
            if ready:
                yield ready
            if sum(unit.size for unit in group) + size > limit:
                yield group
                group = []
        group = [*group, *paragraph]
    if group:
        yield group


def _fitting(text: str, groups: Sequence[list[Unit]], count: CountWordPieces, limit: int) -> Iterator[list[Unit]]:
    """The groups, those above `limit` parted at their widest gap: what lies between sentences (a rule) counts too."""
    sizes = count([text[group[0].start : group[-1].end] for group in groups])
    for group, size in zip(groups, sizes, strict=True):
        if size <= limit or len(group) == 1:
            yield group
        else:
            place = max(range(1, len(group)), key=lambda number: group[number].start - group[number - 1].end)
            yield from _fitting(text, [group[:place], group[place:]], count, limit)


def _paragraphs(run: Sequence[Unit], leaves: Sequence[Block], target: int) -> Iterator[list[Unit]]:
    by_block: dict[int, list[Unit]] = {}
    for unit in run:
        by_block.setdefault(unit.block, []).append(unit)
    for units in by_block.values():
        yield from _even_parts(units, target)


def _even_parts(units: list[Unit], target: int) -> Iterator[list[Unit]]:
    """Parts of at most about `target` word pieces, as equal as whole sentences allow."""
    total = sum(unit.size for unit in units)
    share = total / -(-total // target) if total else 0
    part: list[Unit] = []
    for unit in units:
        size = sum(other.size for other in part)
        if part and (size + unit.size > target or size + unit.size / 2 > share):
            yield part
            part = []
        part.append(unit)
    if part:
        yield part


def _without_trailing_headings(group: list[Unit], leaves: Sequence[Block]) -> tuple[list[Unit], list[Unit]]:
    cut = len(group)
    while cut and leaves[group[cut - 1].block].kind in LEADING_KINDS:
        cut -= 1
    return group[:cut], group[cut:]


def _passage(document: Document, leaves: Sequence[Block], group: Sequence[Unit]) -> Passage:
    start, end = group[0].start, group[-1].end
    weight: dict[int, int] = {}
    for unit in group:
        weight[unit.block] = weight.get(unit.block, 0) + unit.end - unit.start
    main = leaves[max(weight, key=lambda number: (leaves[number].kind not in LEADING_KINDS, weight[number]))]
    identity = hashlib.sha256(f"{document.id}:{start}:{end}:{SPLITTER_VERSION}".encode()).hexdigest()[:24]
    return Passage(identity, document.id, start, end, main.kind, main.speaker, main.date, document.page_at(start))
