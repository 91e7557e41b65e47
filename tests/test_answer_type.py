"""The form an answer takes: what asks for a number, a day, a name or a reason, and what holds one."""

from __future__ import annotations

import pytest

from rag.answer_type import expects, fit

PLAIN = "It was quiet by the river."
GIVEN = {
    "number": "It employed nineteen people.",
    "percentage": "Nine per cent of it was lost.",
    "date": "The bridge fell in March.",
    "year": "It was sold in 1891.",
    "name": "It was built by Rosalind Aller.",
    "reason": "It closed because of the flood.",
}


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("How many people worked there?", "number"),
        ("what percentage of the barley was lost", "percentage"),
        ("When did the bridge fall?", "date"),
        ("And when was it mended?", "date"),
        ("In which year was the mill sold?", "year"),
        ("Who built it?", "name"),
        ("By whom was it built?", "name"),
        ("Which company runs the ferry?", "name"),
        ("Where does the ferry land?", "name"),
        ("Why did it close?", "reason"),
        ("What caused the flood?", "reason"),
    ],
)
def test_a_text_of_the_form_asked_for_fits(question: str, form: str) -> None:
    assert fit(question, GIVEN[form]) == 1
    assert fit(question, PLAIN) == -1


@pytest.mark.parametrize(
    "question",
    ["What happened when the mill burned?", "What do people who live there say?", "Is the ferry safe?", "barley", ""],
)
def test_a_question_that_any_form_may_answer(question: str) -> None:
    assert expects(question) is None
    assert fit(question, PLAIN) == fit(question, GIVEN["number"]) == 0
