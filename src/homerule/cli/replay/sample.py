"""``homerule replay sample N``."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser
from homerule.reasoning.decide import read_day


def run(arguments: list[str]) -> int:
    """Write synthetic requests. Returns 0."""
    p = Parser(prog="homerule replay sample", description="Make synthetic requests from published rates, for trying things out. Every row says that it is synthetic. Example: homerule replay sample 100000 --seed 7 --out sample.parquet")
    p.add_argument("rows", type=int, metavar="N", help="how many rows")
    p.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed makes the same rows (default 0)")
    p.add_argument("--out", default="sample.parquet", metavar="FILE", help="a .parquet or .csv file (default sample.parquet)")
    p.add_argument("--from", dest="first", default="2014-10-01", metavar="YYYY-MM-DD", help="the first day (default 2014-10-01)")
    p.add_argument("--to", dest="last", default="2026-09-30", metavar="YYYY-MM-DD", help="the last day (default 2026-09-30)")
    args = p.parse_args(arguments)
    from homerule.replay.synthetic import NOTICE, sample

    path = sample(args.rows, args.seed, args.out, start=read_day(args.first), end=read_day(args.last))
    sys.stdout.write(f"{args.rows:,} rows written to {path} ({NOTICE}).\nRun them: homerule replay {path} --out out\n")
    return 0
