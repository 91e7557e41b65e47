"""What stands beside an article is furniture; a novel, a statute, a chat and the like hold none."""

from __future__ import annotations

import time

import pytest

from index.document import Block
from index.reading.furniture import mark_furniture
from index.reading.furniture_lines import line_of
from index.reading.layout import pieces
from index.structure import read_structure

PROSE = (
    "The mill on the hill will close at the end of the month, the owner said on Friday, after a flood damaged the "
    "wheel and the stones that had turned there since the days of her grandfather."
)
ARTICLE = f"Mill closes after flood\n\n{PROSE}\n\n{PROSE} Nobody was hurt.\n\n"


def furniture(text: str) -> list[str]:
    blocks = [block for block in pieces(text, ()) if text[block.start : block.end].strip()]
    return [text[b.start : b.end].strip() for b in mark_furniture(text, blocks) if b.kind == "furniture"]


@pytest.mark.parametrize(
    "line",
    [
        "Already a member? Sign in here | Join now",
        "Comments (12): Subscribers only. Login. or Join.",
        "Log in | Register | Basket (0)",
        "Sign up for our newsletter",
        "Enter your email to read the rest of the story",
        "Share this story",
        "Follow us on Facebook",
        "[ADVERTISEMENT] Keel Software: thirty days for nothing.",
        "Sponsored content",
        "© 2019 Port Times Ltd. All rights reserved.",
        "Copyright ©2019. All Rights Reserved Mill Media.",
        "Comments on this story are closed.",
        "This comment has been moved to its own discussion",
        "Tags: mills, floods",
        "Filed under: Mills, Floods",
        "We use cookies to count visits. Accept all",
        "Home > News > Business > Mills",
        "About us | Contact | Privacy | Cookies",
        "Back to top",
        "Yes 41%   No 59%   (318 votes)",
    ],
)
def test_a_line_that_is_furniture_wherever_it_stands(line: str) -> None:
    assert furniture(f"{ARTICLE}{line}\n\n{PROSE}\n\n{PROSE}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "She had to share this story with somebody before the winter.",
        "Sections 4 and 5 | 12 | 40",
        "Name | Price | Weight",
        "The members only saw the wheel from below.",
        "Related to the miller by marriage.",
        "An advertisement is a notice that somebody pays for.",
        "A provider who stores cookies on a device must obtain the user's consent.",
        "Enter your email address and press Next.",
        "1. Log in",
        "Read the full report before you write here.",
        'print("Already a member?")',
        "Yes 41%",
    ],
)
def test_a_line_that_is_none(line: str) -> None:
    assert furniture(f"{ARTICLE}{line}\n\n{PROSE}\n\n{PROSE}") == []


def test_a_menu_above_an_article() -> None:
    menu = "Home\nNews\nSport\nWeather\nMills\nFerries\nContact\nSearch\nLog in\n"
    assert furniture(menu + "\n" + ARTICLE) == menu.split("\n")[:-1]


def test_bullets_of_a_menu_need_no_known_words_on_a_page() -> None:
    menu = "Home\nNews\nSport\nContact\nSearch\nPrivacy\nHelp\nJobs\n"
    towns = "".join(f"- {name}\n" for name in "Brill Dunmore Osprey Gannet Tern Marl Cannery Spit".split())
    top = f"Skip to content\n{menu}\n{PROSE[:20]}\n\n{towns}\n"
    found = furniture(top + ARTICLE + "© 2019 Port Times. All rights reserved.")
    assert "- Brill" in found
    assert "Mill closes after flood" not in found


def test_a_list_of_other_articles_after_the_article() -> None:
    listed = [
        "3 reports cite this report:",
        "Ferry stops running on Jun 09, 2021",
        "The ferry has stopped running because of the...",
        "Wheel sold to museum on May 01, 2021",
        "The old wheel goes to a museum in...",
        "Loading Related Reports",
    ]
    assert "\n".join(furniture(ARTICLE + "\n".join(listed))) == "\n".join(listed)


@pytest.mark.parametrize(
    "line",
    [
        "12 articles mention this story",
        "Cited by 14 papers",
        "This article has been cited by other articles:",
        "What links here",
        "2 Pingbacks",
    ],
)
def test_a_line_above_those_who_point_here_begins_a_list(line: str) -> None:
    assert line_of(line).certain == "list"


