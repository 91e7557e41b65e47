"""Answers, documents and progress become HTML, as pure functions.

It does not know gradio, the index or who asked. Everything that documents and questions say is escaped here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby, pairwise

from index.catalog import Skipped
from index.document import Block, Document
from index.voices import voice_at
from rag.answering import Answer, Citation, Sentence
from rag.introduce import readable_date, with_article
from rag.retrieve import Hit

Span = tuple[int, int]

VERDICTS = {
    "verbatim": ("✓", "verbatim: copied word for word from the document"),
    "supported": ("✓", "supported: the cited words say this"),
    "partial": ("◐", "partly supported: the cited words say only some of this"),
    "unsupported": ("✗", "unsupported: the cited words don't say this"),
    "misattributed": ("✗", "misattributed: somebody else said this"),
}
REASONS = {
    "not_in_corpus": "Not found in the documents",
    "masked": "Masked in the documents",
    "furniture_only": "Only in menus or adverts",
}
ELEMENTS = {"title": "h2", "heading": "h3", "quotation": "blockquote", "table": "div", "comment": "article"}
CLOSEST_SHOWN = 3
PROGRESS_LINE = re.compile(r'<p class="progress-line".*?</p>')
MASK = re.compile(r"\*{2,}")


def text_html(text: str) -> str:
    """`text` as HTML that a browser turns back into the same characters (a NUL becomes U+FFFD)."""
    return escape(text).replace("\r", "&#13;").replace("\0", "\ufffd")


def question_html(question: str) -> str:
    return f'<p class="asked">{text_html(question)}</p>'


def problem_html(message: str) -> str:
    """One sentence that says what went wrong and the next step."""
    return f'<div class="answer"><p class="problem" role="alert">{text_html(message)}</p></div>'


def welcome_html(examples: Sequence[str]) -> str:
    """What an empty conversation shows: what to expect, and questions to start with."""
    asked = [text_html(question) for question in examples if question.strip()]
    buttons = "".join(f'<button class="example" data-question="{words}">{words}</button>' for words in asked)
    tried = f'<p class="label">Questions these documents can answer</p><div class="examples">{buttons}</div>'
    return (
        '<div class="welcome"><h2>Ask your documents.</h2>'
        '<p class="lead">Each sentence of an answer carries a footnote. '
        "Choose one to read the exact words where they stand.</p>"
        f"{tried if buttons else ''}</div>"
    )


def answer_html(answer: Answer) -> str:
    """An answer as far as it is known: its sentences with footnotes, its sources, how it was made."""
    if not answer.sentences and not answer.complete:
        return _waiting(answer)
    parts = [_abstained(answer) if answer.status == "abstained" else _sentences(answer), _notice(answer)]
    if answer.complete:
        parts += [_conflicts(answer), _sources(answer.citations), _footer(answer)]
    else:
        parts.append(_progress_line("Checking the next sentence…"))
    return f'<div class="answer {text_html(answer.status)}">{"".join(parts)}</div>'


def waiting_html(words: str = "Looking through the documents…") -> str:
    """An answer of which nothing is known yet."""
    return f'<div class="answer">{_progress_line(words)}</div>'


def _waiting(answer: Answer) -> str:
    writing = _progress_line("Writing… checking each sentence before it is shown")
    return waiting_html() if answer.model in ("", "quotes") else f'<div class="answer">{_notice(answer)}{writing}</div>'


def _notice(answer: Answer) -> str:
    return f'<p class="notice">{text_html(answer.notice)}</p>' if answer.notice else ""


def stopped_html(html: str) -> str:
    """What was shown of an answer when its reader stopped it."""
    return PROGRESS_LINE.sub('<p class="notice">Stopped.</p>', html)


def _progress_line(words: str) -> str:
    return f'<p class="progress-line" role="status">{text_html(words)}</p>'


def _sentences(answer: Answer) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    if not answer.sentences:
        return _sentence(Sentence(answer.text, (), ""), citations)
    return "".join(_sentence(sentence, citations) for sentence in answer.sentences)


def _sentence(sentence: Sentence, citations: Mapping[int, Citation]) -> str:
    cited = [citations[number] for number in sentence.citations if number in citations]
    if not cited:
        return f'<p class="sentence plain">{text_html(sentence.text)}</p>'
    words = _quoted(sentence.text, cited) if sentence.verdict == "verbatim" else text_html(sentence.text)
    tail = _verdict(sentence) + "".join(_footnote(citation) for citation in cited)
    kind = "verbatim" if sentence.verdict == "verbatim" else "written"
    return f'<p class="sentence {kind}">{words}<span class="tail">{tail}</span></p>'


def _quoted(text: str, cited: Sequence[Citation]) -> str:
    """The sentence as an introduction and the quotation itself, told apart by the citation's own words."""
    for citation in cited:
        words = r"\s+".join(map(re.escape, citation.quote.split()))
        found = re.search(f'[“"]?{words}[”"]?', text) if words else None
        if found:
            return (
                f"{_introduction(text[: found.start()], citation)}"
                f'<q class="quote">{text_html(found.group())}</q>{text_html(text[found.end() :])}'
            )
    return text_html(text)


