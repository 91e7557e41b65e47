"""Finds where the article of a saved page begins and ends: the stretch with the most prose and the fewest labels.

It does not know what any word means; a block counts by its length, its ending, its capitals and its neighbours.

The stretch is the maximum subsequence of Pasternack and Roth 2009, "Extracting article text from the web with maximum
subsequence segmentation", over the shallow features of Kohlschütter et al. 2010, "Boilerplate detection using shallow
text features": prose adds its words, a label takes away, the more so the longer the run of labels that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.document import Block
from index.reading.dates import DATE
from index.reading.furniture_lines import LONGEST_LINE, Line
from index.reading.layout import text_of
from index.reading.masks import INKS, is_masked

LABEL_KINDS = frozenset(("body", "heading", "list_item", "furniture", "quotation"))
PROSE = 20  # words
SHORT_SENTENCE = 4  # words
CASED = 0.3  # part of the words of a sentence that begin in lower case
UNENDED = 0.5  # the same, where no sign ends the sentence
MOST = 80  # words of a paragraph that count
LABEL, LABEL_AFTER_LABEL, LABEL_AT_MOST = 4, 1, 20
FOREIGN = 8  # what a line that is furniture by its words takes away besides
ITEM = 1  # what an item below a colon or a paragraph adds
ALONE = 0.5  # the weight of a paragraph between labels
TEASER = -0.3  # the weight of a paragraph below a headline and a date
TEASERS = 3
DATE_WORDS = 10
HEADLINE = 5  # words
PART = 0.3  # of the best stretch's sum; a stretch of less is beside the article
PART_OF_TEXT = 0.1  # the same for a stretch with paragraphs in a row
GAP = 30  # blocks between two stretches of one article
WHOLE = 0.65  # of all prose; where the stretch holds less the text is no single article
ROW = re.compile(r"\s\|\s[^|\n]{0,80}\s\|\s|\t")
LIST_HEADING = re.compile(
    r"\W*(?:ingredients|instructions|directions|method|references|notes|sources)\W*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks `start` to `end` (exclusive), and the sum of what they count for."""

    total: float
    start: int
    end: int


def _is_prose(text: str, block: Block, line: Line) -> bool:
    """Whether a block is a paragraph, of the article or of anything else."""
    if block.kind not in ("body", "list_item", "quotation", "heading") or line.sort or line.cut or line.words < PROSE:
        return False
    if ROW.search(text_of(text, block)[:200]):
        return False
    return line.lower >= UNENDED or (line.sentence and line.lower >= CASED)


def is_blotted(text: str, block: Block) -> bool:
    """Whether a block holds masked words, or a short one signs that may mask its words."""
    words = text_of(text, block)[:LONGEST_LINE]
    return is_masked(words) or 3 * sum(sign in INKS for sign in words) >= len(words) > 0


