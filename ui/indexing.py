"""A sync that runs in the background, with its progress for the page to show.

It does not know what a sync does: it runs the steps that it is given and keeps the latest.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from index.errors import RagError

log = logging.getLogger(__name__)


class Step(Protocol):
    """How far a sync has come (index.sync.Progress)."""

    @property
    def step(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...


@dataclass(frozen=True, slots=True)
class State:
    """`done` of `total` items of `step`; `running` until the last step; `error` is one sentence, else None."""

    step: str = ""
    done: int = 0
    total: int = 0
    running: bool = False
    error: str | None = None


class Indexing:
    """Runs the steps of a sync once, in a daemon thread; `state` may be read from any thread."""

    def __init__(self, steps: Callable[[], Iterator[Step]]) -> None:
        self._steps = steps
        self.state = State(step="Starting", running=True)
        self._thread = threading.Thread(target=self._run, name="indexing", daemon=True)

    def start(self) -> Indexing:
        self._thread.start()
        return self

    def wait(self, timeout: float | None = None) -> None:
        """Block until the sync has ended, at most `timeout` seconds."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            for progress in self._steps():
                self.state = State(progress.step, progress.done, progress.total, running=True)
        except RagError as error:
            self.state = State(error=str(error))
        except Exception as error:
            log.exception("indexing failed")
            self.state = State(
                error=f"Indexing stopped on an error of its own ({error}). The terminal has the details."
            )
        else:
            self.state = State()
