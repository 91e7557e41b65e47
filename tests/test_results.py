"""A benchmark's folder becomes a run, and runs become the page of results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.benchmarks.reading import BENCHMARKS, benchmark_in, measure_benchmark
from eval.figures import ANSWERS
from eval.kinds import figures_of
from eval.metrics import Interval
from eval.results import Row, measure_all, to_markdown
from eval.runs import Item, Run, read_run, without_times
from eval.sabotage import Line
from index.errors import RunUnreadable, UsageError
from rag.settings import Settings
from ui.cli import main

CLAIMS = [
    {
        "id": "q-0",
        "subset": "cnndm",
        "source_text": "The mill on the Aller opened in 1891.",
        "response": "The mill opened in 1891. The mill closed in 1920.",
        "sentences": [
            {"text": "The mill opened in 1891.", "supported": True},
            {"text": "The mill closed in 1920.", "supported": False},
        ],
    }
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "benchmarks" / "qags_news"
    made.mkdir(parents=True)
    text = "".join(json.dumps(claim) + "\n" for claim in CLAIMS)
    (made / "claims.jsonl").write_text(text, encoding="utf-8")
    return made


def test_every_shared_benchmark_has_a_reader_with_figures_that_fit() -> None:
    assert len(BENCHMARKS) == 15
    for name, benchmark in BENCHMARKS.items():
        assert name == benchmark.name
        names = [figure.name for figure in benchmark.figures]
        assert len(set(names)) == len(names), name
        assert set(benchmark.references) <= set(names), name


def test_a_benchmark_becomes_a_run_that_can_be_taken_up(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    run = measure_benchmark(folder, Settings(), out=out)
    assert run.kind == "benchmark/qags_news"
    assert {figure.name: figure.value(run.asked) for figure in figures_of(run)}["balanced_accuracy"] == 1.0
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])  # it was killed while it wrote the last line
    assert without_times(measure_benchmark(folder, Settings(), out=out)) == without_times(run)
    assert without_times(read_run(out)) == without_times(run)


def test_a_changed_benchmark_is_another_run(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    measure_benchmark(folder, Settings(), out=out)
    with (folder / "claims.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({**CLAIMS[0], "id": "q-1"}) + "\n")
    with pytest.raises(UsageError, match="from before the question set was changed"):
        measure_benchmark(folder, Settings(), out=out)


def test_a_folder_without_a_reader_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(UsageError, match="no reader for a benchmark 'elsewhere'; known are article_extraction, "):
        benchmark_in(tmp_path / "elsewhere")
    assert main(["eval", "benchmark", str(tmp_path / "wice")]) == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_benchmark_without_its_files_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "qags_news").mkdir()
    assert main(["eval", "benchmark", str(tmp_path / "qags_news")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("rag: ")
    assert "claims.jsonl" in said
    assert said.count("\n") == 1


def test_the_command_prints_the_figures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "benchmark", str(folder)]) == 0
    assert "# qags_news: 2 questions" in capsys.readouterr().out


def test_a_kind_that_is_not_known_says_so() -> None:
    with pytest.raises(RunUnreadable, match='of the kind "benchmark/none"'):
        figures_of(Run({"kind": "benchmark/none"}, ()))


def test_the_results_need_their_folders(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no folder .*seeds"):
        measure_all(tmp_path, Settings(), tmp_path / "work", tmp_path / "results.md")
    assert not (tmp_path / "work").exists()


def test_the_page_of_results_has_value_interval_n_and_what_others_report(folder: Path) -> None:
    benchmark = measure_benchmark(folder, Settings())
    asked = Run({**benchmark.header, "kind": "answers"}, (Item("a", "list", {"all_key_facts": 1.0}, 0.02),))
    caught = Line("copies the question", ANSWERS[0], 1.0, 0.0, Interval(-1.0, -1.0, -1.0, 9), True, 9)
    rows = [
        Row("The sample set", "rag eval", asked, 20.0, {}),
        Row("qags_news: support", "rag eval benchmark …", benchmark, 200.0, {"balanced_accuracy": "words .656"}),
    ]
    page = to_markdown(rows, [caught])
    assert "`rag eval results SHARED`, 4 min on" in page
    assert "## The sample set\n\n`rag eval`: 1 items in 20 s." in page
    cells = [[cell.strip() for cell in line.split("|")] for line in page.splitlines() if line.startswith("|")]
    assert ["", "All key facts said", "1.00 (1.00–1.00)", "1", ""] in cells
    assert any(row[-2:] == ["words .656", ""] for row in cells)
    assert "copies the question" in page
