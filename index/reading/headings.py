"""Lines that name what follows or what stands beside: headings of sections, captions of pictures and figures.

It does not know what a table or a list is: layout.py has marked those.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.document import Block
from index.reading.dates import only_date
from index.reading.layout import CHAT, TURN, text_of
from index.reading.tables import RULE, SENTENCE_END, SENTENCE_INSIDE

HEADING_WORDS = 14
INDENT, CENTRED = 4, 12  # characters: lines set in are no headings, except those near the page's middle
LONGEST = 200  # characters; a longer line is neither
SECTION = re.compile(
    r"(?:§+\s*\d[\w.-]*|(?:Section|Sec\.|Article|Art\.|SECTION|ARTICLE)\s+(?:\d[\w.-]*|[IVXLC]+)\b"
    r"|(?:Chapter|CHAPTER|Part|PART|Book|BOOK|Appendix|APPENDIX|Annex|ANNEX|Canto|Act|ACT|Scene|SCENE)\s+"
    r"(?:\d+|[IVXLC]+|[A-Z]|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|ONE|TWO|THREE|FOUR|FIVE)\b)[.:]?(?:\s|$)"
)
NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*)\.?\s+(?=[\"“‘']?[A-Z])|[IVX]{1,5}\.\s+(?=[A-Z])")
ITEM_NUMBER = re.compile(r"(\d{1,3})[.)]\s")
BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<words>[^*_\s][^*_\n]*)(?P=mark)$")
NO_HEADING = re.compile(
    r"(?:By|From|To|Re|Cc|Subject|Date|Sent|Via|Photo|Source)\b:?\s+[A-Z“\"]|I(?:'|’|\s)(?!\w*\.)|.* [|>»] |.*\S\s{3,}\S|.*(?:https?://|www\.|@\w|©)"
)
QUESTION = re.compile(r"(?:What|Why|How|Who|Whose|Whom|When|Where|Which)(?:\s|['’]s\s)")
FILE_NAME = re.compile(r"[\w .()-]{1,80}\.(?:jpe?g|png|gif|webp|svg|bmp|tiff?|avif)$", re.I)
PICTURE = re.compile(
    r"(?:!\[[^\]\n]{0,200}\]\([^)\n]{1,500}\)$"
    r"|\[?(?:Photo(?:graph)?|Image|Picture|Illustration|Graphic|Screenshot|Video still|Map|Chart|Infographic)"
    r"(?:\s(?:credit|source|by|courtesy(?:\sof)?))?\s?[:©]\s*\S"
    r"|(?:Photo(?:graph)?s?|Images?|Illustrations?|Graphics?)\s(?:by|courtesy\sof)\s[A-Z]"
    r"|\[(?:photo|image|picture|figure|illustration)\b[^\]\n]{0,200}\]$"
    r"|(?:Image|Photo|Picture|Slide)\s\d{1,3}(?:\s(?:of|/)\s\d{1,3})?$"
    r"|(?:Fig(?:ure|\.)|FIGURE|FIG\.|Plate|Chart|Diagram|Exhibit|Box|Map|Photo)\s?\d{1,3}(?:\.\d{1,2})?[a-z]?\s?[.:–—]\s\S)"
)
PICTURE_WORD = re.compile(
    r"(?:[A-Z][\w&'’.-]*\s){1,3}(?:Image|Images|Photo|Photos|Photograph|Screenshot|Illustration|Infographic|Thumbnail)$"
)
CREDIT = re.compile(
    r"\((?=[A-Z]|photo|image|picture|file|courtesy)[^()\n]{0,60}"
    r"\b(?:[Pp]hotos?|PHOTO|[Ii]mages?|[Aa]rchives?|[Cc]ourtesy|[Pp]hotograph|[Pp]icture|Shutterstock)\b[^()\n]{0,40}\)$"
    r"|\s[/|–—-]\s?[A-Z][^()\n]{0,40}\b(?:Photos?|Images|Shutterstock)$"
)
ALT_WORDS = re.compile(r"[a-z][a-z0-9]*(?:[ _-][a-z0-9]+){1,5}$")
CREDIT_WORDS = 45


def mark_captions(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Lines that name or credit a picture: "Figure 3: …", "Photo: Jane Roe", the words shown in a picture's place."""
    marked = list(blocks)
    for number, block in enumerate(blocks):
        words = text_of(text, block).strip()
        if block.kind != "body" or not words or len(words) > 2 * LONGEST or "\n" in words:
            continue
        if _credits_picture(words) or (number and _stands_free(text, blocks, number) and _replaces_picture(words)):
            marked[number] = replace(block, kind="caption")
    return marked


def _credits_picture(words: str) -> bool:
    count = len(words.split())
    if count > CREDIT_WORDS:
        return False
    return bool(PICTURE.match(words) or FILE_NAME.match(words)) or (count > 3 and bool(CREDIT.search(words[-110:])))


def _replaces_picture(words: str) -> bool:
    """Whether a line reads like a picture's name: "Weekly Times Image", "mill flood 4", "mill_flood_4"."""
    if len(words) > 80:
        return False
    return bool(PICTURE_WORD.match(words)) or (
        bool(ALT_WORDS.match(words)) and words[-1].isdigit() and not words.replace(" ", "").isdigit()
    )


