"""What happened, from ICE's own workbooks, and the ratios that are read off it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.capacity.parameters import DATA
from homerule.errors import InputError


class Year(NamedTuple):
    """A fiscal year, or its part of ``days``. ``held``: average daily population. ``exits``: final book-outs, ``exits_removed`` of them to removal, where known."""

    year: int
    ice_book_ins: int
    cbp_book_ins: int
    held: int
    mean_stay: float
    removals: int
    days: int
    exits: int | None = None
    exits_removed: int | None = None
    note: str = ""

    @property
    def removals_a_bed(self) -> float:
        """Removals a year for each person held on an average day."""
        return self.removals / self.held * 365 / self.days

    @property
    def through_a_bed(self) -> float | None:
        """Removals out of detention a year for each person held on an average day."""
        return None if self.exits_removed is None else self.exits_removed / self.held * 365 / self.days

    @property
    def implied_stay(self) -> float:
        """People held over people booked in a day: what the mean stay would be were the stock steady."""
        return self.held * self.days / (self.ice_book_ins + self.cbp_book_ins)

    @property
    def removal_share(self) -> float | None:
        """Share of final exits that are removals."""
        return None if self.exits is None or self.exits_removed is None else self.exits_removed / self.exits

    @property
    def through_detention(self) -> float | None:
        """Removals out of detention, of all removals."""
        return None if self.exits_removed is None else self.exits_removed / self.removals


@lru_cache
def read_actuals() -> Mapping[str, Any]:
    """All of actuals.toml."""
    return tomllib.loads((DATA / "actuals.toml").read_text("utf-8"))


def years() -> Mapping[int, Year]:
    """The fiscal years on record."""
    return {int(y): Year(year=int(y), **v) for y, v in read_actuals()["year"].items()}


def beds_for(removals: float, a_bed: float) -> float:
    """People held on an average day for ``removals`` a year at ``a_bed`` removals a bed and year. Raises InputError for a ratio of nothing."""
    if a_bed <= 0:
        raise InputError("removals a bed must be above nothing", where="a_bed")
    return removals / a_bed


def through(beds: float, stay: float) -> float:
    """People a year through ``beds`` that are always full at ``stay`` days each (Little's law). Raises InputError for a stay of nothing."""
    if stay <= 0:
        raise InputError("a stay must be above nothing", where="stay")
    return beds * 365 / stay
