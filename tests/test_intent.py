"""What is asked of the catalog is told by its form; what stands beside the articles by its words."""

import pytest

from rag.intent import Intent, asks_beside, read_intents

SAID = {
    "greeting": [
        "hi",
        "Hello!",
        "hey there",
        "good morning",
        "hi there 👋",
        "Hola!",
        "bonjour",
        "how are you?",
        "hello, how are you",
    ],
    "thanks": [
        "thanks",
        "Thank you very much!",
        "ok thanks",
        "thx",
        "merci",
        "thanks for your help",
    ],
    "goodbye": [
        "bye",
        "goodbye!",
        "see you later",
        "thanks, bye",
        "that's all",
    ],
    "acknowledged": [
        "ok",
        "lol",
        "cool",
        "I see",
        "yes",
    ],
    "nonsense": [
        "???",
        "👍",
        "......",
        "asdf",
        "qwerty",
        "sdfsdf",
        "zzzz",
        "test",
        "test test",
    ],
    "program": [
        "who are you",
        "What can you do?",
        "help",
        "what can i ask you",
        "how does this work?",
        "are you an AI?",
        "hello, who are you?",
        "what questions can I ask?",
        "tell me about yourself",
    ],
    "list": [
        "which documents do you have",
        "Which sources",
        "sources?",
        "list all files",
        "show me the documents",
        "I want a list of all documents",
        "what documents do you have access to?",
        "what kind of documents are these",
        "list the titles",
        "What files are there?",
        "what are your sources",
    ],
    "topics": [
        "what are these documents about?",
        "What’s in here?",
        "whats this",
        "what do you know",
        "overview please",
        "what topics are covered",
        "tell me about these files",
        "could you please tell me what these documents are about?",
        "give me an overview of the collection",
        "tell me what you know",
        "hey what is this",
        "what's this all about",
    ],
    "count": [
        "how many documents are there",
        "how many files do you have?",
        "How many articles are there in total?",
        "which newspapers",
    ],
    "authors": [
        "who are the authors",
        "list the authors",
    ],
    "span": [
        "what period do the documents cover",
        "how old are the documents?",
    ],
    "newest": [
        "what is the newest document",
        "what is the most recent article?",
        "Which report is the latest?",
        "latest story",
    ],
    "oldest": [
        "which is the oldest document?",
        "which article was published first",
    ],
    "date": [
        "when was the ferry report published?",
        "what is the date of the interview",
        "how old is this article",
        "When did the mill story come out?",
    ],
    "author": [
        "who wrote the ferry report",
        "who is the author of the interview?",
        "author of the second article",
    ],
    "publisher": [
        "who published the interview",
        "which newspaper published the mill story?",
    ],
    "works": [
        "documents by Jane Roe",
        "which articles are from the Weekly Port Times",
        "what has Jane Roe written?",
        "articles from 2018",
    ],
    "summary": [
        "summarise the ferry report",
        "summarize",
        "tl;dr of the ferry report",
        "summary please",
        "sum up the interview",
        "give me a summary of the mill article",
        "can you summarise all the documents for me?",
        "mill article summary",
        "what are the key points of the ferry report",
        "Summarize the interview in two sentences",
    ],
    "about": [
        "what is the second document about",
        "what does the interview say?",
        "tell me about the ferry report",
        "what does “The mill pond is drained” say?",
    ],
    "comments": [
        "list the comments by Ann Loft",
        "show me all comments by Ann Loft",
        "Ann Loft's comments",
        "what did Ann Loft comment?",
        "which comments did Ann Loft leave",
        "show me the comments under the mill article",
        "what comments are there?",
    ],
    "comment_count": [
        "how many comments are there",
        "how many comments does the mill article have",
        "how many comments did Ann Loft write",
    ],
    "commenters": [
        "who comments under the mill article",
        "who commented?",
        "list the commenters",
    ],
    "quoted": [
        "who is quoted in the mill article",
        "who is quoted",
        "who speaks in the interview?",
        "list the speakers",
    ],
}


def names(said: str) -> list[str]:
    return [intent.name for intent in read_intents(said)]


@pytest.mark.parametrize(("name", "said"), [(name, said) for name, every in SAID.items() for said in every])
def test_what_is_asked_of_the_catalog(name: str, said: str) -> None:
    assert names(said)[:1] == [name]


def test_the_words_that_name_a_document_and_a_person_are_kept() -> None:
    assert next(iter(read_intents("Could you summarise the mill article, please?"))) == Intent(
        "summary", about="the mill article"
    )
    (asked, *_) = read_intents("list the comments by Ann Loft under the mill article")
    assert (asked.by, asked.about) == ("Ann Loft", "the mill article")


@pytest.mark.parametrize(
    "asked",
    [
        "How deep is the mill pond?",
        "hi, how deep is the pond?",
        "thanks to whom was the pond saved?",
        "summarise what the report says about noise",
        "summarize how the pond was drained",
        "what did Ann Loft comment on the ban?",
        "which documents mention the ferry?",
        "what do the documents say about herons?",
        "what topics did the council avoid?",
        "how many files were stolen?",
        "who commented that the pond smells?",
        "what is the newest boat in the fleet?",
        "test results of the water",
        "flash floods",
        "helicopter",
        "Loft",
        "1988",
        "summarise " + "the very long " * 20 + "report",
    ],
)
def test_a_question_is_nothing_of_the_kind(asked: str) -> None:
    assert names(asked) == []


def test_a_pronoun_is_noticed_and_an_article_is_not() -> None:
    assert all(intent.is_pointing for intent in read_intents("what is it about?"))
    assert not any(intent.is_pointing for intent in read_intents("what are these documents about?"))


@pytest.mark.parametrize(
    "asked",
    [
        "Which other articles are listed under the story?",
        "How long is the guide among the related reports?",
        "What does the newsletter box promise?",
        "Which most-read stories are shown?",
        "What is in the menu of the page?",
        "Which event is advertised below the interview?",
    ],
)
def test_a_question_about_what_stands_beside_the_articles(asked: str) -> None:
    assert asks_beside(asked)


@pytest.mark.parametrize(
    "asked",
    [
        "What did the miller say about the flood?",
        "Which other dams were closed?",
        "Who reported the leak?",
        "And then?",
    ],
)
def test_a_question_about_what_the_articles_say(asked: str) -> None:
    assert not asks_beside(asked)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Good morning! Are you there?", "greeting"),
        ("Can you summarise the ferry report for me? Just the main points, I haven't time to read it.", "summary"),
    ],
)
def test_a_second_sentence_that_asks_nothing_changes_nothing(question: str, name: str) -> None:
    assert name in [intent.name for intent in read_intents(question)]


def test_a_second_question_is_not_passed_over() -> None:
    assert not list(read_intents("Who paid for it? Just tell me what the ferry report says of the fuel."))
