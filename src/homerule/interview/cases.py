"""The cases that the law of a request tells apart, as one diagram with a level a fact.

It is made from the regimes' norms, all acts together. A fact is cut into *classes*: values that no finding can tell apart. A set fact is
one level too: its classes are the combinations of members that matter, so that it can be asked as one question. Equal nodes are one
node, and nothing impossible is left in it: a fact stands in a diagram exactly if two of its answers can still lead to different findings.

A leaf is a whole number in which every act has a few bits, one a verdict. Leaves join by "or", so an answer "I don't know" turns a
diagram into one whose leaves hold every verdict that stays possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from homerule.conditions.tree import FALSE, TRUE
from homerule.errors import HomeruleError
from homerule.reasoning import diagram as dg
from homerule.reasoning.regime import Regime
from homerule.reasoning.resolve import VERDICTS
from homerule.vocabulary import Fact, Value

LEAF = 1 << 30  # level of a leaf: below every fact
BITS = 8  # of a leaf, for each act
MOST_CLASSES = 20_000
MOST_NODES = 20_000  # of one diagram for all acts
STANDS, ABSENT = 2, 1  # leaves of a standing-norm diagram


class Node:
    """A fact and what each class of its values leads to.

    ``of`` gives each class its place in ``kids``, ``weights`` each kid its chance, ``support`` the levels below (a mask), ``value`` all
    leaves below joined by "or", ``spread`` the chance of each leaf.
    """

    __slots__ = ("index", "kids", "level", "of", "spread", "support", "value", "weights")

    def __init__(self, index: int, level: int, of: tuple[int, ...], kids: "tuple[Node, ...]", weights: tuple[float, ...], value: int = 0) -> None:
        self.index = index
        self.level = level
        self.of = of
        self.kids = kids
        self.weights = weights
        self.value = value
        self.support = 0 if level == LEAF else 1 << level
        for kid in kids:
            self.support |= kid.support
            self.value |= kid.value
        self.spread: dict[int, float] = {value: 1.0} if level == LEAF else {}
        for weight, kid in zip(weights, kids):
            for leaf, chance in kid.spread.items():
                self.spread[leaf] = self.spread.get(leaf, 0.0) + weight * chance


class Classes:
    """One fact, cut into the classes of values that lead to different findings. ``values`` holds one value of each class."""

    def __init__(self, fact: Fact, variables: Sequence[dg.Variable], first: int) -> None:
        self.fact = fact
        self.variables = variables
        self.first = first  # level of its first variable in the diagram it came from
        self.values: list[Value] = []
        self._tops: list[Any] = []
        self._done: Callable[[Any], Node]
        self._ends: dict[tuple[Node, ...], int] = {}
        self._known: dict[Value, int] = {}

    def cut(self, tops: list[Any], done: "Callable[[Any], Node]") -> list[tuple[Node, ...]]:
        """Cut the fact where the nodes ``tops`` tell its values apart. Returns what they lead to (as ``done`` makes it), a row a class."""
        self._tops, self._done = tops, done
        if self.variables[0].kind == "member":
            found = self._sets()
        else:
            found = [(tuple([t[1][i] for t in tops]), value) for i, value in enumerate(self.variables[0].pieces)]
        for ends, value in found:
            row = tuple([done(x) for x in ends])
            if row not in self._ends:
                self._ends[row] = len(self.values)
                self.values.append(value)
        return list(self._ends)

    def _sets(self) -> list[tuple[tuple[Any, ...], Value]]:
        """What every possible set leads to; sets that no node can tell apart are followed once."""
        possible = dg.Builder(self.variables, {self.fact.name: self.fact}).possible()
        states: dict[Any, tuple[tuple[Any, ...], Any, tuple[str, ...]]] = {None: (tuple(self._tops), possible, ())}
        for i, variable in enumerate(self.variables):
            after: dict[Any, tuple[tuple[Any, ...], Any, tuple[str, ...]]] = {}
            for nodes, may, members in states.values():
                for has in (0, 1):
                    still = may[1][has] if type(may) is tuple and may[0] == i else may
                    if type(still) is int and still == dg.IMPOSSIBLE:
                        continue
                    there = tuple([n[1][has] if type(n) is tuple and n[0] == self.first + i else n for n in nodes])
                    key = (*[_key(n) for n in there], _key(still))
                    if key not in after:
                        after[key] = (there, still, (*members, variable.member) if has else members)
            states = after
            if len(states) > MOST_CLASSES:
                raise TooMany(self.fact.name)
        found = [(nodes, value) for nodes, _, members in states.values() if (value := self.witness(members))]
        return sorted(found, key=lambda x: ("none" not in x[1], len(x[1]), sorted(x[1])))  # type: ignore[arg-type]

    def witness(self, members: Iterable[str]) -> frozenset[str]:
        """A set that holds these members and, of those that matter, no others; empty where there is none."""
        fact, mentioned = self.fact, {v.member for v in self.variables}
        value = fact.close(frozenset(members))
        if not value:
            spare = [v for v in ("other", *fact.values) if v in fact.values and v not in mentioned and not mentioned.intersection(fact.implies.get(v, ()))]
            value = fact.close(frozenset(spare[:1]))
        return value

    def of(self, value: Value) -> int:
        """The class of ``value``."""
        found = self._known.get(value)
        if found is None:
            ends = []
            for node in self._tops:
                while type(node) is tuple and self.first <= node[0] < self.first + len(self.variables):
                    node = node[1][self.variables[node[0] - self.first].piece(value)]
                ends.append(self._done(node))
            found = self._ends[tuple(ends)]
            if len(self._known) < 4096:
                self._known[value] = found
        return found


def _key(node: Any) -> Any:
    return id(node) if type(node) is tuple else (node,)


class Cases:
    """The diagrams of one request: one of the joint verdicts and, where asked for, one for each thing that may stand or not."""

    def __init__(self, regimes: Sequence[Regime], *, thorough: bool = False) -> None:
        """``regimes``: one an act. ``thorough``: what stands counts as part of the finding, and not only the verdicts."""
        self.regimes = tuple(regimes)
        self.thorough = thorough
        self.facts: list[Classes] = []
        self.level: dict[str, int] = {}
        self._unique: dict[Any, Node] = {}
        self._fixed: dict[tuple[int, int], dict[Node, Node]] = {}
        self._merged: dict[Any, tuple[int, ...]] = {}
        builder, heads, parts = _diagrams(self.regimes, thorough)
        made = self._convert(builder, [*heads, *parts])
        #: The diagrams of the verdicts; those after them say what stands.
        self.heads = len(heads)
        self.root = self.state(made)

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

    def groups(self, state: State, level: int) -> list[tuple[float, int]]:
        """The answers to the fact at ``level`` that lead to different states: the chance of each, and one class of it."""
        tests: dict[tuple[int, ...], None] = {}
        bit = 1 << level
        seen: set[Node] = set()
        stack = [n for n in state if n.support & bit]
        while stack:
            node = stack.pop()
            if node.level == level:
                tests[node.of] = None
            elif node not in seen:
                seen.add(node)
                stack.extend(k for k in node.kids if k.support & bit)
        count: dict[Any, list[int]] = {}
        for choice, key in enumerate(zip(*tests)):
            count.setdefault(key, [0, choice])[0] += 1
        return [(n / len(self.facts[level].values), choice) for n, choice in count.values()]

    def verdicts(self, state: State, act: int) -> tuple[str, ...]:
        """The verdicts on the act numbered ``act`` that are still possible, in order of name."""
        value = 0
        for node in state[: self.heads]:
            value |= node.value
        return tuple(sorted(v for i, v in enumerate(VERDICTS) if value >> (act * BITS + i) & 1))

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

    def support(self, roots: Iterable[Node]) -> int:
        """The facts that ``roots`` still turn on, as a mask of levels."""
        out = 0
        for root in roots:
            out |= root.support
        return out


class TooMany(HomeruleError):
    """A fact is cut into more classes than can be planned for."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"the law tells apart more than {MOST_CLASSES:,} cases of the fact `{fact}`", help="Give that fact with --fact, and ask again")