def _introduction(text: str, citation: Citation) -> str:
    before, found, after = text.partition(citation.speaker or citation.role or "undisclosed commenter")
    bold = f"<strong>{text_html(found)}</strong>" if found else ""
    return f'<span class="introduction">{text_html(before)}{bold}{text_html(after)}</span>' if text.strip() else ""


def _verdict(sentence: Sentence) -> str:
    mark, meaning = VERDICTS.get(sentence.verdict, ("", ""))
    if not mark:
        return ""
    title = f"{meaning} ({sentence.why})" if sentence.why and sentence.verdict != "verbatim" else meaning
    return f'<span class="verdict {sentence.verdict}" title="{text_html(title)}">{mark} {sentence.verdict}</span>'


def _span_attributes(document: Document, start: int, end: int) -> str:
    return f'data-document="{text_html(document.id)}" data-start="{start}" data-end="{end}"'


def _footnote(citation: Citation) -> str:
    label = f"Footnote {citation.number}: {_who(citation)}, in {citation.document.name}"
    place = _span_attributes(citation.document, citation.start, citation.end)
    hint = f'title="{text_html(label)}" aria-label="{text_html(label)}"'
    return f'<button class="footnote" {place} {hint}>{citation.number}</button>'


def _conflicts(answer: Answer) -> str:
    chips = {citation.number: _footnote(citation) for citation in answer.citations}
    groups = ("".join(chips.get(number, "") for number in group) for group in answer.conflicts)
    return "".join(f'<p class="conflict">The documents disagree here: {group}</p>' for group in groups)


