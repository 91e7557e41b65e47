"""Measures of a document's blocks against labels that people made: kinds by character, speakers by stretch.

It does not know how the blocks were found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eval.metrics.attribution import same_name
from index.document import Block

VOICES = frozenset({"quotation", "comment", "question", "interview_answer"})
"""Kinds that are somebody's words; a byline in a thread names a commenter, but says nothing."""


ELSEWHERE = object()


@dataclass(slots=True)
class BlockScores:
    """Counts to be summed over documents.

    `given`, `wanted`, `both`: characters (white space not counted) by kind. `named`: outcomes (right, wrong,
    missing) of the stretches whose speaker the text names; `unnamed`: outcomes (undisclosed, wrong) of those
    whose speaker it does not. `confused`: characters by (kind wanted, kind given). `faults` describes each stretch
    that is not right: (start, end, speaker wanted, speaker given).
    """

    given: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    both: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    unnamed: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, int, str | None, str | None]] = field(default_factory=list)

    def add(self, other: BlockScores) -> None:
        """Take the counts of another document in; its faults stay with it."""
        for name in ("given", "wanted", "both", "confused", "named", "unnamed"):
            getattr(self, name).update(getattr(other, name))

    def precision(self, kind: str) -> float | None:
        """Share of the characters given this kind that have it in the labels; None of none."""
        return self.both[kind] / self.given[kind] if self.given[kind] else None

    def recall(self, kind: str) -> float | None:
        """Share of the characters labelled with this kind that were given it; None of none."""
        return self.both[kind] / self.wanted[kind] if self.wanted[kind] else None

    def f1(self, kind: str) -> float | None:
        """2 × both / (given + wanted), 0..1; None for a kind that is neither given nor wanted."""
        total = self.given[kind] + self.wanted[kind]
        return 2 * self.both[kind] / total if total else None


def score_blocks(text: str, blocks: Sequence[Block], labels: Mapping[str, Any]) -> BlockScores:
    """One document's blocks against its labels (tests/labels/README.md says what they hold).

    Kinds are compared where they stand alone: a paragraph with a quotation inside counts as what the paragraph is.
    Speakers are compared over each labelled stretch of a kind in `VOICES` and each quotation inside a block: the
    stretch's speaker is the one that most of its characters have.
    """
    scores = BlockScores()
    kinds = _by_character(text, ((b.start, b.end, b.kind) for b in blocks if b.parent is None))
    wanted = _by_character(text, ((b["start"], b["end"], b["kind"]) for b in labels["blocks"]))
    for character, given, expected in zip(text, kinds, wanted, strict=True):
        if not character.isspace():
            scores.given[given] += 1
            scores.wanted[expected] += 1
            scores.both[expected] += given == expected
            scores.confused[expected, given] += given != expected
    parents = {block.parent for block in blocks}
    leaves = [block for number, block in enumerate(blocks) if number not in parents]
    speakers = _by_character(text, ((b.start, b.end, b.speaker) for b in leaves))
    own = list(speakers)
    for quotation in labels["quotations"]:  # they are scored by themselves, and say nothing of the comment around them
        _score_speaker(text, speakers, quotation, scores)
        own[quotation["start"] : quotation["end"]] = [ELSEWHERE] * (quotation["end"] - quotation["start"])
    for stretch in (block for block in labels["blocks"] if block["kind"] in VOICES):
        _score_speaker(text, own, stretch, scores)
    return scores


def _score_speaker(text: str, speakers: Sequence[Any], stretch: Mapping[str, Any], scores: BlockScores) -> None:
    start, end, expected = stretch["start"], stretch["end"], stretch.get("speaker")
    votes = Counter(speakers[at] for at in range(start, end) if text[at].isalnum() and speakers[at] is not ELSEWHERE)
    given = votes.most_common(1)[0][0] if votes else None
    if expected is None:
        outcome = "undisclosed" if given is None else "wrong"
        scores.unnamed[outcome] += 1
    else:
        outcome = "missing" if given is None else "right" if same_name(given, expected) else "wrong"
        scores.named[outcome] += 1
    if outcome not in ("right", "undisclosed"):
        scores.faults.append((start, end, expected, given))


def _by_character(text: str, stretches: Iterable[tuple[int, int, Any]]) -> list[Any]:
    values: list[Any] = [None] * len(text)
    for start, end, value in stretches:
        values[start:end] = [value] * (end - start)
    return values
