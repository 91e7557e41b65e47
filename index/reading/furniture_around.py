"""Marks what stands around the article of a saved page: what lies outside its span, and the buttons all over the page.

It does not know what the lines say beyond what Line tells; whether a text is a page at all is judged by its frame.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from index.document import Block
from index.reading.article_span import DATE_WORDS, article_span, dated_labels, has_headline, is_blotted
from index.reading.dates import DATE
from index.reading.furniture_lines import Line
from index.reading.layout import text_of

MARKED_KINDS = frozenset(("body", "heading", "list_item"))
FRAME = 8  # labels around an article
FRAME_SHARE = 50  # words of the article per label around it, at most
LONG_FRAME = 30  # labels; so many show a page by themselves, if
TWICE = 3  # labels that stand both above and below the article
SIGNS, SPARSE = 3, 20  # of them so many, and one of so many, read like furniture
ABOVE = 2  # blocks right above the first paragraph: a headline, a line below it
HEADLINE = 3  # words
TITLE_ABOVE = 20  # blocks from the title to the first paragraph, at most
NUMBER = re.compile(r"^\W*(?:\w+\s)?\d|\d\.?$")
BUTTON_TIMES = 3
BUTTON_WORDS = 4
POSTS = 4  # dates with words below them that show a thread
POST_LENGTH = 12  # blocks from the date of a post to its last words
THREAD_HEADING_WORDS = 16
VOICES = 2  # sentences below a heading of comments
THREAD_HEADING = re.compile(
    r"\W*(?:[\w’']+\s){0,3}(?:comments?|reviews?|replies|responses|kommentare?|commentaires?|avis|comentarios?|"
    r"opiniones|reacties|recensioni)(?:\s\w+){0,3}\W*\d{0,6}\W*"
    r"|\W*\d{1,5}\s(?:thoughts|replies|responses) (?:on|to)\b.{0,100}",
    re.IGNORECASE,
)


def around_article(text: str, blocks: Sequence[Block], lines: Sequence[Line], page: bool) -> set[int]:
    """The blocks above the headline and below the last paragraph; none where no frame of labels shows a page."""
    span = article_span(text, blocks, lines)
    thread = _thread(text, blocks, lines, span) if span else range(0)
    if span is None or not _is_framed(text, blocks, lines, (span, thread), page):
        return set()
    first = _headline(blocks, lines, span.start)
    below = [n for n in range(span.stop, len(blocks)) if n not in thread or lines[n].sort]
    outside = (*range(first), *_below_title(lines, first, span.start), *below)
    return {n for n in outside if blocks[n].kind in MARKED_KINDS and not is_blotted(text, blocks[n])}


def _is_framed(
    text: str, blocks: Sequence[Block], lines: Sequence[Line], known: tuple[range, range], page: bool
) -> bool:
    """Whether the labels around the article and its thread (`known`) are many, and read like a page's."""
    span, thread = known
    around = (n for n in range(len(blocks)) if n not in span and n not in thread)
    labels = [n for n in around if _is_label(text, blocks[n], lines[n])]
    words = sum(lines[n].words for n in span)
    if len(labels) < FRAME or len(labels) * FRAME_SHARE < words:
        return False
    if page:
        return True
    above = {text_of(text, blocks[n]).strip() for n in labels if n < span.start}
    below = {text_of(text, blocks[n]).strip() for n in labels if n >= span.stop}
    if len(above & below) >= TWICE:
        return True
    certain = any(lines[n].certain for n in labels)
    signs = sum(lines[n].of_menu or lines[n].sort is not None for n in labels)
    return (certain and len(labels) >= 2 * FRAME) or (
        len(labels) >= LONG_FRAME and signs >= max(SIGNS, len(labels) / SPARSE)
    )


def _is_label(text: str, block: Block, line: Line) -> bool:
    """Whether a block may be part of a frame; a table of contents and an index have numbers."""
    if block.kind != "furniture" and (block.kind not in MARKED_KINDS or line.sentence):
        return False
    return line.sort is not None or not NUMBER.search(text_of(text, block)[:200].strip())


def _headline(blocks: Sequence[Block], lines: Sequence[Line], start: int) -> int:
    """The first block of what belongs to the article above its first paragraph: its title, a line or two without."""
    title = next((n for n in range(start - 1, max(-1, start - TITLE_ABOVE), -1) if blocks[n].kind == "title"), None)
    if title is not None:
        return title
    first, left = start, ABOVE
    for number in range(start - 1, max(-1, start - 1 - 3 * ABOVE), -1):
        block, line = blocks[number], lines[number]
        if block.kind in ("byline", "caption"):
            continue
        if not left or block.kind not in ("body", "heading") or line.sort or line.words < HEADLINE:
            break
        first, left = number, left - 1
    return first


def _below_title(lines: Sequence[Line], title: int, start: int) -> list[int]:
    """Short labels between the title and the first paragraph, but not the heading right above that."""
    return [n for n in range(title + 1, start - 1) if lines[n].words <= HEADLINE and not lines[n].sentence]


def _thread(text: str, blocks: Sequence[Block], lines: Sequence[Line], span: range) -> range:
    """What readers say: from the first comment to the last, or from a heading of comments to the last sentence."""
    end = len(blocks)
    comments = [n for n in range(span.start, end) if blocks[n].kind == "comment"]
    said = [n for n in range(span.start, end) if _is_said(lines[n])]
    last_to_head = said[-VOICES] if len(said) >= VOICES else span.start
    for number in range(span.start, min(last_to_head, comments[0] if comments else end)):
        if lines[number].words > THREAD_HEADING_WORDS or lines[number].certain:
            continue
        if THREAD_HEADING.fullmatch(text_of(text, blocks[number])[:160].strip()):
            return range(number, max([said[-1], *comments[-1:]]) + 1)
    if comments:
        return range(comments[0], comments[-1] + 1)
    posts = _posts(text, blocks, lines)
    return range(posts[0].start, posts[-1].stop) if len(posts) >= POSTS else range(end, end)


def _posts(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> list[range]:
    """What looks like the posts of a thread: from a date that no headline stands above to the last words below it."""
    dates = dated_labels(text, blocks, lines)
    posts = []
    for date, following in pairwise((*dates, len(blocks))):
        said = [n for n in range(date + 1, min(following, date + POST_LENGTH)) if _is_said(lines[n])]
        if said and not has_headline(lines, date):
            posts.append(range(date, said[-1] + 1))
    return posts


def _is_said(line: Line) -> bool:
    return not line.sort and line.words > 2 and (line.sentence or (line.words >= DATE_WORDS and line.lower > 0.5))


def buttons(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> set[int]:
    """Short lines that stand on a page again and again and have nothing to say below them."""
    short = {
        n: text_of(text, block).strip().casefold()
        for n, (block, line) in enumerate(zip(blocks, lines, strict=True))
        if block.kind in MARKED_KINDS and 0 < line.words <= BUTTON_WORDS and not line.sentence
    }
    times = Counter(short.values())
    often = {n: words for n, words in short.items() if times[words] >= BUTTON_TIMES}
    followed = (n for n in often if n + 1 < len(blocks) and _says(text, blocks[n + 1], lines[n + 1]))
    heads = Counter(often[n] for n in followed)
    return {n for n, words in often.items() if 2 * heads[words] < times[words]}


def _says(text: str, block: Block, line: Line) -> bool:
    """Whether a block may be what the line above it heads: a sentence, a table, a date, a comment."""
    if block.kind not in MARKED_KINDS:
        return block.kind != "furniture"
    return line.sentence or line.words > 2 * BUTTON_WORDS or bool(DATE.search(text_of(text, block)[:120]))
