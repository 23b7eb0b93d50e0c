"""A run: parameter draws through the fluid core, week by week."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity import fluid
from homerule.capacity.levers import Levers, from_scenario
from homerule.capacity.network import Network, build
from homerule.capacity.outcome import CONSTRAINTS, FLOWS, STOCKS, Result
from homerule.capacity.parameters import latin, need, values
from homerule.capacity.scenario import Scenario
from homerule.capacity.tables import read_tables
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Draws that are worked on together: few enough to stay in the processor's cache.
BLOCK = 128
#: From so many draws on, compiling (ten seconds, once) pays.
MANY = 500
ENGINES = ("auto", "numpy", "numba")
MOST = 100_000


def simulate(
    scenario: Scenario, draws: int = 200, seed: int = 0, years: int = 1, levers: Levers | None = None, engine: str = "auto", progress: Callable[[int, int], None] | None = None
) -> Result:
    """`homerule.capacity.run`. Raises InputError."""
    if isinstance(draws, bool) or not 1 <= draws <= MOST:
        raise InputError(f"{draws} draws cannot be run", where="draws", help=f"Give 1 to {MOST}")
    if isinstance(years, bool) or not 1 <= years <= 10:
        raise InputError(f"{years} years cannot be run", where="years", help="Give 1 to 10: the parameters say nothing further ahead")
    assumptions = scenario.assumptions()
    cube = latin({**assumptions, "practice": next(iter(assumptions.values()))}, draws, seed)
    drawn = values(assumptions, cube[:, :-1])
    return follow(scenario, drawn, cube[:, -1], 365 * years, levers=levers, engine=engine, progress=progress)


def follow(
    scenario: Scenario, drawn: Mapping[str, Array], practice: Array, days: int, levers: Levers | None = None, engine: str = "auto", progress: Callable[[int, int], None] | None = None
) -> Result:
    """Run ``days`` at the parameter values ``drawn`` (name to (n,)); ``practice`` (n,): where in its range theta lies."""
    np = need("numpy")
    chosen = engine_named(engine, len(practice))
    set_levers = levers if levers is not None else from_scenario(scenario)
    tables = read_tables()
    n, weeks = len(practice), -(-days // 7)
    flows, stocks = np.zeros((len(FLOWS), days, n)), np.zeros((len(STOCKS), days, n))
    blocked = np.zeros((len(CONSTRAINTS), days, n))
    regional, by_area = np.zeros((weeks, 3, len(tables.regions), n)), np.zeros((weeks, len(tables.areas), n))
    other = np.zeros((2, n))
    worst, done = 0.0, 0
    together = BLOCK if chosen is fluid.week else n
    blocks = [slice(i, min(i + together, n)) for i in range(0, n, together)]
    for block in blocks:
        net = build(scenario, {k: v[block] for k, v in drawn.items()}, set_levers, weeks, practice[block])
        other[:, block] = net.other
        size = len(net.seats)
        part = (flows[:, :, block], stocks[:, :, block], blocked[:, :, block])
        state = start(net)
        before = fluid.people(state)
        first = state.reachable.copy()
        rate = fluid.rates(net)
        for w in range(weeks):
            here = slice(7 * w, min(7 * w + 7, days))
            state, let_out = fit_to_beds(net, state, w)
            reach = fluid.yields(net, state, first)
            state = chosen(net, rate, state, w, here.stop - here.start, reach, part[0][:, here], part[1][:, here], part[2][:, here], regional[w][:, :, block], None)
            part[0][FLOWS.index("released_for_room"), here.start] += let_out
            by_area[w, :, block] = (state.slow.sum((0, 1)) + state.expedited + state.after.sum(0)).T
            done += size
            if progress:
                progress(done, n * weeks)
        worst = max(worst, _lost(net, before, state, part[0]))
    name = "numba" if chosen is not fluid.week else "numpy"
    notes = (*set_levers.notes, *(() if scenario.forecast else ("not a forecast: what would follow if the assumptions held",)))
    return Result(
        scenario, scenario.starts, tables.codes, tables.areas, flows, stocks, blocked, regional.transpose(1, 0, 2, 3), by_area, other, dict(drawn), scenario.assumptions(), notes, name, worst
    )  # fmt: skip


class Trace(NamedTuple):
    """One draw followed in weeks, for the linear program: the network, arrests wanted (weeks, 4, R) by class and out of jails, flows and blocked (., days)."""

    net: Network
    supply: Array
    flows: Array
    blocked: Array


def trace(scenario: Scenario, drawn: Mapping[str, Array], levers: Levers, weeks: int) -> Trace:
    """The fluid of one draw (each value of shape (1,)) over ``weeks``, with what it would have arrested had nothing bound."""
    np = need("numpy")
    net = build(scenario, drawn, levers, weeks)
    state = start(net)
    first, rate = state.reachable.copy(), fluid.rates(net)
    flows, stocks, blocked = np.zeros((len(FLOWS), 7 * weeks, 1)), np.zeros((len(STOCKS), 7 * weeks, 1)), np.zeros((len(CONSTRAINTS), 7 * weeks, 1))
    supply = np.zeros((weeks, 4, 1, len(net.share)))
    regional = np.zeros((3, len(net.share), 1))
    state, _ = fit_to_beds(net, state, 0)
    net = net._replace(first={**net.first, "slow": state.slow, "expedited": state.expedited, "after": state.after, "docket": state.docket})
    for w in range(weeks):
        here = slice(7 * w, 7 * w + 7)
        state, _ = fit_to_beds(net, state, w)
        state = fluid.week(net, rate, state, w, 7, fluid.yields(net, state, first), flows[:, here], stocks[:, here], blocked[:, here], regional, supply[w])
    return Trace(net, supply[:, :, 0], flows[:, :, 0], blocked[:, :, 0])


def start(net: Network) -> fluid.State:
    """The stocks on the first day."""
    f = net.first
    return fluid.State(f["local"], f["declined"], f["reachable"], f["holding"], f["slow"], f["expedited"], f["after"], f["transit"], f["docket"])


def fit_to_beds(net: Network, state: fluid.State, w: int) -> tuple[fluid.State, Array]:
    """Where an area holds more than its beds this week, move the surplus to areas with room, and let out what fits nowhere. Returns the state and (n,) let out."""
    np = need("numpy")
    inside = state.slow.sum((0, 1)) + state.expedited + state.after.sum(0)
    over = np.maximum(inside - net.beds[w], 0.0)
    if over.max() <= fluid.TINY:
        return state, np.zeros(len(net.seats))
    room = np.maximum(net.beds[w] - inside, 0.0)
    total = over.sum(1)
    moved = np.minimum(total, room.sum(1))
    stays = 1 - over / np.maximum(inside, fluid.TINY)
    kept = (moved / np.maximum(total, fluid.TINY))[:, None]
    into = room / np.maximum(room.sum(1), fluid.TINY)[:, None]

    def shift(stock: Array) -> Array:
        leaving = stock * (1 - stays)
        out: Array = stock * stays + (leaving * kept).sum(-1, keepdims=True) * into
        return out

    let_out = total - moved
    new = state._replace(slow=shift(state.slow), expedited=shift(state.expedited), after=shift(state.after), docket=state.docket + let_out)
    return new, let_out


def engine_named(name: str, draws: int = MANY) -> Callable[..., fluid.State]:
    """The week's function of an engine: numba where it is asked for; on ``auto`` where it is installed and the draws are many. Raises InputError."""
    if name not in ENGINES:
        raise InputError(f"no engine is called `{name}`", where="engine", help=f"One of {', '.join(ENGINES)}")
    if name == "numba" or (name == "auto" and draws >= MANY and importlib.util.find_spec("numba")):
        need("numba")
        from homerule.capacity.compiled import week

        return week
    return fluid.week


def _lost(net: Network, before: Array, state: fluid.State, flows: Any) -> float:
    """The largest share of the people of a draw that the run has lost or made: 0 but for rounding."""
    np = need("numpy")
    days = flows.shape[1]
    pace = np.repeat(net.pace, 7, 0)[:days].sum(0)
    came = net.notices.sum(1) * pace[0] + net.prison.sum(1) * pace[1] + net.border.sum(1) * pace[4]
    went = sum(flows[FLOWS.index(f)].sum(0) for f in ("removed_detention", "departed", "not_admitted"))
    after = fluid.people(state)
    return float(np.max(np.abs(before + came - went - after) / (before + came)))
