"""Two runs become what changed between them: every figure with its paired interval, then question by question.

It does not know how a run was made, which of the two is the one to keep, or how a change is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy

from eval import metrics
from eval.figures import Figure
from eval.kinds import figures_of
from eval.runs import TIMES, Item, Run, without_times
from index.errors import UsageError

Way = Literal["better", "worse", "changed", "shorter", "longer", "faster", "slower"]
Word = Literal[Way, "the same", "no clear change", "too few questions"]
Pairs = Sequence[tuple[Item, Item]]

FEWEST = 6
"""Questions that it takes to tell: five that all changed the same way still happen by chance in 1 of 16 cases (a
two-sided sign test), however narrow the bootstrap interval of five equal differences is."""

TYPE_FIGURES = {"answers": ("all_key_facts", "abstained_unanswerable", "attribution_right", "citation_precision")}
FIRST_FIGURES = 3  # of the other kinds, shown per type
SIZES: Mapping[str, tuple[Way, Way]] = {"words": ("shorter", "longer"), "seconds": ("faster", "slower")}
"""By a figure's unit, the words for less and for more of what is neither good nor bad in itself."""

EXPECTED = ("question", "history", "answerable", "expected_reason", "key_facts", "must_not", "expected")
"""What must be equal in both runs' details for a question to be the same one, scored in the same way."""

