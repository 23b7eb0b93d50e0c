"""From files to the registry: workbooks and CSV lists, records in CSV or TOML, signed PDFs. All of them in one transaction."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from homerule.agreements.dating import named_day
from homerule.agreements.listing import Listing, lists_of
from homerule.agreements.records import Record, make_record, read_records
from homerule.agreements.registry import Changed, File, Registry, now
from homerule.agreements.resolving import ListFacts
from homerule.agreements.sheet import read_csv, read_workbook, why_not
from homerule.errors import InputError
from homerule.places.names import fold

if TYPE_CHECKING:
    from homerule.agreements.pdf import Reading

__all__ = ["FileReport", "Given", "Report", "files_below", "import_files", "read_file", "record_of"]

_LISTS = (".xlsx", ".xlsm", ".xls", ".csv")
_ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".toml", ".pdf")
Progress = Callable[[int, int, str], None]


class Given(NamedTuple):
    """A file as read, before anything is written: its lists, records, and notes for the reader."""

    file: File
    lists: tuple[Listing, ...] = ()
    records: tuple[Record, ...] = ()
    notes: tuple[str, ...] = ()


class FileReport(NamedTuple):
    """What became of a file. `lists` are as understood beside all others; `problem` says why it was left out, else empty; `known` that it was held already."""

    name: str
    kind: str
    lists: tuple[ListFacts, ...] = ()
    records: int = 0
    notes: tuple[str, ...] = ()
    problem: str = ""
    known: bool = False


class Report(NamedTuple):
    """What an import did: a line a file, ids that are new or changed, and of all agreements how many there are and are placed.

    `unplaced` are the ids of those that could not be placed.
    """

    files: tuple[FileReport, ...]
    changed: Changed
    agreements: int
    placed: int
    unplaced: tuple[str, ...]


def files_below(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The files named, and those of a known ending directly in or below the folders named, in order of name. Raises InputError."""
    out: list[Path] = []
    for given in paths:
        path = Path(given)
        if path.is_dir():
            held = sorted(p for p in path.rglob("*") if p.suffix.lower() in _ENDINGS and p.is_file() and not p.name.startswith((".", "~$")))
            if not held:
                raise InputError("the folder holds no .xlsx, .csv, .toml or .pdf file", where=str(path), help="Name the files or another folder")
            out += held
        elif path.is_file():
            out.append(path)
        else:
            raise InputError("there is no such file", where=str(path), help="Check the path")
    return list(dict.fromkeys(out))


def import_files(
    paths: Iterable[str | os.PathLike[str]], registry: Registry, *, by: str, on: date | None = None, type: str = "", part: bool = False, skip: bool = False, ocr: bool | None = None, progress: Progress | None = None
) -> Report:  # fmt: skip
    """Read every file, then write all of them in one transaction.

    `on` states the day of a list (for one list only), `type` whether it is `participating` or `pending`, `part` that the lists are not
    whole; `ocr` whether pages without text are recognised (default: where that extra is installed). Where a file cannot be read nothing is imported and InputError names each with its reason; with `skip` it is left out.
    """
    held = files_below(paths)
    given: list[Given] = []
    reports: dict[str, FileReport] = {}
    order: list[str] = []
    problems: list[str] = []
    keys = {p: _key_of(p) for p in held}
    known = registry.known(keys.values())
    for n, path in enumerate(held):
        if progress:
            progress(n, len(held), path.name)
        key = str(path)
        order.append(key)
        if keys[path] in known and not (on or type or part):
            reports[key] = FileReport(path.name, "", known=True)
            continue
        try:
            one = read_file(path, by=by, on=on, type=type, part=part, ocr=ocr)
        except InputError as error:
            problems.append(str(error))
            failed = error
            reports[key] = FileReport(path.name, "", problem=error.message)
            continue
        given.append(one)
        reports[key] = FileReport(path.name, one.file.kind, records=len(one.records), notes=one.notes, known=keys[path] in known)
    if progress:
        progress(len(held), len(held), "")
    if problems and not skip:
        if len(held) == 1:
            raise failed
        more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
        raise InputError(f"nothing was imported, for {len(problems)} of {len(held)} files cannot be read: " + "; ".join(p.rstrip(".") for p in problems[:5]) + more, help="Leave them out, or give --skip to import the others")
    if on and sum(len(g.lists) for g in given) > 1:
        raise InputError("one date was given for several lists", where="--date", help="Import the list that it is for by itself")
    names = [g.file.name for g in given]
    source = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    lists = [s for g in given for s in g.lists]
    fresh = [g for g in given if g.file.key not in known]
    changed = registry.take(files=[g.file for g in fresh], lists=lists, records=[r for g in fresh for r in g.records], by=by, source=source) if given else Changed((), (), 0)
    facts: dict[str, list[ListFacts]] = {}
    for f in registry.lists():
        facts.setdefault(f.key, []).append(f)
    agreements = registry.agreements()
    unplaced = tuple(a.id for a in agreements if a.place is None)
    by_path = {str(p): d for p, d in keys.items()}
    files = tuple(reports[k]._replace(lists=tuple(facts.get(by_path[k], ())) if not reports[k].problem else ()) for k in order)
    return Report(files, changed, len(agreements), len(agreements) - len(unplaced), unplaced)


