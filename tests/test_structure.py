"""Text becomes blocks: what must hold for any text, documents of every layout, and time that grows with length."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import index.structure
from index.document import BLOCK_KINDS, Block
from index.reading.dates import find_date
from index.reading.masks import is_masked
from index.structure import Structure, read_structure

INTERVIEW = """\
The Long Road to the Harbour

Port Weekly talks to the harbour's new director about cranes, tides and money.

By Ada Quill | March 3, 2019

Jane Roe, Director, Harbour of Brill

PORT WEEKLY: What did you find when you arrived at the harbour last spring?

JANE ROE: I found cranes that had not been inspected since 2011, and a ledger nobody could read.

We closed two of them on the first day, and the third within a week of that.

The fourth we kept, because it was the only one that worked.

PORT WEEKLY: Who paid for the repairs, and how much did they cost in all?

JANE ROE: The county paid half of it and the shipping lines paid the rest, about nine million.

What happens next

The harbour board meets again in June to decide on the budget for the coming year.
"""
PRONOUN = """\
Interview with a supplier

MAY: What was it that he told you about the missing boxes in the yard?

HE: They may have been moved by the night crew, but he could not say when it was done.

MAY: And do you think that he was right about it in the end, honestly?

HE: I do think so, because the boxes came back within a week of that talk.
"""
QA = """\
Q: Where does the water in the lower basin come from in summer, and why?

A: It comes from the reservoir above the town, which is filled in the winter.

Q: Is that enough for all of the people who live there now, do you think?

A: It was enough until the new quarter was built, and now it is not.
"""
COMMENTS = """\
Mill closes after flood
By Tom Ash, Published May 4, 2018, 09:14am EDT

The mill in Dunmore closed on Friday after the flood, the company said, and forty people lost their work there.

Comments (3)

Rita Vale
May 5, 2018
Millworks Ltd
My brother worked there for twenty years and he heard it from the radio.

(4)

undisclosed #2
May 6, 2018

They knew it in March. Everybody knew it in March.

Second paragraph of the same comment, which goes on for a while.

12 likes
"""
COMMENTS_PLAIN = """\
Mill closes after flood

The mill in Dunmore closed on Friday after the flood, the company said, and forty people lost their work there.

Comments

I heard it was planned since the spring of that year, honestly.

Nobody told us anything about it.
"""
MASKS = """\
Report on barriers

The company faces several difficulties this year, as this long paragraph explains to readers in some detail.

Barriers ***** ******

*** ******* ***** faces ***** ** barriers *** ******** ** the ***** market ****.

This is *very* important and **bold** text, and this has a footnote* and 5 * 3 stars.

* * *

The footnote* is explained below by the editors of the paper in a line.

* Footnote: the figures are for 2018 and were not audited by anybody at all.

**********

End of the report, which is a sentence of a usual length for such a report.
"""
MENU = """\
Home
News
Sport
Weather
Business
Culture
Travel
Food
Video
Podcasts

Storm closes the pass
By Mira Holm
June 9, 2020

The storm closed the mountain pass on Tuesday night, and the road service said that it would
stay closed until at least Friday because of the many fallen trees and stones that lie on it.

The storm closed the mountain pass on Tuesday night, and the road service said that it would
stay closed until at least Friday because of the many fallen trees and stones that lie on it.

The storm closed the mountain pass on Tuesday night, and the road service said that it would
stay closed until at least Friday because of the many fallen trees and stones that lie on it.

The storm closed the mountain pass on Tuesday night, and the road service said that it would
stay closed until at least Friday because of the many fallen trees and stones that lie on it."""
LISTS = """\
Shopping rules

Bring these things:

- apples from the market
- two loaves of bread
* a bottle of oil
1. first count the money
2) then pay for it

Name | Price
| a | 1 |
| b | 2 |

city\tcount
Brill\t4
Dunmore\t9
"""
WRAPPED = """\
A letter to the board

