"""Interviews and transcripts: whose turn it is, who asks and who answers.

It does not know what a turn says, nor who "Q" and "A" are where the text doesn't say it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.document import Block
from index.reading.layout import text_of
from index.reading.speakers import NAME_RE, is_person, trimmed_name, without_honorific

LABEL_NAME = r"[A-Z][\w.'’-]{0,30}(?:[^\S\n]{1,2}(?:de |van |von |der |of |the )?[A-Z][\w.'’-]{0,30}){0,3}"
LABEL = re.compile(
    rf"\s*(?:[*_]{{1,3}})?(?P<label>{LABEL_NAME})(?:\s?\((?P<role>[^()\n]{{2,80}})\)|,\s(?P<office>[^\n:.?!]{{2,60}}))?"
    r"[*_]{0,3}\s?(?:(?P<colon>:)|(?P<dash>\s[—–]))[*_]{0,3}\s{1,3}(?=\S)"
)
ALONE = re.compile(
    rf"\s*(?:[*_]{{1,3}})?(?P<label>{LABEL_NAME})(?:\s?\((?P<role>[^()\n]{{2,60}})\))?:?[*_]{{0,3}}:?\s*$"
)
BOLD_LINE = re.compile(r"\s*(?:\*\*(?P<stars>[^*\n]{6,600}\?)\*\*|__(?P<rules>[^_\n]{6,600}\?)__)\s*")
FIRST_PERSON = re.compile(r"\b(?:I|we|We|my|My|our|Our|us|me|mine|ours|myself|ourselves)\b")
TALK = re.compile(r"\b(?:I|we|my|our|me|you|your)\b|\?", re.IGNORECASE)
ROLE = re.compile(r"[*_]{0,3},\s*([^\n.]{3,80}?)[*_]{0,3}$", re.M)
CREDIT = re.compile(
    r"(?:Interview(?:ed)?(?:\sand\s\w+)?(?:\sconducted)?(?:\sby\b:?|:)|Interviewer:|(?:Questions|Q&A|Moderated)(?:\sby\b:?|:)|Moderator:)\s+"
    r"(?P<name>[^\n|,;·•*_]{3,60})",
    re.IGNORECASE,
)
PERSON_LINE = re.compile(r"^[*_#\s]{0,5}(?P<name>[^\n,:|]{3,60}),\s+(?P<role>[^\n.:]{3,100}?)[*_\s]{0,4}$", re.M)
GUEST = re.compile(
    r"\b(?:[Ii]nterview with|Q\s?&\s?A with|(?:talk|speak|spoke)(?:s|ed|ing)? (?:to|with)|sat down with)\s+"
)
WORD = re.compile(r"\w+")
SENTENCE_END = (".", "?", "!", "…", '"', "”", "’", "'", ")", "*", "]", "—", "-")
TURN_KINDS = ("body", "heading", "list_item")
ANONYMOUS = frozenset("q a question answer".split())
PARTS = frozenset("interviewer interviewee moderator host reporter journalist editor narrator presenter".split())
NO_VOICE = frozenset(
    "note notes warning caution important attention notice tip tips hint hints update updates updated example "
    "examples source sources summary abstract products product address addresses phone telephone tel fax email "
    "mobile website web url link hours date dates time day days when where who what why how price prices cost costs "
    "fee location locations venue place city country state category categories tag tags topic topics type types "
    "size sizes color colour weight height width length material model brand version versions name names title "
    "titles subject from to cc bcc re sent reply author authors photo photos image images picture credit credits "
    "caption figure fig table chapter section part step steps stage phase rule rules item items pros cons pro con "
    "verdict rating score result results winner problem solution cause effect myth fact facts claim truth before "
    "after input output given ingredients ingredient directions method instructions serves yield prep total "
    "definition definitions theorem proof lemma corollary remark exercise args arguments parameters param params "
    "return returns raises yields usage default see todo fixme info debug error errors warn fatal trace critical "
    "status severity level priority description details overview background conclusion introduction objective "
    "objectives goal goals aim purpose genre director directed starring cast runtime language isbn publisher "
    "published released format pages monday tuesday wednesday thursday friday saturday sunday january february "
    "march april may june july august september october november december morning afternoon evening noon old new "
    "left right yes no also however finally".split()
) - {"may"}
MOST_LABELS = 2000
FEW = 2


@dataclass(frozen=True, slots=True)
class Label:
    """The name that begins a turn, and the role beside it."""

    name: str
    role: str | None = None
    alone: bool = False
    dash: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """A voice of an interview as the text names it; `asks`: it puts the questions."""

    name: str | None
    role: str | None
    asks: bool


def mark_turns(text: str, blocks: list[Block]) -> list[Block]:
    """Interviews: "NAME: …" or "Q: …" by at least two voices with two turns each, answers over several paragraphs.

    Also questions in bold type without any label, where one person is known to answer.
    """
    blocks = _apart(text, blocks)
    labels = [_label(text, block) for block in blocks]
    for forms in ((False, False), (False, True), (True, False)):  # with a colon, with a dash, alone on their lines
        chosen = [x if x and (x.alone, x.dash) == forms else None for x in labels]
        voices = _voices(text, blocks, chosen)
        if voices:
            return _marked(text, blocks, chosen, voices)
    return _bold_questions(text, blocks)


def _apart(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The same blocks, turns of one paragraph apart: "Roe: …" on one line, "Ash: …" on the next."""
    result: list[Block] = []
    for block in blocks:
        said = text_of(text, block)
        if block.kind != "body" or "\n" not in said or not LABEL.match(said):
            result.append(block)
            continue
        starts = [
            m.start() for m in re.finditer(r"^(?=[*_A-Z])", said, re.M) if m.start() and LABEL.match(said, m.start())
        ]
        places = [block.start, *(block.start + start for start in starts), block.end]
        for start, end in pairwise(places):
            result.append(replace(block, start=start, end=start + len(text[start:end].rstrip())))
    return result


