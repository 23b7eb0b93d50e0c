"""Individuals, first in first out, through the same line: a check that the fluid's averages are right. They are numbers in an array; nobody is kept or named.

Stage by stage, not event by event. Where a stage never fills, everyone starts on arrival, which numpy does in one step. Where it fills, each person takes
the place that falls free first: a heap of the times at which places fall free, compiled where numba is installed.
"""

from __future__ import annotations

import heapq
import importlib.util
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.line import Stage, flow, six_stages
from homerule.capacity.parameters import need
from homerule.capacity.scenario import Scenario
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Above this share of difference in people out, or in people present, the check fails.
ALLOWED = 0.02
MOST = 20_000_000


class Journey(NamedTuple):
    """Sorted times (days) at which people entered, started and left each stage, and which went on: lists, one array a stage."""

    arrived: list[Any]
    started: list[Any]
    departed: list[Any]
    onward: list[Any]


class Check(NamedTuple):
    """How fluid and individuals compare over the second half of the time. ``gap_out``, ``gap_present``: relative differences; ``holds``: both within ALLOWED."""

    people: int
    individuals_out: float
    fluid_out: float
    gap_out: float
    individuals_present: float
    fluid_present: float
    gap_present: float
    holds: bool
    seconds: float


def send(stages: Sequence[Stage], arrivals: Array, seed: int = 0) -> Journey:
    """Everyone of ``arrivals`` (sorted times in days) through ``stages``, exact first in first out at each."""
    np = need("numpy")
    rng = np.random.default_rng(seed)
    journey = Journey([], [], [], [])
    now = np.asarray(arrivals, float)
    for stage in stages:
        service = rng.standard_exponential(len(now)) * stage.stay
        start = starts(now, service, stage.places)
        end = np.sort(start + service)
        on = rng.random(len(end)) < stage.onward if stage.onward < 1 else np.ones(len(end), bool)
        for kept, values in zip(journey, (now, start, end, on)):
            kept.append(values)
        now = end[on] if stage.onward < 1 else end
    return journey


def starts(arrived: Array, service: Array, places: float) -> Array:
    """When each person starts, in order of arrival, where ``places`` can be served at once."""
    np = need("numpy")
    if not len(arrived) or np.isinf(places) or places >= len(arrived):
        return arrived
    c = max(1, int(places))
    # whoever is served in no time counts as there for a moment, so that nobody has left before he was served
    leave = np.sort(np.maximum(arrived + service, np.nextafter(arrived, np.inf)))
    present = np.arange(1, len(arrived) + 1) - np.searchsorted(leave, arrived, "right")
    full = np.flatnonzero(present > c)
    if not len(full):
        return arrived
    first = int(full[0])  # until then nobody waits
    free = np.zeros(c)
    before = arrived[:first] + service[:first]
    latest = np.partition(before, len(before) - c)[-c:] if len(before) > c else before
    free[: len(latest)] = latest
    out: Array = arrived.copy()
    _serve()(np.sort(free), arrived[first:], service[first:], out[first:])
    return out


@lru_cache
def _serve() -> Any:
    """The heap, compiled if numba is there."""
    if importlib.util.find_spec("numba"):
        import numba

        return numba.njit(cache=True)(_heap)
    return _plain


def _plain(free: Any, arrived: Any, service: Any, out: Any) -> None:
    """Each takes the place that falls free first."""
    heap = free.tolist()
    result = []
    push = heapq.heapreplace
    for a, s in zip(arrived.tolist(), service.tolist()):
        begin = heap[0]
        if begin < a:
            begin = a
        push(heap, begin + s)
        result.append(begin)
    out[:] = result


def _heap(free: Any, arrived: Any, service: Any, out: Any) -> None:
    """As `_plain`, with the heap written out for numba: ``free`` is sorted, hence a heap."""
    n = len(free)
    for i in range(len(arrived)):
        begin = max(free[0], arrived[i])
        out[i] = begin
        value = begin + service[i]
        at = 0
        while True:
            child = 2 * at + 1
            if child >= n:
                break
            if child + 1 < n and free[child + 1] < free[child]:
                child += 1
            if free[child] >= value:
                break
            free[at] = free[child]
            at = child
        free[at] = value


def check(scenario: Scenario, people: int = 1_000_000, seed: int = 0, days: int = 730) -> Check:
    """Compare individuals and fluid for ``people`` a year over ``days``, by the second half, when the line has filled. Raises InputError."""
    if isinstance(people, bool) or not 100 <= people <= MOST:
        raise InputError(f"{people} people cannot be sent", where="people", help=f"Give 100 to {MOST}")
    np = need("numpy")
    stages = six_stages(scenario, people)
    begun = time.perf_counter()
    rng = np.random.default_rng(seed)
    arrivals = np.sort(rng.random(round(people * days / 365)) * days)
    journey = send(stages, arrivals, seed)
    seconds = time.perf_counter() - begun
    half = days // 2
    end = journey.departed[-1]
    out = float(((end >= half) & (end < days)).sum())
    left = [np.sort(d[~o]) for d, o in zip(journey.departed, journey.onward)]
    moments = np.arange(half, days)
    present = float(np.mean(np.searchsorted(arrivals, moments) - np.searchsorted(end, moments) - sum(np.searchsorted(x, moments) for x in left)))
    inflow = np.full((1, 1), people / 365)
    fluid = flow(stages, inflow, days)
    fluid_out = float(fluid.out[half:].sum())
    # people present by day: entered less those who left at the end or on the way; of the latter the fluid keeps the total, so it is followed day by day
    inside = [float((f.inside + f.waiting).sum()) for f in (flow(stages, inflow, d) for d in range(half, days, max(1, (days - half) // 12)))]
    fluid_present = float(np.mean(inside))
    gap_out, gap_present = abs(out / fluid_out - 1), abs(present / fluid_present - 1)
    return Check(people, out, fluid_out, gap_out, present, fluid_present, gap_present, max(gap_out, gap_present) <= ALLOWED, seconds)
