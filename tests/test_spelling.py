"""Misspelt words become the documents' own; what the documents or the language have stays as it is."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from conftest import MakeIndex

from index.opening import Index
from rag.spelling import corrected, vocabulary_of

FERRY = """The night ferry

The night ferry Marigold sails from the harbour at ten and carries passengers, parcels and the post of the island.

The engineer Jane Sandqvist receives the complaints, and the backdoor of the boathouse is never locked in winter.

The government pays for the lifeboat and the treasurer pays for the fuel, as the announcements of the harbour say.

Ms. Sandqvist says that the camera maker from Ardenholm repaired the cameras. Ardenholm lies behind the island.

The passengers of the ferry saw the planets through an album of clouds, and the harbour was slender.
"""
LETTER = "A letter\n\nThe harbour board wrote to Jane Sandqvist about the boat.\n"
ENGLISH = "deceive login planes slander informatics wintry together".split()


@pytest.fixture
def index(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index whose model has the words of ENGLISH as one word piece each, and no other word."""
    index = make_index({"ferry.txt": FERRY, "letter.txt": LETTER})

    def word_pieces(texts: Sequence[str]) -> list[int]:
        return [1 if text in ENGLISH else 2 for text in texts]

    monkeypatch.setattr(index.embedder, "word_pieces", word_pieces)
    return index


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("who are the pasengers", "who are the passengers"),
        ("who are the passanger on board", "who are the passengers on board"),
        ("When does the ferrry sail?", "When does the ferry sail?"),
        ("what do the feries carry", "what do the ferry carry"),
        ("Who pays the tresurer?", "Who pays the treasurer?"),
        ("goverment money", "government money"),
        ("what is the annuoncement", "what is the announcements"),
        ("Harbuor fees", "Harbour fees"),
        ("WHEN DOES THE FERRRY SAIL", "WHEN DOES THE FERRY SAIL"),
        ("Who is Jane Sandquist?", "Who is Jane Sandqvist?"),
        ("the harbuor's fees", "the harbour's fees"),
        ("goverment and tresurer", "government and treasurer"),
        ("did it sial", "did it sails"),
        ("waht does the ferry carry", "what does the ferry carry"),
        ("they coudnt find the boat", "they couldn't find the boat"),
    ],
)
def test_a_slip_is_mended(question: str, meant: str, index: Index) -> None:
    assert corrected(question, index) == meant


@pytest.mark.parametrize(
    "question",
    [
        "When does the night ferry sail from the harbour?",
        "Did they deceive the engineer?",
        "Where is the login?",
        "Did planes land on the island?",
        "What did the slander cost?",
        "Did the boat sink at tne?",
        "Who is Jane Sandgren?",
        "Who is Anders Ardenhelm-Roe at Marigoldo?",
        "What did 10pm mean in feries.txt?",
        'Who said "the ferrry is late"?',
        "Doesn't it sail? It cant, they dont know",
        "What did the BFRRY report?",
        "Was it sold in Ostermalm?",
        "",
        "?!",
    ],
)
def test_what_may_be_meant_stays(question: str, index: Index) -> None:
    assert corrected(question, index) == question


def test_a_pasted_text_stays(index: Index) -> None:
    question = "who are the pasengers"
    assert corrected(question, index) != question
    assert corrected(f"{question} {'the ' * 250}", index) == f"{question} {'the ' * 250}"


def test_another_letter_makes_another_short_word(index: Index) -> None:
    assert corrected("the post of the pust", index) == "the post of the pust"


def test_two_slips_keep_the_consonants(index: Index) -> None:
    assert corrected("the tressurar of the ferry", index) == "the treasurer of the ferry"
    assert corrected("the measurer of the ferry", index) == "the measurer of the ferry"


def test_words_joined_and_split_as_the_documents_have_them(index: Index) -> None:
    assert corrected("who is the cameramaker", index) == "who is the camera maker"
    assert corrected("who pays for the life boat", index) == "who pays for the lifeboat"
    assert corrected("is the back-door locked", index) == "is the backdoor locked"
    assert corrected("the night ferry", index) == "the night ferry"


def test_a_word_of_the_model_is_not_split(make_index: MakeIndex) -> None:
    index = make_index({"ferry.txt": FERRY})  # whose model has every word
    assert corrected("who is the cameramaker of the goverment", index) == "who is the cameramaker of the goverment"


def test_two_words_as_near_are_not_chosen_from(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index({"boats.txt": "The harbour\n\nThe parson sails. The prison burns.\n"})
    monkeypatch.setattr(index.embedder, "word_pieces", lambda texts: [2] * len(texts))
    assert corrected("who is the prson", index) == "who is the prson"


def test_the_vocabulary_is_read_once_for_each_state(index: Index) -> None:
    before = vocabulary_of(index)
    assert vocabulary_of(index) is before
    with index.catalog.transaction() as connection:
        connection.execute("INSERT INTO passages_text (rowid, text, heading) VALUES (999, 'The dredger Halcyon', '')")
        connection.execute("UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'")
    assert corrected("who steers the dregder", index) == "who steers the dredger"
    assert vocabulary_of(index) is not before


def test_nothing_is_left_in_the_catalog(index: Index) -> None:
    tables = "SELECT name FROM sqlite_master ORDER BY 1"
    before = index.catalog.connection.execute(tables).fetchall()
    corrected("who are the pasengers", index)
    assert index.catalog.connection.execute(tables).fetchall() == before


def test_a_question_without_slips_takes_little_time(index: Index) -> None:
    started = time.perf_counter()
    for _ in range(100):
        corrected("When does the night ferry sail from the harbour with parcels and passengers?", index)
    assert (time.perf_counter() - started) / 100 < 0.01


def test_a_word_of_the_dictionary_is_no_slip(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index({"mill.txt": "There was outrage in the town when the mill was sold to the ferry company."})
    monkeypatch.setattr(index.embedder, "word_pieces", lambda texts: [2] * len(texts))
    assert corrected("Was there an outragge at the mill?", index) == "Was there an outrage at the mill?"
    assert corrected("Was there an outage of the mill?", index) == "Was there an outage of the mill?"


def test_another_spelling_is_no_slip(make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    index = make_index(
        {"a.txt": "The board organized a ball.\n\nThe criticism of the ball was loud, and the criticism went on.\n"}
    )
    monkeypatch.setattr(index.embedder, "word_pieces", lambda texts: [2] * len(texts))
    assert corrected("who organised the ball", index) == "who organized the ball"
    assert corrected("who was criticising it", index) == "who was criticizing it"
    assert corrected("who was patronising", index) == "who was patronising"
