"""Trains the reader's weights: `python -m eval.train_reader TRAINING_FOLDER --out reader.safetensors`.

It does not know the benchmarks or the sample documents: it sees records of clear licence in the training folder
alone, and keeps an eighth of their groups (articles, papers) for measuring.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from eval.measure_reader import measure_quickly
from eval.reader_changes import changed, names_of
from eval.reader_data import (
    Question,
    Sentence,
    near_misses,
    passages_by_group,
    read_questions,
    stems_of,
    without_answer,
)
from index.embed import load_embedder
from rag.reader import FROZEN, WINDOW_PIECES, Network, Reader, Window, load_tokenizer, make_window
from rag.words import STOP_WORDS, words_of

BATCH = 32
HEAD_HIDDEN = 192
SPAN_WEIGHT = 0.3
WARM_UP_STEPS = 60
HEAD_RATE = 5.0  # times the rate of the encoder
QAMR_PER_EPOCH = 4000
NOT_HERE_SHARE = 0.6  # of the questions also seen with a passage that doesn't answer
CHANGED_SHARE = 0.4  # of the questions also seen changed, before the passage that answered them
NAMES_AT_HAND = 40
YES_NO = ("Is it true that {}?", "Was it said that {}?", "{}", "What is known about this: {}?")


@dataclass(frozen=True, slots=True)
class Example:
    """One window to learn from; no right sentence means "not here"; `span` is the answer's first and last piece."""

    window: Window
    right: frozenset[int]
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When training ends and the encoder's highest learning rate, which falls to nothing until then."""

    steps: int
    minutes: float
    rate: float

    def done(self, step: int, minutes: float) -> float:
        """How much of the training is behind: 0 at the start, 1 or more at the end."""
        return max(step / self.steps, minutes / self.minutes)


def main() -> None:
    """Trains, measures every 150 steps on the groups kept aside, and saves what the falling rate ends in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds reader.jsonl.gz and ranking.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="where the weights go")
    parser.add_argument("--steps", type=int, default=1500, help=f"steps of {BATCH} windows")
    parser.add_argument("--minutes", type=float, default=600.0, help="ends after so long, the learning rate in step")
    parser.add_argument("--rate", type=float, default=1e-4, help="the encoder's highest learning rate")
    parser.add_argument("--start", type=Path, help="weights of an earlier run to go on from")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    folder = load_embedder().folder
    training, validation = read_questions(arguments.folder, load_tokenizer(folder))
    print(f"{len(training)} questions to train on, {len(validation)} to measure", flush=True)
    weights = start_weights(folder) | (load_weights(arguments.start) if arguments.start else {})
    schedule = Schedule(arguments.steps, arguments.minutes, arguments.rate)
    train(training, validation, weights, load_tokenizer(folder), arguments.out, schedule, arguments.seed)


# Examples


def examples(questions: Sequence[Question], tokenizer: Tokenizer, seed: int) -> Iterator[Example]:
    """Endless examples, epoch after epoch: each question with a part of its passage, most also with one
    that doesn't answer it."""
    chance = random.Random(seed)
    articles = passages_by_group(questions)
    near = {id(question): near_misses(question, articles[question.group]) for question in questions}
    names = sorted({name for question in questions for s in question.passage for name in names_of(s.text)})
    while True:
        drawn: list[Example] = []
        qamr = [q for q in questions if q.source == "qamr_wiki" and len(stems_of(q.text)) > 1]
        chosen = [question for question in questions if question.source != "qamr_wiki"]
        chosen += chance.sample(qamr, min(QAMR_PER_EPOCH, len(qamr)))
        asked = [reworded(question, chance) for question in chosen]
        encodings = tokenizer.encode_batch(asked, add_special_tokens=False)
        for question, encoding in zip(chosen, encodings, strict=True):
            drawn.append(_answered(question, encoding.ids, near[id(question)], chance))
            if chance.random() < CHANGED_SHARE and (other := _changed(question, names, chance)):
                pieces = tokenizer.encode(other, add_special_tokens=False).ids
                seen = _answered(question, pieces, near[id(question)], chance)
                drawn.append(Example(seen.window, frozenset(), (0, 0)))
            if chance.random() < NOT_HERE_SHARE:
                drawn.append(_unanswered(question, encoding.ids, near[id(question)], chance))
        chance.shuffle(drawn)
        yield from (example for example in drawn if example.window.count)


