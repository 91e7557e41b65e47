"""The sections of the page: scorecard, types, confidence, questions, how the run was made.

It does not know the page around them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from eval.figures import Figure
from eval.metrics import KEY_FACT_WORDS, Interval, Point, risk_coverage
from eval.page_charts import bar_html, curve_html, scale_html, surer_half
from eval.page_documents import legend_html
from eval.page_index import TITLES, fault_link, type_anchors
from eval.page_question import Shown, folded_html, shown_html, tags_html
from eval.page_text import (
    NOTHING,
    apart_html,
    counted,
    figure_words,
    joined_html,
    percentage,
    plain,
    range_words,
    text_html,
)
from eval.runs import Item, Run

WORST_OPEN = 10
ITEMS_SHOWN = 1000
FEW = 10  # a figure over fewer questions is shown as a weak one
BETTER = {"higher": "higher is better", "lower": "lower is better", "": "neither way is better"}
MEANINGS = {
    "all_key_facts": "answerable questions whose answer says everything a right answer must",
    "evidence_recall@1000": "of the text an answer should rest on, how much the search put before the writer",
    "citation_precision": "footnotes that lead to text which answers the question",
    "citation_exactness": "footnotes whose quotation stands in the document, letter by letter",
    "quotations_held": "sentences whose words in quotation marks stand in what they cite",
    "attribution_right": "answers that name the right person for every quotation",
    "attribution_wrong": "answers that put words in somebody else’s mouth",
    "answered_answerable": "questions the documents answer, and that got an answer",
    "abstained_unanswerable": "questions the documents do not answer, and that were refused",
    "confidence_auroc": "how well confidence tells answerable from unanswerable; 0.50 is a coin toss, 1.00 perfect",
    "forbidden": "answers with a number, a name or a claim that is known to be wrong",
}
"""What the figures of the scorecard say, for people who have never met them."""


def scorecard_html(figures: Sequence[Figure], items: Sequence[Item], more: str, *, linked: bool = True) -> str:
    """The figures as cards, each with its 95 % interval and over how many; `more` is HTML that follows.

    Where `linked`, a figure that counts faults leads to their questions; the page then has an index of them.
    """
    cards = "".join(_card(figure, items, linked) for figure in figures if len(figure.rows(items)))
    reading = (
        '<p class="reading">The line under a number spans its 95 % interval: had other questions of the same '
        "kind been asked, the number would likely have come out within it. Where all questions came out alike it has "
        "no width, which does not make the number certain. n is how many questions it is over; a number over fewer "
        f"than {FEW} is set small.</p>"
    )
    cards = f'{reading}<ul class="cards">{cards}</ul>' if cards else _NOTHING
    return f'<section id="scorecard"><h2>Scorecard</h2>{cards}{more}</section>'


def _card(figure: Figure, items: Sequence[Item], linked: bool) -> str:
    interval = figure.of(items)
    between = range_words(figure, interval)
    ranged = f"95 % interval {text_html(between)}" if between else "nothing to measure"
    scale = scale_html(interval, f"{figure_words(figure, interval.value)}, {between}") if figure.unit == "share" else ""
    way = _way(figure, items, linked) if figure.better != "higher" else ""
    way = f'<p class="way">{way}</p>' if way else ""
    few = interval.n < FEW
    n = f"n {interval.n:,}" + (", few questions" if few and interval.n else "")
    meaning = f'<p class="meaning">{text_html(MEANINGS[figure.name])}</p>' if figure.name in MEANINGS else ""
    return (
        f'<li class="card{" few" if few else ""}"><h3>{text_html(figure.label)}</h3>'
        f'<p class="value">{text_html(figure_words(figure, interval.value))}</p>{scale}'
        f'<p class="range">{ranged} <span class="n">{n}</span></p>'
        f"{way}{meaning}</li>"
    )


def _way(figure: Figure, items: Sequence[Item], linked: bool) -> str:
    return joined_html([BETTER[figure.better], fault_link(figure, items) if linked else ""])


def all_figures_html(
    figures: Sequence[Figure], items: Sequence[Item], *, opened: bool = False, linked: bool = True
) -> str:
    """Every figure that there is something to measure for in a table, folded unless `opened`; see scorecard_html."""
    measured = [figure for figure in figures if len(figure.rows(items))]
    rows = "".join(_figure_row(figure, items, linked) for figure in measured)
    numbers = "".join(f'<th class="number">{name}</th>' for name in ("Value", "95 % interval", "n"))
    table = f"<thead><tr><th>Figure</th>{numbers}<th>Which way</th></tr></thead><tbody>{rows}</tbody>"
    shown = " open" if opened else ""
    summary = f"<summary>All {counted(len(measured), 'figure')}</summary>"
    return f'<details class="all"{shown}>{summary}{_wide("All figures", table)}</details>'


def _figure_row(figure: Figure, items: Sequence[Item], linked: bool) -> str:
    interval = figure.of(items)
    cells = [figure_words(figure, interval.value), range_words(figure, interval) or NOTHING, f"{interval.n:,}"]
    numbers = "".join(f'<td class="number">{text_html(cell)}</td>' for cell in cells)
    return (
        f'<tr><th scope="row">{text_html(figure.label)} <code>{text_html(figure.name)}</code></th>{numbers}'
        f'<td class="way">{_way(figure, items, linked)}</td></tr>'
    )


def types_html(figures: Sequence[Figure], items: Sequence[Item]) -> str:
    """A row per type of question, in the set's order: what became of them, and how much of the evidence was found."""
    known = {figure.name: figure for figure in figures}
    groups = [
        (1, ("all_key_facts", "evidence_recall@1000"), ("Said everything", "Evidence found")),
        (0, ("abstained_unanswerable", "misleading_recall@1000"), ("Refused", "Came upon misleading text")),
    ]
    anchors: dict[float | None, dict[str, str]] = {}
    for (answerable, kind), anchor in type_anchors(items).items():
        anchors.setdefault(answerable, {})[kind] = anchor
    tables = [
        _bars(TITLES[answerable], [known[name] for name in names], captions, chosen, anchors[answerable])
        for answerable, names, captions in groups
        if (chosen := [item for item in items if item.measures.get("answerable") == answerable])
    ]
    reading = (
        f'<p class="reading">Key facts count when they are said in an answer’s first {KEY_FACT_WORDS} words; evidence '
        "counts when it is in the first 1,000 word pieces of what the search found. The thin line across a bar is its "
        "95 % interval: with few questions of a type it is long, and the bar is not to be leaned on. Misleading text "
        "only seems to answer: to come upon it is neither good nor bad, to refuse all the same is what counts.</p>"
    )
    return f'<section id="types"><h2>By type of question</h2>{reading}{"".join(tables) or _NOTHING}</section>'


