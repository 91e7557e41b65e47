"""What the reader's second look makes of the order, and of the confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import pytest
from fakes import FakeEmbedder

from index.document import Block, Document, Passage
from index.embed import load_embedder
from index.errors import ModelUnavailable
from index.voices import Voice
from rag.decide import READ, UNREAD, confidence
from rag.reader import WEIGHTS, Reading, load_reader, own_reader, reader_of
from rag.reread import HIGHEST, LOWEST, PASSAGES_READ, reread
from rag.weigh import Candidate

TEXT = "The mill is old. Jane Roe built the mill. It is open on Sundays."
PLACES = [(0, 16), (17, 41), (42, 64)]


class FakeReader:
    """Reads as it is told: log-odds by sentence."""

    def __init__(self, odds: dict[str, float]) -> None:
        self.odds = odds
        self.passages: list[list[str]] = []

    def read(self, question: str, passages: Sequence[Sequence[str]]) -> list[Reading]:
        self.passages = [list(passage) for passage in passages]
        return [Reading(numpy.array([self.odds.get(text, -1.0) for text in p], "float32"), 0.5) for p in passages]

    def is_long(self, question: str) -> bool:
        return len(question.split()) > 20


def candidates(passage: str = "p", score: float = 0.5) -> list[Candidate]:
    document = Document("d", "d.txt", None, None, None, None, TEXT, blocks=(Block("body", 0, len(TEXT)),))
    within = Passage(passage, "d", 0, len(TEXT), "body")
    places = [PLACES[0], PLACES[2], PLACES[1]]
    return [Candidate(within, document, *place, Voice("body", "body"), *[score] * 4) for place in places]


def again(odds: dict[str, float], found: Sequence[Candidate], question: str = "Who built the mill?") -> Any:
    reader: Any = FakeReader(odds)
    return reread(question, found, reader), reader


def test_the_sentence_that_answers_comes_first() -> None:
    found, reader = again({"Jane Roe built the mill.": 3.0}, candidates())
    assert [c.text for c in found] == ["Jane Roe built the mill.", "The mill is old.", "It is open on Sundays."]
    assert [c.reading for c in found] == [3.0, -1.0, -1.0]
    assert reader.passages == [["The mill is old.", "Jane Roe built the mill.", "It is open on Sundays."]]


def test_log_odds_are_cut_at_both_ends() -> None:
    found, _ = again({"Jane Roe built the mill.": 30.0, "The mill is old.": -30.0}, candidates())
    assert {c.reading for c in found} == {HIGHEST, -1.0, LOWEST}


def test_a_passage_that_is_not_read_counts_as_the_worst_that_was() -> None:
    many = [c for number in range(PASSAGES_READ + 2) for c in candidates(f"p{number}", 0.9 - number / 10)]
    found, reader = again({"It is open on Sundays.": -4.0}, many)
    assert len(reader.passages) == PASSAGES_READ
    assert len(found) == len(many)
    assert {(c.reading, c.passage_reading) for c in found if c.passage.id == f"p{PASSAGES_READ}"} == {(None, -1.0)}


def test_within_a_passage_the_reading_counts_more_than_between_passages() -> None:
    first, second = candidates("p", 0.5)[:1], candidates("q", 0.55)[1:2]
    found, _ = again({"The mill is old.": 2.0, "It is open on Sundays.": -2.0}, [*first, *second])
    assert [c.passage.id for c in found] == ["q", "p"]  # four log-odds of a passage weigh 0.04
    found, _ = again({"The mill is old.": 2.0, "It is open on Sundays.": -4.0}, [*first, *second])
    assert [c.passage.id for c in found] == ["p", "q"]


def test_nothing_found_and_a_question_too_long_stay_as_they_are() -> None:
    assert again({}, [])[0] == []
    found, reader = again({"Jane Roe built the mill.": 3.0}, candidates(), "Who built it " * 10)
    assert found == candidates()
    assert reader.passages == []


def test_the_confidence_takes_the_best_reading_into_account() -> None:
    (one,) = candidates()[:1]
    assert confidence([one]) == pytest.approx(1 / (1 + numpy.exp(-(UNREAD[0] * one.evidence + UNREAD[2]))))
    sure, unsure = confidence([replace(one, reading=3.0)]), confidence([replace(one, reading=-5.0)])
    assert sure == pytest.approx(1 / (1 + numpy.exp(-(READ[0] * one.evidence + READ[1] * 3.0 + READ[2]))))
    assert sure > unsure
    assert confidence([replace(one, reading=-5.0), replace(one, reading=3.0)]) == sure


# ---- the reader that comes with the program ----


def test_beside_a_made_up_embedder_there_is_no_reader() -> None:
    assert reader_of(FakeEmbedder()) is None


def test_the_own_reader_tells_what_answers() -> None:
    assert WEIGHTS.stat().st_size <= 25_000_000
    reader = reader_of(load_embedder())
    assert reader is not None
    assert reader is own_reader()
    sentences = ["The mill is old.", "It was built by Jane Roe in 1891.", "The ferry is late on Sundays."]
    (reading,) = reader.read("Who built the mill?", [sentences])
    assert int(reading.sentences.argmax()) == 1
    assert reading.sentences[1] > 0 > max(reading.sentences[0], reading.sentences[2])
    (elsewhere,) = reader.read("Who sank the ferry?", [sentences])
    assert elsewhere.sentences.max() < reading.sentences[1]


def test_damaged_weights_are_named(tmp_path: Path) -> None:
    (tmp_path / "reader.safetensors").write_bytes(WEIGHTS.read_bytes()[:1000])
    with pytest.raises(ModelUnavailable, match="install the program anew"):
        load_reader(tmp_path / "reader.safetensors")
