"""What the chosen words plainly don't give, and what an article only announces."""

from __future__ import annotations

import pytest
from conftest import MakeIndex

from index.document import Block, Document, Passage
from rag.answering import answer
from rag.lacking import announced_only, giving, lacking, masked_there
from rag.quote import Span
from rag.settings import Settings

pytestmark = pytest.mark.usefixtures("plain_environment")


def spans(*texts: str) -> list[Span]:
    return [Span(Passage(f"p{n}", f"d{n}", 0, len(t), "body"), of(t, f"d{n}"), 0, len(t)) for n, t in enumerate(texts)]


def of(text: str, name: str) -> Document:
    return Document(name, name, None, None, None, None, text, blocks=(Block("body", 0, len(text)),))


@pytest.mark.parametrize(
    ("question", "text", "lack"),
    [
        ("What was the total revenue of the mill in 2017?", "The mill ground barley in 2017.", "no sum of money"),
        ("price of a yearly ticket", "Tickets are sold at the pier.", "no sum of money"),
        ("How much did the new wheel cost?", "The new wheel is made of oak.", "no sum of money"),
        ("By what percentage did the crew grow?", "The crew grew in March.", "no percentage"),
        ("How big a percentage of the crew left?", "Many of the crew left.", "no percentage"),
        ("How often did the power fail in 2017?", "The power failed nineteen times in 2016 alone.", "nothing for 2017"),
        ("On which date did the ferry sink?", "The ferry sank in the night.", "no date"),
        ("In what year was the mill built?", "The mill was built by monks.", "no year"),
        ("What is the case number of the suit?", "The suit was filed by the owners.", "no such number or code"),
        ("How many people live there?", "People live there in old houses.", "no such number"),
        ("How many people live there?", "3. On May 4, 2019 people in one street met.", "no such number"),
    ],
)
def test_the_form_asked_for_is_lacking(question: str, text: str, lack: str) -> None:
    assert lacking(question, spans(text)) == lack


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What was the total revenue of the mill in 2017?", "It took in €2 million in 2017."),
        ("How much did the new wheel cost?", "The wheel cost ninety thousand dollars."),
        ("How much did the tariff add to the price?", "It added eleven percent."),
        ("By what percentage did the crew grow?", "It grew by 4.5% in March."),
        ("On which date did the ferry sink?", "It sank on May 4."),
        ("In what year was the mill built?", "It was built in the 1950s."),
        ("What is the case number of the suit?", "The suit, AB-2231, was filed by the owners."),
        ("How often did the power fail in 2017?", "It failed nine times in 2016 and ten in 2017."),
        ("How often did the power fail in 2017 and in 2018?", "It failed nine times in 2016."),
        ("How often did the power fail in 2017?", "It failed nine times."),
        ("How many people live there?", "In May 2019, 2,100 people lived there."),
        ("How long did it take?", "Within a week it was mended."),
        ("Who wrote that the ferry is late?", "the ferry is late, again."),  # the introduction says who
        ("Where does it land?", "it lands by the old pier."),
        ("Why did it close?", "it closed in May."),
        ("What do people say?", "it is fine."),
    ],
)
def test_nothing_plainly_lacks(question: str, text: str) -> None:
    assert lacking(question, spans(text)) == ""


def test_what_the_question_says_itself_does_not_count() -> None:
    assert lacking("How many of the 300 workers left?", spans("The 300 workers met at the gate.")) == "no such number"


@pytest.mark.parametrize(
    ("question", "text", "lack"),
    [
        ("Who was the researcher that found it?", "Last May a researcher found a hole.", "no name for that researcher"),
        ("who is the CEO of the mill", "A CEO is sought for the mill.", "no name for that CEO"),
        ("which army base took them down", "They came down at an army base.", "no name for that base"),
        ("What is the name of the agency?", "An agency, Roe says, has asked them to stop.", ""),
        ("Which company owns the ferry?", "it is owned by a company abroad.", "no name for that company"),
        (
            "Which northern towns were visited?",
            "In May they visited key northern towns of the U.S.",
            "no names of such towns",
        ),
        (
            "the name of the mill company that left",
            "Roe lists:\n- Poole leaves\n- A Mill Company Leaves",
            "no name for that company",
        ),
        ("Which courts must hear it?", "Most courts must hear it.", "no names of such courts"),
        ("Which island nation fell into chaos?", "The island is quiet. Aldona has fallen into chaos.", ""),
        ("Which country has the ferry?", "Aldona is the country that has one.", ""),
        ("Which city will the line reach?", "In the end the city of Fresno will be reached.", ""),
        ("Which towns were hit?", "Many towns on the coast were hit, in the end also Aller and Poole.", ""),
        ("What town records are kept?", "They keep deeds.", ""),
    ],
)
def test_one_is_spoken_of_without_a_name(question: str, text: str, lack: str) -> None:
    assert lacking(question, spans(text)) == lack


