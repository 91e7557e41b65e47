"""Reads the training records for the passage reader: questions, the sentences that answer them, near misses.

It does not know the reader, the benchmarks or the sample documents.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nupunkt
from tokenizers import Tokenizer

from rag.reader import SENTENCE_PIECES
from rag.words import stems

VALIDATION_PART = 8  # one group of so many is kept for measuring
NEAR_MISSES = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, its word pieces and the characters of the passage that it and each piece covers."""

    text: str
    pieces: list[int]
    spans: list[tuple[int, int]]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the passage that answers it: which sentences do, and the characters of the best answer."""

    source: str
    group: str
    text: str
    passage: tuple[Sentence, ...]
    right: frozenset[int]
    answers: tuple[str, ...]
    best: tuple[int, int] | None
    mismatch: tuple[Sentence, ...]


def read_questions(folder: Path, tokenizer: Tokenizer) -> tuple[list[Question], list[Question]]:
    """The questions of clear licence with an answer, those to train on and those to measure; no group on both sides."""
    records = [record for record in _records(folder / "reader.jsonl.gz") if record["licence_clear"]]
    claims = [record for record in _records(folder / "ranking.jsonl.gz") if record["source"] == "fool_me_twice"]
    passages = _tokenised([record["context"] for record in records], tokenizer)
    mismatches = {
        record["id"].replace("_mismatch:", ":"): passages[record["context"]]
        for record in records
        if record["source"].endswith("_mismatch")
    }
    questions = [
        _question(record, passages[record["context"]], mismatches.get(record["id"], ()))
        for record in records
        if record["answers"]
    ]
    texts = [candidate["text"] for record in claims for candidate in record["candidates"]]
    sentences = _tokenised(texts, tokenizer, split=False)
    questions += [_claim(record, sentences) for record in claims if record["licence_clear"]]
    sides: tuple[list[Question], list[Question]] = ([], [])
    for question in questions:
        if question.right:
            sides[is_validation(question.group)].append(question)
    return sides


def is_validation(group: str) -> bool:
    """Whether a group is kept for measuring; depends on its name alone, so that it holds in every file."""
    return int(hashlib.sha256(group.casefold().encode()).hexdigest(), 16) % VALIDATION_PART == 0


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _tokenised(texts: Sequence[str], tokenizer: Tokenizer, *, split: bool = True) -> dict[str, tuple[Sentence, ...]]:
    unique = list(dict.fromkeys(texts))
    spans = {text: [*nupunkt.sent_spans(text)] if split else [(0, len(text))] for text in unique}
    parts = [(text, start, end) for text in unique for start, end in spans[text] if text[start:end].strip()]
    encodings = tokenizer.encode_batch([text[a:b] for text, a, b in parts], add_special_tokens=False)
    passages: dict[str, list[Sentence]] = {text: [] for text in unique}
    for (text, start, end), encoding in zip(parts, encodings, strict=True):
        offsets = [(start + first, start + last) for first, last in encoding.offsets[:SENTENCE_PIECES]]
        pieces = encoding.ids[:SENTENCE_PIECES]
        passages[text].append(Sentence(text[start:end].strip(), pieces, offsets, start, end))
    return {text: tuple(sentences) for text, sentences in passages.items()}


def _question(record: dict[str, Any], passage: tuple[Sentence, ...], mismatch: tuple[Sentence, ...]) -> Question:
    answers = sorted(record["answers"], key=lambda answer: -answer["votes"])
    best = answers[0]
    right = set()
    for answer in answers:
        if 2 * answer["votes"] >= best["votes"]:
            start, end = answer["start"], answer["start"] + len(answer["text"])
            right |= {number for number, s in enumerate(passage) if s.start < end and start < s.end}
    return Question(
        record["source"],
        record["group"],
        record["question"].strip(),
        passage,
        frozenset(right),
        tuple(answer["text"].casefold() for answer in answers),
        (best["start"], best["start"] + len(best["text"])),
        mismatch,
    )


def _claim(record: dict[str, Any], sentences: dict[str, tuple[Sentence, ...]]) -> Question:
    kept = [candidate for candidate in record["candidates"] if sentences[candidate["text"]]]
    passage = tuple(sentences[candidate["text"]][0] for candidate in kept)
    right = frozenset(number for number, candidate in enumerate(kept) if candidate["relevant"])
    return Question(record["source"], record["group"], record["question"].strip(), passage, right, (), None, ())


def passages_by_group(questions: Sequence[Question]) -> dict[str, list[tuple[Sentence, ...]]]:
    """The different passages of every group."""
    groups: dict[str, dict[str, tuple[Sentence, ...]]] = defaultdict(dict)
    for question in questions:
        for passage in (question.passage, question.mismatch):
            if passage:
                groups[question.group].setdefault(passage[0].text + passage[-1].text, passage)
    return {group: list(passages.values()) for group, passages in groups.items()}


def near_misses(question: Question, passages: Sequence[tuple[Sentence, ...]]) -> list[tuple[Sentence, ...]]:
    """Passages of the same article without an answer's words, those first that share most of the question's words."""
    if question.source == "fool_me_twice":
        return []
    asked = set(stems(question.text))
    scored = []
    for number, passage in enumerate(passages):
        if passage != question.passage and not any(says(sentence, question.answers) for sentence in passage):
            shared = asked & {stem for sentence in passage for stem in stems_of(sentence.text)}
            scored.append((-len(shared), number))
    wanted = 8 if question.source == "qamr_wiki" else NEAR_MISSES
    return [passages[number] for _, number in sorted(scored)[:wanted]]


_stems: dict[str, frozenset[str]] = {}


def stems_of(text: str) -> frozenset[str]:
    """The different stems of a text, remembered."""
    if text not in _stems:
        _stems[text] = frozenset(stems(text))
    return _stems[text]


def says(sentence: Sentence, answers: Sequence[str]) -> bool:
    """Whether a sentence holds one of the answers."""
    text = sentence.text.casefold()
    return any(answer in text for answer in answers)


def without_answer(question: Question) -> tuple[Sentence, ...]:
    """The question's passage without its right sentences and all that hold an answer's words."""
    return tuple(
        sentence
        for number, sentence in enumerate(question.passage)
        if number not in question.right and not says(sentence, question.answers)
    )
