"""The sample corpus and its question set are in step: evidence stands where the set says, fiction is marked."""

from collections import Counter
from pathlib import Path

from eval.cases import DEFAULT_SET, load_set
from index.sync import read_document

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted((ROOT / "corpus" / "documents").iterdir())


def test_every_format_is_there_and_reads() -> None:
    assert {path.suffix for path in DOCUMENTS} == {".txt", ".md", ".html", ".pdf", ".docx"}
    assert 8 <= len(DOCUMENTS) <= 12
    for path in DOCUMENTS:
        document = read_document(path)
        assert document.title, path.name
        assert len(document.text) > 2000, path.name


def test_every_document_is_accounted_for_as_fact_or_fiction() -> None:
    readme = (ROOT / "corpus" / "README.md").read_text(encoding="utf-8")
    assert "fiction" in readme
    for path in DOCUMENTS:
        assert path.name in readme


def test_evidence_stands_where_the_set_says() -> None:
    texts = {path.name: read_document(path).text for path in DOCUMENTS}
    for case in load_set(DEFAULT_SET):
        for evidence in case.evidence:
            assert texts[evidence.doc][evidence.start : evidence.end] == evidence.quote, case.id


def test_the_set_asks_for_all_types_and_a_third_has_no_answer() -> None:
    cases = load_set(DEFAULT_SET)
    assert len(cases) >= 30
    traps = [case for case in cases if case.type.startswith("unanswerable") or case.type == "furniture_trap"]
    assert 3 * len(traps) >= len(cases)
    assert all(count >= 2 for count in Counter(case.type for case in cases).values())
