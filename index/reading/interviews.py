"""Interviews and transcripts: whose turn it is, who asks and who answers.

It does not know what a turn says, nor who takes part: index.reading.parties finds the names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.document import Block
from index.reading.layout import text_of
from index.reading.parties import WORD, Party, People, credited, guests, holder_of, named_parties, people_in
from index.reading.turns import (
    CLOCK_LINE,
    COLON,
    DASH,
    FULL_STOP,
    LETTER,
    LINE,
    TURN_KINDS,
    Label,
    cut_at,
    is_stage_direction,
    labels_in,
)

FORMS = (
    frozenset((COLON, LETTER)),
    frozenset((FULL_STOP, LETTER)),
    frozenset((DASH,)),
    frozenset((CLOCK_LINE,)),
    frozenset((LINE,)),
)
BOLD_LINE = re.compile(r"\s*(?:\*\*(?P<stars>[^*\n]{6,600}\?)\*\*|__(?P<rules>[^_\n]{6,600}\?)__)\s*")
SHORT_NAME = 3  # letters; a shorter one may be the word "He"
FIRST_PERSON = re.compile(
    r"\b(?:I|we|We|my|My|our|Our|us|me|mine|ours|myself|ourselves|ich|Ich|wir|Wir|uns|mein\w*|je|Je|j|J|nous|Nous|mon|ma"
    r"|mes|yo|Yo|nosotros|Nosotros|mi|mis|nuestr[oa]s?)\b"
)
TALK = re.compile(
    r"\b(?:I|we|my|our|me|you|your|ich|wir|uns|sie|je|nous|vous|mon|yo|nosotros|mi|usted)\b|\?", re.IGNORECASE
)
SENTENCE_END = (".", "?", "!", "…", '"', "”", "“", "«", "»", "’", "'", ")", "*", "]", "—", "-")
TOLD = re.compile(
    r"\b(?:interview(?:ed|er|s)?|Q\s?&\s?A|in conversation with|spoke (?:to|with)|(?:talks|talked) (?:to|with)"
    r"|Gespräch|entretien|entrevista)\b",
    re.IGNORECASE,
)
ASIDE = re.compile(
    r"\s*(?:[*_—©\[(]|(?:Above|Below|Left|Right|Top|Pictured|Oben|Unten|Links|Rechts)\b[^\n:]{0,20}:|(?:Photo|Image|Foto)s?\b)"
)
EXAMINER = re.compile(r"^[^\S\n]*(?:\d{1,2}[^\S\n]{1,8})?BY[^\S\n]+(?P<who>[A-Z][^\n:]{2,40}):[^\S\n]*$", re.MULTILINE)
QUESTION_WORDS, FEWEST_QUESTIONS = 60, 4
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
FEW = 2
INTERRUPTIONS = ("heading", "comment", "furniture", "title", "byline", "update", "caption", "table")


@dataclass(frozen=True, slots=True)
class Talk:
    """The turns of a conversation: every label of its form, those that are voices, what each turn says first."""

    labels: Sequence[Label]
    voices: frozenset[str]
    said: Mapping[int, str]

    @property
    def turns(self) -> list[Label]:
        """The labels that are voices, in order."""
        return [label for label in self.labels if label.name in self.voices]


def mark_turns(text: str, blocks: list[Block]) -> list[Block]:
    """Interviews and transcripts: labels by at least two voices with two turns each, turns over several paragraphs.

    Also questions without any label, in bold type or in a text that says it is an interview.
    """
    labels = [label for block in blocks for label in labels_in(text, block)]
    for forms in FORMS:
        chosen = [label for label in labels if label.form in forms]
        if len(chosen) >= 2 * FEW and (talk := _talk(text, chosen)):
            return _marked(text, blocks, talk)
    return _plain_questions(text, blocks)


def _talk(text: str, labels: Sequence[Label]) -> Talk | None:
    """The conversation that labels of one form make; none where they rather name fields or topics."""
    said = {label.start: _said(text, label, after) for label, after in pairwise([*labels, None]) if label}
    turns = Counter(label.name for label in labels)
    spoken: dict[str, list[str]] = {}
    for label in labels:
        if turns[label.name] >= FEW and not _is_field(label.name):
            spoken.setdefault(label.name, []).append(said[label.start])
    voices = {name for name, words in spoken.items() if any(len(w.split()) > 6 for w in words) and _is_speech(words)}
    shouted = {name for name in voices if name.isupper()}
    voices = shouted if len(shouted) >= FEW else voices  # beside "JANE ROE:" a line such as "Materials: …" is no voice
    if len(voices) < FEW:
        return None
    order = [label.name for label in labels if label.name in voices]
    changes = sum(one != other for one, other in pairwise(order))
    words = [w for name in voices for w in spoken[name]]
    talking = sum(bool(TALK.search(w)) for w in words)
    loose = any(label.form not in (COLON, CLOCK_LINE) for label in labels)
    if changes < len(voices) or talking * (2 if loose else 5) < len(words):
        return None
    if loose and not any("?" in w for w in words):
        return None
    front = text[: next(label.start for label in labels if label.name in voices)]
    return Talk(labels, frozenset(voices | _guests_of_the_talk(labels, voices, front, said)), said)


def _guests_of_the_talk(labels: Sequence[Label], voices: set[str], front: str, said: Mapping[int, str]) -> set[str]:
    """Further voices: labels like the others' that speak once, or whose initials are those of somebody named."""
    shouted = all(name.isupper() or any(w.isupper() and len(w) > 1 for w in name.split()) for name in voices)
    people = People([*(name for name in {label.name for label in labels} if " " in name), *people_in(front)])
    found = set()
    for label in labels:
        if label.name in voices or label.name.isupper() != shouted:
            continue
        known = people.fuller(label.name) is not None or label.name in people
        if known and _is_speech([said[label.start]]) and (not _is_field(label.name) or label.name.isupper()):
            found.add(label.name)
    return found


