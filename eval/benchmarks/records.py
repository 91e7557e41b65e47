"""The lines of a benchmark's JSON Lines file, each made into data; one message says which line is wrong and why.

It does not know what the lines hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from index.errors import SetUnreadable

Made = TypeVar("Made")


def read_records(path: Path, make: Callable[[Mapping[str, Any]], Made]) -> tuple[Made, ...]:
    """What `make` takes from each line of the UTF-8 file, in its order; blank lines are passed over.

    Raises SetUnreadable when the file can't be read, holds nothing, or at the first line that is not a JSON
    object or lacks something that `make` looks for (it raises KeyError, TypeError or ValueError then).
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # not splitlines(): a JSON string may hold U+2028
    except OSError as error:
        raise SetUnreadable(
            f"Can't read {path}: {error.strerror}. Name the folder that holds the benchmark."
        ) from error
    except UnicodeDecodeError as error:
        raise SetUnreadable(f"{path} is not UTF-8 (byte {error.start}). Fetch the file anew.") from error
    made = tuple(_made(path, number, line, make) for number, line in enumerate(lines, start=1) if line.strip())
    if not made:
        raise SetUnreadable(f"{path} holds no lines. Fetch the file anew.")
    return made


def _made(path: Path, number: int, line: str, make: Callable[[Mapping[str, Any]], Made]) -> Made:
    try:
        record = json.loads(line)
        if not isinstance(record, dict):
            raise TypeError("not a JSON object")
        return make(record)
    except KeyError as error:
        raise SetUnreadable(f"{path}, line {number}: lacks {error}. Fetch the file anew.") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise SetUnreadable(f"{path}, line {number}: {error}. Fetch the file anew.") from error
