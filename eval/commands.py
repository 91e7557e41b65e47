"""The doors of the evaluation: what `rag eval` and `python -m eval` take as arguments, and what each of them does.

It holds no logic of its own, and imports nothing heavy before it is needed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from index.errors import IndexMissing, RunUnreadable, UsageError

if TYPE_CHECKING:
    from eval.runs import Run
    from rag.settings import Settings

SUBCOMMANDS = ("check", "report", "compare", "gate", "pairs", "choices", "benchmark", "results", "sabotage")
EPILOG = """with a question set:
  rag eval check SET           offsets fit, facts stand in the evidence, nothing is asked twice
  rag eval sabotage            twelve answerers that cheat, and whether the figures catch them
with runs (files written by --out):
  rag eval report RUN          show it again; --html PAGE for a browser
  rag eval compare A B         what changed, question by question
  rag eval gate RUN            exit 1 below eval/gates.toml
  rag eval pairs A B           a blind taste test; rag eval choices scores it
with public benchmarks:
  rag eval benchmark FOLDER    one of them
  rag eval results SHARED      all of them, into docs/results.md
"""


Command = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Says of wrong usage what to do next, in one sentence more."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does, but what a command does not know is refused with its own usage, not with that of `rag`."""
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown and " " in self.prog:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed, unknown

    def error(self, message: str) -> NoReturn:
        """Print the usage, what is wrong and the next step; exit with 2."""
        unquoted = self.prog.endswith(" ask") and "unrecognized" in message and ": -" not in message
        hint = "put a question in quotation marks" if unquoted else f"see: {self.prog} --help"
        super().error(f"{message}; {hint}")


def question_set(text: str) -> Path:
    """The path of a set. Raises ArgumentTypeError for a word that is no file, and is or resembles a subcommand."""
    from difflib import get_close_matches

    meant = get_close_matches(text.casefold(), SUBCOMMANDS, n=1)
    if meant and not set("./\\") & set(text) and not Path(text).exists():
        raise argparse.ArgumentTypeError(f"there is no file {text}; did you mean: rag eval {meant[0]}")
    return Path(text)


def joined(arguments: Sequence[str]) -> list[str]:
    """`eval check …` as the one command "eval check"; `eval SET …` stays as it is."""
    if len(arguments) > 1 and arguments[0] == "eval" and arguments[1] in SUBCOMMANDS:
        return [f"eval {arguments[1]}", *arguments[2:]]
    return list(arguments)


