"""A blind tasting of two runs: a page that shows two answers side by side, a key, and the count of what was preferred.

It does not know what makes an answer good. The page says nothing of which run an answer is from: no name, model,
time or id; sides and order are drawn by lot, and only the key, a file of its own, tells.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import NormalDist
from typing import Any

from eval.runs import Item, Run
from eval.writing import check_page, write
from index.errors import UsageError
from index.report import counted

CHOICES = ("left", "same", "right", "neither")
WORDS = ("Left is better", "About the same", "Right is better", "Neither is good")
Pair = tuple[Item, Item]  # left, right


@dataclass(frozen=True, slots=True)
class Written:
    """Where the page and its key are, how many pairs they hold, and how many questions have two different answers."""

    sheet: Path
    key: Path
    pairs: int
    differing: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a reader preferred: `a`, `b` and `same` count pairs, `left` how often the left answer was preferred.

    `pairs` is how many the page held; `neither` counts those of which no answer was good enough.
    """

    a: int
    b: int
    same: int
    left: int
    pairs: int
    neither: int = 0

    @property
    def judged(self) -> int:
        """The pairs for which a choice was made."""
        return self.a + self.b + self.same + self.neither

    @property
    def decided(self) -> int:
        """The pairs of which one answer was preferred."""
        return self.a + self.b

    @property
    def share_b(self) -> float | None:
        """B's share of the pairs decided, 0..1; 0.5 is no preference; None when none was."""
        return self.b / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of share_b; None when no pair was decided."""
        return wilson(self.b, self.decided)

    @property
    def p_value(self) -> float | None:
        """How likely so uneven a count, or one more so, is when neither run is preferred."""
        return sign_test(self.a, self.b)


def sign_test(one: int, other: int) -> float | None:
    """The two-sided p of `one` wins against `other` when both are equally likely; 0..1, None without wins.

    Exact, from the binomial distribution with share 1/2. Source: Dixon and Mood, "The Statistical Sign Test" (1946).
    """
    count = one + other
    if not count:
        return None
    tail = sum(math.comb(count, wins) for wins in range(min(one, other) + 1))
    return min(1.0, 2 * tail / (1 << count))


def wilson(wins: int, count: int) -> tuple[float, float] | None:
    """The 95 % score interval of a share, 0..1; None of nothing.

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    """
    if not count:
        return None
    share, squared = wins / count, NormalDist().inv_cdf(0.975) ** 2
    middle = share + squared / (2 * count)
    reach = math.sqrt(squared * (share * (1 - share) / count + squared / (4 * count**2)))
    low, high = ((middle + side * reach) / (1 + squared / count) for side in (-1, 1))
    return max(0.0, min(low, share)), min(1.0, max(high, share))  # rounding aside, the share lies within


def write_pairs(a: Run, b: Run, out: Path, limit: int | None = None, seed: int = 0) -> Written:
    """Writes the reader's page to `out` (HTML) and the key beside it, as `out`.key.json.

    Pairs are the questions that both runs answered in different words: all, or `limit` of them drawn by lot.
    The same `seed` draws the same. Raises UsageError when there is none, or a file can't be written without loss:
    `out` is there and is no page, or its key is that of another page.
    """
    check_page(out)
    if limit is not None and limit < 1:
        raise UsageError(f"Can't show {limit} pairs. Ask for one or more, or leave the number out for all.")
    differing = _differing(a, b)
    lot = random.Random(seed)
    lot.shuffle(differing)
    shown = differing[:limit]
    a_is_left = [place % 2 == 0 for place in range(len(shown))]  # as often as not, so that a habit favours neither
    lot.shuffle(a_is_left)
    pairs = [pair if left else (pair[1], pair[0]) for pair, left in zip(shown, a_is_left, strict=True)]
    body = "".join(_pair_html(number, pair) for number, pair in enumerate(pairs, start=1))
    sheet = hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:16]
    key = {
        "sheet": sheet,
        "pairs": {
            str(number): {"id": pair[0].id, "left": "A" if left else "B"}
            for number, (pair, left) in enumerate(zip(pairs, a_is_left, strict=True), start=1)
        },
    }
    key_path = out.with_name(out.name + ".key.json")
    if key_path.exists() and _sheet_of(key_path) != sheet:
        raise UsageError(
            f"{key_path} is there already, and is not the key of this page; name another page with --out, or delete it."
        )
    write(out, _page(body, sheet, len(pairs)))
    write(key_path, json.dumps(key, indent=1) + "\n")
    return Written(out, key_path, len(pairs), len(differing))


def _differing(a: Run, b: Run) -> list[Pair]:
    if a.kind != b.kind:
        raise UsageError(f'Answers of the kind "{a.kind}" can\'t be read against "{b.kind}". Name runs of one kind.')
    others = {item.id: item for item in b.asked}
    pairs = [(item, others[item.id]) for item in a.asked if item.id in others]
    shared = [pair for pair in pairs if _asked(pair[0]) == _asked(pair[1])]
    if not shared:
        raise UsageError("The two runs have no question in common. Name two runs over the same question set.")
    differing = [pair for pair in shared if _text(pair[0]) != _text(pair[1])]
    if not differing:
        raise UsageError(
            "The two runs have no question that they answer in different words. Name two runs made in different ways."
        )
    return differing


def _asked(item: Item) -> tuple[Any, list[Any]]:
    return item.detail.get("question"), list(item.detail.get("history") or ())


def _text(item: Item) -> str:
    return str(item.detail.get("text") or "").strip()


def _sheet_of(key: Path) -> str | None:
    try:
        return _records(key, "pairs")[0]
    except UsageError:
        return None


def score_choices(key: Path, choices: Path) -> Scores:
    """Counts a reader's choices, as the page's button saved them, with the key that was written with the page.

    Raises UsageError when either can't be read, or when the choices were made on another page.
    """
    (page, pairs), (other, chosen) = _records(key, "pairs"), _records(choices, "choices")
    if page != other:
        raise UsageError(f"{choices} is of another page than the one that {key} is for. Name the two of one page.")
    winners = []
    for number, choice in chosen.items():
        left = pairs[number].get("left") if isinstance(pairs.get(number), dict) else None
        if left not in ("A", "B") or choice not in CHOICES:
            raise UsageError(f"Pair {number} of {choices} is not in {key}, or holds no choice. Save the choices anew.")
        winners.append({"left": left, "right": "B" if left == "A" else "A"}.get(choice, choice))
    sides = list(chosen.values())
    a, b, same, neither = (winners.count(winner) for winner in ("A", "B", "same", "neither"))
    return Scores(a, b, same, sides.count("left"), len(pairs), neither)


def _records(path: Path, name: str) -> tuple[str, Mapping[str, Any]]:
    """The page's mark and the records by pair."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        sheet, records = data["sheet"], data[name]
        if not isinstance(sheet, str) or not isinstance(records, dict):
            raise TypeError("another shape")
        return sheet, records
    except OSError as error:
        made = "key that rag eval pairs wrote" if name == "pairs" else "file that the page's button saved"
        raise UsageError(f"Can't read {path}: {error.strerror}. Name the {made}.") from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        what, step = "what the page's button saves", "Name the key first, then that file"
        if name == "pairs":
            what, step = "the key of a page", "Make a page and its key with: rag eval pairs A B"
        raise UsageError(f"{path} is not {what}. {step}.") from error


