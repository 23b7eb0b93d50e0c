"""The run: the same answers as one decision at a time, nothing lost, nothing guessed, and the same rows after a kill."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from homerule.errors import InputError
from homerule.reasoning import Request
from homerule.replay import load, replay, sample

OWN = ["date", "place", "actor", "request", "process", "claims_citizenship", "form_complete", "conviction_class", "outcome"]
ROWS = [
    ["2026-06-01", "Harris County, TX", "sheriff", "detainer", "admin_warrant", "false", "true", "", "booked"],
    ["2026-06-01", "Cook County, IL", "jail", "detainer", "admin_warrant", "false", "true", "dui", "declined"],
    ["6/1/26", "Los Angeles County, CA", "sheriff", "detainer", "", "", "", "", ""],
    ["2015-03-01", "Los Angeles County, CA", "sheriff", "detainer", "", "no", "yes", "felony, theft", "refused"],
    ["2026-06-01", "Salt Lake County, UT", "jail", "notification_request", "none", "false", "true", "none", "withdrawn"],
    ["2026-06-01", "Travis County, TX", "jail", "hold", "detainer_only", "", "", "", "other"],
    ["2026-06-01", "Nowhere, ZZ", "jail", "detainer", "", "", "", "", ""],
    ["not a day", "Harris County, TX", "jail", "detainer", "", "", "", "", ""],
    ["2031-01-01", "Harris County, TX", "jail", "detainer", "", "", "", "", ""],
    ["2026-06-01", "Harris County, TX", "jail", "a favour", "", "", "", "", ""],
    ["2026-06-01", "Harris County, TX", "jail", "detainer", "a napkin", "", "", "", ""],
]
TODAY = dt.date(2026, 11, 1)


def own_table(path: Path, rows: list[list[str]] | None = None, head: list[str] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head or OWN, *(rows or ROWS)])
    return path


def read(out: Path) -> list[dict[str, Any]]:
    return [r for p in sorted((out / "rows").glob("*.parquet")) for r in pq.read_table(p).to_pylist()]


def test_a_bodys_own_table_gives_what_decide_gives(tmp_path: Path, engine: Any) -> None:
    summary = replay([own_table(tmp_path / "t.csv")], tmp_path / "out", min_cell=1, today=TODAY)
    rows = read(tmp_path / "out")
    assert [r["row"] for r in rows] == list(range(1, len(ROWS) + 1))
    assert [r["apart"] for r in rows] == [None] * 6 + ["not_placed", "no_day", "day_out_of_range", "unknown_request", None]
    assert (summary.rows, summary.decided, summary.unread) == (11, 7, 1)
    outcomes = {o["outcome"]: o for o in pq.read_table(tmp_path / "out" / "outcomes.parquet").to_pylist()}
    for given, row in zip(ROWS, rows):
        if row["apart"]:
            assert row["hold"] is None and row["transfer"] is None
            continue
        facts = {n: v for n, v in zip(OWN[4:8], given[4:8]) if v and v != "a napkin"}
        decision = engine.decide(Request(given[1], given[2], given[3], row["day"], facts))
        for finding in decision.findings:
            assert row[finding.act] == finding.verdict
            assert (row[f"{finding.act}_reachable"] or finding.verdict).split(" | ") == sorted(finding.reachable)
            found = outcomes[row[f"{finding.act}_outcome"]]
            assert set(found["stands"]) == {n.norm for n in finding.stands if n.applies == "certain"} | {n for n in found["stands"] if n not in {x.norm for x in finding.stands}}
            assert {n.norm for n in finding.stands if n.applies == "certain"} <= set(found["stands"])
            assert set(row[f"{finding.act}_norms"].split()) <= set(found["stands"])
        asked = {f.act for f in decision.findings}
        assert all(row[a] is None for a in ("hold", "notify_release", "transfer") if a not in asked)
    assert [r["happened"] for r in rows[:6]] == ["booked", "declined", "none", "declined", "lifted", "other"]
    assert all("us:" in r["receipt"] and f"{r['state']}:" in r["receipt"] for r in rows if not r["apart"])


def test_real_rows_give_what_decide_gives(tmp_path: Path, engine: Any, data: Path) -> None:
    source = data / "ice_rows" / "detainers_fy2015ytd.parquet"
    some = tmp_path / "some.parquet"
    duckdb.sql(f"COPY (SELECT * FROM '{source}' USING SAMPLE 400 ROWS (reservoir, 3)) TO '{some}' (FORMAT parquet)")
    replay([some], tmp_path / "out", suppose={"process": "detainer_only", "claims_citizenship": False, "form_complete": True}, min_cell=1)
    checked = 0
    for row in read(tmp_path / "out"):
        if row["apart"] or " | " in row["place"] or " | " in row["actor"]:
            continue
        lodged = {f"{row['state']}_detainer_lodged": True} if row["state"] in ("tx", "ok", "nc") and row["request"] == "detainer" else {}
        facts = {"process": "detainer_only", "claims_citizenship": False, "form_complete": True, **lodged}
        decision = engine.decide(Request(row["place"], row["actor"], row["request"], row["day"], facts))
        assert {f.act: f.verdict for f in decision.findings} == {f.act: row[f.act] for f in decision.findings}
        checked += 1
    assert checked > 200


def test_what_is_not_said_is_not_guessed(tmp_path: Path) -> None:
    replay([own_table(tmp_path / "t.csv", [["2026-06-01", "Los Angeles County, CA", "sheriff", "detainer", "", "", "", "", ""]])], tmp_path / "out", today=TODAY)
    (row,) = read(tmp_path / "out")
    assert row["transfer"] == "depends" and len(row["transfer_reachable"].split(" | ")) > 1
    assert row["happened"] == "none"


def test_bodies_that_a_name_leaves_open_are_all_asked(tmp_path: Path, engine: Any) -> None:
    head = ["date", "facility", "city", "state", "request", "process", "claims_citizenship", "form_complete"]
    table = own_table(tmp_path / "t.csv", [["2015-03-01", "VISTA DETENTION FACILITY", "VISTA", "CALIFORNIA", "detainer", "detainer_only", "false", "true"]], head)
    replay([table], tmp_path / "out")
    (row,) = read(tmp_path / "out")
    assert row["place"] == "ca/san-diego-county | ca/vista" and row["county"] == "ca/san-diego-county"
    each = set()
    for place in row["place"].split(" | "):
        finding = engine.decide(Request(place, "jail", "detainer", row["day"], {"process": "detainer_only", "claims_citizenship": False, "form_complete": True}))["hold"]
        each |= set(finding.reachable)
    assert set((row["hold_reachable"] or row["hold"]).split(" | ")) == each


def test_rows_that_look_alike_are_different_people(tmp_path: Path) -> None:
    summary = replay([own_table(tmp_path / "t.csv", [ROWS[0]] * 25)], tmp_path / "out", today=TODAY)
    assert summary.decided == 25 and len(read(tmp_path / "out")) == 25
    assert summary.tables["by_county"][0]["rows"] == 25


def test_options(tmp_path: Path) -> None:
    table = own_table(tmp_path / "t.csv", [r[:3] + r[4:] for r in ROWS[:6]], OWN[:3] + OWN[4:])
    with pytest.raises(InputError, match="--request"):
        replay([table], tmp_path / "a")
    replay([table], tmp_path / "b", "2026-06-01", request="detainer", acts=["hold"], today=TODAY)
    rows = read(tmp_path / "b")
    assert {r["law_as_of"] for r in rows} == {dt.date(2026, 6, 1)} and "transfer" not in rows[0]
    for wrong in ({"acts": ["fly"]}, {"acts": ["ask_status"]}, {"as_of": "soon"}, {"suppose": {"process": "napkin"}}, {"suppose": {"nothing": 1}}, {"places": tmp_path / "none.csv"}, {"policies": [tmp_path / "none.toml"]}):
        with pytest.raises(InputError):
            replay([table], tmp_path / "c", **{"request": "detainer", **wrong})  # type: ignore[arg-type]
        assert not (tmp_path / "c").exists()
    with pytest.raises(InputError, match="another run"):
        replay([table], tmp_path / "b", request="detainer")
    replay([table], tmp_path / "b", request="detainer", restart=True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        replay([table], tmp_path / "full", request="detainer")
    assert (tmp_path / "full" / "x").read_text() == "mine"


def test_private_columns_stop_the_run_before_anything_is_written(tmp_path: Path) -> None:
    table = own_table(tmp_path / "t.csv", [["Doe, Jane", *r, "A012345678"] for r in ROWS[:3]], ["inmate_name", *OWN, "notes"])
    with pytest.raises(InputError, match="inmate_name"):
        replay([table], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    replay([table], tmp_path / "out", drop_private=True, today=TODAY)
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            assert b"Jane" not in path.read_bytes() and b"012345678" not in path.read_bytes()


DRAFT = """
[[authority]]
id = "{name}"
citation = "Draft"
title = "A draft"
kind = "policy"
level = "agency-policy"
place = "{place}"
in_force = [{{ from = 2000-01-01 }}]
status = "settled"
checked = 2026-01-01
source = "a test"
certainty = "confirmed"

