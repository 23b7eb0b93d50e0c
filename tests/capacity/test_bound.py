"""The linear program: above the fluid, equal to it where nothing binds, prices that small changes confirm, never less from more."""

from __future__ import annotations

import numpy as np
import pytest

from homerule.capacity import Scenario, bound, load_scenario, run

pytest.importorskip("highspy")

from homerule.capacity.bound import capacities, resolved
from homerule.capacity.levers import from_scenario
from homerule.capacity.national import Case, build, example
from homerule.capacity.parameters import means
from homerule.capacity.program import Program, assemble
from homerule.capacity.simulate import Trace, trace
from homerule.capacity.solver import Highs, highs
from homerule.errors import InputError

WEEKS = 10
#: Re-solving stops within a millionth of the optimum.
ROUNDING = 0.1


@pytest.fixture(scope="module")
def short_of_all() -> Scenario:
    """Short of beds at first, then of seats and court as more beds open."""
    return load_scenario("today").changed(beds_over_average=0.93, overrun=0.0, detained_docket=0.38, flights=1.0, land_returns=790.0, transfer_seats=120.0)


def held(scenario: Scenario, weeks: int = WEEKS) -> tuple[Trace, Program, Highs]:
    path = trace(scenario, means(scenario.assumptions()), from_scenario(scenario), weeks)
    program = assemble(path.net, path.supply, weeks)
    return path, program, highs(program)


def test_program_and_fluid_agree_within_two_percent_where_nothing_binds(slack: Scenario) -> None:
    found = bound(slack, worth=False)
    assert found.weeks == 52 and found.fluid <= found.removals <= 1.02 * found.fluid
    assert not any(p.shadow > 1e-4 for p in found.prices if p.constraint != "jail_access")
    assert len(found.by_week) == 52 and sum(found.by_week) == pytest.approx(found.removals)
    assert found.all_removals > found.removals
    # nobody who is arrested is turned away: what one more is worth is at most one removal, and something for those arrested in time
    worth = [x.reduced_cost for x in found.levers]
    assert min(worth) > 0.4 and max(worth) < 1.0


@pytest.mark.parametrize("rules", [("hold", "refuse"), ("refuse", "release"), ("release",)])
def test_the_bound_is_never_below_the_fluid(short_of_all: Scenario, rules: tuple[str, ...]) -> None:
    for scenario in (load_scenario("today"), short_of_all, load_scenario("one-million").changed(judges=400.0, flights=4.0)):
        found = bound(scenario.model_copy(update={"overflow": rules}), weeks=WEEKS, worth=False)
        assert found.removals >= found.fluid


def test_the_bound_is_not_below_the_mean_of_the_fluid_over_draws() -> None:
    scenario = load_scenario("today")
    result = run(scenario, draws=300)
    mean = result.series("removed_detention")[: 7 * WEEKS].sum(0).mean()
    found = bound(scenario, weeks=WEEKS, worth=False)
    assert found.removals >= mean
    assert found.over(result) >= mean


def test_more_capacity_never_means_fewer_removals(short_of_all: Scenario) -> None:
    path, program, solver = held(short_of_all)
    base = solver.solve().value
    for group in capacities(path, program):
        less, more, much = (resolved(solver, group, c) for c in (-0.2, 0.2, 1.0))
        assert less <= base + ROUNDING and base <= more + ROUNDING and more <= much + ROUNDING, group.name
        assert (much - more) / 4 <= more - base + ROUNDING, "the optimum is concave in a limit"


def test_prices_are_confirmed_by_small_changes(short_of_all: Scenario) -> None:
    found = bound(short_of_all, weeks=WEEKS, worth=False)
    path, program, solver = held(short_of_all)
    base = solver.solve().value
    seen = 0
    for group, price in zip(capacities(path, program), found.prices):
        assert (group.constraint, group.name) == (price.constraint, price.group)
        up, down = (resolved(solver, group, c) - base for c in (1e-3, -1e-3))
        expected = price.shadow * group.capacity * 1e-3
        slope = 0.05 * abs(expected) + 2 * ROUNDING
        assert up - slope <= expected <= -down + slope, group  # at a corner of the optimum the price lies between the two slopes
        seen += price.shadow > 1e-3
    assert seen >= 3


def test_worth_is_shown_beside_the_price(short_of_all: Scenario) -> None:
    found = bound(short_of_all, weeks=6)
    beds = next(p for p in found.prices if p.constraint == "beds" and p.group == "local")
    assert set(beds.worth) == {-0.1, 0.1, 0.5}
    assert beds.worth[-0.1] < 0 < beds.worth[0.1] <= beds.worth[0.5]
    assert beds.worth[0.5] <= beds.predicted[0.5] + 1  # a price never says too little about more
    assert beds.weeks >= 1
    assert any("beds" in week for week in found.binding)


