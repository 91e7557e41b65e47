"""Text that is blotted out, by asterisks mostly: what is masked, how much can be read, where it stands unmasked.

It never guesses what stands behind a mask: it only finds another text in which the same words can be read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from index.document import Block
from index.reading.layout import text_of

INK = "*█▓▒░■"
INKS = frozenset(INK)
SIGNS = re.escape(".,;:!?()[]{}'\"“”„‘’«»-–—%$€£&#+~…/@")
MASK = re.compile(rf"[{SIGNS}{INK}]+")
RUN = re.compile(rf"[{INK}]+")
MAY_HOLD = re.compile(rf"[{INK}]|[xX][xX]\s{{1,3}}[xX][xX]|redacted|blacked out|geschw|caviard", re.IGNORECASE)
CROSSES = re.compile(r"[xX]{2,20}[.,;:!?]?")
REDACTED = re.compile(r"[\[(](?:redacted|blacked out|geschwärzt|caviardé)[\])][.,;:!?]?", re.IGNORECASE)
CODE = re.compile(r"/\*|\*/|\*\.\w|\*\*/")
TRAILING = ".,;:!?()'\""
LONG_RUN = 6  # characters; a rating or a footnote has fewer stars
NEAR = 2  # blocks
HEADING_WORDS = 14
LONGEST_WORD = 200  # characters; a longer one is a rule or an ornament
LEAST_WORDS, LEAST_VISIBLE, LEAST_CHARACTERS = 12, 3, 60  # below which two texts could agree by chance
ANCHOR_WORDS, ANCHORS = 6, 4
MOST_PLACES = 2000  # that one anchor is tried at in one text
QUOTES = str.maketrans(
    {
        **dict.fromkeys("’‘‛`´′", "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("–—‑‐−", "-"),
        **dict.fromkeys("█▓▒░■", "*"),
        **dict.fromkeys("\u200b\u200c\u200d\ufeff", " "),
    }
)


def is_masked(text: str) -> bool:
    """Whether words of `text` are blotted out, so that the rest can't be trusted as evidence, by `text` alone.

    Emphasis (*word*), footnote stars, ratings, bar charts, globs and rows of stars that only divide are not masks.
    """
    if not _may_hold_masks(text):
        return False
    words = text.split()
    masks = [word for word in words if _is_mask(word)]
    crosses = _crosses(words)
    redacted = len(REDACTED.findall(text))
    if len(crosses) + redacted >= 0.3 * len(words) and (crosses or redacted):
        return True
    lengths = {len(run) for word in masks for run in RUN.findall(word)}
    if len(masks) < 3 or len(masks) < 0.25 * len(words) or len(lengths) < 2 or _is_chart(text):
        return False
    return max(lengths) >= LONG_RUN or (len(masks) >= 4 and len(lengths) >= 3)


def mark_masks(text: str, blocks: list[Block]) -> list[Block]:
    """Masked blocks, and near them those that only a neighbour tells: headings, list items, single masked words."""
    if not _may_hold_masks(text):
        return blocks
    certain = [is_masked(text_of(text, block)) for block in blocks]
    marked = list(blocks)
    for number, block in enumerate(blocks):
        near = certain[max(0, number - NEAR) : number + NEAR + 1]
        possible = block.kind not in ("title", "byline", "comment", "furniture") and any(near)
        if certain[number] or (possible and _has_masks(text_of(text, block))):
            marked[number] = replace(block, kind="masked")
    return marked


def readable_share(text: str) -> float:
    """The share of a document's words that can be read, in 0..1; 1.0 without masks."""
    if not _may_hold_masks(text):
        return 1.0
    lines = text.split("\n")
    certain = [is_masked(line) for line in lines]
    if not any(certain):
        return 1.0
    hidden = total = 0
    for line, masked in zip(lines, certain, strict=True):
        words = line.split()
        total += len(words)
        if masked or _has_masks(line):
            hidden += sum(bool(_is_mask(word) or word == "*") for word in words)
            hidden += (len(_crosses(words)) + sum(bool(REDACTED.fullmatch(word)) for word in words)) * masked
    return 1 - hidden / total


def masked_heading(text: str, blocks: Sequence[Block], number: int) -> str | None:
    """What can be read of the heading above a masked block ("Barriers …"), its own words where it is the heading."""
    for place in range(number, -1, -1):
        block = blocks[place]
        words = text_of(text, block).strip().strip("#").split()
        short = len(words) <= HEADING_WORDS and not (words and words[-1].endswith((".", ":", ",", ";")))
        if block.kind in ("heading", "title") or (block.kind == "masked" and short):
            shown = " ".join("…" if _is_mask(word) or word == "*" else word for word in words)
            shown = re.sub(r"…(?: [^\w\s]*…)+", "…", shown)
            return shown if re.search(r"\w", shown) else None
    return None


