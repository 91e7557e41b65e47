"""`python -m eval …` does what `rag eval …` does.

It does not know how a question is answered or scored.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.commands import Parser, add_commands, joined
from index.errors import RagError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command of the evaluation; returns the exit code: 0 done, 1 a failure, 2 wrong usage, 130 stopped."""
    parsed = _parser().parse_args(joined(["eval", *(sys.argv[1:] if arguments is None else arguments)]))
    try:
        return int(parsed.run(parsed))
    except RagError as error:
        if parsed.debug:
            raise
        print(f"rag: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("\nrag: stopped; with --out the same command goes on from here.", file=sys.stderr)
        return 130


def _parser() -> Parser:
    parser = Parser(prog="rag")
    shared = Parser(add_help=False)
    shared.add_argument("--index", type=Path, metavar="DIR", help="folder of the index (default: .rag)")
    shared.add_argument("--debug", action="store_true", help="show tracebacks")
    writer = Parser(add_help=False)
    writer.add_argument("--model", metavar="NAME", help="language model that writes the answers")
    writer.add_argument("--model-url", metavar="URL", help="its OpenAI-compatible endpoint")
    add_commands(parser.add_subparsers(required=True), shared, writer)
    return parser


if __name__ == "__main__":
    sys.exit(main())
