"""The forms of a regime that work on many rows. Each gives the same rows out; ``tests/conformance/backends`` holds them to the oracle.

A new back end is a class with ``name``, ``available`` and ``resolve``, and a line in `BACKENDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from homerule.reasoning.regime import Regime
from homerule.replay.bits import Compiled, Plan, Resolved, joined
from homerule.replay.cells import Columns, Ints
from homerule.replay.sql import cells_select, column_of, masks_select, outcomes_select
from homerule.replay.tables import needs


class Backend(Protocol):
    """What a back end provides. ``resolve``: for each row the index of what follows, and the list of what follows."""

    name: str

    def available(self) -> bool: ...
    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]: ...


class Numpy:
    """The plan of `bits` in plain numpy: what the run itself uses."""

    name = "numpy"

    def available(self) -> bool:
        return True

    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        return Compiled(regime).outcomes(columns, rows)


class Masks:
    """The plain masks in numpy, one AND a fact, resolved once a distinct pair of masks (and, where facts are missing, of what is known)."""

    name = "numpy masks"

    def available(self) -> bool:
        return True

    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        compiled = Compiled(regime)
        must, may = compiled.masks(columns, rows)
        return resolve_masks(compiled, columns, must, may)


class Numba:
    """The plan with compiled loops."""

    name = "numba"

    def available(self) -> bool:
        return find_spec("numba") is not None

    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        from homerule.replay.fast import FastPlan

        return FastPlan(Compiled(regime), columns).run(columns, rows)


class Duck:
    """The plan as joins to small tables in DuckDB."""

    name = "duckdb cells"

    def available(self) -> bool:
        return find_spec("duckdb") is not None

    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        duckdb, pa = needs("duckdb"), needs("pyarrow")
        plan = Plan(Compiled(regime), columns)
        with duckdb.connect() as db:
            db.register("facts", _arrow(columns, rows))
            query, relations = cells_select(plan, "facts")
            for r in relations:
                db.register(r.name, pa.table({"k": pa.array([k for k, _ in r.rows], pa.int64()), "v": pa.array([v for _, v in r.rows], pa.int64())}))
            present = [c for (c,) in db.execute(f"SELECT DISTINCT cell FROM ({query})").fetchall()]
            found = [plan._find(int(c)) for c in present]
            db.register("outcomes", pa.table({"k": pa.array(present, pa.int64()), "v": pa.array(found, pa.int32())}))
            query, _ = outcomes_select(plan, "facts")
            return db.execute(f"SELECT outcome FROM ({query}) ORDER BY row").fetchnumpy()["outcome"], plan.results


class DuckMasks:
    """The masks themselves in DuckDB."""

    name = "duckdb masks"

    def available(self) -> bool:
        return find_spec("duckdb") is not None

    def resolve(self, regime: Regime, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        duckdb = needs("duckdb")
        compiled = Compiled(regime)
        with duckdb.connect() as db:
            db.register("facts", _arrow(columns, rows))
            got = db.execute(f"SELECT * FROM ({masks_select(compiled, columns, 'facts')}) ORDER BY row").fetchnumpy()
        must, may = (np.array([_full(got[f"{side}_{w}"], rows) for w in range(compiled.words)]).astype(np.uint64) for side in ("must", "may"))
        return resolve_masks(compiled, columns, must, may)


def _full(column: Any, rows: int) -> Any:
    return np.broadcast_to(column, (rows,))


def _arrow(columns: Columns, rows: int) -> Any:
    return needs("pyarrow").table({"row": np.arange(rows), **{column_of(f): c.codes for f, c in columns.items()}})


def resolve_masks(compiled: Compiled, columns: Columns, must: Any, may: Any) -> tuple[Ints, list[Resolved]]:
    """From the masks of every row to what follows: once for each distinct pair, and for each distinct knowledge where they differ."""
    rows = must.shape[1]
    keys = [tuple(k) for k in np.concatenate([must, may]).T.tolist()]
    used = [f for f in compiled.facts if f in columns]
    index: dict[Any, int] = {}
    results: list[Resolved] = []
    out = np.empty(rows, np.int32)
    words = compiled.words
    for row, key in enumerate(keys):
        open_ = key[:words] != key[words:]
        full: Any = (key, tuple(int(columns[f].codes[row]) for f in used)) if open_ else key
        at = index.get(full)
        if at is None:
            facts = {f: columns[f].values[int(columns[f].codes[row])] for f in used}
            at = index[full] = len(results)
            results.append(compiled.resolve(facts, joined(key[:words]), joined(key[words:])))
        out[row] = at
    return out, results


BACKENDS: tuple[Callable[[], Backend], ...] = (Numpy, Masks, Numba, Duck, DuckMasks)
