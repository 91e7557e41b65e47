"""What stands above an article: which lines are its title and byline, what they say, what they don't."""

from __future__ import annotations

import time

import pytest

from index.document import Block
from index.reading.frontmatter import Front, read_front
from index.reading.layout import pieces

BODY = (
    "The ferry stopped running on Monday after its engine failed in the middle of the river, and nobody was hurt. "
    "The company said on May 9, 1998, that it had warned the county of the old engine.\n\n"
    "A second paragraph says that forty people had to wait on the pier until a fisher came and took them over."
)


def front(text: str) -> Front:
    return read_front(text, [b for b in pieces(text, ()) if text[b.start : b.end].strip()])


def of_kind(text: str, kind: str) -> list[str]:
    return [text[b.start : b.end].strip() for b in front(text).blocks if b.kind == kind]


@pytest.mark.parametrize(
    ("byline", "author", "publisher", "published"),
    [
        ("By Jane Roe, Published Sep 18, 2018, 08:44am EDT", "Jane Roe", None, "2018-09-18"),
        ("By JANE ROE, WEEKLY PORT TIMES", "Jane Roe", "Weekly Port Times", None),
        ("By Jane Roe | March 3, 2019 | 4 min read", "Jane Roe", None, "2019-03-03"),
        ("By Jane Roe and Tom Ash", "Jane Roe and Tom Ash", None, None),
        ("By Jane Roe, Tom Ash and Rita Vale, 3 May 2018", "Jane Roe, Tom Ash and Rita Vale", None, "2018-05-03"),
        ("By Jane Roe, business reporter", "Jane Roe", None, None),
        ("By Jane Roe for the Weekly Port Times", "Jane Roe", "Weekly Port Times", None),
        ("By J. R. van der Roe · 18 September 2018", "J. R. van der Roe", None, "2018-09-18"),
        ("*By Jane Roe*", "Jane Roe", None, None),
        ("**By JANE O'NEILL**", "Jane O'Neill", None, None),
        ("Written by Jane Roe on 2018/09/18", "Jane Roe", None, "2018-09-18"),
        ("Interview by Jane Roe", "Jane Roe", None, None),
        ("Interview: Jane Roe", "Jane Roe", None, None),
        ("Prepared by Jane Roe, 2 May 2018", "Jane Roe", None, "2018-05-02"),
        ("Issued June 21, 2018, by Jane Roe, Ferry Warden. To be read with the rules.", "Jane Roe", None, "2018-06-21"),
        ("Posted by u/ferry_jane on May 3, 2018", "u/ferry_jane", None, "2018-05-03"),
        ("Von Jane Roe, 3. März 2019", "Jane Roe", None, "2019-03-03"),
        ("By Staff, May 3, 2018", None, None, "2018-05-03"),
        ("Published: 18.09.2018", None, None, "2018-09-18"),
        ("Tuesday, 18 September 2018, 08:44", None, None, "2018-09-18"),
        ("Weekly Port Times, February 14, 2018", None, "Weekly Port Times", "2018-02-14"),
        ("Jane Roe | May 3, 2018", "Jane Roe", None, "2018-05-03"),
        ("Jane Roe\nMay 3, 2018", "Jane Roe", None, "2018-05-03"),
        ("Published 03/04/2019", None, None, None),
    ],
)
def test_a_byline_under_a_title(byline: str, author: str | None, publisher: str | None, published: str | None) -> None:
    found = front(f"Ferry stops in the middle of the river\n\n{byline}\n\n{BODY}")
    assert found.title == "Ferry stops in the middle of the river"
    assert (found.author, found.published, found.publisher) == (author, published, publisher)


def test_a_byline_is_marked_and_the_body_is_not() -> None:
    text = f"Ferry stops\n\nBy Jane Roe\nMay 3, 2018\n4 min read\n\n{BODY}"
    assert of_kind(text, "byline")[:2] == ["By Jane Roe", "May 3, 2018"]
    assert of_kind(text, "title") == ["Ferry stops"]
    assert len(of_kind(text, "body")) >= 2


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the ferry was gone",
        "By the river",
        "By Region",
        "By and large it was a good year for the mill",
        "In May 2018 we closed.",
        "The mill closed on May 3, 2018.",
        "Posted signs are kept",
    ],
)
def test_a_sentence_is_no_byline(line: str) -> None:
    found = front(f"Ferry stops in the river\n\n{line}\n\n{BODY}")
    assert (found.author, found.published) == (None, None)
    assert not [block for block in found.blocks if block.kind == "byline"]


def test_a_date_in_the_prose_is_not_the_date_of_the_article() -> None:
    assert front(f"Ferry stops\n\n{BODY}").published is None


