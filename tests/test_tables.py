"""Which lines are a table: whole with its header row, by pipes, tabs, commas, columns or figures, and what is none."""

from __future__ import annotations

import pytest

from index.document import Block
from index.reading.layout import pieces


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end].strip()) for block in pieces(text, ())]


def tables(text: str) -> list[str]:
    return [words for kind, words in kinds(text) if kind == "table"]


MARKDOWN = "| Pier | Boats |\n|---|---:|\n| North | 4 |\n| South | 9 |"
SPACES = """\
    Terminal        Boats   Built
    Brill              63    2014
    Tern Point          4    2015
    Total              67"""
WRAPPED = """\
Name       Duty
Jane Roe   opens the sluice and
           writes it into the book
Tom Ash    closes it again
Rita Vale  reads the gauge"""
FIGURES = "Terminal Boats Model Year\nBrill 63 A4 2014\nTern Point 41 A4 2014\nDunmore 22 B5 2016\nTotal 126"
CSV = 'terminal,boats,model\nBrill,63,A4\n"Marsh, North",22,B5\nTern Point,18,B5'
TABS = "terminal\tboats\nBrill\t63\nDunmore\t41"
BARE = "Name | Duty | Since\nJane Roe | opens the sluice | 2014\nTom Ash | closes it | 2016"


@pytest.mark.parametrize("table", [MARKDOWN, SPACES, WRAPPED, FIGURES, CSV, TABS, BARE])
def test_a_table_is_one_block_with_its_header_row(table: str) -> None:
    above, below = "The county counts its boats.", "The count was made in June, before the second boat had come."
    text = f"{above}\n\n{table}\n\n{below}"
    assert kinds(text) == [("body", above), ("table", table.strip()), ("body", below)]


def test_a_table_with_prose_right_below_it_ends_above_the_prose() -> None:
    prose = "Half of the boats were painted green in the spring, and the others were left as they were."
    assert kinds(f"{FIGURES}\n{prose}") == [("table", FIGURES), ("body", prose)]


def test_a_caption_and_rows_without_any_signs() -> None:
    rows = "Question Answer\nHow long is the rope? Nine fathoms\nWho holds the key? The keeper\nIs there a light? No"
    text = f"Table 2. What we asked, and when\n{rows}\nThe rope was longer in the days of the old keeper, as he says."
    assert [kind for kind, _ in kinds(text)] == ["caption", "table", "body"]
    assert tables(text) == [rows]


def test_rows_go_on_over_blank_lines_below_a_caption_but_a_heading_ends_them() -> None:
    rows = (
        "Date Event\nMay 3, 2018 The weir breaks\n\nNight book\n\nMay 4, 2018 The county is told\nMay 5, 2018 Repairs"
    )
    text = f"Table 1: Events\n{rows}\n\nFindings\n\nThe weir broke because nobody had looked at it for nine years."
    assert tables(text) == [rows]
    assert kinds(text)[-2:] == [
        ("body", "Findings"),
        ("body", "The weir broke because nobody had looked at it for nine years."),
    ]


def test_a_caption_at_a_pages_foot_belongs_to_the_rows_on_the_next_page() -> None:
    head, foot, rows = "Table 1. Boats\n\n", "Boats of the county\n\n", "Boat Colour\nHeron Grey and blue\nGull White"
    text = head + foot + rows
    known = [Block("furniture", len(head), len(head + foot))]
    assert [block.kind for block in pieces(text, known)] == ["caption", "furniture", "table"]


def test_a_caption_at_the_end_of_a_paragraph_of_a_pdf_is_parted_from_it() -> None:
    prose = "The keeper wrote to us twice in the spring of the year. Nobody else along the river did."
    rows = "Question Answer\nWho holds the key? The keeper\nIs there a light? No"
    found = kinds(f"{prose} Table 2. Letters of the keeper\n{rows}")
    assert found == [("body", prose), ("caption", "Table 2. Letters of the keeper"), ("table", rows)]


def test_a_short_line_right_above_a_table_is_its_caption() -> None:
    assert kinds(f"Boats by pier\n{MARKDOWN}")[0] == ("caption", "Boats by pier")
    assert kinds("Results of the poll\nYes 45%\nNo 30%\nMaybe 25%")[0] == ("caption", "Results of the poll")


def test_a_caption_above_prose_makes_no_table_of_it() -> None:
    text = "Table 3: Results\n\nThe results of the count show that\nthe mill was running in every\nmonth of the year."
    assert tables(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Home | News | Sport",
        "About us  |  Contact  |  Privacy",
        "Jane Roe\nMay 5, 2018\nTom Ash\nMay 6, 2018",
        "UA\nNight Keeper #1\nMay 5, 2018\n(39)\n(1)",
        "Chapter 1\nChapter 2\nChapter 3",
        "1.\tThe board shall meet in June.\n2.\tThe board shall elect a chair.",
        "JANE:\tWhere is the key?\nTOM:\tIn the ferry.",
        "It was late.  Nobody came.  The lamp was lit.\nThe boat was gone.  We waited.  It rained on the pier.",
        "The mill closed, the ferry stopped, the inn\nwas sold, the school moved, the road was shut,\nand we left.",
        "Posts: 34\nLikes: 5\nJoined: 2012",
        "Ferry sinks on May 4, 2018\nMill burns on June 9, 2019\nWeir breaks on July 3, 2020",
        "March 6, 2018     Boat show, Brill\nJune 12, 2018     Supper of the keepers",
        "It  was  a  long road\nthat led down to   the weir\nand no  one walked on it",
    ],
)
def test_what_is_no_table(text: str) -> None:
    assert tables(text) == []
