"""The shared library: what is added and removed through the chat, and what is refused before it can do harm."""

from __future__ import annotations

import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder

import ui.library
from index.errors import IndexMissing, ModelUnavailable, NoDocuments
from index.find import ADDED
from index.opening import open_index
from index.sync import sync
from rag.answering import answer
from rag.settings import Settings
from ui.library import FileState, Library, Step
from ui.trial import Length, Trial, length_of
from ui.uploads import Limits

DOCUMENTS = Path(__file__).parent / "documents"
MILL = "The mill opened in 1891. It closed after the flood of 1920.\n"
FERRY = "The ferry runs at noon. It is never late.\n"
MUSEUM = "The museum\n\nThe museum on the Aller opened in 1961. A flood destroyed its great hall in 1970.\n"
HARBOUR = "The harbour has nine cranes. Two of them are rusty.\n"


class InProcess:
    """A Trial that reads where it is called: starting a process for each test would take a second each."""

    def __init__(self, seconds: float, memory: int) -> None:
        self.seconds = seconds

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def length(self, path: Path) -> Length:
        return length_of(path)


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.library, "Trial", InProcess)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "mill.txt").write_text(MILL)
    return tmp_path / "papers"


def library(folder: Path, paths: Sequence[Path] = (), **changes: Any) -> Library:
    return Library(folder, Settings(), changes.pop("embedder", FakeEmbedder), paths, **changes)


def sent(tmp_path: Path, name: str, content: str | bytes) -> tuple[str, Path]:
    """An upload: its name, and a temporary file with another one."""
    uploads = tmp_path / "uploads"
    uploads.mkdir(exist_ok=True)
    path = uploads / str(len(list(uploads.iterdir())))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return name, path


def last(steps: Iterator[Step]) -> Step:
    *_, step = steps
    assert step.finished
    return step


def states(step: Step) -> list[tuple[str, str]]:
    return [(file.name, file.state) for file in step.files]


def paths_in(folder: Path) -> list[str]:
    index = open_index(folder, embedder=FakeEmbedder())
    try:
        return [document.path for document in index.documents()]
    finally:
        index.close()


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / ADDED).iterdir())


def index_again(folder: Path, *paths: Path) -> Any:
    *_, step = sync(paths, folder, FakeEmbedder())
    return step.report


# ---- adding ----