def test_a_dateline_dates_the_article() -> None:
    found = front(f"Ferry stops in the river\n\nPORT BRILL, 3 May 2018 — {BODY}")
    assert (found.title, found.published) == ("Ferry stops in the river", "2018-05-03")
    assert front(f"Ferry stops in the river\n\nBrill, May 3, 2018 – {BODY}").published == "2018-05-03"
    assert front(f"Ferry stops in the river\n\nOn May 3, 1998 – {BODY}").published is None
    assert front(f"Ferry stops in the river\n\nPORT BRILL, 3 May — {BODY}").published is None


def test_yaml_front_matter() -> None:
    found = front(f"---\ntitle: Ferry stops\nauthor: Jane Roe\ndate: 2018-05-03\ntags: river\n---\n\n{BODY}")
    assert (found.title, found.author, found.published) == ("Ferry stops", "Jane Roe", "2018-05-03")


def test_a_table_under_the_title() -> None:
    table = "| | |\n|---|---|\n| Prepared by | Brill Works |\n| Author | Jane Roe, manager |\n| Date | 10 May 2018 |"
    text = f"# Report on the ferry\n\n{table}\n\n## What happened\n\n{BODY}"
    found = front(text)
    assert (found.title, found.author, found.published) == ("Report on the ferry", "Jane Roe", "2018-05-10")
    assert of_kind(text, "byline") == [table]


def test_labels_in_bold() -> None:
    found = front(f"# Report on the ferry\n\n**Author:** Jane Roe\n\n**Date:** 10 May 2018\n\n{BODY}")
    assert (found.author, found.published) == ("Jane Roe", "2018-05-10")


def test_the_head_of_a_memo() -> None:
    text = f"From: Jane Roe\nTo: All ferry staff\nDate: 10 May 2018\nSubject: The old engine\n\n{BODY}"
    found = front(text)
    assert (found.title, found.author, found.published) == ("The old engine", "Jane Roe", "2018-05-10")


def test_a_table_of_other_things_is_no_head() -> None:
    text = f"# Ferries\n\n| Name | Status |\n|---|---|\n| Brill | new |\n\n{BODY}"
    assert front(text).author is None
    assert of_kind(text, "table")


def test_a_section_and_a_masthead_above_the_title_are_neither() -> None:
    text = f"PORT WEEKLY TIMES\nSunday, March 18, 2018      Page 3\n\nFERRY STOPS IN THE RIVER\n\nBy Jane Roe\n\n{BODY}"
    found = front(text)
    assert (found.title, found.published) == ("FERRY STOPS IN THE RIVER", "2018-03-18")
    assert found.publisher == "Port Weekly Times"
    assert of_kind(text, "furniture") == ["PORT WEEKLY TIMES"]
    assert of_kind(f"Opinion\n\nFerry stops in the river\nBy Jane Roe\n\n{BODY}", "title") == [
        "Ferry stops in the river"
    ]


def test_an_office_above_the_title_is_a_byline() -> None:
    text = f"Office of the Ferry Warden\n\nThe engine: a review\n\nJane Roe, Ferry Warden\nMay 2, 2018\n\n{BODY}"
    assert of_kind(text, "byline") == ["Office of the Ferry Warden", "Jane Roe, Ferry Warden", "May 2, 2018"]
    assert (front(text).title, front(text).author) == ("The engine: a review", "Jane Roe")


def test_a_title_of_two_lines_is_one_block() -> None:
    text = f"The ferries of the county: a\n\nreview for small towns\n\nBy Jane Roe\n\n{BODY}"
    assert front(text).title == "The ferries of the county: a review for small towns"
    assert len(of_kind(text, "title")) == 1


def test_a_person_under_the_title_is_not_the_title() -> None:
    text = f"Q&A: Jane Roe on ferries\n\nJane Roe, President, Brill Ferries\nMay 2, 2018\n\n{BODY}"
    assert (front(text).title, front(text).author) == ("Q&A: Jane Roe on ferries", None)


def test_the_name_of_an_interviewed_person_is_not_the_author() -> None:
    text = f"The long way over\n\nJane Roe\nMay 2, 2018\n\nTIMES: Why?\n\nJANE ROE: Because of the engine.\n\n{BODY}"
    assert front(text).author is None


def test_one_word_above_prose_is_a_title() -> None:
    assert front(f"Ferries\n\n{BODY}").title == "Ferries"


def test_a_link_that_skips_and_a_reading_time_are_no_title() -> None:
    assert front(f"Skip to main content\n\n{BODY}").title is None
    assert front(f"Ferry stops in the river\n\n5 min read\n\nMay 3, 2018\n\n{BODY}").title == "Ferry stops in the river"


@pytest.mark.parametrize("first", ["Hello", "Menu", "Search", "ferries", "Ferries."])
def test_one_word_that_is_no_title(first: str) -> None:
    assert front(f"{first}\n\n{BODY}").title is None


