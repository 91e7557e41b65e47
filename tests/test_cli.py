"""The `rag` command: helps, exit codes, JSON, and one sentence instead of a traceback whatever happens."""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder, ScriptedModel

from index.document import Block, Document, Passage
from rag import answering
from rag.answering import Answer
from rag.retrieve import Hit
from ui import cli, terminal
from ui.cli import main, parser
from ui.terminal import print_answer

pytestmark = pytest.mark.usefixtures("here")

COMMANDS = ["index", "ask", "chat", "eval", "inspect", "bench"]
TEXT = "The mill\n\nThe mill on the Aller opened in 1891. A flood destroyed the great oak wheel in 1920.\n"
JSON_KEYS = [
    "question", "search_query", "filters", "text", "status", "reason", "confidence", "sentences", "citations", "hits",
    "conflicts", "removed", "model", "tokens", "seconds", "notice",
]  # fmt: skip


@pytest.fixture
def here(plain_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty current folder with documents/mill.txt, and FakeEmbedder as the bundled model."""
    for module in ("index.embed", "rag.answering"):
        monkeypatch.setattr(f"{module}.load_embedder", lambda model=None: FakeEmbedder())
    answering._opened.cache_clear()
    (plain_environment / "documents").mkdir()
    (plain_environment / "documents" / "mill.txt").write_text(TEXT, encoding="utf-8")
    yield plain_environment
    answering._opened.cache_clear()


@pytest.fixture
def indexed(here: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["index", "documents"]) == 0
    capsys.readouterr()
    return here


def one_sentence(shown: str) -> str:
    """The message on stderr: one line, no traceback."""
    assert shown.startswith("rag: ")
    assert shown.count("\n") == 1
    assert "Traceback" not in shown
    assert "something unexpected" not in shown
    return shown


# ---- helps ----


def all_parsers(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield top.prog, top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from all_parsers(child)


def test_every_option_of_every_command_is_documented() -> None:
    undocumented = [
        f"{name}: {action.dest}"
        for name, one in all_parsers(parser())
        for action in one._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert undocumented == []


def test_the_commands_are_the_ones_in_the_design() -> None:
    (commands,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    assert [name for name in commands.choices if " " not in name] == COMMANDS
    assert [choice.dest for choice in commands._choices_actions if choice.help] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: rag {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [[], ["frobnicate"], ["ask"], ["ask", "a", "b"], ["ask", "q", "--what"], ["chat", "--port", "x"], ["inspect"]],
)
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: rag" in capsys.readouterr().err


def test_help_is_instant_and_loads_nothing_heavy() -> None:
    program = (
        "import sys, ui.cli\ntry: ui.cli.main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('torch', 'chromadb', 'gradio', 'numpy', 'openai', 'pydantic', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "[]"
    took = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "ui.cli", "--help"], capture_output=True, check=True, env=environment)
        took.append(time.perf_counter() - started)
    assert min(took) < 0.5


# ---- answers ----


def test_ask_prints_sentences_then_footnotes(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "When did the mill on the Aller open?"]) == 0
    shown = capsys.readouterr()
    start = TEXT.index("The mill on")
    assert shown.err == ""
    assert "The mill on the Aller opened in 1891." in shown.out
    assert f"\n[1] The mill, mill.txt:{start}-" in shown.out


def test_an_abstention_is_an_answer(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Who sells bananas on Europa?"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The documents never mention “Europa”. The documents don't clearly say")
    assert "closest: “The mill”" in out


@pytest.mark.parametrize("question", ["When did the mill on the Aller open?", "Who sells bananas on Europa?"])
def test_json_is_valid_and_complete(question: str, indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert list(data) == JSON_KEYS
    for citation in data["citations"]:
        assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_index_again_and_with_other_files(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index"]) == 0
    assert "unchanged: 1" in capsys.readouterr().out
    (indexed / "documents" / "mill.txt").rename(indexed / "documents" / "old.txt")
    assert main(["index", "documents"]) == 0
    assert "mill.txt → old.txt" in capsys.readouterr().out


def test_inspect_shows_data_and_blocks(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "documents/mill.txt"]) == 0
    out = capsys.readouterr().out
    assert "title: The mill" in out
    assert "publisher: (not stated)" in out
    assert "body" in out


def answer_of(*texts: str, **changes: Any) -> Answer:
    document = Document("d", "mill.txt", "The mill", None, None, None, TEXT)
    sentences = tuple(answering.Sentence(text, (1,), "supported") for text in texts)
    citations = (answering.Citation(1, document, 10, 47, TEXT[10:47]),) if texts else ()
    hits = (Hit(Passage("p", "d", 10, 47, "body"), document, 1.0),)
    known: dict[str, Any] = {
        "question": "?", "search_query": "?", "filters": {}, "text": " ".join(texts), "status": "answered",
        "reason": None, "confidence": 1.0, "sentences": sentences, "citations": citations, "hits": hits,
        "conflicts": (), "removed": 0, "model": "m", "tokens": {}, "seconds": 0.0, "complete": False,
    }  # fmt: skip
    return Answer(**known | changes)


def test_sentences_that_an_endpoint_took_back_are_said_to_be_withdrawn(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [
        answer_of(),
        answer_of("One."),
        answer_of("One.", "Two."),
        answer_of("Quote."),
        answer_of("Quote.", "More."),
    ]
    print_answer(iter(parts))
    shown = capsys.readouterr().out.split("\n[1]")[0]
    before, after = shown.split("withdrawn")
    assert [line for line in before.splitlines() if line.endswith("[1]")] == ["One. [1]", "Two. [1]"]
    assert [line for line in after.splitlines() if line.endswith("[1]")] == ["Quote. [1]", "More. [1]"]


def test_sentences_are_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_answer(iter([answer_of("One."), answer_of("One.", "Two."), answer_of("One.", "Two.", complete=True)]))
    out = capsys.readouterr().out
    assert (out.count("One."), out.count("Two."), out.count("withdrawn")) == (1, 1, 0)


# ---- failures: one sentence, the right code ----


def test_no_index(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "When?"]) == 1
    assert "There is no index in" in one_sentence(capsys.readouterr().err)
    assert not (here / ".rag").exists()


def test_an_index_of_another_model(indexed: Path, capsys: pytest.CaptureFixture[str],
                                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for module in ("index.embed", "rag.answering"):
        monkeypatch.setattr(f"{module}.load_embedder", lambda model=None: FakeEmbedder(name="other"))
    answering._opened.cache_clear()
    assert main(["ask", "When?"]) == 1
    assert "rag index --rebuild" in one_sentence(capsys.readouterr().err)
    assert main(["index", "documents"]) == 1
    assert "rag index --rebuild" in one_sentence(capsys.readouterr().err)
    assert main(["index", "documents", "--rebuild"]) == 0


@pytest.mark.parametrize("question", ["", "   ", "x" * 100_000])
def test_empty_and_endless_questions(question: str, indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", question]) == 2
    assert len(one_sentence(capsys.readouterr().err)) < 300


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["index"], "Name a folder"),
        (["index", "absent"], "There is no file or folder"),
        (["index", "empty"], "it is empty"),
        (["inspect", "absent.txt"], "absent.txt can't be read"),
        (["inspect", "documents"], "can't be read"),
        (["eval", "absent.jsonl"], "absent.jsonl"),
        (["bench", "absent"], "absent"),
    ],
)
def test_paths_that_hold_nothing(
    arguments: list[str], says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "empty").mkdir()
    assert main(arguments) == 1
    assert says in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    "options",
    [
        ["--model", "m"],
        ["--model-url", "http://127.0.0.1:1/v1"],
        ["--model", "m", "--model-url", "nonsense"],
        ["--model", "m", "--model-url", "http://[::1"],
    ],
)
def test_half_a_model_is_wrong_usage(options: list[str], here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "When?", *options]) == 2
    one_sentence(capsys.readouterr().err)


def test_wrong_settings_are_wrong_usage(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_CANDIDATES", "-4")
    assert main(["ask", "When?"]) == 2
    assert "candidates can't be '-4'" in one_sentence(capsys.readouterr().err)


def test_an_endpoint_that_is_not_there_is_no_failure(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--model", "m", "--model-url", "http://127.0.0.1:9/v1"]
    assert main(["ask", "When did the mill on the Aller open?", *options]) == 0
    out = capsys.readouterr().out
    assert "opened in 1891" in out
    assert "(The endpoint http://127.0.0.1:9/v1 can't be reached; is it running?" in out


def test_a_port_in_use(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["chat", "--port", str(port), "--no-browser"]) == 1
    assert f"Port {port} is in use" in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("port", ["0", "-1", "99999999"])
def test_a_port_that_is_none_is_wrong_usage(port: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["chat", "--port", port])
    assert ended.value.code == 2
    assert "1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "says"), [("ask", "stopped."), ("index", "run it again to finish")])
def test_ctrl_c(
    command: str, says: str, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(parsed: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, f"run_{command}", interrupt)
    assert main([command, "documents"]) == 130
    shown = capsys.readouterr().err
    assert says in shown
    assert "Traceback" not in shown


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_with_debug(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(parsed: argparse.Namespace) -> int:
        raise ZeroDivisionError("by chance")

    monkeypatch.setattr(cli, "run_ask", fail)
    assert main(["ask", "When?"]) == 1
    shown = capsys.readouterr().err
    assert "(ZeroDivisionError: by chance); run the command again with --debug" in shown
    assert "Traceback" not in shown
    with pytest.raises(ZeroDivisionError):
        main(["ask", "When?", "--debug"])


# ---- a real process ----

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
import index.embed, rag.answering
from fakes import FakeEmbedder
index.embed.load_embedder = rag.answering.load_embedder = lambda model=None: FakeEmbedder()
from ui.cli import main
sys.exit(main())
"""


def process(*arguments: str | bytes, **options: Any) -> subprocess.Popen[bytes]:
    program = PROGRAM.format(tests=str(Path(__file__).parent))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **options.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **options,
    )  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="arguments are text there")
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_question_that_is_not_text(flags: list[str], indexed: Path) -> None:
    out, err = process("ask", b"When did the mill on the Aller open \xff\xed\xa0\x80?", *flags).communicate(timeout=60)
    assert err == b""
    assert b"1891" in out
    if flags:
        assert "\N{REPLACEMENT CHARACTER}" in json.loads(out)["question"]


