"""From the name of a facility, its city and its state to the county it stands in and the body that would be asked.

What the name does not settle stays open: a placement then names several bodies, and a verdict is that of all of them. A federal site
has no body at all. What cannot be placed says why.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from homerule.errors import HomeruleError, InputError
from homerule.places import Gazetteer, Place
from homerule.places.names import close, fold
from homerule.places.tables import tables
from homerule.reasoning.decide import Engine
from homerule.replay.values import normal, text_of

_COUNTY_WORD = frozenset({"county", "co", "cnty", "coun", "parish", "borough", "cty", "par"})
_SHORT = {"spgs": "springs", "spg": "spring", "hgts": "heights", "hts": "heights", "jct": "junction", "n": "north", "s": "south", "e": "east", "w": "west", "ctr": "center", "vly": "valley", "twp": "township", "bch": "beach", "ft": "fort", "mt": "mount"}
_CUT = 14  # letters to which some tables cut the names of cities


class Body(NamedTuple):
    """A body that may be asked: its place's id and the actor."""

    place: str
    actor: str


class Placement(NamedTuple):
    """Where a row's facility is. ``county`` is the id of the county (or of what stands for one), empty where none is sure; ``how`` says
    by what it was placed, ``why`` why it was not, or why no body is asked."""

    state: str = ""
    county: str = ""
    bodies: tuple[Body, ...] = ()
    kind: str = ""
    how: str = ""
    why: str = ""

    @property
    def placed(self) -> bool:
        return bool(self.county)


class Kind(NamedTuple):
    """One kind of facility: how its name reads, and the bodies (``actor@county``, ``@city``, ``@state``) that run it."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    bodies: tuple[tuple[str, str], ...]
    why: str
    named_county: bool
    places: frozenset[str]
    unified: bool


class Names(NamedTuple):
    """`facilities.toml` as read."""

    kinds: tuple[Kind, ...]
    nowhere: re.Pattern[str]
    prefixes: re.Pattern[str]
    areas: Mapping[str, tuple[str, ...]]
    unified: frozenset[str]


@cache
def facility_names() -> Names:
    """The words of facilities' names."""
    data = tomllib.loads((Path(__file__).parent / "facilities.toml").read_text("utf-8"))
    kinds = tuple(
        Kind(
            k["name"], re.compile(k["pattern"]), re.compile(k["unless"]) if "unless" in k else None,
            tuple((b.partition("@")[0], b.partition("@")[2]) for b in k["bodies"]), k.get("why", ""), k.get("named_county", False), frozenset(k.get("places", ())), k.get("unified", False),
        )
        for k in data["kind"]
    )  # fmt: skip
    return Names(kinds, re.compile(data["nowhere"]), re.compile(data["prefixes"]), {k: tuple(v) for k, v in data["areas"].items()}, frozenset(data["unified"]))


def words(text: str) -> str:
    """A facility's name as its words: `MINN.C.F.,ST.CLOUD` is `minn cf st cloud`, `PRINCE GEORGE'S CO.` is `prince georges co`."""
    text = re.sub(r"['’`´]", "", text)
    text = re.sub(r"(?<![A-Za-z])(?:[A-Za-z]\. ?){2,}", lambda m: m.group().replace(".", "").replace(" ", "") + " ", text)
    return " ".join(re.sub(r"[^a-z0-9&]+", " ", text.lower().replace("&", " and ")).split())


