"""Questions about the collection are answered from the catalog, with quotations where a document speaks."""

import time
from pathlib import Path

import pytest
from conftest import MakeIndex
from fakes import FakeEmbedder

from index.document import Block, Document
from index.opening import Index, open_index
from index.sync import sync
from rag.answering import answer
from rag.collection import collection_answer
from rag.comments import comments_of
from rag.listing import describe, questions_to_ask
from rag.named import documents_named, people_named
from rag.quote import Statement
from rag.settings import Settings
from rag.summary import masked_percent, summarise

DOCUMENTS = {
    "1_mill.txt": """Town drains the mill pond after the dam cracked
By Jane Roe, Weekly Port Times, May 3, 2019

The town drained the mill pond on Thursday after a crack was found in the old dam.
Engineers had measured the crack every week since the winter and saw it grow by four inches.

"We could not wait for another storm," said Ann Loft, the harbour engineer.
The council will decide in June whether the dam is repaired or taken away.

Comments (4)

Tom Heron
May 3, 2019
I learned to swim in that pond. My father did too. It is a sad day for the whole street.

Mia Sands
May 4, 2019
The dam was never safe and everybody on the council knew it.

Tom Heron
May 5, 2019
Mia, the council was told in March. I was in the room when they read the letter.

Undisclosed Baker #1
May 6, 2019
The smell in the bakery is gone at least.
""",
    "2_interview.md": """# "I count every rivet": an interview with the ferry's captain

*By Otto Brand, Quay Review, June 1, 2018*

Vera Lund has steered the island ferry for twenty years. We met her on the bridge.

**Quay Review:** How many passengers does the ferry carry on a summer day?

**Vera Lund:** On a summer day the ferry carries eleven hundred passengers between the islands.

**Quay Review:** What did the new engine cost the island?

**Vera Lund:** The new engine cost the island two million crowns, and the loan runs until 2031.

**Quay Review:** Which repairs are still waiting?

**Vera Lund:** The ramp at the north quay has to be welded again before the autumn storms begin.
""",
    "3_report.txt": """Ferry noise report for the island council
Prepared by Max Tiller, March 2, 2020

The council asked for a survey of the noise that the island ferry makes at night.
Microphones stood at five houses along the quay for the whole month of January.
The loudest night reached seventy decibels, which is above the limit of the island's rules.
The survey recommends a quieter engine and a later first departure in winter.
""",
    "4_ledger.txt": """Harbour ledger found in the attic of the customs house
By Jane Roe, Weekly Port Times, July 9, 2021

A ledger of the harbour from 1871 was found in the attic of the customs house this summer.

*** ******* ** *** ******* ***** **** *** ***** ** *** **** *** ******* ******.

**** ***** *** ****** ** *** ********* *** *** ******* **** ****** *** *****.
""",
}
MILL, INTERVIEW, REPORT, LEDGER = "drains the mill pond", "every rivet", "Ferry noise report", "Harbour ledger found"


def build(folder: Path, documents: dict[str, str]) -> Index:
    (folder / "docs").mkdir()
    for name, text in documents.items():
        (folder / "docs" / name).write_text(text)
    embedder = FakeEmbedder()
    *_, _ = sync([folder / "docs"], folder / "index", embedder)
    return open_index(folder / "index", embedder=embedder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build(tmp_path_factory.mktemp("collection"), DOCUMENTS)


def text(told: object) -> str:
    """What was told, as plain text, with every statement held to its spans."""
    assert told is not None
    if isinstance(told, str):
        return told
    assert isinstance(told, tuple)
    for statement in told:
        assert isinstance(statement, Statement)
        assert statement.spans
        for span in statement.spans:
            assert " ".join(span.text.split()).strip('"“”') in statement.text
    return " ".join(statement.text for statement in told)


def talk(*turns: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[n % 2], "content": said} for n, said in enumerate(turns)]


