"""The chat as an OpenAI-compatible endpoint: /v1/chat/completions and /v1/models, for the many programs that speak it.

Its one model is this collection: what a client says of models, temperatures and system prompts changes nothing. The
answer's text carries its footnotes at the end; the field "footnote" has the whole answer as data.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from index.errors import IndexMissing, RagError, UsageError
from index.opening import Index
from index.voices import voice_at
from rag.answering import Answer, answer_stream
from rag.introduce import introduce
from rag.settings import Settings
from ui.render import searched
from ui.terminal import CLOSEST, EXCERPT, footnote, removed_note
from ui.tools import at_once

log = logging.getLogger(__name__)

MODEL = "footnote"
MOST_BYTES = 2 * 1024 * 1024
RULE = "\n\n---\n\n"  # between an answer and what belongs to it: footnotes, a notice
WITHDRAWN = "\n\n(What stands above is withdrawn: what follows replaces it.)\n\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks: a question, what was said before it, and how it wants the answer."""

    question: str
    history: tuple[dict[str, str], ...]
    stream: bool
    usage: bool


def read_request(body: bytes) -> Asked:
    """The request as what is asked; raises UsageError, which names the field, when it is none."""
    try:
        request = json.loads(body)
    except ValueError as error:
        raise UsageError("The body is not JSON; send what OpenAI's chat completions take.") from error
    messages = request.get("messages") if isinstance(request, dict) else None
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise UsageError('"messages" is missing; send a list of {"role", "content"}.')
    turns = [
        {"role": str(message["role"]), "content": said(message)}
        for message in messages
        if message.get("role") in ("user", "assistant")
    ]
    if not turns or turns[-1]["role"] != "user":
        raise UsageError('The last of "messages" must be the question, with the role "user".')
    options = request.get("stream_options")
    usage = isinstance(options, dict) and options.get("include_usage") is True
    return Asked(turns[-1]["content"], tuple(turns[:-1]), request.get("stream") is True, usage)


def said(message: Mapping[str, Any]) -> str:
    """A message's text; of an answer of ours without its footnotes."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "\n".join(part for part in parts if isinstance(part, str))
    text = content if isinstance(content, str) else ""
    return text.partition(RULE)[0] if message.get("role") == "assistant" else text


def appendix(answer: Answer) -> str:
    """What stands under a finished answer: a notice, its footnotes, or the closest passages; "" for nothing."""
    told = [searched(answer), answer.notice, removed_note(answer.removed)]
    lines = [f"({words})" for words in told if words]
    notes = []
    if answer.status == "abstained":
        for hit in answer.closest[:CLOSEST]:
            voice = voice_at(hit.document, hit.passage.start, hit.passage.end)
            notes.append(f"- closest: {introduce(hit.document, voice)} {hit.excerpt(EXCERPT)}")
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        shown = "" if quote in " ".join(answer.text.split()) else f": “{quote}”"
        notes.append(f"- {footnote(citation)}{shown}")
    if notes:
        lines.append("\n".join(notes))
    return RULE + "\n\n".join(lines) if lines else ""


def grown(shown: str, text: str) -> str:
    """What to send after `shown` so that `text` stands there; a text that was replaced is said to be withdrawn."""
    return text[len(shown) :] if text.startswith(shown) else WITHDRAWN + text


def usage_of(answer: Answer) -> dict[str, int]:
    prompt, completion = answer.tokens.get("prompt", 0), answer.tokens.get("completion", 0)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def completion(identity: str, created: int, answer: Answer) -> dict[str, Any]:
    """The whole answer in OpenAI's form."""
    message = {"role": "assistant", "content": answer.text + appendix(answer), "refusal": None}
    return {
        "id": identity,
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": usage_of(answer),
        "footnote": answer.to_dict(),
    }


def chunk(identity: str, created: int, delta: Mapping[str, str], finish: str | None = None) -> dict[str, Any]:
    """A piece of an answer in OpenAI's form."""
    choice = {"index": 0, "delta": dict(delta), "finish_reason": finish, "logprobs": None}
    return {
        "id": identity,
        "object": "chat.completion.chunk",
        "created": created,
        "model": MODEL,
        "choices": [choice],
    }


