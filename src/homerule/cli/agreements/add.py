"""``homerule agreements add``."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from homerule.agreements.records import FIELDS, make_record
from homerule.cli.agreements.printing import by_option, parser, standing, who, write_json
from homerule.errors import InputError

EXAMPLES = """  homerule agreements add --agency "Example County Jail" --state KS --kind detention \\
      --signed 2024-07-01 --ends 2027-06-30 --local-notice-days 120 --notice-to "the contracting officer" \\
      --costs "bed rate | 95.50 | bed and day" --approvals "county commission | 2024-06-24 | resolution 24-31" \\
      --source "signed contract, clerk's file 24-118" --document contract.pdf
  homerule agreements import records.toml        several at once: one [[agreement]] table each, the same names with _ for -"""
_HINT = {"date": "DATE", "days": "DAYS", "texts": "TEXT;…", "approvals": "BY|DATE|INSTRUMENT", "costs": "WHAT|DOLLARS|PER", "addenda": "TITLE|DATE|LINK"}


def run(arguments: list[str]) -> int:
    """Record an agreement. Returns 0."""
    p = parser("add", "Record an agreement by hand. What is recorded stands beside what lists and documents say, and the history keeps who recorded it, when and from what.", EXAMPLES)
    p.add_argument("--agency", required=True, help="the local body's name")
    p.add_argument("--state", required=True, help="its state: name or two-letter code")
    p.add_argument("--kind", default="", help="deputation, detention, marshals_rider, basic_ordering, data_sharing, task_force_mou, reimbursement, other")
    p.add_argument("--model", default="", help="of a deputation agreement: jail, warrant_service, task_force")
    p.add_argument("--number", default="", help="the contract number, where a body holds several of one kind")
    p.add_argument("--source", required=True, help="what this is taken from, so that others can find it")
    p.add_argument("--document", metavar="FILE", help="the signed document: its SHA-256 is recorded")
    p.add_argument("--json", action="store_true", help="print JSON")
    by_option(p)
    for field, (kind, says) in FIELDS.items():
        p.add_argument(f"--{field.replace('_', '-')}", dest=f"f_{field}", metavar=_HINT.get(kind, "TEXT"), help=says.replace("%", "%%"))
    args = p.parse_args(arguments)
    from homerule.agreements.registry import Registry, now

    given: dict[str, object] = {f: v for f in FIELDS if (v := getattr(args, f"f_{f}")) is not None}
    if args.document:
        try:
            given["document_hash"] = sha256(Path(args.document).read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"the document cannot be opened: {error.strerror}", where=args.document, help="Check the path") from None
        given.setdefault("link", Path(args.document).name)
    record = make_record({**given, "agency": args.agency, "state": args.state, "kind": args.kind, "model": args.model, "number": args.number}, source=args.source, at=now(), by=who(args.by))
    with Registry(args.registry) as registry:
        changed = registry.take(records=[record], by=who(args.by), source=args.source)
        ids = [*changed.new, *changed.changed]
        found = [registry.get(i) for i in ids]
    if args.json:
        from homerule.agreements.plain import as_dict

        write_json([as_dict(a) for a in found])
        return 0
    for a in found:
        place = f" ({a.place})" if a.place else ", without a place: give one with `homerule agreements set " + a.id + " place=…`"
        sys.stdout.write(f"{'Recorded' if a.id in changed.new else 'Added to'} {a.id}: {a.agency}{place}; {standing(a)}.\n")
    if not found:
        sys.stdout.write("Nothing changed: this was recorded already.\n")
    return 0
