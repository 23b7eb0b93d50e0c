"""The decision log as pages: the list, one entry with what became of it, verification, export, certificates, reports, holds. Every read is audited."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from homerule.errors import InputError
from homerule.places import PlaceError
from homerule.records.keep import REASONS, held_by, holds
from homerule.records.words import words
from homerule.web.api.records import append, approvable, certificate, decision_of, entry_of
from homerule.web.lawbook import lawbook
from homerule.web.operation import Operation, page
from homerule.web.pages.frame import away, render, said
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.web.call import Call

PAGE = 50
KINDS = {
    "decision": "Decision", "outcome": "Outcome", "approval": "Approval", "correction": "Correction", "certificate": "Certificate that none was received", "hold": "Legal hold", "release_hold": "End of a legal hold",
    "redaction": "Redaction", "access": "Access", "redacted": "Redacted",
}  # fmt: skip
REASON_WORDS = {"retention_schedule": "Its time on the retention schedule is over", "personal_data": "It holds personal data", "court_order": "A court ordered it", "privilege": "It is privileged"}
OFFSETS = ("-04:00", "-05:00", "-06:00", "-07:00", "-08:00", "-09:00", "-10:00", "+10:00", "+00:00")


def day(text: str, name: str) -> dt.date | None:
    """A day from a field; None where it is empty. Raises InputError."""
    if not text.strip():
        return None
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{name} is not a day", where=name, help="Give it as YYYY-MM-DD") from None


def moment(call: Call, name: str) -> str | None:
    """A time from three fields: day, time, offset from UTC."""
    if not call.field(name + "_day"):
        return None
    return f"{call.field(name + '_day')}T{call.field(name + '_time') or '00:00'}{call.field('offset') or '+00:00'}"


def told(call: Call, data: dict[str, Any]) -> dict[str, Any]:
    """An entry in words."""
    book, known = lawbook(call.office), words()
    asked = data.get("asked") or {}
    v = book.words
    kind = data.get("kind", "redacted") if not data.get("redacted") else "redacted"
    facts = []
    for name, value in (asked.get("facts") or {}).items():
        try:
            facts.append((v.facts[name].question, v.facts[name].show(v.facts[name].parse(value))))
        except (KeyError, InputError):
            facts.append((name, str(value)))
    return {
        "d": data, "kind": kind, "title": KINDS.get(kind, kind), "when": str(data.get("recorded", ""))[:16].replace("T", " "), "role": known["roles"].get(data.get("role", ""), data.get("role", "")), "place": book.name(asked["place"]) if asked else "",
        "who": v.actors[asked["actor"]].words if asked.get("actor") in v.actors else asked.get("actor", ""), "request": v.requests[asked["request"]].words if asked.get("request") in v.requests else asked.get("request", ""),
        "facts": facts, "findings": [(v.acts[f["act"]].noun if f["act"] in v.acts else f["act"], f) for f in data.get("findings", ())],
        "rows": [(label, known[group].get(data[key], data[key]) if group else str(data[key]).replace("T", " ")) for key, label, group in (
            ("received", "Received", ""), ("channel", "How it came", "channels"), ("agency", "Who asked", "agencies"), ("response", "How it was answered", "responses"), ("bail_posted", "Bail posted", ""), ("outcome", "What became of it", "outcomes"),
            ("happened", "When", ""), ("handed_to", "To which agency", "agencies"), ("office", "Office", ""), ("reference", "Reference", ""), ("reason", "Reason", ""), ("note", "Note", ""),
        ) if data.get(key) not in (None, "")] + ([("Approved", "yes" if data["approved"] else "no")] if "approved" in data else []) + ([("Period", " to ".join(data["period"]))] if data.get("period") else []),
    }  # fmt: skip


def listed(call: Call) -> Response:
    """Entries that fit the filters in the address, part by part."""
    q = call.request.query_params
    given = {name: q.get(name, "").strip()[:200] for name in ("start", "end", "kind", "place")}
    after = int(q["after"]) if q.get("after", "").isascii() and q.get("after", "").isdigit() and len(q["after"]) < 16 else -1
    errors, found = [], []
    try:
        place = call.office.engine.find(given["place"]).id if given["place"] else None
        if given["kind"] not in ("", *KINDS):
            raise InputError("there is no such kind of entry", help="Choose one from the list")
        found = [e.data() for e in call.office.log.entries(start=day(given["start"], "From"), end=day(given["end"], "To"), kind=given["kind"] or None, place=place, after=after, limit=PAGE + 1)]
        call.office.accounts.note(call.principal.account, "read records", f"{len(found[:PAGE])} entries")
    except InputError as error:
        errors.append(said(error))
    query = {k: v for k, v in given.items() if v}
    return render(
        call, "records.html", 422 if errors else 200, title="Records", given=given, errors=errors, entries=[told(call, d) for d in found[:PAGE]], kinds=[("", "All"), *KINDS.items()], logging=call.office.settings.logging,
        later="/records?" + urlencode({**query, "after": found[PAGE - 1]["seq"]}) if len(found) > PAGE else "", first="/records?" + urlencode(query) if after >= 0 else "",
    )  # fmt: skip


def shown(call: Call, errors: list[str] | None = None, status: int = 200) -> Response:
    found = entry_of(call)
    office = call.office
    office.accounts.note(call.principal.account, "read a record", found.id)
    about = [told(call, e.data()) for e in office.log.about(found.id)]
    data = found.data()
    mine = call.principal.may("approve") and office.accounts.recorded_by(call.principal.account, found.id)
    ended = any(a["kind"] == "release_hold" for a in about)
    return render(
        call, "record.html", status, title="Entry", e=told(call, data), about=about, errors=errors or [], held=held_by(office.log, found.id), words=words(), offsets=OFFSETS,
        mine=mine, ended=ended, logging=office.settings.logging,
    )  # fmt: skip


async def _kept(call: Call, made: dict[str, Any], permission: str) -> Response:
    """Append, and back to the entry; or the entry again with what is wrong."""
    try:
        await append(call, made, permission, call.field("once") or None)
    except InputError as error:
        wrong = [said(error)]
        return await run_in_threadpool(lambda: shown(call, wrong, 422))
    return away(f"/records/{call.path['id']}")


async def outcome(call: Call) -> Response:
    found = await run_in_threadpool(decision_of, call)
    made = {"kind": "outcome", "of": found.id, "outcome": call.field("outcome") or None, "happened": moment(call, "happened"), "handed_to": call.field("handed_to") or None}
    return await _kept(call, {k: v for k, v in made.items() if v}, "record")


async def approval(call: Call) -> Response:
    found = await run_in_threadpool(approvable, call)
    if call.field("approved") not in ("yes", "no"):
        raise Problem(422, "Say whether it is approved.")
    return await _kept(call, {"kind": "approval", "of": found.id, "approved": call.field("approved") == "yes"}, "approve")


async def hold(call: Call) -> Response:
    found = await run_in_threadpool(entry_of, call)
    return await _kept(call, {"kind": "hold", "of": found.id, "reason": call.field("reason").strip()}, "records.hold")


async def release(call: Call) -> Response:
    found = await run_in_threadpool(entry_of, call)
    if found.data().get("kind") != "hold":
        raise Problem(409, "That entry is not a hold.")
    return await _kept(call, {"kind": "release_hold", "of": found.id, "reason": call.field("reason").strip()}, "records.hold")


def redaction(call: Call, errors: list[str] | None = None, status: int = 200, done: str = "") -> Response:
    """The form to empty an entry. It stands apart from the log, for the role that may empty may not read."""
    id = call.field("id") or call.request.query_params.get("id", "")
    return render(call, "records_redact.html", status, title="Empty an entry", errors=errors or [], done=done, id=id[:40], reasons=[(r, REASON_WORDS.get(r, r)) for r in REASONS])


def redact(call: Call) -> Response:
    from homerule.records.keep import redact as empty

    id = call.field("id").strip()
    try:
        empty(call.office.log, id, role=call.principal.role_for("records.redact"), reason=call.field("reason"))
    except InputError as error:
        return redaction(call, [said(error)], 422)
    call.office.accounts.note(call.principal.account, "redacted a record", id)
    return redaction(call, done=id)


# The log as a whole


def verified(call: Call) -> Response:
    from homerule.records.verify import verify

    log = call.office.log
    report = verify(log)
    call.office.accounts.note(call.principal.account, "verified records", f"{report.size} entries")
    return render(call, "records_verify.html", title="Verify the log", report=report, head=log.head(), verifier=str(log.signer.verifier))


def export_page(call: Call) -> Response:
    return render(call, "records_export.html", title="Export", errors=[], given={"start": "", "end": ""})


def exported(call: Call) -> Response:
    """Entries of a range of days as a file."""
    from homerule.records.export import csv_rows, lines

    q = call.request.query_params
    try:
        start, end = day(q.get("start", ""), "From"), day(q.get("end", ""), "To")
        if q.get("form", "jsonl") not in ("jsonl", "csv"):
            raise InputError("an export is jsonl or csv", help="Choose one")
        if start and end and start > end:
            raise InputError("the period ends before it begins", help="Give the first day first")
    except InputError as error:
        return render(call, "records_export.html", 422, title="Export", errors=[said(error)], given={"start": q.get("start", "")[:20], "end": q.get("end", "")[:20]})
    form = q.get("form", "jsonl")
    call.office.accounts.note(call.principal.account, "exported records", f"{start or ''} to {end or ''} {form}")
    made = csv_rows(call.office.log, start=start, end=end) if form == "csv" else (f"{line}\n" for line in lines(call.office.log, start=start, end=end))
    name = f"records{f'-{start}' if start else ''}{f'-to-{end}' if end else ''}.{form}"
    return StreamingResponse(made, media_type="text/csv; charset=utf-8" if form == "csv" else "application/jsonl", headers={"content-disposition": f'attachment; filename="{name}"'})


def certificate_page(call: Call, errors: list[str] | None = None, status: int = 200) -> Response:
    return render(call, "records_certificate.html", status, title="Certificate", errors=errors or [], given={"start": call.field("start")[:20], "end": call.field("end")[:20]}, logging=call.office.settings.logging)


async def certify(call: Call) -> Response:
    try:
        start, end = day(call.field("start"), "From"), day(call.field("end"), "To")
        if start is None or end is None:
            raise InputError("a certificate names its first and last day")
        receipt = await append(call, await run_in_threadpool(certificate, call, start, end), "record")
    except InputError as error:
        wrong = [said(error)]
        return await run_in_threadpool(lambda: certificate_page(call, wrong, 422))
    except Problem as problem:
        detail, status = [problem.detail], problem.status
        return await run_in_threadpool(lambda: certificate_page(call, detail, status))
    return away(f"/records/{receipt.id}")


def holds_page(call: Call, errors: list[str] | None = None, status: int = 200) -> Response:
    found = [told(call, dict(h)) for h in holds(call.office.log)]
    call.office.accounts.note(call.principal.account, "read holds", f"{len(found)}")
    return render(call, "records_holds.html", status, title="Legal holds", holds=found, errors=errors or [], given={"start": call.field("start")[:20], "end": call.field("end")[:20], "reason": call.field("reason")[:200]}, logging=call.office.settings.logging)


async def hold_period(call: Call) -> Response:
    try:
        start, end = day(call.field("start"), "From"), day(call.field("end"), "To")
        if start is None or end is None:
            raise InputError("a hold on a period names its first and last day")
        await append(call, {"kind": "hold", "period": [start.isoformat(), end.isoformat()], "reason": call.field("reason").strip()}, "records.hold")
    except InputError as error:
        wrong = [said(error)]
        return await run_in_threadpool(lambda: holds_page(call, wrong, 422))
    return away("/records/holds")


# Statutory reports

FILES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "html": "text/html; charset=utf-8", "csv": "text/csv; charset=utf-8"}


def reports(call: Call, errors: list[str] | None = None, status: int = 200, candidates: tuple[Any, ...] = ()) -> Response:
    from homerule.records.reports import forms

    year = dt.date.today().year - 1
    given = {"report": call.field("report"), "place": call.field("place")[:200], "start": call.field("start") or f"{year}-01-01", "end": call.field("end") or f"{year}-12-31", "address": call.field("address")[:200], "contact": call.field("contact")[:200]}
    found = forms(call.office.engine, templates(call))
    return render(call, "records_reports.html", status, title="Statutory reports", errors=errors or [], candidates=candidates, given=given, forms=[(f, lawbook(call.office).name(f.place)) for f in found])


def templates(call: Call) -> tuple[str, ...]:
    return (call.office.settings.templates,) if call.office.settings.templates else ()


def reported(call: Call) -> Response:
    """One report, counted from the log, as a file."""
    from homerule.records.reports import as_csv, statutory

    form = call.field("form") or "pdf"
    try:
        if form not in FILES:
            raise InputError("a report is pdf, docx, html or csv", help="Choose one")
        start, end = day(call.field("start"), "From"), day(call.field("end"), "To")
        if start is None or end is None:
            raise InputError("a report names its first and last day")
        if not call.field("place").strip():
            raise InputError("name the body's place", help="For instance a county with its state")
        place = call.office.engine.find(call.field("place")).id
        engine, log, report = call.office.engine, call.office.log, call.field("report")
        made = statutory(log, engine, report, place, start=start, end=end, values={k: call.field(k).strip() for k in ("address", "contact")}, templates=templates(call))
        if form == "csv":
            body: bytes = as_csv(log, engine, report, start=start, end=end, place=place, templates=templates(call)).encode()
        else:
            import homerule.documents as documents

            body = documents.to_pdf(made.document) if form == "pdf" else documents.to_html(made.document).encode() if form == "html" else documents.to_docx(made.document, template=made.word) if made.word else documents.to_docx(made.document)
    except PlaceError as error:
        return reports(call, [said(error)], 422, error.candidates)
    except InputError as error:
        return reports(call, [said(error)], 422)
    call.office.accounts.note(call.principal.account, "made a report", f"{report} {place} {start} to {end} {form}")
    return Response(body, media_type=FILES[form], headers={"content-disposition": f'attachment; filename="{report}-{place.replace("/", "-")}-{start}-to-{end}.{form}"'})


def operations() -> list[Operation]:
    """The routes of the log's pages."""
    more: dict[str, Any] = {"blocking": True}
    return [
        page("GET", "/records", "records", "records.read", listed, "The decision log", **more),
        page("GET", "/records/verify", "records_verify_page", "records.export", verified, "Check the whole log", **more),
        page("GET", "/records/export", "records_export_page", "records.export", export_page, "Export entries", **more),
        page("GET", "/records/export/file", "records_export_file", "records.export", exported, "Entries as a file", **more),
        page("GET", "/records/certificate", "records_certificate_page", "record", certificate_page, "Certify that none was received", **more),
        page("POST", "/records/certificate", "records_certificate_made", "record", certify, "Certify that none was received"),
        page("GET", "/records/reports", "records_reports", "records.export", reports, "Statutory reports", **more),
        page("POST", "/records/reports", "records_report_made", "records.export", reported, "Make a statutory report", **more),
        page("GET", "/records/holds", "records_holds_page", "records.read", holds_page, "Legal holds", **more),
        page("POST", "/records/holds", "records_hold_period", "records.hold", hold_period, "Put a period under legal hold"),
        page("GET", "/records/redact", "records_redact_page", "records.redact", redaction, "Empty an entry", **more),
        page("POST", "/records/redact", "records_redact_made", "records.redact", redact, "Empty an entry", **more),
        page("GET", "/records/{id}", "records_entry", "records.read", shown, "One entry", **more),
        page("POST", "/records/{id}/outcome", "records_outcome_made", "record", outcome, "Record what became of the request"),
        page("POST", "/records/{id}/approval", "records_approval_made", "approve", approval, "Approve a decision, or refuse"),
        page("POST", "/records/{id}/hold", "records_hold_made", "records.hold", hold, "Put an entry under legal hold"),
        page("POST", "/records/{id}/release", "records_release_made", "records.hold", release, "End a legal hold"),
    ]  # fmt: skip
