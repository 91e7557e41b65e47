"""A question set: a JSON Lines file becomes Cases, or one message that says which line is wrong and why.

It does not know the index: whether the evidence stands in a document is found out when the set is run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from index.errors import SetUnreadable

DEFAULT_SET = Path(__file__).parent / "sets" / "sample.jsonl"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters of a document that answer the question; `text[start:end] == quote` in the document `doc`.

    `doc` is the document's path in the indexed folder, or its file name. Where a reader makes the text (HTML,
    PDF, Word), offsets move when it learns something: `start` and `end` may both be None there, and the
    quote, which must then occur once, says the place. `label` marks a line that only names the speaker:
    citing it is right, finding it is not required.
    """

    doc: str
    start: int | None
    end: int | None
    quote: str
    label: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer holds.

    Every one of `key_facts` must be said, none of `must_not`; "a|b" is a fact said either way. `history` is
    the conversation before the question, a sequence of {"role", "content"}. `speaker` (whose words the
    evidence is), `polarity` ("yes" or "no") and `note` are for people, and are not scored.
    """

    id: str
    question: str
    type: str
    answerable: bool
    key_facts: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    must_not: tuple[str, ...] = ()
    speaker: str | None = None
    note: str | None = None
    history: tuple[Mapping[str, str], ...] = ()
    polarity: str | None = None


class _Malformed(ValueError):
    """What is wrong with one line; load_set adds the file and the line."""


def load_set(path: Path) -> tuple[Case, ...]:
    """The cases of a UTF-8 JSON Lines file, in its order; blank lines are passed over, unknown keys ignored.

    Raises SetUnreadable when the file can't be read, holds no question, or at the first malformed line.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetUnreadable(
            f"Can't read the question set {path}: {error.strerror}. Name a JSON Lines file of questions."
        ) from error
    except UnicodeDecodeError as error:
        raise SetUnreadable(
            f"The question set {path} is not UTF-8 (byte {error.start}). Save it as UTF-8 and run again."
        ) from error
    cases: dict[str, Case] = {}
    # Not splitlines(): a JSON string may hold U+2028 as it is.
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            case = _case(line)
            if case.id in cases:
                raise _Malformed(f'the id "{case.id}" stands in an earlier line too')
        except _Malformed as error:
            raise SetUnreadable(f"{path}, line {number}: {error}. Mend that line and run again.") from error
        cases[case.id] = case
    if not cases:
        raise SetUnreadable(f"The question set {path} holds no questions. Write one JSON object per line.")
    return tuple(cases.values())


def _case(line: str) -> Case:
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _Malformed(f"not a JSON object on one line ({error})") from error
    if not isinstance(record, dict):
        raise _Malformed("not a JSON object")
    return Case(
        id=_required(record, "id", _text),
        question=_required(record, "question", _text),
        type=_required(record, "type", _text),
        answerable=_required(record, "answerable", _flag),
        key_facts=_each(record, "key_facts", _fact),
        evidence=_each(record, "evidence", _evidence),
        must_not=_each(record, "must_not", _fact),
        speaker=_optional(record, "speaker"),
        note=_optional(record, "note"),
        history=_each(record, "history", _turn),
        polarity=_optional(record, "polarity"),
    )


def _evidence(value: object, where: str) -> Evidence:
    record = _object(value, where)
    start, end = (_required(record, name, _offset, where) for name in ("start", "end"))
    evidence = Evidence(
        doc=_required(record, "doc", _text, where),
        start=start,
        end=end,
        quote=_required(record, "quote", _text, where),
        label=_flag(record.get("label", False), f"{where}.label"),
    )
    if (start is None) != (end is None):
        raise _Malformed(f'"{where}" has only one of start and end')
    if start is not None and end is not None and len(evidence.quote) != end - start:
        raise _Malformed(
            f'"{where}" spans {end - start} characters ({start} to {end}), but its quote has {len(evidence.quote)}'
        )
    return evidence


def _turn(value: object, where: str) -> Mapping[str, str]:
    record = _object(value, where)
    return {name: _required(record, name, _text, where) for name in ("role", "content")}


def _required(record: Mapping[str, Any], name: str, convert: Callable[[object, str], Value], inside: str = "") -> Value:
    where = f"{inside}.{name}" if inside else name
    if name not in record:
        raise _Malformed(f'"{where}" is missing')
    return convert(record[name], where)


def _optional(record: Mapping[str, Any], name: str) -> str | None:
    value = record.get(name)
    return None if value is None else _text(value, name)


def _each(record: Mapping[str, Any], name: str, convert: Callable[[object, str], Value]) -> tuple[Value, ...]:
    values = record.get(name, [])
    if not isinstance(values, list):
        raise _Malformed(f'"{name}" is not a list')
    return tuple(convert(value, f"{name}[{position}]") for position, value in enumerate(values))


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Malformed(f'"{where}" is not an object')
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Malformed(f'"{where}" is not a text, or empty')
    return value


def _fact(value: object, where: str) -> str:
    fact = _text(value, where)
    if not all(alternative.strip() for alternative in fact.split("|")):
        raise _Malformed(f'"{where}" has an empty alternative ("{fact}"), which every answer would hold')
    return fact


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _Malformed(f'"{where}" is neither true nor false')
    return value


def _offset(value: object, where: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Malformed(f'"{where}" is not a count of characters')
    return value
