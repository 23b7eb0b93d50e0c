"""``homerule agreements show``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from homerule.agreements.model import Agreement
from homerule.cli.agreements.printing import parser, standing, write_json

if TYPE_CHECKING:
    from homerule.agreements.registry import Change

EXAMPLES = """  homerule agreements show md/cecil-county-sheriffs-office/jail
  homerule agreements show "Wells Police Department"
  homerule agreements show me/wells-police-department --history"""


def run(arguments: list[str]) -> int:
    """Print one agreement. Returns 0."""
    p = parser("show", "All that is known of one agreement: dates, exit terms, approvals, costs, what lists showed and when, and the source of each fact.", EXAMPLES)
    p.add_argument("id", metavar="ID", help="its id, an id under another spelling, or an agency's name that holds only one")
    p.add_argument("--history", action="store_true", help="also every change of the registry's entry: when, by whom, from what")
    p.add_argument("--json", action="store_true", help="print JSON")
    args = p.parse_args(arguments)
    from homerule.agreements import Registry, as_dict

    with Registry(args.registry) as registry:
        a = registry.get(args.id)
        others = [b for b in registry.agreements(state=a.state) if b.id.rpartition("/")[0] == a.id.rpartition("/")[0] and b.id != a.id]
        history = registry.history(a.id)
    if args.json:
        write_json(as_dict(a) | {"history": [c._asdict() for c in history], "others": [b.id for b in others]})
        return 0
    sys.stdout.write("\n".join(text(a, others, history if args.history else [])) + "\n")
    return 0


def text(a: Agreement, others: list[Agreement], history: list[Change]) -> list[str]:
    """One agreement as lines."""
    from homerule.agreements.kinds import kinds
    from homerule.cli.text import wrap

    out = [f"{a.agency}, {a.state.upper()}: {kinds().label(a.kind, a.model)}", f"  {a.id}" + (f" · {a.place}" if a.place else " · without a place")]
    out.append(wrap(f"Status: {standing(a)}.", "  ", "    "))
    if a.absent_from and a.status.startswith("no longer"):
        out.append(wrap("No document held here says that it ended, when, or why: the lists only show that it is absent.", "    "))
    dates = [("signed", a.signed), ("in effect", a.effective), ("ends", a.ends), ("first listed", a.listed_first), ("last listed", a.listed_last), ("not listed from", a.absent_from), ("first pending", a.pending_first), ("last pending", a.pending_last)]
    out += [f"  {name[0].upper() + name[1:]}: {on}" for name, on in dates if on]
    for name, said in (("Federal party", a.federal_agency), ("Further parties", "; ".join(a.parties)), ("Term", a.term), ("Renewal", a.renewal), ("Template", a.template), ("Document", a.link), ("SHA-256", a.document_hash), ("County", a.county), ("Note", a.note)):
        if said:
            out.append(wrap(f"{name}: {said}", "  ", "    "))
    out.append("  Way out")
    x = a.exit
    if x.certainty == "unread" and not x.words:
        out.append(wrap("The document of this agreement has not been read here; import it as PDF, or record its terms. `homerule agreements exit` says what its template is known to provide.", "    "))
    else:
        for side, days in (("The local body's notice", x.local_notice_days), ("The federal side's notice", x.federal_notice_days)):
            said = "not read" if days is None else "none asked for" if days == 0 else f"{days} days"
            out.append(f"    {side}: {said}")
        for name, said in (("To", x.to), ("How", x.how), ("Clause", x.words), ("Certainty", x.certainty), ("Doubt", x.doubt), ("Source", x.source)):
            if said:
                out.append(wrap(f"{name}: {said}", "    ", "      "))
    for title, items in (
        ("Approvals", [f"{p.by}{f', {p.on}' if p.on else ''}{f', {p.instrument}' if p.instrument else ''} ({p.source})" for p in a.approvals]),
        ("Costs", [f"{c.what}{f': ${c.dollars:,.2f}' if c.dollars is not None else ''}{f' per {c.per}' if c.per else ''} ({c.source})" for c in a.costs]),
        ("Addenda", [f"{d.title}{f', signed {d.signed}' if d.signed else ''}{f': {d.link}' if d.link else ''}" for d in a.addenda]),
        ("Periods", [_period(p) for p in a.periods]),
        ("What happened", [f"{e.on}  {e.text}" for e in a.events]),
        ("Sources", [f"{f.field}: {f.said} ({f.source}{f', list of {f.on}' if f.on else ''})" for f in a.facts]),
        ("Doubts", [d[0].upper() + d[1:] + "." for d in a.doubts]),
        ("Other agreements of this body", [f"{b.id}: {standing(b)}" for b in others]),
        ("History", [f"{c.at}  {c.by}, from {c.source}: " + (f"first entered as {c.new}" if c.field == "agreement" and c.new else f"{c.field}: {c.old or 'nothing'} → {c.new or 'nothing'}") for c in history]),
    ):  # fmt: skip
        if items:
            out.append(f"  {title}")
            out += [wrap(i, "    - ", "      ") for i in items]
    return out


def _period(p: object) -> str:
    from homerule.agreements.model import Period

    assert isinstance(p, Period)
    said = f"from {p.start or 'an unknown day'}" + (f" to {p.end} (document)" if p.end else "")
    if p.last_seen:
        said += f", last listed {p.last_seen}"
    return said + (f", not listed so from {p.absent_from}" if p.absent_from else "")
