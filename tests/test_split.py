"""Passages and sentences: what must hold for any document, and how passages are cut."""

from __future__ import annotations

import time

import pytest
from fakes import FakeEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from test_structure import COMMENTS, INTERVIEW, PIECES, TEXTS

from index.document import Document, Passage
from index.split import paragraphs_of, sentences_of, split_document
from index.structure import read_structure
from index.sync import passage_rows

EMBEDDER = FakeEmbedder()
RULES = ["=" * 40, "= " * 30, "\n\n=-=-=-=-=-=-=-=-=-=\n\n", "\n" + "." * 50 + "\n", "w" * 300, "Hello there friend. "]
JUNK = st.lists(st.one_of(st.sampled_from(PIECES + RULES), st.text(max_size=5)), max_size=50).map("".join)


def document_of(text: str) -> Document:
    return Document("d1", "a.txt", "A title", None, None, None, text, read_structure(text).blocks)


def size(text: str) -> int:
    return EMBEDDER.word_pieces([text])[0]


def passages_of(text: str, target: int = 128, limit: int = 254) -> tuple[Passage, ...]:
    return split_document(document_of(text), EMBEDDER.word_pieces, target, limit)


def texts_of(text: str, target: int = 128, limit: int = 254) -> list[str]:
    return [text[passage.start : passage.end] for passage in passages_of(text, target, limit)]


@settings(max_examples=300, deadline=None)
@given(st.one_of(TEXTS, JUNK), st.integers(1, 20), st.integers(0, 10))
def test_passages_of_any_text(text: str, target: int, room: int) -> None:
    limit = target + room
    document = document_of(text)
    passages = passages_of(text, target, limit)
    assert passages == passages_of(text, target, limit)
    position = 0
    for passage in passages:
        assert position <= passage.start < passage.end <= len(text)
        words = text[passage.start : passage.end]
        assert words == words.strip()
        assert size(words) <= limit
        position = passage.end
    assert len({passage.id for passage in passages}) == len(passages)
    for block in paragraphs_of(document):
        for start, end in sentences_of(document, block):
            assert block.start <= start < end <= block.end
            touching = [p for p in passages if p.start < end and start < p.end]
            assert touching
            if size(text[start:end]) <= limit:
                assert [(p.start <= start, end <= p.end) for p in touching] == [(True, True)]
    for row in passage_rows(document, passages, EMBEDDER)[0]:
        assert all(row.passage.start <= a < b <= row.passage.end for a, b, _ in row.sentences)
        assert row.sentences


@pytest.mark.parametrize("rule", ["\n\n" + "=" * 300 + "\n\n", " " + "= " * 300, "\n" + "=-" * 300 + "\n"])
def test_what_lies_between_sentences_counts(rule: str) -> None:
    texts = texts_of(f"One sentence here.{rule}Another sentence here.")
    assert texts[0].startswith("One sentence here.")
    assert texts[-1].endswith("Another sentence here.")
    assert max(map(size, texts)) <= 254


def test_a_heading_stays_with_what_follows() -> None:
    text = "".join(f"# Section {n}\n\n" + "The crane lifts a box from the ship. " * 4 + "\n\n" for n in range(6))
    texts = texts_of(text, target=40)
    assert all(words.startswith("# Section") for words in texts)
    assert all(len(words.splitlines()) > 1 for words in texts)


def test_a_passage_has_one_voice() -> None:
    for text in (INTERVIEW, COMMENTS):
        document = document_of(text)
        for passage in passages_of(text):
            touched = [b for b in document.blocks if b.start < passage.end and passage.start < b.end]
            assert len({block.speaker for block in touched}) == 1


def test_a_label_is_no_part_of_what_is_said() -> None:
    texts = texts_of(INTERVIEW)
    assert any(words.startswith("What did you find") for words in texts)
    assert not any(words.startswith(("JANE ROE:", "PORT WEEKLY:")) for words in texts)


@pytest.mark.parametrize("text", ["", " \n ", "....", "=====", "\u2028"])
def test_nothing_to_say_is_no_passage(text: str) -> None:
    assert passages_of(text) == ()


def test_a_word_without_end() -> None:
    assert texts_of("w" * 5000) == ["w" * 5000]
    pieces = texts_of("w," * 2500)
    assert "".join(pieces).replace(",", "") == "w" * 2500
    assert max(map(size, pieces)) <= 254


def test_a_page_starts_where_its_passage_starts() -> None:
    text = "First page.\n\n" + "Second page."
    document = Document("d1", "a.pdf", None, None, None, None, text, (), (0, 13))
    assert [p.page for p in split_document(document, EMBEDDER.word_pieces, 3, 254)] == [1, 2]


def test_headings_above_and_sentences_take_linear_time() -> None:
    document = document_of(COMMENTS * (500_000 // len(COMMENTS)))
    began = time.process_time()
    passages = split_document(document, EMBEDDER.word_pieces, 128, 254)
    rows, _ = passage_rows(document, passages, EMBEDDER)
    assert time.process_time() - began < 25
    assert len(rows) == len(passages)


def test_an_answer_carries_its_question() -> None:
    document = document_of(INTERVIEW)
    rows, _ = passage_rows(document, passages_of(INTERVIEW), EMBEDDER)
    answer = next(row for row in rows if row.passage.kind == "interview_answer")
    assert answer.heading.splitlines()[:2] == ["A title", "Jane Roe"]
    assert "What did you find" in answer.heading


def test_a_sentence_is_not_cut_between_a_title_and_a_name_behind_a_quotation_mark() -> None:
    text = "A guest thundered, “Mr. Roe, open this gate.” Nobody moved. (Dr. Ash did.)"
    document = document_of(text)
    found = [text[start:end] for start, end in sentences_of(document, document.blocks[0])]
    assert found == ["A guest thundered, “Mr. Roe, open this gate.”", "Nobody moved.", "(Dr. Ash did.)"]
