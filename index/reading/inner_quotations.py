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
SPEECH = re.compile(
    r"``|[\"“”„«»‹›「‘']|\b(?:sa(?:id|ys)|told|tells|[Aa]ccording to|wrote|writes|that|estimate[sd]|believes)\b"
)
FEWEST_WORDS = 4
LONGEST_TERM = 10
LONGEST_PARAGRAPH = 100_000  # characters
SO_CALLED = re.compile(
    r"\b(?:so-called|known as|nicknamed|dubbed|aka|called|terms?|word|phrase|expression|film|movie|song|book|novel"
    r"|album|episode|chapter|game) $"
)
SHORTEST_GOING_ON = 30  # characters
SHORT_TURN = 70  # characters of a paragraph in a dialogue
OPENING = "\"“„«»‘'"
SENTENCE_END = re.compile(r"[.!?](?: |$)")
EXAMPLE = re.compile(r"(?:\b(?:e\.g\.|i\.e\.|titled|entitled|labell?ed|marked|notion)|\([^)\w]*),? ?$")
SMALL_WORDS = frozenset("a an the of to in on at by for from with and or but nor as is it its my me".split())
MARKUP = re.compile(r"[<>{}\\=]|&[lg]t;|\w/\w+/|^\S+$")
CODE = re.compile(r"```|\"{3}|'{3}|[;{}] *\n|=> |:= |\b(?:def|class|function|import|return) \w+[(:]")


def with_inner_quotations(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same blocks, each one that holds somebody else's words followed by the leaves that it is made of.

    The leaves of a block tile it, in order, and name its position in the result as their `parent`.
    """
    names = Names(text, blocks)
    roles: dict[str, str] = {}
    parents = {block.parent for block in blocks}
    dialogue = _is_dialogue(text, blocks)
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
        paragraph.dialogue = dialogue
        block = _continued(block, before_block, paragraph, before)
        result[-1] = replace(block, parent=parent)
        leaves = [*_leaves(block, paragraph)]
        paragraph.closing = paragraph.closing or _closing(paragraph)
        if len(leaves) > 1 or (leaves and _voice(leaves[0]) != _voice(block)):
            result += [replace(leaf, parent=moved[-1]) for leaf in leaves]
        before, before_block = paragraph, block
    return with_echoed_speakers(text, result)


def _leaves(block: Block, paragraph: Paragraph) -> Iterator[Block]:
    """The leaves of one block: quotations, sentences of indirect speech, and the rest of it."""
    paragraph.marks = _inside_whole(paragraph) if block.kind == "quotation" else _without_frames(paragraph)
    reported = indirect_stretches(paragraph) if block.kind in REPORTING else []
    paragraph.reported = reported
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
        if voice is None:
            voice = _going_on(paragraph, mark)
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
    if named or words > LONGEST_TERM:
        return True
    before = paragraph.text[max(0, mark.start - 14) : mark.start]
    inside = paragraph.text[mark.start + 1 : mark.end - 1]
    if SO_CALLED.search(before) or EXAMPLE.search(before) or MARKUP.search(inside):
        return False
    return not _is_title(inside)


def _is_title(words: str) -> bool:
    """Whether all words but the little ones have a capital, as in the title of a song."""
    tokens = [token for token in WORD.findall(words) if token.lower() not in SMALL_WORDS]
    return words.rstrip()[-1:] not in (".", "!", "?") and all(token[0].isupper() for token in tokens)


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


def _continued(block: Block, before_block: Block | None, paragraph: Paragraph, before: Paragraph | None) -> Block:
    """A paragraph in marks that says nothing of its speaker goes on with the words that the one before ended with."""
    unknown = block.kind == "quotation" and not (block.speaker or block.role or block.via)
    if not unknown or before is None or before_block is None or before_block.kind not in ("body", "quotation"):
        return block
    voice, marks = before.closing, paragraph.marks
    if voice is None or paragraph.dialogue or len(marks) != 1 or marks[0].end - marks[0].start < SHORTEST_GOING_ON:
        return block
    if marks[0].end - marks[0].start < 0.9 * len(paragraph.text.strip()):
        return block
    paragraph.closing = voice
    return replace(block, speaker=voice.speaker, role=voice.role, via=voice.via)


def _inside_whole(paragraph: Paragraph) -> Sequence[Marked]:
    """The marked stretches of a quoted paragraph; where one mark holds it all, those inside of it."""
    marks = paragraph.marks
    if len(marks) != 1 or marks[0].end - marks[0].start < 0.9 * len(paragraph.text.strip()):
        return marks
    start = marks[0].start + 1
    inside = paragraph.text[start : marks[0].end - marks[0].closed]
    return [Marked(start + mark.start, start + mark.end) for mark in in_marks(inside) if mark.closed] or marks


def _going_on(paragraph: Paragraph, mark: Marked) -> Voice | None:
    """The voice of a quotation without a tag: whose words, told or in marks, have just ended."""
    before = paragraph.before
    if paragraph.text[: mark.start].strip():
        ended = next((said for _, end, said in paragraph.reported if end <= mark.start <= end + 2), None)
        return ended if mark.end - mark.start >= SHORTEST_GOING_ON else None
    if before is None:
        return None
    if before.marks and before.voices and not before.marks[-1].closed:
        return before.voices[-1]
    whole = mark.end - mark.start >= SHORTEST_GOING_ON and paragraph.text[mark.end - 2 : mark.end - 1] in ".!?…"
    return before.closing if whole and not paragraph.dialogue else None


def _closing(paragraph: Paragraph) -> Voice | None:
    """Whose words a paragraph ends with, if nothing but a tag follows them."""
    if paragraph.reported and not paragraph.text[paragraph.reported[-1][1] :].strip():
        return paragraph.reported[-1][2]
    if not paragraph.voices or len(paragraph.voices) < len(paragraph.marks):
        return None
    voice, rest = paragraph.voices[-1], paragraph.text[paragraph.marks[-1].end :].strip()
    others = any(place > paragraph.marks[-1].end and name != voice.speaker for place, name, _ in paragraph.people())
    one_tag = not rest or (paragraph.tagged[-1] and len(SENTENCE_END.findall(rest)) <= 1)
    return voice if voice.speaker and one_tag and not others else None


def _is_dialogue(text: str, blocks: Sequence[Block]) -> bool:
    """Whether paragraphs are people talking by turns, as in a novel: many short ones begin in marks."""
    body = [text[block.start : block.start + 200].strip() for block in blocks if block.kind == "body"]
    spoken = [words for words in body if words[:1] in OPENING and words]
    return len([words for words in spoken if len(words) < SHORT_TURN]) >= max(4, 0.4 * len(spoken))


def _carriers(block: Block, voice: Voice) -> tuple[str, ...]:
    """Who carries the words: whom the sentence names, then the block's own speaker and its carriers."""
    carrier = block.speaker if block.kind in CARRYING and block.speaker != voice.speaker else None
    names = (*voice.via, *((carrier,) if carrier else ()), *block.via)
    return tuple(dict.fromkeys(name for name in names if name and name != voice.speaker))


def _same_voice(block: Block, voice: Voice) -> bool:
    return voice.speaker is not None and voice.speaker == block.speaker


def _voice(block: Block) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    return block.kind, block.speaker, block.role, block.via
