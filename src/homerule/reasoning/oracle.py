"""The slow oracle: what an answer means, written to be obviously right.

It walks every norm, evaluates its condition, and resolves what applies; unknown facts are settled by trying every value. Every
compiled form of the law is tested against it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from homerule.conditions import evaluate
from homerule.conditions.tree import tests
from homerule.corpus.model import Norm
from homerule.reasoning.resolve import Contest, Outcome
from homerule.vocabulary import Fact, Value


def applying(norms: Sequence[Norm], facts: Mapping[str, Value]) -> int:
    """The mask of the norms that apply. Every fact that they mention must be known."""
    mask = 0
    for i, norm in enumerate(norms):
        truth = evaluate(norm.condition, facts)
        if truth is None:
            raise KeyError(f"a fact of {norm.id} is unknown")
        mask |= truth << i
    return mask


def outcome(contest: Contest, facts: Mapping[str, Value]) -> Outcome:
    """What follows when every fact is known."""
    return contest.resolve(applying(contest.norms, facts))


def completions(norms: Sequence[Norm], facts: Mapping[str, Value], types: Mapping[str, Fact]) -> Iterator[dict[str, Value]]:
    """Every way to fill the unknown facts that the norms mention, as far as the norms can tell the values apart."""
    unknown = sorted({t.fact for n in norms for t in tests(n.condition)} - set(facts))
    choices = [list(values(types[name], norms)) for name in unknown]
    for chosen in product(*choices):
        yield {**facts, **dict(zip(unknown, chosen))}


def values(fact: Fact, norms: Sequence[Norm]) -> Iterator[Value]:
    """The values of a fact, one for each case that the norms' tests can tell apart."""
    used = [t for n in norms for t in tests(n.condition) if t.fact == fact.name]
    if fact.type == "bool":
        yield from (False, True)
    elif fact.type == "enum":
        yield from fact.values
    elif fact.type == "set":
        members = sorted({t.value for t in used} - {"none"})
        spare = [v for v in fact.values if v != "none" and v not in members and not set(fact.implies.get(v, ())) & set(members)]
        seen = set()
        for size in range(len(members) + 1):
            for some in combinations(members, size):
                value = fact.close(frozenset(some or spare[-1:]))  # with none of those mentioned, it holds one that is not
                if value and value not in seen:
                    seen.add(value)
                    yield value
        yield frozenset({"none"})
    else:
        days = fact.type == "date"
        step: Any = dt.timedelta(days=1) if days else 1
        points: set[Any] = {dt.date.min + dt.timedelta(days=1) if days else fact.min}
        for t in used:
            points |= {t.value - step, t.value, t.value + step}
        yield from sorted(p for p in points if days or fact.min <= p <= fact.max)


def verdicts(contest: Contest, facts: Mapping[str, Value], types: Mapping[str, Fact]) -> set[str]:
    """The verdicts that some completion of the unknown facts reaches."""
    return {outcome(contest, full).verdict for full in completions(contest.norms, facts, types)}
