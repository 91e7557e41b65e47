"""Indexes that are opened: while others rebuild them, side by side in one process, with parts missing or damaged."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy
import pytest
from fakes import FakeEmbedder
from test_sync import FERRY, HARBOUR, assert_equal, folder, papers, run, write

import index.sync
from index.embed import Vectors
from index.errors import IndexMismatch
from index.opening import Index, open_index
from index.store import VectorStore
from index.sync import sync

__all__ = ["folder", "papers"]


def interrupt(_: object) -> None:
    raise KeyboardInterrupt


def nearest(opened: Index, word: str) -> str:
    document = opened.document(
        opened.catalog.passages([opened.search_passages(FakeEmbedder().encode([word])[0], 1)[0][0]])
        .popitem()[1][0]
        .document_id
    )
    assert document is not None
    return document.text


class Turned(FakeEmbedder):
    """Another model with vectors of the same length."""

    def __init__(self) -> None:
        super().__init__(name="turned", sha256="turned-1")

    def encode(self, texts: Sequence[str]) -> Vectors:
        return numpy.roll(super().encode(texts), 7, axis=1)


def test_an_open_reader_survives_a_rebuild(papers: Path, folder: Path) -> None:
    run([papers], folder)
    reader = open_index(folder, embedder=FakeEmbedder())
    assert nearest(reader, "cranes") == HARBOUR
    run([papers], folder, rebuild=True)
    reader.refresh()
    assert nearest(reader, "cranes") == HARBOUR
    run([papers], folder, rebuild=True)
    assert nearest(reader, "cranes") == HARBOUR  # even without looking first
    run([papers], folder, Turned(), rebuild=True)
    for _ in range(2):
        with pytest.raises(IndexMismatch, match=r"another embedding model .*--rebuild"):
            reader.refresh()
    reader.close()


def test_a_rebuild_that_is_cut_off_keeps_no_vector_of_the_old_model(
    papers: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run([papers], folder)
    with monkeypatch.context() as patch:
        patch.setattr(VectorStore, "empty", interrupt)
        with pytest.raises(KeyboardInterrupt):
            run([papers], folder, Turned(), rebuild=True)
    opened = open_index(folder, embedder=Turned())
    assert opened.unfinished
    assert opened.documents() == ()
    opened.close()
    run([], folder, Turned())  # the roots are known
    run([papers], tmp_path / "clean", Turned())
    assert_equal(folder, tmp_path / "clean")


def test_several_readers_of_one_folder_do_not_disturb_each_other(papers: Path, folder: Path, tmp_path: Path) -> None:
    host = chromadb.PersistentClient(str(tmp_path / "host"))
    theirs = host.create_collection("theirs", embedding_function=None)
    theirs.add(ids=["a"], embeddings=[[1.0, 0.0]])
    run([papers], folder)
    first, second = (open_index(folder, embedder=FakeEmbedder()) for _ in range(2))
    write(papers, {"new.txt": "A new paper about barley.\n"})
    run([papers], folder)
    problems: list[BaseException] = []

    def ask(opened: Index) -> None:
        try:
            for _ in range(20):
                opened.refresh()
                assert nearest(opened, "barley") == "A new paper about barley.\n"
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=ask, args=(opened,)) for opened in (first, second, first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    first.close()
    assert nearest(second, "barley") == "A new paper about barley.\n"
    assert chromadb.PersistentClient(str(tmp_path / "host")).get_collection("theirs").count() == 1
    assert host.list_collections()[0].name == "theirs"
    second.close()
    host.close()


@pytest.mark.parametrize("damage", ["missing", "emptied", "garbled", "another's"])
def test_opening_an_index_without_its_vectors_says_what_mends_it(
    damage: str, papers: Path, folder: Path, tmp_path: Path
) -> None:
    run([papers], folder)
    shutil.rmtree(folder / "chroma")
    if damage != "missing":
        (folder / "chroma").mkdir()
    if damage == "garbled":
        (folder / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    if damage == "another's":
        VectorStore(folder).open_or_rebuild()
    before = {path for path in folder.rglob("*") if not path.name.startswith("catalog.sqlite-")}
    with pytest.raises(IndexMismatch, match="mend them with: rag index --index"):
        open_index(folder, embedder=FakeEmbedder())
    assert {path for path in folder.rglob("*") if not path.name.startswith("catalog.sqlite-")} == before
    embedder = FakeEmbedder()
    run([], folder, embedder)
    assert embedder.texts == []
    opened = open_index(folder, embedder=FakeEmbedder())
    assert nearest(opened, "cranes") == HARBOUR
    shutil.rmtree(folder / "chroma")
    opened.vectors.close()
    with pytest.raises(IndexMismatch, match="mend them with"):
        opened.search_sentences(FakeEmbedder().encode(["cranes"])[0], 3)
    opened.close()


def test_lost_files_of_many_vectors_are_noticed_and_mended(tmp_path: Path, folder: Path) -> None:
    write(tmp_path / "papers", {"long.txt": "\n\n".join(f"Crane {n} lifts {n * 7} tons." for n in range(1500))})
    run([tmp_path / "papers"], folder)
    for segment in (path for path in (folder / "chroma").iterdir() if path.is_dir()):
        shutil.rmtree(segment)
    with pytest.raises(IndexMismatch, match="mend them with"):
        open_index(folder, embedder=FakeEmbedder())
    run([tmp_path / "papers"], folder)
    open_index(folder, embedder=FakeEmbedder()).close()


@pytest.mark.parametrize("damage", ["garbage", "header only", "torn"])
def test_a_damaged_catalog_is_one_sentence_and_rebuild_mends_it(damage: str, papers: Path, folder: Path) -> None:
    run([papers], folder)
    opened = open_index(folder, embedder=FakeEmbedder())
    catalog = folder / "catalog.sqlite"
    sqlite3.connect(catalog).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = catalog.read_bytes()
    opened.close()
    (folder / "catalog.sqlite-wal").unlink(missing_ok=True)
    keep = {"garbage": b"garbage" * 1000, "header only": data[:100] + b"\xff" * 5000, "torn": data[: len(data) // 2]}
    catalog.write_bytes(keep[damage])
    with pytest.raises(IndexMismatch, match="rag index --rebuild"):
        open_index(folder, embedder=FakeEmbedder()).documents()
    with pytest.raises(IndexMismatch, match="rag index --rebuild"):
        run([papers], folder)
    assert run([papers], folder, rebuild=True).documents == 3
    mended = open_index(folder, embedder=FakeEmbedder())
    assert nearest(mended, "cranes") == HARBOUR
    mended.close()


def test_a_reader_notices_that_the_folder_was_deleted_and_made_again(papers: Path, folder: Path) -> None:
    run([papers], folder)
    reader = open_index(folder, embedder=FakeEmbedder())
    shutil.rmtree(folder)
    with pytest.raises(IndexMismatch):
        reader.refresh()
    (papers / "mill.txt").unlink()
    run([papers], folder)
    assert [document.text for document in reader.documents()] == [HARBOUR, FERRY]
    assert nearest(reader, "cranes") == HARBOUR
    reader.close()


def test_a_cut_off_first_sync_is_unfinished_and_keeps_what_was_done(
    papers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.sync, "TEXTS_AT_ONCE", 3)
    steps = sync([papers], folder, FakeEmbedder())
    while not next(steps).step.startswith("Splitting more/ferry.md"):
        pass
    opened = open_index(folder, embedder=FakeEmbedder())
    assert opened.unfinished
    steps.close()
    assert opened.unfinished
    assert [document.path for document in opened.documents()] == ["harbour.txt", "mill.txt"]
    assert opened.search_passages(FakeEmbedder().encode(["cranes"])[0], 3) == []
    run([papers], folder)
    assert not opened.unfinished
    opened.refresh()
    assert nearest(opened, "cranes") == HARBOUR
    opened.close()
