"""The OpenAPI 3.1 document, made from the table of operations."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from homerule import __version__
from homerule.web.access import PERMISSIONS, WITHOUT_ACCOUNT
from homerule.web.api.models import Error
from homerule.web.operation import Operation
from homerule.web.problem import TITLES

#: What any operation may answer, beside what it says itself.
ALWAYS = (400, 401, 403, 429, 500, 504)


def document(operations: tuple[Operation, ...], url: str = "") -> dict[str, Any]:
    """The whole document. Only the API is in it; pages are for people."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for op in operations:
        if op.kind == "api":
            paths.setdefault(re.sub(r"\{(\w+):\w+\}", r"{\1}", op.path), {})[op.method.lower()] = described(op, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Homerule", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
                 "description": "What the law lets a US state, county or city do when the federal government asks for its help with immigration enforcement. Not legal advice."},
        "servers": [{"url": url or "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "tags": [{"name": t} for t in sorted({op.tag for op in operations if op.kind == "api" and op.tag})],
    }  # fmt: skip


def described(op: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    """One operation."""
    out: dict[str, Any] = {"operationId": op.name, "summary": op.summary, "tags": [op.tag] if op.tag else [], "description": f"Needs a role that may {PERMISSIONS[op.permission]}."}
    if op.permission != "open":
        out["security"] = [{"bearer": []}, {}] if op.permission in WITHOUT_ACCOUNT else [{"bearer": []}]
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 200}} for name in re.findall(r"\{(\w+)(?::\w+)?\}", op.path)]
    if op.query is not None:
        made = reference(op.query, schemas, name=None)
        for name, shape in made.get("properties", {}).items():
            parameters.append({"name": name, "in": "query", "required": name in made.get("required", ()), "schema": {k: v for k, v in shape.items() if k != "title"}})
    if op.write:
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"}})
    if parameters:
        out["parameters"] = parameters
    if op.body is not None:
        content: dict[str, Any] = {"schema": reference(op.body, schemas)}
        if op.example is not None:
            content["example"] = op.example
        out["requestBody"] = {"required": True, "content": {"application/json": content}}
    answers = {status: one(shape, status, schemas) for status, shape in op.answers.items()}
    problem = {"content": {"application/problem+json": {"schema": reference(Error, schemas)}}}
    extra = [404] * ("{" in op.path) + [413, 415, 422] * (op.body is not None) + [422] * (op.query is not None or "{" in op.path) + [409] * op.write
    for status in sorted({*ALWAYS, *extra} - set(answers)):
        answers[status] = {"description": TITLES[status], **problem}
    out["responses"] = {str(status): answers[status] for status in sorted(answers)}
    return out


def one(shape: Any, status: int, schemas: dict[str, Any]) -> dict[str, Any]:
    """One answer: a model, a JSON Schema, a media type or several, or nothing."""
    if shape is None:
        return {"description": "No content" if status in (204, 304) else "Done"}
    if isinstance(shape, (str, tuple)):
        return {"description": "The file", "content": {media: {"schema": {"type": "string"}} for media in ([shape] if isinstance(shape, str) else shape)}}
    schema = reference(shape, schemas) if isinstance(shape, type) else hoist(shape, schemas)
    media = "application/problem+json" if status >= 400 else "application/json"
    return {"description": TITLES.get(status, "The answer"), "content": {media: {"schema": schema}}}


def reference(model: type[BaseModel], schemas: dict[str, Any], name: str | None = "") -> dict[str, Any]:
    """The schema of a model, with its parts among the components; in place where ``name`` is None."""
    made = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(made.pop("$defs", {}))
    if name is None:
        return made
    schemas[model.__name__] = made
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def hoist(schema: Any, schemas: dict[str, Any]) -> Any:
    """A JSON Schema with its ``$defs`` moved to the components."""
    if isinstance(schema, dict):
        schemas.update({k: hoist(v, schemas) for k, v in schema.get("$defs", {}).items()})
        return {k: (v.replace("#/$defs/", "#/components/schemas/") if k == "$ref" else hoist(v, schemas)) for k, v in schema.items() if k not in ("$defs", "$schema")}
    return [hoist(s, schemas) for s in schema] if isinstance(schema, list) else schema
