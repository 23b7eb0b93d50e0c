"""A decision as a person reads it in a terminal: the answer first, then why, what to do, what is risked, what would change it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from homerule.conditions.words import given
from homerule.corpus import Corpus
from homerule.corpus.model import Norm
from homerule.reasoning.explain import VERDICT_PHRASE, listed
from homerule.reasoning.finding import Decision, Duty, Finding, NormRef, Risk, cite
from homerule.vocabulary import Value, Vocabulary


def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS") or os.get_terminal_size().columns)
    except (OSError, ValueError):
        columns = 100
    return max(60, min(110, columns))


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text


def wrap(text: str, indent: str, hang: str | None = None) -> str:
    """``text`` in lines that fit the terminal, broken at spaces only; ``hang`` indents all but the first.

    A tenth of what ``textwrap`` costs, which a short answer would feel.
    """
    width, hang = _width(), " " * len(indent) if hang is None else hang
    lines, line, empty = [], indent, True
    for word in text.split():
        if not empty and len(line) + 1 + len(word) > width:
            lines.append(line)
            line, empty = hang, True
        line = line + word if empty else f"{line} {word}"
        empty = False
    return "\n".join([*lines, line])


def decision_text(decision: Decision, corpus: Corpus, *, full: bool = False) -> str:
    """A decision as text; ``full`` lists every authority, and not only those that matter most."""
    r = decision.request
    asked = corpus.vocabulary.asked(r["request"]).words
    lines = [wrap(f"{corpus.vocabulary.actor(r['actor']).words[0].upper()}{corpus.vocabulary.actor(r['actor']).words[1:]}, {r['place']['name']}: {asked}, asked as of {r['on']}", "")]
    facts = ", ".join(f"{k} = {' + '.join(v) if isinstance(v, list) else str(v).lower() if isinstance(v, bool) else v}" for k, v in r["facts"].items())
    lines.append(wrap(f"Facts given: {facts or 'none'}", ""))
    for finding in decision.findings:
        lines += ["", *_finding(finding, corpus, 1000 if full else 3)]
    if decision.notes:
        lines += ["", *[wrap(n[0].upper() + n[1:].rstrip(".") + ".", "Note: ", "      ") for n in decision.notes]]
    receipt = decision.receipt
    lines += ["", wrap(f"Corpus {receipt.corpus} ({short_hash(receipt.corpus_hash)}), engine {receipt.engine}, law as of {receipt.as_of.isoformat()}.", ""), wrap(decision.notice, "")]
    return "\n".join(lines) + "\n"


def _finding(f: Finding, corpus: Corpus, most: int) -> list[str]:
    out = [_bold(wrap(f"{f.act}: {f.answer}", ""))]
    out += [wrap(u.words, "  Doubt: ", "         ") for u in f.unsettled]
    out += [wrap(_maybe(c.applies) + c.words, "  Clash: ", "         ") for c in f.clash]
    own = ("state", "county", "city", "agency", "agreement")
    deciding = [n for n in f.stands if n.effect in ("require", "forbid", "untranslated") or (n.effect == "permit" and n.level.startswith(own) and f.verdict in ("permitted", "depends", "unsettled"))]
    rest = [n for n in f.stands if n.effect in ("protect", "define", "permit") and n.applies == "certain" and n not in deciding]
    shown = most if deciding else most + 2
    _block(out, "Why", [*map(_norm, deciding), *map(_norm, rest[:shown])], _more([n.cite for n in rest[shown:]]))
    fell = [_item(f"{n.cite}: {n.says} Felled by {listed(tuple(_cite_of(corpus, i) for i in n.felled_by[:3]), 'and') or 'a higher norm'}.") for n in f.fell]
    _block(out, "What fell", fell)
    duties = [d for d in f.duties if f.verdict != "prohibited" or not (d.deadline and d.deadline.cap)]
    _block(out, "What to do now", [_duty(d) for d in sorted(duties, key=lambda d: (d.deadline is None, d.deadline.at if d.deadline else "", d.norm))])
    for side, title in (("doing", "What is risked, and what protects, in doing it"), ("declining", "What is risked, and what protects, in declining it")):
        risks: list[Risk] = sorted(getattr(f.exposure, side), key=lambda x: (x.effect != "expose", x.applies))
        first = [x for x in risks if x.effect == "expose"][:most] + [x for x in risks if x.effect == "protect"][:most]
        _block(out, title, map(_risk, first), _more([x.citation for x in risks if x not in first]))
    matter = [a for a in f.assumed if a.otherwise]
    _block(out, "Assumed", [_item(f"{a.words} [{a.fact}] (otherwise it could be {listed(tuple(VERDICT_PHRASE[v] for v in a.otherwise), 'or')})") for a in matter])
    if others := [a.fact for a in f.assumed if not a.otherwise]:
        out.append(wrap(f"Also assumed, without bearing on the answer: {', '.join(others)}.", "  "))
    questions = []
    for q in f.depends_on:
        telling = [a for a in q.answers if set(a.verdicts) != set(f.reachable)]
        answers = "; ".join(f"{a.words}: {listed(tuple(VERDICT_PHRASE[v] for v in a.verdicts), 'or')}" for a in telling)
        questions.append(_item(f"{q.question} [{q.fact}] {answers or 'settles it only together with other answers'}"))
    _block(out, "Missing: the answer turns on", questions)
    _block(out, "What would change the answer", [_item(f"{c.words}: {VERDICT_PHRASE[c.verdict]}") for c in f.would_change])
    _block(out, "Coming within 90 days", [_item(c.words + ".") for c in f.coming])
    return out


def _block(out: list[str], title: str, items: Iterable[str], more: str = "") -> None:
    rows = [*items, *([more] if more else [])]
    if rows:
        out.append(f"  {title}")
        out.extend(rows)


def _more(citations: list[str]) -> str:
    names = list(dict.fromkeys(citations))
    return _item(f"and {len(names)} more (`--full` lists them)") if names else ""


def _item(text: str) -> str:
    return wrap(text, "    - ", "      ")


def _maybe(applies: str) -> str:
    return "" if applies == "certain" else "If the facts bring it in: "


def _norm(n: NormRef) -> str:
    doubt = f" Doubt: {n.doubt.rstrip('.')}." if n.doubt else ""
    return _item(f"{n.cite}: {_maybe(n.applies)}{n.says} [{n.weight}; {n.status}; {n.certainty}; checked {n.checked.isoformat()}]{doubt}")


def _duty(d: Duty) -> str:
    when = ""
    if d.deadline:
        when = f" {d.deadline.words[0].upper()}{d.deadline.words[1:]}"
        if d.deadline.at and d.deadline.at not in d.deadline.words:
            when += f": {d.deadline.at.replace('T', ' ')}"
        when += "." if not d.deadline.earliest else " (the earlier clock)."
        if d.deadline.skipped:
            when += f" Days not counted: {', '.join(d.deadline.skipped)}."
    approval = f" Approval: {d.approval}." if d.approval else ""
    return _item(f"{_maybe(d.applies)}{d.says}{when}{approval} ({cite(d.citation, d.pinpoint)})")


def _risk(x: Risk) -> str:
    penalty = f" {x.penalty[0].upper()}{x.penalty[1:].rstrip('.')}." if x.penalty else ""
    kind = "Protection" if x.effect == "protect" else "Risk"
    limit = f" ({x.limit})" if x.limit else ""
    return _item(f"{kind}{limit}: {_maybe(x.applies)}{x.says}{penalty} ({x.citation})")


def _cite_of(corpus: Corpus, norm_id: str) -> str:
    found = corpus.find(norm_id)
    return (found.authority if isinstance(found, Norm) else found).citation


def facts_words(facts: Mapping[str, Value], vocabulary: Vocabulary) -> str:
    """Facts as a phrase."""
    return " and ".join(given(vocabulary.facts[n], v) for n, v in sorted(facts.items()))


def short_hash(text: str) -> str:
    """``ca:0123… us:4567…`` cut to what a reader can compare."""
    return ", ".join(f"{top} {digest[:10]}" for top, _, digest in (p.partition(":") for p in text.split()))


def words(vocabulary: Vocabulary) -> str:
    """Every word that `decide` takes."""
    out: list[str] = []

    def block(title: str, rows: Iterable[tuple[str, str]]) -> None:
        out.append(title)
        out.extend(wrap(text, f"  {name:<28}", " " * 30) for name, text in rows)
        out.append("")

    block("Actors", ((a.name, a.words) for a in vocabulary.actors.values()))
    block("Request kinds, and the acts each asks", ((r.name, f"{r.words}: {', '.join(r.acts)}") for r in vocabulary.requests.values()))
    block("Acts", ((a.name, a.words) for a in vocabulary.acts.values()))
    block("Facts", ((f.name, f"{f.question} ({f.type}{': ' + ', '.join(f.values) if f.values else ''}{', assumed ' + f.show(f.assumed) if f.assumed is not None else ''})") for f in vocabulary.facts.values()))
    return "\n".join(out)
