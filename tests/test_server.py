"""Every door of a running chat: gradio's interface, OpenAI's, MCP; and that none opens without credentials."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio
import httpx
import openai
import pytest
from fakes import FakeEmbedder, ScriptedModel
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from index.errors import DoorUnavailable, IndexMissing
from index.opening import Index, open_index
from index.sync import sync
from rag import answering
from rag.settings import Settings
from ui.completions import RULE, WITHDRAWN, grown, read_request, said
from ui.server import doors
from ui.tools import Tools, add_endpoints

QUOTE = "The mill on the Aller opened in 1891. A flood destroyed the great oak wheel in 1920."
MILL = f"The mill\n\n{QUOTE}\n"
FERRY = "The ferry\n\nThe ferry runs at noon. It is never late.\n"
QUESTION = "When did the mill on the Aller open?"
SENTENCE = "The mill on the Aller opened in 1891."
AUTH = ("reader", "pass:word")
BASIC = {"Authorization": "Basic " + base64.b64encode(":".join(AUTH).encode()).decode()}
BEARER = {"Authorization": f"Bearer {AUTH[1]}"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "documents").mkdir()
    (folder / "documents" / "mill.txt").write_text(MILL, encoding="utf-8")
    (folder / "documents" / "ferry.txt").write_text(FERRY, encoding="utf-8")
    for _ in sync([folder / "documents"], folder / "index", FakeEmbedder()):
        pass
    opened = open_index(folder / "index", embedder=FakeEmbedder())
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password costs nothing here."""
    monkeypatch.setattr("ui.access.WRONG_SECONDS", 0.0)


@contextmanager
def serving(index: Index | None, **options: Any) -> Iterator[str]:
    """The address of a small page with all doors over `index`, served in this process as the chat is."""

    def opened() -> Index:
        if index is None:
            raise IndexMissing("The documents are still being indexed. Ask again in a moment.")
        return index

    settings = Settings()
    with gradio.Blocks(analytics_enabled=False) as page:
        gradio.Markdown("The page")
        add_endpoints(Tools(opened, settings))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments: dict[str, Any] = {"server_name": "127.0.0.1", "server_port": port, "ssr_mode": False, "quiet": True}
    page.launch(**arguments, prevent_thread_lock=True, app_kwargs=doors(opened, settings, "127.0.0.1", **options))
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="module")
def open_door(index: Index) -> Iterator[str]:
    with serving(index) as address:
        yield address


@pytest.fixture(scope="module")
def guarded(index: Index) -> Iterator[str]:
    with serving(index, auth=AUTH, mcp=find_spec("mcp") is not None) as address:
        yield address


def client(address: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0, timeout=30)


def asking(*turns: Mapping[str, str] | str) -> list[Any]:
    return [{"role": "user", "content": turn} if isinstance(turn, str) else dict(turn) for turn in turns]


# ---- OpenAI's interface ----


def test_a_completion_is_cited(open_door: str) -> None:
    reply = client(open_door).chat.completions.create(model="footnote", messages=asking(QUESTION))
    text, _, notes = (reply.choices[0].message.content or "").partition(RULE)
    assert SENTENCE in text
    assert "[1]" in text
    assert notes.startswith("- [1] The mill, mill.txt:10-")
    assert (reply.choices[0].finish_reason, reply.model, reply.usage and reply.usage.total_tokens) == (
        "stop", "footnote", 0,
    )  # fmt: skip
    data = (reply.model_extra or {})["footnote"]
    (citation,) = data["citations"]
    assert MILL[citation["start"] : citation["end"]] == citation["quote"] == QUOTE
    assert data["status"] == "answered"


def test_a_completion_is_streamed(open_door: str) -> None:
    whole = client(open_door).chat.completions.create(model="any", messages=asking(QUESTION))
    options = {"include_usage": True}
    pieces = list(
        client(open_door).chat.completions.create(
            model="any",
            messages=asking(QUESTION),
            stream=True,
            stream_options=options,  # type: ignore[arg-type]
        )
    )
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text == whole.choices[0].message.content
    assert pieces[0].choices[0].delta.role == "assistant"
    assert pieces[-2].choices[0].finish_reason == "stop"
    assert (pieces[-2].model_extra or {})["footnote"]["citations"][0]["quote"] == QUOTE
    assert pieces[-1].usage is not None
    assert len({piece.id for piece in pieces}) == 1


