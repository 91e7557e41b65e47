"""Who speaks in a stretch: the leaf that holds most of it, in the paragraph and thread around it."""

from __future__ import annotations

import time
from itertools import pairwise

from index.document import Block, Document
from index.voices import Voice, Voices, voice_at

TEXT = "“We sold the mill in spring,” said Roe, who left. “It was time.”\n\nI doubt it.\n\n“It was time.”\n\nNo.\n"
FIRST = TEXT.index("said")
SECOND = TEXT.index("“It")
BLOCKS = (
    Block("body", 0, 66),
    Block("quotation", 0, FIRST, "Jane Roe", "miller", ("Mill Wire",), parent=0),
    Block("body", FIRST, SECOND, parent=0),
    Block("quotation", SECOND, 66, "Jane Roe", "miller", ("Mill Wire",), parent=0),
    Block("comment", 66, 79),
    Block("quotation", 79, 95, "Jane Roe"),
    Block("comment", 95, len(TEXT), "Otto", date="2019-05-05"),
)
DOCUMENT = Document("d", "a.txt", None, None, None, None, TEXT, BLOCKS)


def test_a_sentence_that_is_mostly_quoted_has_the_voice_of_the_quoted() -> None:
    voice = voice_at(DOCUMENT, 0, SECOND)
    assert voice == Voice("quotation", "body", "Jane Roe", "miller", ("Mill Wire",))


def test_parts_of_one_quotation_count_together() -> None:
    assert voice_at(DOCUMENT, 0, 66).speaker == "Jane Roe"


def test_the_words_between_are_the_texts_own() -> None:
    assert voice_at(DOCUMENT, FIRST, SECOND) == Voice("body", "body")


def test_what_follows_a_comment_is_in_the_thread() -> None:
    assert voice_at(DOCUMENT, 79, 90) == Voice("quotation", "quotation", "Jane Roe", in_thread=True)
    assert voice_at(DOCUMENT, 95, 98) == Voice("comment", "comment", "Otto", date="2019-05-05", in_thread=True)


def test_reported_speech_is_not_a_quotation() -> None:
    text = "Roe said the mill was sold. It rained."
    blocks = (Block("body", 0, 38), Block("body", 0, 28, "Jane Roe", parent=0), Block("body", 28, 38, parent=0))
    document = Document("d", "a.txt", None, None, None, None, text, blocks)
    assert voice_at(document, 0, 27) == Voice("body", "body", "Jane Roe", reported=True)
    assert not voice_at(document, 28, 38).reported


def test_what_a_role_is_told_to_have_said_is_reported() -> None:
    text = "A clerk said the mill was sold. It rained."
    blocks = (Block("body", 0, 42), Block("body", 0, 32, None, "clerk", parent=0), Block("body", 32, 42, parent=0))
    document = Document("d", "a.txt", None, None, None, None, text, blocks)
    assert voice_at(document, 0, 31) == Voice("body", "body", None, "clerk", reported=True)
    assert not voice_at(document, 32, 42).reported


def test_a_document_without_blocks_and_an_empty_stretch_have_a_voice() -> None:
    assert voice_at(Document("d", "a.txt", None, None, None, None, "Some words."), 3, 3) == Voice("body", "body")


def test_a_masked_section_reaches_from_its_heading_to_the_next_or_to_readable_text() -> None:
    parts = ["It rained.\n\n", "Who ****\n\n", "*** mill ****.\n\n", "*** town ****.\n\n", "How ****\n\n", "** ***.\n"]
    kinds = ["body", *["masked"] * 5]
    places = [sum(map(len, parts[:n])) for n in range(len(parts) + 1)]
    blocks = tuple(Block(kind, *place) for kind, place in zip(kinds, pairwise(places), strict=True))
    voices = Voices(Document("d", "a.txt", None, None, None, None, "".join(parts), blocks))
    assert voices.masked_section(places[2]) == voices.masked_section(places[1]) == "".join(parts[1:4])
    assert voices.masked_section(places[5]) == "".join(parts[4:])


def test_documents_alike_but_for_their_blocks_keep_their_own_voices() -> None:
    one = Document("d", "a.txt", None, None, None, None, "No.", (Block("comment", 0, 3, "Jane Roe"),))
    other = Document("d", "a.txt", None, None, None, None, "No.", (Block("comment", 0, 3, "Otto"),))
    assert [voice_at(document, 0, 3).speaker for document in (one, other, one)] == ["Jane Roe", "Otto", "Jane Roe"]


def test_a_long_document_is_laid_out_once() -> None:
    text = "Some words of it. " * 20_000
    blocks = tuple(Block("comment" if n % 2 else "body", 18 * n, 18 * n + 18) for n in range(20_000))
    document = Document("d", "a.txt", None, None, None, None, text, blocks)
    began = time.process_time()
    for n in range(5_000):  # anew each time: minutes
        voice_at(document, 18 * n, 18 * n + 10)
    assert time.process_time() - began < 3


def test_marks_in_a_comment_that_are_said_to_be_nobodys_are_the_commenters_words() -> None:
    text = 'The mill says "no flood ever reached us" and I doubt it.'
    blocks = (
        Block("comment", 0, len(text), "Ann Poe"),
        Block("comment", 0, 14, "Ann Poe", parent=0),
        Block("quotation", 14, 40, via=("Ann Poe",), parent=0),
        Block("comment", 40, len(text), "Ann Poe", parent=0),
    )
    document = Document("d", "d.txt", None, None, None, None, text, blocks)
    assert voice_at(document, 14, 40) == voice_at(document, 0, 14)
