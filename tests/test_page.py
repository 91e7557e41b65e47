"""The page of a run: what is marked and what is said of it, hostile texts, and runs that hold next to nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from eval.figures import ANSWERS, Figure, mean
from eval.page import to_html
from eval.page_documents import letters
from eval.page_question import outcome
from eval.page_sections import MEANINGS
from eval.page_text import text_html
from eval.runs import Item, Run

HOSTILE = "</style><script>alert(1)</script><img src=http://x.example/a onerror=b> \" ' & \u202e\0"
TAG = re.compile(r"<[^>]*>")
DOCUMENT = "The quay is long.\r\nIt was built in 1901, says <b>Ada & Bo</b>. It was mended twice.\n"


def item(name: str = "Q1", kind: str = "single_fact", **measures: float | None) -> Item:
    return Item(name, kind, measures, 0.5, {"question": f"What of {name}?"})


def answered(name: str, detail: Mapping[str, Any] | None = None, **measures: float | None) -> Item:
    """An answerable question that was answered, without a fault as far as `measures` do not say otherwise."""
    right = {"answerable": 1.0, "answered": 1.0, "answered_answerable": 1.0, "confidence": 0.8, "all_key_facts": 1.0}
    return Item(name, "single_fact", {**right, "fact_recall": 1.0, **measures}, 0.1, detail or {})


def unanswerable(name: str, answers: bool, confidence: float = 0.4, **measures: float | None) -> Item:
    decided = {"answerable": 0.0, "answered": float(answers), "abstained_unanswerable": float(not answers)}
    return Item(name, "unanswerable_absent", {**decided, "confidence": confidence, **measures}, 0.1, {"question": name})


def cited(**changes: Any) -> Item:
    """An answer that cites characters 19..57 of DOCUMENT, of which 19..36 are expected."""
    detail = {
        "question": "When was the quay built?",
        "history": [{"role": "user", "content": "Is the quay long?"}, {"role": "assistant", "content": "Yes [1]."}],
        "status": "answered",
        "text": "It was built in 1901 [1], as [sic] or [7] says.",
        "sentences": [{"text": "It was built in 1901", "citations": [1], "verdict": "verbatim"}],
        "key_facts": ["1901", "by hand|manually"],
        "missing": ["by hand|manually"],
        "expected": [
            {"document": "quay.txt", "start": 19, "end": 36, "label": False, "outdated": False, "speakers": ["Ada"]},
            {"document": "quay.txt", "start": 43, "end": 57, "label": True, "outdated": False, "speakers": None},
        ],
        "citations": [
            {"number": 1, "document": "quay.txt", "start": 19, "end": 57, "speaker": "Cy", "attribution": "wrong"}
        ],
        "excerpts": [{"document": "quay.txt", "start": 0, "text": DOCUMENT, "ends": True}],
        **changes,
    }
    return answered("Q1", detail, all_key_facts=0.0, fact_recall=0.5, attribution_wrong=1.0)


def run(*items: Item, **header: Any) -> Run:
    return Run({"format": 1, "kind": "answers", "set": "sets/harbour.jsonl", **header}, items)


def shown(html: str) -> str:
    """The text of a piece of HTML, as a browser would show it."""
    return unescape(TAG.sub("", html))


class Reader(HTMLParser):
    """What a browser would see: the tags with their attributes, the text, and whether every tag is closed."""

    VOID = frozenset({"meta", "link", "br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


# One question


def test_the_documents_text_stands_on_the_page_unchanged_with_both_spans_marked() -> None:
    page = to_html(run(cited()))
    [text] = re.findall(r'<blockquote class="text">(.*?)</blockquote>', page, re.DOTALL)
    assert shown(text) == DOCUMENT
    assert '<mark class="expected given" data-open="A [1">It was built in 1</mark>' in text
    assert '<mark class="given label" data-open="B" data-close="]">' in text


def test_a_question_says_what_is_wrong_and_who_was_expected_to_speak() -> None:
    words = shown(to_html(run(cited())))
    assert 'names "Cy" as the speaker, not "Ada"; does not say "by hand" or "manually"' in words
    assert "speaker: Ada" in words
    assert "speaker: Cy · the speaker is wrong · touches A, B" in words
    assert "Asked before Is the quay long?" in words
    assert "“1901”: said" in words
    assert "“by hand” or “manually”: not said" in words
    assert "characters 19–36" in words


def test_footnotes_lead_to_what_they_cite_and_other_brackets_stay() -> None:
    page = to_html(run(cited()))
    assert '1901 <span class="note">[<a href="#q1n1">1</a>]</span>, as [sic] or [7] says.' in page
    assert 'id="q1n1"' in page


def test_verdicts_on_sentences_of_a_model_are_shown() -> None:
    sentences = [{"text": "It is old.", "citations": [1], "verdict": "partial"}]
    assert '<ul class="checked"><li><b>partial</b> <bdi>It is old.</bdi></li></ul>' in to_html(
        run(cited(sentences=sentences))
    )


def test_evidence_of_an_unanswerable_question_is_called_what_it_is() -> None:
    trap = [{"document": "quay.txt", "start": 19, "end": 36, "label": False, "outdated": False, "speakers": None}]
    detail = {**cited().detail, "expected": trap, "expected_reason": "furniture_only", "citations": []}
    measures = {"answerable": 0.0, "answered": 1.0, "confidence": 0.7}
    page = to_html(run(Item("Q1", "furniture_trap", measures, 0.1, detail)))
    assert '<mark class="tempting" data-open="A">' in page
    assert "What seems to answer" in page
    assert "only in page furniture" in page
    assert "speaker: " not in shown(page).split("What seems to answer")[1]


def test_evidence_has_a_letter_however_much_there_is() -> None:
    assert [letters(position) for position in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_outcomes_without_a_fault() -> None:
    assert outcome(unanswerable("Q", answers=False)) == "refused, as it should be"
    assert outcome(answered("Q", {"key_facts": ["a", "b"]})) == "says all 2 key facts"
    assert outcome(answered("Q", all_key_facts=None)) == "answered"
    assert outcome(item()) == "done"


# The page


def hostile_run() -> Run:
    """A run in which every text that a file can hold is hostile."""
    span = {"document": HOSTILE, "start": 2, "end": 9, "label": False, "outdated": True, "speakers": [HOSTILE, ""]}
    said = {"speaker": HOSTILE, "role": HOSTILE, "via": [HOSTILE], "date": HOSTILE, "page": HOSTILE, "title": HOSTILE}
    detail = {
        "question": HOSTILE,
        "history": [{"role": HOSTILE, "content": HOSTILE}],
        "search_query": HOSTILE + "?",
        "expected_reason": HOSTILE,
        "note": HOSTILE,
        "status": "abstained",
        "reason": HOSTILE,
        "text": HOSTILE + "[1]",
        "sentences": [{"text": HOSTILE, "citations": [1], "verdict": HOSTILE}],
        "key_facts": [HOSTILE],
        "missing": [HOSTILE],
        "forbidden": [HOSTILE],
        "expected": [span],
        "citations": [{**span, **said, "number": HOSTILE, "attribution": "wrong"}, {**span, **said, "number": 1}],
        "excerpts": [{"document": HOSTILE, "start": 1, "text": HOSTILE}],
    }
    bad = Item(HOSTILE, HOSTILE, {**answered("Q").measures, "forbidden": 1.0, "attribution_wrong": 1.0}, 0.1, detail)
    fine = Item(HOSTILE + "2", HOSTILE, {"answered": 0.0, "answerable": 0.0}, 0.1, {"question": HOSTILE})
    header = dict.fromkeys(("set", "set_sha256", "model", "code", "command"), HOSTILE)
    objects = {name: {HOSTILE: HOSTILE, "nested": [HOSTILE]} for name in ("settings", "versions", "times")}
    objects["times"]["started"] = HOSTILE
    corpus = {"documents": 3, "passages": HOSTILE, "fingerprint": HOSTILE}
    return run(bad, fine, Item(HOSTILE, HOSTILE, left_out=HOSTILE), **header, **objects, corpus=corpus)


def benchmark(*items: Item) -> Run:
    return Run({"kind": "benchmark/harbour", "set": HOSTILE, "model": "quotes"}, items)


@pytest.fixture
def harbour(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of run that is no question set, with two figures of its own."""
    figures = (
        Figure("kept", "Words <kept>", ("kept",), mean, headline=True),
        Figure("pace", "Pace", ("seconds",), mean, better="", unit="seconds"),
    )
    monkeypatch.setattr("eval.page.figures_of", lambda run: ANSWERS if run.kind == "answers" else figures)


