"""The web chat in a real browser, over a small real index: what a person sees, and that nothing leaves the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()
WIDE, PHONE = (1440, 900), (390, 844)
QUESTION = "How did the product codes get onto the procurement site?"
UNANSWERABLE = "Which chess opening did the grandmaster choose in Reykjavik?"
EXAMPLE = "Why did the harbour office close the ferry line?"

INTERVIEW = """Q&A: Dana Whitfield on Procurement

By Ruth Ames, Published Dec 1, 2017

Dana Whitfield is the president of Example Cameras USA. She spoke to us in her office.

EXAMPLE MONTHLY: How did your product codes get onto the procurement site?

DANA WHITFIELD: In December 2016, two unaffiliated distributors erroneously listed our product codes on a \
procurement site. We asked them to remove the product codes the same week.

EXAMPLE MONTHLY: What did you learn from it?

DANA WHITFIELD: We learned to read our distributors' contracts twice. The legal team now reviews each of them.
"""
FERRY = """Ferry Line Closes

By Tom Harrow, Published Mar 18, 2018

The harbour office closed the ferry line on Monday because its pier had rusted through.

{filler}

"The pier was no longer safe for passengers," the harbour master said on Tuesday.
"""
FILLER = "\n\n".join(
    f"Notice {n}. The council met in room {n} and talked about parking, benches, lamps and the colour of doors."
    for n in range(1, 60)
)
HOSTILE = """Weather Notes <script>window.hacked = 1</script>

<img src="http://evil.example/pixel.png" onerror="window.hacked = 2"> Rain fell on the {{value}} valley ${value}.

