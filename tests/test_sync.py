"""Syncs over real files, SQLite and Chroma: what is reported, what is left alone, what a cut-off sync leaves."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import numpy
import pytest
from fakes import FakeEmbedder

import index.sync
from index.catalog import Catalog
from index.document import Block
from index.errors import IndexBusy, IndexMismatch, IndexMissing, NoDocuments
from index.opening import open_index
from index.report import report_text
from index.store import PASSAGES, SENTENCES, VectorStore
from index.structure import Structure
from index.sync import Report, sync

MILL = "The mill opened in 1891. It closed after the flood of 1920.\n"
HARBOUR = "The harbour has nine cranes. Two of them are rusty.\n"
FERRY = "The ferry runs at noon. It is never late.\n"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    write(folder, {"mill.txt": MILL, "harbour.txt": HARBOUR, "more/ferry.md": FERRY})
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(paths: Sequence[Path], folder: Path, embedder: FakeEmbedder | None = None, **changes: Any) -> Report:
    *_, last = sync(paths, folder, embedder or FakeEmbedder(), **changes)
    assert last.report is not None
    return last.report


def contents(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Texts by passage id, and Chroma's vectors by collection and id."""
    catalog, store = Catalog(folder), VectorStore(folder)
    store.open()
    try:
        texts = {}
        for identity, (passage, _) in catalog.passages(list(catalog.passage_keys())).items():
            document = catalog.document(passage.document_id)
            assert document is not None
            texts[identity] = document.text[passage.start : passage.end]
        vectors = {name: dict(store.vectors(name, sorted(store.ids(name)))) for name in (PASSAGES, SENTENCES)}
        assert vectors[PASSAGES].keys() == texts.keys()
        assert vectors[SENTENCES].keys() == catalog.sentence_keys().keys()
        return texts, vectors
    finally:
        store.close()
        catalog.close()


def assert_equal(folder: Path, clean: Path) -> None:
    texts, vectors = contents(folder)
    clean_texts, clean_vectors = contents(clean)
    assert texts == clean_texts
    for name in (PASSAGES, SENTENCES):
        assert vectors[name].keys() == clean_vectors[name].keys()
        for identity, vector in clean_vectors[name].items():
            assert numpy.allclose(vectors[name][identity], vector, atol=1e-5)


def texts_found(folder: Path) -> set[str]:
    return set(contents(folder)[0].values())


def refuse(*_: object) -> Any:
    raise AssertionError("an unchanged file was read or split again")


def test_a_first_sync_adds_every_file(papers: Path, folder: Path) -> None:
    report = run([papers], folder)
    assert report.added == ("harbour.txt", "mill.txt", "more/ferry.md")
    assert (report.documents, report.passages) == (3, 3)
    assert texts_found(folder) == {MILL.strip(), HARBOUR.strip(), FERRY.strip()}


