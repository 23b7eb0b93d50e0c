"""Capacity: what a removal operation needs from local government, as flows of counts. No individuals, nowhere below the county.

    >>> from homerule.capacity import load_scenario, run, bound          # doctest: +SKIP
    >>> result = run(load_scenario("today"), draws=200)                  # doctest: +SKIP
    >>> result.band("removed", by="year")[0].p50                         # doctest: +SKIP

`run` is the fluid model with bands, `bound` the weekly linear program on the same network, `check_individuals` the first-in-first-out check,
`variance` the split of a headline over its assumptions, `hindcast` the comparison with what happened. The equations are in docs/explanation/capacity.md.
None of it is a forecast. numpy and highspy are imported only when used: `pip install 'homerule[capacity]'`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homerule.capacity.parameters import Parameter, read_parameters
from homerule.capacity.scenario import Scenario, load_scenario, scenarios

if TYPE_CHECKING:
    from homerule.capacity.individuals import Check
    from homerule.capacity.levers import Levers
    from homerule.capacity.outcome import Bound, Result
    from homerule.capacity.variance import Split

__all__ = ["Parameter", "Scenario", "bound", "check_individuals", "load_scenario", "read_parameters", "run", "scenarios", "variance"]


def run(scenario: Scenario, draws: int = 200, seed: int = 0, years: int = 1, levers: Levers | None = None, engine: str = "auto", progress: Any = None) -> Result:
    """Run the fluid model over ``draws`` sets of parameters. ``engine``: numpy, numba or auto. ``progress(done, total)`` is called each week.

    Raises InputError for a number of draws or years that cannot be, or where numpy is not installed.
    """
    from homerule.capacity.simulate import simulate

    return simulate(scenario, draws=draws, seed=seed, years=years, levers=levers, engine=engine, progress=progress)


def bound(scenario: Scenario, levers: Levers | None = None, weeks: int = 52, worth: bool = True, solver: str = "highs") -> Bound:
    """The most removals that the same network lets through in ``weeks``: a linear program, its prices, and re-solved worths where ``worth``."""
    from homerule.capacity.bound import solve

    return solve(scenario, levers=levers, weeks=weeks, worth=worth, solver=solver)


def check_individuals(scenario: Scenario | None = None, people: int = 1_000_000, seed: int = 0) -> Check:
    """Send ``people`` one by one, first in first out, through the scenario's six stages, and compare with the fluid."""
    from homerule.capacity.individuals import check

    return check(scenario or load_scenario("today"), people=people, seed=seed)


def variance(scenario: Scenario, headline: str = "removed", draws: int = 256, seed: int = 0, years: int = 1) -> Split:
    """How much of a headline's variance each assumption brings: first-order and total Sobol indices."""
    from homerule.capacity.variance import split

    return split(scenario, headline=headline, draws=draws, seed=seed, years=years)
