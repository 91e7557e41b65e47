"""Public sets of saved web pages: does the product's reader keep the article and leave the rest of the page out?

A page's bytes are read as an indexed file's are. The article is what stands in the blocks that are neither page
furniture, masked, title, byline, caption nor reader comment (a forum's page is its posts): the texts that people
took out of these pages are bodies with their headings. One rule for both sets. It does not know how the
reader tells the blocks apart.
"""

from __future__ import annotations

import gzip
import re
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import metrics
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.records import read_records
from eval.figures import Figure, share
from eval.metrics.statistics import Rows
from eval.metrics.wording import PLAIN_QUOTES
from eval.runs import Item
from index.errors import SetUnreadable, UnreadableDocument
from index.split import paragraphs_of
from index.sync import read_document

FILE = "pages.jsonl"
NOT_ARTICLE = frozenset({"furniture", "masked", "title", "byline", "caption", "comment"})
WORD = re.compile(r"\w+")
SHOWN = 80  # characters of a snippet that the report shows


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page (`html` is its gzip file in the folder), the article that people took out of it, and snippets."""

    id: str
    html: str
    url: str
    text: str
    kind: str
    must_have: tuple[str, ...]
    must_not_have: tuple[str, ...]


def article_of(html: bytes) -> str:
    """The article of a page as the product reads it; empty for a page that it can't read."""
    paragraphs = paragraphs_on(html)
    left_out = NOT_ARTICLE - {"comment"} if is_discussion([kind for kind, _ in paragraphs]) else NOT_ARTICLE
    return "\n\n".join(text for kind, text in paragraphs if kind not in left_out)


def paragraphs_on(html: bytes) -> list[tuple[str, str]]:
    """(kind, text) of each paragraph of a page as the product reads it; none for a page that it can't read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_bytes(html)
        try:
            document = read_document(path)
        except UnreadableDocument:
            return []
    return [(block.kind, document.text[block.start : block.end].strip()) for block in paragraphs_of(document)]


def is_discussion(kinds: Sequence[str]) -> bool:
    """Whether a page is a forum's: posts stand right below its title, and no article above them."""
    after = kinds[kinds.index("title") + 1 :] if "title" in kinds else kinds
    return next((kind for kind in after if kind not in ("furniture", "byline", "caption")), None) == "comment"


def furniture_measures(paragraphs: Sequence[tuple[str, str]], truth: str) -> dict[str, float]:
    """Characters of the page: called furniture, those of them that the truth lacks too; lacking, those left out too.

    A paragraph is in the truth when at least half of its runs of four words are, a shorter one when it is a line of it.
    """
    lines = {" ".join(_words(line)) for line in truth.splitlines()}
    runs = set(_runs(_words(truth)))
    counts = dict.fromkeys(("furniture", "furniture_right", "beside", "beside_found"), 0.0)
    for kind, text in paragraphs:
        words = _words(text)
        if not words:
            continue
        own = list(_runs(words))
        inside = 2 * sum(run in runs for run in own) >= len(own) if own else " ".join(words) in lines
        if kind == "furniture":
            counts["furniture"] += len(text)
            counts["furniture_right"] += 0 if inside else len(text)
        if not inside:
            counts["beside"] += len(text)
            counts["beside_found"] += len(text) if kind in NOT_ARTICLE else 0
    return counts


def _words(text: str) -> list[str]:
    return WORD.findall(text.translate(PLAIN_QUOTES).casefold())


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[place:] for place in range(4)), strict=False)


def read_article_extraction(task: Task) -> Iterator[Item]:
    """An Item per page, with its runs of four words; where a page has no article text, it has no precision."""
    for page, article, seconds in _articles(task):
        precision, recall = metrics.shingle_scores(article, page.text)
        measures = {
            "precision": precision,
            "recall": recall,
            "given": float(precision is not None),
            "precision_if_given": precision or 0.0,
            "wanted": float(recall is not None),
            "recall_if_wanted": recall or 0.0,
            **furniture_measures(paragraphs_on(_bytes_of(task.folder / page.html)), page.text),
        }
        yield Item(page.id, page.kind, measures, seconds, _detail(page, article))


def read_wcxb(task: Task) -> Iterator[Item]:
    """An Item per page, with its words and the snippets that must and must not stand in its article."""
    for page, article, seconds in _articles(task):
        score = metrics.word_f1(article, page.text)
        lost, left_in = _without(article, page.must_have), _with(article, page.must_not_have)
        measures = {
            "word_f1": score,
            "article_word_f1": score if page.kind == "article" else None,
            "must_have_kept": float(len(page.must_have) - len(lost)),
            "must_have": float(len(page.must_have)),
            "must_not_left_out": float(len(page.must_not_have) - len(left_in)),
            "must_not": float(len(page.must_not_have)),
            **furniture_measures(paragraphs_on(_bytes_of(task.folder / page.html)), page.text),
        }
        yield Item(page.id, page.kind, measures, seconds, _detail(page, article, lost, left_in))


