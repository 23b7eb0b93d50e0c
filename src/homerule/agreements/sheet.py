"""A workbook or CSV file as plain tables of cells, each with its link."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from datetime import date, datetime
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from homerule.errors import InputError, shorten

__all__ = ["Cell", "Sheet", "plain_link", "read_csv", "read_workbook", "why_not"]

_MOST_BYTES = 200_000_000
_MOST_ROWS = 200_000
_HYPERLINK = re.compile(r'^=?HYPERLINK\(\s*"([^"]+)"\s*(?:[,;]\s*"([^"]*)"\s*)?\)$', re.I)
_ARCHIVED = re.compile(r"^https?://web\.archive\.org/web/\d+\w*/(https?:/.*)$", re.I)


class Cell(NamedTuple):
    """What a cell shows, in one line (a true date in ISO form), and where it links to."""

    text: str
    link: str = ""


class Sheet(NamedTuple):
    """A table: rows of cells from the first row of the sheet on. `modified` is when the file says that it was last saved."""

    name: str
    rows: list[list[Cell]]
    modified: date | None = None


def plain_link(link: str) -> str:
    """The address that a link leads to: out of a mail program's safe link or a web archive's address, without blanks around it.

    What is no web address (a mail address, a file of somebody's machine) gives an empty text.
    """
    link = link.strip()
    if ":" not in link:
        return ""
    for _ in range(3):
        parts = urlsplit(link)
        if parts.hostname and parts.hostname.endswith("safelinks.protection.outlook.com"):
            inner = parse_qs(parts.query).get("url", [""])[0]
            link = inner if inner.startswith("http") else unquote(inner)
        elif archived := _ARCHIVED.match(link):
            link = re.sub(r"^(https?:)/+", r"\1//", archived.group(1))
        else:
            break
    return link if link.lower().startswith(("http://", "https://")) else ""


def read_workbook(data: bytes, name: str) -> list[Sheet]:
    """Every sheet of a workbook, hidden ones too. Raises InputError naming the file where it cannot be read.

    Values come by a library that reads a workbook in some ten milliseconds; it knows no links, so these are read from the file's own parts.
    An old binary workbook (.xls) is read too, without its links.
    """
    try:
        calamine: Any = import_module("python_calamine")
    except ImportError:
        raise InputError("a workbook needs the extra `agreements`", where=name, help="Install it with `pip install 'homerule[agreements]'`") from None
    links: dict[str, dict[tuple[int, int], str]] = {}
    saved: date | None = None
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                size = sum(p.file_size for p in parts.infolist())
                if "xl/workbook.xml" not in parts.namelist():
                    raise InputError("the file is a ZIP archive but no workbook", where=name, help="Give the .xlsx files themselves")
                if size > _MOST_BYTES:
                    raise InputError(f"the workbook unpacks to {size / 1e6:,.0f} MB, which no list of agreements does", where=name, help="Look at the file in a spreadsheet program first")
                links, saved = _links(parts), _saved(parts)
        except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, zlib.error):
            raise InputError("the file is cut off or damaged", where=name, help="Download it again") from None
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = [(s, book.get_sheet_by_name(s)) for s in book.sheet_names]
        out = []
        for title, table in tables:
            if table.total_height > _MOST_ROWS:
                raise InputError(f"the sheet {title} has {table.total_height:,} rows, which no list of agreements has", where=name, help="Delete the empty rows at its end and save it again")
            out.append(Sheet(title.strip(), _rows(table.to_python(skip_empty_area=False), links.get(title, {})), saved))
    except InputError:
        raise
    except Exception as error:  # the library raises its own kinds for broken and for protected files
        raise InputError(f"the workbook cannot be read ({shorten(str(error))})", where=name, help="Open it in a spreadsheet program and save it again as .xlsx without a password") from None
    return out


def _rows(values: list[list[Any]], links: dict[tuple[int, int], str]) -> list[list[Cell]]:
    out = [[Cell(_text(v), links.get((r, c), "")) if v != "" or (r, c) in links else _EMPTY for c, v in enumerate(row)] for r, row in enumerate(values)]
    while out and not any(c.text or c.link for c in out[-1]):
        out.pop()
    return out


_EMPTY = Cell("")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _relations(parts: zipfile.ZipFile, of: str) -> dict[str, str]:
    """Targets by id of what a part of the workbook refers to."""
    folder, _, file = of.rpartition("/")
    where = f"{folder}/_rels/{file}.rels"
    if where not in parts.namelist():
        return {}
    return {r.get("Id", ""): r.get("Target", "") for r in ElementTree.fromstring(parts.read(where))}


def _links(parts: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """The links of each sheet by (row, column), both from 0: of the cells themselves and of HYPERLINK formulas."""
    files = _relations(parts, "xl/workbook.xml")
    out = {}
    for s in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter():
        if s.tag.rpartition("}")[2] != "sheet":
            continue
        target = files.get(s.get(_RELATION) or next((v for k, v in s.attrib.items() if k.endswith("}id")), ""), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in parts.namelist() and "sheets/" in path:
            out[s.get("name", "")] = _sheet_links(parts.read(path), _relations(parts, path))
    return out


def _sheet_links(xml: bytes, relations: dict[str, str]) -> dict[tuple[int, int], str]:
    out: dict[tuple[int, int], str] = {}
    if b"HYPERLINK(" in xml:
        for _, cell in ElementTree.iterparse(io.BytesIO(xml)):
            if cell.tag.rpartition("}")[2] == "c":
                for part in cell:
                    if part.tag.rpartition("}")[2] == "f" and part.text and (formula := _HYPERLINK.match(part.text.strip())) and (at := _corner(cell.get("r", ""))):
                        out[at] = formula.group(1)
    start, end = xml.rfind(b"<hyperlinks"), xml.rfind(b"</hyperlinks>")
    root = re.search(rb"<(?:\w+:)?worksheet\b[^>]*>", xml)
    if root is None or start < 0:
        return out if start < 0 and b":hyperlinks" not in xml else out | _slow_links(xml, relations)
    # Only the part that holds links is parsed, inside the sheet's own first tag, which declares its names.
    for link in ElementTree.fromstring(root.group() + xml[start:end] + b"</hyperlinks>" + b"</worksheet>").iter():
        out.update(_link(link, relations))
    return out


def _slow_links(xml: bytes, relations: dict[str, str]) -> dict[tuple[int, int], str]:
    out: dict[tuple[int, int], str] = {}
    for _, link in ElementTree.iterparse(io.BytesIO(xml)):
        out.update(_link(link, relations))
    return out


def _link(link: ElementTree.Element, relations: dict[str, str]) -> dict[tuple[int, int], str]:
    if link.tag.rpartition("}")[2] != "hyperlink":
        return {}
    target = relations.get(next((v for k, v in link.attrib.items() if k.endswith("}id")), ""), "")
    first, _, last = link.get("ref", "").partition(":")
    a, b = _corner(first), _corner(last or first)
    if not target or a is None or b is None or (b[0] - a[0]) * (b[1] - a[1] + 1) > _MOST_ROWS:
        return {}
    return {(r, c): target for r in range(a[0], b[0] + 1) for c in range(a[1], b[1] + 1)}


def _corner(ref: str) -> tuple[int, int] | None:
    """Row and column, from 0, of a cell's name such as `G12`."""
    m = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", ref)
    if m is None:
        return None
    column = 0
    for letter in m.group(1):
        column = column * 26 + ord(letter) - 64
    return int(m.group(2)) - 1, column - 1


def _saved(parts: zipfile.ZipFile) -> date | None:
    """The day on which the workbook says that it was last saved."""
    if "docProps/core.xml" not in parts.namelist():
        return None
    for item in ElementTree.fromstring(parts.read("docProps/core.xml")).iter():
        if item.tag.endswith("}modified") and item.text:
            try:
                return date.fromisoformat(item.text.strip()[:10])
            except ValueError:
                return None
    return None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def read_csv(data: bytes, name: str) -> Sheet:
    """A CSV file as a table. Raises InputError naming the file where it is no text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise InputError("the file is not text", where=name, help="Save it as CSV in UTF-8") from None
    try:
        dialect: Any = csv.Sniffer().sniff(text[:4096], ",;\t|")
    except csv.Error:
        dialect = csv.excel
    dialect.doublequote = True
    return Sheet("", [[Cell(" ".join(v.split())) for v in row] for row in csv.reader(io.StringIO(text), dialect)])


def why_not(data: bytes, name: str) -> str:
    """Why a file that is neither workbook, CSV, TOML nor PDF is not read, and what it seems to be."""
    head = data[:512].lstrip()
    if not data:
        return "the file is empty"
    if data[:8] == bytes.fromhex("d0cf11e0a1b11ae1"):
        return "this is an old binary workbook or an encrypted one; give it the ending .xls, or save it as .xlsx without a password"
    if head[:5].lower() in (b"<!doc", b"<html") or b"<html" in head.lower():
        return "this is a web page, perhaps an error page saved in place of the list; download the list again"
    if data[:4] == b"%PDF":
        return "this is a PDF under another name; give it the ending .pdf"
    if data[:2] == b"PK":
        return "this is a ZIP archive; if it is a workbook, give it the ending .xlsx, else unpack it first"
    return "its kind is not known: workbooks (.xlsx), .csv, .toml and .pdf are read"