The harbour board has decided to close the northern pier for the whole
of the coming winter, because the planks are rotten and nobody can be
found to mend them.

> We have asked three times,
> and three times we were refused.

The second paragraph is short.
"""
UPDATES = """\
Ferry stops running
By Ann Lee
2 April 2021

The ferry stopped running on Monday after the engine failed in the middle of the river, and nobody was hurt.

Update: The ferry runs again since Wednesday, the company said in a short statement.

It will stay on its winter timetable until June.

CORRECTION April 5, 2021: An earlier version gave the wrong day.

Comments (1)

Glad it is back, I use it every day to work.
"""

PIECES = [
    *("A: ", "Q: ", "JANE ROE: ", "**JANE ROE**: ", "JANE ROE, Boss\n", "# ", "- ", "1. ", "> ", "| a | b |", "a\tb"),
    *(
        "Comments (2)",
        "Rita Vale\n",
        "By Jane Roe",
        "May 5, 2018",
        "Update: ",
        "(4)",
        "***",
        "* ",
        "=====",
        "Hello there.",
    ),
    *(
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\u2028",
        "\x85",
        "\x0b",
        "\x1c",
        " ",
        "\t",
        "\x00",
        "\u200b",
        "\u0130",
        "e\u0301",
        ".",
    ),
    *("word ", "What is it?", " one two three four five six seven eight nine ten"),
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map("".join),
)


def assert_tiles(text: str, structure: Structure) -> None:
    """Whole paragraphs tile the text, and so do the leaves: each parent is the union of its own, which follow it."""
    blocks = structure.blocks
    ends: dict[int | None, int] = {None: 0}  # of what was seen last, by parent
    for number, block in enumerate(blocks):
        assert block.kind in BLOCK_KINDS
        assert block.parent is None or 0 <= block.parent < number
        start = ends.get(block.parent, blocks[block.parent].start if block.parent is not None else 0)
        assert block.start == start < block.end
        ends[block.parent] = block.end
    assert all(end == (len(text) if parent is None else blocks[parent].end) for parent, end in ends.items())


def kinds(text: str) -> list[tuple[str, str]]:
    structure = read_structure(text)
    assert_tiles(text, structure)
    return [(b.kind, text[b.start : b.end].strip()) for b in structure.blocks if b.parent is None]


def of_kind(text: str, kind: str) -> list[str]:
    return [words for other, words in kinds(text) if other == kind]


@pytest.fixture(autouse=True)
def no_step_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that breaks is left out with a warning: in these tests it is an error."""
    monkeypatch.setattr(index.structure, "_kept", lambda read, text, before, otherwise: read(text, before))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_blocks_tile_any_text(text: str) -> None:
    assert_tiles(text, read_structure(text))


WORDS = (
    'the mill He said that "it was" “closed” according to Jane Roe, chair of Port. Comments (3)\n\n By Ann\n '
    "2019-05-04 > quote * ** *** | a Q: A: # - 1. \t ( ) [00:12:31] Reply Share 12 points says: wrote: … Mr. II EDIT: "
    "© ✓ „Nein“ "
    "« oui » :-) Update: NAME: @jane #5 van ’s"
).split(" ")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join))
def test_blocks_tile_a_soup_of_all_that_the_steps_look_for(text: str) -> None:
    assert_tiles(text, read_structure(text))


def test_a_step_that_fails_costs_what_it_would_have_found_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.undo()

    def broken(text: str, blocks: list[Block]) -> list[Block]:
        raise ValueError(text)

    monkeypatch.setattr(index.structure, "STEPS", (broken, *index.structure.STEPS))
    assert_tiles(INTERVIEW, read_structure(INTERVIEW))
    assert read_structure(INTERVIEW).title == "The Long Road to the Harbour"
    assert "broken" in caplog.text


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.lists(st.integers(0, 300), max_size=6, unique=True), st.sampled_from(["heading", "body", "table"]))
def test_blocks_tile_what_a_format_knows(text: str, cuts: list[int], kind: str) -> None:
    places = sorted(cut for cut in cuts if cut <= len(text))
    known = [Block(kind, a, b) for a, b in zip(places[::2], places[1::2], strict=False)]
    assert_tiles(text, read_structure(text, known))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n\n", "***", "....", "\u2028", "=====\n-----", "a", "a" * 100_000, "a b " * 50_000]
)
def test_odd_texts(text: str) -> None:
    structure = read_structure(text)
    assert_tiles(text, structure)
    assert (structure.author, structure.published) == (None, None)


