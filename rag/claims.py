"""A sentence as claims that can be compared: quantities, days, what is said of what, and because of what.

It does not know who says the sentence, nor which other sentences there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.days import Day, Token, days_in, read_tokens
from rag.meanings import IRREGULAR, VERBS, canonical, opposites_of
from rag.measures import UNITS, VALUE_WORDS, Quantity, codes_in, numbers_in, quantities_in
from rag.words import STOP_WORDS, stem

SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“(*]*[A-Z0-9])|\n\s*\n|\s\|\s")
SAYING = (
    r"(?:said|says|say|told|tells|claimed|claims|reported|reports|added|believes?|argued|insisted|estimated|estimates?"
    r"|found|wrote|conclude[sd]?|announced|stated|noted|thinks?|thought|explained|according)"
)
OPENING = re.compile(
    r"^(?:[^,.;:]{0,70}\b(?:said|says|claims?|claimed|insists?|insisted|argued?|believes?|estimate[sd]?|stated|wrote|"
    r"told\s+\w+)\s+(?:on\s+\w+\s+)?(?:that\s+)?(?!(?:he|she|they|it|we|i)\b)(?=\w+\s+\w+)"
    r"|.{0,90}?\b(?:shows?|showed|suggests?|suggested|confirms?|confirmed|proves?|proved|found|finds?|concludes?|concluded|"
    r"reports?|reported|added|announced)\s+that\s+"
    r"|according to [^,]{1,60},\s*|by [^,]{1,40}\b(?:count|counting|estimate|estimates|figures|account|reckoning),\s*)",
    re.IGNORECASE,
)
SAYS = re.compile(
    rf"\b(?:{SAYING}|insists?|claim|confirm\w*|show(?:s|ed)?|suggest\w*|prove[sd]?|count|counting|figures|account)\b",
    re.I,
)
CLOSING = re.compile(rf",\s+(?:[^,]{{0,60}}\b{SAYING}\b[^,]{{0,60}}|according to [^,]{{1,60}})[.!]?$", re.IGNORECASE)
DENYING = re.compile(
    r"\b(?:denie[sd]|deny|denying|disputed?|disputes|doubt(?:s|ed)?)\s+(?:that|the claim that|any|having)\b"
    r"|\b(?:(?:do|does|did)\s+not|(?:do|does|did)n[’']t)\s+(?:agree|believe|think|accept|say|claim)\b",
    re.IGNORECASE,
)
CAUSE = re.compile(
    r"\b(?:because\s+of|because|due\s+to|owing\s+to|as\s+a\s+result\s+of|(?:was|were|been|is|are)\s+caused\s+by|"
    r"caused\s+by|on\s+account\s+of)\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:not|never|no|none|nobody|neither|nor|cannot|hardly|without|fail\w*|refus\w+|declin\w+|den(?:y|ied|ies)|disput\w+|"
    r"wrong|incorrect|mistaken|false|error|rather than|instead of)\b|n[’']t\b|\b(?:un|non)\w{3,}",
    re.IGNORECASE,
)
BLAMED = re.compile(r"\b(?:blame[sd]?|attribute[sd]?)\s+(?P<effect>.+?)\s+(?:on|to)\s+(?P<cause>.+)$", re.IGNORECASE)
NOT_WHOLE = re.compile(r"\b(?:partly|partially|in part|also|another|one reason|mainly|mostly|among|not)\b", re.I)
LATER = re.compile(
    r"^\W*(?:updated?|correction|corrected|clarification|erratum|editor[’']s note)\b[^:\]–—]{0,30}[:\]–—-]"
    r"|\b(?:no longer|has since|have since|had since)\b"
    r"|\b(?:right|correct|corrected) (?:figure|number|date|total|amount|name)\b",
    re.IGNORECASE,
)
UPDATE_MARK = re.compile(
    r"^\W*(?:updated?|correction|clarification)\b[^.:\]]{0,30}(?:[^:\]]{0,12})[:\]]\s*", re.IGNORECASE
)
ORDERING = re.compile(
    r"^[\W\d]*(?:(?:please|do|don[’']t|never|always|make sure|let)\b|"
    r"(?!\w+ly\b|yesterday|today|tomorrow|tonight|both|half|also|however|then|now|here|there|perhaps)"
    r"(?P<first>\w+)\s+(?:the|a|an|every|your|each|all|any|it|them|their|its)\b)",
    re.IGNORECASE,
)
NEGATIONS = frozenset("not never cannot nobody none neither nor without hardly n't no".split())
OWNING = ("'s", "’s")
REACHED_BY = frozenset("to at of reached".split())
PART_ENDS, VERB_WITHIN = frozenset(",;:|"), 15  # words
FAILING = frozenset("fail refuse declin".split())
POSSESSIVES = frozenset("its his her their our my your".split())
AUXILIARIES = frozenset(
    "is are was were be been being am has have had do does did will would can could may might must shall should".split()
)
UNCERTAIN = frozenset(
    "could may might would should perhaps maybe possibly accused suspected alleged allegedly reportedly rumoured "
    "considering considered threatened tried attempted hoped expected charged plans planned".split()
)
CONDITIONS = frozenset("if unless whether until".split())
SHARES = frozenset("most some many few several half certain other both all every each".split())
PREPOSITIONS = frozenset("in at on for from among within under inside outside near throughout per across by of".split())
QUALIFIERS = frozenset(  # two sentences of which only one has it are about two things
    "against without except former first second third fourth fifth sixth seventh eighth ninth tenth last next previous "
    "latter deputy vice".split()
)
TIMES = frozenset(
    "night morning evening afternoon noon midnight monday tuesday wednesday thursday friday saturday sunday".split()
)
PLAIN_TAIL = frozenset(
    "again still now already finally really actually simply even yet ever always just time times old thing things way "
    "ways".split()
)


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, its words as comparable stems; words of saying who says it are left out.

    `signs` maps each stem to whether it is negated; `places` are the stems that come after a preposition; `loose` are
    those after "any" and "by", which a denial of the whole may name and an instance need not; `source` those of "Roe
    said"; `possessed` those after "Roe's". `doing` has the verb nearest to each quantity, "" without one. `effect` and
    `cause` are stems, empty without one.
    """

    words: frozenset[str]
    source: frozenset[str]
    signs: dict[str, bool]
    verbs: frozenset[str]
    places: frozenset[str]
    loose: frozenset[str]
    names: frozenset[str]
    codes: frozenset[str]
    qualifiers: frozenset[str]
    times: frozenset[str]
    numbers: frozenset[float]
    modified: frozenset[tuple[str, str]]
    possessed: frozenset[str]
    doing: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    effect: frozenset[str]
    cause: frozenset[str]
    asks: bool
    conditional: bool
    planned: frozenset[str]
    orders: bool
    uncertain: bool
    shares: bool
    later: bool

    @property
    def numbered(self) -> bool:
        """Whether it names a quantity or a day."""
        return bool(self.quantities or self.days)

    @property
    def negated(self) -> bool:
        """Whether anything in it is denied."""
        return any(self.signs.values())

    @property
    def opposites(self) -> frozenset[str]:
        """The listed opposites of its words."""
        return frozenset().union(*(opposites_of(word) for word in self.words))


