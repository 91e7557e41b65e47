"""Measures over one text and its sources: what it quotes, names, denies, hides or leaves out beyond what they hold.

Each is a comparison of words. None of them knows meaning: a lie that is told in the words of its sources (their
subject and object swapped, one of two numbers in the other's place) passes all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import category, name, normalize

from eval.metrics.wording import PLAIN_QUOTES, without_marks

QUOTATION = re.compile(r'"([^"]*)"')
OMISSION = re.compile(r"\[?(?:…|\.\.\.)\]?")
WORD = re.compile(r"\w+(?:['’]\w+)*")
OPENS = re.compile(r"(?:^|[.!?:;\"“”(\[])\W*$")
"""What stands before a word that is capitalised for its place."""

INTRODUCING = frozenset(
    "a an the in on at of by from to under with and or as comment commenter commenters update undisclosed unnamed"
    " said says wrote writes told reported according quoted quoting document documents page"
    " speaker list beside article same s".split()
)
"""The words of an introduction that claim nothing ("s" ends an owner's name); whoever answers with others adds them."""

MONTHS = "January February March April May June July August September October November December".split()
NEGATION = re.compile(r"\b(?:not|cannot|no|nor|never|none|nobody|nothing|neither|without)\b|n['’]t\b", re.IGNORECASE)
TURN = re.compile(
    NEGATION.pattern
    + r"|\b(?:if|unless|except|until|false|falsely|untrue|wrong|wrongly|incorrect|alleged\w*|den(?:y|ies|ied)"
    r"|claim(?:s|ed)?|supposed\w*|rumou?r\w*|no longer|would have|could have)\b",
    re.IGNORECASE,
)
SENTENCE_BEFORE = re.compile(r"[^.!?|\n]*$")
SENTENCE_AFTER = re.compile(r"[^.!?|\n]*")  # "|" ends a cell of a table
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")


def invented_quotations(text: str, sources: Sequence[str]) -> tuple[str, ...]:
    """What `text` has in double quotation marks and no source holds, letter by letter; empty is best.

    White space, the form of the marks, omissions ("…") and a last stop or comma make no difference.
    """
    plain, known = _plain(text), [_plain(source) for source in sources]
    for source in sorted(filter(None, known), key=len, reverse=True):
        plain = plain.replace(f'"{source}"', " ")  # first of all: a quote may hold quotation marks itself
    stretches = [" ".join(stretch.split()) for stretch in QUOTATION.findall(plain)]
    return tuple(stretch for stretch in stretches if not _held(stretch, known))


def _held(stretch: str, sources: Sequence[str]) -> bool:
    parts = [part.strip().rstrip(".,") for part in OMISSION.split(stretch)]
    return all(any(part in source for source in sources) for part in parts)


def words_beside(text: str, quotes: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The words of `text` beside its `quotes` that neither introduce nor stand in `known`; empty is best.

    For a sentence that is a quotation with an introduction: a clause of its own, or a name that the citation's
    data don't hold, is left over. Which of two names in the data is meant goes unseen.
    """
    beside = " ".join(without_marks(text).split())
    plain = sorted((" ".join(without_marks(quote).split()) for quote in quotes), key=len, reverse=True)
    if any(beside.strip(" .!?\"“”'‘’").casefold() in quote.casefold() for quote in plain):
        return ()  # it is a part of a quote, and so has nothing beside
    for quote in filter(None, plain):
        beside = beside.replace(quote, " ", 1)
    words = INTRODUCING | {word.casefold() for source in known for word in _words(source)}
    return tuple(word for word in _words(beside) if word.casefold() not in words and not word.isdigit())


def strange_names(text: str, sources: Sequence[str]) -> tuple[str, ...]:
    """The capitalised words of `text`, but for those that open a sentence, that no source holds; empty is best.

    The same name for another person, and a name in a language without capitals, go unseen.
    """
    plain = without_marks(text)
    known = {_bare(word) for source in sources for word in WORD.findall(source)}
    return tuple(
        match.group()
        for match in WORD.finditer(plain)
        if match.group()[0].isupper()
        and match.group() != "I"
        and not OPENS.search(plain[: match.start()])
        and _bare(match.group()) not in known
    )


def adds_negation(text: str, sources: Sequence[str]) -> bool:
    """Whether `text` denies ("not", "never", "without") where no source does; the other way round goes unseen.

    Source: the first of the cues of Morante and Blanco, "*SEM 2012 Shared Task: Resolving the Scope and Focus of
    Negation" (2012), in English.
    """
    return bool(NEGATION.search(text)) and not any(NEGATION.search(source) for source in sources)


def turned_by_cut(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` is cut out of a word, or out of a sentence whose rest may turn its meaning.

    The rest is what stands before and after it up to a stop, a cell's or a line's end. A condition or a denial in
    another sentence goes unseen.
    """
    if _splits_word(text, start) or _splits_word(text, end):
        return True
    before = SENTENCE_BEFORE.search(text[text.rfind("\n", 0, start) + 1 : start])
    after = None if text[:end].rstrip("\"'”’)").endswith((".", "!", "?")) else SENTENCE_AFTER.match(text, end)
    return any(rest is not None and TURN.search(rest.group()) for rest in (before, after))


def disguised_words(text: str, sources: Sequence[str]) -> tuple[str, ...]:
    """The words of `text` that read otherwise than they are written, and stand in no source so; empty is best.

    They hold a character that is not seen, a letter or digit in disguise ("¹", "Ａ"), or letters of more than one
    of the Latin, Greek and Cyrillic alphabets: what looks like "104" to a reader is not found as 104.
    Source: Unicode Technical Standard 39, "Unicode Security Mechanisms": mixed scripts and identifier status.
    """
    return tuple(word for word in text.split() if _disguised(word) and not any(word in source for source in sources))


def _disguised(word: str) -> bool:
    if any(category(letter) in ("Cc", "Cf", "Cn", "Co") for letter in word):
        return True
    letters = [letter for letter in word if letter.isalnum()]
    alphabets = {alphabet for letter in letters for alphabet in ALPHABETS if name(letter, "").startswith(alphabet)}
    return len(alphabets) > 1 or any(normalize("NFKC", letter) != normalize("NFC", letter) for letter in letters)


def _splits_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum() and text[place].isascii()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _bare(word: str) -> str:
    return word.replace("’", "'").casefold().removesuffix("'s").removesuffix("'")


def _plain(text: str) -> str:
    return " ".join(text.translate(PLAIN_QUOTES).split())
