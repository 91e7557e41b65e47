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

from dateutil import parser as date_parser

from index.document import Block

MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
DATE = re.compile(
    rf"\b(?:{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+\d{{4}}"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}|{MONTH}\s+\d{{4}})\b"
)
BYLINE = re.compile(r"^\s*(?:By\s+(?P<author>[A-Z][^\n,|•·]{1,60}?)\s*(?:[,|•·\n]|$)|(?:Published|Posted|Updated)\b)")
BULLET = re.compile(r"\s*(?:[-*+•·◦▪–]|\d{1,3}[.)])\s+(?=\S)")
MARKDOWN_HEADING = re.compile(r"\s{0,3}#{1,6}\s+\S")
TABLE_ROW = re.compile(r"\s*\|.*\|\s*$|[^\t\n]+\t[^\n]+")
COMMENTS_HEADING = re.compile(
    r"\s*#*\s*(?:\d+\s+)?(?:Reader(?:s'|s)?\s+)?(?:Comments?|Replies|Responses|Discussion)"
    r"(?:\s*\(\d+\)(?:\s*(?:\||\s{2}|sort|newest|oldest|best|top)[^\n]*)?)?\s*:?\s*$",
    re.IGNORECASE,
)
UPDATE = re.compile(
    r"\s*#*\s*\**(?:UPDATE|Update|CORRECTION|Correction|EDITOR'S NOTE|Editor's note)\b[^.\n]{0,80}?(?::|$|\d{4})"
)
TURN = re.compile(r"\s*\**(?P<label>[A-Z][\w.'’-]*(?:\s+[A-Z][\w.'’-]*){0,3})\**\s?:\**\s+(?=\S)")
MASK = re.compile(r"(?=[^*]*\*)[^\w\s]+$")
ROLE = re.compile(r",\s*([^\n.]{3,60})$", re.M)
WORD = re.compile(r"\w+")
PROSE_END = (".", "!", "?", "…", '."', ".”", ".’", "!”", "?”", ".)")
VOTES = re.compile(r"\(?[+-]?\d+\)?(?:\s*(?:likes?|votes?|points?|replies))?")
INITIALS = re.compile(r"[A-Z]{1,3}")
HEADER_LINES = 6
LINE = 200  # characters; longer is no heading, and white space without end is slow to match
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
    for read in (_headings, _comments, _turns, _updates, _masks, _menus):
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


def find_date(text: str) -> str | None:
    """The first calendar date in `text` as ISO 8601 ("2018-09-18", or "2018-09" without a day); None without one."""
    match = DATE.search(text)
    if not match:
        return None
    found = match.group()
    try:
        date = date_parser.parse(found.replace("Sept.", "Sep"), default=date_parser.parse("2000-01-01"))
    except (ValueError, OverflowError):
        return None
    has_day = len(re.findall(r"\d+", found)) > 1
    return f"{date:%Y-%m-%d}" if has_day else f"{date:%Y-%m}"


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
        below = number + 1 < len(blocks) and _only_date(_of(text, blocks[number + 1]).strip())
        for n in range(first if title_at is None else title_at, number + 1 + below):
            marked[n] = replace(marked[n], kind="title" if n == title_at else "byline")
        author = byline.group("author") if byline else None
        published = find_date(words) or next((find_date(_of(text, b)) for b in blocks[number + 1 : number + 2]), None)
        return _plain(text, blocks[title_at]) if title_at is not None else None, author, published, marked
    if blocks[0].kind in ("heading", "title") or (_could_be_title(text, blocks[0]) and len(blocks) > 1):
        following = _of(text, blocks[1]) if len(blocks) > 1 else ""
        if blocks[0].kind in ("heading", "title") or len(following) > 2 * (blocks[0].end - blocks[0].start):
            return _plain(text, blocks[0]), None, None, [replace(blocks[0], kind="title"), *blocks[1:]]
    return None, None, None, blocks


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


