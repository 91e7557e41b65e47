"""Seconds of an answer over a large collection: `python -m eval.large BENCHMARKS`.

The texts are those of the benchmarks, several times over, each time with the paragraphs in another order and one word
in twenty-five left out. Embedding them all would take an hour: a few thousand vectors are real, the others are these,
jittered. What is found is therefore not looked at, only how long it takes. Ratios and seconds hold for one machine.
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy

from eval.benchmarks.documents import Source, read_questions, read_sources
from eval.metrics import percentile
from index.embed import SentenceTransformerEmbedder, Vectors, load_embedder
from index.opening import open_index
from index.sync import sync
from rag.answering import answer
from rag.settings import Settings, load_settings

SETS = ("squad2_docs", "clapnq", "multihop_news", "rtqa_2022", "rtqa_2026", "mtrag", "inscit", "chroma_chunks")
PASSAGES = 100_000
WORDS_PER_PASSAGE = 70  # about what the splitter makes of these texts
REAL_VECTORS = 2_000
JITTER = 0.02  # standard deviation of each number of a unit vector of 384
LEFT_OUT = 0.04  # share of words, in every copy but the first
QUESTIONS_PER_SET = 20


class JitteredEmbedder(SentenceTransformerEmbedder):
    """Real vectors for one text at a time, as for a question; for several, jittered ones of `texts`."""

    def __init__(self, embedder: SentenceTransformerEmbedder, texts: Sequence[str]) -> None:
        super().__init__(embedder.folder, embedder.name, embedder.sha256)
        self._embedder = embedder
        self._known = embedder.encode(texts)
        noise = numpy.random.default_rng(7).normal(0.0, JITTER, (len(texts), embedder.dimension))
        self._noise = noise.astype(numpy.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32, shape (n, d), unit length; the same text has the same vector."""
        if len(texts) == 1:
            return self._embedder.encode(texts)
        places = numpy.array([zlib.crc32(text.encode()) for text in texts], dtype=numpy.int64)
        count = len(self._known)
        moved = self._known[places % count] + self._noise[places // count % count]
        unit: Vectors = moved / numpy.linalg.norm(moved, axis=1, keepdims=True)
        return unit


def main() -> None:
    """Prepares the collection in a temporary folder, asks, and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmarks", type=Path, help="holds squad2_docs, clapnq, …, each with corpus.jsonl")
    parser.add_argument("--passages", type=int, default=PASSAGES, help="about how many")
    arguments = parser.parse_args()
    folders = [arguments.benchmarks / name for name in SETS if (arguments.benchmarks / name / "corpus.jsonl").is_file()]
    if not folders:
        parser.error(f"There is no set with a corpus.jsonl in {arguments.benchmarks}; name the benchmarks' folder.")
    questions = [question for folder in folders for question in _questions(folder)]
    with TemporaryDirectory(prefix="rag-large-") as temporary:
        measure(folders, questions, arguments.passages, Path(temporary))


def measure(folders: Sequence[Path], questions: Sequence[str], passages: int, folder: Path) -> None:
    """Print how long preparing takes and what a question then costs; the index is left in `folder`."""
    base = load_settings()
    settings: Settings = base.model_copy(update={"model": None, "model_url": None})
    started = perf_counter()
    sources = [source for benchmark in folders for source in read_sources(benchmark)]
    documents = folder / "documents"
    write_copies(sources, passages, documents)
    embedder = JitteredEmbedder(load_embedder(settings.embedding_model), _some_texts(sources))
    for _ in sync([documents], folder / "index", embedder, settings.passage_word_pieces):
        pass
    index = open_index(folder / "index", embedder=embedder, word_pieces=settings.passage_word_pieces)
    prepared = perf_counter() - started
    answer(questions[0], index=index, settings=settings)  # loads what is loaded once
    seconds = [answer(question, index=index, settings=settings).seconds for question in questions]
    median, slow = percentile(seconds, 0.5) or 0.0, percentile(seconds, 0.95) or 0.0
    print(f"{index.catalog.count('documents'):,} documents, {index.catalog.count('passages'):,} passages")
    print(f"prepared in {prepared:.0f} s")
    print(f"answer (quotes, {len(seconds)} questions): median {median:.3f} s, p95 {slow:.3f} s")
    index.close()


def write_copies(sources: Sequence[Source], passages: int, folder: Path) -> None:
    """Write the sources, and then changed copies of them, until there is text for about so many passages."""
    folder.mkdir(parents=True)
    words = sum(len(source.content.split()) for source in sources)
    chance = random.Random(3)
    for copy in range(max(1, round(passages * WORDS_PER_PASSAGE / words))):
        for number, source in enumerate(sources):
            text = source.content if not copy else "\n\n".join(_changed(source.content.split("\n\n"), chance))
            (folder / f"{copy}-{number}.txt").write_text(text, encoding="utf-8")


def _changed(paragraphs: list[str], chance: random.Random) -> Iterator[str]:
    yield paragraphs[0]
    rest = paragraphs[1:]
    chance.shuffle(rest)
    for paragraph in rest:
        yield " ".join(word for word in paragraph.split(" ") if chance.random() >= LEFT_OUT)


def _some_texts(sources: Sequence[Source]) -> list[str]:
    texts = [line for source in sources for line in source.text.split("\n") if len(line.split()) > 3]
    return random.Random(5).sample(texts, min(REAL_VECTORS, len(texts)))


def _questions(folder: Path) -> list[str]:
    asked = [question.text for question in read_questions(folder)]
    return asked[:: max(1, len(asked) // QUESTIONS_PER_SET)][:QUESTIONS_PER_SET]


if __name__ == "__main__":
    main()
