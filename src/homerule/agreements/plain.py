"""Agreements as plain data for JSON and the registry, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from homerule.agreements.model import Addendum, Agreement, Approval, Cost, Event, Exit, Fact, Period

__all__ = ["as_dict", "from_dict"]

_PARTS: Mapping[str, Any] = {"approvals": Approval, "costs": Cost, "addenda": Addendum, "periods": Period, "events": Event, "facts": Fact}
_DAYS = frozenset(("signed", "effective", "ends", "listed_first", "listed_last", "absent_from", "pending_first", "pending_last", "on", "start", "end", "last_seen"))


def as_dict(agreement: Agreement) -> dict[str, Any]:
    """The agreement as JSON-ready data: fields as in `Agreement`, dates as ISO text, None where not known."""
    return {k: _plain(v) for k, v in agreement._asdict().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return {k: _plain(v) for k, v in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def from_dict(data: Mapping[str, Any]) -> Agreement:
    """The agreement that `as_dict` gave. Fields that a later version added are left at their defaults."""
    out: dict[str, Any] = {}
    for field in Agreement._fields:
        if field not in data:
            continue
        value = data[field]
        if field in _PARTS:
            out[field] = tuple(_PARTS[field](**_days(v)) for v in value)
        elif field == "exit":
            out[field] = Exit(**value)
        elif isinstance(value, list):
            out[field] = tuple(value)
        else:
            out[field] = value
    return Agreement(**_days(out))


def _days(data: Mapping[str, Any]) -> dict[str, Any]:
    return {k: date.fromisoformat(v) if k in _DAYS and isinstance(v, str) else v for k, v in data.items()}
