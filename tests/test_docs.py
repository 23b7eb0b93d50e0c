"""The documentation says what the program does."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from homerule import Request, decide
from homerule.cli.law import VERBS
from homerule.cli.main import COMMANDS

ROOT = Path(__file__).parent.parent
DOCS = "\n".join(p.read_text("utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])


def test_readme_shows_a_real_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """The answer in the README is the one that prints, but for the corpus line."""
    block = re.search(r"```\n\$ (homerule decide .*?)\n\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert block
    command = shlex.split(block.group(1).replace("\\\n", " "))
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"})

    def told(text: str) -> list[str]:
        return [line for line in text.strip().splitlines() if not line.startswith("Corpus ")]

    assert told(done.stdout) == told(block.group(2))


def test_readme_python_example() -> None:
    decision = decide(Request("Cook County, IL", "jail", "detainer", "2026-11-01", {"process": "admin_warrant"}))
    assert decision["hold"].verdict == "prohibited"


@pytest.mark.parametrize("command", [*COMMANDS, *(f"law {v}" for v in VERBS)])
def test_every_command_is_documented(command: str) -> None:
    verb = command.rpartition(" ")[2]
    assert f"homerule {command}" in DOCS or re.search(rf"`homerule law [^`]*`[^|]*`{verb}`|homerule law \w+`, `{verb}`|`{verb}`", DOCS), command


def test_every_dependency_is_justified() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[<>=\[; ]", d)[0] for d in [*project["dependencies"], *(x for extra in project["optional-dependencies"].values() for x in extra)]]
    listed = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    for name in set(names) - {"homerule"}:
        assert f"`{name}`" in listed, name


def test_generated_pages_are_up_to_date() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_names_the_machine_it_was_written_on() -> None:
    private = [str(ROOT), str(Path.home())]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in tracked:
        path = ROOT / name
        if path.is_file():
            text = path.read_text("utf-8", errors="replace")
            assert not [p for p in private if len(p) > 3 and p + "/" in text], name