class Places:
    """Places facilities, each distinct one once. ``table`` holds what the user says of some: see `read_table`."""

    def __init__(self, engine: Engine, table: Mapping[tuple[str, str], tuple[str, str]] | None = None) -> None:
        self.engine = engine
        self.table = table or {}
        self._known: dict[tuple[str, ...], Placement] = {}
        self._gazetteer = Gazetteer()

    def place(self, facility: str = "", city: str = "", state: str = "", county: str = "", area: str = "", place: str = "", actor: str = "", facility_code: str = "") -> Placement:
        """Where the facility is. Every part may be empty; all are text as published. ``place`` and ``actor`` are a county table's own words."""
        key = (facility, city, state, county, area, place, actor, facility_code)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._place(*(text_of(t) for t in key))
        return found

    def _place(self, facility: str, city: str, state: str, county: str, area: str, place: str, actor: str, facility_code: str) -> Placement:
        name = facility_names().prefixes.sub("", words(facility))
        code = self._state(state)
        said = self.table.get((words(facility), code)) or self.table.get((words(facility), ""))
        if said:
            return self._given(said[0], said[1] or actor, "the table of places")
        if place:
            return self._given(place, actor, "the column that names the place")
        if state and not code:
            return Placement(why=f"`{state[:40]}` is no state")
        if county and code:
            home = self._county_called(fold(county), code) or self._county_called(fold(county).removesuffix(" county").removesuffix(" parish"), code)
            if home:
                return self._with_bodies(name, home, self._city(city, code) if city else None, "the column that names the county", actor)
        nowhere = not name or bool(facility_names().nowhere.search(name))
        if not code:
            ends = facility_code[-2:].lower()
            if len(facility_code) == 7 and not nowhere and self._ends(facility_code) and (county_named := self._named_county(name, ends, ()))[1]:
                return self._with_bodies(name, county_named[0], None, "the facility's code and the county in its name", actor)  # type: ignore[arg-type]
            return self._by_area(name, area, facility, nowhere, actor)
        if nowhere and not city:
            return Placement(state=code, why="the table names no facility and no city" if not name else f"`{facility[:40]}` names no place")
        return self._in_state(name, city, code, actor)

    def _in_state(self, name: str, city: str, code: str, actor: str) -> Placement:
        town, near = self._city_or_near(city, code) if city else (None, False)
        around = self._counties_of(town) if town else ()
        named, exact = self._named_county(name, code, around)
        if named and (exact or named in around or not around):
            return self._with_bodies(name, named, town, "the county in the facility's name", actor)
        if len(around) == 1:
            return self._with_bodies(name, around[0], town, "a near spelling of the city" if near else "the city", actor)
        if town and around:
            covering = town if town.kind in ("city", "city-county") and any(town.id in c.chain for c in around) else None
            if covering:
                return self._with_bodies(name, covering, town, "the city", actor)
            spread = self._with_bodies(name, around[0], town, "the city", actor)
            bodies = tuple(dict.fromkeys(b for c in around for b in self._with_bodies(name, c, town, "the city", actor).bodies))
            return spread._replace(county="", bodies=bodies, why=f"{town.short} lies in {len(around)} counties")
        if self._stands_alone(code):
            return self._with_bodies(name, self.engine.find(code), None, "the state, which has no counties", actor)
        return Placement(state=code, why=f"no city called `{city[:40]}` is known there" if city else "no city is given, and the name shows no county")

    # ------------------------------------------------------------------ reading parts

    @staticmethod
    def _ends(facility_code: str) -> bool:
        """Whether the code's last two letters are a state's: not where the first two are another's, which is how the exceptions are built."""
        first, last = facility_code[:2].lower(), facility_code[-2:].lower()
        return last in tables().states and (first == last or first not in tables().states)

    def _state(self, text: str) -> str:
        key = fold(text)
        return self._state_codes.get(key, "") if key else ""

    @cached_property
    def _state_codes(self) -> dict[str, str]:
        t = tables()
        return {fold(row.name): code for code, row in t.states.items()} | {code: code for code in t.states} | dict(t.special.states)

    @cache  # noqa: B019 - one object a run
    def _county_names(self, code: str) -> dict[str, Place]:
        out: dict[str, Place] = {}
        for c in self._gazetteer.counties(code):
            key = fold(c.short)
            out.setdefault(key, c)
            base = re.sub(r" (county|parish|borough|census area|municipality|municipio|city and borough|planning region|island|district)$", "", key)
            if base not in out or c.kind == "county":  # "Baltimore County" means the county, whatever the city is called
                out[base] = c
        return out

    def _stands_alone(self, code: str) -> bool:
        counties = self._gazetteer.counties(code)
        return not counties or all("/" not in c.id for c in counties)

    def _county_called(self, name: str, code: str) -> Place | None:
        return self._county_names(code).get(fold(name))

    def _named_county(self, name: str, code: str, around: tuple[Place, ...]) -> tuple[Place | None, bool]:
        """The county that the facility's name names, and whether it is spelt as the table spells it."""
        parts = name.split()
        known = self._county_names(code)
        for i, word in enumerate(parts):
            if word in _COUNTY_WORD and i:
                for start in range(max(0, i - 4), i):
                    found = known.get(fold(" ".join(parts[start:i])))
                    if found and (word != "cty" or found in around or not around):
                        return found, True
                slips = {known[k].id: known[k] for start in range(max(0, i - 3), i) for k in close(fold(" ".join(parts[start:i])), list(known))}
                if len(slips) == 1 and word != "cty":
                    return next(iter(slips.values())), False
        if parts[:2] in (["county", "of"], ["parish", "of"]):
            for end in range(min(6, len(parts)), 2, -1):
                if found := known.get(fold(" ".join(parts[2:end]))):
                    return found, True
        for size in (3, 2, 1):  # "EAST BATON ROUGE JAIL": a county's name without the word, where the city agrees or is not known
            found = known.get(fold(" ".join(parts[:size]))) if len(parts) > size else None
            if found and (found in around or (not around and size > 1)):
                return found, found in around
        return None, False

    def _city(self, city: str, code: str) -> Place | None:
        try:
            found = self.engine.find(f"{city.replace('/', ' ')}, {code}")
        except HomeruleError:
            return None
        return found if found.known and (found.kind in ("city", "city-county", "county") or found.id == code) else None

    def _city_or_near(self, city: str, code: str) -> tuple[Place | None, bool]:
        """The city, and whether only a near spelling of it is known: one slip or two, a usual abbreviation, or a name cut short."""
        found = self._city(city, code)
        if found and found.kind != "county":
            return found, False
        parts = words(city).split()
        longer = " ".join(_SHORT.get(w, w) for w in parts)
        if longer != " ".join(parts) and (town := self._city(longer, code)):
            return town, True
        keys = self._city_keys(code)
        key = fold(longer)
        slips = close(key, keys)
        if len(slips) == 1 or (slips and len({c.id for s in slips for c in self._counties_of(self._city(s, code))}) == 1):
            return self._city(slips[0], code), True
        if len(key) >= _CUT:
            cut = [k for k in keys if k.startswith(key)]
            if len(cut) == 1:
                return self._city(cut[0], code), True
        return found, False

    @cache  # noqa: B019
    def _city_keys(self, code: str) -> list[str]:
        return [fold(line.partition("|")[0]) for line in tables().cities(code)]

    def _counties_of(self, place: Place | None) -> tuple[Place, ...]:
        if place is None:
            return ()
        if place.kind in ("county", "city-county"):
            return (place,)
        if "/" not in place.id:
            return (place,) if self._stands_alone(place.id) else ()
        return tuple(c for i in place.county_ids if (c := self._gazetteer.get(i)))

    def _by_area(self, name: str, area: str, facility: str, nowhere: bool, actor: str) -> Placement:
        """A name without a state: the state may stand at its end or in a code in it; else its county must be the only one of that name in the area."""
        if nowhere:
            return Placement(why="no facility is named" if not name else f"`{facility[:40]}` names no place")
        tail = re.search(r"\b([a-z]{2})\d{5,7}\b", name)
        code = tail.group(1) if tail and tail.group(1) in tables().states else ""
        parts = name.split()
        for size in (1, 2, 3):
            if not code and len(parts) > size and re.search(rf"[,(\-] *{'[ .]+'.join(map(re.escape, parts[-size:]))}[.)]* *$", facility, re.I):
                code = self._state(" ".join(parts[-size:]))
        inside = self._areas(area)
        if code and (not inside or code in inside):
            head = facility.lower()
            for piece in re.split(r"[,\-(]", head)[1:]:  # "HARRIS COUNTY JAIL, HOUSTON, TX": the piece before the state may be the city
                if (town := self._city(words(piece), code)) and town.kind != "county":
                    return self._in_state(name, words(piece), code, actor)
            return self._in_state(name, "", code, actor)
        hits = {}
        for candidate in inside:
            county, exact = self._named_county(name, candidate, ())
            if county and exact:
                hits[county.id] = county
        if len(hits) == 1:
            return self._with_bodies(name, next(iter(hits.values())), None, "the county in the name and the area of responsibility", actor)
        if hits:
            return Placement(why=f"{len(hits)} counties of that name are in the area of responsibility")
        return Placement(why="no state is given, and the name shows no county" if not inside else "the name shows no county of the area of responsibility")

    def _areas(self, area: str) -> tuple[str, ...]:
        return facility_names().areas.get(fold(area).removesuffix(" area of responsibility").removesuffix(" aor"), ())

    # ------------------------------------------------------------------ bodies

    def _given(self, text: str, actor: str, how: str) -> Placement:
        try:
            found = self.engine.find(text)
        except HomeruleError:
            return Placement(why=f"`{text[:40]}` is no known place")
        counties = self._counties_of(found)
        if actor and actor not in self.engine.corpus.vocabulary.actors:
            return Placement(state=found.state, why=f"`{actor[:40]}` is no actor")
        if not actor:
            local = "city" if found.kind == "city" else "county"
            actors: tuple[str, ...] = ("corrections",) if "/" not in found.id else ("jail", "sheriff") if local == "county" else ("jail", "police")
        else:
            actors = (actor,)
        county = counties[0].id if len(counties) == 1 else ""
        return Placement(found.state or found.id, county, tuple(Body(found.id, a) for a in actors), "as given", how, "" if county else f"{found.short} lies in no one county")

    def _with_bodies(self, name: str, home: Place, town: Place | None, how: str, actor: str) -> Placement:
        state = home.state or home.id
        kind = self._kind(name, home, town)
        bodies = []
        for who, level in kind.bodies:
            if actor and who != actor and len(kind.bodies) > 1:
                continue
            at = state if level == "state" else town.id if level == "city" and town is not None and town.kind in ("city", "city-county") else home.id
            if level == "city" and at == home.id and len(kind.bodies) > 1 and home.kind == "county":
                continue  # the city is not known: the county's body is the only one to ask
            bodies.append(Body(at, actor or who))
        return Placement(state, home.id, tuple(dict.fromkeys(bodies)), kind.name, how, kind.why)

    def _kind(self, name: str, home: Place, town: Place | None) -> Kind:
        begins = any(name.startswith(k + " ") for k in _bases(home))
        county = begins or any(w in _COUNTY_WORD for w in name.split())
        for kind in facility_names().kinds:
            if (kind.named_county and not county) or (begins and kind.name == "state prison" and "dep" in name):
                continue  # "MIAMI DADE DEPT OF CORR" is the county's
            if kind.places and not (kind.places & {home.id, town.id if town else ""}):
                continue
            if kind.pattern.search(name) and not (kind.unless and kind.unless.search(name)):
                if kind.unified and (home.state or home.id) in facility_names().unified:
                    return kind._replace(name="prison or jail of the state", bodies=(("corrections", "state"),))
                if kind.name == "police" and "county" in name.split():
                    return kind._replace(bodies=(("police", "county"),))
                return kind
        raise AssertionError("the last kind fits every name")


def _bases(home: Place) -> Iterator[str]:
    if home.kind == "county":
        yield re.sub(r" (county|parish|borough)$", "", fold(home.short))


def read_table(rows: list[Mapping[str, Any]], where: str) -> dict[tuple[str, str], tuple[str, str]]:
    """A user's table of facilities: columns ``facility``, ``place`` (a name, an id or a FIPS code), and if wanted ``state`` and ``actor``.

    Raises InputError where a column is missing.
    """
    out: dict[tuple[str, str], tuple[str, str]] = {}
    names = {normal(c): c for c in (rows[0] if rows else {})}
    for need in ("facility", "place"):
        if need not in names:
            raise InputError(f"the table of places has no column `{need}`", where=where, help="Write the columns facility, place and, if wanted, state and actor")
    codes = tables().states
    by_name = {fold(r.name): c for c, r in codes.items()}
    for row in rows:
        state = fold(text_of(row.get(names.get("state", ""))))
        key = (words(text_of(row[names["facility"]])), state if state in codes else by_name.get(state, ""))
        out[key] = (text_of(row[names["place"]]), text_of(row.get(names.get("actor", ""))))
    return out
