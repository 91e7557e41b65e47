"""What the page shows, as pure functions: escaped, exact to the character, and marked where it should be."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import gradio
import pytest
from fakes import FakeEmbedder
from hypothesis import given
from hypothesis import strategies as st

from index.catalog import Skipped
from index.document import BLOCK_KINDS, Block, Document, Passage
from index.errors import DoorUnavailable, NoDocuments
from rag.answering import Answer, Citation, Sentence
from rag.retrieve import Hit
from rag.settings import Settings
from ui import render, viewer
from ui.app import Chat, Conversation, launch
from ui.indexing import Indexing, Step

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


# ------------------------------------------------------------ the document view

TEXTS = st.text(alphabet="ab<>&\"'*\n\r\t \0é“😀${}`", max_size=80)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document whose leaves tile its text, with or without parents and pages."""
    text = draw(TEXTS)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)) | {0, len(text)})
    leaves = [Block(draw(st.sampled_from(BLOCK_KINDS)), left, right) for left, right in pairwise(cuts)]
    blocks = tuple(leaves)
    if len(leaves) > 1 and draw(st.booleans()):
        size = draw(st.integers(1, len(leaves)))
        parent = Block(draw(st.sampled_from(["comment", "quotation", "body"])), leaves[0].start, leaves[size - 1].end)
        inner = (replace(leaf, parent=0) for leaf in leaves[:size])
        blocks = (parent, *inner, *leaves[size:])
    pages = tuple(sorted(draw(st.sets(st.integers(0, max(0, len(text) - 1)), max_size=3)))) if text else ()
    return document(text, blocks if draw(st.booleans()) else (), page_starts=pages)


def spans(text: str) -> st.SearchStrategy[tuple[int, int]]:
    positions = st.integers(0, len(text))
    return st.tuples(positions, positions).map(lambda pair: (min(pair), max(pair)))


@given(st.data())
def test_the_document_view_is_the_document_to_the_character(data: st.DataObject) -> None:
    source = data.draw(documents())
    highlights = data.draw(st.lists(spans(source.text), max_size=3))
    focus = data.draw(st.none() | spans(source.text))
    page = Page(viewer.document_html(source, highlights, focus))

    shown = source.text.replace("\0", "\ufffd")
    assert page.text("document-text") == shown
    cited = [attributes for _, attributes in page.elements if attributes.get("id") == "cited"]
    if focus and focus[0] < focus[1]:
        assert page.text("cited") == shown[focus[0] : focus[1]]
        assert len(cited) == 1
    else:
        assert cited == []
    in_focus = set(range(*focus)) if focus else set()
    wanted = {place for left, right in highlights for place in range(left, right)} - in_focus
    assert page.text("also") == "".join(shown[place] for place in sorted(wanted))


@given(documents())
def test_every_page_is_announced_once(source: Document) -> None:
    page = Page(viewer.document_html(source))
    shown = [data for data, path in page.words if path and path[-1][1].get("class") == "page added"]
    assert shown == [f"Page {number}" for number in range(1, len(source.page_starts) + 1)]


def test_a_quotation_that_crosses_blocks_is_marked_in_each() -> None:
    text = "One two.\n\nThree four."
    source = document(text, (Block("body", 0, 10), Block("quotation", 10, len(text))))
    html = viewer.document_html(source, focus=(4, 15))
    assert html.count("<mark") == 3  # "two.", the white space after it, "Three"
    assert html.count('id="cited"') == 1
    assert Page(html).text("cited") == text[4:15]


@pytest.mark.parametrize(("focus", "opened"), [(None, False), ((0, 4), False), ((8, 12), True)])
def test_furniture_folds_away_unless_it_is_cited(focus: tuple[int, int] | None, opened: bool) -> None:
    text = "Story.\nMenu\nLogin\nMore story."
    blocks = (Block("body", 0, 7), Block("furniture", 7, 12), Block("furniture", 12, 18), Block("body", 18, len(text)))
    page = Page(viewer.document_html(document(text, blocks), focus=focus))
    folded = [attributes for tag, attributes in page.elements if tag == "details"]
    assert len(folded) == 1
    assert ("open" in folded[0]) is opened


