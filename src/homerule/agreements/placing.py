"""Which of Homerule's places a body belongs to: by its name, with the help of the list's county column."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from homerule.agreements.kinds import kinds
from homerule.agreements.names import clean, read_name
from homerule.places import Gazetteer, Place, PlaceError
from homerule.places.names import close, fold
from homerule.places.tables import tables

__all__ = ["Placed", "county_of", "known_place", "place_of"]

_COUNTY_IN_NAME = re.compile(r"^(?:the )?(?:county of )?(.+? (?:county|parish|borough|municipio|district))\b(?! attorney| court)", re.I)
_COUNTY_OF = re.compile(r"\bcounty of ([a-z .'-]+?)(?: /|/|,| sheriff|$)", re.I)
_CITY_OF = re.compile(r"^(?:the )?(?:city|town|village|borough|municipality) of (.+)$", re.I)
_TOWNSHIP = re.compile(r"((?:[\w.'-]+ ){1,3})(?:township|twp)\b", re.I)
_TAIL = re.compile(
    r"[\s,]+(?:police|public safety|department of public safety|marshal'?s?|sheriff'?s?|constable'?s?|dps|pd|division of public safety|division of police|department of police|bureau of police|metropolitan police|special police|safety)\b.*$", re.I
)  # fmt: skip
_CAMPUS = ("university", "guard")
_DISTRICT = ("school district", "isd", "independent school", "airport", "port authority", "college")


class Placed(NamedTuple):
    """A place id (None where the body could not be placed), whether the place is in a table, and how it was found or what is doubtful."""

    id: str | None
    known: bool
    doubt: str = ""


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer()


def _find(text: str) -> Place | None:
    try:
        return _gazetteer().find(text)
    except PlaceError:
        return None


@cache
def county_of(text: str, state: str) -> tuple[str | None, str]:
    """The id of the county that a list's county cell means, and a doubt where its spelling had to be mended."""
    text = clean(text)
    if not text or not state or kinds().is_nothing(text):
        return None, ""
    name = tables().states[state].name
    words = " ".join({"counry": "county", "couny": "county", "conty": "county", "countey": "county", "coounty": "county", "co": "county"}.get(w, w) for w in fold(text).split())
    base = re.sub(r" (county|parish|borough|census area|municipality)$", "", words)
    for tried in (f"{words}, {name}", f"{base} county, {name}", f"{base} parish, {name}", f"{base}s county, {name}"):
        found = _find(tried)
        if found and found.kind in ("county", "city-county"):
            return found.id, ""
    names = {re.sub(r" (county|parish|borough|census area|municipality|municipio)$", "", fold(c.short)): c for c in _gazetteer().counties(state)}
    near = [n for n in close(base, list(names)) if n[0] == base[0]]
    if len(near) == 1 or (near and _one_slip(base, near)):
        return names[near[0]].id, f'the county "{text}" was taken for {names[near[0]].short}'
    return None, f'the county "{text}" is not one of the state'


def _one_slip(base: str, near: list[str]) -> bool:
    from homerule.places.names import distance

    return distance(base, near[0], 2) < distance(base, near[1], 2)


@cache
def known_place(agency: str, state: str) -> str | None:
    """The id of the place that a body's own name names exactly, without help from a list; None where it names none."""
    placed = place_of(agency, state, "", "")
    return placed.id if placed.known and not placed.doubt and "/" in (placed.id or "") else None


@cache
def place_of(agency: str, state: str, county: str, body: str) -> Placed:
    """Where a body belongs. `county` and `body` are a list's cells and may be empty; `state` is a code.

    A sheriff, jail or prosecutor belongs to the county, a police force to its city, a state's agency to the state. Where the name alone
    does not tell, the county column does, and that is said.
    """
    if not state or state not in tables().states:
        return Placed(None, False, "the state is not known")
    name = read_name(agency, state)
    text = re.sub(r"\([^)]*\)", " ", clean(agency))
    said_county, county_doubt = county_of(county, state)
    kind = kinds().body(body) if body else ""
    state_name = tables().states[state].name

    if name.cls in _CAMPUS or any(w in fold(text) for w in _DISTRICT):
        return Placed(said_county, True, "placed by the county column: a campus, district or port is no place of its own") if said_county else Placed(state, True, "a body of more than one place: placed by its state")
    if (m := _COUNTY_OF.search(text)) and (found := _county(m.group(1) + " County", state_name)):
        return Placed(found.id, True)
    if name.cls == "police" or name.cls in ("safety", "marshal"):
        city = _city(text, state_name, said_county)
        if city and (city.known or kind not in ("state",)):
            if city.known:
                return Placed(city.id, True)
            where = f"{city.short} is in no table of places"
            return Placed(said_county, True, f"{where}: placed by the county column") if said_county else Placed(city.id, False, where)
    if m := _COUNTY_IN_NAME.match(text):
        found = _county(m.group(1), state_name)
        if found:
            return Placed(found.id, True, f"the county column says {county}" if said_county and said_county != found.id and found.kind != "city-county" else "")
        mended, doubt = county_of(m.group(1), state)
        if mended and (said_county in (None, mended)):
            return Placed(mended, True, doubt)
    if name.cls in ("sheriff", "jail"):
        base = re.sub(r"(?i)[\s,]+(?:city |county )?(?:sheriff|corrections?|detention|jail|department of|division of).*$|^metropolitan ", "", text)
        found = _find(f"{base}, {state_name}") if re.search(r"(?i)\bcity\b", text) else _county(base + " County", state_name) or _find(f"{base}, {state_name}")
        if found and found.known and found.kind != "state":
            return Placed(found.id, True)
    if m := _TOWNSHIP.search(text):
        found = _find(f"{m.group(1).strip()} township, {state_name}")
        if found and found.known:
            return Placed(found.id, True)
    if kind == "state" or _is_state(text, state_name):
        return Placed(state, True)
    if said_county:
        return Placed(said_county, True, county_doubt or "placed by the county column")
    if kind == "municipality" and (city := _city(text, state_name, None)):
        return Placed(city.id, city.known, "" if city.known else f"{city.short} is in no table of places")
    if (not kind or kind == "state" or fold(text).startswith(fold(state_name) + " ")) and (f" {fold(state_name)} " in f" {fold(text)} " or "department of" in fold(text)):
        return Placed(state, True, "placed by its state: its name speaks of no smaller place")
    return Placed(None, False, county_doubt or "its name and the list do not say where it belongs")


def _county(text: str, state_name: str) -> Place | None:
    found = _find(f"{text}, {state_name}")
    return found if found and found.kind in ("county", "city-county") and found.known else None


def _city(text: str, state_name: str, county: str | None) -> Place | None:
    """The city that a police force is named after; of two of one name that in the county, where the county is known."""
    base = _TAIL.sub("", text).strip(" ,-")
    if m := _CITY_OF.match(base):
        base = m.group(1)
    if not base or base == text.strip() or _is_state(base, state_name):
        return None
    if re.search(r"(?i)\b(county|parish)$", base):
        return _county(base, state_name)
    if county and (c := _gazetteer().get(county)) and (inside := _find(f"{base}, {c.short}, {state_name}")) and inside.known:
        return inside
    found = _find(f"{base}, {state_name}")
    return found if found and found.kind in ("city", "city-county") else None


def _is_state(text: str, state_name: str) -> bool:
    key = fold(text)
    own = fold(state_name)
    return key == own or key.startswith((own + " department", own + " state", own + " office", own + " division", own + " bureau", own + " highway", own + " national guard", own + " attorney", "department of", "office of the attorney general", own + " military"))
