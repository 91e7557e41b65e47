"""What form the answer to a question takes, and whether a text holds anything of that form.

It looks at words and figures alone; it does not know whether they answer.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.words import words_of

MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
DATE = re.compile(
    rf"\b(?:1[0-9]|20)[0-9]{{2}}s?\b|\b(?:{MONTHS})\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|\b(?:yesterday|today|tomorrow|weeks?|months?|years?|decades?|centur(?:y|ies)|days?|hours?|minutes?)\b"
)
NUMBER = re.compile(
    r"[0-9]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half"
    r"|twice|once|double|percent|per cent|none|no)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"(?<=[\w,;:“\"'’(–—-] )[\"“(]?[A-Z][\w.'’-]+|\b[A-Z][\w'’-]+ [A-Z][\w'’-]+")
REASON = re.compile(
    r"\b(?:because|due to|since|so that|in order to|reasons?|therefore|caus(?:e[ds]?|ing)|to avoid|owing to"
    r"|thanks to|as a result|result(?:s|ed|ing)?|led to|leads to|so as|blam(?:e[ds]?|ing)|stems?|hence|why)\b",
    re.IGNORECASE,
)
# "when" and "who" that ask, not those that only join clauses ("people who", "what happened when")
ASKING = r"(?:^\W*|[,;:.?!]\s*|\b(?:and|or|so|but|by|to|for|from|with|of|since|until|says?|exactly|know)\s+)"
AUXILIARY = r"(?:do|does|did|is|are|was|were|have|has|had|can|could|will|would|should|the)\b"
ASKED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (
        re.compile(
            r"\bhow (?:many|much|large|big|old|far|long|high|tall|deep|wide|often|fast|heavy|expensive)\b"
            rf"|\b(?:what|which) (?:(?!{AUXILIARY})\w+ )?(?:number|percentage|percent|share|price|amount"
            r"|proportion|figure|sum|cost)\b",
            re.IGNORECASE,
        ),
        NUMBER,
    ),
    (
        re.compile(
            ASKING + r"when\b|\b(?:what|which) (?:year|date|day|month|time|week|century|decade)\b|\bhow soon\b",
            re.IGNORECASE,
        ),
        DATE,
    ),
    (
        re.compile(
            ASKING + r"(?:who(?:se|m)?|where)\b"
            rf"|\b(?:what|which) (?:(?!{AUXILIARY})\w+ )?(?:person|people|man|woman|company|companies|firms?"
            r"|country|countries|city|cities|state|town|place|island|team|organi[sz]ation|agency|newspaper|magazine)\b",
            re.IGNORECASE,
        ),
        NAME,
    ),
    (re.compile(r"\bwhy\b|\bwhat (?:reasons?|caused|causes|led)\b|\bhow come\b", re.IGNORECASE), REASON),
)


@lru_cache(maxsize=256)
def expects(question: str) -> re.Pattern[str] | None:
    """What the answer holds: a number, a date, a name or a reason; None for a question with an answer of any form."""
    return next((given for asked, given in ASKED if asked.search(question)), None)


def fit(question: str, text: str) -> int:
    """1 if the text holds something of the form asked for that the question does not say itself, -1 if not.

    0 for a question that may have an answer of any form.
    """
    form = expects(question)
    if form is None:
        return 0
    known = frozenset(words_of(question))
    return 1 if any(not known.issuperset(words_of(match.group())) for match in form.finditer(text)) else -1
