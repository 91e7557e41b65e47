"""Words by what they mean: one stem for verbs that mean the same, opposites, common verbs.

General English only: it does not know any document's words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.words import stem

IRREGULAR = dict(
    pair.split(":")
    for pair in (
        "began:begin begun:begin bought:buy brought:bring built:build came:come chose:choose cost:cost died:die "
        "dead:die drew:draw fell:fall fallen:fall fought:fight gave:give grew:grow grown:grow held:hold hid:hide "
        "hurt:hurt kept:keep knew:know known:know left:leave lost:lose met:meet paid:pay ran:run rose:rise "
        "risen:rise running:run sank:sink sunk:sink saw:see seen:see sent:send set:set shut:shut sold:sell "
        "spent:spend spoke:speak stood:stand took:take taken:take went:go won:win wrote:write written:write "
        "born:bear burnt:burn cut:cut hit:hit struck:strike found:find drove:drive withdrew:withdraw broke:break"
    ).split()
)
ALIKE_VERBS = tuple(
    "open launch inaugurate reopen|close shut shutter|begin start commence|end finish conclude complete|"
    "die kill perish death|injure hurt wound injury|buy acquire purchase|dismiss|discover detect find notice spot|"
    "last take|rise increase grow climb jump|fall decrease drop decline shrink|ban prohibit forbid|allow permit|"
    "support back endorse favour favor|oppose resist|approve adopt accept|reject refuse|confirm acknowledge admit|"
    "deny|keep hold|found establish|bear birth|sink|attend visit come|build construct erect|win|lose loss|improve|"
    "worsen|pay|know|sell|meet|leave|write|spend|bring|run|offer".split("|")
)
ALIKE = tuple(
    "employ|own possess|install fit mount|destroy|arrest detain|accident crash collision|safe secure|blackout outage|"
    "worker employee staff|company firm|fail failure|gather collect receive|island isle|print produce|"
    "release publish issue".split("|")
)
OPPOSED = tuple(
    "rise fall|confirm deny|approve reject|support oppose|allow ban|win lose|open close|legal illegal|"
    "possible impossible|accurate inaccurate|correct incorrect|complete incomplete|honest dishonest|true false|"
    "guilty innocent|improve worsen|pass fail|agree disagree|safe dangerous|strengthen weaken|lose gain|public secret|"
    "major minor|include exclude|add remove|arrive depart|like dislike|success failure|begin end|"
    "helpful harmful".split("|")
)
UNDOING = ("un", "non")
UNDONE = re.compile(r"^(?:un|non)(?=\w{3})")

_GROUPS = {stem(word): stem(group.split()[0]) for group in (*ALIKE_VERBS, *ALIKE) for word in group.split()}


@lru_cache(maxsize=50_000)
def canonical(word: str) -> str:
    """A word's stem, the same for words that mean the same: "killed" and "died" are one."""
    root = stem(IRREGULAR.get(word, word))
    return _GROUPS.get(root, root)


def opposed(one: str, other: str) -> bool:
    """Whether two canonical stems are opposites: "rise" and "fall", "safe" and "unsafe"."""
    if other in opposites_of(one):
        return True
    if not one.startswith(UNDOING) and not other.startswith(UNDOING):
        return False
    long, short = sorted((one.rstrip("e"), other.rstrip("e")), key=len, reverse=True)
    return UNDONE.sub("", long) == short != long


def opposites_of(root: str) -> frozenset[str]:
    """The listed opposites of a canonical stem, none for most."""
    return _OPPOSITES.get(root, frozenset())


VERBS = frozenset(canonical(word) for group in ALIKE_VERBS for word in group.split())
_PAIRS = [frozenset(canonical(word) for word in pair.split()) for pair in OPPOSED]
_OPPOSITES = {
    root: frozenset(other for pair in _PAIRS if root in pair for other in pair - {root})
    for pair in _PAIRS
    for root in pair
}
