"""A question and the conversation before it become a question that stands alone.

What the question leans on is put into it: the name for the pronoun, the earlier question for "Why?", the topic for
what is left out. It does not know the documents, and no word that says anything comes from outside the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.coreference import (
    BE,
    CLOSED,
    DO,
    FILLERS,
    PERSONAL,
    PREPOSITIONS,
    WH,
    Mention,
    antecedent,
    ends_phrase,
    mentions,
)
from rag.words import WORD, content_words, stem, stems, words_of

History = Sequence[Mapping[str, str]]

SHORT = 2  # content words; fewer can hardly stand alone
LEANING = 3  # content words that a question with a leaning start has at most, if it names nothing
ASIDE = 4  # content words of what "what about" asks, at most
LONGEST = 400  # characters; a longer question stands alone, of a longer earlier one the end counts
REMEMBERED = 8  # turns
REACH = 3  # turns back that a pronoun reaches

POINTING = frozenset("it they them he him she".split())
OWNING = frozenset("its their his her".split())
SHOWING = frozenset("this that these those".split())
SAYING = frozenset("say says said think thinks thought believe believes".split())  # what was said before is "it"
COLLECTION = frozenset("document documents page pages file files source sources article articles".split())
TIMES = frozenset("year years month months week weeks day days morning time times decade century moment".split())
CONTRACTIONS = {"ll": " will", "re": " are", "ve": " have", "d": " would"}

_AND = r"\s*(?:(?:and|but|so|then|ok|okay|well)\b,? )*"
LEANING_START = re.compile(
    r"\s*(?:and|but|or|so|then|how so|how come|what about|how about|(?:what|who|where|how) else|really|in what way|"
    r"since when|(?:is|are|was|were) there (?:any )?(?:other|more|others|another)|"
    r"any ?(?:thing|one)? (?:other|else|more)|"
    r"which (?:one|other)|what others?|says? who|who (?:says|said) (?:so|that)|the other|another|the same|"
    r"what (?:happened|happens) (?:then|next|after))\b",
    re.IGNORECASE,
)
BARE = re.compile(
    rf"{_AND}(?P<word>why|when|where|who|since when|until when|how many|how much|how)"
    r"(?: (?:so|then|exactly|else|is|was|did|were|are|that|it|this|come))*\s*[?.! ]*",
    re.IGNORECASE,
)
ABOUT = re.compile(rf"{_AND}(?:(?:what|how) about|and|or)\b\s*(?P<rest>.+?)[?.! ]*", re.IGNORECASE)
OPENING = re.compile(
    r"\s*(?:(?:in|at|on|for|by|since|from) )?"
    r"(?:who|what|when|where|why|how(?: many| much| long| often| far| old)?|which)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
CIRCUMSTANCE = re.compile(
    r"(?:in|on|at|for|by|from|with|before|after|during|since|until|under|over|between|to|about|of)\b", re.IGNORECASE
)
JUDGED = (
    "possible|impossible|true|necessary|important|legal|illegal|hard|difficult|easy|easier|better|best|worth|normal|ok|"
    "okay|likely|unlikely|clear|fair|wrong|right|bad|good|common|known|said|claimed|reported"
)
EXPLETIVE = re.compile(  # "is it true that", "is it safer to sell the mill", "it seems that", "does it take long to"
    rf"\bit(?:['’]s| is| was| be| been)? (?:\w+ )?(?:{JUDGED}) (?:to|that|for|if|when|how)\b"
    r"|\b(?:is|was|be) it (?:\w+ )?\w+er (?:to|that|for|if|when)\b"
    r"|\b(?:who|what|when|where|why|how|which) (?:is|was) it that\b"
    r"|\b(?:is|was|be) it (?:\w+ )?(?!similar|related|equal|compared|next|due|close|identical|linked)\w+ "
    r"to \w+ (?!(?:in|on|at|for|with|by|from|about|to|as|under|over|out|off|up|and|or)\b)\w"
    r"|\bit (?:seems?|sounds?|looks?|appears?|turns?) (?:like|as|that|out|to)\b|\bdoes it (?:take|cost)\b.*\bto\b",
    re.IGNORECASE,
)
EVERYTHING = re.compile(
    r"\b(?:that|this|so|why not|(?:do|does|did|doing|done) (?:it|that|this|so))\s*[?.! ]*$",
    re.IGNORECASE,
)
REST = re.compile(r"\bthe (?:others?|rest)\s*[?.! ]*$", re.IGNORECASE)
OTHER = re.compile(r"\b(?:other|another|second|former|latter|else|more|others)\b", re.IGNORECASE)
OFFERED = re.compile(r"\b(?:what|which|any|other|else)\b", re.IGNORECASE)
CLAUSE = re.compile(r"[,;.?!]|\b(?:and|or|but|because|when|if|so|that|who|which|while)\b", re.IGNORECASE)
SENTENCE = re.compile(r"[^.?!]+[.?!]*(?:\s+|$)?")
DEFINITE = re.compile(r"\b(?:the|this|that|these|those) (?P<noun>\w+)\b", re.IGNORECASE)
COMPLEMENT = re.compile(r"\s*(?:[-’']|(?:of|for|that|who|which)\b)")
NAMING = re.compile(r"\w\W+[A-Z]\w")  # a capital after the first word
PART = re.compile(r"\bof\s+$", re.IGNORECASE)
SPEAKER = re.compile(r"\*\*([^*\n]{2,60})\*\*")
WHO_ELSE = re.compile(r"\s*who(?:se|m)?\b(?!.*\b(?:say|says|said|claim|claims|claimed)\b)", re.IGNORECASE)
HAPPENED = re.compile(  # "And when did that happen?": the earlier question, asked with another word
    r"(?:(?:and|but|so)\s+)?(?P<word>when|where|why|how)\s+(?:did|does|do|will|had|has)\s+(?:all\s+)?(?:that|this|it)\s+"
    r"(?:all\s+)?(?:happen(?:ed)?|occur(?:red)?|take\s+place|come\s+about)\W*",
    re.IGNORECASE,
)
COUNTED = re.compile(  # "How many people were laid off?": when were people laid off?
    r"(?:how many|how much|which) (?P<noun>\w+(?: \w+){0,2}?) (?P<verb>was|were|did|do|does|is|are|have|has|had|will)"
    r" (?P<rest>.+)",
    re.IGNORECASE,
)
TOPIC = "About "


@dataclass(frozen=True, slots=True)
class _Turn:
    """An earlier question in the form that stands alone, and the noun phrases to come back to, likeliest first."""

    text: str
    said: tuple[Mention, ...]


def standalone_question(question: str, history: History) -> str:
    """What to search for: the question itself, or what it says once what it leans on is put in.

    A question that names what it is about is left as it is: a change of topic carries nothing over.
    """
    turns: list[_Turn] = []
    for asked, answer in _exchanges(question, history)[-REMEMBERED:]:
        if "?" in asked or mentions(asked[:LONGEST]) or LEANING_START.match(asked):  # not thanks, not a greeting
            turns.insert(0, _turn(asked, answer, turns))
    return _resolved(question, turns)


def leans(question: str) -> bool:
    """Whether the question points at something said before: pronouns, a leaning start, hardly a word of its own."""
    return len(question) <= LONGEST and (bool(_pointing(question)) or _leaves_out(question))


def _exchanges(question: str, history: History) -> list[tuple[str, str]]:
    """Each earlier question with the answer to it ("" without one); the same question asked again is passed over."""
    found: list[tuple[str, str]] = []
    for turn in history:
        content = turn.get("content", "")
        if not isinstance(content, str) or not content.strip():
            continue
        if turn.get("role") == "user" and content.strip() != question.strip():
            found.append((content.strip(), ""))
        elif turn.get("role") == "assistant" and found:
            found[-1] = (found[-1][0], content)
    return found


def _turn(asked: str, answer: str, turns: Sequence[_Turn]) -> _Turn:
    resolved = _resolved(asked, turns)
    if len(resolved) > LONGEST:
        end = resolved[-LONGEST:]
        resolved = end.partition(" ")[2] or end
    given = [mention.stems for turn in turns for mention in turn.said]
    said = sorted(mentions(resolved), key=lambda m: (not m.leads or m.relation, m.relation, m.stems not in given))
    text = _capitalised(re.sub(f"^{_AND}", "", resolved, flags=re.IGNORECASE))
    if turns and resolved.startswith(turns[0].text):  # of two questions, the next leans on the first
        text = turns[0].text
    return _Turn(text, (*said, *_speakers(asked, answer)))


def _speakers(asked: str, answer: str) -> tuple[Mention, ...]:
    """Whom the answer introduced, where it is one person, and the question was not who it is that did something."""
    named = {m.text: m for bold in SPEAKER.findall(answer) for m in mentions(f"by {bold}") if m.person and m.name}
    return tuple(named.values()) if len(named) == 1 and not WHO_ELSE.match(asked) else ()


def _resolved(question: str, turns: Sequence[_Turn]) -> str:
    if not turns or len(question) > LONGEST:
        return question
    if bare := BARE.fullmatch(question):
        return _asked_anew(bare["word"], question, turns[0])
    if happened := HAPPENED.fullmatch(question):
        return _asked_anew(happened["word"], question, turns[0])
    places = _pointing(question)
    about = ABOUT.fullmatch(question)
    if about and not places and len(content_words(about["rest"])) <= ASIDE:
        if changed := _changed(about["rest"], turns[0]):
            return changed
        if len(content_words(about["rest"])) <= SHORT:
            return _after(turns[0], question)
    if _leans_on_everything(question, places):
        return _after(turns[0], question)
    if places:
        return _substituted(question, places, turns)
    return _with_topic(question, turns) if _leaves_out(question) else _in_full(question, turns)


def _asked_anew(word: str, question: str, turn: _Turn) -> str:
    """The earlier question with another question word: "When did it open?", "Why?" → "Why did it open?"."""
    opening = OPENING.match(turn.text)
    rest = turn.text[opening.end() :].strip() if opening else turn.text
    if opening and (counted := COUNTED.fullmatch(f"{opening.group().strip()} {rest}")):
        return f"{word.capitalize()} {counted['verb']} {counted['noun']} {counted['rest']}"
    verb = rest.partition(" ")[0].casefold()
    object_lost = opening and verb in DO and opening.group().casefold().startswith(("what", "who", "which"))
    if verb not in BE | DO or object_lost:  # "What did it say?", "Why?": "Why did it say?" would be another question
        return _after(turn, question)
    return f"{word.capitalize()} {rest if opening else rest[:1].lower() + rest[1:]}"


def _changed(rest: str, turn: _Turn) -> str | None:
    """The earlier question with another year or name in the place of its only one, or a circumstance more."""
    years, year = YEAR.findall(turn.text), YEAR.findall(rest)
    if len(years) == len(year) == 1 and len(content_words(rest)) == 1:
        return turn.text.replace(years[0], year[0])
    if CIRCUMSTANCE.match(rest) and turn.text.endswith("?"):
        return f"{turn.text.rstrip(' ?')} {rest}?"
    names, name = [mention for mention in turn.said if mention.name], mentions(f"by {rest}")
    alike = len(names) == len(name) == 1 and name[0].name and name[0].person == names[0].person
    if alike and names[0].text in turn.text and not turn.text.startswith(TOPIC):
        return turn.text.replace(names[0].text, name[0].text)
    return None


def _leans_on_everything(question: str, places: Sequence[re.Match[str]]) -> bool:
    """Whether the question is about all that was asked before: "who said that?", "and the other one?"."""
    if REST.search(question):
        return True
    if len(content_words(question)) >= SHORT or not (places or _leaves_out(question)):
        return False
    pronouns = any(_plain(match.group()) in POINTING | OWNING for match in places)
    return bool(EVERYTHING.search(question)) or (not pronouns and bool(OTHER.search(question)))


def _leaves_out(question: str) -> bool:
    """Whether the question lacks what it is about: "What are the main causes?" of what?"""
    said, phrases = content_words(question), mentions(question)
    named = any(mention.name for mention in phrases)
    if REST.search(question):
        return True
    if LEANING_START.match(question) and len(said) <= (SHORT if named else LEANING):
        return True
    if named or any(mention.leads and not mention.relation for mention in phrases):
        return False
    relation = len(phrases) == 1 and phrases[0].relation
    whole = bool(phrases) and not COLLECTION.isdisjoint(words_of(question))  # "what do the documents say about beer?"
    return (len(said) < SHORT and not whole) or (relation and len(said) <= LEANING)


def _pointing(question: str) -> list[re.Match[str]]:
    """The words of the question that stand for something that it does not name itself."""
    found: list[re.Match[str]] = []
    if len(question) > LONGEST:
        return found
    for start, end in _asking_sentences(question):
        words = list(WORD.finditer(question, start, end))
        for place, match in enumerate(words):
            name = match.group()[:1].isupper() and place and question[: match.start()].rstrip()[-1:] not in ",:"
            if not name and _points(question, words, place):
                found.append(match)
    return found


def _asking_sentences(question: str) -> Iterator[tuple[int, int]]:
    """The sentences that ask; all, where none ends in a question mark. Remarks on an answer point at the answer."""
    spans = [(match.start(), match.end()) for match in SENTENCE.finditer(question)]
    asking = [(start, end) for start, end in spans if question[start:end].rstrip().endswith("?")]
    yield from asking or spans


def _points(question: str, words: Sequence[re.Match[str]], place: int) -> bool:
    match = words[place]
    word, start = _plain(match.group()), match.start()
    before = words[place - 1].group().casefold() if place else ""
    after = words[place + 1].group().casefold() if place + 1 < len(words) else ""
    closes = not after or bool(re.match(r"\s*[,.?!;]", question[match.end() :]))
    if word in POINTING:
        named = mentions(question[: _clause_start(question[:start])])
        idle = word == "it" and (EXPLETIVE.search(question) or before in SAYING)
        return not idle and antecedent(word, [named]) is None and not any(mention.leads for mention in named)
    if word in OWNING:
        named = mentions(question[:start])
        return antecedent(word, [named]) is None and not (word in PERSONAL and any(mention.name for mention in named))
    if word in SHOWING and word == match.group().casefold():
        return _shows(word, before, after, closes) and not _shown(question, start, after, closes)
    if word == "there":
        return closes and bool(before) and before not in BE and not OFFERED.search(question[:start])
    ordinal = ("which", "other", "another", "that", "this", "first", "second", "third", "last", "latter", "former")
    return word in ("ones", "theirs", "hers") or (word == "one" and before in ordinal)


def _shows(word: str, before: str, after: str, closes: bool) -> bool:
    """Whether "that" and its like point back: not those of "says that", "mills that grind", "that year"."""
    if after in COLLECTION | TIMES or (word == "those" and after in ("who", "that", "with", "of", "in", "which")):
        return False
    return word != "that" or closes or not before or before in BE | DO | PREPOSITIONS | WH | {"and", "but"}


def _shown(question: str, start: int, after: str, closes: bool) -> bool:
    """Whether the question itself says what its "that" refers to: by name, at length, or in a clause before."""
    if not closes and content_words(after):
        named = any(mention.name for mention in mentions(question))
        return named or any(len(mention.stems) > 1 for mention in mentions(question[start:])[:1])
    return any(mentions(clause) for clause in re.split(r"[.?!,;:](?:\s|$)", question[:start])[:-1])


def _clause_start(before: str) -> int:
    """Where the clause begins that a word after these stands in; a pronoun's name is not in its own clause."""
    for cut in reversed(list(CLAUSE.finditer(before))):
        rest = before[cut.end() :].casefold().split()
        joins = cut.group().casefold() in ("and", "or", "but", ",")
        if not joins or not rest or any(word in BE | DO | WH for word in rest):
            return cut.start()
    return 0


