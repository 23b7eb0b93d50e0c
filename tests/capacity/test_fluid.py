"""The fluid core: people conserved, no stage above capacity, no stage held to one turn a step, both engines equal."""

from __future__ import annotations

import importlib.util
from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.capacity import Scenario, fluid, load_scenario, run
from homerule.capacity.fluid import passes
from homerule.capacity.levers import Levers, from_scenario
from homerule.capacity.line import Stage, flow
from homerule.capacity.network import build
from homerule.capacity.outcome import CONSTRAINTS, FLOWS, STOCKS
from homerule.capacity.parameters import latin, values
from homerule.capacity.simulate import fit_to_beds, follow, start
from homerule.errors import InputError

RULES = [list(p) for n in (1, 2, 3) for p in permutations(("hold", "refuse", "release"), n)]


@st.composite
def odd_scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios far from any that is likely: stays of an hour or a year, rooms for nobody, ten times the arrests."""
    number = st.floats
    return Scenario(
        name="odd", title="odd", overflow=tuple(draw(st.sampled_from(RULES))),
        pace={"large": draw(number(0, 10)), "jail": draw(number(0, 5)), "border": draw(number(0, 40)), "task_force": [(0, 1.0), (6, draw(number(0, 20)))]},
        new_beds=({"beds": draw(number(0, 1e5)), "week": draw(st.integers(0, 12))},),
        levers={"all": {"rooms": draw(number(0, 2)), "theta": draw(number(0, 1)), "beds": {"local": draw(number(0, 2))}}, "tx": {"theta": 0.0, "beds": {"all": 0.0}}},
        parameters={
            "jail_stay": draw(number(0.02, 60)), "holding_stay": draw(number(0.01, 4)), "order_to_departure": draw(number(0.05, 30)), "expedited_stay": draw(number(0.04, 60)),
            "transit": draw(number(0.005, 3)), "judges": draw(number(0, 2000)), "flights": draw(number(0, 30)), "land_returns": draw(number(0, 2000)), "transfer_seats": draw(number(0, 5000)),
            "ice_stay": draw(number(1, 200)), "cbp_stay": draw(number(1, 200)), "removal_share": draw(number(0.05, 0.95)), "beds_over_average": draw(number(0.05, 1.5)),
        },
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(odd_scenarios(), st.integers(0, 1000))
def test_people_are_conserved_and_no_stage_is_above_its_capacity(scenario: Scenario, seed: int) -> None:
    parameters = scenario.assumptions()
    cube = latin({**parameters, "practice": parameters["judges"]}, 3, seed)
    net = build(scenario, values(parameters, cube[:, :-1]), from_scenario(scenario), 9, cube[:, -1])
    state = start(net)
    first, rate = state.reachable.copy(), fluid.rates(net)
    for w in range(9):
        before = fluid.people(state)
        state, _ = fit_to_beds(net, state, w)
        np.testing.assert_allclose(fluid.people(state), before, rtol=1e-9)
        flows, stocks, blocked = np.zeros((len(FLOWS), 7, 3)), np.zeros((len(STOCKS), 7, 3)), np.zeros((len(CONSTRAINTS), 7, 3))
        state = fluid.week(net, rate, state, w, 7, fluid.yields(net, state, first), flows, stocks, blocked, np.zeros((3, 52, 3)), None)
        came = 7 * (net.notices.sum(1) * net.pace[w, 0] + net.prison.sum(1) * net.pace[w, 1] + net.border.sum(1) * net.pace[w, 4])
        went = sum(flows[FLOWS.index(f)].sum(0) for f in ("removed_detention", "departed", "not_admitted"))
        np.testing.assert_allclose(fluid.people(state), before + came - went, rtol=1e-9)
        for stock in state:
            assert stock.min() >= -1e-6
        held = state.slow.sum((0, 1)) + state.expedited + state.after.sum(0)
        assert (held <= net.beds[w] * (1 + 1e-9) + 1e-6).all()
        assert (state.holding.sum(0) <= net.rooms * (1 + 1e-9) + 1e-6).all()
        off = flows[FLOWS.index("ordered")] / net.order
        assert (off <= net.court.sum(1) * (1 + 1e-9) + 1e-6).all()
        assert flows.min() >= -1e-6 and blocked.min() >= -1e-6
        assert (flows[FLOWS.index("moved")] <= net.transfers + 1e-6).all()


@pytest.mark.parametrize("name", ["today", "one-million"])
def test_a_run_loses_nobody(name: str) -> None:
    result = run(load_scenario(name), draws=20, engine="numpy")
    assert result.conservation <= 1e-12
    stocks = {s: result.series(s) for s in STOCKS}
    np.testing.assert_allclose(stocks["detained"], stocks["before_order"] + stocks["expedited"] + stocks["after_order"], rtol=1e-9)


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
@pytest.mark.parametrize("rules", [("hold", "refuse"), ("release", "refuse"), ("refuse", "release", "hold")])
def test_both_engines_give_the_same(tight: Scenario, rules: tuple[str, ...]) -> None:
    scenario = tight.model_copy(update={"overflow": rules})
    a, b = (run(scenario, draws=9, seed=3, engine=e) for e in ("numpy", "numba"))
    assert a.engine == "numpy" and b.engine == "numba"
    for one, two in ((a.flows, b.flows), (a.stocks, b.stocks), (a.blocked, b.blocked), (a.by_state, b.by_state), (a.by_area, b.by_area)):
        np.testing.assert_allclose(one, two, rtol=1e-7, atol=1e-6)


def test_a_stage_that_turns_over_within_the_day_is_not_held_to_one_turn_a_step() -> None:
    """Published trap: about 308,000 removals from the naive form where the right one gives about 800,000."""
    stages = (Stage("custody", 5, np.inf), Stage("booking", 0.25, 950), Stage("before", 35, np.inf, 0.9), Stage("after", 10, np.inf), Stage("seat", 1 / 24, 150), Stage("way out", 0.3, np.inf))
    inflow = np.full((1, 1), 1e6 / 365)
    right = flow(stages, inflow, 365).out.sum()
    naive = flow(stages, inflow, 365, naive=True).out.sum()
    free = flow([s._replace(places=np.inf) for s in stages], inflow, 365).out.sum()
    assert right == pytest.approx(free, rel=0.002)  # neither stage is short of places
    assert 760_000 < right < 840_000
    assert naive < 0.45 * right


def test_the_line_conserves_people_and_keeps_within_its_places() -> None:
    stages = (Stage("a", 2, np.inf), Stage("b", 0.1, 40, 0.8), Stage("c", 20, 900), Stage("d", 0.02, 3))
    inflow = np.random.default_rng(0).uniform(50, 500, (4, 3))
    out = flow(stages, inflow, 200)
    there = out.waiting.sum(0) + out.inside.sum(0) + out.left.sum(0) + out.out.sum(0)
    np.testing.assert_allclose(there, inflow * 200, rtol=1e-12)
    for i, stage in enumerate(stages):
        assert (out.inside[i] <= stage.places * (1 + 1e-9)).all()


@given(st.floats(1e-4, 1e4))
def test_pass_shares_are_exact(tau: float) -> None:
    """Against many small steps of the same stage."""
    share = passes(np.array(tau))
    assert 0 <= float(share.new) <= float(share.old) <= 1
    steps = 4000
    small = 1 - np.exp(-1 / steps / tau)
    held, fresh = 1.0, 0.0
    for _ in range(0 if tau < 0.002 else steps):
        held -= held * small
        fresh += 1 / steps - (fresh + 0.5 / steps) * small
    if tau >= 0.002:
        assert float(share.old) == pytest.approx(1 - held, abs=1e-6)
        assert float(share.new) == pytest.approx(1 - fresh, abs=2e-3)


def test_shutting_jails_lowers_their_channel_by_the_share_and_the_total_by_less(slack: Scenario) -> None:
    neutral, n = Levers.neutral(), 30
    parameters = slack.assumptions()
    cube = latin(parameters, n, 1)
    drawn, half = values(parameters, cube), np.full(n, 0.5)
    base = follow(slack, drawn, half, 365, levers=neutral.with_theta(np.full(52, 0.8)), engine="numpy")
    shut = follow(slack, drawn, half, 365, levers=neutral.with_theta(np.full(52, 0.2)), engine="numpy")
    jail = shut.total("jail") / base.total("jail")
    np.testing.assert_allclose(jail, 0.25, rtol=1e-9)
    removed = shut.total("removed").mean() / base.total("removed").mean()
    lost = (base.total("jail") - shut.total("jail")).mean()
    assert 0 < 1 - removed < 0.75
    assert (base.total("book_ins") - shut.total("book_ins")).mean() < lost  # some are arrested at large, or later


def test_each_overflow_rule_does_what_it_says(tight: Scenario) -> None:
    def total(rules: tuple[str, ...], name: str) -> float:
        return float(run(tight.model_copy(update={"overflow": rules}), draws=10, engine="numpy").series(name)[1:].sum(0).mean())  # day 0 fits the first stock to the beds

    assert total(("refuse",), "released_for_room") == 0
    assert total(("release",), "released_for_room") > 1000
    assert total(("hold",), "holding") > total(("refuse", "hold"), "holding")


def test_what_binds_is_named_by_the_day(tight: Scenario, slack: Scenario) -> None:
    assert set(run(slack, draws=5, engine="numpy").binding_by_day()) == {""}
    only_beds = slack.changed(beds_over_average=0.5).model_copy(update={"new_beds": ()})
    named = run(only_beds, draws=5, engine="numpy").binding_by_day()
    assert named.count("beds") > 300
    assert run(only_beds, draws=5, engine="numpy").binding()[0].constraint in ("beds", "holding")


def test_bands_by_span(slack: Scenario) -> None:
    result = run(slack, draws=40, engine="numpy", years=1)
    day, week, year = (result.band("removed", by=b) for b in ("day", "week", "year"))
    assert (len(day), len(week), len(year)) == (365, 53, 1)
    assert year[0].mean == pytest.approx(sum(d.mean for d in day))
    assert all(b.p5 <= b.p50 <= b.p95 for b in (*day, *week, *year))
    stock = result.band("detained", by="year")[0].mean
    assert stock == pytest.approx(float(result.series("detained").mean()))
    states = result.states("book_ins")
    assert len(states) == 52 and sum(b.mean for b in states.values()) == pytest.approx(float(result.total("book_ins").mean()), rel=1e-6)
    assert sum(b.mean for b in result.by_channel().values()) == pytest.approx(float(result.total("removed_detention").mean()))
    streams = sum(float(result.total(s).mean()) for s in ("removed_detention", "turned_back", "removed_not_detained"))
    assert streams == pytest.approx(year[0].mean)


def test_the_same_seed_gives_the_same_run_and_another_another(slack: Scenario) -> None:
    a, b, c = (run(load_scenario("today"), draws=8, seed=s, engine="numpy").total("removed") for s in (5, 5, 6))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, c)


def test_bad_requests_are_sentences(slack: Scenario) -> None:
    for wrong in ({"draws": 0}, {"draws": 10**9}, {"years": 0}, {"years": 99}, {"engine": "fortran"}):
        with pytest.raises(InputError, match=r"\."):
            run(slack, **wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no stage is called"):
        run(slack, draws=2).series("removd")
    with pytest.raises(InputError, match="no span"):
        run(slack, draws=2).band("removed", by="month")
