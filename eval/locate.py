"""Where a set's evidence stands in the documents, read anew from their files; or why it can't be found.

It does not know what was asked of the index, nor what was answered.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.cases import Case, Evidence, meant, quoted
from eval.metrics import Span
from eval.score import Located
from index.errors import UnreadableDocument
from index.find import find_files
from index.sync import read_document

if TYPE_CHECKING:  # it loads chromadb
    from index.opening import Index


NAMES_ALIKE = 0.8
"""How much alike (0 to 1) a file's name must be to be the one that was meant."""
BEFORE = 20
"""Characters shown before the first that differs."""


class Texts(Mapping[str, str]):
    """The documents' texts by path, each read from its file when it is first asked for.

    Not from the index: what it holds may have gone stale, and is what is measured. A document that can't be
    read any more is a KeyError that says why.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.files = files
        self._read: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._read:
            try:
                self._read[path] = read_document(self.files[path], path).text
            except UnreadableDocument as error:
                # A run keeps this as the reason why a question is left out: no place of this machine belongs there.
                raise KeyError(str(error).replace(str(self.files[path]), path)) from error
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def texts_of_folder(paths: Sequence[Path], index_folder: Path) -> Texts:
    """The documents in `paths`, as `rag index` would name them. Raises NoDocuments when there are none."""
    return Texts(find_files([path.expanduser().resolve() for path in paths], index_folder.resolve()).readable)


def texts_of_index(index: Index) -> Mapping[str, str]:
    """The documents that are indexed, as their files are now; those of the index where their folder is gone."""
    with index.catalog.reading():
        roots = [Path(root) for root in json.loads(index.catalog.settings().get("roots", "[]"))]
        indexed = {path for path, file in index.catalog.files().items() if file.document_id}
    standing = [root for root in roots if root.exists()]
    if not standing:
        return {document.path: document.text for document in index.documents()}
    # A document is named by its path from what all folders have in common, those that are gone among them.
    above = _common(standing).relative_to(_common(roots))
    files = {(above / path).as_posix(): file for path, file in texts_of_folder(standing, index.folder).files.items()}
    return Texts({path: file for path, file in files.items() if path in indexed})


def _common(roots: Sequence[Path]) -> Path:
    return Path(os.path.commonpath([root.parent if root.is_file() else root for root in roots]))


def locate(case: Case, texts: Mapping[str, str]) -> Located | str:
    """The case with the places of its evidence, or why one has no place."""
    places: list[tuple[Evidence, Span]] = []
    for evidence in case.evidence:
        found = place_of(evidence, texts)
        if isinstance(found, str):
            return found
        places.append((evidence, found))
    return Located(case, tuple(places))


def place_of(evidence: Evidence, texts: Mapping[str, str]) -> Span | str:
    """Where a piece of evidence stands, or what is wrong with it."""
    same_name = [path for path in texts if _file_name(path) == _file_name(evidence.doc)]
    paths = [evidence.doc] if evidence.doc in texts else same_name
    if not paths:
        near = meant(_file_name(evidence.doc), map(_file_name, texts), NAMES_ALIKE)
        return f"{evidence.doc} is not among the documents{near}"
    if len(paths) > 1:
        return f"{evidence.doc} may be any of {', '.join(sorted(paths))}"
    try:
        text = texts[paths[0]]
    except KeyError as error:
        return str(error.args[0]).rstrip(".")
    found = _find(evidence, text)
    if len(found) != 1:
        return f"{paths[0]} {_misfit(evidence, text, len(found))}"
    return (paths[0], *found[0])


def _find(evidence: Evidence, text: str) -> list[tuple[int, int]]:
    """Where the evidence stands: at its offsets, or, without any, wherever its words do (lines may break anew)."""
    if evidence.start is not None and evidence.end is not None:
        there = text[evidence.start : evidence.end]
        exact = len(there) == evidence.end - evidence.start if evidence.quote is None else there == evidence.quote
        return [(evidence.start, evidence.end)] if exact else []
    return _find_words(evidence.quote or "", text)


def _find_words(quote: str, text: str) -> list[tuple[int, int]]:
    words = r"\s+".join(map(re.escape, quote.split()))
    return [match.span() for match in re.finditer(words, text)]


def _misfit(evidence: Evidence, text: str, places: int) -> str:
    """What the document has in place of the evidence, and where the quote does stand."""
    start, end, quote = evidence.start, evidence.end, evidence.quote
    if start is None or end is None:
        reads = f"reads {quoted(quote or '')} in {places} places; quote more of it"
        return reads if places else f"does not read {quoted(quote or '')} anywhere"
    there = text[start:end]
    if quote is None:
        return f"has {len(text)} characters, no {start} to {end}"
    same = next((i for i, pair in enumerate(zip(quote, there, strict=False)) if pair[0] != pair[1]), len(there))
    first = max(0, same - BEFORE) if same > 2 * BEFORE else 0
    shown, but = ("…" * (first > 0) + piece[first:] for piece in (quote, there))
    reads = f"but {quoted(but)}" if there else f"but has only {len(text)} characters"
    return f"does not read {quoted(shown)} at {start} to {end}, {reads}; {_elsewhere(quote, text)}"


def _elsewhere(quote: str, text: str) -> str:
    found = _find_words(quote, text)
    if len(found) != 1:
        return f"the quote stands in {len(found)} places of it" if found else "the quote stands nowhere in it"
    ((start, end),) = found
    as_it_is = text[start:end] == quote
    return f"the quote stands at {start} to {end}{'' if as_it_is else ', with other white space'}"


def _file_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
