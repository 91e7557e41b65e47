"""Pieces of finding and picking switched off, one at a time."""

from __future__ import annotations

import importlib

import pytest

from eval.ablation import PIECES, off, to_text
from eval.runs import Item


@pytest.mark.parametrize("name", [name for name in PIECES if name != "nothing"])
def test_a_piece_is_off_while_it_is_meant_to_be(name: str) -> None:
    places = [place.rsplit(".", 1) for place in PIECES[name]]
    before = [getattr(importlib.import_module(module), attribute) for module, attribute in places]
    with off(PIECES[name]):
        now = [getattr(importlib.import_module(module), attribute) for module, attribute in places]
        assert all(one is not other for one, other in zip(before, now, strict=True))
    assert [getattr(importlib.import_module(module), attribute) for module, attribute in places] == before


def test_a_piece_that_does_not_exist_is_noticed() -> None:
    with pytest.raises(AttributeError), off({"rag.weigh.NO_SUCH_WEIGHT": 0.0}):
        pass


def test_the_table_shows_what_each_piece_is_worth() -> None:
    def item(facts: float, refused: float) -> list[Item]:
        return [Item("a", "x", {"all_key_facts": facts}), Item("b", "y", {"abstained_unanswerable": refused})]

    told = to_text(iter([("nothing", item(1.0, 1.0)), ("the reader", item(0.0, 1.0))]))
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines()]
    assert lines[0] == ["off", "all facts", "citations on evidence", "answered", "refused"]
    assert lines[2:] == [["nothing", "1.00", "-", "-", "1.00"], ["the reader", "0.00 (-1.00)", "-", "-", "1.00"]]
