"""Measures the passage reader beside MiniLM's cosine and word overlap: `python -m eval.measure_reader TRAINING_FOLDER`.

It measures on the groups that training never saw. It does not know the benchmarks or how the reader was trained.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy

from eval.metrics import auroc
from eval.reader_data import (
    NEAR_MISSES,
    Question,
    Sentence,
    near_misses,
    passages_by_group,
    read_questions,
    stems_of,
    without_answer,
)
from index.embed import Embedder, load_embedder
from rag.reader import Reader, load_reader, load_tokenizer

Passage = Sequence[Sentence]
Scores = list[list[float]]
QUICK_QUESTIONS = 250
AT_MOST = 100  # questions of a source, evenly drawn
SMALLEST = 4  # sentences of a passage, for "the best three" to mean something
PARAGRAPHS = ("squadshifts_new_wiki", "covid_qa")


@dataclass(frozen=True, slots=True)
class Scored:
    """What one way of scoring makes of a question's passages: a score per sentence, and "here" per passage."""

    sentences: Scores
    here: list[float]


def main() -> None:
    """Prints the figures by source as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds reader.jsonl.gz and ranking.jsonl.gz")
    parser.add_argument("--weights", type=Path, required=True)
    arguments = parser.parse_args()
    embedder = load_embedder()
    reader = load_reader(arguments.weights)
    if reader is None:
        parser.error(f"{arguments.weights} doesn't exist; train it with: python -m eval.train_reader")
    _, validation = read_questions(arguments.folder, load_tokenizer(embedder.folder))
    print(json.dumps(measure(reader, embedder, validation), indent=1))


def measure_quickly(reader: Reader, validation: Sequence[Question]) -> tuple[float, float]:
    """Sentence@1, and the AUROC of passages against the same without their right sentences, on a few questions."""
    asked = [q for q in validation if q.source in PARAGRAPHS and len(without_answer(q)) > 1]
    hits, here, gone = [], [], []
    for question in drawn(asked, QUICK_QUESTIONS):
        scored = by_reader(reader, question.text, [question.passage, without_answer(question)])
        hits.append(hit(scored.sentences[0], question.right, 1))
        here.append(scored.here[0])
        gone.append(scored.here[1])
    return float(numpy.mean(hits)), auroc(here, gone) or 0.0


def measure(reader: Reader, embedder: Embedder, validation: Sequence[Question]) -> dict[str, dict[str, object]]:
    """Figures by source and way of scoring: sentence@1 and @3 within the passage, and among three near misses too;
    AUROC of "here" against the same passage without its answer, and against the most similar other passage."""
    articles = passages_by_group(validation)
    figures: dict[str, dict[str, object]] = {}
    for source in dict.fromkeys(question.source for question in validation):
        long = [q for q in validation if q.source == source and (source == "qamr_wiki" or len(q.passage) >= SMALLEST)]
        asked = drawn(long, AT_MOST)
        rows: dict[str, dict[str, list[float]]] = {}
        for question in asked:
            near = near_misses(question, articles[question.group])
            passages = [question.passage, without_answer(question), question.mismatch, *near[:NEAR_MISSES]]
            for way, scored in score(reader, embedder, question.text, passages).items():
                _note(rows.setdefault(way, {}), question, scored)
        figures[source] = {"questions": len(asked)} | {way: _figures(row) for way, row in rows.items()}
    return figures


def score(reader: Reader, embedder: Embedder, question: str, passages: Sequence[Passage]) -> dict[str, Scored]:
    """The passages scored by the reader, by cosine and by word overlap."""
    return {
        "reader": by_reader(reader, question, passages),
        "cosine": by_cosine(embedder, question, passages),
        "overlap": by_overlap(question, passages),
    }


def by_reader(reader: Reader, question: str, passages: Sequence[Passage]) -> Scored:
    """The reader's log-odds, and how sure it is that an answer is here."""
    readings = reader.read(question, [[sentence.text for sentence in passage] for passage in passages])
    return Scored(
        [[*map(float, reading.sentences)] for reading in readings], [-reading.not_here for reading in readings]
    )


def by_cosine(embedder: Embedder, question: str, passages: Sequence[Passage]) -> Scored:
    """Cosine of question and sentence; the highest of a passage says whether an answer is here."""
    texts = [sentence.text for passage in passages for sentence in passage]
    vectors = embedder.encode([question, *texts])
    return _by_highest([*map(float, vectors[1:] @ vectors[0])], passages)


def by_overlap(question: str, passages: Sequence[Passage]) -> Scored:
    """The share of the question's stems that a sentence has."""
    asked = stems_of(question)
    texts = [sentence.text for passage in passages for sentence in passage]
    return _by_highest([len(asked & stems_of(text)) / max(1, len(asked)) for text in texts], passages)


def hit(scores: Sequence[float], right: frozenset[int], depth: int) -> bool:
    """Whether a right sentence is among the best `depth`; of equal ones the first counts as the best."""
    return any(number in right for number in numpy.argsort(-numpy.asarray(scores), kind="stable")[:depth])


def drawn(questions: Sequence[Question], count: int) -> Sequence[Question]:
    """At most `count` of the questions, evenly spread."""
    if len(questions) <= count:
        return questions
    return [questions[number * len(questions) // count] for number in range(count)]


def _by_highest(scores: list[float], passages: Sequence[Passage]) -> Scored:
    sentences = []
    for passage in passages:
        sentences.append(scores[: len(passage)])
        scores = scores[len(passage) :]
    return Scored(sentences, [max(passage, default=-1.0) for passage in sentences])


def _note(row: dict[str, list[float]], question: Question, scored: Scored) -> None:
    full, removed, mismatch, *near = scored.sentences
    mixed = [*full, *(value for passage in near for value in passage)]
    if len(full) >= SMALLEST:
        for depth in (1, 3):
            row.setdefault(f"sentence@{depth}", []).append(hit(full, question.right, depth))
    if near:
        for depth in (1, 3):
            row.setdefault(f"mixed@{depth}", []).append(hit(mixed, question.right, depth))
    if removed and question.answers:
        row.setdefault("here, removed", []).append(scored.here[0])
        row.setdefault("gone, removed", []).append(scored.here[1])
    if mismatch:
        row.setdefault("here, mismatch", []).append(scored.here[0])
        row.setdefault("gone, mismatch", []).append(scored.here[2])


def _figures(row: dict[str, list[float]]) -> dict[str, float | None]:
    figures: dict[str, float | None] = {
        name: round(float(numpy.mean(values)), 3) for name, values in row.items() if "@" in name
    }
    for kind in ("removed", "mismatch"):
        reached = auroc(row.get(f"here, {kind}", []), row.get(f"gone, {kind}", []))
        figures[f"auroc, {kind}"] = None if reached is None else round(reached, 3)
    return figures


if __name__ == "__main__":
    main()
