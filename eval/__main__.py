"""`python -m eval`: does what `rag eval` does, and can index a folder for this one run.

It does not know how a question is answered or scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.cases import DEFAULT_SET
from eval.report import to_markdown
from eval.run import evaluate
from index.errors import RagError

if TYPE_CHECKING:
    from index.opening import Index
    from rag.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a set and prints the report; returns the exit code: 0 done, 1 a failure, 2 wrong usage."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = _settings(chosen)
        with TemporaryDirectory(prefix="rag-eval-") as folder, closing(_open(chosen, settings, Path(folder))) as index:
            summary = evaluate(chosen.set, index, settings, chosen.out)
    except RagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(to_markdown(summary), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measure the answers to a question set.")
    parser.add_argument("set", nargs="?", type=Path, default=DEFAULT_SET, help="JSON Lines file (default: the sample)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--index", type=Path, help="index folder to ask (default: the setting index_dir)")
    where.add_argument("--corpus", type=Path, help="folder of documents to index for this run only")
    parser.add_argument("--out", type=Path, help="write every figure and result to this file, as JSON")
    parser.add_argument("--model", help="language model that writes the answers (default: the sources' own words)")
    parser.add_argument("--model-url", help="its OpenAI-compatible endpoint")
    return parser


# What is heavy (chromadb, torch) is imported where it is used, so that --help and wrong usage answer at once.


def _settings(chosen: argparse.Namespace) -> Settings:
    from rag.settings import load_settings

    return load_settings(index_dir=chosen.index, model=chosen.model, model_url=chosen.model_url)


def _open(chosen: argparse.Namespace, settings: Settings, temporary: Path) -> Index:
    """The index to ask: the one named, or one of the corpus built in `temporary`."""
    from index.embed import load_embedder
    from index.opening import open_index
    from index.sync import sync

    embedder, word_pieces = load_embedder(settings.embedding_model), settings.passage_word_pieces
    folder = settings.index_dir
    if chosen.corpus is not None:
        folder = temporary
        for _ in sync([chosen.corpus], folder, embedder, word_pieces):
            pass
    return open_index(folder, embedder=embedder, word_pieces=word_pieces)


if __name__ == "__main__":
    sys.exit(main())
