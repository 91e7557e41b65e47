"""Quotations: stretches of a text that are somebody else's words, whose they are and who carries them.

It does not know whether anybody said them: only that the text says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.document import Block
from index.reading.antecedents import Paragraph, Voice
from index.reading.attributing import sentence_start, voice_of_marked
from index.reading.dates import find_date
from index.reading.indirect_speech import indirect_stretches
from index.reading.inner_quotations import with_inner_quotations
from index.reading.introductions import announced
from index.reading.quotation_marks import in_marks
from index.reading.reporting import HEAD
from index.reading.speakers import NAME, Names, flat, is_person, trimmed_name

__all__ = ["mark_quotations", "with_inner_quotations"]

INTRODUCING = frozenset({"body", "update", "comment", "interview_answer"})
TALKING = frozenset({"comment", "interview_answer"})
QUOTABLE = frozenset({"body", "update"})
PLACEHOLDER = re.compile(
    r"[\w .:'’-]{0,40}\b(?:Image|Photo|Picture|Figure|Video|Screenshot|Illustration)\b[\w .:-]{0,12}"
)
MOST_PLACEHOLDERS = 3
FEWEST_WORDS = 4
FEWEST_IN_MARKS = 6
LONGEST_INTRODUCTION = 2000  # characters, from the colon back
OPENING_MARK = re.compile(r"[\"“„«‘']")
SAID_BY_PRONOUN = re.compile(
    r"(?:He|She) (?:also |then |later )?(?:says|said|adds|added|explained|explains|wrote|writes)\b"
)
SAID_THAT = re.compile(r"\b(?:says|said|writes|wrote|reports|reported|states|stated|confirms|confirmed) that$")
SIGNED = re.compile(
    rf"(?:[Rr]egards|[Ss]incerely|Yours (?:truly|faithfully)|Respectfully|[Ss]igned),? +(?P<name>{NAME})"
)
SALUTATION = re.compile(
    r"[\"“]?(?:Dear|To (?:all|the|our|my|whom)|Hello|Hi|Sehr geehrte|Liebe|Cher|Chère|Estimad)[\w ]*"
)
FAREWELL = re.compile(
    r"(?:^|\n)\s*(?:(?:Kind|Best|Warm|Warmest) (?:regards|wishes)|Regards|Sincerely|Yours|Respectfully|Best|Thank you"
    r"|Mit freundlichen Grüßen|Cordialement|Atentamente)\b[^\n]{0,40}(?:\n|$)|\bSigned[:,]"
)
SIGNATURE = re.compile(rf"[—–-]? ?{NAME}(?:,? [^\n]{{0,60}})?(?:\n[^\n]{{0,80}}){{0,2}}")
OFFICE = re.compile(
    r"(?:General|Manager|Managing|Director|President|Chief|CEO|Vice|Senior|Head|Chair\w*|Executive|Secretary|Editor"
    r"|Founder|Owner|Team|Sales|Marketing|Mayor|Clerk|Treasurer|Principal|Partner|Officer|Regional|National)\b"
)
HOLDS_WORDS = re.compile(r"\w")
LABELLED = (
    r"(?:(?:Quote|Zitat|Citation|Cita):\s{0,4})?(?:Originally [Pp]osted by|Zitat von|Quote from:?|Quoting) "
    r"(?P<name>[^\n:]{2,40}?)(?: View Post| on [^\n]{6,40}|:)?[^\S\n]*"
)
LABEL = re.compile(rf"^{LABELLED}(?:\n|\Z)", re.MULTILINE)
LABEL_ENDS = re.compile(rf"^{LABELLED}\s*\Z", re.MULTILINE)
MOST_LABELS = 300
SHORTEST_REPEATED = 16  # characters
QUOTE_LINE = re.compile(r"(?:Quote|Quotation|Zitat|Citation|Cita|Citat):?")
MOST_PARAGRAPHS = 40  # of a letter that is given whole
SOURCE_LINE = re.compile(rf"(?:[—–―]|--|~) ?(?P<name>{NAME})(?:, (?P<role>[^.!?]{{3,90}}))?\.?")


def mark_quotations(text: str, blocks: list[Block]) -> list[Block]:
    """Whole blocks that are quotations: block quotations and what a line with a colon introduces, with their chains."""
    blocks = _cut_at_labels(text, [_no_quotation_if_empty(text, block) for block in blocks])
    names = Names(text, blocks)
    marked = list(blocks)
    for number, block in enumerate(blocks):
        if marked[number].kind in INTRODUCING and (label := LABEL_ENDS.search(text, block.start, block.end)):
            _take_labelled(text, marked, number, label.group("name").strip())
        elif block.kind == "quotation" and marked[number].speaker is None:
            marked[number] = _with_source(text, marked, number, names)
        elif marked[number].kind in INTRODUCING:
            if _ends_with_colon(text, block):
                _introduce(text, marked, number, names)
            elif block.kind != "interview_answer" and _whole_in_marks(text, block):
                found = Voice(via=_carried(block)) if block.kind in TALKING else Voice()
                marked[number] = _with_source(text, marked, number, names, _as_quotation(block, found, None))
    return marked


def _no_quotation_if_empty(text: str, block: Block) -> Block:
    """A block of quotation signs alone (a prompt, a bracket) is no quotation."""
    if block.kind != "quotation" or HOLDS_WORDS.search(text, block.start, block.end):
        return block
    return replace(block, kind="body")


def _cut_at_labels(text: str, blocks: list[Block]) -> list[Block]:
    """The blocks cut below the labels that a forum puts above what is quoted, and behind what stood there before."""
    result: list[Block] = []
    cuts = 0
    for block in blocks:
        position = block.start
        if block.kind in INTRODUCING and cuts < MOST_LABELS:
            for label in LABEL.finditer(text, block.start, block.end):
                end = _repeated_lines(text, label.end(), block.end)
                if label.end() > position:
                    result.append(replace(block, start=position, end=label.end()))
                    position, cuts = label.end(), cuts + 1
                if position < end:
                    result.append(replace(block, start=position, end=end))
                    position = end
        if position == block.start:
            result.append(block)
        elif position < block.end:
            result.append(replace(block, start=position))
    return result


def _repeated_lines(text: str, start: int, end: int) -> int:
    """Where the lines from `start` on end that all stand in the text before; `start` where the first one does not."""
    position = start
    while position < end:
        stop = (text.find("\n", position, end) + 1) or end
        line = text[position:stop].strip()
        if line and (len(line) < SHORTEST_REPEATED or text.find(line, 0, start) < 0):
            break
        position = stop
    return position


def _take_labelled(text: str, marked: list[Block], number: int, name: str) -> None:
    """Mark the block below a forum's label as a quotation, by whom the label names or whom he quoted himself."""
    target = number + 1
    if target >= len(marked) or marked[target].kind not in (*INTRODUCING, "quotation"):
        return
    block = marked[target]
    via = tuple(carrier for carrier in _carried(block) if carrier != name)
    words = flat(text[block.start : block.end]).strip()
    for earlier in marked[max(0, number - MOST_LABELS) : number]:
        other = earlier.kind == "quotation" and earlier.speaker not in (None, name)
        if other and words in flat(text[earlier.start : earlier.end]):
            via, name = tuple(dict.fromkeys((name, *via))), earlier.speaker or name
            break
    marked[target] = replace(block, kind="quotation", speaker=name, role=None, via=via)


