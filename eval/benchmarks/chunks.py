"""Reader of chroma_chunks: passages against exact excerpts, character by character.

It does not know how passages are cut or found.
"""

from __future__ import annotations

from collections.abc import Iterator

from eval import metrics
from eval.benchmarks.asking import SPEED, Asked, Measures, Part, ask, item
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.documents import Corpus, Question, open_corpus, read_questions
from eval.figures import Figure
from eval.runs import Item
from index.embed import Embedder

DEPTHS = (5, 10)  # ten passages are about as long as five of the usual chunks of 200 words
NAMES = ("recall", "precision", "iou")
LABELS = {"recall": "Evidence found", "precision": "Share that is evidence", "iou": "Intersection over union"}
DOCUMENTS = (
    Part("state_of_the_union", "a speech"),
    Part("wikitexts", "Wikipedia"),
    Part("chatlogs", "chat logs"),
)

FIGURES: tuple[Figure, ...] = (
    *(
        Part().share(f"{name}@{depth}", f"{LABELS[name]}, {depth} passages", headline=depth == DEPTHS[0])
        for depth in DEPTHS
        for name in NAMES
    ),
    *(part.share("recall@5", f"{LABELS['recall']}, 5 passages") for part in DOCUMENTS),
    *SPEED,
)


def read_chunks(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """Every question over the three documents together; its type is the document that it was written for."""
    questions = read_questions(task.folder)
    with open_corpus(task, embedder) as corpus:
        for question in questions:
            if question.id not in task.done:
                asked = ask(question.text, corpus, task.settings)
                yield item(question.id, question, asked, corpus, chunk_measures(question, asked, corpus))


def chunk_measures(question: Question, asked: Asked, corpus: Corpus) -> Measures:
    """Recall, precision and intersection over union of the evidence's characters in the first passages."""
    evidence = [span for piece in question.evidence for span in corpus.spans(piece)]
    passages = [(hit.document.path, hit.passage.start, hit.passage.end) for hit in asked.hits]
    measures: Measures = {}
    for depth in DEPTHS:
        scores = metrics.characters_found(evidence, passages[:depth])
        if scores is not None:
            measures |= {f"{name}@{depth}": score for name, score in zip(NAMES, scores, strict=True)}
    return {**measures, **Part(question.type).named({"recall@5": measures.get("recall@5")})}


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        name="chroma_chunks",
        measures_what="cutting and finding passages, at the level of exact excerpts",
        read=read_chunks,
        figures=FIGURES,
        references={
            "recall@5": "BM25, 200-word chunks .946; text-embedding-3-large, 1,200 characters .809 (five documents)",
            "precision@5": "BM25, 200-word chunks .047",
            "iou@5": "BM25, 200-word chunks .047; text-embedding-3-large, 1,200 characters .177 (five documents)",
        },
        documents=True,
    ),
)
