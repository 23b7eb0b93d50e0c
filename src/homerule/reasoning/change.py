"""What would change the answer, read off the verdict diagram: open questions, and the smallest change of known facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import combinations
from typing import Any
from weakref import WeakKeyDictionary

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
    if single := _single(regime, facts, now):
        return single
    known = [f for f in regime.deciding_facts if f in facts]
    for size in range(2, min(_MOST_FACTS, len(known)) + 1):
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


# ------------------------------------------------------------------ one fact


def _single(regime: Regime, facts: Mapping[str, Value], now: str) -> tuple[Change, ...]:
    """Every change of one known fact that leads to another verdict.

    A fact that no way through the diagram tests cannot change where it ends; and where there is one way only, the rest of it is walked
    again from the node that tests the fact.
    """
    order = regime.core[1]
    tested, straight = _tested(regime.verdicts, order, facts)
    out: list[Change] = []
    for name in regime.deciding_facts:
        if name not in tested:
            continue
        seen = {now}
        for value, verdict in _others(regime, name, tested[name], facts) if straight else _others_around(regime, name, facts):
            if verdict not in seen:
                seen.add(verdict)
                out.append(Change({name: value}, verdict, _words(regime, {name: value})))
    return tuple(out)


def _tested(root: Any, order: list[Variable], facts: Mapping[str, Value]) -> tuple[dict[str, Any], bool]:
    """The known facts that the ways through the diagram test, each with the node that does so first; and whether there is one way only."""
    tested: dict[str, Any] = {}
    straight = True
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        while type(node) is tuple:
            variable = order[node[0]]
            value = facts.get(variable.fact)
            if value is None:
                straight = False
                stack.extend(c for c in node[1] if id(c) not in seen)
                seen.update(map(id, node[1]))
                break
            if variable.fact not in tested:
                tested[variable.fact] = node
            node = node[1][variable.piece(value)]
    return tested, straight


def _verdict_from(node: Any, order: list[Variable], facts: Mapping[str, Value]) -> str:
    """The verdict that ``facts`` lead to from this node: a definite one, or ``depends``."""
    while type(node) is tuple:
        variable = order[node[0]]
        value = facts.get(variable.fact)
        if value is None:
            reached = reachable(node, order, facts)
            return reached.pop() if len(reached) == 1 else "depends"
        node = node[1][variable.piece(value)]
    return node  # type: ignore[no-any-return]


def _others(regime: Regime, name: str, node: Any, facts: Mapping[str, Value]) -> Iterator[tuple[Value, str]]:
    """Other values of a fact, nearest first, with the verdicts they lead to from the node that tests it."""
    order, fact, current = regime.core[1], regime.vocabulary.facts[name], facts[name]
    if isinstance(current, frozenset):
        yield from _other_sets(regime, fact, node, current, facts)
        return
    variable, known = order[node[0]], _kept(regime)
    if ("values", name) not in known:
        known["values", name] = [(value, variable.piece(value)) for value in pieces(regime, fact)]
    here = variable.piece(current)
    verdict: dict[int, str] = {}
    for value, piece in known["values", name]:
        if piece != here:
            child = node[1][piece]
            if id(child) not in verdict:
                verdict[id(child)] = _verdict_from(child, order, facts)
            yield value, verdict[id(child)]


def _other_sets(regime: Regime, fact: Fact, node: Any, current: frozenset[str], facts: Mapping[str, Value]) -> Iterator[tuple[Value, str]]:
    """One other set for each verdict that another set leads to, nearest first."""
    order, known = regime.core[1], _kept(regime)
    key = ("ends", id(node))
    if key not in known:
        ends: dict[Any, tuple[Any, list[tuple[int, dict[str, bool]]]]] = {}
        for i, (end, path) in enumerate(_through(node, order, fact.name)):
            ends.setdefault(id(end) if type(end) is tuple else end, (end, []))[1].append((i, path))
        known[key] = (node, list(ends.values()))  # the node is kept, so that its id stays its own
    by_verdict: dict[str, list[list[tuple[int, dict[str, bool]]]]] = {}
    for end, ways in known[key][1]:
        by_verdict.setdefault(_verdict_from(end, order, facts), []).append(ways)
    found = []
    for verdict, lists in by_verdict.items():
        for i, path in merge(*lists, key=lambda way: way[0]) if len(by_verdict) > 1 else ():
            value = set_value(fact, path, current)
            if value is not None:
                found.append((i, value, verdict))
                break
    for _, value, verdict in sorted(found, key=lambda x: x[0]):
        yield value, verdict


def _through(node: Any, order: list[Variable], name: str) -> Iterator[tuple[Any, dict[str, bool]]]:
    """Where the members of the set ``name`` lead from this node, and which of them are asked on the way."""
    stack: list[tuple[Any, dict[str, bool]]] = [(node, {})]
    while stack:
        node, path = stack.pop()
        if type(node) is tuple and order[node[0]].fact == name:
            member = order[node[0]].member
            stack.append((node[1][0], {**path, member: False}))
            stack.append((node[1][1], {**path, member: True}))
        elif node != IMPOSSIBLE:
            yield node, path


def _others_around(regime: Regime, name: str, facts: Mapping[str, Value]) -> Iterator[tuple[Value, str]]:
    """Other values of a fact with the verdicts they lead to, where unknown facts leave several ways."""
    for value in _alternatives(regime, name, facts, facts[name]):
        yield value, regime.verdict({**facts, name: value})


_memory: WeakKeyDictionary[Regime, dict[Any, Any]] = WeakKeyDictionary()


def _kept(regime: Regime) -> dict[Any, Any]:
    """What has been read off a regime's diagram, kept as long as the regime is."""
    known = _memory.get(regime)
    if known is None:
        known = _memory[regime] = {}
    return known


# ------------------------------------------------------------------ several facts


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
    known = _kept(regime)
    out = []
    for name, value in sorted(changed.items()):
        key = ("words", name, value)
        if key not in known:
            known[key] = given(regime.vocabulary.facts[name], value)
        out.append(known[key])
    return " and ".join(out)
