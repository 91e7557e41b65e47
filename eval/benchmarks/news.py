"""Readers of the news benchmarks: rtqa_2022 and rtqa_2026 (a weekly quiz), multihop_news (several pieces of evidence).

They do not know how a question is answered or measured; the measures are those of the folders' READMEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    number,
    passage_measures,
)
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.documents import Corpus, Question, Row, open_corpus, read_questions, read_removal, titled
from eval.figures import Figure, median
from eval.runs import Item
from index.embed import Embedder

LABELLED = ("answerable_gold", "answerable_auto")
OUT_OF_CORPUS, UNVERIFIED = "unanswerable_out_of_corpus", "unverified"
REMOVAL = Part("removal", "evidence taken away")
UNLABELLED = Part("unverified", "nobody knows whether the articles say")
NULL = "null_query"
KINDS = (
    Part("inference_query", "inference"),
    Part("comparison_query", "comparison"),
    Part("temporal_query", "order in time"),
)
JUDGEMENTS = frozenset("yes no true false consistent inconsistent before after change same different".split())
QUOTATION = re.compile("“[^”]*”")
STRAIGHT = str.maketrans("“”‘’", "\"\"''")

QUIZ_FIGURES: tuple[Figure, ...] = (
    WHOLE.share("document_hit@1", "First document is right", headline=True),
    WHOLE.share("document_hit@5", "A right one among five documents"),
    WHOLE.share("document_hit@10", "A right one among ten documents"),
    WHOLE.share("document_ndcg@10", "nDCG@10 of the documents", headline=True),
    WHOLE.share("document_mrr@10", "Reciprocal rank of the first right document"),
    *(WHOLE.share(f"quote_in_top@{k}", f"Evidence among {k} passages", headline=k == 5) for k in (1, 3, 5, 10)),
    *(WHOLE.share(f"answer_in_top@{k}", f"Answer's words among {k} passages") for k in (1, 3, 5, 10)),
    WHOLE.share("exact_match", "Quotes are the answer (EM)"),
    WHOLE.share("token_f1", "Quotes against the answer (F1)"),
    WHOLE.share("contains", "Answer stands in what is cited", headline=True),
    WHOLE.share("contains_when_answered", "The same, of the questions that were answered"),
    WHOLE.share("cites_evidence_document", "Answers that cite an evidence document", headline=True),
    WHOLE.share("cites_evidence_quote", "Answers that cite an evidence quote"),
    *WHOLE.abstention(headline=True),
    *REMOVAL.abstention(headline=True),
    WHOLE.share("true_answer_said", "Answers that no article can hold", better="lower"),
    UNLABELLED.share("answered", "Questions answered"),
    UNLABELLED.share("contains", "Answer stands in what is cited"),
    Figure("words_p50", "Words of an answer, median", ("words",), median, better="lower", unit="words"),
    *SPEED,
)

HOP_FIGURES: tuple[Figure, ...] = (
    WHOLE.share("all_evidence@5", "All evidence among five documents"),
    WHOLE.share("all_evidence@10", "All evidence among ten documents", headline=True),
    WHOLE.share("document_recall@5", "Recall of five documents"),
    WHOLE.share("document_recall@10", "Recall of ten documents"),
    WHOLE.share("document_hit@4", "A right one among four documents"),
    WHOLE.share("document_hit@5", "A right one among five documents"),
    WHOLE.share("document_hit@10", "A right one among ten documents"),
    WHOLE.share("document_mrr@10", "Reciprocal rank of the first right document"),
    WHOLE.share("accuracy", "Answer said", headline=True),
    *(part.share("accuracy", "Answer said") for part in KINDS),
    *WHOLE.abstention(headline=True),
    *SPEED,
)


def read_quiz(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """The questions of queries.jsonl, then those of unanswerable_by_removal.json as "removal:ID".

    A question that is not `self_contained` counts for retrieval and abstention only. By removal, the documents are
    left out of the search, not of the index: word frequencies still know them. `contains` looks into the citations.
    """
    questions, removal = read_questions(task.folder), read_removal(task.folder)
    with open_corpus(task, embedder) as corpus:
        for question in questions:
            if question.id not in task.done:
                asked = ask(question.text, corpus, task.settings)
                yield item(question.id, question, asked, corpus, quiz_measures(question, asked, corpus))
        left = corpus.only(corpus.sources.keys() - set(removal["remove_docs"]))
        answerable = dict.fromkeys(removal["now_unanswerable"], False)
        answerable |= dict.fromkeys(removal["still_answerable"], True)
        for question in questions:
            identity = f"removal:{question.id}"
            if question.id in answerable and identity not in task.done:
                asked = ask(question.text, corpus, task.settings, filters=left, ranked=False)
                truth = REMOVAL.named(abstention_measures(asked, answerable[question.id]))
                yield item(identity, question, asked, corpus, truth)


def quiz_measures(question: Question, asked: Asked, corpus: Corpus) -> Measures:
    """The measures of a quiz question, by its type."""
    measures = document_measures(asked, corpus.paths_of(question.documents))
    measures |= passage_measures(asked, corpus, question.evidence, question.answers)
    if question.type in (*LABELLED, OUT_OF_CORPUS):
        measures |= abstention_measures(asked, answerable=question.type in LABELLED)
    if not question.row.get("self_contained", True):
        return measures
    if question.type in LABELLED:
        measures |= answer_measures(asked, question.answers)
        measures |= citation_measures(asked, corpus, question.evidence)
    elif question.type == OUT_OF_CORPUS:
        true_answers = question.row.get("note_true_answer_not_in_corpus", ())
        measures["true_answer_said"] = number(metrics.contains(asked.claim, true_answers))
    elif question.type == UNVERIFIED:
        told = {"answered": float(asked.answered), "contains": number(metrics.contains(asked.claim, question.answers))}
        measures |= UNLABELLED.named(told)
    return measures


def read_multihop(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """The questions of queries.jsonl; a document is one statement under its article's title, author, outlet, date."""
    questions = read_questions(task.folder)
    with open_corpus(task, embedder, compose=_with_outlet) as corpus:
        for question in questions:
            if question.id not in task.done:
                asked = ask(question.text, corpus, task.settings)
                yield item(question.id, question, asked, corpus, _hop_measures(question, asked, corpus))


