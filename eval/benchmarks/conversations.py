"""Readers of the conversations: mtrag (follow-ups, replies, people's grades of faithfulness) and inscit.

They do not know how a follow-up is rewritten, answered or checked; the measures are those of the folders' READMEs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nupunkt import sent_spans

from eval import metrics
from eval.benchmarks.asking import (
    SPEED,
    WHOLE,
    Asked,
    Measures,
    Part,
    abstention_measures,
    answer_measures,
    ask,
    citation_measures,
    document_measures,
    item,
)
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.documents import Corpus, Question, open_corpus, read_questions
from eval.figures import Figure, auroc
from eval.metrics.statistics import Rows
from eval.runs import Item
from index.embed import Embedder
from rag.check import check_sentence
from rag.words import content_words

LAST = Part("last", "last turn alone")
HISTORY = Part("history", "with the conversation")
HUMAN = Part("human", "rewritten by people")
REWRITTEN, UN = "rewritten", "un"
SUPPORT = {"verbatim": 1.0, "supported": 1.0, "partial": 0.5, "unsupported": 0.0}
FAITHFUL = 3.0  # mean grade, of 1 to 4, from which a reply counts as faithful
MTRAG_UN = "MTRAG-UN"

Reply = Callable[[Question, Asked, Corpus], Measures]


def _subset(part: Part, subset: str, label: str) -> Part:
    return Part(f"{part.name}:{subset}", f"{label}, {part.label}")


def _retrieval(part: Part, headline: bool = False) -> tuple[Figure, ...]:
    return (
        part.share("document_recall@5", "Recall of five passages"),
        part.share("document_ndcg@10", "nDCG@10 of the passages", headline=headline),
    )


def _rank_correlation(rows: Rows) -> float | None:
    return metrics.spearman(rows[:, 0].tolist(), rows[:, 1].tolist())


MTRAG_FIGURES: tuple[Figure, ...] = (
    *_retrieval(LAST),
    *_retrieval(HISTORY, headline=True),
    *_retrieval(HUMAN),
    *(figure for part in (LAST, HISTORY) for figure in _retrieval(_subset(part, REWRITTEN, "MTRAG with a rewrite"))),
    *(figure for part in (LAST, HISTORY) for figure in _retrieval(_subset(part, UN, "MTRAG-UN"))),
    WHOLE.share("rouge_l", "ROUGE-L F1 of the quotes, questions with an answer"),
    WHOLE.share("document_precision", "Citations in reference passages", headline=True),
    WHOLE.share("sentences_supported", "Sentences that their citations support"),
    WHOLE.share("reply_right", "Answered, refused or asked back as it should be", headline=True),
    WHOLE.share("asked_back", "Underspecified questions asked back"),
    *WHOLE.abstention(headline=True),
    Figure(
        "faithfulness_correlation",
        "Support of replies against people's grades: rank correlation",
        ("support", "grade"),
        _rank_correlation,
        unit="number",
        headline=True,
    ),
    Figure("faithfulness_auroc", "Support tells faithful replies: AUROC", ("faithful", "support"), auroc),
    *SPEED,
)

INSCIT_FIGURES: tuple[Figure, ...] = (
    *_retrieval(LAST),
    LAST.share("document_hit@1", "First passage is right"),
    *_retrieval(HISTORY, headline=True),
    HISTORY.share("document_hit@1", "First passage is right"),
    WHOLE.share("rouge_l", "ROUGE-L F1 of the quotes, answerable turns"),
    WHOLE.share("token_f1", "F1 of the quotes, answerable turns"),
    WHOLE.share("reply_right", "Answered or refused as it should be", headline=True),
    *WHOLE.abstention(headline=True),
    *SPEED,
)


def read_mtrag(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """Every task as "last:ID" (where there is evidence to find), "history:ID" and "human:ID" (where people rewrote
    it); replies are judged with the history. Stored replies that people graded are "faithfulness:ID:MODEL"."""
    questions = read_questions(task.folder)
    with open_corpus(task, embedder) as corpus:
        for question in questions:
            yield from _asked(question, corpus, task, _mtrag_reply, question.row.get("human_rewrite") or "")
            yield from _graded(question, corpus, task)


def read_inscit(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """Every turn as "last:ID" (where there is evidence to find) and "history:ID", where the reply is judged."""
    questions = read_questions(task.folder)
    with open_corpus(task, embedder) as corpus:
        for question in questions:
            yield from _asked(question, corpus, task, _inscit_reply)


def _asked(question: Question, corpus: Corpus, task: Task, reply: Reply, rewrite: str = "") -> Iterator[Item]:
    settings = ((LAST, question.text, ()), (HISTORY, question.text, question.history), (HUMAN, rewrite, ()))
    for part, text, history in settings:
        identity = f"{part.name}:{question.id}"
        if identity in task.done or not text or (part == LAST and not question.evidence):
            continue
        asked = ask(text, corpus, task.settings, history=history)
        measures = _found(question, asked, corpus, part, bool(rewrite))
        if part == HISTORY:
            measures |= reply(question, asked, corpus)
        yield item(identity, question, asked, corpus, measures)


def _found(question: Question, asked: Asked, corpus: Corpus, part: Part, rewritten: bool) -> Measures:
    found = document_measures(asked, corpus.paths_of(question.documents))
    measures = part.named(found)
    if rewritten:
        measures |= _subset(part, REWRITTEN, "").named(found)
    if question.row.get("benchmark") == MTRAG_UN:
        measures |= _subset(part, UN, "").named(found)
    return measures


def _mtrag_reply(question: Question, asked: Asked, corpus: Corpus) -> Measures:
    """The reply to a task, by its type.

    reply_right: an answer to what is answerable, a refusal of what is not, a question back to what is
    underspecified. A question back is a reply whose last character is a question mark outside a quotation.
    """
    measures: Measures = {}
    if question.type in ("answerable", "partial"):
        measures |= answer_measures(asked, question.answers)
        measures |= citation_measures(asked, corpus, question.evidence)
    if asked.answered:
        verdicts = [sentence.verdict for sentence in asked.answer.sentences]
        measures["sentences_supported"] = metrics.mean(verdict in ("verbatim", "supported") for verdict in verdicts)
    if question.type in ("answerable", "unanswerable"):
        measures |= abstention_measures(asked, answerable=question.type == "answerable")
        measures["reply_right"] = float(asked.answered == (question.type == "answerable"))
    elif question.type == "underspecified":
        measures["reply_right"] = measures["asked_back"] = float(asked.text.rstrip().endswith("?"))
    return measures


def _inscit_reply(question: Question, asked: Asked, corpus: Corpus) -> Measures:
    """The reply to a turn, by its type; turns that need a clarification or an answer in part are not judged."""
    measures: Measures = {}
    if question.type == "answerable":
        measures |= answer_measures(asked, question.answers)
        measures |= citation_measures(asked, corpus, question.evidence)
    if question.type in ("answerable", "no_answer"):
        measures |= abstention_measures(asked, answerable=question.type == "answerable")
        measures["reply_right"] = float(asked.answered == (question.type == "answerable"))
    return measures


def _graded(question: Question, corpus: Corpus, task: Task) -> Iterator[Item]:
    passages = "\n".join(corpus.source(identity).content for identity in question.documents)
    for stored in question.row.get("model_responses", ()) if passages else ():
        identity = f"faithfulness:{question.id}:{stored['model']}"
        grades = stored["human_faithfulness"]
        if identity in task.done or not grades:
            continue
        grade, support = sum(grades) / len(grades), support_score(stored["response"], passages)
        measures = {"support": support, "grade": grade, "faithful": float(grade >= FAITHFUL)}
        yield Item(identity, "faithfulness", measures, detail={"text": stored["response"], "grades": grades})


def support_score(reply: str, passages: str) -> float | None:
    """How far the passages support a reply: the mean over its sentences of 1 (supported), 0.5 (in part) or 0.

    0..1, higher is better. Sentences without a word that says anything are passed over; None when all are.
    """
    sentences = [line[start:end] for line in reply.splitlines() for start, end in sent_spans(line)]
    return metrics.mean(SUPPORT[check_sentence(s, passages).name] for s in sentences if content_words(s))


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        name="mtrag",
        measures_what="follow-up questions, unanswerable and underspecified turns, the support check against people",
        read=read_mtrag,
        figures=MTRAG_FIGURES,
        references={
            "document_recall@5:last": "BM25 .646",
            "document_ndcg@10:last": "BM25 .662",
            "document_recall@5:last:rewritten": "BM25 .577",
            "document_ndcg@10:last:rewritten": "BM25 .589",
            "document_recall@5:human": "BM25 .610",
            "document_ndcg@10:human": "BM25 .604",
            "document_recall@5:last:un": "BM25 .730",
            "document_ndcg@10:last:un": "BM25 .752",
            "document_recall@5:history:un": "BM25, last and previous turn .741",
            "document_ndcg@10:history:un": "BM25, last and previous turn .775",
            "confidence_auroc": "query coverage .70",
            "best_balanced_accuracy": "query coverage .71",
        },
        documents=True,
    ),
    Benchmark(
        name="inscit",
        measures_what="follow-ups over Wikipedia passages and turns without an answer",
        read=read_inscit,
        figures=INSCIT_FIGURES,
        references={
            "document_hit@1:last": "BM25 .602",
            "document_recall@5:last": "BM25 .807",
            "document_ndcg@10:last": "BM25 .761",
            "document_ndcg@10:history": "BM25, all user turns joined .615",
            "confidence_auroc": "query coverage .53",
        },
        documents=True,
    ),
)