def claims_of(text: str) -> tuple[Claim, ...]:
    """The claims of a stretch of text, one a sentence or cell of a table."""
    return tuple(read_claim(part) for part in SENTENCE_END.split(text) if part.strip())


@lru_cache(maxsize=4096)
def read_claim(sentence: str) -> Claim:
    """The sentence as a claim."""
    said, source = without_saying(sentence)
    tokens = read_tokens(said)
    denied = DENYING.search(said)
    signs, places, loose, verbs = _predicates(tokens, denied.start() if denied else None)
    effect, cause = _cause(said)
    quantities = quantities_in(tokens)
    plain = [token.text for token in tokens]
    return Claim(
        words=frozenset(signs),
        source=source,
        signs=signs,
        verbs=verbs,
        places=places,
        loose=loose,
        names=_names(tokens),
        codes=codes_in(tokens),
        qualifiers=_qualifiers(plain),
        times=frozenset(word for word in plain if word in TIMES),
        numbers=numbers_in(tokens),
        modified=_modified(tokens),
        possessed=frozenset(canonical(after.text) for one, after in pairwise(tokens) if one.text.endswith(OWNING)),
        doing=tuple(_verb_of(tokens, quantity, verbs) for quantity in quantities),
        quantities=quantities,
        days=days_in(tokens),
        effect=effect,
        cause=cause,
        asks=sentence.rstrip("\"'”’) ").endswith("?"),
        conditional=any(word in CONDITIONS for word in plain),
        planned=_planned(tokens),
        orders=_orders(said),
        uncertain=any(word in UNCERTAIN for word in plain),
        shares=any(word in SHARES for word in plain),
        later=LATER.search(sentence) is not None,
    )


