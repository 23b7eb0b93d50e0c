"""The law in time: what is in force, what began and ended between two days, which verdicts moved, and what lies ahead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from homerule.corpus.model import Norm
from homerule.places import Place
from homerule.reasoning.decide import Engine
from homerule.reasoning.pair import pairs
from homerule.reasoning.regime import Regime
from homerule.vocabulary import Value


class Event(NamedTuple):
    """A day on which a norm begins, may begin, or ends, or on which a deadline falls."""

    date: dt.date
    kind: str  # begins | may begin | ends | deadline
    norm: Norm


class Moved(NamedTuple):
    """A verdict that is not the same on both days, in some case; ``facts`` is such a case."""

    actor: str
    act: str
    before: str
    after: str
    facts: Mapping[str, Value]


def in_force(engine: Engine, place: str, day: dt.date, actors: Iterable[str] = (), acts: Iterable[str] = ()) -> tuple[Place, list[Norm]]:
    """The norms in force at a place on a day, for these actors (all if none) and acts (all if none), strongest first."""
    vocabulary = engine.corpus.vocabulary
    found: dict[str, Norm] = {}
    home = engine.find(place)
    wanted_actors, wanted_acts = list(actors), list(acts) or list(vocabulary.acts)
    for actor in wanted_actors or list(vocabulary.actors):
        vocabulary.actor(actor)
        body, reach, *_ = engine.body(home.id, actor)
        if not wanted_actors and body.id != home.id:
            continue  # bodies of other places are listed there
        for act in wanted_acts:
            vocabulary.act(act)
            for n in engine.regimes.regime(reach, actor, act, day).norms:
                found[n.id] = n
        if wanted_actors:
            home = body
    return home, sorted(found.values(), key=lambda n: (-n.rank, n.authority.id, n.id))


def events(norms: Iterable[Norm], first: dt.date, last: dt.date) -> list[Event]:
    """What begins, ends or falls due from ``first`` to ``last``, both included."""
    out = []
    for n in norms:
        for p in n.periods:
            if first <= p.start <= last:
                out.append(Event(p.start, "may begin" if p.sure else "begins", n))
            if p.sure and first <= p.sure <= last:
                out.append(Event(p.sure, "begins", n))
            if p.end and first <= p.end <= last:
                out.append(Event(p.end, "ends", n))
        if n.deadline and n.deadline.by and first <= n.deadline.by <= last:
            out.append(Event(n.deadline.by, "deadline", n))
    return sorted(out, key=lambda e: (e.date, e.norm.place, e.norm.id, e.kind))


def moved(engine: Engine, place: str, before: dt.date, after: dt.date, actors: Iterable[str] = (), acts: Iterable[str] = ()) -> list[Moved]:
    """The verdicts that differ between two days in some case, each pair with one smallest case."""
    vocabulary = engine.corpus.vocabulary
    home = engine.find(place)
    out = []
    for actor in list(actors) or list(vocabulary.actors):
        body, reach, *_ = engine.body(home.id, actor)
        if not actors and body.id != home.id:
            continue
        for act in list(acts) or list(vocabulary.acts):
            a, b = engine.regimes.regime(reach, actor, act, before), engine.regimes.regime(reach, actor, act, after)
            if a is not b:
                out += [Moved(actor, act, left, right, facts) for left, right, facts in compare(a, b)]
    return out


def compare(a: Regime, b: Regime) -> list[tuple[str, str, Mapping[str, Value]]]:
    """The pairs of different verdicts that some case reaches under two regimes."""
    core_a = [i for i in range(len(a.norms)) if a.contest.core >> i & 1]
    core_b = [i for i in range(len(b.norms)) if b.contest.core >> i & 1]

    def outcome(regime: Regime, core: list[int]):  # type: ignore[no-untyped-def]
        def verdict(mask: int) -> str:
            full = 0
            for k, i in enumerate(core):
                full |= (mask >> k & 1) << i
            return regime.outcome(full).verdict

        return verdict

    found = pairs([a.norms[i].condition for i in core_a], [b.norms[i].condition for i in core_b], a.fact_types, outcome(a, core_a), outcome(b, core_b))
    return [(p.left, p.right, p.facts) for p in sorted(found, key=lambda p: -p.cases) if p.left != p.right]


