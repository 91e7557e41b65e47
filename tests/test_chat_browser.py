"""The web chat in a real browser, over a small real index: what a person sees, and that nothing leaves the machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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

DANA WHITFIELD: We learned to read our distributors' contracts twice.
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
HOSTILE = """# Weather Notes <script>window.hacked = 1</script>

<img src="http://evil.example/pixel.png" onerror="window.hacked = 2"> Rain fell on the {{value}} valley ${value}.

![chart](http://evil.example/chart.png) The valley was wet for nine days.
"""


FALSE = "Penguins resigned from the volcano in 1850."
RECORD = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const answer = [...document.querySelectorAll('.answer')].pop();
    if (answer) window.seen.push(answer.innerText);
  }).observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true});
}"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chat")


@contextmanager
def running_chat(folder: Path, paths: Sequence[Path], **settings: str) -> Iterator[str]:
    """The address of a chat over the index in `folder`, in a process of its own."""
    port = free_port()
    log = folder / f"{port}.log"
    code = (
        "import sys; from pathlib import Path; from rag.settings import load_settings; from ui.app import launch\n"
        "index, port, example, *paths = sys.argv[1:]\n"
        "launch(Path(index), load_settings(), [Path(path) for path in paths], port=int(port), open_browser=False,"
        " examples=[example])"
    )
    arguments = [str(folder / "index"), str(port), EXAMPLE, *map(str, paths)]
    environment = {**os.environ, **{f"RAG_{name.upper()}": value for name, value in settings.items()}}
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        wait_until_open(f"http://127.0.0.1:{port}", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="module")
def address(browser: Browser, documents: Path, folder: Path) -> Iterator[str]:
    """A chat that indexes the documents when it starts; asking for the browser first skips where there is none."""
    with running_chat(folder, [documents]) as address:
        yield address


class ScriptedEndpoint(BaseHTTPRequestHandler):
    """A language model's endpoint: one true sentence, one false one, then a long silence when asked to be slow."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt, question = body["messages"][0]["content"], body["messages"][-1]["content"]
        number = re.findall(r"\[(\d+)\] [^\n]*two unaffiliated distributors", prompt)[0]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        sentences = (
            f"Two unaffiliated distributors erroneously listed the product codes on a procurement site. [{number}] ",
            f"{FALSE} [{number}] ",
        )
        with contextlib.suppress(OSError):
            for word in [*"".join(sentences).split(), ""]:
                time.sleep(5 if "slowly" in question else 0.05)
                choice = {"index": 0, "delta": {"content": word + " "}, "finish_reason": None if word else "stop"}
                chunk = {"choices": [choice], "object": "chat.completion.chunk"}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                self.wfile.flush()
            self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture(scope="module")
def written_address(address: str, folder: Path) -> Iterator[str]:
    """A chat whose answers are written by a language model, over the index that the first chat has made."""
    endpoint = ThreadingHTTPServer(("127.0.0.1", 0), ScriptedEndpoint)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{endpoint.server_address[1]}/v1"
    with running_chat(folder, [], model="scripted", model_url=url) as address:
        yield address
    endpoint.shutdown()


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

    def open_page(size: tuple[int, int] = WIDE, at: str = address) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(at)
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
    expect(page.get_by_role("heading", name="Footnote")).to_be_visible()
    expect(page.get_by_text("Answers from your documents, with the exact words behind every sentence.")).to_be_visible()
    expect(page.locator(".example")).to_have_text([EXAMPLE])
    expect(page.locator(".left-out li")).to_contain_text("broken.pdf")


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
    expect(page.locator("#source")).to_be_hidden()
    ask(page, UNANSWERABLE)
    assert inside(page.locator(".asked").last, page.locator("#chat"))


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
    page.wait_for_timeout(300)
    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()


def test_what_a_model_writes_is_checked_before_it_is_shown(visit, address: str, written_address: str) -> None:
    visit()  # the first chat has made the index once its page is ready
    page = visit(at=written_address)
    page.evaluate(RECORD)
    answer = ask(page, QUESTION)
    expect(answer.locator(".sentence.written")).to_have_count(1)
    expect(answer.locator(".verdict")).to_contain_text("supported")
    expect(answer.locator(".made")).to_contain_text("Written by scripted, each sentence checked · 1 removed")
    seen = page.evaluate("window.seen")
    assert "Writing… checking each sentence before it is shown" in seen
    assert not [text for text in seen if FALSE[:12] in text]


def test_programs_get_the_same_answer_over_http(visit, address: str, documents: Path) -> None:
    visit()  # the index is ready
    from gradio_client import Client

    answer = Client(address, verbose=False).predict(QUESTION, api_name="/answer")
    cited = answer["citations"][0]
    text = (documents / cited["document"]).read_text(encoding="utf-8")
    assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_a_slow_answer_can_be_stopped(visit, written_address: str) -> None:
    page = visit(at=written_address)
    page.locator("#question textarea").fill("How did the product codes slowly get onto the procurement site?")
    page.keyboard.press("Enter")
    expect(page.locator(".progress-line")).to_contain_text("Writing…")
    page.get_by_label("Stop").click()
    expect(page.locator(".notice")).to_have_text("Stopped.")
    expect(page.locator(".progress-line")).to_have_count(0)
    expect(page.get_by_label("Ask", exact=True)).to_be_visible()
