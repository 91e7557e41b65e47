"""The quantities that a sentence names, as intervals in one unit: what "about 40" and "41" have in common.

It does not know what the sentence says of them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.days import SIGNS, Token, day_places, is_denied, is_year, words_in
from rag.words import STOP_WORDS, stem

NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * value for value, word in enumerate(
    "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}  # fmt: skip
SCALES = {"hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12,
          "k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}  # fmt: skip
UNIT_TABLE = """
time second 1, minute min 60, hour hr 3600, day 86400, week 604800, month 2629800, year 31557600, decade 315576000
length millimetre millimeter mm .001, centimetre centimeter cm .01, metre meter 1, kilometre kilometer km 1000
length inch .0254, foot feet ft .3048, yard .9144, mile 1609.3
mass gram .001, kilogram kilo kg 1, tonne 1000, ton 950, pound lb .4536, ounce .02835
area hectare 10000, acre 4047
volume litre liter 1, gallon 4.2, barrel 159
percent percent percentage 1
dollar dollar 1, cent .01
pound sterling quid 1
euro euro 1
"""


def _units() -> dict[str, tuple[str, float]]:
    """What each unit's name measures, and its size in the smallest unit of that kind."""
    units = {}
    for line in UNIT_TABLE.strip().splitlines():
        kind, _, rest = line.partition(" ")
        for names in rest.split(", "):
            *words, size = names.split()
            units.update(dict.fromkeys(words, (kind, float(size))))
    return units


UNITS = _units()
VALUE_WORDS = frozenset((*UNITS, *NUMBER_WORDS, *SCALES, "least", "number", "total", "figure", "p.m", "a.m"))
WRITTEN_SCALES = frozenset("dozen hundred thousand million billion".split())
MEASURED = frozenset(  # nouns that a bare number belongs to: "a population of 24,000"
    "population capacity circulation membership enrolment enrollment attendance turnout toll headcount workforce "
    "readership audience".split()
)
FRACTIONS = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
LABELS = frozenset("section article chapter table page room no version firmware model phase step item rule".split())
STARTS = frozenset((*NUMBER_WORDS, *(f"{word}s" for word in SCALES), "a", "an", "half", "few", "several", "tens"))
NUMBER = re.compile(
    r"\d|\b(?:" + "|".join((*NUMBER_WORDS, *SCALES, *(f"{word}s" for word in SCALES), "half")) + r")\b", re.I
)
COUNT_OF = re.compile(
    r"\b(?:number|total|count|figure) (?:of|for) (?:the |all )?((?:\w+ ){0,2}?)(\w+s|people|men|women|children)\b"
)
IRREGULAR_PLURALS = frozenset("people men women children staff sheep fish deer police cattle crew aircraft".split())
ABOUT = frozenset("about around roughly approximately some nearly almost estimated circa approx ca close".split())
FROM_BELOW = ("at least", "more than", "over", "upwards of", "no fewer than", "minimum of", "not less than")
FROM_ABOVE = ("up to", "at most", "fewer than", "less than", "under", "as many as", "no more than", "below")
ADDED = frozenset("another additional further extra more other".split())
PARTS = re.compile(r"^(?:of these|of those|of them|of which|of the|among them|including)\b")
FRACTION_STEP = 4.0  # percent, what a fraction in words may be rounded by
TOLERANCE, ABOUT_TOLERANCE, MOST_ROUNDED = 0.03, 0.15, 0.2  # of a value converted, called approximate, ending in zeros
SKIPPED, COUNTED_WITHIN = 3, 30  # words between a number and the plural after it; before it ("the number of …")


@dataclass(frozen=True, slots=True)
class Quantity:
    """Low to high in the smallest unit of its kind; `unit` "" is a count of `noun`, a stem, with its adjectives.

    `substance` is the stem after "of" ("tonnes of barley"), "" without one. `part`: of a whole named elsewhere, or on
    top of one. `denied`: the sentence says it is not so many.
    """

    low: float
    high: float
    unit: str
    name: str
    noun: str
    adjectives: frozenset[str]
    substance: str
    rate: str
    part: bool
    denied: bool
    place: int

    def comparable(self, other: Quantity) -> bool:
        """Whether both measure in one unit, or count one noun, at one rate."""
        alike = not (self.substance and other.substance) or self.substance == other.substance
        return alike and (self.unit, self.noun, self.rate) == (other.unit, other.noun, other.rate)

    def meets(self, other: Quantity) -> bool:
        """Whether one value could be both, rounding and conversion allowed for."""
        slack = TOLERANCE * max(self.low, other.low) if self.name != other.name else 1e-9
        return self.low <= other.high + slack and other.low <= self.high + slack


