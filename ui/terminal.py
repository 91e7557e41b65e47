"""Answers, reports and documents as text for a terminal; pure printing, readable when piped.

It stands beside render.py, which does the same in HTML.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from index.document import Block, Document
from index.reading.masks import readable_share
from index.report import Progress as SyncProgress
from index.report import Report
from index.voices import voice_at
from rag.answering import Answer, Citation, Sentence
from rag.introduce import introduce, readable_date, with_article
from ui.render import searched

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SECONDS_BETWEEN_LINES = 5.0
CLOSEST = 3
EXCERPT = 240
COLOURS = {
    "title": "bold magenta", "byline": "magenta", "heading": "bold blue", "quotation": "green", "question": "cyan",
    "interview_answer": "bright_cyan", "comment": "yellow", "update": "bright_magenta", "table": "blue",
    "caption": "blue", "list_item": "default", "furniture": "dim", "masked": "red",
}  # fmt: skip


def say(text: str = "") -> None:
    """Print text that may come from documents: control characters, which could rewrite the screen, are made visible."""
    print(CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), flush=True)


def show_progress(steps: Iterator[SyncProgress]) -> Report:
    """Run a sync with a progress bar on stderr (a line now and then where that is no terminal); returns its report."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    report: Report | None = None
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Starting", total=None)
        said = monotonic()
        for step in steps:
            if not console.is_terminal and monotonic() - said >= SECONDS_BETWEEN_LINES:
                said = monotonic()
                print(f"{step.step} ({step.done} of {step.total} files done)", file=sys.stderr, flush=True)
            bar.update(task, description=step.step, completed=step.done, total=step.total)
            report = step.report or report
    return report or Report()


def print_answer(growing: Iterator[Answer]) -> None:
    """Sentences as they are released, then the footnotes; for an abstention the closest passages."""
    shown: tuple[Sentence, ...] = ()
    told = False
    last = None
    for last in growing:
        if (words := searched(last)) and not told:
            say(f"({words})\n")
            told = True
        if last.sentences[: len(shown)] != shown and (last.sentences or last.complete):
            say("\n(The sentences above are withdrawn: what follows replaces them.)\n")
            shown = ()
        for sentence in last.sentences[len(shown) :]:
            marks = "".join(f"[{number}]" for number in sentence.citations)
            say(f"{sentence.text} {marks}")
        shown = last.sentences or shown
    if last is None:
        return
    if last.notice:
        say(f"\n({last.notice})")
    if last.status == "abstained":
        say(last.text)
        for hit in last.closest[:CLOSEST]:
            voice = voice_at(hit.document, hit.passage.start, hit.passage.end)
            say(f"\n  closest: {introduce(hit.document, voice)}\n    {hit.excerpt(EXCERPT)}")
        return
    if not last.sentences:
        say(last.text)
        return
    say()
    for citation in last.citations:
        say(footnote(citation))
    if last.removed:
        say(f"\n{removed_note(last.removed)}")


def removed_note(count: int) -> str:
    """How many sentences of a model were removed, and why; "" for none."""
    were, they = ("sentence was", "it rests") if count == 1 else ("sentences were", "they rest")
    return f"{count} {were} removed: what {they} on in the documents could not be shown." if count else ""


def footnote(citation: Citation) -> str:
    """One footnote on one line: number, speaker, carriers, title, publication, date, page, path and offsets."""
    document = citation.document
    speaker = citation.speaker or citation.role or ""
    carriers = "".join(f", quoted by {with_article(document, name)}" for name in citation.via)
    date = readable_date(citation.date)
    page = f"page {citation.page}" if citation.page else ""
    place = f"{document.path}:{citation.start}-{citation.end}"
    parts = [speaker + carriers if speaker else "", document.name, document.publisher, date, page, place]
    return f"[{citation.number}] " + ", ".join(dict.fromkeys(part for part in parts if part))


def print_document(document: Document) -> None:
    """What the reader makes of a file: its data, then every block with kind, speaker, date and offsets.

    In a terminal each kind has its colour, and what is not evidence is dim.
    """
    console = Console(highlight=False, soft_wrap=True)
    for label in ("path", "title", "author", "publisher", "published"):
        say(f"{label:>10}: {getattr(document, label) or '(not stated)'}")
    say(f"{'length':>10}: {len(document.text):,} characters, {len(document.page_starts) or 'no'} pages")
    if (share := readable_share(document.text)) < 1:
        say(f"{'readable':>10}: {share:.0%} of the words; the rest is masked")
    console.print()
    for block in document.blocks:
        console.print(block_line(document, block))


def block_line(document: Document, block: Block) -> Text:
    """One block as a line: offsets, kind, who speaks through whom and when, the words; indented inside another."""
    colour = COLOURS.get(block.kind, "default")
    line = Text().append(f"{block.start:>7}-{block.end:<7} ", style="dim")
    line.append(f"{'  ' if block.parent is not None else ''}{block.kind:<16} ", style=colour)
    carriers = "".join(f" ← {name}" for name in block.via)
    hint = f"perhaps {block.hint}" if block.hint else ""
    who = ", ".join(part for part in (block.speaker, block.role, block.date, hint) if part)
    if who or carriers:
        line.append(CONTROL.sub("\N{REPLACEMENT CHARACTER}", f"[{who or 'undisclosed'}{carriers}] "), style="bold")
    words = CONTROL.sub("\N{REPLACEMENT CHARACTER}", _excerpt(document.text[block.start : block.end], 90))
    return line.append(words, style="dim" if block.kind in ("furniture", "masked") else "")


def _excerpt(text: str, length: int = EXCERPT) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[: length - 1].rstrip() + "…"
