"""Readers of question benchmarks, on tiny ones made by hand: documents, items, figures, taking up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeEmbedder

from eval.benchmarks import chunks, conversations, news, wikipedia
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.documents import (
    Evidence,
    Source,
    file_name,
    identity_of,
    open_corpus,
    read_questions,
    titled,
    write_documents,
)
from eval.runs import Item
from index.embed import Embedder
from index.errors import SetUnreadable
from rag.settings import Settings

Read = Callable[[Task, Embedder | None], Iterator[Item]]

MILL = {
    "id": "mill",
    "title": "The mill",
    "text": "The mill opened in 1891. A flood closed the mill for good in 1920.",
    "article": "town",
    "source": "Gazette",
    "author": "Ann Lee",
    "date": "1921-03-02",
}
BRIDGE = {
    "id": "old/bridge",
    "title": "The bridge",
    "text": "Engineers built the bridge from granite. Carriages crossed the bridge until the tramway came.",
    "article": "town",
    "source": "Herald",
    "author": "",
    "date": "",
}
ORCHARD = {
    "id": "orchard",
    "title": "The orchard",
    "text": "Monks planted pears in the orchard. Wasps spoiled the harvest of pears twice.",
    "article": "hill",
    "source": "Herald",
    "author": "Bo Ek",
    "date": "1950-07-09",
}
CORPUS = (MILL, BRIDGE, ORCHARD)
OPENED = "When was the mill opened?"
GRANITE = "Who built the bridge from granite?"
PEARS = "Which monks planted pears in the orchard?"
ELSEWHERE = "Who painted the ceiling of the cathedral?"


def question(identity: str, text: str, kind: str, answers: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
    evidence = [{"doc_id": document, "quote": quote} for document, quote in fields.pop("evidence", ())]
    row = {"id": identity, "question": text, "type": kind, "answers": list(answers), "evidence": evidence}
    return {**row, **fields}


def write_benchmark(
    folder: Path,
    queries: Sequence[Mapping[str, Any]],
    corpus: Sequence[Mapping[str, Any]] = CORPUS,
    removal: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    folder.mkdir()
    for name, rows in (("corpus", corpus), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if removal is not None:
        (folder / "unanswerable_by_removal.json").write_text(json.dumps(removal), encoding="utf-8")
    return folder


@pytest.fixture
def task(tmp_path: Path, plain_environment: Path) -> Callable[..., Task]:
    def make(folder: Path, done: Sequence[str] = ()) -> Task:
        return Task(folder, tmp_path / "work", Settings(), done)

    return make


def figure(benchmarks: Sequence[Benchmark], name: str, items: Sequence[Item]) -> tuple[float | None, int]:
    """The figure's value and the number of items that count for it."""
    found = next(figure for figure in benchmarks[0].figures if figure.name == name)
    return found.value(items), len(found.rows(items))


# --- documents ---------------------------------------------------------------------------------------------------


def test_a_document_is_its_title_a_blank_line_and_its_text() -> None:
    assert titled({"title": "The\r\n\tmill ", "text": "It opened."}) == "The mill\n\n"


def test_a_title_that_the_text_begins_with_is_not_said_twice() -> None:
    assert titled({"title": "The mill", "text": "The mill\nIt opened."}) == ""


def test_ids_of_any_characters_become_file_names_and_back() -> None:
    for identity in ("a/b", "..", "100%", "Dæmon<::>3", "a b:1"):
        assert "/" not in file_name(identity)
        assert identity_of(file_name(identity)) == identity