def _ends_with_colon(text: str, block: Block) -> bool:
    ending = text[max(block.start, block.end - 24) : block.end].rstrip().rstrip("])")
    return ending.endswith((":", ";")) or SAID_THAT.search(ending) is not None


def _introduce(text: str, marked: list[Block], number: int, names: Names) -> None:
    """Mark what the block with this number introduces, and the paragraphs that go on in marks after it."""
    block = marked[number]
    target = _target(text, marked, number)
    if target is None:
        return
    start = max(block.start, block.end - LONGEST_INTRODUCTION)
    stretch = flat(text[start : block.end]).rstrip().rstrip("])")
    own = block.speaker if block.kind in TALKING else None
    paragraph = Paragraph(stretch, names, own, _paragraph_before(text, marked, number, names), in_marks(stretch))
    begin = sentence_start(stretch, 0, len(stretch))
    voice = announced(paragraph, begin, len(stretch) - (stretch[-1] in ":;"))
    if voice is None:
        return
    said = find_date(stretch[begin:])
    date = said if said and len(said) == 10 else None
    voice = _own_voice(text, marked[target], names, paragraph, begin, voice)
    if block.kind in TALKING:
        voice = replace(voice, via=tuple(dict.fromkeys((*voice.via, *_carried(block)))))
    kind = block.kind if marked[target].kind == "quotation" else marked[target].kind
    marked[target] = _as_quotation(marked[target], voice, date)
    last = _signed_below(text, marked, target)
    for place in range(target + 1, last + 1):
        marked[place] = _as_quotation(marked[place], marked[target], date)
    for following in range(last + 1, len(marked)):
        if marked[following].kind != kind or not _goes_on(text, marked, following, names, voice):
            break
        marked[following] = _as_quotation(marked[following], voice, date)


