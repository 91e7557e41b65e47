"""What a sync says: files passed over, one of a thing or many, a folder that can't hold an index."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from test_sync import folder, papers, run, write

from index.errors import NoDocuments, UsageError
from index.opening import open_index
from index.report import PassedOver, report_text

__all__ = ["folder", "papers"]


def test_files_of_other_kinds_and_folders_behind_links_are_named(papers: Path, folder: Path, tmp_path: Path) -> None:
    write(papers, {"old.DOC": "x", "sums.xlsx": "x", "more/other.doc": "x", "README": "x", ".hidden.doc": "x"})
    write(tmp_path / "elsewhere", {"quay.txt": "The quay is long.\n"})
    (papers / "linked").symlink_to(tmp_path / "elsewhere")
    (papers / "inside").symlink_to(papers / "more")
    report = run([papers], folder)
    assert report.passed_over == PassedOver(4, ("", ".doc", ".xlsx"), ("linked/",))
    text = report_text(report, folder)
    assert "passed over: 4 files of other kinds (no ending, .doc, .xlsx)\n" in text
    assert "passed over: 1 folder behind a link (linked/)\n" in text


def test_one_of_a_thing_is_not_called_many(tmp_path: Path) -> None:
    write(tmp_path / "one", {"a.txt": "Alone", "b.doc": "x"})
    lines = report_text(run([tmp_path / "one"], tmp_path / "index"), Path("index")).splitlines()
    assert lines[-1] == "index: 1 document, 1 passage, 1 text embedded now"
    assert "passed over: 1 file of another kind (.doc)" in lines


def test_a_file_in_the_place_of_the_index_is_one_sentence(papers: Path, tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.write_text("not an index")
    with pytest.raises(UsageError, match=r"taken is a file.*--index"):
        run([papers], file)
    with pytest.raises(UsageError, match=r"taken is a file.*--index"):
        open_index(file, embedder=FakeEmbedder())
    with pytest.raises(UsageError, match="can't hold an index"):
        run([papers], file / "below")
    assert file.read_text() == "not an index"


def test_the_module_opens_the_same_door_as_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.__main__ import main

    asked: list[list[str]] = []
    monkeypatch.setattr("ui.cli.main", lambda arguments: asked.append(arguments) or 7)
    monkeypatch.setattr(sys, "argv", ["python -m index", "papers", "--rebuild"])
    assert main() == 7
    assert asked == [["index", "papers", "--rebuild"]]


def test_a_folder_with_nothing_readable_says_what_it_has(tmp_path: Path) -> None:
    write(tmp_path / "papers", {"old.doc": "x"})
    with pytest.raises(NoDocuments, match="its only file has no known ending"):
        run([tmp_path / "papers"], tmp_path / "index")
