"""Playbook and memo as documents: the same blocks for HTML, DOCX, PDF and the terminal, and the same templates for both sides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from homerule.advice.option import Option, grouped
from homerule.advice.playbooks import DRAFT, INSTEAD, NOT_ADVISED, Base, Entry, Playbook, agreement_words
from homerule.advice.short import risk_words
from homerule.advice.status import ALREADY, AVAILABLE, BARRED, CONTESTED, DEPENDS, MANDATED, OTHERS, SAYS, STATUSES, UNKNOWN
from homerule.advice.vote import Memo, Side
from homerule.documents.marks import literal
from homerule.documents.model import Block, Bullets, Callout, Document, Heading, Numbered, PageBreak, Paragraph, Table
from homerule.reasoning.explain import VERDICT_PHRASE, listed, long_date
from homerule.reasoning.finding import NOTICE, Duty, NormRef, Risk, cite

_SIDES = {"limiting": "Limiting", "cooperating": "Cooperating", "both": "Either way"}
_WHOLE = (MANDATED, AVAILABLE, DEPENDS, CONTESTED)  # of which steps, time and risks are worth reading


def playbook_document(playbook: Playbook) -> Document:
    """``playbook`` as a document: one page of "In short" first, then the levers by status."""
    p = playbook
    fields = [("For", _upper(p.body)), ("Law as of", long_date(p.on))]
    fields += [("Topic", p.topic)] if p.topic else []
    fields += [("Side", p.side)] if p.side != "both" else []
    blocks: list[Block] = [Heading("In short")]
    for point in p.short:
        blocks += [Paragraph(f"**{point.title}**"), Bullets(tuple(literal(i) for i in point.items))]
    blocks += [PageBreak(), Callout("Not advised", f"{_upper(NOT_ADVISED.partition(': ')[2])} {INSTEAD}", "warning"), Paragraph(DRAFT, "small")]
    blocks += [Heading("The levers"), _counts(p)]
    blocks.append(Callout("The standard case", f"Where nothing else is said, the law was asked about this case. {p.case}" + (f" Facts given: {', '.join(f'{k} = {_shown(v)}' for k, v in p.facts.items())}." if p.facts else "")))
    if p.agreements:
        blocks += [Heading("Agreements in the register", 2), Bullets(tuple(literal(agreement_words(a)) for a in p.agreements))]
    for status, title in STATUSES.items():
        rows = p.of(status)
        if rows:
            blocks += [Heading(title), Paragraph(SAYS[status])]
            blocks += _short_rows(rows, status) if status in (UNKNOWN, OTHERS) else _sections(rows)
    if p.notes:
        blocks += [Heading("Notes", 2), Bullets(tuple(literal(_ended(_upper(n))) for n in p.notes))]
    blocks.append(Paragraph(NOTICE, "small"))
    refs = [r for e in p.entries for o in e.options for r in o.authorities]
    known = dict.fromkeys(r.citation for r in refs)
    cites = tuple(literal(c) for c in [*known, *(b.citation for e in p.entries if e.status in _WHOLE for b in e.bases if b.citation not in known)])
    return Document(f"Playbook: {p.place.name}", tuple(blocks), "report", "Federal requests for help with immigration enforcement: what the law lets this body do", (), tuple(fields), tuple(dict.fromkeys(cites)), p.receipt)


def _counts(p: Playbook) -> Table:
    sides = [s for s in _SIDES if any(e.lever.side == s for e in p.entries)]
    rows = tuple((title, *(str(sum(e.lever.side == s for e in p.of(status))) for s in sides)) for status, title in STATUSES.items() if p.of(status))
    return Table(("Status", *(_SIDES[s] for s in sides)), rows, "Levers by status and side", tuple(range(1, len(sides) + 1)))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sections(rows: Sequence[Entry]) -> list[Block]:
    out: list[Block] = []
    for side, title in _SIDES.items():
        chosen = [e for e in rows if e.lever.side == side]
        if chosen:
            out.append(Heading(title, 2))
            for e in chosen:
                out += _entry(e)
    return out


def _short_rows(rows: Sequence[Entry], status: str) -> list[Block]:
    if status == OTHERS:
        made = tuple((e.lever.id, e.lever.title, _SIDES[e.lever.side], "; ".join(e.owners[:4]) or (e.options[0].why if e.options else "")) for e in rows)
        return [Table(("Lever", "Step", "Side", "Who can take it"), tuple(tuple(literal(c) for c in r) for r in made))]
    told = tuple((e.lever.id, e.lever.title, listed(tuple(dict.fromkeys(o.body for o in e.options)), "and"), "; ".join(_base(b) for b in e.bases), e.lever.limits) for e in rows)
    return [Table(("Lever", "Step", "Who", "Legal footing to read", "Limits"), tuple(tuple(literal(c) for c in r) for r in told))]


def _base(b: Base) -> str:
    return f"{b.citation} [{b.status + '; ' if b.status else ''}{b.certainty}]"


def _entry(e: Entry) -> list[Block]:
    x = e.lever
    rows: list[str] = []
    mirror = f" Its mirror: {x.mirror}." if x.mirror else ""
    groups: dict[tuple[str, str], list[Option]] = {}
    for o in e.options:
        groups.setdefault((o.status, o.why), []).append(o)
    for (status, why), options in groups.items():
        who = "; ".join(f"{o.body}, by {o.instrument}" for o in options)
        rows.append(f"**{STATUSES[status]}** for {literal(who)}. {literal(why)}")
    if x.presumes and e.status in _WHOLE:
        rows.append(f"**Presumes** {x.presumes}.")
    for caution in dict.fromkeys(c for o in e.options for c in o.cautions):
        rows.append(f"**Caution.** {literal(caution)}")
    if refs := list({r.norm: r for o in e.options for r in o.authorities}.values())[:4]:
        rows.append("**Authority.** " + literal("; ".join(map(_ref, refs)) + "."))
    if changes := list(dict.fromkeys(f"{c.words}: {VERDICT_PHRASE[c.verdict]}" for o in e.options for r in o.readings for c in r.conditions))[:3]:
        rows.append("**Turns on.** " + literal("; ".join(changes) + "."))
    if e.status in _WHOLE:
        for title, side in (("If it is used", "using"), ("If it is not used", "leaving")):
            if words := _exposed([x for o in e.options for x in getattr(o, side)]):
                rows.append(f"**{title}.** {literal(words)}")
        if duties := _duties([d for o in e.options if o.status in _WHOLE for d in o.duties], 3):
            rows.append("**Duties.** " + literal(" ".join(duties)))
        rows.append(f"**Steps.** {' '.join(f'({n}) {s}' for n, s in enumerate(x.steps, 1))} **Approval.** {x.approvals} **Time.** {x.time}")
        rows.append(f"**Limits.** {x.limits} **Counter-position.** {_ended(x.counter)}")
        if e.bases:
            rows.append("**Legal footing.** " + literal("; ".join(_base(b) for b in e.bases) + "."))
        if x.documents:
            rows.append("**Documents** (homerule draft): " + ", ".join(x.documents) + ".")
    if coming := tuple(dict.fromkeys(f"{long_date(c.date)}: {c.words}" for o in e.options for c in o.coming))[:2]:
        rows.append("**Within 90 days.** " + literal("; ".join(coming) + "."))
    if e.neighbours and e.neighbours.words:
        rows.append(f"**Elsewhere** (the act {literal(e.neighbours.act)}). {literal(e.neighbours.words)}")
    return [Heading(f"{x.id}  {x.title}", 3), Paragraph(literal(x.says) + mirror), Bullets(tuple(rows))]


def _ref(r: NormRef) -> str:
    return f"{r.cite} [{r.weight}; {r.status}; {r.certainty}; checked {r.checked.isoformat()}]"


def _exposed(risks: Iterable[Risk]) -> str:
    rows = {x.norm: x for x in risks}
    first = [x for x in rows.values() if x.effect == "expose"][:2] + [x for x in rows.values() if x.effect == "protect"][:1]
    more = len(rows) - len(first)
    return " ".join(f"{'Protection: ' if x.effect == 'protect' else ''}{risk_words(x)}." for x in first) + (f" And {more} more (the JSON form lists them)." if more > 0 else "")


def _duties(duties: Iterable[Duty], most: int) -> list[str]:
    rows = {d.norm: d for d in duties}
    return [f"{_maybe(d.applies)}{d.says}{_due(d)} ({cite(d.citation, d.pinpoint)})." for d in list(rows.values())[:most]]


def _due(d: Duty) -> str:
    words = d.deadline.words if d.deadline else ""
    return (f" {_upper(words)}." if words else "") + (f" Approval: {d.approval.rstrip('.')}." if d.approval else "")


def _maybe(applies: str) -> str:
    return "" if applies == "certain" else "If the facts bring it in: "


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    return text.rstrip(".") + "."


# ------------------------------------------------------------------ the memo


def memo_document(memo: Memo) -> Document:
    """``memo`` as a document: both sides beside each other, the one asked for first."""
    m = memo
    first, second = m.sides
    blocks: list[Block] = [
        Heading("In short"),
        Paragraph(f"**{STATUSES[m.option.status]}.** {literal(m.option.why)}", "lead"),
        Table(("", f"If the vote is {first.vote}", f"If the vote is {second.vote}"), tuple((t, literal(a), literal(b)) for t, a, b in _beside(first, second)), "Both sides"),
    ]  # fmt: skip
    if m.dates:
        blocks += [Paragraph("**Next dates**"), Bullets(tuple(literal(d) for d in m.dates))]
    blocks.append(Callout("Not advised", f"{_upper(NOT_ADVISED.partition(': ')[2])} {INSTEAD}", "warning"))
    if len(m.bodies) > 1 or m.lever.presumes:
        rows = tuple((_upper(o.body), o.instrument, STATUSES[o.status], literal(_asked(o) or o.why)) for o in m.bodies)
        blocks += [Heading("Who decides"), Table(("Body", "By", "Status", "What the law says"), rows)]
        if m.lever.presumes:
            blocks.append(Paragraph(f"The question presumes {m.lever.presumes}."))
    if m.agreements:
        blocks += [Heading("Agreements in the register"), Bullets(tuple(literal(agreement_words(a)) for a in m.agreements))]
    for side in m.sides:
        blocks += _side(side)
    blocks += [
        Heading("Procedure"), Numbered(tuple(literal(s) for s in m.lever.steps)),
        Paragraph(f"**Approval.** {m.lever.approvals} **Time.** {m.lever.time}"),
        Paragraph(f"**Limits.** {m.lever.limits} **Counter-position.** {_ended(m.lever.counter)}"),
    ]  # fmt: skip
    if m.lever.documents:
        blocks.append(Paragraph("**Documents** (homerule draft): " + ", ".join(m.lever.documents) + "."))
    blocks.append(Heading("What would change the answer"))
    changes = tuple(literal(f"{c.words}: {VERDICT_PHRASE[c.verdict]}.") for c in m.conditions)[:8]
    blocks.append(Bullets(changes) if changes else Paragraph("No fact that the corpus asks for; a change of the law, or a ruling."))
    rows = tuple((literal(r.cite), literal(r.says), f"{r.weight}; {r.status}", f"{r.certainty}, {r.checked.isoformat()}") for r in m.authorities)
    blocks.append(Heading("Authority and certainty"))
    if rows:
        blocks.append(Table(("Authority", "What it says", "Weight and status", "Certainty, checked"), rows))
    if m.bases:
        blocks.append(Paragraph("**Legal footing of the step.** " + literal("; ".join(_base(b) for b in m.bases) + ".")))
    blocks.append(Callout("The case asked about", f"{m.case}" + (f" Facts given: {', '.join(f'{k} = {_shown(v)}' for k, v in m.facts.items())}." if m.facts else "")))
    if m.notes:
        blocks.append(Bullets(tuple(literal(_ended(_upper(n))) for n in m.notes)))
    blocks.append(Paragraph(f"{DRAFT} {NOTICE}", "small"))
    cites = tuple(dict.fromkeys(literal(c) for c in [*(r.citation for r in m.authorities), *(b.citation for b in m.bases), *(x.citation for s in m.sides for x in (*s.person, *s.money, *s.other))]))
    fields = (("To", f"{_upper(m.body)}, {m.place.name}"), ("Question", literal(m.asked if m.asked.upper() != m.lever.id and m.asked != m.lever.id else m.lever.title)), ("Step", f"{m.lever.title} ({m.lever.id}), by {m.option.instrument}"), ("Law as of", long_date(m.on)))
    return Document(f"Memo for a vote: {m.lever.title}", tuple(blocks), "memo", "Consequences of yes and of no", (), fields, cites, m.receipt)


def _asked(o: Option) -> str:
    """What was asked of whom, and the verdict."""
    return "; ".join(f"{listed(tuple(dict.fromkeys(r.who for r in g)), 'and')}, {g[0].act}: {VERDICT_PHRASE[g[0].verdict]}" for g in grouped(o.readings))


def _beside(a: Side, b: Side) -> Iterable[tuple[str, str, str]]:
    yield "The law", a.verdict, b.verdict
    for title, get in (("Officials", "person"), ("Money", "money"), ("Other risks", "other"), ("Protection", "shields"), ("Duties", "duties")):
        one, other = getattr(a, get), getattr(b, get)
        if one or other:
            yield title, _counted(one), _counted(other)


def _counted(rows: Sequence[Risk] | Sequence[Duty]) -> str:
    if not rows:
        return "None found in the corpus."
    sure = dict.fromkeys(x.citation for x in rows if x.applies == "certain") or dict.fromkeys(x.citation for x in rows)
    more = len({x.citation for x in rows}) - min(3, len(sure))
    return "; ".join(tuple(sure)[:3]) + (f"; and {more} more" if more > 0 else "") + "."


def _side(s: Side) -> list[Block]:
    out: list[Block] = [Heading(f"If the vote is {s.vote}"), Paragraph(literal(s.verdict)), Paragraph("**What the law says**"), Bullets(tuple(literal(x) for x in s.law) or ("Nothing was computed.",))]
    for title, risks in (("Risk to officials themselves", s.person), ("Risk to the body's money", s.money), ("Other risks", s.other), ("What protects", s.shields)):
        if risks:
            shown = [literal(_ended(risk_words(x))) for x in risks[:5]]
            more = [f"And {len(risks) - 5} more (the JSON form lists them)."] if len(risks) > 5 else []
            out += [Paragraph(f"**{title}**"), Bullets((*shown, *more))]
    if duties := _duties(s.duties, 6):
        out += [Paragraph("**Duties and deadlines**"), Bullets(tuple(literal(d) for d in duties))]
    return out


assert set(_WHOLE) | {ALREADY, BARRED, UNKNOWN, OTHERS} == set(STATUSES)
