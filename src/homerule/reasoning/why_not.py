"""Why an act does not have a certain verdict: what would have to stand, what is in the way, and which facts would bring it about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from homerule.conditions import evaluate
from homerule.conditions import facts as facts_of
from homerule.conditions.tree import TRUE, All, Node, Not, Some, negate
from homerule.conditions.words import given, in_words
from homerule.corpus.model import COMMANDS, Norm
from homerule.errors import InputError, nearest, shorten
from homerule.reasoning import build, change
from homerule.reasoning.decide import Case, Engine
from homerule.reasoning.diagram import IMPOSSIBLE, Builder, reachable, support
from homerule.reasoning.explain import VERDICT_PHRASE, listed
from homerule.reasoning.finding import Finding, cite
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import VERDICTS, bits, voids
from homerule.vocabulary import Value

MOST_WAYS = 6  # to the verdict, and to the end of one norm, listed at most
_FAR = 50  # known facts that may change at once
_EFFECTS = {"required": ("require",), "prohibited": ("forbid",), "conflict": ("require", "forbid"), "permitted": (), "unsettled": (), "depends": ()}
_SAYS = {"require": "requires it", "forbid": "prohibits it", "permit": "permits it", "untranslated": "speaks to it"}


class FactNow(NamedTuple):
    """A fact as it is taken: ``source`` is given, assumed or unknown."""

    fact: str
    value: Value | None
    words: str
    source: str


class Missing(NamedTuple):
    """A part of a condition that is not met (``open``: not known to be met), and the facts that it asks for."""

    needs: str
    open: bool
    facts: tuple[FactNow, ...]


class Rule(NamedTuple):
    """A norm that would have to stand. ``state``: stands, falls, inapplicable, or open where unknown facts decide whether it applies."""

    norm: str
    citation: str
    pinpoint: str
    effect: str
    level: str
    says: str
    state: str
    missing: tuple[Missing, ...]
    felled_by: tuple[str, ...]
    words: str


class Way(NamedTuple):
    """A change of facts: ``changes`` names known facts that must be otherwise, ``gives`` those that are not known yet."""

    facts: Mapping[str, Value]
    changes: tuple[str, ...]
    gives: tuple[str, ...]
    verdict: str
    words: str


class Obstacle(NamedTuple):
    """A norm that stands in the way. ``applies``: certain or possible. ``removed_by``: the smallest changes of facts that end it.

    ``fixed``: no facts end it. ``yields_to``: norms that would defeat it, if they applied.
    """

    norm: str
    citation: str
    pinpoint: str
    effect: str
    level: str
    says: str
    applies: str
    why: str
    fixed: bool
    removed_by: tuple[Way, ...]
    yields_to: tuple[Rule, ...]


class Elsewhen(NamedTuple):
    """A norm that would help, but is not in force on the day asked about."""

    norm: str
    citation: str
    pinpoint: str
    words: str


class WhyNot(NamedTuple):
    """Why the act is not ``wanted``. ``so``: it is. ``never``: no facts could make it so here on that day."""

    act: str
    wanted: str
    verdict: str
    so: bool
    never: bool
    answer: str
    needed: tuple[Rule, ...]
    in_the_way: tuple[Obstacle, ...]
    doubts: tuple[str, ...]
    ways: tuple[Way, ...]
    elsewhen: tuple[Elsewhen, ...]


def read_verdict(text: str) -> str:
    """A verdict by name. Raises InputError with the names there are."""
    word = text.strip().lower()
    if word not in VERDICTS:
        raise InputError(f"`{shorten(text)}` is no verdict", help=nearest(word, VERDICTS))
    return word


def why_not(engine: Engine, case: Case, act: str, wanted: str) -> WhyNot:
    """Why ``act`` is not ``wanted`` in this case."""
    regime = engine.regime(case, act)
    found = engine.finding(case, act)
    facts = {f: v for f, v in regime.bound(case.facts, case.bounds).items() if f in regime.facts}
    told = _Told(regime, case, facts)
    so = found.verdict == wanted
    possible = reachable(regime.verdicts, regime.core[1], {})
    ways = () if so else _loosen(told) if wanted == "depends" else _ways(told, regime.verdicts, wanted)
    never = not so and (wanted not in possible if wanted != "depends" else len(possible) < 2)
    reach = build.reach(regime, facts)
    needed = () if so else tuple(told.rule(i, reach) for i in _helpful(regime, wanted))
    obstacles = () if so else tuple(_obstacle(told, i, reach) for i in _opposing(regime, wanted, reach))
    day = case.on
    elsewhen = () if so else tuple(_elsewhen(engine.regimes.line(case.reach, case.actor, act)[1], _EFFECTS[wanted], day))
    doubts = tuple(u.words for u in found.unsettled)
    return WhyNot(act, wanted, found.verdict, so, never, _answer(found, wanted, so, never, ways, possible), needed, obstacles, doubts, ways, elsewhen)


def _answer(found: Finding, wanted: str, so: bool, never: bool, ways: tuple[Way, ...], possible: set[str]) -> str:
    phrase = VERDICT_PHRASE[wanted]
    if so:
        return f"It is {phrase}. {found.answer}"
    now = f"It is {VERDICT_PHRASE[found.verdict]}, not {phrase}."
    if wanted == "depends":
        return f"{now} {'The facts given settle it.' if possible - {found.verdict} else 'It does not turn on any fact here.'}"
    if never:
        return f"{now} No facts could make it {phrase} here on this day: the law in force leads only to {listed(tuple(VERDICT_PHRASE[v] for v in sorted(possible)), 'or')}."
    first = ways[0] if ways else None
    if first is None:
        return now
    if found.verdict == "depends" and not first.changes:
        return f"It is not yet known whether it is {phrase}: that turns on facts not yet given."
    return f"{now} Other facts could make it {phrase}."


# ------------------------------------------------------------------ which norms


def _helpful(regime: Regime, wanted: str) -> list[int]:
    """The norms of which one would have to stand, strongest first."""
    effects = _EFFECTS[wanted]
    contest = regime.contest
    doubtful = contest.contested & contest.core if wanted == "unsettled" else 0
    chosen = [i for i, n in enumerate(regime.norms) if n.effect in effects or doubtful >> i & 1 or (wanted == "unsettled" and n.effect == "untranslated")]
    return sorted(chosen, key=lambda i: (-regime.norms[i].rank, regime.norms[i].id))


def _opposing(regime: Regime, wanted: str, reach: build.Reached) -> list[int]:
    """The norms that stand, or may, and keep the act from the verdict wanted."""
    against = {"required": ("forbid", "untranslated"), "prohibited": ("require", "untranslated"), "permitted": ("require", "forbid", "untranslated")}.get(wanted, ())
    chosen = {i for i in bits(reach.possible) if regime.norms[i].effect in against}
    for o in reach.outcomes:  # and what fells the norms that would help
        for i, by in o.fell:
            if regime.norms[i].effect in _EFFECTS[wanted]:
                chosen.update(by)
    return sorted(chosen, key=lambda i: (not reach.sure >> i & 1, regime.norms[i].effect not in COMMANDS, -regime.norms[i].rank, regime.norms[i].id))


def _elsewhen(norms: list[Norm], effects: tuple[str, ...], day: dt.date) -> Iterator[Elsewhen]:
    for n in norms:
        if n.effect in effects and not n.period_on(day):
            later = [p.start for p in n.periods if p.start > day]
            ended = [p.end for p in n.periods if p.end and p.end <= day]
            when = f"takes effect on {min(later).isoformat()}" if later else f"ceased to be in force on {max(ended).isoformat()}" if ended else "is not in force"
            yield Elsewhen(n.id, n.authority.citation, n.pinpoint, f"{cite(n.authority.citation, n.pinpoint)} ({_SAYS.get(n.effect, n.effect)}) {when}")


# ------------------------------------------------------------------ one norm


class _Told:
    """A regime and the facts of one case."""

    def __init__(self, regime: Regime, case: Case, facts: Mapping[str, Value]) -> None:
        self.regime, self.case, self.facts = regime, case, facts

    def now(self, name: str) -> FactNow:
        fact = self.regime.vocabulary.facts[name]
        if name not in self.facts:
            return FactNow(name, None, f"not given: {fact.question}", "unknown")
        value = self.facts[name]
        return FactNow(name, value, given(fact, value), "given" if name in self.case.given else "assumed")

    def missing(self, node: Node) -> Iterator[Missing]:
        """The parts of a condition that are not met."""
        truth = evaluate(node, self.facts)
        if truth is True:
            return
        if isinstance(node, Not) and isinstance(node.item, Some):
            node = All(tuple(negate(i) for i in node.item.items))
        if isinstance(node, All):
            for item in node.items:
                yield from self.missing(item)
        else:
            asked = [f for f in sorted(facts_of(node)) if truth is False or f not in self.facts]
            yield Missing(in_words(node, self.regime.vocabulary), truth is None, tuple(map(self.now, asked)))

    def rule(self, index: int, reach: build.Reached) -> Rule:
        """What becomes of a norm that would help."""
        regime, n = self.regime, self.regime.norms[index]
        missing = tuple(self.missing(n.condition))
        felled = tuple(dict.fromkeys(regime.norms[j].id for o in reach.outcomes for i, by in o.fell if i == index for j in by))
        if missing:
            state = "open" if all(m.open for m in missing) else "inapplicable"
        else:
            state = "falls" if not reach.possible >> index & 1 else "stands" if reach.sure >> index & 1 else "open"
        where = f"{cite(n.authority.citation, n.pinpoint)} ({_SAYS.get(n.effect, n.effect)})"
        if state == "inapplicable":
            lacks = "; ".join(f"{m.needs}{_but(m)}" for m in missing if not m.open)
            words = f"{where} does not apply: it needs that {lacks}"
        elif state == "open":
            words = f"{where} may apply: that turns on {listed(tuple(dict.fromkeys(f.fact for m in missing for f in m.facts)), 'and') or 'facts not given'}"
        elif state == "falls":
            words = f"{where} applies, and falls to {listed(tuple(_cite(regime, i) for i in felled[:3]), 'and') or 'a circle of norms that defeat one another'}"
        else:
            words = f"{where} stands"
        return Rule(n.id, n.authority.citation, n.pinpoint, n.effect, n.level, n.says, state, missing, felled, words)


def _but(missing: Missing) -> str:
    words = tuple(f"{f.words}{' (assumed)' if f.source == 'assumed' else ''}" for f in missing.facts[:4])
    return f" (but {listed(words, 'and')})" if words else ""


def _cite(regime: Regime, id: str) -> str:
    n = next(n for n in regime.norms if n.id == id)
    return cite(n.authority.citation, n.pinpoint)


def _obstacle(told: _Told, index: int, reach: build.Reached) -> Obstacle:
    regime = told.regime
    n, contest = regime.norms[index], regime.contest
    builder = Builder(regime.core[1], regime.fact_types)
    standing = builder.map(regime.core[0], lambda m: m if m == IMPOSSIBLE else bool(contest.standing(m) >> index & 1))
    ends = _ways(told, standing, False)
    fixed = not ends
    holds = [told.now(f) for f in sorted(facts_of(n.condition))]
    if n.condition == TRUE:
        why = "It applies whatever the facts"
    elif holds:
        why = f"It applies when {in_words(n.condition, regime.vocabulary)}"
    else:
        why = "It applies"
    if fixed and n.condition != TRUE:
        why += ", and no facts here end it"
    attackers = contest.attackers[index] & ~reach.sure
    yields = [j for j in bits(attackers) if regime.norms[j].effect not in COMMANDS or voids(regime.norms[j], n, regime.act) or n.id in regime.norms[j].prevails_over]
    return Obstacle(
        n.id, n.authority.citation, n.pinpoint, n.effect, n.level, n.says, "certain" if reach.sure >> index & 1 else "possible", why, fixed,
        ends, tuple(told.rule(j, reach) for j in yields),
    )  # fmt: skip


# ------------------------------------------------------------------ which facts


def _ways(told: _Told, root: Any, wanted: Any) -> tuple[Way, ...]:
    """The smallest changes of facts that bring the end ``wanted`` about in a diagram of the regime, whatever else is unknown.

    Fewest known facts are changed. Of unknown ones one is named where one is enough, else some of which none can be left out.
    """
    regime, facts, order = told.regime, told.facts, told.regime.core[1]
    changes: list[Mapping[str, Value]] = []

    def enough(more: Mapping[str, Value]) -> bool:
        return reachable(root, order, {**facts, **more}) == {wanted}

    for changed, _ in change.smallest(regime, change.steps(regime, root), facts, lambda end: end == wanted, most=_FAR):
        known = {n: v for n, v in changed.items() if n in facts}
        open_ = [n for n in support(root, order) if n not in facts]
        ways: list[Mapping[str, Value]] = [known] if enough(known) else []
        for name in open_ if not ways else ():
            values = change.pieces(regime, regime.vocabulary.facts[name])
            ways += [{**known, name: v} for v in values if enough({**known, name: v})][:1]
        if not ways:
            kept = dict(changed)
            for name in reversed(changed):
                less = {n: v for n, v in kept.items() if n != name}
                if name not in facts and enough(less):
                    kept = less
            ways = [kept]
        changes += [w for w in ways if w not in changes]
        if len(changes) >= MOST_WAYS:
            break
    verdict = wanted if isinstance(wanted, str) else ""
    return tuple(
        Way(c, tuple(n for n in c if n in facts), tuple(n for n in c if n not in facts), verdict, change.words_of(regime, c)) for c in changes[:MOST_WAYS]
    )


def _loosen(told: _Told) -> tuple[Way, ...]:
    """The facts of which one, if it were not known, would leave the verdict open."""
    regime, facts = told.regime, told.facts
    out = []
    for name in regime.deciding_facts:
        if name in facts:
            freed = {n: v for n, v in facts.items() if n != name}
            if len(regime.reachable_verdicts(freed)) > 1:
                out.append(Way({}, (name,), (), "depends", f"the question “{regime.vocabulary.facts[name].question}” were left open"))
    return tuple(out)


__all__ = ["Elsewhen", "FactNow", "Missing", "Obstacle", "Rule", "Way", "WhyNot", "read_verdict", "why_not"]
