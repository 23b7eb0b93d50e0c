"""A finding as templates see it: plain words and short lists, and nothing that is not the finding's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from homerule.corpus import Corpus
from homerule.corpus.model import Norm
from homerule.errors import InputError
from homerule.reasoning.explain import VERDICT_PHRASE, listed, long_date
from homerule.reasoning.finding import Decision, Duty, Finding, NormRef, Risk, cite
from homerule.vocabulary import Vocabulary

_OWN = ("state", "county", "city", "agency", "agreement")
OPEN = ("permitted", "unsettled", "conflict")
_STANDING = {"unsettled": "is unsettled", "conflict": "holds two opposite commands", "depends": "turns on further facts", "required": "requires it", "prohibited": "forbids it", "permitted": "leaves it open"}
Spell = Callable[[str], str]


def us_date(day: dt.date | None) -> str:
    """A day as American letters write it: ``November 25, 2026``."""
    return f"{day.strftime('%B')} {day.day}, {day.year}" if day else ""


class Reason(NamedTuple):
    """One norm that an answer rests on."""

    cite: str
    says: str
    effect: str
    status: str
    certainty: str
    doubt: str
    maybe: bool
    line: str  # as the list of authorities shows it


class Task(NamedTuple):
    """A duty, with its deadline in words."""

    says: str
    when: str
    cite: str
    maybe: bool
    approval: str
    cap: bool
    line: str  # as the list of authorities shows it


class Stake(NamedTuple):
    """A risk or a protection on one side of the choice."""

    kind: str
    says: str
    penalty: str
    cite: str
    maybe: bool


class View(NamedTuple):
    """One act, and what the law says of it. ``choice``: what the office does, ``comply`` or ``decline``."""

    name: str
    words: str
    noun: str
    verdict: str
    basis: str
    answer: str
    reachable: tuple[str, ...]
    reasons: tuple[Reason, ...]
    more: tuple[Reason, ...]
    tasks: tuple[Task, ...]
    doing: tuple[Stake, ...]
    declining: tuple[Stake, ...]
    doubts: tuple[str, ...]
    changes: tuple[str, ...]
    coming: tuple[str, ...]
    missing: tuple[str, ...]
    clashes: tuple[str, ...]
    fell: tuple[str, ...]
    assumed: tuple[str, ...]
    choice: str = ""

    @property
    def cites(self) -> str:
        """The deciding authorities in a row, those that are certain to apply first; empty where the law is silent."""
        sure = [r.cite for r in self.reasons if not r.maybe] or [r.cite for r in self.reasons]
        return listed(tuple(dict.fromkeys(sure))[:3], "and")

    @property
    def phrase(self) -> str:
        return VERDICT_PHRASE[self.verdict]

    @property
    def standing(self) -> str:
        """What the law does, after ``the law``: ``is unsettled``, ``turns on further facts`` …"""
        return _STANDING[self.verdict]

    @property
    def may_comply(self) -> bool:
        """Whether doing it is lawful in every case that the facts leave."""
        return "prohibited" not in self.reachable

    @property
    def may_decline(self) -> bool:
        """Whether leaving it is lawful in every case that the facts leave."""
        return "required" not in self.reachable


def speller(words: Mapping[str, str]) -> Spell:
    """A function that puts words into the spelling of ``words``, capitals kept."""
    if not words:
        return str
    found = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.I)
    return lambda text: found.sub(lambda m: words[m[0].lower()].capitalize() if m[0][0].isupper() else words[m[0].lower()], text)


def view(finding: Finding, vocabulary: Vocabulary, corpus: Corpus, on: dt.date, spell: Spell = str) -> View:
    """``finding`` for templates; ``spell`` goes over the text that the corpus holds."""
    act = vocabulary.act(finding.act)
    deciding = [n for n in finding.stands if _decides(n, finding.verdict)]
    rest = [n for n in finding.stands if n not in deciding and n.effect in ("protect", "define", "permit") and n.applies == "certain"]
    duties = [d for d in finding.duties if finding.verdict != "prohibited" or not (d.deadline and d.deadline.cap)]
    duties.sort(key=lambda d: (d.deadline is None, d.deadline.at if d.deadline else "", d.norm))
    return View(
        act.name, spell(act.words), spell(act.noun), finding.verdict, finding.basis, spell(finding.answer.replace(long_date(on), us_date(on))), finding.reachable if finding.verdict == "depends" else (finding.verdict,),
        tuple(reason(n, spell) for n in deciding), tuple(reason(n, spell) for n in rest), tuple(_task(d, corpus, spell) for d in duties),
        tuple(_stakes(finding.exposure.doing, spell)), tuple(_stakes(finding.exposure.declining, spell)),
        tuple(spell(u.words) for u in finding.unsettled), tuple(f"{c.words}: {VERDICT_PHRASE[c.verdict]}" for c in finding.would_change),
        tuple(c.words for c in finding.coming), tuple(f"{q.question} [{q.fact}]" for q in finding.depends_on),
        tuple(("If the facts bring it in: " if c.applies != "certain" else "") + c.words for c in finding.clash),
        tuple(f"{n.cite}: {spell(n.says)}" for n in finding.fell), tuple(a.words for a in finding.assumed if a.otherwise),
    )  # fmt: skip


def _decides(n: NormRef, verdict: str) -> bool:
    if verdict in ("required", "prohibited") and n.effect in ("require", "forbid"):
        return (n.effect == "require") == (verdict == "required")
    return n.effect in ("require", "forbid", "untranslated") or (n.effect == "permit" and n.level.startswith(_OWN) and verdict in (*OPEN, "depends"))


def reason(n: NormRef, spell: Spell = str) -> Reason:
    """A norm as a reason."""
    state = "; ".join(x for x in (n.weight, n.status, n.certainty) if x)
    line = f"{n.cite} ({state}; checked {n.checked.isoformat()})"
    return Reason(n.cite, spell(n.says), n.effect, n.status, n.certainty, n.doubt.rstrip("."), n.applies != "certain", line)


def _task(d: Duty, corpus: Corpus, spell: Spell) -> Task:
    when = ""
    if d.deadline:
        when = d.deadline.words[:1].upper() + d.deadline.words[1:]
        if d.deadline.at and d.deadline.at not in when:
            when += f": {d.deadline.at.replace('T', ' ')}"
    where = cite(d.citation, d.pinpoint)
    try:
        norm = corpus.find(d.norm)
    except InputError:
        norm = None
    a = norm.authority if isinstance(norm, Norm) else None
    line = f"{where} ({a.kind.replace('-', ' ')}; {a.status}; {a.certainty}; checked {a.checked.isoformat()})" if a else where
    return Task(spell(d.says), spell(when), where, d.applies != "certain", spell(d.approval), bool(d.deadline and d.deadline.cap), line)


def _stakes(risks: Iterable[Risk], spell: Spell) -> list[Stake]:
    ordered = sorted(risks, key=lambda x: (x.effect != "expose", x.applies))
    first = [x for x in ordered if x.effect == "expose"][:4] + [x for x in ordered if x.effect == "protect"][:4]
    return [Stake("Protection" if x.effect == "protect" else "Risk", spell(x.says), spell(x.penalty.rstrip(".")), cite(x.citation, x.pinpoint), x.applies != "certain") for x in first]


def views(decision: Decision, vocabulary: Vocabulary, corpus: Corpus, spell: Spell = str) -> dict[str, View]:
    """The view of every act that the decision answers."""
    return {f.act: view(f, vocabulary, corpus, decision.receipt.as_of, spell) for f in decision.findings}


def authorities(found: Iterable[View], extra: Iterable[str] = (), most: int = 4) -> tuple[str, ...]:
    """The lines of the list of authorities: what decides, what the duties rest on, and the ``most`` that stand behind them."""
    out: dict[str, None] = {}
    some = list(found)
    for v in some:
        for r in v.reasons:
            out[r.line + (f". Doubt: {r.doubt}." if r.doubt else "")] = None
    said = " ".join(out)
    for v in some:
        for t in v.tasks:
            if t.cite not in said:
                out[t.line] = None
                said += f" {t.cite}"
        for r in v.more[:most]:
            if r.cite not in said:
                out[r.line] = None
                said += f" {r.cite}"
    return tuple(dict.fromkeys([*out, *extra]))


def receipt(decision: Decision, hashes: bool = True) -> str:
    """The sentence that says what the document can be reproduced from."""
    r = decision.receipt
    parts = ", ".join(f"{p.partition(':')[0]} {p.partition(':')[2][:10]}" for p in r.corpus_hash.split()) if hashes else ""
    return f"Prepared with Homerule: corpus {r.corpus}{f' ({parts})' if parts else ''}, engine {r.engine}, law as of {us_date(r.as_of)}. A draft for counsel to review; not legal advice."


def facts_line(facts: Mapping[str, object], vocabulary: Vocabulary) -> str:
    """The facts given, in words."""
    from homerule.conditions.words import given

    return "; ".join(given(vocabulary.facts[n], vocabulary.facts[n].parse(v)) for n, v in sorted(facts.items()) if n in vocabulary.facts)
