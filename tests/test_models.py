"""Language models' endpoints: a real local server that speaks the streaming protocol well, badly or not at all."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from conftest import MakeIndex

from index.errors import ModelUnavailable, UsageError
from index.opening import Index
from rag import Answer, Settings, answer
from rag.models import EndpointModel, model_from_settings

pytestmark = pytest.mark.usefixtures("plain_environment")

QUESTION = "When did the mill open?"
SAID = "The mill opened in 1891."
TEXT = f"The mill\n\n{SAID} A flood destroyed the great wheel of the mill.\n"
Behaviour = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Does `behave` for every request and records the requests' headers, bodies and paths."""

    daemon_threads = True

    def __init__(self, behave: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.headers: list[Mapping[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client went away: nothing to say."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.paths.append(self.path)
        self.server.behave(self)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep quiet."""

    def begin(self, status: int = 200, kind: str = "text/event-stream", **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: str) -> None:
        self.wfile.write(data.encode())
        self.wfile.flush()

    def event(self, data: Any) -> None:
        self.send(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")

    def piece(self, content: str | None = None, finish: str | None = None, **more: Any) -> None:
        choice = {"index": 0, "delta": {"content": content} if content else {}, "finish_reason": finish}
        self.event(
            {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]} | more
        )


def good(handler: Handler) -> None:
    handler.begin()
    handler.piece("", role="assistant")
    for piece in ("The mill ", "opened in ", "1891. ", "[1]"):
        handler.piece(piece)
    handler.piece(finish="stop")
    handler.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [],
                   "usage": {"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333}})  # fmt: skip
    handler.event("[DONE]")


def good_without_usage(handler: Handler) -> None:
    handler.begin()
    handler.piece(f"{SAID} [1]", finish="stop")
    handler.event("[DONE]")


def with_status(status: int, **headers: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin(status, "application/json", **headers)
        handler.send(json.dumps({"error": {"message": "no", "code": status}}))

    return behave


def whole(body: str, kind: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        handler.begin(200, kind)
        handler.send(body)

    return behave


def not_json_events(handler: Handler) -> None:
    handler.begin()
    handler.event("{oops")


def strange_events(handler: Handler) -> None:
    handler.begin()
    handler.event({"choices": [{"delta": "text", "finish_reason": 7}], "usage": "none"})
    handler.event([1, 2])


def null_event(handler: Handler) -> None:
    handler.begin()
    handler.event("null")


def binary(handler: Handler) -> None:
    handler.begin()
    handler.wfile.write(b"data: \xff\xfe\x00\xff\n\n")


def stops_half_way(handler: Handler) -> None:
    handler.begin()
    handler.piece("The mill opened in 1891. [1] A flood ")


def breaks_a_chunk_off(handler: Handler) -> None:
    handler.protocol_version = "HTTP/1.1"
    handler.begin(Transfer_Encoding="chunked")
    handler.send("ffff\r\ndata: ")
    handler.connection.shutdown(socket.SHUT_RDWR)


def stalls_at_once(handler: Handler) -> None:
    handler.server.over.wait(20)


def stalls_half_way(handler: Handler) -> None:
    handler.begin()
    handler.piece("The mill opened in 1891. [1] A flood ")
    handler.server.over.wait(20)


def empty(handler: Handler) -> None:
    handler.begin()
    handler.piece(finish="stop")
    handler.event("[DONE]")


def nothing(handler: Handler) -> None:
    handler.begin()


def error_inside(handler: Handler) -> None:
    handler.begin()
    handler.piece("The mill opened in 1891. [1] ")
    handler.event({"error": {"message": "CUDA out of memory", "type": "server_error"}})


def endless(handler: Handler) -> None:
    handler.begin()
    while not handler.server.over.is_set():
        handler.piece(f"{SAID} [1] ")


def endless_thought(handler: Handler) -> None:
    handler.begin()
    while not handler.server.over.is_set():
        handler.event({"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}, "finish_reason": None}]})


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], Server]]:
    servers: list[Server] = []

    def start(behave: Behaviour) -> Server:
        server = Server(behave)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index({"mill.txt": TEXT})


def ask(index: Index, url: str, **changes: Any) -> Answer:
    return answer(QUESTION, index=index, settings=Settings(model="m", model_url=url, **changes))


# ---- well ----


def test_a_good_stream_becomes_an_answer(serve: Callable[[Behaviour], Server], index: Index) -> None:
    server = serve(good)
    reply = ask(index, server.url, answer_tokens=77)
    assert reply.text == f"{SAID} [1]"
    assert (reply.model, reply.notice, reply.removed) == ("m", "", 0)
    assert reply.tokens == {"prompt": 321, "completion": 12}
    assert [citation.quote for citation in reply.citations] == [SAID]
    assert server.paths == ["/v1/chat/completions"]
    body = server.bodies[0]
    assert (body["model"], body["max_tokens"], body["temperature"], body["stream"]) == ("m", 77, 0, True)


def test_without_the_endpoints_usage_tokens_are_counted_here(
    serve: Callable[[Behaviour], Server], index: Index
) -> None:
    reply = ask(index, serve(good_without_usage).url)
    assert reply.model == "m"
    assert reply.tokens["prompt"] > 50
    assert 0 < reply.tokens["completion"] < 50


# ---- badly: always an answer made of quotes, with a notice, in time ----


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (with_status(400), "status 400"),
        (with_status(401), "refused the key (status 401); set RAG_MODEL_KEY"),
        (with_status(403), "refused the key (status 403)"),
        (with_status(404), "has no model 'm' (status 404); check --model and --model-url"),
        (with_status(429, Retry_After="50"), "over its limit (status 429)"),
        (with_status(500), "failed (status 500)"),
        (with_status(503), "failed (status 503)"),
        (with_status(307, Location="http://127.0.0.1:9/v1"), "points to another address (status 307)"),
        (whole("<html><body>Welcome!</body></html>", "text/html"), "sent no answer"),
        (whole('{"choices": [{"message": {"content": "Hi"}}]}', "application/json"), "sent no answer"),
        (not_json_events, "sent something unreadable"),
        (strange_events, "sent something unreadable"),
        (null_event, "sent something unreadable"),
        (binary, "sent something unreadable"),
        (stops_half_way, "broke off in the middle"),
        (breaks_a_chunk_off, "can't be reached"),
        (stalls_at_once, "said nothing for 0.5 seconds"),
        (stalls_half_way, "said nothing for 0.5 seconds"),
        (empty, "sent no answer"),
        (nothing, "sent no answer"),
        (endless_thought, "sent no answer"),
        (error_inside, "CUDA out of memory"),
    ],
)
def test_a_failing_endpoint_leaves_quotes_and_a_notice(
    serve: Callable[[Behaviour], Server], index: Index, behave: Behaviour, says: str
) -> None:
    server = serve(behave)
    started = time.perf_counter()
    reply = ask(index, server.url, model_seconds=0.5)
    assert time.perf_counter() - started < 4
    assert says in reply.notice
    assert reply.notice.endswith("Without it, answers are made of quotes.")
    assert (reply.status, reply.model, reply.complete) == ("answered", "quotes", True)
    assert {sentence.verdict for sentence in reply.sentences} == {"verbatim"}
    for citation in reply.citations:
        assert citation.document.text[citation.start : citation.end] == citation.quote
    assert len(server.paths) == 1  # no second try behind the user's back


def test_an_endless_completion_is_cut(serve: Callable[[Behaviour], Server], index: Index) -> None:
    started = time.perf_counter()
    reply = ask(index, serve(endless).url, answer_tokens=60)
    assert time.perf_counter() - started < 8
    assert (reply.text, reply.model) == (f"{SAID} [1]", "m")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://no-such-host.invalid/v1"])
def test_an_endpoint_that_is_not_there(index: Index, url: str) -> None:
    started = time.perf_counter()
    reply = ask(index, url, model_seconds=2)
    assert time.perf_counter() - started < 6
    assert (
        reply.notice == f"The endpoint {url} can't be reached; is it running? Without it, answers are made of quotes."
    )
    assert reply.citations


def test_the_error_names_what_went_wrong() -> None:
    with pytest.raises(ModelUnavailable, match="can't be reached"):
        list(EndpointModel("m", "http://127.0.0.1:9/v1", None, 1.0).stream([{"role": "user", "content": "?"}], 10))


# ---- keys and what else must not leave ----


def test_a_key_in_the_environment_makes_no_request(monkeypatch: pytest.MonkeyPatch, index: Index) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("a connection was opened"))
    monkeypatch.setattr(socket.socket, "connect", lambda *a, **k: pytest.fail("a connection was opened"))
    assert model_from_settings(Settings()) is None
    assert answer(QUESTION, index=index, settings=Settings()).model == "quotes"


def test_only_the_users_key_goes_to_the_users_endpoint(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[Behaviour], Server], index: Index
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "sk-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Secret: sk-secret\nAuthorization: Bearer sk-secret")
    server = serve(good)
    assert ask(index, server.url).notice == ""
    monkeypatch.setenv("RAG_MODEL_KEY", "local-key")
    assert ask(index, server.url).notice == ""
    without, with_key = server.headers
    assert "authorization" not in without
    assert with_key["authorization"] == "Bearer local-key"
    for headers in server.headers:
        assert "sk-secret" not in str(headers)
        assert not [name for name in headers if name.startswith(("x-", "openai-"))]  # nor what machine this is


def test_a_redirect_takes_the_documents_nowhere(serve: Callable[[Behaviour], Server], index: Index) -> None:
    other = serve(good)
    first = serve(with_status(307, Location=f"{other.url}/chat/completions"))
    reply = ask(index, first.url, model_key="local-key")
    assert "points to another address" in reply.notice
    assert other.paths == []


def test_this_machine_is_reached_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[Behaviour], Server], index: Index
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert ask(index, serve(good).url).notice == ""


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://api.openai.com/v1", "Bearer sk-secret"),
        ("https://eu.api.openai.com/v1", "Bearer sk-secret"),
        ("https://notopenai.com/v1", None),
        ("https://openai.com.evil.example/v1", None),
        ("http://127.0.0.1:1/v1", None),
    ],
)
def test_openais_key_is_for_openai(monkeypatch: pytest.MonkeyPatch, url: str, sent: str | None) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    model = model_from_settings(Settings(model="m", model_url=url))
    assert isinstance(model, EndpointModel)
    assert model._key == (sent and "sk-secret")


@pytest.mark.parametrize("settings", [{"model": "m"}, {"model_url": "http://127.0.0.1:1/v1"}])
def test_half_a_model_is_wrong_usage(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"needs --model(-url)? too, as in: --model llama3\.2 --model-url http"):
        model_from_settings(Settings(**settings))


@pytest.mark.parametrize(
    "url",
    ["localhost:11434", "ftp://host/v1", "http://", "http://[::1", "http://host:99999999/v1", "http://a b/v1", "x"],
)
def test_an_address_that_is_none_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match=r"is not the address of an endpoint .*; it looks like http"):
        model_from_settings(Settings(model="m", model_url=url))
