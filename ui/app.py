"""The web chat: a conversation between the documents and the evidence, served on this machine.

It does not know what the page looks like nor what its events do; it opens the door.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported

from index.errors import DoorUnavailable
from rag.settings import Settings
from ui.events import Chat, Examples
from ui.library import LIMITS
from ui.page import NAME, STYLES, build, theme
from ui.port import port_in_use, require_port
from ui.server import doors

M_ARENA_MAX, ARENAS = -8, 2  # of mallopt(3)


def _share_memory() -> None:
    """Let threads share what the C library keeps of freed memory, where it is glibc: it else keeps some per thread
    (25 people, 1,250 answers: 1,600 MB against 1,260)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def launch(
    index_folder: Path,
    settings: Settings,
    paths: Sequence[Path] = (),
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = True,
    *,
    examples: Examples = (),
    read_only: bool = False,
    auth: tuple[str, str] | None = None,
    mcp: bool = False,
) -> None:
    """Serve the chat until interrupted; `paths` are indexed in the background first.

    `examples` are questions to start with, or make them once the index is ready. With `read_only` nobody adds or
    removes documents; with `auth` (name, password) nobody enters without; `mcp` opens that door, too. Raises
    DoorUnavailable when the port is taken.
    """
    require_port(host, port)
    _share_memory()
    chat = Chat(index_folder, settings, paths, examples, read_only=read_only)
    page = build(chat)
    served = doors(chat.index, settings, host, auth=auth, read_only=read_only, mcp=mcp)
    if chat.indexing:
        chat.indexing.start()
    try:
        page.launch(
            server_name=host,
            server_port=port,
            inbrowser=open_browser,
            share=False,
            quiet=True,
            footer_links=[],
            theme=theme(),
            css_paths=STYLES,
            ssr_mode=False,
            pwa=False,
            run_history=False,
            enable_monitoring=False,
            prevent_thread_lock=True,
            max_file_size=LIMITS.file_bytes,
            app_kwargs=served,
        )
    except OSError as error:
        raise DoorUnavailable(port_in_use(port)) from error
    print(f"{NAME} is open at http://{host}:{port} (Ctrl+C closes it)", flush=True)
    page.block_thread()
