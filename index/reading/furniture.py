"""Marks what stands beside an article: menus above it, boxes within it, lists of other articles and footers below it.

It does not know about tags: those are for read_html_kinds.py. What a line's words say is for furniture_lines.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.document import Block
from index.reading.dates import DATE
from index.reading.furniture_around import around_article, buttons
from index.reading.furniture_lines import CODE, LONGEST_LINE, Line, line_of
from index.reading.layout import text_of
from index.reading.threads import opens_comments

ARTICLE_KINDS = frozenset(("body", "heading", "list_item"))
RULE = re.compile(r"[-_—]{3,}")
CONTENT_HEADING = re.compile(
    r"(?:references|bibliography|works cited|sources?|(?:foot|end)?notes?|appendix|appendices|annex|see also|"
    r"external links|further reading|acknowledge?ments?|glossary|index|corrections?|updates?|clarifications?|"
    r"editor['’]s note|about the authors?|specifications?|ingredients|instructions|literatur|quellen|"
    r"einzelnachweise|notes et références)\b.{0,80}",
    re.IGNORECASE,
)
BY = re.compile(r"\s*(?:by|von|par|por|di|door)\s", re.IGNORECASE)
POLL = re.compile(r"\s*(?:reader )?(?:poll|vote|umfrage|sondage|encuesta)\s*[:/]", re.IGNORECASE)
FRAMED = re.compile(r"\s*(?:[-–—=~]\s?){3,20}[^\n=~–—]{3,200}?(?:\s?[-–—=~]){3,20}\s*")
COLOPHON = re.compile(
    r"\bmay (?:not )?be (?:freely )?(?:copied|reproduced|republished|redistributed|reprinted|rebroadcast)\b"
    r"|^\W*(?:tomorrow|next (?:week|month|issue|time)) in (?:the|this|our)\b[^.:]{2,60}:",
    re.IGNORECASE,
)
SELLING = re.compile(
    r"\b(?:newsletter|inbox|e-?mails?|subscri\w+|sign up|join|free|members?|trial|once a (?:day|week)|every "
    r"(?:day|morning|week)|your account|unsubscribe)\b",
    re.IGNORECASE,
)
ENDINGS = frozenset(("rights", "login", "offer", "share", "list", "closed", "tags"))
BOXES = frozenset(("login", "offer"))
MENU_LINES = 8
MENU_WORDS = 6
SORT_LINES = 3  # of furniture between the heading of the comments and the first one
MENU_POINTS = 3  # words that only menus have
LONG = 25  # words of a paragraph that belongs to an article
TITLE_WORDS = 25
ABOVE_TEXT = 4  # lines above a text may be its title, its authors and its date
LIST_LENGTH = 16
SPARSE = 10  # blocks per line that reads like furniture, in what stands below an article


def mark_furniture(text: str, blocks: list[Block], told: bool = False) -> list[Block]:
    """The blocks, those beside the article marked as furniture, with nobody's words in them.

    `told`: the file's format has told furniture from article already, as tags do, which know better than layout.
    Where only weak signs are seen the text is taken for no web page: a novel, a chat or a statute stays as it is.
    """
    lines = [line_of(text_of(text, block)) for block in blocks]
    page = _is_page(blocks, lines)
    near = [any(line.sort for line in (*lines[max(0, n - 1) : n], *lines[n + 1 : n + 2])) for n in range(len(lines))]
    alone = enumerate(zip(blocks, lines, near, strict=True))
    marked = {n for n, (block, line, beside) in alone if _stands_alone(text, block, line, beside, page)}
    marked |= {n for n, block in enumerate(blocks) if _is_rule(text, block)}
    marked |= _menus(text, blocks, lines, page)
    marked |= _above_title(text, blocks, lines)
    thread = _thread(blocks)
    marked |= _below_article(text, blocks, lines, thread[0] if thread else len(blocks), page)
    marked |= {n for n in range(max(0, len(blocks) - 3), len(blocks)) if _is_colophon(text, blocks[n], lines[n])}
    if thread:
        marked |= _below_comments(blocks, lines, thread)
    if not told:
        marked |= around_article(text, blocks, lines, page)
        marked |= buttons(text, blocks, lines) if page else set()
    marked |= _boxes(text, blocks, lines, marked)
    marked |= _between(blocks, lines, marked) if page else set()
    marked -= {n for n in range(*(thread or (0, 0))) if _heads_comments(text, blocks[n])}
    return [_as_furniture(block) if n in marked else block for n, block in enumerate(blocks)]


def _as_furniture(block: Block) -> Block:
    return replace(block, kind="furniture", speaker=None, role=None, via=(), date=None, hint=None)


def _is_page(blocks: Sequence[Block], lines: Sequence[Line]) -> bool:
    """Whether the text looks like a saved web page: lines that read like furniture, of two sorts or more."""
    certain = {line.certain for line in lines if line.certain}
    likely = {line.likely for line in lines if line.likely}
    marked = sum(block.kind == "furniture" for block in blocks)
    return len(certain) >= 2 or (len(certain) == 1 and len(certain | likely) >= 3) or marked >= MENU_LINES


def _stands_alone(text: str, block: Block, line: Line, beside: bool, page: bool) -> bool:
    """Whether a line is furniture by its own words; `beside`: a line next to it reads like furniture too."""
    if block.kind == "comment":
        framed = bool(FRAMED.fullmatch(text_of(text, block)[:300]))
        return line.buttons or line.certain in ("closed", "rights") or framed
    if block.kind not in ARTICLE_KINDS:
        return False
    if line.certain and line.certain != "list":
        return True
    button = line.likely in ("share", "advert", "count") or (line.likely == "more" and not line.sentence)
    pointer = line.likely == "list" and not line.sentence and ":" in text_of(text, block)
    return page and (line.buttons or pointer or (button and (beside or 1 < line.words <= 2 * MENU_WORDS)))


def _is_rule(text: str, block: Block) -> bool:
    return block.kind in ARTICLE_KINDS and bool(RULE.fullmatch(text_of(text, block).strip()[:300]))


def _is_colophon(text: str, block: Block, line: Line) -> bool:
    return (
        block.kind == "body" and line.words <= 2 * LONG and bool(COLOPHON.search(text_of(text, block)[:LONGEST_LINE]))
    )


def _menus(text: str, blocks: Sequence[Block], lines: Sequence[Line], page: bool) -> set[int]:
    """Long runs of very short lines with the words of a menu in them; where a page has one, any such run above it."""
    first = next((n for n, line in enumerate(lines) if line.prose and line.words >= LONG), None)
    if first is None:
        return set()
    title = next((n for n, block in enumerate(blocks) if block.kind == "title"), None)
    short = [_could_be_menu(text, block, line) for block, line in zip(blocks, lines, strict=True)]
    found: set[int] = set()
    for run in _runs(short, MENU_LINES // 2 if page else MENU_LINES):
        introduced = run.start and text_of(text, blocks[run.start - 1]).rstrip().endswith(":")
        points = sum(lines[n].of_menu for n in run)
        if points >= max(MENU_POINTS, len(run) / SPARSE) and not introduced:
            found.update(run[:-1] if _heads_text(text, blocks, lines, run.stop - 1) else run)
    if page and found:
        top = range(first - ABOVE_TEXT if title is None else min(first, title))
        listed = [short[n] or (blocks[n].kind == "list_item" and _is_entry(blocks[n], lines[n])) for n in top]
        found.update(n for run in _runs(listed, MENU_LINES) for n in run)
    return found


def _heads_text(text: str, blocks: Sequence[Block], lines: Sequence[Line], number: int) -> bool:
    """Whether a line below a menu stands apart from it, right above a paragraph: the title of the text."""
    if number + 1 >= len(blocks) or not number or lines[number].of_menu or blocks[number].kind == "list_item":
        return False
    apart = text.count("\n", blocks[number - 1].end, blocks[number].start) > 1
    return apart and lines[number + 1].prose and lines[number + 1].words >= LONG


def _runs(of: Sequence[bool], length: int) -> Iterator[range]:
    """The stretches of at least `length` places that are True."""
    start = 0
    for number in range(len(of) + 1):
        if number == len(of) or not of[number]:
            if number - start >= length:
                yield range(start, number)
            start = number + 1


def _could_be_menu(text: str, block: Block, line: Line) -> bool:
    if block.kind not in ARTICLE_KINDS or line.words > MENU_WORDS or (line.sentence and not line.sort):
        return False
    words = text_of(text, block).strip()
    if words[:1].isdigit() and block.kind == "list_item":
        return False
    digits = sum(character.isdigit() for character in words)
    return (
        "\n" not in words
        and not CODE.search(words)
        and (digits < 3 or line.sort is not None or digits < len(words) / 3)
    )


def _above_title(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> set[int]:
    """What stands above the title: menus by their words; the publication's name above a title and byline."""
    title = next((n for n, block in enumerate(blocks) if block.kind == "title"), 0)
    above = [n for n in range(title) if blocks[n].kind in ARTICLE_KINDS]
    if not above:
        return set()
    before = sum(lines[n].words for n in above if lines[n].prose)
    if before > 2 * LONG and before * 2 > sum(line.words for line in lines[title:] if line.prose):
        return set()
    above = [n for n in above if n < title - 2 or lines[n].sort or not 3 < lines[n].words <= TITLE_WORDS]
    points = sum(lines[n].of_menu for n in above)
    if points >= MENU_POINTS or any(lines[n].certain for n in above):
        return {n for n in above if not lines[n].prose}
    bylines = [text_of(text, block)[:200] for block in blocks[: title + 4] if block.kind == "byline"]
    masthead = title <= 2 and any(BY.match(line) for line in bylines) and any(DATE.search(line) for line in bylines)
    return {n for n in above if masthead and lines[n].words <= MENU_WORDS and not lines[n].sentence}