def test_an_interview() -> None:
    structure = read_structure(INTERVIEW)
    assert (structure.author, structure.published) == ("Ada Quill", "2019-03-03")
    assert structure.title == "The Long Road to the Harbour"
    turns = [block for block in structure.blocks if block.kind in ("question", "interview_answer")]
    asked, told = ("question", "Port Weekly", None), ("interview_answer", "Jane Roe", "Director, Harbour of Brill")
    assert [(b.kind, b.speaker, b.role) for b in turns] == [asked, told, told, told, asked, told]
    assert kinds(INTERVIEW)[-2:] == [
        ("heading", "What happens next"),
        ("body", "The harbour board meets again in June to decide on the budget for the coming year."),
    ]


def test_a_label_is_not_taken_for_a_common_word() -> None:
    assert {block.speaker for block in read_structure(PRONOUN).blocks} == {None, "HE", "MAY"}


def test_question_and_answer_without_names() -> None:
    assert [block.kind for block in read_structure(QA).blocks] == ["question", "interview_answer"] * 2
    assert {block.speaker for block in read_structure(QA).blocks} == {None}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_with_names_dates_and_votes(newline: str) -> None:
    text = COMMENTS.replace("\n", newline)
    structure = read_structure(text)
    assert structure.title == "Mill closes after flood"
    assert (structure.author, structure.published) == ("Tom Ash", "2018-05-04")
    comments = [block for block in structure.blocks if block.kind == "comment"]
    assert [(block.speaker, block.date) for block in comments] == [
        ("Rita Vale", "2018-05-05"),
        ("undisclosed #2", "2018-05-06"),
        ("undisclosed #2", "2018-05-06"),
    ]
    assert of_kind(text, "furniture") == ["(4)", "12 likes"]
    assert of_kind(text, "byline")[1:] == ["Rita Vale", "May 5, 2018", "Millworks Ltd", "undisclosed #2", "May 6, 2018"]


def test_comments_without_names() -> None:
    comments = [block for block in read_structure(COMMENTS_PLAIN).blocks if block.kind == "comment"]
    assert [(block.speaker, block.date) for block in comments] == [(None, None)] * 2


def test_masked_paragraphs_and_headings() -> None:
    masked = of_kind(MASKS, "masked")
    assert [words[:8] for words in masked] == ["Barriers", "*** ****"]


@pytest.mark.parametrize(
    "text",
    [
        "It is *very* good.",
        "**Bold** words",
        "A footnote* here.",
        "* * *",
        "*****",
        "5 * 3 = 15",
        "",
        "***\n***",
        "a*b*c",
    ],
)
def test_emphasis_and_rules_are_no_masks(text: str) -> None:
    assert not is_masked(text)


def test_menus_are_furniture_and_the_article_below_keeps_its_title() -> None:
    structure = read_structure(MENU)
    assert (structure.title, structure.author) == ("Storm closes the pass", "Mira Holm")
    assert of_kind(MENU, "furniture") == "Home News Sport Weather Business Culture Travel Food Video Podcasts".split()
    assert len(of_kind(MENU, "body")) == 4


def test_lists_and_tables() -> None:
    assert of_kind(LISTS, "list_item")[0] == "- apples from the market"
    assert len(of_kind(LISTS, "list_item")) == 5
    assert of_kind(LISTS, "table") == ["Name | Price\n| a | 1 |\n| b | 2 |", "city\tcount\nBrill\t4\nDunmore\t9"]


