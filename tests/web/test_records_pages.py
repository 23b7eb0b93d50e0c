"""The decision log over its pages: what is recorded, who may add what, holds, redaction, exports, certificates, reports."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homerule.records.export import verify_export
from homerule.records.reports import forms, merged, rows, statutory
from homerule.records.schema import ENTRY
from homerule.records.verify import verify

from .conftest import DECIDE, Site, Words, record, words


@pytest.fixture
def site(new_site: Callable[..., Site]) -> Site:
    return new_site()


def about(site: Site, id: str) -> list[dict[str, Any]]:
    return [e.data() for e in site.office.log.about(id)]


def test_an_entry_and_what_became_of_it(site: Site) -> None:
    desk = site.as_("desk")
    id = record(desk)
    page = desk.get(f"/records/{id}")
    for said in ("Cook County, Illinois", "The jail", "Prohibited", "an administrative warrant", "Enforcement and removal officers", "Fax", "2026-11-01"):
        assert said in words(page), said
    form = {"outcome": "transferred", "happened_day": "2026-11-02", "happened_time": "14:00", "offset": "-06:00", "handed_to": "ero"}
    assert desk.send_form(f"/records/{id}/outcome", form).headers["location"] == f"/records/{id}"
    (added,) = about(site, id)
    assert (added["kind"], added["outcome"], added["handed_to"], added["role"]) == ("outcome", "transferred", "ero", "desk")
    assert dt.datetime.fromisoformat(added["happened"]) == dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC)
    assert "Handed over to the federal agency" in words(desk.get(f"/records/{id}"))
    assert verify(site.office.log).holds


@pytest.mark.parametrize("form", [{}, {"outcome": "eloped"}, {"outcome": "released", "happened_day": "someday"}, {"outcome": "released", "handed_to": "Jane Roe"}])
def test_a_form_with_a_mistake_is_shown_again(site: Site, form: dict[str, str]) -> None:
    desk = site.as_("desk")
    id = record(desk)
    response = desk.send_form(f"/records/{id}/outcome", form)
    assert response.status_code == 422 and "There is a problem" in words(response)
    assert not about(site, id)


def test_another_person_approves(site: Site) -> None:
    desk = site.as_("desk", "the-desk")
    id = record(desk)
    same = site.as_("approver", "the-desk")  # the same account, later in another role
    assert "Another person approves it" in words(same.get(f"/records/{id}"))
    assert same.send_form(f"/records/{id}/approval", {"approved": "yes"}).status_code == 403
    assert same.send_json(f"/api/v1/records/{id}/approval", {"approved": True}).status_code == 403
    other = site.as_("approver", "the-captain")
    assert other.send_form(f"/records/{id}/approval", {"approved": "perhaps"}).status_code == 422
    assert other.send_form(f"/records/{id}/approval", {"approved": "yes"}).status_code == 303
    assert [e["approved"] for e in about(site, id)] == [True]
    assert desk.send_form(f"/records/{id}/approval", {"approved": "yes"}).status_code == 403, "a desk approves nothing"


def test_only_a_decision_has_an_outcome_or_an_approval(site: Site) -> None:
    desk, approver = site.as_("desk"), site.as_("approver")
    id = record(desk)
    desk.send_form(f"/records/{id}/outcome", {"outcome": "pending"})
    other = about(site, id)[0]["id"]
    assert desk.send_form(f"/records/{other}/outcome", {"outcome": "released"}).status_code == 409
    assert approver.send_form(f"/records/{other}/approval", {"approved": "yes"}).status_code == 409
    assert desk.get("/records/" + "0" * 32).status_code == 404


def test_forms_are_shown_to_those_who_may(site: Site) -> None:
    id = record(site.as_("desk", "recording-desk"))
    shown = {role: Words(site.as_(role).get(f"/records/{id}").text) for role in ("desk", "counsel", "approver", "auditor")}
    for role, page in shown.items():
        assert ("Add what became of it" in page.text) == (role in ("desk", "counsel")), role
        assert ("Do not approve" in page.text) == (role == "approver"), role
        assert ("Put it under hold" in page.text) == (role == "counsel"), role
        assert "Empty this entry" not in page.text


def test_what_is_held_is_not_emptied(site: Site) -> None:
    counsel, admin = site.as_("counsel"), site.as_("admin")
    id = record(site.as_("desk"))
    assert counsel.send_form(f"/records/{id}/hold", {"reason": "a public records suit"}).status_code == 303
    hold = about(site, id)[0]["id"]
    assert "Under a legal hold" in words(counsel.get(f"/records/{id}"))
    refused = admin.send_form("/records/redact", {"id": id, "reason": "retention_schedule"})
    assert refused.status_code == 422 and "legal hold" in words(refused)
    assert counsel.send_form(f"/records/{hold}/release", {"reason": "the suit ended"}).status_code == 303
    assert admin.send_form("/records/redact", {"id": id, "reason": "because"}).status_code == 422
    done = admin.send_form("/records/redact", {"id": id, "reason": "retention_schedule"})
    assert done.status_code == 200 and "is empty" in words(done)
    assert "This entry was emptied" in words(counsel.get(f"/records/{id}"))
    assert site.office.log.get(id).body is None  # type: ignore[union-attr]
    assert verify(site.office.log).holds
    assert counsel.send_form("/records/redact", {"id": id, "reason": "privilege"}).status_code == 403


def test_a_period_is_held(site: Site) -> None:
    counsel = site.as_("counsel")
    id = record(site.as_("desk"))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    assert counsel.send_form("/records/holds", {"start": today, "end": ""}).status_code == 422
    assert counsel.send_form("/records/holds", {"start": today, "end": today, "reason": "Mr Smith asked"}).status_code == 422, "no names"
    assert counsel.send_form("/records/holds", {"start": today, "end": today, "reason": "audit"}).status_code == 303
    assert "all recorded from" in words(counsel.get("/records/holds"))
    assert site.as_("admin").send_form("/records/redact", {"id": id, "reason": "privilege"}).status_code == 422


def test_the_list_is_filtered_and_goes_on(site: Site) -> None:
    desk = site.as_("desk")
    ids = [record(desk) for _ in range(3)]
    desk.send_json("/api/v1/decide", {**DECIDE, "place": "Travis County, TX", "actor": "sheriff", "record": {}})
    desk.send_form(f"/records/{ids[0]}/outcome", {"outcome": "released"})
    links = Words(desk.get("/records?kind=decision&place=Cook County, IL").text).links
    assert [i for i in ids if f"/records/{i}" in links] == ids and "Travis" not in words(desk.get("/records?place=il/cook-county"))
    assert "No entries that fit" in words(desk.get("/records?start=2001-01-01&end=2001-12-31"))
    assert desk.get("/records?start=yesterday").status_code == 422
    assert desk.get("/records?kind=gossip").status_code == 422
    for _ in range(52):
        site.office.log.append(_entry())
    first = Words(desk.get("/records").text)
    (later,) = [link for link in first.links if link.startswith("/records?after=")]
    second = Words(desk.get(later).text)
    numbers = [link for page in (first, second) for link in page.links if link.startswith("/records/") and len(link) > 35]
    assert len(set(numbers)) == site.office.log.size()


def _entry() -> Any:
    from homerule.records.entry import read_entry

    return read_entry({"kind": "certificate", "role": "desk", "period": ["2025-01-01", "2025-01-31"]})


def test_the_api_list_goes_on_to_its_end(site: Site) -> None:
    for _ in range(7):
        site.office.log.append(_entry())
    desk, got, cursor = site.as_("desk"), [], None
    while True:
        body = desk.get("/api/v1/records", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        got += [e["seq"] for e in body["items"]]
        cursor = body["next"]
        if cursor is None:
            break
    assert got == list(range(7))


def test_exports_verify_without_the_server(site: Site, tmp_path: Path) -> None:
    desk, auditor = site.as_("desk"), site.as_("auditor")
    for _ in range(3):
        record(desk)
    file = auditor.get("/records/export/file?start=&end=&form=jsonl")
    assert 'filename="records.jsonl"' in file.headers["content-disposition"]
    path = tmp_path / "log.jsonl"
    path.write_bytes(file.content)
    key = words(auditor.get("/records/verify")).split("--key '")[1].split("'")[0]
    assert verify_export(path, verifier=key).holds
    path.write_bytes(file.content.replace(b"declined", b"honored!", 1))
    assert not verify_export(path, verifier=key).holds
    table = list(csv.reader(io.StringIO(auditor.get("/records/export/file?form=csv").text)))
    assert len(table) == 4 and table[0][0] == "seq"
    assert auditor.get("/records/export/file?form=exe").status_code == 422
    assert auditor.get("/records/export/file?start=2026-02-01&end=2026-01-01").status_code == 422
    assert "exported records" in words(auditor.get("/audit"))


def test_verification_tells_of_a_change(site: Site) -> None:
    record(site.as_("desk"))
    auditor = site.as_("auditor")
    assert "The log verifies" in words(auditor.get("/records/verify"))
    with site.office.log.engine.begin() as db:
        db.exec_driver_sql(f"update {ENTRY.name} set body = cast(replace(cast(body as text), 'declined', 'honored!') as blob)")
    page = auditor.get("/records/verify")
    assert "The log does not verify" in words(page) and "was changed" in words(page)


def test_a_certificate_only_where_there_was_nothing(site: Site) -> None:
    desk = site.as_("desk")
    today = dt.datetime.now(dt.UTC).date()
    made = desk.send_form("/records/certificate", {"start": "2025-01-01", "end": "2025-12-31"})
    assert made.status_code == 303
    assert "Certificate that none was received" in words(desk.get(made.headers["location"]))
    record(desk)
    refused = desk.send_form("/records/certificate", {"start": today.isoformat(), "end": today.isoformat()})
    assert refused.status_code == 409 and "report them instead" in words(refused)
    for start, end in (("2025-12-31", "2025-01-01"), ("2025-01-01", (today + dt.timedelta(days=2)).isoformat()), ("", ""), ("x", "y")):
        assert desk.send_form("/records/certificate", {"start": start, "end": end}).status_code == 422, (start, end)


def test_nothing_is_recorded_where_the_office_records_nothing(new_site: Callable[..., Site]) -> None:
    site = new_site(logging=False)
    desk = site.as_("desk")
    assert desk.send_json("/api/v1/decide", {**DECIDE, "record": {}}).status_code == 409
    assert desk.send_form("/records/certificate", {"start": "2025-01-01", "end": "2025-12-31"}).status_code == 409
    assert "does not record decisions" in words(desk.get("/records"))


def test_no_person_comes_into_the_log(site: Site) -> None:
    desk = site.as_("desk")
    for more in ({"note": "hello"}, {"reference": "booking-12345"}, {"office": "Mr John Smith"}, {"agency": "Agent Smith"}):
        assert desk.send_json("/api/v1/decide", {**DECIDE, "record": more}).status_code == 422, more
    assert site.office.log.size() == 0
    free = desk.send_json("/api/v1/decide", {**DECIDE, "facts": {"process": "admin_warrant", "name": "Smith"}, "record": {}})
    assert free.status_code == 422


# Statutory reports


@pytest.fixture
def year(site: Site) -> Site:
    """A year of a county: two detainers, one released and one handed over after a first guess; a request without a day; one of another place."""
    desk = site.as_("desk")
    facts = {"process": "admin_warrant"}

    def add(place: str, request: str, received: str | None, facts: dict[str, Any] = facts) -> str:
        how = {"channel": "fax", "agency": "ero", **({"received": received} if received else {})}
        response = desk.send_json("/api/v1/decide", {"place": place, "actor": "jail", "request": request, "on": "2025-06-01", "facts": facts, "record": how})
        assert response.status_code == 201, response.text
        return str(response.json()["record"]["id"])

    a = add("il/cook-county", "detainer", "2025-03-01T09:30-06:00")
    b = add("il/cook-county", "detainer", "2025-12-31T23:30-06:00")  # already the next year in UTC, and this year where it happened
    add("il/cook-county", "admin_warrant", "2024-12-31T23:59-06:00")
    add("il/cook-county", "detainer", None)
    add("il/dupage-county", "detainer", "2025-05-01T10:00-05:00")
    c = add("ca/los-angeles-county", "transfer_request", "2025-04-01T10:00-07:00", {"process": "admin_warrant", "conviction_class": ["violent_felony"]})
    desk.send_form(f"/records/{a}/outcome", {"outcome": "released", "happened_day": "2025-03-01", "happened_time": "11:00", "offset": "-06:00"})
    desk.send_form(f"/records/{b}/outcome", {"outcome": "pending"})
    desk.send_form(f"/records/{b}/outcome", {"outcome": "transferred", "happened_day": "2026-01-02", "happened_time": "08:00", "offset": "-06:00", "handed_to": "ero"})
    desk.send_form(f"/records/{c}/outcome", {"outcome": "transferred", "happened_day": "2025-04-02", "happened_time": "08:00", "offset": "-07:00", "handed_to": "ero"})
    return site


def test_rows_hold_the_decisions_of_the_period_with_what_became_of_them(year: Site) -> None:
    office = year.office
    found = rows(office.log, office.engine, "requests", start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31), place="il/cook-county")
    assert [(r["received"][:10], r["request"], r["outcome"], r["handed_to"]) for r in found.items] == [("2025-03-01", "detainer", "released", ""), ("2025-12-31", "detainer", "transferred", "ero")]
    assert (len(found.undated), found.elsewhere) == (1, 2)
    whole, elsewhere = merged(office.log)
    assert len(whole) == 6 and elsewhere == 0
    first_half = rows(office.log, office.engine, "requests", start=dt.date(2025, 1, 1), end=dt.date(2025, 6, 30), place="il")
    assert len(first_half.items) == 2, "a state has the entries of its counties"


def test_the_offense_is_told_where_one_alone_decided(year: Site) -> None:
    office = year.office
    found = rows(office.log, office.engine, "transfers", start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))
    assert [(r["offense"], r["handed_to"]) for r in found.items] == [("violent_felony", "ero")]


def test_a_report_counts_the_log(year: Site) -> None:
    from homerule.documents import to_text

    office = year.office
    made = statutory(office.log, office.engine, "requests", "Cook County, IL", start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))
    text = " ".join(to_text(made.document).split())
    for said in ("2 entries in the records for 2025", "Detainers received; Number: 2", "People released; Number: 1", "People handed over to a federal agency; Number: 1", "January 1 to December 31, 2025", "March 1, 2026"):
        assert said in text, said
    assert any("without a day" in w for w in made.warnings) and "1 row of the log without a day" in text
    part = statutory(office.log, office.engine, "requests", "Cook County, IL", start=dt.date(2025, 1, 1), end=dt.date(2025, 3, 31))
    assert "January 1 to March 31, 2025" in to_text(part.document) and "Detainers received; Number: 1" in " ".join(to_text(part.document).split())
    none = statutory(office.log, office.engine, "requests", "DuPage County, IL", start=dt.date(2023, 1, 1), end=dt.date(2023, 12, 31))
    assert "None." in to_text(none.document) and "without a day" not in to_text(none.document)


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("html", b"<!doctype html"), ("csv", b"received,request,")])
def test_a_report_comes_in_every_form(year: Site, form: str, begins: bytes) -> None:
    response = year.as_("auditor").send_form("/records/reports", {"report": "requests", "place": "Cook County, IL", "start": "2025-01-01", "end": "2025-12-31", "form": form})
    assert response.status_code == 200, words(response)
    assert response.content[:20].lower().startswith(begins.lower())
    assert response.headers["content-disposition"] == f'attachment; filename="requests-il-cook-county-2025-01-01-to-2025-12-31.{form}"'
    if form == "csv":
        table = list(csv.DictReader(io.StringIO(response.text)))
        assert [r["outcome"] for r in table] == ["released", "transferred"]


@pytest.mark.parametrize("wrong", [{"start": "2025-06-01", "end": "2026-06-01"}, {"start": "2025-12-31", "end": "2025-01-01"}, {"report": "gossip"}, {"place": "Travis County, TX"}, {"place": ""}, {"place": "Springfield"}, {"report": "task-force", "place": "California"}, {"form": "exe"}])
def test_a_report_that_cannot_be_made_says_why(year: Site, wrong: dict[str, str]) -> None:
    form = {"report": "requests", "place": "Cook County, IL", "start": "2025-01-01", "end": "2025-12-31", "form": "pdf", **wrong}
    response = year.as_("counsel").send_form("/records/reports", form)
    assert response.status_code == 422 and "There is a problem" in words(response)


def test_reports_that_the_log_does_not_keep_are_told_apart(site: Site) -> None:
    found = {f.name: f for f in forms(site.office.engine)}
    assert not found["requests"].missing and not found["transfers"].missing and found["task-force"].missing
    page = site.as_("counsel").get("/records/reports")
    assert "The log does not keep what this one counts" in words(page)


def test_a_report_holds_no_id_and_no_account(year: Site) -> None:
    office = year.office
    ids = [e.id for e in office.log.entries()]
    text = year.as_("auditor").send_form("/records/reports", {"report": "requests", "place": "il", "start": "2025-01-01", "end": "2025-12-31", "form": "html"}).text
    assert not [i for i in ids if i in text] and "the-desk" not in text
    assert json.dumps(ids)  # there were entries to leak