class _Kind(NamedTuple):
    """What a number measures or counts, up to the place `end`."""

    unit: str = ""
    name: str = ""
    factor: float = 1.0
    noun: str = ""
    adjectives: frozenset[str] = frozenset()
    end: int = 0
    part: bool = False


def quantities_in(tokens: tuple[Token, ...]) -> tuple[Quantity, ...]:
    """What is measured or counted, in order, without numbers that only name something (Section 4, version 5.2)."""
    if not any(_may_start(token) for token in tokens):
        return ()
    dated = day_places(tokens)
    found: list[Quantity] = []
    at = 0
    while at < len(tokens):
        if not _may_start(tokens[at]):
            at += 1
            continue
        fraction = _fraction_at(tokens, at)
        if fraction is not None:
            found.append(fraction[0])
            at = fraction[1]
            continue
        named = at > 0 and tokens[at - 1].text in LABELS
        read = None if named or at in dated else _number_at(tokens, at, dated)
        if read is None:
            at += 1
            continue
        low, high, after, exact = read
        quantity = _quantity(tokens, at, after, low, high, exact) or _left_short(tokens, at, after, low, high, found)
        if quantity is not None:
            found.append(quantity)
        at = max(after, at + 1)
    return tuple(found)


def _may_start(token: Token) -> bool:
    """Whether a number can begin with it."""
    return token.kind == "number" or token.text in STARTS


def _fraction_at(tokens: tuple[Token, ...], at: int) -> tuple[Quantity, int] | None:
    """ "Half of", "two thirds of", "one in five" as a percentage, with the place after it."""
    words = words_in(tokens, at, at + 5)
    first, second = words[0], words[1] if len(words) > 1 else ""
    count = _whole(first) or (1 if first == "a" else 0)
    after = at + 2
    third = at + 2 if second != "-" else at + 3
    part = tokens[third - 1].text.removesuffix("s") if third - 1 < len(tokens) else ""
    if first == "half" and second in ("of", "the", "a"):
        share, after = FRACTIONS["half"], at + 1
    elif count and part in FRACTIONS and words_in(tokens, third, third + 1) == ["of"]:
        share, after = count * FRACTIONS[part], third
    elif count and second == "in" and len(words) > 2 and _whole(words[2]) > count:
        share, after = 100.0 * count / _whole(words[2]), at + 3
    else:
        return None
    substance = _substance(tokens, after) or (stem(tokens[after].text) if after < len(tokens) else "")
    low, high = share - FRACTION_STEP, share + FRACTION_STEP
    return Quantity(low, high, "percent", "percent", "", frozenset(), substance, "", False, False, at), after


def _whole(word: str) -> int:
    """The small whole number that a word or its digits stand for; 0 for others."""
    return int(word) if word.isdecimal() and len(word) < 4 else NUMBER_WORDS.get(word, 0)


def _substance(tokens: tuple[Token, ...], at: int) -> str:
    """The stem after "of", past "the" and such; "" where none follows."""
    words = words_in(tokens, at, at + 4)
    if words[:1] != ["of"]:
        return ""
    return next((stem(word) for word in words[1:] if word not in STOP_WORDS), "")


def numbers_in(tokens: tuple[Token, ...]) -> frozenset[float]:
    """Every number that is named, whatever it counts."""
    values = (_value_at(tokens, at) for at, token in enumerate(tokens) if _may_start(token))
    return frozenset(value[0] for value in values if value is not None)


def _number_at(tokens: tuple[Token, ...], at: int, dated: set[int]) -> tuple[float, float, int, bool] | None:
    """Lowest, highest value, the place after it, and whether it was a single exact number."""
    first = _value_at(tokens, at)
    if first is None:
        return _vague_at(tokens, at)
    value, after, step = first
    joint = tokens[after].text if after < len(tokens) else ""
    before = tokens[at - 1].text if at else ""
    if joint in ("to", "-", "–", "—", "or") or (joint == "and" and "between" in words_in(tokens, at - 3, at)):
        ahead = after + 1 + (after + 1 < len(tokens) and tokens[after + 1].text in SIGNS)
        second = _value_at(tokens, ahead) if ahead < len(tokens) and ahead not in dated else None
        if second is not None and before != "from" and second[0] > value:
            scale = second[2] / step if step and value < second[0] / 500 else 1.0
            return value * (scale if scale >= 1e3 else 1.0), second[0], second[1], False
    half = step / 2
    return value - half, value + half, after, True


