"""Who says it, through whom, where and when: the words before a quotation hold what the data say, and no more."""

from __future__ import annotations

import pytest

from index.document import Document
from index.voices import Voice
from rag.introduce import introduce, readable_date


def document(text: str = "", title: str | None = "The Mill", **known: str) -> Document:
    return Document(
        "d", "papers/mill.txt", title, known.get("author"), known.get("publisher"), known.get("published"), text
    )


def test_a_named_speaker_with_a_role() -> None:
    said = introduce(
        document(published="2019-05-04", publisher="The Valley"),
        Voice("interview_answer", "interview_answer", speaker="Jane Roe", role="chief miller"),
    )
    assert said == "Jane Roe (chief miller), in the Valley’s “The Mill” (May 4, 2019)"


def test_a_named_speaker_without_a_role() -> None:
    voice = Voice("interview_answer", "interview_answer", speaker="Jane Roe")
    assert introduce(document(), voice) == "Jane Roe, in “The Mill”"


def test_a_person_quoted_by_a_paper_that_the_article_quotes() -> None:
    source = document("The Weekly Port Times asked the harbour.", publisher="Mill Days", published="2019-05-04")
    voice = Voice("quotation", "body", "Jane Roe", "the harbour’s chair", ("Weekly Port Times",))
    said = introduce(source, voice)
    assert said == (
        "Jane Roe (the harbour’s chair), quoted by the Weekly Port Times, in Mill Days’ “The Mill” (May 4, 2019)"
    )


def test_a_chain_names_every_carrier_from_the_speaker_on() -> None:
    voice = Voice("quotation", "body", "Jane Roe", None, ("Otto Fen", "Mill Wire"))
    assert introduce(document(), voice) == "Jane Roe, quoted by Otto Fen, as quoted by Mill Wire, in “The Mill”"


@pytest.mark.parametrize(
    ("role", "named"), [("chair of the harbour", "The chair of the harbour"), ("a spokesman", "A spokesman")]
)
def test_somebody_of_whom_only_a_role_is_known(role: str, named: str) -> None:
    assert introduce(document(), Voice("quotation", "body", None, role)) == f"{named}, quoted in “The Mill”"


def test_a_quotation_of_nobody_named() -> None:
    assert introduce(document(), Voice("quotation", "body")) == "An undisclosed speaker, quoted in “The Mill”"


def test_who_speaks_by_an_office_alone() -> None:
    assert introduce(document(), Voice("interview_answer", "body", None, "chair")) == "The chair, in “The Mill”"


def test_what_somebody_said_in_the_words_of_the_text() -> None:
    voice = Voice("body", "body", "Jane Roe", reported=True)
    assert introduce(document(), voice) == "Jane Roe, as reported in “The Mill”"


def test_a_comment_with_name_and_date() -> None:
    voice = Voice("comment", "comment", "Otto", date="2019-05-05", in_thread=True)
    said = introduce(document(published="2019-05-04"), voice)
    assert said == "Otto, in a comment under “The Mill” (May 5, 2019)"


def test_unnamed_comments_are_undisclosed_and_have_no_day_of_the_article() -> None:
    source, voice = document(published="2019-05-04"), Voice("comment", "comment", in_thread=True)
    assert introduce(source, voice) == "An undisclosed commenter under “The Mill”"
    assert introduce(source, voice, count=2).startswith("Undisclosed commenters under")


def test_what_a_comment_repeats_of_an_earlier_one() -> None:
    voice = Voice("quotation", "quotation", "Otto", via=("Mary",), date="2019-05-05", in_thread=True)
    assert introduce(document(), voice) == "Otto, quoted by Mary in a comment under “The Mill” (May 5, 2019)"
    unnamed = Voice("quotation", "quotation", in_thread=True)
    said = "An undisclosed speaker, quoted by an undisclosed commenter in a comment under “The Mill”"
    assert introduce(document(), unnamed) == said


def test_a_list_beside_the_article_is_called_that() -> None:
    said = introduce(document(published="2019-05-04"), Voice("furniture", "furniture"))
    assert said == "From a list beside the article, in “The Mill” (May 4, 2019)"


def test_an_update_keeps_its_own_day() -> None:
    source = document(publisher="The Valley", published="2019-05")
    assert introduce(source, Voice("update", "update")) == "An update in the Valley’s “The Mill” (May 2019)"
    dated = Voice("update", "update", date="2019-06-01")
    assert introduce(source, dated) == "An update in the Valley’s “The Mill” (Jun 1, 2019)"


def test_an_article_with_author_publisher_and_date() -> None:
    source = document(author="Jane Roe", publisher="The Valley", published="2019-05-04")
    assert introduce(source, Voice("body", "body")) == "The Valley’s “The Mill” (by Jane Roe, May 4, 2019)"


def test_a_paper_has_the_article_that_the_text_gives_it() -> None:
    source = document("Nobody told the Port Times of it.", publisher="Port Times")
    assert introduce(source, Voice("body", "body")) == "The Port Times’ “The Mill”"
    assert introduce(source, Voice("quotation", "body", "Jane Roe")) == "Jane Roe, quoted in the Port Times’ “The Mill”"


def test_a_document_is_named_once() -> None:
    source = document(author="Otto Fen", published="2019-05-04")
    quoted = Voice("quotation", "body", "Jane Roe", None, ("Mill Wire",))
    assert introduce(source, quoted, again=True) == "Jane Roe, quoted by Mill Wire, in the same document"
    assert introduce(source, Voice("body", "body"), again=True) == "The same document"
    comment = Voice("comment", "comment", "Otto", date="2019-05-05", in_thread=True)
    assert introduce(source, comment, again=True) == "Otto, in a comment under the same document (May 5, 2019)"


def test_an_article_of_which_nothing_is_known() -> None:
    assert introduce(document(title=None), Voice("body", "body")) == "papers/mill.txt"


@pytest.mark.parametrize(
    ("iso", "readable"),
    [
        ("2018-09-18", "Sep 18, 2018"),
        ("2018-09-08T10:00:00Z", "Sep 8, 2018"),
        ("2018-09", "Sep 2018"),
        ("2018", "2018"),
        ("last spring", "last spring"),
        ("2018-13-40", "2018-13-40"),
        ("", ""),
        (None, ""),
    ],
)
def test_dates_are_as_precise_as_the_source(iso: str | None, readable: str) -> None:
    assert readable_date(iso) == readable


@pytest.mark.parametrize(
    ("role", "words"), [("chair of the board", "The chair of the board"), ("Aller's chair", "Aller's chair")]
)
def test_a_role_gets_an_article_unless_it_has_an_owner(role: str, words: str) -> None:
    document = Document("d", "d.txt", "The Mill", None, None, None, "x", ())
    assert introduce(document, Voice("quotation", "quotation", role=role)).startswith(f"{words}, quoted")
