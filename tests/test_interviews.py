"""Interviews: labels of every shape, names in their fullest form, and lists of fields that are no voices."""

from __future__ import annotations

import time

import pytest

from index.document import Block
from index.reading.interviews import mark_turns
from index.reading.parties import People, named_parties, shown_name
from index.structure import read_structure

ASKED = "How did the mill come through the flood of last spring?"
TOLD = "I had the weir opened in time, and we lost only one of the wheels in the end."
FRONT = "The Weir Keeper\n\nWeekly Port Times talks about water.\n\nJane Roe, Keeper of the Weir\n\n"


def turns(text: str) -> list[tuple[str, str | None, str | None]]:
    return [
        (block.kind, block.speaker, block.role)
        for block in read_structure(text).blocks
        if block.kind in ("question", "interview_answer") and block.parent is None
    ]


def exchange(asker: str, teller: str, times: int = 3) -> str:
    return "".join(f"{asker} {ASKED}\n\n{teller} {TOLD}\n\n" for _ in range(times))


def voices(text: str) -> list[tuple[str, str | None]]:
    return [(kind, speaker) for kind, speaker, _ in turns(text)][:2]


@pytest.mark.parametrize(
    ("asker", "teller"),
    [
        ("PORT TIMES:", "JANE ROE:"),
        ("**Port Times:**", "**Jane Roe:**"),
        ("**Port Times**:", "**Jane Roe**:"),
        ("Port Times:", "Jane Roe:"),
        ("Port Times —", "Jane Roe —"),
        ("PORT TIMES\n\n", "JANE ROE\n\n"),
        ("PORT TIMES:", "ROE:"),
        ("PT:", "JR:"),
    ],
)
def test_labels_of_every_shape(asker: str, teller: str) -> None:
    text = FRONT + exchange(asker, teller)
    asked, told = turns(text)[0], turns(text)[-1]
    assert asked[0] == "question"
    assert told[:2] == ("interview_answer", "Jane Roe")


def test_a_role_in_brackets_is_the_role() -> None:
    text = FRONT + exchange("TOM ASH (Port Times):", "JANE ROE (Keeper):")
    assert turns(text)[:2] == [("question", "Tom Ash", "Port Times"), ("interview_answer", "Jane Roe", "Keeper")]


def test_the_role_stands_on_the_names_own_line() -> None:
    assert turns(FRONT + exchange("PORT TIMES:", "ROE:"))[1][2] == "Keeper of the Weir"


def test_an_office_is_held_by_whom_the_text_names_before_the_first_turn() -> None:
    front = "A Meeting on the Weir\n\nJane Roe (chair of the board) opened the meeting.\n\n"
    within = TOLD + " Joining us is Tom Ash, the chair of the union."
    text = exchange("THE CLERK:", "THE CHAIR:") + f"THE CHAIR: {within}\n\nTHE CLERK: {ASKED}\n\n"
    assert ("interview_answer", "Jane Roe") in {turn[:2] for turn in turns(front + text)}
    assert {speaker for _, speaker, _ in turns("A Meeting on the Weir\n\n" + text)} == {None}
    assert "chair" in {role for _, _, role in turns("A Meeting on the Weir\n\n" + text)}


def test_a_surname_of_two_people_stays_as_it_is() -> None:
    text = "Talk\n\nIn the yard stood Jane Roe and beside her stood Adam Roe, as ever.\n\n" + exchange(
        "WEEKLY:", "ROE:"
    )
    assert {speaker for _, speaker, _ in turns(text)} == {"WEEKLY", "Roe"}


def test_the_credited_interviewer_asks() -> None:
    text = "The Weir Keeper\n\nInterview: Adam Ferrier\n\n" + exchange("TIMES:", "ROE:")
    assert voices(text)[0] == ("question", "Adam Ferrier")


