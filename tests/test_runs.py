"""Runs: what a header says, the file they are written to, and how an interrupted one is taken up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeIndex
from fakes import FakeEmbedder
from mill import (
    CLOSING,
    ELSEWHERE,
    FIRE,
    MASKED,
    MILLER,
    OPENED,
    OPENING,
    OWNER,
    TEXT,
    abstained,
    answered,
    cite,
    scripted,
    write_set,
)

from eval import provenance
from eval.run import evaluate, run_set
from eval.runs import Item, Run, RunFile, read_run, without_times
from index.errors import RunUnreadable, SetUnreadable, UsageError
from index.opening import Index, open_index
from index.sync import sync
from rag.answering import Answer
from rag.settings import Settings

pytestmark = pytest.mark.usefixtures("plain_environment")

INN = "The Inn\n\nThe inn on the Aller sold beer until 1950. Then it burned down.\n"
FILES = {"papers/mill.txt": TEXT, "papers/more/barn.txt": INN}
ANSWERS = (
    answered(OPENING, cite(1, OPENED)),
    answered(CLOSING, cite(1, FIRE, via=("“Post”",))),
    abstained(OWNER, "masked"),
    abstained(MILLER),
)
CASES = (OPENING, ELSEWHERE, CLOSING, OWNER, MILLER)


@pytest.fixture(scope="module")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("shared")
    for name, text in FILES.items():
        (folder / "documents" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "documents" / name).write_text(text, encoding="utf-8")
    for _ in sync([folder / "documents"], folder / "index", FakeEmbedder()):
        pass
    with closing(open_index(folder / "index", embedder=FakeEmbedder())) as index:
        yield index


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write_set(tmp_path / "mills.jsonl", *CASES)


Evaluate = Callable[..., Run]


@pytest.fixture
def run(shared_index: Index, questions: Path) -> Evaluate:
    """evaluate over the set and the index; `answers` are scripted, or rag.answer's own when there are none."""

    def run(out: Path | None = None, answers: Any = ANSWERS, **changes: Any) -> Run:
        settings = Settings(index_dir=shared_index.folder, **changes)
        if answers is None:
            return evaluate(questions, shared_index, settings, out)
        return evaluate(questions, shared_index, settings, out, scripted(*answers))

    return run


# --- the questions are asked -----------------------------------------------------------------------------------


def test_every_case_becomes_an_item_in_order(run: Evaluate) -> None:
    whole = run()
    assert (whole.kind, [item.id for item in whole.items]) == ("answers", ["M1", "M6", "M2", "M4", "M5"])
    assert [item.id for item in whole.asked] == ["M1", "M2", "M4", "M5"]
    assert whole.left_out == (Item("M6", "why_how", left_out="inn.txt is not among the documents"),)
    assert [item.measures["all_key_facts"] for item in whole.asked] == [1, 1, None, None]
    assert all(item.seconds >= 0 for item in whole.asked)


def test_the_answerer_is_asked_as_people_ask(shared_index: Index) -> None:
    asked: list[dict[str, Any]] = []

    def answer(question: str, **given: Any) -> Answer:
        asked.append({"question": question, **given})
        return ANSWERS[0]

    settings, history = Settings(), ({"role": "user", "content": "The mill?"},)
    items = run_set([replace(OPENING, history=history), CLOSING], shared_index, settings, answerer=answer)
    assert next(items).id == "M1"
    given = {"index": shared_index, "history": history, "settings": settings}
    assert asked == [{"question": OPENING.question, **given}]  # the second one not before it is wanted


def test_a_case_that_is_done_is_not_asked(shared_index: Index) -> None:
    items = run_set([OPENING, MILLER], shared_index, Settings(), {"M1"}, scripted(*ANSWERS[1:]))
    assert [item.id for item in items] == ["M5"]


