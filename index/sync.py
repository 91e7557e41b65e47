"""A folder of files becomes an up-to-date index, in steps that may be cut off anywhere, with a report.

First every new file is read and stored, out of sight. Then all documents together say which lines are repeated
(index/boilerplate.py), and those that are new, or hold a line that became repeated or ceased to be, are split and
embedded from what is stored. So the index depends on the files alone, not on the order in which they came, and nothing
else is read, split or embedded again. It does not know what the index is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, KeysView, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy
from filelock import FileLock, Timeout

from index.boilerplate import LINE, Sketch, mark_repeated, repeated_lines, sketch_of
from index.catalog import Catalog
from index.database import clear_errors
from index.document import Block, Document
from index.embed import Embedder
from index.errors import IndexBusy, IndexMismatch, UnreadableDocument, UsageError
from index.find import ADDED, FoundFiles, find_all
from index.opening import LOCK_NAME, IndexSettings, check_folder, check_settings
from index.read import READER_VERSION, read_file
from index.report import Progress, Report
from index.rows import File, PassageRow, passage_rows
from index.split import split_document
from index.store import PASSAGES, SENTENCES, VectorStore
from index.structure import read_structure

__all__ = ["Progress", "Report", "name_in_index", "passage_rows", "read_document", "sync"]

EMBEDDED_AT_ONCE = 128  # texts between two progress reports
TEXTS_AT_ONCE = 512  # texts of documents that are embedded and committed together: what a cut-off sync may lose
VECTORS_AT_ONCE = 2048  # vectors that are handed to Chroma together
PROPERTY_SUFFIXES = (".pdf", ".docx")  # their properties name who had the file, often not who wrote the text


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that is split but not yet embedded and stored."""

    document: Document
    as_read: tuple[Block, ...]
    rows: list[PassageRow]
    repeated: bytes
    files: list[File]


@dataclass(slots=True)
class Batch:
    """Documents that are embedded and stored together, and their texts by the keys of their vectors."""

    documents: list[Ready] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def sync(
    paths: Sequence[Path], folder: Path, embedder: Embedder, word_pieces: int = 128, rebuild: bool = False
) -> Iterator[Progress]:
    """Make the index in `folder` hold exactly what `paths` hold (without paths: what it was built from).

    Documents that people added to the index itself (`index.find.ADDED`) are always part of it.
    Yields progress; the last item carries the report. A sync that is stopped at any point leaves an
    index that opens, and the next one completes it. `rebuild` starts from nothing.
    Raises NoDocuments, IndexBusy, IndexMismatch (another model or splitter, damage, a full disk), ModelUnavailable,
    UsageError (a folder that can't hold an index).
    """
    check_folder(folder)
    target = min(word_pieces, embedder.max_word_pieces)
    wanted = IndexSettings.of(embedder, target)
    catalog = Catalog(folder)
    given = [path.expanduser().resolve() for path in paths]
    own = folder.resolve() / ADDED
    roots = [root for root in given if root != own] or _recorded_roots(catalog, rebuild)
    found = find_all(roots, folder.resolve())
    lock = _locked(folder)
    store = VectorStore(folder)
    try:
        with clear_errors(folder):
            origin = {"roots": json.dumps([str(root) for root in roots]), "added": found.added}
            if rebuild or not catalog.exists():
                catalog.create({**wanted.as_rows(), **origin})
            check_settings(catalog.settings(), wanted, folder)
            for name, value in origin.items():
                catalog.put_setting(name, value)
            yield from _sync_locked(catalog, store, embedder, target, found)
    finally:
        store.close()
        catalog.close()
        lock.release()