def test_nothing_unchanged_is_read_split_or_embedded(
    papers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run([papers], folder)
    for name in ("read_file", "read_structure", "split_document"):
        monkeypatch.setattr(index.sync, name, refuse)
    embedder = FakeEmbedder()
    report = run([papers], folder, embedder)
    assert report.unchanged == ("harbour.txt", "mill.txt", "more/ferry.md")
    assert (report.added, report.changed, report.embedded, embedder.calls) == ((), (), 0, 0)
    os.utime(papers / "mill.txt", ns=(1, 1))
    assert run([papers], folder, embedder).unchanged == report.unchanged
    assert embedder.texts == []


def test_each_thing_that_happened_is_reported(papers: Path, folder: Path) -> None:
    run([papers], folder)
    (papers / "mill.txt").write_text(MILL + "It is a museum now.\n")
    (papers / "harbour.txt").rename(papers / "port.txt")
    (papers / "more" / "ferry.md").unlink()
    write(papers, {"new.txt": "A new paper.\n", "broken.pdf": "no pdf at all"})
    embedder = FakeEmbedder()
    report = run([papers], folder, embedder)
    assert (report.added, report.changed, report.moved) == (("new.txt",), ("mill.txt",), (("harbour.txt", "port.txt"),))
    assert (report.removed, report.unchanged) == (("more/ferry.md",), ())
    assert [skipped.path for skipped in report.skipped] == ["broken.pdf"]
    assert "broken.pdf" in report.skipped[0].reason
    assert not any("harbour" in text or text == "opened in 1891." for text in embedder.texts)
    assert FERRY.strip() not in texts_found(folder)


def test_the_same_content_under_two_names_is_one_document(papers: Path, folder: Path) -> None:
    write(papers, {"copy.txt": MILL})
    report = run([papers], folder)
    assert (len(report.added), report.documents, report.passages) == (4, 3, 3)
    (papers / "copy.txt").unlink()
    report = run([papers], folder)
    assert (report.removed, report.documents) == (("copy.txt",), 3)
    assert MILL.strip() in texts_found(folder)
    (papers / "mill.txt").unlink()
    assert run([papers], folder).documents == 2
    assert MILL.strip() not in texts_found(folder)


def test_a_file_that_breaks_is_skipped_and_comes_back(papers: Path, folder: Path) -> None:
    run([papers], folder)
    (papers / "mill.txt").write_bytes(b"\x7fELF\x00\x01")
    report = run([papers], folder)
    assert [skipped.path for skipped in report.skipped] == ["mill.txt"]
    assert report.documents == 2
    assert [skipped.path for skipped in run([papers], folder).skipped] == ["mill.txt"]
    (papers / "mill.txt").write_text(MILL)
    report = run([papers], folder)
    assert (report.added, report.skipped, report.documents) == (("mill.txt",), (), 3)


def test_what_a_closed_folder_held_stays(papers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run([papers], folder)
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if Path(path).name == "more":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    report = run([papers], folder)
    assert [(skipped.path, "Permission denied" in skipped.reason) for skipped in report.skipped] == [("more/", True)]
    assert (report.removed, report.documents) == ((), 3)
    assert FERRY.strip() in texts_found(folder)


@pytest.mark.parametrize("kind", ["empty", "missing", "none known"])
def test_nothing_to_index_leaves_the_index_alone(kind: str, papers: Path, folder: Path, tmp_path: Path) -> None:
    run([papers], folder)
    before = texts_found(folder)
    other = tmp_path / "other"
    if kind != "missing":
        other.mkdir()
    if kind == "none known":
        (other / "film.mp4").write_bytes(b"film")
    with pytest.raises(NoDocuments, match="other"):
        run([other], folder)
    assert texts_found(folder) == before
    with pytest.raises(NoDocuments):
        run([other], tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_one_file_two_roots_and_the_recorded_roots(papers: Path, folder: Path, tmp_path: Path) -> None:
    assert run([papers / "mill.txt"], folder).added == ("mill.txt",)
    other = tmp_path / "other"
    write(other, {"quay.txt": "The quay is long.\n"})
    report = run([papers, other], folder)
    assert report.moved == (("mill.txt", "papers/mill.txt"),)
    assert "other/quay.txt" in report.added
    write(other, {"late.txt": "A late paper.\n"})
    assert run([], folder).added == ("other/late.txt",)
    with pytest.raises(NoDocuments):
        run([], tmp_path / "fresh")


def test_the_index_and_hidden_files_are_not_indexed(papers: Path) -> None:
    write(papers, {".hidden.txt": "Hidden.", ".git/notes.txt": "Hidden too.", "index/notes.txt": "Inside the index."})
    report = run([papers], papers / "index")
    assert report.added == ("harbour.txt", "mill.txt", "more/ferry.md")
    assert run([papers], papers / "index").unchanged == report.added


def test_odd_names_and_links(papers: Path, folder: Path) -> None:
    names = [
        "with space.txt",
        "quote'\".txt",
        "per%cent_[x].txt",
        "new\nline.txt",
        "été.txt",
        "x" * 240 + ".txt",
        "UP.TXT",
    ]
    write(papers, {name: f"Paper number {number}.\n" for number, name in enumerate(names)})
    with open(os.fsencode(papers) + b"/bad\xff.txt", "wb") as file:
        file.write(b"A name that is not UTF-8.\n")
    (papers / "loop").symlink_to(papers)
    (papers / "self.txt").symlink_to(papers / "self.txt")
    (papers / "gone.txt").symlink_to(papers / "nowhere.txt")
    report = run([papers], folder)
    assert set(names) < set(report.added)
    assert {skipped.path for skipped in report.skipped} == {"self.txt", "gone.txt"}
    assert report.documents == 3 + len(names) + 1
    again = run([papers], folder)
    assert (set(again.unchanged), again.removed) == (set(report.added), ())


@pytest.mark.parametrize(
    "changes", [{"embedder": FakeEmbedder(name="other", sha256="other-1", dimension=32)}, {"word_pieces": 20}]
)
def test_another_model_or_splitter_is_refused_and_rebuild_mends_it(
    changes: dict[str, Any], papers: Path, folder: Path, tmp_path: Path
) -> None:
    run([papers], folder)
    with pytest.raises(IndexMismatch, match="--rebuild"):
        run([papers], folder, **changes)
    assert run([papers], folder).documents == 3  # the lock was released
    assert len(run([papers], folder, rebuild=True, **changes).added) == 3
    run([papers], tmp_path / "clean", **changes)
    assert_equal(folder, tmp_path / "clean")


@pytest.mark.parametrize("damage", ["deleted", "emptied", "garbled", "segments gone"])
def test_chroma_is_rebuilt_from_cached_vectors(damage: str, papers: Path, folder: Path, tmp_path: Path) -> None:
    run([papers], folder)
    run([papers], tmp_path / "clean")
    chroma = folder / "chroma"
    if damage in ("deleted", "emptied"):
        shutil.rmtree(chroma)
    if damage == "emptied":
        chroma.mkdir()
    if damage == "garbled":
        (chroma / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
    if damage == "segments gone":
        for segment in (path for path in chroma.iterdir() if path.is_dir()):
            shutil.rmtree(segment)
    embedder = FakeEmbedder()
    run([papers], folder, embedder)
    assert embedder.texts == []
    assert_equal(folder, tmp_path / "clean")


def test_a_second_writer_is_refused_and_the_lock_is_released(papers: Path, folder: Path) -> None:
    steps = sync([papers], folder, FakeEmbedder())
    next(steps)
    with pytest.raises(IndexBusy, match="Another process"):
        run([papers], folder)
    steps.close()
    assert run([papers], folder).documents == 3


class Failing(FakeEmbedder):
    def encode(self, texts: Sequence[str]) -> Any:
        raise KeyboardInterrupt


def test_a_failure_releases_the_lock(papers: Path, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run([papers], folder, Failing())
    assert run([papers], folder).documents == 3
    with pytest.raises(IndexMissing):
        open_index(folder.parent / "nothing", embedder=FakeEmbedder())


def stopped(steps: Iterator[Any], stop: Callable[[Any], None], number: int) -> bool:
    """Whether the sync was over before step `number`, at which it is stopped."""
    for _ in range(number):
        if next(steps, None) is None:
            return True
    stop(steps)
    return False


def test_a_sync_that_stops_at_any_step_is_completed_by_the_next(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.sync, "TEXTS_AT_ONCE", 3)
    monkeypatch.setattr(index.sync, "EMBEDDED_AT_ONCE", 2)
    start = tmp_path / "start"
    run([papers], start)
    (papers / "mill.txt").write_text("The mill is a museum now. It opens at ten.\n")
    (papers / "harbour.txt").unlink()
    write(papers, {"new.txt": "A new paper. It is short.\n"})
    run([papers], tmp_path / "clean")
    for number in range(1, 100):
        folder = tmp_path / f"cut-{number}"
        shutil.copytree(start, folder)
        if stopped(sync([papers], folder, FakeEmbedder()), lambda steps: steps.close(), number):
            break
        opened = open_index(folder, embedder=FakeEmbedder())
        assert opened.search_passages(FakeEmbedder().encode(["mill"])[0], 3)
        opened.close()
        run([papers], folder)
        assert_equal(folder, tmp_path / "clean")
    assert number > 6


def test_a_renamed_file_and_a_new_one_under_its_name_both_stay(papers: Path, folder: Path, tmp_path: Path) -> None:
    run([papers], folder)
    (papers / "mill.txt").rename(papers / "mill_old.txt")
    write(papers, {"mill.txt": "A new mill was built. It is small.\n"})
    report = run([papers], folder)
    assert (report.changed, report.added, report.documents) == (("mill.txt",), ("mill_old.txt",), 4)
    assert MILL.strip() in texts_found(folder)
    run([papers], tmp_path / "clean")
    assert_equal(folder, tmp_path / "clean")


def test_a_document_that_the_catalog_lost_is_read_again(papers: Path, folder: Path, tmp_path: Path) -> None:
    run([papers], folder)
    catalog = Catalog(folder)
    catalog.connection.execute("DELETE FROM documents WHERE text = ?", (MILL,))
    catalog.close()
    report = run([papers], folder)
    assert (report.changed, report.documents) == (("mill.txt",), 3)
    run([papers], tmp_path / "clean")
    assert texts_found(folder) == texts_found(tmp_path / "clean")


def test_another_version_of_the_readers_reads_everything_anew(
    papers: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(papers, {"broken.pdf": "no pdf at all"})
    first = run([papers], folder)
    monkeypatch.setattr(index.sync, "READER_VERSION", "next")
    embedder = FakeEmbedder()
    report = run([papers], folder, embedder)
    assert (report.reread, report.changed, report.documents) == (first.added, (), 3)
    assert embedder.texts == []
    assert "read anew by this version: 3" in report_text(report, folder)
    assert run([papers], folder).unchanged == first.added


def test_whom_a_word_file_names_comes_before_whom_its_properties_name(tmp_path: Path) -> None:
    document = docx.Document()
    document.core_properties.author = "Pool Account"
    for text in ("The mill closes", "By Ines Okafor, March 9, 2021", "The mill closes in May, the owner says."):
        document.add_paragraph(text)
    document.save(str(tmp_path / "mill.docx"))
    read = index.sync.read_document(tmp_path / "mill.docx")
    assert (read.author, read.published) == ("Ines Okafor", "2021-03-09")


BOX = "Sign up for our newsletter\n\nThe best of the docks, every Friday.\n\n"
STORIES = {
    "crane": "A crane fell at the quay on Monday. It was lifting salt. The harbour master has closed the quay. ",
    "ferry": "A ferry broke its rudder at noon. It was towed to the dock. The river line will repair it there. ",
    "mill": "A brewer bought the old mill in spring. He wants to mill barley in it. The town has agreed to that. ",
}


def page(name: str, box: str = BOX) -> str:
    return f"{STORIES[name]}\n\n{box}The {name} has been the talk of the town since then, says the paper.\n"


def furniture(folder: Path) -> dict[str, list[str]]:
    """The texts of each document's furniture, by file."""
    catalog = Catalog(folder)
    try:
        found = {}
        for identity in catalog.document_ids():
            document = catalog.document(identity)
            assert document is not None
            marked = [block for block in document.blocks if block.kind == "furniture"]
            found[document.path] = [document.text[block.start : block.end].strip() for block in marked]
        return found
    finally:
        catalog.close()


def paragraphs_only(text: str, known: Sequence[Block] = ()) -> Structure:
    """Body text in paragraphs: so that nothing but repetition makes furniture."""
    starts = [0, *(match.end() for match in re.finditer(r"\n\n+(?=\S)", text)), len(text)]
    return Structure(None, None, None, None, tuple(Block("body", a, b) for a, b in pairwise(starts)))


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(index.sync, "read_structure", paragraphs_only)
    folder = tmp_path / "pages"
    write(folder, {f"{name}.txt": page(name) for name in STORIES})
    return folder


BOXES = [line for line in BOX.split("\n") if line]


def test_a_box_that_three_pages_share_is_furniture(pages: Path, folder: Path) -> None:
    run([pages], folder)
    assert furniture(folder) == {f"{name}.txt": BOXES for name in STORIES}
    assert "\n\n".join(BOXES) in texts_found(folder)


def test_the_third_page_makes_a_box_of_what_two_had(pages: Path, folder: Path, tmp_path: Path) -> None:
    (pages / "mill.txt").unlink()
    write(pages, {"harbour.txt": HARBOUR})
    run([pages], folder)
    assert furniture(folder) == {"crane.txt": [], "ferry.txt": [], "harbour.txt": []}
    write(pages, {"mill.txt": page("mill")})
    embedder = FakeEmbedder()
    report = run([pages], folder, embedder)
    assert (report.added, report.changed) == (("mill.txt",), ())
    assert report.unchanged == ("crane.txt", "ferry.txt", "harbour.txt")
    assert furniture(folder)["crane.txt"] == BOXES
    assert not any("nine cranes" in text or text == "It was lifting salt." for text in embedder.texts)
    run([pages], tmp_path / "clean")
    assert_equal(folder, tmp_path / "clean")
    assert furniture(folder) == furniture(tmp_path / "clean")


def test_pages_that_are_split_again_are_not_read_again(
    pages: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mill = (pages / "mill.txt").read_text()
    (pages / "mill.txt").unlink()
    run([pages], folder)
    write(pages, {"mill.txt": mill})
    read: list[str] = []
    read_file = index.sync.read_file
    monkeypatch.setattr(index.sync, "read_file", lambda path: read.append(path.name) or read_file(path))
    run([pages], folder)
    assert read == ["mill.txt"]
    assert furniture(folder)["ferry.txt"] == BOXES


def test_a_box_is_text_again_when_a_page_goes(pages: Path, folder: Path, tmp_path: Path) -> None:
    run([pages], folder)
    (pages / "mill.txt").unlink()
    run([pages], folder)
    run([pages], tmp_path / "clean")
    assert furniture(folder) == furniture(tmp_path / "clean") == {"crane.txt": [], "ferry.txt": []}
    assert_equal(folder, tmp_path / "clean")


def test_the_order_in_which_pages_came_makes_no_difference(pages: Path, folder: Path, tmp_path: Path) -> None:
    texts = {path.name: path.read_text() for path in pages.iterdir()}
    shutil.rmtree(pages)
    for name in sorted(texts, reverse=True):
        write(pages, {name: texts[name]})
        run([pages], folder)
    run([pages], tmp_path / "clean")
    assert_equal(folder, tmp_path / "clean")
    assert furniture(folder) == furniture(tmp_path / "clean")


def test_copies_of_one_page_keep_their_text(pages: Path, folder: Path) -> None:
    for name in ("ferry.txt", "mill.txt"):
        (pages / name).unlink()
    write(pages, {"again.txt": page("crane") + "\n", "more.txt": page("crane") + "\nSaved in May.\n"})
    assert run([pages], folder).documents == 3
    assert set(map(tuple, furniture(folder).values())) == {()}


def test_a_sync_of_pages_that_stops_at_any_step_is_completed_by_the_next(
    pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.sync, "TEXTS_AT_ONCE", 3)
    monkeypatch.setattr(index.sync, "EMBEDDED_AT_ONCE", 2)
    mill = (pages / "mill.txt").read_text()
    (pages / "mill.txt").unlink()
    start = tmp_path / "start"
    run([pages], start)
    write(pages, {"mill.txt": mill})
    run([pages], tmp_path / "clean")
    for number in range(1, 100):
        folder = tmp_path / f"cut-{number}"
        shutil.copytree(start, folder)
        if stopped(sync([pages], folder, FakeEmbedder()), lambda steps: steps.close(), number):
            break
        opened = open_index(folder, embedder=FakeEmbedder())
        assert {"crane.txt", "ferry.txt"} <= {document.path for document in opened.documents()}
        opened.close()
        run([pages], folder)
        assert_equal(folder, tmp_path / "clean")
        assert furniture(folder) == furniture(tmp_path / "clean")
    assert number > 8


def test_what_a_cut_off_sync_read_is_not_read_again(pages: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = sync([pages], folder, FakeEmbedder())
    while not next(steps).step.startswith("Splitting"):
        pass
    steps.close()
    opened = open_index(folder, embedder=FakeEmbedder())
    assert opened.documents() == ()
    opened.close()
    monkeypatch.setattr(index.sync, "read_file", refuse)
    (pages / "mill.txt").unlink()
    report = run([pages], folder)
    assert (report.added, report.documents) == (("crane.txt", "ferry.txt"), 2)
    assert furniture(folder) == {"crane.txt": [], "ferry.txt": []}


def test_an_index_from_before_lines_were_kept_is_completed(pages: Path, folder: Path, tmp_path: Path) -> None:
    mill = (pages / "mill.txt").read_text()
    (pages / "mill.txt").unlink()
    run([pages], folder)
    catalog = Catalog(folder)
    catalog.connection.execute("DROP TABLE lines")
    catalog.close()
    assert len(run([pages], folder).unchanged) == 2
    write(pages, {"mill.txt": mill})
    run([pages], folder)
    run([pages], tmp_path / "clean")
    assert_equal(folder, tmp_path / "clean")
    assert furniture(folder) == furniture(tmp_path / "clean")


def test_another_version_of_the_readers_marks_boxes_too(
    pages: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run([pages], folder)
    monkeypatch.setattr(index.sync, "READER_VERSION", "next")
    assert len(run([pages], folder).reread) == 3
    assert furniture(folder) == {f"{name}.txt": BOXES for name in STORIES}