def _value_at(tokens: tuple[Token, ...], at: int) -> tuple[float, int, float] | None:
    """A number's value, the place after it, and the step that it is rounded to (0 for an exact one)."""
    token = tokens[at]
    if token.kind == "number":
        digits = token.text.replace(",", "")
        if digits.count(".") > 1:
            return None
        value, after = float(digits), at + 1
        fraction = len(digits.partition(".")[2])
        step = 10.0**-fraction if fraction else _round_step(int(value))
    elif token.text in NUMBER_WORDS and token.text != "zero":
        value, after = float(NUMBER_WORDS[token.text]), at + 1
        joined = after + (words_in(tokens, after, after + 1) == ["-"])
        if value >= 20 and 0 < NUMBER_WORDS.get("".join(words_in(tokens, joined, joined + 1)), 0) < 10:
            value, after = value + NUMBER_WORDS[tokens[joined].text], joined + 1
        step = _round_step(int(value))
    elif token.text in ("a", "an") and set(words_in(tokens, at + 1, at + 2)) & WRITTEN_SCALES:
        value, after, step = 1.0, at + 1, 0.0
    else:
        return None
    while after < len(tokens) and tokens[after].text in SCALES and _scales(tokens, after):
        scale = SCALES[tokens[after].text]
        value, step, after = value * scale, (step or (1.0 if scale > 100 else 0.1)) * scale, after + 1
    if after + 3 <= len(tokens) and words_in(tokens, after, after + 3) == ["and", "a", "half"]:
        value, after = value + 0.5, after + 3
    return value, after, step


