"""Changes of a decision, against brute force: every one-fact change is listed, and none smaller than those listed exists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.reasoning import Request, change, engine, oracle
from tests.interview.desk import Desk, all_facts, desks
from tests.strategies import FACTS

CASES = settings(max_examples=200, deadline=None)


def _verdict(desk: Desk, facts: dict[str, Any]) -> str:
    (regime,) = desk.regimes.values()
    found = oracle.verdicts(regime.contest, facts, FACTS)
    return found.pop() if len(found) == 1 else "depends"


def _smallest(desk: Desk, facts: dict[str, Any], now: str) -> Iterator[tuple[frozenset[str], str]]:
    for size in range(1, 5):
        found = False
        for names in combinations(facts, size):
            for values in product(*[desk.values[n] for n in names]):
                verdict = _verdict(desk, {**facts, **dict(zip(names, values))})
                if verdict != now:
                    found = True
                    yield frozenset(names), verdict
        if found:
            return


@CASES
@given(st.data(), desks(5, acts=1))
def test_every_smallest_change_is_listed_and_keeps_its_promise(data: st.DataObject, desk: Desk) -> None:
    full = data.draw(all_facts(desk))
    few = {n: v for n, v in full.items() if data.draw(st.integers(0, 3))}
    (regime,) = desk.regimes.values()
    now = _verdict(desk, few)
    found = change.changes(regime, few)
    if now == "depends":
        assert found == ()
        return
    for c in found:
        assert _verdict(desk, {**few, **c.facts}) == c.verdict != now
    assert len({(frozenset(c.facts), c.verdict) for c in found}) == len(found)
    assert {(frozenset(c.facts), c.verdict) for c in found} == set(_smallest(desk, few, now))


def test_the_nearest_set_is_offered() -> None:
    chosen = engine(())
    facts = {"process": "admin_warrant", "info_public": False, "conviction_class": "serious_felony,theft", "charge_class": "none", "magistrate_found_cause": False}
    case = chosen.read(Request("Los Angeles County, CA", "sheriff", "notify_release", "2026-11-01", facts))
    found = chosen.decide(Request("Los Angeles County, CA", "sheriff", "notify_release", "2026-11-01", facts))["notify_release"]
    assert found.verdict == "permitted"
    sets = [c.facts["conviction_class"] for c in found.would_change if list(c.facts) == ["conviction_class"]]
    assert sets and all("theft" in s for s in sets), "theft alone is nearer than an empty record"
    assert case.given["conviction_class"] == {"serious_felony", "felony", "theft"}
