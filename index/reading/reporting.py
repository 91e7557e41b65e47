"""Verbs of saying and their subjects: who it is that a clause says spoke, by name, by role or by a pronoun.

It does not know what was said, nor whom a pronoun means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from index.reading.speakers import DAYS_AND_MONTHS, NAME, NAME_RE, TITLES, UPPER, Names, office_of, trimmed_name

FINITE = (
    r"says|said|recounted|recounts|told|tells|wrote|writes|added|adds|replied|replies|responded|responds|answered|answers|asked|asks|argued"
    r"|argues|insisted|insists|claimed|claims|stated|states|noted|notes|explained|explains|recalled|recalls|warned"
    r"|warns|announced|announces|declared|declares|admitted|admits|acknowledged|acknowledges|confirmed|confirms"
    r"|testified|testifies|conceded|concedes|commented|comments|observed|observes|remarked|remarks|concluded"
    r"|concludes|reported|reports|tweeted|posted|emphasized|emphasised|emphasizes|emphasises|stressed|stresses|reiterated|reiterates"
    r"|maintained|maintains|complained|complains|predicted|predicts|promised|promises|vowed|vows|suggested|suggests"
    r"|revealed|reveals|disclosed|discloses|counters|countered|contended|contends|cautioned|cautions|alleged|alleges"
)
TAG_ONLY = (
    r"continued|continues|cried|shouted|whispered|exclaimed|joked|jokes|quipped|laughed|sighed|muttered|murmured|begged"
    r"|pleaded|pointed out|points out|went on|goes on|reads|read|say|believes|thinks|thought|agreed|agrees|put it"
    r"|puts it"
)
LABELLING = (
    r"called|calls|described|describes|labeled|labelled|labels|dismissed|dismisses|denounced|denounces|branded|brands"
    r"|put|puts|accused|accuses|criticized|criticised|praised|praises|denied|denies|urged|urges|estimated|estimates|quoted|quotes"
)
PARTICIPLE = r"saying|stating|writing|adding|noting|labeling|labelling|calling|warning|claiming|arguing|concluding"
INDIRECT = (
    r"says|said|recounted|recounts|told|tells|wrote|writes|added|adds|replied|responded|argued|argues|insisted|insists|claimed|claims"
    r"|stated|states|noted|notes|explained|explains|warned|warns|announced|announces|admitted|admits|acknowledged"
    r"|acknowledges|confirmed|confirms|testified|conceded|concedes|reported|reports|emphasized|emphasised|stressed"
    r"|stresses|complained|complains|predicted|predicts|promised|promises|maintains|maintained"
)
FINITE_VERB = re.compile(rf"(?<![\w'’-])(?:{FINITE}|{TAG_ONLY})(?![\w'’-])")
VERB = re.compile(rf"(?<![\w'’-])(?:{FINITE}|{TAG_ONLY}|{LABELLING}|{PARTICIPLE})(?![\w'’-])")
TAG_VERB = re.compile(rf"(?:{FINITE}|{TAG_ONLY})(?![\w'’-])")
INDIRECT_VERB = re.compile(rf"(?<![\w'’-])(?:{INDIRECT})(?![\w'’-])")
PARTICIPLES = frozenset(PARTICIPLE.split("|"))
ADVERB = re.compile(
    r" (?:\w{2,}ly|also|then|later|once|often|has|have|had|again|further|now|still|just|since|reportedly|first|himself"
    r"|herself|themselves|itself|yesterday|today|simply|even|both|publicly|always|repeatedly|on \w+day)$"
)
NEGATION = re.compile(
    r"(?:\b(?:not|never|nobody|no one|none|nor|neither|nothing|cannot|would|could|might|may|should|must|will|if|unless"
    r"|whether|to|can|did|does|do|shall|hardly)|n['’]t)(?: \w+ly| ever| have| be| has)*$"
)
PRONOUN = re.compile(r"(?:^|(?<=[ ,;:(—–\"“”’'-]))(he|she|they|it|I|we|He|She|They|It|We)$")
RELATIVE = re.compile(r",? (?:who|which)$")
LEADING = re.compile(r"(?:^|.*[ ,;:(—–\"“”])(?:as|that|while|and|but|which|when|because|though|although|where)$", re.I)
DETERMINER = r"(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Oo]ne|[Aa]nother|[Mm]y)"
HEADS = (
    r"\w*(?:man|woman|men|women|person|people|director|president|chief|chair|mayor|minister|secretary|officers?|executive"
    r"|CEO|CTO|CFO|CIO|manager|head|founder|owner|editor|reporter|professor|analysts?|lawyers?|attorney|judge|senator"
    r"|representative|governor|commissioner|councill?or|police|sheriff|captain|sergeant|doctor|nurse|teacher|principal"
    r"|students?|residents?|neighbou?rs?|witness(?:es)?|workers?|employees?|officials?|experts?|researchers?|scientists?"
    r"|engineer|technician|supervisor|bursar|farmers?|dealers?|customers?|critics?|author|writer|coach|player|mother"
    r"|father|son|daughter|brother|sister|wife|husband|friend|colleague|source|aide|advis[eo]r|agent|ambassador|bishop"
    r"|priest|pilot|driver|company|firm|agency|authority|department|ministry|council|board|court|union|committee"
    r"|commission|newspaper|paper|magazine|report|statement|letter|e-?mail|memo|clerk|auditor|treasurer|trustee|member"
    r"|partner|buyer|seller|baker|miller|foreman|inspector|investigator|prosecutor|leader|spokesperson|contractor"
    r"|installer|consultant|economist|historian|biologist|artist|artists|designer|developer|chef|curator|librarian"
    r"|operator|planner|supplier|volunteer|organi[sz]er|assistant|deputy|superintendent|dean|captain|mate|user|reader"
    r"|sign|notice|contract|document|documents|clause|bulletin|study|survey|government|hospital|school|bank|city|county"
    r"|house|administration|office|parents|parent|child|boy|girl|lady|gentleman|stranger|caller|cousin|uncle|aunt"
    r"|documentation|manual|website|page|caption|headline|article|editorial|story|plaintiff|defendant|coordinator"
    r"|commenter|physicians?|attorneys|planner|actor|singer|activist|advocate|campaigner|veteran|soldier|general|admiral|colonel|rabbi|imam|pastor|counsel)"
)
HEAD = re.compile(rf"\b{HEADS}(?![\w'’])")
OFFICE = re.compile(HEAD.pattern, re.IGNORECASE)
DOCUMENT = frozenset(
    "report statement letter email e-mail memo sign notice contract document documents clause bulletin study survey"
    " documentation manual website page caption headline article editorial story".split()
)
BARE_ROLE = re.compile(rf"(?:^|[,;:] |\b(?:as|that|and|but|when|which|while) )((?:[a-z][\w'’-]* ){{0,5}}{HEADS})$")
DETERMINED = re.compile(
    rf"(?:^|(?<=[ ,;:(—–\"“”]))((?:{DETERMINER}|(?:the |The )?{NAME}['’]s?)(?: [\w&.-]+(?:['’]s?)?){{1,10}})$"
)
PREPOSITION = re.compile(
    r" (of|for|at|from|with|in|by|to|on|against|about|near|than|and|or|between|into|under|over)$", re.IGNORECASE
)
NO_PLACE = rf"(?i:{'|'.join(sorted(DAYS_AND_MONTHS))})\b"
PLACE_BEFORE = re.compile(rf" (?:in|at|of|near|from) (?:the )?(?!{NO_PLACE}){NAME},$")  # "a fellow in Norwood, Ohio"
CLAUSE = re.compile(
    r"\b(?:and|was|is|were|are|been|has|have|had|will|would|can|could|may|might|must|should|does|did|that|said|says|told)\b"
)
JOINED = frozenset({"of", "for", "at", "from", "with", "in"})
WINDOW = 300  # characters beside a verb that are looked at
LONGEST_ROLE = 14  # words


@dataclass(frozen=True, slots=True)
class Subject:
    """Who speaks: a name in its fullest form, or a role as the text gives it, or a pronoun; `start` in the text."""

    name: str | None = None
    role: str | None = None
    pronoun: str | None = None
    start: int = 0


def role_of(words: str) -> str | None:
    """A role without its article: "a mill vice president" is "mill vice president"."""
    words = re.sub(
        r"^(?:the|an?|one(?! of)|another|its|his|her|their|our|my|former)\s+(?=\w)", "", words.strip(" ,;"), flags=re.I
    )
    return words if 0 < len(words.split()) <= LONGEST_ROLE else None


def subject_before(text: str, end: int, names: Names, start: int = 0) -> Subject | None:
    """The subject that ends right before a verb at `end` of flat text; None if there is none that is clear."""
    start = max(start, end - WINDOW)
    left = text[start:end].rstrip()
    if NEGATION.search(left):
        return None
    while adverb := ADVERB.search(left):
        left = left[: adverb.start()].rstrip()
        if NEGATION.search(left):
            return None
    if LEADING.match(left[-12:]) and not RELATIVE.search(left):
        return None
    found = _subject(left, names, text[:start].strip() == "")
    return replace(found, start=found.start + start) if found else None


def _subject(left: str, names: Names, from_start: bool) -> Subject | None:
    if relative := RELATIVE.search(left):
        return _subject(left[: relative.start()].rstrip(), names, from_start)
    if pronoun := PRONOUN.search(left):
        return Subject(pronoun=pronoun.group(1), start=pronoun.start(1))
    if left.endswith((",", ")", "–", "—")):
        return _apposition(left, names, from_start)
    return _plain(left, names, from_start)


def _apposition(left: str, names: Names, from_start: bool) -> Subject | None:
    """ "Jane Roe, director of the mill," and "the mill's director, Jane Roe,"; also "Jane Roe (D),"."""
    if left.endswith(")"):
        opened = left.rfind("(")
        return _plain(left[:opened].rstrip(), names, from_start) if opened > 0 else None
    parts = left.rstrip(",–—").split(", ")
    last = parts[-1].strip()
    before = ", ".join(parts[:-1])
    whole = NAME_RE.fullmatch(last)
    if (
        whole
        and len(parts) > 1
        and not PLACE_BEFORE.search(f"{before},"[-90:])
        and (name := _named(last, False, names))
    ):
        head = _plain(before, names, from_start)
        if head and head.role and not head.name:
            return Subject(name, head.role, start=head.start)
    for place in range(len(parts) - 1, 0, -1):
        head = _plain(", ".join(parts[:place]), names, from_start)
        if head and head.name:
            said = ", ".join(parts[place:])
            return replace(head, role=head.role or _apposed(said))
        if len(parts) - place >= 6:
            break
    return None


def _apposed(words: str) -> str | None:
    """The role in an apposition; None of a relative clause or of anything else that follows a name."""
    if re.match(rf"(?:{DETERMINER} |[a-z][\w-]*(?:ed|or|er|man|ist) )", words) or HEAD.match(words):
        return role_of(re.split(r", (?:who|which|whose)\b", words)[0]) if HEAD.search(words) else None
    return role_of(words) if OFFICE.search(words) and not re.match(r"who|which|whose|\w+ing\b", words) else None


def _plain(left: str, names: Names, from_start: bool) -> Subject | None:
    """A name, a role with a name, or a role, that ends where `left` ends."""
    named = _last_name(left)
    if named is None:
        return _role_only(left)
    place, words = named
    before = left[:place].rstrip()
    if re.search(r"\b[Tt]he$", before):
        before = before[:-3].rstrip()
    preposition = PREPOSITION.search(f" {before}")
    if preposition:
        if preposition.group(1).lower() not in JOINED | {"by"}:
            return None
        head = _plain(f" {before}"[: preposition.start()].strip(), names, from_start)
        if head and head.role and head.role.split()[-1] in DOCUMENT and preposition.group(1).lower() in ("from", "by"):
            return Subject(_named(words, False, names), start=head.start)
        return replace(head, role=role_of(left[head.start :])) if head and head.role and not head.name else head
    if before.endswith(("'s", "’s")):
        owner_role = _role_only(left)
        if owner_role:
            return owner_role
    if PLACE_BEFORE.search(before[-90:]) and words.split()[0].lower().strip(".") not in TITLES:
        return None
    name = _named(words, (from_start and not before) or before.endswith((".", "!", "?", "“", '"')), names)
    if name is None:
        return None
    role = re.search(
        rf"(?:^|(?<=[ ,;:(—–\"“”]))((?:(?:{DETERMINER}|{NAME}['’]s) )?(?:[\w'’-]+ ){{0,5}}{HEADS})$", before
    )
    if role and not re.search(r"\b(?:told|asked|said|by|to|with|and|that|as)\b", role.group(1)):
        return Subject(name, role_of(role.group(1)), start=role.start(1))
    if (
        before.endswith(",")
        and (head := _role_only(before[:-1]))
        and not PREPOSITION.search(" " + before[: head.start - 1])
    ):
        return Subject(name, head.role, start=head.start)
    if re.search(r"\b(?:and|or|&)$", before):
        return None
    return Subject(name, office_of(words) or None, start=place)


def _last_name(left: str) -> tuple[int, str] | None:
    """Where the capitalised words at the end of `left` begin, and these words."""
    found = None
    for match in NAME_RE.finditer(left, max(0, len(left) - WINDOW)):
        if match.end() == len(left):
            found = match
    if found is None:
        return None
    words = trimmed_name(found.group())
    if words is None:
        return None
    place = left.rfind(words.split()[0].rstrip(","), found.start())
    whole = left[place:]
    return (place, words) if whole.startswith(words) or place >= 0 else None


def _named(words: str, begins_sentence: bool, names: Names) -> str | None:
    name = trimmed_name(words)
    if name in names.speaking:
        return name
    if name is None or not names.is_name(name, begins_sentence):
        return None
    return names.best(name)


def _role_only(left: str) -> Subject | None:
    found = DETERMINED.search(left) or BARE_ROLE.search(left)
    if not found:
        return None
    start = found.start(1)
    preposition = PREPOSITION.search(" " + left[:start].rstrip())
    if (
        preposition
        and preposition.group(1).lower() in JOINED
        and (bare := BARE_ROLE.search(left, 0, preposition.start() - 1))
    ):
        start = bare.start(1)
    words = left[start:]
    head = re.split(r" (?:of|for|at|from|with|in|who|which|on)\b", words)[0]
    if not HEAD.search(head) or CLAUSE.search(head):
        return None
    return Subject(role=role_of(words), start=start)


FORWARD_ROLE = re.compile(rf"(?:{DETERMINER} )?(?:\d{{1,3}}-year-old )?(?:[a-z][\w-]*(?:['’]s)? ){{0,7}}")
AFTER_NAME = re.compile(
    rf"(?: (?!(?:in|on|at|to|of|for|with|from|by|and|a|an|the|his|her) )[a-z][\w-]*){{0,2}}? {HEADS}(?![\w'’])"
)
OFFICES = frozenset("CEO CTO CFO CIO COO".split())
UNFINISHED = re.compile(r" (?:of|for|at|from|with)(?: the)?$")
ENDS_IN_MARKS = re.compile(r" ?[\"“‘']([^\"”“,;:]{3,90})")
OWNER = re.compile(rf"(?:[Tt]he )?{NAME}['’]s (?=[A-Za-z])")


def subject_after(text: str, start: int, names: Names) -> Subject | None:
    """The subject that begins right after a verb, as in "said harbour director Jane Roe"; None if none is clear."""
    rest = text[start : start + WINDOW]
    rest = rest[len(rest) - len(rest.lstrip()) :]
    if pronoun := re.match(r"(he|she|they|it|I|we)\b(?!['’])", rest):
        return Subject(pronoun=pronoun.group(1), start=start)
    owner = OWNER.match(rest)
    begin = owner.end() if owner else 0
    small = FORWARD_ROLE.match(rest, begin)
    place = small.end() if small else begin
    named = NAME_RE.match(rest, place)
    before = rest[:place].strip()
    if named:
        return _forward_named(rest, before, named, names)
    words = re.compile(r"[\w'’ &-]{2,90}").match(rest, begin)
    role = rest[: words.end()].strip() if words else ""
    if not HEAD.search(re.split(r" (?:of|for|at|from|with|in|who|which|on)\b", role)[0]):
        return None
    after = rest[words.end() :] if words else ""
    if marked := ENDS_IN_MARKS.match(after) if UNFINISHED.search(role) else None:
        return Subject(role=role_of(f"{role} {marked.group(1)}"))
    following = re.match(rf", ({NAME})(?=[,.;]|$| on\b| in\b)", after)
    name = _named(following.group(1), False, names) if following else None
    if name is None and not re.match(rf"(?:{DETERMINER} |{NAME}['’]s )", rest) and len(role.split()) > 3:
        return None
    return Subject(name, _until_clause(role))


def _forward_named(rest: str, before: str, named: re.Match[str], names: Names) -> Subject | None:
    words = trimmed_name(named.group())
    if words is None:
        return None
    cut = named.start() + named.group().find(words) + len(words)
    after = rest[cut:]
    office, _, person = words.partition(" ")
    if office in OFFICES and before:
        name = _named(person, False, names) if person else None
        return Subject(name, role_of(f"{before} {office}"))
    if owned := re.match(r"['’]s? ((?:[a-z-]+ ){0,3}[\w-]+)", after):
        role = f"{before} {words}{after[: owned.end()]}".strip()
        return Subject(role=_until_clause(role)) if HEAD.search(owned.group(1)) else None
    if re.match(r" (?:magazine|newspaper)\b", after):
        return Subject(names.best(words) + after[: after.find(" ", 1) if " " in after[1:] else None].rstrip(".,"))
    if before and PREPOSITION.search(f" {before}"):
        role = f"{before} {words}"
        following = re.match(rf", ({NAME})(?=[,.;]|$)", after)
        name = _named(following.group(1), False, names) if following else None
        return Subject(name, role_of(role)) if HEAD.search(before) else None
    if (heading := AFTER_NAME.match(after)) and (not before or re.fullmatch(DETERMINER, before)):
        apposed = re.match(rf", ({NAME})(?=[,.;]|$)", after[heading.end() :])
        name = _named(apposed.group(1), False, names) if apposed else None
        return Subject(name, role_of(f"{before} {words}{heading.group()}"))
    speaker = _named(words, False, names)
    if speaker is None or re.match(rf" (?:and|or) (?:{DETERMINER} |[{UPPER}]|others)", after):
        return None
    if before in ("the", "The", "", "a", "an"):
        said = re.match(
            r", ([^.;:“”\"]{3,140}?)(?=[.;:]|, (?:who|which|whose|in|on|at|after|adding)\b|,$|$|, [a-z]+ing\b)", after
        )
        return Subject(speaker, (_apposed(said.group(1).rstrip(",")) if said else None) or office_of(words) or None)
    return Subject(speaker, role_of(before)) if HEAD.search(before) else None


def _until_clause(role: str) -> str | None:
    return role_of(
        re.split(r" (?:who|which|that|on|to|in (?:a|an|his|her|the)|during|after|before|as|yesterday|today)\b", role)[0]
    )


def hearer(text: str, verb: str, end: int, names: Names) -> str | None:
    """The paper that was told: "told the Weekly Port Times"; None for people, "us", "this site"."""
    if verb not in ("told", "tells", "telling"):
        return None
    match = re.compile(rf" ?(?:the )?({NAME})").match(text, end)
    name = trimmed_name(match.group(1)) if match else None
    if name is None:
        return None
    best = names.best(name)
    return best if names.carries(best) and not names.is_own(best) and not names.is_own(name) else None
