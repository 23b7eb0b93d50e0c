"""Batches: each row as an assessment by itself says it, the screen, real tables."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from homerule.errors import InputError
from homerule.pardons import assess
from homerule.pardons.batch import Batch, batch
from homerule.pardons.load import Law
from homerule.pardons.model import GONE, UNSETTLED

duckdb = pytest.importorskip("duckdb")
ON = dt.date(2026, 11, 1)
GIVEN = {"instrument": "pardon", "grantor": "governor", "full": True, "conditions": "none", "individual": True, "supreme_authority": True}


def run(path: Path, law: Law, *, case: dict[str, Any] | None = None, instrument: dict[str, Any] | None = None, **more: Any) -> Batch:
    paper = {n: law.facts[n].parse(v) for n, v in {**GIVEN, **(instrument or {})}.items()}
    return batch([str(path)], law, instrument=paper, case={"on": ON, "convicted_by": "state", **(case or {})}, **more)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def reach_by_itself(row: dict[str, Any]) -> tuple[str, list[tuple[str, str, tuple[str, ...]]]]:
    """What one row comes to, from `assess`."""
    conviction = {"convicted_by": "state", "classes": [row["offence"]], "day": row["conviction_date"] or None}
    for name in ("sentence_imposed_days", "max_sentence_days"):
        if row[name] != "":
            conviction[name] = int(row[name])
    conviction = {k: v for k, v in conviction.items() if v is not None}
    found = assess({"on": ON, "status": row["status"].lower(), "posture": "before_charge", "conviction": [conviction], "instrument": [{"kind": "pardon", "grantor": "governor", "full": True, "unconditional": True}]})
    rows = [r for r in found.grounds if r.when in ("now", "possible")]
    states = [("yes" if r.chargeable == "yes" and r.when == "now" else "perhaps", "gone" if set(r.outcomes) <= GONE else "open" if set(r.outcomes) & {*GONE, UNSETTLED} else "stays") for r in rows]
    told = [(r.ground, states[i][0], r.outcomes) for i, r in enumerate(rows)]
    sure = {s for may, s in states if may == "yes"}
    every = {s for _, s in states}
    if not states:
        return "no_ground", told
    if every == {"gone"}:
        return "all", told
    if "stays" in sure and "gone" in every:
        return "some", told
    if "stays" in sure and "open" not in sure:
        return "none", told
    if every == {"stays"}:
        return "none", told
    return "open", told


def test_each_row_is_what_an_assessment_of_it_says(law: Law, tmp_path: Path) -> None:
    dice = random.Random(7)
    rows = [
        {"state": dice.choice(["NY", "TX"]), "offence": dice.choice([o for o in law.offences if o != "other" and not law.offences[o].convicted_by] + ["theft:probable", "drug_possession:disputed"]),
         "conviction_date": dice.choice(["1987-05-01", "1995-05-01", "2010-05-01", ""]), "sentence_imposed_days": dice.choice(["0", "180", "364", "365", "2000", ""]),
         "max_sentence_days": dice.choice(["180", "364", "365", "1825", ""]), "status": dice.choice(["lpr", "overstay", "EWI", "parolee"])}
        for _ in range(400)
    ]  # fmt: skip
    result = run(write(tmp_path / "c.csv", rows), law)
    wanted, grounds = Counter[str](), Counter[tuple[str, str]]()
    for row in rows:
        reach, told = reach_by_itself(row)
        wanted[reach] += 1
        for ground, may, _ in told:
            grounds[ground, may] += 1
    assert {k: v for k, v in result.reach.items() if v} == dict(wanted)
    for g in result.grounds:
        assert (g.rows, g.possible) == (grounds[g.ground, "yes"], grounds[g.ground, "perhaps"]), g.ground
    assert {g.ground for g in result.grounds} == {name for name, _ in grounds}
    assert sum(t.rows for t in result.states) == sum(t.rows for t in result.classes) == result.rows == 400


def test_charges_keep_apart_what_cannot_be_read(law: Law, tmp_path: Path) -> None:
    cells = ["237a2Aiii", "237A2AIII", "237a2Bi", "212a6Ai", "241a2Aiii", "241a4", "nonsense", "", "237a2Aiii;237a2Bi", "237a2Aiv"]
    result = run(write(tmp_path / "r.csv", [{"final_charge_section": c} for c in cells]), law)
    assert result.reach == {"all": 3, "some": 1, "none": 3, "open": 1, "no_ground": 0, "unknown": 2}
    by_section = {s.section: s for s in result.sections}
    assert by_section["nonsense"].grounds == () and len(by_section["241a4"].grounds) > 1
    assert by_section["241a2Aiii"].older and not by_section["237a2Aiii"].older
    assert result.named == {"today": 4, "older": 1}
    assert next(g for g in result.grounds if g.ground == "high-speed-flight").outcomes == {"NOT_A_QUALIFYING_PARDON": 1}


@pytest.mark.parametrize("header", ["Last Name", "DOB", "birth_date", "A-Number", "ssn", "booking_number", "case_number"])
def test_what_points_to_a_person_is_refused(law: Law, tmp_path: Path, header: str) -> None:
    path = write(tmp_path / "p.csv", [{header: "12345678", "offence": "theft"}, {header: "23456789", "offence": "dui"}])
    with pytest.raises(InputError, match="may point to a person"):
        run(path, law)
    result = run(path, law, drop_private=True)
    assert result.rows == 2 and len(result.left_out) == 1


def test_a_class_pardon_counts_only_its_class(law: Law, tmp_path: Path) -> None:
    rows = [{"offence": o, "status": "lpr"} for o in ["cannabis_possession_large"] * 5 + ["theft"] * 3]
    result = run(write(tmp_path / "c.csv", rows), law, instrument={"individual": False}, only=["cannabis_possession_large"])
    assert result.rows == 5 and result.reach["none"] == 5 and any("controlled-substance" in text for text, _ in result.why)


def test_parquet_and_csv_agree(law: Law, tmp_path: Path) -> None:
    rows = [{"offence": o, "sentence_ordered_days": d, "plea_date": "2015-01-01", "status": "LPR"} for o in ("theft", "drug_trafficking", "dui") for d in (10, 400)]
    path = write(tmp_path / "c.csv", rows)
    duckdb.connect().execute(f"COPY (SELECT * FROM '{path}') TO '{tmp_path / 'c.parquet'}'")
    assert run(path, law).as_data() == run(tmp_path / "c.parquet", law).as_data()


def test_values_that_cannot_be_read_are_counted(law: Law, tmp_path: Path) -> None:
    result = run(write(tmp_path / "c.csv", [{"offence": "theft", "status": "martian"}, {"offence": "grand theft of a planet", "status": "lpr"}]), law)
    assert result.unreadable == {"status": 1, "offence": 1} and result.reach["unknown"] == 1


@pytest.mark.parametrize("name,text,says", [("x.csv", "a,b\n1,2\n", "no column holds"), ("x.doc", "", "neither CSV nor Parquet"), ("x.parquet", "not parquet", "cannot be read")])
def test_a_table_that_cannot_be_used_is_a_sentence(law: Law, tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=says):
        run(tmp_path / name, law)
    with pytest.raises(InputError, match="no file"):
        run(tmp_path / "none.csv", law)


def test_the_share_of_real_removals_that_the_clause_names(law: Law, data: Path) -> None:
    """4.15% of the removals of fiscal years 2016, 2017 and 2019 rest on the four grounds."""
    path = data / "ice_rows" / "removals_fy2016_2017_2019.parquet"
    if not path.exists():
        pytest.skip("the removals are not here")
    result = run(path, law)
    assert result.rows == 707_887
    assert round(100 * result.share_named, 2) == 4.15
    assert sum(result.reach.values()) == result.rows and result.reach["unknown"] < 0.01 * result.rows
    assert json.dumps(result.as_data())
