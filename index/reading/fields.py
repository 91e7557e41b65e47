"""Labelled lines at the top of a text (Author, Date, From, Subject; front matter; a table of them) and what they say.

It does not know what stands below them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.document import Block
from index.reading.bylines import is_name, person
from index.reading.dates import find_date
from index.reading.layout import text_of

FIELD = re.compile(
    r"[\s>*_|#+-]{0,8}(?P<label>[A-Za-z][A-Za-z -]{1,24}?)[*_]{0,2}\s?[:|=]\s?[*_]{0,2}\s?(?P<value>\S[^\n]*)"
)
MAILBOX = re.compile(r"From \S.{2,80}\d\d:\d\d:\d\d \d{4}\s*$")  # the line between two mails of an archive
IN_BRACKETS = re.compile(r"[^()]*(?:@| at )[^()]*\((?P<name>[^()]{3,60})\)")  # "jane at mill.example (Jane Roe)"
ANSWERING = re.compile(r"(?:(?:re|fwd?|aw|wg|antw|sv|tr|rif)[^\S\n]?:[^\S\n]*)+", re.IGNORECASE)  # before a subject
FIELDS = {
    "title": ("title", "subject", "re", "betreff", "titre", "headline"),
    "author": ("author", "authors", "by", "written by", "from", "reporter", "autor", "auteur", "interviewer", "byline"),
    "prepared": ("prepared by", "compiled by", "issued by"),
    "published": (
        "date",
        "published",
        "published on",
        "publication date",
        "issued",
        "datum",
        "fecha",
        "sent",
        "posted",
    ),
    "publisher": ("publication", "publisher", "newspaper", "magazine", "journal", "site", "source"),
    "other": (
        "to",
        "cc",
        "status",
        "approved by",
        "version",
        "reference",
        "tags",
        "slug",
        "layout",
        "categories",
        "ref",
        "in-reply-to",
        "reply-to",
        "references",
        "message-id",
        "mime-version",
        "content-type",
        "user-agent",
        "list-id",
    ),
}
FIELD_OF = {label: field for field, labels in FIELDS.items() for label in labels}


def read_fields(text: str, blocks: Sequence[Block]) -> tuple[dict[str, str], list[int]]:
    """What labelled lines at the top say (Author, Date, From, Subject), and the blocks that are such lines."""
    found: dict[str, str] = {}
    places: list[int] = []
    for number, block in enumerate(blocks[:14]):
        if block.kind == "furniture" or block.end - block.start > 2000:
            continue
        rows = [row for row in text_of(text, block).split("\n") if re.search(r"\w", row)]
        if not places and rows and MAILBOX.match(rows[0]):
            rows = rows[1:]
            places += [] if rows else [number]
            if not rows:
                continue
        matches = [match for row in rows if (match := FIELD.match(row))]
        labels = [FIELD_OF.get(match["label"].strip().lower()) for match in matches]
        matter = block.kind == "byline" and text_of(text, block).lstrip("\ufeff")[:3] in ("---", "+++")
        if not (matter or (labels and (all(labels) or block.kind == "table") and len(matches) == len(rows))):
            if places or number > 5:
                break
            continue
        places.append(number)
        for match, label in zip(matches, labels, strict=True):
            value = match["value"].strip(" |*_\"'").strip()
            if label and value and label not in found:
                found[label] = value
    if len(found) < 2 or not found.keys() & {"author", "published", "prepared"}:
        return {}, []
    return _values(found), places


def _values(found: dict[str, str]) -> dict[str, str]:
    read: dict[str, str] = {label: found[label] for label in ("title", "publisher") if label in found}
    if title := ANSWERING.sub("", read.pop("title", ""), count=1):
        read["title"] = title
    for label in ("author", "prepared"):
        words = found.get(label, "")
        words = bracketed["name"] if (bracketed := IN_BRACKETS.fullmatch(words)) else words
        name = re.split(r"[,;<(|]", words)[0].strip(" \"'[]*_")
        if name and is_name(name):
            read[label] = person(name)
    dates = [find_date(found[label]) for label in ("published", "prepared", "author") if label in found]
    if date := next((date for date in dates if date), None):
        read["published"] = date
    return read
