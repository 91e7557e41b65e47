"""One answer against its case: every measure on answers made by hand, and what the report gets to show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from mill import (
    BREAD,
    CLOSING,
    FIRE,
    FLOOD,
    LABEL,
    MASKED,
    MILL,
    MILLER,
    OPENED,
    OPENING,
    OWNER,
    PRAISE,
    TEXT,
    abstained,
    answered,
    cite,
    evidence,
    place,
)

from eval.cases import Case
from eval.figures import ANSWERS
from eval.locate import locate
from eval.metrics import Said
from eval.runs import Item
from eval.score import Located, score
from rag.answering import Answer
from rag.retrieve import Hit

TEXTS = {MILL.path: TEXT}


def located(case: Case) -> Located:
    found = locate(case, TEXTS)
    assert isinstance(found, Located)
    return found


def item_of(case: Case, answer: Answer, texts: dict[str, str] = TEXTS, pieces: int = 5) -> Item:
    return score(located(case), answer, [pieces for _ in answer.hits], texts, seconds=2.0)


def measured(case: Case, answer: Answer, *names: str) -> tuple[float | None, ...]:
    measures = item_of(case, answer).measures
    return tuple(measures[name] for name in names)


RIGHT = answered(OPENING, cite(1, OPENED, date="1931-02-07"))
QUOTED = answered(PRAISE, cite(1, BREAD, speaker="Quill", via=("Aller Post",), date="1899-05-03"))


def test_every_measure_of_a_right_answer() -> None:
    assert item_of(OPENING, RIGHT).measures == {
        "evidence_recall@500": 1,
        "evidence_recall@1000": 1,
        "misleading_recall@1000": None,
        "ndcg@10": 1,
        "mrr@10": 1,
        "hit@1": 1,
        "hit@5": 1,
        "all_key_facts": 1,
        "fact_recall": 1,
        "forbidden": None,
        "citation_precision": 1,
        "citation_recall": 1,
        "citation_focus": 1,
        "citation_coverage": 1,
        "citation_exactness": 1,
        "verbatim": 1,
        "cited": 1,
        "numbers_grounded": 1,
        "quotations_held": 1,
        "introduced_plainly": 1,
        "names_grounded": 1,
        "negations_grounded": 1,
        "uncut": 1,
        "undisguised": 1,
        "refusal_plain": None,
        "citation_data": None,
        "words_grounded": None,
        "attribution_right": 1,
        "attribution_wrong": 0,
        "attribution_missing": 0,
        "via_right": None,
        "date_right": 1,
        "answerable": 1,
        "answered": 1,
        "confidence": 0.9,
        "answered_answerable": 1,
        "abstained_unanswerable": None,
        "reason_right": None,
        "outdated": None,
        "unreadable_cited": None,
        "words": 5,
        "fallback": None,
    }


def test_every_measure_of_a_refusal() -> None:
    given = {name: value for name, value in item_of(OPENING, abstained(OPENING)).measures.items() if value is not None}
    nothing_found = {"evidence_recall@500", "evidence_recall@1000", "ndcg@10", "mrr@10", "hit@1", "hit@5"}
    nothing_said = {"all_key_facts", "fact_recall", "answered", "answered_answerable"} | {
        "refusal_plain"
    }  # it says 1891
    assert given == {**dict.fromkeys(nothing_found | nothing_said, 0), "answerable": 1, "confidence": 0.1}


def test_every_figure_has_its_measures() -> None:
    named = {name for figure in ANSWERS for name in figure.measures} - {"seconds"}
    assert named <= set(item_of(OPENING, RIGHT).measures)


def test_what_was_found_is_counted_up_to_a_budget() -> None:
    names = ("evidence_recall@500", "evidence_recall@1000", "mrr@10", "hit@1", "hit@5")
    start, end = place(FLOOD)
    before = Hit(replace(RIGHT.hits[0].passage, start=start, end=end), MILL, 1.0)
    item = item_of(OPENING, replace(RIGHT, hits=(before, *RIGHT.hits)), pieces=400)
    assert tuple(item.measures[name] for name in names) == (0, 1, 0.5, 0, 1)


def test_a_cited_label_is_right_but_not_required() -> None:
    answer = answered(OPENING, cite(1, LABEL))
    assert measured(OPENING, answer, "citation_precision", "citation_recall", "hit@1", "hit@5") == (1, 0, 0, 0)
    assert measured(OPENING, answer, "attribution_right", "attribution_wrong", "date_right") == (None, None, None)


def test_a_label_is_nobodys_words_though_the_set_names_a_speaker() -> None:
    case = replace(OPENING, evidence=(*OPENING.evidence, evidence(MASKED, label=True, said=Said(("Ada Quill",)))))
    assert measured(case, answered(case, cite(1, MASKED)), "attribution_missing", "citation_precision") == (None, 1)


def test_a_citation_beside_the_evidence_is_not_right() -> None:
    answer = answered(OPENING, cite(1, OPENED), cite(2, FIRE))
    assert measured(OPENING, answer, "citation_precision", "citation_recall") == (0.5, 1)


def test_a_fact_that_is_not_said_is_missing() -> None:
    answer = answered(CLOSING, cite(1, FIRE), says=[("It closed after a fire.", "supported")])
    item = item_of(CLOSING, answer)
    assert (item.measures["all_key_facts"], item.measures["fact_recall"]) == (0, 0.5)
    assert item.detail["missing"] == ["1921"]


def test_what_must_not_be_said() -> None:
    item = item_of(CLOSING, answered(CLOSING, cite(1, FLOOD)))
    assert (item.measures["forbidden"], item.detail["forbidden"]) == (1, ["flood"])
    assert measured(CLOSING, answered(CLOSING, cite(1, FIRE)), "forbidden") == (0,)


@pytest.mark.parametrize(
    ("data", "right", "wrong", "missing"),
    [
        ({"speaker": "Ada Quill"}, 1, 0, 0),
        ({"speaker": "Quill"}, 1, 0, 0),
        ({"speaker": "Ben Lark"}, 0, 1, 0),
        ({}, 0, 0, 1),
    ],
)
def test_the_speaker(data: dict[str, Any], right: float, wrong: float, missing: float) -> None:
    answer = answered(PRAISE, cite(1, BREAD, **data))
    names = [f"attribution_{name}" for name in ("right", "wrong", "missing")]
    assert measured(PRAISE, answer, *names) == (right, wrong, missing)


def test_a_speaker_where_nobody_is_named_is_wrong() -> None:
    answer = answered(OPENING, cite(1, OPENED, speaker="Ada Quill"))
    assert measured(OPENING, answer, "attribution_right", "attribution_wrong") == (0, 1)


def test_the_worst_attribution_of_an_answer_counts() -> None:
    answer = answered(PRAISE, cite(1, BREAD, speaker="Ada Quill"), cite(2, BREAD, speaker="Ben Lark"))
    item = item_of(PRAISE, answer)
    assert (item.measures["attribution_right"], item.measures["attribution_wrong"]) == (0, 1)
    assert [citation["attribution"] for citation in item.detail["citations"]] == ["right", "wrong"]


def test_a_citation_over_two_peoples_words_may_name_either() -> None:
    case = replace(PRAISE, evidence=(*OPENING.evidence, *PRAISE.evidence))
    start, end = place(OPENED)[0], place(BREAD)[1]
    for speaker in (None, "Ada Quill"):
        both = replace(cite(1, BREAD), start=start, end=end, quote=TEXT[start:end], speaker=speaker)
        assert measured(case, answered(case, both), "attribution_right") == (1,)


@pytest.mark.parametrize(
    ("via", "date", "via_right", "date_right"),
    [
        (("Aller Post",), "1899-05-03", 1, 1),
        (("The Aller Post",), "1899-05", 1, 1),
        ((), "1899", 0, 1),
        (("Lower Dale Times",), "1899-06", 0, 0),
        ((), None, 0, 0),
    ],
)
def test_carrier_and_date(via: tuple[str, ...], date: str | None, via_right: float, date_right: float) -> None:
    answer = answered(PRAISE, cite(1, BREAD, via=via, date=date))
    assert measured(PRAISE, answer, "via_right", "date_right") == (via_right, date_right)


def test_the_document_is_a_carrier_too() -> None:
    answer = answered(PRAISE, cite(1, BREAD, replace(MILL, publisher="Aller Post")))
    assert measured(PRAISE, answer, "via_right") == (1,)


@pytest.mark.parametrize(("quotes", "outdated"), [((FLOOD,), 1), ((FIRE,), 0), ((FLOOD, FIRE), 0), ((OPENED,), 0)])
def test_what_was_withdrawn_must_not_stand_alone(quotes: tuple[str, ...], outdated: float) -> None:
    answer = answered(CLOSING, *(cite(number, quote) for number, quote in enumerate(quotes, start=1)))
    assert measured(CLOSING, answer, "outdated") == (outdated,)


def test_citing_what_was_withdrawn_is_neither_required_nor_beside_the_point() -> None:
    answer = answered(CLOSING, cite(1, FLOOD))
    assert measured(CLOSING, answer, "citation_precision", "citation_recall") == (1, 0)


def test_a_masked_span_that_is_cited() -> None:
    answer = answered(OWNER, cite(1, MASKED))
    names = ("unreadable_cited", "abstained_unanswerable", "answered_answerable", "reason_right")
    assert measured(OWNER, answer, *names) == (1, 0, None, None)
    assert measured(OWNER, answered(OWNER, cite(1, FIRE)), "unreadable_cited") == (0,)
    assert measured(replace(OWNER, reason="not_in_corpus"), answer, "unreadable_cited") == (None,)
    assert measured(MILLER, answered(MILLER, cite(1, MASKED)), "unreadable_cited") == (None,)


def test_citations_of_an_unanswerable_question_are_not_right_or_wrong() -> None:
    answer = answered(OWNER, cite(1, MASKED))
    names = ("citation_precision", "citation_recall", "attribution_right", "all_key_facts", "evidence_recall@500")
    assert measured(OWNER, answer, *names) == (None, None, None, None, None)
    assert measured(OWNER, answer, "citation_exactness", "verbatim", "cited", "forbidden") == (1, 1, 1, 0)


def test_what_seems_to_answer_is_found_too_but_it_is_no_evidence() -> None:
    names = ("misleading_recall@1000", "evidence_recall@1000", "ndcg@10", "mrr@10", "hit@1", "hit@5")
    assert measured(OWNER, answered(OWNER, cite(1, MASKED)), *names) == (1, None, None, None, None, None)
    assert measured(OWNER, abstained(OWNER), *names) == (0, None, None, None, None, None)
    assert measured(MILLER, abstained(MILLER), *names) == (None,) * 6


@pytest.mark.parametrize(("reason", "right"), [("masked", 1), ("not_in_corpus", 0), ("furniture_only", 0)])
def test_the_reason_of_a_refusal(reason: str, right: float) -> None:
    names = ("reason_right", "abstained_unanswerable", "answered", "unreadable_cited")
    assert measured(OWNER, abstained(OWNER, reason), *names) == (right, 1, 0, 0)


def test_a_quote_that_is_not_in_the_text_of_today() -> None:
    changed = {MILL.path: TEXT.replace("1891", "1892")}
    both = answered(OPENING, cite(1, OPENED), cite(2, FLOOD))
    assert item_of(OPENING, both, changed).measures["citation_exactness"] == 0.5
    assert item_of(OPENING, both, {}).measures["citation_exactness"] == 0


def test_a_quote_at_another_place_is_not_exact() -> None:
    moved = replace(cite(1, OPENED), start=0, end=len(OPENED))
    assert measured(OPENING, answered(OPENING, moved), "citation_exactness") == (0,)


@pytest.mark.parametrize(
    ("text", "verdict", "verbatim"),
    [
        (f'The Times: "{OPENED}"', "verbatim", 1),
        ("The  mill\nopened in 1891.", "verbatim", 1),
        ("The mill was opened in 1891.", "verbatim", 0),
        ("The mill was opened in 1891.", "supported", None),
        ("The mill was opened in 1891.", "partial", None),
    ],
)
def test_a_sentence_that_quotes_does_so_letter_by_letter(text: str, verdict: str, verbatim: float | None) -> None:
    answer = answered(OPENING, cite(1, OPENED), says=[(text, verdict)])
    assert measured(OPENING, answer, "verbatim", "cited", "citation_exactness") == (verbatim, 1, 1)


def test_a_sentence_that_quotes_holds_every_quote_it_cites() -> None:
    both = [cite(1, OPENED), cite(2, FIRE)]
    assert measured(OPENING, answered(OPENING, *both, says=[(OPENED, "verbatim")]), "verbatim") == (0,)
    assert measured(OPENING, answered(OPENING, *both, says=[(f"{FIRE} {OPENED}", "verbatim")]), "verbatim") == (1,)


@pytest.mark.parametrize(
    ("text", "grounded"),
    [
        ("It has run since 1891.", 1),
        ("It has run since 1892.", 0),
        ("The Times of 7 February 1931 says that it opened in 1891.", 1),
        ("It opened long ago.", 1),
    ],
)
def test_a_number_in_own_words_stands_in_what_is_cited(text: str, grounded: float) -> None:
    answer = answered(OPENING, cite(1, OPENED, date="1931-02-07"), says=[(text, "supported")])
    assert measured(OPENING, answer, "numbers_grounded") == (grounded,)


def test_an_answer_in_own_words_without_a_citation() -> None:
    answer = answered(OPENING, says=[("It opened in 1891.", "supported")])
    names = ("cited", "numbers_grounded", "citation_exactness", "citation_precision", "citation_recall", "verbatim")
    assert measured(OPENING, answer, *names) == (0, 0, None, None, 0, None)
    assert measured(OPENING, answer, "all_key_facts", "attribution_right") == (1, None)


def test_a_mark_without_its_footnote_is_no_citation() -> None:
    answer = replace(RIGHT, citations=())
    assert measured(OPENING, answer, "cited", "verbatim", "citation_recall") == (0, 0, 0)


def test_an_answer_that_claims_something_outside_its_sentences() -> None:
    bare = replace(answered(OPENING), text="It opened in 1891.")
    assert measured(OPENING, bare, "cited", "all_key_facts") == (0, 1)
    assert measured(OPENING, replace(RIGHT, text=f"{RIGHT.text} So it is old."), "cited", "verbatim") == (0.5, 1)
    assert measured(OPENING, replace(bare, text=""), "cited", "all_key_facts") == (0, 0)  # says nothing


def test_the_catalog_needs_no_footnote_unless_documents_were_asked_for() -> None:
    told = replace(answered(OPENING), text="There are two documents.", model="catalog")
    assert measured(OPENING, told, "cited") == (0,)
    assert measured(replace(OPENING, evidence=()), told, "cited", "numbers_grounded") == (None, None)


def test_citing_too_much_or_too_little_shows_in_characters() -> None:
    whole = replace(cite(1, OPENED), start=0, end=len(MILL.text), quote=MILL.text)
    answer = answered(OPENING, whole)
    assert measured(OPENING, answer, "citation_precision", "citation_recall", "citation_coverage") == (1, 1, 1)
    (focus,) = measured(OPENING, answer, "citation_focus")
    assert focus is not None
    assert len(OPENED) / len(MILL.text) <= focus < 0.2  # its label is right to cite too
    letter = replace(cite(1, OPENED), end=cite(1, OPENED).start + 1, quote=OPENED[0])
    coverage = measured(OPENING, answered(OPENING, letter), "citation_recall", "citation_coverage")
    assert coverage == (1, pytest.approx(1 / len(OPENED)))


def test_inventions_that_are_called_own_words_are_not_in_what_they_cite() -> None:
    invented = answered(OPENING, cite(1, OPENED), says=[("Its owner bribed the council", "supported")])
    assert measured(OPENING, invented, "verbatim", "cited", "numbers_grounded") == (None, 1, 1)
    (share,) = measured(OPENING, invented, "words_grounded")
    assert share is not None
    assert share < 0.3


def test_a_case_with_no_speaker_to_expect_judges_none() -> None:
    case = replace(OPENING, evidence=tuple(replace(piece, said=None) for piece in OPENING.evidence))
    assert measured(case, RIGHT, "attribution_right", "attribution_wrong", "date_right") == (None, None, None)


# --- what people are shown -------------------------------------------------------------------------------------
