"""One question becomes HTML: what was asked, answered and wrong, and the document's text with both kinds of spans.

It does not know the other questions, nor which of them are worst.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from eval.faults import REASONS, entries, meets, texts
from eval.page_text import (
    NOTHING,
    Mark,
    MarkKind,
    apart_html,
    counted,
    joined_html,
    marked_html,
    plain,
    text_html,
)
from eval.runs import Item

NOTE = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
ROLES = {"user": "Asked before", "assistant": "Answered before"}
VOICES = {"right": "the speaker is right", "wrong": "the speaker is wrong", "missing": "the speaker is missing"}
KINDS: dict[MarkKind, str] = {
    "expected": "expected",
    "label": "names the speaker; right to cite, not required",
    "outdated": "withdrawn or corrected since",
    "tempting": "seems to answer, but does not",
    "given": "cited by the answer",
}
LEGEND: tuple[tuple[MarkKind, str], ...] = (
    ("expected", "expected: what a right answer rests on"),
    ("given", "given: what the answer cites, by its footnote"),
    ("label", "only names the speaker; right to cite, not required"),
    ("outdated", "withdrawn or corrected since"),
    ("tempting", "seems to answer, but does not"),
)


def shown_html(item: Item, place: int, fault: str) -> str:
    """A question in full. `place` is its own number on the page, which its anchors are made of."""
    return (
        f'<article class="question" id="q{place}"><header><p class="rank">{tags_html(item)}</p>'
        f'<h3>{apart_html(_question(item))}</h3><p class="fault">{apart_html(fault)}</p></header>'
        f"{_body(item, place)}</article>"
    )


def folded_html(item: Item, place: int, words: str, *, faulty: bool) -> str:
    """A question as one line that opens to all of it."""
    kind = "fault" if faulty else "fine"
    asked, what = apart_html(_question(item)), apart_html(words)
    line = f'<span class="asked">{asked}</span> <span class="{kind}">{what}</span>'
    return (
        f'<details class="question" id="q{place}"><summary><span class="tags">{tags_html(item)}</span> {line}</summary>'
        f"{_body(item, place)}</details>"
    )


def outcome(item: Item) -> str:
    """In a few words what became of a question that has no fault."""
    facts = len(texts(item, "key_facts"))
    if item.measures.get("answered") == 0:
        return "refused, as it should be" if item.measures.get("answerable") == 0 else "refused"
    if item.measures.get("all_key_facts") == 1:
        return f"says all {facts} key facts" if facts > 1 else "says what it has to"
    return "answered" if item.measures.get("answered") else "done"


def legend_html() -> str:
    """What the marks in the documents' text mean; the words are marked as they say."""
    samples = []
    for kind, words in LEGEND:
        name = "1" if kind == "given" else "A"
        samples.append(f"<li>{marked_html(kind, 0, [Mark(0, len(kind), kind, name)])} {text_html(words)}</li>")
    both = marked_html("both", 0, [Mark(0, 4, "expected", "A"), Mark(0, 4, "given", "1")])
    return f'<ul class="legend">{samples[0]}{samples[1]}<li>{both} both at once</li>{"".join(samples[2:])}</ul>'


def _question(item: Item) -> str:
    return str(item.detail.get("question") or item.id)


def tags_html(item: Item) -> str:
    """The type and the id, as a question's heading begins."""
    return f'<span class="type">{text_html(plain(item.type))}</span> <span class="id">{text_html(item.id)}</span>'


def _body(item: Item, place: int) -> str:
    return "".join([_history(item), _answer(item, place), _wanted(item), _documents(item, place)])


def _history(item: Item) -> str:
    turns = [
        f"<li><b>{text_html(ROLES.get(str(turn.get('role')), 'Said before'))}</b> "
        f"{apart_html(turn.get('content') or '')}</li>"
        for turn in entries(item, "history")
    ]
    return f'<ol class="history">{"".join(turns)}</ol>' if turns else ""


