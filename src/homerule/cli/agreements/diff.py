"""``homerule agreements diff``."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from homerule.cli.agreements.printing import day, parser, write_csv, write_json
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.agreements.changes import Diff, Move

EXAMPLES = """  homerule agreements diff --from 2026-02-01 --to 2026-05-31 --state MD
  homerule agreements diff --from 2025-01-20 --to 2025-06-30
  homerule agreements diff --from 2025-01-01 --to 2026-06-01 --csv > changes.csv"""
_PARTS = (("joined", "Joined"), ("left", "Left"), ("switched", "Switched model"), ("renewed", "Signed again"), ("back", "Gone and back"))
_SHOWN = 25


def run(arguments: list[str]) -> int:
    """Print what changed between two days. Returns 0."""
    p = parser("diff", "What changed between two days, as the lists show it. All dates are those of lists: who left was last listed on one day and absent on a later one; when and why it ended no list says.", EXAMPLES)
    p.add_argument("--from", dest="start", required=True, metavar="DATE", help="from the newest list on or before this day")
    p.add_argument("--to", dest="end", metavar="DATE", help="to the newest list on or before this day (default: the newest)")
    p.add_argument("--state", help="only one state")
    p.add_argument("--model", help="only one model")
    p.add_argument("--all", action="store_true", help=f"every line, and not only the first {_SHOWN} of each part")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.add_argument("--csv", action="store_true", help="print CSV")
    args = p.parse_args(arguments)
    import datetime as dt

    from homerule.agreements import Registry, diff
    from homerule.cli.agreements.select import select

    start, end = day(args.start), day(args.end) or dt.date.max
    assert start is not None
    if start > end:
        raise InputError("the first day is later than the last", where="--from", help="Turn the two about")
    found, _ = select(args.registry, state=args.state, model=args.model)
    with Registry(args.registry) as registry:
        d = diff(found, registry.lists(), start, end)
    if args.json:
        write_json({"from": d.start, "to": d.end, "lists": d.lists, "note": d.note or None} | {name: [m._asdict() for m in getattr(d, name)] for name, _ in _PARTS})
    elif args.csv:
        write_csv(("change", "agreement", "agency", "state", "place", "model", "list", "last_listed", "absent_from", "signed", "text"), [(name, m.id, m.agency, m.state, m.place, m.model, m.on, m.last_listed, m.absent_from, m.signed, m.text) for name, _ in _PARTS for m in getattr(d, name)])
    else:
        sys.stdout.write("\n".join(_text(d, args.all or bool(args.state))) + "\n")
    return 0


def _text(d: Diff, full: bool) -> list[str]:
    from homerule.cli.text import wrap

    if d.start is None:
        return ["No list is held: import some first."]
    out = [f"From the list of {d.start} to that of {d.end} ({d.lists} later list{'s' if d.lists != 1 else ''})"]
    if d.note:
        out.append(wrap(d.note, ""))
    for name, title in _PARTS:
        moves: tuple[Move, ...] = getattr(d, name)
        if not moves:
            if name in ("joined", "left"):
                out += ["", f"{title}: none"]
            continue
        tally = Counter(m.state.upper() for m in moves).most_common()
        out += ["", wrap(f"{title}: {len(moves):,}" + (f" ({', '.join(f'{s} {n}' for s, n in tally)})" if len(tally) > 1 else ""), "", "  ")]
        shown = moves if full else moves[:_SHOWN]
        for m in shown:
            out.append(wrap(f"{m.id}: {m.text}", "  - ", "    "))
        if len(moves) > len(shown):
            out.append(f"  and {len(moves) - len(shown):,} more (--all, --state, --csv or --json show them)")
    return out
