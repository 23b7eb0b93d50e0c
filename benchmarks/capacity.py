"""Capacity: the fluid, the program and the individuals, beside the tools that one would otherwise take.

    python benchmarks/capacity.py [--full]

Needs homerule[capacity,bench]; numba makes the fluid and the individuals faster. Each tool runs at a size that it can finish; ratios compare the same size,
or people a second where the sizes differ (said so). ``--full`` builds the whole national network with every tool (Pyomo takes a minute and 2 GB).
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from homerule.capacity import bound, load_scenario, run
from homerule.capacity.individuals import send
from homerule.capacity.line import Stage, flow, six_stages
from homerule.capacity.national import Case, build, example
from homerule.capacity.solver import Highs


def seconds(act: Callable[[], Any], times: int = 1) -> float:
    """Best wall time of ``times`` runs."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        begun = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - begun)
    return best


def there(name: str) -> bool:
    found = importlib.util.find_spec(name) is not None
    if not found:
        print(f"  {name}: not installed, left out")
    return found


# ---------------------------------------------------------------- the national network, built


def in_linopy(case: Case) -> Any:
    """The same program in linopy, vectorised over days; to the point where a solver could take it (its matrix and bounds)."""
    import warnings

    import linopy
    import pandas as pd
    import xarray as xr

    warnings.simplefilter("ignore")
    days, n_r = case.supply.shape
    m = linopy.Model()
    t, r, f, k = (pd.RangeIndex(n, name=x) for n, x in ((days, "t"), (n_r, "r"), (len(case.beds), "f"), (len(case.arc_region), "k")))
    arr = m.add_variables(0, xr.DataArray(case.supply, [t, r]), name="arr")
    hold = m.add_variables(0, xr.DataArray(np.broadcast_to(case.rooms, (days, n_r)), [t, r]), name="hold")
    arc = m.add_variables(0, coords=[t, k], name="arc")
    before, hear, after, go = (m.add_variables(0, coords=[t, f], name=x) for x in ("before", "hear", "after", "go"))
    to_r, to_f = xr.DataArray(case.arc_region, [k], name="r"), xr.DataArray(case.arc_facility, [k], name="f")
    court, port = xr.DataArray(case.group, [f], name="c"), xr.DataArray(case.port, [f], name="s")
    m.add_constraints(hold - hold.shift(t=1) - arr + arc.groupby(to_r).sum() == 0, name="rooms")
    m.add_constraints(before - before.shift(t=1) + hear - arc.groupby(to_f).sum().reindex({"f": f}) == 0, name="before")
    m.add_constraints(hear - case.heard * before.shift(t=1) <= 0, name="hearing")
    m.add_constraints(after - after.shift(t=1) + go - 0.9 * hear == 0, name="after")
    m.add_constraints(go - case.gone * after.shift(t=1) <= 0, name="going")
    m.add_constraints(before + after <= xr.DataArray(case.beds, [f]), name="beds")
    m.add_constraints(hear.groupby(court).sum() <= float(case.court[0]), name="court")
    m.add_constraints(go.groupby(port).sum() <= float(case.seats[0]), name="seats")
    m.add_objective(-1 * go.sum())
    return m, m.matrices.A, m.matrices.lb, m.matrices.b


