"""Where the evaluation may write a page: a new file, or in place of an earlier page, and never over anything else.

It does not know what a page holds.
"""

from __future__ import annotations

from pathlib import Path

from index.errors import UsageError

START = b"<!doctype html"


def check_page(page: Path, run: Path | None = None) -> None:
    """Raises UsageError when a page can't be written to `page`, or not without loss: it would replace something that
    is no page, or the file of the `run` that is to be written with it."""
    if page.is_dir() or not page.parent.is_dir():
        raise UsageError(f"Can't write the page to {page}: name a file in a folder that exists.")
    if run is not None and page.resolve() == run.resolve():
        raise UsageError(f"Can't write both the run and the page to {page}: name two files.")
    if page.is_file() and _start(page).lower() not in (START, b""):
        raise UsageError(f"{page} is there already and is not a page of the evaluation; name another file.")


def _start(page: Path) -> bytes:
    try:
        with page.open("rb") as file:
            return file.read(len(START))
    except OSError as error:
        raise UsageError(f"Can't write the page to {page}: {error.strerror}. Name another file.") from error


def write(path: Path, text: str) -> None:
    """Raises UsageError when the file can't be written."""
    try:
        path.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise UsageError(f"Can't write {path}: {error.strerror}. Name another file.") from error
