"""What would change the answer, read off the verdict diagram: open questions, and the smallest change of known facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from homerule.conditions.words import given
from homerule.reasoning.diagram import IMPOSSIBLE, Variable, reachable, set_value, support
from homerule.reasoning.finding import Answer, Change, Question
from homerule.reasoning.regime import Regime
from homerule.vocabulary import Fact, Value

_MOST_FACTS = 4  # facts changed at once, at most


def questions(regime: Regime, facts: Mapping[str, Value]) -> tuple[Question, ...]:
    """The unknown facts that can still change the verdict, and what each answer would leave reachable."""
    order = regime.core[1]
    left = regime.left_open(facts)
    out = []
    for name in support(left, order):
        fact = regime.vocabulary.facts[name]
        answers = tuple(Answer(value, fact.show(value), tuple(sorted(reachable(left, order, {name: value})))) for value in pieces(regime, fact))
        out.append(Question(name, fact.question, fact.help, answers))
    return tuple(out)


def pieces(regime: Regime, fact: Fact) -> Iterator[Value]:
    """One value for each case of ``fact`` that the regime's verdicts tell apart."""
    mine = [v for v in regime.core[1] if v.fact == fact.name]
    if fact.type == "enum":
        yield from fact.values
    elif fact.type == "bool":
        yield from (True, False)
    elif fact.type == "set":
        yield frozenset({"none"})
        for variable in mine:
            if variable.member != "none":
                yield fact.close(frozenset({variable.member}))
        if "other" not in {v.member for v in mine}:
            yield frozenset({"other"})
    else:
        yield from mine[0].pieces if mine else (fact.min,)


def changes(regime: Regime, facts: Mapping[str, Value]) -> tuple[Change, ...]:
    """The smallest changes of known facts that lead to another verdict (``depends`` counts as one).

    Every change of one fact is listed; only where none exists are changes of two facts tried, then three, then four.
    """
    now = regime.verdict(facts)
    if now == "depends":
        return ()  # the open questions come first
    known = [f for f in regime.deciding_facts if f in facts]
    for size in range(1, min(_MOST_FACTS, len(known)) + 1):
        found: list[Change] = []
        for names in combinations(known, size):
            freed = {k: v for k, v in facts.items() if k not in names}
            if regime.reachable_verdicts(freed) == {now}:
                continue
            seen: set[str] = set()
            for changed in _ways(regime, facts, names):
                verdict = regime.verdict({**facts, **changed})
                if verdict != now and verdict not in seen:
                    seen.add(verdict)
                    found.append(Change(changed, verdict, _words(regime, changed)))
        if found:
            return tuple(found)
    return ()


def _ways(regime: Regime, facts: Mapping[str, Value], names: tuple[str, ...]) -> Iterator[dict[str, Value]]:
    """Other values for these facts, nearest first, each distinct to the verdict."""
    if len(names) > 1:
        for rest in _ways(regime, facts, names[1:]):
            for first in _alternatives(regime, names[0], {**facts, **rest}, facts[names[0]]):
                yield {names[0]: first, **rest}
    else:
        for value in _alternatives(regime, names[0], facts, facts[names[0]]):
            yield {names[0]: value}


def _alternatives(regime: Regime, name: str, facts: Mapping[str, Value], current: Value) -> Iterator[Value]:
    fact = regime.vocabulary.facts[name]
    if not isinstance(current, frozenset):
        for value in pieces(regime, fact):
            if value != current:
                yield value
        return
    freed = {k: v for k, v in facts.items() if k != name}
    seen = {current}
    for path in _paths(regime.verdicts, regime.core[1], freed, name):
        nearest = set_value(fact, path, current)
        if nearest is not None and nearest not in seen:
            seen.add(nearest)
            yield nearest


def _paths(root: Any, order: list[Variable], facts: Mapping[str, Value], name: str) -> Iterator[dict[str, bool]]:
    """The ways through the diagram that differ in the members of the set ``name``; other unknown facts are left aside."""
    done: set[tuple[int, frozenset[tuple[str, bool]]]] = set()
    stack: list[tuple[Any, dict[str, bool]]] = [(root, {})]
    while stack:
        node, path = stack.pop()
        if type(node) is not tuple:
            if node != IMPOSSIBLE:
                yield path
            continue
        key = (id(node), frozenset(path.items()))
        if key in done:
            continue
        done.add(key)
        variable = order[node[0]]
        if variable.fact == name:
            for has in (0, 1):
                stack.append((node[1][has], {**path, variable.member: bool(has)}))
        elif variable.fact in facts:
            stack.append((node[1][variable.piece(facts[variable.fact])], path))
        else:
            stack.extend((child, path) for child in node[1])


def _words(regime: Regime, changed: Mapping[str, Value]) -> str:
    return " and ".join(given(regime.vocabulary.facts[n], v) for n, v in sorted(changed.items()))

