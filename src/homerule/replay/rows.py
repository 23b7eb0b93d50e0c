"""A batch of a table as numbers: where, when, what was asked, what became of it, and what is known of each fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from typing import Any, NamedTuple

import numpy as np

from homerule.replay.cells import Ints, number
from homerule.replay.facilities import Placement, Places
from homerule.replay.known import Known
from homerule.replay.source import WHERE, Mapped, meet, said_of
from homerule.replay.tables import needs
from homerule.replay.values import day_of, plain_text
from homerule.vocabulary import Vocabulary

EPOCH = dt.date(1970, 1, 1)
NO_DAY = np.iinfo(np.int32).min


class Memo:
    """Numbers given to things as they are met."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._at: dict[Hashable, int] = {}

    def of(self, item: Any) -> int:
        at = self._at.get(item)
        if at is None:
            at = self._at[item] = len(self.items)
            self.items.append(item)
        return at


class Batch(NamedTuple):
    """A batch as numbers: for each row kept, its place in the batch (``at``), and codes into the reader's lists."""

    at: Ints
    where: Ints
    days: Ints  # days since 1970, or `NO_DAY`
    requests: Ints
    happened: Ints
    facts: dict[str, Ints]
    unread: int  # cells that hold no value of their fact
    nowhere: dict[tuple[str, ...], int]  # (facility, city, state, why) of rows without a body → how many

    @property
    def rows(self) -> int:
        return len(self.at)


