"""Verdicts by hand: what a sentence claims against what it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.check import check_sentence

SOURCE = (
    "“The Mill” (by Jane Roe, May 9, 2019)\n"
    "The mill's owners sold 45 oak wheels, worth $1,200 each, to two museums in Aller Town after the flood of 1920."
)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        (
            "“the MILL's owners sold 45 oak wheels, worth $1,200 each, to two museums "
            "in Aller Town  after the flood of 1920”",
            "verbatim",
        ),
        ("The mill's owners sold 45 oak wheels", "supported"),
        ("“to two museums in Aller Town after the flood of 1920.”", "supported"),
        ("After the flood of 1920 the owners of the mill sold 45 wheels to museums.", "supported"),
        ("Jane Roe reports that the owners sold oak wheels to museums.", "supported"),
        ("The museums in Aller Town bought wheels for $1200.", "supported"),
        ("The owners sold oak wheels to 2 museums.", "supported"),
        ("The owners sold wheels to two museums.", "supported"),
        ("One of the museums in Aller Town bought wheels after the flood.", "supported"),
        ("The owners sold 46 oak wheels to two museums.", "unsupported"),
        ("The mill's owners sold 4", "unsupported"),
        ("The owners sold wheels to three museums.", "unsupported"),
        ("The owners sold wheels after the flood of 1921.", "unsupported"),
        ("The mill's owners sold oak wheels to Otto Brand.", "partial"),
        ("The owners sold oak wheels because nobody wanted barley flour.", "partial"),
        ("Bananas grow on warm islands.", "unsupported"),
        ("Yes.", "unsupported"),
        ("It was.", "unsupported"),
        ("", "unsupported"),
    ],
)
def test_verdicts_by_hand(sentence: str, verdict: str) -> None:
    assert check_sentence(sentence, SOURCE).name == verdict


def test_why_names_what_is_missing() -> None:
    assert check_sentence("The owners sold 46 wheels.", SOURCE).why == "not in the cited text: 46"
    assert "not in it: brand, otto" in check_sentence("The mill's owners sold wheels to Otto Brand.", SOURCE).why


def test_a_possessive_name_is_the_name() -> None:
    assert (
        check_sentence("The town's wheel of Aller stands.", "Aller's town has a wheel; it stands.").name == "supported"
    )


def test_a_number_that_is_part_of_another_is_not_in_the_source() -> None:
    assert check_sentence("It cost 3", "It cost 3.5 million.").name == "unsupported"
    assert check_sentence("It cost 3.5", "It cost 3.5 million.").name == "supported"
    assert check_sentence("It cost 1,200 dollars", "It cost 1200 dollars once.").name == "supported"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_have_a_verdict(sentence: str, evidence: str) -> None:
    verdict = check_sentence(sentence, evidence)
    assert verdict.name in {"verbatim", "supported", "partial", "unsupported"}
    assert verdict.why


@given(st.lists(st.sampled_from(SOURCE.split()), min_size=1, max_size=8))
def test_words_of_the_source_alone_are_never_called_strange_numbers(words: list[str]) -> None:
    assert not check_sentence(" ".join(words), SOURCE).why.startswith("not in the cited text")


def test_a_part_of_a_sentence_is_not_verbatim() -> None:
    source = "It is not true that the mill cut 300 jobs, the company said."
    assert check_sentence("The mill cut 300 jobs.", source).name != "verbatim"
    assert check_sentence(source, f"Before. {source} After.").name == "verbatim"