@dataclass(frozen=True, slots=True)
class Unspaced:
    """A text without its white space, and where its words stand: made once, searched by many patterns."""

    letters: str
    starts: tuple[int, ...]  # of each word in `letters`
    places: tuple[int, ...]  # of each word in the text
    lengths: str  # one character per word, whose number is the word's length

    @classmethod
    def of(cls, text: str) -> Unspaced:
        found = [(match.start(), match.group()) for match in re.finditer(r"\S+", text.translate(QUOTES))]
        words = [word for _, word in found]
        starts = tuple(accumulate((len(word) for word in words), initial=0))[:-1]
        lengths = "".join(chr(min(len(word), LONGEST_WORD)) for word in words)
        return cls("".join(words), starts, tuple(place for place, _ in found), lengths)

    def place_of(self, offset: int) -> int:
        """Where the character at `offset` of `letters` stands in the text."""
        word = bisect_right(self.starts, offset) - 1
        return self.places[word] + offset - self.starts[word]


class MaskPattern:
    """A masked passage, made ready to be looked for in many texts."""

    def __init__(self, masked: str) -> None:
        self.source = Unspaced.of(masked)
        letters = self.source.letters
        words = masked.translate(QUOTES).split()
        visible = sum(bool(re.search(r"\w", word)) for word in words)
        enough = visible >= LEAST_VISIBLE or len(letters) >= LEAST_CHARACTERS
        self.can_match = "*" in letters and len(words) >= LEAST_WORDS and enough
        pieces = (
            rf"[^\W_]{{{len(run)}}}" if run[0] == "*" else re.escape(run) for run in re.findall(r"\*+|[^*]+", letters)
        )
        self.pattern = re.compile("".join(pieces) if self.can_match else r"(?!)")
        self.anchor = max(re.finditer(r"[^*]+", letters), key=lambda match: len(match.group()), default=None)

    def search(self, text: str | Unspaced) -> tuple[int, int] | None:
        """Start and end in `text` of the passage that the mask hides, None where it is not there."""
        if not self.can_match:
            return None
        other = Unspaced.of(text) if isinstance(text, str) else text
        for start in self._candidates(other):
            if self.pattern.match(other.letters, start) and self._words_agree(other, start):
                last = start + len(self.source.letters) - 1
                return other.place_of(start), other.place_of(last) + 1
        return None

    def _candidates(self, other: Unspaced) -> Iterator[int]:
        """Where the passage could begin: by its longest visible stretch, else by the lengths of a few of its words."""
        if self.anchor is not None and len(self.anchor.group()) >= 3:
            for place in _occurrences(other.letters, self.anchor.group()):
                if place >= self.anchor.start():
                    yield place - self.anchor.start()
            return
        lengths = self.source.lengths
        firsts = range(0, len(lengths) - ANCHOR_WORDS + 1, ANCHOR_WORDS)
        telling = sorted(firsts, key=lambda first: -len(set(lengths[first : first + ANCHOR_WORDS])))
        for first in telling[:ANCHORS]:
            for word in _occurrences(other.lengths, lengths[first : first + ANCHOR_WORDS]):
                if other.starts[word] >= self.source.starts[first]:
                    yield other.starts[word] - self.source.starts[first]

    def _words_agree(self, other: Unspaced, start: int) -> bool:
        """Whether words begin at the same places; a mask may have lost a space here and there."""
        end = start + len(self.source.letters)
        first = bisect_right(other.starts, start - 1)
        there = set(other.starts[first : bisect_right(other.starts, end - 1)])
        here = {start + place for place in self.source.starts}
        whole = end == len(other.letters) or end in other.starts[bisect_right(other.starts, end - 1) :][:1]
        return whole and here <= there and len(there - here) <= max(1, len(here) // LEAST_WORDS)


def _occurrences(text: str, words: str) -> Iterator[int]:
    place = text.find(words)
    for _ in range(MOST_PLACES):
        if place < 0:
            return
        yield place
        place = text.find(words, place + 1)


def _may_hold_masks(text: str) -> bool:
    return MAY_HOLD.search(text) is not None


def _is_mask(word: str) -> bool:
    """Whether a word is blotted out; one asterisk alone may be anything."""
    return (
        1 < len(word) <= LONGEST_WORD
        and not INKS.isdisjoint(word)
        and len(word.strip(TRAILING)) > 1
        and MASK.fullmatch(word) is not None
        and CODE.search(word) is None
    )


def _has_masks(text: str) -> bool:
    """Whether at least one word in seven is blotted out."""
    words = text.split()
    return 7 * sum(map(_is_mask, words)) >= len(words) > 0


def _crosses(words: Sequence[str]) -> list[str]:
    """Words of crosses alone: three of two lengths at least, as no counting in Roman numbers has."""
    found = [word for word in words if CROSSES.fullmatch(word)]
    return found if len(found) >= 3 and len({len(word) for word in found}) > 1 and max(map(len, found)) > 3 else []


def _is_chart(text: str) -> bool:
    """Whether each of several lines has one row of stars: bars, ratings."""
    lines = text.split("\n")
    return len(lines) >= 3 and all(sum(map(_is_mask, line.split())) <= 1 for line in lines)
