"""``homerule law in-force``."""

from __future__ import annotations

import sys

from homerule.cli.law.printing import acts_words, day, norm_brief, options, write_json
from homerule.cli.main import Parser


def run(arguments: list[str]) -> int:
    """List the norms in force. Returns 0."""
    p = Parser(prog="homerule law in-force", description="List the norms in force for a place on a day, strongest first.")
    p.add_argument("--place", required=True, metavar="PLACE", help='whose law: "Cook County, IL", "Texas", or a FIPS code')
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day; today if not given")
    p.add_argument("--actor", action="append", default=[], metavar="ACTOR", help="only what binds this actor (repeatable)")
    p.add_argument("--act", action="append", default=[], metavar="ACT", help="only this act (repeatable)")
    options(p)
    args = p.parse_args(arguments)
    from homerule.cli.text import wrap
    from homerule.reasoning.decide import engine
    from homerule.survey.timeline import in_force

    on = day(args.on)
    place, norms = in_force(engine(tuple(args.law)), args.place, on, args.actor, args.act)
    if args.json:
        write_json({"place": place.id, "on": on.isoformat(), "norms": [norm_brief(n) for n in norms]})
        return 0
    level = ""
    for n in norms:
        if n.level != level:
            level = n.level
            sys.stdout.write(f"{level}\n")
        doubt = " contested;" if n.doubted else ""
        sys.stdout.write(wrap(f"{n.authority.citation}{', at ' + n.pinpoint if n.pinpoint else ''} [{n.effect}; {acts_words(n)};{doubt} {n.id}]: {n.says}", "  - ", "    ") + "\n")
    sys.stdout.write(f"{len(norms)} norms in force in {place.name} on {on.isoformat()}.\n")
    return 0
