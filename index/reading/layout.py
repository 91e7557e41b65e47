"""Text becomes paragraphs, list items, tables, listings and lines, by its layout alone.

It does not know what a paragraph is about, nor who speaks in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.document import Block
from index.reading.tables import (
    BULLET,
    RULE,
    SECTION_NUMBER,
    SENTENCE_END,
    TABLE_CAPTION,
    Line,
    is_prose,
    rows_below_caption,
    table_runs,
)

MARKDOWN_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s+\S|(?P<wiki>={1,6})[^\S\n]?[^=\s][^=\n]{0,100}(?P=wiki)\s*$)")
UNDERLINE = re.compile(r" {0,3}(?:={3,}|-{3,}|~{3,})$")
TURN = re.compile(r"\s*\**(?P<label>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\**\s?:\**\s+(?=\S)")
CHAT = re.compile(r"\s*(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?[\])]?\s+\S|<[@+~\w][^<>\s]{0,30}>\s+\S)")
BREADCRUMB = re.compile(r"\s*(?:[^\s.>»›][^.>»›\n]{0,40}\s[>»›]\s){1,8}[^\s.>»›][^.>»›\n]{0,60}$")
FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})[^`]*$")
KEY = re.compile(r"[A-Za-z_][\w .-]{0,40}:(?:\s|$)")
LATE_CAPTION = re.compile(r"(?<=[.!?][\"”)\s]\s)(?:Table|Figure)\s\d{1,3}[.:]\s[A-Z][^.\n]{0,160}$|"
                          r"(?<=[.!?]\s)(?:Table|Figure)\s\d{1,3}[.:]\s[A-Z][^.\n]{0,160}$")  # fmt: skip
LATE_HEADING = re.compile(r"(?<=[a-z)][.!?]\s)\d{1,2}(?:\.\d{1,2}){1,2}\s[A-Z][^.!?\n]{2,70}$")
CODE = re.compile(
    r"\s*(?:(?:def|class|function|fn|func|interface|struct|enum|impl)\s+[\w.<>]+\s*[({:;]"
    r"|import\s+[\w.{*][\w.,{}* ]*;?$"
    r"|from\s+\S+\s+import\s|#(?:include|define|ifdef|ifndef|endif|!)|//|/\*|\*/|@\w+(?:\(.*)?$|>>> |\$ [a-z]"
    r"|(?:if|for|while|elif|with|switch|catch)\b.*[:{]$|(?:else|try|do|finally)\s*[:{]?$|return\b[^.]*[;)\]\w]$"
    r"|(?:const|let|var|int|float|double|char|void|bool|auto|public|private|static)\s+[\w<>\[\]*&]+\s*[=(;{ ]"
    r"|[\w.\[\]'\"]+\s*(?:[-+*/|&:]?=)\s*\S|\"[^\"\n]{1,60}\"\s*:\s*\S|</?[a-z][^>]*>$|\w[\w.]*\(.*\)[;,]?$|[}\])]+[;,)]*$"
    r"|.*(?:[{}]|\);|\)\s*->.*:|=>)$)"
)
ITEM_WORDS = 12


def pieces(text: str, known: Sequence[Block]) -> Iterator[Block]:
    """The blocks of `text` in order: those of `known` that are not body as they are, layout's own for the rest."""
    position, captioned = 0, False
    for block in (*known, Block("furniture", len(text), len(text))):
        stretches = [(position, block.start), (block.start, block.end)]
        for start, end in stretches if block.kind == "body" else stretches[:1]:
            if lines := _lines_of(text, start, end):
                yield from _blocks_of(lines, captioned)
                captioned = bool(TABLE_CAPTION.match(lines[-1].text))
        if block.kind != "body" and block.end > block.start:
            yield block
            captioned = captioned and block.kind == "furniture"
        position = block.end