def _is_field(name: str) -> bool:
    return all(word.strip(".") in NO_VOICE for word in name.casefold().split())


def _said(text: str, label: Label, after: Label | None) -> str:
    """The first paragraph of a turn."""
    end = after.start if after else len(text)
    words = text[label.end : min(end, label.end + 2000)].strip()
    return words.split("\n\n", 1)[0]


def _is_speech(said: Sequence[str]) -> bool:
    whole = sum(words.rstrip().endswith(SENTENCE_END) for words in said)
    return whole * 5 >= len(said) * 3


def _marked(text: str, blocks: Sequence[Block], talk: Talk) -> list[Block]:
    parties, asking = _parties(text, talk)
    begins = {_first_character(text, label.start): label for label in talk.labels}
    examiners = {match.start(): match["who"] for match in EXAMINER.finditer(text)} if "Q" in talk.voices else {}
    examining = named_parties(text, examiners.values(), People(()))
    last = talk.turns[-1].start
    pieces = cut_at(text, blocks, [*(label.start for label in talk.labels), *examiners])
    each = talk.labels[0].form in (FULL_STOP, LETTER) or not asking  # several people ask: each turn shows it
    askers = {party.name for party in parties.values() if party.asks}
    asker = next(iter(askers)) if len(askers) == 1 else None
    surnames = {party.name.split()[-1].casefold() for party in parties.values() if party.name}
    marked, current, examiner = [], None, None
    for number, block in enumerate(pieces):
        following = begins.get(_first_character(text, pieces[number + 1].start)) if number + 1 < len(pieces) else None
        answered = following is not None and following.name in parties and following.name not in asking
        said = text_of(text, block)
        label = begins.get(_first_character(text, block.start)) if block.kind in TURN_KINDS else None
        question = False
        if match := EXAMINER.fullmatch(said.strip()) if examiners else None:
            examiner, current = examining.get(match["who"]), None
        elif label:
            current = parties.get(label.name)
            spoken = talk.said[label.start]
            question = current is not None and (_asks(spoken) if each and not _is_letter(label) else current.asks)
            if current and label.name == "Q" and examiner:
                current = replace(examiner, asks=True)
        elif current and _asks_alone(said, block, answered):
            marked.append(replace(block, kind="question", speaker=asker))
            current = None
            continue
        elif block.kind in INTERRUPTIONS or said.isupper():
            current = None
        elif is_stage_direction(said) or ASIDE.match(said):
            marked.append(block)
            continue
        elif _is_narration(said, current, surnames, after=block.start > last):
            current = None
        elif current:
            question = bool(marked) and marked[-1].kind == "question"
        if current and block.kind in TURN_KINDS:
            kind = "question" if question else "interview_answer"
            marked.append(replace(block, kind=kind, speaker=current.name, role=current.role))
        else:
            marked.append(block)
    return marked


def _first_character(text: str, start: int) -> int:
    """Where the words begin that follow `start` and its indentation."""
    while start < len(text) and text[start] in " \t":
        start += 1
    return start


def _is_letter(label: Label) -> bool:
    return label.name in ("Q", "A")


def _asks(words: str) -> bool:
    return words.rstrip().rstrip("*_\"”)' ").endswith("?")


def _asks_alone(said: str, block: Block, answered: bool) -> bool:
    """Whether a paragraph without a label only asks: a heading, in bold type, or right above an answerer's label."""
    return (
        block.kind in TURN_KINDS
        and len(said) < 200
        and _asks(said)
        and (answered or block.kind == "heading" or bool(BOLD_LINE.fullmatch(said)))
    )


def _is_narration(said: str, current: Party | None, surnames: set[str], after: bool) -> bool:
    """Whether a paragraph is about the speakers, or behind the last turn without a sign that one goes on."""
    words = {word.casefold() for word in WORD.findall(said) if word[0].isupper()}
    own = current.name.split()[-1].casefold() if current and current.name else ""
    if own in words and len(own) > SHORT_NAME and not FIRST_PERSON.search(said):
        return True
    return after and (bool(words & surnames) or not FIRST_PERSON.search(said))


