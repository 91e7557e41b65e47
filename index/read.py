"""Reads one file, by its suffix, into a `Reading`: its canonical text, its metadata, what its format says about blocks.

It does not know what the sentences mean: who speaks and when is for structure.py, which looks into the text.
"""

from __future__ import annotations

import codecs
import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.document import Block
from index.errors import UnreadableDocument

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

PLAIN_SUFFIXES = (".txt", ".text", ".md", ".markdown")
READER_VERSION = "7"  # raise it when a reader or structure.py gives something else: the next sync reads all files anew
SUFFIXES = (*PLAIN_SUFFIXES, ".html", ".htm", ".pdf", ".docx")
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_UNPACKED_BYTES = 500 * 1024 * 1024

BYTE_ORDER_MARKS = (  # UTF-32 first: its little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OFFICE_97_MAGIC = b"\xd0\xcf\x11\xe0"
BINARY_MAGIC = (
    b"PK\x03\x04", b"%PDF-1.", b"%PDF-2.", b"\x7fELF", b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"\x1f\x8b",
    b"Rar!\x1a", b"7z\xbc\xaf", OFFICE_97_MAGIC,
)  # fmt: skip
CONTROL_CHARACTER = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")  # but not tabs, line ends and ESC
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
JUNK_TITLE = re.compile(
    r"(untitled|unknown|title|document\d*|microsoft \w+ - .*|slide 1|.*\.(docx?|rtf|odt|indd|pdf|tex))\W*", re.I
)
JUNK_AUTHOR = re.compile(
    r"(user|owner|admin|administrator|root|unknown|anonymous|author|windows user|microsoft.*|python-docx)\W*", re.I
)
WORD_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMPATIBILITY_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader takes from one file; what the file does not say is None or empty.

    `text` is canonical: offsets count its characters, and it always encodes to UTF-8. `published` is ISO 8601.
    `page_starts` holds the offset of each page's first character. `blocks` is what the format itself says, in
    order and without overlap; the characters between two blocks belong to none.
    """

    text: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: str | None = None
    page_starts: tuple[int, ...] = ()
    blocks: tuple[Block, ...] = ()


def read_file(path: Path) -> Reading:
    """Read one file of a suffix in `SUFFIXES` (any case). Text that only its layout shows (images) is not read.

    Raises `UnreadableDocument`, one sentence with the file's name, the reason and the next step, and nothing else.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise unreadable(path, "is of a type that can't be read", f"use one of {', '.join(SUFFIXES)}")
    data = _bytes_of(path)
    if not data.strip():
        raise unreadable(path, "is empty", "remove it or save its content again")
    # The readers are imported when a file needs them, so that the command line starts at once.
    try:
        if suffix in PLAIN_SUFFIXES:
            reading = _read_plain(path, data)
        elif suffix == ".pdf":
            from index.read_pdf import read_pdf

            reading = read_pdf(path, data)
        elif suffix == ".docx":
            reading = _read_docx(path, data)
        else:
            from index.read_html import read_html

            reading = read_html(path, decode(path, data, declared=_declared_encoding(data)))
    except UnreadableDocument:
        raise
    except MemoryError as error:
        raise unreadable(path, "needs more memory than there is", "split it into smaller files") from error
    except Exception as error:  # a damaged file can break a parser in any way; one file must not stop the others
        reason = f"can't be read ({type(error).__name__}: {str(error)[:200]})"
        raise unreadable(path, reason, "open it in its own program and save it again") from error
    return reading


def unreadable(path: Path, reason: str, next_step: str) -> UnreadableDocument:
    """The error for `path` as one sentence; a file name that is not valid text is shown with replacement marks."""
    name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return UnreadableDocument(f"{name} {' '.join(reason.split())}: {next_step}.")


def storable(text: str) -> str:
    """`text` with each NUL and each lone surrogate replaced by U+FFFD, so that lengths and offsets stay."""
    return UNSTORABLE.sub(REPLACEMENT, text)


def one_line(value: object) -> str | None:
    """A metadata value as one trimmed line without control characters; None when nothing is left."""
    if not isinstance(value, str):
        return None
    line = " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in value).split())
    return line or None


def stated_title(value: object) -> str | None:
    """A title from a file's properties; None for what programs put there by themselves ("untitled", a file name)."""
    line = one_line(value)
    return None if line is None or JUNK_TITLE.fullmatch(line) or not any(c.isalpha() for c in line) else line


def stated_author(value: object) -> str | None:
    """An author from a file's properties; None for account names that programs put there by themselves."""
    line = one_line(value)
    return None if line is None or JUNK_AUTHOR.fullmatch(line) or not any(c.isalpha() for c in line) else line


def decode(path: Path, data: bytes, declared: str | None = None) -> str:
    """The characters of a text file, newlines as they are, without its byte-order mark.

    In order: a byte-order mark; UTF-16 without one (by its zero bytes); valid UTF-8; `declared`; UTF-8 with
    U+FFFD for bad bytes where most of what is not ASCII is UTF-8; else the encoding that the bytes look like.
    Raises `UnreadableDocument` for a binary file and for one with nothing but white space.
    """
    not_text = unreadable(path, "is not text", "give it the suffix of its real format or leave it out")
    if data.startswith(BINARY_MAGIC):
        raise not_text
    text = _decoded(data, declared)
    controls = len(CONTROL_CHARACTER.findall(text))
    if controls and controls * 10 > len(text):
        raise not_text
    if not text.strip():
        raise unreadable(path, "is empty", "remove it or save its content again")
    return storable(text)


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise unreadable(path, "is a folder, not a file", "name the files inside it")
        if not stat.S_ISREG(status.st_mode):
            raise unreadable(path, "is not an ordinary file (a device, pipe or socket)", "copy its content into a file")
        if status.st_size > MAX_FILE_BYTES:
            size = status.st_size / 1024 / 1024
            raise unreadable(path, f"has {size:.0f} MB, more than the limit of 200 MB", "split it into smaller files")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise unreadable(path, "does not exist", "check the name") from error
    except PermissionError as error:
        raise unreadable(path, "may not be read by this user", "change its permissions") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise unreadable(path, f"can't be opened ({reason})", "check the disk or copy it elsewhere") from error


def _read_plain(path: Path, data: bytes) -> Reading:
    return Reading(decode(path, data))


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    even_zeros, odd_zeros = data[0:4096:2].count(0), data[1:4096:2].count(0)
    pairs = len(data[:4096]) // 2
    if max(even_zeros, odd_zeros) * 10 >= pairs * 4 and min(even_zeros, odd_zeros) * 20 <= pairs and pairs:
        return data.decode("utf-16-le" if odd_zeros > even_zeros else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut_short = error.reason == "unexpected end of data"
    if declared:
        try:
            return data.decode(declared, "replace")
        except (LookupError, UnicodeError, ValueError):
            pass  # the page names an encoding that does not exist: go by the bytes
    lenient = data.decode("utf-8", "replace")
    bad = lenient.count(REPLACEMENT)
    good = sum(len(run) for run in re.findall("[^\x00-\x7f\ufffd]+", lenient))
    if good > bad or (cut_short and bad == 1):
        return lenient
    return data.decode(_likely_encoding(data), "replace")


def _likely_encoding(data: bytes) -> str:
    """The 8-bit or East Asian encoding of `data`: windows-1252 unless the bytes clearly say another."""
    high = sum(byte >= 0x80 for byte in data[:100_000])
    western = "cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", data) else "latin-1"
    # A few accents in text that is otherwise ASCII are too little evidence for a statistical guess.
    if high < 16 or high * 20 < len(data[:100_000]):
        return western
    import charset_normalizer

    best = charset_normalizer.from_bytes(data[:100_000]).best()
    if best is None or best.encoding.startswith(("utf_7", "latin", "iso8859_1", "mac_", "hp_", "cp037", "cp500")):
        return western
    return best.encoding


def _declared_encoding(data: bytes) -> str | None:
    label = rb"""<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})"""
    found = re.search(label, data[:8192], re.I)
    if not found:
        return None
    name = found[1].decode("ascii", "ignore").lower()
    # As browsers read these labels (https://encoding.spec.whatwg.org/#names-and-labels).
    browsers = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
                "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949",
                "iso-8859-9": "cp1254"}  # fmt: skip
    return None if name.startswith("utf") else browsers.get(name, name)


