"""Every input that a run used, with its source, date and certainty: parameters, levers, new beds, tables, prices, and the step from law to behaviour."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.capacity.levers import read_behaviour
from homerule.capacity.parameters import CERTAINTY, DATA, read_parameters
from homerule.capacity.scenario import Change, Scenario
from homerule.capacity.sheets import Sheet
from homerule.capacity.tables import read_tables

#: What the model cannot know, whatever its inputs: shown with every answer.
LIMITS = (
    "Whether people are found, arrested and removed at a given pace depends on decisions that no table holds. What is shown is what would follow if the assumptions held: not a forecast.",
    "Stays are taken as steady over a run. They have changed by half within a year before; the bands carry that only as far as the ranges of the stays do.",
    "Who is arrested in place of those whom a jail does not hand over, and how soon those are arrested later, has not been measured: both are assumptions with wide ranges.",
    "The step from what the law says to what a jail does is an assumption. Only detainers of fiscal year 2015 show what jails did, by state.",
    "Task-force officers' arrests, re-arrests after a declined detainer, and removals by land and by air apart are not published.",
    "Beds are those that were seen in use. What a contract allows beyond that, how fast a site could be opened, and whether staff could be found is not known.",
    "The linear program gives the most that the network could do with perfect foresight, at the middle of each assumption; no office plans like that. Its prices hold for small changes.",
    "Prices differ by what is counted in them (three published costs of one bed-day differ by a quarter), are of several years, and are not adjusted for inflation.",
    "Effects on safety, on trust, on families, on employers and on tax receipts are outside the model: it counts people in stages, days and dollars.",
    "Nobody is followed one by one, and nothing is located below the county. Removals by state of arrest divide the nation's removals as its arrests.",
)


class Used(NamedTuple):
    """One input: what it is, its range (None where it is not a number), unit, source, date and certainty. ``kind``: parameter, lever, beds, table, price or behaviour."""

    kind: str
    name: str
    says: str
    low: float | None
    central: float | None
    high: float | None
    unit: str
    source: str
    date: dt.date | None
    certainty: str
    changed: bool = False


def inputs(scenario: Scenario, sheet: Sheet | None = None) -> tuple[Used, ...]:
    """All inputs of a scenario, and the prices of ``sheet``. ``changed``: the scenario sets it otherwise than shipped."""
    shipped = read_parameters()
    out = [
        Used("parameter", p.name, p.says, p.low, p.central, p.high, p.unit, p.source, p.date, p.certainty, p != shipped[p.name])
        for p in scenario.assumptions().values()
    ]  # fmt: skip
    out += _settings(scenario)
    out += [
        Used("table", name, s["what"], None, None, None, "", s["source"], s["date"], s["certainty"])
        for name, s in read_tables().sources.items()
    ]  # fmt: skip
    if scenario.law is not None:
        rules = read_behaviour()
        for step in ("verdict", "notice"):
            for verdict, row in rules.get(step, {}).items():
                out.append(Used("behaviour", f"{step}.{verdict}", row["says"], row["low"], row["central"], row["high"], "share", row["source"], row["date"], row["certainty"]))
        out.append(Used("behaviour", "law", f"the law as of {scenario.law.as_of.isoformat()}", None, None, None, "", "the corpus of this version" + (f", with {', '.join(scenario.law.folders)}" if scenario.law.folders else ""), scenario.law.as_of, "c"))
    if sheet is not None:
        out += [Used("price", i.name, i.says, i.low, i.central, i.high, i.unit, i.source, i.date, i.certainty) for i in sheet.inputs]
    return tuple(out)


def _settings(scenario: Scenario) -> list[Used]:
    """Paces, levers and new beds, with the source that the scenario gives; else marked as the scenario's own assumption."""
    out = []

    def add(kind: str, key: str, says: str, value: float | None, unit: str, source: str = "") -> None:
        cited = scenario.sources.get(key) or scenario.sources.get(".".join(key.split(".")[:3]))
        words = cited.source if cited else source or f"set by the scenario {scenario.name}"
        out.append(Used(kind, key, says, value, value, value, unit, words, cited.date if cited else scenario.starts, cited.certainty if cited else "a", True))

    for channel, points in scenario.pace.items():
        shown = points if isinstance(points, float) else ", ".join(f"week {w}: {f:g}" for w, f in points)
        add("lever", f"pace.{channel}", f"factor on arrests, {shown}", points if isinstance(points, float) else None, "times")
    plain = Change()
    for code, change in scenario.levers.items():
        for field in type(change).model_fields:
            value = getattr(change, field)
            if value != getattr(plain, field):
                if isinstance(value, Mapping):
                    for kind, factor in value.items():
                        add("lever", f"levers.{code}.beds.{kind}", "factor on beds of this kind", factor, "times")
                else:
                    add("lever", f"levers.{code}.{field}", _FIELDS[field], value, "share" if field == "theta" else "officers" if "officers" in field else "times")
    for i, site in enumerate(scenario.new_beds):
        add("beds", f"new_beds.{i + 1}", f"beds opening in week {site.week}{f' in {site.area}' if site.area else ''}{f': {site.says}' if site.says else ''}", site.beds, "beds", site.source)
    return out


_FIELDS = {
    "theta": "share of detainers that jails honour", "prisons": "factor on handovers from prisons", "pick_up": "factor on people fetched from jails", "notices": "factor on detainers sent",
    "task_force": "factor on task forces", "task_force_officers": "task-force officers added", "officers_lent": "officers lent", "rooms": "factor on holding rooms",
}  # fmt: skip


@lru_cache
def labels() -> Mapping[str, str]:
    """Short names of the parameters."""
    return tomllib.loads((DATA / "labels.toml").read_text("utf-8"))


def label(name: str) -> str:
    """The short name of a parameter; its own name where it has none."""
    return labels().get(name, name.replace("_", " "))


def markdown(used: tuple[Used, ...]) -> str:
    """The page docs/reference/capacity-assumptions.md: every input of a scenario as tables, and what cannot be known."""
    titles = {"parameter": "Parameters", "lever": "Levers and paces", "beds": "New beds", "table": "Tables", "behaviour": "From the law to behaviour", "price": "Prices"}
    out = [
        "# What `homerule simulate` assumes", "",
        "Every input of the scenario `today`, with its range, source, date and mark of certainty; `homerule simulate --assumptions NAME` lists those of another. "
        "Parameters are triangular from low over central to high. This page is written by `homerule simulate --assumptions today --markdown`.", "",
        "Certainty: " + "; ".join(f"**{k}** {v}" for k, v in CERTAINTY.items()) + ".", "", "## What cannot be known", "", *(f"- {x}" for x in LIMITS),
    ]  # fmt: skip
    for kind, title in titles.items():
        some = [u for u in used if u.kind == kind]
        if some:
            out += ["", f"## {title}", "", "| input | what | low | central | high | unit | source | date | |", "| --- | --- | --: | --: | --: | --- | --- | --- | --- |"]
            out += [f"| `{u.name}` | {_cell(u.says)} | {_figure(u.low)} | {_figure(u.central)} | {_figure(u.high)} | {_cell(u.unit)} | {_cell(u.source)} | {u.date.isoformat() if u.date else ''} | {u.certainty} |" for u in some]
    return "\n".join(out) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("$", "\\$")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"


def rows(used: tuple[Used, ...]) -> list[Mapping[str, Any]]:
    """Plain rows for a CSV file or JSON."""
    return [{**u._asdict(), "date": u.date.isoformat() if u.date else "", "certainty_means": CERTAINTY.get(u.certainty, "")} for u in used]
