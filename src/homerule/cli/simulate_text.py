"""A simulation as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homerule.capacity.findings import CONSTRAINTS, HEADLINES, STREAMS, differences, label_of, yearly
from homerule.capacity.parameters import CERTAINTY
from homerule.capacity.report import count, dollars
from homerule.capacity.sources import LIMITS, Used
from homerule.capacity.sources import label as short
from homerule.cli.text import _bold, wrap

if TYPE_CHECKING:
    from homerule.capacity.calibrate import Fit
    from homerule.capacity.job import Simulation
    from homerule.capacity.scenario import Scenario
    from homerule.capacity.studies import Reproduced, Study


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows in columns: the first to the left, the others to the right; the first row is the head."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    return "\n".join(indent + "  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(r, widths))).rstrip() for r in rows)


def signed(value: float) -> str:
    """A change with its sign; nothing is a plain 0."""
    return "0" if abs(value) < 0.5 else f"{'+' if value > 0 else '-'}{count(abs(value))}"


def _head(s: Scenario, what: str) -> list[str]:
    out = [_bold(wrap(f"{s.title} ({s.name})", ""))]
    if s.says:
        out.append(wrap(s.says, ""))
    out += [wrap(x, "") for x in (what, s.is_not or ("" if s.forecast else "Not a forecast: what would follow if the assumptions held.")) if x]
    return out


def simulation_text(sim: Simulation) -> str:
    """One simulation: headlines, what binds, prices, levers, costs, where the uncertainty comes from."""
    r, s = sim.result, sim.scenario
    out = _head(s, f"{sim.runs} draws, {sim.years} year{'s' if sim.years > 1 else ''} from {s.starts.isoformat()}, seed {sim.seed}. Bands: 5th to 95th percentile.")
    out += [wrap(n[0].upper() + n[1:].rstrip(".") + ".", "Note: ", "      ") for n in dict.fromkeys(r.notes) if not n.startswith("not a forecast")]
    rows: list[tuple[str, ...]] = [("A year, or on an average day", "p5", "median", "p95")]
    for name, label, _ in HEADLINES:
        b = yearly(sim, name)
        if b.p95 >= 0.5 or name in ("removed", "refused"):
            rows.append((("  " if name in STREAMS else "") + label, count(b.p5), count(b.p50), count(b.p95)))
    out += ["", table(rows)]
    if sim.years > 1:
        years = [("By year, median", *(f"year {y + 1}" for y in range(sim.years)))]
        years += [(label, *(count(b.p50) for b in r.band(name, "year"))) for name, label, _ in HEADLINES if name in ("removed", "detained", "refused")]
        out += ["", table(years)]
    out += ["", _binds(sim)]
    if sim.bound:
        out += ["", _prices(sim)]
    if sim.worths:
        rows = [("Local levers: removals a year", "less help", "", "more help", "")]
        rows += [(w.lever.label, signed(w.less.p50), f"{signed(w.less.p5)} to {signed(w.less.p95)}", signed(w.more.p50), f"{signed(w.more.p5)} to {signed(w.more.p95)}") for w in sim.worths]
        out += ["", table(rows), wrap("Each lever alone, in every state, to its end; `--assumptions` and levers.csv (`--out`) say what the ends are.", "  ")]
    out += ["", _costs(sim)]
    for split in sim.splits:
        rows = [(f"What the uncertainty of `{split.headline}` comes from", "alone", "with interactions")]
        rows += [(short(p.name), f"{max(p.first, 0):.0%}", f"{max(p.total, 0):.0%}") for p in split.parts[:6]]
        out += ["", table(rows)]
    return "\n".join(out) + "\n"


def _binds(sim: Simulation) -> str:
    worst = [b for b in sim.result.binding() if b.people_a_day >= 0.5]
    if not worst:
        return "  Nothing binds: arrests, not capacity, set the pace."
    rows = [("What binds in the run", "share of days", "people held back a day")]
    rows += [(CONSTRAINTS[b.constraint], f"{b.share_of_days:.0%}", count(b.people_a_day)) for b in worst]
    return table(rows)


def _prices(sim: Simulation) -> str:
    b = sim.bound
    assert b is not None
    rows: list[tuple[str, ...]] = [(f"The most in {b.weeks} weeks (linear program)", "weeks binding", "price", "-10%", "+10%", "+50%")]
    for p in b.prices:
        if any(abs(v) >= 5 for v in (*p.worth.values(), *p.predicted.values())):
            rows.append((label_of(p.constraint, p.group), f"{p.weeks} of {b.weeks}", f"{p.shadow:,.1f} a {p.unit}", *(signed(p.worth[c]) if c in p.worth else "-" for c in (-0.1, 0.1, 0.5))))
    lines = [f"  At most {count(b.all_removals)} removals in {b.weeks} weeks, {count(b.removals)} of them out of detention (the run: {count(b.fluid)})."]
    if len(rows) > 1:
        lines = [table(rows), *lines, "  Prices hold for small changes; the last columns were solved anew."]
    else:
        lines.append("  No capacity has a price: more of any of them would bring nothing.")
    top = [x for x in b.levers if x.channel == "jail"]
    if top and top[0].reduced_cost - top[-1].reduced_cost >= 0.005:
        high, low = top[0], top[-1]
        lines.append(wrap(f"One more handover a week from a jail brings {high.reduced_cost:.2f} removals a week in {high.region.upper()} (the most) and {low.reduced_cost:.2f} in {low.region.upper()} (the least).", "  "))
    return "\n".join(lines)


def _costs(sim: Simulation) -> str:
    c = sim.costs
    rows = [("Cost a year", "cheapest prices", "middle", "dearest")]
    for payer in ("federal", "local"):
        rows += [(x.says, dollars(x.low), dollars(x.central), dollars(x.high)) for x in c.lines if x.payer == payer and max(abs(x.low), abs(x.high)) >= 5e6]
        total, each = c.sums[payer], c.per_removal[payer]
        rows.append((f"All {payer}", dollars(total.low), dollars(total.central), dollars(total.high)))
        rows.append(("  a removal", dollars(each.low), dollars(each.central), dollars(each.high)))
    return table(rows)


def comparison_text(sims: Sequence[Simulation]) -> str:
    """Scenarios side by side, and each one's difference from the first, draw by draw."""
    names = [s.scenario.name for s in sims]
    out = [_bold("Scenarios side by side"), ""]
    out += [wrap(f"{s.scenario.title}. {s.scenario.is_not}", f"  {chr(65 + i)}  ", "     ") for i, s in enumerate(sims)]
    letters = [chr(65 + i) for i in range(len(sims))]
    rows = [("Median (p5 to p95)", *letters)]
    for name, label, _ in HEADLINES:
        bands = [yearly(s, name) for s in sims]
        if max(b.p95 for b in bands) >= 0.5:
            rows.append((("  " if name in STREAMS else "") + label, *(f"{count(b.p50)} ({count(b.p5)} to {count(b.p95)})" for b in bands)))
    for payer in ("federal", "local"):
        rows.append((f"Cost a year, {payer}, middle prices", *(dollars(s.costs.sums[payer].central) for s in sims)))
    rows.append(("Binds most", *(next((CONSTRAINTS[b.constraint].lower() for b in s.result.binding() if b.people_a_day >= 0.5), "nothing") for s in sims)))
    out += ["", table(rows)]
    diff = differences(sims)
    rows = [(f"Difference from A ({names[0]})", *letters[1:])]
    for name, label, _ in HEADLINES:
        cells = [d for d in diff if d["name"] == name]
        if any(abs(d["p50"]) >= 0.5 for d in cells):
            rows.append((label, *(signed(d["p50"]) + (f" ({signed(d['p5'])} to {signed(d['p95'])})" if d["p5"] is not None else "") for d in cells)))
    if len(rows) > 1:
        out += ["", table(rows), wrap("Draw by draw: the same assumptions on both sides.", "  ")]
    return "\n".join(out) + "\n"


