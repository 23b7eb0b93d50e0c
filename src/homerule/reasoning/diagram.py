"""Decision diagrams: which norms apply, as a graph walked from fact to fact.

A variable is a fact cut into the pieces that the conditions tell apart: the two values of a bool, the values of an enum, the intervals
between cut points of a number or date, and one variable a member of a set. A node is a pair (variable, children); a leaf is whatever
the builder stores there (for a regime, the mask of applying norms). Equal nodes are one node.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from homerule.conditions.evaluate import holds
from homerule.conditions.tree import All, Const, Not, Some, Test, tests
from homerule.conditions.tree import Node as Condition
from homerule.errors import HomeruleError
from homerule.vocabulary import Fact, Value

MAX_NODES = 60_000
IMPOSSIBLE = -1  # leaf of a combination of set members that no set can have


class TooWide(HomeruleError):
    """The conditions tell apart more cases than a diagram can hold."""


class Variable(NamedTuple):
    """One fact, or one member of a set fact, and the pieces it is cut into.

    ``pieces``: values for enums; starts of intervals for numbers and days; False, True for the rest.
    """

    fact: str
    kind: str  # bool | enum | order | member
    pieces: tuple[Any, ...]
    member: str = ""

    def piece(self, value: Value) -> int:
        """The index of the piece that ``value`` falls in."""
        if self.kind == "enum":
            return self.pieces.index(value)
        if self.kind == "order":
            return bisect_right(self.pieces, value) - 1
        if self.kind == "member":
            return int(self.member in value)  # type: ignore[operator]
        return int(bool(value))

    def meets(self, test: Test, piece: int) -> bool:
        """Whether a value in ``piece`` meets the test."""
        if self.kind in ("bool", "member"):
            return bool(piece)
        return holds(test, self.pieces[piece])


def variables(conditions: Iterable[Condition], facts: Mapping[str, Fact]) -> list[Variable]:
    """The variables of some conditions: facts that more conditions mention first, set members side by side."""
    seen: dict[str, list[Test]] = {}
    weight: dict[str, int] = {}
    for condition in conditions:
        for test in tests(condition):
            seen.setdefault(test.fact, []).append(test)
        for name in {t.fact for t in tests(condition)}:
            weight[name] = weight.get(name, 0) + 1
    out: list[Variable] = []
    for name in sorted(seen, key=lambda n: (-weight[n], n)):
        fact, used = facts[name], seen[name]
        if fact.type == "bool":
            out.append(Variable(name, "bool", (False, True)))
        elif fact.type == "enum":
            out.append(Variable(name, "enum", fact.values))
        elif fact.type == "set":
            members = sorted({t.value for t in used}, key=lambda m: (m != "none", fact.values.index(m)))
            out.extend(Variable(name, "member", (False, True), m) for m in members)
        else:
            out.append(Variable(name, "order", _cuts(fact, used)))
    return out


def _cuts(fact: Fact, used: list[Test]) -> tuple[Any, ...]:
    low: Any = dt.date.min if fact.type == "date" else fact.min
    step: Any = dt.timedelta(days=1) if fact.type == "date" else 1
    cuts = {low}
    for test in used:
        cut = test.value if test.op == "lt" else test.value + step
        if cut > low and (fact.type == "date" or cut <= fact.max):
            cuts.add(cut)
    return tuple(sorted(cuts))


class Builder:
    """Makes and shares the nodes over one list of variables."""

    def __init__(self, order: Sequence[Variable], facts: Mapping[str, Fact]) -> None:
        self.order = list(order)
        self.facts = facts
        self.position: dict[tuple[str, str], int] = {(v.fact, v.member): i for i, v in enumerate(order)}
        self._unique: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._conditions: dict[tuple[Condition, bool], Any] = {}

    def node(self, level: int, children: tuple[Any, ...]) -> Any:
        """The node with these children, or the child itself where all are the same."""
        first = children[0]
        if all(c is first or (type(c) is type(first) is not tuple and c == first) for c in children):
            return first
        # True and 1 are equal leaves to Python; they must not become one node
        key = (level, *[id(c) if type(c) is tuple else (c.__class__, c) for c in children])
        node = self._unique.get(key)
        if node is None:
            if len(self._unique) >= MAX_NODES:
                raise TooWide(f"the conditions tell apart more than {MAX_NODES:,} cases", help="Use fewer facts in one rule set")
            node = self._unique[key] = (level, children)
        return node

    def combine(self, a: Any, b: Any, op: Callable[[Any, Any], Any], short: Callable[[Any, Any], Any] | None = None) -> Any:
        """The diagram of ``op`` applied leaf by leaf. ``short`` may answer for two whole sub-diagrams at once, or return None."""
        memo: dict[tuple[Any, Any], Any] = {}
        node, far = self.node, len(self.order)

        def walk(x: Any, y: Any) -> Any:
            if short is not None:
                early = short(x, y)
                if early is not None:
                    return early
            x_node, y_node = type(x) is tuple, type(y) is tuple
            if not x_node and not y_node:
                return op(x, y)
            key = (id(x) if x_node else (x,), id(y) if y_node else (y,))
            out = memo.get(key)
            if out is not None:
                return out
            lx, ly = (x[0] if x_node else far), (y[0] if y_node else far)
            level = lx if lx < ly else ly
            if lx == ly:
                children = [walk(p, q) for p, q in zip(x[1], y[1])]
            elif lx < ly:
                children = [walk(p, y) for p in x[1]]
            else:
                children = [walk(x, q) for q in y[1]]
            out = memo[key] = node(level, tuple(children))
            return out

        return walk(a, b)

    def map(self, root: Any, change: Callable[[Any], Any]) -> Any:
        """The diagram with every leaf changed."""
        memo: dict[int, Any] = {}

        def walk(x: Any) -> Any:
            if type(x) is not tuple:
                return change(x)
            if id(x) not in memo:
                memo[id(x)] = self.node(x[0], tuple([walk(c) for c in x[1]]))
            return memo[id(x)]

        return walk(root)

    def condition(self, condition: Condition, denied: bool = False) -> Any:
        """The diagram of a condition (of its negation if ``denied``): leaves True and False."""
        if isinstance(condition, Not):
            return self.condition(condition.item, not denied)
        key = (condition, denied)
        found = self._conditions.get(key)
        if found is None:
            found = self._conditions[key] = self._condition(condition, denied)
        return found

    def _condition(self, condition: Condition, denied: bool) -> Any:
        if isinstance(condition, Test):
            level = self.position[(condition.fact, condition.value if condition.op == "has" else "")]
            variable = self.order[level]
            return self.node(level, tuple([variable.meets(condition, p) is not denied for p in range(len(variable.pieces))]))
        if isinstance(condition, (All, Some)):
            every = isinstance(condition, All) is not denied  # a denied All is a Some of denials, and the other way round
            out: Any = every
            for item in condition.items:
                other = self.condition(item, denied)
                out = self.combine(out, other, _and, _short_and) if every else self.combine(out, other, _or, _short_or)
            return out
        assert isinstance(condition, Const)
        return condition.value is not denied

    def possible(self) -> Any:
        """Leaf 0 where the set members go together, `IMPOSSIBLE` where not: ``none`` excludes the others, and what a member implies holds."""
        root: Any = 0
        for name in dict.fromkeys(v.fact for v in self.order if v.kind == "member"):
            sets = self._possible_sets(self.facts[name], [(i, v.member) for i, v in enumerate(self.order) if v.fact == name])
            root = self.combine(root, sets, min) if root != 0 else sets
        return root

    def _possible_sets(self, fact: Fact, members: list[tuple[int, str]]) -> Any:
        """The diagram of one set fact. ``forced`` holds what earlier members settle of later ones."""
        names = [m for _, m in members]
        memo: dict[tuple[int, frozenset[tuple[str, bool]], bool], Any] = {}
        spare = len(names) < len(fact.values)  # a member that no condition mentions may be what the set holds

        def settles(member: str, has: bool) -> Iterator[tuple[str, bool]]:
            if has:
                yield from ((other, False) for other in names if (member == "none") != (other == "none"))
                yield from ((other, True) for other in fact.implies.get(member, ()))
            else:
                yield from ((other, False) for other in names if member in fact.implies.get(other, ()))

        def build(at: int, forced: frozenset[tuple[str, bool]], filled: bool) -> Any:
            if at == len(members):
                return 0 if filled else IMPOSSIBLE  # no set is empty
            key = (at, forced, filled)
            if key not in memo:
                level, member = members[at]
                later = set(names[at + 1 :])
                memo[key] = self.node(
                    level,
                    tuple(
                        IMPOSSIBLE if (member, not has) in forced else build(at + 1, frozenset(f for f in (*forced, *settles(member, has)) if f[0] in later), filled or has)
                        for has in (False, True)
                    ),
                )
            return memo[key]

        return build(0, frozenset(), spare)

def _and(x: bool, y: bool) -> bool:
    return x and y


def _or(x: bool, y: bool) -> bool:
    return x or y


def _short_and(x: Any, y: Any) -> Any:
    if x is False or y is False:
        return False
    return y if x is True else x if y is True or x is y else None


def _short_or(x: Any, y: Any) -> Any:
    if x is True or y is True:
        return True
    return y if x is False else x if y is False or x is y else None


def add_bit(builder: Builder, root: Any, condition: Any, bit: int) -> Any:
    """``root`` with ``bit`` set in every leaf where the diagram ``condition`` is true."""

    def op(mask: int, truth: bool) -> int:
        return mask | bit if truth and mask != IMPOSSIBLE else mask

    def short(x: Any, y: Any) -> Any:
        return x if y is False or (x == IMPOSSIBLE and type(x) is int) else None

    return builder.combine(root, condition, op, short)


# ------------------------------------------------------------------ walking


class _Order(dict[Any, Any]):
    """Children of an ordered variable, looked up by any value: misses are placed by bisection and remembered, up to a bound."""

    __slots__ = ("children", "starts")

    def __init__(self, starts: tuple[Any, ...], children: tuple[Any, ...]) -> None:
        super().__init__()
        self.starts, self.children = starts, children

    def __missing__(self, value: Any) -> Any:
        child = self.children[bisect_right(self.starts, value) - 1]
        if len(self) < 4096:
            self[value] = child
        return child


class _Member(dict[Any, Any]):
    """Children of a set member, looked up by the whole set."""

    __slots__ = ("member", "with_", "without")

    def __init__(self, member: str, children: tuple[Any, ...]) -> None:
        super().__init__()
        self.member, (self.without, self.with_) = member, children

    def __missing__(self, value: frozenset[str]) -> Any:
        child = self.with_ if self.member in value else self.without
        if len(self) < 4096:
            self[value] = child
        return child


def walkable(root: Any, order: Sequence[Variable]) -> Any:
    """The diagram in the form that `walk` follows: a node is (fact, {value: child})."""
    memo: dict[int, Any] = {}

    def turn(node: Any) -> Any:
        if type(node) is not tuple:
            return node
        if id(node) not in memo:
            variable = order[node[0]]
            children = tuple(turn(c) for c in node[1])
            branch: dict[Any, Any]
            if variable.kind == "order":
                branch = _Order(variable.pieces, children)
            elif variable.kind == "member":
                branch = _Member(variable.member, children)
            else:
                branch = dict(zip(variable.pieces, children))
            memo[id(node)] = (variable.fact, branch)
        return memo[id(node)]

    return turn(root)


def walk(node: Any, facts: Mapping[str, Value]) -> Any:
    """The leaf that ``facts`` lead to. Raises KeyError at the first fact that is missing."""
    while type(node) is tuple:
        node = node[1][facts[node[0]]]
    return node


def reachable(root: Any, order: Sequence[Variable], facts: Mapping[str, Value]) -> set[Any]:
    """The leaves that some completion of the unknown facts leads to (`root` as the builder made it)."""
    seen: set[int] = set()
    leaves: set[Any] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is not tuple:
            if node != IMPOSSIBLE:
                leaves.add(node)
            continue
        if id(node) in seen:
            continue
        seen.add(id(node))
        variable = order[node[0]]
        value = facts.get(variable.fact)
        if value is None:
            stack.extend(node[1])
        else:
            stack.append(node[1][variable.piece(value)])
    return leaves


def restrict(builder: Builder, root: Any, facts: Mapping[str, Value]) -> Any:
    """The diagram of what ``facts`` leave open: a node stays in it only if its fact can still make a difference."""
    memo: dict[int, Any] = {}
    order = builder.order

    def walk_(x: Any) -> Any:
        if type(x) is not tuple:
            return x
        if id(x) not in memo:
            variable = order[x[0]]
            value = facts.get(variable.fact)
            if value is not None:
                memo[id(x)] = walk_(x[1][variable.piece(value)])
            else:
                children = [walk_(c) for c in x[1]]
                real = [c for c in children if c != IMPOSSIBLE or type(c) is tuple]
                same = bool(real) and all(c is real[0] or (type(c) is not tuple and c == real[0]) for c in real)
                memo[id(x)] = real[0] if same else builder.node(x[0], tuple(children))
        return memo[id(x)]

    return walk_(root)


def support(root: Any, order: Sequence[Variable]) -> tuple[str, ...]:
    """The facts that the diagram asks, in the order of its variables."""
    seen: set[int] = set()
    levels: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is tuple and id(node) not in seen:
            seen.add(id(node))
            levels.add(node[0])
            stack.extend(node[1])
    return tuple(dict.fromkeys(order[i].fact for i in sorted(levels)))


def size(root: Any) -> int:
    """The number of nodes."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is tuple and id(node) not in seen:
            seen.add(id(node))
            stack.extend(node[1])
    return len(seen)


def set_value(fact: Fact, members: Mapping[str, bool], near: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """A value of a set fact that has and lacks what ``members`` says, as near to ``near`` as it goes; None where there is none."""
    if members.get("none"):
        return frozenset({"none"})
    barred = {m for m, has in members.items() if not has}

    def free(value: str) -> bool:
        return value != "none" and value not in barred and not barred & set(fact.implies.get(value, ()))

    wanted = fact.close(frozenset(m for m, has in members.items() if has))
    value = fact.close(wanted | {m for m in near if free(m)})
    if not value:
        spare = [v for v in ("other", *reversed(fact.values)) if free(v)]
        value = frozenset({"none"}) if members.get("none") is not False else fact.close(frozenset(spare[:1]))
    return value if value and all((m in value) == has for m, has in members.items()) else None
