"""The decision log: append-only, hash-linked (RFC 6962), signed, exportable. It holds offices, requests and findings, and no person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homerule.records.entry import Entry, from_decision, read_entry
    from homerule.records.export import export, verify_export
    from homerule.records.store import Log, Receipt, Stored
    from homerule.records.verify import Report, verify

__all__ = ["Entry", "Log", "Receipt", "Report", "Stored", "export", "from_decision", "read_entry", "verify", "verify_export"]

_WHERE = {
    "Entry": "entry", "from_decision": "entry", "read_entry": "entry", "export": "export", "verify_export": "export",
    "Log": "store", "Receipt": "store", "Stored": "store", "Report": "verify", "verify": "verify",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        from importlib import import_module

        return getattr(import_module(f"homerule.records.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'homerule.records' has no attribute {name!r}")