def in_pyomo(case: Case) -> Any:
    """The same program in Pyomo, as its manual writes one."""
    import pyomo.environ as pyo

    days, n_r = case.supply.shape
    n_f = len(case.beds)
    by_r = [np.flatnonzero(case.arc_region == r).tolist() for r in range(n_r)]
    by_f = [np.flatnonzero(case.arc_facility == f).tolist() for f in range(n_f)]
    by_c = [np.flatnonzero(case.group == c).tolist() for c in range(len(case.court))]
    by_s = [np.flatnonzero(case.port == s).tolist() for s in range(len(case.seats))]
    m = pyo.ConcreteModel()
    m.T, m.R, m.F, m.K = pyo.RangeSet(0, days - 1), pyo.RangeSet(0, n_r - 1), pyo.RangeSet(0, n_f - 1), pyo.RangeSet(0, len(case.arc_region) - 1)
    m.C, m.S = pyo.RangeSet(0, len(case.court) - 1), pyo.RangeSet(0, len(case.seats) - 1)
    m.arr = pyo.Var(m.T, m.R, bounds=lambda m, t, r: (0, float(case.supply[t, r])))
    m.hold = pyo.Var(m.T, m.R, bounds=lambda m, t, r: (0, float(case.rooms[r])))
    m.arc = pyo.Var(m.T, m.K, domain=pyo.NonNegativeReals)
    for name in ("before", "hear", "after", "go"):
        setattr(m, name, pyo.Var(m.T, m.F, domain=pyo.NonNegativeReals))
    m.rooms = pyo.Constraint(m.T, m.R, rule=lambda m, t, r: m.hold[t, r] - (m.hold[t - 1, r] if t else 0) - m.arr[t, r] + sum(m.arc[t, k] for k in by_r[r]) == 0)
    m.c1 = pyo.Constraint(m.T, m.F, rule=lambda m, t, f: m.before[t, f] - (m.before[t - 1, f] if t else 0) + m.hear[t, f] - sum(m.arc[t, k] for k in by_f[f]) == 0)
    m.c2 = pyo.Constraint(m.T, m.F, rule=lambda m, t, f: m.hear[t, f] - (case.heard * m.before[t - 1, f] if t else 0) <= 0)
    m.c3 = pyo.Constraint(m.T, m.F, rule=lambda m, t, f: m.after[t, f] - (m.after[t - 1, f] if t else 0) + m.go[t, f] - 0.9 * m.hear[t, f] == 0)
    m.c4 = pyo.Constraint(m.T, m.F, rule=lambda m, t, f: m.go[t, f] - (case.gone * m.after[t - 1, f] if t else 0) <= 0)
    m.beds = pyo.Constraint(m.T, m.F, rule=lambda m, t, f: m.before[t, f] + m.after[t, f] <= float(case.beds[f]))
    m.court = pyo.Constraint(m.T, m.C, rule=lambda m, t, c: sum(m.hear[t, f] for f in by_c[c]) <= float(case.court[c]) if by_c[c] else pyo.Constraint.Skip)
    m.seats = pyo.Constraint(m.T, m.S, rule=lambda m, t, s: sum(m.go[t, f] for f in by_s[s]) <= float(case.seats[s]) if by_s[s] else pyo.Constraint.Skip)
    m.obj = pyo.Objective(expr=sum(m.go[t, f] for t in m.T for f in m.F), sense=pyo.maximize)
    return m


def building(full: bool) -> None:
    case = example()
    p = build(case)
    print(f"National network, daily: 52 regions, 300 facilities, 365 days: {len(p.cost):,} columns, {len(p.row_lower):,} rows, {len(p.value):,} entries")
    arrays = seconds(lambda: build(case), 3)
    ours = seconds(lambda: Highs(build(case)), 2)
    print(f"  homerule: arrays {arrays:.2f} s; arrays and handed to HiGHS {ours:.2f} s")
    if there("linopy"):
        made: list[Any] = []
        theirs = seconds(lambda: made.append(in_linopy(case)))
        assert made[0][1].nnz == len(p.value), "the two programs differ"
        print(f"  linopy, to its matrix: {theirs:.2f} s; ratio to arrays {theirs / arrays:.1f}, to arrays handed over {theirs / ours:.1f}")
    if there("pyomo"):
        days = 365 if full else 36
        small = example(days=days)
        mine = seconds(lambda: build(small), 3)
        handed = seconds(lambda: Highs(build(small)), 2)
        theirs = seconds(lambda: in_pyomo(small))
        print(f"  Pyomo, model only, {days} days: {theirs:.2f} s; homerule at {days} days {mine:.3f} s, handed to HiGHS {handed:.3f} s; ratios {theirs / mine:.0f} and {theirs / handed:.0f}")


# ---------------------------------------------------------------- the default weekly case


def weekly() -> None:
    for name in ("today", "one-million"):
        found = bound(load_scenario(name), worth=False)
        print(f"Weekly program, {name}: {found.columns:,} columns, {found.rows:,} rows: built and solved with exact prices in {found.seconds:.1f} s")


# ---------------------------------------------------------------- the fluid


def fluid() -> None:
    scenario = load_scenario("one-million")
    rng = np.random.default_rng(0)
    inflow = rng.dirichlet(np.ones(52), 1000) * 1e6 / 365
    stages = six_stages(load_scenario("today"), 1e6 / 52)
    took = seconds(lambda: flow(stages, inflow, 365), 2)
    print(f"Fluid, a million people a year through six stages, 1,000 draws x 52 regions x 365 days: numpy {took:.2f} s")
    for engine in ("numba", "numpy"):
        if engine == "numba" and not there("numba"):
            continue
        run(scenario, draws=2, engine=engine)
        took = seconds(lambda e=engine: run(scenario, draws=1000, engine=e))  # type: ignore[misc]
        print(f"  the whole model (52 regions, 25 areas, 3 classes, 6 stages with tracks): {engine} {took:.2f} s")


