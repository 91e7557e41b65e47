"""Which line above an article is its title: by its place, its repetition, the words that it shares with the text.

It does not know what a byline says, only where the lines stand that are read as one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.bylines import is_name, named_with_role
from index.reading.layout import CHAT, plain_of, text_of
from index.reading.tables import SENTENCE_END, SENTENCE_INSIDE

LEAST_SCORE = 4.5
CLOSE, STANDFIRST = 0.4, 1.5  # points by which an earlier line, or the line right above, may be behind
STANDFIRST_BELOW = 4  # words; a shorter line right above a title is a masthead or a section
SEARCHED, SHORTLIST = 700, 12  # blocks
TITLE_WORDS, LONGEST = 28, 250
PROSE, PROSE_WITHOUT_SPACES = 140, 50  # characters of a paragraph that reads as prose
APART = 15  # blocks without prose that end a stretch of prose
LARGE, ENOUGH = 0.2, 1_000  # of the longest stretch, or characters: the first stretch as long is the article
NEAR, FAR = 8, 20  # blocks between a title and its prose
CROWD = 8  # blocks around a line in which bylines are counted
BELOW = 4  # blocks between a title and its byline
SAMPLE = 3_000  # characters of prose whose words a title may share
REPEATED_WITHIN = 60_000  # characters
SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*(?:\s|$)|[。！？]")
CRUMB_SIGN = re.compile(r"\s?[>»›→]\s?|\s/\s")
NO_TITLE = re.compile(
    r"[^\n]*(?:https?://|www\.|©|\(c\)|@\w|\bcookies?\b|[{}<>;\\]|\bcredit:|\bimage:)|\W*(?:skip|jump) to\b|\W*advert"
    r"|(?:hi|hello|dear|hey|home|menu|search|sign[ -]?(?:in|up)|log[ -]?(?:in|out)|share|subscribe|back to|read more"
    r"|follow|toggle|open|close|please|welcome|(?:more|filed) (?:from|in|under|on)|related|tags?|next|click|reply|quote"
    r"|previous|loading|continue|add|contact|call|toll|tel|phone|copy|print|get|learn more|see all|view all|support"
    r"|(?:office|department|ministry|bureau|(?:sub)?committee|board|agency) (?:of|on)(?: [\w-]+){1,5}$"
    r"|published|posted|updated|join|thanks?)\b"
    r"|\d+ (?:comments?|shares?|min\w*|views?)\b|[^\n]*\b(?:log ?in|sign up|newsletter|your email|password|logo)\b",
    re.IGNORECASE,
)
HOME = re.compile(r"(?:1\.|[-•*])?\s?(?:home|start(?:seite)?|accueil|inicio|início|main)\b", re.IGNORECASE)
CODE = re.compile(r"[{}<>=;\\]|-\*-|^\S+\(|^(?:import|from|#!|//|/\*)\s")
CONTENT = re.compile(r"[^\W_]{4,}|\d{2,}")
KINDS = ("body", "heading", "title")


@dataclass(frozen=True, slots=True)
class Page:
    """The top of a text as the search sees it: words and prose per block, where the article begins."""

    words: list[str]
    prose: list[bool]
    repeated: Counter[str]
    article: int


def find_title(text: str, blocks: Sequence[Block], bylines: Collection[int]) -> int | None:
    """The number of the block that is the title, if one line stands out; `bylines`: blocks that read as bylines."""
    page = _page(text, blocks)
    scored = [
        (score, number)
        for number in range(len(page.words))
        if number not in bylines and (score := _by_place(text, blocks, page, number, bylines)) is not None
    ]
    shortlist = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:SHORTLIST]
    lowered = " ".join(text[:REPEATED_WITHIN].lower().split())
    whole = [(score + _by_words(text, blocks, page, number, lowered), number) for score, number in shortlist]
    best = max((score for score, _ in whole), default=0.0)
    if best < LEAST_SCORE:
        return None
    chosen = min(number for score, number in whole if score >= best - CLOSE)
    right_above = next((score for score, number in whole if number == chosen - 1), 0.0)
    over = right_above >= best - STANDFIRST and len(page.words[chosen - 1].split()) >= STANDFIRST_BELOW
    return chosen - 1 if over else chosen


def _page(text: str, blocks: Sequence[Block]) -> Page:
    top = blocks[: 2 * SEARCHED]
    prose = [is_paragraph(text, block) for block in top]
    heads = Counter(text[block.start : block.start + PROSE] for block, fits in zip(top, prose, strict=True) if fits)
    prose = [
        fits and heads[text[block.start : block.start + PROSE]] == 1 for block, fits in zip(top, prose, strict=True)
    ]
    article = _article_start(blocks, prose)
    read = blocks[: min(SEARCHED, article + FAR)]
    words = [plain_of(text, block) if block.end - block.start <= 2 * LONGEST else "" for block in read]
    return Page(words, prose, Counter(line.lower() for line in words if line), article)


def _article_start(blocks: Sequence[Block], prose: Sequence[bool]) -> int:
    """The first paragraph of the first stretch of prose that is long beside the longest; 0 without prose."""
    stretches: list[tuple[int, int, int]] = []  # first block, characters, paragraphs
    last = -APART - 1
    for number, is_prose in enumerate(prose):
        if not is_prose:
            continue
        length = min(blocks[number].end - blocks[number].start, 2_000)
        if number - last > APART:
            stretches.append((number, length, 1))
        else:
            first, before, count = stretches[-1]
            stretches[-1] = (first, before + length, count + 1)
        last = number
    longest = max((length for _, length, _ in stretches), default=0)
    enough = min(LARGE * longest, ENOUGH)
    several = any(count > 1 for _, _, count in stretches)
    return next((first for first, length, count in stretches if length >= enough and (count > 1 or not several)), 0)


def is_paragraph(text: str, block: Block) -> bool:
    """Whether a block is a paragraph of sentences, and not a line above or beside one."""
    length = block.end - block.start
    if block.kind not in ("body", "quotation") or length < PROSE_WITHOUT_SPACES:
        return False
    words = text[block.start : block.start + 2 * LONGEST]
    if not SENTENCE.search(words):
        return False
    return length >= PROSE or words.count(" ") * 12 < len(words)


def _by_place(text: str, blocks: Sequence[Block], page: Page, number: int, bylines: Collection[int]) -> float | None:
    """Points for a line's form and place; None for a line that is no title at all."""
    block, words = blocks[number], page.words[number]
    if page.prose[number] or not could_be_title(block, words):
        return None
    tokens = words.split()
    score = 1.0 if 3 <= len(tokens) <= 15 or (not words.isascii() and len(words) >= 8) else 0.0
    score -= 1.5 * (len(tokens) == 1 and len(words) < 12) + 1.0 * words.endswith(".")
    score -= 1.5 * (SENTENCE_INSIDE.search(words) is not None and len(tokens) > 15)
    named = len(tokens) <= 4 and (is_name(words) or named_with_role(words) is not None)
    below_title = number > 0 and could_be_title(blocks[number - 1], page.words[number - 1])
    score -= 1.5 * (below_title and (named or words.endswith(".")))
    score -= 1.0 * (re.search(r"[•|$€£%]|^\W*\d+\W+\d", words) is not None)
    raw = text_of(text, block).lstrip()
    score += 3.0 * raw.startswith("# ") + 0.5 * (block.kind == "heading") + 1.0 * (number == 0)
    above = blocks[number - 1].end if number else 0
    below = blocks[number + 1].start if number + 1 < len(blocks) else len(text)
    alone = number == 0 or text.count("\n", above, block.start) > 1, text.count("\n", block.end, below) > 1
    score += 0.25 * alone[0] + 0.25 * alone[1]
    score += 1.5 * (number > 0 and _ends_way(blocks, page, number - 1))
    away = page.article - number
    score += 1.5 if 0 < away <= NEAR else 0.5 if 0 < away <= FAR or not page.article else 0.0
    score -= 1.3 * sum(page.prose[page.article : number])
    return score + _beside_bylines(blocks, page, number, bylines)


