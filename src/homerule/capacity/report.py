"""The two-page report: what was asked, what came out with bands, what binds, what each lever is worth, what it costs, and what cannot be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from homerule.capacity.findings import CONSTRAINTS, label_of, yearly
from homerule.capacity.sources import LIMITS, label
from homerule.documents.model import Block, Bullets, Document, Heading, Paragraph, Table

if TYPE_CHECKING:
    from homerule.capacity.job import Simulation
    from homerule.documents.charts import Chart

_ROWS = (
    ("removed", "Removals a year, all streams"), ("removed_detention", "  out of detention"), ("turned_back", "  turned back at the border"), ("removed_not_detained", "  without detention"),
    ("detained", "People held, average day"), ("book_ins", "Booked in, a year"), ("released", "Released, a year"), ("refused", "Arrests not made for want of room, a year"),
)  # fmt: skip


def count(value: float) -> str:
    """A count as a reader keeps it: three figures, thousands parted."""
    from math import floor, log10

    return "0" if abs(value) < 0.5 else f"{round(value, max(2 - floor(log10(abs(value))), -9)):,.0f}"


def dollars(value: float) -> str:
    """Dollars in the unit that fits: billions, millions, or plain."""
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size >= 1e9:
        return f"{sign}${size / 1e9:.1f} bn"
    if size >= 9.95e5:
        return f"{sign}${size / 1e6:,.0f} m"
    return f"{sign}${size / 1e6:.1f} m" if size >= 1e5 else f"{sign}${size:,.0f}"


def report(sims: Sequence[Simulation], drawn: Mapping[str, Chart] = {}) -> Document:
    """The report of one scenario, or of several beside the first. ``drawn``: the charts of `figures.pictures`; without them it holds tables alone."""
    first = sims[0]
    s = first.scenario
    blocks: list[Block] = [Paragraph(_lead(first), "lead")]
    blocks.append(Paragraph(" ".join(x for x in (s.says, s.is_not) if x)))
    blocks.append(_headlines(sims))
    blocks += _figure(drawn, "removals", 9.5 if len(sims) == 1 else 8.5)
    blocks.append(Heading("What binds, and what more of it would bring", 1))
    blocks += _binding(first)
    if first.worths:
        blocks.append(Heading("What each local lever is worth", 1))
        blocks += _figure(drawn, "levers", 11.5) or [_levers(first)]
    blocks.append(Heading("What it costs", 1))
    blocks.append(_costs(first))
    if first.splits:
        blocks.append(Paragraph(_split(first)))
    blocks.append(Heading("What this cannot know", 1))
    blocks.append(Bullets(LIMITS[1:4]))
    forecast = "" if s.forecast else "Not a forecast: what would follow if the assumptions held."
    subtitle = f"{s.title}. {first.runs} draws, {first.years} year{'s' if first.years > 1 else ''} from {s.starts.isoformat()}. {forecast}"
    others = ", ".join(x.scenario.title for x in sims[1:])
    title = "What a removal operation needs from local government" if not others else f"{s.title}, beside {others}"
    receipt = f"{_sure(first)} Seed {first.seed}; engine {first.result.engine}. The same inputs give the same numbers. Every input with its source, date and certainty is in inputs.csv."
    return Document(title=title, subtitle=subtitle.strip(), blocks=tuple(blocks), kind="report", receipt=receipt, draft=False, extra={"author": "Homerule"})


def _figure(drawn: Mapping[str, Chart], name: str, width: float) -> list[Block]:
    if name not in drawn:
        return []
    from homerule.documents.charts import figure

    return [figure(drawn[name], width_cm=width)]


def _lead(sim: Simulation) -> str:
    removed, held = yearly(sim, "removed"), yearly(sim, "detained")
    total = sim.costs.sums
    return (
        f"**{count(removed.p50)} removals a year** (between {count(removed.p5)} and {count(removed.p95)}), {count(held.p50)} people held on an average day, at a cost of about {dollars(total['federal'].central)} "
        f"a year to the federal government and {dollars(total['local'].central)} net to local ones."
    )  # fmt: skip


def _headlines(sims: Sequence[Simulation]) -> Table:
    if len(sims) == 1:
        rows = []
        for name, label in _ROWS:
            b = yearly(sims[0], name)
            rows.append((label.strip() if not label.startswith(" ") else f"– {label.strip()}", count(b.p5), count(b.p50), count(b.p95)))
        return Table(("", "5th percentile", "median", "95th percentile"), tuple(rows), numeric=(1, 2, 3))
    wide: list[tuple[str, ...]] = []
    for name, label in _ROWS:
        if name in ("turned_back", "removed_not_detained"):
            continue
        cells = []
        for s in sims:
            b = yearly(s, name)
            cells.append(f"{count(b.p50)} ({count(b.p5)} to {count(b.p95)})")
        wide.append((label.strip() if not label.startswith(" ") else f"– {label.strip()}", *cells))
    for payer in ("federal", "local"):
        wide.append((f"Cost a year, {payer}", *(dollars(s.costs.sums[payer].central) for s in sims)))
    return Table(("", *(s.scenario.title for s in sims)), tuple(wide), caption="Median, with 5th to 95th percentile", numeric=tuple(range(1, len(sims) + 1)))


def _binding(sim: Simulation) -> list[Block]:
    worst = [b for b in sim.result.binding() if b.people_a_day >= 0.5]
    if worst:
        said = "; ".join(f"{CONSTRAINTS[b.constraint].lower()} on {b.share_of_days:.0%} of days, holding back {count(b.people_a_day)} people a day" for b in worst[:3])
        out: list[Block] = [Paragraph(f"In the run, what binds (share of days over all draws): {said}.")]
    else:
        out = [Paragraph("In the run nothing binds: arrests, not capacity, set the pace.")]
    if sim.bound is None:
        return out
    b = sim.bound
    rows = []
    for p in sorted(sim.bound.prices, key=lambda p: -abs(p.predicted[0.5]))[:4]:  # two pages: the rest is in prices.csv
        resolved = [p.worth.get(c) for c in (-0.1, 0.1, 0.5)]
        if any(w and abs(w) >= 5 for w in (*resolved, p.predicted[0.5])):
            rows.append((label_of(p.constraint, p.group), f"{p.weeks} of {b.weeks}", f"{p.shadow:,.1f} a {p.unit.removesuffix(' a week').removesuffix(' a day')}", *("–" if w is None else _signed(w) for w in resolved)))
    if rows:
        out.append(Table(("Constraint", "weeks binding", "price", "-10%", "+10%", "+50%"), tuple(rows), numeric=(1, 2, 3, 4, 5), caption=f"Removals over {b.weeks} weeks with less or more, linear program solved anew each time"))
    out.append(Paragraph(f"The most that the network could pass in {b.weeks} weeks: {count(b.all_removals)} removals, of which {count(b.removals)} out of detention (the run at the same assumptions: {count(b.fluid)}). Prices hold for small changes only; the columns to the right were solved anew.", "small"))
    return out


def _signed(value: float) -> str:
    return "0" if abs(value) < 0.5 else f"{'+' if value > 0 else '-'}{count(abs(value))}"


def _levers(sim: Simulation) -> Table:
    rows = tuple((w.lever.label, f"{_signed(w.less.p50)} ({_signed(w.less.p5)} to {_signed(w.less.p95)})", f"{_signed(w.more.p50)} ({_signed(w.more.p5)} to {_signed(w.more.p95)})") for w in sim.worths)
    return Table(("Lever, moved alone in every state", "less help", "more help"), rows, numeric=(1, 2), caption="Change of removals a year, median with 5th to 95th percentile")


def _costs(sim: Simulation) -> Table:
    """The lines that matter, the rest in one, the sums with what a removal comes to."""
    rows: list[tuple[str, ...]] = []
    for payer in ("federal", "local"):
        total, each = sim.costs.sums[payer], sim.costs.per_removal[payer]
        mine = sorted((x for x in sim.costs.lines if x.payer == payer and max(abs(x.low), abs(x.high)) >= 1e6), key=lambda x: -abs(x.central))
        shown, rest = (mine[:4], mine[4:]) if len(mine) > 5 else (mine, [])
        rows += [(x.says, dollars(x.low), dollars(x.central), dollars(x.high)) for x in shown]
        if rest:
            rows.append(("Other", *(dollars(sum(getattr(x, end) for x in rest)) for end in ("low", "central", "high"))))
        rows.append((f"**All {payer}** (a removal)", *(f"**{dollars(v)}** ({dollars(w)})" for v, w in zip((total.low, total.central, total.high), (each.low, each.central, each.high)))))
    return Table(("Dollars a year", "cheapest prices", "middle", "dearest"), tuple(rows), numeric=(1, 2, 3))


def _split(sim: Simulation) -> str:
    words = {"removed": "removals", "detained": "people held"}
    said = []
    for x in sim.splits:
        top = "; ".join(f"{label(p.name)} {max(p.total, 0):.0%}" for p in x.parts[:3])
        said.append(f"of {words.get(x.headline, x.headline)}: {top}")
    return "**Where the uncertainty comes from** (share of the variance, with interactions), " + "; ".join(said) + "."


def _sure(sim: Simulation) -> str:
    used = list(sim.result.parameters.values())
    guessed = [p for p in used if p.certainty == "a"]
    return f"Of {len(used)} parameters, {len(guessed)} are assumptions without a source, {sum(p.certainty in ('c', 'i') for p in used)} are read off or worked out from a source that was read."
