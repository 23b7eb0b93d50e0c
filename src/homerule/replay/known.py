"""What a column lets one know of a fact: its value, only part of it, or nothing.

A published cell may say that somebody was convicted without saying of what. Such knowledge narrows a fact without settling it, and a verdict
that turns on the rest stays open. Nothing is ever filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from homerule.errors import InputError
from homerule.reasoning.diagram import IMPOSSIBLE, Variable
from homerule.vocabulary import Fact, Value


class Partly(NamedTuple):
    """Part of a fact. ``one_of``: the values it may have (enum, bool, number, day); ``has`` and ``lacks``: members that a set surely has or lacks."""

    one_of: tuple[Any, ...] = ()
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()


#: What is known of a fact: a value, a part of it, or None.
Known = Value | Partly | None


def pieces(variable: Variable, known: Known) -> tuple[int, ...]:
    """The pieces of ``variable`` that ``known`` leaves possible, ascending."""
    if known is None:
        return tuple(range(len(variable.pieces)))
    if isinstance(known, Partly):
        if variable.kind == "member":
            return (1,) if variable.member in known.has else (0,) if variable.member in known.lacks else (0, 1)
        return tuple(sorted({variable.piece(v) for v in known.one_of})) if known.one_of else tuple(range(len(variable.pieces)))
    return (variable.piece(known),)


def partly(fact: Fact, *, one_of: Sequence[Any] = (), has: Sequence[str] = (), lacks: Sequence[str] = ()) -> Partly:
    """A `Partly` of this fact, checked against the vocabulary; what is implied is added.

    Raises InputError where a value is none of the fact's, or the kind of knowledge does not fit its type.
    """
    if fact.type == "set":
        for value in (*has, *lacks):
            if value not in fact.values:
                fact.parse([value])
        if one_of:
            raise InputError(f"the fact `{fact.name}` is a set: write what it has or lacks, not one_of")
        held = fact.close(frozenset(has))
        without = set(lacks)
        if held - {"none"}:
            without.add("none")  # what has a member is not empty
        for value in fact.values:
            if set(fact.implies.get(value, ())) & without:
                without.add(value)
        if held & without:
            raise InputError(f"the fact `{fact.name}` cannot both have and lack {', '.join(sorted(held & without))}")
        return Partly(has=held, lacks=frozenset(without))
    if has or lacks:
        raise InputError(f"the fact `{fact.name}` is no set: write one_of")
    return Partly(one_of=tuple(fact.parse(v) for v in one_of))


def exact(known: Known) -> bool:
    """Whether a value is known, and not only part of it."""
    return known is not None and not isinstance(known, Partly)


def reachable(root: Any, order: Sequence[Variable], facts: Mapping[str, Known]) -> set[Any]:
    """The leaves of a diagram that some case agreeing with ``facts`` leads to."""
    allowed = [pieces(v, facts.get(v.fact)) for v in order]
    seen: set[int] = set()
    leaves: set[Any] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is not tuple:
            if node != IMPOSSIBLE:
                leaves.add(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.extend(node[1][p] for p in allowed[node[0]])
    return leaves


def turns(root: Any, order: Sequence[Variable], facts: Mapping[str, Known], fact: str) -> bool:
    """Whether, of the cases that agree with ``facts``, some reach a question to ``fact`` whose answers part."""
    allowed = [pieces(v, facts.get(v.fact)) for v in order]
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is tuple and id(node) not in seen:
            seen.add(id(node))
            children = [node[1][p] for p in allowed[node[0]]]
            real = [c for c in children if type(c) is tuple or c != IMPOSSIBLE]
            if order[node[0]].fact == fact and any(c is not real[0] and c != real[0] for c in real[1:]):
                return True
            stack.extend(children)
    return False


def agrees(known: Known, value: Value) -> bool:
    """Whether a whole value agrees with what is known."""
    if known is None:
        return True
    if isinstance(known, Partly):
        if isinstance(value, frozenset):
            return known.has <= value and not known.lacks & value
        return not known.one_of or value in known.one_of
    return bool(known == value)


def label(known: Known) -> str:
    """The knowledge as a short text, the same for the same knowledge."""
    if known is None:
        return "?"
    if isinstance(known, Partly):
        if known.one_of:
            return "one of " + ", ".join(sorted(map(str, known.one_of)))
        said = [*(f"has {m}" for m in sorted(known.has)), *(f"lacks {m}" for m in sorted(known.lacks))]
        return "; ".join(said) or "?"
    if isinstance(known, frozenset):
        return "+".join(sorted(known))
    return str(known).lower() if isinstance(known, bool) else str(known)
