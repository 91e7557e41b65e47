"""Filters that a question states: whose words, from which part, in which document, of when; and when it states none."""

from __future__ import annotations

import time

import pytest
from conftest import MakeIndex

from index.opening import Index
from rag.directory import directory_of
from rag.periods import interval_of
from rag.scope import in_dates, names_any, scope_of

FERRY = """The night ferry

By Ada Quill, Weekly Port Times, May 4, 2019

The night ferry sails at ten and carries the post of the island, and the harbour board pays for its fuel.

"The engine was never tested in winter," said Jane Roe, the ferry's engineer.

"Nobody asked the crew," said Otto Brand, who has been a deckhand since the ferry was built.

The board of the harbour declined to comment. Mrs. Roe answered questions after the meeting, which Tim Lark attended.

Comments

Rita Holm
May 5, 2019

My brother works on the boat and he says that the heating has been broken since the new year.

Lena Brand
May 6, 2019

I do not believe a word of this, the crew was asked twice and so were the passengers of the boat.
"""
MILL = """The barley mill

By Sam Poe, June 1, 2020

The mill grinds barley for the breweries of the valley and employs eleven millers through the winter.

The barley mill was sold in 2015 and the new owners, who run a barley farm, repaired the wheel and the barn.

Update: The mill has been sold again, and its wheel now stands in the museum of the valley.
"""
TALK = """The harbour master

The Island Post talks about water.

Nora Vane, Harbour Master

ISLAND POST: How deep is the harbour after the storms of last spring?

NORA VANE: It is nine metres deep at low tide, and we dredge it each spring before the fleet comes home.

ISLAND POST: Who pays for the dredging of the harbour in these years?

NORA VANE: The fishing fleet pays half of it and the harbour board pays for the other half.

ISLAND POST: Who steers the dredger on the days on which you are away?

NORA VANE: My deputy does, and she has done so since the day on which the boat was bought.
"""
FILES = {"ferry.txt": FERRY, "mill.txt": MILL, "talk.txt": TALK}


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index(FILES)


def test_the_documents_are_read_as_these_tests_suppose(index: Index) -> None:
    directory = directory_of(index)
    assert directory.people["roe"] == ("Jane Roe",)
    assert directory.people["brand"] == ("Lena Brand", "Otto Brand")
    assert {"comment", "update", "interview_answer"} <= directory.kinds
    assert [card.path for card in directory.cards if card.interviewed] == ["talk.txt"]


@pytest.mark.parametrize(
    "question",
    [
        "What did Jane Roe say about the engine?",
        "what does jane roe think of the winter tests",
        "Why does Roe believe that the engine is unsafe?",
        "According to Mrs. Roe, what was never tested?",
        "What is Roe's view on the engine?",
        "jane roe view on the engine",
        "What has engineer Jane Roe told the board?",
        "Which tests were missed, according to the engineer Jane Roe?",
        "What was left out, in the words of Jane Roe?",
        "What do we learn from the comments by the engineer Jane Roe?",
        "What was said by J. Roe?",
    ],
)
def test_a_question_for_somebodys_words(question: str, index: Index) -> None:
    assert scope_of(question, index).get("speaker") == ("Jane Roe",)


@pytest.mark.parametrize(
    "question",
    [
        "What was said about Jane Roe?",
        "Who is Jane Roe?",
        "What do the statements by officials about Jane Roe amount to?",
        "What did the board tell Jane Roe?",
        "On Monday, Jane Roe said the cost of the engine will be:",
        "Jane Roe said which engine was never tested?",
        "Is Jane Roe said to have built the engine?",
        "What does Roe Street look like?",
        "What did John Roe say about the engine?",
        "What did Tim Lark say at the meeting?",
        "What did the harbour board say about the fuel?",
        "Who did Jane Roe claim to be?",
        "What did the crew do when roe said it was hungry?",
        'Who wrote "Jane Roe said it all"?',
        "When did Jane Roe become engineer?",
    ],
)
def test_a_person_who_is_only_named_filters_nothing(question: str, index: Index) -> None:
    assert scope_of(question, index) == {}


