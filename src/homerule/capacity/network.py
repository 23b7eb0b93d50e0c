"""The network of one scenario as arrays: what enters where, how fast each stage turns over, and what it can take. Shapes: draws n, regions R, areas A."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.parameters import need
from homerule.capacity.tables import read_tables

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from homerule.capacity.levers import Levers
    from homerule.capacity.scenario import Scenario

    Array = NDArray[np.float64]

#: Classes of people held: ICE arrest with a conviction or charge, other ICE arrest, border arrest.
CLASSES = ("ice_criminal", "ice_other", "border")


class Network(NamedTuple):
    """Rates and capacities. Flows are in people a day, times in days. (n, R), (n, A), (n,), or as said.

    ``share`` (R, A): where the people of a region are first detained. ``pace`` (weeks, 5): factor on each channel. ``beds`` (weeks, n, A).
    ``tau`` (n, 3, 2): mean time before an order by class and track; ``expedited`` (n, 3): share of each class.
    ``order``, ``let_go``, ``leave`` (n,): how a case before an order ends. ``other`` (2, n): removals beside detention.
    """

    share: Array
    pace: Array
    notices: Array
    take: Array
    jail_stay: Array
    re_arrest: Array
    prison: Array
    large: Array
    scarcity: Array
    task_force: Array
    border: Array
    jail_criminal: Array
    large_criminal: Array
    rooms: Array
    holding_stay: Array
    beds: Array
    transfers: Array
    expedited: Array
    fast: Array
    tau: Array
    expedited_stay: Array
    order_stay: Array
    order: Array
    let_go: Array
    leave: Array
    lost_expedited: Array
    lost_after: Array
    court: Array
    seats: Array
    transit: Array
    other: Array
    rules: tuple[int, ...]
    first: Mapping[str, Array]


def build(scenario: Scenario, drawn: Mapping[str, Array], levers: Levers, weeks: int, practice: Array | None = None) -> Network:
    """The arrays for the parameter values ``drawn`` (name to (n,)). ``practice`` (n,): where in its range theta lies, 0 to 1; the middle if none."""
    np = need("numpy")
    tables = read_tables()
    d, n = drawn, len(next(iter(drawn.values())))
    regions = tables.regions
    arrests = np.array([r.arrests for r in regions], float)
    arrests /= arrests.sum()
    people = np.array([r.noncitizens for r in regions], float)
    people /= people.sum()
    sent = np.array([r.detainers for r in regions], float)
    jails = (people + sent / sent.sum()) / 2
    forces = np.array([r.task_force for r in regions], float)
    forces /= forces.sum()
    edge = np.array([r.border for r in regions], float)
    edge /= edge.sum()
    share = np.array([[r.areas.get(a, 0.0) for a in tables.areas] for r in regions])
    share /= share.sum(1, keepdims=True)

    def col(name: str) -> Array:
        out: Array = d[name][:, None]
        return out

    # local custody: detainers are scaled so that, at observed practice, jails bring the share of arrests that they are seen to bring
    held = np.array([np.nan if r.held is None else r.held for r in regions])
    seen = np.where(np.isnan(held), 1 - col("declined"), held)
    ice = d["ice_book_ins"]
    from_jail = d["jail_share"] * ice
    sent_a_day = col("detainers") / 7 * jails
    sent_a_day = sent_a_day * (from_jail / (sent_a_day * seen * col("pick_up")).sum(1))[:, None]
    where = np.full(n, 0.5) if practice is None else practice
    theta = _between(np, levers.theta, where)
    theta = np.where(np.isnan(theta), seen, theta)
    take = np.clip(theta * np.minimum(col("pick_up") * levers.pick_up, 1.0), 0.0, 1.0)
    notices = sent_a_day * levers.notices
    before, after = sent_a_day * seen * col("pick_up"), notices * take
    # the other channels
    prison = col("prison_share") * ice[:, None] * arrests
    force = col("task_force_officers") * col("task_force_yield") / 365 * forces
    force = force * np.minimum(1, 0.35 * ice / force.sum(1))[:, None]  # never more than a third of what ICE books in
    rest = np.maximum(ice - from_jail - prison.sum(1) - force.sum(1), 0.05 * ice)
    left = np.maximum(arrests * ice[:, None] - before - prison - force, 0.15 * arrests * ice[:, None])
    large = left / left.sum(1, keepdims=True) * rest[:, None]
    large = large + levers.officers * col("officer_yield") / 365 + col("replaced") * np.maximum(before - after, 0)
    force = force * levers.task_force + levers.task_force_officers * col("task_force_yield") / 365
    # stays: the mean over the tracks is the stay that is seen
    stay_e, stay_b = d["expedited_stay"], d["order_to_departure"]
    stays = np.stack([d["ice_stay"], d["ice_stay"], d["cbp_stay"]], 1)
    likelier = np.stack([np.ones(n), np.ones(n), d["cbp_expedited"]], 1)
    expedited = np.minimum(d["expedited_stock"][:, None] * stays / stay_e[:, None], 0.97)
    expedited = np.minimum(expedited * likelier, 0.97)
    leave = d["departure_share"]
    lost_e, lost_b = np.full(n, 0.03), np.full(n, 0.03)
    mix = np.stack([ice * 0.62, ice * 0.38, d["cbp_book_ins"]], 1)
    e = (expedited * mix).sum(1) / mix.sum(1)
    order = (d["removal_share"] - e * (1 - lost_e)) / ((1 - e) * (1 - lost_b))
    order = np.clip(order, 0.05, 1 - leave)
    let_go = 1 - leave - order
    before_order = (stays - expedited * stay_e[:, None]) / (1 - expedited) - (order * stay_b)[:, None]
    before_order = np.maximum(before_order, 1.0)
    fast, ratio = d["fast_share"], d["slow_ratio"]
    quick = before_order / (fast + (1 - fast) * ratio)[:, None]
    tau = np.stack([quick, quick * ratio[:, None]], 2)
    beds = _beds(np, scenario, tables, d, levers, weeks)
    site = np.zeros(len(tables.areas))
    for b in tables.beds:
        site[tables.areas.index(b.area)] += b.people
    site /= site.sum()
    court = (d["judges"] * d["judge_yield"] * d["detained_docket"] / 365)[:, None] * site
    seats = d["flights"] * d["seats_a_flight"] + d["land_returns"] + d["commercial_seats"]
    through = (ice + d["cbp_book_ins"]) * d["removal_share"]
    beside = through * (1 / d["through_detention"] - 1)
    other = np.stack([beside * d["turned_back"], beside * (1 - d["turned_back"])])
    rooms = col("holding_rooms") * (0.5 * arrests + 0.5 * people) * levers.rooms
    pace = _pace(np, scenario, weeks)
    cbp = d["cbp_book_ins"][:, None] * edge
    net = Network(
        share, pace, notices, take, d["jail_stay"], d["re_arrest"], prison * levers.prisons, large, d["scarcity"], force, cbp, d["jail_criminal"], d["large_criminal"],
        rooms, d["holding_stay"], beds, d["transfer_seats"], expedited, fast, tau, stay_e, stay_b / 2, order, let_go, leave, lost_e, lost_b, court, seats, d["transit"], other,
        tuple(("refuse", "release", "hold").index(r) for r in scenario.overflow), {},
    )  # fmt: skip
    return net._replace(first=_first(np, net, d, people, site))


def _between(np: object, theta: Array, where: Array) -> Array:
    """Theta (n, R) at quantile ``where`` (n,) of a triangular spread over its three columns."""
    import numpy

    low, mid, high = theta[None, :, 0], theta[None, :, 1], theta[None, :, 2]
    width = numpy.maximum(high - low, 1e-12)
    u = where[:, None]
    rising = u * width <= mid - low
    out: Array = numpy.where(rising, low + numpy.sqrt(numpy.maximum(u * width * (mid - low), 0)), high - numpy.sqrt(numpy.maximum((1 - u) * width * (high - mid), 0)))
    return out


def _pace(np: object, scenario: Scenario, weeks: int) -> Array:
    """Factor on each channel's arrests, (weeks, 5); after the last point it stays."""
    import numpy

    from homerule.capacity.scenario import CHANNELS

    out = numpy.ones((weeks, len(CHANNELS)))
    for name, points in scenario.pace.items():
        steps = points if isinstance(points, list) else [(0, points)]
        factor = numpy.interp(numpy.arange(weeks), [w for w, _ in steps], [f for _, f in steps])
        for i, channel in enumerate(CHANNELS):
            if name in (channel, "all"):
                out[:, i] *= factor
    return out


