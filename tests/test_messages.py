"""Threads of mails in one text, and chats whose names have something beside them."""

from __future__ import annotations

from index.document import Document
from index.split import paragraphs_of, sentences_of
from index.structure import read_structure
from index.voices import voice_at
from rag.introduce import introduce

THREAD = """From: Jane Roe <jane@mill.example>
To: The Clerk <clerk@aller.example>
Date: Tue, 4 Jul 2023 16:02:11 +0100
Subject: FW: Re: the weir

Dear clerk,

Please find our letters below.

Jane Roe
Keeper

-----Original Message-----
From: Tom Ash
Sent: 07 June 2023 08:41
To: Bo Ek
Subject: Re: the weir

The weir stays open until Friday.

T.

> From: Bo Ek
> Sent: 06 June 2023 17:55
> To: Tom Ash
>
> The water stood at nine feet
> on Tuesday.
>
>> Who opened it in the first place?
"""
CHAT = """[22/05/2023, 07:02] Jane Roe (mill): morning, the men are here for the wheel
[22/05/2023, 07:04] Tom Ash: until when
[22/05/2023, 07:05] Jane Roe (mill): they said noon. so tonight
[22/05/2023, 15:48] Tom Ash: done, the test run was fine
"""


def document_of(text: str) -> Document:
    read = read_structure(text)
    return Document("d", "a.txt", read.title, read.author, None, read.published, text, read.blocks)


def said(document: Document) -> list[tuple[str, str | None, str | None, str]]:
    kinds = ("comment", "quotation", "body")
    blocks = [block for block in paragraphs_of(document) if block.kind in kinds]
    found = [(block, span) for block in blocks for span in sentences_of(document, block)]
    return [(block.kind, block.speaker, block.date, document.text[slice(*span)]) for block, span in found]


def test_every_mail_of_a_thread_is_by_its_sender() -> None:
    document = document_of(THREAD)
    assert (document.title, document.author, document.published) == ("the weir", "Jane Roe", "2023-07-04")
    assert said(document) == [
        ("comment", "Jane Roe", "2023-07-04", "Dear clerk,"),
        ("comment", "Jane Roe", "2023-07-04", "Please find our letters below."),
        ("comment", "Tom Ash", "2023-06-07", "The weir stays open until Friday."),
        ("comment", "Bo Ek", "2023-06-06", "The water stood at nine feet\n> on Tuesday."),
        ("quotation", None, None, "Who opened it in the first place?"),
    ]


def test_a_mail_is_introduced_as_a_message() -> None:
    document = document_of(THREAD)
    start = THREAD.index("The weir stays")
    words = introduce(document, voice_at(document, start, start + 30))
    assert words == "Tom Ash, in a message in “the weir” (Jun 7, 2023)"


def test_a_single_mail_is_a_text_by_its_sender() -> None:
    alone = THREAD.partition("-----Original")[0]
    document = document_of(alone)
    assert (document.title, document.author) == ("the weir", "Jane Roe")
    assert {kind for kind, *_ in said(document)} == {"body"}


def test_what_a_chat_says_begins_behind_the_name() -> None:
    document = document_of(CHAT)
    assert [(speaker, words) for _, speaker, _, words in said(document)][:4] == [
        ("Jane Roe", "morning, the men are here for the wheel"),
        ("Tom Ash", "until when"),
        ("Jane Roe", "they said noon."),
        ("Jane Roe", "so tonight"),
    ]
    assert introduce(document, voice_at(document, 0, 60)) == "Jane Roe, in a message in a.txt (May 22, 2023)"
