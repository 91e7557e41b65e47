"""Changes questions so that their passage no longer answers them: the near misses that a reader must learn to see.

Another name, another number or the opposite word takes the place of one in the question; the passage stays as it is.
It does not know the reader or the records.
"""

from __future__ import annotations

import random
import re

NAME = re.compile(r"(?<![\w-])[A-Z][\w-]*\w(?:\s+(?:of\s+|the\s+|de\s+|van\s+)?[A-Z][\w-]*\w)*")
NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|(?<![\w.,])\d(?![\w.,])")
WORD = re.compile(r"[a-z]+", re.IGNORECASE)
YEAR_DIGITS = 4
OPPOSITES = (
    "first last, before after, largest smallest, highest lowest, more less, most least, increase decrease, rise fall, "
    "increased decreased, rose fell, north south, northern southern, east west, eastern western, best worst, oldest "
    "youngest, win lose, won lost, early late, earlier later, begin end, began ended, start finish, started finished, "
    "open close, opened closed, born buried, maximum minimum, majority minority, support oppose, supported opposed, "
    "above below, inside outside, male female, men women, father mother, son daughter, husband wife, king queen, "
    "brother sister, import export, accept reject, accepted rejected, gain loss, upper lower, buy sell, bought sold, "
    "longest shortest, join leave, joined left, arrive depart, arrived departed, major minor, enemy ally, cause prevent"
)
_pairs = [pair.split() for pair in OPPOSITES.split(", ")]
OPPOSITE = {one: other for pair in _pairs for one, other in (pair, pair[::-1])}


def names_of(text: str) -> list[str]:
    """Runs of capitalised words, without a single one that may only begin its sentence."""
    found = []
    for match in NAME.finditer(text):
        begins = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1] in ".?!:"
        if not (begins and " " not in match.group()):
            found.append(match.group())
    return found


def changed(question: str, passage: str, others: list[str], chance: random.Random) -> str | None:
    """The question with one name, number or word exchanged, or None where it has none.

    `others` are names of other passages; one that the question or the passage's own sentence says is not taken.
    """
    ways = [_other_name, _other_number, _opposite]
    chance.shuffle(ways)
    for way in ways:
        if (new := way(question, passage, others, chance)) and new != question:
            return new
    return None


def _other_name(question: str, passage: str, others: list[str], chance: random.Random) -> str | None:
    asked = [match for match in NAME.finditer(question) if match.start() > 0]
    if not asked:
        return None
    old = chance.choice(asked)
    near = [name for name in names_of(passage) if name not in question and old.group() not in name]
    far = [name for name in others if name not in question and name not in passage]
    pool = near if near and (not far or chance.random() < 0.3) else far
    alike = [name for name in pool if len(name.split()) == len(old.group().split())] or pool
    if not alike:
        return None
    return question[: old.start()] + chance.choice(alike) + question[old.end() :]


def _other_number(question: str, passage: str, others: list[str], chance: random.Random) -> str | None:
    asked = list(NUMBER.finditer(question))
    if not asked:
        return None
    old = chance.choice(asked)
    said = old.group()
    digits = re.sub(r"\D", "", said)
    if len(digits) == YEAR_DIGITS and digits == said:
        new = str(int(digits) + chance.choice((-30, -12, -7, -3, -2, -1, 1, 2, 3, 5, 11, 24)))
    else:
        new = str(max(1, int(digits or 1) + chance.choice((-3, -2, -1, 1, 2, 3, 10))))
    if new in passage or new == said:
        return None
    return question[: old.start()] + new + question[old.end() :]


def _opposite(question: str, passage: str, others: list[str], chance: random.Random) -> str | None:
    asked = [match for match in WORD.finditer(question) if match.group().lower() in OPPOSITE]
    if not asked:
        return None
    old = chance.choice(asked)
    new = OPPOSITE[old.group().lower()]
    if re.search(rf"\b{new}\b", passage, re.IGNORECASE):
        return None
    return question[: old.start()] + (new.capitalize() if old.group()[0].isupper() else new) + question[old.end() :]
