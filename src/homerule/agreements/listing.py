"""A published list of agreements, read from a table: where its headings are, which column is which, and what each row says.

Rows are kept as printed. What a cell means is read later (`kinds`, `names`, `read_signed`), so that a better reading reaches old lists too.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from homerule.agreements.kinds import kinds
from homerule.agreements.names import clean, read_state
from homerule.agreements.sheet import Cell, Sheet, plain_link
from homerule.errors import InputError, shorten
from homerule.places.names import close, fold

__all__ = ["PARTICIPATING", "WAITING", "Listing", "Row", "lists_of", "read_signed"]

PARTICIPATING, WAITING = "participating", "pending"
_HEADER_WITHIN = 40
_SLASHED = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})$")
_ONE_SLASH = re.compile(r"^(\d{1,2})/(\d{1,2})(\d{4})$")
_FIRST = date(1996, 9, 30)  # the power that these agreements use is of that day


class Row(NamedTuple):
    """One row of a list as printed: blanks trimmed, true dates in ISO form, links unwrapped."""

    state: str
    agency: str
    body: str = ""
    county: str = ""
    support: str = ""
    signed: str = ""
    link_text: str = ""
    link: str = ""
    addendum_text: str = ""
    addendum: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the row's content."""
        return sha256("\x1f".join(self).encode()).hexdigest()


class Listing(NamedTuple):
    """A list as it was read. `key` tells it from others (of its file: the SHA-256, and the day that its name gives, for one content published on two days is two observations); `said_date` and `said_type` are what its columns or the user say, else None and empty.

    `columns` names the columns found, `modified` is when the file was last saved, `at_rows` are the rows' numbers in the sheet.
    `whole` is False where the user says that the file is only a part of a list.
    """

    name: str
    key: str
    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    at_rows: tuple[int, ...]
    modified: date | None = None
    said_date: date | None = None
    said_type: str = ""
    whole: bool = True
    notes: tuple[str, ...] = ()

    @property
    def has_signed(self) -> bool:
        """Whether any row has a signing date: lists of agreements not yet in force have none."""
        return any(r.signed for r in self.rows)

    @property
    def names_itself(self) -> str:
        """What the file's name says of the list: participating, pending, or nothing."""
        name = f"{self.name} {self.sheet}".lower()
        return WAITING if "pending" in name else PARTICIPATING if "participating" in name else ""

    @property
    def type(self) -> str:
        """Whether the list shows agreements in force or awaited ones: by what was said, else by its content, else by its name."""
        if self.said_type:
            return self.said_type
        if self.rows and sum(bool(r.signed) for r in self.rows) * 2 > len(self.rows):
            return PARTICIPATING
        if "signed" not in self.columns or not self.has_signed:
            return WAITING
        return self.names_itself or PARTICIPATING

    @property
    def type_doubt(self) -> str:
        """A sentence where name and content disagree."""
        if self.said_type or not self.names_itself or self.names_itself == self.type:
            return ""
        return f"the file is named as a {self.names_itself} list but {'has no signing dates, as only pending lists do' if self.type == WAITING else 'its rows have signing dates'}"


def read_signed(text: str, before: date | None = None) -> tuple[date | None, str]:
    """The signing date that a cell means, and a doubt. A date that cannot be is not mended: it is None, with a doubt.

    `before` is the date of the list; a date more than a month after it is doubted.
    """
    text = text.strip()
    if not text or kinds().is_nothing(text):
        return None, ""
    found, doubt = _day(text.replace("  ", " "))
    if found is None:
        return None, doubt or f'the signing date "{shorten(text)}" cannot be read'
    if found < _FIRST or found.year > 2100 or (before is not None and found > before + timedelta(days=31)):
        return None, f'the signing date "{shorten(text)}" cannot be right'
    return found, doubt


def _day(text: str) -> tuple[date | None, str]:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}([ T][\d:.]*)?", text):
        try:
            return date.fromisoformat(text[:10]), ""
        except ValueError:
            return None, ""
    for shape, doubt in ((_SLASHED, ""), (_ONE_SLASH, f'the signing date "{shorten(text)}" lacks a stroke')):
        if m := shape.match(text):
            year = int(m.group(3)) + (2000 if len(m.group(3)) == 2 else 0)
            try:
                return date(year, int(m.group(1)), int(m.group(2))), doubt
            except ValueError:
                continue
    if re.fullmatch(r"\d{5}", text) and 35000 < int(text) < 60000:  # a spreadsheet's day number, shown as such
        return date(1899, 12, 30) + timedelta(days=int(text)), ""
    for form in ("%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b. %d, %Y", "%Y/%m/%d"):
        try:
            return datetime.strptime(text, form).date(), ""
        except ValueError:
            continue
    return None, ""


