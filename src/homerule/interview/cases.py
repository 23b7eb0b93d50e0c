"""The cases that the law of a request tells apart, as one diagram with a level a fact.

It is made from the regimes' norms, all acts together. Equal nodes are one node, and nothing impossible is left in it: a fact stands in a
diagram exactly if two of its answers can still lead to different findings.

A leaf is a whole number in which every act has a few bits, one a verdict. Leaves join by "or", so an answer "I don't know" turns a
diagram into one whose leaves hold every verdict that stays possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from homerule.conditions import facts as facts_of
from homerule.interview.classes import LEAF, Classes, Node
from homerule.interview.diagrams import BITS, diagrams
from homerule.reasoning import diagram as dg
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import VERDICTS, bits

State = tuple[Node, ...]


class Cases:
    """The diagrams of one request: one of the joint verdicts and, where asked for, one for each thing that may stand or not."""

    def __init__(self, regimes: Sequence[Regime], *, thorough: bool = False) -> None:
        """``regimes``: one an act. ``thorough``: what stands counts as part of the finding, and not only the verdicts."""
        self.regimes = tuple(regimes)
        self.thorough = thorough
        self.facts: list[Classes] = []
        self.level: dict[str, int] = {}
        self.reasons: dict[Any, Any] = {}  # kept for the questions
        self._asking: dict[tuple[int, str], list[int]] = {}
        self._unique: dict[Any, Node] = {}
        self._fixed: dict[tuple[int, int], dict[Node, Node]] = {}
        self._merged: dict[Any, tuple[int, ...]] = {}
        found = diagrams(self.regimes, thorough)
        made = self._convert(found.builder, [*found.acts, *found.heads, *found.parts])
        #: The verdicts of each act by itself.
        self.acts = tuple(made[: len(found.acts)])
        #: How many diagrams of a state hold verdicts; those after them say what stands.
        self.heads = len(found.heads)
        self.root = self.state(made[len(found.acts) :])

    # ------------------------------------------------------------------ making

    def _convert(self, builder: dg.Builder, roots: list[Any]) -> list[Node]:
        """The builder's diagrams with one level a fact, from the last fact up."""
        order = builder.order
        groups: list[tuple[int, int]] = []  # first level and end of each fact's variables
        for i, variable in enumerate(order):
            if groups and order[groups[-1][0]].fact == variable.fact:
                groups[-1] = (groups[-1][0], i + 1)
            else:
                groups.append((i, i + 1))
        group_of = [g for g, (first, end) in enumerate(groups) for _ in range(first, end)]
        tops: list[dict[int, Any]] = [{} for _ in groups]
        seen: set[int] = set()
        stack = [(-1, r) for r in roots]
        while stack:
            above, node = stack.pop()
            if type(node) is not tuple:
                continue
            group = group_of[node[0]]
            if group != above:
                tops[group].setdefault(id(node), node)
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend((group, kid) for kid in node[1])
        made: dict[int, Node] = {}

        def done(x: Any) -> Node:
            return made[id(x)] if type(x) is tuple else self.leaf(x)

        for g, (first, end) in enumerate(groups):
            self.facts.append(Classes(builder.facts[order[first].fact], order[first:end], first))
            self.level[order[first].fact] = g
        for g in reversed(range(len(groups))):
            classes, here = self.facts[g], list(tops[g].values())
            rows = classes.cut(here, done)
            for i, node in enumerate(here):
                made[id(node)] = self.node(g, tuple([row[i] for row in rows]))
        return [done(r) for r in roots]

    def leaf(self, value: int) -> Node:
        """The leaf of this value."""
        found = self._unique.get(value)
        if found is None:
            found = self._unique[value] = Node(len(self._unique), LEAF, (), (), (), value)
        return found

    def node(self, level: int, column: tuple[Node, ...]) -> Node:
        """The node that leads to ``column``, a node a class; the node itself where all are the same."""
        kids = tuple(dict.fromkeys(column))
        if len(kids) == 1:
            return kids[0]
        place = {kid: i for i, kid in enumerate(kids)}
        return self._node(level, tuple([place[kid] for kid in column]), kids)

    def _node(self, level: int, of: tuple[int, ...], kids: tuple[Node, ...]) -> Node:
        key = (level, of, kids)
        found = self._unique.get(key)
        if found is None:
            counts = [0] * len(kids)
            for i in of:
                counts[i] += 1
            found = self._unique[key] = Node(len(self._unique), level, of, kids, tuple([c / len(of) for c in counts]))
        return found

    def _again(self, node: Node, kids: list[Node]) -> Node:
        """``node`` with other kids, which may have become the same."""
        place: dict[Node, int] = {}
        moved = tuple([place.setdefault(kid, len(place)) for kid in kids])
        if len(place) == 1:
            return kids[0]
        of = node.of
        if len(place) < len(kids):
            merged = self._merged.get((of, moved))
            if merged is None:
                merged = self._merged[(of, moved)] = tuple([moved[i] for i in of])
            of = merged
        return self._node(node.level, of, tuple(place))

    # ------------------------------------------------------------------ using

    def state(self, nodes: Sequence[Node]) -> State:
        """The diagrams of the verdicts, and of the others those that are still open, each once."""
        rest = {n for n in nodes[self.heads :] if n.level != LEAF}
        return (*nodes[: self.heads], *sorted(rest, key=lambda n: n.index))

    def after(self, state: State, level: int, choice: int | None) -> State:
        """The state when the fact at ``level`` falls in class ``choice``, or stays unknown where that is None."""
        return self.state([self.leave(n, level) if choice is None else self.fix(n, level, choice) for n in state])

    def partition(self, nodes: Sequence[Node], level: int) -> list[Any]:
        """A key for each class of the fact at ``level``: the same where the answers lead to the same state."""
        tests: dict[tuple[int, ...], None] = {}
        bit = 1 << level
        seen: set[Node] = set()
        stack = [n for n in nodes if n.support & bit]
        while stack:
            node = stack.pop()
            if node.level == level:
                tests[node.of] = None
            elif node not in seen:
                seen.add(node)
                stack.extend([k for k in node.kids if k.support & bit])
        if len(tests) == 1:
            return list(next(iter(tests)))
        return list(zip(*tests)) or [0] * len(self.facts[level].values)

    def groups(self, state: State, level: int) -> list[tuple[float, int]]:
        """The answers to the fact at ``level`` that lead to different states: the chance of each, and one class of it."""
        count: dict[Any, list[int]] = {}
        keys = self.partition(state, level)
        for choice, key in enumerate(keys):
            count.setdefault(key, [0, choice])[0] += 1
        return [(n / len(keys), choice) for n, choice in count.values()]

    def possible(self, act: int, node: Node) -> tuple[str, ...]:
        """The verdicts on the act numbered ``act`` that its diagram ``node`` leaves possible, in order of name."""
        value = node.value >> (act * BITS)
        return tuple(sorted(v for i, v in enumerate(VERDICTS) if value >> i & 1))

    def fix(self, root: Node, level: int, choice: int) -> Node:
        """What ``root`` leaves open when the fact at ``level`` falls in class ``choice``."""
        bit = 1 << level
        if not root.support & bit:
            return root
        memo = self._fixed.setdefault((level, choice), {})
        found = memo.get(root)
        if found is None:
            found = root.kids[root.of[choice]] if root.level == level else self._again(root, [self.fix(k, level, choice) for k in root.kids])
            memo[root] = found
        return found

    def leave(self, root: Node, level: int) -> Node:
        """``root`` when the fact at ``level`` stays unknown: its leaves hold every verdict that some value leads to."""
        bit = 1 << level
        if not root.support & bit:
            return root
        memo = self._fixed.setdefault((level, -1), {})
        found = memo.get(root)
        if found is None:
            if root.level == level:
                found = root.kids[0]
                for kid in root.kids[1:]:
                    found = self._join(found, kid)
            else:
                found = self._again(root, [self.leave(k, level) for k in root.kids])
            memo[root] = found
        return found

    def _join(self, a: Node, b: Node) -> Node:
        if a is b:
            return a
        if a.level == LEAF == b.level:
            return self.leaf(a.value | b.value)
        if a.index > b.index:
            a, b = b, a
        memo = self._fixed.setdefault((-1, a.index), {})
        found = memo.get(b)
        if found is None:
            if a.level == b.level:
                column = {pair: self._join(a.kids[pair[0]], b.kids[pair[1]]) for pair in dict.fromkeys(zip(a.of, b.of))}
                found = self.node(a.level, tuple([column[pair] for pair in zip(a.of, b.of)]))
            elif a.level < b.level:
                found = self._again(a, [self._join(k, b) for k in a.kids])
            else:
                found = self._again(b, [self._join(a, k) for k in b.kids])
            memo[b] = found
        return found

    def moving(self, act: int) -> Iterator[int]:
        """The norms of an act that can move its verdict, by number."""
        return bits(self.regimes[act].contest.core)

    def asking(self, act: int, fact: str) -> list[int]:
        """Those of them that ask for ``fact``."""
        key = (act, fact)
        if key not in self._asking:
            self._asking[key] = [i for i in self.moving(act) if fact in facts_of(self.regimes[act].norms[i].condition)]
        return self._asking[key]

    def support(self, roots: Iterable[Node]) -> int:
        """The facts that ``roots`` still turn on, as a mask of levels."""
        out = 0
        for root in roots:
            out |= root.support
        return out
