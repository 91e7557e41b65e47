"""Threads whose headers recur: forums, reviews, comment sections of any layout; and what only looks like one."""

from __future__ import annotations

import time

import pytest

from index.reading.post_lines import lines_of
from index.reading.posts import find_posts
from index.structure import read_structure

TEXTS = (
    "I walked along the weir on Sunday and the sluice was open, as you can see in my photo.",
    "You are right, but my brother says the keeper only opens it at night.\n\nI would ask him first.",
    "Nobody asked us about the sluice, and I pay for the water like everybody else here.",
    "I agree with you all, thanks for the numbers. The mill has been dry since June.",
)
NAMES = ("Jane Roe", "mill_rat77", "Tom Ash", "Jane Roe")
DAYS = ("May 3, 2019", "May 4, 2019", "May 6, 2019", "June 9, 2019")
ISO = ("2019-05-03", "2019-05-04", "2019-05-06", "2019-06-09")
DEUTSCH = ("03.05.2019", "04.05.2019", "06.05.2019", "09.06.2019")
ARTICLE = "The weir at Dunmore is closed\n\n" + (
    "The council closed the weir at Dunmore on Monday and nobody knows for how long.\n\n"
)


def comments(text: str) -> list[tuple[str | None, str | None, str]]:
    """(speaker, date, text) of each paragraph of a comment."""
    blocks = read_structure(text).blocks
    return [(b.speaker, b.date, text[b.start : b.end].strip()) for b in blocks if b.kind == "comment"]


def kinds(text: str, words: str) -> set[str]:
    return {b.kind for b in read_structure(text).blocks if words in text[b.start : b.end] and b.parent is None}


def thread(layout: str, days: tuple[str, ...] = DAYS) -> str:
    return "".join(
        layout.format(n=n + 1, who=who, day=day, text=words, votes=3 * n + 1, stars=5 - n, title=title)
        for n, (who, day, words, title) in enumerate(
            zip(
                NAMES,
                days,
                TEXTS,
                ("Works well for the price", "Rust!", "Not what I ordered", "As described"),
                strict=True,
            )
        )
    )


LAYOUTS = {
    "vBulletin": "#{n}\nOld {day}, 08:47 PM\n{who} {who} is offline\nMember\n\nJoin Date: Oct 2012\nPosts: {votes}\n"
    "Default \n{text}\n{who}\nView Public Profile\nFind all posts by {who}\n",
    "XenForo": "{who}\nWell-Known Member\nJoined: Mar 3, 2008\nMessages: {votes}12\n{day} at 8:47 PM\n#{n}\n{text}\n"
    "Like\nReply\n",
    "phpBB": "Re: The weir\nPost by {who} » {day} 8:47 pm\n\n{text}\n\nTop\n\n",
    "numbered": "#{n}\n{who}\n{day}, 08:47\n{text}\nQuote\nReport\n",
    "name, rank, date": "{who}\nMember\n{day} 8:47 PM\n{text}\nReport\nReply\n",
    "reviews": "{who}\n{stars}.0 out of 5 stars {title}\nReviewed in Freeland on {day}\nVerified Purchase\n{text}\n"
    "{votes} people found this helpful\nHelpful\nReport abuse\n\n",
    "stars alone": "★★★★☆\n{title}\nby {who} on {day}\n{text}\nWas this helpful? Yes ({votes}) No (1)\n\n",
    "said": "{who} says:\n{day} at 4:12 pm\n{text}\n\nReply\n",
    "Hacker News like": "{who} on {day} | parent | next [–]\n\n{text}\n\nreply\n\n",
    "SMF": "{who}\nFull Member\nPosts: {votes}\nRe: The weir\n« Reply #{n} on: {day}, 08:47:00 PM »\n{text}\nLogged\n",
    "mails": "From: {who} <x@mill.example>\nDate: {day} 16:12\nSubject: Re: The weir\n\n{text}\n\n",
    "counts of the writer's": "{who}\n{n} review\n{day}\n{text}\nUseful\nShare\n",
    "by line": "Posted by {who} on {day} at 4:12 PM\n{text}\nReply | Report\n",
    "avatar": "J\n{who}\n{day}, 4:12 pm\n{text}\n{votes}\nReply\nShare\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "above", ["", ARTICLE + "Comments (4)\n\n", ARTICLE + "Customer reviews\n\nSort by: newest\n\n"]
)
def test_posts_have_their_writers_and_dates(layout: str, above: str) -> None:
    found = comments(above + thread(LAYOUTS[layout]))
    paragraphs = [
        (who, day, part) for who, day, words in zip(NAMES, ISO, TEXTS, strict=True) for part in words.split("\n\n")
    ]
    assert found == paragraphs


