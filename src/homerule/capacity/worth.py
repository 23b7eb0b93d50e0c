"""What each local lever is worth: the run repeated with the lever alone moved to either end, the same draws each time, and the difference in removals."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.capacity.levers import Levers, from_scenario, share_of_arrests
from homerule.capacity.outcome import Band, bands
from homerule.capacity.parameters import DATA, need
from homerule.capacity.scenario import Change, Scenario
from homerule.capacity.tables import read_tables

#: Draws that a difference is taken over: the same numbers are drawn each time, so few are enough.
DRAWS = 32


class LocalLever(NamedTuple):
    """A lever with its two ends, in words and as a change of every state's practice. Source, date and certainty are of the ends."""

    id: str
    label: str
    less: Change
    more: Change
    less_says: str
    more_says: str
    source: str
    date: Any
    certainty: str


class Worth(NamedTuple):
    """Removals a year gained (or lost) with the lever at its end of ``less`` and of ``more`` help, against the run as it is, with bands over the draws."""

    lever: LocalLever
    base: float
    less: Band
    more: Band


@lru_cache
def local_levers() -> tuple[LocalLever, ...]:
    """The levers that Homerule ships, in the order of the file."""
    rows = tomllib.loads((DATA / "local_levers.toml").read_text("utf-8"))["lever"]
    return tuple(LocalLever(**{**r, "less": Change(**r["less"]), "more": Change(**r["more"])}) for r in rows)


def pulled(levers: Levers, change: Change) -> Levers:
    """``levers`` with one lever at an end in every region, whatever the scenario sets: a factor counts from today's practice, not from the scenario's."""
    np = need("numpy")
    kinds, plain = list(read_tables().kinds), Change()
    out = levers
    if change.theta is not None:
        out = replace(out, theta=np.full(out.theta.shape, change.theta))
    for name in ("prisons", "pick_up", "notices", "task_force", "rooms"):
        if getattr(change, name) != getattr(plain, name):
            out = replace(out, **{name: np.full(getattr(out, name).shape, getattr(change, name))})
    spread = share_of_arrests()
    out = replace(out, officers=out.officers + change.officers_lent * spread, task_force_officers=out.task_force_officers + change.task_force_officers * spread)
    beds = out.beds.copy()
    for kind, factor in change.beds.items():
        for i, name in enumerate(kinds):
            if kind in (name, "all", read_tables().kinds[name]["holder"]):
                beds[i] = factor
    return replace(out, beds=beds)


def worth(scenario: Scenario, draws: int = DRAWS, seed: int = 0, years: int = 1, progress: Callable[[float], None] | None = None) -> tuple[Worth, ...]:
    """Every lever's worth in a scenario, the widest first. ``progress`` is told the share done. Raises InputError."""
    from homerule.capacity.simulate import simulate

    base_levers = from_scenario(scenario)

    def removed(levers: Levers) -> Any:
        return simulate(scenario, draws=draws, seed=seed, years=years, levers=levers).total("removed") / years

    start = removed(base_levers)
    out, levers = [], local_levers()
    nothing = Change()
    for i, lever in enumerate(levers):
        ends = [bands((removed(pulled(base_levers, change)) - start)[None])[0] if change != nothing else Band(0.0, 0.0, 0.0, 0.0) for change in (lever.less, lever.more)]
        out.append(Worth(lever, float(start.mean()), ends[0], ends[1]))
        if progress:
            progress((i + 1) / len(levers))
    return tuple(sorted(out, key=lambda w: -(abs(w.less.p50) + abs(w.more.p50))))


def as_rows(worths: tuple[Worth, ...]) -> list[Mapping[str, Any]]:
    """Plain rows for tables and files."""
    return [
        {"lever": w.lever.id, "label": w.lever.label, "end": end, "says": getattr(w.lever, f"{end}_says"), **{f"removals_{k}": getattr(getattr(w, end), k) for k in ("p5", "p50", "p95")}}
        for w in worths for end in ("less", "more")
    ]  # fmt: skip
