"""What an answer adds to its sources, by hand: each measure on a lie it must see, and on honest text it must not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics

untimed = settings(deadline=None, max_examples=80)
HELD = "The ferry did not sail in May. Ada Quill counted 19 buoys."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The ferry did not sail in May.”", ()),
        ('Quill "counted 19\nbuoys," she said', ()),
        ("“The ferry … counted 19 buoys”", ()),
        ("No quotation marks", ()),
        ("“The ferry did sail in May.”", ("The ferry did sail in May.",)),
        ("“The ferry did not sail in May.” “We lied.”", ("We lied.",)),
        ("“The Ferry did not sail”", ("The Ferry did not sail",)),
        ("“counted 91 buoys”", ("counted 91 buoys",)),
    ],
)
def test_invented_quotations(text: str, expected: tuple[str, ...]) -> None:
    assert metrics.invented_quotations(text, [HELD]) == expected


def test_a_quote_may_hold_quotation_marks() -> None:
    source = "“Full,” she said, and “late”"
    assert metrics.invented_quotations(f"Quill: “{source}”", [source]) == ()
    assert metrics.invented_quotations("“anything”", []) == ("anything",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Quill, in “Buoys” (May 3, 1899): “It sank.” [1]", ()),
        ("It sank.", ()),
        ("it sank", ()),  # a part of the quote, and nothing beside
        ("Ada Quill: “It sank.”, and she was paid", ("she", "was", "paid")),
        ("Bo Marsh: “It sank.”", ("Bo", "Marsh")),
    ],
)
def test_words_beside(text: str, expected: tuple[str, ...]) -> None:
    assert metrics.words_beside(text, ["It\nsank."], ["Ada Quill", "Buoys", "May"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yesterday Ada Quill’s ferry sailed. Nobody saw: It left.", ()),
        ("I said that ada quill counted", ()),
        ("There Bo Marsh counted", ("Bo", "Marsh")),
        ("Bo Marsh counted", ("Marsh",)),  # what opens a sentence may be any word
    ],
)
def test_strange_names(text: str, expected: tuple[str, ...]) -> None:
    assert metrics.strange_names(text, [HELD]) == expected


def test_adds_negation() -> None:
    assert metrics.adds_negation("She never counted", ["She counted"])
    assert metrics.adds_negation("She didn’t count", ["She counted"])
    assert not metrics.adds_negation("She never counted", ["It did not sail"])
    assert not metrics.adds_negation("She noted it", ["She counted"])


@pytest.mark.parametrize(
    ("quote", "turned"),
    [
        (HELD, False),
        ("The ferry did not sail in May.", False),
        ("Ada Quill counted 19 buoys.", False),
        ("counted 19 buoys.", False),
        ("sail in May.", True),
        ("The ferry did", True),
        ("da Quill counted", True),
        ("Ada Quill count", True),
    ],
)
def test_turned_by_cut(quote: str, turned: bool) -> None:
    start = HELD.index(quote)
    assert metrics.turned_by_cut(HELD, start, start + len(quote)) is turned


def test_what_turns_stands_in_the_same_line_and_cell() -> None:
    for text in ("It did not sail\nIt was full", "not offered | It was full | never", "He lied. It was full"):
        start = text.index("It was full")
        assert not metrics.turned_by_cut(text, start, start + len("It was full"))


@pytest.mark.parametrize("word", ["1\u200b04", "¹⁰⁴", "１０４", "p\u0430id", "104\u202e", "½"])
def test_disguised_words(word: str) -> None:
    assert metrics.disguised_words(f"They {word} it", ["104 was paid"]) == (word,)
    assert metrics.disguised_words(f"They {word} it", [f"It had {word} in it"]) == ()


def test_foreign_letters_are_no_disguise() -> None:
    assert metrics.disguised_words("l'été… Ærø, Øre — Москва Ωmega’s “Ω” 港口 e\u0301t\u00e9 naïve §3 €5"[:-3], []) == (
        "Ωmega’s",
    )


@untimed
@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_a_text_is_faithful_to_itself(text: str, others: list[str]) -> None:
    sources = [text, *others]
    assert metrics.invented_quotations(text, sources) == ()
    assert metrics.strange_names(text, [metrics.without_marks(text), *sources]) == ()
    assert not metrics.adds_negation(text, sources)
    assert metrics.disguised_words(text, sources) == ()
    assert not metrics.turned_by_cut(text, 0, len(text))


@pytest.mark.parametrize(
    ("text", "sources", "expected"),
    [
        ("nineteen buoys", ["19 buoys"], True),
        ("19 buoys", ["Nineteen buoys"], True),
        ("ninety buoys", ["19 buoys"], False),
        ("half of them", ["a third of them"], False),
        ("5 billion", ["5 million"], False),
        ("one of them", ["she"], True),
    ],
)
def test_numbers_in_words(text: str, sources: list[str], expected: bool) -> None:
    assert metrics.numbers_grounded(text, sources) is expected


def test_mark_numbers() -> None:
    assert metrics.mark_numbers("So it is. [1][2, 3] In [2017] more [104].") == {1, 2, 3, 104}


def test_brier() -> None:
    assert metrics.brier([True, False], [0.9, 0.1]) == pytest.approx(0.01)
    assert metrics.brier([True, False], [0.999, 0.99]) == pytest.approx(0.49, abs=0.001)
    assert metrics.brier([], []) is None


def test_a_span_cited_twice_counts_once() -> None:
    assert metrics.citation_precision([("a", 0, 5)] * 9 + [("a", 9, 12)], [("a", 0, 5)]) == 0.5