def test_a_state_that_shuts_its_jails_lowers_the_bound(slack: Scenario) -> None:
    levers = from_scenario(slack)
    theta = np.full(52, np.nan)
    theta[:] = 0.0
    shut = bound(slack, levers=levers.with_theta(theta), weeks=20, worth=False)
    assert shut.removals < bound(slack, weeks=20, worth=False).removals


def test_bad_requests_are_sentences(slack: Scenario) -> None:
    for wrong in ({"weeks": 0}, {"weeks": 10_000}, {"solver": "abacus"}):
        with pytest.raises(InputError):
            bound(slack, **wrong)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the national case


def dense(p: Program) -> np.ndarray:
    out = np.zeros((len(p.row_lower), len(p.cost)))
    for i in range(len(p.row_lower)):
        part = slice(p.starts[i], p.starts[i + 1])
        np.add.at(out[i], p.columns_of[part], p.value[part])
    return out


def by_hand(case: Case) -> tuple[list[dict[tuple[str, int, int], float]], list[tuple[float, float]]]:
    """The rows of the national case one by one, in words."""
    rows, limits = [], []
    days, n_r = case.supply.shape
    n_f = len(case.beds)
    for t in range(days):
        for r in range(n_r):
            row = {("hold", t, r): 1.0, ("arr", t, r): -1.0, **{("arc", t, int(k)): 1.0 for k in np.flatnonzero(case.arc_region == r)}}
            rows.append(row | ({("hold", t - 1, r): -1.0} if t else {}))
            limits.append((0.0, 0.0))
        kinds = [[], [], [], [], []]  # type: ignore[var-annotated]
        for f in range(n_f):
            into = {("arc", t, int(k)): -1.0 for k in np.flatnonzero(case.arc_facility == f)}
            kinds[0].append({("before", t, f): 1.0, ("hear", t, f): 1.0, **into, **({("before", t - 1, f): -1.0} if t else {})})
            kinds[1].append({("hear", t, f): 1.0, **({("before", t - 1, f): -case.heard} if t else {})})
            kinds[2].append({("after", t, f): 1.0, ("go", t, f): 1.0, ("hear", t, f): -0.9, **({("after", t - 1, f): -1.0} if t else {})})
            kinds[3].append({("go", t, f): 1.0, **({("after", t - 1, f): -case.gone} if t else {})})
            kinds[4].append({("before", t, f): 1.0, ("after", t, f): 1.0})
        for i, kind in enumerate(kinds):
            rows += kind
            limits += [(0.0, 0.0) if i in (0, 2) else (-np.inf, 0.0 if i < 4 else float(case.beds[f])) for f in range(n_f)]
        for c in range(len(case.court)):
            rows.append({("hear", t, int(f)): 1.0 for f in np.flatnonzero(case.group == c)})
            limits.append((-np.inf, float(case.court[c])))
        for s in range(len(case.seats)):
            rows.append({("go", t, int(f)): 1.0 for f in np.flatnonzero(case.port == s)})
            limits.append((-np.inf, float(case.seats[s])))
    return rows, limits


def test_the_national_case_is_the_one_written_by_hand() -> None:
    case = example(regions=3, facilities=5, days=4, arcs=2, courts=2, ports=2, seed=4)
    p = build(case)
    n_k = len(case.arc_region)
    at = {"arr": 0, "hold": 3, "arc": 6, "before": 6 + n_k, "hear": 11 + n_k, "after": 16 + n_k, "go": 21 + n_k}
    width = 26 + n_k
    rows, limits = by_hand(case)
    wanted = np.zeros((len(rows), 4 * width))
    for i, row in enumerate(rows):
        for (kind, t, j), v in row.items():
            wanted[i, t * width + at[kind] + j] += v
    np.testing.assert_array_equal(dense(p), wanted)
    np.testing.assert_allclose(np.stack([p.row_lower, p.row_upper], 1), np.array(limits))
    assert p.upper[width : width + 3] == pytest.approx(case.supply[1])


def test_pdlp_finds_what_highs_finds() -> None:
    pytest.importorskip("ortools")
    pytest.importorskip("scipy")
    from homerule.capacity.solver import pdlp

    p = build(example(regions=5, facilities=12, days=20, arcs=3, courts=3, ports=2))
    assert pdlp(p, 1e-7).value == pytest.approx(highs(p).solve().value, rel=1e-4)


def test_a_nation_of_nothing_is_refused() -> None:
    with pytest.raises(InputError):
        example(regions=0)
    with pytest.raises(InputError):
        example(facilities=3, arcs=4)
