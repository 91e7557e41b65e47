"""The page's events, without a page."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import gradio
import pytest
from fakes import FakeEmbedder

from index.errors import DoorUnavailable, NoDocuments
from rag.settings import Settings
from ui import memory
from ui.app import launch
from ui.conversation import Conversation
from ui.events import Chat
from ui.indexing import Indexing, Step

REQUEST = gradio.Request(session_hash="one")


def test_a_question_before_the_index_is_ready_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pond.txt").write_text("The mill pond was drained in 1988 by the parish council.")
    chat = Chat(tmp_path / "index", Settings(abstain_below=0.0), [tmp_path / "docs"])
    monkeypatch.setattr(chat, "_embedder", lambda: FakeEmbedder(seconds=1.0))
    assert chat.indexing is not None
    chat.indexing.start()
    event = gradio.EventData(None, {"question": "When was the mill pond drained?"})
    events = chat.ask("", [], Conversation(), event, REQUEST)
    shown = [said.shown()[-1][1] for _, _, said, *_ in events if isinstance(said, Conversation)]
    assert any("Indexing first" in html for html in shown)
    assert "drained in 1988" in shown[-1]


def test_a_folder_without_an_index_is_a_clear_sentence(tmp_path: Path) -> None:
    opened = Chat(tmp_path, Settings()).opened(gradio.EventData(None, {"document": "x", "opened": "1"}))
    assert "There is no index in" in opened
    assert "Nothing is indexed yet" in Chat(tmp_path, Settings()).collection()


@pytest.mark.parametrize(("read_only", "words"), [(False, "Add some under Sources"), (True, "There is no index in")])
def test_a_question_without_documents_says_how_to_get_some(tmp_path: Path, read_only: bool, words: str) -> None:
    chat = Chat(tmp_path, Settings(), read_only=read_only)
    chat._embedding = FakeEmbedder()
    assert words in asking(chat, Conversation(), question="Who?").turns[0].html


def test_indexing_that_fails_says_why() -> None:
    def steps() -> Iterator[Step]:
        raise NoDocuments("There is nothing to read in papers.")
        yield

    indexing = Indexing(steps).start()
    indexing.wait(5)
    assert indexing.state.error == "There is nothing to read in papers."
    assert not indexing.state.running


def test_a_taken_port_is_a_clear_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(DoorUnavailable, match=f"Port {port} is in use.*--port {port + 1}"):
            launch(tmp_path, Settings(), port=port, open_browser=False)


def asked_pond(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **options: bool) -> Chat:
    """A chat over two documents, indexed."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pond.txt").write_text("The mill pond was drained in 1988 by the parish council.")
    (tmp_path / "docs" / "inn.txt").write_text("The inn was painted blue in 1990 by its owner.")
    chat = Chat(tmp_path / "index", Settings(abstain_below=0.0), [tmp_path / "docs"], **options)
    monkeypatch.setattr(chat, "_embedder", FakeEmbedder)
    assert chat.indexing is not None
    chat.indexing.start().wait(60)
    return chat


def asking(chat: Chat, conversation: Conversation, limits: object = (), **data: str) -> Conversation:
    events = chat.ask("", {"ticked": limits}, conversation, gradio.EventData(None, data), REQUEST)
    return [said for _, _, said, *_ in events if isinstance(said, Conversation)][-1]


def test_a_question_is_limited_to_what_is_ticked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    said = asking(chat, Conversation(), ["inn.txt"], question="When was the mill pond drained?")
    assert said.turns[0].answer is not None
    assert dict(said.turns[0].answer.filters) == {"document": ("inn.txt",)}
    assert "1988" not in said.turns[0].answer.text
    lifted = asking(chat, said, again="0", without="document")
    assert [turn.question for turn in lifted.turns] == ["When was the mill pond drained?"] * 2
    assert "1988" in lifted.turns[1].html
    again = asking(chat, said, again="0")
    assert len(again.turns) == 1
    assert again.turns[0].filters == {"document": ("inn.txt",)}


@pytest.mark.parametrize("data", [{"again": "7"}, {"again": "-1"}, {"again": "x"}, {"question": "  "}, {}])
def test_what_asks_nothing_changes_nothing(tmp_path: Path, data: dict[str, str]) -> None:
    events = list(Chat(tmp_path, Settings()).ask("", None, Conversation(), gradio.EventData(None, data), REQUEST))
    assert len(events) == 1