# ---------------------------------------------------------------- individuals


def in_simpy(stages: tuple[Stage, ...], arrivals: Any, seed: int) -> int:
    import random

    import simpy

    env, rng, done = simpy.Environment(), random.Random(seed), [0]
    places = [None if s.places == float("inf") else simpy.Resource(env, max(1, int(s.places))) for s in stages]

    def person() -> Any:
        for stage, place in zip(stages, places):
            if place is None:
                yield env.timeout(rng.expovariate(1 / stage.stay))
            else:
                with place.request() as ask:
                    yield ask
                    yield env.timeout(rng.expovariate(1 / stage.stay))
            if stage.onward < 1 and rng.random() >= stage.onward:
                return
        done[0] += 1

    def source() -> Any:
        last = 0.0
        for a in arrivals.tolist():
            yield env.timeout(a - last)
            last = a
            env.process(person())

    env.process(source())
    env.run()
    return done[0]


def in_ciw(stages: tuple[Stage, ...], arrivals: Any, seed: int) -> int:
    import ciw

    n = len(stages)
    routing = [[stages[i].onward if j == i + 1 else 0.0 for j in range(n)] for i in range(n)]
    gaps = np.diff(arrivals, prepend=0.0).tolist()
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])] + [None] * (n - 1),
        service_distributions=[ciw.dists.Exponential(1 / s.stay) for s in stages],
        number_of_servers=[float("inf") if s.places == float("inf") else max(1, int(s.places)) for s in stages],
        routing=routing,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(float(arrivals[-1]) + 2000)
    return len(simulation.nodes[-1].all_individuals)


def in_salabim(stages: tuple[Stage, ...], arrivals: Any, seed: int) -> int:
    import salabim as sim

    sim.yieldless(False)
    env = sim.Environment(trace=False, random_seed=seed)
    places = [None if s.places == float("inf") else sim.Resource(capacity=max(1, int(s.places)), env=env, monitor=False) for s in stages]
    done = [0]

    class Person(sim.Component):  # type: ignore[misc]
        def process(self) -> Any:
            for stage, place in zip(stages, places):
                if place is not None:
                    yield self.request(place)
                yield self.hold(env.random.expovariate(1 / stage.stay))
                if place is not None:
                    self.release(place)
                if stage.onward < 1 and env.random.random() >= stage.onward:
                    return
            done[0] += 1

    class Source(sim.Component):  # type: ignore[misc]
        def process(self) -> Any:
            last = 0.0
            for a in arrivals.tolist():
                yield self.hold(a - last)
                last = a
                Person(env=env)

    Source(env=env)
    env.run()
    return done[0]


def individuals() -> None:
    scenario = load_scenario("today")

    def line(people: int) -> tuple[tuple[Stage, ...], Any]:
        return six_stages(scenario, people), np.sort(np.random.default_rng(1).random(people) * 365)

    send(*line(1000))
    big = 1_000_000
    stages, arrivals = line(big)
    ours = seconds(lambda: send(stages, arrivals), 2)
    rate = big / ours
    print(f"Individuals, first in first out, six stages: homerule {big:,} people in {ours:.2f} s ({rate:,.0f} a second)")
    for name, act, people in (("simpy", in_simpy, 20_000), ("salabim", in_salabim, 5_000), ("ciw", in_ciw, 2_000)):
        if not there(name):
            continue
        stages, arrivals = line(people)
        mine = seconds(lambda s=stages, a=arrivals: send(s, a), 3)  # type: ignore[misc]
        theirs = seconds(lambda s=stages, a=arrivals, f=act: f(s, a, 1))  # type: ignore[misc]
        print(f"  {name}: {people:,} people in {theirs:.2f} s; same size {theirs / mine:.0f} times homerule's {mine:.4f} s; by people a second against the million, {rate / (people / theirs):.0f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the capacity room beside other tools; print ratios.")
    parser.add_argument("--full", action="store_true", help="build the whole national network with Pyomo too")
    parser.add_argument("--only", choices=["building", "weekly", "fluid", "individuals"])
    args = parser.parse_args()
    for name, part in (("building", lambda: building(args.full)), ("weekly", weekly), ("fluid", fluid), ("individuals", individuals)):
        if args.only in (None, name):
            part()


if __name__ == "__main__":
    main()
