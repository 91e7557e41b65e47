"""What is told of a masked passage: its section, and the passage that has its words unmasked."""

from __future__ import annotations

import re

import pytest
from conftest import MakeIndex

from index.document import Block, Document, Passage
from index.opening import Index
from index.voices import Voice
from rag.masked import explain_mask, masked_note
from rag.quote import Span
from rag.weigh import Candidate

pytestmark = pytest.mark.usefixtures("plain_environment")

OPEN = (
    "The harbour board has sold the old mill to the ferry company for nine million, and the company intends to keep "
    "the great wheel turning for at least another twenty years."
)
ARTICLE = "Mill sold\n\nBy Ann Loft, May 3, 2019\n\nThe mill at the harbour has been sold, to the joy of the town.\n\n"
LETTERS = "# Letters of the week\n\nA reader writes to us.\n\n"


def masked(words: str, shown: tuple[str, ...] = ("harbour", "million", "wheel", "another")) -> str:
    return " ".join(word if word in shown else re.sub(r"\w", "*", word) for word in words.split())


def closest(index: Index) -> Candidate:
    document = next(document for document in index.documents() if "****" in document.text)
    document = index.document(document.id) or document
    block = next(block for block in document.blocks if block.kind == "masked" and block.end - block.start > 60)
    passage = next(
        passage
        for passage, _ in index.catalog.passages(sorted(index.catalog.passage_keys())).values()
        if passage.document_id == document.id and passage.start <= block.start < passage.end
    )
    return Candidate(passage, document, block.start, block.end, Voice("masked", "masked"), 1, 1, 1, 1)


def test_the_section_is_named_and_the_readable_twin_is_found(make_index: MakeIndex) -> None:
    paywalled = f"{ARTICLE}What ***** ****\n\n{masked(OPEN)}\n\n{masked(OPEN[::-1])}\n"
    index = make_index({"a.txt": paywalled, "b.md": f"{LETTERS}{OPEN}\n", "c.txt": "Tides."})
    told = explain_mask(closest(index), index)
    assert "“Mill sold”" in told.text
    assert "“What …” that is closest to this question is masked" in told.text
    assert told.twin is not None
    assert told.twin.document.path == "b.md"
    assert "nine million" in told.twin.text
    assert told.text.endswith("stand unmasked in “Letters of the week”: see the first passage below.")
    assert told.before(()) == (told.twin,)


def test_without_a_twin_nothing_is_promised(make_index: MakeIndex) -> None:
    paywalled = f"{ARTICLE}What ***** ****\n\n{masked(OPEN)}\n"
    other = OPEN.replace("harbour board", "village board")
    index = make_index({"a.txt": paywalled, "b.md": f"# Letters of the week\n\nA reader writes to us.\n\n{other}\n"})
    told = explain_mask(closest(index), index)
    assert told.twin is None
    assert told.text.endswith("is masked: it can't be read there.")
    assert told.before(()) == ()


# ---- what is said beside quotations ----


def half_masked(comment: bool = False) -> Span:
    text = "The mill opened late.\n\n*** ***** ***** ** ***.\n\nI saw it open.\n"
    blocks = (Block("body", 0, 23), Block("masked", 23, 48), Block("comment", 48, len(text)))
    document = Document("d", "d.txt", "The Mill", None, None, None, text, blocks)
    place = (48, 62) if comment else (0, 21)
    return Span(Passage("p", "d", 0, len(text), "body", None, None), document, *place)


def test_an_article_that_is_half_masked_is_called_so() -> None:
    assert masked_note([half_masked()]) == (
        "About 52% of the article “The Mill” is masked: what stands there can't be read."
    )


def test_comments_below_it_are_quoted_without_that() -> None:
    assert masked_note([half_masked(comment=True)]) == masked_note([]) == ""
