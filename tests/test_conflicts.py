"""Quotations that disagree are found, later words are named later, and different things never disagree."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import Block, Document, Passage
from index.voices import Voice
from rag.claims import read_claim
from rag.conflicts import Conflict, counter_evidence, find_conflicts
from rag.days import read_tokens
from rag.measures import quantities_in
from rag.quote import Span
from rag.weigh import Candidate

PAIRS = [json.loads(line) for line in (Path(__file__).parent / "disagreements.jsonl").read_text("utf-8").splitlines()]
KNOWN_MISSES = {"When was the lighthouse built?", "When did the company start?", "How long is the tunnel?"}
DISAGREEING = [pair for pair in PAIRS if pair["about"] and pair["question"] not in KNOWN_MISSES]
AGREEING = [pair for pair in PAIRS if not pair["about"]]
OPENED, OPENED_LATER = "The mill opened in 1891.", "The mill was opened in 1894."
QUESTION = "When did the mill open?"


def document(text: str, name: str = "d", published: str | None = None, title: str | None = None,
             blocks: tuple[Block, ...] = ()) -> Document:  # fmt: skip
    whole = (Block("body", 0, len(text)),)
    return Document(name, f"{name}.txt", title, None, None, published, text, blocks or whole)


def span_of(text: str, within: Document, identity: str = "p", kind: str = "body") -> Span:
    start = within.text.index(text)
    return Span(Passage(identity, within.id, 0, len(within.text), kind), within, start, start + len(text))


def apart(*texts: str) -> list[Span]:
    """Each text as a document of its own."""
    return [span_of(text, document(text, f"d{number}")) for number, text in enumerate(texts)]


def in_one(*texts: str, kinds: Sequence[str] = (), speakers: Sequence[str | None] = ()) -> list[Span]:
    """The texts as paragraphs of one document, of these kinds and speakers."""
    whole, blocks = "\n\n".join(texts), []
    for number, text in enumerate(texts):
        start = whole.index(text)
        speaker = speakers[number] if speakers else None
        end = len(whole) if text is texts[-1] else start + len(text) + 2
        blocks.append(Block(kinds[number] if kinds else "body", start, end, speaker))
    one = document(whole, blocks=tuple(blocks))
    return [span_of(text, one, f"p{number}", kinds[number] if kinds else "body") for number, text in enumerate(texts)]


def pair_as_spans(pair: dict[str, str]) -> list[Span]:
    if pair.get("together"):
        return in_one(pair["one"], pair["other"], kinds=("comment", "comment"))
    return apart(pair["one"], pair["other"])


def found(spans: Sequence[Span], question: str = "When did the mill open?") -> list[Conflict]:
    return find_conflicts(question, spans)


# ---- what disagrees, and what does not ----


@pytest.mark.parametrize("pair", DISAGREEING, ids=lambda pair: pair["one"])
def test_a_disagreement_is_found_whichever_comes_first(pair: dict[str, str]) -> None:
    one, other = pair_as_spans(pair)
    for spans in ([one, other], [other, one]):
        conflicts = found(spans, pair["question"])
        assert [(set(c.members), c.about) for c in conflicts] == [({0, 1}, pair["about"])]


@pytest.mark.parametrize("pair", AGREEING, ids=lambda pair: f"{pair['one']} {pair['other']}")
def test_what_only_seems_to_disagree_is_left_alone(pair: dict[str, str]) -> None:
    one, other = pair_as_spans(pair)
    assert found([one, other], pair["question"]) == found([other, one], pair["question"]) == []


def test_a_sentence_never_disagrees_with_itself() -> None:
    for pair in PAIRS:
        assert found(apart(pair["one"], pair["one"]), pair["question"]) == []


# ---- groups, order, notes ----


def test_three_accounts_are_one_group() -> None:
    spans = apart(
        "The mill kept 36 horses.", "The ferry is late.", "The mill kept 19 horses.", "The mill kept 36 horses."
    )
    assert found(spans) == [Conflict((0, 2, 3), "number", "The documents disagree on the number.")]


def test_a_correction_is_named_after_what_it_corrects() -> None:
    spans = apart("Correction: the mill opened in 1894, not 1891.", OPENED)
    assert found(spans) == [Conflict((1, 0), "update", "A later update differs.")]


def test_the_earlier_document_is_named_first() -> None:
    late = span_of(OPENED_LATER, document(OPENED_LATER, "late", "1950-03-02"))
    early = span_of(OPENED, document(OPENED, "early", "1950-03-01"))
    assert found([late, early]) == [Conflict((1, 0), "date", "The documents disagree on the date.")]


def test_a_state_that_changes_over_the_years_is_a_later_word_and_no_disagreement() -> None:
    before, after = "The mill employs 40 people.", "The mill employs 95 people."
    spans = [
        span_of(before, document(before, "a", "1950-03-01")),
        span_of(after, document(after, "b", "1961-03")),
    ]
    assert found(spans) == [Conflict((0, 1), "update", "A later document differs.")]
    soon = span_of(after, document(after, "c", "1950-04-01"))
    assert [c.about for c in found([spans[0], soon])] == ["number"]


def test_the_title_of_a_correction_makes_it_later() -> None:
    new = span_of("The mill kept 19 horses.", document("The mill kept 19 horses.", title="Correction to our review"))
    assert [c.about for c in found([new, *apart("The mill kept 36 horses.")])] == ["update"]


def test_a_row_of_changes_updates_what_it_withdraws() -> None:
    row = "Summary | Repair cost $412,000 | Repair cost $391,000"
    new = span_of(row, document(row, "new", title="Correction"))
    old = apart("We estimate the cost of the repair at $412,000.")[0]
    assert found([old, new]) == [Conflict((0, 1), "update", "A later update differs.")]
    assert found([span_of(row, document(row, "plain")), old]) == []


# ---- whose words ----


def test_one_voice_of_one_document_does_not_disagree_with_itself() -> None:
    assert found(in_one(OPENED, OPENED_LATER)) == []
    assert found(in_one(OPENED, OPENED_LATER, kinds=("comment", "comment"), speakers=("Roe", "Roe"))) == []


def test_two_voices_of_one_document_are_two_accounts() -> None:
    two = found(in_one(OPENED, OPENED_LATER, kinds=("body", "quotation"), speakers=(None, "Ada Quill")))
    assert two == [Conflict((0, 1), "date", "The accounts differ on the date.")]
    unnamed = found(in_one(OPENED, OPENED_LATER, kinds=("comment", "comment")))
    assert [c.members for c in unnamed] == [(0, 1)]


def test_an_article_that_names_two_sources_has_two_accounts() -> None:
    spans = in_one(
        "The police said that 12 people died in the fire.", "The hospital said that 17 people died in the fire."
    )
    assert [c.note for c in found(spans)] == ["The accounts differ on the number."]


def test_an_update_block_may_differ_from_its_own_article() -> None:
    spans = in_one("The ferry is not running.", "The ferry is running.", kinds=("body", "update"))
    assert [(c.members, c.about) for c in found(spans)] == [((0, 1), "update")]


# ---- counter-evidence ----


def candidate(of: Span, score: float = 1.0, kind: str = "body") -> Candidate:
    return Candidate(of.passage, of.document, of.start, of.end, Voice(kind, kind), score, score, score, score)


def test_the_other_side_is_brought_along() -> None:
    chosen, same, unlike, against = apart(OPENED, "In 1891 the mill opened.", "The flood came in 1920.", OPENED_LATER)
    candidates = [candidate(span) for span in (chosen, same, unlike, against)]
    assert counter_evidence(QUESTION, [chosen], candidates) == [against]


def test_no_more_than_asked_for_and_later_words_first() -> None:
    correction = "Correction: the mill opened in 1893, not 1891."
    chosen, against, later = apart(OPENED, OPENED_LATER, correction)
    candidates = [candidate(against), candidate(later, 0.9)]
    assert counter_evidence(QUESTION, [chosen], candidates) == [later]
    assert counter_evidence(QUESTION, [chosen], candidates, most=2) == [later, against]
    assert counter_evidence(QUESTION, [chosen], candidates, most=0) == []


def test_menus_and_what_is_quoted_already_are_no_counter_evidence() -> None:
    chosen, against = apart(OPENED, OPENED_LATER)
    assert counter_evidence(QUESTION, [chosen], [candidate(against, kind="furniture")]) == []
    assert counter_evidence(QUESTION, [chosen, against], [candidate(chosen), candidate(against)]) == []


def test_sixty_candidates_take_a_blink() -> None:
    texts = [
        f"The mill of parish {number} ground {number + 20} sacks of barley for the brewery." for number in range(60)
    ]
    spans = apart(OPENED, "The mill did not grind rye for the brewery.", *texts)
    candidates = [candidate(span) for span in spans[2:]]
    started = time.perf_counter()
    counter_evidence(QUESTION, spans[:2], candidates)
    assert time.perf_counter() - started < 0.1  # seconds; about 5 ms on a machine of its own


def test_a_table_in_one_line_is_left_alone_quickly() -> None:
    one, other = (
        " ".join(f"row{n} {n} horses and the mill of {name}" for n in range(1500)) for name in ("Aller", "Dale")
    )
    started = time.perf_counter()
    assert found(apart(one, other)) == []
    assert time.perf_counter() - started < 5  # seconds; far less where nothing is compared with everything


# ---- reading ----


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("36 horses", 36, 36),
        ("nineteen horses", 19, 19),
        ("twenty-two horses", 22, 22),
        ("240 horses", 235, 245),
        ("between 10 and 12 horses", 10, 12),
        ("at most 41 horses", 0, 41),
        ("$4.2m", 4_150_000, 4_250_000),
        ("4.2 million dollars", 4_150_000, 4_250_000),
        ("half of the horses", 46, 54),
        ("8 in 10 horses", 76, 84),
        ("two hours", 5_400, 9_000),
    ],
)
def test_a_quantity_is_an_interval(text: str, low: float, high: float) -> None:
    (quantity,) = quantities_in(read_tokens(text))
    assert (quantity.low, quantity.high) == pytest.approx((low, high))


def test_about_widens_an_interval() -> None:
    (about,), (plain,) = quantities_in(read_tokens("about 41 horses")), quantities_in(read_tokens("41 horses"))
    assert about.low < plain.low <= plain.high < about.high


@pytest.mark.parametrize(
    "text",
    [
        "Section 4 applies.",
        "a 40-year-old",
        "54 years old",
        "Firmware 5.2 is out.",
        "It fell from 8% to 4%.",
        "in 1891",
    ],
)
def test_numbers_that_measure_nothing_are_left_out(text: str) -> None:
    assert quantities_in(read_tokens(text)) == ()


def test_words_of_saying_are_kept_apart_from_what_is_said() -> None:
    claim = read_claim("The harbour office said that the mill kept 36 horses.")
    assert claim.source == frozenset({"harbour", "offic"})
    assert not claim.source & claim.words


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    spans = [Span(Passage(name, name, 0, len(text), "body"), document(text, name), 0, len(text)) for name in "ab"]
    assert find_conflicts(text, spans) == []


@given(st.lists(st.sampled_from("12 the of in not 1891 % $ , . | and to May 3 million half dozens to - Roe".split())))
def test_any_order_of_numbers_and_marks_can_be_read(words: list[str]) -> None:
    read_claim(" ".join(words))
