"""Counts of agreements: by state, by model, and over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from homerule.agreements.changes import listed_on, spans
from homerule.agreements.kinds import kinds
from homerule.agreements.listing import PARTICIPATING
from homerule.agreements.model import Agreement
from homerule.agreements.resolving import ListFacts

__all__ = ["StateRow", "Stats", "by_date", "by_model", "by_state", "newest_day"]


class StateRow(NamedTuple):
    """A state's agreements in force as listed: in all, by model, and of how many bodies."""

    state: str
    agreements: int
    bodies: int
    models: dict[str, int]


class Stats(NamedTuple):
    """Counts on one day; `lists` are the days of the lists they rest on."""

    on: date | None
    rows: tuple[StateRow, ...]
    lists: tuple[date, ...]


def newest_day(lists: Sequence[ListFacts]) -> date | None:
    """The day of the newest list in force."""
    return max((s.dated.on for s in lists if s.dated and s.type == PARTICIPATING), default=None)


def by_state(agreements: Sequence[Agreement], lists: Sequence[ListFacts], on: date | None = None) -> Stats:
    """Counts by state as the newest list on or before `on` (default: the newest) shows them, most first."""
    days = sorted({s.dated.on for s in lists if s.dated and s.type == PARTICIPATING})
    at = max((d for d in days if on is None or d <= on), default=None)
    if at is None:
        return Stats(None, (), ())
    held = [a for a in agreements if listed_on(a, at)]
    models: dict[str, Counter[str]] = {}
    bodies: dict[str, set[str]] = {}
    for a in held:
        models.setdefault(a.state, Counter())[a.model] += 1
        bodies.setdefault(a.state, set()).add(a.id.rpartition("/")[0])
    rows = [StateRow(s, sum(c.values()), len(bodies[s]), {m: c[m] for m in (*kinds().models, "") if c[m]}) for s, c in models.items()]
    return Stats(at, tuple(sorted(rows, key=lambda r: (-r.agreements, r.state))), tuple(days))


def by_model(agreements: Sequence[Agreement], lists: Sequence[ListFacts], on: date | None = None) -> dict[str, int]:
    """Counts by model on a day, as the newest list on or before it shows them."""
    total: Counter[str] = Counter()
    for row in by_state(agreements, lists, on).rows:
        total.update(row.models)
    return {m: total[m] for m in (*kinds().models, "") if total[m]}


def by_date(agreements: Sequence[Agreement], lists: Sequence[ListFacts]) -> list[tuple[date, dict[str, int]]]:
    """For the day of each list the counts by model."""
    days = sorted({s.dated.on for s in lists if s.dated and s.type == PARTICIPATING})
    steps: dict[str, list[int]] = {}
    for a in agreements:
        row = steps.setdefault(a.model, [0] * (len(days) + 1))
        for first, last in spans(a):
            row[bisect_left(days, first)] += 1
            row[bisect_right(days, last)] -= 1
    out: list[tuple[date, dict[str, int]]] = []
    running: Counter[str] = Counter()
    for i, on in enumerate(days):
        for model, row in steps.items():
            running[model] += row[i]
        out.append((on, {m: running[m] for m in (*kinds().models, "") if m in steps and (m or running[m])}))
    return out
