"""Comment threads in the layouts of forums, blogs and chats: whose each comment is, and what is no thread."""

from __future__ import annotations

import time

import pytest

from index.document import Block
from index.reading.hints import mark_hints
from index.reading.layout import pieces
from index.reading.threads import read_comments
from index.structure import read_structure

ARTICLE = """\
The mill pond is dry

By Ada Quill, May 1, 2019

The mill pond in Dunmore has been dry since the week before last, and the miller has no idea where it all went.

The county wants to send an engineer in June, who shall look at the weir and at the sluice below the bridge.

Until then the fish live in the basin of the old bath, where the children of the village feed them in the morning.

Nobody knows who will pay for the engineer, nor what he may find under the stones of the weir.

"""
ONE = "It was dry in March already, and everybody who walks there knew it very well."
TWO = "That is what the miller said, but he was the one who opened the sluice himself."
THREE = "Nobody has ever seen him there at night, so please do not make up stories."

Said = tuple[str | None, str | None, str]


def said(text: str) -> list[Said]:
    return [
        (block.speaker, block.date, text[block.start : block.end].strip())
        for block in read_structure(text).blocks
        if block.kind == "comment"
    ]


def headers(text: str) -> list[Said]:
    return [
        (block.speaker, block.date, text[block.start : block.end].strip())
        for block in read_structure(text).blocks
        if block.kind == "byline" and block.speaker
    ]


LAYOUTS = {
    "stacked": "Comments (2)\n\nJane Roe\nMay 3, 2019\n\n{one}\n\n(4)\n\nTom Ash\nMay 4, 2019\n\n{two}\n",
    "stacked, initials, badge, no blanks": (
        "Comments (2)\nJR\nJane Roe\nMay 3, 2019\nMillworks\n\n{one}\n\n(4)\n(1)\n"
        "TA\nTom Ash\nMay 4, 2019\n\n{two}\n(3)\n"
    ),
    "no votes, initials tell": "Comments (2)\nJR\nJane Roe\nMay 3, 2019\n{one}\nTA\nTom Ash\nMay 4, 2019\n{two}\n",
    "stacked with blank lines": (
        "Comments\n\nJane Roe\n\nMay 3, 2019\n\n{one}\n\nReply\n\nTom Ash\n\nMay 4, 2019\n\n{two}\n\nReply\n"
    ),
    "WordPress": (
        "2 Responses\n\nJane Roe says:\nMay 3, 2019 at 4:12 pm\n{one}\nReply\n\n"
        "Tom Ash says:\nMay 4, 2019 at 9:01 am\n{two}\nReply\n"
    ),
    "WordPress in one line": (
        "2 Comments\n\nJane Roe on May 3, 2019 at 4:12 pm\n\n{one}\n\nTom Ash on May 4, 2019 at 9:01 am\n\n{two}\n"
    ),
    "said on": "Comments\n\nJane Roe said on May 3, 2019:\n\n{one}\n\nTom Ash said on May 4, 2019:\n\n{two}\n",
    "posted by": "Comments\nPosted by Jane Roe on May 3, 2019\n\n{one}\n\nPosted by Tom Ash on May 4, 2019\n\n{two}\n",
    "spaces": "Comments (2)\n\nJane Roe May 3, 2019 - 4:12 pm\n\n{one}\n\nLike\n\nTom Ash May 4, 2019\n\n{two}\n",
    "commas": "Comments (2)\n\nJane Roe, May 3, 2019 at 4:12 pm\n\n{one}\n\nTom Ash, May 4, 2019\n\n{two}\n",
    "brackets": "Comments (2)\n\nJane Roe (May 3, 2019)\n{one}\n\nTom Ash (May 4, 2019)\n{two}\n",
    "phpBB": (
        "Re: The pond\nby Jane Roe » Fri May 03, 2019 4:12 pm\n\n{one}\n\n"
        "Re: The pond\nby Tom Ash » Sat May 04, 2019 9:01 am\n\n{two}\n"
    ),
    "numbered": "Comments (2)\n\n1. Jane Roe, May 3, 2019\n\n{one}\n\n2. Tom Ash, May 4, 2019\n\n{two}\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_named_and_dated_comments(layout: str) -> None:
    found = said(ARTICLE + LAYOUTS[layout].format(one=ONE, two=TWO))
    assert [one for one in found if one[2] in (ONE, TWO)] == [
        ("Jane Roe", "2019-05-03", ONE),
        ("Tom Ash", "2019-05-04", TWO),
    ]


AGO = {
    "Disqus": "Comments (2)\n\njaneroe • 3 years ago\n\n{one}\n\n2 • Reply ›\n\nTom Ash • 3 days ago\n\n{two}\n",
    "Hacker News": "janeroe 3 hours ago | parent | next [–]\n\n{one}\n\nTom_Ash 2 hours ago | parent [–]\n\n{two}\n",
    "Reddit": "u/janeroe · 3 yr. ago\n\n{one}\n\n12 points\n\nu/Tom_Ash · 2 yr. ago\n\n{two}\n",
    "old Reddit": "[–]janeroe 12 points 3 years ago\n\n{one}\n\n[–]Tom_Ash -2 points 3 years ago\n\n{two}\n",
    "video": "Comments (2)\n\n@janeroe\n3 years ago\n{one}\n12\nReply\n@Tom_Ash\n2 days ago\n{two}\n4\nReply\n",
}


@pytest.mark.parametrize("layout", AGO)
def test_dates_that_nobody_can_resolve_are_none(layout: str) -> None:
    found = [one for one in said(ARTICLE + AGO[layout].format(one=ONE, two=TWO)) if one[2] in (ONE, TWO)]
    writers = [str(speaker).removeprefix("u/").removeprefix("@").replace("_", " ") for speaker, _, _ in found]
    assert writers == ["janeroe", "Tom Ash"]
    assert [date for _, date, _ in found] == [None, None]


def test_a_header_carries_its_writer() -> None:
    text = ARTICLE + LAYOUTS["stacked, initials, badge, no blanks"].format(one=ONE, two=TWO)
    assert headers(text)[:4] == [
        ("Jane Roe", "2019-05-03", words) for words in ("JR", "Jane Roe", "May 3, 2019", "Millworks")
    ]


def test_every_paragraph_of_a_comment_has_its_writer() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=f"{ONE}\n\n{THREE}", two=TWO)
    assert [speaker for speaker, _, _ in said(text)] == ["Jane Roe", "Jane Roe", "Tom Ash"]


