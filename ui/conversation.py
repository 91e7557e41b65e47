"""What was said in one chat, turn by turn: as the answerer reads it and as the page shows it.

It does not know gradio, nor where a conversation is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.answering import Answer
from ui import render
from ui.markdown import answer_markdown

Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with what is shown under it; `answer` is set once it is complete.

    `filters` are those that it was asked with, None where the question's own count. `rated` is "up", "down" or "".
    """

    question: str
    html: str
    answer: Answer | None = None
    filters: Filters | None = None
    rated: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns, oldest first; changing one makes another conversation."""

    turns: tuple[Turn, ...] = ()

    def asking(self, question: str, filters: Filters | None = None) -> Conversation:
        return Conversation((*self.turns, Turn(question, render.waiting_html(), filters=filters)))

    def showing(self, html: str) -> Conversation:
        return self._with_last(replace(self.turns[-1], html=html))

    def answered(self, answer: Answer, host: str) -> Conversation:
        """The last turn with its answer as far as it is known; `host` is where a model wrote it."""
        html = _html(answer, len(self.turns) - 1, host)
        return self._with_last(replace(self.turns[-1], html=html, answer=answer if answer.complete else None))

    def rating(self, number: int, verdict: str, host: str) -> Conversation:
        """The turn of that number marked with what its reader thinks of its answer."""
        turn = self.turns[number]
        html = _html(turn.answer, number, host, verdict) if turn.answer else turn.html
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


def _html(answer: Answer, number: int, host: str, rated: str = "") -> str:
    markdown = answer_markdown(answer, host) if answer.complete else ""
    return render.answer_html(answer, number, host, rated, markdown)
