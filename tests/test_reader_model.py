"""The passage reader: windows, readings, its weights, and the data and loss it is trained with."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
import torch
from safetensors.torch import save_file

from eval.reader_data import Question, Sentence, is_validation, near_misses, read_questions, without_answer
from eval.train_reader import Example, Schedule, examples, loss_of, reworded, save_weights, start_weights
from index.embed import load_embedder
from rag.reader import (
    FROZEN,
    QUESTION_PIECES,
    SENTENCE_PIECES,
    WINDOW_PIECES,
    Network,
    Reader,
    load_reader,
    load_tokenizer,
    make_window,
    split_windows,
)

MILL = [
    "The mill stands at the lower end of the valley.",
    "It was built by Jane Roe in 1887 for her two sons.",
    "Its wheel was replaced by a turbine after the flood.",
    "Visitors can see the grinding stones on Sundays.",
]
FERRY = [
    "The ferry crosses the bay every forty minutes.",
    "Bicycles travel free of charge.",
    "In winter the last boat leaves at six.",
]


@pytest.fixture(scope="module")
def untrained() -> Reader:
    torch.manual_seed(1)
    folder = load_embedder().folder
    weights = start_weights(folder)
    for name in ("reader.hidden.weight", "reader.sentence.weight"):
        weights[name] *= 10  # scores far enough apart for a mix-up to show
    return Reader(Network(weights), load_tokenizer(folder))


# Windows


def test_a_window_says_which_piece_belongs_to_which_sentence() -> None:
    window = make_window([7, 8], [[1, 2, 3], [4]])
    assert window.pieces == [101, 7, 8, 102, 1, 2, 3, 4, 102]
    assert window.sentences == [-1, -1, -1, -1, 0, 0, 0, 1, -1]
    assert window.count == 2


def test_a_long_question_is_cut() -> None:
    assert make_window([7] * 500, [[1]]).sentences.index(0) == QUESTION_PIECES + 2


def test_a_short_passage_is_one_window() -> None:
    assert split_windows([[1] * 20] * 5) == [[[1] * 20] * 5]


def test_no_sentences_no_windows() -> None:
    assert split_windows([]) == []


def test_windows_hold_whole_sentences_in_order() -> None:
    sentences = [[number] * (5 + number % 40) for number in range(100)]
    windows = split_windows(sentences)
    assert [sentence for window in windows for sentence in window] == sentences
    assert max(sum(map(len, window)) for window in windows) <= WINDOW_PIECES


def test_windows_are_of_about_equal_length() -> None:
    sizes = [sum(map(len, window)) for window in split_windows([[1] * 20] * 11)]
    assert len(sizes) == 2
    assert min(sizes) >= max(sizes) / 2


def test_an_endless_sentence_is_cut_to_fit() -> None:
    assert [len(window[0]) for window in split_windows([[1] * 5000, [2] * 5000])] == [SENTENCE_PIECES] * 2


# Readings


def test_no_passages_no_readings(untrained: Reader) -> None:
    assert untrained.read("Who built the mill?", []) == []


def test_a_passage_without_sentences_holds_no_answer(untrained: Reader) -> None:
    empty, _ = untrained.read("Who built the mill?", [[], MILL])
    assert empty.sentences.shape == (0,)
    assert empty.not_here == 1.0


@pytest.mark.parametrize("sentences", [[""], ["", MILL[1]], ["   ", "\n"]])
def test_empty_sentences_get_a_score_too(untrained: Reader, sentences: list[str]) -> None:
    (reading,) = untrained.read("Who built the mill?", [sentences])
    assert reading.sentences.shape == (len(sentences),)
    assert numpy.isfinite(reading.sentences).all()


def test_every_sentence_of_a_long_passage_gets_a_score(untrained: Reader) -> None:
    (reading,) = untrained.read("Who built the mill?", [MILL * 30])
    assert reading.sentences.shape == (len(MILL) * 30,)
    assert reading.sentences.dtype == numpy.float32
    assert numpy.isfinite(reading.sentences).all()
    assert 0.0 <= reading.not_here <= 1.0


def test_the_same_input_gives_the_same_output(untrained: Reader) -> None:
    first = untrained.read("Who built the mill?", [MILL, FERRY])
    second = untrained.read("Who built the mill?", [MILL, FERRY])
    for one, other in zip(first, second, strict=True):
        assert numpy.array_equal(one.sentences, other.sentences)
        assert one.not_here == other.not_here


def test_readings_keep_the_order_of_the_passages_and_do_not_lean_on_each_other(untrained: Reader) -> None:
    passages = [MILL * 30, FERRY, MILL, [FERRY[0]]]
    together = untrained.read("Who built the mill?", passages)
    for passage, reading in zip(passages, together, strict=True):
        (alone,) = untrained.read("Who built the mill?", [passage])
        numpy.testing.assert_allclose(reading.sentences, alone.sentences, atol=1e-3)
    assert numpy.ptp(numpy.concatenate([reading.sentences for reading in together])) > 0.1


def test_log_odds_and_not_here_tell_the_same_story(untrained: Reader) -> None:
    (reading,) = untrained.read("Who built the mill?", [MILL])
    assert reading.not_here == pytest.approx(1 / (1 + numpy.exp(reading.sentences).sum()), abs=1e-4)


# Weights


def test_without_weights_there_is_no_reader(tmp_path: Path) -> None:
    assert load_reader(tmp_path / "missing.safetensors") is None


def test_importing_the_reader_does_not_load_torch() -> None:
    code = "import sys, rag.reader; sys.exit('torch' in sys.modules)"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    assert done.returncode == 0


def test_what_is_saved_is_what_is_loaded(tmp_path: Path, untrained: Reader) -> None:
    weights = untrained._network._weights
    save_weights({name: weight for name, weight in weights.items() if name not in FROZEN}, tmp_path / "weights")
    again = load_reader(tmp_path / "weights")
    assert again is not None
    (before,), (after,) = (each.read("Who built the mill?", [MILL]) for each in (untrained, again))
    numpy.testing.assert_allclose(before.sentences, after.sentences, atol=0.05)


def test_a_group_stays_on_its_side_whatever_its_case() -> None:
    assert is_validation("The Mill") == is_validation("the mill")
    sides = {is_validation(f"group {number}") for number in range(100)}
    assert sides == {True, False}


def test_records_without_a_clear_licence_are_left_out(tmp_path: Path) -> None:
    import gzip
    import json

    context = "The mill is old. Jane Roe built it in 1887 " + "and again " * 300 + "at last."
    answers = [{"text": "Jane Roe", "start": context.index("Jane"), "votes": 1}]
    record = {
        "id": "a:1",
        "source": "a",
        "question": "Who built it?",
        "context": context,
        "answers": answers,
        "group": "g",
    }
    records = [record | {"licence_clear": True}, record | {"id": "a:2", "licence_clear": False, "question": "Who?"}]
    claim = {
        "id": "c:1",
        "source": "fool_me_twice",
        "licence_clear": False,
        "question": "A claim.",
        "candidates": [{"text": "A sentence.", "relevant": 1}],
        "group": "g",
    }
    for name, lines in (("reader", records), ("ranking", [claim])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    training, validation = read_questions(tmp_path, load_tokenizer(load_embedder().folder))
    (question,) = training + validation
    assert question.text == "Who built it?"
    assert question.right == {1}
    assert max(len(sentence.pieces) for sentence in question.passage) == SENTENCE_PIECES


# Training data


def passage_of(*texts: str) -> tuple[Sentence, ...]:
    sentences, position = [], 0
    for text in texts:
        words = text.split()
        sentences.append(Sentence(text, [2000 + len(word) for word in words], [], position, position + len(text)))
        position += len(text) + 1
    return tuple(sentences)


def held_in(example: Example) -> list[list[int]]:
    owned = list(zip(example.window.pieces, example.window.sentences, strict=True))
    return [[piece for piece, owner in owned if owner == number] for number in range(example.window.count)]


def question_about(
    passage: tuple[Sentence, ...], right: int, answer: str, mismatch: tuple[Sentence, ...] = ()
) -> Question:
    return Question("made_up", "mill", "Who built the mill?", passage, frozenset({right}), (answer,), None, mismatch)


def test_the_passage_without_its_answer_loses_every_sentence_that_says_it() -> None:
    question = question_about(
        passage_of("The mill.", "Jane Roe built it.", "It is old.", "jane roe died."), 1, "jane roe"
    )
    assert [sentence.text for sentence in without_answer(question)] == ["The mill.", "It is old."]


def test_near_misses_share_words_but_not_the_answer() -> None:
    question = question_about(passage_of("Jane Roe built the mill."), 0, "jane roe")
    answering, close, far = (
        passage_of("Jane Roe lived."),
        passage_of("The mill was built again."),
        passage_of("It rained."),
    )
    assert near_misses(question, [question.passage, far, answering, close]) == [close, far]


def test_examples_mix_right_sentences_and_not_here() -> None:
    passage = passage_of("The mill is old.", "Jane Roe built it here.", "It is open on Sundays.")
    question = question_about(passage, 1, "jane roe", passage_of("The ferry is new."))
    stream = examples([question], load_tokenizer(load_embedder().folder), seed=3)
    drawn = [next(stream) for _ in range(60)]
    assert {bool(example.right) for example in drawn} == {True, False}  # the question has no name to exchange
    answering = [2000 + len(word) for word in passage[1].text.split()]
    for example in drawn:
        window = example.window
        held = [
            [p for p, s in zip(window.pieces, window.sentences, strict=True) if s == n] for n in range(window.count)
        ]
        assert [held[number] for number in example.right] == ([answering] if example.right else [])
        assert (answering in held) == bool(example.right)


def test_a_reworded_question_keeps_its_content_words() -> None:
    question = question_about(passage_of("Jane Roe built the mill."), 0, "jane roe")
    for seed in range(50):
        assert {"built", "mill"} <= set(reworded(question, random.Random(seed)).lower().strip("?").split())


@pytest.mark.parametrize(("step", "minutes", "done"), [(0, 0.0, 0.0), (50, 1.0, 0.5), (10, 9.0, 0.9), (100, 2.0, 1.0)])
def test_training_ends_with_its_steps_or_its_minutes(step: int, minutes: float, done: float) -> None:
    assert Schedule(steps=100, minutes=10.0, rate=1e-4).done(step, minutes) == done


# Loss


def example_of(right: set[int]) -> Example:
    return Example(make_window([7], [[1], [2]]), frozenset(right), (-1, -1))


def test_loss_is_lower_the_more_the_right_sentence_stands_out() -> None:
    example, span = example_of({1}), torch.zeros(1, 6, 2)
    span_known = Example(example.window, example.right, (0, 0))
    good = loss_of([span_known], torch.tensor([[0.0, 5.0]]), torch.tensor([0.0]), span)
    bad = loss_of([span_known], torch.tensor([[5.0, 0.0]]), torch.tensor([0.0]), span)
    assert good < bad


def test_no_right_sentence_means_not_here() -> None:
    example = Example(example_of(set()).window, frozenset(), (0, 0))
    span = torch.zeros(1, 6, 2)
    sure = loss_of([example], torch.tensor([[0.0, 0.0]]), torch.tensor([5.0]), span)
    fooled = loss_of([example], torch.tensor([[0.0, 5.0]]), torch.tensor([0.0]), span)
    assert sure < fooled


def test_weights_that_are_not_ours_are_refused(tmp_path: Path) -> None:
    save_file({"something.else": torch.zeros(1)}, tmp_path / "weights")
    with pytest.raises(KeyError):
        load_reader(tmp_path / "weights")