def _lines_of(text: str, start: int, end: int) -> list[Line]:
    lines: list[Line] = []
    above = start
    for match in re.compile(r"[^\n\r]+").finditer(text, start, end):
        words = match.group().rstrip()
        if not words:
            continue
        indent = len(words) - len(words.lstrip())
        between = text[above : match.start()]
        gap = not lines or max(between.count("\n"), between.count("\r")) > 1
        above = match.start() + len(words)
        lines.append(Line(match.start(), above, words, indent + 3 * words[:indent].count("\t"), gap))
    return [
        part for n, line in enumerate(lines) for part in _parted(line, lines[n + 1] if n + 1 < len(lines) else None)
    ]


def _parted(line: Line, following: Line | None) -> Iterator[Line]:
    """A line, parted before a caption or a numbered heading that a PDF's reader has put at a paragraph's end."""
    late = None
    if following and not following.gap and len(line.text) > 60:
        tail = line.text[-260:]
        late = LATE_HEADING.search(tail) if is_prose(following.text) else LATE_CAPTION.search(tail)
    if late is None:
        yield line
        return
    cut = max(0, len(line.text) - 260) + late.start()
    before = line.text[:cut].rstrip()
    yield Line(line.start, line.start + len(before), before, line.indent, line.gap)
    yield Line(line.start + cut, line.end, line.text[cut:], 0, True)


def _blocks_of(lines: Sequence[Line], captioned: bool) -> Iterator[Block]:
    """The blocks of a stretch; `captioned`: the caption of a table was the last thing above it."""
    position = _front_matter_end(lines)
    if position:
        yield Block("byline", lines[0].start, lines[position - 1].end)
    open_ended: dict[str, int] = {}
    while position < len(lines):
        closed = _fence_end(lines, position, open_ended)
        if closed:
            yield Block("body", lines[position].start, lines[closed - 1].end)
            position, captioned = closed, False
            continue
        stop = _paragraph_end(lines, position)
        paragraph = lines[position:stop]
        if captioned and not table_runs(paragraph) and (rows := rows_below_caption(lines, position)) > position:
            yield Block("table", lines[position].start, lines[rows - 1].end)
            position, captioned = rows, False
            continue
        if TABLE_CAPTION.match(paragraph[0].text):
            stop = position + 1 + (len(paragraph) > 1 and paragraph[1].text.lstrip()[:1].islower())
            yield Block("caption", _first_character(lines[position]), lines[stop - 1].end)
            position, captioned = stop, True
            continue
        if _is_code(lines, position, stop):
            stop = _code_end(lines, stop)
            yield Block("body", lines[position].start, lines[stop - 1].end)
        else:
            yield from _blocks_of_paragraph(paragraph, position > 0 and lines[position - 1].text.endswith(":"))
        position, captioned = stop, False


def _paragraph_end(lines: Sequence[Line], start: int) -> int:
    end = start + 1
    while end < len(lines) and not lines[end].gap:
        if FENCE.match(lines[end].text) or TABLE_CAPTION.match(lines[end].text):
            break
        end += 1
    return end


def _front_matter_end(lines: Sequence[Line]) -> int:
    """How many lines at the very top are front matter: keys with values, between rules of three."""
    if not lines or lines[0].start > 1 or lines[0].text.lstrip("\ufeff") not in ("---", "+++"):
        return 0
    for number, line in enumerate(lines[1:200], 1):
        if line.text in ("---", "+++", "..."):
            keys = sum(bool(KEY.match(other.text)) or " = " in other.text for other in lines[1:number])
            return number + 1 if keys else 0
        if not (line.indent or KEY.match(line.text) or " = " in line.text or line.text[0] in "-#]}["):
            return 0
    return 0


def _fence_end(lines: Sequence[Line], start: int, open_ended: dict[str, int]) -> int:
    """Where the fenced listing that opens at `start` has ended; 0 for none. `open_ended`: fences never closed."""
    opener = FENCE.match(lines[start].text)
    if not opener:
        return 0
    fence = opener.group("fence")
    if len(fence) >= open_ended.get(fence[0], 1_000):
        return 0
    for number in range(start + 1, len(lines)):
        words = lines[number].text.strip()
        if words.startswith(fence) and not words.strip(fence[0]):
            return number + 1
    open_ended[fence[0]] = len(fence)
    return 0


