"""The summary of a run: by state, county, month, act and verdict, beside what became of the requests; small numbers hidden."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from homerule.reasoning.resolve import VERDICTS
from homerule.replay.output import settle, write, write_text
from homerule.replay.part import ALL, APART
from homerule.replay.source import Source
from homerule.replay.state import State
from homerule.replay.suppress import suppress
from homerule.replay.tables import needs

HAPPENED = ("booked", "declined", "lifted", "other", "none")
FORMAT = "1.0"
#: The tables of a summary, and the columns that say which line is which.
TABLES: Mapping[str, tuple[str, ...]] = {
    "by_state": ("policy", "act", "state"), "by_county": ("policy", "act", "state", "county"), "by_month": ("policy", "act", "month"),
    "by_state_and_month": ("policy", "act", "state", "month"), "agreement": ("policy", "act", "state", "verdict"), "open": ("policy", "act", "state", "reachable"), "apart": ("state",),
}  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """What a run came to. ``tables``: name → lines; a number of None is hidden because it is small, or would give a small one away.

    ``read`` rows were in the tables and ``rows`` of them carry a request; ``placed`` are in one county, ``with_state`` name their state;
    ``decided`` were answered, and ``apart`` were not, by reason.
    """

    out: str
    run: Mapping[str, Any]
    read: int
    rows: int
    decided: int
    placed: int
    with_state: int
    unread: int
    apart: Mapping[str, int | None]
    verdicts: Mapping[str, Mapping[str, int | None]]  # act (act@policy) → verdict → rows
    turns_on: Mapping[str, Mapping[str, int | None]]  # act (act@policy) → fact → rows whose verdict could still turn on it
    tables: Mapping[str, list[dict[str, Any]]] = field(repr=False)
    min_cell: int = 11
    sources: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "format": FORMAT, "run": dict(self.run), "sources": list(self.sources), "min_cell": self.min_cell,
            "rows": {"read": self.read, "with_a_request": self.rows, "placed": self.placed, "with_state": self.with_state, "decided": self.decided, "unread_cells": self.unread},
            "apart": dict(self.apart), "apart_words": {k: v for k, v in APART.items() if k}, "verdicts": {k: dict(v) for k, v in self.verdicts.items()}, "turns_on": {k: dict(v) for k, v in self.turns_on.items()}, **{k: v for k, v in self.tables.items()},
        }  # fmt: skip


def load(out: str) -> Summary:
    """The summary of a run that is complete. Raises InputError where the folder holds none."""
    from homerule.errors import InputError

    try:
        with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
            d = json.load(file)
    except (OSError, ValueError):
        raise InputError("this folder holds no finished run", where=out, help="Name the folder given to --out") from None
    r = d["rows"]
    apart = {k: n for line in d["apart"] if line["state"] == ALL for k, n in line.items() if k not in ("state", "rows")}
    return Summary(out, d["run"], r["read"], r["with_a_request"], r["decided"], r["placed"], r["with_state"], r["unread_cells"], apart, d["verdicts"], d["turns_on"], {k: d[k] for k in TABLES}, d["min_cell"], tuple(d["sources"]))


def finish(state: State, settings: Mapping[str, Any], sources: Sequence[Source], min_cell: int) -> Summary:
    """Add the parts up, hide what is small, and write the summary."""
    done = state.done()
    counts = {k: sum(m[k] for m in done) for k in ("read", "rows", "decided", "placed", "with_state", "unread")}
    filled = [i for i, m in enumerate(done) if m["read"]]
    tally = _added([state.path(i, "tally") for i in filled], ("policy", "act", "state", "county", "month", "happened", "verdict"))
    apart = _added([state.path(i, "apart") for i in filled], ("state", "apart"))
    cube = _cube(tally)
    hidden = _hidden(cube, min_cell)
    tables = _tables(cube, hidden)
    tables["apart"], totals = _apart(apart, min_cell)
    verdicts = {f"{a}@{p}" if p else a: {v: _shown(cube, hidden, p, a, (ALL, ALL, ALL, ALL, v)) for v in VERDICTS if (ALL, ALL, ALL, ALL, v) in cube[p, a]} for p, a in cube}
    summary = Summary(state.out, settings, **counts, apart=totals, verdicts=verdicts, turns_on=_turning(done, min_cell), tables=tables, min_cell=min_cell, sources=tuple(dict.fromkeys(s.id for s in sources)))
    _write(state, summary, done)
    return summary


def _turning(done: Sequence[Mapping[str, Any]], least: int) -> dict[str, dict[str, int | None]]:
    """The facts on which verdicts could still turn, the most frequent first."""
    out: dict[str, dict[str, int]] = {}
    for m in done:
        for act, facts in m["turns_on"].items():
            for fact, n in facts.items():
                out.setdefault(act, {})[fact] = out.setdefault(act, {}).get(fact, 0) + n
    return {a: {f: n if n >= least else None for f, n in sorted(facts.items(), key=lambda kv: (-kv[1], kv[0]))} for a, facts in out.items()}


def _added(paths: Sequence[str], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """The parts' tallies added up."""
    if not paths:
        return []
    listed = ", ".join("'" + p.replace("'", "''") + "'" for p in paths)
    with needs("duckdb").connect() as db:
        db.execute("SET memory_limit = '500MB'; SET threads = 2")
        found: list[tuple[Any, ...]] = db.execute(f"SELECT {', '.join(keys)}, CAST(sum(n) AS BIGINT) FROM read_parquet([{listed}]) GROUP BY ALL ORDER BY ALL").fetchall()
    return found