def _answer(item: Item, place: int) -> str:
    detail = item.detail
    refused = detail.get("status") == "abstained"
    reason = REASONS.get(str(detail.get("reason")), plain(str(detail.get("reason"))))
    verdict = f"Refused ({text_html(reason)})" if refused else "The answer"
    confidence = item.measures.get("confidence")
    sure = "" if confidence is None else f'<span class="confidence">confidence {confidence:.2f}</span>'
    words = _with_notes(
        str(detail.get("text") or NOTHING), {_number(given) for given in entries(item, "citations")}, place
    )
    return (
        f'<section class="answer"><h4>{joined_html([verdict, sure])}</h4><p dir="auto">{words}</p>'
        f"{_checked(item)}</section>"
    )


def _with_notes(text: str, numbers: set[str], place: int) -> str:
    """The answer with its footnote marks as links to what they cite; other numbers in brackets stay as they are."""
    pieces, done = [], 0
    for found in NOTE.finditer(text):
        named = re.findall(r"\d+", found.group())
        if not numbers.issuperset(named):
            continue
        links = ", ".join(f'<a href="#q{place}n{number}">{number}</a>' for number in named)
        pieces += [text_html(text[done : found.start()]), f'<span class="note">[{links}]</span>']
        done = found.end()
    return "".join([*pieces, text_html(text[done:])])


def _checked(item: Item) -> str:
    """The verdicts on sentences that are not quotations, where there are any."""
    own = [sentence for sentence in entries(item, "sentences") if sentence.get("verdict") not in (None, "", "verbatim")]
    lines = [
        f"<li><b>{text_html(plain(str(sentence['verdict'])))}</b> {apart_html(sentence.get('text') or '')}</li>"
        for sentence in own
    ]
    return f'<ul class="checked">{"".join(lines)}</ul>' if lines else ""


def _wanted(item: Item) -> str:
    detail = item.detail
    missing = texts(item, "missing")
    facts = [_fact(fact, fact in missing) for fact in texts(item, "key_facts")]
    reason = detail.get("expected_reason")
    rows = [
        ("Has to say", f"<ul>{''.join(facts)}</ul>" if facts else ""),
        ("Should be refused", text_html(REASONS.get(str(reason), plain(str(reason)))) if reason else ""),
        ("Says, and must not", joined_html(f"“{apart_html(phrase)}”" for phrase in texts(item, "forbidden"))),
        ("Searched for", apart_html(detail["search_query"]) if _searched_otherwise(detail) else ""),
        ("The set notes", apart_html(detail["note"]) if detail.get("note") else ""),
    ]
    kept = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return f'<dl class="wanted">{kept}</dl>' if kept else ""


def _fact(fact: str, missing: bool) -> str:
    words = " or ".join(f"“{apart_html(way)}”" for way in fact.split("|"))
    return f'<li class="{"missing" if missing else "said"}">{words}: {"not said" if missing else "said"}</li>'


def _searched_otherwise(detail: Mapping[str, Any]) -> bool:
    return bool(detail.get("search_query")) and detail.get("search_query") != detail.get("question")


def _documents(item: Item, place: int) -> str:
    expected, given = entries(item, "expected"), entries(item, "citations")
    tempting = item.measures.get("answerable") == 0
    names = [letters(position) for position in range(len(expected))]
    excerpts = "".join(_excerpt(excerpt, item, names, tempting) for excerpt in entries(item, "excerpts"))
    left = [_expected(item, *pair, tempting) for pair in zip(names, expected, strict=True)]
    right = [_given(citation, names, expected, place) for citation in given]
    heading = "What seems to answer" if tempting else "Expected"
    columns = (
        _column(heading, left, "nothing is expected to be cited"),
        _column("Given", right, "the answer cites nothing"),
    )
    return f'{excerpts}<div class="spans">{"".join(columns)}</div>' if left or right or excerpts else ""


def _column(heading: str, lines: Sequence[str], nothing: str) -> str:
    listed = f"<ol>{''.join(lines)}</ol>" if lines else f"<p>{nothing}</p>"
    return f"<section><h4>{heading}</h4>{listed}</section>"


