"""Menus, link lists, share bars, copyright lines: text beside an article that is not part of it.

It does not know about tags: those are for read_html_kinds.py.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Block
from index.layout import text_of
from index.threads import PROSE_END

FOOTER = re.compile(r"©|\ball rights reserved\b|\bcopyright (?:\(c\) )?\d{4}", re.IGNORECASE)
MENU_LINES = 8
MENU_WORDS = 6


def mark_furniture(text: str, blocks: list[Block]) -> list[Block]:
    """Long runs of very short lines beside real prose: menus, link lists, share bars."""
    prose = sum(len(text_of(text, block).split()) > 25 for block in blocks)
    if prose < 3:
        return [_without_footer(text, block) for block in blocks]
    marked, run = [_without_footer(text, block) for block in blocks], list[int]()
    for number, block in enumerate([*blocks, Block("body", 0, len(text))]):
        words = text_of(text, block).strip()
        short = block.kind in ("body", "heading", "list_item") and len(words.split()) <= MENU_WORDS
        if number < len(blocks) and short and not words.endswith(PROSE_END):
            run.append(number)
            continue
        numbers = sum(any(c.isdigit() for c in text_of(text, blocks[place])) for place in run)
        introduced = numbers > len(run) / 3 or bool(
            run and run[0] and text_of(text, blocks[run[0] - 1]).rstrip().endswith(":")
        )
        if len(run) >= MENU_LINES and not introduced:
            for place in run:
                marked[place] = replace(blocks[place], kind="furniture")
        run = []
    return marked


def _without_footer(text: str, block: Block) -> Block:
    """A short block with a copyright line is furniture, wherever it stands."""
    words = text_of(text, block)
    return replace(block, kind="furniture", speaker=None) if len(words) <= 400 and FOOTER.search(words) else block
