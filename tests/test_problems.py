"""Where evidence stands in the documents as they are now, and what is wrong with a question set."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import MakeIndex
from fakes import FakeEmbedder
from mill import (
    CLOSING,
    ELSEWHERE,
    FIRE,
    FLOOD,
    LABEL,
    MILL,
    MILLER,
    OPENED,
    OPENING,
    OWNER,
    PRAISE,
    TEXT,
    evidence,
    place,
    record_of,
    write_set,
)

from eval.cases import DEFAULT_SET, Case, Evidence, load_set, read_set
from eval.figures import ANSWERS
from eval.locate import Texts, locate, place_of, texts_of_folder, texts_of_index
from eval.metrics import Said
from eval.problems import Problem, problems_of, problems_of_file, to_text
from eval.run import evaluate
from eval.score import Located
from index.errors import NoDocuments
from index.opening import Index, open_index
from index.sync import sync
from rag.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PATH = MILL.path
SET = (OPENING, CLOSING, PRAISE, OWNER, MILLER)
PAGE = "<html><head><title>The Mill</title></head><body><article>{}</article></body></html>"
PARAGRAPHS = "<p>The mill on the Aller ground\n  flour for <b>nine</b> villages.</p><p>It had an oak wheel.</p>"


def unplaced(quote: str, document: str = "mill.txt") -> Evidence:
    return Evidence(document, None, None, quote)


# --- where it stands -------------------------------------------------------------------------------------------


def test_the_places_of_a_case() -> None:
    found = locate(replace(CLOSING, evidence=(*CLOSING.evidence, evidence(LABEL, label=True))), {PATH: TEXT})
    assert isinstance(found, Located)
    assert found.required == ((PATH, *place(FIRE)),)
    assert found.outdated == ((PATH, *place(FLOOD)),)
    assert found.labels == ((PATH, *place(LABEL)),)


@pytest.mark.parametrize(
    ("piece", "texts", "why"),
    [
        (ELSEWHERE.evidence[0], {PATH: TEXT}, "inn.txt is not among the documents"),
        (evidence(OPENED), {}, "mill.txt is not among the documents"),
        (evidence(OPENED), {PATH: TEXT, "old/mill.txt": ""}, "mill.txt may be any of old/mill.txt, papers/mill.txt"),
        (
            evidence(OPENED, doc="Mill.TXT"),
            {PATH: ""},
            "Mill.TXT is not among the documents (did you mean «mill.txt»?)",
        ),
        (
            *(evidence(OPENED), {PATH: "x" + TEXT}),
            f"{PATH} does not read «{OPENED}» at 10 to 34, but «↵The mill opened in 1891»; "
            "the quote stands at 11 to 35",
        ),
        (
            *(evidence(OPENED), {PATH: TEXT.replace("opened", "began", 1) + "The mill\nopened in 1891."}),
            f"{PATH} does not read «{OPENED}» at 10 to 34, but «The mill began in 1891. »; "
            "the quote stands at 252 to 276, with other white space",
        ),
        (
            *(evidence(OPENED), {PATH: "-" + TEXT * 2}),
            f"{PATH} does not read «{OPENED}» at 10 to 34, but «↵The mill opened in 1891»; "
            "the quote stands in 2 places of it",
        ),
        (
            *(evidence(OPENED), {PATH: "Short"}),
            f"{PATH} does not read «{OPENED}» at 10 to 34, but has only 5 characters; the quote stands nowhere in it",
        ),
        (
            *(Evidence("mill.txt", 0, 62, "x" * 60 + "yz"), {PATH: "x" * 62}),
            f"{PATH} does not read «…{'x' * 20}yz» at 0 to 62, but «…{'x' * 22}»; the quote stands nowhere in it",
        ),
        (evidence(OPENED, quote=None), {PATH: TEXT[:20]}, f"{PATH} has 20 characters, no 10 to 34"),
        (unplaced("The inn"), {PATH: TEXT}, f"{PATH} does not read «The inn» anywhere"),
        (unplaced("mill opened"), {PATH: TEXT * 2}, f"{PATH} reads «mill opened» in 2 places; quote more of it"),
        (unplaced("x" * 70), {PATH: TEXT}, f"{PATH} does not read «{'x' * 59}…» anywhere"),
    ],
)
def test_evidence_that_has_no_place(piece: Evidence, texts: dict[str, str], why: str) -> None:
    assert place_of(piece, texts) == why
    assert locate(replace(OPENING, evidence=(evidence(OPENED), piece)), texts).__class__ is str


def test_an_exact_path_wins_over_a_file_name() -> None:
    texts = {"mill.txt": TEXT, "old/mill.txt": TEXT, PATH: TEXT}
    assert place_of(evidence(OPENED), texts) == ("mill.txt", *place(OPENED))
    assert place_of(evidence(OPENED, doc=PATH), texts) == (PATH, *place(OPENED))


def test_evidence_without_offsets_stands_where_its_words_do() -> None:
    assert place_of(unplaced("mill\n opened in"), {PATH: TEXT}) == (PATH, *place("mill opened in"))
    assert place_of(unplaced("(2)"), {PATH: TEXT}) == (PATH, *place("(2)"))


def test_evidence_without_a_quote_stands_at_its_offsets() -> None:
    assert place_of(evidence(OPENED, quote=None), {PATH: TEXT}) == (PATH, *place(OPENED))


@pytest.mark.parametrize(
    ("name", "content", "quote"),
    [
        ("mill.html", PAGE.format(PARAGRAPHS), "The mill on the Aller ground flour for nine villages."),
        ("mill.txt", TEXT, OPENED),
    ],
)
def test_documents_are_read_from_their_files(tmp_path: Path, name: str, content: str, quote: str) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / name).write_text(content, encoding="utf-8")
    texts = texts_of_folder([tmp_path], tmp_path / ".rag")
    assert list(texts) == [f"papers/{name}"]
    assert len(texts) == 1
    found = place_of(unplaced(quote, name), texts)
    assert not isinstance(found, str), found
    assert " ".join(texts[found[0]][found[1] : found[2]].split()) == quote


def test_the_sample_documents_of_every_format_hold_their_evidence() -> None:
    texts = texts_of_folder([ROOT / "corpus" / "documents"], ROOT / ".rag")
    unplaced_in = {e.doc.rsplit(".")[-1] for case in load_set(DEFAULT_SET) for e in case.evidence if e.start is None}
    assert {"html", "pdf", "docx"} <= unplaced_in
    for case in load_set(DEFAULT_SET):
        assert isinstance(locate(case, texts), Located), locate(case, texts)


def test_a_folder_of_no_documents(tmp_path: Path) -> None:
    with pytest.raises(NoDocuments, match="There is no file or folder"):
        texts_of_folder([tmp_path / "none"], tmp_path / ".rag")


def test_a_document_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    (tmp_path / "mill.txt").write_bytes(b"\x00\x01\xff")
    texts = Texts({"mill.txt": tmp_path / "mill.txt", "gone.txt": tmp_path / "gone.txt"})
    assert str(place_of(evidence(OPENED), texts)).startswith("mill.txt is not text")
    assert "gone.txt can't be read: No such file" in str(place_of(evidence(OPENED, doc="gone.txt"), texts))
    assert texts.get("mill.txt", "nothing") == "nothing"


# --- an index that has gone stale ------------------------------------------------------------------------------


def documents_of(index: Index) -> Path:
    return index.folder.parent / "documents"


def test_the_documents_of_an_index_are_read_anew(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": TEXT, "more/inn.txt": "The inn sold beer.\n", "barn.txt": "A barn.\n"})
    folder = documents_of(index)
    assert dict(texts_of_index(index)) == {document.path: document.text for document in index.documents()}
    (folder / "mill.txt").write_text("Another text.\n", encoding="utf-8")
    (folder / "barn.txt").unlink()
    (folder / "new.txt").write_text("Not indexed.\n", encoding="utf-8")
    assert dict(texts_of_index(index)) == {"mill.txt": "Another text.\n", "more/inn.txt": "The inn sold beer.\n"}


def test_without_its_folder_an_index_says_what_it_holds(make_index: MakeIndex) -> None:
    index = make_index({"mill.txt": TEXT})
    shutil.rmtree(documents_of(index))
    assert dict(texts_of_index(index)) == {"mill.txt": TEXT}


def test_documents_keep_their_names_when_another_folder_is_gone(tmp_path: Path) -> None:
    for name, text in {"one/papers/mill.txt": TEXT, "two/inn.txt": "The inn sold beer.\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    for _ in sync([tmp_path / "one" / "papers", tmp_path / "two"], tmp_path / "index", FakeEmbedder()):
        pass
    shutil.rmtree(tmp_path / "two")
    with closing(open_index(tmp_path / "index", embedder=FakeEmbedder())) as index:
        assert [document.path for document in index.documents()] == ["one/papers/mill.txt", "two/inn.txt"]
        assert dict(texts_of_index(index)) == {"one/papers/mill.txt": TEXT}


@pytest.mark.usefixtures("plain_environment")
def test_quotes_from_a_stale_index_are_not_exact(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index({"mill.html": PAGE.format(PARAGRAPHS), "inn.txt": "The inn sold beer.\n"})
    ground = unplaced("The mill on the Aller ground flour for nine villages.", "mill.html")
    case = Case("M7", "What did the mill on the Aller ground?", "single_fact", True, None, ("flour",), (ground,))
    path = write_set(tmp_path / "set.jsonl", case)
    assert figure_of("citation_exactness", path, index) == 1
    file, later = documents_of(index) / "mill.html", "<p>The mayor opened the fair on Monday.</p>" + PARAGRAPHS
    file.write_text(PAGE.format(later), encoding="utf-8")
    assert figure_of("citation_exactness", path, index) == 0
    for _ in sync([documents_of(index)], index.folder, FakeEmbedder()):
        pass
    with closing(open_index(index.folder, embedder=FakeEmbedder())) as mended:
        assert figure_of("citation_exactness", path, mended) == 1


@pytest.mark.usefixtures("plain_environment")
def test_evidence_that_has_moved_is_left_out(make_index: MakeIndex, tmp_path: Path) -> None:
    index = make_index({"papers/mill.txt": TEXT})
    path = write_set(tmp_path / "set.jsonl", OPENING, MILLER)
    (documents_of(index) / "papers" / "mill.txt").write_text("x" + TEXT, encoding="utf-8")
    run = evaluate(path, index, Settings())
    assert [item.id for item in run.asked] == ["M5"]
    assert str(run.left_out[0].left_out).startswith("papers/mill.txt does not read «Comments (2)» at ")


def figure_of(name: str, set_path: Path, index: Index) -> float | None:
    run = evaluate(set_path, index, Settings())
    assert not run.left_out
    return next(figure for figure in ANSWERS if figure.name == name).value(run.asked)


# --- what is wrong with a set ----------------------------------------------------------------------------------


def problems(*cases: Case, text: str = TEXT) -> list[Problem]:
    return problems_of(cases, {PATH: text})


def test_a_set_with_nothing_wrong(tmp_path: Path) -> None:
    assert problems(*SET) == []
    reading = read_set(write_set(tmp_path / "mills.jsonl", *SET))
    assert to_text("mills.jsonl", reading, problems_of_file(reading, {PATH: TEXT})) == (
        "mills.jsonl: 5 questions of 5 types, 3 answerable; 0 problems, 0 remarks"
    )


FACTLESS: Any = replace(OPENING, key_facts=())


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (replace(OPENING, evidence=ELSEWHERE.evidence), "inn.txt is not among the documents"),
        (replace(OPENING, evidence=(replace(evidence(OPENED), start=11, end=35),)), f"{PATH} does not read «The"),
        (replace(OPENING, evidence=(unplaced("The inn"),)), f"{PATH} does not read «The inn» anywhere"),
        (FACTLESS, "is answerable, but has no key facts or no evidence to find"),
        (replace(OPENING, evidence=(evidence(OPENED, label=True),)), "is answerable, but has no key facts or no ev"),
        (replace(OPENING, evidence=(evidence(OPENED, outdated=True),)), "is answerable, but has no key facts or no"),
        (replace(OPENING, reason="masked"), "is answerable, but has a reason why it is not"),
        (replace(OPENING, type="unanswerable_absent"), "is answerable, but of the type «unanswerable_absent»"),
        (replace(OPENING, type="followup"), "is of the type «followup», but has no history"),
        (replace(OWNER, key_facts=("1900",)), "is not answerable, but has key facts"),
        (replace(OPENING, key_facts=("1891", "1892|1893")), "no evidence says «1892|1893»"),
        (replace(OPENING, must_not=("mill opened",)), "the evidence says «mill opened», which an answer must not"),
        (
            replace(OPENING, evidence=(Evidence(PATH, place(OPENED)[0], place(OPENED)[1] + 1, None),)),
            f"{PATH}, 10 to 35, begins or ends with white space",
        ),
    ],
)
def test_what_is_wrong_with_a_case(case: Case, what: str) -> None:
    (problem,) = problems(MILLER, case)
    assert (problem.id, problem.remark) == (case.id, False)
    assert problem.what.startswith(what)


@pytest.mark.parametrize(
    "case",
    [
        replace(OPENING, key_facts=("1891|1892", "Comments")),  # one alternative is enough, labels count
        replace(CLOSING, must_not=("flood",)),  # what was withdrawn may say it
        replace(OWNER, must_not=("owner",)),  # what seems to answer may say it
        replace(OWNER, reason="masked"),
        replace(OPENING, evidence=(unplaced(OPENED),)),
        replace(OPENING, type="furniture_trap"),
        replace(OPENING, type="followup", history=({"role": "user", "content": "The mill?"},)),
    ],
)
def test_what_is_not_wrong_with_a_case(case: Case) -> None:
    assert problems(case) == []


def test_a_question_that_stands_there_twice() -> None:
    again = replace(MILLER, id="again", question="who was its  LAST miller?")
    later = replace(again, id="later", history=({"role": "user", "content": "The mill?"},))
    assert problems(MILLER, again, later) == [Problem("again", "asks what M5 asks")]
    assert problems(MILLER, again, replace(again, id="third"))[1] == Problem("third", "asks what M5 asks")


def said_by(*speakers: str) -> Evidence:
    return evidence(OPENED, said=Said(speakers))


@pytest.mark.parametrize(
    ("case", "what"),
    [
        (replace(OPENING, question="Did it open in 1891?"), "the question says «1891» already"),
        (
            replace(OPENING, type="numbr_date"),
            "no other question is of the type «numbr_date» (did you mean «number_date»?)",
        ),
        (replace(OPENING, type="milling"), "no other question is of the type «milling»"),
        (
            replace(OPENING, evidence=(said_by("Ada Bell"), said_by("Ada Bell"))),
            "no document names the speaker «Ada Bell»",
        ),
        (
            replace(OPENING, speaker="Ben Lark", evidence=(evidence(OPENED),)),
            "no document names the speaker «Ben Lark»",
        ),
        (replace(OWNER, evidence=()), "has the reason «masked», but no evidence that shows it"),
        (replace(MILLER, reason="furniture_only"), "has the reason «furniture_only», but no evidence that shows it"),
    ],
)
def test_what_may_be_a_slip_is_a_remark(case: Case, what: str) -> None:
    assert problems(case) == [Problem(case.id, what, remark=True)]


def test_types_of_ones_own_and_names_in_any_case_or_order_are_no_slips() -> None:
    own = replace(OPENING, type="milling", evidence=(said_by("quill, ADA"),))
    assert problems(own, replace(own, id="other", question="Since when?")) == []


def test_a_key_that_nothing_reads_is_a_remark(tmp_path: Path) -> None:
    records = [record_of(case) for case in (OPENING, PRAISE)]
    for record in records:
        record["must_nto"] = ["1892"]
    records[1]["source"] = "a book"
    records[1]["evidence"][0]["quoet"] = "?"
    found = problems_of_file(read_set(write_set(tmp_path / "set.jsonl", *records)), {PATH: TEXT})
    assert found == [
        Problem("M1", "nothing reads the key «must_nto», here and in 1 more line (did you mean «must_not»?)", True, 1),
        Problem("M3", "nothing reads the key «source»", True, 2),
        Problem("M3", 'nothing reads the key «quoet» of "evidence" (did you mean «quote»?)', True, 2),
    ]


def test_malformed_lines_come_first_then_all_the_rest_in_the_order_of_the_lines(tmp_path: Path) -> None:
    bad = replace(OPENING, question="In 1891?", key_facts=("1891", "1892"), evidence=OPENING.evidence, reason="masked")
    misplaced = replace(CLOSING, evidence=(evidence(FLOOD, doc="a.txt"), evidence(FIRE, doc="b.txt")))
    again = replace(MILLER, id="again")
    path = write_set(tmp_path / "set.jsonl", misplaced, {"id": "half"}, MILLER, bad, MILLER, again)
    reading = read_set(path)
    lines = to_text("set.jsonl", reading, problems_of_file(reading, {PATH: TEXT})).splitlines()
    assert lines == [
        'line 2, half: "question" is missing',
        "line 5, M5: the id «M5» stands in line 3 too",
        "line 1, M2: a.txt is not among the documents",
        "line 1, M2: b.txt is not among the documents",
        "line 4, M1: is answerable, but has a reason why it is not",
        "line 4, M1: the question says «1891» already (a remark)",
        "line 4, M1: no evidence says «1892»",
        "line 6, again: asks what M5 asks",
        "set.jsonl: 4 questions of 3 types, 2 answerable; 2 malformed lines, 5 problems, 1 remark",
    ]


def test_a_line_without_an_id_is_told_by_its_number(tmp_path: Path) -> None:
    reading = read_set(write_set(tmp_path / "set.jsonl", {}))
    assert to_text("a", reading, problems_of_file(reading, {})).splitlines() == [
        'line 1: "id" is missing',
        "a: 0 questions of 0 types, 0 answerable; 1 malformed line, 0 problems, 0 remarks",
    ]


def test_the_sample_set_has_no_problem() -> None:
    texts = texts_of_folder([ROOT / "corpus" / "documents"], ROOT / ".rag")
    assert [problem for problem in problems_of(load_set(DEFAULT_SET), texts) if not problem.remark] == []
