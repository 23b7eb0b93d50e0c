"""Two runs over the same rows: which rows changed verdict, and by which authority.

Rows are matched by their key (file and row). A change is in the verdict, or in what is still possible where it depends. The authorities of a
change are those of the norms that stand in one run and not in the other; where none does, what changed is which norms may stand or fall.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape, glob
from typing import Any

from homerule.errors import InputError, nearest
from homerule.replay.output import settle
from homerule.replay.summary import Summary, load
from homerule.replay.suppress import suppress
from homerule.replay.tables import needs
from homerule.vocabulary import plain

FORMAT = "1.0"
ALL = "all"


@dataclass(frozen=True)
class Comparison:
    """What differs between two runs. Numbers of None are hidden because they are small, or would give a small one away.

    ``changes``: lines of act, state (``all`` for every state), ``from``, ``to`` and ``rows``; ``by``: lines of act, authority, norm, ``side``
    (``gone``: stands in the first run only; ``new``: in the second only; ``open``: sure in neither) and ``rows``; ``settings``: what differs
    between the runs themselves (name → the first's, the second's). ``matched`` rows stand in both; ``changed``: act → rows.
    """

    first: str
    second: str
    columns: Mapping[str, tuple[str, str]]
    matched: int
    changed: Mapping[str, int | None]
    changes: Sequence[Mapping[str, Any]]
    by: Sequence[Mapping[str, Any]]
    settings: Mapping[str, tuple[Any, Any]]
    min_cell: int
    synthetic: bool = False
    written: str = ""
    unmatched: tuple[int, int] = (0, 0)
    receipts: tuple[Mapping[str, Any], Mapping[str, Any]] = field(default=({}, {}), repr=False)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "format": FORMAT, "first": {"folder": self.first, **self.receipts[0]}, "second": {"folder": self.second, **self.receipts[1]}, "synthetic": self.synthetic, "min_cell": self.min_cell,
            "acts": {a: list(c) for a, c in self.columns.items()}, "differs": {k: list(v) for k, v in self.settings.items()}, "matched": self.matched, "only_in": list(self.unmatched),
            "changed": dict(self.changed), "changes": [dict(x) for x in self.changes], "by": [dict(x) for x in self.by], "written": self.written,
        }  # fmt: skip


def compare(first: str | os.PathLike[str], second: str | os.PathLike[str], *, policies: tuple[str, str] = ("", ""), acts: Sequence[str] = (), out: str | os.PathLike[str] | None = None, min_cell: int = 11, law: Sequence[str] = ()) -> Comparison:
    """Compare two finished runs, or with ``policies`` the law and a draft of one run.

    ``policies``: the draft whose verdicts to take in each (empty: the law as it is). ``out``: a Parquet file for the rows that changed, every one.
    Raises InputError where a folder holds no finished run, or the two are not of the same rows.
    """
    a, b = os.fspath(first), os.fspath(second)
    one, two = load(a), load(b)
    _same_input(one, two)
    columns = _columns(one, two, policies, acts)
    if a == b and policies[0] == policies[1]:
        raise InputError("a run is compared with itself", where=a, help="Name two folders, or the draft to take on one side with --policy")
    if min_cell < 0:
        raise InputError("the smallest number shown is from 0 up", where="--min-cell", help="11 is usual; 1 hides nothing")
    authorities = _authorities(law)
    target = os.fspath(out) if out is not None else ""
    if target and os.path.isdir(target):
        raise InputError("this is a folder", where=target, help="Name a Parquet file, for example changed.parquet")
    with needs("duckdb").connect() as db:
        db.execute("SET memory_limit = '900MB'; SET threads = 2; SET preserve_insertion_order = false")
        _attach(db, a, b, columns, authorities, f"the draft {policies[1] or policies[0]}")
        matched, only = _matched(db)
        if not matched:
            raise InputError("the two runs have no row in common", where=b, help="Compare runs of the same tables")
        per_state = {(act, s, f, t): n for act, s, f, t, n in db.execute('SELECT act, state, "from", "to", count(*) FROM changed GROUP BY ALL').fetchall()}
        by = db.execute("SELECT act, authority, norm, side, count(DISTINCT (file, row)) FROM causes GROUP BY ALL ORDER BY 1, 5 DESC, 2, 3, 4").fetchall()
        if target:
            _write(db, target)
    lines, changed = _shown(per_state, min_cell, list(columns))
    causes = [{"act": x, "authority": y, "norm": n, "side": s, "rows": None if _small(count, changed[x], min_cell) else count} for x, y, n, s, count in by]
    return Comparison(
        a, b, columns, matched, changed, lines, causes, _settings(one, two, policies), min_cell, "homerule-sample" in (*one.sources, *two.sources), target, only, (_receipt(one, policies[0]), _receipt(two, policies[1])),
    )  # fmt: skip


def _receipt(s: Summary, policy: str) -> dict[str, Any]:
    return {"corpus": s.run["corpus"], "corpus_hash": s.run["corpus_hash"], "engine": s.run["engine"], "as_of": s.run["as_of"], "policy": policy}


def _same_input(one: Summary, two: Summary) -> None:
    prints = [sorted((t["file"], t["fingerprint"]) for t in s.run["tables"]) for s in (one, two)]
    if prints[0] == prints[1]:
        return
    files = [{f for f, _ in p} for p in prints]
    if files[0] == files[1]:
        raise InputError("the two runs read files of the same names with different content", where=two.out, help="Run both over the same files")
    names = [", ".join(sorted(f)) for f in files]
    raise InputError(f"the two runs are not of the same tables: {names[0]}; {names[1]}", where=two.out, help="Run both over the same files")


def _columns(one: Summary, two: Summary, policies: tuple[str, str], acts: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each act compared its column in each run."""
    for s, policy in ((one, policies[0]), (two, policies[1])):
        known = [p["label"] for p in s.run["policies"]]
        if policy and policy not in known:
            raise InputError(f"the run holds no draft `{policy}`", where=s.out, help=nearest(policy, known) if known else "It was run without drafts")
    both = [a for a in one.run["acts"] if a in two.run["acts"]]
    for act in acts:
        if act not in both:
            raise InputError(f"the act `{act}` is not in both runs", where="--acts", help=nearest(act, both) if both else "The runs have no act in common")
    chosen = [a for a in both if not acts or a in acts]
    if not chosen:
        raise InputError("the two runs have no act in common", where=two.out, help="Run both for the same acts")
    return {a: (f"{a}@{policies[0]}" if policies[0] else a, f"{a}@{policies[1]}" if policies[1] else a) for a in chosen}