Cell = tuple[str, str, str, str, str]  # state, county, month, happened, verdict; ``all`` for the sum over it


def _cube(tally: Iterable[tuple[Any, ...]]) -> dict[tuple[str, str], dict[Cell, int]]:
    """For each policy and act every number that the summary shows."""
    out: dict[tuple[str, str], dict[Cell, int]] = {}
    for policy, act, state, county, month, happened, verdict, n in tally:
        cells = out.setdefault((policy or "", act), {})
        verdict, _, reached = verdict.partition(": ")
        here: list[Cell] = [(state, county, month, happened, v) for v in (verdict, ALL)]
        if county == ALL:
            here += [(ALL, ALL, month, happened, v) for v in (verdict, ALL)]
        else:  # each row stands once in the lines by county: from these come the sums over everything else
            here += [(s, ALL, ALL, ALL, v) for s in (state, ALL) for v in (verdict, ALL, *([f"depends: {reached}"] if reached else []))]
        for key in here:
            cells[key] = cells.get(key, 0) + n
    return dict(sorted(out.items()))


def _sums(cells: Mapping[Cell, int]) -> list[list[Cell]]:
    """Every sum among the numbers shown: a whole and its parts."""
    lines: dict[tuple[Any, ...], list[Cell]] = {}

    def put(kind: str, whole: Cell, part: Cell) -> None:
        if part != whole:
            lines.setdefault((kind, whole), [whole]).append(part)

    for key in cells:
        state, county, month, happened, verdict = key
        put("verdict", (state, county, month, happened, "depends" if verdict.startswith("depends: ") else ALL), key)
        if county != ALL:
            put("county", (state, ALL, month, happened, verdict), key)
        elif month != ALL:
            put("month", (state, ALL, ALL, ALL, verdict), key)
        elif happened != ALL:
            put("happened", (state, ALL, ALL, ALL, verdict), key)
        if state != ALL and county == ALL:
            put("state", (ALL, ALL, month, happened, verdict), key)
    return list(lines.values())


def _hidden(cube: Mapping[tuple[str, str], Mapping[Cell, int]], least: int) -> dict[tuple[str, str], set[Cell]]:
    """What is hidden for each policy and act. Totals are the same for every act of one request, so a total hidden for one is hidden for all."""
    if least <= 1:
        return {k: set() for k in cube}
    sums = {k: _sums(cells) for k, cells in cube.items()}
    out: dict[tuple[str, str], set[Cell]] = {k: set() for k in cube}
    shared: set[tuple[Cell, int]] = set()
    while True:
        for k, cells in cube.items():
            out[k] = suppress(cells, sums[k], least, {c for c, n in shared if cells.get(c) == n})
        now = {(c, cube[k][c]) for k in cube for c in out[k] if c[4] == ALL}
        if now <= shared:
            return out
        shared |= now


def _shown(cube: Mapping[tuple[str, str], Mapping[Cell, int]], hidden: Mapping[tuple[str, str], set[Cell]], policy: str, act: str, cell: Cell) -> int | None:
    return None if cell in hidden[policy, act] else cube[policy, act].get(cell, 0)


def _share(part: int | None, whole: int | None) -> float | None:
    return round(part / whole, 4) if part is not None and whole else None


