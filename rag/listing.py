"""A collection in a few words: what it holds, its documents a line each, questions to start with.

It does not know what was asked, and it searches nothing: all of it stands in the catalog.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.document import Document
from index.split import paragraphs_of, sentences_of
from rag.comments import quotations_of
from rag.introduce import readable_date
from rag.quote import Statement
from rag.summary import masked_percent

Told = str | tuple[Statement, ...] | None  # a text that rests on the catalog alone, or statements that quote

SHOWN, LISTED, NAMES = 5, 30, 12
POINTING = re.compile(r"\b(?:this|that|these|those|it|its|they|their|them|he|she|his|her|you|your)\b", re.IGNORECASE)


def describe(documents: Sequence[Document]) -> str:
    """What a collection holds, in a few sentences: how many documents, of whom, from when, which."""
    if not documents:
        return "There are no documents in this collection yet."
    titles = "; ".join(name_of(document) for document in documents[:SHOWN])
    more = f"; and {len(documents) - SHOWN} more" if len(documents) > SHOWN else ""
    return f"I answer from {how_many(documents)}{when_dated(documents)}, and from nothing else: {titles}{more}."


def questions_to_ask(documents: Sequence[Document]) -> list[str]:
    """Up to three questions that the documents answer, by form, of three kinds; from three documents if possible."""
    found: list[str] = []
    used: set[str] = set()
    for ask in (_asked_in_interview, _what_they_said, _to_summarise):
        asked = [(document, question) for document in documents if (question := ask(document))]
        fresh = [(document, question) for document, question in asked if document.id not in used]
        for document, question in (fresh or asked)[:1]:
            found.append(question)
            used.add(document.id)
    return found


def _asked_in_interview(document: Document) -> str | None:
    blocks = [block for block in paragraphs_of(document) if block.kind == "question"]
    asked = [" ".join(document.text[start:end].split()) for b in blocks for start, end in sentences_of(document, b)]
    return next((a for a in asked if a.endswith("?") and 6 <= len(a.split()) <= 16 and not POINTING.search(a)), None)


def _what_they_said(document: Document) -> str | None:
    heard = Counter(quotation.speaker for quotation in quotations_of(document)).most_common(1)
    return f"What did {heard[0][0]} say?" if heard else None


def _to_summarise(document: Document) -> str | None:
    return f"Summarise “{document.title}”." if document.title and not masked_percent(document) else None


def suggested(documents: Sequence[Document]) -> str:
    questions = questions_to_ask(documents)
    return "\n- ".join(["\nFor example:", *questions]) if questions else ""


def prefixed(words: str, statement: Statement) -> Statement:
    """The statement with words of the program's own before it."""
    return Statement(f"{words} {statement.text}", statement.spans)


def listing(head: str, chosen: Sequence[Document], documents: Sequence[Document]) -> str:
    """The chosen documents a line each, numbered by their place in the collection."""
    places = {document.id: place for place, document in enumerate(documents, start=1)}
    lines = [f"{places[document.id]}. {name_of(document)}" for document in chosen[:LISTED]]
    more = [f"… and {len(chosen) - LISTED} more"] if len(chosen) > LISTED else []
    return "\n".join([head, *lines, *more])


def name_of(document: Document) -> str:
    details = ", ".join(part for part in (document.publisher, readable_date(document.published)) if part)
    name = f"“{document.title}”" if document.title else document.path
    return f"{name} ({details})" if details else name


def how_many(documents: Sequence[Document]) -> str:
    return "one document" if len(documents) == 1 else f"{len(documents)} documents"


def when_dated(documents: Sequence[Document]) -> str:
    dates = sorted(document.published for document in documents if document.published)
    if not dates:
        return ""
    first, last = readable_date(dates[0]), readable_date(dates[-1])
    return f", dated {first}" if first == last else f", dated {first} to {last}"


def some(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMES]) + (f" and {len(names) - NAMES} more" if len(names) > NAMES else "")


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]
