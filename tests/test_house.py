"""The plan of the house: who may import whom, who may print, and that the code knows no law."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "homerule"
#: A room imports only rooms above it.
ROOMS = ["errors", "vocabulary", "conditions", "corpus", "places", "reasoning", "survey", "interview", "proof", "documents", "replay", "agreements", "pardons", "capacity", "advice", "records", "web", "cli"]
FILES = sorted(SRC.rglob("*.py"))
DATABASES = {"sqlite3", "sqlalchemy", "duckdb", "psycopg"}


def room(path: Path) -> str:
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    out = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            out += [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            out += [f"{node.module}.{a.name}" for a in node.names]
    return out


def code_strings(path: Path) -> list[str]:
    """Every string constant that is not a docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    docs = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, (ast.Module, ast.ClassDef, ast.FunctionDef)) and n.body and isinstance(n.body[0], ast.Expr) and isinstance(n.body[0].value, ast.Constant)
    }
    return [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    here = room(path)
    if here in ("__init__", "__main__"):
        return
    assert here in ROOMS, f"{here} is not in the plan"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "homerule" and len(parts) > 1 and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) <= ROOMS.index(here), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_only_some_rooms_print_or_touch_a_database(path: Path) -> None:
    if room(path) != "cli":
        calls = [n.func.id for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        assert "print" not in calls
        assert not {"eval", "exec"} & set(calls)
    if room(path) not in ("web", "records", "agreements") and path.name != "search.py":  # whose full-text index lives in memory only
        allowed = {"duckdb"} if room(path) in ("replay", "pardons", "capacity") else set()  # which read tables with it and keep nothing there
        assert not {i.partition(".")[0] for i in imports(path)} & (DATABASES - allowed)


def test_the_code_names_no_state_and_no_statute() -> None:
    with (SRC / "places" / "data" / "states.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    names = {row[1] for row in rows[1:]}
    assert len(names) > 50
    statute = re.compile(r"§|\bU\.?S\.?C\b|\bC\.?F\.?R\b|\bcode ann|I-247|I-200|287\(g\)", re.I)
    for path in FILES:
        if room(path) == "cli":
            continue  # help texts show examples of what to type
        for text in code_strings(path):
            assert text not in names, f"{path} names {text}"
            if path.name != "citations.py":  # which knows the shape of a citation, and no statute
                assert not statute.search(text), f"{path} names a statute or form: {text[:80]}"


def test_files_stay_short() -> None:
    for path in FILES:
        assert len(path.read_text("utf-8").splitlines()) <= 450, path


def test_no_drawer_called_utils() -> None:
    assert not [p for p in FILES if p.stem in ("utils", "util", "helpers", "misc", "common")]


def test_public_names_are_documented() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text("utf-8"))
        assert ast.get_docstring(tree), f"{path} has no docstring"
        if path.name == "__init__.py" or room(path) == "cli":
            continue
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_") and node.name not in ("All", "Some", "Not", "Const", "Strict", "Reach"):
                if path.name == "format.py":
                    continue  # the fields are documented in docs/reference/corpus-format.md
                lines = (node.end_lineno or 0) - node.lineno
                assert ast.get_docstring(node) or lines < 12, f"{path}: {node.name} has no docstring"
