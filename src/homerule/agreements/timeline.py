"""From the lists that show an agreement to its periods and events.

Rules: a new listing while another model stands is an addition; the same model with a later signature after the old one was gone is a
renewal; another model on another day, the old one gone, is a switch; a later signature while the old one stands supersedes it. A date
that merely changes on the list, without a later signature, was put right. Absence from a list is an observation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from homerule.agreements.model import Event, Period

__all__ = ["Line", "Point", "day", "draw"]


class Point(NamedTuple):
    """A list: its day, its name, and whether it is whole, so that absence from it may be noted."""

    on: date
    name: str
    whole: bool


class Line(NamedTuple):
    """What the lists tell of one agreement."""

    periods: tuple[Period, ...]
    events: tuple[Event, ...]
    signed: date | None
    listed_first: date | None
    listed_last: date | None
    absent_from: date | None
    doubts: tuple[str, ...]


def day(on: date) -> str:
    """A day as sentences say it: `3 March 2026`."""
    return f"{on.day} {on:%B %Y}"


def draw(points: Sequence[Point], shown: Mapping[int, date | None], links: Mapping[int, str]) -> Line:
    """The line of an agreement.

    `points` are the lists in force in order of time; `shown` gives, for each position that shows it, the signing date there (None where
    not legible); `links` the document linked there.
    """
    if not shown:
        return Line((), (), None, None, None, None, ())
    periods: list[Period] = []
    events: list[Event] = []
    doubts: list[str] = []
    first = min(shown)
    gap: int | None = None  # the first list that lacked it since it was last seen
    last = first
    signing: int | None = None  # where the event of the current signature stands
    began = first  # the list that first showed the current signature
    for i in range(first, len(points)):
        point = points[i]
        if i not in shown:
            if gap is None and point.whole:
                gap = i
                events.append(Event(points[last].on, "last listed", f"last listed on {day(points[last].on)}", points[last].name, True))
                events.append(Event(point.on, "not listed", f"not listed on {day(point.on)}", point.name, True))
                periods[-1] = periods[-1]._replace(absent_from=point.on)
            continue
        signed = shown[i]
        if not periods:
            periods.append(Period(signed or point.on, None, signed, point.on, None, point.name))
            signing = len(events) if signed else None
            events += _signing(signed, point)
            events.append(Event(point.on, "listed", f"first listed on {day(point.on)}" + (", the first list held here" if i == 0 else ""), point.name, True))
        else:
            old = periods[-1]
            what = _change(old.signed, signed, points[began].on, gap is not None, bool(links.get(i)) and links.get(i) == links.get(last))
            if what in ("renewal", "re-signed"):
                if what == "re-signed" and old.absent_from is None:
                    periods[-1] = old._replace(absent_from=point.on)
                periods.append(Period(signed or point.on, None, signed, point.on, None, point.name))
                signing = len(events) if signed else None
                events += _signing(signed, point)
                text = f"signed again on {day(signed)} after it was gone from the lists" if what == "renewal" and signed else f"signed again on {day(signed)}, which supersedes the signature of {day(old.signed)}" if signed and old.signed else "signed again"
                events.append(Event(point.on, what, text, point.name, True))
                began = i
            else:
                if what == "corrected" and signed and old.signed:
                    if signing is not None:
                        events[signing] = _signing(signed, point)[0]
                    events.append(Event(point.on, "corrected", f"the list now gives {day(signed)} as the signing date, before {day(old.signed)}", point.name, True))
                    doubts.append(f"lists gave both {old.signed} and {signed} as the signing date")
                if gap is not None:
                    events.append(Event(point.on, "listed again", f"listed again on {day(point.on)}", point.name, True))
                periods[-1] = old._replace(signed=signed or old.signed, start=signed or old.start, last_seen=point.on, absent_from=None)
        periods[-1] = periods[-1]._replace(last_seen=point.on)
        gap, last = None, i
    signings = [p.signed for p in periods if p.signed]
    return Line(tuple(periods), tuple(events), signings[-1] if signings else None, points[first].on, points[last].on, periods[-1].absent_from, tuple(dict.fromkeys(doubts)))


def _signing(signed: date | None, point: Point) -> list[Event]:
    return [Event(signed, "signed", f"signed on {day(signed)}", point.name)] if signed else []


def _change(old: date | None, new: date | None, listed: date, after_gap: bool, same_link: bool) -> str:
    """What a signing date that differs from the one before means; `listed` is the first list that showed the old one."""
    if new is None or old is None or new == old:
        return ""
    if new < old or same_link:
        return "corrected"
    if new <= listed and new - old < timedelta(days=365):
        return "corrected"  # both were signed before the first was listed: one of the two was a slip
    return "renewal" if after_gap else "re-signed"