[[norm]]
id = "{name}-hold"
authority = "{name}"
binds = ["jail", "sheriff"]
acts = ["hold"]
effect = "forbid"
says = "No hold without a judge's paper."
when = "process not in ['judicial_warrant', 'court_order']"
"""


def test_drafts_stand_beside_the_law(tmp_path: Path) -> None:
    for name, place in (("one", "wy/albany-county"), ("two", "pa/bucks-county")):
        (tmp_path / f"{name}.toml").write_text(DRAFT.format(name=name, place=place))
    rows = [["2026-06-01", place, "jail", "detainer", process, "false", "true", "", ""] for place in ("Albany County, WY", "Bucks County, PA") for process in ("detainer_only", "judicial_warrant")]
    summary = replay([own_table(tmp_path / "t.csv", rows)], tmp_path / "out", policies=[tmp_path / "one.toml", tmp_path / "two.toml"], min_cell=1, today=TODAY)
    got = read(tmp_path / "out")
    assert [r["hold@one"] for r in got[:2]] == ["prohibited", got[1]["hold"]]
    assert got[0]["hold"] == "permitted" and "one-hold" in got[0]["hold@one_norms"]
    assert [r["hold@one"] for r in got[2:]] == [r["hold"] for r in got[2:]] and "two-hold" in got[2]["hold@two_norms"]  # a draft of one place moves no other
    assert set(summary.verdicts) >= {"hold", "hold@one", "hold@two"}


def test_numbers_add_up(tmp_path: Path) -> None:
    path = sample(6000, 4, tmp_path / "s.parquet")
    s = replay([path], tmp_path / "out", min_cell=1)
    assert s.sources == ("homerule-sample",)
    rows = read(tmp_path / "out")
    assert len(rows) == s.rows == 6000 and sum(r["apart"] is None for r in rows) == s.decided
    for act in ("hold", "notify_release", "transfer"):
        mine = [r for r in rows if r[act]]
        assert sum(v or 0 for v in s.verdicts[act].values()) == len(mine)
        for table in ("by_state", "by_month", "by_county"):
            lines = [x for x in s.tables[table] if x["act"] == act and x.get("state") != "all"]
            assert sum(x["rows"] for x in lines) == len(mine)
    line = next(x for x in s.tables["agreement"] if x["act"] == "transfer" and x["state"] == "ca" and x["verdict"] == "depends")
    assert line["declined"] == sum(r["state"] == "ca" and r["transfer"] == "depends" and r["happened"] == "declined" for r in rows)
    assert load(str(tmp_path / "out")).as_data() == s.as_data()
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["rows"]["decided"] == s.decided


def test_a_sample_says_that_it_is_synthetic_and_is_the_same_for_a_seed(tmp_path: Path) -> None:
    a, b, c = (Path(sample(3000, seed, tmp_path / f"{n}.parquet")) for n, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert a.read_bytes() == b.read_bytes() != c.read_bytes()
    table = pq.read_table(a)
    assert set(table["synthetic"].to_pylist()) == {"synthetic"} and b"synthetic" in table.schema.metadata[b"homerule"]
    text = sample(50, 1, tmp_path / "s.csv")
    assert replay([text], tmp_path / "out").rows == 50


def test_the_same_rows_whatever_the_form(tmp_path: Path) -> None:
    import pyarrow.csv as pc
    import pyarrow.feather as feather

    path = sample(1500, 9, tmp_path / "s.parquet")
    table = pq.read_table(path)
    feather.write_feather(table, tmp_path / "s.arrow")
    pc.write_csv(table, tmp_path / "s.csv")
    answers = []
    for name in ("s.parquet", "s.arrow", "s.csv"):
        replay([tmp_path / name], tmp_path / f"out-{name}")
        answers.append([{k: v for k, v in r.items() if k != "file"} for r in read(tmp_path / f"out-{name}")])
    assert answers[0] == answers[1] == answers[2]


SLOW = """
import sys, time
import homerule.replay.run as run
made = run.Worker.part
def part(self, table, start):
    time.sleep(float(sys.argv[3]))
    return made(self, table, start)
