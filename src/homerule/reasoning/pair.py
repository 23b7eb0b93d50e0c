"""Two rule sets side by side: every pair of outcomes that some case reaches, each with a smallest case.

The pair diagram answers in one pass what changes between two days, where a draft departs from the law above it, and whether two
rule sets are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from homerule.conditions.tree import Node
from homerule.reasoning import diagram as dg
from homerule.reasoning.diagram import set_value
from homerule.vocabulary import Fact, Value


class Pair(NamedTuple):
    """An outcome of each side, one case that reaches both, and in how many cases of the diagram's facts they meet."""

    left: Any
    right: Any
    facts: Mapping[str, Value]
    cases: int


def joint(left: Sequence[Node], right: Sequence[Node], types: Mapping[str, Fact]) -> tuple[dg.Builder, Any]:
    """The diagram over both lists of conditions; a leaf is (mask of the left that hold, mask of the right)."""
    builder = dg.Builder(dg.variables([*left, *right], types), types)
    root = builder.possible()
    for i, condition in enumerate([*left, *right]):
        root = dg.add_bit(builder, root, builder.condition(condition), 1 << i)
    cut = (1 << len(left)) - 1
    return builder, builder.map(root, lambda m: m if m == dg.IMPOSSIBLE else _Both(m & cut, m >> len(left)))


class _Both:
    """A pair of masks as a leaf: not a tuple, which would be a node."""

    __slots__ = ("left", "right")

    def __init__(self, left: int, right: int) -> None:
        self.left, self.right = left, right

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Both) and (self.left, self.right) == (other.left, other.right)

    def __hash__(self) -> int:
        return hash((self.left, self.right))


def pairs(left: Sequence[Node], right: Sequence[Node], types: Mapping[str, Fact], left_outcome: Callable[[int], Any], right_outcome: Callable[[int], Any]) -> list[Pair]:
    """Every pair of outcomes that some case reaches. ``*_outcome`` turn the mask of conditions that hold into an outcome."""
    builder, root = joint(left, right, types)
    out: dict[tuple[Any, Any], Pair] = {}
    for leaf, facts, cases in leaves(builder, root):
        key = (left_outcome(leaf.left), right_outcome(leaf.right))
        old = out.get(key)
        if old is None:
            out[key] = Pair(*key, facts, cases)
        else:
            out[key] = Pair(*key, facts if len(facts) < len(old.facts) else old.facts, cases + old.cases)
    return list(out.values())


def leaves(builder: dg.Builder, root: Any) -> list[tuple[Any, dict[str, Value], int]]:
    """Every leaf that can be reached, with one of its shortest paths as facts and the number of cases below it."""
    below: dict[int, dict[Any, tuple[dict[int, int], int]]] = {}
    order = builder.order

    def walk(node: Any, level: int) -> dict[Any, tuple[dict[int, int], int]]:
        """leaf → (pieces chosen on a shortest path, number of cases), counted from ``level`` down."""
        if type(node) is not tuple:
            return {} if node == dg.IMPOSSIBLE else {node: ({}, _skipped(order, level, len(order)))}
        if id(node) not in below:
            found: dict[Any, tuple[dict[int, int], int]] = {}
            for piece, child in enumerate(node[1]):
                for leaf, (path, cases) in walk(child, node[0] + 1).items():
                    longer = {node[0]: piece, **path}
                    old = found.get(leaf)
                    found[leaf] = (longer if old is None or len(longer) < len(old[0]) else old[0], cases + (old[1] if old else 0))
            below[id(node)] = found
        skipped = _skipped(order, level, node[0])
        return {leaf: (path, cases * skipped) for leaf, (path, cases) in below[id(node)].items()}

    return [(leaf, facts_of_path(builder, path), cases) for leaf, (path, cases) in walk(root, 0).items()]


def _skipped(order: Sequence[dg.Variable], start: int, end: int) -> int:
    out = 1
    for variable in order[start:end]:
        out *= len(variable.pieces)
    return out


def facts_of_path(builder: dg.Builder, path: Mapping[int, int]) -> dict[str, Value]:
    """The pieces chosen on a path as values of facts; a set holds just what the path asks for."""
    out: dict[str, Value] = {}
    sets: dict[str, dict[str, bool]] = {}
    for level, piece in path.items():
        variable = builder.order[level]
        if variable.kind == "member":
            sets.setdefault(variable.fact, {})[variable.member] = bool(piece)
        else:
            out[variable.fact] = variable.pieces[piece]
    for name, members in sets.items():
        value = set_value(builder.facts[name], members)
        assert value is not None, "a path through a diagram is possible"
        out[name] = value
    return out
