"""Words that stand twice: a comment that repeats another's, or the article's, before it answers them.

It does not know whether a writer agrees with what he repeats, nor whose words stand where no header says it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from index.document import Block
from index.reading.masks import is_masked

WORD = re.compile(r"\w+(?:['’ʼ]\w+)*")
CUT = re.compile(r"\s*(?:\[?\.{3,}\]?|\[?…\]?)\s*")
WROTE = re.compile(
    r"(?:quote:?\s*)?originally posted by:?\s+(?P<poster>[^\n:]{2,50}?)(?:\s+view post)?:?"
    r"|(?P<writer>[^\W\d_][^\n:<>@]{1,50}?)\s+(?:wrote|said):?(?:\s*↑[^\n]{0,60})?",
    re.IGNORECASE,
)
MARKS = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’"}
SPEECH = ("quotation", "interview_answer", "question", "comment")
SOURCES = frozenset((*SPEECH, "body", "list_item", "update", "caption"))
RUN = 3  # words in a row that are looked up
POSTINGS = 30  # blocks kept for a run; more hold it only where it is a stock phrase
SHORTEST, SURE, LONGEST = 3, 8, 600  # words of a repeat: at least; with no further sign; at most
ALIKE = 90.0  # rapidfuzz's partial ratio of a repeat with slips of the pen, 0..100
FUZZY_CHARACTERS = 3000
NEAR = 12  # blocks between a short repeat and its original
MASK_RUN, MASK_WORDS = 6, 10
STOCK = frozenset("i we you this that it thanks thank yes no good great well so agreed same not".split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of each block as they are compared, where each run of words stands, which blocks are one comment."""

    words: Sequence[tuple[str, ...]]
    joined: Sequence[str]
    runs: Mapping[tuple[str, ...], Sequence[int]]
    comment: Sequence[int]
    first: int


def mark_repeats(text: str, blocks: list[Block]) -> list[Block]:
    """Repeated paragraphs as quotations of the first to write them, carried by the commenter (`via`)."""
    first = next((n for n, block in enumerate(blocks) if block.kind == "comment"), None)
    if first is None:
        return blocks
    known = _words(text, blocks, first)
    masked = _masked_words(text, blocks[:first])
    lengths = _runs_of_lengths(masked)
    marked = list(blocks)
    for number in range(first, len(blocks)):
        block = blocks[number]
        if not _may_repeat(blocks, known, number):
            continue
        original = _original(text, blocks, known, number, marked)
        if original is not None:
            marked[number] = _quoted(text, blocks, marked, number, original)
        elif _unmasks(text[block.start : block.end], masked, lengths) or _in_marks(
            text[block.start : block.end].strip()
        ):
            marked[number] = replace(block, kind="quotation", speaker=None, date=None, via=_carrier(block, None))
    return marked


def _words(text: str, blocks: Sequence[Block], first: int) -> Words:
    words = [
        tuple(
            w.replace("'", "").replace("’", "").replace("ʼ", "") for w in WORD.findall(text[b.start : b.end].casefold())
        )
        if b.kind in SOURCES
        else ()
        for b in blocks
    ]
    runs: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, those in enumerate(words):
        for run in set(zip(those, those[1:], those[2:], strict=False)):  # RUN words
            if len(runs[run]) < POSTINGS:
                runs[run].append(number)
    headed = any(b.kind == "byline" or (b.kind == "comment" and (b.speaker or b.date)) for b in blocks[first:])
    comment, current = [], 0
    for number, block in enumerate(blocks):
        other = number > 0 and block.kind == "comment" and block.speaker != blocks[number - 1].speaker
        current += not headed or number < first or other or block.kind in ("byline", "furniture", "heading")
        comment.append(current)
    return Words(words, [f" {' '.join(those)} " for those in words], runs, comment, first)


def _may_repeat(blocks: Sequence[Block], known: Words, number: int) -> bool:
    """Whether a paragraph of a comment stands where a repeat does: an answer follows in the same comment."""
    block = blocks[number]
    if block.kind != "comment" and not (block.kind == "quotation" and block.speaker is None):
        return False
    if not SHORTEST <= len(known.words[number]) <= LONGEST:
        return False
    return _answered(blocks, known, number)


def _answered(blocks: Sequence[Block], known: Words, number: int) -> bool:
    following = number + 1
    headed = known.comment[number] == known.comment[min(following, len(blocks) - 1)]
    if following < len(blocks) and blocks[following].kind in ("comment", "quotation", "list_item", "masked"):
        return headed or blocks[number].speaker is None
    before = blocks[number - 1].kind == "comment" and known.comment[number - 1] == known.comment[number]
    return before and len(known.words[number]) >= SURE


def _original(text: str, blocks: Sequence[Block], known: Words, number: int, marked: Sequence[Block]) -> int | None:
    """The block that said it first; None where nobody did, or where the words are stock."""
    words = known.words[number]
    places = [known.runs[words[at : at + RUN]] for at in range(len(words) - RUN + 1)]
    rarest = min(places, key=len)
    found = [n for n in rarest if n != number and known.joined[number] in known.joined[n]]
    if not found:
        found = _in_pieces(text, blocks, known, number) or _almost(known, number, places)
    found = [n for n in found if _is_earlier(text, blocks, known, n, number)]
    if len(words) < SURE and not (len(rarest) <= 4 and _is_distinctive(text, blocks[number], words)):
        return None
    if len(words) < 5:
        found = [n for n in found if 0 < number - n <= NEAR and len(rarest) <= 3]
    own = [n for n in found if marked[n].kind != "quotation" or blocks[n].kind == "quotation"] or found
    return min(own, key=lambda n: (n >= known.first, -min(len(known.words[n]), len(words) + 1), n), default=None)


