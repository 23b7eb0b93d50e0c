"""Legal holds and redaction. Nothing here deletes by itself, and nothing under a hold can be emptied."""

from __future__ import annotations

import datetime as dt
import json

from homerule.errors import InputError
from homerule.records.entry import Entry, read_entry
from homerule.records.store import Log, Receipt

#: Why an entry may be emptied; the leaf and the reason stay in the log.
REASONS = ("retention_schedule", "personal_data", "court_order", "privilege")


def hold(log: Log, *, role: str, of: str | None = None, period: tuple[dt.date, dt.date] | None = None, reason: str = "") -> Receipt:
    """Put an entry, or all recorded within ``period`` (days, both within), under legal hold."""
    return log.append(_entry("hold", role, of, period, reason))


def release(log: Log, hold_id: str, *, role: str, reason: str = "") -> Receipt:
    """End the hold that was recorded as ``hold_id``."""
    found = log.get(hold_id)
    if found is None or found.data().get("kind") != "hold":
        raise InputError(f"the log has no hold {hold_id[:40]}", help="List them with `homerule records list --kind hold`")
    return log.append(_entry("release_hold", role, hold_id, None, reason))


def _entry(kind: str, role: str, of: str | None, period: tuple[dt.date, dt.date] | None, reason: str) -> Entry:
    return read_entry({"kind": kind, "role": role, "of": of, "period": period, "reason": reason})


def holds(log: Log) -> list[dict[str, object]]:
    """The holds that stand."""
    ended = {e.data()["of"] for e in log.entries(kind="release_hold")}
    return [e.data() for e in log.entries(kind="hold") if e.id not in ended]


def held_by(log: Log, id: str) -> str | None:
    """The id of a hold that covers the entry ``id``, or None."""
    found = log.get(id)
    if found is None or found.body is None:
        return None
    data = json.loads(found.body)
    day = data["recorded"][:10]
    for h in holds(log):
        period = h.get("period")
        if h.get("of") in (id, data.get("of")) and h.get("of"):
            return str(h["id"])
        if isinstance(period, list) and period[0] <= day <= period[1]:
            return str(h["id"])
    return None


def redact(log: Log, id: str, *, role: str, reason: str) -> Receipt:
    """Empty the entry ``id``: its hash stays in the tree, and an entry saying why is added in the same transaction. Refused under a hold."""
    from sqlalchemy import update

    from homerule.records.schema import ENTRY

    if reason not in REASONS:
        raise InputError(f"`{reason[:40]}` is not a reason for redaction", help="Reasons: " + ", ".join(REASONS))
    found = log.get(id)
    if found is None:
        raise InputError(f"the log has no entry {id[:40]}", help="List them with `homerule records list`")
    if found.body is None:
        raise InputError(f"the entry {id} is redacted already")
    if found.data()["kind"] in ("hold", "release_hold", "redaction"):
        raise InputError("holds and redactions stay in the log", help="Release the hold instead")
    if by := held_by(log, id):
        raise InputError(f"the entry {id} is under the legal hold {by}", help="Release the hold first, if the office that set it agrees")
    receipt = log.append(_entry("redaction", role, id, None, reason))
    with log._writing() as db:
        if held_by(log, id):
            raise InputError(f"the entry {id} came under a legal hold", help="Nothing was emptied")
        db.execute(update(ENTRY).where(ENTRY.c.id == id).values(body=None, place="", request="", idempotency=None, kind="redacted", recorded="", of=None))
    return receipt
