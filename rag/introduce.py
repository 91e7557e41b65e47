"""Who says something, where and when, in the words that stand before a quotation.

It holds only what the documents' data say: it never takes a name out of the prose.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from index.document import Document
from index.reading.chats import header_length
from index.reading.messages import is_message_head
from index.voices import Voice

FIRST_BLOCKS = 12  # among which a thread of messages has its first
TITLE_WORDS = 12  # of a title in an introduction; the footnote has all of it
DETERMINED = re.compile(r"(?i:the|an?|its|their|our)\s|[A-Z]\S*['’]s?\s")  # "the chair", "Aller's chair"


def introduce(document: Document, voice: Voice, count: int = 1, again: bool = False) -> str:
    """The speaker with the chain of those who carry the words, the title, the day; what is not known is left out.

    `count` counts the paragraphs introduced: unnamed comments may be by as many people. `again`: the document was
    named before.
    """
    words = _introduction(document, voice, count, again)
    return _capital(words) if words.startswith("the ") else words


def _introduction(document: Document, voice: Voice, count: int, again: bool) -> str:
    where = f"{_owner(document)}“{_shortened(document.title)}”" if document.title else document.path
    where, when = ("the same document", _when(voice.date)) if again else (where, _when(_date(document, voice)))
    if voice.kind == "furniture":
        return f"From a list beside the article, in {where}{when}"
    if voice.in_thread:
        under = "in" if _holds_messages(document) else "under"
        return f"{_in_thread(document, voice, count)} {under} {where}{_when(voice.date)}"
    if voice.reported:
        return f"{_capital(_speaker(document, voice))}, as reported{_carried(document, voice.via)} in {where}{when}"
    if voice.quoted:
        return f"{_capital(_speaker(document, voice))}, quoted{_carried(document, voice.via)} in {where}{when}"
    if voice.speaker or voice.role:
        return f"{_capital(_speaker(document, voice))}, in {where}{when}"
    kind = "An update in " if voice.kind == "update" else ""
    if again:
        return f"{kind}{where}{when}"
    by = f"by {document.author}" if document.author else ""
    return f"{kind}{where}{_when(_date(document, voice), by)}"


def _date(document: Document, voice: Voice) -> str | None:
    return voice.date or document.published


def _owner(document: Document) -> str:
    name = with_article(document, document.publisher) if document.publisher else ""
    return "" if not name else f"{name}’ " if name.endswith("s") else f"{name}’s "


def _speaker(document: Document, voice: Voice) -> str:
    if voice.speaker:
        named = with_article(document, voice.speaker)
        return f"{named} ({voice.role})" if voice.role else named
    if voice.role:
        return voice.role if DETERMINED.match(voice.role) else f"the {voice.role}"
    return "an undisclosed speaker"


def _carried(document: Document, via: tuple[str, ...]) -> str:
    """ " by A, who is quoted by B,": nearest to the speaker first."""
    carriers = ", as quoted by ".join(with_article(document, name) for name in via)
    return f" by {carriers}," if carriers else ""


def _in_thread(document: Document, voice: Voice, count: int) -> str:
    writer, written = ("writer", "message") if _holds_messages(document) else ("commenter", "comment")
    if voice.quoted:
        carriers = _carried(document, voice.via).rstrip(",") or f" by an undisclosed {writer}"
        return f"{_capital(_speaker(document, voice))}, quoted{carriers} in a {written}"
    if voice.speaker:
        return f"{_speaker(document, voice)}, in a {written}"
    return f"An undisclosed {writer}" if count == 1 else f"Undisclosed {writer}s"


def _holds_messages(document: Document) -> bool:
    """Whether its comments are mails or lines of a chat, and not below an article."""
    for block in document.blocks[:FIRST_BLOCKS]:
        if block.kind == "byline" and is_message_head(document.text[block.start : block.end]):
            return True
        if block.kind == "comment":
            return header_length(document.text, block.start, block.end) > 0
    return False


def with_article(document: Document, name: str) -> str:
    """ "the Weekly Port Times" where the document mostly puts an article before the name, else the name alone."""
    plain = name.removeprefix("The ")
    return f"the {plain}" if plain != name or _has_article(document.text, plain) else name


@lru_cache(maxsize=64)  # it keeps the texts
def _has_article(text: str, name: str) -> bool:
    alone = len(re.findall(rf"\b{re.escape(name)}\b", text))
    return 2 * len(re.findall(rf"\b[Tt]he\s+{re.escape(name)}\b", text)) > alone


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _shortened(title: str) -> str:
    words = title.split()
    return title if len(words) <= TITLE_WORDS else " ".join(words[:TITLE_WORDS]).rstrip(",;:-–—") + " …"


def _when(published: str | None, before: str = "") -> str:
    parts = [part for part in (before, readable_date(published)) if part]
    return f" ({', '.join(parts)})" if parts else ""


def readable_date(iso: str | None) -> str:
    """ "2018-09-18" as "Sep 18, 2018", "2018-09" as "Sep 2018", anything else as it is."""
    if not iso:
        return ""
    parts = iso.split("T")[0].split("-")
    try:
        year, month, day = (int(part) for part in [*parts, "1", "1"][:3])
        moment = date(year, month, day)
    except ValueError:
        return iso
    return [f"{year}", f"{moment:%b} {year}", f"{moment:%b} {day}, {year}"][min(len(parts), 3) - 1]
