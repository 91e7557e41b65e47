"""A benchmark's folder becomes a run: its reader is found by the folder's name, its items are written down.

It does not know what any benchmark measures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.benchmarks import chunks, conversations, extraction, news, support, wikipedia
from eval.benchmarks.benchmark import Benchmark, Task
from eval.provenance import header_of
from eval.run import record
from eval.runs import Run
from index.embed import load_embedder
from index.errors import UsageError
from rag.settings import Settings

MODULES = (news, wikipedia, chunks, conversations, support, extraction)
BENCHMARKS: Mapping[str, Benchmark] = {
    benchmark.name: benchmark for module in MODULES for benchmark in module.BENCHMARKS
}
PREFIX = "benchmark/"
DATA = (".jsonl", ".json", ".gz")


def benchmark_in(folder: Path) -> Benchmark:
    """The reader for a benchmark's folder. Raises UsageError when there is no folder, or none for its name."""
    name = folder.resolve().name
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; name the folder that holds the benchmark's files.")
    if name not in BENCHMARKS:
        raise UsageError(
            f"There is no reader for a benchmark {name!r}; known are {', '.join(sorted(BENCHMARKS))}. "
            "The name of the folder decides: name it as its benchmark is."
        )
    return BENCHMARKS[name]


def measure_benchmark(folder: Path, settings: Settings, work: Path | None = None, out: Path | None = None) -> Run:
    """The run over a benchmark. Its index, if it has one, is kept in `work`, else gone afterwards.

    Raises UsageError as benchmark_in does, and for an `out` that can't be written or holds another run;
    SetUnreadable when the folder's files are not the benchmark's.
    """
    benchmark = benchmark_in(folder)
    header = header_of(
        PREFIX + benchmark.name,
        set_name=benchmark.name,
        set_sha256=_data_sha256(folder),
        questions=0,
        corpus={"embedding_model": load_embedder(settings.embedding_model).sha256} if benchmark.documents else None,
        settings=settings,
        command=f"rag eval benchmark {benchmark.name}",
    )
    with TemporaryDirectory(prefix="rag-benchmark-") as temporary:
        kept = Path(temporary) if work is None else work
        return record(header, lambda done: benchmark.read(Task(folder, kept, settings, done)), out)


def _data_sha256(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in DATA):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()[:16]
