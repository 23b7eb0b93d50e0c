"""Costs: the arithmetic of sheets, and what a run costs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.capacity import load_scenario, run
from homerule.capacity.costs import cost, county_share, quantities, read_costs, shipped_sheet
from homerule.capacity.levers import from_scenario
from homerule.capacity.parameters import CERTAINTY
from homerule.capacity.sheets import Sheet, calculate, names_in, read_sheet
from homerule.errors import InputError

numbers = st.floats(min_value=0.1, max_value=1e6)


@given(numbers, numbers, numbers)
def test_arithmetic_is_that_of_python(a: float, b: float, c: float) -> None:
    got = calculate("a * (b - 2) / c + -b", {"a": a, "b": b, "c": c}, "here")
    assert math.isclose(got, a * (b - 2) / c + -b, rel_tol=1e-12, abs_tol=1e-9)


@pytest.mark.parametrize("formula", ["__import__('os')", "a.b", "a[0]", "a ** 9", "(lambda: 1)()", "a if a else b", "'x'", "True", "a, b", "a = 1", "", "1 +", "a // 2", "~a", "a @ b", "[a]"])
def test_anything_but_arithmetic_is_refused(formula: str) -> None:
    with pytest.raises(InputError):
        calculate(formula, {"a": 1.0, "b": 2.0}, "here")


def test_deep_formulas_unknown_names_and_division_by_nothing_are_refused() -> None:
    for formula in ("(" * 5000 + "1" + ")" * 5000, "+".join(["1"] * 500), "nobody * 2", "1 / zero"):
        with pytest.raises(InputError):
            calculate(formula, {"zero": 0.0}, "here")


def test_every_price_says_where_it_comes_from() -> None:
    for price in shipped_sheet().inputs:
        assert price.source and price.says and price.unit and price.certainty in CERTAINTY


@pytest.fixture(scope="module")
def result():  # type: ignore[no-untyped-def]
    return run(load_scenario("today"), draws=24)


def test_the_lines_add_up(result) -> None:  # type: ignore[no-untyped-def]
    found = cost(result)
    for payer in ("federal", "local"):
        mine = [x for x in found.lines if x.payer == payer]
        for end in ("low", "central", "high"):
            assert math.isclose(sum(getattr(x, end) for x in mine), getattr(found.sums[payer], end), rel_tol=1e-9, abs_tol=1)
    assert math.isclose(found.sums["federal"].central + found.sums["local"].central, found.sums["total"].central, rel_tol=1e-9)


def test_detention_is_people_held_times_days_times_the_price(result) -> None:  # type: ignore[no-untyped-def]
    import numpy as np

    line = next(x for x in cost(result).lines if x.name == "detention_cost")
    price = next(i for i in shipped_sheet().inputs if i.name == "bed_day")
    held = float(np.median(result.total("detained")))
    for end in ("low", "central", "high"):
        assert math.isclose(getattr(line, end), held * result.days * getattr(price, end), rel_tol=1e-6)


def test_a_removal_costs_the_sum_over_the_removals(result) -> None:  # type: ignore[no-untyped-def]
    import numpy as np

    found = cost(result)
    removed = float(np.median(result.total("removed")))
    assert math.isclose(found.per_removal["total"].central * removed, found.sums["total"].central, rel_tol=1e-9)


def test_each_line_is_in_order_and_a_dearer_price_never_lowers_the_dearest(result) -> None:  # type: ignore[no-untyped-def]
    found = cost(result)
    for x in (*found.lines, *found.sums.values(), *found.per_removal.values()):
        assert x.low <= x.central <= x.high
        assert x.band.p5 <= x.band.p50 <= x.band.p95
    sheet = shipped_sheet()
    dearer = Sheet(sheet.name, tuple(i._replace(high=i.high * 1.5) for i in sheet.inputs), sheet.lines)
    for a, b in zip(found.lines, cost(result, sheet=dearer).lines):
        assert b.high >= a.high - 1e-6 and b.low <= a.low + 1e-6


def test_a_year_of_a_longer_run_costs_about_a_year() -> None:
    short, long = (cost(run(load_scenario("today"), draws=8, years=y)).sums["federal"].central for y in (1, 2))
    assert long == pytest.approx(short, rel=0.15)


def test_without_local_beds_nothing_is_spent_on_them() -> None:
    s = load_scenario("no-local-beds")
    r = run(s, draws=4)
    assert county_share(r, from_scenario(s)) == 0
    assert quantities(r)["jail_bed_days"].max() == 0


def test_every_name_in_a_formula_is_a_price_a_quantity_or_a_line_above(result) -> None:  # type: ignore[no-untyped-def]
    sheet = shipped_sheet()
    known = {*quantities(result), *(i.name for i in sheet.inputs)}
    used = set()
    for line in sheet.lines:
        used |= set(names_in(line.formula))
        assert set(names_in(line.formula)) <= known, line.name
        known.add(line.name)
    assert {i.name for i in sheet.inputs} <= used  # no price is listed and not used


def test_own_prices_replace_the_shipped_ones(tmp_path, result) -> None:  # type: ignore[no-untyped-def]
    own = tmp_path / "mine.toml"
    own.write_text('[input.bed_day]\nvalue = 1000\nunit = "$ a person and day"\nsays = "ours"\nsource = "our contract"\ndate = 2026-01-01\ncertainty = "c"\n')
    line = next(x for x in cost(result, sheet=read_costs(str(own))).lines if x.name == "detention_cost")
    assert line.low == line.high > next(x for x in cost(result).lines if x.name == "detention_cost").high
    own.write_text('[input.bedday]\nvalue = 1\nsource = "x"\ndate = 2026-01-01\ncertainty = "c"\n')
    with pytest.raises(InputError, match="bed_day"):
        read_costs(str(own))


@pytest.mark.parametrize(
    "text",
    [
        {"input": {"a": {"value": "x", "source": "s", "certainty": "c"}}},
        {"input": {"a": {"low": 3, "central": 2, "high": 1}}},
        {"input": {"a": {"value": 1, "colour": "red"}}},
        {"input": {"a": {"value": 1, "certainty": "sure"}}},
        {"line": [{"name": "x"}]},
        {"line": [{"name": "x", "formula": "1"}, {"name": "x", "formula": "2"}]},
    ],
)
def test_a_sheet_that_cannot_be_is_refused(text: dict) -> None:  # type: ignore[type-arg]
    import datetime as dt

    with pytest.raises(InputError):
        read_sheet(text, "test", {"source": "s", "date": dt.date(2026, 1, 1), "certainty": "c"})
