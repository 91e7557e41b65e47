"""The sample corpus and its question set are in step: evidence stands where the set says, fiction is marked."""

from collections import Counter
from pathlib import Path

from eval.cases import DEFAULT_SET, REASONS, load_set
from eval.locate import place_of
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
            place = place_of(evidence, texts)
            assert not isinstance(place, str), f"{case.id}: {place}"
            # Where a reader makes the text, it may learn: offsets would move.
            assert (evidence.start is None) == evidence.doc.endswith((".html", ".pdf", ".docx")), case.id


def test_whoever_said_it_is_given_with_what_has_to_be_cited() -> None:
    for case in load_set(DEFAULT_SET):
        required = [evidence for evidence in case.evidence if not evidence.label and not evidence.outdated]
        assert not case.answerable or all(evidence.said is not None for evidence in required), case.id


def test_the_set_asks_for_all_types_and_a_fifth_has_no_answer() -> None:
    cases = load_set(DEFAULT_SET)
    assert len(cases) >= 100
    refused = [case for case in cases if not case.answerable]
    assert 5 * len(refused) >= len(cases)
    assert all(count >= 4 for count in Counter(case.expected_reason for case in refused).values())
    assert {case.expected_reason for case in refused} == set(REASONS)
    assert all(count >= 4 for count in Counter(case.type for case in cases).values())
