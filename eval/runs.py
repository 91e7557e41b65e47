"""A run is a file: what was asked of what (the header), then one line per question, in order.

JSON Lines, UTF-8. A run that was interrupted is taken up where it stopped, if nothing it depends on has
changed. It does not know what the measures mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.errors import RunUnreadable, UsageError

FORMAT = 1
HEADER = {"kind": str, "set": str, "questions": int, "model": str}
TIMES = ("times", "seconds")
"""The keys of a run's lines that may differ between two equal runs."""

CHANGED = {
    "kind": "of another kind",
    "set": "over another question set",
    "set_sha256": "from before the question set was changed",
    "questions": "from before the question set was changed",
    "corpus": "on another index, or from before its documents changed",
    "model": "with another model",
    "settings": "with other settings",
    "versions": "with other versions of the libraries",
    "code": "of another version of this program",
}
"""What a run is that can't be taken up, by the name in the header that differs; what tells most comes first."""

LONE_SURROGATES = "backslashreplace"  # which UTF-8 can't write; so they become the escapes that JSON reads back


@dataclass(frozen=True, slots=True)
class Item:
    """What one question (or page, or checked sentence) came to.

    `measures` are numbers by the names that figures.py knows (a yes is 1.0), None where a measure does not
    apply. `seconds` is what the caller waited. `detail` is JSON data for people: question, answer, spans.
    `left_out` says why it was not asked at all, and counts nowhere.
    """

    id: str
    type: str
    measures: Mapping[str, float | None] = field(default_factory=dict)
    seconds: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)
    left_out: str | None = None

    def to_dict(self) -> dict[str, Any]:
        if self.left_out is not None:
            return {"id": self.id, "type": self.type, "left_out": self.left_out}
        return {
            "id": self.id,
            "type": self.type,
            "measures": dict(self.measures),
            "seconds": self.seconds,
            "detail": dict(self.detail),
        }


@dataclass(frozen=True, slots=True)
class Run:
    """A finished or interrupted run. `header` says what was measured: kind, set, index, model, settings, versions."""

    header: Mapping[str, Any]
    items: tuple[Item, ...]

    @property
    def kind(self) -> str:
        """Which figures apply: a key of figures.FIGURES."""
        return str(self.header["kind"])

    @property
    def asked(self) -> tuple[Item, ...]:
        """The items that were not left out."""
        return tuple(item for item in self.items if item.left_out is None)

    @property
    def left_out(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.left_out is not None)


def read_run(path: Path) -> Run:
    """The run in a file. A last line that was cut off is passed over.

    Raises RunUnreadable when there is none, or when it is not a run.
    """
    try:
        lines = path.read_bytes().split(b"\n")  # bytes: a cut may go through a character
    except OSError as error:
        step = "Name the file" if path.is_dir() else f"Make one with: rag eval --out {path}"
        raise RunUnreadable(f"Can't read the run {path}: {error.strerror}. {step}") from error
    whole = lines[:-1]  # what follows the last line feed was cut off, or is nothing
    try:
        header, *records = [json.loads(line.decode("utf-8")) for line in whole]
        if header["format"] != FORMAT or not isinstance(header["kind"], str):
            raise ValueError("another format")
        if not all(isinstance(header.get(name), kind) for name, kind in HEADER.items()):
            raise ValueError("a header without its set")
        items = tuple(map(_item, records))
        if len({item.id for item in items}) < len(items):  # else one good answer, copied, would fill a run
            raise ValueError("a question twice")
        return Run(header, items)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if _is_question(lines[0]):
            raise RunUnreadable(
                f"{path} is a question set, not a run. Ask it with: rag eval {path} --out run.jsonl"
            ) from error
        raise RunUnreadable(f"{path} is not a run of rag eval. Make one with: rag eval SET --out RUN") from error


def _item(record: dict[str, Any]) -> Item:
    item = Item(**record)
    numbers = [item.seconds, *(value for value in item.measures.values() if value is not None)]
    texts = [item.id, item.type, item.left_out or "", item.detail.get("question", "")]
    if not (isinstance(item.detail, dict) and all(isinstance(number, int | float) for number in numbers)):
        raise TypeError("measures that are no numbers")
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("an id, type or question that is no text")
    return item


def _is_question(line: bytes) -> bool:
    try:
        return "question" in dict(json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return False


def without_times(run: Run) -> dict[str, Any]:
    """The run as JSON data without anything that differs between two equal runs."""
    header = {name: value for name, value in run.header.items() if name not in TIMES}
    items = [{k: v for k, v in item.to_dict().items() if k not in TIMES} for item in run.items]
    return {"header": header, "items": items}


class RunFile:
    """A run that is being written: `done` holds, by id, the items of an earlier attempt.

    Raises UsageError when the file can't be written, or holds another run than the one that `header` describes.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        self.done: dict[str, Item] = {}
        if path.is_dir():
            raise UsageError(
                f"Can't write the run to {path}: it is a folder. Name a file, such as {path / 'run.jsonl'}."
            )
        if not path.parent.is_dir():
            raise UsageError(f"Can't write the run to {path}: there is no folder {path.parent}. Make it first.")
        if path.exists() and path.stat().st_size:
            self._take_up(header)
        else:
            self._write(path, json.dumps(dict(header), ensure_ascii=False) + "\n")

    def _take_up(self, header: Mapping[str, Any]) -> None:
        try:
            earlier = read_run(self.path)
        except RunUnreadable as error:
            raise UsageError(
                f"{self.path} is there already and is not a run; name another file for this one, or delete that one."
            ) from error
        for name in dict.fromkeys([*CHANGED, *earlier.header, *header]):
            if name not in TIMES and earlier.header.get(name) != json.loads(json.dumps(header.get(name))):
                reason = CHANGED.get(name, f"with another {name.replace('_', ' ')}")
                raise UsageError(
                    f"{self.path} holds a run {reason}; name another file for this one, or delete that one."
                )
        self.done = {item.id: item for item in earlier.items}
        try:
            with self.path.open("r+b") as file:  # what was cut off goes; the rest is not written again
                file.truncate(file.read().rfind(b"\n") + 1)
        except OSError as error:
            raise UsageError(f"Can't write the run to {self.path}: {error.strerror}. Name another file.") from error

    def append(self, item: Item) -> None:
        """Adds a line, at once: a run that is killed loses the question it was at, and no more."""
        try:
            with self.path.open("a", encoding="utf-8", errors=LONE_SURROGATES, newline="") as file:
                file.write(_line(item) + "\n")
        except OSError as error:
            raise UsageError(
                f"Can't write the run to {self.path}: {error.strerror}. Make room; the same command goes on from there."
            ) from error

    @staticmethod
    def _write(path: Path, text: str) -> None:
        try:
            path.write_text(text, encoding="utf-8", errors=LONE_SURROGATES, newline="")
        except OSError as error:
            raise UsageError(f"Can't write the run to {path}: {error.strerror}. Name another file.") from error


def _line(item: Item) -> str:
    return json.dumps(item.to_dict(), ensure_ascii=False)
