"""The first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from homerule.web.operation import Operation, page
from homerule.web.pages.frame import render

if TYPE_CHECKING:
    from homerule.web.call import Call


def home(call: Call) -> Response:
    return render(call, "home.html", title="What the law lets you do")


def operations() -> list[Operation]:
    return [page("GET", "/", "home", "open", home, "The first page")]
