"""Threads of reader comments: where they begin, and who the layout says wrote which.

It does not know whose words a writer repeats, nor whom a comment without a header is by: that stays nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.document import Block
from index.reading.chats import read_chat, read_mails
from index.reading.comment_headers import (
    LONGEST_HEADER,
    NAME_WORDS,
    Header,
    LineHeader,
    badges_of,
    gap,
    is_date,
    is_initials,
    is_votes,
    line_header,
    named,
    spaced_header,
    stacked_header,
)
from index.reading.comment_headers import PROSE_END as PROSE_END
from index.reading.dates import find_date
from index.reading.messages import read_messages
from index.reading.posts import read_posts

SPOKEN_AT = re.compile(  # "Jane Roe [00:12:31]": a recording's transcript, whose turns are read elsewhere
    r"^[^\n\[(]{2,60}[\[(]\d{1,2}:\d\d(?::\d\d)?[\])]:?[^\S\n]*$|^[^\n\[(]{2,60}\s\d{1,2}:\d\d:\d\d[^\S\n]*$", re.M
)
COMMENTS_HEADING = re.compile(
    r"\s*#*\s*(?:\d+\s+)?(?:Reader(?:s'|s)?\s+|Leser-?)?(?:Comments?|Replies|Responses|Discussion|Kommentare?"
    r"|Commentaires?|Comentarios?|Comentários?|Commenti|Commento|Reacties?)"
    r"(?:\s*\(\d+\)(?:\s*(?:\||\s{2}|sort|newest|oldest|best|top)[^\n]*)?)?\s*:?\s*$",
    re.IGNORECASE,
)
SORTING = re.compile(
    r"(?:sort(?:ed)?|order(?:ed)?|sortier\w*|trier|ordenar|ordina|sorteer)\b[^\n]{0,60}"
    r"|(?:(?:show )?(?:newest|oldest|latest|best|top|popular|controversial|most \w+|neueste|älteste|beliebteste"
    r"|plus récents|plus anciens|más recientes|más antiguos|più recenti|mais recentes|nieuwste|oudste)"
    r"(?: (?:first|on top|rated|comments|zuerst|d['’]abord|primero|prima|primeiro|eerst))?[\s|·•,/▾▼]{0,6}){1,8}",
    re.IGNORECASE,
)
SAYS_COMMENT = re.compile(r"[ck]om+ent|reactie", re.IGNORECASE)
LONGEST_HEADING = 200  # characters; longer is no heading, and white space without end is slow to match
LINE = re.compile(r"[^\s][^\n]*")
ITEM = re.compile(r"\((?:\d{1,2}|[a-z])\)\s+\S")
SUBJECT = re.compile(r"(?:Re|RE|Fwd|AW):\s[^\n]{1,120}")
MAY_HOLD_HEADERS = ("body", "comment", "heading", "list_item", "byline")
PROSE_WORDS = 8
MOST_HEADINGS = 20
BACK_MATTER = frozenset("references bibliography conclusion conclusions acknowledgements acknowledgments".split())
FORM = re.compile(
    r"(?:#+\s*)?(?:(?:leave|post|add|write) (?:a|your) (?:reply|comment)\b.{0,40}"
    r"|(?:you must|please) (?:be logged in|log ?in|sign in|register)\b.{0,80}"
    r"|(?:log|sign) in to (?:reply|comment)\b.{0,40}"
    r"|(?:this thread|comments?)\b.{0,30}\b(?:is|are|was|were) (?:now )?closed\b.{0,60})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Style:
    """What headers in one line look like in a thread: their forms, whether they stand below, who writes there."""

    forms: frozenset[str] = frozenset()
    below: bool = False
    writers: frozenset[str] = frozenset()
    spaced: bool = False
    badges: frozenset[str] = frozenset()


def opens_comments(line: str) -> bool:
    """Whether a line is the heading of a comment section, such as "Comments (12)"."""
    return len(line) <= LONGEST_HEADING and bool(COMMENTS_HEADING.match(line))


def read_comments(text: str, blocks: list[Block]) -> list[Block]:
    """What follows the heading of a comment section, as comments with the writers and dates of their headers.

    Without a heading: mails, chat logs, and threads whose headers have a form that nothing else has. A vote count
    ends a comment: what comes after it without a header is by nobody that the text names.
    """
    if told := read_messages(text, blocks) or read_chat(text, blocks):
        return told
    read = _headed_comments(text, read_mails(text, blocks))
    headers = sum(
        after.kind == "comment" and above.kind == "byline" and "\n" not in (after.speaker or "\n")
        for above, after in pairwise(read)
    )
    posts, count = read_posts(text, blocks)
    if count and 2 * len(SPOKEN_AT.findall(text)) >= count:
        return read
    other = [b.start for b in posts if b.kind in ("byline", "furniture") and b.end - b.start <= LONGEST_HEADER]
    misread = sum(bisect_left(other, b.start) < bisect_left(other, b.end) for b in read if b.kind == "comment")
    more = 2 * _writers(read) <= _writers(posts)
    return posts if count > headers or (count and (more or 2 * misread >= count)) else read


def _writers(blocks: Sequence[Block]) -> int:
    return len({block.speaker for block in blocks if block.kind == "comment" and block.speaker})


def _headed_comments(text: str, blocks: list[Block]) -> list[Block]:
    first, end, heading = _thread(text, blocks)
    if first is None:
        return blocks
    top = [*blocks[:first]]
    if heading:
        top[-1] = replace(top[-1], kind="heading")
        while first < end and SORTING.fullmatch(
            text[blocks[first].start : blocks[first].end][:LONGEST_HEADING].strip()
        ):
            top.append(replace(blocks[first], kind="furniture"))
            first += 1
    return [*top, *_comments(text, _split(text, blocks[first:end]), fresh=True), *blocks[end:]]


def _thread(text: str, blocks: Sequence[Block]) -> tuple[int | None, int, bool]:
    """(first block, end, whether a heading stands above) of the thread; None without one."""
    lines = [text[b.start : b.end].strip() if b.end - b.start <= LONGEST_HEADING else "" for b in blocks]
    headings = [n for n, b in enumerate(blocks) if b.kind != "furniture" and opens_comments(lines[n])]
    known = [n for n, block in enumerate(blocks) if block.kind == "comment"]
    if known:
        near = [n for n in headings if -1 < known[0] - n <= 3]
        return (near[-1] + 1 if near else known[0]), known[-1] + 1, bool(near)
    chosen = next((n for n in headings if _header_below(text, blocks, n)), None)
    if chosen is None:
        chosen = _heading_of_section(text, blocks, lines, headings)
    if chosen is not None:
        return chosen + 1, len(blocks), True
    sure = [n for n, block in enumerate(blocks) if _has_sure_header(text, block)]
    replies = any(blocks[n].kind != "byline" for n in sure)  # what heads a comment may have been taken for a byline
    return (sure[0] if len(sure) > 1 and replies else None), len(blocks), False


def _has_sure_header(text: str, block: Block) -> bool:
    return block.kind in MAY_HOLD_HEADERS and any(header.sure for _, header in _line_headers(text, block))


def _header_below(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether the lines below a heading begin with a comment's header."""
    below = (line.strip() for block in blocks[number + 1 : number + 8] for line in _some_lines(text, block))
    lines = [line for line, _ in zip(below, range(8), strict=False)]
    for n, line in enumerate(lines[:-1]):
        if len(line.split()) > NAME_WORDS and not line_header(line, lines[n + 1]):
            return False
        if line_header(line, lines[n + 1]) or (is_date(lines[n + 1]) and not is_date(line)):
            return True
    return False