def _excerpt(excerpt: Mapping[str, Any], item: Item, names: Sequence[str], tempting: bool) -> str:
    document, start, text = excerpt.get("document"), excerpt.get("start"), str(excerpt.get("text") or "")
    start = start if isinstance(start, int) else 0
    marks = [
        mark
        for name, span in zip(names, entries(item, "expected"), strict=True)
        if span.get("document") == document and (mark := _mark(span, _kind(span, tempting), name))
    ]
    marks += [
        mark
        for span in entries(item, "citations")
        if span.get("document") == document and (mark := _mark(span, "given", _number(span)))
    ]
    return (
        f'<figure class="excerpt"><figcaption>{apart_html(document)} <span class="offsets">'
        f"{_offsets(start, start + len(text))}</span></figcaption>"
        f'<blockquote class="text{" cut" if start else ""}">{marked_html(text, start, marks)}</blockquote></figure>'
    )


def _mark(span: Mapping[str, Any], kind: MarkKind, name: str) -> Mark | None:
    start, end = span.get("start"), span.get("end")
    return Mark(start, end, kind, name) if isinstance(start, int) and isinstance(end, int) else None


def _kind(span: Mapping[str, Any], tempting: bool) -> MarkKind:
    if span.get("outdated"):
        return "outdated"
    return "label" if span.get("label") else "tempting" if tempting else "expected"


def _expected(item: Item, name: str, span: Mapping[str, Any], tempting: bool) -> str:
    kind = _kind(span, tempting)
    speakers = span.get("speakers")
    spoken = "" if kind in ("label", "tempting") else f"speaker: {_speakers(speakers)}"
    told = "" if kind == "expected" else KINDS[kind]
    cited = "" if any(meets(given, span) for given in entries(item, "citations")) else "not cited"
    return f'<li><b class="name">{name}</b><span>{joined_html([_place(span), spoken, told, cited])}</span></li>'


def _speakers(speakers: object) -> str:
    if not isinstance(speakers, Sequence):
        return "the set does not say"
    named = [apart_html(speaker) if speaker else "nobody by name" for speaker in speakers]
    return " or ".join(named) or "nobody by name, or the document itself"


def _given(citation: Mapping[str, Any], names: Sequence[str], expected: Sequence[Mapping[str, Any]], place: int) -> str:
    met = [name for name, span in zip(names, expected, strict=True) if meets(citation, span)]
    number = text_html(_number(citation))
    parts = [
        _place(citation),
        f"page {text_html(citation['page'])}" if citation.get("page") else "",
        f"speaker: {_named(citation)}",
        f"dated {text_html(citation['date'])}" if citation.get("date") else "",
        VOICES.get(str(citation.get("attribution")), ""),
        f"touches {', '.join(met)}" if met else "touches no evidence",
    ]
    return f'<li id="q{place}n{number}"><b class="name">[{number}]</b><span>{joined_html(parts)}</span></li>'


def _named(citation: Mapping[str, Any]) -> str:
    if not citation.get("speaker"):
        return "nobody named"
    role = f", {apart_html(citation['role'])}" if citation.get("role") else ""
    via = citation.get("via")
    carriers = ", ".join(map(apart_html, via)) if isinstance(via, list | tuple) else ""
    return f"{apart_html(citation['speaker'])}{role}{f', quoted by {carriers}' if carriers else ''}"


def _place(span: Mapping[str, Any]) -> str:
    return (
        f'<span class="path">{apart_html(span.get("document"))}</span> {_offsets(span.get("start"), span.get("end"))}'
    )


def _offsets(start: object, end: object) -> str:
    if not isinstance(start, int) or not isinstance(end, int):
        return ""
    return f'<span title="{counted(end - start, "character")}">characters {start:,}–{end:,}</span>'


def _number(citation: Mapping[str, Any]) -> str:
    return str(citation.get("number", "?"))


def letters(position: int) -> str:
    """A, B, ... Z, AA, AB ... for 0, 1, ..."""
    name = ascii_uppercase[position % 26]
    return letters(position // 26 - 1) + name if position >= 26 else name
