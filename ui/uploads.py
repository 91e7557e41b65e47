"""What may be added to the library: under which name a file is kept, and why one is refused before it is read.

It does not know where files are kept nor what happens to them; nothing here writes.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.read import SUFFIXES

MEGABYTE = 1024 * 1024
NAME_BYTES = 180  # file systems take 255; a number is put behind it where two share a name
ARCHIVES = frozenset(".zip .gz .tgz .tar .bz2 .xz .7z .rar .zst .lz .cab .iso .jar".split())
OFFICE = {".doc": ".docx or PDF", ".odt": ".docx or PDF", ".rtf": ".docx or PDF", ".pages": ".docx or PDF",
          ".ppt": "PDF", ".pptx": "PDF", ".key": "PDF", ".epub": "PDF or HTML"}  # fmt: skip
RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10))]
)  # no file can have these names on Windows, whatever its suffix
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be added (bytes, files, pages, characters), and what reading one file may take."""

    file_bytes: int = 50 * MEGABYTE
    batch_bytes: int = 200 * MEGABYTE
    batch_files: int = 100
    library_bytes: int = 2048 * MEGABYTE
    library_files: int = 2000
    unpacked_bytes: int = 200 * MEGABYTE  # of a .docx, pictures among it
    unpacked_text_bytes: int = 40 * MEGABYTE  # of its XML, which is held in memory many times over
    packed_files: int = 4000
    pages: int = 2000
    characters: int = 2_000_000
    reading_seconds: float = 60.0
    reading_bytes: int = 2048 * MEGABYTE  # of memory


def clean_name(given: str) -> str:
    """A file name that every system takes, from whatever a browser sent: no folders, no control characters.

    "../../etc/x.txt" becomes "x.txt". Marks that turn the direction of writing or are not seen go, too: a name must
    be what it looks like. The suffix stays.
    """
    last = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode()).replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if c.isspace() or unicodedata.category(c)[0] != "C")
    name = " ".join(visible.translate(FORBIDDEN).split()).lstrip(". ").rstrip(". ")
    path = PurePosixPath(name or "document")
    suffix = path.suffix if len(path.suffix) <= 12 else ""
    stem = (path.name[: -len(suffix)] if suffix else path.name).rstrip(". ")
    stem = stem.encode()[: NAME_BYTES - len(suffix.encode())].decode("utf-8", "ignore").rstrip(". ")
    if stem.split(".")[0].strip().casefold() in RESERVED:
        stem = f"_{stem}"
    return f"{stem or 'document'}{suffix}"


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or "name (2).txt" and so on where one is taken; capitals make no difference, as on many systems."""
    folded = {other.casefold() for other in taken}
    path, number, free = PurePosixPath(name), 1, name
    while free.casefold() in folded:
        number += 1
        free = f"{path.stem} ({number}){path.suffix}"
    return free


def batch_refusal(sizes: Sequence[int], held: Sequence[int], limits: Limits) -> str:
    """Why files of these sizes can't be added together to files of `held` sizes, as one sentence; "" when they can."""
    if not sizes:
        return "No file was chosen; choose some."
    if len(sizes) > limits.batch_files:
        return f"These are {len(sizes):,} files; add at most {limits.batch_files:,} at a time."
    if sum(sizes) > limits.batch_bytes:
        return f"These files have {_megabytes(sum(sizes))}; add at most {_megabytes(limits.batch_bytes)} at a time."
    if len(held) + len(sizes) > limits.library_files:
        return (
            f"There is room for {limits.library_files:,} added documents, {len(held):,} are there; remove some first."
        )
    if sum(held) + sum(sizes) > limits.library_bytes:
        room = _megabytes(limits.library_bytes)
        return f"There is room for {room} of added documents, {_megabytes(sum(held))} are there; remove some first."
    return ""


def file_refusal(name: str, path: Path, limits: Limits) -> str:
    """Why the file at `path`, to be kept as `name`, is refused unread, as one sentence; "" when it may be read."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ARCHIVES:
        return f"{name} is an archive; unpack it and add the documents that are in it."
    if suffix in OFFICE:
        return f"{name} is of a type that can't be read; save it as {OFFICE[suffix]} and add that."
    if suffix not in SUFFIXES:
        return f"{name} is of a type that can't be read; add one of {', '.join(SUFFIXES)}."
    size = path.stat().st_size
    if size > limits.file_bytes:
        most = _megabytes(limits.file_bytes)
        return f"{name} has {_megabytes(size)}, more than the limit of {most}; split it into smaller files."
    return _docx_refusal(name, path, limits) if suffix == ".docx" else ""


def _docx_refusal(name: str, path: Path, limits: Limits) -> str:
    """Why a Word file, which is an archive, may be made to fill the memory; a file that is none is left to its reader.

    Its reader takes no more of a part than the archive declares, so what is declared can be relied on.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return ""
    text = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if len(parts) > limits.packed_files:
        return f"{name} is made of {len(parts):,} parts, more than a document has; save it anew and add that."
    if sum(part.file_size for part in parts) > limits.unpacked_bytes or text > limits.unpacked_text_bytes:
        return f"{name} unpacks to more than a document of its kind may have; split it into smaller files."
    return ""


def length_refusal(name: str, pages: int, characters: int, limits: Limits) -> str:
    """Why a document of that length is refused, as one sentence; "" when it is not."""
    if pages > limits.pages:
        return f"{name} has {pages:,} pages, more than the limit of {limits.pages:,}; split it into smaller files."
    if characters > limits.characters:
        most = f"{limits.characters:,}"
        return f"{name} has {characters:,} characters, more than the limit of {most}; split it into smaller files."
    return ""


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / MEGABYTE)):,} MB"