FOREIGN = {
    "German": ("Kommentare (4)\n", "{who}\n{day}, 19:02 Uhr\n{text}\nAntworten\nMelden\n"),
    "German, says": ("4 Kommentare\n\n", "{who} schrieb am {day} um 19:02\n{text}\n\nAntworten\n"),
    "French": ("Commentaires (4)\n", "{who}\nle {day} à 19h02\n{text}\nRépondre\nSignaler\n"),
    "Spanish": ("4 comentarios\n", "{who}\n{day} 19:02\n{text}\nResponder\n"),
    "Italian": ("Commenti\n", "{who}\n{day} ore 19:02\n{text}\nRispondi\n"),
}


@pytest.mark.parametrize("language", FOREIGN)
def test_posts_in_other_languages(language: str) -> None:
    heading, layout = FOREIGN[language]
    found = comments(ARTICLE + heading + thread(layout, DEUTSCH))
    assert [(who, day) for who, day, words in found if not words.startswith("I would")] == list(
        zip(NAMES, ISO, strict=True)
    )


@pytest.mark.parametrize("layout", ["{who}\n{votes} days ago\n{text}\nReply\n",
                                    "{who} · {votes}h\n{text}\nLike · Reply\n",
                                    "{who} {votes} points {votes} hours ago\n{text}\nreply\n",
                                    "{who}\nvor {votes} Tagen\n{text}\nAntworten\n"])  # fmt: skip
def test_posts_of_which_only_the_age_is_said(layout: str) -> None:
    found = comments(ARTICLE + "Comments (4)\n\n" + thread(layout))
    assert [who for who, _, words in found if not words.startswith("I would")] == list(NAMES)
    assert {day for _, day, _ in found} == {None}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_headers_are_bylines_and_buttons_are_furniture(layout: str) -> None:
    text = ARTICLE + "Comments (4)\n\n" + thread(LAYOUTS[layout])
    assert kinds(text, "May 4, 2019") == {"byline"}
    for button in ("\nReply\n", "View Public Profile", "Report abuse"):
        if button in text:
            assert kinds(text, button.strip()) == {"furniture"}


def test_a_heading_in_another_language_is_a_heading() -> None:
    heading, layout = FOREIGN["German"]
    assert kinds(ARTICLE + heading + thread(layout, DEUTSCH), "Kommentare (4)") == {"heading"}


def test_an_article_above_the_comments_stays_one() -> None:
    text = ARTICLE + "Comments (4)\n\n" + thread(LAYOUTS["name, rank, date"])
    assert kinds(text, "The council closed") == {"body"}


def test_a_quoted_post_is_its_writers_and_carried_by_whom_it_stands_with() -> None:
    text = thread(LAYOUTS["vBulletin"]).replace(
        TEXTS[2], f"Quote:\nOriginally Posted by mill_rat77 View Post\nI would ask him first.\n{TEXTS[2]}"
    )
    quoted = [(b.speaker, b.via) for b in read_structure(text).blocks if b.kind == "quotation" and b.parent is None]
    assert quoted == [("mill_rat77", ("Tom Ash",))]
    assert ("Tom Ash", "2019-05-06", TEXTS[2]) in comments(text)


def test_a_signature_is_furniture() -> None:
    text = thread(LAYOUTS["vBulletin"]).replace(TEXTS[2], f"{TEXTS[2]}\n__________________\nAsh & Sons, millers")
    assert kinds(text, "Ash & Sons, millers") == {"furniture"}


def test_an_edit_belongs_to_the_post() -> None:
    text = thread(LAYOUTS["numbered"]).replace(TEXTS[2], f"{TEXTS[2]}\n\nEDIT: it is open again!")
    assert kinds(text, "EDIT: it is open") <= {"comment", "update"}


def test_a_list_in_a_post_stays_one() -> None:
    text = thread(LAYOUTS["vBulletin"]).replace(TEXTS[2], f"{TEXTS[2]} Look at:\n- the sluice\n- the weir")
    items = [b.speaker for b in read_structure(text).blocks if b.kind == "list_item"]
    assert items == ["Tom Ash", "Tom Ash"]