@pytest.mark.parametrize("line", ["Cited by the miller as the cause", "14 papers cite it", "This paper is cited often"])
def test_a_sentence_about_citing_begins_none(line: str) -> None:
    assert line_of(line).certain is None


def test_prose_between_furniture_after_the_article_is_furniture() -> None:
    below = [
        "Share this story",
        "Recommended content",
        "Ferry stops running",
        "Sponsored content",
        "Sponsored content is a paid section in which companies of the trade provide texts of high quality about what "
        "moves them, and we are glad of it.",
        "Popular stories",
        "Wheel sold",
        "Events",
        "May 22, 2025",
        "See more products",
        "Sign up today!",
        "© 2025 Mill Media. All rights reserved.",
    ]
    assert furniture(ARTICLE + PROSE + "\n\n" + "\n\n".join(below)) == below


def test_a_keyword_line_right_above_the_end_belongs_to_it() -> None:
    assert furniture(f"{ARTICLE}Keywords: mill flood\n\nShare this story\n\nJoin today") == [
        "Keywords: mill flood",
        "Share this story",
        "Join today",
    ]


def test_a_newsletter_box_amid_an_article() -> None:
    box = [
        "Join the Port Times newsletter?",
        "Port Times is the first with news of mills. Get free emails, once a day.",
    ]
    assert furniture(f"{ARTICLE}{box[0]}\n\n{box[1]}\n\n{PROSE}\n\n{PROSE}") == box


def test_an_advert_amid_an_article_ends_nothing() -> None:
    assert furniture(f"{ARTICLE}Advertisement\n\n{PROSE}\n\n{PROSE}") == ["Advertisement"]


def test_references_and_corrections_after_a_share_bar_are_text() -> None:
    text = f"{ARTICLE}Share this story\n\nReferences\n\nRoe, Mills of Brill\n\nAsh, Wheels"
    assert furniture(text) == ["Share this story"]


def test_the_name_of_a_publication_above_title_and_byline() -> None:
    text = f"Port Times\n\nMill closes after flood\n\nBy Jane Roe, May 4, 2018\n\n{PROSE}"
    kinds = ("body", "title", "byline", "body")
    blocks = [Block(k, b.start, b.end) for k, b in zip(kinds, pieces(text, ()), strict=True)]
    assert [block.kind for block in mark_furniture(text, blocks)] == ["furniture", "title", "byline", "body"]


def test_a_poll_and_its_question() -> None:
    lines = ["Poll: will the mill open again?", "Yes 41%     No 59%      (318 votes)"]
    assert furniture(f"{ARTICLE}{lines[0]}\n{lines[1]}\n\n{PROSE}\n\n{PROSE}") == lines


def thread(*comments: str) -> list[str]:
    lines = [*("Mill closes", PROSE, "Comments (9)"), *comments]
    text = "\n\n".join(lines)
    kinds = ["title", "body", "heading", *("comment" for _ in comments)]
    blocks, start = [], 0
    for kind, line in zip(kinds, lines, strict=True):
        blocks.append(Block(kind, start, start + len(line), speaker="Rita Vale" if kind == "comment" else None))
        start += len(line) + 2
    return [text[b.start : b.end] for b in mark_furniture(text, blocks) if b.kind == "furniture" and b.speaker is None]


@pytest.mark.parametrize(
    "comment", ["Spot on.", "Agree.", "Share this with everybody!", "Sign up for the union.", "Home"]
)
def test_short_comments_stay_comments(comment: str) -> None:
    assert thread(comment, "I saw the wheel turn as a child, and I am sorry.") == []


@pytest.mark.parametrize("line", ["Agree (3) Disagree", "Reply Share Report", "Like · Reply", "Permalink"])
def test_the_buttons_below_a_comment_are_furniture(line: str) -> None:
    assert thread("Spot on.", line, "Well said.") == [line]


def test_a_log_in_box_below_a_thread() -> None:
    box = [
        "Read this report for free.",
        "This article is only available to members. To get a preview, enter your email to access it all.",
        "Already a member? Login here | Join now",
        "Loading related reports",
    ]
    assert thread("Spot on.", "Well said.", *box) == box


def test_a_name_of_a_network_is_a_button_only_beside_others() -> None:
    page = f"{ARTICLE}Tweet\n\nShare this story\n\n{PROSE}\n\n"
    text = f"{page}Facebook\n\n{PROSE}\n\n{PROSE}\n\nAdvertisement\n\n{PROSE}\n\n{PROSE}"
    assert furniture(text) == ["Tweet", "Share this story", "Advertisement"]