def _bars(
    title: str, figures: Sequence[Figure], captions: Sequence[str], items: Sequence[Item], anchors: Mapping[str, str]
) -> str:
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.type, []).append(item)
    links = {kind: f'<a href="#{anchor}">{text_html(plain(kind))}</a>' for kind, anchor in anchors.items()}
    heads = "".join(f"<th>{caption}</th>" for caption in captions)
    rows = [_bar_row(links[kind], figures, captions, chosen) for kind, chosen in groups.items()]
    rows.append(_bar_row("all of these", figures, captions, items, ' class="total"'))
    return (
        f'<table class="bars"><caption>{title}</caption><thead><tr><th>Type</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _bar_row(
    name: str, figures: Sequence[Figure], captions: Sequence[str], items: Sequence[Item], row: str = ""
) -> str:
    cells = "".join(
        _bar_cell(figure, caption, figure.of(items)) for figure, caption in zip(figures, captions, strict=True)
    )
    return f'<tr{row}><th scope="row">{name}</th>{cells}</tr>'


def _bar_cell(figure: Figure, caption: str, interval: Interval) -> str:
    value, between = figure_words(figure, interval.value), range_words(figure, interval)
    words = f"{caption}: {value}" + (f", 95 % interval {between}" if between else "") + f", n {interval.n}"
    bar = bar_html(interval, words, neutral=not figure.better)
    return (
        f'<td><div class="bar-cell"><span class="caption">{caption}</span>{bar}'
        f'<span class="value" title="{text_html(words)}">{text_html(value)}</span>'
        f'<span class="n">n {interval.n}</span></div></td>'
    )


