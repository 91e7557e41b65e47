"""Documents and answers made by hand, and HTML read back, for the tests of what the page shows.

It does not know what is tested with it.
"""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

from index.document import Block, Document
from rag.answering import Answer, Citation

VOID = {"br", "input"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onclick='x' &amp; ![](http://evil.example/x.png)"


class Page(HTMLParser):
    """Reads HTML back: its elements, its text without what we added, and the text of its marks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[tuple[str, dict[str, str]]] = []
        self.words: list[tuple[str, list[tuple[str, dict[str, str]]]]] = []
        self.feed(html)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = (tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag, "elements nest"

    def handle_data(self, data: str) -> None:
        self.words.append((data, list(self.open)))

    def with_class(self, name: str) -> list[tuple[str, dict[str, str]]]:
        return [element for element in self.elements if name in element[1].get("class", "").split()]

    def text(self, inside: str, without: str = "added") -> str:
        def classes(path: list[tuple[str, dict[str, str]]]) -> set[str]:
            return {name for _, attributes in path for name in attributes.get("class", "").split()}

        return "".join(data for data, path in self.words if inside in classes(path) and without not in classes(path))


def document(text: str = "One.\n\nTwo.", blocks: tuple[Block, ...] = (), **changes: object) -> Document:
    plain = Document("d1", "news/a.txt", "A title", None, "Example Press", "2017-12-01", text, blocks)
    return replace(plain, **changes)  # type: ignore[arg-type]


def citation(source: Document, quote: str, number: int = 1, **changes: object) -> Citation:
    start = source.text.index(quote)
    plain = Citation(number, source, start, start + len(quote), quote, "Martin Roe", "President, Example USA")
    plain = replace(plain, date=source.published)
    return replace(plain, **changes)  # type: ignore[arg-type]


def answer(**changes: object) -> Answer:
    plain = Answer(
        question="Who?",
        search_query="Who?",
        filters={},
        text="",
        status="answered",
        reason=None,
        confidence=0.9,
        sentences=(),
        citations=(),
        hits=(),
        conflicts=(),
        removed=0,
        model="quotes",
        tokens={},
        seconds=0.42,
        complete=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