def _substituted(question: str, places: Sequence[re.Match[str]], turns: Sequence[_Turn]) -> str:
    """The question with names for its pronouns; with its topic, where no pronoun has a name that agrees with it."""
    own, said = frozenset(stems(question)), [turn.said for turn in turns[:REACH]]
    pieces, copied = [], 0
    known = False
    put: set[str] = set()
    for match in places:
        word = _plain(match.group())
        found = antecedent(word, said, own) if word in POINTING | OWNING else None
        if found is None or found.text in put:
            continue
        known = known or found.head in own
        if found.head in own:  # the question itself names it, or something of its kind
            continue
        put.add(found.text)
        pieces += [question[copied : match.start()], _written(found, match, question)]
        copied = match.end()
    if put or known:
        return "".join((*pieces, question[copied:]))
    fuller = _in_full(question, turns)
    return fuller if fuller != question else _with_topic(question, turns)


def _written(mention: Mention, match: re.Match[str], question: str) -> str:
    """The noun phrase in the pronoun's place: as an owner, with what was contracted, with a capital at the start."""
    word, ending = _plain(match.group()), re.split("['’]", match.group())[1:]
    text = mention.text
    if mention.plural and not text.startswith("the ") and PART.search(question[: match.start()]):
        text = f"the {text}"
    text = text if match.start() else _capitalised(text)
    if word in OWNING and (word != "her" or _begins_phrase(question[match.end() :])):
        return text + ("’" if text.endswith("s") else "’s")
    return text + (CONTRACTIONS.get(ending[0].casefold(), f"’{ending[0]}") if ending else "")


