"""The measures of question benchmarks, on answers made by hand and against the benchmarks' own definitions."""

from __future__ import annotations

import importlib.util
import os
import random
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from eval import metrics
from eval.benchmarks import chunks, conversations, news, wikipedia
from eval.benchmarks.asking import (
    Asked,
    Part,
    abstention_measures,
    answer_measures,
    citation_measures,
    document_measures,
    quote_rank,
)
from eval.benchmarks.benchmark import Benchmark
from eval.benchmarks.conversations import support_score
from eval.benchmarks.documents import Corpus, Evidence, Source
from eval.benchmarks.news import concludes
from index.document import Document, Passage
from rag.answering import Answer, Citation
from rag.retrieve import Hit

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
TEXT = "The mill opened in 1891.\nA flood closed the mill."
OPENED, CLOSED = (0, 24), (25, 48)


def document(name: str, text: str = TEXT) -> Document:
    return Document(name, f"{name}.txt", None, None, None, None, text)


def hit(name: str, start: int = 0, end: int = len(TEXT)) -> Hit:
    return Hit(Passage(f"{name}:{start}", name, start, end, "body"), document(name), 1.0)


def asked(*hits: Hit, cited: Sequence[tuple[str, int, int]] = (), text: str = "", model: str = "quotes") -> Asked:
    citations = tuple(
        Citation(number, document(name), start, end, TEXT[start:end])
        for number, (name, start, end) in enumerate(cited, start=1)
    )
    status = "answered" if cited else "abstained"
    given = Answer("?", "?", {}, text, status, None, 0.5, (), citations, (), (), 0, model, {}, 0.0, True)
    return Asked(given, 0.1, hits)


def corpus(*names: str) -> Corpus:
    return Corpus(cast(Any, None), {name: Source(name, "", TEXT, {}) for name in names}, {n: f"{n}.txt" for n in names})


def test_a_document_stands_where_its_first_passage_stands() -> None:
    ranked = asked(hit("b"), hit("a"), hit("b", 25), hit("c"))
    assert ranked.ranking == ("b.txt", "a.txt", "c.txt")
    measures = document_measures(ranked, {"a.txt", "d.txt"})
    assert measures["document_hit@1"] == 0.0
    assert measures["document_hit@5"] == 1.0
    assert measures["document_recall@5"] == 0.5
    assert measures["all_evidence@10"] == 0.0
    assert measures["document_mrr@10"] == 0.5
    # 1 / log2(3) over 1 + 1 / log2(3)
    assert measures["document_ndcg@10"] == pytest.approx(0.6309 / 1.6309, abs=1e-4)
    assert document_measures(ranked, set()) == {}


def test_a_quote_is_shown_by_a_passage_that_holds_it_white_space_aside() -> None:
    quote = "opened in  1891. A flood"
    assert quote_rank([hit("x", 0, 10), hit("y")], [quote], []) == 2
    assert quote_rank([hit("x", 0, 10)], [quote], []) is None


def test_a_quote_over_an_edge_is_shown_by_the_passages_together() -> None:
    halves = [hit("a", 0, 24), hit("b", 0, 10), hit("a", 25, 48)]
    assert quote_rank(halves, [TEXT], [("a.txt", 0, 48)]) == 3
    assert quote_rank(halves[:2], [TEXT], [("a.txt", 0, 48)]) is None


def test_span_scores_look_at_the_quotes_and_not_at_their_introduction() -> None:
    given = asked(cited=[("a", *OPENED)], text="In “Mill” (1921): “The mill opened in 1891.” [1]")
    measures = answer_measures(given, ["1891", "The mill opened in 1891"])
    assert measures["exact_match"] == 1.0
    assert measures["token_f1"] == 1.0
    assert measures["rouge_l"] == 1.0
    assert measures["words"] == 8.0  # of the text, without its mark
    assert measures["length_ratio"] == 1.0


def test_a_language_model_answers_in_its_own_words() -> None:
    given = asked(cited=[("a", *OPENED)], text="In 1891 [1]", model="gpt")
    assert given.claim == "In 1891"
    assert answer_measures(given, ["in 1891"])["exact_match"] == 1.0


def test_an_abstention_says_nothing_whatever_its_words() -> None:
    given = asked(text="The documents don't say: 1891.")
    measures = answer_measures(given, ["1891"])
    assert (measures["contains"], measures["token_f1"], measures["rouge_l"]) == (0.0, 0.0, 0.0)
    assert "contains_when_answered" not in measures
    assert "words" not in measures
    assert answer_measures(given, []) == {}