def test_a_reader_that_goes_away_is_no_error(indexed: Path) -> None:
    running = process("ask", "When did the mill on the Aller open?", "--json")
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    shown = running.stderr.read()
    running.stderr.close()
    assert (running.wait(timeout=60), shown) == (0, b"")


def test_a_terminal_that_knows_only_ascii(indexed: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    question = "When did the mill on the Aller open?"
    out, err = process("ask", question, environment=environment).communicate(timeout=60)
    assert err == b""
    assert b"opened in 1891" in out
    out, err = process("ask", question, "--json", environment=environment).communicate(timeout=60)
    assert err == b""
    assert "“The mill" in json.loads(out)["text"]


def test_python_minus_m_ui_is_rag_chat() -> None:
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-m", "ui", "--help"], capture_output=True, text=True, cwd=root, check=True)
    assert "usage: rag chat" in done.stdout


def test_a_scripted_model_is_printed_sentence_by_sentence(
    indexed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedModel(["The mill on the Aller opened in 1891. ", "Bananas."])
    monkeypatch.setattr(answering, "model_from_settings", lambda settings: model)
    assert main(["ask", "When did the mill on the Aller open?"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("The mill on the Aller opened in 1891. [1]\n")
    assert "1 sentence was removed" in out


def test_inspect_names_kinds_speakers_and_carriers_in_colour() -> None:
    text = "“It broke,” he said.\n"
    document = Document("d", "a.txt", None, None, None, None, text)
    block = Block("quotation", 0, 11, "Jane Roe", "miller", ("Mill Wire",), "2019-05-04", parent=0)
    line = terminal.block_line(document, block)
    assert line.plain == "      0-11        quotation        [Jane Roe, miller, 2019-05-04 ← Mill Wire] “It broke,”"
    assert [str(span.style) for span in line.spans if "quotation" in line.plain[span.start : span.end]] == ["green"]
    hidden = terminal.block_line(document, Block("masked", 0, 11))
    assert str(hidden.spans[-1].style) == "dim"
    escaped = Document("d", "a.txt", None, None, None, None, "\x1b[31mred\n")
    assert "\x1b" not in terminal.block_line(escaped, Block("body", 0, 9)).plain
