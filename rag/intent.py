"""Greetings, thanks and questions about the collection itself, told from questions to answer.

Only sentences that are nothing else are taken for one; everything else is a question to the documents. It does not
know the documents: whether the words that name one do so is for rag.collection to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count, pairwise

from rag.named import COUNTED, MANY, THESE

LONGEST = 200  # characters
GREETING = re.compile(
    r"(?:(?:hi+|hello+|hey+|hiya|howdy|greetings|yo|good (?:morning|afternoon|evening|day)|hola|bonjour|salut|hallo|"
    r"guten (?:tag|morgen|abend)|ciao|buongiorno|ol[aá]|bom dia|namaste|merhaba|hej|привет|здравствуйте|你好|您好|"
    r"こんにちは|안녕하세요|مرحبا)(?:,? (?:there|footnote|all|everyone|again|bot|you|dear))?[ ,.!]*)+"
    r"(?:how are you(?: doing)?(?: today)?|how's it going|what's up|nice to meet you"
    r"|(?:anybody|anyone|are you) there)?"
    r"|how are you(?: doing)?(?: today)?|how's it going|what's up|sup|nice to meet you|(?:anybody|anyone|are you) there"
)
WISH = re.compile(
    r"[.?!;] +(?:just|only|briefly|in short|please|thanks|keep it|make it|nothing|i)\b[^?]*$", re.IGNORECASE
)
THANKS = re.compile(
    r"(?:(?:ok(?:ay)?|great|good|perfect|cool|nice|awesome)[,.!]? )?"
    r"(?:many thanks|thanks|thank (?:you|u)|thankyou|thanx|thx|tks|ty|cheers|much appreciated|(?:muchas )?gracias|"
    r"merci(?: beaucoup)?|danke(?: sch[oö]n)?|obrigad[oa]|grazie|good (?:bot|job|work|answer)|well done|"
    r"спасибо|谢谢|ありがとう|شكرا)(?: (?:a lot|a million|so much|very much|again|for (?:your|the|that|this|all)"
    r"(?: (?:help|answers?|information|info))?|footnote|bot|that's all|that (?:helped|was helpful)))*"
)
GOODBYE = re.compile(
    r"(?:(?:ok(?:ay)?|thanks|thank you)[,.!]? )?(?:good ?bye|bye(?:[ -]bye)?|see (?:you|ya)(?: later| soon)?|"
    r"good ?night|farewell|cya|that's all|that is all|i'm done|quit|exit|adi[oó]s|au revoir|tsch[uü]ss|"
    r"auf wiedersehen)(?: (?:for now|then|now))?"
)
ACKNOWLEDGED = re.compile(
    r"(?:ok(?:ay)?|k|cool|nice|great|good|perfect|awesome|wow|lol|haha(?:ha)*|hmm+|um+|yes|yeah|yep|no|nope|sure|fine|"
    r"i see|got it|understood|interesting|never ?mind|whatever|"
    r"you(?:'re| are) (?:stupid|dumb|useless|wrong|bad|great|awesome|smart|funny|the best)|"
    r"i (?:don't|do not) understand|(?:that|this|it)(?:'s| is| was) (?:all )?"
    r"(?:wrong|not (?:right|correct|true|helpful)|bad|great|good|helpful|funny))"
)
TRYING = re.compile(
    r"(?:test(?:ing)?|foo|bar|baz|blah|bla|[1-3]|1234?|abc|xyz|xxx|asdf|qwerty)"
    r"(?: (?:test(?:ing)?|bar|blah|[1-3]|123))*"
)
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
RANDOM = 0.6  # share of a word's neighbouring letters that are neighbours on a keyboard
LEAD = re.compile(
    r"(?:(?:hi|hello|hey|ok(?:ay)?|so|well|please|now|thanks|also|then|and|just)(?: there)?[ ,.!]+)*"
    r"(?:(?:can|could|would|will) (?:you|u) (?:please |kindly |just )?|i(?:'d| would)? (?:like|want|need)"
    r"(?: you)?(?: to)? (?:see |know |have |get |read )?|let me (?:see|know|have) |do you (?:know|have) (?=an? |the ))?"
    r"(?:what (?:can|could|do) you (?:tell(?: me)?|say|know) (?=(?:more )?about ))?"
    r"(?:please )?(?:(?:give|show|tell|get|send|write|make|read|provide)(?: me| us)? )?(?:please )?",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"(?:[ ,]+(?:please|pls|plz|thanks|thank you|for me|briefly|quickly|again|then|exactly|overall|in general|"
    r"in (?:short|brief|a nutshell|(?:one|a|two|a few|three) (?:sentences?|words?|lines?|paragraphs?))))+$",
    re.IGNORECASE,
)
BESIDE = re.compile(
    r"\b(?:menus?|sidebars?|side bars?|footers?|adverts?|advertis\w+|ads|banners?|teasers?|sponsored"
    r"|newsletters?|memberships?|subscri(?:be|bers?|ption\w*)|sign(?:ing)?[- ]?up"
    r"|copyright (?:line|notice)|share (?:bar|buttons?)|navigation"
    r"|(?:related|recommended|popular|trending|most[- ]read|suggested|linked)"
    r" (?:articles?|reports?|stories|posts?|content|headlines?|links?|products?|events?|pages?|items?|reading)"
    r"|lists? of (?:\w+ ){0,2}(?:articles|reports|stories|posts|headlines|links)"
    r"|(?:other|further|more) (?:articles?|reports?|stories|posts?|headlines?|links?)"
    r"|(?:listed|shown|linked|advertised|promoted|offered) (?:beside|below|under|beneath|next to|alongside|at the))\b",
    re.IGNORECASE,
)
ABOUT, BY = r"(?P<about>.{1,150}?)", r"(?P<by>.{1,60}?)"
ALL = rf"(?:{THESE}{MANY}|these|those|they|this|that|it|here|in here|everything|(?:this|the) (?:place|chat|index))"
IS = r"(?:'s|s| is| are| was| were)?"
COMMENTS, SAYINGS = r"(?:comments?|posts|replies)", r"(?:remarks|quotes|quotations|statements)"
LIST = r"(?:(?:list|name|enumerate|display|all|of|the|any|every|each|full list of|complete) )*"
UNDER = rf"(?: (?:under|on|in|below|to|at|for|from) {ABOUT})?"
SUMMARY = (
    r"(?:(?:an?|the|your|quick|short|brief|concise|one[- ]sentence|executive|general|\w+[- ]word) )*"
    r"(?:summary|summaries|synopsis|abstract|gist|tl;? ?dr|recap|digest|outline|overview|"
    r"(?:(?:key|main|most important|central) )(?:points|ideas?|messages?|facts|findings|takeaways?|thesis|argument)"
    r"|highlights|takeaways)"
)
PRONOUN = re.compile(r"\b(?:it|this|that|they|them|these|those|some|examples?)(?!\s+\w+s\b)", re.IGNORECASE)
NEVER_NAMED = re.compile(
    r"(?:what|how|why|when|where|who|whose|which|whether|if|that|anything|everything that|any)\b(?! one\b| [^ ]+$).*"
    r"|(?:about|and|or|not|on)\b.*|.*\b(?:says?|said|according to|claims?|thinks?|happened)\b.*",
    re.IGNORECASE,
)


def _compiled(*forms: str) -> tuple[re.Pattern[str], ...]:
    """The forms as patterns; a group that stands in several alternatives of one is numbered: "about", "about1"."""
    patterns = []
    for form in forms:
        numbers = count()
        numbered = re.sub(r"\?P<(about|by)>", lambda match: f"?P<{match[1]}{next(numbers)}>", form)  # noqa: B023
        patterns.append(re.compile(numbered, re.IGNORECASE))
    return tuple(patterns)


FORMS: dict[str, tuple[re.Pattern[str], ...]] = {
    "program": _compiled(
        r"(?:who|what|who or what|what or who) are you|what(?:'s|s| is) your (?:name|purpose|job)",
        r"are you (?:an? )?(?:bot|robot|ai|human|chat ?bot|person|machine|llm|chatgpt|language model|real|there)",
        r"what (?:model|llm|ai|language model) (?:are you|do you use|is this)|how to use (?:this|it)|usage|commands",
        r"what (?:can|do|could) you (?:do|tell(?: me)?|answer|help(?: me)? with|offer)|how (?:can|do) you help(?: me)?",
        r"what (?:can|could|should|may|do) i (?:ask|do|type|say|write)(?: (?:you|here|about|this bot))*",
        r"(?:what|which)(?: (?:kinds?|sorts?|types?) of)? questions (?:can|should|could|may) i ask(?: you| here)?",
        r"how (?:do(?:es)?|did) (?:you|this|it)(?: (?:thing|tool|app|bot|chat|program))? work|help(?: me)?(?: out)?",
        r"who (?:made|built|created|wrote|programmed) you|how (?:do|can|should) i use (?:this|you|it)(?: \w+)?",
        r"what(?:'s|s| is) this (?:tool|app|program|bot|chat|chatbot|site|website|thing|for)(?: for)?",
        r"(?:some )?(?:example|sample)s?(?: questions?)?|what are you (?:for|good at|capable of)|introduce yourself",
        r"(?:more )?about (?:you|yourself)",
    ),
    "list": _compiled(
        rf"(?:what|which) {MANY}(?: (?:do|can|did|have) (?:you|i|we) (?:have|know|got|see|read|access|search|use|hold|"
        rf"cover|upload|add|give you|find)(?: (?:access )?(?:to|about|of|in|here))?)?",
        rf"(?:what|which) {MANY} (?:are|is|were) (?:there|here|in here|available|included|indexed|loaded|uploaded|"
        rf"in {ALL}|part of {ALL})(?: (?:to|for) (?:me|you))?",
        rf"(?:do you have|have you got|are there) (?:any |some )?{MANY}(?: here| in here)?|list(?: please)?",
        rf"{LIST}(?:(?:the|your|these|my|available|indexed) )*{MANY}(?: (?:you have|in here|available|you know))?",
        rf"(?:an? |the )?(?:full |complete )?(?:list|names|titles|catalog(?:ue)?|table|inventory) of {LIST}"
        rf"(?:(?:the|your|these|my) )*{MANY}",
        rf"(?:what|which|who) are (?:the|your|these|my|all the) (?:names of (?:the )?|titles of (?:the )?)?{MANY}",
        r"what do you have(?: (?:here|in here|there|access to))?|what have you got(?: here)?|catalog(?:ue)?",
        r"(?:where do you get|where does) (?:your |the |this )?(?:answers?|information|info|data|knowledge)"
        r"(?: come)?(?: from)?|(?:list|show) (?:all|everything|them|them all)",
        rf"what {MANY} (?:is|are) (?:this|it|you) based on|{LIST}titles",
        rf"(?:what|which) (?:kinds?|sorts?|types?) of {MANY} (?:are (?:these|those|they|there|here)|do you have)",
    ),
    "topics": _compiled(
        rf"what(?:'s|s| is| are| does| do)? {ALL}(?: all)?"
        r"(?: (?:about|cover|contain|deal with|discuss|talk about|say))?",
        rf"what(?:'s|s| is) (?:in|inside|covered (?:in|by)|contained in) {ALL}|what's (?:here|covered|included)",
        rf"what(?:'s|s| is| are) (?:here|covered|included|available|the (?:topics?|subjects?|themes?|content)"
        rf"(?: (?:of|in|covered (?:in|by)) {ALL})?)",
        rf"(?:what|which) (?:\w+ )?(?:topics?|subjects?|themes?|issues|areas)(?: (?:are|is|do|does|can))?"
        rf"(?: (?:covered|there|discussed|included|available|i ask(?: you)? about|you (?:know|cover|have)))?"
        rf"(?: (?:about|cover|(?:in|by) {ALL}|{ALL} (?:cover|discuss|deal with)))?",
        rf"{LIST}(?:main |key )?(?:topics|subjects|themes)(?: (?:of|in) {ALL})?",
        rf"(?:(?:an?|the|quick|short|brief|general|good) )*(?:overview|introduction|idea)(?: (?:of|to|about|what) {ALL}"
        rf"(?: (?:are|is) about)?| of what(?:'s|s| is) in {ALL})?|what {MANY} (?:is|are) in {ALL}",
        rf"(?:(?:something|more|a bit|a little) )?about {ALL}|describe {ALL}|introduce {ALL}|explain {ALL}",
        rf"what {ALL} (?:is|are) (?:all )?about|what you (?:know|have)",
        r"what do you know(?: about)?|what are (?:they|we) (?:all )?about",
    ),
    "authors": _compiled(
        rf"(?:who|what|which)(?: are| were)? {LIST}(?:authors|writers)(?: (?:of {ALL}|are there|do you have))?",
        rf"{LIST}(?:authors|writers)(?: of {ALL})?|who wrote {THESE}{MANY}",
    ),
    "count": _compiled(
        rf"(?:what|which)(?: are)? {LIST}(?:publications|publishers|newspapers|magazines|outlets)"
        rf"(?: (?:are (?:there|{ALL} from)|do you have))?|{LIST}(?:publications|publishers)",
        rf"(?:how many|what number of|(?:the )?number of|count(?: of)?) {THESE}{MANY}(?: (?:do|did|have|can) "
        rf"(?:you|i|we) (?:have|got|know|upload|add|search|see)| are (?:there|here|in {ALL}|available|indexed|loaded)"
        rf"| in (?:total|all|{ALL}))*",
        rf"how (?:big|large) is {ALL}",
    ),
    "span": _compiled(
        rf"(?:what|which) (?:time )?(?:period|span|range|dates?|years?|time ?frame|time range)(?: (?:is|are|do|does))?"
        rf"(?: covered by)? {ALL}(?: (?:cover|from|span|about))?",
        rf"how (?:old|recent|current|up[- ]to[- ]date) are {ALL}|(?:from when|when) are {ALL}(?: from)?|"
        rf"(?:the )?date range(?: of {ALL})?|when were {ALL} (?:published|written)",
    ),
    "newest": _compiled(
        rf"(?:(?:what|which)(?:'s|s| is| are| was)? )?(?:the |your )?(?:newest|latest|most recent)(?: published)? "
        rf"{COUNTED}(?: (?:in {ALL}|you (?:have|know)|here|available))?",
        rf"(?:what|which)(?: of {ALL}| {COUNTED})? (?:is|was|are) (?:the )?(?:newest|latest|most recent|published last)"
        rf"(?: (?:one|{COUNTED}))?",
    ),
    "oldest": _compiled(
        rf"(?:(?:what|which)(?:'s|s| is| are| was)? )?(?:the |your )?(?:oldest|earliest)(?: published)? {COUNTED}"
        rf"(?: (?:in {ALL}|you (?:have|know)|here|available))?",
        rf"(?:what|which)(?: of {ALL}| {COUNTED})? (?:is|was|are) (?:the )?(?:oldest|earliest|published first)"
        rf"(?: (?:one|{COUNTED}))?",
    ),
    "quoted": _compiled(
        rf"who(?:'s|s| is| are| was| were| gets| all is)? (?:all )?(?:quoted|cited|speaking|being quoted|"
        rf"speaks|talks|the speakers?)(?: (?:in|by|for|of) {ABOUT})?",
        rf"(?:which|what) (?:people|persons|speakers|voices|sources) are (?:quoted|cited)(?: (?:in|by) {ABOUT})?",
        rf"{LIST}(?:names of (?:the )?)?(?:people|persons|everyone|everybody|speakers)(?: (?:who|that) (?:is|are))?"
        rf" (?:quoted|cited)(?: (?:in|by) {ABOUT})?",
        rf"who (?:does|do|did) {ABOUT} (?:quote|cite)|{LIST}(?:people quoted|speakers)(?: in {ABOUT})?",
        rf"(?:which|what) speakers(?: are (?:there|in {ABOUT}))?",
    ),
    "interviewed": _compiled(
        rf"(?:who|(?:which|what) (?:people|persons))(?:'s|s| is| are| was| were| gets| all is)? (?:all )?(?:being )?"
        rf"(?:interviewed|the interviewees?)(?: (?:in|by|for|of) {ABOUT})?",
        rf"{LIST}(?:people|persons|everyone|everybody)(?: (?:who|that) (?:is|are|was|were))? interviewed"
        rf"(?: (?:in|by) {ABOUT})?",
        rf"who (?:does|do|did) {ABOUT} interview",
    ),
    "sayings": _compiled(
        rf"{LIST}{SAYINGS} (?:(?:made|written) )?(?:by|from|of) {BY}(?: (?:under|below|in) {ABOUT})?",
    ),
    "commenters": _compiled(
        r"who(?:'s|s| is| are| has| have| all)? ?(?:comments|commented|comment|commenting|replied|replies|posted|posts|"
        rf"the commenters|wrote (?:the )?comments)(?: (?:under|on|in|below|to|at|about|of) {ABOUT})?",
        rf"{LIST}(?:names of (?:the )?)?commenters(?: (?:under|on|in|below|of|at) {ABOUT})?",
        rf"who (?:wrote|left|made|posted|writes|leaves) (?:the )?comments(?: (?:under|on|in|below|to|at) {ABOUT})?",
    ),
    "comment_count": _compiled(
        rf"how many comments (?:does|do|has|have) {ABOUT} (?:have|get|got|received?)",
        rf"how many comments (?:did|has|have) {BY} (?:make|made|leave|left|write|written|post|posted){UNDER}",
        rf"how many comments(?: are(?: there)?(?: by {BY})?)?{UNDER}",
    ),
    "comments": _compiled(
        rf"{LIST}{COMMENTS} (?:(?:made|written|posted|left) )?(?:by|from|of) {BY}(?: (?:under|below|in) {ABOUT})?",
        rf"(?:what|which) comments (?:did|has|have) {BY} (?:make|made|leave|left|write|written|post|posted)"
        rf"(?: (?:under|below|in) {ABOUT})?",
        rf"what (?:did|has|does|have) {BY} (?:comment|commented|post|posted)(?: (?:under|below|in) {ABOUT})?",
        rf"{LIST}{BY}(?:'s?|s') comments(?: (?:under|below|in) {ABOUT})?",
        rf"(?:(?:what|which) (?:are |do )?)?{LIST}comments(?: (?:are|say))?(?: there)?{UNDER}(?: say)?",
        rf"(?:what|which) comments are there{UNDER}",
        rf"what (?:do|did|does|has|have) {BY} (?:say|said|write|written|post|think) in (?:the|his|her|their) comments?",
        r"what (?:do|did) (?:the |all )?(?:commenters|readers) (?:say|write|think|comment)",
    ),
    "author": _compiled(
        rf"who(?:'s|s| is| was| were| are)? (?:wrote|written|authored|(?:the )?(?:authors?|writers?|journalists?|"
        rf"reporters?)(?: of| behind| for)?) {ABOUT}",
        rf"(?:who|by whom)(?: is| was| were) {ABOUT} (?:written |authored )?by|by whom (?:is|was) {ABOUT} written",
        rf"(?:(?:what|who)(?:'s| is) )?(?:the )?(?:author|writer|byline)(?:'s name)? of {ABOUT}",
    ),
    "publisher": _compiled(
        rf"who published {ABOUT}|where (?:was|is|did) {ABOUT} (?:published|appear)",
        r"(?:in )?(?:what|which) (?:publication|newspaper|paper|magazine|site|website|publisher|outlet|journal)"
        rf" (?:is|was|published|did|ran|printed) {ABOUT}(?: (?:from|in|published(?: (?:in|by))?|appear(?: in)?))?",
        rf"(?:(?:what|who)(?:'s| is) )?(?:the )?(?:publisher|publication) of {ABOUT}",
    ),
    "date": _compiled(
        rf"when (?:was|is|did|were) {ABOUT} (?:published|written|released|posted|issued|dated|come out|appear|from)",
        rf"when {ABOUT} was (?:published|written|released|posted|issued)",
        rf"(?:what(?:'s|s| is| was) )?(?:the )?(?:publication |publishing |release )?date of {ABOUT}",
        rf"(?:(?:from|on|in) )?(?:what|which) (?:date|day|year|month) (?:is|was) {ABOUT}"
        r" (?:from|published|written|posted)",
        rf"how (?:old|recent) is {ABOUT}",
    ),
    "works": _compiled(
        rf"(?:(?:what|which|list|all|the|any|do you have|is there|are there) )*(?:{MANY}|anything|something|what) "
        rf"(?:(?:are|were|is|was|do you have|have you got) )?"
        rf"(?:by|from|written by|published (?:by|in)|authored by|dated|written in) {BY}(?: do you have)?",
        rf"what (?:has|did|have|does) {BY} (?:written|write|published|publish|authored)",
        rf"(?:what|which) {MANY} (?:did|has) {BY} (?:write|written|publish|published|author)",
    ),
    "summary": _compiled(
        r"(?:summari[sz]e|summari[sz]ing|sum up|recap|outline|condense|brief me on|tl;? ?dr|boil down|digest)[: ]* "
        rf"{ABOUT}",
        r"summari[sz]e|sum (?:it|this|that|them) up",
        rf"{SUMMARY}",
        rf"{ABOUT}[, :-]+ ?(?:summary|tl;? ?dr|overview|gist|key points|main points)",
        rf"(?:what(?:'s|s| is| are| were) )?{SUMMARY}[: ]* (?:(?:of|for|from|on|about|in) )?{ABOUT}",
    ),
    "about": _compiled(
        rf"what(?:'s|s| is| are| does| do| did) {ABOUT} (?:all )?(?:about|say|cover|discuss|deal with|contain|report|"
        rf"argue|tell us|describe)",
        rf"(?:(?:something|more|a bit|a little) )?about {ABOUT}|describe {ABOUT}|what(?:'s|s| is) in {ABOUT}",
    ),
}


@dataclass(frozen=True, slots=True)
class Intent:
    """What is asked of the catalog: `name`; the words that name documents (`about`) and a person (`by`).

    `is_pointing`: a pronoun stands for what is asked about, so that it may be what was said before.
    """

    name: str
    about: str = ""
    by: str = ""
    is_pointing: bool = False


def read_intents(question: str) -> Iterable[Intent]:
    """What a text may ask of the catalog, by its form alone, likeliest first; nothing for a plain question."""
    said = " ".join(question.replace("’", "'").replace("‘", "'").split())
    if len(said) > LONGEST:
        return
    plain = re.sub(r"^[^\w\"“'#]+|[^\w\"”'+]+$", "", said)
    if not re.search(r"\w", plain):
        yield Intent("nonsense")
        return
    folded = plain.casefold()
    for name, form in (
        ("greeting", GREETING),
        ("thanks", THANKS),
        ("goodbye", GOODBYE),
        ("acknowledged", ACKNOWLEDGED),
    ):
        if form.fullmatch(folded):
            yield Intent(name)
            return
    if TRYING.fullmatch(folded) or all(_is_random(word) for word in folded.split()):
        yield Intent("nonsense", about=folded)
        return
    core = WISH.sub("", plain[_lead_length(plain) :])
    yield from _by_form(TAIL.sub("", core) or core)


def _is_random(word: str) -> bool:
    """Whether a word is fingers on a keyboard: neighbouring keys, one letter again and again, consonants only."""
    if len(word) < 4 or not word.isascii() or not word.isalnum() or word.isdigit():
        return False
    near = sum(any(pair in row or pair[::-1] in row for row in ROWS) for pair in map("".join, pairwise(word)))
    return near >= RANDOM * (len(word) - 1) or len(set(word)) == 1 or (len(word) > 4 and not set(word) & set("aeiouy"))


def _lead_length(plain: str) -> int:
    """How many characters of courtesy come first: "could you please tell me"."""
    match = LEAD.match(plain)
    return match.end() if match and match.end() < len(plain) else 0


def _by_form(core: str) -> Iterable[Intent]:
    for name, forms in FORMS.items():
        for form in forms:
            match = form.fullmatch(core)
            if match is None:
                continue
            named = {key.rstrip("0123456789"): value for key, value in match.groupdict().items() if value}
            if not any(NEVER_NAMED.fullmatch(words) for words in named.values() if words):
                yield Intent(name, **named, is_pointing=bool(PRONOUN.search(core)))
                break


def asks_beside(question: str) -> bool:
    """Whether a question is about what stands beside the articles: menus, adverts, lists of other articles."""
    return bool(BESIDE.search(question))
