"""The days to keep, and the calendar file."""

from __future__ import annotations

import calendar as months
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerule.agreements import Agreement, Exit, calendar, deadlines
from homerule.agreements.agenda import _after, _every
from homerule.cli.main import main
from homerule.errors import InputError
from homerule.reasoning import Engine

READ = Exit(90, 90, "the Field Office Director", "in writing", "Ninety days.", "confirmed", "", "copy.pdf, page 6")


def held(id: str = "md/cecil/warrant-service", state: str = "md", place: str | None = "md/cecil-county", agency: str = "Cecil County Sheriff's Office", model: str = "warrant_service", **more: object) -> Agreement:
    return Agreement(id, agency, place, state, "deputation", model, **more)  # type: ignore[arg-type]


def found(agenda: object, what: str) -> list[dt.date]:
    return [d.date for d in agenda.days if d.what == what]  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- what statutes set


@pytest.mark.parametrize(
    ("place", "first", "last", "what", "day", "words"),
    [
        ("Harris County, TX", "2026-11-24", "2026-12-31", "statute", "2026-12-01", "Signing"),
        ("Maryland", "2026-01-01", "2026-12-31", "statute", "2026-07-01", "Ending"),
        ("Maryland", "2026-01-01", "2026-12-31", "begins", "2026-02-17", "Signing"),
        ("Delaware", "2025-07-01", "2025-12-31", "statute", "2025-08-13", "Ending"),
        ("Wells, ME", "2026-01-01", "2026-12-31", "may begin", "2026-07-01", "Signing"),
        ("Otero County, NM", "2026-01-01", "2026-12-31", "begins", "2026-05-20", "detention contract"),
    ],
)
def test_statutory_days_appear_for_the_places_they_reach(engine: Engine, place: str, first: str, last: str, what: str, day: str, words: str) -> None:
    agenda = deadlines(place=place, first=first, last=last, use=engine)
    hits = [d for d in agenda.days if d.what == what and d.date.isoformat() == day and words.lower() in d.title.lower()]
    assert hits and all(d.citation and d.text and d.norm for d in hits)


def test_the_law_of_one_state_is_not_shown_for_another(engine: Engine) -> None:
    everywhere = deadlines(first="2025-01-01", last="2027-12-31", use=engine)
    texas = deadlines(place="Harris County, TX", first="2025-01-01", last="2027-12-31", use=engine)
    assert {d.place for d in texas.days} == {"tx/harris-county"} and len(everywhere.days) > len(texas.days)
    assert not {d.norm for d in texas.days if d.norm.startswith(("md-", "de-"))} and {d.norm for d in texas.days} <= {d.norm for d in everywhere.days}


def test_what_is_doubtful_in_the_law_is_said(engine: Engine) -> None:
    days = deadlines(place="Maryland", first="2026-01-01", last="2026-12-31", use=engine).days
    assert any("conflict" in d.doubt for d in days if d.norm == "md-5-104-1-end")
    assert any("pending" in d.doubt for d in deadlines(place="Otero County, NM", first="2026-05-01", last="2026-06-01", use=engine).days)


def test_duties_that_count_from_an_unknown_event_are_named_without_a_date(engine: Engine) -> None:
    assert any("each year" in u for u in deadlines(place="Harris County, TX", first="2026-11-24", use=engine).undated)


# ---------------------------------------------------------------------- what agreements set


def test_end_and_last_day_for_notice(engine: Engine) -> None:
    a = held("in/x/warrant-service", "in", "in/hamilton-county", "Hamilton County Sheriff's Office", ends=dt.date(2027, 6, 30), renewal="by a year unless ended", exit=READ)
    agenda = deadlines([a], place="Hamilton County, IN", first="2026-11-24", last="2027-12-31", use=engine)
    assert found(agenda, "ends") == [dt.date(2027, 6, 30)] and found(agenda, "last notice") == [dt.date(2027, 4, 1)]
    assert all("by a year" in d.text for d in agenda.days if d.agreement)
    ended = a._replace(status="ended (document)")
    assert not [d for d in deadlines([ended], place="Hamilton County, IN", first="2026-11-24", use=engine).days if d.agreement]


def test_reviews_come_from_the_template_with_a_doubt(engine: Engine) -> None:
    a = held("in/x/jail", "in", "in/hamilton-county", "Hamilton County Sheriff's Office", "jail", signed=dt.date(2025, 3, 3))
    days = [d for d in deadlines([a], place="Hamilton County, IN", first="2028-01-01", last="2028-12-31", use=engine).days if d.what == "review"]
    assert {d.date for d in days} == {dt.date(2028, 3, 3)} and any("three years" in d.text for d in days) and all("2025-03-03" in d.doubt for d in days)