@pytest.mark.parametrize("said", ["hi", "Hello!", "good morning", "help", "who are you?", "Hola"])
def test_a_greeting_tells_what_there_is_and_what_to_ask(said: str, index: Index) -> None:
    told = text(collection_answer(said, index))
    assert "4 documents" in told
    assert "Jun 1, 2018 to Jul 9, 2021" in told
    assert MILL in told
    assert "For example" in told


@pytest.mark.parametrize("said", ["which documents do you have", "sources?", "list all files"])
def test_the_documents_are_listed_with_numbers(said: str, index: Index) -> None:
    lines = text(collection_answer(said, index)).splitlines()
    assert lines[1].startswith("1. ")
    assert "Weekly Port Times, May 3, 2019" in lines[1]
    assert lines[4].startswith("4. ")


@pytest.mark.parametrize(
    "said", ["what are these documents about?", "what's in here?", "overview please", "what topics are covered"]
)
def test_each_document_is_introduced_in_its_own_words(said: str, index: Index) -> None:
    told = collection_answer(said, index)
    assert isinstance(told, tuple)
    assert "“The town drained the mill pond" in text(told)
    assert len({span.document.id for statement in told for span in statement.spans}) == 4


def test_many_documents_are_introduced_a_few_at_a_time(tmp_path: Path) -> None:
    sentence = "The {} mill was sold to a baker from the next valley in the spring."
    many = {f"{n}.txt": f"Mill {n}\n\n{sentence.format(n)}\n" for n in range(8)}
    told = text(collection_answer("what are these documents about?", build(tmp_path, many)))
    assert told.count("was sold to a baker") == 5
    assert "And 3 more" in told


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("how many documents are there", "4 documents"),
        ("what publications are there", "Weekly Port Times (2)"),
        ("who are the authors", "Jane Roe (2)"),
        ("what is the newest document", LEDGER),
        ("which article is the oldest?", INTERVIEW),
        ("what period do the documents cover", "Jun 1, 2018 to Jul 9, 2021"),
        ("when was the noise report published?", "Mar 2, 2020"),
        ("When was the latest article published", "Jul 9, 2021"),
        ("what is the date of the mill pond article", "May 3, 2019"),
        ("who wrote the ferry noise report?", "Max Tiller"),
        ("who is the author of the second document", "Otto Brand"),
        ("who wrote the mill pound article", "Jane Roe"),
        ("who published the interview", "Quay Review"),
        ("who published the ferry noise report", "gives no publication"),
        ("which articles are from the Weekly Port Times", LEDGER),
        ("documents by otto brand", INTERVIEW),
        ("articles from March 2020", REPORT),
        ("who is quoted in the mill article", "Ann Loft (harbour engineer)"),
        ("who is interviewed in the interview?", "Vera Lund"),
        ("which documents were published in March 2020?", REPORT),
        ("what was written by Otto Brand?", INTERVIEW),
        ("who commented under the mill article?", "Tom Heron (2)"),
        ("how many comments are there", "4 comments"),
        ("how many comments did Tom Heron write", "2 by Tom Heron"),
    ],
)
def test_what_the_catalog_knows(asked: str, answered: str, index: Index) -> None:
    told = collection_answer(asked, index)
    assert isinstance(told, str)
    assert answered in told


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("summarise the mill article", MILL),
        ("tl;dr of the interview", INTERVIEW),
        ("Summarize the ferry noise report please", REPORT),
        ("what is the third document about?", REPORT),
        ("what does “Ferry noise report for the island council” say?", REPORT),
        ("tell me about the noise report", REPORT),
        ("summary of 3_report.txt", REPORT),
        ("mill pond article summary", MILL),
        ("sum up the latest article", LEDGER),
        ("summarise the latest interview", INTERVIEW),
        ("key points of the Quay Review interview", INTERVIEW),
    ],
)
def test_a_summary_quotes_the_document_that_is_named(asked: str, title: str, index: Index) -> None:
    told = collection_answer(asked, index)
    assert isinstance(told, tuple)
    assert title in text(told)
    assert len({span.document.id for statement in told for span in statement.spans}) == 1


