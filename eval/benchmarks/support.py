"""Public sets of claims with their sources: does the product's own checker see which claims are supported?

A claim goes to the checker with the text that it is said to rest on, and with nothing else of its line. The
checker decides ("supported" and "verbatim" accept a claim) and, for want of a finer score, the order of its
four verdicts is the score, so most pairs that AUROC compares are ties. It does not know how the checker decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from eval import metrics
from eval.benchmarks.benchmark import Benchmark, Task
from eval.benchmarks.records import read_records
from eval.benchmarks.support_pointers import best_set_recall, closest_set_f1, pointers_of
from eval.figures import Figure, auroc, balanced_accuracy, share
from eval.metrics.statistics import Rows
from eval.runs import Item
from index.embed import Embedder, load_embedder
from rag.check import Verdict, check_sentence
from rag.write import read_marks

FILE = "claims.jsonl"
VERDICTS = ("unsupported", "partial", "supported", "verbatim")
"""The checker's verdicts, the worst first: a verdict's place is its score."""
ACCEPTED = ("supported", "verbatim")
WICE_LABELS = {
    "verbatim": "supported",
    "supported": "supported",
    "partial": "partially_supported",
    "unsupported": "not_supported",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to check against `evidence`: `supported` is None where people could not tell, `label` their word."""

    id: str
    text: str
    evidence: str
    supported: bool | None
    label: str


@dataclass(frozen=True, slots=True)
class Response:
    """The claims of one text about one source; `supported` is of the text as a whole, None where that is not scored."""

    id: str
    part: str
    claims: tuple[Claim, ...]
    supported: bool | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A claim with the sentences of its source, and the sets of their positions that each suffice to support it."""

    claim: Claim
    sentences: tuple[str, ...]
    sets: tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checker made of a claim: its score 0..1 (higher is better supported), and the seconds it took."""

    score: float
    verdict: Verdict
    seconds: float

    @property
    def said(self) -> str:
        """The verdict in words."""
        return f"{self.verdict.name}: {self.verdict.why}"


def support_of(claim: str, evidence: str) -> tuple[float, Verdict]:
    """How well `evidence` supports the claim, 0..1, and the verdict: rag.check as answers are checked with it."""
    verdict = check_sentence(claim, evidence)
    return VERDICTS.index(verdict.name) / (len(VERDICTS) - 1), verdict


def _check(claim: Claim) -> Checked:
    began = time.perf_counter()
    score, verdict = support_of(claim.text, claim.evidence)
    return Checked(score, verdict, time.perf_counter() - began)


def _read(make: Callable[[Mapping[str, Any]], Response], task: Task) -> Iterator[Item]:
    """An Item per scored claim, and one per text as a whole where the benchmark judges that too."""
    for response in read_records(task.folder / FILE, make):
        checked = {claim.id: _check(claim) for claim in response.claims}
        for claim in response.claims:
            if claim.supported is not None and claim.id not in task.done:
                yield _claim_item(claim, response, checked[claim.id])
        summary = f"{response.id}:summary"
        if response.supported is not None and checked and summary not in task.done:
            yield _summary_item(summary, response, list(checked.values()))


def _claim_item(claim: Claim, response: Response, checked: Checked) -> Item:
    truth = float(bool(claim.supported))
    measures: dict[str, float | None] = {"supported": truth, **_decision(checked)}
    if response.part != "claim":
        measures[f"supported_{response.part}"] = truth
    return Item(claim.id, response.part, measures, checked.seconds, _detail(claim, response.id, checked.said))


def _summary_item(identity: str, response: Response, checked: list[Checked]) -> Item:
    """A text is as well supported as its worst sentence, those that people could not judge included."""
    worst = min(checked, key=lambda one: one.score)
    measures = {"summary_supported": float(bool(response.supported)), **_decision(worst)}
    whole = Claim(identity, f"the {len(checked)} sentences of {response.id}", "", response.supported, response.label)
    return Item(
        identity,
        "summary",
        measures,
        sum(one.seconds for one in checked),
        _detail(whole, response.id, f"its worst sentence is {worst.said}"),
    )


def _decision(checked: Checked) -> dict[str, float | None]:
    return {"accepted": float(checked.verdict.name in ACCEPTED), "score": checked.score}


def _detail(claim: Claim, document: str, text: str) -> dict[str, str]:
    return {"question": claim.text, "text": text, "expected": claim.label, "document": document}


