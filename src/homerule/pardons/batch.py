"""Many convictions or removal charges at once: how many a proposed pardon would reach, by ground, state and class, and why not the rest.

A ground's outcome is worked out once for each distinct combination of the facts that it asks, then gathered over all rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.errors import HomeruleError
from homerule.pardons.columns import class_facts, flag, offence_of, value_of
from homerule.pardons.effect import RuleList, effect_of
from homerule.pardons.load import Law
from homerule.pardons.model import GONE, UNSETTLED, Ground, Rule
from homerule.pardons.table import Counted, count
from homerule.vocabulary import Value

#: What a pardon does to one row: ends every ground, some, none; open (unsettled or facts missing); nothing chargeable; not known.
REACH = ("all", "some", "none", "open", "no_ground", "unknown")
_GONE, _STAYS, _OPEN = 1, 2, 3
_MOST_LISTED = 60


class GroundCount(NamedTuple):
    """One ground over all rows. ``rows``: those charged with it or chargeable for sure; ``possible``: those where it may be."""

    ground: str
    section: str
    title: str
    family: str
    rows: int
    possible: int
    outcomes: Mapping[str, int]
    says: tuple[str, ...]


class Tally(NamedTuple):
    """Rows by what the pardon does to them, for one state or class."""

    name: str
    rows: int
    reach: Mapping[str, int]


class Sort(NamedTuple):
    """A section as it stands in the table: ``grounds`` it names (none: not known, several: ambiguous), and what the pardon does."""

    section: str
    rows: int
    grounds: tuple[str, ...]
    outcomes: tuple[str, ...]
    older: bool


class Batch(NamedTuple):
    """A whole batch. ``named``: rows whose charge is one that the clause names, under today's numbers and under older ones."""

    kind: str
    rows: int
    reach: Mapping[str, int]
    grounds: tuple[GroundCount, ...]
    states: tuple[Tally, ...]
    classes: tuple[Tally, ...]
    why: tuple[tuple[str, int], ...]
    sections: tuple[Sort, ...]
    named: Mapping[str, int]
    unreadable: Mapping[str, int]
    left_out: tuple[str, ...]
    instrument: Mapping[str, Value]
    assumed: tuple[str, ...]
    notes: tuple[str, ...]
    on: dt.date
    untouched: str
    notice: str

    def as_data(self) -> dict[str, Any]:
        """The batch as JSON data."""
        from homerule.reasoning.finding import as_data

        return {name: as_data(value) for name, value in zip(self._fields, self)}

    @property
    def share_named(self) -> float:
        """Of all rows, the share whose charge rests on a ground that the clause names, under today's numbers."""
        return self.named["today"] / self.rows if self.rows else 0.0


def batch(
    paths: Sequence[str], law: Law, *, instrument: Mapping[str, Value], case: Mapping[str, Value], only: Sequence[str] = (),
    named: Mapping[str, str] | None = None, drop_private: bool = False,
) -> Batch:  # fmt: skip
    """What ``instrument`` would do to every row of some files.

    ``case``: facts of every row that no column says (the day, the circuit, the convicting sovereign); no removal case yet, if it does not
    say. Each row is taken as the person's only conviction. ``only``: classes of offence that the
    pardon is for; rows of others are left out. ``named``: which column holds the charge, the class, the state. Raises InputError.
    """
    counted = count(paths, law, effect_of(law), named=named or {}, drop_private=drop_private)
    return _Run(counted, law, instrument, case, only).result()


