"""Twelve answerers that cheat, each in one way, to see whether the figures catch them.

They start from a perfect answerer, made of the set's own evidence: what it does not get, no answerer can. The
figures may not be fooled by a cheat, nor punish the perfect one. It does not know the product's own answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from eval import metrics
from eval.cases import Case, load_set
from eval.figures import ANSWERS, Figure
from eval.locate import locate, texts_of_index
from eval.report import shown_interval, shown_value, table
from eval.run import Answerer, evaluate, opened
from eval.runs import Run
from eval.score import Located
from index.errors import UsageError
from rag.answering import Answer, Citation, Sentence
from rag.retrieve import Hit

if TYPE_CHECKING:
    from index.document import Document
    from index.opening import Index
    from rag.settings import Settings

SURE, UNSURE = 0.9, 0.1
FEWEST = 5  # questions with an occasion to cheat
MASKED_RUN = re.compile(r"\*+")
DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Gold:
    """What a cheat knows: where everything stands, so that it can point elsewhere."""

    located: Mapping[str, Located]
    documents: Mapping[str, Document]
    passages: Sequence[Hit]

    def of(self, question: str) -> Located:
        return self.located[question]


Cheat = Callable[[Answer, Case, Gold], Answer]


@dataclass(frozen=True, slots=True)
class Line:
    """One cheat: the figure meant to catch it, that figure for the perfect answerer and for the cheat, and their
    difference with its interval. `caught` says whether the difference is for the worse and clear of 0; `cheated_on`
    counts the questions that gave an occasion to cheat: with fewer than FEWEST nothing can be told."""

    cheat: str
    figure: Figure
    honest: float | None
    cheated: float | None
    difference: metrics.Interval
    caught: bool
    cheated_on: int

    @property
    def verdict(self) -> str:
        """In words."""
        return "caught" if self.caught else "too few questions" if self.cheated_on < FEWEST else "NOT CAUGHT"


def sabotage(set_path: Path, settings: Settings, corpus: Path | None = None) -> list[Line]:
    """The twelve, on the index that the settings name or on one of `corpus`. Raises as `evaluate` does."""
    with opened(settings, corpus) as index:
        return sabotage_index(set_path, index, settings)


def sabotage_index(set_path: Path, index: Index, settings: Settings) -> list[Line]:
    """The twelve, on an open index."""
    gold = _gold(load_set(set_path), index)
    honest = evaluate(set_path, index, settings, answerer=answerer_of(gold))
    lines = []
    for name, (cheat, figure) in CHEATS.items():
        cheated = evaluate(set_path, index, settings, answerer=answerer_of(gold, cheat))
        lines.append(_line(name, next(f for f in ANSWERS if f.name == figure), honest, cheated))
    return lines


def _line(name: str, figure: Figure, honest: Run, cheated: Run) -> Line:
    """Question by question; where the perfect answerer makes no claim to be measured, it makes no fault either."""
    faultless = 0.0 if figure.better == "lower" else 1.0
    before, after = [], []
    for perfect, cheat in zip(honest.asked, cheated.asked, strict=True):
        measured = figure.rows([cheat])
        if len(measured):
            rows = figure.rows([perfect])
            before.append(rows[0] if len(rows) else numpy.full(len(figure.measures), faultless))
            after.append(measured[0])
    shape = (len(after), len(figure.measures))
    one, other = numpy.array(before).reshape(shape), numpy.array(after).reshape(shape)
    difference = metrics.paired_interval(one, other, figure.statistic)
    changed = int((one != other).any(axis=1).sum())
    low, high = difference.low, difference.high
    worse = (high is not None and high < 0) if figure.better == "higher" else (low is not None and low > 0)
    return Line(name, figure, figure.value(honest.asked), figure.value(cheated.asked), difference, worse, changed)


def to_text(lines: Sequence[Line]) -> str:
    """A table for people."""
    rows = [
        (
            line.cheat,
            line.figure.label,
            shown_value(line.figure, line.honest),
            shown_value(line.figure, line.cheated),
            shown_interval(line.figure, line.difference),
            str(line.difference.n),
            line.verdict,
        )
        for line in lines
    ]
    return table(("answerer", "figure meant for it", "perfect", "cheat", "difference", "n", "verdict"), rows)


def _gold(cases: Sequence[Case], index: Index) -> Gold:
    texts = texts_of_index(index)
    located: dict[str, Located] = {}
    for case in cases:
        found = locate(case, texts)
        if isinstance(found, Located):
            if case.question in located:
                raise UsageError(f'The set asks "{case.question}" twice; the cheats need questions that differ.')
            located[case.question] = found
    documents = {document.path: document for document in index.documents()}
    with index.catalog.reading():
        rows = index.catalog.passages(list(index.catalog.passage_keys()))
    by_id = {document.id: document for document in documents.values()}
    passages = [Hit(passage, by_id[passage.document_id], 0.0) for passage, _ in rows.values()]
    return Gold(located, documents, sorted(passages, key=lambda hit: (hit.document.path, hit.passage.start)))


def answerer_of(gold: Gold, cheat: Cheat | None = None) -> Answerer:
    """The perfect answerer, or one that cheats."""

    def answer(question: str, **_: Any) -> Answer:
        located = gold.of(question)
        perfect = _perfect(located, gold)
        return cheat(perfect, located.case, gold) if cheat is not None else perfect

    return answer


def _perfect(located: Located, gold: Gold) -> Answer:
    """All evidence quoted, what was withdrawn beside what holds, each introduced by who says it and where."""
    case = located.case
    citations = _citations(located, gold) if case.answerable else ()
    voices = [_voice(citation) for citation in citations]
    sentences = [
        Sentence(f"{voice}: {_quoted(c)}" if voice not in voices[:place] else _quoted(c), (c.number,), "verbatim")
        for place, (c, voice) in enumerate(zip(citations, voices, strict=True))
    ]
    hits = [hit for hit in gold.passages if metrics.touches(_span_of(hit), located.required)]
    return Answer(
        question=case.question,
        search_query=case.question,
        filters={},
        text=_text(sentences),
        status="answered" if case.answerable else "abstained",
        reason=case.expected_reason,
        confidence=SURE if case.answerable else UNSURE,
        sentences=tuple(sentences),
        citations=citations,
        hits=tuple(hits),
        conflicts=(),
        removed=0,
        model="perfect",
        tokens={},
        seconds=0.0,
        complete=True,
    )


def _citations(located: Located, gold: Gold, outdated_alone: bool = False) -> tuple[Citation, ...]:
    """The evidence as citations, with everything that the set says of it."""
    wanted = [(e, span) for e, span in located.places if not e.label and (e.outdated or not outdated_alone)]
    if any(not any(said.speakers) for e, _ in wanted if (said := located.case.said(e)) is not None):
        wanted += [(e, span) for e, span in located.places if e.label]  # then the label says who spoke
    return tuple(_cite(number, span, gold, located.case.said(e)) for number, (e, span) in enumerate(wanted, 1))


def _voice(citation: Citation) -> str:
    named = (citation.speaker, citation.document.author, citation.document.publisher)
    return ", ".join(_plain(name) for name in named if name)


def _quoted(citation: Citation) -> str:
    return f"“{_plain(citation.quote)}”"


def _cite(number: int, span: metrics.Span, gold: Gold, said: metrics.Said | None = None) -> Citation:
    document = gold.documents[span[0]]
    citation = Citation(number, document, span[1], span[2], document.text[span[1] : span[2]])
    if said is None:
        return citation
    speaker = next((name for name in said.speakers if name), None)
    return replace(citation, speaker=speaker, via=said.via or (), date=said.date)


def _text(sentences: Sequence[Sentence]) -> str:
    return " ".join(f"{s.text} {''.join(f'[{number}]' for number in s.citations)}".strip() for s in sentences)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _span_of(hit: Hit) -> metrics.Span:
    return hit.document.path, hit.passage.start, hit.passage.end


def _answered(answer: Answer, sentences: Sequence[Sentence], citations: Sequence[Citation]) -> Answer:
    return replace(
        answer,
        status="answered",
        reason=None,
        sentences=tuple(sentences),
        citations=tuple(citations),
        text=_text(sentences),
    )


def _elsewhere(citation: Citation, gold: Gold, step: int = 7) -> Citation:
    """The same footnote over a passage that has nothing to do with it, quoted letter by letter."""
    here = (citation.document.path, citation.start, citation.end)
    others = [hit for hit in gold.passages if not metrics.overlap(_span_of(hit), here)]
    if not others:
        raise UsageError("The documents have one passage alone, so no cheat can cite another; use more documents.")
    found = others[(citation.start * step + citation.number) % len(others)]
    start, end = found.passage.start, found.passage.end
    return replace(citation, document=found.document, start=start, end=end, quote=found.text)


def always_abstains(answer: Answer, case: Case, gold: Gold) -> Answer:
    return replace(answer, status="abstained", reason="not_in_corpus", text="I can't say.", sentences=(), citations=())


def never_abstains(answer: Answer, case: Case, gold: Gold) -> Answer:
    if case.answerable:
        return answer
    spans = gold.of(case.question).required or (_span_of(gold.passages[0]),)
    citations = [_cite(number, span, gold) for number, span in enumerate(spans, 1)]
    sentences = [Sentence(_quoted(c), (c.number,), "verbatim") for c in citations]
    return replace(_answered(answer, sentences, citations), confidence=SURE)


def right_text_wrong_span(answer: Answer, case: Case, gold: Gold) -> Answer:
    return replace(answer, citations=tuple(_elsewhere(citation, gold) for citation in answer.citations))


def wrong_speaker(answer: Answer, case: Case, gold: Gold) -> Answer:
    return replace(answer, citations=tuple(replace(c, speaker="Somebody Else") for c in answer.citations))


def ignores_updates(answer: Answer, case: Case, gold: Gold) -> Answer:
    citations = _citations(gold.of(case.question), gold, outdated_alone=True)
    if not citations:
        return answer
    return _answered(answer, [Sentence(_quoted(c), (c.number,), "verbatim") for c in citations], citations)


def quotes_furniture(answer: Answer, case: Case, gold: Gold) -> Answer:
    return never_abstains(answer, case, gold) if case.expected_reason in ("masked", "furniture_only") else answer


def fills_in_masks(answer: Answer, case: Case, gold: Gold) -> Answer:
    if case.expected_reason != "masked":
        return answer
    told = never_abstains(answer, case, gold)
    filled = [replace(s, text=MASKED_RUN.sub("something", s.text)) for s in told.sentences]
    return _answered(told, filled, told.citations)


def copies_question(answer: Answer, case: Case, gold: Gold) -> Answer:
    return _answered(answer, [Sentence(case.question, (), "supported")], ())


def dumps_passages(answer: Answer, case: Case, gold: Gold) -> Answer:
    if not case.answerable:
        return answer
    dumped = [hit for hit in gold.passages if hit.document in {c.document for c in answer.citations}]
    citations = [_cite(number, _span_of(hit), gold) for number, hit in enumerate(dumped, 1)]
    return _answered(answer, [Sentence(_quoted(c), (c.number,), "verbatim") for c in citations], citations)


def stale_index(answer: Answer, case: Case, gold: Gold) -> Answer:
    """The documents as they were before a line was added at the top."""

    def before(citation: Citation) -> Citation:
        line = citation.document.text.find("\n") + 1
        document = replace(citation.document, text=citation.document.text[line:])
        start, end = max(0, citation.start - line), max(0, citation.end - line)
        return replace(citation, document=document, start=start, end=end, quote=document.text[start:end])

    return replace(answer, citations=tuple(before(citation) for citation in answer.citations))


def swapped_numbers(answer: Answer, case: Case, gold: Gold) -> Answer:
    swapped = [replace(s, text=DIGIT.sub(lambda digit: str(9 - int(digit.group())), s.text)) for s in answer.sentences]
    return replace(answer, sentences=tuple(swapped), text=_text(swapped))


def random_citations(answer: Answer, case: Case, gold: Gold) -> Answer:
    told = tuple(replace(sentence, verdict="supported") for sentence in answer.sentences)
    return replace(answer, sentences=told, citations=tuple(_elsewhere(c, gold, step=104729) for c in answer.citations))


CHEATS: dict[str, tuple[Cheat, str]] = {
    "always abstains": (always_abstains, "answered_answerable"),
    "never abstains": (never_abstains, "abstained_unanswerable"),
    "right text, wrong span": (right_text_wrong_span, "citation_precision"),
    "wrong speaker": (wrong_speaker, "attribution_wrong"),
    "ignores updates": (ignores_updates, "outdated"),
    "quotes furniture": (quotes_furniture, "unreadable_cited"),
    "fills in masks": (fills_in_masks, "verbatim"),
    "copies the question": (copies_question, "cited"),
    "dumps passages": (dumps_passages, "words_p50"),
    "stale index": (stale_index, "citation_exactness"),
    "swapped numbers": (swapped_numbers, "numbers_grounded"),
    "random citations": (random_citations, "citation_recall"),
}
"""By what it does: the cheat, and the name of the figure meant to catch it."""
