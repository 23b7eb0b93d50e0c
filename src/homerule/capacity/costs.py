"""What a run costs, to the federal government and to local ones, a year and a removal. Prices are inputs of a sheet (data/costs.toml); quantities come from the run."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.levers import Levers, from_scenario
from homerule.capacity.outcome import Band, Result, bands
from homerule.capacity.parameters import DATA, Parameter, latin, need
from homerule.capacity.sheets import Input, Sheet, calculate, names_in, read_sheet
from homerule.capacity.tables import read_tables
from homerule.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

PAYERS = ("federal", "local")
#: Kinds of contract by which a county's own jail holds people for ICE; other local contracts pass the money on to a company.
COUNTY_JAILS = ("igsa", "usms_iga")


class Cost(NamedTuple):
    """One line, in dollars a year: at the cheapest, central and dearest prices with the run's median quantities, and its band with quantities and prices drawn."""

    name: str
    says: str
    payer: str
    low: float
    central: float
    high: float
    band: Band


class Costs(NamedTuple):
    """``lines`` and, by payer and in ``total``, their sums, in dollars a year; ``per_removal`` the same over the removals of the run, by payer and "total"."""

    lines: tuple[Cost, ...]
    sums: Mapping[str, Cost]
    per_removal: Mapping[str, Cost]
    sheet: Sheet
    drawn: Mapping[str, Array]


@lru_cache
def shipped_sheet() -> Sheet:
    """The sheet of prices and lines that Homerule ships."""
    return read_sheet(tomllib.loads((DATA / "costs.toml").read_text("utf-8")), "costs.toml")


def read_costs(path: str) -> Sheet:
    """The shipped sheet with the inputs of a user's file in their place. Raises InputError."""
    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{path}` cannot be read", where="costs", help="Give a TOML file with [input.NAME] tables") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"this is no TOML: {error}", where=path, help="See data/costs.toml") from None
    base = shipped_sheet()
    own = read_sheet(data, Path(path).name)
    known = {i.name: i for i in base.inputs}
    for given in own.inputs:
        if given.name not in known:
            raise InputError(f"no price is called `{given.name}`", where=path, help=nearest(given.name, list(known)))
        known[given.name] = given
    return Sheet(own.name, tuple(known.values()), base.lines)


def quantities(result: Result, levers: Levers | None = None) -> dict[str, Array]:
    """What a run uses, over the whole of it, (draws,): people, days and officers, by the names that the sheet's formulas use."""
    np = need("numpy")
    set_levers = levers or from_scenario(result.scenario)
    ones = np.ones(result.draws)
    officers = result.drawn["task_force_officers"] * float(set_levers.task_force @ _task_force_share(np)) + float(set_levers.task_force_officers.sum())
    bed_days = result.series("detained").sum(0)
    out = {
        "ice_arrests": sum(result.total(n) for n in ("jail", "prison", "large", "task_force")), "bed_days": bed_days, "booked": result.total("book_ins"),
        "removed_through_detention": result.total("removed_detention"), "removed": result.total("removed"), "docket_days": result.series("docket").sum(0),
        "detainers_honoured": result.total("jail") / np.maximum(result.drawn["pick_up"], 1e-9), "jail_bed_days": bed_days * county_share(result, set_levers),
        "task_force_officers": officers, "officers_lent": ones * float(set_levers.officers.sum()), "years": ones * result.days / 365,
    }  # fmt: skip
    return {k: np.asarray(v, float) for k, v in out.items()}


def _task_force_share(np: Any) -> Array:
    """Each region's share of the task-force agreements (R)."""
    counts = np.array([r.task_force for r in read_tables().regions], float)
    out: Array = counts / counts.sum()
    return out


def county_share(result: Result, levers: Levers) -> float:
    """The share of the beds that stand in county jails, with the levers and new beds of the scenario at the end of the run."""
    tables = read_tables()
    kinds, codes = list(tables.kinds), tables.codes
    beds = [(b.kind, b.people * float(levers.beds[kinds.index(b.kind), codes.index(b.state)])) for b in tables.beds]
    new = sum(n.beds for n in result.scenario.new_beds)
    whole = sum(n for _, n in beds) + new
    return sum(n for kind, n in beds if kind in COUNTY_JAILS) / whole if whole else 0.0


def cost(result: Result, levers: Levers | None = None, sheet: Sheet | None = None, seed: int = 0) -> Costs:
    """The costs of a run. Prices are drawn for the bands apart from the run's parameters, evenly and independently of one another."""
    np = need("numpy")
    used = sheet or shipped_sheet()
    amounts = quantities(result, levers)
    years = result.days / 365
    middle = {k: float(np.median(v)) for k, v in amounts.items()}
    central, corners = used.work({**middle, **used.at("central")}), _corners(used, middle)
    prices = {p.name: p for p in (_as_parameter(i) for i in used.inputs)}
    cube = latin(prices, result.draws, seed + 1)
    drawn = {name: p.at(cube[:, i]) for i, (name, p) in enumerate(prices.items())}
    spread = used.work({**amounts, **drawn})
    lines = []
    for line in used.lines:
        lines.append(Cost(line.name, line.says, line.payer, corners[line.name][0] / years, float(central[line.name]) / years, corners[line.name][1] / years, _band(np, spread[line.name] / years, result.draws)))
    sums, each = {}, {}
    for payer in (*PAYERS, "total"):
        mine = [x for x in used.lines if payer in (x.payer, "total")]
        values = sum(spread[x.name] for x in mine) + np.zeros(result.draws)
        low, mid, high = sum(corners[x.name][0] for x in mine), sum(float(central[x.name]) for x in mine), sum(corners[x.name][1] for x in mine)
        sums[payer] = Cost(payer, payer, payer, low / years, mid / years, high / years, _band(np, values / years, result.draws))
        removed = np.maximum(amounts["removed"], 1e-9)
        m = max(middle["removed"], 1e-9)
        each[payer] = Cost(payer, payer, payer, low / m, mid / m, high / m, _band(np, values / removed, result.draws))
    return Costs(tuple(lines), sums, each, used, {**amounts, **drawn, **{f"cost_{p}": sum((spread[x.name] for x in used.lines if x.payer == p), np.zeros(result.draws)) for p in PAYERS}})


def _corners(sheet: Sheet, middle: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """Each line at its cheapest and at its dearest: every corner of the prices that it names."""
    prices = {i.name: (i.low, i.high) for i in sheet.inputs}
    central = sheet.work({**middle, **sheet.at("central")})
    out = {}
    for line in sheet.lines:
        own = [n for n in names_in(line.formula) if n in prices and prices[n][0] < prices[n][1]]
        known = {**middle, **sheet.at("central"), **central}
        values = [float(calculate(line.formula, {**known, **dict(zip(own, corner))}, line.name)) for corner in product(*(prices[n] for n in own))]
        out[line.name] = (min(values), max(values))
    return out


def _as_parameter(given: Input) -> Parameter:
    spread = "fixed" if given.low == given.high else "triangular"
    return Parameter(given.name, given.low, given.central, given.high, given.unit, given.says, given.source, given.date, given.certainty, spread)


def _band(np: Any, values: Any, draws: int) -> Band:
    return bands(np.broadcast_to(np.asarray(values, float), (1, draws)))[0]
