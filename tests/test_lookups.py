"""What the catalog tells when a question is read: who speaks where, documents, passages with words, stems."""

from __future__ import annotations

import pytest
from conftest import MakeIndex

from index.lookups import (
    entries,
    has_words,
    passage_kinds,
    passages_of,
    passages_with,
    stem_counts,
    texts_with_stem,
    utterances,
)
from index.opening import Index

FERRY = """The night ferry

By Ada Quill, Weekly Port Times, May 4, 2019

The night ferry sails at ten and carries the post of the island, and the harbour board pays for its fuel.

"The engine was never tested in winter," said Jane Roe, the ferry's engineer.
"""


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index({"ferry.txt": FERRY, "mill.txt": "The mill\n\nThe mill grinds barley for the ferries.\n"})


def test_who_speaks_where(index: Index) -> None:
    (said,) = [one for one in utterances(index.catalog) if one.speaker == "Jane Roe"]
    assert said.document_id == entries(index.catalog)[0].document_id
    assert said.date == "2019-05-04"
    assert said.kind != "byline"
    assert "Ada Quill" not in {one.speaker for one in utterances(index.catalog) if one.kind == "byline"}


def test_documents_by_path(index: Index) -> None:
    ferry, mill = entries(index.catalog)
    assert (ferry.path, ferry.author, ferry.published) == ("ferry.txt", "Ada Quill", "2019-05-04")
    assert (mill.path, mill.author) == ("mill.txt", None)


def test_passages_in_their_order(index: Index) -> None:
    identity = entries(index.catalog)[0].document_id
    found = passages_of(identity, index.catalog)
    assert {passage.document_id for passage in found} == {identity}
    assert [passage.start for passage in found] == sorted(passage.start for passage in found)
    assert {passage.kind for passage in found} <= passage_kinds(index.catalog)
    assert passages_of("nothing", index.catalog) == []


def test_passages_with_words(index: Index) -> None:
    ferry, mill = (entry.document_id for entry in entries(index.catalog))
    counts, are_all = passages_with('"ferry"', index.catalog, 10)
    assert counts.keys() == {ferry, mill}
    assert are_all
    assert passages_with('"ferry"', index.catalog, 1)[1] is False
    assert passages_with('"barley"', index.catalog, 10)[0].keys() == {mill}


@pytest.mark.parametrize(
    ("words", "stands"), [("ferries", True), ("harbour board", True), ("board harbour", False), ('a" OR "mill', False)]
)
def test_words_that_stand(words: str, stands: bool, index: Index) -> None:
    assert has_words(words, index.catalog) is stands


def test_stems_and_their_passages(index: Index) -> None:
    with index.catalog.reading():
        counts = dict(stem_counts(index.catalog, 2))
        assert counts["ferri"] >= 2
        assert "barlei" not in counts
        (text,) = texts_with_stem("barlei", index.catalog, 5)
    assert "grinds barley" in text