def test_votes_end_a_comment_and_what_follows_is_nobodys() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=ONE, two=f"{TWO}\n\n(7)\n\n{THREE}")
    assert said(text)[-1] == (None, None, THREE)


def test_votes_above_the_text_do_not_end_it() -> None:
    text = ARTICLE + f"Comments (1)\n\nJane Roe\nMay 3, 2019\n12 points\n\n{ONE}\n"
    assert said(text) == [("Jane Roe", "2019-05-03", ONE)]


def test_a_date_without_a_name_dates_a_comment_by_nobody() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=ONE, two=TWO) + f"\n(2)\n\nPosted May 9, 2019\n\n{THREE}\n"
    assert said(text)[-1] == (None, "2019-05-09", THREE)


def test_anonymous_is_nobody() -> None:
    text = ARTICLE + f"Comments (1)\n\nAnonymous says:\nMay 3, 2019 at 4:12 pm\n{ONE}\n"
    assert said(text) == [(None, "2019-05-03", ONE)]


def test_a_numbered_stranger_is_somebody() -> None:
    text = ARTICLE + f"Comments (1)\nU\nUndisclosed #6\nMay 3, 2019\n\n{ONE}\n"
    assert said(text) == [("Undisclosed #6", "2019-05-03", ONE)]


def test_a_writer_below_the_comment() -> None:
    text = ARTICLE + (
        f"Comments (2)\n\n{ONE}\n\nPosted by: Jane Roe | May 3, 2019 4:12 PM\n\n"
        f"{TWO}\n\n{THREE}\n\nPosted by: Tom Ash | May 4, 2019 9:01 AM\n"
    )
    assert said(text) == [
        ("Jane Roe", "2019-05-03", ONE),
        ("Tom Ash", "2019-05-04", TWO),
        ("Tom Ash", "2019-05-04", THREE),
    ]


