"""An answer as Markdown to paste elsewhere, footnotes and all, as a pure function.

It does not know what it is pasted into: what documents say is escaped, so that nothing of it becomes a link or picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.answering import Answer, Citation
from rag.retrieve import Hit
from ui.notes import carried, dated, who
from ui.render import CLOSEST_CHARACTERS, CLOSEST_SHOWN, made, searched, why_not

SPECIAL = re.compile(r"([\\`*_\[\]<>])")


def answer_markdown(answer: Answer, host: str = "", names: Mapping[str, str] | None = None) -> str:
    """The notice, the question, what was searched for, the sentences with their marks, then each footnote: quote,
    speaker, document, date, file. `names` is what documents are called, by path."""
    paragraphs = [f"> {_escaped(' '.join(answer.notice.split()))}"] if answer.notice else []
    paragraphs.append(f"**{_escaped(answer.question)}**")
    if words := searched(answer, names):
        paragraphs.append(_escaped(words))
    if answer.status == "abstained":
        paragraphs.append(f"**{_escaped(why_not(answer))}.**")
    sentences = [f"{_escaped(s.text)} {''.join(f'[{n}]' for n in s.citations)}".strip() for s in answer.sentences]
    paragraphs += sentences or [_escaped(answer.text)]
    if answer.status == "abstained":
        paragraphs += _closest(answer.closest[:CLOSEST_SHOWN])
    if answer.citations:
        paragraphs.append("\n\n".join(_footnote(citation) for citation in answer.citations))
    return "\n\n".join([*paragraphs, _escaped(made(answer, host))]) + "\n"


def _footnote(citation: Citation) -> str:
    speaker = who(citation) + (f", {citation.role}" if citation.role and citation.speaker else "")
    document = citation.document
    page = f"page {citation.page}" if citation.page else ""
    carriers = carried(citation)
    place = [document.name, document.publisher, dated(citation), page, document.path]
    parts = [speaker, f"quoted by {carriers}" if carriers else "", *place]
    told = " · ".join(_escaped(part) for part in parts if part)
    return f"[{citation.number}] “{_escaped(' '.join(citation.quote.split()))}” — {told}"


def _closest(hits: Sequence[Hit]) -> list[str]:
    passages = [
        f"> {_escaped(' '.join(hit.excerpt(CLOSEST_CHARACTERS).split()))} — {_escaped(hit.document.name)}"
        for hit in hits
    ]
    return ["Closest passages:", *passages] if passages else []


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
