"""The statuses agree with `decide`, read afresh and plainly; and nothing is advised that it prohibits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.advice import Option, Playbook, playbook
from homerule.advice.lever import Lever, Pull, levers
from homerule.advice.status import STATUSES, strictest, together, with_adoption
from homerule.errors import InputError
from homerule.places import Gazetteer
from homerule.reasoning import Engine, Request

DAY = "2026-11-23"
PLACES = [
    "Cook County, IL", "Travis County, TX", "Los Angeles County, CA", "Salt Lake County, UT", "Hillsborough County, FL", "Ramsey County, MN",
    "Baltimore, MD", "Maricopa County, AZ", "Philadelphia, PA", "Denver, CO", "Fulton County, GA", "Orleans Parish, LA", "King County, WA",
    "Mecklenburg County, NC", "Bernalillo County, NM", "Davidson County, TN", "Polk County, IA", "New York City", "Cumberland County, ME", "New Castle County, DE",
]  # fmt: skip
AGAINST = {"do": ("prohibited", "conflict"), "decline": ("required", "conflict")}
WITH = {"do": "required", "decline": "prohibited"}


def pull_of(lever: Lever, option: Option) -> Pull:
    return next(p for p in lever.pull if option.actor in p.by)


def fresh(engine: Engine, option: Option, on: str) -> list[str]:
    """The verdicts of `decide` on the very questions of an option."""
    out = []
    for r in option.readings:
        decision = engine.decide(Request(r.place.id, r.actor, r.act, on, r.facts))
        assert decision[r.act].verdict == r.verdict, (r.act, r.actor, r.place.id)
        out.append(decision[r.act].verdict)
    return out


def check(engine: Engine, book: Playbook, on: str) -> int:
    checked = 0
    for e in book.entries:
        for o in e.options:
            verdicts = fresh(engine, o, on)
            conduct = [r for r in o.readings if r.role == "conduct"]
            adoption = [r for r in o.readings if r.role == "adoption"]
            against = [r for r in conduct if r.verdict in AGAINST[r.stance]]
            where = (book.place.id, e.lever.id, o.actor, o.status, verdicts)
            if o.status in ("available", "mandated"):
                assert not against, where
                assert not any(a.verdict in ("prohibited", "conflict") for a in adoption), where
                assert not any(set(AGAINST[r.stance]) & set(r.reachable) for r in o.readings), where
            if o.status == "already law" and conduct:
                assert all(r.verdict == WITH[r.stance] or set(r.reachable) == {WITH[r.stance]} for r in conduct if r.act == conduct[0].act) or len(conduct) > 1, where
                assert any(r.verdict == WITH[r.stance] for r in conduct), where
            if o.status == "mandated":
                assert any(r.verdict == "required" for r in o.readings), where
            if o.status == "barred":
                assert against or any(a.verdict == "prohibited" for a in adoption) or any(r.barred_by for r in o.readings) or e.lever.blocked_by, where
                assert o.authorities, where
            if o.status == "contested":
                assert any(r.verdict in ("unsettled", "conflict") for r in o.readings) or e.lever.doubted_by or (any(r.verdict == "required" for r in conduct) and adoption), where
            if against and len({r.act for r in conduct}) == 1:
                assert o.status in ("barred", "contested"), where
            if against:
                assert o.status in ("barred", "depends", "contested"), where
            # the simple reading, where one body's one act decides and no rule has to be adopted
            if len(conduct) == 1 and not adoption and not conduct[0].barred_by and not (e.lever.blocked_by or e.lever.doubted_by):
                r = conduct[0]
                rule = pull_of(e.lever, o).rule
                if len(r.reachable) == 1 or r.verdict in AGAINST[r.stance]:
                    plain = {
                        AGAINST[r.stance][0]: "barred",
                        WITH[r.stance]: "already law" if rule or r.stance == "decline" else "mandated",
                        "permitted": "available", "conflict": "contested",
                        "unsettled": "not in the corpus" if r.missing else "contested",
                    }[r.verdict]  # fmt: skip
                    assert o.status == plain, where
                    checked += 1
    return checked


@pytest.mark.parametrize("place", PLACES)
def test_statuses_agree_with_decide(engine: Engine, place: str) -> None:
    book = playbook(place, on=DAY, engine=engine, elsewhere=False)
    assert check(engine, book, DAY) > 3
    assert {e.lever.side for e in book.entries} >= {"limiting", "cooperating"}
    assert {e.lever.id for e in book.entries} == {x.id for x in levers(engine.corpus).lever}


@pytest.mark.parametrize("state", [s.id for s in Gazetteer().states()])
def test_nothing_is_advised_that_decide_prohibits(engine: Engine, state: str) -> None:
    """Every jurisdiction, both sides, several bodies: held against `decide` itself."""
    for actor in (None, "sheriff", "county_board", "council"):
        book = playbook(state, actor, on=DAY, engine=engine, elsewhere=False)
        for e in book.entries:
            for o in e.options:
                if o.status in ("available", "mandated"):
                    for r in o.readings:
                        verdict = engine.decide(Request(r.place.id, r.actor, r.act, DAY, r.facts))[r.act].verdict
                        assert verdict not in AGAINST[r.stance], (state, actor, e.lever.id, r.act)


@pytest.mark.parametrize("day", ["2019-06-01", "2025-03-17", "2026-01-15"])
def test_other_days_hold_too(engine: Engine, day: str) -> None:
    for place in ("Hillsborough County, FL", "Ramsey County, MN", "Maryland", "Delaware", "Bernalillo County, NM"):
        check(engine, playbook(place, on=day, engine=engine, elsewhere=False), day)


def the(book: Playbook, lever: str, actor: str) -> Option:
    return next(o for o in book[lever].options if o.actor == actor)


def test_a_mandate_and_a_ban_mirror_each_other(engine: Engine) -> None:
    """Texas compels what Illinois forbids, and the same code says so of both."""
    texas = playbook("Travis County, TX", on=DAY, engine=engine, elsewhere=False)
    illinois = playbook("Cook County, IL", on=DAY, engine=engine, elsewhere=False)
    assert (the(texas, "L01", "sheriff").status, the(texas, "M02", "sheriff").status) == ("barred", "already law")
    assert (the(illinois, "L01", "sheriff").status, the(illinois, "M02", "sheriff").status) == ("already law", "barred")
    assert the(texas, "M03", "sheriff").status == "mandated" and the(illinois, "L05", "sheriff").status == "mandated"
    assert any(r.authority.startswith("tx-") for r in the(texas, "L01", "sheriff").authorities)
    assert any(r.authority.startswith("il-") for r in the(illinois, "M02", "sheriff").authorities)


def test_time_moves_statuses(engine: Engine) -> None:
    """The duty of a Texas sheriff to sign begins on 1 January 2026, and is seen coming before."""
    before, after = (playbook("Gray County, TX", "sheriff", on=d, engine=engine, elsewhere=False) for d in ("2025-12-15", DAY))
    assert the(before, "M03", "sheriff").status == "available"
    assert any(c.date.isoformat() == "2026-01-01" and c.verdict == "required" for c in the(before, "M03", "sheriff").coming)
    assert the(after, "M03", "sheriff").status == "mandated"
    assert any(c.date.isoformat() == "2026-12-01" and c.kind == "deadline" for c in the(after, "M03", "sheriff").coming)
    assert the(after, "L05", "sheriff").status == "contested"


def test_a_blanket_rule_is_not_open_where_some_cases_are_commanded(engine: Engine) -> None:
    """North Carolina orders some holds: on the standard case the act is permitted, and still no rule against all holds is shown as open."""
    option = the(playbook("North Carolina", "sheriff", on=DAY, engine=engine, elsewhere=False), "L01", "sheriff")
    hold = option.readings[0]
    assert hold.verdict == "permitted" and "required" in hold.reachable
    assert option.status == hold.status == "depends"
    assert hold.meets and hold.meets in option.why


def test_a_sheriff_cannot_sign_alone_where_the_board_must_vote(engine: Engine) -> None:
    book = playbook("Ramsey County, MN", on="2026-01-15", engine=engine, elsewhere=False)
    assert the(book, "M03", "sheriff").status == "depends"
    assert the(book, "M03", "county_board").status == "available"


def test_where_the_state_runs_the_jails_a_county_has_none_to_decide_on(engine: Engine) -> None:
    book = playbook("New Castle County, DE", on=DAY, engine=engine, elsewhere=False)
    assert book["L01"].status == book["M02"].status == "not this body's to pull"
    assert playbook("Delaware", "corrections", on=DAY, engine=engine, elsewhere=False)["M02"].status in ("available", "barred", "contested", "depends")


def test_what_a_law_maker_could_change_is_said_and_still_barred(engine: Engine) -> None:
    option = the(playbook("Texas", on=DAY, engine=engine, elsewhere=False), "L01", "legislature")
    assert option.status == "barred"
    assert any(r.amends for r in option.readings) and "itself change" in option.why
    sheriff = the(playbook("Travis County, TX", on=DAY, engine=engine, elsewhere=False), "L01", "sheriff")
    assert not any(r.amends for r in sheriff.readings)


def test_a_binding_holding_blocks_a_statute_and_a_persuasive_one_makes_it_doubtful(engine: Engine) -> None:
    assert the(playbook("New Jersey", on=DAY, engine=engine, elsewhere=False), "L08", "legislature").status == "barred"
    assert the(playbook("Texas", on=DAY, engine=engine, elsewhere=False), "L08", "legislature").status == "contested"


def test_what_is_not_in_the_corpus_is_said(engine: Engine) -> None:
    book = playbook("American Samoa", on=DAY, engine=engine, elsewhere=False)
    asked = [e for e in book.entries if any(o.readings for o in e.options)]
    assert asked and not [e for e in asked if e.status in ("available", "mandated", "already law")]
    assert playbook("Travis County, TX", on=DAY, engine=engine, elsewhere=False)["L20"].status == "not in the corpus"


@pytest.mark.parametrize(("actor", "topic", "side"), [("wizard", None, "both"), (None, "weather", "both"), (None, None, "good")])
def test_unknown_words_are_refused(engine: Engine, actor: str | None, topic: str | None, side: str) -> None:
    with pytest.raises(InputError):
        playbook("Cook County, IL", actor, topic, engine=engine, side=side)


def test_topic_and_side_keep_what_they_name(engine: Engine) -> None:
    book = playbook("Cook County, IL", topic="detainers", on=DAY, engine=engine, side="limiting", elsewhere=False)
    assert book.entries and {e.lever.topic for e in book.entries} == {"detainers"}
    assert {e.lever.side for e in book.entries} <= {"limiting", "both"}


STATUS = st.sampled_from([s for s in STATUSES if s != "not this body's to pull"])


@given(st.lists(STATUS, min_size=1, max_size=5))
def test_no_way_of_putting_statuses_together_opens_what_is_barred(found: Sequence[str]) -> None:
    assert (strictest(found) == "barred") == ("barred" in found)
    if "barred" in found:
        assert together(found) in ("barred", "depends")
    assert together(found) == together(list(reversed(found))) and strictest(found) == strictest(sorted(found))


@given(STATUS, STATUS)
def test_a_rule_that_may_not_be_adopted_is_never_open(conduct: str, adoption: str) -> None:
    whole = with_adoption(conduct, adoption)
    if "barred" in (conduct, adoption):
        assert whole not in ("available", "mandated")
    if whole in ("available", "mandated"):
        assert adoption in ("available", "mandated", "already law")


def names(rows: Iterable[Sequence[str]]) -> list[str]:
    return [n for row in rows for n in row]


def test_neighbours_are_asked_the_same_question(engine: Engine) -> None:
    near = playbook("Cook County, IL", "sheriff", "detainers", DAY, engine)["L01"].neighbours
    assert near is not None
    assert set(names(near.states.values())) == {"Iowa", "Indiana", "Kentucky", "Missouri", "Wisconsin"}
    assert "Iowa" in near.states["required"] and "Neighbouring states" in near.words
    assert "Cook County" not in names(near.places.values())
