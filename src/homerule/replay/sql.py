"""The bit-vector form as SQL: for any engine with 64-bit integers and joins. A row carries a key; facts come as small codes.

Two renderings of one regime. `masks_select` writes the masks themselves, fact by fact, as arrays indexed by the code and joined with ``&``:
words of 63 bits, so that they are positive signed numbers. `cells_select` joins small tables (a combination of codes → the class of its
cases) and yields the number of the cell, to which outcomes are joined; it is several times faster where joins to small tables are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from homerule.replay.bits import Compiled, Plan, out_full
from homerule.replay.cells import Columns


class Dialect(NamedTuple):
    """How one engine writes what the others write differently. ``at`` picks from an array by a code counted from 0."""

    name: str
    at: str = "([{items}])[{index} + 1]"
    big: str = "CAST({x} AS BIGINT)"
    quote: str = '"{x}"'

    def name_of(self, column: str) -> str:
        return self.quote.format(x=column)


DUCKDB = Dialect("duckdb")
SPARK = Dialect("spark", at="element_at(array({items}), CAST({index} AS INT) + 1)", quote="`{x}`")


def column_of(fact: str) -> str:
    """The name of a fact's column of codes."""
    return f"f_{fact}"


def masks_select(compiled: Compiled, columns: Columns, table: str, *, key: str = "row", dialect: Dialect = DUCKDB) -> str:
    """A query of one row a row: the key, ``must_0``, ``may_0`` and so on for each word."""
    full = out_full(compiled._full, compiled.words)
    parts = [dialect.name_of(key)]
    used = [f for f in compiled.facts]
    tables = {f: compiled.table(f, columns[f].values if f in columns else [None]) for f in used}
    for side, name in enumerate(("must", "may")):
        for w in range(compiled.words):
            terms = []
            for f in used:
                words = [int(x) for x in tables[f][side][:, w]]
                if all(x == full[w] for x in words):
                    continue
                if len(set(words)) == 1:
                    terms.append(_number(words[0], dialect))
                    continue
                items = ", ".join(_number(x, dialect) for x in words)
                terms.append(dialect.at.format(items=items, index=dialect.name_of(column_of(f))))
            parts.append(f"{' & '.join(terms) or _number(full[w], dialect)} AS {name}_{w}")
    return f"SELECT {', '.join(parts)} FROM {table}"


def _number(x: int, dialect: Dialect) -> str:
    return dialect.big.format(x=x)


class Relation(NamedTuple):
    """A small table that a query joins: its name, and its rows of (key, value)."""

    name: str
    rows: Sequence[tuple[int, int]]


def cells_select(plan: Plan, table: str, *, key: str = "row", dialect: Dialect = DUCKDB) -> tuple[str, list[Relation]]:
    """A query of the key and the number of the row's ``cell``, and the small tables (columns ``k``, ``v``) that it joins."""
    relations, joins, terms = [], [], []
    for n, b in enumerate(plan.bundles):
        if len(b.classes) < 2:
            continue
        name = f"bundle_{n}"
        relations.append(Relation(name, [(k, int(v)) for k, v in enumerate(b.table)]))
        joint = "0"
        for f, size in zip(b.facts, b.sizes):
            code = dialect.big.format(x=f"t.{dialect.name_of(column_of(f))}")
            joint = code if joint == "0" else f"({joint}) * {size} + {code}"
        joins.append(f"JOIN {name} ON {name}.k = {joint}")
        terms.append(f"{name}.v")
    cell = " + ".join(terms) or _number(0, dialect)
    return f"SELECT t.{dialect.name_of(key)}, {cell} AS cell FROM {table} AS t {' '.join(joins)}", relations


def outcomes_select(plan: Plan, table: str, *, key: str = "row", dialect: Dialect = DUCKDB) -> tuple[str, list[Relation]]:
    """As `cells_select`, with ``outcome`` (the index of what follows) joined from a table ``outcomes`` that the caller fills from the cells that occur."""
    query, relations = cells_select(plan, table, key=key, dialect=dialect)
    return f"SELECT c.{dialect.name_of(key)}, o.v AS outcome FROM ({query}) AS c JOIN outcomes AS o ON o.k = c.cell", relations