def _is_code(lines: Sequence[Line], start: int, stop: int) -> bool:
    """Whether most lines of a paragraph are a program's statements; of one that is a line, the next paragraph's too."""
    statements, _ = _statements(lines[start:stop])
    if stop - start > 1 or (statements and lines[start].indent >= 4):
        return statements >= min(2, stop - start) and statements * 2 >= stop - start
    return bool(statements) and stop < len(lines) and _code_end(lines, stop) > stop + 1


def _statements(paragraph: Sequence[Line]) -> tuple[int, int]:
    """How many lines are statements of a program, and how many its comments."""
    comments = sum(line.text.lstrip().startswith(("# ", "//", "--", '"""')) for line in paragraph)
    return sum(len(line.text) <= 300 and bool(CODE.match(line.text)) for line in paragraph), comments


def _code_end(lines: Sequence[Line], end: int) -> int:
    """A listing's end moved over the further paragraphs of the same listing, and the comments between them."""
    while end < len(lines):
        stop = _paragraph_end(lines, end)
        statements, comments = _statements(lines[end:stop])
        if not statements or (statements + comments) * 2 < stop - end:
            break
        end = stop
    return end


def _first_character(line: Line) -> int:
    return line.start + len(line.text) - len(line.text.lstrip())


def _blocks_of_paragraph(lines: Sequence[Line], introduced: bool) -> Iterator[Block]:
    """A paragraph's tables, the short line right above each as its caption, and what stands between them."""
    position = 0
    for start, end in (*table_runs(lines), (len(lines), len(lines))):
        above = lines[position:start]
        if above and start < end and _could_be_caption(above[-1].text):
            yield from _blocks_of_lines(above[:-1], introduced and not position)
            yield Block("caption", _first_character(above[-1]), above[-1].end)
        else:
            yield from _blocks_of_lines(above, introduced and not position)
        if start < end:
            yield Block("table", lines[start].start, lines[end - 1].end)
        position = end


def _could_be_caption(words: str) -> bool:
    own = (BULLET, MARKDOWN_HEADING, TURN, RULE, CHAT)
    return (
        1 < len(words.split()) <= ITEM_WORDS
        and not words.endswith((*".!?:,;", "…"))
        and not any(pattern.match(words) for pattern in own)
    )


def _blocks_of_lines(lines: Sequence[Line], introduced: bool) -> Iterator[Block]:
    """One block per paragraph, list item or stand-alone line. `introduced`: the line above ends in a colon."""
    width = max((len(line.text) for line in lines), default=0)
    items = _parallel_items(lines, introduced)
    first = 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and not (items & {number, number - 1}):
            following = lines[number + 1] if number + 1 < len(lines) else None
            ends = (
                lines[first],
                *lines[max(first + 1, number - 2) : number],
            )  # of a long paragraph, its first and last
            if _continues(ends, lines[number], following, width):
                continue
        yield _block_of(lines[first:number], first in items, not first and number == len(lines))
        first = number


def _parallel_items(lines: Sequence[Line], introduced: bool) -> frozenset[int]:
    """Numbers of the lines that are items without a sign: short, three or more, alike, under a line with a colon."""
    items: set[int] = set()
    for start in range(len(lines)):
        if start in items or not (_introduces(lines[start - 1].text) if start else introduced):
            continue
        end = start
        while end < len(lines) and _could_be_item(lines[end].text):
            end += 1
        inner = lines[start : max(start, end - 1)]
        endings = {line.text[-1] if line.text[-1] in ",;" else "" for line in inner}
        cases = {_first_word_is_capital(line.text) for line in lines[start:end]}
        if end - start >= 3 and len(endings) == len(cases) == 1 and endings != {","}:
            items.update(range(start, end))
    return frozenset(items)


