"""The web chat in a real browser, over a small real index: what a person sees, and that nothing leaves the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')

from browsing import EXAMPLE, PHONE, QUESTION, UNANSWERABLE, WIDE, ask, inside, opened_by
from playwright.sync_api import Locator, Page, expect

LAMPS = "How many lamps does the toll bridge have? The reports give different numbers."
COMMENTS = "What do the commenters say about the bakery?"


def test_the_first_page_says_what_it_is(visit) -> None:
    page = visit()
    expect(page.get_by_role("heading", name="Footnote")).to_be_visible()
    expect(page.get_by_text("Answers from your documents, with the exact words behind every sentence.")).to_be_visible()
    expect(page.locator(".example")).to_have_text([EXAMPLE])
    expect(page.locator(".left-out li")).to_contain_text("broken.pdf")


def test_an_answer_leads_to_the_exact_words(visit, chat_documents: Path) -> None:
    page = visit()
    before = page.locator("#question").bounding_box()
    answer = ask(page, QUESTION)
    expect(answer.locator(".sentence.verbatim").first).to_contain_text("two unaffiliated distributors")
    expect(answer.locator(".introduction strong").first).to_have_text("Dana Whitfield", ignore_case=True)
    quote = opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    assert "two unaffiliated distributors" in quote
    assert page.locator("#question").bounding_box() == before, "the page does not jump"
    page.locator(".documents .document").first.click()
    expect(page.locator("#source mark.cited")).to_have_count(0)
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)  # the same one again


def test_a_quotation_far_down_a_long_document_is_scrolled_into_view(visit, chat_documents: Path) -> None:
    page = visit()
    answer = ask(page, "What did the harbour master say about the pier and passengers?")
    footnotes = answer.locator(".sentence .footnote")
    quotes = [opened_by(page, footnotes.nth(n), chat_documents) for n in range(footnotes.count())]
    assert any("no longer safe for passengers" in quote for quote in quotes)


def test_one_goes_from_citation_to_citation(visit, chat_documents: Path) -> None:
    page = visit()
    answer = ask(page, LAMPS)
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    count = answer.locator(".sources .footnote").count()
    assert count > 1
    expect(page.locator(".walk .place")).to_have_text(f"1 of {count}")
    back, forward = (page.get_by_role("button", name=f"{way} citation") for way in ("Previous", "Next"))
    expect(back).to_have_attribute("aria-disabled", "true")
    for number in range(2, count + 1):
        forward.click()
        expect(page.locator(".walk .place")).to_have_text(f"{number} of {count}")
        expect(answer.locator(".sources .chosen")).to_have_text(str(number))
        expect(page.locator("#source mark#cited")).to_be_visible()
    expect(forward).to_have_attribute("aria-disabled", "true")
    forward.dispatch_event("click")
    expect(page.locator(".walk .place")).to_have_text(f"{count} of {count}")
    back.click()
    expect(page.locator(".walk .place")).to_have_text(f"{count - 1} of {count}")


def test_the_evidence_says_what_it_is_and_from_which_question(visit, chat_documents: Path) -> None:
    page = visit()
    expect(page.locator("#evidence-bar h2")).to_have_text("Evidence")
    answer = ask(page, QUESTION)
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    expect(page.locator("#evidence-bar h2")).to_have_text("Q&A: Dana Whitfield on Procurement")
    expect(page.locator(".told")).to_contain_text("Footnote 1 · Dana Whitfield", ignore_case=True)
    expect(page.locator(".from")).to_be_hidden()
    answer = ask(page, EXAMPLE)
    expect(page.locator(".from")).to_contain_text(f"From: {QUESTION}")
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    expect(page.locator(".from")).to_be_hidden()
    page.get_by_label("New conversation").click()
    expect(page.locator(".nothing-open")).to_be_visible()
    expect(page.locator("#evidence-bar h2")).to_have_text("Evidence")
    expect(page.locator(".walk")).to_be_hidden()


def test_a_footnote_stands_on_the_line_of_the_last_word(visit) -> None:
    for width in (360, 1440):
        answer = ask(visit((width, 800)), LAMPS)
        for end in answer.locator(".end").all():
            assert end.evaluate("it => it.getClientRects().length") == 1


def test_a_long_question_is_cut_and_shown_whole(visit) -> None:
    page = visit()
    ask(page, "Why did the harbour office close the ferry line? " * 12)
    asked = page.locator(".asked")
    short = asked.bounding_box()["height"]
    page.get_by_role("button", name="more").click()
    assert asked.bounding_box()["height"] > short
    page.get_by_role("button", name="less").click()
    assert asked.bounding_box()["height"] == short


def test_who_speaks_is_said_in_the_document(visit) -> None:
    page = visit()
    page.locator(".document", has_text="Bakery Opens").click()
    expect(page.locator("#source .speaker b")).to_have_text(["Ann Harrow", "Ben Tolley", "Ann Harrow"])
    colours = page.locator("#source .speaker").evaluate_all("them => them.map(one => getComputedStyle(one).color)")
    assert colours[0] == colours[2] != colours[1]


def test_an_example_question_is_asked_by_a_click(visit) -> None:
    page = visit()
    page.locator(".example").click()
    expect(page.locator(".asked")).to_have_text(EXAMPLE)
    expect(page.locator(".answer .made")).to_have_count(1, timeout=120_000)
    expect(page.locator(".answer")).to_contain_text("rusted through")
    page.get_by_label("New conversation").click()
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".example")).to_be_visible()


def test_a_question_may_lean_on_the_one_before(visit) -> None:
    page = visit()
    ask(page, "Why did the harbour office close the ferry line?")
    answer = ask(page, "When did it close it?")
    expect(answer.locator(".searched")).to_contain_text("Searched for: When did the harbour office")


def test_an_abstention_says_so_and_shows_the_closest_passages(visit) -> None:
    page = visit()
    answer = ask(page, UNANSWERABLE)
    expect(answer).to_have_class("answer abstained")
    expect(answer.locator(".reason").first).to_be_visible()
    expect(answer.locator(".footnote")).to_have_count(0)
    answer.locator(".passage").first.click()
    expect(page.locator("#source mark#cited")).to_be_visible()
    expect(page.locator(".walk .place")).to_have_text(f"1 of {answer.locator('.passage').count()}")


def test_accounts_that_disagree_stand_side_by_side(visit) -> None:
    page = visit()
    answer = ask(page, LAMPS)
    sides = answer.locator(".conflict .side")
    expect(sides).to_have_count(2)
    assert {"214", "187"} <= set("".join(sides.all_text_contents()).split())
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left["x"] + left["width"] <= right["x"]
    page.set_viewport_size({"width": 360, "height": 740})
    left, right = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()
    assert left["y"] + left["height"] <= right["y"]


def test_a_filter_can_be_taken_away(visit) -> None:
    page = visit()
    answer = ask(page, COMMENTS)
    chip = answer.locator(".filter-chip")
    expect(chip).to_contain_text("comments")
    chip.click()
    expect(page.locator(".answer .made")).to_have_count(2)
    expect(page.locator(".asked").last).to_have_text(COMMENTS)
    expect(page.locator(".answer").last.locator(".filter-chip")).to_have_count(0)


# ------------------------------------------------------------ cards


def hovered(page: Page, button: Locator) -> Locator:
    button.hover()
    card = page.locator(".card")
    expect(card).to_be_visible()
    return card


def test_a_footnote_shows_its_quote_before_it_is_followed(visit) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    card = hovered(page, answer.locator(".sentence .footnote").first)
    expect(card).to_contain_text("two unaffiliated distributors")
    expect(card).to_contain_text("Dana Whitfield", ignore_case=True)
    expect(card).to_contain_text("Dec 1, 2017")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(answer.locator(".verdict")).to_have_count(0)
    expect(answer.locator(".made")).to_contain_text("All quotations word for word")


@pytest.mark.parametrize("width", [360, 1440])
def test_no_card_is_cut_off(visit, width: int) -> None:
    page = visit((width, 740))
    answer = ask(page, QUESTION)
    for footnote in answer.locator(".footnote").all():
        footnote.scroll_into_view_if_needed()
        box = hovered(page, footnote).bounding_box()
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= 740
        page.mouse.move(0, 0)
        expect(page.locator(".card")).to_be_hidden()


# ------------------------------------------------------------ keyboard, sizes, hostile documents


def test_the_keyboard_is_enough(visit) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    page.locator("#question textarea").focus()
    first = answer.locator(".sentence .footnote").first
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if first.evaluate("it => it === document.activeElement"):
            break
    expect(first).to_be_focused()
    expect(page.locator(".card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".card")).to_be_hidden()
    assert first.evaluate("it => getComputedStyle(it).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#source mark#cited")).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_an_empty_question_asks_nothing(visit) -> None:
    page = visit()
    page.locator("#question textarea").fill("   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()


def test_a_phone_shows_one_thing_at_a_time(visit, chat_documents: Path) -> None:
    page = visit(PHONE)
    tabs = page.get_by_role("navigation", name="Parts of the page")
    expect(page.locator("#sources")).to_be_hidden()
    expect(page.locator("#evidence")).to_be_hidden()
    tabs.get_by_text("Sources").click()
    expect(page.locator(".documents .document").first).to_be_visible()
    expect(page.locator("#conversation")).to_be_hidden()
    tabs.get_by_text("Chat").click()
    answer = ask(page, QUESTION)
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    expect(page.locator("#conversation")).to_be_hidden()
    page.get_by_role("button", name="Back to answer").click()
    expect(page.locator("#source")).to_be_hidden()
    ask(page, UNANSWERABLE)
    assert inside(page.locator(".asked").last, page.locator("#chat"))


def test_a_middling_window_shows_two(visit, chat_documents: Path) -> None:
    page = visit((1024, 768))
    expect(page.locator("#sources")).to_be_visible()
    expect(page.locator("#evidence")).to_be_hidden()
    answer = ask(page, QUESTION)
    opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
    expect(page.locator("#conversation")).to_be_visible()
    expect(page.locator("#sources")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 768, 1024, 1440, 1920, 2560])
def test_no_width_needs_sideways_scrolling(visit, chat_documents: Path, width: int) -> None:
    page = visit((width, 800))
    wide = "[...document.querySelectorAll('#chat, #masthead, #sources, #source, .answer')].filter(e => e.clientWidth "
    for view in ("welcome", "answer", "evidence", "sources"):
        if view == "answer":
            answer = ask(page, LAMPS)
        elif view == "evidence":
            opened_by(page, answer.locator(".sentence .footnote").first, chat_documents)
        elif view == "sources" and width < 1200:
            page.locator('[data-show="sources"]').click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(f"{wide} && e.scrollWidth > e.clientWidth).map(e => e.id || e.className)") == [], view


def test_a_hostile_document_stays_text(visit) -> None:
    page = visit()
    page.locator(".document", has_text="Weather Notes").click()
    expect(page.locator("#source .document-text")).to_contain_text('onerror="window.hacked = 2">')
    expect(page.locator("#source .document-text")).to_contain_text("![chart](http://evil.example/chart.png)")
    expect(page.locator("#source .document-text")).to_contain_text("[more](javascript:window.hacked=4)")
    expect(page.locator("#source .document-text")).to_contain_text("${value}")
    answer = ask(
        page, "<img src=http://evil.example/q.png onerror='window.hacked=3'> ![x](http://evil.example/q.png) valley?"
    )
    answer.locator(".footnote, .passage").first.hover()
    assert page.locator("#chat img, #source img, .card img, #chat a, #source a").count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_dark_page_is_dark(visit) -> None:
    page = visit(WIDE, color_scheme="dark")
    ask(page, QUESTION)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 21, 19)"