def _stands_free(text: str, blocks: Sequence[Block], number: int) -> bool:
    """Whether blank lines part a block from those around it."""
    above = _newlines(text, blocks, number) > 1 if number else True
    return above and (_newlines(text, blocks, number + 1) > 1 if number + 1 < len(blocks) else True)


def _newlines(text: str, blocks: Sequence[Block], number: int) -> int:
    between = text[blocks[number - 1].end : blocks[number].start]
    return max(between.count("\n"), between.count("\r"))


def mark_headings(text: str, blocks: list[Block]) -> list[Block]:
    """Short lines of their own, without a full stop, above the text of their section; numbered and § lines too."""
    marked = list(blocks)
    turns = _turns(text, blocks)
    for number in range(len(blocks) - 2, -1, -1):
        block = marked[number]
        words = text_of(text, block).strip() if block.end - block.start <= 2 * LONGEST else ""
        if block.kind not in ("body", "list_item") or not words or "\n" in words or "\r" in words or number in turns:
            continue
        numbered = bool(NUMBERED.match(words))
        if block.kind == "list_item" and not (numbered and not _among_items(text, marked, number, words)):
            continue
        if _could_be_heading(text, block, words, numbered) and _heads_section(text, marked, number, words, numbered):
            marked[number] = replace(block, kind="heading")
    return marked


def _among_items(text: str, blocks: Sequence[Block], number: int, words: str) -> bool:
    """Whether the item with the next or the last number stands right beside it, so that both are items of a list."""
    own = ITEM_NUMBER.match(words)
    if own is None:
        return True
    for place, step in ((number - 1, -1), (number + 1, 1)):
        if 0 <= place < len(blocks) and blocks[place].kind == "list_item":
            other = ITEM_NUMBER.match(text_of(text, blocks[place])[:8].lstrip())
            if other is None or int(other.group(1)) == int(own.group(1)) + step:
                return True
    return False


def _could_be_heading(text: str, block: Block, words: str, numbered: bool) -> bool:
    bold = BOLD.match(words)
    words = bold.group("words") if bold else words
    section = bool(SECTION.match(words))
    plain = words.split(None, 1)[1] if numbered else words
    if len(words.split()) > HEADING_WORDS or RULE.match(words):
        return False
    if words.endswith((":", ",", ";", "…", "!", "—", "–", "-")):
        return False
    if SENTENCE_END.search(words) and not (section or (words.endswith("?") and (numbered or _asks_in_heading(plain)))):
        return False
    label = TURN.match(words)
    if (SENTENCE_INSIDE.search(words) and not section) or (label and words[label.end() :][:1].islower()):
        return False
    if not (section or words.isupper()) and INDENT <= _indent(text, block) < CENTRED:
        return False
    return (section or plain[:1].isupper()) and not (
        only_date(words) or CHAT.match(words) or (NO_HEADING.match(words) and not section)
    )


def _asks_in_heading(words: str) -> bool:
    """Whether a question is put as headings put them: with a question word first, or with capitals throughout."""
    return bool(QUESTION.match(words)) or all(word[0].isupper() for word in words.split() if len(word) > 4)


def _turns(text: str, blocks: Sequence[Block]) -> frozenset[int]:
    """Numbers of the blocks that are turns of a talk: "NAME: …" by two voices that speak again, or by one thrice."""
    matches = {n: match for n, block in enumerate(blocks) if (match := TURN.match(text, block.start, block.end))}
    counts = Counter(match.group("label") for match in matches.values())
    talk = sum(count > 1 for count in counts.values()) > 1
    return frozenset(n for n, match in matches.items() if talk or counts[match.group("label")] > 2)


def _indent(text: str, block: Block) -> int:
    """How many characters stand before a block on its line, as far as they matter."""
    return len(text[max(0, block.start - CENTRED) : block.start].rpartition("\n")[2])


def _heads_section(text: str, blocks: Sequence[Block], number: int, words: str, numbered: bool) -> bool:
    """Whether the lines around are those of a heading: no run of short lines above it, its section below."""
    named = numbered or bool(SECTION.match(words)) or words.isupper()
    if number and _newlines(text, blocks, number) < 2:
        above = blocks[number - 1]
        ended = bool(SENTENCE_END.search(text[max(above.start, above.end - 20) : above.end].rstrip()))
        free = ended or above.kind not in ("body", "caption") or (named and not numbered)
        if not (free or SECTION.match(text_of(text, above)[:LONGEST].strip())):
            return False
    following = blocks[number + 1]
    if not _newlines(text, blocks, number + 1):
        return False
    if following.kind == "heading":
        return named or _newlines(text, blocks, number + 1) > 1
    if following.kind == "body":
        return _is_section_text(text_of(text, following), len(words), named)
    return following.kind in ("list_item", "quotation", "table", "caption")


def _is_section_text(words: str, heading: int, named: bool) -> bool:
    words = words.strip()
    if words[:1].islower() or words[:1] in ",.;:)":
        return False
    if len(words) <= (heading if named else 2 * heading):
        return named and (words.endswith(":") or bool(SENTENCE_END.search(words)))
    return len(words) > 120 or bool(SENTENCE_END.search(words)) or words.endswith(":") or "\n" in words or named
