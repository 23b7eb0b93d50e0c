"""``homerule pardon grounds``."""

from __future__ import annotations

import datetime as dt
import json
import sys

from homerule.cli.main import Parser
from homerule.cli.text import wrap

_NEEDS = {"no": "no conviction", "depends": "depends on the reason"}
_FAMILY = {
    "listed": "named by the pardon clause", "listed_felony": "named by the pardon clause", "unlisted": "not named by the clause", "narcotics": "not named by the clause", "finding": "not named by the clause",
    "at_entry": "not named by the clause; unsettled", "bar_cimt": "inadmissibility; not cured in the Seventh Circuit, elsewhere unsettled", "bar_drug": "inadmissibility; not cured",
    "bar_multiple": "inadmissibility; not cured", "conduct": "a pardon has nothing to act on",
}  # fmt: skip


def run(arguments: list[str]) -> int:
    """List grounds. Returns 0."""
    p = Parser(prog="homerule pardon grounds", description="The grounds of removal: what each needs, its number on a day, and how a state pardon bears on it.")
    p.add_argument("section", nargs="*", help="only these, however spelt: 237a2Aiii, \"8 USC 1182(a)(2)\"")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the law of which day; today if not given")
    p.add_argument("--convictions", action="store_true", help="only those that can rest on a conviction")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.pardons.load import pardon_law
    from homerule.reasoning.decide import read_day

    law = pardon_law()
    try:
        on = dt.date.fromisoformat(args.on) if args.on else dt.date.today()
    except ValueError:
        on = read_day(args.on)
    wanted = [law.grounds[g] for text in args.section for g in law.sections.find(text, on).grounds] if args.section else [g for g in law.grounds.values() if g.stands(on)]
    chosen = [g for g in dict.fromkeys(wanted) if not args.convictions or g.needs != "no"]
    if args.json:
        rows = [
            {"id": g.id, "section": g.number(on).code, "cite": law.sections.cite(g.number(on).code), "title": g.title, "side": g.side, "needs": g.needs, "family": g.family, "count": g.needed,
             "convicted_by": list(g.convicted_by), "numbers": [{"code": n.code, "from": n.start.isoformat(), "to": n.end.isoformat() if n.end else None} for n in g.numbers],
             "authorities": [law.sources[a].citation for a in g.authority], "certainty": g.certainty, "note": g.note}
            for g in chosen
        ]  # fmt: skip
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return 0
    for side in ("deportable", "inadmissible"):
        rows_ = [g for g in chosen if g.side == side]
        if rows_:
            sys.stdout.write(f"{side.capitalize()}\n")
        for g in rows_:
            by = " (only a federal court convicts of it)" if g.convicted_by == ("federal",) else ""
            sys.stdout.write(wrap(f"{g.title}. Needs {_NEEDS.get(g.needs, f'a {g.needs}')}{by}; {_FAMILY[g.family]}. [{g.certainty}]", f"  {g.number(on).code:<24}", " " * 26) + "\n")
            if args.section:
                old = [f"{n.code} from {n.start.isoformat()}{f' to {n.end.isoformat()}' if n.end else ''}" for n in g.numbers]
                sys.stdout.write(wrap(f"Numbers: {'; '.join(old)}.", " " * 26) + "\n" + (wrap(g.note, " " * 26) + "\n" if g.note else ""))
    sys.stdout.write(wrap("A full and unconditional pardon by the right authority waives the grounds that the clause names, and no others. Not legal advice.", "") + "\n")
    return 0
