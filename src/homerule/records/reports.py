"""Statutory reports, straight from the log: its decisions with what became of them, as rows of code words, for the forms that the templates of the law folder lay down.

A report is counted by `homerule.advice.drafts` from the rows made here; the same rows go out as CSV, for the office's own books. No row holds a person.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from homerule.errors import InputError, nearest, shorten
from homerule.records.export import _cell
from homerule.records.store import Log

if TYPE_CHECKING:
    from homerule.advice.drafts import Drafted
    from homerule.advice.drafts.template import Variant
    from homerule.reasoning.decide import Engine
    from homerule.vocabulary import Vocabulary

KIND = "statutory-report"
#: Columns that an entry of the log can fill; a column of kind ``fact:NAME`` is filled from the facts.
KEPT = ("received", "request", "channel", "agency", "response", "bail_posted", "outcome", "happened", "handed_to")
#: What a later entry may add to the decision that it is about.
_LATER = ("outcome", "happened", "handed_to", "response", "bail_posted", "received", "channel", "agency")


class Form(NamedTuple):
    """A report that a statute asks for. ``missing`` are the columns that this log does not keep; where there are any, the report is made from another book."""

    name: str
    place: str
    line: str
    columns: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


class Rows(NamedTuple):
    """The rows of a report: ``undated`` ones have no day in the column that the period goes by, and are not counted; ``elsewhere`` is the number of entries of other places."""

    items: tuple[dict[str, str], ...]
    undated: tuple[dict[str, str], ...]
    elsewhere: int


def forms(engine: Engine, templates: Iterable[str] = ()) -> tuple[Form, ...]:
    """The reports that the templates lay down, by place."""
    return tuple(_form(v) for v in _variants(engine, templates))


def _form(v: Variant) -> Form:
    columns = tuple((str(c["name"]), str(c["label"])) for c in v.columns)
    missing = tuple(str(c["label"]) for c in v.columns if c["name"] not in KEPT and not str(c["kind"]).startswith("fact:"))
    return Form(v.name, v.place, v.line, columns, missing)


def _variants(engine: Engine, templates: Iterable[str]) -> tuple[Variant, ...]:
    from homerule.advice.drafts import folders
    from homerule.advice.drafts.template import template

    return template(folders(engine.corpus.folder, templates), KIND).variant


def _variant(engine: Engine, name: str, templates: Iterable[str]) -> Variant:
    found = _variants(engine, templates)
    for v in found:
        if v.name == name:
            return v
    raise InputError(f"no report is called `{shorten(name)}`", help=nearest(name, [v.name for v in found]))


def merged(log: Log, place: str = "") -> tuple[list[dict[str, Any]], int]:
    """Every decision of the log with what was recorded about it later, oldest first, whenever that was. ``place`` is an id: its own entries and those of places in it.
    The second value counts the decisions of other places."""
    found: dict[str, dict[str, Any]] = {}
    about: dict[str, str] = {}  # an entry to the decision that it is about, also by way of another entry
    elsewhere = 0
    for entry in log.entries():
        data = entry.data()
        asked = data.get("asked") or {}
        if data.get("kind") == "decision":
            if place and asked.get("place") != place and not str(asked.get("place", "")).startswith(place + "/"):
                elsewhere += 1
                continue
            about[entry.id] = entry.id
            found[entry.id] = {"id": entry.id, "request": asked.get("request", ""), "facts": asked.get("facts", {}), **{k: data[k] for k in _LATER if data.get(k) not in (None, "")}}
        elif data.get("of") in about:
            about[entry.id] = about[data["of"]]
            if data.get("kind") in ("outcome", "correction"):
                row = found[about[entry.id]]
                if data.get("outcome"):  # what an earlier outcome said of time and agency is no longer so
                    row.pop("happened", None)
                    row.pop("handed_to", None)
                row.update({k: data[k] for k in _LATER if data.get(k) not in (None, "")})
    return list(found.values()), elsewhere


def rows(log: Log, engine: Engine, report: str, *, start: dt.date, end: dt.date, place: str = "", templates: Iterable[str] = ()) -> Rows:
    """The rows of one report for a range of days, both within, by the column that its period goes by. Raises InputError for an unknown report."""
    variant = _variant(engine, report, templates)
    if missing := _form(variant).missing:
        raise InputError(f"the decision log does not keep what this report counts ({', '.join(missing)})", help=f"Make it from the office's own book with `homerule draft {KIND} --log FILE`")
    vocabulary = engine.corpus.vocabulary_for(("us", variant.place or "us"))
    whole, elsewhere = merged(log, place or variant.place)
    when = str(variant.words.get("period", ""))
    out, undated = [], []
    for one in whole:
        if any(str(one.get(c, "")) not in allowed for c, allowed in variant.where.items()):
            continue
        row = {str(c["name"]): _value(one, c, vocabulary) for c in variant.columns} | {c: str(one.get(c, "")) for c in variant.where}
        day = row.get(when, "")[:10]
        if when and not day:
            undated.append(row)
        elif not when or start.isoformat() <= day <= end.isoformat():
            out.append(row)
    out.sort(key=lambda r: r.get(when, ""))
    return Rows(tuple(out), tuple(undated), elsewhere)


def _value(one: Mapping[str, Any], column: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    kind = str(column["kind"])
    if kind.startswith("fact:"):
        return _fact(one["facts"].get(kind[5:]), kind[5:], vocabulary)
    text = str(one.get(str(column["name"]), ""))
    return "" if kind == "request" and text not in vocabulary.requests else text


def _fact(value: Any, name: str, vocabulary: Vocabulary) -> str:
    """One value of a fact; empty where several are left once what others imply is taken away, for the log does not say which of them decided."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    implied = {i for v in value for i in vocabulary.fact(name).implies.get(v, ())}
    left = [v for v in value if v not in implied]
    return str(left[0]) if len(left) == 1 else ""