def _locked(folder: Path) -> FileLock:
    """The writer's lock of the index in `folder`, held; the folder is made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(f"Another process is writing to the index in {folder}; try again when it has ended.") from error
    except OSError as error:
        raise UsageError(
            f"The folder {folder} can't hold an index ({error.strerror}); name another, as in: --index .rag"
        ) from error
    return lock


def _recorded_roots(catalog: Catalog, rebuild: bool) -> list[Path]:
    """What the index was built from; nothing when there is none, or a damaged one that is to be built anew."""
    if not catalog.path.is_file():
        return []
    try:
        with catalog.reading():
            recorded = catalog.settings().get("roots", "[]") if catalog.exists() else "[]"
    except IndexMismatch:
        if not rebuild:
            raise
        recorded = "[]"
    return [Path(root) for root in json.loads(recorded)]


def _sync_locked(
    catalog: Catalog, store: VectorStore, embedder: Embedder, target: int, found: FoundFiles
) -> Iterator[Progress]:
    settings = catalog.settings()
    catalog.put_setting("unfinished", "1")
    catalog.add_missing_tables()
    lacking = _open_for_writing(catalog, store)
    before = catalog.files()
    kept = tuple(closed.path for closed in found.closed)
    gone = {name: file for name, file in before.items() if name not in found.readable and not name.startswith(kept)}
    plan = _Plan(before, gone, anew=settings.get("reader") != READER_VERSION)
    total = len(found.readable)
    for name, path in found.readable.items():
        yield Progress(f"Reading {name}", len(plan.outcome["unchanged"]), total)
        plan.look_at(name, path, catalog)
    changed = bool(plan.touched or gone or settings["unfinished"] == "1" or lacking)
    if changed:
        yield from _split_and_embed(catalog, embedder, target, plan, total)
        catalog.put_files([], removed=gone)
        yield Progress("Storing vectors", total, total)
        _bring_vectors_in_line(catalog, store)
        catalog.drop_unused_vectors()
    else:
        catalog.note_files(plan.seen())
    store.close()
    catalog.finish(READER_VERSION, changed)
    yield Progress("Done", total, total, plan.report(catalog, found))


def _split_and_embed(catalog: Catalog, embedder: Embedder, target: int, plan: _Plan, total: int) -> Iterator[Progress]:
    """Passages and vectors for each document that has none yet, or whose repeated lines are others than before."""
    names = plan.documents()
    sketches, before = _sketches(catalog, names.keys())
    repeated = repeated_lines(sketches)
    sketches.clear()
    waiting = [identity for identity in names if before[identity] != repeated[identity].tobytes()]
    hidden = [identity for identity in waiting if before[identity] is None]
    catalog.note_files(plan.seen(hidden))  # before what they held may lose its last name
    batch = Batch()
    for done, identity in enumerate(waiting, total - len(waiting)):
        yield Progress(f"Splitting {names[identity]}", max(0, done), total)
        as_read = catalog.as_read(identity)
        assert as_read is not None
        document = mark_repeated(as_read, repeated[identity])
        passages = split_document(document, embedder.word_pieces, target, embedder.max_word_pieces)
        rows, texts = passage_rows(document, passages, embedder)
        files = plan.claims.get(identity, [])
        batch.documents.append(Ready(document, as_read.blocks, rows, repeated[identity].tobytes(), files))
        batch.texts.update(texts)
        if len(batch.texts) >= TEXTS_AT_ONCE:
            yield from _store(catalog, embedder, batch, plan, done, total)
            batch = Batch()
    yield from _store(catalog, embedder, batch, plan, total, total)


def _sketches(catalog: Catalog, documents: KeysView[str]) -> tuple[dict[str, Sketch], dict[str, bytes | None]]:
    """Of each document the sketch of its lines, and which were repeated when it was split (None: it was not yet)."""
    stored = catalog.sketches()
    for identity in documents - stored.keys():  # stored by an earlier version
        document = catalog.as_read(identity)
        assert document is not None
        stored[identity] = (sketch_of(document).tobytes(), None)
        catalog.put_sketch(identity, stored[identity][0])
    sketches = {identity: numpy.frombuffer(stored[identity][0], LINE) for identity in documents}
    return sketches, {identity: stored[identity][1] for identity in documents}


def _open_for_writing(catalog: Catalog, store: VectorStore) -> bool:
    """Open Chroma; returns whether it lacks vectors, or has too many.

    What it holds from before the catalog was made anew goes: another model's vectors would pass for this one's,
    because ids don't tell them apart.
    """
    if catalog.settings().get("vectors") == "stale":
        store.empty()
        catalog.put_setting("vectors", "kept")
    return store.open_or_rebuild() or store.counts() != catalog.counts()


class _Plan:
    """What happens to each file, found out as the files are looked at."""

    def __init__(self, before: dict[str, File], gone: dict[str, File], anew: bool) -> None:
        self.before = before
        self.anew = anew  # other readers read these files: none may be taken as it was
        self.gone_by_document = {file.document_id: name for name, file in gone.items() if file.document_id}
        self.gone = set(gone)
        self.claims: dict[str, list[File]] = {}  # files to record, by the document they hold
        self.unreadable: list[File] = []
        self.outcome: dict[str, list[str]] = {"added": [], "changed": [], "reread": [], "unchanged": []}
        self.moved: list[tuple[str, str]] = []
        self.embedded = 0
        self.touched = False
        self.stays = {name: file.document_id for name, file in before.items() if name not in gone}

    def look_at(self, name: str, path: Path, catalog: Catalog) -> None:
        """Find out what became of a file; read it, and store what is read, unless the catalog holds it already."""
        known = self.before.get(name)
        try:
            stamp = _stamp(path.stat())
            if known and not self.anew and (known.size, known.modified_ns, known.changed_ns) == stamp:
                if not known.document_id:
                    return
                if catalog.has_document(known.document_id):
                    self.outcome["unchanged"].append(name)
                    return
            identity, sha256 = _identity(path)
            document = None if catalog.has_document(identity) else _read(name, path, identity, sha256)
        except (UnreadableDocument, OSError) as error:
            reason = str(error) if isinstance(error, UnreadableDocument) else f"{name} can't be read: {error.strerror}."
            self.unreadable.append(File(name, None, reason, *_stamp_or_none(path)))
            self.stays[name] = None
            self.touched = True
            return
        self._note(name, identity, sha256, catalog)
        self.claims.setdefault(identity, []).append(File(name, identity, None, *stamp))
        self.stays[name] = identity
        if document is not None:
            catalog.put_reading(document, sketch_of(document).tobytes())

    def documents(self) -> dict[str, str]:
        """The documents that files hold when this sync has ended, each with the first file's name, ordered by name."""
        names: dict[str, str] = {}
        for name, identity in sorted(self.stays.items()):
            if identity:
                names.setdefault(identity, name)
        return names

    def seen(self, hidden: Collection[str] = ()) -> list[File]:
        """The files to record, but for those of documents that are `hidden` as yet."""
        claimed = [file for identity, files in self.claims.items() if identity not in hidden for file in files]
        return [*self.unreadable, *claimed]

    def _note(self, name: str, identity: str, sha256: str, catalog: Catalog) -> None:
        known = self.before.get(name)
        if known and known.document_id == identity and catalog.has_document(identity):
            self.outcome["unchanged"].append(name)
            return
        self.touched = True
        old_name = self.gone_by_document.pop(identity, None)
        if old_name is not None and known is None:
            self.moved.append((old_name, name))
        elif known and known.document_id:
            same = known.document_id != identity and catalog.content_of(known.document_id) == sha256
            self.outcome["reread" if same else "changed"].append(name)
        else:
            self.outcome["added"].append(name)

    def report(self, catalog: Catalog, found: FoundFiles) -> Report:
        moved_away = {old for old, _ in self.moved}
        return Report(
            added=tuple(self.outcome["added"]),
            changed=tuple(self.outcome["changed"]),
            moved=tuple(self.moved),
            removed=tuple(sorted(self.gone - moved_away)),
            unchanged=tuple(self.outcome["unchanged"]),
            skipped=catalog.skipped() + found.closed,
            embedded=self.embedded,
            documents=catalog.count("documents"),
            passages=catalog.counts()[0],
            reread=tuple(self.outcome["reread"]),
            passed_over=found.passed_over,
        )


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _stamp_or_none(path: Path) -> tuple[int, int, int]:
    try:
        return _stamp(path.stat())
    except OSError:
        return -1, -1, -1  # never equal to a file's: it is looked at again next time


