"""A question that asks two or three things becomes as many questions, each of which stands alone.

It does not know what will be found for them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rag.followup import leans, standalone_question
from rag.scope import QUOTED

WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
AUXILIARY = r"(?:did|does|do|is|was|were|are|has|have|had|can|could|will|would|should|might|must)"
SUBJECT = r"(?:the|an?|it|they|he|she|there|this|that|these|those|its|their|his|her|any|you|we|[A-Z]\w*)"
ASKING = rf"(?:{WH}|(?:did|does|do|is|was|were|are|has|have)\s+{SUBJECT})"
NEXT_PART = re.compile(rf"\?\s+(?=(?:[Aa]nd\s+)?\w)|,?\s+and\s+(?={ASKING}\b)|[,;]\s+(?={ASKING}\b)")
ASKS = re.compile(rf"\W*(?:and\s+)?(?:{WH}|did|does|do|is|was|were|are|has|have)\b", re.IGNORECASE)
UNFINISHED_PART = re.compile(rf".*\b{WH}(?:\s+(?:and|or))?", re.IGNORECASE | re.DOTALL)  # "do we know how | and when"
FRAME = re.compile(  # where the answer stands, before what is asked: "In the letter, what …"
    r"(?:In|On|At|Under|During|After|Before|Within|Among|According to|Going by|From|Per|As for|Regarding)\s"
    rf"[^,?]{{3,80}},\s+(?={WH}\b)",
    re.IGNORECASE,
)
SHARED_ENDING = re.compile(  # "What A and what B does she recommend?"
    rf"(?P<one>{WH}\s(?:(?!{AUXILIARY}\b)[^\s,?]+\s){{1,5}})and\s(?P<other>{WH}\s(?:(?!{AUXILIARY}\b)[^\s,?]+\s){{1,5}})"
    rf"(?P<rest>{AUXILIARY}\s[^?]+)\??",
    re.IGNORECASE,
)
WITHOUT_VERB = re.compile(  # "…, and how many at the harbour?"
    rf"(?P<asked>(?:and\s+)?{WH}(?:\s(?:many|much|long|often|far|old|of\sthem))?)\s"
    r"(?P<place>(?P<word>in|at|for|on|by|from|under|after|before|during|with)\s[^?]+?)\??",
    re.IGNORECASE,
)
PRONOUN = re.compile(r"\b(?:he|she|it|they|him|her|them|his|hers|its|theirs?|one|ones)\b", re.IGNORECASE)
SHORTEST_PART = 3  # words
MOST_PARTS = 3


def parts_of(question: str) -> list[str]:
    """The questions in a question of two or three parts, each made to stand alone; else the question itself."""
    frame = FRAME.match(question)
    before, asked = (frame.group(), question[frame.end() :]) if frame else ("", question)
    if shared := SHARED_ENDING.fullmatch(asked):
        return [f"{before}{shared[part]}{shared['rest']}" for part in ("one", "other")]
    cuts = list(NEXT_PART.finditer(QUOTED.sub(lambda match: "_" * len(match.group()), asked)))
    if not cuts or cuts[-1].group().strip() in (",", ";"):
        return [question]  # what commas alone set apart is a clause within: "Roe, who owns the mill, and Poe"
    pieces = [asked[start:end].strip() for start, end in pairwise([0, *(cut.end() for cut in cuts), len(asked)])]
    pieces = [piece.removesuffix(" and").rstrip(",; ") for piece in pieces if piece]
    asking = all(ASKS.match(piece) and len(piece.split()) >= SHORTEST_PART for piece in pieces)
    if not (1 < len(pieces) <= MOST_PARTS and asking) or any(map(UNFINISHED_PART.fullmatch, pieces[:-1])):
        return [question]
    parts: list[str] = []
    for piece in pieces:
        said = [{"role": "user", "content": part if part.endswith("?") else f"{part}?"} for part in parts]
        whole = _with_verb(parts[0], piece) if parts else None
        alone = frame is not None and not PRONOUN.search(piece)  # the frame tells what it is about
        parts.append(whole or (piece if alone else standalone_question(piece, said)))
    if not before and any(map(leans, parts[1:])):
        return [question]
    return [f"{before}{part}" for part in parts]


def _with_verb(first: str, piece: str) -> str | None:
    """ "how many at the harbour" behind "How many people work at the mill": how many people work at the harbour; None
    for a piece with a verb of its own."""
    found = WITHOUT_VERB.fullmatch(piece)
    if found is None or re.search(rf"\b{AUXILIARY}\b", found["place"], re.IGNORECASE):
        return None
    if found["asked"].removeprefix("and ").split()[0].casefold() != first.split()[0].casefold():
        return None
    kept, place, _ = first.rpartition(f" {found['word']} ")
    return f"{kept if place else first} {found['place']}?"