def _heading_of_section(
    text: str, blocks: Sequence[Block], lines: Sequence[str], headings: Sequence[int]
) -> int | None:
    """The first heading that, without headers below it, still is the comments': an article stands above, none below."""
    if not headings:
        return None
    times = Counter(line.lower() for line in lines)
    ends = {n for n, line in enumerate(lines) if line.lower().strip("# :") in BACK_MATTER}
    top = max((n for n in range(headings[0]) if blocks[n].kind in ("title", "byline")), default=-1)
    prose = next((n for n in range(top + 1, len(blocks)) if _is_prose(text, blocks[n])), len(blocks))
    for number in headings[:MOST_HEADINGS]:
        line = lines[number]
        if number and prose > number:
            continue  # a link to the comments above the article
        if any(c.isdigit() for c in line):
            return number
        level = len(line) - len(line.lstrip("#"))
        below = range(number + 1, len(lines))
        sections = level and any(lines[n].startswith("#") and not lines[n].startswith("#" * (level + 1)) for n in below)
        if SAYS_COMMENT.search(line) and times[line.lower()] == 1 and not sections and max(ends, default=-1) < number:
            return number
    return None


def _is_prose(text: str, block: Block) -> bool:
    return (
        block.kind not in ("furniture", "title", "byline")
        and len(text[block.start : min(block.end, block.start + 200)].split()) > PROSE_WORDS
    )


