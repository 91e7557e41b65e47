"""The built-in writer: an answer made of the sources' own sentences, grouped by source and introduced.

It writes no word of its own but the introductions, which hold only what the documents' data say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Document, Passage
from index.voices import Voice, voice_at
from rag.introduce import introduce

NOT_EVIDENCE = frozenset({"furniture", "masked", "title", "byline", "heading", "question"})
PARAGRAPH_BREAK = re.compile(r"\n\s*\n")
WHOLLY_QUOTED = re.compile(r"“[^“”]*”|\"[^\"]*\"")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document, offsets in its characters; `passage` is where it was found, and says who speaks."""

    passage: Passage
    document: Document
    start: int
    end: int

    @property
    def text(self) -> str:
        """The span's characters."""
        return self.document.text[self.start : self.end]

    @property
    def voice(self) -> Voice:
        """Who speaks in it."""
        return voice_at(self.document, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a writer hands over: text, and the spans of the documents that it rests on."""

    text: str
    spans: tuple[Span, ...]


def write_quotes(chosen: Sequence[Span]) -> list[Statement]:
    """Statements grouped by who says it where, the group with the best span first; neighbours become one quote."""
    groups: dict[tuple[str, str], list[Span]] = {}
    for span in chosen:
        groups.setdefault((span.passage.document_id, introduce(span.document, span.voice)), []).append(span)
    statements = []
    named = ""
    for group in groups.values():
        spans, document = join_neighbours(sorted(group, key=lambda s: s.start)), group[0].document
        introduction = introduce(document, group[0].voice, count=len(spans), again=document.id == named)
        named = document.id
        for number, span in enumerate(spans):
            quotation = in_marks(" ".join(span.text.split()))
            statements.append(Statement(f"{introduction}: {quotation}" if number == 0 else quotation, (span,)))
    return statements


def in_marks(text: str) -> str:
    """The text in quotation marks; as it is when it is one quotation in marks already."""
    return text if WHOLLY_QUOTED.fullmatch(text) else f"“{text}”"


def join_neighbours(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans in the order given; one right after another of the same paragraph and voice is joined to it."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if (
            before is not None
            and before.passage.id == span.passage.id
            and before.end <= span.start
            and PARAGRAPH_BREAK.sub("¶", span.document.text[before.end : span.start]).strip() == ""
            and before.voice == span.voice
        ):
            joined[-1] = Span(span.passage, span.document, before.start, span.end)
        else:
            joined.append(span)
    return tuple(joined)
