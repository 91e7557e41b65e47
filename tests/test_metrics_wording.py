"""Measures over texts: what is said, quoted and grounded, by hand, at the edges, and what must not fool them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import metrics

untimed = settings(deadline=None, max_examples=60)  # a busy machine is no failure
words = st.lists(st.sampled_from("a an the ferry Ferry, quay! 7 1,200 l'été Ærø (sluice) — x-ray".split()), max_size=12)
texts = words.map(" ".join)
facts = st.text(min_size=1).filter(lambda fact: fact.replace("|", "").strip())


# --- key facts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("She came from NAUTEX.", "nautex", True),
        ("an unnamed ferryman", "sailor|ferry", True),
        ("wait for the tide,\n count the\u00a0buoys  twice", "count the buoys", True),
        ("It\u2019s a \u201crefusal\u201d", 'it\'s a "refusal"', True),
        ("It's", "It\u2019s", True),
        ("STRASSE", "straße", True),
        ("is now declining", "declin", True),
        ("a door-to-door search", "door search", True),
        ("the second-rate quay", "rate", True),
        ("90+ harbours", "90+", True),
        ("a.b", "a+b", False),
        ("", "NAUTEX", False),
        ("port", "port|", True),
        ("quay", "port|", False),  # nothing is not an alternative
        ("quay", " | ", False),
        ("港口在北京的西边", "北京", True),  # no spaces between words
    ],
)
def test_said(text: str, fact: str, expected: bool) -> None:
    assert metrics.said(text, fact) is expected


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("The clause is illegal.", "legal"),
        ("It is unlikely.", "likely"),
        ("a report on important matters", "port"),
        ("they obeyed", "ey"),
        ("the supervisor", "ISO"),
        ("unélan", "élan"),
    ],
)
def test_the_inside_of_a_word_says_nothing(text: str, fact: str) -> None:
    assert metrics.said(text, fact) is False


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("1,300 pages", "300", False),
        ("3000 pages", "300", False),
        ("300,000 pages", "300", False),
        ("1.300 pages", "300", False),
        ("300.5 pages", "300", False),
        ("1.36 million", "36 million", False),
        ("136 million", "36 million", False),
        ("2.4 GHz", "4 GHz", False),
        ("in 2017.", "2017", True),
        ("in 2017, then", "2017", True),
        ("a 300-page guide", "300", True),
        ("(300)", "300", True),
        ("€300", "300", True),
        ("north of $500K", "500K|$500", True),
        ("1,300 pages", "1,300", True),
    ],
)
def test_a_part_of_a_number_says_nothing(text: str, fact: str, expected: bool) -> None:
    assert metrics.said(text, fact) is expected


def test_a_negation_goes_unseen() -> None:
    """A known limit, so that nobody relies on more: such a set has to forbid the phrase."""
    assert metrics.said("It was not sold to Nautex.", "sold to Nautex") is True
    assert metrics.forbidden_said("It was not sold to Nautex.", ["not sold"]) == ("not sold",)


@untimed
@given(st.text(), facts, st.text(alphabet=" .;\n"))
def test_what_is_said_stays_said(text: str, fact: str, more: str) -> None:
    assert metrics.said(f"{text} {fact.split('|')[0]} {more}", fact) or not fact.split("|")[0].strip()
    if metrics.said(text, fact):
        assert metrics.said(f"{more} {text} {more}", fact)
        assert metrics.said(text, f"{fact}|another")
        assert metrics.said(" ".join(text.split()), fact)


def test_key_facts_count_within_the_first_words_only() -> None:
    text = "Alpha [1] beta. [2, 3] Gamma delta"
    wanted = ("alpha", "gamma", "delta")
    assert metrics.missing_facts(text, wanted, words=3) == ("delta",)
    assert metrics.all_key_facts(text, wanted, words=3) is False
    assert metrics.fact_recall(text, wanted, words=3) == pytest.approx(2 / 3)
    assert metrics.all_key_facts(text, wanted, words=4) is True
    assert metrics.fact_recall(text, wanted, words=4) == 1
    assert metrics.missing_facts(text, wanted, words=0) == wanted


def test_the_limit_is_120_words_without_the_marks() -> None:
    text = "word [1] " * (metrics.KEY_FACT_WORDS - 1) + "NAUTEX"
    assert metrics.KEY_FACT_WORDS == 120
    assert metrics.all_key_facts(text, ["NAUTEX"]) is True
    assert metrics.all_key_facts("word " + text, ["NAUTEX"]) is False


def test_a_fact_may_stretch_over_a_footnote_mark() -> None:
    assert metrics.all_key_facts("36 [1] million", ["36 million"]) is True


def test_key_facts_at_their_edges() -> None:
    assert metrics.all_key_facts("text", []) is None
    assert metrics.fact_recall("text", []) is None
    assert metrics.missing_facts("text", []) == ()
    assert metrics.all_key_facts("", ["NAUTEX"]) is False
    assert metrics.fact_recall("", ["NAUTEX"]) == 0


@untimed
@given(st.text(), st.lists(facts, min_size=1), st.integers(0, 20))
def test_fact_recall_is_a_share_that_grows_with_the_words(text: str, wanted: list[str], limit: int) -> None:
    recall, longer = metrics.fact_recall(text, wanted, limit), metrics.fact_recall(text, wanted)
    assert recall is not None
    assert longer is not None
    assert 0 <= recall <= 1
    assert (recall == 1) == metrics.all_key_facts(text, wanted, limit)
    assert metrics.fact_recall(text, wanted[::-1], limit) == recall
    assert recall == 1 - len(metrics.missing_facts(text, wanted, limit)) / len(wanted)


def test_forbidden_phrases_count_anywhere_in_the_text() -> None:
    text = "word " * 300 + "It was \u2018Boatman #2\u2019."
    assert metrics.forbidden_said(text, ("Boatman #2", "Ostrava")) == ("Boatman #2",)
    assert metrics.forbidden_said("Boatman #25", ("Boatman #2",)) == ()
    assert metrics.forbidden_said("It was Boatman [1] #2", ("Boatman #2",)) == ("Boatman #2",)
    assert metrics.forbidden_said("", ("Ostrava",)) == ()
    assert metrics.forbidden_said("Ostrava", ()) == ()


# --- reference answers -----------------------------------------------------------------------------------------


def test_exact_match_and_contains_by_hand() -> None:
    assert metrics.exact_match("The  Quay!", ["a ferry", "quay"]) is True
    assert metrics.exact_match("The quays", ["quay"]) is False
    assert metrics.contains("They met at the quay, at noon.", ["Quay at noon"]) is True
    assert metrics.contains("the quays", ["quay"]) is False
    assert metrics.contains("the quay", ["ferry", "quay"]) is True
    assert metrics.contains("anything", ["the", ""]) is False  # nothing is left of it
    assert metrics.exact_match("", ["the"]) is True


def test_token_f1_by_hand() -> None:
    # "ferry ferry quay" and "ferry quay north east" share two of three and four words.
    assert metrics.token_f1("The ferry, ferry quay", ["ferry quay north east"]) == pytest.approx(4 / 7)
    assert metrics.token_f1("ferry", ["quay", "ferry boat"]) == pytest.approx(2 / 3)
    assert metrics.token_f1("ferry", ["quay"]) == 0
    assert metrics.token_f1("", [""]) == 1
    assert metrics.token_f1("", ["quay"]) == 0


def test_without_references_there_is_nothing_to_measure() -> None:
    assert metrics.exact_match("text", []) is None
    assert metrics.token_f1("text", []) is None
    assert metrics.contains("text", []) is None


def test_rouge_l_by_hand() -> None:
    # In order, "the ferry left" of "The ferry never left" (4) and "the old ferry left early" (5).
    assert metrics.rouge_l("The ferry never left", "the old ferry left early") == pytest.approx(6 / 9)
    assert metrics.rouge_l("left ferry", "ferry left") == 0.5
    assert metrics.rouge_l("", "") == 0
    assert metrics.rouge_l("quay", "") == 0


@untimed
@given(texts, texts, texts)
def test_reference_measures_agree_with_each_other(text: str, reference: str, another: str) -> None:
    f1, exact, held = (
        measure(text, [reference]) for measure in (metrics.token_f1, metrics.exact_match, metrics.contains)
    )
    assert f1 is not None
    assert 0 <= f1 <= 1
    assert not exact or f1 == 1
    assert not held or f1 > 0
    assert metrics.token_f1(reference, [text]) == f1
    assert metrics.token_f1(text, [another, reference]) == max(f1, metrics.token_f1(text, [another]) or 0)
    assert metrics.contains(text, [another, reference]) == metrics.contains(text, [reference, another])
    ordered = metrics.rouge_l(text, reference)
    assert 0 <= ordered <= 1
    assert metrics.rouge_l(reference, text) == ordered


# --- quotations, numbers and words -----------------------------------------------------------------------------


def test_quoted_exactly() -> None:
    assert metrics.quoted_exactly("She said: “count the\nbuoys  twice”.", ["count the buoys twice"]) is True
    assert metrics.quoted_exactly("count the buoys", ["count the buoys", "twice"]) is False
    assert metrics.quoted_exactly("Count the buoys", ["count the buoys"]) is False
    assert metrics.quoted_exactly("anything", []) is True


@pytest.mark.parametrize(
    ("text", "sources", "expected"),
    [
        ("1,200 boats", ["1200 boats"], True),
        ("1,200 boats", ["200 boats", "1 boat"], False),
        ("3.5 m", ["3,5 m"], False),
        ("35 boats", ["piers 3,5 and 7"], False),  # a list, not a number
        ("0.5 m", ["0.5 m"], True),
        ("on May 7", ["2018-05-07"], True),
        ("7 boats [8]", ["7"], True),
        ("in [2017]", ["2018"], False),
        ("12", ["1", "2"], False),
        ("12", ["123"], False),
        ("no number", [], True),
        ("7", [], False),
        ("0", ["00"], True),
        ("1,000,000.", ["1000000"], True),
    ],
)
def test_numbers_grounded(text: str, sources: list[str], expected: bool) -> None:
    assert metrics.numbers_grounded(text, sources) is expected


@untimed
@given(st.lists(st.integers(0, 10**9)), st.lists(st.integers(0, 10**9)))
def test_numbers_are_grounded_when_each_is_there_however_grouped(given_: list[int], known: list[int]) -> None:
    text, source = " and ".join(f"{n:,}" for n in given_), [f"{n} boats" for n in known]
    assert metrics.numbers_grounded(text, source) == (set(given_) <= set(known))


def test_words_grounded_by_hand() -> None:
    sources = ["The ferry left at noon.", "It was full."]
    assert metrics.words_grounded("The ferry was full. [1]", sources) == 1
    assert metrics.words_grounded("The ferry sank: it was full", sources) == 4 / 5
    assert metrics.words_grounded("ferry ferry", sources) == 0.5
    assert metrics.words_grounded("ferry", []) == 0
    assert metrics.words_grounded("The [1]", sources) is None


@untimed
@given(texts, texts)
def test_words_grounded_is_a_share_that_own_words_lower(text: str, source: str) -> None:
    share = metrics.words_grounded(text, [source])
    if share is None:
        return
    assert 0 <= share <= 1
    assert metrics.words_grounded(text, [text]) == 1
    assert (metrics.words_grounded(text, [source, "quay"]) or 0) >= share
    more = metrics.words_grounded(f"{text} invented", [source])
    assert more is not None
    assert more <= share


def test_word_count_and_marks() -> None:
    assert metrics.without_marks("Two words. [1][2] In [2017] more. [3, 4]") == "Two words. In [2017] more."
    assert metrics.word_count("Two words. [1][2] In [2017] more. [3, 4]") == 5
    assert metrics.word_count(" ") == 0


@untimed
@given(texts, texts)
def test_marks_add_no_words(one: str, other: str) -> None:
    plain = metrics.word_count(f"{one} {other}")
    assert plain == metrics.word_count(one) + metrics.word_count(other)
    assert metrics.word_count(f"{one} [1] {other} [2, 13]") == plain


# --- extraction ------------------------------------------------------------------------------------------------


def test_shingle_scores_by_hand() -> None:
    # Runs of four: "a b c d", "b c d e" against "a b c d", "b c d x", "c d x y".
    assert metrics.shingle_scores("a b c d e", "a b c d x y") == (1 / 2, 1 / 3)
    assert metrics.shingle_scores("a, b", "a b!") == (1, 1)  # fewer than four words are one run
    assert metrics.shingle_scores("a b", "a b c") == (0, 0)
    assert metrics.shingle_scores("a b", "b") == (0, 0)
    assert metrics.shingle_scores("", "a b") == (None, 0)
    assert metrics.shingle_scores("a b", "") == (0, None)
    assert metrics.shingle_scores("", " .") == (None, None)


def test_word_f1_by_hand() -> None:
    assert metrics.word_f1("Ferry ferry quay", "ferry quay, north east") == pytest.approx(4 / 7)
    assert metrics.word_f1("", "") == 1
    assert metrics.word_f1("quay", "") == 0
    assert metrics.word_f1("", "quay") == 0


@untimed
@given(texts, texts)
def test_extraction_measures_are_shares_with_two_sides(text: str, reference: str) -> None:
    precision, recall = metrics.shingle_scores(text, reference)
    assert metrics.shingle_scores(reference, text) == (recall, precision)
    assert all(share is None or 0 <= share <= 1 for share in (precision, recall))
    assert metrics.word_f1(text, reference) == metrics.word_f1(reference, text)
    assert metrics.word_f1(text, text) == 1


@pytest.mark.parametrize(
    ("text", "fact", "expected"),
    [
        ("Nobody could show a report", "no", False),
        ("It was noted", "not", False),
        ("fourteen", "four", False),
        ("No, it did not.", "No", True),
        ("They fined two owners", "fine", False),
        ("three ports, a boss's boss", "port", True),
        ("the owners' list", "owner", True),
        ("$412,000 in all", "412000", True),
        ("412000 in all", "412,000", True),
        ("a fine of 300K", "300", False),
        ("on August 30th", "August 30", True),
        ("in the 1990s", "1990", True),
    ],
)
def test_short_words_are_said_whole_and_thousands_with_or_without_commas(text: str, fact: str, expected: bool) -> None:
    assert metrics.said(text, fact) is expected
