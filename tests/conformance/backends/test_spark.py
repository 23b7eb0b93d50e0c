"""The masks in Spark SQL are those of numpy, row by row: on real law, and where they need several words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from homerule.conditions.tree import All, Test
from homerule.replay.backends import resolve_masks
from homerule.replay.bits import Compiled
from homerule.replay.spark_input import missing, session, small
from homerule.replay.sql import SPARK, column_of, masks_select
from tests.conformance.backends.cases import columns, real
from tests.strategies import make_norm, regime


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if why := missing():
        pytest.skip(f"Spark tests need Java 17 and pyspark: {why}")
    made = session("local[2]")
    made.conf.set("spark.sql.codegen.wholeStage", "false")
    yield made
    made.stop()


def agree(spark: Any, r: Any, cols: Any, rows: int) -> int:
    """Compare the masks and what follows from them. Returns how many words there are."""
    compiled = Compiled(r)
    names = list(cols)
    facts = small(spark, [(i, *(int(cols[f].codes[i]) for f in names)) for i in range(rows)], ", ".join(["row bigint", *(f"{column_of(f)} int" for f in names)]))
    facts.createOrReplaceTempView("facts")
    got = {r["row"]: r for r in spark.sql(masks_select(compiled, cols, "facts", dialect=SPARK)).collect()}
    must, may = (np.array([[got[i][f"{side}_{w}"] for i in range(rows)] for w in range(compiled.words)]).astype(np.uint64) for side in ("must", "may"))
    want = compiled.masks(cols, rows)
    assert (must == want[0]).all() and (may == want[1]).all()
    index, results = resolve_masks(compiled, cols, must, may)
    plain, known = compiled.outcomes(cols, rows)
    assert [results[int(i)]._replace(turns_on=()) for i in index] == [known[int(i)]._replace(turns_on=()) for i in plain]
    return compiled.words


@pytest.mark.parametrize("missing_facts", [False, True])
def test_real_law(spark: Any, engine: Any, missing_facts: bool) -> None:
    for n, r in enumerate(real(engine)[::6]):
        agree(spark, r, columns(r, 60, n, missing=missing_facts), 60)


def test_several_words(spark: Any) -> None:
    norms = [make_norm(f"n{h}{p}", "forbid" if h % 2 else "require", "state-statute", All((Test("hours", "lt", h), Test("paper", "in", (p,))))) for h in range(100) for p in ("none", "admin", "judge")]
    r = regime(norms)
    assert agree(spark, r, columns(r, 80, 5, missing=True), 80) >= 4
