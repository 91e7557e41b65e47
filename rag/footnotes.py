"""Statements become sentences with numbered footnotes; quotes are copied here and nowhere else.

It does not know where a statement comes from, nor whether it is true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.document import Document
from rag.check import Verdict
from rag.quote import Span, Statement


@dataclass(frozen=True, slots=True)
class Citation:
    """One footnote: `document.text[start:end] == quote`, always; who said it, through whom, when, where.

    `speaker` None means that the document does not say (shown as "undisclosed"). `via` names the
    carriers of a quotation, nearest to the speaker first.
    """

    number: int
    document: Document
    start: int
    end: int
    quote: str
    speaker: str | None = None
    role: str | None = None
    via: tuple[str, ...] = ()
    date: str | None = None
    page: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "document": self.document.path,
            "title": self.document.title,
            "publisher": self.document.publisher,
            "date": self.date,
            "speaker": self.speaker,
            "role": self.role,
            "via": list(self.via),
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the numbers of the footnotes it rests on, and what the check said.

    `verdict` is verbatim, supported, partial, unsupported or misattributed; `why` explains it in a few words.
    """

    text: str
    citations: tuple[int, ...]
    verdict: str
    why: str = ""


def bind_footnotes(
    statements: Sequence[tuple[Statement, Verdict]],
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """Sentences with footnote numbers, and the citations; a span cited twice keeps its number."""
    citations: dict[tuple[str, int, int], Citation] = {}
    sentences = []
    for statement, verdict in statements:
        numbers = []
        for span in statement.spans:
            key = (span.document.id, span.start, span.end)
            if key not in citations:
                citations[key] = cite(len(citations) + 1, span)
            numbers.append(citations[key].number)
        sentences.append(Sentence(statement.text, tuple(numbers), verdict.name, verdict.why))
    return tuple(sentences), tuple(citations.values())


def cite(number: int, span: Span) -> Citation:
    """The footnote for a span: the quote is copied from the document here, and nowhere typed."""
    document, voice = span.document, span.voice
    return Citation(
        number=number,
        document=document,
        start=span.start,
        end=span.end,
        quote=span.text,
        speaker=voice.speaker,
        role=voice.role,
        via=voice.via,
        date=voice.date or (None if voice.in_thread else document.published),
        page=document.page_at(span.start),
    )


def text_of(sentences: Sequence[Sentence]) -> str:
    """The answer as plain text, every sentence followed by its footnote marks."""
    return " ".join(s.text + " " + "".join(f"[{number}]" for number in s.citations) for s in sentences)
