"""What form the answer to a question takes, and whether a text holds anything of that form.

It looks at words and figures alone; it does not know whether they answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.words import words_of

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
DAY = rf"\b(?:{MONTHS})\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:yesterday|today|tomorrow)\b"
DATE = (
    rf"\b(?:1[0-9]|20)[0-9]{{2}}s?\b|{DAY}|\b(?:weeks?|months?|years?|decades?|centur(?:y|ies)|days?|hours?|minutes?)\b"
)
EXACT_DAY = (
    rf"{DAY}|\b\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)\b|\b(?:Christmas|Easter|New Year)\b"
)
YEAR = (
    r"\b(?:1\d|20)\d\ds?\b|\b\d{1,4} (?:BCE?|AD|CE)\b|\b(?:this|last|next|same|previous|following) year\b"
    r"|\byears? (?:ago|later|earlier|before|after)\b"
)
NUMBER = (
    r"\d(?:[\d,.]*\d)?|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half"
    r"|twice|once|double|percent|per cent|none)\b"
)
PERCENTAGE = (
    r"\d\s?%|\bper ?cent\b|\b(?:half|thirds?|quarters?|fifths?|tenths?)\b"
    r"|\b(?:one|two|three|four|nine|\d+) (?:in|out of) \w+\b"
)
NO_COUNT = re.compile(
    rf"^\s*\d+[.)]\s|\b(?:{MONTHS})\.? \d{{1,2}}\b|\b\d{{1,2}} (?:{MONTHS})\b|\b(?:1[5-9]|20)\d\d\b(?![,.]?\d)",
    re.MULTILINE,
)
CURRENCIES = (
    "(?:dollars?|euros?|pounds?|yen|yuan|rmb|cents?|rupees?|francs?|pence|roubles?|rubles?|won|pesos?|kron[ea]r?|usd|eur"
    "|gbp|chf)"
)
MONEY = (
    rf"[$€£¥]\s?\d|\d\s*(?:thousand|million|billion|trillion|bn|m|k)?\s*{CURRENCIES}\b|\d\s*(?:million|billion)\b"
    rf"|\b(?:thousand|million|billion)s? (?:of )?{CURRENCIES}\b|\b(?:free of charge|no charge)\b"
)
CODE = r"\b(?=[\w/-]*\d)[A-Za-z]+[-/ ]?\d[\w/.-]*|\b\d{3,}[\w/.-]*|\S+@\S+|https?://|\bwww\."
KINDS = frozenset(  # of persons, bodies, places and works: what has a name
    (
        "person man woman boy girl researcher employee student official spokesman spokeswoman spokesperson ceo "
        "chief president chairman director manager engineer author writer reporter journalist analyst minister "
        "senator governor mayor judge lawyer attorney doctor scientist professor teacher nurse officer soldier "
        "victim suspect witness translator player coach actor actress singer artist musician founder owner "
        "customer client dealer buyer seller partner critic expert consultant auditor inspector member leader "
        "king queen prince princess inventor winner executive worker employer company firm manufacturer vendor "
        "supplier retailer distributor integrator bank hospital school district university college agency "
        "department ministry newspaper magazine organisation organization union party club team church court "
        "embassy base laboratory lab museum library shop store restaurant factory plant brand maker operator "
        "carrier airline publisher network channel studio band country nation city town village province state "
        "county island river lake mountain street road station airport port terminal building region film movie "
        "book song album novel game"
    ).split()
)
NAME = r"(?<=[\w,;:“\"'’(–—-] )[\"“(]?[A-Z][\w.'’-]+|\b[A-Z][\w'’-]+ [A-Z][\w'’-]+"
REASON = (
    r"\b(?:because|due to|since|so that|in order to|reasons?|therefore|caus(?:e[ds]?|ing)|to avoid|owing to"
    r"|thanks to|as a result|result(?:s|ed|ing)?|led to|leads to|so as|blam(?:e[ds]?|ing)|stems?|hence|why)\b"
)
# "when" and "who" that ask, not those that only join clauses ("people who", "what happened when")
ASKING = r"(?:^\W*|[,;:.?!]\s*|\b(?:and|or|so|but|by|to|for|from|with|of|since|until|says?|exactly|know)\s+)"
AUXILIARY = r"(?:do|does|did|is|are|was|were|have|has|had|can|could|will|would|should|the)\b"
WHAT = r"\b(?:what|which) "
BE = r"(?:is|was|are|were)"
A_WORD = rf"(?:(?!{AUXILIARY})\w+ )?"


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer holds: `given` finds it. `lacking` is what to call its absence; "" where words of many kinds
    may answer as well, so that nothing follows from its absence. Where something `counts`, a day, a year or the number
    of an item in a list is none."""

    asked: re.Pattern[str]
    given: re.Pattern[str]
    lacking: str
    counts: bool = False

    @property
    def named(self) -> bool:
        """Whether a name is asked for."""
        return self.given.pattern == NAME

    @property
    def reason(self) -> bool:
        """Whether it is asked why something is so."""
        return self.given.pattern == REASON


