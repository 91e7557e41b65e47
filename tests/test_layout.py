"""Layout alone: paragraphs, lists, listings, headings, captions; and texts that are no articles come out whole."""

from __future__ import annotations

import time

import pytest

from index.reading.headings import mark_captions, mark_headings
from index.reading.layout import pieces, plain_of

PROSE = "The ferry carried more people than ever last year, the county said on Monday in its report."


def kinds(text: str) -> list[tuple[str, str]]:
    blocks = mark_headings(text, mark_captions(text, list(pieces(text, ()))))
    return [(block.kind, text[block.start : block.end].strip()) for block in blocks]


def of_kind(text: str, kind: str) -> list[str]:
    return [words for other, words in kinds(text) if other == kind]


@pytest.mark.parametrize("sign", ["•", "-", "*", "+", "–", "▪"])
def test_items_keep_their_wrapped_lines(sign: str) -> None:
    text = f"Bring:\n\n{sign} a rope that is as long\n  as the weir is wide\n{sign} a lamp\n"
    assert of_kind(text, "list_item") == [f"{sign} a rope that is as long\n  as the weir is wide", f"{sign} a lamp"]


@pytest.mark.parametrize(("one", "two"), [("1.", "2."), ("1)", "2)"), ("(1)", "(2)"), ("a)", "b)"), ("(a)", "(b)")])
def test_numbered_and_lettered_items(one: str, two: str) -> None:
    text = f"The keeper shall:\n\n{one} open the sluice;\n{two} close it again.\n"
    assert of_kind(text, "list_item") == [f"{one} open the sluice;", f"{two} close it again."]


def test_nested_items_are_items_of_their_own() -> None:
    text = "- boats\n  - with oars\n  - with sails\n- ropes\n"
    assert len(of_kind(text, "list_item")) == 4


def test_short_lines_alike_under_a_colon_are_items() -> None:
    items = ["A longer timetable in summer", "Lower fares for children", "The closed bridge at Dunmore"]
    text = "The county named several causes, including:\n" + "\n".join(items) + f"\n{PROSE}\n"
    assert of_kind(text, "list_item") == items


@pytest.mark.parametrize(
    "text",
    [
        "As the old song has it:\nThe water stands above the mark,\nAnd no one comes to see,\nThe gate is shut",
        "Comments:\nJane Roe\nTom Ash\nRita Vale",
        "(c) 2019 Millworks Ltd",
        "* * *",
        "* **** ***** ** the ***** *****",
        "-5 degrees in the night",
    ],
)
def test_what_is_no_item(text: str) -> None:
    assert of_kind(text, "list_item") == []


def test_numbered_headings_are_told_from_numbered_items() -> None:
    items = ["1. Count again.", "2. Ask more people about the fares", "3. Print the report"]
    text = f"1. Scope\n\n{PROSE}\n\n2. Method\n\n2.1 Counting\n\n{PROSE}\n\n3. What to do\n\n" + "\n".join(items)
    assert of_kind(text, "heading") == ["1. Scope", "2. Method", "2.1 Counting", "3. What to do"]
    assert of_kind(text, "list_item") == items


def test_a_numbered_heading_at_the_end_of_a_paragraph_of_a_pdf_is_parted_from_it() -> None:
    above = "Every boat had a bell in those days. The bells rang when the fog came up from the sea."
    text = f"{above} 4.2 Bells at the piers\n{PROSE}"
    assert kinds(text) == [("body", above), ("heading", "4.2 Bells at the piers"), ("body", PROSE)]


@pytest.mark.parametrize(
    "heading",
    ["What Is Next?", "Why did the weir break?", "ALL ABOARD", "The second boat", "3.1 Scope", "Chapter IV", "# Boats",
     "**Boats and bells**", "== Boats ==", "§ 12 Duties", "Section 13. Penalties.", "UPDATE: Millworks Responds"],
)  # fmt: skip
def test_a_heading_stands_above_the_text_of_its_section(heading: str) -> None:
    assert kinds(f"{PROSE}\n\n{heading}\n\n{PROSE}")[1] == ("heading", heading)
    assert kinds(f"{PROSE}\n\n{heading}\n{PROSE}")[1] == ("heading", heading)


