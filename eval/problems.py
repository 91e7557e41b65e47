"""`rag eval check`: what is wrong with a question set, against the documents that it is about.

It does not ask anything, and needs no index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from eval import metrics
from eval.cases import Case, Reading, meant, quoted
from eval.locate import place_of
from eval.score import Located
from index.report import counted

TYPES = tuple(
    "single_fact number_date attribution quote_nested multi_passage multi_doc comparison_conflict comment_thread "
    "temporal update list yes_no why_how paraphrase typo_noisy followup "
    "unanswerable_absent unanswerable_nearmiss unanswerable_redacted furniture_trap".split()
)
"""The types of our own sets; other sets may have their own."""
KEYS = {
    "": tuple(field.name for field in fields(Case)),
    "evidence": ("doc", "start", "end", "quote", "label", "outdated", "speaker", "via", "date"),
    "history": ("role", "content"),
}
"""What is read of a line, of a piece of its evidence and of a turn of its history."""
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in the question `id` (None where it can't be read); a `remark` may be meant so, and fails
    nothing. `line` is the question's in the file, counted from 1; None where no file was read."""

    id: str | None
    what: str
    remark: bool = False
    line: int | None = None


def problems_of_file(reading: Reading, texts: Mapping[str, str]) -> list[Problem]:
    """Every malformed line, then everything else, in the order of the lines."""
    malformed = [Problem(fault.id, fault.what, line=fault.line) for fault in reading.malformed]
    found = [*_unread(reading), *problems_of(reading.cases, texts)]
    placed = [replace(problem, line=reading.lines[problem.id or ""][0]) for problem in found]
    return malformed + sorted(placed, key=lambda problem: problem.line or 0)


