"""The pictures of a simulation: bands, stacked stages, the tornado of levers, the map, the costs. Each says its unit, its source and its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from homerule.capacity.findings import CHANNELS, STAGES, yearly
from homerule.capacity.sources import label
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.capacity.job import Simulation
    from homerule.documents.charts import Chart

SOURCE = "Homerule, flow model; inputs with their sources in inputs.csv. Not a forecast"
#: Scenarios that one picture can hold apart.
MOST = 6


def pictures(sims: Sequence[Simulation]) -> dict[str, Chart]:
    """All charts of one or several simulations, by name of the file. Raises InputError without the extra `charts`, or for more than six scenarios."""
    if len(sims) > MOST:
        raise InputError(f"{len(sims)} scenarios cannot be told apart in one chart", help=f"Compare at most {MOST}")
    first = sims[0]
    out = {"removals": removals(sims), "held": held(sims), "stages": stages(sims), "channels": channels(sims), "costs": costs(sims)}
    if first.worths:
        out["levers"] = levers(first)
    out["map"] = state_map(first)
    if first.splits:
        out["uncertainty"] = uncertainty(first)
    return out


def _on(sims: Sequence[Simulation]) -> str:
    return sims[0].scenario.starts.isoformat()


def _title(sims: Sequence[Simulation], one: str, many: str) -> str:
    return one if len(sims) == 1 else many


def _weeks(sims: Sequence[Simulation], name: str, factor: float = 1.0) -> list[tuple[dt.date | int, str, float, float, float]]:
    """Rows for `bands`: by date for one scenario or scenarios that begin together, else by week. The last, short week is left out."""
    together = len({s.result.starts for s in sims}) == 1
    rows: list[tuple[dt.date | int, str, float, float, float]] = []
    for sim in sims:
        whole = sim.result.band(name)[: sim.result.days // 7]
        for w, b in enumerate(whole):
            at: dt.date | int = sim.result.starts + dt.timedelta(days=7 * w + 3) if together else w + 1
            rows.append((at, sim.scenario.title, b.p5 * factor, b.p50 * factor, b.p95 * factor))
    return rows


def _x(sims: Sequence[Simulation]) -> str:
    return "" if len({s.result.starts for s in sims}) == 1 else "Week of the run"


def removals(sims: Sequence[Simulation]) -> Chart:
    """Removals a day, week by week, with bands."""
    from homerule.documents.charts import bands

    b = yearly(sims[0], "removed")
    one = f"{sims[0].scenario.title}: {_round(b.p50)} removals a year, between {_round(b.p5)} and {_round(b.p95)}"
    return bands(_weeks(sims, "removed", 1 / 7), title=_title(sims, one, "Removals a day, by scenario"), y="Removals a day, all streams", x=_x(sims), source=SOURCE, on=_on(sims))


def held(sims: Sequence[Simulation]) -> Chart:
    """People held, week by week, with bands."""
    from homerule.documents.charts import bands

    b = yearly(sims[0], "detained")
    one = f"{sims[0].scenario.title}: {_round(b.p50)} people held on an average day, between {_round(b.p5)} and {_round(b.p95)}"
    return bands(_weeks(sims, "detained"), title=_title(sims, one, "People held, by scenario"), y="People held", x=_x(sims), source=SOURCE, on=_on(sims))


def stages(sims: Sequence[Simulation]) -> Chart:
    """Where people are: the mean of each quarter of the run for one scenario, or the whole run for several."""
    from homerule.documents.charts import stacked

    rows = []
    for sim in sims:
        days = sim.result.days
        parts = [(sim.scenario.title, 0, days)] if len(sims) > 1 else [(f"Days {a + 1} to {b}", a, b) for a, b in _quarters(days)]
        for bar, a, b in parts:
            rows += [(bar, words, float(sim.result.series(name)[a:b].mean())) for name, words in STAGES.items()]
    one = f"{sims[0].scenario.title}: where people are held"
    return stacked(rows, title=_title(sims, one, "Where people are held, by scenario"), value="People on an average day, mean of the draws", source=SOURCE, on=_on(sims))


def _quarters(days: int) -> list[tuple[int, int]]:
    cuts = [round(i * days / 4) for i in range(5)]
    return list(pairwise(cuts))


def channels(sims: Sequence[Simulation]) -> Chart:
    """Removals out of detention by channel of arrest, and the streams beside detention."""
    from homerule.documents.charts import stacked

    rows = []
    for sim in sims:
        by, scale = sim.result.by_channel(), 365 / sim.result.days
        rows += [(sim.scenario.title, words, by[name].mean * scale) for name, words in CHANNELS.items()]
        rows += [(sim.scenario.title, "Turned back", yearly(sim, "turned_back").mean), (sim.scenario.title, "Not detained", yearly(sim, "removed_not_detained").mean)]
    one = f"{sims[0].scenario.title}: removals by the way people came in"
    return stacked(rows, title=_title(sims, one, "Removals by the way people came in, by scenario"), value="Removals a year, mean of the draws", source=SOURCE, on=_on(sims))


def levers(sim: Simulation) -> Chart:
    """The tornado of local levers: removals a year with each lever at either end."""
    from homerule.documents.charts import tornado

    base = sim.worths[0].base
    least = 0.01 * max(abs(w.less.p50) + abs(w.more.p50) for w in sim.worths)  # less than that is no end, and its number would stand on the bar

    def end(move: float) -> float:
        return round(base + move, -2) if abs(move) > least else round(base, -2)

    rows = [(w.lever.label, end(w.less.p50), end(w.more.p50)) for w in sim.worths if abs(w.less.p50) + abs(w.more.p50) > least]
    if not rows:
        rows = [(w.lever.label, round(base, -2), round(base, -2)) for w in sim.worths[:1]]
    widest = sim.worths[0]
    title = f"{sim.scenario.title}: removals with one local lever moved, the widest by {_round(abs(widest.less.p50) + abs(widest.more.p50))} a year"
    return tornado(
        rows, base=round(base, -2), title=title, value="Removals a year, each lever alone moved in every state, median", source=SOURCE, on=_on([sim]), low="less help", high="more help",
    )  # fmt: skip


def state_map(sim: Simulation) -> Chart:
    """Book-ins after arrests in each state; or, under a law, the share of detainers that the state's jails would hold."""
    from homerule.documents.charts import state_map as draw

    r = sim.result
    theta = sim.levers.theta[:, 1]
    known = {code: float(theta[i]) for i, code in enumerate(r.regions) if len(code) == 2}
    if sim.scenario.law is not None and any(v == v for v in known.values()):
        values: dict[str, float | str | None] = {c: (None if v != v else round(v, 2)) for c, v in known.items()}
        return draw(values, title=f"Under the law of {sim.scenario.law.as_of.isoformat()}, the share of people with a detainer whom jails hand over", legend="Share handed over", source=SOURCE, on=sim.scenario.law.as_of.isoformat(), steps=(0.0, 0.2, 0.4, 0.6, 0.8, 0.95))
    ins = r.states("book_ins")
    years = r.days / 365
    counts: dict[str, float | str | None] = {c: round(b.p50 / years, -2) if b.p50 / years >= 1000 else round(b.p50 / years, -1) for c, b in ins.items() if len(c) == 2}
    return draw(counts, title=f"{sim.scenario.title}: people booked in, by state of arrest", legend="People a year, median", source=SOURCE, on=_on([sim]), steps=(0, 1000, 5000, 10000, 20000, 50000))


