"""The noun phrases of a question, and which of them a pronoun of a later question may stand for.

It does not know any grammar beyond word lists, capitals and endings, and it does not know the documents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.words import WORD, stem

WH = frozenset("what which who whom whose when where why how".split())
DO = frozenset("do does did don't doesn't didn't can could will would shall should may might must cannot can't".split())
BE = frozenset(
    "is are was were am be been being isn't aren't wasn't weren't has have had having hasn't haven't what's who's "
    "where's how's when's it's that's there's".split()
)
PERSONAL = frozenset("he him his she her".split())
SEVERAL = frozenset("they them their".split())
PRONOUNS = frozenset(
    "i you we me us it they them he him she her his hers its their theirs my your our yours ours this that these "
    "those one ones there here someone anyone everyone somebody anybody everybody somewhere anywhere everywhere "
    "something anything everything nothing others both none nobody himself herself itself themselves yourself "
    "myself".split()
)
ARTICLES = frozenset("a an the some any each every all".split())
PREPOSITIONS = frozenset(
    "of in on at for from to with without by about into onto over under after before during since until between "
    "among against through across near per than as like besides regarding versus vs within around toward towards "
    "along upon off out up down apart aside".split()
)
LINKS = frozenset("and or but so because if while though although unless whether not no nor also then".split())
FILLERS = frozenset(
    "please just really still even ever never always often usually now today currently recently again too very much "
    "many more most less least several few other another else such same only own well okay ok yes thanks thank wow "
    "hey hi hello hmm oh ah yeah yep nope cool great awesome nice amazing incredible fine alright right sure maybe "
    "perhaps actually possible interesting sorry first second third last next latest main recent exactly mean say "
    "says said saying tell told know knows knew explain describe give gave given show think thought want like need "
    "get gets got let see hear heard talk speak discuss look looks wonder wondering understand summarise "
    "summarize".split()
)
VERBS = frozenset(
    stem(verb)
    for verb in "accept achieve act add affect agree allow announce appear apply argue arrive ask attack avoid ban "
    "become became begin began begun behave believe belong break broke bring brought build built buy bought call "
    "calculate cause causes change choose chose claim close come came compare compete complain contribute catch "
    "attract consist contain continue convert cook cost create criticize criticise deal decide deny depend destroy "
    "determine develop die differ differentiate discover do drink drive eat ate end ensure exist expect explode "
    "fail fall fell find found fight fire fix fly form function get go grow grew happen hate hear help hire hold "
    "held hurt impact improve include increase influence invent invest involve join keep kept kill last launch lay "
    "laid lead led learn leave left lie live lose lost look love maintain make made manage matter meet met move "
    "obtain occur open operate originate own pay paid perform plan play prevent produce protect prove provide "
    "publish put raise reach react receive recommend reduce refer relate release remain remove replace report "
    "represent require resign resist respond retire rise rose run ran seem sell sold send sent serve settle sign "
    "solve sound spend spent spread start stay stop store suffer suggest support survive take took teach treat try "
    "turn use used detect install switch qualify designate weigh sink view mean meant borrow lend dislike weaken "
    "reply admit predict monitor vary visit vote warn wear wish remember win won work write wrote written".split()
)
PREDICATE = re.compile(r"(?:able|ible|ful|ous|ive|less|[^e]ed|ing)$")
ADJECTIVES = frozenset(
    "good bad safe better worse best worst important common different similar popular hard easy big small high low "
    "old new true false real free cheap rich poor open closed legal illegal healthy toxic deadly well known famous "
    "made born dead alive married ready likely necessary worth".split()
)
RELATIONS = frozenset(
    stem(word)
    for word in "type kind sort example part piece history cause effect symptom sign role meaning definition purpose "
    "number name pros con cons advantage disadvantage benefit drawback impact influence importance origin "
    "difference similarity consequence reason risk result size price cost amount rate population process way method "
    "step list use feature characteristic side main majority rest overview summary treatment future background "
    "significance story".split()
)
DEGREES = frozenset("more most less least very so too as".split())
ROLES = frozenset(
    "president chair chairman chairwoman chairperson director minister mayor author writer reporter journalist "
    "deputy analyst spokesman spokeswoman spokesperson owner founder engineer manager officer commenter chief ceo "
    "cfo cto actor actress singer player leader king queen inventor professor doctor lawyer judge senator governor "
    "wife husband mother father son daughter brother sister man woman boy girl person artist scientist miller "
    "captain driver teacher student worker employee editor critic researcher expert executive secretary "
    "commissioner".split()
)
COLLECTIVE = frozenset(
    stem(word)
    for word in "company firm team band group government agency committee board party family university organisation "
    "organization club union crew army council commission bank court ministry department association church".split()
)
PLURALS = frozenset("people men women children mice feet teeth police media staff data they".split())
SINGULAR_END = re.compile(r"(?:ss|us|is|ics|news|series|species)$")
NEVER_NAMES = (PRONOUNS | WH | BE | DO | ARTICLES) - {"may", "will"}
CLOSED = WH | DO | BE | PRONOUNS | ARTICLES | PREPOSITIONS | LINKS | FILLERS
TITLE = "“"
QUOTED = re.compile(r"[“\"]([^“”\"]{2,80})[”\"]")
JOINED = re.compile(r"[ \t]*|[ \t]?[-–&/+#][ \t]?|['’]")
INITIAL = re.compile(r"[A-Za-z]|Jr|Sr|Mr|Mrs|Ms|Dr|Prof|St|Inc|Co")
EMPTY = frozenset(stem(word) for word in "year month week day time thing way place lot bit go".split())
DEFINING = ("the", "a", "an", "which", "what")  # what they introduce is "the" next time
ATTACHING = frozenset("of at in on for from".split())
OWNED = re.compile(r"['’]s$")
PLACED = re.compile(r"\b(?:in|at|from|near)$")
ACTING = re.compile(r"(?:^|\b(?:did|does|will|would|can|could|should|is|was|has|had|by|about|with|mr|mrs|ms|dr))$")
YEAR = re.compile(r"\d{4}")
NUMBERED = re.compile(r"#\s?\d+$")  # somebody whose name is not told: Commenter #3
LEADING = re.compile(r"\b(?:tell me (?:more )?about|(?:what|who)(?:'s| is| are| was| were))$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A noun phrase as it was written: its head's stem, its stems, whether it is a name, a person, many things.

    `leads`: its question asks about it in so many words ("what is X?", "tell me about X"). `relation`: it means
    little without what it belongs to ("the causes", "the main types").
    """

    text: str
    head: str
    stems: frozenset[str]
    name: bool = False
    person: bool = False
    plural: bool = False
    leads: bool = False
    relation: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, or a quoted title; `opens`: it is the first of a sentence, so that its capital says nothing."""

    text: str
    plain: str
    start: int
    end: int
    opens: bool = False

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper() or self.plain == TITLE

    @property
    def verb(self) -> bool:
        inflected = len(self.plain) > 4 and self.plain.endswith("ed")
        return not self.capital and (inflected or stem(self.plain) in VERBS)

    @property
    def root(self) -> str:
        return stem(self.plain.removesuffix("'s"))


def mentions(question: str) -> tuple[Mention, ...]:
    """The question's noun phrases, the one that it is most likely about first."""
    tokens = _tokens(question)
    found: list[Mention] = []
    owners: list[Mention] = []
    end = -1
    for first, stop in _phrases(question, tokens):
        mention = _mention(question, tokens, first, stop)
        if mention.head in EMPTY and not mention.name:
            continue
        joint = first - 2 if first and tokens[first - 1].plain in ("a", "an", "the") else first - 1
        link = tokens[joint].plain if found and end == joint else ""
        if link == "of" or (link in ATTACHING and mention.name):
            found[-1:] = _attached(found[-1], mention, question[: tokens[stop - 1].end])
        else:
            found.append(mention)
        owners += _owner(tokens[first:stop], "the " if mention.text.startswith("the ") else "")
        end = stop
    return tuple(sorted(dict.fromkeys((*found, *owners)), key=lambda m: (not m.leads, m.relation)))


