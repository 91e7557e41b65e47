"""Text becomes blocks: what kind of text each stretch is, who speaks there, through whom, when.

The reading in order: layout, what stands above the article, comments, furniture, turns of an interview, updates,
quotations, masks, repeats, hints. Each step is a module that knows nothing of the others' rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.frontmatter import read_front
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
    front = read_front(text, blocks)
    blocks = front.blocks
    for read in (
        mark_headings,
        read_comments,
        mark_furniture,
        mark_turns,
        mark_updates,
        mark_quotations,
        mark_masks,
        mark_repeats,
        mark_hints,
    ):
        blocks = read(text, blocks)
    whole = with_inner_quotations(text, tuple(tile(blocks, len(text))))
    return Structure(front.title, front.author, front.publisher, front.published, whole)
