"""Deadlines as clock times. Weekends and holidays come from the ``holidays`` package, imported only when a time is asked for."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from homerule.corpus.model import Deadline
from homerule.errors import InputError, shorten
from homerule.reasoning.finding import Due

_EVENTS = {
    "release": "the time of release", "request": "the request", "receipt": "receipt", "arrest": "the arrest", "booking": "booking", "decision": "the decision", "query": "the query", "year": "the start of the year",
}  # fmt: skip


def parse_moment(text: str, day: dt.date) -> dt.datetime:
    """``HH:MM`` on ``day``, or a full local date and time. Raises InputError."""
    word = text.strip()
    try:
        if len(word) <= 5:
            return dt.datetime.combine(day, dt.time.fromisoformat(word.zfill(5)))
        return dt.datetime.fromisoformat(word).replace(tzinfo=None)
    except ValueError:
        raise InputError(f"`{shorten(text)}` is no time of release", where="--at", help="Give it as 14:30 or 2026-11-06T14:30") from None


@lru_cache(maxsize=256)
def holiday_names(state: str, year: int) -> dict[dt.date, str]:
    """Federal holidays, and those of the state where the calendar knows it, observed days included."""
    import holidays

    code = state.upper()
    days: dict[dt.date, str] = dict(holidays.country_holidays("US", years=year))
    if code in holidays.country_holidays("US").subdivisions:
        days |= dict(holidays.country_holidays("US", subdiv=code, years=year))
    return days


def add_business_hours(start: dt.datetime, hours: int, state: str) -> tuple[dt.datetime, tuple[str, ...]]:
    """``hours`` after ``start``, leaving out Saturdays, Sundays and holidays, and the days left out."""
    left = dt.timedelta(hours=hours)
    at = start
    skipped: list[str] = []
    while True:
        name = _off(at.date(), state)
        midnight = dt.datetime.combine(at.date() + dt.timedelta(days=1), dt.time())
        if name:
            skipped.append(f"{at.date().isoformat()} ({name})")
            at = midnight
        elif midnight - at > left or (midnight - at == left and not left):
            return at + left, tuple(skipped)
        else:
            left -= midnight - at
            if not left:
                return midnight, tuple(skipped)
            at = midnight


def _off(day: dt.date, state: str) -> str:
    if day.weekday() >= 5:
        return day.strftime("%A")
    return holiday_names(state, day.year).get(day, "")


def in_words(deadline: Deadline) -> str:
    """A deadline in plain words."""
    if deadline.words:
        return deadline.words
    if deadline.by:
        return f"by {deadline.by.isoformat()}"
    event = _EVENTS[deadline.since]
    amount, unit = (deadline.hours, "hour") if deadline.hours is not None else (deadline.days or 0, "day")
    number = f"{abs(amount)} {unit}{'' if abs(amount) == 1 else 's'}"
    skip = ", not counting Saturdays, Sundays and holidays" if deadline.counts == "business" else ""
    if amount < 0:
        return f"at least {number} before {event}{skip}"
    return f"{'no longer than' if deadline.cap else 'within'} {number} after {event}{skip}"


def due(deadline: Deadline, *, level: str, state: str, release: dt.datetime | None, asked: dt.date) -> Due:
    """When the deadline falls. Hours from release need ``release``; days from the request are counted from the day asked about.

    A federal clock skips federal holidays, a state's clock its own too.
    """
    words = in_words(deadline)
    if deadline.by:
        return Due(words, deadline.by.isoformat(), deadline.cap)
    if deadline.since == "release" and release is not None:
        calendar = "" if level.startswith(("federal", "constitution")) else state
        if deadline.hours is None:
            return Due(words, (release.date() + dt.timedelta(days=deadline.days or 0)).isoformat(), deadline.cap)
        if deadline.counts == "business" and deadline.hours > 0:
            at, skipped = add_business_hours(release, deadline.hours, calendar)
            return Due(words, at.isoformat(timespec="minutes"), deadline.cap, skipped=skipped)
        return Due(words, (release + dt.timedelta(hours=deadline.hours)).isoformat(timespec="minutes"), deadline.cap)
    if deadline.since == "request" and deadline.days is not None and deadline.counts == "clock":
        return Due(f"{words} (counted from the day asked about)", (asked + dt.timedelta(days=deadline.days)).isoformat(), deadline.cap)
    return Due(words, "", deadline.cap)
