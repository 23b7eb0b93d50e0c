"""The same run on Apache Spark: the same rows by key as the run of `run`, on this machine or on a cluster.

The driver recognises tables, places facilities, reads values and works out the law; it sees distinct values only. To the executors go small
tables: what each value means, the law of each day, the forms of regimes (`spark_forms`) and what follows. Of a row, Spark does joins to these
and ANDs of masks. Nothing of Homerule, nor Python, is needed on the executors.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from homerule.replay.facilities import Places
from homerule.replay.known import Known
from homerule.replay.law import Follows, Laws
from homerule.replay.part import APART, Part, Worker
from homerule.replay.rows import EPOCH, Reader
from homerule.replay.source import WHERE
from homerule.replay.spark_forms import Forms, Said, keys
from homerule.replay.spark_input import frame, quoted, session, small
from homerule.replay.spark_tally import tallied
from homerule.replay.state import State
from homerule.replay.tables import needs
from homerule.replay.values import FIRST, LAST, day_of

_KINDS = list(APART)
_TIME = r"^\\d{4}-\\d\\d-\\d\\d[T ]\\d{1,2}:\\d{2}"  # a day and a time of day: the day alone is read, so that few texts are met


class Dimension(NamedTuple):
    """What some columns hold together: each distinct combination once. ``n``: the rows that hold it."""

    columns: tuple[int, ...]
    texts: list[tuple[str | None, ...]]
    values: list[tuple[Any, ...]]
    n: list[int]


class Tuples(Reader):
    """A reader that is asked about distinct values, and not about rows."""

    def codes(self, columns: Sequence[str], values: Sequence[tuple[Any, ...]]) -> list[tuple[int, ...]]:
        """The numbers of values by which the reader knows them."""
        return [tuple(self._number(c, v) for c, v in zip(columns, row)) for row in values]

    def kept(self, code: tuple[int, ...]) -> bool:
        return bool(self._keep(code))

    def where(self, code: tuple[int, ...]) -> int:
        return self._place(code)

    def request(self, code: tuple[int, ...]) -> int:
        return self._request(code)

    def outcome(self, code: tuple[int, ...]) -> int:
        return self._outcome(code)

    def fact(self, name: str, code: tuple[int, ...]) -> tuple[int, bool]:
        """The number of what is known, and whether the cells could be read."""
        return self._fact(name, code, [(s, c) for s, c in self.mapped.facts if s.fact == name and c])

    def fact_columns(self, name: str) -> list[str]:
        return [c for s, c in self.mapped.facts if s.fact == name and c]

    @property
    def fact_names(self) -> list[str]:
        return list(self._facts)

    def lost(self, values: Sequence[tuple[Any, ...]], found: Sequence[int], n: Sequence[int]) -> dict[tuple[str, ...], int]:
        """(facility, city, state, county, why) of the rows without a body, and how many."""
        if not values:
            return {}
        tuples = self.codes([self.mapped.roles[r] for r in WHERE if r in self.mapped.roles], values)
        return self._nowhere(tuples, np.array(found), np.repeat(np.arange(len(n)), n))


class SparkWorker(Worker):
    """The driver's part of the work over one table."""

    reader: Tuples

    def laws_of(self) -> list[int]:
        return [int(x) for x in self._laws()]

    def days(self) -> list[dt.date]:
        """The days from which the law is asked, the first of all time."""
        return [self.as_of] if self.as_of is not None else [dt.date.min, *(d for d in self.laws.days() if d > dt.date.min)]

    def acts(self) -> list[tuple[str, ...]]:
        return [self._acts(r) for r in self._asked()]

    def _alone(self, names: Sequence[str], codes: tuple[int, ...], request: str) -> dict[str, Known]:
        """What rows with these codes of these facts say; the memory of `_known` is for all facts together."""
        self._said = {}
        found = self._known(names, codes, request)
        self._said = {}
        return found

    def said(self) -> Said:
        """What rows can say, by request and code."""
        facts = tuple(self.reader.fact_names)
        asked = self._asked()
        known = {(r, f): [self._alone([f"f_{f}"], (c,), kind)[f] for c in range(len(self.reader.known(f)))] for r, kind in enumerate(asked) for f in facts}
        return Said(facts, known, [self._alone([], (), kind) for kind in asked])

    def follows(self, law: int, day: dt.date, request: int, codes: Sequence[int], act: str, draft: int) -> Follows:
        names = [f"f_{f}" for f in self.reader.fact_names]
        return self.laws.follows(law - 1, day, self._known(names, tuple(codes), self._asked()[request]), act, draft)

    def id_of(self, follows: Follows) -> str:
        return self._id(follows) or ""

    def receipts(self) -> list[str]:
        self._laws()
        return self._receipts


