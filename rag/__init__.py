"""A question becomes a checked answer. `from rag import answer, open_index`.

Nothing heavy is imported until it is used, so that `import rag` and `rag --help` stay instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.opening import Index, open_index
    from rag.answering import Answer, Citation, Sentence, answer, answer_stream
    from rag.settings import Settings

__all__ = ["Answer", "Citation", "Index", "Sentence", "Settings", "answer", "answer_stream", "open_index"]

_HOMES = {"Index": "index.opening", "open_index": "index.opening", "Settings": "rag.settings"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "rag.answering")), name)