def _key(path: Path, data: bytes) -> str:
    """What tells a file from others: its SHA-256, and of a list the day that its name gives, for one content may be published on two days."""
    day = named_day(path.name) if path.suffix.lower() in _LISTS else None
    return sha256(data).hexdigest() + (f"@{day}" if day else "")


def _key_of(path: Path) -> str:
    try:
        return _key(path, path.read_bytes())
    except OSError as error:
        raise InputError(f"the file cannot be opened: {error.strerror}", where=str(path), help="Check who may read it") from None


def read_file(path: str | os.PathLike[str], *, by: str, on: date | None = None, type: str = "", part: bool = False, ocr: bool | None = None) -> Given:
    """One file as it would be imported; nothing is written. Raises InputError saying what is wrong with it."""
    path = Path(path)
    data = path.read_bytes()
    key = _key(path, data)
    ending = path.suffix.lower()
    if data[:4] == b"%PDF" and ending == ".pdf":
        return _document(path, data, key, by, ocr)
    if (ending in (".xlsx", ".xlsm") and data[:2] == b"PK") or (ending == ".xls" and data[:4] == bytes.fromhex("d0cf11e0")):
        return _list(lists_of(read_workbook(data, path.name), path.name, key), path, data, key, on, type, part)
    if ending == ".toml":
        return Given(File(key, path.name, "records", len(data)), records=tuple(read_records(data, path.name, at=now(), by=by)))
    if ending == ".csv":
        sheet = read_csv(data, path.name)
        head = [fold(c.text).replace(" ", "_") for c in next((r for r in sheet.rows if any(c.text for c in r)), [])]
        if "agency" in head and "kind" in head:  # a published list has no such column
            return Given(File(key, path.name, "records", len(data)), records=tuple(read_records(data, path.name, at=now(), by=by)))
        return _list(lists_of([sheet], path.name, key), path, data, key, on, type, part)
    raise InputError(why_not(data, path.name), where=path.name, help="Give a published list, a file of records, or a signed PDF")


def _list(lists: Sequence[Listing], path: Path, data: bytes, key: str, on: date | None, type: str, part: bool) -> Given:
    said = [s._replace(said_date=on or s.said_date, said_type=type or s.said_type, whole=s.whole and not part) for s in lists]
    return Given(File(key, path.name, "list", len(data)), tuple(said), notes=tuple(n for s in said for n in s.notes))


def _document(path: Path, data: bytes, key: str, by: str, ocr: bool | None) -> Given:
    from homerule.agreements.pdf import read_pdf

    reading = read_pdf(path, ocr=ocr)
    record, notes = record_of(reading, by=by)
    if record is None:
        raise InputError("; ".join(notes) or "nothing in it can be read", where=path.name, help="Record it by hand with `homerule agreements add --document`")
    return Given(File(key, path.name, "document", len(data)), records=(record,), notes=tuple(notes))


def record_of(reading: Reading, *, by: str) -> tuple[Record | None, list[str]]:
    """A PDF as a record, and notes on what could not be read; None where it does not tell whose agreement it is.

    A value that is not sure is recorded only together with its doubt.
    """
    name = os.path.basename(reading.path)
    notes = list(reading.notes)
    if reading.document.value != "agreement":
        return None, [*notes, "this is an addendum by itself: add it to its agreement" if reading.document.value == "addendum" else f"it does not read as an agreement: {reading.document.doubt}"]
    missing = [f for f in ("agency", "state", "kind", "model") if not getattr(reading, f).value]
    if missing:
        return None, [*notes, *(f"{f}: {getattr(reading, f).doubt or 'not readable'}" for f in missing)]
    given: dict[str, object] = {"agency": reading.agency.value, "state": reading.state.value, "kind": reading.kind.value, "model": reading.model.value, "document_hash": reading.sha256}
    doubts = [f"{f}: {v.doubt}" for f, v in ((f, getattr(reading, f)) for f in ("agency", "state", "kind", "model", "signed_local", "signed_federal")) if not v.sure and v.doubt]
    for field in ("signed_local", "signed_federal", "effective", "ends"):
        value = getattr(reading, field)
        if value.value and value.sure:
            given[field] = value.value
        elif value.value:  # kept as a doubt only: a date that may be another must not move the newest signature
            doubts.append(f"{field}: perhaps {value.value}")
    exit_doubts = [v.doubt for v in (reading.local_notice_days, reading.federal_notice_days, reading.to, reading.how, reading.clause) if not v.sure and v.doubt]
    for field, value in (("local_notice_days", reading.local_notice_days), ("federal_notice_days", reading.federal_notice_days)):
        if value.value is not None:
            given[field] = value.value
    for field, value in (("notice_to", reading.to), ("notice_how", reading.how), ("exit_words", reading.clause)):
        if value.value:
            given[field] = value.value
    read = bool(reading.clause.value) and reading.clause.sure
    given["exit_certainty"] = "confirmed" if read and not exit_doubts else "unread" if not reading.clause.value else "recalled" if not reading.section.value else "confirmed"
    if exit_doubts:
        given["exit_doubt"] = "; ".join(dict.fromkeys(exit_doubts))
    given["exit_source"] = name + (f", page {reading.section.page or reading.clause.page}" if reading.section.page or reading.clause.page else "")
    if reading.template.value or reading.revision.value:
        given["template"] = " ".join(str(x) for x in (reading.template.value, reading.revision.value) if x)
    if doubts:
        given["doubts"] = doubts
    return make_record(given, source=name, at=now(), by=by, origin="document"), [*notes, *doubts]
