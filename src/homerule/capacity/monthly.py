"""Monthly detention tables as people download them: Homerule's own columns, or the long table made from ICE's statistics workbooks."""

from __future__ import annotations

import calendar
import csv
import hashlib
import io
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from homerule.errors import InputError, nearest, shorten

#: Homerule's own columns: required, and optional.
NEEDED = ("month", "held", "book_ins")
PARTED = ("month", "held_ice", "held_cbp", "book_ins_ice", "book_ins_cbp")
OPTIONAL = ("days", "book_outs", "removed", "removals", "from_jail")
LONG = {"metric", "group", "month", "value"}
#: Rows of the long table that are not removals, among final exits.
NOT_REMOVED = ("Bonded Out", "Order of Recognizance", "Order of Supervision", "Paroled", "Court Ordered", "Bond Set by ICE", "Bond Set by IJ")
LARGEST = 50_000_000


class Table(NamedTuple):
    """The record. ``held`` and ``book_ins``: one or two classes (ICE arrests, border arrests) a month; ``removed``: exits that are removals; None where not told."""

    file: str
    digest: str
    months: tuple[str, ...]
    days: tuple[int, ...]
    held: tuple[tuple[float, ...], ...]
    book_ins: tuple[tuple[float, ...], ...]
    book_outs: tuple[float | None, ...]
    removed: tuple[float | None, ...]
    removals: tuple[float | None, ...]
    from_jail: tuple[float | None, ...]
    notes: tuple[str, ...] = ()

    def between(self, first: str, last: str) -> Table:
        """The months from ``first`` to ``last``, which must follow on one another. Raises InputError."""
        for name, month in (("first", first), ("last", last)):
            if month and (not re.fullmatch(r"\d{4}-\d\d", month) or month not in self.months):
                raise InputError(f"the table has no month `{shorten(month)}`", where=f"{name} month", help=f"It runs from {self.months[0]} to {self.months[-1]}; write YYYY-MM")
        a = self.months.index(first) if first else 0
        b = self.months.index(last) + 1 if last else len(self.months)
        if a >= b:
            raise InputError(f"{first} comes after {last}", where="months", help="Give the earlier month first")
        chosen = self.months[a:b]
        for here, after in pairwise(chosen):
            if _next(here) != after:
                raise InputError(f"the month after {here} is missing", where=self.file, help=f"Choose months from {after} on, or fill in the gap")
        cut = slice(a, b)
        return self._replace(
            months=chosen, days=self.days[cut], held=self.held[cut], book_ins=self.book_ins[cut], book_outs=self.book_outs[cut], removed=self.removed[cut],
            removals=self.removals[cut], from_jail=self.from_jail[cut],
        )  # fmt: skip


def read_table(path: str) -> Table:
    """A CSV of either shape. Raises InputError that names what is missing and where."""
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST:
            raise InputError(f"`{file.name}` is larger than a monthly table can be", where=str(path), help="Give counts by month, not rows of people")
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"`{shorten(str(path))}` cannot be read: {error.strerror}", where="DATA", help="Give a CSV file of counts by month") from None
    except UnicodeDecodeError:
        raise InputError(f"`{file.name}` is no text", where="DATA", help="Save the sheet as CSV in UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=None), strict=False)
    try:
        fields = [(f or "").strip().lower() for f in reader.fieldnames or ()]
        rows = [{k: (v or "").strip() if isinstance(v, str) else "" for k, v in zip(fields, row.values())} for row in reader]
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}", where=file.name, help="Save the sheet as CSV in UTF-8") from None
    digest = hashlib.sha256(raw).hexdigest()
    if set(fields) >= LONG:
        return _long(file.name, digest, rows)
    parted = set(PARTED) <= set(fields)
    if not parted and not set(NEEDED) <= set(fields):
        missing = next(f for f in (PARTED if "held_ice" in fields or "book_ins_ice" in fields else NEEDED) if f not in fields)
        raise InputError(f"the table has no column `{missing}`", where=file.name, help=f"It needs {', '.join(PARTED)} (or {', '.join(NEEDED)}); there is {', '.join(fields[:12]) or 'nothing'}. {nearest(missing, fields) if fields else ''}".strip())
    return _own(file.name, digest, rows, parted)


def _own(name: str, digest: str, rows: list[dict[str, str]], parted: bool) -> Table:
    kept: dict[str, dict[str, str]] = {}
    for line, row in enumerate(rows, 2):
        month = _month(row["month"], f"{name} line {line}")
        if month in kept:
            raise InputError(f"{month} stands there twice", where=f"{name} line {line}", help="Give each month once")
        kept[month] = {**row, "line": str(line)}
    order = sorted(kept)
    keys = [("held_ice", "book_ins_ice"), ("held_cbp", "book_ins_cbp")] if parted else [("held", "book_ins")]

    def number(row: Mapping[str, str], key: str, need: bool = True) -> float | None:
        return _number(row.get(key, ""), f"{name} line {row['line']}, {key}", need=need)

    held = tuple(tuple(number(kept[m], h) or 0.0 for h, _ in keys) for m in order)
    ins = tuple(tuple(number(kept[m], b) or 0.0 for _, b in keys) for m in order)
    days = tuple(_covered(number(kept[m], "days", False), m, f"{name} line {kept[m]['line']}") for m in order)

    def column(key: str) -> tuple[float | None, ...]:
        return tuple(number(kept[m], key, False) for m in order)

    return _checked(Table(name, digest, tuple(order), days, held, ins, column("book_outs"), column("removed"), column("removals"), column("from_jail")))