@pytest.mark.parametrize("who", ["critics of Jane Roe", "the people who met Jane Roe", "letters from Jane Roe"])
def test_others_who_are_named_by_a_person_filter_nothing(who: str, index: Index) -> None:
    assert scope_of(f"What do {who} say?", index) == {}


def test_a_pasted_text_filters_nothing(index: Index) -> None:
    question = "What did Jane Roe say about the engine?"
    assert scope_of(question, index)
    assert scope_of(f"{question} {'It is cold. ' * 100}", index) == {}


def test_a_surname_of_two_speakers_is_both(index: Index) -> None:
    assert scope_of("What did Brand say about the crew?", index)["speaker"] == ("Lena Brand", "Otto Brand")
    assert scope_of("What did Otto Brand say about the crew?", index)["speaker"] == ("Otto Brand",)


def test_an_author_speaks_in_the_whole_article(make_index: MakeIndex) -> None:
    index = make_index({"ferry.txt": FERRY.replace("Rita Holm", "Ada Quill")})
    assert "quill" in directory_of(index).people
    assert scope_of("What does Ada Quill say about the heating?", index) == {}


@pytest.mark.parametrize(
    "question",
    [
        "What did Jane Roe say about the engine, and who pays for the fuel?",
        "How does Roe's view differ from Otto Brand's?",
        "Compare Jane Roe's view of the tests with the deckhand's.",
        "What did Jane Roe say? And what did the crew do?",
    ],
)
def test_a_question_of_two_parts_or_a_comparison_filters_nothing(question: str, index: Index) -> None:
    assert scope_of(question, index) == {}


@pytest.mark.parametrize(
    "question",
    [
        "What is broken, in the comments?",
        "What do commenters think about the heating?",
        "What do the comments say about the crew?",
        "Does any commenter say that the crew was asked?",
        "What is said in the comments under the article?",
        "What does an undisclosed commenter claim about the heating?",
    ],
)
def test_the_comments(question: str, index: Index) -> None:
    assert "comment" in scope_of(question, index)["kind"]


@pytest.mark.parametrize(
    "question",
    [
        "Did the harbour board decline to comment?",
        "What did the board write in the comments it sent to the ministry?",
        "What happened to the commenter who worked on the boat?",
        "What is the board's comment policy?",
    ],
)
def test_other_comments(question: str, index: Index) -> None:
    assert scope_of(question, index) == {}