def _introduces(words: str) -> bool:
    return words.endswith(":") and len(words.split()) >= 4


def _first_word_is_capital(words: str) -> bool:
    return words.lstrip()[:1].isupper()


def _could_be_item(words: str) -> bool:
    own = (BULLET, MARKDOWN_HEADING, TURN, RULE, CHAT)
    return (
        len(words.split()) <= ITEM_WORDS
        and words[-1] not in ".!?:…"
        and words.lstrip()[:1].isalnum()
        and not any(pattern.match(words) for pattern in own)
    )


def _continues(group: Sequence[Line], line: Line, following: Line | None, width: int) -> bool:
    """Whether `line` belongs to the paragraph or item above it, of which `group` holds the first and last lines."""
    above, below = group[-1].text, line.text
    quoted = below.lstrip().startswith(">"), above.lstrip().startswith(">")
    if any(quoted):
        return all(quoted)
    if UNDERLINE.match(below) and len(group) == 1 and _can_be_underlined(above):
        return True
    if _stands_alone(above) or _begins_block(below, above) or (len(group) == 2 and UNDERLINE.match(above)):
        return False
    first = group[0]
    if line.indent > first.indent:
        if BULLET.match(first.text):
            return True
        if group[-1].indent == first.indent and (len(group) > 1 or (following and following.indent < line.indent)):
            return False  # the first line of a paragraph is indented
    if below.lstrip()[:1].islower() and not SENTENCE_END.search(above):
        return 30 <= width <= 200
    if not 40 <= width <= 120 or len(above) < 0.6 * width or above.endswith(":"):
        return False
    room = width - len(above) - len(below.split(None, 1)[0])
    return room <= 0 or not SENTENCE_END.search(above) or room <= 0.15 * width


def _can_be_underlined(words: str) -> bool:
    return len(words.split()) <= 20 and not words.endswith((".", ",", ";")) and not BULLET.match(words)


def _stands_alone(words: str) -> bool:
    return bool(MARKDOWN_HEADING.match(words) or RULE.match(words) or BREADCRUMB.match(words))


def _begins_block(below: str, above: str) -> bool:
    """Whether a line can't go on from the one above it: an item, a heading, a turn, a line of a chat, a rule."""
    if BULLET.match(below):
        clause = below.lstrip()[0] in "(" or below.lstrip()[0].isalpha()
        return not clause or bool(BULLET.match(above)) or above[-1] in ".;:,)" or len(above) < 40
    if SECTION_NUMBER.match(below):
        return above[-1] in ".;:)?" or len(above) < 40
    return _stands_alone(below) or bool(TURN.match(below) or CHAT.match(below))


def _block_of(lines: Sequence[Line], is_item: bool, is_alone: bool) -> Block:
    start, end = _first_character(lines[0]), lines[-1].end
    first = lines[0].text
    if MARKDOWN_HEADING.match(first) or (len(lines) == 2 and UNDERLINE.match(lines[1].text)):
        return Block("heading", start, end)
    is_dialogue = is_alone and first.lstrip().startswith("–") and bool(SENTENCE_END.search(lines[-1].text))
    if is_item or (BULLET.match(first) and not is_dialogue):
        return Block("list_item", start, end)
    if first.lstrip().startswith(">"):
        return Block("quotation", start, end)
    return Block("body", start, end)


def text_of(text: str, block: Block) -> str:
    return text[block.start : block.end]


def plain_of(text: str, block: Block) -> str:
    lines = text_of(text, block).strip().splitlines()
    if len(lines) > 1 and UNDERLINE.match(lines[-1]):
        lines = lines[:-1]
    return " ".join(" ".join(lines).strip("#*=_ ").split())


def tile(blocks: Sequence[Block], length: int) -> Iterator[Block]:
    """The same blocks, stretched over the white space after them, so that no character is left out."""
    for number, block in enumerate(blocks):
        start = block.start if number else 0
        end = blocks[number + 1].start if number + 1 < len(blocks) else length
        yield replace(block, start=start, end=end)
