"""Levers: arrays by region, and theta read from the law."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from homerule.capacity import Scenario, load_scenario, run
from homerule.capacity.levers import Levers, from_scenario, read_behaviour, theta_from_law
from homerule.capacity.tables import read_tables
from homerule.errors import InputError

ON = dt.date(2026, 11, 1)
CODES = read_tables().codes


@pytest.fixture(scope="module")
def reading():  # type: ignore[no-untyped-def]
    return theta_from_law(ON)


def test_theta_follows_the_verdicts(reading) -> None:  # type: ignore[no-untyped-def]
    rules = read_behaviour()["verdict"]
    seen = set()
    for i, code in enumerate(CODES):
        low, middle, high = reading.theta[i]
        if np.isnan(middle):
            continue
        assert 0 <= low <= middle <= high <= 1
        held = {row[3] for row in reading.verdicts[code]}
        seen |= held
        if held == {"required"}:
            assert middle >= rules["required"]["central"]
        if held == {"prohibited"}:
            assert middle < 0.5
    assert {"required", "prohibited", "permitted"} <= seen


def test_weights_of_a_region_sum_to_one(reading) -> None:  # type: ignore[no-untyped-def]
    for code, rows in reading.verdicts.items():
        assert sum(r[1] for r in rows) == pytest.approx(1, abs=0.02), code


def test_counties_with_rules_of_their_own_weigh_by_their_people(reading) -> None:  # type: ignore[no-untyped-def]
    places = {r[0] for rows in reading.verdicts.values() for r in rows}
    assert "ny/new-york" in places and any("county" in p for p in places)
    city = sum(r[1] for r in reading.verdicts["ny"] if r[0] == "ny/new-york")
    assert city == pytest.approx(8.8 / 20.2, abs=0.04)


def test_what_if_a_state_adopts_another_rule(tmp_path: Path, reading) -> None:  # type: ignore[no-untyped-def]
    """A change of law, in a folder, not a slider."""
    law = tmp_path / "wy"
    law.mkdir()
    (law / "what-if.toml").write_text(
        """
[[authority]]
id = "wy-what-if"
citation = "A bill"
title = "A bill"
kind = "statute"
level = "state-statute"
place = "wy"
in_force = [{ from = 2026-01-01 }]
status = "settled"
checked = 2026-10-01
source = "a bill that nobody has filed"
certainty = "recalled"

[[norm]]
id = "wy-what-if-1"
authority = "wy-what-if"
pinpoint = "1"
binds = ["law_enforcement"]
acts = ["hold", "transfer", "notify_release"]
effect = "forbid"
says = "No jail may hold, hand over or give notice on a federal immigration request."
"""
    )
    changed = theta_from_law(ON, folders=(str(tmp_path),))
    at = CODES.index("wy")
    assert changed.theta[at, 1] < 0.1 < reading.theta[at, 1]
    rest = [i for i in range(52) if i != at]
    np.testing.assert_array_equal(changed.theta[rest], reading.theta[rest])
    before = theta_from_law(dt.date(2025, 12, 31), folders=(str(tmp_path),))
    assert before.theta[at, 1] > 0.1


def test_the_step_from_verdict_to_behaviour_can_be_replaced(reading) -> None:  # type: ignore[no-untyped-def]
    rules = {**read_behaviour()}
    rules["verdict"] = {**rules["verdict"], "required": {**rules["verdict"]["required"], "low": 0.1, "central": 0.2, "high": 0.3}}
    changed = theta_from_law(ON, behaviour=rules)
    at = [i for i, c in enumerate(CODES) if {r[3] for r in reading.verdicts.get(c, ())} == {"required"}]
    assert at and (changed.theta[at, 1] < reading.theta[at, 1]).all()
    with pytest.raises(InputError, match="sum to 1"):
        theta_from_law(ON, behaviour={**rules, "case": rules["case"][:1]})


def test_every_assumption_about_behaviour_has_a_source() -> None:
    rules = read_behaviour()
    for part in ("verdict", "notice"):
        for line in rules[part].values():
            assert line["source"] and line["date"] and line["certainty"] and line["low"] <= line["central"] <= line["high"]


def test_levers_of_a_scenario_reach_their_region_only() -> None:
    scenario = Scenario.model_validate(
        {"name": "x", "title": "x", "levers": {"all": {"task_force": 0.5, "officers_lent": 100}, "tx": {"theta": 0.0, "beds": {"local": 0.0, "spc": 2.0}, "officers_lent": 7}}}
    )
    levers = from_scenario(scenario)
    tx, kinds = CODES.index("tx"), list(read_tables().kinds)
    assert (levers.theta[tx] == 0).all() and np.isnan(np.delete(levers.theta, tx, 0)).all()
    assert (levers.task_force == 0.5).all() and levers.officers.sum() == pytest.approx(107)
    assert levers.beds[kinds.index("igsa"), tx] == 0 and levers.beds[kinds.index("spc"), tx] == 2
    assert levers.beds[:, 0].tolist() == [1.0] * len(kinds)


def test_beds_that_a_state_ends_are_gone_from_its_area() -> None:
    base = load_scenario("today")
    shut = base.model_copy(update={"levers": Scenario.model_validate({"name": "x", "title": "x", "levers": {"tx": {"beds": {"local": 0.0}}}}).levers})
    a, b = (run(s, draws=6, engine="numpy") for s in (base, shut))
    area = a.areas.index("SNA")
    assert b.by_area[:, area].max() < a.by_area[:, area].max()
    assert b.total("removed").mean() < a.total("removed").mean()


def test_the_law_of_a_day_can_drive_a_run() -> None:
    scenario = load_scenario("today").model_copy(update={"law": Scenario.model_validate({"name": "x", "title": "x", "law": {"as_of": "2026-11-01"}}).law})
    result = run(scenario, draws=6, engine="numpy")
    assert any("not in the corpus" in n for n in result.notes)
    jails = result.states("jail_book_ins")
    plain = run(load_scenario("today"), draws=6, engine="numpy").states("jail_book_ins")
    assert jails["ca"].mean < 0.5 * plain["ca"].mean and jails["fl"].mean > plain["fl"].mean


def test_neutral_levers_change_nothing() -> None:
    scenario = load_scenario("today")
    a, b = run(scenario, draws=4, engine="numpy"), run(scenario, draws=4, engine="numpy", levers=Levers.neutral())
    np.testing.assert_array_equal(a.flows, b.flows)
