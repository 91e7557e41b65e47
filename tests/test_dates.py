"""Dates as people write them: which are found, what they resolve to, what is no date."""

from __future__ import annotations

import time

import pytest

from index.reading.dates import date_after, find_date, only_date


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("18 September 2018", "2018-09-18"),
        ("the 18th of September 2018", "2018-09-18"),
        ("Sept. 18th, 2018", "2018-09-18"),
        ("SEPTEMBER 18, 2018", "2018-09-18"),
        ("Tue, 18 Sep 2018 08:44", "2018-09-18"),
        ("18-Sep-2018", "2018-09-18"),
        ("2018/09/18", "2018-09-18"),
        ("2018-09-18T08:44:00Z", "2018-09-18"),
        ("18. September 2018", "2018-09-18"),
        ("3. März 2019", "2019-03-03"),
        ("le 1er août 2017", "2017-08-01"),
        ("3 de mayo de 2018", "2018-05-03"),
        ("18.09.2018", "2018-09-18"),
        ("25/12/2018", "2018-12-25"),
        ("12/25/2018", "2018-12-25"),
        ("05/05/2018", "2018-05-05"),
        ("novembre 2017", "2017-11"),
        ("October, 2016", "2016-10"),
    ],
)
def test_a_date_is_found_and_resolved(text: str, date: str) -> None:
    assert find_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2019",
        "18 Sep 18",
        "9/18/18",
        "Marketing 2018",
        "they may 2018",
        "Mayor 3, 2018",
        "version 10.20.3000",
        "1.2018.09.18.4",
        "31 June 2018",
        "room 4, May",
        "2018",
    ],
)
def test_what_is_no_date_or_could_be_two(text: str) -> None:
    assert find_date(text) is None


def test_a_line_with_a_weekday_a_time_and_a_zone_is_only_a_date() -> None:
    assert only_date("Tuesday, September 18, 2018 at 08:44:10 am EDT")
    assert only_date("2018-09-18T08:44:00+02:00")
    assert only_date("03/04/2019 at 10:15")
    assert only_date("Posted May 5, 2018")


def test_a_sentence_with_a_date_is_more_than_a_date() -> None:
    assert not only_date("The mill closed on May 5, 2018 after the flood.")
    assert not only_date("a ferry")


def test_a_date_without_a_year_is_the_next_after_the_base() -> None:
    assert date_after("Clarification, October 12: nine", "2018-10-11") == "2018-10-12"
    assert date_after("Update (3 Jan): nine", "2018-10-11") == "2019-01-03"
    assert date_after("On November 14, 2017, it", "2018-10-11") == "2017-11-14"
    assert date_after("October 12", None) is None


@pytest.mark.parametrize("unit", ["1 ", "May ", "1.", "2018-", "1/1/", "May\n \n", "Sep 1, "])
def test_no_text_takes_long(unit: str) -> None:
    began = time.process_time()
    find_date(unit * 200_000)
    only_date(unit * 200_000)
    assert time.process_time() - began < 10
