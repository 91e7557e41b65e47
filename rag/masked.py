"""What can be told of a masked passage: the section it stands in, and where its words stand unmasked.

It guesses nothing: an unmasked twin has words of the same lengths, the visible ones at the same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.document import Block, Document, Passage
from index.opening import Index
from index.reading.masks import MaskPattern, masked_heading
from index.split import paragraphs_of
from rag.quote import Span
from rag.retrieve import Hit, search_words
from rag.weigh import Candidate

BESIDE = frozenset({"furniture", "comment", "byline"})
MUCH, HALF = 0.2, 0.5  # shares of an article
SEARCHED = 20  # passages with the visible words of a masked one


@dataclass(frozen=True, slots=True)
class Masked:
    """Why a passage can't be read, as sentences; `twin`: the passage that has the words unmasked, if there is one."""

    text: str
    twin: Hit | None = None

    def before(self, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """The hits, the unmasked twin as the first of them."""
        if self.twin is None:
            return hits
        first = replace(self.twin, score=hits[0].score if hits else 0.0)
        return (first, *(hit for hit in hits if hit.passage.id != first.passage.id))


def masked_note(spans: Sequence[Span]) -> str:
    """What to say beside quotations out of an article of which a good part is masked; "" where none is.

    Readers' comments below it are no part of an article.
    """
    for span in spans:
        share = 0.0 if span.voice.in_thread else masked_share(span.document)
        if share >= MUCH:
            return (
                f"About {share:.0%} of the article {_name(span.document)} is masked: what stands there can't be read."
            )
    return ""


def explain_announced(span: Span) -> str:
    """What to tell where the closest words only announce what stands in the masked part of their article."""
    part = "most" if masked_share(span.document) > HALF else "a good part"
    return f"{_name(span.document)} announces this, but {part} of it is masked: what it says can't be read."


def explain_masked_there(span: Span) -> str:
    """What to tell where the closest words are masked just where they would answer."""
    return f"{_name(span.document)} speaks of this, but words of what it says there are masked: they can't be read."


def masked_share(document: Document) -> float:
    """The share of the article's characters, 0..1, that is masked; furniture and comments are no part of it."""
    sizes = {True: 0, False: 0}
    for block in paragraphs_of(document):
        if block.kind not in BESIDE:
            sizes[block.kind == "masked"] += len(document.text[block.start : block.end].strip())
    return sizes[True] / max(1, sum(sizes.values()))


def closest_mask(candidates: Sequence[Candidate]) -> Candidate:
    """The masked candidate whose visible words hold most of the question; the first of several."""
    return max((c for c in candidates if c.kind == "masked"), key=lambda c: c.words)


def explain_mask(candidate: Candidate, index: Index) -> Masked:
    """What to tell of the masked passage that came closest to a question."""
    document = candidate.document
    paragraphs = paragraphs_of(document)
    number = max(n for n, block in enumerate(paragraphs) if block.start <= candidate.start)
    heading = masked_heading(document.text, paragraphs, number)
    section = f"the section headed “{heading}”" if heading else "the part"
    said = f"In {_name(document)}, {section} that is closest to this question is masked: it can't be read there."
    twin = _twin(document, _section(paragraphs, number), index)
    if twin is None:
        return Masked(said)
    return Masked(f"{said} Words of it stand unmasked in {_name(twin.document)}: see the first passage below.", twin)


def _section(paragraphs: tuple[Block, ...], number: int) -> list[Block]:
    """The masked paragraph, and those that follow it without a readable one between."""
    section = []
    for block in paragraphs[number:]:
        if block.kind != "masked":
            break
        section.append(block)
    return section


def _twin(document: Document, masked: list[Block], index: Index) -> Hit | None:
    for block in masked:
        words = document.text[block.start : block.end]
        pattern = MaskPattern(words)
        visible = " ".join(word for word in words.split() if word.isalnum())
        found = search_words(visible, index, SEARCHED) if visible else []
        rows = index.catalog.passages([identity for identity, _ in found])
        for identity in dict.fromkeys(row.document_id for row, _ in rows.values() if row.document_id != document.id):
            other = index.document(identity)
            place = pattern.search(other.text) if other else None
            if other and place:
                return Hit(_at(place, [row for row, _ in rows.values() if row.document_id == other.id]), other, 0.0)
    return None


def _at(place: tuple[int, int], passages: list[Passage]) -> Passage:
    """The passage that holds most of the place."""
    return max(passages, key=lambda passage: min(passage.end, place[1]) - max(passage.start, place[0]))


def _name(document: Document) -> str:
    return f"“{document.title}”" if document.title else document.path
