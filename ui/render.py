"""Questions and answers become HTML, as pure functions.

It does not know gradio, the index or who asked. Everything that documents and questions say is escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rag.answering import Answer, Citation, Sentence
from rag.introduce import readable_date
from rag.retrieve import Hit
from ui.notes import (
    QUOTE_CHARACTERS,
    card_html,
    dated,
    excerpt,
    footnote_html,
    joined,
    sources_html,
    span_attributes,
    text_html,
    who,
)

VERDICTS = {
    "verbatim": ("✓", "Copied word for word from the document."),
    "supported": ("✓", "The cited words say this."),
    "partial": ("◐", "The cited words say only some of this."),
    "unsupported": ("✗", "The cited words don’t say this."),
    "misattributed": ("✗", "Somebody else said this."),
}
REASONS = {
    "not_in_corpus": "Not found in the documents",
    "masked": "Masked in the documents",
    "furniture_only": "Only in menus or adverts",
}
IN_QUOTES = ("", "quotes")  # how an answer's `model` says that no model wrote it
WORD_FOR_WORD = "All quotations word for word"
KINDS = {"comment": "comments", "quotation": "quotations", "table": "tables", "update": "updates"}
CLOSEST_CHARACTERS = 240
CLOSEST_SHOWN = 3
DISAGREE = "The documents disagree here."
LONG_QUESTION = 280  # characters, or LONG_LINES lines; a longer one is cut until its reader wants more
LONG_LINES = 3
NAME_CHARACTERS = 60  # of a document in a filter
GLUED_CHARACTERS = 24  # of a last word that its footnote never leaves
SENTENCE = re.compile(r"(?:“[^”]*”|.)+?(?:(?<=[.!?])\s+(?=[A-Z“])|$)", re.DOTALL)
NOTHING_OPEN = """<div class="nothing-open"><p>Choose a footnote, or a document, and it opens here.</p>
<ul aria-label="What is marked in a document"><li><mark class="cited">Marked words</mark> are the ones the answer
cites.</li><li><mark class="also">Pale words</mark> are its other citations.</li>
<li><span class="speaker voice-0"><b>A name</b> <small>comment</small></span> says who speaks, one colour each.</li>
<li><span class="bar">******</span> <span class="bar">****</span> Grey bars are words hidden in the file itself.</li>
<li><span class="folded">Menus, headers, adverts</span> are folded away.</li></ul></div>"""
PROGRESS_LINE = re.compile(r'<p class="progress-line".*?</p>')
NOTE = re.compile(r"(?:The (?:documents|accounts) (?:disagree|differ)[^.]*|A later (?:document|update) differs)\. ")


def question_html(question: str) -> str:
    """The question; a long one is cut after three lines, with a button for the rest."""
    if len(question) <= LONG_QUESTION and question.count("\n") < LONG_LINES:
        return f'<h2 class="asked">{text_html(question)}</h2>'
    more = '<button class="more" data-more="yes" aria-expanded="false">more</button>'
    return f'<h2 class="asked long">{text_html(question)}</h2>{more}'


def problem_html(message: str, turn: int | None = None) -> str:
    """One sentence that says what went wrong and the next step; with a turn's number, a button to ask it again."""
    again = "" if turn is None else f'<div class="tools">{_again(turn)}</div>'
    return f'<div class="answer"><p class="problem" role="alert">{text_html(message)}</p>{again}</div>'


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


