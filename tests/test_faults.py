"""What is wrong with an answer, in words, and which answers are worst."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from test_page import answered, cited, item, unanswerable

from eval.faults import worst_first
from eval.runs import Item


def test_the_worst_answers_come_first() -> None:
    faulty = [
        answered("incomplete", all_key_facts=0.0, fact_recall=0.5),
        answered("incomplete, less said", all_key_facts=0.0, fact_recall=0.2),
        answered("refused", answered=0.0, answered_answerable=0.0, all_key_facts=0.0, fact_recall=0.0),
        answered("number", numbers_grounded=0.5),
        answered("outdated", outdated=1.0),
        answered("forbidden", forbidden=1.0),
        answered("speaker", attribution_wrong=1.0),
        unanswerable("unsure", True, 0.3),
        unanswerable("sure", True, 0.9),
        unanswerable("unreadable", True, unreadable_cited=1.0),
        answered("altered", verbatim=0.5),
        answered("invented", citation_exactness=0.5),
        unanswerable("reason", False, reason_right=0.0),
        answered("no footnote", cited=0.5),
        answered("no carrier", via_right=0.0),
        answered("no speaker", attribution_missing=1.0),
        answered("beside", citation_recall=0.0),
    ]
    fine = [answered("fine", citation_exactness=1.0, verbatim=1.0), unanswerable("rightly refused", False), item()]
    expected = ["invented", "altered", "unreadable", "sure", "unsure", "speaker", "forbidden", "outdated", "number"]
    expected += ["refused", "incomplete, less said", "incomplete"]
    expected += ["beside", "no speaker", "no carrier", "no footnote", "reason"]
    assert [found.id for found, _ in worst_first([*fine, *faulty])] == expected


def test_an_item_is_listed_once_with_all_that_is_wrong() -> None:
    detail = {"missing": ["a|b", "c"], "forbidden": ["104 staff"], "question": "?"}
    bad = answered(
        "Q",
        detail,
        forbidden=1.0,
        all_key_facts=0.0,
        fact_recall=0.0,
        citation_exactness=0.0,
        **{"evidence_recall@1000": 0.25},
    )
    [(found, words)] = worst_first([bad])
    assert found is bad
    assert words == (
        'a quote is not in its document at the place cited; says "104 staff", which is wrong; '
        'does not say "a" or "b", "c" (25\N{NO-BREAK SPACE}% of the evidence found)'
    )


def test_a_refusal_says_its_reason_and_what_was_found() -> None:
    detail = {"reason": "furniture_only", "missing": ["x"]}
    refused = answered("Q", detail, answered=0.0, answered_answerable=0.0, all_key_facts=0.0)
    assert [words for _, words in worst_first([refused])] == [
        "refused, though the documents answer (reason given: only in page furniture)"
    ]


@pytest.mark.parametrize(
    ("speakers", "words"),
    [
        (["Ada", "Bo"], 'names "Cy" as the speaker, not "Ada" or "Bo"'),
        ([], 'names "Cy" as the speaker where the document names nobody'),
        ([""], 'names "Cy" as the speaker where the document names nobody'),
    ],
)
def test_a_wrong_speaker_is_told_from_the_right_one(speakers: Sequence[str], words: str) -> None:
    expected = [{"document": "quay.txt", "start": 30, "end": 40, "label": False, "speakers": speakers}]
    [(_, found)] = worst_first([cited(expected=expected)])
    assert found.startswith(words)


@pytest.mark.parametrize(
    ("recall", "words"),
    [
        (None, ""),
        (0.0, " (evidence not found)"),
        (0.5, " (50\N{NO-BREAK SPACE}% of the evidence found, not chosen)"),
        (1.0, " (evidence found, not chosen)"),
    ],
)
def test_whether_the_evidence_was_found_is_said_once(recall: float | None, words: str) -> None:
    found = {"evidence_recall@1000": recall}
    refused = answered("Q", answered=0.0, answered_answerable=0.0, **found)
    beside = answered("Q", all_key_facts=0.0, citation_recall=0.0, **found)
    assert [told for _, told in worst_first([refused, beside])] == [
        f"refused, though the documents answer{words}",
        f"does not say all it has to; cites nothing that answers{words}",
    ]


def test_a_refusal_cites_nothing_and_that_is_no_fault_of_its_own() -> None:
    assert worst_first([unanswerable("Q", False, citation_recall=0.0)]) == []


def test_a_speaker_who_is_missing_is_named() -> None:
    silent = [{"number": 1, "document": "quay.txt", "start": 19, "end": 36, "speaker": None, "attribution": "missing"}]
    [(_, words)] = worst_first([answered("Q", {**cited().detail, "citations": silent}, attribution_missing=1.0)])
    assert words == 'does not name the speaker: "Ada"'


def test_a_wrong_reason_is_told_from_the_right_one() -> None:
    refused = Item(
        "Q",
        "unanswerable_redacted",
        unanswerable("Q", False, reason_right=0.0).measures,
        0.1,
        {"reason": "not_in_corpus", "expected_reason": "masked"},
    )
    assert [words for _, words in worst_first([refused])] == [
        "gives the wrong reason for refusing (it says: not in the documents, right is: masked)"
    ]


def test_faults_need_no_details() -> None:
    bare = answered("Q", {}, attribution_wrong=1.0, forbidden=1.0, all_key_facts=0.0)
    assert [words for _, words in worst_first([bare])] == [
        "names the wrong speaker; says what is wrong; does not say all it has to"
    ]
    assert worst_first([]) == []
    assert worst_first([Item("Q", "list", left_out="not in the index")]) == []
