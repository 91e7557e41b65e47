"""Text becomes blocks: what kind of text each stretch is, who speaks there, when.

A plain reading by layout: paragraphs, headings, lists, interview turns, comment sections, updates,
masked lines. It does not understand sentences: quotations inside prose stay part of the prose, and a
speaker is only ever a name that the layout gives.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.dates import DATE, find_date, only_date
from index.document import Block
from index.threads import PROSE_END, opens_comments, read_comments

BYLINE = re.compile(r"^\s*(?:By\s+(?P<author>[A-Z][^\n,|•·]{1,60}?)\s*(?:[,|•·\n]|$)|(?:Published|Posted|Updated)\b)")
BULLET = re.compile(r"\s*(?:[-*+•·◦▪–]|\d{1,3}[.)])\s+(?=\S)")
MARKDOWN_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
TABLE_ROW = re.compile(r"\s*\|.*\|\s*$|[^\t\n]+\t[^\n]+")
UPDATE = re.compile(
    r"\s*#*\s*\**(?:UPDATE|Update|CORRECTION|Correction|EDITOR'S NOTE|Editor's note)\b[^.\n]{0,80}?(?::|$|\d{4})"
)
TURN = re.compile(r"\s*\**(?P<label>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\**\s?:\**\s+(?=\S)")
FIRST_PERSON = re.compile(r"\b(?:I|we|We|my|My|our|Our|us|me|mine|ours|myself|ourselves)\b")
FOOTER = re.compile(r"©|\ball rights reserved\b|\bcopyright (?:\(c\) )?\d{4}", re.IGNORECASE)
MASK = re.compile(r"(?=[^*]*\*)[^\w\s]+$")
ROLE = re.compile(r",\s*([^\n.]{3,60})$", re.M)
WORD = re.compile(r"\w+")
HEADING_WORDS = 14
MENU_LINES = 8
MENU_WORDS = 6


@dataclass(frozen=True, slots=True)
class Structure:
    """What a plain reading finds; `blocks` tile the text. None means that the text does not say."""

    title: str | None
    author: str | None
    published: str | None
    blocks: tuple[Block, ...]


def read_structure(text: str, known: Sequence[Block] = ()) -> Structure:
    """Blocks of any text. `known` is what the file's format says (tags, styles): ordered, not overlapping.

    Layout fills the gaps, and what it sees (turns, comments, masks) refines the known body text.
    """
    blocks = [block for block in _pieces(text, known) if text[block.start : block.end].strip()]
    if not blocks:
        return Structure(None, None, None, (Block("body", 0, len(text)),) if text else ())
    title, author, published, blocks = _front_matter(text, blocks)
    for read in (_headings, read_comments, _turns, _updates, _masks, _menus):
        blocks = read(text, blocks)
    return Structure(title, author, published, tuple(_tile(blocks, len(text))))


def is_masked(text: str) -> bool:
    """Whether words of `text` are blotted out by asterisks, so that the rest can't be trusted as evidence.

    Emphasis (*word*), footnote stars and rows of stars that only divide are not masks.
    """
    words = text.split()
    masks = [word for word in words if MASK.match(word) and len(word.strip(".,;:!?()'\"")) > 1]
    if not masks or (len(masks) == len(words) and len(set(words)) == 1):
        return False
    return (len(masks) >= 2 and len(masks) / len(words) >= 0.15) or len(masks) / len(words) >= 0.3


def _pieces(text: str, known: Sequence[Block]) -> Iterator[Block]:
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


def _front_matter(text: str, blocks: list[Block]) -> tuple[str | None, str | None, str | None, list[Block]]:
    """Title, author and date from the lines above the article, and the blocks with those lines marked."""
    for number, block in enumerate(blocks[:120]):
        words = text[block.start : block.end].strip()
        byline = BYLINE.match(words) if len(words) <= 160 else None
        if not byline and not (len(words) <= 60 and (DATE.search if number <= 4 else DATE.match)(words)):
            continue
        first = number
        while first and _could_be_role(text, blocks[first - 1 : first + 1]):
            first -= 1
        title_at = next((n for n in range(first - 1, max(-1, first - 4), -1) if _could_be_title(text, blocks[n])), None)
        if first < number and _title_in_same_paragraph(text, blocks[first], byline, title_at):
            title_at = first if number - first <= 3 else number - 1
        if title_at is None and number > 3:
            break
        marked = list(blocks)
        below = number + 1 < len(blocks) and only_date(_of(text, blocks[number + 1]).strip())
        for n in range(first if title_at is None else title_at, number + 1 + below):
            marked[n] = replace(marked[n], kind="title" if n == title_at else "byline")
        author = byline.group("author") if byline else None
        published = find_date(words) or _date_nearby(text, blocks[: number + 4])
        return _plain(text, blocks[title_at]) if title_at is not None else None, author, published, marked
    if blocks[0].kind in ("heading", "title") or (_could_be_title(text, blocks[0]) and len(blocks) > 1):
        following = _of(text, blocks[1]) if len(blocks) > 1 else ""
        if blocks[0].kind in ("heading", "title") or len(following) > 2 * (blocks[0].end - blocks[0].start):
            return _plain(text, blocks[0]), None, None, [replace(blocks[0], kind="title"), *blocks[1:]]
    return None, None, None, blocks


def _date_nearby(text: str, blocks: Sequence[Block]) -> str | None:
    """The date of a short line among these: above a title, under a byline."""
    lines = (_of(text, block) for block in blocks)
    return next((date for line in lines if len(line) <= 80 and (date := find_date(line))), None)


def _of(text: str, block: Block) -> str:
    return text[block.start : block.end]


def _plain(text: str, block: Block) -> str:
    return " ".join(_of(text, block).strip().strip("#*").split())


def _could_be_title(text: str, block: Block) -> bool:
    words = _plain(text, block)
    return (
        block.kind in ("body", "heading", "title")
        and 2 <= len(words.split()) <= 25
        and not words.endswith((".", ":", ","))
    )


def _title_in_same_paragraph(text: str, top: Block, byline: re.Match[str] | None, title_above: int | None) -> bool:
    """Whether the paragraph of a byline begins with the title: a role stands above a date, never above "By …"."""
    by = bool(byline and byline.group("author"))
    return _could_be_title(text, top) and (by or (title_above is None and "," not in _of(text, top)))


def _could_be_role(text: str, pair: Sequence[Block]) -> bool:
    """Whether the line above a date line belongs to it: "Name, role", in the same paragraph."""
    above, below = pair
    return text.count("\n", above.end, below.start) < 2 and 1 < len(_of(text, above).split()) <= 12


def _headings(text: str, blocks: list[Block]) -> list[Block]:
    """Short lines of their own, without a full stop, above longer text; a lone numbered line is one too."""
    marked = list(blocks)
    for number, block in enumerate(blocks[:-1]):
        words = _of(text, block).strip()
        following = blocks[number + 1]
        listed = "list_item" in (following.kind, blocks[number - 1].kind if number else "")
        listed = listed and not _of(text, following).lstrip().startswith(
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


def _turns(text: str, blocks: list[Block]) -> list[Block]:
    """Interviews: "NAME: …" or "Q: …" by at least two voices with two turns each, answers over several paragraphs."""
    labels: list[str | None] = []
    for block in blocks:
        match = TURN.match(_of(text, block)) if block.kind in ("body", "heading", "list_item") else None
        labels.append(match.group("label") if match else None)
    turns = Counter(label for label in labels if label)
    talking = {label for block, label in zip(blocks, labels, strict=True) if len(_of(text, block).split()) > 8}
    voices = {label for label, count in turns.items() if count >= 2 and label in talking}
    shouted = {label for label in voices if label.isupper()}
    voices = shouted if len(shouted) >= 2 else voices  # beside "JANE ROE:" a line such as "Products: …" is no voice
    if len(voices) < 2:
        return blocks
    asking = _asking(text, blocks, labels, voices)
    places = _places_of_words(text)
    names = {label: _full_name(text, label, places) for label in voices}
    last_turn = max(number for number, label in enumerate(labels) if label in voices)
    marked, current = list(blocks), None
    for number, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label:
            current = label if label in voices else None
        elif block.kind in ("heading", "comment", "furniture"):
            current = None
        elif number > last_turn and not FIRST_PERSON.search(_of(text, block)):
            current = None  # nothing shows that this is still the speaker and not the author's own closing words
        if current and block.kind in ("body", "heading", "list_item"):
            name, role = names[current]
            kind = "question" if current in asking else "interview_answer"
            marked[number] = replace(block, kind=kind, speaker=name, role=role)
    return marked


def _asking(text: str, blocks: Sequence[Block], labels: Sequence[str | None], voices: set[str]) -> set[str]:
    asked = Counter(
        label for block, label in zip(blocks, labels, strict=True) if label and _of(text, block).rstrip().endswith("?")
    )
    total = Counter(label for label in labels if label in voices)
    return {label for label in voices if label == "Q" or asked[label] > total[label] / 2}


def _full_name(text: str, label: str, places: Mapping[str, list[int]]) -> tuple[str | None, str | None]:
    """The name as the text writes it ("JANE ROE" is "Jane Roe") and the role on its line; `places` of each word."""
    if label in ("Q", "A"):
        return None, None
    name = None if label.isupper() else label
    role = None
    for place in places.get(WORD.findall(label)[0].lower(), ()):
        end = place + len(label)
        if (written := text[place:end]).lower() != label.lower() or text[end : end + 1].isalnum():
            continue
        capitalised = all(word[0].isupper() for word in (written, written.split()[-1]))  # "HE" is not the word "he"
        if name is None and capitalised and not written.isupper():
            name = written
        if role is None and (place == 0 or text[place - 1] == "\n") and (stated := ROLE.match(text, end)):
            role = stated.group(1).strip()
    return name or (label.title() if " " in label else label), role


def _places_of_words(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for match in WORD.finditer(text):
        places.setdefault(match.group().lower(), []).append(match.start())
    return places


def _updates(text: str, blocks: list[Block]) -> list[Block]:
    marked, updating = list(blocks), False
    for number, block in enumerate(blocks):
        if block.kind in ("body", "heading") and UPDATE.match(_of(text, block)):
            updating = True
            marked[number] = block if block.kind == "heading" else replace(block, kind="update")
        elif block.kind == "comment" or opens_comments(_of(text, block)):
            updating = False
        elif updating and block.kind == "body":
            marked[number] = replace(block, kind="update")
    return marked


def _masks(text: str, blocks: list[Block]) -> list[Block]:
    return [replace(block, kind="masked") if is_masked(_of(text, block)) else block for block in blocks]


def _menus(text: str, blocks: list[Block]) -> list[Block]:
    """Long runs of very short lines beside real prose: menus, link lists, share bars."""
    prose = sum(len(_of(text, block).split()) > 25 for block in blocks)
    if prose < 3:
        return [_without_footer(text, block) for block in blocks]
    marked, run = [_without_footer(text, block) for block in blocks], list[int]()
    for number, block in enumerate([*blocks, Block("body", 0, len(text))]):
        words = _of(text, block).strip()
        short = block.kind in ("body", "heading", "list_item") and len(words.split()) <= MENU_WORDS
        if number < len(blocks) and short and not words.endswith(PROSE_END):
            run.append(number)
            continue
        numbers = sum(any(c.isdigit() for c in _of(text, blocks[place])) for place in run)
        introduced = numbers > len(run) / 3 or bool(
            run and run[0] and _of(text, blocks[run[0] - 1]).rstrip().endswith(":")
        )
        if len(run) >= MENU_LINES and not introduced:
            for place in run:
                marked[place] = replace(blocks[place], kind="furniture")
        run = []
    return marked


def _without_footer(text: str, block: Block) -> Block:
    """A short block with a copyright line is furniture, wherever it stands."""
    words = _of(text, block)
    return replace(block, kind="furniture", speaker=None) if len(words) <= 400 and FOOTER.search(words) else block


def _tile(blocks: Sequence[Block], length: int) -> Iterator[Block]:
    """The same blocks, stretched over the white space after them, so that no character is left out."""
    for number, block in enumerate(blocks):
        start = block.start if number else 0
        end = blocks[number + 1].start if number + 1 < len(blocks) else length
        yield replace(block, start=start, end=end)