def answer_html(
    answer: Answer,
    turn: int = 0,
    host: str = "",
    rated: str = "",
    markdown: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    """An answer as far as it is known: its sentences with footnotes, its sources, how it was made.

    `turn` is its number in the conversation, `host` where a language model wrote it, `rated` what its reader thinks
    of it ("up", "down" or ""), `markdown` what is copied, `names` what documents are called, by path.
    """
    if not answer.sentences and not answer.complete:
        return _waiting(answer)
    told = _abstained(answer) if answer.status == "abstained" else _sentences(answer, turn)
    parts = [_searched(answer, turn, names), _notice(answer), told]
    if answer.complete:
        parts += [sources_html(answer.citations, turn), _footer(answer, turn, host, rated, markdown)]
    else:
        parts.append(_progress_line("Checking the next sentence…"))
    cards = "".join(card_html(citation, turn) for citation in answer.citations)
    notes = f'<div class="notes" hidden>{cards}</div>' if cards else ""
    return f'<div class="answer {text_html(answer.status)}">{"".join(parts)}{notes}</div>'


def waiting_html(words: str = "Looking through the documents…") -> str:
    """An answer of which nothing is known yet."""
    return f'<div class="answer">{_progress_line(words)}</div>'


def _waiting(answer: Answer) -> str:
    writing = _progress_line("Writing… checking each sentence before it is shown")
    return waiting_html() if answer.model in ("", "quotes") else f'<div class="answer">{_notice(answer)}{writing}</div>'


def searched(answer: Answer, names: Mapping[str, str] | None = None) -> str:
    """What was searched for, where that is not the question itself: the question as understood, and its filters.

    Documents are called what `names` say, by path, else what the answer knows of them.
    """
    asked = "" if answer.search_query == answer.question.strip() else f"Searched for: {answer.search_query}"
    known = _names(answer, names)
    wanted = [_wanted(name, value, known) for name, values in answer.filters.items() for value in values]
    return " · ".join(part for part in (asked, f"Only: {', '.join(wanted)}" if wanted else "") if part)


def _names(answer: Answer, names: Mapping[str, str] | None) -> dict[str, str]:
    found = [*(hit.document for hit in answer.hits), *(citation.document for citation in answer.citations)]
    return {**{document.path: document.name for document in found}, **(names or {})}


def _searched(answer: Answer, turn: int, names: Mapping[str, str] | None) -> str:
    """The same with a button for each filter that asks again without it."""
    asked = f"Searched for: {text_html(answer.search_query)}" if answer.search_query != answer.question.strip() else ""
    known = _names(answer, names)
    chips = " · ".join(_filter(name, values, turn, known) for name, values in answer.filters.items() if values)
    line = " · ".join(part for part in (asked, f"Only: {chips}" if chips else "") if part)
    return f'<p class="notice searched">{line}</p>' if line else ""


def _wanted(name: str, value: str, names: Mapping[str, str]) -> str:
    """A value of a filter as a person says it: "comments", "Nov 2017 to Feb 2018", a document by its name."""
    if name == "document":
        return excerpt(names.get(value) or value.rsplit("/", 1)[-1], NAME_CHARACTERS)
    if name != "date":
        return KINDS.get(value, value)
    first, dots, last = (readable_date(part) if part != ".." else part for part in value.partition(".."))
    if not dots or first == last:
        return first
    return f"{first} to {last}" if first and last else f"since {first}" if first else f"until {last}"


def _filter(name: str, values: Sequence[str], turn: int, names: Mapping[str, str]) -> str:
    words = ", ".join(_wanted(name, value, names) for value in values)
    if name == "document" and len(values) > 2:
        words = f"{_wanted(name, values[0], names)} and {len(values) - 1:,} more"
    label = f"Ask again without this limit: {words}"
    return (
        f'<button class="filter-chip" data-again="{turn}" data-without="{text_html(name)}" '
        f'aria-label="{text_html(label)}">{text_html(words)} <span aria-hidden="true">✕</span></button>'
    )


def _notice(answer: Answer) -> str:
    """Each sentence of the notice on a line of its own."""
    said = [found.group().strip() for found in SENTENCE.finditer(answer.notice)]
    return "".join(f'<p class="notice said">{text_html(words)}</p>' for words in said if words)


def stopped_html(html: str, turn: int) -> str:
    """What was shown of an answer when its reader stopped it."""
    return PROGRESS_LINE.sub(f'<p class="notice">Stopped.</p><div class="tools">{_again(turn)}</div>', html)


def _progress_line(words: str) -> str:
    return f'<p class="progress-line" role="status">{text_html(words)}</p>'


# ---- sentences ----


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sentences of one answer share: its turn and footnotes, and whether each says that it is verbatim."""

    turn: int
    citations: Mapping[int, Citation]
    marks: bool

    def cited(self, numbers: Iterable[int]) -> list[Citation]:
        return [self.citations[number] for number in numbers if number in self.citations]


def _sentences(answer: Answer, turn: int) -> str:
    """The sentences in order; neighbours that disagree stand side by side under what they disagree on."""
    told = _Told(turn, {citation.number: citation for citation in answer.citations}, answer.model not in IN_QUOTES)
    sentences = answer.sentences or (Sentence(answer.text, (), ""),)
    shown, left = [], dict(enumerate(answer.conflicts))
    for group, run in groupby(enumerate(sentences), key=lambda pair: _conflict_of(pair[1], answer.conflicts)):
        said = list(run)
        if group is None or len(said) < 2:
            shown += [_sentence(sentence, place, told) for place, sentence in said]
        else:
            left.pop(group, None)
            shown.append(_sides(said, told))
    return "".join(shown) + "".join(_apart(group, told) for group in left.values())


def _conflict_of(sentence: Sentence, conflicts: Sequence[Sequence[int]]) -> int | None:
    found = (place for place, group in enumerate(conflicts) if set(group) & set(sentence.citations))
    return next(found, None)


def _sides(said: Sequence[tuple[int, Sentence]], told: _Told) -> str:
    note = NOTE.match(said[0][1].text)
    sides = "".join(_side(place, sentence, told) for place, sentence in said)
    return _conflict(note.group().strip() if note else DISAGREE, sides)


def _side(place: int, sentence: Sentence, told: _Told) -> str:
    """One of the accounts that disagree: who says it, when, and the sentence without the note before it."""
    cited = told.cited(sentence.citations)[0]
    plain = Sentence(NOTE.sub("", sentence.text, count=1), sentence.citations, sentence.verdict, sentence.why)
    return f'<div class="side">{_by(cited)}{_sentence(plain, place, told)}</div>'


def _apart(group: Sequence[int], told: _Told) -> str:
    """Quotes that disagree though no two sentences in a row do: each with who says it, when."""
    sides = "".join(
        f'<div class="side">{_by(cited)}<p class="sentence">'
        f"{_glued([('quote', excerpt(cited.quote, QUOTE_CHARACTERS))], [footnote_html(cited, told.turn)])}</p></div>"
        for cited in told.cited(group)
    )
    return _conflict(DISAGREE, sides) if sides else ""


def _conflict(note: str, sides: str) -> str:
    return (
        f'<section class="conflict" aria-label="Accounts that disagree"><p class="label reason">{text_html(note)}</p>'
        f'<div class="sides">{sides}</div></section>'
    )


def _by(cited: Citation) -> str:
    return f'<p class="by"><strong>{text_html(who(cited))}</strong> · <span>{text_html(dated(cited))}</span></p>'


def _sentence(sentence: Sentence, place: int, told: _Told) -> str:
    cited = told.cited(sentence.citations)
    if not cited:
        return f'<p class="sentence plain">{text_html(sentence.text)}</p>'
    verbatim = sentence.verdict == "verbatim"
    introduction, words = _quoted(sentence.text, cited) if verbatim else ("", [("", sentence.text)])
    marks = _glued(words, [footnote_html(citation, told.turn) for citation in cited])
    verdict = "" if verbatim and not told.marks else _verdict(sentence, f"{told.turn}-{place}")
    return f'<p class="sentence {"verbatim" if verbatim else "written"}">{introduction}{marks}{verdict}</p>'


def _quoted(text: str, cited: Sequence[Citation]) -> tuple[str, list[tuple[str, str]]]:
    """The sentence as an introduction and the quotation itself, told apart by the citation's own words.

    The introduction is HTML, the rest are pieces for `_glued`.
    """
    for citation in cited:
        words = r"\s+".join(map(re.escape, citation.quote.split()))
        found = re.search(f'[“"]?{words}[”"]?', text) if words else None
        if found:
            pieces = [("quote", found.group()), ("", text[found.end() :])]
            return _introduction(text[: found.start()], citation), pieces
    return "", [("", text)]


def _glued(pieces: Sequence[tuple[str, str]], footnotes: Sequence[str]) -> str:
    """Pieces of text, "quote" or plain, with their footnotes: the first stands on the line of the last word."""
    *before, (kind, text) = [piece for piece in pieces if piece[1].strip()] or [("", "")]
    text = text.rstrip()
    cut = max((gap.end() for gap in re.finditer(r"\s", text)), default=0)
    cut = cut if len(text) - cut <= GLUED_CHARACTERS else len(text)
    first, *others = footnotes
    end = f'<span class="end">{_piece(kind, text[cut:])}{first}</span>'
    return "".join(_piece(*piece) for piece in [*before, (kind, text[:cut])]) + end + "".join(others)


def _piece(kind: str, text: str) -> str:
    return f'<q class="quote">{text_html(text)}</q>' if kind and text else text_html(text)


def _introduction(text: str, citation: Citation) -> str:
    before, found, after = text.partition(citation.speaker or citation.role or "undisclosed commenter")
    bold = f"<strong>{text_html(found)}</strong>" if found else ""
    return f'<span class="introduction">{text_html(before)}{bold}{text_html(after)}</span>' if text.strip() else ""


def _verdict(sentence: Sentence, key: str) -> str:
    """The mark of the check, with its meaning in a card of its own."""
    mark, meaning = VERDICTS.get(sentence.verdict, ("", ""))
    if not mark:
        return ""
    why = f"{meaning} ({sentence.why})" if sentence.why and sentence.verdict != "verbatim" else meaning
    return (
        f'<button class="verdict {sentence.verdict}" data-card="why-{key}" aria-describedby="why-{key}">'
        f'<span aria-hidden="true">{mark}</span> {sentence.verdict}</button>'
        f'<span class="why" id="why-{key}" hidden>{text_html(why)}</span>'
    )


def _abstained(answer: Answer) -> str:
    label = why_not(answer)
    said = " ".join(sentence.text for sentence in answer.sentences) or answer.text
    closest = "".join(_closest(hit) for hit in answer.closest[:CLOSEST_SHOWN])
    passages = f'<p class="label">Closest passages</p><div class="closest">{closest}</div>' if closest else ""
    return f'<p class="label reason">{text_html(label)}</p><p class="sentence plain">{text_html(said)}</p>{passages}'


def why_not(answer: Answer) -> str:
    """The reason of an abstention in a few words."""
    return REASONS.get(answer.reason or "", REASONS["not_in_corpus"])


def _closest(hit: Hit) -> str:
    place = span_attributes(hit.document, hit.passage.start, hit.passage.end)
    words = hit.excerpt(CLOSEST_CHARACTERS)
    where = joined([hit.document.name, hit.passage.speaker])
    return f'<button class="passage" {place}><span>{text_html(words)}</span><small>{where}</small></button>'


def made(answer: Answer, host: str = "") -> str:
    """How the answer was written, in how many seconds."""
    known = {
        "": "In the documents’ own words",
        "quotes": "In the documents’ own words",
        "catalog": "About the collection",
    }
    written = f"Written by {answer.model}{f' at {host}' if host else ''}, each sentence checked"
    by = None if answer.status == "abstained" else known.get(answer.model, written)
    verdicts = {sentence.verdict for sentence in answer.sentences if sentence.citations}
    if by and answer.model in IN_QUOTES and verdicts == {"verbatim"}:
        by = WORD_FOR_WORD
    removed = f"{answer.removed} removed by the check" if answer.removed else None
    seconds = f"{answer.seconds:.1f} s" if answer.seconds >= 0.1 else "under 0.1 s"
    return " · ".join(part for part in (by, removed, seconds) if part)


def _footer(answer: Answer, turn: int, host: str, rated: str, markdown: str) -> str:
    thumbs = "".join(_thumb(verdict, name, rated) for verdict, name in (("up", "Good answer"), ("down", "Bad answer")))
    noted = '<span class="noted" role="status">Thank you, noted.</span>' if rated else ""
    copied = f'<pre class="markdown" hidden>{text_html(markdown)}</pre>'
    return (
        f'<p class="made">{text_html(made(answer, host))}</p><div class="tools" data-turn="{turn}">'
        f'<button class="tool" data-copy="yes">Copy</button>{_again(turn)}{thumbs}{noted}{copied}{REASON}</div>'
    )


def _thumb(verdict: str, name: str, rated: str) -> str:
    pressed = "true" if rated == verdict else "false"
    return (
        f'<button class="thumb {verdict}" data-rate="{verdict}" aria-label="{name}" aria-pressed="{pressed}"></button>'
    )


def _again(turn: int) -> str:
    return f'<button class="tool again" data-again="{turn}">Ask again</button>'


REASON = (
    '<form class="reason-form" hidden><input type="text" name="reason" maxlength="500" aria-label="Why? (optional)" '
    'placeholder="Why? (optional)"><button class="tool" type="submit">Send</button></form>'
)
