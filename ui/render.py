"""Answers, documents and progress become HTML, as pure functions.

It does not know gradio, the index or who asked. Everything that documents and questions say is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from index.catalog import Skipped
from index.document import Document
from index.voices import voice_at
from rag.answering import Answer, Citation, Sentence
from rag.introduce import readable_date, with_article
from rag.retrieve import Hit

VERDICTS = {
    "verbatim": ("✓", "verbatim: copied word for word from the document"),
    "supported": ("✓", "supported: the cited words say this"),
    "partial": ("◐", "partly supported: the cited words say only some of this"),
    "unsupported": ("✗", "unsupported: the cited words don't say this"),
    "misattributed": ("✗", "misattributed: somebody else said this"),
}
REASONS = {
    "not_in_corpus": "Not found in the documents",
    "masked": "Masked in the documents",
    "furniture_only": "Only in menus or adverts",
}
CLOSEST_CHARACTERS = 240
CLOSEST_SHOWN = 3
PROGRESS_LINE = re.compile(r'<p class="progress-line".*?</p>')


def text_html(text: str) -> str:
    """`text` as HTML that a browser turns back into the same characters (a NUL becomes U+FFFD)."""
    return escape(text).replace("\r", "&#13;").replace("\0", "\ufffd")


def question_html(question: str) -> str:
    return f'<p class="asked">{text_html(question)}</p>'


def problem_html(message: str) -> str:
    """One sentence that says what went wrong and the next step."""
    return f'<div class="answer"><p class="problem" role="alert">{text_html(message)}</p></div>'


def welcome_html(examples: Sequence[str]) -> str:
    """What an empty conversation shows: what to expect, and questions to start with."""
    asked = [text_html(question) for question in examples if question.strip()]
    buttons = "".join(f'<button class="example" data-question="{words}">{words}</button>' for words in asked)
    tried = f'<p class="label">Questions these documents can answer</p><div class="examples">{buttons}</div>'
    return (
        '<div class="welcome"><h2>Ask your documents.</h2>'
        '<p class="lead">Each sentence of an answer carries a footnote. '
        "Choose one to read the exact words where they stand.</p>"
        f"{tried if buttons else ''}</div>"
    )


def answer_html(answer: Answer) -> str:
    """An answer as far as it is known: its sentences with footnotes, its sources, how it was made."""
    if not answer.sentences and not answer.complete:
        return _waiting(answer)
    told = _abstained(answer) if answer.status == "abstained" else _sentences(answer)
    parts = [_searched(answer), told, _notice(answer)]
    if answer.complete:
        parts += [_conflicts(answer), _sources(answer.citations), _footer(answer)]
    else:
        parts.append(_progress_line("Checking the next sentence…"))
    return f'<div class="answer {text_html(answer.status)}">{"".join(parts)}</div>'


def waiting_html(words: str = "Looking through the documents…") -> str:
    """An answer of which nothing is known yet."""
    return f'<div class="answer">{_progress_line(words)}</div>'


def _waiting(answer: Answer) -> str:
    writing = _progress_line("Writing… checking each sentence before it is shown")
    return waiting_html() if answer.model in ("", "quotes") else f'<div class="answer">{_notice(answer)}{writing}</div>'


def searched(answer: Answer) -> str:
    """What was searched for, where that is not the question itself: the question as understood, and its filters."""
    asked = "" if answer.search_query == answer.question.strip() else f"Searched for: {answer.search_query}"
    names = {"comment": "comments", "quotation": "quotations", "table": "tables", "update": "updates"}
    wanted = [names.get(value, value) for values in answer.filters.values() for value in values]
    return " · ".join(part for part in (asked, f"Only: {', '.join(wanted)}" if wanted else "") if part)


def _searched(answer: Answer) -> str:
    words = searched(answer)
    return f'<p class="notice searched">{text_html(words)}</p>' if words else ""


def _notice(answer: Answer) -> str:
    return f'<p class="notice">{text_html(answer.notice)}</p>' if answer.notice else ""


def stopped_html(html: str) -> str:
    """What was shown of an answer when its reader stopped it."""
    return PROGRESS_LINE.sub('<p class="notice">Stopped.</p>', html)


def _progress_line(words: str) -> str:
    return f'<p class="progress-line" role="status">{text_html(words)}</p>'


def _sentences(answer: Answer) -> str:
    citations = {citation.number: citation for citation in answer.citations}
    if not answer.sentences:
        return _sentence(Sentence(answer.text, (), ""), citations)
    return "".join(_sentence(sentence, citations) for sentence in answer.sentences)


def _sentence(sentence: Sentence, citations: Mapping[int, Citation]) -> str:
    cited = [citations[number] for number in sentence.citations if number in citations]
    if not cited:
        return f'<p class="sentence plain">{text_html(sentence.text)}</p>'
    words = _quoted(sentence.text, cited) if sentence.verdict == "verbatim" else text_html(sentence.text)
    tail = _verdict(sentence) + "".join(_footnote(citation) for citation in cited)
    kind = "verbatim" if sentence.verdict == "verbatim" else "written"
    return f'<p class="sentence {kind}">{words}<span class="tail">{tail}</span></p>'


def _quoted(text: str, cited: Sequence[Citation]) -> str:
    """The sentence as an introduction and the quotation itself, told apart by the citation's own words."""
    for citation in cited:
        words = r"\s+".join(map(re.escape, citation.quote.split()))
        found = re.search(f'[“"]?{words}[”"]?', text) if words else None
        if found:
            return (
                f"{_introduction(text[: found.start()], citation)}"
                f'<q class="quote">{text_html(found.group())}</q>{text_html(text[found.end() :])}'
            )
    return text_html(text)


