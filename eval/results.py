"""Everything that can be measured is measured once, and becomes docs/results.md.

Each row names what others report for it and the command that makes it. It does not know what any figure means.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from eval.benchmarks.reading import BENCHMARKS, measure_benchmark
from eval.cases import DEFAULT_SET
from eval.kinds import figures_of
from eval.report import shown_interval, table
from eval.run import measure
from eval.runs import Run
from eval.sabotage import Line, sabotage, to_text
from index.errors import UsageError
from rag.settings import Settings

SAMPLE_CORPUS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
SEEDS_SET = DEFAULT_SET.with_name("seeds.jsonl")


@dataclass(frozen=True, slots=True)
class Row:
    """One set as it was measured: the run, what made it, how long that took, what others report by figure."""

    title: str
    command: str
    run: Run
    seconds: float
    references: Mapping[str, str]


def measure_all(shared: Path, settings: Settings, work: Path, out: Path) -> None:
    """Measures the sample set, the sets about the seeds and every benchmark in `shared`, and writes `out` (Markdown).

    Indexes and runs are kept in `work`; an interrupted table is taken up where it stopped. Raises UsageError
    when `shared` does not hold the folders seeds and benchmarks, and whatever the runs raise.
    """
    for name in ("seeds", "benchmarks"):
        if not (shared / name).is_dir():
            raise UsageError(f"There is no folder {shared / name}; name the folder that holds seeds and benchmarks.")
    if not out.parent.is_dir():
        raise UsageError(f"Can't write the results to {out}: there is no folder {out.parent}. Make it first.")
    work.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(shared, settings, work))
    caught = sabotage(DEFAULT_SET, settings, SAMPLE_CORPUS)
    out.write_text(to_markdown(rows, caught), encoding="utf-8")


def _rows(shared: Path, settings: Settings, work: Path) -> Iterator[Row]:
    seeds = shared / "seeds"
    sets = (
        ("The sample set", DEFAULT_SET, SAMPLE_CORPUS, "eval/sets/sample.jsonl --corpus corpus/documents"),
        ("The seeds, our questions", SEEDS_SET, seeds / "corpus", "eval/sets/seeds.jsonl --corpus SHARED/seeds/corpus"),
        (
            *("The seeds, the developers' questions", seeds / "dev_questions.jsonl", seeds / "corpus"),
            "SHARED/seeds/dev_questions.jsonl --corpus SHARED/seeds/corpus",
        ),
    )
    for title, path, corpus, command in sets:
        run, seconds = _timed(work / f"{path.stem}.jsonl", partial(measure, path, settings, corpus))
        yield Row(title, f"rag eval {command}", run, seconds, {})
    for name, benchmark in BENCHMARKS.items():
        folder = shared / "benchmarks" / name
        if folder.is_dir():
            run, seconds = _timed(work / f"{name}.jsonl", partial(measure_benchmark, folder, settings, work))
            title = f"{name}: {benchmark.measures_what}"
            yield Row(title, f"rag eval benchmark SHARED/benchmarks/{name}", run, seconds, benchmark.references)


def _timed(out: Path, make: Callable[[Path], Run]) -> tuple[Run, float]:
    """The run and the seconds that it took in all, attempts that were interrupted included."""
    clock = out.with_suffix(".seconds")
    earlier = float(clock.read_text(encoding="utf-8")) if clock.exists() and out.exists() else 0.0
    started = perf_counter()
    try:
        return make(out), earlier + perf_counter() - started
    finally:
        clock.write_text(f"{earlier + perf_counter() - started:.1f}", encoding="utf-8")


def to_markdown(rows: Sequence[Row], caught: Sequence[Line]) -> str:
    """The whole page."""
    first = rows[0].run.header
    versions = ", ".join(f"{name} {number}" for name, number in first["versions"].items() if number)
    settings = ", ".join(f"{name} {value}" for name, value in first["settings"].items() if value is not None)
    parts = [
        "# Results",
        f"What the product does today on every set that we have, answers by: {first['model']}. "
        "In brackets: the 95 % bootstrap interval over questions. n: how many questions "
        "(pages, sentences) the figure is over. A difference that lies inside an interval is noise.",
        f"All of it at once: `rag eval results SHARED`, {_minutes(sum(row.seconds for row in rows))} on "
        f"{os.cpu_count()} cores ({platform.machine()}), indexing included. SHARED is a folder with "
        "`seeds` and `benchmarks`, which are not part of this project: their texts belong to others.",
        f"Measured with: {versions}; code {first['code']}. Settings: {settings}.",
        "To read with care: the confidence and its bar were fitted on clapnq, squad2_docs, multihop_news and the "
        "questions of rtqa_2022 whose evidence was taken away, so their figures of refusing are flattering. The "
        "support checks are the product's, by words, with four verdicts for a score; of a wice claim it points to "
        "one sentence at most. What counts as article on the two sets of web pages was chosen by looking at them.",
        *(_section(row) for row in rows),
        "## Answerers that cheat",
        "Each cheats in one way, starting from an answerer that knows the sample set's own evidence (column perfect). "
        "Caught: the figure meant for it gets worse, and the interval of the difference is clear of 0. "
        "Made by `rag eval sabotage --corpus corpus/documents`.",
        to_text(caught),
    ]
    return "\n\n".join(parts) + "\n"


def _section(row: Row) -> str:
    run, lines = row.run, []
    for figure in figures_of(run):
        interval = figure.of(run.asked)
        if interval.n:
            worse = " (lower is better)" if figure.better == "lower" else ""
            others = row.references.get(figure.name, "")
            lines.append((f"{figure.label}{worse}", shown_interval(figure, interval), str(interval.n), others))
    columns = ("figure", "value", "n", "others, as its README reports")
    width = len(columns) if row.references else len(columns) - 1
    left_out = f" {len(run.left_out)} left out." if run.left_out else ""
    made = f"`{row.command}`: {len(run.asked)} items in {_minutes(row.seconds)}.{left_out}"
    return "\n\n".join([f"## {row.title}", made, table(columns[:width], [line[:width] for line in lines])])


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
