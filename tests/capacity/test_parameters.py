"""Assumptions: as published, each with its source; what a scenario may replace; errors that help."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.capacity import Scenario, load_scenario, read_parameters, scenarios
from homerule.capacity.parameters import CERTAINTY, latin, values
from homerule.capacity.scenario import read_scenario
from homerule.capacity.tables import county_people, read_tables
from homerule.errors import InputError

#: The published table: low, central, high.
PUBLISHED = {
    "ice_book_ins": (955, 1117, 1220), "cbp_book_ins": (94, 126, 161), "ice_stay": (45, 51, 58), "cbp_stay": (65, 80, 100), "removal_share": (0.57, 0.86, 0.90),
    "bonded_share": (0.03, 0.05, 0.07), "through_detention": (0.56, 0.84, 0.90), "stints": (1.8, 2.2, 2.5), "expedited_stock": (0.12, 0.12, 0.60), "jail_share": (0.33, 0.42, 0.48),
    "delegated_share": (0.03, 0.06, 0.15), "detainers": (4500, 5000, 5600), "declined": (0.01, 0.205, 0.65), "replaced": (0, 0.25, 0.5), "re_arrest": (0.0005, 0.002, 0.005),
    "officer_yield": (5, 15, 35), "task_force_yield": (0.5, 2, 6), "task_force_officers": (8500, 10500, 20000), "beds_over_minimum": (0.83, 1.25, 1.67), "overrun": (0, 0.10, 0.30),
    "judges": (520, 553, 700), "judge_yield": (1000, 1400, 1500), "flights": (5, 6, 8), "seats_a_flight": (100, 135, 150), "rule_effect": (-0.5, -0.333, -0.2),
}  # fmt: skip


def test_the_published_table_is_the_default() -> None:
    for name, expected in PUBLISHED.items():
        p = read_parameters()[name]
        assert (p.low, p.central, p.high) == pytest.approx(expected), name


def test_every_assumption_says_what_it_is_and_where_from() -> None:
    for p in read_parameters().values():
        assert p.says and p.unit and p.source and p.date.year >= 2010 and p.certainty in CERTAINTY
        if p.source.startswith("assumption"):
            assert p.certainty == "a", p.name
        if p.unit == "days" and p.name.endswith(("stay", "departure", "transit")):
            assert p.shape, f"{p.name} is a duration and has no shape"


@given(st.sampled_from(sorted(PUBLISHED)), st.floats(0, 1))
def test_quantiles_stay_between_the_ends_and_rise(name: str, u: float) -> None:
    p = read_parameters()[name]
    at = float(p.at(np.array([u]))[0])
    assert p.low - 1e-9 <= at <= p.high + 1e-9
    assert at <= float(p.at(np.array([min(1.0, u + 0.1)]))[0]) + 1e-9


def test_draws_meet_each_range_evenly_and_have_the_mean() -> None:
    parameters = read_parameters()
    cube = latin(parameters, 500, 7)
    for column in cube.T:
        assert sorted((column * 500).astype(int)) == list(range(500))
    for name, drawn in values(parameters, cube).items():
        p = parameters[name]
        assert drawn.mean() == pytest.approx(p.mean, rel=5e-3, abs=1e-6), name


def test_the_steady_tail_is_that_which_was_seen() -> None:
    """12% held over 180 days, 3.6% over a year, 80 days on average so far, on 2 April 2026."""
    p = {k: v.central for k, v in read_parameters().items()}
    fast, ratio = p["fast_share"], p["slow_ratio"]
    quick = p["ice_stay"] / (fast + (1 - fast) * ratio)
    weight = np.array([fast * quick, (1 - fast) * quick * ratio])
    weight /= weight.sum()
    tau = np.array([quick, quick * ratio])
    assert (weight * np.exp(-180 / tau)).sum() == pytest.approx(0.12, abs=0.045)
    assert (weight * np.exp(-365 / tau)).sum() == pytest.approx(0.036, abs=0.01)
    assert (weight * tau).sum() == pytest.approx(80, abs=12)


def test_tables_add_up() -> None:
    tables = read_tables()
    assert len(tables.regions) == 52 and len(tables.areas) == 25
    assert sum(r.arrests for r in tables.regions) == 530_756
    assert sum(r.task_force for r in tables.regions) == 1162
    assert sum(b.people for b in tables.beds) == pytest.approx(65_504, rel=0.02)
    for r in tables.regions:
        assert sum(r.areas.values()) == pytest.approx(1, abs=0.002)
    assert sum(r.border for r in tables.regions) == pytest.approx(1)
    assert all(re.fullmatch(r"\d{5}", f) and n > 0 for f, n in county_people().items())


def test_shipped_scenarios_load_and_name_their_sources() -> None:
    assert {"today", "one-million"} <= set(scenarios())
    for name in scenarios():
        scenario = load_scenario(name)
        assert scenario.title and scenario.says
        for p in scenario.assumptions().values():
            assert p.source and p.date


def test_a_plain_number_fixes_a_parameter() -> None:
    scenario = load_scenario("today").changed(judges=600.0)
    p = scenario.assumptions()["judges"]
    assert (p.low, p.central, p.high, p.spread, p.certainty) == (600, 600, 600, "fixed", "a")
    assert scenario.name in p.source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = 'x'\ntitle = 'x'\n[parameters]\njudgez = 3\n", "judges"),
        ("name = 'x'\ntitle = 'x'\n[parameters.judges]\nlow = 5\n", "only part"),
        ("name = 'x'\ntitle = 'x'\n[parameters.judges]\nlow = 5\ncentral = 4\nhigh = 9\n", "not in order"),
        ("name = 'x'\ntitle = 'x'\n[parameters]\nremoval_share = 1.4\n", "share"),
        ("name = 'x'\ntitle = 'x'\n[parameters]\nice_stay = 0\n", "above 0"),
        ("name = 'x'\ntitle = 'x'\n[parameters]\nice_stay = nan\n", "no number"),
        ("name = 'x'\ntitle = 'x'\n[pace]\nlarg = 2\n", "large"),
        ("name = 'x'\ntitle = 'x'\n[pace]\nlarge = [[5, 1.0], [2, 3.0]]\n", "rising"),
        ("name = 'x'\ntitle = 'x'\n[levers.tz]\ntheta = 0.5\n", "region"),
        ("name = 'x'\ntitle = 'x'\n[levers.tx]\ntheta = 1.5\n", "less than or equal to 1"),
        ("name = 'x'\ntitle = 'x'\n[levers.tx.beds]\nigs = 1.5\n", "igsa"),
        ("name = 'x'\ntitle = 'x'\noverflow = ['hold', 'hold']\n", "twice"),
        ("name = 'x'\ntitle = 'x'\nspeed = 3\n", "speed"),
        ("name = 'x\n", "TOML"),
        ("name = 'x'\ntitle = 'x'\n[[new_beds]]\nbeds = 5\narea = 'XXX'\n", "area"),
    ],
)
def test_mistakes_in_a_scenario_are_sentences(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected) as caught:
        read_scenario(text, "x.toml")
    assert str(caught.value).endswith((".", "?"))


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    for name in ("todai", str(tmp_path / "no.toml"), str(tmp_path)):
        with pytest.raises(InputError, match="no scenario"):
            load_scenario(name)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        load_scenario(str(tmp_path / "bytes.toml"))


def test_a_scenario_survives_a_round_trip() -> None:
    one = load_scenario("one-million")
    back = Scenario.model_validate_json(one.model_dump_json())
    assert back.assumptions() == one.assumptions() and back.pace == one.pace and back.new_beds == one.new_beds
