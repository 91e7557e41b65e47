"""Questions changed so that their passage no longer answers them."""

from __future__ import annotations

import random

import pytest

from eval.reader_changes import OPPOSITE, changed, names_of

PASSAGE = "Jane Roe built the mill in 1891. Tom Ash sold it to Port Aller."
OTHERS = ["Bo Ek", "Marigold"]


def draws(question: str, passage: str = PASSAGE, others: list[str] = OTHERS) -> set[str | None]:
    return {changed(question, passage, others, random.Random(seed)) for seed in range(60)}


def test_names_begin_with_capitals_but_not_because_they_begin_a_sentence() -> None:
    assert names_of("The mill of Aller. Jane Roe sold it. Later it burned.") == ["Aller", "Jane Roe"]


def test_another_name_takes_the_place_of_one() -> None:
    assert draws("When did Jane Roe build it?") == {
        "When did Tom Ash build it?",
        "When did Port Aller build it?",
        "When did Bo Ek build it?",
    }


def test_another_number() -> None:
    found = draws("What was built in 1891?")
    assert len(found) > 3
    assert all(new and new.startswith("What was built in 1") and "1891" not in new for new in found)


def test_a_number_that_the_passage_has_is_not_taken() -> None:
    assert all("1892" not in (new or "") for new in draws("What was built in 1891?", f"{PASSAGE} It burned in 1892."))


@pytest.mark.parametrize(("question", "new"), [("What was the first mill?", "What was the last mill?")])
def test_the_opposite(question: str, new: str) -> None:
    assert draws(question) == {new}
    assert draws(question, f"{PASSAGE} It was the last.") == {None}


def test_opposites_go_both_ways() -> None:
    assert all(OPPOSITE[other] == one for one, other in OPPOSITE.items())


def test_a_question_with_nothing_to_exchange() -> None:
    assert draws("What is milled here?") == {None}
