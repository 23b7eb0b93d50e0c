"""Tables of convictions or removal charges, read with DuckDB: screened for what points to a person, then counted by distinct combination."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from homerule.conditions import tests
from homerule.conditions.tree import Node
from homerule.errors import InputError, shorten
from homerule.pardons.columns import Use, uses
from homerule.pardons.effect import Effect
from homerule.pardons.load import Law

_SAMPLE = 500
_MOST_VALUES = 20_000  # different values of a column that is read as words
_MOST_GROUPS = 2_000_000
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".gz": "csv", ".parquet": "parquet", ".pq": "parquet"}


class Counted(NamedTuple):
    """The distinct combinations of the columns used, with how often each stands there. ``columns``: one list of values a use."""

    uses: tuple[Use, ...]
    columns: tuple[list[Any], ...]
    counts: list[int]
    rows: int
    left_out: tuple[str, ...]


def duckdb() -> Any:
    """The module, or an InputError that names the extra."""
    try:
        import duckdb as module
    except ImportError:
        raise InputError("a batch needs DuckDB and numpy", help="Install them with `pip install 'homerule[replay]'`") from None
    return module


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def source(paths: Sequence[str]) -> str:
    """The SQL that reads some files of one kind. Raises InputError where one is missing or of another kind."""
    kinds = set()
    for path in paths:
        if not Path(path).is_file():
            raise InputError(f"there is no file `{shorten(path)}`", where="FILE", help="Name CSV or Parquet files")
        kind = _ENDINGS.get(Path(path).suffix.lower())
        if kind is None:
            raise InputError(f"`{shorten(path)}` is neither CSV nor Parquet", where="FILE", help="Name files that end in .csv, .csv.gz or .parquet")
        kinds.add(kind)
    if len(kinds) > 1:
        raise InputError("the files are of two kinds", where="FILE", help="Give CSV files or Parquet files in one run")
    listed = ", ".join("'" + p.replace("'", "''") + "'" for p in paths)
    return f"read_parquet([{listed}], union_by_name=true)" if kinds == {"parquet"} else f"read_csv([{listed}], union_by_name=true, all_varchar=true, header=true)"


def cuts(law: Law, effect: Effect) -> dict[str, list[Any]]:
    """For each number or day the points where some rule tells values apart, in order."""
    nodes: list[Node] = [g.fails for g in law.grounds.values()] + [g.arises for g in law.grounds.values() if g.arises is not None]
    nodes += [n for o in law.offences.values() for n in o.sets.values() if n is not None]
    nodes += [c for family in law.facts["family"].values for c in effect.conditions(family)]
    out: dict[str, set[Any]] = {}
    for node in nodes:
        for test in tests(node):
            if test.op in ("lt", "le"):
                step: Any = 0 if test.op == "lt" else dt.timedelta(days=1) if isinstance(test.value, dt.date) else 1
                out.setdefault(test.fact, set()).add(test.value + step if step else test.value)
    return {name: sorted(points) for name, points in out.items()}


def count(paths: Sequence[str], law: Law, effect: Effect, *, named: Mapping[str, str], drop_private: bool = False) -> Counted:
    """The distinct combinations in some files. Raises InputError where a column points to a person, or none can be used.

    A number or day is read as the first value of the range that no rule tells apart; so a million rows come to few combinations.
    """
    from homerule.replay.privacy import refuse, screen

    db = duckdb()
    con = db.connect()
    try:
        con.execute("SET enable_progress_bar = false")
        table = source(paths)
        columns = [str(r[0]) for r in con.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()]
        sample = con.execute(f"SELECT * FROM {table} LIMIT {_SAMPLE}").fetchall()
        private = screen({c: [r[i] for r in sample] for i, c in enumerate(columns)})
        if private and not drop_private:
            refuse(private, where=paths[0])
        out_of_it = {p.column for p in private}
        kept = [c for c in columns if c not in out_of_it]
        for role, column in named.items():
            if column not in kept:
                raise InputError(f"there is no column `{shorten(column)}`", where=f"--{role}-column", help=f"There are: {', '.join(kept[:20])}")
        chosen = uses(kept, named)
        if not any(u.role in ("charge", "class") or (u.fact in law.about and law.about[u.fact] == "element") for u in chosen):
            raise InputError("no column holds a removal charge or a class of conviction", where=paths[0], help="Name it with --charge-column or --class-column")
        points = cuts(law, effect)
        picks = []
        for i, use in enumerate(chosen):
            picks.append(f"{_expression(_quoted(use.column), law, use, points)} AS c{i}")
        rows = con.execute(f"SELECT {', '.join(picks)}, count(*) AS n FROM {table} GROUP BY ALL LIMIT {_MOST_GROUPS + 1}").fetchall()
    except db.Error as error:
        raise InputError(f"the table cannot be read: {shorten(str(error), 160)}", where=paths[0], help="Check that it is a CSV or Parquet file with a header") from None
    finally:
        con.close()
    if len(rows) > _MOST_GROUPS:
        raise InputError("the columns hold too many different combinations", where=paths[0], help="Leave out a column that holds free text or numbers of cases")
    made = tuple([r[i] for r in rows] for i in range(len(chosen)))
    for use, values in zip(chosen, made):
        if len(set(values)) > _MOST_VALUES:
            raise InputError(f"the column `{shorten(use.column)}` holds {len(set(values)):,} different values and cannot be one of {use.role}s", where=paths[0], help="Name another column")
    counts = [int(r[-1]) for r in rows]
    return Counted(tuple(chosen), made, counts, sum(counts), tuple(f"{p.column} ({p.kind})" for p in private))


def _expression(column: str, law: Law, use: Use, points: Mapping[str, Sequence[Any]]) -> str:
    """The SQL of a column: words as they stand, a number or day as the start of its range."""
    fact = law.facts.get(use.fact)
    if use.role != "fact" or fact is None or fact.type not in ("int", "date"):
        return column
    low: Any = dt.date(1900, 1, 1) if fact.type == "date" else fact.min
    kind = "DATE" if fact.type == "date" else "INTEGER"
    starts = [low, *[p for p in points.get(use.fact, ()) if p > low]]

    def literal(value: Any) -> str:
        return f"DATE '{value.isoformat()}'" if isinstance(value, dt.date) else str(value)

    cast = f"TRY_CAST({column} AS {kind})" if kind == "DATE" else f"TRY_CAST(TRY_CAST({column} AS DOUBLE) AS {kind})"
    arms = [f"WHEN {cast} >= {literal(s)} THEN {literal(s)}" for s in reversed(starts)]
    return f"CASE {' '.join(arms)} END"


def distinct(values: Iterable[Any]) -> list[Any]:
    """Values in order of their first place."""
    return list(dict.fromkeys(values))
