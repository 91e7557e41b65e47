"""What programs may ask of the chat: an answer, passages, the list of documents, as plain arguments and JSON.

It does not know through which interface it is asked: gradio's and MCP's both offer these three.
"""

from __future__ import annotations

import functools
import os
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from index.document import Document
from index.errors import RagError, UsageError
from index.opening import Index
from index.voices import voice_at
from rag.answering import LONGEST_QUESTION, answer_stream
from rag.retrieve import Hit
from rag.search import look_up
from rag.settings import Settings

MOST_PASSAGES = 50
MOST_AT_ONCE = 8  # in quotes mode: each thread that answers holds memory of its own
WAITING_AT_ONCE = 16  # with a language model, whose endpoint does the work


class Tools:
    """The three questions over one index; `index` gives it, or raises IndexMissing while it is being made."""

    def __init__(self, index: Callable[[], Index], settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self.at_once = at_once(settings)

    def answer(self, question: str) -> dict[str, Any]:
        """Answer a question from the documents: sentences with numbered footnotes, each citation with the exact words
        it rests on, who said them, in which document and where. Says so when the documents don't tell."""
        growing = answer_stream(question, index=self._index(), settings=self._settings)
        return deque(growing, maxlen=1).pop().to_dict()

    def search(self, question: str, limit: int = 10) -> list[dict[str, Any]]:
        """Find the passages of the documents that are closest to a question, best first, with their exact words, who
        says them and where they stand; nothing is answered."""
        if not question.strip() or len(question) > LONGEST_QUESTION:
            raise UsageError(f"A question has 1 to {LONGEST_QUESTION:,} characters, not {len(question):,}.")
        found = look_up(question, self._index(), (), None, self._settings, time.perf_counter()).found
        return [_passage(hit) for hit in found.hits[: max(1, min(limit, MOST_PASSAGES))]]

    def documents(self) -> list[dict[str, Any]]:
        """List all documents that questions are answered from, with title, author, publication, date and length."""
        return [_document(document) for document in self._index().documents()]


def _passage(hit: Hit) -> dict[str, Any]:
    passage, document = hit.passage, hit.document
    voice = voice_at(document, passage.start, passage.end)
    return {
        "document": document.path,
        "title": document.title,
        "publisher": document.publisher,
        "date": passage.date or document.published,
        "speaker": voice.speaker,
        "role": voice.role,
        "kind": passage.kind,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": hit.text,
        "score": round(hit.score, 6),
    }


def _document(document: Document) -> dict[str, Any]:
    return {
        "document": document.path,
        "title": document.title,
        "author": document.author,
        "publisher": document.publisher,
        "published": document.published,
        "pages": len(document.page_starts),
        "words": len(document.text.split()),
    }


def at_once(settings: Settings) -> int:
    """How many answers are made at the same time: in quotes mode as many as there are processors, which more would
    only share (2 cores: 4.7 answers a second one at a time, 9.3 two at a time, 9.4 four, 9.1 eight)."""
    return WAITING_AT_ONCE if settings.model else max(2, min(os.cpu_count() or 2, MOST_AT_ONCE))


def add_endpoints(tools: Tools) -> None:
    """Offer the tools as gradio's /answer, /search and /documents; call it where the page is built."""
    from gradio.events import api

    for tool in (tools.answer, tools.search, tools.documents):
        api(_shown(tool), api_name=tool.__name__, concurrency_limit=tools.at_once, concurrency_id="tools")


def _shown(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool with its errors as gradio shows them: their message, not "Error"."""
    import gradio

    @functools.wraps(tool)
    def shown(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except RagError as error:
            raise gradio.Error(str(error), print_exception=False) from error

    return shown