def _introduction(text: str, citation: Citation) -> str:
    before, found, after = text.partition(citation.speaker or citation.role or "undisclosed commenter")
    bold = f"<strong>{text_html(found)}</strong>" if found else ""
    return f'<span class="introduction">{text_html(before)}{bold}{text_html(after)}</span>' if text.strip() else ""


def _verdict(sentence: Sentence) -> str:
    mark, meaning = VERDICTS.get(sentence.verdict, ("", ""))
    if not mark:
        return ""
    title = f"{meaning} ({sentence.why})" if sentence.why and sentence.verdict != "verbatim" else meaning
    return f'<span class="verdict {sentence.verdict}" title="{text_html(title)}">{mark} {sentence.verdict}</span>'


def _span_attributes(document: Document, start: int, end: int) -> str:
    return f'data-document="{text_html(document.id)}" data-start="{start}" data-end="{end}"'


def _footnote(citation: Citation) -> str:
    label = f"Footnote {citation.number}: {_who(citation)}, in {citation.document.name}"
    place = _span_attributes(citation.document, citation.start, citation.end)
    hint = f'title="{text_html(label)}" aria-label="{text_html(label)}"'
    return f'<button class="footnote" {place} {hint}>{citation.number}</button>'


def _conflicts(answer: Answer) -> str:
    chips = {citation.number: _footnote(citation) for citation in answer.citations}
    groups = ("".join(chips.get(number, "") for number in group) for group in answer.conflicts)
    return "".join(f'<p class="conflict">The documents disagree here: {group}</p>' for group in groups)


