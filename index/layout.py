"""Text becomes paragraphs, list items, tables and lines, by its layout alone.

It does not know what a paragraph is about, nor who speaks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.document import Block

BULLET = re.compile(r"\s*(?:[-*+•·◦▪–]|\d{1,3}[.)])\s+(?=\S)")
MARKDOWN_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
TABLE_ROW = re.compile(r"\s*\|.*\|\s*$|[^\t\n]+\t[^\n]+")
TURN = re.compile(r"\s*\**(?P<label>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\**\s?:\**\s+(?=\S)")
HEADING_WORDS = 14


def pieces(text: str, known: Sequence[Block]) -> Iterator[Block]:
    position = 0
    for block in known:
        yield from _paragraphs(text, position, block.start)
        if block.kind == "body":
            yield from _paragraphs(text, block.start, block.end)
        else:
            yield block
        position = block.end
    yield from _paragraphs(text, position, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    for match in re.finditer(r"\S(?:.|\n(?![^\S\n]*(?:\n|\Z)))*", text[start:end]):
        yield from _lines_of_paragraph(text, start + match.start(), start + match.end())


def _lines_of_paragraph(text: str, start: int, end: int) -> Iterator[Block]:
    """One block per paragraph, list item, table or stand-alone line of a stretch without blank lines."""
    lines = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^\n\r]+", text[start:end])]
    width = max((b - a for a, b in lines), default=0)
    group: list[tuple[int, int]] = []
    for line in lines:
        if group and not _continues(text, group[-1], line, width):
            yield _block_of_lines(text, group)
            group = []
        group.append(line)
    if group:
        yield _block_of_lines(text, group)


def _continues(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    above, below = text[slice(*line)], text[slice(*following)]
    if TABLE_ROW.match(above) or TABLE_ROW.match(below):
        return bool(TABLE_ROW.match(above) and TABLE_ROW.match(below))
    if BULLET.match(below) or MARKDOWN_HEADING.match(below) or MARKDOWN_HEADING.match(above) or TURN.match(below):
        return False
    if below.lstrip().startswith(">") or above.lstrip().startswith(">"):
        return below.lstrip().startswith(">") and above.lstrip().startswith(">")
    wrapped = 40 <= width <= 120 and len(above) >= 0.6 * width
    return wrapped and (not above.rstrip().endswith(":") or below[:1].islower())


def _block_of_lines(text: str, lines: Sequence[tuple[int, int]]) -> Block:
    start, end = lines[0][0], lines[-1][1]
    first = text[slice(*lines[0])]
    if MARKDOWN_HEADING.match(first):
        return Block("heading", start, end)
    if TABLE_ROW.match(first) and len(lines) > 1:
        return Block("table", start, end)
    if BULLET.match(first):
        return Block("list_item", start, end)
    if first.lstrip().startswith(">"):
        return Block("quotation", start, end)
    return Block("body", start, end)


def text_of(text: str, block: Block) -> str:
    return text[block.start : block.end]


def plain_of(text: str, block: Block) -> str:
    return " ".join(text_of(text, block).strip().strip("#*").split())


def mark_headings(text: str, blocks: list[Block]) -> list[Block]:
    """Short lines of their own, without a full stop, above longer text; a lone numbered line is one too."""
    marked = list(blocks)
    for number, block in enumerate(blocks[:-1]):
        words = text_of(text, block).strip()
        following = blocks[number + 1]
        listed = "list_item" in (following.kind, blocks[number - 1].kind if number else "")
        listed = listed and not text_of(text, following).lstrip().startswith(
            "1. "
        )  # "6. What to do" above a list of its own
        numbered = block.kind == "list_item" and words[:1].isdigit() and not listed
        words = BULLET.sub("", words) if numbered else words
        if (
            (block.kind == "body" or numbered)
            and "\n" not in words
            and len(words.split()) <= HEADING_WORDS
            and not words.endswith((".", "!", ":", ",", ";", "…"))
            and words[:1].isupper()
            and following.kind in ("body", "list_item", "quotation", "table")
            and "\n" in text[block.end : following.start]
            and (following.end - following.start > 2 * len(words) or following.kind != "body")
        ):
            marked[number] = replace(block, kind="heading")
    return marked


def tile(blocks: Sequence[Block], length: int) -> Iterator[Block]:
    """The same blocks, stretched over the white space after them, so that no character is left out."""
    for number, block in enumerate(blocks):
        start = block.start if number else 0
        end = blocks[number + 1].start if number + 1 < len(blocks) else length
        yield replace(block, start=start, end=end)
