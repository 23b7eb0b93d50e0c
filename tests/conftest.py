"""Tests keep their compiled law apart from the user's."""

from __future__ import annotations

import os
import tempfile

import pytest

_CACHE = tempfile.TemporaryDirectory(prefix="homerule-tests-")
os.environ["HOMERULE_CACHE"] = _CACHE.name
os.environ.pop("HOMERULE_LAW", None)


@pytest.fixture(scope="session")
def engine():  # type: ignore[no-untyped-def]
    """One engine over the real corpus."""
    from homerule.reasoning import engine

    return engine()
