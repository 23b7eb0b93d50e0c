"""``homerule agreements deadlines``: the days to keep."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from homerule.cli.agreements.printing import day, parser, write_json
from homerule.errors import InputError

EXAMPLES = """\
  homerule agreements deadlines "Harris County, TX"
  homerule agreements deadlines Maryland --from 2026-01-01 --to 2026-12-31
  homerule agreements deadlines --to 2027-06-30 --ics agreements.ics
  homerule agreements deadlines "Clay County, FL" --json

Shown are ends, last days for notice and reviews of the agreements in the registry, and what statutes set: days by which an agreement
must be sought or ended, and days on which such rules begin or end. Exit status: 0 answered, 2 bad input."""


def run(arguments: list[str]) -> int:
    """Print what falls due, or write a calendar. Returns 0."""
    p = parser("deadlines", "The days to keep: ends, notice days and reviews of agreements, and the days that statutes set.", EXAMPLES)
    p.add_argument("place", nargs="?", default="", metavar="PLACE", help="only this place: its agreements and the law that reaches it (a state: with every body in it)")
    p.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help="the first day; today if not given")
    p.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help="the last day; a year after the first if not given")
    p.add_argument("--ics", metavar="FILE", help="write a calendar file (RFC 5545); `-` prints it")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable)")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.agreements.agenda import calendar, deadlines
    from homerule.agreements.registry import Registry
    from homerule.cli.text import wrap
    from homerule.reasoning.decide import engine

    chosen = engine(tuple(args.law))
    with Registry(args.registry) as registry:
        held = registry.agreements()
    agenda = deadlines(held, place=args.place, first=day(args.first), last=day(args.last), use=chosen)
    if args.ics:
        data = calendar(agenda, corpus_day=_corpus_day(chosen.corpus.version), name=f"Agreements: {chosen.find(args.place).name}" if args.place else "Agreements with federal agencies")
        if args.ics == "-":
            sys.stdout.write(data.decode("utf-8"))
            return 0
        path = Path(args.ics)
        try:
            path.write_bytes(data)
        except OSError as error:
            raise InputError(f"the calendar cannot be written ({error.strerror or error})", where=args.ics, help="Give a file in a folder that you may write to") from None
        sys.stderr.write(f"{len(agenda.days)} days written to {args.ics}.\n")
        if not args.json:
            return 0
    if args.json:
        write_json(agenda.as_data())
        return 0
    for d in agenda.days:
        source = f" ({d.citation})" if d.citation else ""
        about = f" [{d.agreement}]" if d.agreement else ""
        doubt = f" Doubt: {d.doubt}." if d.doubt else ""
        sys.stdout.write(wrap(f"{d.date} {d.what}: {d.place}: {d.title}.{about} {d.text}{source}{doubt}", "", "    ") + "\n")
    for u in agenda.undated:
        sys.stdout.write(wrap(f"without a date: {u}", "", "    ") + "\n")
    sys.stdout.write(f"{len(agenda.days)} from {agenda.first.isoformat()} to {agenda.last.isoformat()}.\n")
    return 0


def _corpus_day(version: str) -> dt.date:
    try:
        year, month, number = (int(x) for x in version.split(".")[:3])
        return dt.date(year, month, number)
    except ValueError:
        return dt.date(2026, 1, 1)
