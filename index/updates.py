"""Updates and corrections, which are later than the text that they stand in.

It does not know what they change.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Block
from index.layout import text_of
from index.threads import opens_comments

UPDATE = re.compile(
    r"\s*#*\s*\**(?:UPDATE|Update|CORRECTION|Correction|EDITOR'S NOTE|Editor's note)\b[^.\n]{0,80}?(?::|$|\d{4})"
)


def mark_updates(text: str, blocks: list[Block]) -> list[Block]:
    marked, updating = list(blocks), False
    for number, block in enumerate(blocks):
        if block.kind in ("body", "heading") and UPDATE.match(text_of(text, block)):
            updating = True
            marked[number] = block if block.kind == "heading" else replace(block, kind="update")
        elif block.kind == "comment" or opens_comments(text_of(text, block)):
            updating = False
        elif updating and block.kind == "body":
            marked[number] = replace(block, kind="update")
    return marked
