"""The day of a list. File names lie: a year not turned over, a digit too many, a month too early.

Each reading of the name is held against what cannot lie so easily: when the workbook was last saved, its newest signing date, the
columns that it has, and the lists that stand near it in time. A pure function of the whole set of lists: the order in which they came
does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from homerule.agreements.kinds import kinds
from homerule.agreements.listing import Listing, read_signed

__all__ = ["Dated", "date_lists", "named_day", "newest_signed"]

_DAY = timedelta(days=1)


class Dated(NamedTuple):
    """The day of a list, `clock` to order lists of one day (text, compared as such), how it was found, and a doubt (else empty)."""

    on: date
    clock: str
    how: str
    doubt: str = ""


def named_day(name: str) -> date | None:
    """The day that a file's name reads as, right or wrong; None where it holds none."""
    found = _from_name(name)[0]
    return found[0] if found else None


def newest_signed(listing: Listing) -> date | None:
    """The newest signing date of a list, of a large list the third newest: one slip of the pen must not move the list."""
    days = sorted((d for r in listing.rows if r.signed and (d := read_signed(r.signed)[0])), reverse=True)
    return None if not days else days[2] if len(days) >= 100 else days[0]


def date_lists(lists: Iterable[Listing]) -> dict[tuple[str, str], Dated | None]:
    """The day of each list by (its key, sheet); None where nothing tells it."""
    held = sorted(lists, key=lambda s: (s.key, s.sheet))
    out: dict[tuple[str, str], Dated | None] = {}
    open_: list[tuple[Listing, list[date], str]] = []
    for listing in held:
        dated, others, clock = _alone(listing)
        out[listing.key, listing.sheet] = dated
        if others:
            open_.append((listing, others, clock))
    if open_:
        sure = [(d.on, s) for s in held if (d := out[s.key, s.sheet]) and not any(s is o for o, _, _ in open_)]
        for listing, others, clock in open_:
            out[listing.key, listing.sheet] = _by_neighbours(listing, others, clock, sure, out[listing.key, listing.sheet])
    return out


def _alone(listing: Listing) -> tuple[Dated | None, list[date], str]:
    """The day by the list itself, and further readings of the name that only neighbours can choose among."""
    clock = _clock(listing.name)
    if listing.said_date:
        return Dated(listing.said_date, clock, "as stated"), [], clock
    read, style = _from_name(listing.name)
    newest = newest_signed(listing)
    saved = listing.modified
    # Only names as the publisher writes them may be a year behind; who writes 2021-01-13 and added columns knows the day.
    oldest = date.min if style != "published" or ".xls" not in listing.name.lower() else max((kinds().eras[c] for c in listing.columns if c in kinds().eras), default=date.min)
    if style == "capture" and read:
        doubt = f"a row is signed {newest}, after it was captured" if newest and newest > read[0] + _DAY else ""
        return Dated(read[0], clock, "the time of capture in the file's name", doubt), [], clock
    if not read:
        if saved:
            return Dated(saved, clock, "the day on which the workbook was last saved; its name holds no date", "the name holds no date"), [], clock
        if newest:
            return Dated(newest, clock, "its newest signing date; its name holds no date", "the list may be newer than that"), [], clock
        return None, [], clock

    def fits(day: date) -> bool:
        return (newest is None or day >= newest - _DAY) and day >= oldest

    def near(day: date) -> bool:
        return saved is not None and -4 * _DAY <= day - saved <= 4 * _DAY

    first = read[0]
    plain = len(read) == 1
    if plain and near(first) and fits(first):
        return Dated(first, clock, "the date in the file's name, which agrees with the day on which the workbook was last saved"), [], clock
    others = [d for d in (*read[1:], *_slips(first)) if d != first]
    backed = [d for d in ([first] if not plain else []) + others if near(d) and fits(d)]
    if backed:
        best = min(backed, key=lambda d: abs(d - saved) if saved else _DAY)
        return Dated(best, clock, f"corrected: the workbook was last saved on {saved}", f"the file's name reads {_said(listing.name)}"), [], clock
    if fits(first):
        why = f", not before its newest signing date {newest}" if newest else ""
        later = [d for d in others if newest is None and fits(d) and (saved is None or d <= saved + 4 * _DAY)]
        doubt = "" if plain else f"the file's name reads {_said(listing.name)}"
        return Dated(first, clock, f"the date in the file's name{why}", doubt), later, clock
    good = [d for d in others if fits(d)]
    if good and newest and good and (best := min(good)) - newest <= timedelta(days=120):
        return Dated(best, clock, f"corrected: a row is signed {newest}", f"the file's name reads {_said(listing.name)}"), [], clock
    if newest and newest > first:
        return Dated(newest, clock, "its newest signing date", f"the file's name reads {_said(listing.name)}, before rows were signed; the list may be newer than {newest}"), [], clock
    best = good[0] if good else first  # the year not turned over is the commonest slip
    return Dated(best, clock, "corrected: a list with these columns cannot be older" if good else "the date in the file's name", f"the file's name reads {_said(listing.name)}"), [d for d in good if d != best], clock