def test_a_menu_above_the_title() -> None:
    menu = "\n".join("Home News Sport Weather Business Culture Travel Food".split())
    assert front(f"{menu}\n\nFerry stops in the river\nBy Jane Roe\n\n{BODY}").title == "Ferry stops in the river"


@pytest.mark.parametrize(
    "text",
    [
        "2018-05-03,Brill,4\n2018-05-04,Brill,5\n2018-05-05,Dunmore,7\n2018-05-06,Brill,9\n2018-05-07,Brill,9",
        "May 3, 2018\nWoke up late.\n\nMay 4, 2018\nRain.\n\nMay 5, 2018\nSun.\n\nMay 6, 2018\nHail.",
        "[2018-05-03 10:00] jane: hello\n[2018-05-03 10:01] tom: hi\n[2018-05-03 10:02] jane: bye",
        "#!/bin/sh\nimport os\nx = 1\n",
        "",
    ],
)
def test_data_diaries_chats_and_code_have_no_front(text: str) -> None:
    if not text:
        return
    found = front(text)
    assert (found.author, found.published) == (None, None)
    assert not [block for block in found.blocks if block.kind == "byline"]


def test_the_note_about_the_author_is_a_byline() -> None:
    note = "*Jane Roe is a contributing editor of Port Weekly. She lives in Brill.*"
    text = f"Ferry stops in the river\n\nBy Jane Roe\n\n{BODY}\n\n{note}"
    assert of_kind(text, "byline") == ["By Jane Roe", note]
    assert front(text).publisher == "Port Weekly"


def test_a_signature_is_a_byline() -> None:
    text = f"Ferry stops in the river\n\nBy Jane Roe\n\n{BODY}\n\nJane Roe\nFerry Warden"
    assert of_kind(text, "byline") == ["By Jane Roe", "Jane Roe", "Ferry Warden"]


def test_prose_about_the_author_is_no_byline() -> None:
    text = f"Ferry stops in the river\n\nBy Jane Roe\n\n{BODY}\n\nTom Ash said that Jane Roe is a good captain."
    assert of_kind(text, "byline") == ["By Jane Roe"]


@pytest.mark.parametrize(
    ("signs", "publisher"),
    [
        (["Port Weekly logo"], "Port Weekly"),
        (["First published in Port Weekly."], "Port Weekly"),
        (["Port Weekly is published by Brill Media Ltd. © 2018 Brill Media Ltd."], "Port Weekly"),
        (["Join Port Weekly Newsletter?", "© 2019 Port Weekly. All rights reserved."], "Port Weekly"),
        (["Join the Port Weekly newsletter", "This article is part of Port Weekly's series on mills."], "Port Weekly"),
        (["Join the Port Weekly newsletter", *["The ferry is well known to Port Weekly."] * 3], "Port Weekly"),
        (["This story is part of Port Weekly’s series.", *["It told Port Weekly so."] * 3], "Port Weekly"),
        (["This story is part of Port Weekly’s series on mills."], None),
        (["This story is part of Port Weekly."], None),
        (["Ash Agency Photo", "© 2019 Ash Agency", "Ash Agency Photo", *["The ferry stops."] * 3], None),
        (["Port Weekly logo", "Copyright © 2019 Brill Media Inc. All rights reserved."], "Port Weekly"),
        (["© 2019 Brill Media. All rights reserved."], None),
        (["Join Port Weekly Newsletter?"], None),
        (["Port Weekly logo", "Ferry Daily logo"], None),
        (["© 2019 Brill Media.", "© 2019 Brill Media."], None),
        (["First published on 21st of June in Brill"], None),
        (["A story in Port Weekly said so."], None),
        ([], None),
    ],
)
def test_the_publication_needs_agreement_or_a_strong_sign(signs: list[str], publisher: str | None) -> None:
    text = "\n\n".join([*signs, "Ferry stops in the river", "By Jane Roe, May 3, 2018", BODY])
    assert front(text).publisher == publisher


def test_what_the_format_calls_the_title_is_the_title() -> None:
    text = f"Site name\n\nFerry stops\n\n{BODY}"
    blocks = list(pieces(text, [Block("furniture", 0, 9), Block("title", 11, 22)]))
    assert read_front(text, blocks).title == "Ferry stops"


@pytest.mark.parametrize(
    "unit", ["By Jane Roe, ", "By ", "A: b\n", "May 3, 2018\n", "Jane ", "© ", "| Date | ", "A, ", "x\n\n"]
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    blocks = list(pieces(text, ()))
    began = time.process_time()
    read_front(text, blocks)
    assert time.process_time() - began < 10


def test_a_name_below_the_day_of_an_edit_is_no_author() -> None:
    assert front(f"Ferry stops in the river\n\nedited May 5, 2019 at 9:01\n\nOtto Lind\n\n{BODY}").author is None
    assert front(f"Ferry stops in the river\n\nMay 5, 2019 at 9:01\n\nOtto Lind\n\n{BODY}").author == "Otto Lind"
