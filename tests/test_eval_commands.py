"""`rag eval …` and `python -m eval …`: what they print, their exit codes, one sentence instead of a traceback."""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder
from mill import (
    CLOSING,
    ELSEWHERE,
    FIRE,
    MILLER,
    OPENED,
    OPENING,
    OWNER,
    PRAISE,
    TEXT,
    abstained,
    answered,
    cite,
    scripted,
    write_set,
)

import eval.__main__ as module
from eval.commands import SUBCOMMANDS, joined
from eval.run import evaluate
from eval.runs import read_run, without_times
from eval.sabotage import CHEATS
from index.opening import open_index
from index.sync import sync
from rag.settings import Settings
from ui import cli

Door = Callable[[list[str]], int]
CASES = (OPENING, CLOSING, PRAISE, OWNER, MILLER)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with documents/papers/mill.txt, index, mills.jsonl, and two runs that differ: a.jsonl and b.jsonl."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "documents" / "papers").mkdir(parents=True)
    (folder / "documents" / "papers" / "mill.txt").write_text(TEXT, encoding="utf-8")
    for _ in sync([folder / "documents"], folder / "index", FakeEmbedder()):
        pass
    questions = write_set(folder / "mills.jsonl", *CASES)
    right = [answered(OPENING, cite(1, OPENED)), answered(CLOSING, cite(1, FIRE)), answered(PRAISE, cite(1, FIRE))]
    other = [answered(OPENING, cite(1, FIRE)), abstained(CLOSING), right[2]]
    refused = [abstained(OWNER, "masked"), abstained(MILLER)]
    settings = Settings(index_dir=folder / "index")
    with closing(open_index(folder / "index", embedder=FakeEmbedder())) as index:
        for name, answers in {"a.jsonl": right, "b.jsonl": other}.items():
            evaluate(questions, index, settings, folder / name, scripted(*answers, *refused))
    return folder


