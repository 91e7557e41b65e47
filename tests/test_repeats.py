"""Repeated words in threads: whose they are, who carries them, and what only looks like a repeat."""

from __future__ import annotations

import time

import pytest

from index.document import Block
from index.reading.repeats import mark_repeats
from index.structure import read_structure

ARTICLE = """\
The mill pond is dry

By Ada Quill, May 1, 2019

The mill pond in Dunmore has been dry for nine days. The miller said that nobody had touched the sluice since spring.

The county wants to send an engineer in June, who shall look at the weir and at the sluice below the bridge.

Until then the fish live in the basin of the old bath, where the children of the village feed them in the morning.

Nobody knows who will pay for the engineer, nor what he may find under the stones of the weir.

"""
FIRST = "It was dry in March already. Everybody who walks there on Sundays knew it very well, and so did the miller."
PART = "Everybody who walks there on Sundays knew it very well"
ANSWER = "I walk there every week and I saw a full pond until Easter at least."
OTHER = "Somebody should ask the ferryman what he thinks about all of this."

Found = list[tuple[str, str | None, tuple[str, ...], str | None, str]]


def quoted(text: str) -> Found:
    return [
        (b.kind, b.speaker, b.via, b.date, text[b.start : b.end].strip())
        for b in read_structure(text).blocks
        if b.kind == "quotation" and b.parent is None
    ]


def thread(*comments: tuple[str, str, str]) -> str:
    return f"{ARTICLE}Comments ({len(comments)})\n" + "".join(
        f"{who}\n{date}\n\n{words}\n\n(2)\n" for who, date, words in comments
    )


def nameless(*paragraphs: str) -> str:
    return f"{ARTICLE}Comments ({len(paragraphs)})\n\n" + "\n\n".join(paragraphs) + "\n"


def test_a_part_of_an_earlier_comment_is_its_writers() -> None:
    text = thread(("Jane Roe", "May 3, 2019", FIRST), ("Tom Ash", "May 4, 2019", f"{PART}\n\n{ANSWER}"))
    assert quoted(text) == [("quotation", "Jane Roe", ("Tom Ash",), "2019-05-03", PART)]


@pytest.mark.parametrize(
    "repeat",
    [
        "everybody who  walks there on Sundays, knew it very well...",
        "“Everybody who walks there on Sundays knew it very well”",
        "It was dry in March already. ... and so did the miller.",
        "Everybody who walks there on Sunday's knew it verry well, and so did the miller.",
        "> Everybody who walks there on Sundays knew it very well",
    ],
)
def test_repeats_with_other_signs_cuts_and_slips(repeat: str) -> None:
    text = thread(("Jane Roe", "May 3, 2019", FIRST), ("Tom Ash", "May 4, 2019", f"{repeat}\n\n{ANSWER}"))
    assert [one[:4] for one in quoted(text)] == [("quotation", "Jane Roe", ("Tom Ash",), "2019-05-03")]


def test_the_original_may_stand_below_where_the_newest_comes_first() -> None:
    text = thread(("Tom Ash", "May 4, 2019", f"{PART}\n\n{ANSWER}"), ("Jane Roe", "May 3, 2019", FIRST))
    assert quoted(text) == [("quotation", "Jane Roe", ("Tom Ash",), "2019-05-03", PART)]


def test_repeats_among_comments_by_nobody_are_by_nobody() -> None:
    assert quoted(nameless(FIRST, PART, ANSWER)) == [("quotation", None, (), None, PART)]


def test_two_repeats_of_one_comment_are_both_the_first_writers() -> None:
    text = thread(
        ("Jane Roe", "May 3, 2019", FIRST),
        ("Tom Ash", "May 4, 2019", f"{PART}\n\n{ANSWER}"),
        ("Ann Lee", "May 5, 2019", f"{PART}\n\n{OTHER}"),
    )
    assert [(speaker, via) for _, speaker, via, _, _ in quoted(text)] == [
        ("Jane Roe", ("Tom Ash",)),
        ("Jane Roe", ("Ann Lee",)),
    ]


def test_the_articles_words_are_the_articles() -> None:
    repeat = "The miller said that nobody had touched the sluice since spring."
    text = thread(("Tom Ash", "May 4, 2019", f"{repeat}\n\n{ANSWER}"))
    assert quoted(text) == [("quotation", None, ("Tom Ash",), None, repeat)]


def test_words_that_the_article_masks_are_the_articles() -> None:
    clear = "The miller said that no one had touched the sluice since the winter of eighteen last year."
    masked = " ".join("*" * len(word) if n % 5 else word for n, word in enumerate(clear.split()))
    text = thread(("Tom Ash", "May 4, 2019", f"{clear}\n\n{ANSWER}")).replace(
        "Comments (1)", f"{masked}\n\nComments (1)"
    )
    assert quoted(text) == [("quotation", None, ("Tom Ash",), None, clear)]


def test_a_paragraph_in_quotation_marks_is_somebody_elses() -> None:
    words = '"The pond will be full again before the summer is over."'
    text = thread(("Tom Ash", "May 4, 2019", f"{words}\n\n{ANSWER}"))
    assert quoted(text) == [("quotation", None, ("Tom Ash",), None, words)]


def test_a_short_sentence_right_above_its_answer() -> None:
    text = nameless("Leave Roe alone - she has done a lot for the town.", "Leave Roe alone...", "Why should we?")
    assert [words for *_, words in quoted(text)] == ["Leave Roe alone..."]


@pytest.mark.parametrize(
    "comments",
    [
        ("I agree with you.", "I agree with you.", ANSWER),
        ("Thanks for the answer.", OTHER, "Thanks for the answer.", ANSWER),
        (FIRST, ANSWER, OTHER),
        (PART, OTHER, f"{PART}. But so what, if I may ask the gentlemen from the mill about that?"),
        ('"Yes."', ANSWER),
        ('"Full," he said, and then he said "empty"', ANSWER),
    ],
)
def test_what_is_no_repeat(comments: tuple[str, ...]) -> None:
    assert quoted(nameless(*comments)) == []


def test_a_comment_sent_twice_is_a_comment() -> None:
    text = thread(("Jane Roe", "May 3, 2019", FIRST), ("Jane Roe", "May 3, 2019", FIRST))
    assert quoted(text) == []


def test_who_repeats_himself_carries_nothing() -> None:
    text = thread(("Jane Roe", "May 3, 2019", FIRST), ("Jane Roe", "May 4, 2019", f"{PART}\n\n{ANSWER}"))
    assert quoted(text) == [("quotation", "Jane Roe", (), "2019-05-03", PART)]


def test_text_without_comments_stays_as_it_is() -> None:
    blocks = [Block("body", 0, 30), Block("body", 31, 61)]
    assert mark_repeats("The same words in a row again.\nThe same words in a row again.", blocks) == blocks


@pytest.mark.parametrize(
    "words",
    ["spam and eggs for everybody in the mill today", "word", "a b c", "{n} was here and so was {m} on that day"],
)
def test_a_thousand_comments_take_no_time(words: str) -> None:
    paragraphs = [words.format(n=n, m=n * 7 % 11) for n in range(5000)]
    text, blocks = "", []
    for paragraph in paragraphs:
        blocks.append(Block("comment", len(text), len(text) + len(paragraph)))
        text += paragraph + "\n\n"
    began = time.process_time()
    mark_repeats(text, blocks)
    assert time.process_time() - began < 10
