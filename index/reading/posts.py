"""Threads found by repetition: lines that come back between longer texts head the posts of a forum or reviews.

It does not know any site's layout: what heads a post is what the posts of this text share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from index.document import Block
from index.reading.comment_headers import PROSE_END, named
from index.reading.dates import find_date
from index.reading.post_lines import (
    BOX,
    CLOCK,
    DIGIT,
    LONGEST,
    MOST_WORDS,
    RULE,
    SECTION,
    STARS,
    Line,
    header_words,
    lines_of,
)
from index.reading.post_writers import BY, Writers, find_writers

FEWEST = 3  # posts that make a thread; two do below a heading that announces them
ABOVE, BELOW = 6, 16  # lines that a header can have above and below its dated line
TAIL = 9  # lines that the buttons below a post can have
MOST, HALF = 0.8, 0.5  # shares of the posts
GROUPS = 4  # kinds of recurring lines that are looked at in full
MORE = re.compile(
    r"(?:read|see|view|learn|find out) more|continue reading|full (?:story|article)|weiterlesen|mehr (?:lesen|dazu)"
    r"|lire (?:la suite|plus)|leer más|leggi (?:tutto|di più)|ler mais|lees (?:meer|verder)|läs mer|\d+ comments?$"
    r"|tickets?\b|book now|apply\b|add to calendar",
    re.IGNORECASE,
)
VOICE = re.compile(
    r"\b(?:I|I['’]\w+|my|me|you|your|you['’]\w+|we|our|lol|thanks|ich|mein\w*|mir|mich|du|ihr|wir|uns|je|j['’]\w+|mon|ma|mes"
    r"|vous|nous|moi|yo|mi|mis|usted|tú|nosotros|io|mio|mia|tu|noi|voi|eu|meu|minha|você|ik|mijn|jij|wij|jag)\b"
)
EDITED = re.compile(
    r"(?:last )?(?:edited|modified) (?:by|on|at)\b|zuletzt (?:bearbeitet|geändert)|dernière (?:modif|édit)", re.I
)
JOINED = re.compile(r"(?!posted|date|am\b|on\b)[^\W\d_][^\d:]{1,25}:\s", re.IGNORECASE)
CLOSING = re.compile(
    r"#*\s*(?:leave a (?:reply|comment)|(?:post|add|write) (?:a|your) (?:reply|comment|review|answer)\b|your answer\b"
    r"|(?:you must|please) (?:be logged in|log ?in|sign in|register)\b|(?:log|sign) in to (?:reply|comment)\b"
    r"|kommentar (?:schreiben|verfassen|hinterlassen)|bitte melden sie sich|schreiben sie (?:einen|ihren)"
    r"|laisser un commentaire|ajouter un commentaire|deja (?:un comentario|una respuesta)|lascia un commento"
    r"|(?:see|show|view|load) (?:all|more) (?:comments|reviews|replies)|alle (?:kommentare|bewertungen)"
    r"|this (?:thread|topic) (?:is|was)|comments? (?:is|are|were) (?:now )?closed|related (?:articles|posts|stories))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Post:
    """Numbers of lines: where the header begins, the text begins, the text ends, the post ends; who wrote it, when."""

    top: int
    text: int
    tail: int
    end: int
    writer: str | None
    date: str | None


def read_posts(text: str, blocks: Sequence[Block]) -> tuple[list[Block], int]:
    """(the same blocks with the posts of a thread marked, how many posts there are); no posts where none recur."""
    lines = lines_of(text)
    posts = find_posts(lines)
    return (_marked(blocks, lines, posts), len(posts)) if posts else (list(blocks), 0)


def find_posts(lines: Sequence[Line]) -> list[Post]:
    """The posts of the thread whose header recurs most often; none where no recurring lines head longer texts."""
    groups: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        if line.shape:
            groups[line.shape].append(number)
    said = list(accumulate((line.count >= 3 and not line.shape for line in lines), initial=0))
    parts = [part for anchors in groups.values() for part in _with_first_word(lines, anchors)]
    fitting = [those for those in (*groups.values(), *parts) if len(those) >= 2 and _has_text_between(those, said)]
    best: list[Post] = []
    for anchors in sorted(fitting, key=lambda those: (-len(those), those[0]))[:GROUPS]:
        posts = _posts(lines, anchors)
        if _worth(posts) > _worth(best):
            best = posts
    return best


def _worth(posts: Sequence[Post]) -> tuple[int, int, int, int]:
    """How well a reading explains the text: posts with a writer, posts, writers, lines of headers."""
    writers = [post.writer for post in posts if post.writer]
    return len(writers), len(posts), len(set(writers)), sum(post.text - post.top for post in posts)


def _with_first_word(lines: Sequence[Line], anchors: Sequence[int]) -> Iterator[list[int]]:
    """The lines of one form that begin with the same word, where others of that form do not: "Reviewed in …"."""
    parts: dict[str, list[int]] = defaultdict(list)
    for number in anchors:
        parts[lines[number].words.split(None, 1)[0].casefold()].append(number)
    for word, part in parts.items():
        if FEWEST <= len(part) < len(anchors) and word.isalpha():
            yield part


def _has_text_between(anchors: Sequence[int], said: Sequence[int]) -> bool:
    gaps = [said[after] - said[before + 1] > 0 for before, after in pairwise(anchors)]
    return sum(gaps) >= MOST * len(gaps)


def _posts(lines: Sequence[Line], anchors: Sequence[int]) -> list[Post]:
    heading, below = _headings_above(lines, anchors)
    if len(anchors) >= FEWEST and heading is None:
        alone = len(anchors) > FEWEST and not any(BY.match(lines[a].words) for a in anchors[1:])
        if (alone and BY.match(lines[anchors[0]].words)) or (below is not None and below > anchors[0]):
            anchors, heading = anchors[1:], below  # what stands above is an article's
    if len(anchors) < FEWEST and heading is None:
        return []
    up = _lines_above(lines, anchors, heading)
    tops = [max(before + 1, anchor - up) for before, anchor in pairwise([-1, *anchors])]
    head, tail = _shared(lines, anchors, tops)
    ends = [_header_end(lines, a, b, head) for a, b in zip(anchors, [*tops[1:], len(lines)], strict=True)]
    headers = [[line.words for line in lines[top:end]] for top, end in zip(tops, ends, strict=True)]
    writers = find_writers(headers, [anchor - top for anchor, top in zip(anchors, tops, strict=True)])
    posts, order = [], _order([words for header in headers for words in header if not JOINED.match(words)])
    longest = max((b - a for a, b in zip(ends, tops[1:], strict=False)), default=10)
    for number, (top, end) in enumerate(zip(tops, ends, strict=True)):
        last = number + 1 == len(tops)
        stop = min(len(lines), end + 2 * longest + 4) if last else tops[number + 1]
        writer = writers.names[number]
        below, stop = _tail(lines, end, stop, tail, writer, last)
        dated = sorted((w for w in headers[number] if DIGIT.search(w)), key=_doubt)
        date = next((d for d in (_date(w, order) for w in dated) if d), None)
        posts.append(Post(top, end, below, stop, writer, date))
    return posts if _is_thread(lines, posts, writers, heading is not None, tail) else []


def _headings_above(lines: Sequence[Line], anchors: Sequence[int]) -> tuple[int | None, int | None]:
    """The headings of comments above the first and the second anchor; a line that comes back is none ("1 review")."""
    found = [_heading_above(lines, anchor) for anchor in anchors[:3]]
    keys = [lines[n].keys[:1] for n in dict.fromkeys(found) if n is not None]
    return (found[0], found[1]) if len(set(keys)) == len(keys) else (None, None)


def _heading_above(lines: Sequence[Line], number: int) -> int | None:
    return next((n for n in range(number - 1, max(-1, number - 10), -1) if SECTION.match(header_words(lines[n]))), None)


def _doubt(words: str) -> tuple[bool, bool]:
    """Sorts lines with dates: first those with a time of day, last those with a label, such as "Joined:"."""
    return bool(JOINED.match(words)), not CLOCK.search(words)


def _lines_above(lines: Sequence[Line], anchors: Sequence[int], heading: int | None) -> int:
    """How many lines above the dated ones belong to the headers: those that the first post has like all others."""
    up = 0
    for steps in range(1, ABOVE + 1):
        first = anchors[0] - steps
        if first < 0 or (heading is not None and first <= heading):
            break
        above = [lines[a - steps] for n, a in enumerate(anchors) if a - steps > (anchors[n - 1] if n else -1)]
        alike = [line for line in above if line.is_short and line.count <= MOST_WORDS and not line.closes]
        if len(above) < MOST * len(anchors) or len(alike) < MOST * len(above) or lines[first] not in alike:
            break
        if sum(line.is_prose and not _is_title(line) for line in alike) > (1 - MOST) * len(alike):
            break
        shared = Counter(key for line in alike for key in line.keys[:1]).most_common(1)
        if shared and shared[0][1] >= HALF * len(alike) and shared[0][0] not in lines[first].keys:
            break  # what all posts but the first have above is the end of the one before
        if steps > 1 and _parted(lines, anchors, steps - 1):
            break
        up = steps
    return up


def _parted(lines: Sequence[Line], anchors: Sequence[int], steps: int) -> bool:
    """Whether a blank line stands that many lines above the anchors, and none between there and the anchors."""
    gaps = sum(lines[a - steps].gap for a in anchors if a >= steps)
    inside = sum(lines[a - n].gap for a in anchors for n in range(steps) if a >= n)
    return gaps >= MOST * len(anchors) and inside <= (1 - MOST) * len(anchors) * steps


def _is_title(line: Line) -> bool:
    return bool(STARS.search(line.words)) or (line.words.endswith("!") and line.count <= 6)


def _shared(
    lines: Sequence[Line], anchors: Sequence[int], tops: Sequence[int]
) -> tuple[frozenset[str], frozenset[str]]:
    """What lines of at least half of the posts share above, and below, the longest line of the post."""
    above: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for anchor, stop in zip(anchors, [*tops[1:], min(len(lines), anchors[-1] + 4 * BELOW)], strict=True):
        if stop <= anchor + 1:
            continue
        longest = max(range(anchor + 1, stop), key=lambda n: lines[n].count)
        last = stop if anchor != anchors[-1] else longest
        above.update({key for n in range(anchor + 1, min(longest, anchor + 1 + BELOW)) for key in lines[n].keys})
        below.update({key for n in range(max(longest + 1, stop - TAIL), last) for key in lines[n].keys})
    least = max(2, HALF * len(anchors))
    return (
        frozenset(key for key, times in above.items() if times >= least and times >= below[key]),
        frozenset(
            key
            for key, times in below.items()
            if times >= max(2 - (len(anchors) < FEWEST), HALF * (len(anchors) - 1)) and times > above[key]
        ),
    )


def _header_end(lines: Sequence[Line], anchor: int, stop: int, head: frozenset[str]) -> int:
    """Where a header has ended: after the last line below the dated one that the posts share."""
    end = anchor + 1
    for number in range(anchor + 1, min(anchor + 1 + BELOW, stop)):
        line = lines[number]
        closing = line.closes and not line.words.isdigit()
        if line.is_prose or line.count > 8 or closing or BOX.match(line.words):
            break
        if head.intersection(line.keys):
            end = number + 1
        elif number - end >= 2:
            break
    return end


def _tail(
    lines: Sequence[Line], start: int, stop: int, tail: frozenset[str], writer: str | None, last: bool
) -> tuple[int, int]:
    """(where the text of a post ends, where the post ends): buttons and a signature stand between."""
    zone = range(start, stop) if last else range(max(start, stop - TAIL), stop)
    signature = next(
        (n for n in range(max(start + 1, zone.start - 6), stop) if RULE.fullmatch(header_words(lines[n]))), None
    )
    first = stop
    for number in zone:
        line = lines[number]
        if last and number > start and CLOSING.match(header_words(line)):
            return number, number
        sign = line.is_short and (line.closes or tail.intersection(line.keys) or (writer and line.words == writer))
        if sign and number > start:
            first = number
            break
    end = stop
    if last and first < stop:
        end = next((n for n in range(first, stop) if not _is_tail(lines[n], tail, writer)), stop)
    if signature is not None and signature < first and first - signature < TAIL:
        first = signature
    return first, end


def _is_tail(line: Line, tail: frozenset[str], writer: str | None) -> bool:
    return line.is_short and bool(line.closes or tail.intersection(line.keys) or (writer and line.words == writer))


def _is_thread(
    lines: Sequence[Line], posts: Sequence[Post], writers: Writers, announced: bool, tail: frozenset[str]
) -> bool:
    """Whether recurring headers are those of people who write to each other, not of teasers, events or entries."""
    bodies = [" ".join(line.words[:600] for line in lines[p.text : p.tail][:4]) for p in posts]
    filled = sum(bool(body) for body in bodies)
    talk = sum(bool(VOICE.search(body)) or body.endswith(PROSE_END) or len(body) > 2 * LONGEST for body in bodies)
    if min(filled, len(set(bodies)) + 1) < MOST * len(posts) or talk < HALF * len(posts):
        return False
    after = [line.words for p in posts for line in lines[p.tail : p.end] if line.is_short]
    if sum(bool(MORE.match(words)) for words in after) >= HALF * len(posts):
        return False
    voices = sum(bool(VOICE.search(body)) for body in bodies) / len(posts)
    buttons = sum(any(line.closes for line in lines[p.tail : p.end]) for p in posts) >= HALF * len(posts)
    stars = sum(any(STARS.search(line.words) for line in lines[p.top : p.text]) for p in posts) >= MOST * len(posts)
    numbered = sum(any(re.match(r"#\d", line.words) for line in lines[p.top : p.text]) for p in posts) >= MOST * len(
        posts
    )
    if not writers.found:
        return announced and (buttons or voices >= HALF) and len(posts) >= FEWEST
    if len(set(writers.names)) < 2 and not announced:
        return False
    clock = sum(bool(CLOCK.search(line.words)) for p in posts for line in lines[p.top : p.text]) >= MOST * len(posts)
    again = len({name for name in writers.names if name}) < len([name for name in writers.names if name])
    points = 2 * announced + 2 * buttons + stars + numbered + clock + again + writers.handles + (voices >= 0.3)
    social = announced or buttons or stars or numbered or writers.handles or voices >= HALF
    return social and points - 2 * writers.titled >= 2 and (announced or voices >= 0.2 or buttons)


def _order(words: Sequence[str]) -> str:
    """ "dmy" or "mdy", as the dates in numbers show by one above 12; "" where they don't."""
    pairs = [match for line in words for match in [re.search(r"\b(\d\d?)[/-](\d\d?)[/-]\d{4}\b", line)] if match]
    first, second = any(int(m[1]) > 12 for m in pairs), any(int(m[2]) > 12 for m in pairs)
    return "" if first == second else "dmy" if first else "mdy"


