"""``homerule draft`` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("docxtpl")
pytest.importorskip("typst")

from homerule.cli.main import main

BASE = ["draft", "detainer-response", "Cook County, IL", "--on", "2026-11-24", "--fact", "process=admin_warrant"]
GIVEN = ["--set", "reference=D-1", "--set", "received=2026-11-20"]


def test_list_fields_and_forms(capsys) -> None:  # type: ignore[no-untyped-def]
    assert main(["draft", "--list"]) == 0
    assert "end-agreement" in capsys.readouterr().out
    assert main([*BASE, "--fields", "--json"]) == 0
    found = {f["name"]: f for f in json.loads(capsys.readouterr().out)}
    assert found["reference"]["state"] == "needed" and found["signer"]["state"] == "optional"
    assert main(["draft", "--list-forms"]) == 0
    assert "90 days" in capsys.readouterr().out


@pytest.mark.parametrize(("ending", "magic"), [("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!DOC"), ("txt", b" "), ("json", b"{")])
def test_out_by_its_name(tmp_path: Path, ending: str, magic: bytes) -> None:
    out = tmp_path / f"answer.{ending}"
    assert main([*BASE, *GIVEN, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(magic)
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_values_from_a_file(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "office.toml").write_text('signer = "Dana Example"\nreference = "D-9"\nreceived = 2026-11-20\n', "utf-8")
    assert main([*BASE, "--values", str(tmp_path / "office.toml"), "--set", "reference=D-10"]) == 0
    text = capsys.readouterr().out
    assert "Dana Example" in text and "D-10" in text and "D-9" not in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["draft"], "no kind"),
        (["draft", "detainer-respons", "Cook County, IL"], "detainer-response"),
        ([*BASE], "reference"),
        ([*BASE, *GIVEN, "--format", "pdf"], "not written to a terminal"),
        ([*BASE, *GIVEN, "--out", "x.odt"], "which form"),
        ([*BASE, *GIVEN, "--out", "/nowhere/x.pdf"], "cannot be written"),
        ([*BASE, "--set", "reference"], "NAME=VALUE"),
        (["draft", "end-agreement", "Miami-Dade County, FL", "--on", "2026-11-24"], "may not be drafted"),
        (["draft", "--letterhead", "letter"], "--out"),
        ([*BASE, *GIVEN, "--templates", "/nowhere"], "not a folder"),
    ],
)
def test_errors_are_sentences(arguments: list[str], words: str, capsys) -> None:  # type: ignore[no-untyped-def]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("homerule: ") and words in said and "Traceback" not in said and "fault of the program" not in said


def test_an_agreement_that_is_not_in_the_registry(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("sqlalchemy")
    assert main(["draft", "end-agreement", "--agreement", "no/such/agreement", "--registry", str(tmp_path / "none.db")]) == 2
    assert "no/such/agreement" in capsys.readouterr().err


def test_a_policy_in_conflict_is_drafted_and_marked(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    policy = Path(__file__).parents[2] / "examples/policies/nine-point-judicial-warrant.toml"
    assert main(["draft", "ordinance", "Miami-Dade County, FL", "--policy", str(policy), "--on", "2026-11-24", "--out", str(tmp_path / "o.html")]) == 1
    assert "conflicts with superior law" in capsys.readouterr().err


def test_decide_writes_a_memo(tmp_path: Path) -> None:
    out = tmp_path / "memo.docx"
    assert main(["decide", "--place", "Cook County, IL", "--actor", "jail", "--request", "hold", "--on", "2026-11-24", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"PK")