def test_a_header_with_whom_it_answers() -> None:
    text = ARTICLE + (
        f"Comments (3)\n\nJane Roe • 3 years ago\n\n{ONE}\n\nTom Ash Jane Roe • 3 years ago\n\n{TWO}\n\n"
        f"Tom Ash • 2 years ago\n\n{THREE}\n"
    )
    assert [speaker for speaker, _, _ in said(text)] == ["Jane Roe", "Tom Ash", "Tom Ash"]


def test_comments_without_headers_are_nobodys() -> None:
    text = ARTICLE + f"Comments (3)\n\n{ONE}\n\nTom, you are wrong about this.\n\n{THREE}\n"
    assert {speaker for speaker, _, _ in said(text)} == {None}
    assert len(said(text)) == 3


def test_the_form_at_the_end_of_a_thread_is_furniture() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=ONE, two=TWO) + "\nLeave a Reply\n\nYour name and what you think.\n"
    structure = read_structure(text)
    assert "Leave a Reply" in [text[b.start : b.end].strip() for b in structure.blocks if b.kind == "furniture"]
    assert ("Tom Ash", "2019-05-04", "Your name and what you think.") not in said(text)


def test_a_list_in_a_comment_stays_a_list() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=f"{ONE} Look:\n\n- the sluice\n- the weir", two=TWO)
    items = [(b.speaker, text[b.start : b.end].strip()) for b in read_structure(text).blocks if b.kind == "list_item"]
    assert items == [("Jane Roe", "- the sluice"), ("Jane Roe", "- the weir")]


@pytest.mark.parametrize(
    "text",
    [
        "The weir\n\nBy Jane Roe\n\n12 Comments\n\n" + f"{ONE}\n\n{TWO}\n\n{THREE}\n" * 2,
        "# Style\n\nHow we write code in this house, with all the rules that there are.\n\n## Comments\n\n"
        f"{ONE}\n\n## Names\n\n{TWO}\n",
        f"The height of weirs\n\nResults\n\n{ONE}\n\nDiscussion\n\n{TWO}\n\n{THREE}\n\nReferences\n\nRoe, J. Weirs.\n",
        f"The weir act\n\nSection 1\n\n{ONE}\n\nComment\n\n{TWO}\n\nSection 2\n\n{THREE}\n\nComment\n\n{TWO}\n",
        f"{ONE}\n\nMore news\n\nPond found\nSport • 3 hours ago\n\nWeir lost\nLocal • 5 hours ago\n\n{TWO}\n",
        f"Weir\n\nPosted by Jane Roe on May 3, 2019\n\n{ONE}\n\nPond\n\nPosted by Jane Roe on May 4, 2019\n\n{TWO}\n",
        f"Jane Roe said:\n\n{ONE}\n\nTom Ash wrote:\n\n{TWO}\n",
        "Departs 4:12 PM\nArrives 5:12 PM\nDeparts 6:12 PM\nArrives 7:12 PM\n",
        "2019-05-03 16:12:01 INFO: started\n2019-05-03 16:12:02 ERROR: failed\n" * 3,
        "<p> one two three\n<b> four five six </b>\n" * 4,
        "16:05 Roe shoots over the bar.\n16:12 Ash: saves it.\n16:20 Roe: shoots again.\n16:31 Ash: saves again.\n",
    ],
)
def test_what_is_no_thread(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        ("[03.05.19, 16:12] {}: {}", "2019-05-03"),
        ("2019-05-03 16:12 - {}: {}", "2019-05-03"),
        ("[16:12] <{}> {}", None),
        ("16:12 <{}> {}", None),
        ("<{}> {}", None),
        ("[4:12 PM] {}: {}", None),
        ("13/05/2019, 16:12 - {}: {}", "2019-05-13"),
        ("05/03/19, 16:12 - {}: {}", None),
    ],
)
def test_a_chat_log(lines: str, date: str | None) -> None:
    talk = [("Jane", ONE), ("Tom", TWO), ("Jane", "No."), ("Tom", THREE)]
    text = "\n".join(lines.format(who, words) for who, words in talk) + "\n"
    assert [(speaker, when) for speaker, when, _ in said(text)] == [(who, date) for who, _ in talk]