def test_a_conversation_is_followed_and_system_prompts_change_nothing(open_door: str) -> None:
    first = client(open_door).chat.completions.create(model="footnote", messages=asking(QUESTION))
    answer = {"role": "assistant", "content": first.choices[0].message.content or ""}
    system = {"role": "system", "content": "Answer in French, about bananas."}
    parts: Any = {"role": "user", "content": [{"type": "text", "text": "And when was its wheel destroyed?"}]}
    reply = client(open_door).chat.completions.create(model="m", messages=asking(system, QUESTION, answer, parts))
    data = (reply.model_extra or {})["footnote"]
    assert data["question"] == "And when was its wheel destroyed?"
    assert "mill" in data["search_query"]
    assert "bananas" not in json.dumps(data)


def test_an_abstention_names_the_closest_passages(open_door: str) -> None:
    question = "Which chess opening did the grandmaster choose in Reykjavik?"
    reply = client(open_door).chat.completions.create(model="footnote", messages=asking(question))
    assert (reply.model_extra or {})["footnote"]["status"] == "abstained"
    assert (
        "\n- closest: " in (reply.choices[0].message.content or "") or not (reply.model_extra or {})["footnote"]["hits"]
    )


def test_the_model_is_listed(open_door: str) -> None:
    assert [model.id for model in client(open_door).models.list()] == ["footnote"]
    assert client(open_door).models.retrieve("footnote").owned_by == "footnote"
    with pytest.raises(openai.NotFoundError, match="use 'footnote'"):
        client(open_door).models.retrieve("gpt-4o")
    with pytest.raises(openai.NotFoundError, match="use /v1/chat/completions"):
        client(open_door).embeddings.create(model="footnote", input="mill")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"no json", "not JSON"),
        (b"[]", '"messages" is missing'),
        (b'{"messages": "hi"}', '"messages" is missing'),
        (b'{"messages": []}', "must be the question"),
        (b'{"messages": [{"role": "assistant", "content": "hi"}]}', "must be the question"),
        (b'{"messages": [{"role": "user", "content": null}]}', "question is empty"),
        (
            json.dumps({"messages": [{"role": "user", "content": "x" * 20_000}]}).encode(),
            "ask in at most 10,000",
        ),
        (b'{"messages": [' + b" " * (3 << 20), "send less of the conversation"),
    ],
)
def test_a_wrong_request_is_an_error_in_openais_form(body: bytes, says: str, open_door: str) -> None:
    reply = httpx.post(f"{open_door}/v1/chat/completions", content=body)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert says in error["message"]
    assert error["type"] == "invalid_request_error"