def to_text(scores: Scores) -> str:
    """The count, the preference and how sure it is, and whether a side was favoured."""
    lines = [
        f"A preferred: {scores.a}, B preferred: {scores.b}, the same: {scores.same}, neither good: {scores.neither} "
        f"({scores.judged} of {counted(scores.pairs, 'pair')} judged)"
    ]
    share, interval, p_value = scores.share_b, scores.interval, scores.p_value
    if share is None or interval is None or p_value is None:
        return f"{lines[0]}\nNo pair was decided, so there is no preference to tell."
    decided = counted(scores.decided, "decided pair")
    verdict = "no clear preference" if p_value >= 0.05 else f"{'B' if share > 0.5 else 'A'} is preferred"
    lines.append(
        f"B in {share:.1%} of the {decided} (95 % interval {interval[0]:.1%} to {interval[1]:.1%}; "
        f"two-sided sign test, p = {p_value:.3f}): {verdict}"
    )
    side = sign_test(scores.left, scores.decided - scores.left)
    habit = "a side was favoured, whatever stood there" if side is not None and side < 0.05 else "no side was favoured"
    lines.append(f"Left in {scores.left} of the {decided}: {habit}")
    return "\n".join(lines)


def _pair_html(number: int, pair: Pair) -> str:
    item = pair[0]
    turns = "".join(map(_turn_html, item.detail.get("history") or ()))
    before = f'<div class="before" dir="auto"><p class="label">Earlier in the conversation</p>{turns}</div>'
    radios = "".join(
        f'<label><input type="radio" name="{number}" value="{choice}"> {words}</label>'
        for choice, words in zip(CHOICES, WORDS, strict=True)
    )
    sides = "".join(_answer_html(side, answer) for side, answer in zip(("Left", "Right"), pair, strict=True))
    return (
        f'<section>{before if turns else ""}<h2 dir="auto">{_html(item.detail.get("question"))}</h2>'
        f'<div class="answers">{sides}</div>'
        f"<fieldset><legend>Which answer is better?</legend>{radios}</fieldset></section>"
    )


