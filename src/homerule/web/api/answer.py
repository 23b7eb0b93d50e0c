"""How API handlers answer: JSON with an ETag, and pages of a list with a cursor."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from homerule.web.problem import Problem


def encode(data: Any) -> bytes:
    """JSON bytes."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str).encode()


class Json(Response):
    """An answer whose headers are known, so that they need not be worked out for every request."""

    def __init__(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
        if headers:
            self.raw_headers += [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers.items()]


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Json(data if isinstance(data, bytes) else encode(data), status, headers)


def tagged(request: Request, body: bytes, *, media: str = "application/json") -> Response:
    """An answer that may be kept for a moment and asked about again with If-None-Match."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    if tag in [t.strip().removeprefix("W/") for t in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, media)


def cursor(value: Any) -> str:
    """An opaque cursor for ``value``."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def read_cursor(text: str | None, kind: type) -> Any:
    """The value in a cursor. Raises a Problem where it was not made here."""
    if text is None:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeDecodeError):
        value = None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Problem(400, "This cursor was not made by this list. Begin again without one.")
    return value


def part(items: Sequence[Any], limit: int, after: int, show: Callable[[Any], Any]) -> dict[str, Any]:
    """One page of a list that is all in memory."""
    chosen = items[after : after + limit]
    return {"items": [show(i) for i in chosen], "next": cursor(after + limit) if after + limit < len(items) else None}
