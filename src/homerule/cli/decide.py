"""``homerule decide``: one request, one answer for each act it asks."""

from __future__ import annotations

import sys

from homerule.cli.main import Parser
from homerule.errors import InputError, shorten

_EPILOG = """\
examples:
  homerule decide --place "Los Angeles County, CA" --actor sheriff --request detainer --fact process=admin_warrant
  homerule decide --place "Travis County, TX" --actor sheriff --request detainer --fact process=admin_warrant --fact claims_citizenship=false --at 14:30
  homerule decide --place 17031 --actor jail --request interview_request --on 2026-06-01 --json
  homerule decide --place "Bucks County, PA" --actor sheriff --request agreement_287g --out memo.pdf

A fact that is not given is unknown: where it matters the answer says `depends` and lists what each value would mean.
Exit status: 0 answered, 2 bad input.
"""


def parser() -> Parser:
    import argparse

    p = Parser(prog="homerule decide", description="Answer one federal request: for each act it asks, whether the law requires, prohibits or permits it, and why.", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--place", metavar="PLACE", help='whose law: "Cook County, IL", "Austin, TX", "Texas", or a FIPS code')
    p.add_argument("--actor", metavar="ACTOR", help="who is asked: sheriff, jail, police, school, governor … (`--words` lists all)")
    p.add_argument("--request", metavar="KIND", help="what is asked: detainer, interview_request, agreement_287g …, or a single act")
    p.add_argument("--act", action="append", default=[], metavar="ACT", help="only this act of the request (repeatable)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--at", metavar="TIME", help="the time of release, for clock times: 14:30 or 2026-11-06T14:30")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact (repeatable); a set takes commas: conviction_class=felony,registry")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files: your ordinances and policies (repeatable; also HOMERULE_LAW)")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.add_argument("--out", metavar="FILE", help="write the answer as a memo: FILE.docx, .pdf, .html or .txt")
    p.add_argument("--full", action="store_true", help="list every authority, and not only those that matter most")
    p.add_argument("--words", action="store_true", help="list actors, request kinds, acts and facts, and stop")
    return p


def read_facts(pairs: list[str]) -> dict[str, str]:
    """``NAME=VALUE`` pairs as a mapping. Raises InputError for a pair without ``=`` or a name given twice."""
    out: dict[str, str] = {}
    for pair in pairs:
        name, mark, value = pair.partition("=")
        if not mark or not name.strip():
            raise InputError(f"`{shorten(pair)}` is not of the form NAME=VALUE", where="--fact", help="For instance --fact process=admin_warrant")
        if name.strip() in out and out[name.strip()] != value:
            raise InputError(f"the fact `{shorten(name.strip())}` is given twice", where="--fact", help="Give it once; a set takes commas")
        out[name.strip()] = value
    return out


def run(arguments: list[str]) -> int:
    """Decide and print. Returns 0."""
    args = parser().parse_args(arguments)
    from homerule.reasoning.decide import Request, engine

    chosen = engine(tuple(args.law))
    if args.words:
        from homerule.cli.text import words

        sys.stdout.write(words(chosen.corpus.vocabulary))
        return 0
    for name in ("place", "actor", "request"):
        if not getattr(args, name):
            if name == "request" and args.act:
                args.request = args.act[0] if len(args.act) == 1 else None
                args.act = [] if args.request else args.act
            if not getattr(args, name):
                raise InputError(f"--{name} is missing", help="See `homerule decide --help`")
    request = Request(args.place, args.actor, args.request, args.on, read_facts(args.fact), args.at, tuple(args.act))
    decision = chosen.decide(request)
    if args.out:
        from homerule.cli.draft import write_memo

        write_memo(decision, chosen.corpus, args.out, full=args.full)
    elif args.json:
        import json

        json.dump(decision.as_data(), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        from homerule.cli.text import decision_text

        sys.stdout.write(decision_text(decision, chosen.corpus, full=args.full))
    return 0
