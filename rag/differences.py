"""What two claims differ in, if they are of one thing: a number, a day, a cause, or whether it is so.

Precision comes first: different things in similar words differ in nothing. It does not know who claims what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rag.claims import Claim
from rag.days import Day
from rag.meanings import canonical, opposed
from rag.measures import Quantity

SHARED_WORDS, SHARED_PART = 2, 0.6  # content stems in common; of the shorter sentence's
STRONGLY_SHARED = 0.75
SHARED_BY_INSTANCE, LONGEST_INSTANCE = 3, 20  # content stems that an instance has of what is denied, and in all
MOST_LIKE_QUANTITIES = 2  # of one unit in a sentence; with more, which one belongs to what is unclear
MOST_WORDS, MOST_QUANTITIES = 60, 12  # content stems, quantities
LIGHT_VERBS = frozenset(
    canonical(word)
    for word in "be have count estimate number total include list put use report call find found show need expect "
    "know see reach stand run come go take give make keep base relate include receive".split()
)
ONCE = frozenset(  # what happens to one thing only once, or hardly ever twice
    canonical(word)
    for word in "open close found bear die sink discover begin end build buy sell arrest join leave resign retire "
    "marry release introduce invent destroy burn announce reopen capsize explode collapse deliver sign launch kill "
    "install demolish abolish dissolve merge divorce bury".split()
)


def echoes(old: Claim, claim: Claim) -> bool:
    """Whether a claim says what the old one said: its words, its signs, its value."""
    common, part = _share(old.words, claim.words)
    pairs = [(q, r) for q in old.quantities for r in claim.quantities if q.comparable(r)]
    return (
        common >= SHARED_WORDS
        and part >= STRONGLY_SHARED
        and all(old.signs[word] == claim.signs[word] for word in old.words & claim.words & (old.verbs | claim.verbs))
        and (any(q.meets(r) for q, r in pairs) if old.quantities else not pairs)
    )


def difference(one: Claim, other: Claim, asked: frozenset[str], one_document: bool) -> str:
    """ "number", "date", "cause" or "polarity"; "" where they agree, or speak of different things.

    `asked` are the canonical stems of the question, which both may be taken to speak of.
    """
    if one.asks or other.asks or _too_much(one) or _too_much(other):
        return ""
    if _denies(one, other, one_document) or _denies(other, one, one_document):
        return "number" if any(q.denied for q in (*one.quantities, *other.quantities)) else "date"
    return states_otherwise(one, other, asked)


def _too_much(claim: Claim) -> bool:
    """Whether it says so much, as a table in one line does, that what belongs to what is unclear."""
    return len(claim.words) > MOST_WORDS or len(claim.quantities) > MOST_QUANTITIES


def states_otherwise(one: Claim, other: Claim, asked: frozenset[str]) -> str:
    """What two statements of one thing differ in."""
    if not one.words & other.words or not _may_compare(one, other):
        return ""
    checks: tuple[tuple[str, Callable[[Claim, Claim, frozenset[str]], bool]], ...] = (
        ("number", _numbers_differ),
        ("date", _days_differ),
        ("cause", _causes_differ),
        ("polarity", _signs_differ),
    )
    return next((about for about, differs in checks if differs(one, other, asked)), "")


def _denies(one: Claim, other: Claim, one_document: bool) -> bool:
    """Whether one says that the other's very number or day is wrong: "not eleven minutes", "1921, not 1920"."""
    if not (one_document or one.words & other.words):
        return False
    denied = [quantity for quantity in one.quantities if quantity.denied]
    if any(_same_value(quantity, said) and not said.denied for quantity in denied for said in other.quantities):
        return True
    if not one.words & other.words:
        return False
    days = [day for day in one.days if day.denied]
    return any(
        (day.year, day.month, day.day) == (said.year, said.month, said.day) and not said.denied
        for day in days
        for said in other.days
    )


