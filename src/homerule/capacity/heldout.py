"""The base scenarios beside published figures that none of their parameters was set with."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.outcome import STOCKS, Result
from homerule.capacity.parameters import DATA
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Final exits: all ways out of detention.
EXITS = ("removed_detention", "released", "released_for_room", "departed")


class Figure(NamedTuple):
    """A published figure: ``series`` of the model over ``days`` (first, last + 1); ``a_day`` where a flow is averaged and not summed."""

    scenario: str
    what: str
    value: float
    series: str
    days: tuple[int, int]
    date: dt.date
    a_day: bool = False


class Compared(NamedTuple):
    """A figure with the model's 10th, 50th and 90th percentile."""

    figure: Figure
    p10: float
    p50: float
    p90: float

    @property
    def inside(self) -> bool:
        """Whether the figure lies in the 80% band."""
        return self.p10 <= self.figure.value <= self.p90


def held_out() -> tuple[Figure, ...]:
    """The figures held out, in the order of the file."""
    data = tomllib.loads((DATA / "held_out.toml").read_text("utf-8"))
    return tuple(Figure(scenario=g["scenario"], **{**f, "days": tuple(f["days"])}) for g in data["held_out"] for f in g["figures"])


def read(result: Result, figure: Figure) -> Array:
    """The model's values of a figure over the draws, (draws,). Raises InputError for a span that the run does not cover."""
    a, b = figure.days
    if b > result.days:
        raise InputError(f"the run has {result.days} days, and the figure needs {b}", where=figure.what, help="Run a longer time")
    values = sum((result.series(n)[a:b] for n in EXITS[1:]), result.series(EXITS[0])[a:b]) if figure.series == "exits" else result.series(figure.series)[a:b]
    out: Array = values.mean(0) if figure.series in STOCKS or figure.a_day else values.sum(0)
    return out


def compare(result: Result) -> tuple[Compared, ...]:
    """Each figure held out for the result's scenario beside its band."""
    import numpy as np

    out = []
    for figure in held_out():
        if figure.scenario == result.scenario.name:
            low, middle, high = np.percentile(read(result, figure), [10, 50, 90])
            out.append(Compared(figure, float(low), float(middle), float(high)))
    return tuple(out)
