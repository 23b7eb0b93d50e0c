"""Conditions as alternatives: each a conjunction that asks at most one thing of each fact, so that one bit can stand for it.

A condition with few alternatives is written as all of them (it holds when any bit is set), or as those of its denial (it holds when none is).
One with many keeps its tree, over bits that each ask one fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from homerule.conditions.tree import All, Const, Node, Not, Some, Test, tests
from homerule.reasoning.diagram import Variable

Cube = Mapping[int, frozenset[int]]  # variable → the pieces allowed; a variable that is not named is free
MOST = 24  # alternatives of one condition, beyond which its tree is kept


class Rule(NamedTuple):
    """One condition over bits. ``any_of`` and ``none_of`` are masks of bits; ``tree`` is a nested tuple where neither would do."""

    any_of: int = 0
    none_of: int = 0
    tree: object = None

    def truth(self, must: int, may: int) -> bool | None:
        """Whether the condition surely holds, surely does not, or may: from the alternatives that surely, or may, let a case through."""
        if self.tree is not None:
            return _truth(self.tree, must, may)
        if self.any_of:
            return True if must & self.any_of else None if may & self.any_of else False
        return False if must & self.none_of else None if may & self.none_of else True


def _truth(tree: object, must: int, may: int) -> bool | None:
    if isinstance(tree, int):
        return True if must & tree else None if may & tree else False
    assert isinstance(tree, tuple)
    tag, items = tree[0], tree[1:]
    if tag == "not":
        held = _truth(items[0], must, may)
        return None if held is None else not held
    found = [_truth(i, must, may) for i in items]
    if tag == "all":
        return False if False in found else None if None in found else True
    return True if True in found else None if None in found else False


class Alternatives:
    """The bits of some conditions over one list of variables. ``cubes[b]`` is what bit ``b`` asks."""

    def __init__(self, conditions: Sequence[Node], order: Sequence[Variable]) -> None:
        self.order = list(order)
        self._at = {(v.fact, v.member): i for i, v in enumerate(order)}
        self.cubes: list[Cube] = []
        self._bits: dict[tuple[tuple[int, frozenset[int]], ...], int] = {}
        self.rules = [self._rule(c) for c in conditions]

    def _bit(self, cube: Cube) -> int:
        key = tuple(sorted(cube.items()))
        if key not in self._bits:
            self._bits[key] = len(self.cubes)
            self.cubes.append(cube)
        return 1 << self._bits[key]

    def _rule(self, condition: Node) -> Rule:
        asked = sorted({self._level(t) for t in tests(condition)})
        own = tuple(self.order[i] for i in asked)
        for_, against = _forms(condition, own)
        if for_ is not None and (against is None or len(for_) <= len(against)):
            return Rule(any_of=self._mask(for_, asked)) if for_ else Rule(tree=("some",))
        if against is not None:
            return Rule(none_of=self._mask(against, asked)) if against else Rule(tree=("all",))
        return Rule(tree=self._tree(condition))

    def _level(self, test: Test) -> int:
        return self._at[test.fact, test.value if test.op == "has" else ""]

    def _mask(self, cubes: Sequence[Cube], asked: Sequence[int]) -> int:
        out = 0
        for c in cubes:
            out |= self._bit({asked[k]: v for k, v in c.items()})
        return out

    def _tree(self, node: Node) -> object:
        if isinstance(node, Test):
            level = self._level(node)
            return self._bit({level: _passing(self.order[level], node, False)})
        if isinstance(node, Not):
            return ("not", self._tree(node.item))
        if isinstance(node, Const):
            return ("all",) if node.value else ("some",)
        return ("all" if isinstance(node, All) else "some", *(self._tree(i) for i in node.items))


@lru_cache(maxsize=20_000)
def _forms(condition: Node, own: tuple[Variable, ...]) -> tuple[list[Cube] | None, list[Cube] | None]:
    """The alternatives of a condition and of its denial, over its own variables; None where there are too many."""
    at = {(v.fact, v.member): i for i, v in enumerate(own)}
    return _expand(condition, False, own, at), _expand(condition, True, own, at)


def _passing(variable: Variable, test: Test, denied: bool) -> frozenset[int]:
    return frozenset(p for p in range(len(variable.pieces)) if variable.meets(test, p) is not denied)


def _expand(node: Node, denied: bool, own: tuple[Variable, ...], at: Mapping[tuple[str, str], int]) -> list[Cube] | None:
    if isinstance(node, Not):
        return _expand(node.item, not denied, own, at)
    if isinstance(node, Const):
        return [{}] if node.value is not denied else []
    if isinstance(node, Test):
        level = at[node.fact, node.value if node.op == "has" else ""]
        return _sound([{level: _passing(own[level], node, denied)}], own)
    parts = [_expand(i, denied, own, at) for i in node.items]
    if any(p is None for p in parts):
        return None
    if isinstance(node, Some) is not denied:
        out = _tidy([c for p in parts for c in p or ()])
    else:
        out = [{}]
        for p in parts:
            out = _tidy(_sound([_meet(a, b) for a in out for b in p or ()], own))
            if len(out) > MOST:
                return None
    return out if len(out) <= MOST else None


def _meet(a: Cube, b: Cube) -> Cube:
    out = dict(a)
    for k, v in b.items():
        out[k] = out[k] & v if k in out else v
    return out


def _sound(cubes: list[Cube], order: Sequence[Variable]) -> list[Cube]:
    """Without what can never be met, and without what asks nothing."""
    return [{k: v for k, v in c.items() if len(v) < len(order[k].pieces)} for c in cubes if all(c.values())]


def _tidy(cubes: list[Cube]) -> list[Cube]:
    """Fewer alternatives for the same cases: those inside another go, and two that differ in one variable become one."""
    out = list(cubes)
    changed = True
    while changed and len(out) > 1:
        changed = False
        for i, a in enumerate(out):
            for j, b in enumerate(out):
                if i == j:
                    continue
                if all(k in a and a[k] <= v for k, v in b.items()):  # a lies inside b
                    out.pop(i)
                    changed = True
                elif a.keys() == b.keys() and sum(a[k] != b[k] for k in a) == 1:
                    out = [c for n, c in enumerate(out) if n not in (i, j)] + [{k: a[k] | b[k] for k in a}]
                    changed = True
                if changed:
                    break
            if changed:
                break
    return out
