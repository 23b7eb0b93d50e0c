"""The law of pardons, and the real tables where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from homerule.pardons.effect import Effect, effect_of
from homerule.pardons.load import Law, pardon_law


@pytest.fixture(scope="session")
def law() -> Law:
    return pardon_law()


@pytest.fixture(scope="session")
def effect(law: Law) -> Effect:
    return effect_of(law)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real tables; skips where it is absent."""
    folder = Path(os.environ.get("HOMERULE_DATA", Path(__file__).parents[2] / "../shared/data"))
    if not folder.is_dir():
        pytest.skip("the real tables are not here")
    return folder