def _label(text: str, block: Block) -> Label | None:
    if block.kind not in TURN_KINDS:
        return None
    opening = text[block.start : min(block.end, block.start + 260)]
    if match := LABEL.match(opening):
        role = match["role"] or match["office"]
        found = Label(match["label"], role.strip() if role else None, dash=match["colon"] is None)
    elif block.end - block.start <= 100 and (match := ALONE.match(opening)):
        found = Label(match["label"], match["role"], alone=True)
    else:
        return None
    words = found.name.casefold().split()
    return None if all(word.strip(".") in NO_VOICE for word in words) else found


def _voices(text: str, blocks: Sequence[Block], labels: Sequence[Label | None]) -> set[str]:
    """The labels that are people who talk to each other; none where they rather are names of fields or of topics."""
    turns = Counter(label.name for label in labels if label)
    talk: dict[str, list[str]] = {}
    for number, label in enumerate(labels):
        if label and turns[label.name] >= FEW:
            talk.setdefault(label.name, []).append(_said(text, blocks, number, label))
    voices = {name for name, said in talk.items() if any(len(words.split()) > 8 for words in said) and _is_speech(said)}
    shouted = {name for name in voices if name.isupper()}
    voices = shouted if len(shouted) >= FEW else voices  # beside "JANE ROE:" a line such as "Materials: …" is no voice
    if len(voices) < FEW:
        return set()
    order = [label.name for label in labels if label and label.name in voices]
    changes = sum(one != other for one, other in pairwise(order))
    said = [words for name in voices for words in talk[name]]
    talking = sum(bool(TALK.search(words)) for words in said)
    loose = any(label and (label.alone or label.dash) for label in labels)
    if changes < len(voices) or talking * (2 if loose else 5) < len(said):
        return set()
    return voices if not loose or any("?" in words for words in said) else set()


def _said(text: str, blocks: Sequence[Block], number: int, label: Label) -> str:
    if not label.alone:
        return text_of(text, blocks[number])
    following = blocks[number + 1] if number + 1 < len(blocks) else None
    return text_of(text, following) if following and following.kind in TURN_KINDS else ""


def _is_speech(said: Sequence[str]) -> bool:
    whole = sum(words.rstrip().endswith(SENTENCE_END) for words in said)
    return whole * 5 >= len(said) * 3


