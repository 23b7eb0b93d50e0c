"""What a handler is given: the request, who asks, the parsed input, and the office's services."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from starlette.requests import Request

    from homerule.web.access import Principal
    from homerule.web.office import Office
    from homerule.web.operation import Operation


class Call(NamedTuple):
    """One request on its way to a handler. ``body`` and ``query`` are instances of the operation's models; ``form`` holds a page's fields, ``files`` what was uploaded (name and bytes)."""

    request: Request
    office: Office
    principal: Principal
    operation: Operation
    body: Any = None
    query: Any = None
    form: Mapping[str, list[str]] = MappingProxyType({})
    raw: bytes = b""
    files: Mapping[str, tuple[str, bytes]] = MappingProxyType({})

    def field(self, name: str, default: str = "") -> str:
        """The first value of a form field."""
        return self.form.get(name, [default])[0]

    @property
    def path(self) -> dict[str, str]:
        """Parameters in the path."""
        return dict(self.request.path_params)
