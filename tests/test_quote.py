"""The built-in writer: introductions, what is quoted and what never is, and why there is no answer."""

from __future__ import annotations

import pytest
from conftest import MakeIndex
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import BLOCK_KINDS, Block, Document, Passage
from index.voices import Voice
from rag import Settings, answer
from rag.decide import confidence, outdone, reason_for
from rag.pick import MOST_WORDS, choose, whole_list
from rag.quote import NOT_EVIDENCE, Span, join_neighbours, write_quotes
from rag.weigh import Candidate

pytestmark = pytest.mark.usefixtures("plain_environment")

TEXT = (
    "The mill opened in the spring of 1891. It ground barley for every brewery.\n\nA flood destroyed the great wheel.\n"
)
FIRST, SECOND, THIRD = (0, 38), (39, 74), (76, 111)


def document(text: str = TEXT, blocks: tuple[Block, ...] = (), **changes: str | None) -> Document:
    known: dict[str, str | None] = {"title": "The Mill", "author": None, "publisher": None, "published": None}
    known.update(changes)
    return Document(
        id="d",
        path=str(known.pop("path", "papers/mill.txt")),
        title=known["title"],
        author=known["author"],
        publisher=known["publisher"],
        published=known["published"],
        text=text,
        blocks=blocks,
    )


def passage(kind: str = "body", identity: str = "p", **changes: str | None) -> Passage:
    return Passage(identity, "d", 0, len(TEXT), kind, changes.get("speaker"), changes.get("date"))


def span(place: tuple[int, int], of: Passage | None = None, within: Document | None = None) -> Span:
    return Span(of or passage(), within or document(), *place)


def candidate(place: tuple[int, int], score: float = 1.0, kind: str = "body", within: Document | None = None,
              of: Passage | None = None) -> Candidate:  # fmt: skip
    voice = Voice(kind, kind)
    return Candidate(of or passage(kind), within or document(), *place, voice, score, score, score, score)


# ---- grouping ----


def thread(first: str | None = None, second: str | None = None) -> Document:
    """The text as two comments by these writers."""
    return document(blocks=(Block("comment", 0, 76, first), Block("comment", 76, len(TEXT), second)))


def test_two_unnamed_comments_are_never_one_person() -> None:
    one, other = passage("comment", "p1"), passage("comment", "p2")
    statements = write_quotes([span(FIRST, one, thread()), span(THIRD, other, thread())])
    assert [statement.text for statement in statements] == [
        "Undisclosed commenters under “The Mill”: “The mill opened in the spring of 1891.”",
        "“A flood destroyed the great wheel.”",
    ]


def test_a_named_and_an_unnamed_commenter_are_introduced_apart() -> None:
    statements = write_quotes([span(FIRST, within=thread("Otto")), span(THIRD, within=thread("Otto"))])
    assert statements[0].text.startswith("Otto, in a comment")
    assert statements[1].text.startswith("An undisclosed commenter")


def test_a_quotation_inside_a_paragraph_is_introduced_by_who_is_quoted() -> None:
    text = "The wheel broke. “We heard it go,” said Roe, the miller.\n"
    said = (17, text.index(" said"))
    blocks = (Block("body", 0, len(text)), Block("body", 0, 17, parent=0),
              Block("quotation", *said, "Jane Roe", "miller", ("Mill Wire",), parent=0),
              Block("body", said[1], len(text), parent=0))  # fmt: skip
    statements = write_quotes([span((17, len(text) - 1), within=document(text, blocks))])
    assert statements[0].text.startswith("Jane Roe (miller), quoted by Mill Wire, in “The Mill”: ")


def test_one_document_is_introduced_once_and_quoted_in_its_order() -> None:
    statements = write_quotes([span(THIRD), span(FIRST)])
    assert [s.text.count("The Mill") for s in statements] == [1, 0]
    assert [s.spans[0].start for s in statements] == [FIRST[0], THIRD[0]]


def test_neighbours_in_a_paragraph_are_one_quote() -> None:
    assert join_neighbours([span(FIRST), span(SECOND)]) == (span((FIRST[0], SECOND[1])),)


