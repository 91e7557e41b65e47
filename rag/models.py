"""Language models behind OpenAI-compatible endpoints.

It knows how to talk to an endpoint that the user named and to no other; not what is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from index.errors import ModelUnavailable, UsageError
from rag.settings import Settings

if TYPE_CHECKING:
    import openai

CONNECT_SECONDS = 10.0
CHARACTERS_PER_TOKEN = 8  # an endpoint that goes on beyond max_tokens of this length is cut off
SENT_HEADERS = frozenset("host accept accept-encoding connection user-agent content-type content-length".split())
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
Messages = Sequence[Mapping[str, str]]


class ChatModel(Protocol):
    """What the writer needs of a language model."""

    name: str

    def stream(self, messages: Messages, max_tokens: int) -> Iterator[str]:
        """The completion, piece by piece. Raises ModelUnavailable when the endpoint fails at any point."""
        ...

    def usage(self) -> Mapping[str, int]:
        """Tokens of the last completion as the endpoint counted them, "prompt" and "completion"; empty if it didn't."""
        ...


class EndpointModel:
    """A model at an OpenAI-compatible endpoint."""

    def __init__(self, name: str, url: str, key: str | None, seconds: float) -> None:
        self.name = name
        self.url = url
        self.place = _place(url)
        self._key = key
        self._seconds = seconds
        self._usage: dict[str, int] = {}

    def stream(self, messages: Messages, max_tokens: int) -> Iterator[str]:
        """See `ChatModel.stream`; silence for longer than the settings' `model_seconds` is a failure."""
        import openai

        self._usage = {}
        client = self._client()
        finished, length = False, 0
        try:
            chunks = client.chat.completions.create(
                model=self.name,
                messages=cast(Any, list(messages)),
                max_tokens=max_tokens,
                temperature=0,
                stream=True,
                stream_options={"include_usage": True},
            )
            for number, chunk in enumerate(chunks, start=1):
                if chunk.usage is not None:
                    self._usage = {"prompt": chunk.usage.prompt_tokens, "completion": chunk.usage.completion_tokens}
                choice = chunk.choices[0] if chunk.choices else None
                finished = finished or bool(choice and choice.finish_reason)
                if choice and choice.delta and choice.delta.content:
                    length += len(choice.delta.content)
                    yield choice.delta.content
                if number > 2 * max_tokens or length > CHARACTERS_PER_TOKEN * max_tokens:
                    finished = True
                    break
        except openai.APITimeoutError as error:
            raise ModelUnavailable(f"The model at {self.place} said nothing for {self._seconds:g} seconds.") from error
        except openai.APIConnectionError as error:
            raise ModelUnavailable(
                f"The endpoint {self.place} broke off in the middle of its answer."
                if length
                else f"The endpoint {self.place} can't be reached; is it running?"
            ) from error
        except openai.APIStatusError as error:
            raise ModelUnavailable(_status_message(self.place, self.name, error.status_code)) from error
        except Exception as error:  # a foreign server can break the client's parsing in any way
            raise ModelUnavailable(f"The endpoint {self.place} sent something unreadable ({error}).") from error
        finally:
            client.close()
        if not length:
            raise ModelUnavailable(f"The endpoint {self.place} sent no answer; check its address and the model's name.")
        if not finished:
            raise ModelUnavailable(f"The endpoint {self.place} broke off in the middle of its answer.")

    def _client(self) -> openai.OpenAI:
        """A client that sends the user's key and the messages to the endpoint, and nothing from the environment.

        The openai package would add a key, an organisation and headers from OPENAI_* variables, follow a
        redirect to another host, and try again in silence.
        """
        import openai

        def strip(request: Any) -> None:
            for name in [name for name in request.headers if name.lower() not in SENT_HEADERS]:
                del request.headers[name]
            if self._key:
                request.headers["Authorization"] = f"Bearer {self._key}"

        return openai.OpenAI(
            api_key=self._key or "none",
            base_url=self.url,
            organization="",
            project="",
            max_retries=0,
            timeout=openai.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds)),
            http_client=openai.DefaultHttpxClient(
                follow_redirects=False,
                trust_env=urlsplit(self.url).hostname not in LOOPBACK,  # no proxy between this machine and itself
                event_hooks={"request": [strip]},
            ),
        )

    def usage(self) -> Mapping[str, int]:
        """See `ChatModel.usage`."""
        return {name: count for name, count in self._usage.items() if isinstance(count, int)}


def model_from_settings(settings: Settings) -> ChatModel | None:
    """The model that the settings name; None when they name none. Raises UsageError when half of it is missing."""
    if settings.model is None and settings.model_url is None:
        return None
    if settings.model is None or settings.model_url is None:
        given, missing = ("--model", "--model-url") if settings.model else ("--model-url", "--model")
        raise UsageError(f"{given} needs {missing} too, as in: --model llama3.2 --model-url http://127.0.0.1:11434/v1")
    host = _host(settings.model_url)
    if host is None:
        raise UsageError(
            "The model URL is not the address of an endpoint (a key belongs in RAG_MODEL_KEY, not in the address); "
            "it looks like http://127.0.0.1:11434/v1"
        )
    return EndpointModel(settings.model, settings.model_url, _key(settings, host), settings.model_seconds)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.port != 0 and url.isprintable() and " " not in url
        usable = usable and parts.username is None and parts.password is None
    except ValueError:  # half an IPv6 address, a port that is no port
        return None
    return parts.hostname if usable else None


def _place(url: str) -> str:
    """The address as messages show it: without a query, which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _key(settings: Settings, host: str) -> str | None:
    """The key meant for this endpoint: the settings' own, or OpenAI's for OpenAI and nobody else."""
    if settings.model_key is not None:
        return settings.model_key.get_secret_value()
    if host == "openai.com" or host.endswith(".openai.com"):
        return os.environ.get("OPENAI_API_KEY")
    return None


def _status_message(url: str, name: str, status: int) -> str:
    if status in (401, 403):
        return f"The endpoint {url} refused the key (status {status}); set RAG_MODEL_KEY."
    if status == 404:
        return f"The endpoint {url} has no model {name!r} (status 404); check --model and --model-url."
    if 300 <= status < 400:
        return f"The endpoint {url} points to another address (status {status}); name that one with --model-url."
    if status == 429:
        return f"The endpoint {url} is over its limit (status 429); try again later."
    return f"The endpoint {url} failed (status {status})."