def _marked(text: str, blocks: Sequence[Block], labels: Sequence[Label | None], voices: set[str]) -> list[Block]:
    turns = [number for number, label in enumerate(labels) if label and label.name in voices]
    parties = _parties(text, blocks, labels, voices, turns)
    marked, current = list(blocks), None
    for number, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label:
            current = parties.get(label.name)
        elif block.kind in ("heading", "comment", "furniture", "title", "byline", "update"):
            current = None
        elif number > turns[-1] + (labels[turns[-1]] or Label("")).alone and not _goes_on(text, block):
            current = None  # nothing shows that this is still the speaker and not the author's own closing words
        if current and block.kind in TURN_KINDS:
            kind = "question" if current.asks else "interview_answer"
            marked[number] = replace(block, kind=kind, speaker=current.name, role=current.role)
    return marked


def _goes_on(text: str, block: Block) -> bool:
    words = text_of(text, block)
    return bool(FIRST_PERSON.search(words)) and not words.lstrip().startswith(("*", "_", "—", "©"))


def _parties(
    text: str, blocks: Sequence[Block], labels: Sequence[Label | None], voices: set[str], turns: Sequence[int]
) -> dict[str, Party]:
    asking = _asking(text, blocks, labels, voices)
    front = text[: blocks[turns[0]].start]
    back = text[blocks[turns[-1]].end :]
    places = _places_of_words(text)
    people = _people(front)
    roles = {label.name: label.role for label in reversed(labels) if label and label.role and label.name in voices}
    parties: dict[str, Party] = {}
    for label in voices:
        name, role = _full_name(text, label, places, people)
        parties[label] = Party(name, roles.get(label) or role, label in asking)
    answering = {
        word
        for label, party in parties.items()
        if not party.asks
        for word in WORD.findall(f"{party.name} {label}".lower())
    }
    credit = _credited(front, answering) or _credited(back, answering)
    guests = _guests(front)
    for label, party in parties.items():
        if party.asks and credit and len(asking) == 1 and not (party.name and party.name in people):
            parties[label] = replace(party, name=credit)
        elif label.casefold() in ("a", "answer", "interviewee") and len(guests) == 1 and len(parties) == FEW:
            ((name, role),) = guests.items()
            parties[label] = replace(party, name=name, role=role)
    return parties


def _asking(text: str, blocks: Sequence[Block], labels: Sequence[Label | None], voices: set[str]) -> set[str]:
    total, asked, length = Counter[str](), Counter[str](), Counter[str]()
    for number, label in enumerate(labels):
        if label and label.name in voices:
            words = _said(text, blocks, number, label)
            total[label.name] += 1
            asked[label.name] += words.rstrip().rstrip("*_\"”)' ").endswith("?")
            length[label.name] += len(words)
    known = {label for label in voices if label.casefold() in ("q", "question", "interviewer", "moderator")}
    found = known or {label for label in voices if asked[label] > total[label] / 2}
    if found or not voices:
        return found - {"A"}
    most = max(voices, key=lambda label: (asked[label] / total[label], -length[label]))
    others = max((asked[label] / total[label] for label in voices - {most}), default=0.0)
    return {most} if asked[most] * 3 >= total[most] and asked[most] / total[most] > 2 * others else set()


def _full_name(
    text: str, label: str, places: Mapping[str, list[int]], people: Sequence[str]
) -> tuple[str | None, str | None]:
    """The name as the text writes it ("JANE ROE" is "Jane Roe") and the role on its line; `places` of each word."""
    if label.casefold() in ANONYMOUS:
        return None, None
    if label.casefold() in PARTS:
        return None, label.lower()
    fuller = _fuller(label, people)
    if fuller:
        label = fuller
    name = None if label.isupper() else label
    role = None
    for place in places.get(WORD.findall(label)[0].lower(), ())[:MOST_LABELS]:
        end = place + len(label)
        if (written := text[place:end]).lower() != label.lower() or text[end : end + 1].isalnum():
            continue
        capitalised = all(word[0].isupper() for word in (written, written.split()[-1]))  # "HE" is not the word "he"
        if name is None and capitalised and not written.isupper():
            name = written
        begins = place == 0 or text[place - 1] in "\n*_#" or text[max(0, place - 2) : place] == "# "
        if role is None and begins and (stated := ROLE.match(text, end)):
            role = stated.group(1).strip()
    return name or (label.title() if " " in label else label), role