def costs(sims: Sequence[Simulation]) -> Chart:
    """Central cost by line, in billions of dollars a year; payments between governments are left to the table."""
    from homerule.documents.charts import stacked

    few = {"arrests_cost": "Arrests", "detention_cost": "Detention", "legal_cost": "Legal", "transport_cost": "Transport"}
    rows = []
    for sim in sims:
        lines = {x.name: x for x in sim.costs.lines}
        rows += [(sim.scenario.title, words, max(lines[n].central, 0.0) / 1e9) for n, words in few.items() if n in lines]
        rows.append((sim.scenario.title, "Other federal", sum(max(x.central, 0.0) for x in sim.costs.lines if x.payer == "federal" and x.name not in few) / 1e9))
        rows.append((sim.scenario.title, "Local, net", max(sim.costs.sums["local"].central, 0.0) / 1e9))
    total = sims[0].costs.sums["total"]
    one = f"{sims[0].scenario.title}: {total.central / 1e9:.1f} billion dollars a year at middle prices, {total.low / 1e9:.1f} to {total.high / 1e9:.1f} at the cheapest and dearest"
    return stacked(rows, title=_title(sims, one, "Cost a year at middle prices, by scenario"), value="Billion dollars a year", source="Homerule, flow model; prices with their sources in inputs.csv. Not a forecast", on=_on(sims))


def uncertainty(sim: Simulation) -> Chart:
    """Which assumptions the uncertainty of removals comes from."""
    from homerule.documents.charts import bars

    split = sim.splits[0]
    rows = [(label(p.name), round(100 * max(p.total, 0.0), 1)) for p in split.parts[:8]]
    return bars(rows, title=f"{sim.scenario.title}: what the uncertainty of removals comes from", value="Share of the variance, with interactions, per cent", source=SOURCE, on=_on([sim]))


def _round(value: float) -> str:
    """A count as a reader keeps it: three figures."""
    if value <= 0:
        return "0"
    from math import floor, log10

    return f"{round(value, 2 - floor(log10(value))):,.0f}"
