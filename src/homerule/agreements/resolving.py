"""From everything that was imported and recorded to agreements.

`resolve` is a pure function of two sets: lists and records. The order in which they came, and whether one came twice, changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from homerule.agreements.dating import Dated, date_lists
from homerule.agreements.kinds import kinds
from homerule.agreements.listing import PARTICIPATING, WAITING, Listing, Row, read_signed
from homerule.agreements.model import Agreement
from homerule.agreements.names import read_name, read_state
from homerule.agreements.records import Record
from homerule.agreements.same import Spelling, join
from homerule.agreements.shape import agreement_of, related
from homerule.agreements.timeline import Point
from homerule.places import slug

__all__ = ["ListFacts", "Resolved", "resolve"]

_PART = 0.5
_LARGE = 100


class ListFacts(NamedTuple):
    """A list as it was understood: its day and how it was found, its type, its rows, and whether it is held to be whole."""

    key: str
    sheet: str
    name: str
    type: str
    dated: Dated | None
    rows: int
    whole: bool
    doubts: tuple[str, ...]


class Resolved(NamedTuple):
    """Agreements by id, in order; the lists in order of time; every other id under which an agreement may be asked for."""

    agreements: tuple[Agreement, ...]
    lists: tuple[ListFacts, ...]
    aliases: dict[str, str]


def resolve(lists: Iterable[Listing], records: Iterable[Record] = ()) -> Resolved:
    """The agreements that the lists and records tell of. Lists whose day is not known are kept out, and say so."""
    unique = {(s.key, s.sheet): s for s in sorted(lists, key=lambda s: (s.key, s.sheet, s.name))}
    with_day = {k.partition("@")[0] for k, _ in unique if "@" in k}
    unique = {k: s for k, s in unique.items() if k[0] not in with_day}  # the same content under a name that holds no day adds nothing
    dates = date_lists(unique.values())
    ordered = sorted((s for k, s in unique.items() if dates[k]), key=lambda s: _when(s, dates))
    force = _drop_copies([s for s in ordered if s.type == PARTICIPATING], dates)
    wait = _drop_copies([s for s in ordered if s.type == WAITING], dates)
    whole = _whole(force) | _whole(wait)
    used = {(s.key, s.sheet) for s in (*force, *wait)}
    points = [_point(s, dates, whole) for s in force]
    waits = [_point(s, dates, whole) for s in wait]
    rows = _rows(force, wait, points)
    held = sorted({r.digest: r for r in sorted(records, key=lambda r: (r.at, r.digest))}.values(), key=lambda r: (r.at, r.digest))
    found = _with_records(join(rows), held)
    agreements: list[Agreement] = []
    aliases: dict[str, set[str]] = defaultdict(set)
    taken: set[str] = set()
    for body, said in found:
        group: list[Agreement] = []
        sorts = sorted({(s.kind, s.model, "") for s in body} | {(r.kind, r.model, r.number) for r in said})
        for kind, model, number in sorts:
            mine = [s for s in body if (s.kind, s.model) == (kind, model)] if not number else []
            own = [r for r in said if (r.kind, r.model, r.number) == (kind, model, number)]
            made = agreement_of(mine, own, kind, model, points, waits, force, wait, body)
            tail = "/" + (model or kind).replace("_", "-") + (f"/{slug(number)}" if number else "")
            name = f"{made.state or 'unknown'}/{slug(made.agency) or 'unnamed'}"
            if name + tail in taken:
                name += "-" + (slug(made.county) or slug((made.place or "").partition("/")[2]) or "2")
            while name + tail in taken:
                name += "-2"
            taken.add(name + tail)
            for agency in {s.row.agency for s in body} | {r.agency for r in said}:
                aliases[f"{made.state or 'unknown'}/{slug(agency)}{tail}"].add(name + tail)
            group.append(made._replace(id=name + tail))
        agreements += related(group)
    ids = {a.id for a in agreements}
    return Resolved(
        tuple(sorted(agreements, key=lambda a: a.id)),
        tuple(_facts(s, dates, whole, used) for s in sorted(unique.values(), key=lambda s: _when(s, dates))),
        {a: next(iter(t)) for a, t in sorted(aliases.items()) if len(t) == 1 and a not in ids},
    )


def _when(s: Listing, dates: dict[tuple[str, str], Dated | None]) -> tuple[date, str, str, str]:
    d = dates[s.key, s.sheet]
    return (d.on if d else date.max, d.clock if d else "", s.key, s.sheet)


def _drop_copies(ordered: list[Listing], dates: dict[tuple[str, str], Dated | None]) -> list[Listing]:
    """The lists without those that say the same as another of their day (a CSV copy of a workbook)."""
    out: list[Listing] = []
    seen: set[tuple[date, frozenset[tuple[str, str, str, str]]]] = set()
    for s in ordered:
        d = dates[s.key, s.sheet]
        key = (d.on if d else date.max, frozenset((r.state, r.agency, r.support, r.signed) for r in s.rows))
        if key not in seen:
            seen.add(key)
            out.append(s)
    return out


def _whole(ordered: list[Listing]) -> set[tuple[str, str]]:
    """The lists from whose silence something may be concluded.

    A large list that has fewer than half the rows of the last whole one is held to be a part, unless the next list is as short.
    """
    out: set[tuple[str, str]] = set()
    before = 0
    for i, s in enumerate(ordered):
        rows = len(s.rows)
        short = before >= _LARGE and rows < _PART * before
        later = len(ordered[i + 1].rows) if i + 1 < len(ordered) else None
        if s.whole and (not short or (later is not None and later < _PART * before)):
            out.add((s.key, s.sheet))
            before = rows
    return out


def _point(s: Listing, dates: dict[tuple[str, str], Dated | None], whole: set[tuple[str, str]]) -> Point:
    d = dates[s.key, s.sheet]
    return Point(d.on if d else date.max, s.name, (s.key, s.sheet) in whole)


def _rows(force: list[Listing], wait: list[Listing], points: list[Point]) -> list[Spelling]:
    """Every distinct row, read once."""
    where: dict[Row, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, lists in enumerate((force, wait)):
        for i, s in enumerate(lists):
            for row in set(s.rows):
                where[row][side].append(i)
    known = kinds()
    out = []
    for row, (seen, waiting) in where.items():
        state = read_state(row.state)
        kind, model, doubt = known.support(row.support, row.link)
        signed, odd = read_signed(row.signed, points[seen[0]].on if seen else None)
        out.append(Spelling(row, state.value, kind, model, signed, seen, waiting, tuple(d for d in (state.doubt, doubt, odd) if d)))
    return out


def _with_records(bodies: list[list[Spelling]], records: list[Record]) -> list[tuple[list[Spelling], list[Record]]]:
    """Give each record to the body that it names; a record that names none makes one of its own."""
    exact: dict[tuple[str, str], set[int]] = defaultdict(set)
    loose: dict[tuple[str, str, str, str | None], set[int]] = defaultdict(set)  # the place last; None stands for any
    for i, body in enumerate(bodies):
        for s in body:
            exact[s.state, s.name.key].add(i)
            loose[s.state, s.name.cls, s.name.stem, s.place.id].add(i)
            loose[s.state, s.name.cls, s.name.stem, None].add(i)
    given: dict[int, list[Record]] = defaultdict(list)
    alone: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for r in records:
        name = read_name(r.agency, r.state)
        own = dict(r.facts)
        at = exact.get((r.state, name.key), set())
        if len(at) > 1:  # one name in two counties: the record must say which
            at = {i for i in at if any(s.place.id == own.get("place") or (s.row.county and s.row.county == own.get("county")) for s in bodies[i])}
        if not at:
            from homerule.agreements.placing import place_of

            at = loose.get((r.state, name.cls, name.stem, str(own.get("place") or "") or place_of(r.agency, r.state, str(own.get("county") or ""), "").id), set()) if name.stem else set()
        if len(at) == 1:
            given[next(iter(at))].append(r)
        else:
            alone[r.state, name.key].append(r)
    return [(body, given.get(i, [])) for i, body in enumerate(bodies)] + [([], rs) for _, rs in sorted(alone.items())]


def _facts(s: Listing, dates: dict[tuple[str, str], Dated | None], whole: set[tuple[str, str]], used: set[tuple[str, str]]) -> ListFacts:
    d = dates[s.key, s.sheet]
    doubts = [d.doubt if d else "its day is not known; give it with --date", s.type_doubt]
    copy = d is not None and (s.key, s.sheet) not in used
    held = (s.key, s.sheet) in whole or copy
    if copy:
        doubts.append("it says the same as another list of its day and adds nothing")
    elif d and not held:
        doubts.append("held to be only a part of a list: nothing is concluded from what it does not show")
    return ListFacts(s.key, s.sheet, s.name, s.type, d, len(s.rows), held, tuple(x for x in doubts if x))
