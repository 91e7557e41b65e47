"""Quotations: stretches of a text that are somebody else's words, whose they are and who carries them.

It does not know whether anybody said them: only that the text says so.
"""

from __future__ import annotations

from index.document import Block


def mark_quotations(text: str, blocks: list[Block]) -> list[Block]:
    """Whole blocks that are quotations: block quotations and what a line with a colon introduces, with their chains."""
    return blocks


def with_inner_quotations(text: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The same blocks, each one that holds quotations in marks followed by the leaves that it is made of.

    The leaves of a block tile it, in order, and name its position in the result as their `parent`.
    """
    return blocks
