"""An answer to paste elsewhere: marks, footnotes, and nothing of a document that becomes a link or a picture."""

from __future__ import annotations

import re

from pages import answer, citation, document

from index.document import Passage
from rag.answering import Sentence
from rag.retrieve import Hit
from ui.markdown import answer_markdown


def test_an_answer_has_its_marks_and_its_footnotes() -> None:
    source = document("The quote.\nAnother one.", page_starts=(0,))
    cited = (
        citation(source, "The quote.", via=("Example Journal",), page=1),
        citation(source, "Another one.", 2, speaker=None, role=None, date=None),
    )
    sentences = (Sentence("Roe: “The quote.”", (1,), "verbatim"), Sentence("Both.", (1, 2), "supported"))
    assert answer_markdown(answer(sentences=sentences, citations=cited, question="Who?")) == (
        "**Who?**\n\n"
        "Roe: “The quote.” [1]\n\n"
        "Both. [1][2]\n\n"
        "[1] “The quote.” — Martin Roe, President, Example USA · quoted by Example Journal · A title · Example Press · "
        "Dec 1, 2017 · page 1 · news/a.txt\n\n"
        "[2] “Another one.” — The document’s own text, by an undisclosed author · A title · Example Press · "
        "date undisclosed · news/a.txt\n\n"
        "In the documents’ own words · 0.4 s\n"
    )


def test_an_abstention_has_the_closest_passages() -> None:
    source = document("Quaycom is mentioned here.")
    hits = (Hit(Passage("p", "d1", 0, 26, "body"), source, 0.1),)
    copied = answer_markdown(answer(status="abstained", reason="not_in_corpus", text="They don't say.", hits=hits))
    assert copied.startswith("**Who?**\n\n**Not found in the documents.**\n\nThey don't say.")
    assert "They don't say.\n\nClosest passages:\n\n> Quaycom is mentioned here. — A title" in copied


def test_the_caution_and_what_was_searched_come_along() -> None:
    said = answer(
        notice="These may not be the answer.",
        question="And when?",
        search_query="When did it close?",
        filters={"kind": ("comment",), "document": ("a/one.txt",)},
        sentences=(Sentence("So.", (), ""),),
    )
    assert answer_markdown(said, names={"a/one.txt": "The First"}).startswith(
        "> These may not be the answer.\n\n**And when?**\n\n"
        "Searched for: When did it close? · Only: comments, The First\n\nSo.\n\n"
    )


def test_what_documents_say_is_no_markup() -> None:
    hostile = "![x](http://evil.example/x.png) <script> *b* `c` _d_ [e](javascript:f)"
    source = document(hostile, title=hostile, publisher=hostile, path=hostile)
    cited = citation(source, hostile, speaker=hostile)
    copied = answer_markdown(answer(question=hostile, sentences=(Sentence(hostile, (1,), ""),), citations=(cited,)))
    plain = re.sub(r"\\.", "", copied)  # without what is escaped
    assert "![" not in plain
    assert "](" not in plain
    assert "<" not in plain
    assert "`" not in plain
    assert "!\\[x\\](http" in copied