MENU = "Home\nBrill\nDunmore\nOsprey\nGannet\nTern\nMarl\nCannery\nSpit\nSearch\nLog in\n"
FOOT = "Privacy policy\nBrill\nDunmore\nOsprey\nGannet\nContact us\n© 2019 Port Times. All rights reserved.\n"
BODY = f"{PROSE}\n\n{PROSE}\n\n{PROSE}\n\n"
TEASERS = "".join(
    f"Wheel number {n} goes to the museum\n\nJane Roe\n\nMay {n}, 2019\n\nThe wheel that turned at Brill for years "
    f"goes to the museum of the town, where it will be shown in hall {n} from now on.\n\n"
    for n in range(2, 7)
)


def page(between: str = "", below: str = "", text: str = BODY) -> str:
    return f"{MENU}\nMill on the hill closes after flood\n\n{between}{text}{below}\n{FOOT}"


def test_the_frame_of_a_page_needs_no_known_words() -> None:
    marked = furniture(page())
    assert {"Brill", "Spit", "Dunmore", "Contact us"} <= set(marked)
    assert not {"Mill on the hill closes after flood", PROSE} & set(marked)


def test_a_frame_in_another_language_shows_itself_by_standing_twice() -> None:
    names = "\n".join("Ylä Ala Itä Länsi Etelä Pohjoinen Keski Sisä Ulko".split())
    text = f"{names}\n\nMylly suljetaan tulvan jälkeen\n\n{BODY}{names}\n"
    assert furniture(text) == 2 * names.split("\n")


def test_summaries_of_other_articles_below_a_headline_and_a_date_are_furniture() -> None:
    marked = furniture(page(below=TEASERS))
    assert sum(line.startswith("The wheel that turned") for line in marked) == 5
    assert PROSE not in marked


def test_a_list_below_a_colon_and_a_recipe_belong_to_the_article() -> None:
    dates = f"{PROSE[:-1]}, on these days:\n- May 4\n- May 5\n- May 6\n"
    recipe = f"Ingredients\n- 2 onions\n- salt\n- oil\n\n{PROSE}\n\n"
    marked = furniture(page(below=recipe + dates))
    assert not {"- May 6", "- 2 onions", "Ingredients"} & set(marked)


def test_comments_that_no_step_has_read_are_not_furniture() -> None:
    said = ["I saw the wheel turn as a child and I am sorry.", "Nobody asked the people who live there."]
    below = f"Comments\n\nrita_v\n\n{said[0]}\n\ntomash\n\n{said[1]}\n\n"
    assert not set(said) & set(furniture(page(below=below)))


def test_posts_below_dates_are_not_furniture() -> None:
    said = [f"We went there on day {n} and saw nothing at all." for n in range(1, 7)]
    below = "".join(f"rita{n}\nMay {n}, 2019\n\n{words}\n\n" for n, words in enumerate(said, 1))
    assert not set(said) & set(furniture(page(below=below)))


def test_masked_words_below_an_article_stay() -> None:
    masked = "*** ****** of the ******* was ***** by *** **** ********."
    assert masked not in furniture(page(below=f"{masked}\n\n"))


def test_a_button_that_stands_again_and_again() -> None:
    answers = "".join(f"{PROSE} It is day {n}.\n\nMark it\n\nrita_{n}\n\n" for n in range(4))
    assert furniture(page(text=answers)).count("Mark it") == 4


def test_names_that_stand_again_and_again_above_what_they_say_are_no_buttons() -> None:
    talk = PROSE + "\n\n" + "".join(f"Rita Vale\n\n{PROSE} It is day {n}.\n\n" for n in range(4))
    assert "Rita Vale" not in furniture(page(text=talk))


def test_text_in_a_script_without_spaces_is_prose() -> None:
    sentence = "丘の上の水車小屋は月末に閉鎖されると所有者が金曜日に述べた。"
    sentence += "洪水が祖母の時代から回っていた水車と石を壊したためである。"
    assert sentence not in furniture(page(text=f"{sentence}\n\n{sentence}\n\n{sentence}\n\n"))
    assert line_of(sentence).words > 12


