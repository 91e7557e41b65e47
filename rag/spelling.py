"""Misspelt words of a question, corrected by the words that the documents themselves have.

A word that the documents have is right, and so is one that the embedding model knows as a whole or that stands in a
dictionary of English; only what none knows, and what is a slip away from a word of the documents, is replaced.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from weakref import WeakKeyDictionary

import snowballstemmer  # type: ignore[import-untyped]
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.lookups import has_words, stem_counts, texts_with_stem
from index.opening import Index
from rag.words import STOP_WORDS

LETTERS = re.compile(r"[^\W\d_]+")
APART = re.compile(r"[\w./\\@#:&+~-]*(?:[\d_/\\@#]|[.:&+~](?=\w))[\w./\\@#:&+~-]*|[“\"«][^”\"»]*[”\"»]|\w+['’]t\b")
LONGEST_QUESTION = 1000  # characters; a longer text was pasted, and is not looked at
SHORTEST, LONGEST = 4, 24  # letters of a word that is looked at
TWO_SLIPS = 8  # letters of a word that may have two slips
SHORTEST_NAME = 5
SHORTEST_PART = 3
SHORT = 5  # letters of a word in which another letter makes another word
ALIKE = ("aeiouy", "ckqs", "sz", "fv", "td", "bp", "gj", "mn", "uvw")  # letters that are taken for each other by ear
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # and by the fingers, where they are neighbours
CONTRACTED = frozenset(
    "cant dont wont isnt arent wasnt werent didnt doesnt hasnt havent hadnt shouldnt wouldnt couldnt".split()
)
COMMON = sorted(word for word in STOP_WORDS | CONTRACTED if len(word) >= SHORTEST)
LONG = 9  # letters of a word in which another letter makes none
ENDINGS = re.compile(r"(?<=[szxho])es$|(?<![isu])s$|(?:ed|ing|ly)$")
RARE_PER_PASSAGES = 50_000  # a word must stand in one passage, and in one more for every so many passages
NAME_PASSAGES = 2
CLEARLY_MORE = 3  # times as many passages, for one of two words that are as near
RESOLVED = 8  # stems whose words are looked up in the passages
READ = 8  # passages read for the words of a stem

_porter = snowballstemmer.stemmer("porter")
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The stems of an index as its full text has them: in how many passages each stands, and by initial and length."""

    generation: int
    counts: Mapping[str, int]
    shelves: Mapping[tuple[str, int], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the documents that the question may have meant, as they write it; `count` is that of its stem."""

    text: str
    stem: str
    distance: int
    count: int

    def rank(self, letters: str) -> tuple[int, bool, bool, int]:
        """Lower is nearer: slips, whether more than doubled letters differ, and more than vowels; then other forms."""
        own = self.text.casefold()
        undoubled = _undoubled(own) != _undoubled(letters)
        return self.distance, undoubled, _consonants(own) != _consonants(letters), OSA.distance(own, letters)


BRITISH = re.compile(r"(?<=\w{3})is(e[drs]?|ers|ing|ations?)$")
_vocabularies: WeakKeyDictionary[Index, Vocabulary] = WeakKeyDictionary()


def corrected(question: str, index: Index) -> str:
    """`question` with its misspelt words as the documents spell them; the same text where there is nothing to mend."""
    if len(question) > LONGEST_QUESTION:
        return question
    apart = [match.span() for match in APART.finditer(question)]
    words = [
        match
        for match in LETTERS.finditer(question)
        if not any(start < match.end() and match.start() < end for start, end in apart)
    ]
    with index.catalog.reading():
        joined = _joined(question, words, index)
        changes = joined + [
            (match.start(), match.end(), found)
            for match in words
            if not any(start <= match.start() < end for start, end, _ in joined)
            and (found := _correction(question, match, index)) is not None
        ]
    for start, end, text in sorted(changes, reverse=True):
        question = question[:start] + text + question[end:]
    return question


def _joined(question: str, words: list[re.Match[str]], index: Index) -> list[tuple[int, int, str]]:
    """Neighbours that the documents write as one word, and never as two."""
    found: list[tuple[int, int, str]] = []
    for first, second in pairwise(words):
        parts = first.group(), second.group()
        if question[first.end() : second.start()] not in (" ", "-") or (found and found[-1][1] > first.start()):
            continue
        if not all(_may_be_part(part) for part in parts):
            continue
        if not has_words("".join(parts), index.catalog) or has_words(" ".join(parts), index.catalog):
            continue
        if "".join(parts) in _words_of_stem(_porter.stemWord("".join(parts)), index):
            found.append((first.start(), second.end(), "".join(parts)))
    return found


def _may_be_part(word: str) -> bool:
    return word.islower() and len(word) >= SHORTEST_PART and word not in STOP_WORDS


def _correction(question: str, match: re.Match[str], index: Index) -> str | None:
    word, letters = match.group(), _folded(match.group())
    if not SHORTEST <= len(letters) <= LONGEST or letters in STOP_WORDS | CONTRACTED or not letters.isascii():
        return None
    if has_words(letters, index.catalog) or _is_known(letters, index):
        return None
    name = word[0].isupper() and not word.isupper() and not _opens(question, match.start())
    if word.isupper() and not question.isupper():
        return None  # an abbreviation
    if BRITISH.search(letters):  # another spelling, not a slip
        american = BRITISH.sub(r"iz\1", letters)
        return _in_case(word, american) if has_words(american, index.catalog) else None
    if word.islower() and letters not in english_words() and (common := _common_word(letters)):
        return common
    vocabulary = vocabulary_of(index)
    if not name and (parts := _split(letters, vocabulary, index)):
        return _in_case(word, parts)
    if letters in english_words():
        return None
    found = _nearest(letters, vocabulary, index, name)
    return None if found is None else _in_case(word, found.text)


def _common_word(letters: str) -> str | None:
    """The word of grammar that is one slip away, as "couldn't" from "coudnt"; None without one.

    Another letter makes another word.
    """
    for word in COMMON:
        replaced = len(word) == len(letters) and sorted(word) != sorted(letters)
        if not replaced and OSA.distance(letters, word, score_cutoff=1) == 1:
            return f"{word[:-2]}n't" if word in CONTRACTED and word.endswith("nt") else word
    return None


@lru_cache(maxsize=1)
def english_words() -> Collection[str]:
    """The words of a dictionary, in lower case; takes a tenth of a second."""
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())


def vocabulary_of(index: Index) -> Vocabulary:
    """The index's stems as they are now; read once for each state of the index."""
    with _lock, index.catalog.reading():
        generation = index.catalog.generation()
        known = _vocabularies.get(index)
        if known is None or known.generation != generation:
            least = 1 + index.catalog.count("passages") // RARE_PER_PASSAGES
            known = _shelved(generation, stem_counts(index.catalog, least))
            _vocabularies[index] = known
        return known


def _shelved(generation: int, stems: Iterable[tuple[str, int]]) -> Vocabulary:
    counts = {stem: count for stem, count in stems if SHORTEST_PART <= len(stem) <= LONGEST and stem.isalpha()}
    shelves: dict[tuple[str, int], list[str]] = {}
    for stem in counts:
        shelves.setdefault((stem[0], len(stem)), []).append(stem)
    return Vocabulary(generation, counts, {place: tuple(found) for place, found in shelves.items()})


def _is_known(letters: str, index: Index) -> bool:
    """Whether the embedding model has the word, or what it is a form of, as one word piece: then it is a word."""
    forms = {letters}
    if (base := ENDINGS.sub("", letters)) != letters:
        forms |= {base, base + "e", re.sub(r"(.)\1$", r"\1", base), re.sub(r"i$", "y", base), base.removesuffix("e")}
    return 1 in index.embedder.word_pieces([form for form in sorted(forms) if len(form) >= SHORTEST])


def _split(letters: str, vocabulary: Vocabulary, index: Index) -> str | None:
    """The two words that the documents have side by side where the question has them as one."""
    for place in range(SHORTEST_PART, len(letters) - SHORTEST_PART + 1):
        parts = letters[:place], letters[place:]
        if all(part not in STOP_WORDS and _porter.stemWord(part) in vocabulary.counts for part in parts) and has_words(
            " ".join(parts), index.catalog
        ):
            return " ".join(parts)
    return None


def _nearest(letters: str, vocabulary: Vocabulary, index: Index, name: bool) -> _Word | None:
    """The word of the documents that is a slip away; None when there is none, or none is clearly the nearest."""
    if name and len(letters) < SHORTEST_NAME:
        return None
    slips = 2 if len(letters) >= TWO_SLIPS and not name else 1
    found: dict[str, _Word] = {}
    for stem in _near_stems(letters, slips, vocabulary):
        for text in _words_of_stem(stem, index):
            distance = _distance(letters, text.casefold(), slips)
            if distance is not None and (not name or _is_name(text, stem, vocabulary)):
                found.setdefault(text.casefold(), _Word(text, stem, distance, vocabulary.counts[stem]))
    ranked = sorted(found.values(), key=lambda word: (*word.rank(letters), -word.count, word.text))
    if not ranked:
        return None
    best, *others = ranked
    rivals = [word for word in others if word.stem != best.stem and word.rank(letters)[:-1] == best.rank(letters)[:-1]]
    return best if all(best.count >= CLEARLY_MORE * word.count for word in rivals) else None


def _distance(letters: str, word: str, slips: int) -> int | None:
    """How many slips the question's word is from one of the documents, or from another form of it; None: too many."""
    distance = OSA.distance(letters, word, score_cutoff=slips)
    if 0 < distance <= slips and len(word) >= SHORTEST and _is_slip(letters, word, distance):
        return distance
    one, other = _without_ending(letters), _without_ending(word)
    inflected = min(len(one), len(other)) >= SHORTEST and OSA.distance(one, other) == 1 and _is_slip(one, other, 1)
    return 1 if inflected else None


def _is_slip(letters: str, meant: str, distance: int) -> bool:
    """Whether people slip like this: not where one letter makes another word, nor where two slips change consonants."""
    if distance > 1:
        return _consonants(letters) == _consonants(meant)
    if len(letters) != len(meant) or sorted(letters) == sorted(meant):
        return True
    changed = next({one, other} for one, other in zip(letters, meant, strict=True) if one != other)
    neighbours = any("".join(order) in row for row in ROWS for order in (sorted(changed), sorted(changed)[::-1]))
    alike = neighbours or any(changed <= set(group) for group in ALIKE)
    return len(letters) >= LONG or (alike and len(letters) > SHORT)


def _consonants(letters: str) -> list[str]:
    return sorted(letter for letter in _undoubled(letters) if letter not in "aeiouy")


def _near_stems(letters: str, slips: int, vocabulary: Vocabulary) -> list[str]:
    """Stems a few slips from the word or its stem, or one from what it begins with, as a misspelt ending stays."""
    stem = _porter.stemWord(letters)
    distances: dict[str, int] = {}
    for length in range(SHORTEST, len(letters) + slips + 1):
        begins = {letters[:cut] for cut in (length - 1, length, length + 1) if SHORTEST < cut < len(letters)}
        for form, most in [(letters, slips), (stem, slips), *((begin, 1) for begin in sorted(begins))]:
            for initial in dict.fromkeys(letters[:2]):
                shelf = vocabulary.shelves.get((initial, length), ())
                for other, distance, _ in process.extract(
                    form, shelf, scorer=OSA.distance, score_cutoff=most, limit=None
                ):
                    if initial == letters[0] or other[1] == letters[0]:
                        rest = distance + (form in begins)
                        distances[other] = min(int(rest), distances.get(other, LONGEST))
    return sorted(distances, key=lambda other: (distances[other], -vocabulary.counts[other], other))[:RESOLVED]


def _words_of_stem(stem: str, index: Index) -> list[str]:
    """The words of some passages that hold the stem, the likeliest to be forms of it, as the documents write them."""
    form = re.compile(rf"(?<![^\W\d_]){re.escape(stem[:-1])}[^\W\d_]*", re.IGNORECASE)  # that of "ferry" is "ferri"
    words = dict.fromkeys(word for text in texts_with_stem(stem, index.catalog, READ) for word in form.findall(text))
    return [word for word in words if _porter.stemWord(word.casefold()) == stem]


def _is_name(text: str, stem: str, vocabulary: Vocabulary) -> bool:
    return text[0].isupper() and vocabulary.counts[stem] >= NAME_PASSAGES


def _opens(question: str, start: int) -> bool:
    return not question[:start].strip() or question[:start].rstrip()[-1] in ".?!:"


def _in_case(word: str, found: str) -> str:
    """`found` in the letters' case of the question's `word`."""
    if word.isupper():
        return found.upper()
    return found[:1].upper() + found[1:] if word[0].isupper() else found.lower()


def _folded(word: str) -> str:
    """The word's letters as the full text compares them: lower-case, without accents."""
    lower = word.casefold()
    if lower.isascii():
        return lower
    return "".join(letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))


def _without_ending(letters: str) -> str:
    return letters[:-3] + "y" if letters.endswith("ies") else ENDINGS.sub("", letters)


def _undoubled(letters: str) -> str:
    return re.sub(r"(.)\1+", r"\1", letters)
