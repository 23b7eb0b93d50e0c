"""Why an act is not what somebody expected: true of any law, and useful on real requests."""

from __future__ import annotations

import datetime as dt
import json
from itertools import combinations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.cli.main import main
from homerule.conditions import evaluate
from homerule.reasoning import Engine, Request, build, engine, oracle
from homerule.reasoning.finding import as_data
from homerule.reasoning.resolve import VERDICTS
from homerule.reasoning.why_not import WhyNot, why_not
from tests.conformance.build import corpus
from tests.interview.desk import Desk, all_facts, desks
from tests.strategies import DAY, FACTS

CASES = settings(max_examples=300, deadline=None)


def ask(desk: Desk, facts: dict[str, Any], wanted: str) -> WhyNot:
    (regime,) = desk.regimes.values()
    bench: Any = SimpleNamespace(
        regime=lambda case, act: regime, finding=lambda case, act: build.finding(regime, facts, ()), regimes=SimpleNamespace(line=lambda reach, actor, act: ([], list(regime.norms), [], None))
    )
    case: Any = SimpleNamespace(facts=facts, given=facts, bounds={}, on=DAY, reach=None, actor="sheriff")
    return why_not(bench, case, "hold", wanted)


@CASES
@given(st.data(), desks(5, acts=1), st.sampled_from([v for v in VERDICTS if v != "depends"]))
def test_ways_lead_there_and_are_the_smallest(data: st.DataObject, desk: Desk, wanted: str) -> None:
    full = data.draw(all_facts(desk))
    few = {n: v for n, v in full.items() if data.draw(st.integers(0, 3))}
    (regime,) = desk.regimes.values()
    found = ask(desk, few, wanted)
    now = oracle.verdicts(regime.contest, few, FACTS)
    every = {f[0] for f in desk.table.values()}
    assert found.so == (now == {wanted})
    assert found.verdict == (next(iter(now)) if len(now) == 1 else "depends")
    if found.so:
        assert not (found.ways or found.needed or found.in_the_way or found.never)
        return
    assert found.never == (wanted not in every)
    assert bool(found.ways) != found.never
    for way in found.ways:
        assert way.verdict == wanted and set(way.facts) == {*way.changes, *way.gives}
        assert oracle.verdicts(regime.contest, {**few, **way.facts}, FACTS) == {wanted}
        assert all(few[n] != way.facts[n] for n in way.changes) and not set(way.gives) & set(few)
        for n in way.gives:
            less = {k: v for k, v in way.facts.items() if k != n}
            assert oracle.verdicts(regime.contest, {**few, **less}, FACTS) != {wanted}
    if found.ways:
        assert {len(w.changes) for w in found.ways} == {_fewest(desk, few, wanted)}


def _fewest(desk: Desk, facts: dict[str, Any], wanted: str) -> int:
    (regime,) = desk.regimes.values()
    for size in range(len(facts) + 1):
        for names in combinations(facts, size):
            for values in product(*[desk.values[n] for n in names]):
                if wanted in oracle.verdicts(regime.contest, {**facts, **dict(zip(names, values))}, FACTS):
                    return size
    raise AssertionError


