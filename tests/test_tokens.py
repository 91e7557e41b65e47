"""Token counts: from a vocabulary on this machine, else from the embedder's tokenizer, and never from the network."""

from __future__ import annotations

import hashlib
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from rag import tokens

pytestmark = pytest.mark.usefixtures("plain_environment", "no_network")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*arguments: object, **named: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    tokens._say_once.cache_clear()
    tokens._counter.cache_clear()
    yield
    tokens._say_once.cache_clear()
    tokens._counter.cache_clear()


@pytest.fixture
def no_vocabulary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(tokens.importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("no_vocabulary")
def test_without_a_vocabulary_the_embedder_counts_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        counts = [tokens.token_counter(FakeEmbedder())("The mill opened.") for _ in range(3)]
    assert counts == [4, 4, 4]
    assert len(caplog.records) == 1
    assert "pip install --no-deps llama-index-core" in caplog.text


@pytest.mark.usefixtures("no_vocabulary")
def test_special_tokens_in_a_text_are_plain_text() -> None:
    assert tokens.token_counter(FakeEmbedder())("<|endoftext|>") > 1


def test_a_damaged_vocabulary_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / tokens.VOCABULARY).write_bytes(b"IQ== 0\n")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tokens.importlib.util, "find_spec", lambda name: None)
    assert tokens.vocabulary_folder() is None


def test_a_vocabulary_in_the_cache_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # the 256 bytes alone: tiktoken then counts bytes, and asks nobody
    import base64

    import tiktoken

    data = "".join(f"{base64.b64encode(bytes([n])).decode()} {n}\n" for n in range(256)).encode()
    (tmp_path / tokens.VOCABULARY).write_bytes(data)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(tokens, "VOCABULARY_SHA256", hashlib.sha256(data).hexdigest())
    made: list[str] = []

    def encoding(name: str) -> tiktoken.Encoding:
        made.append(name)
        ranks = {bytes([n]): n for n in range(256)}
        return tiktoken.Encoding("bytes", pat_str=r".", mergeable_ranks=ranks, special_tokens={"<|endoftext|>": 256})

    monkeypatch.setattr(tiktoken, "get_encoding", encoding)
    count = tokens.token_counter(FakeEmbedder())
    assert count("mill") == 4
    assert count("<|endoftext|>") == 13  # a document may hold it: it is text, not a command
    assert tokens.token_counter(FakeEmbedder()) is count
    assert made == [tokens.ENCODING]


def test_the_vocabulary_of_the_wheel_is_whole_where_it_is_installed() -> None:
    folder = tokens.vocabulary_folder()
    if folder is None:
        pytest.skip("llama-index-core is not installed")
    assert tokens.token_counter(FakeEmbedder())("The mill opened in 1891.") == 8