def test_american_dates_are_read_in_the_order_that_the_thread_shows() -> None:
    days = ("11-14-2012", "11-12-2012", "12-03-2012", "12-20-2012")
    assert {day for _, day, _ in comments(thread(LAYOUTS["vBulletin"], days))} == {
        "2012-11-14", "2012-11-12", "2012-12-03", "2012-12-20"
    }  # fmt: skip


ONE = "The weir at Dunmore was closed by the council on Monday, after the sluice had been found open."
NO_THREADS = {
    "teasers": "Weir closed\n{text}\non {day}\n\n",
    "teasers with authors": "The weir at Dunmore is closed again\nBy {who} | {day}\n{text}\nRead more\n\n",
    "news of a club": "Weir news for all members\n{day}\n{text}\n\n",
    "changelog": "## 1.{n}.0 - {day}\n\n- The sluice opens at night ({who})\n- The weir has a gate\n\n",
    "timeline": "{day}\n{text}\n\n",
    "diary": "{day}\n\nI went to the weir with you in mind and I saw that the sluice was open.\n\n",
    "events": "{who} Trio\n{day}, 20:00\n{text}\nTickets\n\n",
    "bibliography": "{who}. {text} Millers' Press, {day}.\n\n",
    "minutes": "{n}. Report of the keeper, {day}\n{who} reported that the sluice had been open.\n\n",
    "statute": "§ {n} Weirs (in force {day})\n(1) The keeper of a weir opens the sluice at night.\n\n",
    "commits": "commit 8f2a{n}\nAuthor: {who} <jane@mill.example>\nDate: {day} 16:12\n\n"
    "    Open the sluice at night\n\n",
    "table": "{who}\t{day}\t{votes}\n",
    "recent comments": "{who} commented on\nHow the weir was closed and why you were not told\n",
    "ranking": "#{n}: {who}\nThe sluice that you can see in my photo has slipped three places since May.\n\n",
    "releases": "Version 1.{n} ({day})\nThe sluice now opens at night, as you asked us.\n\n",
    "prices": "{title}\n£{votes}.99\nUpdated {day}\nA fine thing for every mill, in brushed steel.\n\n",
    "obituaries": "{who}\n{day}\nHe kept the weir at Dunmore for many years and his friends will miss him.\n\n",
}


@pytest.mark.parametrize("layout", NO_THREADS)
def test_what_only_looks_like_a_thread(layout: str) -> None:
    text = "".join(
        NO_THREADS[layout].format(n=n, who=who, day=day, text=ONE, votes=n, title=f"Kettle {who}")
        for n, (who, day) in enumerate(zip(NAMES, DAYS, strict=True), 1)
    )
    assert comments(text) == []
    assert comments(ARTICLE + text) == []


def test_posts_without_names_are_nobodys() -> None:
    text = ARTICLE + "Comments (4)\n\n" + thread("{day}, 19:02\n{text}\nAntworten\n")
    assert {who for who, _, _ in comments(text)} == {None}


@pytest.mark.parametrize("unit", ["#1\nJane Roe\nMay 3, 2019\nYes.\n", "May 3, 2019\n", "Jane\n", "a b\n3 days ago\n",
                                  "1 " * 50 + "\n",
                                  "Quote:\nx\n", "____\n",
                                  "Jane says:\nI do not know what you mean.\nReply\n"])  # fmt: skip
def test_no_thread_takes_long(unit: str) -> None:
    lines = lines_of(unit * (200_000 // unit.count("\n")))
    began = time.process_time()
    find_posts(lines)
    assert time.process_time() - began < 15


def test_a_line_without_end_is_no_header() -> None:
    began = time.process_time()
    assert find_posts(lines_of("May 3, 2019 " * 800_000)) == []
    assert find_posts(lines_of("")) == []
    assert time.process_time() - began < 15


def test_who_began_a_thread_has_a_badge_and_buttons_may_run_together() -> None:
    said = "I think that the mill should be opened again, whatever it costs the town of Brill."
    posts = [("otto_lind", 8), ("jane_roe[S]", 5), ("otto_lind", 3), ("bo_ash", 1)]
    text = "My wheel froze\n43 comments\nsorted by: best\n" + "".join(
        f"[–]{who} {points} points 3 years ago\n{said} {points}\npermalinkembedsaveparentreportreply\n"
        for who, points in posts
    )
    blocks = [block for block in read_structure(text).blocks if block.kind == "comment"]
    assert [block.speaker for block in blocks] == ["otto_lind", "jane_roe", "otto_lind", "bo_ash"]
