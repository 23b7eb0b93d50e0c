"""The table of all operations, put together from the pages and the API."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

from homerule.web.operation import Operation, Table

FOLDER = Path(__file__).parent
#: Modules with a function ``operations() -> list[Operation]``.
MODULES = (
    "api.meta", "api.decide", "api.law", "api.check", "api.agreements", "api.pardon", "api.simulate", "api.records", "api.authzen",
    "pages.people", "pages.oidc", "pages.ask", "pages.decision", "pages.law", "pages.playbook", "pages.agreements", "pages.check", "pages.pardons", "pages.capacity", "pages.replay", "pages.records", "pages.corrections", "pages.home",
)  # fmt: skip


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the server."""
    table = Table()
    for name in MODULES:
        if (FOLDER / (name.replace(".", "/") + ".py")).exists():
            table.add(import_module(f"homerule.web.{name}").operations())
    return tuple(table.operations)
