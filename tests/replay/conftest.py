"""Where the published tables stand: the folder named by HOMERULE_DATA, or ``../shared/data`` beside the checkout. Absent, their tests are skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="session")
def data() -> Path:
    folder = Path(os.environ.get("HOMERULE_DATA") or Path(__file__).parents[2] / "../shared/data")
    if not folder.is_dir():
        pytest.skip("the published tables are not here")
    return folder


@pytest.fixture(scope="session")
def places(engine: Any) -> Any:
    from homerule.replay.facilities import Places

    return Places(engine)
