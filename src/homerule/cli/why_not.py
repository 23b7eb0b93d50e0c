"""``homerule why-not``: why an act does not have a certain verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from homerule.cli.main import Parser
from homerule.errors import InputError

_EPILOG = """\
examples:
  homerule why-not required --place "Los Angeles County, CA" --actor sheriff --request detainer --fact process=admin_warrant
  homerule why-not permitted --place "Travis County, TX" --actor sheriff --request detainer --act hold --fact process=admin_warrant --fact claims_citizenship=false

VERDICT: required, prohibited, permitted, conflict, unsettled or depends.
Exit status: 0 answered, 2 bad input.
"""


def parser() -> Parser:
    import argparse

    p = Parser(
        prog="homerule why-not", epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Why an act is not required, prohibited, permitted …: which norm would have to apply and what it lacks, which norm stands in the way, and which facts would change it.",
    )  # fmt: skip
    p.add_argument("verdict", metavar="VERDICT", help="the verdict asked about")
    p.add_argument("--place", metavar="PLACE", help='whose law: "Cook County, IL", "Austin, TX", "Texas", or a FIPS code')
    p.add_argument("--actor", metavar="ACTOR", help="who is asked: sheriff, jail, police, school, governor …")
    p.add_argument("--request", metavar="KIND", help="what is asked: detainer, interview_request, agreement_287g …, or a single act")
    p.add_argument("--act", action="append", default=[], metavar="ACT", help="only this act of the request (repeatable)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day asked about; today if not given")
    p.add_argument("--at", metavar="TIME", help="the time of release, for clock times: 14:30 or 2026-11-06T14:30")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact (repeatable); a set takes commas")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable; also HOMERULE_LAW)")
    p.add_argument("--full", action="store_true", help="list every norm and whole conditions, and not only the first of them")
    p.add_argument("--json", action="store_true", help="print JSON")
    return p


def run(arguments: list[str]) -> int:
    """Explain and print. Returns 0."""
    args = parser().parse_args(arguments)
    from homerule.cli.decide import read_facts
    from homerule.reasoning.decide import Request, engine
    from homerule.reasoning.finding import as_data
    from homerule.reasoning.why_not import read_verdict, why_not

    wanted = read_verdict(args.verdict)
    if not args.request and len(args.act) == 1:
        args.request, args.act = args.act[0], []
    for name in ("place", "actor", "request"):
        if not getattr(args, name):
            raise InputError(f"--{name} is missing", help="See `homerule why-not --help`")
    chosen = engine(tuple(args.law))
    request = Request(args.place, args.actor, args.request, args.on, read_facts(args.fact), args.at, tuple(args.act))
    case = chosen.read(request)
    answers = [why_not(chosen, case, act, wanted) for act in case.acts]
    decision = chosen.decide(request)
    if args.json:
        import json

        data = {"request": decision.request, "wanted": wanted, "acts": as_data(answers), "receipt": as_data(decision.receipt), "notes": as_data(decision.notes), "notice": decision.notice}
        json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        sys.stdout.write(_text(decision, answers, chosen.corpus, args.full))
    return 0


# ------------------------------------------------------------------ text


def _text(decision: Any, answers: list[Any], corpus: Any, full: bool) -> str:
    from homerule.cli.ask import strong
    from homerule.cli.text import short_hash, wrap

    r = decision.request
    actor = corpus.vocabulary.actor(r["actor"]).words
    lines = [wrap(f"{actor[0].upper()}{actor[1:]}, {r['place']['name']}: {corpus.vocabulary.asked(r['request']).words}, asked as of {r['on']}", "")]
    for w in answers:
        lines += ["", strong(wrap(f"{w.act}: {w.answer}", "")), *_one(w, 1000 if full else 5, full)]
    if decision.notes:
        lines += ["", *[wrap(n[0].upper() + n[1:].rstrip(".") + ".", "Note: ", "      ") for n in decision.notes]]
    receipt = decision.receipt
    lines += ["", wrap(f"Corpus {receipt.corpus} ({short_hash(receipt.corpus_hash)}), engine {receipt.engine}, law as of {receipt.as_of.isoformat()}.", ""), wrap(decision.notice, "")]
    return "\n".join(lines) + "\n"


def _one(w: Any, most: int, full: bool) -> list[str]:
    from homerule.cli.text import wrap

    out: list[str] = []

    def block(title: str, items: Iterable[str]) -> None:
        rows = list(items)
        if rows:
            out.append(f"  {title}")
            out.extend(wrap(text, "    - ", "      ") for text in rows[:most])
            if len(rows) > most:
                out.append(f"    - and {len(rows) - most} more (`--full` lists them)")

    if w.so:
        return out
    out += [wrap(doubt, "  Doubt: ", "         ") for doubt in w.doubts]
    block("What would have to stand" + (" (one is enough)" if len(w.needed) > 1 and w.wanted != "conflict" else ""), (_cut(r.words, full) + "." for r in w.needed))
    if not w.needed and w.wanted in ("required", "prohibited"):
        out += ["  What would have to stand", f"    - no norm in force here {'requires' if w.wanted == 'required' else 'prohibits'} it"]
    block("Not in force on this day", (e.words + "." for e in w.elsewhen))
    block("What stands in the way", (_obstacle(o, full) for o in w.in_the_way))
    block(f"It would be {_phrase(w.wanted)} if", map(_way, w.ways))
    if w.never:
        out.append(wrap("No change of facts would make it so; only a change of the law, or of place or day, could.", "  "))
    return out


def _obstacle(o: Any, full: bool) -> str:
    from homerule.reasoning.finding import cite

    says = {"require": "requires it", "forbid": "prohibits it", "untranslated": "needs a lawyer's eye", "permit": "permits it"}.get(o.effect, "defeats what would help")
    text = f"{'' if o.applies == 'certain' else 'If the facts bring it in: '}{cite(o.citation, o.pinpoint)} {says}. {_cut(o.why, full)}."
    if o.removed_by:
        text += f" It would not stand if {'; or if '.join(x.words for x in o.removed_by[:3])}."
    for rule in o.yields_to[:3]:
        text += f" It would fall to {cite(rule.citation, rule.pinpoint)}, were that to apply."
    return text


def _way(x: Any) -> str:
    known = f" (a change of {', '.join(x.changes)})" if x.changes and x.facts else ""
    return f"{x.words}{known}"


def _phrase(verdict: str) -> str:
    from homerule.reasoning.explain import VERDICT_PHRASE

    return VERDICT_PHRASE[verdict]


def _cut(text: str, full: bool) -> str:
    """A long condition, cut at a word."""
    return text if full or len(text) <= 320 else text[:300].rsplit(" ", 1)[0] + " … (`--full` shows the rest)"
