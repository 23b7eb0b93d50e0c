"""Rows for the conformance of back ends: regimes of the real corpus and made-up ones, with facts known, known in part, and missing.

A new back end passes when `tests/conformance/backends` does. ``HOMERULE_CONFORMANCE_ROWS`` asks for more rows than the usual (1000000 for a release).
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator
from typing import Any

from homerule.conditions.tree import Test
from homerule.reasoning import oracle
from homerule.reasoning.regime import Regime
from homerule.replay.cells import Coded, coded
from homerule.replay.known import Known, Partly, agrees, exact, partly
from homerule.vocabulary import Fact
from tests.strategies import make_norm

ROWS = int(os.environ.get("HOMERULE_CONFORMANCE_ROWS", "20000"))
DAYS = (dt.date(2015, 3, 1), dt.date(2026, 6, 1))
ASKED = (("hold", "jail"), ("notify_release", "sheriff"), ("transfer", "jail"))
PLACES = ("ca", "tx", "nj", "il", "ga", "wa", "ny", "fl", "ut", "Cook County, IL", "San Francisco County, CA", "al")


def real(engine: Any) -> list[Regime]:
    """Regimes of the corpus that ask something."""
    out: dict[Any, Regime] = {}
    for text in PLACES:
        for act, actor in ASKED:
            _, reach, *_ = engine.body(text, actor)
            for day in DAYS:
                regime = engine.regimes.regime(reach, actor, act, day)
                if regime.facts:
                    out.setdefault((act, tuple(n.id for n in regime.norms)), regime)
    return list(out.values())


def choices(fact: Fact, regime: Regime, rng: random.Random) -> list[Known]:
    """Values that the regime's tests can tell apart, and some knowledge of only a part."""
    values: list[Known] = list(oracle.values(fact, regime.norms))
    values = rng.sample(values, min(len(values), 40))
    if fact.type == "set":
        members = [v for v in fact.values if v != "none"]
        parts: list[Known] = [partly(fact, lacks=["none"]), partly(fact, has=[rng.choice(members)]), partly(fact, lacks=[rng.choice(members)])]
    else:
        whole = [v for v in values if v is not None]
        parts = [Partly(one_of=tuple(rng.sample(whole, min(2, len(whole)))))]
    return [*values, *parts]


def columns(regime: Regime, rows: int, seed: int, *, missing: bool) -> dict[str, Coded[Known]]:
    """Columns of facts: all known, or with parts of them missing."""
    rng = random.Random(seed)
    out = {}
    for name in regime.facts:
        some = choices(regime.fact_types[name], regime, rng)
        whole = [v for v in some if exact(v)]
        pool = [*some, None, None] if missing else whole
        out[name] = coded([rng.choice(pool) for _ in range(rows)])
    return out


def facts_of(cols: dict[str, Coded[Known]], row: int) -> dict[str, Known]:
    return {f: c.values[int(c.codes[row])] for f, c in cols.items()}


def slow(regime: Regime, facts: dict[str, Known]) -> set[str]:
    """The reachable verdicts by the oracle: every completion that agrees with what is known. Only for small regimes."""
    known = {f: v for f, v in facts.items() if exact(v)}
    full: Iterator[dict[str, Any]] = oracle.completions([*regime.norms, *telling(facts)], known, regime.fact_types)
    return {oracle.outcome(regime.contest, c).verdict for c in full if all(agrees(facts.get(f), v) for f, v in c.items())}


def telling(facts: dict[str, Known]) -> Iterator[Any]:
    """Idle norms that make the oracle tell apart what a part of a fact speaks of."""
    for name, v in facts.items():
        if isinstance(v, Partly):
            tests = [Test(name, "has", m) for m in sorted(v.has | v.lacks)]
            tests += [Test(name, op, x) for x in v.one_of if isinstance(x, int) and not isinstance(x, bool) for op in ("lt", "le")]
            yield from (make_norm(f"tell-{name}-{i}", "define", "city", t) for i, t in enumerate(tests))
