"""What leads from the page's figures to the questions, what its heading warns of, and what a question's card adds."""

from __future__ import annotations

import re

import pytest
from test_page import Reader, answered, benchmark, cited, run, shown, unanswerable

from eval.figures import Figure, mean
from eval.page import to_html
from eval.page_text import Mark, whole_words
from eval.page_verdict import notices
from eval.report import to_markdown
from eval.runs import Item


def section(page: str, name: str) -> str:
    return page.split(f'<section id="{name}">')[1].split("</section>")[0]


def left_out(name: str) -> Item:
    return Item(name, "list", left_out="quay.txt is not in the index")


# From figures to questions


def test_every_question_is_reached_from_its_type() -> None:
    items = [cited(), answered("Q2"), unanswerable("Q3", True), unanswerable("Q4", False)]
    page = to_html(run(*items))
    rows = re.findall(r'<th scope="row"><a href="#(type\d)">([^<]*)</a>', section(page, "types"))
    assert rows == [("type1", "single fact"), ("type2", "unanswerable absent")]
    lists = re.findall(r'<ol id="type\d">(.*?)</ol>', page)
    listed = [re.findall(r'<li class="(\w+)"><a href="#(q\d)">', part) for part in lists]
    assert [[kind for kind, _ in questions] for questions in listed] == [["missing", "said"], ["missing", "said"]]
    ids = {attributes.get("id") for _, attributes in Reader(page).tags}
    assert {anchor for questions in listed for _, anchor in questions} == {"q1", "q2", "q3", "q4"} <= ids


def test_a_type_that_is_answerable_and_not_has_two_lists() -> None:
    trap = Item("Q1", "trap", unanswerable("Q1", False).measures, 0.1)
    page = to_html(run(trap, Item("Q2", "trap", answered("Q2").measures, 0.1)))
    index = shown(section(page, "index"))
    assert index.index("Questions the documents answer") < index.index("Q2") < index.index("Questions they do not")
    assert index.index("Questions they do not answer") < index.index("Q1")


def test_a_figure_that_counts_faults_leads_to_them() -> None:
    wrong = [answered(f"W{number}", forbidden=1.0) for number in range(2)]
    page = to_html(run(*wrong, answered("Q", forbidden=0.0, outdated=0.0)))
    assert 'lower is better · <a href="#fault-forbidden">2 questions</a>' in section(page, "scorecard")
    assert page.count('<a href="#q', page.index('<ol id="fault-forbidden">')) >= 2
    assert "fault-outdated" not in page


def test_runs_that_have_no_index_of_questions_do_not_link_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    slips = Figure("slips", "Slips", ("slips",), mean, better="lower", headline=True)
    monkeypatch.setattr("eval.page.figures_of", lambda run: (slips,))
    page = to_html(benchmark(Item("Q", "list", {"slips": 1.0})))
    assert "lower is better" in page
    assert "#fault" not in page


def test_a_figure_over_few_questions_is_weaker() -> None:
    page = to_html(run(*(answered(f"Q{number}", forbidden=0.0 if number else None) for number in range(10))))
    few = [card for card in page.split('<li class="card')[1:] if card.startswith(" few")]
    assert ["n 9, few questions" in shown(card) for card in few] == [True]
    assert "Answers that say what is wrong" in few[0]


def test_what_is_neither_good_nor_bad_has_no_colour() -> None:
    page = to_html(run(Item("Q", "trap", {"answerable": 0.0, "misleading_recall@1000": 1.0}, 0.1)))
    assert page.count('<rect class="value neutral"') == 2
    assert "Came upon misleading text" in page


# The heading


def test_what_is_missing_of_a_run_is_said_first() -> None:
    made = run(answered("Q", fallback=1.0), answered("R", fallback=0.0), left_out("S"), questions=5, model="m")
    told = [
        "Interrupted: 3 of 5 questions.",
        "1 of 2 answers is quotes because the model failed.",
        "1 of 3 questions was left out; every figure is over the other 2.",
    ]
    assert notices(made) == told
    assert shown(to_html(made)).index(" ".join(told)) < shown(to_html(made)).index("answerable questions were")
    assert to_markdown(made).split("\n\n")[1:4] == [f"**{words}**" for words in told]


def test_a_whole_run_has_no_warning() -> None:
    assert notices(run(answered("Q", fallback=0.0), questions=1)) == []
    assert notices(run(answered("Q"), questions=0)) == []
    assert notices(run(left_out("Q"), questions=1)) == ["1 of 1 question was left out; nothing was measured."]
    assert to_markdown(run(answered("Q"), model="m")).startswith("# sets/harbour.jsonl: 1 question, asked of m\n")


def test_the_page_and_the_terminal_have_the_same_figures() -> None:
    made = run(cited(), unanswerable("Q2", True), model="m")
    _, _, *rows = to_markdown(made).split("\n\n")[1].splitlines()
    assert f"All {len(rows)} figures" in to_html(made)


# A question's card


def refusal(confidence: float) -> Item:
    return Item("Q", "x", unanswerable("Q", False, confidence).measures, 0.1, {"status": "abstained", "reason": None})


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.07, "confidence 0.07, under the bar of 0.23"),
        (0.2299, "confidence 0.230, under the bar of 0.233"),
        (0.5, "confidence 0.50"),
    ],
)
def test_a_refusal_says_whether_it_was_under_the_bar(confidence: float, words: str) -> None:
    page = to_html(run(refusal(confidence), settings={"abstain_below": 0.233}))
    assert f'<span class="confidence">{words}</span>' in page
    assert "bar of" not in to_html(run(refusal(confidence)))


def test_a_card_says_what_the_set_asks_for() -> None:
    said = {"document": "quay.txt", "start": 19, "end": 36, "speakers": ["Ada"], "via": ["Bo"], "date": "2019-03-01"}
    words = shown(to_html(run(cited(expected=[said], must_not=["1902", "of wood|oak"], forbidden=["1902"]))))
    assert "speaker: Ada, quoted by Bo · dated 2019-03-01" in words
    assert "“1902”: said“of wood” or “oak”: not said" in words


def test_an_excerpt_says_whether_its_document_goes_on() -> None:
    excerpt = {"document": "quay.txt", "start": 10, "text": "ong. It was built in 1901, says"}
    for ends, style in ((None, "text cut more"), (False, "text cut more"), (True, "text cut")):
        assert f'<blockquote class="{style}">' in to_html(run(cited(excerpts=[{**excerpt, "ends": ends}])))


@pytest.mark.parametrize(
    ("text", "start", "marks", "ends", "words", "begins"),
    [
        ("ong quay is lo", 5, [], False, "quay is", 9),
        ("ong quay is lo", 5, [], True, "quay is lo", 9),
        ("The quay is lo", 0, [], False, "The quay is", 0),
        ("ong quay is lo", 5, [(0, 6), (18, 40)], False, "ong quay is lo", 5),
        ("ong quay is lo", 5, [(9, 16)], False, "quay is", 9),
        ("x" * 50, 5, [], False, "x" * 50, 5),
        ("", 5, [], False, "", 5),
        (" ", 5, [], False, "", 6),
    ],
)
def test_words_are_not_shown_in_pieces(
    text: str, start: int, marks: list[tuple[int, int]], ends: bool, words: str, begins: int
) -> None:
    spans = [Mark(*mark, "given", "1") for mark in marks]
    assert whole_words(text, start, spans, ends=ends) == (words, begins)