def _signed_below(text: str, marked: list[Block], target: int) -> int:
    """The block that signs a letter whose first paragraph has the number `target`; `target` itself without one."""
    if not SALUTATION.match(text[marked[target].start : marked[target].start + 80].lstrip()):
        return target
    for place in range(target, min(target + MOST_PARAGRAPHS, len(marked))):
        if marked[place].kind not in (*QUOTABLE, marked[target].kind):
            return target
        words = text[marked[place].start : marked[place].end].strip()
        if FAREWELL.search(words[-160:]):
            after = place + 1
            named = after < len(marked) and SIGNATURE.fullmatch(text[marked[after].start : marked[after].end].strip())
            return after if named and "\n" not in words[-40:] else place
    return target


def _as_quotation(block: Block, voice: Voice | Block, date: str | None) -> Block:
    return replace(block, kind="quotation", speaker=voice.speaker, role=voice.role, via=voice.via, date=date)


def _carried(block: Block) -> tuple[str, ...]:
    return ((block.speaker,) if block.speaker else ()) + block.via


def _target(text: str, blocks: Sequence[Block], number: int) -> int | None:
    """The block that the one with this number may introduce; pictures between them are passed over."""
    block = blocks[number]
    for place in range(number + 1, min(number + 2 + MOST_PLACEHOLDERS, len(blocks))):
        other = blocks[place]
        words = text[other.start : min(other.end, other.start + 120)].strip()
        if (
            QUOTE_LINE.fullmatch(words)
            or other.kind == "caption"
            or (PLACEHOLDER.fullmatch(words) and other.kind in ("body", "heading", "furniture", block.kind))
        ):
            continue
        fits = other.kind == block.kind and other.speaker == block.speaker
        fits = fits or (other.kind == "quotation" and other.speaker is None)
        fits = fits or (block.kind in QUOTABLE and other.kind in QUOTABLE)
        long_enough = len(text[other.start : other.start + 400].split()) >= FEWEST_WORDS
        return place if fits and long_enough and not _ends_with_colon(text, other) else None
    return None


def _paragraph_before(text: str, blocks: Sequence[Block], number: int, names: Names) -> Paragraph | None:
    if not number or blocks[number - 1].kind not in INTRODUCING:
        return None
    block = blocks[number - 1]
    stretch = flat(text[max(block.start, block.end - LONGEST_INTRODUCTION) : block.end])
    return Paragraph(stretch, names, marks=in_marks(stretch))


