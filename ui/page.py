"""The page: sources, chat and evidence side by side, with its events wired to a `Chat`.

It does not know what the events do; how the page behaves in the browser is in page.js, its looks in the style sheets.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from rag.answering import LONGEST_QUESTION
from ui import render
from ui.conversation import Conversation
from ui.events import Chat
from ui.tools import Tools, add_endpoints

NAME = "Footnote"
SUBTITLE = "Answers from your documents, with the exact words behind every sentence."
HERE = Path(__file__).parent
SCRIPT = HERE / "page.js"
STYLES = [HERE / "style.css", HERE / "answer.css", HERE / "evidence.css"]
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")

HEADER = f"""<header class="masthead"><h1>{NAME}<sup aria-hidden="true">1</sup></h1><p>{SUBTITLE}</p>
<nav class="tabs" aria-label="Parts of the page"><button data-show="sources">Sources</button>
<button data-show="chat" aria-current="true">Chat</button><button data-show="evidence">Evidence</button></nav>
<button class="new" data-clear="yes" aria-label="New conversation">New<span> conversation</span></button></header>"""
SOURCES = '<div class="pane-head"><h2>Sources</h2></div>'
LIMIT = """<p class="stopped" role="status" hidden>Stopped.</p><p class="forgotten" role="status" hidden>The documents
that were ticked are gone: all are searched now.</p><p class="limit" role="status" hidden>Limited to <b></b>
<button data-pick="none" aria-label="Lift the limit">✕</button></p>"""
EVIDENCE = """<div class="pane-head"><button class="back" data-back="yes" hidden>← Back to answer</button>
<div class="line"><h2>Evidence</h2><div class="walk" hidden>
<button data-step="-1" aria-label="Previous citation">←</button><span class="place" role="status"></span>
<button data-step="1" aria-label="Next citation">→</button></div></div>
<p class="told" hidden></p><p class="from" hidden>From: <q></q></p></div>"""
# What a question and its end send along: the number of the run, and the documents that are ticked as it is sent.
ASKING = "(typed, asked, conversation) => [typed, window.footnote.asking(typed), conversation]"
STOPPING = "() => window.footnote.stopping()"
ENDED = "watch('value', () => window.footnote.ended(Number(props.value)));"
KEEPING = "watch('value', () => window.footnote.keep(props.value));"
AT_ONCE = 8  # runs of one event for all who have the page open
KEPT_SECONDS = 3600  # that an uploaded file lies in gradio's own folder; the library has a copy
QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": AT_ONCE}
STILL: dict[str, Any] = {"js_on_load": None, "apply_default_css": False}


def build(chat: Chat) -> gr.Blocks:
    """The page, with its events wired to `chat`."""
    page: gr.Blocks
    options: dict[str, Any] = {"fill_height": True, "fill_width": True, "analytics_enabled": False}
    with gr.Blocks(title=NAME, delete_cache=(KEPT_SECONDS, KEPT_SECONDS), **options) as page:
        gr.HTML(HEADER, elem_id="masthead", **STILL)
        bar = gr.HTML("", elem_id="indexing", **STILL)
        with gr.Row(elem_id="desk", equal_height=False):
            with gr.Column(elem_id="sources", min_width=0):
                adding, step, documents = _sources(chat.library.read_only)
            with gr.Column(elem_id="conversation", min_width=0):
                welcome, messages, question = _conversation()
            with gr.Column(elem_id="evidence", min_width=0):
                gr.HTML(EVIDENCE, elem_id="evidence-bar", **STILL)
                source = gr.HTML(
                    render.NOTHING_OPEN,
                    elem_id="source",
                    js_on_load="watch('value', () => window.footnote.opened(element));",
                    apply_default_css=False,
                )
        clicks = gr.HTML("", elem_id="clicks", js_on_load=SCRIPT.read_text(encoding="utf-8"))
        kept = gr.HTML("", elem_id="kept", html_template="", js_on_load=KEEPING)
        ended = gr.HTML("", elem_id="ended", html_template="", js_on_load=ENDED)
        asked = gr.JSON({}, visible=False)
        conversation = gr.State(Conversation())
        clock = gr.Timer(0.5, active=chat.indexing is not None)

        shown = [question, messages, conversation, kept]
        gr.on(
            [question.submit, clicks.submit],
            chat.ask,
            [question, asked, conversation],
            [*shown, ended],
            js=ASKING,
            trigger_mode="multiple",  # "once" would refuse a question for as long as one that was stopped lingers
            **QUIET,
        )
        question.stop(chat.stopped, asked, shown, js=STOPPING, trigger_mode="multiple", **QUIET)
        clicks.clear(chat.cleared, None, shown, **QUIET)
        clicks.click(chat.opened, None, source, trigger_mode="always_last", **QUIET)
        clicks.like(chat.rated, conversation, [messages, conversation, kept], **QUIET)
        clicks.input(chat.recalled, conversation, [messages, conversation], **QUIET)
        if adding is not None:
            adding.upload(chat.added, adding, [step, documents, welcome], **QUIET)
            clicks.delete(chat.removed, None, [step, documents, welcome], **QUIET)
        add_endpoints(Tools(chat.index, chat.settings))
        clock.tick(chat.progress, None, [bar, documents, welcome, clock], **QUIET)
        page.load(chat.collection, None, documents, **QUIET)
        page.load(chat.welcome, None, welcome, **QUIET)
    return page


def _sources(read_only: bool) -> tuple[gr.UploadButton | None, gr.HTML, gr.HTML]:
    """The button that adds files (None where nothing may be changed), what became of them, the list."""
    gr.HTML(SOURCES, elem_id="sources-bar", **STILL)
    adding = None
    if not read_only:
        adding = gr.UploadButton("Add files", elem_id="add", file_count="multiple", size="sm")
    step = gr.HTML("", elem_id="step", **STILL)
    documents = gr.HTML(
        "", elem_id="documents", js_on_load="watch('value', () => window.footnote.listed());", apply_default_css=False
    )
    return adding, step, documents


def _conversation() -> tuple[gr.HTML, gr.Chatbot, gr.Textbox]:
    """What an empty conversation shows, the conversation, and the line to ask in."""
    welcome = gr.HTML(render.welcome_html(()), elem_id="welcome", **STILL)
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
    gr.HTML(LIMIT, elem_id="limit", **STILL)
    question = gr.Textbox(
        elem_id="question",
        show_label=False,
        label="Your question",
        container=False,
        autofocus=True,
        placeholder="Ask about your documents",
        submit_btn=True,
        stop_btn=True,  # the style sheet shows one of the two
        max_length=LONGEST_QUESTION,
        lines=1,
        max_lines=6,
    )
    return welcome, messages, question


def theme() -> gr.themes.Base:
    """A theme of system fonts: nothing is loaded from another host."""
    return gr.themes.Base(font=SANS, font_mono=MONO)
