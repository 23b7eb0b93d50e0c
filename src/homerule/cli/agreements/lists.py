"""``homerule agreements lists``."""

from __future__ import annotations

import sys

from homerule.cli.agreements.printing import parser, write_json

EXAMPLES = """  homerule agreements lists
  homerule agreements lists --doubtful"""


def run(arguments: list[str]) -> int:
    """Print the lists held. Returns 0."""
    p = parser("lists", "The lists that are held, in order of time: how each was dated, and what is doubtful in it.", EXAMPLES)
    p.add_argument("--doubtful", action="store_true", help="only those with a doubt")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.agreements import Registry
    from homerule.cli.text import wrap

    with Registry(args.registry) as registry:
        held = [s for s in registry.lists() if s.doubts or not args.doubtful]
    if args.json:
        write_json([{"date": s.dated.on if s.dated else None, "type": s.type, "file": s.name, "sheet": s.sheet, "sha256": s.key.partition("@")[0], "rows": s.rows, "whole": s.whole, "dated_by": s.dated.how if s.dated else None, "doubts": list(s.doubts)} for s in held])
        return 0
    for s in held:
        sys.stdout.write(f"{s.dated.on if s.dated else 'no day    '}  {s.type:<13}  {s.rows:>6,} rows  {s.name}\n")
        if s.dated:
            sys.stdout.write(wrap(f"dated by {s.dated.how}", "            ", "            ") + "\n")
        for d in s.doubts:
            sys.stdout.write(wrap(f"doubt: {d}", "            ", "            ") + "\n")
    sys.stdout.write(f"{len(held)} list{'s' if len(held) != 1 else ''}.\n")
    return 0
