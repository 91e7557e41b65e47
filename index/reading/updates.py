"""Updates and corrections, which are later than the text that they stand in, in their order and with their dates.

It does not know what they change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.document import Block
from index.reading.dates import MONTH, date_after
from index.reading.layout import text_of

AFTER = r"(?:\s{0,2}[#(\[,–—-]?\s?(?P<when>[^\n:*_\])]{1,60}?)?[)\]]?)?"
LABEL = re.compile(
    r"[\s#*_>(\[]{0,12}(?:(?i:late|latest|second|third|further)\s)?(?P<word>"
    r"(?<=[A-Za-z]\s)(?:update|correction|clarification)|"
    r"UPDATED?|Updated?|CORRECTIONS?|Corrections?|CORRECTED|Corrected|CLARIFICATIONS?|Clarifications?"
    r"|EDIT(?=\W)|Edit(?=:)|Anmerkung der Redaktion|Korrektur|Berichtigung|Rectificatif|Corrección|Fe de erratas"
    r"|Mise à jour|Actualización|Aktualisierung|Nachtrag"
    r"|ERRAT(?:UM|A)|Errat(?:um|a)|POSTSCRIPT|Postscript|ADDENDUM|Addendum"
    r"|(?:EDITOR|Editor)['’](?:S|s) (?:NOTE|[Nn]ote))\b"
    rf"{AFTER}\s?\**_{{0,2}}(?P<mark>:|$|\s[–—-]\s|\*\*|\n)"
)
WHEN = re.compile(
    rf"(?:\#|no\.?\s)?\d{{1,2}}|.*(?:\b(?:{MONTH})\s|\s(?:{MONTH})$|\d{{4}}|\d[:.]\d\d|\d\s?[ap]\.?m|day\b).*|by\s.*|",
    re.IGNORECASE,
)
NOTICE = re.compile(
    r"[\s*_(\[]{0,6}(?:This|The|An?)\s(?:\w+\s){0,3}(?:article|story|post|page|report|piece|version|headline|text)"
    r"(?:\sof\sthis\s\w+|\sabove)?\s(?:(?:was|has been|have been)\s(?:last\s)?(?:updated|corrected|amended|revised)\b"
    r"|(?:misstated|incorrectly|wrongly|originally|mistakenly)\b)|[\s*_(\[]{0,6}An earlier version of (?:this|the)\s",
    re.IGNORECASE,
)
ON_DAY = re.compile(r"\W{0,3}(?:On|As of|Since)\s[^.\n]{3,40}?(?=,|\s\w)")
LABEL_LENGTH = 200  # characters of a block that are looked at
LEAST_WORDS = 4  # of what an update says
FURNITURE_RUN = 2
CONTINUING = ("update", "updated", "postscript", "addendum")
PASSED_OVER = ("caption", "quotation", "list_item", "table", "masked", "update", "byline", "question")


@dataclass(frozen=True, slots=True)
class Label:
    """What makes a block an update: the words, whether the block says more, whether later paragraphs may go on."""

    words: str
    says_more: bool
    continues: bool


def mark_updates(text: str, blocks: list[Block]) -> list[Block]:
    """Paragraphs that tell what came later: those with a label, and those under the heading of an update."""
    marked, written, number = list(blocks), 0, 0
    published = _published(text, blocks)
    while number < len(blocks):
        block = blocks[number]
        label = _label(text, block) if block.kind in ("body", "heading") else None
        section = _section(text, blocks, number, label, written) if label else []
        date = _date(text, block, label, section, blocks, published) if label else None
        for place in section:
            marked[place] = replace(blocks[place], kind="update", date=date or blocks[place].date)
        if not section and block.kind == "body":
            written += block.end - block.start
        number = max(number, *section) + 1 if section else number + 1
    return marked


def _label(text: str, block: Block) -> Label | None:
    """The label ("Update (May 3):") or the notice that makes a block an update or the heading of one, if it has one."""
    head = text[block.start : min(block.end, block.start + LABEL_LENGTH)]
    match = LABEL.match(head)
    if match and WHEN.fullmatch((match["when"] or "").strip()):
        rest = text[block.start + match.end() : block.end].strip(" \n*_")
        dated = re.search(r"\d{4}", match["when"] or "")
        notice = dated and (match["word"].lower().endswith("ed") or rest[:1].islower())
        more = (block.kind == "body" or bool(notice)) and len(rest.split()) >= LEAST_WORDS
        if more or block.kind == "heading" or (not rest and not dated and match["mark"] != "\n"):
            return Label(match.group(), more, not more or (not notice and match["word"].lower() in CONTINUING))
    if block.kind == "body" and NOTICE.match(head):
        return Label(re.split(r"[.:]\s", head, maxsplit=1)[0], says_more=True, continues=False)
    return None


def _section(text: str, blocks: Sequence[Block], number: int, label: Label, written: int) -> list[int]:
    """The paragraphs that a labelled block opens: itself, unless it is a heading, and what follows of the update."""
    own = [number] if blocks[number].kind == "body" or label.says_more else []
    if not label.continues:
        return own
    following, furniture = [], 0
    for place in range(number + 1, len(blocks)):
        other = blocks[place]
        furniture = furniture + 1 if other.kind == "furniture" else 0
        introduces = furniture and text_of(text, other).rstrip().endswith(":")
        if introduces or furniture > FURNITURE_RUN or other.kind in ("comment", "heading", "title"):
            break
        if other.kind == "body":
            if _label(text, other):
                break
            following.append(place)
        elif not furniture and other.kind not in PASSED_OVER:
            break
    length = sum(blocks[place].end - blocks[place].start for place in following)
    if length > written:  # an update above the article, or within it
        following = [] if label.says_more else following[:1]
    return own + following if label.says_more or following else []


def _date(
    text: str, block: Block, label: Label, section: Sequence[int], blocks: Sequence[Block], published: str | None
) -> str | None:
    """When an update was written, by its label, its heading or the words "On <day>" that it begins with."""
    words = text_of(text, block)
    said = words[:LABEL_LENGTH] if block.kind == "heading" else label.words
    if found := date_after(said, published):
        return found
    first = words[len(label.words) :] if block.kind == "body" else ""
    if not first.strip() and section:
        first = text_of(text, blocks[next((place for place in section if blocks[place] is not block), section[0])])
    begins = ON_DAY.match(first[:LABEL_LENGTH])
    return date_after(first[: begins.end() + 6], published) if begins else None


def _published(text: str, blocks: Sequence[Block]) -> str | None:
    bylines = (text_of(text, block)[:LABEL_LENGTH] for block in blocks if block.kind == "byline")
    return next((date for words in bylines if (date := date_after(words, None))), None)