def _in_full(question: str, turns: Sequence[_Turn]) -> str:
    """The question with the noun phrase of before that its "the company" is short for, where there is one."""
    own, said = frozenset(stems(question)), [mention for turn in turns for mention in turn.said]
    for match in DEFINITE.finditer(question):
        noun, after = stem(match["noun"].casefold()), question[match.end() :]
        following = WORD.match(after.lstrip())
        longer = following is not None and not ends_phrase(following.group().casefold())
        if longer or COMPLEMENT.match(after) or NAMING.search(f"{question[: match.start()]}… {after}"):
            continue
        fuller = next((m for m in said if m.head == noun and len(m.stems) > 1), None)
        if fuller and not fuller.stems <= own:
            text = fuller.text if fuller.name or fuller.text.startswith("the ") else f"the {fuller.text}"
            return question[: match.start()] + (text if match.start() else _capitalised(text)) + after
    return question


def _begins_phrase(text: str) -> bool:
    """Whether a noun phrase begins here, without an article: "old mill", "own mill"; not "today?", not "about it"."""
    first, second, *_ = [*(match.group().casefold() for match in WORD.finditer(text[:LONGEST])), "", ""]
    return bool(first) and (
        first not in CLOSED or (first in FILLERS and bool(second) and second not in CLOSED - FILLERS)
    )


def _with_topic(question: str, turns: Sequence[_Turn]) -> str:
    own = frozenset(stems(question))
    for turn in turns:
        topics = [mention for mention in turn.said if not mention.stems <= own and not mention.head.isdigit()]
        if topics:
            more = [m.text for m in topics[1:] if not m.stems <= topics[0].stems and not m.relation]
            return f"{TOPIC}{', '.join([topics[0].text, *more[:1]])}: {question.strip()}"
    return _after(turns[0], question)


def _after(turn: _Turn, question: str) -> str:
    end = "" if turn.text.endswith((".", "?", "!")) else "."
    return f"{turn.text}{end} {_capitalised(question.strip())}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(word: str) -> str:
    """The word in lower case, without what is contracted with it."""
    return word.casefold().replace("’", "'").partition("'")[0]
