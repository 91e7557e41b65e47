"""Every kind of run and the figures it has.

It does not know how a run of that kind is made.
"""

from __future__ import annotations

from eval.figures import ANSWERS, Figure
from eval.runs import Run
from index.errors import RunUnreadable


def figures_of(run: Run) -> tuple[Figure, ...]:
    """The figures of a run's kind: "answers", or "benchmark/" and the benchmark's name.

    Raises RunUnreadable for a kind that this version does not know.
    """
    if run.kind == "answers":
        return ANSWERS
    from eval.benchmarks.reading import BENCHMARKS, PREFIX  # late: it brings every reader along

    benchmark = BENCHMARKS.get(run.kind.removeprefix(PREFIX))
    if benchmark is None:
        raise RunUnreadable(f'The run is of the kind "{run.kind}", which this version does not know; make it anew.')
    return benchmark.figures
