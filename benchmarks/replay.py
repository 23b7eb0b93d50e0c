"""What a million rows cost, beside other engines on the same norms and rows, in one run.

    python benchmarks/replay.py [--rows N] [--norms N] [--end-to-end ROWS] [--memory ROWS] [--plot FILE.png] [--json FILE]

(a) the set of applying norms of every row, one core: our forms, hand-written numpy, OpenFisca-core, Polars, readable DuckDB SQL, Cedar; all
answers are compared. (b) the same on two cores where an engine can use them. (c) another draft over keyed data: one gather. (d) end to end,
Parquet to Parquet, with rows and with norms growing; ``--memory`` also measures the peak of a big run. Times move with the machine: read the
ratios. One-core times are processor time, so that a busy machine does not spoil them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import numpy as np
from peers import Cedar, plain

from homerule.conditions.parse import parse
from homerule.conditions.tree import All, Const, Node, Not, Some, Test, tests
from homerule.corpus import load_corpus
from homerule.corpus.model import Authority, Norm, Period
from homerule.reasoning import oracle
from homerule.reasoning.regime import Regime
from homerule.replay.bits import Compiled, Plan
from homerule.replay.cells import Coded, number
from homerule.replay.fast import FastPlan
from homerule.replay.sql import cells_select, column_of, masks_select

FACTS = ("process", "form_complete", "claims_citizenship", "custody", "conviction_class", "charge_class", "years_since_conviction", "hours_past_release", "info_public")
VOCABULARY = load_corpus().vocabulary
TYPES = {f: VOCABULARY.facts[f] for f in FACTS}


def norms(count: int, seed: int = 1) -> list[Norm]:
    """Made-up norms of the shape of detainer rules: two to five tests over nine facts, some with exceptions."""
    import datetime as dt

    rng = random.Random(seed)
    papers, crimes = TYPES["process"].values, [v for v in TYPES["conviction_class"].values if v != "none"]
    charges = [v for v in TYPES["charge_class"].values if v != "none"]

    def test() -> str:
        kind = rng.randrange(8)
        return [
            lambda: f"process in {rng.sample(papers, rng.randint(1, 3))!r}", lambda: rng.choice(["form_complete", "not form_complete"]), lambda: rng.choice(["claims_citizenship", "not claims_citizenship"]),
            lambda: f"custody == {rng.choice(TYPES['custody'].values)!r}", lambda: f"{rng.choice(crimes)!r} in conviction_class", lambda: f"{rng.choice(charges)!r} in charge_class",
            lambda: f"years_since_conviction < {rng.choice([1, 5, 7, 10, 15])}", lambda: f"hours_past_release <= {rng.choice([0, 6, 12, 24, 48])}",
        ][kind]()  # fmt: skip

    def condition() -> str:
        form = rng.randrange(4)
        if form == 0:
            return f"{test()} and {test()}"
        if form == 1:
            return f"{test()} and not ({test()} or {test()})"
        if form == 2:
            return f"({test()} or {test()}) and {test()}"
        return f"{test()} and ({test()} or {test()} or {test()}) and not {test()}"

    source = Authority("a", "Test", "", "statute", "state-statute", "us", (Period(dt.date.min),), "settled", "confirmed", "a benchmark", dt.date(2026, 1, 1))
    out = []
    for i in range(count):
        out.append(
            Norm(
                id=f"n{i}", authority=source, pinpoint="", actors=frozenset({"jail"}), acts=("hold",), effect=rng.choice(["forbid", "require", "permit", "expose"]), condition=parse(condition(), VOCABULARY),
                when="", unless="", says="", level=rng.choice(["state-statute", "federal-statute", "county"]), place="us", periods=(Period(dt.date.min),),
            )
        )  # fmt: skip
    return out


def rows_of(n: int, seed: int = 2) -> dict[str, Coded[Any]]:
    """Rows as coded columns: numbers from 0 to 120, 24 records of convictions and 24 of charges."""
    rng, dice = np.random.default_rng(seed), random.Random(seed)

    def sets(name: str) -> list[frozenset[str]]:
        fact, values = TYPES[name], [v for v in TYPES[name].values if v != "none"]
        return [frozenset({"none"}), *(fact.close(frozenset(dice.sample(values, dice.randint(1, 3)))) for _ in range(23))]

    kinds: dict[str, list[Any]] = {
        "process": list(TYPES["process"].values), "custody": list(TYPES["custody"].values), "conviction_class": sets("conviction_class"), "charge_class": sets("charge_class"),
        "years_since_conviction": list(range(121)), "hours_past_release": list(range(121)),
    }  # fmt: skip
    out = {}
    for f in FACTS:
        values = kinds.get(f, [False, True])
        out[f] = Coded(rng.integers(0, len(values), n).astype(np.uint8), values)
    return out


def best(call: Callable[[], Any], rounds: int = 5, clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    """The least of several times, and the answer."""
    out, least = None, float("inf")
    for _ in range(rounds):
        begun = clock()
        out = call()
        least = min(least, clock() - begun)
    return least, out


# ------------------------------------------------------------------ the contenders: each returns the mask of applying norms of every row


def ours_numpy(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    plan = Plan(Compiled(regime), columns)

    def run() -> Any:
        outcome, results = plan.run(columns, n)
        verdict = np.array([r.verdict for r in results])
        assert len(verdict)
        return np.array([r.applying for r in results], np.uint64).take(outcome)

    return run


def ours_numba(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    plan = FastPlan(Compiled(regime), columns)
    plan.run(columns, n)
    out = np.empty(n, np.uint64)

    def run() -> Any:
        table = np.array([plan.results[o].applying if o >= 0 else 0 for o in plan.outcome.tolist()], np.uint64) if run.first else run.table  # type: ignore[attr-defined]
        run.first, run.table = False, table  # type: ignore[attr-defined]
        plan.gather(columns, table, out)
        return out

    run.first, run.table = True, None  # type: ignore[attr-defined]
    return run


def ours_masks(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    """The plain AND of tables, without the step from alternatives to norms."""
    compiled = Compiled(regime)
    return lambda: compiled.masks(columns, n)[0]


class Arrays:
    """A reading of conditions over plain numpy arrays, as one writes it by hand; each test is worked once."""

    def __init__(self, columns: dict[str, Coded[Any]]) -> None:
        self.columns = columns
        self.raw: dict[str, Any] = {}
        for f, c in columns.items():
            fact = TYPES[f]
            if fact.type == "set":
                table = np.array([sum(1 << fact.values.index(m) for m in v) for v in c.values], np.uint32)
                self.raw[f] = table.take(c.codes)
            elif fact.type == "bool":
                self.raw[f] = c.codes.astype(bool)
            else:
                self.raw[f] = c.codes.astype(np.int16 if fact.type == "int" else np.uint8)
        self.seen: dict[Any, Any] = {}

    def of(self, node: Node) -> Any:
        if isinstance(node, Test):
            if node not in self.seen:
                x = self.raw[node.fact]
                if node.op == "in":
                    codes = [self.columns[node.fact].values.index(v) for v in node.value]
                    found = x == codes[0]
                    for c in codes[1:]:
                        found = found | (x == c)
                    self.seen[node] = found
                elif node.op == "has":
                    self.seen[node] = (x & np.uint32(1 << TYPES[node.fact].values.index(node.value))) != 0
                else:
                    self.seen[node] = x if node.op == "is" else x < node.value if node.op == "lt" else x <= node.value
            return self.seen[node]
        if isinstance(node, Not):
            return ~self.of(node.item)
        assert isinstance(node, (All, Some, Const))
        items = [self.of(i) for i in node.items]  # type: ignore[union-attr]
        out = items[0]
        for other in items[1:]:
            out = out & other if isinstance(node, All) else out | other
        return out


def by_hand(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    arrays = Arrays(columns)

    def run() -> Any:
        arrays.seen.clear()
        mask = np.zeros(n, np.uint64)
        for i, norm in enumerate(regime.norms):
            mask |= arrays.of(norm.condition).astype(np.uint64) << np.uint64(i)
        return mask

    return run


def openfisca(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    """Each fact an input variable, each norm a variable with a formula over them."""
    from openfisca_core import entities, periods, taxbenefitsystems
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.variables import Variable

    person = entities.build_entity(key="person", plural="persons", label="", is_person=True)
    system = taxbenefitsystems.TaxBenefitSystem([person])
    arrays = Arrays(columns)
    month = periods.DateUnit.MONTH
    for f in FACTS:
        kind = bool if TYPES[f].type == "bool" else int
        system.add_variable(type(f, (Variable,), {"value_type": kind, "entity": person, "definition_period": month, "label": f}))

    def formula(condition: Node) -> Any:
        def run(who: Any, period: Any) -> Any:
            def of(node: Node) -> Any:
                if isinstance(node, Test):
                    x = who(node.fact, period)
                    if node.op == "in":
                        return np.isin(x, [columns[node.fact].values.index(v) for v in node.value])
                    if node.op == "has":
                        return (x & (1 << TYPES[node.fact].values.index(node.value))) != 0
                    return x if node.op == "is" else x < node.value if node.op == "lt" else x <= node.value
                if isinstance(node, Not):
                    return np.logical_not(of(node.item))
                items = [of(i) for i in node.items]  # type: ignore[union-attr]
                out = items[0]
                for other in items[1:]:
                    out = out * other if isinstance(node, All) else out + other
                return out

            return of(condition)

        return run

    for i, norm in enumerate(regime.norms):
        system.add_variable(type(f"n{i}", (Variable,), {"value_type": bool, "entity": person, "definition_period": month, "label": "", "formula": formula(norm.condition)}))
    inputs = {f: (x if TYPES[f].type == "bool" else x.astype(np.int32)) for f, x in arrays.raw.items()}

    def run() -> Any:
        simulation = SimulationBuilder().build_default_simulation(system, count=n)
        for f, x in inputs.items():
            simulation.set_input(f, "2026-01", x)
        mask = np.zeros(n, np.uint64)
        for i in range(len(regime.norms)):
            mask |= simulation.calculate(f"n{i}", "2026-01").astype(np.uint64) << np.uint64(i)
        return mask

    return run


def polars(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    import polars as pl

    arrays = Arrays(columns)
    frame = pl.DataFrame({f: x for f, x in arrays.raw.items()})

    def of(node: Node) -> Any:
        if isinstance(node, Test):
            x = pl.col(node.fact)
            if node.op == "in":
                return x.is_in([columns[node.fact].values.index(v) for v in node.value])
            if node.op == "has":
                return (x & pl.lit(1 << TYPES[node.fact].values.index(node.value), pl.UInt32)) != 0
            return x if node.op == "is" else x < node.value if node.op == "lt" else x <= node.value
        if isinstance(node, Not):
            return ~of(node.item)
        items = [of(i) for i in node.items]  # type: ignore[union-attr]
        out = items[0]
        for other in items[1:]:
            out = out & other if isinstance(node, All) else out | other
        return out

    total = pl.lit(0, pl.UInt64)
    for i, norm in enumerate(regime.norms):
        total = total + pl.when(of(norm.condition)).then(pl.lit(1 << i, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
    query = frame.lazy().select(total.alias("mask"))
    return lambda: query.collect()["mask"].to_numpy()


def _duck(columns: dict[str, Coded[Any]], n: int, threads: int) -> Any:
    import duckdb
    import pyarrow as pa

    db = duckdb.connect()
    db.execute(f"SET threads = {threads}")
    texts = {}
    for f, c in columns.items():
        if TYPES[f].type == "set":
            texts[f] = pa.array([sorted(v) for v in c.values]).take(pa.array(c.codes))
        else:
            texts[f] = pa.array(c.values).take(pa.array(c.codes))
    coded = pa.table({"row": np.arange(n), **{column_of(f): c.codes for f, c in columns.items()}})
    db.register("raw0", pa.table(texts))
    db.register("coded0", coded)
    db.execute("CREATE TABLE raw AS SELECT * FROM raw0; CREATE TABLE coded AS SELECT * FROM coded0")
    return db


def readable_sql(regime: Regime, columns: dict[str, Coded[Any]], n: int, threads: int = 1) -> Callable[[], Any]:
    db = _duck(columns, n, threads)

    def of(node: Node) -> str:
        if isinstance(node, Test):
            if node.op == "in":
                return f"{node.fact} IN ({', '.join(repr(v) for v in node.value)})"
            if node.op == "has":
                return f"list_contains({node.fact}, {node.value!r})"
            return node.fact if node.op == "is" else f"{node.fact} {'<' if node.op == 'lt' else '<='} {node.value}"
        if isinstance(node, Not):
            return f"NOT ({of(node.item)})"
        return "(" + (" AND " if isinstance(node, All) else " OR ").join(of(i) for i in node.items) + ")"  # type: ignore[union-attr]

    terms = " + ".join(f"CASE WHEN {of(norm.condition)} THEN {1 << i}::UBIGINT ELSE 0::UBIGINT END" for i, norm in enumerate(regime.norms))
    return lambda: db.execute(f"SELECT {terms} AS mask FROM raw").fetchnumpy()["mask"]


def our_sql(regime: Regime, columns: dict[str, Coded[Any]], n: int, threads: int = 1, masks: bool = False) -> Callable[[], Any]:
    import pyarrow as pa

    db = _duck(columns, n, threads)
    compiled = Compiled(regime)
    if masks:
        query = masks_select(compiled, columns, "coded")
        return lambda: db.execute(query).fetchnumpy()["must_0"]
    plan = Plan(compiled, columns)
    query, relations = cells_select(plan, "coded")
    for r in relations:
        db.register(r.name, pa.table({"k": pa.array([k for k, _ in r.rows], pa.int64()), "v": pa.array([v for _, v in r.rows], pa.int64())}))
        db.execute(f"CREATE TABLE own_{r.name} AS SELECT * FROM {r.name}; DROP VIEW {r.name}; ALTER TABLE own_{r.name} RENAME TO {r.name}")
    cells = [c for (c,) in db.execute(f"SELECT DISTINCT cell FROM ({query})").fetchall()]
    applying = [plan.results[plan._find(int(c))].applying for c in cells]
    db.register("out0", pa.table({"k": pa.array(cells, pa.int64()), "v": pa.array(applying, pa.uint64())}))
    db.execute("CREATE TABLE outcomes AS SELECT * FROM out0")
    return lambda: db.execute(f"SELECT o.v AS mask FROM ({query}) AS c JOIN outcomes AS o ON o.k = c.cell").fetchnumpy()["mask"]


def cedar(regime: Regime, columns: dict[str, Coded[Any]], n: int) -> Callable[[], Any]:
    peer = Cedar(regime.norms, TYPES, FACTS)
    rows = [plain({f: c.values[int(c.codes[i])] for f, c in columns.items()}) for i in range(n)]
    return lambda: np.array([peer.applying(r) for r in rows], np.uint64)


# ------------------------------------------------------------------ end to end


CHILD = """
import json, sys, time
from homerule.replay import replay
clock, processor = time.perf_counter(), time.process_time()
s = replay([sys.argv[1]], sys.argv[2], as_of=sys.argv[3])
print(json.dumps({"seconds": time.perf_counter() - clock, "processor": time.process_time() - processor, "rows": s.rows, "peak": int(next(x.split()[1] for x in open("/proc/self/status") if x.startswith("VmHWM"))) * 1024}))
"""


def end_to_end(rows: int, folder: str, as_of: str = "2026-06-01") -> dict[str, float]:
    from homerule.replay import sample

    path = sample(min(rows, 1_000_000), 3, os.path.join(folder, "one.parquet"))
    if rows > 1_000_000:
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        path = os.path.join(folder, "many.parquet")
        with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
            for _ in range(rows // 1_000_000):
                writer.write_table(table)
    out = os.path.join(folder, f"out-{rows}")
    got: dict[str, float] = json.loads(subprocess.run([sys.executable, "-c", CHILD, path, out, as_of], check=True, capture_output=True, text=True).stdout)
    return got


def draft_gather(n: int) -> float:
    """Seconds a million rows for another draft over keyed data."""
    columns = rows_of(n)
    keyed = number({f: (c.codes, len(c.values)) for f, c in columns.items() if f not in ("years_since_conviction", "hours_past_release")}, n)
    regime = Regime(norms(40, 9), "hold", VOCABULARY, start=__import__("datetime").date.min, end=None)
    compiled = Compiled(regime)
    names = {v: i for i, v in enumerate(("required", "prohibited", "permitted", "conflict", "depends", "unsettled"))}
    few = {f: Coded(codes.astype(np.uint8), columns[f].values) for f, codes in keyed.codes.items()}
    index, results = compiled.outcomes(few, keyed.cells)
    table = np.array([names[r.verdict] for r in results], np.uint8).take(index)
    out = np.empty(n, np.uint8)
    seconds, _ = best(lambda: table.take(keyed.of, out=out, mode="clip"), 9)
    print(f"another draft over keyed data ({keyed.cells:,} cells): {1e9 * seconds / n:.2f} ms a million rows")
    return seconds / n * 1e6


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--rows", type=int, default=2_000_000)
    p.add_argument("--norms", type=int, default=40)
    p.add_argument("--end-to-end", type=int, default=4_000_000, metavar="ROWS")
    p.add_argument("--memory", type=int, default=0, metavar="ROWS")
    p.add_argument("--plot", metavar="FILE.png")
    p.add_argument("--json", metavar="FILE")
    args = p.parse_args()
    import datetime as dt

    law = norms(args.norms)
    regime = Regime(law, "hold", VOCABULARY, start=dt.date.min, end=None)
    n = args.rows
    columns = rows_of(n)
    print(f"{args.norms} norms over {len(FACTS)} facts, {sum(1 for x in law for _ in tests(x.condition))} tests; {n:,} rows; {len(Compiled(regime).alternatives.cubes)} alternatives\n")
    check = [oracle.applying(law, {f: c.values[int(c.codes[i])] for f, c in columns.items()}) for i in range(300)]
    contenders: list[tuple[str, Callable[..., Any], int]] = [
        ("homerule, numba", ours_numba, n), ("homerule, numpy", ours_numpy, n), ("homerule, plain masks (numpy)", ours_masks, n), ("homerule, DuckDB cells", our_sql, n),
        ("homerule, DuckDB masks", lambda r, c, m: our_sql(r, c, m, masks=True), n), ("numpy, by hand", by_hand, n), ("Polars expressions", polars, n), ("OpenFisca-core", openfisca, n),
        ("DuckDB, readable SQL", readable_sql, n), ("Cedar", cedar, 2000),
    ]  # fmt: skip
    report: dict[str, Any] = {"norms": args.norms, "rows": n, "one_core": {}, "two_cores": {}}
    speeds = report["one_core"]
    for name, make, m in contenders:
        mine = columns if m == n else {f: Coded(c.codes[:m], c.values) for f, c in columns.items()}
        try:
            run = make(regime, mine, m)
            seconds, got = best(run, 5 if m == n else 1)
        except ImportError as error:
            print(f"{name:<32} not installed ({error.name})")
            continue
        if "masks" not in name:
            assert [int(x) for x in got[:300]] == check, name
        speeds[name] = m / seconds
    hand = speeds.get("numpy, by hand", float("nan"))
    print("(a) the applying norms of every row, one core")
    for name, speed in sorted(speeds.items(), key=lambda kv: -kv[1]):
        print(f"  {name:<32} {speed / 1e6:9.3f} million rows a second   {speed / hand:8.2f} of numpy by hand")
    if "OpenFisca-core" in speeds:
        print(f"  homerule in numpy is {speeds['homerule, numpy'] / speeds['OpenFisca-core']:.1f} times OpenFisca-core")

    print("\n(b) two cores (wall time)")
    halves = [{f: Coded(c.codes[s], c.values) for f, c in columns.items()} for s in (slice(0, n // 2), slice(n // 2, n))]
    with ThreadPoolExecutor(2) as pool:
        for name, make in (("homerule, numba", ours_numba), ("homerule, numpy", ours_numpy), ("numpy, by hand", by_hand)):
            runs = [make(regime, h, n // 2) for h in halves]
            for r in runs:
                r()
            seconds, _ = best(lambda runs=runs: [f.result() for f in [pool.submit(r) for r in runs]], 5, time.perf_counter)  # type: ignore[misc]
            report["two_cores"][name] = n / seconds
    for name, make2 in (("homerule, DuckDB cells", our_sql), ("DuckDB, readable SQL", readable_sql)):
        run = make2(regime, columns, n, 2)
        seconds, _ = best(run, 3, time.perf_counter)
        report["two_cores"][name] = n / seconds
    for name, speed in sorted(report["two_cores"].items(), key=lambda kv: -kv[1]):
        print(f"  {name:<32} {speed / 1e6:9.3f} million rows a second")

    print("\n(c)", end=" ")
    report["draft_seconds_a_million"] = draft_gather(n)

    print("\n(d) end to end, Parquet to Parquet, under the law of one day")
    report["end_to_end"] = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in sorted({1_000_000, max(1_000_000, args.end_to_end // 2), args.end_to_end}):
            got = end_to_end(rows, folder)
            report["end_to_end"].append(got)
            print(f"  {int(got['rows']):>12,} rows: {got['seconds']:6.1f} s ({got['processor']:.1f} s of processor), peak {got['peak'] / 2**20:,.0f} MiB")
        few, many = report["end_to_end"][0], report["end_to_end"][-1]
        if many["rows"] > few["rows"]:
            each = (many["rows"] - few["rows"]) / (many["seconds"] - few["seconds"])
            processor = (many["processor"] - few["processor"]) / (many["rows"] - few["rows"])
            print(f"  each further row: {each / 1e6:.2f} million a second by the clock; {1e6 * processor:.2f} s of processor a million, which two free cores do at {2 / processor / 1e6:.2f} million a second")
        if args.memory:
            got = end_to_end(args.memory, folder)
            report["memory"] = got
            print(f"  {int(got['rows']):>12,} rows: {got['seconds']:6.1f} s, peak {got['peak'] / 2**20:,.0f} MiB")

    print("\n(e) cost against rows and against norms (numpy, one core)")
    lines = []
    for rows in (n // 8, n // 4, n // 2, n):
        part = {f: Coded(c.codes[:rows], c.values) for f, c in columns.items()}
        seconds, _ = best(ours_numpy(regime, part, rows), 3)
        lines.append({"what": "rows", "size": rows, "seconds": seconds})
    for count in (10, 20, 40, 80, 160):
        wide = Regime(norms(count), "hold", VOCABULARY, start=dt.date.min, end=None)
        compiled = Compiled(wide)
        seconds, _ = best(lambda compiled=compiled: compiled.masks(columns, n), 2)  # type: ignore[misc]
        lines.append({"what": "norms", "size": count, "seconds": seconds})
    for x in lines:
        print(f"  {x['what']:<6} {x['size']:>10,}  {1000 * x['seconds']:9.1f} ms")
    report["growth"] = lines
    print(f"\npeak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    if args.plot:
        import altair as alt

        alt.hconcat(*(alt.Chart(alt.Data(values=[x for x in lines if x["what"] == w])).mark_line(point=True).encode(x=alt.X("size:Q", title=w), y=alt.Y("seconds:Q", title="seconds")) for w in ("rows", "norms"))).save(args.plot, ppi=150)
        print(f"plot: {args.plot}")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
