"""What starting and asking cost. Limits are loose, so that a busy machine does not fail; `-s` prints the figures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
COLD = """
import sys, time
sys.path.insert(0, {src!r})
import homerule.errors
before = set(sys.modules)
start = time.perf_counter()
import homerule.places
middle = time.perf_counter()
place = homerule.places.find({text!r})
end = time.perf_counter()
print(place.id, 1e3 * (middle - start), 1e3 * (end - middle), *sorted(set(sys.modules) - before))
"""


def cold(text: str, tmp_path: Path) -> tuple[float, float, list[str]]:
    best: tuple[float, float, list[str]] | None = None
    for _ in range(6):
        command = [sys.executable, "-X", f"pycache_prefix={tmp_path}", "-c", COLD.format(src=str(SRC), text=text)]
        words = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONDONTWRITEBYTECODE": ""}).stdout.split()
        now = (float(words[1]), float(words[2]), words[3:])
        best = min(best or now, now, key=lambda cost: cost[0] + cost[1])
    assert best is not None
    print(f"{text}: import {best[0]:.2f} ms, find {best[1]:.2f} ms")
    return best


def test_a_county_costs_little_from_a_cold_start(tmp_path: Path) -> None:
    started, found, modules = cold("Los Angeles County, CA", tmp_path)
    assert started < 15
    assert started + found < 25
    assert not {"inspect", "dataclasses", "csv", "gzip", "tomllib", "re", "typing"} & set(modules)


def test_a_city_costs_little_from_a_cold_start(tmp_path: Path) -> None:
    _, found, _ = cold("Austin, TX", tmp_path)
    assert found < 40


def test_only_the_state_that_is_named_is_read() -> None:
    from homerule.places import Gazetteer

    gazetteer = Gazetteer()
    gazetteer.find("Los Angeles County, CA")
    assert set(gazetteer._shelves) == {"ca"}
    assert gazetteer._shelves["ca"]._keys is None  # no city was looked at
    gazetteer.find("Austin, TX")
    assert set(gazetteer._shelves) == {"ca", "tx"}


def test_no_module_names_a_place() -> None:
    from homerule.places.tables import tables

    names = [row.name for row in tables().states.values()] + ["Los Angeles", "Chicago", "Baltimore", "Denver", "Philadelphia", "Nashville", "Brooklyn"]
    for path in [*(SRC / "homerule/places").glob("*.py"), SRC.parent / "scripts/build_places.py"]:
        code = path.read_text(encoding="utf-8")
        parts = code.split('"""')
        rest = "".join(parts[0::2])  # without docstrings
        lines = [line.partition("#")[0].replace("United States", "") for line in rest.splitlines()]
        assert not [n for n in names if any(n in line for line in lines)], path.name
