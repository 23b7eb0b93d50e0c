"""Tables for Spark: a session, the rows of a file with a key each, and small tables made on the driver.

Nothing here needs Python on the executors: what the driver works out goes to them as constants of the query.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from homerule.errors import InputError
from homerule.replay.tables import SAMPLE, Table, needs

#: How a session is started where spark-submit has not set it: small, quiet, one time zone.
_START = {
    "spark.app.name": "homerule replay", "spark.sql.session.timeZone": "UTC", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR",
    "spark.sql.ansi.enabled": "false", "spark.sql.maxPlanStringLength": "4096", "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}  # fmt: skip
_LOCAL = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.sql.adaptive.enabled": "false", "spark.driver.memory": "1g", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}
_PLAIN = ("string", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "date", "timestamp", "timestamp_ntz")


def missing() -> str:
    """Why Spark cannot be started here, as a sentence; empty where it can."""
    if find_spec("pyspark") is None:
        return "the package pyspark is not installed"
    home = os.environ.get("JAVA_HOME", "")
    if not (home and os.path.isfile(os.path.join(home, "bin", "java"))) and shutil.which("java") is None:
        return "no Java is found on this machine"
    return ""


def session(master: str = "") -> Any:
    """The Spark session: the one that runs, or a new one on ``master`` (default: what spark-submit says, else all processors of this machine).

    Raises InputError where Spark or Java is missing, or the master cannot be reached.
    """
    if why := missing():
        raise InputError(f"the Spark engine cannot run: {why}", help="Install it with `pip install 'homerule[spark]'` and Java 17, or leave out --engine spark")
    sql = needs("pyspark.sql")
    active = sql.SparkSession.getActiveSession()
    if active is not None:
        return active
    builder = sql.SparkSession.builder
    given = {k for k, _ in needs("pyspark").SparkConf().getAll()}
    chosen = master or ("" if "spark.master" in given or "MASTER" in os.environ else "local[*]")
    settings = _START | (_LOCAL if chosen.startswith("local") else {})
    quiet = Path(__file__).with_name("spark.log4j2.properties").as_uri()
    settings = settings | ({"spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet}"} if chosen.startswith("local") else {})
    for name, value in settings.items():
        if name not in given:
            builder = builder.config(name, value)
    if chosen:
        builder = builder.master(chosen)
    try:
        return builder.getOrCreate()
    except Exception as error:
        said = str(error).strip().splitlines()
        raise InputError(f"Spark does not start on `{chosen or 'the master given'}`: {said[0][:200] if said else 'no reason given'}", where="--master", help="Use local[2], spark://HOST:7077, yarn or k8s://…, and look whether it can be reached") from None


def small(spark: Any, rows: Sequence[Sequence[Any]], columns: str) -> Any:
    """A small table from the driver. ``columns``: names with types, as in ``k string, n int``; texts, whole numbers and lists of them only."""
    names = [c.split()[0] for c in columns.split(", ")]
    text = json.dumps([dict(zip(names, r)) for r in rows])
    schema = ", ".join(f"{c.split()[0]}: {c.split()[1]}" for c in columns.split(", "))
    return spark.sql(f"SELECT inline(from_json(:data, 'array<struct<{schema}>>'))", args={"data": text})


class Remote(Table):
    """Parquet where only Spark reaches: an address such as ``hdfs://…`` or ``s3a://…``, a file or a folder of files."""

    form = "Parquet, read by Spark"

    def __init__(self, path: str, spark: Any) -> None:
        super().__init__(path)
        self._spark = spark

    @cached_property
    def _frame(self) -> Any:
        try:
            return self._spark.read.parquet(self.path)
        except Exception as error:
            said = str(error).strip().splitlines()
            raise InputError(f"Spark cannot read it: {said[0][:200] if said else 'no reason given'}", where=self.path, help="Name a Parquet file or folder that the cluster reaches") from None

    @cached_property
    def columns(self) -> list[str]:
        return [str(c) for c in self._frame.columns]

    def sample(self) -> dict[str, list[Any]]:
        found = self._frame.limit(SAMPLE).collect()
        return {c: [r[i] for r in found] for i, c in enumerate(self.columns)}

    def batches(self, columns: Sequence[str], rows: int, start: int = 0) -> Iterator[Any]:
        """Only the distinct values: the rows themselves stay where they are."""
        pa = needs("pyarrow")
        found = self._frame.select([quoted(c) for c in columns]).distinct().collect()
        yield pa.table({c: pa.array([r[i] for r in found]) for i, c in enumerate(columns)})

    def count(self) -> int | None:
        return int(self._frame.count())

    def fingerprint(self) -> str:
        """A hash of the names, the schema and the number of rows."""
        return hashlib.blake2b(repr((sorted(self._frame.inputFiles()), self._frame.schema.json(), self.count())).encode(), digest_size=16).hexdigest()


