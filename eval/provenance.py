"""What a run was made with, as its header says it: the set, the index, the model, settings, versions, the code itself.

Two runs whose headers are equal apart from times must come to equal answers. It does not know any question.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import index as index_package
import rag
from eval.runs import FORMAT

if TYPE_CHECKING:  # it loads chromadb
    from index.opening import Index
    from rag.settings import Settings

PACKAGES = (
    *("footnote-rag", "chromadb", "sentence-transformers", "transformers", "tokenizers", "torch", "numpy"),
    *("nupunkt", "rapidfuzz", "snowballstemmer", "trafilatura", "pypdf", "python-docx"),
)
CODE = (".py", ".sql", ".safetensors")
MEASURING = ("cases.py", "locate.py", "run.py", "score.py", "metrics", "benchmarks")  # of eval: not what only shows


def header_of(
    kind: str,
    *,
    set_name: str,
    set_sha256: str,
    questions: int,
    corpus: Mapping[str, Any] | None,
    settings: Settings,
    command: str,
) -> dict[str, Any]:
    """The header of a run that starts now; see runs.py for the form."""
    return {
        "format": FORMAT,
        "kind": kind,
        "set": set_name,
        "set_sha256": set_sha256,
        "questions": questions,
        "corpus": None if corpus is None else dict(corpus),
        "model": _model_name(settings.model) or "quotes",
        "settings": _settings(settings),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
        "code": code_sha256(),
        "command": command,
        "times": {"started": datetime.now(timezone.utc).isoformat(timespec="seconds")},
    }


def corpus_of(index: Index) -> dict[str, Any]:
    """What the index holds: counts, and a fingerprint of every document as it was read and split, and of the vectors'
    model. It changes when a document, the reader, the splitter or the embedding model does."""
    digest = hashlib.sha256()
    with index.catalog.reading():
        recorded = index.catalog.settings()
        for name in ("format", "model", "model_sha256", "dimension", "splitter", "word_pieces"):
            digest.update(f"{name}={recorded.get(name)}\n".encode())
        files = index.catalog.files()
        for path in sorted(files):
            digest.update(f"{path}\t{files[path].document_id}\n".encode())
        documents, passages = index.catalog.count("documents"), index.catalog.counts()[0]
    return {"documents": documents, "passages": passages, "fingerprint": digest.hexdigest()[:16]}


def file_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def code_sha256() -> str:
    """A fingerprint of the source that a run's lines depend on: of what reads, answers and measures."""
    measuring = Path(__file__).parent
    roots = [Path(index_package.__path__[0]), Path(rag.__path__[0]), *(measuring / name for name in MEASURING)]
    digest = hashlib.sha256()
    for root in roots:
        paths = [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.suffix in CODE)
        for path in paths:
            digest.update(f"{root.name}/{path.relative_to(root).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _settings(settings: Settings) -> dict[str, Any]:
    """All but secrets and places of this machine."""
    hidden = {"index_dir", "auth", "model_key", "model", "model_url", "embedding_model"}
    host = urlsplit(settings.model_url).netloc.rpartition("@")[2] if settings.model_url else None
    shown = settings.model_dump(mode="json", exclude=hidden)
    return {**shown, "model_host": host, "embedding_model": _model_name(settings.embedding_model)}


def _model_name(name: str | None) -> str | None:
    """Of a file or folder of this machine only its own name; "owner/model" is no such place."""
    return Path(name).name if name and (Path(name).is_absolute() or Path(name).exists()) else name


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
