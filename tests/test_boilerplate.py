"""Which lines a site repeats on its pages, and which repeated lines are the documents' own: invented texts."""

from __future__ import annotations

import random
import time

import numpy
import pytest

from index.boilerplate import LINE, mark_repeated, repeated_lines, sketch_of
from index.document import Block, Document

BOX = [
    "Get the latest tide tables",
    "Sign up for our newsletter and read them every Friday.",
    "Your email address",
]
STORIES = {
    "crane": ["A crane fell at the quay", "The crane fell on Monday while it lifted salt.", "Nobody was hurt in it."],
    "ferry": ["The ferry is late", "A ferry of the river line broke its rudder at noon.", "It was towed to the dock."],
    "mill": [
        "The mill is sold",
        "A brewer from the hills bought the old mill this spring.",
        "He wants to mill barley.",
    ],
    "lock": ["The lock leaks", "Water ran out of the upper lock for a whole night.", "Divers look at the gates now."],
}


def paragraphs(identity: str, *texts: str, kinds: dict[str, str] | None = None, title: str = "") -> Document:
    """A document of one block per text: `title` (else the first), the others body unless `kinds` says otherwise."""
    title = title or texts[0]
    named = {title: "title", **(kinds or {})}
    blocks, position = [], 0
    for text in texts:
        blocks.append(Block(named.get(text, "body"), position, position + len(text) + 2))
        position += len(text) + 2
    whole = "".join(f"{text}\n\n" for text in texts)
    return Document(identity, f"{identity}.txt", title, None, None, None, whole, tuple(blocks))


def page(name: str, *extra: str, kinds: dict[str, str] | None = None) -> Document:
    """A story with `extra` lines before its last paragraph."""
    title, first, last = STORIES[name]
    told = f"{first} It is the {name} that the town speaks of, and the harbour master has written it down at length,"
    return paragraphs(name, title, f"{told} on a page of his own, for all who come after.", *extra, last, kinds=kinds)


def furniture(documents: list[Document]) -> list[list[str]]:
    """The texts that repetition made furniture, by document."""
    repeated = repeated_lines({document.id: sketch_of(document) for document in documents})
    found = []
    for document in documents:
        marked = mark_repeated(document, repeated[document.id])
        assert [(b.start, b.end) for b in marked.blocks] == [(b.start, b.end) for b in document.blocks]
        pairs = zip(document.blocks, marked.blocks, strict=True)
        found.append([document.text[new.start : new.end].strip() for old, new in pairs if new != old])
        assert all(
            new.kind == "furniture" for old, new in zip(document.blocks, marked.blocks, strict=True) if new != old
        )
    return found


def test_a_box_in_the_middle_of_three_pages_is_furniture() -> None:
    assert furniture([page(name, *BOX) for name in ("crane", "ferry", "mill")]) == [BOX] * 3


def test_two_pages_are_not_enough() -> None:
    assert furniture([page("crane", *BOX), page("ferry", *BOX), page("mill")]) == [[], [], []]


def test_case_space_and_list_marks_make_no_difference() -> None:
    written = ["Sign up for our newsletter", "* SIGN UP  for our newsletter", "- sign up for\nour newsletter"]
    documents = [page(name, line) for name, line in zip(("crane", "ferry", "mill"), written, strict=True)]
    assert furniture(documents) == [[line] for line in written]


def test_the_order_of_documents_makes_no_difference() -> None:
    documents = [page(name, *BOX) for name in STORIES]
    sketches = {document.id: sketch_of(document) for document in documents}
    there = repeated_lines(sketches)
    back = repeated_lines(dict(reversed(sketches.items())))
    assert {name: lines.tobytes() for name, lines in there.items()} == {n: b.tobytes() for n, b in back.items()}


@pytest.mark.parametrize("line", ["© 2031 Port Paper Ltd", "Read this report for free.", "Subscribe", "Log in"])
def test_a_repeated_line_with_a_call_stands_alone(line: str) -> None:
    assert furniture([page(name, line) for name in ("crane", "ferry", "mill")]) == [[line]] * 3


def test_a_menu_is_furniture_before_the_title_and_in_the_middle() -> None:
    menu = ["Tide tables", "Ships in port", "Weather at sea"]
    assert furniture([page(name, *menu) for name in ("crane", "ferry", "mill")]) == [menu] * 3
    above = [paragraphs(name, *menu[:2], *STORIES[name], title=STORIES[name][0]) for name in ("crane", "ferry", "mill")]
    assert furniture(above) == [menu[:2]] * 3


def test_two_labels_amid_a_text_are_no_menu() -> None:
    assert furniture([page(name, "Tide tables", "Ships in port") for name in ("crane", "ferry", "mill")]) == [[]] * 3


def test_headings_of_a_series_of_reports_stay() -> None:
    kinds = {"In short": "heading", "What we found": "heading"}
    documents = [
        paragraphs(name, f"Report on the {name}", "In short", first, "What we found", last, kinds=kinds)
        for name, (_, first, last) in STORIES.items()
    ]
    assert furniture(documents) == [[]] * 4


def test_a_heading_after_a_repeated_line_belongs_to_the_text_below() -> None:
    line = "Subscribe to these reports"
    documents = [
        page(name, line, "What we found", kinds={"What we found": "heading"}) for name in ("crane", "ferry", "mill")
    ]
    assert furniture(documents) == [[line]] * 3


