"""A question set is put to `rag.answer`, the path that people use, and each answer is scored.

It does not know how an index is built or how figures are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import rag
from eval.cases import Case, Evidence, load_set
from eval.metrics import Span
from eval.report import Summary, check_writable, follow, summarise, write_json
from eval.score import LeftOut, Located, Result, score
from index.errors import SetUnreadable

if TYPE_CHECKING:  # index.opening loads chromadb, which a malformed set need not wait for
    from index.opening import Index
    from rag.settings import Settings


def measure(set_path: Path, settings: Settings, corpus: Path | None = None, out: Path | None = None) -> Summary:
    """`evaluate` on the index that the settings name, or on one of `corpus` built for this run only."""
    from index.embed import load_embedder
    from index.opening import open_index
    from index.sync import sync

    load_set(set_path)
    embedder, word_pieces = load_embedder(settings.embedding_model), settings.passage_word_pieces
    with TemporaryDirectory(prefix="rag-eval-") as temporary:
        folder = Path(temporary) if corpus is not None else settings.index_dir
        for _ in sync([corpus], folder, embedder, word_pieces) if corpus is not None else ():
            pass
        with closing(open_index(folder, embedder=embedder, word_pieces=word_pieces)) as index:
            return evaluate(set_path, index, settings, out)


def evaluate(set_path: Path, index: Index, settings: Settings, out: Path | None = None) -> Summary:
    """Asks every question of the set, shows progress on a terminal, and writes the figures to `out` as JSON.

    Raises SetUnreadable for a malformed set and for one of which nothing can be scored on this index;
    UsageError when `out` can't be written, before anything is asked; and what rag.answer raises.
    """
    cases = load_set(set_path)
    if out is not None:
        check_writable(out)
    outcomes = tuple(follow(run_set(cases, index, settings), total=len(cases)))
    summary = summarise(str(set_path), outcomes)
    if not summary.results:
        raise SetUnreadable(
            f"None of the {len(cases)} questions of {set_path} can be scored on this index: "
            f"{summary.left_out[0].why}. Index the documents that the set is about and run again."
        )
    if out is not None:
        write_json(summary, out)
    return summary


def run_set(cases: Sequence[Case], index: Index, settings: Settings) -> Iterator[Result | LeftOut]:
    """The outcome of each case, in order, as soon as it is there.

    A case is left out, not asked, when a document of its evidence is not in the index or differs there.
    """
    texts = _texts(cases, index)
    for case in cases:
        located = _locate(case, texts)
        yield located if isinstance(located, LeftOut) else _ask(located, index, settings)


def _ask(located: Located, index: Index, settings: Settings) -> Result:
    case = located.case
    started = perf_counter()
    answer = rag.answer(case.question, index=index, history=case.history, settings=settings)
    seconds = perf_counter() - started
    return score(located, answer, index.embedder.word_pieces([hit.text for hit in answer.hits]), seconds)


def _texts(cases: Sequence[Case], index: Index) -> dict[str, str]:
    """The texts of the documents that the evidence may mean, by path; a large index holds many more."""
    wanted = {_file_name(evidence.doc) for case in cases for evidence in case.evidence}
    return {document.path: document.text for document in index.documents() if _file_name(document.path) in wanted}


def _locate(case: Case, texts: dict[str, str]) -> Located | LeftOut:
    """The case with the places of its evidence in the index, or why there is none."""
    places: dict[bool, list[Span]] = {True: [], False: []}
    for evidence in case.evidence:
        same_name = [path for path in texts if _file_name(path) == _file_name(evidence.doc)]
        paths = [evidence.doc] if evidence.doc in texts else same_name
        if not paths:
            return LeftOut(case.id, f"{evidence.doc} is not in the index")
        if len(paths) > 1:
            return LeftOut(case.id, f"{evidence.doc} may be any of {', '.join(sorted(paths))}")
        found = _find(evidence, texts[paths[0]])
        if len(found) != 1:
            where = "anywhere" if evidence.start is None else f"at {evidence.start}"
            what = f"reads, in {len(found)} places," if found else f"does not read, {where},"
            return LeftOut(case.id, f'{paths[0]} {what} "{evidence.quote[:60]}"')
        places[evidence.label].append((paths[0], *found[0]))
    return Located(case, required=tuple(places[False]), labels=tuple(places[True]))


def _find(evidence: Evidence, text: str) -> list[tuple[int, int]]:
    """Where the evidence stands: at its offsets, or, without any, wherever its words do (lines may break anew)."""
    if evidence.start is not None and evidence.end is not None:
        exact = text[evidence.start : evidence.end] == evidence.quote
        return [(evidence.start, evidence.end)] if exact else []
    words = r"\s+".join(map(re.escape, evidence.quote.split()))
    return [match.span() for match in re.finditer(words, text)]


def _file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
