"""``homerule pardon batch``."""

from __future__ import annotations

import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError, nearest, shorten

_EPILOG = """\
examples:
  homerule pardon batch removals.parquet
  homerule pardon batch convictions.csv --class "cannabis possession" --chart reach.svg
  homerule pardon batch convictions.csv --status lpr --grantor governor --json
  homerule pardon batch --class "cannabis possession"

The table holds convictions (a class column such as offence or statute_class, with sentence_imposed_days, state, status … as far as they
are known) or removal charges (final_charge_section, charged_grounds …). What it would do: a full and unconditional pardon of each person by the
state's authority, unless the options say otherwise. With --class: a pardon of that class by proclamation (--individual: one by one).
Without a file, --class says what such a pardon would do to each ground, and why.
A table with names, birth dates, alien numbers, social security numbers or numbers of cases or bookings is refused.
Exit status: 0 answered, 2 bad input. Needs `pip install 'homerule[replay]'`; a chart needs 'homerule[charts]'. Not legal advice.
"""
_REACH = {
    "all": "(a) ends every ground charged or chargeable", "some": "(b) ends some, and others stay", "none": "(c) ends none", "open": "unsettled, or facts are missing",
    "no_ground": "nothing to end: no ground is chargeable on it", "unknown": "not known: no charge or class that can be read",
}  # fmt: skip


def parser() -> Parser:
    import argparse

    p = Parser(
        prog="homerule pardon batch", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="How many convictions or removal charges a proposed pardon would reach, by ground, state and class, and why not the rest.",
    )  # fmt: skip
    p.add_argument("file", nargs="*", metavar="FILE", help="CSV or Parquet files of one kind and shape")
    p.add_argument("--class", dest="classes", action="append", default=[], metavar="CLASS", help="propose a pardon of this class of offence (repeatable)")
    p.add_argument("--individual", action="store_true", help="grant to each person of the class one by one, and not by proclamation")
    p.add_argument("--grantor", default="governor", metavar="WHO", help="governor (also for a board that holds the power), or president")
    p.add_argument("--not-full", action="store_true", help="a pardon that withholds a right")
    p.add_argument("--conditions", default="none", metavar="STATE", help="none, open, fulfilled")
    p.add_argument("--instrument", default="pardon", metavar="KIND", help="pardon, commutation, expungement …")
    p.add_argument("--convicted-by", metavar="WHO", help="whose convictions, where no column says: state (the default), federal, dc …")
    p.add_argument("--status", metavar="STATUS", help="how people were admitted, where no column says: lpr, admitted, overstay, parolee, ewi")
    p.add_argument("--circuit", metavar="N", help="the federal circuit, where no column says")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    for role in ("charge", "class", "state"):
        p.add_argument(f"--{role}-column", metavar="NAME", help=f"the column that holds the {role}")
    p.add_argument("--drop-private", action="store_true", help="leave out columns that may point to a person, instead of refusing the table")
    p.add_argument("--chart", metavar="FILE", help="write a chart of the reach by ground: .svg, .png or .html")
    p.add_argument("--all", action="store_true", help="list every ground, state, class and section")
    p.add_argument("--json", action="store_true", help="print JSON")
    return p