def _fuller(label: str, people: Sequence[str]) -> str | None:
    """The one full name in `people` with this surname, first name or these initials; None where there are several."""
    words = [word.casefold().strip(".") for word in label.split()]
    if words[0] in ("mr", "mrs", "ms", "dr", "prof") and len(words) > 1:
        words = words[1:]
    found = []
    for name in people:
        parts = [part.casefold().strip(".") for part in name.split()]
        initials = "".join(part[0] for part in parts if part)
        longer = len(parts) > len(words) and all(word in parts for word in words)
        if longer or (label.isupper() and len(words[0]) > 1 and words == [initials]):
            found.append(name)
    return found[0] if len(found) == 1 else None


def _people(front: str) -> list[str]:
    """The full names of people above the first turn, each once."""
    found: dict[str, str] = {}
    for match in NAME_RE.finditer(front[:40_000]):
        name = trimmed_name(match.group())
        name = without_honorific(name) if name else None
        if name and len(name.split()) > 1 and is_person(name):
            shown = " ".join(word.capitalize() for word in name.split()) if name.isupper() else name
            if shown.casefold() not in found or not name.isupper():
                found[shown.casefold()] = shown
    return list(found.values())


def _credited(words: str, answering: set[str]) -> str | None:
    """The interviewer that a line of credit names; not one who answers."""
    names = set()
    for match in CREDIT.finditer(words[:40_000]):
        line_start = words.rfind("\n", 0, match.start()) + 1
        name = trimmed_name(match["name"].strip(" *_"))
        if words[line_start : match.start()].strip(" *_#|•·–—(") or not name or not is_person(name):
            continue
        if not answering & set(WORD.findall(name.lower())):
            names.add(name)
    return names.pop() if len(names) == 1 else None


def _guests(front: str) -> dict[str, str | None]:
    """Who the text above the first turn says is interviewed, with roles."""
    found: dict[str, str | None] = {}
    for match in PERSON_LINE.finditer(front[:40_000]):
        name = match["name"].strip()
        if name == trimmed_name(name) and is_person(name) and not re.search(r"\d{4}", match["role"]):
            found[name] = match["role"].strip()
    for match in GUEST.finditer(front[:40_000]):
        if following := NAME_RE.match(front, match.end()):
            name = trimmed_name(following.group())
            name = without_honorific(name) if name else None
            if name and len(name.split()) > 1 and is_person(name):
                found.setdefault(name, None)
    return found


def _bold_questions(text: str, blocks: list[Block]) -> list[Block]:
    """Paragraphs in bold that ask, each above an answer: questions by nobody that the text names."""
    asked = [number for number, block in enumerate(blocks) if block.kind in TURN_KINDS and _asks_in_bold(text, block)]
    if len(asked) < FEW + 1:
        return blocks
    answers = [blocks[n + 1].kind in TURN_KINDS and n + 1 not in asked for n in asked if n + 1 < len(blocks)]
    first_person = sum(bool(FIRST_PERSON.search(text_of(text, blocks[n + 1]))) for n in asked if n + 1 < len(blocks))
    guests = _guests(text[: blocks[asked[0]].start])
    if sum(answers) < len(asked) - 1 or first_person * 2 < len(asked) or len(guests) != 1:
        return blocks
    ((name, role),) = guests.items()
    marked, answering = list(blocks), False
    for number in range(asked[0], len(blocks)):
        block = blocks[number]
        if number in asked:
            marked[number], answering = replace(block, kind="question"), True
        elif (
            block.kind not in TURN_KINDS
            or block.kind == "heading"
            or (number > asked[-1] + 1 and not _goes_on(text, block))
        ):
            answering = False
        elif answering:
            marked[number] = replace(block, kind="interview_answer", speaker=name, role=role)
    return marked


def _asks_in_bold(text: str, block: Block) -> bool:
    return block.end - block.start <= 610 and bool(BOLD_LINE.fullmatch(text_of(text, block)))


def _places_of_words(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for match in WORD.finditer(text):
        places.setdefault(match.group().lower(), []).append(match.start())
    return places
