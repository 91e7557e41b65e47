"""What was said in one chat, turn by turn: as the answerer reads it and as the page shows it.

It does not know gradio, nor where a conversation is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from index.document import Document
from rag.answering import Answer
from ui import render
from ui.markdown import answer_markdown

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what is shown under it; `answer` is set once it is complete.

    `filters` are those that it was asked with, None where the question's own count; `names` is what their documents
    are called, by path. `rated` is "up", "down" or "". `stopped`: by its reader, before it was complete.
    """

    question: str
    html: str
    answer: Answer | None = None
    filters: Filters | None = None
    rated: str = ""
    stopped: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns, oldest first; changing one makes another conversation."""

    turns: tuple[Turn, ...] = ()

    def asking(self, question: str, filters: Filters | None = None) -> Conversation:
        return Conversation((*self.turns, Turn(question, render.waiting_html(), filters=filters)))

    def named(self, names: Mapping[str, str]) -> Conversation:
        """With what the documents that the last question is limited to are called, by path."""
        return self._with_last(replace(self.turns[-1], names=names))

    def showing(self, html: str) -> Conversation:
        return self._with_last(replace(self.turns[-1], html=html))

    def stopped(self) -> Conversation:
        """With the last turn as far as it was shown, unless it was complete."""
        last = self.turns[-1]
        if not render.PROGRESS_LINE.search(last.html):
            return self
        return self._with_last(replace(last, html=render.stopped_html(last.html, len(self.turns) - 1), stopped=True))

    def answered(self, answer: Answer, host: str) -> Conversation:
        """The last turn with its answer as far as it is known; `host` is where a model wrote it."""
        turn = self.turns[-1]
        html = _html(answer, len(self.turns) - 1, host, names=turn.names)
        return self._with_last(replace(turn, html=html, answer=answer if answer.complete else None))

    def rating(self, number: int, verdict: str, host: str) -> Conversation:
        """The turn of that number marked with what its reader thinks of its answer."""
        turn = self.turns[number]
        html = _html(turn.answer, number, host, verdict, turn.names) if turn.answer else turn.html
        rated = replace(turn, html=html, rated=verdict)
        return Conversation((*self.turns[:number], rated, *self.turns[number + 1 :]))

    def settled(self) -> Conversation:
        """Without questions that are still being answered: a new one takes their place."""
        return Conversation(tuple(turn for turn in self.turns if not render.PROGRESS_LINE.search(turn.html)))

    def before(self, number: int) -> Conversation:
        return Conversation(self.turns[:number])

    def history(self) -> list[dict[str, str]]:
        """The questions that were answered, with the answers, as `answer_stream` takes them."""
        said: list[dict[str, str]] = []
        for turn in self.turns:
            if turn.answer:
                said.append({"role": "user", "content": turn.question})
                said.append({"role": "assistant", "content": turn.answer.text})
        return said

    def shown(self) -> list[tuple[str, str]]:
        """What the page shows: (role, HTML), a question and what stands under it by turns."""
        return [
            pair
            for turn in self.turns
            for pair in (("user", render.question_html(turn.question)), ("assistant", turn.html))
        ]

    def _with_last(self, turn: Turn) -> Conversation:
        return Conversation((*self.turns[:-1], turn))


def names_of(filters: Filters | None, documents: Iterable[Document]) -> dict[str, str]:
    """What the documents of a filter are called, by path."""
    wanted = set((filters or {}).get("document", ()))
    return {document.path: document.name for document in documents if document.path in wanted} if wanted else {}


def _html(answer: Answer, number: int, host: str, rated: str = "", names: Mapping[str, str] | None = None) -> str:
    markdown = answer_markdown(answer, host, names) if answer.complete else ""
    return render.answer_html(answer, number, host, rated, markdown, names)
