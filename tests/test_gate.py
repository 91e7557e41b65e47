"""The gate: a mark is reached, missed or can't be checked, and the last is never a pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.cases import DEFAULT_SET, load_set
from eval.figures import ANSWERS
from eval.gate import GATES, LEFT_OUT, OURS, Mark, check_gates, require, to_text
from eval.gate import _read as read
from eval.runs import Item, Run
from index.errors import BelowGate, RagError, RunUnreadable, UsageError

HEADER = {"format": 1, "kind": "answers", "set": "small.jsonl", "questions": 4}


def run(**header: Any) -> Run:
    facts = ({"all_key_facts": 1.0, "forbidden": 0.0}, {"all_key_facts": 0.0, "forbidden": 0.0})
    items = (
        Item("a", "plain", facts[0], 0.5),
        Item("b", "plain", facts[1], 0.5),
        Item("c", "yes_no", {**facts[0], "forbidden": 1.0}, 0.5),
        Item("d", "yes_no", {"citation_exactness": 1.0}, 0.5),
    )
    return Run({**HEADER, **header}, items)


@pytest.fixture
def gates(tmp_path: Path) -> Any:
    def write(text: str) -> Path:
        path = tmp_path / "gates.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_marks_are_held_against_figures_overall_and_per_type(gates: Any) -> None:
    path = gates(
        '[other]\nset = "other.jsonl"\nnonsense = 1\n[small]\nset = "small.jsonl"\nall_key_facts = 0.6\n'
        "forbidden = 0.3\ncitation_exactness = 1\n"
        "[small.types.plain]\nall_key_facts = 0.5\n[small.types.yes_no]\nforbidden = 1.0\n"
    )
    report = check_gates(run(), path)
    assert [(mark.figure, mark.type, round(mark.value, 3), mark.n, mark.passed) for mark in report.marks] == [
        ("all_key_facts", None, 0.667, 3, True),
        ("forbidden", None, 0.333, 3, False),
        ("citation_exactness", None, 1.0, 1, True),
        ("all_key_facts", "plain", 0.5, 2, True),
        ("forbidden", "yes_no", 1.0, 1, True),
    ]
    assert not report.passed
    lines = to_text(report).splitlines()
    assert lines[0] == "MISSED  forbidden               0.3333  at most 0.3 (n 3)"
    assert lines[1].startswith("passed  all_key_facts           0.6667  at least 0.6 (n 3)")
    assert lines[-1] == "4 of 5 marks reached"
    with pytest.raises(BelowGate, match=r"small.jsonl does not pass .*gates\.toml: 1 of 5 marks missed\. ") as raised:
        require(report)
    assert raised.value.exit_code == 1


def test_a_run_at_its_marks_passes(gates: Any) -> None:
    report = check_gates(run(), gates('[small]\nset = "small.jsonl"\nall_key_facts = 0.6666666666\nleft_out = 0\n'))
    assert report.passed
    require(report)
    assert to_text(report).endswith("small.jsonl passes: 2 of 2 marks reached")


@given(st.floats(0, 1), st.booleans())
def test_a_value_at_its_mark_passes_and_one_beyond_rounding_does_not(mark: float, least: bool) -> None:
    beyond = -1e-6 if least else 1e-6
    assert Mark("f", None, mark, mark, least, 1).passed
    assert Mark("f", None, mark + beyond / 1e4, mark, least, 1).passed
    assert not Mark("f", None, mark + beyond, mark, least, 1).passed
    assert Mark("f", None, mark - beyond, mark, least, 1).passed


def test_an_incomplete_run_does_not_pass(gates: Any) -> None:
    report = check_gates(run(questions=5), gates('[small]\nset = "small.jsonl"\nall_key_facts = 0.5\n'))
    assert not report.missed
    assert not report.passed
    assert to_text(report).startswith("MISSED  only 4 of 5 questions were run\n")
    with pytest.raises(BelowGate, match="it is not whole"):
        require(report)


def test_questions_that_were_left_out_are_counted(gates: Any) -> None:
    whole = run()
    gone = Run(whole.header, (*whole.items[:3], Item("d", "yes_no", left_out="its document is not in the index")))
    path = gates('[small]\nset = "small.jsonl"\nall_key_facts = 0.5\nleft_out = 0\n')
    report = check_gates(gone, path)
    assert [mark.where for mark in report.missed] == [LEFT_OUT]
    assert "1 question left out of the figures, not asked" in to_text(report)
    assert check_gates(whole, path).passed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no section for the set small.jsonl"),
        ("[small]\nset = \n", "can't be read as TOML"),
        ("\x00", "can't be read as TOML"),
        ('[small]\nset = "other.jsonl"\ncited = 1.0\n', "no section for the set small.jsonl"),
        (
            '[a]\nset = "small.jsonl"\ncited = 1\n[b]\nset = "small.jsonl"\ncited = 1\n',
            r"2 sections .*: \[a\], \[b\]\. Delete all",
        ),
        ('set = "small.jsonl"\ncited = 1\n', '"set" stands above every section. Put it under'),
        ('[small]\nset = "small.jsonl"\nhit@1 = 1\n', 'Write "hit@1" with its quotation marks and run again'),
        ("[small]\nall_key_facts = 0.5\n", '"small" names no set'),
        ("all_key_facts = 0.5\n", '"all_key_facts" stands above every section'),
        ("[small]\nset = 3\n", '"small" names no set'),
        ('[small]\nset = "small.jsonl"\n', "sets no mark for small.jsonl"),
        ('[small]\nset = "small.jsonl"\n[small.types.plain]\n', "sets no mark for the type plain"),
        ('[small]\nset = "small.jsonl"\n[small.types]\n', "sets no mark for small.jsonl"),
        ('[small]\nset = "small.jsonl"\ntypes = 3\n', "holds a table for each type"),
        ('[small]\nset = "small.jsonl"\n[small.types]\nplain = 0.5\n', "holds a table for each type"),
        ('[small]\nset = "small.jsonl"\nall_keyfacts = 0.5\n', '"all_keyfacts", which is no figure.*all_key_facts'),
        ('[small]\nset = "small.jsonl"\n[small.tpyes.plain]\ncited = 1\n', '"tpyes", which is no figure'),
        ('[small]\nset = "small.jsonl"\nall_key_facts = "0.5"\n', "'0.5', not a number"),
        ('[small]\nset = "small.jsonl"\nall_key_facts = true\n', "True, not a number"),
        ('[small]\nset = "small.jsonl"\nall_key_facts = nan\n', "nan, not a number"),
        ('[small]\nset = "small.jsonl"\nforbidden = inf\n', "inf, not a number"),
        (f'[small]\nset = "small.jsonl"\nforbidden = 1{"0" * 400}\n', "not a number"),
        ('[small]\nset = "small.jsonl"\nleft_out = "none"\n', "'none', not a number"),
        ('[small]\nset = "small.jsonl"\nforbidden = 20\n', "forbidden is 20; a share lies between 0 and 1"),
        ('[small]\nset = "small.jsonl"\nvia_right = 0.5\n', r"via_right, but it can't be told .*\(0 questions\)"),
        ('[small]\nset = "small.jsonl"\n[small.types.plain]\ncited = 1\n', "cited of the type plain.*0 questions"),
        ('[small]\nset = "small.jsonl"\nconfidence_auroc = 0.5\n', "can't be told from this run"),
    ],
)
def test_what_keeps_a_mark_from_being_checked_is_an_error(gates: Any, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_gates(run(), gates(text))


def test_a_mark_for_a_type_that_was_not_asked_is_missed(gates: Any) -> None:
    path = gates('[small]\nset = "small.jsonl"\nall_key_facts = 0.5\n[small.types.none]\nforbidden = 0\n')
    report = check_gates(run(), path)
    assert [(mark.where, mark.value) for mark in report.missed] == [("forbidden of none", None)]
    line = "MISSED  forbidden of none  no question of this type was asked; at most 0 (n 0)"
    assert to_text(report).splitlines()[0] == line


def test_a_file_that_is_not_there_or_not_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Can't read the marks in .*none\.toml: No such file"):
        check_gates(run(), tmp_path / "none.toml")
    (tmp_path / "gates.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="can't be read as TOML"):
        check_gates(run(), tmp_path / "gates.toml")


@pytest.mark.parametrize("lacking", ["set", "questions"])
def test_a_run_that_does_not_say_what_it_was_to_ask_is_an_error(gates: Any, lacking: str) -> None:
    header = {name: value for name, value in HEADER.items() if name != lacking}
    with pytest.raises(RunUnreadable, match="does not say which set"):
        check_gates(Run(header, run().items), gates('[small]\nset = "small.jsonl"\nall_key_facts = 0.5\n'))


def test_our_own_marks_are_ones_that_the_sample_set_can_be_held_against() -> None:
    sections = read(GATES, OURS)
    figures = {figure.name for figure in ANSWERS if figure.better} | {LEFT_OUT}
    types = {case.type for case in load_set(DEFAULT_SET)}
    (sample,) = [section for section in sections.values() if section["set"] == DEFAULT_SET.name]
    assert set(sample) - {"set", "types"} <= figures
    assert set(sample.get("types", {})) <= types
    with pytest.raises(RagError, match=r"^eval/gates\.toml has no section for the set other\.jsonl"):
        check_gates(run(set="other.jsonl"))
