"""The JSON Schema of a decision, made from the types themselves, so that it cannot differ from what is printed."""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import Any

from homerule.reasoning import finding
from homerule.reasoning.resolve import VERDICTS

ENUMS = {
    ("Finding", "verdict"): VERDICTS, ("Answer", "verdicts"): VERDICTS, ("Change", "verdict"): VERDICTS, ("Coming", "verdict"): VERDICTS, ("Finding", "reachable"): VERDICTS,
    ("Finding", "basis"): ("norm", "express", "silence", "facts", "contested", "not_in_corpus", "untranslated"),
    ("NormRef", "applies"): ("certain", "possible"), ("Duty", "applies"): ("certain", "possible"), ("Risk", "applies"): ("certain", "possible"), ("Clash", "applies"): ("certain", "possible"),
    ("Unsettled", "reason"): ("contested", "not_in_corpus", "untranslated"), ("Coming", "kind"): ("begins", "ends", "deadline"),
}  # fmt: skip
VALUE = {"oneOf": [{"type": "boolean"}, {"type": "integer"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def shape(hint: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a type as `as_data` writes it."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hasattr(hint, "_fields"):
        define(hint, defs)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is tuple:
        return {"type": "array", "items": shape(args[0], defs)}
    if origin in (typing.Union, types.UnionType):
        if set(args) >= {bool, int, str}:
            return VALUE
        return {"oneOf": [shape(a, defs) for a in args]}
    if origin is not None:  # a mapping of facts
        return {"type": "object", "additionalProperties": VALUE}
    if hint is type(None):
        return {"type": "null"}
    if hint is dt.date:
        return {"type": "string", "format": "date"}
    return {"type": {str: "string", bool: "boolean", int: "integer"}[hint]}


def define(cls: Any, defs: dict[str, Any]) -> None:
    """Add the schema of a named tuple to ``defs``."""
    if cls.__name__ in defs:
        return
    defs[cls.__name__] = {}
    properties = {}
    for name, hint in typing.get_type_hints(cls).items():
        schema = shape(hint, defs)
        if values := ENUMS.get((cls.__name__, name)):
            (schema["items"] if schema.get("type") == "array" else schema)["enum"] = list(values)
        properties[name] = schema
    defs[cls.__name__] = {"type": "object", "description": (cls.__doc__ or "").strip(), "properties": properties, "required": list(properties), "additionalProperties": False}


def decision_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of `Decision.as_data()`."""
    defs: dict[str, Any] = {}
    place = {"type": "object", "properties": {n: {"type": "string"} for n in ("id", "name", "kind", "fips")}, "required": ["id", "name", "kind", "fips"], "additionalProperties": False}
    request = {
        "place": place, "actor": {"type": "string"}, "request": {"type": "string"}, "acts": {"type": "array", "items": {"type": "string"}},
        "on": {"type": "string", "format": "date"}, "at": {"type": ["string", "null"]}, "facts": {"type": "object", "additionalProperties": VALUE},
    }  # fmt: skip
    properties = {
        "request": {"type": "object", "properties": request, "required": list(request), "additionalProperties": False},
        "findings": {"type": "array", "minItems": 1, "items": shape(finding.Finding, defs)},
        "receipt": shape(finding.Receipt, defs),
        "notes": {"type": "array", "items": {"type": "string"}},
        "notice": {"type": "string"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A Homerule decision", "description": "What `homerule decide --json` prints and `Decision.as_data()` returns.",
        "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False, "$defs": defs,
    }  # fmt: skip
