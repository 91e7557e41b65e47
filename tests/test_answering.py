"""Whole answers: growing, complete, verbatim, abstaining with hits, from the index that the settings name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import MakeIndex
from fakes import FakeEmbedder, ScriptedModel
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from index.document import Document
from index.errors import IndexMissing, UsageError
from index.opening import Index
from rag import Answer, Settings, answer, answer_stream, answering
from rag.answering import CLOSEST, LONGEST_QUESTION, REASONS
from rag.decide import SURE

pytestmark = pytest.mark.usefixtures("plain_environment")

MILL = """The mill on the Aller

By Jane Roe, May 4, 2019

The mill on the Aller opened in 1891. It ground barley for every brewery of the valley.

After the flood of 1920 the owners of the mill sold the great oak wheel to a museum in the capital.

Comments

Otto Brand
May 5, 2019

My grandfather repaired the wheel of the mill each winter and never spoke well of the owners.
"""
HARBOUR = "The dredger\n\nThe dredger Marigold clears the harbour of sand each spring before the fleet comes home.\n"
QUESTION = "What did the owners of the mill sell after the flood?"
ANSWER_KEYS = [
    "question", "search_query", "filters", "text", "status", "reason", "confidence", "sentences", "citations", "hits",
    "conflicts", "removed", "model", "tokens", "seconds",
]  # fmt: skip
CITATION_KEYS = [
    "number", "document", "title", "publisher", "date", "speaker", "role", "via", "start", "end", "quote", "page",
]  # fmt: skip


@pytest.fixture
def index(make_index: MakeIndex) -> Index:
    return make_index({"mill.txt": MILL, "sea/harbour.txt": HARBOUR})


def check_promises(reply: Answer) -> None:
    """What holds for every answer, whoever wrote it."""
    numbers = [citation.number for citation in reply.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    for citation in reply.citations:
        assert citation.document.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    for sentence in reply.sentences:
        assert sentence.citations
        assert set(sentence.citations) <= set(numbers)
        assert sentence.verdict in {"verbatim", "supported", "partial"}
    assert 0.0 <= reply.confidence <= 1.0
    if reply.complete:
        assert (reply.status == "abstained") == (reply.reason in REASONS)
        assert (reply.status == "abstained") == (not reply.citations) or reply.model == "catalog"
        assert reply.text
    json.dumps(reply.to_dict())


# ---- promises, on anything ----

WORDS = (
    "mill owners sold wheel barley Marigold Dr. U.S. 1891 3.5% “quiet” … *** ~ 🙂 ÄÖÜ naïve — said: - # | [7]".split()
)
BREAKS = [" ", " ", " ", "\n", "\n\n", ". ", ".\n\n", "\r\n", "\t", "\n- ", "\n\nComments\n\n", "? "]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BREAKS)), min_size=1, max_size=60).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)
QUESTIONS = st.lists(st.sampled_from([*WORDS, "who", "the", "?"]), min_size=1, max_size=6).map(" ".join)
PIECES = st.lists(
    st.sampled_from(
        [*WORDS, " ", " ", ". ", " [1]", "[1, 2]", "[1-3]. ", "【2】", "[99]", "[", "]", "\n", "<think>", "</think>"]
    ),
    max_size=30,
)
SLOW = limits(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@given(texts=st.lists(TEXTS, min_size=1, max_size=3), question=QUESTIONS)
@SLOW
def test_every_quote_is_the_documents_own_characters(
    make_index: MakeIndex, texts: Sequence[str], question: str
) -> None:
    index = make_index({f"{n}.txt": f"x {text}" for n, text in enumerate(texts)})
    for part in answer_stream(question, index=index, settings=Settings(abstain_below=0)):
        check_promises(part)
    index.close()


@given(text=TEXTS, question=QUESTIONS, pieces=PIECES)
@SLOW
def test_no_model_can_break_the_promises(make_index: MakeIndex, text: str, question: str, pieces: list[str]) -> None:
    index = make_index({"a.txt": f"x {text}"})
    model = ScriptedModel(pieces)
    for part in answer_stream(question, index=index, model=model, settings=Settings(abstain_below=0)):
        check_promises(part)
    index.close()


# ---- growing ----


@pytest.mark.parametrize("model", [None, ScriptedModel(["The mill on the Aller opened in 1891. [", "1", "] Bananas."])])
def test_answers_grow_and_the_last_is_complete(index: Index, model: ScriptedModel | None) -> None:
    seen = list(answer_stream(QUESTION, index=index, model=model, settings=Settings()))
    assert [part.complete for part in seen] == [False] * (len(seen) - 1) + [True]
    assert seen[0].hits == seen[-1].hits
    assert seen[0].sentences == ()
    for earlier, later in pairwise(seen):
        assert later.sentences[: len(earlier.sentences)] == earlier.sentences
        assert later.seconds >= earlier.seconds
    for part in seen:
        check_promises(part)


def test_answer_is_the_last_of_the_stream(index: Index) -> None:
    *_, last = answer_stream(QUESTION, index=index, settings=Settings())
    assert answer(QUESTION, index=index, settings=Settings()).to_dict() | {"seconds": 0} == last.to_dict() | {
        "seconds": 0
    }


# ---- what an answer holds ----


def test_an_answer_in_quotes(index: Index) -> None:
    reply = answer(QUESTION, index=index, settings=Settings())
    assert (reply.status, reply.reason, reply.model, reply.removed) == ("answered", None, "quotes", 0)
    assert reply.notice == ("" if reply.confidence >= SURE else CLOSEST)
    assert reply.question == reply.search_query == QUESTION
    assert "sold the great oak wheel to a museum in the capital.” [" in reply.text
    assert {sentence.verdict for sentence in reply.sentences} == {"verbatim"}
    check_promises(reply)


def test_quotes_without_the_form_asked_for_are_only_the_closest(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "SURE", 0.0)
    assert CLOSEST not in answer(QUESTION, index=index, settings=Settings()).notice
    why = answer("Why did the owners of the mill sell the great oak wheel?", index=index, settings=Settings())
    assert (why.status, why.notice) == ("answered", CLOSEST)


def test_the_json_form_is_the_one_in_the_design(index: Index) -> None:
    data = json.loads(json.dumps(answer(QUESTION, index=index, settings=Settings()).to_dict()))
    assert [key for key in data if key != "notice"] == ANSWER_KEYS
    assert list(data["sentences"][0]) == ["text", "citations", "verdict", "why"]
    assert list(data["citations"][0]) == CITATION_KEYS
    assert list(data["hits"][0]) == ["document", "start", "end", "score", "kind", "speaker"]
    assert data["citations"][0]["document"] == "mill.txt"
    assert data["citations"][0]["date"] == "2019-05-04"


def test_a_comment_is_cited_with_its_writer_and_date(index: Index) -> None:
    reply = answer("Whose grandfather repaired the wheel each winter?", index=index, settings=Settings())
    first = reply.citations[0]
    assert (first.speaker, first.date) == ("Otto Brand", "2019-05-05")
    assert reply.text.startswith(
        "Otto Brand, in a comment under “The mill on the Aller” (May 5, 2019): “My grandfather"
    )


def test_an_abstention_shows_hits_and_cites_nothing(index: Index) -> None:
    reply = answer("Who runs the space station on Europa?", index=index, settings=Settings())
    assert (reply.status, reply.reason) == ("abstained", "not_in_corpus")
    assert reply.text.startswith("The documents never mention “Europa”. The documents don't clearly say")
    assert reply.hits
    assert reply.citations == reply.sentences == ()
    assert reply.confidence < Settings().abstain_below


def test_a_model_answers_with_its_name_usage_and_verdicts(index: Index) -> None:
    model = ScriptedModel("After the flood of 1920 the owners sold the wheel.", usage={"prompt": 9, "completion": 4})
    reply = answer(QUESTION, index=index, model=model, settings=Settings(answer_tokens=33))
    assert (reply.model, reply.tokens, model.max_tokens) == ("scripted", {"prompt": 9, "completion": 4}, [33])
    assert [s.verdict for s in reply.sentences] == ["supported"]
    assert "words stand in the cited text" in reply.sentences[0].why


def test_history_reaches_search_and_model(index: Index) -> None:
    model = ScriptedModel("The mill on the Aller opened in 1891.")
    history = [
        {"role": "user", "content": "Where is the mill on the Aller?"},
        {"role": "assistant", "content": "There."},
    ]
    reply = answer("When did it open?", index=index, history=history, model=model, settings=Settings())
    assert reply.search_query == "When did the mill on the Aller open?"
    assert [turn["role"] for turn in model.messages[0]] == ["system", "user", "assistant", "user"]
    assert model.messages[0][-1]["content"] == "When did it open?"


def test_a_history_that_is_none_is_wrong_usage(index: Index) -> None:
    with pytest.raises(UsageError, match="A turn of the history is"):
        answer(QUESTION, index=index, history=["hello"], settings=Settings())  # type: ignore[list-item]


# ---- filters ----


def test_filters_narrow_and_are_reported(index: Index) -> None:
    reply = answer(
        "What is cleared of sand?", index=index, filters={"document": ["sea/harbour.txt"]}, settings=Settings()
    )
    assert reply.filters == {"document": ("sea/harbour.txt",)}
    assert {citation.document.path for citation in reply.citations} == {"sea/harbour.txt"}
    assert reply.to_dict()["filters"] == {"document": ["sea/harbour.txt"]}


@pytest.mark.parametrize("filters", [{"document": ["absent.txt"]}, {"speaker": ["Nobody"]}, {"kind": []}])
def test_filters_that_match_nothing_abstain(index: Index, filters: dict[str, list[str]]) -> None:
    reply = answer(QUESTION, index=index, filters=filters, settings=Settings())
    assert (reply.status, reply.reason, reply.hits, reply.confidence) == ("abstained", "not_in_corpus", (), 0.0)


def test_an_unknown_filter_is_wrong_usage(index: Index) -> None:
    with pytest.raises(UsageError, match="There is no filter 'author'"):
        answer(QUESTION, index=index, filters={"author": ["Jane"]}, settings=Settings())


# ---- questions of every shape ----


@pytest.mark.parametrize("question", ["", " ", "\n\t\u3000", "x" * 100_000, "x" * (LONGEST_QUESTION + 1)])
def test_empty_and_endless_questions_are_wrong_usage(index: Index, question: str) -> None:
    with pytest.raises(UsageError) as raised:
        answer(question, index=index, settings=Settings())
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    "question",
    [
        "x" * LONGEST_QUESTION,
        "?",
        "🙂",
        "mill\udcff\ud800",
        "mill\x00",
        "mill\n\nwheel",
        "\u202ellim",
        "'; DROP TABLE files;",
    ],
)
def test_strange_questions_are_answered_or_not_but_never_break(index: Index, question: str) -> None:
    reply = answer(question, index=index, settings=Settings())
    assert reply.complete
    reply.text.encode()
    json.dumps(reply.to_dict(), ensure_ascii=False).encode()
    check_promises(reply)


# ---- which index ----


def test_without_an_index_there_is_a_next_step(plain_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "load_embedder", lambda model: FakeEmbedder())
    with pytest.raises(IndexMissing, match=r"There is no index in .*\.rag; make one with: rag index PATH"):
        answer("When?")


def test_the_default_index_is_the_settings_and_is_opened_once(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "load_embedder", lambda model: FakeEmbedder())
    monkeypatch.setenv("RAG_INDEX_DIR", str(index.folder))
    assert answer(QUESTION).text == answer(QUESTION, index=index, settings=Settings()).text
    first = answering.default_index(Settings())
    assert answering.default_index(Settings()) is first
    first.close()
    answering._opened.cache_clear()


def test_pages_are_cited() -> None:
    text = "One page.\nAnother page of the report."
    document = Document("d", "report.pdf", None, None, None, None, text, page_starts=(0, 10))
    assert [document.page_at(offset) for offset in (0, 9, 10, 30)] == [1, 1, 2, 2]
