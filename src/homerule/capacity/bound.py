"""The most that the network can do: the weekly linear program, its prices, what they are worth when re-solved, and what each lever is worth at the margin.

A price (dual) is exact only near the base point. So every constraint is shown with its price, what the price predicts, and what re-solving gives at
-10%, +10% and +50%.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.levers import Levers, from_scenario
from homerule.capacity.network import Network
from homerule.capacity.outcome import Bound, Lever, Price
from homerule.capacity.parameters import means, need
from homerule.capacity.program import STEP, Program, assemble
from homerule.capacity.scenario import CHANNELS, Scenario
from homerule.capacity.simulate import Trace, trace
from homerule.capacity.solver import Highs, Solution, highs, pdlp
from homerule.capacity.tables import HOLDERS, read_tables
from homerule.errors import HomeruleError, InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Index = NDArray[np.int64]

#: Relative changes at which each constraint is re-solved.
CHANGES = (-0.1, 0.1, 0.5)
SOLVERS = ("highs", "pdlp")
#: A price below this many removals a unit and week is rounding.
NOTHING = 1e-6


class Group(NamedTuple):
    """A capacity that can be changed as one: its rows, and how far each row's limit moves for a unit (a bed, a judge …) more."""

    constraint: str
    name: str
    unit: str
    capacity: float
    places: Index
    limits: Array
    step: Array


def solve(scenario: Scenario, levers: Levers | None = None, weeks: int = 52, worth: bool = True, solver: str = "highs", progress: Callable[[int, int], None] | None = None) -> Bound:
    """`homerule.capacity.bound`: at the means of the parameters. Raises InputError, HomeruleError."""
    if isinstance(weeks, bool) or not 1 <= weeks <= 260:
        raise InputError(f"{weeks} weeks cannot be solved", where="weeks", help="Give 1 to 260")
    if solver not in SOLVERS:
        raise InputError(f"no solver is called `{solver}`", where="solver", help=f"One of {', '.join(SOLVERS)}")
    np = need("numpy")
    begun = time.perf_counter()
    path = trace(scenario, means(scenario.assumptions()), levers if levers is not None else from_scenario(scenario), weeks)
    program = assemble(path.net, path.supply, weeks)
    held = highs(program) if solver == "highs" else None
    found = held.solve() if held is not None else pdlp(program)
    seconds = time.perf_counter() - begun
    groups = capacities(path, program)
    prices = []
    jobs = len(groups) * len(CHANGES)
    for i, group in enumerate(groups):
        prices.append(_price(group, found, held if worth else None, weeks))
        if progress:
            progress((i + 1) * len(CHANGES), jobs)
    removed = removals(program, found)
    fluid = float(path.flows[8].sum())
    notes = ("prices are exact only near the base: see what re-solving gives",) if solver == "highs" else ("prices are within the solver's tolerance, not exact",)
    return Bound(
        scenario, weeks, float(removed.sum()), float(removed.sum() + path.net.other.sum() * STEP * weeks), fluid, tuple(float(r) for r in removed), _binding(np, program, found, weeks),
        tuple(prices), _levers(path, program, found), len(program.cost), len(program.row_lower), seconds, solver, notes,
    )  # fmt: skip


def removals(program: Program, found: Solution) -> Array:
    """Removals through detention by week (weeks,)."""
    one, two = program.columns["expedited_out"], program.columns["second_out"]
    out: Array = (found.x[one] * program.cost[one]).sum(1) + (found.x[two] * program.cost[two]).sum(1)
    return out


def capacities(path: Trace, program: Program) -> tuple[Group, ...]:
    """The groups of capacity of a program: beds by who holds them, judges, seats, rooms, transfers, and access to jails."""
    np = need("numpy")
    net, tables, out = path.net, read_tables(), []
    beds = program.rows["beds"]
    weeks = len(beds)
    site = np.zeros((len(HOLDERS), len(tables.areas)))
    for b in tables.beds:
        site[HOLDERS.index(tables.kinds[b.kind]["holder"]), tables.areas.index(b.area)] += b.people
    usable = net.beds[:weeks, 0]
    for holder, row in zip(HOLDERS, site):
        if row.sum():
            mine = usable.mean(0) * row / np.maximum(site.sum(0), 1e-9)
            step = np.broadcast_to(mine / max(mine.sum(), 1e-9), beds.shape)
            out.append(Group("beds", holder, "bed", float(mine.sum()), beds.ravel(), usable.ravel(), step.ravel()))
    flat = net.court[0] * STEP
    court = program.rows["court"]
    step = np.broadcast_to(flat / max(net.court[0].sum(), 1e-9), court.shape)
    out.append(Group("court", "all", "case a day", float(net.court[0].sum()), court.ravel(), np.broadcast_to(flat, court.shape).ravel(), step.ravel()))
    for name, unit, amount in (("seats", "seat a day", float(net.seats[0])), ("transfers", "transfer a day", float(net.transfers[0]))):
        rows = program.rows[name]
        out.append(Group(name, "all", unit, amount, rows.ravel(), np.full(weeks, amount * STEP), np.full(weeks, STEP)))
    rooms = program.rows["holding"]
    limit = program.row_upper[rooms.ravel()].reshape(rooms.shape)
    step = np.broadcast_to(limit[0] / max(float(net.rooms[0].sum()), 1e-9), rooms.shape)
    out.append(Group("holding", "all", "place", float(net.rooms[0].sum()), rooms.ravel(), limit.ravel(), step.ravel()))
    jails = path.supply[:, 3]
    supply = program.rows["supply"][:, 0]
    total = max(float(jails.sum() / weeks), 1e-9)
    out.append(Group("jail_access", "all", "transfer a week", total, supply.ravel(), program.row_upper[supply.ravel()], (jails / total).ravel()))
    return tuple(out)


