"""What changed between two days, as the lists show it: joined, left, switched, renewed.

Every date is that of a list. Who left was "last listed" on one day and "not listed" on another; what happened in between, and why, no list says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from homerule.agreements.listing import PARTICIPATING
from homerule.agreements.model import Agreement, Event
from homerule.agreements.resolving import ListFacts
from homerule.agreements.timeline import day

__all__ = ["Diff", "Move", "diff", "listed_on", "spans"]


class Move(NamedTuple):
    """One agreement's change. `on` is the list that first shows it; `text` says it in a sentence with its dates."""

    id: str
    agency: str
    place: str | None
    state: str
    model: str
    on: date
    text: str
    last_listed: date | None = None
    absent_from: date | None = None
    signed: date | None = None


class Diff(NamedTuple):
    """Changes from one list to another. `start` and `end` are the days of the lists compared, `lists` how many stand in that span.

    One agreement may stand in `joined` and in `left`. `back` holds those that were gone from a list and came back.
    """

    start: date | None
    end: date | None
    lists: int
    joined: tuple[Move, ...]
    left: tuple[Move, ...]
    switched: tuple[Move, ...]
    renewed: tuple[Move, ...]
    back: tuple[Move, ...]
    note: str = ""


def diff(agreements: Iterable[Agreement], lists: Sequence[ListFacts], start: date, end: date) -> Diff:
    """What changed from the newest list on or before `start` to the newest on or before `end`.

    Where no list is as old as `start`, the oldest one is taken, and the note says so.
    """
    days = sorted({s.dated.on for s in lists if s.dated and s.type == PARTICIPATING})
    if not days:
        return Diff(None, None, 0, (), (), (), (), (), "no list is held")
    base = max((d for d in days if d <= start), default=days[0])
    last = max((d for d in days if d <= end), default=days[0])
    note = ""
    if base > start:
        note = f"No list as old as {day(start)} is held: compared from {day(base)}."
    elif last == base:
        note = f"No list stands between the two days: the newest before both is of {day(base)}."
    joined, left, switched, renewed, back = [], [], [], [], []
    for a in agreements:
        for e in a.events:
            if not base < e.on <= last:
                continue
            if e.what == "switch":
                switched.append(_move(a, e.on, e.text))
            elif e.what == "listed":
                extra = next((x.text for x in a.events if x.what == "addition" and x.on == e.on), "")
                if not any(x.what == "switch" and x.on == e.on for x in a.events):
                    joined.append(_move(a, e.on, f"first listed on {day(e.on)}" + (f", signed {day(a.periods[0].signed)}" if a.periods and a.periods[0].signed else "") + (f"; {extra}" if extra else "")))
            elif e.what in ("renewal", "re-signed"):
                renewed.append(_move(a, e.on, e.text))
            elif e.what == "not listed" and a.listed_first is not None and a.listed_first < e.on:
                before = max((x.on for x in a.events if x.what == "last listed" and x.on <= e.on), default=None)
                again = next((x for x in a.events if x.what == "listed again" and x.on >= e.on and x.on <= last), None) or _resumed(a, e.on, last)
                move = _move(a, e.on, f"last listed on {day(before) if before else 'an unknown day'}, first absent on {day(e.on)}")._replace(last_listed=before, absent_from=e.on)
                if again:
                    back.append(move._replace(text=f"{move.text}, listed again on {day(again.on)}"))
                else:
                    left.append(move)
    gone = {(m.state, m.agency, m.text.rpartition("last listed on ")[2]) for m in switched}
    kept = [m for m in left if (m.state, m.agency, day(m.last_listed) if m.last_listed else "") not in gone]
    count = sum(base < d <= last for d in days)
    return Diff(base, last, count, _sorted(joined), _sorted(kept), _sorted(switched), _sorted(renewed), _sorted(back), note)


def _sorted(moves: list[Move]) -> tuple[Move, ...]:
    return tuple(sorted(moves, key=lambda m: (m.state, m.on, m.id)))


def _resumed(a: Agreement, since: date, last: date) -> Event | None:
    return next((e for e in a.events if e.what == "renewal" and since <= e.on <= last), None)


def _move(a: Agreement, on: date, text: str) -> Move:
    return Move(a.id, a.agency, a.place, a.state, a.model, on, text, signed=a.signed)


def spans(a: Agreement) -> list[tuple[date, date]]:
    """The spans of days in which lists show an agreement: from the first list to the last of each unbroken run."""
    if a.listed_first is None or a.listed_last is None:
        return []
    cuts = sorted((e.on, e.what) for e in a.events if e.what in ("last listed", "listed again", "renewal", "not listed"))
    out: list[tuple[date, date]] = []
    begin: date | None = a.listed_first
    for on, what in cuts:
        if what == "last listed" and begin is not None and on >= begin:
            out.append((begin, on))
            begin = None
        elif what in ("listed again", "renewal") and begin is None:
            begin = on
    if begin is not None:
        out.append((begin, a.listed_last))
    return out


def listed_on(a: Agreement, on: date) -> bool:
    """Whether the lists around a day show the agreement."""
    return any(first <= on <= last for first, last in spans(a))
