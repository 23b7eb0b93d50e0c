"""Made-up requests from published rates, for demonstrations and benchmarks where no data is at hand. Every row says that it is synthetic.

The shares of states, of kinds of facility, of forms and of outcomes are rounded from published counts of fiscal year 2015 and of the releases
since (`synthetic.toml` names each); counties and cities are drawn from the gazetteer by the size of their people. No row is a real request.
"""

from __future__ import annotations

import datetime as dt
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from homerule.errors import InputError
from homerule.places import Gazetteer
from homerule.places.tables import tables
from homerule.replay.output import settle
from homerule.replay.tables import needs

_BATCH = 1 << 18
NOTICE = "synthetic: made up by homerule replay sample; no row is a real request"


def rates() -> dict[str, Any]:
    """The published rates that the sample follows."""
    return tomllib.loads((Path(__file__).parent / "synthetic.toml").read_text("utf-8"))


def sample(n: int, seed: int = 0, out: str | os.PathLike[str] = "sample.parquet", *, start: dt.date = dt.date(2014, 10, 1), end: dt.date = dt.date(2026, 9, 30)) -> str:
    """Write ``n`` synthetic requests from ``start`` to ``end`` to a Parquet or CSV file; the same seed makes the same rows.

    Columns: synthetic, date, request, facility, city, state, actor, outcome, criminality. Returns the path. Raises InputError on a bad number.
    """
    if not 1 <= n <= 1_000_000_000:
        raise InputError(f"{n:,} rows cannot be made", help="Ask for 1 to 1,000,000,000")
    if end < start:
        raise InputError(f"the last day {end} is before the first {start}", help="Give the earlier day first")
    path = os.fspath(out)
    made = path + ".part"
    batches = _batches(n, seed, start, end)
    pa = needs("pyarrow")
    first = next(batches)
    schema = first.schema.with_metadata({"homerule": NOTICE, "seed": str(seed)})
    if path.lower().endswith(".csv"):
        with needs("pyarrow.csv").CSVWriter(made, schema) as writer:
            for b in (first, *batches):
                writer.write_table(b.cast(schema))
    else:
        pq = needs("pyarrow.parquet")
        with pq.ParquetWriter(made, schema, compression="zstd") as writer:
            for b in (first, *batches):
                writer.write_table(pa.Table.from_arrays(b.columns, schema=schema))
    settle(made, path)
    return path


def _batches(n: int, seed: int, start: dt.date, end: dt.date) -> Iterator[Any]:
    pa = needs("pyarrow")
    r = rates()
    rng = np.random.default_rng(seed)
    facilities, weight = _facilities(r)
    states = np.array([f[2] for f in facilities])
    declined = np.array([r["declined"].get(s, r["declined"]["rest"]) for s in states])
    column = [pa.array([f[i] for f in facilities], pa.string()) for i in range(4)]
    crimes = list(r["criminality"])
    span = (end - start).days + 1
    for first in range(0, n, _BATCH):
        size = min(_BATCH, n - first)
        where = rng.choice(len(facilities), size, p=weight).astype(np.int32)
        days = rng.integers(0, span, size)
        dates = np.datetime64(start) + days.astype("timedelta64[D]")
        notice_only = rng.random(size) < r["notification_share"]
        has = rng.random(size) < r["outcome_share"]
        no = rng.random(size) < declined[where]
        rest = rng.choice(3, size, p=r["rest_of_outcomes"])
        outcome = np.where(~has, 4, np.where(no, 0, rest + 1))
        texts = ["declined", "booked", "lifted", "other", None]
        crime = rng.choice(len(crimes), size, p=[r["criminality"][c] for c in crimes])
        arrays = {
            "synthetic": pa.DictionaryArray.from_arrays(pa.array(np.zeros(size, np.int32)), pa.array(["synthetic"])),
            "date": pa.array(dates),
            "request": pa.DictionaryArray.from_arrays(pa.array(notice_only.astype(np.int32)), pa.array(["detainer", "notification_request"])),
            **{name: pa.DictionaryArray.from_arrays(pa.array(where), column[i]) for i, name in enumerate(("facility", "city", "state", "actor"))},
            "outcome": pa.DictionaryArray.from_arrays(pa.array(outcome.astype(np.int32), mask=outcome == 4), pa.array(texts[:4])),
            "criminality": pa.DictionaryArray.from_arrays(pa.array(crime.astype(np.int32)), pa.array(crimes)),
        }
        yield pa.table({k: v.dictionary_decode() if hasattr(v, "dictionary_decode") else v for k, v in arrays.items()})


def _facilities(r: dict[str, Any]) -> tuple[list[tuple[str, str, str, str]], Any]:
    """Every county's jail, and the police of the larger cities: (facility, city, state, actor), and the share of requests each gets."""
    gazetteer = Gazetteer()
    out: list[tuple[str, str, str, str]] = []
    weights: list[float] = []
    for code, row in tables().states.items():
        share = r["states"].get(code, r["states"]["rest"])
        mine: list[tuple[tuple[str, str, str, str], float]] = []
        towns: dict[str, tuple[str, float]] = {}
        for line in tables().cities(code):
            name, counties, size = line.split("|")
            if counties.startswith(">") or not counties:
                continue
            people = 10 ** (int(size or 0) / 10)
            for c in counties.split()[:1]:
                if people > towns.get(c, ("", 0.0))[1]:
                    towns[c] = (name, people)
            if people > 100_000:
                mine.append(((f"{name.upper()} POLICE DEPT", name.upper(), row.name.upper(), "police"), people * r["police_share"]))
        for county in gazetteer.counties(code):
            town, people = towns.get(county.fips[2:], ("", 3_000.0))
            if town:
                mine.append(((f"{county.short.upper()} JAIL", town.upper(), row.name.upper(), "jail"), people))
        total = sum(w for _, w in mine) or 1.0
        out += [f for f, _ in mine]
        weights += [share * w / total for _, w in mine]
    found = np.array(weights)
    return out, found / found.sum()