def _thread(blocks: Sequence[Block]) -> tuple[int, int] | None:
    """(first, last) block of the reader comments, the heading above them included."""
    comments = [n for n, block in enumerate(blocks) if block.kind == "comment"]
    if not comments:
        return None
    first = place = comments[0]
    while place and blocks[place - 1].kind in ("byline", "heading", "furniture") and first - place < SORT_LINES:
        place -= 1
        first = first if blocks[place].kind == "furniture" else place
    return first, comments[-1]


def _heads_comments(text: str, block: Block) -> bool:
    return block.kind == "heading" and opens_comments(text_of(text, block))


def _below_article(text: str, blocks: Sequence[Block], lines: Sequence[Line], end: int, page: bool) -> set[int]:
    """What follows the end of an article: from the first line of furniture after which no more of the article comes."""
    start = _last_content_heading(text, blocks, end)
    total = sum(line.words for line in lines[:end] if line.prose)
    after = long = others = signs = 0
    best: int | None = None
    for number in range(end - 1, start, -1):
        line, block = lines[number], blocks[number]
        if line.prose:
            after += line.words
            long += line.words >= LONG
            following = lines[number + 1] if number + 1 < end else None
            resumes = bool(following and following.prose and min(line.words, following.words) >= LONG)
            if resumes or 2 * after > total - after:
                break
        elif block.kind in ARTICLE_KINDS:
            others += 1
            signs += line.sort is not None
            ends = line.certain in ENDINGS or (line.certain == "advert" and not after)
            if ends and signs * SPARSE >= others and (not long or (signs >= 5 and others >= 8 * long)):
                best = number
    if best is None or sum(line.words for line in lines[:best] if line.prose) < LONG:
        return set()
    while best > start + 1 and _leads_out(blocks[best - 1], lines[best - 1], page):
        best -= 1
    return {n for n in range(best, end) if blocks[n].kind in ARTICLE_KINDS}