def _by_neighbours(listing: Listing, others: list[date], clock: str, sure: list[tuple[date, Listing]], dated: Dated | None) -> Dated | None:
    """Choose among readings by the rows that the list shares with lists near each in time."""
    if dated is None:
        return None
    mine = _what(listing)

    def likeness(day: date) -> float:
        close = sorted((abs(on - day), s.key, s) for on, s in sure if s.type == listing.type and abs(on - day) <= timedelta(days=120))[:2]
        return max((len(mine & (w := _what(s))) / max(1, len(mine | w)) for _, _, s in close), default=0.0)

    here = likeness(dated.on)
    best = max(others, key=lambda d: (likeness(d), -abs(d - dated.on)))
    if likeness(best) > here + 0.2:
        return Dated(best, clock, "corrected: its rows are those of the lists of that time", f"the file's name reads {_said(listing.name)}")
    return dated


def _what(listing: Listing) -> frozenset[tuple[str, str]]:
    return frozenset((r.agency.casefold(), r.support.casefold()) for r in listing.rows)


def _said(name: str) -> str:
    return "".join(re.findall(r"\d{5,}|\d{4}-\d\d-\d\d", name)[:1]) or name


def _from_name(name: str) -> tuple[list[date], str]:
    """The days that a file name may mean, likeliest first, and its style: `capture`, `iso` or `published`."""
    stem = name.rsplit(".", 1)[0]
    if m := re.search(r"(20\d\d)[-_.](\d\d)[-_.](\d\d)", stem):
        return _days([m.groups()]), "iso"
    for digits in re.findall(r"\d+", stem):
        if len(digits) == 14:
            return _days([(digits[:4], digits[4:6], digits[6:8])]), "capture"
        if len(digits) == 8:
            found = _days([(digits[4:], digits[:2], digits[2:4]), (digits[:4], digits[4:6], digits[6:])])
            if found:
                return found[:1], "published"
        if len(digits) == 6:
            found = _days([("20" + digits[4:], digits[:2], digits[2:4])])
            if found:
                return found, "published"
        if len(digits) in (7, 9):  # a digit lost or too many
            tries = {digits[:i] + digits[i + 1 :] for i in range(9)} if len(digits) == 9 else {digits[:i] + "0" + digits[i:] for i in range(8)}
            found = sorted(set(_days([(d[4:], d[:2], d[2:4]) for d in sorted(tries)])))
            if found:
                return [*found, found[0]] if len(found) == 1 else found, "published"
    return [], ""


def _days(parts: Iterable[tuple[str | None, ...]]) -> list[date]:
    out = []
    for year, month, day in parts:
        try:
            found = date(int(year or 0), int(month or 0), int(day or 0))
        except ValueError:
            continue
        if 2005 <= found.year <= 2100:
            out.append(found)
    return out


def _slips(day: date) -> list[date]:
    """What may have been meant instead of a day: the next year, the next month, the last of either, day and month changed about."""
    tries: list[Mapping[str, int]] = [{"year": day.year + 1}, {"month": day.month % 12 + 1, "year": day.year + day.month // 12}, {"year": day.year - 1}]
    if day.month > 1:
        tries.append({"month": day.month - 1})
    if day.day <= 12 and day.day != day.month:
        tries.append({"month": day.day, "day": day.month})
    out = []
    for change in tries:
        try:
            out.append(day.replace(**change))
        except ValueError:
            continue
    return out


def _clock(name: str) -> str:
    """What orders lists of one day: the time of a capture, or am, mid, pm, and a mark after it."""
    stem = name.lower().rsplit(".", 1)[0]
    if m := re.search(r"\d{8}(\d{6})(?!\d)", stem):
        return m.group(1)
    m = re.search(r"\d(am|mid|pm)[\s_]*([a-z0-9]*)", stem)
    return {"am": "09", "mid": "13", "pm": "17"}[m.group(1)] + m.group(2) if m else "12"
