"""One part of a run: a batch of rows, what follows for each, the columns that are written and the tallies that are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from homerule.replay.cells import Ints, number
from homerule.replay.facilities import Placement
from homerule.replay.known import Known
from homerule.replay.law import Follows, Laws
from homerule.replay.output import Codes, table_of
from homerule.replay.rows import EPOCH, NO_DAY, Batch, Memo, Reader
from homerule.replay.source import meet
from homerule.replay.tables import needs
from homerule.replay.values import FIRST, LAST

#: Why a row is kept apart and not decided, in the order in which it is asked.
APART = {
    "": "decided",
    "not_placed": "no place can be made out for the row",
    "no_local_body": "the facility is no state or local body's",
    "no_day": "the row names no day that can be read",
    "day_out_of_range": "the day is before 1990, after 2099 or later than the run",
    "unknown_request": "the row does not say what was asked in words that are known",
}
_KINDS = list(APART)


class Part(NamedTuple):
    """What one part gives: the rows, the tallies, what follows (for `outcomes`), the counts of the state file, and the rows without a body."""

    rows: Any
    tally: Any
    apart: Any
    outcomes: list[Follows]
    counts: dict[str, Any]
    nowhere: Mapping[tuple[str, ...], int]


class Worker:
    """Works the parts of a run over one table. ``as_of`` is a day for every row, or None for each row's own."""

    def __init__(self, laws: Laws, reader: Reader, *, suppose: Mapping[str, Known], as_of: dt.date | None, request: str, labels: Sequence[str], file: str, today: dt.date, metadata: Mapping[str, str]) -> None:
        self.laws, self.reader, self.suppose = laws, reader, suppose
        self.as_of, self.request, self.labels = as_of, request, ("", *labels)
        self.file, self.today, self.metadata = file, today, metadata
        self._law_of: list[int] = []
        self._receipts: list[str] = []
        self._follows = Memo()
        self._cell: dict[Any, int] = {}
        self._ids: dict[Follows, str] = {}
        self._said: dict[tuple[tuple[int, ...], str], dict[str, Known]] = {}

    def _laws(self) -> Ints:
        """The law of each placement met: its number plus one, 0 where no body is asked."""
        for p in self.reader.placements[len(self._law_of) :]:
            self._law_of.append(self.laws.law(p.bodies) + 1 if p.bodies else 0)
            self._receipts.append(self.laws.receipt(p.bodies) if p.bodies else "")
        return np.array(self._law_of or [0], np.int32)

    def _asked(self) -> list[str]:
        return [self.request or r for r in self.reader.request_kinds]

    def part(self, table: Any, start: int) -> Part:
        """Work one batch; ``start`` is the number of rows of the file before it."""
        b = self.reader.read(table)
        law = self._laws().take(b.where)
        requests = [self._acts(r) for r in self._asked()]
        apart = self._apart(b, law, np.array([bool(r) for r in requests]))
        days, span = self._spans(b)
        decided = apart == 0
        law = np.where(decided, law, 0)
        columns: dict[str, tuple[Ints, int]] = {
            "span": (np.where(decided, span, 0), len(days) + 1), "law": (law, int(law.max(initial=0)) + 1), "request": (b.requests, len(requests)),
        }  # fmt: skip
        columns |= {f"f_{n}": (c, len(self.reader.known(n))) for n, c in b.facts.items()}
        cells = number(columns, b.rows)
        follows = self._follow(cells.codes, days, requests)
        return Part(
            self._rows(b, start, apart, cells.of, follows), *self._tallies(b, apart, cells.of, follows),
            [f for f in dict.fromkeys(self._follows.items[i] for codes in follows.values() for i in np.unique(codes)) if f is not None],
            {"turns_on": self._turns_on(cells.of, follows), "read": table.num_rows, "rows": b.rows, "decided": int(decided.sum()), "placed": self._count(b, lambda p: p.placed), "with_state": self._count(b, lambda p: bool(p.state)), "unread": b.unread},
            b.nowhere,
        )  # fmt: skip

    def _turns_on(self, of: Ints, follows: Mapping[tuple[str, int], Ints]) -> dict[str, dict[str, int]]:
        """For each act (and draft) and fact, the rows whose verdict could still turn on it."""
        n = np.bincount(of)
        out: dict[str, dict[str, int]] = {}
        for (act, d), codes in follows.items():
            facts = out.setdefault(act if not d else f"{act}@{self.labels[d]}", {})
            for i, rows in enumerate(np.bincount(codes[: len(n)], n[: len(codes)]).tolist()):
                f = self._follows.items[i]
                for fact in f.turns_on if f and rows else ():
                    facts[fact] = facts.get(fact, 0) + int(rows)
        return out

    def _count(self, b: Batch, test: Any) -> int:
        return int(np.array([test(p) for p in self.reader.placements] or [False]).take(b.where).sum())

    def _acts(self, request: str) -> tuple[str, ...]:
        vocabulary = self.laws.engine.corpus.vocabulary
        if not request or (request not in vocabulary.requests and request not in vocabulary.acts):
            return ()
        return tuple(a for a in vocabulary.asked(request).acts if a in self.laws.acts)

    def _apart(self, b: Batch, law: Ints, known: Ints) -> Ints:
        """For each row an index into `APART`: 0 where it is decided."""
        out = np.zeros(b.rows, np.int8)
        out[~known.take(b.requests)] = _KINDS.index("unknown_request")
        if self.as_of is None:
            last = min((self.today - EPOCH).days, (LAST - EPOCH).days - 1)
            out[(b.days < (FIRST - EPOCH).days) | (b.days > last)] = _KINDS.index("day_out_of_range")
            out[b.days == NO_DAY] = _KINDS.index("no_day")
        where = np.array([0 if p.bodies else _KINDS.index("no_local_body" if p.kind else "not_placed") for p in self.reader.placements] or [0], np.int8).take(b.where)
        return np.where(where > 0, where, out)

    def _spans(self, b: Batch) -> tuple[list[dt.date], Ints]:
        """The days from which the law is asked, and each row's."""
        if self.as_of is not None:
            return [self.as_of], np.zeros(b.rows, np.int32)
        days = [d for d in self.laws.days() if d > dt.date.min]
        marks = np.array([(d - EPOCH).days for d in days], np.int64)
        return [dt.date.min, *days], np.searchsorted(marks, b.days, side="right").astype(np.int32)

    def _follow(self, codes: Mapping[str, Ints], days: Sequence[dt.date], requests: Sequence[Sequence[str]]) -> dict[tuple[str, int], Ints]:
        """For each act and draft, what follows in each cell: an index into the memo of what follows."""
        spans, laws, asked = codes["span"].tolist(), codes["law"].tolist(), codes["request"].tolist()
        names = [n for n in codes if n.startswith("f_")]
        facts = list(zip(*(codes[n].tolist() for n in names))) if names else [()] * len(laws)
        none = self._follows.of(None)
        kinds = self._asked()
        out = {}
        for act in self.laws.acts:
            for d in range(len(self.laws.drafts)):
                found = np.full(len(laws), none, np.int32)
                for i, law in enumerate(laws):
                    if law and act in requests[asked[i]]:
                        day = days[spans[i]]
                        key = (law, day, kinds[asked[i]], facts[i], act, d)
                        at = self._cell.get(key)
                        if at is None:
                            known = self._known(names, facts[i], kinds[asked[i]])
                            at = self._cell[key] = self._follows.of(self.laws.follows(law - 1, day, known, act, d))
                        found[i] = at
                out[act, d] = found
        return out

    def _known(self, names: Sequence[str], codes: tuple[int, ...], request: str) -> dict[str, Known]:
        """What a row says by its columns and by what it asks, and what is supposed of every row where it does not say otherwise."""
        found = self._said.get((codes, request))
        if found is None:
            facts = self.reader.vocabulary.facts
            found = {n[2:]: self.reader.known(n[2:])[k] for n, k in zip(names, codes)}
            for says, column in self.reader.mapped.facts:
                if not column:
                    found[says.fact] = meet(found.get(says.fact), says.every(request, facts[says.fact]), facts[says.fact])
            for name, value in self.suppose.items():
                both = meet(found.get(name), value, facts[name])
                found[name] = both if both is not None else found.get(name)
            self._said[codes, request] = found
        return found

    # ------------------------------------------------------------------ what is written

    def _rows(self, b: Batch, start: int, apart: Ints, of: Ints, follows: Mapping[tuple[str, int], Ints]) -> Any:
        pa = needs("pyarrow")
        ps = self.reader.placements
        where = Codes(b.where, len(ps))

        def placed(make: Any) -> Any:
            return where.texts([make(p) or None for p in ps] or [None])

        days = pa.array(b.days.astype("int32"), pa.int32(), mask=b.days == NO_DAY).cast(pa.date32())
        columns: dict[str, Any] = {
            "file": Codes(np.zeros(b.rows, np.int8), 1).texts([self.file]),
            "row": pa.array(b.at.astype(np.int64) + start + 1),
            "day": days,
            "state": placed(lambda p: p.state),
            "county": placed(lambda p: p.county),
            "place": placed(lambda p: " | ".join(dict.fromkeys(x.place for x in p.bodies))),
            "actor": placed(lambda p: " | ".join(dict.fromkeys(x.actor for x in p.bodies))),
            "facility_kind": placed(lambda p: p.kind),
            "placed_by": placed(lambda p: p.how),
            "request": Codes(b.requests, len(self.reader.request_kinds)).texts([r or None for r in self._asked()]),
            "happened": Codes(b.happened, len(self.reader.outcomes)).texts(self.reader.outcomes),
            "apart": Codes(apart, len(_KINDS)).texts([k or None for k in _KINDS]),
            "why_apart": placed(_why),
        }
        items: list[Follows | None] = self._follows.items
        cells = Codes(of, int(of.max(initial=0)) + 1)
        for (act, d), codes in follows.items():
            name = act if not d else f"{act}@{self.labels[d]}"
            mine = [items[i] for i in codes.tolist()]
            columns[name] = cells.texts([f.verdict if f else None for f in mine])
            columns[f"{name}_reachable"] = cells.texts([" | ".join(f.reachable) if f and len(f.reachable) > 1 else None for f in mine])
            columns[f"{name}_norms"] = cells.texts([" ".join(f.deciding) if f else None for f in mine])
            columns[f"{name}_outcome"] = cells.texts([self._id(f) for f in mine])
        if self.as_of is not None:
            columns["law_as_of"] = pa.array(np.full(b.rows, (self.as_of - EPOCH).days, np.int32), pa.int32()).cast(pa.date32())
        else:
            columns["law_as_of"] = days
        columns["receipt"] = where.texts([r or None for r in self._receipts] or [None])
        return table_of(columns, self.metadata)

    def _id(self, follows: Follows | None) -> str | None:
        if follows is None:
            return None
        found = self._ids.get(follows)
        if found is None:
            found = self._ids[follows] = follows.id
        return found

    def _tallies(self, b: Batch, apart: Ints, of: Ints, follows: Mapping[tuple[str, int], Ints]) -> tuple[Any, Any]:
        """(rows decided by act, draft, verdict and state, and each of county, month and what happened; rows kept apart by state and why)."""
        pa = needs("pyarrow")
        homes, home_of = _homes(self.reader.placements)
        states, state_of = _ranked([s for s, _ in homes])
        home, state = home_of.take(b.where), state_of.take(home_of).take(b.where)
        first = int(np.where(b.days == NO_DAY, 0, b.days).min(initial=0))
        last = int(b.days.max(initial=0))
        months, month_of = _ranked([str(m) for m in np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]")])
        month = month_of.take(np.where(b.days == NO_DAY, 0, b.days - first))
        happenings, happened_of = _ranked(self.reader.outcomes or [""])
        items: list[Follows | None] = self._follows.items
        verdicts, verdict_of = _ranked([(f.verdict if f.verdict != "depends" else f"depends: {' | '.join(f.reachable)}") if f else "" for f in items])
        verdict_of, wide = verdict_of.astype(np.intp), np.intp(len(verdicts))
        none = verdicts.index("") if "" in verdicts else -1
        lines: tuple[tuple[Ints, Any, str], ...] = (
            (home * wide, homes, "county"), ((state * np.intp(len(months)) + month) * wide, (states, months), "month"),
            ((state * np.intp(len(happenings)) + happened_of.take(b.happened)) * wide, (states, happenings), "happened"),
        )  # fmt: skip
        pieces = []
        for (act, d), codes in follows.items():
            verdict = verdict_of.take(codes).take(of)
            for key, kinds, what in lines:
                found = np.bincount(key + verdict)
                at = np.flatnonzero(found)
                at = at[at % len(verdicts) != none]
                place, v = at // len(verdicts), at % len(verdicts)
                first_of, second_of = (place, place) if what == "county" else (place // len(kinds[1]), place % len(kinds[1]))
                firsts, seconds = ([s for s, _ in homes], [c or "-" for _, c in homes]) if what == "county" else kinds
                columns = {k: _named(np.zeros(len(at), np.int32), [x]) for k, x in {"policy": self.labels[d], "act": act, "county": ALL, "month": ALL, "happened": ALL}.items()}
                columns |= {"state": _named(first_of, firsts), what: _named(second_of, seconds), "verdict": _named(v, verdicts)}
                pieces.append(pa.table({k: columns[k] for k in ("policy", "act", "state", "county", "month", "happened", "verdict")} | {"n": pa.array(found[at])}))
        apart_counts = np.bincount(state * np.intp(len(_KINDS)) + apart, minlength=len(states) * len(_KINDS))
        at = np.array([i for i in np.flatnonzero(apart_counts) if i % len(_KINDS)], np.intp)
        left = pa.table({
            "state": pa.array([states[i // len(_KINDS)] for i in at], pa.string()), "apart": pa.array([_KINDS[i % len(_KINDS)] for i in at], pa.string()), "n": pa.array(apart_counts[at], pa.int64()),
        })  # fmt: skip
        return pa.concat_tables(pieces), left


def _why(p: Placement) -> str:
    return "" if p.bodies else p.why


def _homes(placements: Sequence[Placement]) -> tuple[list[tuple[str, str]], Ints]:
    """The distinct (state, county) of the placements in order, and each one's number."""
    homes = sorted({(p.state, p.county) for p in placements}) or [("", "")]
    rank = {h: i for i, h in enumerate(homes)}
    return homes, np.array([rank[p.state, p.county] for p in placements] or [0], np.int32)


def _named(codes: Ints, names: Sequence[str]) -> Any:
    pa = needs("pyarrow")
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(names), pa.string())).dictionary_decode()


def _ranked(names: Sequence[str]) -> tuple[list[str], Ints]:
    """The distinct names in order, and each one's number."""
    order = sorted(set(names))
    rank = {n: i for i, n in enumerate(order)}
    return order, np.array([rank[n] for n in names] or [0], np.int32)


#: Stands for the sum over a column.
ALL = "all"
