"""Names and roles as texts write them: the fullest form, aliases, what is no name, subjects of verbs of saying."""

from __future__ import annotations

import pytest

from index.document import Block
from index.reading.reporting import VERB, subject_after, subject_before
from index.reading.speakers import Names, is_person, trimmed_name

TEXT = (
    "Today Captain Josephine Marsh II of the harbour police met Tom Ash, the mayor. The Weekly Port Times (WPT) wrote"
    " about it. Later Ludwig van der Berg and Lena Berg sold the Dunmore Mill. Ali al-Masri left for the North Strait"
    " Sentinel. The mill asked Marsh and the dealers."
)


def names(text: str = TEXT) -> Names:
    return Names(text, [Block("body", 0, len(text))])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("On Monday Jane Roe", "Jane Roe"),
        ("In China", "China"),
        ("Monday", None),
        ("The Dunmore Mill", "Dunmore Mill"),
        ("Wendell Oak of Oak Lock & Key", "Wendell Oak"),
        ("Department of Home Affairs", "Department of Home Affairs"),
        ("Ludwig van der Berg", "Ludwig van der Berg"),
        ("J. R. O'Neal, Jr.", "J. R. O'Neal, Jr."),
        ("Lt.", None),
    ],
)
def test_name_in_capitalised_words(words: str, expected: str | None) -> None:
    assert trimmed_name(words) == expected


@pytest.mark.parametrize(
    ("name", "fullest"),
    [
        ("Marsh", "Captain Josephine Marsh II"),
        ("Capt. Marsh", "Captain Josephine Marsh II"),
        ("Ms. Marsh", "Captain Josephine Marsh II"),
        ("Mr. Ash", "Tom Ash"),
        ("WPT", "Weekly Port Times"),
        ("Times", "Weekly Port Times"),
        ("Sentinel", "North Strait Sentinel"),
        ("al-Masri", "Ali al-Masri"),
        ("Berg", "Berg"),
        ("Unknown", "Unknown"),
        ("Peter Marsh", "Peter Marsh"),
    ],
)
def test_fullest_form_of_a_name(name: str, fullest: str) -> None:
    assert names().best(name) == fullest


def test_two_people_of_one_surname_are_not_confused() -> None:
    text = "Here Jane Roe, a baker, met Tom Roe, a miller. Roe left."
    assert names(text).best("Roe") == "Roe"


def test_a_gerund_before_a_name_is_no_first_name() -> None:
    assert names("The valves of Dunmore leak. Using Dunmore is risky.").best("Dunmore") == "Dunmore"


def test_a_crowd_at_the_start_of_a_sentence_is_no_name() -> None:
    assert not names().is_name("Residents", begins_sentence=True)
    assert not names().is_name("Dealers", begins_sentence=True)
    assert names().is_name("Marsh", begins_sentence=True)


@pytest.mark.parametrize("name", ["Jane Roe", "Lt. Roe", "Ludwig van der Berg"])
def test_people(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize("name", ["Weekly Port Times", "Dunmore", "Harbour Board", "Oak & Ash", "WPT"])
def test_not_people(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize(
    ("clause", "name", "role"),
    [
        ("Jane Roe said", "Jane Roe", None),
        ("the mill's director, Jane Roe, told", "Jane Roe", "mill's director"),
        ("Jane Roe, director of the mill, said", "Jane Roe", "director of the mill"),
        ("Jane Roe, 43, says", "Jane Roe", None),
        ("its spokesman, Piers Oak, said", "Piers Oak", "spokesman"),
        ("mill director Jane Roe said", "Jane Roe", "mill director"),
        ("a spokesman for the mill said", None, "spokesman for the mill"),
        ("the mayor of Norwood said", None, "mayor of Norwood"),
        ("Jane Roe, who owns the mill, said", "Jane Roe", None),
        ("A spokesman for Orla, Piers Lind, told", "Piers Lind", "spokesman for Orla"),
        ("In a note to dealers, Jane Roe wrote", "Jane Roe", None),
        ("The company said", None, "company"),
        ("Jane Roe, a fellow in Norwood, Ohio, said", "Jane Roe", None),
        ("Jane Roe, a teacher in Norwood, Ohio, said", "Jane Roe", "teacher in Norwood, Ohio"),
        ("In a letter to the town in May, Roe, the mayor, said", "Roe", "mayor"),
        ("After meeting Tom Ash, Jane Roe, the director, said", "Jane Roe", "director"),
        ("In Brill, Roe said", "Roe", None),
    ],
)
def test_subject_before_a_verb(clause: str, name: str | None, role: str | None) -> None:
    verb = [*VERB.finditer(clause)][-1]
    subject = subject_before(clause, verb.start(), names(TEXT + " " + clause))
    assert subject is not None
    assert (subject.name, subject.role) == (name, role)


@pytest.mark.parametrize(
    "clause", ["Jane Roe did not say", "Jane Roe never said", "Jane Roe and Tom Ash said", "when said"]
)
def test_no_clear_subject(clause: str) -> None:
    verb = [*VERB.finditer(clause)][-1]
    assert subject_before(clause, verb.start(), names(TEXT + " " + clause)) is None


@pytest.mark.parametrize(
    ("clause", "name", "role"),
    [
        ("said Jane Roe.", "Jane Roe", None),
        ("said harbour director Jane Roe.", "Jane Roe", "harbour director"),
        ("said the mayor, Jane Roe.", "Jane Roe", "mayor"),
        ("said Roe, the mill's director.", "Roe", "mill's director"),
        ("said a spokesman for the mill.", None, "spokesman for the mill"),
        ("said one resident.", None, "resident"),
        ("said Dunmore's CEO, who left.", None, "Dunmore's CEO"),
        ("said Dunmore's owner, Tom Ash.", "Tom Ash", "Dunmore's owner"),
    ],
)
def test_subject_after_a_verb(clause: str, name: str | None, role: str | None) -> None:
    subject = subject_after(clause, 4, names("We met Dunmore. " + clause))
    assert subject is not None
    assert (subject.name, subject.role) == (name, role)


def test_two_subjects_after_a_verb_are_none() -> None:
    assert subject_after("said Jane Roe and Tom Ash.", 4, names()) is None