def statutory(
    log: Log, engine: Engine, report: str, place: str, *, start: dt.date, end: dt.date, values: Mapping[str, str] | None = None, templates: Sequence[str] = (), on: dt.date | None = None
) -> Drafted:  # fmt: skip
    """The report of the body at ``place`` for days of one calendar year, as a draft for counsel. Raises InputError where the days are not of one year or the
    report is not laid down there."""
    from homerule.advice.drafts import Order, draft

    if start > end:
        raise InputError(f"the period ends before it begins ({start} to {end})", where="end", help="Give the first day first")
    if start.year != end.year:
        raise InputError(f"a report covers days of one calendar year, and these are of {start.year} to {end.year}", where="end", help="Make one report a year")
    where = engine.find(place)
    found = rows(log, engine, report, start=start, end=end, place=where.id, templates=templates)
    given = {"report": report, "report_year": str(start.year)} | {k: v for k, v in (values or {}).items() if v}
    if (start.month, start.day, end.month, end.day) != (1, 1, 12, 31):
        given.setdefault("period", f"{start:%B} {start.day} to {end:%B} {end.day}, {end.year}")
    with tempfile.TemporaryDirectory(prefix="homerule-report-") as folder:
        path = Path(folder) / "log.jsonl"
        written = [*found.items, *found.undated]  # the form itself says how many have no day
        path.write_text("".join(json.dumps({k: v for k, v in r.items() if v}) + "\n" for r in written), "utf-8")
        if not written:  # heads alone certify that there was none
            path = path.with_suffix(".csv")
            path.write_text(",".join(str(c["name"]) for c in _variant(engine, report, templates).columns) + "\n", "utf-8")
        return draft(engine, Order(KIND, place=where.id, on=on, values=given, log=path, templates=tuple(map(Path, templates))))


def as_csv(log: Log, engine: Engine, report: str, *, start: dt.date, end: dt.date, place: str = "", templates: Iterable[str] = ()) -> str:
    """The rows of a report as CSV, with the columns of the form and its code words."""
    names = [n for n, _ in _form(_variant(engine, report, templates)).columns]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows(log, engine, report, start=start, end=end, place=place, templates=templates).items:
        writer.writerow([_cell(row.get(n)) for n in names])
    return out.getvalue()
