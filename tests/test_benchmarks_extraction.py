"""Readers of the saved web pages, on folders made by hand whose every figure was worked out on paper."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.benchmarks import extraction
from eval.benchmarks.benchmark import Benchmark, Task
from eval.runs import Item
from index.errors import SetUnreadable
from rag.settings import Settings

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
DEFINITIONS = SHARED / "benchmarks" / "metrics.py"

BY_NAME = {benchmark.name: benchmark for benchmark in extraction.BENCHMARKS}
TEXTS = st.lists(st.sampled_from("aab"), max_size=9).map(" ".join)
PAIRS = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6)


def paragraph(year: int) -> str:
    """A paragraph as long as those of articles are."""
    return f"The mill's owners sold forty-five oak wheels to two museums in the town after the flood of {year}. " * 3


PAGE = f"""<html><head><title>Wheels</title></head><body><nav><a href="/">Start page</a></nav>
<article><h1>Wheels sold</h1><p class="byline">By Jane Roe</p><p>{paragraph(1920)}</p>
<h2>What came after</h2><p>{paragraph(1921)}</p></article>
<div class="comments"><p>Nice wheels, I say.</p></div><footer>All rights reserved</footer></body></html>"""


@pytest.fixture(scope="module")
def definitions() -> ModuleType:
    if not DEFINITIONS.exists():
        pytest.skip(f"no {DEFINITIONS}; name the folder of the shared data with FOOTNOTE_SHARED")
    specification = importlib.util.spec_from_file_location("definitions", DEFINITIONS)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def page(identity: str, text: str, kind: str = "article", **more: Any) -> dict[str, Any]:
    address = f"https://example.org/{identity}"
    return {"id": identity, "html": f"{identity}.gz", "url": address, "text": text, "page_type": kind, **more}


def task(folder: Path, pages: list[tuple[dict[str, Any], str]], done: tuple[str, ...] = ()) -> Task:
    """A folder of pages, each (its line, what its file holds)."""
    lines = [json.dumps(line) for line, _ in pages]
    (folder / "pages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for line, html in pages:
        (folder / line["html"]).write_bytes(gzip.compress(html.encode()))
    return Task(folder, folder / "work", Settings(), done)


def figures(benchmark: Benchmark, items: list[Item]) -> dict[str, Any]:
    return {figure.name: figure.value(items) for figure in benchmark.figures}


def as_it_stands(html: bytes) -> str:
    """In place of the product's reader: the page is its article."""
    return html.decode()


def figures_of_articles(benchmark: Benchmark, items: list[Item]) -> dict[str, Any]:
    return {name: value for name, value in figures(benchmark, items).items() if not name.startswith("furniture")}


def shingle_items(pairs: list[tuple[str, str]], folder: Path, patch: pytest.MonkeyPatch) -> list[Item]:
    patch.setattr(extraction, "article_of", as_it_stands)
    pages = [(page(f"p{number}", text), article) for number, (text, article) in enumerate(pairs)]
    return list(BY_NAME["article_extraction"].read(task(folder, pages)))


def test_the_article_is_the_body_with_its_headings() -> None:
    article = extraction.article_of(PAGE.encode())
    assert [line[:16] for line in article.split("\n\n")] == ["The mill's owner", "What came after", "The mill's owner"]


@pytest.mark.parametrize("html", [b"", b"   ", b"\x89PNG\x00\x01", b"<script>let a</script>"])
def test_a_page_that_cannot_be_read_is_empty_text(html: bytes) -> None:
    assert extraction.article_of(html) == ""


def test_shingle_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = shingle_items([("a b c d e", "a b c d x"), ("a b c d", "a b c d"), ("a b", "")], tmp_path, monkeypatch)
    assert figures_of_articles(BY_NAME["article_extraction"], items) == {
        "precision": 0.75,  # the page that nothing was taken from has none
        "recall": 0.5,
        "shingle_f1": pytest.approx(0.6),
    }
    assert (items[2].measures["precision"], items[2].measures["recall"]) == (None, 0)
    assert items[0].detail == {
        "question": "https://example.org/p0",
        "text": "5 words",
        "expected": "5 words",
        "document": "p0.gz",
    }


def test_shingle_figures_without_a_right_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure = BY_NAME["article_extraction"].figures[0]
    assert figure.value(shingle_items([("a b", "x y")], tmp_path, monkeypatch)) == 0
    assert figure.value(shingle_items([("a b", "")], tmp_path, monkeypatch)) == 0
    assert figure.value(shingle_items([("", "x y")], tmp_path, monkeypatch)) is None