def _turn_html(turn: Mapping[str, Any]) -> str:
    who = "Asked" if turn.get("role") == "user" else "Answered"
    return f'<p class="turn"><span>{who}</span> {_html(turn.get("content"))}</p>'


def _answer_html(side: str, item: Item) -> str:
    notes = "".join(_note_html(citation, item) for citation in item.detail.get("citations") or ())
    listed = f'<p class="label">Footnotes</p><ol>{notes}</ol>' if notes else ""
    text = _html(_text(item)) or "<em>No words at all.</em>"
    return f'<article><h3>{side}</h3><p class="text" dir="auto">{text}</p>{listed}</article>'


def _note_html(citation: Mapping[str, Any], item: Item) -> str:
    quote = _quote(citation, item.detail.get("excerpts") or ())
    words = f"<q>{_html(quote)}</q>" if quote else "<em>The words are not kept in the run.</em>"
    source = [citation.get("speaker"), citation.get("date"), citation.get("title") or citation.get("document")]
    said_by = " · ".join(_html(part) for part in source if part)
    return f'<li><b>[{_html(citation.get("number"))}]</b><div dir="auto">{words} <cite>{said_by}</cite></div></li>'


def _quote(citation: Mapping[str, Any], excerpts: Sequence[Mapping[str, Any]]) -> str:
    """The cited words, from the stretches of documents that the run kept; "" when they are not among them."""
    start, end = citation["start"], citation["end"]
    for excerpt in excerpts:
        offset, text = excerpt["start"], str(excerpt["text"])
        if excerpt["document"] == citation["document"] and offset <= start < end <= offset + len(text):
            return text[start - offset : end - offset]
    return ""


def _html(text: object) -> str:
    """Text of any origin as HTML that shows it and does nothing."""
    return escape("" if text is None else str(text)).replace("\0", "\N{REPLACEMENT CHARACTER}")


