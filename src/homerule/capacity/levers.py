"""What local government can change, as arrays by region; and theta, the share that jails hold, read from the law.

The law says what is required, permitted or forbidden. What jails then do is an assumption with a range (data/behaviour.toml), kept apart from it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.capacity.parameters import DATA, need
from homerule.capacity.tables import HOLDERS, county_people, read_tables
from homerule.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from homerule.capacity.scenario import Scenario
    from homerule.corpus import Corpus
    from homerule.reasoning import Engine

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Levers:
    """Arrays over the regions (R). ``theta`` (R, 3): low, central and high share held; NaN where observed practice stands.

    ``prisons``, ``pick_up``, ``notices`` (detainers sent), ``task_force``, ``rooms``: factors (R). ``officers`` and ``task_force_officers``: people added (R).
    ``beds``: factors by kind of contract and region of the site (kinds, R).
    """

    theta: Array
    prisons: Array
    pick_up: Array
    notices: Array
    task_force: Array
    task_force_officers: Array
    officers: Array
    rooms: Array
    beds: Array
    notes: tuple[str, ...] = field(default=())

    @classmethod
    def neutral(cls) -> Levers:
        """Nothing changed: observed practice, present beds."""
        np = need("numpy")
        tables = read_tables()
        n = len(tables.regions)

        def ones() -> Array:
            return np.ones(n)  # type: ignore[no-any-return]

        return cls(np.full((n, 3), np.nan), ones(), ones(), ones(), ones(), np.zeros(n), np.zeros(n), ones(), np.ones((len(tables.kinds), n)))

    def with_theta(self, theta: Array) -> Levers:
        """The same with ``theta`` (R, 3) or (R,) where it is not NaN."""
        np = need("numpy")
        wide = np.repeat(theta[:, None], 3, 1) if theta.ndim == 1 else theta
        return replace(self, theta=np.where(np.isnan(wide), self.theta, wide))


def from_scenario(scenario: Scenario) -> Levers:
    """The levers that a scenario sets, with theta from the law where it names one."""
    out = Levers.neutral()
    tables = read_tables()
    kinds = list(tables.kinds)
    if scenario.law is not None:
        law = theta_from_law(scenario.law.as_of, folders=scenario.law.folders)
        out = replace(out.with_theta(law.theta), notes=law.notes)
    for code in sorted(scenario.levers, key=lambda c: c != "all"):  # `all` first, then the regions that differ
        change = scenario.levers[code]
        at = slice(None) if code == "all" else tables.region(code)
        if change.theta is not None:
            out.theta[at] = change.theta
        for name in ("prisons", "pick_up", "notices", "task_force", "rooms"):
            getattr(out, name)[at] *= getattr(change, name)
        out.officers[at] += change.officers_lent * (share_of_arrests() if code == "all" else 1)
        out.task_force_officers[at] += change.task_force_officers * (share_of_arrests() if code == "all" else 1)
        for kind, factor in change.beds.items():
            for i, name in enumerate(kinds):
                if kind in (name, "all") or (kind in HOLDERS and tables.kinds[name]["holder"] == kind):
                    out.beds[i, at] *= factor
    return out


def share_of_arrests() -> Array:
    """Each region's share of ICE arrests (R), for spreading what a scenario gives for all."""
    np = need("numpy")
    arrests = np.array([r.arrests for r in read_tables().regions], float)
    return arrests / arrests.sum()  # type: ignore[no-any-return]


class Reading(NamedTuple):
    """Theta by region with its reasons. ``theta`` (R, 3): low, central, high, NaN where the law of the region is not in the corpus and practice stands.

    ``verdicts``: for each region, (place, weight, case, verdict on holding, verdict on notice). ``notes``: sentences for the reader.
    """

    on: dt.date
    theta: Array
    verdicts: Mapping[str, tuple[tuple[str, float, str, str, str], ...]]
    notes: tuple[str, ...]


@lru_cache
def read_behaviour() -> Mapping[str, Any]:
    """The assumptions between a verdict and what jails do, as shipped in behaviour.toml."""
    return tomllib.loads((DATA / "behaviour.toml").read_text("utf-8"))


