"""Quotations: whose words, through whom; in marks, behind a colon, as indirect speech; and what is none of these."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Block
from index.reading.quotation_marks import in_marks
from index.reading.quotations import mark_quotations, with_inner_quotations

INTRO = "Jane Roe, the mill's director, met Tom Ash on Monday. It rained in Dunmore all day, as it does.\n\n"


def blocks_of(text: str, kind: str = "body", speaker: str | None = None) -> list[Block]:
    """One block per paragraph."""
    found, position = [], 0
    for paragraph in text.split("\n\n"):
        found.append(Block(kind, position, position + len(paragraph), speaker))
        position += len(paragraph) + 2
    return found


def leaves(text: str, blocks: list[Block]) -> list[Block]:
    read = with_inner_quotations(text, tuple(blocks))
    parents = {block.parent for block in read}
    return [block for number, block in enumerate(read) if number not in parents]


def said(text: str, kind: str = "body", speaker: str | None = None) -> list[tuple[str, str | None, str | None]]:
    """Words, speaker and role of each leaf in marks."""
    found = [leaf for leaf in leaves(text, blocks_of(text, kind, speaker)) if leaf.kind == "quotation"]
    return [(text[leaf.start : leaf.end].strip(), leaf.speaker, leaf.role) for leaf in found]


def marked(text: str, kind: str = "body", speaker: str | None = None) -> list[Block]:
    return [block for block in mark_quotations(text, blocks_of(text, kind, speaker)) if block.kind == "quotation"]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ('"The wheel has stopped for good," said Jane Roe.', "Jane Roe"),
        ('"The wheel has stopped for good," Jane Roe told us.', "Jane Roe"),
        ('"The wheel has stopped for good," Roe said on Friday.', "Jane Roe"),
        ('"The wheel has stopped for good," Ms. Roe added.', "Jane Roe"),
        ('"Has the wheel stopped for good?" asked Tom Ash.', "Tom Ash"),
        ('"The wheel has stopped for good", says Tom Ash.', "Tom Ash"),
        ("“The wheel has stopped for good,” says Tom Ash.", "Tom Ash"),
        ("‘The millers’ wheel hasn’t turned since May,’ said Tom Ash.", "Tom Ash"),
        ("'The millers' wheel hasn't turned since May,' said Tom Ash.", "Tom Ash"),
        ("«\u00a0The wheel has stopped for good\u00a0», said Tom Ash.", "Tom Ash"),
        ("„The wheel has stopped for good“, said Tom Ash.", "Tom Ash"),
        ('Tom Ash said: "The wheel has stopped for good."', "Tom Ash"),
        ('Tom Ash flatly responded, "the wheel has stopped for good".', "Tom Ash"),
        ('Tom Ash wrote in a letter that "the wheel has stopped for good".', "Tom Ash"),
        ('According to Tom Ash, "the wheel has stopped for good".', "Tom Ash"),
        ('In the words of Tom Ash, "the wheel has stopped for good".', "Tom Ash"),
        ('"The wheel has stopped for good," according to Tom Ash.', "Tom Ash"),
        ('Tom Ash\'s old motto: "Never trust a dry river."', "Tom Ash"),
        ('Tom Ash called the flood "the worst thing since the war" and left.', "Tom Ash"),
        ('"No," said Tom Ash.', "Tom Ash"),
        ('"I said ‘stop the wheel’ to them," Tom Ash recalled.', "Tom Ash"),
        ('"He is 6\' 2" tall and cannot stand up in there," said Tom Ash.', "Tom Ash"),
        ('A spokesman for the mill said: "The wheel has stopped for good."', None),
        ('"The wheel has stopped for good," said one resident.', None),
        ('"The wheel has stopped for good," the company said.', None),
        ('Tom Ash did not say "the wheel has stopped for good".', None),
        ('Some words on the door, "closed until the flood is over", remained.', None),
        ('Jane Roe and Tom Ash said: "The wheel has stopped for good."', None),
        ('"The wheel has stopped for good," they said.', None),
    ],
)
def test_speaker_of_words_in_marks(sentence: str, speaker: str | None) -> None:
    found = said(INTRO + sentence)
    assert len(found) == 1
    assert found[0][1] == speaker


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ('"The wheel has stopped for good," said one resident.', "resident"),
        ('A spokesman for the mill said: "The wheel has stopped for good."', "spokesman for the mill"),
        ('The porter was told by a supervisor to "put every sack back again".', "supervisor"),
    ],
)
def test_role_of_somebody_unnamed(sentence: str, role: str) -> None:
    assert said(INTRO + sentence)[0][1:] == (None, role)


@pytest.mark.parametrize(
    "sentence",
    [
        'He bought the so-called "golden wheel" for a song in the \'90s.',
        "The dealers' rights and the firm's duties were rock 'n' roll.",
        'A 24" screen stands beside a 6\' 2" door and a 3" pipe.',
        'The "old" mill and the "new" mill are "simple" terms.',
        'In this Act, the term "covered mill equipment or services" means wheels.',
        'We saw the film "The Mill at the End of the World" twice.',
        'def said(name):\n    print("hello there my good friend", name)',
        'An unbalanced " mark stands here, and nothing else of the kind at all.',
        "It’s the millers’ wheel, and the ’90s were theirs.",
        "No marks here, and no speech of any kind in the whole line.",
    ],
)
def test_no_quotation(sentence: str) -> None:
    assert said(sentence) == []


def test_a_tag_between_two_parts_is_for_both() -> None:
    found = said(INTRO + '"We sold the boats," says Lt. Ash. "We kept the nets, all of them."')
    assert [speaker for _, speaker, _ in found] == ["Tom Ash", "Tom Ash"]


def test_the_object_of_a_sentence_is_not_its_speaker() -> None:
    found = said('Lena Birk praised the mill. The director urged Tom Ash to sell, saying "time is running out for us".')
    assert found[0][1] is None


def test_who_is_spoken_of_is_not_who_speaks() -> None:
    found = said('Jane Roe owns it. She urged Mr. Ash to sell, saying "time is running out for us".')
    assert found[0][1] == "Jane Roe"


def test_titles_far_behind_a_source_are_not_its_words() -> None:
    found = said('According to Dunmore, expect to hear all of the hits of the year, including "Down By The Old Mill",'
                 ' "Up By The New Mill" and more of that kind. We met Dunmore.')  # fmt: skip
    assert [speaker for _, speaker, *_ in found if speaker] == []


def test_a_tag_with_an_office_is_for_both_parts() -> None:
    found = said('"We thank you all," said Jane Roe, Chief Executive Officer of Dunmore Ltd. "Forty good years."')
    assert [words[1:] for words in found] == [("Jane Roe", "Chief Executive Officer of Dunmore Ltd")] * 2


def test_a_second_tag_is_for_the_second_part() -> None:
    found = said(INTRO + '"We had no choice in it," said Jane Roe, while Tom Ash said, "We had a choice in it."')
    assert [speaker for _, speaker, _ in found] == ["Jane Roe", "Tom Ash"]


def test_narration_between_parts_ends_the_tag() -> None:
    found = said(INTRO + '"We had no choice in it," said Jane Roe. "It is over now." He left. "What a day it was."')
    assert [speaker for _, speaker, _ in found] == ["Jane Roe", "Jane Roe", None]


def test_two_stretches_of_one_clause_have_one_speaker() -> None:
    found = said("The mill of Dunmore fired back. Here Dunmore hits the paper, calling it ‘unkind to all millers here’,"
                 " and ‘hardly worth the ink on it’.")  # fmt: skip
    assert [speaker for _, speaker, _ in found] == ["Dunmore", "Dunmore"]


def test_a_pronoun_means_the_only_person_of_the_paragraph() -> None:
    found = said('Jane Roe, who owns the mill, would answer later. "I never owned a boat," she said.')
    assert found[0][1] == "Jane Roe"


def test_a_pronoun_means_the_last_speaker_of_the_paragraph_before() -> None:
    found = said('"We had no choice in it," said Jane Roe.\n\n"I never owned a boat," she added.')
    assert [speaker for _, speaker, _ in found] == ["Jane Roe", "Jane Roe"]


def test_a_pronoun_that_may_mean_two_people_means_nobody() -> None:
    found = said('In May Jane Roe, a baker, met Lena Ash, a miller. "I never owned a boat," she said.')
    assert found[0][1] is None


def test_a_quotation_over_paragraphs_goes_on() -> None:
    found = said("Tom Ash said: “We had no choice in the matter at all.\n\n“We would do it again tomorrow.”")
    assert [speaker for _, speaker, _ in found] == ["Tom Ash", "Tom Ash"]


def test_inner_marks_within_a_frame_are_told_apart() -> None:
    text = "We met Jane Roe. It printed her words in full, her words: \"'I shall keep it while I live,' she said.\""
    assert said(text) == [("'I shall keep it while I live,'", "Jane Roe", None)]


def test_a_paper_that_was_told_carries() -> None:
    text = 'Jane Roe told the Weekly Port Times that "the wheel has stopped for good".'
    leaf = next(leaf for leaf in leaves(text, blocks_of(text)) if leaf.kind == "quotation")
    assert (leaf.speaker, leaf.via) == ("Jane Roe", ("Weekly Port Times",))


def test_who_was_told_is_no_carrier_if_it_is_no_paper() -> None:
    text = 'Jane Roe told Tom Ash that "the wheel has stopped for good".'
    leaf = next(leaf for leaf in leaves(text, blocks_of(text)) if leaf.kind == "quotation")
    assert (leaf.speaker, leaf.via) == ("Jane Roe", ())


def test_a_title_in_marks_is_its_papers() -> None:
    text = "Last weekend an article entitled “Old Mills Are Falling Down Everywhere” appeared in the Weekly Port Times."
    assert said(text)[0][1] == "Weekly Port Times"


def test_a_named_commenter_carries_what_he_quotes() -> None:
    text = 'As Jane Roe said, "the wheel has stopped for good". I agree.'
    leaf = next(leaf for leaf in leaves(text, blocks_of(text, "comment", "Bo Lind")) if leaf.kind == "quotation")
    assert (leaf.speaker, leaf.via) == ("Jane Roe", ("Bo Lind",))


def test_in_a_comment_i_am_the_commenter() -> None:
    text = 'So I said "the wheel has stopped for good" to them.'
    leaf = next(leaf for leaf in leaves(text, blocks_of(text, "comment", "Bo Lind")) if leaf.kind == "quotation")
    assert (leaf.speaker, leaf.via) == ("Bo Lind", ())


def test_the_authors_own_i_is_nobody() -> None:
    assert said('So I said "the wheel has stopped for good" to them.')[0][1] is None


def test_words_repeated_from_an_earlier_comment_are_its_writers() -> None:
    text = 'A dry river turns no wheel at all, friends.\n\n"A dry river turns no wheel at all" is what they say.'
    first, second = blocks_of(text, "comment")
    read = leaves(text, [Block("comment", first.start, first.end, "Bo Lind"), second])
    assert [leaf.speaker for leaf in read if leaf.kind == "quotation"] == ["Bo Lind"]


def test_leaves_tile_their_parent() -> None:
    text = INTRO + 'He left. "The wheel has stopped," said Tom Ash. "It is over now, all of it." They went home.'
    read = with_inner_quotations(text, tuple(blocks_of(text)))
    parent = next(number for number, block in enumerate(read) if number in {b.parent for b in read})
    children = [block for block in read if block.parent == parent]
    assert [child.start for child in children] == [read[parent].start, *(child.end for child in children[:-1])]
    assert children[-1].end == read[parent].end
    assert {child.kind for child in children} == {"body", "quotation"}


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("Jane Roe said that the mill had been closed in May.", "Jane Roe"),
        ("Jane Roe said the mill had been closed in May.", "Jane Roe"),
        ("On Friday, Jane Roe announced that the mill would be sold.", "Jane Roe"),
        ("The mill, Roe says, was closed in May.", "Jane Roe"),
        ("The mill was closed in May, according to Jane Roe, the mayor.", "Jane Roe"),
        ("According to Jane Roe, the mill was closed in May.", "Jane Roe"),
        ("The mill was closed in May, said Jane Roe, the mayor.", "Jane Roe"),
        ("More than 200 mills were closed, estimates Jane Roe, editor of the Port Times.", "Jane Roe"),
        ("According to the mayor, Jane Roe, the mill was closed in May.", "Jane Roe"),
        ("Mr. Ash told reporters that the mill had been closed.", "Tom Ash"),
        ("The Weekly Port Times reported that the mill had been closed.", "Weekly Port Times"),
    ],
)
def test_indirect_speech(sentence: str, speaker: str) -> None:
    text = INTRO + sentence
    found = [leaf for leaf in leaves(text, blocks_of(text)) if leaf.speaker]
    assert [(leaf.kind, leaf.speaker, text[leaf.start : leaf.end]) for leaf in found] == [("body", speaker, sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Jane Roe did not say that the mill had been closed.",
        "Jane Roe would say that the mill had been closed.",
        "If Jane Roe said that the mill had been closed, she lied.",
        "Did Jane Roe say that the mill had been closed?",
        "Jane Roe said nothing about it to anybody here.",
        "Residents said that the mill had been closed in May.",
        "The report said that the mill had been closed in May.",
        "The mill was closed in May, according to a report by the county.",
        "According to a letter Roe wrote, the mill was closed in May.",
        "She said that the mill had been closed in May.",
        "Jane Roe and Tom Ash said that the mill had been closed.",
        "Jane Roe added two rooms to the house that year.",
        "It is said that Jane Roe closed the mill in May.",
        "The mill was closed in May, said Jane Roe and Tom Ash.",
        "The bridge, reports Jane Roe, is old but the mill was closed in May.",
        "On Monday the weather report said that it would rain.",
        "My friend, a miller of the old kind, tells Jane Roe, quote, no.",
    ],
)
def test_no_indirect_speech(sentence: str) -> None:
    text = INTRO + sentence
    assert [leaf.speaker for leaf in leaves(text, blocks_of(text)) if leaf.speaker] == []


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("A spokeswoman for the harbour said the hearing would be moved.", "spokeswoman for the harbour"),
        ("On Friday, the county clerk announced that the hearing would be moved.", "county clerk"),
        ("The hearing would be moved, a harbour spokesman said.", "harbour spokesman"),
        ("The hearing would be moved to May, according to a clerk of the county.", "clerk of the county"),
    ],
)
def test_indirect_speech_of_a_role(sentence: str, role: str) -> None:
    text = INTRO + sentence
    found = [leaf for leaf in leaves(text, blocks_of(text)) if leaf.role]
    assert [(leaf.speaker, leaf.role, text[leaf.start : leaf.end]) for leaf in found] == [(None, role, sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The report said that the mill had been closed in May.",
        "The county has had complaints and reports that the mill was closed.",
        "The clerk was not there, and nobody said that the mill had been closed.",
        "A clerk would say that the mill had been closed in May.",
        "The clerk and the mayor said that the mill had been closed.",
    ],
)
def test_no_indirect_speech_of_a_role(sentence: str) -> None:
    text = INTRO + sentence
    assert [leaf.role for leaf in leaves(text, blocks_of(text)) if leaf.role] == []


def test_a_role_that_a_quoted_paper_reports_is_carried_by_the_paper() -> None:
    words = "The hearing is set for May 3. A spokeswoman for the harbour said the ferry will be its only matter."
    text = f"As the Weekly Port Times reported:\n\n{words}"
    read = with_inner_quotations(text, tuple(mark_quotations(text, blocks_of(text))))
    found = [(block.speaker, block.role, block.via) for block in read if block.parent is not None]
    assert found[-2:] == [
        ("Weekly Port Times", None, ()),
        (None, "spokeswoman for the harbour", ("Weekly Port Times",)),
    ]


def test_what_stands_before_said_is_no_body_called_so() -> None:
    text = "The mill stands in Brill Autonomous Region, the commission said. Nobody is ill, the commission said."
    assert {leaf.speaker for leaf in leaves(text, blocks_of(text))} == {None}


def test_a_pronoun_goes_on_with_indirect_speech() -> None:
    text = INTRO + "Jane Roe said that the mill had been closed. She added that nobody would return."
    found = [leaf.speaker for leaf in leaves(text, blocks_of(text)) if leaf.speaker]
    assert found == ["Jane Roe", "Jane Roe"]


@pytest.mark.parametrize("speaker", ["Jane Roe", "A clerk of the county"])
def test_a_pronoun_at_the_end_goes_on_with_indirect_speech(speaker: str) -> None:
    text = INTRO + f"{speaker} said that the mill had been closed. Nobody would return, she said."
    found = [
        (leaf.speaker, leaf.role) for leaf in leaves(text, blocks_of(text)) if text[leaf.start :].startswith(" No")
    ]
    assert found == [("Jane Roe", None) if speaker == "Jane Roe" else (None, "clerk of the county")]


def test_a_pronoun_at_the_end_is_nobodys_where_another_is_named() -> None:
    text = INTRO + "Jane Roe said that the mill had been closed. Anna Lind would return, she said."
    assert [leaf.speaker for leaf in leaves(text, blocks_of(text)) if leaf.speaker] == ["Jane Roe"]


def test_no_indirect_speech_in_a_comment() -> None:
    text = "Jane Roe said that the mill had been closed in May."
    assert [leaf.speaker for leaf in leaves(text, blocks_of(text, "comment", "Bo Lind"))] == ["Bo Lind"]


def test_a_quotation_shares_the_speaker_of_its_sentence() -> None:
    text = INTRO + 'Jane Roe said that the mill was "as good as gone by now".'
    assert {leaf.speaker for leaf in leaves(text, blocks_of(text))[1:]} == {"Jane Roe"}


QUOTED = "The mill will not open again this year, and the boats stay in the harbour."


@pytest.mark.parametrize(
    ("introduction", "speaker", "role", "via"),
    [
        ("As the WPT reported:", "WPT", None, ()),
        ("Jane Roe wrote:", "Jane Roe", None, ()),
        ("In a letter to the town, Jane Roe wrote that:", "Jane Roe", None, ()),
        ("On May 4, 2018 Dunmore emailed its dealers, saying:", "Dunmore", None, ()),
        ("The letter reads:", None, "letter", ()),
        ("They replied:", None, None, ()),
        ("Dunmore told the Weekly Port Times:", "Dunmore", None, ("Weekly Port Times",)),
        ("The Weekly Port Times quotes the mayor of Brill, saying:", None, "mayor of Brill", ("Weekly Port Times",)),
        (
            'The Weekly Port Times quotes the chair of the "Harbour Commission," who says:',
            None,
            "chair of the Harbour Commission",
            ("Weekly Port Times",),
        ),
        (
            "The Weekly Port Times features a quote from Dunmore's CEO, who has left the country, saying that:",
            None,
            "Dunmore's CEO",
            ("Weekly Port Times",),
        ),
    ],
)
def test_introduced_paragraph(
    introduction: str, speaker: str | None, role: str | None, via: tuple[str, ...]
) -> None:  # fmt: skip
    found = marked(f"We met Dunmore there. {introduction}\n\n{QUOTED}\n\nThe day went on as days do in the town.")
    assert [(block.speaker, block.role, block.via) for block in found] == [(speaker, role, via)]


def test_date_of_an_introduction() -> None:
    text = f"We met Dunmore there. On May 4, 2018 Dunmore emailed its dealers, saying:\n\n{QUOTED}"
    assert marked(text)[0].date == "2018-05-04"


@pytest.mark.parametrize(
    "introduction",
    [
        "The mill makes many things, including:",
        "In this report we examine:",
        "The inspectors reported three problems:",
        "There are many examples of this:",
        "This is what the valley looks like in winter:",
        "Jane Roe did not say:",
        "I said:",
        "Jane Roe has two sons:",
        "Ingredients:",
        "Note:",
        "To begin, run the following command:",
    ],
)
def test_what_introduces_no_quotation(introduction: str) -> None:
    assert marked(f"{introduction}\n\n{QUOTED}") == []


def test_a_picture_between_is_passed_over() -> None:
    assert [block.speaker for block in marked(f"Jane Roe wrote:\n\nPort Image\n\n{QUOTED}")] == ["Jane Roe"]


def test_an_item_of_a_list_is_not_what_a_line_introduces() -> None:
    text = f"Jane Roe wrote:\n\n- {QUOTED}"
    first, second = blocks_of(text)
    blocks = [first, Block("list_item", second.start, second.end)]
    assert mark_quotations(text, blocks) == blocks


def test_only_one_paragraph_follows() -> None:
    assert len(marked(f"Jane Roe wrote:\n\n{QUOTED}\n\nThe day went on as days do in the town.")) == 1


def test_paragraphs_in_marks_go_on_by_the_same_speaker() -> None:
    text = (
        "The best friend of the mill in the Weekly Port Times was Captain Josephine Marsh II of the harbour police. The"
        " Weekly Port Times ended with Marsh, concluding:\n\nHe says that the boats were cheap in the spring."
        "\n\n“Of all the boats these are the best,” says Capt. Marsh. “Nobody has sunk one yet.”"
    )
    found = marked(text)
    assert [block.speaker for block in found] == ["Captain Josephine Marsh II"] * 2
    assert {block.via for block in found} == {("Weekly Port Times",)}


def test_a_paragraph_that_names_its_speaker_is_his() -> None:
    text = "The Weekly Port Times reported:\n\nZed Yarrow, a mill vice president, says that nobody asked him."
    found = marked(text)
    assert [(b.speaker, b.role, b.via) for b in found] == [
        ("Zed Yarrow", "mill vice president", ("Weekly Port Times",))
    ]


def test_a_letter_is_by_whoever_signs_it() -> None:
    text = f"Here is the full letter:\n\n{QUOTED} Kind Regards, Zed Yarrow General Manager, Dunmore Mill"
    assert [block.speaker for block in marked(text)] == ["Zed Yarrow"]


def test_a_commenter_carries_what_he_introduces() -> None:
    found = marked(f"Jane Roe wrote:\n\n{QUOTED}", "comment", "Bo Lind")
    assert [(block.speaker, block.via) for block in found] == [("Jane Roe", ("Bo Lind",))]


def test_a_paragraph_in_marks_is_a_quotation_by_nobody_named() -> None:
    found = marked(f"We went there.\n\n“{QUOTED}”\n\nThen we left the town again.")
    assert [(block.kind, block.speaker) for block in found] == [("quotation", None)]


def test_a_line_under_a_quotation_names_its_speaker() -> None:
    found = marked(f"We went there.\n\n“{QUOTED}”\n\n— Jane Roe, director of the mill")
    assert [(block.speaker, block.role) for block in found] == [("Jane Roe", "director of the mill")]


def test_a_quotation_with_a_speaker_is_left_alone() -> None:
    block = Block("quotation", 0, len(QUOTED), "Tom Ash", via=("Bo Lind",))
    assert mark_quotations(QUOTED, [block]) == [block]


def test_headings_are_no_quotations() -> None:
    blocks = [Block("heading", 0, 15), Block("body", 17, 17 + len(QUOTED))]
    assert mark_quotations(f"Jane Roe said:\n\n\n{QUOTED}", blocks) == blocks


MARKS_AND_WORDS = st.text(alphabet=" abAB.,:;'\"“”‘’«»„\n>—-?!", max_size=300)
PHRASES = st.lists(
    st.sampled_from(
        ['"', "“", "”", " said", " Jane Roe", " the mayor", ",", ". ", " that", ":", "\n\n", "‘", "’", " of", " he"]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(MARKS_AND_WORDS | PHRASES, st.sampled_from(["body", "comment", "quotation", "interview_answer"]))
def test_leaves_tile_any_text(text: str, kind: str) -> None:
    blocks = blocks_of(text, kind)
    whole = [
        Block(b.kind, b.start, blocks[n + 1].start if n + 1 < len(blocks) else len(text), b.speaker)
        for n, b in enumerate(mark_quotations(text, blocks))
    ]
    found = leaves(text, whole)
    assert "".join(text[leaf.start : leaf.end] for leaf in found) == text


@pytest.mark.parametrize(
    "text",
    [
        "“" * 50_000,
        "'a " * 50_000,
        '"a" ' * 30_000,
        "said " * 30_000,
        "Jane Roe said that " * 10_000,
        "According to Jane of the Roe of " * 5_000,
        "A " * 60_000,
        "Jane Roe said:\n\n" * 5_000,
        "“No,” said Jane Roe. " * 5_000,
        "x" * 500_000,
        " " * 200_000 + ":",
    ],
)
def test_time_grows_with_length(text: str) -> None:
    start = time.perf_counter()
    with_inner_quotations(text, tuple(mark_quotations(text, blocks_of(text))))
    assert time.perf_counter() - start < 25


def test_marks_of_many_kinds() -> None:
    text = '‘One’ and "two" and “three” and „four“ and «five» and »six«'
    assert [text[mark.start + 1 : mark.end - 1] for mark in in_marks(text)] == [
        "One",
        "two",
        "three",
        "four",
        "five",
        "six",
    ]


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("„Das Rad steht seit dem Mai still“, sagte Ratsfrau Jane Roe (Mühlenliste).", "Jane Roe"),
        ("„Das Rad steht seit dem Mai still“, so Roe.", "Jane Roe"),
        ("Jane Roe sagte unserer Zeitung: »Das Rad steht seit dem Mai still.«", "Jane Roe"),
        ("« La roue est arrêtée depuis mai », a déclaré la meunière Jane Roe.", "Jane Roe"),
        ("Selon Jane Roe, « la roue est arrêtée depuis mai ».", "Jane Roe"),
        ("«La rueda está parada desde mayo», dijo Jane Roe.", "Jane Roe"),
        ("„Das Rad steht seit dem Mai still“, sagte ein Sprecher der Mühle.", None),
        ("«La ruota è ferma da maggio», ha detto Jane Roe.", "Jane Roe"),
        ("«La ruota è ferma da maggio», spiega Jane Roe.", "Jane Roe"),
        ("«La ruota è ferma da maggio», afferma la mugnaia Jane Roe.", "Jane Roe"),
        ("Secondo Jane Roe, «la ruota è ferma da maggio».", "Jane Roe"),
        ("“A roda está parada desde maio”, disse Jane Roe.", "Jane Roe"),
        ("“A roda está parada desde maio”, afirmou a moleira Jane Roe.", "Jane Roe"),
        ("Segundo Jane Roe, “a roda está parada desde maio”.", "Jane Roe"),
        ("“Het rad staat sinds mei stil”, zegt Jane Roe.", "Jane Roe"),
        ("“Het rad staat sinds mei stil”, zei molenaar Jane Roe.", "Jane Roe"),
        ("„Het rad staat sinds mei stil”, aldus Jane Roe.", "Jane Roe"),
        ("Volgens Jane Roe “staat het rad sinds mei stil”.", "Jane Roe"),
        ("“Het rad staat sinds mei stil”, zei een woordvoerder.", None),
        ("«La ruota è ferma da maggio», ha detto un portavoce.", None),
    ],
)
def test_other_tongues(sentence: str, speaker: str | None) -> None:
    assert [found[1] for found in said(f"{INTRO}{sentence}")][-1:] == [speaker]


def test_an_office_before_a_name_is_the_role() -> None:
    found = said('"The wheel has stopped for good," said Harbour Board President Jane Roe. "It is over."')
    assert [(speaker, role) for _, speaker, role in found] == [("Jane Roe", "Harbour Board President")] * 2


def test_a_role_with_and_before_the_name() -> None:
    found = said('"The wheel has stopped for good," lead miller and ferry engineer Jane Roe said in a note.')
    assert found[0][1:] == ("Jane Roe", "lead miller and ferry engineer")


def test_the_firm_is_the_one_named_in_apposition() -> None:
    text = 'The contractor, Brill Works, did not answer. In a note, the firm said it was "sorry about the long noise".'
    assert said(text)[0][1] == "Brill Works"


def test_the_firm_is_nobody_where_two_are_named() -> None:
    text = (
        "The contractor, Brill Works, and the supplier, Norwood Wheels, met. In a statement, the firm said it was"
        ' "sorry about the long noise".'
    )
    assert said(text)[0][1] is None


def test_words_after_indirect_speech_are_the_same_speakers() -> None:
    found = said('Jane Roe said that the mill had been closed in May. "We have no money left for the wheel at all."')
    assert found[0][1] == "Jane Roe"


def test_a_paragraph_in_marks_goes_on_with_the_one_before() -> None:
    text = (
        '"The wheel has stopped for good," said Jane Roe.\n\n"There is nobody in town who could repair it this year."'
    )
    read = with_inner_quotations(text, tuple(mark_quotations(text, blocks_of(text))))
    assert [block.speaker for block in read if block.kind == "quotation"][-1] == "Jane Roe"


def test_people_who_talk_by_turns_do_not_go_on() -> None:
    turns = ['"The wheel has stopped," said Jane Roe.', '"Has it, by the old mill pond?"', '"It has, and for good."']
    text = "\n\n".join([*turns, *turns])
    read = with_inner_quotations(text, tuple(blocks_of(text)))
    assert {block.speaker for block in read if block.parent is not None} <= {None, "Jane Roe"}
    last = next(block for block in reversed(read))
    assert last.speaker is None


def test_titles_and_examples_are_not_quotations() -> None:
    assert said('The band played "Down By The Old Mill" once more.') == []
    assert said('Search for words (e.g. "how to mend a mill wheel") in the book.') == []


def test_told_in_the_passive_is_nobodys() -> None:
    found = said('Jane Roe rang the mill. Roe was told that "nobody can come before Friday".')
    assert found[0][1] is None


def test_a_lad_between_a_name_and_a_pronoun() -> None:
    found = said('Jane Roe knew it from a lad at work. He said, "Burn the old mill wheel or hide it."')
    assert found[0][1] is None


def test_typewriter_marks() -> None:
    assert said("Jane Roe said, ``The wheel has stopped for good.'' Then she left.")[0][1] == "Jane Roe"


def test_a_forum_label_names_who_is_quoted() -> None:
    text = "The wheel has stopped for good.\n\nOriginally Posted by mill_cat\nThe wheel has stopped for good.\nNo."
    found = marked(text, kind="comment", speaker="Tom Ash")
    assert [(text[block.start : block.end].strip(), block.speaker, block.via) for block in found] == [
        ("The wheel has stopped for good.", "mill_cat", ("Tom Ash",))
    ]


def test_here_is_somebody_in_a_book() -> None:
    found = marked(f"Here is Jane Roe in The Patient Wheel, p. 61:\n\n{QUOTED}\n\nThe day went on in the town.")
    assert [block.speaker for block in found] == ["Jane Roe"]


def test_a_letter_goes_on_to_its_signature() -> None:
    letter = "Dear friends of the mill, the wheel has stopped.\n\nWe thank you all.\n\nKind regards,\n\nJane Roe"
    text = f"The mill wrote:\n\n{letter}\n\nThe town went on with its day as towns do."
    found = marked(text)
    assert text[found[0].start : found[-1].end] == letter


def test_prompts_are_no_quotations() -> None:
    assert mark_quotations(">>>", [Block("quotation", 0, 3)])[0].kind == "body"