@pytest.mark.parametrize(
    "line",
    [
        "4.1 out of 5 stars 911",
        "12 people found this helpful",
        "5 star 61%",
        "Read more: Ferry stops running",
        "Leave a Reply",
        "Your email address will not be published. Required fields are marked *",
        "Kommentar schreiben",
        "comments powered by Anything",
    ],
)
def test_lines_of_shops_and_forms_on_a_page(line: str) -> None:
    assert line in furniture(page(text=f"{BODY}{line}\n\n{BODY}"))


def test_the_form_below_a_thread_and_all_that_follows() -> None:
    form = ["Leave a Reply", "Name *", "Website", "This site has a filter of its own.", "Recent Posts", "Wheel sold"]
    comment = "I saw the wheel turn as a child, and I am sorry to read that it has come to this at last."
    assert thread(comment, comment, *form) == form


NOVEL = (
    "CONTENTS\n\nChapter One. The Ferry\nChapter Two. Home\nChapter Three. News\nChapter Four. The Search\n"
    "Chapter Five. Travel\nChapter Six. Weather\nChapter Seven. About Jonas\nChapter Eight. Letters\n\nCHAPTER ONE\n\n"
    f'{PROSE}\n\n"Read more," she said...\n\n{PROSE}\n\n* * *\n\n{PROSE}\n\nTHE END'
)
STATUTE = (
    "Section 4. Advertisement\n\n(1) No person shall publish an advertisement unless it is marked.\n\n"
    "Section 5. Cookies\n\n(1) A provider who stores cookies must obtain consent before doing so.\n\n"
    "(2) Copyright in works made by the State remains; all rights reserved to authors under section 9 are kept.\n\n"
    f"Section 6. Members only\n\n(1) Meetings are open to members only.\n\n{PROSE}"
)
CHAT = "hi\nlog in\nshare\nRead more\nlike\nhome\nyes\nsearch\nhelp\ncontact\nabout\nok\nmenu\nhome\n"
NAMED_CHAT = "[10:02] Jane: log in\n[10:03] Tom: share\n[10:04] Jane: Sign up today!\n[10:05] Tom: Read more\n"
MANUAL = (
    "# Setting up\n\n1. Log in\n2. Create an account\n3. Search\n4. Contact\n5. Home\n6. Help\n7. Menu\n8. News\n\n"
    f"## Related topics\n\n- Network settings\n- Firmware\n\n{PROSE}\n\n## Recommended\n\n- 4 GB of memory\n- A disk\n"
)
MINUTES = (
    "Minutes of the board\nMay 5, 2018\n\nPresent\nJane Roe\nTom Ash\nRita Vale\n\nEvents\nSpring fair\nAutumn fair\n\n"
    f"Products\nSalt\nRope\n\n{PROSE}\n\nNext meeting\nJune 5"
)
RECIPE = f"Soup\n\nIngredients\n2 onions\n1 fish\nSalt\nOil\nWater\nGarlic\nBread\nPepper\n\n{PROSE}\n\nShare with us."
POEM = (
    "The Mill\n\nHome the miller goes\nPast the shop and store\nNews of wind he knows\nWeather at the door\n"
    f"Travel, then no more\nFood upon the floor\nSport of idle crows\nContact with the shore\n\n{PROSE}"
)
SPECIFICATIONS = f"Pump P4\n\nWeight\n3 kg\nHeight\n40 cm\nPower\n200 W\nVideo\nHDMI\nSearch\nNone\n\n{PROSE}"
CODE = (
    'import os\n\ndef share():\n    return "Share this"\n\nhome = "/"\nsearch = None\nhelp = 1\n# Log in or register\n'
)
TABLE = "city,count,news\nBrill,4,home\nDunmore,9,sport\n" * 5
ENCYCLOPEDIA = (
    f"{PROSE}\n\nSee also\nList of mills\nFerry\nWeather\n\nReferences\n1. Roe, Jane. Mills.\n\nExternal links\nHome"
)