def test_a_set_about_other_documents_is_refused(tmp_path: Path, shared_index: Index) -> None:
    path = write_set(tmp_path / "set.jsonl", ELSEWHERE)
    with pytest.raises(SetUnreadable, match=r"None of the 1 questions .* inn\.txt is not among the documents\. Index"):
        evaluate(path, shared_index, Settings())


def test_two_runs_over_one_index_are_equal_apart_from_times(run: Evaluate, tmp_path: Path) -> None:
    one, other = run(tmp_path / "one.jsonl", None), run(tmp_path / "other.jsonl", None)
    assert any(item.detail["citations"] for item in one.asked)
    assert without_times(one) == without_times(other)
    assert without_times(read_run(tmp_path / "one.jsonl")) == without_times(read_run(tmp_path / "other.jsonl"))
    words = json.dumps(without_times(one))
    assert '"times"' not in words
    assert '"seconds"' not in words


def test_a_run_is_read_as_it_was_made(run: Evaluate, tmp_path: Path) -> None:
    made, out = run(tmp_path / "run.jsonl"), tmp_path / "run.jsonl"
    read = read_run(out)
    assert [item.to_dict() for item in read.items] == [item.to_dict() for item in made.items]
    assert read.header == json.loads(json.dumps(made.header))
    assert "“Post”" in out.read_text(encoding="utf-8")


# --- the header ------------------------------------------------------------------------------------------------


def test_the_header_says_what_was_measured(run: Evaluate, questions: Path) -> None:
    header = run().header
    assert {"format": 1, "kind": "answers", "set": "mills.jsonl", "questions": 5, "model": "quotes"}.items() <= (
        header.items()
    )
    assert header["set_sha256"] == provenance.file_sha256(questions)
    assert {"documents": 2, "passages": header["corpus"]["passages"]}.items() <= header["corpus"].items()
    assert header["settings"]["answer_sentences"] == 4
    assert header["versions"]["numpy"]
    assert header["command"] == "rag eval mills.jsonl"
    assert header["times"]["started"].endswith("+00:00")


def test_the_header_holds_no_secret_and_no_place(run: Evaluate, tmp_path: Path) -> None:
    model = {
        "model": "llama",
        "model_url": "http://me:hunter2@127.0.0.1:9/v1?key=word",
        "model_key": "top-secret",
        "auth": "me:pass-word",
    }
    embedder = str(tmp_path / "weights" / "MiniLM")
    written = json.dumps(run(**model, embedding_model=embedder).header)
    for secret in (
        "top-secret",
        "pass-word",
        "hunter2",
        "word=",
        "key=",
        "/v1",
        "weights",
        str(tmp_path),
        str(Path.home()),
    ):
        assert secret not in written, secret
    assert all(place not in written for place in ('"/', ":\\\\", str(Path(__file__).parent)))
    header = json.loads(written)
    assert (header["model"], header["settings"]["model_host"]) == ("llama", "127.0.0.1:9")
    assert header["settings"]["embedding_model"] == "MiniLM"
    assert not {"auth", "model_key", "model_url", "index_dir"} & set(header["settings"])


def test_the_fingerprint_changes_with_a_document(make_index: MakeIndex) -> None:
    prints = [provenance.corpus_of(make_index(files)) for files in ({"a.txt": INN}, {"a.txt": INN}, {"a.txt": TEXT})]
    assert prints[0] == prints[1]
    assert prints[0]["fingerprint"] != prints[2]["fingerprint"]


def test_the_fingerprint_of_the_code_is_that_of_its_files() -> None:
    assert provenance.code_sha256() == provenance.code_sha256()
    assert len(provenance.code_sha256()) == 16


# --- interrupted and taken up ----------------------------------------------------------------------------------