def runner(master: str) -> Callable[..., None]:
    """What `run.replay` calls instead of its own loop."""

    def run(state: State, tables: Sequence[Any], laws: Laws, places: Places, engine: Any, supposed: Mapping[str, Any], day: dt.date | None, request: str, labels: Sequence[str], today: dt.date, metadata: dict[str, str], part: int, progress: Any) -> None:
        from homerule.replay.run import _write, vocabulary_of

        spark = session(master)
        total = sum(c for t in tables if (c := t.table.count()) is not None)
        passed = 0
        for i, opened in enumerate(tables):
            done = state.done()
            if len(done) > i:
                passed += done[i]["read"]
                continue
            reader = Tuples(opened.mapped, places, vocabulary_of(engine))
            worker = SparkWorker(laws, reader, suppose=supposed, as_of=day, request=request, labels=labels, file=os.path.basename(opened.table.path), today=today, metadata=metadata)
            work = os.path.join(state.work, f"{i:05}")
            made = _Table(spark, worker, opened, work).run(state, i)
            _write_small(state, i, made, _write)
            shutil.rmtree(f"{work}.input", ignore_errors=True)
            passed += made.counts["read"]
            if progress:
                progress(passed, max(total, passed))

    return run


def _write_small(state: State, number: int, made: Part, writer: Callable[..., None]) -> None:
    """All but the rows, which Spark has written: the writer of the other engine writes an empty part of rows, which is then taken away."""
    writer(state, number, made, number, True)
    os.remove(state.path(number, "rows"))


