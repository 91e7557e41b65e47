"""A question and the conversation before it become a question that stands alone.

A plain rule: a question that leans on what was said is put after the question it leans on. It does not
know the documents, and it never writes new words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.words import content_words, words_of

History = Sequence[Mapping[str, str]]
POINTING = frozenset(
    "it its they them their theirs he him his she her hers this that these those there one ones".split()
)
LEANING_START = re.compile(
    r"\s*(?:and|but|or|so|also|then|why|how so|how come|what about|how about|what else|who else|anything else|really|"
    r"in what way|since when|says? who|the other|another)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"\w\W+[A-Z]\w")  # a capital after the first word: "What is Genetec?" stands alone
SHORT = 2  # content words; fewer can hardly stand alone
LONG = 9


def standalone_question(question: str, history: History) -> str:
    """What to search for: the question itself, or the user's earlier question and this one."""
    earlier = [turn.get("content", "") for turn in history if turn.get("role") == "user"]
    earlier = [text for text in earlier if isinstance(text, str) and text.strip() and text.strip() != question.strip()]
    if not earlier or not leans(question):
        return question
    before = earlier[-1].strip()
    if len(earlier) > 1 and leans(before):
        before = f"{earlier[-2].strip()} {before}"
    return f"{before} {question.strip()}"


def leans(question: str) -> bool:
    """Whether the question points at something said before: pronouns, a leaning start, hardly a word of its own."""
    said = content_words(question)
    if len(said) > LONG:
        return False
    return (
        bool(LEANING_START.match(question) and len(said) <= 4)
        or any(word in POINTING for word in words_of(question))
        or (len(said) < SHORT and not NAME.search(question))
    )
