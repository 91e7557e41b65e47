"""Filters that a question states itself: whose words, from which part, in which document, of when.

A wrong filter hides the answer and a missing one costs little: only plain words count, and only where the documents
have what they name. It does not know what is searched for, nor what a filter leaves over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.catalog import Catalog
from index.lookups import passages_with
from index.opening import Index
from index.reading.speakers import TITLES, core
from rag.directory import TOKEN, Card, Directory, directory_of, key_of, plain
from rag.periods import PERIOD, in_dates, interval_of
from rag.words import stem, stems, words_of

__all__ = ["in_dates", "names_any", "scope_of"]

Scope = dict[str, tuple[str, ...]]

QUOTED = re.compile(r"[“\"«][^”\"»]*[”\"»]")
SEVERAL = re.compile(
    r"(?:[,;]\s*|\s)(?:and|but|or)\s+(?:what|who|whom|whose|which|when|where|why|how|did|does|do|is|was|were|are|ha[sd])\b"
    r"|\?.*\w.*\?|^\W*(?:compare|contrast)\b|\b(?:differ\w*|compared|versus|vs|unlike|both|(?:dis)?agree\w*)\b"
    r"|\b(?:contradict\w*|set against)\b",
    re.IGNORECASE | re.DOTALL,
)
SAY = (
    r"(?:say|says|said|saying|tell|tells|told|state[sd]?|explain(?:s|ed)?|argue[sd]?|claim(?:s|ed)?(?! to\b)"
    r"|thinks?|thought|believe[sd]?|suggest(?:s|ed)?|warn(?:s|ed)?|mention(?:s|ed)?|describe[sd]?|recommend(?:s|ed)?"
    r"|predict(?:s|ed)?|insist(?:s|ed)?|complain(?:s|ed)?|estimate[sd]?)\b"
)
VIEW = (
    r"(?:views?|opinions?|position|stance|take|comments?|remarks?|answers?|repl(?:y|ies)|explanations?|arguments?|claims?"
    r"|criticisms?|statements?|assessments?|reasons?|words|account|quotes?|quotations?)\b"
)
SAYING = re.compile(
    rf"(?:['’]s?)?(?:\s+(?:\w+ly|also|have to|has to|had to|already|ever|then)\b)*\s+{SAY}", re.IGNORECASE
)
VIEWING = re.compile(
    rf"(?:['’]s?\s+(?:\w+\s+)?{VIEW}|\s+(?:views?|opinions?|stance|comments)\b)"
    r"(?=\s+(?:on|about|of|as|for|to|in|under)\b|\s*[?.!,]|\s*$)",
    re.IGNORECASE,
)
BEFORE_NAME = re.compile(
    r"\b(?:according to|in the (?:words|view|opinion|eyes|account) of|as (?:told|said|stated|explained|claimed) by"
    rf"|(?:said|told|stated|claimed|explained|argued) by|{VIEW} (?:by|from|of))\s+(?:the\s+)?"
    r"(?-i:(?!(?:about|on|to|for|with|against|of|in|and|or|who|that|which)\b)[a-z'’-]+\s+){0,3}$",
    re.IGNORECASE,
)
PASSIVE = re.compile(r"\b(?:is|was|are|were|be|been|being)\s+$", re.IGNORECASE)
ASKED = re.compile(
    r"(?:^|\b)(?:did|does|do|has|have|had|would|could|might|what|why|how)\s+(?:the\s+)?"
    r"(?:(?!(?:do|did|be|when|where|who|which|that|if|and|or|because|after|before|while|once|since|as|to|about|for|with"
    r"|of|from|against|by)\b)"
    r"[\w'’-]+\s+){0,4}$",
    re.IGNORECASE,
)
COMMENTERS = r"(?:commenters?|commentators?|reader comments?|readers|user comments?|comments)"
IN_COMMENTS = re.compile(
    r"\b(?:in|from|among|under) the (?:reader |readers['’] |user )?comments?(?: section| thread|s section|s thread)?"
    r"(?=\s*(?:[?.!,;:]|$|(?:under|below|on|about|beneath|says?|do|does|did|is|are|was|were)\b))"
    rf"|\b(?:do|does|did|have|has) (?:the |any |some |an? |other |undisclosed |anonymous )*{COMMENTERS} "
    rf"(?:\w+ly |also |have to )?(?:{SAY}|find\b|feel\b|suspect\b|compare\b|expect\b|object\b)"
    rf"|\b(?:the|any|some|an?|other|which|what) (?:undisclosed |anonymous |other )?{COMMENTERS} {SAY}",
    re.IGNORECASE,
)
IN_TABLE = re.compile(
    r"\b(?:in|from|according to|does|do|by) the (?:\w+ )?tables?\b(?! of\b)"
    r"|\b(?:which|what) (?:row|column)s? of the table\b",
    re.IGNORECASE,
)
IN_UPDATE = re.compile(
    r"\b(?:in|from|according to|by) (?:the|an|its|their) (?:later |latest |editor['’]s )?(?:update|correction)"
    r"(?=\s*(?:[?.!,;:]|$|(?:to|on|at the end of|below|under|closing|of) (?:the|an|this|its) "
    r"(?:article|story|piece|report|page|post)\b))"
    r"|\bdoes the (?:update|correction) (?:say|state|change|correct|add)\b",
    re.IGNORECASE,
)
PRODUCT = re.compile(
    r"\b(?:software|firmware|version|patch\w*|install\w*|releas\w+|apps?|devices?|bugs?)\b", re.IGNORECASE
)
PARTS = (  # what the words ask for, where it is called otherwise, the kinds that it is made of
    (IN_COMMENTS, None, ("comment", "quotation")),
    (IN_TABLE, None, ("table",)),
    (IN_UPDATE, PRODUCT, ("update", "quotation")),
)
FILE = re.compile(
    r"[\w()-]+(?:[ .][\w()-]+)*?\.(?:pdf|docx?|odt|rtf|txt|md|html?|csv|tsv|xlsx?|pptx?|eml|json|xml)\b", re.IGNORECASE
)
CALLED = "article|story|piece|post|page|column|essay|blog"  # what only a document is called
TOLD_OF = (
    "report|letter|memo|briefing|bulletin|review|study|analysis|newsletter|minutes|statement|transcript|press release"
)
NAMED_DOCUMENT = re.compile(
    r"\b(?:in|according to|from|per|do|does|did)\s+(?:the |an? |this |that |its )?"
    r"(?P<words>(?:(?!(?:in|to|from|the|of|on|at|by|and)\b)[\w&'’.-]+ ){1,5})"
    rf"(?P<noun>{CALLED}|{TOLD_OF}|interview)\b",
    re.IGNORECASE,
)
ACCORDING = re.compile(r"\baccording to (?:the )?(?P<name>[\w&'’. -]+?)\s*(?:[,?.!;]|$)", re.IGNORECASE)
INTERVIEW = re.compile(
    r"\b(?:in|during|from) (?:the|her|his|their) interview(?: (?:with|of) (?P<with>[\w'’. -]+?))?"
    r"\s*(?=[?.!,;]|$|about\b|on\b)",
    re.IGNORECASE,
)
FEW = 3  # documents that a name may fit and still be one
COUNTED = 2000  # passages; words that more of them have are the name of no single document
LONGEST = 1000  # characters; a longer text was pasted, and reading its names would take long
MOSTLY = 0.6  # of the passages with a document's name for a topic must stand in it

WRITINGS = (
    r"(?:articles?|stor(?:y|ies)|reports?|comments?|posts?|documents?|pieces?|interviews?|papers?|pages?|coverage)"
)
PUBLISHED = r"(?:published|posted|written|reported|dated|said)"
CLOSES = (
    r"(?=\s*(?:[?.!,;:]|$|(?:about|on|by|that|say|says|said|tell|mention|mentions|do|does|did|is|are|was|were|deal)\b))"
)
OF_TIME = re.compile(
    rf"\b(?:what|which|anything|everything|nothing|something|(?:{WRITINGS}))\s+(?:else\s+)?(?:(?:{WRITINGS})\s+)?"
    rf"(?:(?:was|were|is|has been|have been)\s+)?{PUBLISHED}\s+{PERIOD}{CLOSES}",
    re.IGNORECASE,
)
WRITINGS_OF_TIME = re.compile(rf"\b{WRITINGS}\s+{PERIOD}{CLOSES}", re.IGNORECASE)
IN_THAT_TIME = re.compile(rf"\s*{PERIOD}\s*,", re.IGNORECASE)
SAID_THEN = re.compile(rf"\b{SAY}\s+{PERIOD}{CLOSES}", re.IGNORECASE)


def scope_of(question: str, index: Index) -> Scope:
    """The filters that the question states: "speaker", "kind", "document" and "date", each with its values.

    None for a question of several parts or a comparison, as a filter would hold for all of it, or a very long one.
    """
    asked = QUOTED.sub(lambda match: " " * len(match.group()), question[: LONGEST + 1])
    if len(question) > LONGEST or SEVERAL.search(asked):
        return {}
    with index.catalog.reading():
        directory = directory_of(index)
        scope: Scope = {}
        kinds = _kinds(asked, directory)
        speakers = tuple(sorted(_speakers(asked, directory, "comment" in kinds)))
        for name, values in (
            ("speaker", speakers),
            ("kind", kinds),
            ("document", _documents(asked, directory, index.catalog)),
            ("date", _period(asked, speakers, directory)),
        ):
            if values:
                scope[name] = values
        return scope


def names_any(text: str, speakers: Sequence[str]) -> bool:
    """Whether a text names one of these speakers: what it tells of their words passes a filter that was guessed."""
    lasts = {words[-1].strip(".") for words in map(core, speakers) if words}
    return any(re.search(rf"(?<!\w){re.escape(last)}(?!\w)", text) for last in lasts)


# ---- who ----


def _speakers(question: str, directory: Directory, in_comments: bool) -> set[str]:
    found: set[str] = set()
    for start, end, names in _named(question, directory):
        if not _is_source(question[:start], question[end:]):
            continue
        own = {name for name in names if key_of(name) in directory.authors}
        if own and not in_comments:
            return set()  # whose articles speak too, and are nobody's words
        found |= set(names)
    return found


def _is_source(before: str, after: str) -> bool:
    """Whether the words around a name ask for what its bearer says."""
    if BEFORE_NAME.search(before):
        return True
    if VIEWING.match(after):
        return True
    return bool(SAYING.match(after) and ASKED.search(before) and not PASSIVE.search(before))


def _named(question: str, directory: Directory) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where the question names speakers: the stretch with titles and first names, and whom it may mean."""
    words = list(TOKEN.finditer(question))
    folded = [match.group().casefold() for match in words]
    for place, match in enumerate(words):
        if following := directory.handles.get(folded[place]):
            for name in following:
                length = len(TOKEN.findall(name))
                if [w.casefold() for w in TOKEN.findall(name)] == folded[place : place + length]:
                    yield match.start(), words[place + length - 1].end(), (name,)
        names = directory.people.get(folded[place], ())
        if not names or _goes_on(question, words, place):
            continue
        given = place
        while given and folded[given - 1] not in TITLES and _touches(question, words[given - 1], words[given]):
            if not any(_is_given(folded[given - 1], name) for name in names):
                break
            names = tuple(name for name in names if _is_given(folded[given - 1], name))
            given -= 1
        if given == place and (not match.group()[0].isupper() or _other_name(question, words, place)):
            continue
        while given and folded[given - 1] in TITLES:
            given -= 1
        yield words[given].start(), match.end(), names