def _own_voice(text: str, block: Block, names: Names, paragraph: Paragraph, begin: int, voice: Voice) -> Voice:
    """The voice of the quoted block: what it says itself of who speaks, else what the introduction says."""
    stretch = flat(text[block.start : block.end]).strip()
    if signed := SIGNED.search(stretch, max(0, len(stretch) - 240)):
        name = _signer(signed.group("name"))
        return Voice(names.best(name), None, voice.via) if name else voice
    if voice.speaker and is_person(voice.speaker) and not names.carries(voice.speaker):
        return voice
    carrier = (voice.speaker,) if voice.speaker and names.carries(voice.speaker) else ()
    via = tuple(dict.fromkeys((*carrier, *voice.via)))
    if SAID_BY_PRONOUN.match(stretch):
        people = {name for place, name, _ in paragraph.people() if place >= begin}
        people = people or {name for _, name, _ in paragraph.people()}
        if len(people) == 1:
            return Voice(people.pop(), None, via)
        return Voice(None, None, via) if voice.speaker else voice
    quoted = Paragraph(stretch, names, marks=in_marks(stretch))
    reported = indirect_stretches(quoted)
    if len(reported) == 1 and reported[0][0] == 0 and reported[0][1] == len(stretch):
        said = reported[0][2]
        return replace(said, via=tuple(dict.fromkeys((*said.via, *via)))) if said.speaker != voice.speaker else voice
    return voice


def _signer(words: str) -> str | None:
    """The person in "Jane Roe General Manager", as a signature reads whose lines have run together."""
    office = OFFICE.search(words)
    name = trimmed_name(words[: office.start()].strip() if office else words)
    return name if name and 2 <= len(name.split()) <= 4 else None


def _whole_in_marks(text: str, block: Block) -> bool:
    """Whether a block is one quotation in marks from end to end."""
    if not OPENING_MARK.match(text[block.start : block.start + 8].lstrip()[:1]):
        return False
    stretch = flat(text[block.start : block.end]).strip()
    found = in_marks(stretch)
    whole = len(found) == 1 and found[0].closed and found[0].start == 0 and found[0].end >= len(stretch) - 1
    return whole and len(stretch.split()) >= FEWEST_IN_MARKS


def _goes_on(text: str, blocks: Sequence[Block], number: int, names: Names, voice: Voice) -> bool:
    """Whether a paragraph after a quotation goes on with it: in marks, by the same speaker or after an open mark."""
    block = blocks[number]
    stretch = flat(text[block.start : block.end]).strip()
    if not OPENING_MARK.match(stretch):
        return False
    marks = in_marks(stretch)
    if not marks or sum(mark.end - mark.start for mark in marks) < 0.7 * len(stretch):
        return False
    above = flat(text[blocks[number - 1].start : blocks[number - 1].end]).strip()
    opened = in_marks(above)
    if opened and opened[0].start == 0 and not opened[-1].closed:
        return True
    paragraph = Paragraph(stretch, names, marks=marks)
    for at in range(len(marks)):
        found, tagged = voice_of_marked(paragraph, at)
        paragraph.voices.append(found or Voice())
        paragraph.tagged.append(tagged)
    return voice.speaker is not None and all(found.speaker == voice.speaker for found in paragraph.voices)


def _with_source(text: str, blocks: Sequence[Block], number: int, names: Names, given: Block | None = None) -> Block:
    """A quotation with the speaker whom its last line, or the line after it, names after a dash."""
    block = given or blocks[number]
    lines = text[max(block.start, block.end - 200) : block.end].rstrip().splitlines()
    candidates = [lines[-1]] if len(lines) > 1 else []
    if number + 1 < len(blocks) and blocks[number + 1].end - blocks[number + 1].start < 160:
        candidates.append(text[blocks[number + 1].start : blocks[number + 1].end])
    for line in candidates:
        found = SOURCE_LINE.fullmatch(flat(line).strip(" >*_"))
        name = trimmed_name(found.group("name")) if found else None
        if found and name:
            role = found.group("role")
            return replace(block, speaker=names.best(name), role=role if role and HEAD.search(role) else None)
    return block