@pytest.mark.parametrize("asked_before", [0, 1, 2, 3])
def test_an_interrupted_run_goes_on_where_it_stopped(run: Evaluate, tmp_path: Path, asked_before: int) -> None:
    out = tmp_path / "run.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(out, (*ANSWERS[:asked_before], KeyboardInterrupt()))
    assert [item.id for item in read_run(out).asked] == ["M1", "M2", "M4", "M5"][:asked_before]
    resumed = run(out, ANSWERS[asked_before:])  # asking again what is done would fail
    assert without_times(resumed) == without_times(run())
    assert without_times(read_run(out)) == without_times(resumed)
    assert [item.seconds for item in read_run(out).items] == [item.seconds for item in resumed.items]


@pytest.mark.parametrize("cut", [-1, -2, -40, 1, 10])
def test_a_line_that_was_cut_off_is_asked_again(run: Evaluate, tmp_path: Path, cut: int) -> None:
    out = tmp_path / "run.jsonl"
    uncut = run(out)
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:3]) + lines[3][:cut])
    assert [item.id for item in read_run(out).items] == ["M1", "M6"]
    resumed = run(out, ANSWERS[1:])
    assert without_times(resumed) == without_times(uncut)
    assert without_times(read_run(out)) == without_times(uncut)


def test_a_line_may_be_cut_off_within_a_character(run: Evaluate, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    uncut = run(out)
    content = out.read_bytes()
    out.write_bytes(content[: content.index("“".encode()) + 1])
    assert without_times(run(out, ANSWERS[1:])) == without_times(uncut)


def test_a_finished_run_asks_nothing(run: Evaluate, tmp_path: Path) -> None:
    first = run(tmp_path / "run.jsonl")
    before = (tmp_path / "run.jsonl").read_bytes()
    assert run(tmp_path / "run.jsonl", ()).items == first.items
    assert (tmp_path / "run.jsonl").read_bytes() == before


def test_half_a_character_survives_the_file(run: Evaluate, tmp_path: Path) -> None:
    odd = replace(ANSWERS[0], search_query="half \ud83d of it")
    made = run(tmp_path / "run.jsonl", (odd, *ANSWERS[1:]))
    assert made.items[0].detail["search_query"] == odd.search_query
    assert without_times(read_run(tmp_path / "run.jsonl")) == without_times(made)
    assert run(tmp_path / "run.jsonl", ()).items == made.items


def test_a_run_of_other_settings_is_not_taken_up(run: Evaluate, tmp_path: Path) -> None:
    run(tmp_path / "run.jsonl")
    before = (tmp_path / "run.jsonl").read_bytes()
    refused(tmp_path, "with other settings", lambda out: run(out, (), answer_sentences=2))
    refused(tmp_path, "with another model", lambda out: run(out, (), model="llama", model_url="http://127.0.0.1:9/v1"))
    assert (tmp_path / "run.jsonl").read_bytes() == before


def test_a_run_of_another_set_index_or_code_is_not_taken_up(
    run: Evaluate, tmp_path: Path, questions: Path, shared_index: Index, make_index: MakeIndex, monkeypatch: Any
) -> None:
    run(tmp_path / "run.jsonl")
    others, settings = make_index({"mill.txt": TEXT}), Settings()
    refused(
        tmp_path,
        "on another index, or from before its documents changed",
        lambda out: evaluate(questions, others, settings, out, scripted()),
    )
    renamed = write_set(tmp_path / "barns.jsonl", *CASES)
    refused(
        tmp_path, "over another question set", lambda out: evaluate(renamed, shared_index, settings, out, scripted())
    )
    with monkeypatch.context() as patch:
        patch.setattr("eval.provenance.code_sha256", lambda: "another")
        refused(tmp_path, "of another version of this program", lambda out: run(out, ()))
    write_set(questions, *CASES[:3])
    refused(tmp_path, "from before the question set was changed", lambda out: run(out, ()))
    write_set(questions, replace(OPENING, must_not=("1892",)), *CASES[1:])
    refused(tmp_path, "from before the question set was changed", lambda out: run(out, ()))


def refused(folder: Path, what: str, run_again: Callable[[Path], object]) -> None:
    out = folder / "run.jsonl"
    with pytest.raises(UsageError) as caught:
        run_again(out)
    assert str(caught.value) == (f"{out} holds a run {what}; name another file for this one, or delete that one.")


# --- files that can't be used ----------------------------------------------------------------------------------


def test_a_place_that_cannot_be_written_to_is_found_out_first(run: Evaluate, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"it is a folder\. Name a file, such as .*run\.jsonl"):
        run(tmp_path, ())
    with pytest.raises(UsageError, match=r"there is no folder .*none\. Make it first"):
        run(tmp_path / "none" / "run.jsonl", ())


HEADER = {"format": 1, "kind": "answers", "set": "mills.jsonl", "questions": 9, "model": "quotes"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"notes\n",
        b'{"format": 1, "kind": "answers"}',  # cut off in the header
        b"[1]\n",
        b'{"format": 2, "kind": "answers"}\n',
        b'{"format": 1}\n',
        b'{"format": 1, "kind": 3}\n',
        b'{"format": 1, "kind": "answers"}\n{"id": "M1"}\n',
        b'{"format": 1, "kind": "answers"}\n{"id": "M1", "type": "x", "colour": 1}\n',
        b'{"format": 1, "kind": "answers"}\nhalf\n{"id": "M1", "type": "x"}\n',
        b'{"format": 1, "kind": "caf\xe9"}\n',
        b"[" * 100_000 + b"\n",
    ],
)
def test_a_file_that_is_no_run(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(content)
    with pytest.raises(RunUnreadable) as caught:
        read_run(path)
    assert str(caught.value) == f"{path} is not a run of rag eval. Make one with: rag eval SET --out RUN"
    if content:
        with pytest.raises(UsageError, match=r"is there already and is not a run; name another file"):
            RunFile(path, HEADER)
        assert path.read_bytes() == content


def test_a_question_set_is_no_run(tmp_path: Path) -> None:
    path = write_set(tmp_path / "mills.jsonl", *CASES)
    with pytest.raises(
        RunUnreadable, match=r"is a question set, not a run\. Ask it with: rag eval .*mills\.jsonl --out"
    ):
        read_run(path)


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RunUnreadable, match=r"Can't read the run .*none\.jsonl: No such file.*rag eval --out"):
        read_run(tmp_path / "none.jsonl")
    with pytest.raises(RunUnreadable, match=r"Can't read the run .*: .*\. Name the file"):
        read_run(tmp_path)