def _beds(np: object, scenario: Scenario, tables: object, d: Mapping[str, Array], levers: Levers, weeks: int) -> Array:
    """Usable beds (weeks, n, A)."""
    import numpy

    t = read_tables()
    kinds, codes = list(t.kinds), t.codes
    base = numpy.zeros(len(t.areas))
    plain = numpy.zeros(len(t.areas))
    for b in t.beds:
        i = t.areas.index(b.area)
        plain[i] += b.people
        base[i] += b.people * levers.beds[kinds.index(b.kind), codes.index(b.state)]
    factor = d["beds_over_average"] * (1 + d["overrun"])
    out = numpy.repeat((factor[:, None] * base)[None], weeks, 0)
    for site in scenario.new_beds:
        where = plain / plain.sum() if site.area is None else (numpy.array(t.areas) == site.area).astype(float)
        out[min(site.week, weeks) :] += site.beds * where
    return out


def _first(np: object, net: Network, d: Mapping[str, Array], people: Array, site: Array) -> Mapping[str, Array]:
    """The first stocks: those held as ICE counted them, divided among stages as in a steady flow; the rest in balance."""
    import numpy

    p = net.pace[0]
    n = len(net.seats)
    notices = net.notices * p[0]
    jail = notices * net.take
    other = net.prison * p[1]
    large = net.large * p[2] + net.task_force * p[3]
    c_jail, c_large = net.jail_criminal[:, None], net.large_criminal[:, None]
    inflow = numpy.stack([jail * c_jail + other + large * c_large, jail * (1 - c_jail) + large * (1 - c_large), net.border * p[4]])  # (3, n, R)
    by_class = inflow.sum(2)
    ice = by_class[:2] / numpy.maximum(by_class[:2].sum(0), 1e-9) * d["held_ice"]
    held = numpy.stack([ice[0], ice[1], d["held_cbp"]])  # (3, n)
    e, f = net.expedited.T, net.fast
    weights = numpy.stack([(1 - e) * f * net.tau[:, :, 0].T, (1 - e) * (1 - f) * net.tau[:, :, 1].T, e * net.expedited_stay, (1 - e) * net.order * 2 * net.order_stay])  # (4, 3, n)
    weights = weights / weights.sum(0)
    stock = weights * held
    spread = site[None, :]
    holding = inflow * net.holding_stay[:, None]
    full = holding.sum(0)
    holding = holding * numpy.minimum(1, 0.9 * net.rooms / numpy.maximum(full, 1e-12))
    return {
        "local": notices * net.jail_stay[:, None], "declined": numpy.zeros_like(notices), "reachable": d["reachable"][:, None] * people, "holding": holding,
        "slow": numpy.stack([stock[0][:, :, None] * spread, stock[1][:, :, None] * spread]),  # (2, 3, n, A)
        "expedited": stock[2].sum(0)[:, None] * spread, "after": numpy.stack([stock[3].sum(0)[:, None] * spread / 2] * 2),  # (n, A), (2, n, A)
        "transit": numpy.zeros(n), "docket": numpy.zeros(n),
    }  # fmt: skip
