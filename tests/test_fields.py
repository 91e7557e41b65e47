"""Labelled lines at the top of a text: what they say, and which lines are none."""

from __future__ import annotations

import pytest

from index.document import Block
from index.reading.fields import read_fields

BODY = "The ferry stopped running on Monday after the engine failed in the middle of the river, and nobody was hurt."


def fields(*parts: str | tuple[str, str]) -> tuple[dict[str, str], list[int]]:
    """What is read of blocks: (kind, words), a body where only the words are given."""
    text, blocks = "", []
    for part in parts:
        kind, words = ("body", part) if isinstance(part, str) else part
        blocks.append(Block(kind, len(text), len(text) + len(words)))
        text += f"{words}\n\n"
    return read_fields(text, blocks)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Author: Jane Roe", {"author": "Jane Roe"}),
        ("**Author:** Jane Roe", {"author": "Jane Roe"}),
        ("> Written by: JANE ROE", {"author": "Jane Roe"}),
        ("From: Jane Roe <jane@mill.example>", {"author": "Jane Roe"}),
        ("Autor: Jane Roe", {"author": "Jane Roe"}),
        ("author = 'Jane Roe'", {"author": "Jane Roe"}),
        ("Prepared by: Jane Roe, harbour master", {"prepared": "Jane Roe"}),
        ("Published on: May 4, 2019", {"published": "2019-05-04"}),
        ("Datum: 4. Mai 2019", {"published": "2019-05-04"}),
        ("Sent: Saturday, May 4, 2019 10:12", {"published": "2019-05-04"}),
    ],
)
def test_a_line_with_a_label(line: str, found: dict[str, str]) -> None:
    assert fields(f"Title: Ferry stops\n{line}", BODY) == ({"title": "Ferry stops", **found}, [0])


def test_the_publication_and_the_first_of_two_dates() -> None:
    read, places = fields("Publication: Port Weekly", "Date: May 4, 2019", "Date: May 9, 2019", BODY)
    assert read == {"publisher": "Port Weekly", "published": "2019-05-04"}
    assert places == [0, 1, 2]


def test_a_date_beside_whoever_prepared_it() -> None:
    assert fields("Subject: Ferry\nPrepared by: Jane Roe, May 4, 2019", BODY)[0] == {
        "title": "Ferry",
        "prepared": "Jane Roe",
        "published": "2019-05-04",
    }


def test_a_table_of_fields_may_hold_unknown_ones() -> None:
    table = ("table", "| Author | Jane Roe |\n| Vessel | Tern |\n| Date | 2019-05-04 |")
    assert fields(table, BODY)[0] == {"author": "Jane Roe", "published": "2019-05-04"}


def test_front_matter_may_hold_unknown_fields() -> None:
    matter = ("byline", "---\ntitle: Ferry stops\nlicence: none\nauthor: Jane Roe\n---")
    assert fields(matter, BODY) == ({"title": "Ferry stops", "author": "Jane Roe"}, [0])


@pytest.mark.parametrize(
    "parts",
    [
        ("Author: Jane Roe", BODY),  # one label alone may be anything
        ("Title: Ferry\nPublisher: Port Weekly", BODY),  # neither who nor when
        ("Author: Jane Roe\nVessel: Tern\nDate: May 4, 2019", BODY),  # a list of other things
        ("Author: Jane Roe and so on\nThe ferry stopped.\nDate: May 4, 2019", BODY),
        (*[BODY] * 7, "Author: Jane Roe\nDate: May 4, 2019"),  # not at the top
        (("furniture", "Author: Jane Roe\nDate: May 4, 2019"), BODY),
        (),
    ],
)
def test_what_holds_no_fields(parts: tuple[str | tuple[str, str], ...]) -> None:
    assert fields(*parts) == ({}, [])


def test_an_author_who_is_nobody_is_left_out() -> None:
    assert fields("Author: the whole of the staff that was there\nDate: May 4, 2019", BODY)[0] == {
        "published": "2019-05-04"
    }


def test_the_head_of_a_mail_from_an_archive() -> None:
    head = [
        "From jroe at mill.example  Tue May  7 10:12:03 2019",
        "From: jroe at mill.example (Jane Roe)",
        "Date: Tue, 7 May 2019 10:12:03 +0200",
        "Subject: [mill] Sluice",
        "In-Reply-To: <2019.1@ferry.example>",
        "Message-ID: <2019.2@mill.example>",
    ]
    wanted = {"author": "Jane Roe", "published": "2019-05-07", "title": "[mill] Sluice"}
    assert fields(*head, BODY) == (wanted, [*range(6)])
    assert fields("\n".join(head), BODY) == (wanted, [0])


def test_a_sentence_that_begins_with_from_heads_no_mail() -> None:
    assert fields("From Brill the ferry left at 10:12:03 on a day in May", "Author: Jane Roe", BODY) == ({}, [])
