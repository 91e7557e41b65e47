"""Greetings, thanks and questions about the collection itself, told from questions to answer.

Only sentences that are nothing else are taken for one; everything else is a question to the documents.
"""

from __future__ import annotations

import re

from index.document import Document
from index.opening import Index
from rag.introduce import readable_date

GREETING = re.compile(
    r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day))(?: there| footnote| all| everyone)?"
)
THANKS = re.compile(
    r"(?:ok(?:ay)?,? )?(?:many thanks|thanks(?: a lot| so much)?|thank you(?: very much| so much)?|thx|cheers)"
)
COLLECTION = re.compile(
    r"(?:(?:what|which) (?:documents|files|sources) (?:do you have|are (?:there|here|in here)|have you got)"
    r"|what(?:'s|s| is)? (?:in (?:here|this collection|these documents|the documents)|this(?: about)?)"
    r"|what are (?:these|the) (?:documents|files|sources)(?: about)?|list (?:all )?(?:the )?(?:documents|files|sources)"
    r"|what can (?:i ask|you (?:do|tell me|answer))(?: you)?|help|who are you|what are you)"
)
BESIDE = re.compile(
    r"\b(?:menus?|sidebars?|side bars?|footers?|adverts?|advertis\w+|ads|banners?|teasers?|sponsored"
    r"|newsletters?|memberships?|subscri(?:be|bers?|ption\w*)|sign(?:ing)?[- ]?up"
    r"|copyright (?:line|notice)|share (?:bar|buttons?)|navigation"
    r"|(?:related|recommended|popular|trending|most[- ]read|suggested|linked)"
    r" (?:articles?|reports?|stories|posts?|content|headlines?|links?|products?|events?|pages?|items?|reading)"
    r"|lists? of (?:\w+ ){0,2}(?:articles|reports|stories|posts|headlines|links)"
    r"|(?:other|further|more) (?:articles?|reports?|stories|posts?|headlines?|links?)"
    r"|(?:listed|shown|linked|advertised|promoted|offered) (?:beside|below|under|beneath|next to|alongside|at the))\b",
    re.IGNORECASE,
)
SHOWN = 5


def collection_answer(question: str, index: Index) -> str | None:
    """What to say to a greeting, to thanks or to a question about the collection; None for any other question."""
    plain = re.sub(r"[\s!.?,]+$", "", " ".join(question.casefold().replace("’", "'").split()))
    if THANKS.fullmatch(plain):
        return "You're welcome. Ask another question about the documents."
    if GREETING.fullmatch(plain):
        return f"Hello. {describe(index.documents())}"
    if COLLECTION.fullmatch(plain):
        return describe(index.documents())
    return None


def asks_beside(question: str) -> bool:
    """Whether a question is about what stands beside the articles: menus, adverts, lists of other articles."""
    return bool(BESIDE.search(question))


def describe(documents: tuple[Document, ...]) -> str:
    """What a collection holds, in a few sentences: how many documents, from when, which."""
    if not documents:
        return "There are no documents in this collection yet."
    dates = sorted(document.published for document in documents if document.published)
    span = ""
    if dates:
        first, last = readable_date(dates[0]), readable_date(dates[-1])
        span = f", dated {first}" if first == last else f", dated {first} to {last}"
    names = "; ".join(_named(document) for document in documents[:SHOWN])
    more = f"; and {len(documents) - SHOWN} more" if len(documents) > SHOWN else ""
    count = "one document" if len(documents) == 1 else f"{len(documents)} documents"
    return f"I answer from {count}{span}, and from nothing else: {names}{more}. Ask what they say about something."


def _named(document: Document) -> str:
    details = ", ".join(part for part in (document.publisher, readable_date(document.published)) if part)
    name = f"“{document.title}”" if document.title else document.path
    return f"{name} ({details})" if details else name
