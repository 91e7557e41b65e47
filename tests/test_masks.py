"""Masked text: what is masked and what is not, how much can be read, and the same passage unmasked elsewhere."""

from __future__ import annotations

import re
import time

import pytest

from index.document import Block
from index.reading.masks import (
    MaskPattern,
    Unspaced,
    is_masked,
    mark_masks,
    masked_heading,
    readable_share,
)

OPEN = (
    "The miller’s brother, who keeps the ferry at Brill, told the county that nobody had oiled the great wheel since "
    'the spring; "it\xa0turned by itself", he said, and that the sluice (which is older) was opened every night.'
)
MASKED_LINE = "** ***** *** **** few ******, *********** *** been ***** *******, *** abruptly ********* **"


def mask(text: str, every: int = 6) -> str:
    """The text with all words but each sixth blotted out, white space as one space."""
    words = text.split()
    return " ".join(word if n % every == 0 else re.sub(r"[^\W_]", "*", word) for n, word in enumerate(words))


def paragraphs(text: str, kind: str = "body") -> list[Block]:
    return [Block(kind, match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]


def masked_lines(text: str) -> list[str]:
    return [text[b.start : b.end] for b in mark_masks(text, paragraphs(text)) if b.kind == "masked"]


@pytest.mark.parametrize(
    "text",
    [
        MASKED_LINE,
        "****, *********'* ******** ** * ********* Party ********* ********",
        "- ***** ******* the ****** ********",
        "The ████████ met ███ at ██████████ on ████",
        "Xxxx xxx xxxxxxx xx xxxxx xxxx, xxx xxxxxxxx.".replace("Xxxx", "xxxx"),
        "[redacted]",
        "Paid to [REDACTED] by [redacted]",
    ],
)
def test_blotted_out_words_are_masked(text: str) -> None:
    assert is_masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is *very* good, and **bold** and ***both***.",
        "*yawn* Wake me when the ferry comes.",
        "A footnote* here, and another** there.",
        "* p < 0.05, ** p < 0.01, *** p < 0.001",
        "***",
        "* * *",
        "*** *** ***",
        "********************",
        "***** Best mill in the county",
        "Rating: ****",
        "***** Brill Inn, **** Dunmore Inn, *** Old Mill",
        "The password is **** and you can't see it.",
        "What the f**k, s*** happens to every mill.",
        "rm -rf **/*.py build/*.o *.* src/**",
        "/****** start ******/ int *p = **q; /* ** */",
        "Jan | *****\nFeb | ********\nMar | ***",
        "xx xx xx",
        "I said [redacted] to the man at the ferry, who was very surprised to hear it from me.",
        "Chapter XX, XXX and XX",
        "def f(*args, **kwargs): return a ** b ** c",
        "",
    ],
)
def test_what_masks_nothing_is_left_alone(text: str) -> None:
    assert not is_masked(text)


def test_a_heading_and_an_item_are_masked_beside_masked_text() -> None:
    text = f"The mill is open.\nBarriers ********* ******\n{MASKED_LINE}\nPoll / ****\n{MASKED_LINE}\n- ** **** oats"
    assert masked_lines(text) == [line for line in text.split("\n") if "*" in line]


def test_a_readable_paragraph_between_masked_ones_stays() -> None:
    text = f"{MASKED_LINE}\nThe mill is open on *most* days.\n{MASKED_LINE}"
    assert masked_lines(text) == [MASKED_LINE, MASKED_LINE]


def test_stars_far_from_masked_text_are_left_alone() -> None:
    text = f"Rating *****\nOne line.\nAnother line.\nA third line.\n{MASKED_LINE}"
    assert masked_lines(text) == [MASKED_LINE]


def test_a_comment_that_swears_beside_masked_text_is_not_masked() -> None:
    text = f"{MASKED_LINE}\nOh ****"
    blocks = [Block("body", 0, len(MASKED_LINE)), Block("comment", len(MASKED_LINE) + 1, len(text), "Jane Roe")]
    assert mark_masks(text, blocks)[1] == blocks[1]


