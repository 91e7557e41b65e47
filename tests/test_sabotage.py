"""The figures are put to the test: a perfect answerer gets all of them, twelve that cheat are each caught by one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from mill import OPENING, write_set

from eval.cases import DEFAULT_SET, load_set
from eval.figures import ANSWERS, Figure
from eval.run import evaluate
from eval.runs import Run
from eval.sabotage import CHEATS, Gold, Line, _gold, _line, answerer_of, sabotage_index, to_text
from index.errors import SetUnreadable
from index.opening import Index, open_index
from index.sync import sync
from rag.settings import Settings

DOCUMENTS = Path(__file__).resolve().parent.parent / "corpus" / "documents"
NAMES = [
    "always abstains",
    "never abstains",
    "right text, wrong span",
    "wrong speaker",
    "ignores updates",
    "quotes furniture",
    "fills in masks",
    "copies the question",
    "dumps passages",
    "stale index",
    "swapped numbers",
    "random citations",
]
FIGURES = {figure.name: figure for figure in ANSWERS}
SHARES = [figure for figure in ANSWERS if figure.unit == "share"]


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample set on an index of its documents, and what only the cheats know."""

    index: Index
    gold: Gold
    honest: Run

    def cheated(self, name: str) -> Run:
        answerer = answerer_of(self.gold, CHEATS[name][0])
        return evaluate(DEFAULT_SET, self.index, Settings(index_dir=self.index.folder), answerer=answerer)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    folder = tmp_path_factory.mktemp("sample")
    for _ in sync([DOCUMENTS], folder, FakeEmbedder()):
        pass
    with pytest.MonkeyPatch.context() as patch, closing(open_index(folder, embedder=FakeEmbedder())) as index:
        patch.chdir(folder)  # no rag.toml there
        for name in [name for name in os.environ if name.startswith("RAG_")]:
            patch.delenv(name)
        gold = _gold(load_set(DEFAULT_SET), index)
        yield Sample(index, gold, evaluate(DEFAULT_SET, index, Settings(index_dir=folder), answerer=answerer_of(gold)))


@pytest.fixture(scope="module")
def lines(sample: Sample) -> dict[str, Line]:
    caught = sabotage_index(DEFAULT_SET, sample.index, Settings(index_dir=sample.index.folder))
    return {line.cheat: line for line in caught}


def test_the_perfect_answerer_is_asked_everything(sample: Sample) -> None:
    assert not sample.honest.left_out
    assert len(sample.honest.asked) == len(load_set(DEFAULT_SET))


@pytest.mark.parametrize("figure", SHARES, ids=lambda figure: figure.name)
def test_the_perfect_answerer_gets_every_share(sample: Sample, figure: Figure) -> None:
    value = figure.value(sample.honest.asked)
    if figure.name in ("words_grounded", "fallback"):
        assert value is None  # it quotes: it has no word of its own, and no language model
        return
    assert value is not None, "no question of the sample set measures it"
    if "_recall@" in figure.name:
        assert value >= 0.99  # a list of evidence may be longer than the budget
    else:
        assert value == (0.0 if figure.better == "lower" else 1.0)


def test_there_are_twelve_cheats(lines: dict[str, Line]) -> None:
    assert list(CHEATS) == NAMES
    assert list(lines) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_cheat_is_caught_by_the_figure_meant_for_it(lines: dict[str, Line], name: str) -> None:
    line = lines[name]
    assert line.figure is FIGURES[CHEATS[name][1]]
    assert line.caught
    low, value, high = line.difference.low, line.difference.value, line.difference.high
    assert low is not None
    assert value is not None
    assert high is not None
    assert low <= value <= high
    assert (low > 0) if line.figure.better == "lower" else (high < 0)
    if line.figure.unit == "share":
        assert line.honest == (0.0 if line.figure.better == "lower" else 1.0)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("always abstains", ["abstained_unanswerable", "forbidden", "evidence_recall@1000"]),
        ("never abstains", ["all_key_facts", "answered_answerable", "citation_exactness", "verbatim", "cited"]),
        ("right text, wrong span", ["all_key_facts", "citation_exactness", "cited", "abstained_unanswerable"]),
        ("wrong speaker", ["all_key_facts", "citation_precision", "citation_exactness", "verbatim", "date_right"]),
        ("ignores updates", ["citation_precision", "citation_exactness", "verbatim", "attribution_wrong"]),
        ("quotes furniture", ["all_key_facts", "citation_exactness", "verbatim", "cited", "outdated"]),
        ("fills in masks", ["all_key_facts", "citation_exactness", "cited", "answered_answerable"]),
        ("copies the question", ["answered_answerable", "outdated", "evidence_recall@1000"]),
        ("dumps passages", ["citation_exactness", "citation_recall", "verbatim", "cited", "abstained_unanswerable"]),
        ("stale index", ["all_key_facts", "attribution_wrong", "cited", "abstained_unanswerable"]),
        ("swapped numbers", ["citation_precision", "citation_recall", "citation_exactness", "attribution_right"]),
        ("random citations", ["all_key_facts", "citation_exactness", "cited", "abstained_unanswerable"]),
    ],
)
def test_a_cheat_cheats_in_one_way(sample: Sample, name: str, kept: list[str]) -> None:
    asked = sample.cheated(name).asked
    assert {figure: FIGURES[figure].value(asked) for figure in kept} == {
        figure: FIGURES[figure].value(sample.honest.asked) for figure in kept
    }


def test_a_cheat_keeps_the_question_and_its_hits(sample: Sample) -> None:
    for name in NAMES:
        answerer = answerer_of(sample.gold, CHEATS[name][0])
        for question in list(sample.gold.located)[::7]:
            honest, cheated = answerer_of(sample.gold)(question), answerer(question)
            assert (cheated.question, cheated.hits) == (honest.question, honest.hits)
            assert {n for s in cheated.sentences for n in s.citations} <= {c.number for c in cheated.citations}


@pytest.mark.parametrize("figure", ANSWERS, ids=lambda figure: figure.name)
def test_honesty_is_not_taken_for_a_cheat(sample: Sample, figure: Figure) -> None:
    assert not _line("honest", figure, sample.honest, sample.honest).caught


def test_the_table_for_people(lines: dict[str, Line]) -> None:
    shown = to_text(list(lines.values()))
    assert [name for name in NAMES if f"| {name} " not in shown] == []
    assert shown.count("  caught |") == 12
    assert "NOT CAUGHT" not in shown
    missed = replace(lines["stale index"], caught=False)
    assert "| NOT CAUGHT |" in to_text([missed])
    assert "| too few questions |" in to_text([replace(missed, cheated_on=4)])


def test_a_set_about_other_documents_is_refused(sample: Sample, tmp_path: Path) -> None:
    path = write_set(tmp_path / "mills.jsonl", OPENING)
    with pytest.raises(SetUnreadable, match=r"mill\.txt is not among the documents"):
        sabotage_index(path, sample.index, Settings(index_dir=sample.index.folder))


def test_the_same_cheats_come_to_the_same(sample: Sample, lines: dict[str, Line]) -> None:
    cheated = sample.cheated("random citations")
    again = _line("random citations", FIGURES["citation_recall"], sample.honest, cheated)
    assert again == lines["random citations"]
