"""The blind tasting: the page gives nothing away and does nothing by itself, and the key undoes the shuffling."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.pairs import CHOICES, Scores, score_choices, sign_test, to_text, wilson, write_pairs
from eval.runs import Item, Run
from index.errors import UsageError

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking".split()
DOCUMENT = "The pier had rusted through. Nobody was hurt."
HOSTILE = "</p><script>window.hacked=1</script><img src=x onerror=window.hacked=2>\u202e\0'\"&amp;`${1}` ]]>"


def item(name: str, text: str, **detail: Any) -> Item:
    citation = {"number": 1, "document": "ferry.txt", "start": 0, "end": 28, "speaker": "Tom Harrow", "date": "2018-03"}
    given = {
        "question": f"What of {name}?",
        "history": [],
        "text": text,
        "model": "secret-model-7b",
        "citations": [citation],
        "excerpts": [{"document": "ferry.txt", "start": 0, "text": DOCUMENT}],
    }
    return Item(name, "plain", {}, 12.345, {**given, **detail})


def run(*items: Item, kind: str = "answers") -> Run:
    header = {"format": 1, "kind": kind, "set": "small.jsonl", "model": "secret-model-7b", "code": "c0de"}
    return Run(header, items)


def numbered(texts: list[str], mark: str) -> Run:
    return run(*(item(f"secret-id-{n}", f"{mark} {text}", question=f"Question {n}?") for n, text in enumerate(texts)))


def key_of(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def sides_of(page: str) -> list[tuple[str, str]]:
    """The left and right answers' text of every pair, as the page has them."""
    texts = re.findall(r'<article><h3>(?:Left|Right)</h3><p class="text" dir="auto">(.*?)</p>', page, re.DOTALL)
    return list(zip(texts[::2], texts[1::2], strict=True))


def saved(path: Path, sheet: str, choices: dict[str, str]) -> Path:
    path.write_text(json.dumps({"sheet": sheet, "choices": choices}), encoding="utf-8")
    return path


