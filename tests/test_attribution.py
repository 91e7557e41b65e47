"""Whose words a citation says they are: names in all their forms, and the free texts that question sets give."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics
from eval.metrics import Attribution, Said
from index.document import Document
from rag.answering import Citation

untimed = settings(deadline=None, max_examples=60)  # a busy machine is no failure
NAME_PARTS = "Una You Brae Okafor Ø’Shea Jean-Luc Étienne van der Mr. Dr. Dealer Undisclosed #2 #3 K. 4 of".split()
names = st.lists(st.sampled_from(NAME_PARTS), min_size=1, max_size=4).map(" ".join)
outcomes = st.lists(st.sampled_from(["right", "wrong", "missing"]))


def cite(
    speaker: str | None = None,
    via: tuple[str, ...] = (),
    date: str | None = None,
    author: str | None = None,
    publisher: str | None = None,
) -> Citation:
    document = Document("d", "a.txt", None, author, publisher, None, "words")
    return Citation(1, document, 0, 5, "words", speaker=speaker, via=via, date=date)


# --- names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You", "Rowena You"),
        ("rowena YOU", "Rowena You"),
        ("Xu", "Mei Xu"),
        ("Mr. You", "Rowena You"),
        ("Dr. Rowena You", "You"),
        ("Professor You", "Rowena You"),
        ("R. You", "Rowena You"),
        ("R. K. You", "Rowena You"),
        ("Rowena K. You", "Rowena You"),
        ("Rowena You’s", "Rowena You"),
        ("Jean Luc Brae", "Jean-Luc Brae"),
        ("Una O'Shea", "Una O’Shea"),
        ("Etienne Brae", "Étienne Brae"),
        ("E\u0301tienne Brae", "\u00c9tienne Brae"),
        ("the Harbour Gazette", "Harbour Gazette"),
        ("Undisclosed Dealer #2", "undisclosed dealer #2"),
        ("Channel 4", "Channel 4 News"),
        ("X", "x"),
    ],
)
def test_names_of_one_person(one: str, other: str) -> None:
    assert metrics.same_name(one, other)
    assert metrics.same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rowena You", "Rowena Brae"),
        ("You", "Young"),
        ("A. You", "Rowena You"),
        ("R", "Rowena You"),
        ("R", "R. You"),
        ("Mr.", "Mr. You"),
        ("Mr.", "Mr."),
        ("of", "Bank of Brae"),
        ("", "Rowena You"),
        ("", ""),
        ("Undisclosed Dealer #2", "Undisclosed Dealer #3"),
        ("Undisclosed Dealer #2", "Undisclosed Dealer #25"),
        ("Undisclosed Dealer #2", "Undisclosed Installer #2"),
        ("Dealer #2", "Undisclosed Dealer #2"),  # a numbered name is whole or another
        ("Undisclosed Dealer", "Undisclosed Dealer #2"),
        ("#2", "Undisclosed Dealer #2"),
        ("Reader 4", "Reader 5"),
        ("Reader", "Reader 5"),
    ],
)
def test_names_of_two_people(one: str, other: str) -> None:
    assert not metrics.same_name(one, other)
    assert not metrics.same_name(other, one)


@untimed
@given(names, names)
def test_being_one_person_has_no_direction(one: str, other: str) -> None:
    assert metrics.same_name(one, other) == metrics.same_name(other, one)
    assert metrics.same_name(one, other.upper()) == metrics.same_name(one, other)
    assert metrics.same_name(one, f" Mr. {other}") == metrics.same_name(one, other)
    assert metrics.same_name(one, " ".join(other.split()[::-1])) == metrics.same_name(one, other)


# --- speakers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("citation", "speakers", "expected"),
    [
        (cite("Rowena You"), ("Rowena You",), "right"),
        (cite("You"), ("Una Brae", "Rowena You"), "right"),
        (cite("Una Brae"), ("Rowena You",), "wrong"),
        (cite("Undisclosed Dealer #2"), ("Undisclosed Dealer #2",), "right"),
        (cite("Undisclosed Dealer #2"), ("Undisclosed Dealer #3",), "wrong"),
        # Nobody named.
        (cite(), ("Rowena You",), "missing"),
        (cite(""), ("Rowena You",), "missing"),
        (cite(" "), ("Rowena You",), "missing"),
        (cite(), (), "right"),
        (cite(""), (), "right"),
        (cite(), ("Rowena You", ""), "right"),  # hers or nobody's
        # Somebody named where nobody is.
        (cite("Rowena You"), (), "wrong"),
        (cite("Una Brae"), ("Rowena You", ""), "wrong"),
        # The document's own words.
        (cite(author="Rowena You"), ("Rowena You",), "right"),
        (cite(publisher="The Harbour Gazette"), ("Harbour Gazette",), "right"),
        (cite(author="Una Brae", publisher="Gazette"), ("Rowena You",), "missing"),
        (cite("Una Brae", author="Rowena You"), ("Rowena You",), "wrong"),
        (cite(author="Rowena You"), (), "right"),
        # A list names somebody else too.
        (cite("Rowena You and Una Brae"), ("Rowena You",), "wrong"),
        (cite("Rowena You; Una Brae"), ("Una Brae",), "wrong"),
        (cite("Una Brae, Rowena You"), ("Una Brae",), "wrong"),
        (cite("Una Brae & Rowena You"), ("Una Brae",), "wrong"),
        (cite("Una Brae, Rowena You"), ("Una Brae", "Rowena You"), "right"),
        (cite("Brae, Una"), ("Una Brae",), "right"),
        (cite("Brae & Sons"), ("Brae & Sons",), "right"),
        (cite("You and Okafor Ltd."), ("You and Okafor Ltd.",), "right"),
        (cite("A&B"), ("A&B",), "right"),
    ],
)
def test_attribute(citation: Citation, speakers: tuple[str, ...], expected: Attribution) -> None:
    assert metrics.attribute(citation, Said(speakers)) == expected


@untimed
@given(st.one_of(st.none(), names), st.lists(names, max_size=3), names)
def test_attribution_is_not_harmed_by_more_speakers(speaker: str | None, expected: list[str], another: str) -> None:
    once = metrics.attribute(cite(speaker), Said(tuple(expected)))
    assert metrics.attribute(cite(speaker), Said(tuple(expected[::-1]))) == once
    assert (once == "missing") == (speaker is None and bool(expected))
    if once == "right" and expected:
        assert metrics.attribute(cite(speaker), Said((*expected, another))) == "right"


@untimed
@given(outcomes)
def test_the_worst_of_several(several: list[Attribution]) -> None:
    order = ["wrong", "missing", "right"]
    assert metrics.worst(several) == (min(several, key=order.index) if several else None)


# --- carriers and dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("citation", "via", "expected"),
    [
        (cite(), None, None),
        (cite(via=("Gazette",)), None, None),
        (cite(), (), None),
        (cite(via=("Gazette",)), (), False),  # the set says that there is none
        (cite(via=("Gazette",), publisher="Harbour Gazette"), (), None),
        (cite(via=("Harbour Gazette",)), ("Harbour Gazette",), True),
        (cite(via=("", "Gazette")), ("Harbour Gazette",), True),
        (cite(publisher="Harbour Gazette"), ("Harbour Gazette",), True),
        (cite(author="Una Brae"), ("Una Brae",), True),
        (cite(), ("Harbour Gazette",), False),
        (cite(via=("Gazette",)), ("Harbour Gazette", "Brae Monthly"), False),
        (cite(via=("Gazette",), publisher="Brae Monthly"), ("Harbour Gazette", "Brae Monthly"), True),
        (cite(via=("Gazette", "Brae Monthly", "Okafor")), ("Harbour Gazette",), False),  # naming all is no merit
    ],
)
def test_via_named(citation: Citation, via: tuple[str, ...] | None, expected: bool | None) -> None:
    assert metrics.via_named(citation, Said((), via)) is expected


@pytest.mark.parametrize(
    ("given_", "expected_date", "expected"),
    [
        ("2018-05-02", "2018-05-02", True),
        ("2018-05-03", "2018-05-02", False),
        ("2018-05-02T10:30", "2018-05-02", True),
        ("2018-05", "2018-05-02", True),  # as far as both are precise
        ("2018", "2018-05-02", True),
        ("2018-05-02", "2018", True),
        ("2019", "2018-05-02", False),
        ("2018-0", "2018-05-02", False),
        ("201", "2018-05-02", False),
        ("", "2018-05-02", False),
        (None, "2018-05-02", False),
        ("2018-05-02", None, None),
        (None, None, None),
    ],
)
def test_date_given(given_: str | None, expected_date: str | None, expected: bool | None) -> None:
    assert metrics.date_given(cite(date=given_), Said((), None, expected_date)) is expected


@untimed
@given(st.dates(), st.dates())
def test_whole_dates_are_the_same_or_not(one: object, other: object) -> None:
    assert metrics.date_given(cite(date=str(one)), Said((), None, str(other))) == (one == other)


# --- what a set says in its own words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Rowena You", ("Rowena You",)),
        ("Rowena You (President), in the interview", ("Rowena You",)),
        ("Rowena You (President, Brae Ltd), comment of May 2, 2018", ("Rowena You",)),
        ("Dr. K. Okafor", ("Dr. K. Okafor",)),
        ("Piet van der Brae", ("Piet van der Brae",)),
        ("Ana da Silva", ("Ana da Silva",)),
        ("Étienne Øvre (author)", ("Étienne Øvre",)),
        ("王伟", ("王伟",)),
        ("Department of the Harbour", ("Department of the Harbour",)),
        ("Brae & Sons, quoted by the Harbour Gazette", ("Brae & Sons",)),
        # Several.
        ("Rowena You; Una Brae", ("Rowena You", "Una Brae")),
        ("Rowena You vs Una Brae", ("Rowena You", "Una Brae")),
        ("Rowena You vs. Una Brae, in the thread", ("Rowena You", "Una Brae")),
        ("Undisclosed Dealer #4 and Una Brae, May 2, 2018", ("Undisclosed Dealer #4", "Una Brae")),
        ("Rowena You (page 2); unnamed reader", ("Rowena You", "")),
        # Numbered, so named.
        ("Undisclosed Dealer #4, May 2, 2018", ("Undisclosed Dealer #4",)),
        ("Undisclosed Harbour Master #1", ("Undisclosed Harbour Master #1",)),
        ("Undisclosed End-User #1", ("Undisclosed End-User #1",)),
        ("Undisclosed #6", ("Undisclosed #6",)),
        # Nobody.
        ("unnamed commenter (the page shows no names)", ()),
        ("two unnamed commenters", ()),
        ("Anonymous", ()),
        ("undisclosed reader", ()),
        ("Unknown", ()),
        ("unattributed quotation in a comment", ()),
        ("a reader (unnamed)", ()),
        ("Commenter, an unidentified dealer", ()),
        ("unlabelled reply; commenter addressed as Una", ()),
        # Somebody named beside somebody who is not.
        ("Rowena You, quoted by an unnamed commenter", ("Rowena You",)),
        ("Rowena You (in an anonymous pamphlet)", ("Rowena You",)),
        # It can't be told.
        (None, None),
        ("", None),
        (" ", None),
        (";", None),
        ("(2018)", None),
        ("the message pasted by a reader", None),
        ("Harbour Gazette article", None),
        ("Rowena You; the article's text", None),
        ("committee spokeswoman via Una Brae", None),
        ("of the", None),
    ],
)
def test_expected_speakers(description: str | None, expected: tuple[str, ...] | None) -> None:
    assert metrics.expected_speakers(description) == expected


@untimed
@given(st.text())
def test_any_description_can_be_read(description: str) -> None:
    speakers = metrics.expected_speakers(description)
    assert speakers is None or all(name == name.strip() for name in speakers)


@untimed
@given(st.sampled_from(["Rowena You", "Undisclosed Dealer #4", "Brae & Sons", "Dr. K. Okafor", "Una Ø’Shea"]))
def test_who_is_expected_is_right_to_name(name: str) -> None:
    speakers = metrics.expected_speakers(f"{name} (page 2), in an interview with a reader")
    assert speakers == (name,)
    assert metrics.attribute(cite(name), Said(speakers)) == "right"
    assert metrics.attribute(cite("Somebody Else"), Said(speakers)) == "wrong"
    assert metrics.attribute(cite(), Said(speakers)) == "missing"
