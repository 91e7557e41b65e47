"""Two runs compared: figures worked out by hand, what changed in words, and that swapping the runs swaps the signs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.compare import FEWEST, Comparison, FigureChange, compare
from eval.compare_text import to_markdown
from eval.figures import Figure, mean
from eval.metrics import Interval
from eval.runs import Item, Run, RunFile, read_run
from index.errors import UsageError

HEADER = {"format": 1, "kind": "answers", "set": "small.jsonl", "set_sha256": "1", "questions": 8, "model": "scripted"}


def item(name: str, type: str = "plain", *, seconds: float = 0.5, left_out: str | None = None, **more: Any) -> Item:
    """An item whose keywords are details where score.py has such a detail, and measures otherwise."""
    detail = {"question": f"What of {name}?", "answerable": True, "status": "answered", "text": "It rains. [1]"}
    names = (*detail, "missing", "forbidden", "key_facts", "history", "citations", "expected_reason")
    names = (*names, "sentences", "must_not", "expected")
    detail |= {key: value for key, value in more.items() if key in names}
    measures = {key.replace("_at_", "@"): value for key, value in more.items() if key not in names}
    return Item(name, type, measures, seconds, detail, left_out)


def run(*items: Item, **header: Any) -> Run:
    return Run({**HEADER, **header}, items)


def change(comparison: Comparison, name: str) -> FigureChange:
    return next(change for change in comparison.figures if change.figure.name == name)


def words(before: Item, after: Item) -> list[tuple[str, int]]:
    questions = compare(run(before), run(after)).questions
    return [(remark.words, remark.effect) for question in questions for remark in question.remarks]


# --- figures ---------------------------------------------------------------------------------------------------


def test_a_figure_is_compared_over_the_questions_that_both_runs_measured() -> None:
    before = run(*(item(f"q{n}", all_key_facts=float(n < 2)) for n in range(8)), item("alone", all_key_facts=1.0))
    after = run(
        *(item(f"q{n}", all_key_facts=float(n < 5) if n != 7 else None) for n in range(8)),
        item("new", all_key_facts=0.0),
    )
    comparison = compare(before, after)
    facts = change(comparison, "all_key_facts")
    assert (facts.before, facts.after, facts.difference.n) == (2 / 7, 5 / 7, 7)
    assert facts.difference.value == pytest.approx(3 / 7)
    assert (comparison.shared, comparison.only_before, comparison.only_after) == (8, 1, 1)


@pytest.mark.parametrize(
    ("interval", "better", "word"),
    [
        (Interval(0.2, 0.1, 0.3, 9), "higher", "better"),
        (Interval(0.2, 0.1, 0.3, 9), "lower", "worse"),
        (Interval(-0.2, -0.3, -0.1, 9), "higher", "worse"),
        (Interval(-0.2, -0.3, -0.1, 9), "lower", "better"),
        (Interval(-0.2, -0.3, -0.1, 9), "", "changed"),
        (Interval(0.2, 0.0, 0.3, 9), "higher", "no clear change"),
        (Interval(0.2, -0.1, 0.3, 9), "higher", "no clear change"),
        (Interval(0.0, 0.0, 0.0, 9), "higher", "the same"),
        (Interval(None, None, None, 0), "higher", "no clear change"),
        (Interval(1.0, 1.0, 1.0, FEWEST - 1), "higher", "too few questions"),
        (Interval(1.0, 1.0, 1.0, FEWEST), "higher", "better"),
    ],
)
def test_the_word_takes_the_direction_and_the_interval_into_account(interval: Interval, better: str, word: str) -> None:
    assert FigureChange(Figure("f", "F", ("f",), mean, better), 0.5, 0.7, interval, interval.n).word == word


@pytest.mark.parametrize(
    ("unit", "low", "word"), [("words", 1, "longer"), ("words", -2, "shorter"), ("seconds", 1, "slower")]
)
def test_more_or_less_of_a_size_is_no_verdict(unit: str, low: float, word: str) -> None:
    figure = Figure("f", "F", ("f",), mean, "lower", unit)
    assert FigureChange(figure, 5.0, 6.0, Interval(low + 0.5, low, low + 1, 9), 9).word == word


def test_seconds_are_called_faster_only_when_that_is_clear() -> None:
    before = run(*(item(f"q{n}", seconds=0.5 + n / 100) for n in range(20)))
    faster = run(*(item(f"q{n}", seconds=0.1 + n / 100) for n in range(20)))
    jitter = run(*(item(f"q{n}", seconds=0.5 + (19 - n) / 100) for n in range(20)))
    assert change(compare(before, faster), "seconds_p50").word == "faster"
    assert change(compare(before, jitter), "seconds_p50").word == "no clear change"


def test_types_show_their_main_figures_where_they_are_measured() -> None:
    before = run(item("a", "fact", all_key_facts=0.0, **{"hit@1": 0.0}), item("b", "gap", abstained_unanswerable=1.0))
    after = run(item("a", "fact", all_key_facts=1.0, **{"hit@1": 1.0}), item("b", "gap", abstained_unanswerable=1.0))
    fact, gap = compare(before, after).types
    assert [(fact.type, fact.n), (gap.type, gap.n)] == [("fact", 1), ("gap", 1)]
    assert [figure.figure.name for figure in fact.figures] == ["all_key_facts"]
    assert [figure.figure.name for figure in gap.figures] == ["abstained_unanswerable"]
    text = to_markdown(compare(before, after))
    assert "| fact | All key facts said |" in text
    assert "| gap " not in text


# --- question by question --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"status": "abstained"}, {}, [("now answered (was refused)", 1)]),
        ({}, {"status": "abstained"}, [("now refused (was answered)", -1)]),
        ({"answerable": False}, {"answerable": False, "status": "abstained"}, [("now refused (was answered)", 1)]),
        ({"missing": ["rain|wet", "9"]}, {"missing": ["9"]}, [("now says “rain” or “wet”", 1)]),
        ({"missing": []}, {"missing": ["9"]}, [("no longer says “9”", -1)]),
        ({"forbidden": []}, {"forbidden": ["sun"]}, [("now says what is wrong: “sun”", -1)]),
        ({"forbidden": ["sun"]}, {"forbidden": []}, [("no longer says what is wrong: “sun”", 1)]),
        ({"attribution_missing": 1.0}, {"attribution_right": 1.0}, [("speaker now right (was missing)", 1)]),
        ({"attribution_missing": 1.0}, {"attribution_wrong": 1.0}, [("speaker now wrong (was missing)", -1)]),
        ({"citation_recall": 0.5}, {"citation_recall": 0.0}, [("cites evidence no more", -1)]),
        ({"citation_recall": 0.5}, {"citation_recall": 0.25}, [("cites less of the evidence", -1)]),
        ({"citation_recall": 0.5}, {"citation_recall": 1.0}, [("cites more of the evidence", 1)]),
        ({"citation_recall": 0.0}, {"citation_recall": 1.0}, [("cites evidence now", 1)]),
        ({"citation_exactness": 1.0}, {"citation_exactness": 0.5}, [("a quote is not in its document now", -1)]),
        ({"outdated": 0.0}, {"outdated": 1.0}, [("now rests on what was withdrawn", -1)]),
        ({"text": "It rains."}, {"text": "Rain falls."}, [("answer reworded", 0)]),
        ({"text": "It rains. It pours."}, {"text": "It rains."}, [("shorter answer", 0)]),
        ({"text": "It rains."}, {"text": "It rains hard."}, [("longer answer", 0)]),
        (
            {"text": "It rains. It pours.", "sentences": [{}, {}]},
            {"text": "Rain.", "sentences": [{}]},
            [("fewer sentences (1, was 2)", 0)],
        ),
        ({"text": "x", "hit@1": 0.0}, {"text": "y", "hit@1": 1.0}, [("answer reworded", 0)]),
        ({"hit@1": 0.0}, {"hit@1": 1.0}, [("First passage is right: 1.000, was 0.000", 1)]),
        ({"citations": [{"start": 1}]}, {"citations": [{"start": 2}]}, [("the same answer has other footnotes", 0)]),
        ({"words": 3.0, "confidence": 0.2}, {"words": 3.0, "confidence": 0.3}, []),
    ],
)
def test_a_change_is_said_in_words(
    before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    measures = {"attribution_right": 0.0, "attribution_wrong": 0.0, "attribution_missing": 0.0}
    given = [{**measures, **more} if any("attr" in name for name in more) else more for more in (before, after)]
    found = words(item("q", **given[0]), item("q", **given[1]))
    speakers = [entry for entry in found if not entry[0].startswith("Speaker")]
    assert speakers == expected


def test_what_got_worse_comes_first_and_the_most_of_it() -> None:
    before = run(
        item("better", missing=["x"]), item("same"), item("reworded"), item("mixed", missing=["x"]), item("worse")
    )
    after = run(
        item("better", missing=[]),
        item("same"),
        item("reworded", text="Rain."),
        item("mixed", missing=["y"]),
        item("worse", missing=["x", "y"]),
    )
    comparison = compare(before, after)
    assert [(question.id, question.effect) for question in comparison.questions] == [
        *[("worse", -1), ("mixed", -1), ("reworded", 0), ("better", 1)]
    ]
    assert comparison.unchanged == 1
    text = to_markdown(comparison)
    places = [text.index(words) for words in ("Got worse (2)", "neither better nor worse (1)", "Got better (1)")]
    assert places == sorted(places)
    assert "- mixed (plain) What of mixed?: no longer says “y”; now says “x”\n" in text
    assert text.endswith("Unchanged: 1 question.\n")


# --- what can't be compared, and how the runs were made ----------------------------------------------------------


def test_runs_of_different_kinds_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r'kind "answers".*kind "other".*same kind'):
        compare(run(item("a")), run(item("a"), kind="other"))


def test_runs_that_share_nothing_are_a_usage_error() -> None:
    with pytest.raises(UsageError, match="no question in common"):
        compare(run(item("a")), run(item("b")))


def test_different_sets_are_compared_over_what_they_share() -> None:
    before = run(item("a"), item("b", key_facts=["9"]), item("c"), item("gone"), item("out", left_out="no document"))
    after = run(item("a"), item("b", key_facts=["8"]), item("c", question="Who?"), item("out"), set_sha256="2")
    comparison = compare(before, after)
    assert (comparison.shared, comparison.otherwise) == (1, 2)
    assert (comparison.only_before, comparison.only_after) == (1, 1)
    text = to_markdown(comparison)
    assert "The question set is not the same in both runs (set_sha256); compared is what they share." in text
    assert "- set_sha256: 2 (was 1)" in text
    assert "1 question of the run before, 1 of the run after." in text
    assert "in another way in each run, and counted nowhere here: 2 questions of the same id." in text


def test_another_expectation_makes_another_question_but_another_place_does_not() -> None:
    evidence = {"document": "a.txt", "start": 0, "end": 9, "via": [], "date": "2020"}
    before = [item("a", must_not=["sun"]), item("b", expected=[evidence]), item("c", expected=[evidence]), item("d")]
    after = [
        item("a", must_not=["wind"]),
        item("b", expected=[{**evidence, "date": "2021"}]),
        item("c", expected=[{**evidence, "start": 4, "end": 13}]),
        item("d", must_not=["sun"]),  # a run that does not say what was expected is compared all the same
    ]
    comparison = compare(run(*before), run(*after))
    assert (comparison.shared, comparison.otherwise) == (2, 2)


def test_what_changed_comes_first_and_what_is_the_same_is_one_line() -> None:
    before = run(*(item(f"q{n}", all_key_facts=n % 2, cited=0.0, outdated=0.25) for n in range(9)))
    after = run(*(item(f"q{n}", all_key_facts=n // 4 % 2, cited=1.0, outdated=0.25) for n in range(9)))
    text = to_markdown(compare(before, after))
    assert text.index("| Sentences with a citation ") < text.index("| All key facts said ")
    assert (
        "\nThe same in both: Answers that rest on what was withdrawn (0.250); "
        "Seconds, median (0.500); Seconds, 95th percentile (0.500).\n" in text
    )
    assert "by itself" not in text


def test_a_figure_that_a_run_has_of_more_questions_is_said_with_its_own_values() -> None:
    before = run(*(item(f"q{n}", citation_precision=float(n < 4)) for n in range(8)))
    after = run(*(item(f"q{n}", citation_precision=1.0 if n < 6 else None) for n in range(8)))
    before, after = (
        run(*(replace(i, measures={**i.measures, "cited": 1.0}) for i in r.items)) for r in (before, after)
    )
    after = run(replace(after.items[0], measures={"citation_precision": 1.0}), *after.items[1:])
    text = to_markdown(compare(before, after))
    assert "Sentences with a citation: " not in text  # by itself as in both
    assert "Measured for more questions in a run by itself than in both:\n\n" in text
    assert "- Citations that rest on evidence: 0.500 before (n 8), 1.000 after (n 6), compared over 6\n" in text


def test_what_differs_in_the_headers_is_listed() -> None:
    before = run(
        item("a"), settings={"bar": 0.2, "model": None}, code="1a", versions={"python": "3.11"}, times={"s": 1}
    )
    after = run(item("a"), settings={"bar": 0.3, "model": None}, code="1b", versions={"python": "3.11"}, model="quotes")
    assert [(made.name, made.before, made.after) for made in compare(before, after).made] == [
        ("model", "scripted", "quotes"),
        ("settings.bar", "0.2", "0.3"),
        ("code", "1a", "1b"),
    ]
    assert "How" not in to_markdown(compare(before, before))
    assert "- settings.bar: 0.3 (was 0.2)\n- code: 1b (was 1a)\n" in to_markdown(compare(before, after))


def test_equal_runs_say_so_in_one_line() -> None:
    before = run(item("a", history=()), item("b"), times={"started": "1"})
    after = run(item("a", history=[], seconds=9.0), item("b", seconds=8.0), times={"started": "2"})
    assert to_markdown(compare(before, after)) == "Nothing changed apart from times.\n"
    assert not compare(before, run(item("a"), item("b"), code="2")).equal


def test_hostile_text_stays_on_its_line_and_in_its_cell() -> None:
    name = "q|\n# heading\x1b[2J\u202e"
    before, after = (run(item(name, name, question=name, all_key_facts=value)) for value in (0.0, 1.0))
    text = to_markdown(compare(before, after))
    assert "\n# heading" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    rows = [line for line in text.splitlines() if line.startswith("| q/ # heading")]
    assert [row.count("|") for row in rows] == [9]


def test_a_run_that_was_written_and_read_equals_the_one_in_memory(tmp_path: Path) -> None:
    header = {**HEADER, "index": {"documents": ("a", "b")}}
    made = Run(header, (item("a", history=({"role": "user", "content": "Hm?"},)),))
    file = RunFile(tmp_path / "run.jsonl", header)
    for one in made.items:
        file.append(one)
    assert compare(made, read_run(tmp_path / "run.jsonl")).equal


def test_another_kind_of_run_shows_its_first_figures_per_type(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = tuple(Figure(name, name.upper(), (name,), mean) for name in ("one", "two", "three", "four"))
    monkeypatch.setattr("eval.compare.figures_of", lambda run: figures)
    before, after = (
        Run({**HEADER, "kind": "pages"}, (Item("p", "page", dict.fromkeys(("one", "two", "three", "four"), value)),))
        for value in (0.25, 0.5)
    )
    comparison = compare(before, after)
    assert [change.figure.name for change in comparison.types[0].figures] == ["one", "two", "three"]
    assert comparison.questions[0].remarks[0].words == "ONE: 0.500, was 0.250"
    assert "- p (page): ONE: 0.500, was 0.250; TWO" in to_markdown(comparison)


# --- properties ------------------------------------------------------------------------------------------------

SHARES = st.sampled_from([None, 0.0, 0.25, 1.0])
ITEMS = st.builds(
    lambda facts, precision, recall, status, answerable, text, missing, forbidden, seconds: {
        "all_key_facts": facts,
        "citation_precision": precision,
        "citation_recall": recall,
        "answerable": answerable,
        "status": status,
        "text": text,
        "missing": missing,
        "forbidden": forbidden,
        "seconds": seconds,
    },
    *(SHARES, SHARES, SHARES, st.sampled_from(["answered", "abstained"]), st.just(True)),
    *(st.sampled_from(["x", "y"]), st.lists(st.sampled_from("ab"), unique=True)),
    *(st.lists(st.sampled_from("cd"), unique=True), st.sampled_from([0.1, 0.2, 0.4])),
)
RUNS = st.lists(ITEMS, min_size=1, max_size=8)


def built(entries: list[dict[str, Any]]) -> Run:
    return run(*(item(f"q{n}", "odd" if n % 2 else "even", **entry) for n, entry in enumerate(entries)))


@settings(max_examples=30, deadline=None)
@given(RUNS)
def test_a_run_compared_with_itself_has_no_change(entries: list[dict[str, Any]]) -> None:
    comparison = compare(built(entries), built(json.loads(json.dumps(entries))))
    assert comparison.equal
    assert not comparison.questions
    assert not comparison.made
    for figure in (*comparison.figures, *(figure for group in comparison.types for figure in group.figures)):
        assert not figure.difference.value
        assert figure.before == figure.after
        assert figure.word == ("the same" if figure.before is not None else "no clear change")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(ITEMS, ITEMS), min_size=1, max_size=8))
def test_swapping_the_runs_negates_the_differences(entries: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    one, other = built([entry for entry, _ in entries]), built([entry for _, entry in entries])
    there, back = compare(one, other), compare(other, one)
    opposite = {"better": "worse", "worse": "better", "faster": "slower", "slower": "faster"}
    for forth, reverse in zip(there.figures, back.figures, strict=True):
        assert (forth.before, forth.after) == (reverse.after, reverse.before)
        assert reverse.word == opposite.get(forth.word, forth.word)
        if forth.difference.value is not None:
            difference, mirrored = forth.difference, reverse.difference
            assert mirrored.value == pytest.approx(-difference.value)
            assert mirrored.low == pytest.approx(-difference.high)  # type: ignore[operator]
            assert mirrored.high == pytest.approx(-difference.low)  # type: ignore[operator]
    assert {question.id for question in there.questions} == {question.id for question in back.questions}
    effects = {question.id: sorted(-remark.effect for remark in question.remarks) for question in back.questions}
    assert {q.id: sorted(remark.effect for remark in q.remarks) for q in there.questions} == effects


def test_a_few_questions_that_moved_among_many_cannot_tell() -> None:
    def changed(count: int) -> FigureChange:
        before = run(*(item(f"q{n}", all_key_facts=0.0) for n in range(116)))
        after = run(*(item(f"q{n}", all_key_facts=float(n < count)) for n in range(116)))
        return next(change for change in compare(before, after).figures if change.figure.name == "all_key_facts")

    assert changed(FEWEST - 1).word == "too few questions"
    assert changed(FEWEST).word == "better"