PROMISE = "In this report we examine the sale of the mill and what the owners will do with the wheel."
READABLE = "The mill was sold in May."


def half_masked(first: str) -> Document:
    masked = "*** **** ** *** ***** ** ***** *** **** *** ***** ** *** ****."
    text = f"{first}\n\n{masked}"
    blocks = (Block("body", 0, len(first) + 2), Block("masked", len(first) + 2, len(text)))
    return Document("d", "d.txt", "Mill sold", None, None, None, text, blocks=blocks)


@pytest.mark.parametrize(
    ("question", "first", "only"),
    [
        ("What will the owners do with the wheel?", PROMISE, True),
        ("Which topics does the report on the mill examine?", PROMISE, False),
        ("What will the owners do with the wheel?", READABLE, False),
        ("What will the owners do with the wheel?", f"{READABLE} {PROMISE}", False),
    ],
)
def test_a_masked_article_that_only_announces(question: str, first: str, only: bool) -> None:
    document = half_masked(first)
    chosen = [Span(Passage("p", "d", 0, len(first), "body"), document, 0, len(first))]
    assert bool(announced_only(question, chosen)) is only


def test_an_announcement_before_readable_text_is_quoted() -> None:
    assert announced_only("What will the owners do?", spans(PROMISE)) is None
    assert announced_only("What will the owners do?", []) is None


MILL = """The mill on the Aller

By Jane Roe, May 4, 2019

The mill on the Aller was sold to the ferry company after the great flood, and the wheel was kept by the town.
"""


def test_an_abstention_says_what_lacks(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": MILL})
    told = answer("How much money was the mill on the Aller sold for after the great flood?", index=index)
    assert (told.status, told.reason, told.citations) == ("abstained", "not_in_corpus", ())
    assert told.text.endswith("the closest passages give no sum of money.")
    assert told.closest


MASKED = (
    f"{MILL}\n{PROMISE}\n\n"
    + "\n\n".join(["*** **** ** *** ***** ** ***** *** **** *** ***** ** *** ****."] * 6)
    + "\n"
)


def test_only_what_is_about_the_question_announces_its_answer(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": MASKED})
    question = "What will the owners do with the wheel, says the report on the sale of the mill?"
    told = answer(question, index=index, settings=Settings(abstain_below=0.0))
    assert told.reason == "masked"
    assert "announces this, but" in told.text
    unsure = answer(question, index=index, settings=Settings(abstain_below=1.0))
    assert unsure.status == "abstained"
    assert "announces" not in unsure.text


def test_a_name_that_no_document_mentions(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": MILL})
    told = answer("Was the mill on the Aller sold to Gundar Oil?", index=index)
    assert told.status == "abstained"
    assert told.text.startswith("The documents never mention “Gundar Oil”.")


def test_another_form_of_a_name_is_the_name(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": MILL.replace("the ferry company", "a company of Nepal")})
    told = answer("Was the mill on the Aller sold to a Nepalese company?", index=index)
    assert told.status == "answered"
    assert "never mention" not in told.notice


@pytest.mark.parametrize(
    ("question", "text", "masked"),
    [
        ("Which firm supplied the new wheel?", "The new wheel was supplied in May by ████.", True),
        (
            "What is the name of the woman who wrote of the wheel?",
            "The first letter (Mrs *****) spoke of the wheel.",
            True,
        ),
        ("How much did the wheel cost?", "The wheel cost £████ in the end.", True),
        ("How much did the wheel cost?", "The wheel cost £900, and ████ paid for it.", False),
        ("Why was the wheel bought?", "The wheel was bought from ████ in May.", False),
        ("Which firm supplied the new wheel?", "The new wheel was supplied in May by Roe & Ash.", False),
        ("Which firm supplied the new wheel?", "The mill closed. It had a debt with ████ of old.", False),
    ],
)
def test_a_sentence_that_is_masked_where_it_would_answer(question: str, text: str, masked: bool) -> None:
    assert (masked_there(question, spans(text)) is not None) == masked


def test_where_a_number_is_asked_for_words_without_one_give_way() -> None:
    with_one, without = spans("Nobody knows who was let go at the mill.", "A few dozen people were let go.")[::-1]
    assert giving("How many people were let go?", [without, with_one]) == [with_one]
    assert giving("How many people were let go?", [without]) == [without]
    assert giving("Who was let go?", [without, with_one]) == [without, with_one]
