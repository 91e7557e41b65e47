"""What can be set, with its default: arguments win over the environment (RAG_*), which wins over rag.toml.

It does not know what the settings are used for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from index.errors import UsageError

SECRETS = ("model_key", "auth")


class Settings(BaseSettings):
    """All settings; units stand in the descriptions. `RAG_MODEL_URL=…` sets `model_url`."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_",
        env_ignore_empty=True,
        toml_file="rag.toml",
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
        hide_input_in_errors=True,
    )

    index_dir: Path = Field(Path(".rag"), description="folder of the index")
    embedding_model: str | None = Field(None, description="folder or cached name; None is the bundled all-MiniLM-L6-v2")
    passage_word_pieces: int = Field(128, ge=16, le=4096, description="aimed length of a passage, word pieces")
    hits_word_pieces: int = Field(2000, ge=100, description="how much evidence a question retrieves, word pieces")
    candidates: int = Field(60, ge=1, le=1000, description="passages taken from each search before they are fused")
    answer_sentences: int = Field(4, ge=1, le=10, description="most quotations in an answer without a language model")
    abstain_below: float = Field(
        0.458, ge=0.0, le=1.0, description="confidence under which the documents are said not to answer"
    )
    model: str | None = Field(None, description="language model's name at the endpoint; None answers in quotes")
    model_url: str | None = Field(None, description="OpenAI-compatible endpoint, as in http://127.0.0.1:11434/v1")
    model_key: SecretStr | None = Field(None, description="key for that endpoint and for no other")
    model_seconds: float = Field(
        120.0, gt=0, le=86_400, description="longest wait for the endpoint to say something, seconds"
    )
    context_tokens: int = Field(3000, ge=200, description="evidence shown to the language model, tokens (o200k_base)")
    answer_tokens: int = Field(500, ge=20, description="longest answer of the language model, tokens")

    auth: SecretStr | None = Field(None, description="NAME:PASSWORD that the chat asks for; None lets everybody in")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**arguments: Any) -> Settings:
    """Settings with those `arguments` that are not None on top.

    A key in the environment does not go to an endpoint that only a rag.toml names: that file may be a stranger's.
    Raises UsageError, naming the setting and its value, when one is unknown or out of range.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        settings = Settings(**given)
        named = "model_url" in given or bool(os.environ.get("RAG_MODEL_URL"))
        if settings.model_url and not named and "model_key" not in given and os.environ.get("RAG_MODEL_KEY"):
            settings = settings.model_copy(update={"model_key": None})
        return settings.model_copy(update={"index_dir": settings.index_dir.expanduser()})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise UsageError(f"There is no setting {name!r}; look at the arguments and rag.toml.") from error
        value = "what was given" if name in SECRETS else repr(first.get("input"))
        raise UsageError(
            f"The setting {name} can't be {value}: {first['msg']}. "
            f"Look at the arguments, the environment (RAG_{name.upper()}) and rag.toml."
        ) from error
    except ValueError as error:  # rag.toml is not TOML
        raise UsageError(f"rag.toml can't be read: {error}") from error
