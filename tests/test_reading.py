"""The reading of whole documents against hand-made labels: kinds, speakers, and those whom nobody names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from eval.metrics.blocks import BlockScores, score_blocks
from index.document import Block
from index.sync import read_document

LABELS = Path(__file__).parent / "labels"
SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
FOLDERS = {"sample": LABELS.parent.parent / "corpus" / "documents", "seeds": SHARED / "seeds" / "corpus"}


@pytest.fixture(scope="module")
def scores() -> BlockScores:
    total = BlockScores()
    for name, folder in FOLDERS.items():
        if not folder.is_dir():
            pytest.skip(f"no real documents in {folder}; name the folder above theirs with FOOTNOTE_SHARED")
        for line in (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            labels = json.loads(line)
            document = read_document(folder / labels["doc"])
            total.add(score_blocks(document.text, document.blocks, labels))
    return total


def test_every_kind_is_told_from_the_others(scores: BlockScores) -> None:
    low = {kind: round(f1, 3) for kind in scores.wanted if (f1 := scores.f1(kind)) is not None and f1 < 0.90}
    assert low == {}


def test_speakers_that_the_text_names_are_named_and_seldom_wrong(scores: BlockScores) -> None:
    total = sum(scores.named.values())
    assert scores.named["right"] / total >= 0.90, scores.named
    assert scores.named["wrong"] / total <= 0.02, scores.named


def test_speakers_that_the_text_does_not_name_stay_undisclosed(scores: BlockScores) -> None:
    assert scores.unnamed["undisclosed"] / sum(scores.unnamed.values()) >= 0.95, scores.unnamed


# ---- the measure itself ----

TEXT = "Head\nShe said: “It broke.”\nNo.\n"
PERFECT = {
    "blocks": [
        {"start": 0, "end": 5, "kind": "heading", "speaker": None},
        {"start": 5, "end": 27, "kind": "body", "speaker": None},
        {"start": 27, "end": 31, "kind": "comment", "speaker": None},
    ],
    "quotations": [{"start": 16, "end": 25, "speaker": "Jane Roe"}],
}
BLOCKS = (
    Block("heading", 0, 5),
    Block("body", 5, 27),
    Block("body", 5, 15, parent=1),
    Block("quotation", 15, 27, "J. Roe", parent=1),
    Block("comment", 27, 31),
)


def test_a_perfect_reading_has_every_figure_at_one() -> None:
    scored = score_blocks(TEXT, BLOCKS, PERFECT)
    assert {scored.f1(kind) for kind in ("heading", "body", "comment")} == {1.0}
    assert (scored.named, scored.unnamed, scored.faults) == ({"right": 1}, {"undisclosed": 1}, [])
    assert scored.f1("table") is None


def test_a_flat_reading_loses_kinds_and_speakers() -> None:
    scored = score_blocks(TEXT, (Block("body", 0, len(TEXT)),), PERFECT)
    assert scored.recall("heading") == 0
    assert scored.precision("heading") is None
    assert scored.recall("body") == 1
    assert 0 < (scored.precision("body") or 0) < 1
    assert scored.named == {"missing": 1}
    assert scored.faults == [(16, 25, "Jane Roe", None)]


def test_somebody_else_is_wrong_and_so_is_somebody_where_nobody_is_named() -> None:
    wrong = (*BLOCKS[:3], Block("quotation", 15, 27, "Otto Fen", parent=1), Block("comment", 27, 31, "Otto Fen"))
    scored = score_blocks(TEXT, wrong, PERFECT)
    assert (scored.named, scored.unnamed) == ({"wrong": 1}, {"wrong": 1})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Jane Roe", "Captain Jane Roe II", True),
        ("WPT", "Weekly Port Times", True),
        ("The Weekly Port Times", "WPT", True),
        ("Jane Roe", "Otto Roe", False),
        ("Dealer #4", "Dealer #5", False),
        ("WPT", "Wire of Brill", False),
    ],
)
def test_names_that_may_mean_the_same(one: str, other: str, same: bool) -> None:
    labels = {"blocks": [], "quotations": [{"start": 0, "end": 4, "speaker": other}]}
    labels["blocks"] = [{"start": 0, "end": len(TEXT), "kind": "body"}]
    scored = score_blocks(TEXT, (Block("body", 0, len(TEXT), one),), labels)
    assert (scored.named["right"] == 1) is same
