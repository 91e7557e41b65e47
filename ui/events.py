"""What the page's events do: questions go to `answer_stream`, files to the library, and HTML comes back.

It holds no answering and no HTML of its own, and does not know how the page is laid out.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr

from index.document import Document
from index.embed import Embedder, load_embedder
from index.errors import IndexMissing, RagError, UsageError
from index.opening import Index, open_index
from index.sync import sync
from rag.answering import answer_stream
from rag.search import ANY_DAY
from rag.settings import Settings
from ui import feedback, memory, render, sources, viewer
from ui.conversation import Conversation, Filters, names_of
from ui.indexing import Indexing, State
from ui.library import Library
from ui.notes import text_html
from ui.viewer import Span

log = logging.getLogger(__name__)

INDEXING_POLL_SECONDS = 0.5
NO_DOCUMENTS = "There are no documents yet. Add some under Sources, then ask again."
MOST_STOPPED = 1000  # runs that are remembered as stopped
UNCHANGED = gr.skip(), gr.skip(), gr.skip(), gr.skip()
MOST_SPANS = 50  # of an answer that are marked beside the one that was chosen
Examples = Sequence[str] | Callable[[Index], Sequence[str]]


@dataclass(slots=True)
class _Run:
    """A question that is being answered, with the conversation as far as it is shown."""

    number: int
    conversation: Conversation
    stopped: bool = False


class Chat:
    """The page's events over one index folder; every method may be called from several threads.

    An event's data comes from the browser: nothing in it is taken for more than a wish.
    """

    def __init__(
        self,
        index_folder: Path,
        settings: Settings,
        paths: Sequence[Path] = (),
        examples: Examples = (),
        *,
        read_only: bool = False,
    ) -> None:
        self.index_folder = index_folder
        self.settings = settings
        self.examples = examples
        self.host = (urlsplit(settings.model_url or "").netloc.rpartition("@")[2]) if settings.model else ""
        self.library = Library(index_folder, settings, self._embedder, paths, read_only)
        self.indexing = (
            Indexing(lambda: sync(paths, index_folder, self._embedder(), settings.passage_word_pieces))
            if paths
            else None
        )
        self._lock = threading.Lock()
        self._opened: Index | None = None
        self._embedding: Embedder | None = None
        self._examples_lock = threading.Lock()
        self._made: tuple[int, Sequence[str]] | None = None  # the examples and the index's generation
        self._listed: tuple[object, str] | None = None  # the list of documents, and what it was made from
        self._runs: dict[str | None, _Run] = {}  # by session: the run whose answer is shown
        self._stopped: deque[tuple[str | None, int]] = deque(maxlen=MOST_STOPPED)  # sessions with the numbers of runs

    def _embedder(self) -> Embedder:
        """The embedding model, loaded once for questions and for indexing."""
        with self._lock:
            if self._embedding is None:
                self._embedding = load_embedder(self.settings.embedding_model)
            return self._embedding

    def index(self) -> Index:
        """The open index, which notices changes by itself; raises IndexMissing while it is still being made."""
        state = self.indexing.state if self.indexing else None
        if state and state.running:
            counted = f" ({state.done:,} of {state.total:,})" if state.total else ""
            raise IndexMissing(f"The documents are still being indexed{counted}. Ask again in a moment.")
        embedder = self._embedder()
        with self._lock:
            if self._opened is None:
                words = self.settings.passage_word_pieces
                self._opened = open_index(self.index_folder, embedder=embedder, word_pieces=words)
            return self._opened

    # ---- the conversation ----

    def welcome(self) -> str:
        """What an empty conversation shows, with the example questions that fit the index as it is now."""
        try:
            return render.welcome_html(self._questions() if callable(self.examples) else self.examples)
        except RagError:
            return render.welcome_html(())

    def _questions(self) -> Sequence[str]:
        index = self.index()
        generation = index.catalog.generation()
        with self._examples_lock:
            if self._made is None or self._made[0] != generation:
                self._made = generation, self.examples(index) if callable(self.examples) else self.examples
            return self._made[1]

    def ask(
        self, typed: str, asked: Any, conversation: Conversation, event: gr.EventData, request: gr.Request
    ) -> Iterator[tuple[Any, Any, Any, Any, Any]]:
        """Stream the answer to what was typed, to a chosen example, or to an earlier question once more.

        `asked` has the page's number of this run, which is given back with its end, and the paths of the documents
        that are ticked. A run ends by itself once it is stopped, be it before it has begun, or another begins: gradio
        would wait with its `cancels` until a model that is silent says its next word. What a run yields last gradio
        sends twice, so a run that is over must not end on a page that still waits.
        """
        data, number, session = _data(event), _run(asked), request.session_hash
        wished = _asked(data, str(typed or ""), _limit(asked), conversation.settled())
        newest = self._runs.get(session)
        if wished is None or (newest is not None and newest.number > number):
            yield *UNCHANGED, number
            return
        question, filters, before, conversation = wished
        mine = _Run(number, conversation.named(self._names(filters)), (session, number) in self._stopped)
        self._runs[session] = mine
        try:
            if not mine.stopped:
                chosen = "question" in data or "again" in data  # what is being typed stays
                yield gr.skip() if chosen else "", *_shown(mine.conversation), gr.skip(), gr.skip()
                for grown in self._answered(question, filters, before, mine.conversation):
                    if mine.stopped or self._runs.get(session) is not mine:
                        break
                    mine.conversation = grown
                    yield gr.skip(), *_shown(grown), gr.skip(), gr.skip()
            if self._runs.get(session) is not mine:
                yield *UNCHANGED, number
            elif mine.stopped:
                left = mine.conversation.stopped()
                yield gr.skip(), *_shown(left), memory.kept(left), number
            else:
                yield gr.skip(), gr.skip(), gr.skip(), memory.kept(mine.conversation), number
        finally:
            if self._runs.get(session) is mine:
                del self._runs[session]

    def _names(self, filters: Filters | None) -> dict[str, str]:
        try:
            return names_of(filters, self.index().documents()) if filters else {}
        except RagError:
            return {}

    def _answered(
        self, question: str, filters: Filters | None, before: Conversation, conversation: Conversation
    ) -> Iterator[Conversation]:
        turn = len(conversation.turns) - 1
        try:
            for words in self._indexing_steps():
                yield conversation.showing(render.waiting_html(words))
            for answer in answer_stream(
                question, index=self.index(), history=before.history(), filters=filters, settings=self.settings
            ):
                conversation = conversation.answered(answer, self.host)
                yield conversation
        except IndexMissing as error:
            message = str(error) if self.library.read_only else NO_DOCUMENTS
            yield conversation.showing(render.problem_html(message, turn))
        except RagError as error:
            yield conversation.showing(render.problem_html(str(error), turn))
        except Exception as error:
            log.exception("a question failed")
            message = (
                f"That failed for a reason of Footnote's own ({type(error).__name__}). The terminal has the details."
            )
            yield conversation.showing(render.problem_html(message, turn))

    def _indexing_steps(self) -> Iterator[str]:
        """What to show of a sync that is still running, again and again until it has ended."""
        while self.indexing and self.indexing.state.running:
            state = self.indexing.state
            counted = f"{state.done:,} of {state.total:,} documents" if state.total else state.step
            yield f"Indexing first ({counted}); the answer follows…"
            self.indexing.wait(INDEXING_POLL_SECONDS)

    def stopped(self, asked: Any, request: gr.Request) -> tuple[Any, Any, Any, Any]:
        """End a run; one that has not begun yet finds out when it does."""
        number, run = _run(asked), self._runs.get(request.session_hash)
        self._stopped.append((request.session_hash, number))
        if run is None or run.number != number:
            return UNCHANGED
        run.stopped = True
        run.conversation = run.conversation.stopped()
        return gr.skip(), *_shown(run.conversation), memory.kept(run.conversation)

    def cleared(self, request: gr.Request) -> tuple[Any, Any, Any, Any]:
        self._runs.pop(request.session_hash, None)
        return "", [], Conversation(), ""

    def recalled(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, Any]:
        """The conversation that the browser kept, unless another has begun; waits until the documents are there."""
        if self.indexing:
            self.indexing.wait()
        try:
            found = memory.recalled(str(_data(event).get("kept", "")), self.index(), self.host)
        except RagError:
            found = Conversation()
        return _shown(found) if found.turns and not conversation.turns else (gr.skip(), gr.skip())

    def rated(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, Any, Any]:
        """Save what a reader thinks of an answer, and show that it is noted."""
        data = _data(event)
        turn, verdict = _number(data.get("turn")), str(data.get("verdict", ""))
        answer = conversation.turns[turn].answer if 0 <= turn < len(conversation.turns) else None
        if answer is None or verdict not in feedback.VERDICTS:
            return gr.skip(), gr.skip(), gr.skip()
        try:
            feedback.save_feedback(self.index_folder, answer, verdict, str(data.get("reason", "")))
        except OSError as error:
            raise gr.Error(f"That could not be saved ({error.strerror}).") from error
        rated = conversation.rating(turn, verdict, self.host)
        return *_shown(rated), memory.kept(rated)

    # ---- the documents ----

    def opened(self, event: gr.EventData) -> str:
        """The document that was clicked, with the clicked words marked; what an empty pane shows without one."""
        data = _data(event)
        stamp = f"<i hidden>{text_html(str(data.get('opened', '')))}</i>"  # a change, even when reopened
        if not data.get("document"):
            return f"{render.NOTHING_OPEN}{stamp}"
        try:
            index = self.index()
            index.refresh()
            document = index.document(str(data.get("document", "")))
            if document is None:
                raise UsageError("This document is no longer in the index. Reload the page to see what is.")
            focus = (int(data["start"]), int(data["end"])) if data.get("start") and data.get("end") else None
            html = viewer.document_html(document, _spans(data.get("others")), focus)
        except (RagError, ValueError) as error:
            html = render.problem_html(str(error))
        return f"{html}{stamp}"

    def collection(self) -> str:
        try:
            return self._list(self.index())
        except IndexMissing:
            return sources.documents_html(())
        except RagError as error:
            return render.problem_html(str(error))

    def _list(self, index: Index) -> str:
        """The list of documents, made anew when the index has changed: thousands of them take seconds."""
        state = index.catalog.generation(), index.skipped()
        listed = self._listed
        if listed is None or listed[0] != state:
            documents = index.documents()
            removable = {document.path for document in documents if self.library.removable(document.path)}
            listed = self._listed = state, sources.documents_html(documents, state[1], removable)
        return listed[1]

    def added(self, uploads: Sequence[str] | None) -> Iterator[tuple[Any, Any, Any]]:
        """Add uploaded files to the library; how far it is, then the documents as they are."""
        files = [Path(upload) for upload in uploads or ()]
        yield from self._changed(self.library.add([(file.name, file) for file in files]))

    def removed(self, event: gr.EventData) -> Iterator[tuple[Any, Any, Any]]:
        yield from self._changed(self.library.remove(str(_data(event).get("document", ""))))

    def _changed(self, steps: Iterator[sources.Step]) -> Iterator[tuple[Any, Any, Any]]:
        for step in steps:
            yield sources.step_html(step, self._became(step)), gr.skip(), gr.skip()
        yield gr.skip(), self.collection(), gr.skip()
        yield gr.skip(), gr.skip(), self.welcome()

    def _became(self, step: sources.Step) -> dict[str, Document]:
        """The documents that added files have become, by the name of the file."""
        names = {file.name for file in step.files if file.state == "added"} if step.finished else set()
        if not names:
            return {}
        added = [document for document in self.index().documents() if self.library.removable(document.path)]
        return {name: document for document in added if (name := document.path.rpartition("/")[2]) in names}

    def progress(self) -> tuple[Any, Any, Any, Any]:
        """The bar; once indexing is over the documents and new examples, too, and the clock stops."""
        state = self.indexing.state if self.indexing else State()
        bar = sources.indexing_html(state.step, state.done, state.total, state.error)
        if state.running:
            return bar, gr.skip(), gr.skip(), gr.skip()
        return bar, self.collection(), self.welcome(), gr.Timer(active=False)


def _shown(conversation: Conversation) -> tuple[list[dict[str, Any]], Conversation]:
    """The conversation as the Chatbot's messages, and itself."""
    messages = [
        {"role": role, "content": gr.HTML(html, js_on_load=None, apply_default_css=False)}
        for role, html in conversation.shown()
    ]
    return messages, conversation