def _read_docx(path: Path, data: bytes) -> Reading:
    """A Word file's paragraphs and tables in order, then its notes. Page headers and margin comments are not read."""
    import docx

    if data.startswith(OFFICE_97_MAGIC):
        reason = "is password-protected or in the old .doc format"
        raise unreadable(path, reason, "save it as .docx without a password")
    damaged = unreadable(path, "is damaged or not a Word document", "open it in Word or LibreOffice and save it again")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise unreadable(path, "unpacks to more than 500 MB", "split it into smaller files")
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, docx.exceptions.PythonDocxError) as error:
        raise damaged from error
    except (SyntaxError, zlib.error, NotImplementedError) as error:  # SyntaxError: lxml's XMLSyntaxError
        raise damaged from error

    text, blocks, previous = "", [], ""
    for kind, content in _docx_blocks(document):
        text += "" if not text else "\n" if kind == previous == "list_item" else "\n\n"
        blocks.append(Block(kind, len(text), len(text) + len(content)))
        text, previous = text + content, kind
    if not text:
        raise unreadable(path, "has no text", "check that it is not a scan or an empty form")
    properties = document.core_properties  # when the file was made is not when its words were published
    title, author = stated_title(properties.title), stated_author(properties.author)
    return Reading(text, title, author, blocks=tuple(blocks))


