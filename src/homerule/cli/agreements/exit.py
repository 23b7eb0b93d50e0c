"""``homerule agreements exit``: the way out of an agreement, or with ``--join`` the way in."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

from homerule.cli.agreements.printing import parser, write_json
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.agreements.exit import Plan
    from homerule.agreements.model import Agreement

EXAMPLES = """\
  homerule agreements exit fl/clay-county-sheriffs-office/warrant-service
  homerule agreements exit "Clay County, FL" --model WSO --on 2026-12-01
  homerule agreements exit signed-copy.pdf
  homerule agreements exit --join "task force" --place "Harris County, TX" --actor sheriff

What the law says is the answer of `homerule decide` for that place, body and day. Where leaving (or entering) is prohibited, no steps
of it are given. Exit status: 0 answered, 2 bad input."""


def run(arguments: list[str]) -> int:
    """Print the plan. Returns 0."""
    p = parser("exit", "How an agreement may be left: its own clause, who must approve, notice, the earliest day out, what the law says of leaving and of keeping it, and what is risked either way.", EXAMPLES)
    p.add_argument("agreement", nargs="?", metavar="AGREEMENT", help="an id of the registry, an agency, a place (with --model), or a signed copy as PDF")
    p.add_argument("--model", metavar="MODEL", help="the kind or model, where a body holds several, or one that is not in the registry: jail, WSO, task force, detention …")
    p.add_argument("--join", metavar="MODEL", help="the reverse: how a body without such an agreement may enter one (with --place)")
    p.add_argument("--place", metavar="PLACE", help="the body's place, for --join or where the agreement does not say")
    p.add_argument("--actor", default="", metavar="ACTOR", help="what kind of body it is: sheriff, police, council … (else told from the agency's name)")
    p.add_argument("--on", metavar="YYYY-MM-DD", help="the day on which notice is received; today if not given")
    p.add_argument("--fact", action="append", default=[], metavar="NAME=VALUE", help="a fact for the law (repeatable), as in `homerule decide`")
    p.add_argument("--law", action="append", default=[], metavar="DIR", help="a folder of further law files (repeatable)")
    p.add_argument("--full", action="store_true", help="every risk and protection, and not only the first")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.agreements.exit import exit_plan, join_plan
    from homerule.cli.decide import read_facts

    facts = read_facts(args.fact)
    if args.join:
        where = args.place or args.agreement
        if not where:
            raise InputError("a place is missing", where="--join", help='For instance: --join "task force" --place "Harris County, TX"')
        plan = join_plan(args.join, where, actor=args.actor, on=args.on, facts=facts, law=args.law)
    else:
        if not args.agreement:
            raise InputError("an agreement is missing", help="Give its id, its agency, a place with --model, or a PDF; see `homerule agreements exit --help`")
        agreement = find(args.registry, args.agreement, args.model, args.place)
        plan = exit_plan(agreement, on=args.on, actor=args.actor, place=args.place or "", facts=facts, law=args.law)
    if args.json:
        write_json(plan.as_data())
    else:
        sys.stdout.write("\n".join(text(plan, full=args.full)) + "\n")
    return 0


def find(registry: str | None, said: str, model: str | None, place: str | None) -> Agreement:
    """The agreement meant: of the registry, of a PDF, or (place and model) one that is only supposed. Raises InputError."""
    from pathlib import Path

    from homerule.agreements.kinds import kinds
    from homerule.agreements.model import Agreement

    if said.lower().endswith(".pdf") or Path(said).is_file():
        return of_pdf(said)
    from homerule.agreements.registry import Registry

    wanted = kinds().kind(model, "--model") if model else None
    from homerule.reasoning.decide import engine

    try:
        home = engine().find(said)
    except InputError:
        home = None
    with Registry(registry) as held:
        if home is not None and "/" in home.id:
            found = [a for a in held.agreements(place=home.id) if wanted is None or (a.kind, a.model) == wanted or (not wanted[1] and a.kind == wanted[0])]
            if len(found) == 1:
                return found[0]
            if found:
                raise InputError(f"{home.name} has {len(found)} agreements in the registry", where="AGREEMENT", help="Write one of them: " + ", ".join(a.id for a in found[:8]))
            if wanted:
                return Agreement("", "", home.id, home.state, wanted[0], wanted[1], doubts=("the registry holds no such agreement of this place: the plan is drawn as if there were one",))
        one = held.get(said)
        if wanted and (one.kind, one.model) != wanted and wanted[1]:
            raise InputError(f"`{one.id}` is of another model", where="--model", help="Leave --model out, or name the other agreement")
        return one


def of_pdf(path: str) -> Agreement:
    """An agreement as one PDF states it, whether or not the registry has it. Raises InputError where it does not say whose it is."""
    from homerule.agreements.model import Agreement, Exit
    from homerule.agreements.pdf import read_pdf
    from homerule.agreements.placing import place_of

    r = read_pdf(path, progress=_progress)
    missing = [n for n in ("state", "kind") if not getattr(r, n).value]
    if missing:
        raise InputError("; ".join(f"{n}: {getattr(r, n).doubt or 'not legible'}" for n in missing), where=path, help="Name the agreement by place and --model instead")
    doubts = [f"{n.replace('_', ' ')}: {v.doubt}" for n, v in r.values().items() if v.doubt and not v.sure and n in ("agency", "state", "model", "signed_local", "signed_federal")]
    exit_doubts = dict.fromkeys(v.doubt for v in (r.local_notice_days, r.federal_notice_days, r.to, r.clause) if v.doubt)
    page = f", page {r.clause.page}" if r.clause.page else ""
    terms = Exit(r.local_notice_days.value, r.federal_notice_days.value, r.to.value, r.how.value, r.clause.value, "confirmed" if r.clause.page else "recalled" if r.clause.value else "unread", "; ".join(exit_doubts), f"{r.path.rsplit('/', 1)[-1]}{page}")
    signed = max((d for d in (r.signed_local.value, r.signed_federal.value) if d), default=None)
    place = place_of(r.agency.value, r.state.value, "", "").id if r.agency.value else None
    return Agreement("", r.agency.value, place, r.state.value, r.kind.value, r.model.value, signed=signed, effective=r.effective.value, ends=r.ends.value, exit=terms, document_hash=r.sha256, doubts=tuple(doubts), template=r.template.value)


def _progress(done: int, of: int) -> None:
    from homerule.cli.agreements.printing import progress

    progress(done, of, "reading pages")


def text(plan: Plan, *, full: bool = False) -> list[str]:
    """A plan as lines."""
    from homerule.agreements.kinds import kinds
    from homerule.cli.ask import strong
    from homerule.cli.text import wrap

    who = plan.agreement.agency if plan.agreement and plan.agreement.agency else f"{plan.actor}, {plan.place}"
    title = f"{who}: {'leaving' if plan.direction == 'leave' else 'entering'} {kinds().label(plan.kind, plan.model)}, as of {plan.on.isoformat()}"
    out = [wrap(title, ""), *([f"  {plan.agreement.id}"] if plan.agreement and plan.agreement.id else []), "", strong(wrap(plan.first, "")), ""]
    if plan.direction == "leave":
        out.append(wrap(f"Earliest day out: {plan.earliest_words}.", "", "  "))
    if plan.direction == "join" and not (plan.by or plan.notes):
        out.pop()
    if plan.by:
        out.append(wrap(f"The law's day: {_long(plan.by)}.", "", "  "))
    out += [wrap(n[0].upper() + n[1:] + ".", "Note: ", "      ") for n in plan.notes]
    out += ["", strong("Steps" if plan.open else "What can be said")]
    for i, s in enumerate(plan.steps, 1):
        tail = f" ({s.source})" if s.source else ""
        out.append(wrap(f"{s.title}. {s.text}{tail}", f"  {i}. ", "     "))
        if s.doubt:
            out.append(wrap(f"Doubt: {s.doubt}.", "     ", "     "))
    sides = (("What the law says of leaving now", plan.leaving), ("What the law says of entering or keeping it", plan.holding))
    for head, side in sides if plan.direction == "leave" else reversed(sides):
        if plan.direction == "join":
            head = head.replace("leaving now", "leaving it later").replace("entering or keeping it", "entering it")
        out += ["", strong(head), wrap(side.answer.rstrip(".") + ".", "  ", "  ")]
        out += [wrap(a, "    - ", "      ") for a in (side.authorities if full else side.authorities[:3])]
        if len(side.authorities) > 3 and not full:
            out.append(f"    - and {len(side.authorities) - 3} more (`--full` lists them)")
    for side_name, exposure in plan.exposure.items():
        for effect, label in (("expose", "Risk"), ("protect", "Protection")):
            rows = [r for r in exposure.doing if r.effect == effect]
            if (rows and effect == "expose") or (rows and not any(r.effect == "expose" for r in exposure.doing)):
                out += ["", strong(f"What is risked, and what protects, in {side_name}")]
            for r in rows if full else rows[:3]:
                penalty = f" {r.penalty[0].upper()}{r.penalty[1:].rstrip('.')}." if r.penalty else ""
                out.append(wrap(f"{label}: {'If the facts bring it in: ' if r.applies != 'certain' else ''}{r.says}{penalty} ({r.citation})", "  - ", "    "))
            if len(rows) > 3 and not full:
                out.append(f"  - and {len(rows) - 3} more (`--full` lists them)")
    if plan.coming:
        out += ["", strong("Coming within 90 days"), *[wrap(c + ".", "  - ", "    ") for c in plan.coming]]
    if plan.doubts:
        out += ["", strong("Doubts"), *[wrap(d[0].upper() + d[1:].rstrip(".?") + ("?" if d.endswith("?") else "."), "  - ", "    ") for d in plan.doubts]]
    if plan.receipt:
        out += ["", wrap(f"Corpus {plan.receipt['corpus']}, engine {plan.receipt['engine']}, law as of {plan.receipt['as_of']}.", "")]
    return [*out, wrap(plan.notice, "")]


def _long(day: dt.date) -> str:
    from homerule.reasoning.explain import long_date

    return long_date(day)
