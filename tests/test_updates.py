"""Updates and corrections: what is one, how far it goes, when it was written."""

from __future__ import annotations

import re
import time

import pytest

from index.document import Block
from index.reading.updates import mark_updates

BODY = "The ferry stopped running on Monday after the engine failed in the middle of the river, and nobody was hurt."
LATER = "It runs again since Wednesday, the company said."


def blocks_of(*parts: str | tuple[str, str]) -> tuple[str, list[Block]]:
    """A text and its blocks: (kind, words), a body where only the words are given."""
    text, blocks = "", []
    for part in parts:
        kind, words = ("body", part) if isinstance(part, str) else part
        blocks.append(Block(kind, len(text), len(text) + len(words)))
        text += f"{words}\n\n"
    return text, blocks


def updates(*parts: str | tuple[str, str]) -> list[str]:
    text, blocks = blocks_of(*parts)
    return [text[b.start : b.end] for b in mark_updates(text, blocks) if b.kind == "update"]


@pytest.mark.parametrize(
    "label",
    [
        "UPDATE:",
        "Update (May 3):",
        "UPDATE 2:",
        "Update #2:",
        "**Update:**",
        "Update May 3, 2018 –",
        "CORRECTION:",
        "Correction, May 3:",
        "Corrected 3 May 2018:",
        "Updated September 28, 2018:",
        "Clarification, October 12:",
        "Editor's note:",
        "Editor’s Note:",
        "Erratum:",
        "Postscript:",
        "[UPDATE 3:15 pm]:",
        "Late update, May 3:",
        "Second update:",
        "Further correction:",
        "EDIT:",
        "Edit:",
        "Addendum:",
        "Clarifications:",
        "Errata:",
        "Korrektur:",
        "Berichtigung vom 3. Mai 2018:",
        "Nachtrag:",
        "Aktualisierung (3. Mai 2018):",
        "Anmerkung der Redaktion:",
        "Rectificatif :",
        "Mise à jour :",
        "Mise à jour (3 mai 2018) :",
        "Corrección:",
        "Fe de erratas:",
        "Actualización:",
    ],
)
def test_a_paragraph_with_a_label_is_an_update(label: str) -> None:
    assert updates(BODY, f"{label} {LATER}") == [f"{label} {LATER}"]


@pytest.mark.parametrize(
    "notice",
    [
        "This article was updated on May 3, 2018, to give the right day.",
        "*This story has been corrected to give the right day.*",
        "An earlier version of this article gave the wrong day.",
    ],
)
def test_a_notice_is_an_update(notice: str) -> None:
    assert updates(BODY, notice, BODY) == [notice]


@pytest.mark.parametrize(
    "words",
    [
        "Update on the recommendations of the board that met last May in Brill",
        "Updates from the mill come every day: we print them all in this place.",
        "Corrections policy",
        "Update",
        "Updated May 3, 2018",
        "The update: it never came to the ferry, and nobody knew why.",
        "Updating the mill: what we know of it after two days.",
    ],
)
def test_other_words_with_update_are_none(words: str) -> None:
    assert updates(BODY, words, ("furniture", "Share")) == []


@pytest.mark.parametrize("kind", ["title", "furniture", "comment", "byline"])
def test_a_title_a_menu_or_a_comment_is_no_update(kind: str) -> None:
    assert updates((kind, "Update: the ferry runs again since Wednesday"), BODY) == []


def test_what_follows_the_heading_of_an_update_is_update_until_another_heading() -> None:
    parts = [BODY, BODY, ("heading", "UPDATE: Ferry Line Responds"), LATER, ("quotation", "We are sorry."), LATER]
    assert updates(*parts, ("heading", "What happens next"), BODY) == [LATER, LATER]


def test_a_label_of_its_own_opens_an_update() -> None:
    assert updates(BODY, BODY, "UPDATE 2", LATER) == ["UPDATE 2", LATER]
    assert updates(BODY, BODY, "Update", LATER) == ["Update", LATER]


def test_paragraphs_after_an_update_at_the_end_belong_to_it() -> None:
    assert updates(BODY, f"Update: {LATER}", LATER) == [f"Update: {LATER}", LATER]


def test_a_correction_is_one_paragraph() -> None:
    assert updates(BODY, f"Correction: {LATER}", LATER) == [f"Correction: {LATER}"]


def test_an_update_above_the_article_is_one_paragraph() -> None:
    assert updates(f"UPDATE: {LATER}", BODY, BODY) == [f"UPDATE: {LATER}"]
    assert updates(("heading", "UPDATE"), LATER, BODY, BODY) == [LATER]


def test_an_update_within_a_long_article_is_one_paragraph() -> None:
    assert updates(BODY, f"Update: {LATER}", BODY, BODY, BODY) == [f"Update: {LATER}"]


def test_lists_of_other_articles_and_comments_after_an_update_are_none() -> None:
    assert updates(BODY, BODY, f"Update: {LATER}", ("furniture", "Related reports:"), LATER) == [f"Update: {LATER}"]
    assert updates(BODY, BODY, f"Update: {LATER}", ("comment", "Good."), LATER) == [f"Update: {LATER}"]


def test_each_update_has_its_own_date() -> None:
    text, blocks = blocks_of(
        ("byline", "By Jane Roe, April 30, 2018"),
        BODY,
        BODY,
        f"Update (May 3): {LATER}",
        LATER,
        ("heading", "UPDATE 2: The Ferry Line Responds"),
        "On May 14, 2018, the ferry line wrote to us.",
        f"CORRECTION 5 June 2018: {LATER}",
        f"Update: {LATER}",
    )
    dates = [block.date for block in mark_updates(text, blocks) if block.kind == "update"]
    assert dates == ["2018-05-03", "2018-05-03", "2018-05-14", "2018-06-05", None]


def test_a_date_in_the_story_is_not_the_date_of_the_update() -> None:
    text, blocks = blocks_of(BODY, "Update: The ferry was built in the yard at Brill on May 3, 1998, by two brothers.")
    assert mark_updates(text, blocks)[1].date is None


@pytest.mark.parametrize(
    "unit", ["Update: a\n", "Update (\n", "UPDATE\n", "Update " * 50 + "\n", "a\n", "#" * 99 + "\n"]
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    blocks = [Block("body", m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    began = time.process_time()
    mark_updates(text, blocks)
    assert time.process_time() - began < 10