def _beside_bylines(blocks: Sequence[Block], page: Page, number: int, bylines: Collection[int]) -> float:
    """Points for a byline below, most for one right below; fewer in a list where every line has its date."""
    prose = next((n for n in range(number + 1, min(len(page.prose), number + 1 + BELOW)) if page.prose[n]), None)
    end = number + 1 + BELOW if prose is None else prose
    below = next((place for place in range(number + 1, end) if place in bylines), None)
    crowd = sum(place in bylines for place in range(number - CROWD, number + CROWD))
    if below is not None:
        return (2.0 if below - number > 1 else 2.75) if crowd < 5 else 0.5
    above = next((place for place in (number - 1, number - 2) if place in bylines), None)
    if above is None:
        return 0.0
    titled = above > 0 and could_be_title(blocks[above - 1], page.words[above - 1])
    return -1.0 if titled else 1.0


def _by_words(text: str, blocks: Sequence[Block], page: Page, number: int, lowered: str) -> float:
    """Points for a line that recurs (alone, not among lines that all recur) and whose words the text below has."""
    words = page.words[number].lower()
    score = 0.0
    if len(words) >= 18:
        beside = [page.words[n].lower() for n in (number - 1, number + 1) if 0 <= n < len(page.words)]
        in_run = any(page.repeated[line] > 1 and len(line) > 12 for line in beside if line)
        score += 0.0 if in_run else 2.0 * (lowered.count(words) > 1)
    content = set(CONTENT.findall(words)) if " " in words else {words[n : n + 2] for n in range(0, len(words) - 1, 2)}
    if content:
        following = [blocks[n] for n in range(max(number + 1, page.article), len(page.prose)) if page.prose[n]][:4]
        sample = " ".join(text_of(text, block)[: SAMPLE // 4] for block in following).lower()
        share = sum(word[:6] in sample for word in content) / len(content)
        score += 0.75 * min(len(content), 4) * share
    return score


def could_be_title(block: Block, words: str) -> bool:
    """Whether a line has the form of a title: a few words, no label, no address, nothing that menus and forms say."""
    return (
        block.kind in KINDS
        and bool(words)
        and len(words) <= LONGEST
        and len(words.split()) <= TITLE_WORDS
        and not words.endswith((":", ",", ";"))
        and re.search(r"[^\W\d_]{2}", words) is not None
        and not (words[0].islower() and words.isascii())
        and not CODE.search(words)
        and not CHAT.match(words)
        and len(CRUMB_SIGN.findall(words)) < 3
        and not NO_TITLE.match(words)
    )


def _ends_way(blocks: Sequence[Block], page: Page, number: int) -> bool:
    """Whether a line is a breadcrumb, or the last item of a short numbered list that begins at the page of the site."""
    if blocks[number].kind != "list_item":
        return is_breadcrumb(page.words[number])
    if re.match(r"\d\.\s", page.words[number]):
        return True
    first = max(0, number - 5)
    return any(HOME.match(page.words[place]) for place in range(first, number + 1) if blocks[place].kind == "list_item")


def is_breadcrumb(words: str) -> bool:
    """Whether a line is the way to a page: "Home > News > Harbour", or the last step of it."""
    return len(words) <= 200 and CRUMB_SIGN.search(words) is not None and not SENTENCE_END.search(words)