def test_neighbours_across_a_paragraph_another_passage_or_a_gap_are_not_joined() -> None:
    assert len(join_neighbours([span(SECOND), span(THIRD)])) == 2
    assert len(join_neighbours([span(FIRST, passage(identity="p1")), span(SECOND, passage(identity="p2"))])) == 2
    assert len(join_neighbours([span((0, 8)), span((16, 38))])) == 2
    assert len(join_neighbours([span(SECOND), span(FIRST)])) == 2


@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(lambda pair: tuple(sorted(pair)))))
@settings(max_examples=60, deadline=None)
def test_joined_quotes_still_hold_every_span(places: list[tuple[int, int]]) -> None:
    joined = join_neighbours([span(place) for place in places])
    for start, end in places:
        assert any(other.start <= start and end <= other.end for other in joined)


# ---- what is quoted ----


@pytest.mark.parametrize("kind", sorted(NOT_EVIDENCE))
def test_what_is_not_evidence_is_never_quoted(kind: str) -> None:
    assert choose([candidate(FIRST, kind=kind)], most=4) == []


@pytest.mark.parametrize("kind", sorted(set(BLOCK_KINDS) - NOT_EVIDENCE))
def test_evidence_is_quoted(kind: str) -> None:
    assert len(choose([candidate(FIRST, kind=kind)], most=4)) == 1


def test_at_most_so_many_that_are_near_the_best() -> None:
    source = document(blocks=(Block("comment", 0, 39), Block("comment", 39, 76), Block("comment", 76, len(TEXT))))
    ranked = [candidate(place, score, within=source) for place, score in ((FIRST, 1.0), (SECOND, 0.95), (THIRD, 0.1))]
    assert [s.start for s in choose(ranked, most=4)] == [FIRST[0], SECOND[0]]
    assert len(choose(ranked, most=1)) == 1
    assert choose([], most=4) == []


def test_short_fragments_are_not_quoted() -> None:
    assert choose([candidate((0, 15))], most=4) == []  # "The mill opened"


def test_what_says_the_same_is_quoted_once() -> None:
    text = "The mill opened in the spring of 1891.\n\nThe mill opened in the spring of 1892.\n"
    source = document(text)
    ranked = [candidate((0, 38), within=source), candidate((40, 78), 0.9, within=source)]
    assert len(choose(ranked, most=4)) == 1


def test_an_answer_has_a_length_to_read() -> None:
    sentences = [" ".join(f"{letter}{n}" for n in range(40)) + "." for letter in "abc"]
    source = document("\n\n".join(sentences))
    places = [(source.text.index(s), source.text.index(s) + len(s)) for s in sentences]
    spans = choose([candidate(place, within=source) for place in places], most=4)
    assert sum(len(s.text.split()) for s in spans) <= MOST_WORDS


LINES = (
    "The new owners promised three things:\n\n",
    "- a wheel made of oak\n",
    "- a dry cellar for barley\n",
    "- free bread\n\n",
    "Nothing came of it in the end.",
)
LIST = "".join(LINES)
KINDS = ("body", "list_item", "list_item", "list_item", "body")
STARTS = [sum(map(len, LINES[:n])) for n in range(len(LINES) + 1)]
LEAVES = tuple(Block(kind, *STARTS[n : n + 2]) for n, kind in enumerate(KINDS))


def test_an_item_brings_its_list_and_the_line_before_it() -> None:
    source = document(LIST, LEAVES)
    found = whole_list(candidate((STARTS[2], STARTS[3] - 1), kind="list_item", within=source))
    assert found is not None
    assert found.text.startswith("The new owners promised")
    assert found.text.endswith("free bread")


def test_the_line_that_announces_a_list_brings_it() -> None:
    found = whole_list(candidate((0, 37), within=document(LIST, LEAVES)))
    assert found is not None
    assert found.text.endswith("free bread")


