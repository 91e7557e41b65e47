"""Which line above an article is found as its title, and which lines are not."""

from __future__ import annotations

import pytest

from index.reading.frontmatter import read_front
from index.reading.layout import pieces
from index.structure import read_structure

BODY = (
    "The ferry stopped running on Monday after its engine failed in the middle of the river, and nobody was hurt. "
    "The company said that it had warned the county of the old engine for many years.\n\n"
    "A second paragraph says that forty people had to wait on the pier until a fisher came and took them all over, "
    "and that the county will pay for their tickets this week."
)
MENU = "\n\n".join("Home News Sport Weather Business Culture Travel Food".split())


def title(text: str) -> str | None:
    return read_front(text, [b for b in pieces(text, ()) if text[b.start : b.end].strip()]).title


@pytest.mark.parametrize(
    "above",
    [
        MENU,
        "Home > News > Ferries",
        f"{MENU}\n\nHome » News » Ferry stops in the river",
        "Continue reading the main story",
        "Tell us what you think of cookies",
        "- News\n- Sport\n- Weather\n- Food",
        "Harbour news",
    ],
)
def test_the_line_above_the_byline_is_the_title(above: str) -> None:
    assert title(f"{above}\n\nFerry stops in the river\n\nBy Jane Roe\n\n3 May 2018\n\n{BODY}") == (
        "Ferry stops in the river"
    )


def test_a_standfirst_below_the_title_is_not_the_title() -> None:
    standfirst = "Forty people waited on the pier while the county looked for an engine"
    assert title(f"{MENU}\n\nFerry stops in the river\n\n{standfirst}\n\nBy Jane Roe\n\n{BODY}") == (
        "Ferry stops in the river"
    )


def test_a_breadcrumb_stands_before_the_title() -> None:
    assert title(f"Port Forum > Boats > Ferries\nFerry stops in the river\n\n{BODY}") == "Ferry stops in the river"


@pytest.mark.parametrize("line", ["Skip to main content", "Sign up for our newsletter", "© 2018 Port Weekly", "Log in"])
def test_what_menus_and_forms_say_is_no_title(line: str) -> None:
    assert title(f"{line}\n\n{BODY}") is None


def test_a_heading_within_the_article_is_not_the_title() -> None:
    text = f"Ferry stops in the river\n\nBy Jane Roe\n\n{BODY}\n\nWhat the county says\n\n{BODY}"
    assert title(text) == "Ferry stops in the river"


def test_below_a_letterhead_stands_the_title() -> None:
    text = (
        "ALLER DISTRICT COUNCIL\nMILLS & WEIRS COMMITTEE\nPublic hearing: the closing of the weir\n"
        "Tuesday 11 July 2023, Council Chamber\n\nThe clerk opened the hearing and read the letter of the miller.\n"
    )
    assert read_structure(text).title == "Public hearing: the closing of the weir"


def test_a_body_alone_is_the_title_where_prose_follows() -> None:
    text = "Aller District Council\n\nThe council met on Monday. It closed the weir, and the miller was not there.\n"
    assert read_structure(text).title == "Aller District Council"


@pytest.mark.parametrize("line", ["Owner: Jane Roe · Next review: May 2025", "Valid until 3 May 2025"])
def test_the_day_of_something_to_come_is_not_when_it_was_published(line: str) -> None:
    text = f"# Rules of the mill\n\n{line}\n\nThe wheel is turned by hand on Mondays, and by nobody on Sundays.\n"
    assert read_structure(text).published is None
