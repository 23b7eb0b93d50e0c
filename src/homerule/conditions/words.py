"""A condition in plain English."""

from __future__ import annotations

from homerule.conditions.tree import Node, Test, read
from homerule.vocabulary import Fact, Vocabulary

Phrase = tuple[str, str, bool]  # as said, as denied, made of several parts


class _Words:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def test(self, node: Test) -> Phrase:
        fact = self.vocabulary.facts[node.fact]
        if node.op == "is":
            yes, no = said(fact, True), said(fact, False)
            return yes, no, False
        if node.op == "in":
            values = " or ".join(fact.label(v) for v in node.value)
            none = " nor ".join(fact.label(v) for v in node.value)
            return f"{subject(fact)} is {values}", f"{subject(fact)} is {'neither ' if len(node.value) > 1 else 'not '}{none}", False
        if node.op == "has":
            return f"{subject(fact)} includes {fact.label(node.value)}", f"{subject(fact)} does not include {fact.label(node.value)}", False
        value = fact.show(node.value)
        if node.op == "lt":
            return f"{subject(fact)} is under {value}", f"{subject(fact)} is {value} or more", False
        return f"{subject(fact)} is at most {value}", f"{subject(fact)} is over {value}", False

    def all(self, items: list[Phrase]) -> Phrase:
        return _join(items, "and", 0), _join(items, "or", 1), True

    def some(self, items: list[Phrase]) -> Phrase:
        return _join(items, "or", 0), _join(items, "and", 1), True

    def negate(self, item: Phrase) -> Phrase:
        return item[1], item[0], item[2]

    def const(self, value: bool) -> Phrase:
        return ("always", "never", False) if value else ("never", "always", False)


def _join(items: list[Phrase], word: str, side: int) -> str:
    return f" {word} ".join(f"({i[side]})" if i[2] and len(items) > 1 else str(i[side]) for i in items)


def subject(fact: Fact) -> str:
    """How a sentence names a fact that has a value."""
    return fact.words or f"“{fact.question.rstrip('?')}”"


def said(fact: Fact, value: bool) -> str:
    """A yes-or-no fact as a statement."""
    if value:
        return fact.words or f"“{fact.question}” is yes"
    return fact.words_no or (f"it is not so that {fact.words}" if fact.words else f"“{fact.question}” is no")


def in_words(node: Node, vocabulary: Vocabulary) -> str:
    """The condition as one English phrase, to follow "when" or "unless"."""
    return read(node, _Words(vocabulary))[0]


def given(fact: Fact, value: object) -> str:
    """One fact and its value as a phrase."""
    if fact.type == "bool":
        return said(fact, bool(value))
    return f"{subject(fact)} is {fact.show(value)}"