def test_a_list_that_is_too_long_is_quoted_by_the_item() -> None:
    items = [f"- item {n} {'word ' * 30}\n" for n in range(4)]
    text, blocks, at = "".join(items), [], 0
    for item in items:
        blocks.append(Block("list_item", at, at + len(item)))
        at += len(item)
    assert whole_list(candidate((0, 30), kind="list_item", within=document(text, tuple(blocks)))) is None


def test_a_paragraph_is_no_list() -> None:
    assert whole_list(candidate((STARTS[4], len(LIST)), within=document(LIST, LEAVES))) is None
    assert whole_list(candidate(FIRST)) is None


# ---- whether and why not ----


def test_confidence_grows_with_the_best_evidence() -> None:
    assert confidence([]) == 0.0
    assert confidence([candidate(FIRST, 1.0, kind="masked")]) == 0.0
    assert 0 < confidence([candidate(FIRST, 0.2)]) < confidence([candidate(FIRST, 0.8)]) < 1


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        ([], "not_in_corpus"),
        (["body"], "not_in_corpus"),
        (["masked", "body"], "masked"),
        (["heading", "masked"], "masked"),
        (["title", "furniture"], "furniture_only"),
        (["body", "masked"], "not_in_corpus"),
    ],
)
def test_the_reason_is_the_closest_text(kinds: list[str], reason: str) -> None:
    assert reason_for([candidate(FIRST, kind=kind) for kind in kinds]) == reason


PROSE = (
    "The miller of the valley ground barley for the breweries until the great flood came and took the wheel away. " * 3
)


def test_masked_words_are_not_quoted_and_the_reason_says_so(make_index: MakeIndex) -> None:
    masked = "The *** barrier *** Quaycom ****** faces **** ****** customs ***** ******* tariffs."
    index = make_index({"paywall.txt": f"Barriers abroad\n\n{PROSE}\n\n{masked}\n\n{PROSE}"})
    reply = answer("Which customs barrier and tariffs does Quaycom face?", index=index, settings=Settings())
    assert (reply.status, reply.reason, reply.citations) == ("abstained", "masked", ())
    assert "masked" in reply.text


def test_quotes_are_the_documents_own_characters(make_index: MakeIndex) -> None:
    index = make_index(
        {"mill.txt": "The mill's tale\n\nThe  mill\nopened “quietly” — in 1891, on the river Aller… they say.\n"}
    )
    reply = answer("When did the mill open on the river Aller?", index=index, settings=Settings())
    assert reply.citations
    for citation in reply.citations:
        assert citation.document.text[citation.start : citation.end] == citation.quote


# ---- text that can't be used is closer to the question ----


def weighed(kind: str, score: float, words: float) -> Candidate:
    return Candidate(passage(kind), document(), *FIRST, Voice(kind, kind), score, score, words, words)


@pytest.mark.parametrize(
    ("closer", "reason"),
    [
        (weighed("furniture", 0.9, 0.9), "furniture_only"),
        (weighed("furniture", 0.9, 0.4), None),
        (weighed("furniture", 0.4, 0.6), None),
        (weighed("masked", 0.1, 0.9), "masked"),
        (weighed("masked", 0.9, 0.4), None),
        (weighed("heading", 0.9, 0.9), None),
    ],
)
def test_evidence_is_outdone_only_by_text_that_is_clearly_about_the_question(
    closer: Candidate, reason: str | None
) -> None:
    assert outdone([weighed("body", 0.45, 0.35), closer]) == reason


def test_what_may_be_used_outdoes_nothing() -> None:
    assert outdone([weighed("body", 0.3, 0.1), weighed("furniture", 0.9, 0.9)], NOT_EVIDENCE - {"furniture"}) is None
    assert outdone([]) is None


# ---- what comes along ----

POINTING_TEXT = "Jane Roe ran the mill. She sold it in 1891. The river froze twice.\n"


def chosen_of(text: str, start: int, end: int, *blocks: Block) -> list[str]:
    return [s.text for s in choose([candidate((start, end), within=document(text, blocks))], 4)]


def test_a_sentence_that_points_back_brings_the_one_before() -> None:
    assert chosen_of(POINTING_TEXT, 23, 43) == [POINTING_TEXT.strip()]


