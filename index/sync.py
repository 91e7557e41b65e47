"""A folder of files becomes an up-to-date index, in steps that may be cut off anywhere, with a report.

It reads, splits and embeds only what is new. It does not know what the index is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy
from filelock import FileLock, Timeout

from index.catalog import Catalog, File, PassageRow
from index.document import Block, Document, Passage
from index.embed import Embedder
from index.errors import IndexBusy, UnreadableDocument
from index.find import FoundFiles, find_files
from index.opening import LOCK_NAME, IndexSettings, check_settings
from index.read import read_file
from index.report import Progress, Report
from index.split import leaves_of, sentences_of, split_document
from index.store import PASSAGES, SENTENCES, VectorStore
from index.structure import read_structure

__all__ = ["Progress", "Report", "passage_rows", "read_document", "sync"]

EMBEDDED_AT_ONCE = 256  # texts between two progress reports
TEXTS_AT_ONCE = 2048  # texts of documents that are embedded and committed together
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
    Raises NoDocuments, IndexBusy, IndexMismatch, ModelUnavailable.
    """
    target = min(word_pieces, embedder.max_word_pieces)
    wanted = IndexSettings.of(embedder, target)
    catalog = Catalog(folder)
    roots = [path.expanduser().resolve() for path in paths] or _recorded_roots(catalog)
    found = find_files(roots, folder.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(f"Another process is writing to the index in {folder}; try again when it has ended.") from error
    try:
        store = VectorStore(folder)
        if rebuild:
            _empty(catalog, store)
        if not catalog.exists():
            catalog.create(wanted.as_rows())
        check_settings(catalog.settings(), wanted, folder)
        catalog.put_setting("roots", json.dumps([str(root) for root in roots]))
        yield from _sync_locked(catalog, store, embedder, target, found)
    finally:
        catalog.close()
        lock.release()


def _recorded_roots(catalog: Catalog) -> list[Path]:
    recorded = catalog.settings().get("roots", "[]") if catalog.exists() else "[]"
    return [Path(root) for root in json.loads(recorded)]


def _empty(catalog: Catalog, store: VectorStore) -> None:
    """Drop every vector and table, so that readers keep their file and see an index without documents.

    Vectors go first, because another model's would pass for this one's: ids don't tell them apart.
    """
    if catalog.exists():
        catalog.put_setting("unfinished", "1")
    store.empty()
    if catalog.exists():
        with catalog.transaction() as connection:
            for table in (
                "sentences",
                "passages",
                "passages_text",
                "blocks",
                "files",
                "documents",
                "settings",
                "vectors",
            ):
                connection.execute(f"DROP TABLE {table}")


def _sync_locked(
    catalog: Catalog, store: VectorStore, embedder: Embedder, target: int, found: FoundFiles
) -> Iterator[Progress]:
    lacking = store.open_or_rebuild() or store.counts() != (len(catalog.passage_keys()), len(catalog.sentence_keys()))
    unfinished = catalog.settings()["unfinished"] == "1"
    before = catalog.files()
    kept = tuple(closed.path for closed in found.closed)
    gone = {name: file for name, file in before.items() if name not in found.readable and not name.startswith(kept)}
    catalog.put_setting("unfinished", "1")
    plan = _Plan(before, gone)
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
    catalog.put_files(plan.seen.values(), removed=gone)
    if plan.touched or gone or unfinished or lacking:
        yield Progress("Storing vectors", total, total)
        _bring_vectors_in_line(catalog, store)
        catalog.drop_unused_vectors()
        catalog.next_generation()
    store.close()
    catalog.put_setting("unfinished", "0")
    yield Progress("Done", total, total, plan.report(catalog, found))


class _Plan:
    """What happens to each file, found out as the files are looked at."""

    def __init__(self, before: dict[str, File], gone: dict[str, File]) -> None:
        self.before = before
        self.gone_by_document = {file.document_id: name for name, file in gone.items() if file.document_id}
        self.gone = set(gone)
        self.seen: dict[str, File] = {}
        self.outcome: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self.moved: list[tuple[str, str]] = []
        self.embedded = 0
        self.touched = False

    def look_at(self, name: str, path: Path, catalog: Catalog) -> tuple[Document, File] | None:
        """The document to store, or None when the file is as it was, known under another name, or unreadable."""
        known = self.before.get(name)
        try:
            status = path.stat()
            stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            if known and (known.size, known.modified_ns, known.changed_ns) == stamp:
                if known.document_id:
                    self.outcome["unchanged"].append(name)
                return None
            identity, sha256 = _identity(path)
            file = File(name, identity, None, *stamp)
            if known and known.document_id == identity:
                self.outcome["unchanged"].append(name)
                self.seen[name] = file
                return None
            if catalog.has_document(identity):
                self._note(name, identity, known)
                self.seen[name] = file
                return None
            document = _read(name, path, identity, sha256)
        except (UnreadableDocument, OSError) as error:
            reason = str(error) if isinstance(error, UnreadableDocument) else f"{name} can't be read: {error.strerror}."
            self.seen[name] = File(name, None, reason, *_stamp(path))
            self.touched = True
            return None
        self._note(name, identity, known)
        return document, file

    def _note(self, name: str, identity: str, known: File | None) -> None:
        self.touched = True
        old_name = self.gone_by_document.pop(identity, None)
        if old_name is not None and known is None:
            self.moved.append((old_name, name))
        else:
            self.outcome["changed" if known and known.document_id else "added"].append(name)

    def queue(self, batch: Batch, found: tuple[Document, File], embedder: Embedder, target: int) -> None:
        document, file = found
        passages = split_document(document, embedder.word_pieces, target, embedder.max_word_pieces)
        rows, texts = passage_rows(document, passages, embedder)
        batch.documents.append((document, rows, file))
        batch.texts.update(texts)

    def report(self, catalog: Catalog, found: FoundFiles) -> Report:
        moved_away = {old for old, _ in self.moved}
        passages = len(catalog.passage_keys())
        return Report(
            added=tuple(self.outcome["added"]),
            changed=tuple(self.outcome["changed"]),
            moved=tuple(self.moved),
            removed=tuple(sorted(self.gone - moved_away)),
            unchanged=tuple(self.outcome["unchanged"]),
            skipped=catalog.skipped() + found.closed,
            embedded=self.embedded,
            documents=len(catalog.document_ids()),
            passages=passages,
        )


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns
    except OSError:
        return -1, -1, -1  # never equal to a file's: it is looked at again next time


def _identity(path: Path) -> tuple[str, str]:
    """A document's id (its content and the reader that its suffix picks) and the SHA-256 of the file."""
    if path.exists() and not (path.is_file() or path.is_dir()):  # a pipe or a device would never end
        raise UnreadableDocument(f"{path.name} is not a regular file; put a copy of what it gives in its place.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return hashlib.sha256(f"{path.suffix.lower()}:{digest.hexdigest()}".encode()).hexdigest()[:24], digest.hexdigest()


def read_document(path: Path, name: str | None = None) -> Document:
    """The document in a file, with its blocks. Raises UnreadableDocument."""
    try:
        return _read(name or path.name, path, *_identity(path))
    except OSError as error:
        raise UnreadableDocument(f"{path} can't be read: {error.strerror}; check the path.") from error


def _read(name: str, path: Path, identity: str, sha256: str) -> Document:
    reading = read_file(path)
    structure = read_structure(reading.text, reading.blocks)
    return Document(
        id=identity,
        path=name,
        title=reading.title or structure.title,
        author=reading.author or structure.author,
        publisher=reading.publisher,
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
    leaves = leaves_of(document)
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
    for document, rows, file in batch.documents:
        if catalog.has_document(document.id):  # the same content twice in one batch
            catalog.put_files([file])
        else:
            catalog.put_document(document, rows, file)


def _bring_vectors_in_line(catalog: Catalog, store: VectorStore) -> None:
    """Give Chroma exactly the catalog's passages and sentences, from cached vectors."""
    for collection, wanted in ((PASSAGES, catalog.passage_keys()), (SENTENCES, catalog.sentence_keys())):
        stored = store.ids(collection)
        store.delete(collection, sorted(stored - wanted.keys()))
        missing = sorted(wanted.keys() - stored)
        for start in range(0, len(missing), TEXTS_AT_ONCE):
            ids = missing[start : start + TEXTS_AT_ONCE]
            vectors = catalog.vectors([wanted[identity].vector for identity in ids])
            stacked = numpy.stack([vectors[wanted[identity].vector] for identity in ids])
            store.add(collection, ids, stacked, [wanted[identity].document_id for identity in ids])
