"""Questions to start with, made from a collection's own headings, each checked to have an answer.

It does not understand the documents: a heading becomes a question by form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.document import Document
from index.opening import Index
from index.split import paragraphs_of, sentences_of
from rag.answering import answer
from rag.settings import Settings

NUMBERING = re.compile(r"^(?:\d+[.)])+\d*\s+")
QUESTION_WORD = re.compile(r"(?:what|where|who|when|why|how|which|whom|whose)\b", re.IGNORECASE)  # "What happened"
MOST_TRIED = 12
SURE = 0.6  # confidence


def example_questions(index: Index, settings: Settings, count: int = 3) -> list[str]:
    """Up to `count` questions from different documents, each of which the built-in writer answers."""
    quotes_only = settings.model_copy(update={"model": None, "model_url": None})
    waiting = [_questions(document) for document in index.documents()]
    found: list[str] = []
    tried = 0
    while waiting and len(found) < count and tried < MOST_TRIED:
        questions = waiting.pop(0)
        question = next(questions, None)
        if question is None:
            continue
        tried += 1
        reply = answer(question, index=index, settings=quotes_only, model=None)
        if reply.status == "answered" and reply.confidence >= SURE and question not in found:
            found.append(question)
        else:
            waiting.append(questions)
    return found


def _questions(document: Document) -> Iterator[str]:
    leaves = paragraphs_of(document)
    for block in leaves:
        if block.kind == "question":
            asked = [document.text[start:end] for start, end in sentences_of(document, block)]
            yield from (" ".join(q.split()) for q in asked if q.endswith("?") and 5 <= len(q.split()) <= 20)
    for block, below in pairwise(leaves):
        words = NUMBERING.sub("", " ".join(document.text[block.start : block.end].split()).strip("#* "))
        fits = 2 <= len(words.split()) <= 9 and words[-1:].isalnum() and "*" not in words
        if block.kind == "heading" and below.kind == "body" and fits and not QUESTION_WORD.match(words):
            yield f"What do the documents say about “{words}”?"
    if document.title:
        yield f"What does “{document.title}” say?"
