"""The web chat: a conversation beside the documents it cites.

It holds no answering and no HTML: questions go to `answer_stream`, and `render` turns what comes back into HTML.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

import gradio as gr
from gradio.events import api

from index.embed import Embedder, load_embedder
from index.errors import DoorUnavailable, IndexMissing, RagError, UsageError
from index.opening import Index, open_index
from index.sync import sync
from rag.answering import LONGEST_QUESTION, answer_stream
from rag.settings import Settings
from ui import render, viewer
from ui.indexing import Indexing, State
from ui.port import port_in_use, require_port

log = logging.getLogger(__name__)

NAME = "Footnote"
SUBTITLE = "Answers from your documents, with the exact words behind every sentence."
INDEXING_POLL_SECONDS = 0.5
HERE = Path(__file__).parent
Examples = Sequence[str] | Callable[[Index], Sequence[str]]
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

HEADER = f"""<div class="masthead"><h1>{NAME}<sup>1</sup></h1><p>{SUBTITLE}</p>
<nav><button data-clear="yes" aria-label="New conversation">New<span> conversation</span></button>
<button class="narrow" data-show="documents">Documents</button></nav></div>"""
PANE_BAR = """<nav class="pane-bar"><button class="narrow" data-show="chat">← Back to the conversation</button>
<button class="to-documents" data-show="documents">All documents</button></nav>"""

# One listener for the whole page: footnotes live inside the Chatbot's messages, which carry no events of their own.
CLICKS = """
const desk = () => document.querySelector('#desk');  // not there yet when this runs
let last = null;
const show = (view) => {
  desk().dataset.view = view;
  if (view === 'chat' && last && last.isConnected) last.focus();
};
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-document], [data-show], [data-question], [data-clear]');
  if (!button) return;
  const data = button.dataset;
  if (data.show) return show(data.show);
  if (data.question) return trigger('submit', {question: data.question});
  if (data.clear) { show('chat'); return trigger('clear'); }
  document.querySelectorAll('.chosen').forEach((old) => old.classList.remove('chosen'));
  button.classList.add('chosen');
  last = button;
  desk().dataset.loading = 'yes';
  trigger('click', {document: data.document, start: data.start, end: data.end, opened: String(Date.now())});
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && desk().dataset.view === 'source') show('chat');
});
document.addEventListener('input', (event) => {
  if (!event.target.matches('.filter')) return;
  const wanted = event.target.value.toLowerCase();
  event.target.closest('.documents').querySelectorAll('ul > li').forEach((item) => {
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
});
let asked = 0;
new MutationObserver(() => {
  const questions = document.querySelectorAll('#chat .asked');
  if (questions.length > asked) {  // the newest question to the top; its answer grows below it, and nothing jumps
    questions[questions.length - 1].closest('.message-row').scrollIntoView({block: 'start'});
  }
  asked = questions.length;
  // Gradio gives these two buttons no name
  document.querySelector('#question .submit-button')?.setAttribute('aria-label', 'Ask');
  document.querySelector('#question .stop-button')?.setAttribute('aria-label', 'Stop');
}).observe(document.body, {childList: true, subtree: true});
"""
# The document has arrived: bring the cited words into view, in the middle of their surroundings.
OPENED = """
watch('value', () => requestAnimationFrame(() => {
  const desk = document.querySelector('#desk');
  desk.dataset.view = 'source';
  delete desk.dataset.loading;
  const pane = element.closest('#source') || element;
  const cited = [...element.querySelectorAll('mark.cited')].find((mark) => mark.offsetParent !== null);
  pane.scrollTop = 0;
  if (!cited) return;
  const room = pane.clientHeight - cited.offsetHeight;
  const top = cited.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop = top - Math.max(16, room / 3);
  cited.focus({preventScroll: true});
}));
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said, as the answerer reads it (`history`) and as the page shows it (`shown`: role, HTML)."""

    history: tuple[dict[str, str], ...] = ()
    shown: tuple[tuple[str, str], ...] = ()

    def asking(self, question: str, waiting: str) -> Conversation:
        asked = (("user", render.question_html(question)), ("assistant", waiting))
        return Conversation(self.history, self.shown + asked)

    def showing(self, html: str) -> Conversation:
        return Conversation(self.history, (*self.shown[:-1], ("assistant", html)))

    def remembering(self, question: str, text: str) -> Conversation:
        said = ({"role": "user", "content": question}, {"role": "assistant", "content": text})
        return Conversation(self.history + said, self.shown)

    def messages(self) -> list[dict[str, Any]]:
        return [
            {"role": role, "content": gr.HTML(html, js_on_load=None, apply_default_css=False)}
            for role, html in self.shown
        ]


class Chat:
    """The page's events over one index folder; every method may be called from several threads."""

    def __init__(
        self, index_folder: Path, settings: Settings, paths: Sequence[Path] = (), examples: Examples = ()
    ) -> None:
        self.index_folder = index_folder
        self.settings = settings
        self.examples = examples
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

    def ask(self, typed: str, conversation: Conversation, event: gr.EventData) -> Iterator[tuple[Any, Any, Any]]:
        """Stream the answer to what was typed, or to the example question that was chosen."""
        data = event._data if isinstance(event._data, dict) else {}
        question = str(data.get("question") or typed or "").strip()
        if not question:
            yield gr.skip(), gr.skip(), gr.skip()
            return
        typing = gr.Textbox(value="", submit_btn=False, stop_btn=True)
        conversation = conversation.asking(question, render.waiting_html())
        yield typing, conversation.messages(), conversation
        for grown in self._answered(question, conversation):
            yield gr.skip(), grown.messages(), grown
        yield gr.Textbox(submit_btn=True, stop_btn=False), gr.skip(), gr.skip()

    def _answered(self, question: str, conversation: Conversation) -> Iterator[Conversation]:
        try:
            for words in self._indexing_steps():
                yield conversation.showing(render.waiting_html(words))
            stream = answer_stream(question, index=self.index(), history=conversation.history, settings=self.settings)
            for answer in stream:
                conversation = conversation.showing(render.answer_html(answer))
                yield conversation.remembering(question, answer.text) if answer.complete else conversation
        except RagError as error:
            yield conversation.showing(render.problem_html(str(error)))
        except Exception as error:
            log.exception("a question failed")
            message = (
                f"That failed for a reason of Footnote's own ({type(error).__name__}). The terminal has the details."
            )
            yield conversation.showing(render.problem_html(message))

    def _indexing_steps(self) -> Iterator[str]:
        """What to show of a sync that is still running, again and again until it has ended."""
        while self.indexing and self.indexing.state.running:
            state = self.indexing.state
            counted = f"{state.done:,} of {state.total:,} documents" if state.total else state.step
            yield f"Indexing first ({counted}); the answer follows…"
            self.indexing.wait(INDEXING_POLL_SECONDS)

    def answer(self, question: str) -> dict[str, Any]:
        """Answer a question from the documents, every sentence with its footnotes, as `rag ask --json` prints it."""
        try:
            growing = answer_stream(question, index=self.index(), settings=self.settings)
            return deque(growing, maxlen=1).pop().to_dict()
        except RagError as error:
            raise gr.Error(str(error)) from error

    def stopped(self, conversation: Conversation) -> tuple[Any, Any, Any]:
        html = conversation.shown[-1][1] if conversation.shown else ""
        conversation = conversation.showing(render.stopped_html(html))
        return gr.Textbox(submit_btn=True, stop_btn=False), conversation.messages(), conversation

    def cleared(self) -> tuple[Any, Any, Any]:
        return gr.Textbox(value="", submit_btn=True, stop_btn=False), [], Conversation()

    def opened(self, event: gr.EventData) -> str:
        """The document that was clicked, with the clicked words marked."""
        data = event._data if isinstance(event._data, dict) else {}
        try:
            index = self.index()
            index.refresh()
            document = index.document(str(data.get("document", "")))
            if document is None:
                raise UsageError("This document is no longer in the index. Reload the page to see what is.")
            focus = (int(data["start"]), int(data["end"])) if data.get("start") and data.get("end") else None
            html = viewer.document_html(document, focus=focus)
        except (RagError, ValueError) as error:
            html = render.problem_html(str(error))
        return f"{html}<i hidden>{render.text_html(str(data.get('opened', '')))}</i>"  # a change, even when reopened

    def collection(self) -> str:
        try:
            index = self.index()
            return render.documents_html(index.documents(), index.skipped())
        except IndexMissing:
            return render.documents_html(())
        except RagError as error:
            return render.problem_html(str(error))

    def progress(self) -> tuple[Any, Any, Any, Any]:
        """The bar; once indexing is over the documents and new examples, too, and the clock stops."""
        state = self.indexing.state if self.indexing else State()
        bar = render.indexing_html(state.step, state.done, state.total, state.error)
        if state.running:
            return bar, gr.skip(), gr.skip(), gr.skip()
        return bar, self.collection(), self.welcome(), gr.Timer(active=False)


def build(chat: Chat) -> gr.Blocks:
    """The page, with its events wired to `chat`."""
    page: gr.Blocks
    still: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}
    with gr.Blocks(title=NAME, fill_height=True, fill_width=True, analytics_enabled=False) as page:
        gr.HTML(HEADER, elem_id="masthead", **still)
        bar = gr.HTML("", elem_id="indexing", **still)
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="conversation", min_width=0):
                welcome = gr.HTML(render.welcome_html(()), elem_id="welcome", **still)
                messages = gr.Chatbot(
                    elem_id="chat",
                    label="Conversation",
                    show_label=False,
                    container=False,
                    height="100%",
                    buttons=[],
                    autoscroll=False,
                    layout="panel",
                    feedback_options=None,
                    render_markdown=False,
                )
                question = gr.Textbox(
                    elem_id="question",
                    show_label=False,
                    label="Your question",
                    container=False,
                    autofocus=True,
                    placeholder="Ask about your documents",
                    submit_btn=True,
                    max_length=LONGEST_QUESTION,
                    lines=1,
                    max_lines=6,
                )
            with gr.Column(elem_id="pane", min_width=0):
                gr.HTML(PANE_BAR, elem_id="pane-bar", **still)
                documents = gr.HTML("", elem_id="documents", **still)
                source = gr.HTML("", elem_id="source", js_on_load=OPENED, apply_default_css=False)
        clicks = gr.HTML("", elem_id="clicks", js_on_load=CLICKS)
        conversation = gr.State(Conversation())
        clock = gr.Timer(0.5, active=chat.indexing is not None)
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        shown = [question, messages, conversation]
        asking = gr.on(
            [question.submit, clicks.submit],
            chat.ask,
            [question, conversation],
            shown,
            trigger_mode="once",
            concurrency_limit=8,
            **quiet,
        )
        question.stop(chat.stopped, conversation, shown, cancels=[asking], **quiet)
        clicks.clear(chat.cleared, None, shown, cancels=[asking], **quiet)
        clicks.click(chat.opened, None, source, trigger_mode="always_last", **quiet)
        api(chat.answer, api_name="answer")
        clock.tick(chat.progress, None, [bar, documents, welcome, clock], **quiet)
        page.load(chat.collection, None, documents, **quiet)
        page.load(chat.welcome, None, welcome, **quiet)
    return page


def launch(
    index_folder: Path,
    settings: Settings,
    paths: Sequence[Path] = (),
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    *,
    examples: Examples = (),
) -> None:
    """Serve the chat until interrupted; `paths` are indexed in the background first.

    `examples` are questions to start with, or make them once the index is ready. Raises DoorUnavailable when
    the port is taken.
    """
    require_port(host, port)
    chat = Chat(index_folder, settings, paths, examples)
    page = build(chat)
    if chat.indexing:
        chat.indexing.start()
    try:
        page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            share=False,
            quiet=True,
            footer_links=[],
            theme=theme(),
            css_paths=HERE / "style.css",
            ssr_mode=False,
            pwa=False,
            run_history=False,
            enable_monitoring=False,
            prevent_thread_lock=True,
        )
    except OSError as error:
        raise DoorUnavailable(port_in_use(port)) from error
    print(f"{NAME} is open at http://{host}:{port} (Ctrl+C closes it)", flush=True)
    page.block_thread()


def theme() -> gr.themes.Base:
    """A theme of system fonts: nothing is loaded from another host."""
    return gr.themes.Base(font=SANS, font_mono=MONO)