def test_what_is_added_is_answered_from(tmp_path: Path, folder: Path, papers: Path) -> None:
    index_again(folder, papers)
    changes: list[str] = []
    steps = list(library(folder, changed=lambda: changes.append("changed")).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert [step.finished for step in steps] == [*[False] * (len(steps) - 1), True]
    assert steps[0].files == (FileState("ferry.txt", "waiting"),)
    assert states(steps[-1]) == [("ferry.txt", "added")]
    assert (steps[-1].text, steps[-1].error, changes) == ("1 document added.", "", ["changed"])
    assert paths_in(folder) == ["added/ferry.txt", "mill.txt"]
    last(library(folder).add([sent(tmp_path, "museum.txt", MUSEUM)]))
    index = open_index(folder, embedder=FakeEmbedder())
    reply = answer("When did the museum on the Aller open?", index=index, settings=Settings())
    index.close()
    assert reply.citations[0].document.path == "added/museum.txt"


def test_a_chat_without_any_documents_begins_with_what_is_added(tmp_path: Path, folder: Path) -> None:
    assert last(library(folder).add([sent(tmp_path, "ferry.txt", FERRY)])).error == ""
    assert paths_in(folder) == ["added/ferry.txt"]
    assert last(library(folder).remove("added/ferry.txt")).error == ""
    assert (paths_in(folder), kept(folder)) == ([], [])
    index = open_index(folder, embedder=FakeEmbedder())
    with pytest.raises(IndexMissing, match="no documents yet"):
        answer("When does the ferry run?", index=index, settings=Settings())
    index.close()
    assert last(library(folder).add([sent(tmp_path, "ferry.txt", FERRY)])).error == ""
    assert paths_in(folder) == ["added/ferry.txt"]


def test_added_documents_stay_whatever_the_index_is_built_from(tmp_path: Path, folder: Path, papers: Path) -> None:
    index_again(folder, papers)
    last(library(folder).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert index_again(folder).unchanged == ("added/ferry.txt", "mill.txt")
    assert index_again(folder, papers).removed == ()
    other = tmp_path / "other"
    other.mkdir()
    (other / "harbour.txt").write_text(HARBOUR)
    assert index_again(folder, other).removed == ("mill.txt",)
    assert paths_in(folder) == ["added/ferry.txt", "harbour.txt"]
    for _ in sync([], folder, FakeEmbedder(), rebuild=True):
        pass
    assert paths_in(folder) == ["added/ferry.txt", "harbour.txt"]
    assert index_again(folder, folder / ADDED).unchanged == ("added/ferry.txt", "harbour.txt")


def test_a_folder_of_the_users_own_may_have_the_same_name(tmp_path: Path, folder: Path, papers: Path) -> None:
    (papers / "Added").mkdir()
    (papers / "Added" / "ferry.txt").write_text(HARBOUR)
    chat = library(folder, [papers])
    last(chat.add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert paths_in(folder) == ["Added/ferry.txt", "added (2)/ferry.txt", "mill.txt"]
    assert not chat.removable("Added/ferry.txt")
    assert chat.removable("added (2)/ferry.txt")
    assert last(chat.remove("added (2)/ferry.txt")).error == ""
    assert (papers / "Added" / "ferry.txt").is_file()


def test_the_index_in_the_documents_own_folder(tmp_path: Path, papers: Path) -> None:
    last(library(papers / ".rag", [papers]).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert paths_in(papers / ".rag") == ["added/ferry.txt", "mill.txt"]


def test_a_failing_file_never_costs_the_others(tmp_path: Path, folder: Path) -> None:
    uploads = [
        sent(tmp_path, "ferry.txt", FERRY),
        sent(tmp_path, "empty.txt", b""),
        sent(tmp_path, "blank.md", "  \n\n"),
        sent(tmp_path, "broken.pdf", b"%PDF-1.4 cut off"),
        sent(tmp_path, "film.mp4", b"film"),
        sent(tmp_path, "all.tar.gz", b"\x1f\x8b"),
        sent(tmp_path, "old.doc", b"\xd0\xcf\x11\xe0"),
        sent(tmp_path, "harbour.md", HARBOUR),
    ]
    step = last(library(folder).add(uploads))
    assert [file.state for file in step.files] == ["added", *["skipped"] * 6, "added"]
    reasons = {file.name: file.reason for file in step.files}
    for name, says in {
        "empty.txt": "is empty",
        "blank.md": "is empty",
        "broken.pdf": "is damaged or not a PDF",
        "film.mp4": "add one of .txt",
        "all.tar.gz": "is an archive; unpack it",
        "old.doc": "save it as .docx or PDF",
    }.items():
        assert reasons[name].startswith(name)
        assert says in reasons[name]
        assert reasons[name].count(". ") == 0
    assert step.text == "2 documents added, 6 skipped."
    assert kept(folder) == ["ferry.txt", "harbour.md"]
    assert paths_in(folder) == ["added/ferry.txt", "added/harbour.md"]


def test_a_batch_of_nothing_readable_changes_nothing(tmp_path: Path, folder: Path, papers: Path) -> None:
    index_again(folder, papers)
    changes: list[str] = []
    chat = library(folder, changed=lambda: changes.append("changed"))
    assert last(chat.add([sent(tmp_path, "film.mp4", b"film")])).text == "0 documents added, 1 skipped."
    assert (kept(folder), changes, paths_in(folder)) == ([], [], ["mill.txt"])


def test_the_same_words_are_unchanged_and_the_same_name_gets_a_number(
    tmp_path: Path, folder: Path, papers: Path
) -> None:
    index_again(folder, papers)
    chat = library(folder)
    uploads = [
        sent(tmp_path, "ferry.txt", FERRY),
        sent(tmp_path, "FERRY.txt", HARBOUR),
        sent(tmp_path, "copy.txt", FERRY),
        sent(tmp_path, "mine.txt", MILL),
    ]
    step = last(chat.add(uploads))
    assert states(step) == [
        ("ferry.txt", "added"),
        ("FERRY (2).txt", "added"),
        ("copy.txt", "unchanged"),
        ("mine.txt", "unchanged"),
    ]
    assert [file.reason for file in step.files] == [
        "",
        "There is another FERRY.txt already.",
        "It is there already, as ferry.txt.",
        "It is there already, as mill.txt.",
    ]
    assert paths_in(folder) == ["added/FERRY (2).txt", "added/ferry.txt", "mill.txt"]
    assert states(last(chat.add([sent(tmp_path, "ferry.txt", FERRY)]))) == [("ferry.txt", "unchanged")]


def test_people_who_add_at_once_all_get_their_documents_in(tmp_path: Path, folder: Path) -> None:
    uploads = [sent(tmp_path, "report.txt", f"Report number {number} is about the ferry.\n") for number in range(6)]
    ended: list[Step] = []
    people = [
        threading.Thread(target=lambda upload=upload: ended.append(last(library(folder).add([upload]))))
        for upload in uploads
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(60)
    assert [step.error for step in ended] == [""] * 6
    assert kept(folder) == sorted(["report.txt", *(f"report ({number}).txt" for number in range(2, 7))])
    assert len(paths_in(folder)) == 6


def test_an_index_that_is_being_written_is_waited_for(
    tmp_path: Path, folder: Path, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = sync([papers], folder, FakeEmbedder())
    next(running)
    steps = library(folder, [papers]).add([sent(tmp_path, "ferry.txt", FERRY)])
    waiting = next(step for step in steps if step.text == "Waiting until the documents are indexed")
    assert states(waiting) == [("ferry.txt", "reading")]
    for _ in running:
        pass
    assert states(last(steps)) == [("ferry.txt", "added")]
    monkeypatch.setattr(ui.library, "WAIT_SECONDS", 0.2)
    running = sync([papers], folder, FakeEmbedder())
    next(running)
    step = last(library(folder, [papers]).add([sent(tmp_path, "harbour.txt", HARBOUR)]))
    running.close()
    assert step.error == "The documents are still being indexed; try again in a few minutes."
    assert states(step) == [("harbour.txt", "skipped")]
    assert kept(folder) == ["ferry.txt"]


def test_a_change_goes_on_when_nobody_follows_it(tmp_path: Path, folder: Path) -> None:
    steps = library(folder).add([sent(tmp_path, "ferry.txt", FERRY)])
    next(steps)
    del steps
    until = time.monotonic() + 30
    while time.monotonic() < until and not (folder / ADDED / "ferry.txt").exists():
        time.sleep(0.05)
    assert states(last(library(folder).add([sent(tmp_path, "again.txt", FERRY)]))) == [("again.txt", "unchanged")]


def test_a_folder_that_is_gone_leaves_the_library_as_it_was(tmp_path: Path, folder: Path, papers: Path) -> None:
    chat = library(folder, [papers])
    last(chat.add([sent(tmp_path, "ferry.txt", FERRY)]))
    papers.rename(tmp_path / "elsewhere")
    for steps in (chat.add([sent(tmp_path, "harbour.txt", HARBOUR)]), chat.remove("added/ferry.txt")):
        assert "There is no file or folder" in last(steps).error
    assert kept(folder) == ["ferry.txt"]
    assert paths_in(folder) == ["added/ferry.txt", "mill.txt"]
    with pytest.raises(NoDocuments):
        index_again(folder)


def test_an_error_is_one_sentence(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> FakeEmbedder:
        raise ModelUnavailable("The embedding model is not there; install it.")

    step = last(library(folder, embedder=missing).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert (step.error, kept(folder)) == ("The embedding model is not there; install it.", [])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ui.library.shutil, "copyfile", full)
    step = last(library(folder).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert step.error.startswith("The documents can't be kept (No space left on device); free some space")


def test_what_a_cut_off_change_left_is_tidied_up(tmp_path: Path, folder: Path, papers: Path) -> None:
    index_again(folder, papers)
    (folder / ADDED / ".adding-x" / "0").mkdir(parents=True)
    (folder / ADDED / ".adding-x" / "0" / "half.txt").write_text("half a document")
    (folder / ADDED / ".removing-1").write_text("gone")
    (folder / ADDED / "whole.txt").write_text(HARBOUR)  # placed, and then the power failed
    assert index_again(folder).added == ("added/whole.txt",)
    last(library(folder).add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert kept(folder) == ["ferry.txt", "whole.txt"]


# ---- removing ----


def test_only_what_was_added_can_be_removed(tmp_path: Path, folder: Path, papers: Path) -> None:
    chat = library(folder, [papers])
    last(chat.add([sent(tmp_path, "ferry.txt", FERRY)]))
    assert chat.removable("added/ferry.txt")
    (folder / "secret.txt").write_text("secret")
    strange = ["mill.txt", "ferry.txt", "added/absent.txt", "added/../secret.txt", "added/", "", "added/.."]
    for path in [*strange, "/added/ferry.txt"]:
        assert not chat.removable(path)
        assert last(chat.remove(path)).error
    assert last(chat.remove("mill.txt")).error.startswith("mill.txt comes from your folder; remove it there")
    assert "not among the documents any more" in last(chat.remove("added/absent.txt")).error
    assert (papers / "mill.txt").is_file()
    step = last(chat.remove("added/ferry.txt"))
    assert (step.error, states(step), step.text) == ("", [("ferry.txt", "removed")], "ferry.txt is removed.")
    assert (kept(folder), paths_in(folder)) == ([], ["mill.txt"])


def test_a_library_that_is_read_only_refuses(tmp_path: Path, folder: Path, papers: Path) -> None:
    last(library(folder, [papers]).add([sent(tmp_path, "ferry.txt", FERRY)]))
    chat = library(folder, [papers], read_only=True)
    assert chat.read_only
    assert not chat.removable("added/ferry.txt")
    for steps in (chat.add([sent(tmp_path, "harbour.txt", HARBOUR)]), chat.remove("added/ferry.txt")):
        assert last(steps).error == ui.library.READ_ONLY
    assert paths_in(folder) == ["added/ferry.txt", "mill.txt"]


# ---- names, limits, a process for reading ----


def test_hostile_names_stay_inside(tmp_path: Path, folder: Path) -> None:
    names = ["../../etc/x.txt", "con.txt", "\u202eevil.txt", "n" * 300 + ".txt", "..", "a/b/c.md", ".hidden.txt"]
    uploads = [sent(tmp_path, name, f"Paper number {number}.\n") for number, name in enumerate(names)]
    step = last(library(folder).add(uploads))
    assert [file.state for file in step.files] == ["added"] * 4 + ["skipped"] + ["added"] * 2
    assert kept(folder) == sorted(["x.txt", "_con.txt", "evil.txt", "n" * 176 + ".txt", "c.md", "hidden.txt"])
    assert {path.name for path in tmp_path.iterdir()} == {"index", "uploads"}


def test_a_batch_over_the_limit_is_refused_whole(tmp_path: Path, folder: Path) -> None:
    uploads = [sent(tmp_path, "ferry.txt", FERRY), sent(tmp_path, "mill.txt", MILL)]
    step = last(library(folder, limits=Limits(batch_files=1)).add(uploads))
    assert step.error == "These are 2 files; add at most 1 at a time."
    assert [file.state for file in step.files] == ["skipped", "skipped"]
    assert kept(folder) == []


def test_files_have_their_limits(tmp_path: Path, folder: Path) -> None:
    limits = Limits(file_bytes=1 << 20, characters=100)
    with zipfile.ZipFile(tmp_path / "bomb", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (50 << 20))
    uploads = [
        sent(tmp_path, "big.txt", "x" * (1 << 21)),
        sent(tmp_path, "long.txt", MILL * 3),
        ("bomb.docx", tmp_path / "bomb"),
    ]
    step = last(library(folder, limits=limits).add(uploads))
    assert [file.reason for file in step.files] == [
        "big.txt has 2 MB, more than the limit of 1 MB; split it into smaller files.",
        "long.txt has 180 characters, more than the limit of 100; split it into smaller files.",
        "bomb.docx unpacks to more than a document of its kind may have; split it into smaller files.",
    ]


def test_the_whole_way_with_a_process(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.library, "Trial", Trial)
    uploads = [sent(tmp_path, "ferry.txt", FERRY), sent(tmp_path, "broken.pdf", b"%PDF-1.4 cut off")]
    assert states(last(library(folder).add(uploads))) == [("ferry.txt", "added"), ("broken.pdf", "skipped")]
