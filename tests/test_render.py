"""What the page shows of answers, as pure functions: escaped, and marked where it should be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages import HOSTILE, Page, answer, citation, document

from index.catalog import Skipped
from index.document import Block, Passage
from rag.answering import Sentence
from rag.retrieve import Hit
from ui import notes, render, sources, viewer
from ui.library import FileState, Step


def test_a_quotation_is_told_apart_from_its_introduction() -> None:
    source = document("He said: It was\nsplendid. Then he left.")
    cited = citation(source, "It was\nsplendid.")
    text = "Martin Roe (President, Example USA), in “A title” (Dec 1, 2017): “It was splendid.”"
    html = render.answer_html(answer(sentences=(Sentence(text, (1,), "verbatim"),), citations=(cited,)))
    page = Page(html)
    assert page.text("quote") == "“It was splendid.”"
    assert page.text("introduction") == "Martin Roe (President, Example USA), in “A title” (Dec 1, 2017): "
    assert "<strong>Martin Roe</strong> (President" in html
    assert page.text("sentence", without="footnote") == text


def test_a_footnote_leads_to_its_characters() -> None:
    source = document("Before. The quote. After.")
    cited = citation(source, "The quote.")
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    footnotes = Page(html).with_class("footnote")
    assert len(footnotes) == 2  # in the sentence and in the list of sources
    for tag, attributes in footnotes:
        assert tag == "button"
        assert source.text[int(attributes["data-start"]) : int(attributes["data-end"])] == "The quote."
        assert attributes["data-document"] == "d1"
        assert attributes["aria-label"] == "Footnote 1: Martin Roe, in A title"


def test_sources_name_who_where_and_when() -> None:
    source = document("The quote.", (Block("quotation", 0, 10),))
    cited = citation(source, "The quote.", speaker=None, role=None, via=("Example Journal",), page=3)
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    sources = Page(html).text("source-text")
    assert sources == "Undisclosed speaker · quoted by Example JournalA title · Example Press · Dec 1, 2017 · page 3"


@pytest.mark.parametrize(
    ("kind", "author", "shown"),
    [
        ("comment", "Ann Author", "Undisclosed commenter"),
        ("interview_answer", "Ann Author", "Undisclosed speaker"),
        ("body", "Ann Author", "The document’s own text, by Ann Author"),
        ("body", None, "The document’s own text, by an undisclosed author"),
    ],
)
def test_a_speaker_that_the_document_does_not_name_is_not_guessed(kind: str, author: str | None, shown: str) -> None:
    source = document("The quote.", (Block(kind, 0, 10),), author=author)
    cited = citation(source, "The quote.", speaker=None, role=None)
    html = render.answer_html(answer(sentences=(Sentence("“The quote.”", (1,), "verbatim"),), citations=(cited,)))
    assert f"<strong>{shown}</strong>" in html


@pytest.mark.parametrize("verdict", sorted(render.VERDICTS))
def test_each_verdict_has_a_mark_and_a_meaning(verdict: str) -> None:
    cited = citation(document("The quote."), "The quote.")
    said = Sentence("Some words.", (1,), verdict)
    html = render.answer_html(answer(sentences=(said,), citations=(cited,), model="llama3.1"))
    page = Page(html)
    (tag, attributes) = page.with_class("verdict")[0]
    assert tag == "button"
    assert attributes["aria-describedby"] == page.with_class("why")[0][1]["id"]
    assert page.text("why").startswith(render.VERDICTS[verdict][1])
    assert page.text("verdict").endswith(verdict)


def test_a_sentence_without_footnotes_has_no_verdict() -> None:
    html = render.answer_html(answer(sentences=(Sentence("Hello.", (), "verbatim"),)))
    assert "Hello." in html
    assert "verdict" not in html


def test_no_sentence_yet_shows_what_is_going_on() -> None:
    assert "Looking through the documents" in render.answer_html(answer(complete=False))
    writing = render.answer_html(answer(complete=False, model="llama3.1"))
    assert "Writing… checking each sentence before it is shown" in writing


def test_an_abstention_says_why_and_shows_the_closest_passages() -> None:
    source = document("Quaycom is mentioned here.")
    hits = tuple(Hit(Passage(f"p{n}", "d1", 0, 5, "body"), source, 0.1) for n in range(5))
    text = "The documents mention Quaycom but don't say who runs it."
    html = render.answer_html(answer(status="abstained", reason="not_in_corpus", text=text, hits=hits))
    page = Page(html)
    assert page.text("sentence") == text
    assert "Closest passages" in html
    assert len(page.with_class("passage")) == render.CLOSEST_SHOWN
    assert page.with_class("passage")[0][1]["data-end"] == "5"


def test_the_footer_says_who_wrote_it() -> None:
    assert "In the documents’ own words · 0.4 s" in render.answer_html(answer())
    written = render.answer_html(answer(model="llama3.1", removed=2))
    assert "Written by llama3.1, each sentence checked · 2 removed by the check · 0.4 s" in written


def test_accounts_that_disagree_stand_side_by_side() -> None:
    source = document("First. Second. Third.")
    cited = tuple(citation(source, quote, n) for n, quote in enumerate(("First.", "Second.", "Third."), start=1))
    notes = ("", "The documents disagree on the date. Roe: ", "")
    sentences = tuple(
        Sentence(f"{note}“{c.quote}”", (c.number,), "verbatim") for note, c in zip(notes, cited, strict=True)
    )
    page = Page(render.answer_html(answer(sentences=sentences, citations=cited, conflicts=((2, 3),))))
    assert page.text("reason") == "The documents disagree on the date."
    assert len(page.with_class("side")) == 2
    assert page.text("by") == "Martin Roe · Dec 1, 2017" * 2
    assert page.text("quote") == "“First.”“Second.”“Third.”"


def test_accounts_of_one_sentence_that_disagree_are_quoted_below_it() -> None:
    source = document("First. Second.")
    cited = (citation(source, "First."), citation(source, "Second.", 2))
    sentences = (Sentence("They differ.", (1, 2), "supported"),)
    page = Page(render.answer_html(answer(sentences=sentences, citations=cited, conflicts=((1, 2),))))
    assert page.text("reason") == render.DISAGREE
    assert page.text("quote") == "First.Second."


# ------------------------------------------------------------ escaping, lists, dates


def test_nothing_that_others_wrote_becomes_markup() -> None:
    source = document(HOSTILE, title=HOSTILE, author=HOSTILE, publisher=HOSTILE, path=HOSTILE, id=HOSTILE)
    cited = citation(source, HOSTILE, speaker=HOSTILE, role=HOSTILE, via=(HOSTILE,), date=HOSTILE)
    hit = Hit(Passage("p", HOSTILE, 0, 9, "body", speaker=HOSTILE), source, 1.0)
    sentences = tuple(Sentence(HOSTILE, (1,), verdict, HOSTILE) for verdict in ("verbatim", "partial", HOSTILE))
    written = answer(sentences=sentences, citations=(cited,), notice=HOSTILE, model=HOSTILE)
    shown = [
        render.answer_html(
            replace(written, filters={HOSTILE: (HOSTILE,)}),
            host=HOSTILE,
            markdown=HOSTILE,
        ),
        render.answer_html(answer(status="abstained", reason=HOSTILE, text=HOSTILE, hits=(hit,))),
        viewer.document_html(source, [(3, 9)], (5, 20)),
        sources.documents_html([source], [Skipped(HOSTILE, HOSTILE)], [HOSTILE]),
        sources.step_html(Step(HOSTILE, 1, 2, (FileState(HOSTILE, HOSTILE, HOSTILE),), error=HOSTILE)),
        render.question_html(HOSTILE),
        render.problem_html(HOSTILE),
        render.welcome_html([HOSTILE]),
        sources.indexing_html(HOSTILE, 1, 2, None) + sources.indexing_html("", 0, 0, HOSTILE),
    ]
    for html in shown:
        for tag, attributes in Page(html).elements:
            assert tag not in {"script", "img", "iframe", "style", "link", "a"}
            assert not [name for name in attributes if name.startswith("on") or name in {"src", "href", "style"}]


def test_the_host_of_a_model_is_named() -> None:
    written = render.answer_html(answer(model="llama3.1"), host="127.0.0.1:11434")
    assert "Written by llama3.1 at 127.0.0.1:11434, each sentence checked" in written


def test_the_card_of_a_footnote_has_all_that_is_known() -> None:
    source = document("The quote.", page_starts=(0,))
    cited = citation(source, "The quote.", via=("Example Journal", "Mill Wire"), page=1)
    sentences = (Sentence("“The quote.”", (1,), "verbatim"),)
    page = Page(render.answer_html(answer(sentences=sentences, citations=(cited,)), turn=4))
    chip = page.with_class("footnote")[0][1]
    assert chip["data-card"] == chip["aria-describedby"] == page.with_class("note")[0][1]["id"] == "note-4-1"
    assert page.text("note") == (
        "The quote.Martin Roe, President, Example USA · quoted by Example Journal, as quoted by Mill Wire"
        "A title · Example Press · Dec 1, 2017 · page 1"
    )


def test_a_long_quote_is_cut_in_its_card_only() -> None:
    source = document("word " * 400)
    cited = citation(source, source.text.strip())
    page = Page(render.answer_html(answer(sentences=(Sentence("So.", (1,), "supported"),), citations=(cited,))))
    assert len(page.text("note")) < 800
    assert notes.excerpt("one two three", 8) == "one two …"


def test_the_list_of_documents_says_what_each_is_and_what_was_left_out() -> None:
    html = sources.documents_html([document("one two three")], [Skipped("scan.pdf", "no text in it")])
    assert "1 document<" in html
    assert "Example Press · Dec 1, 2017 · TXT · 3\N{NO-BREAK SPACE}words" in html
    assert "<b>scan.pdf</b> no text in it" in html
    assert "Nothing is indexed yet" in sources.documents_html([])


def test_indexing_shows_how_far_it_is() -> None:
    assert 'value="3" max="10"' in sources.indexing_html("Embedding", 3, 10, None)
    assert sources.indexing_html("", 0, 0, None) == ""


# ------------------------------------------------------------ what was searched for


def test_what_was_searched_for_is_shown_where_it_is_not_the_question() -> None:
    asked = answer(
        search_query=f"Who built the mill? {HOSTILE}", filters={"kind": ("comment",), "speaker": ("Jane Roe",)}
    )
    assert render.searched(asked) == f"Searched for: Who built the mill? {HOSTILE} · Only: comments, Jane Roe"
    page = Page(render.answer_html(replace(asked, text="So.", sentences=(Sentence("So.", (), ""),))))
    assert all(tag not in ("script", "img") for tag, _ in page.elements)
    chips = [(chip["data-without"], chip["data-again"]) for _, chip in page.with_class("filter-chip")]
    assert chips == [("kind", "0"), ("speaker", "0")]
    assert page.text("searched").endswith("Only: comments ✕ · Jane Roe ✕")


def test_nothing_is_said_of_a_search_for_the_question_itself() -> None:
    assert render.searched(answer()) == ""
    assert "Searched" not in render.answer_html(answer(text="So.", sentences=(Sentence("So.", (), ""),)))


@pytest.mark.parametrize(
    ("interval", "shown"),
    [
        ("2017-11..2018-02", "Nov 2017 to Feb 2018"),
        ("2017-11-03", "Nov 3, 2017"),
        ("2017..2017", "2017"),
        ("..2018-02", "until Feb 2018"),
        ("2018..", "since 2018"),
    ],
)
def test_a_period_is_said_in_words(interval: str, shown: str) -> None:
    assert render.searched(answer(filters={"date": (interval,)})) == f"Only: {shown}"


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (("a/one.txt",), "The First ✕"),
        (("a/one.txt", "b/two.txt"), "The First, two.txt ✕"),
        (("a/one.txt", "b/two.txt", "c.txt"), "The First and 2 more ✕"),
    ],
)
def test_a_limit_to_documents_names_them_by_title(paths: tuple[str, ...], shown: str) -> None:
    limited = answer(filters={"document": paths}, sentences=(Sentence("So.", (), ""),))
    html = render.answer_html(limited, names={"a/one.txt": "The First"})
    assert Page(html).text("filter-chip") == shown
    assert render.searched(limited, {"a/one.txt": "The First"}).startswith("Only: The First")


# ------------------------------------------------------------ what a reader sees at a glance


def test_each_sentence_of_a_notice_stands_alone() -> None:
    notice = "About 33% of the article “One. Two” is masked: it can't be read. These are the closest."
    page = Page(render.answer_html(answer(notice=notice, sentences=(Sentence("So.", (), ""),))))
    lines = [words for words, path in page.words if any("said" in at.get("class", "") for _, at in path)]
    assert lines == ["About 33% of the article “One. Two” is masked: it can't be read.", "These are the closest."]


def test_quotations_are_called_word_for_word_once() -> None:
    cited = (citation(document("The quote. Another one."), "The quote."),)
    quoted = answer(sentences=(Sentence("Roe: “The quote.”", (1,), "verbatim"),), citations=cited)
    page = Page(render.answer_html(quoted))
    assert page.with_class("verdict") == []
    assert page.text("made") == "All quotations word for word · 0.4 s"
    written = Page(render.answer_html(replace(quoted, model="llama3.1")))
    assert written.text("verdict") == "✓ verbatim"


def test_a_footnote_stays_with_the_last_word() -> None:
    cited = (citation(document("The very long quote."), "The very long quote."),)
    page = Page(
        render.answer_html(
            answer(sentences=(Sentence("Roe: “The very long quote.”", (1,), "verbatim"),), citations=cited)
        )
    )
    assert page.text("end") == "quote.”1"
    assert page.text("quote") == "“The very long quote.”"


def test_an_undated_comment_never_takes_the_date_of_its_article() -> None:
    source = document("So it goes. And on it goes.", (Block("comment", 0, 27),))
    cited = tuple(
        citation(source, quote, number, speaker=None, role=None, date=None)
        for number, quote in ((1, "So it goes."), (2, "And on it goes."))
    )
    page = Page(render.answer_html(answer(sentences=(Sentence("They say.", (1, 2), "supported"),), citations=cited)))
    assert "comment, undated · article Dec 1, 2017 · “So it goes.”" in page.text("source-text")
    assert "comment, undated · article Dec 1, 2017 · “And on it goes.”" in page.text("source-text")
    assert notes.dated(replace(cited[0], date="2018-01-02")) == "Jan 2, 2018"
    assert notes.dated(replace(cited[0], document=replace(source, published=None))) == "date undisclosed"


def test_a_long_question_is_cut_until_more_is_wanted() -> None:
    assert "data-more" not in render.question_html("Who?")
    assert Page(render.question_html("word " * 90)).with_class("more")
    assert Page(render.question_html("a\nb\nc\nd")).with_class("more")