def _authorities(law: Sequence[str]) -> dict[str, str]:
    """Each norm's authority, by the corpus; a draft's norms are named by the draft's own id."""
    from homerule.reasoning.decide import engine

    return {n.id: n.authority.id for n in engine(tuple(str(x) for x in law)).corpus.all_norms()}


def _files(folder: str) -> str:
    found = sorted(glob(os.path.join(escape(folder), "rows", "*.parquet")))
    if not found:
        raise InputError("the run has no rows", where=folder, help="Run it again")
    return "[" + ", ".join(_text(f) for f in found) + "]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _attach(db: Any, a: str, b: str, columns: Mapping[str, tuple[str, str]], authorities: Mapping[str, str], draft: str) -> None:
    """Tables: ``pair`` (rows in either), ``changed`` (a line a row and act) and ``causes`` (a line for each norm besides)."""
    pa = needs("pyarrow")
    for name, folder, at in (("one", a, 0), ("two", b, 1)):
        parts = [f"{_name(c[at])} AS v{i}, {_name(c[at] + '_reachable')} AS r{i}, {_name(c[at] + '_outcome')} AS o{i}" for i, c in enumerate(columns.values())]
        db.execute(f"CREATE TEMP VIEW {name} AS SELECT file, row, state, county, day, apart, {', '.join(parts)} FROM read_parquet({_files(folder)})")
    for name, folder in (("first_outcomes", a), ("second_outcomes", b)):
        path = os.path.join(folder, "outcomes.parquet")
        db.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM read_parquet({_text(path)})" if os.path.exists(path) else f"CREATE TEMP TABLE {name} (outcome VARCHAR, act VARCHAR, stands VARCHAR[], may_stand VARCHAR[])")
    said = "coalesce({v} || CASE WHEN {v} = 'depends' THEN ': ' || {r} ELSE '' END, 'not decided')"
    lines = []
    for i, act in enumerate(columns):
        was, now = (said.format(v=f"{t}.v{i}", r=f"{t}.r{i}") for t in ("one", "two"))
        lines.append(
            f"SELECT one.file, one.row, coalesce(one.state, two.state, '-') AS state, coalesce(one.county, two.county, '-') AS county, one.day, {_text(act)} AS act, {was} AS \"from\", {now} AS \"to\", one.o{i} AS before, two.o{i} AS after"
            f" FROM one JOIN two USING (file, row) WHERE {was} <> {now}"
        )
    db.execute(f"CREATE TEMP TABLE changed AS {' UNION ALL '.join(lines)}")
    turned = _turned(db)
    drafted = [n for n in dict.fromkeys(turned.column("norm").to_pylist()) if n not in authorities]
    db.register("turned", turned)
    known = {**authorities, **dict.fromkeys(drafted, draft)}
    db.register("norms", pa.table({"norm": pa.array(list(known), pa.string()), "authority": pa.array(list(known.values()), pa.string())}))
    db.execute(
        "CREATE TEMP VIEW causes AS SELECT c.file, c.row, c.act, t.norm, n.authority, t.side FROM changed c JOIN turned t"
        " ON t.act = c.act AND t.before IS NOT DISTINCT FROM c.before AND t.after IS NOT DISTINCT FROM c.after LEFT JOIN norms n ON n.norm = t.norm"
    )


