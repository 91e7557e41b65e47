"""Fixtures that several test files share: a small index, an environment without settings, a chat in a browser.

They do not know what is tested with them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from fakes import FakeEmbedder

from index.opening import Index, open_index
from index.sync import sync

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MakeIndex = Callable[[Mapping[str, str]], Index]


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No RAG_* or OPENAI_* variable, and an empty current folder (so no rag.toml); returns that folder."""
    for name in list(os.environ):
        if name.upper().startswith(("RAG_", "OPENAI_")) or name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def make_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeIndex]:
    """A function from file names and contents to an open index of them, made with FakeEmbedder."""
    opened: list[Index] = []

    def make(files: Mapping[str, str]) -> Index:
        folder = tmp_path_factory.mktemp("collection")
        for name, text in files.items():
            path = folder / "documents" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        for _ in sync([folder / "documents"], folder / "index", FakeEmbedder()):
            pass
        opened.append(open_index(folder / "index", embedder=FakeEmbedder()))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


# ---- a chat in a browser: playwright is imported only where a test asks for one


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where a real Chromium is; skips where there is none, and fails in CI."""
    pytest.importorskip("playwright", reason='the browser tests need playwright: pip install "footnote-rag[test]"')
    from browsing import BROWSERS

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        message = "no Chromium or Chrome on the PATH: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return executable


@pytest.fixture(scope="module")  # no longer: an event loop runs in this thread as long as it is open
def browser(chromium: str) -> Iterator[Browser]:
    from browsing import FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def chat_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small documents: an interview, a long article, a hostile page, two that disagree, a broken one."""
    from browsing import DOCUMENTS

    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 cut off")
    return folder


@pytest.fixture(scope="session")
def chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the chat's index is, and what it printed."""
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="session")
def address(chromium: str, chat_documents: Path, chat_folder: Path) -> Iterator[str]:
    """A chat that indexes the documents when it starts; asking for Chromium first skips where there is none."""
    from browsing import running_chat

    with running_chat(chat_folder, [chat_documents]) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the chat in a window of some size; afterwards nothing may have left this machine or failed."""
    from browsing import WIDE, until_ready

    contexts, requests, errors = [], [], []

    def open_page(size: tuple[int, int] = WIDE, at: str = address, **context_options: Any) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **context_options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(at)
        until_ready(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    hosts = {urlsplit(url).hostname for url in requests if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert errors == []