def _scales(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether "m" and "k" stand right at the number, so that they are not metres or an initial."""
    return len(tokens[at].text) > 2 or (tokens[at].start == tokens[at - 1].start + len(tokens[at - 1].text))


def _round_step(value: int) -> float:
    """10 for 240, 1000 for 5000, 2 for 10: what a number with zeros at its end may be rounded to; 0 for 41."""
    zeros = len(str(value)) - len(str(value).rstrip("0"))
    return min(10.0**zeros, MOST_ROUNDED * value) if zeros and value else 0.0


def _vague_at(tokens: tuple[Token, ...], at: int) -> tuple[float, float, int, bool] | None:
    """ "dozens of", "a few hundred", "tens of thousands of": from twice the word to ten times it."""
    word = tokens[at].text
    following = words_in(tokens, at + 1, at + 3)
    if word in ("few", "several") and following and following[0] in SCALES and len(following[0]) > 2:
        scale = SCALES[following[0]]
        return 2 * scale, 9.99 * scale, at + 2, False
    if word in ("tens", "hundreds") and following[:1] == ["of"] and following[-1].rstrip("s") in SCALES:
        scale = SCALES[following[1].rstrip("s")] * (10 if word == "tens" else 100)
        return 2 * scale, 9.99 * scale, at + 3 + (words_in(tokens, at + 3, at + 4) == ["of"]), False
    if word.endswith("s") and word[:-1] in WRITTEN_SCALES and following[:1] == ["of"]:
        scale = SCALES[word[:-1]]
        return 2 * scale, 9.99 * scale if word != "dozens" else 120.0, at + 2, False
    return None


def _quantity(tokens: tuple[Token, ...], at: int, after: int, low: float, high: float, exact: bool) -> Quantity | None:
    sign = tokens[at - 1].text if at and tokens[at - 1].text in SIGNS else ""
    first = at - bool(sign)
    before = " ".join(words_in(tokens, first - 4, first))
    if before.endswith("from") or (before.endswith(" to") and "from" in words_in(tokens, at - 8, at)):
        return None  # a change names two values
    if sign and sign != "%":
        kind = _Kind(SIGNS[sign], SIGNS[sign], end=after)
    else:
        found = _unit_or_noun(tokens, after) or _counted_before(tokens, at, after)
        if found is None:
            return None
        kind = found
    if exact and low == high and kind.unit not in ("", "dollar", "pound", "euro"):
        low, high = low - 0.5, high + 0.5
    low, high = low * kind.factor, high * kind.factor
    if any(word in ABOUT for word in before.split()[-2:]):
        low, high = low - ABOUT_TOLERANCE * low, high + ABOUT_TOLERANCE * high
    if before.endswith(FROM_BELOW):
        high = math.inf
    elif before.endswith(FROM_ABOVE):
        low = 0.0
    return Quantity(
        low=low,
        high=high,
        unit=kind.unit,
        name=kind.name,
        noun=kind.noun,
        adjectives=kind.adjectives,
        substance=_substance(tokens, kind.end) if kind.unit else "",
        rate=_rate(tokens, kind.end),
        part=kind.part or _adds_to_another(tokens, first, after, kind.end) or _names_a_part(tokens, at),
        denied=is_denied(tokens, first, kind.end - 1),
        place=at,
    )


def _adds_to_another(tokens: tuple[Token, ...], first: int, after: int, end: int) -> bool:
    """Whether "another 25", "25 more horses", "25 horses more" tells it from a total."""
    return bool(ADDED & {*words_in(tokens, first - 1, first), *words_in(tokens, after, end + 1)})


def _left_short(
    tokens: tuple[Token, ...], at: int, after: int, low: float, high: float, before: list[Quantity]
) -> Quantity | None:
    """A bare number that is denied, in the unit of the quantity before it: "three years … and not five"."""
    if not before or not is_denied(tokens, at, after) or (after < len(tokens) and tokens[after].kind != "mark"):
        return None
    last = before[-1]
    factor = UNITS[last.name][1] if last.name in UNITS else 1.0
    return replace(last, low=low * factor, high=high * factor, denied=True, place=at)


def _unit_or_noun(tokens: tuple[Token, ...], after: int) -> _Kind | None:
    """What follows a number: a unit, or the first plural noun; `part` when "of the" leads there."""
    adjectives: set[str] = set()
    part = False
    place = after
    while place < len(tokens) and place <= after + SKIPPED + 3 * part:
        token = tokens[place]
        word = token.text
        if place == after and word == "per" and words_in(tokens, place + 1, place + 2) == ["cent"]:
            return _Kind("percent", "percent", end=place + 2, part=part)
        if word in SIGNS:
            return _Kind(SIGNS[word], SIGNS[word], end=place + 1, part=part)
        if place == after and word == "of" and words_in(tokens, place + 1, place + 2) in (["the"], ["its"], ["their"]):
            part, place = True, place + 2
            continue
        if word == "-" and not adjectives:
            place += 1
            continue
        if token.kind == "code":
            place += 1
            continue
        if token.kind != "word" or (word in STOP_WORDS and word not in ADDED) or token.month:
            return None
        singular = word if word in UNITS else word.rstrip("s") if not word.endswith("ches") else word[:-2]
        if singular in UNITS and not adjectives:
            if words_in(tokens, place + 1, place + 2) == ["old"] or words_in(tokens, place + 1, place + 3) == [
                "-",
                "old",
            ]:
                return None  # an age is another one every year
            kind, factor = UNITS[singular]
            return _Kind(kind, singular, factor, end=place + 1, part=part)
        if word in IRREGULAR_PLURALS or (
            len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
        ):
            return _Kind(noun=stem(word), adjectives=frozenset(adjectives), end=place + 1, part=part)
        adjectives.add(stem(word))
        place += 1
    return None


def _counted_before(tokens: tuple[Token, ...], at: int, after: int) -> _Kind | None:
    """The noun of "the number of horses … 15" and "a population of 900", for a number that nothing follows."""
    if after < len(tokens) and tokens[after].kind != "mark" and tokens[after].text not in STOP_WORDS:
        return None
    before = words_in(tokens, at - COUNTED_WITHIN, at)
    found = COUNT_OF.search(" ".join(before))
    if found is None:
        measured = [word for word in before if word in MEASURED]
        return _Kind(noun=stem(measured[-1]), end=after) if measured else None
    return _Kind(noun=stem(found[2]), adjectives=frozenset(stem(word) for word in found[1].split()), end=after)


def codes_in(tokens: tuple[Token, ...]) -> frozenset[str]:
    """What numbers name: "H4", and "section 4" where a capital word stands before a number that counts nothing."""
    codes = {token.text for token in tokens if token.kind == "code"}
    for at in range(1, len(tokens)):
        before, token = tokens[at - 1], tokens[at]
        named = token.kind == "number" and before.kind == "word" and before.capital and not before.month
        if named and before.text not in STOP_WORDS and not is_year(token) and _unit_or_noun(tokens, at + 1) is None:
            codes.add(f"{before.text} {token.text}")
    return frozenset(codes)


def _rate(tokens: tuple[Token, ...], end: int) -> str:
    """The stem of what a quantity is per: "a day", "per tonne", "annually"."""
    for place in (end, end + 1, end + 2):
        words = words_in(tokens, place, place + 2)
        if len(words) == 2 and words[0] in ("a", "an", "per", "each", "every") and tokens[place + 1].kind == "word":
            return stem(words[1]) if words[0] == "per" or words[1] in UNITS or place == end else ""
        if words and words[0] in ("annually", "yearly", "daily", "weekly", "monthly", "hourly", "apiece"):
            return {"annually": "year", "yearly": "year", "daily": "day"}.get(words[0], words[0].removesuffix("ly"))
    return ""


def _names_a_part(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether the sentence opens with "of these", or "including" leads to the number."""
    opening = " ".join(words_in(tokens, 0, 3))
    return bool(PARTS.match(opening)) or "including" in words_in(tokens, at - 4, at)