def test_a_part_that_no_document_has_is_no_filter(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": MILL})
    assert scope_of("What do the comments say about the mill?", index) == {}
    assert scope_of("What does the table say about the mill?", index) == {}


def test_the_update_of_an_article_and_not_of_a_programme(index: Index) -> None:
    assert "update" in scope_of("What became of the wheel, according to the update?", index)["kind"]
    assert scope_of("Which bug of the firmware was mended in the update?", index) == {}
    assert scope_of("Who paid for the update of the engine?", index) == {}


@pytest.mark.parametrize(
    ("question", "path"),
    [
        ("What pays for the dredging in the interview?", "talk.txt"),
        ("What did she say in the interview with Nora Vane?", "talk.txt"),
        ("How many work there in the Nora Vane interview?", "talk.txt"),
        ("What is said of the wheel in mill.txt?", "mill.txt"),
        ("How many millers are there, according to the barley article?", "mill.txt"),
        ("When does it sail in the Port Times article?", "ferry.txt"),
    ],
)
def test_a_document_that_is_named(question: str, path: str, index: Index) -> None:
    assert scope_of(question, index).get("document") == (path,)


@pytest.mark.parametrize(
    "question",
    [
        "Who pays in the interview with Otto Brand?",
        "What does the valley article say?",
        "What is said in the article?",
        "What happened after the barley article?",
        "How many millers are there, according to the barley report?",
        "Who owns the Weekly Port Times?",
        "What is said of the wheel in windmill.txt?",
    ],
)
def test_no_document_that_is_clearly_named(question: str, index: Index) -> None:
    assert "document" not in scope_of(question, index)


@pytest.mark.parametrize(
    ("question", "interval"),
    [
        ("What was published in May 2019?", "2019-05..2019-05"),
        ("Which articles from 2020 mention the mill?", "2020..2020"),
        ("What was written before 2020 about the ferry?", "..2019"),
        ("Which comments posted after May 4, 2019 mention the heating?", "2019-05-05.."),
        ("What was reported between May 2019 and June 2020?", "2019-05..2020-06"),
        ("What did Jane Roe say in 2019?", "2019..2019"),
        ("In May 2019, what did Jane Roe say about the engine?", "2019-05..2019-05"),
    ],
)
def test_the_time_of_what_was_said(question: str, interval: str, index: Index) -> None:
    assert scope_of(question, index).get("date") == (interval,)


@pytest.mark.parametrize(
    "question",
    [
        "What happened in the 2015 flood?",
        "Who sold the mill in 2020?",
        "What did Jane Roe say about the tests in 2019?",
        "What was published in 1850?",
        "What did Jane Roe say in 2017?",
        "What was published last week?",
        "Which reports of 2019 floods are there?",
    ],
)
def test_the_time_of_what_happened_filters_nothing(question: str, index: Index) -> None:
    assert "date" not in scope_of(question, index)


def test_filters_together(index: Index) -> None:
    assert scope_of("What does Lena Brand say in the comments?", index) == {
        "speaker": ("Lena Brand",),
        "kind": ("comment", "quotation"),
    }


@pytest.mark.parametrize(
    ("words", "interval"),
    [
        ("in 2017", "2017..2017"),
        ("before 3 March 2018", "..2018-03-02"),
        ("before January 2018", "..2017-12"),
        ("after December 2017", "2018-01.."),
        ("since 2016", "2016.."),
        ("until May 2018", "..2018-05"),
        ("from 2015 to 2017", "2015..2017"),
        ("from 2017 to 2015", None),
        ("on 31 February 2018", None),
        ("in spring", None),
    ],
)
def test_words_of_time(words: str, interval: str | None) -> None:
    assert interval_of(words) == interval


@pytest.mark.parametrize(
    ("date", "interval", "within"),
    [
        ("2017-11-13", "2017-11..2017-11", True),
        ("2017-12-01", "2017-11..2017-11", False),
        ("2017-10-31", "2017-11..2017-11", False),
        ("2017", "2017-11..2017-11", True),
        ("2016", "2017-11..2017-11", False),
        ("2016-12-31", "..2016", True),
        ("2017-01-01", "..2016", False),
        ("2018-05-01T10:00:00", "2018-05..", True),
        ("2018-04-30", "2018-05..", False),
        (None, "..2016", False),
    ],
)
def test_dates_within(date: str | None, interval: str, within: bool) -> None:
    assert in_dates(date, interval) is within


def test_a_text_that_names_a_speaker() -> None:
    assert names_any("Ms. Roe has warned the board twice.", ["Jane Roe"])
    assert not names_any("The roe of the herring, Roebuck said.", ["Jane Roe"])
    assert not names_any("Nobody asked.", [])


def test_a_changed_index_is_read_anew(index: Index) -> None:
    before = directory_of(index)
    assert directory_of(index) is before
    with index.catalog.transaction() as connection:
        connection.execute("UPDATE blocks SET speaker = 'Jill Roe' WHERE speaker = 'Jane Roe'")
        connection.execute("UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'")
    assert scope_of("What did Roe say?", index)["speaker"] == ("Jill Roe",)


def test_a_question_takes_little_time(index: Index) -> None:
    scope_of("What did Jane Roe say?", index)
    started = time.perf_counter()
    for _ in range(100):
        scope_of("What did Jane Roe say about the engine of the ferry?", index)
    assert (time.perf_counter() - started) / 100 < 0.005
