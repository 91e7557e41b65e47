"""Tells by its words alone whether a line belongs to a page's furniture: a prompt to log in, a share bar, an advert.

It does not know what stands around the line; furniture.py weighs that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

LONGEST_LINE = 400  # characters; no line of furniture is longer
LONG_SENTENCE = 12  # words
SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]*]{0,3}$")
CUT_OFF = re.compile(r"(?:\.\.\.|…)\"?$")
EDGES = " \t\n\r\u00a0*_#[]()<>+-–—=•·◦▪|×"
SEPARATOR = re.compile(r"\s[|·•›»>→/]\s|\s{3,}")
CODE = re.compile(r"[{}=;]|\(\)|->|\w\(\w*\)|^\s*(?://|/\w)|https?://")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")  # scripts without spaces between words
WORD = re.compile(r"[\w'’-]+")
SPACES = re.compile(r"\s+")

THING = r"(?:article|artikel|story|stor(?:y|ies)|post|report|page|piece|content|interview|video|podcast|news)s?"
NETWORK = (
    r"(?:facebook|twitter|x|linkedin|youtube|instagram|whatsapp|telegram|reddit|pinterest|tiktok|bluesky|mastodon|"
    r"threads|xing|messenger|snapchat|flipboard|e-?mail|rss|print|copy link|link)"
)
OWN_LIST = r"(?:newsletters?|mailing list|e-?news(?:letter)?|inbox|briefing|e-?mails?|alerts?)"

CERTAIN: dict[str, str] = {
    "rights": (
        r"(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright\s*)?(?:\d{4}|[^\W\d]).{0,250}"
        r"|copyright,?\s(?:by\s)?\d{4}\b.{0,200}"
    ),
    "login": (
        r"(?:already|not(?: yet)?) an? (?:member|subscriber|user)\b.{0,80}"
        r"|already (?:registered|subscribed)\?.{0,60}|(?:already )?have an account(?: already)?\?.{0,60}"
        r"|already have an account\b.{0,60}|don['’]t have an account\b.{0,60}"
        r"|(?:please |you must |you need to )?(?:be logged in|log[ -]?in|sign[ -]?in|register)(?: or (?:register"
        r"|join|sign[ -]?up"
        r"|create an account))? (?:to|and) (?:add|comment|reply|post|vote|view|continue|read|leave|join|save|follow"
        r"|unlock)\b.{0,60}"
        r"|(?:log|sign)[ -]?in\W{1,5}(?:or )?(?:register|join|sign[ -]?up|create (?:an )?account|subscribe|basket"
        r"|cart)\b.{0,30}"
    ),
    "offer": (
        rf"(?:please )?(?:join|get|subscribe|sign[ -]?up|register|receive|start)\b.{{0,90}}\b{OWN_LIST}\b.{{0,60}}"
        r"|(?:subscribe|sign[ -]?up)(?: now| today| here| for free| free| to (?:receive|get|read|unlock)\b.{0,120}"
        r"| for (?:free|just|only|our|\W?\d).{0,60})?[!.]*"
        r"|join (?:now|today|us today|over \d.{0,100})[!.]*"
        r"|(?:you are reading|this is) (?:the|a) free (?:opening|preview|version|sample|article)\b.{0,80}"
        r"|(?:this )?(?:article|report|story|content|post) (?:is )?(?:reserved )?for (?:paying )?(?:members"
        r"|subscribers)\b.{0,60}"
        r"|(?:membership|a subscription|subscriptions?) (?:costs?|starts? (?:at|from)|from)\b.{0,120}"
        rf"|read (?:the (?:rest|whole|remainder) of (?:this|the) {THING}|(?:this"
        rf"|the full)(?: \w+)? {THING} for free)\W*"
        r"|your e-?mail(?: address)?(?:\W{1,10}(?:subscribe|sign[ -]?up|submit|send|join))?\W*"
        r"|(?:abonnieren sie|jetzt abonnieren|jetzt anmelden|abonnez-vous|inscrivez-vous|suscríbete|suscríbase"
        r"|iscriviti|assine|zapisz się)\b.{0,90}"
        r"|looking for a reprint\b.{0,60}|(?:order|buy) (?:your )?(?:copy today|(?:article )?reprints?)\W*"
        r"|from high-res pdfs\b.{0,80}"
    ),
    "share": (
        rf"share (?:this|on|via)(?: {THING}| {NETWORK})?(?: (?:on|via|with|by)\b.{{0,30}})?\W*"
        rf"|share (?:the )?(?:article|story|post|page)\W*"
        rf"|(?:follow|like|find|join|connect with) (?:us|me)(?: (?:on|at|@)\b.{{0,60}})?\W*"
        rf"|follow .{{1,50}} on (?:{NETWORK}\b(?:,? (?:and )?)?){{1,6}}\W*"
        rf"|(?:{NETWORK}(?:\W{{1,6}}|$)){{3,12}}"
        r"|(?:artikel|beitrag) teilen|partager(?: cet article| sur\b.{0,30})|compartir(?: en\b.{0,30}| este artículo)"
    ),
    "advert": (
        r"advertisement(?:\W.{0,160})?|(?:sponsored|promoted|advertorial|ad|anzeige|werbung|publicité)\]\s.{3,250}"
        r"|story continues below.{0,40}|(?:article|story) continues (?:below|after)\b.{0,50}"
        r"|(?:scroll|continue) (?:to|down|reading) .{0,20}(?:below|continue|advertisement)"
        r"|(?:sponsored|paid|promoted|partner|branded) (?:content|posts?|links?|stories|messages?"
        r"|partnership)\b(?!.{90})(?:\W.{0,80})?"
        r"|skip (?:advertisement|ad)|werbung|anzeige|publicité|publicidad|pubblicità"
    ),
    "list": (
        rf"(?:{THING} )?(?:related|similar|recommended|popular|suggested|further recommended)"
        rf" (?:{THING}|reading|coverage|products?|topics?|reports?|items?|searches|questions|discussions|threads"
        rf"|jobs)\W*"
        r"|recommended (?:for you|by\b.{1,30})\W*|recommendations for you\W*"
        r"|you (?:may|might|could) (?:also )?(?:like|be interested in|enjoy|have missed)\W*|(?:people|readers"
        r"|customers) (?:who|also) .{3,40} also .{3,30}"
        r"|(?:the )?most (?:read|popular|viewed|shared|discussed|commented|emailed|watched|recent|liked)\b(?:.{0,30})?"
        r"|trending(?: (?:now|today|stories|topics|articles|news|on\b.{1,30}|in\b.{1,30}))?\W*"
        rf"|(?:latest|top|recent|more|other|featured|popular|must[ -]read) (?:{THING}|headlines|updates"
        rf"|blog posts)(?: (?:from|on|by|in|about)\b.{{1,50}})?\W*"
        r"|more (?:from|in|on|about|by|like) (?!the same)[^.!?]{1,40}|also (?:on|in) [^.!?]{1,25}"
        r"|in case you missed it\W*"
        r"|(?:read|up|watch|what to read|next) next\W*|keep reading\W*|don['’]t miss\W*|must watch"
        r"|editor['’]?s['’]? (?:picks?|choices?)\W*|we recommend\W*"
        r"|(?:around|from) (?:around )?the web\W*|what others are reading\W*"
        rf"|\d{{1,4}} (?:{THING}|papers?) (?:cite|mention|link to|refer to|quote)s? this(?: (?:{THING}|paper))?\W*"
        rf"|(?:cited|mentioned|referenced|linked) (?:by|in|from) \d{{1,5}} (?:{THING}|papers?|publications?)\W*"
        r"|this (?:article|paper) (?:has been|is) cited by\b.{0,60}|what links here"
        r"|(?:\d{1,4} )?(?:pingbacks?|trackbacks?)\W*"
        r"|das könnte (?:sie|dich) (?:auch )?interessieren\W*|lesen sie auch\W*|mehr zum thema\W*"
        r"|meistgelesen\w*\W*|ähnliche artikel\W*|verwandte artikel\W*"
        r"|[àa] lire (?:aussi|également)\W*|sur le même (?:sujet|thème)\W*|les plus lus\W*|articles? (?:liés"
        r"|similaires)\W*|dans la même rubrique\W*"
        r"|artículos? relacionados?\W*|noticias? relacionadas?\W*|(?:te|le) puede interesar\W*|lo más (?:leído"
        r"|visto)\W*"
        r"|leggi anche\W*|(?:i )?più letti\W*|articoli correlati\W*|leia (?:também|mais)\W*|mais lidas\W*"
        r"|lees ook\W*|meest gelezen\W*"
    ),
    "closed": (
        r"comments (?:on|for|to|are)\b.{0,60}\b(?:closed|disabled|off)\W*"
        r"|this (?:thread|discussion|topic|poll|conversation) (?:was|is|has been) (?:now )?(?:closed|locked"
        r"|archived)\b.{0,80}"
        r"|(?:notice\W{1,3})?(?:this|the|a) (?:comment|post|reply) (?:has been|was) (?:moved|deleted|removed"
        r"|hidden|flagged)\b.{0,160}"
        r"|comments powered by \w+\W*|(?:please )?(?:enable|turn on|activate) javascript\b.{0,100}"
        r"|loading (?:related|more|comments?|recommend\w*|next|stories|articles|posts)\b.{0,40}"
        r"|\w[^%]{0,160}\s\d{1,3}\s?%.{0,160}\(?\d[\d,.]* votes?"
    ),
    "tags": (
        r"(?:tags|tagged(?: with| in| under)?|filed (?:under|in)|schlag(?:wörter|worte)|mots[ -]clés"
        r"|etiquetas)\s*:\s*\S.{0,250}"
    ),
    "form": (
        r"(?:leave|post|write|add|submit) (?:a|your) (?:public )?(?:reply|comment|response)\W*|post comment"
        r"|your e-?mail(?: address)? will not be (?:published|shared|made public)\b.{0,120}"
        r"|notify me (?:of|when|about|by)\b.{0,80}\b(?:comments?|posts?|replies|e-?mail)\W*"
        r"|(?:einen )?kommentar (?:schreiben|verfassen|hinterlassen|abgeben)\W*|schreibe? einen kommentar\W*"
        r"|(?:laisser|écrire|ajouter) un commentaire\W*|dej[ae] (?:un comentario|una respuesta)\W*"
        r"|lascia un commento\W*|deixe (?:um comentário|uma resposta)\W*|(?:plaats een|geef een) reactie\W*"
        r"|(?:bitte )?(?:melden|loggen) sie sich (?:\w+ )?(?:an|ein),? um\b.{0,60}"
        r"|(?:connectez|identifiez)-vous pour\b.{0,60}|inicia sesión para\b.{0,60}"
    ),
    "skip": (
        r"skip to (?:main |the )?(?:content|navigation|main|menu)|(?:back|go"
        r"|return) to (?:the )?top(?: of (?:the )?page)?|jump to (?:navigation|content|comments)"
    ),
}  # fmt: skip
ANYWHERE: dict[str, str] = {
    "rights": (
        r"all rights reserved(?=\W*$|[.,;|]| by\b| worldwide\b)|alle rechte vorbehalten|tous droits réservés"
        r"|todos los derechos reservados"
        r"|tutti i diritti riservati|todos os direitos reservados|©\s?(?:19|20)\d\d\b"
    ),
    "login": r"(?:subscribers?|members?) only\W.{0,20}\b(?:log[ -]?in|sign[ -]?in|join|subscribe)\b",
    "offer": (
        r"(?:enter|type in) your (?:work |business )?e-?mail(?: address)?(?: below| here)?(?=\W*$| to (?:get"
        r"|receive|access|read"
        r"|subscribe|unlock|join|sign|continue|view)\b)"
        r"|(?:(?:only|exclusively) available|available only) (?:to|for) (?:our )?(?:paying )?(?:members|subscribers)\b"
        r"|you are reading the free (?:opening|preview|version|part)\b"
        r"|unsubscribe (?:at any ?time|any ?time|whenever|with one click)\b"
    ),
    "cookies": (
        r"(?:\bwe(?: and our partners)? use|this (?:web)?site uses"
        r"|our (?:web)?site uses) cookies\b.{0,250}\b(?:accept|agree|reject|decline|settings|got it|by continuing"
        r"|consent)\b"
        r"|by (?:continuing|using|clicking)\b.{0,120}\bcookies\b"
    ),
}
LIKELY: dict[str, str] = {
    "login": (
        r"(?:log|sign)[ -]?(?:in|out|on|up)|log[io]n|logout|register|my account|create (?:an |a free )?account"
        r"|members?|(?:lost|forgot(?:ten)?) (?:your )?password\W*"
        r"|members['’]? (?:report|area|only)\b.{0,80}|anmelden|einloggen|connexion|se connecter|iniciar sesión"
        r"|accedi|to unlock your \w+\W*"
    ),
    "offer": (
        rf"subscriptions?|newsletters?|free trial|donate(?: now| today)?|(?:join|sign|subscribe)(?: \w+){{0,2}}!?"
        rf"|get the {OWN_LIST}|sign me up|write (?:to|us).{{0,40}}@.{{0,60}}|(?:e-?mail"
        rf"|contact) .{{0,40}}\S@\S{{3,60}}"
    ),
    "share": (
        rf"share\s?:?(?: ?\b(?:{NETWORK}|\d{{1,5}}|comments?|save)\b[\W]*){{0,8}}|tweet|pin it"
        rf"|(?:{NETWORK}(?:\W{{1,6}}|$)){{1,12}}|print(?: (?:this )?(?:article|page|story))?|order reprints"
        rf"|listen to this .{{0,20}}|save(?: article)?"
    ),
    "advert": (
        r"sponsored(?: by ?\S.{0,60})?|sponsored ?by\S.{0,60}|promoted|ads?|(?:image|photo|picture)s? (?:copyright"
        r"|credit|source)\b.{0,60}"
    ),
    "list": (
        r"(?:(?:upcoming )?events?|videos?|podcasts?|products?|coming up|popular|featured|latest|recommended"
        r"|related|trending|gallery|photos|in this (?:section|issue)|subscribe for free!?|more)\W*"
        r"|(?:related|recommended|more|also read|read (?:more|also|next)|most \w+|see also"
        r"|watch)(?: \w+)?\s*:\s*\S.{3,300}|(?:tomorrow|next (?:week|month|issue)) in (?:the|this) .{3,200}"
    ),
    "more": (
        r"(?:see|view|show|load|read|browse|explore|learn|find out)(?: (?:more|all|full))+(?: [\w'’&-]+){0,6}\W*"
        r"|continue(?: reading)?\W*|weiterlesen|mehr(?: lesen| anzeigen)?|lire (?:la suite|plus)|leer más"
        r"|leggi tutto|download(?: (?:pdf|now|the app))?"
    ),
    "tags": r"(?:key ?words?|topics?|categor(?:y|ies)|posted in|in)\s*:\s*\S.{0,250}",
    "count": (
        r"\d(?:[.,]\d)? (?:out of|von|sur|de|su) \d{1,2}(?: stars| sternen| étoiles| estrellas)?(?: \d[\d.,]*)?"
        r"(?: ratings| reviews)?"
        r"|\d[\d.,]* (?:global )?(?:ratings|reviews)|\d[\d.,]* .{1,30} found (?:this|the following review) helpful\W*"
        r"|[1-5] stars? \d{1,3}\s?%|(?:sort|sorted|order(?:ed)?|sortieren|trier|ordenar|ordina)(?: nach| par| por| per"
        r"| by)\b.{0,60}"
        r"|\d[\d.,]*k?\s?(?:comments?|shares?|likes?|views?|videos?|retweets|reactions|votes?)(?:\W{1,4}\d+\s?\w+)?"
    ),
    "button": (
        r"close|menu|search|cart|ok|submit|next|previous|prev|cancel|toggle\b.{0,30}|open menu|play|pause|mute|top"
        r"|suche|suchen|menü|rechercher|buscar|cerca|submit correction|report (?:this|an error|a typo|ad).{0,20}"
        r"|comment|view comments|an error has occurred\b.{0,40}|thank you|\(?required\)?"
    ),
}  # fmt: skip
WIDGET = re.compile(
    r"(?:(?:reply|share|report|likes?|agree|disagree|helpful|unhelpful|informative|funny|insightful|quote"
    r"|permalink|flag|edit|"
    r"upvote|downvote|translate|follow|save|hide|give award|context|parent|collapse|thumbs (?:up|down)|recommend|"
    r"antworten|teilen|melden|zitieren|gefällt mir|répondre|partager|signaler|citer|j['’]aime|responder|compartir"
    r"|reportar|"
    r"me gusta|rispondi|condividi|segnala|mi piace|odpowiedz|beantwoorden|delen|\d{1,5})\b[\s\W]{0,8}){2,12}"
)
BUTTON_OF_COMMENT = frozenset(
    "reply permalink report quote antworten répondre responder rispondi odpowiedz beantwoorden melden".split()
)

SITE_WORDS = frozenset(
    "home homepage news newsletter newsletters sport sports weather business politics opinion culture "
    "entertainment lifestyle travel food tech technology science health video videos podcast podcasts photos "
    "world magazine jobs careers shop store cart basket checkout wishlist search menu login logout register "
    "subscribe advertise contact about faq help support privacy terms cookies sitemap archive archives imprint "
    "rss events webinars blog forum forums obituaries classifieds horoscope crossword accessibility facebook "
    "twitter youtube linkedin instagram account profile resources startseite nachrichten kontakt impressum "
    "datenschutz suche anmelden wirtschaft politik kultur wissen wetter karriere accueil actualités contactez "
    "économie politique connexion inicio noticias contacto deportes economía opinión buscar cronaca "
    "chi contatti".split()
)
SITE_PHRASES = re.compile(
    r"(?:log|sign) ?(?:in|out|up)|my account|create account|contact us|about us|privacy (?:policy|request)"
    r"|terms (?:&|and|of) \w+"
    r"|white papers?|media (?:kit|pack)|job listings|do not sell .{0,30}|über uns|mentions légales|aviso legal"
    r"|photo galleries|case studies|"
    r"customer service|write for us|site ?map|press releases?"
)


def _compiled(patterns: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items()))


CERTAIN_LINE, PHRASE, LIKELY_LINE = _compiled(CERTAIN), _compiled(ANYWHERE), _compiled(LIKELY)


@dataclass(frozen=True, slots=True)
class Line:
    """What a block's words say. `certain` and `likely` name the sort of furniture that they read like, if any."""

    words: int
    certain: str | None
    likely: str | None
    sentence: bool  # it ends as a sentence does
    cut: bool  # its end is cut off: "..."
    site: bool  # its words are those of a site's menu
    buttons: bool  # nothing but the buttons below a comment
    lower: float = 1.0  # the part of the words that begin in lower case, 0..1

    @property
    def sort(self) -> str | None:
        return self.certain or self.likely

    @property
    def of_menu(self) -> bool:
        """It may be an entry of a menu, and nothing else speaks like it."""
        return self.site or self.certain is not None or self.likely in ("login", "offer", "share", "more", "button")

    @property
    def prose(self) -> bool:
        """A sentence of some length that no page would put beside its article."""
        return self.words >= LONG_SENTENCE and self.sentence and not self.cut and not self.sort


