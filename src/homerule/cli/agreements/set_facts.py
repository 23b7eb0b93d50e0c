"""``homerule agreements set``."""

from __future__ import annotations

import sys

from homerule.agreements.records import FIELDS, make_record
from homerule.cli.agreements.printing import by_option, parser, standing, who, write_json
from homerule.errors import InputError, nearest, shorten

EXAMPLES = """  homerule agreements set md/cecil-county-sheriffs-office/jail ended=2026-02-20 --source "letter of the sheriff, 20 Feb 2026"
  homerule agreements set ks/example-county-jail/detention local_notice_days=120 "notice_to=the contracting officer" --source "contract, section 9"
  homerule agreements set ID note=none --source "was a mistake"        takes a value back

fields:
""" + "\n".join(f"  {name:<20} {says}" for name, (_, says) in FIELDS.items())


def run(arguments: list[str]) -> int:
    """Record facts of an agreement that is held. Returns 0."""
    p = parser("set", "Record facts of an agreement. Nothing is overwritten: the history keeps what stood before.", EXAMPLES)
    p.add_argument("id", metavar="ID", help="the agreement, as `list` shows it")
    p.add_argument("facts", nargs="+", metavar="FIELD=VALUE", help="what is so; `none` takes back what was recorded before")
    p.add_argument("--source", required=True, help="what this is taken from, so that others can find it")
    p.add_argument("--json", action="store_true", help="print JSON")
    by_option(p)
    args = p.parse_args(arguments)
    from homerule.agreements.registry import Registry, now

    given: dict[str, object] = {}
    for text in args.facts:
        field, sign, value = text.partition("=")
        if not sign:
            raise InputError(f"`{shorten(text)}` has no `=`", help="Write FIELD=VALUE, such as ended=2026-02-20")
        if field.strip() not in FIELDS:
            raise InputError(f"there is no field `{shorten(field)}`", help=nearest(field, list(FIELDS)))
        given[field.strip()] = None if value.strip().lower() == "none" else value
    with Registry(args.registry) as registry:
        a = registry.get(args.id)
        number = a.id.split("/", 3)[3] if a.id.count("/") > 2 else ""
        if a.county and any(b.agency == a.agency and b.county != a.county for b in registry.agreements(state=a.state)):
            given.setdefault("county", a.county)  # two bodies of one name: the county says which
        record = make_record({**given, "agency": a.agency, "state": a.state, "kind": a.kind, "model": a.model, "number": number}, source=args.source, at=now(), by=who(args.by))
        changed = registry.take(records=[record], by=who(args.by), source=args.source)
        a = registry.get(a.id)
        lines = [c for c in registry.history(a.id) if c.at == record.at]
    if args.json:
        from homerule.agreements.plain import as_dict

        write_json(as_dict(a))
        return 0
    sys.stdout.write(f"{a.id}: {standing(a)}.\n" + "".join(f"  {c.field}: {c.old or 'nothing'} → {c.new or 'nothing'}\n" for c in lines if c.field != "agreement"))
    if not changed.lines:
        sys.stdout.write("  Nothing changed.\n")
    return 0
