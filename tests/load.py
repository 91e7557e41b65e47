"""Many people asking a running chat at once, through its HTTP interfaces: how long answers take, and what memory does.

It starts `rag chat` over the sample documents itself:  python tests/load.py --people 25 --seconds 120
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import httpx

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "corpus" / "documents"
QUESTIONS = ROOT / "eval" / "sets" / "sample.jsonl"
START_SECONDS = 300.0
ANSWER_SECONDS = 60.0
WARM_UP = 0.5  # share of the time after which memory is looked at first
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured: seconds from a question to the whole answer, errors, the server's memory in bytes."""

    people: int
    seconds: float
    answers: tuple[float, ...]
    errors: tuple[str, ...]
    memory_warm: int
    memory_end: int

    @property
    def p95(self) -> float:
        return quantiles(self.answers, n=20)[-1] if len(self.answers) > 1 else float("inf")

    def __str__(self) -> str:
        rate = len(self.answers) / self.seconds
        first = f"; the first error: {self.errors[0]}" if self.errors else ""
        return (
            f"{self.people} people, {self.seconds:.0f} s: {len(self.answers)} answers ({rate:.1f} a second), "
            f"median {median(self.answers or [float('inf')]):.2f} s, p95 {self.p95:.2f} s, "
            f"longest {max(self.answers, default=float('inf')):.2f} s, {len(self.errors)} errors{first}; memory "
            f"{self.memory_warm / MEGABYTE:.0f} MB when warm, {self.memory_end / MEGABYTE:.0f} MB at the end"
        )


@contextmanager
def running_chat(folder: Path, documents: Path = DOCUMENTS) -> Iterator[tuple[str, int]]:
    """The address and the process id of a chat in quotes mode over an index in `folder`, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ui.cli", "chat", str(documents), "--index", str(folder / "index")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    with (folder / "chat.log").open("wb") as log:
        running = subprocess.Popen(
            [*command, "--no-browser", "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        _until_ready(f"http://127.0.0.1:{port}", running, folder / "chat.log")
        yield f"http://127.0.0.1:{port}", running.pid
    finally:
        running.terminate()
        running.wait(30)


def _until_ready(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if running.poll() is not None:
            raise RuntimeError(f"the chat ended: {log.read_text(errors='replace')}")
        with contextlib.suppress(httpx.TransportError):
            request = {"messages": [{"role": "user", "content": "What do the documents say?"}]}
            reply = httpx.post(f"{address}/v1/chat/completions", json=request, timeout=ANSWER_SECONDS)
            if reply.status_code == 200:
                return
        time.sleep(0.5)
    raise RuntimeError(f"the chat was not ready in {START_SECONDS:.0f} s: {log.read_text(errors='replace')}")


def memory_of(process: int) -> int:
    """The resident memory of a process in bytes (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {process} has no memory")


def load(address: str, process: int, questions: Sequence[str], people: int, seconds: float, pause: float = 0.0) -> Load:
    """Let `people` ask one question after the other for `seconds`; each reads an answer for up to twice `pause`."""
    return asyncio.run(_load(address, process, questions, people, seconds, pause))


async def _load(
    address: str, process: int, questions: Sequence[str], people: int, seconds: float, pause: float
) -> Load:
    answers: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds
    async with httpx.AsyncClient(
        base_url=address, timeout=ANSWER_SECONDS, limits=httpx.Limits(max_connections=None)
    ) as client:
        tasks = [
            asyncio.create_task(_person(client, number, questions, end, pause, answers, errors))
            for number in range(people)
        ]
        await asyncio.sleep(seconds * WARM_UP)
        warm = memory_of(process)
        await asyncio.gather(*tasks)
    return Load(people, seconds, tuple(answers), tuple(errors), warm, memory_of(process))


async def _person(
    client: httpx.AsyncClient,
    number: int,
    questions: Sequence[str],
    end: float,
    pause: float,
    answers: list[float],
    errors: list[str],
) -> None:
    chance = random.Random(number)
    own = chance.sample(list(questions), len(questions))
    ask = _ask_gradio if number % 2 else _ask_openai  # both interfaces at the same time
    await asyncio.sleep(chance.uniform(0, max(pause, 0.5)))  # nobody begins at the very same moment
    for question in itertools.cycle(own):
        if time.monotonic() >= end:
            return
        started = time.monotonic()
        try:
            await ask(client, question)
            answers.append(time.monotonic() - started)
        except (httpx.HTTPError, AssertionError, ValueError, KeyError) as error:
            errors.append(f"{type(error).__name__}: {error} ({question})")
        await asyncio.sleep(chance.uniform(0, 2 * pause))


async def _ask_openai(client: httpx.AsyncClient, question: str) -> None:
    request = {"model": "footnote", "messages": [{"role": "user", "content": question}], "stream": True}
    lines: list[str] = []
    async with client.stream("POST", "/v1/chat/completions", json=request) as reply:
        reply.raise_for_status()
        lines = [line async for line in reply.aiter_lines() if line]
    assert lines[-1] == "data: [DONE]", lines[-1]
    assert json.loads(lines[-2].removeprefix("data: "))["footnote"]["question"] == question


async def _ask_gradio(client: httpx.AsyncClient, question: str) -> None:
    joined = await client.post("/gradio_api/call/answer", json={"data": [question]})
    joined.raise_for_status()
    async with client.stream("GET", f"/gradio_api/call/answer/{joined.json()['event_id']}") as reply:
        reply.raise_for_status()
        lines = [line async for line in reply.aiter_lines() if line]
    assert lines[-2] == "event: complete", lines[-2:]
    assert json.loads(lines[-1].removeprefix("data: "))[0]["question"] == question


def sample_questions() -> list[str]:
    """The questions of the sample set."""
    return [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line]


def main() -> int:
    parser = argparse.ArgumentParser(description="Ask a chat over the sample documents with many people at once.")
    parser.add_argument("--people", type=int, default=25, help="how many ask at the same time (default: 25)")
    parser.add_argument("--seconds", type=float, default=120, help="for how long (default: 120)")
    parser.add_argument("--pause", type=float, default=0.0, help="mean seconds that an answer is read (default: 0)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_chat(Path(folder)) as (address, process):
        measured = load(address, process, sample_questions(), given.people, given.seconds, given.pause)
    print(measured)
    return 1 if measured.errors else 0


if __name__ == "__main__":
    sys.exit(main())
