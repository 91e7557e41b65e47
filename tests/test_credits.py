"""What the lines around a title say about who wrote a text and when."""

from __future__ import annotations

import pytest

from index.reading.frontmatter import Front, read_front
from index.reading.layout import pieces

BODY = (
    "The ferry stopped running on Monday after its engine failed in the middle of the river, and nobody was hurt. "
    "The company said that it had warned the county of the old engine for many years."
)


def front(lines: str) -> Front:
    text = f"Ferry stops in the river\n\n{lines}\n\n{BODY}"
    return read_front(text, [b for b in pieces(text, ()) if text[b.start : b.end].strip()])


@pytest.mark.parametrize(
    ("lines", "author", "published"),
    [
        ("Monday May 7, 2018 7:45 am PST by Jane Roe", "Jane Roe", "2018-05-07"),
        ("18/09/2018 by Jane Roe", "Jane Roe", "2018-09-18"),
        ("by Jane Roe ● May 3, 2018 ● 6 min read", "Jane Roe", "2018-05-03"),
        ("Analysis by Jane Roe, Port Daily editor-at-large", "Jane Roe", None),
        ("Jane Roe\n\n1 day ago", "Jane Roe", None),
        ("By\n\nJane Roe\n\nMay 3, 2018", "Jane Roe", "2018-05-03"),
        ("Von Jane Roe\nStand: 03.05.2018, 18:25 Uhr\nLesezeit: 3 Minuten", "Jane Roe", "2018-05-03"),
        ("sexta-feira, 4 de maio de 2018 às 20:13", None, "2018-05-04"),
        ("21:17 18.11.2018Get short URL", None, "2018-11-18"),
        ("Join Date: May 2018", None, "2018-05"),
        ("By Region", None, None),
    ],
)
def test_author_and_date_below_a_title(lines: str, author: str | None, published: str | None) -> None:
    found = front(lines)
    assert (found.author, found.published) == (author, published)


def test_role_handle_and_photographer_belong_to_the_byline() -> None:
    text = "Ferry stops in the river\n\nBy Jane Roe\nChief reporter\n@jroe\nPhotographs: Tom Ash\n\n" + BODY
    blocks = read_front(text, list(pieces(text, ()))).blocks
    said = [text[b.start : b.end] for b in blocks if b.kind == "byline"]
    assert said == ["By Jane Roe", "Chief reporter", "@jroe", "Photographs: Tom Ash"]