def study_text(study: Study, lines: Sequence[Reproduced]) -> str:
    """A study line by line, beside what its source prints."""
    rows = [("Line", "worked out", "printed", "")]
    for r in lines:
        printed = "-" if r.printed is None else f"{r.printed:,.{max(0, -_exponent(r.to))}f}"
        digits = 0 if abs(r.value) >= 1000 or r.to >= 1 else 3
        rows.append((f"{r.says or r.name}{f', {r.unit}' if r.unit and r.unit.lower() != r.says.lower() else ''}", f"{r.value:,.{digits}f}", printed, "" if r.printed is None else "agrees" if r.agrees else "DIFFERS"))
    notes = [wrap(f"{r.says}: {r.note}.", "  Note: ", "        ") for r in lines if r.note]
    return "\n".join([_bold(wrap(study.title, "")), wrap(study.says, ""), wrap(f"Source: {study.source}, {study.date.isoformat()} ({CERTAINTY[study.certainty]}).", ""), "", table(rows), *notes]) + "\n"


def _number(value: float) -> str:
    return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def _exponent(to: float) -> int:
    from math import floor, log10

    return floor(log10(to))


def assumptions_text(scenario: Scenario, used: Sequence[Used]) -> str:
    """Every input, and what cannot be known."""
    out = _head(scenario, "Every input, with its range (low, central, high), source, date and certainty. A star marks what the scenario sets otherwise than shipped.")
    kinds = {"parameter": "Parameters", "lever": "Levers and paces that the scenario sets", "beds": "New beds", "table": "Tables", "behaviour": "From the law to behaviour", "price": "Prices"}
    for kind, title in kinds.items():
        rows = [u for u in used if u.kind == kind]
        if rows:
            out += ["", title]
        for u in rows:
            value = "" if u.central is None else _number(u.central) if u.low == u.high or u.low is None or u.high is None else f"{_number(u.low)}, {_number(u.central)}, {_number(u.high)}"
            star = "*" if u.changed and kind == "parameter" else ""
            out.append(wrap(f"{value}{f' {u.unit}' if value and u.unit else ''}{': ' if value else ''}{u.says}. Source: {u.source}; {u.date.isoformat() if u.date else 'no date'} [{u.certainty}]", f"  {u.name}{star}  ", "      "))
    out += ["", "Certainty: " + "; ".join(f"{k} {v}" for k, v in CERTAINTY.items()), "", "What cannot be known"]
    out += [wrap(x, "  - ", "    ") for x in LIMITS]
    return "\n".join(out) + "\n"


def fit_text(fit: Fit) -> str:
    """The fit of a calibration by parameter and by month."""
    out = [_bold(f"Fitted to {fit.file}, {fit.first} to {fit.last}"), ""]
    rows: list[tuple[str, ...]] = [("Parameter", "low", "fitted", "high", "from")]
    rows += [(k, *(f"{x:,.0f}" if abs(x) >= 1000 else f"{x:.4g}" for x in v[:3]), v[3]) for k, v in fit.parameters.items()]
    out.append(table(rows))
    rows = [("Month", "held", "fitted", "error", "")]
    rows += [(m.month, f"{m.held:,.0f}", f"{m.fitted:,.0f}", f"{m.error:+.1%}", "" if m.used else "left out") for m in fit.months]
    out += ["", table(rows), ""]
    left = "" if fit.error_out is None else f"; {fit.error_out:.1%} in the months left out"
    out.append(wrap(f"Mean absolute error {fit.error:.1%} in the months fitted{left}. A single steady stay would miss by {fit.constant:.1%}.", "  "))
    out += [wrap(n[0].upper() + n[1:].rstrip(".") + ".", "  ") for n in fit.notes]
    return "\n".join(out) + "\n"
