"""The diagrams of a request over one order of facts: the verdicts of all its acts, and what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from homerule.conditions.tree import FALSE, TRUE
from homerule.reasoning import diagram as dg
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import VERDICTS

BITS = 8  # of a leaf, for each act
STANDS, ABSENT = 2, 1  # leaves of a diagram of what stands; 3 where it is open
MOST_NODES = 20_000  # of one diagram for all acts


class Diagrams(NamedTuple):
    """Roots over the builder's variables: ``acts`` has the verdicts of each act, ``heads`` those of all acts together (in one diagram
    where that is not too wide, else the same as ``acts``), ``parts`` what stands."""

    builder: dg.Builder
    acts: list[Any]
    heads: list[Any]
    parts: list[Any]


def diagrams(regimes: Sequence[Regime], thorough: bool) -> Diagrams:
    """The diagrams of a request: its verdicts and, if ``thorough``, what stands."""
    facts = regimes[0].vocabulary.facts
    used = [[i for i in range(len(r.norms)) if thorough or r.contest.core >> i & 1] for r in regimes]
    conditions = [r.norms[i].condition for r, indexes in zip(regimes, used) for i in indexes]
    builder = dg.Builder(dg.variables([c for c in conditions if c not in (TRUE, FALSE)], facts), facts)
    possible = builder.possible()
    acts, parts = [], []
    for act, regime in enumerate(regimes):
        root, contest = possible, regime.contest
        for i, norm in enumerate(regime.norms):
            if contest.core >> i & 1:
                root = dg.add_bit(builder, root, builder.condition(norm.condition), 1 << i)
        acts.append(_map(builder, root, lambda mask: 1 << (act * BITS + VERDICTS.index(contest.resolve(mask).verdict))))  # noqa: B023
        if thorough:
            parts += _standing(builder, root, regime, possible)
    try:
        joint: Any = acts[0]
        for head in acts[1:]:
            joint = builder.combine(joint, head, lambda x, y: dg.IMPOSSIBLE if dg.IMPOSSIBLE in (x, y) else x | y)
        if dg.size(joint) <= MOST_NODES:
            return Diagrams(builder, acts, [joint], parts)
    except dg.TooWide:
        pass
    return Diagrams(builder, acts, acts, parts)


def _map(builder: dg.Builder, root: Any, change: Callable[[int], int]) -> Any:
    return builder.map(root, lambda x: x if x == dg.IMPOSSIBLE else change(x))


def _standing(builder: dg.Builder, core: Any, regime: Regime, possible: Any) -> list[Any]:
    """A diagram of which verdict-moving norms stand, and one for each norm that attaches: whether it stands."""
    contest = regime.contest
    moving = [i for i in range(len(regime.norms)) if contest.core >> i & 1]

    def which(mask: int) -> int:
        stands = contest.standing(mask)
        return sum((STANDS if stands >> i & 1 else ABSENT) << (2 * k) for k, i in enumerate(moving))

    out = [_map(builder, core, which)] if moving else []
    for i, norm in enumerate(regime.norms):
        if contest.core >> i & 1 or norm.condition == FALSE:
            continue
        attackers = contest.attackers[i]
        unfelled = _map(builder, core, lambda mask: ABSENT if contest.standing(mask) & attackers else STANDS) if attackers else _map(builder, possible, lambda _: STANDS)  # noqa: B023
        out.append(builder.combine(unfelled, builder.condition(norm.condition), lambda x, truth: x if truth or x == dg.IMPOSSIBLE else ABSENT))
    return out
