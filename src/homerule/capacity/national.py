"""The large case: facilities one by one, day by day, as arrays. By default 52 regions, 300 facilities and 365 days make 760,000 columns.

It is for OR-Tools PDLP or a patient solver; the weekly program of `homerule.capacity.bound` is what the room uses. Inputs are plain arrays, so that a user
can bring a roster of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.parameters import need
from homerule.capacity.program import Program
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]


class Case(NamedTuple):
    """``supply`` (days, R) arrests wanted; ``rooms`` (R,); arcs ``arc_region``, ``arc_facility`` (K,); ``beds`` (F,); ``group`` (F,) court of each facility;
    ``court`` (C,) and ``seats`` (S,) people a day, ``port`` (F,) where each facility's flights leave; ``heard``, ``gone``: shares that can pass in a day."""

    supply: Array
    rooms: Array
    arc_region: Index
    arc_facility: Index
    beds: Array
    group: Index
    court: Array
    port: Index
    seats: Array
    heard: float
    gone: float


def example(regions: int = 52, facilities: int = 300, days: int = 365, arcs: int = 12, courts: int = 25, ports: int = 5, seed: int = 0) -> Case:
    """A made-up nation of the given size. Raises InputError for a size of nothing."""
    if min(regions, facilities, days, arcs, courts, ports) < 1 or arcs > facilities:
        raise InputError("a nation needs at least one of everything, and no more arcs than facilities", where="example", help="Give positive sizes")
    np = need("numpy")
    rng = np.random.default_rng(seed)
    supply = rng.dirichlet(np.full(regions, 2.0)) * 2740 * (1 + 0.1 * rng.standard_normal((days, 1)))
    arc = np.stack([rng.choice(facilities, arcs, replace=False) for _ in range(regions)])
    beds = rng.lognormal(5.0, 1.0, facilities)
    beds *= 130_000 / beds.sum()
    return Case(
        np.maximum(supply, 0), rng.uniform(30, 200, regions), np.repeat(np.arange(regions), arcs), arc.ravel(), beds, rng.integers(0, courts, facilities), np.full(courts, 2600 / courts),
        rng.integers(0, ports, facilities), np.full(ports, 2400 / ports), 1 - np.exp(-1 / 38), 1 - np.exp(-1 / 12),
    )  # fmt: skip


def build(case: Case) -> Program:
    """The program as arrays, by rows, written without a loop over days: one day's pattern, shifted."""
    np = need("numpy")
    days, n_r = case.supply.shape
    n_f, n_k, n_c, n_s = len(case.beds), len(case.arc_region), len(case.court), len(case.seats)
    # columns of a day
    arr, hold, arc = 0, n_r, 2 * n_r
    before = arc + n_k
    hear, after, go = before + n_f, before + 2 * n_f, before + 3 * n_f
    width = before + 4 * n_f
    # rows of a day: rooms, before, hearing limit, after, going limit, beds, court, seats
    starts = np.cumsum([0, n_r, n_f, n_f, n_f, n_f, n_f, n_c, n_s])
    height = int(starts[-1])
    r, f, k = np.arange(n_r), np.arange(n_f), np.arange(n_k)
    one = np.ones
    rows_now = [
        (starts[0] + r, hold + r, one(n_r)), (starts[0] + r, arr + r, -one(n_r)), (starts[0] + case.arc_region, arc + k, one(n_k)),
        (starts[1] + f, before + f, one(n_f)), (starts[1] + f, hear + f, one(n_f)), (starts[1] + case.arc_facility, arc + k, -one(n_k)),
        (starts[2] + f, hear + f, one(n_f)), (starts[3] + f, after + f, one(n_f)), (starts[3] + f, go + f, one(n_f)), (starts[3] + f, hear + f, -0.9 * one(n_f)),
        (starts[4] + f, go + f, one(n_f)), (starts[5] + f, before + f, one(n_f)), (starts[5] + f, after + f, one(n_f)), (starts[6] + case.group, hear + f, one(n_f)),
        (starts[7] + case.port, go + f, one(n_f)),
    ]  # fmt: skip
    rows_last = [
        (starts[0] + r, hold + r, -one(n_r)), (starts[1] + f, before + f, -one(n_f)), (starts[2] + f, before + f, np.full(n_f, -case.heard)),
        (starts[3] + f, after + f, -one(n_f)), (starts[4] + f, after + f, np.full(n_f, -case.gone)),
    ]  # fmt: skip
    # sort the pattern of one day by row, once; the day before stands at -width
    row = np.concatenate([x[0] for x in rows_now] + [x[0] for x in rows_last])
    col = np.concatenate([x[1] for x in rows_now] + [x[1] - width for x in rows_last])
    val = np.concatenate([x[2] for x in rows_now] + [x[2] for x in rows_last])
    order = np.lexsort((col, row))
    row, col, val = row[order], col[order], val[order]
    now = col >= 0
    shift = (np.arange(1, days, dtype=np.int32) * width)[:, None]
    index = np.concatenate([col[now].astype(np.int32), (col.astype(np.int32)[None] + shift).ravel()])
    value = np.concatenate([val[now], np.broadcast_to(val, (days - 1, len(val))).ravel()])
    counts = np.concatenate([np.bincount(row[now], minlength=height), np.tile(np.bincount(row, minlength=height), days - 1)])
    start = np.zeros(days * height + 1, np.int64)
    np.cumsum(counts, out=start[1:])
    upper = np.full((days, width), np.inf)
    upper[:, :n_r] = case.supply
    upper[:, hold : hold + n_r] = case.rooms
    cost = np.zeros(width)
    cost[go:] = 1.0
    low, high = np.zeros(height), np.zeros(height)
    for i, limit in ((2, 0.0), (4, 0.0), (5, case.beds), (6, case.court), (7, case.seats)):
        low[starts[i] : starts[i + 1]] = -np.inf
        high[starts[i] : starts[i + 1]] = limit
    columns = {"arrests": np.arange(days)[:, None] * width + r, "removed": np.arange(days)[:, None] * width + go + f}
    rows = {"beds": np.arange(days)[:, None] * height + starts[5] + f}
    return Program(np.tile(cost, days), np.zeros(days * width), upper.ravel(), np.tile(low, days), np.tile(high, days), start, index, value, columns, rows)
