"""The parts of a run's page: what is marked in a text, figures in words, the curve."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_page import Reader, answered, shown, unanswerable

from eval.figures import ANSWERS
from eval.metrics import Interval, Point
from eval.page_charts import curve_html, surer_half
from eval.page_sections import risk_points
from eval.page_text import Mark, day, figure_words, marked_html, percentage, range_words
from eval.page_verdict import verdict

# Marks


@given(st.data())
def test_marking_changes_no_character(data: st.DataObject) -> None:
    text = data.draw(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
    start = data.draw(st.integers(0, 50))
    edges = st.integers(-5, start + len(text) + 20)
    kinds = st.sampled_from(["expected", "label", "outdated", "tempting", "given"])
    marks = data.draw(st.lists(st.builds(Mark, edges, edges, kinds, st.text("A1\"<>&'", max_size=3)), max_size=6))
    html = marked_html(text, start, marks)
    assert shown(html) == text
    assert Reader(html).open == []


@given(st.text("ab&<>\n", min_size=1, max_size=30), st.data())
def test_exactly_the_characters_of_a_span_are_marked_as_its_kind(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    marks = [Mark(*sorted(data.draw(st.tuples(offsets, offsets))), kind, "1") for kind in ("expected", "given")]
    found: dict[str, set[int]] = {"expected": set(), "given": set()}
    place = 0
    for piece in re.split(r"(<mark.*?</mark>)", marked_html(text, 0, marks), flags=re.DOTALL):
        after = place + len(shown(piece))
        kinds = re.match(r'<mark class="([a-z ]+)"', piece)
        for kind in kinds.group(1).split() if kinds else ():
            found[kind] |= set(range(place, after))
        place = after
    assert found == {mark.kind: set(range(mark.start, mark.end)) for mark in marks}


def test_names_stand_where_marks_begin_and_end() -> None:
    marks = [Mark(2, 4, "expected", "A"), Mark(3, 6, "given", "1")]
    assert marked_html("abcdefgh", 1, marks) == (
        'a<mark class="expected" data-open="A">b</mark><mark class="expected given" data-open="[1">c</mark>'
        '<mark class="given" data-close="]">de</mark>fgh'
    )


def test_a_span_beyond_the_edges_is_marked_as_far_as_it_is_shown() -> None:
    assert marked_html("abc", 10, [Mark(0, 11, "given", "1"), Mark(12, 99, "expected", "A")]) == (
        '<mark class="given" data-open="[1" data-close="]">a</mark>b<mark class="expected" data-open="A">c</mark>'
    )
    assert marked_html("abc", 10, [Mark(0, 10, "given", "1"), Mark(13, 20, "given", "2")]) == "abc"


# Words and curves


def test_the_verdict_counts() -> None:
    items = [answered("a"), answered("b", all_key_facts=0.0), unanswerable("c", True), unanswerable("d", False)]
    assert verdict(items) == (
        "2 of 2 answerable questions were answered; 1 answer said everything it had to; "
        "1 of 2 unanswerable questions was refused."
    )
    assert verdict([unanswerable("c", False)]) == "1 of 1 unanswerable question was refused."
    assert "nothing" in verdict([]).lower()


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.318, "32 %"),
        (0.996, "99.6 %"),
        (0.004, "0.4 %"),
        (0.99996, "over 99.99 %"),
    ],
)
def test_a_percentage_is_never_rounded_to_nothing_or_everything(share: float, words: str) -> None:
    assert percentage(share).replace("\N{NO-BREAK SPACE}", " ") == words


def test_values_are_shown_in_their_units() -> None:
    figures = {figure.name: figure for figure in ANSWERS}
    values = {"confidence_auroc": "0.49", "words_p50": "0", "seconds_p50": "0.493 s", "all_key_facts": "49 %"}
    for name, words in values.items():
        assert figure_words(figures[name], 0.493).replace("\N{NO-BREAK SPACE}", " ") == words
    assert figure_words(figures["all_key_facts"], None) == "–"
    between = range_words(figures["all_key_facts"], Interval(0.5, 0.25, 0.75, 8))
    assert between.replace("\N{NO-BREAK SPACE}", " ") == "25 to 75 %"
    assert day("2026-03-01T00:00:00+00:00") == "1 March 2026"
    assert day("once") == "once"


def test_the_curve_is_over_what_can_be_judged() -> None:
    items = [
        answered("right", confidence=0.9),
        answered("incomplete", confidence=0.5, all_key_facts=0.0),
        answered("refused", answered=0.0, all_key_facts=0.0),
        answered("no key facts", all_key_facts=None),
        unanswerable("wrong", True, 0.7),
    ]
    assert risk_points(items) == [Point(0.9, 0.25, 0.0), Point(0.7, 0.5, 0.5), Point(0.5, 0.75, 2 / 3)]
    assert surer_half(risk_points(items)) == Point(0.7, 0.5, 0.5)
    assert risk_points([unanswerable("refused", False)]) == []
    assert curve_html([]) == ""
    assert surer_half([]) is None
    assert surer_half([Point(0.5, 1.0, 0.0)]) is None


def test_the_curve_marks_the_point_that_was_run() -> None:
    curve = curve_html([Point(0.9, 0.25, 0.0), Point(0.5, 0.75, 0.5)])
    assert '<circle class="dot" cx="75.00%" cy="50.00%" r="6"/>' in curve
    assert 'd="M25.00 100.00 L75.00 50.00"' in curve
    assert "Of all questions 75\N{NO-BREAK SPACE}% were answered" in curve
