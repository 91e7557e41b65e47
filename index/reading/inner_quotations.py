"""Quotations inside of paragraphs, in marks or as indirect speech, as leaves with the speaker of each.

It does not know which whole paragraphs are quotations; it is told by their kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.document import Block
from index.reading.antecedents import Paragraph, Voice
from index.reading.attributing import voice_of_marked
from index.reading.echoes import with_echoed_speakers
from index.reading.indirect_speech import indirect_stretches
from index.reading.quotation_marks import Marked, in_marks
from index.reading.reporting import FINITE_VERB
from index.reading.speakers import Names, flat

HOLDING = frozenset({"body", "comment", "interview_answer", "update", "list_item", "caption", "quotation"})
REPORTING = frozenset({"body", "update", "quotation"})
CARRYING = frozenset({"comment", "interview_answer", "quotation"})
WORD = re.compile(r"\w+(?:['’-]\w+)*")
SPEECH = re.compile(r"[\"“”„«»‹›「‘']|\b(?:sa(?:id|ys)|told|tells|according to|wrote|writes|that)\b")
FEWEST_WORDS = 4
LONGEST_TERM = 10
LONGEST_PARAGRAPH = 100_000  # characters
SO_CALLED = re.compile(
    r"\b(?:so-called|known as|nicknamed|dubbed|aka|called|terms?|word|phrase|expression|film|movie|song|book|novel"
    r"|album|episode|chapter|game) $"
)
CODE = re.compile(r"```|\"{3}|'{3}|[;{}] *\n|=> |:= |\b(?:def|class|function|import|return) \w+[(:]")


def with_inner_quotations(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same blocks, each one that holds somebody else's words followed by the leaves that it is made of.

    The leaves of a block tile it, in order, and name its position in the result as their `parent`.
    """
    names = Names(text, blocks)
    roles: dict[str, str] = {}
    parents = {block.parent for block in blocks}
    result: list[Block] = []
    moved: list[int] = []
    before: Paragraph | None = None
    before_block: Block | None = None
    for number, block in enumerate(blocks):
        moved.append(len(result))
        parent = None if block.parent is None else moved[block.parent]
        result.append(replace(block, parent=parent))
        if block.kind not in HOLDING or block.parent is not None or number in parents:
            before = None if block.kind not in ("caption", "furniture") else before
            continue
        stretch = text[block.start : block.end]
        if len(stretch) > LONGEST_PARAGRAPH or not SPEECH.search(stretch) or CODE.search(stretch):
            before = Paragraph(flat(stretch), names, roles=roles) if block.kind in HOLDING else None
            before_block = block
            continue
        same = before_block is not None and (before_block.kind, before_block.speaker) == (block.kind, block.speaker)
        own = block.speaker if block.kind in CARRYING else None
        paragraph = Paragraph(flat(stretch), names, own, before if same else None, in_marks(flat(stretch)), roles=roles)
        leaves = [*_leaves(block, paragraph)]
        if len(leaves) > 1 or (leaves and _voice(leaves[0]) != _voice(block)):
            result += [replace(leaf, parent=moved[-1]) for leaf in leaves]
        before, before_block = paragraph, block
    return with_echoed_speakers(text, result)


def _leaves(block: Block, paragraph: Paragraph) -> Iterator[Block]:
    """The leaves of one block: quotations, sentences of indirect speech, and the rest of it."""
    paragraph.marks = _without_frames(paragraph)
    reported = indirect_stretches(paragraph) if block.kind in REPORTING else []
    marked = _marked(block, paragraph)
    stretches = _laid_out(block, marked, reported)
    position, end = 0, block.end - block.start
    for start, stop, kind, voice in stretches:
        if paragraph.text[position:start].strip():
            yield replace(block, start=block.start + position, end=block.start + start)
        elif position < start:
            start = position
        stop = stop if paragraph.text[stop:].strip() else end
        leaf = replace(block, kind=kind, start=block.start + start, end=block.start + stop)
        yield replace(leaf, speaker=voice.speaker, role=voice.role, via=_carriers(block, voice))
        position = stop
    if stretches and position < end:
        yield replace(block, start=block.start + position)


