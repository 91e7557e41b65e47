"""What a reader of a public benchmark is: from a folder to Items, with the figures of its README.

It does not know any benchmark.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.figures import Figure
from eval.runs import Item
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """One reading of a benchmark: its `folder`, the folder where indexes are kept, what is done already.

    Items whose ids are in `done` need not be made again.
    """

    folder: Path
    work: Path
    settings: Settings
    done: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A public benchmark: `read` yields an Item per question, page or sentence, in a fixed order.

    `name` is its folder's name. `references` gives, by the name of a figure, what its README reports of other
    systems, in a few words. `documents` says whether its corpus is indexed first.
    """

    name: str
    measures_what: str
    read: Callable[[Task], Iterator[Item]]
    figures: tuple[Figure, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    documents: bool = False
