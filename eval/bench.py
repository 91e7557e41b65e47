"""Speed on this machine: indexing against the bare embedding model, and seconds of an answer.

It measures times, not quality; ratios within one run are what to quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from eval.cases import DEFAULT_SET, load_set
from eval.metrics import percentile
from rag.settings import Settings

if TYPE_CHECKING:
    from index.document import Document
    from index.embed import Embedder

SAMPLE = Path(__file__).resolve().parent.parent / "corpus" / "documents"
QUESTIONS = 48


@dataclass(frozen=True, slots=True)
class Bench:
    """Times in seconds; texts are passages and sentences, each different one once."""

    documents: int
    passages: int
    texts: int
    index_seconds: float
    bare_seconds: float
    answers: int
    answer_p50: float
    answer_p95: float

    @property
    def ratio(self) -> float:
        """Speed of indexing over that of the bare model on the same texts, 0..1; higher is better."""
        return self.bare_seconds / self.index_seconds


def bench(paths: Sequence[Path], settings: Settings) -> Bench:
    """Index `paths` (default: the sample documents) into a temporary folder, embed the same texts bare, ask questions.

    The embedding model is warm before anything is timed.
    """
    from index.embed import load_embedder
    from index.opening import open_index
    from index.sync import sync
    from rag.answering import answer

    embedder = load_embedder(settings.embedding_model)
    embedder.encode(["warm up"])
    quotes = settings.model_copy(update={"model": None, "model_url": None})
    with TemporaryDirectory(prefix="rag-bench-") as temporary:
        folder = Path(temporary)
        started = perf_counter()
        *_, last = sync(list(paths) or [SAMPLE], folder, embedder, settings.passage_word_pieces)
        index_seconds = perf_counter() - started
        index = open_index(folder, embedder=embedder, word_pieces=settings.passage_word_pieces)
        texts = _texts(index.documents(), embedder, settings.passage_word_pieces)
        started = perf_counter()
        embedder.encode(texts)
        bare_seconds = perf_counter() - started
        seconds = []
        for case in load_set(DEFAULT_SET)[:QUESTIONS]:
            seconds.append(answer(case.question, index=index, history=case.history, settings=quotes).seconds)
        index.close()
    report = last.report
    assert report is not None
    p50, p95 = percentile(seconds, 0.5), percentile(seconds, 0.95)
    return Bench(
        documents=report.documents,
        passages=report.passages,
        texts=len(texts),
        index_seconds=index_seconds,
        bare_seconds=bare_seconds,
        answers=len(seconds),
        answer_p50=p50 or 0.0,
        answer_p95=p95 or 0.0,
    )


def _texts(documents: Sequence[Document], embedder: Embedder, word_pieces: int) -> list[str]:
    """Every text that indexing embeds, each once: passages and their sentences."""
    from index.split import split_document
    from index.sync import passage_rows

    texts: dict[str, str] = {}
    for document in documents:
        passages = split_document(document, embedder.word_pieces, word_pieces, embedder.max_word_pieces)
        texts.update(passage_rows(document, passages, embedder)[1])
    return list(texts.values())


def to_text(result: Bench) -> str:
    """The figures as lines to read."""
    return "\n".join(
        (
            f"documents {result.documents}, passages {result.passages}, texts embedded {result.texts}",
            f"rag index: {result.index_seconds:.2f} s, {result.texts / result.index_seconds:.0f} texts/s, "
            f"{result.passages / result.index_seconds:.0f} passages/s",
            f"bare SentenceTransformer.encode of the same texts: {result.bare_seconds:.2f} s, "
            f"{result.texts / result.bare_seconds:.0f} texts/s",
            f"speed of rag index over bare: {result.ratio:.2f}",
            f"answer (quotes, {result.answers} questions): median {result.answer_p50:.3f} s, "
            f"p95 {result.answer_p95:.3f} s",
        )
    )
