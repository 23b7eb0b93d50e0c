"""The second, independent method: an SMT solver lists which norms can apply together.

It is used where the conditions are too wide for a diagram, and in tests against the diagram always. Needs the extra ``proof``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from homerule.conditions.tree import Node, Test, facts, read
from homerule.errors import HomeruleError
from homerule.vocabulary import Fact, Value

MOST = 20_000  # applying sets listed at most


def _z3() -> Any:
    try:
        import z3
    except ImportError:
        raise HomeruleError("this rule set is too wide for a diagram, and the solver is not installed", help="Install homerule[proof], or use fewer facts") from None
    return z3


class Terms:
    """The facts as solver variables, with what can be true of them."""

    def __init__(self, names: Sequence[str], types: Mapping[str, Fact]) -> None:
        self.z3 = z3 = _z3()
        self.types = {n: types[n] for n in names}
        self.one: dict[str, Any] = {}
        self.members: dict[str, dict[str, Any]] = {}
        self.limits: list[Any] = []
        for name, fact in self.types.items():
            if fact.type == "bool":
                self.one[name] = z3.Bool(name)
            elif fact.type == "set":
                own = self.members[name] = {v: z3.Bool(f"{name}:{v}") for v in fact.values}
                self.limits.append(z3.Or(*own.values()))
                self.limits += [z3.Implies(own["none"], z3.Not(own[v])) for v in fact.values if v != "none"]
                self.limits += [z3.Implies(own[v], own[w]) for v, more in fact.implies.items() for w in more]
            else:
                self.one[name] = x = z3.Int(name)
                if fact.type == "enum":
                    self.limits += [x >= 0, x < len(fact.values)]
                elif fact.type == "int":
                    self.limits += [x >= fact.min, x <= fact.max]
                else:
                    self.limits += [x >= 1, x <= dt.date.max.toordinal()]

    def test(self, node: Test) -> Any:
        fact = self.types[node.fact]
        if node.op == "has":
            return self.members[node.fact][node.value]
        x = self.one[node.fact]
        if node.op == "is":
            return x
        if node.op == "in":
            return self.z3.Or(*[x == fact.values.index(v) for v in node.value])
        bound = node.value.toordinal() if isinstance(node.value, dt.date) else node.value
        return x < bound if node.op == "lt" else x <= bound

    def all(self, items: list[Any]) -> Any:
        return self.z3.And(*items)

    def some(self, items: list[Any]) -> Any:
        return self.z3.Or(*items)

    def negate(self, item: Any) -> Any:
        return self.z3.Not(item)

    def const(self, value: bool) -> Any:
        return self.z3.BoolVal(value)

    def values(self, model: Any) -> dict[str, Value]:
        """A model as facts."""
        out: dict[str, Value] = {}
        for name, x in self.one.items():
            fact, value = self.types[name], model.eval(x, model_completion=True)
            if fact.type == "bool":
                out[name] = self.z3.is_true(value)
            else:
                number = value.as_long()
                out[name] = fact.values[number] if fact.type == "enum" else dt.date.fromordinal(number) if fact.type == "date" else number
        for name, own in self.members.items():
            out[name] = frozenset(v for v, x in own.items() if self.z3.is_true(model.eval(x, model_completion=True)))
        return out


def applying_sets(conditions: Sequence[Node], types: Mapping[str, Fact]) -> dict[int, dict[str, Value]]:
    """Every set of conditions that can hold together, as a mask, each with facts that make it so.

    Raises HomeruleError where the solver is not installed, or where there are more sets than can be listed.
    """
    names = sorted(set().union(*map(facts, conditions))) if conditions else []
    terms = Terms(names, types)
    z3 = terms.z3
    solver = z3.Solver()
    solver.add(*terms.limits)
    flags = [z3.Bool(f"norm {i}") for i in range(len(conditions))]
    for flag, condition in zip(flags, conditions):
        solver.add(flag == read(condition, terms))
    out: dict[int, dict[str, Value]] = {}
    while solver.check() == z3.sat:
        model = solver.model()
        held = [z3.is_true(model.eval(f, model_completion=True)) for f in flags]
        out[sum(h << i for i, h in enumerate(held))] = terms.values(model)
        if len(out) > MOST:
            raise HomeruleError(f"more than {MOST:,} sets of rules can apply together", help="Check fewer requests or actors at a time")
        solver.add(z3.Or(*[f != h for f, h in zip(flags, held)]) if flags else z3.BoolVal(False))
    return out
