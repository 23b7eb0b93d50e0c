"""A sheet: named inputs and lines that are computed from them. The cost of a run and every published study are sheets, so that each figure can be followed.

A line's formula is arithmetic in names and numbers: + - * / and brackets, nothing else. It is read with Python's own parser against a list of what is allowed,
and never run as code. Values may be numbers or arrays over draws.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from homerule.capacity.parameters import CERTAINTY
from homerule.errors import InputError, nearest, shorten

_SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b}
#: How deep brackets may stand in one another.
DEEPEST = 30


class Input(NamedTuple):
    """A figure that comes in: ``low``, ``central``, ``high`` (alike where one is given), with its unit, source, date and certainty as in parameters.toml."""

    name: str
    low: float
    central: float
    high: float
    unit: str
    says: str
    source: str
    date: dt.date
    certainty: str


class Line(NamedTuple):
    """One line. ``printed``: the figure as its source prints it, to the nearest ``to`` (of the same unit); ``payer``: who bears a cost."""

    name: str
    says: str
    formula: str
    unit: str = ""
    printed: float | None = None
    to: float = 1.0
    payer: str = ""
    note: str = ""


class Sheet(NamedTuple):
    """Inputs and lines in order; a line may use inputs and the lines above it."""

    name: str
    inputs: tuple[Input, ...]
    lines: tuple[Line, ...]

    def work(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Every line's value, with ``values`` for the inputs (numbers or arrays). Raises InputError that names the line."""
        known = dict(values)
        out: dict[str, Any] = {}
        for line in self.lines:
            out[line.name] = known[line.name] = calculate(line.formula, known, f"{self.name}, line {line.name}")
        return out

    def at(self, end: str) -> dict[str, float]:
        """The inputs at ``low``, ``central`` or ``high``."""
        return {i.name: float(getattr(i, end)) for i in self.inputs}


def calculate(formula: str, values: Mapping[str, Any], where: str) -> Any:
    """The value of a formula. Raises InputError for anything but arithmetic, an unknown name, or a division by nothing."""
    try:
        tree = ast.parse(formula.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise InputError(f"`{shorten(formula)}` is no arithmetic", where=where, help="Use names, numbers, + - * / and brackets") from None
    return _value(tree, values, where, 0)


def names_in(formula: str) -> tuple[str, ...]:
    """The names that a formula uses, once each, in order. The formula must be one that `calculate` takes."""
    return tuple(dict.fromkeys(n.id for n in ast.walk(ast.parse(formula.strip(), mode="eval")) if isinstance(n, ast.Name)))


def _value(node: ast.AST, values: Mapping[str, Any], where: str, depth: int) -> Any:
    if depth > DEEPEST:
        raise InputError("the formula is too deep", where=where, help="Write it as several lines")
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        left, right = _value(node.left, values, where, depth + 1), _value(node.right, values, where, depth + 1)
        if isinstance(node.op, ast.Div) and not hasattr(right, "shape") and right == 0:
            raise InputError("something is divided by nothing", where=where, help="Give an input above 0")
        return _SIGNS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, values, where, depth + 1)
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return node.value
    if isinstance(node, ast.Name):
        if node.id not in values:
            raise InputError(f"no input or line above is called `{shorten(node.id)}`", where=where, help=nearest(node.id, list(values)))
        return values[node.id]
    raise InputError("a formula may hold only names, numbers, + - * / and brackets", where=where, help="Write the rest as another line")


def read_sheet(data: Mapping[str, Any], name: str, defaults: Mapping[str, Any] = {}) -> Sheet:
    """A sheet from ``[input.NAME]`` tables and ``[[line]]`` tables; what an input leaves out of source, date and certainty comes from ``defaults``. Raises InputError."""
    inputs: list[Input] = []
    for key, table in data.get("input", {}).items():
        where = f"{name}, input {key}"
        given = {"unit": "", "says": "", **defaults, **table}
        if "value" in given:
            given = {**given, "low": given["value"], "central": given["value"], "high": given["value"]}
            del given["value"]
        extra, missing = sorted(set(given) - set(Input._fields)), [f for f in Input._fields if f not in given and f != "name"]
        if extra:
            raise InputError(f"it has no field `{extra[0]}`", where=where, help=nearest(extra[0], list(Input._fields)))
        if missing:
            raise InputError(f"it lacks `{missing[0]}`", where=where, help="Give value (or low, central, high), source, date and certainty")
        made = Input(**{**given, "name": key})
        for end in (made.low, made.central, made.high):
            if isinstance(end, bool) or not isinstance(end, (int, float)) or not abs(end) < 1e18:
                raise InputError(f"`{shorten(str(end))}` is no number", where=where, help="Give numbers")
        if not made.low <= made.central <= made.high:
            raise InputError(f"low {made.low:g}, central {made.central:g}, high {made.high:g} are not in order", where=where, help="low must not be above central, nor central above high")
        if made.certainty not in CERTAINTY or not isinstance(made.date, dt.date):
            raise InputError(f"certainty `{made.certainty}`, date `{made.date}`", where=where, help=f"Certainty is one of {', '.join(CERTAINTY)}; date is a TOML date")
        inputs.append(made)
    lines: list[Line] = []
    for table in data.get("line", ()):
        where = f"{name}, line {table.get('name', len(lines) + 1)}"
        if not {"name", "formula"} <= set(table) or set(table) - set(Line._fields):
            odd = sorted(set(table) - set(Line._fields))
            raise InputError(f"it has no field `{odd[0]}`" if odd else "it needs a name and a formula", where=where, help=f"Fields: {', '.join(Line._fields)}")
        lines.append(Line(**{"says": "", **table}))
    names = [*(i.name for i in inputs), *(x.name for x in lines)]
    if len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise InputError(f"`{twice}` stands there twice", where=name, help="Give every input and line a name of its own")
    return Sheet(name, tuple(inputs), tuple(lines))