def test_masked_words_become_bars_and_stay_in_the_text() -> None:
    text = "Barriers ********* ******"
    page = Page(viewer.document_html(document(text, (Block("masked", 0, len(text)),))))
    assert page.text("bar") == "***************"
    assert page.text("document-text") == text


def test_kinds_have_their_own_looks() -> None:
    text = "Head\nSaid\nComment\n"
    blocks = (Block("heading", 0, 5), Block("quotation", 5, 10), Block("comment", 10, 18, speaker='A "B" <i>'))
    html = viewer.document_html(document(text, blocks))
    assert '<h3 class="block heading">Head' in html
    assert '<blockquote class="block quotation">Said' in html
    assert '<article class="block comment" title="comment · A &quot;B&quot; &lt;i&gt;">Comment' in html


def test_what_a_document_does_not_say_is_shown_as_undisclosed() -> None:
    html = viewer.document_html(document(author=None, published=None, publisher=None))
    assert "Author undisclosed · date undisclosed" in html
    assert "None" not in html


# ------------------------------------------------------------ answers


def test_a_quotation_is_told_apart_from_its_introduction() -> None:
    source = document("He said: It was\nsplendid. Then he left.")
    cited = citation(source, "It was\nsplendid.")
    text = "Martin Roe (President, Example USA), in “A title” (Dec 1, 2017): “It was splendid.”"
    html = render.answer_html(answer(sentences=(Sentence(text, (1,), "verbatim"),), citations=(cited,)))
    page = Page(html)
    assert page.text("quote") == "“It was splendid.”"
    assert page.text("introduction") == "Martin Roe (President, Example USA), in “A title” (Dec 1, 2017): "
    assert "<strong>Martin Roe</strong> (President" in html
    assert page.text("sentence", without="tail") == text


def test_a_footnote_leads_to_its_characters() -> None:
    source = document("Before. The quote. After.")
    cited = citation(source, "The quote.")
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    footnotes = Page(html).with_class("footnote")
    assert len(footnotes) == 2  # in the sentence and in the list of sources
    for tag, attributes in footnotes:
        assert tag == "button"
        assert source.text[int(attributes["data-start"]) : int(attributes["data-end"])] == "The quote."
        assert attributes["data-document"] == "d1"
        assert attributes["aria-label"] == "Footnote 1: Martin Roe, in A title"


def test_sources_name_who_where_and_when() -> None:
    source = document("The quote.", (Block("quotation", 0, 10),))
    cited = citation(source, "The quote.", speaker=None, role=None, via=("Example Journal",), page=3)
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    sources = Page(html).text("source-text")
    assert sources == "Undisclosed speaker · quoted by Example JournalA title · Example Press · Dec 1, 2017 · page 3"


@pytest.mark.parametrize(
    ("kind", "author", "shown"),
    [
        ("comment", "Ann Author", "Undisclosed commenter"),
        ("interview_answer", "Ann Author", "Undisclosed speaker"),
        ("body", "Ann Author", "The document’s own text, by Ann Author"),
        ("body", None, "The document’s own text, by an undisclosed author"),
    ],
)
def test_a_speaker_that_the_document_does_not_name_is_not_guessed(kind: str, author: str | None, shown: str) -> None:
    source = document("The quote.", (Block(kind, 0, 10),), author=author)
    cited = citation(source, "The quote.", speaker=None, role=None)
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    assert f"<strong>{shown}</strong>" in html


