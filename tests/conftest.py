"""Fixtures that several test files share: a small index, an environment without settings.

They do not know what is tested with them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from index.opening import Index, open_index
from index.sync import sync

MakeIndex = Callable[[Mapping[str, str]], Index]


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No RAG_* or OPENAI_* variable, and an empty current folder (so no rag.toml); returns that folder."""
    for name in list(os.environ):
        if name.upper().startswith(("RAG_", "OPENAI_")) or name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def make_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeIndex]:
    """A function from file names and contents to an open index of them, made with FakeEmbedder."""
    opened: list[Index] = []

    def make(files: Mapping[str, str]) -> Index:
        folder = tmp_path_factory.mktemp("collection")
        for name, text in files.items():
            path = folder / "documents" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        for _ in sync([folder / "documents"], folder / "index", FakeEmbedder()):
            pass
        opened.append(open_index(folder / "index", embedder=FakeEmbedder()))
        return opened[-1]

    yield make
    for index in opened:
        index.close()
