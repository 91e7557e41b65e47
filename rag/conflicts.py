"""Quotations that disagree: on a number, a date, whether something is so, its cause; or a later word on it.

It does not know how a disagreement is shown, and it never says which side is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from index.voices import Voice
from rag.claims import DENIAL, Claim, claims_of, content
from rag.differences import SHARED_WORDS, difference, echoes, states_otherwise
from rag.meanings import canonical
from rag.measures import NUMBER
from rag.quote import NOT_EVIDENCE, Span
from rag.weigh import Candidate
from rag.words import content_words, words_of

LOOKED_AT = 100  # candidates
NEARLY = 0.4  # of the content stems of the shorter sentence, for one to be worth reading
CORRECTING_TITLE = frozenset(canonical(word) for word in "correction corrections update erratum errata".split())
CHANGING = frozenset(("number", "polarity"))  # what may have been so at one time, and otherwise at another
NOTES = {
    "number": ("The documents disagree on the number.", "The accounts differ on the number."),
    "date": ("The documents disagree on the date.", "The accounts differ on the date."),
    "cause": ("The documents disagree on the cause.", "The accounts differ on the cause."),
    "polarity": ("The documents disagree.", "The accounts differ."),
    "update": ("A later document differs.", "A later update differs."),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Spans that disagree, by their places in the sequence that was asked about; what came later is named later.

    `about` is number, date, polarity, cause or update; `note` is a sentence to show before them.
    """

    members: tuple[int, ...]
    about: str
    note: str


@dataclass(frozen=True, slots=True)
class _Account:
    """A span read into claims; `withdrawn` are those that it holds against itself: the old cell of a row of changes.

    Whose it is takes long to find, and is asked only of accounts whose words differ.
    """

    span: Span
    claims: tuple[Claim, ...]
    withdrawn: tuple[Claim, ...]
    known_voice: Voice | None = None

    @property
    def voice(self) -> Voice:
        """Who speaks in it."""
        return self.known_voice or self.span.voice

    @property
    def date(self) -> str:
        """ISO 8601, as precise as known; "" when not."""
        return self.voice.date or (None if self.voice.in_thread else self.span.document.published) or ""

    @property
    def later(self) -> bool:
        """Whether it presents itself as a later word: an update, a correction."""
        titled = {canonical(word) for word in words_of(self.span.document.title or "")}
        return bool(titled & CORRECTING_TITLE) or any(c.later for c in self.claims) or self.voice.kind == "update"


def find_conflicts(question: str, spans: Sequence[Span]) -> list[Conflict]:
    """The groups of spans that disagree, in the order of their first members."""
    asked = content(question)
    accounts = [_account(span, asked) for span in spans]
    groups: list[tuple[str, set[int]]] = []
    for one, other in combinations(range(len(spans)), 2):
        about = _disagreement(accounts[one], accounts[other], asked)
        if not about:
            continue
        known = next((group for name, group in groups if name == about and group & {one, other}), None)
        if known is None:
            groups.append((about, {one, other}))
        else:
            known.update((one, other))
    return [_conflict(about, members, accounts) for about, members in groups]


def counter_evidence(
    question: str, chosen: Sequence[Span], candidates: Sequence[Candidate], most: int = 1
) -> list[Span]:
    """At most `most` sentences of the candidates that disagree with a chosen span: later words first, then the best."""
    asked = content(question)
    accounts = [_account(span, asked) for span in chosen]
    found: list[tuple[bool, Span]] = []
    for candidate in candidates[:LOOKED_AT]:
        if candidate.kind in NOT_EVIDENCE or any(_overlaps(candidate, span) for span in chosen):
            continue
        span = Span(candidate.passage, candidate.document, candidate.start, candidate.end)
        if not _worth_reading(span, accounts):
            continue
        account = _account(span, asked, candidate.voice)
        about = next(filter(None, (_disagreement(account, other, asked) for other in accounts)), "")
        if about:
            found.append((about != "update", span))
    return [span for _, span in sorted(found, key=lambda pair: pair[0])][:most]