class Reader:
    """Turns the batches of one table into groups. What it has met once it looks up."""

    def __init__(self, mapped: Mapped, places: Places, vocabulary: Vocabulary) -> None:
        self.mapped = mapped
        self.places = places
        self.vocabulary = vocabulary
        self._values: dict[str, dict[Any, int]] = {}  # column → value → number
        self._where = Memo()
        self._where_of: dict[tuple[int, ...], int] = {}
        self._requests, self._happened = Memo(), Memo()
        self._texts: dict[str, list[Any]] = {}
        self._facts = {f: Memo() for f in dict.fromkeys(s.fact for s, c in mapped.facts if c)}
        self._fact_of: dict[tuple[str, tuple[int, ...]], tuple[int, bool]] = {}
        self._kept: dict[int, bool] = {}
        self._kinds = tuple(vocabulary.requests) + tuple(vocabulary.acts)

    # ------------------------------------------------------------------ one column

    def _codes(self, table: Any, column: str) -> Ints:
        """A number a row for the value in a column, the same over all batches."""
        pa, pc = needs("pyarrow"), needs("pyarrow.compute")
        chunks = table.column(column).chunks
        found = []
        for chunk in chunks:
            encoded = chunk if pa.types.is_dictionary(chunk.type) else pc.dictionary_encode(chunk)
            local = [self._number(column, v) for v in encoded.dictionary.to_pylist()]
            indices = encoded.indices
            if indices.null_count:
                indices = indices.fill_null(len(local)) if len(local) < 127 or indices.type.bit_width > 8 else indices.cast(pa.int32()).fill_null(len(local))
                local.append(self._number(column, None))
            found.append(np.array(local or [0], np.int32).take(indices.to_numpy(zero_copy_only=False)))
        return found[0] if len(found) == 1 else np.concatenate(found) if found else np.zeros(0, np.int32)

    def _number(self, column: str, value: Any) -> int:
        known = self._values.setdefault(column, {})
        at = known.get(value)
        if at is None:
            texts = self._texts.setdefault(column, [])
            at = known[value] = len(texts)
            texts.append(value)
        return at

    def _text(self, column: str, code: int) -> Any:
        return self._texts[column][code]

    def _combined(self, columns: Sequence[Ints], rows: int) -> tuple[list[tuple[int, ...]], Ints]:
        """The distinct combinations of some columns of numbers, and each row's."""
        if not columns:
            return [()], np.zeros(rows, np.intp)
        numbered = number({str(i): (c, int(c.max(initial=0)) + 1) for i, c in enumerate(columns)}, rows)
        return list(zip(*(numbered.codes[str(i)].tolist() for i in range(len(columns))))), numbered.of

    def _mapped(self, columns: Sequence[str], table: Any, make: Callable[[tuple[int, ...]], int]) -> Ints:
        tuples, of = self._combined([self._codes(table, c) for c in columns], table.num_rows)
        return np.array([make(t) for t in tuples] or [0], np.int32).take(of)

    # ------------------------------------------------------------------ the roles

    def _days(self, table: Any) -> Ints:
        pa = needs("pyarrow")
        column = self.mapped.roles["date"]
        array = table.column(column).combine_chunks()
        kind = array.type
        if pa.types.is_timestamp(kind):
            array, kind = array.cast(pa.date32(), safe=False), pa.date32()
        if pa.types.is_date32(kind):
            days = array.fill_null(EPOCH).to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int32)
            if array.null_count:
                days = np.where(array.is_null().to_numpy(zero_copy_only=False), NO_DAY, days)
            return np.asarray(days, np.int32)
        codes = self._codes(table, column)
        found = [day_of(v) for v in self._texts[column]]
        return np.array([NO_DAY if d is None else (d - EPOCH).days for d in found] or [NO_DAY], np.int32).take(codes)

    def _place(self, at: tuple[int, ...]) -> int:
        found = self._where_of.get(at)
        if found is None:
            roles = [r for r in WHERE if r in self.mapped.roles]
            parts = {r: str(v) for r, c in zip(roles, at) if (v := self._text(self.mapped.roles[r], c)) is not None}
            found = self._where_of[at] = self._where.of(self.places.place(**parts))
        return found

    def _fact(self, name: str, at: tuple[int, ...], says: Sequence[Any]) -> tuple[int, bool]:
        found = self._fact_of.get((name, at))
        if found is None:
            fact = self.vocabulary.facts[name]
            known: Known = None
            read = True
            filled = iter(at)
            for s, column in says:
                value, could = said_of(s, self._text(column, next(filled)), fact)
                known, read = meet(known, value, fact), read and could
            found = self._fact_of[(name, at)] = (self._facts[name].of(known), read)
        return found

    @property
    def placements(self) -> list[Placement]:
        return self._where.items

    @property
    def request_kinds(self) -> list[str]:
        return self._requests.items

    @property
    def outcomes(self) -> list[str]:
        return self._happened.items

    def known(self, fact: str) -> list[Known]:
        """What the codes of a fact mean."""
        return self._facts[fact].items

    def read(self, table: Any) -> Batch:
        """A batch as numbers. Rows that carry no request are left out."""
        roles = self.mapped.roles
        keep = self.mapped.source.keep
        at = np.arange(table.num_rows)
        if keep:
            kept = self._mapped([roles[keep["role"]]], table, self._keep).astype(bool)
            at = at[kept]
            table = table.filter(kept)
        columns = [roles[r] for r in WHERE if r in roles]
        tuples, of = self._combined([self._codes(table, c) for c in columns], table.num_rows)
        found = np.array([self._place(t) for t in tuples] or [0], np.int32)
        facts: dict[str, Ints] = {}
        unread = 0
        for name in self._facts:
            says = [(s, c) for s, c in self.mapped.facts if s.fact == name and c]
            each, rows_of = self._combined([self._codes(table, c) for _, c in says], table.num_rows)
            knows = [self._fact(name, t, says) for t in each]
            bad = np.array([not read for _, read in knows])
            unread += int(bad.take(rows_of).sum()) if bad.any() else 0
            facts[name] = np.array([k for k, _ in knows], np.int32).take(rows_of)
        asked = self._mapped([roles["request"]] if "request" in roles else [], table, self._request)
        happened = self._mapped([roles["outcome"]] if "outcome" in roles else [], table, self._outcome)
        return Batch(at, found.take(of), self._days(table), asked, happened, facts, unread, self._nowhere(tuples, found, of))

    def _nowhere(self, tuples: Sequence[tuple[int, ...]], found: Ints, of: Ints) -> dict[tuple[str, ...], int]:
        lost = [i for i, w in enumerate(found) if i < len(tuples) and not self._where.items[w].bodies]
        if not lost:
            return {}
        counts = np.bincount(of, minlength=len(tuples))
        roles = [r for r in WHERE if r in self.mapped.roles]
        out: dict[tuple[str, ...], int] = {}
        for i in lost:
            if counts[i]:
                parts = {r: str(v) for r, c in zip(roles, tuples[i]) if (v := self._text(self.mapped.roles[r], c)) is not None}
                p = self._where.items[found[i]]
                key = (parts.get("facility", parts.get("place", "")), parts.get("city", ""), parts.get("state", parts.get("area", "")), p.county, p.why)
                out[key] = out.get(key, 0) + int(counts[i])
        return out

    def _request(self, at: tuple[int, ...]) -> int:
        value = self._text(self.mapped.roles["request"], at[0]) if at else None
        return self._requests.of(self.mapped.source.request_of(value, self._kinds))

    def _outcome(self, at: tuple[int, ...]) -> int:
        value = self._text(self.mapped.roles["outcome"], at[0]) if at else None
        return self._happened.of(self.mapped.source.outcome_of(value))

    def _keep(self, at: tuple[int, ...]) -> int:
        assert self.mapped.source.keep is not None
        value = self._text(self.mapped.roles[self.mapped.source.keep["role"]], at[0])
        return int(value is not None and plain_text(str(value)) in self.mapped.source.keep["values"])
