"""The same plan with its loops compiled by numba (``pip install 'homerule[numba]'``): the same numbers out, sooner."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from homerule.errors import InputError
from homerule.replay.bits import Compiled, Plan, Resolved
from homerule.replay.cells import DENSE, Columns, Ints

_PART = 1 << 14  # rows whose joint codes are held at a time: within the first-level cache


@cache
def _kernels() -> tuple[Any, Any, Any]:
    try:
        import numba
    except ImportError:
        raise InputError("the fast form needs numba", help="Install it: pip install 'homerule[numba]'") from None
    jit = numba.njit(cache=True, nogil=True, boundscheck=False, fastmath=False)

    @jit
    def step(joint: Any, codes: Any, size: Any) -> None:
        for i in range(len(codes)):
            joint[i] = joint[i] * size + codes[i]

    @jit
    def first(joint: Any, table: Any, out: Any) -> None:
        for i in range(len(out)):
            out[i] = table[joint[i]]

    @jit
    def add(joint: Any, table: Any, out: Any) -> None:
        for i in range(len(out)):
            out[i] += table[joint[i]]

    return step, first, add


class FastPlan(Plan):
    """A `Plan` whose rows are worked by compiled loops."""

    def __init__(self, compiled: Compiled, columns: Columns) -> None:
        super().__init__(compiled, columns)
        self._tables = [b.table.astype(np.int32) for b in self.bundles]

    def run(self, columns: Columns, rows: int) -> tuple[Ints, list[Resolved]]:
        if self.total > DENSE:
            return super().run(columns, rows)
        out: Ints = np.empty(rows, np.int32)
        if not self.bundles:
            out[:] = self._find(0)
            return out, self.results
        if not self._through(columns, out, self.outcome):
            cells = self.cells(columns, rows)
            for c in np.unique(cells[out < 0]):
                self.outcome[c] = self._find(int(c))
            self._through(columns, out, self.outcome)
        return out, self.results

    def gather(self, columns: Columns, table: Ints, out: Ints) -> None:
        """``out[row] = table[cell of the row]`` in one pass: any property of the outcome, such as the mask of applying norms."""
        self._through(columns, out, table)

    def cells(self, columns: Columns, rows: int) -> Ints:
        out: Ints = np.zeros(rows, np.int32)
        if self.bundles:
            self._through(columns, out, None)
        return out.astype(np.intp)

    def _through(self, columns: Columns, out: Ints, table: Ints | None) -> bool:
        """Fill ``out`` part by part; False where an outcome is not worked out yet."""
        step, first, add = _kernels()
        known = True
        cell = np.empty(min(_PART, len(out)), np.int32)
        joints = [np.empty(len(cell), b.dtype) for b in self.bundles]
        sizes = [[b.dtype(s) for s in b.sizes] for b in self.bundles]
        facts = [[columns[f].codes for f in b.facts] for b in self.bundles]
        for start in range(0, len(out), _PART):
            end = min(len(out), start + _PART)
            target = cell[: end - start]
            for n, table_of in enumerate(self._tables):
                joint = joints[n][: end - start]
                joint[:] = facts[n][0][start:end]
                for k in range(1, len(facts[n])):
                    step(joint, facts[n][k][start:end], sizes[n][k])
                (add if n else first)(joint, table_of, target)
            if table is None:
                out[start:end] = target
            else:
                first(target, table, out[start:end])
                if table is self.outcome and known and out[start:end].min() < 0:
                    known = False
        return known
