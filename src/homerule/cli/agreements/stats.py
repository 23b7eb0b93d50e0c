"""``homerule agreements stats``."""

from __future__ import annotations

import sys

from homerule.cli.agreements.printing import day, parser, table, write_csv, write_json
from homerule.cli.agreements.select import select
from homerule.errors import InputError

EXAMPLES = """  homerule agreements stats
  homerule agreements stats --by date --csv > by-date.csv
  homerule agreements stats --on 2025-06-30 --map map.svg --chart chart.png
  homerule agreements stats --by date --state FL --chart florida.png"""


def run(arguments: list[str]) -> int:
    """Print counts, and draw them where asked. Returns 0."""
    p = parser("stats", "Count the agreements that lists show, by state, model or date, and draw them as a map and a chart.", EXAMPLES)
    p.add_argument("--by", choices=("state", "model", "date"), default="state", help="what to count by (default: state)")
    p.add_argument("--on", metavar="DATE", help="as the newest list on or before this day shows them (default: the newest)")
    p.add_argument("--state", help="only one state")
    p.add_argument("--model", help="only one model")
    p.add_argument("--map", metavar="FILE", help="also write a map of the states: .svg, or .png with the extra `maps`")
    p.add_argument("--chart", metavar="FILE", help="also write a chart over time: .svg, .png or .html (extra `charts`)")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.add_argument("--csv", action="store_true", help="print CSV")
    args = p.parse_args(arguments)
    from homerule.agreements import Registry, by_date, by_state
    from homerule.agreements.kinds import kinds

    found, _ = select(args.registry, state=args.state, model=args.model)
    with Registry(args.registry) as registry:
        lists = registry.lists()
    stats = by_state(found, lists, day(args.on))
    if stats.on is None:
        raise InputError("the registry holds no list" + (" as old as that" if args.on else ""), help="Import lists with `homerule agreements import`")
    series = [(on, c) for on, c in by_date(found, lists) if not args.on or on <= stats.on]
    models = [m for m in (*kinds().models, "") if any(c.get(m) for _, c in series)]
    names = {m: kinds().label("", m) or "model not stated" for m in models}
    source = "published lists of participating agencies"
    if args.map:
        from homerule.agreements.picture import map_svg, save

        save(map_svg(stats, source=f"Source: {source}."), args.map)
    if args.chart:
        from homerule.agreements.picture import chart
        from homerule.documents.charts import save as save_chart
        from homerule.places import find

        save_chart(chart(series, place=find(args.state).name if args.state else "", source=source), args.chart)
    header: list[str]
    rows: list[list[object]]
    if args.by == "state":
        header = ["state", "agreements", "bodies", *(m or "not_stated" for m in models)]
        rows = [[r.state.upper(), r.agreements, r.bodies, *(r.models.get(m, 0) for m in models)] for r in stats.rows]
    elif args.by == "model":
        header, rows = ["model", "agreements"], [[names[m], sum(r.models.get(m, 0) for r in stats.rows)] for m in models]
    else:
        header, rows = ["date", "agreements", *(m or "not_stated" for m in models)], [[on, sum(c.values()), *(c.get(m, 0) for m in models)] for on, c in series]
    if args.json:
        write_json({"on": stats.on, "by": args.by, "rows": [dict(zip(header, r, strict=True)) for r in rows]})
    elif args.csv:
        write_csv(header, rows)
    else:
        shown = [names.get("" if h == "not_stated" else h, h) for h in header]
        if args.by != "date" and len(rows) > 1:
            rows = [*rows, ["all", *(sum(int(str(r[i])) for r in rows) for i in range(1, len(header)))]]
        said = [[f"{v:,}" if isinstance(v, int) else v for v in r] for r in rows]
        sys.stdout.write("\n".join(table(shown, said, right=range(1, len(header)))) + "\n\n")
        sys.stdout.write(f"As listed on {stats.on}. " if args.by != "date" else f"From {len(series)} lists. ")
        sys.stdout.write("A list shows what was published on its day; who is not on it may still have an agreement.\n")
    for path in (args.map, args.chart):
        if path and not (args.json or args.csv):
            sys.stdout.write(f"Wrote {path}.\n")
    return 0
