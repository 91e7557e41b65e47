"""One answer is scored against its case: an Item of a run. Pure, so that run.py only asks and report.py only shows.

It does not know how the answer came about, nor any other case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval import metrics
from eval.cases import Case, Evidence
from eval.metrics import Attribution, Said, Span
from eval.runs import Item
from index.document import Document
from rag.answering import Answer, Citation, Sentence
from rag.conflicts import NOTES

BUDGETS = (500, 1000)
"""Word pieces of hits that evidence recall counts: what a reader, or a small language model, gets to."""

NO_DOCUMENTS: Mapping[str, Document] = {}
AROUND = 240  # characters of a document that the report shows before and after a span
FAITHFUL = (
    *("quotations_held", "introduced_plainly", "names_grounded", "negations_grounded", "uncut", "undisguised"),
    "refusal_plain",
)
CONFLICT_NOTES = tuple(note for notes in NOTES.values() for note in notes)
OWN_WORDS = ("supported", "partial", "unsupported", "misattributed")


@dataclass(frozen=True, slots=True)
class Located:
    """A case whose evidence was found in the index, in the case's order: where each piece of it stands."""

    case: Case
    places: tuple[tuple[Evidence, Span], ...]

    @property
    def required(self) -> tuple[Span, ...]:
        """What has to be found and cited."""
        return tuple(span for evidence, span in self.places if not evidence.label and not evidence.outdated)

    @property
    def labels(self) -> tuple[Span, ...]:
        """What is right to cite too."""
        return tuple(span for evidence, span in self.places if evidence.label)

    @property
    def outdated(self) -> tuple[Span, ...]:
        """What a later update or correction withdraws."""
        return tuple(span for evidence, span in self.places if evidence.outdated)


def score(
    located: Located,
    answer: Answer,
    word_pieces: Sequence[int],
    texts: Mapping[str, str],
    seconds: float,
    documents: Mapping[str, Document] = NO_DOCUMENTS,
    model: str | None = None,
) -> Item:
    """The item of `answer` for a case.

    `word_pieces` are the counts of the answer's hits, shape (hits,); `texts` the documents that the answer
    cites and those of the evidence, by path, as they are now; `documents` what the index holds of them, by path,
    without which citation_data is None; `model` the language model that was to write. An abstention says no key
    fact, whichever words its explanation happens to use, and cites nothing.
    """
    case = located.case
    hits = [
        (hit.document.path, hit.passage.start, hit.passage.end, pieces)
        for hit, pieces in zip(answer.hits, word_pieces, strict=True)
    ]
    voices = _attributions(located, answer.citations)
    measures = {
        **_found(located, hits),
        **_said(case, answer),
        **_cited(located, answer, texts),
        **_attributed(located, answer.citations, voices),
        **_faithful(answer, texts),
        "citation_data": metrics.mean(
            metrics.data_right(c, documents[c.document.path]) if c.document.path in documents else 0.0
            for c in (answer.citations if documents else ())
        ),
        **_decided(located, answer),
        "words": float(metrics.word_count(answer.text)) if answer.status == "answered" else None,
        "fallback": None if model is None else float(answer.model == "quotes"),
    }
    return Item(case.id, case.type, measures, seconds, _detail(located, answer, voices, texts))


def _found(located: Located, hits: Sequence[metrics.RankedHit]) -> dict[str, float | None]:
    """Of a question without an answer, what is found is the text that seems to answer: a measure of its own."""
    evidence = located.required if located.case.answerable else ()
    relevance, missed = metrics.relevance_of_hits(evidence, [hit[:3] for hit in hits])
    recalls = {f"evidence_recall@{budget}": metrics.evidence_recall(evidence, hits, budget) for budget in BUDGETS}
    misleading = () if located.case.answerable else located.required
    return {
        **recalls,
        "misleading_recall@1000": metrics.evidence_recall(misleading, hits, 1000),
        "ndcg@10": metrics.ndcg(relevance, missed),
        "mrr@10": metrics.reciprocal_rank(relevance, missed),
        "hit@1": _number(metrics.hit(relevance, missed, 1)),
        "hit@5": _number(metrics.hit(relevance, missed, 5)),
    }