@pytest.mark.parametrize("rule", ["=====", "---------"])
def test_an_underlined_heading(rule: str) -> None:
    text = f"{PROSE}\n\nThe second boat\n{rule}\n\n{PROSE}"
    (heading,) = [block for block in pieces(text, ()) if block.kind == "heading"]
    assert plain_of(text, heading) == "The second boat"


@pytest.mark.parametrize(
    "line",
    [
        "Nobody came.",
        "May 5, 2018",
        "By Jane Roe",
        "Home > News > Boats",
        "Log in | Register",
        "Share:  email   print   link",
        "I think so too",
        "And then what?",
        "Is anyone else seeing this?",
        "Action: the clerk",
        "it was late",
        "<jane> where is the key",
        "[09:15] tom: maybe ask the night crew",
        "Here is what he said:",
        "He left the mill. Nobody saw him",
        "www.millworks.example",
    ],
)
def test_what_is_no_heading(line: str) -> None:
    assert of_kind(f"{PROSE}\n\n{line}\n\n{PROSE}", "heading") == []


def test_a_numbered_heading_may_stand_above_a_short_sentence() -> None:
    text = f"1. Boats\n{PROSE}\n\n2. Any other business\nNone.\n"
    assert of_kind(text, "heading") == ["1. Boats", "2. Any other business"]


def test_the_last_of_a_run_of_short_lines_is_no_heading() -> None:
    assert of_kind(f"Home\nNews\nBoats\n\n{PROSE}", "heading") == []


def test_a_line_that_the_next_goes_on_from_is_no_heading() -> None:
    assert (
        of_kind(f"{PROSE}\n\nORDER BY\n\nclause, which sorts the rows of the answer by a column of it.", "heading")
        == []
    )


def test_turns_of_a_talk_are_no_headings() -> None:
    turns = "CHAIR: Order —\n\nKEEPER: The weir was old, and nobody had looked at it for nine years or more.\n\n"
    assert of_kind(turns * 3, "heading") == []


@pytest.mark.parametrize(
    "caption",
    [
        "mill flood 4",
        "mill_flood_4",
        "Weekly Port Times Image",
        "Photo: Jane Roe",
        "Image: the weir in May",
        "Photo by Jane Roe",
        "Figure 3: Passengers by month.",
        "Fig. 2. The gauge",
        "ferry-2.jpg",
        "![The weir](weir.png)",
        "[Image: the weir]",
        "The old mill on the river. (Port Times archive)",
        "A ferry at the pier / Tern Images",
        "Table 4. Boats by pier",
    ],
)
def test_captions(caption: str) -> None:
    assert kinds(f"{PROSE}\n\n{caption}\n\n{PROSE}")[1] == ("caption", caption)


@pytest.mark.parametrize(
    "line",
    [
        "me too",
        "lol yes",
        "12 34",
        "Figure 3 shows that the number of passengers rose in June.",
        "A better image",
        "It was great (see the picture)",
        "He read all of the 90-year-old archive",
        "The public image of the mill",
        "Table 4 shows the boats by pier.",
        "agree, see you at 4.",
        "Picture this",
    ],
)
def test_what_is_no_caption(line: str) -> None:
    assert of_kind(f"{PROSE}\n\n{line}\n\n{PROSE}", "caption") == []


def test_hyphenated_and_wrapped_lines_are_one_paragraph() -> None:
    text = "The keeper of the weir had been exam-\nined by the county in the spring of the\nyear before, for nothing.\n"
    assert kinds(text) == [("body", text.strip())]


def test_an_indented_first_line_begins_a_paragraph() -> None:
    one = "    They walked up the hill together without speaking. The lamps had been\nlit in the houses."
    two = "    At the top of the hill they stopped, and the older of the two men sat\ndown on a stone."
    assert [words for _, words in kinds(f"{one}\n{two}\n")] == [one.strip(), two.strip()]


