"""`rag index` over broken, locked, scanned and empty files: each bad one is named, the rest is indexed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from index.opening import open_index
from index.sync import sync
from rag import Settings, answer
from ui.cli import main

DOCUMENTS = Path(__file__).parent / "documents"
BAD = {
    "archive.txt": "is not text",
    "binary.txt": "is not text",
    "blank.txt": "is empty",
    "broken.docx": "",
    "broken.pdf": "",
    "empty.txt": "is empty",
    "not-word.docx": "",
    "password.docx": "password",
    "password.pdf": "password",
    "scanned.pdf": "scan",
    "scripts-only.html": "",
}


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch, plain_environment: Path) -> Path:
    monkeypatch.setattr("index.embed.load_embedder", lambda model=None: FakeEmbedder())
    return plain_environment


def test_bad_files_are_named_with_a_reason_and_the_rest_is_indexed(
    embedded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["index", str(DOCUMENTS), "--index", "index"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    listed = shown.out.split("skipped: ")[1].splitlines()
    skipped = {line.split()[0]: line for line in listed[1:-1]}
    missing = {name: why for name, why in BAD.items() if why not in skipped.get(name, "\0")}
    assert missing == {}
    good = {path.name for path in DOCUMENTS.glob("[!.]*")} - set(skipped)
    assert {"article.html", "notes.md", "report.docx", "two-pages.pdf", "three-pages.pdf", "utf-16.txt"} <= good
    for line in skipped.values():
        assert line.rstrip().endswith("."), line
        assert "Traceback" not in line
        assert "Errno" not in line
    index = open_index("index", embedder=FakeEmbedder())
    assert {document.path for document in index.documents()} == good
    assert {bad.path for bad in index.skipped()} == set(skipped)
    for document in index.documents():
        question = " ".join(document.text.split()[:8]) or "?"
        for citation in answer(question, index=index, settings=Settings(abstain_below=0)).citations:
            assert citation.document.text[citation.start : citation.end] == citation.quote
    index.close()


def test_the_next_sync_reads_and_reports_the_same(embedded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["index", str(DOCUMENTS), "--index", "index"])
    first = capsys.readouterr().out.split("skipped: ")[1].splitlines()[:-1]
    assert main(["index", "--index", "index"]) == 0
    second = capsys.readouterr().out
    assert second.split("skipped: ")[1].splitlines()[:-1] == first
    assert "added" not in second
    assert " 0 texts embedded now" in second


@pytest.mark.parametrize("name", sorted(BAD))
def test_inspecting_a_bad_file_is_one_sentence(name: str, embedded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(DOCUMENTS / name)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"rag: {name} ")
    assert shown.err.count("\n") == 1


def test_a_folder_of_nothing_but_bad_files_has_an_index_and_reasons(
    embedded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = embedded / "bad"
    folder.mkdir()
    (folder / "empty.txt").write_bytes(b"")
    (folder / "image.pdf").write_bytes(b"\x89PNG\r\n")
    assert main(["index", "bad", "--index", "index"]) == 0
    out = capsys.readouterr().out
    assert "skipped: 2" in out
    assert "0 documents" in out


@pytest.mark.skipif(sys.platform == "win32", reason="file names are text there")
def test_names_that_are_no_text_and_links_that_lead_nowhere(embedded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = embedded / "odd"
    folder.mkdir()
    text = "The mill opened in 1891 and ground barley for the valley.\n"
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/m\xffll.txt")).write_text(text, encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only text as names")
    (folder / "new\nline.txt").write_text(f"{text} And closed.", encoding="utf-8")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    assert main(["index", "odd", "--index", "index"]) == 0
    out = capsys.readouterr().out
    assert "2 documents" in out
    out.encode()
    index = open_index("index", embedder=FakeEmbedder())
    reply = answer("When did the mill open?", index=index, settings=Settings())
    assert reply.citations
    reply.text.encode()
    index.close()


def test_a_document_that_grows_unreadable_is_reported_and_forgotten(embedded: Path) -> None:
    folder = embedded / "documents"
    folder.mkdir()
    file = folder / "mill.txt"
    file.write_text("The mill opened in 1891.\n", encoding="utf-8")
    list(sync([folder], embedded / "index", FakeEmbedder()))
    file.write_bytes(b"\x00\x01\x02\x03" * 100)
    *_, last = sync([folder], embedded / "index", FakeEmbedder())
    assert last.report is not None
    assert [bad.path for bad in last.report.skipped] == ["mill.txt"]
    assert last.report.documents == 0
