"""The hand-made labels fit the texts that they were made from: they tile them, with kinds that exist."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from index.document import BLOCK_KINDS
from index.read import read_file

LABELS = Path(__file__).parent / "labels"
SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
FOLDERS = {"sample": LABELS.parent.parent / "corpus" / "documents", "seeds": SHARED / "seeds" / "corpus"}
LABELLED = [
    pytest.param(name, json.loads(line), id=json.loads(line)["doc"])
    for name in FOLDERS
    for line in (LABELS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("name", "labels"), LABELLED)
def test_labels_tile_their_text(name: str, labels: dict[str, Any]) -> None:
    if not FOLDERS[name].is_dir():
        pytest.skip(f"no real documents in {FOLDERS[name]}; name the folder above theirs with FOOTNOTE_SHARED")
    text = read_file(FOLDERS[name] / labels["doc"]).text
    blocks = labels["blocks"]
    assert (blocks[0]["start"], blocks[-1]["end"], labels["characters"]) == (0, len(text), len(text))
    assert all(one["end"] == other["start"] for one, other in itertools.pairwise(blocks))
    assert all(block["start"] < block["end"] and block["kind"] in BLOCK_KINDS for block in blocks)
    assert all(text[block["start"] : block["end"]].startswith(block.get("begins", "")) for block in blocks)
    assert all(0 <= quote["start"] < quote["end"] <= len(text) for quote in labels["quotations"])
