"""The resolver: periods and events out of lists, whatever their order, and however often each comes."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from homerule.agreements import ENDED, GONE, LISTED, PENDING, RECORDED, Agreement, make_record, resolve
from homerule.agreements.listing import Listing
from homerule.agreements.records import Record
from tests.agreements.conftest import listing, row


def only(*lists: Listing, records: tuple[Record, ...] = ()) -> Agreement:
    (found,) = resolve(lists, records).agreements
    return found


def events(a: Agreement) -> list[tuple[str, str]]:
    return [(e.on.isoformat(), e.what) for e in a.events]


def record(at: str = "2026-03-01T00:00:00Z", origin: str = "hand", **fields: object) -> Record:
    return make_record({"agency": "Aa Police Department", "state": "TX", "kind": "deputation", "model": "task_force", **fields}, source="a letter", at=at, by="clerk", origin=origin)


AA = row("Aa Police Department")
BB = row("Bb Police Department")


# ---------------------------------------------------------------------- the rules


def test_absence_is_an_observation_and_not_an_end() -> None:
    found = resolve([listing("2025-03-10", AA, BB), listing("2025-04-01", AA, BB), listing("2025-05-01", BB)]).agreements
    a = next(x for x in found if x.agency.startswith("Aa"))
    assert a.status == GONE and a.ends is None
    assert (a.listed_first, a.listed_last, a.absent_from) == (date(2025, 3, 10), date(2025, 4, 1), date(2025, 5, 1))
    assert a.in_force(date(2025, 3, 20)) is True and a.in_force(date(2025, 6, 1)) is None and a.in_force(date(2025, 1, 1)) is False
    assert next(e for e in a.events if e.what == "not listed").observed
    assert not any(e.what == "ended" for e in a.events)


def test_signed_again_while_it_stands_supersedes() -> None:
    a = only(listing("2025-03-10", AA), listing("2025-06-01", AA._replace(signed="2025-05-20")))
    assert [p.signed for p in a.periods] == [date(2025, 3, 3), date(2025, 5, 20)] and a.signed == date(2025, 5, 20)
    assert ("2025-06-01", "re-signed") in events(a) and a.status == LISTED


def test_signed_again_after_it_was_gone_is_a_renewal() -> None:
    found = resolve([listing("2025-03-10", AA, BB), listing("2025-06-01", BB), listing("2025-09-01", AA._replace(signed="2025-08-20"), BB)]).agreements
    a = next(x for x in found if x.agency.startswith("Aa"))
    assert ("2025-09-01", "renewal") in events(a) and len(a.periods) == 2
    assert a.periods[0].absent_from == date(2025, 6, 1) and a.absent_from is None


def test_back_with_the_same_signature_is_no_renewal() -> None:
    found = resolve([listing("2025-03-10", AA, BB), listing("2025-06-01", BB), listing("2025-09-01", AA, BB)]).agreements
    a = next(x for x in found if x.agency.startswith("Aa"))
    assert ("2025-09-01", "listed again") in events(a) and len(a.periods) == 1 and a.status == LISTED


@pytest.mark.parametrize("later", ["2025-03-02", "2025-03-04"])
def test_a_date_put_right_is_no_second_signature(later: str) -> None:
    a = only(listing("2025-03-10", AA), listing("2025-06-01", AA._replace(signed=later)))
    assert len(a.periods) == 1 and a.signed == date.fromisoformat(later) and a.doubts
    assert [e.on.isoformat() for e in a.events if e.what == "signed"] == [later]


def test_another_model_while_the_first_stands_is_an_addition() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-05-20")
    found = resolve([listing("2025-03-10", AA), listing("2025-06-01", AA, jail)]).agreements
    a = next(x for x in found if x.model == "jail")
    assert ("2025-06-01", "addition") in events(a)


def test_another_model_on_another_day_in_place_of_the_first_is_a_switch() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-05-20")
    found = resolve([listing("2025-03-10", AA), listing("2025-06-01", jail)]).agreements
    by = {x.model: x for x in found}
    assert ("2025-06-01", "switch") in events(by["jail"]) and by["task_force"].status == GONE


def test_another_model_signed_on_the_same_day_is_no_switch() -> None:
    jail = row("Aa Police Department", "Jail Enforcement Model", "2025-03-03")
    found = resolve([listing("2025-03-10", AA), listing("2025-06-01", jail)]).agreements
    assert not [e for x in found for e in x.events if e.what == "switch"]


def test_pending_then_listed_then_gone_and_pending_that_went() -> None:
    wait = AA._replace(signed="")
    a = only(listing("2025-02-20", wait, pending=True), listing("2025-03-10", AA))
    assert a.status == LISTED and a.pending_last == date(2025, 2, 20)
    b = only(listing("2025-02-20", wait, pending=True))
    assert b.status == PENDING and b.in_force(date(2025, 3, 1)) in (None, False)
    found = resolve([listing("2025-02-20", wait, BB._replace(signed=""), pending=True), listing("2025-02-25", BB._replace(signed=""), pending=True)]).agreements
    c = next(x for x in found if x.agency.startswith("Aa"))
    assert c.status == GONE and c.absent_from == date(2025, 2, 25)


def test_a_list_cut_short_takes_nobody_off() -> None:
    rows = [row(f"{chr(97 + i % 26).upper()}{chr(97 + i // 26)}ville Police Department") for i in range(120)]
    whole = resolve([listing("2025-03-10", *rows), listing("2025-04-01", *rows[:30])])
    assert {a.status for a in whole.agreements} == {LISTED}
    assert any("only a part" in d for s in whole.lists for d in s.doubts)
    twice = resolve([listing("2025-03-10", *rows), listing("2025-04-01", *rows[:30]), listing("2025-05-01", *rows[:31])])
    assert sum(a.status == GONE for a in twice.agreements) == 89  # two short lists in a row are believed


def test_a_list_given_as_a_part_takes_nobody_off() -> None:
    assert {a.status for a in resolve([listing("2025-03-10", AA, BB), listing("2025-04-01", BB, whole=False)]).agreements} == {LISTED}


# ---------------------------------------------------------------------- one body, many spellings


def test_a_slip_is_joined_where_lists_bear_it_out() -> None:
    slip = row("Palmer County Sheriff's Office", county="Palmer County")
    a = only(listing("2025-03-10", slip), listing("2025-04-01", slip._replace(agency="Parmer County Sheriff's Office", county="Parmer County")))
    assert (a.agency, a.place, a.status) == ("Parmer County Sheriff's Office", "tx/parmer-county", LISTED)
    assert {f.said for f in a.facts if f.field == "agency"} == {"Palmer County Sheriff's Office", "Parmer County Sheriff's Office"}


@pytest.mark.parametrize(("a", "b"), [("Walker", "Waller"), ("Clay", "Gray"), ("Hill", "Mills")])
def test_two_counties_of_near_names_are_never_joined(a: str, b: str) -> None:
    found = resolve([listing("2025-03-10", row(f"{a} County Sheriff's Office")), listing("2025-04-01", row(f"{b} County Sheriff's Office"))]).agreements
    assert len(found) == 2


def test_county_and_city_forces_are_never_joined() -> None:
    found = resolve([listing("2025-03-10", row("Nassau County Police Department", state="NEW YORK")), listing("2025-04-01", row("Nassau Police Department", state="NEW YORK"))]).agreements
    assert len(found) == 2


def test_precincts_are_never_joined() -> None:
    found = resolve([listing("2025-03-10", row("Liberty County Constable Precinct 2")), listing("2025-04-01", row("Liberty County Constable Precinct 6"))]).agreements
    assert len(found) == 2


def test_two_townships_of_one_name_stay_two() -> None:
    a = row("Manor Township Police Department", state="PENNSYLVANIA", county="Lancaster County")
    found = resolve([listing("2025-03-10", a, a._replace(county="Armstrong County"), a._replace(county="Armstrong County", signed="2025-03-04"))]).agreements
    assert len(found) == 2 and len({x.id for x in found}) == 2


def test_a_county_put_right_is_one_body() -> None:
    a = row("Bunnell Police Department", state="FLORIDA", county="Flagere County")
    assert only(listing("2025-03-10", a), listing("2025-04-01", a._replace(county="Flagler County"))).place == "fl/bunnell"


def test_a_new_name_of_one_body_is_joined_by_its_document() -> None:
    a = row("Louisiana State Patrol", state="LOUISIANA", body="State Agency", link="LSP_TFM.pdf")
    found = only(listing("2025-03-10", a), listing("2025-04-01", a._replace(agency="Louisiana State Police Department")))
    assert found.agency == "Louisiana State Police Department"


def test_ids_of_other_spellings_lead_to_the_agreement() -> None:
    slip = row("Palmer County Sheriff's Office", county="Palmer County")
    resolved = resolve([listing("2025-03-10", slip), listing("2025-04-01", slip._replace(agency="Parmer County Sheriff's Office", county="Parmer County"))])
    assert resolved.aliases["tx/palmer-county-sheriffs-office/task-force"] == "tx/parmer-county-sheriffs-office/task-force"


# ---------------------------------------------------------------------- records


def test_only_a_document_or_a_person_ends_an_agreement() -> None:
    a = only(listing("2025-03-10", AA), records=(record(ended="2025-06-01"),))
    assert a.status == ENDED and a.ends == date(2025, 6, 1) and a.in_force(date(2025, 7, 1)) is False and a.in_force(date(2025, 5, 1)) is True


def test_listed_after_it_was_recorded_as_ended_is_said() -> None:
    a = only(listing("2025-03-10", AA), listing("2025-08-01", AA), records=(record(ended="2025-06-01"),))
    assert a.status == LISTED and any("still listed" in d for d in a.doubts)


def test_a_person_wins_over_a_document_and_a_later_record_over_an_earlier_one() -> None:
    a = only(listing("2025-03-10", AA), records=(record(at="2026-01-01T00:00:00Z", local_notice_days=30), record(at="2026-02-01T00:00:00Z", local_notice_days=60), record(at="2026-03-01T00:00:00Z", origin="document", local_notice_days=90)))
    assert a.exit.local_notice_days == 60
    b = only(listing("2025-03-10", AA), records=(record(at="2026-01-01T00:00:00Z", local_notice_days=30), record(at="2026-02-01T00:00:00Z", local_notice_days="none")))
    assert b.exit.local_notice_days is None


def test_no_notice_and_notice_not_read_are_two_things() -> None:
    assert only(records=(record(local_notice_days=0),)).exit.local_notice_days == 0
    assert only(listing("2025-03-10", AA)).exit.local_notice_days is None


def test_a_body_with_two_contracts_of_one_kind() -> None:
    base = {"agency": "Aa County Jail", "state": "KS", "kind": "detention", "signed": "2024-01-01"}
    records = [make_record({**base, "number": n}, source="x", at="2026-01-01T00:00:00Z", by="c") for n in ("A-1", "A-2")]
    assert [a.id.rsplit("/", 1)[1] for a in resolve([], records).agreements] == ["a-1", "a-2"]


def test_an_agreement_known_by_hand_alone() -> None:
    a = only(records=(record(signed="2025-01-02", approvals="city council | 2024-12-10 | motion 7", costs="bed rate | $95.50 | bed and day"),))
    assert a.status == RECORDED and a.approvals[0].on == date(2024, 12, 10) and a.costs[0].dollars == 95.5 and a.periods[0].start == date(2025, 1, 2)


def test_exit_terms_of_an_older_signature_are_doubted() -> None:
    a = only(listing("2025-03-10", AA), listing("2026-01-10", AA._replace(signed="2026-01-02")), records=(record(origin="document", signed_federal="2025-03-03", exit_words="Ninety days.", local_notice_days=90),))
    assert "later signature" in a.exit.doubt


# ---------------------------------------------------------------------- a pure function of a set

AGENCIES = ("Palmer County Sheriff's Office", "Parmer County Sheriff's Office", "Walker County Sheriff's Office", "Waller County Sheriff's Office", "Austin Police Department", "City of Austin Police Department")
MODELS = ("Task Force Model", "Task Force Officer", "Jail Enforcement Model", "WSO", "")
SIGNED = ("2025-03-03", "2025-03-04", "2025-07-07", "7/72025", "", "5025-01-01")
rows = st.builds(row, st.sampled_from(AGENCIES), st.sampled_from(MODELS), st.sampled_from(SIGNED), st.sampled_from(("TEXAS", "Texas", "TEXS")), st.sampled_from(("", "Palmer County", "Waller County")))
days = st.dates(date(2025, 4, 1), date(2025, 4, 1) + timedelta(days=40))
lists = st.lists(st.builds(lambda d, r, p, c: listing(d.isoformat(), *r, pending=p, clock=c), days, st.lists(rows, min_size=1, max_size=6), st.booleans(), st.sampled_from(("am", "pm"))), max_size=7)
hand = st.lists(st.builds(lambda n, d: record(at=f"2026-01-0{n}T00:00:00Z", agency=AGENCIES[d], local_notice_days=n), st.integers(1, 5), st.integers(0, 5)), max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists, hand, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_matters(held: list[Listing], said: list[Record], chance: random.Random) -> None:
    straight = resolve(held, said)
    again, told = [*held, *held], [*said, *said]
    chance.shuffle(again)
    chance.shuffle(told)
    assert resolve(again, told) == straight


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists)
def test_what_must_hold_of_every_agreement(held: list[Listing]) -> None:
    resolved = resolve(held)
    newest = max((s.dated.on for s in resolved.lists if s.dated and s.type == "participating"), default=None)
    assert len({a.id for a in resolved.agreements}) == len(resolved.agreements)
    for a in resolved.agreements:
        assert a.ends is None and a.status in (LISTED, GONE, PENDING)
        if a.listed_first and a.listed_last:
            assert a.listed_first <= a.listed_last and (a.absent_from is None or a.absent_from >= a.listed_last)
            assert (a.status == LISTED) == (a.absent_from is None) or a.status == PENDING
        if a.status == LISTED and newest:
            assert a.listed_last == newest
        assert list(a.events) == sorted(a.events, key=lambda e: e.on)
    printed = {(r.agency) for s in held for r in s.rows}
    assert {f.said for a in resolved.agreements for f in a.facts if f.field == "agency"} == printed  # no row is lost


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists)
def test_plain_data_and_back(held: list[Listing]) -> None:
    import json

    from homerule.agreements import as_dict, from_dict

    for a in resolve(held).agreements:
        assert from_dict(json.loads(json.dumps(as_dict(a)))) == a
