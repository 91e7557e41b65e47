"""A run in one sentence, made from its figures, and what to know before one believes them.

It does not know HTML.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.figures import Figure
from eval.page_text import counted, figure_words
from eval.runs import Item, Run

NOTHING_ASKED = "Nothing was asked, so there is nothing to tell."


def verdict(items: Sequence[Item]) -> str:
    """How many questions were answered, said everything, and were refused; unescaped."""
    answered, answerable = _counts(items, "answered_answerable")
    complete, with_facts = _counts(items, "all_key_facts")
    refused, unanswerable = _counts(items, "abstained_unanswerable")
    parts = []
    if answerable:
        parts.append(f"{answered} of {_kind(answerable, 'answerable')} {_were(answered)} answered")
    if with_facts:
        parts.append(
            "1 answer said everything it had to" if complete == 1 else f"{complete} said everything they had to"
        )
    if unanswerable:
        parts.append(f"{refused} of {_kind(unanswerable, 'unanswerable')} {_were(refused)} refused")
    return "; ".join(parts) + "." if parts else NOTHING_ASKED


def headline_verdict(figures: Sequence[Figure], items: Sequence[Item]) -> str:
    """The headline figures in a row; the first ones where none is a headline."""
    chosen = [figure for figure in figures if figure.headline][:3] or list(figures[:3])
    values = [(figure, figure.value(items)) for figure in chosen]
    parts = [f"{figure.label}: {figure_words(figure, value)}" for figure, value in values if value is not None]
    return "; ".join(parts) + "." if parts else NOTHING_ASKED


def notices(run: Run) -> list[str]:
    """What its figures do not show, in sentences: an interruption, a failed model, what was left out; unescaped."""
    total, reached, left = run.header.get("questions"), len(run.items), len(run.left_out)
    told = []
    if isinstance(total, int) and total > reached:
        told.append(f"Interrupted: {reached:,} of {counted(total, 'question')}.")
    failed, answers = _counts(run.asked, "fallback")
    if failed:
        are = "is quotes" if failed == 1 else "are quotes"
        told.append(f"{failed:,} of {counted(answers, 'answer')} {are} because the model failed.")
    if left:
        others = f"every figure is over the other {reached - left:,}" if reached > left else "nothing was measured"
        told.append(f"{left:,} of {counted(reached, 'question')} {_were(left)} left out; {others}.")
    return told


def _counts(items: Sequence[Item], name: str) -> tuple[int, int]:
    """How many of the items that have a yes-or-no measure have a yes, and how many have it."""
    values = [value for item in items if (value := item.measures.get(name)) is not None]
    return sum(value == 1 for value in values), len(values)


def _kind(count: int, adjective: str) -> str:
    return f"{count} {adjective} question{'' if count == 1 else 's'}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