def _some_lines(text: str, block: Block) -> list[str]:
    return [line for line in text[block.start : min(block.end, block.start + 1500)].splitlines() if line.strip()][:8]


def _line_headers(text: str, block: Block) -> Iterator[tuple[int, LineHeader]]:
    lines = text[block.start : block.end].splitlines()
    following = text[block.end : block.end + LONGEST_HEADER].strip().split("\n", 1)[0].strip()
    for number, line in enumerate(lines):
        below = lines[number + 1].strip() if number + 1 < len(lines) else following
        if header := line_header(line.strip(), below):
            yield number, header


def _split(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The same blocks, headers and votes cut out of the paragraphs that the layout put them in."""
    result: list[Block] = []
    for block in blocks:
        if block.kind not in MAY_HOLD_HEADERS or "\n" not in text[block.start : block.end]:
            result.append(block)
            continue
        spans = [(block.start + m.start(), block.start + m.end()) for m in LINE.finditer(text[block.start : block.end])]
        lines = [text[start:end].strip() for start, end in spans]
        alone = {number for number, _ in _line_headers(text, block)}
        for number, line in enumerate(lines):
            if is_date(line):
                alone.add(number)
                for n in range(number - 1, max(-1, number - 4), -1):
                    if len(lines[n].split()) > NAME_WORDS or lines[n].endswith(PROSE_END):
                        break
                    alone.add(n)
            elif is_votes(line) or is_initials(line) or SUBJECT.fullmatch(line):
                alone.add(number)
        result += _cut(block, spans, alone) if alone else [block]
    return result


def _cut(block: Block, lines: Sequence[tuple[int, int]], alone: set[int]) -> Iterator[Block]:
    start: int | None = None
    for number, (first, end) in enumerate(lines):
        if number in alone and start is not None:
            yield replace(block, start=start, end=lines[number - 1][1])
            start = None
        if number in alone:
            yield replace(block, start=first, end=end)
        elif start is None:
            start = first
    if start is not None:
        yield replace(block, start=start, end=block.end)


def _comments(text: str, blocks: Sequence[Block], fresh: bool) -> Iterator[Block]:
    """The blocks of a thread, each with its writer and date; `fresh`: the first block may be a comment's header."""
    lines = [text[block.start : block.end].strip() for block in blocks]
    style, introduced = _style(text, blocks, lines), _lists(blocks, lines)
    writer, date, said, number = None, None, False, 0
    waiting: list[Block] = []
    while number < len(blocks):
        begins = fresh or gap(text, blocks, number) > 1 or is_votes(lines[number - 1])
        fresh = False
        header = _header(text, blocks, lines, number, style, begins, said)
        if header:
            mark = {"kind": "byline", "speaker": header.writer, "date": header.date}
            headed = [replace(block, **mark) for block in blocks[number : number + header.length]]  # type: ignore[arg-type]
            if style.below:
                yield from (_by(block, header.writer, header.date) for block in waiting)
                waiting = []
            else:
                writer, date, said = header.writer, header.date, False
            yield from headed
            number += header.length
            continue
        block, line = blocks[number], lines[number]
        closing = len(line) <= LONGEST_HEADER and bool(FORM.fullmatch(line))
        if block.kind == "furniture" or closing or is_votes(line):
            yield from waiting
            waiting = []
            yield replace(block, kind="furniture")
            if closing or (said and block.kind != "furniture"):
                writer = date = None
        else:
            said = True
            marked = _by(replace(block, kind=_kind(block, writer, introduced.get(number))), writer, date)
            if style.below:
                waiting.append(marked)
            else:
                yield marked
        number += 1
    yield from waiting


def _by(block: Block, writer: str | None, date: str | None) -> Block:
    if block.kind != "quotation":
        return replace(block, speaker=writer, date=date)
    return replace(block, via=(writer,) if writer and writer != block.speaker else ())


def _kind(block: Block, writer: str | None, introduced: bool | None) -> str:
    """A paragraph's kind in a thread: a list in a comment stays a list; "1." on its own may number a comment."""
    if block.kind in ("quotation", "table", "caption"):
        return block.kind
    return "list_item" if introduced or (writer and introduced is not None) else "comment"


def _lists(blocks: Sequence[Block], lines: Sequence[str]) -> dict[int, bool]:
    """The list items with others beside them, and whether their form or a line with a colon shows that it is a list."""
    found: dict[int, bool] = {}
    items = [bool(ITEM.match(line)) for line in lines]
    listed = [block.kind == "list_item" or item for block, item in zip(blocks, items, strict=True)]
    for number in range(len(blocks)):
        if not listed[number]:
            continue
        if number and number - 1 in found:
            found[number] = found[number - 1]
        elif number + 1 < len(blocks) and listed[number + 1]:
            found[number] = items[number] or (number > 0 and lines[number - 1].endswith(":"))
    return found


def _style(text: str, blocks: Sequence[Block], lines: Sequence[str]) -> Style:
    found = {n: header for n, pair in enumerate(pairwise([*lines, ""])) if (header := line_header(*pair))}
    content = [n for n, block in enumerate(blocks) if block.kind != "furniture" and not is_votes(lines[n])]
    count = Counter(header.form for header in found.values())
    opening = found[content[0]].form if content and content[0] in found else ""
    forms = {form for form, times in count.items() if form == opening or (form != "says" and times > 1)}
    forms |= {header.form for header in found.values() if header.sure}
    closing = bool(content) and content[-1] in found and found[content[-1]].form == "by" and opening != "by"
    spaced = [n for n in range(len(lines) - 1) if is_date(lines[n + 1]) and spaced_header(text, blocks, lines, n)]
    return Style(
        frozenset({"by"} if closing else forms),
        below=closing,
        writers=frozenset(header.writer for header in found.values()),
        spaced=len(spaced) > 1 or bool(spaced and content and spaced[0] - content[0] <= 1),
        badges=badges_of(lines),
    )


def _header(
    text: str, blocks: Sequence[Block], lines: Sequence[str], number: int, style: Style, begins: bool, said: bool
) -> Header | None:
    if blocks[number].kind in ("quotation", "table", "furniture"):
        return None
    below = lines[number + 1] if number + 1 < len(lines) else ""
    if below and SUBJECT.fullmatch(lines[number]) and gap(text, blocks, number + 1) == 1:
        header = _header(text, blocks, lines, number + 1, style, begins, said)
        return replace(header, length=header.length + 1) if header else None
    one = line_header(lines[number], below)
    if one and one.form in style.forms and (begins or one.sure or one.form not in ("separated", "plain")):
        dated_below = one.date is None and one.form == "says" and is_date(below)
        date = find_date(below) if dated_below else one.date
        return Header(named(_first_of_two(one.writer, style.writers)), date, 1 + dated_below)
    if style.below:
        return None
    header = stacked_header(text, blocks, lines, number, style.badges, begins)
    if header is None and begins and style.spaced:
        header = spaced_header(text, blocks, lines, number)
    if header is None and begins and is_date(lines[number]) and number + 1 < len(lines) and not is_votes(below):
        return Header(None, find_date(lines[number]), 1)
    return header


def _first_of_two(writer: str, writers: frozenset[str]) -> str:
    """ "Jane Roe Tom Ash" is Jane Roe, who answers Tom Ash, where both write in the thread."""
    words = writer.split()
    for cut in range(1, len(words)):
        one, other = " ".join(words[:cut]), " ".join(words[cut:])
        if one in writers and other in writers:
            return one
    return writer