def test_recurring_clauses_and_background_stay() -> None:
    clauses = [
        "This section does not apply to a vessel that is moored for repair.",
        "In this section, port means any place where a vessel may be loaded.",
    ]
    assert furniture([page(name, *clauses) for name in STORIES]) == [[]] * 4
    assert furniture([page(name, clauses[0]) for name in STORIES]) == [[]] * 4


def test_a_long_text_beside_a_call_stays_and_within_a_box_goes() -> None:
    about = (
        "The harbour was built by the salt merchants of the town and has been run by their heirs and in-laws since, "
        "but for the flood."
    )
    call = "Sign up for our newsletter"
    names = ("crane", "ferry", "mill")
    assert furniture([page(name, about, call) for name in names]) == [[call]] * 3
    box = [call, about, "Share this page"]
    assert furniture([page(name, *box) for name in names]) == [box] * 3


@pytest.mark.parametrize("kind", ["title", "byline", "comment", "table", "quotation", "interview_answer", "masked"])
def test_other_kinds_are_left_alone(kind: str) -> None:
    line = "Sign up for our newsletter"
    assert furniture([page(name, line, kinds={line: kind}) for name in ("crane", "ferry", "mill")]) == [[]] * 3


def test_minutes_keep_who_was_present_and_their_agenda() -> None:
    lines = ["Present: Ann Lee, Bo Park", "1. Matters that arise", "There were none.", "2. Any other business"]
    assert furniture([page(name, *lines) for name in STORIES]) == [[]] * 4


def test_a_paragraph_with_a_speaker_inside_stays() -> None:
    documents = []
    for name in ("crane", "ferry", "mill"):
        document = page(name, '"Sign up for the crew," says Jane Roe.')
        block = document.blocks[2]
        child = Block("quotation", block.start, block.start + 24, "Jane Roe", parent=2)
        rest = Block("body", block.start + 24, block.end, parent=2)
        blocks = (*document.blocks, child, rest)
        documents.append(Document(name, "a", None, None, None, None, document.text, blocks))
    assert furniture(documents) == [[]] * 3


def test_a_block_that_becomes_furniture_loses_its_voice_and_only_that() -> None:
    documents = [page(name, *BOX) for name in ("crane", "ferry", "mill")]
    repeated = repeated_lines({document.id: sketch_of(document) for document in documents})
    marked = mark_repeated(documents[0], repeated["crane"])
    assert marked.blocks[3] == Block("furniture", documents[0].blocks[3].start, documents[0].blocks[3].end)
    assert marked.blocks[:2] == documents[0].blocks[:2]


def test_copies_of_a_document_count_once() -> None:
    copies = [page("crane", *BOX) for _ in range(3)]
    copies = [Document(f"{n}", "a", None, None, None, None, c.text, c.blocks) for n, c in enumerate(copies)]
    assert furniture(copies) == [[]] * 3
    assert furniture([*copies, page("ferry", *BOX)]) == [[]] * 4
    assert furniture([*copies, page("ferry", *BOX), page("mill", *BOX)]) == [BOX] * 5


def test_near_copies_count_once() -> None:
    copies = [page("crane", f"Edition number {number} of the paper.", *BOX) for number in range(3)]
    copies = [Document(f"{n}", "a", None, None, None, None, c.text, c.blocks) for n, c in enumerate(copies)]
    assert furniture(copies) == [[]] * 3


def test_a_form_most_of_which_is_repeated_keeps_everything() -> None:
    form = [
        "Please follow us to the quay at nine in the morning.",
        "Contact us when the ship is late, by radio or by lamp.",
        "Read more about it in the book of rules of the harbour.",
    ]
    names = {"a": "crane", "b": "ferry", "c": "mill"}
    documents = [paragraphs(key, f"Form of the {name}", *form, f"The {name} was late.") for key, name in names.items()]
    assert furniture(documents) == [[]] * 3


def test_what_is_furniture_elsewhere_counts() -> None:
    line = "Tide tables of today"
    pages = [page(name, line, kinds={line: "furniture"}) for name in ("crane", "ferry")]
    third = page("mill", line, "Share this page")
    others = [page("lock", "Share this page"), paragraphs("x", "Other", "Share this page", "The rest is about rope.")]
    assert furniture([*pages, third, *others])[2] == [line, "Share this page"]


def test_nothing_and_odd_texts() -> None:
    assert repeated_lines({}) == {}
    empty = Document("e", "e", None, None, None, None, "", ())
    assert furniture([empty, paragraphs("w", "\n", " \t"), paragraphs("s", "\ufffd \ufffd", "*" * 50)]) == [[], [], []]


def test_many_lines_take_little_time_and_memory() -> None:
    numbers = random.Random(3)
    sketches = {}
    for document in range(1000):
        lines = [*range(50), *(numbers.getrandbits(60) for _ in range(200))]
        rows = [(line, 20 if line < 50 else 100, True) for line in lines]
        sketches[f"{document}"] = numpy.array(rows, dtype=LINE)
    began = time.process_time()
    repeated = repeated_lines(sketches)
    assert time.process_time() - began < 10
    assert repeated["7"].tolist() == list(range(50))


def test_a_huge_document_takes_linear_time() -> None:
    lines = [f"Line {number} of the log" for number in range(20_000)]
    document = paragraphs("log", *lines, "x" * 5_000_000)
    began = time.process_time()
    mark_repeated(document, numpy.sort(sketch_of(document)["line"][:100]))
    assert time.process_time() - began < 20
