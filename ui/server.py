"""What the chat serves beside its page, and the guard before all of it, as gradio's launch takes them.

It does not know the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from index.opening import Index
from rag.settings import Settings
from ui.access import Guard, Rules, is_local
from ui.completions import Completions
from ui.tools import Tools


def doors(
    index: Callable[[], Index],
    settings: Settings,
    host: str,
    *,
    auth: tuple[str, str] | None = None,
    read_only: bool = False,
    mcp: bool = False,
) -> dict[str, Any]:
    """The `app_kwargs` of `gradio.Blocks.launch`: /v1, with `mcp` also /mcp, and the guard that all requests pass.

    `index` gives the open index or raises IndexMissing. Raises DoorUnavailable where `mcp` lacks its package.
    """
    routes: list[BaseRoute] = [*Completions(index, settings).routes()]
    rules = Rules(auth, local=is_local(host), read_only=read_only)
    arguments: dict[str, Any] = {"routes": routes, "middleware": [Middleware(Guard, rules=rules)]}
    if mcp:
        from ui.mcp import mcp_door

        more, arguments["lifespan"] = mcp_door(Tools(index, settings))
        routes.extend(more)
    return arguments
