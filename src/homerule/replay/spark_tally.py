"""The tallies of a run on Spark, from the rows that it wrote: the same tables as the other engine keeps beside its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homerule.replay.part import ALL
from homerule.replay.spark_input import quoted
from homerule.replay.tables import needs

_COLUMNS = ("policy", "act", "state", "county", "month", "happened", "verdict")


def tallied(spark: Any, rows: str, names: Mapping[tuple[str, str], str]) -> tuple[Any, Any, dict[str, Any]]:
    """(decided rows by act, draft, verdict and state with each of county, month and what happened; rows kept apart by state and reason; counts).

    ``names``: (draft, act) → the column of its verdicts. Counts: ``rows``, ``decided``, and ``follows``: column → outcome → rows.
    """
    pa = needs("pyarrow")
    table = spark.read.parquet(rows)
    lines: list[tuple[Any, ...]] = []
    follows: dict[str, dict[str, int]] = {}
    for (policy, act), name in names.items():
        verdict, reachable, outcome = (quoted(f"{name}{end}") for end in ("", "_reachable", "_outcome"))
        part = table.where(f"{verdict} IS NOT NULL").selectExpr(
            "coalesce(state, '') AS state", "coalesce(county, '-') AS county", "date_format(coalesce(day, DATE'1970-01-01'), 'yyyy-MM') AS month", "coalesce(happened, '') AS happened",
            f"CASE WHEN {verdict} = 'depends' THEN concat('depends: ', {reachable}) ELSE {verdict} END AS verdict", f"{outcome} AS outcome",
        )  # fmt: skip
        part.createOrReplaceTempView("homerule_part")
        found = spark.sql(
            "SELECT state, county, month, happened, verdict, outcome, count(*) AS n, grouping_id() AS g FROM homerule_part"
            " GROUP BY state, county, month, happened, verdict, outcome GROUPING SETS ((state, county, verdict), (state, month, verdict), (state, happened, verdict), (outcome))"
        ).collect()
        follows[name] = {}
        for r in found:
            if r["g"] == 0b111110:
                follows[name][r["outcome"]] = r["n"]
                continue
            county, month, happened = (ALL if r["g"] >> bit & 1 else r[c] for c, bit in (("county", 4), ("month", 3), ("happened", 2)))
            lines.append((policy, act, r["state"], county, month, happened, r["verdict"], r["n"]))
    spark.catalog.dropTempView("homerule_part")
    tally = pa.table({c: pa.array([x[i] for x in lines], pa.string()) for i, c in enumerate(_COLUMNS)} | {"n": pa.array([x[-1] for x in lines], pa.int64())})
    counted = [tuple(r) for r in table.selectExpr("coalesce(state, '') AS state", "apart").groupBy("state", "apart").count().collect()]
    left = [r for r in counted if r[1] is not None]
    apart = pa.table({"state": pa.array([r[0] for r in left], pa.string()), "apart": pa.array([r[1] for r in left], pa.string()), "n": pa.array([r[2] for r in left], pa.int64())})
    return tally, apart, {"rows": sum(r[2] for r in counted), "decided": sum(r[2] for r in counted if r[1] is None), "follows": follows}
