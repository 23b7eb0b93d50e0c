"""Which spellings mean one body. Two names are one only where their words allow it *and* the lists bear it out.

A slip ("Palmer County" for Parmer) is joined where the lists show the same agreement under both and never both at once; two names that
both name known places are never joined, however near they stand to each other (Walker and Waller, Foley and Loxley).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from homerule.agreements.listing import Row
from homerule.agreements.names import Name, read_name
from homerule.agreements.placing import county_of, known_place, place_of
from homerule.places.names import distance

__all__ = ["Spelling", "Unit", "join"]


class Spelling:
    """One row as printed, read: its name, model, signing date, county, and the positions of the lists that show it."""

    __slots__ = ("county", "doubts", "kind", "lists", "model", "name", "place", "row", "signed", "state", "waiting")

    def __init__(self, row: Row, state: str, kind: str, model: str, signed: date | None, lists: Sequence[int], waiting: Sequence[int], doubts: tuple[str, ...]) -> None:
        """`lists` and `waiting` are ascending positions of lists in force and of pending lists."""
        self.row, self.state, self.kind, self.model, self.signed = row, state, kind, model, signed
        self.lists, self.waiting, self.doubts = tuple(lists), tuple(waiting), doubts
        self.name = read_name(row.agency, state)
        self.county = county_of(row.county, state)[0]
        self.place = place_of(row.agency, state, row.county, row.body)


class Unit:
    """Spellings that are one by their words alone: one key, and one county where several bodies of that key stand on one list."""

    __slots__ = ("counties", "first", "key", "known", "last", "links", "name", "on", "pairs", "place", "rows")

    def __init__(self, key: tuple[str, ...], rows: list[Spelling]) -> None:
        self.key, self.rows = key, rows
        self.name: Name = rows[0].name
        self.known = next((p for r in sorted(rows, key=lambda r: r.row) if (p := known_place(r.row.agency, r.state))), None)
        self.place = min((r.place.id for r in rows if r.place.id and r.place.known), default=None)
        self.counties = {r.county for r in rows if r.county}
        self.links = {r.row.link for r in rows if r.row.link}
        self.pairs = {(r.model, r.signed) for r in rows if r.signed}
        self.on = {(r.model, i) for r in rows for i in r.lists}
        self.first = min((r.lists[0] for r in rows if r.lists), default=-1)
        self.last = max((r.lists[-1] for r in rows if r.lists), default=-1)


def join(rows: Iterable[Spelling]) -> list[list[Spelling]]:
    """The rows of each body, in a fixed order. A pure function of the set of rows."""
    by_key: dict[tuple[str, str], list[Spelling]] = defaultdict(list)
    for r in sorted(rows, key=lambda r: r.row):
        by_key[r.state, r.name.key].append(r)
    by_state: dict[str, list[Unit]] = defaultdict(list)
    for (state, key), held in sorted(by_key.items()):
        for county, part in _parted(held):
            by_state[state].append(Unit((state, key, county), part))
    out: list[list[Spelling]] = []
    for _, units in sorted(by_state.items()):
        out += _joined(units)
    return out


def _parted(rows: list[Spelling]) -> list[tuple[str, list[Spelling]]]:
    """Rows of one key, parted by county where one list shows the key in two counties."""
    counties = sorted({r.county for r in rows if r.county})
    if len(counties) < 2 or (known_place(rows[0].row.agency, rows[0].state) or "").endswith(("-county", "-parish")):
        return [("", rows)]
    seen = {c: {i for r in rows if r.county == c for i in (*r.lists, *(-1 - w for w in r.waiting))} for c in counties}
    groups: list[list[str]] = []
    for c in counties:  # counties that never stand on one list are one body whose county was put right
        fit = next((g for g in groups if all(not (seen[c] & seen[o]) for o in g)), None)
        if fit is None:
            groups.append([c])
        else:
            fit.append(c)
    if len(groups) < 2:
        return [("", rows)]
    parts: dict[str, list[Spelling]] = {g[0]: [r for r in rows if r.county in g] for g in groups}
    for r in rows:
        if r.county:
            continue
        best = max(parts, key=lambda g: (any(r.row.link and r.row.link == o.row.link for o in parts[g]), any((r.model, r.signed) == (o.model, o.signed) for o in parts[g]), sum(len(o.lists) for o in parts[g]), g))
        parts[best].append(r)
    return sorted(parts.items())


def _joined(units: list[Unit]) -> list[list[Spelling]]:
    """Union of the units of one state that are one body."""
    root = list(range(len(units)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, j in combinations(range(len(units)), 2):
        if _one(units[i], units[j]) and top(i) != top(j):
            group = {top(i), top(j)}
            known = {units[k].known for k in range(len(units)) if top(k) in group and units[k].known}
            if len(known) < 2 or units[i].links & units[j].links:
                root[top(j)] = top(i)
    found: dict[int, list[Spelling]] = defaultdict(list)
    for i, unit in enumerate(units):
        found[top(i)] += unit.rows
    return list(found.values())


def _one(a: Unit, b: Unit) -> bool:
    """Whether two units of a state are one body."""
    if a.name.numbers != b.name.numbers:
        return False
    linked = bool(a.links & b.links)
    soft = bool(a.name.stem) and a.name.stem == b.name.stem and a.name.cls == b.name.cls
    placed = a.place is not None and a.place == b.place
    shared = bool(a.counties & b.counties)
    paired = bool(a.pairs & b.pairs)
    if not (soft or linked or placed or shared or paired):
        return False  # nothing but letters could speak for it, and letters alone do not suffice
    if a.known and b.known and a.known != b.known:
        return False
    if a.counties and b.counties and not a.counties & b.counties and not linked:
        return False
    shared_lists = {i for _, i in a.on & b.on}
    # One name may give way to the other on a list that shows both: then each has lists of its own before or after it.
    handed_over = len(shared_lists) == 1 and a.first != b.first and a.last != b.last and shared_lists == {max(a.first, b.first)} == {min(a.last, b.last)}
    together = bool(shared_lists) and not handed_over
    if soft:
        return (a.place == b.place or not (a.place and b.place)) and (not together or paired or linked)
    if (linked or not together) and a.name.cls == b.name.cls and _near(a.name.key, b.name.key):
        return linked or paired or shared or "/" in (a.place or "" if placed else "")
    after = a.last < b.first or b.last < a.first
    if not after or a.place is None or a.place != b.place or min(a.last, b.last) < 0:
        return False
    next_to = (b.first - a.last if a.last < b.first else a.first - b.last) <= 3
    common = set(a.name.stem.split()) & set(b.name.stem.split())
    return (linked and next_to) or (paired and next_to and a.name.cls == b.name.cls and bool(common) and ("/" in a.place or len(common) > 1))


def _near(a: str, b: str) -> bool:
    """Whether two keys differ by one slip, or by two in a long name."""
    most = 1 if min(len(a), len(b)) < 12 else 2
    return abs(len(a) - len(b)) <= most and (a[:1] == b[:1] or a[-6:] == b[-6:]) and len(set(a) ^ set(b)) <= 2 * most and distance(a, b, most) <= most
