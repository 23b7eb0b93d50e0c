"""``homerule law upcoming``."""

from __future__ import annotations

import datetime as dt
import sys

from homerule.cli.law.printing import acts_words, day, norm_brief, options, write_json
from homerule.cli.main import Parser
from homerule.errors import InputError


def run(arguments: list[str]) -> int:
    """List what lies ahead. Returns 0."""
    p = Parser(prog="homerule law upcoming", description="Effective dates, sunsets and deadlines ahead, in order of day.")
    p.add_argument("--days", type=int, default=90, metavar="N", help="how far ahead (90)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="counted from this day; today if not given")
    p.add_argument("--place", metavar="PLACE", help="only what reaches this place; the whole corpus if not given")
    options(p)
    args = p.parse_args(arguments)
    if not 1 <= args.days <= 3660:
        raise InputError(f"--days {args.days} is not from 1 to 3660", help="Give a number of days")
    from homerule.cli.text import wrap
    from homerule.corpus import Reach
    from homerule.reasoning.decide import engine
    from homerule.survey.timeline import events

    chosen = engine(tuple(args.law))
    first = day(args.on)
    norms = chosen.corpus.all_norms()
    if args.place:
        place = chosen.find(args.place)
        reach = Reach(place.id, place.chain, place.circuit)
        norms = [n for n in norms if reach.covers(n)]
    found = events(norms, first + dt.timedelta(days=1), first + dt.timedelta(days=args.days))
    if args.json:
        write_json({"from": first.isoformat(), "days": args.days, "events": [{"date": e.date.isoformat(), "kind": e.kind, **norm_brief(e.norm)} for e in found]})
        return 0
    for e in found:
        sys.stdout.write(wrap(f"{e.date} {e.kind}: {e.norm.place}, {e.norm.authority.citation}{', at ' + e.norm.pinpoint if e.norm.pinpoint else ''} [{e.norm.effect}; {acts_words(e.norm)}]: {e.norm.says}", "", "    ") + "\n")
    sys.stdout.write(f"{len(found)} ahead in the {args.days} days after {first.isoformat()}.\n")
    return 0
