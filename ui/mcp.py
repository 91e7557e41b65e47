"""The chat's tools for programs that speak MCP (the Model Context Protocol), at /mcp.

It does not know what the tools do. The package that speaks the protocol is an extra: nothing here imports it before
the door is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.routing import BaseRoute

from index.errors import DoorUnavailable
from ui.tools import Tools

PATH = "/mcp"
MISSING = 'MCP needs a package that is not installed; get it with: pip install "footnote-rag[mcp]"'
INSTRUCTIONS = (
    "Answers questions from a collection of documents. Every sentence carries footnotes to the exact words that it "
    "rests on: pass them on with it, and say so when the documents don't tell."
)
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]


def mcp_door(tools: Tools) -> tuple[list[BaseRoute], Lifespan]:
    """The routes of the door, and what has to run while it is open. Raises DoorUnavailable without the extra."""
    try:
        from mcp.server.fastmcp import FastMCP
        from mcp.server.transport_security import TransportSecuritySettings
    except ImportError as error:
        raise DoorUnavailable(MISSING) from error
    server = FastMCP(
        "Footnote",
        instructions=INSTRUCTIONS,
        log_level="WARNING",
        stateless_http=True,
        json_response=True,
        streamable_http_path=PATH,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the guard looks at hosts
    )
    limiter = CapacityLimiter(tools.at_once)

    async def answer(question: str) -> dict[str, Any]:
        return await run_sync(tools.answer, question, limiter=limiter)

    async def search(question: str, limit: int = 10) -> list[dict[str, Any]]:
        return await run_sync(tools.search, question, limit, limiter=limiter)

    async def documents() -> list[dict[str, Any]]:
        return await run_sync(tools.documents, limiter=limiter)

    for tool, source in ((answer, tools.answer), (search, tools.search), (documents, tools.documents)):
        server.add_tool(tool, description=" ".join((source.__doc__ or "").split()))
    routes = list(server.streamable_http_app().routes)
    return routes, lambda _: server.session_manager.run()
