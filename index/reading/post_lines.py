"""The lines of a text as a thread's reader compares them: without their numbers and dates, by their edges.

It does not know which lines head a post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from index.reading.comment_headers import AGO, BUTTON, PROSE_END, UNITS, is_votes
from index.reading.dates import DATE
from index.reading.post_writers import BADGE, VERB

LONG = 600  # characters of a line whose words need not be counted
LONGEST, MOST_WORDS = 160, 14  # characters and words of a line that can belong to a header
LINE = re.compile(r"\S[^\n]*")
CLOCK = re.compile(r"(?<!\d)[0-2]?\d[:.h][0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?|\sUhr)?", re.IGNORECASE)
SINCE = re.compile(
    rf"\b{AGO}\b|\b(?:vor|hace|il y a|há)\s(?:\w{{1,4}}\s)?\w{{3,10}}"
    rf"|\b\d{{1,3}}\s?(?:{UNITS}|\w{{3,9}}\s(?:fa|atrás|geleden|sedan|temu|önce))(?=$|[\s|·•,])"
    r"|\b(?:yesterday|today|just now|gestern|heute|hier|ayer|ieri|ontem|gisteren)\b",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
STARS = re.compile(r"[★☆⭐✩✭]{1,5}|\b[1-5](?:[.,]\d)?\s?(?:/\s?5|out of 5|von 5|sur 5|de 5|su 5|stars?|Sterne)\b", re.I)
SECTION = re.compile(
    r"[#=\s]{0,6}(?:\(?\d{1,6}\)?\s)?(?:\w+['’]?s?\s){0,2}?"
    r"(?:comments?|replies|responses|reviews?|answers?|thoughts on|kommentare?|antworten|bewertungen"
    r"|rezensionen|leserbriefe|commentaires?|avis|réponses|comentarios|respuestas|opiniones|reseñas|comentários"
    r"|respostas|avaliações|commenti|recensioni|risposte|reacties|beoordelingen|kommentarer|komentarze|yorum(?:lar)?)"
    r"\b(?:\s?[(\[:]?\s?\d{0,6}\s?[)\]]?|\s(?:on|to|from|zu|sur|sobre|su|aus|de)\b[^\n]{1,120})?\s*[=:]?$",
    re.IGNORECASE,
)
RULE = re.compile(r"(?:_{4,}|-{2,}|—{2,}|={4,}|\*{3,}|~{4,})\s*")
BOX = re.compile(
    r"(?:quote|zitat|citation|cita|citazione|citaat)\s?:$"
    r"|(?:quote:?\s*)?(?:originally posted by|quote from|quoting|zitat von|citation de|cita de)\s*:?"
    r"\s*(?P<by>[^\n:»]{2,50}?)"
    r"(?:\s+(?:view post|on\s[^\n]{4,40}|»[^\n]{0,40}))?\s*:?$"
    r"|(?P<who>[^\W\d_][^\n:<>@.!?]{0,40}?)\s+(?:wrote|said|schrieb|hat geschrieben"
    r"|a écrit|escribió|ha scritto|escreveu|schreef)"
    r"\s*(?::|↑|:\s*↑)[^\n]{0,40}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """A line of the text, with what it has in common with others when its numbers and dates are left out."""

    start: int
    end: int
    words: str
    gap: bool
    count: int

    @property
    def is_short(self) -> bool:
        return self.count <= MOST_WORDS and len(self.words) <= LONGEST

    @cached_property
    def is_prose(self) -> bool:
        return not self.is_short or (self.count >= 3 and self.words.endswith(PROSE_END))

    @cached_property
    def closes(self) -> bool:
        if len(self.words) > LONGEST or BOX.match(self.words):
            return False
        return bool(is_votes(self.words) or RULE.fullmatch(self.words))

    @cached_property
    def shape(self) -> str:
        """What the line is made of besides names: "* D" for "Posted May 3, 2019"; "" where it can be no anchor."""
        if not self.is_short:
            return ""
        words, digits = BADGE.sub("", self.words), DIGIT.search(self.words) is not None
        if not (digits or (words.endswith((*":oyerimnsd",)) and self.count <= 6)):
            return ""
        says = VERB.search(words)
        if not (digits or says or SINCE.search(words)):
            return ""
        words = CLOCK.sub(" \1 ", SINCE.sub(" \3 ", DATE.sub(" \2 ", words)))
        dated = "\2" in words or "\3" in words or "\1" in words
        numbered = re.fullmatch(r"(?:post\s)?#\s?\d{1,6}[.:]?", words, re.IGNORECASE)
        if not (dated or numbered or says):
            return ""
        words = NUMBER.sub("0", words.replace("\1", "").replace("\2", "D").replace("\3", "R"))
        marks = re.sub(r"[^\WDR0_]\w*|\w*[^\WDR0_]\w*", "*", words)
        return ("S" if says else "") + re.sub(r"[^*DR0#|·•»:]+", "", re.sub(r"(?:\*[\s.,'’\-_@/&()]*)+", "*", marks))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The line without its numbers, and its label, its first and its last words: what posts' lines can share."""
        if not self.is_short or (self.is_prose and not BUTTON.match(self.words)) or BOX.match(self.words):
            return ()
        plain = NUMBER.sub("0", DATE.sub("D", self.words).casefold())
        parts = plain.split()
        found = [plain]
        if ":" in plain[:30] and (label := plain.split(":", 1)[0]) and len(label.split()) <= 3:
            found.append(label + ":")
        if len(parts) >= 2:
            found.append("… " + " ".join(parts[-2:]))
        if len(parts) >= 3:
            found.append(" ".join(parts[:2]) + " …")
        if parts and parts[0].isalpha():
            found.append(parts[0] + " …")
        return tuple(found)


def lines_of(text: str) -> list[Line]:
    """The lines that are not blank; `gap`: a blank line, or the beginning, stands above."""
    lines: list[Line] = []
    end = 0
    for match in LINE.finditer(text):
        words = match.group().rstrip()
        gap = not lines or text.count("\n", end, match.start()) > 1
        end = match.start() + len(words)
        count = len(words.split()) if len(words) <= LONG else LONG
        lines.append(Line(match.start(), end, words, gap, count))
    return lines


def header_words(line: Line) -> str:
    """The words of a line that is not too long to belong to a header; else ""."""
    return line.words if len(line.words) <= LONGEST else ""