WORD = re.compile(r"\w+")
PLACE = ("start", "end")  # of expected evidence: they move when a document is read in another way
SAID_OTHERWISE = (*TIMES, "format", "kind", "questions")
MOVED = {
    "citation_exactness": ("every quote is in its document now", "a quote is not in its document now"),
    "via_right": ("carrier of the quotation now named", "carrier of the quotation no longer named"),
    "date_right": ("date now right", "date now wrong"),
    "reason_right": ("reason of the refusal now right", "reason of the refusal now wrong"),
    "outdated": ("now rests on what was withdrawn", "no longer rests on what was withdrawn"),
    "unreadable_cited": ("now cites what can't be read", "no longer cites what can't be read"),
    "numbers_grounded": ("more of its numbers are in what it cites", "fewer of its numbers are in what it cites"),
    "cited": ("more sentences have a citation", "fewer sentences have a citation"),
    "evidence_recall@1000": ("more of the evidence is found", "less of the evidence is found"),
}
"""A measure's words for people, when it rises and when it falls."""


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure over the questions that both runs measured; `difference` is after minus before, in the figure's unit.

    `moved` counts the questions whose measures differ; `alone` is what the figure comes to in each run by itself,
    and over how many questions.
    """

    figure: Figure
    before: float | None
    after: float | None
    difference: metrics.Interval
    moved: int
    alone: tuple[tuple[float | None, int], ...] = ()

    @property
    def partial(self) -> bool:
        """Whether a run measured it for more questions than are compared, so that its own figure is another one."""
        return any(count > self.difference.n for _, count in self.alone)

    @property
    def word(self) -> Word:
        """Which way it went, if the 95 % interval of the difference does not contain 0 and FEWEST questions moved."""
        low, high = self.difference.low, self.difference.high
        if low == 0 == high:
            return "the same"
        if low is None or high is None or low <= 0 <= high:
            return "no clear change"
        if self.moved < FEWEST:
            return "too few questions"
        if self.figure.unit in SIZES:
            return SIZES[self.figure.unit][low > 0]
        if not self.figure.better:
            return "changed"
        return "better" if (low > 0) == (self.figure.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class TypeChange:
    """The figures of the `n` questions of one type."""

    type: str
    n: int
    figures: tuple[FigureChange, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that changed in an answer; `effect` is 1 for the better, -1 for the worse, 0 for neither."""

    words: str
    effect: int = 0


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """What changed in the answer to one question."""

    id: str
    type: str
    question: str
    remarks: tuple[Remark, ...]

    @property
    def effect(self) -> int:
        """-1 when anything got worse, whatever else got better: that is to be looked at first."""
        effects = [remark.effect for remark in self.remarks]
        return -1 if -1 in effects else max(effects)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in the headers that is not the same; a dotted name leads into a part of the header."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of a kind. `equal` says that nothing but times differs.

    `one_set` says that both were asked the same question set, to the letter. `shared` counts the questions
    compared, `only_before` and `only_after` those asked in one run, `otherwise` those that are asked or scored
    in another way in each. `questions` are those that changed, worst first.
    """

    equal: bool
    one_set: bool
    shared: int
    only_before: int
    only_after: int
    otherwise: int
    made: tuple[Difference, ...]
    figures: tuple[FigureChange, ...]
    types: tuple[TypeChange, ...]
    questions: tuple[QuestionChange, ...]

    @property
    def unchanged(self) -> int:
        """How many of the shared questions have the same answer, as far as it is measured."""
        return self.shared - len(self.questions)


def compare(before: Run, after: Run) -> Comparison:
    """What changed, over the questions that both runs asked and score in the same way.

    Raises UsageError for runs of different kinds, and for runs without a common question.
    """
    if before.kind != after.kind:
        raise UsageError(
            f'A run of the kind "{before.kind}" can\'t be compared with one of the kind "{after.kind}". '
            "Name two runs of the same kind."
        )
    figures = figures_of(after)
    earlier, later = ({item.id: item for item in run.asked} for run in (before, after))
    common = [(earlier[name], item) for name, item in later.items() if name in earlier]
    pairs = [(old, new) for old, new in common if _one_question(old, new)]
    if not pairs:
        raise UsageError("The two runs have no question in common. Name two runs over the same question set.")
    changes = [_question(old, new, figures) for old, new in pairs]
    return Comparison(
        equal=_plain(without_times(before)) == _plain(without_times(after)),
        one_set=before.header.get("set_sha256") == after.header.get("set_sha256"),
        shared=len(pairs),
        only_before=len(earlier) - len(common),
        only_after=len(later) - len(common),
        otherwise=len(common) - len(pairs),
        made=tuple(_made(before.header, after.header)),
        figures=tuple(replace(_figure(f, pairs), alone=(_alone(f, before), _alone(f, after))) for f in figures),
        types=tuple(_types(pairs, _figures_per_type(after.kind, figures))),
        questions=tuple(sorted((change for change in changes if change.remarks), key=_worst_first)),
    )


def _one_question(before: Item, after: Item) -> bool:
    names = [name for name in EXPECTED if name in before.detail and name in after.detail]
    return all(_anywhere(before.detail[name]) == _anywhere(after.detail[name]) for name in names)


def _anywhere(expected: Any) -> Any:
    data = _plain(expected)
    if not isinstance(data, list):
        return data
    return [{k: v for k, v in one.items() if k not in PLACE} if isinstance(one, dict) else one for one in data]


def _plain(value: Any) -> Any:
    """As it would be read from a file: a run that was just made holds tuples where a stored one holds lists."""
    return json.loads(json.dumps(value))


def _figure(figure: Figure, pairs: Pairs) -> FigureChange:
    measured = [pair for pair in pairs if all(len(figure.rows([item])) for item in pair)]
    before, after = (figure.rows([pair[side] for pair in measured]) for side in (0, 1))
    values = [figure.statistic(rows) if len(rows) else None for rows in (before, after)]
    if None not in values and numpy.array_equal(before, after):
        difference = metrics.Interval(0.0, 0.0, 0.0, len(before))  # as the bootstrap would find, a thousand times
    else:
        difference = metrics.paired_interval(before, after, figure.statistic)
    moved = int((before != after).any(axis=1).sum()) if len(before) else 0
    return FigureChange(figure, values[0], values[1], difference, moved)


def _alone(figure: Figure, run: Run) -> tuple[float | None, int]:
    return figure.value(run.asked), len(figure.rows(run.asked))


def _types(pairs: Pairs, figures: Sequence[Figure]) -> Iterator[TypeChange]:
    for name in dict.fromkeys(after.type for _, after in pairs):
        chosen = [pair for pair in pairs if pair[1].type == name]
        changes = (_figure(figure, chosen) for figure in figures)
        yield TypeChange(name, len(chosen), tuple(change for change in changes if change.difference.n))


def _figures_per_type(kind: str, figures: Sequence[Figure]) -> list[Figure]:
    names = TYPE_FIGURES.get(kind, tuple(figure.name for figure in figures[:FIRST_FIGURES]))
    return [figure for figure in figures if figure.name in names]


def _made(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    earlier, later = dict(_entries(before)), dict(_entries(after))
    for name in dict.fromkeys([*earlier, *later]):
        values = earlier.get(name, "not set"), later.get(name, "not set")
        if values[0] != values[1]:
            yield Difference(name, *values)


def _entries(header: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    for name, value in header.items():
        if not inside and name in SAID_OTHERWISE:
            continue
        if isinstance(value, Mapping) and value:
            yield from _entries(value, f"{inside}{name}.")
        else:
            yield f"{inside}{name}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _worst_first(change: QuestionChange) -> tuple[int, int]:
    return change.effect, sum(remark.effect for remark in change.remarks)


def _question(before: Item, after: Item, figures: Sequence[Figure]) -> QuestionChange:
    remarks = [*_decision(before, after), *_phrases(before, after), *_citations(before, after)]
    moved = [(figure.name, remark) for figure, remark in _moved(before, after, figures)]
    remarks += [remark for name, remark in moved if name in MOVED]
    if not remarks and before.detail.get("text") != after.detail.get("text"):
        remarks = [_rewording(before, after)]
    remarks = remarks or [remark for _, remark in moved]  # bare measures, where nothing better can be said
    if not remarks and _plain(before.detail.get("citations")) != _plain(after.detail.get("citations")):
        remarks = [Remark("the same answer has other footnotes")]
    return QuestionChange(after.id, after.type, str(after.detail.get("question") or ""), tuple(remarks))


def _rewording(before: Item, after: Item) -> Remark:
    """What happened to the words of an answer, if nothing that is measured did."""
    was, now = (len(_list(item, "sentences")) for item in (before, after))
    if was and now and was != now:
        return Remark(f"{'fewer' if now < was else 'more'} sentences ({now}, was {was})")
    earlier, later = (WORD.findall(metrics.without_marks(str(i.detail.get("text") or ""))) for i in (before, after))
    brief, full = sorted((earlier, later), key=len)
    rest = iter(full)
    if len(brief) < len(full) and all(word in rest for word in brief):
        return Remark("shorter answer" if len(later) < len(earlier) else "longer answer")
    return Remark("answer reworded")


def _decision(before: Item, after: Item) -> Iterator[Remark]:
    if before.detail.get("status") == after.detail.get("status"):
        return
    answered = after.detail.get("status") == "answered"
    answerable = after.detail.get("answerable")
    effect = 0 if answerable is None else 1 if answered == answerable else -1
    yield Remark("now answered (was refused)" if answered else "now refused (was answered)", effect)


def _phrases(before: Item, after: Item) -> Iterator[Remark]:
    """Key facts that are said now or no longer, then what must not be said."""
    if after.detail.get("answerable"):
        lacked, lacks = (_list(item, "missing") for item in (before, after))
        yield from (Remark(f"no longer says {_quoted(fact)}", -1) for fact in lacks if fact not in lacked)
        yield from (Remark(f"now says {_quoted(fact)}", 1) for fact in lacked if fact not in lacks)
    said, says = (_list(item, "forbidden") for item in (before, after))
    yield from (Remark(f"now says what is wrong: {_quoted(phrase)}", -1) for phrase in says if phrase not in said)
    yield from (Remark(f"no longer says what is wrong: {_quoted(phrase)}", 1) for phrase in said if phrase not in says)


def _list(item: Item, name: str) -> Sequence[Any]:
    found: Sequence[Any] = item.detail.get(name) or ()
    return found


def _quoted(fact: str) -> str:
    """A fact that may be said either way ("a|b") shows both."""
    return "“" + "” or “".join(fact.split("|")) + "”"


def _citations(before: Item, after: Item) -> Iterator[Remark]:
    voices = ("wrong", "missing", "right")  # from worst to best
    was, now = (
        next((name for name in voices if item.measures.get(f"attribution_{name}")), None) for item in (before, after)
    )
    if was and now and was != now:
        yield Remark(f"speaker now {now} (was {was})", 1 if voices.index(now) > voices.index(was) else -1)
    was_cited, cited = (item.measures.get("citation_recall") for item in (before, after))  # None of a refusal
    if was_cited is not None and cited is not None and was_cited != cited:
        words = "cites evidence no more" if not cited else "cites less of the evidence"
        words = words if cited < was_cited else "cites more of the evidence" if was_cited else "cites evidence now"
        yield Remark(words, 1 if cited > was_cited else -1)


def _moved(before: Item, after: Item, figures: Iterable[Figure]) -> Iterator[tuple[Figure, Remark]]:
    """The single measures that both items have and that differ, in words for people where there are any."""
    for figure in figures:
        was, now = (item.measures.get(figure.measures[0]) for item in (before, after))
        if was is None or now is None or was == now or len(figure.measures) > 1 or figure.unit == "words":
            continue
        effect = 0 if not figure.better else 1 if (now > was) == (figure.better == "higher") else -1
        rose, fell = MOVED.get(figure.name, (f"{figure.label}: {now:.3f}, was {was:.3f}",) * 2)
        yield figure, Remark(rose if now > was else fell, effect)
