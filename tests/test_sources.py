"""The list of documents: how much of each can be read, what can be removed, what is being added."""

from __future__ import annotations

import re

import pytest
from pages import Page, document

from index.document import Block, Passage
from rag.masked import masked_note
from rag.quote import Span
from ui.library import FileState, Step
from ui.sources import documents_html, menus_share, step_html
from ui.viewer import document_html

TEXT = "Story here.\nMenu Login\n**** *** **\n"
BLOCKS = (Block("body", 0, 12), Block("furniture", 12, 23), Block("masked", 23, len(TEXT)))


def test_the_share_of_menus_leaves_out_white_space() -> None:
    assert menus_share(document(TEXT, BLOCKS)) == pytest.approx(9 / 28)
    assert menus_share(document("All of it.", (Block("body", 0, 10),))) == 0.0
    assert menus_share(document("No blocks.")) == 0.0
    assert menus_share(document("")) == 0.0


def test_a_part_of_a_paragraph_counts_once() -> None:
    blocks = (Block("body", 0, 10), Block("body", 0, 5, parent=0), Block("furniture", 5, 10, parent=0))
    assert menus_share(document("Half Login", blocks)) == pytest.approx(5 / 9)


def test_the_list_says_so_only_where_it_is_notable() -> None:
    page = Page(documents_html([document(TEXT, BLOCKS)]))
    assert page.text("share") == "About 50% of the article is masked32% of the file is menus and adverts"
    assert "share" not in documents_html([document("All of it.", (Block("body", 0, 10),))])


def test_the_masked_share_is_the_same_wherever_it_is_said() -> None:
    source = document(TEXT, BLOCKS)
    quoted = Span(Passage("p", source.id, 0, 11, "body"), source, 0, 11)
    said = [masked_note([quoted]), documents_html([source]), document_html(source)]
    assert [re.findall(r"\d+ ?%(?= of the article)", words) for words in said] == [["50%"]] * 3
    assert "Grey bars" not in document_html(document("All of it.", (Block("body", 0, 10),)))


def test_only_what_was_added_can_be_removed() -> None:
    listed = [document(path="a/one.txt"), document(path="a/two.txt")]
    page = Page(documents_html(listed, (), ["a/two.txt"]))
    assert [button["data-confirm"] for _, button in page.elements if "data-confirm" in button] == ["a/two.txt"]
    assert [box["value"] for _, box in page.with_class("pick")] == ["a/one.txt", "a/two.txt"]


def test_an_addition_says_what_became_of_each_file() -> None:
    files = (FileState("a.txt", "added"), FileState("b.pdf", "skipped", "There is no text in it."))
    going = Page(step_html(Step("Reading a.txt", 1, 2, files[:1])))
    assert ("progress", {"value": "1", "max": "2", "aria-label": "Reading a.txt"}) in going.elements
    done = Page(step_html(Step("1 added, 1 skipped.", 2, 2, files, finished=True)))
    assert done.text("added", without="-") == "a.txt added"
    titled = Page(step_html(Step("1 added.", 2, 2, files, finished=True), {"a.txt": document()}))
    assert titled.text("added", without="-") == "a.txt added as “A title”"
    assert titled.with_class("added-document")[0][1]["data-document"] == "d1"
    assert done.text("skipped") == "b.pdf skippedThere is no text in it."
    assert not [tag for tag, _ in done.elements if tag == "progress"]
    removed = Page(step_html(Step("a.txt is removed.", 1, 1, (FileState("a.txt", "removed"),), finished=True)))
    assert [words for words, _ in removed.words] == ["a.txt is removed.", "✕"]
    assert "The disk is full." in step_html(Step("", error="The disk is full.", finished=True))
