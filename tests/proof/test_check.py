"""The checker finds what is wrong with a draft, and nothing that is not; two independent methods agree."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerule.cli.main import main
from homerule.conditions.tree import Test
from homerule.corpus.model import Norm
from homerule.proof import Report, check, read_draft
from homerule.proof.cover import cover
from homerule.proof.matter import Matter
from homerule.proof.solver import applying_sets
from homerule.reasoning import Request, engine, oracle
from homerule.reasoning import diagram as dg
from tests.strategies import FACTS, facts_for, laws, make_norm, regime

DAY = dt.date(2026, 11, 23)
HEAD = """\
[[authority]]
id = "draft"
citation = "Draft policy 1"
kind = "policy"
level = "agency-policy"
place = "{place}"
in_force = [{{ from = 2026-01-01 }}]
status = "settled"
certainty = "confirmed"
source = "a draft"
checked = 2026-11-23
"""


def norm(id: str, effect: str, act: str, when: str = "", binds: str = "sheriff") -> str:
    return f'\n[[norm]]\nid = "d-{id}"\nauthority = "draft"\npinpoint = "{id}"\nbinds = ["{binds}"]\nacts = ["{act}"]\neffect = "{effect}"\nwhen = "{when}"\nsays = "A rule of the draft."\n'


def draft_of(tmp_path: Path, place: str, *norms: str, name: str = "draft.toml") -> Path:
    path = tmp_path / name
    path.write_text(HEAD.format(place=place) + "".join(norms), encoding="utf-8")
    return path


def report(path: Path, **more: Any) -> Report:
    e = engine()
    return check(e, read_draft(path, e.corpus.vocabulary), on=more.pop("on", DAY), **more)


def test_a_conflict_is_found_with_the_authority_and_a_case(tmp_path: Path) -> None:
    found = report(draft_of(tmp_path, "tx/travis-county", norm("1", "forbid", "hold")))
    conflict = found.of_kind("conflict")[0]
    assert conflict.norms == ("d-1",) and conflict.act == "hold" and conflict.line == 13
    assert any(a.startswith("tx-") for a in conflict.against)
    assert 0 < conflict.cases < conflict.of
    assert "2A.060" in conflict.words
    decision = engine().decide(Request("Travis County, TX", "sheriff", "hold", DAY, dict(conflict.case)))
    assert decision["hold"].verdict == "required"


def test_a_rule_that_the_law_leaves_open_is_no_conflict(tmp_path: Path) -> None:
    found = report(draft_of(tmp_path, "wi/dane-county", norm("1", "forbid", "allow_interview", "not written_consent"), norm("2", "permit", "allow_interview", "written_consent")))
    assert not found.of_kind("conflict", "contradiction", "dead", "contested")
    assert not [i for i in found.of_kind("gap") if i.act == "allow_interview"]


def test_a_permit_of_what_is_forbidden_is_a_conflict(tmp_path: Path) -> None:
    assert "805/15" in report(draft_of(tmp_path, "il/cook-county", norm("1", "permit", "hold"))).of_kind("conflict")[0].words


def test_a_crime_is_a_conflict_everywhere(tmp_path: Path) -> None:
    assert report(draft_of(tmp_path, "ut/salt-lake-county", norm("1", "permit", "conceal"))).of_kind("conflict")


def test_a_limit_that_may_not_be_adopted(tmp_path: Path) -> None:
    found = report(draft_of(tmp_path, "tx/travis-county", norm("1", "forbid", "allow_interview")))
    assert any("752.05" in i.words for i in found.of_kind("adoption"))


def test_contradictions_dead_rules_and_gaps(tmp_path: Path) -> None:
    path = draft_of(
        tmp_path, "ut/salt-lake-county",
        norm("1", "forbid", "hold", "'felony' in charge_class"),
        norm("2", "require", "hold", "'dui' in charge_class"),
        norm("3", "forbid", "hold", "process == 'none' and process == 'admin_warrant'"),
        norm("4", "forbid", "hold", "'serious_felony' in charge_class"),
    )  # fmt: skip
    found = report(path)
    (contradiction,) = found.of_kind("contradiction")
    assert {"d-1", "d-2"} <= set(contradiction.norms)
    assert {"felony", "dui"} <= set(contradiction.case["charge_class"])  # type: ignore[arg-type]
    assert {i.norms[0]: "never apply" in i.words for i in found.of_kind("dead")} == {"d-3": True, "d-4": False}
    gaps = {i.act: i.when for i in found.of_kind("gap")}
    assert "transfer" in gaps and "does not include" in gaps["hold"]


def test_two_drafts_compared(tmp_path: Path) -> None:
    one = draft_of(tmp_path, "ut/salt-lake-county", norm("1", "forbid", "hold", "'felony' in charge_class or 'dui' in charge_class"), name="one.toml")
    same = draft_of(tmp_path, "ut/salt-lake-county", norm("1", "forbid", "hold", "'felony' in charge_class"), norm("2", "forbid", "hold", "'dui' in charge_class"), name="same.toml")
    other = draft_of(tmp_path, "ut/salt-lake-county", norm("1", "forbid", "hold", "'felony' in charge_class"), name="other.toml")
    vocabulary = engine().corpus.vocabulary
    assert not report(one, model=read_draft(same, vocabulary)).differences
    (difference,) = report(one, model=read_draft(other, vocabulary)).differences
    assert (difference.draft, difference.model) == ("prohibited", "silent")
    assert "driving under the influence" in difference.when and "does not include a felony" in difference.when


def test_what_begins_soon(tmp_path: Path) -> None:
    path = draft_of(tmp_path, "tx/travis-county", norm("1", "forbid", "sign_287g"))
    assert any("2026-01-01" in i.words for i in report(path, on=dt.date(2025, 12, 1)).of_kind("soon"))


@settings(max_examples=150, deadline=None)
@given(laws(6), laws(4), st.data())
def test_the_solver_and_the_diagram_list_the_same_sets(law: list[Norm], draft: list[Norm], data: st.DataObject) -> None:
    draft = [n._replace(id="d" + n.id, voids=(), prevails_over=frozenset(), upholds=frozenset()) for n in draft]
    matter = Matter(regime(law), tuple(draft))
    by_diagram = {mask for mask, _, _ in matter.all_leaves}
    by_solver = applying_sets([n.condition for n in matter.norms], FACTS)
    assert by_diagram == set(by_solver)
    for mask, facts, _ in matter.all_leaves:
        assert matter.confirm(facts)[1] == mask
    for mask, model in by_solver.items():
        full = {**{f: next(iter(oracle.values(FACTS[f], matter.norms))) for f in FACTS}, **model}
        assert oracle.applying(matter.norms, full) == mask
    facts = data.draw(facts_for(list(matter.norms), complete=True))
    assert oracle.applying(matter.norms, facts) in by_diagram


@settings(max_examples=150, deadline=None)
@given(laws(5), laws(3), st.data())
def test_regions_are_exact(law: list[Norm], draft: list[Norm], data: st.DataObject) -> None:
    """A sampled case lies in the description of a region exactly where the draft rule is opposed."""
    draft = [n._replace(id="d" + n.id, level="city", voids=(), prevails_over=frozenset(), upholds=frozenset()) for n in draft]
    matter = Matter(regime([n for n in law if n.rank > 25]), tuple(draft))
    facts = data.draw(facts_for(list(matter.norms), complete=True))
    mask = oracle.applying(matter.norms, facts)
    for index in range(len(draft)):
        region = matter.region(lambda m, i=index: matter.opposed(m, i) == "conflict")
        if region is None:
            assert matter.opposed(mask, index) != "conflict"
            continue
        assert matter.opposed(matter.confirm(region.facts)[1], index) == "conflict"
        truth = matter.builder.map(matter.root, lambda m, i=index: m if m == dg.IMPOSSIBLE else matter.opposed(m, i) == "conflict")
        cubes = cover(matter.builder, truth)
        order = matter.builder.order
        inside = any(all(order[v].piece(facts[order[v].fact]) in pieces for v, pieces in c.items()) for c in cubes)
        assert inside == (matter.opposed(mask, index) == "conflict")


def test_cases_are_counted_exactly() -> None:
    matter = Matter(regime([make_norm("a", "forbid", "state-statute", Test("paper", "in", ("judge",)))]), (make_norm("d", "require", "city", Test("sure", "is", True)),))
    assert matter.cases == 6  # three papers, two answers
    region = matter.region(lambda m: matter.opposed(m, 0) == "conflict")
    assert region is not None and region.cases == 1


def test_a_rule_set_too_wide_for_a_diagram_goes_to_the_solver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = draft_of(tmp_path, "tx/travis-county", norm("1", "forbid", "hold"))
    narrow = report(path)
    monkeypatch.setattr(dg, "MAX_NODES", 3)
    e = engine()
    e.regimes = type(e.regimes)(e.corpus)
    wide = report(path, actors=["sheriff"])
    monkeypatch.undo()
    e.regimes = type(e.regimes)(e.corpus)
    assert {(i.kind, i.act) for i in wide.of_kind("conflict")} == {(i.kind, i.act) for i in narrow.of_kind("conflict")}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_every_form_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = draft_of(tmp_path, "tx/travis-county", norm("1", "forbid", "hold"))
    status = main(["check", str(path), "--on", "2026-11-23", "--format", form, "--save-cases", str(tmp_path / "cases")])
    out = capsys.readouterr().out
    assert status == 1 and "2A.060" in out
    if form == "sarif":
        data = json.loads(out)
        assert data["version"] == "2.1.0"
        result = data["runs"][0]["results"][0]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 13
        assert result["ruleId"] in {r["id"] for r in data["runs"][0]["tool"]["driver"]["rules"]}
    if form == "json":
        assert json.loads(out)["cases_covered"] > 0
    saved = sorted((tmp_path / "cases").glob("*.json"))
    assert saved and json.loads(saved[0].read_text())["actor"] == "sheriff"


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "authority"), ("x = 1", "authority"), (HEAD.format(place="tx/travis-county"), "no norms"), (HEAD.format(place="us").replace("agency-policy", "constitution") + norm("1", "forbid", "hold"), "no law above it")],
)
def test_bad_drafts_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 2
    err = capsys.readouterr().err
    assert says in err and "Traceback" not in err


def test_a_missing_draft_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "/no/such.toml"]) == 2
    assert "there is no file" in capsys.readouterr().err
