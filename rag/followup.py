"""A question and the conversation before it become a question that stands alone.

A plain rule: a question that leans on what was said is put after the question it leans on. It does not
know the documents, and it never writes new words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.words import WORD, content_words

History = Sequence[Mapping[str, str]]
POINTING = frozenset("it they them he him she her this that these those one ones".split())
OWNING = frozenset("its their theirs his hers".split())
LEANING_START = re.compile(
    r"\s*(?:and|but|or|so|also|then|why|how so|how come|what about|how about|what else|who else|anything else|really|"
    r"in what way|since when|says? who|the other|another)\b",
    re.IGNORECASE,
)
VERBS = frozenset("is was were are be been will would can could should has have had do does did mean happen".split())
COLLECTION = frozenset("document documents page pages file files source sources article articles".split())
NAME = re.compile(r"\w\W+[A-Z]\w")  # a capital after the first word: "What is Quaycom?" stands alone
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
    if LEANING_START.match(question) and len(said) <= 4:
        return True
    return _points_back(question) or (len(said) < SHORT and not NAME.search(question))


def _points_back(question: str) -> bool:
    """Whether a pronoun has nothing in the question itself to stand for."""
    words = [match.group() for match in WORD.finditer(question)]
    for place, word in enumerate(words):
        before, after = words[:place], words[place + 1 : place + 2]
        plain = word.casefold()
        if word[:1].isupper() and before:
            continue  # a name, such as that of a Mr He
        if plain in OWNING and len(content_words(" ".join(before))) < SHORT and not NAME.search(question):
            return True
        following = after[0].casefold() if after else ""
        joins = plain == "that" and following and following not in VERBS  # "says that", "that the"
        joins = joins or (plain in ("this", "these", "those") and following in COLLECTION)
        if plain in POINTING and not joins:
            return True
    return False
