"""Text that is blotted out by asterisks: what is masked.

It never guesses what stands behind a mask.
"""

from __future__ import annotations

import re
from dataclasses import replace

from index.document import Block
from index.layout import text_of

MASK = re.compile(r"(?=[^*]*\*)[^\w\s]+$")


def is_masked(text: str) -> bool:
    """Whether words of `text` are blotted out by asterisks, so that the rest can't be trusted as evidence.

    Emphasis (*word*), footnote stars and rows of stars that only divide are not masks.
    """
    words = text.split()
    masks = [word for word in words if MASK.match(word) and len(word.strip(".,;:!?()'\"")) > 1]
    if not masks or (len(masks) == len(words) and len(set(words)) == 1):
        return False
    return (len(masks) >= 2 and len(masks) / len(words) >= 0.15) or len(masks) / len(words) >= 0.3


def mark_masks(text: str, blocks: list[Block]) -> list[Block]:
    return [replace(block, kind="masked") if is_masked(text_of(text, block)) else block for block in blocks]
