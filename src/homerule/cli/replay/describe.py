"""``homerule replay describe FILE``."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser
from homerule.cli.replay.printing import count, share, write_json
from homerule.cli.text import wrap


def run(arguments: list[str]) -> int:
    """Print what a table is. Returns 0, or 1 where it cannot be run as it is."""
    p = Parser(prog="homerule replay describe", description="What a table is before it is run. Example: homerule replay describe detainers.xlsx")
    p.add_argument("files", nargs="+", metavar="FILE", help="CSV, text, Parquet, Arrow or XLSX")
    p.add_argument("--places", metavar="CSV", help="your own table of facilities")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of law to add (repeatable)")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.replay.description import describe

    found = [describe(f, places=args.places, law=tuple(args.law)) for f in args.files]
    if args.json:
        write_json([d.as_data() for d in found])
    else:
        sys.stdout.write("\n".join(text(d) for d in found))
    return 1 if any(d.problem or d.refused for d in found) else 0


def text(d: object) -> str:
    """A description for a terminal."""
    from homerule.replay.description import Description

    assert isinstance(d, Description)
    rows = f", {count(d.rows)} rows" if d.rows is not None else ""
    out = [wrap(f"{d.file}: {d.form}, {d.columns} columns{rows}", "")]
    if d.source:
        out += [wrap(f"{d.title} [{d.source}]", "Source: ", "        "), wrap(d.about, "        ")]
    if d.problem:
        out.append(wrap(d.problem, "Cannot be run: ", "               "))
    out += [wrap(n + ".", "Note: ", "      ") for n in d.notes]
    if d.roles:
        out.append("Columns")
        out += [f"  {role:<14} from {column}" for role, column in d.roles.items()]
    if d.says:
        out.append("What is known of facts")
        alike: dict[tuple[object, ...], list[str]] = {}
        for s in d.says:
            alike.setdefault((s["column"], s["filled"], s["why"], s["always"]), []).append(s["fact"])
        for (column, filled, why, always), facts in alike.items():
            by = f"`{column}`, filled in {100 * float(str(filled or 0)):.0f}% of the rows looked at" if column else "every row"
            out.append(wrap(f"{', '.join(facts)}: {by}: {why}" + (f" ({always})" if always else ""), "  ", "    "))
    if d.unknown:
        more = f", and {len(d.unknown) - 12} more" if len(d.unknown) > 12 else ""
        out.append(wrap(f"{', '.join(d.unknown[:12])}{more}. Where the law turns on one of these, the verdict is `depends`, or rests on what is assumed.", "Stays unknown: ", "  "))
    if d.looked:
        out.append(f"In the first {count(d.looked)} requests")
        if d.days:
            out.append(f"  days           {d.days[0]} to {d.days[1]}" + (f"; {count(d.without_day)} without a day that can be read" if d.without_day else ""))
        out.append(f"  in a county    {count(d.placed)}, {share(d.placed, d.looked)} of all, {share(d.placed, d.with_state)} of those that name a state")
        for title, numbers in (("asked", d.requests), ("facilities", d.bodies), ("outcomes", d.outcomes)):
            shown = "; ".join(f"{k} {share(n, d.looked)}" for k, n in numbers.items())
            out.append(wrap(shown, f"  {title:<14} ", " " * 17))
    if d.dropped:
        out.append(wrap(f"{', '.join(d.dropped)} (pseudonyms of the published table; never read)", "Left out: ", "          "))
    if d.refused:
        out.append("Refused, unless --drop-private leaves them out")
        out += [wrap(r[0].upper() + r[1:] + ".", "  - ", "    ") for r in d.refused]
    return "\n".join(out) + "\n"
