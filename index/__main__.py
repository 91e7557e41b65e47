"""`python -m index` does what `rag index` does."""

from __future__ import annotations

import importlib
import sys


def main() -> int:
    """Run `rag index` with this process's arguments; returns the exit code."""
    # By name, because the door stands in `ui`, the top layer, which nothing in this one may depend on.
    code: int = importlib.import_module("ui.cli").main(["index", *sys.argv[1:]])
    return code


if __name__ == "__main__":
    sys.exit(main())