def reworded(question: Question, chance: random.Random) -> str:
    """The question as people type it: now and then in lower case, without its mark, or as bare words."""
    text = question.text
    if question.source == "fool_me_twice":
        text = chance.choice(YES_NO).format(text.rstrip(".")) if chance.random() < 0.7 else text
    draw = chance.random()
    if draw < 0.08:
        words = [word for word in words_of(text) if word not in STOP_WORDS]
        return " ".join(words) if len(words) > 1 else text
    if draw < 0.2:
        return text.lower().rstrip("?. ")
    if draw < 0.28:
        return text.rstrip("? ")
    return text[:1].upper() + text[1:] if draw < 0.6 else text


def _changed(question: Question, names: Sequence[str], chance: random.Random) -> str | None:
    if question.source == "fool_me_twice":  # what refutes a claim bears on the changed one, too
        return None
    passage = " ".join(sentence.text for sentence in question.passage)
    return changed(question.text, passage, chance.sample(names, min(len(names), NAMES_AT_HAND)), chance)


def _answered(question: Question, asked: list[int], near: list[tuple[Sentence, ...]], chance: random.Random) -> Example:
    passage, right = list(question.passage), set(question.right)
    if question.source == "qamr_wiki":  # one sentence: others of its article stand around it
        before, after = _others(near, chance), _others(near, chance)
        passage, right = [*before, *passage, *after], {number + len(before) for number in right}
    elif near and chance.random() < 0.1:
        passage = [*passage, *chance.choice(near)]
    first, last = _part(passage, chance, chance.choice(sorted(right)))
    kept = passage[first:last]
    window = make_window(asked, [sentence.pieces for sentence in kept])
    right = {number - first for number in right if first <= number < last}
    return Example(window, frozenset(right), _span(kept, window, right, question.best))


def _unanswered(
    question: Question, asked: list[int], near: list[tuple[Sentence, ...]], chance: random.Random
) -> Example:
    removed = without_answer(question)
    if question.source == "qamr_wiki":
        passage: Sequence[Sentence] = [*_others(near, chance), *_others(near, chance)]
    elif question.mismatch and chance.random() < 0.4:
        passage = question.mismatch
    elif near and (not removed or chance.random() < 0.35):
        passage = chance.choice(near)
    else:
        passage = removed
    first, last = _part(passage, chance, chance.randrange(len(passage))) if passage else (0, 0)
    window = make_window(asked, [sentence.pieces for sentence in passage[first:last]])
    return Example(window, frozenset(), (0, 0))


def _others(near: list[tuple[Sentence, ...]], chance: random.Random) -> list[Sentence]:
    return [passage[0] for passage in chance.sample(near, min(len(near), chance.randrange(4)))]


def _part(passage: Sequence[Sentence], chance: random.Random, must: int) -> tuple[int, int]:
    """A run of sentences around the one that must be in it, of a random length."""
    budget = max(chance.randrange(30, WINDOW_PIECES), chance.randrange(30, WINDOW_PIECES))
    first, last = must, must + 1
    size = len(passage[must].pieces)
    while first > 0 or last < len(passage):
        forwards = last < len(passage) and (first == 0 or chance.random() < 0.5)
        size += len(passage[last if forwards else first - 1].pieces)
        if size > budget:
            break
        first, last = (first, last + 1) if forwards else (first - 1, last)
    return first, last


def _span(kept: Sequence[Sentence], window: Window, right: set[int], best: tuple[int, int] | None) -> tuple[int, int]:
    """The answer's first and last piece in the window; (-1, -1) where it isn't known."""
    if best is None:
        return -1, -1
    covered = []
    position = window.sentences.index(0) if 0 in window.sentences else 0
    for number, sentence in enumerate(kept):
        for piece, (start, end) in enumerate(sentence.spans):
            if number in right and start < best[1] and best[0] < end:
                covered.append(position + piece)
        position += len(sentence.pieces)
    return (covered[0], covered[-1]) if covered else (-1, -1)


# Training


