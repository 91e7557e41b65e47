"""Token counts of language models (o200k_base), without a request to anybody.

The vocabulary is looked for in tiktoken's own cache, then in the copy that the llama-index-core wheel
carries; where neither is there, the embedding model's tokenizer counts instead, and a warning says so once.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from index.embed import Embedder

ENCODING = "o200k_base"
VOCABULARY = "fb374d419588a4632f3f557e76b4b70aebbca790"  # SHA-1 of the address that tiktoken loads it from
VOCABULARY_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

CountTokens = Callable[[str], int]
logger = logging.getLogger(__name__)


def token_counter(embedder: Embedder) -> CountTokens:
    """A function from a text to its number of tokens."""
    folder = vocabulary_folder()
    if folder is None:
        _say_once()
        return lambda text: embedder.word_pieces([text])[0]
    return _counter(folder)


@functools.lru_cache(maxsize=1)
def _counter(folder: Path) -> CountTokens:
    import tiktoken

    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    try:
        encoding = tiktoken.get_encoding(ENCODING)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before
    return lambda text: len(encoding.encode(text, disallowed_special=()))


def vocabulary_folder() -> Path | None:
    """The folder that holds an undamaged vocabulary; None where there is none (tiktoken would download it)."""
    for folder in _candidate_folders():
        try:
            data = (folder / VOCABULARY).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(data).hexdigest() == VOCABULARY_SHA256:
            return folder
    return None


def _candidate_folders() -> list[Path]:
    named = [os.environ.get(name) for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR")]
    folders = [Path(name) for name in named if name] or [Path(tempfile.gettempdir()) / "data-gym-cache"]
    specification = importlib.util.find_spec("llama_index")
    for parent in (specification.submodule_search_locations or []) if specification else []:
        folders.append(Path(parent) / "core" / "_static" / "tiktoken_cache")
    return folders


@functools.lru_cache(maxsize=1)
def _say_once() -> None:
    logger.warning(
        "The vocabulary of %s is not on this machine; tokens are counted with the embedding model's tokenizer. "
        "To install it: pip install --no-deps llama-index-core",
        ENCODING,
    )