# --- the page and its key --------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 30), st.integers(0, 50), st.none() | st.integers(1, 40))
def test_the_key_says_which_run_was_left(count: int, seed: int, limit: int | None) -> None:
    texts = [f"answer {n}" for n in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        written = write_pairs(numbered(texts, "A"), numbered(texts, "B"), Path(folder) / "p.html", limit, seed)
        key, page = key_of(written.key), written.sheet.read_text(encoding="utf-8")
    pairs = [key["pairs"][str(number)] for number in range(1, written.pairs + 1)]
    assert (written.pairs, written.differing) == (min(count, limit or count), count)
    assert len({pair["id"] for pair in pairs}) == written.pairs == len(key["pairs"])
    expected = []
    for pair in pairs:
        sides = [f"{mark} answer {pair['id'].removeprefix('secret-id-')}" for mark in "AB"]
        expected.append(tuple(sides if pair["left"] == "A" else sides[::-1]))
    assert sides_of(page) == expected
    assert f'data-sheet="{key["sheet"]}"' in page
    assert abs(2 * sum(pair["left"] == "A" for pair in pairs) - written.pairs) <= 1, "each run is as often left"


def test_sides_and_order_are_drawn_by_lot_and_can_be_drawn_again(tmp_path: Path) -> None:
    texts = [f"answer {n}" for n in range(30)]
    a, b = numbered(texts, "A"), numbered(texts, "B")
    pages = [write_pairs(a, b, tmp_path / f"{n}.html", None, seed) for n, seed in enumerate((1, 1, 2))]
    first, again, other = (key_of(page.key)["pairs"] for page in pages)
    assert first == again
    assert [pair["id"] for pair in first.values()] != [pair["id"] for pair in other.values()]
    assert [pair["id"] for pair in first.values()] != sorted(pair["id"] for pair in first.values())
    assert [pair["left"] for pair in first.values()] != [pair["left"] for pair in other.values()]


def test_the_page_gives_nothing_away_and_asks_nothing_of_the_network(tmp_path: Path) -> None:
    texts = [f"answer {n}" for n in range(5)]
    page = write_pairs(numbered(texts, "A"), numbered(texts, "B"), tmp_path / "p.html").sheet.read_text("utf-8")
    assert not re.search(r"secret|12\.3|c0de|small\.jsonl|https?:|//\w|@import|url\(|src=", page)
    assert "default-src 'none'" in page
    assert "The pier had rusted through.</q>" in page
    assert "Tom Harrow · 2018-03 · ferry.txt" in page


def test_only_answers_that_differ_are_shown_with_what_was_said_before(tmp_path: Path) -> None:
    history = [{"role": "user", "content": "Was anybody <hurt>?"}, {"role": "assistant", "content": "Nobody."}]
    a = run(
        item("same", "One."), item("other", "Two.", history=history), item("asked", "x", question="A?"), item("a", "x")
    )
    b = run(
        item("same", "One. "),
        item("other", "Zwei.", history=history),
        item("asked", "y", question="B?"),
        item("b", "x"),
    )
    written = write_pairs(a, b, tmp_path / "p.html")
    assert [pair["id"] for pair in key_of(written.key)["pairs"].values()] == ["other"]
    assert written.key.name == "p.html.key.json"
    page = written.sheet.read_text(encoding="utf-8")
    assert "<span>Asked</span> Was anybody &lt;hurt&gt;?" in page
    assert "<span>Answered</span> Nobody." in page


def test_words_that_the_run_did_not_keep_are_said_to_be_missing(tmp_path: Path) -> None:
    a = run(item("q", "", excerpts=[{"document": "ferry.txt", "start": 5, "text": DOCUMENT[5:]}]))
    b = run(item("q", "Something.", citations=[]))
    page = write_pairs(a, b, tmp_path / "p.html").sheet.read_text(encoding="utf-8")
    assert page.count("The words are not kept in the run.") == 1
    assert page.count("No words at all.") == 1
    assert page.count("Footnotes") == 1


@pytest.mark.parametrize(
    ("a", "b", "limit", "message"),
    [
        (run(item("q", "x")), run(item("q", "x")), None, "no question that they answer in different words"),
        (run(item("q", "x")), run(item("r", "x")), None, "no question in common"),
        (run(item("q", "x")), run(item("q", "y"), kind="pages"), None, "Name runs of one kind"),
        (run(item("q", "x")), run(item("q", "y")), 0, "Can't show 0 pairs"),
    ],
)
def test_what_can_not_be_shown_is_a_usage_error(
    a: Run, b: Run, limit: int | None, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        write_pairs(a, b, tmp_path / "p.html", limit)
    assert not list(tmp_path.iterdir())


def test_a_page_that_can_not_be_written_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Can't write the page to .*p\.html: name a file in a folder that exists"):
        write_pairs(run(item("q", "x")), run(item("q", "y")), tmp_path / "none" / "p.html")


def test_nothing_but_an_earlier_page_is_replaced(tmp_path: Path) -> None:
    a, b, out = run(item("q", "x")), run(item("q", "y")), tmp_path / "p.html"
    written = write_pairs(a, b, out)
    before = written.key.read_bytes()
    assert write_pairs(a, b, out).key.read_bytes() == before
    for other in ("z", "y and more"):
        with pytest.raises(UsageError, match=r"p\.html\.key\.json is there already, and is not the key of this page"):
            write_pairs(a, run(item("q", other)), out)
    assert written.key.read_bytes() == before
    assert "y and more" not in out.read_text("utf-8")
    out.write_text('{"id": "q"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="is there already and is not a page of the evaluation"):
        write_pairs(a, b, out)
    assert out.read_text("utf-8") == '{"id": "q"}\n'


# --- the scores ------------------------------------------------------------------------------------------------


def test_a_count_worked_out_by_hand(tmp_path: Path) -> None:
    key = tmp_path / "p.key.json"
    pairs = {str(n): {"id": f"q{n}", "left": "A" if n % 2 else "B"} for n in range(1, 9)}
    key.write_text(json.dumps({"sheet": "5a", "pairs": pairs}), encoding="utf-8")
    chosen = {"1": "left", "2": "left", "3": "right", "4": "right", "5": "same", "6": "left", "7": "neither"}
    scores = score_choices(key, saved(tmp_path / "c.json", "5a", chosen))
    assert scores == Scores(a=2, b=3, same=1, left=3, pairs=8, neither=1)
    assert (scores.judged, scores.decided, scores.share_b, scores.p_value) == (7, 5, 0.6, 1.0)
    assert to_text(scores).splitlines() == [
        "A preferred: 2, B preferred: 3, the same: 1, neither good: 1 (7 of 8 pairs judged)",
        "B in 60.0% of the 5 decided pairs (95 % interval 23.1% to 88.2%; two-sided sign test, p = 1.000): "
        "no clear preference",
        "Left in 3 of the 5 decided pairs: no side was favoured",
    ]


def test_a_clear_preference_and_a_habit_are_said() -> None:
    text = to_text(Scores(a=2, b=18, same=0, left=17, pairs=20))
    assert "p = 0.000): B is preferred" in text
    assert "Left in 17 of the 20 decided pairs: a side was favoured, whatever stood there" in text
    assert "A is preferred" in to_text(Scores(a=18, b=2, same=0, left=10, pairs=20))
    assert to_text(Scores(0, 0, 3, 0, 3)).endswith("No pair was decided, so there is no preference to tell.")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(0, 0, None), (1, 0, 1.0), (0, 5, 2 / 32), (1, 9, 22 / 1024), (5, 5, 1.0), (2, 8, 2 * (1 + 10 + 45) / 1024)],
)
def test_the_sign_test(one: int, other: int, expected: float | None) -> None:
    assert sign_test(one, other) == sign_test(other, one) == expected


def test_wilsons_interval() -> None:
    assert wilson(0, 0) is None
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)  # 1.96² / (10 + 1.96²)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