@pytest.mark.parametrize("verdict", sorted(render.VERDICTS))
def test_each_verdict_has_a_mark_and_a_meaning(verdict: str) -> None:
    cited = citation(document("The quote."), "The quote.")
    html = render.answer_html(answer(sentences=(Sentence("Some words.", (1,), verdict),), citations=(cited,)))
    (_, attributes) = Page(html).with_class("verdict")[0]
    assert attributes["title"]
    assert Page(html).text("verdict").endswith(verdict)


def test_a_sentence_without_footnotes_has_no_verdict() -> None:
    html = render.answer_html(answer(sentences=(Sentence("Hello.", (), "verbatim"),)))
    assert "Hello." in html
    assert "verdict" not in html


def test_no_sentence_yet_shows_what_is_going_on() -> None:
    assert "Looking through the documents" in render.answer_html(answer(complete=False))
    writing = render.answer_html(answer(complete=False, model="llama3.1"))
    assert "Writing… checking each sentence before it is shown" in writing


def test_an_abstention_says_why_and_shows_the_closest_passages() -> None:
    source = document("Quaycom is mentioned here.")
    hits = tuple(Hit(Passage(f"p{n}", "d1", 0, 5, "body"), source, 0.1) for n in range(5))
    text = "The documents mention Quaycom but don't say who runs it."
    html = render.answer_html(answer(status="abstained", reason="not_in_corpus", text=text, hits=hits))
    page = Page(html)
    assert page.text("sentence") == text
    assert "Closest passages" in html
    assert len(page.with_class("passage")) == render.CLOSEST_SHOWN
    assert page.with_class("passage")[0][1]["data-end"] == "5"


def test_the_footer_says_who_wrote_it() -> None:
    assert "In the documents’ own words · 0.4 s" in render.answer_html(answer())
    written = render.answer_html(answer(model="llama3.1", removed=2))
    assert "Written by llama3.1, each sentence checked · 2 removed by the check · 0.4 s" in written


def test_disagreeing_sources_are_named() -> None:
    source = document("First. Second.")
    cited = (citation(source, "First."), citation(source, "Second.", 2))
    html = render.answer_html(answer(citations=cited, conflicts=((1, 2),), text="They differ."))
    assert "The documents disagree here:" in html


# ------------------------------------------------------------ escaping, lists, dates


def test_nothing_that_others_wrote_becomes_markup() -> None:
    source = document(HOSTILE, title=HOSTILE, author=HOSTILE, publisher=HOSTILE, path=HOSTILE, id=HOSTILE)
    cited = citation(source, HOSTILE, speaker=HOSTILE, role=HOSTILE, via=(HOSTILE,), date=HOSTILE)
    hit = Hit(Passage("p", HOSTILE, 0, 9, "body", speaker=HOSTILE), source, 1.0)
    sentences = tuple(Sentence(HOSTILE, (1,), verdict, HOSTILE) for verdict in ("verbatim", "partial", HOSTILE))
    shown = [
        render.answer_html(answer(sentences=sentences, citations=(cited,), notice=HOSTILE, model=HOSTILE)),
        render.answer_html(answer(status="abstained", reason=HOSTILE, text=HOSTILE, hits=(hit,))),
        viewer.document_html(source, [(3, 9)], (5, 20)),
        render.documents_html([source] * 13, [Skipped(HOSTILE, HOSTILE)]),
        render.question_html(HOSTILE),
        render.problem_html(HOSTILE),
        render.welcome_html([HOSTILE]),
        render.indexing_html(HOSTILE, 1, 2, None) + render.indexing_html("", 0, 0, HOSTILE),
    ]
    for html in shown:
        for tag, attributes in Page(html).elements:
            assert tag not in {"script", "img", "iframe", "style", "link", "a"}
            assert not [name for name in attributes if name.startswith("on") or name in {"src", "href", "style"}]


def test_the_list_of_documents_says_what_each_is_and_what_was_left_out() -> None:
    html = render.documents_html([document("one two three")], [Skipped("scan.pdf", "no text in it")])
    assert "1 document<" in html
    assert "Example Press · Dec 1, 2017 · TXT · 3 words" in html
    assert "<b>scan.pdf</b> no text in it" in html
    assert "Nothing is indexed yet" in render.documents_html([])