class _Run:
    def __init__(self, counted: Counted, law: Law, instrument: Mapping[str, Value], case: Mapping[str, Value], only: Sequence[str]) -> None:
        import numpy as np

        self.np, self.law, self.effect = np, law, effect_of(law)
        self.instrument, self.only = instrument, tuple(only)
        on = case["on"]
        assert isinstance(on, dt.date)
        self.on = on
        self.fixed: dict[str, Value] = {**{n: f.assumed for n, f in law.facts.items() if f.assumed is not None}, "another_cimt": False, "posture": "before_charge", **case, **instrument}
        self.unreadable: dict[str, int] = {}
        self.left_out = counted.left_out
        self._read(counted)

    # ------------------------------------------------------------------ reading

    def _read(self, counted: Counted) -> None:
        """Columns as codes: an array of whole numbers for each, and the values that they stand for."""
        np = self.np
        self.n = np.asarray(counted.counts, dtype=np.int64)
        self.codes: dict[str, Any] = {}
        self.values: dict[str, list[Any]] = {}
        for use, raw in zip(counted.uses, counted.columns):
            key = use.role if use.role in ("charge", "class", "state") else f"flag:{use.fact}" if use.role == "flag" else use.fact
            places: dict[Any, int] = {}
            self.codes[key] = np.fromiter((places.setdefault(v, len(places)) for v in raw), dtype=np.int64, count=len(raw))
            values: list[Any] = list(places)
            if use.role == "fact":
                read = [value_of(use.fact, v, self.law) for v in values]
                values = [v for v, _ in read]
                self._unread(use.column, key, [ok for _, ok in read])
            elif use.role == "class":
                offences = [offence_of(v, self.law) for v in values]
                self._unread(use.column, key, [o is not None or v in (None, "") for o, v in zip(offences, values)])
                values = offences
            elif use.role == "state":
                values = [str(v).strip().upper() if v not in (None, "") else "not given" for v in values]
            elif use.role == "flag":
                values = [flag(use.fact, v) for v in values]
            self.values[key] = values
        if self.only and "class" in self.codes:
            keep = np.asarray([v is not None and v[0] in self.only for v in self.values["class"]])[self.codes["class"]]
            self.n = self.n[keep]
            self.codes = {k: c[keep] for k, c in self.codes.items()}
        self.rows = int(self.n.sum())

    def _unread(self, column: str, key: str, readable: Sequence[bool]) -> None:
        bad = self.n[~self.np.asarray(readable)[self.codes[key]]].sum() if readable else 0
        if bad:
            self.unreadable[column] = int(bad)

    # ------------------------------------------------------------------ working out

    def _combine(self, keys: Sequence[str]) -> tuple[Any, list[dict[str, Any]]]:
        """One code a row for a combination of columns, and the combinations."""
        np = self.np
        if not keys:
            return np.zeros(len(self.n), dtype=np.int64), [{}]
        mixed = np.zeros(len(self.n), dtype=np.int64)
        for key in keys:
            mixed = mixed * len(self.values[key]) + self.codes[key]
            if len(keys) > 1:
                _, mixed = np.unique(mixed, return_inverse=True)
        _, first, code = np.unique(mixed, return_index=True, return_inverse=True)
        return code, [{k: self.values[k][self.codes[k][i]] for k in keys} for i in first]

    def facts_of(self, cells: Mapping[str, Any]) -> dict[str, Value]:
        """The facts of a combination."""
        facts = dict(self.fixed)
        for key, value in cells.items():
            if key.startswith("flag:"):
                if value is not None:
                    facts[value[0]] = value[1]
            elif key not in ("charge", "class", "state") and value is not None:
                facts[key] = value
        if offence := cells.get("class"):
            given = {k: v for k, v in facts.items() if k in cells}
            facts |= {**class_facts(offence, facts, self.law), **given}
        return facts

    def _keys(self, lists: Sequence[RuleList]) -> list[str]:
        """The columns that some lists of rules can turn on."""
        asked = {name for found in lists for name in found.facts}
        by_class = {n for n, a in self.law.about.items() if a == "element"} | {"offence", "convicted_by"}
        flags = {f"flag:{n}" for n in ("federal", "firearms_reserved", "pardon_firearms_reserved")}
        out = [k for k in self.codes if k in asked or k in flags]
        if "class" in self.codes and asked & by_class:
            lengths = [k for k in ("sentence_imposed_days",) if k in self.codes and k not in out]
            out += ["class", *lengths]
        return out

    def result(self) -> Batch:
        """The whole batch."""
        return self._charges() if "charge" in self.codes else self._convictions()

    # ------------------------------------------------------------------ removal charges

    def _charges(self) -> Batch:
        np = self.np
        sorts: list[Sort] = []
        state = np.zeros(len(self.n), dtype=np.int8)
        by_ground: dict[str, dict[str, int]] = {}
        doubtful: dict[str, int] = {}
        says: dict[str, dict[str, None]] = {}
        today = older = 0
        why: dict[str, int] = {}
        keys = ["charge", *[k for k in self._keys([self.effect.ground(f) for f in self.law.facts["family"].values]) if k not in ("class",)]]
        code, cells = self._combine(keys)
        rows_of = np.bincount(code, weights=self.n, minlength=len(cells)).astype(np.int64)
        reach = np.zeros(len(cells), dtype=np.int8)
        seen: dict[Any, list[Any]] = {}
        for i, cell in enumerate(cells):
            facts, rows = self.facts_of(cell), int(rows_of[i])
            states: list[set[str]] = []
            for text in _parts(cell["charge"]):
                grounds, old = self._grounds(text)
                rules = {g: self._ground_rules(self.law.grounds[g], facts) for g in grounds}
                outcomes = {r.result for found in rules.values() for r in found}
                states.append(outcomes)
                entry = seen.setdefault(text, [0, grounds, set(), old])
                entry[0] += rows
                entry[2] |= outcomes
                for g, found in rules.items():
                    if len(grounds) > 1:
                        doubtful[g] = doubtful.get(g, 0) + rows
                    else:
                        word = " or ".join(sorted({r.result for r in found}))
                        by_ground.setdefault(g, {})[word] = by_ground.get(g, {}).get(word, 0) + rows
                    says.setdefault(g, {}).update(dict.fromkeys(r.says for r in found))
                if grounds and all(self.law.grounds[g].family in ("listed", "listed_felony") for g in grounds):
                    today, older = (today, older + rows) if old else (today + rows, older)
                if not outcomes or not outcomes <= GONE:
                    for line in dict.fromkeys(r.says for found in rules.values() for r in found if r.result not in GONE) if grounds else ("The charge names no ground that is known.",):
                        why[line] = why.get(line, 0) + rows
            reach[i] = _reach_of(states)
        state = reach[code]
        sorts = sorted((Sort(str(k) if k is not None else "", v[0], v[1], tuple(sorted(v[2])), v[3]) for k, v in seen.items()), key=lambda s: -s.rows)
        return self._batch("charges", state, by_ground, doubtful, says, why, tuple(sorts), {"today": today, "older": older})

    def _grounds(self, text: Any) -> tuple[tuple[str, ...], bool]:
        """The grounds that a section names, and whether only older law had that number."""
        if text is None or not str(text).strip():
            return (), False
        try:
            found = self.law.sections.find(str(text), self.on)
        except HomeruleError:
            return (), False
        return found.grounds, not any(n.parts[0] == found.section and n.covers(self.on) for g in found.grounds for n in self.law.grounds[g].numbers)

    def _ground_rules(self, ground: Ground, facts: Mapping[str, Value]) -> tuple[Rule, ...]:
        facts = {**facts, **({"convicted_by": ground.convicted_by[0]} if len(ground.convicted_by) == 1 else {})}
        return self.effect.ground(ground.family).possible(facts)

    # ------------------------------------------------------------------ convictions

    def _convictions(self) -> Batch:
        np = self.np
        size = len(self.n)
        gone = np.zeros(size, dtype=bool)
        stays, open_, perhaps_open = gone.copy(), gone.copy(), gone.copy()
        any_, perhaps_stays = gone.copy(), gone.copy()
        by_ground: dict[str, dict[str, int]] = {}
        doubtful: dict[str, int] = {}
        says: dict[str, dict[str, None]] = {}
        why: dict[str, int] = {}
        for ground in self.law.grounds.values():
            if ground.arises is None or ground.needed > 1 or not ground.stands(self.on):
                continue
            code, cells = self._combine(self._keys([*self.effect.lists_of(ground), self.effect.ground(ground.family)]))
            rows_of = np.bincount(code, weights=self.n, minlength=len(cells)).astype(np.int64)
            word = np.zeros((len(cells), 2), dtype=np.int8)  # whether it can be charged (1 yes, 2 perhaps), and what the pardon does
            for i, cell in enumerate(cells):
                facts = self.facts_of(cell)
                may = self._may(ground, cell, facts)
                if not may:
                    continue
                found = self._ground_rules(ground, facts)
                outcomes = {r.result for r in found}
                word[i] = may, _GONE if outcomes <= GONE else _OPEN if outcomes & {*GONE, UNSETTLED} else _STAYS
                if may == 1:
                    name = " or ".join(sorted(outcomes))
                    by_ground.setdefault(ground.id, {})[name] = by_ground.get(ground.id, {}).get(name, 0) + int(rows_of[i])
                else:
                    doubtful[ground.id] = doubtful.get(ground.id, 0) + int(rows_of[i])
                says.setdefault(ground.id, {}).update(dict.fromkeys(r.says for r in found))
                if may == 1 and not outcomes <= GONE:
                    number = ground.number(self.on).code
                    for text in dict.fromkeys(r.says for r in found if r.result not in GONE):
                        line = f"{number}: {text}"
                        why[line] = why.get(line, 0) + int(rows_of[i])
            each = word[code]
            sure, perhaps = each[:, 0] == 1, each[:, 0] == 2
            any_ |= sure | perhaps
            gone |= (sure | perhaps) & (each[:, 1] == _GONE)
            stays |= sure & (each[:, 1] == _STAYS)
            open_ |= sure & (each[:, 1] == _OPEN)
            perhaps_stays |= perhaps & (each[:, 1] == _STAYS)
            perhaps_open |= perhaps & (each[:, 1] == _OPEN)
        reach = np.full(size, REACH.index("open"), dtype=np.int8)
        reach[~any_] = REACH.index("no_ground")
        reach[any_ & gone & ~stays & ~open_ & ~perhaps_stays & ~perhaps_open] = REACH.index("all")
        reach[stays & gone] = REACH.index("some")
        reach[stays & ~gone & ~open_] = REACH.index("none")
        reach[any_ & ~gone & ~open_ & ~stays & ~perhaps_open] = REACH.index("none")
        if "class" in self.codes:
            unknown = np.asarray([v is None for v in self.values["class"]])[self.codes["class"]]
            elements = [k for k in self.codes if self.law.about.get(k) == "element"]
            if not elements:
                reach[unknown] = REACH.index("unknown")
        return self._batch("convictions", reach, by_ground, doubtful, says, why, (), {"today": 0, "older": 0})

    def _may(self, ground: Ground, cell: Mapping[str, Any], facts: Mapping[str, Value]) -> int:
        """Whether a ground can be charged now: 1 yes, 2 perhaps, 0 no."""
        if ground.family == "conduct" and "status" not in facts:
            return 0
        if "class" in cell and cell["class"] is None and not any(self.law.about.get(k) == "element" for k in cell):
            return 0  # counted as not known
        truth = self.effect.arises(ground, facts)
        if "status" not in facts:
            return 0 if truth is False or ground.side != "deportable" else 1 if truth else 2
        side = self.effect.tested(ground.side, facts)
        return 0 if False in (truth, side) or (ground.family == "conduct" and truth is None) else 1 if truth and side else 2

    # ------------------------------------------------------------------ putting together

    def _batch(self, kind: str, reach: Any, by_ground: Mapping[str, Mapping[str, int]], doubtful: Mapping[str, int], says: Mapping[str, Mapping[str, None]], why: Mapping[str, int], sections: tuple[Sort, ...], named: Mapping[str, int]) -> Batch:
        from homerule.pardons.result import NOTICE

        grounds = [
            GroundCount(g, self.law.grounds[g].number(self.on).code, self.law.grounds[g].title, self.law.grounds[g].family, sum(by_ground.get(g, {}).values()), doubtful.get(g, 0), dict(by_ground.get(g, {})), tuple(says.get(g, ())))
            for g in self.law.grounds if g in by_ground or g in doubtful
        ]  # fmt: skip
        notes = []
        if "status" not in self.codes and "status" not in self.fixed and kind == "convictions":
            notes.append("no column says how people were admitted: only deportability is looked at, and charges that need no conviction are not")
        if kind == "convictions":
            notes.append("each row is taken as the only conviction: grounds that need two are not counted")
        if self.only:
            notes.append(f"only rows of the class {', '.join(self.only)} are counted")
        assumed = [f"{self.law.facts[n].words}: {self.law.facts[n].show(v)}" for n, v in self.fixed.items() if n in ("convicted_by", "status", "posture", "circuit") and n not in self.codes]
        return Batch(
            kind, self.rows, self._tally(reach), tuple(sorted(grounds, key=lambda g: -g.rows)), self._by("state", reach), self._by("class", reach), tuple(sorted(why.items(), key=lambda w: -w[1])), sections[:_MOST_LISTED * 5],
            named, self.unreadable, self.left_out, dict(self.instrument), tuple(assumed), tuple(notes), self.on, self.law.untouched, NOTICE,
        )  # fmt: skip

    def _tally(self, reach: Any, chosen: Any = None) -> dict[str, int]:
        n = self.n if chosen is None else self.np.where(chosen, self.n, 0)
        found = self.np.bincount(reach, weights=n, minlength=len(REACH)).astype(self.np.int64)
        return {name: int(found[i]) for i, name in enumerate(REACH)}

    def _by(self, key: str, reach: Any) -> tuple[Tally, ...]:
        if key not in self.codes:
            return ()
        np, values = self.np, self.values[key]
        table = np.bincount(self.codes[key] * len(REACH) + reach, weights=self.n, minlength=len(values) * len(REACH)).astype(np.int64).reshape(-1, len(REACH))
        merged: dict[str, Any] = {}
        for value, row in zip(values, table):
            name = "not known" if value is None else value[0] if isinstance(value, tuple) else str(value)
            merged[name] = merged.get(name, 0) + row
        out = [Tally(name, int(row.sum()), {r: int(row[i]) for i, r in enumerate(REACH)}) for name, row in merged.items() if row.sum()]
        return tuple(sorted(out, key=lambda t: -t.rows))


def _parts(cell: Any) -> list[Any]:
    """The charges of a cell: several stand apart by ``;`` or ``|``."""
    parts = [p.strip() for p in re.split(r"[;|]", str(cell)) if p.strip()] if cell is not None else []
    return list(dict.fromkeys(parts)) or [None]


def _reach_of(states: Sequence[set[str]]) -> int:
    """What the pardon does to a row whose charges come to these outcomes."""
    if any(not s for s in states):
        return REACH.index("unknown")
    gone = [s <= GONE for s in states]
    stays = [not s & {*GONE, UNSETTLED} for s in states]
    if all(gone):
        return REACH.index("all")
    if any(gone) and any(stays):
        return REACH.index("some")
    return REACH.index("none" if all(stays) else "open")


__all__ = ["REACH", "Batch", "batch"]