def test_a_summary_keeps_to_its_length_its_order_and_the_article(index: Index) -> None:
    (mill,) = documents_named("the mill article", index.documents()).documents
    spans = summarise(mill, index, 4, 65)
    assert 2 <= len(spans) <= 4
    assert sum(len(span.text.split()) for span in spans) <= 65
    assert [span.start for span in spans] == sorted(span.start for span in spans)
    assert all(span.end < mill.text.index("Comments (4)") for span in spans)


def test_a_thread_with_hardly_an_article_is_summed_up_by_its_comments(tmp_path: Path) -> None:
    head, thread = DOCUMENTS["1_mill.txt"].split("Comments (4)")
    short = head.split("\n\n")[0] + "\n\nThe pond is gone, and readers mind.\n\nComments (4)" + thread
    only = build(tmp_path, {"thread.txt": short})
    told = collection_answer("summarise this", only)
    assert isinstance(told, tuple)
    assert any(span.voice.in_thread for statement in told for span in statement.spans)


def test_a_masked_document_says_how_much_of_it_cannot_be_read(index: Index) -> None:
    told = text(collection_answer("summarise the ledger article", index))
    share = masked_percent(index.documents()[3])
    assert 50 < share < 80
    assert told.startswith(f"{share} % of “Harbour ledger found")
    assert "****" not in told


@pytest.mark.parametrize("asked", ["summarise", "summarise everything", "can you summarise all the documents for me?"])
def test_a_summary_of_all_has_a_sentence_or_two_of_each(asked: str, index: Index) -> None:
    told = collection_answer(asked, index)
    assert isinstance(told, tuple)
    quoted = [span.document.path for statement in told for span in statement.spans]
    assert len(set(quoted)) == 4
    assert max(map(quoted.count, quoted)) <= 2


def test_two_documents_named_together(index: Index) -> None:
    told = text(collection_answer("summarise the interview and the noise report", index))
    assert INTERVIEW in told
    assert REPORT in told
    assert MILL not in told


def test_words_that_fit_several_documents_ask_back(index: Index) -> None:
    told = collection_answer("who wrote the ferry article", index)
    assert isinstance(told, str)
    assert told.startswith("Which document do you mean?")
    assert "2. " in told
    assert "3. " in told
    assert MILL not in told


@pytest.mark.parametrize("reply", ["the second one", "3", "the noise report", "document 3"])
def test_the_reply_to_asking_back_is_understood(reply: str, index: Index) -> None:
    back = collection_answer("who wrote the ferry article", index)
    told = collection_answer(reply, index, talk("who wrote the ferry article", text(back)))
    assert text(told).endswith("is by Otto Brand." if "second" in reply else "is by Max Tiller.")


def test_another_question_after_asking_back_is_a_question(index: Index) -> None:
    history = talk("who wrote the ferry article", text(collection_answer("who wrote the ferry article", index)))
    assert collection_answer("How loud was the loudest night?", index, history) is None


@pytest.mark.parametrize("asked", ["summarise it", "summarise this article", "tl;dr", "who wrote it?", "how old is it"])
def test_what_was_spoken_of_last_is_meant(asked: str, index: Index) -> None:
    history = talk("when was the noise report published?", "“Ferry noise report for the island council” is dated …")
    told = text(collection_answer(asked, index, history))
    assert REPORT in told
    assert MILL not in told


def test_a_pronoun_after_a_real_question_is_no_document(index: Index) -> None:
    history = talk("How deep was the pond?", "In “Town drains the mill pond after the dam cracked”: “…”")
    assert collection_answer("who wrote it?", index, history) is None
    assert collection_answer("tell me more about it", index, history) is None
    assert collection_answer("what is it about?", index, history) is None


