"""The command as its user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from homerule.cli.main import main

DRAFT = """
[[authority]]
id = "pa-draft-hold"
citation = "Draft bill on detainers"
kind = "statute"
level = "state-statute"
place = "pa"
in_force = [{ from = 2026-01-01 }]
status = "settled"
certainty = "recalled"
source = "a draft"
checked = 2026-11-01

[[norm]]
id = "pa-draft-hold-1"
authority = "pa-draft-hold"
binds = ["law_enforcement"]
acts = ["hold"]
effect = "forbid"
says = "No one is held past release on a federal request."
"""


def test_a_quick_run_prints_removals_and_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "today", "--quick", "--runs", "8"]) == 0
    out = capsys.readouterr().out
    for words in ("Removals, all streams", "Turned back at the border", "People held", "All federal", "All local", "Not a forecast"):
        assert words in out


def test_json_is_stable_between_runs(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    for _ in range(2):
        assert main(["simulate", "no-deputation", "--quick", "--runs", "5", "--json", "--seed", "9"]) == 0
        seen.append(capsys.readouterr().out)
    assert seen[0] == seen[1]
    data = json.loads(seen[0])
    assert data["format"] == 1 and data["scenarios"][0]["seed"] == 9


def test_comparing_shows_the_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "today", "most-limiting", "--compare", "--quick", "--runs", "8"]) == 0
    out = capsys.readouterr().out
    assert "Difference from A (today)" in out and "Draw by draw" in out


def test_the_law_of_a_day_and_a_draft_beside_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "draft.toml").write_text(DRAFT)
    assert main(["simulate", "today", "--law", "2026-11-23", "--law-folder", str(tmp_path), "--quick", "--runs", "6", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    plain, drafted = data["scenarios"]
    assert plain["scenario"]["law"] == {"as_of": "2026-11-23", "folders": []}
    theta = [{s["state"]: s["held_by_law"]["central"] for s in x["states"] if s["held_by_law"]} for x in (plain, drafted)]
    assert theta[1]["pa"] < theta[0]["pa"]
    assert all(theta[0][k] == theta[1][k] for k in theta[0] if k != "pa")
    assert next(d for d in data["differences"] if d["name"] == "removed")["p50"] < 0


def test_list_studies_and_assumptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--list", "--json"]) == 0
    known = json.loads(capsys.readouterr().out)
    assert {s["name"] for s in known["scenarios"]} >= {"today", "act-2025"} and {s["name"] for s in known["studies"]} >= {"cap-2010", "gao-18-343"}
    assert main(["simulate", "--study", "all"]) == 0
    out = capsys.readouterr().out
    assert out.count("agrees") > 40 and "DIFFERS" not in out
    assert main(["simulate", "--assumptions", "act-2025"]) == 0
    out = capsys.readouterr().out
    assert "What cannot be known" in out and "pace.large" in out and "bed_day" in out


def test_a_study_that_does_not_agree_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from homerule.capacity.studies import studies

    own = tmp_path / "own.toml"
    own.write_text(studies()["gao-18-343"].read_text("utf-8").replace("value = 34000", "value = 35000"))
    assert main(["simulate", "--study", str(own)]) == 1
    assert "DIFFERS" in capsys.readouterr().out


def test_out_writes_what_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "today", "--quick", "--runs", "5", "--out", str(tmp_path / "r")]) == 0
    assert "Written" in capsys.readouterr().err
    assert (tmp_path / "r" / "results.json").is_file() and (tmp_path / "r" / "report.html").is_file()


def test_calibrate_writes_a_scenario_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "months.csv"
    data.write_text("month,held,book_ins\n" + "".join(f"2025-{m:02d},{1000 + 40 * m},{600 + 10 * m}\n" for m in range(1, 8)))
    out = tmp_path / "mine.toml"
    assert main(["simulate", "calibrate", str(data), "--leave-out", "1", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "left out" in said and "ice_stay" in said
    assert main(["simulate", str(out), "--quick", "--runs", "3"]) == 0
    capsys.readouterr()
    assert main(["simulate", "calibrate", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["parameters"]["ice_stay"]["central"] > 0


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["tody"], ["today", "--runs", "0"], ["today", "--years", "11"], ["today", "--runs", "x"], ["today", "--law", "yesterday"], ["today", "--law-folder", "/nowhere"],
        ["today", "today"], ["today", "--costs", "nowhere.toml"], ["--study", "cap"], ["calibrate", "nowhere.csv"], ["calibrate"], ["today", "--engine", "fortran"], ["nowhere.toml"],
        ["today", "--weeks", "0", "--runs", "2"], ["calibrate", "x.csv", "--out", "x.txt"],
    ],
)  # fmt: skip
def test_bad_input_is_a_sentence_and_status_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["simulate", *arguments])
    except SystemExit as stop:
        status = int(stop.code or 0)
    assert status == 2
    err = capsys.readouterr().err
    assert err.startswith("homerule: ") and "fault of the program" not in err and "Traceback" not in err


def test_nothing_heavy_is_loaded_to_show_help() -> None:
    code = "import sys; from homerule.cli.main import main\ntry: main(['simulate', '--help'])\nexcept SystemExit: pass\nprint(sorted({'numpy','highspy','altair','pydantic'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
