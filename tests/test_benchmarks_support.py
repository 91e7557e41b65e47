"""Readers of the support-checking sets, on folders made by hand whose every figure was worked out on paper."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eval.benchmarks import support
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.records import read_records
from eval.benchmarks.support_pointers import best_set_recall, closest_set_f1, pointers_of
from eval.runs import Item
from index.errors import SetUnreadable
from rag.check import Verdict
from rag.settings import Settings
from tests.fakes import FakeEmbedder

SHARED = Path(os.environ.get("FOOTNOTE_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
DEFINITIONS = SHARED / "benchmarks" / "metrics.py"

SOURCE = "The mill's owners sold 45 oak wheels to two museums in Aller Town after the flood of 1920."
VERBATIM = SOURCE
SUPPORTED = "The mill's owners sold 45 oak wheels."
PARTIAL = "The mill's owners sold oak wheels to Otto Brand."
UNSUPPORTED = "Bananas grow on warm islands."
BY_NAME = {benchmark.name: benchmark for benchmark in support.BENCHMARKS}
ROWS = st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 1)), min_size=1, max_size=20)
PLACES = st.frozensets(st.integers(0, 9), max_size=6)


@pytest.fixture(scope="module")
def definitions() -> ModuleType:
    if not DEFINITIONS.exists():
        pytest.skip(f"no {DEFINITIONS}; name the folder of the shared data with FOOTNOTE_SHARED")
    specification = importlib.util.spec_from_file_location("definitions", DEFINITIONS)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def task(folder: Path, records: Iterable[Mapping[str, Any]] = (), done: tuple[str, ...] = ()) -> Task:
    lines = [json.dumps(dict(record)) for record in records]
    if lines:
        (folder / "claims.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Task(folder, folder / "work", Settings(), done)


def figures(benchmark: Benchmark, items: list[Item]) -> dict[str, Any]:
    return {figure.name: figure.value(items) for figure in benchmark.figures}


def sentence(text: str, supported: bool | None, **more: Any) -> dict[str, Any]:
    return {"text": text, "supported": supported, **more}


def response(identity: str, *sentences: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": identity, "source_text": SOURCE, "sentences": list(sentences), **more}


QAGS = (
    response(
        "c",
        sentence(VERBATIM, True),
        sentence(PARTIAL, False),
        sentence(UNSUPPORTED, None),
        sentence(SUPPORTED, False),
        subset="cnndm",
    ),
    response("x", sentence(SUPPORTED, True), sentence(UNSUPPORTED, False), subset="xsum"),
)
FAITHBENCH = (
    response(
        "a",
        sentence(VERBATIM, True, worst_label="Consistent"),
        sentence(PARTIAL, False, worst_label="Unwanted"),
        sentence(UNSUPPORTED, None, worst_label="Questionable"),
        response_worst_label="Unwanted",
        baseline_scores={"judge": 1},
        spans=[{"text": "a marked span"}],
    ),
    response("b", sentence(SUPPORTED, True, worst_label="Benign"), response_worst_label="Benign"),
    response(
        "c",
        sentence(VERBATIM, True, worst_label="Consistent"),
        sentence(UNSUPPORTED, None, worst_label="Questionable"),
        response_worst_label="Questionable",
        response_supported=False,
    ),
    response("d", sentence(SUPPORTED, False, worst_label="Unwanted"), response_worst_label="Unwanted"),
)
WICE_SOURCE = ["Menu", SUPPORTED, "Rain fell."]
WICE = tuple(
    {
        "id": f"w{number}",
        "source_sentences": WICE_SOURCE,
        "sentences": [sentence(text, label == "supported", label=label, evidence_sets=sets)],
    }
    for number, (text, label, sets) in enumerate(
        [
            (SUPPORTED, "supported", [[1], [1, 2]]),
            (PARTIAL, "partially_supported", [[0, 1]]),
            (UNSUPPORTED, "not_supported", [[]]),
            ("Ships sailed north.", "supported", [[2]]),
        ]
    )
)


@pytest.mark.parametrize(
    ("claim", "score", "name"),
    [
        (VERBATIM, 1, "verbatim"),
        (SUPPORTED, 2 / 3, "supported"),
        (PARTIAL, 1 / 3, "partial"),
        (UNSUPPORTED, 0, "unsupported"),
    ],
)
def test_the_score_is_the_place_of_the_verdict(claim: str, score: float, name: str) -> None:
    found, verdict = support.support_of(claim, SOURCE)
    assert (found, verdict.name) == (pytest.approx(score), name)


def test_qags_counts_all_sentences_and_each_part(tmp_path: Path) -> None:
    benchmark = BY_NAME["qags_news"]
    items = list(benchmark.read(task(tmp_path, QAGS)))
    assert [(item.id, item.type) for item in items] == [
        ("c:0", "cnndm"),
        ("c:1", "cnndm"),
        ("c:3", "cnndm"),
        ("x:0", "xsum"),
        ("x:1", "xsum"),
    ]
    assert figures(benchmark, items) == {
        "auroc": pytest.approx(5.5 / 6),
        "balanced_accuracy": pytest.approx(5 / 6),
        "f1_unsupported": pytest.approx(0.8),
        "cnndm_auroc": 1,
        "cnndm_balanced_accuracy": 0.75,
        "cnndm_f1_unsupported": pytest.approx(2 / 3),
        "xsum_auroc": 1,
        "xsum_balanced_accuracy": 1,
        "xsum_f1_unsupported": 1,
    }


def test_faithbench_judges_sentences_and_summaries_by_their_worst_sentence(tmp_path: Path) -> None:
    benchmark = BY_NAME["faithbench"]
    items = list(benchmark.read(task(tmp_path, FAITHBENCH)))
    assert [item.id for item in items] == [
        *("a:0", "a:1", "a:summary", "b:0", "b:summary", "c:0", "c:summary", "d:0", "d:summary")
    ]
    assert figures(benchmark, items) == {
        "auroc": pytest.approx(5.5 / 6),
        "balanced_accuracy": 0.75,
        "precision_unsupported": 1,
        "recall_unsupported": 0.5,
        "f1_unsupported": pytest.approx(2 / 3),
        "summary_auroc": 0.5,
        "summary_balanced_accuracy": 0.5,
        "summary_precision_unsupported": 0.5,
        "summary_recall_unsupported": 0.5,
        "summary_f1_unsupported": 0.5,
    }
    assert items[2].detail["text"] == "its worst sentence is unsupported: 0 of 4 content words stand in the cited text"
    assert items[2].detail["expected"] == "Unwanted"


def test_summedits_has_the_two_figures_of_its_makers(tmp_path: Path) -> None:
    benchmark = BY_NAME["summedits_news"]
    records = [response("s", sentence(SUPPORTED, True)), response("t", sentence(SUPPORTED.replace("45", "46"), False))]
    items = list(benchmark.read(task(tmp_path, records)))
    assert figures(benchmark, items) == {"auroc": 1, "balanced_accuracy": 1}
    assert items[1].detail == {
        "question": "The mill's owners sold 46 oak wheels.",
        "text": "unsupported: not in the cited text: 46",
        "expected": "unsupported",
        "document": "t",
    }


def test_expertqa_claims_are_checked_without_marks_against_what_they_cite(tmp_path: Path) -> None:
    benchmark = BY_NAME["expertqa"]
    record = response(
        "e",
        sentence("The mill's owners sold 45 oak wheels [7][8].", True, label="Complete", evidence_ids=[0, 2]),
        sentence("The mill's owners sold 45 oak wheels [9].", False, label="Incomplete", evidence_ids=[1]),
        sentence("No evidence.", None, label="Missing", evidence_ids=[]),
        evidence=["The owners sold 45 oak.", "Bananas grow on warm islands.", "A mill has wheels."],
    )
    items = list(benchmark.read(task(tmp_path, [record])))
    assert [item.measures["score"] for item in items] == [pytest.approx(2 / 3), 0]
    assert figures(benchmark, items) == {"auroc": 1, "balanced_accuracy": 1}


def test_wice_counts_three_labels_and_pointers(tmp_path: Path) -> None:
    benchmark = BY_NAME["wice"]
    items = list(support.read_wice(task(tmp_path, WICE), FakeEmbedder()))
    assert figures(benchmark, items) == {
        "auroc": 0.625,
        "balanced_accuracy": 0.75,
        "f1_supported": pytest.approx(2 / 3),
        "three_way": 0.75,
        "pointers_recall@5": pytest.approx((1 + 0.5 + 0) / 3),
        "pointers_f1": pytest.approx((1 + 2 / 3 + 0) / 3),
    }
    assert items[0].detail["text"].endswith("; points to sentence 1")
    assert items[2].measures["pointers_f1"] is None
    assert items[3].detail["text"].endswith("; points to no sentence")


def test_without_a_source_there_is_nothing_to_point_to() -> None:
    assert pointers_of(SUPPORTED, (), FakeEmbedder()) == ()
    assert pointers_of("", WICE_SOURCE, FakeEmbedder()) == ()


def test_the_closest_of_several_annotations_counts() -> None:
    assert best_set_recall([4, 1, 2], [{1, 2, 3}, {4, 5}]) == pytest.approx(2 / 3)
    assert best_set_recall([4, 1, 2], [{1, 2}, {4, 5}], k=2) == 0.5
    assert closest_set_f1({1, 2, 4}, [{1, 2}, {4, 5}]) == pytest.approx(0.8)
    assert closest_set_f1((), [{1}]) == 0
    assert best_set_recall([1], [set(), {1}]) is None
    assert closest_set_f1([1], []) is None


@given(PLACES, st.lists(PLACES, max_size=4))
def test_measures_of_pointers_stay_within_0_and_1(cited: frozenset[int], sets: list[frozenset[int]]) -> None:
    values = [best_set_recall(sorted(cited), sets), closest_set_f1(cited, sets)]
    assert all(value is None or 0 <= value <= 1 for value in values)
    assert (values[0] is None) == (values[1] is None) == (not sets or frozenset() in sets)


@given(ROWS)
def test_figures_stay_within_0_and_1(rows: list[tuple[bool, bool, float]]) -> None:
    names = ("supported", "supported_cnndm", "supported_xsum", "summary_supported")
    items = [
        Item(str(n), "claim", {**dict.fromkeys(names, float(truth)), "accepted": float(yes), "score": score})
        for n, (truth, yes, score) in enumerate(rows)
    ]
    for benchmark in support.BENCHMARKS:
        for value in figures(benchmark, items).values():
            assert value is None or 0 <= value <= 1


@given(ROWS)
def test_figures_are_those_of_the_readmes(definitions: ModuleType, rows: list[tuple[bool, bool, float]]) -> None:
    assume(len({truth for truth, _, _ in rows}) == 2)
    decided = numpy.array([row[:2] for row in rows], dtype=float)
    refused = [(not yes, not truth) for truth, yes, _ in rows]
    items = [
        Item(str(n), "claim", {"supported": float(truth), "accepted": float(yes), "score": score})
        for n, (truth, yes, score) in enumerate(rows)
    ]
    found = figures(BY_NAME["faithbench"], items)
    scores = [[score for truth, _, score in rows if truth is wanted] for wanted in (True, False)]
    assert found["auroc"] == pytest.approx(definitions.auroc(*scores))
    assert found["balanced_accuracy"] == pytest.approx(definitions.balanced_accuracy(refused))
    names = ("precision_unsupported", "recall_unsupported", "f1_unsupported")
    assert [found[name] for name in names] == pytest.approx(definitions.prf(refused))
    accepted = [(yes, truth) for truth, yes, _ in rows]
    assert support.f1_of_supported(decided) == pytest.approx(definitions.prf(accepted)[2])


def test_the_checker_gets_the_sentence_and_the_source_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []

    def check(claim: str, evidence: str) -> Verdict:
        seen.append((claim, evidence))
        return Verdict("partial", "")

    monkeypatch.setattr(support, "check_sentence", check)
    list(BY_NAME["faithbench"].read(task(tmp_path, FAITHBENCH[:1])))
    assert seen == [(text, SOURCE) for text in (VERBATIM, PARTIAL, UNSUPPORTED)]


def test_what_is_done_is_not_made_again(tmp_path: Path) -> None:
    whole = [item.id for item in BY_NAME["faithbench"].read(task(tmp_path, FAITHBENCH))]
    rest = [item.id for item in BY_NAME["faithbench"].read(task(tmp_path, done=("a:0", "b:summary")))]
    assert rest == [identity for identity in whole if identity not in ("a:0", "b:summary")]


def test_a_finished_wice_needs_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support, "load_embedder", None)
    assert not list(BY_NAME["wice"].read(task(tmp_path, WICE, done=("w0", "w1", "w2", "w3"))))


def test_references_belong_to_figures() -> None:
    for benchmark in support.BENCHMARKS:
        names = [figure.name for figure in benchmark.figures]
        assert len(set(names)) == len(names)
        assert set(benchmark.references) <= set(names)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[1]", "line 1: not a JSON object"),
        (b'\n{"id": "a"}', "line 2: lacks 'subset'"),
        (b"{", "line 1: Expecting"),
        (b"\n\n", "holds no lines"),
        (b"\xff", "is not UTF-8 (byte 0)"),
    ],
)
def test_a_file_that_is_not_as_described_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "claims.jsonl").write_bytes(content)
    with pytest.raises(SetUnreadable) as caught:
        list(BY_NAME["qags_news"].read(task(tmp_path)))
    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetUnreadable, match="Name the folder that holds the benchmark"):
        read_records(tmp_path / "claims.jsonl", dict)
