"""``homerule replay compare A B``."""

from __future__ import annotations

import argparse
import gc
import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.cli.replay.printing import count, table, write_json
from homerule.cli.text import wrap
from homerule.errors import InputError

EXAMPLES = """examples:
  homerule replay compare law-2024 law-2026                        the same rows under the law of two days
  homerule replay compare out --policy draft                       one run: the law, and the law with the draft added
  homerule replay compare out out --policy draft-a --policy draft-b
  homerule replay compare a b --out changed.parquet --json         every row that changed, with the norms that make the difference

A row changes where its verdict does, or, where that depends, what is still possible. `gone`: the norm stands in the first run only; `new`: in
the second only; `open`: it stands in both, surely in one and perhaps in the other.
"""
SIDES = {"gone": "stands no longer", "new": "stands now", "open": "surely in one, perhaps in the other"}


def run(arguments: list[str]) -> int:
    """Print what differs between two runs. Returns 0, also where nothing does."""
    p = Parser(prog="homerule replay compare", description="Which rows changed verdict between two runs of the same tables, and by which authority.", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("runs", nargs="+", metavar="DIR", help="two folders that `homerule replay --out` wrote; or one, with --policy")
    p.add_argument("--policy", action="append", default=[], metavar="LABEL", help="the draft whose verdicts to take: given once, in the second run (the first is the law as it is); twice, in each")
    p.add_argument("--acts", action="append", default=[], metavar="ACT", help="only these acts, separated by commas")
    p.add_argument("--out", metavar="FILE.parquet", help="write every row that changed")
    p.add_argument("--min-cell", type=int, default=11, metavar="N", help="hide numbers under N and those that would give them away (default 11)")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of law to add (repeatable)")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    if len(args.runs) > 2 or len(args.policy) > 2 or (len(args.runs) == 1 and not args.policy):
        raise InputError("two runs are compared", help="Name two folders, or one folder and --policy LABEL")
    policies = ("", args.policy[0]) if len(args.policy) == 1 else tuple(args.policy) or ("", "")
    from homerule.replay.compare import compare

    gc.enable()
    found = compare(args.runs[0], args.runs[-1], policies=policies, acts=[a.strip() for x in args.acts for a in x.split(",") if a.strip()], out=args.out, min_cell=args.min_cell, law=args.law)
    if args.json:
        write_json(found.as_data())
    else:
        sys.stdout.write(text(found))
    return 0


def text(found: Any) -> str:
    """A comparison for a terminal."""
    lines = [f"{count(found.matched)} rows in both: {found.first} and {found.second}"]
    for name, (was, now) in found.settings.items():
        lines.append(wrap(f"{_words(was)} → {_words(now)}", f"  {name}: ", "    "))
    if any(found.unmatched):
        lines.append(f"  only in the first: {count(found.unmatched[0])}; only in the second: {count(found.unmatched[1])}")
    for act, rows in found.changed.items():
        lines += ["", f"{act}: {count(rows)} rows changed" if rows != 0 else f"{act}: no row changed"]
        if rows == 0:
            continue
        steps = [x for x in found.changes if x["act"] == act and x["state"] == "all" and x["from"] != "all"]
        lines.append(table([["from → to", "rows"], *([f"{_verdict(x['from'])} → {_verdict(x['to'])}", count(x["rows"])] for x in steps)]))
        states = sorted((x for x in found.changes if x["act"] == act and x["state"] != "all" and x["from"] == "all"), key=lambda x: -(x["rows"] or 0))
        lines += ["", table([["state", "rows changed"], *([x["state"], count(x["rows"])] for x in states[:12])])]
        if len(states) > 12:
            lines.append(f"  and {len(states) - 12} more (--json)")
        causes = [x for x in found.by if x["act"] == act]
        lines += ["", "  By which authority"]
        lines += [f"    {count(x['rows']):>9}  {x['authority']}: {x['norm']} ({SIDES[x['side']]})" for x in causes[:15]]
        if len(causes) > 15:
            lines.append(f"    and {len(causes) - 15} more (--json)")
        if not causes:
            lines.append("    no norm stands in one run that could not in the other: what differs is what is known of facts")
    lines.append("")
    if found.written:
        lines.append(f"Rows that changed: {found.written}")
    if found.min_cell > 1:
        lines.append(f"· hidden: a number under {found.min_cell}, or one that would give such a number away (--min-cell).")
    if found.synthetic:
        lines.append("SYNTHETIC: these requests were made up; the numbers say nothing about the world.")
    return "\n".join(lines) + "\n"


def _verdict(said: str) -> str:
    return said.removeprefix("depends: ").replace(" | ", " or ")


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} = {str(v).lower()}" for k, v in value.items()) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "each row's own day" if value == "row" else str(value) if value not in (None, "") else "none"
