"""A question set: a JSON Lines file becomes Cases, or a message for each line that is wrong: which, why, what to write.

It does not know the index: whether the evidence stands in a document is found out when the set is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from eval.metrics.attribution import Said, expected_speakers
from index.errors import SetUnreadable

DEFAULT_SET = Path(__file__).parent / "sets" / "sample.jsonl"

Value = TypeVar("Value")

REASONS = ("not_in_corpus", "masked", "furniture_only")
TYPE_REASONS = {"unanswerable_redacted": "masked", "furniture_trap": "furniture_only"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters of the document `doc` that answer the question (or, if there is no answer, seem to).

    `doc` is the document's path in the indexed folder, or its file name. `text[start:end] == quote`. Where a
    reader makes the text (HTML, PDF, Word), offsets move when it learns something: `start` and `end` may both
    be None there, and the quote, which must then occur once, says the place. Where the documents' text must
    not be copied, `quote` may be None instead. `label` marks a line that only names the speaker: citing it
    is right, finding it is not required. `outdated` marks what a later update or correction withdraws: citing
    it without the newer evidence is the fault. `said` is whose words these are, None where the set does not say.
    """

    doc: str
    start: int | None
    end: int | None
    quote: str | None
    label: bool = False
    outdated: bool = False
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what a right answer holds.

    Every one of `key_facts` must be said, none of `must_not`; "a|b" is a fact said either way. `reason` is why
    the documents don't answer. `history` is the conversation before the question, a sequence of {"role",
    "content"}. `speaker` (free text: whose words the evidence is) counts where the evidence has no `said`.
    `polarity` ("yes" or "no") and `note` are for people, and are not scored.
    """

    id: str
    question: str
    type: str
    answerable: bool
    reason: str | None = None
    key_facts: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    must_not: tuple[str, ...] = ()
    speaker: str | None = None
    note: str | None = None
    history: tuple[Mapping[str, str], ...] = ()
    polarity: str | None = None

    @property
    def expected_reason(self) -> str | None:
        """The reason that an abstention should give; a set that names none means the one of the question's type."""
        return None if self.answerable else self.reason or TYPE_REASONS.get(self.type, "not_in_corpus")

    def said(self, evidence: Evidence) -> Said | None:
        """Whose words a piece of the evidence is, None where it can't be told."""
        if evidence.said is not None or evidence.label:
            return evidence.said
        speakers = expected_speakers(self.speaker)
        return None if speakers is None else Said(speakers)


LISTS = {
    "key_facts": '["412,000", "seven|7"]',
    "must_not": '["391,000"]',
    "via": '["Aller Post"]',
    "evidence": '[{"doc": "mill.txt", "start": 0, "end": 24, "quote": "The mill opened in 1891."}]',
    "history": '[{"role": "user", "content": "Who built the mill?"}]',
}
"""How what is a list is written."""
ISO_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A malformed line, counted from 1, and why; `id` is the question's, None where it can't be read."""

    line: int
    id: str | None
    what: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the cases and the malformed lines, in its order; by id each case's line number and object."""

    cases: tuple[Case, ...]
    malformed: tuple[Fault, ...]
    lines: Mapping[str, tuple[int, Mapping[str, Any]]]


class _Malformed(ValueError):
    """What is wrong with one line; read_set adds the line."""


def load_set(path: Path) -> tuple[Case, ...]:
    """The cases of a UTF-8 JSON Lines file, in its order; blank lines are passed over, unknown keys ignored.

    Raises SetUnreadable when the file can't be read, holds no question, or at the first malformed line.
    """
    reading = read_set(path)
    for fault in reading.malformed:
        step = f"Mend that line; rag eval check {path} names every such line at once"
        raise SetUnreadable(f"{path}, line {fault.line}: {fault.what}. {step}.")
    return reading.cases


def read_set(path: Path) -> Reading:
    """The same with every malformed line told. Raises SetUnreadable for a file without lines to tell of."""
    cases: list[Case] = []
    lines: dict[str, tuple[int, Mapping[str, Any]]] = {}
    malformed: list[Fault] = []
    for number, value in _values(path):
        try:
            case = _case(value)
            if case.id in lines:
                raise _Malformed(f"the id {quoted(case.id)} stands in line {lines[case.id][0]} too")
        except _Malformed as error:
            given = value.get("id") if isinstance(value, dict) else None
            malformed.append(Fault(number, given if isinstance(given, str) else None, str(error)))
        else:
            cases.append(case)
            lines[case.id] = number, value
    if not cases and not malformed:
        raise SetUnreadable(f"The question set {path} holds no questions. Write one JSON object per line.")
    return Reading(tuple(cases), tuple(malformed), lines)