State = tuple[Node, ...]


def _diagrams(regimes: Sequence[Regime], thorough: bool) -> tuple[dg.Builder, list[Any], list[Any]]:
    """The diagrams of the verdicts (one for all acts where that is not too wide, else one an act) and, if ``thorough``, of what stands."""
    facts = regimes[0].vocabulary.facts
    used = [[i for i in range(len(r.norms)) if thorough or r.contest.core >> i & 1] for r in regimes]
    conditions = [r.norms[i].condition for r, indexes in zip(regimes, used) for i in indexes]
    builder = dg.Builder(dg.variables([c for c in conditions if c not in (TRUE, FALSE)], facts), facts)
    possible = builder.possible()
    heads, parts = [], []
    for act, regime in enumerate(regimes):
        root, contest = possible, regime.contest
        for i, norm in enumerate(regime.norms):
            if contest.core >> i & 1:
                root = dg.add_bit(builder, root, builder.condition(norm.condition), 1 << i)
        heads.append(_map(builder, root, lambda mask: 1 << (act * BITS + VERDICTS.index(contest.resolve(mask).verdict))))  # noqa: B023
        if thorough:
            parts += _standing(builder, root, regime, possible)
    try:
        joint: Any = heads[0]
        for head in heads[1:]:
            joint = builder.combine(joint, head, lambda x, y: dg.IMPOSSIBLE if dg.IMPOSSIBLE in (x, y) else x | y)
        if dg.size(joint) <= MOST_NODES:
            return builder, [joint], parts
    except dg.TooWide:
        pass
    return builder, heads, parts


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
