"""Spark's mask SQL beside Spark's readable SQL: which norms apply to every row, on the same norms and rows, in one run.

    python benchmarks/replay_spark.py [--rows N] [--norms N] [--repeat N]

The readable form has one condition a norm, as a person would write it, over the facts' own values. The mask form has the facts as codes and ANDs
words of 63 bits (`homerule.replay.sql`); each distinct mask is resolved once on the driver, and the set of norms comes back by a join. Both end
in a checksum over the sets, which must be equal. One core; both tables lie in Spark's memory. Read the ratio.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from homerule.conditions.tree import All, Node, Not, Test
from homerule.reasoning.regime import Regime
from homerule.replay.bits import Compiled, joined
from homerule.replay.spark_input import session, small
from homerule.replay.sql import SPARK, column_of, masks_select
from replay import TYPES, VOCABULARY, norms, rows_of


def readable(node: Node) -> str:
    """A condition as a person would write it."""
    if isinstance(node, Test):
        if node.op == "in":
            return f"{node.fact} IN ({', '.join(repr(v) for v in node.value)})"
        if node.op == "has":
            return f"array_contains({node.fact}, {node.value!r})"
        return node.fact if node.op == "is" else f"{node.fact} {'<' if node.op == 'lt' else '<='} {node.value}"
    if isinstance(node, Not):
        return f"NOT ({readable(node.item)})"
    return "(" + (" AND " if isinstance(node, All) else " OR ").join(readable(i) for i in node.items) + ")"  # type: ignore[union-attr]


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rows", type=int, default=1_000_000)
    p.add_argument("--norms", type=int, default=40)
    p.add_argument("--repeat", type=int, default=3)
    args = p.parse_args()
    made = norms(args.norms)
    regime = Regime(made, "hold", VOCABULARY, start=dt.date.min, end=None)
    columns = rows_of(args.rows)
    compiled = Compiled(regime)
    spark = session("local[1]")
    with tempfile.TemporaryDirectory() as folder:
        texts = {f: pa.array([sorted(v) for v in c.values] if TYPES[f].type == "set" else c.values).take(pa.array(c.codes)) for f, c in columns.items()}
        row = pa.array(np.arange(args.rows))
        pq.write_table(pa.table({"row": row, **texts}), os.path.join(folder, "raw.parquet"))
        pq.write_table(pa.table({"row": row, **{column_of(f): pa.array(c.codes.astype(np.int32)) for f, c in columns.items()}}), os.path.join(folder, "coded.parquet"))
        for name in ("raw", "coded"):
            table = spark.read.parquet(Path(folder, f"{name}.parquet").as_uri()).cache()
            table.count()
            table.createOrReplaceTempView(name)
        terms = " + ".join(f"CASE WHEN {readable(n.condition)} THEN {1 << i}L ELSE 0L END" for i, n in enumerate(regime.norms))
        masks = masks_select(compiled, columns, "coded", dialect=SPARK)
        words = [f"must_{w}" for w in range(compiled.words)]
        found = spark.sql(f"SELECT DISTINCT {', '.join(words)} FROM ({masks})").collect()
        sets = small(spark, [(*r, compiled.norms(joined(r), joined(r))[0]) for r in found], ", ".join([*(f"k_{i} bigint" for i in range(len(words))), "applying bigint"])).cache()
        sets.count()
        sets.createOrReplaceTempView("sets")
        on = " AND ".join(f"m.{w} = sets.k_{i}" for i, w in enumerate(words))
        forms = {
            "readable SQL, sets": f"SELECT bit_xor(xxhash64(row, {terms})) FROM raw",
            "mask SQL, sets": f"SELECT /*+ BROADCAST(sets) */ bit_xor(xxhash64(row, applying)) FROM ({masks}) AS m JOIN sets ON {on}",
            "mask SQL, masks only": f"SELECT bit_xor(xxhash64(row, {', '.join(words)})) FROM ({masks})",
            "reading the rows": f"SELECT bit_xor(xxhash64(row, {', '.join(column_of(f) for f in compiled.facts)})) FROM coded",
        }
        times: dict[str, float] = {}
        answers: dict[str, Any] = {}
        for _ in range(args.repeat):
            for name, query in forms.items():
                begun = time.perf_counter()
                answers[name] = spark.sql(query).collect()[0][0]
                times[name] = min(times.get(name, 1e9), time.perf_counter() - begun)
        assert answers["readable SQL, sets"] == answers["mask SQL, sets"], "the forms disagree"
    print(f"{args.rows:,} rows, {args.norms} norms, {len(compiled.alternatives.cubes)} alternatives, {compiled.words} word(s), {len(found):,} distinct masks; Spark {spark.version}, one core")
    for name, seconds in times.items():
        print(f"  {name:<22} {seconds:7.2f} s   {times['readable SQL, sets'] / seconds:5.1f} times the readable form")
    spark.stop()


if __name__ == "__main__":
    main()