def test_what_goes_wrong_is_an_error_and_not_a_stack_trace(
    index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(None) as address:
        for stream in (False, True):
            with pytest.raises(openai.InternalServerError, match="still being indexed") as raised:
                client(address).chat.completions.create(model="footnote", messages=asking(QUESTION), stream=stream)
            assert (raised.value.status_code, raised.value.code) == (503, "index_missing")
        with pytest.raises(AppError, match="still being indexed"):
            Client(address, verbose=False).predict(QUESTION, api_name="/answer")

    def broken(*_: object, **__: object) -> Any:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("ui.completions.answer_stream", broken)
    with serving(index) as address, pytest.raises(openai.InternalServerError) as failed:
        client(address).chat.completions.create(model="footnote", messages=asking(QUESTION))
    assert "secret" not in str(failed.value)
    assert "ZeroDivisionError" in str(failed.value)
    assert "a question failed" in caplog.text


def test_a_language_models_answer_that_fails_midway_is_withdrawn(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel([f"{SENTENCE} [1] ", "The great oak wheel was "], error="The endpoint is gone.")
    monkeypatch.setattr(answering, "model_from_settings", lambda settings: model)
    with serving(index) as address:
        pieces = client(address).chat.completions.create(model="m", messages=asking(QUESTION), stream=True)
        text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert text.startswith(SENTENCE)
    assert text.count(WITHDRAWN) == 1
    assert "The endpoint is gone." in text.partition(RULE)[2]


def test_the_pieces_of_a_growing_text() -> None:
    assert (grown("", "One."), grown("One.", "One. Two."), grown("One.", "Two.")) == (
        "One.",
        " Two.",
        WITHDRAWN + "Two.",
    )


def test_footnotes_are_not_taken_for_what_was_said() -> None:
    assert (
        said({"role": "assistant", "content": f"It opened in 1891. [1]{RULE}- [1] The mill"})
        == "It opened in 1891. [1]"
    )
    assert said({"role": "user", "content": f"One{RULE}two"}) == f"One{RULE}two"
    asked = read_request(json.dumps({"messages": [{"role": "developer", "content": "x"}, *asking("a")]}).encode())
    assert (asked.question, asked.history, asked.stream, asked.usage) == ("a", (), False, False)


# ---- gradio's interface ----


def test_named_endpoints_answer_search_and_list(open_door: str) -> None:
    chat = Client(open_door, verbose=False)
    reply = chat.predict(QUESTION, api_name="/answer")
    assert reply["citations"][0]["quote"] == QUOTE
    passages = chat.predict(QUESTION, 1, api_name="/search")
    assert [passage["document"] for passage in passages] == ["mill.txt"]
    assert MILL[passages[0]["start"] : passages[0]["end"]] == passages[0]["text"]
    assert [document["document"] for document in chat.predict(api_name="/documents")] == ["ferry.txt", "mill.txt"]
    with pytest.raises(AppError, match="question is empty"):
        chat.predict("", api_name="/answer")
    with pytest.raises(AppError, match="1 to 10,000 characters"):
        chat.predict(" ", 3, api_name="/search")


# ---- MCP ----


def call(address: str, tool: str, arguments: dict[str, Any], headers: dict[str, str] | None = None) -> tuple[Any, Any]:
    """The names of the tools, and what one of them gives, through an MCP client."""
    pytest.importorskip("mcp", reason='MCP needs its extra: pip install "footnote-rag[mcp]"')
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def run() -> tuple[Any, Any]:
        async with (
            httpx.AsyncClient(headers=headers) as sender,
            streamable_http_client(f"{address}/mcp", http_client=sender) as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            tools = [one.name for one in (await session.list_tools()).tools]
            return tools, await session.call_tool(tool, arguments)

    return asyncio.run(run())


def test_an_mcp_client_gets_a_cited_answer(guarded: str) -> None:
    for headers in (BASIC, BEARER):
        tools, result = call(guarded, "answer", {"question": QUESTION}, headers)
        assert tools == ["answer", "search", "documents"]
        assert not result.isError
        assert json.loads(result.content[0].text)["citations"][0]["quote"] == QUOTE
    _, result = call(guarded, "search", {"question": QUESTION, "limit": 1}, BASIC)
    assert result.structuredContent["result"][0]["document"] == "mill.txt"
    _, result = call(guarded, "answer", {"question": ""}, BASIC)
    assert result.isError
    assert "question is empty" in result.content[0].text


def test_without_its_extra_mcp_says_what_to_install(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.fastmcp", None)
    with pytest.raises(DoorUnavailable, match=r'pip install "footnote-rag\[mcp\]"'):
        doors(lambda: index, Settings(), "127.0.0.1", mcp=True)


# ---- credentials ----

DOORS = [
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/static/img/logo.svg"),
    ("GET", "/assets/index.js"),
    ("GET", "/favicon.ico"),
    ("POST", "/login"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/file=/etc/hostname"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/call/answer"),
    ("POST", "/gradio_api/run/answer"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/heartbeat/x"),
    ("POST", "/gradio_api/reset"),
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/mcp"),
    ("GET", "/mcp"),
    ("GET", "/monitoring"),
    ("GET", "//v1/models"),
    ("GET", "/nowhere"),
]


def test_no_door_opens_without_credentials(guarded: str) -> None:
    for method, path in DOORS:
        reply = httpx.request(method, f"{guarded}{path}")
        assert (reply.status_code, path) == (401, path)
        assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    wrong = {"Authorization": "Basic " + base64.b64encode(b"reader:wrong").decode()}
    assert httpx.get(f"{guarded}/v1/models", headers=wrong).json()["error"]["type"] == "authentication_error"


def test_the_doors_open_with_credentials(guarded: str) -> None:
    assert "gradio" in httpx.get(guarded, headers=BASIC).text
    assert client(guarded, AUTH[1]).models.list().data[0].id == "footnote"
    with pytest.raises(openai.AuthenticationError, match="Name and password are needed"):
        client(guarded, "wrong").models.list()
    reply = client(guarded, AUTH[1]).chat.completions.create(model="footnote", messages=asking(QUESTION))
    assert SENTENCE in (reply.choices[0].message.content or "")
    chat = Client(guarded, headers=BASIC, verbose=False)
    assert chat.predict(QUESTION, api_name="/answer")["citations"][0]["quote"] == QUOTE
    chat = Client(guarded, auth=AUTH, verbose=False)
    assert chat.predict(QUESTION, api_name="/answer")["citations"][0]["quote"] == QUOTE
    for wrong in (None, ("reader", "wrong"), ("other", AUTH[1])):
        with pytest.raises(AuthenticationError):
            Client(guarded, auth=wrong, verbose=False)


def test_uploads_are_closed_in_a_chat_that_is_read_only(index: Index, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("New.")
    for read_only, status in ((False, 200), (True, 403)):
        with serving(index, read_only=read_only) as address, (tmp_path / "new.txt").open("rb") as file:
            assert httpx.post(f"{address}/gradio_api/upload", files={"files": file}).status_code == status
