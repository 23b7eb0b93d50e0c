"""Every form of a regime that works on many rows gives what the oracle gives, row by row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.reasoning import oracle
from homerule.replay.backends import BACKENDS
from homerule.replay.known import exact
from tests.conformance.backends.cases import ROWS, columns, facts_of, real, slow
from tests.strategies import laws, regime

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
NAMES = [b().name for b in BACKENDS]


@pytest.fixture(params=BACKENDS, ids=NAMES)
def backend(request: pytest.FixtureRequest) -> Any:
    made = request.param()
    if not made.available():
        pytest.skip(f"{made.name} is not installed")
    return made


def test_real_law_with_every_fact_known(backend: Any, engine: Any) -> None:
    regimes = real(engine)
    assert len(regimes) > 15
    each = max(20, ROWS // (2 * len(regimes)))
    for n, r in enumerate(regimes):
        cols = columns(r, each, n, missing=False)
        index, results = backend.resolve(r, cols, each)
        seen: dict[Any, int] = {}
        for row in range(each):
            key = tuple(int(c.codes[row]) for c in cols.values())
            if key not in seen:
                seen[key] = oracle.applying(r.norms, facts_of(cols, row))  # type: ignore[arg-type]
            got = results[int(index[row])]
            want = r.contest.resolve(seen[key])
            assert (got.applying, got.may) == (seen[key], 0)
            assert (got.verdict, got.sure, got.basis) == (want.verdict, want.stands, want.basis)


def test_real_law_with_facts_missing(backend: Any, engine: Any) -> None:
    regimes = real(engine)
    each = max(20, ROWS // (2 * len(regimes)))
    for n, r in enumerate(regimes):
        cols = columns(r, each, 100 + n, missing=True)
        index, results = backend.resolve(r, cols, each)
        for row in range(each):
            facts = facts_of(cols, row)
            got = results[int(index[row])]
            if all(v is None or exact(v) for v in facts.values()):
                assert set(got.reachable) == r.reachable_verdicts({f: v for f, v in facts.items() if v is not None})  # type: ignore[misc]
            assert got.verdict == (got.reachable[0] if len(got.reachable) == 1 else "depends")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(law=laws(), seed=st.integers(0, 10_000), missing=st.booleans())
def test_made_up_law_against_every_completion(backend: Any, law: Any, seed: int, missing: bool) -> None:
    r = regime(law)
    rows = 12
    cols = columns(r, rows, seed, missing=missing)
    index, results = backend.resolve(r, cols, rows)
    for row in range(rows):
        assert set(results[int(index[row])].reachable) == slow(r, facts_of(cols, row))


def test_back_ends_agree_on_a_wide_regime(engine: Any) -> None:
    """More alternatives than fit a word: several words, the same answers."""
    from homerule.conditions.tree import All, Test
    from tests.strategies import FACTS, make_norm

    norms = []
    for hours in range(0, 100):
        for paper in ("none", "admin", "judge"):
            norms.append(make_norm(f"n{hours}{paper}", "forbid" if hours % 2 else "require", "state-statute", All((Test("hours", "lt", hours), Test("paper", "in", (paper,))))))
    r = regime(norms)
    from homerule.replay.bits import Compiled

    assert Compiled(r).words >= 4
    assert FACTS["hours"].max == 100
    for missing in (False, True):
        cols = columns(r, 200, 5, missing=missing)
        answers = []
        for make in BACKENDS:
            b = make()
            if b.available():
                index, results = b.resolve(r, cols, 200)
                answers.append([results[int(i)] for i in index])
        assert len(answers) > 2
        assert all(a == answers[0] for a in answers)
        for row in range(0, 200, 7):
            facts = facts_of(cols, row)
            if not missing:
                assert answers[0][row].applying == oracle.applying(r.norms, facts)  # type: ignore[arg-type]
