"""Sample lists of every shape, made here; and the real ones where they stand beside the checkout."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from homerule.agreements import Registry
from homerule.agreements.listing import Listing, Row

DATA = Path(os.environ.get("HOMERULE_DATA") or Path(__file__).parents[3] / "shared" / "data") / "agreements_287g"
LINK = "https://example.gov/moa/"
SAFE = "https://gcc02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.gov%2Fmoa%2Fsafe_TFM.pdf&data=05%7C02"
HEAD = ("STATE", "LAW ENFORCEMENT AGENCY ", "TYPE", "COUNTY", "SUPPORT TYPE", "SIGNED", "MOA", "ADDENDUM")


def workbook(path: Path, rows: Sequence[Sequence[object]], *, links: dict[str, str] | None = None, saved: date | None = None, blank_tail: int = 0, second: Sequence[Sequence[object]] = ()) -> Path:
    """A workbook of rows from the first row on; `links` by cell, `saved` the day it says it was last saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for at, target in (links or {}).items():
        sheet[at].hyperlink = target
    for _ in range(blank_tail):
        sheet.append([" "] + [None] * 12)
    if second:
        other = book.create_sheet("Sheet2")
        for row in second:
            other.append(list(row))
    held = io.BytesIO()
    book.save(held)
    if saved:
        book.properties.modified = datetime(saved.year, saved.month, saved.day, 12)
        book = _keep_saved(held.getvalue(), saved, path)
    else:
        path.write_bytes(_without_saved(held.getvalue()))
    return path


def _rewrite(data: bytes, change: Callable[[str], str]) -> bytes:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            body = old.read(item)
            if item.filename == "docProps/core.xml":
                body = change(body.decode()).encode()
            new.writestr(item.filename, body)
    return out.getvalue()


def _keep_saved(data: bytes, saved: date, path: Path) -> None:
    import re

    path.write_bytes(_rewrite(data, lambda t: re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{saved.isoformat()}T12:00:00Z", t)))


def _without_saved(data: bytes) -> bytes:
    import re

    return _rewrite(data, lambda t: re.sub(r"<dcterms:modified[^>]*>[^<]*</dcterms:modified>", "", t))


def listing(on: str, *rows: Row, pending: bool = False, clock: str = "am", whole: bool = True) -> Listing:
    """A list of a day as it is after reading."""
    day = date.fromisoformat(on)
    name = f"{'pending' if pending else 'participating'}Agencies{day:%m%d%Y}{clock}.xlsx"
    digest = sha256((name + repr(rows)).encode()).hexdigest()
    columns = ("state", "agency", "body", "county", "support") + (() if pending else ("signed", "link"))
    return Listing(name, digest, "Sheet1", columns, tuple(rows), tuple(range(2, 2 + len(rows))), said_date=day, said_type="pending" if pending else "participating", whole=whole)


def row(agency: str, model: str = "Task Force Model", signed: str = "2025-03-03", state: str = "TEXAS", county: str = "", body: str = "", link: str = "") -> Row:
    """A row of a list."""
    return Row(state, agency, body, county, model, signed, "link" if link else "link pending", LINK + link if link else "")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """An empty registry in a file."""
    return Registry(str(tmp_path / "agreements.sqlite"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of the real lists; the test is skipped where there is none."""
    if not (DATA / "snapshots.csv").exists():
        pytest.skip("the real lists are not here")
    return DATA
