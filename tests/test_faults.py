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
    ]
    fine = [answered("fine", citation_exactness=1.0, verbatim=1.0), unanswerable("rightly refused", False), item()]
    expected = ["invented", "altered", "unreadable", "sure", "unsure", "speaker", "forbidden", "outdated", "number"]
    expected += ["refused", "incomplete, less said", "incomplete"]
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
        'does not say "a" or "b", "c" (25% of the evidence found)'
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


def test_faults_need_no_details() -> None:
    bare = answered("Q", {}, attribution_wrong=1.0, forbidden=1.0, all_key_facts=0.0)
    assert [words for _, words in worst_first([bare])] == [
        "names the wrong speaker; says what is wrong; does not say all it has to"
    ]
    assert worst_first([]) == []
    assert worst_first([Item("Q", "list", left_out="not in the index")]) == []