def _long(name: str, digest: str, rows: list[dict[str, str]]) -> Table:
    cells: dict[str, dict[tuple[str, str], float]] = {}
    released: dict[str, str] = {}
    for line, row in enumerate(rows, 2):
        month = _month(row["month"], f"{name} line {line}")
        if row.get("criminality", "") in ("", "Total"):
            value = _number(row["value"], f"{name} line {line}, value", need=False)
            if value is not None:
                cells.setdefault(month, {})[(row["metric"], row["group"])] = value
                released[month] = max(released.get(month, ""), row.get("from_release", "")[:10])
    wanted = (("adp", "ICE Average"), ("adp", "CBP Average"), ("book_ins", "ICE"), ("book_ins", "CBP"))
    order = [m for m in sorted(cells) if all(cells[m].get(w) for w in wanted)]
    if not order:
        raise InputError("no month has people held and book-ins of both classes", where=name, help="It needs the metrics adp (ICE Average, CBP Average) and book_ins (ICE, CBP)")
    notes = []
    whole = {m: tuple(cells[m][k] for k in wanted[2:]) for m in order}
    if len(order) > 3 and all(released[m] for m in order):
        from homerule.capacity.hindcast import months_from

        record = months_from(r for r in rows if _month(r["month"], name) in cells and r.get("value"))  # which knows the months that a release covers in part
        for m in [m for m in order if m not in record.months]:
            notes.append(f"{m} is left out: the release of {released[m]} covers only part of it")
            order.remove(m)
        for m, days, rate in zip(record.months, record.days, record.rate):
            filled = tuple(float(x * days) for x in rate)
            if m in whole and sum(filled) > 1.02 * sum(whole[m]):
                notes.append(f"the book-ins of {m} cover part of it and are taken at {sum(filled) / sum(whole[m]):.2f} times the count")
                whole[m] = filled

    def pair(m: str, *keys: tuple[str, str]) -> tuple[float, ...]:
        return tuple(cells[m][k] for k in keys)

    outs = tuple(cells[m].get(("book_outs", "Total")) for m in order)
    other = [sum(cells[m].get(("book_outs", g), 0.0) for g in NOT_REMOVED if not (g.startswith("Bond Set") and ("book_outs", "Bonded Out") in cells[m])) for m in order]
    removed = tuple(max(o - x, 0.0) if o else None for o, x in zip(outs, other))
    if any(r is not None for r in removed):
        notes.append("removals out of detention are the final exits less bonds, recognizance, supervision, parole and court orders: voluntary departures are among them")
    days = tuple(calendar.monthrange(int(m[:4]), int(m[5:]))[1] for m in order)
    nothing: tuple[float | None, ...] = (None,) * len(order)
    return _checked(Table(name, digest, tuple(order), days, tuple(pair(m, *wanted[:2]) for m in order), tuple(whole[m] for m in order), outs, removed, nothing, nothing, tuple(notes)))


def _checked(table: Table) -> Table:
    for month, here in zip(table.months, table.held):
        if min(here) <= 0:
            raise InputError(f"nobody is held in {month}", where=table.file, help="Leave out months without a count (future months are zero in ICE's workbooks)")
    return table


def _month(text: str, where: str) -> str:
    found = re.match(r"(\d{4})-(\d\d)", text)
    if not found or not 1 <= int(found[2]) <= 12:
        raise InputError(f"`{shorten(text)}` is no month", where=where, help="Write months as YYYY-MM, or a day in them as YYYY-MM-DD")
    return f"{found[1]}-{found[2]}"


def _next(month: str) -> str:
    y, m = int(month[:4]), int(month[5:7])
    return f"{y + m // 12}-{m % 12 + 1:02d}"


def _number(text: str, where: str, need: bool) -> float | None:
    if not text:
        if need:
            raise InputError("the cell is empty", where=where, help="Leave out months that are not counted")
        return None
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        raise InputError(f"`{shorten(text)}` is no number", where=where, help="Give a count such as 36704") from None
    if value != value or not 0 <= value < 1e9:
        raise InputError(f"`{shorten(text)}` is no count", where=where, help="Give a number of people, 0 or more")
    return value


def _covered(days: float | None, month: str, where: str) -> int:
    whole = calendar.monthrange(int(month[:4]), int(month[5:]))[1]
    if days is None:
        return whole
    if days != int(days) or not 1 <= days <= whole:
        raise InputError(f"{month} has no {days:g} days", where=where, help="`days` is how many days of the month the counts cover; leave it empty for a whole month")
    return int(days)
