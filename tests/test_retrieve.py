"""Retrieval: fusion, near-duplicates, packing, filters, and questions made of anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import MakeIndex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.document import Document, Passage
from index.errors import UsageError
from index.opening import Index
from rag.retrieve import Filters, Found, Hit, fuse, pack, retrieve, search_words, without_near_duplicates
from rag.settings import Settings
from rag.weigh import SAYS_WEIGHT, Query, covered, quoted_phrases, word_weights

pytestmark = pytest.mark.usefixtures("plain_environment")

MILL = """The mill on the Aller

By Jane Roe, May 4, 2019

The mill opened in 1891 and ground barley for the breweries of the valley until the great flood.

After the flood of 1920 the owners sold the wheel to a museum and moved their workshop to the coast.

Comments

Otto Brand
May 5, 2019

My grandfather repaired the wheel of the mill every winter and he never spoke well of the owners.
"""
HARBOUR = """The harbour dredger

By Sam Poe, June 1, 2020

The dredger Marigold clears the harbour of sand each spring before the fishing fleet comes home.
"""


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index({"mill.txt": MILL, "harbour.txt": HARBOUR})


def found(question: str, index: Index, filters: Filters | None = None, **changes: int) -> Found:
    query = Query(question, index.embedder.encode([question])[0])
    return retrieve(query, index, filters or {}, Settings(**changes))


def hit(text: str, score: float = 1.0, start: int = 0, kind: str = "body") -> Hit:
    return Hit(Passage(f"p{text}", "d", start, start + len(text), kind), Document("d", "d", *[None] * 4, text), score)


def test_fusion_by_hand() -> None:
    fused = fuse([["a", "b", "c"], ["b", "d"]])
    assert list(fused) == ["b", "a", "d", "c"]
    assert fused["b"] == pytest.approx(1 / 62 + 1 / 61)
    assert fused["a"] == pytest.approx(1 / 61)
    assert fused["d"] == pytest.approx(1 / 62)


def test_fusion_settles_ties_by_id_and_takes_empty_rankings() -> None:
    assert list(fuse([["z"], ["a"]])) == ["a", "z"]
    assert fuse([]) == fuse([[], []]) == {}


def test_near_duplicates_are_dropped_and_the_better_one_stays() -> None:
    better, nearly = (
        hit("The mill opened in 1891 by the river Aller."),
        hit("The mill opened in 1891 by the river Aller!"),
    )
    other = hit("The dredger clears the harbour of sand.")
    assert without_near_duplicates([better, nearly, other]) == [better, other]


def test_words_that_a_comment_repeats_go_where_the_whole_comment_stands() -> None:
    repeated = hit("The mill opened in 1891 …", kind="quotation")
    whole = hit("I was told that the mill opened in 1891 by the river Aller.")
    elsewhere = hit("The dredger clears the harbour of sand.")
    assert without_near_duplicates([repeated, elsewhere, whole]) == [elsewhere, whole]
    assert without_near_duplicates([repeated, elsewhere]) == [repeated, elsewhere]


def test_packing_passes_over_what_does_not_fit() -> None:
    first, long, last = hit("a"), hit("b"), hit("c")
    assert pack([(first, 40), (long, 70), (last, 60)], budget=100) == [first, last]
    assert pack([(first, 101)], budget=100) == []


def test_the_best_sentence_leads(index: Index) -> None:
    hits = found("When did the mill open?", index).hits
    assert "opened in 1891" in hits[0].text
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_hits_keep_to_the_budget(make_index: MakeIndex) -> None:
    paragraphs = [" ".join(f"mill{n} wheel{m} grinds barley" for m in range(25)) + "." for n in range(20)]
    index = make_index({"long.txt": "\n\n".join(paragraphs)})
    hits = found("Which wheel grinds barley?", index, hits_word_pieces=300).hits
    assert hits
    assert sum(index.embedder.word_pieces([hit.text for hit in hits])) <= 300


def test_hits_do_not_overlap(index: Index) -> None:
    places = [(h.passage.document_id, h.passage.start, h.passage.end) for h in found("mill wheel harbour", index).hits]
    for one in places:
        for other in places:
            assert one is other or one[0] != other[0] or one[2] <= other[1] or other[2] <= one[1]


def test_candidates_come_from_the_hits_only(index: Index) -> None:
    result = found("When did the mill open?", index, hits_word_pieces=100)
    assert {c.passage.id for c in result.candidates} == {hit.passage.id for hit in result.hits}


def test_filter_by_document(index: Index) -> None:
    hits = found("When did the mill open?", index, {"document": ("harbour.txt",)}).hits
    assert {hit.document.path for hit in hits} == {"harbour.txt"}


def test_filter_by_kind_and_by_speaker(index: Index) -> None:
    comments = found("Who repaired the wheel?", index, {"kind": ("comment",)}).hits
    assert [hit.passage.kind for hit in comments] == ["comment"]
    assert found("Who repaired the wheel?", index, {"speaker": ("Otto Brand",)}).hits == comments
    both: Filters = {"speaker": ("Otto Brand",), "document": ("harbour.txt",)}
    assert found("Who repaired the wheel?", index, both).hits == ()


@pytest.mark.parametrize("filters", [{"document": ("absent.txt",)}, {"kind": ("poem",)}, {"speaker": ("Nobody",)}])
def test_filters_that_match_nothing_find_nothing(index: Index, filters: Filters) -> None:
    assert found("When did the mill open?", index, filters) == Found((), ())


def test_an_unknown_filter_is_wrong_usage(index: Index) -> None:
    with pytest.raises(UsageError, match="no filter 'author'; use one of document, kind, speaker"):
        found("When?", index, {"author": ("Jane",)})


@pytest.mark.parametrize(
    "question",
    [
        "???",
        "🙂🙂",
        "the of and",
        '"',
        '""mill""',
        "mill AND OR NOT wheel",
        "NEAR(mill wheel, 2)",
        "mill*",
        "text:mill heading:*",
        "-mill +wheel ^flood (barley",
        "mill; DROP TABLE passages; --",
        "m\x00ill",
        "磨坊 什么时候 开业",
        "Ｍｉｌｌ",
        "a" * 5000,
        " ".join(f"word{n}" for n in range(5000)),
    ],
)
def test_any_question_can_be_searched(index: Index, question: str) -> None:
    result = found(question, index)
    assert all(0 <= hit.passage.start < hit.passage.end <= len(hit.document.text) for hit in result.hits)


def test_search_syntax_is_searched_as_words(index: Index) -> None:
    plain = search_words("mill barley", index, 10)
    assert plain
    assert search_words('"mill" AND* (barley:', index, 10) == plain


def test_words_that_say_nothing_are_left_out_unless_there_are_no_others(index: Index) -> None:
    assert search_words("what is the dredger", index, 10) == search_words("dredger", index, 10)
    assert search_words("the", index, 10)


@given(question=st.text(max_size=80))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_lexical_search(index: Index, question: str) -> None:
    search_words(question, index, 10)


def test_rare_words_weigh_more_and_shares_stay_within_bounds(index: Index) -> None:
    weights = word_weights("dredger mill", index)
    assert weights["dredger"] > weights["mill"] > 0
    assert covered(weights, {"dredger", "mill"}) == pytest.approx(1.0)
    assert 0 < covered(weights, {"mill"}) < 0.5
    assert covered({}, {"mill"}) == 0.0


def test_an_excerpt_begins_at_the_best_sentence(index: Index) -> None:
    first = found("repaired the wheel of the mill every winter", index).hits[0]
    assert first.best
    assert first.document.text[slice(*first.best)].startswith("My grandfather repaired the wheel")
    assert hit("The mill opened. It burned down.").excerpt(100) == "The mill opened. It burned down."
    plain = hit("The mill opened. It burned down.")
    assert Hit(plain.passage, plain.document, 1.0, (17, 32)).excerpt(100) == "… It burned down."
    assert Hit(plain.passage, plain.document, 1.0, (17, 32)).excerpt(12) == "… It burned …"
    assert hit("a" * 50).excerpt(10) == "a" * 10


def test_the_words_that_a_question_quotes_are_found_whoever_else_says_much_of_the_rest(make_index: MakeIndex) -> None:
    index = make_index(
        {
            "letter.txt": "The clerk wrote on Monday. “Not a drop of it,” said the keeper. Then he left.",
            "notes.txt": "Who said what at the mill? The miller said a lot. He said the mill would open.\n\n" * 3,
        }
    )
    query = Query("Who said “not a drop of it” at the mill?", index.embedder.encode(["Who said it at the mill?"])[0])
    said = [candidate for candidate in retrieve(query, index, {}, Settings()).candidates if candidate.says]
    assert [candidate.document.path for candidate in said] == ["letter.txt"]
    assert said[0].evidence - replace(said[0], says=False).evidence == pytest.approx(SAYS_WEIGHT)
    assert quoted_phrases("Who told 'The Weekly Port Times' of “The Mill of the North”?") == []
    assert quoted_phrases("Who said “no” and 'not a drop of it' of Roe's mill?") == ["not a drop of it"]
