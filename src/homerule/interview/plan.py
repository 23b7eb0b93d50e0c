"""Which question comes next: the one that makes the rest of the interview cheapest.

Where the states that an interview can pass through are few, the order is exact: the least expected cost of the questions still to come,
by dynamic programming over those states. Elsewhere it is greedy: the question that takes away most uncertainty about the findings (in
bits of entropy, as expected before the answer) for its cost. Every class of a fact's values counts as equally likely.

A choice rests on the law, on what was known at the start, and on the answers; on nothing else, so that it can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log2
from typing import NamedTuple

from homerule.interview.cases import Cases, State
from homerule.interview.classes import LEAF, Node

EXACT, GREEDY = "exact", "greedy"
MOST_STATES = 4000  # that an exact plan may pass through; fewer where a state has many diagrams
_NOISE = 9  # decimals that count when two costs are compared


class Choice(NamedTuple):
    """The question chosen: its level, how it was chosen, and the expected cost of the whole rest (exact only; else -1)."""

    level: int
    how: str
    rest: float


class TooManyStates(Exception):
    """More states than an exact plan may pass through."""


class Plan:
    """The order of the questions over the cases of one request. Keeps what it has worked out."""

    def __init__(self, cases: Cases, *, most_states: int = MOST_STATES) -> None:
        """``most_states``: how many states an exact plan may pass through; 0 for a greedy plan."""
        self.cases = cases
        self.most_states = most_states
        self.cost = [max(1, c.fact.cost) for c in cases.facts]
        self._exact: dict[State, dict[State, Choice] | None] = {}
        self._greedy: dict[State, Choice] = {}

    def next(self, start: State, state: State) -> Choice | None:
        """The question to ask in ``state`` of an interview that began in ``start``; None where nothing is open."""
        if not self.cases.support(state):
            return None
        solution = self.solution(start)
        if solution is not None and state not in solution:  # after "I don't know", or a change of what was assumed
            solution = self.solution(state)
        return self.greedy(state) if solution is None else solution[state]

    # ------------------------------------------------------------------ exact

    def solution(self, start: State) -> dict[State, Choice] | None:
        """The best choice in every state that an interview from ``start`` can come to; None where these are too many."""
        if start not in self._exact:
            if len(self._exact) > 200:
                self._exact.clear()
            made: dict[State, Choice] = {}
            try:
                self._solve(start, made, self.most_states // len(start))
                self._exact[start] = made
            except TooManyStates:
                self._exact[start] = None
        return self._exact[start]

    def _solve(self, state: State, made: dict[State, Choice], most: int) -> float:
        """The least expected cost from ``state`` on."""
        open_ = self.cases.support(state)
        if not open_:
            return 0.0
        known = made.get(state)
        if known is not None:
            return known.rest
        if len(made) >= most:
            raise TooManyStates
        best, chosen = float("inf"), -1
        made[state] = Choice(-1, EXACT, -1.0)  # takes its place in the count
        for level in self._levels(open_):
            expected = float(self.cost[level])
            if expected >= best:
                continue
            for chance, choice in self.cases.groups(state, level):
                expected += chance * self._solve(self.cases.after(state, level, choice), made, most)
                if round(expected - best, _NOISE) >= 0:
                    break
            else:
                if round(best - expected, _NOISE) > 0:
                    best, chosen = expected, level
        made[state] = Choice(chosen, EXACT, best)
        return best

    def _levels(self, mask: int) -> list[int]:
        """The facts of a mask, cheap ones first."""
        return sorted((i for i in range(mask.bit_length()) if mask >> i & 1), key=lambda i: (self.cost[i], i))

    # ------------------------------------------------------------------ greedy

    def greedy(self, state: State) -> Choice:
        """The question that takes away most uncertainty for its cost."""
        found = self._greedy.get(state)
        if found is None:
            left = self.uncertainty(state)
            now = sum(_entropy(n.spread) for n in state)
            scores = [(-round((now - left[i]) / self.cost[i], _NOISE), self.cost[i], i) for i in self._levels(self.cases.support(state))]
            found = Choice(min(scores)[2], GREEDY, -1.0)
            if len(self._greedy) > 50_000:
                self._greedy.clear()
            self._greedy[state] = found
        return found

    def uncertainty(self, state: State) -> dict[int, float]:
        """For each open fact the entropy of the findings (bits, added up over the diagrams) expected once it is known.

        One pass down gives the chance of coming to each node, and the chance of every finding under each answer follows from the nodes
        of that fact alone; nothing is restricted to find it.
        """
        out: dict[int, float] = {}
        for root in state:
            if root.level == LEAF:
                continue
            whole = _entropy(root.spread)
            reach, by_level = _reach(root)
            for level in range(len(self.cost)):
                nodes = by_level.get(level)
                if not nodes:
                    out[level] = out.get(level, 0.0) + whole
                    continue
                around = dict(root.spread)  # what is found without coming to this fact
                for n in nodes:
                    for leaf, chance in n.spread.items():
                        around[leaf] -= reach[n] * chance
                count: dict[tuple[int, ...], int] = {}
                for key in zip(*[n.of for n in nodes]):
                    count[key] = count.get(key, 0) + 1
                total = len(nodes[0].of)
                expected = 0.0
                for key, times in count.items():
                    there = dict(around)
                    for n, kid in zip(nodes, key):
                        for leaf, chance in n.kids[kid].spread.items():
                            there[leaf] = there.get(leaf, 0.0) + reach[n] * chance
                    expected += times / total * _entropy(there)
                out[level] = out.get(level, 0.0) + expected
        return out


def _reach(root: Node) -> tuple[dict[Node, float], dict[int, list[Node]]]:
    """The chance of coming to each node below ``root``, and the nodes of each level."""
    reach: dict[Node, float] = {root: 1.0}
    by_level: dict[int, list[Node]] = {}
    for node in _downward(root):
        by_level.setdefault(node.level, []).append(node)
        here = reach[node]
        for weight, kid in zip(node.weights, node.kids):
            reach[kid] = reach.get(kid, 0.0) + here * weight
    return reach, by_level


def _downward(root: Node) -> Iterator[Node]:
    """The inner nodes below ``root``, from the first fact down."""
    seen = {root}
    stack = [root]
    while stack:
        for kid in stack.pop().kids:
            if kid.level != LEAF and kid not in seen:
                seen.add(kid)
                stack.append(kid)
    return iter(sorted(seen, key=lambda n: (n.level, n.index)))


def _entropy(spread: dict[int, float]) -> float:
    return -sum(p * log2(p) for p in spread.values() if p > 1e-12)
