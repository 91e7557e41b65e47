"""Settings: arguments over environment over rag.toml, and one clear sentence for a wrong value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.errors import UsageError
from rag import Settings
from rag.settings import load_settings


@pytest.fixture(autouse=True)
def here(plain_environment: Path) -> Path:
    return plain_environment


def test_the_defaults_answer_in_quotes_from_dot_rag() -> None:
    settings = load_settings()
    assert (settings.index_dir, settings.model, settings.model_url) == (Path(".rag"), None, None)


def test_arguments_win_over_the_environment_which_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    (here / "rag.toml").write_text('model = "file"\nmodel_url = "http://file/v1"\ncandidates = 7\n', encoding="utf-8")
    assert load_settings().model == "file"
    monkeypatch.setenv("RAG_MODEL", "environment")
    monkeypatch.setenv("rag_model_url", "http://environment/v1")
    assert load_settings().model == "environment"
    settings = load_settings(model="argument", model_url=None)
    assert (settings.model, settings.model_url, settings.candidates) == ("argument", "http://environment/v1", 7)


def test_an_empty_variable_is_not_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAG_MODEL", "RAG_MODEL_URL", "RAG_INDEX_DIR", "RAG_CANDIDATES"):
        monkeypatch.setenv(name, "")
    assert load_settings() == Settings()
    assert load_settings().index_dir == Path(".rag")


def test_variables_of_other_programs_are_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_TIME", "yes")
    monkeypatch.setenv("MODEL", "elsewhere")
    assert load_settings() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("passage_word_pieces", 3),
        ("passage_word_pieces", "many"),
        ("hits_word_pieces", 1),
        ("candidates", 0),
        ("answer_sentences", 11),
        ("abstain_below", 1.5),
        ("abstain_below", "nan"),
        ("model_seconds", 0),
        ("model_seconds", "inf"),
        ("context_tokens", -1),
        ("answer_tokens", "1e9x"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_name_value_and_places(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setenv(f"RAG_{name.upper()}", str(value))
    with pytest.raises(UsageError) as raised:
        load_settings()
    message = str(raised.value)
    assert message.startswith(f"The setting {name} can't be {str(value)!r}: ")
    assert f"RAG_{name.upper()}" in message
    assert "rag.toml" in message
    assert "\n" not in message
    assert "pydantic" not in message


def test_an_unknown_setting_in_the_file_is_said(here: Path) -> None:
    (here / "rag.toml").write_text("passage_words = 3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="passage_words"):
        load_settings()


@pytest.mark.parametrize("content", [b"model = \n", b"\xff\xfe\x00", b"[[["])
def test_a_file_that_is_not_toml_is_said(here: Path, content: bytes) -> None:
    (here / "rag.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"rag\.toml can't be read"):
        load_settings()


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    monkeypatch.setenv("RAG_MODEL_KEY", "sk-secret")
    settings = load_settings()
    assert settings.model_key is not None
    assert settings.model_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.delenv("RAG_MODEL_KEY")
    (here / "rag.toml").write_text("model_key = 12345678\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert "12345678" not in str(raised.value)


def test_the_chats_password_is_a_secret_too(monkeypatch: pytest.MonkeyPatch, here: Path) -> None:
    monkeypatch.setenv("RAG_AUTH", "reader:hunter2")
    settings = load_settings()
    assert settings.auth is not None
    assert settings.auth.get_secret_value() == "reader:hunter2"
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()
    monkeypatch.delenv("RAG_AUTH")
    (here / "rag.toml").write_text("auth = 12345678\n", encoding="utf-8")
    with pytest.raises(UsageError) as raised:
        load_settings()
    assert "12345678" not in str(raised.value)


def test_settings_do_not_change() -> None:
    settings: Any = Settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.candidates = 1


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
