"""Reads passages with a question in mind: how well each sentence answers it, and whether none does.

How it was trained and what it is worth: docs/reader.md. It does not know documents, nor what becomes of its scores;
torch is imported once a reader is loaded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embed import Embedder, SentenceTransformerEmbedder, load_embedder
from index.errors import ModelUnavailable

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS = Path(__file__).with_name("reader.safetensors")
LAYERS = 6
HEADS = 12
EPSILON = 1e-12  # of the layer norms, as in the model that the reader started from
QUESTION_PIECES = 48
SENTENCE_PIECES = 160
WINDOW_PIECES = 208  # of sentences; with the question and three special pieces at most 259
BATCH_WINDOWS = 8
CLS, SEP = 101, 102
FROZEN = ("embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage.

    `sentences`: float32, shape (n,), log-odds of each sentence against "not here", higher is better.
    `not_here`: probability in 0..1 that no sentence of the passage answers the question.
    """

    sentences: NDArray[numpy.float32]
    not_here: float


@dataclass(frozen=True, slots=True)
class Window:
    """The word pieces of a question and of consecutive sentences; `sentences` says which piece is whose (-1: none)."""

    pieces: list[int]
    sentences: list[int]
    count: int


class Reader:
    """The network and its tokenizer; may be used from several threads, one reads at a time."""

    def __init__(self, network: Network, tokenizer: Tokenizer) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def read(self, question: str, passages: Sequence[Sequence[str]]) -> list[Reading]:
        """One reading per passage; a passage is its sentences in order. A passage too long for the network is read in
        windows of whole sentences; a passage without sentences has `not_here` 1."""
        import torch

        asked, *pieces = self._pieces([question, *(sentence for passage in passages for sentence in passage)])
        windows: list[Window] = []
        owners: list[int] = []
        position = 0
        for owner, passage in enumerate(passages):
            for group in split_windows(pieces[position : position + len(passage)]):
                windows.append(make_window(asked, group))
                owners.append(owner)
            position += len(passage)
        order = sorted(range(len(windows)), key=lambda index: len(windows[index].pieces))
        odds: list[NDArray[numpy.float32]] = [numpy.zeros(0, dtype=numpy.float32)] * len(windows)
        with self._lock, torch.inference_mode():
            for start in range(0, len(order), BATCH_WINDOWS):
                batch = order[start : start + BATCH_WINDOWS]
                logits, nowhere, _ = self._network([windows[index] for index in batch])
                differences = (logits - nowhere[:, None]).float().numpy()
                for row, index in enumerate(batch):
                    odds[index] = differences[row, : windows[index].count]
        return [
            _reading([odds[index] for index, window_owner in enumerate(owners) if window_owner == owner])
            for owner in range(len(passages))
        ]

    def is_long(self, question: str) -> bool:
        """Whether the question is longer than what the reader takes in of one."""
        return len(self._pieces([question])[0]) > QUESTION_PIECES

    def _pieces(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]


@lru_cache(maxsize=1)
def own_reader() -> Reader | None:
    """The reader that comes with the program, loaded once."""
    return load_reader(WEIGHTS)


def reader_of(embedder: Embedder) -> Reader | None:
    """The reader to go with an embedder; None beside one that is not a model of language."""
    return own_reader() if isinstance(embedder, SentenceTransformerEmbedder) else None


def load_reader(weights: Path) -> Reader | None:
    """The reader, or None where no such file is; takes about a second.

    Raises ModelUnavailable when it is damaged, or the embedding model, whose vocabulary it shares, can't be used.
    """
    if not weights.is_file():
        return None
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import load_file

    folder = load_embedder().folder
    with safe_open(folder / "model.safetensors", framework="pt") as tensors:
        base = {name: tensors.get_tensor(name).float() for name in FROZEN}
    try:
        own = {name: tensor.float() for name, tensor in load_file(weights).items()}
    except (SafetensorError, OSError) as error:
        raise ModelUnavailable(
            f"The weights of the reader in {weights} are damaged ({error}); install the program anew."
        ) from error
    return Reader(Network(base | own, half_linear if has_half_precision() else None), load_tokenizer(folder))