def read_wice(task: Task, embedder: Embedder | None = None) -> Iterator[Item]:
    """An Item per claim of WiCE, with the pointers into the source; `embedder` is that of the settings."""
    for pointed in read_records(task.folder / FILE, _wice):
        if pointed.claim.id not in task.done:
            embedder = embedder or load_embedder(task.settings.embedding_model)
            yield _pointed_item(pointed, embedder)


def _pointed_item(pointed: Pointed, embedder: Embedder) -> Item:
    claim, checked = pointed.claim, _check(pointed.claim)
    began = time.perf_counter()
    # Where there is nothing to point to, what is pointed to is not measured, and finding it takes the longest.
    cited = pointers_of(claim.text, pointed.sentences, embedder) if all(pointed.sets) else ()
    measures: dict[str, float | None] = {
        "supported": float(bool(claim.supported)),
        **_decision(checked),
        "three_way": float(WICE_LABELS[checked.verdict.name] == claim.label),
        "pointers_recall@5": best_set_recall(cited, pointed.sets),
        "pointers_f1": closest_set_f1(cited, pointed.sets),
    }
    places = "; points to " + (f"sentence {', '.join(map(str, cited))}" if cited else "no sentence")
    detail = _detail(claim, claim.id, checked.said + (places if all(pointed.sets) else ""))
    return Item(claim.id, "claim", measures, checked.seconds + time.perf_counter() - began, detail)


def _wice(record: Mapping[str, Any]) -> Pointed:
    (sentence,) = record["sentences"]
    sentences = tuple(record["source_sentences"])
    claim = Claim(record["id"], sentence["text"], "\n".join(sentences), sentence["supported"], sentence["label"])
    return Pointed(claim, sentences, tuple(frozenset(found) for found in sentence["evidence_sets"]))


def _qags(record: Mapping[str, Any]) -> Response:
    return Response(record["id"], record["subset"], _sentences(record))


def _faithbench(record: Mapping[str, Any]) -> Response:
    label = record["response_worst_label"]
    return Response(record["id"], "claim", _sentences(record), label != "Unwanted", label)


def _summedits(record: Mapping[str, Any]) -> Response:
    return Response(record["id"], "claim", _sentences(record))


def _sentences(record: Mapping[str, Any]) -> tuple[Claim, ...]:
    """The sentences of a line whose evidence is the whole source."""
    return tuple(
        Claim(
            f"{record['id']}:{number}",
            sentence["text"],
            record["source_text"],
            sentence["supported"],
            sentence.get("worst_label") or ("supported" if sentence["supported"] else "unsupported"),
        )
        for number, sentence in enumerate(record["sentences"])
    )


def _expertqa(record: Mapping[str, Any]) -> Response:
    """The claims lose their footnote marks first, as sentences of a language model do before they are checked."""
    claims = tuple(
        Claim(
            f"{record['id']}:{number}",
            read_marks(sentence["text"])[0],
            "\n\n".join(record["evidence"][place] for place in sentence["evidence_ids"]),
            sentence["supported"],
            str(sentence["label"]),
        )
        for number, sentence in enumerate(record["sentences"])
    )
    return Response(record["id"], "claim", claims)


def f1_of_supported(rows: Rows) -> float | None:
    """F1 of accepting, of (truth, decision); None without a supported claim."""
    scores = metrics.precision_recall_f1(rows[:, 0].astype(bool).tolist(), rows[:, 1].astype(bool).tolist())
    return None if scores is None else scores[2]


def precision_of_unsupported(rows: Rows) -> float | None:
    """The share of the claims not accepted that are unsupported, of (truth, decision): 0 when all are accepted.

    0..1, higher is better; None without an unsupported claim.
    """
    return _of_unsupported(rows, 0)


def recall_of_unsupported(rows: Rows) -> float | None:
    """The share of the unsupported claims that were not accepted, of (truth, decision); None without any."""
    return _of_unsupported(rows, 1)


def f1_of_unsupported(rows: Rows) -> float | None:
    """F1 of not accepting, of (truth, decision); None without an unsupported claim."""
    return _of_unsupported(rows, 2)


def _of_unsupported(rows: Rows, which: int) -> float | None:
    wrong, refused = ~rows[:, 0].astype(bool), ~rows[:, 1].astype(bool)
    scores = metrics.precision_recall_f1(wrong.tolist(), refused.tolist())
    return None if scores is None else scores[which]