def test_the_law_s_day_is_turned_into_the_last_day_for_notice_and_then_overdue(engine: Engine) -> None:
    a = held(exit=READ, signed=dt.date(2025, 3, 1))
    agenda = deadlines([a], place="Cecil County, MD", first="2026-03-01", last="2026-12-31", use=engine)
    assert found(agenda, "last notice") == [dt.date(2026, 4, 2)]
    late = deadlines([a], place="Cecil County, MD", first="2026-08-01", last="2026-12-31", use=engine)
    assert found(late, "overdue") == [dt.date(2026, 8, 1)] and all("to be checked" in d.doubt for d in late.days if d.what == "overdue")
    later = deadlines([a], place="Cecil County, MD", first="2026-09-01", last="2026-12-31", use=engine)
    assert {d.id for d in late.days if d.what == "overdue"} == {d.id for d in later.days if d.what == "overdue"}
    assert not found(deadlines([a._replace(status="ended (document)", ends=dt.date(2026, 6, 1))], place="Cecil County, MD", first="2026-08-01", use=engine), "overdue")
    assert not found(deadlines([held("va/x/warrant-service", "va", "va/bedford-county", "Bedford County Sheriff's Office", exit=READ)], first="2026-08-01", use=engine), "overdue")


def test_a_state_shows_the_agreements_of_its_bodies(engine: Engine) -> None:
    a = held("in/x/jail", "in", "in/hamilton-county", "Hamilton County Sheriff's Office", "jail", ends=dt.date(2027, 1, 1))
    assert found(deadlines([a], place="Indiana", first="2026-11-24", use=engine), "ends") and not found(deadlines([a], place="Ohio", first="2026-11-24", use=engine), "ends")


def test_days_in_the_wrong_order_and_unknown_places(engine: Engine) -> None:
    with pytest.raises(InputError, match="before"):
        deadlines(first="2026-12-01", last="2026-11-01", use=engine)
    with pytest.raises(InputError):
        deadlines(place="Nowhere County, ZZ", use=engine)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)), st.integers(1, 480))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: dt.date, count: int) -> None:
    later = _after(day, count)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == count
    assert later.day == min(day.day, months.monthrange(later.year, later.month)[1])


@given(st.dates(dt.date(2005, 1, 1), dt.date(2027, 1, 1)), st.sampled_from([12, 24, 36]))
def test_reviews_lie_in_the_span_and_a_step_apart(began: dt.date, step: int) -> None:
    start, end = dt.date(2026, 1, 1), dt.date(2032, 1, 1)
    days = _every(began, step, start, end)
    assert all(start <= d <= end and d > began for d in days) and len(days) >= (end.year - max(start, began).year) * 12 // step - 1


# ---------------------------------------------------------------------- the calendar


def test_the_calendar_is_the_same_every_time_and_reads_back(engine: Engine) -> None:
    ical = pytest.importorskip("icalendar")
    a = held("in/x/warrant-service", "in", "in/hamilton-county", "Hamilton County Sheriff's Office", ends=dt.date(2027, 6, 30), exit=READ, signed=dt.date(2025, 3, 1))
    agenda = deadlines([a], first="2026-11-24", last="2027-12-31", use=engine)
    data = calendar(agenda, corpus_day=dt.date(2026, 11, 23))
    assert data == calendar(deadlines([a], first="2026-11-24", last="2027-12-31", use=engine), corpus_day=dt.date(2026, 11, 23))
    assert all(len(line) <= 75 for line in data.split(b"\r\n")) and data.endswith(b"END:VCALENDAR\r\n")
    events = ical.Calendar.from_ical(data).walk("VEVENT")
    assert len(events) == len(agenda.days) > 3 and len({str(e["uid"]) for e in events}) == len(events)
    for e, d in zip(events, agenda.days, strict=True):
        assert e["dtstart"].dt == d.date and e["dtend"].dt == d.date + dt.timedelta(days=1) and e["dtstart"].params["VALUE"] == "DATE"
        assert e["dtstamp"].dt.date() <= dt.date(2026, 11, 24) and str(e["summary"]) == d.title and len(e.walk("VALARM")) == 2
        assert str(e["status"]) == ("TENTATIVE" if d.doubt else "CONFIRMED")


def test_a_matter_keeps_its_id_when_the_span_asked_changes(engine: Engine) -> None:
    one = {d.norm: d.id for d in deadlines(place="Harris County, TX", first="2026-11-24", last="2026-12-31", use=engine).days}
    two = {d.norm: d.id for d in deadlines(place="Harris County, TX", first="2026-10-01", last="2027-12-31", use=engine).days}
    assert one and one.items() <= two.items()


# ---------------------------------------------------------------------- the command


def test_the_command_prints_writes_and_gives_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--registry", str(tmp_path / "r.sqlite")]
    assert main(["agreements", "deadlines", "Harris County, TX", "--from", "2026-11-24", *where]) == 0
    assert "2026-12-01 statute: tx/harris-county" in capsys.readouterr().out
    assert main(["agreements", "deadlines", "Maryland", "--from", "2026-01-01", "--to", "2026-12-31", "--json", *where]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["from"] == "2026-01-01" and {"id", "date", "what", "title", "citation", "doubt"} <= set(data["deadlines"][0])
    file = tmp_path / "out.ics"
    assert main(["agreements", "deadlines", "Harris County, TX", "--from", "2026-11-24", "--ics", str(file), *where]) == 0
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR") and "written to" in capsys.readouterr().err


@pytest.mark.parametrize("args", [["--from", "soon"], ["--from", "2026-12-01", "--to", "2026-01-01"], ["Nowhere County, ZZ"], ["--ics", "/no/such/folder/x.ics"]])
def test_bad_input_gives_a_sentence(args: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreements", "deadlines", *args, "--registry", str(tmp_path / "r.sqlite")]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("homerule: ") and "fault of the program" not in said.err
