"""Reading files: exact texts and offsets per format, a clear sentence per bad file, what must hold for any bytes."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import read
from index.document import BLOCK_KINDS
from index.errors import UnreadableDocument
from index.read import SUFFIXES, Reading, read_file

DOCUMENTS = Path(__file__).parent / "documents"
FRENCH = "Le café de la gare ferme à midi. Élodie Moreau l'a annoncé hier, près du marché.\n"


def assert_sound(reading: Reading) -> None:
    reading.text.encode("utf-8")
    assert reading.text.strip()
    assert "\x00" not in reading.text
    position = 0
    for block in reading.blocks:
        assert position <= block.start < block.end <= len(reading.text)
        assert block.kind in BLOCK_KINDS
        assert reading.text[block.start : block.end].strip()
        position = block.end
    assert list(reading.page_starts) == sorted(reading.page_starts)
    assert all(0 <= start <= len(reading.text) for start in reading.page_starts)
    assert sum(block.kind == "title" for block in reading.blocks) <= 1


def blocks_of(reading: Reading) -> list[tuple[str, str]]:
    return [(block.kind, reading.text[block.start : block.end]) for block in reading.blocks]


def read_bytes(folder: Path, name: str, data: bytes) -> Reading:
    path = folder / name
    path.write_bytes(data)
    reading = read_file(path)
    assert_sound(reading)
    return reading


def read_page(folder: Path, html: str) -> Reading:
    return read_bytes(folder, "page.html", html.encode("utf-8"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("latin-1.txt", FRENCH),
        (
            "windows-1252.txt",
            "The mayor said “we won’t wait” – and the bridge cost €4 million.\r\nNaïve plans were dropped.\r\n",
        ),
        (
            "windows-1251.txt",
            "Мэр города заявил, что мост откроют осенью. Работы обошлись в четыре миллиона рублей. "
            "Жители ждали этого решения почти десять лет.\n",
        ),
        ("utf-16.txt", "Harbour notes\r\nThe crane was idle — nineteen days.\r\n"),
        ("utf-16-without-mark.txt", "Harbour notes\r\nThe crane was idle for nineteen days.\r\n"),
        ("utf-8-bom-crlf.txt", "Harbour notes\r\n\r\nThe crane — idle.\r\n"),
        ("invalid-utf-8.txt", "Zoë paid “four” euros — then \ufffd\ufffd left.\n"),
        ("with-nul.txt", "The first crane stood idle for nineteen\ufffddays in spring, said the chair.\n"),
        ("notes.md", "# Harbour notes\n\n- The crane was **idle**.\n- Mara Lindqvist chairs the board.\n"),
    ],
)
def test_plain_text_keeps_the_characters_and_newlines_of_the_file(name: str, text: str) -> None:
    assert read_file(DOCUMENTS / name) == Reading(text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty.txt", "empty.txt is empty: remove it or save its content again."),
        ("blank.txt", "blank.txt is empty: remove it or save its content again."),
        ("binary.txt", "binary.txt is not text: give it the suffix of its real format or leave it out."),
        ("archive.txt", "archive.txt is not text: give it the suffix of its real format or leave it out."),
        (
            "scripts-only.html",
            "scripts-only.html has no text (a page of scripts only?): open it in a browser and save it from there.",
        ),
        ("broken.pdf", "broken.pdf is damaged or not a PDF: open it in a viewer and save it again."),
        ("truncated.pdf", "truncated.pdf is damaged or not a PDF: open it in a viewer and save it again."),
        ("password.pdf", "password.pdf is password-protected: save a copy without the password."),
        ("scanned.pdf", "scanned.pdf has no text layer (a scan?): run OCR on it first."),
        (
            "broken.docx",
            "broken.docx is damaged or not a Word document: open it in Word or LibreOffice and save it again.",
        ),
        (
            "not-word.docx",
            "not-word.docx is damaged or not a Word document: open it in Word or LibreOffice and save it again.",
        ),
        (
            "password.docx",
            "password.docx is password-protected or in the old .doc format: save it as .docx without a password.",
        ),
        ("missing.txt", "missing.txt does not exist: check the name."),
    ],
)
def test_a_bad_file_is_one_sentence_with_name_reason_and_next_step(name: str, message: str) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read_file(DOCUMENTS / name)
    assert str(caught.value) == message


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(UnreadableDocument, match=r"folder\.txt is a folder"):
        read_file(tmp_path / "folder.txt")
    (tmp_path / "notes.rtf").write_text("x")
    with pytest.raises(UnreadableDocument, match=r"notes\.rtf is of a type that can't be read: use one of \.txt"):
        read_file(tmp_path / "notes.rtf")
    (tmp_path / "device.txt").symlink_to("/dev/null")
    with pytest.raises(UnreadableDocument, match=r"device\.txt is not an ordinary file"):
        read_file(tmp_path / "device.txt")
    with pytest.raises(UnreadableDocument, match="can't be opened"):
        read_file(Path("a\x00b.txt"))
    (tmp_path / "large.txt").write_text("too large")
    monkeypatch.setattr(read, "MAX_FILE_BYTES", 3)
    with pytest.raises(UnreadableDocument, match=r"large\.txt has 0 MB, more than the limit"):
        read_file(tmp_path / "large.txt")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.txt"
    path.write_text("words")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnreadableDocument, match=r"^locked\.txt may not be read by this user: change its permissions"):
        read_file(path)


def test_suffixes_count_in_any_case(tmp_path: Path) -> None:
    assert set(SUFFIXES) == {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx"}
    assert read_bytes(tmp_path, "NOTES.TXT", b"words").text == "words"


def test_a_saved_page_is_its_text_with_the_menus_and_comments_told_apart() -> None:
    reading = read_file(DOCUMENTS / "article.html")
    assert_sound(reading)
    assert (reading.title, reading.author) == ("Harbour board votes for a second crane", "Ines Okafor")
    assert (reading.publisher, reading.published) == ("The Quay Post", "2021-03-09")
    assert blocks_of(reading) == [
        ("furniture", "The Quay Post"),
        ("furniture", "- Home"),
        ("furniture", "- Port"),
        ("furniture", "- Sport"),
        ("furniture", "We use cookies to improve your visit."),
        ("furniture", "Accept"),
        ("title", "Harbour board votes for a second crane"),
        ("byline", "By Ines Okafor, 9 March 2021"),
        (
            "body",
            "The harbour board voted on Tuesday to buy a second crane for the north quay, after a spring in which the "
            "only crane stood idle for nineteen days. The decision was carried by seven votes to two.",
        ),
        (
            "body",
            "“We could not unload a single grain ship in April,” said Mara Lindqvist, who chairs the board. She added "
            "that three carriers had threatened to move to another port. The crane will cost four million euros.",
        ),
        ("heading", "What it costs"),
        ("caption", "Cost by year"),
        ("table", "Year | Cost\n2021 | 1 million\n2022 | 3 million"),
        (
            "body",
            "The money comes from three sources, according to the treasurer of the board, who presented the plan on "
            "Monday:",
        ),
        ("list_item", "1. a loan from the regional bank over twenty years,"),
        ("list_item", "2. the harbour's own savings from the past decade,"),
        ("list_item", "3. a grant that the ministry has promised in writing."),
        ("caption", "The north quay in April. Photo: The Quay Post"),
        (
            "quotation",
            "A second crane is not a luxury. It is the price of staying a port at all in the coming years.",
        ),
        (
            "body",
            "Two members voted against. Jonas Adeyemi, a fisherman, said the money should have gone to the fish market "
            "instead,\nwhose roof has leaked since the winter storm of 2019.",
        ),
        ("body", "crane 1:  40 t\ncrane 2:  65 t"),
        ("furniture", "Most read"),
        ("furniture", "- Ferry late again"),
        ("furniture", "- Gulls steal lunch"),
        ("comment", "2 comments"),
        ("comment", "1. Old Salt"),
        ("comment", "The first crane only broke because nobody greased it."),
        ("comment", "2. Petra"),
        ("comment", "Finally! My brother drives a grain truck and waited for days."),
        ("furniture", "Leave a reply"),
        ("furniture", "Name"),
        ("furniture", "© 2021 The Quay Post. All rights reserved. Imprint Privacy"),
    ]
    for left_out in ("do not read me", "nor me", "color:red", "a comment -->", "Hidden:"):
        assert left_out not in reading.text


def test_a_page_in_the_encoding_that_it_declares() -> None:
    reading = read_file(DOCUMENTS / "latin-1.html")
    assert (reading.text, reading.title) == ("Élodie’s café ferme à midi.", "Café")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_page_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><body><p>Zoë’s café</p></body></html>'
    assert read_bytes(tmp_path, "page.html", page.encode(encoding)).text == "Zoë’s café"


def test_a_page_whose_body_is_not_marked_loses_nothing(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<title>T</title><nav>Home</nav><section>One.</section>").text == "Home\n\nOne."


def test_a_short_page_keeps_the_kinds_of_its_tags(tmp_path: Path) -> None:
    body = "<h1>Crane</h1><p>Two<br>lines<br><br>next</p><ul><li>a<li>b</ul>"
    reading = read_page(tmp_path, f"<nav>Home</nav>{body}<footer>Imprint</footer>")
    assert blocks_of(reading) == [
        ("furniture", "Home"),
        ("title", "Crane"),
        ("body", "Two\nlines"),
        ("body", "next"),
        ("list_item", "- a"),
        ("list_item", "- b"),
        ("furniture", "Imprint"),
    ]
    assert reading.text == "Home\n\nCrane\n\nTwo\nlines\n\nnext\n\n- a\n- b\n\nImprint"


def test_a_page_inside_noscript_or_an_unclosed_menu_is_still_the_article(tmp_path: Path) -> None:
    sentence = "The harbour board voted on day {} to buy another crane for the north quay, after a long idle spring."
    article = "".join(f"<p>{sentence.format(number)}</p>" for number in range(12))
    for opening in ("<noscript>", '<nav class="menu"><ul><li>Home</li></ul>', '<div class="under-menu">'):
        reading = read_page(tmp_path, f"<html><head><title>Crane</title></head><body>{opening}{article}</body></html>")
        assert [kind for kind, text in blocks_of(reading) if "day 5" in text] == ["body"], opening


def test_hidden_text_is_left_out_unless_it_is_nearly_all_of_the_page(tmp_path: Path) -> None:
    assert read_page(tmp_path, "<p>Seen.</p><p hidden>Not.</p><p style='display:none'>Nor this.</p>").text == "Seen."
    real = "The real text. " * 10
    reading = read_page(tmp_path, f"<p>Loading</p><div style='visibility: hidden'><p>{real}</p></div>")
    assert "The real text." in reading.text


def test_a_page_nested_deeper_than_the_parser_goes_loses_no_text(tmp_path: Path) -> None:
    reading = read_page(tmp_path, "<div>" * 5000 + "deep" + "</div>" * 5000 + "<p>after</p>")
    assert reading.text == "deep\n\nafter"


def test_a_layout_table_is_read_as_paragraphs(tmp_path: Path) -> None:
    reading = read_page(tmp_path, "<table><tr><td><h1>Crane</h1><p>One.</p></td><td><p>Two.</p></td></tr></table>")
    assert blocks_of(reading) == [("title", "Crane"), ("body", "One."), ("body", "Two.")]


def test_a_fault_of_the_adviser_costs_only_its_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError("no advice today")

    monkeypatch.setattr(trafilatura, "bare_extraction", fail)
    reading = read_page(tmp_path, "<title>Crane</title><nav>Home</nav><h1>Crane</h1><p>One.</p>")
    assert blocks_of(reading) == [("furniture", "Home"), ("title", "Crane"), ("body", "One.")]
    assert reading.title == "Crane"


def test_a_pdf_has_whole_sentences_and_the_starts_of_its_pages() -> None:
    reading = read_file(DOCUMENTS / "two-pages.pdf")
    assert_sound(reading)
    first = (
        "Harbour Quarterly\n\n1\n\nA second crane\n\nThe harbour board met on Tuesday to weigh a plan for a second "
        "crane. Its chair, Mara Lindqvist, said the first crane had been idle for nineteen days in spring. She asked "
        "for a vote before the well-known autumn storms and a long-term loan.\n\nThe treasurer agreed."
    )
    second = (
        "Harbour Quarterly\n\n2\n\nTwo members voted against the plan, which costs four million euros in all. Jonas "
        "Adeyemi, a fisherman, wanted a new roof for the market.\n\n- a loan over twenty years\n- the savings of the "
        "harbour"
    )
    assert reading.text == f"{first}\n\n{second}"
    assert reading.page_starts == (0, len(first) + 2)
    assert [text for _, text in blocks_of(reading)] == ["Harbour Quarterly", "1", "Harbour Quarterly", "2"]
    assert {kind for kind, _ in blocks_of(reading)} == {"furniture"}
    assert (reading.title, reading.author) == ("A second crane for the harbour", "Ines Okafor")
    assert reading.published is None  # the file's date is no publication date


def test_titles_and_authors_that_programs_put_into_a_pdf_are_none() -> None:
    reading = read_file(DOCUMENTS / "three-pages.pdf")
    assert (reading.title, reading.author, len(reading.page_starts)) == (None, None, 3)


def test_a_page_without_text_does_not_cost_the_others() -> None:
    reading = read_file(DOCUMENTS / "half-scanned.pdf")
    assert reading.text == "\n\nHarbour Quarterly\n\n2\n\nThe board meets again in June."
    assert reading.page_starts == (0, 2)


def test_a_pdf_that_anybody_may_open_needs_no_password() -> None:
    assert "The board meets again in June." in read_file(DOCUMENTS / "open-password.pdf").text


def test_a_word_file_has_its_styles_tracked_insertions_and_content_controls() -> None:
    reading = read_file(DOCUMENTS / "report.docx")
    assert_sound(reading)
    assert blocks_of(reading) == [
        ("title", "Harbour report"),
        ("heading", "The crane"),
        ("body", "The board voted to buy a second crane."),
        ("list_item", "- a loan"),
        ("list_item", "- the savings"),
        ("table", "Year | Cost\n2021 | 1 million"),
        ("quotation", "A port without a crane is a beach."),
        ("body", "The vote was seven to two."),
        ("body", "Chair: Mara Lindqvist"),
    ]
    assert "- a loan\n- the savings\n\nYear" in reading.text
    assert (reading.title, reading.author, reading.published) == ("Harbour report", "Ines Okafor", None)


def test_a_word_file_without_words(tmp_path: Path) -> None:
    docx.Document().save(str(tmp_path / "blank.docx"))
    with pytest.raises(UnreadableDocument, match=r"blank\.docx has no text"):
        read_file(tmp_path / "blank.docx")


def test_any_fault_of_a_parser_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, data: bytes) -> Reading:
        raise ZeroDivisionError("odd table")

    monkeypatch.setattr(read, "_read_docx", fail)
    with pytest.raises(UnreadableDocument, match=r"^report\.docx can't be read \(ZeroDivisionError: odd table\): open"):
        read_file(DOCUMENTS / "report.docx")


MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = [
    *"<p> </p> <div> </div> <li> <ul> </ul> <table> <tr> <td> </table> <h1> <h2> <nav> <br> <pre>".split(),
    *"<script> </script> <!-- --> &nbsp; &#xD800; \x00 <body> <head> </a> <title> <o:p> \ufeff".split(),
    *("<div class='comment'>", "<p hidden>", "<a href=x>", " word ", "\r\n"),
]


def refusal(folder: Path, name: str, data: bytes) -> str | None:
    """The message when the file is refused; None when it is read, and sound."""
    try:
        read_bytes(folder, name, data)
    except UnreadableDocument as error:
        return str(error)
    return None


@MANY
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_text_or_a_clear_refusal(tmp_path: Path, data: bytes) -> None:
    message = refusal(tmp_path, "any.txt", data)
    assert message is None or re.fullmatch(r"any\.txt .+: .+\.", message)


@MANY
@given(text=st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r"), min_size=1))
def test_utf_8_reads_back_exactly(tmp_path: Path, text: str) -> None:
    data = text.encode("utf-8")
    if text.strip() and not data.startswith((codecs.BOM_UTF8, *read.BINARY_MAGIC)):
        assert read_bytes(tmp_path, "exact.txt", data).text == text


@FEW
@given(
    data=st.binary(max_size=200)
    | st.lists(st.sampled_from(PIECES) | st.text(max_size=9), max_size=40).map(
        lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
    )
)
def test_any_page_is_sound_or_a_clear_refusal(tmp_path: Path, data: bytes) -> None:
    message = refusal(tmp_path, "any.html", data)
    assert message is None or "can't be read" not in message


@FEW
@given(
    words=st.lists(st.text("abcdefgh", min_size=3, max_size=8), min_size=1, max_size=40),
    tag=st.sampled_from(("p", "div", "li", "h2", "td", "nav", "aside", "blockquote", "pre", "form", "span", "o:p")),
)
def test_no_visible_word_of_a_page_is_lost(tmp_path: Path, words: list[str], tag: str) -> None:
    page = "".join(f"<{tag}>{word}</{tag}> " for word in words)
    assert re.findall("[a-h]{3,}", read_page(tmp_path, f"<body>{page}</body>").text) == words


@FEW
@given(
    position=st.integers(0, 2300),
    junk=st.binary(min_size=1, max_size=20),
    name=st.sampled_from(("two-pages.pdf", "report.docx")),
)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, position: int, junk: bytes, name: str) -> None:
    data = (DOCUMENTS / name).read_bytes()
    message = refusal(tmp_path, name, data[:position] + junk + data[position + len(junk) :])
    assert message is None or message.startswith(name)
