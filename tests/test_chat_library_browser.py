"""The documents of the chat in a real browser: found, ticked, added, removed, and left alone where it is read-only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')

from browsing import QUESTION, ask, running_chat, until_ready
from playwright.sync_api import Page, expect

LIGHTHOUSE = "When was the lighthouse on Gull Rock built?"
BUILT = "The lighthouse on Gull Rock was built in 1871 by two brothers.\n\nIt has been dark since the war."


@pytest.fixture(scope="module")
def library_address(chromium: str, chat_documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A chat of its own, as its documents change."""
    with running_chat(tmp_path_factory.mktemp("library"), [chat_documents]) as address:
        yield address


def tick(page: Page, title: str) -> None:
    page.locator(".list > li", has_text=title).locator(".pick").check()


def test_answers_can_be_limited_to_documents(visit) -> None:
    page = visit()
    expect(page.locator(".limit")).to_be_hidden()
    tick(page, "Ferry Line Closes")
    expect(page.locator(".limit")).to_contain_text("Limited to Ferry Line Closes")
    tick(page, "Review of the Toll Bridge")
    expect(page.locator(".limit")).to_contain_text("Limited to 2 documents")
    answer = ask(page, QUESTION)
    expect(answer).not_to_contain_text("unaffiliated")
    expect(answer.locator(".filter-chip")).to_contain_text("Ferry Line Closes, Review of the Toll Bridge")
    page.get_by_role("button", name="Lift the limit").click()
    expect(page.locator(".limit")).to_be_hidden()
    expect(page.locator(".pick:checked")).to_have_count(0)
    expect(ask(page, QUESTION)).to_contain_text("unaffiliated")


def test_the_list_is_searched_and_ticked_as_it_is_shown(visit) -> None:
    page = visit()
    page.get_by_role("searchbox", name="Find a document").fill("toll bridge")
    expect(page.locator(".list > li:visible")).to_have_count(2)
    page.get_by_role("button", name="Tick all documents shown").click()
    expect(page.locator(".limit")).to_contain_text("Limited to 2 documents")
    page.get_by_role("searchbox", name="Find a document").fill("interview.txt")
    expect(page.locator(".list > li:visible")).to_have_count(1)
    page.get_by_role("button", name="Untick all documents").click()
    expect(page.locator(".limit")).to_be_hidden()


def test_a_search_without_a_hit_says_so(visit) -> None:
    page = visit()
    count = page.locator(".list > li").count()
    field = page.get_by_role("searchbox", name="Find a document")
    field.fill("toll bridge")
    expect(page.locator(".counted")).to_have_text(f"2 of {count} documents")
    expect(page.locator(".no-match")).to_be_hidden()
    field.fill("zzz <b>")
    expect(page.locator(".no-match")).to_contain_text("No document matches “zzz <b>”.")
    expect(page.locator(".counted")).to_have_text(f"0 of {count} documents")
    page.get_by_role("button", name="Clear").click()
    expect(field).to_be_focused()
    expect(page.locator(".list > li:visible")).to_have_count(count)
    expect(page.locator(".counted")).to_have_text(f"{count} documents")


def test_ticks_are_kept_across_a_reload(visit) -> None:
    page = visit()
    tick(page, "Ferry Line Closes")
    page.reload()
    until_ready(page)
    expect(page.locator(".pick:checked")).to_have_count(1)
    expect(page.locator(".limit")).to_contain_text("Limited to Ferry Line Closes")
    expect(ask(page, QUESTION).locator(".filter-chip")).to_contain_text("Ferry Line Closes")
    for kept in ('["no/such.txt"]', '"x"', "{"):
        page.evaluate("text => localStorage.setItem('footnote.ticked', text)", kept)
        page.reload()
        until_ready(page)
        expect(page.locator(".limit")).to_be_hidden()
        expect(page.locator(".forgotten")).to_be_visible(visible="such" in kept)


def test_a_file_is_added_asked_about_and_removed(visit, library_address: str, tmp_path: Path) -> None:
    page = visit(at=library_address)
    before = page.locator(".list > li").count()
    expect(page.locator(".remove")).to_have_count(0)  # what lies in the folder is not for the chat to remove
    (tmp_path / "lighthouse.txt").write_text(BUILT, encoding="utf-8")
    (tmp_path / "picture.txt").write_bytes(b"")
    page.locator("#sources input[type=file]").set_input_files([tmp_path / "lighthouse.txt", tmp_path / "picture.txt"])
    expect(page.locator(".step li.added")).to_contain_text("lighthouse.txt", timeout=120_000)
    expect(page.locator(".step li.skipped")).to_contain_text("picture.txt")
    expect(page.locator(".step li.skipped small")).not_to_be_empty()
    expect(page.locator(".list > li")).to_have_count(before + 1)
    expect(page.locator(".list > .came")).to_contain_text("lighthouse")
    expect(page.locator(".list > .came")).to_be_in_viewport()
    page.locator(".added-document").click()
    expect(page.locator("#source .document-text")).to_contain_text("1871")
    page.get_by_role("button", name="Close this list").click()
    expect(page.locator(".step")).to_have_count(0)
    expect(ask(page, LIGHTHOUSE)).to_contain_text("1871")

    item = page.locator(".list > li", has_text="lighthouse")
    item.locator(".remove").click()
    expect(item.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Escape")
    expect(item.locator(".confirm")).to_be_hidden()
    expect(item.locator(".remove")).to_be_focused()
    item.locator(".remove").click()
    item.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator(".step")).to_contain_text("lighthouse.txt is removed.", timeout=120_000)
    expect(page.locator(".step li")).to_have_count(0)
    expect(page.locator(".list > li")).to_have_count(before)
    expect(page.locator(".nothing-open")).to_be_visible()
    expect(ask(page, LIGHTHOUSE)).not_to_contain_text("1871")


def test_a_file_is_dropped_and_its_hostile_name_stays_text(visit, library_address: str) -> None:
    page = visit(at=library_address)
    page.locator("#documents").evaluate(
        """(list) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File(['x'], '<img src=x onerror=window.hacked=1>.txt'));
          list.dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: dropped}));
        }"""
    )
    expect(page.locator(".step li")).to_have_count(1, timeout=120_000)
    expect(page.locator(".step progress")).to_have_count(0, timeout=120_000)
    assert page.locator("#sources img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_read_only_chat_changes_nothing(visit, address: str, chat_folder: Path) -> None:
    visit()  # the first chat has made the index
    with running_chat(chat_folder, [], "read_only=True") as closed:
        page = visit(at=closed)
        expect(page.get_by_role("button", name="Add files")).to_have_count(0)
        expect(page.locator("#sources input[type=file]")).to_have_count(0)
        expect(page.locator(".remove")).to_have_count(0)
