"""What the browser tests share: documents to ask about, a chat in a process of its own, and what a person does.

It does not know what is tested with it; the fixtures made of it are in conftest.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

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

![chart](http://evil.example/chart.png) The valley was wet for nine days. [more](javascript:window.hacked=4)
"""
REVIEW = """Review of the Toll Bridge

By Nora Penn, Published Apr 2, 2018

The county looked at the toll bridge in March. The toll bridge has 214 lamps, and most of them are old.
"""
REPLY = """A Reply on the Toll Bridge

By Otto Lind, Published May 9, 2018

We read the review with interest. The toll bridge has 187 lamps, and all of them are new.
"""
THREAD = """Bakery Opens on Quay Street

By Mia Holt, Published Jun 4, 2018

The bakery on Quay Street opened on Saturday with forty kinds of bread.

Comments (3)

Ann Harrow
Jun 5, 2018

The rye bread of the bakery is worth the walk from the station.

Ben Tolley
Jun 5, 2018

The bakery closes at noon, which is no use to anybody who works.

Ann Harrow
Jun 6, 2018

The bakery told me that it will open in the evenings from July.
"""
DOCUMENTS = {
    "interview.txt": INTERVIEW,
    "ferry.txt": FERRY.format(filler=FILLER),
    "weather.txt": HOSTILE,
    "review.txt": REVIEW,
    "reply.txt": REPLY,
    "bakery.txt": THREAD,
}
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


@contextmanager
def running_chat(folder: Path, paths: Sequence[Path], options: str = "", **settings: str) -> Iterator[str]:
    """The address of a chat over the index in `folder`, in a process of its own; `options` are more of `launch`."""
    port = free_port()
    log = folder / f"{port}.log"
    code = (
        "import sys; from pathlib import Path; from rag.settings import load_settings; from ui.app import launch\n"
        "index, port, example, *paths = sys.argv[1:]\n"
        "launch(Path(index), load_settings(), [Path(path) for path in paths], port=int(port), open_browser=False,"
        f" examples=[example], {options})"
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


def until_ready(page: Page) -> None:
    """Wait until the documents are indexed and listed."""
    expect(page.locator(".documents .document").first).to_be_attached(timeout=120_000)
    expect(page.locator("#indexing .indexing")).to_have_count(0)


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
    name = page.locator("#source .path").inner_text().rpartition("/")[2]
    quote = (documents / name).read_text(encoding="utf-8")[start:end]
    assert "".join(mark.all_text_contents()) == quote
    assert inside(mark.first, page.locator("#source"))
    return quote
