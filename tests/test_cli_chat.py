"""`rag chat`: who may do what, said on the command line or in the environment, and kept at every door of a process."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import FakeEmbedder

from rag import answering
from ui.cli import main

TEXT = "The mill\n\nThe mill on the Aller opened in 1891. A flood destroyed the great oak wheel in 1920.\n"
ROOT = Path(__file__).parent.parent
PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
import index.embed, rag.answering
from fakes import FakeEmbedder
index.embed.load_embedder = rag.answering.load_embedder = lambda model=None: FakeEmbedder()
from ui.cli import main
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def here(plain_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder with documents/mill.txt, and FakeEmbedder as the bundled model."""
    for module in ("index.embed", "rag.answering"):
        monkeypatch.setattr(f"{module}.load_embedder", lambda model=None: FakeEmbedder())
    answering._opened.cache_clear()
    (plain_environment / "documents").mkdir()
    (plain_environment / "documents" / "mill.txt").write_text(TEXT, encoding="utf-8")
    yield plain_environment
    answering._opened.cache_clear()


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the chat was launched with."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr("ui.app.launch", lambda *arguments, **named: calls.append(named))
    return calls


def test_by_default_everybody_on_this_machine_may_do_everything(
    launched: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chat", "documents"]) == 0
    assert {"read_only": False, "auth": None, "mcp": False, "host": "127.0.0.1"}.items() <= launched[0].items()
    assert capsys.readouterr().err == ""


def test_what_is_given_reaches_the_chat(
    launched: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chat", "--read-only", "--mcp", "--auth", "reader:pass:word", "--host", "0.0.0.0"]) == 0
    assert {"read_only": True, "auth": ("reader", "pass:word"), "mcp": True}.items() <= launched[0].items()
    monkeypatch.setenv("RAG_AUTH", "other:secret")
    assert main(["chat", "--host", "0.0.0.0"]) == 0
    assert launched[1]["auth"] == ("other", "secret")
    assert main(["chat", "--auth", "reader:word"]) == 0
    assert launched[2]["auth"] == ("reader", "word")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("auth", ["password", ":password", "reader:", ":"])
def test_half_of_the_credentials_is_wrong_usage_and_not_shown(
    auth: str, launched: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chat", "--auth", auth]) == 2
    shown = capsys.readouterr().err
    assert shown == "rag: The chat needs a name and a password to ask for; give both, as in: RAG_AUTH=NAME:PASSWORD\n"
    assert launched == []


def test_a_chat_that_others_can_reach_without_a_password_says_so(
    launched: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chat", "--host", "0.0.0.0"]) == 0
    shown = capsys.readouterr().err
    assert shown.startswith("rag: everybody who can reach 0.0.0.0 can read these documents; set RAG_AUTH=")
    assert shown.count("\n") == 1
    assert main(["chat", "--host", "::1"]) == 0
    assert capsys.readouterr().err == ""


def test_mcp_without_its_extra_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.fastmcp", None)
    assert main(["chat", "--mcp", "--no-browser", "--port", str(free_port())]) == 1
    shown = capsys.readouterr().err
    assert shown == ('rag: MCP needs a package that is not installed; get it with: pip install "footnote-rag[mcp]"\n')


def test_the_help_says_that_a_command_can_be_seen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["chat", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "RAG_AUTH does the same, and other users of this machine can't see it there" in shown


# ---- a real process ----


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def chat(*arguments: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running `rag chat` and its address."""
    port = free_port()
    program = PROGRAM.format(tests=str(Path(__file__).parent))
    running = subprocess.Popen(
        [sys.executable, "-c", program, "chat", *arguments, "--no-browser", "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    try:
        assert running.stdout is not None
        for line in running.stdout:
            if f":{port}" in line:
                break
        else:
            pytest.fail(f"it ended with {running.wait(10)}")
        yield f"http://127.0.0.1:{port}", running
    finally:
        running.kill()
        running.wait(20)


def test_every_door_of_a_running_chat_asks_for_the_password() -> None:
    credentials = {"Authorization": "Basic " + base64.b64encode(b"reader:word").decode()}
    question = {"messages": [{"role": "user", "content": "When did the mill on the Aller open?"}]}
    with chat("documents", "--read-only", RAG_AUTH="reader:word") as (address, _):
        for method, path in [
            ("GET", "/"),
            ("GET", "/config"),
            ("GET", "/gradio_api/info"),
            ("POST", "/gradio_api/call/answer"),
            ("POST", "/gradio_api/queue/join"),
            ("GET", "/gradio_api/file=documents/mill.txt"),
            ("POST", "/gradio_api/upload"),
            ("GET", "/v1/models"),
            ("POST", "/v1/chat/completions"),
            ("POST", "/mcp"),
        ]:
            assert (path, httpx.request(method, f"{address}{path}").status_code) == (path, 401)
        with httpx.Client(base_url=address, headers=credentials) as inside:
            assert inside.get("/").status_code == 200
            info = inside.get("/gradio_api/info").json()["named_endpoints"]
            assert "/answer" in info
            assert inside.post("/gradio_api/upload", files={"files": b"x"}).status_code == 403
            reply = inside.post("/v1/chat/completions", json=question)
            until = time.monotonic() + 30
            while reply.status_code == 503 and time.monotonic() < until:  # it is still indexing
                time.sleep(0.2)
                reply = inside.post("/v1/chat/completions", json=question)
            assert "opened in 1891" in reply.json()["choices"][0]["message"]["content"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process there")
def test_ctrl_c_ends_a_chat() -> None:
    with chat("documents") as (_, running):
        running.send_signal(signal.SIGINT)
        assert running.wait(20) in (0, 130)
        assert running.stdout is not None
        assert "Traceback" not in running.stdout.read()