def antecedent(pronoun: str, said: Iterable[Sequence[Mention]], own: Collection[str] = ()) -> Mention | None:
    """What the pronoun stands for, of what was said (the latest first); None when nothing agrees with it.

    It cannot stand for what its own question names, given by its stems.
    """
    for phrases in said:
        agreeing = [m for m in phrases if _agrees(pronoun, m) and not m.stems.issubset(own)]
        if agreeing:
            return min(agreeing, key=lambda mention: _unlikely(pronoun, mention, agreeing))
    return None


def _unlikely(pronoun: str, mention: Mention, others: Sequence[Mention]) -> bool:
    """Whether "they" would be one thing though there are several, "it" a person though there is a thing."""
    if pronoun in SEVERAL:
        return not mention.plural
    thing = any(other.text.startswith("the ") and not other.person for other in others)
    return pronoun not in PERSONAL and thing and not mention.leads and _full_name(mention)


def ends_phrase(word: str) -> bool:
    """Whether a noun phrase ends before this lower-case word: "the mill | closed", "the mill | safe"."""
    return word in CLOSED or word in ADJECTIVES or stem(word) in VERBS


def _agrees(pronoun: str, mention: Mention) -> bool:
    if pronoun in PERSONAL:
        return mention.person and not mention.plural
    if pronoun in SEVERAL:
        return mention.plural or mention.head in COLLECTIVE or (mention.name and not _full_name(mention))
    return not mention.plural and (mention.name or not mention.person) and not NUMBERED.search(mention.text)


