"""``homerule pardon assess``."""

from __future__ import annotations

import sys
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

_EPILOG = """\
examples:
  homerule pardon assess --convicted-by NY --class drug_trafficking --charged "237(a)(2)(B)(i)" --charged 237a2Aiii \\
      --instrument pardon --grantor governor --full yes --unconditional yes --circuit 3 --status lpr
  homerule pardon assess --convicted-by LA --class burglary --charged "241(a)(4)" --instrument automatic_pardon --on 1988-05-01
  homerule pardon assess --charged "237(a)(1)(A) via 212(a)(2)(A)(i)(II)" --convicted-by NJ --class drug_possession --instrument pardon
  homerule pardon assess --case case.toml --json

What is not given stays unknown: the result then lists every outcome that is possible, and which facts decide. A class may say how
sure it is: --class theft:disputed. Several convictions or instruments go into a case file (docs/how-to/pardons.md shows one).
--words lists instruments, classes of offence and facts. Nothing you type should name a person.
Exit status: 0 answered, 2 bad input. Not legal advice.
"""


def options(p: Parser) -> None:
    """The options that describe a case with one conviction and one instrument."""
    p.add_argument("--case", metavar="FILE", help="a case as TOML or JSON; the options below add to it or replace what it says")
    p.add_argument("--convicted-by", metavar="WHO", help="federal, military, dc, municipal, tribal, foreign, or a state or territory: NY, \"Puerto Rico\"")
    p.add_argument("--class", dest="classes", action="append", default=[], metavar="CLASS[:SURE]", help="class of offence, and certain, probable or disputed (repeatable)")
    p.add_argument("--convicted-on", metavar="YYYY-MM-DD", help="the day of conviction")
    p.add_argument("--sentence", metavar="LENGTH", help="the sentence imposed, suspended parts counted: 364, 18m, 1y")
    p.add_argument("--max-sentence", metavar="LENGTH", help="the longest sentence that the law allowed on the day of conviction")
    p.add_argument("--charged", action="append", default=[], metavar="SECTION", help="a ground charged, however it is spelt (repeatable)")
    p.add_argument("--instrument", metavar="KIND", help="pardon, conditional_pardon, class_proclamation, commutation, expungement, vacatur … (`--words`)")
    p.add_argument("--grantor", metavar="WHO", help="president, governor, board, mayor … or state, for whoever pardons in --grantor-state")
    p.add_argument("--grantor-state", metavar="STATE", help="the state whose authority grants; the convicting state if not given")
    p.add_argument("--granted-on", metavar="YYYY-MM-DD", help="the day of the grant")
    p.add_argument("--full", nargs="?", const="yes", metavar="yes|no", help="whether no right is withheld")
    p.add_argument("--unconditional", nargs="?", const="yes", metavar="yes|no", help="whether no condition is open")
    p.add_argument("--withheld", action="append", default=[], metavar="RIGHT", help="a right that is withheld: firearms (repeatable)")
    p.add_argument("--status", metavar="STATUS", help="lpr, admitted, overstay, parolee, ewi")
    p.add_argument("--posture", metavar="STAGE", help="before_charge, in_proceedings, final_order, admission, adjustment, naturalization, visa")
    p.add_argument("--final-order", metavar="YYYY-MM-DD", help="the day of the final order")
    p.add_argument("--circuit", metavar="N", help="the federal circuit: 1 to 11, dc")
    p.add_argument("--place", metavar="PLACE", help="where the case is heard, in place of --circuit")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="any other fact (repeatable)")


def parser() -> Parser:
    import argparse

    p = Parser(
        prog="homerule pardon assess", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="What an instrument of clemency does to each ground of removal, charged and chargeable; what is left, and what else could help.",
    )  # fmt: skip
    options(p)
    p.add_argument("--words", action="store_true", help="list every instrument, class of offence and fact")
    p.add_argument("--full-text", action="store_true", help="list every test, and also the grounds tested only on travel or an application")
    p.add_argument("--json", action="store_true", help="print JSON")
    return p