def article_span(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> range | None:
    """The blocks from the first to the last paragraph of the article; None where there is no single article."""
    prose = [_is_prose(text, block, line) for block, line in zip(blocks, lines, strict=True)]
    worth = _worths(text, blocks, lines, prose)
    stretches = list(_stretches(worth))
    if not stretches:
        return None
    best = max(stretch.total for stretch in stretches)
    of_article = [s for s in stretches if s.total >= (PART_OF_TEXT if _in_a_row(s, prose) else PART) * best]
    last = of_article.index(max(of_article, key=lambda stretch: stretch.total))
    while last + 1 < len(of_article) and of_article[last + 1].start - of_article[last].end <= GAP:
        last += 1
    start, end = of_article[0].start, of_article[last].end
    inside = sum(value for value in worth[start:end] if value > 0)
    return range(start, end) if inside >= WHOLE * sum(value for value in worth if value > 0) else None


def _in_a_row(stretch: Stretch, prose: Sequence[bool]) -> bool:
    return sum(prose[n] and prose[n + 1] for n in range(stretch.start, stretch.end - 1)) >= 2


def _worths(text: str, blocks: Sequence[Block], lines: Sequence[Line], prose: Sequence[bool]) -> list[float]:
    """What each block counts for: words of prose more than 0, labels less."""
    worth = [0.0] * len(blocks)
    run, introduced = 0, False
    for number, (block, line) in enumerate(zip(blocks, lines, strict=True)):
        if block.kind not in LABEL_KINDS or is_blotted(text, block):
            run = 0
            continue
        if prose[number]:
            worth[number] = min(line.words, MOST)
            run, introduced = 0, _introduces(text, block)
        elif block.kind != "furniture" and not line.sort and not line.cut and _is_sentence(line):
            worth[number] = line.words
            run, introduced = max(0, run - 1), _introduces(text, block)
        elif introduced and not line.sort and not line.cut and block.kind != "furniture":
            worth[number] = ITEM
        else:
            introduced = block.kind != "furniture" and _heads_list(text, blocks, number)
            worth[number] = -min(LABEL + LABEL_AFTER_LABEL * run, LABEL_AT_MOST) - FOREIGN * (line.certain is not None)
            run += 1
    for number in _alone(worth, prose):
        worth[number] *= ALONE
    for number in _teasers(text, blocks, lines, prose):
        worth[number] *= TEASER
    return worth


def _heads_list(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether a label is the heading of a list that belongs to a text: "Ingredients", "In this report:"."""
    if LIST_HEADING.fullmatch(text_of(text, blocks[number])[:40].strip()):
        return True
    listed = number + 1 < len(blocks) and blocks[number + 1].kind == "list_item"
    return listed and blocks[number].kind != "list_item" and _introduces(text, blocks[number])


def _is_sentence(line: Line) -> bool:
    return line.sentence and line.words >= SHORT_SENTENCE and line.lower >= CASED


def _introduces(text: str, block: Block) -> bool:
    return text[max(block.start, block.end - 3) : block.end].rstrip().endswith((":", "："))


def _alone(worth: Sequence[float], prose: Sequence[bool]) -> list[int]:
    last = len(worth) - 1
    return [
        n
        for n, is_paragraph in enumerate(prose)
        if is_paragraph and worth[max(0, n - 1)] * (n > 0) <= 0 and worth[min(last, n + 1)] * (n < last) <= 0
    ]


def _teasers(text: str, blocks: Sequence[Block], lines: Sequence[Line], prose: Sequence[bool]) -> list[int]:
    """Single paragraphs right below a date that has a headline above it, where the text has several such dates."""
    dates = dated_labels(text, blocks, lines)
    found = set()
    for date in dates if len(dates) >= TEASERS else []:
        below = next((n for n in range(date + 1, min(len(blocks), date + 3)) if prose[n]), None)
        if below is None or (below + 1 < len(blocks) and prose[below + 1]):
            continue
        if has_headline(lines, date):
            found.add(below)
    return sorted(found)


def has_headline(lines: Sequence[Line], date: int) -> bool:
    """Whether a label that is as long as a headline stands among the three lines above a date."""
    return any(
        line.words >= HEADLINE and not line.sort and not line.sentence for line in lines[max(0, date - 3) : date]
    )


def dated_labels(text: str, blocks: Sequence[Block], lines: Sequence[Line]) -> list[int]:
    """The short lines with a date in them: below a headline, above a post."""
    return [
        n
        for n, line in enumerate(lines)
        if 0 < line.words <= DATE_WORDS and blocks[n].kind != "comment" and DATE.search(text_of(text, blocks[n])[:120])
    ]


def _stretches(worth: Sequence[float]) -> Iterator[Stretch]:
    """The stretches of greatest sum, each ended where its sum has been used up, in order."""
    best = Stretch(0, 0, 0)
    total, start = 0.0, 0
    for number, value in enumerate(worth):
        if total <= 0:
            if best.total > 0:
                yield best
            total, start, best = 0.0, number, Stretch(0, 0, 0)
        total += value
        if total > best.total:
            best = Stretch(total, start, number + 1)
    if best.total > 0:
        yield best
