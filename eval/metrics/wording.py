"""Measures over texts: what an answer says, against facts, reference answers and the words it cites.

It does not know who answered, or where the texts stand.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from string import ascii_lowercase

KEY_FACT_WORDS = 120
"""A key fact counts when it is said within the first so many words of an answer."""

FOOTNOTE_MARK = re.compile(r"\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]")
PLAIN_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f", "''''" + '""""')
ARTICLE = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)
NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)*|\d+(?:\.\d+)*")
"""A comma belongs to a number only before three digits: "3,5" is two numbers, "3,500" one."""

THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
STEM = 5  # letters; the beginning of a word says something from here on
NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        "zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
    if word != "-"  # "one" is a pronoun more often
} | {
    word: f"{number}0"
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
AMOUNTS = frozenset(
    "half halves third thirds quarter quarters dozen dozens hundred thousand million billion twice".split()
)
"""Words that make a number another one; they must stand in the source as words."""

ALPHANUMERIC = re.compile(r"[a-z0-9]+")


def said(text: str, fact: str) -> bool:
    """Whether `text` holds one of the alternatives of `fact` ("a|b").

    Case, the kind of white space, curly or straight quotes and the commas of thousands make no difference. The
    beginning of a word counts from five letters on ("declin" is said by "declining"), of a shorter one only
    its plural does ("no" is not said by "nobody"); another part of a word never does ("legal" is not said by
    "illegal"), nor a part of a number ("300" is not said by "1,300", "3000", "300.5" or "300K"). A negation before
    the fact goes unseen: what an answer must not say belongs in the question's forbidden phrases.
    """
    text = _plain(text)
    alternatives = [plain for alternative in fact.split("|") if (plain := _plain(alternative))]
    return any(re.search(_whole_words(alternative), text) for alternative in alternatives)


def missing_facts(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> tuple[str, ...]:
    """The key facts that the first `words` words of `text`, footnote marks removed, do not say; in their order."""
    opening = " ".join(without_marks(text).split()[:words])
    return tuple(fact for fact in key_facts if not said(opening, fact))


def all_key_facts(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> bool | None:
    """Whether the first `words` words of an answer say every key fact; True is better; None without key facts.

    Source: the strict form of nugget recall (Voorhees, "Overview of the TREC 2003 Question Answering
    Track"), each nugget a literal phrase; the limit on words keeps a long answer from winning by its length.
    """
    return not missing_facts(text, key_facts, words) if key_facts else None


def fact_recall(text: str, key_facts: Sequence[str], words: int = KEY_FACT_WORDS) -> float | None:
    """The share of the key facts that the first `words` words say: 0..1, higher is better; None without key facts.

    Source: nugget recall, as for all_key_facts.
    """
    return 1 - len(missing_facts(text, key_facts, words)) / len(key_facts) if key_facts else None


def forbidden_said(text: str, must_not: Sequence[str]) -> tuple[str, ...]:
    """The phrases of `must_not` that `text`, at any length, says; empty is best. Matched as key facts are."""
    return tuple(phrase for phrase in must_not if said(without_marks(text), phrase))


def exact_match(text: str, references: Sequence[str]) -> bool | None:
    """Whether `text` is one of the reference answers, case, punctuation, articles and white space aside.

    None without references. Source: Rajpurkar et al., "SQuAD: 100,000+ Questions" (2016).
    """
    return any(_bare(text) == _bare(reference) for reference in references) if references else None


def token_f1(text: str, references: Sequence[str]) -> float | None:
    """The best F1 of the words (as a bag) of `text` and of a reference answer, normalised as for exact_match.

    0..1, higher is better; two empty texts agree; None without references. Source: Rajpurkar et al. (2016).
    """
    return max((_f1(_bare(text).split(), _bare(reference).split()) for reference in references), default=None)


def contains(text: str, references: Sequence[str]) -> bool | None:
    """Whether `text` holds a reference answer as whole words, normalised as for exact_match; None without any."""
    if not references:
        return None
    plain = f" {_bare(text)} "
    return any(_bare(reference) and f" {_bare(reference)} " in plain for reference in references)


def rouge_l(text: str, reference: str) -> float:
    """F1 of the longest common subsequence of words, lower-case letters and digits; 0..1, higher is better.

    Source: Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), with beta 1 and no stemming.
    """
    one, other = ALPHANUMERIC.findall(text.lower()), ALPHANUMERIC.findall(reference.lower())
    if not one or not other:
        return 0.0
    lengths = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for place, candidate in enumerate(other, start=1):
            before, lengths[place] = (
                lengths[place],
                before + 1 if word == candidate else max(lengths[place], lengths[place - 1]),
            )
    return 2 * lengths[-1] / (len(one) + len(other))


def quoted_exactly(text: str, quotes: Sequence[str]) -> bool:
    """Whether `text` holds every one of `quotes` letter by letter, white space aside; True without quotes."""
    plain = " ".join(text.split())
    return all(" ".join(quote.split()) in plain for quote in quotes)


def numbers_grounded(text: str, sources: Sequence[str]) -> bool:
    """Whether every number in `text` stands in one of `sources` too ("1,000" is 1000); True without numbers.

    A measure of its own, apart from the checker that it watches over. A number in words ("nineteen") is held by
    one in digits too; "half", "dozen" or "million" by the same word only. "one" and ordinals are not looked at.
    """
    known = {number for source in sources for number in _numbers(source) | _in_words(source)}
    plain = without_marks(text)
    return _numbers(plain) | _in_words(plain) <= known


def words_grounded(text: str, sources: Sequence[str]) -> float | None:
    """The share of the words of `text` (as a bag, normalised as for exact_match) that `sources` hold together.

    0..1, higher is better: 1 for a quotation, less for every word of the answerer's own, right or not, so that
    it is for comparing answerers and no promise. None without words. Source: K-Precision of Adlakha et al.,
    "Evaluating Correctness and Faithfulness of Instruction-Following Models for Question Answering" (2023).
    """
    words = Counter(_bare(without_marks(text)).split())
    known = Counter(word for source in sources for word in _bare(source).split())
    return sum((words & known).values()) / sum(words.values()) if words else None


def word_count(text: str) -> int:
    """The number of words, split at white space, footnote marks removed; 0 or more, shorter reads faster."""
    return len(without_marks(text).split())


def without_marks(text: str) -> str:
    """The text without its footnote marks ("[1]", "[2, 3]"); years and other long numbers in brackets stay."""
    return FOOTNOTE_MARK.sub("", text)


def mark_numbers(text: str) -> set[int]:
    """The numbers of the footnote marks in `text`: those of no footnote are numbers that without_marks hides."""
    return {int(number) for mark in FOOTNOTE_MARK.findall(text) for number in re.findall(r"\d+", mark)}


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "").lstrip("0") or "0" for number in NUMBER.findall(text)}


def _in_words(text: str) -> set[str]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return (words & AMOUNTS) | {number for word, number in NUMBER_WORDS.items() if word in words}


def _bare(text: str) -> str:
    return " ".join(ARTICLE.sub(" ", text.lower().translate(PUNCTUATION)).split())


def _f1(one: Sequence[str], other: Sequence[str]) -> float:
    if not one or not other:
        return float(one == other)
    return 2 * sum((Counter(one) & Counter(other)).values()) / (len(one) + len(other))


def _plain(text: str) -> str:
    return THOUSANDS.sub("", " ".join(text.translate(PLAIN_QUOTES).casefold().split()))


def _whole_words(phrase: str) -> str:
    """A pattern for `phrase` that does not start in the middle of a word or a number, nor end in that of a number
    or of a short word.

    Writing without upper and lower case may have no spaces between words either, so there any place is a start.
    """
    before = ""
    if phrase[0].isdigit():
        before = r"(?<!\d)(?<!\d[.,])"
    elif phrase[0].upper() != phrase[0]:
        before = r"(?<![^\W\d_])"
    after = r"(?![.,]?\d)(?!(?!(?:st|nd|rd|th|s)\b)[^\W\d_])" if phrase[-1].isdigit() else ""
    if 0 < len(phrase) - len(phrase.rstrip(ascii_lowercase)) < STEM:
        after = r"(?:'?s|es)?(?![^\W\d_])"
    return before + re.escape(phrase) + after