def test_the_folder_holds_the_corpus_and_nothing_else(tmp_path: Path) -> None:
    sources = [Source("a", "A\n\n", "One.\r\nTwo.", {}), Source("b", "", "Three.", {})]
    write_documents(sources, tmp_path)
    before = (tmp_path / "a.txt").stat().st_mtime_ns
    write_documents(sources[:1], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"A\n\nOne.\r\nTwo."
    assert (tmp_path / "a.txt").stat().st_mtime_ns == before


def test_evidence_is_found_wherever_its_words_stand(task: Callable[..., Task], tmp_path: Path) -> None:
    corpus = [{"id": "a", "title": "Ab", "text": "Rain. Sun. Rain."}, {"id": "b", "title": "Bc", "text": "Snow."}]
    folder = write_benchmark(tmp_path / "set", [], corpus)
    with open_corpus(task(folder), FakeEmbedder()) as opened:
        assert opened.spans(Evidence("a", "Rain.")) == (("a.txt", 4, 9), ("a.txt", 15, 20))
        assert opened.spans(Evidence("a", "Sun.", 6, 10)) == (("a.txt", 10, 14),)
        assert opened.spans(Evidence("b", "")) == ()
        assert opened.only(["b"]) == {"document": ("b.txt",)}
        with pytest.raises(SetUnreadable, match="names the document c"):
            opened.spans(Evidence("c", "Rain."))


def test_documents_that_are_the_same_are_one(task: Callable[..., Task], tmp_path: Path) -> None:
    corpus = [{**MILL, "id": "second"}, {**MILL, "id": "first"}, ORCHARD]
    with open_corpus(task(write_benchmark(tmp_path / "set", [], corpus)), FakeEmbedder()) as opened:
        assert opened.paths_of(["first", "second"]) == {"first.txt"}


def test_an_index_is_made_once(task: Callable[..., Task], tmp_path: Path) -> None:
    folder, embedder = write_benchmark(tmp_path / "set", []), FakeEmbedder()
    for _ in range(2):
        with open_corpus(task(folder), embedder) as opened:
            assert len(opened.index.documents()) == 3
    assert embedder.calls == 1


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "q"}', '{"id": 1, "type": "x", "question": "?", "answers": 3}'])
def test_questions_of_another_form_are_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "queries.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SetUnreadable, match=r"queries\.jsonl, line 1: "):
        read_questions(tmp_path)


def test_a_folder_without_a_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUnreadable, match="No such file"):
        read_questions(tmp_path)


def test_a_reader_says_which_field_it_lacks(task: Callable[..., Task], tmp_path: Path) -> None:
    folder = write_benchmark(tmp_path / "squad2_docs", [question("q", OPENED, "answerable", ["1891"])])
    with pytest.raises(SetUnreadable, match="context_doc_id"):
        list(wikipedia.read_squad(task(folder), FakeEmbedder()))


# --- the quiz ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quiz(tmp_path: Path) -> Path:
    opened, built = ("mill", "The mill opened in 1891."), ("old/bridge", "Engineers built the bridge from granite.")
    queries = [
        question("1", OPENED, "answerable_gold", ["1891"], evidence=[opened], self_contained=True),
        question("2", GRANITE, "answerable_auto", ["granite"], evidence=[built], self_contained=True),
        question("3", PEARS, "answerable_auto", ["Monks"], evidence=[("orchard", "Monks")], self_contained=False),
        question("4", PEARS, "gold_article_no_answer_string", ["x"], evidence=[("orchard", "")], self_contained=True),
        question("5", PEARS, "unverified", ["monks"], self_contained=True),
        question(
            "6",
            ELSEWHERE,
            "unanswerable_out_of_corpus",
            self_contained=True,
            note_true_answer_not_in_corpus=["granite"],
        ),
    ]
    removal = {"remove_docs": ["mill"], "now_unanswerable": ["1"], "still_answerable": ["2"]}
    return write_benchmark(tmp_path / "rtqa_2022", queries, removal=removal)


def test_the_quiz_is_read_in_order_the_removal_last(task: Callable[..., Task], quiz: Path) -> None:
    items = list(news.read_quiz(task(quiz), FakeEmbedder()))
    assert [item.id for item in items] == ["1", "2", "3", "4", "5", "6", "removal:1", "removal:2"]


def test_each_figure_of_the_quiz_counts_its_own_questions(task: Callable[..., Task], quiz: Path) -> None:
    items = list(news.read_quiz(task(quiz), FakeEmbedder()))
    expected = {
        "document_hit@1": (1.0, 4),
        "document_ndcg@10": (1.0, 4),
        "quote_in_top@1": (1.0, 3),
        "answer_in_top@1": (1.0, 3),
        "exact_match": (0.0, 2),
        "contains": (1.0, 2),
        "cites_evidence_document": (1.0, 2),
        "cites_evidence_quote": (1.0, 2),
        "answered_answerable": (1.0, 3),
        "abstained_unanswerable": (1.0, 1),
        "balanced_accuracy": (1.0, 4),
        "confidence_auroc": (1.0, 4),
        "balanced_accuracy:removal": (1.0, 2),
        "confidence_auroc:removal": (1.0, 2),
        "true_answer_said": (0.0, 1),
        "answered:unverified": (1.0, 1),
        "contains:unverified": (1.0, 1),
    }
    assert {name: figure(news.BENCHMARKS, name, items) for name in expected} == expected


def test_an_item_shows_what_was_asked_and_given(task: Callable[..., Task], quiz: Path) -> None:
    first = next(iter(news.read_quiz(task(quiz), FakeEmbedder())))
    assert first.detail["question"] == OPENED
    assert first.detail["status"] == "answered"
    assert first.detail["expected"] == ["1891"]
    assert first.detail["ranking"][0] == "mill"
    cited = first.detail["citations"][0]
    assert (cited["document"], cited["start"]) == ("mill", len("The mill\n\n"))
    assert "history" not in first.detail


