"""What happened, and what is read off it, as published; and the model beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from homerule.capacity import load_scenario, read_parameters, run
from homerule.capacity.actuals import beds_for, read_actuals, through, years
from homerule.capacity.hindcast import read_months
from homerule.capacity.tables import read_tables
from homerule.errors import InputError


@pytest.mark.parametrize(("year", "published"), [(2019, 5.3), (2023, 5.0), (2024, 7.2), (2025, 6.9), (2026, 6.9)])
def test_removals_a_bed(year: int, published: float) -> None:
    assert round(years()[year].removals_a_bed, 1) == published


def test_beds_that_a_million_would_need() -> None:
    fy26 = years()[2026]
    assert round(beds_for(1e6, fy26.removals_a_bed), -3) == pytest.approx(144_000, abs=1000)
    assert fy26.through_a_bed is not None and round(fy26.through_a_bed, 1) == 5.8
    assert round(beds_for(1e6, 5.8), -3) == 172_000
    assert through(8 * 8500, 60) == pytest.approx(414_000, rel=0.002)
    with pytest.raises(InputError):
        beds_for(1, 0)
    with pytest.raises(InputError):
        through(1, 0)


@pytest.mark.parametrize(("year", "share", "through_"), [(2024, 0.57, 0.56), (2025, 0.78, 0.70), (2026, 0.86, 0.84)])
def test_shares_of_exits_and_removals(year: int, share: float, through_: float) -> None:
    y = years()[year]
    assert y.removal_share is not None and round(y.removal_share, 2) == share
    assert y.through_detention is not None and round(y.through_detention, 2) == pytest.approx(through_, abs=0.0101)


def test_the_tail_and_the_dispositions() -> None:
    so_far, disposition = read_actuals()["held_so_far"], read_actuals()["disposition"]
    long = so_far["from_181_to_365"] + so_far["from_366_to_730"] + so_far["over_730"]
    assert round(long / (long + so_far["under_181"]), 2) == 0.12
    assert round((so_far["from_366_to_730"] + so_far["over_730"]) / (long + so_far["under_181"]), 3) == 0.036
    held = sum(disposition.values())
    assert held == 60_311
    assert round((disposition["expedited"] + disposition["reinstated"]) / held, 2) == 0.12
    p = read_parameters()
    assert p["held_ice"].central + p["held_cbp"].central == held


@pytest.mark.parametrize(("kind", "facilities", "people"), [("digsa", 25, 22_165), ("igsa", 37, 8_441), ("usms_iga", 99, 6_150), ("spc", 5, 3_955), ("state", 2, 2_272), ("usms_cdf", 3, 1_609), ("bop", 7, 1_103), ("staging", 4, 808), ("family", 1, 567)])  # fmt: skip
def test_the_network_by_kind_of_contract(kind: str, facilities: int, people: int) -> None:
    tables = read_tables()
    assert tables.kinds[kind]["facilities"] == facilities
    assert sum(b.people for b in tables.beds if b.kind == kind) == pytest.approx(people, abs=1)


def test_today_has_what_happened_within_its_bands() -> None:
    """Fiscal year 2026 to 2 April, none of it fitted to the total: removals a day, people held, exits, share removed."""
    result, y = run(load_scenario("today"), draws=300, engine="numpy"), years()[2026]
    actual = {
        "removed": y.removals / y.days * 365, "detained": y.held, "book_ins": (y.ice_book_ins + y.cbp_book_ins) / y.days * 365,
        "removed_detention": (y.exits_removed or 0) / y.days * 365,
    }  # fmt: skip
    for name, value in actual.items():
        low, _, high, _ = result.headline(name)
        assert low <= value <= high, (name, low, value, high)
    assert result.headline("removed").mean == pytest.approx(actual["removed"], rel=0.03)


def test_one_million_is_about_a_million() -> None:
    assert run(load_scenario("one-million"), draws=100, engine="numpy").headline("removed").mean == pytest.approx(1e6, rel=0.05)


def test_book_ins_by_state_resemble_the_arrests_by_state() -> None:
    result = run(load_scenario("today"), draws=30, engine="numpy").states("book_ins")
    arrests = np.array([r.arrests for r in read_tables().regions], float)
    modelled = np.array([result[r.code].mean for r in read_tables().regions])
    big = arrests > 5000
    ratio = (modelled / modelled.sum())[big] / (arrests / arrests.sum())[big]
    assert np.median(np.abs(ratio - 1)) < 0.15


@pytest.mark.parametrize("year", [2019, 2020, 2023, 2024])
def test_the_months_add_up_to_the_years(data: Path, year: int) -> None:
    record = read_months(data / "aggregates" / "national_detention_monthly.csv")
    inside = [i for i, m in enumerate(record.months) if f"{year - 1}-10" <= m <= f"{year}-09"]
    y = years()[year]
    assert len(inside) == 12
    held = (record.held.sum(1) * record.days)[inside].sum() / record.days[inside].sum()
    assert held == pytest.approx(y.held, rel=1e-3)
    book_ins = (record.rate * record.days[:, None])[inside].sum(0)
    assert book_ins == pytest.approx([y.ice_book_ins, y.cbp_book_ins], rel=1e-6)