class _Table:
    """The work on one table."""

    def __init__(self, spark: Any, worker: SparkWorker, opened: Any, work: str) -> None:
        self.spark, self.worker, self.opened, self.work = spark, worker, opened, work
        self.reader = worker.reader
        self.mapped = opened.mapped
        self.columns = list(self.mapped.columns)
        self.f = needs("pyspark.sql.functions")

    # ------------------------------------------------------------------ distinct values

    def _at(self, *columns: str) -> tuple[int, ...]:
        return tuple(self.columns.index(c) for c in columns)

    def _dimensions(self, rows: Any, groups: Sequence[Sequence[str]]) -> list[Dimension]:
        """What each group of columns holds, each distinct combination once; all in one pass over the rows."""
        kinds = dict(rows.dtypes)
        sets = [tuple(dict.fromkeys(self._at(*g))) for g in groups]
        every = sorted({i for g in sets for i in g})
        if not every:
            return [Dimension((), [()], [()], [int(rows.count())]) for _ in groups]
        other = [i for i in every if kinds[f"c_{i}"] != "string"]
        rows.selectExpr(*(f"CAST(c_{i} AS STRING) AS t_{i}" for i in every), *(f"c_{i}" for i in other)).createOrReplaceTempView("homerule_rows")
        names = ", ".join(f"t_{i}" for i in every)
        asked = ", ".join(dict.fromkeys(f"({', '.join(f't_{i}' for i in g)})" for g in sets))
        raw = "".join(f", min(c_{i}) AS c_{i}" for i in other)
        found = self.spark.sql(f"SELECT {names}{raw}, count(*) AS n, grouping_id() AS g FROM homerule_rows GROUP BY {names} GROUPING SETS ({asked})").collect()
        self.spark.catalog.dropTempView("homerule_rows")
        out = []
        for g, columns in zip(sets, groups):
            mark = sum(1 << (len(every) - 1 - n) for n, i in enumerate(every) if i not in g)
            mine = [r for r in found if r["g"] == mark]
            at = self._at(*columns)
            out.append(Dimension(at, [tuple(r[f"t_{i}"] for i in at) for r in mine], [tuple(r[f"c_{i}" if i in other else f"t_{i}"] for i in at) for r in mine], [r["n"] for r in mine]))
        return out

    def _coded(self, rows: Any, d: Dimension, codes: Sequence[int], name: str, *, how: str = "left") -> Any:
        """The rows with the code of what they hold in some columns."""
        places = list(dict.fromkeys(d.columns))
        names = [f"{name}_k{n}" for n in range(len(places))]
        table = small(self.spark, [[*(t[d.columns.index(i)] for i in places), c] for t, c in zip(d.texts, codes)], ", ".join([*(f"{k} string" for k in names), f"{name} int"]))
        on = " AND ".join(f"CAST(c_{i} AS STRING) <=> {k}" for i, k in zip(places, names))
        return rows.join(self.f.broadcast(table), self.f.expr(on), how).drop(*names)

    def _days(self, rows: Any) -> Any:
        """With ``day``: days since 1970, nothing where none can be read."""
        column = self.mapped.roles["date"]
        (at,) = self._at(column)
        kind = dict(rows.dtypes)[f"c_{at}"]
        if kind in ("date", "timestamp", "timestamp_ntz"):
            return rows.selectExpr("*", f"unix_date(CAST(c_{at} AS DATE)) AS day")
        text = f"CASE WHEN c_{at} RLIKE '{_TIME}' AND length(c_{at}) <= 40 THEN substring(c_{at}, 1, 10) ELSE c_{at} END" if kind == "string" else f"c_{at}"
        rows = rows.selectExpr("*", f"{text} AS day_of")
        found = [(r[0], r[1]) for r in rows.selectExpr("day_of", "CAST(day_of AS STRING)").distinct().collect()]
        read = [(t, (d - EPOCH).days) for v, t in found if (d := day_of(v)) is not None and t is not None]
        table = small(self.spark, read, "day_k string, day int")
        return rows.join(self.f.broadcast(table), self.f.expr("CAST(day_of AS STRING) = day_k"), "left").drop("day_of", "day_k")

    # ------------------------------------------------------------------ the run

    def run(self, state: State, number: int) -> Part:
        f, worker, reader, roles = self.f, self.worker, self.reader, self.mapped.roles
        rows = frame(self.spark, self.opened.table, self.columns, f"{self.work}.input")
        keep = self.mapped.source.keep
        read = 0
        if keep:
            column = [roles[keep["role"]]]
            (d,) = self._dimensions(rows, [column])
            read = sum(d.n)
            rows = self._coded(rows, d, [int(reader.kept(c)) for c in reader.codes(column, d.values)], "keep").where("keep = 1").drop("keep")
        columns = [roles[r] for r in WHERE if r in roles]
        single = {name: [roles[role]] if role in roles else [] for role, name in (("request", "req"), ("outcome", "became"))}
        groups = [columns, *(g for g in single.values() if g), *(reader.fact_columns(x) for x in reader.fact_names)]
        dimensions = iter(self._dimensions(rows, groups))
        where = next(dimensions)
        read = read or sum(where.n)
        rows = self._days(rows)
        at = [reader.where(c) for c in reader.codes(columns, where.values)]
        rows = self._coded(rows, where, at, "at")
        for name, number_of in (("req", reader.request), ("became", reader.outcome)):
            if single[name]:
                d = next(dimensions)
                rows = self._coded(rows, d, [number_of(c) for c in reader.codes(single[name], d.values)], name)
            else:
                rows = rows.withColumn(name, f.lit(number_of(())))
        unread = 0
        for i, fact in enumerate(reader.fact_names):
            d = next(dimensions)
            knows = [reader.fact(fact, c) for c in reader.codes(reader.fact_columns(fact), d.values)]
            unread += sum(n for n, (_, could) in zip(d.n, knows) if not could)
            rows = self._coded(rows, d, [k for k, _ in knows], f"f_{i}")
        rows = self._law(rows.drop(*(f"c_{i}" for i in range(len(self.columns)))))
        rows = rows.persist(needs("pyspark").StorageLevel.MEMORY_AND_DISK)
        folder = f"{self.work}.rows"
        try:
            rows, follows = self._follow(rows)
            self._write(rows, folder)
        finally:
            rows.unpersist()
            self.spark.catalog.clearCache()
        names = {(a, d): self._name(a, d) for a in worker.laws.acts for d in range(len(worker.labels))}
        tally, apart, counted = tallied(self.spark, _address(folder), {(worker.labels[d], a): n for (a, d), n in names.items()})
        turns: dict[str, dict[str, int]] = {n: {} for n in names.values()}
        by_id = {x.id: x for x in follows}
        for name, ids in counted["follows"].items():
            for i, n in ids.items():
                for fact in by_id[i].turns_on:
                    turns[name][fact] = turns[name].get(fact, 0) + n
        placements = reader.placements
        count = {test: sum(n for n, a in zip(where.n, at) if getattr(placements[a], test)) for test in ("placed", "state")}
        counts = {"turns_on": turns, "read": read, "rows": counted["rows"], "decided": counted["decided"], "placed": count["placed"], "with_state": count["state"], "unread": unread}
        _settle(folder, state, number)
        return Part(needs("pyarrow").table({"row": needs("pyarrow").array([], "int64")}), tally, apart, follows, counts, reader.lost(where.values, at, where.n))

    def _name(self, act: str, draft: int) -> str:
        return act if not draft else f"{act}@{self.worker.labels[draft]}"

    def _law(self, rows: Any) -> Any:
        """With ``apart``, and for the rows decided ``law`` and ``span``."""
        f, worker = self.f, self.worker
        law = worker.laws_of()
        ways = [0 if p.bodies else _KINDS.index("no_local_body" if p.kind else "not_placed") for p in self.reader.placements]
        table = small(self.spark, [(i, law[i], w) for i, w in enumerate(ways)], "at_k int, law int, way int")
        rows = rows.join(f.broadcast(table), f.expr("at = at_k"), "left").drop("at_k")
        known = small(self.spark, [(i, bool(a)) for i, a in enumerate(worker.acts())], "req_k int, asked boolean")
        rows = rows.join(f.broadcast(known), f.expr("req = req_k"), "left").drop("req_k")
        if worker.as_of is None:
            last = min((worker.today - EPOCH).days, (LAST - EPOCH).days - 1)
            first = (FIRST - EPOCH).days
            day = f"WHEN day IS NULL THEN {_KINDS.index('no_day')} WHEN day < {first} OR day > {last} THEN {_KINDS.index('day_out_of_range')}"
        else:
            day = ""
        rows = rows.selectExpr("*", f"CASE WHEN way > 0 THEN way {day} WHEN NOT asked THEN {_KINDS.index('unknown_request')} ELSE 0 END AS apart").drop("way", "asked")
        rows = rows.withColumn("law", f.expr("CASE WHEN apart = 0 THEN law ELSE 0 END"))
        days = worker.days()
        if worker.as_of is not None or len(days) == 1:
            return rows.withColumn("span", f.lit(0))
        marks = np.array([(d - EPOCH).days for d in days[1:]])
        every = np.arange(first, max(first, last) + 1)
        spans = small(self.spark, list(zip(every.tolist(), np.searchsorted(marks, every, side="right").tolist())), "day_k int, span int")
        return rows.join(f.broadcast(spans), f.expr("day = day_k"), "left").drop("day_k").withColumn("span", f.expr("CASE WHEN apart = 0 THEN span ELSE 0 END"))

    def _follow(self, rows: Any) -> tuple[Any, list[Follows]]:
        """With what follows of each act under the law and each draft, and the list of all that follows."""
        f, worker = self.f, self.worker
        groups = [tuple(r) for r in rows.where("law > 0").select("law", "span", "req").distinct().collect()]
        said, days, acts = worker.said(), worker.days(), worker.acts()
        sizes = [len(self.reader.known(x)) for x in said.facts]
        facts = [f"f_{i}" for i in range(len(said.facts))]
        everything: dict[Follows, None] = {}
        asked = {}
        for act in worker.laws.acts:
            for d in range(len(worker.labels)):
                forms = Forms(worker.laws, act, d, said)
                of = [(law, span, req, forms.of(law, days[span], req)) for law, span, req in sorted(groups) if act in acts[req]]
                asked[act, d] = (forms, of)
        base = rows
        for n, ((act, d), (forms, of)) in enumerate(asked.items()):
            keyed, names = self._keyed(base, forms, of, facts, sizes)
            found = keyed.groupBy("form", *names).agg(f.min(f.struct("law", "span", "req", *facts)).alias("of")).collect()
            lines: list[tuple[Any, ...]] = []
            numbers: dict[Follows, int] = {}
            for r in found:
                law, span, req, *codes = r["of"]
                made = worker.follows(law, days[span], req, codes, act, d)
                everything[made] = None
                numbers.setdefault(made, len(numbers))
                lines.append((r["form"], *(r[x] for x in names), numbers[made]))
            outcomes = small(self.spark, lines, ", ".join(["form_o int", *(f"{x}_o bigint" for x in names), f"o_{n} int"]))
            on = " AND ".join([f"{x} = {x}_o" for x in ("form", *names)])
            rows = self._keyed(rows, forms, of, facts, sizes, "left")[0].join(f.broadcast(outcomes), f.expr(on), "left").drop("form", *names, "form_o", *(f"{x}_o" for x in names))
            words = [(i, x.verdict, " | ".join(x.reachable) if len(x.reachable) > 1 else None, " ".join(x.deciding), worker.id_of(x)) for x, i in numbers.items()]
            name = quoted(self._name(act, d))[1:-1]
            table = small(self.spark, words, "o_k int, verdict string, reachable string, norms string, outcome string")
            table = table.selectExpr("o_k", f"verdict AS `{name}`", f"reachable AS `{name}_reachable`", f"norms AS `{name}_norms`", f"outcome AS `{name}_outcome`")
            rows = rows.join(f.broadcast(table), f.expr(f"o_{n} = o_k"), "left").drop("o_k", f"o_{n}")
        return rows, list(everything)

    def _keyed(self, rows: Any, forms: Forms, of: Sequence[tuple[int, ...]], facts: Sequence[str], sizes: Sequence[int], how: str = "inner") -> tuple[Any, list[str]]:
        """The rows with the number of their form, their masks and their kinds: as-of join to the regimes, then arithmetic."""
        f = self.f
        words, made = forms.rows()
        regimes = small(self.spark, of, "law_r int, span_r int, req_r int, form int")
        arrays = small(self.spark, [(i, list(x.base), *(list(a) for a in x.arrays)) for i, x in enumerate(made)], ", ".join(["form_k int", "base array<bigint>", *(f"a_{i} array<bigint>" for i in range(len(facts)))]))
        masks, kinds = keys(len(facts), words, sizes)
        regimes = regimes.join(f.broadcast(arrays), f.expr("form = form_k")).drop("form_k")
        held = rows.columns
        keyed = rows.join(f.broadcast(regimes), f.expr("law = law_r AND span = span_r AND req = req_r"), how)
        columns = [quoted(c) for c in held]
        keyed = keyed.selectExpr(*columns, "form", "base", *(f"a_{i}" for i in range(len(facts))), *masks)
        names = [f"{s}_{w}" for s in ("must", "may") for w in range(words)]
        keyed = keyed.selectExpr(*columns, "form", *names, *kinds)
        return keyed, [*names, *(f"kind_{i}" for i in range(len(kinds)))]

    # ------------------------------------------------------------------ what is written

    def _write(self, rows: Any, folder: str) -> None:
        f, worker, reader = self.f, self.worker, self.reader
        placed = [
            (i, p.state or None, p.county or None, " | ".join(dict.fromkeys(x.place for x in p.bodies)) or None, " | ".join(dict.fromkeys(x.actor for x in p.bodies)) or None, p.kind or None, p.how or None, (not p.bodies and p.why) or None, r or None)
            for i, (p, r) in enumerate(zip(reader.placements, worker.receipts()))
        ]  # fmt: skip
        texts = ("state", "county", "place", "actor", "facility_kind", "placed_by", "why_apart", "receipt")
        rows = rows.join(f.broadcast(small(self.spark, placed, ", ".join(["at_k int", *(f"{t} string" for t in texts)]))), f.expr("at = at_k"), "left")
        for name, column, items in (("request", "req", [worker.request or r for r in reader.request_kinds]), ("happened", "became", reader.outcomes), ("apart_word", "apart", _KINDS)):
            table = small(self.spark, [(i, x or None) for i, x in enumerate(items)], f"{name}_k int, {name} string")
            rows = rows.join(f.broadcast(table), f.expr(f"{column} = {name}_k"), "left").drop(f"{name}_k")
        rows = rows.withColumn("file", f.lit(worker.file)).withColumn("date", f.expr("date_from_unix_date(day)"))
        acts = [quoted(f"{self._name(a, d)}{end}") for a in worker.laws.acts for d in range(len(worker.labels)) for end in ("", "_reachable", "_norms", "_outcome")]
        as_of = "date" if worker.as_of is None else f"DATE'{worker.as_of.isoformat()}'"
        rows.selectExpr(
            "file", "row", "date AS day", "state", "county", "place", "actor", "facility_kind", "placed_by", "request", "happened", "apart_word AS apart", "why_apart", *acts, f"{as_of} AS law_as_of", "receipt",
        ).write.mode("overwrite").option("compression", "zstd").parquet(_address(folder))  # fmt: skip


def _address(path: str) -> str:
    return Path(path).resolve().as_uri()


def _settle(folder: str, state: State, number: int) -> None:
    """Spark's files among the rows of the run, named like the other engine's."""
    for old in _of(state, number):
        os.remove(old)
    for n, name in enumerate(sorted(x for x in os.listdir(folder) if x.endswith(".parquet"))):
        os.replace(os.path.join(folder, name), os.path.join(state.rows, f"part-{number:05}-{n:05}.parquet"))
    shutil.rmtree(folder)


def _of(state: State, number: int) -> Iterator[str]:
    yield from (os.path.join(state.rows, x) for x in os.listdir(state.rows) if x.startswith(f"part-{number:05}-"))

