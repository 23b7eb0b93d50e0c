"""What the rules mean, said as plainly as can be: no diagram, no table. The tests and `homerule law check` hold the engine against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from homerule.conditions import evaluate
from homerule.pardons.load import Law
from homerule.pardons.model import DOUBT, FAIL, Rule
from homerule.vocabulary import Value


def first(rules: Sequence[Rule], facts: Mapping[str, Value]) -> Rule:
    """The first rule whose condition holds. Every fact that it asks must be known."""
    for rule in rules:
        truth = evaluate(rule.condition, facts)
        assert truth is not None, f"{rule.id} asks a fact that is not known"
        if truth:
            return rule
    raise AssertionError("no rule decides")


def qualifies(law: Law, facts: Mapping[str, Value]) -> str:
    """What the tests of the instrument come to together."""
    found = [first(law.rules[test], facts) for test in law.tests]
    if any(r.result == FAIL for r in found):
        return "fail"
    leans = [r.lean for r in found if r.result == DOUBT]
    return "unsettled_fail" if FAIL in leans else "unsettled_pass" if leans else "pass"


def outcome(law: Law, family: str, facts: Mapping[str, Value]) -> Rule:
    """The rule that decides on a ground of ``family``. Every fact must be known."""
    return first(law.rules["ground"], {**facts, "family": family, "qualifies": qualifies(law, facts)})


def possible(law: Law, family: str, completions: Iterable[Mapping[str, Value]]) -> set[str]:
    """The ids of the rules that some of ``completions`` lead to."""
    return {outcome(law, family, facts).id for facts in completions}
