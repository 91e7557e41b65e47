"""What each piece of finding and picking is worth: `python -m eval.ablation SET... --index DIR`.

Every set is answered as the product answers, and then once more with each piece off, on the same index. A piece is off
when its function does nothing or its weight is 0. It does not know what a measure means.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from eval.cases import load_set
from eval.figures import Figure, mean
from eval.report import table
from eval.run import opened, run_set
from eval.runs import Item
from index.errors import RagError
from rag.settings import load_settings

Switch = Mapping[str, Any]
"""Names of modules' attributes, each with what stands there while the piece is off."""

PIECES: dict[str, Switch] = {
    "nothing": {},
    "the reader": {"rag.retrieve.reader_of": lambda embedder: None},
    "the sentence's vector": {"rag.weigh.SENTENCE_WEIGHT": 0.0},
    "the passage's vector": {"rag.weigh.PASSAGE_WEIGHT": 0.0},
    "the question's words": {"rag.weigh.WORDS_WEIGHT": 0.0},
    "the form of the answer": {"rag.weigh.FIT_WEIGHT": 1e-9, "rag.weigh.COUNT_WEIGHT": 0.0},
    "the document's best evidence": {"rag.weigh.BEHIND_WEIGHT": 0.0},
    "sentences around": {
        "rag.pick.with_context": lambda span, limit: span,
        "rag.pick.with_antecedent": lambda span: span,
        "rag.pick.announced_by": lambda span: None,
    },
    "lists whole": {"rag.pick.whole_list": lambda candidate: None},
    "filters from the question": {"rag.search.scope_of": lambda question, index: {}},
    "spelling": {"rag.search.corrected": lambda question, index: question},
    "follow-ups": {"rag.search.standalone_question": lambda question, history: question},
    "parts of a question": {"rag.search.parts_of": lambda question: [question]},
    "two sides": {"rag.answering.by_sides": lambda question, candidates: (list(candidates), 1)},
    "counter-evidence": {"rag.answering.counter_evidence": lambda question, chosen, candidates: []},
    "the catalog's answers": {"rag.answering.collection_answer": lambda question, index, history: None},
    "the bar": {"rag.decide.READ": (0.0, 0.0, 9.0), "rag.decide.UNREAD": (0.0, 0.0, 9.0)},  # sure of everything
    "reasons to refuse": {
        "rag.answering._not_told": lambda search, chosen, unsure: None,
        "rag.search.outdone": lambda candidates, unusable: None,
        "rag.search.is_about": lambda question, names: False,
    },
}
FIGURES = (
    Figure("facts", "all facts", ("all_key_facts",), mean),
    Figure("cited", "citations on evidence", ("citation_precision",), mean),
    Figure("answered", "answered", ("answered_answerable",), mean),
    Figure("refused", "refused", ("abstained_unanswerable",), mean),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints one table per set; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET", help="question sets about the index's documents")
    parser.add_argument("--index", type=Path, metavar="DIR", help="folder of the index (default: .rag)")
    chosen = parser.parse_args(arguments)
    try:
        for path in chosen.sets:
            print(f"{path.name}\n\n{to_text(ablate(path, chosen.index))}\n", flush=True)
    except RagError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def ablate(set_path: Path, index_folder: Path | None) -> Iterator[tuple[str, list[Item]]]:
    """The items of the set with each piece off, in the order of PIECES. Raises what a run raises."""
    cases = load_set(set_path)
    settings = load_settings(index_dir=index_folder).model_copy(update={"model": None, "model_url": None})
    with opened(settings) as index:
        for name, switch in PIECES.items():
            with off(switch):
                yield name, list(run_set(cases, index, settings))


@contextmanager
def off(switch: Switch) -> Iterator[None]:
    """The attributes replaced for as long as it is open. Raises AttributeError for one that does not exist."""
    patches = []
    for name, value in switch.items():
        module, attribute = name.rsplit(".", 1)
        patches.append(patch.object(importlib.import_module(module), attribute, value))
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def to_text(runs: Iterator[tuple[str, list[Item]]]) -> str:
    """A table: a row per piece, a column per figure; after a figure, in brackets, the difference to nothing off."""
    whole: list[float | None] = []
    rows: list[tuple[str, ...]] = []
    for name, items in runs:
        values = [figure.value([item for item in items if not item.left_out]) for figure in FIGURES]
        whole = whole or values
        rows.append((name, *(_cell(value, base, name) for value, base in zip(values, whole, strict=True))))
    return table(("off", *(figure.label for figure in FIGURES)), rows)


def _cell(value: float | None, base: float | None, name: str) -> str:
    if value is None or base is None:
        return "-"
    return f"{value:.2f}" if name == "nothing" or round(value - base, 2) == 0 else f"{value:.2f} ({value - base:+.2f})"


if __name__ == "__main__":
    sys.exit(main())