def _sources(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(f"<li>{_footnote(citation)}{_source(citation)}</li>" for citation in citations)
    summary = f"<summary>{_counted(len(citations), 'source')}</summary>"
    return f'<details class="sources"{" open" if len(citations) <= 3 else ""}>{summary}<ol>{items}</ol></details>'


def _source(citation: Citation) -> str:
    document = citation.document
    speaker = text_html(_who(citation))
    role = f", {text_html(citation.role)}" if citation.role and citation.speaker else ""
    carriers = ", as quoted by ".join(with_article(document, name) for name in citation.via)
    via = f" · quoted by {text_html(carriers)}" if carriers else ""
    published = readable_date(citation.date) or "date undisclosed"
    place = [document.publisher, published, f"page {citation.page}" if citation.page else None]
    return (
        f'<span class="source-text"><strong>{speaker}</strong>{role}{via}<br>'
        f"<cite>{text_html(document.name)}</cite> · {_joined(place)}</span>"
    )


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _who(citation: Citation) -> str:
    """Who speaks in the cited words, as far as the document says."""
    if citation.speaker or citation.role:
        return citation.speaker or f"{citation.role}".capitalize()
    voice = voice_at(citation.document, citation.start, citation.end)
    if voice.kind == "furniture":
        return "From a list beside the article"
    if voice.kind in ("comment", "quotation", "question", "interview_answer"):
        return "Undisclosed commenter" if voice.kind == "comment" else "Undisclosed speaker"
    return f"The document’s own text, by {citation.document.author or 'an undisclosed author'}"


def _joined(parts: Iterable[str | None]) -> str:
    return " · ".join(text_html(part) for part in parts if part)


def _abstained(answer: Answer) -> str:
    label = REASONS.get(answer.reason or "", REASONS["not_in_corpus"])
    said = " ".join(sentence.text for sentence in answer.sentences) or answer.text
    closest = "".join(_closest(hit) for hit in answer.closest[:CLOSEST_SHOWN])
    passages = f'<p class="label">Closest passages</p><div class="closest">{closest}</div>' if closest else ""
    return f'<p class="label reason">{text_html(label)}</p><p class="sentence plain">{text_html(said)}</p>{passages}'


def _closest(hit: Hit) -> str:
    place = _span_attributes(hit.document, hit.passage.start, hit.passage.end)
    words = textwrap.shorten(hit.text, width=180, placeholder=" …") or hit.text[:180]
    where = _joined([hit.document.name, hit.passage.speaker])
    return f'<button class="passage" {place}><span>{text_html(words)}</span><small>{where}</small></button>'


def _footer(answer: Answer) -> str:
    known = {
        "": "In the documents’ own words",
        "quotes": "In the documents’ own words",
        "catalog": "About the collection",
    }
    by = known.get(answer.model, f"Written by {answer.model}, each sentence checked")
    removed = f"{answer.removed} removed by the check" if answer.removed else None
    seconds = f"{answer.seconds:.1f} s" if answer.seconds >= 0.1 else "under 0.1 s"
    return f'<p class="made">{_joined([None if answer.status == "abstained" else by, removed, seconds])}</p>'


def document_html(document: Document, highlights: Sequence[Span] = (), focus: Span | None = None) -> str:
    """The document as a person reads it, with `highlights` marked and `focus` marked as `#cited`.

    Without the elements of class "added", the text of `.document-text` is `document.text`, character by
    character (a NUL is shown as U+FFFD).
    """
    body = "".join(_flow(document, _roots(document), _Marks(document, highlights, focus)))
    return f'<article class="source">{_heading(document)}<div class="document-text">{body}</div></article>'


def _heading(document: Document) -> str:
    author = document.author or "Author undisclosed"
    published = readable_date(document.published) or "date undisclosed"
    return (
        f'<header><h2>{text_html(document.name)}</h2><p class="meta">{_joined([author, document.publisher, published])}'
        f'</p><p class="path">{text_html(document.path)}</p></header>'
    )


class _Marks:
    """Which characters of one document are marked, where its pages begin, and whether `#cited` is given out."""

    def __init__(self, document: Document, highlights: Sequence[Span], focus: Span | None) -> None:
        self.text = document.text
        self.focus = focus if focus and focus[0] < focus[1] else None
        self.spans = [span for span in highlights if span[0] < span[1]]
        self.pages = {start: number for number, start in enumerate(document.page_starts, start=1)}
        edges = {edge for span in [*self.spans, *([self.focus] if self.focus else [])] for edge in span}
        self.cuts = sorted(edges | set(self.pages))

    def touches(self, start: int, end: int) -> bool:
        """Whether the focused quotation has a character in [start, end)."""
        return self.focus is not None and self.focus[0] < end and start < self.focus[1]

    def html(self, start: int, end: int, masked: bool) -> str:
        """`text[start:end]` with its marks and page numbers."""
        edges = [start, *(cut for cut in self.cuts if start < cut < end), end]
        return "".join(self._piece(left, right, masked) for left, right in pairwise(edges))

    def _piece(self, start: int, end: int, masked: bool) -> str:
        page = f'<span class="page added">Page {self.pages[start]}</span>' if start in self.pages else ""
        inner = text_html(self.text[start:end])
        if masked:
            inner = MASK.sub(lambda bar: f'<span class="bar">{bar.group()}</span>', inner)
        if self.focus and self.focus[0] <= start < self.focus[1]:
            first = ' id="cited" tabindex="-1"' if start == max(self.focus[0], 0) else ""
            return f'{page}<mark{first} class="cited">{inner}</mark>'
        if any(left <= start < right for left, right in self.spans):
            return f'{page}<mark class="also">{inner}</mark>'
        return page + inner


_Node = tuple[Block, list["_Node"]]


def _roots(document: Document) -> list[_Node]:
    """The blocks as a tree, in reading order; paragraphs where the document has no blocks."""
    blocks = document.blocks or tuple(_paragraphs(document.text))
    nodes: list[_Node] = [(block, []) for block in blocks]
    roots: list[_Node] = []
    for node in nodes:
        parent = node[0].parent
        (roots if parent is None else nodes[parent][1]).append(node)
    for siblings in [roots, *(children for _, children in nodes)]:
        siblings.sort(key=lambda node: node[0].start)
    return roots


def _paragraphs(text: str) -> Iterator[Block]:
    start = 0
    for gap in re.finditer(r"\n[^\S\n]*\n\s*", text):
        yield Block("body", start, gap.end())
        start = gap.end()
    if start < len(text):
        yield Block("body", start, len(text))


def _flow(document: Document, nodes: Sequence[_Node], marks: _Marks) -> Iterator[str]:
    """Siblings in reading order; neighbouring furniture folds into one."""
    for furniture, run in groupby(nodes, key=lambda node: node[0].kind == "furniture"):
        if furniture:
            yield _furniture(document, list(run), marks)
        else:
            yield from (_block(document, node, marks) for node in run)


def _furniture(document: Document, nodes: Sequence[_Node], marks: _Marks) -> str:
    start, end = nodes[0][0].start, nodes[-1][0].end
    inner = "".join(_block(document, node, marks) for node in nodes)
    if not document.text[start:end].strip():
        return inner
    lines = sum(1 for line in document.text[start:end].splitlines() if line.strip())
    label = f"Menus, headers, adverts: {_counted(lines, 'line')}"
    opened = " open" if marks.touches(start, end) else ""
    return f'<details class="furniture"{opened}><summary class="added">{label}</summary>{inner}</details>'


def _block(document: Document, node: _Node, marks: _Marks) -> str:
    block, children = node
    if children:
        inner = "".join(_flow(document, children, marks))
        element = ELEMENTS.get(block.kind, "section") if block.kind in ("comment", "quotation") else "section"
    else:
        inner = _leaf(document, block, marks)
        element = ELEMENTS.get(block.kind, "p")
        if not document.text[block.start : block.end].strip():
            return inner
    spoken = [block.kind.replace("_", " "), block.speaker, readable_date(block.date)]
    title = f' title="{_joined(spoken)}"' if block.speaker or block.date else ""
    return f'<{element} class="block {text_html(block.kind)}"{title}>{inner}</{element}>'


def _leaf(document: Document, block: Block, marks: _Marks) -> str:
    """A leaf's text; the white space around it is kept in the text but not in sight."""
    text = document.text[block.start : block.end]
    left = block.start + len(text) - len(text.lstrip())
    right = max(left, block.start + len(text.rstrip()))
    parts = []
    for start, end, gap in ((block.start, left, True), (left, right, False), (right, block.end, True)):
        if start < end:
            inner = marks.html(start, end, block.kind == "masked")
            parts.append(f'<span class="gap">{inner}</span>' if gap else inner)
    return "".join(parts)


def documents_html(documents: Sequence[Document], skipped: Sequence[Skipped] = ()) -> str:
    """The collection as a list that opens a document on a click; then what was left out, and why."""
    search = '<input type="search" class="filter" placeholder="Find a document" aria-label="Find a document">'
    items = "".join(map(_listed, documents))
    listed = f"<ul>{items}</ul>" if items else '<p class="meta">Nothing is indexed yet.</p>'
    files = "".join(f"<li><b>{text_html(file.path)}</b> {text_html(file.reason)}</li>" for file in skipped)
    left_out = f'<details class="left-out"><summary>{len(skipped):,} left out</summary><ul>{files}</ul></details>'
    return (
        f'<section class="documents"><h2>Documents</h2><p class="meta">{_counted(len(documents), "document")}</p>'
        f"{search if len(documents) > 12 else ''}{listed}{left_out if skipped else ''}</section>"
    )


def _listed(document: Document) -> str:
    suffix = document.path.rsplit(".", 1)[-1].upper() if "." in document.path else None
    published = readable_date(document.published) or None
    meta = _joined([document.publisher, published, suffix, _counted(len(document.text.split()), "word")])
    return (
        f'<li><button class="document" data-document="{text_html(document.id)}">'
        f"<span>{text_html(document.name)}</span><small>{meta}</small></button></li>"
    )


def indexing_html(step: str, done: int, total: int, error: str | None) -> str:
    """A bar while the documents are being indexed; a sentence if that failed; nothing once it is done."""
    if error:
        return f'<p class="problem" role="alert">{text_html(error)}</p>'
    if not step:
        return ""
    counted = f"{done:,} of {total:,}" if total else ""
    share = f'value="{done}" max="{total}"' if total else ""
    return (
        f'<div class="indexing" role="status"><span>{text_html(step)} {counted}</span>'
        f'<progress {share} aria-label="Indexing"></progress></div>'
    )