def _qualifiers(words: list[str]) -> frozenset[str]:
    """Words that tell one from another; "last" only before a time, as it is a verb too."""
    pairs = zip(words, [*words[1:], ""], strict=False)
    return frozenset(word for word, following in pairs if word in QUALIFIERS and (word != "last" or following in UNITS))


def _verb_of(tokens: tuple[Token, ...], quantity: Quantity, verbs: frozenset[str]) -> str:
    """The verb that is nearest to a quantity within its part of the sentence; "" for a value that is reached."""
    first = last = quantity.place
    if first and tokens[first - 1].text in REACHED_BY:
        return ""
    while quantity.place - first < VERB_WITHIN and first and tokens[first - 1].text not in PART_ENDS:
        first -= 1
    while last - quantity.place < VERB_WITHIN and last < len(tokens) and tokens[last].text not in PART_ENDS:
        last += 1
    near = [
        (abs(at - quantity.place) + (at > quantity.place) / 2, canonical(tokens[at].text))
        for at in range(first, last)
        if tokens[at].kind == "word" and tokens[at].text not in STOP_WORDS and canonical(tokens[at].text) in verbs
    ]
    return min(near)[1] if near else ""


def _planned(tokens: tuple[Token, ...]) -> frozenset[str]:
    """Stems of verbs after "to" and "will": what is meant to be so, not what was."""
    planned = set()
    for at in range(len(tokens) - 1):
        to, verb = tokens[at].text, tokens[at + 1].text
        if verb in ("not", "never", "be") and at + 2 < len(tokens):
            verb = tokens[at + 2].text
        failing = at and stem(tokens[at - 1].text) in FAILING
        if to in ("to", "will", "won't", "won’t") and verb not in STOP_WORDS and not failing:
            planned.add(canonical(verb))
    return frozenset(planned)


def _orders(said: str) -> bool:
    """Whether a sentence tells somebody to do something: a verb opens it, and its object follows."""
    opening = ORDERING.match(said)
    first = (opening["first"] or "").casefold() if opening else ""
    return opening is not None and not (first in STOP_WORDS or first in PREPOSITIONS or first.endswith(("ed", "ing")))


def _modified(tokens: tuple[Token, ...]) -> frozenset[tuple[str, str]]:
    """Each content stem with the one that stands right before it: "deputy master", "rope maker"."""
    pairs = zip(tokens, tokens[1:], [token.text for token in tokens[2:]] + [""], strict=False)
    return frozenset(
        (canonical(one.text), canonical(other.text))
        for one, other, following in pairs
        if one.kind == other.kind == "word"
        and not _says_nothing(one, other.text)
        and not _says_nothing(other, following)
    )


def without_saying(sentence: str) -> tuple[str, frozenset[str]]:
    """The sentence without the words that say whose it is, and their stems; "Roe said he knew" stays whole."""
    plain = UPDATE_MARK.sub("", sentence.strip())
    if SAYS.search(plain) is None:
        return plain, frozenset()
    closing, opening = CLOSING.search(plain), OPENING.match(plain)
    if opening and DENYING.search(opening.group()):
        opening = None
    said = plain[opening.end() if opening else 0 : closing.start() if closing else len(plain)]
    if not said.strip():
        return plain, frozenset()
    return said, content(" ".join(match.group() for match in (opening, closing) if match))


