"""Readers of the benchmarks over Wikipedia paragraphs: squad2_docs (near misses), clapnq (long answers).

They do not know how a question is answered or measured; the measures are those of the folders' READMEs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.benchmarks.asking import (
    SPEED,
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
from eval.benchmarks.documents import Corpus, Question, Source, open_corpus, read_questions
from eval.figures import Figure, mean
from eval.runs import Item
from index.embed import Embedder
from rag.retrieve import Filters

READER = Part("reader", "given the paragraph")
ARTICLE = Part("article", "searched in the article")
END = Part("end", "searched in all")


def _squad_figures(part: Part) -> tuple[Figure, ...]:
    return (
        part.share("exact_match", "SQuAD 2.0 EM of the quotes"),
        part.share("squad_f1", "SQuAD 2.0 F1 of the quotes"),
        part.share("token_f1", "F1 of the quotes, answerable questions"),
        part.share("contains", "Answer stands in what is cited, answerable questions", headline=part == END),
        part.share("cites_evidence_quote", "Answers that cite the sentence with the answer"),
        *part.abstention(headline=part != ARTICLE),
    )


def _paragraph_figures(part: Part) -> tuple[Figure, ...]:
    return (
        part.share("document_hit@1", "First paragraph is right", headline=part == END),
        part.share("document_hit@5", "The right one among five paragraphs"),
        part.share("document_ndcg@10", "nDCG@10 of the paragraphs", headline=part == END),
    )


SQUAD_FIGURES: tuple[Figure, ...] = (
    *_squad_figures(READER),
    *_paragraph_figures(END),
    *_squad_figures(END),
    *_paragraph_figures(ARTICLE),
    *_squad_figures(ARTICLE),
    *SPEED,
)


def _long_figures(part: Part) -> tuple[Figure, ...]:
    length = Figure(
        part.of("length_ratio"),
        f"Words of the quotes per word of the reference ({part.label})",
        (part.of("length_ratio"),),
        mean,
        better="",
        unit="number",
    )
    return (
        part.share("rouge_l", "ROUGE-L F1 of the quotes", headline=True),
        part.share("token_f1", "F1 of the quotes"),
        length,
        part.share("quote_precision", "Citations that are evidence sentences"),
        part.share("quote_recall", "Evidence sentences cited"),
        *part.abstention(headline=True),
    )


CLAPNQ_FIGURES: tuple[Figure, ...] = (
    *_long_figures(READER),
    END.share("document_hit@1", "First passage is right"),
    END.share("document_ndcg@10", "nDCG@10 of the passages", headline=True),
    *_long_figures(END),
    *SPEED,
)


def read_squad(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """Every question three times: "reader:ID" in its paragraph, "article:ID" in its article, "end:ID" in all."""
    questions = read_questions(task.folder, needs=("context_doc_id",))
    with open_corpus(task, embedder) as corpus:
        articles: dict[str, list[str]] = {}
        for source in corpus.sources.values():
            articles.setdefault(_article(source), []).append(source.id)
        within = {name: corpus.only(ids) for name, ids in articles.items()}
        for question in questions:
            paragraph = question.row["context_doc_id"]
            places: Sequence[tuple[Part, Filters]] = (
                (READER, corpus.only([paragraph])),
                (ARTICLE, within[_article(corpus.source(paragraph))]),
                (END, {}),
            )
            yield from _asked_in(places, question, corpus, task)


def _article(source: Source) -> str:
    return str(source.row.get("article", source.id))


def read_clapnq(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """Every question twice: "reader:ID" in its passage, "end:ID" in all."""
    questions = read_questions(task.folder, needs=("context_doc_id",))
    with open_corpus(task, embedder) as corpus:
        for question in questions:
            given = corpus.only([question.row["context_doc_id"]])
            yield from _asked_in(((READER, given), (END, {})), question, corpus, task)


def _asked_in(places: Sequence[tuple[Part, Filters]], question: Question, corpus: Corpus, task: Task) -> Iterator[Item]:
    for part, filters in places:
        identity = f"{part.name}:{question.id}"
        if identity not in task.done:
            asked = ask(question.text, corpus, task.settings, filters=filters, ranked=part != READER)
            yield item(identity, question, asked, corpus, part.named(paragraph_measures(question, asked, corpus, part)))


def paragraph_measures(question: Question, asked: Asked, corpus: Corpus, part: Part) -> Measures:
    """The measures of one question in one setting.

    squad_f1 counts an unanswerable question too, whose reference answer is the empty string; there it is 1 for an
    abstention and 0 for anything else, and so is exact_match.
    """
    measures = abstention_measures(asked, bool(question.answers))
    if not question.answers:
        refused = float(not asked.answered)
        return {**measures, "exact_match": refused, "squad_f1": refused}
    measures |= answer_measures(asked, question.answers)
    measures["squad_f1"] = measures["token_f1"]
    measures |= citation_measures(asked, corpus, question.evidence)
    if part != READER:
        measures |= document_measures(asked, corpus.paths_of(question.documents))
    return measures


BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        name="squad2_docs",
        measures_what="spans and near-miss abstention: SQuAD 2.0 as a folder of paragraphs",
        read=read_squad,
        figures=SQUAD_FIGURES,
        references={
            "exact_match:reader": "BERT-large .804; nlnet .773; BiDAF + ELMo .673; always abstaining .491",
            "squad_f1:reader": "BERT-large .838; nlnet .803; BiDAF + ELMo .701; always abstaining .491",
            "token_f1:reader": "BERT-large .825; nlnet .779; BiDAF + ELMo .667",
            "abstained_unanswerable:reader": "BERT-large .851; nlnet .827; BiDAF + ELMo .737",
            "document_hit@1:end": "BM25 .789 (30 % sample)",
            "document_hit@5:end": "BM25 .951 (30 % sample)",
            "document_ndcg@10:end": "BM25 .888 (30 % sample)",
            "confidence_auroc:reader": "query coverage .52",
        },
        documents=True,
    ),
    Benchmark(
        name="clapnq",
        measures_what="long grounded answers and abstention on search questions",
        read=read_clapnq,
        figures=CLAPNQ_FIGURES,
        references={
            "rouge_l:reader": "CLAPnq-T5-large about .57; GPT-4, Mistral-7B in the .30s (whole dev, from memory)",
            "abstained_unanswerable:reader": "CLAPnq-T5-large about .89 (whole dev, from memory)",
            "document_hit@1:end": "BM25 .917",
            "document_ndcg@10:end": "BM25 .959",
            "confidence_auroc:end": "query coverage .76",
            "best_balanced_accuracy:end": "query coverage .75",
        },
        documents=True,
    ),
)
