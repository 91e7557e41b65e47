"""What `from rag import …` offers: a change here is a change for everybody who uses it."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import rag

PUBLIC = ["Answer", "Citation", "Index", "Sentence", "Settings", "answer", "answer_stream", "open_index"]


def test_the_public_names_are_exactly_these() -> None:
    assert sorted(rag.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert inspect.getdoc(getattr(rag, name))


def test_star_import_gives_them_all() -> None:
    names: dict[str, object] = {}
    exec("from rag import *", names)
    assert set(PUBLIC) <= set(names)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'rag' has no attribute 'ask'"):
        _ = rag.ask  # type: ignore[attr-defined]


@pytest.mark.parametrize("function", [rag.answer, rag.answer_stream])
def test_the_arguments_of_the_doors(function: object) -> None:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    assert list(signature.parameters) == ["question", "index", "history", "filters", "model", "settings"]
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    assert kinds == [inspect.Parameter.POSITIONAL_OR_KEYWORD, *[inspect.Parameter.KEYWORD_ONLY] * 5]


def test_importing_rag_loads_nothing_heavy() -> None:
    program = "import sys, rag; print([m for m in ('torch', 'chromadb', 'gradio', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
