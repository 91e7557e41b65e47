"""`python -m eval`: does what `rag eval` does, and can index a folder for this one run.

It does not know how a question is answered or scored.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.cases import DEFAULT_SET
from eval.report import to_markdown
from eval.run import measure
from index.errors import RagError
from rag.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a set and prints the report; returns the exit code: 0 done, 1 a failure, 2 wrong usage."""
    chosen = _parser().parse_args(arguments)
    try:
        settings = load_settings(index_dir=chosen.index, model=chosen.model, model_url=chosen.model_url)
        summary = measure(chosen.set, settings, chosen.corpus, chosen.out)
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


if __name__ == "__main__":
    sys.exit(main())
