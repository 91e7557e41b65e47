"""`python -m eval.calibrate BENCHMARKS`: fit `confidence` and the bar for abstaining on public question sets.

BENCHMARKS holds the folders of SETS (corpus.jsonl, queries.jsonl). Three kinds of unanswerable questions count:
those whose documents were taken away while their topic stayed, those that a related passage does not answer, and
those about what no document says. Each set counts alike, however many questions it has. It prints the constants
that `rag.decide` and `rag.settings` hold; it changes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy
from numpy.typing import NDArray

from eval.benchmarks.documents import file_name, read_questions, read_removal, read_sources, write_documents
from eval.metrics import abstention, auroc
from index.embed import load_embedder
from index.errors import RagError
from index.opening import Index, open_index
from index.sync import sync
from rag.quote import NOT_EVIDENCE
from rag.retrieve import Filters, retrieve
from rag.settings import Settings, load_settings
from rag.weigh import Query

SETS = ("rtqa_2022", "clapnq", "squad2_docs", "multihop_news")
MOST_QUESTIONS = 600  # of a set
COVERAGE = 0.96  # share of the answerable questions that the bar lets through
RATIOS = tuple(step / 50 for step in range(16))  # of the reader's log-odds to the evidence that are tried
FEWEST = 20  # read questions with and without an answer, for a set to count in choosing the ratio
Array = NDArray[numpy.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """One set: of each question the best evidence's score and the best reading (NaN where no passage was read), and
    whether its documents answer it."""

    name: str
    best: Array
    reading: Array
    answerable: NDArray[numpy.bool_]

    @property
    def read(self) -> NDArray[numpy.bool_]:
        """Which questions the reader took part in."""
        return ~numpy.isnan(self.reading)


def main(arguments: Sequence[str] | None = None) -> int:
    """Index, ask, fit, print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m eval.calibrate", description=__doc__)
    parser.add_argument("benchmarks", type=Path)
    parser.add_argument(
        "--work", type=Path, help="keep the indexes here and use them again (default: a temporary folder)"
    )
    chosen = parser.parse_args(arguments)
    try:
        with TemporaryDirectory(prefix="rag-calibrate-") as temporary:
            print(report([score_set(chosen.benchmarks / name, chosen.work or Path(temporary)) for name in SETS]))
    except RagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def score_set(folder: Path, work: Path) -> Scores:
    """Index the set's corpus under `work` and look up every question that has a label.

    Raises SetUnreadable when the folder is not such a set.
    """
    settings = load_settings()
    embedder = load_embedder(settings.embedding_model)
    documents = work / folder.name / "documents"
    sources = read_sources(folder)
    write_documents(sources, documents)
    cases = list(_labelled(folder, {source.id for source in sources}))
    cases = cases[:: -(-len(cases) // MOST_QUESTIONS)]
    for _ in sync([documents], work / folder.name / "index", embedder, settings.passage_word_pieces):
        pass
    index = open_index(work / folder.name / "index", embedder=embedder, word_pieces=settings.passage_word_pieces)
    scores = [best_scores(question, index, filters, settings) for question, _, filters in cases]
    index.close()
    answerable = numpy.array([answerable for _, answerable, _ in cases])
    best, reading = numpy.array(scores).T
    return Scores(folder.name, best, reading, answerable)


def best_scores(question: str, index: Index, filters: Filters, settings: Settings) -> tuple[float, float]:
    """The score of the best evidence found for the question, 0 without any, and the best reading, NaN without any."""
    found = retrieve(Query(question, index.embedder.encode([question])[0]), index, filters, settings)
    usable = [c for c in found.candidates if c.kind not in NOT_EVIDENCE]
    readings = [c.reading for c in usable if c.reading is not None]
    return max((c.evidence for c in usable), default=0.0), max(readings, default=numpy.nan)


def _labelled(folder: Path, documents: set[str]) -> Iterator[tuple[str, bool, Filters]]:
    """Question, whether the documents answer it, and the documents it is put to."""
    questions, removal = read_questions(folder), read_removal(folder)
    if not removal["remove_docs"]:
        for question in questions:
            yield question.text, bool(question.answers), {}
        return
    texts = {question.id: question.text for question in questions}
    left: Filters = {"document": tuple(sorted(map(file_name, documents - set(removal["remove_docs"]))))}
    for answerable, name in ((False, "now_unanswerable"), (True, "still_answerable")):
        for identity in removal[name]:
            yield texts[identity], answerable, left


def fit_logistic(values: Array, labels: NDArray[numpy.bool_], counts: Array, rounds: int = 50) -> tuple[float, float]:
    """Slope and intercept of P(label) = 1 / (1 + exp(-(slope * value + intercept))), by Newton's method with a
    ridge of 0.1 on the slope (Hastie, Tibshirani and Friedman 2009, section 4.4.1). `counts` weighs the values."""
    design = numpy.stack([values, numpy.ones_like(values)], axis=1)
    ridge = numpy.diag([0.1, 0.0])
    weights = numpy.zeros(2)
    for _ in range(rounds):
        chance = 1.0 / (1.0 + numpy.exp(-design @ weights))
        gradient = design.T @ (counts * (labels - chance)) - ridge @ weights
        curvature = (design * (counts * chance * (1 - chance))[:, None]).T @ design + ridge
        weights = weights + numpy.linalg.solve(curvature, gradient)
    return float(weights[0]), float(weights[1])


def fit(sets: Sequence[Scores], ratio: float) -> tuple[float, float]:
    """Slope and intercept of the evidence plus `ratio` times the reading; of ratio 0 on all questions, else on those
    that were read. Each set counts alike."""
    chosen = [s.read if ratio else numpy.ones_like(s.read) for s in sets]
    values = [(s.best + ratio * numpy.nan_to_num(s.reading))[which] for s, which in zip(sets, chosen, strict=True)]
    labels = [s.answerable[which] for s, which in zip(sets, chosen, strict=True)]
    counts = [numpy.full(len(one), 200 / max(1, len(one))) for one in values]
    return fit_logistic(numpy.concatenate(values), numpy.concatenate(labels), numpy.concatenate(counts))


def best_ratio(sets: Sequence[Scores]) -> float:
    """The ratio of reading to evidence that tells answerable questions best within the sets (mean AUROC); 0 unread."""

    def area(scores: Scores, ratio: float) -> float:
        values = scores.best + ratio * scores.reading
        answered, others = scores.read & scores.answerable, scores.read & ~scores.answerable
        return auroc(values[answered].tolist(), values[others].tolist()) or 0.0

    counted = [s for s in sets if min((s.read & s.answerable).sum(), (s.read & ~s.answerable).sum()) >= FEWEST]
    return max(RATIOS, key=lambda ratio: sum(area(s, ratio) for s in counted)) if counted else 0.0


def report(sets: Sequence[Scores]) -> str:
    """The constants, and what the bar does on each set."""
    slope, intercept = fit(sets, 0.0)
    ratio = best_ratio(sets)
    read_slope, read_intercept = fit(sets, ratio) if ratio else (slope, intercept)
    chances = []
    for s in sets:
        unread = slope * s.best + intercept
        read = read_slope * (s.best + ratio * numpy.nan_to_num(s.reading)) + read_intercept
        chances.append(1.0 / (1.0 + numpy.exp(-numpy.where(s.read, read, unread))))
    bar = bar_of([chance[s.answerable] for s, chance in zip(sets, chances, strict=True)])
    lines = [
        f"UNREAD = ({slope:.2f}, 0.0, {intercept:.2f})",
        f"READ = ({read_slope:.2f}, {read_slope * ratio:.3f}, {read_intercept:.2f})  # ratio {ratio:.2f}",
        f"abstain_below = {bar:.3f} (answers {COVERAGE:.0%} of the answerable questions of these sets)",
    ]
    for scores, chance in zip(sets, chances, strict=True):
        decided = abstention(zip(scores.answerable.tolist(), (chance >= bar).tolist(), strict=True))
        area = auroc(chance[scores.answerable].tolist(), chance[~scores.answerable].tolist())
        lines.append(
            f"{scores.name}: n {len(chance)}, AUROC {area:.3f}, balanced accuracy {decided.balanced_accuracy:.3f}, "
            f"answered {decided.answerable_answered} of {int(scores.answerable.sum())} answerable and "
            f"{decided.unanswerable_answered} of {int((~scores.answerable).sum())} unanswerable"
        )
    return "\n".join(lines)


def bar_of(chances: Sequence[Array]) -> float:
    """The highest bar that lets COVERAGE of the answerable questions through, the share being the mean over sets."""
    bars = numpy.unique(numpy.concatenate(chances))
    shares = numpy.array([numpy.mean([numpy.mean(chance >= bar) for chance in chances]) for bar in bars])
    return float(bars[shares >= COVERAGE].max())


if __name__ == "__main__":
    sys.exit(main())
