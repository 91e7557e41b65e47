"""The documents' text becomes HTML, with what was expected and what was cited marked in it and listed under it.

It does not know the question or its answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from eval.faults import entries, meets
from eval.page_text import Mark, MarkKind, apart_html, counted, joined_html, marked_html, text_html, whole_words
from eval.runs import Item

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


def legend_html() -> str:
    """What the marks in the documents' text mean; the words are marked as they say."""
    samples = []
    for kind, words in LEGEND:
        name = "1" if kind == "given" else "A"
        samples.append(f"<li>{marked_html(kind, 0, [Mark(0, len(kind), kind, name)])} {text_html(words)}</li>")
    both = marked_html("both", 0, [Mark(0, 4, "expected", "A"), Mark(0, 4, "given", "1")])
    return f'<ul class="legend">{samples[0]}{samples[1]}<li>{both} both at once</li>{"".join(samples[2:])}</ul>'


def documents_html(item: Item, place: int) -> str:
    """The documents' text with what was expected and what was cited marked in it, then both in two columns."""
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
        if span.get("document") == document and (mark := _mark(span, "given", number(span)))
    ]
    ends = excerpt.get("ends") is True
    text, start = whole_words(text, start, marks, ends=ends)
    cut = (" cut" if start else "") + ("" if ends else " more")
    return (
        f'<figure class="excerpt"><figcaption>{apart_html(document)} <span class="offsets">'
        f"{_offsets(start, start + len(text))}</span></figcaption>"
        f'<blockquote class="text{cut}">{marked_html(text, start, marks)}</blockquote></figure>'
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
    spoken = "" if kind in ("label", "tempting") else f"speaker: {_speakers(speakers)}{_carried(span.get('via'))}"
    dated = f"dated {text_html(span['date'])}" if span.get("date") else ""
    told = "" if kind == "expected" else KINDS[kind]
    cited = "" if any(meets(given, span) for given in entries(item, "citations")) else "not cited"
    return f'<li><b class="name">{name}</b><span>{joined_html([_place(span), spoken, dated, told, cited])}</span></li>'


def _speakers(speakers: object) -> str:
    if not isinstance(speakers, Sequence):
        return "the set does not say"
    named = [apart_html(speaker) if speaker else "nobody by name" for speaker in speakers]
    return " or ".join(named) or "nobody by name, or the document itself"


def _given(citation: Mapping[str, Any], names: Sequence[str], expected: Sequence[Mapping[str, Any]], place: int) -> str:
    met = [letter for letter, span in zip(names, expected, strict=True) if meets(citation, span)]
    name = text_html(number(citation))
    parts = [
        _place(citation),
        f"page {text_html(citation['page'])}" if citation.get("page") else "",
        f"speaker: {_named(citation)}",
        f"dated {text_html(citation['date'])}" if citation.get("date") else "",
        VOICES.get(str(citation.get("attribution")), ""),
        f"touches {', '.join(met)}" if met else "touches no evidence",
    ]
    return f'<li id="q{place}n{name}"><b class="name">[{name}]</b><span>{joined_html(parts)}</span></li>'


def _named(citation: Mapping[str, Any]) -> str:
    if not citation.get("speaker"):
        return "nobody named"
    role = f", {apart_html(citation['role'])}" if citation.get("role") else ""
    return f"{apart_html(citation['speaker'])}{role}{_carried(citation.get('via'))}"


def _carried(via: object) -> str:
    carriers = ", ".join(map(apart_html, via)) if isinstance(via, list | tuple) else ""
    return f", quoted by {carriers}" if carriers else ""


def _place(span: Mapping[str, Any]) -> str:
    return (
        f'<span class="path">{apart_html(span.get("document"))}</span> {_offsets(span.get("start"), span.get("end"))}'
    )


def _offsets(start: object, end: object) -> str:
    if not isinstance(start, int) or not isinstance(end, int):
        return ""
    return f'<span title="{counted(end - start, "character")}">characters {start:,}–{end:,}</span>'


def number(citation: Mapping[str, Any]) -> str:
    """What a citation is called in the answer."""
    return str(citation.get("number", "?"))


def letters(position: int) -> str:
    """A, B, ... Z, AA, AB ... for 0, 1, ..."""
    name = ascii_uppercase[position % 26]
    return letters(position // 26 - 1) + name if position >= 26 else name
