"""What an item of a run shows of an answer, beside its measures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mill import BREAD, LABEL, MILL, MILLER, OPENING, PRAISE, TEXT, answered, cite, place
from test_scoring import QUOTED, RIGHT, TEXTS, item_of

from eval.locate import locate
from eval.score import AROUND, score
from rag.answering import Answer


def test_the_details_of_an_answer() -> None:
    case = replace(PRAISE, history=({"role": "user", "content": "The mill?"},), note="A baker.")
    item = item_of(case, replace(QUOTED, search_query="mill bread praise"))
    detail = dict(item.detail)
    (citation,) = detail.pop("citations")
    (expected,) = detail.pop("expected")
    start, end = place(BREAD)
    assert (item.id, item.type, item.seconds, item.left_out) == ("M3", "quote_nested", 2.0, None)
    assert expected == {
        "document": MILL.path,
        "start": start,
        "end": end,
        "label": False,
        "outdated": False,
        "speakers": ["Ada Quill"],
        "via": ["Aller Post"],
        "date": "1899-05",
    }
    assert {"start": start, "end": end, "attribution": "right", "speaker": "Quill"}.items() <= citation.items()
    assert "quote" not in citation  # it stands in the excerpt
    assert detail.pop("excerpts")
    assert detail == {
        "question": "Who praised its bread?",
        "history": [{"role": "user", "content": "The mill?"}],
        "search_query": "mill bread praise",
        "answerable": True,
        "expected_reason": None,
        "note": "A baker.",
        "status": "answered",
        "reason": None,
        "text": f"{BREAD} [1]",
        "model": "quotes",
        "sentences": [{"text": BREAD, "citations": [1], "verdict": "verbatim"}],
        "key_facts": ["Quill|bakes"],
        "must_not": list(case.must_not),
        "missing": [],
        "forbidden": [],
    }


def test_a_language_model_that_failed_is_counted() -> None:
    def fallback(answer: Answer, model: str | None) -> float | None:
        located = locate(OPENING, TEXTS)
        assert not isinstance(located, str)
        return score(located, answer, [1] * len(answer.hits), TEXTS, 0.1, model=model).measures["fallback"]

    assert [fallback(RIGHT, None), fallback(RIGHT, "llama"), fallback(replace(RIGHT, model="llama"), "llama")] == [
        None,
        1,
        0,
    ]


def long_text(*middles: str, apart: int) -> str:
    return "x" * apart + ("x" * apart).join(middles) + "x" * apart


def excerpts_of(text: str, *quotes: str) -> list[dict[str, Any]]:
    """The excerpts of an answer that cites `quotes`, for a case without evidence."""
    document = replace(MILL, text=text)
    answer = answered(MILLER, *(cite(number, quote, document) for number, quote in enumerate(quotes, start=1)))
    excerpts: list[dict[str, Any]] = item_of(MILLER, answer, {MILL.path: text}).detail["excerpts"]
    assert all(text[e["start"] :].startswith(e["text"]) for e in excerpts)
    return excerpts


def test_an_excerpt_reaches_around_its_span() -> None:
    text = long_text("AAAA", apart=1000)
    around = text[1000 - AROUND : 1004 + AROUND]
    expected = {"document": MILL.path, "start": 1000 - AROUND, "text": around, "ends": False}
    assert excerpts_of(text, "AAAA") == [expected]


def test_an_excerpt_ends_where_the_document_does() -> None:
    expected = {"document": MILL.path, "start": 0, "text": "xAAAAx", "ends": True}
    assert excerpts_of("xAAAAx", "AAAA", "AAAA") == [expected]


def test_excerpts_that_meet_are_one() -> None:
    (both,) = excerpts_of(long_text("AAAA", "BBBB", apart=2 * AROUND), "BBBB", "AAAA")
    assert len(both["text"]) == 4 * AROUND + 8
    assert len(excerpts_of(long_text("AAAA", "BBBB", apart=2 * AROUND + 1), "BBBB", "AAAA")) == 2


def test_a_long_excerpt_is_not_cut_by_a_short_one_inside() -> None:
    (whole,) = excerpts_of(long_text("A" * 500 + "B" + "A" * 500, apart=1000), "A" * 500 + "B" + "A" * 500, "B")
    assert len(whole["text"]) == 1001 + 2 * AROUND


def test_evidence_and_citations_are_excerpts_of_the_text_of_today() -> None:
    other = replace(MILL, path="papers/old.txt", text="It was never opened.")
    answer = answered(OPENING, cite(1, "never", other))
    shown = item_of(OPENING, answer).detail["excerpts"]
    assert [(e["document"], e["start"], e["text"]) for e in shown] == [
        (MILL.path, 0, TEXT[: place(LABEL)[1] + AROUND]),
        ("papers/old.txt", 0, ""),  # gone since
    ]
