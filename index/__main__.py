"""`python -m index` does what `rag index` does, with the default settings."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from index.embed import load_embedder
from index.errors import RagError
from index.report import report_text
from index.sync import sync


def main() -> int:
    """Bring an index up to date and print what was done; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m index", description="Bring the index up to date with PATHs.")
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders or files (default: as last time)")
    parser.add_argument("--index", type=Path, default=Path(".rag"), metavar="DIR", help="folder of the index")
    parser.add_argument("--rebuild", action="store_true", help="build it anew")
    chosen = parser.parse_args()
    try:
        *_, last = sync(chosen.paths, chosen.index, load_embedder(), rebuild=chosen.rebuild)
    except RagError as error:
        print(f"rag: {error}", file=sys.stderr)
        return error.exit_code
    if last.report is not None:
        print(report_text(last.report, chosen.index))
    return 0


if __name__ == "__main__":
    sys.exit(main())