@CASES
@given(st.data(), desks(6, acts=1), st.sampled_from(["required", "prohibited", "permitted", "conflict"]))
def test_what_is_said_of_the_norms_is_true(data: st.DataObject, desk: Desk, wanted: str) -> None:
    full = data.draw(all_facts(desk))
    few = {n: v for n, v in full.items() if data.draw(st.integers(0, 3))}
    (regime,) = desk.regimes.values()
    found = ask(desk, few, wanted)
    place = {n.id: i for i, n in enumerate(regime.norms)}
    effects = {"required": {"require"}, "prohibited": {"forbid"}, "conflict": {"require", "forbid"}, "permitted": set()}[wanted]
    if not found.so:
        assert {r.norm for r in found.needed} == {n.id for n in regime.norms if n.effect in effects}
    outcomes = [oracle.outcome(regime.contest, f) for f in oracle.completions(regime.norms, few, FACTS)]
    for rule in found.needed:
        i = place[rule.norm]
        truth = evaluate(regime.norms[i].condition, few)
        stands = {bool(o.stands >> i & 1) for o in outcomes}
        if rule.state == "inapplicable":
            assert not any(o.applying >> i & 1 for o in outcomes) or truth is None
            assert any(not m.open for m in rule.missing)
        elif rule.state == "falls":
            assert truth is True and stands == {False}
        elif rule.state == "stands":
            assert truth is True and stands == {True}
        for m in rule.missing:
            assert m.facts and all((f.source == "unknown") == (f.fact not in few) for f in m.facts)
    for obstacle in found.in_the_way:
        i = place[obstacle.norm]
        assert any(o.stands >> i & 1 for o in outcomes)
        assert (obstacle.applies == "certain") == all(o.stands >> i & 1 for o in outcomes)
        always = all(oracle.outcome(regime.contest, dict(zip(FACTS, case))).stands >> i & 1 for case in desk.table)
        assert obstacle.fixed == always
        for way in obstacle.removed_by:
            after = [oracle.outcome(regime.contest, f) for f in oracle.completions(regime.norms, {**few, **way.facts}, FACTS)]
            assert not any(o.stands >> i & 1 for o in after)


# ------------------------------------------------------------------ made-up law


AUTHORITIES = [{"id": "fed", "level": "federal-statute", "place": "us"}, {"id": "st", "level": "state-statute", "place": "ca"}, {"id": "local", "level": "county", "place": "ca/los-angeles-county"}]


def say(tmp_path: Path, norms: list[dict[str, Any]], wanted: str, facts: dict[str, Any] | None = None, **more: Any) -> WhyNot:
    chosen = Engine(corpus(tmp_path, [{**a, **more.get(a["id"], {})} for a in AUTHORITIES], norms))
    case = chosen.read(Request("Los Angeles County, CA", "sheriff", "hold", "2026-06-01", facts or {}))
    return why_not(chosen, case, "hold", wanted)


def test_no_norm_at_all(tmp_path: Path) -> None:
    found = say(tmp_path, [{"id": "aa", "authority": "st", "effect": "forbid"}], "required")
    assert found.never and found.needed == () and [o.norm for o in found.in_the_way] == ["aa"]
    assert found.in_the_way[0].fixed and found.in_the_way[0].why == "It applies whatever the facts"
    assert "only to prohibited" in found.answer


def test_a_condition_that_fails_is_named_with_the_fact(tmp_path: Path) -> None:
    norms = [{"id": "aa", "authority": "st", "effect": "require", "when": "process == 'judicial_warrant' and form_complete"}]
    found = say(tmp_path, norms, "required", {"process": "detainer_only", "form_complete": "true"})
    (rule,) = found.needed
    assert rule.state == "inapplicable" and [m.needs for m in rule.missing] == ["the paper presented is a judge's warrant"]
    (fact,) = rule.missing[0].facts
    assert (fact.fact, fact.value, fact.source) == ("process", "detainer_only", "given")
    assert [dict(w.facts) for w in found.ways] == [{"process": "judicial_warrant"}] and found.ways[0].changes == ("process",)
    assert not found.never and found.in_the_way == ()


def test_a_higher_norm_stands_in_the_way_and_facts_could_end_it(tmp_path: Path) -> None:
    norms = [{"id": "aa", "authority": "local", "effect": "require"}, {"id": "bb", "authority": "st", "effect": "forbid", "unless": "written_consent"}]
    found = say(tmp_path, norms, "required", {"written_consent": "false"})
    assert [(r.norm, r.state, r.felled_by) for r in found.needed] == [("aa", "falls", ("bb",))]
    (obstacle,) = found.in_the_way
    assert obstacle.norm == "bb" and not obstacle.fixed and [dict(w.facts) for w in obstacle.removed_by] == [{"written_consent": True}]
    assert [dict(w.facts) for w in found.ways] == [{"written_consent": True}]


