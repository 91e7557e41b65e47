"""Interviews and transcripts: whose turn it is, who asks and who answers.

It does not know what a turn says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.document import Block
from index.layout import TURN, text_of

FIRST_PERSON = re.compile(r"\b(?:I|we|We|my|My|our|Our|us|me|mine|ours|myself|ourselves)\b")
ROLE = re.compile(r",\s*([^\n.]{3,60})$", re.M)
WORD = re.compile(r"\w+")


def mark_turns(text: str, blocks: list[Block]) -> list[Block]:
    """Interviews: "NAME: …" or "Q: …" by at least two voices with two turns each, answers over several paragraphs."""
    labels: list[str | None] = []
    for block in blocks:
        match = TURN.match(text_of(text, block)) if block.kind in ("body", "heading", "list_item") else None
        labels.append(match.group("label") if match else None)
    turns = Counter(label for label in labels if label)
    talking = {label for block, label in zip(blocks, labels, strict=True) if len(text_of(text, block).split()) > 8}
    voices = {label for label, count in turns.items() if count >= 2 and label in talking}
    shouted = {label for label in voices if label.isupper()}
    voices = shouted if len(shouted) >= 2 else voices  # beside "JANE ROE:" a line such as "Products: …" is no voice
    if len(voices) < 2:
        return blocks
    asking = _asking(text, blocks, labels, voices)
    places = _places_of_words(text)
    names = {label: _full_name(text, label, places) for label in voices}
    last_turn = max(number for number, label in enumerate(labels) if label in voices)
    marked, current = list(blocks), None
    for number, (block, label) in enumerate(zip(blocks, labels, strict=True)):
        if label:
            current = label if label in voices else None
        elif block.kind in ("heading", "comment", "furniture"):
            current = None
        elif number > last_turn and not FIRST_PERSON.search(text_of(text, block)):
            current = None  # nothing shows that this is still the speaker and not the author's own closing words
        if current and block.kind in ("body", "heading", "list_item"):
            name, role = names[current]
            kind = "question" if current in asking else "interview_answer"
            marked[number] = replace(block, kind=kind, speaker=name, role=role)
    return marked


def _asking(text: str, blocks: Sequence[Block], labels: Sequence[str | None], voices: set[str]) -> set[str]:
    asked = Counter(
        label
        for block, label in zip(blocks, labels, strict=True)
        if label and text_of(text, block).rstrip().endswith("?")
    )
    total = Counter(label for label in labels if label in voices)
    return {label for label in voices if label == "Q" or asked[label] > total[label] / 2}


def _full_name(text: str, label: str, places: Mapping[str, list[int]]) -> tuple[str | None, str | None]:
    """The name as the text writes it ("JANE ROE" is "Jane Roe") and the role on its line; `places` of each word."""
    if label in ("Q", "A"):
        return None, None
    name = None if label.isupper() else label
    role = None
    for place in places.get(WORD.findall(label)[0].lower(), ()):
        end = place + len(label)
        if (written := text[place:end]).lower() != label.lower() or text[end : end + 1].isalnum():
            continue
        capitalised = all(word[0].isupper() for word in (written, written.split()[-1]))  # "HE" is not the word "he"
        if name is None and capitalised and not written.isupper():
            name = written
        if role is None and (place == 0 or text[place - 1] == "\n") and (stated := ROLE.match(text, end)):
            role = stated.group(1).strip()
    return name or (label.title() if " " in label else label), role


def _places_of_words(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for match in WORD.finditer(text):
        places.setdefault(match.group().lower(), []).append(match.start())
    return places