@given(PAIRS)
def test_shingle_figures_are_those_of_the_readme(
    definitions: ModuleType, tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        items = shingle_items(pairs, tmp_path_factory.mktemp("pages"), patch)
    found = figures(BY_NAME["article_extraction"], items)
    assert all(value is None or 0 <= value <= 1 for value in found.values())
    assume(found["precision"])  # the README's own F1 divides by zero where no page gave a right word
    expected = definitions.extraction_scores(pairs)
    assert (found["precision"], found["recall"], found["shingle_f1"]) == pytest.approx(expected)


def test_wcxb_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "article_of", as_it_stands)
    pages = [
        (page("p", "a b c d", must_have=["A \n b", "zz"], must_not_have=["x"]), "a b x"),
        (page("q", "It's here", "forum", must_have=["it's"], must_not_have=["menu", "ad"]), "It’s here"),
    ]
    benchmark = BY_NAME["wcxb"]
    items = list(benchmark.read(task(tmp_path, pages)))
    assert [item.type for item in items] == ["article", "forum"]
    assert figures_of_articles(benchmark, items) == {
        "word_f1": pytest.approx((4 / 7 + 1) / 2),
        "article_word_f1": pytest.approx(4 / 7),
        "must_have_kept": pytest.approx(2 / 3),
        "must_not_left_out": pytest.approx(2 / 3),
    }
    assert items[0].detail["text"] == "3 words; lost: zz; left in: x"


def test_pages_without_snippets_have_no_share_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "article_of", as_it_stands)
    items = list(BY_NAME["wcxb"].read(task(tmp_path, [(page("p", "a"), "a")])))
    found = figures(BY_NAME["wcxb"], items)
    assert (found["must_have_kept"], found["must_not_left_out"]) == (None, None)


@given(TEXTS, TEXTS)
def test_word_f1_is_that_of_the_readme(definitions: ModuleType, article: str, text: str) -> None:
    found = extraction.metrics.word_f1(article, text)
    assert 0 <= found <= 1
    assert found == pytest.approx(definitions.word_f1(article, text))


def test_the_products_reader_reads_the_pages_of_a_folder(tmp_path: Path) -> None:
    body = f"{paragraph(1920)} What came after {paragraph(1921)}"
    items = list(BY_NAME["article_extraction"].read(task(tmp_path, [(page("p", body), PAGE), (page("q", "a"), " ")])))
    assert [item.measures["precision"] for item in items] == [1, None]
    assert [item.measures["recall"] for item in items] == [1, 0]


def test_furniture_is_measured_by_characters() -> None:
    paragraphs = [
        ("furniture", "Start page"),
        ("furniture", "the mill sold its wheel"),
        ("title", "Wheels sold"),
        ("body", "the mill sold its wheel"),
        ("body", "Join our newsletter today please"),
        ("furniture", "|"),
    ]
    measures = extraction.furniture_measures(paragraphs, "The mill sold its wheel")
    assert measures == {"furniture": 33, "furniture_right": 10, "beside": 53, "beside_found": 21}


def test_furniture_figures_of_a_folder(tmp_path: Path) -> None:
    body = f"{paragraph(1920)}\nWhat came after\n{paragraph(1921)}"
    for benchmark in BY_NAME.values():
        found = figures(benchmark, list(benchmark.read(task(tmp_path, [(page("p", body), PAGE)]))))
        assert (found["furniture_precision"], found["furniture_recall"]) == (1, 1)


@pytest.mark.parametrize(
    ("kinds", "discussion"),
    [
        (["furniture", "title", "byline", "comment", "body"], True),
        (["comment", "comment"], True),
        (["title", "body", "comment"], False),
        (["title", "heading", "body"], False),
        ([], False),
    ],
)
def test_a_forum_is_a_page_of_posts(kinds: list[str], discussion: bool) -> None:
    assert extraction.is_discussion(kinds) is discussion


def test_what_is_done_is_not_read_again(tmp_path: Path) -> None:
    pages = [(page("p", "a"), PAGE), (page("q", "a"), PAGE)]
    assert [item.id for item in BY_NAME["wcxb"].read(task(tmp_path, pages, done=("p",)))] == ["q"]


def test_references_belong_to_figures() -> None:
    for benchmark in extraction.BENCHMARKS:
        assert set(benchmark.references) <= {figure.name for figure in benchmark.figures}


@pytest.mark.parametrize("content", [None, b"not gzip", gzip.compress(b"cut off")[:-9]])
def test_a_missing_or_damaged_page_is_named(tmp_path: Path, content: bytes | None) -> None:
    given_task = task(tmp_path, [(page("p", "a"), PAGE)])
    (tmp_path / "p.gz").unlink() if content is None else (tmp_path / "p.gz").write_bytes(content)
    with pytest.raises(SetUnreadable, match=r"p\.gz: .+ Fetch the file anew"):
        list(BY_NAME["wcxb"].read(given_task))
