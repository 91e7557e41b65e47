"""What a question asks for that the words to be quoted plainly don't give: a sum, a date, a name, what is announced.

It looks at the question and at the chosen words; it does not know how they were found. Each check speaks up only
where the words are about the thing asked for and say nothing of it: silence is no proof that they answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile

import nupunkt

from index.document import Document
from rag.answer_type import DAY, KINDS, expects, fit
from rag.masked import MUCH, masked_share
from rag.quote import Span
from rag.words import stem, stems

NAMING = (
    re.compile(r"\bnames? of (?:the|an?|its|his|her|their)?\s*((?:[\w'’-]+\s+){0,4}[\w'’-]+)", re.IGNORECASE),
    re.compile(r"\b(?:which|what)\s+((?:[\w'’-]+\s+){0,5}[\w'’-]+)", re.IGNORECASE),
    re.compile(r"\bwho (?:is|was|are|were) (?:the|an?)\s+((?:[\w'’-]+\s+){0,4}[\w'’-]+)", re.IGNORECASE),
)
ENDS_THE_KIND = frozenset(
    "do does did is are was were has have had can could will would should the a an of in on at to for with by that "
    "who which from as and or if when how this these its into".split()
)
NEAR = 6  # words before and after "a researcher", within which the name would stand
ONE = re.compile(r"\b(?:an?|one|another|some|unnamed)(?: [\w'’-]+){0,4}$", re.IGNORECASE)
CAPITAL = re.compile(r"(?<![\w-])[A-Z][\w'’-]+")
ITEM = re.compile(r"\n\s*(?:[-•*·]|\d+[.)])\s+")
NO_NAME = re.compile(rf"{DAY}|Last|Next|Early|Late")
A_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
ANNOUNCING = re.compile(
    r"\b(?:in|inside|within)\s+(?:this|our)\s+(?:[\w-]+\s+)?(?:report|note|article|piece|analysis|story|review|issue"
    r"|investigation|post|exclusive|guide|update|series|brief(?:ing)?)\b"
    r"|\bwe\s+(?:also\s+|will\s+)?(?:examine|explain|analy[sz]e|look\s+(?:at|into)|review|discuss|share|cover|assess"
    r"|break\s+down|investigate|explore)\b",
    re.IGNORECASE,
)
MASKED = re.compile(r"[*█▓▒░■]{2,}|[\[(](?:redacted|blacked out)[\])]", re.IGNORECASE)
ABOUT, MUCH_ABOUT = 0.25, 0.4  # of the question's words, in a sentence that is about it
CONTENTS = frozenset(map(stem, "topic list cover examine explain announce contents".split()))


def lacking(question: str, chosen: Sequence[Span]) -> str:
    """What the chosen words don't give of what was asked, as in "no sum of money"; "" where nothing plainly lacks."""
    form = expects(question)
    if form is not None and form.lacking and all(fit(question, span.text) < 0 for span in chosen):
        return form.lacking
    if year := _other_year(question, chosen):
        return f"nothing for {year}"
    kind = _unnamed(question, chosen)
    return (f"no names of such {kind}" if _is_plural(kind) else f"no name for that {kind}") if kind else ""


def giving(question: str, chosen: Sequence[Span]) -> list[Span]:
    """Those of the chosen that hold something of the form asked for, such as a number, where it plainly has one and any
    of them does; else all."""
    form = expects(question)
    if form is None or not form.lacking:
        return list(chosen)
    return [span for span in chosen if fit(question, span.text) >= 0] or list(chosen)


def announced_only(question: str, chosen: Sequence[Span]) -> Span | None:
    """The best of the chosen, if it only announces what the article goes on to say and the article is masked.

    A question about the announcement itself (which topics does it cover?) is answered by it.
    """
    best = chosen[0] if chosen else None
    first = next(_sentences(best), "") if best else ""
    if best is None or not ANNOUNCING.search(first) or masked_share(best.document) < MUCH:
        return None
    return None if CONTENTS & set(stems(question)) else best