def _laid_out(
    block: Block, marked: Sequence[tuple[Marked, Voice]], reported: Sequence[tuple[int, int, Voice]]
) -> list[tuple[int, int, str, Voice]]:
    """Stretches without overlap, in order: what is in marks, and the sentences around with the marks cut out."""
    laid: list[tuple[int, int, str, Voice]] = []
    number = 0
    for start, end, voice in reported:
        while number < len(marked) and marked[number][0].end <= start:
            laid.append((marked[number][0].start, marked[number][0].end, "quotation", marked[number][1]))
            number += 1
        while number < len(marked) and marked[number][0].start < end:
            mark, said = marked[number]
            if mark.start > start:
                laid.append((start, mark.start, block.kind, voice))
            shared = said if said.speaker or said.role else voice
            laid.append((mark.start, mark.end, "quotation", shared))
            start, number = mark.end, number + 1
        if start < end:
            laid.append((start, end, block.kind, voice))
    laid += [(mark.start, mark.end, "quotation", said) for mark, said in marked[number:]]
    return laid


def _marked(block: Block, paragraph: Paragraph) -> list[tuple[Marked, Voice]]:
    """The stretches in marks that are quotations, with their voices."""
    found = []
    for number, mark in enumerate(paragraph.marks):
        voice, tagged = voice_of_marked(paragraph, number)
        if voice is None and number == 0 and not paragraph.text[: mark.start].strip():
            voice = _going_on(paragraph.before)
        paragraph.voices.append(voice or Voice())
        paragraph.tagged.append(tagged)
    for number, (mark, voice) in enumerate(zip(paragraph.marks, paragraph.voices, strict=True)):
        if not _is_quotation(paragraph, number):
            continue
        covers = mark.end - mark.start >= 0.9 * len(paragraph.text.strip())
        if block.kind == "quotation" and (covers or _same_voice(block, voice)):
            continue
        if block.kind == "quotation" and voice == Voice() and block.speaker is None:
            continue  # nothing says that it is anybody else's
        found.append((mark, voice))
    return found


def _is_quotation(paragraph: Paragraph, number: int) -> bool:
    """Whether a marked stretch is long enough, or tagged clearly enough, to be more than a word in marks."""
    mark, voice = paragraph.marks[number], paragraph.voices[number]
    words = len(WORD.findall(paragraph.text, mark.start, mark.end))
    named = voice.speaker is not None or voice.role is not None
    if words < FEWEST_WORDS:
        goes_on = number > 0 and voice is paragraph.voices[number - 1]
        opens = paragraph.text[max(0, mark.start - 4) : mark.start].rstrip().endswith((",", ":"))
        return words > 0 and named and (paragraph.tagged[number] or goes_on or opens)
    return named or words > LONGEST_TERM or not SO_CALLED.search(paragraph.text[max(0, mark.start - 14) : mark.start])


def _without_frames(paragraph: Paragraph) -> list[Marked]:
    """The marked stretches; one that opens with marks inside of it ("'…,' she said") is told by its inner marks."""
    found: list[Marked] = []
    for mark in paragraph.marks:
        inside = paragraph.text[mark.start + 1 : mark.end - 1]
        inner = in_marks(inside) if inside[:1] in ("'", "‘", "“", '"') and mark.closed else []
        framed = inner and inner[0].start == 0 and inner[0].closed and FINITE_VERB.search(inside, inner[0].end)
        if framed:
            found += [Marked(mark.start + 1 + m.start, mark.start + 1 + m.end) for m in inner]
        else:
            found.append(mark)
    return found


def _going_on(before: Paragraph | None) -> Voice | None:
    """The voice of a quotation that the paragraph before has opened and not closed."""
    if before and before.marks and before.voices and not before.marks[-1].closed:
        return before.voices[-1]
    return None


def _carriers(block: Block, voice: Voice) -> tuple[str, ...]:
    """Who carries the words: whom the sentence names, then the block's own speaker and its carriers."""
    carrier = block.speaker if block.kind in CARRYING and block.speaker != voice.speaker else None
    names = (*voice.via, *((carrier,) if carrier else ()), *block.via)
    return tuple(dict.fromkeys(name for name in names if name and name != voice.speaker))


def _same_voice(block: Block, voice: Voice) -> bool:
    return voice.speaker is not None and voice.speaker == block.speaker


def _voice(block: Block) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    return block.kind, block.speaker, block.role, block.via