def test_a_credit_that_names_who_answers_is_no_credit() -> None:
    text = "The Weir Keeper\n\nInterview: Jane Roe\n\n" + exchange("TIMES:", "ROE:")
    assert voices(text) == [("question", "TIMES"), ("interview_answer", "Jane Roe")]


def test_an_answer_is_by_the_one_guest_that_the_text_names() -> None:
    assert voices(FRONT + exchange("Q:", "A:")) == [("question", None), ("interview_answer", "Jane Roe")]


def test_an_answer_is_by_nobody_where_two_guests_are_named() -> None:
    text = "Talk\n\nJane Roe, Keeper\n\nTom Ash, Miller\n\n" + exchange("Q:", "A:")
    assert voices(text) == [("question", None), ("interview_answer", None)]


def test_questions_in_bold_type() -> None:
    text = FRONT + "".join(f"**{ASKED}**\n\n{TOLD}\n\nWe built it again.\n\n" for _ in range(3))
    assert turns(text)[:3] == [
        ("question", None, None),
        ("interview_answer", "Jane Roe", "Keeper of the Weir"),
        ("interview_answer", "Jane Roe", "Keeper of the Weir"),
    ]


def test_prompts_without_a_question_mark_are_the_interviewers() -> None:
    text = FRONT + exchange("TIMES:", "ROE:") + f"TIMES: That leaves a lot.\n\nROE: {TOLD}\n\n"
    assert [kind for kind, _, _ in turns(text)][-2:] == ["question", "interview_answer"]


def test_a_panel_of_three() -> None:
    text = "Panel\n\n" + "".join(
        f"MODERATOR: {ASKED}\n\nJANE ROE: {TOLD}\n\nTOM ASH: No, we had to close it on Monday because of the fish.\n\n"
        for _ in range(2)
    )
    assert turns(text)[:3] == [
        ("question", None, "moderator"),
        ("interview_answer", "Jane Roe", None),
        ("interview_answer", "Tom Ash", None),
    ]


def test_turns_on_consecutive_lines() -> None:
    text = "Talk\n\n" + f"Tom Ash: {ASKED}\nJane Roe: {TOLD}\n" * 3
    assert [speaker for _, speaker, _ in turns(text)] == ["Tom Ash", "Jane Roe"] * 3


def test_answers_of_several_paragraphs_and_headings_between() -> None:
    text = FRONT + f"TIMES: {ASKED}\n\nROE: {TOLD}\n\nNobody else came.\n\n## The fish\n\n" + exchange("TIMES:", "ROE:")
    assert [kind for kind, _, _ in turns(text)][:4] == ["question", *["interview_answer"] * 2, "question"]


@pytest.mark.parametrize(
    "text",
    [
        "Rules\n\n"
        + "Note: The weir is closed at night, and you must not swim.\n\nWarning: I told you so before.\n\n" * 3,
        "Shop\n\n" + "Wheel: Oak, two metres wide, with iron nails and a brass hub\n\nSaw: Steel, long\n\n" * 3,
        "Name: Jane\nVersion: 2\nName: Tom\nVersion: 3\nName: Ann\nVersion: 4\n",
        "Report\n\n" + "Myth: The mill was built by giants in one single night.\n\nFact: It was built by us.\n\n" * 3,
        "Log\n\n" + "INFO: The server has started on the port that was given.\nERROR: No such file.\n" * 3,
        "Words\n\nWeir: A wall in a river that holds back water.\n\nSluice: A gate in it, which we open in spring.\n",
        "def weir():\n    Returns: The height.\n    Raises: An error if the gate is closed by me.\n" * 2,
        "Match\n\n12:05 Roe: shoots over the bar from some twenty yards.\n12:09 Ash: saves it well, again and again.\n"
        * 2,
        "Genesis: In the beginning we see the water and the mill.\n\nExodus: And then I saw the fish.\n",
    ],
)
def test_what_is_no_interview(text: str) -> None:
    assert turns(text) == []


