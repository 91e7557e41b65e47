"""One answer is scored against its case: a Result. Pure, so that run.py only asks and report.py only adds up.

It does not know how the answer came about, nor any other case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval import metrics
from eval.cases import Case
from rag.answering import Answer

SMALL_BUDGET, EVIDENCE_BUDGET = 500, 1000
"""Word pieces of hits that evidence recall counts: what a reader, or a small language model, gets to."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one answer was worth; each value as its function in metrics.py says, None where it does not apply.

    `missing` are the key facts that the answer does not say, `forbidden` the phrases it should not have said.
    `seconds` is the time that the caller waited.
    """

    id: str
    question: str
    type: str
    answerable: bool
    status: str
    reason: str | None
    confidence: float
    text: str
    model: str
    seconds: float
    words: int
    evidence_recall_small: float | None
    evidence_recall: float | None
    all_key_facts: bool | None
    fact_recall: float | None
    missing: tuple[str, ...]
    forbidden: tuple[str, ...] | None
    citations: int
    citation_precision: float | None
    citation_exactness: float | None

    @property
    def answered(self) -> bool:
        return self.status == "answered"


@dataclass(frozen=True, slots=True)
class Located:
    """A case whose evidence was found in the index: the spans to find, and the labels that are right to cite too."""

    case: Case
    required: tuple[metrics.Span, ...]
    labels: tuple[metrics.Span, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that was not asked because the index can't show its evidence, and why; it counts nowhere."""

    id: str
    why: str


def score(located: Located, answer: Answer, word_pieces: Sequence[int], seconds: float) -> Result:
    """The result of `answer` for a case.

    `word_pieces` are the counts of the answer's hits, shape (hits,). An abstention says no key fact,
    whichever words its explanation happens to use. Precision of citations is measured where there is
    something right to cite: on answerable questions that were answered.
    """
    case = located.case
    hits = [
        (hit.document.path, hit.passage.start, hit.passage.end, pieces)
        for hit, pieces in zip(answer.hits, word_pieces, strict=True)
    ]
    cited = [(citation.document.path, citation.start, citation.end) for citation in answer.citations]
    citable = located.required + located.labels
    key_facts = case.key_facts if case.answerable else ()
    claim = answer.text if answer.status == "answered" else ""
    return Result(
        id=case.id,
        question=case.question,
        type=case.type,
        answerable=case.answerable,
        status=answer.status,
        reason=answer.reason,
        confidence=answer.confidence,
        text=answer.text,
        model=answer.model,
        seconds=seconds,
        words=metrics.word_count(answer.text),
        evidence_recall_small=metrics.evidence_recall(located.required, hits, SMALL_BUDGET),
        evidence_recall=metrics.evidence_recall(located.required, hits, EVIDENCE_BUDGET),
        all_key_facts=metrics.all_key_facts(claim, key_facts),
        fact_recall=metrics.fact_recall(claim, key_facts),
        missing=metrics.missing_facts(claim, key_facts),
        forbidden=metrics.forbidden_said(answer.text, case.must_not) if case.must_not else None,
        citations=len(answer.citations),
        citation_precision=metrics.citation_precision(cited, citable) if case.answerable else None,
        citation_exactness=metrics.citation_exactness(answer.citations),
    )