def _articles(task: Task) -> Iterator[tuple[Page, str, float]]:
    """Each page that is not done yet, its article, and the seconds that reading it took."""
    for page in read_records(task.folder / FILE, _page):
        if page.id not in task.done:
            html = _bytes_of(task.folder / page.html)
            began = time.perf_counter()
            article = article_of(html)
            yield page, article, time.perf_counter() - began


def _page(record: Mapping[str, Any]) -> Page:
    return Page(
        record["id"],
        record["html"],
        record["url"],
        record["text"],
        record["page_type"],
        tuple(record.get("must_have", ())),
        tuple(record.get("must_not_have", ())),
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:  # a damaged gzip file is an OSError without strerror
        reason = getattr(error, "strerror", None) or str(error)
        raise SetUnreadable(f"Can't read the page {path}: {reason}. Fetch the file anew.") from error


def holds(text: str, snippet: str) -> bool:
    """Whether `text` holds the snippet; case, white space and curly or straight quotes make no difference."""
    return _plain(snippet) in _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.translate(PLAIN_QUOTES).casefold().split())


def _with(text: str, snippets: Sequence[str]) -> list[str]:
    return [snippet for snippet in snippets if holds(text, snippet)]


def _without(text: str, snippets: Sequence[str]) -> list[str]:
    return [snippet for snippet in snippets if not holds(text, snippet)]


def _detail(page: Page, article: str, lost: Sequence[str] = (), left_in: Sequence[str] = ()) -> dict[str, str]:
    parts = [f"{metrics.word_count(article):,} words"]
    parts += [f"lost: {' '.join(snippet.split())[:SHOWN]}" for snippet in lost]
    parts += [f"left in: {' '.join(snippet.split())[:SHOWN]}" for snippet in left_in]
    expected = f"{metrics.word_count(page.text):,} words"
    return {"question": page.url, "text": "; ".join(parts), "expected": expected, "document": page.html}


def f1_of_means(rows: Rows) -> float | None:
    """The harmonic mean of the means of precision and of recall over pages; 0..1, higher is better.

    Rows are (has precision, precision, has recall, recall): each mean is over the pages that have it, so a page
    that nothing was taken from lowers recall alone. 0 when no page gave text that is right; None when no page
    has an article. Source: github.com/scrapinghub/article-extraction-benchmark (Zyte, 2020).
    """
    given, wanted = rows[:, 0].sum(), rows[:, 2].sum()
    if not wanted:
        return None
    precision, recall = rows[:, 1].sum() / given if given else 0.0, rows[:, 3].sum() / wanted
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def share_of_sums(rows: Rows) -> float | None:
    """The sum of the first column by that of the second: a share of snippets, however they fall on pages."""
    whole = rows[:, 1].sum()
    return float(rows[:, 0].sum() / whole) if whole else None


FURNITURE = (
    Figure(
        "furniture_precision", "Furniture that is none of the article", ("furniture_right", "furniture"), share_of_sums
    ),
    Figure("furniture_recall", "Text beside the article left out", ("beside_found", "beside"), share_of_sums),
)

BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        "article_extraction",
        "the body of news and blog pages, without the rest of the page",
        read_article_extraction,
        (
            Figure(
                "shingle_f1",
                "F1 of runs of four words",
                ("given", "precision_if_given", "wanted", "recall_if_wanted"),
                f1_of_means,
                headline=True,
            ),
            share("precision", "Precision of runs of four words"),
            share("recall", "Recall of runs of four words"),
            *FURNITURE,
        ),
        {
            "shingle_f1": "trafilatura 2.3.1 .974; readability-lxml .955; justext .796; all text .642",
            "precision": "trafilatura 2.0.0 .942; readability-lxml .883; all text .474",
            "recall": "trafilatura 2.0.0 .991; readability-lxml .888; all text .993",
        },
    ),
    Benchmark(
        "wcxb",
        "the main text of articles, documentation, forums, product and listing pages",
        read_wcxb,
        (
            share("word_f1", "F1 of words", headline=True),
            share("article_word_f1", "F1 of words, articles"),
            Figure("must_have_kept", "Snippets kept", ("must_have_kept", "must_have"), share_of_sums),
            Figure("must_not_left_out", "Foreign snippets left out", ("must_not_left_out", "must_not"), share_of_sums),
            *FURNITURE,
        ),
        {
            "word_f1": "trafilatura 2.3.1 .875; justext .764; readability-lxml .723; all text .768",
            "article_word_f1": "trafilatura 2.3.1 .968; justext .888; readability-lxml .880; all text .845",
            "must_have_kept": "trafilatura 2.3.1 .831; justext .633; readability-lxml .650; all text .842",
            "must_not_left_out": "trafilatura 2.3.1 .940; justext .910; readability-lxml .976; all text .108",
        },
    ),
)
