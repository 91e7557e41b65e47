"""What the README shows is true: its commands parse, its Python runs, its files and targets exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from eval.commands import joined
from index.embed import load_embedder
from index.sync import sync
from rag.settings import Settings
from ui.cli import main, parser

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = [
    shlex.split(line, comments=True)
    for language, block in BLOCKS
    if language == "sh"
    for line in block.splitlines()
    if line.strip()
]


@pytest.fixture(scope="module")
def sample_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme") / "index"
    for _ in sync([ROOT / "corpus" / "documents"], folder, load_embedder()):
        pass
    return folder


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {command[1] for command in COMMANDS if command[0] == "make"} | set(re.findall(r"`make ([\w-]+)`", README))
    assert {"chat", "test", "check"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for variable in ("CORPUS", "TORCH_INDEX"):
        assert re.search(rf"^{variable} \?=", makefile, re.MULTILINE)


def test_every_rag_command_parses() -> None:
    commands = [command[command.index("rag") + 1 :] for command in COMMANDS if "rag" in command]
    assert len(commands) >= 8
    for command in commands:
        parser().parse_args(joined(command))


def test_the_commands_that_need_no_browser_run(sample_index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        if command[:2] in (["rag", "ask"], ["rag", "inspect"]):
            arguments = [*command[1:], "--index", str(sample_index)]
            paths = [str(ROOT / part) if part.startswith("corpus/") else part for part in arguments]
            assert main(paths) == 0
    assert "Orlanta" in capsys.readouterr().out


def test_the_python_example_runs(sample_index: Path) -> None:
    (code,) = [block for language, block in BLOCKS if language == "python"]
    here = code.replace('open_index(".rag")', f"open_index({str(sample_index)!r})")
    assert here != code
    done = subprocess.run(
        [sys.executable, "-c", here], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Orlanta" in done.stdout


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


def test_settings_named_in_the_readme_exist() -> None:
    names = {name.removeprefix("RAG_").lower() for name in re.findall(r"RAG_[A-Z_]+", README)}
    assert names
    assert names <= set(Settings.model_fields)
