"""The documents that people add to the chat: one library for everybody who opens it, kept beside the index.

What is added lies in a folder of the index's own (`index.find.ADDED`); what the index was built from is left alone. It
does not know pages or requests: it takes files and yields how far it has come.
"""

from __future__ import annotations

import contextlib
import filecmp
import logging
import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from index.catalog import Catalog
from index.embed import Embedder
from index.errors import IndexBusy, RagError, UnreadableDocument, UsageError
from index.find import ADDED, added_files
from index.report import Report, counted
from index.sync import name_in_index, sync
from rag.settings import Settings
from ui.trial import Trial
from ui.uploads import Limits, batch_refusal, clean_name, file_refusal, free_name, length_refusal

log = logging.getLogger(__name__)

WAITING, READING, TAKEN, UNCHANGED, SKIPPED, REMOVED = "waiting", "reading", "added", "unchanged", "skipped", "removed"
LOCK_NAME = "added.lock"
STAGED = ".adding-"  # folders of files that are not in the library yet
LEAVING = ".removing-"  # files that are no longer in it
WAIT_SECONDS = 120.0  # for somebody else who is adding, or for the index to be free
RETRY_SECONDS = 0.25
STEP_SECONDS = 0.2  # between two steps of a sync, which may have thousands
READ_ONLY = "The documents of this chat can't be changed here; ask whoever runs it."
LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class FileState:
    """What became of a file; `reason` says why, as one sentence, where it is not plain.

    `state` is "waiting", "reading", "added", "unchanged" (it is there already), "skipped" or "removed".
    """

    name: str
    state: str = WAITING
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `text` says what is happening, `done` of `total` documents are through.

    The last step is `finished`; its `error` is one sentence where nothing was changed, else "".
    """

    text: str
    done: int = 0
    total: int = 0
    files: tuple[FileState, ...] = ()
    finished: bool = False
    error: str = ""


@dataclass(slots=True)
class _Batch:
    """The files of one change and what became of each so far; `placed` are those in the library's folder, by number."""

    files: list[FileState]
    placed: dict[int, Path] = field(default_factory=dict)

    def mark(self, number: int, state: str, reason: str = "", name: str = "") -> None:
        self.files[number] = FileState(name or self.files[number].name, state, reason)

    def step(self, text: str, done: int = 0, total: int = 0) -> Step:
        return Step(text, done, total, tuple(self.files))

    def last(self, text: str, error: str = "") -> Step:
        return Step(text, len(self.files), len(self.files), tuple(self.files), finished=True, error=error)


