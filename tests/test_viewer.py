"""The document view: exact to the character, escaped, marked where it should be, with who speaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Page, document

from index.document import BLOCK_KINDS, Block, Document
from ui import viewer

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
    assert '<blockquote class="block quotation voice-none"><span class="speaker added voice-none">' in html
    assert '<article class="block comment voice-0"><span class="speaker added voice-0">' in html
    assert "<b>A &quot;B&quot; &lt;i&gt;</b>" in html


def test_what_a_document_does_not_say_is_shown_as_undisclosed() -> None:
    html = viewer.document_html(document(author=None, published=None, publisher=None))
    assert "Author undisclosed · date undisclosed" in html
    assert "None" not in html


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
    label = '<span class="speaker inline added voice-0">Jane Roe ← Mill Wire</span>'
    assert f'<span class="said quotation voice-0">{label}' in html
    assert Page(html).text("document-text") == text
    assert "it: </span>" not in html
    assert '<span class="gap">' in html


def test_a_stretch_of_a_speaker_has_one_label_and_a_speaker_one_colour() -> None:
    said = [
        ("question", "Ann", None),
        ("interview_answer", "Roe", None),
        ("interview_answer", "Roe", None),
        ("question", "Ann", None),
        ("comment", None, "2018-01-02"),
        ("comment", None, "2018-01-02"),
        ("body", None, None),
    ]
    text = "".join(f"Words {place}.\n" for place in range(len(said)))
    size = len("Words 0.\n")
    blocks = tuple(
        Block(kind, place * size, (place + 1) * size, speaker, date=date)
        for place, (kind, speaker, date) in enumerate(said)
    )
    page = Page(viewer.document_html(document(text, blocks)))
    labels = [attributes["class"].split()[-1] for _, attributes in page.with_class("speaker")]
    assert labels == ["voice-0", "voice-1", "voice-0", "voice-none", "voice-none"]
    assert page.text("speaker", without="-") == (
        "Ann questionRoe answerAnn question" + "Undisclosed commenter comment · Jan 2, 2018" * 2
    )
    assert page.text("document-text") == text


def test_a_ninth_speaker_has_the_colour_of_the_first() -> None:
    text = "".join(f"{place}\n" for place in range(9))
    blocks = tuple(Block("comment", 2 * place, 2 * place + 2, f"Speaker {place}") for place in range(9))
    labels = Page(viewer.document_html(document(text, blocks))).with_class("speaker")
    assert labels[8] == labels[0]


def test_a_vote_between_comments_is_not_folded_away() -> None:
    text = "Good.\n(18)\nBad.\n"
    blocks = (Block("comment", 0, 6), Block("furniture", 6, 11), Block("comment", 11, len(text)))
    html = viewer.document_html(document(text, blocks))
    assert "<details" not in html
    assert Page(html).text("aside") == "(18)\n"