def _account(span: Span, asked: frozenset[str], voice: Voice | None = None) -> _Account:
    claims = claims_of(span.text)
    if "|" not in span.text:
        return _Account(span, claims, (), voice)
    against = [(old, new) for old, new in combinations(claims, 2) if states_otherwise(old, new, asked)]
    withdrawn = tuple(old for old, _ in against)
    kept = _Account(span, tuple(claim for claim in claims if claim not in withdrawn), withdrawn, voice)
    if not withdrawn or kept.later:
        return kept
    return _Account(span, tuple(claim for claim in kept.claims if all(claim != new for _, new in against)), (), voice)


def _worth_reading(span: Span, accounts: Sequence[_Account]) -> bool:
    """Whether a sentence can disagree at all, as far as a quick look at its words tells: reading it takes longer."""
    text = span.text
    words = frozenset(canonical(word) for word in content_words(text))
    denies = DENIAL.search(text) is not None
    numbered = NUMBER.search(text) is not None
    return any(_may_touch(span, words, denies, numbered, account) for account in accounts)


def _may_touch(span: Span, words: frozenset[str], denies: bool, numbered: bool, account: _Account) -> bool:
    shared = max((len(words & claim.words) for claim in (*account.claims, *account.withdrawn)), default=0)
    if shared < SHARED_WORDS:
        return denies and numbered and (shared > 0 or span.document.id == account.span.document.id)
    if "|" in span.text or account.withdrawn or denies or any(claim.negated for claim in account.claims):
        return True
    near = [claim for claim in account.claims if len(words & claim.words) >= NEARLY * min(len(words), len(claim.words))]
    return any((numbered and claim.numbered) or claim.cause or words & claim.opposites for claim in near)


def _overlaps(candidate: Candidate, span: Span) -> bool:
    return candidate.document.id == span.document.id and candidate.start < span.end and span.start < candidate.end


def _conflict(about: str, members: set[int], accounts: Sequence[_Account]) -> Conflict:
    ordered = sorted(
        members, key=lambda member: (_is_later(accounts[member], members, accounts), accounts[member].date)
    )
    one_document = len({accounts[member].span.document.id for member in members}) == 1
    says_so = about == "update" and accounts[ordered[-1]].later
    return Conflict(tuple(ordered), about, NOTES[about][one_document or says_so])


def _is_later(account: _Account, members: set[int], accounts: Sequence[_Account]) -> bool:
    return account.later and not all(accounts[member].later for member in members)


def _disagreement(one: _Account, other: _Account, asked: frozenset[str]) -> str:
    """What two accounts disagree on; "" when they don't, or when both are one voice's."""
    one_document = one.span.document.id == other.span.document.id
    about = _revision(one, other)
    told_apart = False
    if not about:
        for claim, counter in product(one.claims, other.claims):
            about = difference(claim, counter, asked, one_document)
            if about:
                told_apart = claim.source != counter.source and not claim.source & counter.source
                break
    if not about or (one_document and not told_apart and _one_voice(one, other) and one.later == other.later):
        return ""
    if _updates(one, other) or _updates(other, one) or (about in CHANGING and _long_apart(one.date, other.date)):
        return "update"
    return about


def _long_apart(one: str, other: str) -> bool:
    """Whether two ISO dates are a year or more apart: what both say may have changed between them."""
    early, late = sorted((one, other))
    return bool(early) and f"{int(early[:4]) + 1}{early[4:]}" <= late


def _revision(one: _Account, other: _Account) -> str:
    """ "update" when one withdraws what the other says."""
    repeated = [*product(one.withdrawn, other.claims), *product(other.withdrawn, one.claims)]
    return "update" if any(echoes(old, claim) for old, claim in repeated) and one.later != other.later else ""


def _one_voice(one: _Account, other: _Account) -> bool:
    """Whether one speaker is speaking in both; comments without a name are by different people."""
    if one.voice.in_thread and one.voice.speaker is None:
        return other.voice.in_thread and one.span.passage.id == other.span.passage.id
    return (one.voice.speaker, one.voice.in_thread) == (other.voice.speaker, other.voice.in_thread)


def _updates(later: _Account, earlier: _Account) -> bool:
    return later.later and not earlier.later and not (later.date and earlier.date and later.date < earlier.date)
