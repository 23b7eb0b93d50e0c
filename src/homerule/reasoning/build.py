"""From a regime and facts to a finding: what stands, what fell, duties, risks, doubts, and what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

from homerule.conditions.words import given, in_words
from homerule.corpus.model import COMMANDS, PERSUASIVE, Norm
from homerule.errors import shorten
from homerule.reasoning import change, clock
from homerule.reasoning.explain import VERDICT_PHRASE, listed
from homerule.reasoning.finding import Assumption, Clash, Due, Duty, Exposure, Finding, NormRef, Question, Risk, Unsettled, cite
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import STATE_CEILING, Outcome, bits
from homerule.vocabulary import Value

_READINGS = 8  # of contested law, listed at most


class Reached(NamedTuple):
    """The outcomes that the facts leave reachable, and the norms that surely or possibly stand or fall in them."""

    outcomes: tuple[Outcome, ...]
    verdicts: tuple[str, ...]
    sure: int
    possible: int
    fell_sure: int
    fell_possible: int


def reach(regime: Regime, facts: Mapping[str, Value]) -> Reached:
    """Every outcome that some completion of the unknown facts leads to."""
    if all(f in facts for f in regime.facts):
        leaves = {regime.applying(facts)}
        sure = may = 0
    else:
        leaves = regime.reachable_cores(facts)
        sure, may = regime.attached_masks(facts)
    outcomes = tuple(regime.outcome(leaf | sure | may) for leaf in sorted(leaves))
    everywhere, somewhere, fell_everywhere, fell_somewhere = -1, 0, -1, 0
    for o in outcomes:
        everywhere &= o.stands
        somewhere |= o.stands
        fell_everywhere &= o.applying & ~o.stands
        fell_somewhere |= o.applying & ~o.stands
    return Reached(outcomes, tuple(sorted({o.verdict for o in outcomes})), everywhere & ~may, somewhere, fell_everywhere & ~may, fell_somewhere)


def finding(regime: Regime, facts: Mapping[str, Value], assumed: tuple[str, ...]) -> Finding:
    """The finding under ``facts`` (given and assumed). Dates and clock times are added by the caller."""
    r = reach(regime, facts)
    verdict = r.verdicts[0] if len(r.verdicts) == 1 else "depends"
    bases = {o.basis for o in r.outcomes}
    basis = "facts" if verdict == "depends" else bases.pop() if len(bases) == 1 else "silence" if "silence" in bases else "norm"
    stands = _refs(regime, r.possible, r.sure)
    fell_mask = r.fell_sure if verdict != "depends" else r.fell_possible & ~r.sure
    fell = tuple(
        _ref(regime, i, "certain" if r.fell_sure >> i & 1 else "possible", felled_by=_fellers(regime, r, i))
        for i in bits(fell_mask | (r.fell_possible & ~r.possible))
    )
    return Finding(
        act=regime.act, verdict=verdict, basis=basis, answer="", reachable=r.verdicts, stands=stands, fell=fell,
        clash=_clashes(regime, r), duties=_duties(regime, r), exposure=_exposure(regime, r),
        assumed=_assumed(regime, facts, assumed), depends_on=_open(regime, facts, verdict, r), unsettled=_unsettled(regime, r),
        would_change=change.changes(regime, facts),
    )  # fmt: skip


def _open(regime: Regime, facts: Mapping[str, Value], verdict: str, r: Reached) -> tuple[Question, ...]:
    return change.questions(regime, facts) if verdict == "depends" else ()


def _refs(regime: Regime, mask: int, sure: int) -> tuple[NormRef, ...]:
    """The norms in the order a reader wants them: what decides first, then by rank."""

    def key(i: int) -> tuple[object, ...]:
        n = regime.norms[i]
        decides = n.effect in COMMANDS or n.effect == "untranslated" or bool(regime.contest.permit >> i & 1)
        return not decides, not sure >> i & 1, _EFFECT_ORDER[n.effect], n.id in regime.persuasive or n.authority.base_weight == PERSUASIVE, -n.rank, n.id

    order = sorted(bits(mask), key=key)
    return tuple(_ref(regime, i, "certain" if sure >> i & 1 else "possible") for i in order)


_EFFECT_ORDER = {"require": 0, "forbid": 0, "untranslated": 1, "permit": 2, "protect": 3, "define": 4, "duty": 5, "expose": 6}


def _ref(regime: Regime, index: int, applies: str, felled_by: tuple[str, ...] = ()) -> NormRef:
    n = regime.norms[index]
    a = n.authority
    status = "contested" if n.doubted or n.id in regime.doubtful else a.status
    return NormRef(
        norm=n.id, authority=a.id, citation=a.citation, pinpoint=n.pinpoint, effect=n.effect, says=n.says, level=n.level,
        weight=PERSUASIVE if n.id in regime.persuasive else a.base_weight, status=status, certainty=a.certainty, checked=a.checked,
        applies=applies, felled_by=felled_by, doubt=doubt(regime, n),
    )  # fmt: skip


def doubt(regime: Regime, norm: Norm) -> str:
    """Why a norm is doubtful, in words; empty where it is not."""
    if norm.contested:
        return norm.contested
    if norm.id in regime.doubtful:
        period = norm.period_on(regime.start)
        assert period is not None and period.sure is not None
        return f"sources disagree on when it took effect: {period.start.isoformat()} at the earliest, {period.sure.isoformat()} at the latest"
    if norm.authority.status == "contested":
        return norm.authority.note or "its validity or meaning is contested"
    if norm.reason:
        return norm.reason
    if norm.authority.certainty == "recalled":
        return "recalled, not confirmed against a source: check before relying on it"
    if norm.authority.certainty == "conflict":
        return "sources disagree on it: check before relying on it"
    return ""


def _fellers(regime: Regime, r: Reached, index: int) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for o in r.outcomes:
        for i, by in o.fell:
            if i == index:
                names.update(dict.fromkeys(regime.norms[j].id for j in by))
    return tuple(names)


def _clashes(regime: Regime, r: Reached) -> tuple[Clash, ...]:
    everywhere = [set(o.clash) for o in r.outcomes]
    out = []
    for i, j in sorted(set().union(*everywhere)):
        fallen, over = regime.norms[i], regime.norms[j]
        words = (
            f"{_cite(fallen)} ({_says(fallen)}) falls to {_cite(over)} ({_says(over)}), which ranks higher. "
            "Take the clash to counsel or a court; do not act on the lower command alone."
        )
        out.append(Clash(fallen.id, over.id, words, "certain" if all((i, j) in c for c in everywhere) else "possible"))
    return tuple(out)


def _says(norm: Norm) -> str:
    return {"require": "requires it", "forbid": "prohibits it"}[norm.effect]


def _cite(norm: Norm) -> str:
    return cite(norm.authority.citation, norm.pinpoint)


def _duties(regime: Regime, r: Reached) -> tuple[Duty, ...]:
    out = []
    for i in bits(r.possible):
        n = regime.norms[i]
        if n.effect == "duty" or n.deadline or n.approval:
            due = clock.due(n.deadline, level=n.level, state="", release=None, asked=dt.date.min) if n.deadline and n.deadline.since != "request" else None
            if n.deadline and due is None:
                due = Due(clock.in_words(n.deadline), "", n.deadline.cap)
            out.append(Duty(n.id, n.authority.id, n.authority.citation, n.pinpoint, n.says, due, n.approval, "certain" if r.sure >> i & 1 else "possible"))
    return tuple(sorted(out, key=lambda d: (d.applies, d.norm)))


def _exposure(regime: Regime, r: Reached) -> Exposure:
    sides: dict[str, list[Risk]] = {"doing": [], "declining": []}
    ordered_below = any(n.effect == "require" and n.rank <= STATE_CEILING for i in bits(r.possible) if (n := regime.norms[i]))
    for i in bits(r.possible):
        n = regime.norms[i]
        side = n.side or ({"require": "declining", "forbid": "doing"}.get(n.effect, "") if n.penalty else "")
        if not side or not (n.effect in ("expose", "protect") or n.penalty):
            continue
        effect = "expose" if n.effect in COMMANDS else n.effect
        shield = effect == "protect" and side == "declining" and n.rank > STATE_CEILING and ordered_below
        limit = "against federal commands; it is no shield against the state's own command" if shield else ""
        applies = "certain" if r.sure >> i & 1 else "possible"
        sides[side].append(Risk(n.id, n.authority.id, n.authority.citation, n.pinpoint, effect, n.says, n.penalty, applies, limit))
    return Exposure(tuple(sides["doing"]), tuple(sides["declining"]))


def _assumed(regime: Regime, facts: Mapping[str, Value], assumed: tuple[str, ...]) -> tuple[Assumption, ...]:
    out = []
    for name in assumed:
        fact = regime.vocabulary.facts[name]
        otherwise: tuple[str, ...] = ()
        if name in regime.deciding_facts:
            now = regime.reachable_verdicts(facts)
            freed = regime.reachable_verdicts({k: v for k, v in facts.items() if k != name})
            otherwise = tuple(sorted(freed - now))
        out.append(Assumption(name, facts[name], given(fact, facts[name]), fact.question, otherwise))
    return tuple(out)


def _unsettled(regime: Regime, r: Reached) -> tuple[Unsettled, ...]:
    out: dict[tuple[str, tuple[str, ...], str, str], Unsettled] = {}
    for o in r.outcomes:
        if o.basis == "not_in_corpus":
            as_it_is = _without_gap(o, regime)
            missing = tuple(m.upper() for m in regime.missing)
            words = f"The law of {listed(missing, 'and')} is not in the corpus. On the layers that are, the act would be {VERDICT_PHRASE[as_it_is]}; a rule of the missing layer could change that."
            out[("not_in_corpus", (), "", "")] = Unsettled("not_in_corpus", regime.missing, (), as_it_is, "", words)
        elif o.basis == "untranslated":
            for i in bits(o.stands & regime.contest.untranslated):
                n = regime.norms[i]
                out[("untranslated", (n.id,), "", "")] = Unsettled(
                    "untranslated", (n.authority.id,), (n.id,), "", "", f"A rule here needs a lawyer's eye: {_cite(n)}: {n.says} ({n.reason})"
                )  # fmt: skip
        for mask, falls in o.readings:
            norms = [regime.norms[i] for i in bits(mask)]
            ids = tuple(n.id for n in norms)
            key = ("contested", ids, o.settled_as, falls)
            if key not in out and len(out) < _READINGS:
                cites = listed(tuple(dict.fromkeys(_contested(n) for n in norms)), "and")
                verb = "stands" if len(norms) == 1 else "stand"
                falls_verb = "falls" if len(norms) == 1 else "fall"
                why = "; ".join(dict.fromkeys(d for n in norms if (d := doubt(regime, n))))
                words = f"If {cites} {verb}: {VERDICT_PHRASE[o.settled_as]}; if {'it' if len(norms) == 1 else 'they'} {falls_verb}: {VERDICT_PHRASE[falls]}." + (f" ({why.rstrip('.')}.)" if why else "")
                out[key] = Unsettled("contested", tuple(dict.fromkeys(n.authority.id for n in norms)), ids, o.settled_as, falls, words)
    return tuple(out.values())


def _contested(norm: Norm) -> str:
    """What is contested: the authority as a whole, or this one rule of it."""
    if norm.contested and norm.authority.status != "contested":
        return f"the rule of {_cite(norm)} that reads “{shorten(norm.says, 160).rstrip('.')}”"
    return _cite(norm)


def _without_gap(o: Outcome, regime: Regime) -> str:
    require, forbid = o.stands & regime.contest.require, o.stands & regime.contest.forbid
    return "conflict" if require and forbid else "required" if require else "prohibited" if forbid else "permitted"


def condition_words(regime: Regime, norm: Norm) -> str:
    """When a norm applies, in words."""
    return in_words(norm.condition, regime.vocabulary)
