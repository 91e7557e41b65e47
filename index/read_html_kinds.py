"""Tells a web page's article from its comments and its furniture, by its tags and by trafilatura's advice.

It does not know how the text was taken from the tags (read_html.py), and it changes no text: it only names kinds.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

NO, MAYBE, SURELY = 0, 1, 2  # furniture: MAYBE unless trafilatura kept it

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
SHINGLE = 3
FEW_WORDS = 20  # main text of fewer words is too little to go by
LITTLE = 0.15  # main text that is less than this part of the plain text is no main text
OPENING = 24  # words; two paragraphs of one text never begin with the same
LONG = 12  # words of a paragraph that no menu or label has


@dataclass(frozen=True, slots=True)
class Context:
    """What the open elements say about the text in them. `number` and `parent` tell elements apart."""

    kind: str = "body"
    furniture: int = NO
    comment: bool = False
    byline: bool = False
    preformatted: bool = False
    in_text_section: bool = False
    in_link: bool = False
    number: int = 0
    parent: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A block before its kind is final; `linked` is the part (0..1) of its characters that are links."""

    text: str
    context: Context
    linked: float = 0.0


@dataclass(frozen=True, slots=True)
class Advice:
    """What trafilatura takes for the article and for its reader comments, as sets to look blocks up in."""

    lines: frozenset[tuple[str, ...]]
    shingles: frozenset[tuple[str, ...]]
    word_count: int

    @classmethod
    def of(cls, text: str | None) -> Advice:
        lines = [tuple(words(line)) for line in (text or "").splitlines()]
        shingles = frozenset(s for line in lines for s in _shingles(line))
        return cls(frozenset(lines), shingles, sum(map(len, lines)))

    def keeps(self, block: tuple[str, ...]) -> bool:
        """True when the block is one of the lines, or when at least half of its word triples are in them."""
        if not block or block in self.lines:
            return bool(block)
        if len(block) < SHINGLE + 2:
            return False
        shingles = list(_shingles(block))
        return 2 * sum(s in self.shingles for s in shingles) >= len(shingles)


def advice_on(root: Any, path: Path) -> tuple[dict[str, Any], Advice | None, Advice | None]:
    """(metadata, main text, reader comments) by trafilatura; empty and None where it has nothing to say."""
    import trafilatura
    from trafilatura.settings import set_date_params

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    try:
        # Not the extensive search for a date: it guesses, and takes a second on a long page.
        dates = set_date_params(extensive=False)
        found = trafilatura.bare_extraction(root, with_metadata=True, date_extraction_params=dates)
    except Exception as error:  # any fault of the adviser costs its advice only: text and tags are already ours
        logger.warning("%s: the main text could not be told from the rest (%s)", path.name, error)
        return {}, None, None
    if found is None:
        return {}, None, None
    fields = found if isinstance(found, dict) else found.as_dict()
    return fields, Advice.of(fields.get("text")), Advice.of(fields.get("comments"))


def final_kinds(
    drafts: list[Draft], main: Advice | None, comments: Advice | None, title: str | None, author: str | None
) -> list[str]:
    blocks = [tuple(words(draft.text.removeprefix("- "))) for draft in drafts]
    heading = _title_position(drafts, blocks, title)
    plain = sum(
        len(block)
        for draft, block in zip(drafts, blocks, strict=True)
        if draft.context.furniture == NO and not draft.context.comment
    )
    if main is None or main.word_count < max(FEW_WORDS, LITTLE * plain):
        return _kinds_by_tags(drafts, heading)

    kept = [main.keeps(block) for block in blocks]
    drafts = _freed(drafts, [len(block) * k for block, k in zip(blocks, kept, strict=True)])
    kept = [k and d.context.furniture < SURELY and not d.context.comment for d, k in zip(drafts, kept, strict=True)]
    kept = [k and new for k, new in zip(kept, _first_times(blocks), strict=True)]
    first = kept.index(True) if True in kept else len(kept)
    last = len(kept) - 1 - kept[::-1].index(True) if True in kept else -1
    if any(kept):
        kept = _with_neighbours(drafts, blocks, kept)
    kept = [k and not _beside(draft, i, blocks, heading) for i, (k, draft) in enumerate(zip(kept, drafts, strict=True))]
    kinds = []
    for i, draft in enumerate(drafts):
        kind, context = draft.context.kind.replace("h1", "heading"), draft.context
        inside = min(first, heading) <= i <= last
        if i == heading:
            kind = "title"
        elif context.furniture == SURELY:
            kind = "furniture"
        elif context.comment:
            kind = "comment"
        elif context.byline and inside and len(blocks[i]) <= 25:
            kind = "byline"
        elif not kept[i]:
            if comments is not None and len(blocks[i]) >= SHINGLE and comments.keeps(blocks[i]):
                kind = "comment"
            elif inside and len(blocks[i]) <= 25 and context.furniture == NO and _names(draft, author):
                kind = "byline"
            elif not (inside and context.furniture == NO and kind in ("table", "caption", "quotation")):
                kind = "furniture"
        kinds.append(kind)
    return kinds