def _turned(db: Any) -> Any:
    """For each pair of outcomes that some row went between, the norms that make the difference."""
    pa = needs("pyarrow")
    said: list[dict[tuple[str, str], tuple[set[str], set[str]]]] = [
        {(o, act): (set(stands or ()), set(may or ())) for o, act, stands, may in db.execute(f"SELECT outcome, act, stands, may_stand FROM {name}").fetchall()} for name in ("first_outcomes", "second_outcomes")
    ]
    nothing: tuple[set[str], set[str]] = (set(), set())
    out: list[tuple[str, str | None, str | None, str, str]] = []
    for act, before, after in db.execute("SELECT DISTINCT act, before, after FROM changed ORDER BY ALL").fetchall():
        (s1, m1), (s2, m2) = said[0].get((before, act), nothing), said[1].get((after, act), nothing)
        for side, found in (("gone", (s1 | m1) - (s2 | m2)), ("new", (s2 | m2) - (s1 | m1)), ("open", (s1 & m2 - s2) | (m1 & s2 - s1))):
            out += [(act, before, after, norm, side) for norm in sorted(found)]
    return pa.table({name: pa.array([x[i] for x in out], pa.string()) for i, name in enumerate(("act", "before", "after", "norm", "side"))})


def _matched(db: Any) -> tuple[int, tuple[int, int]]:
    (both,) = db.execute("SELECT count(*) FROM one JOIN two USING (file, row)").fetchone()
    (a,), (b,) = (db.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("one", "two"))
    return int(both), (int(a - both), int(b - both))


def _write(db: Any, path: str) -> None:
    """Every row that changed, with the norms that make the difference. Row keys and places only: nothing of the table besides."""
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        raise InputError("there is no such folder", where=folder, help="Make it first, or name another")
    db.execute(
        'COPY (SELECT c.file, c.row, c.day, c.state, c.county, c.act, c."from", c."to", t.gone, t.new, t.open, t.authorities FROM changed c LEFT JOIN (SELECT act, before, after,'
        " list_sort(list(DISTINCT norm) FILTER (side = 'gone')) AS gone, list_sort(list(DISTINCT norm) FILTER (side = 'new')) AS new, list_sort(list(DISTINCT norm) FILTER (side = 'open')) AS open,"
        " list_sort(list(DISTINCT n.authority)) AS authorities FROM turned LEFT JOIN norms n USING (norm) GROUP BY ALL) t"
        f" ON t.act = c.act AND t.before IS NOT DISTINCT FROM c.before AND t.after IS NOT DISTINCT FROM c.after ORDER BY c.file, c.row, c.act) TO {_text(path + '.part')} (FORMAT parquet, COMPRESSION zstd)"
    )
    settle(path + ".part", path)


def _shown(counts: Mapping[tuple[str, str, str, str], int], least: int, acts: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, int | None]]:
    """The lines by act, state and step, those over all states, and the rows changed of each act; small numbers hidden."""
    cells: dict[tuple[str, str, str, str], int] = {}
    for (act, state, was, now), n in counts.items():
        for key in ((act, state, was, now), (act, ALL, was, now), (act, state, ALL, ALL), (act, ALL, ALL, ALL)):
            cells[key] = cells.get(key, 0) + n
    sums = []
    for act in acts:
        states = sorted({k[1] for k in counts if k[0] == act})
        steps = sorted({k[2:] for k in counts if k[0] == act})
        for s in (ALL, *states):
            sums.append([(act, s, ALL, ALL), *((act, s, *x) for x in steps if (act, s, *x) in cells)])
        for x in (*steps, (ALL, ALL)):
            sums.append([(act, ALL, *x), *((act, s, *x) for s in states if (act, s, *x) in cells)])
    hidden = suppress(cells, [line for line in sums if len(line) > 1 and line[0] in cells], least) if least > 1 and cells else set()
    lines = [{"act": a, "state": s, "from": f, "to": t, "rows": None if (a, s, f, t) in hidden else n} for (a, s, f, t), n in sorted(cells.items(), key=lambda kv: (acts.index(kv[0][0]), kv[0][1] != ALL, kv[0][2] != ALL, -kv[1], kv[0]))]
    totals: dict[str, int | None] = {a: None if (a, ALL, ALL, ALL) in hidden else cells.get((a, ALL, ALL, ALL), 0) for a in acts}
    return lines, totals


def _small(count: int, whole: int | None, least: int) -> bool:
    """Whether a number, or what is left of its whole, is too small to be shown."""
    return whole is None or count < least or 0 < whole - count < least


def _settings(one: Summary, two: Summary, policies: tuple[str, str]) -> dict[str, tuple[Any, Any]]:
    """What was set otherwise in the second run: law, day, drafts, facts supposed."""
    out: dict[str, tuple[Any, Any]] = {}
    for name in ("corpus", "corpus_hash", "engine", "as_of", "acts", "request", "supposed", "assume", "places", "sources_hash"):
        was, now = plain(one.run.get(name)), plain(two.run.get(name))
        if name == "corpus_hash" and was != now:  # a hash for each file of law: only those that differ
            was, now = (" ".join(x[:12] if ":" not in x else x[: x.index(":") + 9] for x in a.split() if x not in b.split()) for a, b in ((was, now), (now, was)))
        if was != now:
            out[name] = (was, now)
    if policies[0] != policies[1]:
        out["policy"] = policies
    return out