def problem(error: Exception) -> tuple[int, dict[str, Any]]:
    """The HTTP status and OpenAI's form of an error; what nobody foresaw is logged and not shown."""
    if isinstance(error, UsageError):
        status, kind, message = 400, "invalid_request_error", str(error)
    elif isinstance(error, RagError):
        status, kind, message = 503, "server_error", str(error)
    else:
        log.error("a question failed", exc_info=error)
        status, kind = 500, "server_error"
        message = f"That failed for a reason of Footnote's own ({type(error).__name__}). The terminal has the details."
    code = "index_missing" if isinstance(error, IndexMissing) else None
    return status, {"error": {"message": message, "type": kind, "param": None, "code": code}}


class Completions:
    """The endpoint over one index; `index` gives it, or raises IndexMissing while it is being made."""

    def __init__(self, index: Callable[[], Index], settings: Settings) -> None:
        self._index = index
        self._settings = settings
        self._limiter: CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        return [
            Route("/v1/chat/completions", self.complete, methods=["POST"]),
            Route("/v1/models", self.models, methods=["GET"]),
            Route("/v1/models/{name}", self.model, methods=["GET"]),
            Route("/v1/{path:path}", self.missing, methods=["GET", "POST"]),
        ]

    async def models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_model()]})

    async def model(self, request: Request) -> Response:
        name = request.path_params["name"]
        return JSONResponse(_model()) if name == MODEL else _not_found(f"There is no model {name!r}; use {MODEL!r}.")

    async def missing(self, request: Request) -> Response:
        return _not_found("There is nothing here; use /v1/chat/completions or /v1/models.")

    async def complete(self, request: Request) -> Response:
        try:
            asked = read_request(await _body(request))
            steps = self._steps(asked)
            first = await anext(steps)  # what goes wrong before anything is said is an HTTP error
            identity, created = f"chatcmpl-{uuid.uuid4().hex}", int(time.time())
            if asked.stream:
                lines = _lines(identity, created, first, steps, asked.usage)
                return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
            *_, last = [step async for step in _with(first, steps)]
            return JSONResponse(completion(identity, created, last))
        except Exception as error:
            status, content = problem(error)
            return JSONResponse(content, status_code=status)

    async def _steps(self, asked: Asked) -> AsyncIterator[Answer]:
        """The growing answer, each step made in a thread while others wait for their turn."""
        self._limiter = self._limiter or CapacityLimiter(at_once(self._settings))
        growing = self._answers(asked)
        while (step := await run_sync(next, growing, None, limiter=self._limiter)) is not None:
            yield step

    def _answers(self, asked: Asked) -> Iterator[Answer]:
        yield from answer_stream(asked.question, index=self._index(), history=asked.history, settings=self._settings)


async def _lines(
    identity: str, created: int, first: Answer, steps: AsyncIterator[Answer], usage: bool
) -> AsyncIterator[str]:
    """The growing answer as server-sent events."""
    yield _event(chunk(identity, created, {"role": "assistant", "content": ""}))
    answer, shown = first, ""
    try:
        async for answer in _with(first, steps):
            if answer.text and answer.text != shown and (answer.sentences or answer.complete):
                yield _event(chunk(identity, created, {"content": grown(shown, answer.text)}))
                shown = answer.text
        if below := appendix(answer):
            yield _event(chunk(identity, created, {"content": below}))
    except Exception as error:
        yield _event(problem(error)[1])
        return
    yield _event({**chunk(identity, created, {}, "stop"), "footnote": answer.to_dict()})
    if usage:
        yield _event({**chunk(identity, created, {}), "choices": [], "usage": usage_of(answer)})
    yield "data: [DONE]\n\n"


async def _with(first: Answer, steps: AsyncIterator[Answer]) -> AsyncIterator[Answer]:
    yield first
    async for step in steps:
        yield step


def _event(data: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _body(request: Request) -> bytes:
    pieces: list[bytes] = []
    async for piece in request.stream():
        pieces.append(piece)
        if sum(map(len, pieces)) > MOST_BYTES:
            raise UsageError(f"The request has more than {MOST_BYTES:,} bytes; send less of the conversation.")
    return b"".join(pieces)


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _not_found(message: str) -> Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": "not_found"}
    return JSONResponse({"error": error}, status_code=404)
