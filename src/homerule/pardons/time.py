"""Time needed against time left: deadlines that run from a final order, the day of removal, the days until the grant."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from homerule.pardons.case import Case
from homerule.pardons.load import Law


class Time(NamedTuple):
    """One deadline. ``left``: days from the day asked about (negative: past). ``in_time``: whether the days needed fit; None where not known."""

    id: str
    words: str
    due: dt.date
    left: int
    needed: int | None
    in_time: bool | None
    certainty: str
    authorities: tuple[str, ...]


def time_left(case: Case, law: Law) -> tuple[Time, ...]:
    """Every deadline that the days of a case set going."""
    needed = case.days_needed
    granted = [i.day for i in case.instruments if i.day and i.day <= case.on]
    if needed is None and case.instruments and len(granted) == len(case.instruments):
        needed = 0
    out = []
    for clock in law.clocks:
        if start := case.days.get(clock.start):
            due = start + dt.timedelta(days=clock.days)
            out.append(_time(clock.id, f"{clock.says} by {due.isoformat()} ({clock.days} days from {start.isoformat()})", due, case.on, needed, clock.certainty, clock.authority))
    if removal := case.days.get("removal_day"):
        out.append(_time("removal", f"removal is set for {removal.isoformat()}", removal, case.on, needed, "confirmed", ()))
    return tuple(out)


def _time(name: str, words: str, due: dt.date, on: dt.date, needed: int | None, certainty: str, authority: tuple[str, ...]) -> Time:
    left = (due - on).days
    state = f"{left} days are left" if left > 1 else "one day is left" if left == 1 else "that is today" if left == 0 else f"that was {-left} days ago"
    fits = None if needed is None else left >= needed
    tail = "" if needed is None or not needed else f"; the grant needs {needed} days, {'which fits' if fits else 'which is too late'}"
    return Time(name, f"{words}: {state}{tail}", due, left, needed, fits, certainty, authority)