CONTENTS = "\n".join(f"Chapter {n}: Of {name}" for n, name in enumerate("Salt Rope Tar Wind Ice Fog Rain".split(), 1))
INDEX = "\n".join(f"{name}, {n}, {n + 40}" for n, name in enumerate("anchor bell cable deck eel fish gull".split(), 3))
BOOK = (
    f"The Ferry\n\nby Jane Roe\n\nCopyright 1931 by Jane Roe\n\n{CONTENTS}\n\n"
    + f"{PROSE}\n\n" * 12
    + f"Index\n{INDEX}"
)
ACT = (
    "Ferries Act\n\nCONTENTS\n"
    + "\n".join(f"{n}. Duty {n} of the master" for n in range(1, 20))
    + "\n\n"
    + "\n\n".join(
        f"{n}. Duty {n} of the master\n\n(1) {PROSE}\n\n(2) The master must keep a log of rule {n}."
        for n in range(1, 20)
    )
)
PLAY = "MILLER. Who is there?\nFERRYMAN. A friend.\nMILLER. Come in.\n" * 12 + f"\n{PROSE}\n\n" + "MILLER. Away!\n" * 12
READ_ME = f"# Keel\n\n{PROSE}\n\n## Usage\n\n    keel run\n\n## Search\n\n{PROSE}\n\n## License\n\nMIT"
LETTER = f"Brill, 4 May 1912\n\nDear Tom,\n\n{PROSE}\n\n{PROSE}\n\nYours,\nJane\n\nP.S. Share the news with Rita."
GLOSSARY = "\n".join(
    f"{word}: what a miller calls a {word} of the second kind" for word in "home search news menu log".split()
)
ATTENDANCE = "Present:\n" + "\n".join(f"Jane Roe {n}\nmember" for n in range(15)) + f"\n\n{PROSE}\n\nNews\n\n{PROSE}"


@pytest.mark.parametrize("text", [BOOK, ACT, PLAY, READ_ME, LETTER, GLOSSARY, ATTENDANCE])
def test_contents_indexes_and_lists_of_names_are_no_frame(text: str) -> None:
    assert [line for line in furniture(text) if "Copyright" not in line] == []


@pytest.mark.parametrize(
    "text",
    [NOVEL, STATUTE, CHAT, NAMED_CHAT, MANUAL, MINUTES, RECIPE, POEM, SPECIFICATIONS, CODE, TABLE, ENCYCLOPEDIA],
    ids="novel statute chat named_chat manual minutes recipe poem specifications code table encyclopedia".split(),
)
def test_texts_with_no_page_around_them_have_no_furniture(text: str) -> None:
    assert furniture(text) == []


@pytest.mark.parametrize(
    "unit",
    [
        "Home\n\n",
        "ab\n",
        "see more ",
        "cookies ",
        " | ",
        "... ",
        "- - ",
        "(318 votes) ",
        "a" * 50,
        "word " * 39 + "\n\n",
        "Comments\n\n",
        "May 4, 2019\n\n",
        "Leave a reply\n\n",
        f"{PROSE}\n\nMenu\n\n",
    ],
)
def test_long_texts_take_time_in_proportion(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    blocks = [block for block in pieces(text, ()) if text[block.start : block.end].strip()]
    began = time.process_time()
    mark_furniture(text, blocks)
    assert time.process_time() - began < 20


def test_a_line_with_nothing_but_signs() -> None:
    assert line_of("  ×  ").words == 0
    assert furniture("---\n\n" + PROSE) == ["---"]


@pytest.mark.parametrize("heading", ["Comments (2)", "2 Comments", "Kommentare (2)", "Comentarios"])
@pytest.mark.parametrize("sorting", ["", "Newest first\n\n", "Sort by: Best\n\n", "Oldest | Newest | Top\n\n"])
def test_the_heading_of_comments_stays_one_above_the_line_that_sorts_them(heading: str, sorting: str) -> None:
    said = "I think that the mill should be opened again, whatever it costs the town."
    thread = "".join(f"{name}\nMay 4, 2019 at 10:04\n\n{said}\n\nReply\n\n" for name in ("Otto Lind", "Ann Fen"))
    text = f"{ARTICLE}{PROSE}\n\nShare this story\n\n{heading}\n\n{sorting}{thread}© 2019 Port Times Ltd."
    read = [(block.kind, text[block.start : block.end].strip()) for block in read_structure(text).blocks]
    assert ("heading", heading) in read
    assert [kind for kind, words in read if sorting and words == sorting.strip()] == ["furniture"] * bool(sorting)
    assert {words for kind, words in read if kind == "comment"} == {said}


def test_where_the_format_has_told_furniture_the_layout_does_not_guess() -> None:
    text = page(below=TEASERS)
    blocks = [block for block in pieces(text, ()) if text[block.start : block.end].strip()]
    guessed, told = ([block.kind for block in mark_furniture(text, blocks, told)] for told in (False, True))
    assert told.count("furniture") < guessed.count("furniture")
