"""Questions about the collection itself are answered from the catalog: what there is, of whom, from when, what about.

What a document says is quoted, with spans; the rest is what the catalog holds. It does not search: a question whose
words name no document and nobody is left to those who do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.document import Document
from index.opening import Index
from rag.followup import History
from rag.intent import Intent, read_intents
from rag.introduce import readable_date
from rag.listing import (
    NAMES,
    SHOWN,
    Told,
    capital,
    describe,
    how_many,
    listing,
    name_of,
    prefixed,
    some,
    suggested,
    when_dated,
)
from rag.named import Named, by_age, documents_named, is_one, last_named, people_named
from rag.quote import Statement, write_quotes
from rag.speakers import (
    tell_comment_count,
    tell_commenters,
    tell_comments,
    tell_interviewed,
    tell_quoted,
    tell_sayings,
)
from rag.summary import masked_percent, opening, summarise
from rag.words import content_words, words_of

SUMMARY_WORDS, SUMMARY_SENTENCES = 65, 4  # quoted in the summary of one document
SHARED_WORDS, SHARED_SENTENCES = 40, 2  # quoted of each of several
LONG_TITLE = 4  # words that say something; a shorter title may be the name of anything
WHICH = "Which document do you mean?"
PRONOUNS = frozenset("it this that they them these those he she".split())
PEOPLE = frozenset("he she".split())
SMALL_TALK = frozenset("thanks goodbye acknowledged nonsense".split())
REMEMBERED = 8  # questions
OF_ALL = frozenset("greeting program list topics count span".split())


def collection_answer(question: str, index: Index, history: History = ()) -> Told:
    """What to say to a greeting, to thanks or to a question about the collection; None for any other question.

    A text that rests on nothing but the catalog, or statements that quote.
    """
    intents = tuple(read_intents(question))
    if not intents and not _was_asked_back(history):
        return None
    with index.catalog.reading():
        documents = index.documents()
        if not documents:
            return describe(documents) if intents and intents[0].name in TOLD_OF_NOTHING else None
        for intent in _after_asking_back(question, documents, history) or intents:
            if intent.name in OF_ALL - {"topics"} and _points_elsewhere(intent, history):
                continue
            told = ANSWERS[intent.name](intent, documents, index, history)
            if told:
                return told
    return None


# ---- greetings and the program ----


def _greeting(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return f"Hello. {describe(documents)} Ask what they say about something.{suggested(documents)}"


def _thanks(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return "You're welcome. Ask another question about the documents."


def _goodbye(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return "Goodbye. The documents stay here for your next question."


def _acknowledged(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return "Ask another question about the documents, or “which documents do you have?”"


def _nonsense(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    words = words_of(intent.about)
    if words and any(index.catalog.document_frequencies(words)[0].values()):
        return None  # what looks typed at random is a name in these documents
    return f"That is no question that I can look up. Ask what the documents say.{suggested(documents)}"


def _program(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return (
        "I am Footnote, a program that answers questions in these documents' own sentences, each with a footnote to "
        "where it stands, who said it and when; where they don't say, I say so. I can also list the documents, "
        f"summarise one, or list its comments. {describe(documents)}{suggested(documents)}"
    )


# ---- what there is ----


def _list(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return listing(f"{capital(how_many(documents))}{when_dated(documents)}:", documents, documents)


def _count_documents(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    publications = Counter(document.publisher for document in documents if document.publisher)
    by = ", ".join(f"{name} ({count})" for name, count in publications.most_common(NAMES))
    return f"{capital(how_many(documents))}{when_dated(documents)}{f'; by publication: {by}' if by else ''}."


def _authors(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    written = Counter(document.author for document in documents if document.author)
    if not written:
        return "None of the documents names its author."
    return f"The authors named are: {some([f'{name} ({count})' for name, count in written.most_common()])}."


def _time_span(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    dated = [document for document in documents if document.published]
    if not dated:
        return "None of the documents gives a date of publication."
    undated = f" {len(documents) - len(dated)} give no date." if len(dated) < len(documents) else ""
    return f"{capital(how_many(documents))}{when_dated(documents)}.{undated}"


def _newest(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return _of_age(documents, newest=True)


def _oldest(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return _of_age(documents, newest=False)


def _of_age(documents: Sequence[Document], newest: bool) -> str:
    found = by_age(documents, newest)
    if not found:
        return "None of the documents gives a date of publication."
    undated = sum(not document.published for document in documents)
    rest = f" ({undated} of {len(documents)} documents give no date.)" if undated else ""
    kind = "newest" if newest else "oldest"
    return f"The {kind} {'is' if len(found) == 1 else 'are'} {'; '.join(map(name_of, found[:SHOWN]))}.{rest}"


def _works(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    names = [name for document in documents for name in (document.author, document.publisher) if name]
    whose = people_named(intent.by, names)
    found = [d for d in documents if d.author in whose or d.publisher in whose]
    found = found or [d for d in documents if d.published and _in_time(intent.by, d.published)]
    return listing(f"{capital(how_many(found))}:", found, documents) if found else None


def _in_time(said: str, published: str) -> bool:
    """Whether "2018", "May 2018" or a whole date is when something was published."""
    wanted = said.casefold().replace(",", "").split()
    known = readable_date(published).casefold().replace(",", "").split()
    return bool(wanted) and wanted[-1].isdigit() and all(any(k == w or k == w[:3] for k in known) for w in wanted)


# ---- what is known of one document ----


def _date(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return _known(
        intent, documents, history, lambda d: d.published and f"is dated {readable_date(d.published)}", "date"
    )


def _author(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return _known(intent, documents, history, lambda d: d.author and f"is by {d.author}", "author")


def _publisher(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    return _known(intent, documents, history, lambda d: d.publisher and f"is from {d.publisher}", "publication")


def _known(
    intent: Intent,
    documents: Sequence[Document],
    history: History,
    tell: Callable[[Document], str | None],
    what: str,
) -> Told:
    intent = _resolved(intent, documents, history)
    named = documents_named(intent.about, documents, history)
    if not _is_clear(intent, named) or named.how == "all":
        return None
    if len(named.documents) != 1:
        return _asked_back(named.documents or documents, documents) if named.documents or is_one(intent.about) else None
    (document,) = named.documents
    return f"{name_of(document)} {tell(document) or f'gives no {what}'}."


def _resolved(intent: Intent, documents: Sequence[Document], history: History) -> Intent:
    """The intent with a pronoun replaced: it is a document at the start, or when the talk was of one before.

    After a question about what the documents say, "it" is what that was about: the pronoun stays, and names nothing.
    """
    if intent.about.casefold() not in PRONOUNS - PEOPLE:
        return intent
    for question in reversed(_asked(history)):
        earlier = [one for one in read_intents(question) if one.name in ABOUT_ONE]
        if any(not one.about or _is_clear(one, documents_named(one.about, documents)) for one in earlier):
            break
        if not any(one.about.casefold() in PRONOUNS for one in earlier):
            return intent
    return replace(intent, about="this document")


def _asked(history: History) -> list[str]:
    """The questions before, in their order, small talk aside."""
    said = [str(turn.get("content", "")) for turn in history if turn.get("role") == "user"]
    return [text for text in said[-REMEMBERED:] if not SMALL_TALK & {one.name for one in read_intents(text)}]


def _points_elsewhere(intent: Intent, history: History) -> bool:
    """Whether a pronoun stands for what was asked before, and that was not the collection."""
    for question in reversed(_asked(history) if intent.is_pointing else []):
        earlier = [one for one in read_intents(question) if one.name in OF_ALL]
        if not all(one.is_pointing for one in earlier) or not earlier:
            return not earlier
    return False


def _is_clear(intent: Intent, named: Named) -> bool:
    """Whether the words can mean nothing but documents: a short title may be the name of anything."""
    if intent.about.casefold() in PRONOUNS:
        return False
    return named.is_said or (named.how == "title" and len(content_words(intent.about)) > LONG_TITLE)


def _asked_back(fitting: Sequence[Document], documents: Sequence[Document]) -> str:
    return listing(f"{WHICH} Say its number, or words of its title:", fitting, documents)


def _was_asked_back(history: History) -> bool:
    return bool(history) and WHICH in str(history[-1].get("content", ""))


def _after_asking_back(question: str, documents: Sequence[Document], history: History) -> tuple[Intent, ...]:
    """What was asked before the program asked which document, now with the document that the reply names."""
    if not _was_asked_back(history):
        return ()
    reply = documents_named(question, documents)
    if reply.how not in ("place", "title", "words") or len(reply.documents) != 1:
        return ()
    place = list(documents).index(reply.documents[0]) + 1
    asked = _asked(history)
    intents = read_intents(asked[-1]) if asked else ()
    return tuple(Intent(i.name, f"document {place}", i.by) for i in intents if i.name in ABOUT_ONE)


# ---- what the documents say ----


def _topics(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    if history and intent.is_pointing:
        told = _about(replace(intent, about="it"), documents, index, history)
        if told or _points_elsewhere(intent, history):
            return told
    return _openings(documents, index) or describe(documents)


def _openings(documents: Sequence[Document], index: Index) -> tuple[Statement, ...]:
    first = [span for span in (opening(document, index) for document in documents[:SHOWN]) if span]
    statements = write_quotes(first)
    if len(documents) == 1 or not statements:
        return tuple(statements)
    statements[0] = prefixed(f"{capital(how_many(documents))}{when_dated(documents)}.", statements[0])
    rest = len(documents) - len(first)
    if rest:
        last = statements[-1]
        told = f"{last.text} And {rest} more; ask “which documents do you have?” for all."
        statements[-1] = Statement(told, last.spans)
    return tuple(statements)


def _summary(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    if not intent.about or intent.about.casefold() in PRONOUNS:
        chosen = last_named(history, documents) if intent.about.casefold() not in ("they", "them", "these") else ()
        return _summaries(chosen or documents, index)
    named = documents_named(intent.about, documents, history)
    return _of_named(intent, named, documents, index)


def _about(intent: Intent, documents: Sequence[Document], index: Index, history: History) -> Told:
    intent = _resolved(intent, documents, history)
    named = documents_named(intent.about, documents, history)
    return _of_named(intent, named, documents, index) if _is_clear(intent, named) else None


def _of_named(intent: Intent, named: Named, documents: Sequence[Document], index: Index) -> Told:
    if not named.documents:
        return _asked_back(documents, documents) if is_one(intent.about) else None
    if len(named.documents) > 1 and named.how != "all":
        return _asked_back(named.documents, documents)
    return _summaries(named.documents, index)


def _summaries(documents: Sequence[Document], index: Index) -> Told:
    alone = len(documents) == 1
    most, words = (SUMMARY_SENTENCES, SUMMARY_WORDS) if alone else (SHARED_SENTENCES, SHARED_WORDS)
    statements: list[Statement] = []
    for document in documents[:SHOWN]:
        written = write_quotes(summarise(document, index, most, words))
        masked = masked_percent(document)
        if written and masked:
            written[0] = prefixed(f"{masked} % of “{document.name}” is masked and can't be read.", written[0])
        statements += written
    if statements and len(documents) > SHOWN:
        statements[0] = prefixed(f"The first {SHOWN} of {len(documents)} documents.", statements[0])
    if statements:
        return tuple(statements)
    return f"Nothing of {'; '.join(map(name_of, documents[:SHOWN]))} can be quoted as a summary."


ABOUT_ONE = frozenset(
    "summary about date author publisher comments commenters quoted interviewed sayings newest oldest".split()
)
TOLD_OF_NOTHING = frozenset({"greeting", "program", "list", "topics", "count", "nonsense", "acknowledged"})
ANSWERS: dict[str, Callable[[Intent, Sequence[Document], Index, History], Told]] = {
    "greeting": _greeting,
    "thanks": _thanks,
    "goodbye": _goodbye,
    "acknowledged": _acknowledged,
    "nonsense": _nonsense,
    "program": _program,
    "list": _list,
    "topics": _topics,
    "authors": _authors,
    "count": _count_documents,
    "span": _time_span,
    "newest": _newest,
    "oldest": _oldest,
    "works": _works,
    "date": _date,
    "author": _author,
    "publisher": _publisher,
    "summary": _summary,
    "about": _about,
    "comments": tell_comments,
    "comment_count": tell_comment_count,
    "commenters": tell_commenters,
    "quoted": tell_quoted,
    "interviewed": tell_interviewed,
    "sayings": tell_sayings,
}