def test_which_document_is_asked_when_this_could_be_any(index: Index) -> None:
    assert text(collection_answer("summarise this document", index)).startswith("Which document do you mean?")
    assert text(collection_answer("who wrote this?", index)).startswith("Which document do you mean?")


@pytest.mark.parametrize("asked", ["summarise this", "who wrote this?", "what is this document about", "tl;dr"])
def test_this_is_the_only_document(asked: str, tmp_path: Path) -> None:
    only = build(tmp_path, {"3_report.txt": DOCUMENTS["3_report.txt"]})
    assert REPORT in text(collection_answer(asked, only))


@pytest.mark.parametrize(
    "asked",
    [
        "list the comments by Tom Heron",
        "Tom Heron's comments",
        "what did heron comment?",
        "show comments from tom herron",
    ],
)
def test_somebodys_comments_in_their_own_words(asked: str, index: Index) -> None:
    told = text(collection_answer(asked, index))
    assert told.startswith("2 comments by Tom Heron.")
    assert "I learned to swim in that pond." in told
    assert "May 5, 2019" in told
    assert "bakery" not in told


def test_the_comments_of_a_document_and_of_nobody(index: Index) -> None:
    assert text(collection_answer("show me the comments under the mill article", index)).startswith("4 comments.")
    unnamed = text(collection_answer("list the comments by undisclosed commenters", index))
    assert "bakery" in unnamed
    assert "Tom Heron" not in unnamed


def test_more_comments_than_can_be_shown_are_counted(tmp_path: Path) -> None:
    comment = "\nTom Heron\nMay {day}, 2019\nOn day {day} of the month the pond smelled of mud and old rope.\n"
    head = DOCUMENTS["1_mill.txt"].split("Comments (4)")[0]
    other = "\nMia Sands\nMay {day}, 2019\nThe dam is no better on day {day} than it was in March.\n"
    thread = "".join((comment + other).format(day=day) for day in range(4, 14))
    told = text(
        collection_answer(
            "list the comments by Tom Heron", build(tmp_path, {"a.txt": f"{head}Comments (20)\n{thread}"})
        )
    )
    assert told.startswith("10 comments by Tom Heron; the first 8.")
    assert told.count("smelled of mud") == 8


def test_who_is_quoted_but_does_not_comment_is_quoted(index: Index) -> None:
    told = text(collection_answer("list the comments by Ann Loft", index))
    assert told.startswith("1 quotation by Ann Loft.")
    assert "We could not wait for another storm" in told


def test_an_unknown_commenter_is_said_to_be_unknown(index: Index) -> None:
    told = text(collection_answer("list the comments by Zora Quill", index))
    assert "Zora Quill" in told
    assert "Mia Sands" in told


@pytest.mark.parametrize("said", ["???", "asdf", "👍", "lol", "zzzz", "test"])
def test_nonsense_hears_what_can_be_asked(said: str, index: Index) -> None:
    told = collection_answer(said, index)
    assert isinstance(told, str)
    assert "Ask" in told


def test_a_word_of_the_documents_is_no_nonsense(tmp_path: Path) -> None:
    named = build(tmp_path, {"a.txt": "The Qwert works\n\nThe Qwert works were closed in the spring of that year.\n"})
    assert collection_answer("qwert", named) is None
    assert collection_answer("qwerty", named) is not None


