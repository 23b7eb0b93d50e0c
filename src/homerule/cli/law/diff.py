"""``homerule law diff``."""

from __future__ import annotations

import datetime as dt
import sys

from homerule.cli.law.printing import day, norm_brief, options, write_json
from homerule.cli.main import Parser
from homerule.errors import InputError


def run(arguments: list[str]) -> int:
    """Print what changed between two days. Returns 0."""
    p = Parser(prog="homerule law diff", description="What began and ended between two days, and which verdicts moved, with a smallest case of each.")
    p.add_argument("--place", required=True, metavar="PLACE", help='whose law: "Cook County, IL", "Texas", or a FIPS code')
    p.add_argument("--from", dest="first", required=True, metavar="YYYY-MM-DD", help="the earlier day")
    p.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help="the later day; today if not given")
    p.add_argument("--actor", action="append", default=[], metavar="ACTOR", help="only this actor (repeatable)")
    p.add_argument("--act", action="append", default=[], metavar="ACT", help="only this act (repeatable)")
    p.add_argument("--full", action="store_true", help="also list the norms that only explain, protect or expose")
    options(p)
    args = p.parse_args(arguments)
    from homerule.cli.text import facts_words, wrap
    from homerule.reasoning.decide import engine
    from homerule.survey.timeline import in_force, moved
    from homerule.vocabulary import plain

    first, last = day(args.first), day(args.last)
    if first >= last:
        raise InputError(f"the first day {first} is not before the last day {last}", where="--from", help="Give the earlier day first")
    chosen = engine(tuple(args.law))
    place, before = in_force(chosen, args.place, first, args.actor, args.act)
    _, after = in_force(chosen, args.place, last, args.actor, args.act)
    ids_before, ids_after = {n.id for n in before}, {n.id for n in after}
    began = [n for n in after if n.id not in ids_before]
    ended = [n for n in before if n.id not in ids_after]
    changes = moved(chosen, place.id, first, last, args.actor, args.act)
    if args.json:
        rows = [{"actor": m.actor, "act": m.act, "before": m.before, "after": m.after, "case": {k: plain(v) for k, v in m.facts.items()}} for m in changes]
        write_json({"place": place.id, "from": first.isoformat(), "to": last.isoformat(), "began": [norm_brief(n) for n in began], "ended": [norm_brief(n) for n in ended], "moved": rows})
        return 0
    out = [f"{place.name}, {first} to {last}"]
    for title, norms in (("Began", began), ("Ended", ended)):
        shown = [n for n in norms if args.full or n.voids or n.effect in ("require", "forbid", "permit", "duty", "untranslated")]
        if norms:
            out.append(title)
            out += [wrap(f"{_when(n, first, last, title)} {n.authority.citation}{', at ' + n.pinpoint if n.pinpoint else ''} [{n.effect}]: {n.says} ({n.id})", "  - ", "    ") for n in shown]
            if len(shown) < len(norms):
                out.append(f"  - and {len(norms) - len(shown)} that explain, protect or expose (`--full` lists them)")
    groups: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for m in changes:
        groups.setdefault((m.act, m.before, m.after), []).append((m.actor, facts_words(m.facts, chosen.corpus.vocabulary_for(("us", place.id)))))
    if groups:
        out.append("Verdicts that moved, in some case")
        for (act, was, now), rows_ in groups.items():
            actors = ", ".join(dict.fromkeys(a for a, _ in rows_))
            case = min((c for _, c in rows_), key=len)
            out.append(wrap(f"{act}: {was} → {now} ({actors}){'; for instance when ' + case if case else ', always'}", "  - ", "    "))
    if len(out) == 1:
        out.append("Nothing changed.")
    sys.stdout.write("\n".join(out) + "\n")
    return 0


def _when(n, first: dt.date, last: dt.date, title: str) -> str:  # type: ignore[no-untyped-def]
    days = [p.start if title == "Began" else p.end for p in n.periods]
    inside = [d for d in days if d and first < d <= last]
    return f"{inside[-1]}:" if inside else ""