def problems_of(cases: Sequence[Case], texts: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with the cases, in their order; malformed lines were found when the set was loaded.

    Offsets that don't fit or a quote that is not there, a key fact that no evidence says, a question that
    stands there twice, an answerable one with nothing to measure, evidence that a right answer must not say,
    a type that the rest contradicts. Remarks: what may be a slip, such as a type or a speaker that is nowhere else.
    """
    twice = _twice(cases)
    types = Counter(case.type for case in cases)
    stands = _names_in({path: texts[path] for path in _paths(cases, texts)})
    found: list[Problem] = []
    for case in cases:
        if case.id in twice:
            found.append(Problem(case.id, f"asks what {twice[case.id]} asks"))
        found += [*_of_case(case, types), *_of_places(case, texts)]
        unheard = dict.fromkeys(name for name in _speakers(case) if not stands(name))
        found += [Problem(case.id, f"no document names the speaker {quoted(name)}", remark=True) for name in unheard]
    return found


def _unread(reading: Reading) -> Iterator[Problem]:
    """A remark for each key that nothing reads, where it stands first."""
    first: dict[tuple[str, str], list[str]] = {}
    for case_id, (_, record) in reading.lines.items():
        for inside, known in KEYS.items():
            pieces = record.get(inside, []) if inside else [record]
            for key in dict.fromkeys(key for piece in pieces for key in piece if key not in known):
                first.setdefault((inside, key), []).append(case_id)
    for (inside, key), ids in first.items():
        more = f", here and in {counted(len(ids) - 1, 'more line')}" if len(ids) > 1 else ""
        where = f' of "{inside}"' if inside else ""
        yield Problem(
            ids[0], f"nothing reads the key {quoted(key)}{where}{more}{meant(key, KEYS[inside])}", remark=True
        )


def _twice(cases: Sequence[Case]) -> dict[str, str]:
    """By the id of a question that was asked before, that of the first that asks it."""
    first: dict[tuple[str, ...], str] = {}
    twice: dict[str, str] = {}
    for case in cases:
        asked = tuple(_plain(text) for text in (*(turn["content"] for turn in case.history), case.question))
        if asked in first:
            twice[case.id] = first[asked]
        first.setdefault(asked, case.id)
    return twice


def _of_case(case: Case, types: Mapping[str, int]) -> Iterator[Problem]:
    """What is wrong whatever the documents say; `types` counts the set's."""
    if case.type not in TYPES and types[case.type] == 1:
        yield Problem(case.id, f"no other question is of the type {quoted(case.type)}{meant(case.type, TYPES)}", True)
    if case.answerable and case.type.startswith("unanswerable"):
        yield Problem(case.id, f"is answerable, but of the type {quoted(case.type)}")
    if case.type == "followup" and not case.history:
        yield Problem(case.id, f"is of the type {quoted(case.type)}, but has no history")
    if not case.answerable and case.key_facts:
        yield Problem(case.id, "is not answerable, but has key facts")
    if case.answerable and case.reason:
        yield Problem(case.id, "is answerable, but has a reason why it is not")
    if case.expected_reason in ("masked", "furniture_only") and not case.evidence:
        yield Problem(case.id, f"has the reason {quoted(case.expected_reason)}, but no evidence that shows it", True)


def _of_places(case: Case, texts: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the evidence, where it stands."""
    found = [(evidence, place_of(evidence, texts)) for evidence in case.evidence]
    misfits = [place for _, place in found if isinstance(place, str)]
    yield from (Problem(case.id, misfit) for misfit in misfits)
    if misfits:
        return
    located = Located(case, tuple((evidence, place) for evidence, place in found if not isinstance(place, str)))
    if case.answerable and not (case.key_facts and located.required):
        yield Problem(case.id, "is answerable, but has no key facts or no evidence to find")
    pieces = [texts[document][start:end] for _, (document, start, end) in located.places]
    required = [texts[document][start:end] for document, start, end in located.required]
    for evidence, (document, start, end) in located.places:
        if evidence.quote is None and texts[document][start:end].strip() != texts[document][start:end]:
            yield Problem(case.id, f"{document}, {start} to {end}, begins or ends with white space")
    for fact in case.key_facts:
        if not any(metrics.said(piece, fact) for piece in pieces):
            yield Problem(case.id, f"no evidence says {quoted(fact)}")
        if metrics.said(case.question, fact):
            yield Problem(case.id, f"the question says {quoted(fact)} already", remark=True)
    for phrase in case.must_not if case.answerable else ():
        if any(metrics.said(piece, phrase) for piece in required):
            yield Problem(case.id, f"the evidence says {quoted(phrase)}, which an answer must not")


def _speakers(case: Case) -> Iterator[str]:
    for evidence in case.evidence:
        said = case.said(evidence)
        yield from filter(None, said.speakers if said is not None else ())


def _paths(cases: Sequence[Case], texts: Mapping[str, str]) -> list[str]:
    """The documents that the set's evidence stands in."""
    places = (place_of(evidence, texts) for case in cases for evidence in case.evidence)
    return list(dict.fromkeys(place[0] for place in places if not isinstance(place, str)))


def _names_in(texts: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether one of the documents has every word of a name."""
    said = [frozenset(WORD.findall(text.casefold())) for text in texts.values()]
    return lambda name: not said or any(words.issuperset(WORD.findall(name.casefold())) for words in said)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def to_text(name: str, reading: Reading, problems: Sequence[Problem]) -> str:
    """What a person is told: a line for each problem, then the counts."""
    lines = [_line(problem) for problem in problems]
    types = len({case.type for case in reading.cases})
    answerable = sum(case.answerable for case in reading.cases)
    faults = sum(not problem.remark for problem in problems) - len(reading.malformed)
    malformed = f"{counted(len(reading.malformed), 'malformed line')}, " if reading.malformed else ""
    lines.append(
        f"{name}: {counted(len(reading.cases), 'question')} of {counted(types, 'type')}, {answerable} answerable; "
        f"{malformed}{counted(faults, 'problem')}, {counted(sum(problem.remark for problem in problems), 'remark')}"
    )
    return "\n".join(lines)


def _line(problem: Problem) -> str:
    where = ", ".join(filter(None, (f"line {problem.line}" if problem.line else "", problem.id)))
    return f"{where}: {problem.what}{' (a remark)' if problem.remark else ''}"
