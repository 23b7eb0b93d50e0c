"""The conditions of a regime in the languages of other engines, so that the same norms can be timed in each.

Each peer is a class with ``name`` and ``applying(facts) -> mask``. What a peer cannot say is left to the caller to catch and report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from homerule.conditions.tree import Test, read
from homerule.corpus.model import Norm
from homerule.vocabulary import Fact


class Infix:
    """A reading of conditions as text of an infix language."""

    def __init__(self, *, and_: str = " && ", or_: str = " || ", not_: str = "!", has: str = "{v} in {f}", in_: str = "{f} in [{vs}]", fact: str = "{f}") -> None:
        self.and_, self.or_, self.not_, self.has_, self.in_, self.fact = and_, or_, not_, has, in_, fact

    def test(self, node: Test) -> str:
        f = self.fact.format(f=node.fact)
        if node.op == "is":
            return f
        if node.op == "has":
            return "(" + self.has_.format(v=f'"{node.value}"', f=f) + ")"
        if node.op == "in":
            return "(" + self.in_.format(f=f, vs=", ".join(f'"{v}"' for v in node.value)) + ")"
        return f"({f} {'<' if node.op == 'lt' else '<='} {node.value})"

    def all(self, items: list[str]) -> str:
        return "(" + self.and_.join(items) + ")"

    def some(self, items: list[str]) -> str:
        return "(" + self.or_.join(items) + ")"

    def negate(self, item: str) -> str:
        return f"{self.not_}({item})"

    def const(self, value: bool) -> str:
        return str(value).lower()


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in facts.items()}


class Cel:
    name = "CEL C++ (cel-expr-python)"

    def __init__(self, norms: Sequence[Norm], types: Mapping[str, Fact], used: Sequence[str]) -> None:
        from cel_expr_python import cel

        kinds = {"bool": cel.Type.BOOL, "int": cel.Type.INT, "enum": cel.Type.STRING, "set": cel.Type.List(cel.Type.STRING)}
        env = cel.NewEnv(variables={f: kinds[types[f].type] for f in used})
        self.program = env.compile("[" + ", ".join(read(n.condition, Infix()) for n in norms) + "]")

    def applying(self, facts: Mapping[str, Any]) -> int:
        mask = 0
        for i, item in enumerate(self.program.eval(data=facts).plain_value()):
            mask |= item << i
        return mask


class Cedar:
    name = "Cedar (cedarpy)"

    def __init__(self, norms: Sequence[Norm], types: Mapping[str, Fact], used: Sequence[str]) -> None:
        import cedarpy

        words = Infix(fact="context.{f}", has="{f}.contains({v})", in_="[{vs}].contains({f})")
        text = "\n".join(f'@id("{i}") permit(principal, action, resource) when {{ {read(n.condition, words)} }};' for i, n in enumerate(norms))
        self.policies = cedarpy.PolicySet.from_str(text)
        self.entities = cedarpy.Entities.from_json_str("[]")
        self.ask = cedarpy.is_authorized
        self.request = {"principal": 'Body::"b"', "action": 'Action::"hold"', "resource": 'Person::"p"'}

    def applying(self, facts: Mapping[str, Any]) -> int:
        result = self.ask({**self.request, "context": facts}, self.policies, self.entities)
        mask = 0
        for reason in result.diagnostics.reasons:
            mask |= 1 << int(reason.removeprefix("policy"))
        return mask


class Zen:
    name = "GoRules Zen (zen-engine)"

    def __init__(self, norms: Sequence[Norm], types: Mapping[str, Fact], used: Sequence[str]) -> None:
        import zen

        words = Infix(and_=" and ", or_=" or ", not_="not ")
        self.program = zen.compile_expression("[" + ", ".join(read(n.condition, words) for n in norms) + "]")

    def applying(self, facts: Mapping[str, Any]) -> int:
        mask = 0
        for i, item in enumerate(self.program.evaluate(facts)):
            mask |= item << i
        return mask


class Rego:
    name = "Rego C++ (regopy)"

    def __init__(self, norms: Sequence[Norm], types: Mapping[str, Fact], used: Sequence[str]) -> None:
        import regopy

        text = "package law\n" + "".join(self._rules(i, n) for i, n in enumerate(norms))
        self.interpreter = regopy.Interpreter()
        self.interpreter.add_module("law", text)
        self.query = "x := [" + ", ".join(f"data.law.n{i}" for i in range(len(norms))) + "]"

    def _rules(self, index: int, norm: Norm) -> str:
        """One rule a conjunction: Rego has no infix `or`, so the condition is spread out."""
        rows = _spread(norm.condition, True)
        out = f"default n{index} := false\n"
        for row in rows:
            body = "\n  ".join(row) or "true"
            out += f"n{index} if {{\n  {body}\n}}\n"
        return out

    def applying(self, facts: Mapping[str, Any]) -> int:
        self.interpreter.set_input(plain(facts))
        output = self.interpreter.query(self.query)  # kept alive: its nodes do not keep it so
        mask = 0
        for i, value in enumerate(json.loads(str(output.binding("x")))):
            mask |= value << i
        return mask


def _spread(node: Any, wanted: bool) -> list[list[str]]:
    """Disjunctive normal form: rows of conjoined Rego expressions."""
    from homerule.conditions.tree import All, Const, Not, Some

    if isinstance(node, Not):
        return _spread(node.item, not wanted)
    if isinstance(node, Const):
        return [[]] if node.value is wanted else []
    if isinstance(node, (All, Some)):
        parts = [_spread(i, wanted) for i in node.items]
        if isinstance(node, All) is wanted:
            rows: list[list[str]] = [[]]
            for part in parts:
                rows = [a + b for a in rows for b in part]
            return rows
        return [row for part in parts for row in part]
    f = f"input.{node.fact}"
    if node.op == "is":
        return [[f"{f} == {str(wanted).lower()}"]]
    if node.op == "has":
        return [[f'"{node.value}" in {f}' if wanted else f'not "{node.value}" in {f}']]
    if node.op == "in":
        values = ", ".join(f'"{v}"' for v in node.value)
        return [[f"{f} in {{{values}}}" if wanted else f"not {f} in {{{values}}}"]]
    op = {("lt", True): "<", ("le", True): "<=", ("lt", False): ">=", ("le", False): ">"}[node.op, wanted]
    return [[f"{f} {op} {node.value}"]]


PEERS = (Cel, Cedar, Zen, Rego)