def theta_from_law(on: dt.date, corpus: Corpus | None = None, behaviour: Mapping[str, Any] | None = None, folders: tuple[str, ...] = ()) -> Reading:
    """What jails may and must do on ``on`` under the detainer request, in each region and in each county with rules of its own.

    ``folders``: further law files, for "what if this state adopts that". Counties weigh by their people (a proxy for jail bookings); the rest of the
    state answers with the state's law alone. Raises InputError, CorpusError.
    """
    from homerule.reasoning import Engine, engine

    np = need("numpy")
    rules = behaviour or read_behaviour()
    judge = Engine(corpus) if corpus is not None else engine(folders)
    cases = _cases(rules, judge)
    tables, people = read_tables(), county_people()
    inside: dict[str, list[tuple[str, int]]] = {}
    for layer in judge.corpus.layers:
        if "/" in layer:
            place = judge.find(layer)
            whole = place.kind in ("county", "city-county") or layer in rules.get("whole_counties", ())
            size = sum(people.get(f, 0) for f in (judge.find(c).fips for c in place.county_ids)) if whole else 0
            if size:
                inside.setdefault(place.state, []).append((layer, size))
    totals = _state_people()
    theta = np.full((len(tables.regions), 3), np.nan)
    verdicts: dict[str, tuple[tuple[str, float, str, str, str], ...]] = {}
    missing: list[str] = []
    for i, region in enumerate(tables.regions):
        if region.code not in judge.corpus.layers:
            missing.append(region.code)
            continue
        total = totals.get(region.code) or 1.0
        local = sorted(inside.get(region.code, ()))
        weights = [(body, n / total) for body, n in local]
        spare = max(0.0, 1 - sum(w for _, w in weights))
        rows, level = [], np.zeros(3)
        for where, weight in [(region.code, spare), *weights]:
            for case, share, facts in cases:
                held, told = _verdicts(judge, where, on, rules, facts(region.code))
                rows.append((where, weight * share, case, held, told))
                level += weight * share * _behaves(np, rules, held, told, region.held)
        scale = sum(r[1] for r in rows)
        theta[i] = level / scale
        verdicts[region.code] = tuple(rows)
    notes = tuple([f"the law of {', '.join(missing)} is not in the corpus: observed practice stands there"] if missing else [])
    return Reading(on, theta, verdicts, notes)


def _state_people() -> Mapping[str, float]:
    """People of each state."""
    path = DATA / "states_people.toml"
    return {k: float(v) for k, v in tomllib.loads(path.read_text("utf-8"))["people"].items()}


def _cases(rules: Mapping[str, Any], judge: Engine) -> list[tuple[str, float, Any]]:
    """The standard cases: name, weight, and the facts at a region."""
    from homerule.survey.questions import read_questions

    questions = read_questions(judge.corpus)
    out = []
    for case in rules["case"]:
        name = case.get("like", case["profile"])
        profile = questions.profile(name)
        extra = case.get("facts", {})

        def facts(code: str, profile: Any = profile, extra: Any = extra) -> Mapping[str, Any]:
            return {**profile.facts, **profile.places.get(code, {}), **extra}

        out.append((case["profile"], float(case["weight"]), facts))
    if abs(sum(w for _, w, _ in out) - 1) > 1e-9:
        raise InputError("the weights of the cases do not sum to 1", where="behaviour", help="Mend [[case]] in the behaviour file")
    return out


def _verdicts(judge: Engine, place: str, on: dt.date, rules: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, str]:
    """The verdict on holding, and the most open one on the ways that do without holding."""
    from homerule.reasoning import Request

    known = judge.body(place, rules["actor"])[2].facts
    decision = judge.decide(Request(place, rules["actor"], rules["request"], on, {k: v for k, v in facts.items() if k in known}))
    order = ("required", "permitted", "unsettled", "depends", "conflict", "prohibited")
    told = min((decision[act].verdict for act in rules["fallback"]), key=order.index)
    return decision[rules["act"]].verdict, told


def _behaves(np: Any, rules: Mapping[str, Any], held: str, told: str, observed: float | None) -> Array:
    """Low, central and high share taken into ICE custody, of those who would be if every jail held: holding first, notice for the rest."""
    from homerule.capacity.parameters import read_parameters

    step, notice, catch = rules["verdict"][held], rules["notice"][told], read_parameters()["notice_catch"]
    keeps = np.array([step["low"], step["central"], step["high"]], float)
    if step.get("observed") and observed is not None:
        # as observed there; the width is the assumption's own
        keeps = np.clip(observed + (keeps - keeps[1]), 0, 1)
        keeps[1] = observed
    tells = np.array([notice["low"], notice["central"], notice["high"]], float) * np.array([catch.low, catch.central, catch.high])
    return keeps + (1 - keeps) * tells  # type: ignore[no-any-return]