def _said(case: Case, answer: Answer) -> dict[str, float | None]:
    facts = case.key_facts if case.answerable else ()
    claim = answer.text if answer.status == "answered" else ""
    return {
        "all_key_facts": _number(metrics.all_key_facts(claim, facts)),
        "fact_recall": metrics.fact_recall(claim, facts),
        "forbidden": float(bool(metrics.forbidden_said(answer.text, case.must_not))) if case.must_not else None,
    }


def _cited(located: Located, answer: Answer, texts: Mapping[str, str]) -> dict[str, float | None]:
    """Citations are measured against evidence where there is something right to cite: on answerable questions."""
    cited = [_span(citation) for citation in answer.citations]
    by_number = {citation.number: citation for citation in answer.citations}
    answered = answer.status == "answered"
    citable = located.required + located.labels + located.outdated if located.case.answerable else ()
    wanted = located.required if located.case.answerable and answered else ()
    claims = [sentence for sentence in answer.sentences if answered]
    own = [sentence for sentence in claims if sentence.verdict in OWN_WORDS]
    quoting = [sentence for sentence in claims if sentence.verdict not in OWN_WORDS]
    return {
        "citation_precision": metrics.citation_precision(cited, citable),
        "citation_focus": metrics.citation_focus(cited, citable),
        "citation_recall": metrics.citation_recall(cited, wanted),
        "citation_coverage": metrics.citation_coverage(cited, wanted),
        "citation_exactness": metrics.citation_exactness(answer.citations, texts),
        "verbatim": metrics.mean(_exact(sentence, by_number) for sentence in quoting),
        "cited": _footnoted(located, answer, by_number) if answered else None,
        "numbers_grounded": metrics.mean(metrics.numbers_grounded(s.text, _sources(s, by_number)) for s in claims),
        "words_grounded": metrics.mean(
            share for s in own if (share := metrics.words_grounded(s.text, _sources(s, by_number))) is not None
        ),
    }


def _footnoted(located: Located, answer: Answer, citations: Mapping[int, Citation]) -> float | None:
    """The share of an answer's sentences with a footnote; words outside of its sentences are one without, and so
    are a mark of no footnote and an answer without words.

    What the catalog tells of the collection needs none, unless documents were asked for.
    """
    if answer.model == "catalog" and not located.required:
        return None
    footnoted = [any(number in citations for number in sentence.citations) for sentence in answer.sentences]
    loose = " ".join(metrics.without_marks(answer.text).split())
    for sentence in answer.sentences:
        loose = loose.replace(" ".join(metrics.without_marks(sentence.text).split()), " ", 1)
    # An answer that says nothing is no answer: it would count nowhere but among those given.
    known = metrics.mark_numbers(" ".join(citation.quote for citation in citations.values())) | set(citations)
    unbound = loose.strip() or not answer.text.strip() or not metrics.mark_numbers(answer.text) <= known
    return metrics.mean([*footnoted, False] if unbound else footnoted)


def _faithful(answer: Answer, texts: Mapping[str, str]) -> dict[str, float | None]:
    """What an answer adds in words of its own; of a refusal, whether it tells anything that is neither in the
    question nor the title of a document that was found."""
    if answer.status != "answered":
        titles = [hit.document.title for hit in answer.hits if hit.document.title]
        told = bool(answer.sentences or answer.citations) or _tells(answer.text, [answer.question, *titles])
        return {**dict.fromkeys(FAITHFUL), "refusal_plain": float(not told)}
    by_number = {citation.number: citation for citation in answer.citations}
    cited = [(sentence, _sources(sentence, by_number)) for sentence in answer.sentences]
    quoting = [sentence for sentence in answer.sentences if sentence.verdict not in OWN_WORDS]
    quotes = [citation.quote for citation in answer.citations]
    sources = [answer.question, *quotes, *(source for _, held in cited for source in held)]
    return {
        "quotations_held": metrics.mean(not metrics.invented_quotations(s.text, held) for s, held in cited),
        "introduced_plainly": metrics.mean(not _beside(sentence, by_number, answer.conflicts) for sentence in quoting),
        "names_grounded": metrics.mean(not metrics.strange_names(s.text, held) for s, held in cited),
        "negations_grounded": metrics.mean(not metrics.adds_negation(s.text, held) for s, held in cited),
        "uncut": metrics.mean(
            not metrics.turned_by_cut(texts.get(c.document.path, ""), c.start, c.end) for c in answer.citations
        ),
        "undisguised": float(not metrics.disguised_words(answer.text, sources)),
        "refusal_plain": None,
    }


