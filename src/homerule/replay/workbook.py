"""XLSX workbooks as tables: preambles passed over, sheets that go on without a header continued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from homerule.errors import InputError
from homerule.replay.tables import LOOK, SAMPLE, Table, distinct, find_header, needs
from homerule.replay.values import normal


class Workbook(Table):
    """An XLSX workbook: every sheet with a header that a source knows, and the sheets that continue it without one."""

    form = "workbook"

    def _sheets(self) -> Iterator[tuple[str, list[str], Iterator[tuple[Any, ...]]]]:
        """Each sheet that holds rows: its name, its columns and its rows."""
        openpyxl = needs("openpyxl")
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        except Exception as error:
            raise InputError(f"the workbook cannot be opened: {str(error)[:160]}", where=self.path, help="Open and save it again, or save it as CSV") from None
        before: list[str] | None = None
        self.notes.clear()
        try:
            for sheet in book.worksheets:
                if hasattr(sheet, "reset_dimensions"):
                    sheet.reset_dimensions()  # published workbooks state wrong ones
                rows = sheet.iter_rows(values_only=True)
                head = [r for _, r in zip(range(LOOK), rows)]
                if not any(any(c is not None for c in r) for r in head):
                    continue
                at = find_header(head)
                width = max((sum(c is not None for c in r) for r in head), default=0)
                if at is not None:
                    names = list(head[at])
                    while names and names[-1] is None:
                        names.pop()
                    before = distinct(names)
                    if at:
                        self.notes.append(f"sheet `{sheet.title}`: {at} rows above the header passed over")
                    yield sheet.title, before, _chain(head[at + 1 :], rows)
                elif before is not None and width and len([c for c in head[0] if c is not None]) >= len(before) // 3 and len(_trimmed(head[0])) <= len(before):
                    self.notes.append(f"sheet `{sheet.title}` has no header and continues the one before")
                    yield sheet.title, before, _chain(head, rows)
                else:
                    self.notes.append(f"sheet `{sheet.title}` holds no table that a source knows")
                    if before is None and len(book.worksheets) == 1:
                        yield sheet.title, distinct(_trimmed(head[0])), _chain(head[1:], rows)
        finally:
            book.close()

    @cached_property
    def columns(self) -> list[str]:
        return next((list(c) for _, c, _ in self._sheets()), [])

    def sample(self) -> dict[str, list[Any]]:
        for _, columns, rows in self._sheets():
            found = [r for _, r in zip(range(SAMPLE), rows)]
            return {c: [r[i] if i < len(r) else None for r in found] for i, c in enumerate(columns)}
        return {}

    def _stream(self, columns: list[str], rows: int, start: int) -> Iterator[Any]:
        pa = needs("pyarrow")
        passed = 0
        for _, names, cells in self._sheets():
            by_name = {normal(n): i for i, n in reversed(list(enumerate(names)))}
            at = [names.index(c) if c in names else by_name.get(normal(c), -1) for c in columns]
            held: list[list[str | None]] = [[] for _ in columns]
            for row in cells:
                if all(c is None for c in row):
                    continue
                passed += 1
                if passed <= start:
                    continue
                for k, i in enumerate(at):
                    held[k].append(_cell(row[i]) if 0 <= i < len(row) else None)
                if len(held[0]) >= min(rows, 1 << 16):
                    yield pa.table({c: pa.array(h, pa.string()) for c, h in zip(columns, held)})
                    held = [[] for _ in columns]
            if held and held[0]:
                yield pa.table({c: pa.array(h, pa.string()) for c, h in zip(columns, held)})


def _chain(first: Sequence[tuple[Any, ...]], rest: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield from first
    yield from rest


def _trimmed(row: Sequence[Any]) -> list[Any]:
    out = list(row)
    while out and out[-1] is None:
        out.pop()
    return out


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)
