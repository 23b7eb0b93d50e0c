"""The run on Spark gives the rows, the summary and the outcomes of the run on DuckDB."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from homerule.errors import InputError
from homerule.replay import replay, sample
from homerule.replay.spark_input import missing, session
from tests.replay.test_run import OWN, ROWS, TODAY, own_table

POLICY = Path(__file__).parents[2] / "examples" / "policies"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if why := missing():
        pytest.skip(f"Spark tests need Java 17 and pyspark: {why}")
    made = session("local[2]")
    made.conf.set("spark.sql.codegen.wholeStage", "false")  # few rows: compiling costs more than it saves
    made.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    yield made
    made.stop()


def read(out: Path) -> dict[Any, dict[str, Any]]:
    return {(r["file"], r["row"]): r for p in sorted((out / "rows").glob("*.parquet")) for r in pq.read_table(p).to_pylist()}


def same(a: Path, b: Path) -> None:
    one, two = read(a), read(b)
    assert one.keys() == two.keys()
    assert list(next(iter(one.values()))) == list(next(iter(two.values())))
    assert not [(k, {c: (v, two[k][c]) for c, v in one[k].items() if v != two[k][c]}) for k in one if one[k] != two[k]][:3]
    first, second = (json.loads((x / "summary.json").read_text("utf-8")) for x in (a, b))
    assert second["run"].pop("runner") == "spark"
    assert first == second
    assert (a / "not_placed.csv").read_text("utf-8") == (b / "not_placed.csv").read_text("utf-8")
    said = [sorted(map(repr, pq.read_table(x / "outcomes.parquet").to_pylist())) for x in (a, b)]
    assert said[0] == said[1]


def many(rows: int, seed: int) -> list[list[str]]:
    """Rows of a body's own table with facts known, missing and unreadable."""
    rng = random.Random(seed)
    columns = [list(dict.fromkeys(r[i] for r in ROWS)) for i in range(len(OWN))]
    columns[0] += ["2019-07-01 13:45:00", "1/2/20 08:30", "", "1985-01-01"]
    columns[7] += ["felony", "violent_felony", "misdemeanor"]
    return [[rng.choice(c) for c in columns] for _ in range(rows)]


def test_rows_are_those_of_the_other_engine(tmp_path: Path, spark: Any) -> None:
    tables: list[Any] = [sample(1200, 11, tmp_path / "s.parquet"), own_table(tmp_path / "t.csv", many(800, 3))]
    options: dict[str, Any] = {"policies": [sorted(POLICY.glob("*.toml"))[0]], "acts": ["hold"], "today": TODAY, "min_cell": 3}
    replay(tables, tmp_path / "a", **options)
    replay(tables, tmp_path / "b", **options, spark="local[2]")
    same(tmp_path / "a", tmp_path / "b")
    rows = read(tmp_path / "b").values()
    assert {r["hold"] for r in rows} > {"depends", None}
    assert {r["apart"] for r in rows} >= {None, "not_placed", "no_day", "day_out_of_range", "unknown_request"}
    assert not list((tmp_path / "b").rglob("*.input"))


def test_one_day_and_facts_supposed(tmp_path: Path, spark: Any) -> None:
    table = own_table(tmp_path / "t.csv", many(120, 5))
    options: dict[str, Any] = {"as_of": "2026-11-01", "acts": ["hold"], "suppose": {"process": "admin_warrant"}, "assume": False, "min_cell": 1}
    replay([table], tmp_path / "a", **options)
    made = replay([table], tmp_path / "b", **options, spark="local[2]")
    same(tmp_path / "a", tmp_path / "b")
    before = (tmp_path / "b" / "summary.json").read_bytes()
    assert replay([table], tmp_path / "b", **options, spark="local[2]").rows == made.rows  # nothing is left to do
    assert (tmp_path / "b" / "summary.json").read_bytes() == before
    with pytest.raises(InputError, match="runner"):
        replay([table], tmp_path / "b", **options)


def test_a_folder_of_parquet_that_spark_reaches(tmp_path: Path, spark: Any) -> None:
    whole = sample(300, 4, tmp_path / "s.parquet")
    (tmp_path / "many").mkdir()
    table = pq.read_table(whole)
    for n in range(3):
        pq.write_table(table.slice(100 * n, 100), tmp_path / "many" / f"part-{n}.parquet")
    replay([whole], tmp_path / "a", acts=["hold"], today=TODAY)
    replay([(tmp_path / "many").as_uri()], tmp_path / "b", acts=["hold"], today=TODAY, spark="local[2]")
    one, two = ({k[1]: {c: v for c, v in r.items() if c != "file"} for k, r in read(tmp_path / x).items()} for x in ("a", "b"))
    assert one == two


def test_without_java_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("JAVA_HOME", "")
    with pytest.raises(InputError, match="cannot run"):
        session("local[1]")
