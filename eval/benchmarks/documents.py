"""A benchmark's corpus.jsonl becomes a folder of text files with an open index; its queries.jsonl becomes Questions.

It does not know what is asked of the index, nor how a benchmark counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote

from eval.benchmarks.benchmark import Task
from eval.benchmarks.records import read_records
from eval.metrics import Span
from index.embed import Embedder, load_embedder
from index.errors import SetUnreadable
from index.opening import Index, open_index
from index.sync import sync
from rag.retrieve import Filters

SUFFIX = ".txt"
LONGEST_NAME = 255  # bytes, on the usual file systems
Parsed = TypeVar("Parsed")

Row = Mapping[str, Any]
"""One line of corpus.jsonl or queries.jsonl."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a question's answer is said: a document's id, the words ("" for all of it), and, where the benchmark
    gives them, their offsets in the row's text (characters)."""

    document: str
    quote: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One line of queries.jsonl; `history` is the conversation before, as {"role", "content"}; `row` has the rest."""

    id: str
    type: str
    text: str
    answers: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    history: tuple[Mapping[str, str], ...]
    row: Row

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of the documents that hold evidence, each once."""
        return tuple(dict.fromkeys(evidence.document for evidence in self.evidence))


@dataclass(frozen=True, slots=True)
class Source:
    """One line of corpus.jsonl as a document: `opening` is what the file says before the row's own text."""

    id: str
    opening: str
    text: str
    row: Row

    @property
    def content(self) -> str:
        """All that is in the file."""
        return self.opening + self.text


Compose = Callable[[Row], str]
"""From a row to its document's opening."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a benchmark and the open index of them. `paths` gives, by id, a document's path in the index:
    where two documents are the same letter by letter, both ids have the path of the one that the index keeps."""

    index: Index
    sources: Mapping[str, Source]
    paths: Mapping[str, str]

    def source(self, identity: str) -> Source:
        """The document with this id. Raises SetUnreadable when there is none."""
        try:
            return self.sources[identity]
        except KeyError as error:
            raise SetUnreadable(
                f"A question names the document {identity}, which corpus.jsonl does not have; name the whole folder."
            ) from error

    def paths_of(self, ids: Collection[str]) -> frozenset[str]:
        """The paths of the documents with these ids. Raises SetUnreadable when one is not there."""
        return frozenset(self.paths[self.source(identity).id] for identity in ids)

    def only(self, ids: Collection[str]) -> Filters:
        """The filter that limits a search to the documents with these ids."""
        return {"document": tuple(sorted(self.paths_of(ids)))}

    def spans(self, evidence: Evidence) -> tuple[Span, ...]:
        """Every place in its document where the evidence's words stand; none for evidence without words."""
        source = self.source(evidence.document)
        path, shift = self.paths[source.id], len(source.opening)
        if evidence.start is not None and evidence.end is not None:
            return ((path, shift + evidence.start, shift + evidence.end),)
        places, length = [], len(evidence.quote)
        start = source.text.find(evidence.quote) if length else -1
        while start >= 0:
            places.append((path, shift + start, shift + start + length))
            start = source.text.find(evidence.quote, start + length)
        return tuple(places)


@contextmanager
def open_corpus(task: Task, embedder: Embedder | None = None, compose: Compose | None = None) -> Iterator[Corpus]:
    """The benchmark's documents, written to the task's work folder, with an index that is up to date, for a `with`.

    What an earlier reading left there is used again. Raises SetUnreadable when corpus.jsonl is not as described.
    """
    sources = read_sources(task.folder, compose or titled)
    home = task.work / task.folder.resolve().name
    write_documents(sources, home / "documents")
    embedder = embedder or load_embedder(task.settings.embedding_model)
    for _ in sync([home / "documents"], home / "index", embedder, task.settings.passage_word_pieces):
        pass
    index = open_index(home / "index", embedder=embedder, word_pieces=task.settings.passage_word_pieces)
    try:
        yield Corpus(index, {source.id: source for source in sources}, _paths(index, sources))
    finally:
        index.close()


def _paths(index: Index, sources: Collection[Source]) -> dict[str, str]:
    with index.catalog.reading():
        files = index.catalog.files()
    kept = {document.id: document.path for document in index.documents()}
    names = {source.id: file_name(source.id) for source in sources}
    return {identity: kept.get(files[name].document_id or "", name) for identity, name in names.items()}


def file_name(identity: str) -> str:
    """The name of the file that holds the document with this id. Raises ValueError for one that no file can have."""
    name = quote(identity, safe="") + SUFFIX
    if len(name) > LONGEST_NAME:
        raise ValueError(f"the id {identity[:40]}… is too long")
    return name


def identity_of(path: str) -> str:
    """The id that a file's name says."""
    return unquote(path.removesuffix(SUFFIX))


def titled(row: Row) -> str:
    """The title and a blank line; nothing where the text itself begins with the title on a line of its own."""
    title = " ".join((row["title"] or "").split())
    return "" if row["text"].partition("\n")[0].strip() == title else f"{title}\n\n"


def read_sources(folder: Path, compose: Compose = titled) -> list[Source]:
    """The documents of corpus.jsonl, in its order. Raises SetUnreadable when it is not as described."""
    return list(read_records(folder / "corpus.jsonl", lambda row: _source(row, compose)))


def read_questions(folder: Path, needs: Collection[str] = ()) -> list[Question]:
    """The questions of queries.jsonl, in its order, every row with the fields that the reader `needs` besides.

    Raises SetUnreadable when it is not as described.
    """
    return list(read_records(folder / "queries.jsonl", lambda row: _question(row, needs)))


def read_removal(folder: Path) -> Mapping[str, list[str]]:
    """unanswerable_by_removal.json: ids under remove_docs, now_unanswerable and still_answerable; nothing without it.

    Raises SetUnreadable when it is not as described.
    """
    path = folder / "unanswerable_by_removal.json"
    if not path.exists():
        return {"remove_docs": [], "now_unanswerable": [], "still_answerable": []}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {name: list(map(str, data[name])) for name in ("remove_docs", "now_unanswerable", "still_answerable")}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _unreadable(path, error) from error


def write_documents(sources: Collection[Source], folder: Path) -> None:
    """Make the folder hold one text file per document and no other; a file that is right already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(source.id): source.content.encode("utf-8") for source in sources}
    for path in folder.iterdir():
        if path.suffix == SUFFIX and path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        path = folder / name
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def _source(row: Row, compose: Compose) -> Source:
    file_name(str(row["id"]))  # better refused here than while the files are written
    return Source(str(row["id"]), compose(row), _text(row["text"]), row)


def _question(row: Row, needs: Collection[str]) -> Question:
    if missing := sorted(set(needs) - row.keys()):
        raise KeyError(*missing)
    return Question(
        id=str(row["id"]),
        type=str(row["type"]),
        text=_text(row["question"]),
        answers=tuple(map(_text, row["answers"])),
        evidence=tuple(
            Evidence(_text(e["doc_id"]), _text(e["quote"]), e.get("start"), e.get("end")) for e in row["evidence"]
        ),
        history=tuple({"role": _text(turn["role"]), "content": _text(turn["text"])} for turn in row.get("history", ())),
        row=row,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a text")
    return value


def _unreadable(path: Path, error: Exception) -> SetUnreadable:
    what = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
    return SetUnreadable(f"{path} is not as a benchmark's README describes it ({what}); name the benchmark's folder.")
