"""A text's words as the lexical side compares them: lower-case stems, without the words that say nothing.

One list and one stemmer serve retrieval, picking and checking. It does not know documents.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

WORD = re.compile(r"\w+(?:[.,]\d+)*(?:['’]\w+)?")
STOP_WORDS = frozenset(
    "a about after again all also am an and any are as at be because been before being below between both but by "
    "can could did do does doing done down during each else ever every few for from further get gets getting give "
    "given go goes going got had has have having he her here hers herself him himself his how i if in into is it "
    "its itself just let like made make makes many may me might more most much must my myself no nor not now of "
    "off on once one only or other our ours out over own per please same say said says saying she should so some "
    "such tell than that the their theirs them themselves then there these they this those through to told too "
    "under until up upon us use used very was we were what when where whether which while who whom whose why will "
    "with within without would you your yours according article document documents page pages text mention "
    "mentioned mentions describe described s t d ll m re ve don doesn didn isn wasn aren won".split()
)

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word (Porter 2, https://snowballstem.org/algorithms/english/stemmer.html)."""
    return str(_stemmer.stemWord(word))


def _is_no_accent(character: str) -> bool:
    return character.isascii() or not unicodedata.combining(character)


def words_of(text: str) -> list[str]:
    """The text's words, lower-case, without accents and possessive endings, in order."""
    folded = text.replace("’", "'").casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
        if not folded.isascii():
            folded = "".join(filter(_is_no_accent, folded))
    return [match.removesuffix("'s").replace(",", "") for match in WORD.findall(folded)]


def content_words(text: str) -> list[str]:
    """The text's words that say something, in order."""
    return [word for word in words_of(text) if word not in STOP_WORDS]


def stems(text: str) -> list[str]:
    """The stems of the text's words that say something, in order."""
    return [stem(word) for word in content_words(text)]
