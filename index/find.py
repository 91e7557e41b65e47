"""Paths become the files to index, by name; what can't be listed is reported.

It does not know what is in the files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.catalog import Skipped
from index.errors import NoDocuments
from index.read import SUFFIXES
from index.report import PassedOver

LINK = "link"
ADDED = "added"  # the index's own folder: documents that people gave to the chat, beside what its roots hold


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What the paths hold: files by their name in the index, folders that could not be listed, what is passed over.

    `added` is what the names of documents in the index's own folder begin with.
    """

    readable: dict[str, Path]
    closed: tuple[Skipped, ...]
    passed_over: PassedOver
    added: str = ADDED


def find_all(roots: Sequence[Path], index_folder: Path) -> FoundFiles:
    """What `find_files` finds under the roots, and every document in the index's own folder, named "added/…".

    Should the roots themselves hold a folder of that name, it is "added (2)/…". Raises NoDocuments as `find_files`
    does; without roots the own folder may be empty, because what was in it may have been removed again.
    """
    own = index_folder / ADDED
    only_own = not roots and own.is_dir()
    found = FoundFiles({}, (), PassedOver()) if only_own else find_files(roots, index_folder)
    tops = {name.split("/", 1)[0].casefold() for name in found.readable if "/" in name}
    prefix, number = ADDED, 1
    while prefix in tops:
        number += 1
        prefix = f"{ADDED} ({number})"
    kept = {f"{prefix}/{path.name}": path for path in added_files(index_folder)}
    return replace(found, readable=dict(sorted({**found.readable, **kept}.items())), added=prefix)


def added_files(index_folder: Path) -> list[Path]:
    """The documents in the index's own folder, by name; those that are only being added are hidden yet.

    Raises NoDocuments when it can't be listed.
    """
    own = index_folder / ADDED
    try:
        inside = sorted(own.iterdir()) if own.is_dir() else []
    except OSError as error:  # and not "nothing is in it": what is indexed would go
        raise NoDocuments(
            f"The folder {own} can't be opened ({error.strerror}); allow reading it and try again."
        ) from error
    return [path for path in inside if not path.name.startswith(".") and path.suffix.lower() in SUFFIXES]


def find_files(roots: Sequence[Path], index_folder: Path) -> FoundFiles:
    """Every file under the roots, by its path relative to what the roots have in common.

    Hidden files and folders and the index itself are passed over without a word; files of other kinds and folders
    behind symbolic links that lead out of the roots are named. Raises NoDocuments when a root is
    missing or can't be listed, or when nothing in them could be read.
    """
    if not roots:
        raise NoDocuments("Name a folder of documents to index, as in: rag index ~/documents")
    for root in roots:
        if not root.exists():
            raise NoDocuments(f"There is no file or folder {root}; check the path and try again.")
        if root.is_dir() and not os.access(root, os.R_OK | os.X_OK):
            raise NoDocuments(f"The folder {root} can't be opened (permission denied); allow reading it and try again.")
    base = Path(os.path.commonpath([root if root.is_dir() else root.parent for root in roots]))
    readable: dict[str, Path] = {}
    closed: list[Skipped] = []
    others: list[str] = []
    links: list[str] = []
    for path, problem in _walk(roots, index_folder):
        name = path.relative_to(base).as_posix().encode("utf-8", "replace").decode()
        if problem == LINK:
            links.append(name + "/")
        elif problem:
            closed.append(Skipped(name + "/", problem))
        elif path.suffix.lower() in SUFFIXES:
            readable[name] = path
        else:
            others.append(path.suffix.lower().encode("utf-8", "replace").decode())
    passed_over = PassedOver(len(others), tuple(sorted(set(others))), tuple(sorted(links)))
    if not readable:
        raise _no_documents(roots, passed_over)
    return FoundFiles(dict(sorted(readable.items())), tuple(closed), passed_over)


def _no_documents(roots: Sequence[Path], passed_over: PassedOver) -> NoDocuments:
    reason = "it is empty"
    if passed_over.links:
        reason = "it holds only folders behind symbolic links, which are not followed; name them yourself"
    if passed_over.files:
        files = "its only file has no" if passed_over.files == 1 else f"none of its {passed_over.files} files has a"
        reason = f"{files} known ending"
    where = ", ".join(map(str, roots))
    return NoDocuments(f"Found no documents in {where}: {reason}. Footnote reads {' '.join(sorted(SUFFIXES))}.")


def _walk(roots: Sequence[Path], index_folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file once, with ""; every folder that can't be listed, with the reason; folders behind links, with LINK."""
    seen: set[Path] = set()
    for root in roots:
        if root.is_file():
            yield root, ""
            continue
        problems: list[OSError] = []
        for parent, folders, files in os.walk(root, onerror=problems.append):
            here = Path(parent)
            folders[:] = sorted(f for f in folders if not f.startswith(".") and (here / f).resolve() != index_folder)
            yield from ((here / f, LINK) for f in folders if (here / f).is_symlink() and _leads_out(here / f, roots))
            for name in sorted(files):
                path = here / name
                if not name.startswith(".") and path not in seen:
                    seen.add(path)
                    yield path, ""
        for problem in problems:
            yield (
                Path(problem.filename),
                f"the folder can't be opened ({problem.strerror}); what it held stays as it was",
            )


def _leads_out(link: Path, roots: Sequence[Path]) -> bool:
    """Whether a link leads to a folder that is not among what is indexed anyway."""
    target = link.resolve()
    return not any(target == root or root in target.parents for root in roots)
