"""Agreements of a body with a federal agency: a registry of what was signed, what lists and documents say of it, and what changed.

    >>> from homerule.agreements import Registry, diff, import_files
    >>> with Registry("agreements.sqlite") as registry:                                     # doctest: +SKIP
    ...     import_files(["participatingAgencies05182026am.xlsx"], registry, by="clerk")
    ...     registry.agreements(state="me")

`resolve` works agreements out from lists and records, and depends on nothing but the set of these.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from homerule.agreements.model import ENDED, GONE, LISTED, PENDING, RECORDED, STATUSES, Addendum, Agreement, Approval, Cost, Event, Exit, Fact, Period

if TYPE_CHECKING:
    from homerule.agreements.agenda import Agenda, DueDay, calendar, deadlines
    from homerule.agreements.changes import Diff, Move, diff, listed_on
    from homerule.agreements.exit import Plan, exit_plan, join_plan, terms_of
    from homerule.agreements.importing import Report, import_files, read_file
    from homerule.agreements.listing import Listing, Row
    from homerule.agreements.matching import Value
    from homerule.agreements.pdf import Reading, read_pdf
    from homerule.agreements.plain import as_dict, from_dict
    from homerule.agreements.records import Record, make_record
    from homerule.agreements.registry import Change, Registry
    from homerule.agreements.resolving import ListFacts, Resolved, resolve
    from homerule.agreements.stats import by_date, by_model, by_state

__all__ = [
    "ENDED",
    "GONE",
    "LISTED",
    "PENDING",
    "RECORDED",
    "STATUSES",
    "Addendum",
    "Agenda",
    "Agreement",
    "Approval",
    "Change",
    "Cost",
    "Diff",
    "DueDay",
    "Event",
    "Exit",
    "Fact",
    "ListFacts",
    "Listing",
    "Move",
    "Period",
    "Plan",
    "Reading",
    "Record",
    "Registry",
    "Report",
    "Resolved",
    "Row",
    "Value",
    "as_dict",
    "by_date",
    "by_model",
    "by_state",
    "calendar",
    "deadlines",
    "diff",
    "exit_plan",
    "from_dict",
    "import_files",
    "join_plan",
    "listed_on",
    "make_record",
    "read_file",
    "read_pdf",
    "resolve",
    "terms_of",
]  # fmt: skip

#: Where each name that is not the model's stands; imported when first asked for, so that heavy packages wait until then.
_WHERE = {
    "Agenda": "agenda", "DueDay": "agenda", "calendar": "agenda", "deadlines": "agenda", "Plan": "exit", "exit_plan": "exit", "join_plan": "exit", "terms_of": "exit",
    "Value": "matching", "Reading": "pdf", "read_pdf": "pdf",
    "Diff": "changes", "Move": "changes", "diff": "changes", "listed_on": "changes", "Report": "importing", "import_files": "importing", "read_file": "importing",
    "Listing": "listing", "Row": "listing", "as_dict": "plain", "from_dict": "plain", "Record": "records", "make_record": "records", "Change": "registry", "Registry": "registry",
    "ListFacts": "resolving", "Resolved": "resolving", "resolve": "resolving", "by_date": "stats", "by_model": "stats", "by_state": "stats",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"homerule.agreements.{_WHERE[name]}"), name)
    globals()[name] = value
    return value