def test_citations_against_quotes_and_their_documents() -> None:
    evidence = [Evidence("a", "The mill opened in 1891."), Evidence("b", "A flood closed the mill.")]
    given = asked(cited=[("a", *OPENED), ("a", *CLOSED), ("c", *CLOSED)])
    assert citation_measures(given, corpus("a", "b", "c"), evidence) == {
        "cites_evidence_document": 1.0,
        "document_precision": pytest.approx(2 / 3),
        "cites_evidence_quote": 1.0,
        "quote_precision": pytest.approx(1 / 3),
        "quote_recall": 0.5,
    }
    assert citation_measures(asked(), corpus("a", "b"), evidence) == {"quote_recall": 0.0}
    assert citation_measures(given, corpus("a", "c"), []) == {}


def test_decisions_count_by_their_truth() -> None:
    assert abstention_measures(asked(), answerable=True) == {"answerable": 1.0, "answered_answerable": 0.0}
    assert abstention_measures(asked(), answerable=False) == {"answerable": 0.0, "abstained_unanswerable": 1.0}


def test_a_part_names_its_measures() -> None:
    assert Part("removal").named({"answerable": 1.0}) == {"answerable:removal": 1.0}
    assert Part().of("answerable") == "answerable"
    assert [figure.measures for figure in Part("removal").abstention()][-2] == ("answerable:removal", "confidence")


@pytest.mark.parametrize(
    ("text", "expected", "right"),
    [
        ("In “Yes” (Herald): “No rain, yes or no.”", "no", False),
        ("No: “it rained”", "no", True),
        ("In “News”: “Google paid.”", "google", True),
        ("“Googleplex”", "google", False),
    ],
)
def test_a_judgement_has_to_be_the_replys_own(text: str, expected: str, right: bool) -> None:
    assert concludes(text, expected) is right


def test_support_is_the_mean_over_sentences_that_say_something() -> None:
    assert support_score("The mill opened in 1891.", TEXT) == 1.0
    assert support_score("The mill opened in 1891. The mill opened in 1999.", TEXT) == 0.5
    assert support_score("I do.", TEXT) is None


# --- what is declared --------------------------------------------------------------------------------------------

ALL = (*news.BENCHMARKS, *wikipedia.BENCHMARKS, *chunks.BENCHMARKS, *conversations.BENCHMARKS)


@pytest.mark.parametrize("benchmark", ALL, ids=lambda benchmark: benchmark.name)
def test_figures_have_names_of_their_own_and_references_belong_to_them(benchmark: Benchmark) -> None:
    names = [figure.name for figure in benchmark.figures]
    assert len(names) == len(set(names))
    assert set(benchmark.references) <= set(names)
    assert any(figure.headline for figure in benchmark.figures)
    assert benchmark.documents


# --- against the benchmarks' own definitions ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def definitions() -> ModuleType:
    path = SHARED / "benchmarks" / "metrics.py"
    if not path.exists():
        pytest.skip(f"no benchmarks in {path.parent}; name the folder above it with FOOTNOTE_SHARED")
    specification = importlib.util.spec_from_file_location("benchmark_definitions", path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def phrase(chance: random.Random) -> str:
    words = ["The", "mill", "a", "opened", "1891", "U.S.", "in", "flood", "Café", "don't", "-", "“mill”"]
    return " ".join(chance.choices(words, k=chance.randint(0, 8)))


def test_wording_agrees_with_the_benchmarks(definitions: ModuleType) -> None:
    chance = random.Random(1)
    for _ in range(2000):
        text, references = phrase(chance), [phrase(chance) for _ in range(chance.randint(1, 3))]
        assert metrics.exact_match(text, references) == bool(definitions.em(text, references))
        assert metrics.token_f1(text, references) == pytest.approx(definitions.f1(text, references))
        assert metrics.contains(text, references) == bool(definitions.contains(text, references))
        assert metrics.rouge_l(text, references[0]) == pytest.approx(definitions.rouge_l(text, references[0]))


def test_rankings_agree_with_the_benchmarks(definitions: ModuleType) -> None:
    chance = random.Random(2)
    for _ in range(500):
        ranking = chance.sample(range(30), chance.randint(0, 25))
        relevant = set(chance.sample(range(40), chance.randint(1, 12)))
        marked = [place in relevant for place in ranking]
        missed = len(relevant - set(ranking))
        assert metrics.ndcg(marked, missed) == pytest.approx(definitions.ndcg(ranking, relevant))


def test_decisions_agree_with_the_benchmarks(definitions: ModuleType) -> None:
    chance = random.Random(3)
    for _ in range(300):
        yes = [chance.randint(0, 9) / 10 for _ in range(chance.randint(1, 20))]
        no = [chance.randint(0, 9) / 10 for _ in range(chance.randint(1, 20))]
        assert metrics.auroc(yes, no) == pytest.approx(definitions.auroc(yes, no))
        pairs = [(score >= 0.5, truth) for scores, truth in ((yes, True), (no, False)) for score in scores]
        ours = metrics.balanced_accuracy([truth for _, truth in pairs], [decided for decided, _ in pairs])
        assert ours == pytest.approx(definitions.balanced_accuracy(pairs))