def test_a_run_that_was_stopped_shows_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    event = gradio.EventData(None, {"question": "When was the mill pond drained?"})
    running = chat.ask("", {"run": 7}, Conversation(), event, REQUEST)
    _, _, said, *_ = next(running)
    _, _, stopped, kept = chat.stopped({"run": 7}, REQUEST)
    assert "Stopped." in stopped.turns[0].html
    assert json.loads(kept)["turns"] == [{"question": event._data["question"], "asked_with": None, "stopped": True}]
    (_, _, left, _, number) = list(running)[-1]
    assert (left, number) == (stopped, 7), "gradio sends the last again: it is not a page that waits"
    assert asking(chat, stopped, question="Who painted the inn?").turns[0].html == stopped.turns[0].html
    assert len(asking(chat, said, question="Who painted the inn?").turns) == 1, "what was never answered goes"


def test_a_run_that_was_stopped_before_it_began_never_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    event = gradio.EventData(None, {"question": "When was the mill pond drained?"})
    chat.stopped({"run": 7}, REQUEST)
    ((_, _, said, kept, number),) = chat.ask("", {"run": 7}, Conversation(), event, REQUEST)
    assert "Stopped." in said.turns[0].html
    assert "Stopped." in memory.recalled(kept, chat.index(), "").turns[0].html
    assert number == 7
    newer = chat.ask("", {"run": 9}, Conversation(), event, REQUEST)
    next(newer)
    ((*unchanged, number),) = chat.ask("", {"run": 8}, Conversation(), event, REQUEST)
    assert not [said for said in unchanged if isinstance(said, Conversation)], "a newer one goes on"
    assert "1988" in [said for _, _, said, *_ in newer if isinstance(said, Conversation)][-1].turns[0].html


def test_a_run_that_another_follows_shows_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    event = gradio.EventData(None, {"question": "When was the mill pond drained?"})
    running = chat.ask("", {"run": 1}, Conversation(), event, REQUEST)
    next(running)
    chat.cleared(REQUEST)
    assert not [said for _, _, said, *_ in running if isinstance(said, Conversation)]


def test_an_empty_pane_is_opened_with_nothing(tmp_path: Path) -> None:
    assert "nothing-open" in Chat(tmp_path, Settings()).opened(gradio.EventData(None, {"opened": "1"}))


def test_a_judgement_is_one_line_of_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    said = asking(chat, Conversation(), question="When was the mill pond drained?")
    data = {"turn": "0", "verdict": "up", "reason": "Clear\nand short"}
    _, rated, kept = chat.rated(said, gradio.EventData(None, data))
    assert 'aria-pressed="true"' in rated.turns[0].html
    assert json.loads(kept)["turns"][0]["rated"] == "up"
    (line,) = (tmp_path / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    saved = json.loads(line)
    assert saved["reason"] == "Clear and short"
    assert saved["answer"] == said.history()[1]["content"]
    for wrong in ({"turn": "1", "verdict": "up"}, {"turn": "0", "verdict": "<b>"}, {}):
        chat.rated(said, gradio.EventData(None, wrong))
    assert len((tmp_path / "index" / "feedback.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_a_read_only_chat_refuses_whoever_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch, read_only=True)
    (tmp_path / "new.txt").write_text("The barn burned down in 1950.")
    steps = [str(step) for step, _, _ in chat.added([str(tmp_path / "new.txt")])]
    assert any("can&#x27;t be changed here" in step for step in steps)
    steps = [str(step) for step, _, _ in chat.removed(gradio.EventData(None, {"document": "inn.txt"}))]
    assert any("can&#x27;t be changed here" in step for step in steps)
    assert "inn.txt" in chat.collection()
    assert "new.txt" not in chat.collection()


def test_an_opened_document_marks_the_other_citations_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = asked_pond(tmp_path, monkeypatch)
    document = chat.index().documents()[1]
    place = {"document": document.id, "start": "0", "end": "8", "others": "14-21,25-29"}
    html = chat.opened(gradio.EventData(None, place))
    assert html.count('class="also"') == 2
    assert html.count('class="cited"') == 1
    assert "alert" in chat.opened(gradio.EventData(None, {**place, "others": "x-y"}))


@pytest.mark.parametrize(
    ("model", "url", "host"),
    [
        (None, None, ""),
        ("llama3.2", "http://127.0.0.1:11434/v1", "127.0.0.1:11434"),
        ("llama3.2", "https://name:secret@models.example/v1", "models.example"),
    ],
)
def test_where_a_model_writes_is_said_without_a_password(
    tmp_path: Path, model: str | None, url: str | None, host: str
) -> None:
    assert Chat(tmp_path, Settings(model=model, model_url=url)).host == host
