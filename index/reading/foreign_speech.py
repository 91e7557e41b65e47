"""Tags and introductions of quotations in German, French, Spanish and a few tongues like them.

It does not know English, which has its own modules, nor indirect speech in any other tongue.
"""

from __future__ import annotations

import re

from index.reading.antecedents import Paragraph, Voice
from index.reading.quotation_marks import Marked
from index.reading.speakers import NAME, NAME_RE, office_of, trimmed_name, without_office

GERMAN = (
    r"sagte?|sagten|erklärte?|meinte?|betonte?|berichtete?|schrieb|schreibt|fragte?|antwortete?|ergänzte?|kritisierte?"
    r"|warnte?|forderte?|erzählte?|rief|kommentierte?|erwiderte?|entgegnete?|versicherte?|äußerte|heißt"
)
FRENCH = (
    r"dit|déclare|déclarait|explique|expliquait|affirme|estime|ajoute|souligne|précise|raconte|assure|indique|confie"
    r"|écrit|répond|s['’]exclame|lance|poursuit|regrette|insiste|conclut|martèle|rappelle"
    r"|(?:a|avait) (?:dit|déclaré|expliqué|affirmé|estimé|ajouté|souligné|précisé|raconté|assuré|indiqué|confié|écrit"
    r"|répondu|lancé|regretté|insisté|conclu|rappelé)"
)
SPANISH = (
    r"dijo|dice|declaró|declara|afirmó|afirma|explicó|explica|aseguró|asegura|señaló|señala|añadió|añade|agregó|indicó"
    r"|contó|cuenta|escribió|respondió|comentó|advirtió|manifestó|apuntó|concluyó|ha (?:dicho|declarado|afirmado)"
)
OTHERS = r"zegt|zei|verklaarde|schreef|afferma|spiega|ha (?:detto|dichiarato|spiegato)|disse|afirmou|declarou|explicou"
VERBS = rf"(?:{GERMAN}|{FRENCH}|{SPANISH}|{OTHERS})"
SAID = re.compile(rf"(?<![\w'’-]){VERBS}(?![\w'’-])|(?<![\w'’-])(?:hat|habe|hatte)(?![\w'’-])(?=[^.!?]*\bge\w+t\b)")
SOURCE = r"(?:[Ll]aut|[Ss]elon|[Dd]['’]après|[Ss]egún|[Ss]econdo|[Ss]egundo|[Vv]olgens|[Aa]ldus)"
SMALL = r"(?P<role>(?:[a-zà-ÿß][\w-]*(?:['’]|,? )){0,8})"
TAG = re.compile(
    rf"[ ,–—-]*(?:so|{SOURCE}|{VERBS})(?: (?:am|gestern|heute|hier|ayer|hoy|mardi|lundi)(?: [\w-]+)?)?"
    rf" {SMALL}(?P<name>{NAME})?"
)
PRONOUN = re.compile(
    rf"[ ,–—-]*(?:{VERBS}(?: (?:er|sie|der|die)\b|-t-(?:il|elle)\b|-(?:il|elle)\b)|a-t-(?:il|elle) \w+é?)"
)
BARE = re.compile(rf"[ ,–—-]*(?:{SPANISH})[.,;]")
ENOUGH = re.compile(r"[\s.,;:(«„“\"»–—-]|$")
BY = re.compile(rf"(?:^|[ ,]){SOURCE} {SMALL}(?P<name>{NAME})[^.!?]*$")
ARTICLE = re.compile(
    r"(?:der|die|das|ein|eine|einer|le|la|les|un|une|el|los|las|una|il|lo|uno|de|een|o|os|um|uma|l['’]) ?"
)
MIT_DEN_WORTEN = re.compile(r"\bzitiert (?:eine?n?|den|die) (?P<role>[^,.;:]{3,80}) mit den Worten:? ?$")
SMALL_WORD = re.compile(r" (?:der|des|die|von|für) ")
GERMAN_TAG = re.compile(rf"[ ,–—-]*(?:so|laut|{GERMAN})(?![\w'’-])")


def foreign_tag(paragraph: Paragraph, mark: Marked, limit: int) -> Voice | None:
    """The voice in '…“, sagte Jane Roe', « … », a déclaré la maire Jane Roe', '…», dijo Roe'."""
    text = paragraph.text
    if text[mark.start] == '"' and text[mark.end : mark.end + 4] in (" so ", ", so"):
        return None
    if PRONOUN.match(text, mark.end, limit) or BARE.match(text, mark.end, limit):
        return _last(paragraph)
    found = TAG.match(text, mark.end, limit)
    if found is None:
        return None
    return _voice(paragraph, found, GERMAN_TAG.match(text, mark.end) is not None)


def _voice(paragraph: Paragraph, found: re.Match[str], german: bool) -> Voice | None:
    small = found.group("role").strip(" ,")
    words = trimmed_name(found.group("name")) if found.group("name") else None
    role = ARTICLE.sub("", small, count=1) if ARTICLE.match(f"{small} ") else small
    if words is None:
        return Voice(role=role) if role and role != small else None
    if (
        german
        and ARTICLE.match(f"{small} ")
        and not office_of(words)
        and (" " not in words or SMALL_WORD.search(words))
    ):
        return Voice(role=f"{role} {words}".strip())
    if "." in found.group().strip()[:-1] and not ENOUGH.match(paragraph.text, found.end()):
        return None
    name = paragraph.names.best(words)
    return Voice(name, office_of(words) or role or paragraph.roles.get(name))


def foreign_introduction(paragraph: Paragraph, begin: int, end: int) -> Voice | None:
    """The voice in "Jane Roe sagte unserer Zeitung: „…“" and in "Selon Jane Roe, « … »"."""
    lead = paragraph.text[begin:end]
    if quoted := MIT_DEN_WORTEN.search(lead):
        return Voice(role=quoted.group("role"))
    if by := BY.search(lead):
        return _voice(paragraph, by, german=False)
    if not lead.rstrip().endswith((":", ",")) or (said := SAID.search(lead)) is None:
        return None
    before = [name for match in NAME_RE.finditer(lead, 0, said.start()) if (name := _person(paragraph, match.group()))]
    after = NAME_RE.match(lead, said.end() + 1)
    name = before[-1] if before else _person(paragraph, after.group()) if after else None
    return Voice(name, paragraph.roles.get(name)) if name else None


def _person(paragraph: Paragraph, words: str) -> str | None:
    """A name that can only be a person's: of two words behind an office, or known in full elsewhere."""
    name = trimmed_name(words)
    if name is None:
        return None
    best = paragraph.names.best(name)
    known = best.split()[-1] in paragraph.names.last_names
    return best if known and not paragraph.names.is_thing(without_office(best)) else None


def _last(paragraph: Paragraph) -> Voice | None:
    """Who spoke last: in this paragraph or, alone, in the one before."""
    spoken = [voice for voice in paragraph.voices if voice.speaker]
    if spoken:
        return spoken[-1]
    name = paragraph.before.last_speaker() if paragraph.before else None
    return Voice(name, paragraph.roles.get(name)) if name else None
