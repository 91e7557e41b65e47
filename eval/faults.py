"""What is wrong with an answer, in a few plain words, and which answers are worst.

It looks at measures and details only; it does not know the documents or how the words are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from eval.metrics import overlap
from eval.page_text import percentage
from eval.runs import Item

REASONS = {"not_in_corpus": "not in the documents", "masked": "masked", "furniture_only": "only in page furniture"}
"""Why the documents don't answer, for people; by the names that answers and question sets use."""

EVIDENCE = "evidence_recall@1000"


def worst_first(items: Sequence[Item]) -> list[tuple[Item, str]]:
    """The items that something is wrong with, the worst first, each with all that is wrong, the worst of it first.

    The order is that of CHECKS: words that are nobody's, then answers that should not have been given, then
    what misleads, then what is missing. Within one of them, the answer that says fewer key facts comes first
    (among answers that should not have been given, the more confident one), then the one that found less of
    the evidence, then the one asked first.
    """
    faulty = [(item, found) for item in items if (found := _faults(item))]
    faulty.sort(key=lambda entry: _badness(entry[0], entry[1][0][0]))
    return [(item, "; ".join(words for _, words in found)) for item, found in faulty]


def _faults(item: Item) -> list[tuple[int, str]]:
    return [(rank, words) for rank, check in enumerate(CHECKS) if (words := check(item))]


def _badness(item: Item, rank: int) -> tuple[int, float, float]:
    said = -(item.measures.get("confidence") or 0.0) if _should_refuse(item) else item.measures.get("fact_recall")
    return rank, said or 0.0, item.measures.get(EVIDENCE) or 0.0


def _invented_quote(item: Item) -> str | None:
    return "a quote is not in its document at the place cited" if _below_one(item, "citation_exactness") else None


def _altered_quote(item: Item) -> str | None:
    return "does not quote letter by letter" if _below_one(item, "verbatim") else None


def _unreadable_cited(item: Item) -> str | None:
    return "cites masked text or page furniture" if item.measures.get("unreadable_cited") else None


def _answered_all_the_same(item: Item) -> str | None:
    if not _should_refuse(item) or not item.measures.get("answered"):
        return None
    confidence = item.measures.get("confidence")
    return "should have been refused" + ("" if confidence is None else f" (confidence {confidence:.2f})")


def _wrong_speaker(item: Item) -> str | None:
    if not item.measures.get("attribution_wrong"):
        return None
    wrong = [given for given in entries(item, "citations") if given.get("attribution") == "wrong"]
    return ", ".join(dict.fromkeys(_misnamed(item, given) for given in wrong)) or "names the wrong speaker"


def _misnamed(item: Item, given: Mapping[str, Any]) -> str:
    names = expected_speakers(item, given)
    named = f'names "{given.get("speaker") or "nobody"}" as the speaker'
    return f"{named}, not {_either(names)}" if names else f"{named} where the document names nobody"


def _forbidden(item: Item) -> str | None:
    if not item.measures.get("forbidden"):
        return None
    phrases = texts(item, "forbidden")
    return f"says {_all_of(phrases)}, which is wrong" if phrases else "says what is wrong"


def _outdated(item: Item) -> str | None:
    return "rests on what was withdrawn or corrected since" if item.measures.get("outdated") else None


def _ungrounded(item: Item) -> str | None:
    return "has a number that is not in what it cites" if _below_one(item, "numbers_grounded") else None


def _refused(item: Item) -> str | None:
    if item.measures.get("answered_answerable") != 0:
        return None
    reason = str(item.detail.get("reason") or "")
    given = [f"reason given: {REASONS.get(reason, reason)}"] if reason else []
    return "refused, though the documents answer" + _in_brackets(*given, *evidence_found(item))


def _incomplete(item: Item) -> str | None:
    if item.measures.get("all_key_facts") != 0 or not item.measures.get("answered"):
        return None
    missing = texts(item, "missing")
    what = f"does not say {_all_of(missing)}" if missing else "does not say all it has to"
    return what if _beside_evidence(item) else what + _in_brackets(*evidence_found(item))