def test_so_does_one_that_begins_with_a_word_that_joins() -> None:
    text = "The crew shrank through the year. However, nobody at the mill was sent away.\n"
    assert chosen_of(text, 34, 76) == [text.strip()]


def test_what_follows_comes_along() -> None:
    assert chosen_of(POINTING_TEXT, 0, 22) == [POINTING_TEXT.strip()]
    assert chosen_of(POINTING_TEXT, 44, 66) == ["The river froze twice."]


def test_what_came_along_is_not_quoted_twice() -> None:
    within = document(POINTING_TEXT)
    chosen = choose([candidate((0, 22), within=within), candidate((23, 43), 0.95, within=within)], 4)
    assert [s.text for s in chosen] == [POINTING_TEXT.strip()]


def test_a_long_sentence_stays_away() -> None:
    long = f"Jane Roe ran {'the old ' * 40}mill."
    text = f"{long} She sold it then. {long}\n"
    assert chosen_of(text, len(long) + 1, len(long) + 18) == ["She sold it then."]


@pytest.mark.parametrize("speaker", ["Jane Roe", None])
def test_nothing_of_another_commenter_comes_along(speaker: str | None) -> None:
    blocks = (Block("comment", 0, 23, speaker), Block("comment", 23, 44, "Ann Poe"), Block("comment", 44, 67, speaker))
    assert chosen_of(POINTING_TEXT, 23, 43, *blocks) == ["She sold it in 1891."]
    assert chosen_of(POINTING_TEXT, 0, 22, *blocks) == ["Jane Roe ran the mill."]


def test_an_answer_goes_on_in_the_next_paragraph_but_not_after_the_next_question() -> None:
    text = "It opened late.\n\nThe flood was why it did.\n\nWho paid for it?\n\nThe town paid for it all.\n"
    kinds = [("interview_answer", 0), ("interview_answer", 17), ("question", 44), ("interview_answer", 62)]
    ends = [start for _, start in kinds[1:]] + [len(text)]
    blocks = [Block(kind, start, end, "Ann Poe") for (kind, start), end in zip(kinds, ends, strict=True)]
    assert chosen_of(f"{text}", 17, 42, *blocks) == ["The flood was why it did."]


def test_a_sentence_that_ends_in_a_colon_brings_what_it_announces() -> None:
    text = "The miller had a rule:\n\nNever grind on a Sunday.\n"
    assert chosen_of(text, 0, 22, Block("body", 0, 24), Block("body", 24, len(text))) == [text.strip()]


def test_what_somebody_else_says_after_a_colon_is_a_quotation_of_its_own() -> None:
    text = "The miller had a rule:\n\nA wheel in the mist\n\nNever grind on a Sunday.\n"
    blocks = (Block("body", 0, 24), Block("caption", 24, 45), Block("quotation", 45, len(text), "Ann Poe"))
    within = document(text, blocks)
    chosen = choose([candidate((0, 22), within=within)], 4)
    assert [(s.text, s.voice.speaker) for s in chosen] == [
        ("The miller had a rule:", None),
        ("Never grind on a Sunday.", "Ann Poe"),
    ]
    assert len(choose([candidate((0, 22), within=within)], 1)) == 1


def test_nothing_unreadable_is_brought_by_a_colon() -> None:
    text = "The miller had a rule:\n\n***** ***** ** * ******.\n"
    assert chosen_of(text, 0, 22, Block("body", 0, 24), Block("masked", 24, len(text))) == [text[:22]]


def test_the_same_document_is_the_one_just_named() -> None:
    first, second = document(), document(title="The Flood")
    other = Document("e", "e.txt", "The Flood", None, None, None, TEXT, second.blocks)
    elsewhere = Passage("q", "e", 0, len(TEXT), "body", None, None)
    update = document(blocks=(Block("body", 0, 76), Block("update", 76, len(TEXT))))
    spans = [Span(passage(), first, *FIRST), Span(elsewhere, other, *SECOND), Span(passage(), update, *THIRD)]
    assert "the same document" not in " ".join(s.text for s in write_quotes(spans)).casefold()
