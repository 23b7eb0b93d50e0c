"""Truth of a condition, three-valued (Kleene): True, False, or None where an unknown fact leaves it open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homerule.conditions.tree import Node, Test, read
from homerule.vocabulary import Value


class _Truth:
    def __init__(self, facts: Mapping[str, Value]) -> None:
        self.facts = facts

    def test(self, node: Test) -> bool | None:
        value = self.facts.get(node.fact)
        return None if value is None else holds(node, value)

    def all(self, items: list[bool | None]) -> bool | None:
        return False if False in items else None if None in items else True

    def some(self, items: list[bool | None]) -> bool | None:
        return True if True in items else None if None in items else False

    def negate(self, item: bool | None) -> bool | None:
        return None if item is None else not item

    def const(self, value: bool) -> bool | None:
        return value


def holds(test: Test, value: Any) -> bool:
    """Whether one test is met by a known value."""
    if test.op == "is":
        return bool(value)
    if test.op == "in":
        return value in test.value
    if test.op == "has":
        return test.value in value
    return bool(value < test.value) if test.op == "lt" else bool(value <= test.value)


def evaluate(node: Node, facts: Mapping[str, Value]) -> bool | None:
    """The truth of ``node`` under ``facts``. A missing fact is unknown."""
    return read(node, _Truth(facts))