def lists_of(sheets: list[Sheet], name: str, key: str) -> list[Listing]:
    """Every list in the sheets of a file. Raises InputError, saying what was looked for and what was seen, where there is none."""
    found: list[Listing] = []
    passed: list[str] = []
    for sheet in sheets:
        head = _header(sheet)
        if head is None:
            if any(c.text for row in sheet.rows for c in row):
                seen = next((", ".join(shorten(c.text, 24) for c in row if c.text)[:120] for row in sheet.rows if any(c.text for c in row)), "")
                passed.append(f"sheet {sheet.name or '1'} has no row with headings for the agency and the state or support type (it begins: {seen})")
            continue
        listing = _read(sheet, *head, name, key)
        if listing.rows:
            found.append(listing)
        else:
            passed.append(f"sheet {sheet.name or '1'} has headings and no rows")
    if not found:
        raise InputError("no list of agreements was found: " + ("; ".join(passed) or "every sheet is empty"), where=name, help="A list has one row an agreement and, in some row, headings such as STATE, LAW ENFORCEMENT AGENCY, SUPPORT TYPE, SIGNED")
    notes = tuple(f"left out: {p}" for p in passed)
    return [found[0]._replace(notes=found[0].notes + notes), *found[1:]]


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The header row's number (from 0) and the column of each field, or None."""
    best: tuple[int, dict[str, int]] | None = None
    for number, row in enumerate(sheet.rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for at, cell in enumerate(row):
            field = _field(cell.text)
            if field and field not in columns:
                columns[field] = at
        if "agency" in columns and sum(bool(c.text) for c in row) >= 2 and (best is None or len(columns) > len(best[1])):
            best = (number, columns)
    if best is None:
        return None
    number, columns = best
    _by_content(sheet.rows[number + 1 :], columns, sheet.rows[number])
    return best if "state" in columns or "support" in columns else None


@lru_cache(4096)
def _field(text: str) -> str:
    """The field that a heading stands for, or nothing."""
    known = kinds().columns
    key = fold(text)
    if not key or len(key) > 60:
        return ""
    if key in known:
        return known[key]
    near = close(key, [k for k in known if len(k) > 3])
    if near:
        return known[near[0]]
    held = {known[k] for k in known if len(k) > 5 and f" {k} " in f" {key} "}
    return held.pop() if len(held) == 1 else ""


def _by_content(rows: list[list[Cell]], columns: dict[str, int], header: list[Cell]) -> None:
    """Find the columns whose heading was not known by what most of their cells hold."""
    taken = set(columns.values())
    for at in range(max((len(r) for r in rows[:200]), default=0)):
        if at in taken:
            continue
        texts = [r[at].text for r in rows[:200] if at < len(r) and r[at].text]
        if len(texts) < 3 or len(texts) * 2 < len(rows[:200]):
            continue
        for field, holds in (("state", lambda t: bool(read_state(t).value)), ("support", lambda t: bool(kinds().support(t)[1])), ("signed", lambda t: read_signed(t)[0] is not None)):
            if field not in columns and sum(map(holds, texts)) >= 0.9 * len(texts):
                columns[field] = at
                break


def _read(sheet: Sheet, number: int, columns: dict[str, int], name: str, key: str) -> Listing:
    rows: list[Row] = []
    at_rows: list[int] = []
    notes: Counter[str] = Counter()
    dates: Counter[str] = Counter()
    types: Counter[str] = Counter()
    heading = ""

    def cell(row: list[Cell], field: str) -> Cell:
        at = columns.get(field, -1)
        return row[at] if 0 <= at < len(row) else Cell("")

    for at, row in enumerate(sheet.rows[number + 1 :], number + 2):
        held = [c for c in row if c.text]
        if not held:
            continue
        agency = clean(cell(row, "agency").text)
        state = cell(row, "state").text
        if len(held) == 1 and read_state(held[0].text).value and not read_state(held[0].text).doubt:
            heading = held[0].text  # a line of its own that names the state of the rows below it
            continue
        if not agency or agency.lower() in ("total", "totals", "grand total", "law enforcement agency", "agency"):
            notes["a row without an agency" if not agency else "a row of totals or headings"] += 1
            continue
        printed = cell(row, "sheet_row").text
        link, addendum = cell(row, "link"), cell(row, "addendum")
        rows.append(Row(
            state=state or heading, agency=agency, body=_said(cell(row, "body").text), county=_said(cell(row, "county").text), support=cell(row, "support").text,
            signed=cell(row, "signed").text, link_text=link.text, link=plain_link(cell(row, "link_url").text or link.link or link.text),
            addendum_text=addendum.text, addendum=plain_link(cell(row, "addendum_url").text or addendum.link or addendum.text),
        ))  # fmt: skip
        at_rows.append(int(printed) if printed.isdigit() else at)
        dates[cell(row, "list_date").text] += 1
        types[cell(row, "list_type").text.lower()] += 1
    said = next(iter(dates)) if len(dates) == 1 else ""
    if len(dates) > 1:
        raise InputError(f"the column list_date holds {len(dates)} dates", where=name, help="Put each list in a file of its own")
    kind = next(iter(types)) if len(types) == 1 else ""
    return Listing(
        name, key, sheet.name, tuple(sorted(columns, key=lambda c: columns[c])), tuple(rows), tuple(at_rows), sheet.modified,
        said_date=_day(said)[0] if said else None, said_type=kind if kind in (PARTICIPATING, WAITING) else "", notes=tuple(f"{n} × {text}" for text, n in notes.items()),
    )  # fmt: skip


def _said(text: str) -> str:
    return "" if kinds().is_nothing(text) else text
