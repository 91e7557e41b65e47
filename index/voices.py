"""Who speaks in any stretch of a document: the voice of most of its characters, with its chain of carriers.

It does not know how the blocks were found, nor what a voice is introduced by.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from index.document import Block, Document
from index.split import leaves_of, paragraphs_of

HEADING_WORDS = 14
KEPT = 128  # documents
QUOTED, QUOTED_OF_NOBODY = 4 / 3, 1 / 2  # what a character inside a paragraph's quotation counts


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose words a stretch is. `kind` is that of its leaf, `within` that of the paragraph around it.

    `reported`: what somebody said, in the words of the text. `in_thread`: in a comment, or repeated by one.
    `via` names the carriers, nearest to the speaker first; a named commenter who quotes is the last of them.
    """

    kind: str
    within: str
    speaker: str | None = None
    role: str | None = None
    via: tuple[str, ...] = ()
    date: str | None = None
    reported: bool = False
    in_thread: bool = False

    @property
    def quoted(self) -> bool:
        """Whether the text presents these as somebody else's words."""
        return self.kind == "quotation"


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """What every look-up in one document needs: leaves and paragraphs with their starts, where the comments begin."""

    leaves: tuple[Block, ...]
    starts: tuple[int, ...]
    paragraphs: tuple[Block, ...]
    paragraph_starts: tuple[int, ...]
    thread: int


class _Same:
    """A document as a key by identity: to compare two by their content takes as long as to lay them out."""

    __slots__ = ("document",)

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return id(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.document is other.document


@lru_cache(maxsize=KEPT)
def _layout(key: _Same) -> _Layout:
    leaves, paragraphs = leaves_of(key.document), paragraphs_of(key.document)
    thread = next((block.start for block in paragraphs if block.kind == "comment"), len(key.document.text))
    return _Layout(
        leaves, tuple(leaf.start for leaf in leaves), paragraphs, tuple(block.start for block in paragraphs), thread
    )


class Voices:
    """The voices of one document, to be asked for many stretches; of the last documents the layout is kept."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        layout = _layout(_Same(document))
        self._leaves, self._starts = layout.leaves, layout.starts
        self._paragraphs, self._paragraph_starts = layout.paragraphs, layout.paragraph_starts
        self._thread = layout.thread

    def at(self, start: int, end: int) -> Voice:
        """The voice that most of the characters of [start, end) have, white space not counted; ties go to the first.

        Words of somebody told count more, as "said …" beside them says whose they are; words in marks of nobody
        told count less, as the sentence around them is what says something.
        """
        first = max(0, bisect_right(self._starts, start) - 1)
        if end <= self._leaves[first].end:
            return self._voice(self._leaves[first])
        votes: dict[Voice, float] = {}
        for number in range(first, len(self._leaves)):
            leaf = self._leaves[number]
            if leaf.start >= max(end, start + 1):
                break
            stretch = self._text[max(start, leaf.start) : min(end, leaf.end)]
            voice = self._voice(leaf)
            votes[voice] = votes.get(voice, 0.0) + _weight(leaf) * (len(stretch) - sum(map(str.isspace, stretch)))
        return max(votes, key=lambda voice: votes[voice])

    def masked_section(self, start: int) -> str:
        """The masked paragraphs around `start` up to the next readable one or masked heading, as one text."""
        first = last = max(0, bisect_right(self._paragraph_starts, start) - 1)
        while first and not self._opens(first) and self._paragraphs[first - 1].kind == "masked":
            first -= 1
        while last + 1 < len(self._paragraphs) and self._paragraphs[last + 1].kind == "masked":
            if self._opens(last + 1):
                break
            last += 1
        return self._text[self._paragraphs[first].start : self._paragraphs[last].end]

    def _opens(self, number: int) -> bool:
        """Whether a masked paragraph reads as a heading."""
        words = self._text[self._paragraphs[number].start : self._paragraphs[number].end].split()
        return len(words) <= HEADING_WORDS and not words[-1].endswith((".", ":", ",", ";"))

    def _voice(self, leaf: Block) -> Voice:
        paragraph = self._paragraphs[max(0, bisect_right(self._paragraph_starts, leaf.start) - 1)]
        of_nobody = leaf.parent is not None and leaf.kind == "quotation" and not (leaf.speaker or leaf.role)
        if of_nobody and paragraph.kind == "comment":  # in marks, but not said to be anybody's: the commenter's words
            leaf = paragraph
        apart = leaf.parent is not None and (leaf.speaker, leaf.role) != (paragraph.speaker, paragraph.role)
        return Voice(
            kind=leaf.kind,
            within=paragraph.kind,
            speaker=leaf.speaker,
            role=leaf.role,
            via=leaf.via,
            date=leaf.date or paragraph.date,
            reported=apart and leaf.kind != "quotation",
            in_thread=paragraph.kind == "comment" or (paragraph.kind == "quotation" and leaf.start > self._thread),
        )


def _weight(leaf: Block) -> float:
    if leaf.kind != "quotation" or leaf.parent is None:
        return 1.0
    return QUOTED if leaf.speaker or leaf.role else QUOTED_OF_NOBODY


def voice_at(document: Document, start: int, end: int) -> Voice:
    """The voice of one stretch of a document."""
    return Voices(document).at(start, end)