![chart](http://evil.example/chart.png) The valley was wet for nine days.
"""


def find_browser() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_browser()
    if executable is None:
        message = "no Chromium or Chrome on the PATH: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "interview.txt").write_text(INTERVIEW, encoding="utf-8")
    (folder / "ferry.txt").write_text(FERRY.format(filler=FILLER), encoding="utf-8")
    (folder / "weather.txt").write_text(HOSTILE, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut off")
    return folder


@pytest.fixture(scope="module")
def address(browser: Browser, documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running chat that has indexed the documents; asking for the browser first skips where there is none."""
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "chat.log"
    code = (
        "import sys; from pathlib import Path; from rag.settings import Settings; from ui.app import launch\n"
        "index, folder, port, example = sys.argv[1:]\n"
        "launch(Path(index), Settings(), [Path(folder)], port=int(port), open_browser=False, examples=[example])"
    )
    arguments = [str(tmp_path_factory.mktemp("index") / "rag"), str(documents), str(port), EXAMPLE]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until_open(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def wait_until_open(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(240):
        if server.poll() is not None:
            break
        try:
            opener.open(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the chat did not open:\n{log.read_text(errors='replace')[-3000:]}")


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[object]:
    """Opens the chat in a window of some size; afterwards nothing may have left this machine or failed."""
    contexts, requests, errors = [], [], []

    def open_page(size: tuple[int, int] = WIDE) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        expect(page.locator(".documents .document").first).to_be_attached(timeout=120_000)
        expect(page.locator("#indexing .indexing")).to_have_count(0)
        return page

    yield open_page
    for context in contexts:
        context.close()
    hosts = {urlsplit(url).hostname for url in requests if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert errors == []


def ask(page: Page, question: str) -> Locator:
    """Ask, wait for the whole answer, and return it."""
    before = page.locator(".answer .made").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".answer .made")).to_have_count(before + 1, timeout=120_000)
    return page.locator(".answer").last


def inside(inner: Locator, outer: Locator) -> bool:
    """Whether `inner` lies in sight within `outer`."""
    box, frame = inner.bounding_box(), outer.bounding_box()
    assert box is not None
    assert frame is not None
    return (
        frame["y"] <= box["y"]
        and box["y"] + box["height"] <= frame["y"] + frame["height"]
        and frame["x"] <= box["x"]
        and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    )


def opened_by(page: Page, footnote: Locator, documents: Path) -> str:
    """Click a footnote and return the cited words of its file, once the page marks exactly those, in view."""
    start, end = int(footnote.get_attribute("data-start") or -1), int(footnote.get_attribute("data-end") or -1)
    footnote.click()
    mark = page.locator("#source mark.cited")
    expect(mark.first).to_be_visible()
    expect(page.locator("#desk")).not_to_have_attribute("data-loading", "yes")
    name = page.locator("#source .path").inner_text()
    quote = (documents / name).read_text(encoding="utf-8")[start:end]
    assert "".join(mark.all_text_contents()) == quote
    assert inside(mark.first, page.locator("#source"))
    return quote


def test_the_first_page_says_what_it_is(visit) -> None:
    page = visit()
    assert page.title() == "Footnote"
    expect(page.get_by_role("heading", name="Footnote")).to_be_visible()
    expect(page.get_by_text("Answers from your documents, with the exact words behind every sentence.")).to_be_visible()
    expect(page.locator(".example")).to_have_text([EXAMPLE])
    expect(page.locator(".documents .document")).to_have_count(3)
    page.locator(".left-out summary").click()
    expect(page.locator(".left-out li")).to_contain_text("broken.pdf")
    expect(page.locator("footer")).to_be_hidden()


def test_an_answer_leads_to_the_exact_words(visit, documents: Path) -> None:
    page = visit()
    before = page.locator("#question").bounding_box()
    answer = ask(page, QUESTION)
    expect(answer.locator(".sentence.verbatim").first).to_contain_text("two unaffiliated distributors")
    expect(answer.locator(".introduction strong").first).to_have_text("Dana Whitfield", ignore_case=True)
    quote = opened_by(page, answer.locator(".sentence .footnote").first, documents)
    assert "two unaffiliated distributors" in quote
    assert page.locator("#question").bounding_box() == before, "the page does not jump"
    page.locator(".pane-bar").get_by_text("All documents").click()
    expect(page.locator(".documents .document").first).to_be_visible()
    opened_by(page, answer.locator(".sentence .footnote").first, documents)  # the same one again


def test_a_quotation_far_down_a_long_document_is_scrolled_into_view(visit, documents: Path) -> None:
    page = visit()
    answer = ask(page, "What did the harbour master say about the pier and passengers?")
    footnotes = answer.locator(".sentence .footnote")
    quotes = [opened_by(page, footnotes.nth(n), documents) for n in range(footnotes.count())]
    assert any("no longer safe for passengers" in quote for quote in quotes)


def test_an_example_question_is_asked_by_a_click(visit) -> None:
    page = visit()
    page.locator(".example").click()
    expect(page.locator(".asked")).to_have_text(EXAMPLE)
    expect(page.locator(".answer .made")).to_have_count(1, timeout=120_000)
    expect(page.locator(".answer")).to_contain_text("rusted through")
    page.get_by_label("New conversation").click()
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".example")).to_be_visible()


def test_an_abstention_says_so_and_shows_no_footnote(visit) -> None:
    page = visit()
    answer = ask(page, UNANSWERABLE)
    expect(answer).to_have_class("answer abstained")
    expect(answer.locator(".reason")).to_be_visible()
    expect(answer.locator(".footnote")).to_have_count(0)
    if answer.locator(".passage").count():
        answer.locator(".passage").first.click()
        expect(page.locator("#source mark.cited").first).to_be_visible()


def test_a_hostile_document_stays_text(visit) -> None:
    page = visit()
    page.locator(".document", has_text="Weather Notes").click()
    expect(page.locator("#source .document-text")).to_contain_text('onerror="window.hacked = 2">')
    expect(page.locator("#source .document-text")).to_contain_text("![chart](http://evil.example/chart.png)")
    expect(page.locator("#source .document-text")).to_contain_text("${value}")
    ask(page, "<img src=http://evil.example/q.png onerror='window.hacked=3'> ![x](http://evil.example/q.png) valley?")
    assert page.locator("#chat img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_phone_shows_one_thing_at_a_time(visit, documents: Path) -> None:
    page = visit(PHONE)
    expect(page.locator("#pane")).to_be_hidden()
    page.get_by_role("button", name="Documents", exact=True).click()
    expect(page.locator(".documents .document").first).to_be_visible()
    page.get_by_text("Back to the conversation").click()
    answer = ask(page, QUESTION)
    opened_by(page, answer.locator(".sentence .footnote").first, documents)
    expect(page.locator("#conversation")).to_be_hidden()
    page.get_by_text("Back to the conversation").click()
    expect(answer.locator(".sentence").first).to_be_visible()
    expect(page.locator("#source")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 768, 1024, 1920])
def test_no_width_needs_sideways_scrolling(visit, width: int) -> None:
    page = visit((width, 800))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(
        "[...document.querySelectorAll('#chat, #masthead')].every(e => e.scrollWidth <= e.clientWidth)"
    )


def test_the_keyboard_is_enough(visit) -> None:
    page = visit()
    answer = ask(page, QUESTION)
    answer.locator(".sentence .footnote").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark#cited")).to_be_focused()
    page.keyboard.press("Escape")
    expect(answer.locator(".sentence .footnote").first).to_be_focused()


def test_an_empty_question_asks_nothing(visit) -> None:
    page = visit()
    page.locator("#question textarea").fill("   ")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()


def test_a_taken_port_is_a_clear_error(tmp_path: Path) -> None:
    from index.errors import DoorUnavailable
    from rag.settings import Settings
    from ui.app import launch

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DoorUnavailable, match=f"Port {port} is in use.*--port {port + 1}"):
            launch(tmp_path, Settings(), port=port, open_browser=False)
