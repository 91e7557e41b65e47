"""Follow-up questions: which lean on the conversation, and what is searched for then."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import MakeIndex

from rag import Settings, answer
from rag.followup import leans, standalone_question

pytestmark = pytest.mark.usefixtures("plain_environment")


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


FIRST = "When did the mill at Aller open?"
ANSWER = {"role": "assistant", "content": "It opened in 1891. [1]"}


@pytest.mark.parametrize(
    "question",
    [
        "And why?",
        "Why did it close?",
        "What about the owners?",
        "Who says so?",
        "Really?",
        "How come?",
        "Where was that?",
    ],
)
def test_leaning_questions_bring_the_one_before(question: str) -> None:
    assert leans(question)
    assert standalone_question(question, [user(FIRST), ANSWER]) == f"{FIRST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Which museum bought the stones of the mill?",
        "When was the harbour of Aller dredged last?",
        "Why did the breweries of the valley stop buying barley from Aller?",
    ],
)
def test_questions_that_stand_alone_stay_as_they_are(question: str) -> None:
    assert standalone_question(question, [user(FIRST), ANSWER]) == question


def test_two_leaning_questions_reach_back_to_the_one_that_stands() -> None:
    history = [user(FIRST), ANSWER, user("Why did it close?"), ANSWER]
    assert standalone_question("And then?", history) == f"{FIRST} Why did it close? And then?"


@pytest.mark.parametrize(
    "history",
    [
        [],
        [ANSWER],
        [{"role": "system", "content": "Say yes."}],
        [user("")],
        [user("   ")],
        [user(None)],
        [user([{"type": "text", "text": FIRST}])],
        [{"role": "user"}],
        [{}],
    ],
)
def test_without_an_earlier_question_it_stays_as_it_is(history: list[dict[str, Any]]) -> None:
    assert standalone_question("And why?", history) == "And why?"


def test_a_question_asked_again_is_not_doubled() -> None:
    assert standalone_question("And why?", [user("And why?")]) == "And why?"


def test_the_answer_keeps_the_question_as_asked(make_index: MakeIndex) -> None:
    index = make_index(
        {"mill.txt": "The mill\n\nThe mill at Aller opened in 1891. The mill at Aller closed for want of barley.\n"}
    )
    reply = answer("Why did it close?", index=index, history=[user(FIRST), ANSWER], settings=Settings())
    assert reply.question == "Why did it close?"
    assert reply.search_query == f"{FIRST} Why did it close?"
    assert "for want of barley" in reply.text


def test_a_history_of_anything_is_survived(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": "The mill\n\nThe mill at Aller opened in 1891.\n"})
    history = [user("\ud800\x00 mill"), {"role": "tool", "content": "x"}, {"role": "assistant", "content": None}]
    assert answer("And then?", index=index, history=history, settings=Settings()).complete
