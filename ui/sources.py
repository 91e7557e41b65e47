"""The list of documents becomes HTML: what each is, how much of it can be read, what is being added, as pure functions.

It does not know gradio nor where files are kept. Everything that documents and files say is escaped.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from index.catalog import Skipped
from index.document import Document
from index.split import leaves_of
from rag.introduce import readable_date
from rag.masked import masked_share
from ui.notes import counted, joined, percent, text_html

NOTABLE = 0.1  # share of a file that is menus; from there on, the list says so
STATES = {
    "waiting": "waiting",
    "reading": "reading…",
    "added": "added",
    "unchanged": "already there",
    "skipped": "skipped",
    "removed": "removed",
}


class FileState(Protocol):
    """What became of one file (ui.library.FileState)."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Step(Protocol):
    """How far an addition or removal has come (ui.library.Step)."""

    @property
    def text(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def files(self) -> Sequence[FileState]: ...
    @property
    def finished(self) -> bool: ...
    @property
    def error(self) -> str: ...


def menus_share(document: Document) -> float:
    """The share of a file's characters, 0..1, that are menus, headers and adverts; white space is not counted."""
    total = menus = 0
    for leaf in leaves_of(document):
        characters = len("".join(document.text[leaf.start : leaf.end].split()))
        total += characters
        menus += characters if leaf.kind == "furniture" else 0
    return menus / total if total else 0.0


def documents_html(
    documents: Sequence[Document], skipped: Sequence[Skipped] = (), removable: Collection[str] = ()
) -> str:
    """The collection: a tick that limits answers, a button that opens; `removable` paths can be taken out.

    What was left out of the index follows, and why.
    """
    items = "".join(_listed(document, document.path in removable) for document in documents)
    listed = f'<ul class="list">{items}</ul>' if items else '<p class="meta">Nothing is indexed yet.</p>'
    files = "".join(f"<li><b>{text_html(file.path)}</b> {text_html(file.reason)}</li>" for file in skipped)
    left_out = f'<details class="left-out"><summary>{len(skipped):,} left out</summary><ul>{files}</ul></details>'
    return (
        f'<section class="documents" aria-label="Documents">{_tools(len(documents)) if items else ""}'
        f"{listed}{left_out if skipped else ''}</section>"
    )


def _tools(count: int) -> str:
    return (
        '<input type="search" class="filter" placeholder="Find a document" aria-label="Find a document">'
        f'<div class="pick-bar"><span class="meta counted" role="status" data-all="{counted(count, "document")}">'
        f"{counted(count, 'document')}</span>"
        '<button data-pick="all" aria-label="Tick all documents shown">All</button>'
        '<button data-pick="none" aria-label="Untick all documents">None</button></div>'
        '<p class="meta hint">Tick documents to search only those.</p>'
        '<p class="no-match" hidden>No document matches “<b></b>”. <button data-unfilter="yes">Clear</button></p>'
    )


def _listed(document: Document, removable: bool) -> str:
    suffix = document.path.rsplit(".", 1)[-1].upper() if "." in document.path else None
    published = readable_date(document.published) or None
    words = counted(len(document.text.split()), "word").replace(" ", "\N{NO-BREAK SPACE}")
    meta = joined([document.publisher, published, suffix, words])
    path, name = text_html(document.path), text_html(document.name)
    sought = text_html(" ".join(filter(None, [document.name, document.publisher, document.path])).lower())
    remove = _remove(path, name) if removable else ""
    return (
        f'<li data-find="{sought}"><input type="checkbox" class="pick" value="{path}" '
        f'aria-label="Answer from {name}"><button class="document" data-document="{text_html(document.id)}">'
        f"<span>{name}</span><small>{meta}</small>{_shares(document)}</button>{remove}</li>"
    )


def _shares(document: Document) -> str:
    """How much of the article is masked, as answers say it too, and apart from it how much of the file is menus."""
    masked, menus = masked_share(document), menus_share(document)
    lines = [f'<small class="share masked">About {percent(masked)} of the article is masked</small>'] if masked else []
    if menus >= NOTABLE:
        lines.append(f'<small class="share">{percent(menus)} of the file is menus and adverts</small>')
    return "".join(lines)


def _remove(path: str, name: str) -> str:
    """A button that asks first; both answers stand beside it."""
    return (
        f'<button class="remove" data-remove="ask" aria-label="Remove {name}" aria-expanded="false">✕</button>'
        f'<div class="confirm" hidden><span>Remove this document? Others using this chat lose it too.</span>'
        f'<button data-confirm="{path}">Remove</button><button data-keep="yes">Keep</button></div>'
    )


def step_html(step: Step, opened: Mapping[str, Document] | None = None) -> str:
    """How far an addition or removal is: a bar while it lasts, then what became of each file, and why.

    `opened` are the documents that files became, by file name: each can be opened.
    """
    error = f'<p class="problem" role="alert">{text_html(step.error)}</p>' if step.error else ""
    share = f'value="{step.done}" max="{step.total}"' if step.total else ""
    bar = "" if step.finished else f'<progress {share} aria-label="{text_html(step.text)}"></progress>'
    close = '<button data-dismiss="yes" aria-label="Close this list">✕</button>' if step.finished else ""
    plain = not error and len(step.files) == 1 and step.files[0].state in ("removed", "waiting")
    files = "" if plain else "".join(_file(file, (opened or {}).get(file.name)) for file in step.files)
    listed = f"<ul>{files}</ul>" if files else ""
    return f'<div class="step"><p role="status">{text_html(step.text)}{close}</p>{bar}{error}{listed}</div>'


def _file(file: FileState, document: Document | None) -> str:
    state = f"<span>{text_html(STATES.get(file.state, file.state))}</span>"
    if document:
        name = text_html(f"“{document.name}”")
        button = f'<button class="added-document" data-document="{text_html(document.id)}">{name}</button>'
        state = f"<span>added as</span> {button}"
    reason = f"<small>{text_html(file.reason)}</small>" if file.reason else ""
    return f'<li class="{text_html(file.state)}"><b>{text_html(file.name)}</b> {state}{reason}</li>'


def indexing_html(step: str, done: int, total: int, error: str | None) -> str:
    """A bar while the documents are being indexed; a sentence if that failed; nothing once it is done."""
    if error:
        return f'<p class="problem" role="alert">{text_html(error)}</p>'
    if not step:
        return ""
    how_far = f"{done:,} of {total:,}" if total else ""
    share = f'value="{done}" max="{total}"' if total else ""
    return (
        f'<div class="indexing" role="status"><span>{text_html(step)} {how_far}</span>'
        f'<progress {share} aria-label="Indexing"></progress></div>'
    )