def _date(words: str, order: str) -> str | None:
    if found := find_date(words):
        return found
    match = re.search(r"\b(\d\d?)[/-](\d\d?)[/-](\d{4})\b", words)
    if not match or not order:
        return None
    day, month = (match[1], match[2]) if order == "dmy" else (match[2], match[1])
    return find_date(f"{match[3]}-{int(month):02}-{int(day):02}")


def _marked(blocks: Sequence[Block], lines: Sequence[Line], posts: Sequence[Post]) -> list[Block]:
    """The blocks cut where a post's header, text and buttons meet, each with its kind, writer and date."""
    roles: dict[int, Block] = {}
    if (heading := _heading_above(lines, posts[0].top)) is not None:
        roles[heading] = Block("heading", 0, 0)
        roles.update({number: Block("furniture", 0, 0) for number in range(heading + 1, posts[0].top)})
    names = frozenset(f"{post.writer}:" for post in posts if post.writer)
    said: set[str] = set()
    for post in posts:
        roles.update(_roles(lines, post, names, said))
        said.update(line.words for line in lines[post.text : post.tail])
    result: list[Block] = []
    at = 0
    for block in blocks:
        while at < len(lines) and lines[at].end <= block.start:
            at += 1
        first = at
        while at < len(lines) and lines[at].start < block.end:
            at += 1
        inside = range(first, at)
        if block.kind == "title" or not any(n in roles for n in inside):
            result.append(block)
        else:
            result += _cut(block, lines, inside, roles)
        at = max(first, at - 1)
    return result