def _full_name(mention: Mention) -> bool:
    """Whether it is like a person's whole name; a single one may be that of a company."""
    return mention.person and mention.name and len(mention.stems) > 1 and not NUMBERED.search(mention.text)


def _tokens(question: str) -> list[_Token]:
    tokens, place = [], 0
    for quoted in QUOTED.finditer(question):
        tokens += _words(question, place, quoted.start())
        tokens.append(_Token(quoted.group(), TITLE, quoted.start(), quoted.end()))
        place = quoted.end()
    return tokens + _words(question, place, len(question))


def _words(question: str, start: int, end: int) -> list[_Token]:
    found = []
    for match in WORD.finditer(question, start, end):
        opens = question[: match.start()].rstrip(" “\"'(")[-1:] in ("", ".", "?", "!", ":", "…", "\n")
        plain = match.group().casefold().replace("’", "'")
        found.append(_Token(match.group(), plain, match.start(), match.end(), opens))
    return found


def _phrases(question: str, tokens: Sequence[_Token]) -> list[tuple[int, int]]:
    """Runs of words that may be noun phrases, as (first, stop), without their articles."""
    phrases: list[tuple[int, int]] = []
    for run in _runs(question, tokens):
        for piece in _without_verbs(tokens, *run):
            if phrases and _one_name(tokens, phrases[-1], piece):
                phrases[-1] = (phrases[-1][0], piece[1])
            else:
                phrases.append(piece)
    return phrases


def _runs(question: str, tokens: Sequence[_Token]) -> Iterator[tuple[int, int]]:
    """The words between the words that are part of no noun phrase."""
    first = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        if before and place > first and not _goes_on(before, question[before.end : token.start]):
            yield first, place
            first = place
        if _closed(token) or (before and before.plain == "how" and not token.verb):
            if place > first:
                yield first, place
            first = place + 1
    if first < len(tokens):
        yield first, len(tokens)


def _goes_on(word: _Token, gap: str) -> bool:
    return bool(JOINED.fullmatch(gap)) or (gap in (".", ". ") and bool(INITIAL.fullmatch(word.text)))


def _closed(token: _Token) -> bool:
    """Whether a word is part of no noun phrase; inside a sentence a capital makes most words part of a name."""
    shouted = len(token.text) > 1 and token.text.isupper()  # US, IT
    if token.capital and not token.opens and (shouted or token.plain not in NEVER_NAMES):
        return False
    adverb = token.plain.endswith("ly") and len(token.plain) > 6
    return adverb or token.plain in CLOSED or token.plain.partition("'")[0] in PRONOUNS