def _comments(text: str, blocks: list[Block]) -> list[Block]:
    """What follows a line such as "Comments (12)": short lines that end in a date are a comment's header.

    A vote count ends a comment: what comes after it without a header is by nobody that the text names.
    """
    start = next((n for n, b in enumerate(blocks) if _opens_comments(_of(text, b)) and b.kind != "furniture"), None)
    if start is None:
        return blocks
    result = [*blocks[:start], replace(blocks[start], kind="heading")]
    speaker: str | None = None
    date: str | None = None
    number = start + 1
    while number < len(blocks):
        block, words = blocks[number], _of(text, blocks[number]).strip()
        header = _comment_header(text, blocks, number)
        if header:
            speaker, date, length = header
            result += [replace(part, kind="byline") for part in blocks[number : number + length]]
            number += length
            continue
        if VOTES.fullmatch(words):
            speaker = date = None
        if block.kind == "furniture" or VOTES.fullmatch(words):
            result.append(replace(block, kind="furniture"))
        else:
            result.append(replace(block, kind="comment", speaker=speaker, date=date))
        number += 1
    return result


def _opens_comments(words: str) -> bool:
    return len(words) <= LINE and bool(COMMENTS_HEADING.match(words))


def _comment_header(text: str, blocks: Sequence[Block], number: int) -> tuple[str, str | None, int] | None:
    """Writer, date and length in blocks of the header that begins here: short lines without a gap, one of them a date.

    The writer is the first line that is not only initials; a word or two right under the date belong to the header.
    """
    lines = [_of(text, blocks[number]).strip()]
    if VOTES.fullmatch(lines[0]):
        return None
    for above, below in zip(blocks[number:], blocks[number + 1 : number + HEADER_LINES], strict=False):
        if text[above.end : below.start].count("\n") != 1:
            break
        lines.append(_of(text, below).strip())
    dated = next((n for n, line in enumerate(lines) if _only_date(line)), None)
    if not dated or any(len(line.split()) > 6 or line.endswith(PROSE_END) for line in lines[:dated]):
        return None
    writer = next((line for line in lines[:dated] if not INITIALS.fullmatch(line)), lines[0])
    badge = dated + 1 < len(lines) and len(lines[dated + 1].split()) <= 3
    return writer, find_date(lines[dated]), dated + 1 + badge


def _only_date(words: str) -> bool:
    match = DATE.search(words)
    return bool(match) and len(words) - len(match.group()) <= 12 if match else False


def _turns(text: str, blocks: list[Block]) -> list[Block]:
    """Interviews: "NAME: …" or "Q: …" by at least two voices with two turns each, answers over several paragraphs."""
    labels: list[str | None] = []
    for block in blocks:
        match = TURN.match(_of(text, block)) if block.kind in ("body", "heading", "list_item") else None
        labels.append(match.group("label") if match else None)
    turns = Counter(label for label in labels if label)
    talking = {label for block, label in zip(blocks, labels, strict=True) if len(_of(text, block).split()) > 8}
    voices = {label for label, count in turns.items() if count >= 2 and label in talking}
    if len(voices) < 2:
        return blocks
    asking = _asking(text, blocks, labels, voices)
    places = _places_of_words(text)
    names = {label: _full_name(text, label, places) for label in voices}
    marked, current = list(blocks), None
    for number, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label:
            current = label if label in voices else None
        elif block.kind != "body":
            current = None if block.kind in ("heading", "comment", "furniture") else current
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
        elif block.kind == "comment" or _opens_comments(_of(text, block)):
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
        return blocks
    marked, run = list(blocks), list[int]()
    for number, block in enumerate([*blocks, Block("body", 0, len(text))]):
        words = _of(text, block).strip()
        short = block.kind in ("body", "heading", "list_item") and len(words.split()) <= MENU_WORDS
        if number < len(blocks) and short and not words.endswith(PROSE_END):
            run.append(number)
            continue
        introduced = bool(run and run[0] and _of(text, blocks[run[0] - 1]).rstrip().endswith(":"))
        if len(run) >= MENU_LINES and not introduced:
            for place in run:
                marked[place] = replace(blocks[place], kind="furniture")
        run = []
    return marked


def _tile(blocks: Sequence[Block], length: int) -> Iterator[Block]:
    """The same blocks, stretched over the white space after them, so that no character is left out."""
    for number, block in enumerate(blocks):
        start = block.start if number else 0
        end = blocks[number + 1].start if number + 1 < len(blocks) else length
        yield replace(block, start=start, end=end)