def quoted(name: str) -> str:
    """A column's name as Spark's SQL takes it."""
    return "`" + name.replace("`", "``") + "`"


def frame(spark: Any, table: Table, columns: Sequence[str], work: str) -> Any:
    """The rows of a table as ``c_0``, ``c_1`` … in the order of ``columns``, with ``row`` counted from 1 in the order of the file.

    Spark reads Parquet itself; what it does not read as the other engine does is written as Parquet into ``work`` first, part by part.
    """
    if isinstance(table, Remote):
        found = _numbered(spark, spark.read.parquet(table.path))
    else:
        found = _direct(spark, table, columns)
    if found is None:
        found = spark.read.parquet(Path(_converted(table, columns, work)).resolve().as_uri()).withColumnRenamed("row__", "row")
        return found.selectExpr("row", *(f"c_{i}" for i in range(len(columns))))
    return found.selectExpr("row", *(f"{quoted(c)} AS c_{i}" for i, c in enumerate(columns)))


def _direct(spark: Any, table: Table, columns: Sequence[str]) -> Any | None:
    """A local Parquet file by Spark's own reader; None where it would read it otherwise, or not at all."""
    if table.form != "Parquet":
        return None
    try:
        found = spark.read.parquet(Path(table.path).resolve().as_uri())
        kinds = dict(found.selectExpr(*(f"{quoted(c)} AS c_{i}" for i, c in enumerate(columns))).dtypes)
    except Exception:
        return None
    if any(k not in _PLAIN for k in kinds.values()):
        return None
    return found.selectExpr("*", "_metadata.row_index + 1 AS row")


def _numbered(spark: Any, found: Any) -> Any:
    """Rows of one or more files counted through, the files in the order of their names."""
    names = sorted(r[0] for r in found.selectExpr("_metadata.file_path").distinct().collect())
    sizes = {r[0]: r[1] for r in found.selectExpr("_metadata.file_path AS f").groupBy("f").count().collect()}
    before, rows = 0, []
    for n in names:
        rows.append((n, before))
        before += sizes[n]
    f = needs("pyspark.sql.functions")
    starts = small(spark, rows, "path__ string, before__ bigint")
    return found.selectExpr("*", "_metadata.file_path AS at__", "_metadata.row_index AS in__").join(f.broadcast(starts), f.expr("at__ = path__")).selectExpr("*", "before__ + in__ + 1 AS row")


def _converted(table: Table, columns: Sequence[str], work: str) -> str:
    """The columns of a table as Parquet in ``work``: read by the same reader as in the other engine, with all that it mends."""
    pa, pq = needs("pyarrow"), needs("pyarrow.parquet")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    start = 0
    for n, batch in enumerate(table.batches(list(columns), 1 << 19)):
        arrays: dict[str, Any] = {"row__": pa.array(range(start + 1, start + 1 + batch.num_rows), pa.int64())}
        for i, c in enumerate(columns):
            column = batch.column(c)
            arrays[f"c_{i}"] = column.cast(pa.string()) if pa.types.is_null(column.type) or pa.types.is_dictionary(column.type) else column
        pq.write_table(pa.table(arrays), os.path.join(work, f"part-{n:05}.parquet"), compression="zstd", compression_level=1, coerce_timestamps="us", allow_truncated_timestamps=True)
        start += batch.num_rows
    if not start:
        pq.write_table(pa.table({"row__": pa.array([], pa.int64()), **{f"c_{i}": pa.array([], pa.string()) for i in range(len(columns))}}), os.path.join(work, "part-00000.parquet"))
    return work