def _same_value(one: Quantity, other: Quantity) -> bool:
    return (one.unit, one.noun, one.rate) == (other.unit, other.noun, other.rate) and one.meets(other)


def _may_compare(one: Claim, other: Claim) -> bool:
    """Whether nothing sets the sentences apart: other names, other code numbers, another turn ("the second round")."""
    for mine, theirs in ((one.names, other.names), (one.codes, other.codes)):
        if mine - theirs - other.words and theirs - mine - one.words:
            return False
    return one.qualifiers == other.qualifiers and not (one.times and other.times and not one.times & other.times)


def _times_apart(one: Claim, other: Claim) -> bool:
    """Whether both name days, and none is the other's."""
    return bool(one.days and other.days) and not any(day.meets(said) for day in one.days for said in other.days)


def _share(one: frozenset[str], other: frozenset[str]) -> tuple[int, float]:
    """How many stems are common, and which part of the smaller set they are."""
    common = len(one & other)
    return common, common / max(1, min(len(one), len(other)))


def _numbers_differ(one: Claim, other: Claim, asked: frozenset[str]) -> bool:
    if _times_apart(one, other):
        return False
    pairs = [(q, r) for q in one.quantities for r in other.quantities if q.comparable(r)]
    if any(q.meets(r) for q, r in pairs):
        return False
    return any(_numbers_of_one_thing(one, q, other, r, asked) for q, r in pairs)


def _numbers_of_one_thing(one: Claim, q: Quantity, other: Claim, r: Quantity, asked: frozenset[str]) -> bool:
    if q.part or r.part or q.denied or r.denied:
        return False
    if _named_too(q, other) or _named_too(r, one):
        return False
    for claim, quantity in ((one, q), (other, r)):
        if sum(quantity.comparable(more) for more in claim.quantities) > MOST_LIKE_QUANTITIES:
            return False
    if q.adjectives - r.adjectives - other.words - asked or r.adjectives - q.adjectives - one.words - asked:
        return False
    verbs = {claim.doing[claim.quantities.index(quantity)] for claim, quantity in ((one, q), (other, r))}
    if len(verbs - LIGHT_VERBS - {""}) == 2 or (one.possessed ^ other.possessed) - asked - (one.words & other.words):
        return False
    if _elsewhere(one, other, asked) or _elsewhere(other, one, asked):
        return False
    common, part = _share(one.words, other.words)
    if not (q.noun or q.substance == r.substance != "") and _extra(one, other) and _extra(other, one):
        return False  # "diesel costs $5", "petrol costs $4": a unit alone does not tell what is measured
    return common >= SHARED_WORDS and part >= SHARED_PART


def _extra(one: Claim, other: Claim) -> frozenset[str]:
    return one.words - other.words - LIGHT_VERBS


def _named_too(quantity: Quantity, claim: Claim) -> bool:
    """Whether the sentence names the same bare number, as in "412 students, 60 of them from abroad"."""
    return not quantity.unit and any(quantity.low <= number <= quantity.high for number in claim.numbers)


def _elsewhere(one: Claim, other: Claim, asked: frozenset[str]) -> bool:
    """Whether the sentence is about a place, a group or a purpose that the other does not name, nor the question."""
    return bool(one.places - other.words - asked - LIGHT_VERBS)


def _days_differ(one: Claim, other: Claim, asked: frozenset[str]) -> bool:
    if len(one.days) != 1 or len(other.days) != 1 or one.days[0].meets(other.days[0]):
        return False
    if not _as_precise(one.days[0], other.days[0]):
        return False
    verbs = one.verbs & other.verbs & ONCE
    common, part = _share(one.words, other.words)
    left, counter_left = one.verbs - other.verbs - LIGHT_VERBS, other.verbs - one.verbs - LIGHT_VERBS
    return (
        bool(verbs)
        and not (left or counter_left)
        and common >= SHARED_WORDS
        and part >= SHARED_PART
        and (
            not (one.words - other.words - asked and other.words - one.words - asked)
            or (part >= STRONGLY_SHARED and common > SHARED_WORDS)
        )
    )


