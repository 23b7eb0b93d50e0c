"""Which assumptions a headline's uncertainty comes from: first-order and total Sobol indices (Saltelli's design; the estimators of Saltelli 2010 and Jansen 1999).

Only the assumptions that move the headline at all are followed one by one; they are found first by regression on the ranks of an ordinary run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from homerule.capacity.outcome import FLOWS, STOCKS, SUMS
from homerule.capacity.parameters import latin, need, values
from homerule.capacity.scenario import Scenario
from homerule.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Assumptions followed one by one.
FOLLOWED = 12
PRACTICE = "practice"


class Part(NamedTuple):
    """One assumption's part in the variance. ``first``: alone; ``total``: with its interactions; ``error``: standard error of ``total``;
    ``low``, ``high``: mean headline where the assumption is in its lowest and highest tenth."""

    name: str
    first: float
    total: float
    error: float
    low: float
    high: float


class Split(NamedTuple):
    """The split of one headline: ``parts``, largest total first; ``rest``: what they leave unexplained; mean and standard deviation of the headline."""

    headline: str
    mean: float
    deviation: float
    parts: tuple[Part, ...]
    rest: float
    runs: int


def indices(f_a: Array, f_b: Array, f_ab: Array) -> tuple[Array, Array, Array]:
    """First-order and total indices and the standard error of the total, from f(A), f(B) (n,) and f(A with column i of B) (k, n)."""
    import numpy as np

    var = float(np.var(np.concatenate([f_a, f_b])))
    if var <= 0:
        return np.zeros(len(f_ab)), np.zeros(len(f_ab)), np.zeros(len(f_ab))
    first = (f_b * (f_ab - f_a)).mean(1) / var
    squares = (f_a - f_ab) ** 2 / 2
    return first, squares.mean(1) / var, squares.std(1) / np.sqrt(len(f_a)) / var


def split(scenario: Scenario, headline: str = "removed", draws: int = 256, seed: int = 0, years: int = 1) -> Split:
    """`homerule.capacity.variance`: (FOLLOWED + 2) x ``draws`` runs. Raises InputError."""
    from homerule.capacity.levers import from_scenario
    from homerule.capacity.simulate import follow

    names = (*FLOWS, *STOCKS, *SUMS)
    if headline not in names:
        raise InputError(f"no headline is called `{headline}`", where="headline", help=nearest(headline, names))
    if isinstance(draws, bool) or not 16 <= draws <= 20_000:
        raise InputError(f"{draws} draws cannot be split", where="draws", help="Give 16 to 20000")
    np = need("numpy")
    assumptions = scenario.assumptions()
    levers = from_scenario(scenario)
    keys = [*assumptions, PRACTICE]

    def of(cube: Array) -> Array:
        result = follow(scenario, values(assumptions, cube[:, :-1]), cube[:, -1], 365 * years, levers=levers)
        return result.total(headline)

    wide = {**assumptions, PRACTICE: next(iter(assumptions.values()))}
    both = latin(wide, 2 * draws, seed)
    a, b = both[:draws], both[draws:]
    f_a, f_b = of(a), of(b)
    f = np.concatenate([f_a, f_b])
    strength = np.abs(_ranks_on(np, both, f))
    fixed = np.array([n != PRACTICE and assumptions[n].low == assumptions[n].high for n in keys])
    strength[fixed] = 0
    chosen = [int(i) for i in np.argsort(-strength)[:FOLLOWED] if strength[i] > 0]
    mixed = []
    for i in chosen:
        cube = a.copy()
        cube[:, i] = b[:, i]
        mixed.append(of(cube))
    f_ab = np.stack(mixed) if mixed else np.zeros((0, draws))
    centre = f.mean()  # subtracting it lessens the error of the first-order estimate
    first, total, error = indices(f_a - centre, f_b - centre, f_ab - centre)
    parts = []
    for j, i in enumerate(chosen):
        order = np.argsort(both[:, i])
        tenth = max(1, len(order) // 10)
        parts.append(Part(keys[i], float(np.clip(first[j], 0, 1)), float(total[j]), float(error[j]), float(f[order[:tenth]].mean()), float(f[order[-tenth:]].mean())))
    parts.sort(key=lambda x: -x.total)
    return Split(headline, float(f.mean()), float(f.std()), tuple(parts), float(max(0.0, 1 - sum(x.first for x in parts))), (len(chosen) + 2) * draws)


def _ranks_on(np: object, cube: Array, f: Array) -> Array:
    """Standardised coefficients of the rank of ``f`` on the uniforms, one a column."""
    import numpy

    y = numpy.argsort(numpy.argsort(f)).astype(float)
    x = cube - cube.mean(0)
    found, *_ = numpy.linalg.lstsq(x / x.std(0), (y - y.mean()) / max(y.std(), 1e-12), rcond=None)
    out: Array = found
    return out