def types_table_html(figures: Sequence[Figure], items: Sequence[Item]) -> str:
    """A column per type, a row per figure: there may be many figures, and their names are long."""
    kinds = list(dict.fromkeys(item.type for item in items))
    groups = [("all", list(items)), *((plain(kind), [item for item in items if item.type == kind]) for kind in kinds)]
    head = "".join(f'<th class="number">{text_html(name)}</th>' for name, _ in groups)
    rows = "".join(_types_row(figure, [chosen for _, chosen in groups]) for figure in figures)
    rows = f"<thead><tr><th>Figure</th>{head}</tr></thead><tbody>{rows}</tbody>"
    table = f'<p class="reading">In small print: how many items a value is over.</p>{_wide("By type", rows)}'
    return f'<section id="types"><h2>By type</h2>{table if kinds else _NOTHING}</section>'


def _types_row(figure: Figure, groups: Sequence[Sequence[Item]]) -> str:
    cells = "".join(
        f'<td class="number">{text_html(figure_words(figure, figure.value(items)))} '
        f'<small class="n">{len(figure.rows(items)):,}</small></td>'
        for items in groups
    )
    return f'<tr><th scope="row">{text_html(figure.label)}</th>{cells}</tr>'


def _wide(name: str, rows: str) -> str:
    """A table that may be wider than a phone: it scrolls in its place, by keyboard too."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{name}"><table>{rows}</table></div>'


def confidence_html(items: Sequence[Item]) -> str:
    """The curve of risk against coverage, and how to read it."""
    points, heading = risk_points(items), "<h2>What the confidence is worth</h2>"
    if not points:
        return f'<section id="confidence">{heading}{_NOT_JUDGED}</section>'
    reading = (
        '<p class="reading">From left to right, more and more questions are answered, the ones the system is surest of '
        "first; the height is the share of those answers that are wrong or incomplete, so a useful confidence makes "
        "a curve that starts low and climbs, and a useless one a curve that stays level.</p>"
    )
    middle = surer_half(points)
    told = f'<p class="told">{text_html(_told(middle, points[-1]))}</p>' if middle else ""
    return f'<section id="confidence">{heading}{reading}{curve_html(points)}{told}</section>'


def _told(middle: Point, last: Point) -> str:
    half, everything = percentage(middle.risk), percentage(last.risk)
    return f"Here {half} of the surer half of the answers are wrong or incomplete, and {everything} of all answers."


def risk_points(items: Sequence[Item]) -> list[Point]:
    """The curve over the answers that can be judged: right is a question the documents answer, all key facts said."""
    judged = [item for item in items if not _unjudged(item)]
    outcomes = [
        (confidence, item.measures.get("answerable") == 1 and item.measures.get("all_key_facts") == 1)
        for item in judged
        if item.measures.get("answered") and (confidence := item.measures.get("confidence")) is not None
    ]
    return risk_coverage(outcomes, len(judged))


def _unjudged(item: Item) -> bool:
    """An answerable question without key facts: nobody can say whether its answer is right."""
    return item.measures.get("answerable") == 1 and item.measures.get("all_key_facts") is None


def questions_html(questions: Sequence[Shown]) -> str:
    """The worst answers in full, the others that something is wrong with folded, then all the rest."""
    worst, fine = [one for one in questions if one.fault], [one for one in questions if not one.fault]
    shown = "".join(map(shown_html, worst[:WORST_OPEN]))
    folded, rest = "".join(map(folded_html, worst[WORST_OPEN:])), "".join(map(folded_html, fine))
    less = f'<h3 class="less">{len(worst) - WORST_OPEN:,} more, the worst of them first</h3>' if folded else ""
    counts = f"{counted(len(worst), 'question')} of {len(questions):,} {'has' if len(worst) == 1 else 'have'} a fault."
    return (
        f'<section id="worst"><h2>The worst answers first</h2><p class="reading">{counts} Under each answer stands the '
        f"documents’ own text, with what was expected and what was cited marked in it.</p>{legend_html()}"
        f'{shown or _NO_FAULT}{less}{folded}</section><section id="others"><h2>The other questions</h2>'
        f'<p class="reading">{counted(len(fine), "question")} without a fault that a measure found.</p>{rest}</section>'
    )


def items_html(items: Sequence[Item]) -> str:
    """Every item of a benchmark, folded: its measures and whatever else is known of it."""
    lines = "".join(map(_item, items[:ITEMS_SHOWN]))
    more = f"<p>{len(items) - ITEMS_SHOWN:,} more are in the run’s file.</p>" if len(items) > ITEMS_SHOWN else ""
    return f'<section id="others"><h2>Items</h2>{lines or _NOTHING}{more}</section>'


def _item(item: Item) -> str:
    name = item.detail.get("question") or item.detail.get("title") or ""
    measures = {name: f"{value:.3g}" for name, value in item.measures.items() if value is not None}
    return (
        f'<details class="question"><summary><span class="tags">{tags_html(item)}</span> '
        f'<span class="asked">{apart_html(name)}</span></summary>'
        f"{_pairs({plain(name): value for name, value in measures.items()})}{_pairs(item.detail)}</details>"
    )


def made_html(run: Run) -> str:
    """What the run depends on, so that it can be made again."""
    header = run.header
    corpus = header.get("corpus")
    facts = {
        "Question set": header.get("set"),
        "Checksum of the set": header.get("set_sha256"),
        "Fingerprint of the index": corpus.get("fingerprint") if isinstance(corpus, dict) else None,
        "Model": header.get("model"),
        "Code": header.get("code"),
        **{f"Time: {name}": value for name, value in _object(header.get("times")).items()},
    }
    command = header.get("command")
    parts = [
        f'<h3>Command</h3><pre class="command">{text_html(command)}</pre>' if command else "",
        _pairs({name: value for name, value in facts.items() if value is not None}),
        *(
            f"<h3>{name.capitalize()}</h3>{_pairs(values)}"
            for name in ("settings", "versions")
            if (values := _object(header.get(name)))
        ),
        _left_out(run.left_out),
    ]
    return f'<section id="made"><h2>How it was made</h2>{"".join(parts)}</section>'


def _left_out(items: Sequence[Item]) -> str:
    if not items:
        return '<p id="left-out">No question was left out.</p>'
    lines = "".join(f"<li><code>{text_html(item.id)}</code> {apart_html(item.left_out)}</li>" for item in items)
    return f'<h3 id="left-out">Left out, and counted nowhere ({len(items):,})</h3><ul class="left-out">{lines}</ul>'


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _pairs(values: Mapping[str, Any]) -> str:
    rows = "".join(f"<div><dt>{apart_html(name)}</dt><dd>{_value(value)}</dd></div>" for name, value in values.items())
    return f'<dl class="pairs">{rows}</dl>' if rows else ""


def _value(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return f"<pre>{text_html(json.dumps(value, ensure_ascii=False, indent=1, default=str))}</pre>"
    return apart_html("not set" if value is None else value)


_NOTHING = '<p class="nothing">There is nothing to show.</p>'
_NOT_JUDGED = '<p class="nothing">No answer was given that can be judged.</p>'
_NO_FAULT = '<p class="nothing">No fault was found.</p>'