def run(arguments: list[str]) -> int:
    """Count and print. Returns 0."""
    import datetime as dt

    args = parser().parse_args(arguments)
    from homerule.pardons.load import pardon_law

    law = pardon_law()
    if args.on:
        try:
            on = dt.date.fromisoformat(args.on)
        except ValueError:
            raise InputError(f"`{shorten(args.on)}` is no day", where="--on", help="Give it as YYYY-MM-DD") from None
    else:
        on = dt.date.today()
    only = [o for text in args.classes for o in classes_named(text, law)]
    instrument = proposed(args, law, bool(only) and not args.individual)
    if not args.file:
        if not only:
            raise InputError("no file is given", help="Name a table, or a class with --class. See `homerule pardon batch --help`")
        return _class_alone(only, instrument, on, law, args)
    case: dict[str, Any] = {"on": on, "convicted_by": "federal" if args.grantor == "president" else "state"}
    for name, value in (("convicted_by", args.convicted_by), ("status", args.status), ("circuit", args.circuit)):
        if value:
            case[name] = law.facts[name].parse(value.lower())
    from homerule.pardons.batch import batch

    named = {role: getattr(args, f"{role}_column") for role in ("charge", "class", "state") if getattr(args, f"{role}_column")}
    result = batch(args.file, law, instrument=instrument, case=case, only=only, named=named, drop_private=args.drop_private)
    if args.chart:
        _chart(result, args.chart)
    if args.json:
        import json

        sys.stdout.write(json.dumps(result.as_data(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_text(result, law, every=args.all))
    return 0


def classes_named(text: str, law: Any) -> list[str]:
    """The classes that some words name: the one called so, and its kinds. Raises InputError."""
    from homerule.pardons.columns import normal

    word = normal(text)
    found = [o for o in law.offences if o == word or o.startswith(word + "_")]
    if not found:
        raise InputError(f"no class of offence is called `{shorten(text)}`", where="--class", help=nearest(word, list(law.offences)))
    return found


def proposed(args: Any, law: Any, wide: bool) -> dict[str, Any]:
    """The facts of the proposed instrument."""
    kind = args.instrument.strip().lower().replace(" ", "_").replace("-", "_")
    if kind not in law.kinds:
        raise InputError(f"no instrument is called `{shorten(kind)}`", where="--instrument", help=nearest(kind, list(law.kinds)))
    facts: dict[str, Any] = {"grantor": args.grantor, "full": not args.not_full, "conditions": args.conditions, "individual": not wide, "supreme_authority": True, **law.kinds[kind]}
    return {n: law.facts[n].parse(v) for n, v in facts.items()}


# ------------------------------------------------------------------ printing


def _class_alone(only: list[str], instrument: dict[str, Any], on: Any, law: Any, args: Any) -> int:
    """What a pardon of a class would do to each ground, and why."""
    from homerule.cli.ask import strong
    from homerule.cli.pardon.text import LABEL
    from homerule.cli.text import wrap
    from homerule.pardons import assess

    given = {k: v for k, v in instrument.items() if k not in ("instrument", "supreme_authority")}
    kind = next(k for k, v in law.kinds.items() if v == {"instrument": instrument["instrument"]} or k == args.instrument)
    out: list[str] = []
    data = []
    for name in only:
        result = assess({"on": on, "status": args.status or "lpr", "posture": "before_charge", **({"circuit": args.circuit} if args.circuit else {}),
                         "conviction": [{"convicted_by": args.convicted_by or ("federal" if args.grantor == "president" else "state"), "classes": [name]}], "instrument": [{"kind": kind, **given}]}, law)  # fmt: skip
        data.append({"class": name, "title": law.offences[name].title, "assessment": result.as_data()})
        out.append(strong(wrap(f"{law.offences[name].title}", "")))
        for side, rows in (("Deportability", [r for r in result.grounds if r.when != "later"]), ("On travel or an application", [r for r in result.grounds if r.when == "later"])):
            for r in rows:
                how = "" if r.chargeable == "yes" else " (may be charged)"
                out.append(wrap(f"{side}, {r.section}{how}: {' or '.join(LABEL[o] for o in r.outcomes)}. {r.says[-1]}", "  - ", "    "))
        if not result.grounds:
            out.append("  No ground of removal is chargeable on it alone.")
    if args.json:
        import json

        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
        return 0
    how = "one by one" if instrument["individual"] else "as a class, by proclamation"
    sys.stdout.write(wrap(f"What a {args.instrument.replace('_', ' ')} granted {how} would do, as of {on.isoformat()}", "") + "\n\n" + "\n".join(out) + "\n\n" + wrap(law.untouched, "") + "\n" + wrap(result.notice, "") + "\n")
    return 0


def _share(part: int, whole: int) -> str:
    return f"{part:>12,}  {100 * part / whole:6.2f}%" if whole else f"{part:>12,}"


def _text(b: Any, law: Any, *, every: bool) -> str:
    from homerule.cli.ask import strong
    from homerule.cli.pardon.text import LABEL
    from homerule.cli.text import wrap

    most = 10_000 if every else 12
    how = [f"granted by {law.facts['grantor'].show(b.instrument['grantor'])}", "to each person" if b.instrument["individual"] else "to the class, by proclamation", "full" if b.instrument["full"] else "with a right withheld"]
    how.append({"none": "without conditions", "open": "with an open condition", "fulfilled": "with fulfilled conditions"}[str(b.instrument["conditions"])])
    lines = [wrap(f"{b.rows:,} {'removal charges' if b.kind == 'charges' else 'convictions'}, as of {b.on.isoformat()}. Proposed: {law.facts['instrument'].show(b.instrument['instrument'])}, {', '.join(how)}.", "")]
    if b.assumed:
        lines.append(wrap(f"Taken for every row that says nothing else: {'; '.join(b.assumed)}.", ""))
    lines += ["", strong("What the pardon would do")]
    lines += [f"  {_share(b.reach[name], b.rows)}  {words}" for name, words in _REACH.items() if b.reach[name] or name in ("all", "some", "none")]
    if b.kind == "charges":
        lines += ["", wrap(f"{b.named['today']:,} rows ({100 * b.share_named:.2f}%) rest on a ground that the pardon clause names, under the numbers in force; {b.named['older']:,} more on the same grounds under older numbers.", "")]
        lines.append(wrap("A row has only the charge that was recorded: other grounds on the same conviction are not seen, so (a) is the most that can be.", ""))
    lines += ["", strong("By ground"), f"  {'rows':>10}  {'perhaps':>8}  ground"]
    for g in b.grounds[:most]:
        said = "; ".join(f"{' or '.join(LABEL[o] for o in name.split(' or '))}{f' {n:,}' if len(g.outcomes) > 1 else ''}" for name, n in g.outcomes.items()) or "only perhaps"
        lines.append(wrap(f"{g.section}: {said}. {g.title[0].upper()}{g.title[1:]}", f"  {g.rows:>10,}  {g.possible:>8,}  ", " " * 24))
    if len(b.grounds) > most:
        lines.append(f"  and {len(b.grounds) - most} more (`--all` lists them)")
    for title, tallies in (("By state", b.states), ("By class", b.classes)):
        if tallies:
            lines += ["", strong(title), f"  {'rows':>10}  {'(a) all':>9}  {'(b) some':>9}  {'(c) none':>9}  {'open':>9}  {'no ground':>9}"]
            for t in tallies[:most]:
                lines.append(f"  {t.rows:>10,}  {t.reach['all']:>9,}  {t.reach['some']:>9,}  {t.reach['none']:>9,}  {t.reach['open']:>9,}  {t.reach['no_ground'] + t.reach['unknown']:>9,}  {t.name}")
            if len(tallies) > most:
                lines.append(f"  and {len(tallies) - most} more (`--all` lists them)")
    if b.why:
        lines += ["", strong("Why grounds stay (a row may stand here more than once)")]
        lines += [wrap(text, f"  {n:>10,}  ", " " * 14) for text, n in b.why[:most]]
    doubtful = [s for s in b.sections if len(s.grounds) != 1]
    if doubtful:
        lines += ["", strong("Sections kept apart")]
        for s in doubtful[:most]:
            what = "names no ground that is known" if not s.grounds else f"names {len(s.grounds)} grounds: " + ", ".join(law.grounds[g].number(b.on).code for g in s.grounds[:4]) + (" …" if len(s.grounds) > 4 else "")
            lines.append(wrap(f"{s.section or '(empty)'} {what}; {' or '.join(LABEL[o] for o in s.outcomes) or 'not counted'}", f"  {s.rows:>10,}  ", " " * 14))
    notes = [*b.notes, *(f"{n:,} values of the column {c} could not be read and count as not known" for c, n in b.unreadable.items()), *(f"the column {c} was left out, since it may point to a person" for c in b.left_out)]
    lines += ["", *[wrap(n[0].upper() + n[1:] + ".", "Note: ", "      ") for n in notes], wrap(b.untouched, ""), wrap(b.notice, "")]
    return "\n".join(lines) + "\n"


def _chart(b: Any, path: str) -> None:
    from homerule.documents.charts import save, stacked

    # every bar names every part, so that the parts stand in one order
    if b.kind == "charges" or not b.classes:
        kind = {"WAIVED": "waived", "NOT_A_CONVICTION": "no conviction left", "NOTHING_TO_ACT_ON": "nothing to act on", "NOT_WAIVED": "not waived", "NOT_A_QUALIFYING_PARDON": "not waived"}
        parts: tuple[str, ...] = ("waived", "no conviction left", "unsettled or open", "not waived", "nothing to act on")
        bars = {g.section: [(kind.get(name, "unsettled or open"), n) for name, n in g.outcomes.items()] for g in b.grounds[:12]}
        title, unit = f"A pardon would end {100 * b.reach['all'] / max(1, b.rows):.1f}% of these charges", "charges"
    else:
        words = {"all": "ends every ground", "some": "ends some", "open": "unsettled or open", "none": "ends none", "no_ground": "no ground", "unknown": "not known"}
        parts = tuple(words.values())
        bars = {t.name.replace("_", " "): [(words[k], n) for k, n in t.reach.items()] for t in b.classes[:14]}
        title, unit = f"A pardon would end every ground for {100 * b.reach['all'] / max(1, b.rows):.1f}% of these convictions", "convictions"
    shown = [p for p in parts if any(part == p and n for found in bars.values() for part, n in found)]
    rows = [(bar, p, float(sum(n for part, n in found if part == p))) for bar, found in bars.items() for p in shown]
    save(stacked(rows, title=title, value=unit, source="Homerule, on the table given", on=b.on), path)
