"""What one does with an answer in a real browser: stop it, ask again, copy, judge, find it again after a reload."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')

from browsing import (
    FALSE,
    QUESTION,
    RECORD,
    UNANSWERABLE,
    ScriptedEndpoint,
    ask,
    inside,
    opened_by,
    running_chat,
    until_ready,
)
from playwright.sync_api import Page, expect

KEPT = "footnote.conversation"
SHIFTS = """() => {  // Cumulative Layout Shift (web.dev/cls): below 0.1 is good
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
    .observe({type: 'layout-shift'});
}"""


@pytest.fixture(scope="module")
def written_address(address: str, chat_folder: Path) -> Iterator[str]:
    """A chat whose answers are written by a language model, over the index that the first chat has made."""
    endpoint = ThreadingHTTPServer(("127.0.0.1", 0), ScriptedEndpoint)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{endpoint.server_address[1]}/v1"
    with running_chat(chat_folder, [], model="scripted", model_url=url) as address:
        yield address
    endpoint.shutdown()


def test_what_a_model_writes_is_checked_before_it_is_shown(visit, address: str, written_address: str) -> None:
    visit()  # the first chat has made the index once its page is ready
    page = visit(at=written_address)
    page.evaluate(RECORD)
    page.evaluate(SHIFTS)
    answer = ask(page, QUESTION)
    assert page.evaluate("window.shifted") < 0.1, "nothing jumps while the answer grows"
    expect(answer.locator(".sentence.written")).to_have_count(1)
    expect(answer.locator(".verdict")).to_contain_text("supported")
    answer.locator(".verdict").hover()
    expect(page.locator(".card")).to_contain_text("The cited words say this.")
    expect(answer.locator(".made")).to_contain_text("Written by scripted at 127.0.0.1:")
    expect(answer.locator(".made")).to_contain_text("each sentence checked · 1 removed")
    seen = page.evaluate("window.seen")
    assert "Writing… checking each sentence before it is shown" in seen
    assert not [text for text in seen if FALSE[:12] in text]


def test_programs_get_the_same_answer_over_http(visit, address: str, chat_documents: Path) -> None:
    visit()  # the index is ready
    from gradio_client import Client

    answer = Client(address, verbose=False).predict(QUESTION, api_name="/answer")
    cited = answer["citations"][0]
    text = (chat_documents / cited["document"]).read_text(encoding="utf-8")
    assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_a_slow_answer_can_be_stopped_and_asked_again(visit, written_address: str) -> None:
    page = visit(at=written_address)
    page.locator("#question textarea").fill("How did the product codes slowly get onto the procurement site?")
    page.keyboard.press("Enter")
    expect(page.locator(".progress-line")).to_contain_text("Writing…")
    page.get_by_label("Stop").click()
    expect(page.locator(".notice")).to_have_text("Stopped.")
    expect(page.locator(".progress-line")).to_have_count(0)
    expect(page.get_by_label("Ask", exact=True)).to_be_visible()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".progress-line")).to_contain_text("Writing…")
    expect(page.locator(".asked")).to_have_count(1)
    page.get_by_label("Stop").click()


@pytest.mark.parametrize("delay", [0, 40, 150])
def test_a_question_is_stopped_as_soon_as_it_is_sent(visit, written_address: str, delay: int) -> None:
    page = visit(at=written_address)
    page.locator("#question textarea").fill("How did the product codes slowly get onto the procurement site?")
    page.keyboard.press("Enter")
    page.wait_for_timeout(delay)
    page.get_by_label("Stop").click()
    expect(page.get_by_label("Ask", exact=True)).to_be_visible(timeout=300)
    expect(page.locator(".answer .notice")).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    page.wait_for_timeout(1000)
    expect(page.locator(".answer .notice")).to_have_text("Stopped.")
    expect(page.get_by_label("Ask", exact=True)).to_be_visible()
    page.reload()
    until_ready(page)
    expect(page.locator(".asked")).to_have_count(1)
    expect(page.locator(".answer .notice")).to_have_text("Stopped.")
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".asked")).to_have_count(2)


def test_stop_unlocks_the_box_whatever_the_server_says(visit) -> None:
    page = visit()
    page.route("**/queue/join**", lambda route: None)  # nothing that is sent from now on arrives
    page.locator("#question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_label("Stop").click()
    expect(page.locator(".stopped")).to_be_visible()
    expect(page.get_by_label("Ask", exact=True)).to_be_visible()
    expect(page.locator("#question textarea")).to_be_focused()


@pytest.mark.parametrize("size", [(1440, 700), (390, 700)])
def test_nothing_of_an_answer_hides_behind_the_question_box(visit, size: tuple[int, int]) -> None:
    page = visit(size)
    ask(page, UNANSWERABLE)
    answer = ask(page, QUESTION)
    answer.get_by_role("button", name="Bad answer").click()
    assert inside(answer.locator(".reason-form"), page.locator("#chat"))
    page.reload()
    until_ready(page)
    expect(page.locator(".asked")).to_have_count(2)
    assert inside(page.locator(".tools").last, page.locator("#chat"))


def test_the_last_question_can_be_asked_again(visit) -> None:
    page = visit()
    ask(page, UNANSWERABLE)
    ask(page, QUESTION)
    page.locator("#question textarea").fill("a draft")
    expect(page.get_by_role("button", name="Ask again")).to_have_count(1)
    page.evaluate(RECORD)
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_function("window.seen.some((text) => text.includes('Looking through'))")
    expect(page.locator(".answer .made")).to_have_count(2)
    expect(page.locator(".asked")).to_have_text([UNANSWERABLE, QUESTION])
    expect(page.locator("#question textarea")).to_have_value("a draft")


def test_an_answer_is_copied_with_its_footnotes(visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    answer = ask(page, QUESTION)
    answer.get_by_role("button", name="Copy").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert f"**{QUESTION}**\n" in text
    assert "[1]" in text
    assert "\n[1] “" in text
    assert "Dec 1, 2017" in text
    assert "interview.txt" in text


def test_a_reload_keeps_the_conversation(visit, chat_documents: Path) -> None:
    page = visit()
    ask(page, "Why did the harbour office close the ferry line?")
    first = ask(page, UNANSWERABLE).inner_html()
    page.reload()
    until_ready(page)
    expect(page.locator(".asked")).to_have_count(2)
    assert page.locator(".answer").last.inner_html() == first
    opened_by(page, page.locator(".sentence .footnote").first, chat_documents)
    answer = ask(page, "When did the harbour office close it?")
    expect(answer).to_contain_text("ferry")
    page.get_by_label("New conversation").click()
    expect(page.locator(".asked")).to_have_count(0)
    page.reload()
    until_ready(page)
    page.wait_for_timeout(500)
    expect(page.locator(".asked")).to_have_count(0)


def tampered(page: Page, kept: str) -> None:
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [KEPT, kept])
    page.reload()
    until_ready(page)


def test_a_conversation_that_was_tampered_with_runs_nothing(visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.wait_for_function(f"localStorage.getItem('{KEPT}')")
    kept = json.loads(page.evaluate(f"localStorage.getItem('{KEPT}')"))
    markup = "<img src=http://evil.example/x.png onerror='window.hacked = 1'><script>window.hacked = 2</script>"
    turn = {**kept["turns"][0], "question": markup, "text": markup, "notice": markup, "model": markup}
    turn["sentences"] = [{**sentence, "text": markup, "why": markup} for sentence in turn["sentences"]]
    turn["filters"] = {"speaker": [markup]}
    tampered(page, json.dumps({"turns": [turn]}))
    expect(page.locator(".asked")).to_have_text(markup)
    expect(page.locator(".verdict")).to_have_count(0)  # what is not in the document is not called verbatim
    expect(page.locator(".made")).not_to_contain_text("word for word")
    for kept_text in ("<script>window.hacked = 3</script>", '{"turns": [{}]}', '{"turns": "x"}'):
        tampered(page, kept_text)
        page.wait_for_timeout(500)
        expect(page.locator(".asked")).to_have_count(0)
    assert page.locator("#chat img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_judgement_is_saved_with_its_reason(visit, chat_folder: Path) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    answer.get_by_role("button", name="Bad answer").click()
    page.keyboard.type("It <b>misses</b> the year.")
    page.keyboard.press("Enter")
    expect(page.locator(".noted")).to_be_visible()
    expect(page.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "true")
    *_, last = (chat_folder / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    saved = json.loads(last)
    assert saved["question"] == QUESTION
    assert saved["verdict"] == "down"
    assert saved["reason"] == "It <b>misses</b> the year."
    assert "two unaffiliated distributors" in saved["answer"]
    assert saved["time"].endswith("+00:00")