def add_commands(
    commands: Any, shared: argparse.ArgumentParser, writer: argparse.ArgumentParser
) -> None:  # argparse keeps the type of what add_subparsers returns to itself
    """Adds `eval` and everything under it; `shared` has --index and --debug, `writer` --model and --model-url."""
    evaluate = commands.add_parser(
        "eval",
        parents=[shared, writer],
        help="measure the answers on a question set",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument(
        "set", nargs="?", type=question_set, metavar="SET", help="JSONL file (default: the sample set)"
    )
    evaluate.add_argument("--corpus", type=Path, metavar="PATH", help="index this folder for this run only")
    evaluate.add_argument("--out", type=Path, metavar="RUN", help="write the run here; an interrupted one is resumed")
    evaluate.add_argument("--html", type=Path, metavar="PAGE", help="write the report here, for a browser")
    evaluate.set_defaults(run=run_eval, interrupted="stopped; with --out the same command goes on from here.")

    def add(name: str, run: Any, about: str, parents: Sequence[argparse.ArgumentParser] = (shared,)) -> Any:
        command = commands.add_parser(f"eval {name}", parents=list(parents), description=about)
        command.set_defaults(run=run)
        return command

    check = add("check", run_check, "Say what is wrong with a question set.")
    check.add_argument("set", type=Path, metavar="SET", help="JSONL file of questions")
    check.add_argument("--corpus", type=Path, metavar="PATH", help="its documents (default: those of the index)")

    report = add("report", run_report, "Show a run again.")
    report.add_argument("path", type=Path, metavar="RUN", help="file written by rag eval --out")
    report.add_argument("--html", type=Path, metavar="PAGE", help="write the report here, for a browser")

    compare = add("compare", run_compare, "Say what changed from run A to run B, question by question.")
    compare.add_argument("before", type=Path, metavar="A", help="a run, written by rag eval --out")
    compare.add_argument("after", type=Path, metavar="B", help="another run over the same set")

    gate = add("gate", run_gate, "Exit with 1 when a run falls short of the marks.")
    gate.add_argument("path", type=Path, metavar="RUN", help="file written by rag eval --out")
    gate.add_argument("--gates", type=Path, metavar="TOML", help="the marks (default: those of this version)")

    pairs = add("pairs", run_pairs, "Write a page of answers in pairs, to choose from blindly, and its key.")
    pairs.add_argument("before", type=Path, metavar="A", help="a run, written by rag eval --out")
    pairs.add_argument("after", type=Path, metavar="B", help="another run over the same set")
    pairs.add_argument("--out", type=Path, metavar="PAGE", default=Path("pairs.html"), help="default: pairs.html")
    pairs.add_argument("--limit", type=int, metavar="N", help="at most so many pairs")

    choices = add("choices", run_choices, "Score what a reader chose.")
    choices.add_argument("key", type=Path, metavar="KEY", help="the key that rag eval pairs wrote")
    choices.add_argument("choices", type=Path, metavar="CHOICES", help="what the page saved")

    benchmark = add("benchmark", run_benchmark, "Measure on a public benchmark.")
    benchmark.add_argument("folder", type=Path, metavar="FOLDER", help="its folder, named as the benchmark is")
    benchmark.add_argument("--work", type=Path, metavar="DIR", help="keep its index here (default: for this run only)")
    benchmark.add_argument("--out", type=Path, metavar="RUN", help="write the run here; an interrupted one is resumed")

    results = add("results", run_results, "Measure everything and write the table of results.")
    results.add_argument("shared", type=Path, metavar="SHARED", help="folder that holds seeds and benchmarks")
    results.add_argument("--work", type=Path, metavar="DIR", default=Path(".results"), help="default: .results")
    results.add_argument(
        "--out", type=Path, metavar="FILE", default=Path("docs/results.md"), help="default: docs/results.md"
    )

    sabotage = add("sabotage", run_sabotage, "Let answerers cheat and see whether the figures catch them.")
    sabotage.add_argument("set", nargs="?", type=Path, metavar="SET", help="JSONL file (default: the sample set)")
    sabotage.add_argument("--corpus", type=Path, metavar="PATH", help="index this folder for this run only")


def _settings(parsed: argparse.Namespace) -> Settings:
    from rag.settings import load_settings

    chosen = {"index_dir": parsed.index, "model": None, "model_url": None}
    chosen |= {name: getattr(parsed, name, None) for name in ("model", "model_url")}
    return load_settings(**chosen)


def _or_corpus(run: Command) -> Command:
    """Where there is no index, the documents themselves would do: says so."""

    @wraps(run)
    def run_or_hint(parsed: argparse.Namespace) -> int:
        try:
            return run(parsed)
        except IndexMissing as error:
            raise IndexMissing(f"{str(error).rstrip('.')}, or name the documents with --corpus PATH.") from error

    return run_or_hint


@_or_corpus
def run_eval(parsed: argparse.Namespace) -> int:
    from eval.cases import DEFAULT_SET
    from eval.run import measure
    from eval.writing import check_page

    if parsed.html is not None:
        check_page(parsed.html, parsed.out)
    held = _held(parsed.out)
    run = measure(parsed.set or DEFAULT_SET, _settings(parsed), parsed.corpus, parsed.out)
    return _show(run, parsed.html, parsed.out, held)


def _held(out: Path | None) -> int:
    """How many questions an earlier attempt has left in `out`, if this can be told."""
    from eval.runs import read_run

    if out is None or not out.is_file():
        return 0
    try:
        return len(read_run(out).items)
    except RunUnreadable:
        return 0  # it is refused before anything is asked


def run_report(parsed: argparse.Namespace) -> int:
    from eval.runs import read_run
    from eval.writing import check_page

    if parsed.html is not None:
        check_page(parsed.html)
    return _show(read_run(parsed.path), parsed.html)


def _show(run: Run, page: Path | None, out: Path | None = None, held: int = 0) -> int:
    from eval.report import to_markdown

    print(to_markdown(run), end="", flush=True)
    if page is not None:
        from eval.page import to_html
        from eval.writing import write

        write(page, to_html(run))
    if held:
        what = "questions" if run.kind == "answers" else "items"
        print(f"{held} of {len(run.items)} {what} were there already.", file=sys.stderr)
    if written := [str(path) for path in (out, page) if path is not None]:
        print(f"Wrote {' and '.join(written)}.", file=sys.stderr)
    return 0


@_or_corpus
def run_check(parsed: argparse.Namespace) -> int:
    from contextlib import closing

    from eval.cases import read_set
    from eval.locate import texts_of_folder, texts_of_index
    from eval.problems import problems_of_file, to_text
    from index.embed import load_embedder
    from index.opening import open_index

    settings, reading = _settings(parsed), read_set(parsed.set)
    if parsed.corpus is not None:
        problems = problems_of_file(reading, texts_of_folder([parsed.corpus], settings.index_dir))
    else:
        embedder = load_embedder(settings.embedding_model)
        opened = open_index(settings.index_dir, embedder=embedder, word_pieces=settings.passage_word_pieces)
        with closing(opened) as index:
            problems = problems_of_file(reading, texts_of_index(index))
    print(to_text(str(parsed.set), reading, problems))
    return int(any(not problem.remark for problem in problems))


def run_compare(parsed: argparse.Namespace) -> int:
    from eval.compare import compare
    from eval.compare_text import to_markdown
    from eval.runs import read_run

    print(to_markdown(compare(read_run(parsed.before), read_run(parsed.after))), end="")
    return 0


def run_gate(parsed: argparse.Namespace) -> int:
    from eval.gate import check_gates, require, to_text
    from eval.runs import read_run

    try:
        report = check_gates(read_run(parsed.path), parsed.gates)
    except RunUnreadable as error:  # 1 is for a run below its marks alone
        raise UsageError(str(error)) from error
    print(to_text(report), flush=True)
    require(report)
    return 0


def run_pairs(parsed: argparse.Namespace) -> int:
    from eval.pairs import write_pairs
    from eval.runs import read_run

    write_pairs(read_run(parsed.before), read_run(parsed.after), parsed.out, parsed.limit)
    print(f"Open {parsed.out} in a browser, choose, save; then: rag eval choices {parsed.out}.key.json choices.json")
    return 0


def run_choices(parsed: argparse.Namespace) -> int:
    from eval.pairs import score_choices, to_text

    print(to_text(score_choices(parsed.key, parsed.choices)))
    return 0


def run_benchmark(parsed: argparse.Namespace) -> int:
    from eval.benchmarks.reading import measure_benchmark

    held = _held(parsed.out)
    run = measure_benchmark(parsed.folder, _settings(parsed), parsed.work, parsed.out)
    return _show(run, None, parsed.out, held)


def run_results(parsed: argparse.Namespace) -> int:
    from eval.results import measure_all

    measure_all(parsed.shared, _settings(parsed), parsed.work, parsed.out)
    print(f"Wrote {parsed.out}.")
    return 0


@_or_corpus
def run_sabotage(parsed: argparse.Namespace) -> int:
    from eval.cases import DEFAULT_SET, load_set
    from eval.sabotage import sabotage, to_text

    load_set(parsed.set or DEFAULT_SET)  # before an index is missed
    caught = sabotage(parsed.set or DEFAULT_SET, _settings(parsed), parsed.corpus)
    print(to_text(caught))
    return int(any(line.verdict == "NOT CAUGHT" for line in caught))
