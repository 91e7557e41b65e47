"""A folder of files becomes an up-to-date index, in steps that may be cut off anywhere, with a report.

It reads, splits and embeds only what is new. It does not know what the index is asked.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy
from filelock import FileLock, Timeout

from index.catalog import Catalog, File, PassageRow
from index.database import clear_errors
from index.document import Block, Document, Passage
from index.embed import Embedder
from index.errors import IndexBusy, IndexMismatch, UnreadableDocument, UsageError
from index.find import FoundFiles, find_files
from index.opening import LOCK_NAME, IndexSettings, check_folder, check_settings
from index.read import READER_VERSION, read_file
from index.report import Progress, Report
from index.split import paragraphs_of, sentences_of, split_document
from index.store import PASSAGES, SENTENCES, VectorStore
from index.structure import read_structure

__all__ = ["Progress", "Report", "passage_rows", "read_document", "sync"]

EMBEDDED_AT_ONCE = 128  # texts between two progress reports
TEXTS_AT_ONCE = 512  # texts of documents that are embedded and committed together: what a cut-off sync may lose
VECTORS_AT_ONCE = 2048  # vectors that are handed to Chroma together
PROPERTY_SUFFIXES = (".pdf", ".docx")  # their properties name who had the file, often not who wrote the text
CONTEXT_CHARACTERS = 300


@dataclass(slots=True)
class Batch:
    """Documents that are read and split but not yet embedded and stored."""

    documents: list[tuple[Document, list[PassageRow], File]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def sync(
    paths: Sequence[Path], folder: Path, embedder: Embedder, word_pieces: int = 128, rebuild: bool = False
) -> Iterator[Progress]:
    """Make the index in `folder` hold exactly what `paths` hold (without paths: what it was built from).

    Yields progress; the last item carries the report. A sync that is stopped at any point leaves an
    index that opens, and the next one completes it. `rebuild` starts from nothing.
    Raises NoDocuments, IndexBusy, IndexMismatch (another model or splitter, damage, a full disk), ModelUnavailable,
    UsageError (a folder that can't hold an index).
    """
    check_folder(folder)
    target = min(word_pieces, embedder.max_word_pieces)
    wanted = IndexSettings.of(embedder, target)
    catalog = Catalog(folder)
    roots = [path.expanduser().resolve() for path in paths] or _recorded_roots(catalog, rebuild)
    found = find_files(roots, folder.resolve())
    lock = _locked(folder)
    store = VectorStore(folder)
    try:
        with clear_errors(folder):
            recorded_roots = {"roots": json.dumps([str(root) for root in roots])}
            if rebuild or not catalog.exists():
                catalog.create({**wanted.as_rows(), **recorded_roots})
            check_settings(catalog.settings(), wanted, folder)
            catalog.put_setting("roots", recorded_roots["roots"])
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
    lacking = _open_for_writing(catalog, store)
    before = catalog.files()
    kept = tuple(closed.path for closed in found.closed)
    gone = {name: file for name, file in before.items() if name not in found.readable and not name.startswith(kept)}
    plan = _Plan(before, gone, anew=settings.get("reader") != READER_VERSION)
    batch, total = Batch(), len(found.readable)
    for done, (name, path) in enumerate(found.readable.items()):
        yield Progress(f"Reading {name}", done, total)
        document = plan.look_at(name, path, catalog)
        if document is not None:
            plan.queue(batch, document, embedder, target)
        if len(batch.texts) >= TEXTS_AT_ONCE:
            yield from _store(catalog, embedder, batch, plan, done, total)
            batch = Batch()
    yield from _store(catalog, embedder, batch, plan, total, total)
    catalog.put_files(plan.take_seen(), removed=gone)
    changed = bool(plan.touched or gone or settings["unfinished"] == "1" or lacking)
    if changed:
        yield Progress("Storing vectors", total, total)
        _bring_vectors_in_line(catalog, store)
        catalog.drop_unused_vectors()
    store.close()
    catalog.finish(READER_VERSION, changed)
    yield Progress("Done", total, total, plan.report(catalog, found))


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
        self.seen: dict[str, File] = {}
        self.outcome: dict[str, list[str]] = {"added": [], "changed": [], "reread": [], "unchanged": []}
        self.moved: list[tuple[str, str]] = []
        self.embedded = 0
        self.touched = False

    def look_at(self, name: str, path: Path, catalog: Catalog) -> tuple[Document, File] | None:
        """The document to store, or None when the file is as it was, known under another name, or unreadable."""
        known = self.before.get(name)
        try:
            stamp = _stamp(path.stat())
            if known and not self.anew and (known.size, known.modified_ns, known.changed_ns) == stamp:
                if not known.document_id:
                    return None
                if catalog.has_document(known.document_id):
                    self.outcome["unchanged"].append(name)
                    return None
            identity, sha256 = _identity(path)
            file = File(name, identity, None, *stamp)
            if catalog.has_document(identity):
                self._note(name, identity, sha256, catalog)
                self.seen[name] = file
                return None
            document = _read(name, path, identity, sha256)
        except (UnreadableDocument, OSError) as error:
            reason = str(error) if isinstance(error, UnreadableDocument) else f"{name} can't be read: {error.strerror}."
            self.seen[name] = File(name, None, reason, *_stamp_or_none(path))
            self.touched = True
            return None
        self._note(name, identity, sha256, catalog)
        return document, file

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

    def take_seen(self) -> list[File]:
        """The files to record that were not taken yet."""
        files = list(self.seen.values())
        self.seen.clear()
        return files

    def queue(self, batch: Batch, found: tuple[Document, File], embedder: Embedder, target: int) -> None:
        document, file = found
        passages = split_document(document, embedder.word_pieces, target, embedder.max_word_pieces)
        rows, texts = passage_rows(document, passages, embedder)
        batch.documents.append((document, rows, file))
        batch.texts.update(texts)

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


def passage_rows(
    document: Document, passages: Sequence[Passage], embedder: Embedder
) -> tuple[list[PassageRow], dict[str, str]]:
    """The passages with their sizes, headings and sentences, and every text to embed by its vector's key."""
    texts: dict[str, str] = {}
    rows: list[PassageRow] = []
    leaves = paragraphs_of(document)
    sizes = embedder.word_pieces([document.text[p.start : p.end] for p in passages])
    headings = _headings_above(document, leaves, passages)
    sentences = _sentences_within([span for block in leaves for span in sentences_of(document, block)], passages)
    for passage, size, heading, spans in zip(passages, sizes, headings, sentences, strict=True):
        whole = _key(embedder, texts, document.text[passage.start : passage.end])
        parts = tuple((start, end, _key(embedder, texts, document.text[start:end])) for start, end in spans)
        rows.append(PassageRow(passage, size, whole, heading, parts))
    return rows, texts


def _sentences_within(spans: Sequence[tuple[int, int]], passages: Sequence[Passage]) -> Iterator[list[tuple[int, int]]]:
    """For each passage the parts of sentences that lie in it; both are in document order, so one reading will do."""
    first = 0
    for passage in passages:
        while first < len(spans) and spans[first][1] <= passage.start:
            first += 1
        within: list[tuple[int, int]] = []
        for start, end in islice(spans, first, None):
            if start >= passage.end:
                break
            within.append((max(start, passage.start), min(end, passage.end)))
        yield within


def _key(embedder: Embedder, texts: dict[str, str], text: str) -> str:
    plain = " ".join(text.split())
    key = hashlib.sha256(f"{embedder.sha256}:{plain}".encode()).hexdigest()
    texts[key] = plain
    return key


def _headings_above(document: Document, leaves: Sequence[Block], passages: Sequence[Passage]) -> Iterator[str]:
    """What a reader knows before reading each passage: the title, the section, the question it answers, the speaker."""
    nearest: dict[str, Block] = {}
    number = 0
    for passage in passages:
        while number < len(leaves) and leaves[number].start <= passage.start:
            nearest[leaves[number].kind] = leaves[number]
            number += 1
        context = [document.title or "", passage.speaker or ""]
        for kind in ("heading", "question") if passage.kind == "interview_answer" else ("heading",):
            if kind in nearest and passage.kind != "comment":
                text = document.text[nearest[kind].start : nearest[kind].end].strip()
                context.append(text[:CONTEXT_CHARACTERS])
        yield "\n".join(part for part in context if part)


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
    catalog.note_files(plan.take_seen())  # before what they held may lose its last name
    for document, rows, file in batch.documents:
        if catalog.has_document(document.id):  # the same content twice in one batch
            catalog.note_files([file])
        else:
            catalog.put_document(document, rows, file)


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
