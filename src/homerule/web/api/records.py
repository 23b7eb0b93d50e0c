"""The decision log over HTTP: what can be recorded, read, proved and exported. Reads are audited."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field
from starlette.responses import Response, StreamingResponse

from homerule.web.api.answer import answer, cursor, read_cursor
from homerule.web.api.models import Limit, Model, Text
from homerule.web.operation import Operation, api
from homerule.web.problem import Problem

if TYPE_CHECKING:
    from homerule.records import Receipt
    from homerule.web.call import Call


class Span(Model):
    """A range of days in UTC, both within."""

    start: dt.date | None = None
    end: dt.date | None = None


class Which(Span):
    """Query of the list of entries."""

    kind: Text | None = None
    place: Text | None = None
    limit: Limit = 50
    cursor: Text | None = None


class ExportAs(Span):
    """Query of an export."""

    form: Literal["jsonl", "csv"] = "jsonl"


class Since(Model):
    """Sizes between which the log only grew."""

    old: int = Field(ge=0, le=2**53)
    new: int | None = Field(None, ge=0, le=2**53)


class OutcomeBody(Model):
    """What became of the request."""

    outcome: Text
    happened: Text | None = None
    handed_to: Text | None = None
    office: Text = ""


class ApprovalBody(Model):
    """An approval, by another person than recorded the decision."""

    approved: bool


class CertificateBody(Model):
    """That no request was received in a period."""

    start: dt.date
    end: dt.date


class HoldBody(Model):
    """A legal hold on an entry (``of``) or on a period."""

    of: Text | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    reason: Text = ""


class ReasonBody(Model):
    """Why."""

    reason: Text = ""


def listed(call: Call) -> Response:
    q: Which = call.query
    after = read_cursor(q.cursor, int)
    found = [e.data() for e in call.office.log.entries(start=q.start, end=q.end, kind=q.kind, place=q.place, after=-1 if after is None else after, limit=q.limit + 1)]
    call.office.accounts.note(call.principal.account, "read records", f"{len(found[: q.limit])} entries")
    return answer({"items": found[: q.limit], "next": cursor(found[q.limit - 1]["seq"]) if len(found) > q.limit else None})


def entry_of(call: Call) -> Any:
    found = call.office.log.get(call.path["id"])
    if found is None:
        raise Problem(404, "The log has no such entry.")
    return found


def shown(call: Call) -> Response:
    found = entry_of(call)
    call.office.accounts.note(call.principal.account, "read a record", found.id)
    return answer({"entry": found.data(), "about": [e.data() for e in call.office.log.about(found.id)]})


async def append(call: Call, data: dict[str, Any], permission: str, key: str | None = None) -> Receipt:
    """Append an entry under the role that may; its receipt once it is on disk."""
    import asyncio

    from homerule.records.entry import read_entry

    if not call.office.settings.logging:
        raise Problem(409, "This office does not record decisions.")
    entry = read_entry({"role": call.principal.role_for(permission)} | data, free_text=call.office.settings.free_text)
    return await asyncio.wrap_future(call.office.writer.put(entry, key, call.principal.account))


async def put(call: Call, data: dict[str, Any], permission: str) -> Response:
    """Append an entry and answer once it is on disk."""
    receipt = await append(call, data, permission, call.request.headers.get("idempotency-key"))
    return answer(receipt._asdict(), 201)


def decision_of(call: Call) -> Any:
    """The decision that the path names; what became of it and its approval are recorded of nothing else."""
    found = entry_of(call)
    if found.data().get("kind") != "decision":
        raise Problem(409, "That entry is not a decision.")
    return found


def approvable(call: Call) -> Any:
    """The decision that the path names, if this account may approve it: another one than recorded it."""
    found = decision_of(call)
    if call.office.accounts.recorded_by(call.principal.account, found.id):
        raise Problem(403, "The account that recorded a decision may not approve it. Ask another person.")
    return found


async def outcome(call: Call) -> Response:
    found = decision_of(call)
    return await put(call, {"kind": "outcome", "of": found.id} | {k: v for k, v in call.body.model_dump().items() if v}, "record")


async def approve(call: Call) -> Response:
    found = approvable(call)
    return await put(call, {"kind": "approval", "of": found.id, "approved": call.body.approved}, "approve")


def certificate(call: Call, start: dt.date, end: dt.date) -> dict[str, Any]:
    """The entry that certifies that no request was received. Raises a Problem where the period is not over, or the log has decisions in it."""
    if start > end or end > dt.datetime.now(dt.UTC).date():
        raise Problem(422, "The period ends before it begins." if start > end else "The period is not over. A certificate is made when its last day has come.")
    if any(True for _ in call.office.log.entries(start=start, end=end, kind="decision", limit=1)):
        raise Problem(409, "The log has decisions in this period; report them instead.")
    return {"kind": "certificate", "period": [start.isoformat(), end.isoformat()]}


async def certify(call: Call) -> Response:
    body: CertificateBody = call.body
    return await put(call, certificate(call, body.start, body.end), "record")


async def hold(call: Call) -> Response:
    body: HoldBody = call.body
    period = [body.start.isoformat(), body.end.isoformat()] if body.start and body.end else None
    if (body.of is None) == (period is None):
        raise Problem(422, "Name an entry in `of`, or a period with `start` and `end`.")
    return await put(call, {"kind": "hold", "of": body.of, "period": period, "reason": body.reason}, "records.hold")


async def release(call: Call) -> Response:
    found = entry_of(call)
    if found.data().get("kind") != "hold":
        raise Problem(409, "That entry is not a hold.")
    return await put(call, {"kind": "release_hold", "of": found.id, "reason": call.body.reason}, "records.hold")


def redact(call: Call) -> Response:
    from homerule.records.keep import redact as empty

    receipt = empty(call.office.log, entry_of(call).id, role=call.principal.role_for("records.redact"), reason=call.body.reason)
    call.office.accounts.note(call.principal.account, "redacted a record", call.path["id"])
    return answer(receipt._asdict(), 201)


def prove(call: Call) -> Response:
    entry_of(call)
    return answer(call.office.log.inclusion(call.path["id"]))


def consistent(call: Call) -> Response:
    return answer(call.office.log.consistency(call.query.old, call.query.new))


def checkpoint(call: Call) -> Response:
    return answer({"checkpoint": call.office.log.head(), "verifier": str(call.office.log.signer.verifier)})


def verified(call: Call) -> Response:
    from homerule.records.verify import verify

    report = verify(call.office.log)
    return answer({"holds": report.holds, **report._asdict()})


def exported(call: Call) -> Response:
    from homerule.records.export import csv_rows, lines

    q: ExportAs = call.query
    call.office.accounts.note(call.principal.account, "exported records", f"{q.start or ''} to {q.end or ''} {q.form}")
    if q.form == "csv":
        return StreamingResponse(csv_rows(call.office.log, start=q.start, end=q.end), media_type="text/csv", headers={"content-disposition": 'attachment; filename="records.csv"'})
    return StreamingResponse((f"{line}\n" for line in lines(call.office.log, start=q.start, end=q.end)), media_type="application/jsonl", headers={"content-disposition": 'attachment; filename="records.jsonl"'})


def operations() -> list[Operation]:
    """The routes of the log, with the shapes of their answers."""
    obj = {"type": "object"}
    items = {"type": "object", "properties": {"items": {"type": "array", "items": obj}, "next": {"type": ["string", "null"]}}, "required": ["items", "next"]}
    receipt = {"type": "object", "properties": {"seq": {"type": "integer"}, "id": {"type": "string"}, "leaf": {"type": "string"}, "note": {"type": "string"}, "new": {"type": "boolean"}}, "required": ["seq", "id", "leaf", "note", "new"]}
    more: dict[str, Any] = {"tag": "records", "blocking": True}
    post: dict[str, Any] = {"tag": "records", "write": True}
    return [
        api("GET", "/api/v1/records", "records_list", "records.read", listed, "Entries in order of number.", query=Which, answers={200: items}, **more),
        api("GET", "/api/v1/records/{id}", "records_show", "records.read", shown, "One entry and what was recorded about it.", answers={200: obj}, **more),
        api("POST", "/api/v1/records/{id}/outcome", "records_outcome", "record", outcome, "Record what became of the request.", body=OutcomeBody, answers={201: receipt}, **post),
        api("POST", "/api/v1/records/{id}/approval", "records_approve", "approve", approve, "Record an approval or its refusal.", body=ApprovalBody, answers={201: receipt}, **post),
        api("POST", "/api/v1/records/{id}/release", "records_release", "records.hold", release, "Release a legal hold.", body=ReasonBody, answers={201: receipt}, **post),
        api("POST", "/api/v1/records/{id}/redact", "records_redact", "records.redact", redact, "Empty an entry for a stated reason; its hash stays.", body=ReasonBody, answers={201: receipt}, blocking=True, **post),
        api("POST", "/api/v1/records-holds", "records_hold", "records.hold", hold, "Put an entry or a period under legal hold.", body=HoldBody, answers={201: receipt}, **post),
        api("POST", "/api/v1/records-certificates", "records_certify", "record", certify, "Certify that no request was received in a period.", body=CertificateBody, answers={201: receipt}, **post),
        api("GET", "/api/v1/records/{id}/proof", "records_proof", "records.read", prove, "The proof that an entry is in the log.", answers={200: obj}, **more),
        api("GET", "/api/v1/records-consistency", "records_consistency", "records.read", consistent, "The proof that the log only grew.", query=Since, answers={200: obj}, **more),
        api("GET", "/api/v1/records-checkpoint", "records_checkpoint", "records.read", checkpoint, "The newest signed checkpoint, to keep elsewhere.", answers={200: obj}, **more),
        api("GET", "/api/v1/records-verification", "records_verify", "records.export", verified, "Check the whole log.", answers={200: obj}, **more),
        api("GET", "/api/v1/records-export", "records_export", "records.export", exported, "Entries of a range of days, to verify or to read in a spreadsheet.", query=ExportAs, answers={200: ("application/jsonl", "text/csv")}, **more),
    ]  # fmt: skip
