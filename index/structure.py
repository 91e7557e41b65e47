"""Text becomes blocks: what kind of text each stretch is, who speaks there, through whom, when.

The reading in order: layout, what stands above the article, comments, furniture, turns of an interview, updates,
quotations, masks, repeats, hints. Each step is a module that knows nothing of the others' rules.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from index.document import Block
from index.reading.frontmatter import Front, read_front
from index.reading.furniture import mark_furniture
from index.reading.headings import mark_captions, mark_headings
from index.reading.hints import mark_hints
from index.reading.interviews import mark_turns
from index.reading.layout import pieces, tile
from index.reading.masks import mark_masks
from index.reading.quotations import mark_quotations, with_inner_quotations
from index.reading.repeats import mark_repeats
from index.reading.threads import read_comments
from index.reading.updates import mark_updates

STEPS = (
    mark_headings,
    read_comments,
    mark_furniture,
    mark_turns,
    mark_updates,
    mark_quotations,
    mark_masks,
    mark_repeats,
    mark_hints,
)
TOLD = 6  # blocks that a format calls furniture: it has told them from the article; a PDF's page numbers are fewer
_Before = TypeVar("_Before")
_After = TypeVar("_After")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Structure:
    """What a reading finds; None means that the text does not say.

    The leaves of `blocks` tile the text. A block with quotations inside is followed by the leaves that it is made of.
    """

    title: str | None
    author: str | None
    publisher: str | None
    published: str | None
    blocks: tuple[Block, ...]


def read_structure(text: str, known: Sequence[Block] = ()) -> Structure:
    """Blocks of any text. `known` is what the file's format says (tags, styles): ordered, not overlapping.

    Layout fills the gaps, and what it sees (turns, comments, masks) refines the known body text.
    """
    blocks = mark_captions(text, [block for block in pieces(text, known) if text[block.start : block.end].strip()])
    if not blocks:
        return Structure(None, None, None, None, (Block("body", 0, len(text)),) if text else ())
    front = _kept(read_front, text, blocks, Front(None, None, None, None, blocks))
    blocks = front.blocks

    def furniture(text: str, blocks: list[Block]) -> list[Block]:
        return mark_furniture(text, blocks, told=sum(block.kind == "furniture" for block in known) >= TOLD)

    for read in STEPS:
        blocks = _kept(furniture if read is mark_furniture else read, text, blocks, blocks)
    plain = tuple(tile(blocks, len(text)))
    whole = _kept(with_inner_quotations, text, plain, plain)
    return Structure(front.title, front.author, front.publisher, front.published, whole)


def _kept(read: Callable[[str, _Before], _After], text: str, before: _Before, otherwise: _After) -> _After:
    """What a step makes of the blocks; a step that breaks costs what it would have found, never the document."""
    try:
        return read(text, before)
    except Exception:
        logger.warning("A step of the reading failed and was left out: %s", read.__name__, exc_info=True)
        return otherwise
