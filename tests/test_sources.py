"""The list of documents: how much of each can be read, what can be removed, what is being added."""

from __future__ import annotations

import pytest
from pages import Page, document

from index.document import Block
from ui.library import FileState, Step
from ui.sources import documents_html, readable_share, step_html

TEXT = "Story here.\nMenu Login\n**** *** **\n"
BLOCKS = (Block("body", 0, 12), Block("furniture", 12, 23), Block("masked", 23, len(TEXT)))


def test_the_readable_share_leaves_out_masks_menus_and_white_space() -> None:
    assert readable_share(document(TEXT, BLOCKS)) == pytest.approx(10 / 28)
    assert readable_share(document("All of it.", (Block("body", 0, 10),))) == 1.0
    assert readable_share(document("No blocks.")) == 1.0
    assert readable_share(document("")) == 1.0


def test_a_part_of_a_paragraph_counts_once() -> None:
    blocks = (Block("body", 0, 10), Block("body", 0, 5, parent=0), Block("masked", 5, 10, parent=0))
    assert readable_share(document("Half *****", blocks)) == pytest.approx(4 / 9)


def test_the_list_says_so_only_where_it_is_notable() -> None:
    page = Page(documents_html([document(TEXT, BLOCKS)]))
    assert page.text("share") == "36% readable; the rest is masked text and menus"
    assert "readable" not in documents_html([document("All of it.", (Block("body", 0, 10),))])


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
    assert done.text("skipped") == "b.pdf skippedThere is no text in it."
    assert not [tag for tag, _ in done.elements if tag == "progress"]
    assert "The disk is full." in step_html(Step("", error="The disk is full.", finished=True))
