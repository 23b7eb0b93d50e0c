"""The office's registry of agreements, where the packages for it are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homerule.agreements import Registry
    from homerule.web.office import Office


def registry(office: Office) -> Registry | None:
    """The registry, opened once a worker; None where it cannot be had."""
    kept: Registry | None = office.__dict__.get("registry")
    if kept is None:
        try:
            from homerule.agreements import Registry
        except ImportError:
            return None
        kept = office.__dict__["registry"] = Registry(office.settings.place("registry"))
    return kept
