"""Who may come in: one guard before everything that the chat serves, the page, its files and every interface.

It does not know what is behind it. Gradio's own log-in is not used, as routes beside its page would stay open; only
what gradio's Python client sends to log in is understood.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

STARTED = "/gradio_api/startup-events"  # launch asks for it itself; it says nothing but that the page is up
UPLOADS = "/gradio_api/upload"
LOGIN = "/login"
COOKIE = "footnote"
HOST = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::\d*)?")
SAFE = ("GET", "HEAD", "OPTIONS")
WRONG_SECONDS = 1.0  # that a wrong password costs whoever tries it


@dataclass(frozen=True, slots=True)
class Rules:
    """Whom the guard lets in: with `auth` (name, password) only those who give it; with `local` only names of this
    machine as the host; `read_only` closes uploads."""

    auth: tuple[str, str] | None = None
    local: bool = False
    read_only: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))  # what a client that logged in sends back


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further: the HTTP status and one sentence."""

    status: int
    message: str
    code: str


UNKNOWN = Refusal(401, "Name and password are needed; send them as HTTP Basic, or the password as Bearer.", "no_auth")
OTHER_HOST = Refusal(
    403, "This chat answers to this machine's own names only; open http://127.0.0.1, or start it with --auth.", "host"
)
OTHER_SITE = Refusal(403, "Another website may not do this here; open the chat itself.", "cross_site")
CLOSED = Refusal(403, "The documents of this chat can't be changed; ask whoever runs it.", "read_only")


def is_local(host: str) -> bool:
    """Whether the address or name is this machine's own, which nobody else can reach."""
    name = host.strip("[]").casefold()
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def refusal(method: str, path: str, headers: Mapping[str, str], rules: Rules) -> Refusal | None:
    """Why a request is refused, None when it is not; `headers` by lower-case name.

    A website that is open in a browser on this machine could otherwise read the documents through a name of its own
    that leads here, or add some: hence the look at the host and at where a request comes from.
    """
    if rules.local and rules.auth is None and not is_local(_hostname(headers.get("host", ""))):
        return OTHER_HOST
    if method not in SAFE and headers.get("sec-fetch-site") == "cross-site":
        return OTHER_SITE
    if path == STARTED and method == "GET":
        return None
    if rules.auth is not None and not _is_known(headers, rules.auth, rules.token):
        return UNKNOWN
    if rules.read_only and method not in SAFE and path.rstrip("/") == UPLOADS:
        return CLOSED
    return None


def _hostname(host: str) -> str:
    """The name in a Host header, without the port."""
    match = HOST.fullmatch(host)
    return match[1] if match else ""


def _is_known(headers: Mapping[str, str], auth: tuple[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.casefold() == "bearer":
        return _same(given.strip().encode("latin-1", "replace"), auth[1])
    if scheme.casefold() == "basic":
        try:
            return _same(base64.b64decode(given.strip(), validate=True), ":".join(auth))
        except (binascii.Error, ValueError):
            return False
    cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return _same(cookie.encode(), token)


def _same(given: bytes, right: str) -> bool:
    """Whether they are the same; how long that takes doesn't tell how much of it was right."""
    return hmac.compare_digest(given, right.encode())


class Guard:
    """The rules as ASGI middleware."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self.app = app
        self.rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = refusal(scope.get("method", "GET"), scope["path"], headers, self.rules)
        if refused is None:
            await self.app(scope, receive, send)
            return
        if refused is UNKNOWN and scope["path"] == LOGIN and scope.get("method") == "POST":
            await (await self._login(Request(scope, receive)))(scope, receive, send)
            return
        if refused is UNKNOWN and headers.get("authorization"):
            await asyncio.sleep(WRONG_SECONDS)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused.message})
            return
        await _response(refused)(scope, receive, send)

    async def _login(self, request: Request) -> Response:
        """A cookie for who sends name and password as a form, as gradio's Python client does."""
        auth = self.rules.auth
        if not request.headers.get("content-length", "").isdecimal() or int(request.headers["content-length"]) > 4096:
            return _response(UNKNOWN)
        form = await request.form()
        given = f"{form.get('username', '')}:{form.get('password', '')}"
        if auth is None or not _same(given.encode(), ":".join(auth)):
            await asyncio.sleep(WRONG_SECONDS)
            return _response(UNKNOWN)
        response = JSONResponse({"success": True})
        response.set_cookie(COOKIE, self.rules.token, httponly=True, samesite="strict")
        return response


def _response(refused: Refusal) -> Response:
    """As OpenAI's interface reports errors, which every other client can read, too."""
    error = {"message": refused.message, "type": "authentication_error", "param": None, "code": refused.code}
    headers = {"WWW-Authenticate": 'Basic realm="Footnote", charset="UTF-8"'} if refused is UNKNOWN else {}
    return JSONResponse({"error": error, "detail": refused.message}, status_code=refused.status, headers=headers)