FENCE = "```bash\n# a comment\npip install gauge\n\n- not a list\n| not | a table |\n| a | b |\n```"
CODE = """\
import sys

# Level above which the sluice opens
LIMIT = 4.5


def main():
    weir = Weir(sys.argv[1])
    if weir.level() > LIMIT:
        print("open")

main()"""
FRONT = "---\ntitle: Gauge reader\nauthor: Jane Roe\ntags:\n  - water\n---"


def test_a_fenced_listing_is_one_body_block() -> None:
    assert kinds(f"## Use\n\nInstall it:\n{FENCE}\nThen run it.")[2] == ("body", FENCE)


def test_a_fence_that_is_never_closed_swallows_nothing() -> None:
    assert [kind for kind, _ in kinds(f"```\n\n- one\n- two\n\n{PROSE}")] == ["body", "list_item", "list_item", "body"]


def test_a_program_is_one_body_block() -> None:
    assert kinds(CODE) == [("body", CODE)]


def test_an_indented_listing_is_one_body_block() -> None:
    listing = "    weir = Weir(port=4)\n    # Read it once\n    print(weir.level())"
    assert kinds(f"Call it:\n\n{listing}\n\nIt prints a number.")[1] == ("body", listing.strip())


def test_front_matter_is_one_byline_block() -> None:
    assert kinds(f"{FRONT}\n\n# Gauge reader\n\n{PROSE}")[:2] == [("byline", FRONT), ("heading", "# Gauge reader")]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert of_kind(f"---\n\n{PROSE}\n\n---\n", "byline") == []


STATUTE = """\
WEIRS ACT 1998

Part I
Preliminary

§ 1 Scope

This Act applies to every weir that stands in a public river, and to the land within ten paces of it.

§ 12. Duties of the keeper.
(1) The keeper of a weir shall
    (a) open the sluice when the water stands above the mark;
    (b) close it again, and write both into the
        book.
(2) Whoever finds the book incomplete shall tell the county within
seven days, as § 9 says.

Section 13. Penalties.

A keeper who breaks § 12 of this Act is liable to a fine of
not more than $500.
"""


def test_a_statute() -> None:
    headings = ["WEIRS ACT 1998", "Part I", "Preliminary", "§ 1 Scope", "§ 12. Duties of the keeper."]
    assert of_kind(STATUTE, "heading") == [*headings, "Section 13. Penalties."]
    assert [words.split()[0] for words in of_kind(STATUTE, "list_item")] == ["(1)", "(a)", "(b)", "(2)"]
    assert [words.split()[0] for words in of_kind(STATUTE, "body")] == ["This", "A"]


NOVEL = """\
                              CHAPTER IV

                          The Miller's Daughter

It was late in the year when the ferry came back. The men on the pier had given
up waiting and had gone home, all but one. "You are late," he said.

"We are," said the ferryman. "What of it?"

– Where is she? asked the other.

* * *

In the morning it rained. Nobody came down to the pier until noon, when the
post boat put in with letters and a crate of hens.
"""


def test_a_chapter_of_a_novel() -> None:
    assert [kind for kind, _ in kinds(NOVEL)] == ["heading", "heading", "body", "body", "body", "body", "body"]


def test_a_chat_keeps_each_line_apart() -> None:
    lines = [
        "[09:14] jane: has anybody seen the key of the sluice house this morning",
        "[09:15] tom: maybe ask the night crew, they had it on Tuesday",
        "[09:21] jane: found it",
    ]
    assert kinds("\n".join(lines)) == [("body", line) for line in lines]


def test_lines_of_a_poem_are_no_headings() -> None:
    poem = "The water stands above the mark\nAnd no one comes to see\n\nThe ferry lies upon the sand\nIts rope is grey"
    assert {kind for kind, _ in kinds(poem)} == {"body"}


@pytest.mark.parametrize(
    "unit",
    ["Table 1. A\n", "Table 1. A\nab c 1\n", "f(x)\n\n", "```\n", "~~~\na\n", "a  b\n", "a,b,c\n", "a b c d:\n",
     "a\n  b\n", "(1) a\n", "x 1\n", "....", "- ", "---\n", "1.1 A ", "Table 1. A ", "def f(x):\n", '"', "![",
     "a\n\n    b\n\n", "|", " | "],
)  # fmt: skip
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    kinds(text)
    assert time.process_time() - began < 20
