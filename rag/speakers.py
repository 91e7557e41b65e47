"""Questions about who speaks in the documents: the comments of somebody, the commenters, the people quoted.

It does not search: whoever the catalog's blocks name can be asked for, and nobody else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from index.document import Block, Document
from index.opening import Index
from index.split import leaves_of
from rag.comments import Contribution, comments_of, quotations_of, spans_of
from rag.followup import History
from rag.intent import Intent
from rag.listing import LISTED, Told, how_many, name_of, prefixed, some
from rag.named import documents_named, people_named
from rag.quote import write_quotes
from rag.words import content_words

MOST_COMMENTS = 8
EVERYBODY = re.compile(
    r"(?:(?:all|the|other|every) )*(?:readers?|users?|people|commenters?|others|everyone|everybody|anyone|visitors?)"
)
NOBODY = re.compile(r"(?:(?:all|the|an?) )*(?:undisclosed|anonymous|unnamed|unknown|nameless)(?: \w+s)?", re.IGNORECASE)


def tell_comments(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    where = _where(intent, documents, history)
    if where is None:
        return None
    comments = [comment for document in where for comment in comments_of(document)]
    by = intent.by.strip()
    if not by or EVERYBODY.fullmatch(by.casefold()):
        return _contributions(comments, "comment", index) or "The documents have no comments that could be told apart."
    if NOBODY.fullmatch(by):
        return _contributions([c for c in comments if NOBODY.match(c.speaker or "unnamed")], "comment", index)
    quotations = [quotation for document in where for quotation in quotations_of(document)]
    told = _said_by(by, "comment", comments, index) or _said_by(by, "quotation", quotations, index)
    return told or _no_comments_by(by, comments)


def tell_sayings(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    """What somebody says, quoted first of all; None when nobody of that name speaks."""
    where = _where(intent, documents, history) or ()
    quotations = [quotation for document in where for quotation in quotations_of(document)]
    comments = [comment for document in where for comment in comments_of(document)]
    return _said_by(intent.by, "quotation", quotations, index) or _said_by(intent.by, "comment", comments, index)


def _said_by(by: str, kind: str, said: Sequence[Contribution], index: Index) -> Told:
    names = people_named(by, [one.speaker for one in said if one.speaker])
    return _contributions([one for one in said if one.speaker in names], kind, index, " and ".join(names[:3]))


def _no_comments_by(by: str, comments: Sequence[Contribution]) -> Told:
    """That nobody of that name comments; None when the words need not be a name."""
    commenters = list(dict.fromkeys(comment.speaker for comment in comments if comment.speaker))
    if not commenters or len(by.split()) > 3 or len(content_words(by)) < len(by.split()):
        return None
    return f"No comment is by anyone called “{by}”. The commenters named are: {some(commenters)}."


def _contributions(said: Sequence[Contribution], kind: str, index: Index, by: str = "") -> Told:
    spans = list(spans_of(said[:MOST_COMMENTS], index))
    if not spans:
        return None
    what = f"{kind}{'' if len(said) == 1 else 's'}" if any(one.speaker for one in said) else "paragraphs of comments"
    counted = f"{len(said)} {what}{f' by {by}' if by else ''}"
    shown = f"; the first {len(spans)}" if len(spans) < len(said) else ""
    first, *rest = write_quotes(spans)
    return (prefixed(f"{counted}{shown}.", first), *rest)


def tell_comment_count(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    where = _where(intent, documents, history)
    if where is None:
        return None
    comments = [comment for document in where for comment in comments_of(document)]
    if intent.by:
        names = people_named(intent.by, [c.speaker for c in comments if c.speaker])
        comments = [c for c in comments if c.speaker in names]
        return f"{len(comments)} by {' and '.join(names)}." if names else None
    unnamed = sum(not comment.speaker for comment in comments)
    if unnamed and unnamed == len(comments):
        return f"{unnamed} paragraphs of comments; the text does not name their writers."
    rest = f"; {unnamed} of them are paragraphs whose writers the text does not name" if unnamed else ""
    return f"{len(comments)} comment{'' if len(comments) == 1 else 's'}{rest}."


def tell_commenters(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    where = _where(intent, documents, history)
    if where is None:
        return None
    lines = []
    for document in where:
        counted = Counter(comment.speaker or "undisclosed writers" for comment in comments_of(document))
        if counted:
            names = [name if count == 1 else f"{name} ({count})" for name, count in counted.items()]
            lines.append(f"Under {name_of(document)}: {some(names)}.")
    return _lines(lines) or f"No comments could be told apart in {how_many(where)}."


def tell_quoted(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    where = _where(intent, documents, history)
    if where is None:
        return None
    return _voices(where, quotations_of) or f"Nobody is quoted by name in {how_many(where)}."


def tell_interviewed(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    """Who answers in the interviews; None when there is none that is told apart."""
    return _voices(_where(intent, documents, history) or (), _answers)


def _answers(document: Document) -> list[Block]:
    return [leaf for leaf in leaves_of(document) if leaf.kind == "interview_answer"]


def _voices(where: Sequence[Document], said: Callable[[Document], Iterable[Contribution | Block]]) -> str | None:
    """A line for each document: who says something in it, with what they are; None without anybody."""
    lines = []
    for document in where:
        roles = {leaf.speaker: leaf.role for leaf in leaves_of(document) if leaf.speaker and leaf.role}
        names = list(dict.fromkeys(one.speaker for one in said(document) if one.speaker))
        known = [f"{name} ({roles[name]})" if name in roles else name for name in names]
        if known:
            lines.append(f"In {name_of(document)}: {some(known)}.")
    return _lines(lines)


def _lines(lines: Sequence[str]) -> str | None:
    more = [f"… and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join([*lines[:LISTED], *more]) or None


def _where(intent: Intent, documents: Sequence[Document], history: History) -> Sequence[Document] | None:
    """The documents that a question about voices is about; None when its words name none."""
    if not intent.about:
        return documents
    named = documents_named(intent.about, documents, history)
    return named.documents or None
