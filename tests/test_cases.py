"""Question sets: what a file may hold, and the message that names whatever is wrong with a line."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from mill import CLOSING, MILLER, OPENING, OWNER, PRAISE, record_of, write_set

from eval.cases import Case, Evidence, Fault, load_set, meant, quoted, read_set
from eval.metrics import Said
from index.errors import SetUnreadable

LEAST: Any = {"id": "a", "question": "b?", "type": "c", "answerable": False}
SPAN: Any = {"doc": "a.txt", "start": 0, "end": 2, "quote": "ab"}


def evidence_of(path: Path, **changes: Any) -> Evidence:
    """The one piece of evidence of a set with SPAN, `changes` made to it."""
    (case,) = load_set(write_set(path / "set.jsonl", LEAST | {"evidence": [SPAN | changes]}))
    return case.evidence[0]


def test_a_set_becomes_cases(tmp_path: Path) -> None:
    cases = (OPENING, CLOSING, PRAISE, OWNER, MILLER)
    assert load_set(write_set(tmp_path / "set.jsonl", *cases)) == cases


def test_everything_that_a_case_may_have(tmp_path: Path) -> None:
    given = {"reason": "masked", "speaker": "the narrator", "note": "line\u2028separator", "polarity": "yes"}
    history = [{"role": "user", "content": "The mill?"}, {"role": "assistant", "content": "It stands."}]
    record = record_of(OWNER) | given | {"history": history, "source": "an unknown key"}
    path = write_set(tmp_path / "set.jsonl", record)
    path.write_text("\ufeff\n" + path.read_text(encoding="utf-8") + "\n \n", encoding="utf-8")
    (case,) = load_set(path)
    assert asdict(case) == asdict(OWNER) | given | {"history": tuple(history)}


def test_four_keys_are_enough(tmp_path: Path) -> None:
    assert load_set(write_set(tmp_path / "set.jsonl", LEAST)) == (Case("a", "b?", "c", False),)


def test_a_file_with_windows_line_ends(tmp_path: Path) -> None:
    path = write_set(tmp_path / "set.jsonl", LEAST, LEAST | {"id": "d"})
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert [case.id for case in load_set(path)] == ["a", "d"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"speaker": None}, Said((), (), None)),
        ({"speaker": "Ada Quill"}, Said(("Ada Quill",), (), None)),
        (
            {"speaker": "Ada Quill", "via": ["Aller Post", "Dale Times"], "date": "1899-05"},
            Said(("Ada Quill",), ("Aller Post", "Dale Times"), "1899-05"),
        ),
        ({"speaker": None, "via": [], "date": "1931-02-07"}, Said((), (), "1931-02-07")),
        ({"speaker": None, "date": "1904"}, Said((), (), "1904")),
        ({"speaker": None, "date": "1904-02-29"}, Said((), (), "1904-02-29")),
        ({"via": [], "date": None}, None),
    ],
)
def test_whose_words_the_evidence_is(tmp_path: Path, changes: dict[str, Any], said: Said | None) -> None:
    assert evidence_of(tmp_path, **changes) == Evidence("a.txt", 0, 2, "ab", said=said)


def test_evidence_may_be_outdated_or_a_label(tmp_path: Path) -> None:
    assert evidence_of(tmp_path, outdated=True).outdated
    assert evidence_of(tmp_path, label=True).label
    assert not evidence_of(tmp_path).outdated
    assert not evidence_of(tmp_path).label


def test_either_the_quote_or_the_offsets_may_be_left_out(tmp_path: Path) -> None:
    assert evidence_of(tmp_path, quote=None) == Evidence("a.txt", 0, 2, None)
    assert evidence_of(tmp_path, start=None, end=None) == Evidence("a.txt", None, None, "ab")
    without = LEAST | {"evidence": [{name: value for name, value in SPAN.items() if name != "quote"}]}
    assert load_set(write_set(tmp_path / "set.jsonl", without))[0].evidence == (Evidence("a.txt", 0, 2, None),)


NO_DATES = ("1899-02-30", "1899-13", "1899-5", "0000", "18990503", "1899-W18", "1899-05-03T10:00", "٢٠٢٠", "1899-")


def piece(**changes: Any) -> dict[str, Any]:
    return {"evidence": [SPAN, SPAN | changes]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": None}, '"id" is not a text'),
        ({"question": " "}, '"question" is not a text in double quotes, or empty'),
        ({"answerable": "yes"}, '"answerable" is neither true nor false'),
        ({"reason": "hidden"}, '"reason" is none of not_in_corpus, masked, furniture_only'),
        ({"reason": ["masked"]}, '"reason" is none of'),
        ({"speaker": 3}, '"speaker" is not a text'),
        ({"reason": "maskd"}, "furniture_only (did you mean «masked»?). Mend"),
        ({"key_facts": "1891"}, '"key_facts" is not a list; write "key_facts": ["412,000", '),
        ({"key_facts": [1891]}, '"key_facts[0]" is not a text in double quotes, or empty; write "key_facts": ["'),
        ({"key_facts": ["1891", "a||b"]}, '"key_facts[1]" has an empty alternative («a||b»)'),
        ({"must_not": [" "]}, '"must_not[0]" is not a text in double quotes, or empty'),
        ({"evidence": {"doc": "a"}}, '"evidence" is not a list'),
        ({"evidence": ["mill.txt"]}, '"evidence[0]" is not an object'),
        ({"evidence": [{"start": 0, "end": 1}]}, '"evidence[0].doc" is missing; write "evidence": [{"doc": '),
        ({"evidence": [{"doc": "a", "start": 0}]}, '"evidence[0].end" is missing'),
        (piece(start=-1), '"evidence[1].start" is not a count of characters'),
        (piece(start=True), '"evidence[1].start" is not a count of characters'),
        (piece(end="2"), '"evidence[1].end" is not a count of characters: a whole number, or null'),
        (piece(end=1.5), '"evidence[1].end" is not a count of characters'),
        (piece(end=None), '"evidence[1]" has only one of start and end'),
        (piece(start=None, end=None, quote=None), '"evidence[1]" has neither offsets nor a quote'),
        (piece(start=2, quote=None), '"evidence[1]" spans no character (2 to 2)'),
        (piece(end=6), '"evidence[1]" spans 6 characters (0 to 6), but its quote has 2 and would end at 2'),
        (piece(quote=""), '"evidence[1].quote" is not a text in double quotes, or empty'),
        (piece(label=1), '"evidence[1].label" is neither true nor false'),
        (piece(outdated="no"), '"evidence[1].outdated" is neither true nor false'),
        (piece(speaker=""), '"evidence[1].speaker" is not a text in double quotes, or empty'),
        (piece(speaker=None, date=1931), '"evidence[1].date" is not a text'),
        (piece(speaker=None, date="3 May 1899"), '"evidence[1].date" is «3 May 1899», not a date written YYYY, '),
        *((piece(speaker=None, date=date), f'"evidence[1].date" is «{date}»') for date in NO_DATES),
        (piece(via=["Aller Post"]), '"evidence[1]" has "via" but no "speaker"; add one, or "speaker": null for'),
        (piece(via="Aller Post"), '"evidence[1]" has "via" but no "speaker"'),
        (piece(date="1899"), '"evidence[1]" has "date" but no "speaker"'),
        (piece(speaker=None, via="Aller Post"), '"evidence[1].via" is not a list; write "via": ["Aller Post"]'),
        (piece(speaker=None, via=[None]), '"evidence[1].via[0]" is not a text'),
        ({"history": ["The mill?"]}, '"history[0]" is not an object'),
        ({"history": [{"role": "user"}]}, '"history[0].content" is missing'),
        ({"history": [{"role": "robot", "content": "?"}]}, '"history[0].role" is «robot», neither "user" nor "assi'),
        ({"polarity": True}, '"polarity" is not a text'),
    ],
)
def test_a_malformed_value_is_named_with_file_and_line(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = write_set(tmp_path / "set.jsonl", MILLER, record_of(OPENING) | changes)
    with pytest.raises(SetUnreadable) as caught:
        load_set(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert said in str(caught.value)
    assert str(caught.value).endswith(f"Mend that line; rag eval check {path} names every such line at once.")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no questions"),
        (b"\n \n", "holds no questions"),
        (b'{"id": \n', "line 1: not a JSON object on one line (Expecting value at its end). Mend"),
        (b'{"id": 3},', "line 1: not a JSON object on one line (Extra data at character 10, «,»). Mend"),
        (b'{"id": ' + 9_999 * b"[", "line 1: not a JSON object on one line ("),
        (b'{"id": ' + 9_999 * b"1" + b"}", "line 1: not a JSON object on one line ("),
        (b"1", "line 1: not a JSON object. Mend"),
        (b"[1]", "line 1: an array begins. Write one JSON object per line, not an array."),
        (b"\n[\n{}\n]", "line 2: an array begins. Write one JSON object per line, not an array."),
        (b'{\n "id": 1\n}', "line 1: an object takes several lines. Write one JSON object per line, not an array."),
        (b'{"id": "a", "question": "b?", "typ": "c"}', 'line 1: "type" is missing (did you mean «typ»?)'),
        (b'{"id": "M1", "type": "list"}', 'line 1: "question" is missing'),
        (b'{"id": "M1", "question": "Who?", "type": "list"}', 'line 1: "answerable" is missing'),
        (b'{"id": "caf\xe9"}', "is not UTF-8 (byte 11)"),
        (2 * (json.dumps(LEAST).encode() + b"\n"), "line 2: the id «a» stands in line 1 too"),
    ],
)
def test_a_file_that_is_no_set(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(SetUnreadable) as caught:
        load_set(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_all_malformed_lines_are_read_past(tmp_path: Path) -> None:
    path = write_set(tmp_path / "set.jsonl", LEAST | {"reason": 1}, LEAST, {"id": 3}, LEAST, MILLER)
    path.write_text(path.read_text(encoding="utf-8") + "\n{'id': 1}\n", encoding="utf-8")
    reading = read_set(path)
    assert reading.cases == (Case("a", "b?", "c", False), MILLER)
    assert {name: line for name, (line, _) in reading.lines.items()} == {"a": 2, "M5": 5}
    assert reading.lines["a"][1] == LEAST
    assert [(fault.line, fault.id) for fault in reading.malformed] == [(1, "a"), (3, None), (4, "a"), (7, None)]
    assert reading.malformed[2] == Fault(4, "a", "the id «a» stands in line 2 too")


def test_the_word_that_was_meant() -> None:
    assert meant("must_nto", ("note", "must_not")) == " (did you mean «must_not»?)"
    assert meant("MILL.txt", ("inn.txt", "Mill.txt"), 0.8) == " (did you mean «Mill.txt»?)"
    assert meant("inn.txt", ("mill.txt",), 0.8) == meant("source", ()) == ""


def test_a_quote_is_shown_on_one_line_and_cut() -> None:
    assert quoted('a "b"\r\nc') == '«a "b"↵c»'
    assert quoted("x" * 60) == f"«{'x' * 60}»"
    assert quoted("x" * 61) == f"«{'x' * 59}…»"


def test_a_missing_file_or_a_folder_is_no_set(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(SetUnreadable, match="Can't read the question set"):
            load_set(path)


@pytest.mark.parametrize(
    ("type_name", "reason", "expected"),
    [
        ("unanswerable_absent", None, "not_in_corpus"),
        ("unanswerable_nearmiss", None, "not_in_corpus"),
        ("unanswerable_redacted", None, "masked"),
        ("furniture_trap", None, "furniture_only"),
        ("a type of somebody else's", None, "not_in_corpus"),
        ("furniture_trap", "not_in_corpus", "not_in_corpus"),
        ("unanswerable_nearmiss", "masked", "masked"),
    ],
)
def test_the_reason_that_is_expected(type_name: str, reason: str | None, expected: str) -> None:
    assert Case("a", "b?", type_name, False, reason).expected_reason == expected


def test_an_answerable_question_has_no_reason_to_expect() -> None:
    assert OPENING.expected_reason is None
    assert replace(OPENING, type="furniture_trap").expected_reason is None


def test_the_speaker_of_the_case_counts_where_the_evidence_names_none() -> None:
    bare, label, own = Evidence("a", 0, 1, "a"), Evidence("a", 0, 1, "a", label=True), Said(("Ben Lark",))
    case = replace(OPENING, speaker="Ada Quill (baker), in the Aller Post")
    assert case.said(bare) == Said(("Ada Quill",))
    assert case.said(label) is None
    assert case.said(replace(bare, said=own)) == own
    assert replace(case, speaker="an unnamed commenter").said(bare) == Said(())
    assert replace(case, speaker="what a reader pasted there").said(bare) is None
    assert replace(case, speaker=None).said(bare) is None
