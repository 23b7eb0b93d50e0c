"""One state's counties and cities, each read only when a question needs it."""

from __future__ import annotations

from homerule.places.names import fold, fold_lines, slug
from homerule.places.place import Place
from homerule.places.tables import LARGE, CountyRow, StateRow, Tables

__all__ = ["BY_NAME", "ONE_BODY", "Shelf"]

#: Where the table knows no size: a county by its full name, and a city that is also a county.
BY_NAME, ONE_BODY = 45, 50

Sized = tuple[int, Place]
Record = dict[str, object]


class Shelf:
    """The places of one state, by folded name. `records` are what the corpus says of places of this state."""

    __slots__ = (
        "_aliases", "_bases", "_cities", "_counties", "_heirs", "_ids", "_keys", "_lines", "_names", "_new", "_owned",
        "_records", "place", "row", "tables",
    )  # fmt: skip

    def __init__(self, row: StateRow, tables: Tables, records: list[Record]) -> None:
        self.row, self.tables = row, tables
        self.place = Place(row.code, row.name, "state", row.code, row.fips, (), row.circuit)
        self._records = records
        # A county of the corpus may go by an id of its own; its FIPS code says which county it is.
        self._ids = {str(r["fips"]): str(r["id"]) for r in records if len(str(r.get("fips") or "")) == 5}
        self._counties: dict[str, Place] | None = None
        self._heirs: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, list[Place]] = {}
        self._bases: dict[str, list[Place]] = {}
        self._keys: list[str] | None = None
        self._lines: list[str] = []
        self._cities: dict[str, list[int]] = {}
        self._owned: dict[int, Record] = {}
        self._new: dict[str, Place] = {}
        self._aliases: dict[str, list[str]] = {}
        for alias, target in tables.special.local.get(row.code, {}).items():
            self._aliases.setdefault(alias, []).append(target)
        for record in records:
            if "/" in str(record["id"]):
                self._take_names(record)

    # ------------------------------------------------------------------ counties

    @property
    def counties(self) -> dict[str, Place]:
        """Every county of today by FIPS code, in the order of the codes."""
        if self._counties is None:
            rows = self.tables.counties(self.row)
            self._counties = {row.fips: self._county(row) for row in rows if not row.until}
            for row in rows:
                if row.until:
                    self._heirs[row.fips] = tuple(row.heirs)
                    places = [self._counties[fips] for fips in row.heirs]
                else:
                    places = [self._counties[row.fips]]
                    self._bases.setdefault(fold(row.base), []).extend(places)
                    if row.same_as and places[0] is not self.place:
                        self._names.setdefault(fold(row.same_as), []).extend(places)
                if not (row.until and row.name.endswith(" city")):
                    known = self._names.setdefault(fold(row.name), [])
                    known.extend(p for p in places if p not in known)
        return self._counties

    def _county(self, row: CountyRow) -> Place:
        state = self.row
        if row.same_as == state.code:
            return self.place
        name = row.same_as or row.name
        own = self._ids.get(row.fips) or f"{state.code}/{slug(name)}"
        kind = "city-county" if row.same_as else "county"
        inside = self.tables.special.inside.get(row.fips, "")
        return Place(own, f"{name}, {state.name}", kind, state.code, row.fips, (own,), state.circuit, True, inside)

    def county(self, fips: str) -> list[Place]:
        """The county with this code; for a county that is no more, those that hold its land; else nothing."""
        found = self.counties.get(fips)
        if found:
            return [found]
        return [self.counties[heir] for heir in self._heirs.get(fips, ())]

    def named(self, key: str) -> list[Place]:
        """Counties whose full name is `key`, and city-counties whose short name is."""
        return self._names.get(key, []) if self.counties else []

    def based(self, key: str) -> list[Place]:
        """Counties whose name without "County" (or the like) is `key`."""
        return self._bases.get(key, []) if self.counties else []

    def holds(self, key: str) -> bool:
        """Whether some city of the table is called `key`, in whatever county."""
        return bool(self.keys) and key in self._cities

    def has_alias(self, key: str) -> bool:
        """Whether the corpus or the special table gives some place here this other name."""
        return key in self._aliases

    @property
    def county_keys(self) -> list[str]:
        """The folded full names of all counties."""
        return list(self._names) if self.counties else []

    # ------------------------------------------------------------------ cities

    @property
    def keys(self) -> list[str]:
        """The folded names of all cities of the table, as often as they stand there."""
        if self._keys is None:
            self._lines = self.tables.cities(self.row.code)
            self._keys = fold_lines([line.partition("|")[0] for line in self._lines]) if self._lines else []
            for number, key in enumerate(self._keys):
                self._cities.setdefault(key, []).append(number)
            for record in self._records:
                own, fips = str(record["id"]), str(record.get("fips") or "")
                if "/" in own and fips not in self.counties:
                    self._take_city(own, fips, record)
        return self._keys

    def _take_names(self, record: Record) -> None:
        own = str(record["id"])
        for name in [*_listed(record, "aliases"), record.get("name") or ""]:
            head, _, tail = str(name).rpartition(",")
            key = fold(head if head and fold(tail) in (self.row.code, fold(self.row.name)) else str(name))
            known = self._aliases.setdefault(key, []) if key else []
            if own not in known:
                known.append(own)

    def _take_city(self, own: str, fips: str, record: Record) -> None:
        key = fold(own.partition("/")[2])
        codes = {str(c) for c in _listed(record, "counties")}
        rows = [n for n in self._cities.get(key, ()) if "|>" not in self._lines[n]]
        if len(rows) > 1:
            rows = [n for n in rows if codes & set(self._codes(n))]
        if len(rows) == 1:
            self._owned[rows[0]] = record
        elif not any(p.id == own for p in self.counties.values()):
            name = str(record.get("name") or own.partition("/")[2].replace("-", " ").title())
            name = name if name.endswith(self.row.name) and "," in name else f"{name}, {self.row.name}"
            kind = str(record.get("kind") or "city")
            ids = (own,) if kind in ("county", "city-county") else self._county_ids(sorted(codes))
            self._new[own] = Place(own, name, kind, self.row.code, fips, ids, self.row.circuit)

    def _codes(self, number: int) -> list[str]:
        return [self.row.fips + code for code in self._lines[number].split("|")[1].split()]

    def _county_ids(self, codes: list[str]) -> tuple[str, ...]:
        return tuple(self.counties[code].id for code in codes if code in self.counties)

    def _size(self, number: int) -> int:
        return int(self._lines[number].rpartition("|")[2] or 0)

    def _city(self, number: int) -> Place | None:
        state, line = self.row, self._lines[number]
        name, codes, _ = line.split("|")
        if codes.startswith(">"):
            return self.get(codes[1:].partition("/")[2])
        record = self._owned.get(number, {})
        counties = [str(c) for c in _listed(record, "counties")] or self._codes(number)
        shown, own = name, f"{state.code}/{slug(name)}"
        if len(counties) == 1 and len(self._cities[fold(name)]) > 1:
            county = self.counties[counties[0]]
            shown = f"{name}, {county.short}"
            own += "-in-" + self._base(county)
        own = str(record.get("id") or own)
        fips = str(record.get("fips") or self.tables.special.codes.get(own, ""))
        return Place(own, f"{shown}, {state.name}", "city", state.code, fips, self._county_ids(counties), state.circuit)

    def _base(self, county: Place) -> str:
        for key, places in self._bases.items():
            if county in places:
                return key.replace(" ", "-")
        return slug(county.short)

    # ------------------------------------------------------------------ both

    def get(self, part: str) -> Place | None:
        """The known place whose id in this state is `part` (empty: the state), however it spells "Saint"."""
        if not part:
            return self.place
        own, key = f"{self.row.code}/{part}", fold(part)
        county = next((p for p in self.counties.values() if p.id == own), None)
        if county:
            return county
        named = self.named(key)
        if len(named) == 1:
            return named[0]
        if self.keys:
            for number, record in self._owned.items():
                if record["id"] == own:
                    return self._city(number)
        if own in self._new:
            return self._new[own]
        rows = self._cities.get(key, ())
        if len(rows) == 1 and "|>" not in self._lines[rows[0]]:
            return self._city(rows[0])
        return next((p for p in self.split(key) if p.known), None) if " in " in key else None

    def split(self, key: str) -> list[Place]:
        """Read "live oak in sutter": the cities of that name in that county, or one that no table knows."""
        name, _, base = key.rpartition(" in ")
        counties = [p for p in self.based(base) if p.kind == "county"]
        return self.within(name, counties[0]) if len(counties) == 1 else []

    def within(self, key: str, county: Place) -> list[Place]:
        """The places called `key` that lie in `county`; if there are none, a city at its word."""
        found = [place for _, place in self.exact(key) if county.id in place.county_ids and place.kind != "county"]
        return found or [self.unknown(key, county)]

    def exact(self, key: str) -> list[Sized]:
        """Every place with this very name, with its size. Cities are read only if no county bears the name."""
        found: list[Sized] = [(ONE_BODY if p.kind == "city-county" else BY_NAME, p) for p in self.named(key)]
        if not found and self.keys:
            cities = [(self._size(n), self._city(n)) for n in self._cities.get(key, ())]
            found = [(size, place) for size, place in cities if place]
        for own in self._aliases.get(key, ()):
            if not any(place.id == own for _, place in found):
                other = self.get(own.partition("/")[2])
                if other and not any(place.id == other.id for _, place in found):
                    found.append((ONE_BODY, other))
        return found

    def large(self) -> list[str]:
        """The folded names that are well known: larger cities, city-counties, and names that the corpus adds."""
        keys = [key for number, key in enumerate(self.keys) if self._size(number) >= LARGE]
        keys += [fold(p.short) for p in self.counties.values() if p.kind == "city-county"]
        return keys + list(self._aliases)

    def unknown(self, key: str, county: Place | None = None) -> Place:
        """A city that no table knows, taken at its word."""
        own = f"{self.row.code}/{key.replace(' ', '-')}"
        name = " ".join("St." if w == "st" else w.capitalize() for w in key.split())
        if county and key in self._cities:
            own, name = f"{own}-in-{self._base(county)}", f"{name}, {county.short}"
        ids = (county.id,) if county else ()
        return Place(own, f"{name}, {self.row.name}", "city", self.row.code, "", ids, self.row.circuit, False)

    def coded(self, code: str) -> Place | None:
        """The city with this 7-digit code, if the corpus or the special table knows it."""
        for own, known in self.tables.special.codes.items():
            if known == code and own.startswith(self.row.code + "/"):
                return self.get(own.partition("/")[2])
        for record in self._records:
            if record.get("fips") == code:
                return self.get(str(record["id"]).partition("/")[2])
        return None


def _listed(record: Record, key: str) -> list[object]:
    value = record.get(key) or ()
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
