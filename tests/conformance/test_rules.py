"""The rules between layers, as plain data: every case runs through the oracle and through the diagram."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from homerule.reasoning import Engine, Request, oracle
from tests.conformance.build import cases, corpus

CASES = cases()


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    made: dict[str, Engine] = {}
    for rule, _, law, _ in CASES:
        if rule not in made:
            made[rule] = Engine(corpus(tmp_path_factory.mktemp(rule), law.get("authority", []), law.get("norm", []), law.get("untranslated", [])))
    return made


@pytest.mark.parametrize(("rule", "name", "law", "case"), CASES, ids=[f"{r}: {n}" for r, n, _, _ in CASES])
def test_case(engines: dict[str, Engine], rule: str, name: str, law: dict[str, Any], case: dict[str, Any]) -> None:
    engine = engines[rule]
    request = Request(case["place"], case["actor"], case["act"], case["on"], case["facts"], case.get("at"))
    read = engine.read(request)
    finding = engine.decide(request).findings[0]
    assert finding.verdict == case["expect"]

    regime = engine.regime(read, case["act"])
    slow = oracle.verdicts(regime.contest, regime.bound(read.facts, read.bounds), regime.fact_types)
    assert set(finding.reachable) == slow
    assert finding.verdict == (slow.pop() if len(slow) == 1 else "depends")

    assert set(case.get("stands", [])) <= {r.norm for r in finding.stands}
    assert set(case.get("fell", [])) <= {r.norm for r in finding.fell}
    assert [c.fallen for c in finding.clash] == case.get("clash", [c.fallen for c in finding.clash] if "clash" not in case else [])
    for key, got in (
        ("basis", finding.basis),
        ("reachable", list(finding.reachable)),
        ("asks", sorted(q.fact for q in finding.depends_on)),
        ("assumed", sorted(a.fact for a in finding.assumed)),
        ("readings", [list(u.norms) for u in finding.unsettled]),
        ("doing", sorted(r.norm for r in finding.exposure.doing)),
        ("declining", sorted(r.norm for r in finding.exposure.declining)),
        ("due", {d.norm: d.deadline.at for d in finding.duties if d.deadline}),
    ):
        if key in case:
            assert got == case[key], key
    if "earliest" in case:
        assert [d.norm for d in finding.duties if d.deadline and d.deadline.earliest] == [case["earliest"]]
    if "reason" in case:
        assert [u.reason for u in finding.unsettled] == [case["reason"]]


def test_every_rule_has_cases() -> None:
    assert {rule[:3] for rule, *_ in CASES} == {f"R{i:02}" for i in range(1, 17)}
    assert all(isinstance(case["on"], dt.date) for *_, case in CASES)