class Library:
    """The added documents of one index; safe to use from several threads and processes.

    A change goes on to its end in a thread of its own, even if nobody follows its steps any more.
    """

    def __init__(
        self,
        index_folder: Path,
        settings: Settings,
        embedder: Callable[[], Embedder],
        paths: Sequence[Path] = (),
        read_only: bool = False,
        changed: Callable[[], None] = lambda: None,
        limits: Limits = LIMITS,
    ) -> None:
        """`paths` are what the index is built from beside the library (none: as last time); `changed` is called when
        a change is in the index."""
        self.read_only = read_only
        self._index_folder = index_folder
        self._folder = index_folder / ADDED
        self._settings = settings
        self._embedder = embedder
        self._paths = tuple(paths)
        self._changed = changed
        self._limits = limits

    def removable(self, document_path: str) -> bool:
        """Whether the document was added here and may be removed."""
        return not self.read_only and self._file_of(document_path) is not None

    def add(self, uploads: Sequence[tuple[str, Path]]) -> Iterator[Step]:
        """Add files, each given by its name and where it lies now. One that can't be read never costs the others."""
        names = [clean_name(name) for name, _ in uploads]
        return _followed(self._adding(_Batch([FileState(name) for name in names]), [path for _, path in uploads]))

    def remove(self, document_path: str) -> Iterator[Step]:
        """Remove a document that was added; what lies in the user's own folders is refused."""
        name = document_path.rpartition("/")[2]
        return _followed(self._removing(_Batch([FileState(name)]), document_path))

    def _adding(self, batch: _Batch, paths: Sequence[Path]) -> Iterator[Step]:
        if self.read_only:
            raise UsageError(READ_ONLY)
        yield batch.step("Starting", 0, len(paths))
        with self._writing(batch) as waiting:
            yield from waiting
            held = [path.stat().st_size for path in added_files(self._index_folder)]
            if refusal := batch_refusal([path.stat().st_size for path in paths], held, self._limits):
                raise UsageError(refusal)
            try:
                yield from self._placing(batch, paths)
                if batch.placed:
                    yield from self._finished(batch, (yield from self._synced(batch)))
            except BaseException:
                for path in batch.placed.values():
                    path.unlink(missing_ok=True)
                raise
        if batch.placed:
            self._changed()
        yield batch.last(_summary(batch.files))

    def _placing(self, batch: _Batch, paths: Sequence[Path]) -> Iterator[Step]:
        """Bring those files into the library's folder that can be read and are not there yet."""
        staging = Path(tempfile.mkdtemp(prefix=STAGED, dir=self._folder))
        try:
            with Trial(self._limits.reading_seconds, self._limits.reading_bytes) as trial:
                for number, path in enumerate(paths):
                    batch.mark(number, READING)
                    yield batch.step(f"Reading {batch.files[number].name}", number, len(paths))
                    self._place(batch, number, path, staging, trial)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _place(self, batch: _Batch, number: int, path: Path, staging: Path, trial: Trial) -> None:
        name = batch.files[number].name
        if refusal := file_refusal(name, path, self._limits):
            batch.mark(number, SKIPPED, refusal)
            return
        staged = staging / str(number) / name  # messages name the file
        staged.parent.mkdir()
        shutil.copyfile(path, staged)
        if known := self._known(staged):
            batch.mark(number, UNCHANGED, f"It is there already, as {known}.")
            return
        try:
            length = trial.length(staged)
        except UnreadableDocument as error:
            batch.mark(number, SKIPPED, str(error))
            return
        if refusal := length_refusal(name, length.pages, length.characters, self._limits):
            batch.mark(number, SKIPPED, refusal)
            return
        free = free_name(name, [other.name for other in added_files(self._index_folder)])
        batch.placed[number] = self._folder / free
        os.replace(staged, batch.placed[number])
        reason = "" if free == name else f"There is another {name} already."
        batch.mark(number, READING, reason, free)

    def _known(self, staged: Path) -> str | None:
        """Under which name the same file is there already, in the index or as yet only in the library."""
        for other in added_files(self._index_folder):
            if other.suffix.lower() == staged.suffix.lower() and filecmp.cmp(staged, other, shallow=False):
                return other.name
        return name_in_index(staged, self._index_folder)

    def _finished(self, batch: _Batch, report: Report) -> Iterator[Step]:
        """What became of the files that were placed; those that the sync could not read go again."""
        reasons = {skipped.path: skipped.reason for skipped in report.skipped}
        prefix = self._prefix()
        for number, path in batch.placed.items():
            reason = reasons.get(f"{prefix}/{path.name}")
            if reason is None:
                batch.mark(number, TAKEN, batch.files[number].reason)
            else:
                batch.mark(number, SKIPPED, reason)
                path.unlink(missing_ok=True)
        yield batch.step("Done", len(batch.files), len(batch.files))

    def _removing(self, batch: _Batch, document_path: str) -> Iterator[Step]:
        if self.read_only:
            raise UsageError(READ_ONLY)
        yield batch.step(f"Removing {batch.files[0].name}", 0, 1)
        with self._writing(batch) as waiting:
            yield from waiting
            path = self._file_of(document_path)
            if path is None:
                raise UsageError(self._why_not_removable(document_path))
            leaving = path.with_name(LEAVING + str(time.time_ns()))
            os.replace(path, leaving)
            try:
                yield from self._synced(batch)
            except BaseException:
                os.replace(leaving, path)
                raise
            leaving.unlink(missing_ok=True)
        batch.mark(0, REMOVED)
        self._changed()
        yield batch.last(f"{batch.files[0].name} is removed.")

    @contextlib.contextmanager
    def _writing(self, batch: _Batch) -> Iterator[Iterator[Step]]:
        """Alone in the library's folder, once the steps that it gives have been gone through."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._index_folder / LOCK_NAME)
        try:
            yield self._waiting(lock, batch)
        finally:
            lock.release()

    def _waiting(self, lock: FileLock, batch: _Batch) -> Iterator[Step]:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield batch.step("Waiting until somebody else's change is done")
            try:
                lock.acquire(timeout=WAIT_SECONDS)
            except Timeout as error:
                raise IndexBusy("Somebody else is changing the documents; try again in a few minutes.") from error
        for left in self._folder.glob(".*"):  # by a change that was cut off
            if left.name.startswith(STAGED):
                shutil.rmtree(left, ignore_errors=True)
            elif left.name.startswith(LEAVING):
                left.unlink(missing_ok=True)

    def _synced(self, batch: _Batch) -> Generator[Step, None, Report]:
        """Bring the index up to date; waits for a sync that is running. Raises what `sync` raises."""
        embedder = self._embedder()
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                return (yield from self._steps_of_sync(batch, embedder))
            except IndexBusy as error:
                if time.monotonic() > until:
                    raise IndexBusy("The documents are still being indexed; try again in a few minutes.") from error
            yield batch.step("Waiting until the documents are indexed")
            time.sleep(RETRY_SECONDS)

    def _steps_of_sync(self, batch: _Batch, embedder: Embedder) -> Generator[Step, None, Report]:
        shown = 0.0
        report = Report()
        for progress in sync(self._paths, self._index_folder, embedder, self._settings.passage_word_pieces):
            report = progress.report or report
            if time.monotonic() - shown >= STEP_SECONDS:
                shown = time.monotonic()
                yield batch.step(progress.step, progress.done, progress.total)
        return report

    def _file_of(self, document_path: str) -> Path | None:
        """The file in the library's folder that the document is read from; None when it comes from elsewhere."""
        prefix, _, name = document_path.rpartition("/")
        path = self._folder / name
        inside = path.parent == self._folder and path.name == name and not name.startswith(".")
        return path if prefix and inside and path.is_file() and prefix == self._prefix() else None

    def _why_not_removable(self, document_path: str) -> str:
        with self._catalog() as catalog:
            known = catalog is not None and document_path in catalog.files()
        if known:
            return f"{document_path} comes from your folder; remove it there, then run: rag index"
        return f"{document_path} is not among the documents any more; reload the page to see what is."

    def _prefix(self) -> str:
        """What the names of added documents begin with in the index as it is."""
        with self._catalog() as catalog:
            return ADDED if catalog is None else catalog.settings().get("added", ADDED)

    @contextlib.contextmanager
    def _catalog(self) -> Iterator[Catalog | None]:
        """The index's catalog in one state, None when there is no index yet."""
        catalog = Catalog(self._index_folder)
        try:
            if not catalog.path.is_file():
                yield None
                return
            with catalog.reading():
                yield catalog if catalog.exists() else None
        finally:
            catalog.close()