def test_a_line_of_the_chat_itself_is_nobodys() -> None:
    text = f"16:12 <jane> {ONE}\n16:12 <tom> {TWO}\n* ann has joined #mill\n16:13 <jane> No.\n16:14 <tom> Yes.\n"
    assert [speaker for speaker, _, _ in said(text)] == ["jane", "tom", None, "jane", "tom"]


def test_a_mail_answers_a_mail() -> None:
    text = f"Dear Jane,\n\n{TWO}\n\nOn Fri, May 3, 2019 at 4:12 PM Jane Roe <jane@mill.eu> wrote:\n> {ONE}\n> Ha.\n"
    quoted = [(b.speaker, b.date) for b in read_structure(text).blocks if b.kind == "quotation"]
    assert quoted == [("Jane Roe", "2019-05-03")]


@pytest.mark.parametrize("line", ["On 3 May 2019, Jane Roe wrote:", "Jane Roe <jane@mill.example> wrote:"])
def test_other_lines_above_a_quoted_mail(line: str) -> None:
    text = f"{TWO}\n\n{line}\n\n> {ONE}\n"
    assert [b.speaker for b in read_structure(text).blocks if b.kind == "quotation"] == ["Jane Roe"]


def test_a_quoted_passage_in_a_comment_is_carried_by_its_writer() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=f"> The weir was never closed.\n\n{ONE}", two=TWO)
    quoted = [(b.speaker, b.via) for b in read_structure(text).blocks if b.kind == "quotation"]
    assert quoted == [(None, ("Jane Roe",))]


def hints(*comments: str) -> list[str | None]:
    text = ARTICLE + "Comments (3)\n\n" + "\n\n".join(comments) + "\n"
    return [block.hint for block in read_structure(text).blocks if block.kind == "comment"]


@pytest.mark.parametrize(
    "opening", ["Jane, good point.", "Thanks Jane, I agree.", "Jane - you are right.", "@Jane no."]
)
def test_an_answer_hints_at_whom_it_names(opening: str) -> None:
    assert hints(ONE, opening) == ["Jane", None]


@pytest.mark.parametrize(
    "opening",
    ["Correct, I agree.", "Sorry, you are wrong.", "Indeed, you said so.", "Related: your own article.", "Thanks, I.",
     "Apparently, you do not.", "Dunmore, Roe and Ash are mills.", "However, I agree.", "Well, you know it."],
)  # fmt: skip
def test_ordinary_words_hint_at_nobody(opening: str) -> None:
    assert set(hints(ONE, opening, THREE)) == {None}


def test_no_hint_where_the_writer_is_known() -> None:
    text = ARTICLE + LAYOUTS["stacked"].format(one=ONE, two="Jane, good point.")
    assert {block.hint for block in read_structure(text).blocks} == {None}


def test_what_a_format_knows_to_be_comments_gets_its_writers() -> None:
    lines = ["2 comments", "Jane Roe", "May 3, 2019", ONE, "Reply", "Tom Ash", "May 4, 2019", TWO]
    text = ARTICLE + "\n\n".join(lines) + "\n\nMore from the mill and from the ferry can be read in the next number.\n"
    known = [Block("comment", text.index(line), text.index(line) + len(line)) for line in lines]
    blocks = read_structure(text, known).blocks
    comments = [(b.speaker, text[b.start : b.end].strip()) for b in blocks if b.kind == "comment"]
    assert comments == [("Jane Roe", ONE), ("Tom Ash", TWO)]


def test_no_blocks() -> None:
    assert read_comments("", []) == mark_hints("", []) == []


@pytest.mark.parametrize(
    "unit",
    ["Comments\n", "Jane Roe\nMay 3, 2019\n", "a ", "> a\n", "<a> b\n", "1. a\n", "by a » May 3, 2019\n", "Jane\n\n",
     "On May 3, 2019, Jane Roe wrote:\n> a\n", "[16:12] a: b\n", "(4)\n", "Jane says:\nMay 3, 2019\n", "May 3, 2019\n"],
)  # fmt: skip
def test_no_thread_takes_long(unit: str) -> None:
    text = "Comments (3)\n\n" + unit * (200_000 // len(unit))
    began = time.process_time()
    blocks = list(pieces(text, ()))
    parted = time.process_time()
    read_comments(text, blocks)
    assert time.process_time() - parted < max(10, 3 * (parted - began))
