"""Question sets, and a scripted answerer put through run, report and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

import eval.__main__ as command
import rag
from eval.cases import Case, Evidence, load_set
from eval.report import summarise, to_markdown, worst_first
from eval.run import evaluate, run_set
from eval.score import LeftOut, Result
from index.document import Document, Passage
from index.errors import ModelUnavailable, SetUnreadable, UsageError
from rag.answering import Answer, Citation, Sentence
from rag.retrieve import Hit

TEXT = "The Mill\n\nComments (2)\n\nThe mill opened in 1891. It closed after the flood of 1920.\n"
MILL = Document("d1", "papers/mill.txt", "The Mill", None, None, None, TEXT)
OPENED = "The mill opened in 1891."
CLOSED = "It closed after the flood of 1920."


class FakeEmbedder:
    """A word is a word piece."""

    def word_pieces(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class FakeIndex:
    def __init__(self, *documents: Document) -> None:
        self.embedder = FakeEmbedder()
        self._documents = documents
        self.closed = False

    def documents(self) -> tuple[Document, ...]:
        return self._documents

    def close(self) -> None:
        self.closed = True


def span(quote: str, **changes: Any) -> Evidence:
    start = TEXT.index(quote)
    return replace(Evidence("mill.txt", start, start + len(quote), quote), **changes)


def unplaced(quote: str) -> Case:
    return replace(OPENING, evidence=(Evidence("mill.txt", None, None, quote),))


def answered(question: str, *quotes: str) -> Answer:
    places = [(TEXT.index(quote), TEXT.index(quote) + len(quote)) for quote in quotes]
    citations = tuple(
        Citation(number, MILL, start, end, TEXT[start:end]) for number, (start, end) in enumerate(places, start=1)
    )
    sentences = tuple(Sentence(citation.quote, (citation.number,), "verbatim") for citation in citations)
    hits = tuple(Hit(Passage(f"p{start}", "d1", start, end, "body"), MILL, 1.0) for start, end in places)
    text = " ".join(f"{citation.quote} [{citation.number}]" for citation in citations)
    rest: Any = {"filters": {}, "conflicts": (), "removed": 0, "model": "quotes", "tokens": {}, "complete": True}
    found: Any = {"sentences": sentences, "citations": citations, "hits": hits, "confidence": 0.9}
    return Answer(question, question, text=text, status="answered", reason=None, seconds=0.0, **found, **rest)


def abstained(question: str) -> Answer:
    text = "The documents mention 1891 but don't say it."
    return replace(answered(question), text=text, status="abstained", reason="not_in_corpus", confidence=0.1)


LABEL = span("Comments (2)", label=True)
OPENING = Case("M1", "When did it open?", "number_date", True, ("1891",), (LABEL, span(OPENED)))
CLOSING = Case("M2", "Why did it close?", "why_how", True, ("flood", "1920"), (span(CLOSED),), ("fire",))
OWNER = Case("M3", "Who owned it?", "unanswerable_absent", False, must_not=("Smith",))
ELSEWHERE = Case("M4", "And the inn?", "why_how", True, ("beer",), (Evidence("inn.txt", 0, 4, "beer"),))

MILL_INDEX: Any = FakeIndex(MILL)
NO_SETTINGS: Any = None

Script = Callable[[dict[str, Answer]], list[dict[str, Any]]]
"""Makes `rag.answer` give these answers, by question, and returns the list of the calls it gets."""


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    def install(answers: dict[str, Answer]) -> list[dict[str, Any]]:
        calls: list[dict[str, Any]] = []

        def answer(question: str, **given: Any) -> Answer:
            calls.append({"question": question, **given})
            return answers[question]

        monkeypatch.setattr(rag, "answer", answer, raising=False)
        return calls

    return install


def write_set(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records) + "\n", encoding="utf-8")
    return path


def result_of(case: Case, index: Any = MILL_INDEX) -> Result:
    (result,) = run_set([case], index, NO_SETTINGS)
    assert isinstance(result, Result)
    return result


# --- the set ---------------------------------------------------------------------------------------------------


def test_a_set_becomes_cases(tmp_path: Path) -> None:
    given = {"speaker": "the narrator", "note": "line\u2028separator", "polarity": "yes"}
    history = {"role": "user", "content": "The mill?"}
    record = asdict(OPENING) | given | {"history": [history], "source": "an unknown key"}
    path = write_set(tmp_path / "set.jsonl", record, asdict(OWNER))
    path.write_text("\ufeff\n" + path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    opening, owner = load_set(path)
    assert owner == OWNER
    assert asdict(opening) == asdict(OPENING) | given | {"history": (history,)}


LEAST: Any = {"id": "a", "question": "b?", "type": "c", "answerable": False}


def test_four_keys_are_enough(tmp_path: Path) -> None:
    assert load_set(write_set(tmp_path / "set.jsonl", LEAST)) == (Case("a", "b?", "c", False),)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"id": None}, '"id" is not a text'),
        ({"answerable": "yes"}, '"answerable" is neither true nor false'),
        ({"key_facts": "1891"}, '"key_facts" is not a list'),
        ({"key_facts": ["1891", "a||b"]}, '"key_facts[1]" has an empty alternative ("a||b")'),
        ({"must_not": [" "]}, '"must_not[0]" is not a text, or empty'),
        ({"evidence": ["mill.txt"]}, '"evidence[0]" is not an object'),
        ({"evidence": [{"doc": "a", "start": 0, "end": 1}]}, '"evidence[0].quote" is missing'),
        ({"evidence": [{"doc": "a", "start": -1, "end": 1, "quote": "ab"}]}, '"evidence[0].start" is not a count'),
        ({"evidence": [{"doc": "a", "start": 0, "end": None, "quote": "a"}]}, "has only one of start and end"),
        ({"evidence": [{"doc": "a", "start": 3, "end": 9, "quote": "ab"}]}, "spans 6 characters (3 to 9)"),
        ({"evidence": [{"doc": "a", "start": 0, "end": 1, "quote": "a", "label": 1}]}, '"evidence[0].label" is'),
        ({"history": [{"role": "user"}]}, '"history[0].content" is missing'),
    ],
)
def test_a_malformed_value_is_named_with_file_and_line(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    path = write_set(tmp_path / "set.jsonl", asdict(OWNER), asdict(OPENING) | changes)
    with pytest.raises(SetUnreadable) as caught:
        load_set(path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n \n", "holds no questions"),
        (b'{"id": \n', "line 1: not a JSON object on one line"),
        (b"[1]", "line 1: not a JSON object"),
        (b'{"id": "M1", "type": "list"}', 'line 1: "question" is missing'),
        (b'{"id": "M1", "question": "Who?", "type": "list"}', 'line 1: "answerable" is missing'),
        (b'{"id": "caf\xe9"}', "is not UTF-8"),
        (2 * (json.dumps(LEAST).encode() + b"\n"), 'line 2: the id "a" stands in an earlier line too'),
    ],
)
def test_a_file_that_is_no_set(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(content)
    with pytest.raises(SetUnreadable) as caught:
        load_set(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_or_a_folder_is_no_set(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(SetUnreadable, match="Can't read the question set"):
            load_set(path)


# --- the run ---------------------------------------------------------------------------------------------------


def test_a_right_answer(script: Script) -> None:
    calls = script({OPENING.question: answered(OPENING.question, OPENED)})
    history = ({"role": "user", "content": "The mill?"},)
    result = result_of(replace(OPENING, history=history))
    assert calls == [{"question": OPENING.question, "index": MILL_INDEX, "history": history, "settings": NO_SETTINGS}]
    assert (result.evidence_recall, result.citation_precision, result.citation_exactness) == (1, 1, 1)
    assert (result.all_key_facts, result.fact_recall, result.missing) == (True, 1, ())
    assert (result.words, result.citations, result.forbidden) == (5, 1, None)
    assert result.seconds >= 0


def test_a_cited_label_is_right_but_not_required(script: Script) -> None:
    script({OPENING.question: answered(OPENING.question, "Comments (2)")})
    result = result_of(OPENING)
    assert (result.citation_precision, result.evidence_recall) == (1, 0)


def test_an_abstention_says_no_key_fact(script: Script) -> None:
    script({OPENING.question: abstained(OPENING.question)})
    result = result_of(OPENING)
    assert (result.all_key_facts, result.missing, result.citation_precision) == (False, ("1891",), None)


def test_an_answer_to_an_unanswerable_question_has_no_right_citation_to_measure(script: Script) -> None:
    case = replace(OWNER, evidence=(span(OPENED),), must_not=("1891",))
    script({OWNER.question: answered(OWNER.question, OPENED)})
    result = result_of(case)
    assert (result.citation_precision, result.all_key_facts, result.forbidden) == (None, None, ("1891",))
    assert result.evidence_recall == 1


def test_results_come_one_at_a_time(script: Script) -> None:
    calls = script({case.question: abstained(case.question) for case in (OPENING, CLOSING)})
    results = run_set([OPENING, CLOSING], MILL_INDEX, NO_SETTINGS)
    next(results)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("case", "documents", "why"),
    [
        (ELSEWHERE, [MILL], "inn.txt is not in the index"),
        (OPENING, [], "mill.txt is not in the index"),
        (OPENING, [MILL, replace(MILL, path="old/mill.txt")], "mill.txt may be any of old/mill.txt, papers/mill.txt"),
        (OPENING, [replace(MILL, text="x" + TEXT)], 'papers/mill.txt does not read, at 10, "Comments (2)"'),
        (unplaced("The inn"), [MILL], 'papers/mill.txt does not read, anywhere, "The inn"'),
        (unplaced("mill opened"), [replace(MILL, text=TEXT * 2)], 'papers/mill.txt reads, in 2 places, "mill opened"'),
    ],
)
def test_a_case_without_its_document_is_left_out(
    script: Script, case: Case, documents: list[Document], why: str
) -> None:
    calls = script({OPENING.question: abstained(OPENING.question)})
    index: Any = FakeIndex(*documents)
    (outcome,) = run_set([case], index, NO_SETTINGS)
    assert outcome == LeftOut(case.id, why)
    assert not calls


def test_an_exact_path_wins_over_a_file_name(script: Script) -> None:
    script({CLOSING.question: answered(CLOSING.question, CLOSED)})
    case = replace(CLOSING, evidence=(span(CLOSED, doc="papers/mill.txt"),))
    result = result_of(case, FakeIndex(replace(MILL, path="old/mill.txt"), MILL))
    assert result.evidence_recall == 1


def test_evidence_without_offsets_stands_where_its_words_do(script: Script) -> None:
    script({OPENING.question: answered(OPENING.question, OPENED)})
    assert result_of(unplaced("mill\n opened in")).evidence_recall == 1


# --- the report ------------------------------------------------------------------------------------------------


@pytest.fixture
def outcomes(script: Script) -> tuple[Result | LeftOut, ...]:
    opening = answered(OPENING.question, OPENED)
    unsure = replace(opening, confidence=0.4)
    script({OPENING.question: opening, CLOSING.question: unsure, OWNER.question: unsure})
    return tuple(run_set([OPENING, CLOSING, OWNER, ELSEWHERE], MILL_INDEX, NO_SETTINGS))


def test_figures_per_type_and_in_all(outcomes: tuple[Result | LeftOut, ...]) -> None:
    summary = summarise("mills.jsonl", outcomes)
    names = ["number_date", "why_how", "unanswerable_absent", "answerable", "unanswerable", "all"]
    assert [group.name for group in summary.groups] == names
    assert [group.n for group in summary.groups] == [1, 1, 1, 2, 1, 3]
    everything = summary.all
    assert (everything.all_key_facts.value, everything.all_key_facts.n) == (0.5, 2)
    assert (everything.forbidden.value, everything.forbidden.n) == (0, 2)
    assert everything.balanced_accuracy == 0.5
    assert everything.confidence_auroc == 1.5 / 2
    assert summary.models == ("quotes",)
    assert [case.id for case in summary.left_out] == ["M4"]


def test_the_worst_answers_come_first(outcomes: tuple[Result | LeftOut, ...]) -> None:
    results = [outcome for outcome in outcomes if isinstance(outcome, Result)]
    opening, closing, owner = results
    assert [(result.id, words) for result, words in worst_first(results)] == [
        ("M3", "answered with confidence 0.40; should abstain"),
        ("M2", 'does not say "flood", "1920"; 0% of the evidence found'),
    ]
    broken = replace(opening, id="broken", citation_exactness=0.5)
    forbidden = replace(opening, id="forbidden", forbidden=("fire",))
    silent = replace(closing, id="silent", status="abstained", reason="masked")
    order = [result.id for result, _ in worst_first([closing, silent, opening, forbidden, owner, broken])]
    assert order == ["broken", "M3", "forbidden", "silent", "M2"]


def test_the_report_reads_as_markdown(outcomes: tuple[Result | LeftOut, ...]) -> None:
    first: Any = outcomes[0]
    odd = replace(first, type="[red]a|b")  # neither rich's markup nor a cell's end
    report = to_markdown(summarise("mills.jsonl", [odd, *outcomes[1:]]))
    table = [line for line in report.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 6
    assert len({line.count("|") for line in table}) == 1
    assert [cell.strip() for cell in table[-1].split("|")][1:6] == ["all", "3", "0.50 (2)", "0.50 (2)", "0.50 (2)"]
    assert table[2].startswith("| [red]a/b ")
    assert [cell.strip() for cell in table[-1].split("|")][10] == "5"
    assert [cell.strip() for cell in table[4].split("|")][3] == "-"
    assert "0 of 2 answerable and 0 of 1 unanswerable questions; balanced accuracy 0.50 (n 3)" in report
    assert "AUROC of the confidence 0.75 (2 x 1 pairs)" in report
    assert "Quotes exact: 1.0000 (3)" in report
    assert "Left out, because the index can't show their evidence (1 questions):\n\n- M4: inn.txt is not in" in report
    assert not any(line != line.rstrip() for line in report.splitlines())


# --- the whole -------------------------------------------------------------------------------------------------


def test_evaluate_returns_the_summary_and_writes_it(tmp_path: Path, script: Script) -> None:
    script({OPENING.question: answered(OPENING.question, OPENED), OWNER.question: abstained(OWNER.question)})
    path, out = write_set(tmp_path / "set.jsonl", asdict(OPENING), asdict(OWNER)), tmp_path / "out.json"
    summary = evaluate(path, MILL_INDEX, NO_SETTINGS, out)
    assert summary.all.balanced_accuracy == 1
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["set"] == str(path)
    assert tuple(written["budgets"]) == summary.budgets
    assert written["groups"][-1]["evidence_recall"] == {"value": 1, "n": 1}
    assert written["groups"][-1]["abstention"]["unanswerable_abstained"] == 1
    assert [result["id"] for result in written["results"]] == ["M1", "M3"]


def test_a_set_about_other_documents_is_refused(tmp_path: Path, script: Script) -> None:
    script({})
    path = write_set(tmp_path / "set.jsonl", asdict(ELSEWHERE))
    with pytest.raises(SetUnreadable, match=r"None of the 1 questions .* inn\.txt is not in the index"):
        evaluate(path, MILL_INDEX, NO_SETTINGS)


def test_a_report_that_cannot_be_written_is_found_out_first(tmp_path: Path, script: Script) -> None:
    calls = script({})
    path = write_set(tmp_path / "set.jsonl", asdict(OPENING))
    for out in (tmp_path, tmp_path / "none" / "out.json"):
        with pytest.raises(UsageError, match="Can't write the report"):
            evaluate(path, MILL_INDEX, NO_SETTINGS, out)
    assert not calls


@pytest.fixture
def mill_index(monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    """Makes the command ask an index of MILL."""
    index = FakeIndex(MILL)
    monkeypatch.setattr("index.opening.open_index", lambda folder, **options: index)
    monkeypatch.setattr("index.embed.load_embedder", lambda model: None)
    return index


def test_the_command_prints_the_report(
    tmp_path: Path, script: Script, mill_index: FakeIndex, capsys: pytest.CaptureFixture[str]
) -> None:
    script({OPENING.question: answered(OPENING.question, OPENED)})
    path = write_set(tmp_path / "set.jsonl", asdict(OPENING))
    assert command.main([str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(f"# {path}: 1 questions, asked of quotes")
    assert printed.err == ""
    assert mill_index.closed


def test_the_command_turns_errors_into_one_message(
    tmp_path: Path, mill_index: FakeIndex, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / "none.jsonl")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Can't read the question set")

    def fail(*_: Any, **__: Any) -> Iterator[Any]:
        raise ModelUnavailable("No model answers at http://localhost:1. Start it.")

    monkeypatch.setattr(rag, "answer", fail, raising=False)
    assert command.main([str(write_set(tmp_path / "set.jsonl", asdict(OWNER)))]) == 1
    assert capsys.readouterr().err == "No model answers at http://localhost:1. Start it.\n"


def test_wrong_usage_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command.main(["--index", "a", "--corpus", "b"])
    assert caught.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
