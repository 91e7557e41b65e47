"""Whom the guard before the chat lets in: credentials, hosts, other websites, a chat that is read only."""

from __future__ import annotations

import base64

import pytest

from ui.access import CLOSED, OTHER_HOST, OTHER_SITE, UNKNOWN, Rules, is_local, refusal

AUTH = ("reader", "pass:wörd")
BASIC = "Basic " + base64.b64encode(":".join(AUTH).encode()).decode()
STRANGE = ["", "Basic", "Basic !!!", "Basic cmVhZGVy", "Bearer", "Bearer reader:pass:wörd", "Digest x"]


def test_what_is_refused() -> None:
    here = {"host": "127.0.0.1:7860"}
    local, guarded = Rules(local=True), Rules(AUTH, local=True)
    for headers in (here, {"host": "localhost:7860"}, {"host": "[::1]:7860"}, {"host": "LOCALHOST"}):
        assert refusal("POST", "/v1/chat/completions", headers, local) is None
    for host in ("evil.example", "evil.example:7860", "127.0.0.1.evil.example", "", "[::1].evil.example"):
        assert refusal("GET", "/", {"host": host}, local) is OTHER_HOST
    assert refusal("GET", "/", {"host": "chat.example"}, Rules()) is None
    assert refusal("GET", "/", {"host": "chat.example", "authorization": BASIC}, guarded) is None
    assert refusal("POST", "/", {**here, "sec-fetch-site": "cross-site"}, local) is OTHER_SITE
    assert refusal("GET", "/", {**here, "sec-fetch-site": "cross-site"}, local) is None
    for site in ("same-origin", "same-site", "none"):
        assert refusal("POST", "/", {**here, "sec-fetch-site": site}, local) is None
    closed = Rules(read_only=True)
    assert refusal("POST", "/gradio_api/upload", here, closed) is CLOSED
    assert refusal("POST", "/gradio_api/upload/", here, closed) is CLOSED
    assert refusal("POST", "/gradio_api/call/answer", here, closed) is None


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic cmVhZGVy",
        "Bearer",
        "Bearer reader:pass:wörd",
        "Digest x",
        "Basic " + "A" * 9999,
    ],
)
def test_what_are_no_credentials(authorization: str) -> None:
    assert refusal("GET", "/", {"host": "x", "authorization": authorization}, Rules(AUTH)) is UNKNOWN


def test_which_hosts_are_this_machines_own() -> None:
    assert all(map(is_local, ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "a.localhost"]))
    assert not any(map(is_local, ["0.0.0.0", "::", "192.168.0.4", "example.com", "localhost.example.com", ""]))
