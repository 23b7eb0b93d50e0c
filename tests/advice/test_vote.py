"""The memo for a vote: both sides, right law, and the question understood or sent back."""

from __future__ import annotations

import pytest

from homerule.advice import vote_memo
from homerule.advice.lever import levers
from homerule.advice.question import measure
from homerule.errors import InputError
from homerule.reasoning import Engine


def test_a_city_council_votes_on_an_agreement_for_its_police(engine: Engine) -> None:
    """Fort Myers, 17 March 2025: whether the city must is unsettled; a rule that bars taking part is prohibited; both risks are shown."""
    memo = vote_memo("Fort Myers, FL", "sign a 287(g) agreement", "no", on="2025-03-17", engine=engine)
    assert (memo.actor, memo.lever.id, memo.option.status) == ("council", "M03", "contested")
    assert [s.vote for s in memo.sides] == ["no", "yes"]
    no, yes = memo.side("no"), memo.side("yes")
    assert "if the contested rule stands, it leaves undone what the law orders" in no.verdict
    assert "if the contested rule stands, it does what the law already orders" in yes.verdict
    assert any("prohibits the city council to adopt a rule that limits" in x for x in no.law)
    assert any("remov" in f"{x.says} {x.penalty}" for x in no.person)
    assert any("contempt" in f"{x.says} {x.penalty}" for x in no.person)
    assert not any(x.norm.startswith("fl-") for x in yes.person)
    assert any("1357(g)(9)" in b.citation for b in memo.bases)
    assert memo.as_data()["sides"][0]["vote"] == "no"


def test_a_sheriff_signs_without_the_boards_vote(engine: Engine) -> None:
    """Ramsey County, 15 January 2026: prohibited as entered, open on the board's vote, and even then no hold on a detainer alone."""
    alone = vote_memo("Ramsey County, MN", "sign_287g", "yes", "sheriff", "2026-01-15", engine, facts={"approved_by_governing_body": False})
    assert alone.option.status == "barred" and alone.side("yes").verdict == "A yes vote goes against the law."
    assert alone.option.authorities[0].weight == "attorney general opinion"
    assert any("A hold on a detainer alone" in x and "prohibits" in x for x in alone.side("yes").law)
    board = next(o for o in alone.bodies if o.actor == "county_board")
    assert board.status == "available"
    assert any("board" in d.says and d.approval for d in alone.side("yes").duties)
    open_ = vote_memo("Ramsey County, MN", "sign_287g", "yes", "sheriff", "2026-01-15", engine)
    assert open_.option.status == "depends"
    assert {c.verdict for c in open_.conditions} >= {"prohibited", "permitted"}


def test_a_texas_county_before_and_after(engine: Engine) -> None:
    early = vote_memo("Gray County, TX", "M03", "yes", "sheriff", "2025-12-15", engine)
    assert early.option.status == "available" and any("2026-01-01" in d for d in early.dates)
    late = vote_memo("Gray County, TX", "M03", "no", "sheriff", "2026-11-23", engine)
    assert late.option.status == "mandated"
    assert late.sides[0].verdict == "A no vote leaves undone what the law orders."
    assert any("2026-12-01" in d for d in late.dates)
    assert any(x.norm == "tx-753-ag-suit" for x in (*late.sides[0].person, *late.sides[0].money, *late.sides[0].other))
    board = vote_memo("Gray County, TX", "M03", on="2026-11-23", engine=engine)
    assert board.actor == "county_board" and "requires the sheriff" in board.option.why


def test_the_sides_are_mirrored(engine: Engine) -> None:
    """What a yes does for one lever, a no does for its mirror: the templates are one."""
    end = vote_memo("Maryland", "L05", "yes", "state_police", "2026-11-23", engine)
    sign = vote_memo("Maryland", "M03", "no", "state_police", "2026-11-23", engine)
    assert end.sides[0].verdict == "A yes vote does what the law already orders."
    assert sign.sides[0].verdict == "A no vote keeps to the law."


QUESTIONS = {
    "sign a 287(g) agreement": "M03", "end the detention contract": "L07", "decline detainers without a judge's warrant": "L01", "terminate our 287g agreement": "L05",
    "honor ICE detainers": "M02", "join 287(g)": "M03", "adopt a sanctuary ordinance": "L30", "renew the jail bed contract": "M17", "L16": "L16", "m04": "M04",
    "end_287g": "L05", "limit_cooperation": "L30", "contract_detention": "M17", "let ICE interview inmates": "M18", "accept the FEMA grant condition": "M16",
    "close our plate reader database to immigration": "L14", "require a judicial warrant in schools": "L11", "allow_courthouse_arrest": "allow_courthouse_arrest",
}  # fmt: skip


@pytest.mark.parametrize(("asked", "lever"), QUESTIONS.items())
def test_questions_are_understood(engine: Engine, asked: str, lever: str) -> None:
    assert measure(levers(engine.corpus), engine.corpus.vocabulary, asked).lever.id == lever


@pytest.mark.parametrize("asked", ["banana", "", "   ", "the weather tomorrow", "immigration", "?!"])
def test_what_is_not_understood_is_sent_back(engine: Engine, asked: str) -> None:
    with pytest.raises(InputError):
        measure(levers(engine.corpus), engine.corpus.vocabulary, asked)


@pytest.mark.parametrize("crime", ["obstruct", "conceal", "falsify", "destroy_records", "destroy records"])
def test_no_memo_is_written_for_a_crime(engine: Engine, crime: str) -> None:
    with pytest.raises(InputError, match="crime"):
        vote_memo("Chicago, IL", crime, engine=engine)


def test_who_cannot_is_told_who_can(engine: Engine) -> None:
    with pytest.raises(InputError, match="legislature"):
        vote_memo("Cook County, IL", "M01", engine=engine)
    with pytest.raises(InputError, match="governor"):
        vote_memo("Cook County, IL", "L18", actor="sheriff", engine=engine)
    with pytest.raises(InputError, match="yes or no"):
        vote_memo("Cook County, IL", "L05", "maybe", engine=engine)


def test_every_lever_has_a_memo_somewhere(engine: Engine) -> None:
    for x in levers(engine.corpus).lever:
        actor = x.pull[0].by[0]
        place = "Illinois" if engine.corpus.vocabulary.actor(actor).level == "state" or actor in ("corrections", "court") else "Chicago, IL" if actor in ("council", "mayor", "police") else "Cook County, IL"
        memo = vote_memo(place, x.id, "no", actor, "2026-11-23", engine)
        assert memo.sides[0].vote == "no" and memo.side("yes").verdict.startswith("A yes vote")