def _tells(text: str, known: Sequence[str]) -> bool:
    """Whether a refusal says a number, a name or a quotation that is not known."""
    return bool(
        metrics.invented_quotations(text, known)
        or metrics.strange_names(text, known)
        or not metrics.numbers_grounded(text, known)
        or metrics.disguised_words(text, known)
    )


def _beside(
    sentence: Sentence, citations: Mapping[int, Citation], conflicts: Sequence[Sequence[int]]
) -> tuple[str, ...]:
    cited = [citations[number] for number in sentence.citations if number in citations]
    known = [source for citation in cited for source in _sources_of(replace(citation, quote=""))]
    return metrics.words_beside(_without_note(sentence, conflicts), [citation.quote for citation in cited], known)


def _without_note(sentence: Sentence, conflicts: Sequence[Sequence[int]]) -> str:
    """The sentence without the note that sources differ, where the answer's data say which of its citations do."""
    text = sentence.text
    if any(number in group for group in conflicts for number in sentence.citations):
        for note in CONFLICT_NOTES:
            text = text.removeprefix(f"{note} ")
    return text


def _exact(sentence: Sentence, citations: Mapping[int, Citation]) -> bool:
    quotes = [citations[number].quote for number in sentence.citations if number in citations]
    return bool(quotes) and metrics.quoted_exactly(sentence.text, quotes)


def _sources(sentence: Sentence, citations: Mapping[int, Citation]) -> list[str]:
    """All that a sentence may take words and numbers from: an introduction's stand in the citation's data."""
    cited = [citations[number] for number in sentence.citations if number in citations]
    return [source for citation in cited for source in _sources_of(citation)]


def _sources_of(citation: Citation) -> list[str]:
    document = citation.document
    dates = [_date_parts(text) for text in (citation.date, document.published)]
    said_of = (citation.quote, citation.speaker, citation.role, *citation.via, citation.date, document.path)
    named = (document.title, document.author, document.publisher, document.published)
    return [
        *(text for text in (*said_of, *named) if text),
        *(f"{int(part)}" for parts in dates for part in parts),
        *(written for parts in dates for written in _month(parts)),
    ]


def _month(parts: Sequence[str]) -> tuple[str, ...]:
    number = int(parts[1]) if len(parts) > 1 else 0
    return (metrics.MONTHS[number - 1], metrics.MONTHS[number - 1][:3]) if 1 <= number <= 12 else ()


def _date_parts(iso: str | None) -> list[str]:
    return [part for part in (iso or "").split("T")[0].split("-") if part.isdigit()]


def _attributions(located: Located, citations: Sequence[Citation]) -> list[tuple[Attribution, Said] | None]:
    """For each citation what it says of the speaker, and what was expected; None away from the evidence."""
    return [_attribution(located, citation) for citation in citations]


def _attribution(located: Located, citation: Citation) -> tuple[Attribution, Said] | None:
    if not located.case.answerable:
        return None
    judged = [
        (metrics.attribute(citation, said), said)
        for evidence, span in located.places
        if not evidence.label and metrics.overlap(span, _span(citation))
        if (said := located.case.said(evidence)) is not None
    ]
    # A citation that spans two people's words is right if it names one of them.
    order = ("right", "missing", "wrong")
    return min(judged, key=lambda pair: order.index(pair[0]), default=None)


def _attributed(
    located: Located, citations: Sequence[Citation], voices: Sequence[tuple[Attribution, Said] | None]
) -> dict[str, float | None]:
    judged = [(citation, *voice) for citation, voice in zip(citations, voices, strict=True) if voice is not None]
    outcome = metrics.worst([attribution for _, attribution, _ in judged])
    vias = [metrics.via_named(citation, said) for citation, _, said in judged]
    dates = [metrics.date_given(citation, said) for citation, _, said in judged]
    return {
        **{f"attribution_{name}": _number(outcome and outcome == name) for name in ("right", "wrong", "missing")},
        "via_right": _number(all(via for via in vias if via is not None)) if any(v is not None for v in vias) else None,
        "date_right": metrics.mean(date for date in dates if date is not None),
    }


