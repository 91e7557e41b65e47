"""A question set is put to `rag.answer`, the path that people use, each answer is scored, and the run is written down.

It does not know how an index is built, what a measure means or how figures are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import rag
from eval.cases import Case, load_set
from eval.locate import locate, texts_of_index
from eval.provenance import corpus_of, file_sha256, header_of
from eval.runs import Item, Run, RunFile
from eval.score import Located, score
from index.errors import SetUnreadable

if TYPE_CHECKING:  # index.opening loads chromadb, which a malformed set need not wait for
    from index.document import Document
    from index.opening import Index
    from rag.answering import Answer
    from rag.settings import Settings

Answerer = Callable[..., "Answer"]
"""As rag.answer; the sabotaged ones that the evaluation is tested with are others."""


def measure(set_path: Path, settings: Settings, corpus: Path | None = None, out: Path | None = None) -> Run:
    """`evaluate` on the index that the settings name, or on one of `corpus` built for this run only."""
    from rag.models import model_from_settings

    load_set(set_path)
    model_from_settings(settings)  # half a model is wrong usage, said before anything is opened or written
    with opened(settings, corpus) as index:
        return evaluate(set_path, index, settings, out)


@contextmanager
def opened(settings: Settings, corpus: Path | None = None) -> Iterator[Index]:
    """The index that the settings name, or one of `corpus` that is gone afterwards."""
    from index.embed import load_embedder
    from index.opening import open_index
    from index.sync import sync

    embedder, word_pieces = load_embedder(settings.embedding_model), settings.passage_word_pieces
    with TemporaryDirectory(prefix="rag-eval-") as temporary:
        folder = Path(temporary) if corpus is not None else settings.index_dir
        for _ in sync([corpus], folder, embedder, word_pieces) if corpus is not None else ():
            pass
        with closing(open_index(folder, embedder=embedder, word_pieces=word_pieces)) as index:
            yield index


def evaluate(
    set_path: Path, index: Index, settings: Settings, out: Path | None = None, answerer: Answerer = rag.answer
) -> Run:
    """Asks every question of the set and shows progress on a terminal; `out` is written as the questions are answered.

    An `out` that holds a part of this very run is taken up where it stopped. Raises SetUnreadable for a
    malformed set and for one of which nothing can be scored on this index; UsageError when `out` can't be
    written or holds another run, before anything is asked; and what rag.answer raises.
    """
    cases = load_set(set_path)
    header = header_of(
        "answers",
        set_name=set_path.name,
        set_sha256=file_sha256(set_path),
        questions=len(cases),
        corpus=corpus_of(index),
        settings=settings,
        command=f"rag eval {set_path.name}",
    )
    run = record(header, lambda done: run_set(cases, index, settings, done, answerer), out)
    if not run.asked:
        raise SetUnreadable(
            f"None of the {len(cases)} questions of {set_path} can be scored on this index: "
            f"{run.left_out[0].left_out}. Index the documents that the set is about and run again."
        )
    return run


def record(
    header: Mapping[str, object], ask: Callable[[Collection[str]], Iterable[Item]], out: Path | None = None
) -> Run:
    """The run of the items that `ask` makes, those that `out` holds already left alone; `ask` is told their ids."""
    file = RunFile(out, header) if out is not None else None
    items = list(file.done.values()) if file is not None else []
    for item in follow(ask({item.id for item in items}), str(header["set"]), int(str(header["questions"])), len(items)):
        items.append(item)
        if file is not None:
            file.append(item)
    return Run(header, tuple(items))


def follow(items: Iterable[Item], name: str, total: int, done: int = 0) -> Iterator[Item]:
    """Passes the items on and, where standard error is a terminal, shows how many of `total` (0: unknown) are there."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    hidden = not console.is_terminal
    yield from track(items, name, total=total or None, completed=done, console=console, transient=True, disable=hidden)


def run_set(
    cases: Sequence[Case],
    index: Index,
    settings: Settings,
    done: Collection[str] = (),
    answerer: Answerer = rag.answer,
) -> Iterator[Item]:
    """The item of each case that is not `done`, in order, as soon as it is there.

    A case is left out, not asked, when a document of its evidence is not indexed, is gone, or reads otherwise.
    """
    texts = texts_of_index(index)
    documents = {document.path: document for document in index.documents()}
    for case in cases:
        if case.id in done:
            continue
        located = locate(case, texts)
        if isinstance(located, str):
            yield Item(case.id, case.type, left_out=located)
        else:
            yield _ask(located, index, settings, texts, documents, answerer)


def _ask(
    located: Located,
    index: Index,
    settings: Settings,
    texts: Mapping[str, str],
    documents: Mapping[str, Document],
    answerer: Answerer,
) -> Item:
    case = located.case
    started = perf_counter()
    answer = answerer(case.question, index=index, history=case.history, settings=settings)
    seconds = perf_counter() - started
    word_pieces = index.embedder.word_pieces([hit.text for hit in answer.hits])
    return score(located, answer, word_pieces, texts, seconds, documents, settings.model)