@given(st.integers(0, 400), st.integers(0, 400))
def test_intervals_and_chances_stay_in_range(wins: int, losses: int) -> None:
    scores = Scores(losses, wins, 0, 0, wins + losses)
    if scores.decided:
        assert scores.interval is not None
        assert scores.p_value is not None
        assert 0 <= scores.interval[0] <= wins / scores.decided <= scores.interval[1] <= 1
        assert 0 < scores.p_value <= 1
        mirrored = wilson(losses, scores.decided)
        assert mirrored is not None
        assert mirrored == pytest.approx((1 - scores.interval[1], 1 - scores.interval[0]))


@settings(deadline=None)  # the first one imports scipy
@given(st.integers(0, 40), st.integers(0, 40))
def test_the_sign_test_is_the_binomial_test(one: int, other: int) -> None:
    stats = pytest.importorskip("scipy.stats")
    if one + other:
        assert sign_test(one, other) == pytest.approx(stats.binomtest(one, one + other).pvalue)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["A", "B", "same", None]), min_size=1, max_size=20), st.integers(0, 99), st.integers(0, 99)
)
def test_the_score_does_not_depend_on_the_shuffling(wanted: list[str | None], seed: int, other: int) -> None:
    texts = [f"answer {n}" for n in range(len(wanted))]
    scores = []
    for lot in (seed, other):
        with tempfile.TemporaryDirectory() as folder:
            written = write_pairs(numbered(texts, "A"), numbered(texts, "B"), Path(folder) / "p.html", None, lot)
            key = key_of(written.key)
            choices = {}
            for number, pair in key["pairs"].items():
                winner = wanted[int(pair["id"].removeprefix("secret-id-"))]
                if winner is not None:
                    choices[number] = "same" if winner == "same" else "left" if winner == pair["left"] else "right"
            scores.append(score_choices(written.key, saved(Path(folder) / "c.json", key["sheet"], choices)))
    for score in scores:
        assert (score.a, score.b, score.same) == tuple(wanted.count(winner) for winner in ("A", "B", "same"))
        assert score.pairs == len(wanted)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not what the page's button saves"),
        ("[]", "is not what the page's button saves"),
        ('{"sheet": "5a"}', "is not what the page's button saves"),
        ('{"sheet": "5a", "choices": ["left"]}', "is not what the page's button saves"),
        ('{"sheet": "5b", "choices": {"1": "left"}}', "is of another page"),
        ('{"sheet": "5a", "choices": {"2": "left"}}', "Pair 2 of .* is not in"),
        ('{"sheet": "5a", "choices": {"1": "up"}}', "Pair 1 of .* holds no choice"),
        ('{"sheet": "5a", "choices": {"1": ["left"]}}', "Pair 1 of .* holds no choice"),
    ],
)
def test_choices_that_do_not_fit_are_a_usage_error(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text('{"sheet": "5a", "pairs": {"1": {"id": "q", "left": "A"}}}', encoding="utf-8")
    (tmp_path / "choices").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        score_choices(tmp_path / "key", tmp_path / "choices")
    with pytest.raises(UsageError, match="is not the key of a page"):
        score_choices(tmp_path / "choices", tmp_path / "choices")
    with pytest.raises(
        UsageError, match=r"Can't read .*none: No such file or directory\. Name the file that the page's button saved"
    ):
        score_choices(tmp_path / "key", tmp_path / "none")


# --- in a browser ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason='needs playwright: pip install "footnote-rag[test]"')
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        message = "no Chromium or Chrome on the PATH: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


def hostile_runs() -> tuple[Run, Run]:
    history = [{"role": "user", "content": HOSTILE}]
    cited = {"number": HOSTILE, "document": HOSTILE, "start": 0, "end": len(HOSTILE), "speaker": HOSTILE}
    said = {
        "question": HOSTILE,
        "history": history,
        "citations": [cited],
        "excerpts": [{"document": HOSTILE, "start": 0, "text": HOSTILE}],
    }
    long = "Donaudampfschifffahrtsgesellschaft" * 12
    a = run(item(HOSTILE, f"{HOSTILE} one", **said), item("long", long), item("plain", "It rusted. [1]"))
    b = run(item(HOSTILE, f"{HOSTILE} two", **said), item("long", "Short."), item("plain", "It was closed. [1]"))
    return a, b


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_chooses_and_saves(browser: Any, tmp_path: Path, width: int, scheme: str) -> None:
    written = write_pairs(*hostile_runs(), tmp_path / "pairs.html", None, seed=3)
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, accept_downloads=True)
    page = context.new_page()
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(written.sheet.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#count").inner_text() == "0 of 3 chosen"
    assert page.locator("button").is_disabled()

    for number, words in (("1", "Left is better"), ("2", "About the same")):
        page.locator("section").nth(int(number) - 1).get_by_text(words).click()
    page.locator('input[name="2"]').nth(1).press("ArrowRight")  # the keyboard is enough
    assert page.locator("#count").inner_text() == "2 of 3 chosen"
    for wait in range(12):  # on a busy machine Chromium now and then hands a file's page an empty store at first
        page.wait_for_timeout(250 * wait)
        page.reload()
        if page.locator("#count").inner_text() != "0 of 3 chosen":
            break
    assert page.locator("#count").inner_text() == "2 of 3 chosen", "kept while the page was closed"
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the choices").click()
    download.value.save_as(tmp_path / "choices.json")
    assert download.value.suggested_filename == "choices.json"
    assert json.loads((tmp_path / "choices.json").read_text(encoding="utf-8"))["choices"] == {"1": "left", "2": "right"}
    scores = score_choices(written.key, tmp_path / "choices.json")
    assert (scores.judged, scores.pairs, scores.left) == (2, 3, 1)

    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main script").count() == 0
    assert page.locator(".text", has_text="onerror=window.hacked=2").count() == 2
    assert problems == []
    assert {url.split(":")[0] for url in requests} <= {"file", "blob"}
    if os.environ.get("FOOTNOTE_SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["FOOTNOTE_SCREENSHOTS"]) / f"pairs-{width}-{scheme}.png", full_page=True)
    context.close()


def test_the_choices_are_the_ones_on_the_page(tmp_path: Path) -> None:
    page = write_pairs(run(item("q", "x")), run(item("q", "y")), tmp_path / "p.html").sheet.read_text("utf-8")
    assert tuple(re.findall(r'<input type="radio" name="1" value="(\w+)">', page)) == CHOICES
    assert math.isclose(len(page.encode()), len(page), rel_tol=0.05)
