"""Twenty-five people at once: no error, answers in time, memory that stays; left to `make test-all`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from load import MEGABYTE, Load, load, running_chat, sample_questions

PEOPLE = 25
PAUSE = 2.0  # mean seconds that somebody reads an answer before the next question
P95_SECONDS = 2.5  # on two cores that have nothing else to do
GROWTH_BYTES = 150 * MEGABYTE  # what threads that had not answered before may still come to hold


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_many_people_at_once(tmp_path: Path) -> None:
    seconds = float(os.environ.get("LOAD_SECONDS", "120"))
    with running_chat(tmp_path) as (address, process):
        measured = load(address, process, sample_questions(), PEOPLE, seconds, PAUSE)
    print(measured)
    assert measured.errors == ()
    assert len(measured.answers) > PEOPLE
    assert measured.p95 < P95_SECONDS, measured
    assert measured.memory_end < measured.memory_warm + GROWTH_BYTES, measured


def test_what_is_measured_is_said() -> None:
    measured = Load(2, 10.0, (0.1,) * 19 + (2.0,), ("HTTPError: gone",), 900 * MEGABYTE, 905 * MEGABYTE)
    assert 0.1 < measured.p95 <= 2.0
    for words in (
        "20 answers (2.0 a second)",
        "longest 2.00 s",
        "1 errors; the first error: HTTPError: gone",
        "905 MB",
    ):
        assert words in str(measured)
