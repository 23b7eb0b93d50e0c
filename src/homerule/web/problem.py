"""Errors as RFC 9457 problem+json for programs, and as a page for people. The same sentences as on the command line."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from homerule.errors import HomeruleError

TITLES = {
    400: "The request cannot be read", 401: "Sign in first", 403: "Your role does not allow this", 404: "There is nothing here", 405: "This address does not take that method",
    409: "This conflicts with what is there", 412: "It was changed in the meantime", 413: "The request is too large", 415: "This kind of content is not taken", 422: "The request cannot be answered as it stands",
    428: "Say which version you are changing", 429: "Too many requests", 500: "A fault of the program itself", 503: "Not available now", 504: "This took too long",
}  # fmt: skip


class Problem(Exception):
    """An answer that is an error. ``extra`` members are added to the body."""

    def __init__(self, status: int, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        self.status, self.detail, self.headers, self.extra = status, detail, headers or {}, extra
        super().__init__(detail)

    @property
    def title(self) -> str:
        return TITLES.get(self.status, "Error")

    def body(self, instance: str = "") -> dict[str, Any]:
        """The members of the problem document."""
        out: dict[str, Any] = {"type": "about:blank", "title": self.title, "status": self.status}
        if self.detail:
            out["detail"] = self.detail
        if instance:
            out["instance"] = instance
        return out | self.extra

    def response(self, instance: str = "") -> Response:
        return Response(json.dumps(self.body(instance), ensure_ascii=False), self.status, self.headers, "application/problem+json")


def of_error(error: HomeruleError) -> Problem:
    """A mistake in the input, said as on the command line."""
    extra: dict[str, Any] = {}
    if error.where:
        extra["where"] = error.where
    if error.help:
        extra["help"] = error.help
    candidates = getattr(error, "candidates", ())
    if candidates:
        extra["candidates"] = [c.as_dict() for c in candidates]
    return Problem(422, error.message + ".", **extra)
