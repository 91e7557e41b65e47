"""The language-model writer: numbered sentences go in, sentences with footnotes come out, bound to exact spans.

A sentence without a valid footnote is aligned to the sentence of the sources that says it, or removed. It
does not judge whether what is cited supports what is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import nupunkt

from index.embed import Embedder, Vectors
from rag.followup import History
from rag.introduce import introduce
from rag.models import ChatModel
from rag.quote import NOT_EVIDENCE, Span, Statement, join_neighbours
from rag.retrieve import Hit
from rag.tokens import CountTokens
from rag.weigh import Candidate
from rag.words import content_words, stem

NO_ANSWER = "NOT IN THE DOCUMENTS"
INSTRUCTIONS = f"""You answer questions from the numbered sentences below and from nothing else.
End every sentence of your answer with the numbers of the sentences it rests on in square brackets, like [3] or [2][5].
Say who said what when it matters. Don't guess, and don't add what you know from elsewhere. Answer in at most four short
sentences. If the numbered sentences don't answer the question, reply with exactly: {NO_ANSWER}"""
MARK = re.compile(
    r"\s*[\[【]\s*\^?(?:sentences?\s*|s)?(\d{1,9}(?:\s*[-–,;]\s*(?:s|sentences?\s*)?\d{1,9})*)\s*[\]】]", re.IGNORECASE
)
MARKS_AFTER_STOP = re.compile(rf"([.!?…]+[\"”’)]*)((?:{MARK.pattern})+)", re.IGNORECASE)
OPEN_MARK = re.compile(r"\s*[\[【][^\]】\n]{0,40}\Z")
ENDED = re.compile(r"[.!?…:;\]】][\"”’)*]*\Z")
LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
ALIGNED_COSINE = 0.6  # a sentence without a footnote is aligned at or above both
ALIGNED_WORDS = 0.5
HISTORY_TURNS = 4
HISTORY_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Context:
    """What the model is shown: numbered sentences (number 1 is the first of `sources`) and the prompt text."""

    sources: tuple[Span, ...]
    prompt: str


def build_context(
    candidates: Sequence[Candidate],
    hits: Sequence[Hit],
    count: CountTokens,
    budget: int,
    unusable: frozenset[str] = NOT_EVIDENCE,
) -> Context:
    """The hits' sentences, hit by hit in rank order, numbered, until `budget` tokens are used.

    Above the sentences of one voice stands who speaks; a sentence of an `unusable` kind (a heading) can't be cited.
    """
    by_passage: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_passage.setdefault(candidate.passage.id, []).append(candidate)
    sources: list[Span] = []
    parts: list[str] = []
    for hit in hits:
        if hit.passage.kind in unusable:
            continue
        found = sorted(by_passage.get(hit.passage.id, ()), key=lambda c: c.start)
        evidence = [candidate for candidate in found if candidate.kind not in unusable]
        text = "\n".join(_numbered(found, evidence, len(sources)))
        cost = count(text)
        if not evidence or cost > budget:
            continue
        budget -= cost
        sources += [Span(c.passage, c.document, c.start, c.end) for c in evidence]
        parts.append(text)
    return Context(tuple(sources), "\n\n".join(parts))


def _numbered(found: Sequence[Candidate], evidence: Sequence[Candidate], used: int) -> Iterator[str]:
    """The lines of one passage: its sentences, those of `evidence` with numbers, under who says them."""
    introduced = None
    for place, candidate in enumerate(found):
        speaking = next((other for other in found[place:] if other in evidence), candidate)
        introduction = " ".join(introduce(speaking.document, speaking.voice).split())
        if introduction != introduced and speaking in evidence:
            introduced = introduction
            yield introduction
        number = f"[{used + evidence.index(candidate) + 1}] " if candidate in evidence else ""
        yield number + " ".join(candidate.text.split())


def messages_for(question: str, history: History, context: Context) -> list[dict[str, str]]:
    """The conversation that the model continues: instructions with the sources, what was said, the question."""
    earlier = [
        {"role": turn["role"], "content": MARK.sub("", str(turn["content"]))[:HISTORY_CHARACTERS]}
        for turn in list(history)[-HISTORY_TURNS:]
        if turn.get("role") in ("user", "assistant") and turn.get("content")
    ]
    system = f"{INSTRUCTIONS}\n\nNumbered sentences:\n\n{context.prompt}"
    return [{"role": "system", "content": system}, *earlier, {"role": "user", "content": question}]


