"""The data that everything else passes on: Document, Block, Passage. It imports nothing of ours.

It does not know how a document was read, where it is stored or what it was found for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

BLOCK_KINDS = (
    "title",
    "byline",
    "heading",
    "body",
    "quotation",
    "question",
    "interview_answer",
    "comment",
    "list_item",
    "table",
    "caption",
    "update",
    "furniture",
    "masked",
)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document of one kind; `text[start:end]` is its text, offsets in characters.

    Leaves (blocks that are nobody's parent) tile the document: no gap, no overlap. `parent` is the
    position of another block in `Document.blocks`. `date` is what the text says, resolved to ISO 8601;
    `hint` is weak evidence of a speaker and is never shown as the speaker.
    """

    kind: str
    start: int
    end: int
    speaker: str | None = None
    role: str | None = None
    via: tuple[str, ...] = ()
    date: str | None = None
    parent: int | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file as people cite it. `text` is canonical: every offset in the program counts its characters.

    `path` is relative to the indexed folder, with forward slashes. `page_starts` holds the offset at
    which each page begins (empty where the format has no pages). `published` is ISO 8601, as precise as
    the source is ("2017-11-13" or "2017"). What the document does not say is None.
    """

    id: str
    path: str
    title: str | None
    author: str | None
    publisher: str | None
    published: str | None
    text: str
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    page_starts: tuple[int, ...] = ()
    sha256: str = ""

    def page_at(self, offset: int) -> int | None:
        """The number (from 1) of the page that holds the character at `offset`; None without pages."""
        if not self.page_starts:
            return None
        return max(1, sum(start <= offset for start in self.page_starts))

    @property
    def name(self) -> str:
        """What to call it to a person: its title, else its file name."""
        return self.title or self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and found: `document.text[start:end]`, a few sentences of one kind of text."""

    id: str
    document_id: str
    start: int
    end: int
    kind: str
    speaker: str | None = None
    date: str | None = None
    page: int | None = None
