"""Every question of a run by type, and by what is wrong with it: the lists that types and figures lead to.

It does not know how a question itself is shown, only where on the page it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.faults import worst_first
from eval.figures import Figure
from eval.page_question import Shown
from eval.page_text import apart_html, counted, plain, text_html
from eval.runs import Item, Run

Group = tuple[float | None, str]
"""Whether the documents answer (a measure), and the type."""

TITLES = {1: "Questions the documents answer", 0: "Questions they do not answer"}


def in_order(run: Run) -> list[Shown]:
    """The questions as the page has them: the worst first, then those without a fault, in the set's order."""
    settings = run.header.get("settings")
    bar = settings.get("abstain_below") if isinstance(settings, dict) else None
    bar = float(bar) if isinstance(bar, int | float) else None
    worst, asked = worst_first(run.asked), {id(item): number for number, item in enumerate(run.asked)}
    faulty = {id(item) for item, _ in worst}
    fine = [(item, "") for item in run.asked if id(item) not in faulty]
    ordered = enumerate([*worst, *fine], 1)
    return [Shown(item, place, asked[id(item)], fault, bar) for place, (item, fault) in ordered]


def type_anchors(items: Sequence[Item]) -> dict[Group, str]:
    """The anchor of the list of each type's questions, in the order of the lists."""
    groups = sorted(dict.fromkeys(map(_group, items)), key=lambda group: 1.0 if group[0] is None else -group[0])
    return {group: f"type{number}" for number, group in enumerate(groups, 1)}


def fault_link(figure: Figure, items: Sequence[Item]) -> str:
    """A link to the questions that a figure is above 0 for, where that is a fault; "" otherwise."""
    count = sum(map(bool, (item.measures.get(name) for item in items for name in _counted_by(figure))))
    return f'<a href="#{_fault_anchor(figure)}">{counted(count, "question")}</a>' if count else ""


def index_html(figures: Sequence[Figure], shown: Sequence[Shown]) -> str:
    """A folded list per type, then one per figure that counts a fault."""
    asked = sorted(shown, key=lambda one: one.asked)
    parts, title = [], ""
    for group, anchor in type_anchors([one.item for one in asked]).items():
        heading = TITLES.get(int(group[0]) if group[0] is not None else -1, "Others")
        parts.append(f"<h3>{heading}</h3>" if heading != title else "")
        title = heading
        parts.append(_list(plain(group[1]), anchor, [one for one in asked if _group(one.item) == group]))
    by_fault = [
        _list(figure.label, _fault_anchor(figure), chosen, tells=False)
        for figure in figures
        if (chosen := [one for one in asked if any(one.item.measures.get(name) for name in _counted_by(figure))])
    ]
    if by_fault:
        parts += ["<h3>By what is wrong</h3>", *by_fault]
    reading = '<p class="reading">A cross is before each question that has a fault, a tick before the others.</p>'
    return f'<section id="index"><h2>Every question, by type</h2>{reading if shown else ""}{"".join(parts)}</section>'


def _list(name: str, anchor: str, shown: Sequence[Shown], *, tells: bool = True) -> str:
    """The anchor is within what is folded, because a browser unfolds what holds the place that a link leads to."""
    faulty = sum(bool(one.fault) for one in shown)
    counts = counted(len(shown), "question") + (f", {faulty:,} with a fault" if faulty and tells else "")
    return (
        f'<details class="kind"><summary>{text_html(name)} <span class="n">{counts}</span></summary>'
        f'<ol id="{anchor}">{"".join(map(_line, shown))}</ol></details>'
    )


def _line(one: Shown) -> str:
    kind = "missing" if one.fault else "said"
    link = f'<a href="#q{one.place}">{apart_html(one.question)}</a>'
    return f'<li class="{kind}">{link} <span class="id">{text_html(one.item.id)}</span></li>'


def _group(item: Item) -> Group:
    return item.measures.get("answerable"), item.type


def _counted_by(figure: Figure) -> tuple[str, ...]:
    """The measure of a figure that is the share of questions with a fault; () for other figures."""
    return figure.measures if figure.better == "lower" and figure.unit == "share" else ()


def _fault_anchor(figure: Figure) -> str:
    return f"fault-{text_html(figure.name)}"
