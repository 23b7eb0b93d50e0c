"""What would change the answer, read off the verdict diagram: open questions, and the smallest change of known facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any
from weakref import WeakKeyDictionary

from homerule.conditions.words import given
from homerule.reasoning.diagram import IMPOSSIBLE, Builder, Variable, _Order, reachable, set_value, support
from homerule.reasoning.finding import Answer, Change, Question
from homerule.reasoning.regime import Regime
from homerule.vocabulary import Fact, Value

_CHANGED = 1000  # a known fact that changes weighs as much as this many unknown ones that must be given
_LISTED = 48  # changes of several facts, at most
_WAYS = 8  # through one node of a set, that are looked at
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
    root = known_ways(regime, facts)
    path: list[tuple[Step, Any]] = []
    now = root
    while type(now) is Step:
        child = now.after[facts[now.fact]]
        path.append((now, child))
        now = child
    if now == "depends":
        return ()  # the open questions come first
    out: list[Change] = []
    for step, child in path:
        seen = {now}
        for end, ways in step.ends:
            if end is not child:
                verdict = end
                while type(verdict) is Step:
                    verdict = verdict.after[facts[verdict.fact]]
                if verdict not in seen and (value := step.nearest(ways, facts)) is not None:
                    seen.add(verdict)
                    out.append(Change({step.fact: value}, verdict, words_of(regime, {step.fact: value})))
    if out or not path:
        return tuple(out)
    return tuple(
        Change(changed, verdict, words_of(regime, changed))
        for changed, verdict in smallest(regime, root, facts, lambda verdict: verdict != now, most=_MOST_FACTS)
    )


# ------------------------------------------------------------------ the verdict diagram, a step a fact


class Step:
    """A fact as the verdict diagram asks for it. ``after`` looks up what each value leads to: a step, or a verdict.

    ``ends`` lists what the values lead to, each once, with ways there: values, or for a set the members that it must have and lack.
    """

    __slots__ = ("after", "ends", "fact", "type")

    def __init__(self, type: Fact, after: Mapping[Any, Any], ends: list[tuple[Any, list[Any]]]) -> None:
        self.fact = type.name
        self.type = type
        self.after = after
        self.ends = ends

    def nearest(self, ways: list[Any], facts: Mapping[str, Value]) -> Value | None:
        """A value that goes one of these ways; of a set, the one that keeps most of the present members."""
        if self.type.type != "set":
            return ways[0]  # type: ignore[no-any-return]
        current: Any = facts.get(self.fact, frozenset())
        found = [value for way in ways if (value := set_value(self.type, way, current)) is not None]
        return min(found, key=lambda value: len(value ^ current), default=None)


class _Sets(dict[Any, Any]):
    """What sets lead to: found by following their members once, and remembered up to a bound."""

    __slots__ = ("node", "order", "turned")

    def __init__(self, node: Any, order: list[Variable], turned: Callable[[Any], Any]) -> None:
        super().__init__()
        self.node, self.order, self.turned = node, order, turned

    def __missing__(self, value: frozenset[str]) -> Any:
        node, name = self.node, self.order[self.node[0]].fact
        while type(node) is tuple and self.order[node[0]].fact == name:
            node = node[1][self.order[node[0]].member in value]
        end = self.turned(node)
        if len(self) < 4096:
            self[value] = end
        return end


_ways: WeakKeyDictionary[Regime, dict[tuple[str, ...], Any]] = WeakKeyDictionary()
_said: WeakKeyDictionary[Regime, dict[tuple[str, Value], str]] = WeakKeyDictionary()


def known_ways(regime: Regime, facts: Mapping[str, Value]) -> Any:
    """The steps over the facts that are known; unknown ones lead to the verdict that is left, or to ``depends``. A verdict where none matters."""
    unknown = tuple([f for f in regime.deciding_facts if f not in facts])
    kept = _ways.get(regime)
    if kept is None:
        kept = _ways[regime] = {}
    if unknown not in kept:
        if len(kept) >= 256:
            kept.clear()
        kept[unknown] = steps(regime, _without(regime, unknown))
    return kept[unknown]


def every_way(regime: Regime) -> Any:
    """The steps over all facts, known or not."""
    return known_ways(regime, dict.fromkeys(regime.deciding_facts, False))


def _without(regime: Regime, unknown: tuple[str, ...]) -> Any:
    """The verdict diagram with each unknown fact replaced by what all its values lead to together."""
    if not unknown:
        return regime.verdicts
    order = regime.core[1]
    builder = Builder(order, regime.fact_types)
    done: dict[int, Any] = {}
    joined: dict[tuple[Any, Any], Any] = {}

    def join(x: Any, y: Any) -> Any:
        if x is y:
            return x
        deep_x, deep_y = type(x) is tuple, type(y) is tuple
        if not deep_x and not deep_y:
            return y if x == IMPOSSIBLE else x if y == IMPOSSIBLE or x == y else "depends"
        if x == IMPOSSIBLE or y == IMPOSSIBLE:
            return y if x == IMPOSSIBLE else x
        key = (id(x) if deep_x else x, id(y) if deep_y else y)
        if key not in joined:
            level = min(n[0] for n in (x, y) if type(n) is tuple)
            left, right = (n[1] if type(n) is tuple and n[0] == level else None for n in (x, y))
            size = len(order[level].pieces)
            joined[key] = builder.node(level, tuple([join(left[i] if left else x, right[i] if right else y) for i in range(size)]))
        return joined[key]

    def walk(node: Any) -> Any:
        if type(node) is not tuple:
            return node
        if id(node) not in done:
            if order[node[0]].fact in unknown:
                done[id(node)] = reduce(join, map(walk, _ends(node, order)))
            else:
                done[id(node)] = builder.node(node[0], tuple([walk(c) for c in node[1]]))
        return done[id(node)]

    return walk(regime.verdicts)


def _ends(node: Any, order: list[Variable]) -> list[Any]:
    """What the values of the fact that ``node`` asks lead to, each once; the members of a set are passed through."""
    name = order[node[0]].fact
    seen: dict[Any, Any] = {}
    stack = [node]
    while stack:
        for child in stack.pop()[1]:
            key = id(child) if type(child) is tuple else child
            if key not in seen:
                seen[key] = child
                if type(child) is tuple and order[child[0]].fact == name:
                    stack.append(child)
    return [c for c in seen.values() if type(c) is not tuple or order[c[0]].fact != name]


def steps(regime: Regime, root: Any) -> Any:
    """A diagram over the regime's variables as steps."""
    order = regime.core[1]
    memo: dict[int, Any] = {}

    def turn(node: Any) -> Any:
        if type(node) is not tuple:
            return node
        if id(node) not in memo:
            variable = order[node[0]]
            fact = regime.fact_types[variable.fact]
            ends: dict[Any, tuple[Any, list[Any]]] = {}
            for end, way in _through(node, order) if fact.type == "set" else ((node[1][variable.piece(v)], v) for v in pieces(regime, fact)):
                turned = turn(end)
                ends.setdefault(id(turned) if type(turned) is Step else turned, (turned, []))[1].append(way)
            after: Mapping[Any, Any]
            if len(ends) == 1:  # all that is possible leads to one end: nothing to ask
                (memo[id(node)],) = (end for end, _ in ends.values())
                return memo[id(node)]
            if fact.type == "set":
                after = _Sets(node, order, turn)
            elif variable.kind == "order":
                after = _Order(variable.pieces, tuple(map(turn, node[1])))
            else:
                after = {piece: turn(child) for piece, child in zip(variable.pieces, node[1])}
            memo[id(node)] = Step(fact, after, list(ends.values()))
        return memo[id(node)]

    return turn(root)