def _tables(cube: Mapping[tuple[str, str], Mapping[Cell, int]], hidden: Mapping[tuple[str, str], set[Cell]]) -> dict[str, list[dict[str, Any]]]:
    out: dict[str, list[dict[str, Any]]] = {t: [] for t in TABLES}
    for policy, act in cube:
        cells = cube[policy, act]
        verdicts = [v for v in VERDICTS if any(c[4] == v for c in cells)]
        open_ = sorted({c[4] for c in cells if c[4].startswith("depends: ")})

        def line(state: str, county: str, month: str, policy: str = policy, act: str = act, verdicts: Sequence[str] = verdicts) -> dict[str, Any]:
            def get(v: str, what: str = ALL) -> int | None:
                return _shown(cube, hidden, policy, act, (state, county, month, what, v))

            row: dict[str, Any] = {"policy": policy, "act": act, "rows": get(ALL)} | {v: get(v) for v in verdicts}
            barred = None if None in (row.get("prohibited", 0), row.get("unsettled", 0)) else (row.get("prohibited") or 0) + (row.get("unsettled") or 0)
            row["prohibited_or_unsettled_share"] = _share(barred, row["rows"])
            if county == month == ALL:
                silent = get(ALL, "none")
                row["with_outcome"] = None if silent is None or row["rows"] is None else row["rows"] - silent
                row["declined"] = get(ALL, "declined")
                row["declined_share"] = _share(row["declined"], row["with_outcome"])
            return row

        for state, county, month, happened, verdict in sorted(cells):
            if verdict != ALL or happened != ALL:
                continue
            if county == month == ALL:
                out["by_state"].append({"state": state, **line(state, ALL, ALL)})
                for v in open_:
                    if (state, ALL, ALL, ALL, v) in cells:
                        out["open"].append({"state": state, "policy": policy, "act": act, "reachable": v[9:], "rows": _shown(cube, hidden, policy, act, (state, ALL, ALL, ALL, v))})
                for v in verdicts:
                    if (state, ALL, ALL, ALL, v) in cells:
                        row: dict[str, Any] = {"state": state, "policy": policy, "act": act, "verdict": v, "rows": _shown(cube, hidden, policy, act, (state, ALL, ALL, ALL, v))}
                        row |= {h: _shown(cube, hidden, policy, act, (state, ALL, ALL, h, v)) for h in HAPPENED}
                        out["agreement"].append(row)
            elif county != ALL:
                out["by_county"].append({"state": state, "county": county, **line(state, county, ALL)})
            elif state == ALL:
                out["by_month"].append({"month": month, **line(ALL, ALL, month)})
            else:
                out["by_state_and_month"].append({"state": state, "month": month, **line(state, ALL, month)})
    return out


def _apart(rows: Iterable[tuple[Any, ...]], least: int) -> tuple[list[dict[str, Any]], dict[str, int | None]]:
    """Rows that were not decided, by state and reason."""
    counts: dict[tuple[str, str], int] = {}
    for state, why, n in rows:
        for key in ((state or "-", why), (state or "-", ALL), (ALL, why), (ALL, ALL)):
            counts[key] = counts.get(key, 0) + n
    states, whys = sorted({s for s, _ in counts if s != ALL}), [w for w in APART if w and (ALL, w) in counts]
    sums = [[(s, ALL), *((s, w) for w in whys)] for s in (ALL, *states)] + [[(ALL, w), *((s, w) for s in states)] for w in (ALL, *whys)]
    hidden = suppress(counts, sums, least) if least > 1 else set()

    def get(key: tuple[str, str]) -> int | None:
        return None if key in hidden else counts.get(key, 0)

    lines = [{"state": s, "rows": get((s, ALL)), **{w: get((s, w)) for w in whys}} for s in ((ALL, *states) if counts else ())]
    return lines, {w: get((ALL, w)) for w in whys}


# ------------------------------------------------------------------ writing


def _write(state: State, summary: Summary, done: Sequence[Mapping[str, Any]]) -> None:
    pa = needs("pyarrow")
    folder = os.path.join(state.out, "summary")
    os.makedirs(folder, exist_ok=True)
    for name, lines in summary.tables.items():
        columns = list(dict.fromkeys([*TABLES[name], *(c for x in lines for c in x)]))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        small = f"hidden (1 to {summary.min_cell - 1}, or would show one)"
        for x in lines:
            writer.writerow({c: (small if x[c] is None and isinstance(c, str) and not c.endswith("_share") else x[c]) for c in x})
        write_text(os.path.join(folder, f"{name}.csv"), text.getvalue())
        if lines:
            write(pa.table({c: pa.array([x.get(c) for x in lines]) for c in columns}), os.path.join(folder, f"{name}.parquet"))
    _outcomes(state, [i for i, m in enumerate(done) if m["read"]])
    _not_placed(state, summary, done)
    write_text(os.path.join(state.out, "summary.json"), json.dumps(summary.as_data(), ensure_ascii=False) + "\n")


def _outcomes(state: State, parts: Sequence[int]) -> None:
    """Everything that follows somewhere in the run, once."""
    path = os.path.join(state.out, "outcomes.parquet")
    if not parts:
        return
    listed = ", ".join("'" + state.path(i, "outcomes").replace("'", "''") + "'" for i in parts)
    with needs("duckdb").connect() as db:
        db.execute("SET memory_limit = '500MB'; SET threads = 2")
        made = (path + ".part").replace("'", "''")
        db.execute(f"COPY (SELECT DISTINCT * FROM read_parquet([{listed}]) ORDER BY act, outcome) TO '{made}' (FORMAT parquet, COMPRESSION zstd)")
    settle(path + ".part", path)


def _not_placed(state: State, summary: Summary, done: Sequence[Mapping[str, Any]]) -> None:
    """The facilities of the rows for which no body was found, the most frequent first; small numbers as such."""
    counts: dict[tuple[str, ...], int] = {}
    for m in done:
        for *key, n in m["nowhere"]:
            counts[tuple(key)] = counts.get(tuple(key), 0) + n
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["facility", "city", "state", "county", "why", "rows"])
    for key, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])):
        writer.writerow([*key, n if n >= summary.min_cell else f"fewer than {summary.min_cell}"])
    write_text(os.path.join(state.out, "not_placed.csv"), text.getvalue())
