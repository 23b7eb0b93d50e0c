"""A simulation as a job: the scenario's bands, what binds, what each lever is worth and what it costs, as tables and charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homerule.web.jobs import Progress

SHOWN = (
    ("removed", "Removals, all streams"), ("removed_detention", "Removals through detention"), ("turned_back", "Turned back at the border"), ("removed_not_detained", "Removed, not detained"),
    ("arrests", "Arrests"), ("book_ins", "Book-ins"), ("detained", "Held, average day"), ("released", "Released"), ("refused", "Not taken in for want of room"), ("docket", "Not detained, with a case"),
)  # fmt: skip


def number(value: float) -> str:
    """A whole number with separators."""
    return f"{value:,.0f}"


def simulate(asked: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Run one scenario. ``asked``: scenario, draws, years, seed. Returns tables, charts (SVG with alternative text) and notes."""
    from homerule.capacity import load_scenario, run
    from homerule.capacity.bound import solve
    from homerule.capacity.costs import cost

    scenario = load_scenario(str(asked["scenario"]))
    draws, years = int(asked.get("draws", 200)), int(asked.get("years", 1))
    progress(0.02, "The flow model")
    result = run(scenario, draws=draws, seed=int(asked.get("seed", 0)), years=years, progress=lambda done, total: progress(0.02 + 0.55 * done / max(total, 1), "The flow model"))
    progress(0.6, "The bound and what each lever is worth")
    limit = solve(scenario, weeks=52 * years, progress=lambda done, total: progress(0.6 + 0.25 * done / max(total, 1), "The bound and what each lever is worth"))
    progress(0.85, "Costs and charts")
    spent = cost(result)
    heads = [(label, result.headline(name)) for name, label in SHOWN]
    tables = [
        {"caption": f"Over {years} year{'' if years == 1 else 's'}: low (5th), middle and high (95th percentile of {draws} draws)", "head": ["", "Low", "Middle", "High"], "rows": [[label, number(b.p5), number(b.p50), number(b.p95)] for label, b in heads], "numeric": [1, 2, 3]},
        {"caption": "What binds", "head": ["Constraint", "Share of days", "People held back, average day"], "rows": [[b.constraint, f"{b.share_of_days:.0%}", number(b.people_a_day)] for b in result.binding()], "numeric": [1, 2]},
        {
            "caption": f"The bound: at most {number(limit.removals)} removals through detention. What more or less of each is worth, solved again",
            "head": ["Constraint", "Group", "Units", "Weeks it binds", "Price of one unit", "-10%", "+10%", "+50%"],
            "rows": [[p.constraint, p.group, f"{number(p.capacity)} {p.unit}", str(p.weeks), f"{p.shadow:,.3f}", *(number(p.worth.get(k, 0)) for k in (-0.1, 0.1, 0.5))] for p in limit.prices if p.weeks or any(abs(v) > 0.5 for v in p.worth.values())],
            "numeric": [2, 3, 4, 5, 6, 7],
        },
        {"caption": "Costs a year, dollars", "head": ["Who pays", "Low", "Central", "High"], "rows": [[payer, number(c.low), number(c.central), number(c.high)] for payer, c in spent.sums.items()], "numeric": [1, 2, 3]},
        {"caption": "Costs a removal, dollars", "head": ["Who pays", "Low", "Central", "High"], "rows": [[payer, number(c.low), number(c.central), number(c.high)] for payer, c in spent.per_removal.items()], "numeric": [1, 2, 3]},
    ]  # fmt: skip
    return {"title": scenario.title, "says": scenario.says, "forecast": scenario.forecast, "tables": tables, "charts": charts(result, scenario), "notes": list(result.notes), "conservation": result.conservation}


def charts(result: Any, scenario: Any) -> list[dict[str, str]]:
    """Pictures of a run; none where the packages for charts are missing."""
    try:
        from homerule.documents.charts import bands, svg
    except ImportError:
        return []
    import datetime as dt

    out = []
    for name, title, unit in (("removed", "Removals a week", "people a week"), ("detained", "People held, average day of the week", "people")):
        rows = [((result.starts + dt.timedelta(weeks=w)), title, b.p5, b.p50, b.p95) for w, b in enumerate(result.band(name)) if (w + 1) * 7 <= result.days]
        chart = bands(rows, title=f"{title}: {scenario.title}", y=unit, source="Homerule capacity model; sources of each input in its table. Not a forecast.", on=result.starts)
        out.append({"svg": svg(chart), "alt": chart.alt, "title": title})
    return out
