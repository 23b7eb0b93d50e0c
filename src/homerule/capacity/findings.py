"""The tables of a simulation as plain data: one shape for the terminal, the files, the report and the web."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from homerule.capacity import sources
from homerule.capacity.outcome import Band, bands
from homerule.capacity.worth import as_rows

if TYPE_CHECKING:
    from homerule.capacity.job import Simulation

#: The shape of the data; raised when a key goes or changes its meaning.
FORMAT = 1
#: Headlines: name of the series, words, unit. Flows are a year, stocks an average day.
HEADLINES = (
    ("removed", "Removals, all streams", "people a year"),
    ("removed_detention", "Removals out of detention", "people a year"),
    ("turned_back", "Turned back at the border", "people a year"),
    ("removed_not_detained", "Removed without detention", "people a year"),
    ("detained", "People held", "people on an average day"),
    ("book_ins", "Booked into ICE custody", "people a year"),
    ("released", "Released by order, bond or supervision", "people a year"),
    ("released_for_room", "Released for want of a bed", "people a year"),
    ("departed", "Departed without an order", "people a year"),
    ("refused", "Arrests not made for want of room", "people a year"),
    ("docket", "Released in the run, case open", "people on an average day"),
)
STREAMS = ("removed_detention", "turned_back", "removed_not_detained")
CHANNELS = {"jail": "Local jails", "prison": "Prisons", "large": "At large", "task_force": "Task forces", "border": "Border"}
STAGES = {"holding": "Holding rooms", "before_order": "Before an order", "expedited": "Expedited or reinstated", "after_order": "After an order", "transit": "On the way out"}
CONSTRAINTS = {
    "beds": "Beds", "court": "Judges' time", "seats": "Seats abroad", "holding": "Holding rooms", "transfers": "Transfers", "jail_access": "Handovers from jails",
}  # fmt: skip
HOLDERS = {"local": "local agreements", "state": "run by a state", "federal": "federal or private", "all": ""}
STOCKS_SHOWN = ("detained", "holding", "docket")
WEEKLY = ("removed", "removed_detention", "book_ins", "jail", "prison", "large", "task_force", "border", "released", "refused", "detained", "holding", "before_order", "expedited", "after_order", "docket")


def _plain(band: Band) -> dict[str, float]:
    return {k: float(v) for k, v in band._asdict().items()}


def yearly(sim: Simulation, name: str) -> Band:
    """A headline over the run: a flow a year, a stock on an average day."""
    from homerule.capacity.outcome import STOCKS

    values = sim.result.total(name)
    return bands((values if name in STOCKS else values * 365 / sim.result.days)[None])[0]


def tables(sims: Sequence[Simulation]) -> dict[str, Any]:
    """All tables of all simulations; with two or more, the differences from the first, draw by draw. Keys are stable: see docs/how-to/simulate.md."""
    return {"format": FORMAT, "scenarios": [one(s) for s in sims], "differences": differences(sims) if len(sims) > 1 else []}


def one(sim: Simulation) -> dict[str, Any]:
    """The tables of one simulation."""
    s, r = sim.scenario, sim.result
    out: dict[str, Any] = {
        "scenario": {
            "name": s.name, "title": s.title, "says": s.says, "is_not": s.is_not, "starts": s.starts.isoformat(), "forecast": s.forecast,
            "law": {"as_of": s.law.as_of.isoformat(), "folders": list(s.law.folders)} if s.law else None,
        },
        "runs": sim.runs, "years": sim.years, "seed": sim.seed, "engine": r.engine, "notes": list(dict.fromkeys(r.notes)),
        "headlines": [{"name": n, "label": label, "unit": unit, **_plain(yearly(sim, n))} for n, label, unit in HEADLINES],
        "by_year": [
            {"year": y + 1, "name": n, "label": label, "unit": unit, **_plain(b)}
            for n, label, unit in HEADLINES for y, b in enumerate(r.band(n, "year"))
        ],
        "channels": [{"name": n, "label": label, **_plain(r.by_channel()[n])} for n, label in CHANNELS.items()],
        "stages": [{"name": n, "label": label, **_plain(r.headline(n))} for n, label in STAGES.items()],
        "binding": [{"constraint": b.constraint, "label": CONSTRAINTS[b.constraint], "share_of_days": b.share_of_days, "people_a_day": b.people_a_day} for b in r.binding()],
        "binding_by_week": _binding_by_week(sim),
        "states": _states(sim),
        "prices": [_price(p, sim.bound.weeks) for p in sim.bound.prices] if sim.bound else [],
        "bound": _bound(sim),
        "levers": as_rows(sim.worths),
        "costs": _costs(sim),
        "splits": [{"headline": x.headline, "mean": x.mean, "deviation": x.deviation, "rest": x.rest, "runs": x.runs, "parts": [p._asdict() for p in x.parts]} for x in sim.splits],
        "inputs": list(sources.rows(sources.inputs(s, sim.costs.sheet))),
        "cannot_know": list(sources.LIMITS),
    }  # fmt: skip
    return out


def _binding_by_week(sim: Simulation) -> list[str]:
    days = sim.result.binding_by_day()
    out = []
    for start in range(0, len(days), 7):
        named = [d for d in days[start : start + 7] if d]
        out.append(max(set(named), key=named.count) if named else "")
    return out


def _states(sim: Simulation) -> list[dict[str, Any]]:
    r = sim.result
    years = r.days / 365
    ins, jails, removed = r.states("book_ins"), r.states("jail_book_ins"), r.states("removed")
    held = sim.levers.theta
    return [
        {
            "state": code, "book_ins": {k: v / years for k, v in _plain(ins[code]).items()}, "jail_book_ins": {k: v / years for k, v in _plain(jails[code]).items()},
            "removed_through_detention": {k: v / years for k, v in _plain(removed[code]).items()},
            "held_by_law": None if held[i, 1] != held[i, 1] else {"low": float(held[i, 0]), "central": float(held[i, 1]), "high": float(held[i, 2])},
        }
        for i, code in enumerate(r.regions)
    ]  # fmt: skip


def label_of(constraint: str, group: str) -> str:
    """What a priced constraint is called."""
    words = HOLDERS.get(group, group)
    return CONSTRAINTS.get(constraint, constraint) + (f", {words}" if words else "")


def _price(p: Any, weeks: int) -> dict[str, Any]:
    def ends(values: Mapping[float, float]) -> dict[str, float]:
        return {f"{k:+.0%}": float(v) for k, v in values.items()}

    return {
        "constraint": p.constraint, "group": p.group, "label": label_of(p.constraint, p.group), "unit": p.unit, "capacity": p.capacity, "shadow": p.shadow, "weeks_binding": p.weeks,
        "weeks": weeks, "predicted": ends(p.predicted), "worth": ends(p.worth),
    }  # fmt: skip


def _bound(sim: Simulation) -> dict[str, Any] | None:
    b = sim.bound
    if b is None:
        return None
    return {
        "weeks": b.weeks, "removed": b.all_removals, "removed_through_detention": b.removals, "fluid_through_detention": b.fluid, "by_week": list(b.by_week), "binding_by_week": [list(x) for x in b.binding],
        "levers": [{"channel": x.channel, "state": x.region, "worth_of_one_a_week": x.reduced_cost} for x in b.levers], "columns": b.columns, "rows": b.rows, "solver": b.solver,
        "notes": list(b.notes),
    }  # fmt: skip


def _costs(sim: Simulation) -> dict[str, Any]:
    c = sim.costs

    def row(x: Any) -> dict[str, Any]:
        return {"name": x.name, "label": x.says, "payer": x.payer, "low": x.low, "central": x.central, "high": x.high, **_plain(x.band)}

    return {"unit": "dollars a year", "lines": [row(x) for x in c.lines], "sums": [row(x) for x in c.sums.values()], "per_removal": [row(x) for x in c.per_removal.values()]}


def differences(sims: Sequence[Simulation]) -> list[dict[str, Any]]:
    """Each further simulation less the first, draw by draw where both have as many: the same draw means the same assumptions."""
    from homerule.capacity.outcome import STOCKS

    first, out = sims[0], []
    for other in sims[1:]:
        paired = other.runs == first.runs and other.seed == first.seed
        for name, label, unit in HEADLINES:
            def a_year(s: Simulation, name: str = name) -> Any:
                return s.result.total(name) * (1 if name in STOCKS else 365 / s.result.days)

            gap = a_year(other) - a_year(first) if paired else None
            band = bands(gap[None])[0] if gap is not None else Band(float("nan"), yearly(other, name).p50 - yearly(first, name).p50, float("nan"), yearly(other, name).mean - yearly(first, name).mean)
            out.append({"scenario": other.scenario.name, "against": first.scenario.name, "name": name, "label": label, "unit": unit, **{k: (None if v != v else v) for k, v in _plain(band).items()}})
        for payer in ("federal", "local", "total"):
            a, b = first.costs.sums[payer], other.costs.sums[payer]
            out.append({"scenario": other.scenario.name, "against": first.scenario.name, "name": f"cost_{payer}", "label": f"Cost, {payer}", "unit": "dollars a year", "p5": None, "p50": b.central - a.central, "p95": None, "mean": b.band.mean - a.band.mean})
    return out


def weekly(sims: Sequence[Simulation]) -> list[dict[str, Any]]:
    """Every series by week: rows for CSV and Parquet."""
    import datetime as dt

    out = []
    for sim in sims:
        for name in WEEKLY:
            for w, b in enumerate(sim.result.band(name)):
                out.append({"scenario": sim.scenario.name, "week": w + 1, "begins": (sim.result.starts + dt.timedelta(days=7 * w)).isoformat(), "series": name, "stock": name in ("detained", "holding", "before_order", "expedited", "after_order", "docket"), **_plain(b)})
    return out
