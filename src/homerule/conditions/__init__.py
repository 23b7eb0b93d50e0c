"""One little language for conditions over facts: one typed tree, one visitor a reading."""

from homerule.conditions.evaluate import evaluate
from homerule.conditions.tree import Node, Reading, Test, facts, read, tests

__all__ = ["Node", "Reading", "Test", "evaluate", "facts", "read", "tests"]