NOT_ABOUT_THE_COLLECTION = """
when was the pond drained?
hi, when was the pond drained?
What is this pond?
who are you quoting on herons?
help with the pond
hello kitty
Loft
herons
What did Tom Heron comment on the ban?
what did the commenters say about the ban
summarise what the report says about noise
Summarize how the pond was drained
summarise why the ferry stopped
summarise the storms
which documents mention the ferry?
how many documents did the council sign?
how many files were stolen from the mill?
what do the documents say about herons?
What is the report's view of the noise?
who is the captain of the ferry?
who commented that the pond smells?
who commented on the ban?
who said that the pond smells?
who wrote that the pond smells?
who wrote the letter?
who wrote the letter to the council?
when was the mill built?
when was the letter written?
what topics did the council avoid?
which sources does the council rely on?
what are the sources of the river?
list the causes of the flood
list the people who lost their jobs
show me the way to the ferry
is there a ferry on Sundays?
can you tell me when the ferry leaves
tell me about the pond
tell me the height of the dam
thanks to whom was the pond saved?
bye-laws of the council
what is the latest on the ferry?
what is the newest boat in the fleet
which dam is the oldest in the valley?
how old is the captain?
how old is the dam?
ok but when was the dam closed?
yes or no: was the dam closed?
test results of the water
who are the authors of the study that the report cites?
what can the council do?
how does the sluice work?
what do you know about herons?
how many comments did the minister make on the dam?
what did the report cost?
what does the council say?
who published the figures on the flood?
where was the captain born?
which newspaper did the captain own?
what is in the pond?
documents that prove the theft
why was the article withdrawn?
Did the editor read the article before it was published?
good news about the dam?
summary of losses that the miller claimed
how many reports did the auditor write about the dam in 2018?
what is the overview of costs according to the auditor?
who was quoted as saying that the dam is safe?
statements by the council on the dam
are you allowed to swim in the pond?
what is the ledger worth?
Why?
and the dam?
""".strip().splitlines()


@pytest.mark.parametrize("asked", NOT_ABOUT_THE_COLLECTION)
def test_a_question_to_the_documents_is_left_to_the_search(asked: str, index: Index) -> None:
    assert collection_answer(asked, index) is None


def test_the_answer_carries_footnotes(index: Index) -> None:
    reply = answer("summarise the noise report", index=index, settings=Settings())
    assert (reply.status, reply.model, reply.complete) == ("answered", "catalog", True)
    assert reply.citations
    assert all(c.document.text[c.start : c.end] == c.quote for c in reply.citations)
    assert {sentence.verdict for sentence in reply.sentences} == {"verbatim"}
    assert "[1]" in reply.text


def test_thanks_are_answered_without_a_search(index: Index) -> None:
    reply = answer("Thank you!", index=index, settings=Settings())
    assert (reply.status, reply.model, reply.complete) == ("answered", "catalog", True)
    assert reply.hits == reply.citations == ()


def test_questions_to_ask_are_of_the_documents(index: Index) -> None:
    asked = questions_to_ask(index.documents())
    assert "How many passengers does the ferry carry on a summer day?" in asked
    assert "What did Ann Loft say?" in asked
    assert any(question.startswith("Summarise “") for question in asked)


def test_many_documents_are_counted_not_described() -> None:
    documents = tuple(Document(str(n), f"{n}.txt", f"Title {n}", None, None, None, "") for n in range(40))
    told = describe(documents)
    assert "40 documents" in told
    assert "and 35 more" in told


def test_an_empty_collection_says_so() -> None:
    assert "no documents" in describe(())
    assert questions_to_ask(()) == []


def test_a_name_is_matched_in_part_and_with_a_slip_but_not_at_random() -> None:
    names = ["Tom Heron", "Mia Sands", "Undisclosed Baker #1", "Undisclosed Baker #12"]
    assert people_named("heron", names) == ("Tom Heron",)
    assert people_named("tom herron", names) == ("Tom Heron",)
    assert people_named("undisclosed baker #1", names) == ("Undisclosed Baker #1",)
    assert people_named("Tom Sands", names) == ()
    assert people_named("the", names) == ()


def test_comments_of_one_writer_in_several_paragraphs_are_one() -> None:
    text = "Bo\nFirst words here.\nSecond words here.\nBo\nAnother comment."
    ends = [3, 21, 40, 43, len(text)]
    kinds = ["byline", "comment", "comment", "byline", "comment"]
    blocks = tuple(
        Block(kind, start, end, speaker="Bo") for kind, start, end in zip(kinds, [0, *ends], ends, strict=False)
    )
    found = comments_of(Document("1", "a.txt", None, None, None, None, text, blocks))
    assert [text[c.start : c.end].strip() for c in found] == [
        "First words here.\nSecond words here.",
        "Another comment.",
    ]


