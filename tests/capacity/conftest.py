"""Scenarios for the tests, and the real data where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("numpy")

from homerule.capacity import Scenario, load_scenario

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public data; tests that read it are skipped without it."""
    folder = Path(os.environ.get("HOMERULE_DATA") or HERE.parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("no data folder: set HOMERULE_DATA")
    return folder


@pytest.fixture(scope="session")
def slack() -> Scenario:
    """Nothing binds."""
    return load_scenario(str(HERE / "slack.toml"))


@pytest.fixture(scope="session")
def tight() -> Scenario:
    """Beds, rooms, courts and seats all bind at some time."""
    return load_scenario("today").changed(beds_over_average=0.9, overrun=0.0, holding_rooms=1500.0, detained_docket=0.45, flights=1.0, land_returns=800.0)