def _followed(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps, made in a thread of their own; an error becomes the last one."""
    made: queue.SimpleQueue[Step] = queue.SimpleQueue()
    threading.Thread(target=_make, args=(steps, made), name="library", daemon=True).start()

    def follow() -> Iterator[Step]:
        while True:
            step = made.get()
            yield step
            if step.finished:
                return

    return follow()


def _make(steps: Iterator[Step], made: queue.SimpleQueue[Step]) -> None:
    step = Step("")
    try:
        for step in steps:
            made.put(step)
        return
    except RagError as error:
        message = str(error)
    except OSError as error:
        message = f"The documents can't be kept ({error.strerror}); free some space on the disk and try again."
    except Exception as error:
        log.exception("changing the library failed")
        message = f"That failed for a reason of Footnote's own ({type(error).__name__}). The terminal has the details."
    files = tuple(
        FileState(file.name, SKIPPED, message) if file.state in (WAITING, READING) else file for file in step.files
    )
    made.put(Step("", 0, len(files), files, finished=True, error=message))


def _summary(files: Sequence[FileState]) -> str:
    """What happened to the files, as one sentence."""
    counts = {state: sum(file.state == state for file in files) for state in (TAKEN, UNCHANGED, SKIPPED)}
    parts = [f"{counted(counts[TAKEN], 'document')} added"]
    if counts[UNCHANGED]:
        parts.append(f"{counts[UNCHANGED]} there already")
    if counts[SKIPPED]:
        parts.append(f"{counts[SKIPPED]} skipped")
    return f"{', '.join(parts)}."
