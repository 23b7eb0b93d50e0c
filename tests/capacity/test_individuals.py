"""First in first out: exact, and the fluid's averages are the individuals'."""

from __future__ import annotations

import heapq
import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.capacity import check_individuals, load_scenario
from homerule.capacity import individuals as room
from homerule.capacity.individuals import send, starts
from homerule.capacity.line import Stage
from homerule.errors import InputError


def one_by_one(arrived: list[float], service: list[float], places: int) -> list[float]:
    """The definition: whoever came first takes the place that is free first."""
    free = [0.0] * places
    out = []
    for a, s in zip(arrived, service):
        begin = max(heapq.heappop(free), a)
        heapq.heappush(free, begin + s)
        out.append(begin)
    return out


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.lists(st.tuples(st.floats(0, 20), st.floats(0, 9)), min_size=1, max_size=120))
def test_everyone_starts_when_the_definition_says(places: int, people: list[tuple[float, float]]) -> None:
    arrived = np.sort(np.array([p[0] for p in people]))
    service = np.array([p[1] for p in people])
    np.testing.assert_allclose(starts(arrived, service, places), one_by_one(arrived.tolist(), service.tolist(), places), atol=1e-9)


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
def test_the_compiled_heap_is_the_plain_one() -> None:
    rng = np.random.default_rng(2)
    arrived, service, free = np.sort(rng.random(3000) * 10), rng.exponential(1.0, 3000), np.sort(rng.random(200))
    a, b = np.empty(3000), np.empty(3000)
    room._plain(free.copy(), arrived, service, a)
    room._serve()(free.copy(), arrived, service, b)
    np.testing.assert_array_equal(a, b)


def test_nobody_is_lost_and_places_hold() -> None:
    stages = (Stage("a", 1.0, 30, 0.7), Stage("b", 3.0, float("inf")), Stage("c", 0.2, 5))
    journey = send(stages, np.sort(np.random.default_rng(3).random(5000) * 150), seed=1)
    for i, stage in enumerate(stages):
        assert len(journey.arrived[i]) == len(journey.departed[i])
        assert (journey.started[i] >= journey.arrived[i]).all()
        if i:
            assert len(journey.arrived[i]) == int(journey.onward[i - 1].sum())
        if stage.places < 1e9:
            inside = np.arange(1, len(journey.started[i]) + 1) - np.searchsorted(journey.departed[i], np.sort(journey.started[i]), "right")
            assert inside.max() <= stage.places
    assert np.mean(journey.onward[0]) == pytest.approx(0.7, abs=0.02)


def test_individuals_and_fluid_agree_at_the_scale_that_is_asked() -> None:
    found = check_individuals(load_scenario("one-million"), people=200_000)
    assert found.holds and found.gap_out < 0.005 and found.gap_present < 0.005
    assert found.individuals_out > 100_000


def test_a_number_of_people_that_cannot_be_is_refused() -> None:
    for people in (0, -5, 10**12):
        with pytest.raises(InputError):
            check_individuals(people=people)
