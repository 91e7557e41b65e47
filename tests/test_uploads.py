"""Uploads before they are taken: names made safe, limits, and reading in a process that may hang or break."""

from __future__ import annotations

import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import UnreadableDocument
from ui.trial import Length, Trial, length_of
from ui.uploads import Limits, batch_refusal, clean_name, file_refusal, free_name, length_refusal

DOCUMENTS = Path(__file__).parent / "documents"
MILL = "The mill opened in 1891. It closed after the flood of 1920.\n"


# ---- names ----


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("Annual report  2020.PDF", "Annual report 2020.PDF"),
        ("../../etc/x.txt", "x.txt"),
        ("..\\..\\windows\\x.txt", "x.txt"),
        ("C:\\Users\\me\\x.txt", "x.txt"),
        ("/etc/passwd", "passwd"),
        ("con.txt", "_con.txt"),
        ("COM1.tar.txt", "_COM1.tar.txt"),
        ("contract.txt", "contract.txt"),
        (".hidden.txt", "hidden.txt"),
        ("...", "document"),
        ("", "document"),
        (".txt", "txt"),
        ("a\x00b\nc\x7f.txt", "ab c.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("in\u200bvis\u2066ible\u2069.txt", "invisible.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("報告 2020.docx", "報告 2020.docx"),
        ('a<b>:"|?*.md', "a_b______.md"),
        ("trailing. . .txt", "trailing.txt"),
        ("x.txt. ", "x.txt"),
        ("bad\ud800.txt", "bad?.txt".replace("?", "_")),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    assert clean_name(given) == name
    assert clean_name(name) == name


@pytest.mark.parametrize("letter", ["x", "é", "報"])
def test_a_long_name_is_cut_and_keeps_its_suffix(letter: str, tmp_path: Path) -> None:
    name = clean_name(letter * 300 + ".txt")
    assert len(name.encode()) <= 200
    assert name.endswith(f"{letter}.txt")
    (tmp_path / free_name(name, [name])).write_text("fits")


def test_numbers_go_on_where_names_are_taken() -> None:
    assert free_name("a.txt", []) == "a.txt"
    assert free_name("A.txt", ["a.txt", "a (2).TXT"]) == "A (3).txt"


# ---- limits ----


def test_a_batch_has_its_limits() -> None:
    limits = Limits(batch_files=2, batch_bytes=10 << 20, library_files=3, library_bytes=20 << 20)
    assert batch_refusal([1 << 20], [], limits) == ""
    for sizes, held, says in [
        ([], [], "choose some"),
        ([1, 1, 1], [], "at most 2 at a time"),
        ([11 << 20], [], "at most 10 MB at a time"),
        ([1, 1], [1, 1], "room for 3 added documents, 2 are there"),
        ([9 << 20], [15 << 20], "room for 20 MB of added documents, 15 MB are there"),
    ]:
        assert says in batch_refusal(sizes, held, limits)


def packed(path: Path, parts: dict[str, int]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, size in parts.items():
            archive.writestr(name, b" " * size)
    return path


def test_a_bomb_of_a_word_file_is_refused_unread(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb", {"word/document.xml": 50 << 20})
    assert bomb.stat().st_size < 1 << 17
    assert "bomb.docx unpacks to more than a document of its kind" in file_refusal("bomb.docx", bomb, Limits())
    pictures = packed(tmp_path / "pictures", {"word/media/1.png": 250 << 20})
    assert "unpacks to more" in file_refusal("a.docx", pictures, Limits())
    many = packed(tmp_path / "many", {f"{number}.bin": 0 for number in range(5000)})
    assert "5,000 parts" in file_refusal("a.docx", many, Limits())
    assert file_refusal("a.docx", next(DOCUMENTS.glob("*.docx")), Limits()) == ""


def test_a_document_has_its_length() -> None:
    assert "has 3 pages, more than the limit of 2" in length_refusal("a.pdf", 3, 1, Limits(pages=2))
    assert "has 9 characters, more than the limit of 8" in length_refusal("a.txt", 0, 9, Limits(characters=8))
    assert length_refusal("a.pdf", 2, 1, Limits(pages=2)) == ""


# ---- reading in a process of its own ----


def slow(path: Path) -> Length:
    time.sleep(60)
    return Length(0, 0)


def greedy(path: Path) -> Length:
    return Length(0, len(bytearray(4 << 30)))


def crashing(path: Path) -> Length:
    import os

    os._exit(11)


def test_a_file_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_text(MILL)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 cut off")
    with Trial(30, 2 << 30) as trial:
        assert trial.length(tmp_path / "mill.txt") == Length(0, len(MILL))
        with pytest.raises(UnreadableDocument, match="damaged or not a PDF"):
            trial.length(tmp_path / "broken.pdf")
        for path in sorted(DOCUMENTS.glob("*.*")):
            if path.stem in ("article", "report", "two-pages", "three-pages"):
                assert trial.length(path) == length_of(path)


def test_a_text_that_takes_forever_to_split_is_refused(tmp_path: Path) -> None:
    (tmp_path / "marks.txt").write_text("!?" * 200_000)
    with Trial(1, 2 << 30) as trial, pytest.raises(UnreadableDocument, match="takes more than 1 seconds to read"):
        trial.length(tmp_path / "marks.txt")


def pdf_of(content: bytes) -> bytes:
    """A PDF of one page with that content, packed."""
    packed_content = zlib.compress(content, 9)
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources " + font + b" >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed_content), packed_content),
    ]
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, part) for number, part in enumerate(parts, 1))
    return b"%PDF-1.4\n" + objects + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


def test_a_bomb_of_a_pdf_is_refused(tmp_path: Path) -> None:
    line = b"BT /F1 12 Tf 72 700 Td (The mill opened in 1891.) Tj ET\n"
    for name, count in (("one.pdf", 1), ("slow.pdf", 200_000), ("large.pdf", 3_000_000)):
        (tmp_path / name).write_bytes(pdf_of(line * count))
    assert (tmp_path / "slow.pdf").stat().st_size < 100_000
    with Trial(3, 2 << 30) as trial:
        assert trial.length(tmp_path / "one.pdf") == Length(1, 24)
        with pytest.raises(UnreadableDocument, match="takes more than 3 seconds to read"):
            trial.length(tmp_path / "slow.pdf")
        with pytest.raises(UnreadableDocument, match="too large or too deeply nested"):
            trial.length(tmp_path / "large.pdf")


@pytest.mark.parametrize(
    ("read", "says"),
    [(slow, "takes more than 1 seconds to read"), (greedy, "needs more memory"), (crashing, "breaks its reader")],
)
def test_a_file_that_hangs_or_breaks_its_reader_is_skipped(
    read: Callable[[Path], Length], says: str, tmp_path: Path
) -> None:
    (tmp_path / "mill.txt").write_text(MILL)
    with Trial(1, 1 << 30, read) as trial:
        for _ in range(2):
            with pytest.raises(UnreadableDocument, match=says):
                trial.length(tmp_path / "mill.txt")
