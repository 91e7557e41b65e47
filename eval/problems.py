"""`rag eval check`: what is wrong with a question set, against the documents that it is about.

It does not ask anything, and needs no index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval import metrics
from eval.cases import Case
from eval.locate import locate
from eval.score import Located
from index.report import counted


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; a `remark` may be meant so, and fails nothing."""

    id: str
    what: str
    remark: bool = False


def problems_of(cases: Sequence[Case], texts: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with the cases, in their order; malformed lines were found when the set was loaded.

    Offsets that don't fit or a quote that is not there, a key fact that no evidence says, a question that
    stands there twice, an answerable one with nothing to measure, evidence that a right answer must not say.
    """
    found = list(_twice(cases))
    for case in cases:
        located = locate(case, texts)
        found += [Problem(case.id, located)] if isinstance(located, str) else list(_of_case(located, texts))
    return found


def _twice(cases: Sequence[Case]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], str] = {}
    for case in cases:
        asked = tuple(_plain(text) for text in (*(turn["content"] for turn in case.history), case.question))
        if asked in first:
            yield Problem(case.id, f"asks what {first[asked]} asks")
        first.setdefault(asked, case.id)


def _of_case(located: Located, texts: Mapping[str, str]) -> Iterator[Problem]:
    case = located.case
    if case.answerable and not (case.key_facts and located.required):
        yield Problem(case.id, "is answerable, but has no key facts or no evidence to find")
    if not case.answerable and case.key_facts:
        yield Problem(case.id, "is not answerable, but has key facts")
    if case.answerable and case.reason:
        yield Problem(case.id, "is answerable, but has a reason why it is not")
    pieces = [texts[document][start:end] for _, (document, start, end) in located.places]
    required = [texts[document][start:end] for document, start, end in located.required]
    for evidence, (document, start, end) in located.places:
        if evidence.quote is None and texts[document][start:end].strip() != texts[document][start:end]:
            yield Problem(case.id, f"{document}, {start} to {end}, begins or ends with white space")
    for fact in case.key_facts:
        if not any(metrics.said(piece, fact) for piece in pieces):
            yield Problem(case.id, f'no evidence says "{fact}"')
        if metrics.said(case.question, fact):
            yield Problem(case.id, f'the question says "{fact}" already', remark=True)
    for phrase in case.must_not if case.answerable else ():
        if any(metrics.said(piece, phrase) for piece in required):
            yield Problem(case.id, f'the evidence says "{phrase}", which an answer must not')


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def to_text(name: str, cases: Sequence[Case], problems: Sequence[Problem]) -> str:
    """What a person is told: a line for each problem, then the counts."""
    lines = [f"{problem.id}: {problem.what}{' (a remark)' if problem.remark else ''}" for problem in problems]
    types = len({case.type for case in cases})
    answerable = sum(case.answerable for case in cases)
    faults = sum(not problem.remark for problem in problems)
    lines.append(
        f"{name}: {counted(len(cases), 'question')} of {counted(types, 'type')}, {answerable} answerable; "
        f"{counted(faults, 'problem')}, {counted(len(problems) - faults, 'remark')}"
    )
    return "\n".join(lines)
