"""Hints from answers: a comment that begins with a name may answer him whose comment stands above.

It does not know who anybody is: a hint is never shown as the speaker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.document import Block

ADDRESS = 160  # characters of an answer that may say whom it answers
ADDRESSED = re.compile(
    r"\s*(?:@(?P<handle>[A-Za-z][\w.-]{1,30})[\s,:]"
    r"|(?:(?:Thanks|Thank you|Agreed|Hi|Hello|Hey|Sorry|Yes|No|Well said|Dear),?\s)?"
    r"(?P<name>[A-Z][\w'’-]{1,30}(?:\s[A-Z][\w'’.-]{1,30}){0,2})\s?(?:,|[-–—:](?=\s))\s)"
)
REPLYING = re.compile(
    r"\b(?:you|your|you['’]re|yours|agree|agreed|disagree|thanks|thank|point|lol|feedback|question|right|exactly|correct"
    r"|same|yes|no|nope|I['’]m|I|me)\b",
    re.IGNORECASE,
)
ORDINARY = frozenset(
    "related thanks thank you agreed hi hello hey sorry yes no well dear correct indeed however also again anyway "
    "otherwise nonetheless nevertheless meanwhile moreover furthermore besides instead then now today yesterday "
    "tomorrow tonight first second third last next so but and or if when while although though because since after "
    "before until once maybe perhaps sure right wrong true false okay ok oh ah wow lol haha edit update note ps btw "
    "fyi imo imho afaik yeah yep nope nah great good nice cool awesome funny sad question answer example source "
    "sources disclaimer disclosure warning reminder spoiler all everyone everybody folks guys friends people gentlemen "
    "ladies sir madam man dude bro mate this that these those it he she they we i in on at by for from of to with "
    "without here there what why how who where which monday tuesday wednesday thursday friday saturday sunday january "
    "february march april may june july august september october november december god christ jesus damn hell please "
    "congrats congratulations bravo welcome cheers rumor rumour fact plus still yet even just too rather quite more "
    "most less least overall per re secondary full story bottom long short big small other others another some many "
    "few several both either neither each every one two three hence thus therefore likewise given america europe china "
    "russia india britain england germany france japan canada".split()
)


def mark_hints(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The name that opens an answer, as `hint` of the comment right above it, if nobody is named for that one."""
    marked = list(blocks)
    for number in range(1, len(blocks)):
        block, above = blocks[number], blocks[number - 1]
        if block.kind != "comment" or above.kind != "comment" or above.speaker is not None:
            continue
        name = _addressed(text[block.start : min(block.end, block.start + ADDRESS)])
        if name and name != block.speaker and name.split()[-1] not in text[above.start : above.end]:
            marked[number - 1] = replace(above, hint=name)
    return marked


def _addressed(opening: str) -> str | None:
    """Whom the first words of an answer name: "Jane, good point", "Thanks Jane, …", "@jane …"."""
    match = ADDRESSED.match(opening)
    if match is None or match["handle"]:
        return match["handle"] if match else None
    words = [word.lower() for word in match["name"].split()]
    if match["name"].isupper() or any(word in ORDINARY or word.endswith(("ly", "ing")) for word in words):
        return None
    return match["name"] if REPLYING.search(opening, match.end("name")) else None
