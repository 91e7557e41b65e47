"""A question becomes what is looked for, and what was found for it: all that both writers start from.

It does not know how an answer is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from index.errors import IndexMissing, UsageError
from index.opening import Index
from index.read import storable
from rag.decide import confidence, is_about, never_mentioned, outdone, strongest
from rag.followup import History, standalone_question
from rag.intent import asks_beside
from rag.parts import parts_of
from rag.quote import NOT_EVIDENCE
from rag.retrieve import Filters, Found, Hit, retrieve
from rag.scope import scope_of
from rag.settings import Settings
from rag.sides import without_remark
from rag.spelling import corrected
from rag.weigh import Candidate, Query, quoted_phrases

QUOTES = "quotes"
UNFINISHED = (
    "The index is being brought up to date, or was left unfinished (rag index finishes it): documents may be missing."
)
ANY_DAY = ("..",)
FOUND = 0.355  # evidence; with less, the filters that a question states have found nothing, and are lifted


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked, what was searched for with which filters, and what was found.

    `outdone` is the reason why the best evidence can't be what the question is about, if there is one; `unusable`
    are the kinds of text that are no evidence for it. `absent` are names that the documents never mention.
    """

    question: str
    search_query: str
    filters: Filters
    found: Found
    confidence: float
    started: float
    model: str = QUOTES
    notice: str = ""
    unusable: frozenset[str] = NOT_EVIDENCE
    outdone: str | None = None
    absent: tuple[str, ...] = ()


def look_up(
    question: str,
    index: Index,
    history: History,
    filters: Mapping[str, Sequence[str]] | None,
    settings: Settings,
    started: float,
) -> Search:
    """What the index holds for the question as the conversation means it, slips of spelling mended.

    Without `filters`, or beside chosen documents alone, those that the question itself states count, unless nothing is
    found with them; the dates ".." are no limit, and say that the question's own don't count.
    Raises UsageError for a filter without a list of values, IndexMissing for an index without documents.
    """
    for name, values in (filters or {}).items():
        if isinstance(values, str) or not all(isinstance(value, str | None) for value in values):
            raise UsageError(f"The filter {name!r} takes a list of values, as in ['…'], and not {values!r:.80}.")
    given = {name: tuple(values) for name, values in (filters or {}).items() if tuple(values) != ANY_DAY}
    reads_own = filters is None or filters.keys() == {"document"}
    asked = storable(standalone_question(question, history))
    usable = ({"furniture"} if asks_beside(question) else set()) | ({"question"} if quoted_phrases(asked) else set())
    unusable = NOT_EVIDENCE - usable
    with index.catalog.reading():  # one state of the index for the whole question, whoever writes meanwhile
        if not index.catalog.document_ids():
            raise IndexMissing(
                f"The index in {index.folder} holds no documents yet; finish it with: rag index --index {index.folder}"
            )
        asked = corrected(asked, index)
        guessed = scope_of(asked, index) if reads_own else {}
        used = {**guessed, **given}
        found = _find(asked, index, used, settings, guessed=bool(guessed))
        sure = confidence(found.candidates, unusable)
        if guessed and strongest(found.candidates, unusable) < FOUND:
            used, found = given, _find(asked, index, given, settings)
            sure = confidence(found.candidates, unusable)
        absent = never_mentioned(asked, index)
        notice = UNFINISHED if index.unfinished else ""
    return Search(
        question,
        asked,
        used,
        found,
        sure,
        started,
        notice=notice,
        unusable=unusable,
        outdone=outdone(found.candidates, unusable) or ("not_in_corpus" if is_about(asked, absent) else None),
        absent=absent,
    )


def _find(asked: str, index: Index, filters: Filters, settings: Settings, guessed: bool = False) -> Found:
    """What is found for the question; for one of several parts, for each of them, the parts taking turns."""
    parts = parts_of(without_remark(asked))
    vectors = index.embedder.encode(parts)
    queries = [Query(part, vector) for part, vector in zip(parts, vectors, strict=True)]
    found = [retrieve(query, index, filters, settings, guessed=guessed) for query in queries]
    return found[0] if len(found) == 1 else _taking_turns(found)


def _taking_turns(found: Sequence[Found]) -> Found:
    """One finding out of several: the first of each, then the second of each, nothing twice."""
    hits: dict[str, Hit] = {}
    candidates: dict[tuple[str, int], Candidate] = {}
    for row in zip_longest(*(one.hits for one in found)):
        for hit in row:
            if hit is not None:
                hits.setdefault(hit.passage.id, hit)
    for line in zip_longest(*(one.candidates for one in found)):
        for candidate in line:
            if candidate is not None:
                candidates.setdefault((candidate.passage.id, candidate.start), candidate)
    return Found(tuple(hits.values()), tuple(candidates.values()), parts=len(found))
