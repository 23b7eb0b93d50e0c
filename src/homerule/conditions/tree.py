"""The condition language as one small typed tree.

Every leaf is a `Test` of one fact. A reading of the tree (truth, words, masks, SQL, SMT) is one visitor: an object with the
five methods of `Reading`, handed to `read`. The nodes are named tuples: cheap to import, to make and to compare; ``tag`` keeps the kinds apart.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, TypeVar

R = TypeVar("R")


class Test(NamedTuple):
    """One question to one fact. ``op``: ``is`` (a bool), ``eq`` ``in`` (an enum, int or date), ``has`` (a set), ``lt`` ``le`` (an order)."""

    fact: str
    op: str
    value: Any


class All(NamedTuple):
    items: tuple["Node", ...]
    tag: str = "all"


class Some(NamedTuple):
    items: tuple["Node", ...]
    tag: str = "some"


class Not(NamedTuple):
    item: "Node"
    tag: str = "not"


class Const(NamedTuple):
    value: bool
    tag: str = "const"


setattr(Test, "__test__", False)  # noqa: B010 - so that pytest does not take it for a test class

Node = Test | All | Some | Not | Const
TRUE, FALSE = Const(True), Const(False)


class Reading(Protocol[R]):
    """What a visitor of the tree provides."""

    def test(self, node: Test) -> R: ...
    def all(self, items: list[R]) -> R: ...
    def some(self, items: list[R]) -> R: ...
    def negate(self, item: R) -> R: ...
    def const(self, value: bool) -> R: ...


def read(node: Node, reading: Reading[R]) -> R:
    """Fold the tree bottom up with ``reading``."""
    if isinstance(node, Test):
        return reading.test(node)
    if isinstance(node, All):
        return reading.all([read(i, reading) for i in node.items])
    if isinstance(node, Some):
        return reading.some([read(i, reading) for i in node.items])
    if isinstance(node, Not):
        return reading.negate(read(node.item, reading))
    return reading.const(node.value)


def tests(node: Node) -> Iterator[Test]:
    """Every leaf, left to right."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, (All, Some)):
        for item in node.items:
            yield from tests(item)
    elif isinstance(node, Not):
        yield from tests(node.item)


def facts(node: Node) -> frozenset[str]:
    """The facts that the tree mentions."""
    return frozenset(t.fact for t in tests(node))


def conj(*items: Node) -> Node:
    """All of ``items``, constants folded."""
    kept = tuple(i for i in items if i != TRUE)
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else All(kept) if kept else TRUE


def negate(item: Node) -> Node:
    if isinstance(item, Const):
        return Const(not item.value)
    return item.item if isinstance(item, Not) else Not(item)


def to_data(node: Node) -> Any:
    """The tree as JSON data."""
    if isinstance(node, Test):
        value = list(node.value) if isinstance(node.value, tuple) else node.value
        return ["t", node.fact, node.op, {"date": value.isoformat()} if isinstance(value, dt.date) else value]
    if isinstance(node, (All, Some)):
        return ["a" if isinstance(node, All) else "s", *map(to_data, node.items)]
    return ["n", to_data(node.item)] if isinstance(node, Not) else node.value


def from_data(data: Any) -> Node:
    """The tree that `to_data` wrote."""
    if isinstance(data, bool):
        return Const(data)
    tag = data[0]
    if tag == "t":
        _, fact, op, value = data
        if isinstance(value, dict):
            value = dt.date.fromisoformat(value["date"])
        return Test(fact, op, tuple(value) if isinstance(value, list) else value)
    if tag == "n":
        return Not(from_data(data[1]))
    items = tuple(map(from_data, data[1:]))
    return All(items) if tag == "a" else Some(items)


__all__ = ["FALSE", "TRUE", "All", "Const", "Node", "Not", "Reading", "Some", "Test", "conj", "facts", "from_data", "negate", "read", "tests", "to_data"]