def _values(path: Path) -> Iterator[tuple[int, Any]]:
    """Each line's number and JSON value; in place of one that is not JSON, what is wrong with it."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 (byte {error.start})"
        raise SetUnreadable(f"Can't read the question set {path}: {why}. Name a JSON Lines file in UTF-8.") from error
    # Not splitlines(): a JSON string may hold U+2028 as it is.
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip() == "{" or line.lstrip().startswith("["):
            what = "an object takes several lines" if line.strip() == "{" else "an array begins"
            raise SetUnreadable(f"{path}, line {number}: {what}. Write one JSON object per line, not an array.")
        if line.strip():
            yield number, _value(line)


def _value(line: str) -> object:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        rest = line[error.pos :].strip()
        where = f"character {error.pos + 1}, {quoted(rest, 20)}" if rest else "its end"
        return _Malformed(f"not a JSON object on one line ({error.msg} at {where})")
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        return _Malformed(f"not a JSON object on one line ({error})")


def meant(word: str, words: Iterable[str], alike: float = 0.6) -> str:
    """A question in brackets after a space when one of the words is so much alike (0 to 1), capitals aside, or ""."""
    known = {other.casefold(): other for other in words}
    near = get_close_matches(word.casefold(), known, 1, alike)
    return f" (did you mean {quoted(known[near[0]])}?)" if near else ""


def quoted(text: str, length: int = 60) -> str:
    """The text in marks that it hardly holds itself, on one line, cut to `length` characters."""
    shown = text.replace("\r", "").replace("\n", "↵")
    return f"«{shown if len(shown) <= length else shown[: length - 1] + '…'}»"


def _case(record: Any) -> Case:
    if isinstance(record, _Malformed):
        raise record
    if not isinstance(record, dict):
        raise _Malformed("not a JSON object")
    return Case(
        id=_required(record, "id", _text),
        question=_required(record, "question", _text),
        type=_required(record, "type", _text),
        answerable=_required(record, "answerable", _flag),
        reason=_reason(record.get("reason")),
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
    carried = [name for name in ("via", "date") if record.get(name) not in (None, [])]
    if carried and "speaker" not in record:
        raise _Malformed(f'"{where}" has "{carried[0]}" but no "speaker"; add one, or "speaker": null for nobody named')
    evidence = Evidence(
        doc=_required(record, "doc", _text, where),
        start=start,
        end=end,
        quote=_optional(record, "quote", where),
        label=_flag(record.get("label", False), f"{where}.label"),
        outdated=_flag(record.get("outdated", False), f"{where}.outdated"),
        said=_said(record, where) if "speaker" in record else None,
    )
    if (start is None) != (end is None):
        raise _Malformed(f'"{where}" has only one of start and end; write both, or null for both')
    if start is None and evidence.quote is None:
        raise _Malformed(f'"{where}" has neither offsets nor a quote; write one of them')
    if start is not None and end is not None and start >= end:
        raise _Malformed(f'"{where}" spans no character ({start} to {end})')
    length = len(evidence.quote or "")
    if start is not None and end is not None and length not in (0, end - start):
        spans = f"spans {end - start} characters ({start} to {end})"
        raise _Malformed(f'"{where}" {spans}, but its quote has {length} and would end at {start + length}')
    return evidence


def _said(record: Mapping[str, Any], where: str) -> Said:
    """Whose words: "speaker" null is narration or somebody whom the text does not name."""
    speaker, day = _optional(record, "speaker", where), _optional(record, "date", where)
    if day is not None and not _is_date(day):
        raise _Malformed(f'"{where}.date" is {quoted(day)}, not a date written YYYY, YYYY-MM or YYYY-MM-DD')
    return Said((speaker,) if speaker else (), _each(record, "via", _text, where), day)


def _is_date(text: str) -> bool:
    """A day, month or year that there is."""
    try:
        return bool(ISO_DATE.fullmatch(text) and date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def _reason(value: object) -> str | None:
    if value is not None and value not in REASONS:
        raise _Malformed(f'"reason" is none of {", ".join(REASONS)}{meant(str(value), REASONS)}')
    return None if value is None else str(value)


def _turn(value: object, where: str) -> Mapping[str, str]:
    record = _object(value, where)
    turn = {name: _required(record, name, _text, where) for name in ("role", "content")}
    if turn["role"] not in ("user", "assistant"):
        raise _Malformed(f'"{where}.role" is {quoted(turn["role"])}, neither "user" nor "assistant"')
    return turn


def _wrong(where: str, what: str, inside: str = "") -> _Malformed:
    """What is wrong with a value, and how the list is written that it is or (`inside`) belongs to."""
    name = (inside or where).rpartition(".")[2].partition("[")[0]
    return _Malformed(f'"{where}" {what}' + (f'; write "{name}": {LISTS[name]}' if name in LISTS else ""))


def _required(record: Mapping[str, Any], name: str, convert: Callable[[object, str], Value], inside: str = "") -> Value:
    where = f"{inside}.{name}" if inside else name
    if name not in record:
        raise _wrong(where, f"is missing{meant(name, record)}", inside)
    return convert(record[name], where)


def _optional(record: Mapping[str, Any], name: str, inside: str = "") -> str | None:
    value = record.get(name)
    return None if value is None else _text(value, f"{inside}.{name}" if inside else name)


def _each(
    record: Mapping[str, Any], name: str, convert: Callable[[object, str], Value], inside: str = ""
) -> tuple[Value, ...]:
    where = f"{inside}.{name}" if inside else name
    values = record.get(name, [])
    if not isinstance(values, list):
        raise _wrong(where, "is not a list")
    return tuple(convert(value, f"{where}[{position}]") for position, value in enumerate(values))


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(where, "is not an object")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(where, "is not a text in double quotes, or empty")
    return value


def _fact(value: object, where: str) -> str:
    fact = _text(value, where)
    if not all(alternative.strip() for alternative in fact.split("|")):
        raise _Malformed(f'"{where}" has an empty alternative ({quoted(fact)}), which every answer would hold')
    return fact


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, "is neither true nor false (without quotes)")
    return value


def _offset(value: object, where: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _wrong(where, "is not a count of characters: a whole number, or null where the quote is enough")
    return value
