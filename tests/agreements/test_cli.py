"""The commands, as a clerk would use them."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from homerule.cli.agreements import VERBS
from homerule.cli.main import main
from tests.agreements.conftest import HEAD, workbook


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A registry with three lists, named by the environment."""
    monkeypatch.setenv("HOMERULE_REGISTRY", str(tmp_path / "a.sqlite"))
    monkeypatch.setenv("HOMERULE_BY", "ann")
    wells = ["MAINE", "Wells Police Department", "Municipality", "York County", "Task Force Model", datetime(2025, 4, 2), "link"]
    polk = ["FLORIDA", "Polk County Sheriff's Office", "County", "Polk County", "Warrant Service Officer", datetime(2019, 5, 6), "link"]
    bartow = ["FLORIDA", "Bartow Police Department", "Municipality", None, "Task Force Model", datetime(2025, 7, 8), "link pending"]
    for name, rows in (("07012025am", [wells, polk]), ("08152025am", [wells, polk, bartow]), ("11142025pm", [polk, bartow])):
        workbook(tmp_path / f"participatingAgencies{name}.xlsx", [HEAD, *rows])
    assert main(["agreements", "import", *map(str, sorted(tmp_path.glob("*.xlsx")))]) == 0
    out = capsys.readouterr().out
    assert "3 agreements are new" in out and "3 of 3 are placed (100.0%)" in out
    return tmp_path


def test_list_by_state_place_status_and_day(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ids(*options: str) -> list[str]:
        assert main(["agreements", "list", "--json", *options]) == 0
        return [a["id"].split("/", 1)[1] for a in json.loads(capsys.readouterr().out)]

    assert ids("--state", "Maine") == ["wells-police-department/task-force"]
    assert ids("--place", "Polk County, FL") == ["bartow-police-department/task-force", "polk-county-sheriffs-office/warrant-service"]
    assert ids("--status", "gone") == ["wells-police-department/task-force"]
    assert ids("--on", "2025-07-20") == ["polk-county-sheriffs-office/warrant-service", "wells-police-department/task-force"]
    assert ids("--model", "WSO") == ["polk-county-sheriffs-office/warrant-service"]
    assert ids("bartow") == ["bartow-police-department/task-force"]


def test_the_words_of_an_absence(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", "show", "Wells Police Department", "--history"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "no longer listed (observed): last listed 2025-08-15, not listed from 2025-11-14" in out
    assert "No document held here says that it ended" in out
    assert "participatingAgencies08152025am.xlsx, row 2, list of 2025-08-15" in out and "ann, from participating" in out
    assert "terminat" not in out.lower()


def test_diff_as_text_json_and_csv(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", "diff", "--from", "2025-07-01"]) == 0
    out = capsys.readouterr().out
    assert "Joined: 1" in out and "Left: 1" in out and "last listed on 15 August 2025, first absent" in out
    assert main(["agreements", "diff", "--from", "2025-07-01", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["left"][0]["last_listed"], data["left"][0]["absent_from"]) == ("2025-08-15", "2025-11-14")
    assert main(["agreements", "diff", "--from", "2025-07-01", "--csv"]) == 0
    assert [r["change"] for r in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["joined", "left"]


def test_stats_and_pictures(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", "stats", "--by", "date", "--csv"]) == 0
    assert [(r["date"], r["agreements"]) for r in csv.DictReader(io.StringIO(capsys.readouterr().out))] == [("2025-07-01", "2"), ("2025-08-15", "3"), ("2025-11-14", "2")]
    assert main(["agreements", "stats", "--map", str(held / "m.svg"), "--on", "2025-08-20"]) == 0
    assert "3 agreements of 3 bodies in 2 states" in (held / "m.svg").read_text()
    assert main(["agreements", "stats", "--map", str(held / "m.gif")]) == 2
    assert "as .svg or .png" in capsys.readouterr().err


def test_add_set_and_take_back(held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ["agreements", "add", "--agency", "Chase County Jail", "--state", "KS", "--kind", "IGSA", "--signed", "2024-07-01", "--local-notice-days", "0", "--costs", "bed rate | 95.50 | bed and day", "--source", "contract"]
    assert main(add) == 0
    assert "Recorded ks/chase-county-jail/detention: Chase County Jail (ks/chase-county)" in capsys.readouterr().out
    assert main(add) == 0 and "Nothing changed" in capsys.readouterr().out
    assert main(["agreements", "show", "ks/chase-county-jail"]) == 0
    out = capsys.readouterr().out
    assert "The local body's notice: none asked for" in out and "$95.50 per bed and day" in out
    assert main(["agreements", "set", "ks/chase-county-jail", "ended=2026-01-31", "--source", "letter"]) == 0
    assert "ended on 2026-01-31 (document)" in capsys.readouterr().out
    assert main(["agreements", "set", "ks/chase-county-jail", "ended=none", "--source", "mistake"]) == 0
    assert "recorded" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shw"], "no verb `shw`. Did you mean"),
        (["import", "nowhere.xlsx"], "there is no such file"),
        (["diff", "--from", "2026-13-01"], "no date"),
        (["diff", "--from", "2026-01-01", "--to", "2025-01-01"], "later than the last"),
        (["list", "--state", "Texs"], "Did you mean `TX`?"),
        (["list", "--model", "nonsense"], "no model known here"),
        (["show", "nobody"], "has no agreement `nobody`"),
        (["set", "Wells Police Department", "colour=red", "--source", "x"], "no field `colour`"),
        (["set", "Wells Police Department", "ended", "--source", "x"], "has no `=`"),
        (["add", "--agency", "A", "--state", "KS", "--kind", "deputation", "--source", "x"], "needs a model"),
        (["add", "--agency", "A", "--state", "KS", "--kind", "IGSA", "--local-notice-days", "ninety", "--source", "x"], "no number of days"),
    ],
)  # fmt: skip
def test_errors_are_sentences(arguments: list[str], said: str, held: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error and error.startswith("homerule: ") and "Traceback" not in error


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["agreements", verb, "--help"])
    assert done.value.code == 0 and f"homerule agreements {verb}" in capsys.readouterr().out


def test_every_verb_is_in_the_how_to() -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "agreements.md").read_text("utf-8")
    assert [v for v in VERBS if f"homerule agreements {v}" not in text] == []


def test_a_list_whose_day_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HOMERULE_REGISTRY", str(tmp_path / "a.sqlite"))
    path = workbook(tmp_path / "list.xlsx", [HEAD[:5], ["MAINE", "Wells Police Department", "Municipality", "York County", "Task Force Model"]])
    assert main(["agreements", "import", str(path)]) == 0
    assert "not dated, and therefore not used" in capsys.readouterr().out
    assert main(["agreements", "import", str(path), "--date", "2025-03-20", "--type", "pending"]) == 0
    assert main(["agreements", "list"]) == 0
    assert "pending" in capsys.readouterr().out