def test_the_readable_share_counts_words() -> None:
    assert readable_share("Four *words* stand here.") == 1.0
    assert readable_share("") == 1.0
    assert readable_share("***") == 1.0
    assert readable_share("*** ******** **** open\none two three four") == pytest.approx(5 / 8)


def test_a_masked_section_is_found_by_its_heading() -> None:
    text = f"The Mill\nBarriers ********* ******\n{MASKED_LINE}\n{MASKED_LINE}"
    blocks = mark_masks(text, paragraphs(text))
    assert masked_heading(text, blocks, 3) == "Barriers …"
    assert masked_heading(text, blocks, 1) == "Barriers …"


def test_a_heading_that_can_be_read_is_given_whole() -> None:
    text = f"## The barriers\n{MASKED_LINE}"
    blocks = [Block("heading", 0, 15), Block("masked", 16, len(text))]
    assert masked_heading(text, blocks, 1) == "The barriers"


def test_masked_text_without_a_heading_has_none() -> None:
    text = f"{MASKED_LINE}, and so on ****."
    assert masked_heading(text, [Block("masked", 0, len(text))], 0) is None


def find_unmasked(masked: str, text: str) -> tuple[int, int] | None:
    return MaskPattern(masked).search(text)


def test_a_masked_passage_is_found_where_it_can_be_read() -> None:
    text = f"Another mill stands in Dunmore.\n\n{OPEN}\n\nIt is said to be haunted."
    found = find_unmasked(mask(OPEN), text)
    assert found is not None
    assert text[slice(*found)] == OPEN


def test_white_space_and_quotation_marks_may_differ() -> None:
    text = "Before. " + OPEN.replace("’", "'").replace(" ", "\n ").replace('"', "“") + " After."
    found = find_unmasked(mask(OPEN), text)
    assert found is not None
    assert text[slice(*found)].split()[-1] == "night."


def test_a_mask_may_have_lost_a_space() -> None:
    assert find_unmasked(mask(OPEN).replace("*** *****", "********", 1), f"So. {OPEN}") == (4, 4 + len(OPEN))


def test_a_passage_without_a_visible_word_is_found_by_its_lengths() -> None:
    assert find_unmasked(mask(OPEN, every=1000)[4:], f"So. {OPEN}") == (8, 4 + len(OPEN))


def test_another_visible_word_is_no_match() -> None:
    visible = mask(OPEN).split()[6]
    assert find_unmasked(mask(OPEN).replace(visible, visible[::-1], 1), OPEN) is None


def test_words_of_other_lengths_are_no_match() -> None:
    assert find_unmasked(mask(OPEN), OPEN.replace("brother", "mother")) is None
    assert find_unmasked(mask(OPEN), OPEN.replace("told the county", "toldt he county")) is None


def test_a_passage_in_the_middle_of_words_is_no_match() -> None:
    assert find_unmasked(mask(OPEN).rstrip("."), OPEN.rstrip(".") + "fall") is None


@pytest.mark.parametrize("masked", ["**** mill ***", "", "The mill is open " * 10, "*" * 100])
def test_too_little_evidence_never_matches(masked: str) -> None:
    assert find_unmasked(masked, "When mill has " * 30) is None


def test_a_masked_copy_is_no_match() -> None:
    assert find_unmasked(mask(OPEN), mask(OPEN)) is None


def test_a_thousand_texts_are_searched_in_seconds() -> None:
    pattern, other = MaskPattern(mask(OPEN)), Unspaced.of("The miller told the county so. " * 1000)
    began = time.process_time()
    assert all(pattern.search(other) is None for _ in range(1000))
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "unit", ["*", "* ", "** ", "*.", "x", "xx ", "█", "**** *** ", "*\n", "(*", "[redacted] ", ".*'"]
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    mark_masks(text, paragraphs(text))
    readable_share(text)
    find_unmasked(text[:2000], text)
    assert time.process_time() - began < 10