def _docx_blocks(document: WordDocument) -> Iterator[tuple[str, str]]:
    """(kind, text) of each block. Walks the XML itself: python-docx's `.text` drops tracked insertions and controls."""
    styles = {style.style_id: style.name or "" for style in document.styles if style.style_id}
    for copy in [*document.element.body.iter(COMPATIBILITY_FALLBACK, f"{WORD_NAMESPACE}moveFrom")]:
        copy.getparent().remove(copy)  # a text box for old versions of Word; text that a tracked change moved away
    title_seen = False
    for element in _docx_elements(document.element.body):
        if element.tag == f"{WORD_NAMESPACE}tbl":
            rows = (
                " | ".join(" ".join(_docx_text(cell).split()) for cell in _nearest(row, "tc", "tr"))
                for row in _nearest(element, "tr", "tbl")
            )
            content = storable("\n".join(row for row in rows if row.strip(" |")))
            kind = "table"
        else:
            content = storable(_docx_text(element)).strip()
            kind = _docx_kind(element, styles)
            if kind == "title" and title_seen:
                kind = "heading"
            title_seen = title_seen or (kind == "title" and bool(content))
            if kind == "list_item":
                content = content and f"- {content}"
        if content:
            yield kind, content
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
            from lxml import etree

            for note in etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False)):
                if content := storable(_docx_text(note)).strip():
                    yield "body", content


def _docx_elements(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag in (f"{WORD_NAMESPACE}p", f"{WORD_NAMESPACE}tbl"):
            yield element
        elif isinstance(element.tag, str) and element.tag != f"{WORD_NAMESPACE}sectPr":
            yield from _docx_elements(element)  # content controls, tracked blocks


def _nearest(parent: Any, name: str, parent_name: str) -> Iterator[Any]:
    """The rows of a table or cells of a row, but not those of a table inside it."""
    for element in parent.iter(f"{WORD_NAMESPACE}{name}"):
        if next(element.iterancestors(f"{WORD_NAMESPACE}{parent_name}")) is parent:
            yield element


def _docx_text(element: Any) -> str:
    spoken = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}
    pieces: list[str] = []
    for part in element.iter():
        if not isinstance(part.tag, str) or not part.tag.startswith(WORD_NAMESPACE):
            continue
        name = part.tag[len(WORD_NAMESPACE) :]
        if name == "t":
            pieces.append(part.text or "")
        elif name != "tab" or part.getparent().tag != f"{WORD_NAMESPACE}tabs":
            pieces.append(spoken.get(name, "") if part is not element else "")
    return "".join(pieces)


def _docx_kind(paragraph: Any, styles: dict[str, str]) -> str:
    identifier = paragraph.pPr.style if paragraph.pPr is not None else None
    style = styles.get(identifier or "", identifier or "").lower()
    if style == "title":
        return "title"
    if style.startswith(("heading", "subtitle")):
        return "heading"
    numbered = paragraph.pPr is not None and paragraph.pPr.numPr is not None
    if style.startswith("list") or numbered:
        return "list_item"
    if style == "caption":
        return "caption"
    return "quotation" if "quote" in style else "body"
