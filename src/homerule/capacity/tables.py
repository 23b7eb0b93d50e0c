"""The tables that the model stands on: regions, ICE areas, and beds by area, state and kind of contract."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from homerule.capacity.parameters import DATA
from homerule.errors import InputError, nearest

#: Who holds the bed: a local government has agreed to it, a state runs it, or neither.
HOLDERS = ("local", "state", "federal")


class Region(NamedTuple):
    """A state, the District, or the rest. Counts are figures with a source in regions.toml; ``areas`` sums to 1."""

    code: str
    arrests: int
    noncitizens: int
    detainers: int
    held: float | None
    task_force: int
    border: float
    areas: Mapping[str, float]


class Beds(NamedTuple):
    """People held on an average day in one area, state and kind of contract."""

    area: str
    state: str
    kind: str
    people: float


class Tables(NamedTuple):
    """Everything read from regions.toml and facilities.toml. ``kinds``: what each kind of contract is; ``sources``: of each column."""

    regions: tuple[Region, ...]
    areas: tuple[str, ...]
    beds: tuple[Beds, ...]
    kinds: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, Mapping[str, Any]]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(r.code for r in self.regions)

    def region(self, code: str, where: str = "") -> int:
        """The index of a region. Raises InputError."""
        if code not in self.codes:
            raise InputError(f"no region is called `{code}`", where=where, help=nearest(code, [*self.codes, "all"]))
        return self.codes.index(code)


@lru_cache
def read_tables() -> Tables:
    """The tables that Homerule ships."""
    regions = tomllib.loads((DATA / "regions.toml").read_text("utf-8"))
    facilities = tomllib.loads((DATA / "facilities.toml").read_text("utf-8"))
    rows = tuple(Region(code, r["arrests"], r["noncitizens"], r["detainers"], r.get("held"), r["task_force"], r.get("border", 0.0), r["areas"]) for code, r in regions["region"].items())
    beds = tuple(Beds(*row) for row in facilities["rows"])
    areas = tuple(sorted({a for r in rows for a in r.areas} | {b.area for b in beds}))
    held = {"what": "people held on an average day", "source": facilities["source"], "date": facilities["date"], "certainty": facilities["certainty"]}
    return Tables(rows, areas, beds, facilities["kinds"], {**regions["sources"], "beds": held})


@lru_cache
def county_people() -> Mapping[str, int]:
    """People of the counties that weigh in a state's answer, by FIPS code (2020 Census)."""
    lines = (DATA / "counties.csv").read_text("utf-8").splitlines()
    return {fips: int(people) for fips, people in (line.split(",") for line in lines if line and not line.startswith("#"))}