def _leads_out(block: Block, line: Line, page: bool) -> bool:
    """Whether a line right above the furniture below an article belongs to it: a keyword, a count, a tag."""
    if block.kind not in ARTICLE_KINDS or line.prose:
        return False
    tag = page and block.kind != "list_item" and line.words <= 3 and not line.sentence
    return line.sort is not None or tag


def _last_content_heading(text: str, blocks: Sequence[Block], end: int) -> int:
    """The last block that an article's own end part begins with: references, notes, a correction, a turn of speech."""
    for number in range(end - 1, -1, -1):
        kind = blocks[number].kind
        if kind in ("title", "byline", "question", "interview_answer", "quotation", "table", "update", "masked"):
            return number
        if kind in ARTICLE_KINDS and CONTENT_HEADING.match(text_of(text, blocks[number])[:100].lstrip("#* \t")):
            return number
    return 0


def _below_comments(blocks: Sequence[Block], lines: Sequence[Line], thread: tuple[int, int]) -> set[int]:
    """Log-in boxes, footers and lists at the end of a thread: nothing but lines of furniture comes after them."""
    form = _form(lines, thread[0])
    if form is not None:
        return set(range(form, len(blocks)))
    best, listed = len(blocks), False
    for number in range(len(blocks) - 1, thread[0], -1):
        line, kind = lines[number], blocks[number].kind
        if kind in ("byline", "title", "heading") and not line.sort:
            break
        if line.certain or (line.likely and (best < len(blocks) or line.likely != "button")) or kind == "furniture":
            best = number
        elif line.sentence and not line.cut:
            break
        listed = listed or line.certain == "list"
    if best == len(blocks):
        return set()
    lists = [n for n in range(best, len(blocks)) if lines[n].certain == "list"]
    first_list = lists[0] if lists else len(blocks)
    found = set()
    for number in range(best, len(blocks)):
        if lines[number].sort or number >= first_list or lines[number].words <= 3:
            found.add(number)
    return found if all(n in found for n in range(best, len(blocks))) else {n for n in found if lines[n].certain}