def _cites_no_evidence(item: Item) -> str | None:
    return "cites nothing that answers" + _in_brackets(*evidence_found(item)) if _beside_evidence(item) else None


def _beside_evidence(item: Item) -> bool:
    return bool(item.measures.get("answered")) and item.measures.get("citation_recall") == 0


def _speaker_missing(item: Item) -> str | None:
    if not item.measures.get("attribution_missing"):
        return None
    silent = [given for given in entries(item, "citations") if given.get("attribution") == "missing"]
    names = dict.fromkeys(_either(speakers) for given in silent if (speakers := expected_speakers(item, given)))
    return f"does not name the speaker: {', '.join(names)}" if names else "does not name the speaker"


def _carrier_missing(item: Item) -> str | None:
    return "does not name who carries the quotation" if item.measures.get("via_right") == 0 else None


def _unfootnoted(item: Item) -> str | None:
    return "has a sentence without a footnote" if _below_one(item, "cited") else None


def _wrong_reason(item: Item) -> str | None:
    if item.measures.get("reason_right") != 0:
        return None
    reasons = [("it says", item.detail.get("reason")), ("right is", item.detail.get("expected_reason"))]
    told = [f"{who}: {REASONS.get(str(reason), reason)}" for who, reason in reasons if reason]
    return "gives the wrong reason for refusing" + _in_brackets(*told)


CHECKS: tuple[Callable[[Item], str | None], ...] = (
    _invented_quote,
    _altered_quote,
    _unreadable_cited,
    _answered_all_the_same,
    _wrong_speaker,
    _forbidden,
    _outdated,
    _ungrounded,
    _refused,
    _incomplete,
    _cites_no_evidence,
    _speaker_missing,
    _carrier_missing,
    _unfootnoted,
    _wrong_reason,
)
"""What can be wrong, the worst first."""


def entries(item: Item, name: str) -> list[Mapping[str, Any]]:
    """A list of objects in an item's details; [] where there is none."""
    values = item.detail.get(name)
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, Sequence) else []


def texts(item: Item, name: str) -> list[str]:
    """A list of texts in an item's details; [] where there is none."""
    values = item.detail.get(name)
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def meets(given: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether a citation and a piece of evidence, as an item's details have them, share a character."""
    one, other = ((str(span.get("document")), span.get("start"), span.get("end")) for span in (given, expected))
    if not all(isinstance(offset, int) for offset in (*one[1:], *other[1:])):
        return False
    return overlap(one, other)  # type: ignore[arg-type]  # the offsets were looked at above


def expected_speakers(item: Item, given: Mapping[str, Any]) -> list[str]:
    """Whom a citation should have named, by the evidence that it shares a character with; [] for nobody."""
    names: Iterable[str] = (
        str(name)
        for expected in entries(item, "expected")
        if not expected.get("label") and meets(given, expected)
        for name in expected.get("speakers") or ()
    )
    return [name for name in dict.fromkeys(names) if name]


def evidence_found(item: Item) -> list[str]:
    """How much of the evidence the search put before the writer, in words; [] where there is nothing to find."""
    recall = item.measures.get(EVIDENCE)
    if recall is None:
        return []
    if recall == 0:
        return ["evidence not found"]
    unused = item.measures.get("answered") == 0 or item.measures.get("citation_recall") == 0
    found = "evidence found" if recall == 1 else f"{percentage(recall)} of the evidence found"
    return [f"{found}, not chosen" if unused else found]


def _should_refuse(item: Item) -> bool:
    return item.measures.get("answerable") == 0


def _below_one(item: Item, name: str) -> bool:
    value = item.measures.get(name)
    return value is not None and value < 1


def _in_brackets(*parts: str) -> str:
    return f" ({', '.join(parts)})" if parts else ""


def _all_of(phrases: Sequence[str]) -> str:
    return ", ".join(_either(phrase.split("|")) for phrase in phrases)


def _either(names: Sequence[str]) -> str:
    return " or ".join(f'"{name}"' for name in names)