def test_a_norm_that_would_defeat_the_obstacle_is_named(tmp_path: Path) -> None:
    norms = [
        {"id": "ban", "authority": "local", "effect": "forbid"},
        {"id": "void", "authority": "st", "effect": "define", "when": "court_enforced", "voids": ["ban"]},
    ]
    found = say(tmp_path, norms, "permitted")
    (obstacle,) = found.in_the_way
    assert [(r.norm, r.state) for r in obstacle.yields_to] == [("void", "inapplicable")]
    assert obstacle.yields_to[0].missing[0].facts[0].source == "assumed"
    assert [dict(w.facts) for w in found.ways] == [{"court_enforced": True}]


def test_contested_law_and_law_of_another_day(tmp_path: Path) -> None:
    norms = [{"id": "aa", "authority": "st", "effect": "forbid"}, {"id": "bb", "authority": "local", "effect": "require"}]
    found = say(tmp_path, norms, "prohibited", st={"status": "contested"})
    assert found.verdict == "unsettled" and found.doubts and "prohibited" in found.doubts[0]
    assert found.never
    (tmp_path / "later").mkdir()
    found = say(tmp_path / "later", norms, "prohibited", st={"in_force": [{"from": dt.date(2027, 1, 1)}]})
    assert [e.norm for e in found.elsewhen] == ["aa"] and "takes effect on 2027-01-01" in found.elsewhen[0].words


def test_what_would_leave_it_open(tmp_path: Path) -> None:
    found = say(tmp_path, [{"id": "aa", "authority": "st", "effect": "forbid", "when": "form_complete"}], "depends", {"form_complete": "true"})
    assert [w.changes for w in found.ways] == [("form_complete",)] and not found.never


# ------------------------------------------------------------------ real law, the command


@pytest.mark.parametrize("wanted", VERDICTS)
@pytest.mark.parametrize("place", ["Cook County, IL", "Travis County, TX", "Los Angeles County, CA", "Utah County, UT"])
def test_real_places(place: str, wanted: str) -> None:
    chosen = engine(())
    case = chosen.read(Request(place, "sheriff", "detainer", "2026-11-01", {"process": "admin_warrant"}))
    for act in case.acts:
        found = why_not(chosen, case, act, wanted)
        json.dumps(as_data(found))
        assert found.answer.endswith(".") and "  " not in found.answer
        assert found.so == (found.verdict == wanted)


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    try:
        status = main(["why-not", *args])
    except SystemExit as stop:
        status = int(stop.code or 0)
    out = capsys.readouterr()
    return status, out.out, out.err


LA = ["--place", "Los Angeles County, CA", "--actor", "sheriff", "--request", "detainer", "--on", "2026-11-01", "--fact", "process=admin_warrant"]


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "required", *LA, "--act", "hold")
    assert status == 0
    text = " ".join(out.split())
    for part in ("It is prohibited, not required", "What would have to stand", "287.7(d)", "falls to Printz", "What stands in the way", "7284.6", "No change of facts would make it so", "not legal advice"):
        assert part in text
    assert max(map(len, out.splitlines())) <= 110
    status, out, _ = run(capsys, "required", *LA, "--json")
    data = json.loads(out)
    assert list(data) == ["request", "wanted", "acts", "receipt", "notes", "notice"]
    assert [a["act"] for a in data["acts"]] == ["hold", "notify_release", "transfer"]
    assert set(data["acts"][0]) == {"act", "wanted", "verdict", "so", "never", "answer", "needed", "in_the_way", "doubts", "ways", "elsewhen"}


@pytest.mark.parametrize(("args", "says"), [(["requird", *LA], "Did you mean `required`"), (["required"], "--place is missing"), (["required", *LA, "--act", "conceal"], "does not ask the act"), ([], "VERDICT")])
def test_bad_input_is_one_sentence(capsys: pytest.CaptureFixture[str], args: list[str], says: str) -> None:
    status, out, err = run(capsys, *args)
    assert status == 2 and out == "" and says in err and err.count("\n") == 1
