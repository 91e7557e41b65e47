"""A document becomes HTML as a person reads it: furniture folded, masks as bars, a label before what each speaker
says, as pure functions.

It does not know gradio, nor what an answer is. Everything that documents say is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from index.document import Block, Document
from rag.introduce import readable_date
from rag.masked import masked_share
from ui.notes import capital, counted, joined, percent, text_html

Span = tuple[int, int]

ELEMENTS = {"title": "h2", "heading": "h3", "quotation": "blockquote", "table": "div", "comment": "article"}
MASK = re.compile(r"\*{2,}")
SPOKEN = {"comment": "comment", "quotation": "quotation", "question": "question", "interview_answer": "answer"}
COLOURS = 8  # that speakers have in style.css; the ninth speaker has the first one's
ASIDE_CHARACTERS = 20  # of furniture between other text that is too short to be worth folding: "(18)", "Reply"


def document_html(document: Document, highlights: Sequence[Span] = (), focus: Span | None = None) -> str:
    """The document as a person reads it, with `highlights` marked and `focus` marked as `#cited`.

    Without the elements of class "added", the text of `.document-text` is `document.text`, character by
    character (a NUL is shown as U+FFFD).
    """
    marks = _Marks(document, highlights, focus)
    body = "".join(_flow(document, _roots(document), marks, _Labels(document)))
    name = text_html(document.name)
    return (
        f'<article class="source" tabindex="0" aria-label="{name}">{_heading(document)}'
        f'<div class="document-text">{body}</div></article>'
    )


def _heading(document: Document) -> str:
    author = document.author or "Author undisclosed"
    published = readable_date(document.published) or "date undisclosed"
    return (
        f'<header><h2>{text_html(document.name)}</h2><p class="meta">{joined([author, document.publisher, published])}'
        f'</p><p class="path">{text_html(document.path)}</p>{_masked(document)}</header>'
    )


def _masked(document: Document) -> str:
    """What the bars are, where there are any, and how much of the article they hide."""
    masked = [block for block in document.blocks if block.kind == "masked"]
    if not any(MASK.search(document.text, block.start, block.end) for block in masked):
        return ""
    share = masked_share(document)
    much = f"; about {percent(share)} of the article" if share else ""
    return f'<p class="meta bars">Grey bars: words hidden in the file itself{much}.</p>'


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


class _Labels:
    """What stands before each stretch of a speaker, in a colour that is the speaker's throughout the document."""

    def __init__(self, document: Document) -> None:
        named = [block.speaker for block in sorted(document.blocks, key=lambda block: block.start) if block.speaker]
        self._colours = {speaker: place % COLOURS for place, speaker in enumerate(dict.fromkeys(named))}
        self._last: Block | None = None

    def html(self, block: Block) -> str:
        """The label of a paragraph; "" where nobody speaks or the paragraph before is of the same stretch."""
        last, self._last = self._last, block
        if block.kind not in SPOKEN or (last is not None and block.speaker and _voice(last) == _voice(block)):
            return ""
        undisclosed = f"Undisclosed {'commenter' if block.kind == 'comment' else 'speaker'}"
        who = block.speaker or capital(block.role or "") or undisclosed
        role = block.role if block.speaker else None
        carriers = f"quoted by {', as quoted by '.join(block.via)}" if block.via else None
        details = joined([role, carriers, SPOKEN[block.kind], readable_date(block.date)])
        return (
            f'<span class="speaker added {self.colour(block)}"><b>{text_html(who)}</b> <small>{details}</small></span>'
        )

    def inline(self, part: Block) -> str:
        """The label of a quotation within a paragraph: names alone; "" where the document doesn't say whose it is."""
        who = part.speaker or part.role
        carriers = "".join(f" ← {name}" for name in part.via)
        words = text_html(f"{who}{carriers}")
        return f'<span class="speaker inline added {self.colour(part)}">{words}</span>' if who else ""

    def colour(self, block: Block) -> str:
        return f"voice-{self._colours[block.speaker]}" if block.speaker else "voice-none"


def _voice(block: Block) -> tuple[object, ...]:
    return block.kind, block.speaker, block.role, block.via, block.date


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


def _flow(document: Document, nodes: Sequence[_Node], marks: _Marks, labels: _Labels) -> Iterator[str]:
    """Siblings in reading order; neighbouring furniture folds into one."""
    for furniture, run in groupby(nodes, key=lambda node: node[0].kind == "furniture"):
        if furniture:
            yield _furniture(document, list(run), marks, labels)
        else:
            yield from (_block(document, node, marks, labels) for node in run)


def _furniture(document: Document, nodes: Sequence[_Node], marks: _Marks, labels: _Labels) -> str:
    start, end = nodes[0][0].start, nodes[-1][0].end
    inner = "".join(_block(document, node, marks, labels) for node in nodes)
    text = document.text[start:end].strip()
    if not text:
        return inner
    if len(text) <= ASIDE_CHARACTERS and "\n" not in text and start and end < len(document.text):
        return f'<div class="aside">{inner}</div>'
    lines = sum(1 for line in text.splitlines() if line.strip())
    label = f"Menus, headers, adverts: {counted(lines, 'line')}"
    opened = " open" if marks.touches(start, end) else ""
    return f'<details class="furniture"{opened}><summary class="added">{label}</summary>{inner}</details>'


def _block(document: Document, node: _Node, marks: _Marks, labels: _Labels) -> str:
    block, parts = node
    if not document.text[block.start : block.end].strip():
        return _leaf(document, block, marks)
    label = labels.html(block)
    inner = "".join(_part(document, block, part, marks, labels) for part, _ in parts) or _leaf(document, block, marks)
    element = ELEMENTS.get(block.kind, "p")
    classes = " ".join(["block", block.kind, *_coloured(block, labels)])
    return f'<{element} class="{text_html(classes)}">{label}{inner}</{element}>'


def _coloured(block: Block, labels: _Labels) -> list[str]:
    """The classes of who speaks: a colour, and whether a line only says who does."""
    if block.kind == "byline" and block.speaker:
        return ["of-speaker"]
    return [labels.colour(block)] if block.kind in SPOKEN else []


def _part(document: Document, whole: Block, part: Block, marks: _Marks, labels: _Labels) -> str:
    """A part of a paragraph, in its line: a quotation, or what stands around it."""
    inner = _leaf(document, part, marks, part.start == whole.start, part.end == whole.end)
    if part.kind != "quotation" and part.speaker == whole.speaker:
        return inner
    apart = (part.speaker, part.role) != (whole.speaker, whole.role)
    label = labels.inline(part) if apart else ""
    return f'<span class="said {text_html(part.kind)} {labels.colour(part)}">{label}{inner}</span>'


def _leaf(document: Document, block: Block, marks: _Marks, first: bool = True, last: bool = True) -> str:
    """A leaf's text; the white space around a paragraph is kept in the text but not in sight."""
    text = document.text[block.start : block.end]
    left = block.start + (len(text) - len(text.lstrip()) if first else 0)
    right = max(left, block.start + len(text.rstrip()) if last else block.end)
    parts = []
    for start, end, gap in ((block.start, left, True), (left, right, False), (right, block.end, True)):
        if start < end:
            inner = marks.html(start, end, block.kind == "masked")
            parts.append(f'<span class="gap">{inner}</span>' if gap else inner)
    return "".join(parts)