def test_a_usual_question_costs_next_to_nothing(index: Index) -> None:
    started = time.perf_counter()
    for asked in NOT_ABOUT_THE_COLLECTION * 5:
        collection_answer(asked, index)
    assert time.perf_counter() - started < 0.005 * 5 * len(NOT_ABOUT_THE_COLLECTION)


@pytest.mark.parametrize(
    "word", ["every ", "any ", "all ", "the ", "list of ", "123", "hi", "a-word ", "who ", "the list "]
)
@pytest.mark.parametrize("end", ["", "x", " y?"])
def test_words_said_again_and_again_cost_no_more(word: str, end: str, index: Index) -> None:
    started = time.perf_counter()
    collection_answer((word * 200)[:190] + end, index)
    collection_answer("summarise " + (word * 200)[:180] + end, index)
    assert time.perf_counter() - started < 1.0


def test_a_long_text_is_not_even_read(index: Index) -> None:
    assert collection_answer("list the documents " * 500, index) is None


def test_only_those_who_answer_are_interviewed(index: Index) -> None:
    assert "Ann Loft" not in text(collection_answer("who was interviewed?", index))
    assert collection_answer("who is interviewed in the mill article?", index) is None


def test_statements_of_somebody_are_quotations_first(index: Index) -> None:
    assert text(collection_answer("quotes from Vera Lund", index)).startswith("3 quotations by Vera Lund")
    assert text(collection_answer("statements by Tom Heron", index)).startswith("2 comments by Tom Heron")
    assert collection_answer("statements of the harbour", index) is None


@pytest.mark.parametrize("asked", ["what is the latest letter?", "summarise the second letter"])
def test_the_latest_letter_is_not_the_latest_document(asked: str, index: Index) -> None:
    assert collection_answer(asked, index) is None


@pytest.mark.parametrize(
    "asked", ["how big is it?", "how old are they?", "list them", "explain it", "what is it about?"]
)
def test_a_pronoun_after_a_question_about_something_is_not_the_collection(asked: str, index: Index) -> None:
    history = talk("How long is the ferry's ramp?", "Eleven metres.", "how big is it?", "Eleven metres.", "ok", "Yes?")
    assert collection_answer(asked, index, history) is None


@pytest.mark.parametrize("asked", ["what are they about?", "how old are they?", "how big is it?"])
def test_a_pronoun_after_a_question_about_the_collection_is_that(asked: str, index: Index) -> None:
    history = talk("which documents do you have?", text(collection_answer("list all files", index)))
    assert "4 documents" in text(collection_answer(asked, index, history))


@pytest.mark.parametrize("asked", ["how old is she?", "what is he about?", "when was he published?"])
def test_a_person_is_no_document(asked: str, index: Index) -> None:
    history = talk("summarise the interview", text(collection_answer("summarise the interview", index)))
    assert collection_answer(asked, index, history) is None
    assert collection_answer(asked, index) is None


def test_a_document_is_named_by_its_kind_and_its_day(make_index: MakeIndex) -> None:
    index = make_index(
        {
            "AC_hearing_11July2023.txt": "Tuesday 11 July 2023\n\nThe keeper spoke of the weir and of its gates.",
            "AC_hearing_3May2021.txt": "Monday 3 May 2021\n\nThe miller spoke of the wheel and of its blades.",
        }
    )
    said = collection_answer("Summarise the hearing of 11 July 2023.", index)
    assert said is not None
    assert not isinstance(said, str)
    assert {span.document.path for statement in said for span in statement.spans} == {"AC_hearing_11July2023.txt"}
