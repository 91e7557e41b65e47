"""Echoes: quotations in marks whose words a named speaker says, letter by letter, earlier in the same document.

It does not know of words that are told in another way: it compares word by word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.document import Block

WORD = re.compile(r"\w+(?:['’-]\w+)*")
KEY_WORDS = 5
SAYING = frozenset({"comment", "quotation", "interview_answer"})


def with_echoed_speakers(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks; a quotation leaf without a speaker gets the speaker whose words it repeats, if there is one."""
    wanted: dict[tuple[str, ...], list[tuple[int, list[str]]]] = {}
    for number, block in enumerate(blocks):
        if block.kind == "quotation" and block.parent is not None and not (block.speaker or block.role):
            words = _words(text, block)
            if len(words) >= KEY_WORDS:
                wanted.setdefault(tuple(words[:KEY_WORDS]), []).append((number, words))
    if not wanted:
        return tuple(blocks)
    found: dict[int, Block] = {}
    for place, block in enumerate(blocks):
        if block.kind in SAYING and block.speaker and (block.parent is None or block.kind == "quotation"):
            words = _words(text, block)
            for at, key in enumerate(zip(*(words[n:] for n in range(KEY_WORDS)), strict=False)):
                for number, said in wanted.get(key, ()) if key in wanted else ():
                    later = place < number and blocks[number].parent != place
                    inner = block.parent is not None and number in found and found[number].parent is None
                    if later and (number not in found or inner) and words[at : at + len(said)] == said:
                        found[number] = block
    return tuple(_spoken_by(block, found[number]) if number in found else block for number, block in enumerate(blocks))


def _spoken_by(leaf: Block, said: Block) -> Block:
    carriers = tuple(name for name in (*said.via, *leaf.via) if name != said.speaker)
    return replace(leaf, speaker=said.speaker, role=said.role, via=tuple(dict.fromkeys(carriers)))


def _words(text: str, block: Block) -> list[str]:
    return WORD.findall(text[block.start : block.end].replace("’", "'").lower())
