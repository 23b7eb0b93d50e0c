"""Facts cut into classes: values that no finding of a request can tell apart.

A set fact is cut into the combinations of members that matter, so that it is one question with several ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from homerule.errors import HomeruleError
from homerule.reasoning import diagram as dg
from homerule.vocabulary import Fact, Value

LEAF = 1 << 30  # level of a leaf: below every fact
MOST_CLASSES = 20_000


class Node:
    """A fact and what each class of its values leads to.

    ``of`` gives each class its place in ``kids``, ``weights`` each kid its chance, ``support`` the levels below (a mask), ``value`` all
    leaves below joined by "or", ``spread`` the chance of each leaf.
    """

    __slots__ = ("index", "kids", "level", "of", "spread", "support", "value", "weights")

    def __init__(self, index: int, level: int, of: tuple[int, ...], kids: tuple[Node, ...], weights: tuple[float, ...], value: int = 0) -> None:
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
        self._steps: list[list[list[int]]] = []  # of a set fact: for each member, state by state, the states after it (-1: impossible)
        self._last: list[int] = []  # and where each state after the last member stands among the sets found (-1: impossible)
        self._row_of: list[int] = []  # and its class

    def cut(self, tops: list[Any], done: Callable[[Any], Node]) -> list[tuple[Node, ...]]:
        """Cut the fact where the nodes ``tops`` tell its values apart. Returns what they lead to (as ``done`` makes it), a row a class."""
        self._tops, self._done = tops, done
        if self.variables[0].kind == "member":
            found = self._sets()
        else:
            found = [(tuple([t[1][i] for t in tops]), value) for i, value in enumerate(self.variables[0].pieces)]
        rows = []
        for ends, value in found:
            row = tuple([done(x) for x in ends])
            if row not in self._ends:
                self._ends[row] = len(self.values)
                self.values.append(value)
            rows.append(self._ends[row])
        self._row_of = [-1 if i < 0 else rows[i] for i in self._last]
        return list(self._ends)

    def _sets(self) -> list[tuple[tuple[Any, ...], Value]]:
        """What every possible set leads to; sets that no node can tell apart are followed once."""
        possible = dg.Builder(self.variables, {self.fact.name: self.fact}).possible()
        mentioned = {v.member for v in self.variables}
        # whether a set can hold none of the members that matter
        spare = any(v not in mentioned and not mentioned.intersection(self.fact.implies.get(v, ())) for v in self.fact.values)
        states: list[tuple[tuple[Any, ...], Any, tuple[str, ...]]] = [(tuple(self._tops), possible, ())]
        for i, variable in enumerate(self.variables):
            after: list[tuple[tuple[Any, ...], Any, tuple[str, ...]]] = []
            place: dict[Any, int] = {}
            step: list[list[int]] = []
            for nodes, may, members in states:
                step.append([-1, -1])
                for has in (0, 1):
                    still = may[1][has] if type(may) is tuple and may[0] == i else may
                    if type(still) is int and still == dg.IMPOSSIBLE:
                        continue
                    there = tuple([n[1][has] if type(n) is tuple and n[0] == self.first + i else n for n in nodes])
                    held = (*members, variable.member) if has else members
                    key = (*[_key(n) for n in there], _key(still), spare or bool(held))
                    if key not in place:
                        place[key] = len(after)
                        after.append((there, still, held))
                    step[-1][has] = place[key]
            states = after
            self._steps.append(step)
            if len(states) > MOST_CLASSES:
                raise TooMany(self.fact.name)
        found: list[tuple[tuple[Any, ...], Value]] = []
        for nodes, _, members in states:
            value = dg.set_value(self.fact, {v.member: v.member in members for v in self.variables})
            self._last.append(len(found) if value else -1)
            if value:
                found.append((nodes, value))
        return found

    def mattering(self, keys: Sequence[Any]) -> frozenset[str]:
        """The members of a set fact that matter where classes with the same key (one a class, in order) lead to the same state."""
        number: dict[Any, int] = {}
        # what each state comes to, as a number: the key of its class, or the numbers of the two states after it
        after = [-1 if c < 0 else number.setdefault((keys[c],), len(number)) for c in self._row_of]
        out = set()
        for variable, step in zip(reversed(self.variables), reversed(self._steps)):
            here = []
            for pair in step:
                without, with_ = (-1 if i < 0 else after[i] for i in pair)
                if without == with_ or -1 in (without, with_):
                    here.append(max(without, with_))
                else:
                    out.add(variable.member)
                    here.append(number.setdefault((variable.member, without, with_), len(number)))
            after = here
        return frozenset(out)

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


class TooMany(HomeruleError):
    """A fact is cut into more classes than can be planned for."""

    def __init__(self, fact: str) -> None:
        super().__init__(f"the law tells apart more than {MOST_CLASSES:,} cases of the fact `{fact}`", help="Give that fact with --fact, and ask again")
