"""The web application and the REST API over all of Homerule: `build(settings)` gives an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homerule.web.app import build
    from homerule.web.settings import Settings, read_settings

__all__ = ["Settings", "build", "read_settings"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("homerule.web.app" if name == "build" else "homerule.web.settings"), name)
    raise AttributeError(f"module 'homerule.web' has no attribute {name!r}")
