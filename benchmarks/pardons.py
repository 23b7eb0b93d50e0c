"""What the pardon engine costs: one assessment, one ground beside the slow definition, a million rows.

    python benchmarks/pardons.py [--rows 1000000]

Prints ratios; times move with the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homerule.pardons import assess, oracle
from homerule.pardons.ask import PardonInterview
from homerule.pardons.batch import batch
from homerule.pardons.effect import Effect, effect_of
from homerule.pardons.load import pardon_law


def best(work: Callable[[], Any], times: int = 5) -> float:
    """The least time of several runs, in seconds."""
    out = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        out.append(time.perf_counter() - start)
    return min(out)


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--rows", type=int, default=1_000_000)
    args = p.parse_args()
    law = pardon_law()
    effect = effect_of(law)
    dice = random.Random(1)

    compile_ = best(lambda: [Effect(law).ground(f) for f in law.facts["family"].values], 3)
    case = {"on": "2026-11-01", "circuit": "3", "status": "lpr", "charges": ["237a2Aiii", "237a2Bi"], "conviction": [{"convicted_by": "NY", "classes": ["drug_trafficking"]}],
            "instrument": [{"kind": "pardon", "grantor": "governor", "full": True, "unconditional": True}]}  # fmt: skip
    one = best(lambda: assess(case), 20)
    print(f"compile every list        {compile_ * 1e3:8.1f} ms   = {compile_ / one:5.1f} assessments")
    print(f"one assessment            {one * 1e3:8.2f} ms")

    facts = [{n: dice.choice(f.values or (True, False)) if f.type in ("enum", "bool") else dt.date(2020, 1, 1) if f.type == "date" else 365 for n, f in law.facts.items()} for _ in range(300)]
    families = law.facts["family"].values
    fast = best(lambda: [effect.ground(f).possible(x) for x in facts for f in families])
    slow = best(lambda: [oracle.outcome(law, f, x) for x in facts for f in families], 2)
    n = len(facts) * len(families)
    print(f"one ground, diagram       {fast / n * 1e6:8.2f} µs")
    print(f"one ground, definition    {slow / n * 1e6:8.2f} µs   = {slow / fast:5.0f} times as long")

    plan = best(lambda: PardonInterview(law, dt.date(2026, 11, 1)).question, 1)
    lengths = []
    for _ in range(20):
        interview = PardonInterview(law, dt.date(2026, 11, 1))
        while q := interview.question:
            interview = interview.answer(dice.choice([c.value for c in q.choices]))
        lengths.append(len(interview.answers))
    print(f"interview                 {statistics.mean(lengths):8.1f} questions of {len(interview.plan.cases.facts)} (mean of {len(lengths)} at random); first question after {plan:.2f} s")

    with tempfile.TemporaryDirectory() as folder:
        import duckdb

        path = Path(folder) / "rows"
        classes = ", ".join(f"'{c}'" for c in law.offences if c != "other")
        duckdb.connect().execute(
            f"""COPY (SELECT [{classes}][1 + i % {len(law.offences) - 1}] AS offence, ['NY','CA','TX','GA'][1 + (i // 7) % 4] AS state, DATE '1988-01-01' + CAST(i % 13000 AS INTEGER) AS plea_date,
            (i * 7) % 800 AS sentence_ordered_days, (i * 11) % 2000 AS max_sentence_days, ['lpr','overstay','ewi'][1 + i % 3] AS status FROM range({args.rows}) r(i)) TO '{path}.parquet'"""
        )
        duckdb.connect().execute(f"COPY (SELECT * FROM '{path}.parquet') TO '{path}.csv'")
        paper = {x: law.facts[x].parse(v) for x, v in {"instrument": "pardon", "grantor": "governor", "full": True, "conditions": "none", "individual": True, "supreme_authority": True}.items()}
        for ending in ("parquet", "csv"):
            took = best(lambda e=ending: batch([f"{path}.{e}"], law, instrument=paper, case={"on": dt.date(2026, 11, 1), "convicted_by": "state"}), 3)
            print(f"{args.rows:,} rows, {ending:<8}   {took:8.2f} s    = {args.rows / took / 1e6:5.2f} million rows/s; one by one {one * args.rows / took:,.0f} times as long")
    return 0


if __name__ == "__main__":
    sys.exit(main())