def _cut(block: Block, lines: Sequence[Line], inside: range, roles: dict[int, Block]) -> Iterator[Block]:
    open_block: Block | None = None
    for number in inside:
        start, end = max(block.start, lines[number].start), min(block.end, lines[number].end)
        role = roles.get(number)
        piece = replace(block, start=start, end=end) if role is None else _as(block, role, start, end)
        if (
            open_block
            and replace(open_block, start=0, end=0) == replace(piece, start=0, end=0)
            and piece.kind != "byline"
        ):
            open_block = replace(open_block, end=end)
            continue
        if open_block:
            yield open_block
        open_block = piece
    if open_block:
        yield open_block


def _as(block: Block, role: Block, start: int, end: int) -> Block:
    """A piece of a block in its role in a post; a list or a quotation in a comment stays one."""
    if role.kind != "comment" or block.kind not in ("list_item", "quotation", "table", "caption", "masked"):
        return replace(role, start=start, end=end)
    if block.kind == "quotation":
        return replace(block, start=start, end=end, via=(role.speaker,) if role.speaker else ())
    return replace(block, start=start, end=end, speaker=role.speaker, date=role.date)


def _roles(lines: Sequence[Line], post: Post, names: frozenset[str], said: set[str]) -> Iterator[tuple[int, Block]]:
    """What each line of a post is; `names`: the writers of the thread, `said`: the lines of the posts above."""
    writer = named(post.writer)
    via = (writer,) if writer else ()
    header = Block("byline", 0, 0, speaker=writer, date=post.date)
    for number in range(post.top, post.text):
        yield number, header
    quoted, opened = None, False
    for number in range(post.text, post.tail):
        line = lines[number]
        box = BOX.match(line.words) if line.is_short else None
        if box or (line.words in names and line.words != f"{writer}:"):
            who = (box["by"] or box["who"] or "") if box else line.words[:-1]
            quoted, opened = named(who.strip() or None), True
            yield number, Block("byline", 0, 0, speaker=quoted, via=via)
        elif opened:
            opened = line.words in said and number + 1 < post.tail and lines[number + 1].words in said
            yield number, Block("quotation", 0, 0, speaker=quoted, via=via)
        elif line.is_short and EDITED.match(line.words):
            yield number, header
        else:
            yield number, replace(header, kind="comment")
    for number in range(post.tail, post.end):
        heading = SECTION.match(header_words(lines[number])) and lines[number].gap
        yield number, Block("heading" if heading else "furniture", 0, 0)
