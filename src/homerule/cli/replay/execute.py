"""``homerule replay [run] FILE …``."""

from __future__ import annotations

import argparse
import gc
import sys

from homerule.cli.main import Parser
from homerule.cli.replay.printing import Bar, count, share, table, write_json
from homerule.errors import InputError

EXAMPLES = """examples:
  homerule replay detainers.parquet --out out                          each row under the law of its own day
  homerule replay detainers.parquet --as-of 2026-11-01 --out out       every row under the law of one day
  homerule replay detainers.xlsx --policy draft.toml --out out         the law, and the law with a draft added
  homerule replay our-jail.csv --request detainer --out out --acts hold --fact process=detainer_only

Rows go to DIR/rows/*.parquet, what follows to DIR/outcomes.parquet, the summary to DIR/summary/ and DIR/summary.json, and what could
not be placed to DIR/not_placed.csv. A run that was stopped goes on when the same command is given again. What a column does not say
stays unknown: the verdict is then `depends`, with every verdict that is still possible.
"""


def parser() -> argparse.ArgumentParser:
    """The options of a run."""
    p = Parser(prog="homerule replay", description="Run tables of real requests through the law.", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("files", nargs="+", metavar="FILE", help="CSV, text (tabs, pipes, commas; gzip), Parquet, Arrow or XLSX")
    p.add_argument("--out", required=True, metavar="DIR", help="the folder to write; one run a folder")
    p.add_argument("--as-of", default="row", metavar="DATE", help="the law of this day (YYYY-MM-DD) for every row; `row`: of each row's own day (default)")
    p.add_argument("--policy", action="append", default=[], metavar="DRAFT.toml", help="a draft to add to the law, in columns of its own (repeatable)")
    p.add_argument("--acts", action="append", default=[], metavar="ACT", help="only these acts, separated by commas (default: all that the requests ask)")
    p.add_argument("--request", default="", metavar="KIND", help="what every row asks, whatever it says: detainer, notification_request …")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="take every row to say this where its columns are silent (repeatable); kept in the receipt")
    p.add_argument("--no-assumed", action="store_true", help="leave unknown also the facts that `decide` assumes")
    p.add_argument("--places", metavar="CSV", help="your own table of facilities: columns facility, place and, if wanted, state, actor")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of law to add (repeatable)")
    p.add_argument("--drop-private", action="store_true", help="leave out columns that may point to a person, instead of refusing the table")
    p.add_argument("--min-cell", type=int, default=11, metavar="N", help="in the summary, hide numbers under N and those that would give them away (default 11)")
    p.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="what works the rows: duckdb, on this machine (default), or spark, on this machine or a cluster; the same rows come out")
    p.add_argument("--master", default="", metavar="URL", help="with --engine spark: local[2], spark://HOST:7077, yarn, k8s://… (default: what spark-submit says, else all of this machine)")
    p.add_argument("--restart", action="store_true", help="start over in a folder that holds another run")
    p.add_argument("--json", action="store_true", help="print the summary as JSON")
    return p


def run(arguments: list[str]) -> int:
    """Run tables through the law and print the summary. Returns 0."""
    args = parser().parse_args(arguments)
    from homerule.replay.run import replay

    facts = {}
    for given in args.fact:
        name, sign, value = given.partition("=")
        if not sign:
            raise InputError(f"`{given[:60]}` is no fact with a value", where="--fact", help="Write NAME=VALUE, for example process=detainer_only")
        facts[name.strip()] = value.strip()
    if args.min_cell < 0:
        raise InputError("--min-cell is a number from 0 up", help="11 is usual; 1 hides nothing")
    if args.master and args.engine != "spark":
        raise InputError("--master is for the Spark engine", help="Add --engine spark, or leave --master out")
    gc.enable()  # the command line switches it off for commands that end at once
    bar = Bar()
    try:
        summary = replay(
            args.files, args.out, args.as_of, args.policy, [a.strip() for x in args.acts for a in x.split(",") if a.strip()] or None, request=args.request,
            suppose=facts, places=args.places, law=args.law, drop_private=args.drop_private, min_cell=args.min_cell, assume=not args.no_assumed, restart=args.restart, progress=bar, spark=args.master if args.engine == "spark" else None,
        )  # fmt: skip
    finally:
        bar.end()
    if args.json:
        write_json(summary.as_data())
    else:
        sys.stdout.write(text(summary))
    return 0


