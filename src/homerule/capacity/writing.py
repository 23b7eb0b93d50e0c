"""A folder of results: tables as CSV, Parquet and JSON, charts as SVG and PNG, the report as HTML and PDF. Written whole or, on an error, named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homerule.capacity.findings import tables, weekly
from homerule.errors import InputError

if TYPE_CHECKING:
    from homerule.capacity.job import Simulation


def write(sims: Sequence[Simulation], folder: str, progress: Callable[[float, str], None] | None = None) -> list[Path]:
    """Write everything into ``folder``, which is made if need be. Returns the files. Parquet, charts and PDF are left out where their extra is not installed,
    and a line in README.txt says so. Raises InputError where a file cannot be written."""
    target = Path(folder)
    try:
        (target / "charts").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the folder cannot be made: {error.strerror}", where=str(target), help="Name a folder that may be written") from None
    data = tables(sims)
    left: list[str] = []
    files: dict[str, bytes] = {"results.json": (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")}
    weeks = weekly(sims)
    files["weeks.csv"] = _csv(weeks)
    files |= {name: _csv(rows) for name, rows in flat(data).items() if rows}
    parquet = _parquet(weeks)
    if parquet is None:
        left.append("weeks.parquet: pip install 'homerule[capacity]'")
    else:
        files["weeks.parquet"] = parquet
    if progress:
        progress(0.2, "tables")
    drawn: dict[str, Any] = {}
    try:
        from homerule.capacity.figures import pictures
        from homerule.documents.charts import png, svg

        drawn = pictures(sims)
        for i, (name, chart) in enumerate(drawn.items()):
            files[f"charts/{name}.svg"], files[f"charts/{name}.png"] = svg(chart).encode("utf-8"), png(chart)
            if progress:
                progress(0.2 + 0.5 * (i + 1) / len(drawn), "charts")
    except InputError as error:
        drawn = {}
        left.append(f"charts: {error}")
    from homerule.capacity.report import report
    from homerule.documents import to_html, to_pdf

    doc = report(sims, drawn)
    files["report.html"] = to_html(doc).encode("utf-8")
    try:
        files["report.pdf"] = to_pdf(doc)
    except InputError as error:
        left.append(f"report.pdf: {error}")
    files["README.txt"] = _readme(sims, left).encode("utf-8")
    out = []
    for name, content in files.items():
        path = target / name
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InputError(f"`{name}` cannot be written: {error.strerror}", where=str(target), help="Name a folder that may be written") from None
        out.append(path)
    if progress:
        progress(1.0, "files")
    return out


def flat(data: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The tables as rows for CSV, each with its scenario."""
    out: dict[str, list[dict[str, Any]]] = {}
    for s in data["scenarios"]:
        name = {"scenario": s["scenario"]["name"]}
        for key in ("headlines", "by_year", "channels", "stages", "binding", "levers", "inputs"):
            out.setdefault(f"{key}.csv", []).extend({**name, **row} for row in s[key])
        for p in s["prices"]:
            plain = {k: v for k, v in p.items() if k not in ("predicted", "worth")}
            out.setdefault("prices.csv", []).append({**name, **plain, **{f"predicted {k}": v for k, v in p["predicted"].items()}, **{f"resolved {k}": v for k, v in p["worth"].items()}})
        for row in s["states"]:
            values = {f"{k}_{q}": row[k][q] for k in ("book_ins", "jail_book_ins", "removed_through_detention") for q in ("p5", "p50", "p95")}
            law = row["held_by_law"] or {}
            out.setdefault("states.csv", []).append({**name, "state": row["state"], **values, **{f"held_by_law_{k}": law.get(k) for k in ("low", "central", "high")}})
        for kind in ("lines", "sums", "per_removal"):
            out.setdefault("costs.csv", []).extend({**name, "kind": kind, **row} for row in s["costs"][kind])
        for split in s["splits"]:
            out.setdefault("uncertainty.csv", []).extend({**name, "headline": split["headline"], **p} for p in split["parts"])
    out["differences.csv"] = list(data["differences"])
    return out


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    fields = list(dict.fromkeys(k for row in rows for k in row))
    writer = csv.DictWriter(text, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: (f"{v:.6g}" if isinstance(v, float) and abs(v) < 1e6 else f"{v:.0f}" if isinstance(v, float) else v) for k, v in row.items()} for row in rows)
    return text.getvalue().encode("utf-8")


def _parquet(rows: Sequence[Mapping[str, Any]]) -> bytes | None:
    try:
        pa, pq = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError:
        return None
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(r) for r in rows]), sink)
    return bytes(sink.getvalue())


def _readme(sims: Sequence[Simulation], left: Sequence[str]) -> str:
    lines = [
        "Results of `homerule simulate`. Not a forecast: what would follow if the assumptions held.", "",
        *(f"- {s.scenario.title} ({s.scenario.name}): {s.runs} draws, {s.years} year(s) from {s.scenario.starts.isoformat()}, seed {s.seed}" for s in sims), "",
        "results.json      every table (docs/how-to/simulate.md lists the keys)", "weeks.csv         every series by week with its bands; the same as weeks.parquet",
        "headlines.csv by_year.csv channels.csv stages.csv binding.csv states.csv prices.csv levers.csv costs.csv", "inputs.csv        every input with its source, date and certainty",
        "report.html report.pdf charts/", "",
    ]  # fmt: skip
    return "\n".join([*lines, *(f"Left out: {x}" for x in left), *([""] if left else [])])