def _figures(truth: str = "supported", before: str = "", of: str = "", headline: bool = True) -> tuple[Figure, ...]:
    """The two figures that every set asks for, over the items that have the measure `truth`."""
    return (
        Figure(f"{before}auroc", f"AUROC{of}", (truth, "score"), auroc, headline=headline),
        Figure(
            f"{before}balanced_accuracy",
            f"Balanced accuracy{of}",
            (truth, "accepted"),
            balanced_accuracy,
            headline=headline,
        ),
    )


def _f1_unsupported(truth: str = "supported", before: str = "", of: str = "") -> Figure:
    return Figure(f"{before}f1_unsupported", f"F1 of unsupported{of}", (truth, "accepted"), f1_of_unsupported)


def _all_of_unsupported(truth: str = "supported", before: str = "", of: str = "") -> tuple[Figure, ...]:
    columns = (truth, "accepted")
    return (
        Figure(f"{before}precision_unsupported", f"Precision of unsupported{of}", columns, precision_of_unsupported),
        Figure(f"{before}recall_unsupported", f"Recall of unsupported{of}", columns, recall_of_unsupported),
        _f1_unsupported(truth, before, of),
    )


def _part(part: str, name: str) -> tuple[Figure, ...]:
    truth, before, of = f"supported_{part}", f"{part}_", f", {name}"
    return (*_figures(truth, before, of, headline=False), _f1_unsupported(truth, before, of))


SUMMARIES = ("summary_supported", "summary_", ", summaries")

BENCHMARKS: tuple[Benchmark, ...] = (
    Benchmark(
        "wice",
        "whether a cited web article supports a sentence of an encyclopedia, and where",
        read_wice,
        (
            *_figures(),
            Figure("f1_supported", "F1 of supported", ("supported", "accepted"), f1_of_supported),
            share("three_way", "Right of supported, partly, not supported"),
            share("pointers_recall@5", "Evidence among five sentences pointed to"),
            share("pointers_f1", "F1 of the sentences cited"),
        ),
        {
            "auroc": "word overlap .736",
            "balanced_accuracy": "word overlap, best threshold .713; MiniCheck and GPT-4 in the .70s",
            "f1_supported": "oracle chunks of another part: T5-3B ANLI .618, with WiCE .778, GPT-4 .610",
        },
    ),
    Benchmark(
        "qags_news",
        "whether a news article supports the sentences of its summary",
        partial(_read, _qags),
        (*_figures(), _f1_unsupported(), *_part("cnndm", "CNN/DailyMail"), *_part("xsum", "XSum")),
        {
            "auroc": "word overlap .668",
            "balanced_accuracy": "word overlap, best threshold .656",
            "cnndm_auroc": "whole summaries, whole set: T5-11B ANLI .821, SummaC-ZS .809",
            "xsum_auroc": "whole summaries, whole set: T5-11B ANLI .838, SummaC-ZS .781",
        },
    ),
    Benchmark(
        "faithbench",
        "whether a passage supports the sentences of language models' summaries that detectors disagree on",
        partial(_read, _faithbench),
        (
            *_figures(),
            *_all_of_unsupported(),
            *_figures(*SUMMARIES, headline=False),
            *_all_of_unsupported(*SUMMARIES),
        ),
        {
            "auroc": "word overlap .621",
            "balanced_accuracy": "word overlap, best threshold .610",
            "summary_auroc": "HHEM-2.1-English .621; GPT-4o judge .562",
            "summary_balanced_accuracy": "GPT-4o judge .562; HHEM-1 .552",
            "summary_precision_unsupported": "GPT-4o judge .92; HHEM-1 .70",
            "summary_recall_unsupported": "GPT-4o judge .15; HHEM-1 .43",
            "summary_f1_unsupported": "HHEM-1 .53; GPT-4o judge .25",
        },
    ),
    Benchmark(
        "summedits_news",
        "whether a news article still supports a sentence after one small edit",
        partial(_read, _summedits),
        _figures(),
        {
            "auroc": "word overlap .442",
            "balanced_accuracy": "people .900, GPT-4 .833, SummaC-Conv .619; word overlap, best threshold .512",
        },
    ),
    Benchmark(
        "expertqa",
        "whether cited web passages support the claims of language models' answers",
        partial(_read, _expertqa),
        _figures(),
        {
            "auroc": "word overlap .580",
            "balanced_accuracy": "MiniCheck to GPT-4 .57 to .60 on another split; word overlap, best threshold .573",
        },
    ),
)
