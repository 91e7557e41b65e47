"""A document's comments and quotations as whole contributions: whose, when, which characters.

It does not know what is asked about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.document import Block, Document, Passage
from index.lookups import passages_of
from index.opening import Index
from index.split import leaves_of, paragraphs_of, sentences_of
from rag.quote import NOT_EVIDENCE, Span
from rag.summary import passage_at

MOST_WORDS = 40  # of one contribution that are shown; its first sentence always is


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one person said in one go; offsets in the document's characters. `speaker` None: the text names nobody."""

    document: Document
    start: int
    end: int
    speaker: str | None
    date: str | None


def comments_of(document: Document) -> list[Contribution]:
    """The comments under a document in its order: paragraphs of one writer and day that nothing stands between.

    A comment whose writer the text doesn't name can't be told from the next such one: each paragraph is one.
    """
    found: list[Contribution] = []
    joins = False
    for block in paragraphs_of(document):
        if block.kind != "comment":
            joins = joins and block.kind in ("quotation", "list_item", "table")
            continue
        last = found[-1] if found else None
        if last and joins and block.speaker and (last.speaker, last.date) == (block.speaker, block.date):
            found[-1] = Contribution(document, last.start, block.end, last.speaker, last.date)
        else:
            found.append(Contribution(document, block.start, block.end, block.speaker, block.date))
        joins = True
    return found


def quotations_of(document: Document) -> list[Contribution]:
    """What named people say in the article: quotations, and answers in an interview."""
    said = [
        leaf
        for leaf in leaves_of(document)
        if leaf.speaker and leaf.kind not in NOT_EVIDENCE | {"comment"} and _is_said(leaf)
    ]
    return [Contribution(document, leaf.start, leaf.end, leaf.speaker, leaf.date) for leaf in said]


def _is_said(leaf: Block) -> bool:
    return leaf.kind in ("quotation", "interview_answer") or leaf.parent is not None


def spans_of(contributions: Sequence[Contribution], index: Index) -> Iterator[Span]:
    """The beginning of each contribution, in whole sentences of its own words."""
    passages: dict[str, list[Passage]] = {}
    for contribution in contributions:
        document = contribution.document
        if document.id not in passages:
            passages[document.id] = passages_of(document.id, index.catalog)
        passage, place = passage_at(passages[document.id], contribution.start), _beginning(contribution)
        if passage and place:
            yield Span(passage, document, *place)


def _beginning(contribution: Contribution) -> tuple[int, int] | None:
    document = contribution.document
    block = Block("body", contribution.start, contribution.end)
    start = end = -1
    words = 0
    for first, last in sentences_of(document, block):
        words += len(document.text[first:last].split())
        if start >= 0 and words > MOST_WORDS:
            break
        start, end = (first if start < 0 else start), last
    return (start, end) if start >= 0 else None