def masked_there(question: str, chosen: Sequence[Span]) -> Span | None:
    """The best of the chosen, if it is masked where it would say what is asked for: a name, a number, a day.

    That is a sentence of it, or another of its passage that shares more words with the question, which has a mask in it
    and gives no other word of the form asked for; of a name asked for, any mask may stand in its place.
    """
    best, form, kind = chosen[0] if chosen else None, expects(question), _kind_asked(question)
    if best is None or (form is None and not kind) or (form and form.reason):
        return None
    asked = set(stems(question))
    passage = Span(best.passage, best.document, best.passage.start, best.passage.end)
    about = [
        said
        for span, share in ((best, ABOUT), (passage, MUCH_ABOUT))
        for said in _sentences(span)
        if MASKED.search(said) and len(asked & set(stems(said))) >= share * len(asked)
    ]
    named = bool(kind) or (form is not None and form.named)
    missing = about and (named or all(fit(question, MASKED.sub(" ", said)) < 0 for said in about))
    return best if missing else None


def _other_year(question: str, chosen: Sequence[Span]) -> str:
    """The only year of the question, if the chosen words name other years and stand in documents of another one."""
    asked, said = set(A_YEAR.findall(question)), {year for span in chosen for year in A_YEAR.findall(span.text)}
    said |= {(span.voice.date or span.document.published or "")[:4] for span in chosen}
    named = any(A_YEAR.search(span.text) for span in chosen)
    return asked.pop() if len(asked) == 1 and named and not asked & said else ""


def _unnamed(question: str, chosen: Sequence[Span]) -> str:
    """The kind of person, body or place whose name is asked for, if the chosen words speak of one without a name."""
    kind = _kind_asked(question)
    if not kind:
        return ""
    spoken_of = [(span, near) for span in chosen for said in _sentences(span) for near in _around(kind, said)]
    names = {name for span, near in spoken_of for name in _names(near, span.document)}
    return kind if spoken_of and names <= set(stems(question)) else ""


def _names(text: str, document: Document) -> Iterator[str]:
    """The stems of words with a capital, but for days, months and words that the document has as often without one."""
    for word in CAPITAL.findall(text):
        small, large = (len(re.findall(rf"\b{form}\b", document.text)) for form in (word.lower(), word))
        if not NO_NAME.fullmatch(word) and small < large:
            yield from stems(word)


def _singular(word: str) -> str:
    """The word in lower case, in the singular, without what stands beside it: "companies," is "company"."""
    word = word.strip("\"“”‘’'().,;:!?").lower().removesuffix("'s").removesuffix("’s")
    for ending, singular in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("men", "man"), ("people", "person")):
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word.removesuffix("s") if _is_plural(word) else word


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")


def _around(kind: str, sentence: str) -> Iterator[str]:
    """What stands around each word for the kind: a few words where it is "a" one; else, as the name of "the" one or
    of several may be far, the sentence."""
    words = sentence.split()
    for place, word in enumerate(words):
        if _singular(kind) == _singular(word):
            few = ONE.search(" ".join(words[max(0, place - NEAR) : place])) and not _is_plural(kind)
            yield " ".join(words[max(0, place - NEAR) : place + NEAR + 1]) if few else sentence


def _kind_asked(question: str) -> str:
    """The word for what is to be named: "researcher" in "who was the researcher that …?"; "" without one."""
    for match in (match for naming in NAMING for match in naming.finditer(question)):
        phrase: str = match[1]
        words = takewhile(lambda word: word.lower() not in ENDS_THE_KIND, phrase.split())
        kinds = dropwhile(lambda word: _singular(word) not in KINDS, words)
        if found := list(takewhile(lambda word: _singular(word) in KINDS, kinds)):
            return found[-1]
    return ""


def _sentences(span: Span) -> Iterator[str]:
    """The sentences, and the items of a list each by itself."""
    for start, end in nupunkt.sent_spans(span.text):
        yield from ITEM.split(span.text[start:end])
