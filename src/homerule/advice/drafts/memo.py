"""A decision as a memo of one to two pages: the answer first, then why, what to do, who approves, what would change it, what happens either way, and the chain."""

from __future__ import annotations

from collections.abc import Iterable

from homerule.advice.drafts.view import View, authorities, facts_line, receipt, us_date, views
from homerule.corpus import Corpus
from homerule.documents.marks import literal
from homerule.documents.model import Block, Bullets, Callout, Document, Heading, Paragraph, Table
from homerule.reasoning.finding import Decision

_FEW = 3  # reasons and risks shown of each kind; the chain lists the rest


def decision_document(decision: Decision, corpus: Corpus | None = None, *, full: bool = False) -> Document:
    """``decision`` as a memo. ``corpus`` gives the words (the package's own if not given); ``full`` lists every reason and risk."""
    from homerule.reasoning.decide import engine

    chosen = corpus or engine().corpus
    asked = decision.request
    place = asked["place"]
    parts = [p for p in (place["id"].split("/")[0], place["id"]) if p]
    vocabulary = chosen.vocabulary_for(("us", *dict.fromkeys(parts)))
    found = views(decision, vocabulary, chosen)
    actor, kind = vocabulary.actor(asked["actor"]).words, vocabulary.asked(asked["request"]).words
    facts = facts_line(asked["facts"], vocabulary)
    blocks: list[Block] = []
    for v in found.values():
        word, _, rest = v.answer.partition(": ")
        blocks.append(Paragraph(f"**{word}.** {literal(rest[:1].upper() + rest[1:])}", "lead"))
    several = len(found) > 1
    most = 99 if full else 2 if several else _FEW
    for v in found.values():
        blocks += _act(v, most, f"Why: {v.noun} is {v.phrase}" if several else "Why")
    blocks += _once(list(found.values()), 99 if full else _FEW)
    if decision.notes:
        blocks += [Heading("Notes"), Bullets(tuple(literal(f"{n[:1].upper()}{n[1:].rstrip('.')}.") for n in decision.notes))]
    chain = authorities(found.values(), most=99 if full else 3)
    return Document(
        title=f"{kind[:1].upper()}{kind[1:]}: {actor}, {place['name']}", kind="memo", blocks=tuple(blocks),
        fields=(("Law as of", us_date(decision.receipt.as_of)), ("Facts given", literal(facts) or "none")), authorities=tuple(map(literal, chain)),
        receipt=literal(f"{decision.notice} {receipt(decision)}"), extra={"author": "Homerule", "authorities_heading": "Chain of authorities"},
    )  # fmt: skip


def _part(title: str, items: Iterable[str]) -> list[Block]:
    rows = tuple(dict.fromkeys(items))
    return [Heading(title), Bullets(rows)] if rows else []


def _act(v: View, most: int, title: str) -> list[Block]:
    """What belongs to one act: why, what it turns on, what would change it."""
    out: list[Block] = _part(title, [f"{literal(r.cite)}: {'if the facts bring it in: ' if r.maybe else ''}{literal(r.says)}" + (f" *Doubt: {literal(r.doubt)}.*" if r.doubt else "") for r in [*v.reasons, *v.more][: max(most, 2)]])
    out += [Callout("Unsettled" if v.verdict != "conflict" else "Conflict", literal(d), "warning") for d in v.doubts]
    out += [Callout("Clash with a higher rule", literal(c), "warning") for c in v.clashes]
    told = [*(f"It turns on: {literal(q)}" for q in v.missing[: most + 4]), *(f"It would change if {literal(c).rpartition(': ')[0]}: it would then be {literal(c).rpartition(': ')[2]}" for c in v.changes[: most + 2]), *(f"Coming: {literal(c)}" for c in v.coming), *(f"Assumed: {literal(a)}" for a in v.assumed)]
    if told:
        out.append(Bullets(tuple(told)) if not out else Paragraph("What decides it, and what would change it:"))
        if not isinstance(out[-1], Bullets):
            out.append(Bullets(tuple(told)))
    return out


def _once(found: list[View], most: int) -> list[Block]:
    """What is said once for all acts: duties, approvals, and what happens either way."""
    tasks = [t for v in found for t in v.tasks]
    out = _part("Do now", [literal(f"{'If the facts bring it in: ' if t.maybe else ''}{t.says}{' ' + t.when.rstrip('.') + '.' if t.when else ''} ({t.cite})") for t in tasks][: most + 4])
    out += _part("Who approves", [literal(f"{t.approval.rstrip('.')} ({t.cite})") for t in tasks if t.approval])
    rows: dict[tuple[str, str, str], None] = {}
    for side, stakes in (("Doing it", [s for v in found for s in v.doing]), ("Declining it", [s for v in found for s in v.declining])):
        for kind, count in (("Risk", most), ("Protection", max(2, most - 2))):
            picked = [literal(f"{'If the facts bring it in: ' if s.maybe else ''}{s.says}{' ' + s.penalty[:1].upper() + s.penalty[1:] + '.' if s.penalty else ''} ({s.cite})") for s in stakes if s.kind == kind]
            for words in list(dict.fromkeys(picked))[:count]:
                rows[(side, kind, words)] = None
    if rows:
        out += [Heading("What happens either way"), Table(("Choice", "Kind", "What it is"), tuple(rows))]
    return out
