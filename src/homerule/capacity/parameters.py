"""What the model assumes: a parameter is a distribution with a unit, a source, a date and a mark of certainty."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
#: What a mark of certainty means.
CERTAINTY = {
    "c": "read in the source named", "c2": "read in a second-hand report of it", "r": "recalled and not checked",
    "i": "our arithmetic on published figures", "a": "assumption, no source found", "x": "sources disagree",
}  # fmt: skip
SPREADS = ("triangular", "uniform", "fixed")


class Parameter(NamedTuple):
    """One assumption: a triangular distribution from ``low`` over ``central`` to ``high`` unless ``spread`` is uniform or fixed.

    ``shape``: for a duration, how individual times are spread around it in the model.
    """

    name: str
    low: float
    central: float
    high: float
    unit: str
    says: str
    source: str
    date: dt.date
    certainty: str
    spread: str = "triangular"
    shape: str = ""

    @property
    def mean(self) -> float:
        """The mean of the distribution."""
        if self.spread == "fixed":
            return self.central
        return (self.low + self.high) / 2 if self.spread == "uniform" else (self.low + self.central + self.high) / 3

    def at(self, u: Array) -> Array:
        """The quantiles at ``u`` (0 to 1)."""
        import numpy as np

        width = self.high - self.low
        if self.spread == "fixed" or width <= 0:
            return np.full(u.shape, self.central)
        if self.spread == "uniform":
            return self.low + u * width
        rise, fall = self.central - self.low, self.high - self.central
        return np.where(u * width <= rise, self.low + np.sqrt(np.maximum(u * width * rise, 0)), self.high - np.sqrt(np.maximum((1 - u) * width * fall, 0)))


def parameter(name: str, data: Mapping[str, Any], where: str, base: Parameter | None = None) -> Parameter:
    """One table as a Parameter; what it leaves out is taken from ``base``. Raises InputError."""
    known = base._asdict() if base else {"spread": "triangular", "shape": "", "name": name}
    extra = set(data) - set(Parameter._fields)
    if extra:
        raise InputError(f"the parameter `{name}` has no field `{sorted(extra)[0]}`", where=where, help=nearest(sorted(extra)[0], list(Parameter._fields)))
    if base and {"low", "central", "high"} & set(data) and not {"low", "central", "high"} <= set(data):
        raise InputError(f"`{name}` changes only part of low, central and high", where=where, help="Give all three, or one plain number")
    missing = [f for f in Parameter._fields if f not in known and f not in data]
    if missing:
        raise InputError(f"the parameter `{name}` lacks `{missing[0]}`", where=where, help="Give low, central, high, unit, says, source, date and certainty")
    made = Parameter(**{**known, **data, "name": name})
    if isinstance(made.date, str):  # a scenario that came as JSON
        try:
            made = made._replace(date=dt.date.fromisoformat(made.date))
        except ValueError:
            raise InputError(f"`{name}`: `{made.date}` is no date", where=where, help="Give it as YYYY-MM-DD") from None
    if made.certainty not in CERTAINTY or made.spread not in SPREADS:
        raise InputError(f"`{name}` has certainty `{made.certainty}` and spread `{made.spread}`", where=where, help=f"Certainty is one of {', '.join(CERTAINTY)}; spread one of {', '.join(SPREADS)}")
    for end in (made.low, made.central, made.high):
        if isinstance(end, bool) or not isinstance(end, (int, float)) or end != end or abs(end) == float("inf"):
            raise InputError(f"`{name}`: `{end}` is no number", where=where, help="Give low, central and high as numbers")
    if not made.low <= made.central <= made.high:
        raise InputError(f"`{name}`: low {made.low:g}, central {made.central:g}, high {made.high:g} are not in order", where=where, help="low must not be above central, nor central above high")
    known_low = read_parameters().get(name) if base is not None else None
    if known_low is not None:
        if made.unit in ("share", "days", "people", "people a day") and made.low < 0 <= known_low.low:
            raise InputError(f"`{name}` cannot be negative", where=where, help=f"It is counted in {made.unit}")
        if made.unit == "share" and made.high > 1 >= known_low.high:
            raise InputError(f"`{name}` is a share and cannot be above 1", where=where, help="Give 0.5 for half")
        if made.unit == "days" and made.low <= 0 < known_low.low:
            raise InputError(f"`{name}` is a time and must be above 0", where=where, help="Give a small time such as 0.01 days for an instant")
    return made


@lru_cache
def read_parameters() -> Mapping[str, Parameter]:
    """The parameters that Homerule ships, by name."""
    path = DATA / "parameters.toml"
    return {name: parameter(name, table, path.name) for name, table in tomllib.loads(path.read_text("utf-8")).items()}


def latin(parameters: Mapping[str, Parameter], draws: int, seed: int) -> Array:
    """A Latin hypercube of uniforms, shape (draws, parameters): each parameter's range is met evenly."""
    import numpy as np

    rng = np.random.default_rng(seed)
    cells = np.empty((draws, len(parameters)))
    for column in range(len(parameters)):
        cells[:, column] = rng.permutation(draws)
    return (cells + rng.random(cells.shape)) / draws


def values(parameters: Mapping[str, Parameter], cube: Array) -> dict[str, Array]:
    """Each parameter's values, shape (draws,), at the uniforms of ``cube`` (draws, parameters)."""
    return {name: p.at(cube[:, i]) for i, (name, p) in enumerate(parameters.items())}


def means(parameters: Mapping[str, Parameter]) -> dict[str, Array]:
    """Each parameter's mean, as one draw."""
    import numpy as np

    return {name: np.array([p.mean]) for name, p in parameters.items()}


def need(package: str) -> Any:
    """The heavy package called ``package``. Raises InputError naming the extra where it is not installed."""
    import importlib

    extra = {"numba": "numba", "ortools": "pdlp", "scipy": "pdlp"}.get(package, "capacity")
    try:
        return importlib.import_module(package)
    except ImportError:
        raise InputError(f"this needs the package `{package}`, which is not installed", help=f"Run: pip install 'homerule[{extra}]'") from None