def text(summary: object) -> str:
    """A summary for a terminal."""
    from homerule.replay.part import APART
    from homerule.replay.source import outcome_words
    from homerule.replay.summary import Summary

    assert isinstance(summary, Summary)
    s, run_ = summary, summary.run
    when = "each row's own day" if run_["as_of"] == "row" else str(run_["as_of"])
    lines = [f"{count(s.rows)} requests under the law of {when}" + (f" ({count(s.read - s.rows)} rows carry no request)" if s.read > s.rows else "")]
    lines.append(f"  placed in a county: {count(s.placed)}, {share(s.placed, s.rows)} of all, {share(s.placed, s.with_state)} of those that name a state")
    lines.append(f"  decided: {count(s.decided)}")
    lines += [f"  kept apart: {count(n)}: {APART[k]}" for k, n in s.apart.items()]
    for t in run_["tables"]:
        if t["dropped"]:
            lines.append(f"  columns left out of {t['file']}, which may point to a person: {', '.join(t['dropped'])}")
    if s.unread:
        lines.append(f"  {count(s.unread)} cells hold no value of their fact; it is unknown in those rows")
    if run_["supposed"]:
        lines.append("  taken of every row that does not say otherwise: " + ", ".join(f"{k} = {str(v).lower()}" for k, v in run_["supposed"].items()))
    names = list(s.verdicts)
    verdicts = [v for v in ("required", "prohibited", "permitted", "conflict", "depends", "unsettled") if any(v in s.verdicts[n] for n in names)]
    if names:
        lines += ["", "Verdicts (rows)", table([["", *verdicts], *([n, *(count(s.verdicts[n].get(v, 0)) for v in verdicts)] for n in names)])]
    for name in names[:1]:
        act, _, policy = name.partition("@")
        found = sorted((r for r in s.tables["by_state"] if r["act"] == act and r["policy"] == policy), key=lambda r: (r["state"] != "all", -(r["rows"] or 0)))[:13]
        head = ["state", "rows", *verdicts, "declined, of those with an outcome"]
        lines += ["", f"{act}, by state (the largest; all in summary/by_state.csv)", table([head, *([r["state"], count(r["rows"]), *(count(r.get(v, 0)) for v in verdicts), "-" if r.get("with_outcome") == 0 else _percent(r.get("declined_share"))] for r in found)])]
        open_ = [r for r in s.tables["open"] if r["state"] == "all" and r["act"] == act and r["policy"] == policy]
        if open_:
            lines += ["", f"{act}: where it depends, what is possible", table([[r["reachable"].replace(" | ", " or "), count(r["rows"])] for r in sorted(open_, key=lambda r: -(r["rows"] or 0))])]
        turning = [f"{f} ({count(n)})" for f, n in list(s.turns_on.get(name, {}).items())[:6]]
        if turning:
            lines += ["", f"{name}: it turns most often on {', '.join(turning)}", "  (`--fact NAME=VALUE` says what to take of every row)"]
    lines += ["", f"Declined: {outcome_words()['declined']}. None: {outcome_words()['none']}."]
    if s.min_cell > 1:
        lines.append(f"· hidden: a number under {s.min_cell}, or one that would give such a number away (--min-cell).")
    if "homerule-sample" in s.sources:
        lines.append("SYNTHETIC: these requests were made up; the numbers say nothing about the world.")
    lines.append(f"Corpus {run_['corpus']}, engine {run_['engine']}. Rows, outcomes, summary and receipt: {s.out}")
    return "\n".join(lines) + "\n"


def _percent(value: float | None) -> str:
    return "·" if value is None else f"{100 * value:.1f}%"
