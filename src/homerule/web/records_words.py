"""Labels of roles, as the log's own words have them."""

from __future__ import annotations

from homerule.records.words import words


def role_labels() -> dict[str, str]:
    """Role to its label."""
    return words()["roles"]
