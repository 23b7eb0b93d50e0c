"""Everything the server answers, as one table: pages and API alike. Routes, the OpenAPI document and the matrix of roles are all made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from pydantic import BaseModel
    from starlette.responses import Response

    from homerule.web.call import Call

Handler = Callable[["Call"], "Awaitable[Response] | Response"]


class Operation(NamedTuple):
    """One method on one path.

    ``permission`` is a key of `access.PERMISSIONS`; ``body`` and ``query`` are pydantic models (or None); ``answers`` maps a status to a model, a media type or None.
    A ``blocking`` handler runs in a thread. A ``write`` takes an Idempotency-Key (API) or a CSRF token (pages).
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    name: str
    permission: str
    handler: Handler
    summary: str
    kind: Literal["page", "api"] = "api"
    tag: str = ""
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, Any] = MappingProxyType({})
    blocking: bool = False
    write: bool = False
    example: dict[str, Any] | None = None


class Table:
    """A list of operations that modules add to."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []

    def add(self, operations: Iterable[Operation]) -> None:
        for op in operations:
            if any((o.method, o.path) == (op.method, op.path) for o in self.operations):
                raise ValueError(f"{op.method} {op.path} is there twice")
            self.operations.append(op)


def page(method: Literal["GET", "POST"], path: str, name: str, permission: str, handler: Handler, summary: str, **more: Any) -> Operation:
    """An operation that answers with a page. A POST is a write, and takes a form."""
    return Operation(method, path, name, permission, handler, summary, kind="page", write=method == "POST", **more)


def api(method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"], path: str, name: str, permission: str, handler: Handler, summary: str, **more: Any) -> Operation:
    """An operation of the REST API."""
    return Operation(method, path, name, permission, handler, summary, **more)
