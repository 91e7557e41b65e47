"""Reads a web page: all its visible text in reading order, with blocks from the tags and advice from trafilatura.

It does not know who speaks, it fetches nothing, and it loses no visible text: menus and adverts stay as furniture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from index.document import Block
from index.read import Reading, one_line, stated_author, stated_title, storable, unreadable
from index.read_html_kinds import MAYBE, NO, SURELY, Context, Draft, advice_on, final_kinds

NEVER_SHOWN = frozenset(
    "annotation base canvas audio datalist defs desc iframe link map meta metadata object script style template "
    "title video".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font g i img ins kbd label mark math mfrac mi mn mo "
    "mover mrow mspace msqrt mstyle msub msubsup msup mtext munder nobr output path picture q rp rt ruby s samp "
    "semantics small source span strike strong sub sup svg text time tspan tt u use var wbr".split()
)
KINDS = {"h1": "h1", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading",
         "li": "list_item", "figcaption": "caption", "caption": "caption", "blockquote": "quotation"}  # fmt: skip
SECTIONS_OF_TEXT = frozenset(("article", "main"))

FURNITURE_TAGS = {"nav": SURELY, "menu": SURELY, "button": SURELY, "select": SURELY, "textarea": SURELY,
                  "noscript": SURELY, "dialog": SURELY, "footer": SURELY, "header": MAYBE, "aside": MAYBE,
                  "form": MAYBE}  # fmt: skip
FURNITURE_ROLES = {"navigation": SURELY, "menu": SURELY, "menubar": SURELY, "search": SURELY, "toolbar": SURELY,
                   "tablist": SURELY, "dialog": SURELY, "banner": MAYBE, "contentinfo": MAYBE,
                   "complementary": MAYBE}  # fmt: skip
FURNITURE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|footer|cookies?|consent|newsletter|share|sharing|social|"
    r"breadcrumbs?|advert|advertisement|ads?|promo|related|skip-link)(?:$|[\s_-])",
    re.I,
)
ADVERT_NAME = re.compile(r"(?:^|[\s_-])(?:ads?|adverts?|advertisements?)(?:$|[\s_-])", re.I)
COMMENT_NAME = re.compile(r"(?:^|[\s_-])(?:comments?|commentlist|disqus_thread|dsq-comments)(?:$|[\s_-])", re.I)
NOT_A_COMMENT = re.compile(
    r"no-comments?|comments?[_-]?(?:open|closed|count|link|links|number|off|on|enabled|icon|button)", re.I
)
REPLY_NAME = re.compile(r"comments?-?(?:form|respond|reply)|reply-link|(?:^|\s)(?:respond|reply)(?:$|\s)", re.I)
BYLINE_NAME = re.compile(r"(?:^|[\s_-])(?:byline|author|published|dateline|pubdate|datepublished)(?:$|[\s_-])", re.I)
HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)

MAX_ADVISED_CHARACTERS = 10_000_000
SPACES = re.compile("[ \t\n\r\f\v\u00a0]+")
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphens and joiners would keep words from being found


def read_html(path: Path, source: str) -> Reading:
    """The Reading of a page given as characters: paragraphs with an empty line between, rows and items on lines.

    Scripts, templates and elements hidden by the page's own attributes are left out (unless most of the text is
    hidden: then a script was meant to show it). Raises `UnreadableDocument` when no text is left.
    """
    root = _parse(path, source)
    drafts = _visible_drafts(root)
    if not drafts:
        raise unreadable(path, "has no text (a page of scripts only?)", "open it in a browser and save it from there")
    metadata, main, comments = advice_on(root, path) if len(source) <= MAX_ADVISED_CHARACTERS else ({}, None, None)
    title = stated_title(metadata.get("title")) or stated_title(_first_title(root))
    author = stated_author(metadata.get("author"))
    kinds = final_kinds(drafts, main, comments, title, author)

    pieces: list[str] = []
    blocks: list[Block] = []
    length, previous = 0, ""
    for draft, kind in zip(drafts, kinds, strict=True):
        separator = "\n" if draft.context.kind == previous == "list_item" else "\n\n"
        start = length + (len(separator) if pieces else 0)
        pieces.append((separator if pieces else "") + draft.text)
        length = start + len(draft.text)
        blocks.append(Block(kind, start, length))
        previous = draft.context.kind
    return Reading(
        text="".join(pieces),
        title=title,
        author=author,
        publisher=stated_title(metadata.get("sitename")),
        published=one_line(metadata.get("date")),
        blocks=tuple(blocks),
    )


def _parse(path: Path, source: str) -> Any:
    try:
        root, complete = _parsed(source)
        if not complete:  # nested deeper than the parser goes: flat text is better than lost text
            flat = re.sub(r"</?(?!script|style|template|head|title|body|html)[a-z][^>]*>", "<p>", source, flags=re.I)
            root, _ = _parsed(flat)
    except (etree.LxmlError, ValueError) as error:
        raise unreadable(path, "has no text", "open it in a browser and save it from there") from error
    return root


def _parsed(source: str) -> tuple[Any, bool]:
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    normal = source.replace("\r\n", "\n").replace("\r", "\n")
    root = lxml_html.document_fromstring(normal.encode("utf-8"), parser=parser)
    return root, not any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)


def _first_title(root: Any) -> str | None:
    element = root.find(".//title")
    return None if element is None else "".join(element.itertext())


def _visible_drafts(root: Any) -> list[Draft]:
    drafts, hidden_characters = _Walk(root, show_hidden=False).drafts_and_hidden()
    if hidden_characters > 4 * sum(len(draft.text) for draft in drafts):
        return _Walk(root, show_hidden=True).drafts_and_hidden()[0]
    return drafts


def _is_inline(tag: str) -> bool:
    return tag in INLINE or ":" in tag  # Word's own tags in the pages that it saves stand inside sentences


def _is_hidden(element: Any) -> bool:
    if element.tag in ("html", "body"):
        return False
    return element.get("hidden") is not None or bool(HIDDEN_STYLE.search(element.get("style") or ""))


class _Walk:
    """One pass over the tree that collects the drafts: it holds the paragraph that is being put together."""

    def __init__(self, root: Any, show_hidden: bool) -> None:
        self.root = root
        self.show_hidden = show_hidden
        self.drafts: list[Draft] = []
        self.pieces: list[str] = []
        self.linked_characters = 0
        self.prefix = ""
        self.items: dict[int, int] = defaultdict(int)

    def drafts_and_hidden(self) -> tuple[list[Draft], int]:
        hidden_characters = 0
        stack = [Context()]
        walk = etree.iterwalk(self.root, events=("start", "end"))
        number = 0
        left_out: Any = None
        for event, element in walk:
            tag = element.tag
            context = stack[-1]
            if event == "start":
                number += 1
                outer = context
                if tag in NEVER_SHOWN or (not self.show_hidden and _is_hidden(element)):
                    if tag not in NEVER_SHOWN:
                        hidden_characters += len(SPACES.sub(" ", _inline_text(element)))
                    left_out = element
                elif tag == "table" and _is_data_table(element):
                    self._flush(context)
                    self._table(element, replace(_context(element, outer), number=number, parent=outer.number))
                    left_out = element
                if left_out is not None:
                    walk.skip_subtree()
                    stack.append(context)
                    continue
                context = _context(element, outer)
                if not _is_inline(tag):
                    self._flush(outer)
                    context = replace(context, number=number, parent=outer.number)
                    if tag == "li":
                        self.prefix = self._marker(element, outer.number)
                elif tag == "a" and self._follows_link(element):
                    self.pieces.append(" ")
                stack.append(context)
                self._add(element.text, context)
            else:
                stack.pop()
                if element is left_out:
                    left_out = None
                elif tag == "br":
                    self.pieces.append("\n")
                elif not _is_inline(tag):
                    self._flush(context)
                    if tag == "li":
                        self.prefix = ""
                if element is not self.root:
                    self._add(element.tail, stack[-1])
        return self.drafts, hidden_characters

    def _add(self, text: str | None, context: Context) -> None:
        if not text:
            return
        if not context.preformatted:
            text = SPACES.sub(" ", text)
        if context.in_link:
            self.linked_characters += len(text.strip())
        self.pieces.append(text)

    def _flush(self, context: Context) -> None:
        text, linked = INVISIBLE.sub("", storable("".join(self.pieces))), self.linked_characters
        self.pieces, self.linked_characters = [], 0
        if not text.strip():
            return
        if context.preformatted:
            paragraphs = ["\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()]
        else:
            lines = re.sub(" +", " ", re.sub(" *\n *", "\n", text)).strip()
            paragraphs = re.split("\n{2,}", lines)
        for paragraph in paragraphs:
            self.drafts.append(Draft(self.prefix + paragraph, context, min(1.0, linked / len(text.strip()))))
            self.prefix = ""

    def _table(self, table: Any, context: Context) -> None:
        for caption in table.iterchildren("caption"):
            self.pieces.append(SPACES.sub(" ", _inline_text(caption)))
            self._flush(replace(context, kind="caption"))
        rows = []
        for row in table.iter("tr"):
            cells = [SPACES.sub(" ", _inline_text(cell)).strip() for cell in row.iterchildren("td", "th")]
            if any(cells):
                rows.append(" | ".join(cells))
        self.pieces.append("\n".join(rows))
        self._flush(replace(context, kind="table", preformatted=True))

    def _marker(self, item: Any, list_number: int) -> str:
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return "- "
        self.items[list_number] += 1
        first = re.fullmatch(r"\s*(-?\d{1,6})\s*", parent.get("start") or "1")
        return f"{int(first[1] if first else 1) + self.items[list_number] - 1}. "

    def _follows_link(self, link: Any) -> bool:
        before = link.getprevious()
        return before is not None and before.tag == "a" and not before.tail


def _inline_text(element: Any) -> str:
    """The text inside an element on one line: what is never shown or hidden left out, a space at each block."""
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    left_out: Any = None
    for event, part in walk:
        if event == "start":
            if part is not element and (part.tag in NEVER_SHOWN or _is_hidden(part)):
                left_out = part
                walk.skip_subtree()
                continue
            pieces.append(("" if _is_inline(part.tag) and part.tag != "br" else " ") + (part.text or ""))
        else:
            if part is left_out:
                left_out = None
            elif not _is_inline(part.tag):
                pieces.append(" ")
            if part is not element:
                pieces.append(part.tail or "")
    return storable(INVISIBLE.sub("", "".join(pieces)))


def _is_data_table(table: Any) -> bool:
    """False for a table that only lays the page out: its cells are then read like any other blocks."""
    if table.get("role") in ("presentation", "none"):
        return False
    for part in table.iter():
        if part.tag in ("h1", "h2", "h3", "article", "section", "nav", "form", "pre", "blockquote"):
            return False
        if part is not table and part.tag == "table":
            return False
        if part.tag in ("td", "th"):
            if sum(map(len, part.itertext())) > 1000:
                return False
        elif part.tag in ("table", "tbody", "thead", "tfoot", "tr"):
            loose = [part.text, *(child.tail for child in part)]
            rows = ("tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", *NEVER_SHOWN)
            if any(text and text.strip() for text in loose) or any(child.tag not in rows for child in part):
                return False
    return len(list(table.iter("td", "th"))) > 1


def _context(element: Any, outer: Context) -> Context:
    tag = element.tag
    attributes = element.attrib
    if _is_inline(tag) and not attributes:
        return outer
    changes: dict[str, Any] = {}
    if tag in KINDS and not (tag == "li" and outer.kind == "quotation"):
        changes["kind"] = KINDS[tag]
    furniture = FURNITURE_TAGS.get(tag, NO)
    if tag == "footer" and outer.kind == "quotation":
        furniture = NO
    elif tag in ("header", "footer") and outer.in_text_section:
        furniture = NO if tag == "header" else MAYBE
    if attributes and tag not in ("html", "body"):
        furniture = max(furniture, FURNITURE_ROLES.get((attributes.get("role") or "").lower(), NO))
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if len(names) > 1:
            furniture = max(furniture, SURELY if REPLY_NAME.search(names) else NO)
            if FURNITURE_NAME.search(names) and tag not in SECTIONS_OF_TEXT:
                furniture = max(furniture, SURELY if ADVERT_NAME.search(names) else MAYBE)
            if not outer.comment and COMMENT_NAME.search(names) and _holds_comments(element, names):
                changes["comment"] = True
        hints = f"{names} {attributes.get('itemprop') or ''} {attributes.get('rel') or ''}"
        if BYLINE_NAME.search(hints):
            changes["byline"] = True
    if furniture > outer.furniture:
        changes["furniture"] = furniture
    if tag in ("pre", "textarea"):
        changes["preformatted"] = True
    if tag == "a":
        changes["in_link"] = True
    if tag in SECTIONS_OF_TEXT:
        changes["in_text_section"] = True
    return replace(outer, **changes) if changes else outer


def _holds_comments(element: Any, names: str) -> bool:
    return not _is_inline(element.tag) and not NOT_A_COMMENT.search(names) and element.find(".//h1") is None