def _decided(located: Located, answer: Answer) -> dict[str, float | None]:
    case, answered = located.case, answer.status == "answered"
    cited = [_span(citation) for citation in answer.citations]
    withdrawn = any(metrics.touches(span, cited) for span in located.outdated)
    up_to_date = any(metrics.touches(span, cited) for span in located.required)
    unreadable = not case.answerable and case.expected_reason in ("masked", "furniture_only") and located.required
    return {
        "answerable": float(case.answerable),
        "answered": float(answered),
        "confidence": answer.confidence,
        "answered_answerable": float(answered) if case.answerable else None,
        "abstained_unanswerable": None if case.answerable else float(not answered),
        "reason_right": None if case.answerable or answered else float(answer.reason == case.expected_reason),
        "outdated": float(withdrawn and not up_to_date) if located.outdated else None,
        "unreadable_cited": float(any(metrics.touches(s, cited) for s in located.required)) if unreadable else None,
    }


def _detail(
    located: Located,
    answer: Answer,
    voices: Sequence[tuple[Attribution, Said] | None],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    """What the report shows of a question: see the keys."""
    case = located.case
    claim = answer.text if answer.status == "answered" else ""
    expected = [_expected(case, evidence, span) for evidence, span in located.places]
    given = [_given(citation, voice) for citation, voice in zip(answer.citations, voices, strict=True)]
    return {
        "question": case.question,
        "history": [dict(turn) for turn in case.history],
        "search_query": answer.search_query,
        "answerable": case.answerable,
        "expected_reason": case.expected_reason,
        "note": case.note,
        "status": answer.status,
        "reason": answer.reason,
        "text": answer.text,
        "model": answer.model,
        "sentences": [{"text": s.text, "citations": list(s.citations), "verdict": s.verdict} for s in answer.sentences],
        "key_facts": list(case.key_facts),
        "must_not": list(case.must_not),
        "missing": list(metrics.missing_facts(claim, case.key_facts if case.answerable else ())),
        "forbidden": list(metrics.forbidden_said(answer.text, case.must_not)),
        "expected": expected,
        "citations": given,
        "excerpts": _excerpts([span for _, span in located.places] + [_span(c) for c in answer.citations], texts),
    }


def _expected(case: Case, evidence: Evidence, span: Span) -> dict[str, Any]:
    said = case.said(evidence)
    return {
        "document": span[0],
        "start": span[1],
        "end": span[2],
        "label": evidence.label,
        "outdated": evidence.outdated,
        "speakers": None if said is None else list(said.speakers),
        "via": list(said.via or ()) if said else [],
        "date": said.date if said else None,
    }


def _given(citation: Citation, voice: tuple[Attribution, Said] | None) -> dict[str, Any]:
    shown = {name: value for name, value in citation.to_dict().items() if name != "quote"}
    return {**shown, "attribution": voice[0] if voice else None}


def _excerpts(spans: Sequence[Span], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The documents' text around the spans, one stretch for those that are close: {document, start, text, ends}.

    `ends` says whether the document ends there too.
    """
    stretches: list[tuple[str, int, int]] = []
    for document, start, end in sorted(set(spans)):
        begin, close = max(0, start - AROUND), min(len(texts.get(document, "")), end + AROUND)
        if stretches and stretches[-1][0] == document and begin <= stretches[-1][2]:
            stretches[-1] = (document, stretches[-1][1], max(close, stretches[-1][2]))
        else:
            stretches.append((document, begin, close))
    return [
        {
            "document": document,
            "start": start,
            "text": texts.get(document, "")[start:end],
            "ends": end >= len(texts.get(document, "")),
        }
        for document, start, end in stretches
    ]


def _span(citation: Citation) -> Span:
    return citation.document.path, citation.start, citation.end


def _number(value: bool | float | None) -> float | None:
    return None if value is None else float(value)
