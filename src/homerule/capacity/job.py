"""One scenario worked through: the run, the bound beside it, what the levers are worth, what it costs. The web's jobs and the command line both call this."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity import costs as money
from homerule.capacity import worth as lever_worth
from homerule.capacity.levers import Levers, from_scenario
from homerule.capacity.outcome import Bound, Result
from homerule.capacity.scenario import Basis, Scenario, load_scenario
from homerule.capacity.sheets import Sheet
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.capacity.variance import Split

Progress = Callable[[float, str], None]
#: Weeks of the linear program by default: half a year is solved, with every re-solve, in the time of the rest.
WEEKS = 26
#: Headlines whose variance is split.
HEADLINES = ("removed", "detained")
SPLIT_DRAWS = 64


class Simulation(NamedTuple):
    """Everything known of one scenario. ``bound``, ``worths`` and ``splits`` are empty where they were not asked for. ``seconds``: how long it took."""

    scenario: Scenario
    result: Result
    levers: Levers
    bound: Bound | None
    worths: tuple[lever_worth.Worth, ...]
    costs: money.Costs
    splits: tuple[Split, ...]
    runs: int
    years: int
    seed: int
    seconds: float


def compute(
    scenario: Scenario | str, runs: int = 200, years: int = 1, seed: int = 0, *, weeks: int = WEEKS, lp: bool = True, levers: bool = True, split: bool = False, sheet: Sheet | None = None,
    engine: str = "auto", progress: Progress | None = None,
) -> Simulation:
    """Work a scenario through. ``lp``: the bound with its prices, over ``weeks``; ``levers``: what each local lever is worth; ``split``: the variance of the headlines.

    The same arguments give the same numbers. ``progress(share, what)`` is told how far it is. Raises InputError.
    """
    from homerule.capacity.bound import solve
    from homerule.capacity.simulate import simulate
    from homerule.capacity.variance import split as split_variance

    begun = time.perf_counter()
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    told = _Told(progress, {"run": 2.0, "bound": 6.0 if lp else 0.0, "levers": 4.0 if levers else 0.0, "split": 8.0 if split else 0.0})
    set_levers = from_scenario(chosen)
    with ThreadPoolExecutor(1) as pool:  # the solver leaves Python free, so both processors are used
        bound = pool.submit(solve, chosen, levers=set_levers, weeks=weeks, progress=lambda d, n: told("bound", d / n)) if lp else None
        result = simulate(chosen, draws=runs, seed=seed, years=years, levers=set_levers, engine=engine, progress=lambda d, n: told("run", d / n))
        spent = money.cost(result, set_levers, sheet, seed)
        worths = lever_worth.worth(chosen, draws=min(runs, lever_worth.DRAWS), seed=seed, years=years, progress=lambda x: told("levers", x)) if levers else ()
        splits = []
        for i, headline in enumerate(HEADLINES if split else ()):
            splits.append(split_variance(chosen, headline=headline, draws=SPLIT_DRAWS, seed=seed, years=years))
            told("split", (i + 1) / len(HEADLINES))
        found = bound.result() if bound else None
    return Simulation(chosen, result, set_levers, found, worths, spent, tuple(splits), runs, years, seed, time.perf_counter() - begun)


def under_law(scenario: Scenario, on: dt.date, folders: tuple[str, ...] = ()) -> Scenario:
    """The scenario with the share that jails hold read from the law of a day, and of further law ``folders``. Raises InputError for a folder that is not there."""
    for folder in folders:
        if not Path(folder).is_dir():
            raise InputError(f"there is no folder `{folder}`", where="law folder", help="Name a folder of law files (docs/how-to/add-your-own-rules.md)")
    named = f"{scenario.name}, law of {on.isoformat()}" + (f" with {', '.join(Path(f).name for f in folders)}" if folders else "")
    title = f"{scenario.title}, under the law of {on.isoformat()}" + (f" with {', '.join(Path(f).name for f in folders)}" if folders else "")
    return scenario.model_copy(update={"law": Basis(as_of=on, folders=folders), "name": named, "title": title})


def simulate_job(scenario: Scenario | str, runs: int = 200, years: int = 1, progress: Progress | None = None, *, seed: int = 0, split: bool = False, charts: bool = True, weeks: int = WEEKS) -> dict[str, Any]:
    """A scenario worked through as plain data for the web: the tables of `findings.tables`, under ``charts`` each picture as SVG text with its words, and
    under ``report`` the two-page report as HTML. Raises InputError."""
    from homerule.capacity.findings import tables

    share = 0.85 if charts else 1.0
    done = compute(scenario, runs, years, seed, split=split, weeks=weeks, progress=(lambda x, what: progress(x * share, what)) if progress else None)
    out = tables([done])
    if charts:
        from homerule.capacity.figures import pictures
        from homerule.capacity.report import report
        from homerule.documents import to_html
        from homerule.documents.charts import svg

        drawn = pictures([done])
        for i, (name, chart) in enumerate(drawn.items()):
            out.setdefault("charts", {})[name] = {"svg": svg(chart), "alt": chart.alt}
            if progress:
                progress(share + 0.1 * (i + 1) / len(drawn), "charts")
        out["report"] = to_html(report([done], drawn))
    if progress:
        progress(1.0, "done")
    return out


class _Told:
    """Adds up the progress of parts that run side by side; never goes back."""

    def __init__(self, progress: Progress | None, weights: dict[str, float]) -> None:
        self.progress, self.weights = progress, weights
        self.done = dict.fromkeys(weights, 0.0)
        self.best = 0.0
        self.lock = threading.Lock()

    def __call__(self, part: str, share: float) -> None:
        if self.progress is None:
            return
        with self.lock:
            self.done[part] = max(self.done[part], min(share, 1.0))
            whole = sum(self.weights[p] * x for p, x in self.done.items()) / sum(self.weights.values())
            if whole - self.best >= 0.002:
                self.best = whole
                self.progress(whole, _WORDS[part])


_WORDS = {"run": "the run", "bound": "the bound and its prices", "levers": "what each lever is worth", "split": "where the uncertainty comes from"}
