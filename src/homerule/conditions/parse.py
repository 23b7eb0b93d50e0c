"""Condition text to tree: Python's own parser, a whitelist, and the vocabulary's types. Nothing is ever evaluated."""

from __future__ import annotations

import ast
import datetime as dt
import warnings
from typing import Any

from homerule.conditions.tree import All, Const, Node, Some, Test, conj, negate
from homerule.errors import InputError, shorten
from homerule.vocabulary import Fact, Vocabulary

MAX_CHARACTERS = 20_000
MAX_TERMS = 1_000
_SWAP = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq}


def parse(text: str, vocabulary: Vocabulary) -> Node:
    """The tree of a condition, type-checked.

    Raises InputError: too long, not in the language, an unknown fact, a value outside its fact's type.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"the condition has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read", help="Split the rule into several norms")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise InputError(f"the condition `{shorten(text)}` cannot be read: {getattr(error, 'msg', error)}", help=_LANGUAGE) from None
    except (RecursionError, MemoryError):
        raise InputError(f"the condition `{shorten(text)}` is nested too deeply", help="Split the rule into several norms") from None
    terms = sum(isinstance(n, (ast.Compare, ast.Name, ast.Constant)) for n in ast.walk(tree))
    if terms > MAX_TERMS:
        raise InputError(f"the condition has {terms:,} terms; at most {MAX_TERMS:,} are read", help="Split the rule into several norms")
    try:
        return _Parser(vocabulary).node(tree)
    except RecursionError:
        raise InputError(f"the condition `{shorten(text)}` is nested too deeply", help="Split the rule into several norms") from None


_LANGUAGE = "Write comparisons of facts joined by `and`, `or`, `not`, for example: process == 'judicial_warrant' and not info_public"


class _Parser:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def node(self, tree: ast.expr) -> Node:
        if isinstance(tree, ast.BoolOp):
            items = tuple(self.node(v) for v in tree.values)
            return conj(*items) if isinstance(tree.op, ast.And) else Some(items)
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return negate(self.node(tree.operand))
        if isinstance(tree, ast.Name):
            fact = self.vocabulary.fact(tree.id)
            if fact.type != "bool":
                raise InputError(f"the fact `{fact.name}` is a {fact.type}, not a yes or no", help="Compare it with a value")
            return Test(fact.name, "is", True)
        if isinstance(tree, ast.Constant) and isinstance(tree.value, bool):
            return Const(tree.value)
        if isinstance(tree, ast.Compare):
            parts = []
            left = tree.left
            for op, right in zip(tree.ops, tree.comparators):
                parts.append(self.compare(left, op, right))
                left = right
            return parts[0] if len(parts) == 1 else All(tuple(parts))
        raise InputError(f"`{shorten(ast.unparse(tree))}` is not part of the condition language", help=_LANGUAGE)

    def compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(op, (ast.In, ast.NotIn)):
            node = self.member(left, right)
            return negate(node) if isinstance(op, ast.NotIn) else node
        if type(op) not in _SWAP:
            raise InputError("`is` is not part of the condition language", help="Use == or !=")
        if not isinstance(left, ast.Name):
            left, right, op = right, left, _SWAP[type(op)]()
        if not isinstance(left, ast.Name):
            raise InputError(f"`{shorten(ast.unparse(left))}` names no fact", help=_LANGUAGE)
        fact = self.vocabulary.fact(left.id)
        if isinstance(op, (ast.Eq, ast.NotEq)):
            node = self.equal(fact, self.literal(right))
            return negate(node) if isinstance(op, ast.NotEq) else node
        if fact.type not in ("int", "date"):
            raise InputError(f"the fact `{fact.name}` is a {fact.type} and has no order", help="Use == or in")
        value = self.literal(right)
        self.check(fact, value)
        value = dt.date.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(op, ast.Lt):
            return Test(fact.name, "lt", value)
        if isinstance(op, ast.LtE):
            return Test(fact.name, "le", value)
        return negate(Test(fact.name, "le" if isinstance(op, ast.Gt) else "lt", value))

    def member(self, left: ast.expr, right: ast.expr) -> Node:
        if isinstance(right, ast.Name):
            fact = self.vocabulary.fact(right.id)
            if fact.type != "set":
                raise InputError(f"the fact `{fact.name}` is a {fact.type}, not a set", help=f"Write {fact.name} == …")
            value = self.literal(left)
            self.check(fact, value)
            return Test(fact.name, "has", value)
        if not isinstance(left, ast.Name) or not isinstance(right, (ast.List, ast.Tuple, ast.Set)):
            raise InputError(f"`in` needs a fact and a list, or a value and a set fact, not `{shorten(ast.unparse(right))}`", help=_LANGUAGE)
        fact = self.vocabulary.fact(left.id)
        if fact.type == "set":
            raise InputError(f"the fact `{fact.name}` is a set", help=f"Write 'value' in {fact.name}")
        return Some(tuple(self.equal(fact, self.literal(e)) for e in right.elts)) if fact.type != "enum" else self.one_of(fact, right.elts)

    def one_of(self, fact: Fact, elements: list[ast.expr]) -> Node:
        values = tuple(self.literal(e) for e in elements)
        for value in values:
            self.check(fact, value)
        return Test(fact.name, "in", values)

    def equal(self, fact: Fact, value: Any) -> Node:
        self.check(fact, value)
        if fact.type == "bool":
            return Test(fact.name, "is", True) if value else negate(Test(fact.name, "is", True))
        if fact.type == "set":
            raise InputError(f"the fact `{fact.name}` is a set and is not equal to one value", help=f"Write '{value}' in {fact.name}")
        if fact.type == "enum":
            return Test(fact.name, "in", (value,))
        value = dt.date.fromisoformat(value) if fact.type == "date" else value
        return conj(Test(fact.name, "le", value), negate(Test(fact.name, "lt", value)))

    def check(self, fact: Fact, value: Any) -> None:
        wanted: dict[str, type] = {"bool": bool, "int": int, "enum": str, "set": str, "date": str}
        if type(value) is not wanted[fact.type]:
            raise InputError(f"`{shorten(str(value))}` is compared with the fact `{fact.name}`, which is a {fact.type}", help="Give a value of that type")
        if fact.type == "date" or (fact.type in ("enum", "set") and value not in fact.values) or (fact.type == "int" and isinstance(value, int) and not fact.min <= value <= fact.max):
            fact.parse(value)

    def literal(self, tree: ast.expr) -> Any:
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) and isinstance(tree.operand, ast.Constant) and type(tree.operand.value) is int:
            return -tree.operand.value
        if isinstance(tree, ast.Constant) and isinstance(tree.value, (bool, int, str)):
            return tree.value
        raise InputError(f"`{shorten(ast.unparse(tree))}` is not a plain value", help="Compare a fact with a quoted word, a number, True or False")