def test_a_note_among_turns_is_nobodys() -> None:
    text = FRONT + exchange("TIMES:", "ROE:") + "Note: The weir is closed on Mondays.\n"
    assert len(turns(text)) == 6


def test_who_asks_in_court_is_named_by_the_line_above() -> None:
    text = "County Court\n\nBY MR. ASH:\n\n" + exchange("Q.", "A.") + "BY MS. LIND:\n\n" + exchange("Q.", "A.")
    asked = [speaker for kind, speaker, _ in turns(text) if kind == "question"]
    assert asked == ["Mr. Ash"] * 3 + ["Ms. Lind"] * 3


def test_who_answers_in_court_is_the_witness_that_was_called() -> None:
    text = "Jane Roe, called as a witness, testified as follows.\n\n" + exchange("Q.", "A.")
    assert voices(text) == [("question", None), ("interview_answer", "Jane Roe")]


def test_in_court_nobody_is_named_where_the_text_does_not() -> None:
    assert voices("County Court\n\n" + exchange("Q.", "A.")) == [("question", None), ("interview_answer", None)]


PEOPLE = People(["Jane Roe", "Adam Roe", "Tom van Ash", "Ann B. Lind"])


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Ash", "Tom van Ash"),
        ("ASH", "Tom van Ash"),
        ("Ann", "Ann B. Lind"),
        ("Ann Lind", "Ann B. Lind"),
        ("AL", None),
        ("ABL", "Ann B. Lind"),
        ("JR", "Jane Roe"),
        ("Roe", None),
        ("Jane Roe", None),
        ("Bo", None),
    ],
)
def test_the_fuller_form_of_a_name(label: str, name: str | None) -> None:
    assert PEOPLE.fuller(label) == name


def test_people_are_known_in_any_case() -> None:
    assert "JANE ROE" in PEOPLE
    assert "Roe" not in PEOPLE


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("JANE ROE", "Jane Roe"),
        ("Mr. ROE", "Mr. Roe"),
        ("MR. ROE", "Mr. Roe"),
        ("ROE", "ROE"),
        ("Jane Roe MP", "Jane Roe MP"),
    ],
)
def test_labels_in_ordinary_letters(label: str, shown: str) -> None:
    assert shown_name(label) == shown


def test_labels_are_named_from_the_text() -> None:
    text = "# Jane Roe, keeper of the weir\n\nDeputy Minister Otto Lind came late. Tom Ash and Bo Ash came too."
    found = named_parties(text, ["ROE", "MINISTER LIND", "ASH", "Q", "The CLERK"], People(()))
    assert {label: (party.name, party.role) for label, party in found.items()} == {
        "ROE": ("Jane Roe", "keeper of the weir"),
        "MINISTER LIND": ("Otto Lind", None),
        "ASH": ("Ash", None),
        "Q": (None, None),
        "The CLERK": (None, "clerk"),
    }


@pytest.mark.parametrize("label", ["{}", "Jane {}", "MR. {}"])
def test_thousands_of_voices_take_one_reading(label: str) -> None:
    names = [
        f"{a}{b}{c}ol" for a in ("Ka", "Lo", "Mi", "Nu", "Pe") for b in "bdfgklmnprstvz" for c in ("ar", "en", "it")
    ]
    names = [f"{name}{end}" for name in names for end in ("d", "f", "g", "k", "m", "n", "p", "s", "t")]
    labels = [label.format(name.upper() if label.startswith("MR") else name) for name in names] * 2
    turn = f": {ASKED} {TOLD}\n\n"
    text, blocks = "", []
    parts = [name + turn for name in labels]
    text = "".join(parts)
    position = 0
    for part in parts:
        blocks.append(Block("body", position, position + len(part)))
        position += len(part)
    began = time.process_time()
    marked = mark_turns(text, blocks)
    assert time.process_time() - began < 10
    assert sum(block.kind != "body" for block in marked) >= len(labels) - 1