def _one_name(tokens: Sequence[_Token], one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two runs are one name: "the Salt and Anchor Inn"."""
    joined = other[0] == one[1] + 1 and tokens[one[1]].plain == "and"
    led = one[0] > 0 and tokens[one[0] - 1].plain == "the"
    return joined and led and all(token.capital for token in (*tokens[slice(*one)], tokens[other[0]]))


def _without_verbs(tokens: Sequence[_Token], first: int, stop: int) -> list[tuple[int, int]]:
    """The run cut at its verb: "the mill close" of "did the mill close", "mill safe" of "is the mill safe"."""
    before = [token.plain for token in tokens[:first] if token.plain not in ARTICLES]
    article = _has_article(tokens, first)
    if not article and before and tokens[first].verb and _begins_with_verb(before[-1], stop - first):
        return _without_verbs(tokens, first + 1, stop) if stop - first > 1 else []
    if tokens[first].verb and stop - first > 1 and tokens[first + 1].capital:
        return _without_verbs(tokens, first + 1, stop)
    helpers = [word for word in before if word in DO | BE]
    helper = helpers[-1] if helpers else ""
    asks_what = bool({"what", "who", "what's", "who's"}.intersection(before))
    for place in range(first + 1, stop):
        if tokens[place].verb and (helper not in BE or not asks_what or tokens[place].plain.endswith("ed")):
            return [(first, place), *([(place + 1, stop)] if place + 1 < stop else [])]
    last = tokens[stop - 1]
    verb_follows = stop < len(tokens) and (tokens[stop].verb or tokens[stop].plain in FILLERS)
    judged = helper in BE and not asks_what and (last.plain in ADJECTIVES or PREDICATE.search(last.plain))
    if (
        stop - first > 1
        and not last.capital
        and len(helpers) == 1
        and (judged or (before[-1] in DO and not verb_follows))
    ):
        return [(first, stop - 1)]
    if stop - first == 1 and helper in BE and before[-1] in DEGREES and not last.capital:
        return []
    qualifies = all(_qualifies(token, stop - first == 1) for token in tokens[first:stop])
    return [] if qualifies and (not article or last.plain in ADJECTIVES) else [(first, stop)]


def _has_article(tokens: Sequence[_Token], first: int) -> bool:
    """Whether an article leads: over other words only to several things, "the main causes", not "the first built"."""
    several = tokens[first].plain.endswith("s")
    lead = [token.plain for token in tokens[:first] if not several or token.plain not in FILLERS]
    return bool(lead) and lead[-1] in ARTICLES


def _begins_with_verb(before: str, length: int) -> bool:
    """Whether a word that may be a verb is one, after this word: "who built", "they built", "to build"."""
    if before in ("what", "which", "whose"):
        return length > 1
    return before in WH or before in PRONOUNS or before in ("to", "not", "also")


def _qualifies(token: _Token, alone: bool) -> bool:
    return not token.capital and (token.plain in ADJECTIVES or token.plain.endswith("ly") or (alone and token.verb))


def _mention(question: str, tokens: Sequence[_Token], first: int, stop: int) -> Mention:
    phrase, lead = tokens[first:stop], tokens[first - 1].plain if first else ""
    article = "the " if lead in DEFINING else ""
    last = phrase[-1].plain.removesuffix("'s")
    named = [_named(token, len(phrase)) for token in phrase]
    if len(phrase) > 1 and last.isdigit() and not YEAR.fullmatch(last):  # Commenter #3
        named[-1] = named[-2]
    before = " ".join(token.plain for token in tokens[:first] if token.plain not in ARTICLES)
    followed = tokens[stop].plain if stop < len(tokens) else ""
    proper = all(named) and len(phrase) <= 4 and all(token.text[1:].islower() for token in phrase)
    placed = PLACED.search(before) if len(phrase) > 1 else not ACTING.search(before)
    return Mention(
        text=article + OWNED.sub("", question[phrase[0].start : phrase[-1].end]),
        head=stem(last),
        stems=frozenset(token.root for token in phrase),
        name=named[-1],
        person=bool(proper and lead != "the" and phrase[0].plain != TITLE and not placed)
        or NUMBERED.search(question[phrase[0].start : phrase[-1].end]) is not None
        or last in ROLES
        or last.removesuffix("s") in ROLES,
        plural=not named[-1] and followed != "and" and _plural(last),
        leads=bool(LEADING.search(before)),
        relation=stem(last) in RELATIONS and not any(named),
    )


def _named(token: _Token, length: int) -> bool:
    """Whether a word is part of a name: a capital, which at a sentence's beginning needs another sign."""
    shaped = any(letter.isupper() for letter in token.text[1:])  # HMS, PortMark
    return (token.capital and (not token.opens or length > 1 or shaped)) or token.plain == "and"


def _plural(word: str) -> bool:
    return word in PLURALS or (len(word) > 3 and word.endswith("s") and not SINGULAR_END.search(word))


def _attached(host: Mention, mention: Mention, until: str) -> list[Mention]:
    """The phrase with what is attached to it ("the mill at Aller"), and that alone, the likelier first."""
    article = "the " if host.text.startswith("the ") else ""
    start = until.rfind(host.text.removeprefix(article))
    whole = replace(host, text=article + until[start:], stems=host.stems | mention.stems)
    return [mention, whole] if host.relation and not host.plural else [whole, mention]


def _owner(phrase: Sequence[_Token], article: str) -> list[Mention]:
    """The name whose something the phrase is: Jane Roe, of "Jane Roe's deputy"."""
    for place, token in enumerate(phrase[:-1]):
        if token.plain.endswith("'s") and token.capital:
            owner = phrase[: place + 1]
            text = article + OWNED.sub("", " ".join(word.text for word in owner))
            person = not article and all(word.capital for word in owner)
            return [Mention(text, token.root, frozenset(word.root for word in owner), name=True, person=person)]
    return []