def has_half_precision() -> bool:
    """Whether this processor multiplies bfloat16 numbers; elsewhere they are slower than float32."""
    import torch

    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def half_linear(weight: Tensor, bias: Tensor) -> Callable[[Tensor], Tensor]:
    """A linear layer in bfloat16 between float32 states: 2.5 times as fast, log-odds move by less than 0.1."""
    from torch.nn import functional

    half_weight, half_bias = weight.bfloat16(), bias.bfloat16()
    return lambda states: functional.linear(states.bfloat16(), half_weight, half_bias).float()


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of an embedding model's folder; texts stay as long as they are."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def split_windows(sentences: Sequence[list[int]]) -> list[list[list[int]]]:
    """The sentences' pieces in windows of whole sentences, none over WINDOW_PIECES, of about equal length."""
    cut = [pieces[:SENTENCE_PIECES] for pieces in sentences]
    total = sum(map(len, cut))
    limit = min(WINDOW_PIECES, total / max(1, -(-total // WINDOW_PIECES)) + SENTENCE_PIECES / 4)
    windows: list[list[list[int]]] = []
    size = 0
    for pieces in cut:
        if not windows or size + len(pieces) > limit:
            windows.append([])
            size = 0
        windows[-1].append(pieces)
        size += len(pieces)
    return windows


def make_window(question: Sequence[int], sentences: Sequence[Sequence[int]]) -> Window:
    """[CLS] question [SEP] sentences [SEP]; sentences are numbered from 0, all other pieces are -1."""
    asked = list(question[:QUESTION_PIECES])
    pieces = [CLS, *asked, SEP]
    owners = [-1] * len(pieces)
    for number, sentence in enumerate(sentences):
        pieces.extend(sentence)
        owners.extend([number] * len(sentence))
    return Window([*pieces, SEP], [*owners, -1], len(sentences))


class Network:
    """A BERT encoder (https://arxiv.org/abs/1810.04805) with one score per sentence and one for "not here".

    `weights` are named as in the transformers library, the heads' begin with "reader.". `prepare` makes the
    function of an encoder's linear layer from its weight and bias.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        prepare: Callable[[Tensor, Tensor], Callable[[Tensor], Tensor]] | None = None,
    ) -> None:
        from torch.nn import functional

        self._functional = functional
        self._weights = weights
        make = prepare or (lambda weight, bias: partial(functional.linear, weight=weight, bias=bias))
        self._linears = {
            name: make(weights[f"{name}.weight"], weights[f"{name}.bias"])
            for layer in range(LAYERS)
            for name in linear_names(layer)
        }

    def __call__(self, windows: Sequence[Window]) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the sentences (windows, sentences), -inf where a window has fewer; of "not here" (windows,);
        of an answer's first and last piece (windows, pieces, 2)."""
        import torch

        weights = self._weights
        pieces, owners = pad_windows(windows)
        states = self._encode(pieces, owners)
        belongs = owners[:, None, :] == torch.arange(max(window.count for window in windows))[None, :, None]
        attention = self._functional.linear(states, weights["reader.attention.weight"])[..., 0]
        scores = attention[:, None, :].float().masked_fill(~belongs, -1e4)
        pooled = (scores.softmax(-1) * belongs).to(states.dtype) @ states
        first = states[:, :1]
        hidden = self._linear("reader.hidden", torch.cat([pooled, first.expand_as(pooled)], dim=-1))
        logits = self._linear("reader.sentence", self._functional.gelu(hidden))[..., 0].float()
        present = torch.tensor([window.count for window in windows])[:, None] > torch.arange(logits.shape[1])
        nowhere = self._linear("reader.not_here", first[:, 0])[:, 0].float()
        span = self._linear("reader.span", states).float()
        return logits.masked_fill(~present, float("-inf")), nowhere, span

    def _encode(self, pieces: Tensor, owners: Tensor) -> Tensor:
        import torch

        functional, weights, linears = self._functional, self._weights, self._linears
        visible = pieces != 0
        kinds = (owners >= 0).long()
        states = functional.embedding(pieces, weights["embeddings.word_embeddings.weight"])
        states = states + functional.embedding(kinds, weights["embeddings.token_type_embeddings.weight"])
        states = states + weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        states = self._norm("embeddings.LayerNorm", states)
        mask = None if bool(visible.all()) else torch.where(visible, 0.0, -1e4)[:, None, None, :]
        batch, length, width = states.shape
        for layer in range(LAYERS):
            query, key, value, output, widen, narrow = linear_names(layer)
            heads = [
                linears[name](states).view(batch, length, HEADS, width // HEADS).transpose(1, 2)
                for name in (query, key, value)
            ]
            seen = functional.scaled_dot_product_attention(
                *heads, attn_mask=None if mask is None else mask.to(heads[0].dtype)
            )
            seen = linears[output](seen.transpose(1, 2).reshape(batch, length, width))
            states = self._norm(f"encoder.layer.{layer}.attention.output.LayerNorm", states + seen)
            changed = linears[narrow](functional.gelu(linears[widen](states)))
            states = self._norm(f"encoder.layer.{layer}.output.LayerNorm", states + changed)
        return states

    def _linear(self, name: str, states: Tensor) -> Tensor:
        return self._functional.linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, name: str, states: Tensor) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return self._functional.layer_norm(states, weight.shape, weight, bias, EPSILON)


def linear_names(layer: int) -> tuple[str, str, str, str, str, str]:
    """The linear layers of an encoder layer: query, key, value, attention's output, the wide one and the narrow one."""
    start = f"encoder.layer.{layer}"
    attention = f"{start}.attention"
    return (
        f"{attention}.self.query",
        f"{attention}.self.key",
        f"{attention}.self.value",
        f"{attention}.output.dense",
        f"{start}.intermediate.dense",
        f"{start}.output.dense",
    )


def pad_windows(windows: Sequence[Window]) -> tuple[Tensor, Tensor]:
    """Pieces and their sentences, int64, shape (windows, pieces); padding is piece 0 of sentence -1."""
    import torch

    length = max(len(window.pieces) for window in windows)
    pieces = [window.pieces + [0] * (length - len(window.pieces)) for window in windows]
    owners = [window.sentences + [-1] * (length - len(window.sentences)) for window in windows]
    return torch.tensor(pieces), torch.tensor(owners)


def _reading(odds: Sequence[NDArray[numpy.float32]]) -> Reading:
    if not odds:
        return Reading(numpy.zeros(0, dtype=numpy.float32), 1.0)
    nowhere = min(float(1.0 / (1.0 + numpy.exp(window.astype(numpy.float64)).sum())) for window in odds)
    return Reading(numpy.concatenate(odds).astype(numpy.float32, copy=False), nowhere)