def _in_pieces(text: str, blocks: Sequence[Block], known: Words, number: int) -> list[int]:
    """Blocks that hold, in order, what stands before and after an ellipsis."""
    parts = [" ".join(w.replace("'", "").replace("’", "") for w in WORD.findall(part.casefold()))
             for part in CUT.split(text[blocks[number].start : blocks[number].end])]  # fmt: skip
    parts = [part for part in parts if part]
    if len(parts) < 2 or any(part.count(" ") < RUN - 1 for part in parts):
        return []
    start = tuple(parts[0].split()[:RUN])
    return [n for n in known.runs.get(start, ()) if n != number and _holds_in_order(known.joined[n], parts)]


def _holds_in_order(joined: str, parts: Sequence[str]) -> bool:
    position = 0
    for part in parts:
        position = joined.find(f" {part} ", position)
        if position < 0:
            return False
        position += len(part) + 1
    return True


def _almost(known: Words, number: int, places: Sequence[Sequence[int]]) -> list[int]:
    """The block with most of the same runs of words, if the words are alike but for slips of the pen."""
    if len(known.words[number]) < SURE or sum(len(place) > 1 for place in places) * 2 < len(places):
        return []
    shared = Counter(n for place in places for n in place if n != number and known.comment[n] != known.comment[number])
    for n, count in shared.most_common(1):
        one, other = known.joined[number], known.joined[n]
        may = count * 2 >= len(places) and len(one) <= len(other) * 1.05 and len(other) <= FUZZY_CHARACTERS
        if may and fuzz.partial_ratio(one, other) >= ALIKE:
            return [n]
    return []


def _is_earlier(text: str, blocks: Sequence[Block], known: Words, original: int, repeat: int) -> bool:
    """Whether a block can be what another repeats: said before it; of two without dates the part repeats the whole."""
    if known.comment[original] == known.comment[repeat]:
        return False
    if original < known.first:
        return True
    one, other = blocks[original].date, blocks[repeat].date
    if one and other and one != other:
        return one < other
    if original < repeat:
        return True
    part = SURE <= len(known.words[repeat]) <= 0.8 * len(known.words[original])
    return part and not one and not other and not _quotes(text, blocks, known, original, repeat)


def _quotes(text: str, blocks: Sequence[Block], known: Words, whole: int, part: int) -> bool:
    """Whether a block holds another's words between quotation marks, or begins with them."""
    said = text[blocks[whole].start : blocks[whole].end]
    return known.joined[whole].startswith(known.joined[part]) or any(mark in said for mark in '"“«')


def _is_distinctive(text: str, block: Block, words: Sequence[str]) -> bool:
    """Whether a few words are more than a stock phrase: a name or a long word among them."""
    written = WORD.findall(text[block.start : block.end])
    if len(words) < 5 and words[0] in STOCK:
        return False
    return any(word[0].isupper() and word.lower() != "i" for word in written[1:]) or any(
        len(word) > 6 for word in words
    )


def _quoted(text: str, blocks: Sequence[Block], marked: Sequence[Block], number: int, original: int) -> Block:
    block, source = blocks[number], marked[original]
    speaker = source.speaker if source.kind in SPEECH or source.kind == "list_item" else None
    if speaker is None and (before := blocks[number - 1]).end - before.start <= 120:
        named = WROTE.fullmatch(text[before.start : before.end].strip())
        speaker = (named["poster"] or named["writer"]).strip() if named else None
    date = source.date if source.kind in SPEECH or source.kind == "list_item" else None
    return replace(block, kind="quotation", speaker=speaker, role=source.role, date=date, via=_carrier(block, speaker))


def _carrier(block: Block, speaker: str | None) -> tuple[str, ...]:
    if block.kind == "quotation":
        return tuple(name for name in block.via if name != speaker)
    return (block.speaker,) if block.speaker and block.speaker != speaker else ()


def _in_marks(words: str) -> bool:
    """Whether a paragraph stands in quotation marks, or behind ">", as a whole."""
    if words.startswith(">"):
        return len(words.split()) > SHORTEST
    closing = MARKS.get(words[:1])
    if closing is None or words[-1] not in closing or len(words.split()) < SHORTEST + 1:
        return False
    return not any(mark in words[1:-1] for mark in (words[0], words[-1]) if mark not in "’‘")


def _masked_words(text: str, blocks: Sequence[Block]) -> list[str]:
    masked: list[str] = []
    for block in blocks:
        said = text[block.start : block.end]
        if "**" in said and (block.kind == "masked" or is_masked(said)):
            masked += [*said.split(), ""]
    return masked


def _runs_of_lengths(masked: Sequence[str]) -> dict[tuple[int, ...], list[int]]:
    lengths = [len(word) for word in masked]
    runs: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for at in range(len(lengths) - MASK_RUN + 1):
        places = runs[tuple(lengths[at : at + MASK_RUN])]
        if len(places) < POSTINGS:
            places.append(at)
    return runs


def _unmasks(said: str, masked: Sequence[str], runs: Mapping[tuple[int, ...], Sequence[int]]) -> bool:
    """Whether the words fit a masked stretch of the article: the same lengths, and what is not masked the same."""
    words = said.split() if masked else []
    if len(words) < MASK_WORDS:
        return False
    for at in runs.get(tuple(len(word) for word in words[:MASK_RUN]), ()):
        if at + len(words) <= len(masked) and all(map(_fits, words, masked[at : at + len(words)])):
            return True
    return False


def _fits(word: str, mask: str) -> bool:
    return len(word) == len(mask) and all(m in ("*", w) for w, m in zip(word, mask, strict=True))
