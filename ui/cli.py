"""The `rag` command: arguments in, one of the doors opened, errors turned into one sentence.

It holds no logic of its own, and imports nothing heavy before it is needed.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.commands import Command, Parser, add_commands, joined
from index.errors import RagError, UsageError

if TYPE_CHECKING:
    from index.opening import Index
    from rag.settings import Settings

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code: 0 done, 1 a failure that the message explains, 2 wrong usage."""
    parsed = parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    logging.basicConfig(level=logging.INFO if parsed.debug else logging.WARNING, format="rag: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    run: Command = parsed.run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that can't show a character shows a question mark
    try:
        code = run(parsed)
        sys.stdout.flush()  # a reader that has gone is noticed here, not when Python ends
        return code
    except RagError as error:
        if parsed.debug:
            raise
        print(f"rag: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"\nrag: {parsed.interrupted}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if parsed.debug:
            raise
        print(f"rag: something unexpected went wrong ({type(error).__name__}: {error}); "
              "run the command again with --debug for the details.", file=sys.stderr)  # fmt: skip
        return 1


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = Parser(prog="rag", description="Answers from your documents, with the exact words behind them.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    shared = Parser(add_help=False)
    shared.add_argument("--index", type=Path, metavar="DIR", help="folder of the index (default: .rag)")
    shared.add_argument("--debug", action="store_true", help="show tracebacks and log messages")
    shared.set_defaults(interrupted="stopped.")
    writer = Parser(add_help=False)
    writer.add_argument("--model", metavar="NAME", help="language model that writes the answers (default: quotes only)")
    writer.add_argument("--model-url", metavar="URL", help="its OpenAI-compatible endpoint, http://127.0.0.1:11434/v1")

    index = commands.add_parser("index", parents=[shared], help="bring the index up to date with PATHs")
    index.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="folders or files (default: as last time)")
    index.add_argument("--rebuild", action="store_true", help="build it anew, after a change of model or splitter")
    index.set_defaults(run=run_index, interrupted="stopped; what was done is kept, run it again to finish.")

    ask = commands.add_parser("ask", parents=[shared, writer], help="answer one question")
    ask.add_argument("question", help="what you want to know, in quotes")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    ask.set_defaults(run=run_ask)

    chat = commands.add_parser("chat", parents=[shared, writer], help="open the web chat")
    chat.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="index these first")
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    chat.add_argument("--port", type=port_number, default=7860, help="port to listen on (default: 7860)")
    chat.add_argument("--no-browser", action="store_true", help="don't open a browser window")
    chat.add_argument("--read-only", action="store_true", help="nobody adds or removes documents")
    chat.add_argument(
        "--auth", metavar="NAME:PASSWORD", help="ask for these at every door; RAG_AUTH does the same, and other "
        "users of this machine can't see it there as they can see a command",
    )  # fmt: skip
    chat.add_argument("--mcp", action="store_true", help="offer the documents to programs that speak MCP, at /mcp")
    chat.set_defaults(run=run_chat)

    add_commands(commands, shared, writer)

    inspect = commands.add_parser("inspect", parents=[shared], help="show how a file is read")
    inspect.add_argument("file", type=Path, metavar="FILE", help="document to read; it need not be indexed")
    inspect.set_defaults(run=run_inspect)

    bench = commands.add_parser("bench", parents=[shared], help="measure speed on this machine")
    bench.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="documents to measure with")
    bench.set_defaults(run=run_bench)
    return top


def port_number(text: str) -> int:
    """A port to listen on, 1 to 65535. Raises ArgumentTypeError, which argparse turns into wrong usage."""
    if text.isdecimal() and 1 <= int(text[:9]) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; name one from 1 to 65535")


def settings_of(parsed: argparse.Namespace) -> Settings:
    """The settings, with what was given as arguments on top."""
    from rag.settings import load_settings

    named = {name: getattr(parsed, name, None) for name in ("model", "model_url", "auth")}
    return load_settings(index_dir=parsed.index, **named)


def run_index(parsed: argparse.Namespace) -> int:
    from index.embed import load_embedder
    from index.report import report_text
    from index.sync import sync
    from ui.terminal import show_progress

    settings = settings_of(parsed)
    embedder = load_embedder(settings.embedding_model)
    steps = sync(parsed.paths, settings.index_dir, embedder, settings.passage_word_pieces, rebuild=parsed.rebuild)
    print(report_text(show_progress(steps), settings.index_dir))
    return 0


def run_ask(parsed: argparse.Namespace) -> int:
    from rag.answering import answer_stream, default_index
    from rag.models import model_from_settings
    from ui.terminal import print_answer

    settings = settings_of(parsed)
    model_from_settings(settings)  # half a model is wrong usage, said before the index is opened
    growing = answer_stream(parsed.question, index=default_index(settings), settings=settings)
    if parsed.json:
        *_, last = growing
        ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        print(json.dumps(last.to_dict(), ensure_ascii=ascii_only, indent=2))
    else:
        print_answer(growing)
    return 0


def run_chat(parsed: argparse.Namespace) -> int:
    from rag.examples import example_questions
    from rag.models import model_from_settings
    from ui.access import is_local
    from ui.app import launch

    settings = settings_of(parsed)
    model_from_settings(settings)

    def examples(index: Index) -> list[str]:
        return example_questions(index, settings)

    browser = not parsed.no_browser and bool(os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"))
    options: dict[str, Any] = {"host": parsed.host, "port": parsed.port, "open_browser": browser, "examples": examples}
    doors = {"read_only": parsed.read_only, "auth": credentials(settings), "mcp": parsed.mcp}
    if doors["auth"] is None and not is_local(parsed.host):
        print(f"rag: everybody who can reach {parsed.host} can read these documents; set RAG_AUTH=NAME:PASSWORD to ask "
              "for a password.", file=sys.stderr)  # fmt: skip
    launch(settings.index_dir, settings, parsed.paths, **options, **doors)
    return 0


def credentials(settings: Settings) -> tuple[str, str] | None:
    """The name and password that the chat asks for, None for nobody's. Raises UsageError for anything else."""
    if settings.auth is None:
        return None
    name, _, password = settings.auth.get_secret_value().partition(":")
    if not name or not password:
        raise UsageError("The chat needs a name and a password to ask for; give both, as in: RAG_AUTH=NAME:PASSWORD")
    return name, password


def run_inspect(parsed: argparse.Namespace) -> int:
    from index.sync import read_document
    from ui.terminal import print_document

    print_document(read_document(parsed.file))
    return 0


def run_bench(parsed: argparse.Namespace) -> int:
    from eval.bench import bench, to_text

    print(to_text(bench(parsed.paths, settings_of(parsed))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
