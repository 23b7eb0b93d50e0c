"""A line of stages, each with a mean stay and places: the fluid in its plainest form, beside which individuals can be sent.

A stage that turns over in less than a day must have its capacity as people a day. Here the places of a stage limit how many may come in today such that
nobody is over capacity at any moment of the day: (places - stock x (1 - old)) / (1 - new), which for a short stay is places / stay. In the ``naive`` form
nobody passes a stage in the step of arrival and at most the places that fall free are filled, so each place serves once a step: it is kept to show what
it gets wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.fluid import TINY, passes
from homerule.capacity.parameters import means, need
from homerule.capacity.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Stage(NamedTuple):
    """One stage. ``stay``: mean days, exponential. ``places``: people at once. ``onward``: share that goes on; the rest leaves the line."""

    name: str
    stay: float
    places: float
    onward: float = 1.0


class Flow(NamedTuple):
    """What a line did: people out of the end by day (days, ...), and at the end waiting before and standing in each stage, and those who left on the way."""

    out: Array
    waiting: Array
    inside: Array
    left: Array


def six_stages(scenario: Scenario, people: float) -> tuple[Stage, ...]:
    """The scenario as a line for ``people`` a year: local custody, holding, before an order, after an order, a seat, the way out. Means of the parameters.

    Places are those that one part in ten of slack leaves, but for the seat, which turns over in an hour and has what that takes.
    """
    p = {k: float(v[0]) for k, v in means(scenario.assumptions()).items()}
    a_day = people / 365
    order = p["removal_share"] / 0.97
    before = p["ice_stay"] - order * p["order_to_departure"]
    seat = 1 / 24
    return (
        Stage("local custody", p["jail_stay"], float("inf")), Stage("holding", p["holding_stay"], 1.1 * a_day * p["holding_stay"] + 200),
        Stage("before an order", before, 1.1 * a_day * before + 200, order), Stage("after an order", p["order_to_departure"], 1.1 * a_day * order * p["order_to_departure"] + 200),
        Stage("a seat", seat, max(2.0, float(round(1.1 * a_day * order * seat + 20)))), Stage("the way out", p["transit"], float("inf")),
    )  # fmt: skip


def flow(stages: Sequence[Stage], inflow: Array, days: int, naive: bool = False, block: int = 64) -> Flow:
    """Send ``inflow`` people a day (n, R) through the line for ``days`` in daily steps. Conserves people to rounding."""
    np = need("numpy")
    n = inflow.shape[0]
    out = np.zeros((days, *inflow.shape))
    waiting, inside, left = (np.zeros((len(stages), *inflow.shape)) for _ in range(3))
    shares = [passes(np.array(s.stay)) for s in stages]
    for first in range(0, n, block):
        part = slice(first, min(first + block, n))
        come = inflow[part]
        stock = [np.zeros_like(come) for _ in stages]
        queue = [np.zeros_like(come) for _ in stages]
        gone = [np.zeros_like(come) for _ in stages]
        for day in range(days):
            x = come
            for i, stage in enumerate(stages):
                old, new = float(shares[i].old), float(shares[i].new)
                if np.isinf(stage.places):
                    enter = x
                else:
                    ready = queue[i] + x
                    limit = stage.places - stock[i] * (1 - old) if naive else (stage.places - stock[i] * (1 - old)) * (1 / max(1 - new, TINY))
                    enter = np.minimum(ready, limit)
                    np.subtract(ready, enter, out=queue[i])
                moved = stock[i] * old
                if not naive:
                    moved += enter * new
                stock[i] += enter
                stock[i] -= moved
                if stage.onward < 1:
                    gone[i] += moved * (1 - stage.onward)
                    moved *= stage.onward
                x = moved
            out[day, part] = x
        for i in range(len(stages)):
            waiting[i, part], inside[i, part], left[i, part] = queue[i], stock[i], gone[i]
    return Flow(out, waiting, inside, left)