def _with_outlet(row: Row) -> str:
    names = ", ".join(name for name in (row.get("author"), row.get("source")) if name)
    lines = [f"By {names}" if names else "", row.get("date") or ""]
    return titled(row) + "".join(f"{line}\n" for line in lines if line) + "\n"


def _hop_measures(question: Question, asked: Asked, corpus: Corpus) -> Measures:
    measures = document_measures(asked, corpus.paths_of(question.documents))
    measures |= abstention_measures(asked, answerable=question.type != NULL)
    if question.answers:
        accurate = {"accuracy": float(any(concludes(asked.text, answer) for answer in question.answers))}
        measures |= {**accurate, **Part(question.type).named(accurate)}
    return measures


def concludes(text: str, expected: str) -> bool:
    """Whether a reply says the expected word or name, as whole words, whatever the case.

    A name may stand anywhere in it. A judgement ("Yes", "no", "before") has to be the reply's own, outside
    quotation marks: a quoted sentence that happens to hold a "no" concludes nothing.
    """
    own = QUOTATION.sub(" ", text) if expected.casefold() in JUDGEMENTS else text
    # SQuAD's normalisation leaves curly quotation marks on their words.
    return bool(metrics.contains(own.translate(STRAIGHT), [expected.translate(STRAIGHT)]))


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        name="rtqa_2022",
        measures_what="finding news articles, short answers, abstention (weekly news quiz, June to August 2022)",
        read=read_quiz,
        figures=QUIZ_FIGURES,
        references={
            "document_hit@1": "BM25 .783",
            "document_hit@5": "BM25 .946",
            "document_hit@10": "BM25 .970",
            "document_ndcg@10": "BM25 .832",
            "document_mrr@10": "BM25 .849",
            "quote_in_top@1": "BM25, 200-word chunks .661",
            "quote_in_top@3": "BM25, 200-word chunks .868",
            "quote_in_top@5": "BM25, 200-word chunks .926",
            "quote_in_top@10": "BM25, 200-word chunks .968",
            "exact_match": "GPT-3 with Google .540; BART with Google .413; GPT-3 alone .143 (n=189)",
            "token_f1": "GPT-3 with Google .627; BART with Google .473; GPT-3 alone .218 (n=189)",
            "best_balanced_accuracy": "query coverage .929",
            "confidence_auroc": "query coverage .971",
            "best_balanced_accuracy:removal": "query coverage .738",
            "confidence_auroc:removal": "query coverage .774",
        },
        documents=True,
    ),
    Benchmark(
        name="rtqa_2026",
        measures_what="the same quiz, January to March 2026: poor search results, newer than most models",
        read=read_quiz,
        figures=QUIZ_FIGURES,
        references={
            "document_hit@1": "BM25 .429",
            "document_hit@5": "BM25 .893",
            "document_ndcg@10": "BM25 .702",
            "document_mrr@10": "BM25 .623",
            "quote_in_top@5": "BM25, 200-word chunks .821",
            "exact_match": "with Google: gpt-4.1 .650, gpt-5.2 .550, claude-sonnet-4.5 .450 (n=20)",
            "token_f1": "with Google: gpt-4.1 .715, gpt-5.2 .702, claude-sonnet-4.5 .512 (n=20)",
            "confidence_auroc": "query coverage .956",
            "confidence_auroc:removal": "query coverage .826",
        },
        documents=True,
    ),
    Benchmark(
        name="multihop_news",
        measures_what="finding several pieces of evidence across outlets and dates; abstention on null queries",
        read=read_multihop,
        figures=HOP_FIGURES,
        references={
            "document_hit@5": "BM25 .986",
            "document_recall@5": "BM25 .785",
            "all_evidence@10": "BM25 .622",
            "document_mrr@10": "BM25 .932; voyage-02 + bge-reranker-large .586 (whole corpus)",
            "document_hit@10": "voyage-02 + bge-reranker-large .747 (whole corpus)",
            "document_hit@4": "voyage-02 + bge-reranker-large .663 (whole corpus)",
            "accuracy": "GPT-4 .56 with retrieved chunks, .89 with the evidence (whole benchmark)",
            "confidence_auroc": "query coverage .980",
        },
        documents=True,
    ),
)
