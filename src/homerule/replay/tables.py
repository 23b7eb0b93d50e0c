"""Opening a published table: CSV and text in any usual separator, Parquet, Arrow, or a workbook; header found, preamble passed over, sheets continued.

A `Table` knows its columns and a sample of their values, and hands out the columns asked for as Arrow batches, in the order of the file.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from homerule.errors import InputError
from homerule.replay.source import known_names
from homerule.replay.values import normal

SAMPLE = 2000  # rows that are looked at before anything is read in full
LOOK = 40  # lines in which the header is sought
_NEEDED = "pip install 'homerule[replay]'"


def needs(name: str) -> Any:
    """Import a package of the extra. Raises InputError naming the extra where it is missing."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise InputError(f"reading tables needs the package {name.partition('.')[0]}", help=f"Install it: {_NEEDED}") from None


class Table:
    """One file of rows. ``columns`` are its column names, made distinct; ``notes`` say what was passed over."""

    form = ""

    def __init__(self, path: str) -> None:
        self.path = path
        self.notes: list[str] = []

    @cached_property
    def columns(self) -> list[str]:
        raise NotImplementedError

    def sample(self) -> dict[str, list[Any]]:
        """The first rows, column by column."""
        raise NotImplementedError

    def batches(self, columns: Sequence[str], rows: int, start: int = 0) -> Iterator[Any]:
        """Arrow tables of exactly ``rows`` rows (the last one may be shorter) from row ``start`` on, with these columns."""
        return exact(self._stream(list(columns), rows, start), rows)

    def _stream(self, columns: list[str], rows: int, start: int) -> Iterator[Any]:
        raise NotImplementedError

    def count(self) -> int | None:
        """How many rows there are, where that is known without reading them all."""
        return None

    def fingerprint(self) -> str:
        """What tells this file from another: its size and a hash of its ends."""
        size = os.path.getsize(self.path)
        digest = hashlib.blake2b(str(size).encode(), digest_size=16)
        with open(self.path, "rb") as file:
            for at in (0, max(0, size // 2 - (1 << 19)), max(0, size - (1 << 20))):
                file.seek(at)
                digest.update(file.read(1 << 20))
        return digest.hexdigest()


def open_table(path: str) -> Table:
    """The table in a file. Raises InputError where there is none, or its form is not known."""
    if os.path.isdir(path):
        raise InputError("this is a folder, not a table", where=path, help="Name the files in it")
    if not os.path.isfile(path):
        raise InputError("there is no such file", where=path, help="Name a CSV, text, Parquet, Arrow or XLSX file")
    if not os.path.getsize(path):
        raise InputError("the file is empty", where=path, help="Download it again")
    with open(path, "rb") as file:
        head = file.read(64)
    name = path.lower()
    if head[:4] == b"PAR1":
        return Parquet(path)
    if head[:6] == b"ARROW1" or name.endswith((".arrow", ".feather", ".ipc")):
        return Arrow(path)
    if head[:4] == b"PK\x03\x04":
        from homerule.replay.workbook import Workbook

        return Workbook(path)
    if head[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError("this is a workbook in the old binary form", where=path, help="Save it as .xlsx or .csv")
    if head.startswith(b"version https://git-lfs"):
        raise InputError("this is only a pointer to a file kept elsewhere (Git LFS), not the table", where=path, help="Download the file itself")
    if b"\0" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff") and head[:2] != b"\x1f\x8b":
        raise InputError("this is no table that can be read", where=path, help="Give a CSV, text, Parquet, Arrow or XLSX file")
    return Text(path)


def distinct(names: Sequence[Any]) -> list[str]:
    """Column names made distinct: the second of a name gets a number. Empty ones are called by their place."""
    seen: dict[str, int] = {}
    out = []
    for i, n in enumerate(names):
        name = " ".join(str(n).split()) if n is not None and str(n).strip() else f"column {i + 1}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return out


def find_header(rows: Sequence[Sequence[Any]]) -> int | None:
    """Which of the first rows is the header: the one with the most names that some source knows; None where none has two, or a day and a place."""
    known = known_names()
    best, hits = None, 1
    for i, row in enumerate(rows[:LOOK]):
        names = {normal(str(c)) for c in row if c is not None and str(c).strip()}
        found = len(names & known)
        if found > hits:
            best, hits = i, found
    return best


def exact(stream: Iterator[Any], rows: int) -> Iterator[Any]:
    """The same rows in tables of exactly ``rows``, so that a part is the same however the reader cuts."""
    pa = needs("pyarrow")
    held: list[Any] = []
    count = 0
    for piece in stream:
        table = piece if isinstance(piece, pa.Table) else pa.Table.from_batches([piece])
        held.append(table)
        count += table.num_rows
        while count >= rows:
            whole = pa.concat_tables(held)
            yield whole.slice(0, rows)
            held, count = [whole.slice(rows)], count - rows
    if count:
        yield pa.concat_tables(held)


# ------------------------------------------------------------------ through DuckDB


def _duck() -> Any:
    db = needs("duckdb").connect()
    db.execute("SET memory_limit = '600MB'; SET threads = 2; SET preserve_insertion_order = true; SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
    return db


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


class _Duck(Table):
    """A file that DuckDB reads."""

    def _from(self) -> str:
        raise NotImplementedError

    def _rows(self, what: str, start: int) -> str:
        return f"SELECT {what} FROM {self._from()}" + (f" OFFSET {start}" if start else "")

    def sample(self) -> dict[str, list[Any]]:
        with _duck() as db:
            found = self._run(db, f"SELECT {self._all()} FROM {self._from()} LIMIT {SAMPLE}").fetchall()
        return {c: [r[i] for r in found] for i, c in enumerate(self.columns)}

    def _all(self) -> str:
        return ", ".join(map(self._column, self.columns))

    def _column(self, name: str) -> str:
        return _quoted(name)

    def _stream(self, columns: list[str], rows: int, start: int) -> Iterator[Any]:
        with _duck() as db:
            what = ", ".join(f"{self._column(c)} AS {_quoted(c)}" for c in columns) or "1 AS nothing"
            try:
                result = db.sql(self._rows(what, start))
                yield from result.to_arrow_reader(1 << 17) if hasattr(result, "to_arrow_reader") else result.fetch_arrow_reader(1 << 17)
            except (OSError, needs("duckdb").Error, needs("pyarrow").ArrowException) as error:
                raise self._unreadable(error) from None

    def _run(self, db: Any, query: str) -> Any:
        try:
            return db.execute(query)
        except needs("duckdb").Error as error:
            raise self._unreadable(error) from None

    def _unreadable(self, error: Exception) -> InputError:
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        return InputError(f"the table cannot be read further: {said[:240].rstrip('.')}", where=self.path, help="Mend the line that is named, or download the file again")


class Parquet(_Duck):
    """A Parquet file."""

    form = "Parquet"

    @cached_property
    def _file(self) -> Any:
        try:
            return needs("pyarrow.parquet").ParquetFile(self.path)
        except Exception as error:
            raise self._unreadable(error) from None

    @cached_property
    def columns(self) -> list[str]:
        return [str(n) for n in self._file.schema_arrow.names]

    def _from(self) -> str:
        return f"read_parquet({_literal(self.path)})"

    def _stream(self, columns: list[str], rows: int, start: int) -> Iterator[Any]:
        """With texts as the file holds them, coded: the codes are what is wanted here, and no text is made of them."""
        pa = needs("pyarrow")
        kinds = {f.name: f.type for f in self._file.schema_arrow}
        texts = [c for c in columns if pa.types.is_string(kinds[c]) or pa.types.is_large_string(kinds[c])]
        try:
            file = needs("pyarrow.parquet").ParquetFile(self.path, read_dictionary=texts)
            passed = 0
            groups: list[int] = []
            for g in range(file.metadata.num_row_groups):  # whole groups of rows before the start are not read
                size = file.metadata.row_group(g).num_rows
                if groups or passed + size > start:
                    groups.append(g)
                else:
                    passed += size
            for batch in file.iter_batches(min(rows, 1 << 19), row_groups=groups, columns=columns, use_threads=False):
                if passed + batch.num_rows > start:
                    yield batch.slice(max(0, start - passed))
                passed += batch.num_rows
        except (OSError, needs("pyarrow").ArrowException) as error:
            raise self._unreadable(error) from None

    def count(self) -> int | None:
        return int(self._file.metadata.num_rows)


class Text(_Duck):
    """A text file of rows: the separator and the line of the header are found, gzip is unpacked."""

    @cached_property
    def _found(self) -> tuple[str, str, int, list[str], str]:
        """(separator, encoding, lines before the rows, columns, quote)."""
        raw = self._head()
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        try:
            text = raw.decode(encoding if encoding == "utf-16" else "utf-8-sig", errors="strict")
        except UnicodeDecodeError as error:
            if error.start < len(raw) - 4:
                encoding = "latin-1"
            text = raw.decode("latin-1" if encoding == "latin-1" else encoding, errors="ignore")
        lines = text.splitlines()[:LOOK]
        best: tuple[int, str, int, list[str]] | None = None
        for separator in "\t|,;":
            rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
            at = find_header(rows)
            if at is None:
                continue
            hits = len({normal(c) for c in rows[at]} & known_names())
            if best is None or hits > best[0]:
                best = (hits, separator, at, rows[at])
        if best is None:
            separator = max("\t|,;", key=lambda s: lines[0].count(s) if lines else 0)
            first = next(iter(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)), [])
            best = (0, separator, 0, first)
        _, separator, at, names = best
        if at:
            self.notes.append(f"{at} line{'s' if at > 1 else ''} above the header passed over")
        return separator, encoding, at + 1, distinct(names), '"'

    def _head(self) -> bytes:
        with open(self.path, "rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        try:
            with gzip.open(self.path) if zipped else open(self.path, "rb") as file:
                return bytes(file.read(1 << 22))
        except (OSError, EOFError) as error:
            raise InputError(f"the file cannot be read: {error}", where=self.path, help="Download it again") from None

    @property
    def form(self) -> str:  # type: ignore[override]
        return {"\t": "text, separated by tabs", "|": "text, separated by pipes", ",": "text, separated by commas", ";": "text, separated by semicolons"}[self._found[0]]

    @cached_property
    def columns(self) -> list[str]:
        return self._found[3]

    def _from(self) -> str:
        separator, encoding, skip, names, quote = self._found
        with open(self.path, "rb") as file:
            zipped = ", compression = 'gzip'" if file.read(2) == b"\x1f\x8b" else ""
        typed = ", ".join(f"{_literal(f'c{i}')}: 'VARCHAR'" for i in range(len(names)))
        return (
            f"read_csv({_literal(self.path)}, delim = {_literal(separator)}, quote = {_literal(quote)}, escape = {_literal(quote)}, header = false, skip = {skip}, "
            f"auto_detect = false, null_padding = true, strict_mode = false, max_line_size = 10000000, encoding = {_literal(encoding)}{zipped}, columns = {{{typed}}})"
        )

    def _column(self, name: str) -> str:
        return f"c{self.columns.index(name)}"


class Arrow(Table):
    """An Arrow (Feather) file."""

    form = "Arrow"

    @cached_property
    def _data(self) -> Any:
        try:
            return needs("pyarrow.dataset").dataset(self.path, format="ipc")
        except Exception as error:
            raise InputError(f"the file is no Arrow table: {str(error)[:160]}", where=self.path, help="Give the file form of Arrow (Feather), or Parquet") from None

    @cached_property
    def columns(self) -> list[str]:
        return [str(n) for n in self._data.schema.names]

    def sample(self) -> dict[str, list[Any]]:
        return {str(k): v for k, v in self._data.head(SAMPLE).to_pydict().items()}

    def _stream(self, columns: list[str], rows: int, start: int) -> Iterator[Any]:
        passed = 0
        for batch in self._data.to_batches(columns=columns, batch_size=1 << 16):
            if passed + batch.num_rows > start:
                yield batch.slice(max(0, start - passed))
            passed += batch.num_rows

    def count(self) -> int | None:
        return int(self._data.count_rows())