def _form(lines: Sequence[Line], start: int) -> int | None:
    """The first line of the form below the comments that begin at `start`: little is said after it."""
    whole = sum(line.words for line in lines[start:] if line.prose)
    said = 0
    for number in range(start, len(lines)):
        if number > start and lines[number].certain == "form" and 2 * (whole - said) <= said:
            return number
        said += lines[number].words if lines[number].prose else 0
    return None


def _boxes(text: str, blocks: Sequence[Block], lines: Sequence[Line], marked: set[int]) -> set[int]:
    """What belongs to a line of furniture amid an article: a list's entries, a newsletter box's paragraph."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        if blocks[number].kind not in ARTICLE_KINDS:
            continue
        if line.certain == "closed" and number and POLL.match(text_of(text, blocks[number - 1])[:100]):
            found.add(number - 1)
        elif line.certain == "list":
            entries = _entries(blocks, lines, number + 1)
            if entries or number in marked:
                found.update([number, *entries])
        elif line.certain in BOXES and line.words <= LONG:
            following = number + 1
            if following < len(blocks) and blocks[following].kind == "body" and lines[following].words <= 2 * LONG:
                words = text_of(text, blocks[following])
                if len({match.lower() for match in SELLING.findall(words)}) >= 2 or lines[following].certain:
                    found.add(following)
    return found


def _entries(blocks: Sequence[Block], lines: Sequence[Line], start: int) -> list[int]:
    """The titles and cut-off summaries that follow the heading of a list."""
    entries: list[int] = []
    for number in range(start, min(len(blocks), start + LIST_LENGTH)):
        if not _is_entry(blocks[number], lines[number]):
            break
        entries.append(number)
    if entries and entries[-1] + 1 < len(blocks):
        last, after = lines[entries[-1]], lines[entries[-1] + 1]
        heads = after.prose and 2 * last.words <= max(lines[n].words for n in entries)
        if heads or blocks[entries[-1]].kind == "heading":
            entries.pop()
    return entries


def _is_entry(block: Block, line: Line) -> bool:
    """Whether a block may be the title or the cut-off summary of another article."""
    return block.kind in ARTICLE_KINDS and line.words <= TITLE_WORDS and (line.cut or not line.sentence)


def _between(blocks: Sequence[Block], lines: Sequence[Line], marked: set[int]) -> set[int]:
    """A sign or a button between two blocks of furniture."""
    furniture = [n in marked or block.kind == "furniture" for n, block in enumerate(blocks)]
    return {
        n
        for n in range(1, len(blocks) - 1)
        if furniture[n - 1]
        and furniture[n + 1]
        and blocks[n].kind in ARTICLE_KINDS
        and (not lines[n].words or (lines[n].words <= 3 and lines[n].sort))
    }
