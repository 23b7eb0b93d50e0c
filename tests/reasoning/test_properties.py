"""What must hold for any law and any request: the diagram agrees with the oracle, and answers keep their promises."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.corpus.model import Norm
from homerule.reasoning import build, change, oracle
from tests.strategies import FACTS, facts_for, laws, make_norm, regime

CASES = settings(max_examples=300, deadline=None)


@CASES
@given(st.data(), laws())
def test_diagram_agrees_with_oracle_when_all_is_known(data: st.DataObject, norms: list[Norm]) -> None:
    facts = data.draw(facts_for(norms, complete=True))
    r = regime(norms)
    assert r.applying(facts) == oracle.applying(norms, facts)
    assert r.verdict(facts) == oracle.outcome(r.contest, facts).verdict
    assert "depends" not in r.reachable_verdicts(facts)
    assert build.finding(r, facts, ()).verdict != "depends"


@CASES
@given(st.data(), laws(5))
def test_depends_lists_exactly_the_reachable_verdicts(data: st.DataObject, norms: list[Norm]) -> None:
    facts = data.draw(facts_for(norms, complete=False))
    r = regime(norms)
    slow = oracle.verdicts(r.contest, facts, FACTS)
    assert r.reachable_verdicts(facts) == slow
    found = build.finding(r, facts, ())
    assert set(found.reachable) == slow
    assert (found.verdict == "depends") == (len(slow) > 1)
    assert bool(found.depends_on) == (len(slow) > 1)
    for question in found.depends_on:
        assert question.fact not in facts
        for answer in question.answers:
            assert set(answer.verdicts) == oracle.verdicts(r.contest, {**facts, question.fact: answer.value}, FACTS)


@CASES
@given(st.data(), laws(), st.randoms(use_true_random=False))
def test_order_does_not_matter(data: st.DataObject, norms: list[Norm], chance: random.Random) -> None:
    facts = data.draw(facts_for(norms, complete=True))
    mixed = list(norms)
    chance.shuffle(mixed)
    a, b = regime(norms), regime(mixed)
    first, second = a.outcome(a.applying(facts)), b.outcome(b.applying(facts))
    assert (first.verdict, first.basis) == (second.verdict, second.basis)
    assert {a.norms[i].id for i in range(len(norms)) if first.stands >> i & 1} == {b.norms[i].id for i in range(len(norms)) if second.stands >> i & 1}


@CASES
@given(st.data(), laws())
def test_a_norm_that_nothing_makes_active_changes_nothing(data: st.DataObject, norms: list[Norm]) -> None:
    from homerule.conditions.tree import FALSE, All, Not, Test

    facts = data.draw(facts_for(norms, complete=True))
    never = data.draw(st.sampled_from([FALSE, All((Test("sure", "is", True), Not(Test("sure", "is", True))))]))
    idle = make_norm("idle", data.draw(st.sampled_from(["require", "forbid"])), "constitution", never)
    a, b = regime(norms), regime([*norms, idle])
    before, after = build.finding(a, facts, ()), build.finding(b, facts, ())
    assert (before.verdict, before.basis, before.reachable) == (after.verdict, after.basis, after.reachable)
    assert {r.norm for r in before.stands} == {r.norm for r in after.stands}


@CASES
@given(st.data(), laws(5))
def test_a_change_gives_what_it_promises_and_none_smaller_exists(data: st.DataObject, norms: list[Norm]) -> None:
    facts = data.draw(facts_for(norms, complete=True))
    r = regime(norms)
    now = r.verdict(facts)
    found = change.changes(r, facts)
    sizes = {len(c.facts) for c in found}
    assert len(sizes) <= 1
    for c in found:
        assert oracle.outcome(r.contest, {**facts, **c.facts}).verdict == c.verdict != now
        assert all(facts[name] != value for name, value in c.facts.items())
    # brute force: single-fact changes reach a verdict exactly when they are listed
    singles: dict[str, set[str]] = {}
    for name in FACTS:
        for other in oracle.values(FACTS[name], norms):
            verdict = oracle.outcome(r.contest, {**facts, name: other}).verdict
            if verdict != now:
                singles.setdefault(name, set()).add(verdict)
    if singles:
        listed: dict[str, set[str]] = {}
        for c in found:
            (name,) = c.facts
            listed.setdefault(name, set()).add(c.verdict)
        assert listed == singles
    else:
        assert sizes <= {2, 3, 4}


@CASES
@given(st.data(), laws(5))
def test_what_surely_stands_stands_in_every_completion(data: st.DataObject, norms: list[Norm]) -> None:
    facts = data.draw(facts_for(norms, complete=False))
    r = regime(norms)
    found = build.finding(r, facts, ())
    sure = {x.norm for x in found.stands if x.applies == "certain"}
    every: set[str] | None = None
    some: set[str] = set()
    for full in oracle.completions(norms, facts, FACTS):
        o = oracle.outcome(r.contest, full)
        here = {norms[i].id for i in range(len(norms)) if o.stands >> i & 1}
        every = here if every is None else every & here
        some |= here
    assert sure <= (every or set())
    assert {x.norm for x in found.stands} >= some


@CASES
@given(laws(6), st.data())
def test_annotations_never_change_a_verdict(norms: list[Norm], data: st.DataObject) -> None:
    facts = data.draw(facts_for(norms, complete=True))
    plain = [n for n in norms if n.effect not in ("duty", "expose", "define", "protect") or n.voids or n.upholds]
    assert regime(norms).verdict(facts) == regime(plain).verdict(facts)


@settings(max_examples=60, deadline=None)
@given(laws(6), st.data())
def test_finding_is_the_same_however_often_it_is_asked(norms: list[Norm], data: st.DataObject) -> None:
    facts: dict[str, Any] = data.draw(facts_for(norms, complete=False))
    assert build.finding(regime(norms), facts, ()) == build.finding(regime(norms), facts, ())