def test_wrapped_lines_are_one_paragraph() -> None:
    assert len(of_kind(WRAPPED, "body")) == 2
    assert of_kind(WRAPPED, "body")[0].endswith("found to mend them.")
    assert len(of_kind(WRAPPED, "quotation")) == 1


def test_updates() -> None:
    structure = read_structure(UPDATES)
    assert (structure.title, structure.author, structure.published) == ("Ferry stops running", "Ann Lee", "2021-04-02")
    assert [words[:6] for words in of_kind(UPDATES, "update")] == ["Update", "It wil", "CORREC"]
    assert of_kind(UPDATES, "comment") == ["Glad it is back, I use it every day to work."]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Published Sep 18, 2018, 09:14am", "2018-09-18"),
        ("Sept. 18, 2018", "2018-09-18"),
        ("18th September 2018", "2018-09-18"),
        ("2018-09-18", "2018-09-18"),
        ("in November 2017", "2017-11"),
        ("February 31, 2018", None),
        ("2018-13-45", None),
        ("in 2018", None),
        ("may be 3", None),
    ],
)
def test_dates(text: str, date: str | None) -> None:
    assert find_date(text) == date


@pytest.mark.parametrize(
    "unit",
    [
        *(
            " ",
            "*",
            "\t",
            "|",
            "\n",
            "=",
            "WORD ",
            "Word ",
            "A.",
            "a\tb",
            "| ",
            "|a\n",
            "- a\n",
            "A:\n",
            "\n \t",
            "!*",
            "((",
        ),
        *(
            "Comments\n",
            "Jan 1, 2018\n",
            "A: b?\n",
            "Short line here\n",
            "Rita Vale\nJan 1, 2018\ntext here.\n\n",
            "# ",
        ),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "Comments (3)\n\n{}a", "Comments{}a", "By {}\na", "x{}\nx"])
def test_no_text_takes_long(unit: str, frame: str) -> None:
    text = frame.format(unit * (50_000 // len(unit)))
    began = time.process_time()
    assert_tiles(text, read_structure(text))
    assert time.process_time() - began < 10


def test_a_megabyte_and_a_thousand_voices_take_seconds() -> None:
    names = [f"{first}{second}ane" for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for second in "abcdefghijklmnopqrstuvwxyz"]
    turns = "".join(f"{name}: This is what {name} said on that day, in so many words.\n\n" for name in names)
    for text in (COMMENTS * (1_000_000 // len(COMMENTS)), turns * (1_000_000 // len(turns))):
        began = time.process_time()
        assert_tiles(text, read_structure(text))
        assert time.process_time() - began < 25


def test_writers_without_blank_lines_are_told_apart() -> None:
    text = (
        "A title\n\nBy A B, May 3, 2019\n\nSome body text that says what the article says about the mill pond.\n\n"
        "Comments (3)\nAlice\nSep 18, 2018\nThis is what they always do\n"
        "Bob Jones\nSep 19, 2018\nIt was only the pond.\n\n"
        "(3)\nAnn\nSep 20, 2018\n\nCarol is gone\n"
    )
    comments = [
        (block.speaker, text[block.start : block.end].strip())
        for block in read_structure(text).blocks
        if block.kind == "comment"
    ]
    assert comments == [
        ("Alice", "This is what they always do"),
        ("Bob Jones", "It was only the pond."),
        ("Ann", "Carol is gone"),
    ]


def test_closing_words_of_the_author_are_not_the_speakers() -> None:
    turns = (
        "JANE ROE: Why did the mill close so suddenly?\n\nTOM ASH: We lost the weir, and I could not pay for it.\n\n"
    )
    text = (
        f"Talk\n\n{turns * 2}We will build it again.\n\nThe company has since been charged with fraud by the county.\n"
    )
    spoken = {text[b.start : b.end].strip(): b.speaker for b in read_structure(text).blocks}
    assert spoken["We will build it again."] == "Tom Ash"
    assert spoken["The company has since been charged with fraud by the county."] is None