def _predicates(
    tokens: tuple[Token, ...], denied_at: int | None
) -> tuple[dict[str, bool], frozenset[str], frozenset[str], frozenset[str]]:
    """Content stems with their signs, those after a preposition, those after "any" or "by", and the verbs."""
    signs: dict[str, bool] = {}
    places: set[str] = set()
    loose: set[str] = set()
    verbs: set[str] = set()
    in_loose, placed = False, set[str]()
    negated_for, everything, in_place = 0, False, False
    for at, token in enumerate(tokens):
        word = token.text
        following = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if token.kind == "mark":
            if word in ",;:|":
                negated_for, in_place, in_loose = 0, False, False
            continue
        if token.kind != "word":
            continue
        if word in NEGATIONS or word.endswith(("n't", "n’t")):
            if not (word == "not" and following in ("only", "just", "least")):
                whole = word in ("no", "nobody", "none", "neither")
                negated_for, everything = (0, True) if whole else (5, everything)
            continue
        if word in PREPOSITIONS:
            in_place = following not in POSSESSIVES
        in_loose = word in ("any", "by") or (in_loose and word not in PREPOSITIONS and word not in AUXILIARIES)
        in_place = in_place and word not in AUXILIARIES
        if _says_nothing(token, following):
            in_place = in_place and tokens[at - 1].text not in placed
            negated_for = max(0, negated_for - (word not in AUXILIARIES and word != "been"))
            continue
        root = canonical(word)
        before = tokens[at - 1].text if at else ""
        is_verb = (
            word in IRREGULAR
            or root in VERBS
            or (word.endswith("ed") and len(word) > 4)
            or (word.endswith("ing") and before in AUXILIARIES)
            or before in ("not", "never", "cannot")
            or before.endswith(("n't", "n’t"))
        )
        if (stem(word) in FAILING and following == "to") or (denied_at == token.start):
            negated_for = 4 if following == "to" else negated_for
            continue
        denied = denied_at is not None and token.start > denied_at
        signs.setdefault(root, (negated_for > 0) != denied)
        if is_verb:
            verbs.add(root)
            in_place = False
        if in_place:
            places.add(root)
            placed.add(word)
        if in_loose:
            loose.add(root)
        if negated_for:
            negated_for = 0 if is_verb else negated_for - 1
    if everything:
        signs = {root: (not sign if root in verbs else sign) for root, sign in signs.items()}
    return signs, frozenset(places), frozenset(loose), frozenset(verbs)


def _says_nothing(token: Token, following: str) -> bool:
    """Whether a word carries no subject of its own: numbers, units, months, times of day, words for emphasis."""
    word = token.text
    if word == "last" and (following in UNITS or following in TIMES):
        return True
    return (
        len(word) < 2
        or token.month
        or word in AUXILIARIES
        or word in PREPOSITIONS
        or word in STOP_WORDS
        or word in PLAIN_TAIL
        or word in TIMES
        or word in VALUE_WORDS
        or word.removesuffix("s") in VALUE_WORDS
    )


def _names(tokens: tuple[Token, ...]) -> frozenset[str]:
    """Lower-case words of names: a capital within the sentence, or at its start when another one follows."""
    names = set()
    for at, token in enumerate(tokens):
        if token.kind != "word" or not token.capital or token.text in STOP_WORDS or token.month or token.text in TIMES:
            continue
        follows = at + 1 < len(tokens) and tokens[at + 1].capital and not tokens[at + 1].month
        opens = at == 0 or tokens[at - 1].text in (".", ":", "|")
        if not opens or follows:
            names.add(canonical(token.text))
    return frozenset(names)


def _cause(said: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of an effect and of its cause; two empty sets where the sentence gives none, or one among several."""
    nothing = (frozenset[str](), frozenset[str]())
    if NOT_WHOLE.search(said):
        return nothing
    blamed = BLAMED.search(said)
    if blamed:
        return content(blamed["effect"]), content(blamed["cause"])
    found = CAUSE.search(said)
    if found is None:
        return nothing
    effect, cause = said[: found.start()], said[found.end() :]
    if not effect.strip(' "“'):
        cause, _, effect = cause.partition(",")
    return content(effect), content(cause)


def content(text: str) -> frozenset[str]:
    """The canonical stems of a text's words that say something, numbers and names of months left out."""
    return frozenset(
        canonical(token.text)
        for token in read_tokens(text)
        if token.kind == "word" and not token.month and token.text not in STOP_WORDS and token.text not in PLAIN_TAIL
    )