def write(model: ChatModel, messages: Sequence[dict[str, str]], max_tokens: int) -> Iterator[list[str]]:
    """The sentences that the model has finished so far, with their marks; grows with the stream.

    A last sentence that was cut off by `max_tokens` is left out. Raises ModelUnavailable when the endpoint fails.
    """
    text, finished = "", 0
    for piece in model.stream(messages, max_tokens):
        text += piece
        sentences = split_sentences(OPEN_MARK.sub("", text))  # "[1" is not the next sentence: it belongs to the last
        if len(sentences) - 1 > finished:
            finished = len(sentences) - 1
            yield sentences[:finished]
    sentences = split_sentences(OPEN_MARK.sub("", text))
    cut_off = len(sentences) > 1 and not (ENDED.search(sentences[-1]) or says_no_answer(sentences[-1]))
    yield sentences[:-1] if cut_off else sentences


def split_sentences(text: str) -> list[str]:
    """The sentences of a completion, each with its footnote marks; list marks and headings' marks are dropped."""
    text = re.sub(r"<think>.*?(?:</think>|\Z)", "", text, flags=re.DOTALL).rpartition("</think>")[2]
    sentences = []
    for line in text.splitlines():
        line = MARKS_AFTER_STOP.sub(r"\2\1", LIST_MARK.sub("", line).strip().strip("#").replace("**", ""))
        for start, end in nupunkt.sent_spans(line):
            sentence = line[start:end].strip()
            if any(character.isalnum() for character in MARK.sub("", sentence)):
                sentences.append(sentence)
    return sentences


def says_no_answer(sentence: str) -> bool:
    """Whether the model says that the documents don't answer."""
    return NO_ANSWER.casefold() in sentence.casefold()


def read_marks(sentence: str) -> tuple[str, list[int]]:
    """The sentence without its marks, and the numbers that they name, in order, once each."""
    numbers: list[int] = []
    for match in MARK.finditer(sentence):
        for part in re.split(r"[,;]", match.group(1)):
            ends = [int(digits) for digits in re.findall(r"\d+", part)]
            numbers += range(ends[0], min(ends[-1], ends[0] + 10) + 1) if len(ends) > 1 else ends
    plain = re.sub(r"\s+([.,;:!?])", r"\1", MARK.sub("", sentence)).strip()
    return plain, list(dict.fromkeys(numbers))


def bind(sentence: str, context: Context, align: Callable[[str], int | None]) -> Statement | None:
    """The sentence with the spans that its marks name; without a valid mark, with the span that `align` finds.

    None when neither gives a span: then nothing shows what the sentence rests on, and it must not be shown.
    """
    plain, numbers = read_marks(sentence)
    valid = [number for number in numbers if 1 <= number <= len(context.sources)]
    if not valid:
        found = align(plain)
        if found is None:
            return None
        valid = [found]
    return Statement(plain, join_neighbours([context.sources[number - 1] for number in valid]))


def evidence_of(statement: Statement) -> str:
    """What a statement cites, with who says it where: names in the introduction are part of the evidence."""
    introductions = [introduce(span.document, span.voice) for span in statement.spans]
    return "\n".join([*introductions, *(span.text for span in statement.spans)])


def aligner(context: Context, embedder: Embedder) -> Callable[[str], int | None]:
    """A function from a sentence to the number of the source sentence that says it, None when none does."""
    texts = [" ".join(span.text.split()) for span in context.sources]
    vectors: list[Vectors] = []

    def align(sentence: str) -> int | None:
        said = {stem(word) for word in content_words(sentence)}
        if not texts or not said:
            return None
        if not vectors:
            vectors.append(embedder.encode(texts))
        cosines = vectors[0] @ embedder.encode([sentence])[0]
        for place in sorted(range(len(texts)), key=lambda n: -cosines[n])[:3]:
            shared = said & {stem(word) for word in content_words(texts[place])}
            if cosines[place] >= ALIGNED_COSINE and len(shared) / len(said) >= ALIGNED_WORDS:
                return place + 1
        return None

    return align