def _as_precise(one: Day, other: Day) -> bool:
    """Whether both give the year, or both the month and day."""
    return None not in (one.year, other.year) or None not in (one.month, other.month, one.day, other.day)


def _causes_differ(one: Claim, other: Claim, asked: frozenset[str]) -> bool:
    if not (one.cause and other.cause) or one.cause & other.cause or _times_apart(one, other):
        return False
    common, part = _share(one.effect, other.effect)
    return (
        common >= SHARED_WORDS
        and part >= SHARED_PART
        and not (one.effect - other.effect - asked and other.effect - one.effect - asked)
    )


def _signs_differ(one: Claim, other: Claim, asked: frozenset[str]) -> bool:
    """Whether one says what the other denies: the same predicate with and without "not", or an opposite."""
    if one.conditional or other.conditional or one.uncertain or other.uncertain or one.orders or other.orders:
        return False
    if _times_apart(one, other) or one.effect or other.effect:
        return False
    if _excludes(one, other, asked) or _excludes(other, one, asked):
        return True
    if _of_a_part(one) or _of_a_part(other):
        return False
    against = list(_contradicted(one, other))
    if not against:
        return False
    mine = one.words - {predicate for predicate, _ in against}
    theirs = other.words - {predicate for _, predicate in against}
    if (mine - theirs and theirs - mine) or _modified_apart(one, other) or _modified_apart(other, one):
        return False
    if any(one.signs[word] for word, counter in against if word == counter) and mine - theirs - asked:
        return False  # what is denied is more special than what is said
    if any(other.signs[word] for word, counter in against if word == counter) and theirs - mine - asked:
        return False
    common, part = _share(mine, theirs)
    if common < SHARED_WORDS and not (mine == theirs and common):
        return False
    return part >= SHARED_PART


def _of_a_part(claim: Claim) -> bool:
    """Whether it is said of some only: "most residents", "8 in 10"."""
    return claim.shares or any(quantity.unit == "percent" for quantity in claim.quantities)


def _modified_apart(one: Claim, other: Claim) -> bool:
    """Whether a word of the one has a modifier there that the other lacks: the master, the deputy master."""
    return any(
        word in other.words and not ({before, word} & one.verbs) and before not in other.words
        for before, word in one.modified
    )


def _excludes(denial: Claim, instance: Claim, asked: frozenset[str]) -> bool:
    """Whether a denial of the whole ("never at any station") leaves no room for the instance that the other tells."""
    if len(instance.words) > LONGEST_INSTANCE or _of_a_part(denial) or denial.names - instance.words:
        return False
    predicates = {
        word
        for word in (denial.verbs & instance.verbs) - (denial.planned ^ instance.planned)
        if denial.signs[word] and instance.signs.get(word) is False
    }
    needed_words = denial.words - denial.loose
    return (
        bool(predicates)
        and needed_words - asked <= instance.words
        and (
            len(denial.words & instance.words) >= SHARED_BY_INSTANCE
            or len(needed_words & instance.words) >= SHARED_WORDS == len(needed_words & asked)
        )
    )


def _contradicted(one: Claim, other: Claim) -> Iterator[tuple[str, str]]:
    planned_by_one = one.planned ^ other.planned
    for predicate, negated in one.signs.items():
        if predicate in planned_by_one:
            continue
        if predicate in other.signs and other.signs[predicate] != negated and predicate in one.verbs | other.verbs:
            yield predicate, predicate
        elif predicate not in other.signs:
            for counter, denied in other.signs.items():
                if (
                    counter not in one.signs
                    and counter not in planned_by_one
                    and negated == denied
                    and opposed(predicate, counter)
                ):
                    yield predicate, counter