def test_a_reading_that_was_interrupted_is_taken_up(task: Callable[..., Task], quiz: Path) -> None:
    whole = list(news.read_quiz(task(quiz), FakeEmbedder()))
    reading = news.read_quiz(task(quiz), FakeEmbedder())
    begun = [next(reading) for _ in range(3)]
    reading.close()
    rest = list(news.read_quiz(task(quiz, [item.id for item in begun]), FakeEmbedder()))
    again = [(item.id, dict(item.measures), dict(item.detail)) for item in begun + rest]
    assert again == [(item.id, dict(item.measures), dict(item.detail)) for item in whole]


# --- several pieces of evidence ----------------------------------------------------------------------------------


def test_multihop_wants_all_evidence(task: Callable[..., Task], tmp_path: Path) -> None:
    both = [("mill", "The mill opened in 1891."), ("old/bridge", "Engineers built the bridge from granite.")]
    queries = [
        question("1", "Was the mill opened and the bridge built?", "comparison_query", ["Yes"], evidence=both),
        question("2", "Who planted pears in the orchard?", "inference_query", ["monks"], evidence=[("orchard", "x")]),
        question("3", ELSEWHERE, "null_query"),
    ]
    items = list(news.read_multihop(task(write_benchmark(tmp_path / "multihop_news", queries)), FakeEmbedder()))
    expected = {
        "all_evidence@5": (1.0, 2),
        "document_recall@5": (1.0, 2),
        "document_mrr@10": (1.0, 2),
        "accuracy": (0.5, 2),
        "accuracy:comparison_query": (0.0, 1),
        "accuracy:inference_query": (1.0, 1),
        "balanced_accuracy": (1.0, 3),
    }
    assert {name: figure(news.BENCHMARKS[2:], name, items) for name in expected} == expected
    document = (tmp_path / "work" / "multihop_news" / "documents" / "mill.txt").read_text(encoding="utf-8")
    assert document == f"The mill\n\nBy Ann Lee, Gazette\n1921-03-02\n\n{MILL['text']}"


# --- Wikipedia ---------------------------------------------------------------------------------------------------


def test_squad_asks_in_the_paragraph_in_its_article_and_in_all(task: Callable[..., Task], tmp_path: Path) -> None:
    opened = ("mill", "The mill opened in 1891.")
    queries = [
        question("1", OPENED, "answerable", ["1891", "in 1891"], evidence=[opened], context_doc_id="mill"),
        question("2", ELSEWHERE, "unanswerable", context_doc_id="orchard"),
    ]
    folder = write_benchmark(tmp_path / "squad2_docs", queries)
    items = list(wikipedia.read_squad(task(folder), FakeEmbedder()))
    assert [item.id for item in items] == ["reader:1", "article:1", "end:1", "reader:2", "article:2", "end:2"]
    assert {name for item in items[:1] for name in item.detail["ranking"]} == {"mill"}
    assert {name for item in items[1:2] for name in item.detail["ranking"]} <= {"mill", "old/bridge"}
    expected = {
        "exact_match:reader": (0.5, 2),
        "abstained_unanswerable:reader": (1.0, 1),
        "contains:reader": (1.0, 1),
        "cites_evidence_quote:end": (1.0, 1),
        "document_hit@1:end": (1.0, 1),
        "confidence_auroc:article": (1.0, 2),
    }
    assert {name: figure(wikipedia.BENCHMARKS, name, items) for name in expected} == expected
    claim = items[0].measures["token_f1:reader"]
    assert claim is not None
    assert figure(wikipedia.BENCHMARKS, "squad_f1:reader", items) == ((claim + 1) / 2, 2)


def test_clapnq_measures_long_answers(task: Callable[..., Task], tmp_path: Path) -> None:
    evidence = [("orchard", "Monks planted pears in the orchard.")]
    queries = [
        question("1", PEARS, "answerable", ["Monks planted pears."], evidence=evidence, context_doc_id="orchard"),
        question("2", ELSEWHERE, "unanswerable", context_doc_id="mill"),
    ]
    items = list(wikipedia.read_clapnq(task(write_benchmark(tmp_path / "clapnq", queries)), FakeEmbedder()))
    assert [item.id for item in items] == ["reader:1", "end:1", "reader:2", "end:2"]
    assert figure(wikipedia.BENCHMARKS[1:], "quote_recall:end", items) == (1.0, 1)
    assert figure(wikipedia.BENCHMARKS[1:], "balanced_accuracy:end", items) == (1.0, 2)
    assert figure(wikipedia.BENCHMARKS[1:], "rouge_l:reader", items)[1] == 1


