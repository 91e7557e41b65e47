"""A question set: a JSON Lines file becomes Cases, or one message that says which line is wrong and why.

It does not know the index: whether the evidence stands in a document is found out when the set is run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
        raise _Malformed(f'"{where}" has only one of start and end')
    if start is None and evidence.quote is None:
        raise _Malformed(f'"{where}" has neither offsets nor a quote')
    if start is not None and end is not None and start >= end:
        raise _Malformed(f'"{where}" spans no character ({start} to {end})')
    if start is not None and end is not None and evidence.quote is not None and len(evidence.quote) != end - start:
        raise _Malformed(
            f'"{where}" spans {end - start} characters ({start} to {end}), but its quote has {len(evidence.quote)}'
        )
    return evidence


def _said(record: Mapping[str, Any], where: str) -> Said:
    """Whose words: "speaker" null is narration or somebody whom the text does not name."""
    speaker, date = _optional(record, "speaker", where), _optional(record, "date", where)
    return Said((speaker,) if speaker else (), _each(record, "via", _text, where), date)


def _reason(value: object) -> str | None:
    if value is not None and value not in REASONS:
        raise _Malformed(f'"reason" is none of {", ".join(REASONS)}')
    return None if value is None else str(value)


def _turn(value: object, where: str) -> Mapping[str, str]:
    record = _object(value, where)
    return {name: _required(record, name, _text, where) for name in ("role", "content")}


def _required(record: Mapping[str, Any], name: str, convert: Callable[[object, str], Value], inside: str = "") -> Value:
    where = f"{inside}.{name}" if inside else name
    if name not in record:
        raise _Malformed(f'"{where}" is missing')
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
        raise _Malformed(f'"{where}" is not a list')
    return tuple(convert(value, f"{where}[{position}]") for position, value in enumerate(values))


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