def train(
    training: Sequence[Question],
    validation: Sequence[Question],
    weights: dict[str, Tensor],
    tokenizer: Tokenizer,
    out: Path,
    schedule: Schedule,
    seed: int,
) -> None:
    """AdamW over all layers but the word and position embeddings; the last checkpoint is kept."""
    learned = {name: weight.requires_grad_() for name, weight in weights.items() if name not in FROZEN}
    heads = [weight for name, weight in learned.items() if name.startswith("reader.")]
    body = [weight for name, weight in learned.items() if not name.startswith("reader.")]
    groups = [{"params": body, "rate": schedule.rate}, {"params": heads, "rate": HEAD_RATE * schedule.rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    network, stream = Network(weights), batches(examples(training, tokenizer, seed), seed)
    total, step, begun = 0.0, 0, time.monotonic()
    done = 0.0
    while done < 1.0:
        batch = next(stream)
        for group in optimizer.param_groups:
            group["lr"] = group["rate"] * min((step + 1) / WARM_UP_STEPS, 1.0 - done)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = network([example.window for example in batch])
        loss = loss_of(batch, *outputs)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned.values(), 1.0)
        optimizer.step()
        total += loss.item()
        step += 1
        minutes = (time.monotonic() - begun) / 60
        done = schedule.done(step, minutes)
        if step % 50 == 0:
            print(f"step {step} loss {total / 50:.3f} minutes {minutes:.1f}", flush=True)
            total = 0.0
        if step % 150 == 0 or done >= 1.0:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                reached = measure_quickly(Reader(network, tokenizer), validation)
            print(f"step {step} sentence@1 {reached[0]:.3f} auroc of removed {reached[1]:.3f}", flush=True)
            save_weights(learned, out)


def load_weights(path: Path) -> dict[str, Tensor]:
    """Weights that an earlier run saved, in full precision."""
    return {name: weight.float() for name, weight in load_file(path).items()}


def start_weights(folder: Path) -> dict[str, Tensor]:
    """The embedding model's weights and fresh heads."""
    tensors = load_file(folder / "model.safetensors")
    kept = ("embeddings.", "encoder.")
    weights = {name: t.float() for name, t in tensors.items() if name.startswith(kept) and t.is_floating_point()}
    width = weights[FROZEN[0]].shape[1]
    shapes = {"hidden": (HEAD_HIDDEN, 2 * width), "sentence": (1, HEAD_HIDDEN), "not_here": (1, width)}
    for name, shape in (shapes | {"span": (2, width)}).items():
        weights[f"reader.{name}.weight"] = torch.randn(shape) * 0.02
        weights[f"reader.{name}.bias"] = torch.zeros(shape[0])
    weights["reader.attention.weight"] = torch.zeros(1, width)
    return weights


def save_weights(weights: dict[str, Tensor], out: Path) -> None:
    """All that was learned, in half precision."""
    half = {name: weight.detach().to(torch.float16).contiguous() for name, weight in weights.items()}
    save_file(half, out)


def batches(stream: Iterator[Example], seed: int) -> Iterator[list[Example]]:
    """Batches of examples of about equal length, in random order."""
    chance = random.Random(seed + 1)
    while True:
        pool = sorted((next(stream) for _ in range(20 * BATCH)), key=lambda example: len(example.window.pieces))
        cut = [pool[start : start + BATCH] for start in range(0, len(pool), BATCH)]
        chance.shuffle(cut)
        yield from cut


def loss_of(batch: Sequence[Example], logits: Tensor, nowhere: Tensor, span: Tensor) -> Tensor:
    """Minus the log probability of the right sentences (or of "not here"), and of the answer's first and last piece."""
    choices = torch.cat([nowhere[:, None], logits], dim=1)
    right = torch.full(choices.shape, -1e4)
    for row, example in enumerate(batch):
        for number in example.right or {-1}:
            right[row, number + 1] = 0.0
    picked = torch.logsumexp(choices.clamp_min(-1e3) + right, dim=1) - torch.logsumexp(choices, dim=1)
    owners = torch.full(span.shape[:2], -1)
    for row, example in enumerate(batch):
        owners[row, : len(example.window.sentences)] = torch.tensor(example.window.sentences)
        owners[row, 0] = 0  # [CLS] stands for "not here"
    open_span = span.masked_fill((owners < 0)[..., None], -1e4)
    ends = torch.tensor([example.span for example in batch])
    pointed = functional.cross_entropy(
        open_span.transpose(1, 2).reshape(-1, span.shape[1]), ends.reshape(-1), ignore_index=-1
    )
    return SPAN_WEIGHT * pointed - picked.mean()


if __name__ == "__main__":
    main()