def _parties(text: str, talk: Talk) -> tuple[dict[str, Party], set[str]]:
    asking = _asking(talk)
    turns = talk.turns
    front, back = text[: turns[0].start], text[turns[-1].end :]
    full = [label for label in talk.voices if " " in label]
    people = People([*people_in("\n".join(full)), *people_in(front)])
    roles = {label.name: label.role for label in reversed(turns) if label.role}
    parties = {
        label: Party(party.name, roles.get(label) or party.role, label in asking)
        for label, party in named_parties(text, talk.voices, people, front).items()
    }
    answering = {
        word
        for label, party in parties.items()
        if not party.asks
        for word in WORD.findall(f"{party.name} {label}".lower())
    }
    credit = credited(front, answering) or credited(back, answering)
    invited = guests(front)
    for label, party in parties.items():
        if party.asks and credit and len(asking) == 1 and not (party.name and party.name in people):
            parties[label] = replace(party, name=credit)
        elif label.casefold() in ("a", "answer", "antwort", "interviewee", "guest") and len(parties) == FEW:
            if len(invited) == 1:
                ((name, role),) = invited.items()
                parties[label] = replace(party, name=name, role=role)
            elif witness := holder_of(text, "witness", people):
                parties[label] = replace(party, name=witness)
    return parties, asking


def _asking(talk: Talk) -> set[str]:
    total, asked, length = Counter[str](), Counter[str](), Counter[str]()
    for label in talk.turns:
        words = talk.said[label.start]
        total[label.name] += 1
        asked[label.name] += _asks(words)
        length[label.name] += len(words)
    voices = talk.voices
    known = {
        label for label in voices if label.casefold() in ("q", "question", "frage", "interviewer", "moderator", "host")
    }
    found = known or {label for label in voices if asked[label] > total[label] / 2}
    if found:
        return found - {"A"}
    most = max(voices, key=lambda label: (asked[label] / total[label], -length[label]))
    others = max((asked[label] / total[label] for label in voices - {most}), default=0.0)
    return {most} if asked[most] * 3 >= total[most] and asked[most] / total[most] > 2 * others else set()


def _plain_questions(text: str, blocks: list[Block]) -> list[Block]:
    """Paragraphs that only ask, each above an answer: in bold, or in a text that says it is an interview."""
    turns = [block.kind in TURN_KINDS for block in blocks]
    bold = [n for n, block in enumerate(blocks) if turns[n] and _asks_in_bold(text, block)]
    asked = bold if len(bold) > FEW else [n for n, block in enumerate(blocks) if turns[n] and _only_asks(text, block)]
    if len(asked) <= FEW or (not bold and len(asked) < FEWEST_QUESTIONS):
        return blocks
    invited = guests(text[: blocks[asked[0]].start])
    told = TOLD.search(text[: blocks[asked[0]].start]) or TOLD.search(text[blocks[asked[-1]].end :])
    if not told and (len(invited) != 1 or not bold):
        return blocks
    following = [n + 1 for n in asked if n + 1 < len(blocks)]
    answers = [turns[n] and n not in asked for n in following]
    first_person = sum(bool(FIRST_PERSON.search(text_of(text, blocks[n]))) for n in following)
    if sum(answers) < len(asked) - 1 or first_person * 2 < len(asked):
        return blocks
    name, role = next(iter(invited.items())) if len(invited) == 1 else (None, None)
    return _answered(text, blocks, asked, Party(name, role))


def _answered(text: str, blocks: list[Block], asked: Sequence[int], guest: Party) -> list[Block]:
    marked, answering, questions = list(blocks), False, set(asked)
    surnames = {guest.name.split()[-1].casefold()} if guest.name else set()
    for number in range(asked[0], len(blocks)):
        block = blocks[number]
        said = text_of(text, block)
        if number in questions:
            marked[number], answering = replace(block, kind="question"), True
        elif _ends_answer(block, said) or (number > asked[-1] + 1 and _is_narration(said, guest, surnames, True)):
            answering = False
        elif answering:
            marked[number] = replace(block, kind="interview_answer", speaker=guest.name, role=guest.role)
    return marked


def _ends_answer(block: Block, said: str) -> bool:
    return block.kind not in TURN_KINDS or block.kind == "heading" or bool(ASIDE.match(said))


def _asks_in_bold(text: str, block: Block) -> bool:
    return block.end - block.start <= 610 and bool(BOLD_LINE.fullmatch(text_of(text, block)))


def _only_asks(text: str, block: Block) -> bool:
    said = text_of(text, block)
    return (
        len(said) <= 600
        and _asks(said)
        and len(said.split()) <= QUESTION_WORDS
        and not said.lstrip().startswith(('"', "“", "„"))
    )