def test_indexing_shows_how_far_it_is() -> None:
    assert 'value="3" max="10"' in render.indexing_html("Embedding", 3, 10, None)
    assert render.indexing_html("", 0, 0, None) == ""


# ------------------------------------------------------------ the page's events, without a page


def test_a_question_before_the_index_is_ready_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pond.txt").write_text("The mill pond was drained in 1988 by the parish council.")
    chat = Chat(tmp_path / "index", Settings(abstain_below=0.0), [tmp_path / "docs"])
    monkeypatch.setattr(chat, "_embedder", lambda: FakeEmbedder(seconds=1.0))
    assert chat.indexing is not None
    chat.indexing.start()
    event = gradio.EventData(None, {"question": "When was the mill pond drained?"})
    events = chat.ask("", Conversation(), event)
    shown = [conversation.shown[-1][1] for _, _, conversation in events if isinstance(conversation, Conversation)]
    assert any("Indexing first" in html for html in shown)
    assert "drained in 1988" in shown[-1]


def test_a_folder_without_an_index_is_a_clear_sentence(tmp_path: Path) -> None:
    opened = Chat(tmp_path, Settings()).opened(gradio.EventData(None, {"document": "x", "opened": "1"}))
    assert "There is no index in" in opened
    assert "Nothing is indexed yet" in Chat(tmp_path, Settings()).collection()


def test_indexing_that_fails_says_why() -> None:
    def steps() -> Iterator[Step]:
        raise NoDocuments("There is nothing to read in papers.")
        yield

    indexing = Indexing(steps).start()
    indexing.wait(5)
    assert indexing.state.error == "There is nothing to read in papers."
    assert not indexing.state.running


def test_a_taken_port_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DoorUnavailable, match=f"Port {port} is in use.*--port {port + 1}"):
            launch(tmp_path, Settings(), port=port, open_browser=False)


def test_a_quotation_inside_a_paragraph_stays_in_its_line_and_names_who_is_quoted() -> None:
    text = "It broke.\n\nShe heard it: “It <went>,” said Roe. \n\n"
    cut = [text.index("She"), text.index("“"), text.index(" said"), len(text)]
    blocks = (
        Block("body", 0, cut[0]),
        Block("body", cut[0], cut[3]),
        Block("body", cut[0], cut[1], parent=1),
        Block("quotation", cut[1], cut[2], "Jane Roe", None, ("Mill Wire",), parent=1),
        Block("body", cut[2], cut[3], parent=1),
    )
    source = document(text, blocks)
    html = viewer.document_html(source, focus=(cut[1], cut[2]))
    assert html.count('<p class="block body"') == 2
    assert 'class="said quotation" title="quotation · Jane Roe ← Mill Wire"' in html
    assert Page(html).text("document-text") == text
    assert "it: </span>" not in html
    assert '<span class="gap">' in html


# ------------------------------------------------------------ what was searched for


def test_what_was_searched_for_is_shown_where_it_is_not_the_question() -> None:
    asked = answer(
        search_query=f"Who built the mill? {HOSTILE}", filters={"kind": ("comment",), "speaker": ("Jane Roe",)}
    )
    assert render.searched(asked) == f"Searched for: Who built the mill? {HOSTILE} · Only: comments, Jane Roe"
    page = Page(render.answer_html(replace(asked, text="So.", sentences=(Sentence("So.", (), ""),))))
    assert all(tag not in ("script", "img") for tag, _ in page.elements)


def test_nothing_is_said_of_a_search_for_the_question_itself() -> None:
    assert render.searched(answer()) == ""
    assert "Searched" not in render.answer_html(answer(text="So.", sentences=(Sentence("So.", (), ""),)))
