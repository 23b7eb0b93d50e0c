"""The weekly linear program of a network as arrays: columns, rows and one sparse matrix, written week by week from one pattern.

Columns of a week, in this order: arrests taken by class, region and area; waiting in rooms, moved out, moved in and put to bed by area and class; the stocks before an
order and cases heard, by track, class and area; let out for room by track and area; the expedited stock and its exits; the two stages after an order and
the exits of the second. Every row says what the fluid does in a week, with "at most" where the fluid has "exactly".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.fluid import Passed, passes
from homerule.capacity.network import Network

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]

STEP = 7.0


class Program(NamedTuple):
    """max cost @ x, lower <= x <= upper, row_lower <= M x <= row_upper; M by rows (starts, columns_of, value). ``columns`` and ``rows``: where each kind stands,
    as arrays of shape (weeks, ...)."""

    cost: Array
    lower: Array
    upper: Array
    row_lower: Array
    row_upper: Array
    starts: Index
    columns_of: Index
    value: Array
    columns: dict[str, Index]
    rows: dict[str, Index]


class _Rows:
    """Collects rows: blocks of entries with the same shape (weeks, rows)."""

    def __init__(self, np: Any, weeks: int) -> None:
        self.np, self.weeks, self.count = np, weeks, 0
        self.r: list[Any] = []
        self.c: list[Any] = []
        self.v: list[Any] = []
        self.low: list[Any] = []
        self.high: list[Any] = []
        self.at: dict[str, Any] = {}

    def block(self, name: str, shape: tuple[int, ...], low: Any, high: Any) -> Any:
        """New rows of shape (weeks, *shape); returns their numbers."""
        np = self.np
        full = (self.weeks, *shape)
        size = int(np.prod(full))
        rows = np.arange(self.count, self.count + size).reshape(full)
        self.count += size
        self.low.append(np.broadcast_to(low, full).ravel())
        self.high.append(np.broadcast_to(high, full).ravel())
        self.at[name] = rows
        return rows

    def add(self, rows: Any, columns: Any, values: Any) -> None:
        """Entries: the three are broadcast together."""
        r, c, v = self.np.broadcast_arrays(rows, columns, values)
        self.r.append(r.ravel())
        self.c.append(c.ravel())
        self.v.append(self.np.asarray(v, float).ravel())

    def sparse(self) -> tuple[Any, Any, Any]:
        """The matrix by rows; a stable counting sort."""
        np = self.np
        r, c, v = np.concatenate(self.r), np.concatenate(self.c), np.concatenate(self.v)
        keep = v != 0
        r, c, v = r[keep], c[keep], v[keep]
        order = np.argsort(r, kind="stable")
        start = np.zeros(self.count + 1, np.int64)
        np.cumsum(np.bincount(r, minlength=self.count), out=start[1:])
        return start, c[order], v[order]


def _merged(stock: Array, axis: int) -> Array:
    """The two ICE classes of ``stock`` as one: class sizes 3 to 2 along ``axis``."""
    import numpy as np

    first, second, border = np.split(stock, 3, axis)
    out: Array = np.concatenate([first + second, border], axis)
    return out


def assemble(net: Network, supply: Array, weeks: int) -> Program:
    """The program of one draw (``net`` with n = 1) given ``supply`` (weeks, 4, R): arrests wanted a week by class, and jail arrests (not used here)."""
    import numpy as np

    n_areas, n_regions, inf = net.court.shape[1], net.rooms.shape[1], np.inf
    wanted = np.stack([supply[:weeks, 0] + supply[:weeks, 1], supply[:weeks, 2]], 1)  # the two ICE classes move alike
    share = net.share
    count = 0
    columns: dict[str, Any] = {}

    def take(name: str, *shape: int) -> Any:
        nonlocal count
        size = int(np.prod((weeks, *shape)))
        columns[name] = np.arange(count, count + size).reshape(weeks, *shape)
        count += size
        return columns[name]

    r_of, a_of = np.nonzero(share)
    arr = take("arrests", 2, len(r_of))  # by region and area: a state in several areas may send people to any of them
    wait, out, into, bed = (take(x, 2, n_areas) for x in ("wait", "out", "in", "bed"))
    slow, heard = take("slow", 2, 2, n_areas), take("heard", 2, 2, n_areas)
    room = take("let_out", 2, n_areas)
    exp, exp_out, first, second, off = (take(x, n_areas) for x in ("expedited", "expedited_out", "first", "second", "second_out"))
    lower, upper, cost = np.zeros(count), np.full(count, inf), np.zeros(count)
    if 1 not in net.rules:  # nobody is let out for room, unless a cut of the beds that is tried leaves no place for those held
        upper[room.ravel()] = 0.0
    keep_e, keep_b = float(1 - net.lost_expedited[0]), float(1 - net.lost_after[0])
    cost[exp_out.ravel()], cost[off.ravel()] = keep_e, keep_b
    cost[into.ravel()], cost[wait.ravel()], cost[room.ravel()] = -1e-4, -1e-5, -1e-3  # what is idle in the answer is left out
    e, fast, order = net.expedited[0, 1:], float(net.fast[0]), float(net.order[0])
    track = np.array([fast, 1 - fast])
    p_slow, p_e, p_b = (passes(x, STEP) for x in (net.tau[0, 1:].T, net.expedited_stay[0], net.order_stay[0]))
    rows = _Rows(np, weeks)
    before = slice(0, weeks - 1)
    later = slice(1, weeks)
    start_slow, start_e, start_b = _merged(net.first["slow"][:, :, 0], 1), net.first["expedited"][0], net.first["after"][:, 0]
    start_wait = _merged(net.first["holding"][:, 0] @ share, 0)  # (2, A)

    def first_week(values: Any, *shape: int) -> Any:
        """The right-hand side: what was there at the start, in week 0."""
        out_ = np.zeros((weeks, *shape))
        out_[0] = values
        return out_

    # bed = home arrivals + waiting before - waiting after - moved out + moved in
    rhs = first_week(start_wait, 2, n_areas)
    block = rows.block("desk", (2, n_areas), rhs, rhs)
    rows.add(block, bed, 1.0)
    rows.add(block, wait, 1.0)
    rows.add(block[later], wait[before], -1.0)
    rows.add(block, out, 1.0)
    rows.add(block, into, -1.0)
    rows.add(block[:, :, a_of], arr, -1.0)
    block = rows.block("supply", (2, n_regions), -inf, wanted)
    rows.add(block[:, :, r_of], arr, 1.0)
    block = rows.block("moved_out", (2,), 0.0, 0.0)
    rows.add(block[:, :, None], out, 1.0)
    rows.add(block[:, :, None], into, -1.0)
    block = rows.block("transfers", (), -inf, float(net.transfers[0]) * STEP)
    rows.add(block[:, None, None], into, 1.0)
    rooms = net.rooms[0]
    block = rows.block("waiting", (), -inf, float(rooms.sum()))
    rows.add(block[:, None, None], wait, 1.0)
    through = rooms * (1 + STEP / float(net.holding_stay[0]))
    block = rows.block("holding", (n_regions,), -inf, through)
    rows.add(block[:, None, r_of], arr, 1.0)
    block = rows.block("beds", (n_areas,), -inf, net.beds[:weeks, 0])
    rows.add(block[:, None, None, :], slow, 1.0)
    for stock in (exp, first, second):
        rows.add(block, stock, 1.0)
    # before an order
    enters = (1 - e)[None, :, None] * track[:, None, None]  # (2, 2, 1)
    rhs = first_week(start_slow, 2, 2, n_areas)
    block = rows.block("slow", (2, 2, n_areas), rhs, rhs)
    rows.add(block, slow, 1.0)
    rows.add(block[later], slow[before], -1.0)
    rows.add(block, heard, 1.0)
    rows.add(block[:, :, 0], room, 1.0)
    rows.add(block, bed[:, None], -enters)
    limit = Passed(p_slow.old[..., None], p_slow.new[..., None])
    block = rows.block("heard", (2, 2, n_areas), -inf, first_week(start_slow * limit.old, 2, 2, n_areas))
    rows.add(block, heard, 1.0)
    rows.add(block[later], slow[before], -limit.old)
    rows.add(block, bed[:, None], -enters * limit.new)
    block = rows.block("court", (n_areas,), -inf, net.court[0] * STEP)
    rows.add(block[:, None, None, :], heard, 1.0)
    # expedited
    rhs = first_week(start_e, n_areas)
    block = rows.block("expedited", (n_areas,), rhs, rhs)
    rows.add(block, exp, 1.0)
    rows.add(block[later], exp[before], -1.0)
    rows.add(block, exp_out, 1.0)
    rows.add(block[:, None], bed, -e[:, None])
    block = rows.block("expedited_out", (n_areas,), -inf, first_week(start_e * p_e.old, n_areas))
    rows.add(block, exp_out, 1.0)
    rows.add(block[later], exp[before], -p_e.old)
    rows.add(block[:, None], bed, -e[:, None] * p_e.new)
    # after an order, two stages; of the first, what passes is fixed
    rhs = first_week(start_b[0] * (1 - p_b.old), n_areas)
    block = rows.block("first", (n_areas,), rhs, rhs)
    rows.add(block, first, 1.0)
    rows.add(block[later], first[before], -(1 - p_b.old))
    rows.add(block[:, None, None], heard, -order * (1 - p_b.new))
    rhs = first_week(start_b[1] + start_b[0] * p_b.old, n_areas)
    block = rows.block("second", (n_areas,), rhs, rhs)
    rows.add(block, second, 1.0)
    rows.add(block[later], second[before], -1.0)
    rows.add(block, off, 1.0)
    rows.add(block[later], first[before], -p_b.old)
    rows.add(block[:, None, None], heard, -order * p_b.new)
    block = rows.block("second_out", (n_areas,), -inf, first_week(start_b[1] * p_b.old + start_b[0] * p_b.old * p_b.new, n_areas))
    rows.add(block, off, 1.0)
    rows.add(block[later], second[before], -p_b.old)
    rows.add(block[later], first[before], -p_b.old * p_b.new)
    rows.add(block[:, None, None], heard, -order * p_b.new * p_b.new)
    block = rows.block("seats", (), -inf, float(net.seats[0]) * STEP)
    rows.add(block[:, None], exp_out, 1.0)
    rows.add(block[:, None], off, 1.0)
    start, index, value = rows.sparse()
    return Program(cost, lower, upper, np.concatenate(rows.low), np.concatenate(rows.high), start, index, value, columns, rows.at)
