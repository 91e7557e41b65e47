"""Footnotes become HTML: the number, its card, the list below an answer; and the words that they are made of.

It does not know answers as a whole. Everything that documents say is escaped here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from index.document import Document
from index.voices import voice_at
from rag.answering import Citation
from rag.introduce import readable_date, with_article

QUOTE_CHARACTERS = 600  # of a quotation in the card of its footnote
FIRST_WORDS = 6  # of a quote that tell footnotes apart which look the same


def text_html(text: str) -> str:
    """`text` as HTML that a browser turns back into the same characters (a NUL becomes U+FFFD)."""
    return escape(text).replace("\r", "&#13;").replace("\0", "\ufffd")


def span_attributes(document: Document, start: int, end: int) -> str:
    """What a button has that leads to characters of a document."""
    return f'data-document="{text_html(document.id)}" data-start="{start}" data-end="{end}"'


def footnote_html(citation: Citation, turn: int) -> str:
    label = text_html(f"Footnote {citation.number}: {who(citation)}, in {citation.document.name}")
    place = span_attributes(citation.document, citation.start, citation.end)
    card = f"note-{turn}-{citation.number}"
    described = f'aria-label="{label}" data-card="{card}" aria-describedby="{card}"'
    return f'<button class="footnote" {place} {described}>{citation.number}</button>'


def card_html(citation: Citation, turn: int) -> str:
    """What a footnote shows before it is followed: the quote, who says it through whom, where and when."""
    quote = excerpt(citation.quote, QUOTE_CHARACTERS)
    return (
        f'<div class="note" id="note-{turn}-{citation.number}"><blockquote>{text_html(quote)}</blockquote>'
        f"<p>{source_html(citation)}</p></div>"
    )


def excerpt(text: str, characters: int) -> str:
    """The text on one line, cut at a word after at most so many characters."""
    words = " ".join(text.split())
    return words if len(words) <= characters else words[:characters].rsplit(" ", 1)[0] + " …"


def sources_html(citations: Sequence[Citation], turn: int) -> str:
    if not citations:
        return ""
    told = [source_html(citation) for citation in citations]
    alike = Counter(told)
    items = "".join(
        f'<li>{footnote_html(citation, turn)}<span class="source-text">{source}'
        f"{first_words(citation) if alike[source] > 1 else ''}</span></li>"
        for citation, source in zip(citations, told, strict=True)
    )
    summary = f"<summary>{counted(len(citations), 'footnote')}</summary>"
    return f'<details class="sources"{" open" if len(citations) <= 3 else ""}>{summary}<ol>{items}</ol></details>'


def first_words(citation: Citation) -> str:
    words = citation.quote.split()
    cut = " …" if len(words) > FIRST_WORDS else ""
    return f' · <span class="first-words">“{text_html(" ".join(words[:FIRST_WORDS]))}{cut}”</span>'


def source_html(citation: Citation) -> str:
    document = citation.document
    role = f", {text_html(citation.role)}" if citation.role and citation.speaker else ""
    carriers = carried(citation)
    via = f" · quoted by {text_html(carriers)}" if carriers else ""
    place = [document.publisher, dated(citation), f"page {citation.page}" if citation.page else None]
    return (
        f"<strong>{text_html(who(citation))}</strong>{role}{via}<br>"
        f"<cite>{text_html(document.name)}</cite> · {joined(place)}"
    )


def dated(citation: Citation) -> str:
    """When the cited words are from; a comment never takes the date of its article, which is named as such."""
    published = readable_date(citation.document.published)
    if citation.date or not published:
        return readable_date(citation.date) or "date undisclosed"
    if voice_at(citation.document, citation.start, citation.end).in_thread:
        return f"comment, undated · article {published}"
    return "date undisclosed"


def percent(share: float) -> str:
    """A share of 0..1 as it is written everywhere: "33%"."""
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def carried(citation: Citation) -> str:
    """Who carries the cited words, nearest to the speaker first."""
    return ", as quoted by ".join(with_article(citation.document, name) for name in citation.via)


def who(citation: Citation) -> str:
    """Who speaks in the cited words, as far as the document says."""
    if citation.speaker or citation.role:
        return citation.speaker or capital(citation.role or "")
    voice = voice_at(citation.document, citation.start, citation.end)
    if voice.kind == "furniture":
        return "From a list beside the article"
    if voice.kind in ("comment", "quotation", "question", "interview_answer"):
        return "Undisclosed commenter" if voice.kind == "comment" else "Undisclosed speaker"
    return f"The document’s own text, by {citation.document.author or 'an undisclosed author'}"


def capital(words: str) -> str:
    """With a capital first letter, and the others as they are."""
    return words[:1].upper() + words[1:]


def joined(parts: Iterable[str | None]) -> str:
    return " · ".join(text_html(part) for part in parts if part)


# ---- abstentions, and what stands under an answer ----