def _sources(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(f"<li>{_footnote(citation)}{_source(citation)}</li>" for citation in citations)
    summary = f"<summary>{counted(len(citations), 'source')}</summary>"
    return f'<details class="sources"{" open" if len(citations) <= 3 else ""}>{summary}<ol>{items}</ol></details>'


def _source(citation: Citation) -> str:
    document = citation.document
    speaker = text_html(_who(citation))
    role = f", {text_html(citation.role)}" if citation.role and citation.speaker else ""
    carriers = ", as quoted by ".join(with_article(document, name) for name in citation.via)
    via = f" · quoted by {text_html(carriers)}" if carriers else ""
    published = readable_date(citation.date) or "date undisclosed"
    place = [document.publisher, published, f"page {citation.page}" if citation.page else None]
    return (
        f'<span class="source-text"><strong>{speaker}</strong>{role}{via}<br>'
        f"<cite>{text_html(document.name)}</cite> · {joined(place)}</span>"
    )


def counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _who(citation: Citation) -> str:
    """Who speaks in the cited words, as far as the document says."""
    if citation.speaker or citation.role:
        return citation.speaker or f"{citation.role}".capitalize()
    voice = voice_at(citation.document, citation.start, citation.end)
    if voice.kind == "furniture":
        return "From a list beside the article"
    if voice.kind in ("comment", "quotation", "question", "interview_answer"):
        return "Undisclosed commenter" if voice.kind == "comment" else "Undisclosed speaker"
    return f"The document’s own text, by {citation.document.author or 'an undisclosed author'}"


def joined(parts: Iterable[str | None]) -> str:
    return " · ".join(text_html(part) for part in parts if part)


def _abstained(answer: Answer) -> str:
    label = REASONS.get(answer.reason or "", REASONS["not_in_corpus"])
    said = " ".join(sentence.text for sentence in answer.sentences) or answer.text
    closest = "".join(_closest(hit) for hit in answer.closest[:CLOSEST_SHOWN])
    passages = f'<p class="label">Closest passages</p><div class="closest">{closest}</div>' if closest else ""
    return f'<p class="label reason">{text_html(label)}</p><p class="sentence plain">{text_html(said)}</p>{passages}'


def _closest(hit: Hit) -> str:
    place = _span_attributes(hit.document, hit.passage.start, hit.passage.end)
    words = hit.excerpt(CLOSEST_CHARACTERS)
    where = joined([hit.document.name, hit.passage.speaker])
    return f'<button class="passage" {place}><span>{text_html(words)}</span><small>{where}</small></button>'


def _footer(answer: Answer) -> str:
    known = {
        "": "In the documents’ own words",
        "quotes": "In the documents’ own words",
        "catalog": "About the collection",
    }
    by = known.get(answer.model, f"Written by {answer.model}, each sentence checked")
    removed = f"{answer.removed} removed by the check" if answer.removed else None
    seconds = f"{answer.seconds:.1f} s" if answer.seconds >= 0.1 else "under 0.1 s"
    return f'<p class="made">{joined([None if answer.status == "abstained" else by, removed, seconds])}</p>'


def documents_html(documents: Sequence[Document], skipped: Sequence[Skipped] = ()) -> str:
    """The collection as a list that opens a document on a click; then what was left out, and why."""
    search = '<input type="search" class="filter" placeholder="Find a document" aria-label="Find a document">'
    items = "".join(map(_listed, documents))
    listed = f"<ul>{items}</ul>" if items else '<p class="meta">Nothing is indexed yet.</p>'
    files = "".join(f"<li><b>{text_html(file.path)}</b> {text_html(file.reason)}</li>" for file in skipped)
    left_out = f'<details class="left-out"><summary>{len(skipped):,} left out</summary><ul>{files}</ul></details>'
    return (
        f'<section class="documents"><h2>Documents</h2><p class="meta">{counted(len(documents), "document")}</p>'
        f"{search if len(documents) > 12 else ''}{listed}{left_out if skipped else ''}</section>"
    )


def _listed(document: Document) -> str:
    suffix = document.path.rsplit(".", 1)[-1].upper() if "." in document.path else None
    published = readable_date(document.published) or None
    meta = joined([document.publisher, published, suffix, counted(len(document.text.split()), "word")])
    return (
        f'<li><button class="document" data-document="{text_html(document.id)}">'
        f"<span>{text_html(document.name)}</span><small>{meta}</small></button></li>"
    )


def indexing_html(step: str, done: int, total: int, error: str | None) -> str:
    """A bar while the documents are being indexed; a sentence if that failed; nothing once it is done."""
    if error:
        return f'<p class="problem" role="alert">{text_html(error)}</p>'
    if not step:
        return ""
    counted = f"{done:,} of {total:,}" if total else ""
    share = f'value="{done}" max="{total}"' if total else ""
    return (
        f'<div class="indexing" role="status"><span>{text_html(step)} {counted}</span>'
        f'<progress {share} aria-label="Indexing"></progress></div>'
    )
