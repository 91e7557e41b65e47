"""One line above an article, taken apart: who wrote it, for which publication, when.

It does not know where the line stands, so it does not know whether the line is a byline at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.reading.dates import BESIDE, DATE, find_date, only_relative

LONGEST_BYLINE = 200
PARTICLES = frozenset("de da di del della der den van von la le du dos das bin ibn al el y zu ter".split())
COMMON = frozenset(
    "the a and of in on at is was are were it this that these for with from to our my how why what when where who "
    "about into after before under over".split()
)
NEVER_FIRST = frozenset("an we you he she they no not all more new every some".split())  # but He and An are surnames
NOBODY = frozenset("staff admin administrator editor editors editorial guest anonymous webmaster us team".split())
CREDIT = re.compile(
    r"(?P<label>By|BY|by(?=\s[A-Z])|(?:(?:Written|Posted|Submitted|Reported|Published|Prepared|Contributed|Compiled|Edited|"
    r"Interview(?:ed)?|Story|Text|Words|Report|Review|Article|Analysis|Opinion|Perspective|Commentary|Column|Essay|Recipe)"
    r"\s(?:and\s\w+\s)?(?:by|BY))|(?:Interview(?:er)?|Authors?|Reporter|Text|Words|Autor(?:in)?|Auteur|Autore|Текст|Автор"
    r"|Redaktion|Tekst):|(?P<foreign>Von|VON|Par|PAR|Por|POR|Di|Door|Av|Przez))\s+(?P<rest>.+)",
)
LABELLED_DATE = re.compile(
    r"(?:First |Last |Originally )?(?:Published|Posted|Updated|Issued|Released|Modified|Date|Filed|Created|Added)\b",
    re.IGNORECASE,
)
TO_COME = re.compile(  # the day of something else: "Next review: May 2025", "valid until", "replaces version 2 of"
    r"\b(?:next|due|deadline|until|till|expir\w+|replaces|supersedes|review (?:date|by|due))\b[^·|;]{0,30}$",
    re.IGNORECASE,
)
CHANGED = re.compile(r"(?:last )?(?:updated|modified|corrected|edited)\b", re.IGNORECASE)
PART_CREDIT = re.compile(
    r"(?:(?:posted|written|published)\s)?(?:by|von|par|por|door)\s(?P<name>[A-Z].*)", re.IGNORECASE
)
PICTURED = re.compile(
    r"(?:photo(?:graph)?s?|pictures?|images?|illustrations?|video|graphics?|fotos?|bilder|art|design)"
    r"(?:\s(?:by|von|par|por|de)\s|\s?:\s)(?P<name>.+)",
    re.IGNORECASE,
)
INSIDE_CREDIT = re.compile(r"\bby ((?:[A-Z][\w.'’-]*\s?){1,5})")
SMALL = re.compile(
    r"(?:(?:about |approx\. )?\d+[- ]min(?:ute)?s?(?:[- ]read)?|\d+ (?:comments?|shares?|views?|words)|page \d+|\d+"
    r"|(?:read(?:ing)?|lese|estimated) ?(?:time|zeit|dauer)(?:[: ]+\d+ ?min\w*\.?(?: read)?)?|lesezeit:? \d+ min\w*"
    r"|(?:stand|veröffentlicht|aktualisiert|publié|mis à jour|publicado|actualizado|pubblicato|gepubliceerd|erstellt)"
    r"(?: am| le| el| op| il)?|uhr|original|in|to"
    r"|(?:first |last |originally )?(?:published|posted|updated|issued|released|modified|date|filed|created|edited)"
    r"(?: on| at| by)?|on|at|by|\W*)\W*",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"\b(?:reporter|editor|correspondent|staff|writer|director|manager|officer|president|chair\w*|chief|professor|analyst|"
    r"contributor|columnist|journalist|owner|founder|engineer|critic|producer|author|auditor|secretary|CEO|CTO|CFO|Ph\.?D|"
    r"freelance|bureau|special to|member|moderator)\b",
    re.IGNORECASE,
)
PUBLICATION = re.compile(
    r"\b(?:Times|News|Post|Journal|Weekly|Daily|Gazette|Herald|Tribune|Magazine|Courier|Review|Press|Chronicle|Observer|"
    r"Standard|Star|Mail|Sun|Globe|Radio|Ledger|Monthly|Quarterly|Today|Agency|Telegraph|Examiner|Register|Sentinel|"
    r"Bulletin|Newswire|Dispatch|Inquirer|Mirror|Reporter|Advertiser|Zeitung|Tagblatt|Journal)\b"
    r"|^[\w-]+\.(?:com|org|net|co\.uk|de|fr)$",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?:u/|@)?[\w.-]{2,30}")


@dataclass(frozen=True, slots=True)
class Byline:
    """What one line says; `credited`: it says by whom; `dated`: it has a date; `changed`: that of the last change."""

    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    credited: bool = False
    dated: bool = False
    changed: bool = False


def read_byline(line: str) -> Byline | None:
    """The parts of a byline or of a line with a date; None for a line that says anything else."""
    if len(line) > 2 * LONGEST_BYLINE:
        return None
    words = re.sub(r"\s{3,}|\t|\n", " | ", line.strip().strip("*_#>~|–—-").strip())
    words = " ".join(words.replace("**", "").split())
    if not words or len(words) > LONGEST_BYLINE:
        return None
    date = DATE.search(words)
    credit = CREDIT.match(words)
    if credit and not (credit["foreign"] and not (date or _is_full_name(credit["rest"]))):
        return _credited(
            credit["rest"], handle="posted" in credit["label"].lower() or "submitted" in credit["label"].lower()
        )
    if date is None:
        return Byline(dated=True) if only_relative(words) else None
    if TO_COME.search(words[: date.start()]):
        return None
    labelled = LABELLED_DATE.match(words)
    changed = CHANGED.match(words) is not None
    parts = _parts(words)
    within = next((match for part in parts if (match := PART_CREDIT.fullmatch(part))), None)
    if within and _are_names(re.sub(r"\s*\([^()]*\)$", "", within["name"])) and len(words) <= LONGEST_BYLINE // 2:
        name = re.sub(r"\s*\([^()]*\)$", "", within["name"])
        author = None if name.lower() in NOBODY else person(name)
        return Byline(author, None, find_date(words), True, True, changed)
    unknown = [part for part in parts if not (SMALL.fullmatch(part) or _is_label(part))]
    if labelled and date.start() - labelled.end() <= 12 and not (changed and unknown):
        inside = INSIDE_CREDIT.search(words)
        return Byline(inside and person(inside[1].strip()), None, find_date(words), bool(inside), True, changed)
    if unknown or len([part for part in parts if not SMALL.fullmatch(part)]) > 3:
        return None
    publisher = next((part for part in parts if PUBLICATION.search(part)), None)
    first = parts[0] if parts and words.startswith(parts[0]) and len(parts[0].split()) in (2, 3, 4) else ""
    label = words[len(first) :].lstrip().startswith(":")
    author = person(first) if is_name(first) and not label and not publisher and date.start() > len(first) else None
    return Byline(author, publisher and title_case(publisher), find_date(words), False, True, changed)


def _credited(rest: str, handle: bool) -> Byline | None:
    """The byline after its "By": names, then a role, a publication, a date; None where the rest is a sentence."""
    dated = DATE.search(rest) is not None
    parts = _parts(rest)
    if not parts:
        return None
    author, publisher, place = (
        parts[0],
        None,
        re.fullmatch(r"(.+?)\s(?:for|of|in|at|from|reports)(?:\s(.+))?", parts[0]),
    )
    if place and is_name(place[1]):
        author, parts = place[1], [place[1], place[2] or "", *parts[1:]]
    names = [author]
    following = parts[1:]
    listed = next((n for n, part in enumerate(following[:6]) if re.search(r"(?:^|\s)(?:and|&)\s", part)), None)
    if listed is not None and all(_are_names(part.removeprefix("and ")) for part in following[: listed + 1]):
        names += following[: listed + 1]
        following = following[listed + 1 :]
    one = handle and HANDLE.fullmatch(author)
    if not (_are_names(author) or one):
        return None
    for part in following:
        if (
            publisher is None
            and PUBLICATION.search(part)
            and not re.search(
                r"\b(?:staff|reporter|editor|analyst|writer|critic|columnist|correspondent)\b", part, re.I
            )
        ):
            publisher = title_case(part).removeprefix("the ")
        elif not (SMALL.fullmatch(part) or ROLE.search(part) or _is_label(part)) and not dated:
            return None
    if author.lower() in NOBODY:
        return Byline(None, publisher, find_date(rest), True, dated)
    joined = names[0] if len(names) == 1 else ", ".join(names).replace(", and ", " and ")
    return Byline(joined if one else person(joined), publisher, find_date(rest), True, dated)


def _parts(words: str) -> list[str]:
    """What stands between the separators of a line, without its date and time."""
    bare = DATE.sub(" | ", words, count=4)
    if bare != words:
        bare = BESIDE.sub(" ", bare)
    return [
        part.strip(" .:()[]*_") for part in re.split(r"[,|•·●⋅∙►・／;–—]|\s[-/]\s", bare) if part.strip(" .:()[]*_-")
    ]


def is_name(words: str) -> bool:
    """Whether words could name one person: up to five, with capitals, none of them a common word."""
    tokens = words.split()
    first_fits = 0 < len(tokens) <= 5 and tokens[0][0].isupper() and tokens[0].lower() not in NEVER_FIRST
    return first_fits and all(
        token in PARTICLES
        or (
            token[0].isupper()
            and token.lower().strip(".") not in COMMON
            and re.fullmatch(r"[^\W\d_][\w.'’-]*", token) is not None
            and not any(c.isdigit() for c in token)
        )
        for token in tokens
    )  # fmt: skip


def _is_full_name(words: str) -> bool:
    """Whether words are a name of two to five words, as a credit in a language of many small words needs it."""
    return len(words.split()) >= 2 and _are_names(words)


def credits_picture(line: str) -> bool:
    """Whether a line says only who took or drew the pictures: no author, but a part of the byline."""
    match = PICTURED.fullmatch(line.strip()) if len(line) <= LONGEST_BYLINE else None
    return match is not None and _are_names(match["name"].strip())


def named_with_role(words: str) -> str | None:
    """The name in "Jane Roe, Director, Harbour of Brill": what comes before a comma and a role or a place."""
    parts = [part.strip() for part in words.split(",")]
    if not 2 <= len(parts) <= 4 or not 2 <= len(parts[0].split()) <= 4 or not is_name(parts[0]):
        return None
    return parts[0] if all(part and (_is_label(part) or ROLE.search(part)) for part in parts[1:]) else None


def _are_names(words: str) -> bool:
    names = re.split(r"\s(?:and|&|with|und|et|y)\s", words)
    return len(names) <= 4 and all(is_name(name.strip()) for name in names)


def _is_label(part: str) -> bool:
    """Whether a part of a line could be a place, a section or a name: short, its longer words with capitals."""
    tokens = part.split()
    return len(tokens) <= 6 and all(
        token[0].isupper() or token[0].isdigit() or len(token) <= 3 or not token[0].isalnum() for token in tokens
    )


def person(name: str) -> str:
    """A name as it is written, in title case where all of it is in capitals."""
    return title_case(name) if len(name.split()) > 1 else name


def title_case(words: str) -> str:
    """JANE O'NEILL as Jane O'Neill; what is not all in capitals, initials and short forms (BRT) stay as they are."""
    if not words.isupper():
        return words
    return " ".join(_cased(token) for token in words.split())


def _cased(token: str) -> str:
    if not re.search(r"[AEIOUYÄÖÜÉÈÀÁÍÓÚ]", token) or re.fullmatch(r"(?:[A-Z]\.)+", token):
        return token
    if token in ("AND", "OF", "FOR", "DE", "VAN", "VON", "DER"):
        return token.lower()
    cased = re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize(), token.lower())
    cased = re.sub(r"(['’])S\b", r"\1s", cased)
    return re.sub(r"\bMc([a-z])", lambda match: f"Mc{match[1].upper()}", cased)