NOTHING = Line(99, None, None, True, False, False, False)
EMPTY = Line(0, None, None, False, False, False, False)


def line_of(text: str) -> Line:
    """The Line of a block's text; a long one is prose without being looked at."""
    if len(text) > LONGEST_LINE:
        return replace(NOTHING, lower=_lower(text[:LONGEST_LINE].split()))
    spaced = text.strip()
    plain = SPACES.sub(" ", spaced).strip(EDGES).casefold()
    if not plain:
        return EMPTY
    found = CERTAIN_LINE.fullmatch(plain) or PHRASE.search(plain)
    certain = found.lastgroup if found else _links(spaced)
    if certain != "rights" and CODE.search(spaced):
        certain = None
    likely = None
    if certain is None:
        hint = LIKELY_LINE.fullmatch(plain)
        likely = hint.lastgroup if hint else None
    elif spaced.startswith("#") and certain != "rights":  # somebody gave the text this heading
        certain, likely = None, certain
    words = spaced.split()
    return Line(
        len(plain.split()) + len(UNSPACED.findall(plain)) // 2,
        certain,
        likely,
        bool(SENTENCE_END.search(spaced)),
        bool(CUT_OFF.search(spaced)),
        _of_site(plain),
        plain in BUTTON_OF_COMMENT or bool(WIDGET.fullmatch(plain) and not plain.replace(" ", "").isdigit()),
        _lower(words),
    )


def _lower(words: Sequence[str]) -> float:
    """The part of the words that begin in lower case; scripts without cases have nothing else."""
    return sum(word[0].isalpha() and not word[0].isupper() for word in words) / max(1, len(words))


def _links(line: str) -> str | None:
    """ "links" for a row of short links of which several have the words of a menu: "Home > News > Mills"."""
    if len(line) > 250:
        return None
    parts = [part for part in SEPARATOR.split(line) if part]
    if len(parts) < 3 or any(len(part.split()) > 8 for part in parts):
        return None
    site = sum(_of_site(part.strip(EDGES).casefold()) for part in parts)
    return "links" if site >= 2 and 3 * site >= len(parts) else None


def _of_site(plain: str) -> bool:
    """Whether half of the words of a line are such as only the menu of a site has."""
    words = WORD.findall(plain[:60])
    known = sum(word in SITE_WORDS for word in words)
    return len(words) <= 4 and (2 * known >= len(words) > 0 or bool(SITE_PHRASES.search(plain)))
