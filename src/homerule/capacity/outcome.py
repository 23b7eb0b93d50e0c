"""What comes out: bands by day, week and year; by state; the constraint that binds; and the bound with its prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from homerule.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from homerule.capacity.parameters import Parameter
    from homerule.capacity.scenario import Scenario

    Array = NDArray[np.float64]

#: Flows, in people a day, in the order of ``Result.flows``.
FLOWS = (
    "jail", "prison", "large", "task_force", "border", "declined_detainers", "book_ins", "ordered", "removed_detention", "released", "released_for_room",
    "departed", "refused", "moved", "not_admitted",
)  # fmt: skip
#: Stocks at the end of the day, in people, in the order of ``Result.stocks``.
STOCKS = ("local_custody", "declined", "reachable", "holding", "detained", "before_order", "expedited", "after_order", "transit", "docket")
#: What can bind, in the order of ``Result.blocked`` (people who could not move on that day).
CONSTRAINTS = ("holding", "beds", "transfers", "court", "seats")
#: Flows made of others: the three streams of removals, their sum, and all arrests.
SUMS = ("removed", "turned_back", "removed_not_detained", "arrests")
SPANS = ("day", "week", "year")


class Band(NamedTuple):
    """One number with its uncertainty: the 5th, 50th and 95th percentile and the mean over the draws."""

    p5: float
    p50: float
    p95: float
    mean: float


class Binding(NamedTuple):
    """How far one constraint binds: share of days (over draws) on which it does, and people held back on an average day."""

    constraint: str
    share_of_days: float
    people_a_day: float


@dataclass(frozen=True)
class Result:
    """A run. ``flows`` (flows, days, draws), ``stocks`` (stocks, days, draws), ``blocked`` (constraints, days, draws), all float64.

    ``by_state`` (3, weeks, regions, draws): book-ins, book-ins out of local jails, people refused. ``by_area`` (weeks, areas, draws): people held.
    ``other`` (2, draws): turned back and removed without detention, people a day. ``drawn``: the parameters' values by name (draws,).
    """

    scenario: Scenario
    starts: dt.date
    regions: tuple[str, ...]
    areas: tuple[str, ...]
    flows: Array
    stocks: Array
    blocked: Array
    by_state: Array
    by_area: Array
    other: Array
    drawn: Mapping[str, Array]
    parameters: Mapping[str, Parameter]
    notes: tuple[str, ...]
    engine: str
    conservation: float

    @property
    def days(self) -> int:
        return int(self.flows.shape[1])

    @property
    def draws(self) -> int:
        return int(self.flows.shape[2])

    def series(self, name: str) -> Array:
        """One stage or flow, (days, draws). Raises InputError for a name that is not in FLOWS, STOCKS or SUMS."""
        out: Array
        if name in FLOWS:
            out = self.flows[FLOWS.index(name)]
        elif name in STOCKS:
            out = self.stocks[STOCKS.index(name)]
        elif name == "turned_back":
            out = self.flows[0] * 0 + self.other[0]
        elif name == "removed_not_detained":
            out = self.flows[0] * 0 + self.other[1]
        elif name == "removed":
            out = self.series("removed_detention") + self.other.sum(0)
        elif name == "arrests":
            out = self.flows[:5].sum(0)
        else:
            raise InputError(f"no stage is called `{name}`", where="series", help=nearest(name, [*FLOWS, *STOCKS, *SUMS]))
        return out

    def spans(self, name: str, by: str = "week") -> Array:
        """A series by day, week or year, (spans, draws): flows summed, stocks averaged. The last week and year may be short."""
        import numpy as np

        if by not in SPANS:
            raise InputError(f"`{by}` is no span of time", where="by", help=nearest(by, list(SPANS)))
        values = self.series(name)
        size = {"day": 1, "week": 7, "year": 365}[by]
        starts = np.arange(0, self.days, size)
        sums: Array = np.add.reduceat(values, starts, axis=0)
        if name in STOCKS:
            sums = sums / np.diff([*starts, self.days])[:, None]
        return sums

    def band(self, name: str, by: str = "week") -> tuple[Band, ...]:
        """The bands of a stage or flow over the spans: flows in people a span, stocks in people on an average day of it."""
        return bands(self.spans(name, by))

    def total(self, name: str) -> Array:
        """A flow summed, or a stock averaged, over the whole run, (draws,)."""
        values = self.series(name)
        out: Array = values.mean(0) if name in STOCKS else values.sum(0)
        return out

    def headline(self, name: str = "removed") -> Band:
        """The band of `total`."""
        return bands(self.total(name)[None, :])[0]

    def states(self, name: str = "book_ins") -> Mapping[str, Band]:
        """Bands by state of arrest over the run: book_ins, jail_book_ins, refused, or removed.

        Removals by state of arrest are the nation's, divided as the book-ins: people are not followed one by one.
        """
        names = ("book_ins", "jail_book_ins", "refused")
        if name == "removed":
            shares = self.by_state[0].sum(0)
            shares = shares / shares.sum(0)
            values = shares * self.total("removed_detention")
        elif name in names:
            values = self.by_state[names.index(name)].sum(0)
        else:
            raise InputError(f"`{name}` is not kept by state", where="states", help=nearest(name, [*names, "removed"]))
        return dict(zip(self.regions, bands(values)))

    def held(self) -> Mapping[str, Band]:
        """People held by ICE area, on an average day of the run."""
        return dict(zip(self.areas, bands(self.by_area.mean(0))))

    def by_channel(self) -> Mapping[str, Band]:
        """Removals out of detention by channel of arrest, divided as the book-ins of the run."""
        shares = self.flows[:5].sum(1)
        shares = shares / shares.sum(0)
        return dict(zip(FLOWS[:5], bands(shares * self.total("removed_detention"))))

    def binding(self) -> tuple[Binding, ...]:
        """The constraints, that which holds back most people first."""
        out = [Binding(c, float((self.blocked[i] > 0.5).mean()), float(self.blocked[i].mean())) for i, c in enumerate(CONSTRAINTS)]
        return tuple(sorted(out, key=lambda b: -b.people_a_day))

    def binding_by_day(self) -> tuple[str, ...]:
        """For each day the constraint that holds back most people over the draws; empty where none does."""
        mean = self.blocked.mean(2)
        worst = mean.argmax(0)
        return tuple(CONSTRAINTS[w] if mean[w, d] > 0.5 else "" for d, w in enumerate(worst))


def bands(values: Array) -> tuple[Band, ...]:
    """The bands of each row of (rows, draws)."""
    import numpy as np

    low, middle, high = np.percentile(values, [5, 50, 95], axis=-1)
    return tuple(Band(float(a), float(b), float(c), float(m)) for a, b, c, m in zip(low, middle, high, values.mean(-1)))


class Price(NamedTuple):
    """What one more unit of a constraint is worth, in removals over the run.

    ``shadow``: the dual, exact only near the base. ``unit``: of one unit. ``capacity``: the units there are. ``weeks``: in which it binds.
    ``worth``: removals gained or lost when re-solved at -10%, +10% and +50% (keys -0.1, 0.1, 0.5); ``predicted``: what the dual alone would say.
    """

    constraint: str
    group: str
    shadow: float
    unit: str
    capacity: float
    weeks: int
    worth: Mapping[float, float]
    predicted: Mapping[float, float]


class Lever(NamedTuple):
    """What one more arrest a week by a channel in a region is worth, in removals over the run, from the reduced costs."""

    channel: str
    region: str
    reduced_cost: float


@dataclass(frozen=True)
class Bound:
    """The linear program's answer. ``removals``: through detention, over the run; ``all_removals`` with the two streams beside it; ``by_week`` of the first.

    ``binding``: for each week the constraints with a price. ``fluid``: removals through detention of the fluid model at the same parameters.
    """

    scenario: Scenario
    weeks: int
    removals: float
    all_removals: float
    fluid: float
    by_week: tuple[float, ...]
    binding: tuple[tuple[str, ...], ...]
    prices: tuple[Price, ...]
    levers: tuple[Lever, ...]
    columns: int
    rows: int
    seconds: float
    solver: str
    notes: tuple[str, ...] = ()

    def over(self, result: Result) -> float:
        """The bound for the mean over the draws of ``result``: its mean over the same weeks, and the room that the program found above the fluid at the means
        of the parameters. (The mean of the draws is not the run at the means.)"""
        days = min(7 * self.weeks, result.days)
        return float(result.series("removed_detention")[:days].sum(0).mean()) + self.removals - self.fluid
