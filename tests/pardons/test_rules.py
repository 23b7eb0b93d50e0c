"""The rules as a whole, proved over every case: nothing without an authority, no better result for a worse paper, no ground waived that the clause does not name."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.pardons import oracle
from homerule.pardons.effect import Effect
from homerule.pardons.load import Law, pardon_law
from homerule.pardons.model import NOT_A_CONVICTION, NOT_QUALIFYING, NOT_WAIVED, NOTHING, UNSETTLED, WAIVED
from homerule.reasoning import diagram as dg
from tests.pardons.facts import complete, names

LAW = pardon_law()
FAMILIES = LAW.facts["family"].values
LISTED = ("listed", "listed_felony")
#: How far a pardon takes a ground away. A lean counts between.
HOW_FAR = {WAIVED: 3, NOT_A_CONVICTION: 3, UNSETTLED: 1, NOTHING: 0, NOT_QUALIFYING: 0, NOT_WAIVED: 0}
#: Changes that make a paper worse, whatever else it is.
WORSE = [("full", True, False), ("conditions", "none", "fulfilled"), ("conditions", "fulfilled", "open"), ("conditions", "none", "open"), ("automatic", False, True), ("deliberative", True, False),
         ("individual", True, False), ("covers", True, False), ("certified", True, False), ("revoked", False, True), ("same_sovereign", True, False), ("governor_lacks_power", False, True),
         ("supreme_authority", True, False), ("restoration_full", True, False), ("timing", "after", "before"), ("vacated_for", "defect", "other"), ("changed_for", "defect", "other"),
         *(("instrument", "pardon", worse) for worse in ("restoration", "commutation", "reprieve", "certificate", "expungement", "set_aside", "sealing", "deferred_adjudication", "cap_law", "none")),
         *(("grantor", "governor", worse) for worse in ("legislature", "court", "law", "other_official", "foreign", "mayor"))]  # fmt: skip


def far(effect: Effect, family: str, leaf: int) -> float:
    rule = effect.ground(family).rules[leaf]
    return HOW_FAR[rule.result] + (0.5 if rule.lean == WAIVED else 0.0)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_case_has_a_rule_and_every_rule_an_authority(effect: Effect, law: Law, family: str) -> None:
    found = effect.ground(family)
    leaves = dg.reachable(found.root, found.order, {})
    assert leaves and max(leaves) < len(found.rules)
    for leaf in leaves:
        rule = found.rules[leaf]
        assert rule.authority and all(a in law.sources for a in rule.authority)
        assert rule.says and rule.certainty in ("confirmed", "recalled")
        assert (rule.result == UNSETTLED) == (len(rule.readings) >= 2) == bool(rule.lean)


@pytest.mark.parametrize("family", [f for f in FAMILIES if f not in LISTED])
def test_no_paper_waives_a_ground_that_the_clause_does_not_name(effect: Effect, family: str) -> None:
    found = effect.ground(family)
    waived = {found.rules[i].id for i in dg.reachable(found.root, found.order, {}) if found.rules[i].result == WAIVED}
    # but for visas decided before 22 August 2024, under a rule of the State Department that is gone,
    # and under the clause of 1952, which the Board read as reaching entry and exclusion for the pardoned crime (Matter of H-)
    past = {"bar_cimt": {"G-visa-before-2024", "G-bar-cimt-1952"}, "bar_multiple": {"G-visa-before-2024"}, "at_entry": {"G-entry-1952"}}
    assert waived <= past.get(family, set())
    assert not {r.id for r in found.possible({"at_consulate": False, "on": dt.date(1991, 6, 1)}) if r.result == WAIVED}
    if family == "at_entry":
        assert not {r.id for reason in ("drug", "multiple", "none") for r in found.possible({"entry_ground": reason}) if r.result == WAIVED}


@pytest.mark.parametrize("ground", ["controlled-substances", "firearms", "domestic-violence", "protection-order", "drug-abuser"])
def test_a_state_pardon_never_waives_drugs_firearms_or_domestic_violence(effect: Effect, law: Law, ground: str) -> None:
    found = effect.ground(law.grounds[ground].family)
    for grantor in law.facts["grantor"].values:
        assert WAIVED not in {r.result for r in found.possible({"grantor": grantor})}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("fact,better,worse", WORSE, ids=lambda x: str(x))
def test_a_worse_paper_never_takes_more_away(effect: Effect, family: str, fact: str, better: Any, worse: Any) -> None:
    found = effect.ground(family)
    if fact not in found.facts:
        return
    # a restoration that removes every disability is full by what it is: only full papers compare
    context = {"grantor": "board"} if fact == "supreme_authority" else {"full": True} if worse == "restoration" else {"governor_lacks_power": False} if fact == "grantor" else {}
    if worse in ("expungement", "set_aside"):
        context = {**context, "on": dt.date(1996, 9, 30)}  # before, an expungement ended what a pardon could not
    if worse == "other_official":
        context = {**context, "supreme_authority": False}  # one with the whole federal power (Matter of K-) is no worse
    good, bad = (dg.restrict(found.builder, found.root, {**context, fact: v}) for v in (better, worse))
    pairs: set[tuple[int, int]] = set()
    found.builder.combine(good, bad, lambda x, y: pairs.add((x, y)) or 0)
    assert pairs
    for x, y in pairs:
        assert far(effect, family, y) <= far(effect, family, x), (found.rules[x].id, found.rules[y].id)


def test_brute_force_over_instruments_and_grounds(effect: Effect, law: Law) -> None:
    """Every combination of the main features with every ground: one rule, with an authority, and what is waived is named by the clause."""
    features = ("instrument", "grantor", "convicted_by", "full", "conditions", "automatic", "individual", "covers")
    domains = [law.facts[f].values or (True, False) for f in features]
    rest: dict[str, Any] = {n: f.assumed for n, f in law.facts.items() if f.assumed is not None}
    rest |= {"on": law.checked, "circuit": "2", "entry_ground": "cimt", "rests_on_conviction": True, "supreme_authority": True, "board_basis": "constitution", "restoration_full": True,
             "vacated_for": "other", "changed_for": "other", "change_filed": law.checked, "new_sentence_days": 10, "aggravated_felony": True, "sentence_based": True, "visa_day": law.checked}  # fmt: skip
    count = 0
    for values in product(*domains):
        facts = {**rest, **dict(zip(features, values))}
        qualifies = effect.qualifies.possible(facts)
        assert len(qualifies) == 1
        for family in FAMILIES:
            rules = effect.ground(family).possible(facts)
            assert len(rules) == 1 and rules[0].authority
            count += 1
            if rules[0].result == WAIVED:
                assert family in LISTED and qualifies[0].result == "pass"
                assert facts["instrument"] in ("pardon", "restoration") and facts["full"] in (True, False)
            if family in LISTED and qualifies[0].result == "fail" and facts["instrument"] == "pardon":
                assert rules[0].result == NOT_QUALIFYING
    assert count == len(FAMILIES) * 13 * 11 * 8 * 2 * 3 * 2 * 2 * 2


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(complete(LAW))
def test_the_engine_says_what_the_definition_says(facts: dict[str, Any]) -> None:
    from homerule.pardons.effect import effect_of

    effect = effect_of(LAW)
    for family in FAMILIES:
        assert [r.id for r in effect.ground(family).possible(facts)] == [oracle.outcome(LAW, family, facts).id]
    assert effect.qualifies.possible(facts)[0].result == oracle.qualifies(LAW, facts)
    for test in LAW.tests:
        assert [r.id for r in effect.test(test).possible(facts)] == [oracle.first(LAW.rules[test], facts).id]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(complete(LAW), st.data())
def test_unknown_facts_never_hide_an_outcome(facts: dict[str, Any], draw: st.DataObject) -> None:
    """What comes out with every fact is among what comes out with fewer."""
    from homerule.pardons.effect import effect_of

    effect = effect_of(LAW)
    hidden = draw.draw(st.sets(st.sampled_from(names(LAW)), max_size=12))
    fewer = {n: v for n, v in facts.items() if n not in hidden}
    for family in FAMILIES:
        found = effect.ground(family)
        assert set(found.possible(facts)) <= set(found.possible(fewer))
        if len(found.possible(fewer)) > 1:
            assert set(found.deciding(fewer)) <= hidden
