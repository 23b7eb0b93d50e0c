"""The way out and the way in: what `decide` says, and never more."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.agreements import Agreement, Approval, Exit, exit_plan, join_plan, terms_of
from homerule.agreements.exit import acts_of
from homerule.agreements.kinds import kinds
from homerule.agreements.templates import shelf
from homerule.cli.main import main
from homerule.errors import InputError
from homerule.reasoning import Engine, Request
from tests.agreements.pdf.conftest import make  # noqa: F401 - a fixture

READ = Exit(90, 90, "the Field Office Director", "in writing", "Ninety days either way.", "confirmed", "", "copy.pdf, page 6")
STATES = ("al", "ca", "co", "de", "fl", "ga", "ia", "il", "in", "md", "me", "mn", "ms", "nc", "nj", "nm", "oh", "pa", "tn", "tx", "va", "wa")


def held(state: str = "in", place: str | None = "in/hamilton-county", agency: str = "Hamilton County Sheriff's Office", kind: str = "deputation", model: str = "warrant_service", **more: object) -> Agreement:
    return Agreement(f"{state}/x/{model}", agency, place, state, kind, model, **more)  # type: ignore[arg-type]


def titles(plan: object) -> str:
    return " | ".join(s.title for s in plan.steps)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- the clause and the days


@given(st.integers(0, 400), st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
def test_the_earliest_day_is_receipt_plus_notice(engine: Engine, days: int, on: dt.date) -> None:
    plan = exit_plan(held(exit=READ._replace(local_notice_days=days)), on=on, use=engine)
    assert plan.earliest == on + dt.timedelta(days=days) and "received" in plan.earliest_words


def test_the_copy_prevails_over_the_template(engine: Engine) -> None:
    plan = exit_plan(held(exit=READ._replace(local_notice_days=45, words="Forty-five days.")), on="2026-11-24", use=engine)
    assert plan.earliest == dt.date(2027, 1, 8) and plan.steps[0].text == "Forty-five days." and plan.exit.certainty == "confirmed"


def test_an_unread_copy_is_answered_from_its_template_with_a_doubt(engine: Engine) -> None:
    plan = exit_plan(held(signed=dt.date(2025, 3, 1)), on="2026-11-24", use=engine)
    assert plan.earliest == dt.date(2027, 2, 22) and plan.exit.certainty == "recalled"
    assert any("not read here" in d for d in plan.doubts)
    terms, template = terms_of(held(model="task_force", signed=dt.date(2025, 9, 1)))
    assert terms.local_notice_days == 0 and template is not None and template.id == "task-force-2025"
    assert "2031" in terms_of(held(model="jail", signed=dt.date(2031, 1, 1)))[0].doubt


def test_a_kind_without_known_terms_gives_no_day(engine: Engine) -> None:
    plan = exit_plan(held(kind="detention", model="", agency="", place="nm/cibola-county", state="nm"), on="2026-06-01", use=engine)
    assert plan.earliest is None and "not known" in plan.earliest_words and plan.actor == "county"
    assert plan.leaving.act == "end_detention_contract"


# ---------------------------------------------------------------------- what the law says


def test_leaving_that_is_required(engine: Engine) -> None:
    plan = exit_plan(held("md", "md/cecil-county", "Cecil County Sheriff's Office", exit=READ), on="2026-03-01", use=engine)
    assert plan.leaving.verdict == "required" and plan.holding.verdict == "prohibited" and plan.by == dt.date(2026, 7, 1)
    assert "requires this body to end" in plan.first and "1 July 2026" in plan.first and "Give notice" in titles(plan)
    late = exit_plan(held("md", "md/cecil-county", "Cecil County Sheriff's Office", exit=READ), on="2026-06-01", use=engine)
    assert any("comes before the clause's earliest day" in n for n in late.notes)
    past = exit_plan(held("md", "md/cecil-county", "Cecil County Sheriff's Office", exit=READ), on="2026-08-01", use=engine)
    assert any("has passed" in n for n in past.notes)


def test_leaving_that_is_prohibited_gives_no_step_of_leaving(engine: Engine) -> None:
    plan = exit_plan(held("fl", "fl/clay-county", "Clay County Sheriff's Office", exit=READ), on="2026-11-24", use=engine)
    assert plan.leaving.verdict == "prohibited" and not plan.open and plan.earliest is None
    assert plan.first.startswith("In Clay County, Florida the law") and "prohibits" in plan.first
    assert "Give notice" not in titles(plan) and "Count the days" not in titles(plan) and "Afterwards" not in titles(plan)
    assert any("approved" in s.text for s in plan.steps)  # what would change the answer
    assert plan.exposure["leaving"].doing


def test_a_fact_that_changes_the_answer_opens_the_plan(engine: Engine) -> None:
    known = engine.corpus.vocabulary_for(("us", "fl")).facts
    names = [n for n in known if "board" in n and known[n].place.startswith("fl")]
    opened = [n for n in names if exit_plan(held("fl", "fl/clay-county", "Clay County Sheriff's Office", exit=READ), on="2026-11-24", facts={n: "true"}, use=engine).open]
    assert opened


def test_leaving_that_is_unsettled_asks_counsel_first(engine: Engine) -> None:
    plan = exit_plan(held("tx", "tx/harris-county", "Harris County Sheriff's Office", exit=READ), on="2026-11-24", use=engine)
    assert plan.leaving.verdict == "unsettled" and plan.holding.verdict == "required"
    order = titles(plan)
    assert order.index("counsel") < order.index("Give notice") and "the law also requires" in plan.first


def test_who_must_approve_comes_from_the_law_and_from_what_was_recorded(engine: Engine) -> None:
    plan = join_plan("WSO", "Ramsey County, MN", actor="sheriff", on="2026-01-15", use=engine)
    assert any("county board" in s.text and s.source for s in plan.steps if "approval" in s.title.lower())
    kept = exit_plan(held(exit=READ, approvals=(Approval("county council", dt.date(2025, 2, 1), "resolution 25-14"),)), on="2026-11-24", use=engine)
    assert any("resolution 25-14" in s.text for s in kept.steps)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ["leave", "join"])
def test_no_plan_goes_beyond_decide(engine: Engine, state: str, act: str) -> None:
    """For each state and actor: the plan's verdicts are `decide`'s, and what is prohibited is not laid out."""
    for place, actor in ((state, "state_police"), (state, "corrections")):
        for kind, model in (("deputation", "task_force"), ("detention", "")):
            acts = acts_of(kind, model)
            if act == "leave":
                plan = exit_plan(held(state, place, "", kind, model, exit=READ), actor=actor, on="2026-11-24", use=engine)
                asked, facts, side = acts.leave, dict(acts.facts), plan.leaving
            else:
                plan = join_plan(model or kind, place, actor=actor, on="2026-11-24", use=engine)
                asked, facts, side = acts.enter, dict.fromkeys(acts.facts, "none"), plan.holding
            verdict = engine.decide(Request(place, actor, asked, "2026-11-24", facts))[asked].verdict
            assert side.verdict == verdict
            assert plan.open == (verdict not in ("prohibited", "conflict"))
            if not plan.open:
                assert not {"Give notice", "Count the days", "Sign", "Record it"} & {s.title for s in plan.steps} and plan.earliest is None
                assert "prohibits" in plan.first or "opposite" in plan.first


def test_a_body_that_cannot_be_told_asks_for_it(engine: Engine) -> None:
    with pytest.raises(InputError, match="kind of body"):
        exit_plan(held(agency="Widget Works"), use=engine)
    with pytest.raises(InputError, match="where"):
        exit_plan(held(state="", place=None), use=engine)
    with pytest.raises(InputError, match="no kind"):
        join_plan("lease of bicycles", "Cook County, IL", use=engine)


@pytest.mark.parametrize(
    ("agency", "level", "actor"),
    [("Pike County Sheriff's Office", "local", "sheriff"), ("Live Oak Police Department", "local", "police"), ("Florida Department of Law Enforcement", "state", "state_police"), ("Virginia Department of Corrections", "state", "corrections"), ("Texas Office of the Attorney General", "state", "attorney_general"), ("Arkansas National Guard", "state", "national_guard"), ("University of Somewhere Police", "local", "campus_police"), ("Florida Fish and Wildlife Conservation Commission", "state", "state_agency"), ("Cibola County", "local", "county")],
)  # fmt: skip
def test_the_actor_is_told_from_the_name(agency: str, level: str, actor: str) -> None:
    assert shelf().actor_of(agency, level) == actor


def test_every_kind_has_its_acts_and_every_template_its_kind(engine: Engine) -> None:
    acts = engine.corpus.vocabulary.acts
    for kind, k in kinds().kinds.items():
        a = acts_of(kind)
        assert not a.enter or a.enter in acts
        assert not a.leave or a.leave in acts
        assert set(a.usual_body.values()) <= set(engine.corpus.vocabulary.actors)
        for m in k.models:
            for fact, value in acts_of(kind, m.id).facts.items():
                assert value in engine.corpus.vocabulary.facts[fact].values
    for t in shelf().templates:
        assert t.kind in kinds().kinds and (not t.model or t.model in kinds().models) and t.source and t.certainty in ("confirmed", "recalled")
    for name, _, _ in shelf().actors:
        assert name in engine.corpus.vocabulary.actors


# ---------------------------------------------------------------------- the command


def test_the_command_on_a_pdf_and_as_json(make, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]  # noqa: F811
    path = make(agency="Hamilton County Sheriff's Office", state="Indiana", address="Noblesville, IN 46060", model="jail", clause="written", revised="02/15/2025")
    where = ["--registry", str(tmp_path / "r.sqlite")]
    assert main(["agreements", "exit", str(path), "--on", "2026-11-24", *where]) == 0
    text = capsys.readouterr().out
    assert "Earliest day out: 24 November 2026" in text and "copy.pdf, page 2" in text and "What the law says of leaving now" in text and ".." not in text
    assert main(["agreements", "exit", str(path), "--on", "2026-11-24", "--json", *where]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["earliest"] == "2026-11-24" and data["leaving"]["verdict"] == "permitted" and data["exit"]["certainty"] == "confirmed" and data["agreement"]["model"] == "jail"


def test_the_command_on_a_place_and_model_and_on_joining(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--registry", str(tmp_path / "r.sqlite")]
    assert main(["agreements", "exit", "Clay County, FL", "--model", "WSO", "--on", "2026-11-24", *where]) == 0
    text = capsys.readouterr().out
    assert "as if there were one" in text and "prohibits" in text and "Give notice" not in text
    assert main(["agreements", "exit", "--join", "task force", "--place", "Harris County, TX", "--actor", "sheriff", "--on", "2026-11-24", *where]) == 0
    assert "1 December 2026" in capsys.readouterr().out


@pytest.mark.parametrize("args", [[], ["--join", "jail"], ["nothing-of-that-name"], ["x.pdf"], ["Clay County, FL", "--model", "unheard of"], ["Clay County, FL", "--model", "WSO", "--on", "soon"], ["Clay County, FL", "--model", "WSO", "--fact", "nonsense"]])
def test_bad_input_gives_a_sentence(args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", "exit", *args, "--registry", str(tmp_path / "r.sqlite")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("homerule: ") and "Traceback" not in said.err and "fault of the program" not in said.err and not said.out