def _goes_on(question: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether a name goes on behind its word: "Roe Street"."""
    return (
        place + 1 < len(words)
        and words[place + 1].group()[0].isupper()
        and _touches(question, words[place], words[place + 1])
        and words[place].group()[0].isupper()
    )


def _other_name(question: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether a lone surname may be another word (it opens the question) or has another's first name before it."""
    if not place:
        return words[place].group().casefold() in ("he", "will", "may", "an", "so", "do")
    before = words[place - 1]
    if not _touches(question, before, words[place]) or before.group().casefold() in TITLES:
        return False
    return before.group()[0].isupper() and place > 1


def _touches(question: str, left: re.Match[str], right: re.Match[str]) -> bool:
    return question[left.end() : right.start()] in (" ", ". ")


def _is_given(word: str, name: str) -> bool:
    given = [part.casefold().strip(".") for part in core(name)[:-1]]
    return any(word == part or (len(word) == 1 and part.startswith(word)) for part in given)


# ---- where ----


def _kinds(question: str, directory: Directory) -> tuple[str, ...]:
    for asked, otherwise, kinds in PARTS:
        if kinds[0] in directory.kinds and asked.search(question) and not (otherwise and otherwise.search(question)):
            return kinds
    return ()


def _documents(question: str, directory: Directory, catalog: Catalog) -> tuple[str, ...]:
    for match in FILE.finditer(question):
        name = match.group().casefold()
        files = [card for card in directory.cards if _ends_with(name, card.path)]
        if files:
            return tuple(card.path for card in files[:FEW])
    if interview := INTERVIEW.search(question):
        asked = set(words_of(interview["with"] or ""))
        return _few([card for card in directory.cards if card.interviewed and (not asked or asked & card.interviewed)])
    if named := NAMED_DOCUMENT.search(question):
        return _few(_called(named["words"], named["noun"], directory, catalog), directory)
    if according := ACCORDING.search(question):
        wanted = frozenset(map(stem, words_of(according["name"])))
        cards = [card for card in directory.cards if _published_by(wanted, card)]
        if cards and not _stands_outside(words_of(according["name"]), cards, catalog):
            return _few(cards, directory)
    return ()


def _ends_with(words: str, path: str) -> bool:
    """Whether words of the question end with a file's name: what stands before it is no part of the name."""
    name = path.rsplit("/", 1)[-1].casefold()
    return words == name or words.endswith(" " + name)


def _few(cards: list[Card], directory: Directory | None = None) -> tuple[str, ...]:
    """The documents, where they are so few that their name tells them from the others."""
    few = len(cards) == 1 or (directory is not None and len(cards) <= FEW and len(cards) * 3 <= len(directory.cards))
    return tuple(card.path for card in cards) if few else ()


def _called(words: str, noun: str, directory: Directory, catalog: Catalog) -> list[Card]:
    """The documents of which the words are the publication, or which alone are about what the words say."""
    wanted = frozenset(stems(words.replace("'s", "").replace("’s", "")))
    if not wanted or plain(words) in directory.carriers:
        return []
    if noun.casefold() == "interview":
        cards = [card for card in directory.cards if card.interviewed]
        return [
            card for card in cards if wanted <= card.publisher | card.stems | frozenset(map(stem, card.interviewed))
        ]
    published = [card for card in directory.cards if _published_by(wanted, card)]
    if published:
        return published
    called = noun.casefold() in CALLED.split("|")
    cards = [
        c for c in directory.cards if wanted <= c.publisher | c.stems and (called or stem(noun.casefold()) in c.stems)
    ]
    return cards if cards and _share_inside(words_of(words), cards, catalog) >= MOSTLY else []


def _published_by(wanted: frozenset[str], card: Card) -> bool:
    """Whether the words are a publication's name, or most of it: "the Port Times" is the Weekly Port Times."""
    return bool(wanted) and wanted <= card.publisher and 2 * len(wanted) >= len(card.publisher)


def _share_inside(words: list[str], cards: list[Card], catalog: Catalog) -> float:
    """Of the passages whose text has all these words, the share that stands in these documents."""
    counts, are_all = passages_with(" AND ".join(f'"{word}"' for word in words), catalog, COUNTED)
    return sum(counts.get(card.document_id, 0) for card in cards) / max(1, sum(counts.values())) if are_all else 0.0


def _stands_outside(words: list[str], cards: list[Card], catalog: Catalog) -> bool:
    counts, are_all = passages_with(f'"{" ".join(words)}"', catalog, COUNTED)
    return not are_all or bool(counts.keys() - {card.document_id for card in cards})


# ---- when ----


def _period(question: str, speakers: tuple[str, ...], directory: Directory) -> tuple[str, ...]:
    """The time of what is asked for, where there is something of that time."""
    match = OF_TIME.search(question) or WRITINGS_OF_TIME.search(question)
    dates = {card.published for card in directory.cards}
    if match is None and speakers:
        match = IN_THAT_TIME.match(question) or SAID_THEN.search(question)
        dates = {date for speaker in speakers for date in directory.heard.get(speaker, ())}
    interval = interval_of(match["period"]) if match else None
    return (interval,) if interval and any(in_dates(date, interval) for date in dates) else ()