STYLE = """
:root {
  color-scheme: light dark;
  --paper: #f6f4ee; --sheet: #fffefb; --ink: #1f1e1b; --soft: #68645a; --line: #e0dcd0;
  --accent: #17635c; --wash: #e3efec;
  --serif: Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Cambria, Georgia, serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151513; --sheet: #1d1c1a; --ink: #ebe7dd; --soft: #a49e91; --line: #35332e;
    --accent: #83cabf; --wash: #20332f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 2.5rem 1.5rem 7rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.5rem; font: 600 2rem/1.2 var(--serif); }
.lead { margin: 0; max-width: 40rem; color: var(--soft); }
section { margin-top: 3rem; padding-top: 2rem; border-top: 1px solid var(--line); }
h2 { margin: 0 0 1rem; font: 600 1.35rem/1.35 var(--serif); unicode-bidi: isolate; }
h3, .label { margin: 0 0 0.4rem; font-size: 0.8rem; font-weight: 600; color: var(--soft); }
.before { margin-bottom: 1.25rem; padding-left: 1rem; border-left: 3px solid var(--line); font-size: 0.9rem; }
.turn { margin: 0 0 0.3rem; white-space: pre-wrap; }
.turn span { color: var(--soft); }
.answers { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
article { padding: 1.1rem 1.25rem; background: var(--sheet); border: 1px solid var(--line); border-radius: 0.8rem; }
.text { margin: 0; white-space: pre-wrap; unicode-bidi: isolate; }
article .label { margin: 1.1rem 0 0.5rem; padding-top: 0.8rem; border-top: 1px solid var(--line); }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.6rem; font-size: 0.9rem; line-height: 1.5; }
li { display: flex; gap: 0.6rem; }
li div { min-width: 0; unicode-bidi: isolate; }
li b { flex: none; max-width: 25%; font-weight: 600; color: var(--accent); }
q { font-family: var(--serif); white-space: pre-line; }
cite { display: block; font-style: normal; font-size: 0.85rem; color: var(--soft); }
fieldset { display: grid; grid-template-columns: repeat(4, 1fr); gap: 0.6rem; margin: 1rem 0 0; padding: 0; border: 0; }
legend { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
label { display: flex; gap: 0.5rem; align-items: center; justify-content: center; min-height: 2.75rem; cursor: pointer;
  padding: 0.4rem 0.8rem; border: 1px solid var(--line); border-radius: 0.8rem; background: var(--sheet); }
label:hover { border-color: var(--accent); }
label:has(:checked) { border-color: var(--accent); background: var(--wash); }
input { accent-color: var(--accent); margin: 0; }
footer { position: fixed; inset: auto 0 0; border-top: 1px solid var(--line); background: var(--sheet); }
footer div { display: flex; gap: 1rem; align-items: center; justify-content: space-between; max-width: 70rem;
  margin: 0 auto; padding: 0.7rem 1.5rem; }
#count { margin: 0; color: var(--soft); font-variant-numeric: tabular-nums; }
button { padding: 0.6rem 1.2rem; border: 0; border-radius: 0.8rem; background: var(--accent); color: var(--sheet);
  font: inherit; font-weight: 600; cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
:focus-visible, label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 700px) {
  main { padding: 1.5rem 1rem 6rem; }
  .answers, fieldset { grid-template-columns: minmax(0, 1fr); }
  label { justify-content: flex-start; }
  footer div { padding: 0.6rem 1rem; }
}
"""

SCRIPT = """
const form = document.querySelector("form");
const sheet = form.dataset.sheet;
const total = form.querySelectorAll("section").length;

function choices() {
  return Object.fromEntries([...form.querySelectorAll("input:checked")].map(input => [input.name, input.value]));
}

function count() {
  const made = Object.keys(choices()).length;
  document.querySelector("#count").textContent = made + " of " + total + " chosen";
  document.querySelector("button").disabled = !made;
}

// A page that is closed half-way goes on where it was, if the browser lets a file keep anything. Each choice is kept
// by itself: a browser that shows the page an empty store for once would else lose all of them to the next choice.
try {
  for (const input of form.querySelectorAll("input"))
    input.checked = localStorage.getItem(sheet + "-" + input.name) === input.value;
} catch (error) { console.warn(error); }

form.addEventListener("change", ({target}) => {
  count();
  try { localStorage.setItem(sheet + "-" + target.name, target.value); } catch (error) { console.warn(error); }
});

form.addEventListener("submit", event => {
  event.preventDefault();
  const data = JSON.stringify({sheet, choices: choices()}, null, 1) + "\\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data], {type: "application/json"}));
  link.download = "choices.json";
  link.click();
});

count();
"""


def _page(body: str, sheet: str, pairs: int) -> str:
    script = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'; base-uri 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Which answer is better?</title>'
        f"<style>{STYLE}</style></head>\n<body><main><h1>Which answer is better?</h1>"
        f'<p class="lead">{counted(pairs, "question")}, each with two answers. Choose the one that you would rather '
        "have been given: right, complete, brief, and borne out by the words it cites. Which side is which changes "
        "from one to the next. You need not choose for all of them; save your choices at the end.</p>"
        f'\n<form data-sheet="{sheet}" autocomplete="off">{body}'
        '<footer><div><p id="count" role="status"></p><button>Save the choices</button></div></footer></form></main>'
        f"\n<script>{SCRIPT}</script></body></html>\n"
    )