def _data(event: gr.EventData) -> Mapping[str, Any]:
    return event._data if isinstance(event._data, dict) else {}


def _number(value: Any) -> int:
    """A turn's number as the page says it; -1 for anything else."""
    return int(value) if str(value).isdecimal() and len(str(value)) < 9 else -1


def _run(asked: Any) -> int:
    """The page's number of a run; 0 where it says none."""
    number = asked.get("run") if isinstance(asked, dict) else None
    return number if isinstance(number, int) else 0


def _limit(asked: Any) -> Filters | None:
    """The filter for the ticked documents; None where none are."""
    paths = asked.get("ticked") if isinstance(asked, dict) else None
    ticked = tuple(path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()
    return {"document": ticked} if ticked else None


def _asked(
    data: Mapping[str, Any], typed: str, limit: Filters | None, conversation: Conversation
) -> tuple[str, Filters | None, Conversation, Conversation] | None:
    """What is asked with which filters, the conversation that it continues, and the one to show; None for nothing.

    A question asked "again" stands where it stood; asked "without" one of its filters it is a new one, with
    what was said before it the first time.
    """
    if "again" not in data:
        question = str(data.get("question") or typed).strip()
        return (question, limit, conversation, conversation.asking(question, limit)) if question else None
    number = _number(data["again"])
    if not 0 <= number < len(conversation.turns):
        return None
    turn, before = conversation.turns[number], conversation.before(number)
    if "without" not in data or turn.answer is None:
        return turn.question, turn.filters, before, before.asking(turn.question, turn.filters)
    left = {name: values for name, values in turn.answer.filters.items() if name != data["without"]}
    if left.keys() == {"document"}:
        left["date"] = ANY_DAY  # no limit, and none that the question states either
    return turn.question, left, before, conversation.asking(turn.question, left)


def _spans(words: Any) -> list[Span]:
    """ "3-20,40-52" as spans. Raises ValueError for anything else."""
    pieces = [piece.split("-") for piece in str(words or "").split(",") if piece][:MOST_SPANS]
    return [(int(start), int(end)) for start, end in pieces]