def _form(asked: str, given: str, lacking: str, *, exact_case: bool = False, counts: bool = False) -> Form:
    given_form = re.compile(given, 0 if exact_case else re.IGNORECASE)
    return Form(re.compile(asked, re.IGNORECASE), given_form, lacking, counts)


FORMS = (
    _form(
        rf"{WHAT}{A_WORD}(?:percentage|per ?cent|proportion)\b|\bhow (?:many per ?cent|\w+ a percentage)\b",
        PERCENTAGE,
        "no percentage",
    ),
    _form(
        r"\bhow much (?:money|cash|severance|revenue|funding|salary|rent|tax|debt|profit)\b"
        rf"|{WHAT}(?:{BE} )?(?:(?:the|its|his|her|their|a|total|annual|yearly|\w+['’]s) )*"
        r"(?:price|costs?|fine|salary|revenues?|turnover|profit|fee|budget|bounty|reward|wage|rent)\b"
        r"|^\W*(?:the )?(?:price|costs?|salary|fee) (?:of|for)\b",
        MONEY,
        "no sum of money",
    ),
    _form(
        rf"\bhow much (?:do|does|did|{BE}|will|would|has|have|had)\b.*\b(?<!the )(?<!of )(?:costs?|pay|paid|spend|spent"
        r"|earn(?:ed)?|raised?|lost|lose|worth|charged?|fined?|invest(?:ed)?|sell|sold|owed?)\b",
        rf"{MONEY}|\d\s?%",
        "no sum of money",
    ),
    _form(
        rf"{WHAT}(?:exact )?(?:day and |month and )?(?:date|day)\b|\bexact date\b",
        EXACT_DAY,
        "no date",
        exact_case=True,
    ),
    _form(rf"{WHAT}year\b", YEAR, "no year"),
    _form(
        rf"{WHAT}(?:(?:is|was) (?:the|its|his|her|their) )?(?:\w+ )?(?:phone|telephone|model|serial|version|case|docket"
        r"|CVE|patent|registration|licen[cs]e|part|account) (?:number|code|id)\b"
        r"|\bwhat (?:is|was) the \w+ (?:reference|identifier|number)(?: of| for|\?|$)"
        r"|\bwhat (?:is|was) the (?:phone number|e-?mail|web|street|postal|IP) address\b",
        CODE,
        "no such number or code",
        exact_case=True,
    ),
    _form(rf"\bhow many\b|{WHAT}{A_WORD}(?:number|amount|figure|sum)\b", NUMBER, "no such number", counts=True),
    _form(rf"\bhow (?:much|large|big|high|tall|deep|wide|heavy|expensive)\b|{WHAT}{A_WORD}share\b", NUMBER, ""),
    _form(r"\bhow (?:old|far|long|often|fast|quickly|soon)\b", rf"{NUMBER}|{DATE}", "no such number or time"),
    _form(
        ASKING + rf"when\b|{WHAT}(?:month|time|week|century|decade)\b",
        DATE,
        "no such date",
        exact_case=True,
    ),
    _form(
        ASKING + r"(?:who(?:se|m)?|where)\b"
        rf"|{WHAT}(?:(?!{AUXILIARY})[\w'’-]+ ){{0,2}}(?:{'|'.join(sorted(KINDS))}|people|men|women"
        r"|companies|countries|cities|parties|agencies|universities|factories|libraries|ministries)(?:s|es)?\b",
        NAME,
        "",
        exact_case=True,
    ),
    _form(r"\bwhy\b|\bwhat (?:reasons?|caused|causes|led)\b|\bhow come\b", REASON, ""),
)


@lru_cache(maxsize=256)
def expects(question: str) -> Form | None:
    """What the answer holds: a number, a date, a name, a reason, …; None for a question with an answer of any form."""
    return next((form for form in FORMS if form.asked.search(question)), None)


def fit(question: str, text: str) -> int:
    """1 if the text holds something of the form asked for that the question does not say itself, -1 if not.

    0 for a question that may have an answer of any form.
    """
    form = expects(question)
    if form is None:
        return 0
    known = frozenset(words_of(question))
    text = NO_COUNT.sub(" ", text) if form.counts else text
    return 1 if any(not known.issuperset(words_of(match.group())) for match in form.given.finditer(text)) else -1
