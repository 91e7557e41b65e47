"""A document about a mill, questions about it, and answers made by hand.

It does not know what is tested with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from eval.cases import Case, Evidence
from eval.metrics import Said
from index.document import Document, Passage
from rag.answering import Answer, Citation, Sentence
from rag.retrieve import Hit

OPENED = "The mill opened in 1891."
FLOOD = "It closed after the flood of 1920."
FIRE = "Correction: It closed after the fire of 1921."
LABEL = "Comments (2)"
BREAD = "Nobody bakes like the mill did."
MASKED = "The owner in 1900 was ******."
TEXT = (
    f"The Mill\n\n{OPENED} {FLOOD}\n\n{FIRE}\n\n{LABEL}\n\n"
    f'"{BREAD}" said Ada Quill, as the Aller Post had it on 3 May 1899.\n\n{MASKED}\n'
)
MILL = Document("d1", "papers/mill.txt", "The Mill", None, "Lower Dale Times", "1931-02-07", TEXT)


def place(quote: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(quote)
    return start, start + len(quote)


def evidence(words: str, **changes: Any) -> Evidence:
    return replace(Evidence("mill.txt", *place(words), words), **changes)


OWN = Said((), (), "1931-02-07")
OPENING = Case(
    *("M1", "When did it open?", "number_date", True),
    key_facts=("1891",),
    evidence=(evidence(LABEL, label=True), evidence(OPENED, said=OWN)),
)
CLOSING = Case(
    *("M2", "Why did it close?", "update", True),
    key_facts=("fire", "1921"),
    evidence=(evidence(FLOOD, outdated=True), evidence(FIRE, said=OWN)),
    must_not=("flood",),
)
PRAISE = Case(
    *("M3", "Who praised its bread?", "quote_nested", True),
    key_facts=("Quill|bakes",),
    evidence=(evidence(BREAD, said=Said(("Ada Quill",), ("Aller Post",), "1899-05")),),
)
OWNER = Case("M4", "Who owned it?", "unanswerable_redacted", False, evidence=(evidence(MASKED),), must_not=("Smith",))
MILLER = Case("M5", "Who was its last miller?", "unanswerable_absent", False)
ELSEWHERE = Case("M6", "And the inn?", "why_how", True, None, ("beer",), (Evidence("inn.txt", 0, 4, "beer"),))


def cite(number: int, quote: str, document: Document = MILL, **data: Any) -> Citation:
    start, end = place(quote, document.text)
    return replace(Citation(number, document, start, end, quote), **data)


def answered(case: Case, *citations: Citation, says: Sequence[tuple[str, str]] | None = None) -> Answer:
    """Each citation quoted by a sentence of its own; or the sentences `says`, (text, verdict), on all of them."""
    numbers = tuple(citation.number for citation in citations)
    told = [Sentence(text, numbers, verdict) for text, verdict in says or ()]
    sentences = told or [Sentence(citation.quote, (citation.number,), "verbatim") for citation in citations]
    hits = [Hit(Passage(f"p{c.start}", "d1", c.start, c.end, "body"), c.document, 1.0) for c in citations]
    return Answer(
        question=case.question,
        search_query=case.question,
        filters={},
        text=" ".join(f"{s.text} {''.join(f'[{number}]' for number in s.citations)}".strip() for s in sentences),
        status="answered",
        reason=None,
        confidence=0.9,
        sentences=tuple(sentences),
        citations=citations,
        hits=tuple(hits),
        conflicts=(),
        removed=0,
        model="quotes",
        tokens={},
        seconds=0.5,
        complete=True,
    )


def abstained(case: Case, reason: str = "not_in_corpus") -> Answer:
    text = "The documents mention 1891 but don't say it."
    return replace(answered(case), text=text, status="abstained", reason=reason, confidence=0.1)


def record_of(case: Case) -> dict[str, Any]:
    """The line of a question set that a case is read from."""
    return {**asdict(case), "evidence": [_record_of_evidence(piece) for piece in case.evidence]}


def _record_of_evidence(piece: Evidence) -> dict[str, Any]:
    record = {name: value for name, value in asdict(piece).items() if name != "said"}
    if piece.said is None:
        return record
    speaker = piece.said.speakers[0] if piece.said.speakers else None
    return {**record, "speaker": speaker, "via": list(piece.said.via or ()), "date": piece.said.date}


def write_set(path: Path, *records: Mapping[str, Any] | Case) -> Path:
    lines = [record_of(record) if isinstance(record, Case) else dict(record) for record in records]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def scripted(*answers: Answer | BaseException) -> Callable[..., Answer]:
    """An answerer that gives these answers by question; one that is an error is raised in its turn, once."""
    errors = [answer for answer in answers if isinstance(answer, BaseException)]
    known = {answer.question: answer for answer in answers if isinstance(answer, Answer)}

    def answer(question: str, **_: Any) -> Answer:
        if question not in known:
            raise errors.pop(0)
        return known[question]

    return answer
