"""The catalog in real SQLite and the vectors in real Chroma: what goes in comes out, and what is removed is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from fakes import FakeEmbedder

from index.catalog import Catalog, File, PassageRow
from index.document import Block, Document, Passage
from index.split import split_document
from index.store import PASSAGES, SENTENCES, VectorStore
from index.sync import passage_rows

EMBEDDER = FakeEmbedder()
MILL = "The mill opened in 1891. It closed after the flood."
CAFE = "The café \"Zum Anker\" sells O'Brien's stew; C++ & <b>AT&T</b> 100%."


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    made = Catalog(tmp_path)
    made.create({"model": "fake"})
    return made


def document_of(identity: str, text: str) -> Document:
    block = Block("body", 0, len(text), "Jane Roe", "Boss", ("Port Weekly",), "2018-09-18", None, "a hint")
    return Document(identity, f"{identity}.txt", "A title", "Ann Lee", None, "2018-09", text, (block,), (0,), "ab")


def store_document(catalog: Catalog, document: Document, rows: Sequence[PassageRow], file: File) -> None:
    catalog.put_reading(document, b"")
    catalog.put_passages(document, document.blocks, rows, b"", [file])


def put(catalog: Catalog, document: Document) -> list[Passage]:
    passages = split_document(document, EMBEDDER.word_pieces, 128, 254)
    rows, texts = passage_rows(document, passages, EMBEDDER)
    catalog.put_vectors(list(texts), EMBEDDER.encode(list(texts.values())))
    store_document(catalog, document, rows, File(document.path, document.id, None, 1, 2, 3))
    return list(passages)


def count(catalog: Catalog, table: str) -> int:
    return int(catalog.connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def found(catalog: Catalog, words: str, documents: list[str] | None = None) -> list[str]:
    quoted = " OR ".join('"' + word.replace('"', '""') + '"' for word in words.split())
    return [identity for identity, _ in catalog.search_text(quoted, 10, documents)]


def test_a_document_comes_back_as_it_was(catalog: Catalog) -> None:
    document = document_of("mill", MILL)
    passages = put(catalog, document)
    assert catalog.document("mill") == document
    assert catalog.document("none") is None
    stored = catalog.passages([passages[0].id, "none"])
    assert stored == {passages[0].id: (passages[0], EMBEDDER.word_pieces([MILL])[0])}


def test_full_text_search_with_filters(catalog: Catalog) -> None:
    (mill,), (cafe,) = put(catalog, document_of("mill", MILL)), put(catalog, document_of("cafe", CAFE))
    assert found(catalog, "floods") == [mill.id]  # stemmed
    assert found(catalog, "cafe") == [cafe.id]  # without accents
    assert set(found(catalog, "title")) == {mill.id, cafe.id}  # what stands above counts too
    assert found(catalog, "title", ["cafe"]) == [cafe.id]
    assert found(catalog, "title", []) == []
    assert found(catalog, "flood stew", ["cafe", "none"]) == [cafe.id]
    assert catalog.search_text('"flood"', 10)[0][1] > 0


@pytest.mark.parametrize(
    "word", ['"', "'", "O'Brien", "*", "C++", "AT&T", "100%", "AND", "NEAR(", "-", ":", "text:", "😀"]
)
def test_odd_words_in_a_query(word: str, catalog: Catalog) -> None:
    put(catalog, document_of("cafe", CAFE))
    found(catalog, word)
    assert catalog.document_frequencies([word])[1] == 1


def test_document_frequencies(catalog: Catalog) -> None:
    put(catalog, document_of("mill", MILL))
    put(catalog, document_of("cafe", CAFE))
    assert catalog.document_frequencies(["flood", "floods", "nothing"]) == ({"flood": 1, "floods": 1, "nothing": 0}, 2)


def test_removal_takes_everything_along(catalog: Catalog) -> None:
    put(catalog, document_of("mill", MILL))
    (cafe,) = put(catalog, document_of("cafe", CAFE))
    catalog.put_files([], removed=["mill.txt"])
    for table in ("documents", "files", "blocks", "passages", "passages_text", "sentences"):
        assert count(catalog, table) == 1, table
    assert found(catalog, "mill flood") == []
    assert found(catalog, "title") == [cafe.id]
    catalog.drop_unused_vectors()
    keys = {key.vector for key in [*catalog.passage_keys().values(), *catalog.sentence_keys().values()]}
    assert count(catalog, "vectors") == len(keys)
    assert catalog.missing_vectors(keys) == set()


def test_vectors_come_back_as_they_were(catalog: Catalog) -> None:
    (mill,) = put(catalog, document_of("mill", MILL))
    keys = [f"key {number}" for number in range(1200)]  # more than one statement holds
    vectors = EMBEDDER.encode(keys)
    catalog.put_vectors(keys, vectors)
    stored = catalog.vectors(keys)
    assert all((stored[key] == vector).all() for key, vector in zip(keys, vectors, strict=True))
    assert catalog.missing_vectors([*keys, "other"]) == {"other"}
    assert numpy.allclose(catalog.vectors_of_passages([mill.id])[mill.id], EMBEDDER.encode([MILL])[0])
    sentences = catalog.sentence_vectors([mill.id])[mill.id]
    assert [MILL[s.start : s.end] for s in sentences] == ["The mill opened in 1891.", "It closed after the flood."]
    assert numpy.allclose(sentences[1].vector, EMBEDDER.encode(["It closed after the flood."])[0])


def test_a_failed_transaction_leaves_nothing(catalog: Catalog) -> None:
    put(catalog, document_of("mill", MILL))
    with pytest.raises(sqlite3.IntegrityError):
        put(catalog, document_of("mill", MILL))
    assert count(catalog, "passages") == count(catalog, "passages_text") == 1
    put(catalog, document_of("cafe", CAFE))


def test_the_store_gives_back_what_was_added(tmp_path: Path) -> None:
    store = VectorStore(tmp_path)
    assert store.open_or_rebuild() is False
    vectors = EMBEDDER.encode(["mill", "harbour", "ferry"])
    assert store.search(PASSAGES, vectors[0], 5) == []
    store.add(PASSAGES, ["a", "b", "c"], vectors, ["one", "one", "two"])
    assert store.counts() == (3, 0)
    best, cosine = store.search(PASSAGES, vectors[1], 5)[0]
    assert (best, cosine) == ("b", pytest.approx(1.0, abs=1e-5))
    assert [identity for identity, _ in store.search(PASSAGES, vectors[1], 5, ["two"])] == ["c"]
    assert store.search(PASSAGES, vectors[1], 5, []) == []
    assert numpy.allclose(store.vectors(PASSAGES, ["c"])["c"], vectors[2])
    store.delete(PASSAGES, ["b", "none"])
    assert (store.ids(PASSAGES), store.ids(SENTENCES)) == ({"a", "c"}, set())
    store.close()
    store.empty()
    assert store.counts() == (0, 0)
    store.close()


def test_reads_within_reading_are_of_one_state(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, document_of("mill", MILL))
    writer = Catalog(tmp_path)
    with catalog.reading():
        assert catalog.counts()[0] == 1
        put(writer, document_of("cafe", CAFE))
        with catalog.reading():
            assert catalog.counts()[0] == 1
        assert catalog.document("cafe") is None
    assert catalog.counts()[0] == 2
    with pytest.raises(ZeroDivisionError), catalog.reading():
        _ = 1 / 0
    put(catalog, document_of("ferry", "The ferry runs."))  # no snapshot is left open
    writer.close()


def test_storing_a_document_takes_no_other_away(catalog: Catalog) -> None:
    put(catalog, document_of("old", MILL))
    new = document_of("new", CAFE)
    rows, _ = passage_rows(new, split_document(new, EMBEDDER.word_pieces, 128, 254), EMBEDDER)
    store_document(catalog, new, rows, File("old.txt", "new", None, 1, 2, 3))
    assert catalog.has_document("old")
    catalog.put_files([])
    assert not catalog.has_document("old")


def test_starting_anew_moves_the_generation_on(catalog: Catalog) -> None:
    before = catalog.generation()
    put(catalog, document_of("mill", MILL))
    catalog.create({"model": "other"})
    assert catalog.generation() == before + 1
    assert count(catalog, "documents") == 0
    assert catalog.settings()["model"] == "other"


TALK = 'The owner is glad. "It will rain," says Jane Roe, the harbour master.'
SPOKEN = (
    Block("body", 0, len(TALK)),
    Block("body", 0, 19, parent=0),
    Block("quotation", 19, 34, "Jane Roe", "harbour master", ("Port Weekly", "Ann Lee"), "2031-03-09", 0),
    Block("body", 34, len(TALK), parent=0),
)


def document_with(identity: str, text: str, blocks: tuple[Block, ...]) -> Document:
    return Document(identity, f"{identity}.txt", "A title", None, None, None, text, blocks)


def test_parents_and_all_that_blocks_say_come_back(catalog: Catalog) -> None:
    document = document_with("talk", TALK, SPOKEN)
    put(catalog, document)
    assert catalog.document("talk") == catalog.as_read("talk") == document


def test_blocks_that_became_furniture_are_remembered_as_they_were_read(catalog: Catalog) -> None:
    document = document_with("talk", TALK, (*SPOKEN[:3], Block("comment", 34, len(TALK), None, hint="Jane", parent=0)))
    put(catalog, document)
    marked = replace(document, blocks=(*document.blocks[:3], Block("furniture", 34, len(TALK), parent=0)))
    for blocks in (marked, document, marked):
        catalog.put_passages(blocks, document.blocks, [], b"1", [])
        assert catalog.document("talk") == blocks
        assert catalog.as_read("talk") == document
    assert catalog.counts() == (0, 0)
    assert found(catalog, "owner") == []
    assert catalog.sketches() == {"talk": (b"", b"1")}


def test_a_document_without_a_file_is_seen_by_nobody(catalog: Catalog) -> None:
    document = document_of("mill", MILL)
    catalog.put_reading(document, b"lines")
    assert (catalog.document("mill"), catalog.document_ids()) == (None, [])
    assert catalog.as_read("mill") == replace(document, path="")
    assert catalog.has_document("mill")


def test_who_speaks_inside_a_paragraph_is_found(catalog: Catalog) -> None:
    (talk,) = put(catalog, document_with("talk", TALK.replace("says Jane Roe, the harbour master", "she says"), SPOKEN))
    for words in ("Jane", "harbour master", "weekly"):
        assert found(catalog, words) == [talk.id]


def test_a_hint_is_found_but_is_nobody_who_speaks(catalog: Catalog) -> None:
    comment = "That is wrong, I was there."
    (passage,) = put(catalog, document_with("talk", comment, (Block("comment", 0, len(comment), hint="Jane R."),)))
    assert found(catalog, "jane") == [passage.id]
    assert passage.speaker is None


def test_the_heading_of_a_masked_section_is_found(catalog: Catalog) -> None:
    text = "Tolls of the ferry\n\n*** **** ** ***** *** ******."
    blocks = (Block("heading", 0, 20), Block("masked", 20, len(text)))
    passages = put(catalog, document_with("toll", text, blocks))
    masked = [passage.id for passage in passages if passage.kind == "masked"]
    assert masked
    assert set(masked) <= set(found(catalog, "tolls"))
