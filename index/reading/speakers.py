"""Names and roles of people and papers as a text writes them: who is meant by "Lt. Roe" or "the WPT".

It does not know what they said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from index.document import Block

UPPER = "A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚĞĢĪĶŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽ"
HONORIFICS = frozenset("mr mrs ms miss mx messrs sir dame herr frau monsieur madame señor señora".split())
TITLE = (
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Lt|Capt|Sgt|Col|Gen|Maj|Cpl|Cmdr|Adm|Rep|Sen|Gov|Rev|Hon|Supt|Det|Insp|Fr|St)\.?"
    r"|Messrs|Miss|Professor|Doctor|Lieutenant|Captain|Sergeant|Colonel|General|Major|Commander|Admiral|Representative"
    r"|Senator|Governor|Reverend|Mayor|Judge|Justice|Sheriff|Detective|Inspector|Officer|President|Minister|Councillor"
    r"|Chancellor|Ambassador|Secretary|Sir|Dame|Lord|Lady|Chief|Commissioner|Congressman|Congresswoman|Deputy"
    r"|Herr|Frau|Monsieur|Madame|Señor|Señora"
)
TITLES = frozenset(word.lower() for word in re.sub(r"[()?:.\\]", "", TITLE).split("|"))
WORD = rf"(?:(?:al|el|bin|d|O|L)[-'’](?=[{UPPER}]))?[{UPPER}]\w*(?:[-'’&.](?=[{UPPER}])\w+)*"
INITIALS = rf"(?:[{UPPER}]\.){{1,5}}(?:-{WORD})?"
ABBREVIATED = r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Lt|Capt|Sgt|Col|Gen|Maj|Cpl|Adm|Rep|Sen|Gov|Rev|Hon|Supt|Det|Insp|Jr|Sr|St)\."
TOKEN = rf"(?:{ABBREVIATED}|{INITIALS}|{WORD})"
PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|y|zu|ter|ten|af|of|for|the|&)"
NAME = rf"{TOKEN}(?:,? (?:Jr|Sr)\.|(?: {PARTICLE}){{0,3}} {TOKEN}){{0,8}}"
NAME_RE = re.compile(rf"(?<![\w'’-]){NAME}")
TOKENS = re.compile(rf"{TOKEN}|\S+")
OFFICE = re.compile(
    r"(?:President|Minister|Secretary|Director|Chief|Executive|Officer|Chair(?:man|woman|person)?|Speaker|Leader|Manager"
    r"|Head|Editor|Professor|Attorney|Analyst|Coach|Spokes(?:man|woman|person)|Superintendent|Commissioner|Governor"
    r"|Senator|Rep\.|Sen\.|Mayor|Ambassador|Founder|Co-[Ff]ounder|Principal|Economist|Judge|Justice|Sheriff|General"
    r"|Councill?or|Chancellor|Premier|Lawyer|Treasurer|Inspector|Engineer|Partner|Owner|Member|[CV][A-Z]O|CEO|MP|MEP"
    r"|\w*(?:[Ff]rau|[Mm]ann|[Mm]eister(?:in)?|[Mm]inister(?:in)?|[Pp]räsident(?:in)?|rat|rätin|[Ss]precher(?:in)?"
    r"|[Ll]eiter(?:in)?|[Cc]hef(?:in)?|[Dd]irektor(?:in)?|[Vv]orsitzende[rn]?|[Aa]nwalt|[Aa]nwältin|[Rr]ichter(?:in)?"
    r"|[Tt]rainer(?:in)?|[Kk]anzler(?:in)?|[Aa]bgeordnete[rn]?|[Ss]ekretär(?:in)?|[Ee]xperte|[Ee]xpertin|[Ff]ührer(?:in)?"
    r"|[Ff]orscher(?:in)?|[Pp]rofessor(?:in)?|[Kk]ämmer(?:er|in)|[Ll]ehrer(?:in)?|[Bb]etreiber(?:in)?))"
)
SUFFIXES = frozenset("jr sr ii iii iv v phd md obe".split())
JOINING = frozenset("of for the".split())
DAYS_AND_MONTHS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
NO_NAME = DAYS_AND_MONTHS | frozenset(
    "a an the this that these those he she it they we i you his her its their our my your who whom which what when"
    " where why how if as at by for from in into of on onto to with without after before since until while because"
    " although though but and or nor so yet not no yes also even still then there here now today yesterday tomorrow"
    " once only both all some many most few several one two three four five six ten first second last next another"
    " other each every any such more less much however meanwhile moreover furthermore nevertheless instead indeed"
    " perhaps maybe according despite during under over between among through about against unfortunately fortunately"
    " finally later earlier recently asked is was are were be been has have had do does did will would can could may"
    " might must shall should am pm est edt utc update updated photo image video chapter section page figure table"
    " figs comments note ok well oh hi hello thanks thank please regards re fwd".split()
)
CROWD = frozenset(
    "residents officials critics experts analysts dealers police authorities sources neighbors neighbours witnesses"
    " workers employees customers users readers people researchers scientists doctors lawyers prosecutors reporters"
    " investigators parents students teachers supporters opponents others everyone everybody nobody someone somebody"
    " anyone friends relatives farmers lawmakers republicans democrats management staff god moderator admin anonymous"
    " guest editor editors author authors newspapers".split()
)
ORGANISATION = frozenset(
    "department bank university ministry board institute council office house bureau chamber church committee"
    " commission association federation league society museum college school academy court center centre army navy"
    " agency authority company corp corporation inc ltd llc plc gmbh group union party police service services"
    " foundation trust hospital times post journal news herald tribune gazette sentinel courier ledger chronicle"
    " magazine weekly daily review observer guardian telegraph star sun mail globe press radio tv television network"
    " security systems software technologies technology electronics industries international electrical limited"
    " partners associates studio records club team city county state states republic kingdom district port airport"
    " station street road avenue river lake island mountain valley bay hall park square government congress senate"
    " parliament assembly administration organization organisation conference summit act treaty war".split()
)
PAPER = frozenset(
    "times post journal news herald tribune gazette sentinel courier ledger chronicle magazine weekly daily review"
    " observer guardian telegraph star mail globe press independent examiner inquirer dispatch bulletin monthly today"
    " wire record register argus echo messenger mercury standard".split()
)
ALIAS = re.compile(rf" \((?:the |[\"“‘'])?([{UPPER}][{UPPER}&.]{{1,8}})[\"”’']?\)")
PRESS = re.compile(
    rf"\b([{UPPER}]{{2,6}})(?:['’]s)? (?:article|stor(?:y|ies)|report(?:s|ed|er|ers|ing)?|wrote|writes|quot(?:es|ed)"
    r"|interview|piece|editor|newspaper|magazine|coverage|published|investigat\w+)\b"
)
NOT_RUNNING_TEXT = frozenset({"heading", "title", "furniture", "masked", "table", "list_item"})
LONGEST_NAME = 6
LONGEST_ALIASED = 100  # characters


def flat(text: str) -> str:
    """The text with each white-space character as one blank: as long as before, so that offsets stay."""
    return re.sub(r"\s", " ", text)


def trimmed_name(words: str) -> str | None:
    """The name in a run of capitalised words: "On Monday Jane Roe" is "Jane Roe"; None where nothing is left.

    What stands behind "of" or "for" belongs to an organisation's name, not to a person's.
    """
    tokens = TOKENS.findall(words)
    while tokens and (tokens[0].lower().strip(".,") in NO_NAME or tokens[0] in ("&",) or tokens[0].lower() in JOINING):
        tokens = tokens[1:]
    for place, token in enumerate(tokens):
        if token.lower() in JOINING and tokens[place - 1].lower() not in ORGANISATION and token != "&":
            tokens = tokens[:place]
            break
    while tokens and (tokens[-1].lower() in JOINING or tokens[-1].lower() in DAYS_AND_MONTHS or tokens[-1] == "&"):
        tokens = tokens[:-1]
    if not tokens or all(token.lower().strip(".") in TITLES for token in tokens):
        return None
    return " ".join(tokens).replace(" ,", ",")


def without_honorific(name: str) -> str:
    """ "Mrs. Jane Roe" is "Jane Roe"; a rank or an office stays."""
    tokens = name.split()
    while len(tokens) > 1 and tokens[0].lower().strip(".") in HONORIFICS:
        tokens = tokens[1:]
    return " ".join(tokens)


def without_office(name: str) -> str:
    """ "Harbour Board President Jane Roe" is "Jane Roe"; a lone title before a name stays."""
    return name[len(office_of(name)) :].lstrip()


def office_of(name: str) -> str:
    """The office that capitalised words name before a person of two words or more; "" where there is none."""
    tokens = name.split()
    for place in range(len(tokens) - 3, -1, -1):
        if not OFFICE.fullmatch(tokens[place]) or (not place and tokens[0].lower().strip(".") in TITLES):
            continue
        person = tokens[place + 1 :]
        small = any(token.islower() or token.strip(".,").lower() in ORGANISATION for token in person[:2])
        return "" if small or len(person) > 4 else " ".join(tokens[: place + 1])
    return ""


def core(name: str) -> list[str]:
    """The words of a name without titles and suffixes."""
    tokens = [token for token in name.replace(",", " ").split() if token.lower().strip(".") not in SUFFIXES]
    while len(tokens) > 1 and tokens[0].lower().strip(".") in TITLES:
        tokens = tokens[1:]
    return tokens


def is_paper(name: str) -> bool:
    """Whether a name ends as those of newspapers and magazines do."""
    words = name.lower().split()
    return len(words) > 1 and words[-1] in PAPER


def is_person(name: str) -> bool:
    """Whether a name looks like a person's: a title, or two words or more that no organisation's name ends with."""
    words = core(name)
    titled = len(words) < len([w for w in name.split() if w.lower().strip(".,") not in SUFFIXES])
    if any(word.lower() in ORGANISATION or word.lower() in PAPER or word == "&" for word in words[1:]):
        return False
    return titled or (2 <= len(words) <= 5 and not any(len(w) > 1 and w.isupper() and "." not in w for w in words))


class Names:
    """The names that one document holds, and the fullest form of each."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self._stretches = [
            (text[block.start : block.end], block.kind) for block in blocks if block.kind not in NOT_RUNNING_TEXT
        ]
        self._head = [text[block.start : block.end] for block in blocks[:12] if block.kind in ("byline", "furniture")]
        self._blocks = blocks

    @cached_property
    def speaking(self) -> frozenset[str]:
        """The names of those whose words whole blocks are: commenters, people interviewed."""
        return frozenset(block.speaker for block in self._blocks if block.speaker)

    def is_thing(self, name: str) -> bool:
        """Whether the last word of a name also stands in small letters: a title or a place, hardly a person."""
        return name.split()[-1].lower() in self._small

    @cached_property
    def last_names(self) -> frozenset[str]:
        """The last words of the persons named in full."""
        return frozenset(last for last, names in self._full.items() if any(map(is_person, names)))

    @cached_property
    def _running(self) -> str:
        return flat("\n".join(stretch for stretch, _ in self._stretches))

    @cached_property
    def _small(self) -> frozenset[str]:
        """Words that also stand in small letters: no names of their own where a sentence begins with them."""
        return frozenset(re.findall(r"(?<![\w'’-])[a-zà-ÿ][\w-]*", self._running))

    @cached_property
    def _inside(self) -> frozenset[str]:
        """Words with a capital in the middle of a sentence."""
        return frozenset(re.findall(rf"(?<=[a-zà-ÿ,] )[{UPPER}][\w-]*", self._running))

    @cached_property
    def _full(self) -> dict[str, list[str]]:
        """Names of several words by their last one."""
        found: dict[str, dict[str, None]] = {}
        for match in NAME_RE.finditer(self._running):
            if " " not in match.group():
                continue
            name = trimmed_name(match.group())
            if name and len(match.group().partition(name)[0].split()) > 1:
                continue  # "Are You Not Using Dunmore" is a headline
            name = without_office(name) if name else None
            words = core(name) if name else []
            if words and name == match.group() and self._begins_sentence(match) and words[0].endswith("ing"):
                continue  # "Using Dunmore valves"
            if name and 2 <= len(words) <= LONGEST_NAME and words[0].lower() not in self._small:
                found.setdefault(words[-1], {})[without_honorific(name)] = None
        return {last: list(names) for last, names in found.items()}

    def _begins_sentence(self, match: re.Match[str]) -> bool:
        before = self._running[max(0, match.start() - 3) : match.start()]
        return before.strip(' "“‘(')[-1:] in ("", ".", "!", "?", ":") or before.endswith("  ")

    @cached_property
    def _first(self) -> frozenset[str]:
        """Words that begin a longer name: "Dunmore" in "Dunmore Mills"."""
        return frozenset(core(name)[0] for names in self._full.values() for name in names)

    @cached_property
    def _long(self) -> dict[str, str]:
        """Long forms by the short form that the text introduces in brackets behind them."""
        found: dict[str, str] = {}
        for match in ALIAS.finditer(self._running):
            alias = match.group(1).replace(".", "")
            before = self._running[max(0, match.start() - LONGEST_ALIASED) : match.start()]
            words = next((found for found in NAME_RE.finditer(before) if found.end() == len(before)), None)
            name = trimmed_name(words.group()) if words else None
            if name and " " in name and name[0] in alias[:2]:
                found.setdefault(alias, name)
        return found

    @cached_property
    def _press(self) -> frozenset[str]:
        """Abbreviations that the text treats as a paper: "the WPT reported", "a WPT story"."""
        return frozenset(match.group(1) for match in PRESS.finditer(self._running))

    def carries(self, name: str) -> bool:
        """Whether a name is a paper's or a station's, which may carry what others say."""
        words = name.split()
        return words[-1].lower() in PAPER or name in self._press

    def is_name(self, words: str, begins_sentence: bool) -> bool:
        """Whether capitalised words are a name; where a sentence begins, a lone word must be seen as one elsewhere."""
        tokens = words.split()
        last = tokens[-1].strip(".").lower()
        if last in CROWD or last in NO_NAME:
            return False
        if len(tokens) > 1 or not begins_sentence:
            return True
        if words.isupper() and len(words) > 1:
            return True
        return words.lower() not in self._small and (words in self._inside or words in self._full)

    def best(self, name: str) -> str:
        """The fullest form of a name in the document, if only one is possible; else the name without Mr., Mrs., Ms."""
        name = without_honorific(without_office(name))
        words = core(name)
        if not words:
            return name
        alias = " ".join(words).replace(".", "")
        if alias in self._long:
            return self._long[alias]
        candidates = [full for full in self._full.get(words[-1], ()) if _may_be(core(full), words)]
        if not candidates or (len(words) == 1 and words[0] in self._first):
            return name
        if len({core(full)[0][0] for full in candidates}) > 1 or not _same_first(candidates):
            return name
        fullest = max(candidates, key=lambda full: (len(full.split()), len(full)))
        return fullest if len(fullest.split()) >= len(name.split()) else name

    def is_own(self, name: str) -> bool:
        """Whether the lines above the text name it: the document's own publication or author."""
        wanted = name.lower()
        return any(wanted in line.lower() for line in self._head)


def _may_be(full: list[str], words: list[str]) -> bool:
    """Whether the words of a name are a part of a fuller one, first names by their initial if need be."""
    given = [word.strip(".").lower() for word in full[:-1]]
    return all(
        word.lower() in given or (len(word.strip(".")) == 1 and any(g.startswith(word[0].lower()) for g in given))
        for word in (w.strip(".") for w in words[:-1])
    )


def _same_first(candidates: Sequence[str]) -> bool:
    firsts = {core(full)[0].strip(".").lower() for full in candidates}
    spelled = {first for first in firsts if len(first) > 1}
    return len(spelled) <= 1