def _identity(path: Path) -> tuple[str, str]:
    """A document's id (its content, the reader that its suffix picks and its version) and the SHA-256 of the file."""
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe or a device would never end
        raise UnreadableDocument(f"{path.name} is not a regular file; put a copy of what it gives in its place.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    read_as = f"{READER_VERSION}:{path.suffix.lower()}:{digest.hexdigest()}"
    return hashlib.sha256(read_as.encode()).hexdigest()[:24], digest.hexdigest()


def name_in_index(path: Path, folder: Path) -> str | None:
    """The name under which the index in `folder` holds what is in this file; None when it does not."""
    catalog = Catalog(folder)
    try:
        if not catalog.exists():
            return None
        with catalog.reading():
            return catalog.name_of(_identity(path)[0])
    finally:
        catalog.close()


def read_document(path: Path, name: str | None = None) -> Document:
    """The document in a file, with its blocks. Raises UnreadableDocument."""
    try:
        return _read(name or path.name, path, *_identity(path))
    except OSError as error:
        raise UnreadableDocument(f"{path} can't be read: {error.strerror}; check the path.") from error


def _read(name: str, path: Path, identity: str, sha256: str) -> Document:
    reading = read_file(path)
    structure = read_structure(reading.text, reading.blocks)
    authors = [reading.author, structure.author]
    if path.suffix.lower() in PROPERTY_SUFFIXES:
        authors.reverse()
    return Document(
        id=identity,
        path=name,
        title=reading.title or structure.title,
        author=authors[0] or authors[1],
        publisher=reading.publisher or structure.publisher,
        published=reading.published or structure.published,
        text=reading.text,
        blocks=structure.blocks,
        page_starts=reading.page_starts,
        sha256=sha256,
    )


def _store(
    catalog: Catalog, embedder: Embedder, batch: Batch, plan: _Plan, done: int, total: int
) -> Iterator[Progress]:
    """Embed what has no cached vector yet, longest first, then commit document by document."""
    missing = sorted(catalog.missing_vectors(batch.texts), key=lambda key: (-len(batch.texts[key]), key))
    for start in range(0, len(missing), EMBEDDED_AT_ONCE):
        waiting = len(batch.documents) * (len(missing) - start) // len(missing)
        yield Progress(f"Embedding {start:,} of {len(missing):,} texts", max(0, done - waiting), total)
        keys = missing[start : start + EMBEDDED_AT_ONCE]
        catalog.put_vectors(keys, embedder.encode([batch.texts[key] for key in keys]))
        plan.embedded += len(keys)
    for ready in batch.documents:
        catalog.put_passages(ready.document, ready.as_read, ready.rows, ready.repeated, ready.files)


def _bring_vectors_in_line(catalog: Catalog, store: VectorStore) -> None:
    """Give Chroma exactly the catalog's passages and sentences, from cached vectors."""
    for collection, wanted in ((PASSAGES, catalog.passage_keys()), (SENTENCES, catalog.sentence_keys())):
        stored = store.ids(collection)
        store.delete(collection, sorted(stored - wanted.keys()))
        missing = sorted(wanted.keys() - stored)
        for start in range(0, len(missing), VECTORS_AT_ONCE):
            ids = missing[start : start + VECTORS_AT_ONCE]
            vectors = catalog.vectors([wanted[identity].vector for identity in ids])
            stacked = numpy.stack([vectors[wanted[identity].vector] for identity in ids])
            store.add(collection, ids, stacked, [wanted[identity].document_id for identity in ids])
