"""Two processes on one index: one writer, readers that notice, and writers that are killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from test_sync import assert_equal, run, write

from index.errors import IndexBusy
from index.opening import Index, open_index
from rag.retrieve import retrieve
from rag.settings import Settings
from rag.weigh import Query

TESTS = Path(__file__).parent
WRITER = """
import sys
from pathlib import Path
from fakes import FakeEmbedder
import index.sync
index.sync.TEXTS_AT_ONCE, index.sync.EMBEDDED_AT_ONCE = 12, 6
print("ready", flush=True)
embedder = FakeEmbedder(seconds=float(sys.argv[3]))
for progress in index.sync.sync([Path(sys.argv[1])], Path(sys.argv[2]), embedder, rebuild="rebuild" in sys.argv):
    print(progress.step, flush=True)
"""
QUESTION = FakeEmbedder().encode(["paper harbour crane"])[0]


def paper(number: int, edition: int = 1) -> str:
    return f"Paper {number} is edition {edition}. Harbour {number * 7} has crane {number * 13 + edition}.\n"


def start(papers: Path, folder: Path, seconds: float, *options: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent), str(TESTS)])}
    command = [sys.executable, "-c", WRITER, str(papers), str(folder), str(seconds), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def wait_for(process: subprocess.Popen[str], step: str) -> None:
    assert process.stdout is not None
    assert any(line.startswith(step) for line in process.stdout)


def finish(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    write(folder, {f"{number}.txt": paper(number) for number in range(40)})
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_a_second_writer_is_refused_at_once(papers: Path, folder: Path) -> None:
    process = start(papers, folder, 0.5)
    try:
        wait_for(process, "Embedding")
        began = time.monotonic()
        with pytest.raises(IndexBusy, match=r"Another process is writing .* try again"):
            run([papers], folder)
        assert time.monotonic() - began < 1.0
    finally:
        process.kill()
        process.communicate()
    assert run([papers], folder).documents == 40  # a dead writer's lock holds nobody up


def test_a_reader_sees_what_another_process_added_and_deleted(papers: Path, folder: Path) -> None:
    run([papers], folder)
    reader = open_index(folder, embedder=FakeEmbedder())
    before = {identity for identity, _ in reader.search_passages(QUESTION, 100)}
    assert len(before) == 40
    for number in range(20):
        (papers / f"{number}.txt").unlink()
    write(papers, {f"{number}.txt": paper(number) for number in range(100, 120)})
    finish(start(papers, folder, 0.0))
    reader.refresh()
    after = {identity for identity, _ in reader.search_passages(QUESTION, 100)}
    assert (len(after), len(after - before), len(before - after)) == (40, 20, 20)
    assert after == reader.catalog.passages(sorted(after)).keys()
    assert {document.path for document in reader.documents()} == {path.name for path in papers.iterdir()}
    reader.close()


def test_a_reader_never_fails_during_a_sync(papers: Path, folder: Path) -> None:
    run([papers], folder)
    reader = open_index(folder, embedder=FakeEmbedder())
    for edition in (2, 3):
        write(papers, {f"{number}.txt": paper(number, edition) for number in range(30)})
        process = start(papers, folder, 0.02)
        while process.poll() is None:
            reader.refresh()
            found = [identity for identity, _ in reader.search_passages(QUESTION, 20)]
            reader.search_sentences(QUESTION, 20)
            reader.catalog.passages(found)
            reader.catalog.search_text("crane", 10)
            reader.documents()
        finish(process)
    reader.refresh()
    assert {document.text for document in reader.documents()} == {path.read_text() for path in papers.iterdir()}
    reader.close()


def ask_until(over: Callable[[], bool], reader: Index, problems: list[BaseException]) -> None:
    """Put questions as `answer` does; every hit must be what its document holds."""
    query = Query("Which harbour has a crane?", QUESTION)
    try:
        while not over():
            with reader.catalog.reading():
                found = retrieve(query, reader, {}, Settings())
                for hit in found.hits:
                    assert hit.passage.id in reader.catalog.passages([hit.passage.id])
                    assert hit.text.startswith("Paper ")
    except BaseException as error:
        problems.append(error)


@pytest.mark.parametrize("options", [(), ("rebuild",)])
def test_threads_that_ask_during_a_sync_or_rebuild_never_fail(
    options: tuple[str, ...], papers: Path, folder: Path
) -> None:
    run([papers], folder)
    readers = [open_index(folder, embedder=FakeEmbedder()) for _ in range(2)]
    problems: list[BaseException] = []
    for edition in (2, 3):
        write(papers, {f"{number}.txt": paper(number, edition) for number in range(40)})
        process = start(papers, folder, 0.02, *options)
        over: Callable[[], bool] = lambda process=process: process.poll() is not None  # noqa: E731
        threads = [threading.Thread(target=ask_until, args=(over, readers[n % 2], problems)) for n in range(3)]
        for thread in threads:
            thread.start()
        finish(process)
        for thread in threads:
            thread.join()
    assert problems == []
    for reader in readers:
        reader.refresh()
        assert {document.text for document in reader.documents()} == {path.read_text() for path in papers.iterdir()}
        assert len(reader.search_passages(QUESTION, 100)) == 40
        reader.close()


def killed(papers: Path, folder: Path, tmp_path: Path, times: int, seed: int) -> None:
    """Kill a sync at random moments, each time from the same older index; then complete and compare it."""
    old, clean = tmp_path / "old", tmp_path / "clean"
    run([papers], old)
    write(papers, {f"{number}.txt": paper(number, 2) for number in range(10, 30)})
    for number in range(10):
        (papers / f"{number}.txt").unlink()
    write(papers, {f"new-{number}.txt": paper(number + 500) for number in range(20)})
    run([papers], clean)
    shutil.copytree(old, folder)
    began = time.monotonic()
    finish(start(papers, folder, 0.02))
    whole = time.monotonic() - began
    moments = random.Random(seed)
    unfinished = 0
    for _ in range(times):
        shutil.rmtree(folder)
        shutil.copytree(old, folder)
        process = start(papers, folder, 0.02)
        time.sleep(moments.uniform(0.0, whole * 0.7))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        reader = open_index(folder, embedder=FakeEmbedder())
        assert reader.search_passages(QUESTION, 5)
        assert reader.catalog.search_text("crane", 5)
        unfinished += reader.catalog.settings()["unfinished"] == "1"
        reader.close()
        run([papers], folder)
        assert_equal(folder, clean)
    assert unfinished


def test_a_killed_sync_is_completed_by_the_next(papers: Path, folder: Path, tmp_path: Path) -> None:
    killed(papers, folder, tmp_path, times=5, seed=1)


@pytest.mark.slow
def test_a_sync_killed_at_many_moments_is_completed_by_the_next(papers: Path, folder: Path, tmp_path: Path) -> None:
    killed(papers, folder, tmp_path, times=20, seed=2)
