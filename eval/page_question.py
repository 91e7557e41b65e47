"""One question becomes HTML: what was asked and answered, what is wrong with it and what would be right.

It does not know the other questions, nor which of them are worst.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eval.faults import REASONS, entries, texts
from eval.page_documents import documents_html, number
from eval.page_text import (
    NOTHING,
    apart_html,
    joined_html,
    plain,
    text_html,
)
from eval.runs import Item

NOTE = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
ROLES = {"user": "Asked before", "assistant": "Answered before"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as it stands on the page.

    `place` is its own number there, which its anchors are made of, `asked` its place in the run; `fault` says all
    that is wrong with it, "" for nothing; `bar` is the confidence under which questions are refused, where known.
    """

    item: Item
    place: int
    asked: int
    fault: str
    bar: float | None

    @property
    def question(self) -> str:
        return str(self.item.detail.get("question") or self.item.id)


def shown_html(shown: Shown) -> str:
    """A question in full."""
    return (
        f'<article class="question" id="q{shown.place}"><header><p class="rank">{tags_html(shown.item)}</p>'
        f'<h3>{apart_html(shown.question)}</h3><p class="fault">{apart_html(shown.fault)}</p></header>'
        f"{_body(shown)}</article>"
    )


def folded_html(shown: Shown) -> str:
    """A question as one line that opens to all of it, by itself too where a link leads to it."""
    kind = "fault" if shown.fault else "fine"
    asked, what = apart_html(shown.question), apart_html(shown.fault or outcome(shown.item))
    line = f'<span class="asked">{asked}</span> <span class="{kind}">{what}</span>'
    return (
        f'<details class="question"><summary><span class="tags">{tags_html(shown.item)}</span> {line}</summary>'
        f'<div id="q{shown.place}">{_body(shown)}</div></details>'
    )


def outcome(item: Item) -> str:
    """In a few words what became of a question that has no fault."""
    facts = len(texts(item, "key_facts"))
    if item.measures.get("answered") == 0:
        return "refused, as it should be" if item.measures.get("answerable") == 0 else "refused"
    if item.measures.get("all_key_facts") == 1:
        return f"says all {facts} key facts" if facts > 1 else "says what it has to"
    return "answered" if item.measures.get("answered") else "done"


def tags_html(item: Item) -> str:
    """The type and the id, as a question's heading begins."""
    return f'<span class="type">{text_html(plain(item.type))}</span> <span class="id">{text_html(item.id)}</span>'


def _body(shown: Shown) -> str:
    item, place = shown.item, shown.place
    return "".join([_history(item), _answer(item, place, shown.bar), _wanted(item), documents_html(item, place)])


def _history(item: Item) -> str:
    turns = [
        f"<li><b>{text_html(ROLES.get(str(turn.get('role')), 'Said before'))}</b> "
        f"{apart_html(turn.get('content') or '')}</li>"
        for turn in entries(item, "history")
    ]
    return f'<ol class="history">{"".join(turns)}</ol>' if turns else ""


def _answer(item: Item, place: int, bar: float | None) -> str:
    detail = item.detail
    refused = detail.get("status") == "abstained"
    reason = REASONS.get(str(detail.get("reason")), plain(str(detail.get("reason"))))
    verdict = f"Refused ({text_html(reason)})" if refused else "The answer"
    failed = "quotes, because the model failed" if item.measures.get("fallback") else ""
    parts = [_sure(item, bar if refused else None), failed]
    beside = [f'<span class="confidence">{text_html(part)}</span>' for part in parts if part]
    words = _with_notes(
        str(detail.get("text") or NOTHING), {number(given) for given in entries(item, "citations")}, place
    )
    return (
        f'<section class="answer"><h4>{joined_html([verdict, *beside])}</h4><p dir="auto">{words}</p>'
        f"{_checked(item)}</section>"
    )


def _sure(item: Item, bar: float | None) -> str:
    """The confidence in words, with the bar that it is under."""
    confidence = item.measures.get("confidence")
    if confidence is None:
        return ""
    under = bar is not None and confidence < bar
    digits = next((digits for digits in (2, 3) if f"{confidence:.{digits}f}" != f"{bar or 0:.{digits}f}"), 4)
    words = f"confidence {confidence:.{digits if under else 2}f}"
    return f"{words}, under the bar of {bar:.{digits}f}" if under else words


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
        ("Must not say", f"<ul>{''.join(_banned(item))}</ul>" if _banned(item) else ""),
        ("Searched for", apart_html(detail["search_query"]) if _searched_otherwise(detail) else ""),
        ("The set notes", apart_html(detail["note"]) if detail.get("note") else ""),
    ]
    kept = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return f'<dl class="wanted">{kept}</dl>' if kept else ""


def _fact(fact: str, missing: bool) -> str:
    return f'<li class="{"missing" if missing else "said"}">{_ways(fact)}: {"not said" if missing else "said"}</li>'


def _ways(phrase: str) -> str:
    return " or ".join(f"“{apart_html(way)}”" for way in phrase.split("|"))


def _banned(item: Item) -> list[str]:
    """What the answer must not say, what it says of that first."""
    said = texts(item, "forbidden")
    phrases = dict.fromkeys([*said, *texts(item, "must_not")])
    return [
        f'<li class="{"missing" if phrase in said else "said"}">{_ways(phrase)}: '
        f"{'said' if phrase in said else 'not said'}</li>"
        for phrase in phrases
    ]


def _searched_otherwise(detail: Mapping[str, Any]) -> bool:
    return bool(detail.get("search_query")) and detail.get("search_query") != detail.get("question")