ALLOWED = {"header", "html", "head", "meta", "link", "title", "style", "body", "main", "nav", "section", "article"}
ALLOWED |= {"h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "a", "bdi", "b", "strong", "small", "span", "code", "pre"}
ALLOWED |= {"dl", "dt", "dd", "div", "details", "summary", "figure", "figcaption", "blockquote", "mark", "table"}
ALLOWED |= {"caption", "thead", "tbody", "tr", "th", "td", "svg", "line", "rect", "circle", "path", "text"}


def assert_harmless(page: str) -> None:
    """No element or attribute but ours, and nothing that would be asked for from anywhere."""
    reader = Reader(page)
    assert reader.open == []
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style")]
        assert (attributes.get("href") or "#").startswith("#") or attributes["href"] == "data:,"
    style = page.split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|http", style)
    assert "\0" not in page
    page.encode("utf-8")


def test_hostile_texts_stay_texts() -> None:
    page = to_html(hostile_run())
    assert_harmless(page)
    assert page.count(text_html(HOSTILE)) > 20
    assert "<script" not in page
    assert "<img" not in page


def test_hostile_items_of_other_kinds_stay_texts(harbour: None) -> None:
    hostile = Item(
        HOSTILE,
        HOSTILE,
        {"kept": 0.5, HOSTILE: 1.0},
        1.0,
        {HOSTILE: HOSTILE, "question": HOSTILE, "x": {"y": [HOSTILE]}},
    )
    page = to_html(benchmark(hostile, Item("bare", "list", {"kept": None}), Item("out", "list", left_out="why")))
    assert_harmless(page)
    words = shown(page)
    assert "Words <kept>: 50\N{NO-BREAK SPACE}%; " not in words
    assert "Words <kept>: 50\N{NO-BREAK SPACE}%." in words
    assert "Left out, and counted nowhere (1)" in words


def test_ids_on_a_page_are_given_once() -> None:
    page = to_html(run(*(cited() for _ in range(15)), *(unanswerable(f"Q{n}", False) for n in range(3))))
    reader = Reader(page)
    ids = [attributes["id"] for _, attributes in reader.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = {str(attributes["href"])[1:] for tag, attributes in reader.tags if tag == "a"}
    assert links <= set(ids)


EMPTY = {
    "nothing": (),
    "all None": (Item("Q1", "list", dict.fromkeys(("all_key_facts", "answered", "confidence")), 0.0, {}),),
    "no measure": (Item("Q1", "list"),),
    "no unanswerable": (cited(), answered("Q2", {"question": "?"})),
    "no answerable": (unanswerable("Q1", True), unanswerable("Q2", False)),
    "all left out": (Item("Q1", "list", left_out="quay.txt is not in the index"),),
    "broken details": (
        answered(
            "Q1",
            {
                **dict.fromkeys(("question", "text", "note", "excerpts", "key_facts"), None),
                "history": "x",
                "expected": [{}, 3],
                "citations": [{"start": "a"}],
                "missing": 5,
                "sentences": [None],
            },
            all_key_facts=0.0,
            attribution_wrong=1.0,
        ),
        answered("Q2", {"excerpts": [{}], "expected": [{"start": 1, "end": None}], "citations": [{"via": "x"}]}),
    ),
}


@pytest.mark.parametrize("items", EMPTY.values(), ids=EMPTY)
def test_a_run_that_holds_little_has_a_page(items: tuple[Item, ...]) -> None:
    assert_harmless(to_html(Run({"kind": "answers"}, items)))
    assert_harmless(to_html(run(*items, corpus=None, settings=None, versions=[], times="never", questions="many")))


@pytest.mark.parametrize("items", EMPTY.values(), ids=EMPTY)
def test_a_run_of_another_kind_that_holds_little_has_a_page(items: tuple[Item, ...], harbour: None) -> None:
    assert_harmless(to_html(benchmark(*items)))


def test_the_masthead_says_what_was_measured() -> None:
    header = {"corpus": {"documents": 1, "passages": 2000}, "model": "quotes", "questions": 9}
    words = shown(to_html(run(cited(), times={"started": "2026-11-02T10:00:00Z"}, **header)))
    assert "harbour: 1 question" in words
    assert "1 document, 2,000 passages · answers in the documents’ own words · 2 November 2026" in words
    assert "Interrupted: 1 of 9 questions." in words


def test_how_it_was_made_is_told() -> None:
    left_out = Item("Q9", "list", left_out="quay.txt is not in the index")
    page = to_html(run(cited(), left_out, command="rag eval <set>", settings={"hits": 5}, versions={"python": "3.12"}))
    made = shown(page.split('<section id="made">')[1])
    for words in ("rag eval <set>", "hits5", "python3.12", "Q9 quay.txt is not in the index"):
        assert words in made


def test_every_figure_of_the_scorecard_is_explained() -> None:
    assert {figure.name for figure in ANSWERS if figure.headline} == set(MEANINGS)


def test_types_keep_the_order_of_the_set() -> None:
    page = to_html(run(*(Item(k, k, {"answerable": 1.0, "all_key_facts": 1.0}) for k in ("zebra", "apple", "zebra"))))
    bars = shown(page.split('<table class="bars">')[1].split("</table>")[0])
    assert bars.index("zebra") < bars.index("apple") < bars.index("all of these")
    assert "100\N{NO-BREAK SPACE}%n 2" in bars


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", as WCAG 2.2 defines it."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_and_marks_have_contrast_enough(scheme: int) -> None:
    palette = re.findall(r":root \{(.*?)\}", to_html(run()), re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", palette))
    washes = ("paper", "faint", "expected-wash", "given-wash", "both-wash")
    pairs = [(word, under, 4.5) for word in ("ink", "soft", "expected", "given") for under in washes]
    pairs += [(word, "paper", 4.5) for word in ("accent", "fault", "fine")] + [
        ("bar", "paper", 3.0),
        ("ink", "bar", 3.0),
        ("neutral", "paper", 3.0),
        ("ink", "neutral", 3.0),
    ]
    for one, other, enough in pairs:
        light, dark = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= enough, (one, other)