def _beside(draft: Draft, position: int, blocks: list[tuple[str, ...]], heading: int) -> bool:
    """Whether the tags show that a block is not of the article: a link above its title, or its title once more."""
    if heading == len(blocks) or position == heading:
        return False
    again = len(blocks[heading]) >= SHINGLE and blocks[position] == blocks[heading]
    return again or (position < heading and draft.linked > 0.9)


def _first_times(blocks: list[tuple[str, ...]]) -> Iterator[bool]:
    """Of each block, whether no block above has its opening: the teaser of an article repeats the article's own."""
    openings: set[tuple[str, ...]] = set()
    for block in blocks:
        opening = block[:OPENING]
        yield len(opening) < LONG or opening not in openings
        openings.add(opening)


def _freed(drafts: list[Draft], main_words: list[int]) -> list[Draft]:
    """The drafts, no longer called furniture where that would hold most of the main text.

    An element that is never closed, or misused (a page inside <noscript>), swallows what follows it.
    """
    for level, instead in ((SURELY, MAYBE), (MAYBE, NO)):
        held = sum(words for draft, words in zip(drafts, main_words, strict=True) if draft.context.furniture == level)
        if 2 * held > sum(main_words):
            drafts = [
                replace(draft, context=replace(draft.context, furniture=instead))
                if draft.context.furniture == level
                else draft
                for draft in drafts
            ]
    return drafts


def _kinds_by_tags(drafts: list[Draft], heading: int) -> list[str]:
    """Kinds by tags alone. What is only perhaps furniture is not when it is most of the page (a page in a form)."""
    sizes = [len(draft.text) for draft in drafts]
    perhaps = sum(size for draft, size in zip(drafts, sizes, strict=True) if draft.context.furniture == MAYBE)
    limit = MAYBE if 2 * perhaps < sum(sizes) else SURELY
    kinds = []
    for i, draft in enumerate(drafts):
        if i == heading:
            kinds.append("title")
        elif draft.context.furniture >= (SURELY if draft.context.comment else limit):
            kinds.append("furniture")
        else:
            kinds.append("comment" if draft.context.comment else draft.context.kind.replace("h1", "heading"))
    return kinds


def _title_position(drafts: list[Draft], blocks: list[tuple[str, ...]], title: str | None) -> int:
    """The position of the h1 that is the page's title: the one its metadata repeats, else the first; len when none."""
    candidates = [i for i, draft in enumerate(drafts) if draft.context.kind == "h1" and not draft.context.comment]
    stated = " ".join(words(title or ""))
    for i in candidates:
        own = " ".join(blocks[i])
        if own and stated and (own in stated or stated in own):
            return i
    plain = [i for i in candidates if drafts[i].context.furniture == NO]
    return (plain or candidates or [len(drafts)])[0]


def _with_neighbours(drafts: list[Draft], blocks: list[tuple[str, ...]], kept: list[bool]) -> list[bool]:
    """`kept`, and what trafilatura drops from the midst of an article: long paragraphs and preformatted text anywhere
    between kept ones, shorter ones between kept ones of the same element, and the headings of kept text."""
    result = list(kept)
    times = Counter(block for block in blocks if len(block) >= LONG)  # a caption stands in its picture and in the list
    positions = [i for i, is_kept in enumerate(kept) if is_kept]
    ends = [i for i in positions if len(blocks[i]) >= LONG] or positions  # a label at the page's end is no end of text
    spans: dict[int, tuple[int, int]] = {}  # of each element: its first and its last block that is kept
    for i in positions:
        parent = drafts[i].context.parent
        spans[parent] = (spans.get(parent, (i, i))[0], i)
    for i, draft in enumerate(drafts):
        context = draft.context
        if not kept[i] and context.furniture == NO and not context.comment and draft.linked < 0.5:
            is_text = context.preformatted or (len(blocks[i]) >= LONG and draft.linked < 0.25)
            first, last = spans.get(context.parent, (i, i))
            within = first < i < last or (is_text and ends[0] < i < ends[-1])
            result[i] = within and times[blocks[i]] < 2
    for i in range(len(drafts) - 2, -1, -1):
        context = drafts[i].context
        if context.kind in ("h1", "heading") and context.furniture == NO and not result[i]:
            result[i] = result[i + 1] and drafts[i].linked < 0.5
    return result


def _names(draft: Draft, author: str | None) -> bool:
    return bool(author) and str(author).split(";")[0].strip().casefold() in draft.text.casefold()


def words(text: str) -> list[str]:
    """The words of `text` in lower case, without punctuation; every Chinese or Japanese character is a word."""
    return WORD.findall(text.casefold())


def _shingles(line: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(line[i:] for i in range(SHINGLE)), strict=False)