def _price(group: Group, found: Solution, held: Highs | None, weeks: int) -> Price:
    """One group's price and, where a solver is at hand, what re-solving gives."""
    np = need("numpy")
    prices = found.row_price[group.places] * (group.limits > 0)
    shadow = float((prices * group.step).sum())
    binding = int((np.abs(prices).reshape(weeks, -1) > NOTHING).any(1).sum())
    predicted = {c: shadow * c * group.capacity for c in CHANGES}
    worth: dict[float, float] = {}
    if held is not None:
        for change in CHANGES:
            if change > 0 and predicted[change] < 0.5:
                worth[change] = 0.0  # the optimum is concave in a limit, so the price bounds what more of it brings: less than half a removal
                continue
            if change < 0 and _fits(held, group, change, found):
                worth[change] = 0.0  # today's best plan still fits
                continue
            worth[change] = resolved(held, group, change) - found.value
    return Price(group.constraint, group.name, shadow, group.unit, group.capacity, binding, worth, predicted)


def _fits(held: Highs, group: Group, change: float, found: Solution) -> bool:
    """Whether the plan found stays within the group's limits after ``change``."""
    np = need("numpy")
    new = np.maximum(group.limits + change * group.capacity * group.step, 0.0)
    return bool((found.used[group.places] <= new + 1e-7).all())


def resolved(held: Highs, group: Group, change: float) -> float:
    """The optimum with the group's capacity changed by the share ``change``; the program is put back as it was."""
    np = need("numpy")
    new = np.maximum(group.limits + change * group.capacity * group.step, 0.0)
    held.limits(group.places, new)
    room = held.program.columns["let_out"][0]
    try:
        try:
            return held.value()
        except HomeruleError:
            if group.constraint != "beds" or change >= 0:
                raise
            # more are held on the first day than the beds that are left: so many are let out, as in the fluid
            held.bounds(room.ravel(), np.repeat(np.maximum(group.limits - new, 0.0)[None, : room.shape[1]], 2, 0).ravel())
            return held.value()
    finally:
        held.limits(group.places, group.limits)
        held.bounds(room.ravel(), held.program.upper[room.ravel()])


def _binding(np: object, program: Program, found: Solution, weeks: int) -> tuple[tuple[str, ...], ...]:
    """The constraints with a price in each week."""
    names = ("beds", "court", "seats", "holding", "transfers")
    open_ = {n: found.row_price[program.rows[n].reshape(weeks, -1)] * (program.row_upper[program.rows[n].reshape(weeks, -1)] > 0) for n in names}
    return tuple(tuple(n for n in names if (open_[n][w] > NOTHING).any()) for w in range(weeks))


def _levers(path: Trace, program: Program, found: Solution) -> tuple[Lever, ...]:
    """Reduced costs: what one more arrest by each channel in each region is worth, on average over the weeks, dearest first."""
    codes = read_tables().codes
    prices = found.row_price[program.rows["supply"]].mean(0)  # (2, R)
    flows = _channel_flows(path.net)
    out = [
        Lever(channel, code, float(prices[1 if channel == "border" else 0, r]))
        for channel in CHANNELS for r, code in enumerate(codes) if flows[channel][r] > 0
    ]  # fmt: skip
    return tuple(sorted(out, key=lambda x: (-x.reduced_cost, x.channel, x.region)))


def _channel_flows(net: Network) -> Mapping[str, Array]:
    """Arrests a day of each channel and region at the start (R)."""
    return {"jail": (net.notices * net.take)[0], "prison": net.prison[0], "large": net.large[0], "task_force": net.task_force[0], "border": net.border[0]}