@pytest.fixture(autouse=True)
def here(plain_environment: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with documents/ and mills.jsonl, no index, and FakeEmbedder as the bundled model."""
    monkeypatch.setattr("index.embed.load_embedder", lambda model=None: FakeEmbedder())
    shutil.copytree(made / "documents", plain_environment / "documents")
    shutil.copy(made / "mills.jsonl", plain_environment)
    return plain_environment


@pytest.fixture
def indexed(here: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, with an index of the documents."""
    monkeypatch.setenv("RAG_INDEX_DIR", str(made / "index"))
    return here


@pytest.fixture
def runs(here: Path, made: Path) -> Path:
    """The same folder, with a.jsonl and b.jsonl."""
    for name in ("a.jsonl", "b.jsonl"):
        shutil.copy(made / name, here)
    return here


@pytest.fixture(params=["rag eval", "python -m eval"])
def door(request: pytest.FixtureRequest) -> Door:
    """Both ways in: the arguments after `rag eval` to the exit code."""
    return module.main if request.param == "python -m eval" else lambda arguments: cli.main(["eval", *arguments])


def one_sentence(shown: str) -> str:
    """The message on stderr: one line, no traceback."""
    assert shown.startswith("rag: ")
    assert shown.count("\n") == 1
    assert "Traceback" not in shown
    assert "went wrong" not in shown
    return shown


def refusal(shown: str) -> str:
    """argparse's: the usage, then what is wrong."""
    assert shown.startswith("usage: rag")
    return shown.splitlines()[-1]


# --- rag eval SET ----------------------------------------------------------------------------------------------


def test_a_set_is_asked_and_reported(indexed: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["mills.jsonl"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# mills.jsonl: 5 questions, asked of quotes\n")
    assert "| All key facts said " in printed.out
    assert printed.err == ""


def test_a_folder_may_be_indexed_for_the_run_only(here: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["mills.jsonl", "--corpus", "documents", "--out", "run.jsonl", "--html", "page.html"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# mills.jsonl: 5 questions")
    assert printed.err == "Wrote run.jsonl and page.html.\n"
    assert not (here / ".rag").exists()
    assert len(read_run(here / "run.jsonl").asked) == 5
    assert (here / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_without_a_set_the_sample_is_asked(here: Path, monkeypatch: Any, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("eval.cases.DEFAULT_SET", here / "mills.jsonl")
    assert cli.main(["eval", "--corpus", "documents"]) == 0
    assert capsys.readouterr().out.startswith("# mills.jsonl: 5 questions")


def test_the_same_command_goes_on_with_a_run(indexed: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["mills.jsonl", "--out", "run.jsonl"]) == 0
    whole, first = read_run(indexed / "run.jsonl"), capsys.readouterr().out
    lines = (indexed / "run.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (indexed / "run.jsonl").write_text("".join(lines[:3]) + lines[3][:50], encoding="utf-8")
    assert door(["mills.jsonl", "--out", "run.jsonl"]) == 0
    assert without_times(read_run(indexed / "run.jsonl")) == without_times(whole)
    printed = capsys.readouterr()
    assert without_seconds(printed.out) == without_seconds(first)
    assert printed.err == "2 of 5 questions were there already.\nWrote run.jsonl.\n"


def without_seconds(report: str) -> list[str]:
    return [re.sub(r" +|-+", " ", line) for line in report.splitlines() if "Seconds" not in line]


def test_an_interrupted_run_says_how_to_go_on(indexed: Path, monkeypatch: Any, capsys: Any) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eval.run.measure", stop)
    assert cli.main(["eval", "mills.jsonl", "--out", "run.jsonl"]) == cli.INTERRUPTED
    assert capsys.readouterr().err == "\nrag: stopped; with --out the same command goes on from here.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["none.jsonl"], 1, "Can't read the question set none.jsonl: No such file"),
        (["broken.jsonl"], 1, 'broken.jsonl, line 1: "id" is missing. Mend that line'),
        (["elsewhere.jsonl"], 1, "inn.txt is not among the documents. Index the documents"),
        (["mills.jsonl", "--index", "none"], 1, "none"),
        (["mills.jsonl", "--corpus", "none"], 1, "There is no file or folder"),
        (["mills.jsonl", "--out", "documents"], 2, "it is a folder. Name a file, such as documents"),
        (["mills.jsonl", "--out", "none/run.jsonl"], 2, "there is no folder none. Make it first"),
        (["mills.jsonl", "--out", "mills.jsonl"], 2, "mills.jsonl is there already and is not a run"),
        (["mills.jsonl", "--html", "none/page.html"], 2, "Can't write the page to none"),
        (["mills.jsonl", "--html", "mills.jsonl"], 2, "mills.jsonl is there already and is not a page"),
        (["mills.jsonl", "--out", "new.jsonl", "--html", "./new.jsonl"], 2, "both the run and the page"),
        (["mills.jsonl", "--html", "documents"], 2, "Can't write the page to documents"),
        (["mills.jsonl", "--model", "llama", "--out", "new.jsonl"], 2, "--model needs --model-url too"),
        (["mills.jsonl", "--model", "m", "--model-url", "http://[::1", "--out", "new.jsonl"], 2, "not the address"),
    ],
)
def test_what_cannot_be_measured(
    indexed: Path, door: Door, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    write_set(indexed / "elsewhere.jsonl", ELSEWHERE)
    (indexed / "broken.jsonl").write_text("{}\n", encoding="utf-8")
    before = (indexed / "mills.jsonl").read_bytes()
    assert door(arguments) == code
    printed = capsys.readouterr()
    assert says in one_sentence(printed.err)
    assert printed.out == ""
    assert not (indexed / "new.jsonl").exists()
    assert (indexed / "mills.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.jsonl", "b.jsonl"], "rag eval: error: unrecognized arguments: b.jsonl; see: rag eval --help"),
        (["--out"], "argument --out: expected one argument"),
        (["check"], "the following arguments are required: SET"),
        (["report"], "the following arguments are required: RUN"),
        (["compare", "a.jsonl"], "the following arguments are required: B"),
        (["gate", "a.jsonl", "--corpus", "x"], "rag eval gate: error: unrecognized arguments: --corpus x"),
        (["chekc"], "there is no file chekc; did you mean: rag eval check"),
        (["Check", "mills.jsonl"], "did you mean: rag eval check"),
        (["--debug", "gate", "a.jsonl"], "did you mean: rag eval gate"),
        (["pairs", "a.jsonl", "b.jsonl", "--limit", "many"], "argument --limit: invalid int value: 'many'"),
        (["choices", "key.json"], "the following arguments are required: CHOICES"),
    ],
)
def test_wrong_usage_exits_with_2(
    door: Door, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        door(arguments)
    assert caught.value.code == 2
    assert says in refusal(capsys.readouterr().err)


def test_debug_shows_the_error_itself(door: Door) -> None:
    with pytest.raises(Exception, match="Can't read the question set"):
        door(["none.jsonl", "--debug"])


def test_a_subcommand_is_the_word_after_eval_only() -> None:
    assert joined(["eval", "check", "a.jsonl"]) == ["eval check", "a.jsonl"]
    for others in (["eval", "./check"], ["eval", "mills.jsonl"], ["eval"], ["ask", "check"], ["eval", "--out", "gate"]):
        assert joined(others) == others


def test_every_subcommand_is_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["eval", "--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert [name for name in SUBCOMMANDS if f"rag eval {name}" not in shown] == []
    top = next(a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert {f"eval {name}" for name in SUBCOMMANDS} == {name for name in top.choices if name.startswith("eval ")}


def test_the_module_takes_its_arguments_from_the_command_line(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["python -m eval", "report", "none.jsonl"])
    assert module.main() == 1
    assert "Can't read the run none.jsonl" in one_sentence(capsys.readouterr().err)


# --- rag eval check --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", [["--corpus", "documents"], []])
def test_a_set_is_checked(indexed: Path, door: Door, corpus: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["check", "mills.jsonl", *corpus]) == 0
    expected = "mills.jsonl: 5 questions of 5 types, 3 answerable; 0 problems, 0 remarks\n"
    assert capsys.readouterr() == (expected, "")
    write_set(indexed / "told.jsonl", replace(OPENING, question="Did it open in 1891?"))
    assert door(["check", "told.jsonl", *corpus]) == 0  # a remark fails nothing
    assert re.match("line 1, M1: the question says .1891. already", capsys.readouterr().out)
    write_set(indexed / "bad.jsonl", ELSEWHERE, MILLER)
    assert door(["check", "bad.jsonl", *corpus]) == 1
    problem, summary = capsys.readouterr().out.splitlines()
    assert problem.startswith("line 1, M6: inn.txt is not among the documents")
    assert summary == "bad.jsonl: 2 questions of 2 types, 1 answerable; 1 problem, 0 remarks"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.jsonl"], "Can't read the question set none.jsonl"),
        (["mills.jsonl", "--corpus", "none"], "There is no file or folder"),
        (["mills.jsonl"], ", or name the documents with --corpus PATH."),
    ],
)
def test_what_cannot_be_checked(door: Door, arguments: list[str], says: str, capsys: Any) -> None:
    assert door(["check", *arguments]) == 1
    assert says in one_sentence(capsys.readouterr().err)


# --- with runs -------------------------------------------------------------------------------------------------


def test_a_run_is_shown_again(runs: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["report", "a.jsonl", "--html", "page.html"]) == 0
    assert capsys.readouterr().out.startswith("# mills.jsonl: 5 questions, asked of quotes\n")
    assert "mills.jsonl" in (runs / "page.html").read_text(encoding="utf-8")
    assert door(["report", "a.jsonl", "--html", "none/page.html"]) == 2


def test_a_run_of_an_unknown_kind(here: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    header = {"format": 1, "kind": "odd", "set": "a", "model": "b", "questions": 0}
    (here / "odd.jsonl").write_text(json.dumps(header) + "\n", encoding="utf-8")
    assert door(["report", "odd.jsonl"]) == 1
    assert 'of the kind "odd"' in one_sentence(capsys.readouterr().err)


def test_two_runs_are_compared(runs: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["compare", "a.jsonl", "b.jsonl"]) == 0
    printed = capsys.readouterr()
    assert "M1" in printed.out
    assert "M2" in printed.out
    assert "M5" not in printed.out
    assert printed.err == ""
    assert door(["compare", "a.jsonl", "a.jsonl"]) == 0
    assert "M1" not in capsys.readouterr().out


def test_a_run_passes_the_gate_or_does_not(runs: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    (runs / "marks.toml").write_text('[mills]\nset = "mills.jsonl"\nall_key_facts = 0.5\n', encoding="utf-8")
    assert door(["gate", "a.jsonl", "--gates", "marks.toml"]) == 0
    assert "passed  all_key_facts" in capsys.readouterr().out
    assert door(["gate", "b.jsonl", "--gates", "marks.toml"]) == 1
    printed = capsys.readouterr()
    assert "MISSED  all_key_facts" in printed.out
    assert "does not pass marks.toml: 1 of 1 mark missed" in one_sentence(printed.err)


def test_a_gate_for_no_such_set_is_wrong_usage(runs: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["gate", "a.jsonl"]) == 2
    assert "no section for the set mills.jsonl" in one_sentence(capsys.readouterr().err)
    assert door(["gate", "a.jsonl", "--gates", "none.toml"]) == 2
    assert "Can't read the marks in none.toml" in one_sentence(capsys.readouterr().err)


def test_answers_are_chosen_from_blindly(runs: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    assert door(["pairs", "a.jsonl", "b.jsonl", "--out", "page.html", "--limit", "2"]) == 0
    assert "rag eval choices page.html.key.json choices.json" in capsys.readouterr().out
    key = json.loads((runs / "page.html.key.json").read_text(encoding="utf-8"))
    lefts = {number: "left" if pair["left"] == "A" else "right" for number, pair in key["pairs"].items()}
    (runs / "choices.json").write_text(json.dumps({"sheet": key["sheet"], "choices": lefts}), encoding="utf-8")
    assert door(["choices", "page.html.key.json", "choices.json"]) == 0
    assert capsys.readouterr().out.startswith(
        "A preferred: 2, B preferred: 0, the same: 0, neither good: 0 (2 of 2 pairs judged)\n"
    )
    assert door(["choices", "page.html.key.json", "page.html.key.json"]) == 2
    assert "page.html.key.json" in one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["report", "none.jsonl"], 1, "Can't read the run none.jsonl"),
        (["report", "mills.jsonl"], 1, "mills.jsonl is a question set, not a run. Ask it with: rag eval mills.jsonl"),
        (["report", "a.jsonl", "--html", "b.jsonl"], 2, "b.jsonl is there already and is not a page"),
        (["compare", "a.jsonl", "none.jsonl"], 1, "Can't read the run none.jsonl"),
        (["gate", "mills.jsonl"], 2, "mills.jsonl is a question set"),
        (["gate", "none.jsonl"], 2, "Can't read the run none.jsonl"),
        (["pairs", "none.jsonl", "a.jsonl"], 1, "Can't read the run none.jsonl"),
        (["pairs", "a.jsonl", "a.jsonl"], 2, "no question that they answer in different words"),
        (["pairs", "a.jsonl", "b.jsonl", "--limit", "0"], 2, "Can't show 0 pairs"),
        (["pairs", "a.jsonl", "b.jsonl", "--out", "none/page.html"], 2, "Can't write the page to none"),
        (["pairs", "a.jsonl", "b.jsonl", "--out", "a.jsonl"], 2, "a.jsonl is there already"),
        (["choices", "none.json", "choices.json"], 2, "Can't read none.json"),
    ],
)
def test_runs_that_cannot_be_used(
    runs: Path, door: Door, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert door(arguments) == code
    printed = capsys.readouterr()
    assert says in one_sentence(printed.err)
    assert printed.out == ""


# --- rag eval sabotage -----------------------------------------------------------------------------------------


def test_cheats_are_caught_or_have_too_few_questions(
    indexed: Path, door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    assert door(["sabotage", "mills.jsonl"]) == 0  # five questions are too few for twelve cheats
    shown = capsys.readouterr().out
    assert [name for name in CHEATS if f"| {name} " not in shown] == []
    assert "caught" in shown
    assert "too few questions" in shown
    assert "NOT CAUGHT" not in shown


def test_a_set_that_asks_twice_cannot_be_sabotaged(here: Path, door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    write_set(here / "twice.jsonl", MILLER, replace(MILLER, id="again"))
    assert door(["sabotage", "twice.jsonl", "--corpus", "documents"]) == 2
    assert f'asks "{MILLER.question}" twice' in one_sentence(capsys.readouterr().err)
    assert door(["sabotage", "none.jsonl", "--corpus", "documents"]) == 1
    assert "Can't read the question set none.jsonl" in one_sentence(capsys.readouterr().err)
