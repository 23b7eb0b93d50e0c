"""``homerule simulate``: what a removal operation needs from local government, and what each local lever is worth in it."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

if TYPE_CHECKING:
    from homerule.capacity import Scenario
    from homerule.capacity.job import Simulation

_EPILOG = """\
examples:
  homerule simulate --list
  homerule simulate today
  homerule simulate today most-limiting most-compelling --compare --out results
  homerule simulate one-million --years 2 --runs 500 --json
  homerule simulate today --law 2026-11-23
  homerule simulate today --law 2026-11-23 --law-folder draft-laws      what if a state adopts the draft
  homerule simulate my-scenario.toml --costs my-prices.toml --out results
  homerule simulate --study cap-2010
  homerule simulate --assumptions today
  homerule simulate calibrate months.csv --out mine.toml

A scenario is a name (`--list`) or a TOML file. None is a forecast: each says what would follow if its assumptions held. Bands run from the 5th to
the 95th percentile. The same seed gives the same numbers.
Exit status: 0 answered; 1 a study that its own inputs do not reproduce; 2 bad input.
"""
_CALIBRATE = """\
examples:
  homerule simulate calibrate months.csv
  homerule simulate calibrate months.csv --from 2025-02 --to 2026-03 --leave-out 3 --out mine.toml
  homerule simulate calibrate months.csv --hindcast --out back.toml && homerule simulate back.toml