def run(arguments: list[str]) -> int:
    """Assess and print. Returns 0."""
    args = parser().parse_args(arguments)
    from homerule.cli.pardon.text import assessment_text, words_text
    from homerule.pardons.load import pardon_law

    law = pardon_law()
    if args.words:
        sys.stdout.write(words_text(law))
        return 0
    data = case_data(args, law)
    if not data.get("charges") and not data.get("conviction"):
        raise InputError("neither a conviction nor a charge is given", help="See `homerule pardon assess --help`")
    from homerule.pardons import assess

    result = assess(data, law)
    if args.json:
        import json

        sys.stdout.write(json.dumps(result.as_data(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(assessment_text(result, law, full=args.full_text))
    return 0


def read_case_file(path: str) -> dict[str, Any]:
    """A case file, TOML or JSON. Raises InputError."""
    import json
    import tomllib

    try:
        with open(path, "rb") as file:
            raw = file.read(1_000_001)
    except OSError as error:
        raise InputError(f"`{shorten(path)}` cannot be read: {error.strerror}", where="--case", help="Name a TOML or JSON file") from None
    if len(raw) > 1_000_000:
        raise InputError(f"`{shorten(path)}` is larger than a case can be", where="--case", help="Use `homerule pardon batch` for many cases")
    try:
        text = raw.decode("utf-8")
        data = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise InputError(f"`{shorten(path)}` is neither TOML nor JSON: {shorten(str(error), 120)}", where="--case", help="Mend the file") from None
    if not isinstance(data, dict):
        raise InputError(f"`{shorten(path)}` holds no table", where="--case", help="See docs/how-to/pardons.md")
    return data


def case_data(args: Any, law: Any) -> dict[str, Any]:
    """The case that the options give, on top of a case file."""
    data = read_case_file(args.case) if args.case else {}
    conviction: dict[str, Any] = {}
    instrument: dict[str, Any] = {}
    for target, name, value in (
        (data, "on", args.on), (data, "status", args.status), (data, "posture", args.posture), (data, "circuit", args.circuit), (data, "place", args.place),
        (data, "final_order_day", args.final_order), (conviction, "convicted_by", args.convicted_by), (conviction, "classes", args.classes),
        (conviction, "day", args.convicted_on), (conviction, "sentence_imposed_days", args.sentence), (conviction, "max_sentence_days", args.max_sentence),
        (instrument, "kind", args.instrument), (instrument, "grantor", args.grantor), (instrument, "state", args.grantor_state), (instrument, "day", args.granted_on),
        (instrument, "full", args.full), (instrument, "unconditional", args.unconditional), (instrument, "rights_withheld", args.withheld),
    ):  # fmt: skip
        if value not in (None, []):
            target[name] = value
    if args.charged:
        data["charges"] = [*data.get("charges", []), *args.charged]
    for fact in args.fact:
        name, mark, value = fact.partition("=")
        name = name.strip()
        if not mark:
            raise InputError(f"`{shorten(fact)}` has no value", where="--fact", help="Write NAME=VALUE")
        about = law.about.get(name)
        part: dict[str, Any] | None = {"case": data, "conviction": conviction, "element": conviction, "instrument": instrument}.get(about or "")
        if part is None and name in ("grade", "offence_day"):
            part = conviction
        elif part is None and name in ("admission_day", "period_start", "removal_day", "days_needed", "final_order_day"):
            part = data
        if part is None:
            from homerule.errors import nearest

            raise InputError(f"no fact is called `{shorten(name)}`", where="--fact", help=nearest(name, [n for n, a in law.about.items() if a not in ("ground", "derived")]))
        part[name] = int(value) if name == "days_needed" and value.strip().isdigit() else value
    for key, added in (("conviction", conviction), ("instrument", instrument)):
        if not added:
            continue
        given = data.get(key, [])
        given = [given] if isinstance(given, (dict, str)) else list(given)
        if len(given) > 1:
            raise InputError(f"the case file has several entries called {key}", where="--case", help="Give their details in the file and not as options")
        first = given[0] if given else {}
        data[key] = [{**({"kind": first} if isinstance(first, str) and key == "instrument" else {"classes": [first]} if isinstance(first, str) else first), **added}]
    if data.get("instrument") and conviction.get("convicted_by") and not args.case and "state" not in instrument:
        from homerule.pardons.case import sovereign

        if str(instrument.get("grantor")).lower() in ("state", "board", "governor", "governor_with_board", "territorial_governor"):
            sort, state = sovereign(str(conviction["convicted_by"]), law)
            if state and sort in ("state", "territory"):
                data["instrument"][0]["state"] = state
    return data