run.Worker.part = part
run.replay([sys.argv[1]], sys.argv[2], part=1000)
"""


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    path = sample(12_000, 5, tmp_path / "s.parquet", start=dt.date(2025, 1, 1), end=dt.date(2025, 6, 30))
    replay([path], tmp_path / "whole", part=1000)
    script = tmp_path / "slow.py"
    script.write_text(SLOW)
    rng = random.Random(11)
    kills = 0
    for _ in range(4):
        begun = subprocess.Popen([sys.executable, str(script), path, str(tmp_path / "cut"), "0.15"], env={**os.environ}, stderr=subprocess.DEVNULL)
        before = len(list((tmp_path / "cut" / ".replay").glob("0*.json"))) if (tmp_path / "cut").exists() else 0
        deadline = time.monotonic() + 60
        while begun.poll() is None and time.monotonic() < deadline:
            now = len(list((tmp_path / "cut" / ".replay").glob("0*.json"))) if (tmp_path / "cut" / ".replay").exists() else 0
            if now > before:
                time.sleep(rng.uniform(0, 0.2))
                begun.send_signal(signal.SIGKILL)
                break
            time.sleep(0.01)
        kills += begun.wait() == -signal.SIGKILL
    assert kills >= 2
    assert not (tmp_path / "cut" / "summary.json").exists()
    (tmp_path / "cut" / "rows" / "part-00099.parquet.part").write_bytes(b"half")
    replay([path], tmp_path / "cut", part=1000)
    names = sorted(p.relative_to(tmp_path / "whole") for p in (tmp_path / "whole").rglob("*") if p.is_file())
    assert names == sorted(p.relative_to(tmp_path / "cut") for p in (tmp_path / "cut").rglob("*") if p.is_file())
    for name in names:
        if name.name != "run.json":
            assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "cut" / name).read_bytes(), name


def test_the_command(tmp_path: Path) -> None:
    from homerule.cli.main import main

    table = own_table(tmp_path / "t.csv")
    assert main(["replay", str(table), "--out", str(tmp_path / "out"), "--as-of", "2026-06-01", "--fact", "claims_citizenship=false", "--min-cell", "1"]) == 0
    assert main(["replay", "run", str(tmp_path / "none.csv"), "--out", str(tmp_path / "x")]) == 2
    assert main(["replay", "describe", str(table), "--json"]) == 0
    assert main(["replay", "sample", "10", "--out", str(tmp_path / "s.csv")]) == 0
    assert main(["replay", "--help"]) == 0
