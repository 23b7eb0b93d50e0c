"""The split of a headline's variance: the estimators on a function whose indices are known, and a split of the model."""

from __future__ import annotations

import numpy as np
import pytest

from homerule.capacity import Scenario, load_scenario, variance
from homerule.capacity.variance import indices
from homerule.errors import InputError


def test_the_estimators_find_the_known_indices_of_the_ishigami_function() -> None:
    rng = np.random.default_rng(0)
    n, a, b = 40_000, 7.0, 0.1
    one, two = (rng.uniform(-np.pi, np.pi, (n, 3)) for _ in range(2))

    def f(x: np.ndarray) -> np.ndarray:
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    mixed = []
    for i in range(3):
        x = one.copy()
        x[:, i] = two[:, i]
        mixed.append(f(x))
    centre = f(one).mean()
    first, total, error = indices(f(one) - centre, f(two) - centre, np.stack(mixed) - centre)
    np.testing.assert_allclose(first, [0.3139, 0.4424, 0.0], atol=0.03)
    np.testing.assert_allclose(total, [0.5576, 0.4424, 0.2437], atol=0.03)
    assert (error < 0.02).all()


def test_a_headline_is_split_over_its_assumptions() -> None:
    split = variance(load_scenario("today"), "removed", draws=64)
    names = [p.name for p in split.parts]
    assert names[0] == "ice_book_ins" and split.parts[0].total > 0.4
    assert split.parts[0].low < split.mean < split.parts[0].high
    assert "turned_back" not in names[:3]  # it divides a sum and cannot move it
    assert next((p.total for p in split.parts if p.name == "turned_back"), 0.0) == pytest.approx(0, abs=1e-9)
    assert split.deviation > 0 and split.runs == (len(names) + 2) * 64


def test_where_nothing_varies_nothing_is_split(slack: Scenario) -> None:
    still = slack.changed(**{k: p.central for k, p in slack.assumptions().items()})
    split = variance(still, "removed", draws=16)
    assert split.deviation == pytest.approx(0, abs=1e-6) and sum(p.total for p in split.parts) == pytest.approx(0, abs=1e-9)


def test_bad_requests_are_sentences(slack: Scenario) -> None:
    with pytest.raises(InputError, match="no headline"):
        variance(slack, "deported")
    with pytest.raises(InputError):
        variance(slack, draws=2)