def test_an_empty_file_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.touch()
    RunFile(path, HEADER).append(Item("M1", "x", {"all_key_facts": None}, 0.5, {"text": MASKED}))
    assert read_run(path) == Run(HEADER, (Item("M1", "x", {"all_key_facts": None}, 0.5, {"text": MASKED}),))
    assert list(RunFile(path, {**HEADER, "times": {"started": "later"}}).done) == ["M1"]


@pytest.mark.parametrize(
    "line",
    [
        {"id": "M1", "type": "x", "measures": 5},
        {"id": "M1", "type": "x", "seconds": "long"},
        {"id": ["M1"], "type": "x"},
        {"id": "M1", "type": "x", "measures": {"cited": "yes"}},
        {"id": "M1", "type": "x", "detail": []},
        {"id": "M1", "type": "x", "odd": 1},
    ],
)
def test_lines_of_another_form_are_no_run(tmp_path: Path, line: dict[str, Any]) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(json.dumps(HEADER) + "\n" + json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(RunUnreadable, match="is not a run of rag eval"):
        read_run(path)


def test_taking_a_run_up_writes_nothing_that_is_there_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.jsonl"
    RunFile(path, HEADER).append(Item("M1", "x"))
    kept = path.read_bytes()
    path.write_bytes(kept + b'{"id": "M2", "ty')
    monkeypatch.setattr(RunFile, "_write", lambda *_: pytest.fail("the whole run was written anew"))
    assert list(RunFile(path, HEADER).done) == ["M1"]
    assert path.read_bytes() == kept