DATA is a CSV of months: month, held_ice, held_cbp, book_ins_ice, book_ins_cbp (or held and book_ins where the classes are not parted), and where you have
them days, book_outs, removed, removals, from_jail. The long table of ICE's statistics (metric, group, month, value) is read as it is.
"""


def parser() -> Parser:
    import argparse

    p = Parser(prog="homerule simulate", description="A flow model of a removal operation: removals, people held, what binds, what it costs, and what each local lever is worth.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="a shipped scenario by name, or a TOML file (repeatable); `calibrate DATA` fits one to your data")
    p.add_argument("--list", action="store_true", help="list the scenarios and studies, and stop")
    p.add_argument("--compare", action="store_true", help="set the scenarios side by side, with each one's difference from the first")
    p.add_argument("--years", type=int, default=1, metavar="N", help="years to run, 1 to 10 (1)")
    p.add_argument("--runs", type=int, default=200, metavar="N", help="draws of the assumptions (200)")
    p.add_argument("--seed", type=int, default=0, metavar="N", help="of the draws (0)")
    p.add_argument("--weeks", type=int, default=26, metavar="N", help="weeks of the linear program (26)")
    p.add_argument("--law", metavar="DATE", help="read what jails may and must do from the law as of this day (YYYY-MM-DD, or `today`)")
    p.add_argument("--law-folder", action="append", default=[], metavar="DIR", help="a folder of draft law files: what if they were adopted (repeatable; with --law)")
    p.add_argument("--costs", metavar="FILE", help="your own prices, a TOML file of [input.NAME] tables")
    p.add_argument("--quick", action="store_true", help="the run and its cost alone: no linear program, no lever worths")
    p.add_argument("--variance", action="store_true", help="split the variance of removals and of people held over the assumptions (also with --out)")
    p.add_argument("--engine", choices=("auto", "numpy", "numba"), default="auto", help="of the run (numba where it is installed)")
    p.add_argument("--out", metavar="DIR", help="write tables, charts and the two-page report into this folder")
    p.add_argument("--json", action="store_true", help="print every table as JSON")
    p.add_argument("--assumptions", action="store_true", help="list every input of the scenario with its range, source, date and certainty, and what cannot be known")
    p.add_argument("--markdown", action="store_true", help="with --assumptions: as a page of documentation")
    p.add_argument("--study", metavar="NAME", help="reproduce a published study line by line (`--list` names them; `all` for every one)")
    return p


def run(arguments: list[str]) -> int:
    """Run, print, write. Returns the exit status."""
    if arguments[:1] == ["calibrate"]:
        return _calibrate(arguments[1:])
    args = parser().parse_intermixed_args(arguments)
    if args.list:
        return _list(args.json)
    if args.study:
        return _study(args.study, args.json)
    if args.assumptions:
        return _assumptions(args)
    if not args.scenarios:
        raise InputError("no scenario is named", where="SCENARIO", help="For instance `homerule simulate today`; `--list` names them all")
    chosen = _scenarios(args)
    _need_distinct(chosen)
    sheet = None
    if args.costs:
        from homerule.capacity.costs import read_costs

        sheet = read_costs(args.costs)
    if args.out:
        _may_write(Path(args.out))
    from homerule.capacity.job import compute

    bar = _Bar()
    done: list[Simulation] = []
    share = 0.9 if args.out else 1.0
    try:
        for i, scenario in enumerate(chosen):
            full = not args.quick and (i == 0 or not args.compare)  # beside the first, the run alone is enough
            done.append(compute(
                scenario, args.runs, args.years, args.seed, weeks=args.weeks, lp=full, levers=full, split=(args.variance or bool(args.out)) and full, sheet=sheet, engine=args.engine,
                progress=partial(_told, bar, share, i, len(chosen)),
            ))  # fmt: skip
        written = []
        if args.out:
            from homerule.capacity.writing import write

            groups = [done] if args.compare or len(done) == 1 else [[d] for d in done]
            for group in groups:
                folder = args.out if len(groups) == 1 else str(Path(args.out) / _safe(group[0].scenario.name))
                written += write(group, folder, progress=lambda x, what: bar(share + 0.1 * x, what))
    finally:
        bar.end()
    if args.json:
        from homerule.capacity.findings import tables

        json.dump(tables(done), sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        from homerule.cli.simulate_text import comparison_text, simulation_text

        texts = [comparison_text(done)] if args.compare and len(done) > 1 else []
        texts += [simulation_text(d) for d in (done[:1] if args.compare else done)]
        sys.stdout.write("\n".join(texts))
    if args.out:
        sys.stderr.write(f"Written: {len(written)} files in {args.out}\n")
    return 0


def _scenarios(args: Any) -> list[Scenario]:
    """The scenarios asked for, with the law where one is; with law folders, each also under the law without them."""
    from homerule.capacity import load_scenario
    from homerule.capacity.job import under_law

    out = [load_scenario(name) for name in args.scenarios]
    if args.law_folder and not args.law:
        args.law = "today"
    if not args.law:
        return out
    if args.law == "today":
        on = dt.date.today()
    else:
        try:
            on = dt.date.fromisoformat(args.law)
        except ValueError:
            raise InputError(f"`{shorten(args.law)}` is no day", where="--law", help="Give YYYY-MM-DD, or `today`; folders of law files go with --law-folder") from None
    dated = [under_law(s, on) for s in out]
    if not args.law_folder:
        return dated
    args.compare = True
    return [x for s, plain in zip(out, dated) for x in (plain, under_law(s, on, tuple(args.law_folder)))]


def _need_distinct(chosen: list[Scenario]) -> None:
    names = [s.name for s in chosen]
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise InputError(f"the scenario `{twice}` is named twice", where="SCENARIO", help="Name each once, or give one of the files another `name`")


def _may_write(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"`{folder}` is a file", where="--out", help="Name a folder")


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:80].strip("-") or "scenario"


def _list(as_json: bool) -> int:
    from homerule.capacity import load_scenario, scenarios
    from homerule.capacity.studies import load_study, studies
    from homerule.cli.text import wrap

    shipped = [load_scenario(n) for n in scenarios()]
    known = [load_study(n) for n in studies()]
    if as_json:
        rows = {
            "scenarios": [{"name": s.name, "title": s.title, "says": s.says, "is_not": s.is_not, "starts": s.starts.isoformat()} for s in shipped],
            "studies": [{"name": s.name, "title": s.title, "says": s.says, "source": s.source, "date": s.date.isoformat()} for s in known],
        }  # fmt: skip
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return 0
    lines = ["Scenarios (homerule simulate NAME)"]
    lines += [wrap(f"{s.title}. {s.says}", f"  {s.name:<18}", " " * 20) for s in shipped]
    lines += ["", "Published studies (homerule simulate --study NAME)"]
    lines += [wrap(f"{s.title}. {s.says}", f"  {s.name:<18}", " " * 20) for s in known]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _study(name: str, as_json: bool) -> int:
    from homerule.capacity.studies import load_study, reproduce, studies
    from homerule.cli.simulate_text import study_text

    chosen = [load_study(n) for n in (studies() if name == "all" else [name])]
    worked = [(s, reproduce(s)) for s in chosen]
    if as_json:
        rows = [{"name": s.name, "title": s.title, "source": s.source, "date": s.date.isoformat(), "certainty": s.certainty, "lines": [{**r._asdict(), "agrees": r.agrees} for r in lines]} for s, lines in worked]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(study_text(s, lines) for s, lines in worked))
    return 0 if all(r.agrees for _, lines in worked for r in lines) else 1


def _assumptions(args: Any) -> int:
    from homerule.capacity import load_scenario
    from homerule.capacity.costs import read_costs, shipped_sheet
    from homerule.capacity.sources import LIMITS, inputs, rows
    from homerule.cli.simulate_text import assumptions_text

    sheet = read_costs(args.costs) if args.costs else shipped_sheet()
    chosen = _scenarios(args) if args.scenarios else [load_scenario("today")]
    if args.markdown:
        from homerule.capacity.sources import markdown

        sys.stdout.write("\n".join(markdown(inputs(s, sheet)) for s in chosen))
    elif args.json:
        data = [{"scenario": s.name, "inputs": list(rows(inputs(s, sheet))), "cannot_know": list(LIMITS)} for s in chosen]
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(assumptions_text(s, inputs(s, sheet)) for s in chosen))
    return 0


def _calibrate(arguments: list[str]) -> int:
    import argparse

    p = Parser(prog="homerule simulate calibrate", description="Fit the open parameters to a table of months, report the fit, and write a scenario.", epilog=_CALIBRATE, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("data", metavar="DATA", help="a CSV file of counts by month")
    p.add_argument("--from", dest="first", default="", metavar="YYYY-MM", help="the first month fitted (all if not given)")
    p.add_argument("--to", dest="last", default="", metavar="YYYY-MM", help="the last month")
    p.add_argument("--leave-out", type=int, default=0, metavar="N", help="leave the last N months out of the fit, and show how it does on them")
    p.add_argument("--without", action="append", default=[], metavar="YYYY-MM", help="leave this month out of the fit (repeatable)")
    p.add_argument("--hindcast", action="store_true", help="a scenario that begins with the first month and repeats its book-ins; else it begins after the last")
    p.add_argument("--name", default="calibrated", metavar="NAME", help="of the scenario (calibrated)")
    p.add_argument("--out", metavar="FILE", help="write the scenario to this file; else it is printed after the fit")
    p.add_argument("--json", action="store_true", help="print the fit as JSON")
    args = p.parse_args(arguments)
    if args.out and not args.out.endswith(".toml"):
        raise InputError(f"`{shorten(args.out)}` does not end in .toml", where="--out", help="A scenario is a TOML file")
    from homerule.capacity.calibrate import calibrate, scenario_toml
    from homerule.capacity.scenario import read_scenario
    from homerule.cli.simulate_text import fit_text

    name = _safe(args.name)
    fit = calibrate(args.data, args.first, args.last, args.leave_out, tuple(args.without), forward=not args.hindcast)
    text = scenario_toml(fit, name, forward=not args.hindcast)
    read_scenario(text, args.out or "the scenario")  # what is written can be run
    if args.out:
        try:
            Path(args.out).write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"`{args.out}` cannot be written: {error.strerror}", where="--out", help="Name a file in a folder that exists") from None
        sys.stderr.write(f"Written: {args.out}. Run it with `homerule simulate {args.out}`\n")
    if args.json:
        data = {**fit._asdict(), "months": [m._asdict() for m in fit.months], "parameters": {k: dict(zip(("low", "central", "high", "from"), v)) for k, v in fit.parameters.items()}}
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(fit_text(fit) + ("" if args.out else f"\n{text}"))
    return 0


def _told(bar: _Bar, share: float, i: int, n: int, done: float, what: str) -> None:
    bar(share * (i + done) / n, what)


class _Bar:
    """A line on a terminal's standard error that says how far the work is; nothing elsewhere."""

    def __init__(self) -> None:
        self.begun, self.shown = time.monotonic(), False

    def __call__(self, share: float, what: str) -> None:
        if not sys.stderr.isatty():
            return
        seconds = time.monotonic() - self.begun
        left = f", {seconds * (1 - share) / share:.0f} s left" if share > 0.05 and seconds > 2 else ""
        filled = min(30, int(30 * share))
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {share:4.0%} {what}{left}".ljust(78))
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * 78 + "\r")
            self.shown = False