# --- exact excerpts ----------------------------------------------------------------------------------------------


def test_chunks_count_characters_behind_the_title(task: Callable[..., Task], tmp_path: Path) -> None:
    text = str(ORCHARD["text"])
    quote = "Monks planted pears in the orchard."
    row = question("1", PEARS, "orchard")
    row["evidence"] = [{"doc_id": "orchard", "quote": quote, "start": text.index(quote), "end": len(quote)}]
    folder = write_benchmark(tmp_path / "chroma_chunks", [row], [ORCHARD])
    items = list(chunks.read_chunks(task(folder), FakeEmbedder()))
    assert figure(chunks.BENCHMARKS, "recall@5", items) == (1.0, 1)
    # The only passage with evidence is the text: its 35 of 78 characters; a passage of the title adds to the rest.
    precision, _ = figure(chunks.BENCHMARKS, "precision@5", items)
    assert precision is not None
    assert len(quote) / (len(text) + len("The orchard\n\n")) <= precision <= len(quote) / len(text)


# --- conversations -----------------------------------------------------------------------------------------------

TALK = [{"role": "user", "text": OPENED}, {"role": "assistant", "text": "In 1891."}]


def test_mtrag_asks_with_and_without_the_conversation(task: Callable[..., Task], tmp_path: Path) -> None:
    closed = [("mill", "")]
    graded = {
        "model": "gpt",
        "response": "A flood closed the mill for good in 1920. So it was. It reopened in 1955.",
        "human_faithfulness": [2, 3, 2],
    }
    queries = [
        question(
            "1",
            "Why was it closed?",
            "answerable",
            ["A flood closed the mill for good in 1920."],
            evidence=closed,
            history=TALK,
            human_rewrite="Why was the mill closed?",
            benchmark="MTRAG",
            model_responses=[graded],
        ),
        question("2", ELSEWHERE, "unanswerable", ["I don't know."], history=TALK, benchmark="MTRAG-UN"),
        question("3", GRANITE, "underspecified", ["Which?"], history=[], benchmark="MTRAG-UN"),
    ]
    items = list(conversations.read_mtrag(task(write_benchmark(tmp_path / "mtrag", queries)), FakeEmbedder()))
    assert [item.id for item in items] == [
        "last:1",
        "history:1",
        "human:1",
        "faithfulness:1:gpt",
        "history:2",
        "history:3",
    ]
    expected = {
        "document_recall@5:history": (1.0, 1),
        "document_recall@5:human": (1.0, 1),
        "document_recall@5:last:rewritten": (1.0, 1),
        "document_recall@5:last:un": (None, 0),
        "balanced_accuracy": (1.0, 2),
        "reply_right": (2 / 3, 3),
        "asked_back": (0.0, 1),
        "document_precision": (1.0, 1),
        "sentences_supported": (1.0, 2),
        "faithfulness_auroc": (None, 1),
    }
    assert {name: figure(conversations.BENCHMARKS, name, items) for name in expected} == expected
    assert items[1].detail["history"] == [{"role": turn["role"], "content": turn["text"]} for turn in TALK]
    assert items[1].detail["search_query"] == "Why was the mill closed?"
    assert (
        items[3].measures["support"] == 0.5
    )  # the first sentence stands there, the second says nothing, 1955 is not there
    assert items[3].measures["faithful"] == 0.0  # a mean grade of 7 / 3


def test_inscit_tells_answers_from_none(task: Callable[..., Task], tmp_path: Path) -> None:
    history = {"history": TALK}
    queries = [
        question("1", "Why was it closed?", "answerable", ["A flood."], evidence=[("mill", "")], **history),
        question("2", ELSEWHERE, "no_answer", ["Sorry."], **history),
        question("3", GRANITE, "clarification_or_no_answer", ["Which?"], evidence=[("old/bridge", "")], **history),
    ]
    items = list(conversations.read_inscit(task(write_benchmark(tmp_path / "inscit", queries)), FakeEmbedder()))
    assert [item.id for item in items] == ["last:1", "history:1", "history:2", "last:3", "history:3"]
    assert figure(conversations.BENCHMARKS[1:], "reply_right", items) == (1.0, 2)
    assert figure(conversations.BENCHMARKS[1:], "document_hit@1:history", items) == (1.0, 2)
    assert figure(conversations.BENCHMARKS[1:], "token_f1", items)[1] == 1