def _through(node: Any, order: list[Variable]) -> Iterator[tuple[Any, dict[str, bool]]]:
    """Where the members of a set lead from this node, and which of them are asked on the way; a few ways through each node are enough."""
    name = order[node[0]].fact
    times: dict[int, int] = {}
    stack: list[tuple[Any, dict[str, bool]]] = [(node, {})]
    while stack:
        node, path = stack.pop()
        if type(node) is tuple and order[node[0]].fact == name:
            times[id(node)] = times.get(id(node), 0) + 1
            if times[id(node)] <= _WAYS:
                member = order[node[0]].member
                stack.append((node[1][0], {**path, member: False}))
                stack.append((node[1][1], {**path, member: True}))
        elif node != IMPOSSIBLE:
            yield node, path


# ------------------------------------------------------------------ several facts


def smallest(regime: Regime, root: Any, facts: Mapping[str, Value], wanted: Callable[[Any], bool], *, most: int) -> list[tuple[dict[str, Value], Any]]:
    """The smallest changes of facts that lead to a wanted end, and that end; none where more than ``most`` known facts must change.

    Fewest known facts changed, then fewest unknown ones given. One change for each set of facts and each end, a few dozen at most.
    """
    far_off = (most + 1) * _CHANGED
    memo: dict[int, int] = {}

    def far(node: Any) -> int:
        """What must change from here on."""
        if type(node) is not Step:
            return 0 if wanted(node) else far_off
        if id(node) not in memo:
            here, cost = (node.after[facts[node.fact]], _CHANGED) if node.fact in facts else (None, 1)
            least = far(here) if cost == _CHANGED else far_off
            for end, _ in node.ends:
                if least > cost and end is not here:
                    least = min(least, cost + far(end))
            memo[id(node)] = least
        return memo[id(node)]

    found: dict[tuple[tuple[str, ...], Any], dict[str, Value]] = {}

    def follow(node: Any, left: int, changed: dict[str, Value]) -> None:
        if far(node) > left or len(found) >= _LISTED:
            return
        if type(node) is not Step:
            found.setdefault((tuple(changed), node), changed)
            return
        here, cost = (node.after[facts[node.fact]], _CHANGED) if node.fact in facts else (None, 1)
        if cost == _CHANGED:
            follow(here, left, changed)
        for end, ways in node.ends:
            if end is not here and far(end) <= left - cost and (value := node.nearest(ways, facts)) is not None:
                follow(end, left - cost, {**changed, node.fact: value})

    if far(root) < far_off:
        follow(root, far(root), {})
    place = {v.fact: i for i, v in enumerate(regime.core[1])}
    return [(changed, end) for (_, end), changed in sorted(found.items(), key=lambda x: [place[name] for name in x[0][0]])]


def words_of(regime: Regime, changed: Mapping[str, Value]) -> str:
    """A change of facts in words."""
    kept = _said.get(regime)
    if kept is None:
        kept = _said[regime] = {}
    out = []
    for name, value in sorted(changed.items()):
        if (name, value) not in kept:
            kept[name, value] = given(regime.vocabulary.facts[name], value)
        out.append(kept[name, value])
    return " and ".join(out)
