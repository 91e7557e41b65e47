"""A run becomes one HTML page that is complete in itself: for the reader who checks answers, and for the engineer.

It asks for nothing from anywhere: styles and charts are within it, and there is no script. It does not know
how the run was made, nor other runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from eval.figures import Figure
from eval.kinds import figures_of
from eval.page_index import in_order, index_html
from eval.page_sections import (
    all_figures_html,
    confidence_html,
    items_html,
    made_html,
    questions_html,
    scorecard_html,
    types_html,
    types_table_html,
)
from eval.page_text import apart_html, counted, day, joined_html, plain, text_html
from eval.page_verdict import headline_verdict, notices, verdict
from eval.runs import Run

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
WRITERS = {"quotes": "answers in the documents’ own words", "catalog": "answers about the collection"}


def to_html(run: Run) -> str:
    """The page as UTF-8 text. Raises RunUnreadable for a run of a kind that this version does not know."""
    figures = figures_of(run)
    sections = _answers(run, figures) if run.kind == "answers" else _others(run, figures)
    title = _title(run)
    # The icon is named because a browser would ask for one otherwise.
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="color-scheme" content="light dark">'
        f'<link rel="icon" href="data:,"><title>{text_html(title)}</title><style>{_style()}</style>'
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{_masthead(run, title, figures)}'
        f"<main>{''.join(sections)}</main></body></html>\n"
    )


def _answers(run: Run, figures: Sequence[Figure]) -> list[str]:
    headlines = [figure for figure in figures if figure.headline]
    questions = in_order(run)
    return [
        scorecard_html(headlines, run.asked, all_figures_html(figures, run.asked)),
        types_html(figures, run.asked),
        confidence_html(run.asked),
        index_html(figures, questions),
        questions_html(questions),
        made_html(run),
    ]


def _others(run: Run, figures: Sequence[Figure]) -> list[str]:
    headlines = [figure for figure in figures if figure.headline] or figures
    return [
        scorecard_html(
            headlines, run.asked, all_figures_html(figures, run.asked, opened=True, linked=False), linked=False
        ),
        types_table_html(figures, run.asked),
        items_html(run.asked),
        made_html(run),
    ]


def _masthead(run: Run, title: str, figures: Sequence[Figure]) -> str:
    words = verdict(run.asked) if run.kind == "answers" else headline_verdict(figures, run.asked)
    return (
        f'<header class="masthead"><p class="kicker">Footnote · evaluation of {text_html(plain(run.kind))}</p>'
        f"<h1>{apart_html(title)}</h1>{_notices(run)}"
        f'<p class="verdict">{text_html(words)}</p><p class="byline">{joined_html(_byline(run))}</p>'
        f"{_contents(run)}</header>"
    )


def _notices(run: Run) -> str:
    told = " ".join(notices(run))
    more = ' <a href="#left-out">Which, and why</a>' if run.left_out else ""
    return f'<p class="notice"><strong>{text_html(told)}</strong>{more}</p>' if told else ""


def _title(run: Run) -> str:
    name = str(run.header.get("set") or "A run").replace("\\", "/").rstrip("/").split("/")[-1].removesuffix(".jsonl")
    return f"{name}: {counted(len(run.asked), 'question' if run.kind == 'answers' else 'item')}"


def _byline(run: Run) -> list[str]:
    """The index, what wrote the answers, the day."""
    corpus, model, times = (run.header.get(name) for name in ("corpus", "model", "times"))
    parts = []
    if isinstance(corpus, dict):
        sizes = [
            counted(corpus[key], key[:-1]) for key in ("documents", "passages") if isinstance(corpus.get(key), int)
        ]
        parts.append(text_html(", ".join(sizes)))
    if model:
        parts.append(text_html(WRITERS[model]) if model in WRITERS else f"answers by {apart_html(model)}")
    if isinstance(times, dict) and times.get("started"):
        parts.append(apart_html(day(times["started"])))
    return parts


def _contents(run: Run) -> str:
    places = [("scorecard", "Scorecard"), ("types", "By type")]
    if run.kind == "answers":
        places += [
            ("confidence", "Confidence"),
            ("index", "Every question"),
            ("worst", "Worst answers"),
            ("others", "The other questions"),
        ]
    else:
        places += [("others", "Items")]
    places.append(("made", "How it was made"))
    links = "".join(f'<li><a href="#{anchor}">{words}</a></li>' for anchor, words in places)
    return f'<nav aria-label="On this page"><ul>{links}</ul></nav>'


@cache
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
